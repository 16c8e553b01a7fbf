//! Test cases: `--format junit`, `github` and `markdown`, and the summary of a step.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Finished, Folder, LOST_ACK, NO_DEDUP, scenario};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::fs;

/// An element of a file of JUnit.
struct Element {
    name: &'static str,
    /// The attributes that it needs.
    needed: &'static [&'static str],
    /// Those that it may have beside them.
    more: &'static [&'static str],
    /// The elements that may stand in it.
    elements: &'static [&'static str],
}

/// The elements as the schema of Jenkins' xUnit plugin (junit-10) has them, of those that may be written here.
const ELEMENTS: [Element; 6] = [
    Element {
        name: "testsuites",
        needed: &[],
        more: &["name", "time", "tests", "failures", "errors"],
        elements: &["testsuite"],
    },
    Element {
        name: "testsuite",
        needed: &["name", "tests", "failures", "errors"],
        more: &[
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        ],
        elements: &["testsuite", "properties", "testcase", "system-out", "system-err"],
    },
    Element {
        name: "testcase",
        needed: &["name"],
        more: &["time", "classname", "group"],
        elements: &["skipped", "error", "failure", "system-out", "system-err"],
    },
    Element { name: "failure", needed: &[], more: &["type", "message"], elements: &[] },
    Element { name: "error", needed: &[], more: &["type", "message"], elements: &[] },
    Element { name: "system-out", needed: &[], more: &[], elements: &[] },
];

/// Reads a file of JUnit as the schema has it, and returns how many of each element there are.
pub fn read_junit(text: &str) -> Result<BTreeMap<String, u64>, String> {
    let mut reader = Reader::from_str(text);
    let (mut open, mut counts): (Vec<String>, _) = (Vec::new(), BTreeMap::new());
    let mut declared: BTreeMap<&str, u64> = BTreeMap::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Decl(_) => {}
            event @ (Event::Start(_) | Event::Empty(_)) => {
                let is_open = matches!(event, Event::Start(_));
                let (Event::Start(element) | Event::Empty(element)) = event else { continue };
                let name = element.name().as_ref().to_owned();
                let attributes = allowed(open.last().map(String::as_str), &name, &element)?;
                if name == "testsuite" {
                    for count in ["tests", "failures", "errors"] {
                        let number: u64 = attributes[count].parse().expect("a number");
                        *declared.entry(count).or_default() += number;
                    }
                }
                *counts.entry(name.clone()).or_default() += 1;
                if is_open {
                    open.push(name);
                }
            }
            Event::End(_) => _ = open.pop(),
            Event::Text(text) => {
                let within = open.last().map(String::as_str).unwrap_or_default();
                if !text.trim().is_empty()
                    && ["", "testsuites", "testsuite", "testcase"].contains(&within)
                {
                    return Err(format!("{text:?} in {within:?}"));
                }
            }
            Event::GeneralRef(_) => {}
            Event::Eof if open.is_empty() => break,
            other => return Err(format!("{other:?}")),
        }
    }
    let found = |name: &str| counts.get(name).copied().unwrap_or(0);
    let told = [found("testcase"), found("failure"), found("error")];
    let said =
        ["tests", "failures", "errors"].map(|count| declared.get(count).copied().unwrap_or(0));
    if told == said { Ok(counts) } else { Err(format!("{told:?} cases, and it says {said:?}")) }
}

/// The attributes of an element that may stand there.
fn allowed(
    within: Option<&str>,
    name: &str,
    element: &BytesStart<'_>,
) -> Result<BTreeMap<String, String>, String> {
    let row = |name: &str| ELEMENTS.iter().find(|row| row.name == name);
    let Element { needed, more, .. } = row(name).ok_or_else(|| format!("there is no {name}"))?;
    let may_stand = match within {
        None => name == "testsuites",
        Some(within) => row(within).is_some_and(|row| row.elements.contains(&name)),
    };
    if !may_stand {
        return Err(format!("{name} in {within:?}"));
    }
    let mut attributes = BTreeMap::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.as_ref().to_owned();
        if !needed.contains(&key.as_str()) && !more.contains(&key.as_str()) {
            return Err(format!("{name} has no {key}"));
        }
        attributes.insert(key, attribute.value.into_owned());
    }
    match needed.iter().find(|&&key| !attributes.contains_key(key)) {
        Some(missing) => Err(format!("{name} without {missing}")),
        None => Ok(attributes),
    }
}

/// A folder with a scenario of each sort, and a saved failure that fails again.
fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    let bad = scenario("bad", EXACTLY_ONCE, &[LOST_ACK]);
    folder.write("s/bad.toml", bad.replace("claim = ", "expects = true\nclaim = "));
    folder.write("s/canary.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    folder.write("s/fine.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("s/hopeful.toml", scenario("hopeful", EXACTLY_ONCE, &[LOST_ACK, NO_DEDUP]));
    let saved = scenario("hopeful", DUPLICATED, &[LOST_ACK, NO_DEDUP]);
    folder.write("onceproof-regressions/hopeful.toml", saved);
    folder
}

/// All commands that have cases, with what they end with in that folder.
const COMMANDS: [(&[&str], i32); 5] = [
    (&["test", "s"], 2),
    (&["check", "s"], 2),
    (&["sweep", "s", "--seeds", "0..2"], 2),
    (&["sweep", "s/hopeful.toml", "s/fine.toml", "--seeds", "0..2"], 1),
    (&["exhaust", "s/hopeful.toml", "--faults", "1", "--kinds", "drop-ack", "--out", "found"], 1),
];

fn in_format(folder: &Folder, arguments: &[&str], format: &str) -> Finished {
    folder.onceproof(&[arguments, &["--format", format]].concat())
}

#[test]
fn every_command_with_cases_ends_as_with_text_and_says_the_same_twice() {
    let folder = folder("cases-ends");
    for (arguments, code) in COMMANDS {
        folder.onceproof(arguments).ends(code);
        for format in ["junit", "github", "markdown"] {
            let first = in_format(&folder, arguments, format).ends(code);
            let again = in_format(&folder, arguments, format).ends(code);
            assert_eq!(first.stdout, again.stdout);
            assert!(!first.stdout.contains('\u{1b}'), "{first:?}");
            let one =
                folder.onceproof(&[arguments, &["--format", format, "--color", "always"]].concat());
            assert_eq!(one.stdout, first.stdout);
        }
    }
}

#[test]
fn junit_is_as_the_schema_of_jenkins_has_it() {
    let folder = folder("cases-junit");
    for (arguments, code) in COMMANDS {
        let text = in_format(&folder, arguments, "junit").ends(code).stdout;
        let counts =
            read_junit(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{text}"));
        assert!(counts["testcase"] > 0, "{text}");
        assert!(counts.contains_key("failure") || counts.contains_key("error"), "{text}");
    }
    let good = in_format(&folder, &["test", "s/fine.toml"], "junit").ends(0).stdout;
    assert!(!read_junit(&good).expect("JUnit").contains_key("failure"), "{good}");
    // The reader sees what is no such file.
    for (from, to) in [
        ("<testcase ", "<testcase file=\"a\" "),
        ("<testcase ", "<case "),
        ("name=\"a lost ack\"", ""),
        ("tests=\"1\"", "tests=\"2\""),
        ("</testsuites>", ""),
        ("<testcase ", "text<testcase "),
        ("<testcase ", "<testsuites/><testcase "),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{from}");
        assert!(read_junit(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_failing_case_carries_the_verdict_the_smallest_schedule_and_the_command_that_shows_it() {
    let folder = folder("cases-failing");
    let test = in_format(&folder, &["test", "s"], "junit").ends(2);
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="onceproof test" tests="5" failures="2" errors="1">
  <testsuite name="s/bad.toml" tests="1" failures="0" errors="1" file="s/bad.toml">
    <testcase classname="s.bad" name="s/bad.toml">
      <error type="bad scenario" message="unknown key `expects`: did you mean `expect`?">s/bad.toml:3: unknown key `expects`: did you mean `expect`?
onceproof check s/bad.toml</error>
    </testcase>
  </testsuite>
  <testsuite name="s/canary.toml" tests="1" failures="0" errors="0" file="s/canary.toml">
    <testcase classname="s.canary" name="no dedup"/>
  </testsuite>
  <testsuite name="s/fine.toml" tests="1" failures="0" errors="0" file="s/fine.toml">
    <testcase classname="s.fine" name="a lost ack"/>
  </testsuite>
  <testsuite name="s/hopeful.toml" tests="2" failures="2" errors="0" file="s/hopeful.toml">
    <testcase classname="s.hopeful" name="hopeful">
      <failure type="duplicated" message="expected exactly-once, found duplicated">s/hopeful.toml:4: expected exactly-once, found duplicated
1 fault that it takes:
  the ack of events/0#1 from events to per-user, attempt 1, was lost
onceproof run s/hopeful.toml</failure>
    </testcase>
    <testcase classname="s.hopeful" name="saved failure onceproof-regressions/hopeful.toml">
      <failure type="duplicated" message="the regression onceproof-regressions/hopeful.toml fails: duplicated">s/hopeful.toml:4: the regression onceproof-regressions/hopeful.toml fails: duplicated
1 fault that it takes:
  the ack of events/0#1 from events to per-user, attempt 1, was lost
onceproof replay onceproof-regressions/hopeful.toml</failure>
    </testcase>
  </testsuite>
</testsuites>
"#;
    assert_eq!(test.stdout, expected);
    // Of drawn faults, the smallest set of the first seed that fails.
    let odds = "\n[faults]\ndrop-ack = \"1/2\"\n";
    folder.write("lossy.toml", scenario("lossy", EXACTLY_ONCE, &[odds, NO_DEDUP]));
    let lossy = in_format(&folder, &["test", "lossy.toml"], "github").ends(1);
    let seed = lossy.stdout.split_once("first failing seed: ").expect("a seed").1;
    let (seed, rest) = seed.split_once("%0A").expect("more");
    assert!(rest.starts_with("1 fault that it takes:%0A  the ack of "), "{lossy:?}");
    let replay = format!("%0Aonceproof run lossy.toml --seed {seed}\n0 passed, 1 failed\n");
    assert!(rest.ends_with(&replay), "{lossy:?}");
    folder.onceproof(&["run", "lossy.toml", "--seed", seed]).ends(1);
}

#[test]
fn an_annotation_stands_at_the_line_that_states_what_does_not_hold() {
    let folder = Folder::new("cases-lines");
    let table =
        "\n[expect]\nexact = 3\nlost = 0\n\n[expect.results]\nper-user = { ann = 2, bob = 2 }\n";
    let text = scenario("stated", EXACTLY_ONCE, &[LOST_ACK, table]);
    let text = text.replace("expect = \"exactly-once\"\n", "").replace("exact = 3", "exact = 2");
    folder.write("a.toml", &text);
    let line = |start: &str| text.lines().position(|l| l.starts_with(start)).expect("a line") + 1;
    let test = in_format(&folder, &["test", "a.toml"], "github").ends(1);
    let (exact, results) = (line("exact = 2"), line("per-user = "));
    let expected = format!(
        "::error file=a.toml,line={exact},title=stated::exact: expected 2, found 3%0Aonceproof run a.toml\n\
         ::error file=a.toml,line={results},title=stated::bob at per-user: expected 2, found 1\n\
         0 passed, 1 failed\n"
    );
    assert_eq!(test.stdout, expected);
    assert_eq!(test.stderr, "");
    // An exact fault stands where it does, a key that there is not at its column.
    folder.write("b.toml", scenario("never", EXACTLY_ONCE, &[super::folder::NEVER]));
    let never = in_format(&folder, &["test", "b.toml"], "github").ends(1).stdout;
    let fault = scenario("never", EXACTLY_ONCE, &[]).lines().count() + 2;
    assert!(
        never.starts_with(&format!("::error file=b.toml,line={fault},title=never::an exact")),
        "{never}"
    );
    let bad = scenario("c", EXACTLY_ONCE, &[]).replace("expect = ", "clame = 2\nexpect = ");
    folder.write("c.toml", bad);
    let check = in_format(&folder, &["check", "c.toml"], "github").ends(2).stdout;
    assert!(
        check.starts_with("::error file=c.toml,line=4,col=1,title=c.toml::unknown key"),
        "{check}"
    );
    // What is only to be looked at fails nothing.
    let slow =
        "\n[mechanism]\nretry = { timeout = \"15m\", max = \"15m\" }\n\n[until]\ndrain = \"1m\"\n";
    folder.write("d.toml", scenario("short", EXACTLY_ONCE, &[slow]));
    let check = in_format(&folder, &["check", "d.toml"], "github").ends(0).stdout;
    assert!(check.starts_with("::warning file=d.toml,line="), "{check}");
    assert!(check.ends_with("\n1 passed, 0 failed\n"), "{check}");
    let none = in_format(&folder, &["check", "none.toml"], "github").ends(6);
    assert_eq!(none.stdout, "");
}

#[test]
fn a_stale_saved_failure_is_shown_at_the_fault_that_finds_no_place() {
    let folder = Folder::new("cases-stale");
    folder.write("a.toml", scenario("fine", EXACTLY_ONCE, &[LOST_ACK]));
    let saved = scenario("fine", DUPLICATED, &[super::folder::NEVER]);
    folder.write("onceproof-regressions/fine.toml", &saved);
    let line = saved.lines().position(|line| line == "[[fault]]").expect("a fault") + 1;
    let test = in_format(&folder, &["test", "a.toml"], "github").ends(1).stdout;
    let expected = format!(
        "::error file=onceproof-regressions/fine.toml,line={line},title=fine%3A saved failure \
         onceproof-regressions/fine.toml::the regression onceproof-regressions/fine.toml is stale"
    );
    assert!(test.starts_with(&expected), "{test}");
    assert!(test.ends_with("1 passed, 1 failed\n"), "{test}");
}

/// A command on GitHub, where summaries go to this file.
fn on_github(folder: &Folder, arguments: &[&str], summary: &str) -> Finished {
    let mut command = folder.command(&[arguments, &["--format", "github"]].concat());
    command.env("GITHUB_STEP_SUMMARY", summary).env("GITHUB_WORKSPACE", folder.path());
    Finished::of(command.output().expect("a start"))
}

#[test]
fn the_summary_of_a_step_is_appended_where_the_runner_says() {
    let folder = folder("cases-summary");
    let fine = in_format(&folder, &["test", "s/fine.toml"], "markdown").ends(0).stdout;
    let canary = in_format(&folder, &["check", "s/canary.toml"], "markdown").ends(0).stdout;
    on_github(&folder, &["test", "s/fine.toml"], "summary.md").ends(0);
    on_github(&folder, &["check", "s/canary.toml"], "summary.md").ends(0);
    let summary = fs::read_to_string(folder.path().join("summary.md")).expect("a summary");
    assert_eq!(summary, format!("{fine}\n{canary}"));
    // No other format writes it, and without the variable nobody does.
    for format in ["text", "json", "junit", "markdown"] {
        let mut command = folder.command(&["test", "s/fine.toml", "--format", format]);
        command.env("GITHUB_STEP_SUMMARY", "other.md");
        Finished::of(command.output().expect("a start")).ends(0);
    }
    on_github(&folder, &["test", "s/fine.toml"], "").ends(0);
    assert!(!folder.path().join("other.md").exists());
    let missing = on_github(&folder, &["test", "s/fine.toml"], "none/summary.md").ends(6);
    let said = "none/summary.md: the summary that $GITHUB_STEP_SUMMARY asks for: No such file";
    assert!(missing.stderr.replace('\n', " ").contains(said), "{missing:?}");
    assert!(missing.stdout.ends_with("1 passed, 0 failed\n"), "{missing:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_summary_that_finds_no_room_is_an_error() {
    let folder = folder("cases-full");
    let full = on_github(&folder, &["test", "s/fine.toml"], "/dev/full").ends(6);
    let said = "/dev/full: the summary that $GITHUB_STEP_SUMMARY asks for: No space left";
    assert!(full.stderr.replace('\n', " ").contains(said), "{full:?}");
}

#[test]
fn annotations_name_files_from_the_root_of_the_repository() {
    let folder = folder("cases-root");
    let mut command = folder.command(&["test", "hopeful.toml", "--format", "github"]);
    command.current_dir(folder.path().join("s")).env("GITHUB_WORKSPACE", folder.path());
    let test = Finished::of(command.output().expect("a start")).ends(1);
    assert!(test.stdout.starts_with("::error file=s/hopeful.toml,line=4,"), "{test:?}");
}

#[test]
fn a_command_refuses_the_formats_that_it_has_not_and_says_which_it_has() {
    let folder = folder("cases-refused");
    let check = |arguments: &[&str], formats: &[&str], has: &str| {
        for format in formats {
            let refused = in_format(&folder, arguments, format).ends(2);
            assert_eq!(refused.stdout, "");
            let said =
                format!("--format {format} is not for this command, as it is given: it has {has}");
            assert!(refused.stderr.replace('\n', " ").contains(&said), "{refused:?}");
        }
    };
    let cases = ["markdown", "junit", "github"];
    let two = "text, json";
    check(&["run", "s/fine.toml"], &cases, two);
    check(&["replay", "s/fine.toml"], &cases, two);
    check(&["explain", "s/fine.toml"], &cases, two);
    check(&["shrink", "s/fine.toml"], &cases, two);
    check(&["graph", "s/fine.toml"], &cases, two);
    check(&["schema", "--of", "trace"], &cases, two);
    check(&["schema"], &cases[1..], "text, json, markdown");
    check(&["compare", "s/fine.toml"], &cases[1..], "text, json, markdown");
    check(&["necessity", "s/fine.toml", "--faults", "1"], &cases[1..], "text, json, markdown");
    for text in [&["tour"][..], &["new"], &["completions", "bash"], &["man"]] {
        check(text, &["json", "markdown", "junit", "github"], "text");
    }
    check(&["graph", "s/fine.toml", "--picture", "dot"], &["json", "junit"], "text");
    check(&["explain", "s/fine.toml", "--mermaid"], &["json", "junit"], "text");
}
