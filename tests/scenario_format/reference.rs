//! The reference of the format: it has every key, with a default for each that may be left out, and these defaults hold.

use onceproof::scenario::{Scenario, reference, schema};
use onceproof_sim::fault::KindName;
use onceproof_sim::fault::kind::Asked;
use serde_json::{Map, Value};
use std::path::Path;

/// A table of the format: its name, and each of its keys, as the schema describes it, and whether it is needed.
type Table = (String, Vec<(String, Value, bool)>);

/// Every table of the format.
fn tables(schema: &Value) -> Vec<Table> {
    let definitions = schema["$defs"].as_object().expect("definitions");
    let whole = [("File".to_owned(), schema)].into_iter();
    let all = whole.chain(definitions.iter().map(|(name, table)| (name.clone(), table)));
    let keys = |(name, table): (String, &Value)| {
        let none = Map::new();
        let keys = table["properties"].as_object().unwrap_or(&none);
        let needed = |key: &String| {
            table["required"].as_array().is_some_and(|all| all.iter().any(|needed| needed == key))
        };
        let keys = keys.iter().filter(|(_, value)| value["type"] != "null");
        (name, keys.map(|(key, value)| (key.clone(), value.clone(), needed(key))).collect())
    };
    all.map(keys).collect()
}

fn description(value: &Value) -> String {
    value["description"].as_str().unwrap_or_default().replace('\n', " ")
}

/// The cells of the rows of a Markdown text that have so many.
fn rows(text: &str, cells: usize) -> Vec<Vec<String>> {
    let split = |line: &str| {
        let line = line.strip_prefix("| ")?.strip_suffix(" |")?.to_owned();
        let row: Vec<String> = line
            .replace("\\|", "\u{1}")
            .split(" | ")
            .map(|cell| cell.replace('\u{1}', "|"))
            .collect();
        (row.len() == cells && row[0] != "key").then_some(row)
    };
    text.lines().filter_map(split).collect()
}

#[test]
fn the_reference_has_every_key_once_for_each_table_that_has_it() {
    let mut keys: Vec<(String, String)> = tables(&schema())
        .into_iter()
        .flat_map(|(_, keys)| keys)
        .map(|(key, value, needed)| {
            let needed = if needed { " Needed." } else { "" };
            (format!("`{key}`"), format!("{}{needed}", description(&value)))
        })
        .collect();
    let mut found: Vec<(String, String)> =
        rows(&reference(), 3).into_iter().map(|row| (row[0].clone(), row[2].clone())).collect();
    assert!(keys.len() > 100, "{}", keys.len());
    keys.sort();
    found.sort();
    assert_eq!(found, keys);
}

#[test]
fn the_reference_has_every_word_that_a_key_takes() {
    fn words(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(keys) => {
                found.extend(keys.get("const").and_then(Value::as_str).map(str::to_owned));
                let listed = keys.get("enum").and_then(Value::as_array);
                found.extend(
                    listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
                );
                keys.values().for_each(|value| words(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| words(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    words(&schema(), &mut found);
    assert!(found.len() > 50, "{found:?}");
    let reference = reference();
    for word in found {
        assert!(reference.contains(&format!("`{word}`")), "{word}");
    }
    // Nothing is told of a name that is told nowhere.
    for row in rows(&reference, 3) {
        for place in row[1].split("as in `").skip(1).filter_map(|rest| rest.split('`').next()) {
            assert!(reference.contains(&format!("\n## `{place}`\n")), "{place}");
        }
    }
}

#[test]
fn every_key_that_may_be_left_out_says_what_holds_without_it() {
    let says = ["not given", "neither is given", "needs it"];
    for (table, keys) in tables(&schema()) {
        for (key, value, needed) in keys {
            let description = description(&value);
            let has_default = says.iter().any(|words| description.contains(words));
            assert!(needed || has_default, "{table}.{key}: {description}");
        }
    }
}

#[test]
fn odds_say_of_what_they_are() {
    let schema = schema();
    for kind in KindName::searched() {
        let said = description(&schema["$defs"]["Faults"]["properties"][kind.word()]);
        let of = match kind.with_defaults().asked_at() {
            Asked::Request => "per request",
            Asked::Ack => "per ack",
            Asked::Commit => "per commit",
            Asked::Execute => "per execution of a function",
            Asked::Before => "per step of the protocol",
            Asked::Deliver => "per delivery of a message",
            Asked::Call => "per call",
        };
        assert!(said.contains(&format!("Odds {of}")), "{}: {said}", kind.word());
    }
    let latency = description(&schema["$defs"]["Network"]["properties"]["latency"]);
    for words in
        ["one way", "for each request and for each ack", "`latency` of a report", "arrival"]
    {
        assert!(latency.contains(words), "{words} in {latency}");
    }
}

/// A scenario in which every key of these tables may stand.
fn scenario(table: &str) -> String {
    format!(
        "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n\
         input = {{ records = [ {{ key = \"ann\", at = \"0s\" }} ] }}\n{table}\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n\
         [[step]]\nname = \"flip\"\nkind = \"map\"\nfn = {{ coin = {{ sides = 3 }} }}\n\
         [[step]]\nname = \"count\"\nkind = \"count\"\nwindow = \"1m\"\n"
    )
}

fn trial(text: &str) -> String {
    match Scenario::parse(text, Path::new("a.toml")) {
        Ok(scenario) => format!("{:?}", scenario.trial),
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// The default in a description: a word in front of "where it is not given".
fn stated(description: &str) -> Option<String> {
    let before = description.split(" where it is not given").next()?;
    let before =
        before.split(" where neither is given").next().filter(|_| before != description)?;
    let last = before.rsplit([';', ' ']).next()?;
    let word = last.trim_matches('`');
    let is_plain =
        word.bytes().all(|byte| byte.is_ascii_digit()) || ["true", "false"].contains(&word);
    let is_quoted = last.starts_with('`');
    match (is_plain, is_quoted) {
        (true, _) => Some(word.to_owned()),
        (false, true) => Some(format!("\"{word}\"")),
        (false, false) => None,
    }
}

#[test]
fn the_defaults_that_are_stated_hold() {
    let all = tables(&schema());
    let mut checked = 0;
    let mut check = |name: &str, put: &dyn Fn(&str) -> String, except: &[&str]| {
        let (_, keys) = all.iter().find(|(table, _)| table == name).expect("a table");
        let without = trial(&scenario(&put("")));
        for (key, value, _) in keys.iter().filter(|(key, ..)| !except.contains(&key.as_str())) {
            let Some(default) = stated(&description(value)) else { continue };
            let with = trial(&scenario(&put(&format!("{key} = {default}"))));
            assert_eq!(with, without, "{name}: {key} = {default}");
            checked += 1;
        }
    };
    // Nothing here calls, so no call takes a time.
    check("Cluster", &|key| format!("cluster = {{ {key} }}"), &["call"]);
    check("Until", &|key| format!("until = {{ {key} }}"), &[]);
    check("Mechanism", &|key| format!("mechanism = {{ {key} }}"), &[]);
    check("MechanismRetry", &|key| format!("mechanism = {{ retry = {{ {key} }} }}"), &[]);
    for (table, kind) in [
        ("Delay", "delay"),
        ("Partition", "partition"),
        ("Crash", "crash"),
        ("Pause", "pause"),
        ("ClockStep", "clock-step"),
        ("CommitDelayed", "commit-delayed"),
        ("Duplicate", "duplicate"),
        ("UserDiffers", "user-differs"),
    ] {
        let put = |key: &str| {
            let key = if key.is_empty() { String::new() } else { format!(", {key}") };
            format!("cluster = {{ workers = 2 }}\nfaults = {{ {kind} = {{ odds = 0.1{key} }} }}")
        };
        check(table, &put, &[]);
    }
    assert!(checked > 25, "{checked}");
    // Another value is another plan.
    assert_ne!(trial(&scenario("cluster = { commit = \"2ms\" }")), trial(&scenario("")));
}
