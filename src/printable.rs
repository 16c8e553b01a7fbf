//! What a terminal shows of a text: nothing that it would obey, and nothing that a reader would not see or would see
//! elsewhere. All that is printed goes through one of these; where something was escaped, TOML and JSON would read
//! it back.

use std::fmt::Write;

/// Whether a character shows itself, where it stands.
fn is_shown(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            // Soft hyphen, joiners, fillers, and what else has no width.
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
            // No characters, of which XML has no words.
            | '\u{fffe}' | '\u{ffff}'
            // Other directions of writing.
            | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // Other ends of a line.
            | '\u{2028}' | '\u{2029}'
        )
}

/// Adds a character, or its escape.
fn push(text: &mut String, character: char) {
    match character {
        character if is_shown(character) => text.push(character),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        character => {
            let number = u32::from(character);
            let written = if number > 0xffff {
                write!(text, "\\U{number:08X}")
            } else {
                write!(text, "\\u{number:04X}")
            };
            written.expect("a text takes what is written");
        }
    }
}

/// A text as a terminal should show it, on one line.
pub fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    text.chars().for_each(|character| push(&mut clean, character));
    clean
}

/// Lines of a text as a terminal should show them.
pub fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<String>>().join("\n")
}

/// Lines that have styles, as a terminal should show them. Whatever else is in them was not made here.
pub fn printable_styled(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '\n' | '\t' => 1,
            '\r' if rest.starts_with("\r\n") => 2,
            _ => length_of_style(rest),
        };
        if length > 0 {
            clean.push_str(&rest[..length]);
            rest = &rest[length..];
        } else {
            push(&mut clean, character);
            rest = &rest[character.len_utf8()..];
        }
    }
    clean
}

/// How long the style is that a text begins with, if it does: `ESC [ 1 ; 31 m`.
fn length_of_style(text: &str) -> usize {
    let Some(numbers) = text.strip_prefix("\u{1b}[") else { return 0 };
    let length = numbers.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    if numbers[length..].starts_with('m') { 2 + length + 1 } else { 0 }
}

/// A JSON document with escapes for what a terminal would not show. All of that stands in its strings.
pub fn printable_json(document: &str) -> String {
    let mut clean = String::with_capacity(document.len());
    for character in document.chars() {
        if character == '\n' || is_shown(character) {
            clean.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(clean, "\\u{unit:04x}").expect("a text takes what is written");
        }
    }
    clean
}

/// A text as one item of a list whose items have numbers behind them and commas between: in quotes where it would be
/// taken for something else.
pub fn item(text: &str) -> String {
    let ends_a_word = |c: char| c.is_whitespace() || c == ',' || c == ';' || c == '"' || c == '\\';
    let shown = printable(text);
    match text.is_empty() || shown != text || text.contains(ends_a_word) {
        true => format!("\"{}\"", printable(&text.replace('\\', "\\\\").replace('"', "\\\""))),
        false => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of each sort that is not shown.
    const HIDDEN: [(&str, &str); 9] = [
        ("a\u{202e}b", "a\\u202Eb"),
        ("a\u{200b}b", "a\\u200Bb"),
        ("a\u{2066}b\u{2069}", "a\\u2066b\\u2069"),
        ("\u{1b}[2Jann\n", "\\u001B[2Jann\\n"),
        ("\u{9b}2J", "\\u009B2J"),
        ("\u{feff}\u{7f}\t\r", "\\uFEFF\\u007F\\t\\r"),
        ("\u{e0041}", "\\U000E0041"),
        ("\u{2028}", "\\u2028"),
        ("\u{fffe}\u{ffff}", "\\uFFFE\\uFFFF"),
    ];

    #[test]
    fn a_text_cannot_command_the_terminal_nor_hide_from_who_reads_it() {
        assert_eq!(printable("gr\u{fc}n \u{4e00} \u{5d0}"), "gr\u{fc}n \u{4e00} \u{5d0}");
        for (hidden, shown) in HIDDEN {
            assert_eq!(printable(hidden), shown);
        }
        assert_eq!(printable_lines("a\u{202e}\nb\u{1b}[31m\n"), "a\\u202E\nb\\u001B[31m\n");
    }

    #[test]
    fn an_item_of_a_list_is_never_taken_for_two_or_for_none() {
        let plain = ["ann", "ann/1", "*", "gr\u{fc}n", "2013-01-31", "-"];
        assert_eq!(plain.map(item), plain);
        let quoted = [
            ("", "\"\""),
            ("ann 2, bob", "\"ann 2, bob\""),
            ("and 5 more", "\"and 5 more\""),
            ("say \"hi\"", "\"say \\\"hi\\\"\""),
            ("a\\", "\"a\\\\\""),
            ("a\nb", "\"a\\nb\""),
        ];
        for (text, shown) in quoted {
            assert_eq!(item(text), shown);
        }
        // Whoever reads one reads back what it was.
        for text in quoted.map(|(text, _)| text).into_iter().chain(HIDDEN.map(|(text, _)| text)) {
            let read: toml::Table = format!("a = {}", item(text)).parse().expect("TOML");
            assert_eq!(read["a"].as_str(), Some(text));
        }
    }

    #[test]
    fn styles_stay_and_no_other_command_does() {
        let check = |text: &str, shown: &str| assert_eq!(printable_styled(text), shown);
        check("\u{1b}[1;31mred\u{1b}[0m\n\tb", "\u{1b}[1;31mred\u{1b}[0m\n\tb");
        check("\u{1b}[2Ja\u{1b}]0;t\u{7}", "\\u001B[2Ja\\u001B]0;t\\u0007");
        check("\u{1b}[31", "\\u001B[31");
        check("a\u{202e}b", "a\\u202Eb");
        check("a\r\nb\rc", "a\r\nb\\rc");
    }

    #[test]
    fn what_is_escaped_reads_back_as_toml_and_as_json() {
        for (hidden, _) in HIDDEN {
            let toml = format!("a = \"{}\"", printable(hidden));
            let read: toml::Table = toml.parse().expect("TOML");
            assert_eq!(read["a"].as_str(), Some(hidden));
            let json = printable_json(&format!("{:#}", serde_json::json!({ "a": hidden })));
            assert!(json.chars().all(|c| c == '\n' || is_shown(c)), "{json}");
            let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
            assert_eq!(read["a"], hidden);
        }
    }
}
