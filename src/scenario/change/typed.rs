//! What a user typed as the value of an option, and where it stands in what was made of it, so that what is wrong
//! is shown in the user's own words.

use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use std::ops::Range;
use std::path::Path;

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
        Line { text, option: self.option.to_owned(), keys_at }
    }

    /// What is wrong with the line, shown where it was typed.
    pub fn shown(&self, error: Diagnostic, line: &Line) -> Diagnostic {
        let Some(span) = error.span() else { return error };
        error.shown_in(&self.source(), self.typed(span, line))
    }

    pub fn typed(&self, span: Range<usize>, line: &Line) -> Range<usize> {
        let at =
            |at: usize| (at.saturating_sub(line.keys_at) + self.keys_at).min(self.written.len());
        at(span.start)..at(span.end)
    }
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
