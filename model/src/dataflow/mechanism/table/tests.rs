//! The table holds together: what a row says of a value, the mechanism is.

use super::super::Dedup;
use super::super::dedup::{Bloom, Rebuild};
use super::*;
use crate::setting::{Free, Worth, WrittenAs};
use std::collections::BTreeSet;

/// The mechanisms with each choice of a row, and its parts as they begin.
fn designs(row: &MechanismRow) -> Vec<Mechanism> {
    let choices = row.setting().map_or(0, |setting| setting.choices.len());
    let with = |choice: usize| {
        let mut mechanism = Mechanism::default();
        if let Some(setting) = row.setting().filter(|_| choices > 0) {
            (setting.set)(&mut mechanism, SettingValue::Choice(choice));
        }
        mechanism
    };
    (0..choices.max(1)).map(with).collect()
}

/// Every value of a setting, of those that are free one that none begins with.
fn values(setting: &Setting<Mechanism>) -> impl Iterator<Item = SettingValue> {
    let free = setting.free.map(|free| match free {
        Free::Length { .. } => SettingValue::Length(7),
        Free::Number { most, .. } => SettingValue::Number(most),
    });
    (0..setting.choices.len()).map(SettingValue::Choice).chain(free)
}

#[test]
fn every_value_is_what_it_was_set_to_and_is_put_elsewhere() {
    for row in Mechanism::table() {
        for first in designs(row) {
            let parts = row.parts(&first);
            let own = row.setting().filter(|_| parts.is_empty());
            for (setting, value) in own
                .into_iter()
                .chain(parts)
                .flat_map(|setting| values(setting).map(move |value| (setting, value)))
            {
                let mut mechanism = first;
                (setting.set)(&mut mechanism, value);
                let mut put = Mechanism::default();
                row.put(&mut put, &mechanism);
                assert_eq!(put, mechanism, "{} {value:?}", setting.key);
                // What the design does not have cannot be set: the reader refuses it.
                let is_there = (setting.get)(&mechanism) == value;
                let is_refused = mechanism == first && row.rule.is_some();
                assert!(is_there || is_refused, "{} {value:?}", setting.key);
            }
        }
    }
}

#[test]
fn a_threshold_is_that_of_lazy_filters() {
    let mut mechanism = Mechanism::default();
    let row = MechanismRow::of("dedup").expect("a row");
    let set = |mechanism: &mut Mechanism, key: &str, value| {
        let parts = row.parts(mechanism).iter();
        let part = row.setting().into_iter().chain(parts).find(|setting| setting.key == key);
        (part.expect("a part").set)(mechanism, value);
    };
    set(&mut mechanism, "dedup", SettingValue::Choice(1));
    set(&mut mechanism, "rebuild", SettingValue::Choice(1));
    set(&mut mechanism, "threshold", SettingValue::Number(4));
    let rebuild = Rebuild::Lazy { threshold: 4 };
    assert_eq!(mechanism.dedup, Dedup::Bloom(Bloom { rebuild, ..Bloom::default() }));
}

#[test]
fn what_holds_where_nothing_is_given_is_the_first_and_right() {
    let first = Mechanism::default();
    for row in Mechanism::table() {
        assert!(!row.may_break_in(&first), "{}", row.key());
        for setting in row.setting().into_iter().chain(row.parts(&first)) {
            let value = (setting.get)(&first);
            assert!(setting.choices.is_empty() || value == SettingValue::Choice(0), "{setting:?}");
        }
    }
}

#[test]
fn every_key_is_there_once_and_every_place_among_those_that_are_told() {
    let rows = Mechanism::table();
    let keys: BTreeSet<&str> = rows.iter().map(MechanismRow::key).collect();
    assert_eq!(keys.len(), rows.len());
    let told: Vec<u8> = rows.iter().filter_map(|row| row.told).collect();
    let places: BTreeSet<u8> = told.iter().copied().collect();
    assert_eq!(places.len(), told.len());
    for row in rows {
        assert_eq!(MechanismRow::of(row.key()).map(MechanismRow::key), Some(row.key()));
        if let MechanismTakes::Parts { also, .. } = &row.takes {
            assert!(also.iter().all(|key| keys.contains(key)), "{}", row.key());
        }
        // Parts that stand in the table of their mechanism are those of one design.
        if let MechanismTakes::Designs { designs, is_named: false, .. } = &row.takes {
            assert_eq!(designs.len(), 1, "{}", row.key());
        }
    }
}

#[test]
fn a_wrong_value_is_tried_of_each_mechanism_that_has_one_and_a_right_one_of_each_that_has_none() {
    for row in Mechanism::table() {
        let wrong = row.tries().iter().any(|tried| tried.worth != Worth::Right);
        assert_eq!(wrong, row.may_break(), "{}", row.key());
        assert!(!row.tries().is_empty(), "{}", row.key());
    }
}

#[test]
fn a_value_is_written_as_a_scenario_has_it() {
    let written = |choice: WrittenAs| TryValue::Choice(choice).to_string();
    assert_eq!(written(WrittenAs::Text("off")), "\"off\"");
    assert_eq!(written(WrittenAs::Bool(false)), "false");
    assert_eq!(written(WrittenAs::Number(4)), "4");
}
