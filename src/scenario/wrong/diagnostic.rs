//! What is wrong with a scenario, shown where it stands: file, line, column, the line itself with a caret,
//! and what would be right. Lines may be of any length and hold any bytes, so what is shown is clipped
//! and cleaned; nothing here can fail.

use crate::printable::printable;
use crate::report::table::WIDTH;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A line of at most so many characters is shown whole.
const WHOLE: usize = 160;

/// The most characters of a longer line that are shown before the caret, and after it.
const CONTEXT: usize = 50;

/// The most characters of a message.
const LONGEST_MESSAGE: usize = 240;

/// How wide a help text is: as much as fits beside its mark and the number of a line.
const HELP_WIDTH: usize = WIDTH - 14;

/// One thing that is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic(Box<Parts>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Parts {
    title: String,
    path: String,
    line: usize,
    column: Option<usize>,
    /// Where it stands in the text, in bytes; none of what is no part of one.
    span: Option<Range<usize>>,
    excerpt: Option<Excerpt>,
    label: Option<String>,
    help: Option<String>,
    /// Whether the file can be used all the same.
    is_warning: bool,
}

/// The part of a line that is shown, and the part of it that is marked, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Excerpt {
    text: String,
    marked: Range<usize>,
}

impl Diagnostic {
    /// Something wrong with a line of a file that is not the scenario, such as a row of its csv. The line is not
    /// shown: the file may be another than was meant, and hold what nobody should see.
    pub(in crate::scenario) fn at_line(path: &Path, line: usize, title: &str) -> Diagnostic {
        Diagnostic(Box::new(Parts {
            title: clip(title, LONGEST_MESSAGE),
            path: path_in_words(path),
            line,
            column: None,
            span: None,
            excerpt: None,
            label: None,
            help: None,
            is_warning: false,
        }))
    }

    /// Makes it a warning: the file can be used all the same.
    pub(in crate::scenario) fn warning(mut self) -> Diagnostic {
        self.0.is_warning = true;
        self
    }

    /// Says that its lines are not those of the file, but of what the file becomes by what was asked of it.
    #[cfg(feature = "cli")]
    pub(in crate::scenario) fn built_otherwise(mut self) -> Diagnostic {
        self.0.path.push_str(", built otherwise");
        self
    }

    /// Adds what stands beside the caret.
    pub(in crate::scenario) fn label(mut self, label: impl AsRef<str>) -> Diagnostic {
        self.0.label = Some(clip(label.as_ref(), LONGEST_MESSAGE));
        self
    }

    /// Adds what would be right, below the snippet.
    pub(in crate::scenario) fn help(mut self, help: impl AsRef<str>) -> Diagnostic {
        self.0.help = Some(clip(help.as_ref(), LONGEST_MESSAGE));
        self
    }

    /// Adds the name that was probably meant, else, if there are any, the names that there are.
    pub(in crate::scenario) fn meant(self, word: &str, known: &[&str]) -> Diagnostic {
        match nearest(word, known) {
            Some(name) => self.label(format!("did you mean `{name}`?")),
            None if known.is_empty() => self,
            None => self.help(format!("there {}", one_of(known))),
        }
    }

    /// Where it stands in the text that was read, in bytes.
    pub(in crate::scenario) fn span(&self) -> Option<Range<usize>> {
        self.0.span.clone()
    }

    /// The same, shown where it stands in another text.
    pub(in crate::scenario) fn shown_in(
        self,
        source: &Source<'_>,
        span: Range<usize>,
    ) -> Diagnostic {
        let Parts { title, label, help, is_warning, .. } = *self.0;
        let mut shown = source.error(span, title);
        shown.0.label = label;
        shown.0.help = help;
        shown.0.is_warning = is_warning;
        shown
    }

    /// What is wrong, in one line.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// What is wrong, and what stands beside the caret: `` `drop-ack` can do nothing here: nobody answers``.
    pub fn reason(&self) -> String {
        let Parts { title, label, .. } = &*self.0;
        label.as_ref().map_or(title.clone(), |label| format!("{title}: {label}"))
    }

    /// What would be right, where it is known.
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The file that it is about: that of this scenario, or one that it names.
    pub fn file_of(&self, scenario: &Path) -> PathBuf {
        match self.0.path == path_in_words(scenario) {
            true => scenario.to_owned(),
            false => self.file(),
        }
    }

    /// The file as a message has it.
    pub fn file(&self) -> PathBuf {
        PathBuf::from(&self.0.path)
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column in characters, from 1, where it is known.
    pub fn column(&self) -> Option<usize> {
        self.0.column
    }

    /// As several lines with colours for a terminal.
    pub fn styled(&self) -> String {
        self.render(&Renderer::styled())
    }

    fn render(&self, renderer: &Renderer) -> String {
        let parts = &*self.0;
        let mut origin = Origin::path(parts.path.as_str()).line(parts.line);
        if let Some(column) = parts.column {
            origin = origin.char_column(column);
        }
        let level = if parts.is_warning { Level::WARNING } else { Level::ERROR };
        let title = level.primary_title(parts.title.as_str());
        let mut group = match &parts.excerpt {
            None => title.element(origin),
            Some(excerpt) => {
                let mut marked = AnnotationKind::Primary.span(excerpt.marked.clone());
                if let (Some(label), true) = (&parts.label, self.label_fits(excerpt)) {
                    marked = marked.label(label.as_str());
                }
                let snippet = Snippet::source(excerpt.text.as_str()).line_start(parts.line);
                title.element(snippet.path(parts.path.as_str()).annotation(marked))
            }
        };
        let beside = parts.excerpt.as_ref().filter(|excerpt| !self.label_fits(excerpt));
        for help in beside.and(parts.label.as_ref()).into_iter().chain(&parts.help) {
            let options = textwrap::Options::new(HELP_WIDTH)
                .break_words(false)
                .word_splitter(textwrap::WordSplitter::NoHyphenation);
            group = group.element(Level::HELP.message(textwrap::fill(help, options)));
        }
        let shown = renderer.render(&[group]);
        match &parts.excerpt {
            Some(excerpt) => self.with_own_column(&shown, excerpt),
            None => shown,
        }
    }

    /// Whether the label stands beside its caret in the width of a report. Else it stands below, as help does.
    fn label_fits(&self, excerpt: &Excerpt) -> bool {
        let label = self.0.label.as_ref().map_or(0, |label| label.chars().count());
        let before = self.0.line.to_string().len() + " | ".len();
        let caret = excerpt.text[..excerpt.marked.end].chars().count();
        before + caret.max(1) + 1 + label <= WIDTH
    }

    /// The renderer counts columns in the excerpt; what counts is the column in the file.
    fn with_own_column(&self, shown: &str, excerpt: &Excerpt) -> String {
        let parts = &*self.0;
        let in_excerpt = excerpt.text[..excerpt.marked.start].chars().count() + 1;
        let (path, line) = (&parts.path, parts.line);
        let own = match parts.column {
            Some(column) => format!("{path}:{line}:{column}"),
            None => format!("{path}:{line}"),
        };
        let (title, rest) = shown.split_once('\n').unwrap_or((shown, ""));
        format!("{title}\n{}", rest.replacen(&format!("{path}:{line}:{in_excerpt}"), &own, 1))
    }
}

/// As several lines without colours.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain()))
    }
}

/// The text of a scenario and its path: where spans point into.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Source<'a> {
    pub path: &'a Path,
    pub text: &'a str,
}

impl Source<'_> {
    /// Something wrong at a span of the text. Of a span over several lines the first line is marked.
    pub fn error(&self, span: Range<usize>, title: impl AsRef<str>) -> Diagnostic {
        let text = self.text;
        let (start, end) = (floor_char(text, span.start), floor_char(text, span.end));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[line_start..line_end].trim_end_matches('\r');
        let whole = start..end.max(start);
        let end = end.clamp(start, line_end);
        let marked = (start - line_start).min(line.len())..(end - line_start).min(line.len());
        Diagnostic(Box::new(Parts {
            title: clip(title.as_ref(), LONGEST_MESSAGE),
            path: path_in_words(self.path),
            line: line_of(text, start),
            column: Some(text[line_start..start].chars().count() + 1),
            span: Some(whole),
            excerpt: Some(excerpt(line, marked)),
            label: None,
            help: None,
            is_warning: false,
        }))
    }

    /// The line that a position is on, from 1.
    pub fn line(&self, at: usize) -> usize {
        line_of(self.text, floor_char(self.text, at))
    }

    /// The span of the key whose value stands at `value`, if it stands before it on the same line; else
    /// that of the value.
    pub fn key_of(&self, value: &Range<usize>) -> Range<usize> {
        let before = &self.text[..floor_char(self.text, value.start)];
        let Some(key) = before.trim_end_matches([' ', '\t']).strip_suffix('=') else {
            return value.clone();
        };
        let key = key.trim_end_matches([' ', '\t']);
        let length = key
            .bytes()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'"'))
            .count();
        if length == 0 { value.clone() } else { key.len() - length..key.len() }
    }
}

/// The line that a position is on, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// A path as a message has it.
fn path_in_words(path: &Path) -> String {
    match path == Path::new("-") {
        true => "standard input".to_owned(),
        false => clip(&path.display().to_string(), LONGEST_MESSAGE),
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What is shown of a line around what is marked, with all that does not show itself made visible.
fn excerpt(line: &str, marked: Range<usize>) -> Excerpt {
    let context = if line.chars().nth(WHOLE).is_some() { CONTEXT } else { WHOLE };
    let before = &line[..marked.start];
    let inside = &line[marked.clone()];
    let after = &line[marked.end..];
    let mut text = String::new();
    let (reversed, before_is_cut) = shown(before.chars().rev(), context);
    if before_is_cut {
        text.push('…');
    }
    text.extend(reversed.iter().rev().map(String::as_str));
    let start = text.len();
    let (inside, inside_is_cut) = shown(inside.chars(), context);
    text.extend(inside);
    let end = text.len();
    let (after, after_is_cut) = shown(after.chars(), if inside_is_cut { 0 } else { context });
    text.extend(after);
    if inside_is_cut || after_is_cut {
        text.push('…');
    }
    Excerpt { text, marked: start..end }
}

/// Characters as they are shown, up to a width, and whether there are more.
fn shown(characters: impl Iterator<Item = char>, most: usize) -> (Vec<String>, bool) {
    let (mut shown, mut width) = (Vec::new(), 0);
    for character in characters {
        let visible = match character {
            '\t' => " ".to_owned(),
            character => printable(character.encode_utf8(&mut [0; 4])),
        };
        width += visible.chars().count();
        if width > most {
            return (shown, true);
        }
        shown.push(visible);
    }
    (shown, false)
}

/// A text of at most so many characters, on one line, for a message.
pub(in crate::scenario) fn clip(text: &str, most: usize) -> String {
    let (shown, is_cut) = shown(text.chars(), most);
    let mut clipped = shown.concat();
    if is_cut {
        clipped.push('…');
    }
    clipped
}

/// A word of the user's as a message quotes it.
pub(in crate::scenario) fn quote(word: &str) -> String {
    format!("`{}`", clip(word, 60))
}

/// The known name that a word was probably meant to be.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.chars().nth(60).is_some() {
        return None;
    }
    let plain = |word: &str| word.to_lowercase().replace(['_', ' '], "-");
    let word = plain(word);
    // `crashes` for `crash`, `time` for `event-time`: one is the other with something at an end.
    let is_part = |name: &str| {
        let name = plain(name);
        let (short, long) = if name.len() < word.len() { (&name, &word) } else { (&word, &name) };
        short.len() >= 4 && (long.starts_with(short.as_str()) || long.ends_with(short.as_str()))
    };
    known
        .iter()
        .map(|&name| (strsim::damerau_levenshtein(&word, &plain(name)), name))
        .filter(|&(distance, name)| {
            distance <= (name.chars().count().max(5) / 3).min(3) || is_part(name)
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// `is only `a``, or `are `a`, `b` and `c``.
fn one_of(names: &[&str]) -> String {
    match names {
        [name] => format!("is only {}", quote(name)),
        names => format!("are {}", list(names, "and")),
    }
}

/// `` `a`, `b` and `c` ``, cut when there are very many.
pub(in crate::scenario) fn list(names: &[&str], word: &str) -> String {
    const MOST: usize = 16;
    let quoted: Vec<String> = names.iter().take(MOST).map(|name| quote(name)).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        _ if names.len() > MOST => format!("{} and more", quoted.join(", ")),
        [head @ .., last] => format!("{} {word} {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_shows_the_line_and_what_would_be_right() {
        let source = Source { path: Path::new("a.toml"), text: "x = 1\nshard = 2\n" };
        let error = source.error(6..11, "unknown key `shard`").meant("shard", &["shards", "name"]);
        let shown = error.to_string();
        assert_eq!(
            shown,
            "error: unknown key `shard`\n --> a.toml:2:1\n  |\n2 | shard = 2\n  | ^^^^^ did you mean `shards`?"
        );
    }

    #[test]
    fn a_huge_line_is_clipped_and_its_column_is_not() {
        let text = format!("a = \"{}é\" oops {}", "x".repeat(1_000_000), "y".repeat(1_000_000));
        let at = text.find("oops").expect("it is there");
        let shown =
            Source { path: Path::new("a"), text: &text }.error(at..at + 4, "bad").to_string();
        assert!(shown.contains("a:1:1000009"), "{shown}");
        assert!(shown.contains("oops") && shown.len() < 600, "{shown}");
    }

    #[test]
    fn spans_anywhere_are_harmless() {
        let text = "é\r\n\u{0}ü\n";
        for start in 0..12 {
            for end in 0..12 {
                let source = Source { path: Path::new("a"), text };
                source.error(start..end, "bad").to_string();
                source.key_of(&(start..end));
            }
        }
    }

    #[test]
    fn the_nearest_name_is_near() {
        let check = |word, name| assert_eq!(nearest(word, &["per-user", "events", "s"]), name);
        check("per_user", Some("per-user"));
        check("per-usr", Some("per-user"));
        check("event", Some("events"));
        check("nothing-like-it", None);
    }
}
