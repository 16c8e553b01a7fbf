//! The settings of single steps: how a sink writes, how a source reads its queue, what a function does at an
//! external service. For each there is one table of what is wrong and what is right.
//!
//! A wrong one is tried where it can do harm: an offset in memory where the sink has two rows, ids of the
//! content where two messages are equal, `put` and `append` where the scenario demands what they break. A short
//! deadline of a queue is right, since its messages are known by their ids; one that outlives a dedup window is
//! wrong (`own`).

use super::{Needs, Setting, Soundness, Variant};
use crate::scenario::{Scenario, written_sink};
use crate::search::space::bare;
use onceproof_kernel::call::Action;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND, Span};
use onceproof_model::function::Function;
use onceproof_model::pipeline::{
    Ack, IdFrom, InsertId, MessageIds, OffsetGiven, QueueRules, Sink, StepKind,
};
use onceproof_sim::fault::KindName;
use onceproof_sim::input::{InputRow, SourceInput};
use onceproof_sim::plan::SideEffects;
use onceproof_systems::Trial;

/// Shorter than a retry takes, and than a worker is away.
const SHORT: Nanos = 10 * MILLISECOND;
/// Longer than any fault lasts.
const LONG: Nanos = 3600 * SECOND;

/// A queue that hears an ack at once hands nothing out again.
const REDELIVER: &[KindName] = &[KindName::Redeliver];

/// Where nothing calls a service, no answer of one is lost.
const CALL_UNKNOWN: &[KindName] = &[KindName::CallUnknown];

/// Every way to write, with the times that make it wrong or right.
///
/// A row that is outside before the sink's commit is outside twice when the commit fails, unless the table knows it
/// again: by an offset or an insert id that is the same in every execution, and for as long as it takes. What is
/// shown only after the commit is shown once, unless the table drops it first.
const WRITES: [(Sink, Soundness); 12] = [
    (Sink::Upsert, Soundness::Right),
    (Sink::Append, Soundness::Wrong),
    (insert_id(LONG, IdFrom::Record), Soundness::Right),
    (insert_id(SHORT, IdFrom::Record), Soundness::Wrong),
    (insert_id(LONG, IdFrom::Execution), Soundness::Wrong),
    (Sink::Offset(OffsetGiven::BeforeCall), Soundness::Right),
    (Sink::Offset(OffsetGiven::AfterCall), Soundness::Wrong),
    (Sink::Offset(OffsetGiven::InNewStream), Soundness::Wrong),
    (Sink::Rename, Soundness::Right),
    (Sink::InPlace, Soundness::Wrong),
    (Sink::TwoPhase { timeout: LONG }, Soundness::Right),
    (Sink::TwoPhase { timeout: SHORT }, Soundness::Wrong),
];

const fn insert_id(window: Nanos, from: IdFrom) -> Sink {
    Sink::InsertId(InsertId { window, from })
}

/// The settings of all steps of a scenario that are as sound as this.
pub(super) fn of(scenario: &Scenario, soundness: Soundness) -> Vec<Variant> {
    let trial = &scenario.trial;
    let mut variants = Vec::new();
    for (at, step) in (0..).map(StepIndex).zip(trial.design.pipeline().steps()) {
        let settings = match &step.kind {
            StepKind::Source { queue: Some(queue), .. } => of_queue(queue, trial, at),
            StepKind::Sink(sink) => of_sink(sink, scenario, at),
            StepKind::Map(Function::Call(action)) => of_call(*action, trial.plan.side_effects),
            StepKind::Source { queue: None, .. }
            | StepKind::Map(_)
            | StepKind::Reshuffle
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::CountGlobally(_) => Vec::new(),
        };
        for Set { keys, soundness: found, needs, without } in settings {
            if found == soundness {
                let setting = Setting::Step { step: step.name.clone(), keys };
                variants.push(Variant { needs, without, ..Variant::of(setting) });
            }
        }
    }
    variants
}

/// Keys of a step with other values.
struct Set {
    keys: String,
    soundness: Soundness,
    needs: Needs,
    without: &'static [KindName],
}

impl Set {
    fn new(keys: impl Into<String>, soundness: Soundness) -> Set {
        Set { keys: keys.into(), soundness, needs: Needs::Nothing, without: &[] }
    }

    /// What it is if this holds; else the scenario lacks that.
    fn if_has(self, holds: bool, what: &'static str) -> Set {
        let needs = if holds { self.needs } else { Needs::Missing(what) };
        Set { needs, ..self }
    }
}

fn of_sink(own: &Sink, scenario: &Scenario, step: StepIndex) -> Vec<Set> {
    let others = WRITES.iter().filter(|(sink, _)| sink != own);
    let steps = (0..).map(StepIndex).zip(scenario.trial.design.pipeline().steps());
    let calls_elsewhere = steps.filter(|&(at, _)| at != step).any(|(_, step)| step.kind.calls());
    let set = |(sink, soundness): &(Sink, Soundness)| {
        let set = Set::new(written_sink(sink), *soundness);
        match sink {
            // Under its offset another row must pass for it.
            Sink::Offset(OffsetGiven::AfterCall) => {
                set.if_has(has_two_rows(scenario, step), "two rows of the sink")
            }
            Sink::Upsert if !calls_elsewhere => Set { without: CALL_UNKNOWN, ..set },
            _ => set,
        }
    };
    others.map(set).collect()
}

/// Whether a run without a fault writes two rows.
fn has_two_rows(scenario: &Scenario, sink: StepIndex) -> bool {
    let seed = scenario.seed_of_run(None).seed;
    let outcome = bare(&scenario.trial).simulator().detail(seed);
    outcome.steps.iter().filter(|result| result.step == sink).any(|result| {
        let of_records = result.windows.keys().any(|(_, window)| window.is_none());
        result.windows.len() > 1 || (of_records && result.applied > 1)
    })
}

/// A queue forgets what is acked, and knows a message it hands out again by the id that comes with it alone.
fn of_queue(own: &QueueRules, trial: &Trial, step: StepIndex) -> Vec<Set> {
    let mut sets = Vec::new();
    match own.ack {
        Ack::AfterCommit => {
            let without = REDELIVER;
            sets.push(Set { without, ..Set::new("queue.ack = \"on-receipt\"", Soundness::Wrong) });
        }
        Ack::OnReceipt => sets.push(Set::new("queue.ack = \"after-commit\"", Soundness::Right)),
    }
    let rows = Rows::of(trial, step);
    for ids in [MessageIds::Message, MessageIds::Attribute, MessageIds::Content, MessageIds::None] {
        if ids == own.ids {
            continue;
        }
        match ids {
            // Two messages of one record have two ids, and one attribute.
            MessageIds::Message => {
                let soundness =
                    if rows.has_one_twice { Soundness::Wrong } else { Soundness::Right };
                sets.push(Set::new("queue.ids = \"message\"", soundness));
            }
            MessageIds::Attribute if rows.have_ids && !rows.has_one_twice => {
                sets.push(Set::new("queue.ids = \"attribute\"", Soundness::Right));
            }
            MessageIds::Attribute => {}
            MessageIds::Content => {
                let set = Set::new("queue.ids = \"content\"", Soundness::Wrong);
                sets.push(set.if_has(rows.has_equal, "two equal messages"));
            }
            MessageIds::None => sets.push(Set::new("queue.ids = \"none\"", Soundness::Wrong)),
        }
    }
    // Who forgets by time alone may have forgotten what comes again later.
    let Some(design) = trial.design.dataflow() else { return sets };
    let is_forgotten =
        design.mechanisms().iter().any(|mechanism| mechanism.forgets_after().is_some());
    if !is_forgotten {
        let half = Span((own.deadline / 2).max(1));
        sets.push(Set::new(format!("queue.deadline = \"{half}\""), Soundness::Right));
        sets.push(Set::new(format!("queue.extend = {}", !own.extend), Soundness::Right));
    }
    sets
}

/// What the messages of a queue are like.
struct Rows {
    /// Whether each has an id of its publisher.
    have_ids: bool,
    /// Whether one record is published twice.
    has_one_twice: bool,
    /// Whether two records may be equal.
    has_equal: bool,
}

impl Rows {
    fn of(trial: &Trial, source: StepIndex) -> Rows {
        let input =
            trial.plan.inputs.iter().find(|(step, _)| *step == source).map(|(_, input)| input);
        match input {
            None => Rows { have_ids: false, has_one_twice: false, has_equal: false },
            Some(SourceInput::Generate(_)) => {
                Rows { have_ids: false, has_one_twice: false, has_equal: true }
            }
            Some(SourceInput::Rows(rows)) => {
                let mut ids: Vec<u64> = rows.iter().filter_map(|row| row.id).collect();
                let have_ids = ids.len() == rows.len();
                ids.sort_unstable();
                let has_one_twice = ids.windows(2).any(|pair| pair[0] == pair[1]);
                Rows { have_ids, has_one_twice, has_equal: has_equal(rows) }
            }
        }
    }
}

/// Whether two rows have one content, and are not one record.
fn has_equal(rows: &[InputRow]) -> bool {
    let mut sorted: Vec<&InputRow> = rows.iter().collect();
    let content = |row: &InputRow| (row.key.clone(), format!("{:?}", row.value));
    sorted.sort_by_cached_key(|row| content(row));
    sorted.windows(2).any(|pair| {
        content(pair[0]) == content(pair[1]) && (pair[0].id.is_none() || pair[0].id != pair[1].id)
    })
}

/// What a function does at a service may be done twice, by one who has lost his shard too. Whether that matters is
/// what the scenario demands of side effects.
fn of_call(own: Action, demands: SideEffects) -> Vec<Set> {
    match own {
        Action::Append | Action::Put | Action::PutFenced => {
            let others = [Action::Append, Action::Put, Action::PutFenced].into_iter();
            others
                .filter(|&other| other != own)
                .map(|other| of_write(other, own, demands))
                .collect()
        }
        // What is deleted before the commit cannot be read again after a crash.
        Action::Read | Action::Delete => vec![Set::new("fn.call = \"take\"", Soundness::Wrong)],
        Action::Take => vec![Set::new("fn.call = \"read\"", Soundness::Right)],
    }
}

fn of_write(other: Action, own: Action, demands: SideEffects) -> Set {
    match other {
        Action::Put if demands.newest => Set::new("fn.call.write = \"put\"", Soundness::Wrong),
        Action::Put if own == Action::PutFenced => {
            let set = Set::new("fn.call.write = \"put\"", Soundness::Wrong);
            set.if_has(false, "a demand for the newest entry")
        }
        Action::Put => Set::new("fn.call.write = \"put\"", Soundness::Right),
        Action::PutFenced => Set::new("fn.call.write = \"put-fenced\"", Soundness::Right),
        Action::Append | Action::Read | Action::Delete | Action::Take => {
            let set = Set::new("fn.call.write = \"append\"", Soundness::Wrong);
            set.if_has(demands.at_most.is_some(), "a limit of side effects")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// A scenario whose last step is this.
    fn scenario(source: &str, records: &str, step: &str) -> Scenario {
        let text = format!(
            "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n\
             [input]\nrecords = [ {records} ]\n\
             [[step]]\nname = \"events\"\nkind = \"source\"\n{source}\n{step}"
        );
        Scenario::parse(&text, Path::new("a.toml")).unwrap_or_else(|error| panic!("{error}"))
    }

    fn words(variants: &[Variant]) -> Vec<String> {
        variants.iter().map(Variant::words).collect()
    }

    const TWO: &str = "{ key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"1s\" }";
    const ONE: &str = "{ key = \"ann\", at = \"0s\" }";

    #[test]
    fn each_way_to_write_is_read_as_what_it_says() {
        for (sink, _) in WRITES {
            let step =
                format!("[[step]]\nname = \"t\"\nkind = \"sink\"\n{}\n", written_sink(&sink));
            let read = scenario("", ONE, &step);
            assert_eq!(read.trial.design.pipeline().steps()[1].kind, StepKind::Sink(sink));
        }
    }

    #[test]
    fn every_kind_of_sink_is_in_the_table() {
        let number = |sink: &Sink| match sink {
            Sink::Upsert => 0,
            Sink::Append => 1,
            Sink::InsertId(InsertId { from: IdFrom::Record, .. }) => 2,
            Sink::InsertId(InsertId { from: IdFrom::Execution, .. }) => 3,
            Sink::Offset(OffsetGiven::BeforeCall) => 4,
            Sink::Offset(OffsetGiven::AfterCall) => 5,
            Sink::Offset(OffsetGiven::InNewStream) => 6,
            Sink::Rename => 7,
            Sink::InPlace => 8,
            Sink::TwoPhase { .. } => 9,
        };
        let mut numbers: Vec<i32> = WRITES.iter().map(|(sink, _)| number(sink)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn a_sink_is_never_set_to_what_it_is() {
        for own in
            ["\"upsert\"", "\"append\"", "\"offset\"", "{ two-phase = { timeout = \"1h\" } }"]
        {
            let step = format!("[[step]]\nname = \"t\"\nkind = \"sink\"\nwrite = {own}\n");
            let scenario = scenario("", TWO, &step);
            let all = [of(&scenario, Soundness::Wrong), of(&scenario, Soundness::Right)].concat();
            assert_eq!(all.len(), WRITES.len() - 1, "{own}");
            assert!(all.iter().all(|design| design.needs == Needs::Nothing), "{own}");
        }
        let one = scenario("", ONE, "[[step]]\nname = \"t\"\nkind = \"sink\"\n");
        let lacking = of(&one, Soundness::Wrong);
        let lacking: Vec<&Variant> = lacking.iter().filter(|d| d.needs != Needs::Nothing).collect();
        assert_eq!(lacking.len(), 1);
        assert_eq!(lacking[0].words(), "step t: write = \"offset-in-memory\"");
    }

    #[test]
    fn no_answer_is_lost_where_nothing_calls() {
        let table = "[[step]]\nname = \"t\"\nkind = \"sink\"\nwrite = \"append\"\n";
        let odds = "[faults]\ncall-unknown = \"1/2\"\n";
        let other =
            "[[step]]\nname = \"u\"\nkind = \"sink\"\nfrom = \"events\"\nwrite = \"append\"\n";
        for (more, without) in [("", CALL_UNKNOWN), (other, &[])] {
            let scenario = scenario("", ONE, &format!("{table}{more}{odds}"));
            let right = of(&scenario, Soundness::Right);
            assert_eq!(
                (right[0].value().as_str(), right[0].without),
                ("step t: write = \"upsert\"", without)
            );
            assert!(right[0].without_and_with(&scenario, false).is_ok());
        }
    }

    #[test]
    fn what_is_wrong_of_a_queue_hangs_on_its_messages() {
        let wrong = |queue: &str, records: &str| {
            let count = "[[step]]\nname = \"n\"\nkind = \"count\"\nwindow = \"1m\"\n";
            let scenario = scenario(&format!("queue = {queue}"), records, count);
            let variants = of(&scenario, Soundness::Wrong);
            let is_tried = |design: &&Variant| design.needs == Needs::Nothing;
            words(&variants.iter().filter(is_tried).cloned().collect::<Vec<_>>())
        };
        let ack = "step events: queue.ack = \"on-receipt\"";
        let ids = |ids: &str| format!("step events: queue.ids = \"{ids}\"");
        assert_eq!(wrong("{}", TWO), [ack.to_owned(), ids("none")]);
        assert_eq!(wrong("{ ack = \"on-receipt\", ids = \"none\" }", TWO), [""; 0]);
        let equal = "{ key = \"ann\", at = \"0s\" }, { key = \"ann\", at = \"1s\" }";
        assert_eq!(wrong("{}", equal), [ack.to_owned(), ids("content"), ids("none")]);
        let twice = "{ key = \"ann\", at = \"0s\", id = \"a\" }, \
                     { key = \"ann\", at = \"1s\", event-time = \"0s\", id = \"a\" }";
        let found = wrong("{ ids = \"attribute\" }", twice);
        assert_eq!(found, [ack.to_owned(), ids("message"), ids("none")]);
    }

    #[test]
    fn what_is_wrong_of_a_call_hangs_on_what_is_demanded() {
        let of = |own, at_most, newest| {
            let sets = of_call(own, SideEffects { at_most, newest });
            let is_wrong =
                |set: &Set| set.soundness == Soundness::Wrong && set.needs == Needs::Nothing;
            sets.into_iter().filter(is_wrong).map(|set| set.keys).collect::<Vec<_>>()
        };
        let (append, put) = ("fn.call.write = \"append\"", "fn.call.write = \"put\"");
        assert_eq!(of(Action::PutFenced, Some(1), true), [append, put]);
        assert_eq!(of(Action::PutFenced, None, true), [put]);
        assert_eq!(of(Action::Put, Some(1), true), [append]);
        assert_eq!(of(Action::PutFenced, None, false), [""; 0]);
        assert_eq!(of(Action::Append, Some(1), false), [""; 0]);
        for own in [Action::Read, Action::Delete] {
            assert_eq!(of(own, None, false), ["fn.call = \"take\""]);
        }
        assert_eq!(of(Action::Take, None, false), [""; 0]);
    }
}
