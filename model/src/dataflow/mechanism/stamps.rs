//! `stamps`: a sender's system timestamps strictly increase, also across its restarts, and an output that
//! is sent again has the stamp that it had before (*Streaming Systems*, ch. 5, notes 6 and 7).

/// Where the stamps of outputs come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stamps {
    /// Under checkpoint the clock, but more than the last one, and durable with the output; under recompute
    /// the stamp of the input.
    #[default]
    Stable,
    /// Given anew whenever an output is made or, after a restart, sent again. Wrong: the id of its first
    /// delivery is forgotten while it is still sent. Under checkpoint an output is made once, so there only the
    /// new stamp after a restart does harm; it takes one fault more to show it than under recompute.
    Fresh,
    /// What the clock says. Wrong: after it is set back, new records look like remnants.
    WallClock,
}
