//! `test` and `check`.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NEVER, NO_DEDUP, scenario};

#[test]
fn every_scenario_has_a_line_and_the_last_one_counts_them() {
    let folder = Folder::new("test-good");
    folder.write("s/a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("s/b.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let sweep = "\n[sweep]\nseeds = \"0..40\"\n";
    folder.write("s/c.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY, sweep]));
    let test = folder.onceproof(&["test", "s"]).ends(0);
    let expected = "\
ok   a lost ack (1 run)  s/a.toml
ok   no dedup (1 run)  s/b.toml
ok   lossy (40 runs)  s/c.toml
3 passed, 0 failed
";
    assert_eq!(test.stdout, expected);
    assert_eq!(folder.onceproof(&["test", "s", "--jobs", "1"]).ends(0).stdout, expected);
}

#[test]
fn an_expectation_that_is_not_met_is_told_with_the_command_that_shows_it() {
    let folder = Folder::new("test-bad");
    folder.write("a.toml", scenario("hopeful", EXACTLY_ONCE, &[LOST_ACK, NO_DEDUP]));
    folder.write("b.toml", scenario("a canary", DUPLICATED, &[LOST_ACK]));
    folder.write("c.toml", scenario("fine", EXACTLY_ONCE, &[LOST_ACK]));
    let test = folder.onceproof(&["test", "a.toml", "b.toml", "c.toml"]).ends(1);
    assert_eq!(
        test.stdout,
        "\
FAIL hopeful: expected exactly-once, found duplicated (1 run)  a.toml
     onceproof run a.toml
FAIL a canary: expected duplicated, found exactly-once (1 run)  b.toml
     onceproof run b.toml
ok   fine (1 run)  c.toml
1 passed, 2 failed
"
    );
    let json = ["test", "a.toml", "c.toml", "--format", "json"];
    let document = folder.onceproof(&json).ends(1).document();
    assert_eq!(document["schema"], "onceproof.test/1");
    assert_eq!((&document["passed"], &document["failed"]), (&1.into(), &1.into()));
    assert_eq!(document["scenarios"][0]["passed"], false);
    assert_eq!(document["scenarios"][1]["passed"], true);
}

#[test]
fn a_scenario_that_cannot_be_read_has_failed() {
    let folder = Folder::new("test-unreadable");
    folder.write("a.toml", "format = 1\nnonsense = true\n");
    folder.write("b.toml", scenario("fine", EXACTLY_ONCE, &[LOST_ACK]));
    let test = folder.onceproof(&["test", "."]).ends(2);
    assert!(test.stderr.contains("nonsense"), "{test:?}");
    assert_eq!(test.last_line(), "1 passed, 1 failed");
}

#[test]
fn a_ledger_that_is_stated_is_compared_number_by_number() {
    let folder = Folder::new("test-stated");
    let right = "{ violates = \"duplicated\", exact = 2, duplicated = 1, excess = 1, lost = 0, \
                 results = { per-user = { ann = 2, \"bob@0s\" = 2 } } }";
    let wrong = "{ violates = \"duplicated\", exact = 3, excess = { at-most = 1 }, late = 1, \
                 results = { per-user = { bob = 1, carl = 1 } } }";
    folder.write("a.toml", scenario("right", right, &[LOST_ACK, NO_DEDUP]));
    folder.write("b.toml", scenario("wrong", wrong, &[LOST_ACK, NO_DEDUP]));
    let differences = [
        "exact: expected 3, found 2",
        "late: expected 1, found 0",
        "bob at per-user: expected 1, found 2",
        "carl at per-user: expected 1, found nothing",
        "ann@0s at per-user: expected nothing, found 2",
    ];
    let test = folder.onceproof(&["test", "a.toml", "b.toml"]).ends(1);
    let expected = format!(
        "ok   right (1 run)  a.toml\nFAIL wrong: {} (1 run)  b.toml\n     onceproof run b.toml\n\
         1 passed, 1 failed\n",
        differences.join("; ")
    );
    assert_eq!(test.stdout, expected);
    let document = folder.onceproof(&["test", "b.toml", "--format", "json"]).ends(1).document();
    assert_eq!(document["scenarios"][0]["failures"], serde_json::json!(differences));
}

#[test]
fn a_run_says_where_it_is_not_as_the_file_expects() {
    let folder = Folder::new("run-stated");
    let wrong = "{ exact = 2, results = { per-user = { ann = 2, bob = 2 } } }";
    folder.write("a.toml", scenario("wrong", wrong, &[LOST_ACK]));
    let warnings = |arguments: &[&str], code| -> Vec<String> {
        let run = folder.onceproof(arguments).ends(code);
        let lines = run.stdout.lines().filter_map(|line| line.strip_prefix("warning: "));
        lines.map(str::to_owned).collect()
    };
    let differences =
        ["exact: expected 2, found 3", "bob at per-user: expected 2, found 1"].map(str::to_owned);
    let told = differences.clone().map(|line| format!("not as the file expects: {line}"));
    assert_eq!(warnings(&["run", "a.toml"], 0), told);
    let document = folder.onceproof(&["run", "a.toml", "--format", "json"]).ends(0).document();
    assert_eq!(document["unexpected"], serde_json::json!(differences));
    // What the file states is not of another design, and not of another seed.
    let design = ["run", "a.toml", "--mechanism", "dedup = \"off\""];
    assert_eq!(warnings(&design, 1), [""; 0]);
    assert_eq!(warnings(&["run", "a.toml", "--seed", "1"], 0), [""; 0]);
}

#[test]
fn a_figure_of_a_sweep_is_so_under_every_seed() {
    let folder = Folder::new("test-swept");
    let sweep = "\n[sweep]\nseeds = \"0..40\"\n";
    folder.write("a.toml", scenario("three", "{ exact = 3, late = 0 }", &[LOSSY, sweep]));
    folder.write("b.toml", scenario("two", "{ exact = 2 }", &[LOSSY, sweep]));
    let limited = "{ violates = \"duplicated\", duplicated = { at-most = 3 } }";
    folder.write("c.toml", scenario("limited", limited, &[LOSSY, NO_DEDUP, sweep]));
    let limited = "{ violates = \"duplicated\", duplicated = { at-most = 1 } }";
    folder.write("d.toml", scenario("exceeded", limited, &[LOSSY, NO_DEDUP, sweep]));
    let test = folder.onceproof(&["test", "."]).ends(1);
    let lines: Vec<&str> = test.stdout.lines().collect();
    assert_eq!(lines[0], "ok   three (40 runs)  a.toml");
    assert_eq!(lines[1], "FAIL two: exact: expected 2, found 3 under seed 0 (40 runs)  b.toml");
    assert_eq!(lines[2], "     onceproof run b.toml --seed 0");
    // The first seed that shows a duplicate does not end it.
    assert_eq!(lines[3], "ok   limited (40 runs)  c.toml");
    let exceeded = "FAIL exceeded: duplicated: expected at most 1, found 3 under seed ";
    assert!(lines[4].starts_with(exceeded), "{test:?}");
}

#[test]
fn an_exact_fault_that_does_not_fire_fails_unless_the_file_allows_it() {
    let folder = Folder::new("test-unfired");
    folder.write("a.toml", scenario("never", EXACTLY_ONCE, &[NEVER]));
    let allowed = format!("unfired = \"allowed\"\n{}", scenario("maybe", EXACTLY_ONCE, &[NEVER]));
    folder.write("b.toml", allowed);
    let test = folder.onceproof(&["test", "a.toml"]).ends(1);
    assert!(test.stdout.contains("an exact fault did not fire"), "{test:?}");
    folder.onceproof(&["test", "b.toml"]).ends(0);
    folder.onceproof(&["test", "b.toml", "--strict"]).ends(1);
    folder.onceproof(&["run", "a.toml"]).ends(0);
    // That a function is never run again is what such a file may be about.
    folder.write("c.toml", scenario("flipped once", EXACTLY_ONCE, &[FLIP]));
    folder.onceproof(&["test", "c.toml"]).ends(0);
    folder.onceproof(&["test", "c.toml", "--strict"]).ends(1);
}

/// A coin that would fall otherwise if it were flipped again.
const FLIP: &str = r#"
[[step]]
name = "flip"
kind = "map"
fn   = { coin = { sides = 2, into = "key" } }
from = "events"

[[step]]
name = "flips"
kind = "sink"

[[fault]]
at = { step = "flip", record = "events/0#0", attempt = 2 }
do = { user-differs = { answer = 1 } }
"#;

#[test]
fn check_warns_of_a_time_to_drain_that_a_wait_of_the_file_outlasts() {
    let folder = Folder::new("check-drain");
    let slow = "\n[mechanism]\nretry = { timeout = \"15m\", max = \"15m\" }\n\n[until]\ndrain = ";
    let short = scenario("short", EXACTLY_ONCE, &[slow, "\"1m\"\n"]);
    folder.write("a.toml", &short);
    folder.write("b.toml", scenario("long", EXACTLY_ONCE, &[slow, "\"20m\"\n"]));
    let check = folder.onceproof(&["check", "."]).ends(0);
    assert_eq!(check.stdout, "ok   a.toml\nok   b.toml\n");
    let line = short.lines().position(|line| line.starts_with("drain")).expect("a line") + 1;
    assert!(check.stderr.starts_with("warning: a time to drain"), "{check:?}");
    assert!(check.stderr.contains(&format!("a.toml:{line}:9")), "{check:?}");
    assert!(check.stderr.contains("something here takes up to 15m"), "{check:?}");
    assert!(!check.stderr.contains("b.toml"), "{check:?}");
}

#[test]
fn an_exact_fault_among_drawn_ones_has_fired_if_it_did_under_any_seed() {
    let folder = Folder::new("test-fired-somewhere");
    let sixth = LOST_ACK.replace("attempt = 1", "attempt = 6");
    let sweep = |seeds| format!("\n[sweep]\nseeds = \"{seeds}\"\n");
    folder.write("a.toml", scenario("one", EXACTLY_ONCE, &[LOSSY, &sixth, &sweep("0..1")]));
    folder.write("b.toml", scenario("many", EXACTLY_ONCE, &[LOSSY, &sixth, &sweep("0..40")]));
    // The first seed alone is run in detail.
    let test = folder.onceproof(&["test", "."]).ends(1);
    assert!(test.stdout.starts_with("FAIL one: an exact fault did not fire"), "{test:?}");
    assert!(test.stdout.contains("\nok   many (40 runs)  b.toml\n"), "{test:?}");
}

#[test]
fn check_shows_what_is_wrong_with_every_file() {
    let folder = Folder::new("check");
    folder.write("a.toml", "format = 1\nnonsense = true\n");
    folder.write("b.toml", scenario("fine", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("c.toml", [0xff, 0xfe]);
    let check = folder.onceproof(&["check", "."]).ends(2);
    assert_eq!(check.stdout, "ok   b.toml\n");
    assert!(check.stderr.contains("a.toml") && check.stderr.contains("nonsense"), "{check:?}");
    assert!(check.stderr.contains("c.toml"), "{check:?}");
    folder.onceproof(&["check", "b.toml"]).ends(0);
    let document = folder.onceproof(&["check", ".", "--format", "json"]).ends(2).document();
    assert_eq!(document["files"][0]["ok"], false);
    assert_eq!(document["files"][1]["ok"], true);
    folder.onceproof(&["run", "a.toml"]).ends(2);
    folder.onceproof(&["sweep", "."]).ends(2);
}
