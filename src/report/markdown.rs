//! Rows of tables of Markdown.

/// A row. A bar in a cell does not end it, also where it stands in code.
pub fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.as_ref().replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_in_a_cell_does_not_end_it() {
        assert_eq!(row(&["a|b", "`c|d`", ""]), "| a\\|b | `c\\|d` |  |\n");
    }
}
