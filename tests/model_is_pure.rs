//! The systems under test, and the kernel that they share, have no clock, no chance and no IO: they depend on nothing that could do more than
//! keep data, and their text names no part of the standard library that could. What is not on a list here is
//! refused, so a new dependency or a new path is a decision that someone takes and writes down.

use super::common::rust_text::{rust_files, tokens};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a crate may depend on, each with the features that it may have.
type Dependencies = &'static [(&'static str, &'static [&'static str])];

/// The crates that are pure, each with all that it may depend on, without default features, and with which of the
/// others.
const CRATES: &[(&str, Dependencies)] = &[
    ("kernel", &[("hashbrown", &["inline-more"]), ("rustc-hash", &[])]),
    (
        "model",
        &[
            ("hashbrown", &["inline-more"]),
            ("onceproof-kernel", &[]),
            ("rustc-hash", &[]),
            ("slab", &["std"]),
        ],
    ),
];

/// All that they may name of the standard library: data, how to write it as text and how to hash it.
const PATHS: &[&str] = &[
    "std::cmp",
    "std::collections::BTreeMap",
    "std::collections::BTreeSet",
    "std::collections::BinaryHeap",
    "std::collections::VecDeque",
    "std::collections::btree_map",
    "std::error::Error",
    "std::marker::PhantomData",
    "std::fmt",
    "std::hash::Hash",
    "std::hash::Hasher",
    "std::iter",
    "std::mem",
    "std::ops",
    "std::slice",
    "std::sync::Arc",
    "std::vec::IntoIter",
];

/// What they may not name, wherever it comes from.
const WORDS: &[&str] = &[
    "DefaultHashBuilder",
    "DefaultHasher",
    "Instant",
    "RandomState",
    "SystemTime",
    "extern",
    "getrandom",
    "rand",
    "unsafe",
];

/// Macros that they may not call.
const MACROS: &[&str] = &[
    "dbg",
    "env",
    "eprint",
    "eprintln",
    "include",
    "include_bytes",
    "include_str",
    "option_env",
    "print",
    "println",
    "thread_local",
];

#[test]
fn the_model_depends_on_nothing_that_could_do_more_than_keep_data() {
    let shared = manifest("");
    let shared = table(&shared, &["workspace", "dependencies"]).expect("shared dependencies");
    for &(member, dependencies) in CRATES {
        let model = manifest(member);
        let given = table(&model, &["dependencies"]).expect("dependencies");
        let names: Vec<&str> = given.keys().map(String::as_str).collect();
        let allowed: Vec<&str> = dependencies.iter().map(|&(name, _)| name).collect();
        assert_eq!(sorted(&names), allowed, "{member}");
        for &(name, features) in dependencies {
            check_dependency(name, features, &given[name], shared);
        }
        for other in ["build-dependencies", "target", "features"] {
            assert!(!model.contains_key(other), "{member}: {other}");
        }
        assert!(table(&model, &["package"]).expect("a package").get("build").is_none());
        assert!(!root().join(member).join("build.rs").exists());
    }
}

/// A dependency has these features and no others. One of this workspace is judged by its own entry.
fn check_dependency(name: &str, features: &[&str], given: &toml::Value, shared: &toml::Table) {
    if name.starts_with("onceproof-") {
        let is_judged = |member: &&str| CRATES.iter().any(|(judged, _)| judged == member);
        assert!(name.strip_prefix("onceproof-").is_some_and(|member| is_judged(&member)), "{name}");
        return;
    }
    // What the workspace says comes first, and a member may only add to it.
    let places = match given.get("workspace") {
        Some(_) => vec![given, &shared[name]],
        None => vec![given],
    };
    let stated: Vec<&str> = places
        .iter()
        .filter_map(|place| place.get("features")?.as_array())
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect();
    assert_eq!(sorted(&stated), features, "features of {name}");
    let source = places[places.len() - 1];
    assert_eq!(source.get("default-features"), Some(&toml::Value::Boolean(false)), "{name}");
}

#[test]
fn dependencies_point_one_way() {
    let all = |member: &str| -> BTreeSet<String> {
        let manifest = manifest(member);
        let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
        let tables = kinds.iter().filter_map(|&kind| table(&manifest, &[kind]));
        tables.flat_map(|table| table.keys().cloned()).collect()
    };
    let above: [(&str, &[&str]); 3] = [
        ("kernel", &["onceproof", "onceproof-sim", "onceproof-model"]),
        ("model", &["onceproof", "onceproof-sim"]),
        ("sim", &["onceproof"]),
    ];
    for (member, above) in above {
        let dependencies = all(member);
        for &name in above {
            assert!(!dependencies.contains(name), "{member} depends on {name}");
        }
    }
    // The list is not empty because it was read from the wrong place.
    assert!(all("sim").contains("onceproof-model"));
    assert!(all("").contains("onceproof-sim"));
}

#[test]
fn the_text_of_the_model_names_no_clock_no_chance_and_no_io() {
    for &(member, _) in CRATES {
        let mut files = Vec::new();
        rust_files(&root().join(member).join("src"), &mut files);
        assert!(files.len() > 5, "only {} files", files.len());
        let mut paths = BTreeSet::new();
        for file in &files {
            let text = fs::read_to_string(file).expect("a text");
            let found = impurities(&text, &mut paths);
            assert!(found.is_empty(), "{} names {found:?}", file.display());
        }
        // It does use the standard library, so the scanner is not blind to its paths.
        assert!(paths.contains("std::collections::VecDeque"), "{member}: {paths:?}");
    }
}

#[test]
fn the_scanner_finds_each_impurity_in_a_planted_text() {
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(impurities(text, &mut BTreeSet::new()), expected, "{text}");
    };
    check("use std::time::Instant;", &["std::time::Instant"]);
    check("let now = std::time::SystemTime::now();", &["std::time::SystemTime::now"]);
    check("use web_time::Instant;", &["Instant"]);
    check("std::fs::read(path)", &["std::fs::read"]);
    check("use std::{fs, io::{self, Read}};", &["std::fs", "std::io::self", "std::io::Read"]);
    check("use std::net::TcpStream;", &["std::net::TcpStream"]);
    check("std::env::var(name)", &["std::env::var"]);
    check("std::thread::spawn(f)", &["std::thread::spawn"]);
    check("std::process::exit(1)", &["std::process::exit"]);
    check("std :: process :: abort ( )", &["std::process::abort"]);
    check("core::arch::asm!()", &["core::arch::asm"]);
    check("use rand::Rng;", &["rand"]);
    for word in MACROS {
        check(&format!("{word}!(\"text\")"), &[&format!("{word}!")]);
    }
    check("static mut COUNT: u32 = 0;", &["static mut"]);
    check("unsafe { *pointer }", &["unsafe"]);
    check("extern \"C\" { fn time(); }", &["extern"]);
    check(
        "use std::collections::{BTreeMap, HashMap, HashSet};",
        &["std::collections::HashMap", "std::collections::HashSet"],
    );
    check("use std::hash::RandomState;", &["std::hash::RandomState"]);
    check("type State = hashbrown::DefaultHashBuilder;", &["DefaultHashBuilder"]);
    check("use std::cell::Cell;", &["std::cell::Cell"]);
    // Ways around a search for whole paths.
    check("use std as s;", &["std"]);
    check("use std::*;", &["std::*"]);
    check("use std::collections as c;", &["std::collections"]);
    check("let a = \"//\"; unsafe {}", &["unsafe"]);
    check("let a = '\"'; unsafe {} let b = '\"';", &["unsafe"]);
    check("let a = r#\"\"//\"#; unsafe {}", &["unsafe"]);
    check("fn f<'a>(x: &'a str) { unsafe {} }", &["unsafe"]);
    check("/* /* */ */ unsafe {}", &["unsafe"]);
    // What is no code does nothing.
    check("// std::fs and unsafe\nlet a = 1;", &[]);
    check("//! println!(1)\n/* rand /* unsafe */ */", &[]);
    check("let a = \"std::fs \\\" unsafe\"; let b = r\"unsafe\";", &[]);
    check("use std::collections::{BTreeMap, VecDeque}; m.env.read(1); brand", &[]);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn manifest(member: &str) -> toml::Table {
    let path = root().join(member).join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn table<'a>(mut table: &'a toml::Table, path: &[&str]) -> Option<&'a toml::Table> {
    for &key in path {
        table = table.get(key)?.as_table()?;
    }
    Some(table)
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

/// What a text names that the model may not, in order. All paths of the standard library go to `paths`.
fn impurities(text: &str, paths: &mut BTreeSet<String>) -> Vec<String> {
    let tokens = tokens(text);
    let token = |at: usize| tokens.get(at).map_or("", String::as_str);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let word = token(at);
        if ["std", "core", "alloc"].contains(&word) {
            let mut named = Vec::new();
            at = path_tree(&tokens, at, "", &mut named);
            let is_allowed = |path: &str| {
                PATHS.iter().any(|allowed| {
                    path.strip_prefix(allowed)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                })
            };
            found.extend(named.iter().filter(|path| !is_allowed(path)).cloned());
            paths.extend(named);
            continue;
        }
        if WORDS.contains(&word) {
            found.push(word.to_owned());
        } else if MACROS.contains(&word) && token(at + 1) == "!" {
            found.push(format!("{word}!"));
        } else if word == "static" && token(at + 1) == "mut" {
            found.push("static mut".to_owned());
        }
        at += 1;
    }
    found
}

/// The paths of a tree such as `std::{fmt, mem::take}` that begins at a token, each in full; returns where
/// the tree ends.
fn path_tree(tokens: &[String], mut at: usize, prefix: &str, named: &mut Vec<String>) -> usize {
    let mut path = prefix.to_owned();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while at < tokens.len() && tokens[at] != "}" {
                    at = match tokens[at].as_str() {
                        "," => at + 1,
                        _ => path_tree(tokens, at, &path, named),
                    };
                }
                return at + 1;
            }
            Some(segment) if segment == "*" || is_word(segment) => {
                path.push_str(segment);
                at += 1;
            }
            // `collect::<Vec<_>>` and the like: the path ends before it. Progress is made in any case.
            _ => {
                named.push(path.trim_end_matches(':').to_owned());
                return at + 1;
            }
        }
        if tokens.get(at).map(String::as_str) != Some("::") {
            named.push(path);
            // Another name for it is as good as it.
            return if tokens.get(at).map(String::as_str) == Some("as") { at + 2 } else { at };
        }
        path.push_str("::");
        at += 1;
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}
