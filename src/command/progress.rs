//! How far a sweep is, on standard error when that is a terminal, and how long it took. The clock is read
//! here and nowhere else: nothing that is decided depends on it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use onceproof::report::Timing;
use onceproof::search::exhaust::Told;
use onceproof_sim::outcome::{Brief, Verdict};
use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A bar that grows with every run.
pub struct Progress {
    bar: ProgressBar,
    violated: AtomicU64,
}

impl Progress {
    /// A bar of so many runs of a scenario; one that nobody sees unless someone is at the terminal.
    pub fn new(runs: u64, name: &str) -> Progress {
        let target = if stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(runs), target);
        let template = "{prefix} {bar:30} {pos}/{len} runs, {rate} runs/s, {msg} violated";
        let style = ProgressStyle::with_template(template).expect("a good template");
        bar.set_style(style.with_key("rate", rate));
        bar.set_prefix(onceproof::report::printable(name));
        bar.set_message("0");
        Progress { bar, violated: AtomicU64::new(0) }
    }

    /// Counts a run.
    pub fn count(&self, brief: &Brief) {
        if brief.verdict == Verdict::Violated {
            let violated = self.violated.fetch_add(1, Ordering::Relaxed) + 1;
            self.bar.set_message(violated.to_string());
        }
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar for each number of faults of an exhaustive search. It grows with the work that is done, and says from
/// it about how long the rest will take.
pub struct SearchProgress {
    bar: ProgressBar,
    runs: AtomicU64,
    faults: AtomicU64,
}

impl SearchProgress {
    /// A bar that nobody sees unless someone is at the terminal.
    pub fn new(name: &str) -> SearchProgress {
        let target = if stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(1), target);
        let template = "{prefix} {bar:30} {percent} %, {msg}, about {eta} left";
        bar.set_style(ProgressStyle::with_template(template).expect("a good template"));
        bar.set_prefix(onceproof::report::printable(name));
        SearchProgress { bar, runs: AtomicU64::new(0), faults: AtomicU64::new(0) }
    }

    /// Takes in what a search tells.
    pub fn tell(&self, told: Told<'_>) {
        match told {
            Told::Level(faults, work, done) => {
                self.faults.store(faults.into(), Ordering::Relaxed);
                self.bar.set_length(work);
                self.bar.reset_eta();
                self.bar.set_position(done);
            }
            Told::Runs(more) => {
                let runs = self.runs.fetch_add(more, Ordering::Relaxed) + more;
                let faults = self.faults.load(Ordering::Relaxed);
                self.bar.set_message(format!("{runs} runs, faults: {faults}"));
            }
            Told::Part(work, _) => self.bar.inc(work),
        }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// How many runs it took so far to shrink a failure.
pub struct ShrinkProgress(ProgressBar);

impl ShrinkProgress {
    /// A line that nobody sees unless someone is at the terminal.
    pub fn new(name: &str) -> ShrinkProgress {
        let target = if stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{prefix} shrinking, {pos} runs, {rate} runs/s");
        bar.set_style(style.expect("a good template").with_key("rate", rate));
        bar.set_prefix(onceproof::report::printable(name));
        ShrinkProgress(bar)
    }

    /// So many runs were made.
    pub fn tell(&self, runs: u64) {
        self.0.set_position(runs);
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// The runs per second as they are now, without decimals.
fn rate(state: &ProgressState, out: &mut dyn Write) {
    // What a bar cannot show is not worth an error.
    let _ = write!(out, "{:.0}", state.per_sec());
}

/// Does some work, and says how long it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Timing) {
    let start = now();
    let result = work();
    let nanos = u64::try_from(now().duration_since(start).as_nanos()).unwrap_or(u64::MAX);
    (result, Timing { nanos })
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a sweep takes is reported and decides nothing"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}
