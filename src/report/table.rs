//! Tables of text: numbers to the right, words to the left, two spaces between columns.

/// How a column is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// To the left.
    Left,
    /// To the right.
    Right,
}

/// Rows of cells, the first being the heads, as lines. Every row has as many cells as there are columns.
pub fn table(columns: &[Align], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells =
            row.iter().zip(columns).zip(&widths).map(|((cell, align), width)| match align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            });
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How wide a report is at most, where its words can be broken.
pub const WIDTH: usize = 80;

/// A word before each text, and the texts in one column beside them, on as many lines as they need.
pub fn labelled(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for (label, words) in rows {
        let options = textwrap::Options::new(WIDTH.saturating_sub(width).max(1))
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for (number, line) in textwrap::wrap(words, options).iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            text.push_str(format!("{label:<width$}{line}").trim_end());
            text.push('\n');
        }
    }
    text
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
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["step", "applied", "results"]), row(["größer-als", "4", "ann 2"])];
        let text = table(&[Align::Left, Align::Right, Align::Left], &rows);
        assert_eq!(text, "step        applied  results\ngrößer-als        4  ann 2\n");
    }
}
