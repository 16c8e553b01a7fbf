//! Commands that several machines make in parts: what is put together is the report of the whole. And commands that go on
//! where they were.

mod going_on;
mod refused;

use super::folder::{Finished, Folder, LOSSY, NO_DEDUP, scenario};
use onceproof::search::part::Part;
use serde_json::Value;
use std::fs;

/// A folder of its own, with the scenarios of the project beside it.
fn folder(test: &str) -> Folder {
    let folder = Folder::new(&format!("parts-{test}"));
    let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    #[cfg(unix)]
    std::os::unix::fs::symlink(scenarios, folder.path().join("scenarios")).expect("a link");
    folder
}

/// A report without what depends on the clock: in a text the line of the time, in documents what is of seconds.
fn timeless(report: &str) -> String {
    let is_timeless = |line: &&str| {
        let of_time = ["\"seconds\"", "\"runs_per_second\"", "\"events_per_second\""];
        !line.starts_with("time  ") && !of_time.iter().any(|name| line.contains(name))
    };
    let lines: Vec<&str> = report.lines().filter(is_timeless).collect();
    assert!(lines.len() < report.lines().count(), "a time is told: {report}");
    lines.join("\n")
}

/// The command with these arguments more.
fn with<'a>(command: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [command, more].concat()
}

/// Makes so many parts of a command, and returns their files.
fn parts(folder: &Folder, command: &[&str], of: u64) -> Vec<String> {
    let part = |number: u64| {
        let shard = format!("{number}/{of}");
        let made = folder.onceproof(&with(command, &["--shard", &shard])).ends(0);
        assert_eq!(made.stdout.lines().count(), 1, "{made:?}");
        let file = format!("part-{number}-of-{of}.json");
        folder.write(&file, made.stdout);
        file
    };
    (1..=of).map(part).collect()
}

/// What comes of the parts in these files.
fn merged(folder: &Folder, files: &[String], more: &[&str]) -> Finished {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    folder.onceproof(&[&["merge"][..], more, &files].concat())
}

/// Forgets the failures that were saved, which the next command would run again.
fn forget(folder: &Folder) {
    let _ = fs::remove_dir_all(folder.path().join("onceproof-regressions"));
}

/// That so many parts of a command, or so many, come to what the whole does, as text and as a document.
#[track_caller]
fn check(test: &str, of: &[u64], command: &[&str], code: i32) {
    let folder = folder(test);
    let formats = ["text", "json"].map(|format| ["--format", format]);
    let wholes = formats.map(|format| {
        let whole = folder.onceproof(&with(command, &format)).ends(code);
        forget(&folder);
        timeless(&whole.stdout)
    });
    for &of in of {
        let mut files = parts(&folder, command, of);
        // In no order.
        files.reverse();
        for (format, whole) in formats.iter().zip(&wholes) {
            let merged = merged(&folder, &files, format).ends(code);
            forget(&folder);
            assert_eq!(&timeless(&merged.stdout), whole, "{of} parts");
        }
    }
}

#[test]
fn parts_of_a_sweep_come_to_the_whole() {
    // How seeds are dealt does not depend on the system.
    for (test, of, file) in [
        ("sweep-dataflow", &[2, 3, 8][..], "random/leases.toml"),
        ("sweep-transactions", &[3], "transactions/random.toml"),
        ("sweep-snapshot", &[3], "snapshot/random.toml"),
        ("sweep-micro-batch", &[3], "micro-batch/random.toml"),
        ("sweep-lambda", &[3], "lambda/random.toml"),
    ] {
        let file = format!("scenarios/{file}");
        check(test, of, &["sweep", &file, "--seeds", "3..80"], 0);
    }
}

#[test]
fn parts_of_a_sweep_that_is_violated_come_to_the_whole_and_to_where_it_stops() {
    let off = ["sweep", "scenarios/random/mechanisms.toml", "--mechanism", "dedup = \"off\""];
    check("sweep-violated", &[3], &with(&off, &["--seeds", "0..40"]), 1);
    // The first part alone finds so many, or all of them together.
    for most in ["1", "20"] {
        let command = with(&off, &["--seeds", "0..40", "--max-fail", most]);
        check(&format!("sweep-stops-{most}"), &[3], &command, 1);
    }
}

#[test]
fn parts_of_a_swarm_and_of_several_scenarios_come_to_the_whole() {
    check(
        "swarm",
        &[3],
        &["sweep", "scenarios/random/leases.toml", "--seeds", "0..90", "--swarm"],
        0,
    );
    check(
        "sweeps",
        &[3],
        &["sweep", "scenarios/snapshot", "scenarios/crash", "--seeds", "0..9"],
        1,
    );
}

#[test]
fn parts_of_a_search_come_to_the_certificate_of_the_whole() {
    // How schedules are dealt depends on their faults, and not on the system.
    for (test, of, file, more) in [
        ("certificate", &[2, 3, 8][..], "crash/before-ack.toml", &["--faults", "2"][..]),
        ("three", &[2, 3, 8], "chapter/small.toml", &["--faults", "3", "--kinds", "drop-ack"]),
        (
            "late",
            &[3, 8],
            "windows/late.toml",
            &["--faults", "3", "--kinds", "drop-ack,crash,move"],
        ),
        ("batches", &[3], "micro-batch/coin.toml", &["--faults", "1"]),
        ("streams", &[3], "transactions/small.toml", &["--faults", "1"]),
        ("snapshots", &[3], "snapshot/small.toml", &["--faults", "1"]),
    ] {
        let file = format!("scenarios/{file}");
        check(test, of, &with(&["exhaust", &file], more), 0);
    }
}

/// Where the first cause has as many faults as are asked for, parts that have found none have left out its variants.
#[test]
fn parts_of_a_search_come_to_the_causes_of_the_whole() {
    for (test, of, file, more) in [
        ("cause-of-one", &[3][..], "dedup/lost-ack-no-dedup.toml", &["--faults", "2"][..]),
        ("cause-of-one-all", &[3], "dedup/lost-ack-no-dedup.toml", &["--faults", "1", "--all"]),
        ("coin", &[3], "outputs/coin-flipped-again.toml", &["--faults", "2", "--no-prune"]),
        ("cause-of-two", &[2, 3, 8], "fencing/delayed-pane-unfenced.toml", &["--faults", "2"]),
        (
            "seldom",
            &[2, 3, 8],
            "dedup/window-not-refreshed.toml",
            &["--faults", "2", "--kinds", "drop-ack,drop-request,crash,move"],
        ),
        (
            "within",
            &[3],
            "fencing/delayed-pane-unfenced.toml",
            &["--faults", "3", "--kinds", "drop-ack,move"],
        ),
    ] {
        let file = format!("scenarios/{file}");
        check(test, of, &with(&["exhaust", &file], more), 1);
    }
}

#[test]
fn parts_of_a_necessity_and_of_a_comparison_come_to_the_whole() {
    let coin = "scenarios/outputs/coin-checkpointed.toml";
    check("necessity-faults", &[3], &["necessity", coin, "--faults", "2", "--kinds", "crash"], 1);
    let random = "scenarios/random/mechanisms.toml";
    check("necessity-seeds", &[3], &["necessity", random, "--seeds", "0..9"], 1);
    let study = "scenarios/studies/dedup-window.toml";
    check("tune", &[2, 5], &["tune", study, "--seeds", "0..10"], 0);
    check("compare", &[3], &["compare", "scenarios/compare/chapter5.toml", "--seeds", "0..10"], 0);
}

/// How much each of 8 parts has to do, in schedules of three faults, those that it has to explore without counting them
/// aside.
#[test]
fn parts_of_a_search_have_about_as_much_to_do() {
    let folder = folder("balance");
    for (file, kinds) in [
        ("crash/before-ack.toml", "crash,drop-ack,drop-request,move"),
        ("windows/late.toml", "crash,drop-ack,drop-request,move"),
        ("outputs/coin-checkpointed.toml", "crash,user-differs,move"),
    ] {
        let file = format!("scenarios/{file}");
        let command = ["exhaust", &file, "--faults", "3", "--kinds", kinds];
        let files = parts(&folder, &command, 8);
        let runs = files.iter().map(|file| {
            let text = fs::read_to_string(folder.path().join(file)).expect("a part");
            let part: Value = serde_json::from_str(&text).expect("JSON");
            let parts = part["work"]["schedules"]["schedules"]["parts"].as_array().expect("parts");
            let of_three = parts.iter().filter(|part| part[0][0] == 3);
            of_three.filter_map(|part| part[1]["counts"]["runs"].as_u64()).sum::<u64>()
        });
        let runs: Vec<u64> = runs.collect();
        let (least, most) = (runs.iter().min().expect("parts"), runs.iter().max().expect("parts"));
        assert!(*least > 100 && most < &(2 * least), "{file}: {runs:?}");
    }
}

/// A part with one figure changed, as whoever made it would have written it.
fn falsified(folder: &Folder, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.path().join(file)).expect("a part");
    // Not in the hashes of the scenario and of the part.
    let (head, work) = text.split_at(text.find("\"work\":").expect("work"));
    let text = match head.contains(from) && !work.contains(from) {
        true => format!("{}{work}", head.replacen(from, to, 1)),
        false => format!("{head}{}", work.replacen(from, to, 1)),
    };
    assert!(text.contains(to), "{from} is not in {text}");
    let Part { asked, complete, work, .. } = serde_json::from_str(&text).expect("a part");
    folder.write(file, Part::new(asked, complete, work).to_text());
}

#[test]
fn a_part_that_says_something_else_changes_the_whole() {
    let folder = folder("canary");
    let command = ["sweep", "scenarios/random/recomputed.toml", "--seeds", "0..200"];
    let files = parts(&folder, &command, 3);
    let json = ["--format", "json"];
    let whole = timeless(&merged(&folder, &files, &json).ends(0).stdout);
    // One run that was violated, one that hit a limit, one fault, one event.
    for (from, to, code) in [
        ("\"violated\":0", "\"violated\":1", 1),
        ("\"inconclusive\":0", "\"inconclusive\":1", 3),
        ("\"fired\":[[0,", "\"fired\":[[0,1", 0),
        ("\"events\":", "\"events\":1", 0),
        ("\"sum\":\"", "\"sum\":\"1", 0),
    ] {
        let files = parts(&folder, &command, 3);
        falsified(&folder, &files[1], from, to);
        let other = merged(&folder, &files, &json).ends(code);
        assert_ne!(timeless(&other.stdout), whole, "{to}");
    }
    // A first violated run that was not: it is run again, and is another one.
    let files = parts(&folder, &command, 3);
    falsified(&folder, &files[1], "\"violated\":0", "\"violated\":1");
    falsified(&folder, &files[1], "\"failing\":[]", "\"failing\":[70]");
    falsified(&folder, &files[1], "\"first_violated\":null", "\"first_violated\":\"7\"");
    let other = merged(&folder, &files, &[]).ends(5);
    assert!(other.stdout.contains("not deterministic"), "{other:?}");
}

#[test]
fn a_part_of_a_search_that_says_something_else_changes_the_whole() {
    let folder = folder("canary-search");
    let command =
        ["exhaust", "scenarios/crash/before-ack.toml", "--faults", "2", "--kinds", "crash"];
    let files = parts(&folder, &command, 2);
    let whole = timeless(&merged(&folder, &files, &[]).ends(0).stdout);
    // Of two faults, which no other part has run, and of one, which each of them has.
    falsified(&folder, &files[1], "[[2,", "[[9,");
    let less = merged(&folder, &files, &[]);
    assert_eq!((less.code, timeless(&less.stdout)), (Some(0), whole), "{less:?}");
    let files = parts(&folder, &command, 2);
    falsified(&folder, &files[1], "\"runs\":1", "\"runs\":2");
    let why = merged(&folder, &files, &[]).ends(5).stderr;
    assert!(why.contains("what came of schedules of 1 of"), "{why}");
}

#[test]
fn a_page_is_made_of_parts_and_failures_are_saved() {
    let folder = folder("page");
    folder.write("a.toml", scenario("no dedup", "\"exactly-once\"", &[LOSSY, NO_DEDUP]));
    let command = ["sweep", "a.toml", "--seeds", "0..40"];
    let files = parts(&folder, &command, 2);
    assert!(!folder.path().join("onceproof-regressions").exists(), "a part saves nothing");
    let whole =
        folder.onceproof(&with(&command, &["--html", "whole.html", "--out", "one"])).ends(1);
    let more = ["--html", "merged.html", "--out", "two", "--jobs", "1"];
    let merged = merged(&folder, &files, &more).ends(1);
    assert_eq!(timeless(&merged.stdout), timeless(&whole.stdout).replace("one/", "two/"));
    let junit = ["--format", "junit", "--out", "three"];
    let cases = self::merged(&folder, &files, &junit).ends(1).stdout;
    assert!(cases.contains("<testsuite"), "{cases}");
    let saved = |folder: &std::path::Path| fs::read_dir(folder).expect("a folder").count();
    assert_eq!(saved(&folder.path().join("one")), saved(&folder.path().join("two")));
    assert!(folder.path().join("merged.html").exists());
}

#[test]
fn a_part_is_the_one_that_the_environment_names() {
    let folder = folder("environment");
    let command = ["sweep", "scenarios/random/recomputed.toml", "--seeds", "0..30"];
    let stated = folder.onceproof(&with(&command, &["--shard", "2/3"])).ends(0).stdout;
    let named = |variables: &[(&str, &str)]| {
        let mut command = folder.command(&with(&command, &["--shard", "from-env"]));
        Finished::of(command.envs(variables.iter().copied()).output().expect("a start"))
    };
    let slurm = named(&[
        ("SLURM_ARRAY_TASK_ID", "4"),
        ("SLURM_ARRAY_TASK_MIN", "3"),
        ("SLURM_ARRAY_TASK_COUNT", "3"),
    ]);
    let without_time = |part: &str| {
        let (head, tail) = part.split_once("\"nanos\"").expect("a time");
        let (_, tail) = tail.split_once('}').expect("its end");
        format!("{head}{tail}")
    };
    assert_eq!(without_time(&slurm.ends(0).stdout), without_time(&stated));
    let none = named(&[]).ends(2);
    assert!(none.stderr.contains("JOB_COMPLETION_INDEX"), "{none:?}");
    // It is asked for nowhere else.
    let mut whole = folder.command(&command);
    let whole = Finished::of(
        whole.env("CI_NODE_INDEX", "1").env("CI_NODE_TOTAL", "2").output().expect("a start"),
    );
    assert!(whole.ends(0).stdout.contains("30 runs"));
}
