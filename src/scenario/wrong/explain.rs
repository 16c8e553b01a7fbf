//! What the TOML reader found wrong, in our own words. A reader of text knows three things: the message,
//! the place, and, within the message, the names that would have been right; from these come the nearest
//! name and, for what the design has and this version does not, a sentence that says so.

use super::diagnostic::{Diagnostic, Source, clip, list, quote};
use super::such_as;
use crate::scenario::form::node::Unreadable;
use crate::scenario::form::raw::parameters::PARAMETERS_OF;
use crate::scenario::form::units::{NO_DATE, duration};
use onceproof_sim::fault::KindName;
use onceproof_sim::fault::kind::Takes;
use std::ops::Range;

/// Names of the design that are not built yet: a name that is known at the same place, the name, and
/// what can be done instead.
const NOT_BUILT: &[(&str, &str, &str)] = &[
    ("reshuffle", "flatten", "`from` takes a list of steps"),
    ("reshuffle", "join", "`from` takes a list of steps"),
];

/// What a pipeline without steps needs.
pub(in crate::scenario) const FIRST_STEP: &str =
    "a pipeline begins with a `[[step]]` of kind `source`";

/// Keys of a file whose tables stand one below another.
pub(in crate::scenario) const LISTS: [&str; 2] = ["step", "fault"];

/// What is known of the place of an error.
pub(in crate::scenario) struct Around<'a> {
    /// The keys that a file has outside of its tables.
    pub top: &'a [&'a str],
    /// Whether it stands in an exact fault.
    pub in_faults: bool,
}

/// The keys that a file has outside of its tables.
pub(in crate::scenario) const TOP_KEYS: [&str; 22] = [
    "format",
    "name",
    "claim",
    "expect",
    "strategy",
    "seed",
    "input",
    "step",
    "mechanism",
    "best-effort",
    "at-least-once",
    "lambda",
    "transactions",
    "snapshot",
    "micro-batch",
    "cluster",
    "network",
    "faults",
    "fault",
    "unfired",
    "until",
    "sweep",
];

/// Turns what does not have the form of a file into a diagnostic.
pub(in crate::scenario) fn explain(
    source: &Source<'_>,
    error: &Unreadable,
    around: &Around<'_>,
) -> Diagnostic {
    let span = error.span.clone().unwrap_or(0..0);
    let message = error.message.as_str();
    if let Some((word, known)) = names(message, "unknown field `") {
        return unknown_key(source, span, word, known, around);
    }
    if let Some((word, known)) = names(message, "unknown variant `") {
        return unknown(source, span, "name", word, &known);
    }
    if let Some(key) = message.strip_prefix("missing field `") {
        let key = key.trim_end_matches('`');
        let error = source.error(first_line_of(source, span), format!("`{key}` is missing"));
        return match key {
            "step" => error.help(FIRST_STEP),
            _ => error,
        };
    }
    for prefix in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) =
            message.strip_prefix(prefix).and_then(|rest| rest.rsplit_once(", expected "))
        {
            return of_another_type(source, span, found, expected);
        }
    }
    custom(source, span, message)
}

/// A value of a type that its key does not take.
fn of_another_type(
    source: &Source<'_>,
    span: Range<usize>,
    found: &str,
    expected: &str,
) -> Diagnostic {
    let written = source.text.get(span.clone()).unwrap_or_default();
    let name = written.trim_matches(['[', ']', ' ']);
    if written.starts_with('[') && found == "map" && LISTS.contains(&name) {
        let error = source.error(span, format!("`[{name}]` begins a table, not one of a list"));
        return error.label(format!("write `[[{name}]]`"));
    }
    // A date is a table of its own to the reader of TOML.
    if found == "map" && written.starts_with(|c: char| c.is_ascii_digit()) {
        return custom(source, span, NO_DATE);
    }
    let kind = expected.strip_prefix(PARAMETERS_OF).and_then(KindName::of_word);
    if let (Some(kind), true) = (kind, source.key_of(&span) != span) {
        return no_table(source, span, kind);
    }
    let error = source.error(span, format!("expected {}", plain(expected)));
    let error = error.label(found_words(found));
    match such_as::table(written.trim_matches('"')) {
        Some(such_as) => error.help(such_as),
        None => error,
    }
}

/// Something else in place of the table of parameters of a kind. It is told by the one that it mostly has.
fn no_table(source: &Source<'_>, span: Range<usize>, kind: KindName) -> Diagnostic {
    let word = kind.word();
    let Some(parameter) = kind.row().parameters.first() else {
        let error = source.error(span, format!("`{word}` has no parameters"));
        return error.label(format!("write `\"{word}\"` alone"));
    };
    let written = source.text.get(span.clone()).unwrap_or_default();
    let value = match parameter.takes {
        Takes::Length | Takes::Step(_) if duration(written.trim_matches('"')).is_ok() => written,
        Takes::Length | Takes::Step(_) => "\"1s\"",
        Takes::Leg => "\"ack\"",
        Takes::Direction => "\"forward\"",
        Takes::Answer => "1",
    };
    let error = source.error(span, format!("`{word}` takes a table of parameters"));
    error.label(format!("such as `{word} = {{ {} = {value} }}`", parameter.key))
}

/// What stands there twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scenario) enum Repeats {
    /// The head of a table of which there are several.
    List,
    /// A key.
    Key,
}

/// What the syntax of TOML refuses, and what stands there twice, if that is it.
pub(in crate::scenario) fn syntax(
    source: &Source<'_>,
    error: &toml::de::Error,
) -> (Diagnostic, Option<Repeats>) {
    let span = error.span().unwrap_or(0..0);
    let word = source.text.get(span.clone()).unwrap_or_default();
    let begins = source.text.get(..span.start).is_some_and(|before| before.ends_with('['));
    let shown = source.error(span, format!("not TOML: {}", error.message()));
    if error.message() != "duplicate key" {
        return (shown, None);
    }
    match begins && LISTS.contains(&word) {
        true => (shown.label(format!("write `[[{word}]]` for each")), Some(Repeats::List)),
        false => (shown, Some(Repeats::Key)),
    }
}

/// A message of our own: what is wrong, and on the next line, if any, what would be right.
pub(in crate::scenario) fn custom(
    source: &Source<'_>,
    span: Range<usize>,
    message: &str,
) -> Diagnostic {
    match message.split_once('\n') {
        Some((title, label)) => source.error(span, title).label(label),
        None => source.error(span, message),
    }
}

/// A key that a table has not. It may be one of the whole file, below the table that it was meant to stand above.
fn unknown_key(
    source: &Source<'_>,
    span: Range<usize>,
    word: &str,
    mut known: Vec<&str>,
    around: &Around<'_>,
) -> Diagnostic {
    if around.in_faults {
        known.retain(|key| *key != "odds");
        if known.is_empty() {
            let error = source.error(span, format!("unknown key {}", quote(word)));
            return error.label("this kind of fault has no parameters");
        }
    }
    let line =
        source.text.get(..span.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
    let begins_line = source.text.get(line..span.start).is_some_and(|text| text.trim().is_empty());
    let is_of_file = around.top.contains(&word);
    if is_of_file && begins_line && !known.contains(&word) {
        let error = source.error(span, format!("unknown key {}", quote(word)));
        let error = error.label(format!("`{word}` belongs above the first table"));
        return error.help("what stands below the head of a table belongs to that table");
    }
    unknown(source, span, "key", word, &known)
}

fn unknown(
    source: &Source<'_>,
    span: Range<usize>,
    what: &str,
    word: &str,
    known: &[&str],
) -> Diagnostic {
    let not_built =
        NOT_BUILT.iter().find(|(beside, name, _)| *name == word && known.contains(beside));
    if let Some((_, name, instead)) = not_built {
        let key = source.key_of(&span);
        let shown = match source.text.get(key.clone()) {
            Some(key_text) if key != span && what == "name" => {
                format!("`{} = \"{name}\"`", key_text.trim_matches('"'))
            }
            _ => format!("`{name}`"),
        };
        return source.error(span, format!("{shown} is not built yet")).label(*instead);
    }
    let error = source.error(span, format!("unknown {what} {}", quote(word)));
    match such_as::meant(word, known).filter(|_| what == "name") {
        Some(meant) => error.label(meant),
        None => error.meant(word, known),
    }
}

/// The word and the known names in ``unknown field `x`, expected one of `a`, `b` ``.
fn names<'a>(message: &'a str, prefix: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let rest = message.strip_prefix(prefix)?;
    // The word itself may hold anything, so it ends at the last of the possible ends.
    let end = rest.rfind("`, expected ").or_else(|| rest.rfind("`, there are no "))?;
    let known = rest[end + 1..].split('`').skip(1).step_by(2).collect();
    Some((&rest[..end], known))
}

/// The start of what a missing key is missing from.
fn first_line_of(source: &Source<'_>, span: Range<usize>) -> Range<usize> {
    let end = source.text.get(span.clone()).and_then(|text| text.find('\n'));
    match end {
        // A whole file: nothing in particular.
        Some(_) if span.start == 0 => 0..0,
        Some(length) => span.start..span.start + length,
        None => span,
    }
}

fn plain(expected: &str) -> String {
    match expected {
        "a string" => "a text in quotes".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "i64" => "a whole number".to_owned(),
        "u32" | "u64" => "a whole number that is not negative".to_owned(),
        "newtype variant" | "map" => "a table `{ … }`".to_owned(),
        expected if expected.starts_with("struct ") => "a table".to_owned(),
        expected if expected.starts_with(PARAMETERS_OF) => "a table".to_owned(),
        expected if expected.starts_with("enum ") => "a name or a table".to_owned(),
        expected if expected.contains("variant") => "a table `{ … }`".to_owned(),
        expected => expected.to_owned(),
    }
}

fn found_words(found: &str) -> String {
    let found = match found {
        "map" => "a table",
        "sequence" => "a list",
        "unit variant" => "a name alone",
        found => found,
    };
    format!("this is {}", clip(found, 80))
}

/// A name that does not exist among those that do.
pub(in crate::scenario) fn no_such(
    source: &Source<'_>,
    span: Range<usize>,
    what: &str,
    word: &str,
    known: &[&str],
) -> Diagnostic {
    source.error(span, format!("there is no {what} {}", quote(word))).meant(word, known)
}

/// A number outside of its range.
pub(in crate::scenario) fn out_of_range(
    source: &Source<'_>,
    span: Range<usize>,
    what: &str,
    range: &std::ops::RangeInclusive<u64>,
) -> Diagnostic {
    let (least, most) = (range.start(), range.end());
    source.error(span, format!("`{what}` is out of range")).label(format!("from {least} to {most}"))
}

/// Which kinds take a key, in words.
pub(in crate::scenario) fn belongs_to(key: &str, kinds: &[&str]) -> String {
    format!("`{key}` belongs to {}", list(kinds, "and"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_in_a_message_are_found_whatever_the_word_holds() {
        let check = |message, word, known: &[&str]| {
            assert_eq!(names(message, "unknown field `"), Some((word, known.to_vec())));
        };
        check("unknown field `x`, expected `a` or `b`", "x", &["a", "b"]);
        check("unknown field `x`, expected one of `a`, `b`, `c`", "x", &["a", "b", "c"]);
        check("unknown field `x`, expected `a`", "x", &["a"]);
        check("unknown field `x`, there are no fields", "x", &[]);
        check("unknown field `x`, expected `y`, expected `a`", "x`, expected `y", &["a"]);
    }
}
