//! Results that come late: one after the other, an hour after the records, or of a message that was kept back.

use super::super::{Class, Verdict, trial};
use super::found;
use crate::common::library::search_one;
use onceproof::protocol::*;
use onceproof_kernel::time::SECOND;
use onceproof_sim::fault::{Kind, Leg};
use std::cell::RefCell;
use std::collections::VecDeque;

/// Looks each second for five minutes before it counts a record.
#[derive(Debug)]
struct Careful;

impl Protocol for Careful {
    fn steps(&self) -> Vec<Step> {
        vec![Step::process("worker").reads_log(), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        let mut position = 0;
        loop {
            for _ in 0..300 {
                cx.sleep(1_000).await;
            }
            if let Some(Record { of, key, value, .. }) = cx.log(position) {
                cx.commit_until_known(of, |tx| tx.result("counts", key, of, value)).await;
                position += 1;
            }
        }
    }
}

#[test]
fn each_result_gives_as_much_time_again() {
    // After 5, 10 and 15 minutes, with 10 minutes for each.
    let brief = trial(Careful).simulator().brief(None);
    assert_eq!((brief.verdict, brief.ledger.exact), (Verdict::ExactlyOnce, 3));
}

/// Counts a record three times, an hour after it came and each time in a commit of its own.
#[derive(Debug)]
struct Thrice;

impl Protocol for Thrice {
    fn steps(&self) -> Vec<Step> {
        vec![Step::process("worker").reads_log(), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        cx.sleep(3_600_000).await;
        let mut position = 0;
        while let Some(Record { of, key, value, .. }) = cx.log(position) {
            for _ in 0..3 {
                cx.commit_until_known(of, |tx| tx.result("counts", key, of, value)).await;
            }
            position += 1;
        }
        loop {
            cx.sleep(1_000).await;
        }
    }

    fn due(&self, _: &Record, _: &str) -> u32 {
        3
    }
}

#[test]
fn late_results_may_be_as_many_as_there_should_be() {
    let brief = trial(Thrice).simulator().brief(None);
    assert_eq!((brief.verdict, brief.ledger.exact), (Verdict::ExactlyOnce, 3));
}

const COUNT: Route<Record, ()> = Route::new("server", "count");

/// A server that writes down what it is told, and counts it five minutes later, however often it was told.
#[derive(Debug)]
struct Late;

impl Protocol for Late {
    fn steps(&self) -> Vec<Step> {
        let caller = Step::process("caller").reads_log();
        vec![caller, Step::process("server"), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        if cx.step() == "caller" {
            let mut position = 0;
            while let Some(record) = cx.log(position) {
                cx.send(COUNT, record.of, record).await;
                position += 1;
            }
            return;
        }
        let told = RefCell::new(VecDeque::new());
        let listen =
            cx.serve(COUNT, async |record| told.borrow_mut().push_back((cx.now(), record)));
        let count = async {
            loop {
                cx.sleep(1_000).await;
                let first = told.borrow().front().copied();
                let due = first.filter(|&(at, _)| at + 300_000 <= cx.now());
                if let Some((_, Record { of, key, value, .. })) = due {
                    told.borrow_mut().pop_front();
                    cx.commit_until_known(of, |tx| tx.result("counts", key, of, value)).await;
                }
            }
        };
        cx.both(listen, count).await;
    }
}

#[test]
fn a_run_may_take_as_long_again_after_what_a_fault_kept_back() {
    // It is told again, and what was on its way for an hour is counted, too, five minutes after that.
    let late = Kind::Delay { leg: Leg::Request, by: 3_600 * SECOND };
    let setup = Setup::of(Late).records([100, 250, 100]).over_within(600_000);
    assert_eq!(found(&search_one(&setup.trial().expect("steps"), late, 1)), [Class::Duplicated]);
}
