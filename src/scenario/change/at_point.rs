//! Single keys of a file with other values. The values are put into the text of the file, so that what a file may not say,
//! no variation says.

use super::varied::Varied;
use super::write::{document, forget_ledger, set};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, list, quote};
use crate::scenario::wrong::explain::LISTS;
use crate::scenario::{Scenario, ScenarioError};
use std::path::Path;
use toml_edit::{InlineTable, Item, Key, TableLike, Value};

/// One value of each key that varies.
pub type Point = Vec<(String, String)>;

impl Varied {
    /// Reads a key and its values: `mechanism.dedup.window=1s,10s,1m`, or a range, `cluster.workers=1..8`.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub fn parse(written: &str) -> Result<Varied, String> {
        let Some((key, values)) = written.split_once('=') else {
            return Err(
                "a key and its values are written as `mechanism.dedup.window=1s,10s`".to_owned()
            );
        };
        Varied::of(key.trim(), &pieces(values))
    }
}

/// Each combination of values of these keys; the last key goes through its values first.
pub fn points(varied: &[Varied]) -> Vec<Point> {
    varied.iter().fold(vec![Vec::new()], |points, Varied { key, values }| {
        let with = |point: &Point, value: &String| {
            let mut point = point.clone();
            point.push((key.clone(), value.clone()));
            point
        };
        points.iter().flat_map(|point| values.iter().map(move |value| with(point, value))).collect()
    })
}

impl Scenario {
    /// This scenario with these values, without the ledger that it states for its own.
    ///
    /// # Errors
    /// There is no such key, or it cannot have this value.
    pub fn at_point(&self, point: &[(String, String)]) -> Result<Scenario, ScenarioError> {
        let mut document = document(&self.text);
        forget_ledger(&mut document);
        let mut asked: Vec<Vec<String>> = Vec::new();
        for (key, written) in point {
            let keys = Key::parse(key).unwrap_or_default();
            asked.push(keys.iter().map(|key| key.get().to_owned()).collect());
            let value = written.parse().unwrap_or_else(|_| Value::from(written.as_str()));
            put(document.as_table_mut(), &keys, value)
                .map_err(|why| ScenarioError::Bad(vec![at_the_key(key, written, &why)]))?;
        }
        self.forget_unheld(&mut document, |step, key| {
            let name = step.map(|step| self.trial.design.layout().name(step));
            let is_it = |asked: &Vec<String>| match (asked.as_slice(), name) {
                ([first, rest @ ..], None) => {
                    first == "mechanism" && rest.iter().any(|of| of == key.row)
                }
                ([first, of, rest @ ..], Some(name)) => {
                    first == "step" && of == name && rest.iter().any(|of| of == key.row)
                }
                _ => false,
            };
            asked.iter().any(is_it)
        });
        self.reread(&document.to_string(), &self.path).map_err(|error| {
            // The file itself is right, so what is wrong is due to the first value with which it is.
            if let [before @ .., _] = point
                && let Err(earlier) = self.at_point(before)
            {
                return earlier;
            }
            match error {
                ScenarioError::Bad(wrong) => {
                    ScenarioError::Bad(wrong.into_iter().map(|error| told(error, point)).collect())
                }
                error => error,
            }
        })
    }
}

/// What is wrong with a key.
fn at_the_key(key: &str, written: &str, why: &str) -> Diagnostic {
    let text = format!("{key} = {written}");
    source(&text).error(0..key.len(), why)
}

/// What is wrong with a file that has these values, at the last of them: with those before it alone it is right.
fn told(error: Diagnostic, point: &[(String, String)]) -> Diagnostic {
    let text: Vec<String> = point.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    let text = text.join("\n");
    let begins = point.last().map_or(0, |(_, value)| text.len() - value.len());
    error.shown_in(&source(&text), begins..text.len())
}

fn source(text: &str) -> Source<'_> {
    Source { path: Path::new("--vary"), text }
}

/// Sets a key of a table, or of a table in it; tables that are missing are made.
fn put(table: &mut dyn TableLike, keys: &[Key], value: Value) -> Result<(), String> {
    let Some((key, rest)) = keys.split_first() else { return Err("an empty key".to_owned()) };
    let name = key.get();
    let item = match rest {
        [] => {
            let is_table = table
                .get(name)
                .is_some_and(|item| item.is_table_like() || item.is_array_of_tables());
            if is_table && !value.is_inline_table() {
                return Err(format!("{} is a table: name one of its keys", quote(name)));
            }
            set(table, name, value);
            return Ok(());
        }
        [_, ..] => match table.get_mut(name) {
            Some(_) => table.get_mut(name).expect("it is there"),
            None if LISTS.contains(&name) => {
                return Err(format!("there is no {name} {}; there are none", quote(rest[0].get())));
            }
            None => {
                table.insert(name, Item::Value(InlineTable::new().into()));
                table.get_mut(name).expect("it was put there")
            }
        },
    };
    if item.is_table_like() {
        let inner = item.as_table_like_mut().expect("a table");
        return put(inner, rest, value);
    }
    let (of, rest) = rest.split_first().expect("there are more keys");
    match item {
        Item::ArrayOfTables(tables) => {
            let all = tables.iter_mut().map(|table| table as &mut dyn TableLike);
            put(one_of(name, of.get(), all)?, rest, value)
        }
        Item::Value(Value::Array(array)) => {
            let tables = array.iter_mut().filter_map(Value::as_inline_table_mut);
            let all = tables.map(|table| table as &mut dyn TableLike);
            put(one_of(name, of.get(), all)?, rest, value)
        }
        item => {
            let is = item.to_string();
            Err(format!("{} is {}, which has no key {}", quote(name), is.trim(), quote(of.get())))
        }
    }
}

/// The table of this name, or of this number from 1.
fn one_of<'a>(
    list_name: &str,
    which: &str,
    tables: impl Iterator<Item = &'a mut dyn TableLike>,
) -> Result<&'a mut dyn TableLike, String> {
    let number = which.parse::<usize>().ok();
    let mut names = Vec::new();
    for (at, table) in tables.enumerate() {
        let name = table.get("name").and_then(Item::as_str).map(str::to_owned);
        if name.as_deref() == Some(which) || (name.is_none() && number == Some(at + 1)) {
            return Ok(table);
        }
        names.push(name.unwrap_or_else(|| (at + 1).to_string()));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let known = match names.as_slice() {
        [] => "there are none".to_owned(),
        names => format!("there are {}", list(names, "and")),
    };
    Err(format!("there is no {list_name} {}; {known}", quote(which)))
}

/// What stands between commas, but for those within brackets, braces and quotes.
fn pieces(written: &str) -> Vec<&str> {
    let (mut pieces, mut from, mut depth, mut quoted) = (Vec::new(), 0, 0_u32, None);
    for (at, c) in written.char_indices() {
        match (quoted, c) {
            (Some(quote), c) if quote == c => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quoted = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                pieces.push(written[from..at].trim());
                from = at + 1;
            }
            (None, _) => {}
        }
    }
    pieces.push(written[from..].trim());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_values_and_ranges_of_values() {
        let check = |written: &str, key: &str, values: &[&str]| {
            let found = Varied::parse(written).expect("a key and values");
            assert_eq!(
                (found.key.as_str(), found.values.iter().map(String::as_str).collect::<Vec<_>>()),
                (key, values.to_vec())
            );
        };
        check("a.b = 1s, 10s,1m", "a.b", &["1s", "10s", "1m"]);
        check("a=x,{ y = [1, 2] },\"b,c\"", "a", &["x", "{ y = [1, 2] }", "\"b,c\""]);
        // In steps of the eighth root of 256, which is 2; of 128 two digits are kept.
        check("a=1..256", "a", &["1", "2", "4", "8", "16", "32", "64", "120", "256"]);
        // There are not so many numbers: 1.2, 1.4, 1.7, 2, 2.4, 2.8 and 3.4, rounded down.
        check("a=1..4", "a", &["1", "2", "3", "4"]);
        check("a=256..1", "a", &["256", "120", "64", "32", "16", "8", "4", "2", "1"]);
        // In steps of the eighth root of 600, some 2.2: 1, 2.2, 4.9, 11, 24, 54, 121, 270, 600 seconds, rounded down.
        let expected = ["1s", "2200ms", "4900ms", "11s", "24s", "54s", "120s", "260s", "600s"];
        check("a=1s..10m", "a", &expected);
        check(
            "a=1/1000..1/10",
            "a",
            &["1/1000", "1/560", "1/310", "1/170", "1/100", "1/56", "1/31", "1/17", "1/10"],
        );
        check("a=0..4", "a", &["0", "4"]);
    }

    #[test]
    fn what_is_no_key_and_no_values_is_refused() {
        let check = |written: &str, why: &str| {
            let error = Varied::parse(written).expect_err("an error");
            assert!(error.contains(why), "{error}");
        };
        check("a", "are written as");
        check("=1", "is no key");
        check("a b=1", "is no key");
        check("a=", "is empty");
        check("a=1,,2", "is empty");
        check("a=1s..x", "is no range");
    }

    fn scenario() -> Scenario {
        let text = "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = { holds = \"exactly-once\", exact = 1 }\n\
                    input = { records = [ { key = \"ann\", at = \"0s\" } ] }\n\
                    [mechanism]\ndedup = { window = \"10m\" }\n\
                    [faults]\ndrop-ack = \"1/10\"\n\
                    [[step]]\nname = \"events\"\nkind = \"source\"\n\
                    [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n";
        Scenario::parse(text, Path::new("a.toml")).expect("a scenario")
    }

    #[test]
    fn a_value_is_put_where_the_key_leads_to() {
        let check = |key: &str, value: &str, shows: &str| {
            let point = vec![(key.to_owned(), value.to_owned())];
            let found = scenario().at_point(&point).expect("a scenario");
            assert!(
                found.text.contains(shows) && !found.text.contains("exact = 1"),
                "{}",
                found.text
            );
        };
        check("mechanism.dedup.window", "1s", "dedup = { window = \"1s\" }");
        check("faults.drop-ack", "1/3", "drop-ack = \"1/3\"");
        check("step.per-user.shards", "4", "shards = 4");
        // No table of the file says anything of workers.
        check("cluster.workers", "3", "cluster = { workers = 3 }");
    }

    #[test]
    fn what_no_step_has_any_more_goes_unless_it_is_what_varies() {
        let text = scenario()
            .text
            .replace("kind = \"source\"\n", "kind = \"source\"\nmechanism.bundle = 2\n");
        let scenario = Scenario::parse(&text, Path::new("a.toml")).expect("a scenario");
        let at = |point: &[(&str, &str)]| {
            let of = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
            scenario.at_point(&point.iter().map(of).collect::<Point>())
        };
        let count = ("step.per-user.mechanism.dedup", "off");
        let own = at(&[count]).expect("a scenario");
        assert!(!own.text.contains("window = \"10m\""), "{}", own.text);
        let error = at(&[count, ("mechanism.dedup.window", "1s")]).expect_err("an error");
        assert!(error.to_string().contains("`dedup` holds for no step"), "{error}");
    }

    #[test]
    fn what_a_file_cannot_have_is_told_where_it_was_asked_for() {
        let check = |key: &str, value: &str, why: &[&str]| {
            let point = vec![(key.to_owned(), value.to_owned())];
            let error = scenario().at_point(&point).expect_err("an error").to_string();
            assert!(
                why.iter().all(|why| error.contains(why)) && error.contains("--vary"),
                "{error}"
            );
        };
        check("mechanism.dedup", "off", &["is a table: name one of its keys"]);
        check("mechanism.dedup.windows", "1s", &["windows"]);
        check("mechanism.dedup.window", "soon", &["soon"]);
        check("step.nobody.shards", "4", &["no step `nobody`", "events", "per-user"]);
        check("fault.1.at.attempt", "1", &["no fault `1`"]);
        check("name.first", "1", &["which has no key `first`"]);
    }

    #[test]
    fn of_several_values_the_first_wrong_one_is_told() {
        let of = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let point = [of("mechanism.dedup.window", "soon"), of("step.per-user.shards", "4")];
        let error = scenario().at_point(&point).expect_err("an error").to_string();
        assert!(error.contains("soon") && !error.contains("shards"), "{error}");
    }

    #[test]
    fn each_value_meets_each_other() {
        let of = |key: &str, values: &[&str]| Varied::of(key, values).expect("a key");
        let found = points(&[of("a", &["1", "2"]), of("b", &["x", "y"])]);
        let words: Vec<String> = found
            .iter()
            .map(|point| point.iter().map(|(_, value)| value.as_str()).collect())
            .collect();
        assert_eq!(words, ["1x", "1y", "2x", "2y"]);
        assert_eq!(points(&[]), [Point::new()]);
    }
}
