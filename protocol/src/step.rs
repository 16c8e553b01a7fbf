//! The steps of a protocol: what runs where, and what is judged.

/// A step: processes that run alike, or a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub(crate) name: &'static str,
    pub(crate) kind: StepIs,
    pub(crate) processes: u32,
    pub(crate) shares_rows: bool,
    pub(crate) reads: Option<Reads>,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepIs {
    Process,
    Outside,
    Result,
    Total,
}

/// Where the records of a process come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    Queue,
    Log,
}

impl Step {
    const fn new(name: &'static str, kind: StepIs) -> Step {
        Step { name, kind, processes: 1, shares_rows: true, reads: None }
    }

    /// A process with a database of its own. It may crash, which empties its memory and leaves its rows, and stand still.
    pub const fn process(name: &'static str) -> Step {
        Step::new(name, StepIs::Process)
    }

    /// A service of somebody else, with a database of its own. It neither crashes nor stands still, and its commits are
    /// always answered; what goes there and back may be lost, late or doubled.
    pub const fn outside(name: &'static str) -> Step {
        Step::new(name, StepIs::Outside)
    }

    /// A result, into which commits put records one by one (`Tx::result`). Each record of the input belongs there once,
    /// under its key and with its value, unless the protocol says otherwise (`Protocol::due`).
    pub const fn result(name: &'static str) -> Step {
        Step::new(name, StepIs::Result)
    }

    /// A result of which commits write what stands there, with all records that are in it (`Tx::total`). Each record of
    /// the input belongs there once, under any key, unless the protocol says otherwise.
    pub const fn total(name: &'static str) -> Step {
        Step::new(name, StepIs::Total)
    }

    /// So many processes, at least 1, over one database: replicas. A request goes to the one that the key of its route
    /// says, and without one to the first.
    #[must_use]
    pub const fn times(self, processes: u32) -> Step {
        Step { processes, shares_rows: true, ..self }
    }

    /// So many processes, at least 1, each with a database of its own: shards. A request goes to the shard that the key of
    /// its route says ([`Route::at`](crate::words::Route::at)), and without one to the first.
    #[must_use]
    pub const fn shards(self, processes: u32) -> Step {
        Step { processes, shares_rows: false, ..self }
    }

    /// It is handed the records of the input by a queue, each again until it is done (`Cx::done`).
    #[must_use]
    pub const fn reads_queue(self) -> Step {
        Step { reads: Some(Reads::Queue), ..self }
    }

    /// It reads the records of the input from a log (`Cx::log`), each at its position, as often as it likes.
    #[must_use]
    pub const fn reads_log(self) -> Step {
        Step { reads: Some(Reads::Log), ..self }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}
