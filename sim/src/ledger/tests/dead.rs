//! Canaries of dead letters: what is given up excuses what is missing of it, and nothing else.

use super::*;
use onceproof_model::function::Function;

/// The count of panes, the map behind it, and the count behind that.
const OF_PANES: ShardIndex = ShardIndex(3);
const CHECK: ShardIndex = ShardIndex(4);
const AFTER: ShardIndex = ShardIndex(5);

/// One record in one pane of which a map makes two, each in a pane of its own.
struct Twice {
    fed: Fed,
    panes: [(Name, u32); 2],
}

impl Twice {
    fn new() -> Twice {
        let map = StepKind::Map;
        let explode = map(Function::Explode { copies: 2 });
        let kinds = vec![count(0), explode, count(0), map(Function::Identity), count(0)];
        let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0)]);
        let span = fed.take(FIRST, ("ann", 0), 0, &[row(0)]);
        let (pane, lineage) = fed.fire(FIRST, ("ann", 0, 0), span);
        let copies = fed.outputs(SECOND_STEP, pane, 2);
        let first = fed.take(OF_PANES, ("ann", 0), 0, &[(copies[0], lineage, 1, 1)]);
        let second = fed.take(OF_PANES, ("ann", 0), first.head, &[(copies[1], lineage, 1, 1)]);
        let panes = [(0, first), (1, second)];
        let panes = panes.map(|(pane, span)| fed.fire(OF_PANES, ("ann", 0, pane), span));
        Twice { fed, panes }
    }

    /// The map fails on a pane and gives it up.
    fn give_up(&mut self, pane: usize) {
        let step = self.fed.design.layout.step_of(CHECK);
        self.fed.ledger.failed(step, self.panes[pane].0);
        self.write_letter(pane);
    }

    /// A commit gives a pane up.
    fn write_letter(&mut self, pane: usize) {
        let (name, lineage) = self.panes[pane];
        let key = self.fed.key("ann");
        let mut telling = self.fed.telling(CHECK);
        telling.hint(name, key, 1);
        telling.give_up(Tag { name, lineage }, key);
    }

    /// What the map made of a pane is counted.
    fn count(&mut self, pane: usize) {
        let (name, lineage) = self.panes[pane];
        let output = self.fed.outputs(CHECK, name, 1)[0];
        let span = self.fed.take(AFTER, ("ann", 0), 0, &[(output, lineage, 1, 1)]);
        self.fed.fire(AFTER, ("ann", 0, 0), span);
    }

    fn is(mut self, classes: &[Class], dead_lettered: u64) {
        let (found, totals) = self.fed.judge(true);
        assert_eq!((found, totals.dead_lettered), (classes.to_vec(), dead_lettered));
    }
}

#[test]
fn one_pane_may_be_given_up_and_the_other_counted() {
    let mut twice = Twice::new();
    twice.give_up(0);
    twice.count(1);
    twice.is(&[], 1);
}

#[test]
fn what_is_neither_given_up_nor_counted_is_lost() {
    let mut twice = Twice::new();
    twice.give_up(0);
    twice.is(&[Class::Lost], 1);
}

#[test]
fn a_dead_letter_that_is_written_twice_gives_up_one_pane() {
    let mut twice = Twice::new();
    twice.give_up(0);
    twice.give_up(0);
    twice.is(&[Class::Lost], 1);
}

#[test]
fn a_pane_that_is_counted_and_given_up_is_divergent() {
    let mut twice = Twice::new();
    twice.give_up(0);
    twice.give_up(1);
    twice.count(1);
    twice.is(&[Class::Divergent], 1);
}

#[test]
fn what_is_given_up_before_its_function_has_failed_is_lost() {
    let mut twice = Twice::new();
    twice.write_letter(0);
    twice.count(1);
    twice.is(&[Class::Lost], 0);
}
