//! What the report of a run tells of scenarios of the repository. What happens in each is worked out by hand in its file.

use super::folder::{Finished, Folder};
use std::path::Path;

/// The run of a scenario of the repository.
fn run(folder: &Folder, file: &str, more: &[&str]) -> Finished {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    folder.onceproof(&[&["run", path.to_str().expect("a path")], more].concat())
}

#[test]
fn what_happened_is_told_in_words_that_need_no_look_at_the_file() {
    let folder = Folder::new("told-lines");
    for (file, lines) in [
        // What did it where no fault did.
        ("bloom/bloom-only.toml", &["no fault: a filter took its id for one that is known"][..]),
        ("dedup/short-timeout-no-dedup.toml", &["no fault: events sent it again after 3 ms"]),
        ("sources/queue-message-ids.toml", &["no fault: published 2 times"]),
        ("sources/queue-published-late.toml", &["no fault: published 2 times"]),
        // Who holds what, and where the records are.
        ("gc/never.toml", &["per-user/0 holds 2 ids that nothing can need any more"]),
        (
            "re-ack/off-lost-ack.toml",
            &[
                "1 record is unfinished: in no result yet, and not lost",
                "stuck: the run as a whole",
            ],
        ),
        (
            "functions/poison-for-ever.toml",
            &["3 records are unfinished: in no result yet, and not lost"],
        ),
        (
            "functions/filter.toml",
            &[
                "exactly-once for 2 records, 1 of them filtered out",
                "1 of these is filtered out, as functions say",
            ],
        ),
        // Dead letters, where they were given up and of how many records.
        (
            "functions/dead-letter-recomputed.toml",
            &[
                "divergent: events/0#0 at per-user, given up at parse and reflected all the same",
                "step expected applied late dead lettered results per-user 0 1 0 1 ann 1",
            ],
        ),
        (
            "functions/dead-letter-pane.toml",
            &[
                "dead letters per-user/bob@0s#0 at format, with 2 records",
                "per-user 3 3 0 0 ann 1, bob 2 global 1 1 0 2 * 1",
            ],
        ),
        // Which of several it was, and what a sink does.
        (
            "sinks/two-phase-timeout.toml",
            &["crashed before the second call of events/0#0 and came back"],
        ),
        (
            "sinks/rename-state-first.toml",
            &["crashed before the second commit of events/0#0 and came back"],
        ),
        ("sinks/append-crash.toml", &["crashed before the commit of events/0#0 and came back"]),
        (
            "dedup/cut-acks-no-dedup.toml",
            &["the link from events to per-user was cut for acks from 4ms on, for 100ms"],
        ),
        // An entry that is put again is one.
        (
            "side-effects/put-answer-lost-limited.toml",
            &["max garbage standing charge 1 2 2.000 2 2 0 1"],
        ),
        // Windows, by dates where the input has some.
        ("windows/late-pane-and-the-next-window.toml", &["3d6h11m14s976ms710us656ns ann 1"]),
        ("bloom/from-the-future.toml", &["per-user 10h ann 1", "per-user 30h ann 1"]),
    ] {
        let text = run(&folder, file, &[]).stdout;
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in lines {
            assert!(words.contains(line), "{file}: {line:?} in\n{text}");
        }
    }
}

#[test]
fn what_happened_stands_in_the_document_too() {
    let folder = Folder::new("told-json");
    let of = |file, key: &str| run(&folder, file, &["--format", "json"]).document()[key].clone();
    let damage = of("sources/queue-message-ids.toml", "damage");
    assert_eq!(damage[0]["by_itself"], "published 2 times");
    let damage = of("functions/dead-letter-recomputed.toml", "damage");
    assert_eq!(damage[0]["given_up_at"], "parse");
    assert_eq!(of("functions/dead-letter-pane.toml", "dead_letters")[0]["records"], 2);
    assert_eq!(of("functions/dead-letter-pane.toml", "steps")["global"]["dead_lettered"], 2);
    assert_eq!(of("functions/poison-for-ever.toml", "unfinished"), 3);
    let calls = of("side-effects/put-answer-lost-limited.toml", "calls");
    assert_eq!((&calls["charge"]["calls"], &calls["charge"]["standing"]), (&2.into(), &1.into()));
    let reason = "per-user/0 holds 2 ids that nothing can need any more";
    assert_eq!(of("gc/never.toml", "reason"), reason);
}

#[test]
fn a_green_for_no_record_is_not_green() {
    let folder = Folder::new("told-none");
    let colour = |file| {
        let text = run(&folder, file, &["--color", "always"]).stdout;
        let line = text.lines().find(|line| line.contains("exactly-once")).expect("a verdict");
        line.split("exactly-once").next().expect("its colour").to_owned()
    };
    let green = colour("functions/filter.toml");
    assert!(green.contains("\u{1b}[32m") || green.contains(";32m"), "{green:?}");
    let none = colour("functions/dead-letter-one-window.toml");
    assert!(!none.contains("32m") && none.contains("33m"), "{none:?}");
}

#[test]
fn hours_of_flights_are_dates() {
    let folder = Folder::new("told-dates");
    let text = run(&folder, "flights/flights.toml", &[]).ends(0).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The first hour of the data is from 1,357,034,400 s after 1970: 15,706 days and 10 h, which are 43 years with 11
    // leap days.
    assert!(words.contains(" per-hour 2013-01-01 10:00 * 6 "), "{text}");
}
