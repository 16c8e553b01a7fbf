//! The kinds of faults stand in one table. No other list of them is kept by hand: whatever asks something of each kind
//! asks its row. Only the answers go through all kinds, since they decide what becomes of a moment.

use super::common::rust_text::{before_tests, is_test, rust_files, tokens};
use onceproof_sim::fault::KindName;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where nearly all kinds are named, and why.
const LISTS: [(&str, &str); 2] = [
    ("sim/src/answers/mod.rs", "what becomes of a moment at which a fault fires"),
    ("sim/src/fault/kind/table.rs", "the table"),
];

#[test]
fn nothing_but_the_table_and_the_answers_names_the_kinds_of_faults_one_by_one() {
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
        if !is_test(&file) && named(&text).len() * 4 > KindName::ALL.len() * 3 {
            found.insert(file);
        }
    }
    let expected: BTreeSet<String> = LISTS.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(found, expected);
}

#[test]
fn kinds_are_found_by_their_names() {
    let check = |text: &str, expected: &[&str]| {
        let found: Vec<String> = named(text).iter().map(|kind| format!("{kind:?}")).collect();
        assert_eq!(found, expected, "{text}");
    };
    check("Kind::Move | Kind::DropAck => KindName::Crash", &["DropAck", "Crash", "Move"]);
    check("Kind::Pause { lasts } => Kind::Pause { lasts }", &["Pause"]);
    check("StepKind::Map(_) => Kind::Source", &[]);
    check("// Kind::Move\nlet word = \"Kind::Move\";", &[]);
    check("Kind::Move;\n#[cfg(test)]\nmod tests { Kind::Crash }", &["Move"]);
}

/// The kinds that a text names outside of its tests.
fn named(text: &str) -> BTreeSet<KindName> {
    let tokens = tokens(before_tests(text));
    let after = |at: usize| match &tokens[at..] {
        [kind, sign, name, ..] if ["Kind", "KindName"].contains(&kind.as_str()) && sign == "::" => {
            KindName::ALL.into_iter().find(|kind| format!("{kind:?}") == *name)
        }
        _ => None,
    };
    (0..tokens.len()).filter_map(after).collect()
}
