//! Shrinking and the exhaustive search agree. A grid of small designs with one mechanism wrong each; from
//! failing seeds of each, shrink is led to sets of faults, and every such set is among the smallest sets of
//! the scenario that was left. Those are told here by running every set of faults and looking at the parts
//! of each, with nothing left out; and `--all` lists exactly these, but for those that a search need not try
//! since another comes to the same. And the other way round: from enough seeds, shrink is led to every one
//! of the smallest size.

use onceproof::scenario::Scenario;
use onceproof::search::shrink::all::{Bounds, SearchEnd, Set, all, as_searched, kinds};
use onceproof::search::shrink::bench::{Goal, Watch};
use onceproof::search::shrink::{Shrunk, shrink};
use onceproof::search::threads::Threads;
use onceproof_sim::fault::{Fault, Kind};
use onceproof_sim::outcome::Verdict;

use onceproof_sim::simulator::Extensions;
use onceproof_systems::{Simulator, Trial};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// How many failing seeds of each design are shrunk, and how many are looked at to find them.
const FAILING: usize = 100;
const MOST_SEEDS: u64 = 10_000;
/// The most runs of `--all`: enough for every set that is run here, not always for all of four faults.
const MOST_RUNS: u64 = 10_000;

const COUNT: &str = "name = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"";

/// A design, and how it is searched.
struct Design<'a> {
    records: &'a str,
    steps: &'a [&'a str],
    mechanism: &'a str,
    odds: &'a str,
    /// Up to how many faults every set is run.
    most: usize,
    /// Whether so many seeds lead to every smallest set of the smallest size.
    leads_to_all: bool,
}

/// One record that is counted.
const COUNTED: Design<'static> = Design {
    records: "{ key = \"ann\", at = \"0s\" }",
    steps: &[COUNT],
    mechanism: "",
    odds: "",
    most: 2,
    leads_to_all: true,
};

impl Design<'_> {
    fn scenario(&self) -> Scenario {
        let Design { records, steps, mechanism, odds, .. } = self;
        let steps: String = steps.iter().map(|step| format!("[[step]]\n{step}\n\n")).collect();
        let text = format!(
            "format = 1\nname = \"grid\"\nclaim = \"A wrong design.\"\nexpect = \"exactly-once\"\n\n\
             [input]\nrecords = [ {records} ]\n\n[[step]]\nname = \"events\"\nkind = \"source\"\n\n\
             {steps}[mechanism]\n{mechanism}\n\n[faults]\n{odds}\n"
        );
        Scenario::parse(&text, Path::new("grid.toml")).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// A set of faults as a text: each with a place that only it has.
type Text = BTreeSet<String>;

fn text(faults: &[Fault]) -> Text {
    faults.iter().map(|fault| format!("{fault:?}")).collect()
}

/// A smallest set: no part of it breaks the scenario.
struct Smallest {
    text: Text,
    hits: bool,
    is_needless: bool,
}

/// Every smallest set of at most so many faults of these kinds, by running every set.
fn smallest(trial: &Trial, goal: &Goal, kinds: &[Kind], most: usize) -> Vec<Smallest> {
    let mut walk = Walk { simulator: trial.simulator(), goal, kinds, most, broken: Vec::new() };
    walk.extend(&mut Vec::new(), false);
    let has_broken_part = |set: &Smallest| {
        let is_part = |other: &&Smallest| other.text.len() < set.text.len();
        walk.broken.iter().filter(is_part).any(|other| other.text.is_subset(&set.text))
    };
    let is_whole: Vec<bool> = walk.broken.iter().map(|set| !has_broken_part(set)).collect();
    walk.broken.into_iter().zip(is_whole).filter_map(|(set, is)| is.then_some(set)).collect()
}

struct Walk<'a> {
    simulator: Simulator<'a>,
    goal: &'a Goal,
    kinds: &'a [Kind],
    most: usize,
    broken: Vec<Smallest>,
}

impl Walk<'_> {
    fn extend(&mut self, faults: &mut Vec<Fault>, is_needless: bool) {
        self.simulator.place(faults);
        let Extensions { brief, possible: next, .. } = self.simulator.extensions(None, self.kinds);
        if brief.verdict == Verdict::Violated {
            let outcome = self.simulator.detail(None);
            let hits = brief.classes.contains(self.goal.class)
                && (self.goal.step.is_none() || self.goal.damage(&outcome).is_some());
            self.broken.push(Smallest { text: text(faults), hits, is_needless });
        }
        if faults.len() == self.most {
            return;
        }
        for possibility in next {
            faults.push(possibility.fault);
            self.extend(faults, is_needless || possibility.needless.is_some());
            faults.pop();
        }
    }
}

/// What seeds led to in one scenario that was left.
struct Left {
    shrunk: Shrunk,
    kinds: Vec<Kind>,
    /// Each set, and whether the run holds without any one of its faults.
    found: BTreeMap<Text, bool>,
}

/// Shrinks the failing seeds of a design, and compares.
fn check(design: &Design<'_>) {
    let scenario = design.scenario();
    let name = format!("{} with {}", design.mechanism, design.odds).replace('\n', ", ");
    let mut simulator = scenario.trial.simulator();
    let mut left: BTreeMap<String, BTreeMap<String, Left>> = BTreeMap::new();
    let is_failure = |seed: &Option<u64>| simulator.brief(*seed).verdict == Verdict::Violated;
    let failing: Vec<Option<u64>> =
        (0..MOST_SEEDS).map(Some).filter(is_failure).take(FAILING).collect();
    assert_eq!(failing.len(), FAILING, "{name}");
    for seed in failing {
        let shrunk =
            shrink(&scenario, seed, Watch::none()).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        assert_eq!(shrunk.case.seed, None, "{name}, {seed:?}");
        let kinds = kinds(&scenario, &shrunk, &[]);
        let found = text(&as_searched(&shrunk));
        let holds = shrunk.holds_without_any;
        let remains = format!("{:?} {:?}", shrunk.case.trial(u64::MAX), shrunk.goal);
        let of_kinds = left.entry(remains).or_default().entry(format!("{kinds:?}"));
        let left = of_kinds.or_insert_with(|| Left { shrunk, kinds, found: BTreeMap::new() });
        left.found.insert(found, holds);
    }
    for left in left.into_values() {
        let found: BTreeSet<Text> =
            left.values().flat_map(|left| left.found.keys()).cloned().collect();
        for left in left.into_values() {
            compare(&name, left, design, &found);
        }
    }
}

fn compare(name: &str, left: Left, design: &Design<'_>, found_here: &BTreeSet<Text>) {
    let Left { mut shrunk, kinds, found } = left;
    let most = design.most;
    let trial = shrunk.case.trial(u64::MAX);
    let sets = smallest(&trial, &shrunk.goal, &kinds, most);
    for (found, holds) in found.iter().filter(|(found, _)| found.len() <= most) {
        let set = sets.iter().find(|set| set.text == *found);
        if *holds {
            let set = set.unwrap_or_else(|| panic!("{name}: no smallest set: {found:?}"));
            assert!(set.hits && !set.is_needless, "{name}: {found:?}");
        } else {
            // Of these shrink says that the run then no longer fails in this way.
            let breaks_otherwise = |set: &Smallest| {
                !set.hits && set.text.len() < found.len() && set.text.is_subset(found)
            };
            assert!(sets.iter().any(breaks_otherwise), "{name}: {found:?}");
        }
    }
    let cancel = AtomicBool::new(false);
    let bounds =
        Bounds { threads: Threads::per_core(), runs: MOST_RUNS, cancel: &cancel, tell: &|_| {} };
    let all = all(&mut shrunk, kinds, bounds);
    assert!(matches!(all.end, SearchEnd::Complete | SearchEnd::GaveUp), "{name}: {:?}", all.end);
    assert!(all.searched as usize >= most, "{name}: {}", all.searched);
    let is_small = |set: &&Set| set.faults.len() <= most;
    let listed = all.sets.iter().filter(is_small).map(|set| text(&set.outcome.schedule));
    let mut listed: BTreeSet<Text> = listed.collect();
    // The failure stands there as it was found.
    if all.has_failure && shrunk.case.faults.len() <= most {
        listed.remove(&text(&shrunk.outcome.schedule));
        listed.insert(text(&as_searched(&shrunk)));
    }
    let is_listed = |set: &&Smallest| set.hits && !set.is_needless;
    let expected: BTreeSet<Text> =
        sets.iter().filter(is_listed).map(|set| set.text.clone()).collect();
    assert_eq!(listed, expected, "{name}");
    let otherwise = sets.iter().filter(|set| !set.hits && !set.is_needless).count() as u64;
    assert!(all.others >= otherwise, "{name}: {} and {otherwise}", all.others);
    if design.leads_to_all {
        let size = expected.iter().map(BTreeSet::len).min().unwrap_or(0);
        for set in expected.iter().filter(|set| set.len() == size) {
            assert!(found_here.contains(set), "{name}: no seed led to {set:?}");
        }
    }
}

/// Crashes whose restart could not be shorter: a weaker fault is another one.
const CRASH: &str = "crash = { odds = \"1/8\", restart = \"1ms\" }\n";

#[test]
fn where_there_is_one_record_and_one_count() {
    let crash = |more: &str| format!("{CRASH}{more}");
    let lossy = "drop-request = \"1/4\"\ndrop-ack = \"1/4\"";
    let refused = "drop-request = \"1/4\"\nerror-not-applied = \"1/4\"";
    let check = |mechanism: &str, odds: &str, most: usize| {
        check(&Design { mechanism, odds, most, ..COUNTED });
    };
    check("dedup = \"off\"", "drop-ack = \"1/4\"\nduplicate = \"1/4\"", 3);
    check("dedup = \"off\"", "error-applied = \"1/4\"\ncommit-unknown = \"1/4\"", 3);
    check("dedup = \"off\"", &crash(""), 2);
    check("dedup = { window = \"20ms\" }", lossy, 3);
    // A delay that could not be shorter: an id that is 60 ms old is forgotten.
    let slow = "drop-ack = \"1/4\"\ndelay = { odds = \"1/4\", by = \"50ms\" }";
    check("dedup = { window = \"60ms\" }", slow, 3);
    check("dedup = { bloom = { rebuild = \"none\" } }", &crash("drop-ack = \"1/4\""), 2);
    check("gc = { ttl = \"20ms\", unknown-old = \"drop\" }", lossy, 3);
    check("re-ack = false", &crash("drop-ack = \"1/4\""), 2);
    check("ack = \"on-receipt\"", &crash(""), 2);
    check("give-up = 1", refused, 3);
    check("give-up = 2", refused, 3);
    check("atomic = \"state-first\"", &crash(""), 2);
    check("atomic = \"id-first\"", &crash(""), 2);
    check("outputs = \"recompute\"\nids = \"fresh\"", &crash("drop-ack = \"1/4\""), 2);
}

#[test]
fn where_there_are_coins_tables_and_more_records() {
    let coin = "name = \"flip\"\nkind = \"map\"\nfn = { coin = { sides = 2, into = \"key\" } }";
    let odds = format!("{CRASH}user-differs = \"1/2\"");
    let steps = &[coin, COUNT];
    check(&Design { steps, mechanism: "outputs = \"recompute\"", odds: &odds, ..COUNTED });
    let odds = format!("{CRASH}call-unknown = \"1/4\"");
    for write in ["\"append\"", "{ insert-id = { window = \"20ms\" } }"] {
        let table = format!("name = \"table\"\nkind = \"sink\"\nwrite = {write}");
        check(&Design { steps: &[&table], odds: &odds, ..COUNTED });
    }
    // The second record lets the id of the first be forgotten.
    check(&Design {
        records: "{ key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"100ms\" }",
        mechanism: "gc = { ttl = \"20ms\", unknown-old = \"accept\" }",
        odds: "drop-ack = \"1/4\"\nduplicate = \"1/4\"",
        ..COUNTED
    });
    // More classes than one, and more sets than so few seeds lead to.
    check(&Design {
        records: "{ key = \"a\", at = \"0ms\" }, { key = \"b\", at = \"1ms\" }, { key = \"c\", at = \"2ms\" }",
        mechanism: "fencing = false",
        odds: "commit-delayed = { odds = \"1/6\", by = \"25ms\" }\n\
               crash = { odds = \"1/12\", restart = \"5ms\" }",
        leads_to_all: false,
        ..COUNTED
    });
}
