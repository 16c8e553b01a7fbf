//! No test is left out: every file of this folder is compiled. Cargo looks for none by itself (`autotests`), so a file
//! is a program that `Cargo.toml` names or a module that the file above it names.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_file_of_tests_is_compiled() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = manifest("");
    let programs: BTreeSet<PathBuf> = tests(&manifest).into_iter().collect();
    let mut files = Vec::new();
    collect(root, Path::new("tests"), &mut files);
    assert!(files.len() > programs.len(), "the tests were found");
    for file in files.iter().filter(|file| !programs.contains(*file)) {
        let above = above(file);
        let text: String =
            above.iter().filter_map(|above| fs::read_to_string(root.join(above)).ok()).collect();
        let named = format!("mod {};", module(file));
        assert!(
            text.lines().any(|line| line == named || line == format!("pub {named}")),
            "{} is compiled nowhere: write `{named}` in {}",
            file.display(),
            above[0].display(),
        );
    }
}

/// The unit tests of a member that does not build them are built here.
#[test]
fn the_unit_tests_of_every_member_are_built() {
    let root = manifest("");
    let built = tests(&root);
    let members = root["workspace"]["members"].as_array().expect("members");
    let members = members.iter().map(|member| member.as_str().expect("a folder"));
    let elsewhere: Vec<&str> = members
        .filter(|member| {
            let library = manifest(member);
            let is_built = library.get("lib").and_then(|library| library.get("test"));
            is_built.is_some_and(|is_built| is_built.as_bool() == Some(false))
        })
        .collect();
    assert!(!elsewhere.is_empty(), "none is built elsewhere");
    for member in elsewhere {
        let library = Path::new(member).join("src/lib.rs");
        assert!(built.contains(&library), "the unit tests of {member} are built nowhere");
    }
}

/// The manifest of a member.
fn manifest(member: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(member).join("Cargo.toml");
    fs::read_to_string(path).expect("a manifest").parse().expect("TOML")
}

/// The files of the programs of tests that a manifest names.
fn tests(manifest: &toml::Table) -> Vec<PathBuf> {
    let file = |test: &toml::Value| match test.get("path") {
        Some(path) => path.as_str().expect("a path").into(),
        None => format!("tests/{}.rs", test["name"].as_str().expect("a name")).into(),
    };
    manifest["test"].as_array().expect("programs").iter().map(file).collect()
}

#[test]
fn the_file_above_a_module_is_where_rust_looks_for_it() {
    let cases: [(&str, &str, &[&str]); 4] = [
        ("tests/laws.rs", "laws", &["tests/all.rs"]),
        ("tests/common/mod.rs", "common", &["tests/all.rs"]),
        ("tests/laws/cases.rs", "cases", &["tests/laws.rs", "tests/laws/mod.rs"]),
        ("tests/laws/files/mod.rs", "files", &["tests/laws.rs", "tests/laws/mod.rs"]),
    ];
    for (file, name, expected) in cases {
        assert_eq!(module(Path::new(file)), name);
        assert_eq!(above(Path::new(file)), expected.iter().map(PathBuf::from).collect::<Vec<_>>());
    }
}

/// The sources in a folder, from the root.
fn collect(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root.join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The path of a module without `.rs` or `/mod.rs`.
fn place(file: &Path) -> PathBuf {
    match file.file_name().is_some_and(|name| name == "mod.rs") {
        true => file.parent().expect("a folder").to_owned(),
        false => file.with_extension(""),
    }
}

/// The name of the module that is in a file.
fn module(file: &Path) -> String {
    place(file).file_name().expect("a name").to_string_lossy().into_owned()
}

/// The files of which one must name the module that is in a file.
fn above(file: &Path) -> Vec<PathBuf> {
    let place = place(file);
    let folder = place.parent().expect("a folder");
    match folder == Path::new("tests") {
        true => vec!["tests/all.rs".into()],
        false => vec![folder.with_extension("rs"), folder.join("mod.rs")],
    }
}
