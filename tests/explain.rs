//! Explanations of bad runs: every scenario of the library that goes wrong names what is wrong in its file, and what it
//! names is found out again by running it.

use onceproof::explain::{Explanation, Unexplained, explanation_text, seed_to_explain};
use onceproof::report::style::plain;
use onceproof::scenario::{Changes, Expect, Scenario, Strategy};
use onceproof::search::shrink::bench::Watch;
use onceproof_sim::outcome::{Class, Verdict};
use onceproof_systems::Trial;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

mod own;
mod story;

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// All files below a folder that expect to go wrong, with what they expect.
fn failing(folder: &Path, found: &mut Vec<Scenario>) {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            failing(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let scenario = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
            if matches!(scenario.expect, Expect::Violates(_)) {
                found.push(scenario);
            }
        }
    }
}

/// A scenario that goes wrong, and what is said of it.
struct Explained {
    scenario: Scenario,
    seed: Option<u64>,
    text: String,
}

/// All that go wrong. Each is explained once, whoever looks at what is said of it.
static EXPLAINED: LazyLock<Vec<Explained>> = LazyLock::new(|| {
    let mut all = Vec::new();
    failing(&scenarios(), &mut all);
    let explained = |scenario: Scenario| {
        let seed = seed_to_explain(&scenario, Watch::none()).expect("a seed");
        Explained { text: text_of(&scenario), seed, scenario }
    };
    all.into_iter().map(explained).collect()
});

fn load(file: &str) -> Scenario {
    Scenario::load(&scenarios().join(file)).unwrap_or_else(|error| panic!("{error}"))
}

fn text_of(scenario: &Scenario) -> String {
    let seed = seed_to_explain(scenario, Watch::none()).expect("a seed");
    match Explanation::of(&scenario.trial, Some(scenario), seed, None, Watch::none()) {
        Ok(explanation) => plain(&explanation_text(&explanation)),
        Err(why) => panic!("{}: {why:?}", scenario.path.display()),
    }
}

/// What it says last, on one line.
fn change(text: &str) -> String {
    let (_, change) = text.rsplit_once("to change: ").expect("what to change");
    change.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A setting that is to be changed.
#[derive(Debug)]
struct Named {
    key: String,
    was: String,
    place: String,
    to: String,
}

/// The settings of a last line; none where it says that no setting is wrong.
fn named(change: &str) -> Vec<Named> {
    if change.starts_with("no setting is wrong") {
        return Vec::new();
    }
    let one = |part: &str| {
        let (left, to) = match part.split_once(" becomes ") {
            Some((left, to)) => (left, to.split_once(" = ").map_or("", |(_, to)| to)),
            None => (part.trim_end_matches(" is left out"), ""),
        };
        let left =
            left.replace(", the default,", "").replace(" is not set", " = ").replace("; it", "");
        let (key, rest) = left.split_once(" = ").unwrap_or_else(|| panic!("{part}"));
        let (was, place) = rest.rsplit_once(" in ").unwrap_or((rest, ""));
        let texts = [key, was, place, to].map(|text| text.trim().to_owned());
        let [key, was, place, to] = texts;
        Named { key, was, place, to }
    };
    change.split("; and ").map(one).collect()
}

/// Whether a file says so: a text is compared as it is, a table by all the words in it.
fn says(text: &str, key: &str, was: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let words = |text: &str| {
        let is_part = |c: char| !c.is_alphanumeric() && !"-_.".contains(c);
        text.split(is_part).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut of_key = lines.filter(|line| words(line).iter().any(|word| word == last));
    of_key.any(|line| {
        let line = words(line);
        // A length may be written with another unit, and a part be left to stand for its table.
        let is_length = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let mut needed = words(was).into_iter().filter(|word| !is_length(word) && word != "length");
        needed.all(|word| line.contains(&word))
    })
}

#[test]
fn every_scenario_that_goes_wrong_names_what_is_wrong_in_its_file() {
    assert!(EXPLAINED.len() > 100, "only {}", EXPLAINED.len());
    for Explained { scenario, text, .. } in EXPLAINED.iter() {
        let file = scenario.path.display();
        let change = change(text);
        let written = fs::read_to_string(&scenario.path).expect("a text");
        for Named { key, was, .. } in named(&change) {
            let is_default =
                change.contains(&format!("{key} = {was}, the default,")) || was.is_empty();
            let is_said = says(&written, &key, &was);
            let is_there =
                written.lines().any(|line| line.split(['=', ' ']).next() == Some(key.as_str()));
            let names = if is_default { !is_there } else { is_said };
            assert!(names, "{file}: {key} = {was} is not what the file says\n{change}");
        }
        // What happened to whom, and when.
        let times = text.lines().filter(|line| line.trim_start().split(' ').nth(1) == Some("ms"));
        assert!(times.count() >= 2, "{file}\n{text}");
        // A record of the input, or a pane that nothing belongs into.
        let names_one = ["/0#", "/1#", "s#0"].iter().any(|part| text.contains(part));
        assert!(names_one, "{file}: no record\n{text}");
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{file}: {line}");
        }
    }
}

#[test]
fn with_what_it_names_and_nothing_else_the_run_holds() {
    let mut settings = 0;
    for Explained { scenario, seed, text } in EXPLAINED.iter() {
        let (file, change) = (scenario.path.display(), change(text));
        let found = named(&change);
        if found.is_empty() {
            continue;
        }
        let changed = cured(scenario, &found);
        settings += 1;
        let verdict = changed.simulator().brief(*seed).verdict;
        assert_eq!(verdict, Verdict::ExactlyOnce, "{file}: {change}");
    }
    assert!(settings > 100, "only {settings}");
}

/// What is run of a scenario with these settings put right, and nothing else.
fn cured(scenario: &Scenario, found: &[Named]) -> Trial {
    let file = scenario.path.display();
    let mut trial = scenario.clone();
    let (mut mechanisms, mut steps) = (Vec::new(), Vec::new());
    for Named { key, to, place, was } in found {
        let value = match (key.as_str(), to.as_str()) {
            // What is left out is written as what holds then.
            ("give-up", "") => "retry = { timeout = \"30ms\" }".to_owned(),
            _ => format!("{key} = {to}"),
        };
        match place.strip_prefix("step ") {
            _ if key == "strategy" => {
                let is_it = |strategy: &Strategy| format!("\"{}\"", strategy.word()) == *to;
                let strategy = Strategy::ALL.into_iter().find(is_it).expect("a strategy");
                trial = trial.under(strategy).unwrap_or_else(|e| panic!("{e}")).scenario;
            }
            Some(_) if key == "give-up" => {
                let without = fs::read_to_string(&scenario.path).expect("a text");
                let without = without.replace(&format!("mechanism = {{ {key} = {was} }}"), "");
                trial = Scenario::parse(&without, &scenario.path).expect("a scenario");
            }
            Some(step) => {
                let is_mechanism = ["dedup", "outputs"].contains(&key.as_str());
                let before = if is_mechanism { "mechanism." } else { "" };
                steps.push(format!("{step}: {before}{value}"));
            }
            None => mechanisms.push(value),
        }
    }
    if mechanisms == ["retry = { timeout = \"30ms\" }"] {
        let written = fs::read_to_string(&scenario.path).expect("a text");
        let without = written.replacen("give-up = ", "max = \"1s\" #", 1);
        let lines = written.lines().filter(|line| !line.trim_start().starts_with("give-up"));
        let lines = lines.collect::<Vec<_>>().join("\n");
        let read = Scenario::parse(&lines, &scenario.path);
        trial = read.or_else(|_| Scenario::parse(&without, &scenario.path)).expect("a scenario");
        mechanisms.clear();
    }
    let mechanism = (!mechanisms.is_empty()).then(|| mechanisms.join(", "));
    let changes = Changes { mechanism, steps, ..Changes::default() };
    match trial.redesigned(&changes) {
        Ok(changed) => changed.trial,
        // A fault of the file has no place in it any more; the others stay where they are.
        Err(_) => {
            let bare = Changes { bare: true, ..changes };
            let bare = trial.redesigned(&bare).unwrap_or_else(|e| panic!("{file}: {e}"));
            bare.trial.with(|plan| {
                plan.faults = scenario.trial.plan.faults.clone();
                plan.climate = scenario.trial.plan.climate.clone();
            })
        }
    }
}

#[test]
fn what_is_named_is_what_the_file_is_about() {
    // From the claim of each file, and not from what was found.
    for (file, expected) in [
        ("outputs/coin-flipped-again.toml", "outputs = \"recompute\""),
        ("dedup/lost-ack-no-dedup.toml", "dedup = \"off\""),
        ("ack/on-receipt-crash.toml", "ack = \"on-receipt\""),
        ("atomic/id-first.toml", "atomic = \"id-first\""),
        ("fencing/pause-before-commit-unfenced.toml", "fencing = false"),
        ("gc/never.toml", "gc = \"never\""),
        ("re-ack/off-lost-ack.toml", "re-ack = false"),
        ("ids/fresh-recompute.toml", "ids = \"fresh\""),
        ("stamps/fresh.toml", "stamps = \"fresh\""),
        ("lift/forced-recompute.toml", "lift = \"force\""),
        ("retry/give-up-lost-request.toml", "give-up = 1"),
        ("sinks/in-place-pause.toml", "write = \"in-place\" in step table"),
        ("sources/queue-without-ids.toml", "queue.ids = \"none\" in step events"),
        ("side-effects/take-crash.toml", "fn.call = \"take\" in step fetch"),
        ("at-least-once/acks-sum.toml", "acks = \"sum\" in [at-least-once]"),
        ("at-least-once/offsets-emitted.toml", "offsets = \"emitted\""),
        ("at-least-once/timeout.toml", "timeout = \"5ms\""),
        ("best-effort/dropped-tuple.toml", "strategy = \"best-effort\""),
        ("best-effort/keep.toml", "keep = \"5s\""),
        ("lambda/append.toml", "landing = \"append\""),
        ("lambda/retention.toml", "retention = \"25s\""),
        ("dataflow-at-least-once/lost-ack.toml", "strategy = \"dataflow-at-least-once\""),
        ("micro-batch/declared.toml", "level = \"determinate\" in step side"),
        ("micro-batch/grant-once.toml", "grant = \"once\""),
        ("micro-batch/watermark-in-memory.toml", "watermark = \"memory\""),
    ] {
        let change = change(&text_of(&load(file)));
        assert!(change.starts_with(expected), "{file}: {change}");
    }
}

#[test]
fn where_only_a_side_effect_is_wrong_no_setting_is() {
    let outside = [Class::Repeated, Class::Stale];
    let is_outside = |of: &&Explained| match &of.scenario.expect {
        Expect::Violates(classes) => classes.iter().all(|class| outside.contains(class)),
        Expect::ExactlyOnce => false,
    };
    let found: Vec<&Explained> = EXPLAINED.iter().filter(is_outside).collect();
    assert!(found.len() >= 4, "only {}", found.len());
    for Explained { text, .. } in found {
        let change = change(text);
        assert!(change.starts_with("no setting is wrong: no pipeline promises "), "{change}");
    }
}

#[test]
fn the_story_says_what_was_believed_and_what_was_true_and_what_differs() {
    let text = text_of(&load("outputs/coin-flipped-again.toml"));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        // By hand, in ms: ann/0 is applied at 2; the crash is at 4; ann/1 is applied at 56.
        "events/0#0 (ann) is in per-side 2 times instead of 1, because the worker of events/0 crashed",
        "54.000 ms events/0 executes flip on events/0#0, execution 2: ann/1, where it was ann/0 ! differs \
         believed: this is the first execution, and its answer is the answer \
         true: events/0#0 is in per-side since 2.000 ms",
        "true: events/0#0 is in per-side since 2.000 ms: from here on it is there once too often",
        "It is the same run without this: flip answered otherwise on events/0#0, execution 2.",
        "54.000 ms it holds: events/0 executes flip on events/0#0, execution 2: ann/0",
        "55.000 ms later: per-side/0 drops events/0#0.0: it is known",
    ] {
        assert!(words.contains(expected), "{expected}\n{text}");
    }
    // A bolt that forgets is seen in the total that the next record makes.
    let text = text_of(&load("at-least-once/bolt-dies.toml"));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "true: per-user ann@0s is 1 from here on, without events/0#0",
        "21.000 ms it fails: worker 2 crashes before it applies events/0#2 ! back in 50ms",
        "23.000 ms later: the store applies write 4 of view/0, events/0#2.0: per-user ann@0s is 2",
    ] {
        assert!(words.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn a_record_is_told_of_by_its_name_and_another_is_not_damaged() {
    let scenario = load("at-least-once/global-dies.toml");
    let of =
        |name| Explanation::of(&scenario.trial, Some(&scenario), None, Some(name), Watch::none());
    let text = of("events/0#2").map(|explanation| plain(&explanation_text(&explanation)));
    let text = text.expect("it is counted twice");
    assert!(text.starts_with("events/0#2 (ann) is in per-user 2 times instead of 1"), "{text}");
    let names = ["events/0#2", "events/0#0", "events/0#1"].map(str::to_owned);
    match of("events/0#7") {
        Err(Unexplained::NotDamaged(found)) => {
            assert!(
                found.iter().all(|name| names.contains(name)) && !found.is_empty(),
                "{found:?}"
            );
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("there is no such record"),
    }
    let holds = load("dedup/lost-ack.toml");
    let told = Explanation::of(&holds.trial, Some(&holds), None, None, Watch::none());
    assert_eq!(told.err(), Some(Unexplained::Holds));
}

#[test]
fn a_rule_of_log_transactions_that_is_left_out_is_named() {
    let crash = "at = { process = \"client/0\", before = \"offsets\" }, do = \"crash\"";
    for rule in ["offsets = \"after\"", "isolation = \"read-uncommitted\""] {
        let mechanism = Some(rule.to_owned());
        let faults = vec![crash.to_owned()];
        let changes = Changes { mechanism, faults, ..Changes::default() };
        let scenario = load("transactions/small.toml").redesigned(&changes);
        let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
        let change = change(&text_of(&scenario));
        assert!(change.starts_with(&format!("{rule} in [transactions] becomes ")), "{change}");
    }
}
