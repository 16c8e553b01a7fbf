//! Does what the chapters of the book say that are about tests in Rust: their files become crates, and `cargo` runs their
//! commands. `cargo test` in this folder checks them, and with `ONCEPROOF_BOOK=overwrite` writes what is printed now.
//!
//! The other chapters are done by the tests of the project itself (`tests/book.rs`).
