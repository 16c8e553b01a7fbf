//! What a story must have in it: the event at which it shows what is wrong, whatever record that is about; and what was
//! true at each moment.

use super::{EXPLAINED, Explained, change, cured, load, named, text_of};
use crate::protocols::{RIGHT, own_trial};
use onceproof::scenario::Scenario;
use onceproof_kernel::account::Ending;
use onceproof_kernel::told::{DetailKind, ToldWords};
use onceproof_sim::trace::{Seen, What};
use onceproof_systems::{ALPHABETS, Trial};
use std::collections::BTreeSet;
use std::path::Path;

/// The text of an explanation on one line.
fn on_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn story_of(file: &str) -> String {
    let text = on_a_line(&text_of(&load(file)));
    text.split(" the nearest run that holds ").next().unwrap_or_default().to_owned()
}

#[test]
fn the_guilty_event_is_told_and_what_was_believed_and_true_there() {
    // By hand, from the comments of the files, or by following the trace from its first difference.
    for (file, expected) in [
        (
            "transactions/zombie.toml",
            "29.000 ms the store applies append 4 of group/0, offsets#0: offsets of the transaction of client 0, task 1 \
             is to go on at 1, task 3 is to go on at 0 believed: whoever sends positions has the tasks that they are of \
             true: here who has lost its tasks moves their positions all the same",
        ),
        (
            "at-least-once/offsets-highest.toml",
            "18.000 ms the store applies commit 0 of events/0, events/0#1: the next offset is 2 believed: all records \
             before this offset are complete true: this offset is beyond records that are not complete",
        ),
        (
            "transactions/end-taken-for-committed.toml",
            "60.000 ms client/0 takes its transaction for committed believed: the transaction was committed true: here \
             it is taken for one of the two that it may be, and is the other",
        ),
        (
            "transactions/no-sequences.toml",
            "46.000 ms the store applies append 3 of per-user.shuffle/1, events/1#0: events/1#0 is batch 0 of client 0 \
             in epoch 0 believed: this batch is not in the log yet true: without sequence numbers",
        ),
        (
            "transactions/offsets-before.toml",
            "16.000 ms the store applies append 3 of group/0, offsets#0: task 1 goes on at 1, task 3 goes on at 0",
        ),
        (
            "snapshot/notify-first.toml",
            "67.000 ms the store applies answer 7 of table/1, commit#2: the transaction of writer 1 in attempt 1 for \
             checkpoint 2 is committed believed: the record of the checkpoint will stand true: here committers are, and \
             a crash goes back behind it",
        ),
        (
            "snapshot/number-again.toml",
            "147.000 ms the store applies record 3 of coordinator/0, checkpoint#2: 1 transaction is to be seen by it, 1 \
             transaction is to be seen by it, checkpoint 2 is complete believed: all of these acks are of this \
             checkpoint true: these numbers come again after a restart",
        ),
        (
            "snapshot/kept-token.toml",
            "75.000 ms the store applies record 1 of coordinator/0, checkpoint#1: 2 transactions are to be seen by it, \
             checkpoint 1 is complete believed: the newest record is known true: here a record can still be written \
             after it has read, and is passed over",
        ),
    ] {
        let story = story_of(file);
        assert!(story.contains(expected), "{file}: {expected}\n{story}");
    }
}

/// From the comments of the file: attempt 1 stores what it has counted, attempt 2 begins with that and counts it again, and both
/// are in one pane.
#[test]
fn a_record_of_micro_batches_is_followed_into_states_into_its_pane_and_to_its_row() {
    let story = story_of("micro-batch/newest-state.toml");
    let told = [
        "9.000 ms executor/0 counts events/0#0 in b from 0s",
        "11.000 ms the store applies answer 0 of per-user/0, put-state#0.per-user/0.1: version 1 is stored",
        "307.000 ms executor/1 counts events/0#0 in b from 0s",
        "309.000 ms the store applies answer 1 of per-user/0, put-state#0.per-user/0.3: version 1 is stored",
        "fires per-user/b@0s#0 with 4 records",
        "per-user/b@0s#0 is seen, per-user/a@0s#0 is seen believed: it is the result of its batch, and comes once true: \
         no result has events/0#0 yet: from here on it is there once too often",
    ];
    let at: Vec<Option<usize>> = told.iter().map(|expected| story.find(expected)).collect();
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?}\n{story}");
}

/// Who waits in vain for whom, from when on, in runs that do not end.
#[test]
fn a_run_without_end_tells_what_is_waited_for_in_vain() {
    // By hand, from the comments of the files, with the first event of its kind that the right value does not have.
    for (file, expected) in [
        (
            "micro-batch/grant-once.toml",
            "44.000 ms driver/0 denies attempt 1 of per-user/0 to write: attempt 1 has leave believed: the attempt that \
             has leave will write true: here it is denied, though it is the only one that may",
        ),
        (
            "micro-batch/grant-sticky.toml",
            "312.000 ms driver/0 denies attempt 3 of per-user/0 to write: attempt 1 has leave believed: the attempt that has leave \
             will write true: here it is not, and all others are denied for ever",
        ),
        (
            "micro-batch/unwanted.toml",
            "44.000 ms driver/0 does not answer the report of attempt 1 of per-user/0 believed: what is not wanted need \
             not be answered true: here it is not, and comes again for ever",
        ),
        (
            "micro-batch/release-early.toml",
            "68.000 ms driver/0 ends itself in batch 0 believed: what is logged for this batch can be read true: here it forgets \
             it before, and another driver cannot run the batch again",
        ),
        (
            "snapshot/shared-deleted.toml",
            "137.000 ms coordinator/0 hears that the state of per-user/0 is not there believed: all that the record of a \
             checkpoint names is there true: here it goes with the first record that had it",
        ),
        (
            "snapshot/unknown-record.toml",
            "118.000 ms coordinator/0 hears that the state of events/0 is not there believed: all that the record of a \
             checkpoint names is there",
        ),
        (
            "snapshot/waiting-barrier.toml",
            "144.000 ms coordinator/0 aborts checkpoint 2 believed: the next checkpoint will have the time that it needs true: here \
             it waits behind one that was never sent on all channels",
        ),
        (
            "snapshot/notice-exact.toml",
            "checkpoint 4 is complete believed: what was handed on before is committed true: here it commits those of \
             its number alone, and after a lost notice nobody commits the others",
        ),
    ] {
        let story = story_of(file);
        assert!(story.contains(expected), "{file}: {expected}\n{story}");
    }
}

/// From the comments of the files: what is counted in a window is followed into its pane, into the transaction that has it,
/// and to its end. A row that nobody waits for is read at once.
#[test]
fn a_row_of_snapshots_stands_once_its_transaction_is_committed() {
    let story = story_of("snapshot/notify-first.toml");
    for expected in [
        "per-user/1 counts events/1#1 in a@10ms",
        "per-user/1 fires per-user/a@10ms#0 with 2 records",
        "true: no result has events/1#1 yet; what has it for table is part of a transaction that is open since 35.000 ms",
        "true: events/1#1 is in table since 67.000 ms",
    ] {
        assert!(story.contains(expected), "{expected}\n{story}");
    }
    // Attempt 2 has aborted the transaction of attempt 1 that had it.
    let story = story_of("snapshot/kept-token.toml");
    assert!(
        story.ends_with("no result has events/0#0 yet, and nothing will bring it there"),
        "{story}"
    );
    let story = story_of("snapshot/uncommitted.toml");
    for expected in [
        "35.000 ms the store applies answer 4 of table/1, per-user/a@10ms#0: per-user/a@10ms#0 is there for all to read",
        "true: events/1#1 is in table since 35.000 ms: from here on it is there once too often",
    ] {
        assert!(story.contains(expected), "{expected}\n{story}");
    }
}

/// What a run does that one of these words names, each with its time, as it is told.
fn acts(trial: &Trial, seed: Option<u64>, words: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    trial.simulator().trace(seed, &mut |seen: &Seen<'_>| {
        let is_one = match &seen.event.what {
            What::Applies { changes, .. } => {
                changes.iter().any(|change| words.contains(&change.tale().word()))
            }
            What::Own(told) => words.contains(&told.tale().word()),
            _ => false,
        };
        if is_one {
            found.insert(on_a_line(&seen.line()));
        }
    });
    found
}

#[test]
fn every_story_has_what_its_wrong_setting_does_and_the_right_one_does_not() {
    let mut told = 0;
    for Explained { scenario, seed, text } in EXPLAINED.iter() {
        let account = scenario.trial.simulator().brief(*seed).alphabet.account;
        let found = named(&change(text));
        let Some(acting) = found.first().and_then(|first| account.acts(&first.key)) else {
            continue;
        };
        let (wrong, right) = (&scenario.trial, cured(scenario, &found));
        let (wrong, right) = (acts(wrong, *seed, acting.words), acts(&right, *seed, acting.words));
        let own: Vec<&String> = wrong.difference(&right).collect();
        let story = on_a_line(text);
        let (file, believed) = (scenario.path.display(), acting.believed);
        let is_told = own.iter().any(|event| story.contains(event.as_str()));
        assert!(own.is_empty() || is_told, "{file}: none of {own:#?}\n{text}");
        told += usize::from(story.contains(believed));
    }
    assert!(told >= 8, "only {told}");
}

#[test]
fn what_is_part_of_an_open_transaction_is_not_true_yet() {
    // b@0s is 2 from 102 ms on, when the marker is in the log, and 3 from 134 ms on.
    let story = story_of("transactions/zombie.toml");
    for expected in [
        "true: per-user b@0s is 1 since 74.000 ms; that per-user b@0s is 2 is part of a transaction that is open since \
         85.000 ms",
        "true: per-user b@0s is 2 since 102.000 ms",
        "true: per-user b@0s is 3 from 134.000 ms on, when its transaction is committed, with events/1#1 once too often",
    ] {
        assert!(story.contains(expected), "{expected}\n{story}");
    }
    let end = "134.000 ms the store applies append 5 of per-user.changelog/0, marker#4: a marker: commit of client 1";
    assert!(story.ends_with(end), "{story}");
    // What is aborted never is.
    let story = story_of("transactions/restore-uncommitted.toml");
    let expected = "true: no result has events/0#1 yet; that per-user b@0s is 1 is part of a transaction that is open";
    assert!(story.contains(expected), "{story}");
}

#[test]
fn a_story_ends_where_the_record_is_lost_for_good() {
    // From the comment of the file: 33 ms, ann comes again: her id is known, so she is dropped.
    let story = story_of("fencing/delayed-commit-unfenced.toml");
    let end = "33.000 ms per-user/0 drops events/0#0: it is known believed: events/0#0 is a copy of what was committed \
               true: no result has events/0#0 yet, and nothing will bring it there";
    assert!(story.ends_with(end), "{story}");
    // Where the old owner acks it, the source sends it no more.
    let story = story_of("fencing/pause-before-commit-unfenced.toml");
    assert!(story.contains("its output is deleted"), "{story}");
}

/// By hand, in ms: ann is acked as she arrives, at 3, and goes with the worker; bob is lost on his way, so that her deletion
/// waits; at 10 cid is read, and at 11 his commit deletes her.
#[test]
fn a_deletion_that_goes_with_another_record_is_told_of_the_record_that_is_deleted() {
    let text = "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = { violates = \"lost\" }\n\
                [input]\nrecords = [ { key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"0s\" }, \
                { key = \"cid\", at = \"10ms\" } ]\n\
                [[step]]\nname = \"events\"\nkind = \"source\"\n\
                [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n\
                [mechanism]\nsettle = \"with-next\"\nack = \"on-receipt\"\n\
                [[fault]]\nat = { to = \"per-user\", record = \"events/0#1\", attempt = 1 }\ndo = \"drop-request\"\n\
                [[fault]]\nat = { step = \"per-user\", record = \"events/0#0\", before = \"commit\" }\ndo = \"crash\"\n";
    let scenario =
        Scenario::parse(text, Path::new("a.toml")).unwrap_or_else(|error| panic!("{error}"));
    let story = on_a_line(&text_of(&scenario));
    let expected = "11.000 ms the store applies commit 2 of events/0, events/0#2: offset 2 is done, held for \
                    per-user/0, the output of events/0#0 is deleted believed: events/0#0 is done: whoever was to have \
                    it has it";
    assert!(story.contains(expected), "{story}");
}

#[test]
fn the_words_by_which_a_system_is_explained_stand_in_its_tables() {
    let own = own_trial(RIGHT).simulator().brief(None).alphabet;
    for alphabet in ALPHABETS.into_iter().chain([own]) {
        let words =
            |table: &[ToldWords]| table.iter().map(|row| row.word).collect::<BTreeSet<&str>>();
        let (told, changes) = (words(alphabet.told), words(alphabet.changes));
        let account = alphabet.account;
        let [gains, totals] = [account.gains, account.totals];
        for word in [gains, totals, account.leaves, account.learns].concat() {
            assert!(changes.contains(word), "{word}");
        }
        let acts = account.acts.iter().flat_map(|acts| acts.words.iter().copied());
        for word in [account.knows, account.ends].concat().into_iter().chain(acts) {
            assert!(told.contains(word) || changes.contains(word), "{word}");
        }
        for acts in account.acts {
            let is_its = account.guards.iter().any(|guard| guard.key == acts.key);
            assert!(is_its, "{} has no guard", acts.key);
        }
        for (word, ending) in account.later.iter().flat_map(|later| later.ends) {
            let end = alphabet.changes.iter().find(|row| row.word == *word).expect("the end");
            let of = account.later.map_or(&[][..], |later| later.of);
            assert!(of.iter().all(|of| end.details.iter().any(|detail| detail.name == *of)));
            let says = |word: &str| {
                end.details.iter().any(|detail| match detail.kind {
                    DetailKind::Words(words) => words.iter().any(|(known, _)| *known == word),
                    _ => false,
                })
            };
            assert!(!matches!(ending, Ending::Says(word) if !says(word)), "{word}");
        }
        if let Some(held) = account.held {
            for word in [held.takes, held.leaves] {
                let row = alphabet.told.iter().find(|row| row.word == word).expect("it is told");
                assert!(row.details.iter().any(|detail| detail.name == "result"), "{word}");
            }
        }
    }
}
