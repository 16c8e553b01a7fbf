//! The chapters of the book whose commands are those of `cargo`, each in a crate of its own.

#[path = "../../../tests/book/chapter.rs"]
mod chapter;

use std::fs;
use std::path::Path;

/// Does what a chapter says in a new crate beside this one's target, which has this checkout for the released version.
#[track_caller]
fn do_chapter(name: &str) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let project = project.canonicalize().expect("the project");
    let settings =
        fs::read_to_string(project.join(".ci/examples.toml")).expect("how examples are built");
    let released = format!("[patch.crates-io]\nonceproof = {{ path = {project:?} }}\n\n");
    chapter::check(&project.join("docs/src").join(name), |folder| {
        fs::create_dir(folder.join(".cargo"))?;
        fs::write(folder.join(".cargo/config.toml"), released + &settings)?;
        // The versions that an example is tested with, which are there.
        fs::copy(project.join("examples/orders/Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(())
    });
}

#[test]
fn functions() {
    do_chapter("functions.md");
}

#[test]
fn protocol() {
    do_chapter("protocol.md");
}
