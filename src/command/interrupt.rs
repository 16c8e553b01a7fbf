//! Ctrl-C: the first asks a long command to end soon and to report what it has; a second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that Ctrl-C sets. Where the system has no such thing, Ctrl-C ends the process as ever.
pub fn cancelled_by_interrupt() -> Arc<AtomicBool> {
    /// The exit code of a process that Ctrl-C has ended.
    const INTERRUPTED: i32 = 130;
    let cancel = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&cancel);
    let _ = ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    });
    cancel
}
