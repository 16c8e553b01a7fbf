//! What a shard tells of itself, for whoever reads the trace, and the words for it.

mod changes;
mod words;

pub use changes::change;
pub use words::{CHANGES, REPLIES, TOLD};

use super::effect::{Dropped, FilterSaid};
use onceproof_kernel::key::Key;
use onceproof_kernel::name::Name;
use onceproof_kernel::time::{Span, Time};
use onceproof_kernel::told::{Detail, Details, Forgotten, Speaker};

/// What a shard may tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Story {
    /// It starts, and finds its rows.
    Starts {
        /// The token that it took.
        token: u64,
        /// Outputs that are not settled.
        outputs: usize,
        /// Windows with content that is in no pane.
        windows: usize,
        /// Rows that are owed to a table.
        owed: usize,
    },
    /// It reads ids of its catalogs into its filters.
    ReadsIds {
        /// How many.
        ids: usize,
    },
    /// It looks a record up.
    LooksUp {
        /// The record.
        record: Name,
        /// Its key.
        key: Key,
        /// What the filter says, if there is one.
        filter: Option<FilterSaid>,
        /// Whether the catalog has it, if it was asked.
        catalog: Option<bool>,
    },
    /// It drops a record.
    Drops {
        /// The record.
        record: Name,
        /// Why.
        why: Dropped,
    },
    /// A record comes too late for its window, and leaves its id and nothing else.
    Late {
        /// The record.
        record: Name,
        /// Its key.
        key: Key,
        /// The end of its window.
        end: Time,
    },
    /// A window fires.
    Fires {
        /// The pane.
        pane: Name,
        /// The key of the window.
        key: Key,
        /// Its start.
        start: Time,
        /// How many records it has that are in no pane.
        records: u32,
    },
    /// No ack came in time, and the output is not sent again.
    StopsSending {
        /// The output.
        record: Name,
        /// How often this life has sent it.
        sends: u32,
    },
    /// The store forgets an id.
    Forgets {
        /// The record, if it is known.
        record: Option<Name>,
        /// The key of its catalog.
        key: Key,
        /// Why.
        why: Forgotten,
    },
}

impl onceproof_kernel::told::Tale for Story {
    fn word(&self) -> &'static str {
        match self {
            Story::Starts { .. } => "start",
            Story::ReadsIds { .. } => "ids-read",
            Story::LooksUp { .. } => "look-up",
            Story::Drops { .. } | Story::Late { .. } => "drop",
            Story::Fires { .. } => "fire",
            Story::StopsSending { .. } => "stop-sending",
            Story::Forgets { .. } => "forget",
        }
    }

    fn details(&self) -> Details {
        let number = |number: usize| Detail::Number(number as u64);
        match *self {
            Story::Starts { token, outputs, windows, owed } => vec![
                ("token", Detail::Number(token)),
                ("outputs", number(outputs)),
                ("windows", number(windows)),
                ("owed", number(owed)),
            ],
            Story::ReadsIds { ids } => vec![("ids", number(ids))],
            Story::LooksUp { record, key, filter, catalog } => {
                let filter = filter.map(|said| ("filter", Detail::Word(words::of_filter(said))));
                let catalog = catalog.map(|has_it| {
                    ("catalog", Detail::Word(if has_it { words::KNOWN } else { words::UNKNOWN }))
                });
                let named = [("subject", Detail::Record(record)), ("key", Detail::Key(key))];
                named.into_iter().chain(filter).chain(catalog).collect()
            }
            Story::Drops { record, why } => {
                vec![
                    ("subject", Detail::Record(record)),
                    ("why", Detail::Word(words::of_drop(why))),
                ]
            }
            Story::Late { record, key, end } => vec![
                ("subject", Detail::Record(record)),
                ("why", Detail::Word(words::LATE)),
                ("key", Detail::Key(key)),
                ("end", Detail::Time(end)),
            ],
            Story::Fires { pane, key, start, records } => vec![
                ("subject", Detail::Record(pane)),
                ("key", Detail::Key(key)),
                ("result", Detail::Result(key, Some(start))),
                ("records", Detail::Number(records.into())),
            ],
            Story::StopsSending { record, sends } => {
                vec![("subject", Detail::Record(record)), ("sends", Detail::Attempt(sends))]
            }
            Story::Forgets { record, key, why } => {
                let subject = record.map(|record| ("subject", Detail::Record(record)));
                let why = match why {
                    Forgotten::Passed { of, below } => {
                        vec![("stamp", Detail::Time(of)), ("below", Detail::Time(below))]
                    }
                    Forgotten::Aged(age) => vec![("age_ns", Detail::Nanos(age))],
                };
                subject.into_iter().chain([("key", Detail::Key(key))]).chain(why).collect()
            }
        }
    }

    fn sentence(&self, speaker: &dyn Speaker) -> String {
        let who = speaker.who();
        match *self {
            Story::Starts { token, outputs, windows, owed } => {
                let found = [(outputs, "output"), (windows, "window"), (owed, "row")];
                let found = found.into_iter().filter(|&(count, _)| count > 0);
                let found: Vec<String> = found
                    .map(|(count, noun)| match noun {
                        "row" => format!("{} that it owes", counted(count as u64, noun)),
                        noun => counted(count as u64, noun),
                    })
                    .collect();
                let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
                let worker = speaker.worker();
                format!("{who} starts on worker {worker} under token {token}; it finds {found}")
            }
            Story::ReadsIds { ids } => {
                format!("{who} reads {} into its filters", counted(ids as u64, "id"))
            }
            Story::LooksUp { record, key, filter, catalog } => {
                let found = found(speaker.key(key), filter, catalog);
                format!("{who} looks {} up: {found}", speaker.name(record))
            }
            Story::Drops { record, why } => {
                let why = match why {
                    Dropped::Duplicate => ": it is known",
                    Dropped::Remnant => {
                        ", a remnant: its stamp is below the system watermark of its sender"
                    }
                    Dropped::Old => ": it is unknown, and too old",
                };
                format!("{who} drops {}{why}", speaker.name(record))
            }
            Story::Late { record, key, end } => {
                let (record, key) = (speaker.name(record), speaker.key(key));
                format!("{who} drops {record}: it is late, its window of {key} ended at {end}")
            }
            Story::Fires { pane, key, start, records } => {
                let (key, pane) = (speaker.key(key), speaker.name(pane));
                let records = counted(records.into(), "record");
                format!("{who} fires the window of {key} from {start}: pane {pane} of {records}")
            }
            Story::StopsSending { record, sends } => {
                let sends = counted(sends.into(), "attempt");
                format!("{who} takes {} for done after {sends}", speaker.name(record))
            }
            Story::Forgets { record, key, why } => {
                let of = record
                    .map_or_else(|| speaker.key(key).to_owned(), |record| speaker.name(record));
                let why = match why {
                    Forgotten::Passed { of, below } => {
                        format!("its stamp, {of}, is below the system watermark, {below}")
                    }
                    Forgotten::Aged(length) => format!("it has been kept for {}", Span(length)),
                };
                format!("the store forgets the id of {of}: {why}")
            }
        }
    }

    fn in_hand(&self) -> Option<Name> {
        match *self {
            Story::LooksUp { record, .. }
            | Story::Drops { record, .. }
            | Story::Late { record, .. } => Some(record),
            Story::Starts { .. }
            | Story::ReadsIds { .. }
            | Story::Fires { .. }
            | Story::StopsSending { .. }
            | Story::Forgets { .. } => None,
        }
    }
}

/// What was found of a record: by the filter, then in the catalog. A filter that says that the id is new is the last
/// to be asked.
fn found(key: &str, filter: Option<FilterSaid>, catalog: Option<bool>) -> String {
    let catalog = catalog.map(|has_it| {
        let is_in = if has_it { "in" } else { "not in" };
        format!("{is_in} the catalog of {key}")
    });
    let word = match filter {
        None => return catalog.unwrap_or_default(),
        Some(FilterSaid::New) => return "new by the filter".to_owned(),
        Some(FilterSaid::MayBeKnown) => "perhaps known by the filter",
        Some(FilterSaid::NotReady) => "the filter says nothing",
    };
    match catalog {
        Some(catalog) => format!("{word}; {catalog}"),
        None => format!("{word}, and no catalog is asked"),
    }
}

/// `1 record`, `2 records`.
fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
