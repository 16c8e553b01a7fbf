//! The words for what a shard tells, as one table: text, JSON and schema follow from it.

use crate::dataflow::effect::{Dropped, FilterSaid};
use onceproof_kernel::told::DetailKind::{Number, Signed, Text, Words};
use onceproof_kernel::told::{DetailWords, ToldWords};

/// A record whose id the catalog has, or whose id is known.
pub(super) const KNOWN: &str = "known";
/// A record whose id the catalog does not have.
pub(super) const UNKNOWN: &str = "unknown";
/// A record that comes after its window has ended.
pub(super) const LATE: &str = "late";

/// The word for what a filter says.
pub(super) fn of_filter(said: FilterSaid) -> &'static str {
    match said {
        FilterSaid::New => "new",
        FilterSaid::MayBeKnown => "may-be-known",
        FilterSaid::NotReady => "not-ready",
    }
}

/// The word for why a record is dropped.
pub(super) fn of_drop(why: Dropped) -> &'static str {
    match why {
        Dropped::Duplicate => KNOWN,
        Dropped::Remnant => "remnant",
        Dropped::Old => "old",
    }
}

const fn text(name: &'static str) -> DetailWords {
    DetailWords::new(name, Text)
}

const fn number(name: &'static str) -> DetailWords {
    DetailWords::new(name, Number)
}

const SUBJECT: DetailWords = text("subject");
const RECORD: DetailWords = text("record");
const KEY: DetailWords = text("key");
const STEP: DetailWords = text("step");
const RESULT: DetailWords = text("result");
const WEIGHT: DetailWords =
    DetailWords::new("weight", Signed).about("The source records that it stands for.");
const VALUE: DetailWords = DetailWords::new("value", Signed);

/// What a shard may tell.
pub static TOLD: &[ToldWords] = &[
    ToldWords {
        word: "start",
        about: "A shard starts, and finds its rows.",
        details: &[number("token"), number("outputs"), number("windows"), number("owed")],
    },
    ToldWords {
        word: "ids-read",
        about: "Ids of catalogs are read into filters.",
        details: &[number("ids")],
    },
    ToldWords {
        word: "look-up",
        about: "A record is looked up: what the filter says, where there is one, and the catalog, where it is asked.",
        details: &[
            SUBJECT,
            KEY,
            DetailWords::new(
                "filter",
                Words(&[
                    ("new", "The id is not in the catalog."),
                    ("may-be-known", "It may be."),
                    ("not-ready", "Nothing."),
                ]),
            )
            .optional(),
            DetailWords::new(
                "catalog",
                Words(&[(KNOWN, "It has the id."), (UNKNOWN, "It does not have it.")]),
            )
            .optional(),
        ],
    },
    ToldWords {
        word: "drop",
        about: "A record is dropped.",
        details: &[
            SUBJECT,
            DetailWords::new(
                "why",
                Words(&[
                    (KNOWN, "Its id is known."),
                    ("remnant", "Its stamp is below the system watermark of its sender."),
                    ("old", "It is unknown, and older than ids are kept."),
                    (LATE, "Its window has ended; it leaves its id."),
                ]),
            ),
            KEY.about("Its key, where it is late.").optional(),
            text("end").about("The end of its window, where it is late.").optional(),
        ],
    },
    ToldWords {
        word: "fire",
        about: "A window fires.",
        details: &[SUBJECT, KEY, RESULT, number("records")],
    },
    ToldWords {
        word: "stop-sending",
        about: "An output is taken for done, though no ack came.",
        details: &[SUBJECT, number("sends")],
    },
    ToldWords {
        word: "forget",
        about: "The store forgets an id.",
        details: &[
            SUBJECT.optional(),
            KEY,
            text("stamp")
                .about("Its stamp, where it is forgotten by a system watermark.")
                .optional(),
            text("below").about("The system watermark that has passed its stamp.").optional(),
            number("age_ns")
                .about("How long it was kept, where it is forgotten by age.")
                .optional(),
        ],
    },
];

/// What a change may say.
pub static CHANGES: &[ToldWords] = &[
    ToldWords {
        word: "offset",
        about: "A source record is done with.",
        details: &[number("offset")],
    },
    ToldWords {
        word: "id",
        about: "The catalog of a key learns the id of a record.",
        details: &[RECORD, KEY],
    },
    ToldWords {
        word: "count",
        about: "A record is counted: `result` of `step` gains it.",
        details: &[
            RECORD,
            STEP,
            KEY,
            RESULT.about("The count that it adds to, by key and start of the window: `ann@0s`."),
            WEIGHT,
            VALUE,
        ],
    },
    ToldWords {
        word: "fire",
        about: "What a window holds becomes a pane.",
        details: &[RECORD, STEP, KEY, RESULT],
    },
    ToldWords {
        word: "hold",
        about: "An output is held until it is acked.",
        details: &[RECORD, text("to")],
    },
    ToldWords {
        word: "stamp",
        about: "Outputs up to this stamp were sent.",
        details: &[text("stamp")],
    },
    ToldWords {
        word: "delete",
        about: "An acked output is deleted.",
        details: &[RECORD.optional()],
    },
    ToldWords { word: "dead-letter", about: "A record is given up.", details: &[RECORD] },
    ToldWords {
        word: "watermark",
        about: "The watermarks of a sender.",
        details: &[text("from"), text("event"), text("system")],
    },
    ToldWords {
        word: "decide",
        about: "What a function decided in the middle of a stage.",
        details: &[RECORD, KEY],
    },
    ToldWords {
        word: "put",
        about: "An entry at a service stands for a record.",
        details: &[RECORD, KEY],
    },
    ToldWords {
        word: "owe",
        about: "A row is owed to a table.",
        details: &[RECORD, number("row")],
    },
    ToldWords { word: "pay", about: "A row that was owed is paid.", details: &[number("row")] },
    ToldWords {
        word: "row",
        about: "A row is written: `result` of `step` gains it.",
        details: &[RECORD, STEP, KEY, RESULT, WEIGHT, VALUE],
    },
];

/// What an ack says.
pub static REPLIES: &[DetailWords] =
    &[text("watermark").about("The watermark of event time that it confirms.")];
