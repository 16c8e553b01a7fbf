//! The kinds of faults, the classes of violations and the mechanisms stand in one table each. No other list of them is
//! kept by hand: whatever asks something of each asks its row. Only the answers go through all kinds, since they decide
//! what becomes of a moment, and the ledger through all classes, since it knows what may do one without any fault.

use super::common::rust_text::{before_tests, is_test, rust_files, tokens};
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Class;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn nothing_but_the_table_and_the_answers_names_the_kinds_of_faults_one_by_one() {
    let lists = ["sim/src/answers/mod.rs", "sim/src/fault/kind/table.rs"];
    assert_eq!(files_that_name(kinds, KindName::ALL.len()), lists);
}

#[test]
fn nothing_but_the_ledger_names_the_classes_of_violations_one_by_one() {
    assert_eq!(files_that_name(classes, Class::ALL.len()), ["sim/src/ledger/verdict.rs"]);
}

#[test]
fn nothing_outside_the_model_names_the_mechanisms_one_by_one() {
    let lists = files_that_name(mechanisms, Mechanism::table().len());
    assert!(lists.is_empty(), "{lists:?}");
}

#[test]
fn kinds_and_classes_are_found_by_their_names() {
    let check = |text: &str, expected: &[&str]| {
        assert_eq!([kinds(text), classes(text)].concat(), expected, "{text}");
    };
    check("Kind::Move | Kind::DropAck => KindName::Crash", &["DropAck", "Crash", "Move"]);
    check("Kind::Pause { lasts } => Kind::Pause { lasts }", &["Pause"]);
    check("StepKind::Map(_) => Kind::Source", &[]);
    check("// Kind::Move\nlet word = \"Kind::Move\";", &[]);
    check("Kind::Move;\n#[cfg(test)]\nmod tests { Kind::Crash }", &["Move"]);
    check("Class::Lost | outcome::Class::Torn | Kind::Stale", &["Lost", "Torn"]);
    let text = "all.give_up = 1; // ack\nlet ids = \"gc\"; in_flight()";
    assert_eq!(mechanisms(text), ["give_up", "ids", "in_flight"]);
}

/// The files in which more than three quarters of all names stand, in order.
fn files_that_name(named: fn(&str) -> Vec<String>, all: usize) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["src", "sim/src", "systems/src"] {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > 200, "only {} files", files.len());
    let mut found: BTreeSet<String> = BTreeSet::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("a text");
        let file = file.strip_prefix(root).expect("a file of this project");
        let file = file.to_string_lossy().replace('\\', "/");
        if !is_test(&file) && named(&text).len() * 4 > all * 3 {
            found.insert(file);
        }
    }
    found.into_iter().collect()
}

/// The kinds that a text names outside of its tests, in the order of their table.
fn kinds(text: &str) -> Vec<String> {
    named(text, &["Kind", "KindName"], &KindName::ALL)
}

/// The classes that it names.
fn classes(text: &str) -> Vec<String> {
    named(text, &["Class"], &Class::ALL)
}

/// The fields of mechanisms that it names.
fn mechanisms(text: &str) -> Vec<String> {
    let tokens = tokens(before_tests(text));
    let fields = Mechanism::table().iter().map(|row| row.key().replace('-', "_"));
    fields.filter(|field| tokens.contains(field)).collect()
}

fn named(text: &str, types: &[&str], all: &[impl Debug]) -> Vec<String> {
    let tokens = tokens(before_tests(text));
    let is_named = |name: &String| {
        let named =
            |at: &[String]| types.contains(&at[0].as_str()) && at[1] == "::" && at[2] == *name;
        tokens.windows(3).any(named)
    };
    all.iter().map(|one| format!("{one:?}")).filter(is_named).collect()
}
