//! The reference of the format as Markdown. It is made from the schema, and that from the types which the reader of
//! a file uses, so it cannot fall behind them.

use super::schema::schema;
use crate::scenario::FORMAT;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, VecDeque};

/// The reference: every table with its keys, what each takes and what holds without it.
pub fn reference() -> String {
    let schema = schema();
    let none = Map::new();
    let definitions = schema["$defs"].as_object().unwrap_or(&none);
    let mut writer = Writer { definitions, places: BTreeMap::new(), due: VecDeque::new() };
    let mut text = format!(
        "# The format of scenarios\n\n\
         A scenario is a file of TOML, of format {FORMAT}. A key that stands nowhere below is refused.\n\n\
         ## The file\n\n"
    );
    text.push_str(&writer.section("", &schema));
    while let Some((place, definition)) = writer.due.pop_front() {
        text.push_str(&format!("## `{place}`\n\n"));
        text.push_str(&writer.section(&place, definition));
    }
    text.push_str("## Values\n\n| value | how it is written |\n|---|---|\n");
    for (name, definition) in definitions {
        if is_plain(definition) && definition["enum"].is_null() {
            text.push_str(&format!(
                "| {} | {} |\n",
                plain_name(name),
                cell(&description(definition))
            ));
        }
    }
    text
}

struct Writer<'a> {
    definitions: &'a Map<String, Value>,
    /// Where each table and each list of names is told.
    places: BTreeMap<&'a str, String>,
    /// Those that are still to be told.
    due: VecDeque<(String, &'a Value)>,
}

impl<'a> Writer<'a> {
    /// What is said of one table or of one list of names.
    fn section(&mut self, place: &str, of: &'a Value) -> String {
        let mut text = String::new();
        let about = description(of);
        if !about.is_empty() {
            text.push_str(&format!("{about}\n\n"));
        }
        let keys = of["properties"].as_object().into_iter().flatten();
        let keys: Vec<_> = keys.filter(|(_, value)| !is_nothing(value)).collect();
        if !keys.is_empty() {
            text.push_str("| key | takes | meaning |\n|---|---|---|\n");
            for (key, value) in keys {
                let takes = self.takes(&below(place, key), value);
                let needed = if is_needed(of, key) { " Needed." } else { "" };
                let meaning = format!("{}{needed}", description(value));
                text.push_str(&format!("| `{key}` | {} | {} |\n", cell(&takes), cell(&meaning)));
            }
            text.push('\n');
        }
        let (tables, words): (Vec<&Value>, Vec<&Value>) =
            ways(of).into_iter().partition(|way| self.is_told_here(way));
        if !words.is_empty() {
            text.push_str("| value | meaning |\n|---|---|\n");
            for way in words {
                let takes = self.takes(place, way);
                // A way without words of its own has those of what it refers to.
                let meaning = match (description(way), self.referred(way)) {
                    (own, Some((_, of))) if own.is_empty() => description(of),
                    (own, _) => own,
                };
                text.push_str(&format!("| {} | {} |\n", cell(&takes), cell(&meaning)));
            }
            text.push('\n');
        }
        for way in tables {
            let Some((name, definition)) = self.referred(way) else { continue };
            self.places.insert(name, place.to_owned());
            text.push_str(&self.section(place, definition));
        }
        text
    }

    /// Whether one of several ways is a table, or a list of names, that nothing else has told.
    fn is_told_here(&self, way: &'a Value) -> bool {
        let referred = self.referred(way);
        referred.is_some_and(|(name, of)| !is_plain(of) && !self.places.contains_key(name))
    }

    /// The definition that a value refers to, if it does.
    fn referred(&self, value: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = value["$ref"].as_str()?.rsplit('/').next()?;
        self.definitions.get_key_value(name).map(|(name, definition)| (name.as_str(), definition))
    }

    /// What a key takes, in words. What has keys of its own is told in a section of its own.
    fn takes(&mut self, place: &str, value: &'a Value) -> String {
        if let Some((name, definition)) = self.referred(value) {
            return self.named(place, name, definition);
        }
        match &value["const"] {
            Value::String(word) => return format!("`{word}`"),
            word @ (Value::Bool(_) | Value::Number(_)) => return format!("`{word}`"),
            _ => {}
        }
        if let Some(words) = value["enum"].as_array() {
            let word = |word: &Value| match word.as_str() {
                Some(word) => format!("`{word}`"),
                None => format!("`{word}`"),
            };
            let words = words.iter().map(word);
            return words.collect::<Vec<_>>().join(", ");
        }
        let ways = ways(value);
        if !ways.is_empty() {
            return self.any_of(place, ways);
        }
        if let Some(keys) = value["properties"].as_object() {
            let mut inside: Vec<String> = Vec::new();
            for (key, value) in keys {
                inside.push(format!("`{key}` = {}", self.takes(&below(place, key), value)));
            }
            return format!("{{ {} }}", inside.join(", "));
        }
        let types = match &value["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().into_iter().collect::<Vec<&str>>(),
        };
        let types = types.into_iter().filter(|name| *name != "null");
        let words: Vec<String> = types.map(|name| self.of_type(place, name, value)).collect();
        words.join(" or ")
    }

    fn any_of(&mut self, place: &str, ways: Vec<&'a Value>) -> String {
        let mut words: Vec<String> = Vec::new();
        for way in ways {
            let takes = self.takes(place, way);
            if !words.contains(&takes) {
                words.push(takes);
            }
        }
        words.join(" or ")
    }

    fn of_type(&mut self, place: &str, name: &str, value: &'a Value) -> String {
        match name {
            "integer" | "number" => {
                let what = if name == "integer" { "a whole number" } else { "a number" };
                match (value["minimum"].as_i64(), value["maximum"].as_u64()) {
                    (Some(least), Some(most)) => format!("{what} from {least} to {most}"),
                    (Some(least), None) => format!("{what} from {least} on"),
                    (None, _) => what.to_owned(),
                }
            }
            "string" => "a text".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "array" => format!("a list, each {}", self.takes(place, &value["items"])),
            "object" => match &value["additionalProperties"] {
                each @ Value::Object(_) => {
                    format!("a table of names, each {}", self.takes(place, each))
                }
                _ => "a table".to_owned(),
            },
            other => other.to_owned(),
        }
    }

    fn named(&mut self, place: &str, name: &'a str, definition: &'a Value) -> String {
        if !definition["enum"].is_null() {
            return self.takes(place, definition);
        }
        if is_plain(definition) {
            return format!("a {}", plain_name(name));
        }
        if !self.places.contains_key(name) {
            self.places.insert(name, place.to_owned());
            self.due.push_back((place.to_owned(), definition));
        }
        format!("as in `{}`", self.places[name])
    }
}

/// What a value without keys or names is called.
fn plain_name(name: &str) -> String {
    match name {
        "Literal" => "decimal".to_owned(),
        "Moment" => "time".to_owned(),
        "Seeds" => "range of seeds".to_owned(),
        "Value" => "number or text".to_owned(),
        "VariedValue" => "varied value".to_owned(),
        name => name.to_lowercase(),
    }
}

/// A key below a place.
fn below(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}

/// Whether a definition is a value without keys or names.
fn is_plain(definition: &Value) -> bool {
    let is_simple = |way: &Value| {
        way["type"].is_string() && way["const"].is_null() && way["properties"].is_null()
    };
    let all = ways(definition);
    definition["properties"].is_null() && all.iter().all(|way| is_simple(way))
}

/// The ways in which something is written, but for that of not being there.
fn ways(of: &Value) -> Vec<&Value> {
    let all = [&of["oneOf"], &of["anyOf"]].into_iter().filter_map(Value::as_array).flatten();
    all.filter(|way| way["type"] != "null").collect()
}

/// Whether a key takes nothing at all, as the odds of an exact fault.
fn is_nothing(value: &Value) -> bool {
    value["type"] == "null" || *value == Value::Bool(false)
}

fn is_needed(of: &Value, key: &str) -> bool {
    of["required"].as_array().is_some_and(|keys| keys.iter().any(|needed| needed == key))
}

fn description(of: &Value) -> String {
    of["description"].as_str().unwrap_or_default().replace('\n', " ")
}

/// A text in a table of Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
