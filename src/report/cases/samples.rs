//! Cases that tests share.

use super::{Gravity, Problem, TestCase};
use std::path::PathBuf;

fn case(name: &str, file: &str) -> TestCase {
    TestCase {
        scenario: PathBuf::from(file),
        saved: None,
        name: name.to_owned(),
        expected: Some("exactly-once".to_owned()),
        found: "exactly-once".to_owned(),
        seeds: None,
        runs: Some(1),
        failing_seed: None,
        faults: Vec::new(),
        replay: Some(format!("onceproof run {file}")),
        problems: Vec::new(),
    }
}

fn problem(gravity: Gravity, file: &str, line: usize, words: &str) -> Problem {
    let (file, words) = (PathBuf::from(file), words.to_owned());
    Problem { gravity, file, line: Some(line), column: None, words }
}

pub fn passing() -> TestCase {
    case("fine", "s/fine.toml")
}

pub fn failing() -> TestCase {
    let file = "s/coin.toml";
    let problem = |line, words| problem(Gravity::Failure, file, line, words);
    TestCase {
        found: "duplicated".to_owned(),
        seeds: Some("0..1000".to_owned()),
        runs: Some(8),
        failing_seed: Some(7),
        faults: vec!["the ack of events/0#1 was lost".to_owned()],
        replay: Some(format!("onceproof run {file} --seed 7")),
        problems: vec![
            problem(4, "expected exactly-once, found duplicated"),
            problem(9, "exact: expected 3, found 2 under seed 7"),
        ],
        ..case("a coin", file)
    }
}

pub fn saved() -> TestCase {
    let (file, saved) = ("s/coin.toml", "saved/coin-seed-7.toml");
    let words = format!("the regression {saved} fails: lost");
    TestCase {
        saved: Some(PathBuf::from(saved)),
        found: "lost".to_owned(),
        replay: Some(format!("onceproof replay {saved}")),
        problems: vec![problem(Gravity::Failure, file, 4, &words)],
        ..case("a coin", file)
    }
}

pub fn bad_file() -> TestCase {
    let file = "s/bad.toml";
    let unknown = problem(Gravity::Error, file, 2, "unknown key `nonsense`");
    TestCase {
        expected: None,
        found: "bad scenario".to_owned(),
        runs: None,
        replay: Some(format!("onceproof check {file}")),
        problems: vec![Problem { column: Some(1), ..unknown }],
        ..case(file, file)
    }
}

pub fn warned() -> TestCase {
    let file = "s/short.toml";
    let short = problem(Gravity::Warning, file, 12, "a time to drain that is short");
    TestCase { problems: vec![Problem { column: Some(9), ..short }], ..case("short", file) }
}

/// One whose texts would be commands, ends of lines, colours, and no characters of XML.
pub fn hostile() -> TestCase {
    let file = "s/a,line=1:%.toml";
    let words = "100% \u{1b}[31mred\u{fffe}\n::set-env name=A::b";
    TestCase {
        replay: None,
        found: "<lost>\u{7}\"&".to_owned(),
        problems: vec![problem(Gravity::Failure, file, 1, words)],
        ..case("a,b::c%\u{1b}[31m", file)
    }
}
