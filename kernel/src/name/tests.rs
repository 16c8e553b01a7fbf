//! Names are the same in every run, and lead back to what they were made from.

use super::*;

#[test]
fn names_read_as_the_scenario_writes_them() {
    let mut keys = Keys::default();
    let mut names = Names::default();
    let first = names.add_source(0, 17, 2, 5);
    let step = |s: u16| ["events", "tag", "per-user"][s as usize];
    // Rows 0, 2, 4 go to shard 0 and rows 1, 3 to shard 1, so row 3 is events/1#1.
    assert_eq!(names.text(Name(first.0 + 3), &keys, step), "events/1#1");
    assert_eq!(names.source(0, 1, 1), Name(first.0 + 3));
    let output = names.output(Name(3), 1, 19, 2);
    assert_eq!(names.text(output, &keys, step), "events/1#1.2");
    assert_eq!(names.source_of(output), Some(Name(3)));
    let ann = keys.intern("ann");
    let pane = names.pane(2, 23, ann, Time(60_000_000_000), 1, &keys);
    assert_eq!(names.text(pane, &keys, step), "per-user/ann@60s#1");
    assert_eq!(names.source_of(pane), None);
    let again = names.output(pane, 1, 19, 0);
    assert_eq!(names.window_of(again), Some(Time(60_000_000_000)));
    assert_eq!(names.window_of(output), None);
    assert_eq!(names.output(Name(3), 1, 19, 2), output);
}

#[test]
fn the_records_of_a_second_source_are_numbered_from_its_first() {
    let mut names = Names::default();
    names.add_source(0, 17, 2, 5);
    let first = names.add_source(3, 19, 2, 4);
    let origins = [0, 1, 3].map(|row| names.origin(Name(first.0 + row)));
    let of = |shard, offset| Origin::Source { step: 3, shard, offset };
    assert_eq!(origins, [of(0, 0), of(1, 0), of(1, 1)]);
    assert_eq!(names.hash(first), source_hash(19, 0, 0));
    assert_eq!(names.origin(Name(first.0 - 1)), Origin::Source { step: 0, shard: 0, offset: 2 });
}

#[test]
fn what_each_handle_means_is_part_of_the_state() {
    let state = |records, keys: &[&str], outputs: &[u32]| {
        let mut words = Vocabulary::default();
        words.names.add_source(0, 17, 1, records);
        for key in keys {
            words.keys.intern(key);
        }
        for &output in outputs {
            words.names.output(Name(0), 1, 19, output);
        }
        let mut state = WorldState::default();
        words.tell_state(&mut state);
        state.state()
    };
    let states = [
        state(2, &[], &[]),
        state(3, &[], &[]),
        state(2, &["ann"], &[]),
        state(2, &["bob"], &[]),
        state(2, &["ann", "bob"], &[]),
        state(2, &["bob", "ann"], &[]),
        state(2, &[], &[0]),
        state(2, &[], &[1]),
    ];
    for (at, one) in states.iter().enumerate() {
        assert!(states[..at].iter().all(|other| other != one), "state {at}");
    }
    assert_eq!(state(2, &["ann"], &[1]), state(2, &["ann"], &[1]));
}

#[test]
fn names_that_differ_in_any_part_have_hashes_that_differ() {
    let mut names = Names::default();
    names.add_source(0, 17, 2, 100);
    let mut hashes: Vec<u64> = (0..100).map(|n| names.hash(Name(n))).collect();
    for index in 0..3 {
        for step in 1..4 {
            let name = names.output(Name(0), step, 18 + u64::from(step), index);
            hashes.push(names.hash(name));
        }
    }
    // Starts whose only bits are the upper ones, and a number of 17 bits.
    for start in [0, 1 << 48, 2 << 48, 60_000_000_000] {
        hashes.extend([0, 1, 2, 65_536].map(|pane| pane_hash(17, 5, Time(start), pane)));
    }
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 125);
}

#[test]
fn the_rows_of_a_run_have_their_own_hashes_whatever_the_run_before_had() {
    let runs: [&[(u64, u32, u32)]; 5] = [
        &[(17, 2, 5)],
        &[(17, 2, 5), (18, 1, 3)],
        &[(17, 3, 5), (18, 1, 3)],
        &[(17, 3, 9), (19, 1, 3)],
        &[(17, 3, 9)],
    ];
    let mut again = Names::default();
    for run in runs {
        again.clear();
        let mut number = 0;
        for (step, &(hash, shards, rows)) in (0..).zip(run) {
            again.add_source(step, hash, shards, rows);
        }
        for &(hash, shards, rows) in run {
            for row in 0..rows {
                // By hand: row i is at offset i / shards of shard i mod shards.
                let own = source_hash(hash, row % shards, (row / shards).into());
                assert_eq!(again.hash(Name(number)), own, "{run:?}, row {row}");
                number += 1;
            }
        }
    }
}
