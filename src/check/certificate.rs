//! What a search through all schedules certifies.

use crate::figures::counted;
use crate::report::exhaust_text::exhaust_text;
use crate::report::style::plain;
use crate::report::{ExhaustReport, Reported};
use crate::search::certificate::{Counts, Exhaustion};
use crate::search::space::bare;
use onceproof_kernel::time::Span;
use onceproof_systems::Trial;
use std::fmt;
use std::path::Path;

/// That no schedule of at most so many faults breaks what was checked, and what was run for it. It is written as
/// `onceproof exhaust` writes it.
#[derive(Clone, Debug)]
pub struct Certificate {
    name: String,
    trial: Trial,
    found: Exhaustion,
    seeds: u64,
    broken: Vec<(String, String)>,
}

impl Certificate {
    pub(super) fn new(
        name: &str,
        trial: &Trial,
        found: Exhaustion,
        seeds: u64,
        broken: Vec<(String, String)>,
    ) -> Certificate {
        Certificate { name: name.to_owned(), trial: bare(trial), found, seeds, broken }
    }

    /// The most faults of a schedule.
    pub fn faults(&self) -> u32 {
        self.found.most
    }

    /// How many schedules were run: those that were left out come to the same as one of these.
    pub fn runs(&self) -> u64 {
        self.found.total().runs
    }

    /// How many seeds were run beside them.
    pub fn seeds(&self) -> u64 {
        self.seeds
    }

    /// The counts of the schedules, by the number of their faults from 0.
    pub fn levels(&self) -> &[Counts] {
        &self.found.levels
    }

    /// The names of the wrong designs, each with where it was found to be wrong: `seed 7`, `a schedule of 1 fault`.
    pub fn broken(&self) -> &[(String, String)] {
        &self.broken
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.trial.simulator().detail(None);
        let subject = Reported {
            path: Path::new(&self.name),
            name: &self.name,
            claim: "",
            trial: &self.trial,
            rows_skipped: 0,
            unfired_is_allowed: false,
            folders: &[],
        };
        let report = ExhaustReport {
            subject,
            seed: None,
            found: &self.found,
            not_shown: None,
            left_out: 0,
            spent: None,
            saved: None,
            replay: None,
            runs_before: 0,
            base: &base,
            timing: None,
        };
        f.write_str(&plain(&exhaust_text(&report)))?;
        if let Some(after) = base.never_ends {
            let after = Span(after);
            let seen = "after the last fault is not seen";
            writeln!(f, "\nprocesses never end: what comes more than {after} {seen}")?;
        }
        let seeds = counted(self.seeds, "seed");
        writeln!(f, "\nbeside it, none of {seeds} breaks it")?;
        for (name, origin) in &self.broken {
            writeln!(f, "the wrong design `{name}` is broken by {origin}")?;
        }
        Ok(())
    }
}
