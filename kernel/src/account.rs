//! What a system says of its own steps where a failure is explained: what whoever acts believes, what its mechanisms are
//! there for and why a wrong one could not do it, and which of its changes put a record into a result. Each system has
//! its own, as tables beside those of what it tells, so that whoever explains a failure names no system.

/// What a system says where a failure is explained.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account {
    /// What whoever acts believes where something happens; the first that fits is said.
    pub beliefs: &'static [Belief],
    /// Mechanisms and settings that are not as they should be; the first that fits is said.
    pub guards: &'static [Guard],
    /// Where a mechanism or a setting that is not as it should be acts on what is about other records, too.
    pub acts: &'static [Acts],
    /// Changes by which a result gains the record that they name.
    pub gains: &'static [&'static str],
    /// Changes that say what a result comes to from then on, whoever is in it.
    pub totals: &'static [&'static str],
    /// Changes by which all that a result has gained leaves it under another name.
    pub leaves: &'static [&'static str],
    /// Changes by which a record is known from then on.
    pub learns: &'static [&'static str],
    /// What is told where a copy of a record is known and counts for nothing.
    pub knows: &'static [&'static str],
    /// What is told, or says a change, where a record is taken for done, whatever became of it.
    pub ends: &'static [&'static str],
    /// Messages that are about a record and do not carry it on.
    pub asides: &'static [&'static str],
    /// How changes stand only once a later one in the same log says so; none where each stands at once.
    pub later: Option<StandsLater>,
    /// Where records are held in memory alone until they leave it as one; none where all that is held is durable.
    pub held: Option<HeldInMemory>,
}

/// Changes that stand only once another one, in the same log, ends what they are part of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StandsLater {
    /// The details of all of them, numbers, by which they belong together.
    pub of: &'static [&'static str],
    /// The words of the changes that end it, each with how.
    pub ends: &'static [(&'static str, Ending)],
}

/// How a change ends what others are part of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// They stand from then on.
    Stands,
    /// They never do.
    Undone,
    /// They stand if it says this word, else they never do.
    Says(&'static str),
}

/// What is told where a result is put together in memory, by the results that both name, and by the step if they name one;
/// else it is the step of whoever tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeldInMemory {
    /// A record is added to one.
    pub takes: &'static str,
    /// All that it has leaves under another name.
    pub leaves: &'static str,
    /// The word of the message by which whoever has added to results has them stored, in the same moment; none where
    /// what is stored with it is about more.
    pub stored: Option<&'static str>,
}

/// What whoever acts believes. In braces stands what is known where it is said: `{who}` acts, `{other}` is at the other
/// end, `{record}` it is about, `{attempt}` it is, and `{before}` the attempt before that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Belief {
    /// Where.
    pub at: BeliefAt,
    /// What: a sentence.
    pub believed: &'static str,
}

/// Where something is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BeliefAt {
    /// A record is sent again.
    SentAgain,
    /// A record is read, or handed out, that was read before.
    ReadAgain,
    /// A function is run on a record again.
    RunAgain,
    /// A record comes again.
    ComesAgain,
    /// A message does not arrive, or not in time, and whoever sent it does not know.
    NotThere,
    /// A message arrives twice.
    Twice,
    /// The answer to a request is lost, late or an error.
    Unanswered,
    /// A result gains a record, or a service does what it is told.
    Gains,
    /// A record is taken for done.
    Ends,
    /// A commit is refused.
    Refused,
    /// A worker dies.
    Falls,
    /// A worker is back.
    IsBack,
    /// A worker stands still.
    StandsStill,
    /// A worker goes on.
    GoesOn,
    /// A shard is granted to another worker.
    Granted,
    /// A clock jumps.
    ClockSteps,
    /// No answer has come in time.
    Waited,
    /// This is told, where `why` is among its words if one is given.
    Told {
        /// The word of what is told.
        word: &'static str,
        /// One of the words in it; empty for any.
        why: &'static str,
    },
}

/// What is said of a mechanism or a setting that is not as it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Guard {
    /// Its key: `dedup`.
    pub key: &'static str,
    /// How its value begins, as a scenario writes it; empty for any.
    pub value: &'static str,
    /// What it should do: it ends "… would have caught it".
    pub catches: &'static str,
    /// Why it could not.
    pub misses: &'static str,
    /// What to do, in the imperative, without a stop.
    pub change: &'static str,
}

/// Where it shows that a mechanism or a setting is not as it should be, before any record goes wrong by it: a position
/// that is moved, a transaction that is ended. Of a run without end it is what is waited for in vain from then on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Acts {
    /// Its key: `offsets`.
    pub key: &'static str,
    /// The words of the changes that it makes, or of what is told where it acts.
    pub words: &'static [&'static str],
    /// What whoever acts believes there, as in [`Belief`].
    pub believed: &'static str,
}

impl Account {
    /// Of a system that says nothing of itself.
    pub const SILENT: Account = Account {
        beliefs: &[],
        guards: &[],
        acts: &[],
        gains: &[],
        totals: &[],
        leaves: &[],
        learns: &[],
        knows: &[],
        ends: &[],
        asides: &[],
        later: None,
        held: None,
    };

    /// What a mechanism or a setting does that is not as it should be.
    pub fn acts(&self, key: &str) -> Option<&'static Acts> {
        self.acts.iter().find(|acts| acts.key == key)
    }

    /// What is said of a mechanism or a setting with this value.
    pub fn guard(&self, key: &str, value: &str) -> Option<&'static Guard> {
        self.guards.iter().find(|guard| guard.key == key && value.starts_with(guard.value))
    }
}
