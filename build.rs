//! Hashes the sources that a verdict depends on, so that a certificate names the very build that it is by: of two
//! builds of one version, one may have a mended judgement.

use std::fs;
use std::path::{Path, PathBuf};

/// The crates of the workspace, from the folder of this one.
const SOURCES: [&str; 5] = ["src", "systems/src", "sim/src", "model/src", "kernel/src"];

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in SOURCES {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root.join(folder), &mut files);
    }
    // By their names within the workspace, which are the same wherever it lies.
    let mut named: Vec<(String, PathBuf)> =
        files.into_iter().map(|file| (name(&file, &root), file)).collect();
    named.sort();
    let mut hash = Fnv::default();
    for (name, file) in named {
        let text = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        hash.add(name.as_bytes());
        hash.add(&text);
    }
    println!("cargo::rustc-env=ONCEPROOF_SOURCES={:016x}", hash.0);
}

/// A folder of another crate is not there where this one comes alone; its version is then all that is known of it.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn name(file: &Path, root: &Path) -> String {
    let parts = file.strip_prefix(root).unwrap_or(file).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// FNV-1a of 64 bits: short enough to stand here, where no crate can be asked.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds some bytes and an end. Line ends are the same on every system.
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes.iter().filter(|&&byte| byte != b'\r').chain(&[0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
