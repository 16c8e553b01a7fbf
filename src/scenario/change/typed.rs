//! What a user typed as the value of an option, and where it stands in what was made of it, so that what is wrong
//! is shown in the user's own words.

use super::asked::AskedOfStep;
use super::redesign::Changes;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use std::ops::Range;
use std::path::Path;
use toml_edit::{Document, Item, TableLike, Value};

/// Where parts of a value stand in what was made of it, and where each was typed.
pub(in crate::scenario) type Pieces = Vec<(Range<usize>, Range<usize>)>;

/// The value of an option.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Typed<'a> {
    pub option: &'a str,
    pub written: &'a str,
    /// Where its keys begin; before them may be the name of a step.
    pub keys_at: usize,
}

/// Its keys as the one table of a file.
pub(in crate::scenario) struct Line {
    pub text: String,
    option: String,
    key: &'static str,
    /// Where they begin.
    keys_at: usize,
}

impl Line {
    /// Where spans point into.
    pub fn source(&self) -> Source<'_> {
        Source { path: Path::new(&self.option), text: &self.text }
    }
}

impl<'a> Typed<'a> {
    /// Where spans point into.
    pub fn source(&self) -> Source<'a> {
        Source { path: Path::new(self.option), text: self.written }
    }

    /// The keys with their values.
    pub fn keys(&self) -> &'a str {
        &self.written[self.keys_at..]
    }

    /// The keys as a table of this name.
    pub fn line(&self, key: &'static str) -> Line {
        let before = format!("{key} = {{ ");
        let keys_at = before.len();
        let text = format!("{before}{} }}\n", self.keys());
        Line { text, option: self.option.to_owned(), key, keys_at }
    }

    /// What is wrong with the line, shown where it was typed.
    pub fn shown(&self, error: Diagnostic, line: &Line) -> Diagnostic {
        let Some(span) = error.span() else { return error };
        error.shown_in(&self.source(), self.typed(span, line))
    }

    fn typed(&self, span: Range<usize>, line: &Line) -> Range<usize> {
        let at =
            |at: usize| (at.saturating_sub(line.keys_at) + self.keys_at).min(self.written.len());
        at(span.start)..at(span.end)
    }

    /// Where each key and each value of the line stands in the table that it was put into, and where it was typed.
    pub fn pieces(&self, key: &'static str, built: &dyn TableLike) -> Pieces {
        let line = self.line(key);
        let mut pieces = Vec::new();
        if let Ok(document) = Document::parse(line.text.as_str())
            && let Some(typed) = document.get(line.key).and_then(Item::as_table_like)
        {
            add_pieces(typed, built, &mut pieces);
        }
        pieces.into_iter().map(|(built, typed)| (built, self.typed(typed, &line))).collect()
    }
}

fn add_pieces(typed: &dyn TableLike, built: &dyn TableLike, pieces: &mut Pieces) {
    for (key, item) in typed.iter() {
        let keys = typed.get_key_value(key).zip(built.get_key_value(key));
        let Some(((typed_key, _), (built_key, built_item))) = keys else { continue };
        pieces.extend(built_key.span().zip(typed_key.span()));
        pieces.extend(built_item.span().zip(item.span()));
        if let (Some(typed), Some(built)) = (item.as_table_like(), built_item.as_table_like()) {
            add_pieces(typed, built, pieces);
        }
    }
}

/// What was asked for, and where it stands in the text that was made.
pub(in crate::scenario) fn typed<'a>(
    text: &str,
    changes: &'a Changes,
    table: &'static str,
    of_steps: &[AskedOfStep],
) -> Vec<(Typed<'a>, Pieces)> {
    let mut typed = Vec::new();
    let Ok(document) = Document::parse(text) else { return typed };
    let mechanism = document.get(table).and_then(Item::as_table_like);
    if let (Some(written), Some(built)) = (&changes.mechanism, mechanism) {
        let asked = Typed { option: "--mechanism", written, keys_at: 0 };
        typed.push((asked, asked.pieces(table, built)));
    }
    for (written, of_step) in changes.steps.iter().zip(of_steps) {
        let asked = Typed { option: "--step", written, keys_at: of_step.keys_at };
        if let Some(built) = in_list(document.get("step"), of_step.step.at()) {
            typed.push((asked, asked.pieces("step", built)));
        }
    }
    let faults = document.get("fault");
    let before = length(faults).saturating_sub(changes.faults.len());
    for (at, written) in changes.faults.iter().enumerate() {
        let asked = Typed { option: "--fault", written, keys_at: 0 };
        if let Some(built) = in_list(faults, before + at) {
            typed.push((asked, asked.pieces("fault", built)));
        }
    }
    typed
}

/// How many tables there are in a list, however it is written.
fn length(list: Option<&Item>) -> usize {
    match list {
        Some(Item::ArrayOfTables(tables)) => tables.len(),
        Some(Item::Value(Value::Array(tables))) => tables.len(),
        _ => 0,
    }
}

/// A table of a list, however it is written.
fn in_list(list: Option<&Item>, at: usize) -> Option<&dyn TableLike> {
    match list? {
        Item::ArrayOfTables(tables) => tables.get(at).map(|table| table as &dyn TableLike),
        Item::Value(Value::Array(tables)) => {
            let table = tables.get(at)?.as_inline_table();
            table.map(|table| table as &dyn TableLike)
        }
        _ => None,
    }
}

/// Shows what is wrong with a text in what was typed, if it stands in one of these pieces of it.
pub(in crate::scenario) fn told(error: Diagnostic, typed: &[(Typed<'_>, Pieces)]) -> Diagnostic {
    let Some(span) = error.span() else { return error };
    let all =
        typed.iter().flat_map(|(typed, pieces)| pieces.iter().map(move |piece| (typed, piece)));
    let around = all.filter(|(_, (built, _))| built.start <= span.start && span.end <= built.end);
    let Some((typed, (built, written))) = around.min_by_key(|(_, (built, _))| built.len()) else {
        return error.built_otherwise();
    };
    let place = match built.len() == written.len() {
        true => {
            written.start + (span.start - built.start)..written.start + (span.end - built.start)
        }
        false => written.clone(),
    };
    error.shown_in(&typed.source(), place)
}

/// The first of some keys with commas between them that has no value.
pub(in crate::scenario) fn without_value(keys: &str) -> Option<Range<usize>> {
    let (mut start, mut depth, mut quote, mut has_value) = (0, 0_usize, None, false);
    let mut before = ' ';
    for (at, character) in keys.char_indices().chain([(keys.len(), ',')]) {
        match (quote, character) {
            (Some(open), close) if open == close && before != '\\' => quote = None,
            (Some(_), _) if at < keys.len() => {}
            // What is not closed is said by whoever reads it.
            (Some(_), _) => return None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.checked_sub(1)?,
            (None, '=') if depth == 0 => has_value = true,
            (None, ',') if depth == 0 => {
                let key = &keys[start..at];
                if !has_value && !key.trim().is_empty() {
                    let from = start + (key.len() - key.trim_start().len());
                    return Some(from..from + key.trim().len());
                }
                (start, has_value) = (at + 1, false);
            }
            _ => {}
        }
        before = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_without_a_value_is_found_whatever_the_values_hold() {
        let check = |keys: &str, found: Option<&str>| {
            assert_eq!(without_value(keys).map(|range| &keys[range]), found, "{keys}");
        };
        check("", None);
        check("dedup", Some("dedup"));
        check("bundle = 4, dedup ", Some("dedup"));
        check("dedup = \"a,b\", gc = { ttl = \"1s\", unknown-old = \"drop\" }", None);
        check("dedup = \"a\\\",b\"", None);
        check("dedup = \"off", None);
        check("a = [1, 2], b", Some("b"));
        check("a = 1 }, b", None);
    }
}
