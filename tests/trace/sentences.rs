//! The sentences of a trace. Each expectation is what the comment of its scenario says, derived from it by hand.

use super::onceproof;

/// The lines of a trace: its time in ms, as it is written, and its sentence. A long line goes on in the next.
fn lines(arguments: &[&str]) -> Vec<(String, String)> {
    let printed = onceproof(&[&["run"], arguments, &["--trace"]].concat());
    assert!(matches!(printed.code, Some(0 | 1)), "{}", printed.stderr);
    let mut lines: Vec<(String, String)> = Vec::new();
    for line in printed.stdout.lines().take_while(|line| !line.is_empty()) {
        assert!(line.chars().count() <= 80, "more than 80 columns: {line}");
        match line.split_once(" ms  ") {
            Some((at, sentence)) => lines.push((at.trim().to_owned(), sentence.to_owned())),
            None => {
                let (_, sentence) = lines.last_mut().expect("a line begins with its time");
                // What struck stands apart.
                sentence.push_str(if line.trim().starts_with('!') { "  " } else { " " });
                sentence.push_str(line.trim());
            }
        }
    }
    lines
}

/// The trace of a scenario has these sentences at these times, in ms, in this order.
#[track_caller]
fn check(file: &str, expected: &[(&str, &str)]) {
    let lines = lines(&[file]);
    let mut rest = lines.iter();
    for &(at, sentence) in expected {
        let found = rest.any(|(time, line)| {
            time.strip_suffix(".000").unwrap_or(time) == at && line == sentence
        });
        let all: Vec<String> = lines.iter().map(|(at, line)| format!("{at}  {line}")).collect();
        assert!(found, "{file}: no \"{at}  {sentence}\" in order in\n{}", all.join("\n"));
    }
}

#[test]
fn a_remnant_is_told_and_the_id_that_was_forgotten_before() {
    check(
        "gc/remnant.toml",
        &[
            ("0", "events/0 starts on worker 0 under token 1; it finds nothing"),
            ("0", "events/0 reads events/0#0"),
            ("2", "events/0 sends events/0#0 to per-user/0, attempt 1  ! late by 1s"),
            ("32", "events/0 has waited too long for the ack of events/0#0"),
            ("32", "events/0 sends events/0#0 to per-user/0, attempt 2"),
            ("33", "per-user/0 receives events/0#0 from events/0, attempt 2"),
            ("33", "per-user/0 looks events/0#0 up: not in the catalog of ann"),
            (
                "34",
                "the store applies commit 0 of per-user/0, events/0#0: counted at ann@0s, \
                 its id is kept, watermark 0s of events/0",
            ),
            ("36", "events/0 receives per-user/0's ack of events/0#0, attempt 2"),
            ("36", "events/0 settles events/0#0"),
            ("36", "events/0 sends watermark 2s to per-user/0, attempt 1"),
            ("37", "the store applies settle 1 of events/0, events/0#0: its output is deleted"),
            (
                "38",
                "the store forgets the id of events/0#0: its stamp, 0s, is below the system \
                 watermark, 1ns",
            ),
            ("1003", "per-user/0 receives events/0#0 from events/0, attempt 1"),
            (
                "1003",
                "per-user/0 drops events/0#0, a remnant: its stamp is below the system watermark \
                 of its sender",
            ),
            ("1003", "per-user/0 acks events/0#0 to events/0, attempt 1"),
            (
                "1004",
                "events/0 receives per-user/0's ack of events/0#0, attempt 1, no longer awaited",
            ),
            (
                "2007",
                "per-user/0 fires the window of ann from 0s: pane per-user/ann@0s#0 of 1 record",
            ),
        ],
    );
}

#[test]
fn an_id_that_ages_is_told_when_it_does() {
    check(
        "gc/ttl-accept.toml",
        &[
            ("33", "per-user/0 looks events/0#0 up: not in the catalog of ann"),
            ("534", "the store forgets the id of events/0#0: it has been kept for 500ms"),
            ("1003", "per-user/0 receives events/0#0 from events/0, attempt 1"),
            ("1003", "per-user/0 looks events/0#0 up: not in the catalog of ann"),
        ],
    );
}

#[test]
fn what_is_known_and_what_is_too_old_is_dropped_and_told() {
    check(
        "dedup/duplicate-request.toml",
        &[
            ("2", "events/0 sends events/0#0 to per-user/0, attempt 1  ! sent twice"),
            ("3", "per-user/0 receives events/0#0 from events/0, attempt 1"),
            ("3", "per-user/0 receives events/0#0 from events/0, attempt 1"),
            ("3", "per-user/0 lets events/0#0 wait: its key, ann, is busy"),
            ("5", "per-user/0 looks events/0#0 up: in the catalog of ann"),
            ("5", "per-user/0 drops events/0#0: it is known"),
            ("5", "per-user/0 acks events/0#0 to events/0, attempt 1"),
            ("6", "events/0 receives per-user/0's ack of events/0#0, attempt 1, no longer awaited"),
        ],
    );
    check(
        "dedup/window-drops-old.toml",
        &[
            ("2", "events/0 sends events/0#0 to per-user/0, attempt 1  ! lost"),
            ("33", "per-user/0 looks events/0#0 up: not in the catalog of ann"),
            ("33", "per-user/0 drops events/0#0: it is unknown, and too old"),
            ("33", "per-user/0 acks events/0#0 to events/0, attempt 2"),
        ],
    );
}

#[test]
fn what_a_filter_says_is_told_and_whether_the_catalog_was_asked() {
    check(
        "bloom/restart-lazy.toml",
        &[
            ("3", "per-user/0 looks events/0#0 up: new by the filter"),
            ("5", "worker 1 crashes before it acks events/0#0  ! back in 50ms"),
            ("55", "worker 1 is back"),
            ("55", "per-user/0 starts on worker 1 under token 2; it finds 1 window"),
            (
                "93",
                "per-user/0 looks events/0#0 up: the filter says nothing; in the catalog of ann",
            ),
            ("93", "per-user/0 drops events/0#0: it is known"),
            (
                "1003",
                "per-user/0 looks events/0#1 up: the filter says nothing; not in the catalog of bob",
            ),
            // What came before is acked and promised to come no more, so no id is left.
            ("2003", "per-user/0 reads 0 ids into its filters"),
            ("2003", "per-user/0 looks events/0#2 up: new by the filter"),
            (
                "2033",
                "per-user/0 looks events/0#2 up: perhaps known by the filter; in the catalog of cid",
            ),
        ],
    );
    check(
        "bloom/bloom-only.toml",
        &[(
            "1003",
            "per-user/0 looks events/0#1 up: perhaps known by the filter, and no catalog is asked",
        )],
    );
}

#[test]
fn of_two_owners_the_old_one_is_told_from_the_new_one_and_is_fenced() {
    check(
        "fencing/pause-before-commit.toml",
        &[
            ("3", "worker 1 stands still before it commits events/0#0  ! for 400ms"),
            ("203", "the lease of worker 1 is over"),
            ("203", "the store grants per-user/0 to worker 0; worker 1 is not told"),
            (
                "203",
                "per-user/0 (the new owner) starts on worker 0 under token 2; it finds nothing",
            ),
            ("403", "worker 1 goes on"),
            ("403", "per-user/0 (the old owner) commits events/0#0"),
            ("404", "the store refuses commit 0 of per-user/0 (the old owner), events/0#0: fenced"),
            ("405", "per-user/0 (the old owner) hears that it is fenced, and ends on worker 1"),
            ("453", "per-user/0 receives events/0#0 from events/0, attempt 5"),
            ("453", "per-user/0 looks events/0#0 up: not in the catalog of ann"),
        ],
    );
}

#[test]
fn an_execution_is_told_with_its_answer_and_that_it_differs_or_fails() {
    check(
        "functions/user-differs.toml",
        &[
            ("3", "flip/0 executes flip on events/0#0, execution 1: ann/0"),
            ("3", "worker 1 crashes before it commits events/0#0  ! back in 50ms"),
            (
                "33",
                "events/0#0 from events/0 to flip/0, attempt 2, reaches nobody: worker 1 is down",
            ),
            ("53", "flip/0 starts on worker 1 under token 2; it finds nothing"),
            (
                "93",
                "flip/0 executes flip on events/0#0, execution 2: ann/1, where it was ann/0  ! \
                 differs",
            ),
            ("96", "per-side/0 receives events/0#0.0 from flip/0, attempt 1"),
        ],
    );
    check(
        "functions/user-fails.toml",
        &[
            ("3", "pass/0 executes pass on events/0#0, execution 1: it fails  !"),
            ("33", "pass/0 tries a failed record of ann again"),
            ("33", "pass/0 executes pass on events/0#0, execution 2: ann"),
            ("35", "pass/0 drops events/0#0: it is known"),
        ],
    );
}

#[test]
fn late_records_and_late_panes_are_told() {
    check(
        "windows/late.toml",
        &[
            ("1003", "per-user/0 drops events/0#1: it is late, its window of ann ended at 60s"),
            // The record has the system watermark with it, which is new, and that of event time, which is not.
            (
                "1004",
                "the store applies commit 2 of per-user/0, events/0#1: its id is kept, watermark \
                 70s of events/0",
            ),
        ],
    );
    check(
        "windows/late-pane.toml",
        &[
            (
                "70003",
                "per-user/0 fires the window of ann from 0s: pane per-user/ann@0s#0 of 1 record",
            ),
            (
                "71005",
                "per-user/0 fires the window of ann from 0s: pane per-user/ann@0s#1 of 1 record",
            ),
        ],
    );
}

#[test]
fn what_reaches_nobody_is_told() {
    // Worker 1 has lost the shard, and senders do not know yet.
    check(
        "leases/stale-directory.toml",
        &[
            ("6", "per-user/0 is to move to another worker  !"),
            ("6", "the store grants per-user/0 to worker 0; worker 1 is not told"),
            (
                "7",
                "per-user/0 (the old owner) receives watermark infinity from events/0, attempt 1",
            ),
            (
                "7",
                "per-user/0 (the old owner) fires the window of ann from 0s: pane \
                 per-user/ann@0s#0 of 1 record",
            ),
            ("9", "per-user/0 (the old owner) hears that it is fenced, and ends on worker 1"),
            (
                "37",
                "watermark infinity from events/0 to per-user/0, attempt 2, reaches nobody: \
                 worker 1 does not have it",
            ),
        ],
    );
    // From 4 to 104 ms nothing comes back.
    check(
        "dedup/cut-acks-no-dedup.toml",
        &[
            ("4", "the link from worker 1 to worker 0 is cut  ! for 100ms"),
            ("5", "per-user/0 acks events/0#0 to events/0, attempt 1  ! the link is cut"),
            ("35", "per-user/0 acks events/0#0 to events/0, attempt 2  ! the link is cut"),
            ("215", "per-user/0 acks events/0#0 to events/0, attempt 4"),
        ],
    );
}

#[test]
fn to_settle_is_to_let_go_of_what_was_held_and_nothing_else() {
    // By hand, under checkpoint: an output that was acked is deleted.
    check(
        "crash/before-settle.toml",
        &[
            ("6", "worker 0 crashes before it settles events/0#0  ! back in 50ms"),
            ("56", "events/0 starts on worker 0 under token 2; it finds 1 output"),
            ("58", "events/0 settles events/0#0"),
            ("59", "the store applies settle 0 of events/0, events/0#0: its output is deleted"),
            ("60", "events/0 hears that events/0#0 is settled"),
        ],
    );
    // Under recompute nothing is held: the stage would commit now, and dies.
    check(
        "outputs/coin-flipped-again.toml",
        &[
            ("1", "per-side/0 commits events/0#0.0"),
            ("4", "worker 0 crashes before it commits events/0#0  ! back in 50ms"),
            (
                "54",
                "events/0 executes flip on events/0#0, execution 2: ann/1, where it was ann/0  ! \
                 differs",
            ),
        ],
    );
}

#[test]
fn who_dies_before_it_admits_a_record_drops_nothing() {
    // By hand: it dies at 3, and takes the third send at 93. Nothing was known in between.
    let file = "crash/before-admit.toml";
    check(
        file,
        &[
            ("3", "worker 1 crashes before it admits events/0#0  ! back in 50ms"),
            ("93", "per-user/0 looks events/0#0 up: not in the catalog of ann"),
        ],
    );
    assert!(!lines(&[file]).iter().any(|(_, line)| line.contains("drops")));
    assert!(!onceproof(&["run", file]).stdout.contains("duplicates dropped 1"));
}

#[test]
fn a_service_is_told_of_a_token_and_refuses_an_older_one() {
    check(
        "side-effects/put-fenced-zombie.toml",
        &[
            ("203", "charge/0 (the new owner) tells its service of token 2"),
            ("243", "charge/0 (the new owner) calls its service for events/0#0, attempt 1"),
            ("403", "worker 1 goes on"),
            ("403", "charge/0 (the old owner) calls its service for events/0#0, attempt 2"),
            ("404", "the service of charge/0 refuses the token for events/0#0"),
            ("405", "charge/0 (the old owner) hears that it is fenced, and ends on worker 1"),
        ],
    );
}
