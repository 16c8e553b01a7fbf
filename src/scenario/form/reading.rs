//! The form of a file: TOML with the keys that there are. Reading goes on after an error without the smallest
//! part that is wrong, a key or a table of a list, so that all errors are told at once.
//!
//! What is wrong only for want of that part is not told: a key that was taken out for its value is not missing.
//! For the same reason the meaning of a file is looked at once its form is right, and its faults once its steps
//! are: a fault at a step that could not be read would else be told as one at a step that does not exist.

use super::node::{Node, Unreadable};
use super::raw;
use crate::scenario::FORMAT;
use crate::scenario::saved::is_of_a_test;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, clip, nearest};
use crate::scenario::wrong::error::{MOST_TOLD, in_order};
use crate::scenario::wrong::explain::{
    Around, FIRST_STEP, LISTS, Repeats, TOP_KEYS, explain, syntax,
};
use serde::de::{Deserialize, DeserializeOwned};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// The keys that every file has.
const NEEDED: [&str; 4] = ["name", "claim", "expect", "step"];

/// The file as it is written. Its format comes first, since another format may have other keys.
///
/// # Errors
/// All that is wrong with its form.
pub(in crate::scenario) fn file(source: &Source<'_>) -> Result<raw::File, Vec<Diagnostic>> {
    let mut table = table(source)?;
    check_format(source, table.get_ref()).map_err(|error| vec![error])?;
    if let Some(error) = is_of_a_test(source, table.get_ref()) {
        return Err(vec![error]);
    }
    let absent = NEEDED.into_iter().filter(|key| !table.get_ref().contains_key(*key));
    let mut wrong: Vec<Diagnostic> =
        absent.map(|key| missing(source, table.get_ref(), key)).collect();
    let lists = take_lists(source, &mut table);
    wrong.extend(lists);
    read(source, table, wrong, &TOP_KEYS)
}

/// Takes out the tables of which there is one, and which are written as one of a list.
fn take_lists(source: &Source<'_>, table: &mut Spanned<DeTable<'_>>) -> Vec<Diagnostic> {
    let is_list = |key: &str, value: &Spanned<DeValue<'_>>| {
        let head = source.text.get(value.span()).unwrap_or_default();
        let is_array = matches!(value.get_ref(), DeValue::Array(_));
        is_array && head.starts_with("[[") && head.contains(key) && !LISTS.contains(&key)
    };
    let lists = table.get_ref().iter().filter(|(key, value)| is_list(key.get_ref(), value));
    let lists: Vec<(String, Range<usize>)> =
        lists.map(|(key, value)| (key.get_ref().to_string(), value.span())).collect();
    let mut wrong = Vec::new();
    for (key, span) in lists {
        table.get_mut().remove(key.as_str());
        let error = source.error(span, format!("`[[{key}]]` begins one of a list"));
        wrong.push(error.label(format!("there is one such table: write `[{key}]`")));
    }
    wrong
}

/// The table of a text.
///
/// # Errors
/// All that the syntax of TOML refuses, one thing for each line: what follows on a line may follow from that.
pub(in crate::scenario) fn table<'a>(
    source: &Source<'a>,
) -> Result<Spanned<DeTable<'a>>, Vec<Diagnostic>> {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    if errors.is_empty() {
        return Ok(table);
    }
    let mut errors: Vec<_> = errors.iter().map(|error| syntax(source, error)).collect();
    errors.sort_by_key(|(error, _)| error.span().map(|span| span.start));
    let has_list = errors.iter().any(|(_, repeats)| *repeats == Some(Repeats::List));
    let mut wrong: Vec<Diagnostic> = Vec::new();
    for (error, repeats) in errors {
        // The keys of a table that stands there twice do, too.
        let follows = has_list && repeats == Some(Repeats::Key);
        if !follows && wrong.iter().all(|other| other.line() != error.line()) {
            wrong.push(error);
        }
    }
    Err(wrong)
}

/// That this version reads the format of a file.
///
/// # Errors
/// It does not, or the file states none.
pub(in crate::scenario) fn check_format(
    source: &Source<'_>,
    table: &DeTable<'_>,
) -> Result<(), Diagnostic> {
    const BEGINNING: &str = "a scenario begins with `format = 1`";
    let this = FORMAT.to_string();
    let Some(format) = table.get("format") else {
        return Err(match source.text.trim().is_empty() {
            true => source.error(0..0, "an empty file").help(BEGINNING),
            false => missing(source, table, "format").help(BEGINNING),
        });
    };
    let number = format.get_ref().as_integer().map(|number| number.to_string());
    if number.as_ref() == Some(&this) {
        return Ok(());
    }
    let written = source.text.get(format.span()).unwrap_or_default();
    let title = format!("unknown format {}", clip(written, 40));
    let error = source.error(format.span(), title);
    Err(error.label(format!("this version reads format {this}")))
}

/// That a key of the whole file is missing. It may stand in a table that begins above it.
fn missing(source: &Source<'_>, table: &DeTable<'_>, key: &str) -> Diagnostic {
    let title = format!("`{key}` is missing");
    let tables = table.iter().filter_map(|(name, value)| match value.get_ref() {
        DeValue::Table(table) => Some((name.get_ref(), table.get_key_value(key)?.0.span())),
        _ => None,
    });
    match tables.min_by_key(|(_, span)| span.start) {
        Some((name, span)) => {
            let label = format!("this is `{name}.{key}`: `{key}` belongs above the first table");
            source.error(span, title).label(label)
        }
        None if key == "step" => source.error(0..0, title).help(FIRST_STEP),
        None => source.error(0..0, title),
    }
}

/// What a text says, however it is laid out; nothing if it is not TOML.
pub(crate) fn said(text: &str) -> Option<serde_json::Value> {
    let table = DeTable::parse(text).ok()?;
    serde_json::Value::deserialize(Node::File(&table)).ok()
}

/// Reads a table. `wrong` holds what is known of it already; `top` are the keys that belong above all tables.
///
/// # Errors
/// All that is wrong with it.
pub(in crate::scenario) fn read<T: DeserializeOwned>(
    source: &Source<'_>,
    mut table: Spanned<DeTable<'_>>,
    mut wrong: Vec<Diagnostic>,
    top: &[&str],
) -> Result<T, Vec<Diagnostic>> {
    let mut gone: Vec<Removed> = Vec::new();
    while wrong.len() < MOST_TOLD {
        let error = match T::deserialize(Node::File(&table)) {
            Ok(read) if wrong.is_empty() => return Ok(read),
            Ok(_) => break,
            Err(error) => error,
        };
        let span = error.span.clone().unwrap_or(0..0);
        let way = way_to(&table, &span);
        let told = explain(source, &error, &Around { top, in_faults: is_in_faults(&way) });
        // That a key is missing that was taken out, or that stands elsewhere, has been told.
        let follows = gone.iter().any(|removed| removed.explains(&error))
            || wrong.iter().any(|other| {
                other.title() == told.title()
                    || other.span().is_some() && other.span() == told.span()
            });
        if !follows {
            wrong.push(told);
        }
        match way.and_then(|way| remove(&mut table, way)) {
            Some(removed) => gone.push(removed),
            None => break,
        }
    }
    in_order(&mut wrong);
    Err(wrong)
}

/// What was taken out of a table that is read on.
struct Removed {
    /// The table.
    of: Range<usize>,
    key: Option<String>,
}

impl Removed {
    /// Whether an error is that this is missing, or that nothing that is right is left.
    fn explains(&self, error: &Unreadable) -> bool {
        let Unreadable { message, span } = error;
        let is_here = span.clone().unwrap_or(0..0) == self.of;
        is_here
            && match message.strip_prefix("missing field `") {
                // A key of another name may have been meant for it.
                Some(missing) => self
                    .key
                    .as_deref()
                    .is_some_and(|key| nearest(key, &[missing.trim_end_matches('`')]).is_some()),
                None => !message.starts_with("unknown "),
            }
    }
}

/// One step of a way down into a table.
#[derive(Clone)]
enum At {
    Key(String),
    Index(usize),
}

/// The way to the smallest part around a span: a key with its value, or an element of a list.
fn way_to(table: &Spanned<DeTable<'_>>, span: &Range<usize>) -> Option<Vec<At>> {
    let mut found = None;
    search_table(table.get_ref(), span, &mut Vec::new(), &mut found);
    found.map(|(_, way)| way)
}

/// Whether a way leads into the exact faults.
fn is_in_faults(way: &Option<Vec<At>>) -> bool {
    matches!(way.as_deref(), Some([At::Key(first), ..]) if first == "fault")
}

/// Takes out what a way leads to.
fn remove(table: &mut Spanned<DeTable<'_>>, mut way: Vec<At>) -> Option<Removed> {
    let whole = table.span();
    let last = way.pop()?;
    let Some(first) = way.first().cloned() else {
        return match last {
            At::Key(key) => {
                table.get_mut().remove(key.as_str())?;
                Some(Removed { of: whole, key: Some(key) })
            }
            At::Index(_) => None,
        };
    };
    let At::Key(first) = first else { return None };
    let mut value = table.get_mut().get_mut(first.as_str())?;
    for step in &way[1..] {
        value = match (step, value.get_mut()) {
            (At::Key(key), DeValue::Table(table)) => table.get_mut(key.as_str())?,
            (At::Index(at), DeValue::Array(array)) => array.get_mut(*at)?,
            _ => return None,
        };
    }
    let of = value.span();
    match (last, value.get_mut()) {
        (At::Key(key), DeValue::Table(table)) => {
            table.remove(key.as_str())?;
            Some(Removed { of, key: Some(key) })
        }
        (At::Index(at), DeValue::Array(array)) => {
            let others = array.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<_> = others.map(|(_, value)| value.clone()).collect();
            *array = DeArray::new();
            others.into_iter().for_each(|value| array.push(value));
            Some(Removed { of, key: None })
        }
        _ => None,
    }
}

/// Keeps the way to the smallest part around a span, and of parts that are as small the innermost.
fn search_table(
    table: &DeTable<'_>,
    span: &Range<usize>,
    way: &mut Vec<At>,
    found: &mut Option<(usize, Vec<At>)>,
) {
    for (key, value) in table {
        way.push(At::Key(key.get_ref().to_string()));
        keep(key.span(), span, way, found);
        search(value, span, way, found);
        way.pop();
    }
}

fn search(
    value: &Spanned<DeValue<'_>>,
    span: &Range<usize>,
    way: &mut Vec<At>,
    found: &mut Option<(usize, Vec<At>)>,
) {
    keep(value.span(), span, way, found);
    match value.get_ref() {
        DeValue::Table(table) => search_table(table, span, way, found),
        DeValue::Array(array) => {
            for (at, value) in array.iter().enumerate() {
                way.push(At::Index(at));
                search(value, span, way, found);
                way.pop();
            }
        }
        _ => {}
    }
}

fn keep(part: Range<usize>, span: &Range<usize>, way: &[At], found: &mut Option<(usize, Vec<At>)>) {
    let is_around = part.start <= span.start && span.end <= part.end && !part.is_empty();
    if is_around && found.as_ref().is_none_or(|(length, _)| part.len() <= *length) {
        *found = Some((part.len(), way.to_vec()));
    }
}
