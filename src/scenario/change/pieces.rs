//! Where parts of what a user typed stand in the file that was made of it, so that what is wrong there is shown as it was
//! typed.

use super::asked_of_step::AskedOfStep;
use super::redesign::Changes;
use super::typed::Typed;
use crate::scenario::wrong::diagnostic::Diagnostic;
use std::ops::Range;
use toml_edit::{Document, Item, TableLike, Value};

/// Where parts of a value stand in what was made of it, and where each was typed.
pub(in crate::scenario) type Pieces = Vec<(Range<usize>, Range<usize>)>;

impl Typed<'_> {
    /// Where each key and each value of the line stands in the table that it was put into, and where it was typed.
    pub fn pieces(&self, key: &'static str, built: &dyn TableLike) -> Pieces {
        let line = self.line(key);
        let mut pieces = Vec::new();
        if let Ok(document) = Document::parse(line.text.as_str())
            && let Some(typed) = document.get(key).and_then(Item::as_table_like)
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
