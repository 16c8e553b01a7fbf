//! Sorted maps and sets beside those of the standard library.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What is done to a map or a set with one of a few keys.
#[derive(Clone, Debug)]
enum Step {
    Insert(u8, u8),
    Remove(u8),
    Change(u8),
    OrInsert(u8, u8),
    Retain(u8),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..12_u8;
    let step = prop_oneof![
        6 => (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        3 => key.clone().prop_map(Step::Remove),
        2 => key.clone().prop_map(Step::Change),
        3 => (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::OrInsert(key, value)),
        1 => key.prop_map(Step::Retain),
        1 => Just(Step::Clear),
    ];
    proptest::collection::vec(step, 0..40)
}

proptest! {
    #[test]
    fn a_sorted_map_does_what_a_btree_map_does(steps in steps(), from in 0..12_u8, to in 0..12_u8) {
        let (mut map, mut right) = (SortedMap::new(), BTreeMap::new());
        for step in steps {
            match step {
                Step::Insert(key, value) => {
                    prop_assert_eq!(map.insert(key, value), right.insert(key, value));
                }
                Step::Remove(key) => prop_assert_eq!(map.remove(&key), right.remove(&key)),
                Step::Change(key) => {
                    let (here, there) = (map.get_mut(&key), right.get_mut(&key));
                    prop_assert_eq!(here.map(std::mem::take), there.map(std::mem::take));
                }
                Step::OrInsert(key, value) => {
                    let there = *right.entry(key).or_insert(value);
                    prop_assert_eq!(*map.or_insert_with(key, || value), there);
                }
                Step::Retain(least) => {
                    map.retain(|&key, _| key >= least);
                    right.retain(|&key, _| key >= least);
                }
                Step::Clear => {
                    map.clear();
                    right.clear();
                }
            }
            prop_assert!(map.iter().eq(&right));
            prop_assert!(map.iter().rev().eq(right.iter().rev()));
            prop_assert_eq!(map.first_key_value(), right.first_key_value());
            prop_assert_eq!(map.last_key_value(), right.last_key_value());
            prop_assert_eq!((map.len(), map.is_empty()), (right.len(), right.is_empty()));
            prop_assert!((0..12).all(|key| map.get(&key) == right.get(&key)));
            if from <= to {
                prop_assert!(map.range(from..=to).eq(right.range(from..=to)));
            }
        }
        prop_assert!(map.into_iter().eq(right));
    }

    #[test]
    fn a_sorted_set_does_what_a_btree_set_does(steps in steps()) {
        let (mut set, mut right) = (SortedSet::new(), BTreeSet::new());
        for step in steps {
            match step {
                Step::Insert(key, _) | Step::OrInsert(key, _) => {
                    prop_assert_eq!(set.insert(key), right.insert(key));
                }
                Step::Remove(key) => prop_assert_eq!(set.remove(&key), right.remove(&key)),
                Step::Change(_) => {}
                Step::Retain(least) => {
                    set.retain(|&key| key >= least);
                    right.retain(|&key| key >= least);
                }
                Step::Clear => {
                    set.clear();
                    right.clear();
                }
            }
            prop_assert!(set.iter().eq(&right));
            prop_assert_eq!((set.first(), set.last()), (right.first(), right.last()));
            prop_assert_eq!((set.len(), set.is_empty()), (right.len(), right.is_empty()));
            prop_assert!((0..12).all(|key| set.contains(&key) == right.contains(&key)));
        }
        prop_assert!(set.into_iter().eq(right));
    }
}

#[test]
fn a_range_that_ends_before_it_begins_has_nothing() {
    let map: SortedMap<u8, u8> = (0..9).map(|key| (key, key)).collect();
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is asked")]
    let keys = 5..=2;
    assert_eq!(map.range(keys).count(), 0);
}
