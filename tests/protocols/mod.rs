//! Protocols as a user writes them: those that are right hold under every schedule of so many faults, and each that leaves
//! something out is found.

mod consumer;
mod leader;
mod outbox;
mod pitfalls;

use super::common::library::search;
use consumer::Consumer;
use leader::{Leader, Token};
use onceproof::protocol::{Protocol, Setup};
use onceproof::report::words::fault_in_words;
use onceproof_sim::fault::KindName::{self, *};
use onceproof_sim::outcome::{Class, Classes, Verdict};
use onceproof_systems::Trial;
use outbox::{RIGHT, Shop};
use pitfalls::Odd;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// All kinds that the parts of a protocol have.
const ALL: [KindName; 14] = [
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
fn a_borrow_that_is_held_over_an_await_panics_where_two_handlers_meet() {
    let run = |odd: Odd| catch_unwind(AssertUnwindSafe(|| broken(odd, &ALL, 1).len()));
    assert!(run(Odd::Borrow).is_err());
}

#[test]
fn a_heartbeat_that_never_ends_is_let_be_and_hides_no_loss() {
    assert_eq!(classes(Odd::Heartbeat), (Verdict::ExactlyOnce, Vec::new()));
    assert_eq!(classes(Odd::HeartbeatAlone), (Verdict::Violated, vec![Class::Lost]));
    // Nobody takes the records from the queue, or tells it that they are done: it hands them out for ever.
    assert!(classes(Odd::NeverDone).1.contains(&Class::Stuck));
    assert_eq!(classes(Odd::RenewsForEver).0, Verdict::Inconclusive);
}

#[test]
fn trying() {
    use onceproof::check::Faults;
    let records = || [100, 250, 100];
    for (name, result) in [
        ("outbox", catch_unwind(|| println!("{}", Setup::of(RIGHT).records(records()).check().saved_in("/tmp/h/saved").exhaust(2)))),
        ("consumer", catch_unwind(|| println!("{}", Setup::of(Consumer { window: 60_000, acks_first: false }).records(records()).check().saved_in("/tmp/h/saved").exhaust(2)))),
        ("leader", catch_unwind(|| println!("{}", Setup::of(Leader { token: Token::FenceAndPosition, read_seals: true }).records(records()).check().saved_in("/tmp/h/saved").exhaust(2)))),
        ("no inbox", catch_unwind(|| println!("{}", Setup::of(Shop { has_inbox: false, ..RIGHT }).records(records()).check().saved_in("/tmp/h/saved").exhaust(1)))),
        ("leader no seal", catch_unwind(|| println!("{}", Setup::of(Leader { token: Token::FenceAndPosition, read_seals: false }).records(records()).check().saved_in("/tmp/h/saved").exhaust(2)))),
        ("seeds", catch_unwind(|| Setup::of(Shop { relays_at_boot: false, ..RIGHT }).records(records()).check().saved_in("/tmp/h/saved").faults(Faults::all()).exactly_once())),
    ] {
        println!("===== {name}");
        if let Err(panic) = result {
            println!("{}", panic.downcast_ref::<String>().map_or("?", String::as_str));
        }
    }
}
