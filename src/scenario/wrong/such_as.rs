//! Values that were meant: what has keys of its own was written by its name alone, a time stands where a name takes one, or
//! a word is the one that others use.

use crate::scenario::form::units::duration;

/// Values with keys of their own, by name: how one is written.
const TABLES: &[(&str, &str)] = &[
    ("key-by", "\"value\""),
    ("filter", "{ key = \"ann\" }"),
    ("explode", "{ copies = 3 }"),
    ("coin", "{ sides = 2 }"),
    ("clock", "{ every = \"1s\" }"),
    ("lookup", "{ changes-every = \"1h\", values = 4 }"),
    ("order", "{ into = \"value\" }"),
    ("call", "{ write = \"append\" }"),
    ("bound", "\"1s\""),
    ("insert-id", "{ window = \"1m\" }"),
    ("two-phase", "{ timeout = \"1h\" }"),
];

/// Names that take a time, by a name that may stand in their place.
const TIMES: [(&str, &str); 2] = [("bloom-only", "window"), ("never", "ttl")];

/// Words that mean one of several names, by a name beside it. An `INSERT` once was told to be an `upsert`, which hid the
/// duplicates that it makes.
const WORDS: [(&str, &str, &str); 4] = [
    ("upsert", "insert", "`append` adds a row for each call"),
    ("upsert", "put", "`upsert` writes a row over itself"),
    ("upsert", "overwrite", "`upsert` writes a row over itself"),
    ("upsert", "replace", "`upsert` writes a row over itself"),
];

/// How a value is written that stands there by its name alone.
pub(super) fn table(name: &str) -> Option<String> {
    let (_, value) = TABLES.iter().find(|(other, _)| *other == name)?;
    Some(format!("such as `{{ {name} = {value} }}`"))
}

/// What an unknown name means among those that there are.
pub(super) fn meant(word: &str, known: &[&str]) -> Option<String> {
    if let Some((_, _, meant)) =
        WORDS.iter().find(|(beside, other, _)| *other == word && known.contains(beside))
    {
        return Some((*meant).to_owned());
    }
    let (_, name) = TIMES.iter().find(|(beside, _)| known.contains(beside))?;
    duration(word).is_ok().then(|| format!("a time is `{{ {name} = \"{word}\" }}`"))
}

/// The functions that a map may have, each as it is written.
pub(in crate::scenario) fn functions() -> String {
    let of_functions = TABLES.iter().take_while(|(name, _)| *name != "bound");
    let written = of_functions.map(|(name, value)| format!("`{{ {name} = {value} }}`"));
    format!("there are `\"identity\"`, {}", written.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use std::path::Path;

    /// What is said of a file with this map and this sink, under a strategy; nothing if it is well.
    fn told(function: &str, write: &str, strategy: &str) -> String {
        let text = format!(
            "format = 1\nname = \"a\"\nclaim = \"a\"\nexpect = \"exactly-once\"\nstrategy = \"{strategy}\"\n\
             [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }} ]\n\
             [[step]]\nname = \"events\"\nkind = \"source\"\n\
             [[step]]\nname = \"map\"\nkind = \"map\"\n{function}\n\
             [[step]]\nname = \"table\"\nkind = \"sink\"\n{write}\n"
        );
        let read = Scenario::parse(&text, Path::new("a.toml"));
        read.map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn what_is_given_for_an_example_is_read() {
        let identity = "fn = \"identity\"";
        for &(name, value) in TABLES {
            let written = format!("{{ {name} = {value} }}");
            let (function, write) = match name {
                "insert-id" | "two-phase" => (identity.to_owned(), format!("write = {written}")),
                "bound" => continue,
                _ => (format!("fn = {written}"), String::new()),
            };
            assert_eq!(told(&function, &write, "dataflow"), "", "{written}");
            let alone = match name {
                "insert-id" | "two-phase" => {
                    told(identity, &format!("write = \"{name}\""), "dataflow")
                }
                _ => told(&format!("fn = \"{name}\""), "", "dataflow"),
            };
            assert!(alone.contains("such as `{") && alone.contains(name), "{alone}");
            if !name.contains('-') || name == "key-by" {
                assert!(functions().contains(name));
            }
        }
        assert!(told("", "", "dataflow").contains("{ lookup = "), "a map without a function");
    }

    #[test]
    fn a_word_that_others_use_leads_to_the_name_here() {
        let write =
            |word: &str| told("fn = \"identity\"", &format!("write = \"{word}\""), "dataflow");
        assert!(write("insert").contains("`append` adds a row for each call"));
        assert!(write("overwrite").contains("`upsert` writes a row over itself"));
        assert!(write("ofset").contains("did you mean `offset`?"));
    }

    #[test]
    fn a_time_in_place_of_a_name_is_told_with_the_key_that_takes_it() {
        let of = |mechanism: &str| {
            told("fn = \"identity\"", &format!("[mechanism]\n{mechanism}"), "dataflow")
        };
        assert!(of("dedup = \"10m\"").contains("a time is `{ window = \"10m\" }`"));
        assert!(of("gc = \"1h\"").contains("a time is `{ ttl = \"1h\" }`"));
        assert!(of("dedup = \"none\"").contains("there are `catalog`"));
    }

    #[test]
    fn a_sink_that_a_strategy_cannot_have_is_told_where_its_own_is_set() {
        let told = told("fn = \"identity\"", "write = \"append\"", "snapshot");
        assert!(told.contains("leave `write` out") && told.contains("`[snapshot]`"), "{told}");
    }
}
