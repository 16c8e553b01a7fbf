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
