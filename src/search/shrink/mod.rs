//! Shrinking: from a failing run to the smallest failure of the same class, at the same step. First what
//! the seed decided is written out: the faults one by one, the rows one by one; and latency is set to the
//! least, which most failures survive. Then the faults that did not touch the damage go, then every fault
//! and every row that is not needed. Luck with orders may leave a set of faults of which none can go and
//! that is still not the smallest, so all smaller sets near the damage are tried. What is left is made
//! weaker and plainer, and each of its faults is removed once more, to see that the run then holds.
//!
//! One class is followed. The first failure of each other class that is met on the way is kept, to be saved or
//! named. A mechanism stays as the file has it unless it only costs: set right, it may leave another bug of the
//! same class.

pub mod ddmin;
pub mod case;
pub mod bench;
pub mod latency;
pub mod input;
pub mod local;
mod next;
#[cfg(feature = "cli")]
pub mod structure;
pub mod mechanisms;
pub mod placed;
pub mod weaken;
pub mod plain;
#[cfg(feature = "cli")]
pub mod all;

#[cfg(feature = "cli")]
use crate::scenario::{Expect, Scenario, ScenarioError};
use bench::{Bench, Goal, Hit, Watch};
use case::{Case, Subject};
use ddmin::ddmin;
use local::LocalResult;
use mechanisms::Wrong;
use onceproof_sim::fault::{Fault, Kind};
use onceproof_sim::input::SourceInput;
use onceproof_sim::outcome::{Class, Outcome, Verdict};
use onceproof_systems::Trial;
use std::sync::Arc;

/// The smallest failure.
#[derive(Debug)]
pub struct Shrunk {
    /// The failure that is left.
    pub case: Case,
    /// Its run.
    pub outcome: Outcome,
    /// What went wrong before and after.
    pub goal: Goal,
    /// How many faults and rows there were.
    pub before: Size,
    /// How many runs it took.
    pub runs: u64,
    /// Whether the run holds without any one of its faults: each was removed in turn.
    pub holds_without_any: bool,
    /// Whether every smaller set of its kinds of faults near the damage was tried.
    pub is_exhausted: bool,
    /// Whether it was told to end before it was done.
    pub is_interrupted: bool,
    /// The kinds of the faults that hit the damage on the way.
    pub kinds: Vec<Kind>,
    /// Its wrong mechanisms, and whether it needs them; none if it was told to end before it was done.
    pub wrong: Vec<Wrong>,
    /// The first failure of each other class that was met.
    pub others: Vec<(Class, Case)>,
}

/// How large a failure is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Faults.
    pub faults: usize,
    /// Rows of all sources.
    pub rows: usize,
}

impl Size {
    /// The size of a case.
    pub fn of(case: &Case) -> Size {
        Size { faults: case.faults.len(), rows: case.rows.iter().map(Vec::len).sum() }
    }
}

/// Why there is nothing to shrink.
#[derive(Debug)]
pub enum Refusal {
    /// The run holds.
    Holds,
    /// A limit was hit, and nothing was found until then.
    Inconclusive,
    /// The faults that fired, written out, do not fail in the same way.
    DoesNotReplay,
    /// Its input cannot be written out.
    #[cfg(feature = "cli")]
    Scenario(ScenarioError),
}

/// Shrinks the failure of a scenario under a seed, or none. Told to end soon, it gives the smallest that it
/// has.
///
/// # Errors
/// There is no failure, or it cannot be written out.
#[cfg(feature = "cli")]
pub fn shrink(scenario: &Scenario, seed: Option<u64>, watch: Watch<'_>) -> Result<Shrunk, Refusal> {
    let expected: &[Class] = match &scenario.expect {
        Expect::ExactlyOnce => &[],
        Expect::Violates(classes) => classes,
    };
    let written_out = || {
        let written = scenario.written_out(seed).map_err(Refusal::Scenario)?;
        Ok(Subject::Scenario(Arc::new(written)))
    };
    shrink_subject(&scenario.trial, expected, seed, written_out, watch)
}

/// Shrinks the failure of a trial, which has no text: to fewer faults and rows, and nothing else. Of what fails in
/// several ways one of these classes is followed, if any is given.
///
/// # Errors
/// There is no failure.
pub fn shrink_trial(
    trial: &Trial,
    asked: &[Class],
    seed: Option<u64>,
    watch: Watch<'_>,
) -> Result<Shrunk, Refusal> {
    let written_out = || Ok(Subject::Trial(Arc::new(written_out(trial, seed))));
    shrink_subject(trial, asked, seed, written_out, watch)
}

/// The same trial with the rows that a seed generates, or none, as rows that are given.
pub fn written_out(trial: &Trial, seed: Option<u64>) -> Trial {
    trial.with(|plan| {
        for (_, input) in &mut plan.inputs {
            if let SourceInput::Generate(generate) = input {
                *input = SourceInput::Rows(Arc::new(generate.rows(seed.unwrap_or(0))));
            }
        }
    })
}

fn shrink_subject(
    trial: &Trial,
    asked: &[Class],
    seed: Option<u64>,
    written_out: impl FnOnce() -> Result<Subject, Refusal>,
    watch: Watch<'_>,
) -> Result<Shrunk, Refusal> {
    let outcome = trial.simulator().detail(seed);
    let goal = match outcome.brief.verdict {
        Verdict::ExactlyOnce => return Err(Refusal::Holds),
        Verdict::Inconclusive => return Err(Refusal::Inconclusive),
        Verdict::Violated => {
            Goal::of(&outcome, asked, trial.design.pipeline()).ok_or(Refusal::Holds)?
        }
    };
    let mut bench = Bench {
        runs: 1,
        most_events: outcome.brief.work.events.saturating_mul(20).saturating_add(10_000),
        known: outcome.brief.classes,
        ..Bench::new(goal, watch)
    };
    let mut case = Case::new(written_out()?, outcome.schedule, seed);
    let before = Size::of(&case);
    let first = run(&mut bench, &case).ok_or(Refusal::DoesNotReplay)?;
    let mut kinds = kinds_on_the_damage(&bench.goal, &first);

    latency::least(&mut bench, &mut case);
    only_the_causes(&mut bench, &mut case);
    fewest_faults(&mut bench, &mut case, &mut kinds);
    if latency::as_delays(&mut bench, &mut case) {
        fewest_faults(&mut bench, &mut case, &mut kinds);
    }
    #[cfg(feature = "cli")]
    structure::smaller_scenario(&mut bench, &mut case);
    placed::instead_of_times(&mut bench, &mut case);
    // What is said of smaller sets must be so in the scenario that is left.
    let is_exhausted = fewest_faults(&mut bench, &mut case, &mut kinds);
    weaken::weaken(&mut bench, &mut case);
    plain::plain_places(&mut bench, &mut case);
    // Weaker and plainer faults may do without one another.
    let most = case.faults.len();
    remove_faults(&mut bench, &mut case);
    let is_exhausted = is_exhausted && case.faults.len() == most;

    let holds_without_any = holds_without_any(&mut bench, &case);
    let wrong = mechanisms::wrong(&mut bench, &case);
    let is_interrupted = watch.is_cancelled();
    let hit = run(&mut bench, &case);
    let Hit { outcome, .. } = hit.expect("what is left failed before");
    let Bench { goal, runs, others, .. } = bench;
    Ok(Shrunk {
        case,
        outcome,
        goal,
        before,
        runs,
        holds_without_any: holds_without_any && !is_interrupted,
        is_exhausted: is_exhausted && !is_interrupted,
        is_interrupted,
        kinds,
        wrong: if is_interrupted { Vec::new() } else { wrong },
        others,
    })
}

/// Runs a case, whether or not it should end soon.
fn run(bench: &mut Bench<'_>, case: &Case) -> Option<Hit> {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    simulator.place(&case.faults);
    bench.confirm(&mut simulator, case, &case.faults)
}

/// The kinds of the faults that hit the damaged record; of all faults where no record is damaged.
fn kinds_on_the_damage(goal: &Goal, hit: &Hit) -> Vec<Kind> {
    let schedule = &hit.outcome.schedule;
    let mut kinds = Vec::new();
    match goal.damage(&hit.outcome) {
        Some(damage) => add_kinds(&mut kinds, damage.touched.iter().map(|&at| &schedule[at])),
        None => add_kinds(&mut kinds, schedule),
    }
    kinds
}

/// Adds kinds, each with the parameter that it is first met with.
fn add_kinds<'a>(kinds: &mut Vec<Kind>, faults: impl IntoIterator<Item = &'a Fault>) {
    for fault in faults {
        let same =
            |k: &Kind| k.name() == fault.kind.name() && k.asked_at() == fault.kind.asked_at();
        if fault.at.time.is_none() && !kinds.iter().any(same) {
            kinds.push(fault.kind);
        }
    }
}

/// Keeps only the faults that touched the damaged record, if that is enough.
fn only_the_causes(bench: &mut Bench<'_>, case: &mut Case) {
    let Some(hit) = bench.hits(case) else { return };
    let Some(damage) = bench.goal.damage(&hit.outcome) else { return };
    let causes = damage.touched.iter().map(|&fault| hit.outcome.schedule[fault].clone()).collect();
    let less = Case { faults: causes, ..case.clone() };
    if let Some(hit) = bench.hits(&less) {
        *case = Case { faults: hit.fired, ..less };
    }
}

/// Removes faults and rows until nothing can go, and then tries all smaller sets of faults near the damage;
/// a smaller one is where it begins again. Whether all of them were tried.
fn fewest_faults(bench: &mut Bench<'_>, case: &mut Case, kinds: &mut Vec<Kind>) -> bool {
    remove_faults(bench, case);
    let all_rows = case.clone();
    loop {
        input::fewer_rows(bench, case);
        remove_faults(bench, case);
        add_kinds(kinds, &case.faults);
        // Where only a seed's latencies fail, a set of the same size that needs no seed is better.
        let below = case.faults.len() + usize::from(case.seed.is_some());
        // A row that this failure does not need may be one that a smaller set needs.
        let is_worth_more = below > 2 && Size::of(case).rows < Size::of(&all_rows).rows;
        let wide = is_worth_more.then(|| all_rows.clone());
        let rows: Vec<Case> = std::iter::once(case.clone()).chain(wide).collect();
        let mut found = LocalResult::None;
        // Two faults with all rows before three with few: there are not as many.
        for (below, rows) in (below.min(3)..=below).flat_map(|b| rows.iter().map(move |r| (b, r))) {
            let Some(hit) = bench.hits(rows) else { return false };
            let record = bench.goal.damage(&hit.outcome).map(|damage| damage.record.as_str());
            let least = Case { seed: None, ..rows.clone() };
            found = local::smaller(bench, &least, kinds, record, below);
            match &found {
                LocalResult::Smaller(faults) => {
                    *case = Case { faults: faults.clone(), ..least };
                    break;
                }
                LocalResult::None => {}
                LocalResult::GaveUp => return false,
            }
        }
        if let LocalResult::None = found {
            return true;
        }
    }
}

/// Removes faults until none can go.
fn remove_faults(bench: &mut Bench<'_>, case: &mut Case) {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    let faults = std::mem::take(&mut case.faults);
    case.faults =
        ddmin(faults, |part| bench.hits_with(&mut simulator, case, part).map(|hit| hit.fired));
}

/// Whether the run holds when any one of the faults is removed.
fn holds_without_any(bench: &mut Bench<'_>, case: &Case) -> bool {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    (0..case.faults.len()).all(|number| {
        let mut rest = case.faults.clone();
        rest.remove(number);
        simulator.place(&rest);
        bench.count();
        let brief = simulator.brief(case.seed);
        bench.note(&brief, case, &rest);
        brief.verdict == Verdict::ExactlyOnce
    })
}
