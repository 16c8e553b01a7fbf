//! Canaries of the ledger: it is fed changes that no store would make, and must name what is wrong. Each
//! test also shows the change that is right, under which it finds nothing.

mod below;
mod dead;
mod decided;
mod rest;
mod sums;

use super::*;
use crate::fault::Climate;
use crate::input::{Input, Row, RowValue};
use crate::outcome::{self, Class};
use crate::plan::{Cluster, Network, Plan, SideEffects, Until};
use crate::sources::Sources;
use onceproof_kernel::layout::Failing;
use onceproof_kernel::source::Progress;
use onceproof_kernel::tell::{Pane, Pile, Tag, Tell, WrittenRow};
use onceproof_kernel::time::{Nanos, SECOND};
use onceproof_model::dataflow::Design;
use onceproof_model::dataflow::mechanism::{Fuse, Mechanism};
use onceproof_model::pipeline::{Sink, Step, StepKind, Truth};
use onceproof_model::window::Windowing;
use std::sync::Arc;

const EVENTS: ShardIndex = ShardIndex(0);
/// The step after the source, and the one after that.
const FIRST: ShardIndex = ShardIndex(1);
const SECOND_STEP: ShardIndex = ShardIndex(2);

/// A ledger, and what it needs to be fed and asked.
struct Fed {
    plan: Plan,
    sources: Sources,
    words: Vocabulary,
    ledger: Ledger,
}

/// Window content that was read.
#[derive(Clone, Copy)]
struct Span {
    head: u32,
    floor: u32,
    weight: i64,
    value: i64,
}

impl Fed {
    /// A chain of steps, each with one shard, that reads rows of key and event time in seconds. Maps give a record up
    /// at once.
    fn new(watermark: Progress, kinds: Vec<StepKind>, rows: &[(&str, i64)]) -> Fed {
        let kinds = [StepKind::Source { watermark, queue: None }].into_iter().chain(kinds);
        let step = |(at, kind): (usize, StepKind)| Step {
            name: format!("step-{at}"),
            from: at.checked_sub(1).map(|from| StepIndex(from as u16)).into_iter().collect(),
            shards: 1,
            failing: Failing {
                dead_letter_after: matches!(kind, StepKind::Map(_)).then_some(1),
                ..Failing::default()
            },
            kind,
        };
        let mechanism = Mechanism { fuse: Fuse::Apart, ..Mechanism::default() };
        let steps = kinds.enumerate().map(step).map(|step| (step, mechanism));
        let design = Design::new(steps.collect()).expect("a chain");
        let row = |&(key, at): &(&str, i64)| Row {
            key: Arc::from(key),
            event_time: seconds(at),
            arrival: Time(0),
            value: RowValue::Integer(1),
            id: None,
        };
        let rows = Input::Rows(Arc::new(rows.iter().map(row).collect()));
        let plan = Plan {
            design,
            inputs: vec![(StepIndex(0), rows)],
            cluster: Cluster::default(),
            network: Network::default(),
            climate: Climate::default(),
            faults: Vec::new(),
            until: Until::default(),
            side_effects: SideEffects::default(),
        };
        let (mut sources, mut words) = (Sources::default(), Vocabulary::default());
        sources.load(&plan, 0, &mut words);
        let mut ledger = Ledger::default();
        ledger.reset(&plan.design.layout, false);
        Fed { plan, sources, words, ledger }
    }

    /// Windows of 10 s under a perfect source.
    fn counting(rows: &[(&str, i64)]) -> Fed {
        Fed::new(Progress::Perfect, vec![count(0)], rows)
    }

    /// A sink under a perfect source.
    fn writing(rows: &[(&str, i64)]) -> Fed {
        let sink = StepKind::Sink(Sink::Upsert);
        Fed::new(Progress::Perfect, vec![sink], rows)
    }

    /// Gives the records these values.
    fn set_values<const RECORDS: usize>(&mut self, values: [i64; RECORDS]) {
        let (_, Input::Rows(rows)) = &mut self.plan.inputs[0] else { unreachable!("rows") };
        for (row, value) in Arc::make_mut(rows).iter_mut().zip(values) {
            row.value = RowValue::Integer(value);
        }
        self.sources = Sources::default();
        self.words = Vocabulary::default();
        self.sources.load(&self.plan, 0, &mut self.words);
    }

    fn key(&mut self, text: &str) -> Key {
        self.words.keys.intern(text)
    }

    /// What the ledger hears of commits of a shard.
    fn telling(&mut self, shard: ShardIndex) -> Telling<'_> {
        let Fed { sources, words, ledger, .. } = self;
        Telling { ledger, shard, now: Time(0), words, sources, gone: None }
    }

    /// An output is held by the source.
    fn hold(&mut self, name: Name, key: &str, value: i64) {
        let key = self.key(key);
        self.telling(EVENTS).mention(Tag { name, lineage: 0 }, key, 1, value);
    }

    /// Records, or panes with their lineage, are taken into a window, above what is there already.
    fn take(
        &mut self,
        shard: ShardIndex,
        (key, _): (&str, i64),
        above: u32,
        taken: &[(Name, u32, i64, i64)],
    ) -> Span {
        let key = self.key(key);
        let mut span = Span { head: above, floor: above, weight: 0, value: 0 };
        for &(name, lineage, weight, value) in taken {
            let mut pile = Pile { head: span.head, floor: above };
            self.telling(shard).add(&mut pile, Tag { name, lineage }, key, weight, value);
            span.head = pile.head;
            span.weight += weight;
            span.value = span.value.wrapping_add(value);
        }
        span
    }

    /// A pane is committed with this content; returns its name and lineage.
    fn fire(
        &mut self,
        shard: ShardIndex,
        (key, start, pane): (&str, i64, u32),
        span: Span,
    ) -> (Name, u32) {
        let (key, start) = (self.key(key), seconds(start));
        let lineage = self.ledger.read(span.head, span.floor);
        let step = self.plan.design.layout.step_of(shard);
        let hash = self.plan.design.layout.hash(step);
        let Vocabulary { keys, names } = &mut self.words;
        let name = names.pane(step.0, hash, key, start, pane, keys);
        let Span { weight, value, .. } = span;
        let tag = Tag { name, lineage };
        self.telling(shard).pane(&Pane { tag, key, start, weight, value });
        (name, lineage)
    }

    /// The outputs of a map on a record.
    fn outputs(&mut self, shard: ShardIndex, name: Name, outputs: u32) -> Vec<Name> {
        let step = self.plan.design.layout.step_of(shard);
        let hash = self.plan.design.layout.hash(step);
        let names = &mut self.words.names;
        (0..outputs).map(|index| names.output(name, step.0, hash, index)).collect()
    }

    /// A row of the sink is written.
    fn write(&mut self, row: u64, key: &str, name: Name) {
        self.write_value(row, key, name, 1);
    }

    fn write_value(&mut self, row: u64, key: &str, name: Name, value: i64) {
        let key = self.key(key);
        let step = self.plan.design.layout.step_of(FIRST);
        let tag = Tag { name, lineage: 0 };
        self.telling(FIRST).write(&WrittenRow { step, row, tag, key, weight: 1, value });
    }

    fn judgement(&mut self, has_drained: bool) -> Judgement {
        let Fed { plan, sources, words, ledger } = self;
        let mut expectations = Expectations::default();
        let Design { pipeline, layout, .. } = &plan.design;
        let truth = Truth { pipeline, layout };
        ledger.judge(&truth, layout, sources, words, &mut expectations, has_drained)
    }

    fn judge(&mut self, has_drained: bool) -> (Vec<Class>, outcome::LedgerFigures) {
        let judgement = self.judgement(has_drained);
        (judgement.classes.iter().collect(), judgement.totals)
    }

    /// The classes of a run that has drained.
    fn classes(&mut self) -> Vec<Class> {
        self.judge(true).0
    }
}

fn seconds(at: i64) -> Time {
    Time(at * SECOND as i64)
}

/// Windows of 10 s.
fn count(lateness: Nanos) -> StepKind {
    StepKind::Count(Windowing { length: 10 * SECOND, lateness })
}

/// A source record, of weight and value 1.
fn row(number: u32) -> (Name, u32, i64, i64) {
    (Name(number), 0, 1, 1)
}

#[test]
fn a_pane_that_its_content_does_not_add_up_to_is_phantom() {
    let check = |weight, value, classes: &[Class]| {
        let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(1)]);
        fed.fire(FIRST, ("ann", 0, 0), Span { weight, value, ..span });
        assert_eq!(fed.classes(), classes);
    };
    // Two records of weight 1 and value 1.
    check(2, 2, &[]);
    check(3, 2, &[Class::Phantom]);
    check(1, 2, &[Class::Phantom]);
    check(2, 3, &[Class::Phantom]);
}

#[test]
fn a_record_in_another_window_or_under_another_key_is_phantom() {
    let check = |window: (&str, i64), classes: &[Class]| {
        let mut fed = Fed::counting(&[("ann", 0)]);
        let span = fed.take(FIRST, window, 0, &[row(0)]);
        fed.fire(FIRST, (window.0, window.1, 0), span);
        assert_eq!(fed.classes(), classes);
    };
    check(("ann", 0), &[]);
    check(("ann", 10), &[Class::Phantom]);
    check(("bob", 0), &[Class::Phantom]);
}

#[test]
fn a_record_in_another_window_is_phantom_beside_one_that_is_late() {
    let check = |start: i64, classes: &[Class]| {
        let rows = [("ann", 0), ("bob", 30), ("ann", 8)];
        let watermark = Progress::Bound(5 * SECOND);
        let mut fed = Fed::new(watermark, vec![count(0)], &rows);
        let ann = fed.take(FIRST, ("ann", start), 0, &[row(0)]);
        fed.fire(FIRST, ("ann", start, 0), ann);
        let bob = fed.take(FIRST, ("bob", 30), 0, &[row(1)]);
        fed.fire(FIRST, ("bob", 30, 0), bob);
        let (found, totals) = fed.judge(true);
        assert_eq!((found, totals.late), (classes.to_vec(), 1));
    };
    check(0, &[]);
    check(10, &[Class::Phantom]);
}

#[test]
fn two_traces_of_one_record_that_disagree_are_divergent() {
    let check = |held: &[(&str, i64)], classes: &[Class]| {
        let mut fed = Fed::counting(&[("ann", 0)]);
        for &(key, value) in held {
            fed.hold(Name(0), key, value);
        }
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
        fed.fire(FIRST, ("ann", 0, 0), span);
        let (found, totals) = fed.judge(true);
        assert_eq!(found, classes);
        assert_eq!(totals.divergent, classes.len() as u64);
        assert_eq!(totals.exact, 1 - classes.len() as u64);
    };
    check(&[("ann", 1)], &[]);
    // A global count replaces every key by `*`, which is no other answer.
    check(&[("*", 1)], &[]);
    check(&[("*", 1), ("ann", 1)], &[]);
    check(&[("bob", 1)], &[Class::Divergent]);
    check(&[("ann", 2)], &[Class::Divergent]);
    // Nor does it hide that two others disagree.
    check(&[("*", 1), ("bob", 1)], &[Class::Divergent]);
    check(&[("bob", 1), ("*", 1)], &[Class::Divergent]);
}

#[test]
fn two_panes_of_one_name_that_disagree_make_what_is_in_them_divergent() {
    let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
    let first = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
    fed.fire(FIRST, ("ann", 0, 0), first);
    // The same pane once more, with one record more.
    let second = fed.take(FIRST, ("ann", 0), first.head, &[row(1)]);
    fed.fire(FIRST, ("ann", 0, 0), Span { floor: 0, weight: 2, value: 2, ..second });
    let (classes, totals) = fed.judge(true);
    assert_eq!(classes, [Class::Duplicated, Class::Divergent]);
    // The first record is in both panes, so it is also duplicated; the second is in one of two answers.
    assert_eq!((totals.duplicated, totals.excess, totals.divergent), (1, 1, 2));
}

#[test]
fn a_row_that_is_overwritten_by_other_content_is_reflected_no_more() {
    let mut fed = Fed::writing(&[("ann", 0), ("bob", 1)]);
    fed.write(7, "ann", Name(0));
    fed.write(8, "bob", Name(1));
    // The same again changes nothing.
    fed.write(7, "ann", Name(0));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.exact), (vec![], 2));

    let mut fed = Fed::writing(&[("ann", 0), ("bob", 1)]);
    fed.write(7, "ann", Name(0));
    fed.write(7, "bob", Name(1));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.lost, totals.exact), (vec![Class::Lost], 1, 1));

    // What was overwritten counts no more where it stands elsewhere.
    let mut fed = Fed::writing(&[("ann", 0), ("bob", 1)]);
    fed.write(7, "bob", Name(1));
    fed.write(7, "ann", Name(0));
    fed.write(8, "bob", Name(1));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.exact), (vec![], 2));
}

#[test]
fn a_record_in_two_rows_is_duplicated() {
    let mut fed = Fed::writing(&[("ann", 0)]);
    fed.write(7, "ann", Name(0));
    fed.write(8, "ann", Name(0));
    let (classes, totals) = fed.judge(true);
    assert_eq!(classes, [Class::Duplicated]);
    assert_eq!((totals.duplicated, totals.excess, totals.exact), (1, 1, 0));
}

#[test]
fn a_record_that_is_reflected_twice_is_duplicated_and_one_that_never_is_is_lost() {
    // The first record three times, the second never: the total of 3 is not even needed to tell.
    let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
    let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(0), row(0)]);
    fed.fire(FIRST, ("ann", 0, 0), span);
    let (classes, totals) = fed.judge(true);
    assert_eq!(classes, [Class::Duplicated, Class::Lost]);
    assert_eq!((totals.duplicated, totals.excess, totals.lost), (1, 2, 1));
    assert_eq!((totals.expected, totals.exact), (2, 0));
}

#[test]
fn a_lost_record_and_a_doubled_one_are_both_seen_though_the_total_is_right() {
    let mut fed = Fed::counting(&[("ann", 0), ("ann", 1)]);
    let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(0)]);
    fed.fire(FIRST, ("ann", 0, 0), span);
    assert_eq!(fed.classes(), [Class::Duplicated, Class::Lost]);
}

#[test]
fn what_is_in_no_pane_is_lost_only_once_nothing_can_come_any_more() {
    let mut fed = Fed::counting(&[("ann", 0)]);
    // Taken, and in no pane.
    fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
    let (classes, totals) = fed.judge(false);
    assert_eq!((classes, totals.lost, totals.exact), (vec![], 0, 0));
    let (classes, totals) = fed.judge(true);
    assert_eq!((classes, totals.lost, totals.exact), (vec![Class::Lost], 1, 0));
}

#[test]
fn a_pane_that_is_counted_twice_further_down_doubles_what_is_in_it() {
    let check = |times: usize, classes: &[Class], of_records: [u64; 3]| {
        let kinds = vec![count(0), count(0)];
        let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0), ("ann", 1)]);
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0), row(1)]);
        let (pane, lineage) = fed.fire(FIRST, ("ann", 0, 0), span);
        // A pane of a count says its weight as its value.
        let taken = vec![(pane, lineage, 2, 2); times];
        let span = fed.take(SECOND_STEP, ("ann", 0), 0, &taken);
        fed.fire(SECOND_STEP, ("ann", 0, 0), span);
        let (found, totals) = fed.judge(true);
        assert_eq!(found, classes);
        assert_eq!([totals.exact, totals.duplicated, totals.lost], of_records);
    };
    check(1, &[], [2, 0, 0]);
    check(2, &[Class::Duplicated], [0, 2, 0]);
    check(0, &[Class::Lost], [0, 0, 2]);
}

#[test]
fn a_missing_record_is_late_only_if_its_source_had_given_it_up() {
    use Progress::{Bound, Perfect};
    let check = |watermark, lateness, is_late: bool| {
        let rows = [("ann", 0), ("bob", 30), ("ann", 8)];
        let mut fed = Fed::new(watermark, vec![count(lateness)], &rows);
        let ann = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
        fed.fire(FIRST, ("ann", 0, 0), ann);
        let bob = fed.take(FIRST, ("bob", 30), 0, &[row(1)]);
        fed.fire(FIRST, ("bob", 30, 0), bob);
        let (classes, totals) = fed.judge(true);
        let (wanted, late, lost) = if is_late { (vec![], 1, 0) } else { (vec![Class::Lost], 0, 1) };
        assert_eq!((classes, totals.late, totals.lost), (wanted, late, lost));
        assert_eq!(totals.exact, 2);
    };
    // The third record is read after one of 30 s, so under a watermark of 30 s less the bound. Its window
    // ends at 10 s: it is given up if end and lateness are at or below that.
    check(Bound(5 * SECOND), 0, true);
    check(Bound(20 * SECOND), 0, true);
    check(Bound(20 * SECOND + 1), 0, false);
    check(Bound(5 * SECOND), 15 * SECOND, true);
    check(Bound(5 * SECOND), 15 * SECOND + 1, false);
    // A perfect source knows that it is still to come.
    check(Perfect, 0, false);
}

#[test]
fn a_late_record_may_be_taken_but_not_twice() {
    let check = |times: usize, classes: &[Class], exact| {
        let rows = [("bob", 30), ("ann", 8)];
        let watermark = Progress::Bound(5 * SECOND);
        let mut fed = Fed::new(watermark, vec![count(0)], &rows);
        let bob = fed.take(FIRST, ("bob", 30), 0, &[row(0)]);
        fed.fire(FIRST, ("bob", 30, 0), bob);
        let ann = fed.take(FIRST, ("ann", 0), 0, &vec![row(1); times]);
        fed.fire(FIRST, ("ann", 0, 0), ann);
        let (found, totals) = fed.judge(true);
        assert_eq!(found, classes);
        assert_eq!((totals.exact, totals.late), (exact, 0));
    };
    check(1, &[], 2);
    check(2, &[Class::Duplicated], 1);
}

#[test]
fn totals_are_told_by_window_and_are_those_of_the_rows_that_stand() {
    let kinds = vec![count(0), StepKind::Sink(Sink::Upsert)];
    let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0), ("ann", 10)]);
    fed.ledger.reset(&fed.plan.design.layout, true);
    let mut pane = |start: i64, record| {
        let span = fed.take(FIRST, ("ann", start), 0, &[row(record)]);
        fed.fire(FIRST, ("ann", start, 0), span)
    };
    let (first, second) = (pane(0, 0), pane(10, 1));
    let mut write = |row, key: &str, (name, lineage)| {
        let (key, step) = (fed.key(key), fed.plan.design.layout.step_of(SECOND_STEP));
        let tag = Tag { name, lineage };
        fed.telling(SECOND_STEP).write(&WrittenRow { step, row, tag, key, weight: 1, value: 1 });
    };
    // The second row stands under another key before it stands as it should.
    write(7, "ann", first);
    write(8, "bob", second);
    write(8, "ann", second);
    let totals = |shard| {
        let Fed { plan, words, ledger, .. } = &fed;
        let all = ledger.totals(plan.design.layout.step_of(shard), &words.names);
        let mut all: Vec<_> =
            all.map(|(key, start, total)| (words.keys.text(key), start, total)).collect();
        all.sort_unstable();
        all
    };
    let one_each = [("ann", Some(seconds(0)), 1), ("ann", Some(seconds(10)), 1)];
    assert_eq!(totals(FIRST), one_each);
    assert_eq!(totals(SECOND_STEP), one_each);
}

#[test]
fn a_row_of_a_source_record_has_no_window() {
    let mut fed = Fed::writing(&[("ann", 0)]);
    fed.write(7, "ann", Name(0));
    let totals = fed.ledger.totals(StepIndex(1), &fed.words.names);
    let windows: Vec<_> = totals.map(|(_, start, total)| (start, total)).collect();
    assert_eq!(windows, [(None, 1)]);
}
