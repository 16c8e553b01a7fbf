//! Runs that tests make up: every tenth seed or so is violated, and all figures follow from the seed.

use onceproof_kernel::mix::scatter;
use onceproof_sim::fault::KindName;
use onceproof_sim::marks::{Marks, Strikes};
use onceproof_sim::outcome::{Brief, Class, Classes, Fired, LedgerFigures, Outcome, Verdict, Work};

/// The made-up run of a seed.
pub fn brief(seed: u64) -> Brief {
    let word = scatter(seed);
    let mut brief = Brief {
        alphabet: &onceproof_model::dataflow::point::ALPHABET,
        verdict: Verdict::ExactlyOnce,
        classes: Classes::default(),
        ledger: LedgerFigures { expected: 10, exact: 10, ..LedgerFigures::default() },
        filtered: 0,
        unfinished: 0,
        fired: Fired::default(),
        strikes: Strikes::default(),
        marks: Marks::default(),
        work: Work { events: 100 + word % 7, messages: 20 + word % 5, ..Work::default() },
        virtual_time: 1_000_000 + word % 1_000,
        fingerprint: (u128::from(word) << 64) | u128::from(scatter(word)),
    };
    brief.fired.0[KindName::DropAck as usize] = word % 3;
    if word.is_multiple_of(10) {
        brief.verdict = Verdict::Violated;
        brief.classes.insert(Class::Duplicated);
        brief.ledger = LedgerFigures { exact: 9, duplicated: 1, excess: 1, ..brief.ledger };
    }
    brief
}

/// Makes runs up.
#[derive(Default)]
pub struct Fake {
    /// Whether a run leaves something behind for the next one.
    pub leaks: bool,
    /// How many runs it made.
    pub runs: u64,
}

impl Fake {
    /// A run.
    pub fn run_briefly(&mut self, seed: Option<u64>) -> Brief {
        let mut brief = brief(seed.unwrap_or(0));
        if self.leaks {
            brief.work.messages += self.runs;
        }
        self.runs += 1;
        brief
    }

    /// Of two exact faults the first never fires, and the second under odd seeds.
    pub fn unfired(seed: Option<u64>) -> Vec<usize> {
        if seed.is_some_and(|seed| seed % 2 == 1) { vec![0] } else { vec![0, 1] }
    }

    /// A run in detail.
    pub fn run_in_detail(&mut self, seed: Option<u64>) -> Outcome {
        Outcome {
            brief: self.run_briefly(seed),
            steps: Vec::new(),
            dead_letters: Vec::new(),
            damage: Vec::new(),
            schedule: Vec::new(),
            unfired: Fake::unfired(seed),
            latency: None,
            oldest_copies: Vec::new(),
            longest_retries: Vec::new(),
            greatest_lags: Vec::new(),
            filters: Vec::new(),
            calls: Vec::new(),
            served: None,
            reason: None,
            never_ends: None,
            broken: None,
        }
    }
}
