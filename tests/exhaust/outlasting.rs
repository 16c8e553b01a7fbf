//! How long the faults of a search keep anything back, beside what an exhaustive search finds: a record that comes again
//! later than that would be one of which it is said that it cannot.

use super::search;
use onceproof::scenario::Scenario;
use onceproof::search::space::{Space, bare};
use onceproof_kernel::time::MILLISECOND;
use onceproof_sim::fault::Kind;
use onceproof_sim::remembered::kept_back;
use onceproof_systems::Trial;
use std::path::Path;

/// Two records to a count, with time-outs as short as a message and its ack take, or a commit and its answer: 10 ms.
fn trial(settle: &str, window_ms: u64) -> Trial {
    let short = "{ timeout = \"10ms\", backoff = 1, max = \"10ms\" }";
    let text = format!(
        "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n\
         [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }}, {{ key = \"bob\", at = \"29ms\" }} ]\n\
         [cluster]\ncommit = \"5ms\"\nlease = \"10ms\"\nrouting-lag = \"0s\"\n\
         [network]\nlatency = {{ min = \"5ms\", max = \"5ms\" }}\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n\
         [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n\
         [mechanism]\nsettle = \"{settle}\"\ndedup = {{ window = \"{window_ms}ms\" }}\n\
         retry = {short}\ncommit-retry = {short}\n"
    );
    let scenario = Scenario::parse(&text, Path::new("a.toml"));
    bare(&scenario.unwrap_or_else(|error| panic!("{error}")).trial)
}

/// By hand, in ms, with one crash of 10 and each time-out 10:
///
///     0  ann is read; her commit is answered at 10, and she is sent; she arrives at 15
///    20  her id is kept; her ack leaves at 25, and is heard at 30
///    29  bob is read; his commit is on its way when her ack comes; answered at 39, he is sent and arrives at 44
///    49  he is counted; his ack leaves at 54, and is heard at 59
///
/// With `alone` the source dies at 30, as it is about to send ann again, or to delete her. It is back at 40 and sends her;
/// she is acked at 45, and at 50, as her ack comes, she is sent once more: that copy comes at 55, 35 after her id.
/// With `with-next` it dies at 59, as it deletes both. It is back at 69 and sends her; she is acked at 74, and at 79 she is
/// sent once more: that copy comes at 84, 64 after her id.
///
/// A record takes 32: two commits and their answers, 20, a message and an ack, 10, and a call, 2. So a crash of 10 with as
/// much before and after it keeps back for 74; what is kept until bob is done adds his way: 106.
#[test]
fn nothing_comes_again_later_than_the_faults_keep_it_back() {
    let crash = Kind::Crash { restart: 10 * MILLISECOND };
    for (settle, oldest_ms, kept_back_ms) in [("alone", 35, 74), ("with-next", 64, 106)] {
        let breaks = |window_ms: u64| {
            let trial = trial(settle, window_ms);
            let space = Space { kinds: vec![crash], ..super::space(&trial, 1) };
            let found = search(&trial, &space, 1);
            assert!(found.is_complete(), "{settle}, {window_ms} ms");
            !found.causes.is_empty()
        };
        let trial = trial(settle, 1);
        let bound = kept_back(&trial.plan, trial.layout(), &[crash], 1);
        assert_eq!(bound, kept_back_ms * MILLISECOND, "{settle}");
        let broken: Vec<bool> = [oldest_ms, oldest_ms + 1, kept_back_ms].map(breaks).to_vec();
        assert_eq!(broken, [true, false, false], "{settle}");
    }
}
