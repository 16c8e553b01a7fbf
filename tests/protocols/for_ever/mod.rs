//! Protocols whose processes never end: they beat, look, or renew a lease as long as the world stands. Three records come
//! within 4 ms; without more a run is over 10 minutes after calm, the last fault and the last change of a result, and after one
//! if each record is where it belongs by then.

mod late;
mod standby;

use super::{Class, Verdict, all_of, trial};
use crate::common::library::{search, search_one};
use onceproof::check::{Check, Faults};
use onceproof::protocol::*;
use onceproof::search::certificate::Exhaustion;
use onceproof_kernel::time::SECOND;
use onceproof_sim::fault::{Kind, KindName, Leg};
use standby::{Standby, Way};

const SEEN: Table<()> = Table::new("seen");
const BEATEN: Table<Millis> = Table::new("beaten");
const BEAT: Route<(), ()> = Route::new("coordinator", "beat");

/// What a member does for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Beat {
    /// Looks at nothing.
    Look,
    /// Asks once, and hears a reply.
    Call,
    /// Asks until it hears a reply.
    Send,
    /// Asks, and who is asked writes down when.
    Told,
    /// Renews a row of its own.
    Renew,
    /// Asks until it hears a reply, for which it takes half a second, and at once again. So do two bodies, so that one of
    /// them nearly always asks again.
    Slow,
    /// Looks at nothing, beside a body that sleeps for ever.
    Parked,
}

/// What it does with a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Work {
    /// Counts it, and says that it is done.
    Count,
    /// Says so first.
    AckFirst,
    /// Never says so.
    NeverAck,
    /// Counts it under no id.
    Again,
    /// Counts it each second.
    ForEver,
}

/// A member that takes records from a queue and beats beside that.
#[derive(Clone, Copy, Debug)]
struct Member {
    beat: Beat,
    work: Work,
}

impl Protocol for Member {
    fn steps(&self) -> Vec<Step> {
        let member = Step::process("member").reads_queue();
        vec![member, Step::process("coordinator"), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        if cx.step() == "coordinator" {
            return cx.serve(BEAT, async |()| self.told(cx).await).await;
        }
        let beat = async {
            loop {
                match self.beat {
                    Beat::Look => {}
                    Beat::Parked => cx.both(cx.sleep(1_000), cx.sleep(Millis::MAX)).await,
                    Beat::Slow => {
                        let ask = async || loop {
                            cx.send(BEAT, Tag::NONE, ()).await;
                        };
                        cx.both(ask(), ask()).await;
                    }
                    Beat::Call | Beat::Told => drop(cx.call(BEAT, Tag::NONE, ()).await),
                    Beat::Send => cx.send(BEAT, Tag::NONE, ()).await,
                    Beat::Renew => self.renew(cx).await,
                }
                cx.sleep(20_000).await;
            }
        };
        cx.both(beat, cx.each(async |record| self.take(record, cx).await)).await;
    }
}

impl Member {
    async fn told(&self, cx: Cx<'_>) {
        match self.beat {
            Beat::Told => self.renew(cx).await,
            Beat::Slow => cx.sleep(500).await,
            _ => {}
        }
    }

    async fn renew(&self, cx: Cx<'_>) {
        let _ = cx.commit(Tag::NONE, |tx| tx.put(BEATEN, 0, cx.now())).await;
    }

    async fn take(&self, Record { id, of, key, value }: Record, cx: Cx<'_>) {
        if self.work == Work::AckFirst {
            cx.done(of).await;
        }
        let count = |tx: &mut Tx| {
            if !matches!(self.work, Work::Again | Work::ForEver) {
                tx.insert(SEEN, id, ());
            }
            tx.result("counts", key, of, value);
        };
        cx.commit_until_known(of, count).await;
        if self.work != Work::NeverAck {
            cx.done(of).await;
        }
        if self.work == Work::ForEver {
            loop {
                cx.sleep(1_000).await;
                cx.commit_until_known(of, count).await;
            }
        }
    }
}

/// The classes of what a search has found, which knows of each schedule.
fn found(search: &Exhaustion) -> Vec<Class> {
    assert_eq!(search.first_inconclusive, None);
    let mut classes: Vec<Class> =
        search.causes.iter().flat_map(|cause| all_of(cause.classes)).collect();
    classes.dedup();
    classes
}

#[test]
fn who_beats_for_ever_is_judged_by_what_came_of_the_records() {
    let few = [KindName::Crash, KindName::Pause, KindName::DropAck, KindName::CommitUnknown];
    for beat in [Beat::Look, Beat::Call, Beat::Send, Beat::Told, Beat::Renew] {
        for (work, class) in [
            (Work::Count, None),
            // A crash after the ack and before the commit.
            (Work::AckFirst, Some(Class::Lost)),
            // Whoever is not told hands it out for ever, with or without a fault.
            (Work::NeverAck, Some(Class::Stuck)),
            // Its ack is lost, and it is handed out again.
            (Work::Again, Some(Class::Duplicated)),
            // With or without a fault, and it comes to an end.
            (Work::ForEver, Some(Class::Duplicated)),
        ] {
            let trial = trial(Member { beat, work });
            let found = found(&search(&trial, &few, 1));
            assert_eq!(found, Vec::from_iter(class), "{beat:?}, {work:?}");
        }
    }
}

#[test]
fn who_asks_again_and_is_answered_slowly_and_who_sleeps_for_ever_are_not_stuck() {
    for (beat, over) in
        [(Beat::Slow, 60_000), (Beat::Slow, 1_000), (Beat::Parked, 60_000), (Beat::Look, 0)]
    {
        let setup = Setup::of(Member { beat, work: Work::Count }).records([100, 250, 100]);
        let brief = setup.over_within(over).trial().expect("steps").simulator().brief(None);
        assert_eq!((brief.verdict, brief.ledger.exact), (Verdict::ExactlyOnce, 3), "{beat:?}");
    }
}

#[test]
fn who_is_away_for_longer_than_a_run_may_take_loses_nothing_by_that() {
    let away = 3_600 * SECOND;
    let member = trial(Member { beat: Beat::Call, work: Work::Count });
    for kind in [
        Kind::Pause { lasts: away },
        Kind::Crash { restart: away },
        Kind::Delay { leg: Leg::Request, by: away },
    ] {
        assert_eq!(found(&search_one(&member, kind, 1)), [], "{kind:?}");
    }
}

#[test]
fn a_certificate_says_how_long_a_run_is_whose_processes_never_end() {
    let says = |check: Check| {
        let certificate = check.faults(Faults::none()).seeds(0..1).exhaust(0).to_string();
        let line = certificate.lines().find(|line| line.starts_with("processes never end"));
        line.map(str::to_owned)
    };
    let member = || Setup::of(Member { beat: Beat::Look, work: Work::Count }).records([1]);
    let standby = Standby { way: Way::Look, after: 1_000, first_works: true, goes_on: true };
    let over = |after: &str| {
        format!(
            "processes never end: what comes more than {after} after the last fault is not seen"
        )
    };
    assert_eq!(says(member().check()), Some(over("60s")));
    assert_eq!(says(member().over_within(5_000).check()), Some(over("5s")));
    assert_eq!(says(Setup::of(standby).records([1]).check()), None);
}
