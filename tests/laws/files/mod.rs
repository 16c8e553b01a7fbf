//! A law over whole files: random scenario files over the whole format, each with nothing but right values,
//! hold. Without faults the results of every step and key are those of an evaluation that shares no code with
//! the model or the ledger; under the faults that a file draws, and under every single fault, everything is
//! accounted for.
//!
//! The suite tries a moderate number of files, always the same ones. To try more of them by hand:
//!
//!     PROPTEST_CASES=100000 cargo test --release --test all laws::files

mod draw;
mod evaluate;
mod file;
mod idle;
mod inputs;
mod judge;
mod rewrite;
mod steps;
mod tables;
mod tape;
mod text;

use crate::laws::check;
use draw::{Drawn, files, small_files};
use evaluate::{Run, evaluate};
use file::{File, Input};
use judge::{judge, judge_ledger};
use onceproof::scenario::Scenario;
use onceproof::search::space::{Space, bare};
use onceproof_model::dataflow::defect::Defect;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::{Brief, Outcome, Verdict};
use onceproof_systems::{Design, Trial};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestCaseError};
use std::cell::Cell;
use std::path::{Path, PathBuf};

/// How many files are tried: as many as the environment says, and 256 where it says nothing.
fn cases() -> u32 {
    Config::default().cases
}

/// Reads a file that is right, with its csv files, which are kept for one law each.
fn read(file: &File, law: &str) -> Result<Scenario, TestCaseError> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let csv = |input: usize| format!("{law}-{input}.csv");
    for (number, input) in file.inputs.iter().enumerate() {
        if let Input::Csv { .. } = input {
            let path: PathBuf = folder.join(csv(number));
            std::fs::write(path, text::csv_text(input)).expect("a folder for tests");
        }
    }
    let text = text::text(file, &csv);
    let path = folder.join(format!("{law}.toml"));
    let scenario = Scenario::parse(&text, &path).map_err(|e| TestCaseError::fail(e.to_string()))?;
    prop_assert_eq!(scenario.seed, file.seed);
    let bad_rows = |input: &Input| match input {
        Input::Csv { rows, bad_rows } => (*bad_rows).min(rows.len() as u64),
        Input::Records(_) | Input::Generate(_) => 0,
    };
    prop_assert_eq!(scenario.rows_skipped, file.inputs.iter().map(bad_rows).sum::<u64>());
    Ok(scenario)
}

/// No run of these files is longer.
fn within_limits(trial: Trial) -> Trial {
    trial.with(|plan| plan.until.events = plan.until.events.min(100_000))
}

#[test]
fn without_faults_the_results_are_those_that_are_worked_out() {
    let endless = Endless::default();
    check(cases() * 4, files(), |drawn: Drawn| {
        let file = drawn.file();
        let trial = within_limits(bare(&read(&file, "without-faults")?.trial));
        let found = evaluate(&file, Run { seed: None, may_fail: false, has_faults: false });
        let outcome = trial.simulator().detail(None);
        match endless.count(&trial, &outcome) {
            true => Ok(()),
            false => judge(&file, &found, &outcome).map_err(TestCaseError::fail),
        }
    });
    endless.are_rare();
}

#[test]
fn under_the_faults_that_it_draws_every_file_accounts_for_every_record() {
    let endless = Endless::default();
    check(cases() * 2, files(), |drawn: Drawn| {
        let file = drawn.file();
        let trial = within_limits(read(&file, "drawn-faults")?.trial);
        judge_seeds(&file, &trial, &endless).map_err(TestCaseError::fail)
    });
    endless.are_rare();
}

/// Runs that hit the limit of events. They say nothing, and are only counted: a time-out of 5 ms where a message
/// takes 5 s sends a thousand copies for each.
#[derive(Default)]
struct Endless {
    runs: Cell<u32>,
    endless: Cell<u32>,
}

impl Endless {
    fn count(&self, trial: &Trial, outcome: &Outcome) -> bool {
        let Brief { verdict, work, .. } = outcome.brief;
        let is_endless = verdict == Verdict::Inconclusive && work.events >= trial.plan.until.events;
        self.runs.set(self.runs.get() + 1);
        self.endless.set(self.endless.get() + u32::from(is_endless));
        is_endless
    }

    fn are_rare(&self) {
        let (runs, endless) = (self.runs.get(), self.endless.get());
        assert!(endless * 50 < runs, "{endless} of {runs} runs hit the limit of events");
    }
}

/// Runs a file under its faults and judges each run that ends.
fn judge_seeds(file: &File, trial: &Trial, endless: &Endless) -> Result<(), String> {
    let may_fail =
        trial.plan.climate.odds.iter().any(|(kind, _)| kind.name() == KindName::UserFails);
    let mut simulator = trial.simulator();
    for seed in [file.seed.unwrap_or(0), 1, 2] {
        let found = evaluate(file, Run { seed: Some(seed), may_fail, has_faults: true });
        let outcome = simulator.detail(Some(seed));
        if !endless.count(trial, &outcome) {
            judge(file, &found, &outcome).map_err(|error| format!("seed {seed}: {error}"))?;
        }
    }
    Ok(())
}

/// The canary of the law: it finds these rules of the protocol within the files of the suite when one is left out.
/// [`Defect::LatePaneWaits`] takes it some thousand files, and [`Defect::ContentDoesNotPin`] and
/// [`Defect::TokenNotAnnounced`] more; for those there are exact scenarios.
#[test]
fn a_rule_that_is_left_out_breaks_one_of_the_files() {
    let rules = [
        Defect::CommitsUnnumbered,
        Defect::RepeatsUnanswered,
        Defect::NoTokenAtBoot,
        Defect::KeysNeverBusy,
        Defect::OutputsDoNotPin,
        Defect::FiringIgnoresBusyKey,
        Defect::BootResendsNothing,
        Defect::LatenessNotHeldBack,
        Defect::WrongWindow,
        Defect::QueuedSkipsCatalog,
        Defect::OffsetsAreOneNumber,
        Defect::StampsRestart,
        Defect::LoneWatermarkNotRetried,
        Defect::RemnantsTaken,
        Defect::InputsDoNotPin,
        Defect::DeadLetterAtOnce,
        Defect::UnackedMessageDoesNotPin,
        Defect::DueWindowForgotten,
        Defect::UnreadFilterNotAdded,
        Defect::FailedChainIsKept,
        Defect::SettlesNeverAlone,
        Defect::SettlesWhenSent,
    ];
    let mut runner = crate::laws::runner(1);
    let mut left: Vec<Defect> = rules.to_vec();
    for _ in 0..cases() * 2 {
        let drawn = files().new_tree(&mut runner).expect("a file").current();
        let file = drawn.file();
        let mut trial = within_limits(read(&file, "left-out").expect("a right file").trial);
        left.retain(|&defect| {
            match &mut trial.design {
                Design::Dataflow(design) => design.set_defect(Some(defect)),
                Design::InMemory(_)
                | Design::Transactions(_)
                | Design::Snapshot(_)
                | Design::MicroBatch(_)
                | Design::Own(_) => {
                    panic!("its rules are those of Dataflow")
                }
            }
            judge_seeds(&file, &trial, &Endless::default()).is_ok()
        });
        if left.is_empty() {
            return;
        }
    }
    panic!("not found: {left:?}");
}

#[test]
fn under_every_single_fault_a_small_file_accounts_for_every_record() {
    check(cases() / 8, small_files(), |drawn: Drawn| {
        let file = drawn.file();
        let scenario = read(&file, "single-faults")?;
        let trial = within_limits(bare(&scenario.trial));
        let found = evaluate(&file, Run { seed: None, may_fail: true, has_faults: true });
        let kinds = Space::new(&scenario.trial, &KindName::ALL, 1).kinds;
        let mut simulator = trial.simulator();
        for possible in simulator.extensions(None, &kinds).possible {
            if possible.needless.is_some() {
                continue;
            }
            simulator.place(std::slice::from_ref(&possible.fault));
            judge_ledger(&found, &simulator.brief(None)).map_err(|error| {
                let schedule = trial.with(|plan| plan.faults = vec![possible.fault.clone()]);
                let schedule = schedule.simulator().detail(None);
                let saved = scenario.saved_failure(
                    None,
                    &schedule.schedule,
                    schedule.brief.classes,
                    &scenario.path,
                );
                TestCaseError::fail(format!("{error}\n{:?}\n{saved}", schedule.reason))
            })?;
        }
        Ok(())
    });
}
