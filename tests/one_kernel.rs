//! What is below all systems names none: no line of code there has a word of one system's protocol, and neither crate
//! depends on that of the models.

use super::common::rust_text::{before_tests, is_test, rust_files, tokens};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Words of one system's protocol.
const WORDS: [&str; 6] = ["watermark", "catalog", "bloom", "barrier", "epoch", "stamp"];

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
    assert_eq!(found, BTreeSet::new());
}

#[test]
fn neither_the_kernel_nor_the_simulator_depends_on_a_model() {
    for (name, allowed) in [("kernel", &[][..]), ("sim", &["onceproof-kernel"])] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name).join("Cargo.toml");
        let text = fs::read_to_string(path).expect("a manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        let own = |name: &&String| name.starts_with("onceproof");
        let dependencies = manifest["dependencies"].as_table().expect("a table");
        assert_eq!(dependencies.keys().filter(own).collect::<Vec<_>>(), allowed, "{name}");
    }
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

/// The names in the code of a text, up to its tests, that have one of the words.
fn named(text: &str) -> Vec<String> {
    let has_one = |name: &String| parts(name).iter().any(|part| WORDS.contains(&part.as_str()));
    tokens(before_tests(text)).into_iter().filter(has_one).collect()
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
