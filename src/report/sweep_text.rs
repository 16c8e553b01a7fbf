//! The report of a sweep as text: how many runs went wrong and how, then the first of them closely, and
//! last the command that shows it again.

use super::damage::damage_text;
use super::heading::{difference_in_words, heading, seed_word};
use super::not_shown::not_shown_text;
use super::reached::reached_text;
use super::regressions::regression_in_words;
use super::run_text::{counts, unfired};
use super::style::{BAD, GOOD, WARNING, error, warning, warning_or_error};
use super::table::{fitted, labelled};
use super::untried::hardly_tried;
use super::words::fault_in_words;
use super::worth::{left_out_of_all, records_of_all, without_records, without_records_in_words};
use super::{SweepReport, exact_faults};
use crate::figures::{self, counted, grouped};
use crate::search::tally::{Seeds, Sweep};
use crate::search::worth::WorthOfAll;

use onceproof_sim::outcome::Class;
use onceproof_systems::Trial;

/// The most failing seeds that are shown.
const MOST_SEEDS: usize = 20;

/// The report of a sweep.
pub fn sweep_text(report: &SweepReport) -> String {
    let SweepReport {
        subject,
        regressions,
        sweep,
        not_shown,
        blame,
        weather,
        saved,
        replay,
        timing,
        matrix,
        shortfalls,
        // The first failing run is told in full.
        failures: _,
        strict,
    } = *report;
    let mut text = heading(&subject);
    for line in regressions.iter().filter_map(regression_in_words) {
        text.push_str(&error(&line));
    }
    if !regressions.is_empty() {
        let count = counted(regressions.len() as u64, "regression");
        text.push_str(&format!("{count} replayed\n"));
    }
    text.push_str(&format!("\n{}\n", verdict(sweep)));
    text.push_str(&not_shown_text(not_shown));
    text.push_str(&says_nothing_of(sweep, subject.trial));
    text.push_str(&bound(sweep));
    let alphabet = subject.trial.layout().alphabet;
    let classes = Class::ALL.into_iter().map(|class| (class.word(), sweep.count(class)));
    let classes: Vec<_> = classes.filter(|&(_, count)| count > 0).collect();
    let mut lines = vec![("faults", counts(&figures::fired(&sweep.fired)))];
    if !classes.is_empty() {
        lines.push(("classes", counts(&classes)));
    }
    if !sweep.failing.is_empty() {
        lines.push(("failing seeds", failing(sweep)));
    }
    let marks = alphabet.marks.iter().map(|&(mark, word)| (word, sweep.reached.times(mark)));
    let marks: Vec<_> = marks.filter(|&(_, times)| times > 0).collect();
    if !marks.is_empty() {
        lines.push(("reached", counts(&marks)));
    }
    lines.push(("events", grouped(sweep.events)));
    lines.push(("digest", figures::hex(sweep.digest)));
    let (runs, events) = (timing.per_second(sweep.runs), timing.per_second(sweep.events));
    let seconds = timing.in_words();
    let speed = format!("{seconds}, {} runs/s, {} events/s", grouped(runs), grouped(events));
    lines.push(("time", speed));
    text.push_str(&format!("\n{}", labelled(&lines)));

    if matrix {
        text.push_str(&reached_text(&sweep.reached, alphabet));
    }
    for line in never_in_words(sweep, subject.trial) {
        text.push_str(&warning_or_error(&line, strict));
    }
    for untried in hardly_tried(sweep, subject.trial) {
        text.push_str(&warning(&untried.in_words()));
    }
    for fault in exact_faults(subject.trial, &sweep.unfired) {
        text.push_str(&unfired(&subject, &fault_in_words(fault, subject.trial), strict));
    }
    for shortfall in shortfalls {
        text.push_str(&error(shortfall));
    }
    if let Some(difference) = &sweep.difference {
        let words = difference_in_words(difference);
        text.push_str(&error(&format!("not deterministic: {words}")));
    }
    if let Some(failure) = &sweep.first_failure {
        text.push_str(&format!("\nthe first failing run, seed {}\n", seed_word(failure.seed)));
        text.push_str(&damage_text(&failure.outcome, blame, subject.trial));
    }
    text = fitted(&text);
    if let Some(weather) = weather {
        text.push_str(&format!("\nits weather, as a scenario\n{weather}"));
    }
    if let Some(saved) = saved {
        text.push_str(&format!("\nsaved as {}\n", saved.display()));
    }
    if let Some(replay) = replay {
        text.push_str(&format!("\n{replay}\n"));
    }
    text
}

/// What several sweeps found together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    scenarios: u64,
    runs: u64,
    exact: u64,
    violated: u64,
    inconclusive: u64,
}

impl Totals {
    /// Adds a sweep. One without a run counts as inconclusive.
    pub fn add(&mut self, sweep: &Sweep) {
        self.scenarios += 1;
        self.runs += sweep.runs;
        if sweep.violated > 0 {
            self.violated += 1;
        } else if sweep.inconclusive > 0 || sweep.runs == 0 {
            self.inconclusive += 1;
        } else {
            self.exact += 1;
        }
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.scenarios == 0
    }
}

/// The line that closes a report of several sweeps.
pub fn closing_line(totals: &Totals) -> String {
    let Totals { scenarios, runs, exact, violated, inconclusive } = *totals;
    let (scenarios, runs) = (counted(scenarios, "scenario"), counted(runs, "run"));
    format!(
        "\n{scenarios}, {runs}: {exact} exactly-once, {violated} violated, \
         {inconclusive} inconclusive\n"
    )
}

/// What a sweep without a failure says of the rate of failures: were it 3 in so many runs, the sweep would
/// have met one with a probability of 95 %. Nothing, if there are too few runs to say it, or all are one.
pub fn rate_below(sweep: &Sweep) -> Option<String> {
    let clean = sweep.violated == 0 && sweep.inconclusive == 0 && sweep.runs > 3;
    (clean && !sweep.chance.is_none()).then(|| format!("3 in {}", grouped(sweep.runs)))
}

/// What never happened in a sweep and could, in words.
fn never_in_words(sweep: &Sweep, trial: &Trial) -> Vec<String> {
    let fired = sweep.never_fired.iter().map(|kind| kind.word());
    let fired = fired.map(|word| format!("{word} has odds and never fired in this sweep"));
    let alphabet = trial.layout().alphabet;
    let reached = sweep.never_reached.iter().map(|&mark| alphabet.mark_word(mark));
    let reached = reached.map(|word| format!("{word} was never reached in this sweep"));
    fired.chain(reached).collect()
}

/// The same, and which exact faults did not fire.
pub fn unfired_in_words(sweep: &Sweep, trial: &Trial) -> Vec<String> {
    let mut words = never_in_words(sweep, trial);
    let exact = exact_faults(trial, &sweep.unfired).map(|fault| fault_in_words(fault, trial));
    words.extend(exact.map(|fault| format!("an exact fault did not fire: {fault}")));
    words
}

/// What a sweep says of seeds that it did not run, and of what that is said; or that its runs are one.
pub fn bound(sweep: &Sweep) -> String {
    if sweep.chance.is_none() {
        return match sweep.runs {
            0 | 1 => String::new(),
            runs => {
                let times = counted(runs, "time");
                format!("seeds change nothing here, so this is one run, {times}\n")
            }
        };
    }
    let Some(bound) = rate_below(sweep) else { return String::new() };
    let drawn: Vec<&str> = sweep.chance.drawn().iter().map(|(_, words)| *words).collect();
    let has_fired = sweep.fired.0.iter().any(|&times| times > 0);
    let of_faults = match sweep.chance.faults {
        true if has_fired => "",
        true => ", of which none fired",
        false => ", and no fault",
    };
    let drawn = drawn.join(", ");
    format!(
        "with 95 % confidence, fewer than {bound} seeds go wrong\n\
         seeds draw {drawn}{of_faults}\n"
    )
}

/// What came of it, in one line.
pub(super) fn verdict(sweep: &Sweep) -> String {
    let runs = counted(sweep.runs, "run");
    let mut text = if sweep.violated > 0 {
        format!("{BAD}violated{BAD:#}: {} of {runs}", grouped(sweep.violated))
    } else if sweep.inconclusive > 0 {
        format!("{WARNING}inconclusive{WARNING:#}")
    } else if let Some(worth) = &sweep.worth {
        let records = records_of_all(worth);
        let in_each = if sweep.runs == 1 { "in" } else { "in each of" };
        // Of nothing nothing is good.
        let style = if worth.least.reflected == 0 { WARNING } else { GOOD };
        format!("{style}exactly-once{style:#} for {records} {in_each} {runs}")
    } else {
        format!("{WARNING}nothing was run{WARNING:#}")
    };
    if sweep.inconclusive > 0 {
        text.push_str(&format!(", {} of {runs} inconclusive", grouped(sweep.inconclusive)));
    }
    if let Seeds::Range(seeds) = &sweep.seeds {
        text.push_str(&format!(", seeds {}..{}", seeds.start, seeds.start + sweep.runs));
    }
    let all = grouped(sweep.seeds.count());
    if sweep.interrupted {
        text.push_str(&format!(", interrupted before the end of {all}"));
    } else if sweep.stopped_early() {
        text.push_str(&format!(", stopped before the end of {all}"));
    }
    text
}

/// What a green sweep says nothing of: records that were left out, and steps that have none.
pub fn says_nothing_of(sweep: &Sweep, trial: &Trial) -> String {
    let Some(worth @ WorthOfAll { least, is_of_each }) = &sweep.worth else {
        return String::new();
    };
    if sweep.violated > 0 || sweep.inconclusive > 0 {
        return String::new();
    }
    let mut text = String::new();
    let left_out = left_out_of_all(worth);
    if !left_out.is_empty() {
        let most = if *is_of_each { "" } else { "at most " };
        text.push_str(&format!("{most}{left_out}\n"));
    }
    let without = match least.reflected {
        0 => Vec::new(),
        _ => without_records(trial, sweep.with_records.iter().copied()),
    };
    if let Some(words) = without_records_in_words(&without) {
        let closely = "in the runs that were looked at closely";
        text.push_str(&format!("{words} {closely}, {}\n", counted(sweep.sampled, "run")));
    }
    text
}

fn failing(sweep: &Sweep) -> String {
    let shown = sweep.failing.iter().take(MOST_SEEDS);
    let mut parts: Vec<String> = shown.map(|&seed| seed_word(seed)).collect();
    if let Some(more) = sweep.violated.checked_sub(MOST_SEEDS as u64).filter(|&more| more > 0) {
        parts.push(format!("and {} more", grouped(more)));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{flip_plan, lost_ack_blame, lost_ack_sweep, plain, sweep_report};
    use crate::search::chance::Chance;
    use onceproof_sim::fault::KindName;

    #[test]
    fn a_failing_sweep_ends_with_the_command_that_shows_its_first_failure() {
        let (trial, sweep) = (flip_plan(), lost_ack_sweep());
        let text = plain(&sweep_text(&sweep_report(&trial, &sweep, &lost_ack_blame())));
        let expected = "\
a coin
It is flipped once.

violated: 2 of 1,000 runs, seeds 0..1000

faults         drop-ack 1,200
classes        duplicated 2
failing seeds  7, 31
events         1,234,000
digest         00000000000000000000000000000011
time           2 s, 500 runs/s, 617,000 events/s
warning: crash has odds and never fired in this sweep
warning: commit-fenced was never reached in this sweep

the first failing run, seed 7
damaged records, and the faults that did it
  duplicated: events/0#1 at per-side, reflected 2 times instead of 1
      the ack of events/0#1 to per-side, attempt 1, was lost

saved as failures/flip-seed-7.toml

onceproof replay failures/flip-seed-7.toml
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_clean_sweep_says_which_rate_it_excludes() {
        let mut sweep = lost_ack_sweep();
        assert_eq!(rate_below(&sweep), None);
        sweep.violated = 0;
        assert_eq!(rate_below(&sweep).as_deref(), Some("3 in 1,000"));
        sweep.runs = 3;
        assert_eq!(rate_below(&sweep), None);
    }

    #[test]
    fn a_bound_says_of_what_it_is_one() {
        let check = |chance: Chance, fired: u64, expected: &str| {
            let mut sweep = Sweep { chance, violated: 0, ..lost_ack_sweep() };
            sweep.fired.0 = [0; KindName::ALL.len()];
            sweep.fired.0[0] = fired;
            assert_eq!(bound(&sweep), expected);
        };
        let none = Chance::default();
        let rate = "with 95 % confidence, fewer than 3 in 1,000 seeds go wrong\n";
        check(none, 0, "seeds change nothing here, so this is one run, 1,000 times\n");
        check(none, 9, "seeds change nothing here, so this is one run, 1,000 times\n");
        let of = |drawn: &str| format!("{rate}seeds draw {drawn}\n");
        let drawn = Chance { input: true, answers: true, ..none };
        check(drawn, 0, &of("input, first answers, and no fault"));
        // Exact faults fire in every run, and are not drawn.
        check(drawn, 9, &of("input, first answers, and no fault"));
        let drawn = Chance { latency: true, faults: true, ..none };
        check(drawn, 9, &of("latency, faults"));
        check(drawn, 0, &of("latency, faults, of which none fired"));
        check(Chance { weather: true, faults: true, ..none }, 9, &of("weather, faults"));
        assert_eq!(bound(&Sweep { violated: 1, ..lost_ack_sweep() }), "");
        assert_eq!(bound(&Sweep { chance: none, runs: 1, ..lost_ack_sweep() }), "");
    }

    #[test]
    fn several_sweeps_are_closed_by_their_sums() {
        let violated = lost_ack_sweep();
        let exact = Sweep { violated: 0, ..lost_ack_sweep() };
        let mut totals = Totals::default();
        totals.add(&violated);
        totals.add(&exact);
        assert_eq!(
            closing_line(&totals),
            "\n2 scenarios, 2,000 runs: 1 exactly-once, 1 violated, 0 inconclusive\n"
        );
    }
}
