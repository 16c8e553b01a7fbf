//! The alphabet of the protocol: its steps as a fault is placed before them, what travels without a record, and the
//! corners that a run should reach.

use super::{account, told};
use onceproof_kernel::alphabet::{
    Alphabet, Control, ControlValue, Counted, Counter, Mark, Moments, Point, PointWords, Subject,
};
use onceproof_kernel::time::Time;

/// The catalog is asked.
pub const ADMIT: Point = Point(0);
/// The user function, or the aggregate, takes the record.
pub const APPLY: Point = Point(1);
/// The commit of a record's effects is sent to the store.
pub const COMMIT: Point = Point(2);
/// The answer to a commit is handled. A crash here leaves a commit that is applied and a worker that never
/// heard of it. What the commit holds is then lost unless the next boot sends it
/// (`Defect::BootResendsNothing`).
pub const ANSWER: Point = Point(3);
/// An ack is sent upstream.
pub const ACK: Point = Point(4);
/// An output is sent downstream.
pub const SEND: Point = Point(5);
/// The commit that ends a record's stay is sent to the store: under checkpoint it deletes an acked output, under
/// recompute it writes id and state.
pub const SETTLE: Point = Point(6);
/// The commit that fires a window or writes a row is sent to the store.
pub const EMIT: Point = Point(7);
/// An external service is called.
pub const CALL: Point = Point(8);

/// A record was dropped, since its catalog had its id.
pub const DUPLICATE_DROPPED: Mark = Mark(Mark::OWN);
/// The same by an instance that was not the first of its shard, so what it knew it had read.
pub const DUPLICATE_DROPPED_AFTER_RESTART: Mark = Mark(Mark::OWN + 1);
/// A record was dropped, since its stamp was below the system watermark of its sender.
pub const REMNANT_DROPPED: Mark = Mark(Mark::OWN + 2);
/// A record was dropped, since it was unknown and older than ids are remembered.
pub const OLD_DROPPED: Mark = Mark(Mark::OWN + 3);
/// A filter said that an id was new, and the catalog was not asked.
pub const FILTER_SAVED_READ: Mark = Mark(Mark::OWN + 4);
/// A watermark travelled alone.
pub const WATERMARK_ALONE: Mark = Mark(Mark::OWN + 5);
/// A watermark that travelled alone was sent again.
pub const WATERMARK_SENT_AGAIN: Mark = Mark(Mark::OWN + 6);

/// How often a catalog was read.
pub const CATALOG_READS: Counter = Counter(0);
/// How many ids a filter took for known ones, that were in no catalog.
pub const BLOOM_FALSE_POSITIVES: Counter = Counter(1);

const fn of_stage(word: &'static str, verb: &'static str, about: &'static str) -> PointWords {
    PointWords { word, verb, about, is_each_steps: false, control: None }
}

const fn of_step(word: &'static str, verb: &'static str, about: &'static str) -> PointWords {
    PointWords { word, verb, about, is_each_steps: true, control: None }
}

/// The watermark among the controls.
pub const WATERMARK: u8 = 0;

/// Those at which a commit is sent.
pub const COMMITS: &[Point] = &[COMMIT, SETTLE, EMIT];

/// All its words. Points stand in the order of the protocol, but for the last.
pub static ALPHABET: Alphabet = Alphabet {
    points: &[
        of_stage("admit", "admits", "The catalog is asked."),
        of_step("apply", "applies", "The function, or the aggregate, takes the record."),
        of_stage("commit", "commits", "The commit of a record's effects is sent."),
        of_stage("answer", "handles the answer on", "The answer to a commit is handled."),
        of_stage("ack", "acks", "An ack is sent."),
        of_stage("send", "sends", "An output is sent."),
        of_stage("settle", "settles", "The commit that ends a record's stay is sent."),
        of_stage("emit", "emits", "The commit that fires a window or writes a row is sent."),
        of_step("call", "calls for", "An external service is called."),
    ],
    // A message comes in where a request would be admitted.
    moments: Moments {
        apply: APPLY,
        deliver: ADMIT,
        answer: ANSWER,
        reply: ACK,
        send: SEND,
        call: CALL,
    },
    is_answered: true,
    controls: &[Control {
        word: "watermark",
        value: ControlValue::Time,
        marks: [WATERMARK_ALONE, WATERMARK_SENT_AGAIN],
    }],
    marks: &[
        (DUPLICATE_DROPPED, "duplicate-dropped"),
        (DUPLICATE_DROPPED_AFTER_RESTART, "duplicate-dropped-after-restart"),
        (REMNANT_DROPPED, "remnant-dropped"),
        (OLD_DROPPED, "old-dropped"),
        (FILTER_SAVED_READ, "filter-saved-read"),
        (Mark::COMMIT_REPEATED, "commit-repeated"),
        (Mark::COMMIT_FENCED, "commit-fenced"),
        (Mark::CALL_FENCED, "call-fenced"),
        (Mark::COMMIT_OUTLIVED, "commit-outlived"),
        (Mark::SENT_AGAIN_AFTER_RESTART, "sent-again-after-restart"),
        (Mark::ERROR_ANSWERED, "error-answered"),
        (Mark::ZOMBIE_ASKED, "zombie-asked"),
        (Mark::SHARD_NOT_THERE, "shard-not-there"),
        (Mark::FUNCTION_RAN_AGAIN, "function-ran-again"),
        (WATERMARK_ALONE, "watermark-alone"),
        (WATERMARK_SENT_AGAIN, "watermark-sent-again"),
        (Mark::RECORD_LATE, "record-late"),
    ],
    figures: &[
        ("catalog_reads", Counted::Own(CATALOG_READS)),
        ("bloom_negatives", Counted::Mark(FILTER_SAVED_READ)),
        ("bloom_false_positives", Counted::Own(BLOOM_FALSE_POSITIVES)),
        ("duplicates_dropped", Counted::Mark(DUPLICATE_DROPPED)),
        ("remnants_dropped", Counted::Mark(REMNANT_DROPPED)),
        ("old_dropped", Counted::Mark(OLD_DROPPED)),
    ],
    told: told::TOLD,
    changes: told::CHANGES,
    replies: told::REPLIES,
    account: &account::ACCOUNT,
};

/// A watermark that travels alone.
pub fn watermark(event: Time) -> Subject {
    Subject::Control { word: WATERMARK, value: event.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_once_and_every_mark_has_a_place() {
        let points = ALPHABET.all().map(|point| ALPHABET.word(point));
        let marks = ALPHABET.marks.iter().map(|&(_, word)| word);
        let mut words: Vec<&str> = points.chain(marks).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        let mut numbers: Vec<usize> = ALPHABET.marks.iter().map(|(mark, _)| mark.at()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..numbers.len()).collect::<Vec<_>>());
        assert!(ALPHABET.points.len() <= Alphabet::POINTS && numbers.len() <= Mark::COUNT);
        assert_eq!(ALPHABET.find("emit"), Some(EMIT));
    }
}
