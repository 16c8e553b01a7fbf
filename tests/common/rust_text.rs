//! Rust sources as text, for tests of what they name.

use std::fs;
use std::path::{Path, PathBuf};

/// All Rust files below a folder, in no order.
pub fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Whether a file has tests alone.
pub fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// A text up to its tests.
pub fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().expect("a first part")
}

/// The words and signs of a Rust text, without comments, and with texts and characters emptied.
pub fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let char = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut tokens: Vec<String> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match (char(at), char(at + 1)) {
            ('/', '/') => {
                while at < chars.len() && char(at) != '\n' {
                    at += 1;
                }
            }
            ('/', '*') => at = end_of_comment(&chars, at),
            ('"', _) => at = end_of_text(&chars, at, tokens.last().map(String::as_str)),
            ('\'', '\\') => {
                at += 3;
                while at < chars.len() && char(at) != '\'' {
                    at += 1;
                }
                at += 1;
            }
            // A character, or else a lifetime.
            ('\'', _) => at += if char(at + 2) == '\'' { 3 } else { 1 },
            (':', ':') => {
                tokens.push("::".to_owned());
                at += 2;
            }
            (c, _) if c.is_alphanumeric() || c == '_' => {
                let begin = at;
                while char(at).is_alphanumeric() || char(at) == '_' {
                    at += 1;
                }
                let mut word: String = chars[begin..at].iter().collect();
                // The hashes of a raw text belong to its beginning; `r#fn` is the word `fn`.
                if ["r", "br", "cr"].contains(&word.as_str()) {
                    while char(at) == '#' {
                        word.push('#');
                        at += 1;
                    }
                }
                tokens.push(word);
            }
            (c, _) => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                at += 1;
            }
        }
    }
    tokens
}

fn end_of_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

/// Where the text ends that begins at a quote, after this token.
fn end_of_text(chars: &[char], begin: usize, before: Option<&str>) -> usize {
    let before = before.unwrap_or("");
    let hashes = before.trim_start_matches(['b', 'c', 'r']);
    let is_raw = before.contains('r')
        && hashes.chars().all(|c| c == '#')
        && chars[begin - 1] == before.chars().last().unwrap_or(' ');
    let mut at = begin + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' if !is_raw => at += 2,
            '"' if !is_raw
                || chars[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes.len() =>
            {
                return at + 1 + if is_raw { hashes.len() } else { 0 };
            }
            _ => at += 1,
        }
    }
    at
}
