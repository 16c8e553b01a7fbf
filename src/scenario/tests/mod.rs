//! Tests as data: a piece of a scenario in, the error out, through one helper.

mod form;
mod words;
mod expect;
mod services;
mod steps;
mod mechanisms;
mod faults;
mod flow;
mod places;

use super::*;
#[cfg(feature = "schema")]
use crate::scenario::wrong::explain::TOP_KEYS;

/// What every scenario needs, on three lines.
const HEAD: &str = "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n";
const INPUT: &str =
    "[input]\nrecords = [{ key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"1s\" }]\n";
const SOURCE: &str = "[[step]]\nname = \"events\"\nkind = \"source\"\n";
/// A coin in a stage of its own.
const FLIP: &str = "[[step]]\nname = \"flip\"\nkind = \"map\"\nfn = { coin = { sides = 2 } }\nmechanism = { fuse = false }\n";
const COUNT: &str =
    "[[step]]\nname = \"per-user\"\nkind = \"count\"\nshards = 2\nwindow = \"1m\"\n";

fn parse(text: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse(text, Path::new("dir/a.toml"))
}

/// Checks that a text is refused with this title, at this place, with this beside or below it. The place
/// is the text that the caret is under; its column is worked out from where it stands.
#[track_caller]
fn refused(text: &str, title: &str, at: &str, beside: &str) {
    let error = match parse(text) {
        Err(ScenarioError::Bad(mut errors)) => errors.swap_remove(0),
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("it was read:\n{text}"),
    };
    let shown = error.to_string();
    assert_eq!(error.title(), title, "\n{shown}");
    assert!(shown.contains(beside), "{beside:?} is not in\n{shown}");
    let place = text.rfind(at).expect("the place is in the text");
    let line = text[..place].matches('\n').count() + 1;
    let column = place - text[..place].rfind('\n').map_or(0, |at| at + 1) + 1;
    assert_eq!((error.line(), error.column()), (line, Some(column)), "\n{shown}");
}

/// Checks that a text is refused for all of this, each at its line.
#[track_caller]
fn refused_for(text: &str, expected: &[(usize, &str)]) {
    let errors = match parse(text) {
        Err(ScenarioError::Bad(errors)) => errors,
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("it was read:\n{text}"),
    };
    let found: Vec<(usize, &str)> =
        errors.iter().map(|error| (error.line(), error.title())).collect();
    assert_eq!(found, expected);
}

/// A scenario of a source, a coin and a count with this at its end.
fn with(end: &str) -> String {
    format!("{HEAD}{INPUT}{SOURCE}{FLIP}{COUNT}{end}\n")
}

/// The same with an exact fault.
fn fault(at: &str, what: &str) -> String {
    with(&format!("[[fault]]\nat = {at}\ndo = {what}"))
}

#[track_caller]
fn read(text: &str) -> Scenario {
    parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_huge_line_makes_a_small_message() {
    let huge = "x".repeat(10_000_000);
    for text in [
        format!("{huge} = 1"),
        format!("format = 1\nname = \"{huge}\" oops"),
        format!("{HEAD}\"{huge}\" = 1"),
        format!("{HEAD}strategy = \"{huge}\""),
        format!("{HEAD}seed = \"{huge}\""),
        format!("{HEAD}step = \"{huge}\""),
        huge.clone(),
    ] {
        let error = parse(&text).expect_err("it is wrong").to_string();
        assert!(error.len() < 900, "{} letters: {}", error.len(), &error[..900]);
    }
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_is_strict_and_describes_every_key() {
    let schema = schema();
    let top = &schema["properties"];
    let keys = top.as_object().expect("properties").keys();
    assert_eq!(keys.collect::<Vec<_>>(), TOP_KEYS);
    for key in ["format", "name", "claim", "expect", "seed", "input", "step", "mechanism", "fault"]
    {
        assert!(top[key].is_object(), "{key}");
        assert!(top[key]["description"].is_string(), "{key}: {}", top[key]);
    }
    assert_eq!(schema["additionalProperties"], false);
    let step = &schema["$defs"]["Step"];
    assert_eq!(step["additionalProperties"], false);
    assert!(step["properties"]["fn"].is_object());
}
