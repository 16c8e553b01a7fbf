//! Test cases as a table of Markdown, and below it what failed. It is shown as a report of its own, and by GitHub as the
//! summary of a step, which has a limit.

use super::{TestCase, TestCases, shown};
use crate::figures::{counted, grouped};
use crate::printable::{printable, printable_lines};
use crate::report::markdown::row;

/// What stands where there is nothing to say.
const NOTHING: &str = "·";

/// The report.
pub fn cases_markdown(found: &TestCases) -> String {
    cases_summary(found, usize::MAX)
}

/// The report in about so many bytes: what does not fit is left out, first of all what passed, and counted. The head and
/// the counts are always there.
pub fn cases_summary(found: &TestCases, most_bytes: usize) -> String {
    let head = format!(
        "## onceproof {}: {}\n\n\
         | | scenario | expected | found | seeds | runs | first failing seed | command |\n\
         |---|---|---|---|---|---:|---|---|\n",
        found.command,
        found.in_words()
    );
    let rows: Vec<String> = found.cases.iter().map(case_row).collect();
    let sections: Vec<String> = found.cases.iter().map(section).collect();
    let mut left = most_bytes.saturating_sub(head.len());
    let mut fits = |text: &String| {
        let fits = text.len() <= left;
        left = if fits { left - text.len() } else { 0 };
        fits
    };
    // The gravest first: that something failed, then what it was, then what passed.
    let is_failing = |at: usize| found.cases[at].failing().is_some();
    let all = 0..rows.len();
    let mut has_row = vec![false; rows.len()];
    all.clone().filter(|&at| is_failing(at)).for_each(|at| has_row[at] = fits(&rows[at]));
    let has_section: Vec<bool> = sections.iter().map(&mut fits).collect();
    all.clone().filter(|&at| !is_failing(at)).for_each(|at| has_row[at] = fits(&rows[at]));

    let mut text = head;
    all.clone().filter(|&at| has_row[at]).for_each(|at| text.push_str(&rows[at]));
    all.clone().filter(|&at| has_section[at]).for_each(|at| text.push_str(&sections[at]));
    let missing = all.filter(|&at| !has_row[at] || !has_section[at]).count() as u64;
    if missing > 0 {
        let missing = counted(missing, "case");
        text.push_str(&format!("\n{missing} left out in full or in part: there is no more room\n"));
    }
    text
}

fn case_row(case: &TestCase) -> String {
    let verdict = if case.failing().is_some() { "**FAIL**" } else { "ok" };
    let file = code(&shown(case.saved.as_ref().unwrap_or(&case.scenario)));
    let saved = if case.saved.is_some() { ", saved failure" } else { "" };
    let words = |text: Option<&str>| text.map_or(NOTHING.to_owned(), plain);
    let cells = [
        verdict.to_owned(),
        format!("{}{saved}<br>{file}", plain(&case.name)),
        words(case.expected.as_deref()),
        words(Some(&case.found)),
        words(case.seeds.as_deref()),
        words(case.runs.map(grouped).as_deref()),
        words(case.failing_seed.map(|seed| seed.to_string()).as_deref()),
        case.replay.as_deref().map_or(NOTHING.to_owned(), code),
    ];
    row(&cells)
}

/// What is told of a case below the table; nothing where there is nothing to look at.
fn section(case: &TestCase) -> String {
    if case.problems.is_empty() {
        return String::new();
    }
    let mut text = format!("\n### {}\n\n", plain(&case.title()));
    for problem in &case.problems {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = format!("{}{line}", shown(&problem.file));
        let words: Vec<String> = problem.words.lines().map(plain).collect();
        text.push_str(&format!("- {}: {}\n", code(&place), words.join("<br>")));
    }
    if case.failing().is_some() && !case.details().is_empty() {
        let details = printable_lines(&case.details().join("\n"));
        let fence = fence(&details, "```");
        text.push_str(&format!("\n{fence}text\n{details}\n{fence}\n"));
    }
    text
}

/// A text that Markdown shows as it is.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in printable(text).chars() {
        match character {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => {
                plain.push('\\');
                plain.push(character);
            }
            character => plain.push(character),
        }
    }
    plain
}

/// A text as code.
fn code(text: &str) -> String {
    let text = printable(text);
    let fence = fence(&text, "`");
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// So many backticks, at least these, that the text has no such row of them.
fn fence(text: &str, least: &str) -> String {
    let mut fence = least.to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    fence
}

#[cfg(test)]
mod tests {
    use super::super::samples::{bad_file, failing, hostile, passing, saved};
    use super::*;

    #[test]
    fn each_case_is_a_row_and_what_failed_stands_below() {
        let cases = vec![passing(), failing(), saved(), bad_file()];
        let expected = "\
## onceproof test: 1 passed, 3 failed

| | scenario | expected | found | seeds | runs | first failing seed | command |
|---|---|---|---|---|---:|---|---|
| ok | fine<br>`s/fine.toml` | exactly-once | exactly-once | · | 1 | · | `onceproof run s/fine.toml` |
| **FAIL** | a coin<br>`s/coin.toml` | exactly-once | duplicated | 0..1000 | 8 | 7 | `onceproof run s/coin.toml --seed 7` |
| **FAIL** | a coin, saved failure<br>`saved/coin-seed-7.toml` | exactly-once | lost | · | 1 | · | `onceproof replay saved/coin-seed-7.toml` |
| **FAIL** | s/bad.toml<br>`s/bad.toml` | · | bad scenario | · | · | · | `onceproof check s/bad.toml` |

### a coin

- `s/coin.toml:4`: expected exactly-once, found duplicated
- `s/coin.toml:9`: exact: expected 3, found 2 under seed 7

```text
first failing seed: 7
1 fault that it takes:
  the ack of events/0#1 was lost
onceproof run s/coin.toml --seed 7
```

### a coin: saved failure saved/coin-seed-7.toml

- `s/coin.toml:4`: the regression saved/coin-seed-7.toml fails: lost

```text
onceproof replay saved/coin-seed-7.toml
```

### s/bad.toml

- `s/bad.toml:2`: unknown key \\`nonsense\\`

```text
onceproof check s/bad.toml
```
";
        assert_eq!(cases_markdown(&TestCases { command: "test", cases }), expected);
    }

    #[test]
    fn no_text_of_a_file_is_markdown() {
        let text = cases_markdown(&TestCases { command: "test", cases: vec![hostile()] });
        assert!(
            text.contains("\n- `s/a,line=1:%.toml:1`: 100% \\\\u001B\\[31mred\\\\uFFFE<br>"),
            "{text}"
        );
        assert_eq!(plain("a|b <i> `c` *d* [e](f)"), r"a|b &lt;i&gt; \`c\` \*d\* \[e\](f)");
        assert_eq!(code("a|b"), "`a|b`");
        assert_eq!(code("a `b` c"), "``a `b` c``");
        assert_eq!(code("`b`"), "`` `b` ``");
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_counted_and_what_failed_stays_longest() {
        let cases = vec![passing(), failing(), passing()];
        let found = TestCases { command: "test", cases };
        let check = |most: usize, has: [&str; 2], has_not: &[&str], missing: &str| {
            let text = cases_summary(&found, most);
            assert!(has.iter().all(|part| text.contains(part)), "{most}: {text}");
            assert!(!has_not.iter().any(|part| text.contains(part)), "{most}: {text}");
            assert!(text.ends_with(missing), "{most}: {text}");
            assert!(text.len() <= most + 80 || most == 0, "{most}: {}", text.len());
        };
        let whole = cases_markdown(&found);
        assert_eq!(cases_summary(&found, whole.len()), whole);
        let missing =
            |count| format!("\n{count} left out in full or in part: there is no more room\n");
        let (row, section) = ["**FAIL** | a coin", "### a coin"].into();
        check(whole.len() - 1, [row, section], &[], &missing("1 case"));
        check(whole.len() - 150, [row, section], &["ok | fine"], &missing("2 cases"));
        check(400, [row, row], &["ok | fine", section], &missing("3 cases"));
        check(0, ["2 passed, 1 failed"; 2], &["ok |", row], &missing("3 cases"));
    }
}
