//! What is below all systems names none: no line of code there has a word of one system's protocol. Where the simulator
//! still speaks of Dataflow is listed, and a file that no longer does must leave the list.

use super::common::rust_text::{rust_files, tokens};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Words of one system's protocol.
const WORDS: [&str; 6] = ["watermark", "catalog", "bloom", "barrier", "epoch", "stamp"];

/// Where the simulator hands a worker its inputs, answers what it asks and tells what it decides.
const STILL_DATAFLOW: [&str; 12] = [
    "sim/src/outcome.rs",
    "sim/src/outside/asked.rs",
    "sim/src/outside/told.rs",
    "sim/src/store.rs",
    "sim/src/trace/choose.rs",
    "sim/src/trace/event.rs",
    "sim/src/trace/parts.rs",
    "sim/src/trace/text.rs",
    "sim/src/trace/what.rs",
    "sim/src/world/requests.rs",
    "sim/src/world/tell/messages.rs",
    "sim/src/world/tell/store.rs",
];

#[test]
fn no_line_below_the_systems_has_a_word_of_one_protocol() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["kernel/src", "sim/src"] {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > 70, "only {} files", files.len());
    let mut found: BTreeSet<String> = BTreeSet::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("a text");
        let file = file.strip_prefix(root).expect("a file of this project");
        let file = file.to_string_lossy().replace('\\', "/");
        if !is_test(&file) && !named(&text).is_empty() {
            found.insert(file);
        }
    }
    let listed: BTreeSet<String> = STILL_DATAFLOW.map(str::to_owned).into();
    assert_eq!(found, listed);
}

/// The parts of the simulator that name a module of the model. All others know a layout, an alphabet and the kernel.
const WITH_THE_MODEL: [&str; 8] =
    ["network", "outcome", "outside", "plan", "simulator", "store", "trace", "world"];

#[test]
fn no_other_part_of_the_simulator_names_the_model() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = Vec::new();
    rust_files(&root.join("sim/src"), &mut files);
    let mut found: BTreeSet<String> = BTreeSet::new();
    for file in &files {
        let path = file.strip_prefix(root.join("sim/src")).expect("a file of the simulator");
        let path = path.to_string_lossy().replace('\\', "/");
        let code = fs::read_to_string(file).expect("a text");
        let names_it = tokens(of_code(&code)).iter().any(|token| token == "onceproof_model");
        if names_it && !is_test(&path) {
            let part = path.split(['/', '.']).next().expect("a first part");
            found.insert(part.to_owned());
        }
    }
    assert_eq!(found, WITH_THE_MODEL.map(str::to_owned).into());
}

#[test]
fn words_are_found_in_names_and_not_in_comments_texts_and_tests() {
    let check = |text: &str, expected: &[&str]| assert_eq!(named(text), expected, "{text}");
    check("fn queue_watermark(&self) {}", &["queue_watermark"]);
    check("struct RetryWatermark;", &["RetryWatermark"]);
    check("let t = row.stamp; // a stamp", &["stamp"]);
    check("/// A catalog.\nlet a = \"catalog\";", &[]);
    check("fn f() {}\n#[cfg(test)]\nmod tests { fn bloom() {} }", &[]);
    check("let timestamped = 1; let epochs = 2;", &["epochs"]);
}

/// Whether a file has tests alone.
fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// A text up to its tests.
fn of_code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().expect("a first part")
}

/// The names in the code of a text, up to its tests, that have one of the words.
fn named(text: &str) -> Vec<String> {
    let has_one = |name: &String| parts(name).iter().any(|part| WORDS.contains(&part.as_str()));
    tokens(of_code(text)).into_iter().filter(has_one).collect()
}

/// The words of a name, in small letters and the singular.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            parts.push(String::new());
        }
        if letter != '_' {
            let last = parts.last_mut().expect("a part");
            last.extend(letter.to_lowercase());
        }
    }
    parts.iter().map(|part| part.trim_end_matches('s').to_owned()).collect()
}
