//! Every search on every strategy: what it says, and what it refuses by name.

use super::folder::Folder;
use std::fs;
use std::path::Path;

/// A folder with a file of the library, and the words that a text has in place of others.
fn folder_with(name: &str, file: &str, changes: &[(&str, &str)]) -> Folder {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let mut text = fs::read_to_string(path).expect("a scenario of the library");
    for (old, new) in changes {
        assert!(text.contains(old), "{file} has no {old:?}");
        text = text.replace(old, new);
    }
    let folder = Folder::new(name);
    folder.write("a.toml", text);
    folder
}

#[test]
fn every_search_works_on_counts_in_memory() {
    for strategy in ["best-effort", "at-least-once"] {
        let folder = folder_with(strategy, &format!("{strategy}/random.toml"), &[]);
        let rerun = ["sweep", "a.toml", "--check-determinism", "--seeds", "0..3"];
        let rerun = folder.onceproof(&rerun).ends(1);
        assert!(rerun.stdout.contains("the same in a fresh process"), "{rerun:?}");
        let shrunk = folder.onceproof(&["shrink", "a.toml", "--seed", "2", "--out", "s.toml"]);
        let shrunk = shrunk.ends(0);
        assert!(shrunk.stdout.contains("1-minimal"), "{shrunk:?}");
        let again = folder.onceproof(&["replay", "s.toml"]).ends(1);
        assert!(again.stdout.contains("violated: "), "{again:?}");
        let exhaust = ["exhaust", "s.toml", "--faults", "1", "--kinds", "crash,drop-request"];
        let found = folder.onceproof(&exhaust).ends(1);
        assert!(found.stdout.contains("smallest schedule"), "{found:?}");
        // A swarm saves the failures that it finds, and whoever sweeps after it replays them.
        let swarm = folder.onceproof(&["sweep", "a.toml", "--swarm", "--seeds", "0..20"]).ends(1);
        assert!(swarm.stdout.contains("counted-from-zero"), "{swarm:?}");
    }
}

#[test]
fn every_search_works_on_a_batch_leg() {
    let folder = folder_with("lambda", "lambda/random.toml", &[]);
    let rerun = ["sweep", "a.toml", "--check-determinism", "--seeds", "0..3"];
    let rerun = folder.onceproof(&rerun).ends(0);
    assert!(rerun.stdout.contains("the same in a fresh process"), "{rerun:?}");
    let swarm = folder.onceproof(&["sweep", "a.toml", "--swarm", "--seeds", "0..20"]).ends(0);
    assert!(swarm.stdout.contains("batch-restarted"), "{swarm:?}");

    let folder = folder_with("lambda-clock", "lambda/clock-ahead.toml", &[]);
    let shrunk = folder.onceproof(&["shrink", "a.toml", "--out", "s.toml"]).ends(0);
    assert!(shrunk.stdout.contains("1-minimal"), "{shrunk:?}");
    let again = folder.onceproof(&["replay", "s.toml"]).ends(1);
    assert!(again.stdout.contains("violated: lost"), "{again:?}");
    let graph = folder.onceproof(&["graph", "a.toml"]).ends(0);
    assert!(graph.stdout.contains("batch  process, 1 shard"), "{graph:?}");

    let folder = folder_with("lambda-reruns", "lambda/replace.toml", &[]);
    let exhaust = folder.onceproof(&["exhaust", "a.toml", "--faults", "1"]).ends(0);
    assert!(exhaust.stdout.contains("certified: no schedule of at most 1"), "{exhaust:?}");
    let necessity = folder.onceproof(&["necessity", "a.toml", "--faults", "0"]);
    let append = necessity
        .stdout
        .lines()
        .any(|line| line.starts_with("landing = \"append\"") && line.contains("duplicated"));
    assert!(append, "{necessity:?}");
}

#[test]
fn each_wrong_setting_is_necessary_where_all_counts_are_exact() {
    let folder = folder_with("settings", "at-least-once/random-exact.toml", &[]);
    let text = folder.onceproof(&["necessity", "a.toml", "--seeds", "0..40"]).ends(0);
    let of = |value: &str| {
        let line = text.stdout.lines().find(|line| line.starts_with(value));
        line.unwrap_or_else(|| panic!("{value} in {text:?}")).to_owned()
    };
    for value in [
        "anchor = false",
        "edges = 2",
        "acks = \"sum\"",
        "offsets = \"highest\"",
        "offsets = \"emitted\"",
        "view = \"newest\"",
        "view = \"last-arrival\"",
        "counts = \"memory\"",
    ] {
        assert!(of(value).contains("lost"), "{}", of(value));
    }
    assert!(of("distinct = false").contains("duplicated"), "{}", of("distinct = false"));
}

/// What is refused of a file of three steps, with something else in place of a part of it.
#[track_caller]
fn refused(name: &str, change: (&str, &str), title: &str, line: &str) {
    refused_of("at-least-once/small.toml", name, change, title, line);
}

/// The same of another file.
#[track_caller]
fn refused_of(file: &str, name: &str, change: (&str, &str), title: &str, line: &str) {
    let folder = folder_with(name, file, &[change]);
    let check = folder.onceproof(&["check", "a.toml"]).ends(2);
    let at = check.stderr.lines().any(|shown| shown.contains(line));
    assert!(check.stderr.contains(title) && at, "{check:?}");
}

#[test]
fn what_a_strategy_does_not_have_is_refused_by_name_with_the_line() {
    let settings = |line: &str| format!("[at-least-once]\n{line}\n[input]");
    let setting = |name: &str, line: &str, title: &str| {
        refused(name, ("[input]", &settings(line)), title, line);
    };
    setting("key", "acks-all = 1", "has no `acks-all`");
    setting("value", "edges = 3", "no value of `edges`");
    setting("zero", "timeout = \"0s\"", "`timeout` is 0");

    let events = "[[step]]\nname = \"events\"";
    let fault = |name: &str, at: &str, kind: &str, title: &str| {
        let line = format!("at = {{ {at} }}");
        let text = format!("[[fault]]\n{line}\ndo = \"{kind}\"\n\n{events}");
        refused(name, (events, &text), title, if kind == "drop-ack" { kind } else { &line });
    };
    fault("kind", "to = \"global\"", "drop-ack", "`drop-ack` can do nothing here");
    let acker = "process = \"acker/1\", before = \"complete\"";
    fault("process", acker, "crash", "there is no `acker/1`");
    let admit = "step = \"global\", before = \"admit\"";
    fault("point", admit, "crash", "there is no `admit` in this strategy");
    let view = "step = \"view\", before = \"write\"";
    fault("no step", view, "crash", "there is no step `view`");
    fault(
        "never",
        "process = \"view\", before = \"apply\"",
        "crash",
        "there is never `apply` at `view`",
    );

    let named = ("name   = \"global\"", "name   = \"view\"");
    refused("name", named, "`view` cannot name a step here", "\"view\"");
    let last = "name   = \"global\"";
    let map = format!("name = \"m\"\nkind = \"map\"\nfn = \"identity\"\n\n[[step]]\n{last}");
    refused("map", (last, &map), "cannot have a map below an aggregate", "\"m\"");
}

#[test]
fn what_a_batch_leg_does_not_have_is_refused_by_name_with_the_line() {
    let of = |name: &str, change: (&str, &str), title: &str, line: &str| {
        refused_of("lambda/small.toml", name, change, title, line);
    };
    let setting = |name: &str, line: &str, title: &str| {
        of(name, ("[input]", &format!("[lambda]\n{line}\n[input]")), title, line);
    };
    setting("lambda-key", "cutoff = \"20s\"", "`lambda` has no `cutoff`");
    setting("lambda-leg", "speed = { ack = \"on-receipt\" }", "`lambda` has no `speed.ack`");
    setting("lambda-number", "reruns = 1001", "no value of `reruns`");
    setting("lambda-time", "cut-off = 20", "no value of `cut-off`");
    setting("lambda-no-table", "speed = \"best-effort\"", "`speed` is a table");
    let idle = "speed = { strategy = \"best-effort\", timeout = \"9s\" }";
    setting("lambda-idle", idle, "a speed leg that waits for nothing");
    setting("lambda-dot", "\"speed.keep\" = \"1s\"", "`lambda` has no `\"speed.keep\"`");
    let lateness = ("shards = 2", "shards = 2\nlateness = \"5s\"");
    of("lambda-lateness", lateness, "`lambda` has no `lateness`", "lateness = \"5s\"");
    setting("lambda-table", "landing = { is = \"replace\" }", "`lambda` has no `landing.is`");

    let events = "[[step]]\nname = \"events\"";
    let fault = |name: &str, at: &str, title: &str| {
        let line = format!("at = {{ {at} }}");
        let text = format!("[[fault]]\n{line}\ndo = \"crash\"\n\n{events}");
        of(name, (events, &text), title, &line);
    };
    let batch = "process = \"batch\", before = \"apply\"";
    fault("lambda-apply", batch, "there is never `apply` at `batch`");
    let view = "process = \"view\", before = \"land\"";
    fault("lambda-view", view, "there is never `land` at `view`");
    let end = "process = \"batch\", before = \"land\", record = \"batch/*@15s#0\"";
    fault("lambda-end", end, "`batch/*@15s#0` is no batch");
    let key = "process = \"batch\", before = \"land\", record = \"batch/ann@10s#0\"";
    fault("lambda-name", key, "`batch/ann@10s#0` is no batch");
    let record = "process = \"batch\", before = \"land\", record = \"events/0#0\"";
    fault("lambda-record", record, "`events/0#0` is never at `batch`");
    let step = "step = \"global\", before = \"apply\", record = \"batch/*@10s#0\"";
    fault("lambda-step", step, "`batch/*@10s#0` is never at `global`");

    let named = ("name   = \"global\"", "name   = \"batch\"");
    let queue = ("kind = \"source\"", "kind = \"source\"\nqueue = {}");
    of("lambda-queue", queue, "cannot have a `queue`", "\"events\"");
    of("lambda-batch", named, "`batch` cannot name a step here", "\"batch\"");
    let last = "name   = \"per-user\"";
    let sink = format!("name = \"s\"\nkind = \"sink\"\n\n[[step]]\n{last}\nfrom = \"events\"");
    of(
        "lambda-sink",
        (last, &sink),
        "cannot have a sink of records that are in no window",
        "\"s\"",
    );
}
