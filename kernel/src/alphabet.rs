//! Alphabets: the steps of a protocol that a fault may come before, what travels without a record, and the corners
//! of a protocol that a run may reach. Each system has its own, as one table: whatever reads, counts or prints
//! them follows from it.

use crate::account::Account;
use crate::layout::ShardIndex;
use crate::name::Name;
use crate::told::{DetailWords, Tale, ToldWords};

/// A step of a protocol, by its number in the alphabet of its system.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Point(pub u8);

impl Point {
    /// As an index into the points.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// What is said of a step of a protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PointWords {
    /// The word for it in a scenario: `before = "commit"`.
    pub word: &'static str,
    /// What happens there: a sentence.
    pub about: &'static str,
    /// What a process does there: it `commits` a record.
    pub verb: &'static str,
    /// Whether each step that runs in a process has one of its own. Else the process has one for all of them.
    pub is_each_steps: bool,
    /// The control that it is always about, by its number in the alphabet; none if it may be about a record.
    pub control: Option<u8>,
}

/// The points at which the kernel itself acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moments {
    /// A user function takes a record.
    pub apply: Point,
    /// A process takes a message that a queue hands out.
    pub deliver: Point,
    /// The answer to a commit is handled.
    pub answer: Point,
    /// A request is replied to.
    pub reply: Point,
    /// A request is sent.
    pub send: Point,
    /// An external service is called.
    pub call: Point,
}

/// Something that travels and is no record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Control {
    /// The word for it: `watermark`.
    pub word: &'static str,
    /// What its value is.
    pub value: ControlValue,
    /// The mark of its being sent, and of its being sent again.
    pub marks: [Mark; 2],
}

/// What the value of a control is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ControlValue {
    /// It has none.
    None,
    /// A time: `watermark@60s`.
    Time,
    /// A number that is not negative: `end#3`.
    Number,
    /// An attempt at something that is done for a shard, `done#3.per-user/1.2`: a number, the shard, and which attempt.
    Attempt,
}

/// How many bits of the value of a control its shard has, and its attempt; the rest has its number.
const ATTEMPT_BITS: u32 = 20;

/// The value of a control that is about an attempt ([`ControlValue::Attempt`]). What has more bits than there are is told by
/// those that it has.
pub fn attempt_value(number: u32, shard: ShardIndex, attempt: u32) -> i64 {
    let few = |number: u32| i64::from(number & ((1 << ATTEMPT_BITS) - 1));
    few(number) << (2 * ATTEMPT_BITS) | few(shard.0) << ATTEMPT_BITS | few(attempt)
}

/// The number, the shard and the attempt of such a value.
pub fn attempt_parts(value: i64) -> (u32, ShardIndex, u32) {
    let part = |by: u32| ((value >> (by * ATTEMPT_BITS)) & ((1 << ATTEMPT_BITS) - 1)) as u32;
    (part(2), ShardIndex(part(1)), part(0))
}

/// A corner of a protocol that a run may reach, by its number. The kernel's own come first; those of a system
/// begin at [`Mark::OWN`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mark(pub u8);

impl Mark {
    /// The store was sent a commit that it had applied.
    pub const COMMIT_REPEATED: Mark = Mark(0);
    /// The store refused a commit under an old token.
    pub const COMMIT_FENCED: Mark = Mark(1);
    /// An external service refused a call under an old token.
    pub const CALL_FENCED: Mark = Mark(2);
    /// A commit was applied after the instance that sent it had ended.
    pub const COMMIT_OUTLIVED: Mark = Mark(3);
    /// A request was sent again by another instance than the first of its shard.
    pub const SENT_AGAIN_AFTER_RESTART: Mark = Mark(4);
    /// A sender was told of an error.
    pub const ERROR_ANSWERED: Mark = Mark(5);
    /// A request reached an instance that owned its shard no more.
    pub const ZOMBIE_ASKED: Mark = Mark(6);
    /// A request reached a worker that did not have the shard.
    pub const SHARD_NOT_THERE: Mark = Mark(7);
    /// A user function was executed on a record again.
    pub const FUNCTION_RAN_AGAIN: Mark = Mark(8);
    /// A record is missing where its own source had given it up.
    pub const RECORD_LATE: Mark = Mark(9);
    /// The first that a system may have of its own.
    pub const OWN: u8 = 10;
    /// How many there may be.
    pub const COUNT: usize = 32;

    /// As an index.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// A counter that a system keeps itself, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counter(pub u8);

impl Counter {
    /// How many a system may have.
    pub const COUNT: usize = 4;
}

/// Where a figure of a report is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// By the system itself.
    Own(Counter),
    /// As a corner of the protocol that was reached.
    Mark(Mark),
}

/// The words of one system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Alphabet {
    /// The steps of its protocol, by their numbers; at most [`Alphabet::POINTS`].
    pub points: &'static [PointWords],
    /// Those at which the kernel acts.
    pub moments: Moments,
    /// Whether requests are answered. Where they are not, nothing can befall an answer.
    pub is_answered: bool,
    /// What travels and is no record.
    pub controls: &'static [Control],
    /// The corners that a run may reach, each with its word, in the order of reports.
    pub marks: &'static [(Mark, &'static str)],
    /// What was done in the system's own way, by the name of its figure, in the order of reports.
    pub figures: &'static [(&'static str, Counted)],
    /// What it may tell of itself.
    pub told: &'static [ToldWords],
    /// What its changes may say.
    pub changes: &'static [ToldWords],
    /// What its replies say.
    pub replies: &'static [DetailWords],
    /// What it says of its steps where a failure is explained.
    pub account: &'static Account,
}

/// No words: where only numbers are told apart, as in tests of layouts and places.
pub static WORDLESS: Alphabet = Alphabet {
    points: &[],
    moments: Moments {
        apply: Point(0),
        deliver: Point(0),
        answer: Point(0),
        reply: Point(0),
        send: Point(0),
        call: Point(0),
    },
    is_answered: true,
    controls: &[],
    marks: &[],
    figures: &[],
    told: &[],
    changes: &[],
    replies: &[],
    account: &Account::SILENT,
};

impl Alphabet {
    /// How many steps a protocol may have.
    pub const POINTS: usize = 32;

    /// What is said of a step of the protocol.
    pub fn words(&self, point: Point) -> &'static PointWords {
        &self.points[point.at()]
    }

    /// The word for a step of the protocol.
    pub fn word(&self, point: Point) -> &'static str {
        self.words(point).word
    }

    /// The step of the protocol with this word.
    pub fn find(&self, word: &str) -> Option<Point> {
        self.all().find(|&point| self.word(point) == word)
    }

    /// The word for a mark.
    pub fn mark_word(&self, mark: Mark) -> &'static str {
        let found = self.marks.iter().find(|(other, _)| *other == mark);
        found.map_or("", |&(_, word)| word)
    }

    /// Whether what is told stands in the table of what the system may tell.
    pub fn has_told(&self, tale: &dyn Tale) -> bool {
        stands_in(self.told, tale)
    }

    /// Whether what a change says stands in the table of changes.
    pub fn has_change(&self, tale: &dyn Tale) -> bool {
        stands_in(self.changes, tale)
    }

    /// All steps of the protocol.
    pub fn all(&self) -> impl Iterator<Item = Point> + use<> {
        (0..self.points.len() as u8).map(Point)
    }
}

fn stands_in(table: &[ToldWords], tale: &dyn Tale) -> bool {
    table.iter().any(|words| words.word == tale.word() && words.allows(&tale.details()))
}

/// What a request, a commit or a step of the protocol is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// A record, or the first of several.
    Record(Name),
    /// Something that travels and is no record.
    Control {
        /// Which, by its number in the alphabet.
        word: u8,
        /// Its value: of a time, its nanoseconds.
        value: i64,
    },
}
