//! `necessity`: witnesses of wrong values, by schedules and by seeds, and `--mechanism`, which shows them again.

use super::exhaust::timeless;
use super::folder::{EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, scenario};
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
    assert_eq!(dedup[3..], ["1", "duplicated"]);
    assert!(text.stdout.contains("  duplicated\n    drop-ack 3\n"), "{text:?}");

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
    let format = folder.onceproof(&[&arguments[..], &["--format", "markdown"]].concat()).ends(1);
    assert_eq!(format.stdout, markdown.stdout);
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
    assert!(line("ack = \"on-receipt\"").ends_with("37  no witness with these settings"));
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

/// Three steps, and one exact crash at a step of the protocol that `recompute` does not have.
const CRASH_BEFORE_COMMIT: &str = r#"
format = 1
name   = "three steps"
claim  = "A claim."
expect = "exactly-once"

[input]
records = [ { key = "ann", at = "0s" } ]

[[step]]
name = "events"
kind = "source"

[[step]]
name   = "tag"
kind   = "map"
fn     = { coin = { sides = 2 } }
shards = 1

[[step]]
name   = "per-user"
kind   = "count"
window = "1m"

[[fault]]
at = { step = "per-user", record = "events/0#0", before = "commit" }
do = "crash"
"#;

#[test]
fn a_design_in_which_a_fault_of_the_file_has_no_place_is_searched_all_the_same() {
    let folder = Folder::new("necessity-place");
    folder.write("a.toml", CRASH_BEFORE_COMMIT);
    let arguments = ["necessity", "a.toml", "--faults", "1", "--format", "json"];
    let found = folder.onceproof(&arguments).ends(1).document();
    assert_eq!(found["not_searched"], 0);
    let rows = found["mechanisms"].as_array().expect("rows");
    for row in rows {
        assert_ne!(row["runs"], Value::Null, "{row}");
    }
    // A crash makes an output twice, under two ids.
    let fresh = rows.iter().find(|row| row["mechanism"].as_str().unwrap().starts_with("ids = "));
    assert_eq!(fresh.expect("a row")["standing"], "witnessed");
    // Under seeds the file's own faults stay, and it is said what is in the way.
    let seeds = ["necessity", "a.toml", "--seeds", "0..2"];
    let text = folder.onceproof(&seeds).ends(1);
    // Where a row is too wide, its cells go on below themselves.
    let words = "outputs = \"recompute\" (without";
    let line = text.stdout.lines().find(|line| line.starts_with(words)).expect("a row");
    assert!(line.contains("not run: needs faults"), "{text:?}");
}

/// The words of a command line, as a shell reads those that are printed: between two `'` all is as it is.
fn words_of(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in command.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            letter => words.last_mut().expect("a word").push(letter),
        }
    }
    words
}

/// Checks that the command of each witness shows it again: the same classes, and each fault fires.
#[track_caller]
fn each_witness_is_shown_again(folder: &Folder, document: &Value) -> usize {
    let rows = document["mechanisms"].as_array().expect("rows").iter();
    let witnessed = rows.filter(|row| row["standing"] == "witnessed");
    let check = |row: &Value| {
        let command = row["replay"].as_str().unwrap_or_else(|| panic!("no command in {row}"));
        let words = words_of(command);
        assert_eq!(words[..2], ["onceproof", "run"]);
        let more = ["--format", "json"];
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).chain(more).collect();
        let again = folder.onceproof(&arguments).ends(1).document();
        let classes = again["classes"].as_array().expect("classes");
        let witness = row["witness"]["classes"].as_array().expect("classes");
        assert_eq!(classes, witness, "{command}");
        let fired = again["schedule"].as_array().expect("a schedule").len();
        assert_eq!(fired as u64, row["faults"].as_u64().expect("a number"), "{command}");
    };
    witnessed.map(check).count()
}

#[test]
fn the_command_of_each_witness_shows_it_again() {
    let folder = Folder::new("necessity-replay");
    let check = |content: String, most: &str| {
        folder.write("a file.toml", content);
        let arguments = ["necessity", "a file.toml", "--faults", most, "--format", "json"];
        let found = folder.onceproof(&arguments).document();
        let count = each_witness_is_shown_again(&folder, &found);
        assert_eq!(found["witnessed"], count);
        assert!(count > 10, "{count}");
    };
    check(CRASH_BEFORE_COMMIT.to_owned(), "2");
    // Its own faults are left out of the command, too.
    check(scenario("lossy", EXACTLY_ONCE, &[LOSSY, LOST_ACK]), "1");
    let sink = "\n[[step]]\nname = \"a: table\"\nkind = \"sink\"\nwrite = \"rename\"\n";
    check(scenario("a sink", EXACTLY_ONCE, &[sink]), "1");
}

#[test]
fn of_the_smallest_witnesses_the_one_of_the_plainest_fault_is_shown() {
    let folder = Folder::new("necessity-plain");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[]));
    let arguments = ["necessity", "a.toml", "--faults", "1", "--format", "json"];
    let found = folder.onceproof(&arguments).ends(1).document();
    let rows = found["mechanisms"].as_array().expect("rows");
    let check = |mechanism: &str, kind: &str| {
        let row = rows.iter().find(|row| row["mechanism"] == mechanism).expect("a row");
        let fault = &row["witness"]["schedule"][0]["do"];
        let is_it = fault == kind || fault.get(kind).is_some();
        assert!(is_it, "{mechanism}: {}", row["witness"]);
    };
    check("give-up = 1", "drop-request");
    check("dedup = \"off\"", "drop-ack");
    check("re-ack = false", "drop-ack");
    check("dedup = { window = \"10ms\" }", "drop-ack");
    check("fencing = false", "move");
    check("atomic = \"id-first\"", "crash");
}

#[test]
fn a_step_is_built_otherwise_and_faults_are_placed_from_the_command_line() {
    let folder = Folder::new("necessity-step");
    let sink = "\n[[step]]\nname = \"table\"\nkind = \"sink\"\n";
    folder.write("a.toml", scenario("lossy", EXACTLY_ONCE, &[sink, LOSSY, LOST_ACK]));
    let crash = "at = { step = \"table\", before = \"emit\" }, do = \"crash\"";
    let append = "table: write = \"append\"";
    let check = |command: &str, more: &[&str], code| {
        folder.onceproof(&[&[command, "a.toml"], more].concat()).ends(code)
    };
    let run = ["--bare", "--fault", crash];
    let held = check("run", &run, 0);
    assert!(held.stdout.contains("faults        crash 1\n"), "{held:?}");
    let broken = check("run", &[&run[..], &["--step", append]].concat(), 1);
    let again = "onceproof run a.toml --step 'table: write = \"append\"' \
                 --fault 'at = { step = \"table\", before = \"emit\" }, do = \"crash\"' --bare";
    assert_eq!(broken.last_line(), again);
    let small = check("shrink", &[&run[..], &["--step", append]].concat(), 0);
    assert!(small.stdout.contains("write = \"append\""), "{small:?}");
    // With the odds of the file its own exact fault stays, too.
    let both = check("run", &["--without", "drop-ack,drop-request", "--fault", crash], 0);
    assert!(both.stdout.contains("drop-ack 1, crash 1\n"), "{both:?}");
    for (more, said) in [
        (["--step", "tabel: write = \"append\""], "did you mean `table`?"),
        (["--step", "table: write = \"apend\""], "did you mean `append`?"),
        (["--step", "table: "], "--step:1:"),
        (["--fault", "at = { step = \"table\" }, do = \"crush\""], "did you mean `crash`?"),
        (["--fault", "at = { step = \"tabel\" }, do = \"crash\""], "--fault:1:6\n"),
        (["--fault", "crash"], "--fault:1:"),
    ] {
        let refused = check("run", &more, 2);
        assert!(refused.stderr.contains(said), "{refused:?}");
    }
    check("run", &["--bare", "--check-determinism"], 2);
    check("run", &["--bare", "--swarm", "--seed", "1"], 2);
}
