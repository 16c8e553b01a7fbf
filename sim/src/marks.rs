//! Marks: what a run reached. A green sweep is empty if nothing ever came to the rule that it means to
//! test, so each corner of the protocol that is worth a visit has a mark, and each fault that fires is
//! counted at the step of the protocol that it struck. They are counted from outside, and decide nothing.

use crate::fault::{Before, KindName};

/// A corner of the protocol that a run may reach.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mark {
    /// A record was dropped, since its catalog had its id.
    DuplicateDropped,
    /// The same by an instance that was not the first of its shard, so what it knew it had read.
    DuplicateDroppedAfterRestart,
    /// A record was dropped, since its stamp was below the system watermark of its sender.
    RemnantDropped,
    /// A record was dropped, since it was unknown and older than ids are remembered.
    OldDropped,
    /// A filter said that an id was new, and the catalog was not asked.
    FilterSavedRead,
    /// The store was sent a commit that it had applied.
    CommitRepeated,
    /// The store refused a commit under an old token.
    CommitFenced,
    /// An external service refused a call under an old token.
    CallFenced,
    /// A commit was applied after the instance that sent it had ended.
    CommitOutlived,
    /// A request was sent again by another instance than the first of its shard.
    SentAgainAfterRestart,
    /// A sender was told of an error.
    ErrorAnswered,
    /// A request reached an instance that owned its shard no more.
    ZombieAsked,
    /// A request reached a worker that did not have the shard.
    ShardNotThere,
    /// A user function was executed on a record again.
    FunctionRanAgain,
    /// A watermark travelled alone.
    WatermarkAlone,
    /// A watermark that travelled alone was sent again.
    WatermarkSentAgain,
    /// A record is missing where its own source had given it up.
    RecordLate,
}

impl Mark {
    /// All marks, in the order of their numbers.
    pub const ALL: [Mark; 17] = [
        Mark::DuplicateDropped,
        Mark::DuplicateDroppedAfterRestart,
        Mark::RemnantDropped,
        Mark::OldDropped,
        Mark::FilterSavedRead,
        Mark::CommitRepeated,
        Mark::CommitFenced,
        Mark::CallFenced,
        Mark::CommitOutlived,
        Mark::SentAgainAfterRestart,
        Mark::ErrorAnswered,
        Mark::ZombieAsked,
        Mark::ShardNotThere,
        Mark::FunctionRanAgain,
        Mark::WatermarkAlone,
        Mark::WatermarkSentAgain,
        Mark::RecordLate,
    ];

    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Mark::DuplicateDropped => "duplicate-dropped",
            Mark::DuplicateDroppedAfterRestart => "duplicate-dropped-after-restart",
            Mark::RemnantDropped => "remnant-dropped",
            Mark::OldDropped => "old-dropped",
            Mark::FilterSavedRead => "filter-saved-read",
            Mark::CommitRepeated => "commit-repeated",
            Mark::CommitFenced => "commit-fenced",
            Mark::CallFenced => "call-fenced",
            Mark::CommitOutlived => "commit-outlived",
            Mark::SentAgainAfterRestart => "sent-again-after-restart",
            Mark::ErrorAnswered => "error-answered",
            Mark::ZombieAsked => "zombie-asked",
            Mark::ShardNotThere => "shard-not-there",
            Mark::FunctionRanAgain => "function-ran-again",
            Mark::WatermarkAlone => "watermark-alone",
            Mark::WatermarkSentAgain => "watermark-sent-again",
            Mark::RecordLate => "record-late",
        }
    }
}

/// How often each mark was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Marks(pub [u64; Mark::ALL.len()]);

impl Marks {
    /// It was reached once more.
    #[inline]
    pub fn reach(&mut self, mark: Mark) {
        self.0[mark as usize] += 1;
    }

    /// How often it was reached.
    pub fn count(&self, mark: Mark) -> u64 {
        self.0[mark as usize]
    }
}

/// What a fault struck: a step of the protocol, or a moment in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Struck {
    /// A step of the protocol. A lost request strikes the send, a failing function the apply.
    Step(Before),
    /// A moment in time.
    Time,
}

impl Struck {
    /// How many of them there are.
    pub const COUNT: usize = Before::ALL.len() + 1;

    /// All of them, in the order of the protocol.
    pub fn all() -> impl Iterator<Item = Struck> {
        Before::ALL.into_iter().map(Struck::Step).chain([Struck::Time])
    }

    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Struck::Step(before) => before.word(),
            Struck::Time => "time",
        }
    }

    fn number(self) -> usize {
        match self {
            Struck::Step(before) => before as usize,
            Struck::Time => Before::ALL.len(),
        }
    }
}

/// How often each kind of fault struck each step of the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Strikes([[u32; Struck::COUNT]; KindName::ALL.len()]);

impl Default for Strikes {
    fn default() -> Strikes {
        Strikes([[0; Struck::COUNT]; KindName::ALL.len()])
    }
}

impl Strikes {
    /// A fault of this kind struck.
    pub fn strike(&mut self, kind: KindName, struck: Struck) {
        self.0[kind as usize][struck.number()] += 1;
    }

    /// How often this kind struck there.
    pub fn count(&self, kind: KindName, struck: Struck) -> u32 {
        self.0[kind as usize][struck.number()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_has_its_own_number_and_word() {
        for (at, mark) in Mark::ALL.into_iter().enumerate() {
            assert_eq!(mark as usize, at);
            assert_eq!(Mark::ALL.iter().filter(|other| other.word() == mark.word()).count(), 1);
        }
        for (at, struck) in Struck::all().enumerate() {
            assert_eq!(struck.number(), at);
        }
    }
}
