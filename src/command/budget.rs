//! How much a long command may take. A budget that is used up ends it as Ctrl-C does: how far it came then hangs on
//! threads, so nothing is certified.

use super::progress::sleep;
use crate::output::complain;
use onceproof::figures::counted;
use onceproof::search::exhaust::Advance;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A budget of time, of runs, or none.
pub struct Budget {
    runs: Option<NonZeroU64>,
    made: AtomicU64,
    spent: Arc<OnceLock<String>>,
}

impl Budget {
    /// The time begins now. When it is over, `cancel` is set, whatever the command is at.
    pub fn begin(
        time: Option<Duration>,
        runs: Option<NonZeroU64>,
        cancel: &Arc<AtomicBool>,
    ) -> Budget {
        let spent = Arc::new(OnceLock::new());
        if let Some(time) = time {
            let (spent, cancel) = (Arc::clone(&spent), Arc::clone(cancel));
            // It ends with the process, if that comes first.
            std::thread::spawn(move || {
                sleep(time);
                spent.get_or_init(|| "the budget of time".to_owned());
                cancel.store(true, Ordering::Relaxed);
            });
        }
        Budget { runs, made: AtomicU64::new(0), spent }
    }

    /// Takes in what a search tells, and sets `cancel` where the runs are spent.
    pub fn tell(&self, told: Advance<'_>, cancel: &AtomicBool) {
        let (Advance::Runs(more), Some(most)) = (told, self.runs) else { return };
        let made = self.made.fetch_add(more, Ordering::Relaxed) + more;
        if made >= most.get() {
            self.spent.get_or_init(|| format!("the budget of {}", counted(most.get(), "run")));
            cancel.store(true, Ordering::Relaxed);
        }
    }

    /// Says on standard error what is used up, if it is.
    pub fn say(&self) {
        if let Some(spent) = self.spent() {
            complain(&format!("{spent} ended it"));
        }
    }

    /// What is used up, in words.
    pub fn spent(&self) -> Option<&str> {
        self.spent.get().map(String::as_str)
    }
}
