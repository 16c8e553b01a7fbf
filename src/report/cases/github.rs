//! Test cases as workflow commands of GitHub Actions, which the runner shows at the line of the file. Nothing else is
//! printed beside them but a last line of counts: a line of a report that began with two colons would be a command, too.

use super::{Gravity, Problem, TestCase, TestCases};
use crate::printable::{printable, printable_lines};
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

/// Where the command runs, and where the repository begins: annotations name files from there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Workspace {
    /// The current folder.
    pub here: PathBuf,
    /// The folder of the repository; none where it is not known.
    pub root: Option<PathBuf>,
}

impl Workspace {
    /// A file as an annotation names it: from the root of the repository where it is in there.
    fn file(&self, path: &Path) -> String {
        let whole = plain_path(&self.here.join(path));
        let inside = self.root.as_deref().map(plain_path);
        let inside = inside.and_then(|root| whole.strip_prefix(root).ok());
        let path = inside.unwrap_or(path).to_string_lossy();
        path.replace(MAIN_SEPARATOR, "/")
    }
}

/// A path without what leads nowhere. Links are not followed: a file is named as it was given.
fn plain_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The lines.
pub fn github(found: &TestCases, workspace: &Workspace) -> String {
    let lines = found.cases.iter().flat_map(|case| annotations(case, workspace));
    let mut text: String = lines.map(|line| format!("{line}\n")).collect();
    text.push_str(&format!("{}\n", found.in_words()));
    text
}

/// An annotation for each problem. What the case is known by stands at the first that makes it fail.
fn annotations(case: &TestCase, workspace: &Workspace) -> Vec<String> {
    let first = case.problems.iter().position(|problem| problem.gravity > Gravity::Warning);
    let each = case.problems.iter().enumerate().map(|(at, problem)| {
        let mut lines = vec![problem.words.clone()];
        if Some(at) == first {
            lines.extend(case.details());
        }
        annotation(case, problem, &lines.join("\n"), workspace)
    });
    each.collect()
}

fn annotation(case: &TestCase, problem: &Problem, words: &str, workspace: &Workspace) -> String {
    let Problem { gravity, file, line, column, .. } = problem;
    let command = match gravity {
        Gravity::Warning => "warning",
        Gravity::Failure | Gravity::Error => "error",
    };
    let number = |of: &Option<usize>| of.map(|number| number.to_string());
    // Standard input is no file that an annotation could be shown in.
    let file = (file != Path::new("-")).then(|| workspace.file(file));
    let properties = [
        ("file", file),
        ("line", number(line)),
        ("col", number(column)),
        ("title", Some(case.title())),
    ];
    let properties = properties.into_iter().filter_map(|(name, value)| {
        value.map(|value| format!("{name}={}", escaped_property(&printable(&value))))
    });
    let properties: Vec<String> = properties.collect();
    format!("::{command} {}::{}", properties.join(","), escaped(&printable_lines(words)))
}

/// A text as the message of a workflow command.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of one.
fn escaped_property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{bad_file, failing, hostile, passing, saved, warned};
    use super::*;

    fn here(root: Option<&str>) -> Workspace {
        Workspace { here: PathBuf::from("/w/repo/sub"), root: root.map(PathBuf::from) }
    }

    #[test]
    fn each_problem_is_an_annotation_at_its_line() {
        let cases = vec![passing(), failing(), saved(), bad_file(), warned()];
        let expected = "\
::error file=s/coin.toml,line=4,title=a coin::expected exactly-once, found duplicated%0A\
first failing seed: 7%0A1 fault that it takes:%0A  the ack of events/0#1 was lost%0A\
onceproof run s/coin.toml --seed 7
::error file=s/coin.toml,line=9,title=a coin::exact: expected 3, found 2 under seed 7
::error file=s/coin.toml,line=4,title=a coin%3A saved failure saved/coin-seed-7.toml::\
the regression saved/coin-seed-7.toml fails: lost%0Aonceproof replay saved/coin-seed-7.toml
::error file=s/bad.toml,line=2,col=1,title=s/bad.toml::unknown key `nonsense`%0Aonceproof check s/bad.toml
::warning file=s/short.toml,line=12,col=9,title=short::a time to drain that is short
2 passed, 3 failed
";
        assert_eq!(github(&TestCases { command: "test", cases }, &here(None)), expected);
    }

    #[test]
    fn no_text_of_a_file_becomes_a_command_or_a_property() {
        let text = github(&TestCases { command: "test", cases: vec![hostile()] }, &here(None));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        let expected = "::error file=s/a%2Cline=1%3A%25.toml,line=1,title=a%2Cb%3A%3Ac%25\\u001B[31m::\
                        100%25 \\u001B[31mred\\uFFFE%0A::set-env name=A::b";
        assert_eq!(lines[0], expected);
    }

    #[test]
    fn a_file_is_named_from_the_root_of_the_repository() {
        let check = |root: Option<&str>, path: &str, expected: &str| {
            assert_eq!(here(root).file(Path::new(path)), expected);
        };
        check(Some("/w/repo"), "s/a.toml", "sub/s/a.toml");
        check(Some("/w/repo"), "./s/a.toml", "sub/s/a.toml");
        check(Some("/w/repo/"), "../s/a.toml", "s/a.toml");
        check(Some("/w/repo"), "/w/repo/s/a.toml", "s/a.toml");
        check(Some("/w/repo"), "/elsewhere/a.toml", "/elsewhere/a.toml");
        check(None, "s/a.toml", "s/a.toml");
    }
}
