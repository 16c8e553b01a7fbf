//! Filters in front of the catalog: what is asked when.

use super::stage::{Stage, committed};
use crate::dataflow::effect::Input;
use crate::dataflow::mechanism::Mechanism;
use crate::dataflow::mechanism::dedup::{Bloom, BucketBy, Dedup, Rebuild, Shape};
use onceproof_kernel::record::RecordId;
use onceproof_kernel::system::Process;
use onceproof_kernel::time::Time;

/// A map with such filters.
fn map(bloom: Bloom) -> Stage {
    Stage::map(Mechanism { dedup: Dedup::Bloom(bloom), ..Mechanism::default() })
}

/// Ranges of 2 ns. The stamps of records are their offsets, so range n has those of 2n and 2n + 1.
fn pairs() -> Bloom {
    Bloom { shape: Shape { bucket: 2, ..Shape::default() }, ..Bloom::default() }
}

impl Stage {
    /// The first fill of each range: where it begins, and whether it is complete.
    fn ranges(&self) -> Vec<(i64, bool)> {
        self.worker.filters.kept().map(|fill| (fill.first.0, fill.is_complete)).collect()
    }

    fn boots_again(&mut self, asked: &[&str]) {
        let token = format!("take token {}", self.world.tokens + 1);
        let all: Vec<&str> =
            [token.as_str(), "scan"].into_iter().chain(asked.iter().copied()).collect();
        self.takes(Input::Boot, &all);
    }
}

#[test]
fn what_a_filter_says_is_new_is_not_looked_up_and_what_it_has_is() {
    let mut stage = map(Bloom::default());
    stage.boots_again(&[]);
    let request = stage.request(0, "ann");
    stage.takes(
        request,
        &[
            "filter says New of events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id ann, hold events/0#0.0]",
        ],
    );
    stage.takes(committed(0), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry"]);
    stage.learns(0, "ann");
    let again = stage.request(0, "ann");
    stage.takes(
        again,
        &["filter says MayBeKnown of events/0#0", "ask catalog events/0#0", "ack events/0#0"],
    );
    // Another key has a catalog of its own, and the filter tells them apart.
    let other = stage.request(0, "bob");
    stage.takes(
        other,
        &[
            "filter says New of events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id bob, hold events/0#0.0]",
        ],
    );
}

#[test]
fn a_boot_reads_all_ids_into_the_filters_of_their_ranges() {
    let mut stage = map(pairs());
    stage.boots_again(&[]);
    assert_eq!(stage.ranges(), []);
    for offset in [5, 0] {
        let key = stage.key("ann");
        stage.world.stamped.push((key, RecordId(offset), Time(offset as i64)));
        stage.learns(offset, "ann");
    }
    stage.boots_again(&["scan ids from -infinity to infinity"]);
    assert_eq!(stage.ranges(), [(0, true), (4, true)]);
    let known = stage.request(5, "ann");
    stage.takes(
        known,
        &["filter says MayBeKnown of events/0#5", "ask catalog events/0#5", "ack events/0#5"],
    );
    let new = stage.request(4, "ann");
    stage.takes(
        new,
        &[
            "filter says New of events/0#4",
            "run function events/0#4",
            "commit events/0#4 [id ann, hold events/0#4.0]",
        ],
    );
}

#[test]
fn a_lazy_range_has_what_was_on_the_wire_when_its_ids_were_read() {
    let mut stage = map(Bloom { rebuild: Rebuild::Lazy { threshold: 2 }, ..pairs() });
    stage.boots_again(&[]);
    stage.boots_again(&[]);
    let first = stage.request(0, "ann");
    stage.takes(
        first,
        &[
            "filter says NotReady of events/0#0",
            "ask catalog events/0#0",
            "run function events/0#0",
            "commit events/0#0 [id ann, hold events/0#0.0]",
        ],
    );
    // The commit is on the wire: the scan, which reads this range alone, finds nothing.
    let second = stage.request(1, "bob");
    stage.takes(
        second,
        &[
            "scan ids from 0s to 1ns",
            "filter says New of events/0#1",
            "run function events/0#1",
            "commit events/0#1 [id bob, hold events/0#1.0]",
        ],
    );
    stage.takes(committed(0), &["ack events/0#0", "send events/0#0.0", "wake 30ms retry"]);
    stage.learns(0, "ann");
    let again = stage.request(0, "ann");
    stage.takes(
        again,
        &["filter says MayBeKnown of events/0#0", "ask catalog events/0#0", "ack events/0#0"],
    );
    // The next range is not read by that.
    let next = stage.request(2, "cid");
    stage.takes(
        next,
        &[
            "filter says NotReady of events/0#2",
            "ask catalog events/0#2",
            "run function events/0#2",
            "commit events/0#2 [id cid, hold events/0#2.0]",
        ],
    );
    assert_eq!(stage.ranges(), [(0, true), (2, false)]);
}

#[test]
fn a_range_is_forgotten_when_it_ends_at_or_below_the_time() {
    let mut stage = map(pairs());
    stage.boots_again(&[]);
    for (offset, key) in [(0, "ann"), (2, "bob"), (5, "cid")] {
        let request = stage.request(offset, key);
        let id = format!("events/0#{offset}");
        stage.takes(
            request,
            &[
                &format!("filter says New of {id}"),
                &format!("run function {id}"),
                &format!("commit {id} [id {key}, hold {id}.0]"),
            ],
        );
    }
    // The ranges are [0, 2), [2, 4) and [4, 6).
    stage.worker.filters.forget_before(Time(3));
    assert_eq!(stage.ranges(), [(2, true), (4, true)]);
    stage.worker.filters.forget_before(Time(4));
    assert_eq!(stage.ranges(), [(4, true)]);
    stage.worker.filters.forget_before(Time::MAX);
    assert_eq!(stage.ranges(), []);
}

#[test]
fn a_range_may_begin_at_the_end_of_time() {
    for (bucket_by, rebuild) in
        [(BucketBy::Stamp, Rebuild::Scan), (BucketBy::Arrival, Rebuild::Nothing)]
    {
        let mut stage = map(Bloom { bucket_by, rebuild, ..Bloom::default() });
        let key = stage.key("ann");
        for stamp in [Time::MIN, Time(-1), Time(0), Time::MAX] {
            stage.world.stamped.push((key, RecordId(0), stamp));
        }
        stage.boots_again(&[]);
        match rebuild {
            Rebuild::Scan => stage.boots_again(&["scan ids from -infinity to infinity"]),
            Rebuild::Lazy { .. } | Rebuild::Nothing => stage.boots_again(&[]),
        }
        let ranges = if rebuild == Rebuild::Scan { 4 } else { 0 };
        assert_eq!(stage.worker.fills().len(), ranges);
    }
}
