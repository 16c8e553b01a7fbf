//! Protocols whose processes never end: they beat, look, or renew a lease as long as the world stands. Three records come
//! within 4 ms; without more a run is over 10 minutes after calm and after the last fault, and after one if each record is
//! where it belongs by then.

use super::{Class, Verdict, all_of, trial};
use onceproof::check::{Check, Faults};
use onceproof::protocol::*;
use onceproof::search::exhaust::exhaust;
use onceproof::search::resume::Done;
use onceproof::search::space::Space;
use onceproof::search::threads::Threads;
use onceproof_kernel::time::SECOND;
use onceproof_sim::fault::{ClockWay, Kind, KindName, Leg};
use onceproof_sim::outcome::Outcome;
use onceproof_systems::Trial;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::catch_unwind;

const SEEN: Table<()> = Table::new("seen");
const BEATEN: Table<Millis> = Table::new("beaten");
const DONE: Table<u64> = Table::new("done");
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

/// The classes of all schedules of at most one fault of these kinds, of which none is inconclusive.
fn found(trial: &Trial, kinds: &[Kind]) -> Vec<Class> {
    let space = Space {
        kinds: kinds.to_vec(),
        most: 1,
        prunes: true,
        forks: true,
        runs_explained: true,
        stops_at_cause: false,
    };
    let threads = Threads::per_core();
    let found = exhaust(threads, trial, None, &space, &mut Done::default(), &super::NEVER, &|_| {});
    assert_eq!(found.first_inconclusive, None);
    let mut classes: Vec<Class> =
        found.causes.iter().flat_map(|cause| all_of(cause.classes)).collect();
    classes.dedup();
    classes
}

fn kinds(names: &[KindName]) -> Vec<Kind> {
    names.iter().flat_map(|name| onceproof_sim::simulator::legs(name.with_defaults())).collect()
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
            let found = found(&trial, &kinds(&few));
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
fn a_clock_that_is_set_back_is_waited_for() {
    // Who looks for 4 s looks for 64 where its clock is set back by 60, and a run is over 5 s after calm and the last fault.
    let back = Kind::ClockStep { by: 60 * SECOND, way: ClockWay::Back };
    let standby = Standby { way: Way::Ask, after: 4_000, first_works: false, goes_on: true };
    let setup = Setup::of(standby).records([100, 250, 100]).over_within(5_000);
    assert_eq!(found(&setup.trial().expect("steps"), &[back]), []);
}

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

#[test]
fn who_is_away_for_longer_than_a_run_may_take_loses_nothing_by_that() {
    let away = [Kind::Pause { lasts: 3_600 * SECOND }, Kind::Crash { restart: 3_600 * SECOND }];
    let late = [Kind::Delay { leg: Leg::Request, by: 3_600 * SECOND }];
    let member = Member { beat: Beat::Call, work: Work::Count };
    assert_eq!(found(&trial(member), &away), []);
    assert_eq!(found(&trial(member), &late), []);
}

/// How someone waits until its time has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
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
struct Standby {
    way: Way,
    after: Millis,
    /// Whether the first does its work.
    first_works: bool,
    /// Whether the second begins where the first has ended.
    goes_on: bool,
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
    assert_eq!(found(&setup.trial().expect("steps"), &[late]), [Class::Duplicated]);
}
