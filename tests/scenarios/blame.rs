//! What a report blames is tried on every scenario that fails: with the faults taken away the damage is gone, with one
//! set alone it is there, and without any one of the set it is not.

use super::{files, folder, load};
use onceproof::report::damage::{candidates, damage_text};
use onceproof::scenario::Scenario;
use onceproof::search::blame::{Blame, Blamed, blame};
use onceproof::search::shrink::bench::Watch;
use onceproof_sim::fault::{Climate, Fault};
use onceproof_sim::outcome::{Class, Damage, LedgerFigures, Outcome, Verdict};

use onceproof_systems::Trial;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What went wrong: a class, and with some classes a step and a record.
type Harm = (Class, Option<(u16, String)>);

/// How great each is: how often the record is reflected too often or too seldom, but at least 1.
type Harms = BTreeMap<Harm, u64>;

/// A file whose run is violated, and that run.
struct Failing {
    file: String,
    trial: Trial,
    seed: Option<u64>,
    outcome: Outcome,
}

/// All of them. Each is run once, whoever looks at it.
static FAILING: LazyLock<Vec<Failing>> = LazyLock::new(|| {
    let failing = |file: String| {
        let scenario = load(&file);
        let seed = scenario.seed_of_run(None).seed;
        let outcome = scenario.trial.simulator().detail(seed);
        let is_violated = outcome.brief.verdict == Verdict::Violated;
        is_violated.then_some(Failing { file, trial: scenario.trial, seed, outcome })
    };
    files().filter_map(failing).collect()
});

#[test]
fn what_is_blamed_did_it_and_nothing_else_was_needed() {
    let mut sets = 0;
    for Failing { file, trial, seed, outcome } in FAILING.iter() {
        let all: Vec<usize> = (0..outcome.damage.len()).collect();
        let Blame { damage, classes, .. } = blame(trial, *seed, outcome, &all, Watch::none());
        let damaged = outcome.damage.iter().zip(damage);
        let of_records =
            damaged.map(|(damage, cause)| (harm(damage), cause.expect("it was asked")));
        let of_classes = classes.into_iter().map(|(class, cause)| ((class, None), cause));
        let found: Vec<(Harm, Blamed)> = of_records.chain(of_classes).collect();
        let named: BTreeSet<Class> = found.iter().map(|((class, _), _)| *class).collect();
        assert_eq!(named, outcome.brief.classes.iter().collect(), "{file}");
        let with = |faults: &[usize]| harms(trial, *seed, outcome, faults);
        for (harm, cause) in &found {
            sets += check(file, harm, cause, outcome.schedule.len(), &with);
        }
    }
    let failing = FAILING.len();
    assert!(failing > 70 && sets > 200, "{failing} files fail, by {sets} sets");
}

/// Tries one cause, and says how many sets it has.
fn check(
    file: &str,
    harm: &Harm,
    cause: &Blamed,
    faults: usize,
    with: &impl Fn(&[usize]) -> Harms,
) -> usize {
    let greatness = |faults: &[usize]| with(faults).get(harm).copied().unwrap_or(0);
    let (least, all) = (greatness(&[]), (0..faults).collect::<Vec<usize>>());
    let sets = match cause {
        Blamed::NoFault => {
            assert!(least > 0 && least >= greatness(&all), "{file}: {harm:?} takes a fault");
            return 0;
        }
        Blamed::Unknown(why) => panic!("{file}: {harm:?} is not found out: {why:?}"),
        Blamed::Faults { sets, is_all, without } => {
            assert_eq!(without.is_some(), least > 0, "{file}: {harm:?}");
            assert!(is_all, "{file}: {harm:?} has others, too");
            sets
        }
    };
    let others: Vec<usize> =
        (0..faults).filter(|at| sets.iter().all(|set| !set.contains(at))).collect();
    assert!(greatness(&others) <= least, "{file}: {harm:?} is there without {sets:?}");
    for set in sets {
        assert!(greatness(set) > least, "{file}: {set:?} is not enough for {harm:?}");
        for left_out in set {
            let rest: Vec<usize> = set.iter().copied().filter(|at| at != left_out).collect();
            assert!(greatness(&rest) <= least, "{file}: {harm:?} does not need {left_out}");
        }
    }
    sets.len()
}

/// What goes wrong with some of the faults of a run.
fn harms(trial: &Trial, seed: Option<u64>, outcome: &Outcome, faults: &[usize]) -> Harms {
    let mut bare = trial.clone();
    bare.plan.climate = Climate::default();
    bare.plan.faults =
        faults.iter().map(|&at| outcome.schedule[at].clone()).collect::<Vec<Fault>>();
    let outcome = bare.simulator().detail(seed);
    let classes = outcome.brief.classes.iter().map(|class| ((class, None), 1));
    let great = |damage: &Damage| damage.reflected.abs_diff(damage.expected).max(1);
    outcome.damage.iter().map(|damage| (harm(damage), great(damage))).chain(classes).collect()
}

fn harm(damage: &Damage) -> Harm {
    (damage.class, Some((damage.step.0, damage.record.clone())))
}

#[test]
fn each_class_of_the_verdict_is_told_and_the_records_are_as_many_as_in_the_ledger() {
    let mut told = 0;
    for Failing { file, trial, seed, outcome } in FAILING.iter() {
        let which = candidates(outcome, trial);
        let blame = blame(trial, *seed, outcome, &which, Watch::none());
        let text = damage_text(outcome, &blame, trial);
        for class in outcome.brief.classes.iter() {
            let of_record = text.contains(&format!("\n  {}: ", class.word()));
            let of_run = text.contains(&format!("{}: the run as a whole\n", class.word()));
            assert!(of_record || of_run, "{file}: nothing is said of {class:?}:\n{text}");
        }
        let LedgerFigures { duplicated, lost, divergent, .. } = outcome.brief.ledger;
        let counts =
            [(Class::Duplicated, duplicated), (Class::Lost, lost), (Class::Divergent, divergent)];
        for (class, count) in counts {
            assert_eq!(records_told(&text, class.word()), count, "{file}: {class:?}:\n{text}");
            told += count;
        }
    }
    assert!(told > 100, "{told} records");
}

/// How many records of a class a text names or counts: in `and 30 more records lost, 2 divergent`.
fn records_told(text: &str, class: &str) -> u64 {
    let named = text.lines().filter(|line| line.starts_with(&format!("  {class}: ")));
    let parts = text
        .lines()
        .filter_map(|line| line.strip_prefix("  and "))
        .flat_map(|line| line.split(", "));
    let counted = parts.filter_map(|part| {
        let count = part.strip_suffix(class)?.split(' ').next()?;
        Some(count.parse::<u64>().expect("a number"))
    });
    named.count() as u64 + counted.sum::<u64>()
}

#[test]
fn a_divergent_record_says_where_two_executions_differed_and_what_each_left() {
    for (file, step, left) in [
        ("functions/lookup-recomputed.toml", "enrich", ["ann/0", "ann/1"]),
        ("functions/order-recomputed.toml", "number", ["ann/1", "ann/0"]),
        // The same pane, first of three records and then of four.
        (
            "windows/three-then-four-recompute.toml",
            "per-user",
            ["per-user/ann@0s#0 = 3", "per-user/ann@0s#0 = 4"],
        ),
    ] {
        let scenario = load(file);
        let outcome = scenario.trial.simulator().detail(None);
        let divergent: Vec<&Damage> =
            outcome.damage.iter().filter(|damage| damage.class == Class::Divergent).collect();
        assert!(!divergent.is_empty(), "{file}");
        for damage in divergent {
            assert_eq!(scenario.trial.layout().name(damage.step), step, "{file}");
            assert_eq!(damage.left, Some(left.map(str::to_owned)), "{file}");
        }
    }
}

#[test]
fn of_maps_in_one_stage_the_one_that_may_answer_otherwise_is_named() {
    let file = folder().join("outputs/coin-flipped-again.toml");
    let text = std::fs::read_to_string(&file).expect("a file");
    let pass = "[[step]]\nname = \"pass\"\nkind = \"map\"\nfn = \"identity\"\n\n[[step]]\nname   = \"per-side\"";
    assert!(text.contains("[[step]]\nname   = \"per-side\""), "{text}");
    let text = text.replace("[[step]]\nname   = \"per-side\"", pass);
    let scenario = Scenario::parse(&text, &file).expect("it is read");
    let outcome = scenario.trial.simulator().detail(None);
    let damage = outcome.damage.iter().find(|damage| damage.class == Class::Divergent);
    let damage = damage.expect("it is divergent");
    assert_eq!(scenario.trial.layout().name(damage.step), "flip");
}

#[test]
fn a_record_that_has_the_id_of_another_says_whose() {
    let scenario = load("ids/same-id-twice.toml");
    let outcome = scenario.trial.simulator().detail(None);
    let [damage] = &outcome.damage[..] else { panic!("{:?}", outcome.damage) };
    assert_eq!((damage.class, damage.record.as_str()), (Class::Lost, "events/0#1"));
    assert_eq!(damage.taken_for.as_deref(), Some("events/0#0"));
}

#[test]
fn what_is_there_without_faults_and_grows_by_one_is_that_faults() {
    // Without the cut the time-out, shorter than the round trip, makes one copy too many; the cut makes more.
    let text = std::fs::read_to_string(folder().join("dedup/short-timeout-no-dedup.toml"))
        .expect("a file");
    let cut = "\n[[fault]]\nat = { from = \"events\", to = \"per-user\", time = \"0ms\" }\n\
               do = { partition = { direction = \"backward\", for = \"100ms\" } }\n";
    let scenario =
        Scenario::parse(&(text + cut), &folder().join("dedup/a.toml")).expect("it is read");
    let outcome = scenario.trial.simulator().detail(None);
    let blame = blame(&scenario.trial, None, &outcome, &[0], Watch::none());
    let cause = Blamed::Faults { sets: vec![vec![0]], is_all: true, without: Some(2) };
    assert_eq!(blame.damage[0], Some(cause));
}

#[test]
fn what_another_execution_made_is_no_retry() {
    // By hand in the file: the request arrives twice, both are executed, and what each made is sent once.
    let scenario = load("ids/fresh-in-one-life.toml");
    let outcome = scenario.trial.simulator().detail(None);
    assert_eq!(outcome.longest_retries, []);
}

#[test]
fn what_is_published_again_is_no_retry() {
    // By hand in the files: each message is sent once.
    for file in [
        "queue-published-late",
        "queue-published-late-window",
        "queue-attribute-ids",
        "queue-message-ids",
        "two-queues-attribute-ids",
    ] {
        let scenario = load(&format!("sources/{file}.toml"));
        let outcome = scenario.trial.simulator().detail(None);
        assert_eq!((outcome.brief.work.retries, outcome.longest_retries), (0, vec![]), "{file}");
    }
    // The request of the first of two messages is lost at 2 ms. That of the second is sent at 3 ms, and the first
    // again at 32 ms.
    let text =
        std::fs::read_to_string(folder().join("sources/queue-attribute-ids.toml")).expect("a file");
    let lost = "\n[[fault]]\nat = { to = \"per-user\", record = \"events/0#0\", attempt = 1 }\n\
                do = \"drop-request\"\n";
    let scenario =
        Scenario::parse(&(text + lost), &folder().join("sources/a.toml")).expect("it is read");
    let outcome = scenario.trial.simulator().detail(None);
    assert_eq!(outcome.brief.work.retries, 1);
    let longest: Vec<_> = outcome.longest_retries.iter().map(|of| of.nanos).collect();
    assert_eq!(longest, [30_000_000]);
}
