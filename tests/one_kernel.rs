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
fn no_system_names_another_and_what_they_share_names_none() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("model/src");
    let entries = fs::read_dir(&models).expect("the folder of the models");
    let names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    let is_system = |name: &&String| {
        let text = fs::read_to_string(models.join(name).join("mod.rs"));
        text.is_ok_and(|text| text.contains("impl System for"))
    };
    let systems: Vec<&String> = names.iter().filter(is_system).collect();
    assert!(systems.len() >= 2, "{systems:?} of {names:?}");
    for name in names.iter().filter(|name| *name != "lib.rs") {
        let path = models.join(name);
        let mut files = Vec::new();
        match path.is_dir() {
            true => rust_files(&path, &mut files),
            false => files.push(path),
        }
        for file in files {
            let tokens = tokens(&fs::read_to_string(&file).expect("a text"));
            let mut others = systems.iter().filter(|other| **other != name);
            let found = others.find(|other| tokens.contains(**other));
            assert_eq!(found, None, "{} names another system", file.display());
        }
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
