//! `necessity`: witnesses of wrong values, by schedules and by seeds, and `--mechanism`, which shows them again.

use crate::exhaust::timeless;
use crate::folder::{EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, scenario};
use serde_json::{Value, json};

#[test]
fn a_mechanism_without_a_witness_fails() {
    let folder = Folder::new("necessity");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[]));
    let arguments = ["necessity", "a.toml", "--faults", "1", "--kinds", "drop-ack,drop-request"];
    let text = folder.onceproof(&arguments).ends(1);
    assert!(text.stdout.contains("the full design holds"), "{text:?}");
    assert!(!text.stdout.contains("left out"), "{text:?}");
    let line = |words: &str| {
        let line = text.stdout.lines().find(|line| line.starts_with(words));
        line.unwrap_or_else(|| panic!("{words} in {text:?}")).to_owned()
    };
    assert!(line("ack = \"on-receipt\"").contains("no witness"));
    // Each of the three acks that may be lost, and no lost request.
    let dedup: Vec<String> =
        line("dedup = \"off\"").split_whitespace().map(str::to_owned).collect();
    assert_eq!(dedup[3..], ["1", "duplicated", "·", "3"]);

    let json = folder.onceproof(&[&arguments[..], &["--format", "json"]].concat()).ends(1);
    let document = timeless(json.document());
    assert_eq!(document["schema"], "onceproof.necessity/1");
    let rows = document["mechanisms"].as_array().expect("rows");
    let standing = |words: &str| {
        let row = rows.iter().find(|row| row["mechanism"] == words);
        row.expect("a row")["standing"].clone()
    };
    assert_eq!(standing("dedup = \"off\""), "witnessed");
    assert_eq!(standing("ack = \"on-receipt\""), "unwitnessed");

    let markdown = folder.onceproof(&[&arguments[..], &["--markdown"]].concat()).ends(1);
    assert!(
        markdown.stdout.contains("| dedup = \"off\" | 1 | duplicated | · | 3 |"),
        "{markdown:?}"
    );
}

#[test]
fn schedules_are_searched_without_the_faults_of_the_file_and_it_is_said() {
    let folder = Folder::new("necessity-left-out");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY, LOST_ACK]));
    let arguments = ["necessity", "a.toml", "--faults", "0", "--kinds", "drop-ack"];
    let text = folder.onceproof(&arguments).ends(1);
    let said = "3 faults of the file left out: the search places its own\n";
    assert!(text.stdout.contains(said), "{text:?}");
    let markdown = folder.onceproof(&[&arguments[..], &["--markdown"]].concat()).ends(1);
    assert!(markdown.stdout.ends_with(said), "{markdown:?}");
    let json = folder.onceproof(&[&arguments[..], &["--format", "json"]].concat()).ends(1);
    assert_eq!(json.document()["faults_left_out"], 3);
}

#[test]
fn schedules_or_seeds_are_asked_for_and_not_both() {
    let folder = Folder::new("necessity-usage");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let check = |more: &[&str], code| {
        folder.onceproof(&[&["necessity", "a.toml"], more].concat()).ends(code)
    };
    check(&[], 2);
    check(&["--faults", "1", "--seeds", "0..9"], 2);
    check(&["--seeds", "0..9", "--kinds", "crash"], 2);
    check(&["--faults", "1", "--markdown", "--format", "json"], 2);
    check(&["--seeds", "0..9", "--markdown", "--format", "json"], 2);
    check(&["--seeds", "9..9"], 4);
}

#[test]
fn a_wrong_value_that_no_seed_finds_fails_and_one_that_is_found_is_shown_again() {
    let folder = Folder::new("necessity-seeds");
    // Nothing but requests and acks is lost: without a crash an early ack does no harm.
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let arguments = ["necessity", "a.toml", "--seeds", "3..40"];
    let text = folder.onceproof(&arguments).ends(1);
    assert!(text.stdout.contains("the full design holds in 37 runs, seeds 3..40\n"), "{text:?}");
    let line = |words: &str| {
        let line = text.stdout.lines().find(|line| line.starts_with(words));
        line.unwrap_or_else(|| panic!("{words} in {text:?}")).to_owned()
    };
    assert!(line("ack = \"on-receipt\"").ends_with("37  no witness"));
    assert!(line("dedup = \"off\"").ends_with("duplicated"));
    assert!(line("stamps = \"wall-clock\"").ends_with("not run: needs clock-step"));
    assert!(line("in-flight = 1").ends_with("37  nothing"));

    let document = |jobs: &str| {
        let more = ["--jobs", jobs, "--format", "json"];
        timeless(folder.onceproof(&[&arguments[..], &more].concat()).ends(1).document())
    };
    let found = document("1");
    assert_eq!(document("3"), found);
    assert_eq!(found["schema"], "onceproof.necessity-seeds/1");
    assert_eq!(found["full_design"]["standing"], "holds");
    assert_eq!(found["full_design"]["rate_below"], "3 in 37");
    let row = |list: &str, mechanism: &str| {
        let rows = found[list].as_array().expect("rows");
        rows.iter().find(|row| row["mechanism"] == mechanism).expect("a row").clone()
    };
    assert_eq!(row("wrong", "ack = \"on-receipt\"")["standing"], "not-found");
    assert_eq!(row("wrong", "stamps = \"wall-clock\"")["lacks"], "clock-step");
    assert_eq!(row("right", "bundle = 4")["standing"], "holds");
    let dedup = row("wrong", "dedup = \"off\"");
    assert_eq!(dedup["standing"], "found");
    let seed: u64 = dedup["found"]["first_failing_seed"].as_str().expect("a seed").parse().unwrap();
    assert_eq!(dedup["found"]["seeds_until_found"], json!(seed - 3 + 1));

    let replay = format!("onceproof run a.toml --seed {seed} --mechanism 'dedup = \"off\"'");
    assert_eq!(dedup["replay"], json!(replay));
    assert!(text.stdout.contains(&format!("  dedup = \"off\"\n      {replay}\n")), "{text:?}");
    let run = ["run", "a.toml", "--seed", &seed.to_string(), "--mechanism", "dedup = \"off\""];
    let again = folder.onceproof(&run).ends(1);
    assert!(again.stdout.contains("violated: duplicated"), "{again:?}");
    assert_eq!(again.last_line(), replay);

    let markdown = folder.onceproof(&[&arguments[..], &["--markdown"]].concat()).ends(1);
    assert!(markdown.stdout.contains("| in-flight = 1 | · | · | 37 | nothing |"), "{markdown:?}");
}

#[test]
fn a_right_value_that_goes_wrong_fails() {
    let folder = Folder::new("necessity-right");
    // Whatever its bundles are, a pipeline without dedup counts twice.
    let off = "\n[mechanism]\ndedup = \"off\"\n";
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY, off]));
    let json = ["necessity", "a.toml", "--seeds", "0..20", "--format", "json"];
    let found = folder.onceproof(&json).ends(1).document();
    assert_eq!(found["full_design"]["standing"], "violated");
    let replay = found["full_design"]["replay"].as_str().expect("a command");
    assert!(replay.starts_with("onceproof run a.toml --seed "), "{replay}");
    let bundle = found["right"].as_array().expect("rows").iter();
    let bundle = bundle.clone().find(|row| row["mechanism"] == "bundle = 4").expect("a row");
    assert_eq!(bundle["standing"], "violated");
}

#[test]
fn a_pipeline_is_built_otherwise_without_a_change_to_its_file() {
    let folder = Folder::new("necessity-mechanism");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let off = ["--mechanism", "dedup = \"off\""];
    let check = |command: &[&str], more: &[&str], code| {
        folder.onceproof(&[command, &off, more].concat()).ends(code)
    };
    // No regression of the file is saved.
    let sweep = check(&["sweep", "a.toml", "--seeds", "0..30"], &[], 1);
    assert!(!folder.path().join("onceproof-regressions").exists());
    assert!(sweep.last_line().starts_with("onceproof run a.toml --seed "), "{sweep:?}");
    assert!(sweep.last_line().ends_with(" --mechanism 'dedup = \"off\"'"), "{sweep:?}");
    let seed = sweep.last_line().split(' ').nth(4).expect("a seed").to_owned();
    let shrunk = check(&["shrink", "a.toml", "--seed", &seed], &[], 0);
    assert!(shrunk.stdout.contains("dedup = \"off\""), "{shrunk:?}");
    check(&["sweep", "a.toml", "--seeds", "0..30"], &["--without", "drop-ack,drop-request"], 0);
    // Nor is one replayed: it says nothing of another design.
    folder.write("onceproof-regressions/b.toml", scenario("lossy", EXACTLY_ONCE, &[LOST_ACK]));
    let seeds = ["sweep", "a.toml", "--seeds", "0..2"];
    assert!(folder.onceproof(&seeds).ends(0).stdout.contains("regression"));
    let all = [&seeds[..], &["--mechanism", "bundle = 2"]].concat();
    assert!(!folder.onceproof(&all).ends(0).stdout.contains("regression"));
    // What is no mechanism is shown with its place.
    let wrong = folder.onceproof(&["run", "a.toml", "--mechanism", "dedupe = 1"]).ends(2);
    assert!(wrong.stderr.contains("--mechanism:1:"), "{wrong:?}");
    folder.onceproof(&["run", "a.toml", "--without", "fire"]).ends(2);
    check(&["run", "a.toml", "--check-determinism"], &[], 2);
}

#[test]
#[cfg(unix)]
fn what_is_interrupted_says_what_was_done() {
    let folder = Folder::new("necessity-interrupt");
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[LOSSY]));
    let arguments = ["necessity", "a.toml", "--seeds", "0..1000000000000", "--format", "json"];
    let found = folder.interrupted(&arguments).ends(3).document();
    assert_eq!(found["full_design"]["standing"], "incomplete");
    assert!(found["full_design"]["found"]["runs"].as_u64() > Some(0), "{found}");
    assert_eq!(found["wrong"][0]["standing"], "incomplete");
    assert_eq!(found["wrong"][0]["found"]["runs"], Value::from(0));
}
