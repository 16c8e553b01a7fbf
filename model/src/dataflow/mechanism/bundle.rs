//! `bundle`: several records may share one commit. A bundle closes when it is full, or when nothing more
//! is ready at this instant. It changes the cost of a run and never its result.

/// How many records share a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bundle {
    /// The most records of one commit; at least 1.
    pub records: u32,
}

impl Default for Bundle {
    fn default() -> Bundle {
        Bundle { records: 1 }
    }
}
