//! Places: where an exact fault happens. What a place does not give matches anything; `nth` picks one of
//! the matches, the first by default. A record in a place matches also what maps made of it.

use onceproof_kernel::key::Keys;
use onceproof_kernel::mix;
use onceproof_kernel::name::{Name, Names, Origin, pane_hash, source_hash};
use onceproof_kernel::time::{Nanos, Span, Time};
use onceproof_model::pipeline::{Pipeline, StepIndex};

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
    /// The record.
    pub record: Option<Record>,
    /// Which send of the record to the step, or which execution of the function on it, from 1.
    pub attempt: Option<u32>,
    /// Before which step of the protocol.
    pub before: Option<Before>,
    /// Which worker, for a fault at a time.
    pub worker: Option<u32>,
    /// When, since the start of the run.
    pub time: Option<Nanos>,
    /// Which of the matches, from 1; the first by default.
    pub nth: Option<u32>,
}

/// What a place says of a record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Record {
    /// A watermark that travels alone, any or the one of this value.
    Watermark(Option<Time>),
    /// A record of this name, or what maps made of it.
    Name(Pattern),
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
    pub fn root(&self, pipeline: &Pipeline) -> u64 {
        match self {
            Pattern::Source { step, shard, offset, .. } => {
                source_hash(pipeline.hash(*step), *shard, *offset)
            }
            Pattern::Pane { step, key, start, pane, .. } => {
                pane_hash(pipeline.hash(*step), mix::text(key), *start, *pane)
            }
        }
    }

    fn path(&self) -> &[u32] {
        match self {
            Pattern::Source { path, .. } | Pattern::Pane { path, .. } => path,
        }
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
        let mut path = Vec::new();
        let mut name = name;
        while let Origin::Output { parent, index, .. } = names.origin(name) {
            path.push(index);
            name = parent;
        }
        path.reverse();
        path.starts_with(self.path())
    }

    /// The pattern as text.
    pub fn text(&self, pipeline: &Pipeline) -> String {
        let mut text = match self {
            Pattern::Source { step, shard, offset, .. } => {
                format!("{}/{shard}#{offset}", pipeline.step(*step).name)
            }
            Pattern::Pane { step, key, start, pane, .. } => {
                format!("{}/{key}@{start}#{pane}", pipeline.step(*step).name)
            }
        };
        for index in self.path() {
            text.push_str(&format!(".{index}"));
        }
        text
    }
}

/// A step of the protocol that a fault may come before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Before {
    /// The catalog is asked.
    Admit,
    /// The user function, or the aggregate, takes the record.
    Apply,
    /// The commit of a record's effects is sent to the store.
    Commit,
    /// The answer to a commit is handled.
    Answer,
    /// An ack is sent upstream.
    Ack,
    /// An output is sent downstream.
    Send,
    /// The commit that ends a record's stay is sent to the store: under checkpoint it deletes an acked
    /// output, under recompute it writes id and state.
    Settle,
    /// The commit that fires a window or writes a row is sent to the store.
    Emit,
    /// An external service is called.
    Call,
}

impl Before {
    /// All of them; but for the last, in the order of the protocol.
    pub const ALL: [Before; 9] = [
        Before::Admit,
        Before::Apply,
        Before::Commit,
        Before::Answer,
        Before::Ack,
        Before::Send,
        Before::Settle,
        Before::Emit,
        Before::Call,
    ];

    /// The same step of the protocol by the word of the stage with this head: the commit of a record's
    /// effects is the emit of a stage that writes rows, unless they are rows of panes.
    pub fn at_stage(self, head: StepIndex, pipeline: &Pipeline) -> Before {
        let fires = pipeline.step(head).kind.windowing().is_some();
        match self {
            Before::Commit if pipeline.stages().writes_rows(head) && !fires => Before::Emit,
            other => other,
        }
    }

    /// The word for it in a scenario file.
    pub fn word(self) -> &'static str {
        match self {
            Before::Admit => "admit",
            Before::Apply => "apply",
            Before::Commit => "commit",
            Before::Answer => "answer",
            Before::Ack => "ack",
            Before::Send => "send",
            Before::Settle => "settle",
            Before::Emit => "emit",
            Before::Call => "call",
        }
    }
}

impl Place {
    /// The keys and values of the place in the order of the format, for reports and saved files. Text
    /// values are given as they stand between the quotes.
    pub fn fields(&self, pipeline: &Pipeline) -> Vec<(&'static str, Field)> {
        let name = |step: StepIndex| Field::Text(pipeline.step(step).name.clone());
        let number = |n: u32| Field::Number(n.into());
        let record = |record: &Record| {
            Field::Text(match record {
                Record::Watermark(None) => "watermark".to_owned(),
                Record::Watermark(Some(at)) => format!("watermark@{at}"),
                Record::Name(pattern) => pattern.text(pipeline),
            })
        };
        let word = |before: Before| Field::Text(before.word().to_owned());
        let span = |at: Nanos| Field::Text(Span(at).to_string());
        [
            ("step", self.step.map(name)),
            ("from", self.from.map(name)),
            ("to", self.to.map(name)),
            ("shard", self.shard.map(number)),
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
