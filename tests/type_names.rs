//! A name of a type has one meaning below the program: no public name is given twice in its crates.

use super::common::rust_text::{before_tests, is_test, rust_files, tokens};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates below the program, and the least number of names in them all.
const CRATES: [&str; 4] = ["kernel", "model", "sim", "systems"];
const LEAST: usize = 250;

/// Names that are given twice and yet have one meaning, in the order of the alphabet, and why.
const EXCEPTIONS: [(&str, &str); 15] = [
    ("Change", "what changes the rows of a system, in each its own"),
    ("Context", "that of the kernel, for the dataflow"),
    ("Design", "that of a system is one of the designs of all"),
    ("Effect", "that of the kernel, for the dataflow"),
    ("Effects", "those of the kernel, for the dataflow"),
    ("Env", "that of the kernel, with the questions of the dataflow"),
    ("Input", "that of the kernel, for the dataflow"),
    ("Record", "what travels in a system, in each its own"),
    ("Replied", "that of the kernel, for the dataflow"),
    ("Reply", "that of the kernel, for the dataflow"),
    ("Request", "that of the kernel, for the dataflow"),
    ("Rows", "that of the kernel, for each system"),
    ("Settings", "those of a system, in each its own"),
    ("Story", "what the processes of a system tell, in each its own"),
    ("Timer", "what the processes of a system wait for, in each its own"),
];

#[test]
fn no_public_type_has_the_name_of_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in CRATES {
        let mut files: Vec<PathBuf> = Vec::new();
        rust_files(&root.join(name).join("src"), &mut files);
        for file in files {
            let text = fs::read_to_string(&file).expect("a text");
            let file = file.strip_prefix(root).expect("a file of this project");
            let file = file.to_string_lossy().replace('\\', "/");
            if !is_test(&file) {
                for name in public_types(&text) {
                    places.entry(name).or_default().push(file.clone());
                }
            }
        }
    }
    assert!(places.len() > LEAST, "only {} names", places.len());
    places.retain(|_, files| files.len() > 1);
    let found: Vec<&str> = places.keys().map(String::as_str).collect();
    assert_eq!(found, EXCEPTIONS.map(|(name, _)| name), "{places:#?}");
}

#[test]
fn public_types_are_found_by_their_names() {
    let check = |text: &str, expected: &[&str]| assert_eq!(public_types(text), expected, "{text}");
    check("pub struct A; pub enum B {} pub trait C {} pub type D = A;", &["A", "B", "C", "D"]);
    check("pub(crate) struct A; pub(in crate::b) enum B {}", &["A", "B"]);
    check("struct A; impl S for A { type B = A; }", &[]);
    check("pub fn a() {} pub use b::C; pub struct D { pub e: F }", &["D"]);
    check("// pub struct A;\nconst B: &str = \"pub struct C;\";", &[]);
    check("pub struct A;\n#[cfg(test)]\nmod tests { pub struct B; }", &["A"]);
}

/// The names of the types of a text that are seen outside its module, up to its tests.
fn public_types(text: &str) -> Vec<String> {
    let tokens = tokens(before_tests(text));
    let mut names = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| *token == "pub") {
        let mut rest = &tokens[at + 1..];
        if rest.first().is_some_and(|token| token == "(") {
            let end = rest.iter().position(|token| token == ")").expect("a parenthesis");
            rest = &rest[end + 1..];
        }
        if let [kind, name, ..] = rest
            && ["struct", "enum", "trait", "type"].contains(&kind.as_str())
        {
            names.push(name.clone());
        }
    }
    names
}
