//! Best effort and at-least-once: what they survive and what they do not is not what goes wrong in them by chance, but what
//! their letter says, cause by cause; and what makes them exact does so under every two faults.

use super::common::library::{search, trial_of};
use onceproof_sim::fault::kind::Asked;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::Class::{self, Duplicated, Lost};
use onceproof_systems::Trial;
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of faults that the letter speaks of.
const OF_THE_LETTER: [KindName; 4] =
    [KindName::DropRequest, KindName::Duplicate, KindName::Delay, KindName::Crash];

/// Three records of two users, under a strategy with these settings and no fault.
fn small(strategy: &str, settings: &str) -> Trial {
    trial_of(&format!("{strategy}/small.toml"), settings, &[])
}

/// What a fault strikes, in the words of the letter.
fn struck(fault: &Fault, trial: &Trial) -> String {
    let layout = trial.layout();
    let at = &fault.at;
    let what = match (fault.kind.asked_at(), at.from, at.to) {
        (Asked::Request, Some(from), Some(to)) => match (layout.name(from), layout.name(to)) {
            ("events", "acker") => "init",
            ("acker", _) => "complete",
            (_, "acker") => "ack",
            (_, "view") => "show",
            _ => "tuple",
        },
        _ => at.before.map_or("", |before| layout.alphabet.word(before)),
    };
    // What the letter does not speak of: it has a view that never dies.
    let of = if at.step == layout.find("view") { " of the view" } else { "" };
    format!("{}@{what}{of}", fault.kind.name().word())
}

/// How many single faults break a design, by classes, kind and what they strike.
fn causes(trial: &Trial) -> BTreeMap<(String, String), u64> {
    let found = search(trial, &OF_THE_LETTER, 1);
    let mut causes = BTreeMap::new();
    for cause in &found.causes {
        let [fault] = &cause.faults[..] else { panic!("{cause:?}") };
        let classes: Vec<&str> = cause.classes.iter().map(Class::word).collect();
        *causes.entry((classes.join("+"), struck(fault, trial))).or_default() += 1;
    }
    causes
}

fn check_causes(trial: &Trial, expected: &[(&str, &str, u64)]) {
    let expected = expected
        .iter()
        .map(|&(classes, fault, times)| ((classes.to_owned(), fault.to_owned()), times));
    assert_eq!(causes(trial), expected.collect::<BTreeMap<_, _>>());
}

#[test]
fn what_breaks_best_effort_by_one_fault_is_what_its_letter_says() {
    check_causes(
        &small("best-effort", ""),
        &[
            ("duplicated", "duplicate@tuple", 6),
            ("lost", "crash@apply", 6),
            ("lost", "crash@emit", 3),
            ("lost", "crash@send", 3),
            ("lost", "crash@show", 6),
            ("lost", "drop-request@show", 3),
            ("lost", "drop-request@tuple", 6),
            // Between the commit of an offset and the emission there is a wait for the store.
            ("lost", "crash@answer", 3),
            // A view that dies before a row is in the store loses it; and until it is back, those that come.
            ("lost", "crash@write of the view", 6),
            ("lost", "crash@answer of the view", 4),
        ],
    );
}

#[test]
fn what_breaks_at_least_once_by_one_fault_is_what_its_letter_says() {
    check_causes(
        &small("at-least-once", ""),
        &[
            ("duplicated+lost", "crash@ack", 3),
            ("duplicated+lost", "crash@apply", 2),
            ("duplicated+lost", "crash@show", 2),
            ("duplicated", "crash@ack", 3),
            ("duplicated", "crash@apply", 1),
            ("duplicated", "crash@commit", 3),
            ("duplicated", "crash@complete", 3),
            ("duplicated", "crash@show", 1),
            ("duplicated", "delay@ack", 12),
            ("duplicated", "delay@complete", 3),
            ("duplicated", "delay@init", 3),
            ("duplicated", "delay@show", 6),
            ("duplicated", "delay@tuple", 6),
            ("duplicated", "drop-request@ack", 12),
            ("duplicated", "drop-request@complete", 3),
            ("duplicated", "drop-request@init", 3),
            ("duplicated", "drop-request@show", 6),
            ("duplicated", "drop-request@tuple", 3),
            ("duplicated", "duplicate@tuple", 6),
            ("lost", "crash@apply", 1),
            ("lost", "crash@send", 1),
            ("lost", "crash@show", 1),
            // A view that dies with a row that it has not acked: the record is sent again.
            ("duplicated", "crash@write of the view", 6),
            ("duplicated", "crash@answer of the view", 6),
            ("duplicated", "crash@ack of the view", 6),
        ],
    );
}

/// Whether a fault spares what bolts have in memory: it is on a link, at the spout, at the acker or at the view.
fn spares_bolts(fault: &Fault, trial: &Trial) -> bool {
    let bolts = ["per-user", "global"].map(|name| trial.layout().find(name));
    fault.kind.asked_at() == Asked::Request || !bolts.contains(&fault.at.step)
}

/// The classes of all schedules of at most two faults that spare bolts, and how many there are.
fn with_bolts_spared(trial: &Trial) -> (u64, BTreeSet<Class>) {
    let kinds: Vec<Kind> = OF_THE_LETTER.map(KindName::with_defaults).to_vec();
    let (mut runs, mut classes) = (0, BTreeSet::new());
    let mut simulator = trial.simulator();
    let mut schedules = vec![Vec::new()];
    for faults in 0..=2 {
        let mut more = Vec::new();
        for schedule in schedules {
            simulator.place(&schedule);
            let found = simulator.extensions(None, &kinds);
            runs += 1;
            classes.extend(found.brief.classes.iter());
            if faults < 2 {
                let possible = found.possible.into_iter().map(|possibility| possibility.fault);
                more.extend(
                    possible.filter(|fault| spares_bolts(fault, trial)).map(|fault| {
                        schedule.iter().cloned().chain([fault]).collect::<Vec<Fault>>()
                    }),
                );
            }
        }
        schedules = more;
    }
    (runs, classes)
}

#[test]
fn at_least_once_with_bolts_spared_loses_nothing_under_two_faults() {
    let (runs, classes) = with_bolts_spared(&small("at-least-once", ""));
    assert_eq!(classes, BTreeSet::from([Duplicated]), "{runs} runs");
    assert!(runs > 5_000, "{runs}");
}

#[test]
fn each_rule_without_which_records_are_lost_though_bolts_are_spared_is_found() {
    for settings in [
        "anchor = false",
        "edges = 2",
        "acks = \"sum\"",
        "offsets = \"highest\"",
        "offsets = \"emitted\"",
        "view = \"newest\"",
        "view = \"last-arrival\"",
    ] {
        let (runs, classes) = with_bolts_spared(&small("at-least-once", settings));
        assert!(classes.contains(&Lost), "{settings}: {classes:?} in {runs} runs");
    }
}

#[test]
fn with_durable_counts_nothing_is_lost_and_with_ids_beside_them_all_is_exact_under_two_faults() {
    let durable = search(&small("at-least-once", "counts = \"durable\""), &KindName::ALL, 2);
    let classes: BTreeSet<Class> =
        durable.causes.iter().flat_map(|cause| cause.classes.iter()).collect();
    assert_eq!(classes, BTreeSet::from([Duplicated]));
    assert_eq!(durable.total().inconclusive, 0);

    let exact = small("at-least-once", "counts = \"durable\", distinct = true");
    let found = search(&exact, &KindName::ALL, 2);
    assert!(found.certificate().is_some(), "{:?}", found.causes.first());
    let total = found.total();
    let all = total.runs + total.needless.iter().sum::<u64>();
    assert!(all > 100_000, "{total:?}");
    // Ids that are in memory are gone with the counts.
    let in_memory = causes(&small("at-least-once", "distinct = true"));
    assert!(in_memory.keys().all(|(classes, _)| classes == "lost"), "{in_memory:?}");
    assert!(!in_memory.is_empty());
}

/// The same with a queue in place of the log.
fn with_queue(settings: &str, queue: &str) -> Trial {
    let queue = format!("events: queue = {{ deadline = \"500ms\"{queue} }}");
    trial_of("at-least-once/small.toml", settings, &[&queue])
}

#[test]
fn a_queue_hands_out_again_what_a_log_would_be_read_again_for() {
    let classes = |trial: &Trial, most| {
        let kinds = [&OF_THE_LETTER[..], &[KindName::Redeliver]].concat();
        let found = search(trial, &kinds, most);
        assert_eq!((found.total().inconclusive, found.interrupted), (0, false));
        found.causes.iter().flat_map(|cause| cause.classes.iter()).collect::<BTreeSet<Class>>()
    };
    assert_eq!(classes(&with_queue("", ""), 1), BTreeSet::from([Duplicated, Lost]));
    assert_eq!(classes(&with_queue("counts = \"durable\"", ""), 1), BTreeSet::from([Duplicated]));
    let exact = "counts = \"durable\", distinct = true";
    assert_eq!(classes(&with_queue(exact, ""), 2), BTreeSet::new());
    // What is acked when it is pulled is lost with a spout that dies then, whatever bolts keep.
    assert_eq!(classes(&with_queue(exact, ", ack = \"on-receipt\""), 1), BTreeSet::from([Lost]));
    // With an id of its own each delivery is another record.
    let fresh = classes(&with_queue(exact, ", ids = \"none\""), 1);
    assert_eq!(fresh, BTreeSet::from([Duplicated]));
}

#[test]
fn a_clock_that_nobody_reads_is_placed_nowhere() {
    let runs = |trial: &Trial| search(trial, &[KindName::ClockStep], 1).total().runs;
    assert_eq!(runs(&small("at-least-once", "")), 1);
    assert!(runs(&small("lambda", "")) > 1);
}
