//! Bugs that need one fault, two faults and three, at least four of each. What is drawn has only kinds for
//! which the smallest sets can be counted on the fingers.

use onceproof::scenario::Scenario;
use onceproof_sim::fault::KindName::{
    self, CommitDelayed, Crash, Delay, DropAck, DropRequest, Duplicate, ErrorNotApplied,
};
use onceproof_sim::outcome::Class::{self, Duplicated, Lost, Stuck};
use std::path::Path;

/// A bug whose smallest sets of faults are known.
pub struct Bug {
    /// The scenario that has it.
    pub scenario: Scenario,
    /// What is wrong, and what is drawn, on one line.
    pub name: String,
    /// What it breaks.
    pub class: Class,
    /// The kinds of each smallest set.
    pub sets: Vec<Vec<KindName>>,
}

/// Eight records of three users under latencies of 1 to 10 ms.
const INPUT: &str = "generate = { records = 8, users = 3, every = \"40ms\" }";

fn bug(mechanism: &str, odds: &str, class: Class, sets: &[&[KindName]]) -> Bug {
    bug_with(INPUT, mechanism, odds, class, sets)
}

fn bug_with(input: &str, mechanism: &str, odds: &str, class: Class, sets: &[&[KindName]]) -> Bug {
    let text = format!(
        r#"
format = 1
name   = "planted"
claim  = "A planted bug."
expect = "exactly-once"

[input]
{input}

[[step]]
name = "events"
kind = "source"

[[step]]
name   = "per-user"
kind   = "count"
window = "1m"

[mechanism]
{mechanism}

[network]
latency = {{ min = "1ms", max = "10ms" }}

[faults]
{odds}
"#
    );
    let scenario = Scenario::parse(&text, Path::new("planted.toml"));
    let mut sets: Vec<Vec<KindName>> = sets.iter().map(|set| set.to_vec()).collect();
    sets.iter_mut().for_each(|set| set.sort());
    Bug {
        scenario: scenario.unwrap_or_else(|error| panic!("{error}")),
        name: [mechanism, odds].join("\n").trim().replace('\n', ", "),
        class,
        sets,
    }
}

/// The retry of what was taken already is taken again.
pub fn one_lost_ack_without_a_catalog() -> Bug {
    bug("dedup = \"off\"", "drop-ack = \"1/20\"", Duplicated, &[&[DropAck]])
}

/// So is the second copy of what arrives twice. The first ack of a doubled request that comes back is
/// enough, so a lost ack and a copy are two bugs of one fault each.
pub fn one_copy_without_a_catalog() -> Bug {
    bug("dedup = \"off\"", "duplicate = \"1/20\"", Duplicated, &[&[Duplicate]])
}

/// One send is all there is, and it is lost.
pub fn one_lost_request_when_the_first_send_is_the_last() -> Bug {
    bug("give-up = 1", "drop-request = \"1/20\"", Lost, &[&[DropRequest]])
}

/// The record is acked, and the worker dies before it commits.
pub fn one_crash_after_an_ack_on_receipt() -> Bug {
    bug("ack = \"on-receipt\"", "crash = \"1/40\"", Lost, &[&[Crash]])
}

/// The retry is a duplicate that nobody acks.
pub fn one_lost_ack_that_is_never_given_again() -> Bug {
    bug("re-ack = false", "drop-ack = \"1/20\"", Stuck, &[&[DropAck]])
}

/// Both sends are lost.
pub fn two_lost_requests_when_the_second_send_is_the_last() -> Bug {
    bug("give-up = 2", "drop-request = \"1/4\"", Lost, &[&[DropRequest, DropRequest]])
}

/// Each of the two sends is lost or refused.
pub fn two_sends_lost_or_refused() -> Bug {
    let sets: &[&[KindName]] = &[
        &[DropRequest, DropRequest],
        &[DropRequest, ErrorNotApplied],
        &[ErrorNotApplied, ErrorNotApplied],
    ];
    bug("give-up = 2", "drop-request = \"1/6\"\nerror-not-applied = \"1/6\"", Lost, sets)
}

/// Sends leave 0, 30 and 90 ms after the first. With ids that live for 60 ms the second is known and the
/// third, whose id is 88 ms old, is not: the acks of the first two must be lost.
pub fn two_lost_acks_outlive_the_second_retry() -> Bug {
    bug("dedup = { window = \"60ms\" }", "drop-ack = \"1/4\"", Duplicated, &[&[DropAck, DropAck]])
}

/// A commit of an earlier life lands after the scan, and before the retry at 30 ms, whose id is then known:
/// nobody fires its window. Neither is enough: a worker that lives hears of its commit, however late, and
/// what a dead one sent in time is in the scan. By hand, in ms: ann arrives at 3, and her commit, 25 late, at
/// 29; bob arrives at 4 and the worker dies before it admits him; back at 9; at 33 ann comes again, a known
/// duplicate. Each has a key of their own, else another record would make the window known. Who comes last
/// has one before, whose commit is answered when that of the last is on its way.
pub fn a_late_commit_and_a_crash_without_fencing() -> Bug {
    let record = |n: u32| format!("{{ key = \"user-{n}\", at = \"{n}ms\" }}");
    let input = format!("records = [ {} ]", (0..8).map(record).collect::<Vec<_>>().join(", "));
    let delayed = "commit-delayed = { odds = \"1/8\", by = \"25ms\" }";
    let crash = "crash = { odds = \"1/16\", restart = \"5ms\" }";
    let odds = format!("{delayed}\n{crash}");
    bug_with(&input, "fencing = false", &odds, Lost, &[&[CommitDelayed, Crash]])
}

/// All three sends are lost.
pub fn three_lost_requests_when_the_third_send_is_the_last() -> Bug {
    let set: &[KindName] = &[DropRequest, DropRequest, DropRequest];
    bug("give-up = 3", "drop-request = \"1/4\"", Lost, &[set])
}

/// All three sends are refused. Refusals are retried at once, which changes nothing.
pub fn three_refused_requests_when_the_third_send_is_the_last() -> Bug {
    let set: &[KindName] = &[ErrorNotApplied, ErrorNotApplied, ErrorNotApplied];
    bug("give-up = 3", "error-not-applied = \"1/4\"", Lost, &[set])
}

/// Sends leave 0, 30, 90 and 210 ms after the first. Ids that live for 120 ms are known to the second and
/// the third and not to the fourth: the acks of the first three must be lost.
pub fn three_lost_acks_outlive_the_third_retry() -> Bug {
    let set: &[KindName] = &[DropAck, DropAck, DropAck];
    bug("dedup = { window = \"120ms\" }", "drop-ack = \"1/3\"", Duplicated, &[set])
}

/// The same, but the second and the third send may also be lost on their way there. If the first is, the id
/// is younger, and one more must be lost.
pub fn three_losses_outlive_the_third_retry() -> Bug {
    let sets: &[&[KindName]] = &[
        &[DropAck, DropAck, DropAck],
        &[DropAck, DropAck, DropRequest],
        &[DropAck, DropRequest, DropRequest],
    ];
    bug(
        "dedup = { window = \"120ms\" }",
        "drop-ack = \"1/4\"\ndrop-request = \"1/4\"",
        Duplicated,
        sets,
    )
}

/// A round trip takes 4 ms at the least: 1 there, 2 for the commit, 1 back; 18 more at the most, 9 each way.
/// After 15 a request is sent again and counted again, so one slow way is not enough and two may be. No
/// fault is drawn: what is left of the seed are the two delays.
pub fn two_slow_ways_that_only_a_seed_makes() -> Bug {
    let mechanism = "dedup = \"off\"\nretry = { timeout = \"15ms\" }";
    bug(mechanism, "", Duplicated, &[&[Delay, Delay]])
}
