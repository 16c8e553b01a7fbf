//! Places: where an exact fault happens. What a place does not give matches anything; `nth` picks one of
//! the matches, the first by default. A record in a place matches also what maps made of it.

use onceproof_kernel::alphabet::Point;
use onceproof_kernel::key::Keys;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::mix::{self, fold, scatter};
use onceproof_kernel::name::{Name, Names, Origin, pane_hash, source_hash};
use onceproof_kernel::time::{Nanos, Span, Time};

/// Where an exact fault happens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Place {
    /// The step of a protocol step, a commit or a function.
    pub step: Option<StepIndex>,
    /// The receiver of a request.
    pub to: Option<StepIndex>,
    /// The sender of a request.
    pub from: Option<StepIndex>,
    /// The number of the shard within `step`, or of the receiving shard within `to`.
    pub shard: Option<u32>,
    /// The number of the sending shard within `from`.
    pub from_shard: Option<u32>,
    /// The record, or what travels without one.
    pub record: Option<About>,
    /// Which send of the record to the step, or which execution of the function on it, from 1.
    pub attempt: Option<u32>,
    /// Before which step of the protocol; of a commit, the one at which it is sent.
    pub before: Option<Point>,
    /// Which worker, for a fault at a time.
    pub worker: Option<u32>,
    /// When, since the start of the run.
    pub time: Option<Nanos>,
    /// Which of the matches, from 1; the first by default.
    pub nth: Option<u32>,
}

/// What a place is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum About {
    /// What travels and is no record: any, or the one of this value.
    Control {
        /// Which, by its number in the alphabet.
        word: u8,
        /// Its value.
        value: Option<i64>,
    },
    /// A record of this name, or what maps made of it.
    Record(Pattern),
}

impl About {
    /// Where a record begins, as a number: see [`Pattern::root`]. It says nothing of what is no record.
    pub fn root(&self, layout: &Layout) -> u64 {
        match self {
            About::Record(pattern) => pattern.root(layout),
            About::Control { .. } => 0,
        }
    }

    /// As a scenario names it.
    pub fn text(&self, layout: &Layout) -> String {
        match *self {
            About::Record(ref pattern) => pattern.text(layout),
            About::Control { word, value } => layout.control(word, value),
        }
    }
}

/// The name of a record, as a scenario writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pattern {
    /// `events/0#2`, with `.1` for each output of a map.
    Source {
        /// The source step.
        step: StepIndex,
        /// The source shard.
        shard: u32,
        /// The offset in the shard.
        offset: u64,
        /// The numbers of the outputs.
        path: Vec<u32>,
    },
    /// `per-user/ann@60s#0`, with `.1` for each output of a map.
    Pane {
        /// The aggregate.
        step: StepIndex,
        /// The key of the window.
        key: String,
        /// The start of the window.
        start: Time,
        /// The number of the pane.
        pane: u32,
        /// The numbers of the outputs.
        path: Vec<u32>,
    },
}

impl Pattern {
    /// The hash of the source record or pane that it begins with; see [`Names::root`].
    pub fn root(&self, layout: &Layout) -> u64 {
        match self {
            Pattern::Source { step, shard, offset, .. } => {
                source_hash(layout.hash(*step), *shard, *offset)
            }
            Pattern::Pane { step, key, start, pane, .. } => {
                pane_hash(layout.hash(*step), mix::text(key), *start, *pane)
            }
        }
    }

    fn path(&self) -> &[u32] {
        match self {
            Pattern::Source { path, .. } | Pattern::Pane { path, .. } => path,
        }
    }

    /// Which output each map made of what a name comes from.
    fn path_of(name: Name, names: &Names) -> Vec<u32> {
        let mut path = Vec::new();
        let mut name = name;
        while let Origin::Output { parent, index, .. } = names.origin(name) {
            path.push(index);
            name = parent;
        }
        path.reverse();
        path
    }

    /// The record of this root that it names, as a number.
    pub(crate) fn key(&self, root: u64) -> u64 {
        key(root, self.path())
    }

    /// The keys of all patterns that match a name, which is no partial aggregate: that of the record itself, and
    /// those of what maps made it of.
    pub(crate) fn keys_of(name: Name, names: &Names) -> Vec<u64> {
        let (root, path) = (names.root(name), Pattern::path_of(name, names));
        (0..=path.len()).map(|length| key(root, &path[..length])).collect()
    }

    /// The pattern that matches a name, and what maps made of it.
    pub fn of(name: Name, names: &Names, keys: &Keys) -> Pattern {
        let mut path = Vec::new();
        let mut name = name;
        loop {
            match names.origin(name) {
                Origin::Output { parent, index, .. } => {
                    path.push(index);
                    name = parent;
                }
                Origin::Source { step, shard, offset } => {
                    path.reverse();
                    return Pattern::Source { step: StepIndex(step), shard, offset, path };
                }
                // Whoever looks for its first record finds it.
                Origin::Partial { first, .. } => name = first,
                Origin::Pane { step, key, start, pane } => {
                    path.reverse();
                    let (step, key) = (StepIndex(step), keys.text(key).to_owned());
                    return Pattern::Pane { step, key, start, pane, path };
                }
            }
        }
    }

    /// Whether a name whose root has this hash is the pattern's, or what maps and partial aggregates made of
    /// it.
    pub fn matches(&self, name: Name, names: &Names, root: u64) -> bool {
        let members = names.members(name);
        if !members.is_empty() {
            return members.iter().any(|&member| self.matches(member, names, root));
        }
        if names.root(name) != root {
            return false;
        }
        // Most places name a record itself, and whatever is made of it is meant, too.
        self.path().is_empty() || Pattern::path_of(name, names).starts_with(self.path())
    }

    /// The pattern as text.
    pub fn text(&self, layout: &Layout) -> String {
        let mut text = match self {
            Pattern::Source { step, shard, offset, .. } => {
                format!("{}/{shard}#{offset}", layout.name(*step))
            }
            Pattern::Pane { step, key, start, pane, .. } => {
                format!("{}/{key}@{start}#{pane}", layout.name(*step))
            }
        };
        for index in self.path() {
            text.push_str(&format!(".{index}"));
        }
        text
    }
}

/// A root and the outputs that maps made of it, as a number.
fn key(root: u64, path: &[u32]) -> u64 {
    path.iter().fold(root, |key, &index| fold(key, scatter(index.into())))
}

impl Place {
    /// The keys and values of the place in the order of the format, for reports and saved files. Text
    /// values are given as they stand between the quotes.
    pub fn fields(&self, layout: &Layout) -> Vec<(&'static str, Field)> {
        let name = |step: StepIndex| Field::Text(layout.name(step).to_owned());
        let number = |n: u32| Field::Number(n.into());
        let record = |record: &About| Field::Text(record.text(layout));
        let word = |before: Point| Field::Text(layout.alphabet.word(before).to_owned());
        let span = |at: Nanos| Field::Text(Span(at).to_string());
        let process = self.step.filter(|&step| layout.step(step).is_beside);
        let named = |step: StepIndex| match self.shard {
            Some(shard) => Field::Text(format!("{}/{shard}", layout.name(step))),
            None => name(step),
        };
        let (step, shard) = match process {
            Some(_) => (None, None),
            None => (self.step, self.shard),
        };
        [
            ("step", step.map(name)),
            ("process", process.map(named)),
            ("from", self.from.map(name)),
            ("to", self.to.map(name)),
            ("shard", shard.map(number)),
            ("from-shard", self.from_shard.map(number)),
            ("record", self.record.as_ref().map(record)),
            ("attempt", self.attempt.map(number)),
            ("before", self.before.map(word)),
            ("worker", self.worker.map(number)),
            ("time", self.time.map(span)),
            ("nth", self.nth.map(number)),
        ]
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| (key, value)))
        .collect()
    }
}

/// A value in a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Field {
    /// A text, without its quotes.
    Text(String),
    /// A number.
    Number(u64),
}
