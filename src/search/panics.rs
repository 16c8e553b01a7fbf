//! A panic in the middle of a run: a user's function, or a protocol of a user's own, has one. It says what went wrong, and
//! not in which run; a search of ten thousand runs is little help without that.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does something, and names the run in any panic of it.
///
/// # Panics
/// As what is done, with the run behind its message.
pub(super) fn naming<T>(run: impl FnOnce() -> String, does: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(does)).unwrap_or_else(|panic| {
        let told = panic.downcast_ref::<String>().map(String::as_str);
        let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
        panic!("{}\nin the run {}", told.unwrap_or("a panic without words"), run())
    })
}
