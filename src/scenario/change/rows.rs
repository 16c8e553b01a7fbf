//! Rows of an input in words, and lists of them in a file.

use onceproof_sim::input::{InputRow, RowValue};
use toml_edit::{Array, Decor};

/// A row for people: `ann at 0s, value 5`.
pub fn row_in_words(row: &InputRow) -> String {
    let mut text = format!("{} at {}", row.key, row.arrival);
    if row.event_time != row.arrival {
        text.push_str(&format!(", of {}", row.event_time));
    }
    match &row.value {
        RowValue::Integer(1) => {}
        RowValue::Integer(value) => text.push_str(&format!(", value {value}")),
        RowValue::Text(value) => text.push_str(&format!(", value {value}")),
    }
    if let Some(id) = row.id {
        text.push_str(&format!(", id {id:016x}"));
    }
    text
}

/// Each value of a list on a line of its own, if there are several.
pub(in crate::scenario) fn one_a_line(array: &mut Array) {
    if array.len() == 1 {
        for value in array.iter_mut() {
            *value.decor_mut() = Decor::new(" ", " ");
        }
        array.set_trailing("");
        array.set_trailing_comma(false);
        return;
    }
    for value in array.iter_mut() {
        *value.decor_mut() = Decor::new("\n    ", "");
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
}
