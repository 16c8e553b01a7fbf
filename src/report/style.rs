//! The few colours of the text reports. They are taken out again where the output is no terminal.

use anstyle::{AnsiColor, Style};

/// As it should be.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Not as it should be.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// To be looked at.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// A heading.
pub const HEAD: Style = Style::new().bold();

/// A text without the colours, for where nobody takes them out again.
pub fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

/// A warning as a line of its own.
pub fn warning(text: &str) -> String {
    format!("{WARNING}warning:{WARNING:#} {text}\n")
}

/// A failure as a line of its own.
pub fn error(text: &str) -> String {
    format!("{BAD}error:{BAD:#} {text}\n")
}

/// What is a failure when it is taken strictly, and else a warning, as a line of its own.
pub fn warning_or_error(text: &str, strict: bool) -> String {
    if strict { error(text) } else { warning(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_the_text_without_its_colours() {
        let text = format!("{BAD}violated{BAD:#}: the rest\n{HEAD}m{HEAD:#}m");
        assert_eq!(plain(&text), "violated: the rest\nmm");
        assert_eq!(plain("no colour"), "no colour");
    }
}
