//! How far a command is, on standard error: as a bar where that is a terminal, else as a line now and then; and how
//! long it took. The clock is read
//! here and nowhere else: nothing that is decided depends on it.

use crate::output::complain;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use onceproof::figures::{counted, grouped};
use onceproof::report::Timing;
use onceproof::search::exhaust::Advance;
use onceproof_sim::outcome::{Brief, Verdict};
use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a line is written where no bar can be.
const EVERY: Duration = Duration::from_secs(10);

/// How often a bar says how many runs there were.
const REFRESH: Duration = Duration::from_millis(100);

fn target() -> ProgressDrawTarget {
    match stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    }
}

/// A bar that is not shown before all that it says is known.
fn hidden_bar(length: Option<u64>) -> ProgressBar {
    ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden())
}

/// Lines in place of a bar.
struct Lines {
    name: String,
    /// When the last was written, or it began; none where there is a bar.
    last: Option<Mutex<Instant>>,
}

impl Lines {
    fn of(name: &str) -> Lines {
        let last = (!stderr().is_terminal()).then(|| Mutex::new(now()));
        Lines { name: short(name), last }
    }

    /// Writes how far it is, if the last line was written some time ago.
    fn say(&self, how_far: impl FnOnce() -> String) {
        // Whoever finds another thread at it has nothing to say.
        let Some(Ok(mut last)) = self.last.as_ref().map(Mutex::try_lock) else { return };
        if is_due(&mut last, now(), EVERY) {
            complain(&self.line(&how_far()));
        }
    }

    fn line(&self, how_far: &str) -> String {
        format!("{}: {how_far}", self.name)
    }
}

/// Whether what is shown so often is due; then it is shown.
fn is_due(last: &mut Instant, now: Instant, every: Duration) -> bool {
    let is_due = now.duration_since(*last) >= every;
    if is_due {
        *last = now;
    }
    is_due
}

/// A bar that grows with every run.
pub struct Progress {
    bar: ProgressBar,
    lines: Lines,
    violated: AtomicU64,
}

impl Progress {
    /// A bar of so many runs of a scenario; one that only a terminal shows.
    pub fn new(runs: u64, name: &str) -> Progress {
        Progress::on(target(), runs, name)
    }

    fn on(target: ProgressDrawTarget, runs: u64, name: &str) -> Progress {
        let lines = Lines::of(name);
        let bar = hidden_bar(Some(runs));
        let template = "{prefix} {wide_bar} {pos}/{len} runs{rate}, {msg} violated";
        let style = ProgressStyle::with_template(template).expect("a good template");
        bar.set_message("0");
        bar.set_prefix(short(name));
        bar.set_style(style.with_key("rate", rate));
        bar.set_draw_target(target);
        Progress { bar, lines, violated: AtomicU64::new(0) }
    }

    /// Counts a run.
    pub fn count(&self, brief: &Brief) {
        if brief.verdict == Verdict::Violated {
            let violated = self.violated.fetch_add(1, Ordering::Relaxed) + 1;
            self.bar.set_message(violated.to_string());
        }
        self.bar.inc(1);
        self.lines.say(|| {
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or(0));
            let violated = grouped(self.violated.load(Ordering::Relaxed));
            format!("{} of {} runs, {violated} violated", grouped(done), grouped(all))
        });
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
    lines: Lines,
    /// When it last said how many runs there were: each is told, and there may be 100,000 a second.
    shown: Mutex<Instant>,
    runs: AtomicU64,
    faults: AtomicU64,
}

impl SearchProgress {
    /// A bar that only a terminal shows.
    pub fn new(name: &str) -> SearchProgress {
        SearchProgress::on(target(), name)
    }

    fn on(target: ProgressDrawTarget, name: &str) -> SearchProgress {
        let lines = Lines::of(name);
        let bar = hidden_bar(Some(1));
        let template = "{prefix} {wide_bar} {percent} %, {msg}{left}";
        let style = ProgressStyle::with_template(template).expect("a good template");
        bar.set_message(runs_of_faults(0, 0));
        bar.set_prefix(short(name));
        bar.set_style(style.with_key("left", left));
        bar.set_draw_target(target);
        SearchProgress {
            bar,
            lines,
            shown: Mutex::new(now()),
            runs: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        }
    }

    /// Takes in what a search tells.
    pub fn tell(&self, told: Advance<'_>) {
        match told {
            Advance::Level(faults, work, done) => {
                self.faults.store(faults.into(), Ordering::Relaxed);
                self.bar.set_length(work);
                self.bar.reset_eta();
                self.bar.set_position(done);
            }
            Advance::Runs(more) => {
                let runs = self.runs.fetch_add(more, Ordering::Relaxed) + more;
                let Ok(mut shown) = self.shown.try_lock() else { return };
                if !is_due(&mut shown, now(), REFRESH) {
                    return;
                }
                let faults = self.faults.load(Ordering::Relaxed);
                self.bar.set_message(runs_of_faults(runs, faults));
                self.lines.say(|| {
                    let (done, all) = (self.bar.position(), self.bar.length().unwrap_or(0).max(1));
                    let percent = u128::from(done) * 100 / u128::from(all);
                    let runs = grouped(runs);
                    format!("{runs} runs, {percent} % of the schedules of {faults} faults")
                });
            }
            Advance::Found(..) => {}
            Advance::Part(work, _) => self.bar.inc(work),
        }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// How many runs something took so far of which nobody knows how many it will take.
pub struct RunsProgress {
    bar: ProgressBar,
    lines: Lines,
    doing: &'static str,
}

impl RunsProgress {
    /// A line that only a terminal shows as it changes, with what is being done.
    pub fn new(name: &str, doing: &'static str) -> RunsProgress {
        let lines = Lines::of(name);
        let bar = hidden_bar(None);
        let style = ProgressStyle::with_template("{prefix} {msg}, {pos} runs{rate}");
        bar.set_style(style.expect("a good template").with_key("rate", rate));
        bar.set_prefix(short(name));
        bar.set_message(doing);
        bar.set_draw_target(target());
        RunsProgress { bar, lines, doing }
    }

    /// So many runs were made.
    pub fn tell(&self, runs: u64) {
        self.bar.set_position(runs);
        self.lines.say(|| format!("{}, {} runs", self.doing, grouped(runs)));
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// As much of a name as leaves room for a bar and its figures.
fn short(name: &str) -> String {
    const MOST: usize = 24;
    let name = onceproof::report::printable(name);
    match name.chars().count() > MOST {
        true => name.chars().take(MOST - 1).chain(['…']).collect(),
        false => name,
    }
}

/// So many runs, among schedules of so many faults.
fn runs_of_faults(runs: u64, faults: u64) -> String {
    format!("{}, {}", counted(runs, "run"), counted(faults, "fault"))
}

/// The runs per second as they are now, without decimals; nothing before there was one.
fn rate(state: &ProgressState, out: &mut dyn Write) {
    if state.pos() > 0 {
        // What a bar cannot show is not worth an error.
        let _ = write!(out, ", {:.0} runs/s", state.per_sec());
    }
}

/// About how long the rest takes; nothing before anything is done.
fn left(state: &ProgressState, out: &mut dyn Write) {
    if state.pos() > 0 {
        // As above.
        let _ = write!(out, ", about {:#} left", HumanDuration(state.eta()));
    }
}

/// Does some work, and says how long it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Timing) {
    let start = now();
    let result = work();
    let nanos = u64::try_from(now().duration_since(start).as_nanos()).unwrap_or(u64::MAX);
    (result, Timing { nanos })
}

/// Lets real time pass, for a budget of time.
#[expect(clippy::disallowed_methods, reason = "a budget of time ends a search, as Ctrl-C does")]
pub(super) fn sleep(time: Duration) {
    std::thread::sleep(time);
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a sweep takes is reported and decides nothing"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use onceproof::search::resume::Done;
    use std::io;
    use std::sync::Arc;

    /// A terminal of 80 columns that keeps all that was written on it.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<Vec<String>>>);

    impl Screen {
        fn target(&self) -> ProgressDrawTarget {
            ProgressDrawTarget::term_like(Box::new(self.clone()))
        }

        fn lines(&self) -> Vec<String> {
            let written = self.0.lock().expect("one thread").clone();
            let lines = written.into_iter().map(|line| line.trim_end().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        }

        fn add(&self, text: &str) -> io::Result<()> {
            self.0.lock().expect("one thread").push(text.to_owned());
            Ok(())
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    const LONG: &str = "a scenario with a name that is longer than what a line has room for";

    #[test]
    fn a_bar_is_whole_from_the_first_and_fits() {
        let screen = Screen::default();
        let progress = Progress::on(screen.target(), 100_000, LONG);
        progress.bar.tick();
        progress.bar.set_position(100_000);
        progress.bar.tick();
        let search = SearchProgress::on(screen.target(), LONG);
        search.bar.tick();
        search.tell(Advance::Level(3, 1_000_000, 0));
        search.tell(Advance::Part(1_000, &Done::default()));
        search.bar.tick();
        let lines = screen.lines();
        let is_whole = |line: &String| {
            let is_sweep = line.ends_with(" violated");
            let is_search = line.contains(" %, 0 runs, 0 faults");
            line.starts_with("a scenario with a name ") && (is_sweep || is_search)
        };
        assert!(lines.iter().all(is_whole), "{lines:#?}");
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:#?}");
        assert!(lines[0].contains(" 0/100000 runs, 0 violated"), "{lines:#?}");
        assert!(lines.iter().any(|line| line.ends_with("0 %, 0 runs, 0 faults")), "{lines:#?}");
    }

    #[test]
    fn a_line_fits_whatever_the_name() {
        let blame = RunsProgress::new(LONG, "looking for the faults that did it");
        let line = blame.lines.line(&format!("{}, 1,000,000 runs", blame.doing));
        assert!(line.starts_with("a scenario with a name "), "{line}");
        assert!(line.chars().count() <= 80, "{line}");
    }

    #[test]
    fn a_line_is_due_every_ten_seconds() {
        let begin = now();
        let mut last = begin;
        let due =
            |last: &mut Instant, seconds| is_due(last, begin + Duration::from_secs(seconds), EVERY);
        let found = [1, 9, 10, 11, 19, 25, 34, 35].map(|seconds| due(&mut last, seconds));
        assert_eq!(found, [false, false, true, false, false, true, false, true]);
    }
}
