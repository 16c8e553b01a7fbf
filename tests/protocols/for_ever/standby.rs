//! Someone who takes over after a long time, and how it waits until then.

use super::super::{Class, Verdict, all_of};
use super::found;
use crate::common::library::search_one;
use onceproof::protocol::*;
use onceproof_kernel::time::SECOND;
use onceproof_sim::fault::{ClockWay, Kind};
use onceproof_sim::outcome::Outcome;
use std::panic::catch_unwind;

const DONE: Table<u64> = Table::new("done");

/// How someone waits until its time has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// In one sleep.
    Sleep,
    /// By a look each second.
    Look,
    /// By asking each second who serves nobody until then.
    Ask,
    /// By sending to one that looks each second, and serves nobody until then.
    Send,
}

/// Two workers of one log: the second does after so long what the first has not done, or all of it again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standby {
    pub way: Way,
    pub after: Millis,
    /// Whether the first does its work.
    pub first_works: bool,
    /// Whether the second begins where the first has ended.
    pub goes_on: bool,
}

const MAY: Route<(), bool> = Route::new("clock", "may");
const OPEN: Route<(), ()> = Route::new("clock", "open");

impl Protocol for Standby {
    fn steps(&self) -> Vec<Step> {
        let worker = Step::process("worker").times(2).reads_log();
        vec![worker, Step::process("clock"), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        let began = cx.now();
        let has_come = || cx.now() >= began + self.after;
        let look = async {
            while !has_come() {
                cx.sleep(1_000).await;
            }
        };
        if cx.step() == "clock" {
            let may = cx.serve(MAY, async |()| has_come());
            let open = async {
                look.await;
                cx.serve(OPEN, async |()| ()).await;
            };
            return match self.way {
                Way::Ask => may.await,
                Way::Send => open.await,
                Way::Sleep | Way::Look => {}
            };
        }
        if cx.number() == 0 {
            if self.first_works {
                work(0, cx).await;
            }
            return;
        }
        match self.way {
            Way::Sleep => cx.sleep(self.after).await,
            Way::Look => look.await,
            Way::Ask => {
                while cx.call(MAY, Tag::NONE, ()).await != Some(true) {
                    cx.sleep(1_000).await;
                }
            }
            Way::Send => cx.send(OPEN, Tag::NONE, ()).await,
        }
        work(if self.goes_on { 0 } else { 1 }, cx).await;
    }
}

/// All of the log from where this row says that it was done.
async fn work(row: u64, cx: Cx<'_>) {
    loop {
        let done = cx.get(DONE, row);
        let Some(record) = cx.log(done.unwrap_or(0)) else { return };
        let count = |tx: &mut Tx| {
            tx.is(DONE, row, done);
            tx.put(DONE, row, done.unwrap_or(0) + 1);
            tx.result("counts", record.key, record.of, record.value);
        };
        cx.commit_until_known(record.of, count).await;
    }
}

/// What a run without faults comes to.
fn run(standby: Standby, over: Option<Millis>) -> Outcome {
    let setup = Setup::of(standby).records([100, 250, 100]);
    let setup = match over {
        Some(over) => setup.over_within(over),
        None => setup,
    };
    setup.trial().expect("its steps fit together").simulator().detail(None)
}

#[test]
fn what_someone_does_after_a_long_time_is_waited_for() {
    const MINUTE: Millis = 60_000;
    let check = |way: Way, minutes: Millis, over: Option<Millis>, right: bool| {
        for (first_works, goes_on, wrong) in
            [(true, true, None), (false, true, Some(Class::Lost)), (true, false, None)]
        {
            let standby = Standby { way, after: minutes * MINUTE, first_works, goes_on };
            let outcome = run(standby, over);
            // Who does all again counts all twice, as soon as its time has come. Where all is as it should be after a
            // minute, and nobody said that there is more to come, nobody waits for that; but who sleeps, or asks again and
            // again, says so.
            let says_so = matches!(way, Way::Sleep | Way::Send);
            let is_seen = right && (says_so || over.is_some());
            let expected = match (is_seen, first_works && !goes_on) {
                (true, true) => Some(Class::Duplicated),
                (false, true) => None,
                _ if right => None,
                _ => wrong,
            };
            let classes = all_of(outcome.brief.classes);
            assert_eq!(classes, Vec::from_iter(expected), "{standby:?}: {:?}", outcome.reason);
            assert_ne!(outcome.brief.verdict, Verdict::Inconclusive, "{standby:?}");
            let said = outcome.reason.unwrap_or_default();
            assert_eq!(said.contains("after the last fault is lost"), !right && !first_works);
        }
    };
    for way in [Way::Sleep, Way::Look, Way::Ask, Way::Send] {
        // Within the ten minutes that a run may take.
        check(way, 2, None, true);
        check(way, 9, None, true);
        check(way, 9, Some(10 * MINUTE), true);
        // After them, where it is said how long that is.
        check(way, 60, Some(61 * MINUTE), true);
    }
    // A sleep says itself how long it is.
    check(Way::Sleep, 24 * 60, None, true);
    // Nobody can know that a look each second means something after an hour.
    check(Way::Look, 60, None, false);
    check(Way::Ask, 60, None, false);
}

#[test]
fn who_is_late_is_waited_for_as_long_as_results_change() {
    let (way, after) = (Way::Sleep, 3_600_000);
    let standby = Standby { way, after, first_works: false, goes_on: true };
    let trial = Setup::of(standby).records(vec![1; 200]).trial().expect("its steps fit together");
    let brief = trial.simulator().brief(None);
    assert_eq!((brief.verdict, brief.ledger.exact), (Verdict::ExactlyOnce, 200));
}

#[test]
fn a_clock_that_is_set_back_is_waited_for() {
    // Who looks for 4 s looks for 64 where its clock is set back by 60, and a run is over 5 s after calm and the last fault.
    let back = Kind::ClockStep { by: 60 * SECOND, way: ClockWay::Back };
    let standby = Standby { way: Way::Ask, after: 4_000, first_works: false, goes_on: true };
    let setup = Setup::of(standby).records([100, 250, 100]).over_within(5_000);
    assert_eq!(found(&search_one(&setup.trial().expect("steps"), back, 1)), []);
}

#[test]
fn faults_under_seeds_last_as_long_as_is_said() {
    let standby = Standby { way: Way::Sleep, after: 100_000, first_works: false, goes_on: true };
    let check = || Setup::of(standby).records([100, 250, 100]);
    let why = catch_unwind(|| check().check().seeds(0..200).exactly_once());
    let why = why.expect_err("they are over before anything is done");
    let why = why.downcast_ref::<String>().map_or("", String::as_str);
    assert!(why.contains("no fault has happened in 200 runs"), "{why}");
    check().faults_until(101_000).check().seeds(0..200).exactly_once();
}
