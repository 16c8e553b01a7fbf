//! Protocols as a user writes them: those that are right hold under every schedule of so many faults, and each that leaves
//! something out is found.

mod broker;
mod consumer;
mod for_ever;
mod leader;
mod outbox;
mod pitfalls;

use super::common::library::search;
use broker::Broker;
pub use consumer::Consumer;
use leader::{Leader, Token};
use onceproof::check::{Check, Faults};
use onceproof::protocol::{Cx, Protocol, Route, Setup, Step, Table, Tag, Tx};
use onceproof::report::words::fault_in_words;
use onceproof::search::exhaust::exhaust;
use onceproof::search::resume::Done;
use onceproof::search::space::Space;
use onceproof::search::threads::Threads;
use onceproof_kernel::time::MILLISECOND;
use onceproof_sim::fault::KindName::{self, *};
use onceproof_sim::fault::{Kind, Leg};
use onceproof_sim::outcome::{Class, Classes, Verdict};
use onceproof_systems::Trial;
pub use outbox::{RIGHT, Shop};
use pitfalls::Odd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;

static NEVER: AtomicBool = AtomicBool::new(false);

/// All kinds that the parts of a protocol have.
pub const ALL: [KindName; 14] = [
    Crash,
    Pause,
    DropRequest,
    DropAck,
    Duplicate,
    Delay,
    ErrorApplied,
    ErrorNotApplied,
    CommitLost,
    CommitUnknown,
    CommitDelayed,
    Redeliver,
    ClockStep,
    Partition,
];

/// What is run of a protocol with three records.
pub fn own_trial(protocol: impl Protocol) -> Trial {
    trial(protocol)
}

fn trial(protocol: impl Protocol) -> Trial {
    Setup::of(protocol).records([100, 250, 100]).trial().expect("its steps fit together")
}

/// What is wrong with a run without faults.
fn classes(protocol: impl Protocol) -> (Verdict, Vec<Class>) {
    let brief = trial(protocol).simulator().brief(None);
    (brief.verdict, all_of(brief.classes))
}

fn all_of(classes: Classes) -> Vec<Class> {
    classes.iter().collect()
}

/// The smallest schedules that break a protocol: what each comes to, and its faults in words.
fn broken(protocol: impl Protocol, kinds: &[KindName], most: u32) -> Vec<(Vec<Class>, String)> {
    let trial = trial(protocol);
    let found = search(&trial, kinds, most);
    assert_eq!(found.levels.iter().map(|level| level.inconclusive).sum::<u64>(), 0);
    let words = |cause: &onceproof::search::causes::Cause| {
        let faults = cause.faults.iter().map(|fault| fault_in_words(fault, &trial));
        (all_of(cause.classes), faults.collect::<Vec<_>>().join("; "))
    };
    found.causes.iter().map(words).collect()
}

/// Nothing breaks it; how many schedules were run.
fn holds(protocol: impl Protocol, most: u32) -> u64 {
    let found = search(&trial(protocol), &ALL, most);
    let wrong: Vec<&[_]> = found.causes.iter().map(|cause| &cause.faults[..]).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(found.levels.iter().map(|level| level.inconclusive).sum::<u64>(), 0);
    found.levels.iter().map(|level| level.runs).sum()
}

#[test]
fn right_protocols_hold_under_every_two_faults() {
    let runs = [
        holds(RIGHT, 2),
        holds(Consumer { window: 60_000, acks_first: false }, 2),
        holds(Leader { token: Token::FenceAndPosition, read_seals: true }, 2),
        holds(Broker { knows_producers: true, begins_anew: false }, 2),
    ];
    assert!(runs.iter().all(|&runs| runs > 800), "{runs:?}");
}

#[test]
fn each_design_that_leaves_something_out_is_found_with_as_few_faults_as_it_takes() {
    let check = |protocol: &dyn Fn() -> Vec<(Vec<Class>, String)>, class: Class, first: &str| {
        let found = protocol();
        assert!(found.iter().all(|(classes, _)| *classes == [class]), "{found:#?}");
        assert!(found.iter().any(|(_, words)| words.contains(first)), "{first}: {found:#?}");
    };
    let shop = Shop { has_inbox: false, ..RIGHT };
    for kind in [Delay, DropAck, CommitUnknown, Crash, Pause, Duplicate, ErrorApplied] {
        check(&|| broken(shop, &[kind], 1), Class::Duplicated, "");
        assert!(!broken(shop, &[kind], 1).is_empty(), "{kind:?}");
    }
    let shop = Shop { acks_first: true, ..RIGHT };
    check(&|| broken(shop, &ALL, 1), Class::Lost, "crash");
    let shop = Shop { relays_at_boot: false, ..RIGHT };
    check(&|| broken(shop, &ALL, 1), Class::Lost, "crash");
    check(&|| broken(Consumer { window: 20, acks_first: false }, &ALL, 1), Class::Duplicated, "");
    check(&|| broken(Consumer { window: 60_000, acks_first: true }, &ALL, 1), Class::Lost, "crash");
    check(
        &|| broken(Leader { token: Token::None, read_seals: true }, &[Pause], 1),
        Class::Lost,
        "",
    );
    let fence = Leader { token: Token::Fence, read_seals: true };
    check(&|| broken(fence, &[Delay], 1), Class::Lost, "");
    assert_eq!(broken(fence, &[Pause], 1), []);
    let unsealed = Leader { token: Token::FenceAndPosition, read_seals: false };
    assert_eq!(broken(unsealed, &ALL, 1), []);
    check(&|| broken(unsealed, &[Pause], 2), Class::Lost, "");
}

#[test]
fn what_async_code_does_is_done_and_what_it_cannot_do_is_not() {
    let right = (Verdict::ExactlyOnce, Vec::new());
    for odd in [Odd::Race, Odd::Guard, Odd::Call, Odd::Meeting] {
        assert_eq!(classes(odd), right, "{odd:?}");
    }
    // Nobody waits for anything any more, and the records are nowhere.
    let (verdict, lost) = classes(Odd::Foreign);
    assert_eq!((verdict, lost.contains(&Class::Lost)), (Verdict::Violated, true), "{lost:?}");
}

#[test]
fn a_destructor_has_no_effects_and_bodies_that_meet_in_memory_go_on() {
    let trace = |odd: Odd| {
        let mut lines = String::new();
        trial(odd).simulator().trace(Some(7), &mut |seen| lines += &seen.line());
        lines
    };
    assert!(!trace(Odd::Guard).contains("dropped"));
    assert!(trace(Odd::Meeting).contains("\"all\""));
}

#[test]
fn a_process_that_is_told_something_behind_its_back_is_found_by_a_search() {
    for odd in [Odd::HashOrder, Odd::StaticCounter] {
        let searched = catch_unwind(AssertUnwindSafe(|| broken(odd, &ALL, 2)));
        let panic = searched.expect_err("it differs from run to run");
        let said = panic.downcast_ref::<String>().map_or("", String::as_str);
        assert!(said.contains("not deterministic"), "{odd:?}: {said}");
    }
}

#[test]
fn a_borrow_that_is_held_over_an_await_panics_where_two_handlers_meet_and_names_the_run() {
    let said = |every: u64, most: Option<u32>| {
        let check = Setup::of(Odd::Borrow).records([1, 2, 3]).every(every).check().seeds(0..50);
        let run = AssertUnwindSafe(|| match most {
            Some(most) => drop(check.exhaust(most)),
            None => check.exactly_once(),
        });
        let panic = catch_unwind(run).expect_err("two handlers meet");
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    };
    // A commit and its answer take 2 ms: records that come 1 ms apart meet without a fault, others with one.
    for (every, most, run) in [
        (1, Some(1), "in the run without a fault"),
        (10, Some(1), "in the run with 1 fault: "),
        (10, Some(2), "in the run with 1 fault: "),
        (10, None, "in the run of seed "),
    ] {
        let said = said(every, most);
        assert!(said.contains("already borrowed") && said.contains(run), "{run}: {said}");
    }
}

#[test]
fn a_heartbeat_that_never_ends_is_let_be_and_hides_no_loss() {
    assert_eq!(classes(Odd::Heartbeat), (Verdict::ExactlyOnce, Vec::new()));
    assert_eq!(classes(Odd::HeartbeatAlone), (Verdict::Violated, vec![Class::Lost]));
    // Nobody takes the records from the queue, or tells it that they are done: it hands them out for ever.
    assert!(classes(Odd::NeverDone).1.contains(&Class::Stuck));
    assert_eq!(classes(Odd::RenewsForEver), (Verdict::ExactlyOnce, Vec::new()));
}

#[test]
fn every_corner_of_a_protocol_that_is_listed_is_reached() {
    use onceproof_sim::marks::Marks;
    let taken_over = Setup::of(RIGHT).records([100, 250, 100]).takeover_after(200);
    let leader = Leader { token: Token::FenceAndPosition, read_seals: true };
    let mut reached = Marks::default();
    for trial in [taken_over.trial().expect("steps"), trial(leader)] {
        let kinds = ALL.map(KindName::with_defaults).into_iter().chain([Kind::Move]);
        let (_, possible) = trial.simulator().explore(None, &kinds.collect::<Vec<_>>());
        let mut simulator = trial.simulator();
        for first in possible {
            simulator.place(std::slice::from_ref(&first));
            // Whoever was moved away from and has died is not there any more, for those who do not know yet.
            let second: &[Kind] = match first.kind {
                Kind::Move => &[Kind::Crash { restart: MILLISECOND }],
                _ => &[],
            };
            let found = simulator.extensions(None, second);
            let mut add = |Marks(counts): Marks| {
                reached.0.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
            };
            add(found.brief.marks);
            for second in found.possible {
                simulator.place(&[first.clone(), second.fault]);
                add(simulator.brief(None).marks);
            }
        }
    }
    let alphabet = &onceproof_protocol::ALPHABET;
    let never = alphabet.marks.iter().filter(|(mark, _)| reached.count(*mark) == 0);
    assert_eq!(never.map(|&(_, word)| word).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn what_is_wrong_with_the_steps_of_a_protocol_is_said() {
    let check = |steps: Vec<Step>, words: &str| {
        let misfit = Setup::of(Steps(steps)).records([1]).trial().expect_err(words);
        assert!(misfit.to_string().contains(words), "{misfit}");
    };
    let (a, result) = (|| Step::process("a").reads_queue(), || Step::result("r"));
    check(vec![a(), Step::process("a"), result()], "two steps are called `a`");
    check(vec![a().times(0), result()], "`a` has 0 processes");
    check(vec![a()], "no step is judged");
    check(vec![Step::process("a"), result()], "no step reads the input");
    check(vec![a(), result().reads_log()], "`r` reads the input");
    check(vec![Step::outside("o").reads_queue(), result()], "`o` reads the input");
    check(vec![a(), Step::process("b").reads_queue(), result()], "`b` reads the queue");
    check(vec![a(), Step::process("b").reads_log(), result()], "`b` reads the log");
    check(vec![Step::process("log").reads_queue(), result()], "`log` is no name");
    check(vec![Step::process("a b").reads_queue(), result()], "`a b` is no name");
}

#[test]
fn what_a_protocol_asks_for_and_cannot_have_is_a_panic_that_names_it() {
    let said = |odd: Odd| {
        let run = catch_unwind(AssertUnwindSafe(|| classes(odd)));
        let panic = run.expect_err("it asks for what is not there");
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    };
    assert!(said(Odd::NoSuchStep).contains("a route goes to `nobody`"));
    assert!(said(Odd::NoSuchResult).contains("no step is a `Step::result(\"sums\")`"));
    assert!(said(Odd::OfNoRecord).contains("a result is of a record of the input"));
    assert!(said(Odd::OtherType).contains("table `notes` has a row that is no u64"));
}

#[test]
fn a_process_that_is_taken_over_runs_twice_and_a_lease_that_nobody_states_never_ends() {
    // The zombie writes its row after the new instance has looked for what an earlier life had left.
    let taken_over = Setup::of(RIGHT).records([100]).takeover_after(200);
    let found = search(&taken_over.trial().expect("steps"), &[Move, Crash], 2);
    assert!(found.causes.iter().all(|cause| cause.faults.len() == 2) && !found.causes.is_empty());
    let alone = Setup::of(RIGHT).records([100]).check().faults(Faults::only([Move]));
    let refused = catch_unwind(AssertUnwindSafe(|| alone.exactly_once()));
    let panic = refused.expect_err("nobody takes over");
    let said = panic.downcast_ref::<String>().map_or("", String::as_str);
    assert!(said.contains("nobody takes a process over"), "{said}");
}

#[test]
fn wrong_designs_are_searched_and_one_that_nothing_breaks_fails_the_test() {
    let folder = std::env::temp_dir().join("onceproof-protocols-wrong");
    let right = || Setup::of(RIGHT).records([100, 250, 100]).check().saved_in(&folder);
    right().seeds(0..20).exhaust(1);
    // Without a crash nothing that was acked too early is lost.
    let calm = right().faults(Faults::all().without(Crash)).seeds(0..20);
    let panic = catch_unwind(AssertUnwindSafe(|| calm.exhaust(1))).expect_err("nothing breaks it");
    let said = panic.downcast_ref::<String>().map_or("", String::as_str);
    assert!(said.contains("`the ack before the commit`: no run breaks it"), "{said}");
}

#[test]
fn a_saved_failure_of_a_protocol_is_run_again_first() {
    let folder = std::env::temp_dir().join("onceproof-protocols-saved");
    let _ = std::fs::remove_dir_all(&folder);
    let check = |shop: Shop| {
        let check = Setup::of(shop).records([100, 250, 100]).check().saved_in(&folder).seeds(0..20);
        catch_unwind(AssertUnwindSafe(|| check.exhaust(1)))
    };
    let said = |shop: Shop| {
        let panic = check(shop).expect_err("it is wrong");
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    };
    let unread = Shop { relays_at_boot: false, ..RIGHT };
    assert!(said(unread).contains("One fault is enough: shop/0#"), "{}", said(unread));
    assert!(said(unread).contains("saved by an earlier run, and fails again"));
    assert!(check(RIGHT).is_ok());
}

/// Asks for its own number, another in each life, and would be told that of an earlier one if it could.
#[derive(Clone, Copy, Debug)]
struct Echo;

impl Protocol for Echo {
    fn steps(&self) -> Vec<Step> {
        vec![Step::process("caller").reads_queue(), Step::process("echo"), Step::result("heard")]
    }

    async fn run(&self, cx: Cx<'_>) {
        const LIVES: Table<u64> = Table::new("lives");
        const ECHO: Route<u64, u64> = Route::new("echo", "echo");
        if cx.step() == "echo" {
            return cx.serve(ECHO, async |number| number).await;
        }
        let life = cx.get(LIVES, 0).unwrap_or(0) + 1;
        cx.commit_until_known(Tag::NONE, |tx| tx.put(LIVES, 0, life)).await;
        let record = cx.recv().await;
        let echo = cx.send(ECHO, record.of, life).await;
        assert_eq!(echo, life, "the reply to a request of an earlier life");
        let heard = |tx: &mut Tx| {
            tx.insert(LIVES, 1 + record.id, life);
            tx.result("heard", record.key, record.of, record.value);
        };
        cx.commit_until_known(record.of, heard).await;
        cx.done(record.of).await;
    }
}

#[test]
fn a_late_reply_to_an_earlier_life_is_no_answer_to_a_later_one() {
    let trial = Setup::of(Echo).records([1]).trial().expect("its steps fit together");
    let late = (1..120).map(|by| Kind::Delay { by: by * MILLISECOND, leg: Leg::Ack });
    let kinds = late.chain([Kind::Crash { restart: MILLISECOND }]).collect();
    let space = Space { kinds, ..Space::new(&trial, &[], 2) };
    let found =
        exhaust(Threads::per_core(), &trial, None, &space, &mut Done::default(), &NEVER, &|_| {});
    assert_eq!(found.causes, []);
}

#[test]
fn right_protocols_hold_with_many_records_under_random_faults() {
    let folder = std::env::temp_dir().join("onceproof-protocols-many");
    let values = || (0..40).map(|n| n * 7 % 50);
    let leader = Leader { token: Token::FenceAndPosition, read_seals: true };
    // Its wrong designs are another test's.
    let alone = |trial| Check::of("many", trial).saved_in(&folder).seeds(0..100).exactly_once();
    alone(Setup::of(RIGHT).records(values()).trial().expect("steps"));
    alone(Setup::of(leader).records(values()).trial().expect("steps"));
}

/// Any steps, of which none does anything.
#[derive(Clone, Debug)]
struct Steps(Vec<Step>);

impl Protocol for Steps {
    fn steps(&self) -> Vec<Step> {
        self.0.clone()
    }

    async fn run(&self, _: Cx<'_>) {}
}
