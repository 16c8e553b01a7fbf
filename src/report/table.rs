//! Tables of text: numbers to the right, words to the left, two spaces between columns.

/// How a column is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// To the left.
    Left,
    /// To the right.
    Right,
}

/// How wide a report is at most, where its words can be broken.
pub const WIDTH: usize = 80;

/// The least width that a column of words is given where a table is too wide.
const LEAST: usize = 16;

/// A blank at which no line is broken, as between a key and its total. It becomes a blank in what is written.
pub const JOINT: char = '\u{1f}';

/// Rows of cells, the first being the heads, as lines. Every row has as many cells as there are columns. Where it
/// would be too wide, the cells of columns of words go on below themselves.
pub fn table(columns: &[Align], rows: &[Vec<String>]) -> String {
    rows_of_table(columns, rows).concat()
}

/// The same, each row by itself.
pub fn rows_of_table(columns: &[Align], rows: &[Vec<String>]) -> Vec<String> {
    let widths = widths(columns, rows);
    rows.iter().map(|row| row_of_table(columns, &widths, row)).collect()
}

fn row_of_table(columns: &[Align], widths: &[usize], row: &[String]) -> String {
    let cells = row.iter().zip(columns).zip(widths).map(|((cell, align), &width)| match align {
        Align::Left => wrapped(cell, width),
        Align::Right => vec![cell.clone()],
    });
    let cells: Vec<Vec<String>> = cells.collect();
    let mut text = String::new();
    for line in 0..cells.iter().map(Vec::len).max().unwrap_or_default() {
        let parts = cells.iter().zip(columns).zip(widths).map(|((cell, align), width)| {
            let part = cell.get(line).map(String::as_str).unwrap_or_default();
            match align {
                Align::Left => format!("{part:<width$}"),
                Align::Right => format!("{part:>width$}"),
            }
        });
        let parts = parts.collect::<Vec<_>>().join("  ");
        text.push_str(parts.trim_end());
        text.push('\n');
    }
    text.replace(JOINT, " ")
}

/// How wide each column is: as its widest cell, but where all are too wide together the widest columns of words give
/// way.
fn widths(columns: &[Align], rows: &[Vec<String>]) -> Vec<usize> {
    let widest = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let mut widths: Vec<usize> = (0..columns.len()).map(widest).collect();
    let gaps = 2 * columns.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > WIDTH {
        let words = (0..columns.len()).filter(|&column| columns[column] == Align::Left);
        let Some(column) = words.max_by_key(|&column| widths[column]) else { break };
        if widths[column] <= LEAST {
            break;
        }
        widths[column] -= 1;
    }
    widths
}

/// A text on lines of this width, broken only at blanks; one line at least.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    if text.chars().count() <= width {
        return vec![text.to_owned()];
    }
    let lines = textwrap::wrap(text, options(width));
    lines.into_iter().map(std::borrow::Cow::into_owned).collect()
}

fn options(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width.max(1))
        .break_words(false)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// A word before each text, and the texts in one column beside them, on as many lines as they need.
pub fn labelled(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for (label, words) in rows {
        let lines = textwrap::wrap(words, options(WIDTH.saturating_sub(width)));
        for (number, line) in lines.iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            text.push_str(format!("{label:<width$}{line}").trim_end());
            text.push('\n');
        }
    }
    text.replace(JOINT, " ")
}

/// Sentences on lines that fit, but for commands, which are pasted whole. What goes on stands two blanks further in
/// than the line that it belongs to; at the left edge it does not.
pub fn fitted(text: &str) -> String {
    fitted_to(WIDTH, text)
}

/// The same for another width.
pub fn fitted_to(width: usize, text: &str) -> String {
    let mut fitted = String::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_command = line[indent..].starts_with("onceproof ");
        if is_command || textwrap::core::display_width(line) <= width {
            fitted.push_str(line);
        } else {
            let further = " ".repeat(if indent == 0 { 0 } else { indent + 2 });
            let options = options(width).initial_indent(&line[..indent]);
            fitted.push_str(&textwrap::fill(&line[indent..], options.subsequent_indent(&further)));
        }
        fitted.push('\n');
    }
    fitted.replace(JOINT, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_goes_on_below_itself() {
        let text =
            labelled(&[("kinds", "drop-request, ".repeat(9)), ("engine", "this".to_owned())]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(lines[0].starts_with("kinds   drop-request, drop-request"), "{text}");
        assert!(lines[1].starts_with("        drop-request"), "{text}");
        assert_eq!(lines[2], "engine  this");
    }

    #[test]
    fn a_table_that_is_too_wide_breaks_its_words_and_no_pair() {
        let item = |at: usize| format!("user-{at}{JOINT}{}", at * 1000);
        let items = (100..110).map(item).collect::<Vec<_>>().join(", ");
        let rows = [
            ["step", "applied", "results"].map(str::to_owned).to_vec(),
            vec!["per-user".to_owned(), "4".to_owned(), items],
        ];
        let text = table(&[Align::Left, Align::Right, Align::Left], &rows);
        let expected = "\
step      applied  results
per-user        4  user-100 100000, user-101 101000, user-102 102000,
                   user-103 103000, user-104 104000, user-105 105000,
                   user-106 106000, user-107 107000, user-108 108000,
                   user-109 109000
";
        assert_eq!(text, expected);
    }

    #[test]
    fn sentences_fit_and_commands_stay_whole() {
        let long = "a word and ".repeat(10);
        let command = format!("  onceproof run {long}");
        let text = fitted(&format!("{long}\n    {long}\n{command}\n\nend\n"));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].len() <= WIDTH && lines[1].starts_with("word"), "{text}");
        assert!(lines[2].starts_with("    a word") && lines[3].starts_with("      "), "{text}");
        assert_eq!(&lines[4..], [&command, "", "end"]);
        // Colours take no room.
        let coloured = format!("\u{1b}[1;31m{}\u{1b}[0m", "x".repeat(WIDTH));
        assert_eq!(fitted(&coloured), format!("{coloured}\n"));
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["step", "applied", "results"]), row(["größer-als", "4", "ann 2"])];
        let text = table(&[Align::Left, Align::Right, Align::Left], &rows);
        assert_eq!(text, "step        applied  results\ngrößer-als        4  ann 2\n");
    }
}
