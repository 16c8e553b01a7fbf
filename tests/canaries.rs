//! Canaries: for each rule of the protocol, the smallest schedule that breaks the results when the rule is
//! left out, and under which the full design holds. What is expected is worked out by hand from the rule.

mod common;

use common::exhaust;
use onceproof::scenario::Scenario;
use onceproof_model::defect::Defect;
use onceproof_sim::outcome::{Class, Verdict};
use onceproof_sim::simulator::Simulator;
use std::path::Path;

/// A rule left out, and what shows it.
struct Canary {
    records: &'static str,
    steps: &'static str,
    faults: &'static str,
    /// How many faults these are.
    most: usize,
    /// What is found; nothing where another rule stands in for the one that is left out.
    class: Option<Class>,
}

const ONE: &str = r#"{ key = "ann", at = "0s" }"#;
const TWO: &str = r#"{ key = "ann", at = "0s" }, { key = "ann", at = "0s" }"#;
/// Under a bound of 5 s the watermark is 25 s after bob, and ann's window [0 s, 10 s) fires. Then comes
/// ann of 8 s, which a lateness of 20 s still takes, since 10 s + 20 s is after 25 s.
const LATE: &str = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "30s" },
    { key = "ann", at = "30010ms", event-time = "8s" }"#;

const MINUTE: &str = r#"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;
const LATENESS: &str = r#"
[[step]]
name = "events"
kind = "source"
watermark = { bound = "5s" }
[[step]]
name = "per-user"
kind = "count"
window = "10s"
lateness = "20s"
"#;
const LATENESS_THEN_GLOBAL: &str = r#"
[[step]]
name = "events"
kind = "source"
watermark = { bound = "5s" }
[[step]]
name = "per-user"
kind = "count"
window = "10s"
lateness = "20s"
[[step]]
name = "global"
kind = "count-globally"
window = "10s"
"#;
const THEN_GLOBAL: &str = r#"
[[step]]
name = "events"
kind = "source"
watermark = { bound = "15s" }
[[step]]
name = "per-user"
kind = "count"
window = "10s"
[[step]]
name = "global"
kind = "count-globally"
window = "10s"
"#;

const TWO_TRIES: &str = r#"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "parse"
kind = "map"
fn = "identity"
dead-letter = { after = 2 }
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;

const FROM_A_QUEUE: &str = r#"
[[step]]
name = "events"
kind = "source"
queue = { deadline = "100s" }
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;

const DOUBLED_REQUEST: &str = r#"
[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = "duplicate"
"#;

/// Every defect once. One that is new does not compile in [`canary`].
const ALL: [Defect; 21] = [
    Defect::CommitsUnnumbered,
    Defect::NoTokenAtBoot,
    Defect::KeysNeverBusy,
    Defect::OutputsDoNotPin,
    Defect::ContentDoesNotPin,
    Defect::UncommittedWatermarkPassedOn,
    Defect::DataAckConfirms,
    Defect::FiringIgnoresBusyKey,
    Defect::BootFiresNothing,
    Defect::LatePaneWaits,
    Defect::BootResendsNothing,
    Defect::LatenessNotHeldBack,
    Defect::WrongWindow,
    Defect::QueuedSkipsCatalog,
    Defect::OffsetsAreOneNumber,
    Defect::StampsRestart,
    Defect::LoneWatermarkNotRetried,
    Defect::LoneWatermarkOvertakes,
    Defect::DeadLetterAtOnce,
    Defect::UnackedMessageDoesNotPin,
    Defect::DueWindowForgotten,
];

/// In ms, with 1 ms for each way of a link or to the store: a record of 0 s is read at 0, committed by its
/// source at 1, sent at 2, arrives at 3, is taken at 4, answered and acked at 5. The ack is there at 6, and
/// the last watermark, infinite, goes alone.
fn canary(defect: Defect) -> Canary {
    let (records, steps, faults, most, class) = match defect {
        // The store knows a commit by its number. Without: applied at 4, its answer lost, repeated at 33
        // and applied again.
        Defect::CommitsUnnumbered => {
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#0" }
do = "commit-unknown"
"#;
            (ONE, MINUTE, faults, 1, Class::Duplicated)
        }
        // A boot makes commits of the life before it void. Without:
        //     3  ann's commit leaves, and will land at 104
        //     8  bob arrives, the worker dies; back at 58
        //    93  ann, sent again, is taken again
        //   104  the first commit lands under the same token
        // The window fires after 1 s, with ann twice.
        Defect::NoTokenAtBoot => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "5ms" },
                { key = "bob", at = "1s" }"#;
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#0" }
do = "commit-delayed"
[[fault]]
at = { step = "per-user", record = "events/0#1", before = "admit" }
do = "crash"
"#;
            (records, MINUTE, faults, 2, Class::Duplicated)
        }
        // One commit per key at a time. Without: both copies arrive at 3, when the catalog has neither.
        Defect::KeysNeverBusy => (ONE, MINUTE, DOUBLED_REQUEST, 1, Class::Duplicated),
        // What waits for its key meets the catalog when its turn comes. Without: the second copy waits
        // from 3 to 5 and is taken, though the catalog has it.
        Defect::QueuedSkipsCatalog => (ONE, MINUTE, DOUBLED_REQUEST, 1, Class::Duplicated),
        // A sender promises nothing beyond an output that is not acked. Without: nothing is left to read,
        // so ann herself carries an infinite watermark, and is too late by it.
        Defect::OutputsDoNotPin => (ONE, MINUTE, "", 0, Class::Lost),
        // Nor beyond content that is in no pane. Without, after 1 s, in ms:
        //     3  ann of 24 s arrives under 9 s (24 less the bound); her commit is lost, repeated at 33
        //    13  zed arrives under 24 s, since ann of 24 s is not acked. cat's window [10 s, 20 s) fires;
        //        ann's [0 s, 10 s) is due and waits for her key
        //    15  cat's pane is sent, its own event time being the only pin: 20 s less 1 ns
        //    35  ann's window fires, and her pane is too late for [0 s, 10 s) at the global count
        Defect::ContentDoesNotPin => {
            let records = r#"{ key = "ann", at = "0s" },
                { key = "cat", at = "0s", event-time = "12s" },
                { key = "ann", at = "1s", event-time = "24s" },
                { key = "zed", at = "1010ms", event-time = "60s" }"#;
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "events/0#2" }
do = "commit-lost"
"#;
            (records, THEN_GLOBAL, faults, 1, Class::Lost)
        }
        // Only what a receiver says it has committed is confirmed. Without: two acks of ann arrive at 6;
        // after the first the last watermark is sent and lost, and the second is taken for its ack.
        Defect::DataAckConfirms => {
            let faults = r#"
[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = { duplicate = { leg = "ack" } }
[[fault]]
at = { to = "per-user", record = "watermark" }
do = "drop-request"
"#;
            (ONE, MINUTE, faults, 2, Class::Lost)
        }
        // A watermark alone is repeated like any request. Without: it is lost, and no window ever fires.
        Defect::LoneWatermarkNotRetried => {
            let faults = r#"
[[fault]]
at = { to = "per-user", record = "watermark" }
do = "drop-request"
"#;
            (ONE, MINUTE, faults, 1, Class::Lost)
        }
        // Records wait for firing. Without, after 30 s, in ms:
        //     3  bob arrives under 25 s; ann's pane is made of one record; its commit is lost
        //    13  ann of 8 s arrives and is taken; her window seems to be firing already
        //    34  the pane's commit, repeated, takes one record out; the window is forgotten with the other
        Defect::FiringIgnoresBusyKey => {
            let faults = r#"
[[fault]]
at = { step = "per-user", record = "per-user/ann@0s#0" }
do = "commit-lost"
"#;
            (LATE, LATENESS, faults, 1, Class::Lost)
        }
        // After a record is taken into a window that has fired, the window fires again. Without: it stays
        // due, so the last watermark is never committed, and its sender repeats it for ever.
        Defect::LatePaneWaits => (LATE, LATENESS, "", 0, Class::Stuck),
        // A boot sends what is held. Without: ann is committed by her source at 1, which dies at 2.
        Defect::BootResendsNothing => {
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0", before = "answer" }
do = "crash"
"#;
            (ONE, MINUTE, faults, 1, Class::Lost)
        }
        // A count promises its watermark less its lateness. Without: 25 s is passed on before ann's late
        // pane of [0 s, 10 s), which is then too late for the global count.
        Defect::LatenessNotHeldBack => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "30s" },
                { key = "ann", at = "31s", event-time = "8s" }"#;
            (records, LATENESS_THEN_GLOBAL, "", 0, Class::Lost)
        }
        // A record belongs into the window that holds its event time.
        Defect::WrongWindow => (ONE, MINUTE, "", 0, Class::Phantom),
        // Offsets are a prefix and a set above it. Without: the commit of offset 0 is lost, that of 1 is
        // applied at 1, the source dies at 2 and begins again at 2.
        Defect::OffsetsAreOneNumber => {
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0" }
do = "commit-lost"
[[fault]]
at = { step = "events", record = "events/0#1", before = "answer" }
do = "crash"
"#;
            (TWO, MINUTE, faults, 2, Class::Lost)
        }
        // Stamps increase over restarts too. Without, in ms:
        //     1  ann is held under stamp 1
        //     2  the source dies; back at 52, it sends ann
        //  55.5  bob is read and has stamp 1 again; at 56.5 he stands in ann's row
        //    56  ann is acked; the commit that deletes her row is applied at 57, and deletes bob's
        //  57.5  the source dies before it sends bob
        Defect::StampsRestart => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "55500us" }"#;
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0", before = "answer" }
do = "crash"
[[fault]]
at = { step = "events", record = "events/0#1", before = "answer" }
do = "crash"
"#;
            (records, MINUTE, faults, 2, Class::Lost)
        }
        // A record has as many tries as it is given, here 2. With one: the function fails at 3, and ann is
        // given up for good at 4, though the second try would have passed.
        Defect::DeadLetterAtOnce => {
            let faults = r#"
[[fault]]
at = { step = "parse", record = "events/0#0", attempt = 1 }
do = "user-fails"
"#;
            (ONE, TWO_TRIES, faults, 1, Class::Lost)
        }
        // A message that is not acked holds back the watermark of its queue. Without, in s:
        //     0  ann is handed out, and the source dies before it commits her
        //    70  bob is handed out; nothing else is left in the queue, as it seems, so he carries 70 s
        //   100  ann is handed out again, too late for her window
        Defect::UnackedMessageDoesNotPin => {
            let records = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "70s" }"#;
            let faults = r#"
[[fault]]
at = { step = "events", record = "events/0#0", before = "commit" }
do = "crash"
"#;
            (records, FROM_A_QUEUE, faults, 1, Class::Lost)
        }
        // A watermark alone is committed after what it fires, and a boot fires what is due. Without both:
        //     7  the last watermark arrives, its commit leaves; the worker dies before that of the pane
        //     8  the watermark is committed
        //    57  the worker is back and fires nothing; at 97 it acks the watermark, which it knows
        Defect::DueWindowForgotten => (ONE, MINUTE, BEFORE_THE_PANE, 1, Class::Lost),
        // With either of the two alone the pane comes: the watermark arrives again and fires it, or the
        // boot does. What is found at most is the time that it takes.
        Defect::BootFiresNothing | Defect::LoneWatermarkOvertakes => {
            return stood_in_for(BEFORE_THE_PANE);
        }
        // What a receiver has not committed its sender has not had acked, so that the sender, its content
        // and its outputs pin all that could come of it.
        Defect::UncommittedWatermarkPassedOn => return stood_in_for(""),
    };
    Canary { records, steps, faults, most, class: Some(class) }
}

const BEFORE_THE_PANE: &str = r#"
[[fault]]
at = { step = "per-user", record = "per-user/ann@0s#0", before = "emit" }
do = "crash"
"#;

/// A rule that another one stands in for.
fn stood_in_for(faults: &'static str) -> Canary {
    Canary { records: ONE, steps: MINUTE, faults, most: 2, class: None }
}

impl Canary {
    fn scenario(&self, defect: Option<Defect>, faults: &str) -> Scenario {
        let Canary { records, steps, .. } = self;
        let head = "format = 1\nname = \"canary\"\nclaim = \"A rule.\"\nexpect = \"exactly-once\"";
        let text = format!("{head}\n[input]\nrecords = [ {records} ]\n{steps}{faults}");
        let mut scenario = Scenario::parse(&text, Path::new("canary.toml"))
            .unwrap_or_else(|error| panic!("{error}"));
        scenario.plan.pipeline.defect = defect;
        scenario
    }
}

#[test]
fn every_defect_is_in_the_table_once() {
    for (at, defect) in ALL.iter().enumerate() {
        assert!(!ALL[..at].contains(defect), "{defect:?}");
    }
}

#[test]
fn each_defect_is_found_by_the_schedule_worked_out_by_hand_under_which_the_full_design_holds() {
    for defect in ALL {
        let canary = canary(defect);
        let run = |defect| {
            let scenario = canary.scenario(defect, canary.faults);
            let outcome = Simulator::new(&scenario.plan).detail(None);
            (outcome.brief, outcome.unfired)
        };
        let (brief, unfired) = run(Some(defect));
        let found: Vec<Class> = brief.classes.iter().collect();
        let wanted: Vec<Class> = canary.class.into_iter().collect();
        assert_eq!((found, unfired), (wanted, vec![]), "{defect:?}");
        let (brief, unfired) = run(None);
        assert_eq!(brief.verdict, Verdict::ExactlyOnce, "without {defect:?}");
        assert_eq!(unfired, [0; 0], "without {defect:?}");
    }
}

#[test]
fn each_defect_is_found_by_an_exhaustive_search_that_finds_nothing_in_the_full_design() {
    for defect in ALL {
        let canary = canary(defect);
        let search = |defect| exhaust(&canary.scenario(defect, "").plan, canary.most);
        let (_, classes, first) = search(Some(defect));
        match canary.class {
            Some(class) => assert!(classes.contains(class), "{defect:?}: {classes:?}"),
            None => assert!(classes.is_empty(), "{defect:?}: {classes:?} by {first:?}"),
        }
        let (_, classes, first) = search(None);
        assert!(classes.is_empty(), "without {defect:?}: {classes:?} by {first:?}");
    }
}
