//! What the documents say is so: each command in them runs, each scenario in them is read, and each link
//! leads to a file.

use onceproof::scenario::{self, Scenario};
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Class;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_command_of_the_readme_ends_well() {
    let commands = commands(&read("README.md"));
    assert!(commands.len() >= 3, "{commands:?}");
    for command in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_onceproof"))
            .current_dir(root())
            .args(command.split_whitespace())
            .output()
            .expect("the program runs");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "onceproof {command}\n{complaint}");
        assert!(!output.stdout.is_empty(), "onceproof {command} says nothing");
    }
}

#[test]
fn every_scenario_in_a_document_is_read() {
    let mut count = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a text");
        let whole = |block: &String| {
            let is_format = |line: &str| line.split_whitespace().eq(["format", "=", "1"]);
            block.lines().any(is_format)
        };
        for block in blocks(&text, "toml").iter().filter(|block| whole(block)) {
            let path = document.with_extension("toml");
            if let Err(error) = Scenario::parse(block, &path) {
                panic!("a scenario in {}:\n{error}", document.display());
            }
            count += 1;
        }
    }
    assert!(count > 0, "no document has a scenario");
}

#[test]
fn every_link_leads_to_a_file() {
    let mut count = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a text");
        let folder = document.parent().expect("a folder");
        for link in links(&text) {
            let path = link.split('#').next().unwrap_or("");
            assert!(folder.join(path).exists(), "{} links to {link}", document.display());
            count += 1;
        }
    }
    assert!(count > 0, "no document has a link");
}

#[test]
fn the_readme_names_every_mechanism_every_kind_of_fault_and_every_class() {
    let text = read("README.md");
    let schema = scenario::schema();
    let properties = schema.pointer("/$defs/Mechanism/properties").and_then(Value::as_object);
    let mechanisms: BTreeSet<&str> = properties.expect("keys").keys().map(String::as_str).collect();
    let named = first_column(&text, "mechanism");
    assert_eq!(named.len(), mechanisms.len(), "one is named twice: {named:?}");
    assert_eq!(named.iter().map(String::as_str).collect::<BTreeSet<_>>(), mechanisms);

    let classes: BTreeSet<String> =
        Class::ALL.iter().map(|class| class.word().to_owned()).collect();
    assert_eq!(first_column(&text, "class").into_iter().collect::<BTreeSet<_>>(), classes);

    let (_, kinds) = text.split_once("Kinds of faults:").expect("a list of kinds");
    let (kinds, _) = kinds.split_once("\n\n").expect("a list of kinds");
    let named: BTreeSet<String> = in_backticks(kinds).into_iter().collect();
    let kinds: BTreeSet<String> = KindName::ALL.iter().map(|kind| kind.word().to_owned()).collect();
    assert_eq!(named, kinds);
}

#[test]
fn what_is_read_from_a_document_is_what_a_reader_sees() {
    let text = "\
Run [it](a/b.toml), see [there](https://example.org) or [below](#below), ![p](p.png#x).\n\
`[not](a-link)`\n\
```sh\n\
onceproof run a.toml --seed 1     # a comment\n\
$ onceproof no\n\
cargo run -- check scenarios\n\
cargo run --release -- test scenarios\n\
cargo test\n\
```\n\
```toml\n\
# [no](link)\n\
format = 1\n\
```\n\
onceproof run outside\n";
    let expected = ["run a.toml --seed 1", "check scenarios", "test scenarios"];
    assert_eq!(commands(text), expected);
    assert_eq!(blocks(text, "toml"), ["# [no](link)\nformat = 1\n"]);
    assert_eq!(links(text), ["a/b.toml", "p.png#x"]);
    let table = "| a | b |\n|---|---|\n| `c`, `d` | `e` |\n| `f` | g |\n\n| b | a |\n|---|---|\n| `h` | `i` |\n";
    assert_eq!(first_column(table, "a"), ["c", "d", "f"]);
    assert_eq!(first_column(table, "b"), ["h"]);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The documents at the root, beside the scenarios, in `docs/ci` and the chapters of the book, in order.
fn documents() -> Vec<PathBuf> {
    let in_folder = |folder: PathBuf| {
        let entries = fs::read_dir(&folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path())
    };
    let mut documents: Vec<PathBuf> = in_folder(root().to_owned())
        .chain(in_folder(root().join("scenarios")))
        .chain(in_folder(root().join("docs/ci")))
        .chain(in_folder(root().join("docs/src")))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    documents.sort();
    documents
}

/// The blocks of code of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut inside = None;
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), inside) {
            (Some(_), Some(_)) => inside = None,
            (Some(opened), None) => {
                inside = Some(opened.trim() == language);
                if opened.trim() == language {
                    blocks.push(String::new());
                }
            }
            (None, Some(true)) => {
                let block = blocks.last_mut().expect("a block is open");
                block.push_str(line);
                block.push('\n');
            }
            (None, Some(false) | None) => {}
        }
    }
    blocks
}

/// The arguments of every call of the program.
fn commands(text: &str) -> Vec<String> {
    let arguments = |line: &str| {
        let line = line.split(" #").next()?.trim();
        if let Some(arguments) = line.strip_prefix("onceproof ") {
            return Some(arguments.to_owned());
        }
        let (_, arguments) = line.strip_prefix("cargo run ")?.split_once("-- ")?;
        Some(arguments.trim().to_owned())
    };
    blocks(text, "sh").iter().flat_map(|block| block.lines()).filter_map(arguments).collect()
}

/// The words in backticks of the first column of the table whose first head is this one.
fn first_column(text: &str, head: &str) -> Vec<String> {
    let start = format!("| {head} |");
    let rows = text.lines().skip_while(|line| !line.starts_with(&start)).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| in_backticks(row.split('|').nth(1).unwrap_or(""))).collect()
}

fn in_backticks(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The targets of the links that stay in the project, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code {
            continue;
        }
        // Every other piece stands between backticks.
        for prose in line.split('`').step_by(2) {
            for rest in prose.split("](").skip(1) {
                let target = rest.split([')', ' ']).next().unwrap_or("");
                if !target.starts_with('#') && !target.contains("://") {
                    links.push(target.to_owned());
                }
            }
        }
    }
    links
}
