//! What a step is given, as a scenario file writes it: the mechanisms that are not the default, and how it writes.

use super::settings::in_words;
use onceproof_kernel::time::{Nanos, SECOND, Span};
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::{MechanismDesign, MechanismRow, MechanismTakes};
use onceproof_model::pipeline::{IdFrom, InsertId, OffsetGiven, Sink};
use onceproof_model::setting::{Setting, SettingValue};

/// Those that differ from the default, each as `name = value`, in the order in which they are told. How a step joins
/// others is seen in the graph itself, and is not among them.
pub fn given(mechanism: &Mechanism) -> Vec<String> {
    let rows = Mechanism::table().iter();
    let mut told: Vec<(u8, &MechanismRow)> =
        rows.filter_map(|row| Some((row.told?, row))).collect();
    told.sort_by_key(|(place, _)| *place);
    told.into_iter().filter_map(|(_, row)| row_in_words(row, mechanism)).collect()
}

/// One of them; none if it is the default.
fn row_in_words(row: &MechanismRow, mechanism: &Mechanism) -> Option<String> {
    let first = Mechanism::default();
    match &row.takes {
        MechanismTakes::Value(setting) => {
            differs(setting, mechanism, &first).then(|| own(setting, mechanism))
        }
        // One that differs is told with all that it has.
        MechanismTakes::Parts { key, parts, .. } => {
            let differ = parts.iter().any(|part| differs(part, mechanism, &first));
            let is_so = |part: &&Setting<_>| (part.get)(mechanism) != SettingValue::Follows;
            let parts = parts.iter().filter(is_so).map(|part| own(part, mechanism));
            differ.then(|| format!("{key} = {}", braces(parts)))
        }
        MechanismTakes::Designs { setting, designs, is_named } => {
            if !differs(setting, mechanism, &first) {
                return None;
            }
            let value = (setting.get)(mechanism);
            let is = |design: &&MechanismDesign| SettingValue::Choice(design.choice) == value;
            let Some(design) = designs.iter().find(is) else {
                return Some(own(setting, mechanism));
            };
            let mut bare = first;
            (setting.set)(&mut bare, value);
            let parts = (0..).zip(design.parts);
            let parts: Vec<String> = parts
                .filter(|(at, part)| {
                    *at == 0 && design.needs_first || differs(part, mechanism, &bare)
                })
                .map(|(_, part)| own(part, mechanism))
                .collect();
            let (key, word) = (setting.key, design.word(setting));
            Some(match (&parts[..], is_named) {
                ([], _) => own(setting, mechanism),
                // Where it says no more than the one part that it needs, that stands for the table.
                ([only], true) if design.needs_first => {
                    let (_, value) = only.split_once(" = ").expect("a key and its value");
                    format!("{key} = {{ {word} = {value} }}")
                }
                (_, true) => format!("{key} = {{ {word} = {} }}", braces(parts.into_iter())),
                (_, false) => format!("{key} = {}", braces(parts.into_iter())),
            })
        }
    }
}

fn differs(setting: &Setting<Mechanism>, of: &Mechanism, from: &Mechanism) -> bool {
    (setting.get)(of) != (setting.get)(from)
}

/// A setting with its value.
fn own(setting: &Setting<Mechanism>, of: &Mechanism) -> String {
    in_words(setting, (setting.get)(of))
}

fn braces(keys: impl Iterator<Item = String>) -> String {
    format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
}

/// A way to write, as a scenario file has it.
pub fn written_sink(sink: &Sink) -> String {
    match sink {
        Sink::Upsert => "write = \"upsert\"".to_owned(),
        Sink::Append => "write = \"append\"".to_owned(),
        Sink::InsertId(InsertId { window, from }) => {
            let random = match from {
                IdFrom::Record => "",
                IdFrom::Execution => ", random = true",
            };
            format!("write = {{ insert-id = {{ window = \"{}\"{random} }} }}", length(*window))
        }
        Sink::Offset(OffsetGiven::BeforeCall) => "write = \"offset\"".to_owned(),
        Sink::Offset(OffsetGiven::AfterCall) => "write = \"offset-in-memory\"".to_owned(),
        Sink::Offset(OffsetGiven::InNewStream) => "write = \"offset-new-stream\"".to_owned(),
        Sink::Rename => "write = \"rename\"".to_owned(),
        Sink::InPlace => "write = \"in-place\"".to_owned(),
        Sink::TwoPhase { timeout } => {
            format!("write = {{ two-phase = {{ timeout = \"{}\" }} }}", length(*timeout))
        }
    }
}

/// A length of time, in hours if these are whole.
fn length(nanos: Nanos) -> String {
    const HOUR: Nanos = 3600 * SECOND;
    match nanos {
        nanos if nanos > 0 && nanos % HOUR == 0 => format!("{}h", nanos / HOUR),
        nanos => Span(nanos).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::mechanisms;
    use crate::search::variants::{right_mechanisms, wrong_mechanisms};
    use onceproof_model::dataflow::mechanism::Fuse;

    #[test]
    fn what_is_told_is_read_as_the_same_mechanisms() {
        for tried in wrong_mechanisms().iter().chain(&right_mechanisms()) {
            let mut mechanism = mechanisms(&tried.value()).expect("mechanisms");
            // How a step joins others is not told.
            mechanism.fuse = Fuse::Together;
            let told = given(&mechanism).join(", ");
            assert_eq!(mechanisms(&told).expect("mechanisms"), mechanism, "{told}");
        }
    }

    #[test]
    fn a_part_that_stands_for_its_table_is_told_alone() {
        let told = |text: &str| given(&mechanisms(text).expect("mechanisms")).join(", ");
        assert_eq!(
            told("dedup = { window = { length = \"10ms\" } }"),
            "dedup = { window = \"10ms\" }"
        );
        let two = "dedup = { window = { length = \"10ms\", unknown-old = \"drop\" } }";
        assert_eq!(told(two), two);
        assert_eq!(
            told("dedup = { bloom = { hashes = 2 } }"),
            "dedup = { bloom = { hashes = 2 } }"
        );
    }

    #[test]
    fn all_that_differs_is_told_in_one_order() {
        let all = "fuse = false, in-flight = 3, bundle = 4, gc = { ttl = \"10ms\", unknown-old = \"drop\" }, \
                   dedup = { bloom = { hashes = 2, rebuild = \"lazy\" } }, lift = \"force\", fencing = false, \
                   stamps = \"fresh\", re-ack = false, atomic = \"id-first\", ids = \"fresh\", \
                   outputs = \"recompute\", ack = \"on-receipt\", commit-retry = { max = \"3s\" }, \
                   retry = { timeout = \"3ms\", give-up = 3 }";
        let told = given(&mechanisms(all).expect("mechanisms"));
        let expected = [
            "retry = { timeout = \"3ms\", backoff = 2, max = \"1s\" }",
            "commit-retry = { max = \"3s\" }",
            "give-up = 3",
            "ack = \"on-receipt\"",
            "outputs = \"recompute\"",
            "ids = \"fresh\"",
            "atomic = \"id-first\"",
            "re-ack = false",
            "stamps = \"fresh\"",
            "fencing = false",
            "lift = \"force\"",
            "dedup = { bloom = { hashes = 2, rebuild = \"lazy\", threshold = 100 } }",
            "gc = { ttl = \"10ms\", unknown-old = \"drop\" }",
            "bundle = 4",
            "in-flight = 3",
        ];
        assert_eq!(told, expected);
        assert_eq!(given(&Mechanism::default()), Vec::<String>::new());
    }
}
