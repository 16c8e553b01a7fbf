//! Test cases as a file of JUnit, as Jenkins, GitLab and others read it. It keeps to what the schema of Jenkins allows:
//! `testsuites`, in it a `testsuite` for each scenario file, in it a `testcase` for the scenario and for each of its saved
//! failures. What is wrong stands in a `failure`, and what could not be found out in an `error`. There is one of both at
//! most, since readers show the first alone.

use super::{Gravity, TestCase, TestCases, shown};
use crate::printable::{printable, printable_lines};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;
use std::path::{Component, Path};

/// A writer into memory.
type Xml = Writer<Vec<u8>>;

/// The file.
pub fn junit(found: &TestCases) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(found, &mut xml).expect("memory takes what is written");
    let mut text = String::from_utf8(xml.into_inner()).expect("texts are written");
    text.push('\n');
    text
}

fn write(found: &TestCases, xml: &mut Xml) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let name = format!("onceproof {}", found.command);
    let all = counts(&found.cases.iter().collect::<Vec<_>>());
    let suites = attributes(&name, &all);
    xml.create_element("testsuites").with_attributes(pairs(&suites)).write_inner_content(
        |xml| {
            // What belongs to one file stands together.
            found.cases.chunk_by(|one, other| one.scenario == other.scenario).try_for_each(
                |cases| {
                    let file = printable(&shown(&cases[0].scenario));
                    let counts = counts(&cases.iter().collect::<Vec<_>>());
                    let suite = attributes(&file, &counts);
                    let suite = pairs(&suite).chain([("file", file.as_str())]);
                    let suite = xml.create_element("testsuite").with_attributes(suite);
                    suite
                        .write_inner_content(|xml| cases.iter().try_for_each(|of| case(of, xml)))?;
                    Ok(())
                },
            )
        },
    )?;
    Ok(())
}

/// How many cases there are, how many fail, and how many could not be found out.
fn counts(cases: &[&TestCase]) -> [String; 3] {
    let of = |gravity| cases.iter().filter(|case| case.failing() == Some(gravity)).count();
    [cases.len(), of(Gravity::Failure), of(Gravity::Error)].map(|count| count.to_string())
}

fn attributes<'a>(name: &'a str, counts: &'a [String; 3]) -> [(&'static str, &'a str); 4] {
    let [tests, failures, errors] = counts;
    [("name", name), ("tests", tests), ("failures", failures), ("errors", errors)]
}

fn pairs<'a>(of: &'a [(&'static str, &'a str)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    of.iter().copied()
}

fn case(case: &TestCase, xml: &mut Xml) -> io::Result<()> {
    let name = match &case.saved {
        Some(saved) => format!("saved failure {}", printable(&shown(saved))),
        None => printable(&case.name),
    };
    let class = class_name(&case.scenario);
    let element = xml.create_element("testcase");
    let element = element.with_attributes([("classname", class.as_str()), ("name", &name)]);
    let element_of_failing = match case.failing() {
        None | Some(Gravity::Warning) => None,
        Some(Gravity::Failure) => Some("failure"),
        Some(Gravity::Error) => Some("error"),
    };
    let warnings = case.problems.iter().filter(|problem| problem.gravity == Gravity::Warning);
    let warnings: Vec<String> = warnings.map(|warning| printable_lines(&warning.words)).collect();
    if element_of_failing.is_none() && warnings.is_empty() {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|xml| {
        if let Some(element) = element_of_failing {
            failing(case, element, xml)?;
        }
        if !warnings.is_empty() {
            let text = warnings.join("\n");
            xml.create_element("system-out").write_text_content(BytesText::new(&text))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn failing(case: &TestCase, element: &str, xml: &mut Xml) -> io::Result<()> {
    let message: Vec<String> = case.wrong().map(|wrong| first_line(&wrong.words)).collect();
    let (message, found) = (message.join("; "), printable(&case.found));
    let mut lines: Vec<String> = Vec::new();
    for wrong in case.wrong() {
        let line = wrong.line.map(|line| format!(":{line}")).unwrap_or_default();
        lines.push(format!("{}{line}: {}", shown(&wrong.file), wrong.words));
    }
    lines.extend(case.details());
    let text = printable_lines(&lines.join("\n"));
    let element = xml.create_element(element);
    let element = element.with_attributes([("type", found.as_str()), ("message", &message)]);
    element.write_text_content(BytesText::new(&text))?;
    Ok(())
}

fn first_line(words: &str) -> String {
    printable(words.lines().next().unwrap_or_default())
}

/// A path as readers group classes: by what stands before the last dot, `scenarios.dedup` of `scenarios.dedup.lost-ack`.
fn class_name(path: &Path) -> String {
    if path == Path::new("-") {
        return shown(path);
    }
    let parts = path.with_extension("");
    let parts = parts.components().filter_map(|part| match part {
        Component::Normal(name) => Some(printable(&name.to_string_lossy())),
        Component::ParentDir => Some("..".to_owned()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    });
    parts.collect::<Vec<String>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{bad_file, failing, hostile, passing, saved};
    use super::*;

    #[test]
    fn each_scenario_and_each_saved_failure_is_a_case_in_the_suite_of_its_file() {
        let cases = vec![passing(), failing(), saved(), bad_file()];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="onceproof test" tests="4" failures="2" errors="1">
  <testsuite name="s/fine.toml" tests="1" failures="0" errors="0" file="s/fine.toml">
    <testcase classname="s.fine" name="fine"/>
  </testsuite>
  <testsuite name="s/coin.toml" tests="2" failures="2" errors="0" file="s/coin.toml">
    <testcase classname="s.coin" name="a coin">
      <failure type="duplicated" message="expected exactly-once, found duplicated; exact: expected 3, found 2 under seed 7">s/coin.toml:4: expected exactly-once, found duplicated
s/coin.toml:9: exact: expected 3, found 2 under seed 7
first failing seed: 7
1 fault that it takes:
  the ack of events/0#1 was lost
onceproof run s/coin.toml --seed 7</failure>
    </testcase>
    <testcase classname="s.coin" name="saved failure saved/coin-seed-7.toml">
      <failure type="lost" message="the regression saved/coin-seed-7.toml fails: lost">s/coin.toml:4: the regression saved/coin-seed-7.toml fails: lost
onceproof replay saved/coin-seed-7.toml</failure>
    </testcase>
  </testsuite>
  <testsuite name="s/bad.toml" tests="1" failures="0" errors="1" file="s/bad.toml">
    <testcase classname="s.bad" name="s/bad.toml">
      <error type="bad scenario" message="unknown key `nonsense`">s/bad.toml:2: unknown key `nonsense`
onceproof check s/bad.toml</error>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(junit(&TestCases { command: "test", cases }), expected);
    }

    #[test]
    fn nothing_that_xml_does_not_allow_gets_into_it() {
        let text = junit(&TestCases { command: "test", cases: vec![hostile()] });
        let is_allowed = |c: char| c == '\n' || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
        assert!(text.chars().all(is_allowed), "{text:?}");
        let mut reader = quick_xml::Reader::from_str(&text);
        reader.config_mut().check_end_names = true;
        while !matches!(reader.read_event().expect("well-formed"), Event::Eof) {}
    }

    #[test]
    fn a_class_is_named_by_the_folders_of_its_file() {
        let check = |path: &str, expected| assert_eq!(class_name(Path::new(path)), expected);
        check("scenarios/dedup/lost-ack.toml", "scenarios.dedup.lost-ack");
        check("./a.toml", "a");
        check("/srv/a.toml", "srv.a");
        check("../a.toml", "...a");
        check("-", "standard input");
    }
}
