//! What the book shows is so: each chapter is done as a reader does it, in a folder of its own, with the scenarios of the
//! project beside it. `ONCEPROOF_BOOK=overwrite cargo test --test all book::` writes what is printed now into the chapters.
//! Those whose commands are `cargo`'s are done in `docs/rust`.

mod chapter;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> PathBuf {
    root().join("docs/src")
}

/// A test for each chapter.
macro_rules! chapters {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let chapter = sources().join(concat!(stringify!($name), ".md"));
                chapter::check(&chapter, |folder| symlink(root().join("scenarios"), folder.join("scenarios")));
            }
        )*

        const CHAPTERS: &[&str] = &[$(concat!(stringify!($name), ".md")),*];
    };
}

chapters!(start chapter compare failure modelling search);

/// The names of the chapters that the table of contents has, in its order.
fn contents() -> Vec<String> {
    let contents = fs::read_to_string(sources().join("SUMMARY.md")).expect("a table of contents");
    let links = contents.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links.map(str::to_owned).collect()
}

#[test]
fn every_chapter_stands_in_the_contents_once() {
    let entries = fs::read_dir(sources()).expect("a folder");
    let names =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let files: BTreeSet<String> = names.filter(|name| name != "SUMMARY.md").collect();
    let contents = contents();
    assert_eq!(contents.iter().cloned().collect::<BTreeSet<_>>(), files);
    assert_eq!(contents.len(), files.len(), "one stands there twice: {contents:?}");
}

#[test]
fn every_chapter_with_a_command_is_done() {
    for name in contents() {
        let chapter = fs::read_to_string(sources().join(&name)).expect("a chapter");
        if chapter.contains("```console") && !CHAPTERS.contains(&name.as_str()) {
            let tests = fs::read_to_string(root().join("docs/rust/tests/chapters.rs"));
            let is_done = tests.expect("the tests in Rust").contains(&format!("\"{name}\""));
            assert!(is_done, "{name} has commands, and no test runs them");
        }
    }
}

#[test]
fn the_reference_is_that_of_the_program() {
    let arguments = ["schema", "--format", "markdown"];
    let output = Command::new(env!("CARGO_BIN_EXE_onceproof")).args(arguments).output();
    let is = String::from_utf8(output.expect("the program starts").stdout).expect("UTF-8");
    let path = sources().join("reference.md");
    let shown = fs::read_to_string(&path).expect("the reference");
    chapter::compare(&path, &shown, &is);
}
