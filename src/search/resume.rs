//! The parts of an exhaustive search that are done, kept in a file so that an interrupted search goes on
//! where it was. A part is all schedules of so many faults that begin with one and the same fault.

use super::certificate::{Counts, ENGINE};
use crate::figures;
use onceproof_kernel::mix;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What came of one part of a search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SearchPart {
    /// How many schedules it has.
    pub(super) counts: Counts,
    /// How many schedules each cause explains, by the number of the cause.
    pub(super) explained: BTreeMap<u32, u64>,
    /// What broke the scenario and is not explained.
    pub(super) found: Vec<BreakingSchedule>,
    /// The path of the first schedule that hit a limit.
    pub(super) first_inconclusive: Option<Vec<u32>>,
}

/// A schedule that broke the scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BreakingSchedule {
    /// Which of the faults that could be placed each one is, given those before it.
    pub(super) path: Vec<u32>,
}

/// The parts that are done, by the number of faults and the number of the first fault.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Done {
    pub(super) parts: BTreeMap<(u32, u32), SearchPart>,
    /// From which number of faults on every schedule is run, also of those that come to the same.
    pub(super) full_from: Option<u32>,
}

/// What a file with the parts of a search calls itself.
const SCHEMA: &str = "onceproof.exhaust-progress/1";

impl Done {
    /// Nothing is done, and every schedule is to be run, also of those that come to the same.
    pub(super) fn full() -> Done {
        Done { full_from: Some(0), ..Done::default() }
    }

    /// How many schedules were run in these parts.
    pub fn runs(&self) -> u64 {
        self.parts.values().map(|part| part.counts.runs).sum()
    }

    /// The document that holds the parts of a search through this space.
    pub fn to_json(&self, space: u64) -> Value {
        let parts: Value = self.parts.iter().map(|(&at, part)| part_to_json(at, part)).collect();
        json!({
            "schema": SCHEMA,
            "engine": ENGINE,
            "space": format!("{space:016x}"),
            "check": check(&parts, &json!(self.full_from)),
            "full_from": self.full_from,
            "parts": parts,
        })
    }

    /// Reads the parts of a search through this space.
    ///
    /// # Errors
    /// In words, why the document cannot be gone on with.
    pub fn from_json(document: &Value, space: u64) -> Result<Done, String> {
        if document["schema"] != SCHEMA {
            return Err("it holds no search that could be gone on with".to_owned());
        }
        if document["engine"] != ENGINE {
            let by = document["engine"].as_str().unwrap_or("another program");
            return Err(format!("it was written by {by}, and this is {ENGINE}"));
        }
        if document["space"] != format!("{space:016x}") {
            return Err("it belongs to another search: the scenario, the kinds or the number of \
                        faults differ"
                .to_owned());
        }
        let read = || {
            let parts = document["parts"].as_array()?;
            parts.iter().map(part_from_json).collect::<Option<BTreeMap<_, _>>>()
        };
        // What a part says of the causes it found is followed blindly, so it must be as it was written.
        let is_whole = document["check"] == check(&document["parts"], &document["full_from"]);
        let parts = read().filter(|_| is_whole).ok_or("it is damaged")?;
        let full_from = match &document["full_from"] {
            Value::Null => None,
            given => Some(small(given).ok_or("it is damaged")?),
        };
        Ok(Done { parts, full_from })
    }
}

/// A hash of all parts, and from where on all was run.
fn check(parts: &Value, full_from: &Value) -> String {
    format!("{:016x}", mix::text(&format!("{parts} {full_from}")))
}

fn part_to_json((faults, first): (u32, u32), part: &SearchPart) -> Value {
    let SearchPart { counts, explained, found, first_inconclusive } = part;
    let Counts { runs, violated, inconclusive, explained: all, needless, kinds, digest } = counts;
    json!({
        "faults": faults,
        "first": first,
        "runs": runs,
        "violated": violated,
        "inconclusive": inconclusive,
        "explained": all,
        "needless": needless,
        "kinds": kinds.as_slice(),
        "digest": figures::hex(*digest),
        "explained_by": explained.iter().map(|(&cause, &count)| json!([cause, count])).collect::<Vec<_>>(),
        "found": found.iter().map(|found| found.path.clone()).collect::<Vec<_>>(),
        "first_inconclusive": first_inconclusive,
    })
}

fn small(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

fn part_from_json(value: &Value) -> Option<((u32, u32), SearchPart)> {
    let number = |value: &Value| value.as_u64();
    let path = |value: &Value| value.as_array()?.iter().map(small).collect::<Option<Vec<u32>>>();
    let numbers = |value: &Value| value.as_array()?.iter().map(number).collect::<Option<Vec<_>>>();
    let counts = Counts {
        runs: number(&value["runs"])?,
        violated: number(&value["violated"])?,
        inconclusive: number(&value["inconclusive"])?,
        explained: number(&value["explained"])?,
        needless: numbers(&value["needless"])?.try_into().ok()?,
        kinds: numbers(&value["kinds"])?.try_into().ok()?,
        digest: u128::from_str_radix(value["digest"].as_str()?, 16).ok()?,
    };
    let explained = |pair: &Value| Some((small(&pair[0])?, number(&pair[1])?));
    let first_inconclusive = match &value["first_inconclusive"] {
        Value::Null => None,
        given => Some(path(given)?),
    };
    let part = SearchPart {
        counts,
        explained: value["explained_by"]
            .as_array()?
            .iter()
            .map(explained)
            .collect::<Option<_>>()?,
        found: value["found"]
            .as_array()?
            .iter()
            .map(|found| Some(BreakingSchedule { path: path(found)? }))
            .collect::<Option<_>>()?,
        first_inconclusive,
    };
    Some(((small(&value["faults"])?, small(&value["first"])?), part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done() -> Done {
        let mut counts = Counts { runs: 7, violated: 1, explained: 3, ..Counts::default() };
        counts.digest = u128::MAX - 5;
        counts.needless[1] = 2;
        let part = SearchPart {
            counts,
            explained: BTreeMap::from([(0, 2), (4, 1)]),
            found: vec![BreakingSchedule { path: vec![3, 0] }],
            first_inconclusive: Some(vec![3, 9]),
        };
        let parts = BTreeMap::from([((2, 3), part), ((1, 0), SearchPart::default())]);
        Done { parts, full_from: Some(2) }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let document = done().to_json(9);
        let again: Value = serde_json::from_str(&document.to_string()).expect("JSON");
        assert_eq!(Done::from_json(&again, 9), Ok(done()));
    }

    #[test]
    fn a_file_of_another_search_is_refused() {
        let refused = |change: fn(&mut Value), space| {
            let mut document = done().to_json(9);
            change(&mut document);
            Done::from_json(&document, space).expect_err("refused")
        };
        assert!(refused(|_| {}, 8).contains("another search"));
        assert!(refused(|d| d["engine"] = "onceproof 0.0.1".into(), 9).contains("0.0.1"));
        assert!(refused(|d| d["schema"] = "x".into(), 9).contains("no search"));
        assert!(refused(|d| d["parts"][0]["runs"] = "many".into(), 9).contains("damaged"));
        assert!(refused(|d| d["parts"][1]["found"][0][0] = 99.into(), 9).contains("damaged"));
        assert!(refused(|d| d["full_from"] = 3.into(), 9).contains("damaged"));
        assert!(refused(|d| d["full_from"] = "all".into(), 9).contains("damaged"));
        assert!(refused(|d| d["parts"][0]["kinds"] = json!([1]), 9).contains("damaged"));
    }
}
