//! Ctrl-C, and any other signal that asks a process to end: the first asks a long command to end soon and to report what
//! it has; a second ends the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// A flag that Ctrl-C sets, and so do SIGTERM and SIGHUP. Where the system has no such thing, Ctrl-C ends the process as ever.
pub fn cancelled_by_interrupt() -> Arc<AtomicBool> {
    /// The exit code of a process that Ctrl-C has ended.
    const INTERRUPTED: i32 = 130;
    /// One for the process: what begins after it was set ends soon, too.
    static CANCEL: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let cancel = CANCEL.get_or_init(|| {
        let cancel = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&cancel);
        let _ = ctrlc::set_handler(move || {
            if set.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED);
            }
        });
        cancel
    });
    Arc::clone(cancel)
}
