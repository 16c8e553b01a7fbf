//! What a green is worth: its first lines say for how many records it speaks, and strictly it speaks for all.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOST_ACK, NO_DEDUP, scenario};
use serde_json::{Value, json};

/// A green of some of the input.
struct Green<'a> {
    folder: &'a Folder,
    /// The scenario with this expectation, of which all of it is stated with `stated`.
    text: &'a dyn Fn(&str) -> String,
    stated: &'a str,
    /// What one of the first four lines of a run has.
    headline: &'a str,
    /// What one of the first lines of a sweep has.
    swept: &'a str,
    /// What is complained about strictly.
    complaint: &'a str,
}

impl Green<'_> {
    /// Runs, sweeps, tests and replays it, strictly and not, stated and not.
    #[track_caller]
    fn check(&self) -> Value {
        let Green { folder, text, stated, headline, swept, complaint } = *self;
        folder.write("a.toml", text(EXACTLY_ONCE));
        folder.write("b.toml", text(stated));
        let commands =
            [&["run"][..], &["sweep", "--seeds", "0..3", "--out", "o"], &["test"], &["replay"]];
        for command in commands {
            let with = |file: &str, more: &[&str], code| {
                let arguments = [&command[..1], &[file], &command[1..], more].concat();
                folder.onceproof(&arguments).ends(code).stdout
            };
            let plain = with("a.toml", &[], 0);
            let (head, lines) = match command[0] {
                "sweep" => (swept, 6),
                "test" => ("ok   a green", 1),
                _ => (headline, 4),
            };
            let mut first = plain.lines().take(lines);
            assert!(first.any(|line| line.contains(head)), "{head} in {plain}");
            assert!(!plain.contains("error: ") && !plain.contains("FAIL"), "{plain}");
            let strict = with("a.toml", &["--strict"], 1);
            assert!(strict.contains(complaint), "{complaint} in {strict}");
            with("b.toml", &["--strict"], if stated == EXACTLY_ONCE { 1 } else { 0 });
        }
        let document = |command: &[&str]| {
            let json = [command, &["a.toml", "--strict", "--format", "json"]].concat();
            folder.onceproof(&json).ends(1).document()
        };
        let run = document(&["run"]);
        let swept = document(&["sweep", "--seeds", "0..3", "--out", "o"]);
        assert_eq!((&swept["worth"], &swept["worth_of_each"]), (&run["worth"], &json!(true)));
        assert_eq!(swept["shortfalls"], run["shortfalls"]);
        assert!(run["shortfalls"][0].as_str().is_some_and(|why| why.contains(complaint)), "{run}");
        run["worth"].clone()
    }
}

const COUNT: &str = "[[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n";

fn green(expect: &str, input: &str, source: &str, steps: &str) -> String {
    format!(
        "format = 1\nname = \"a green\"\nclaim = \"A claim.\"\nexpect = {expect}\n[input]\n{input}\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n{source}\n{steps}"
    )
}

const THREE: &str = "records = [ { key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"0s\" }, \
                     { key = \"ann\", at = \"0s\" } ]";

#[test]
fn a_filter_that_lets_nothing_pass() {
    let folder = Folder::new("worth-filter");
    let none = "[[step]]\nname = \"only\"\nkind = \"map\"\nfn = { filter = { key = \"carl\" } }\n";
    let steps = format!("{none}{COUNT}");
    let worth = Green {
        folder: &folder,
        text: &|expect| green(expect, THREE, "", &steps),
        // Nothing allows a step without a record.
        stated: EXACTLY_ONCE,
        headline: "exactly-once for none of 3 records; 3 were filtered out",
        swept: "exactly-once for none of 3 records in each of 3 runs, seeds 0..3",
        complaint: "no record belongs into per-user",
    }
    .check();
    let expected = json!({
        "expected": 3, "reflected": 0, "late": 0, "dead_lettered": 0, "filtered": 3,
        "without_records": ["per-user"],
    });
    assert_eq!(worth, expected);
}

#[test]
fn a_branch_that_nothing_takes() {
    let folder = Folder::new("worth-branch");
    let none = "[[step]]\nname = \"only\"\nkind = \"map\"\nfrom = \"events\"\n\
                fn = { filter = { key = \"carl\" } }\n\
                [[step]]\nname = \"table\"\nkind = \"sink\"\n";
    let steps = format!("{COUNT}{none}");
    Green {
        folder: &folder,
        text: &|expect| green(expect, THREE, "", &steps),
        stated: EXACTLY_ONCE,
        headline: "exactly-once for 3 records; no record belongs into table",
        swept: "no record belongs into table in the runs that were looked at closely, 1 run",
        complaint: "no record belongs into table",
    }
    .check();
}

/// Under snapshots and micro-batches what a count has is seen by nobody until the sink has written it.
#[test]
fn a_count_before_a_sink_has_no_results_where_these_are_the_sinks() {
    let folder = Folder::new("worth-sink");
    let sink = "[[step]]\nname = \"table\"\nkind = \"sink\"\n";
    for strategy in ["snapshot", "micro-batch"] {
        let text = |results: &str| {
            let expect = format!("{{ holds = \"exactly-once\", results = {results} }}");
            let of = format!("{expect}\nstrategy = \"{strategy}\"");
            green(&of, THREE, "", &format!("{COUNT}{sink}"))
        };
        folder.write("a.toml", text("{ table = { ann = 2, bob = 1 } }"));
        let run = folder.onceproof(&["run", "a.toml", "--strict"]).ends(0);
        assert!(!run.stdout.contains("no record belongs into"), "{strategy}: {run:?}");
        folder.onceproof(&["sweep", "a.toml", "--seeds", "0..3", "--strict"]).ends(0);
        folder.write("b.toml", text("{ per-user = { ann = 2, bob = 1 } }"));
        let refused = folder.onceproof(&["run", "b.toml"]).ends(2);
        for words in ["`per-user` has no results", "a sink after it has"] {
            assert!(refused.stderr.contains(words), "{strategy}: {refused:?}");
        }
    }
}

#[test]
fn a_search_says_what_its_scenario_counts() {
    let folder = Folder::new("worth-search");
    let none = "[[step]]\nname = \"only\"\nkind = \"map\"\nfn = { filter = { key = \"bob\" } }\n";
    folder.write("a.toml", green(EXACTLY_ONCE, THREE, "", &format!("{none}{COUNT}")));
    folder.write("b.toml", green(EXACTLY_ONCE, THREE, "", COUNT));
    for (command, code) in [("exhaust", 0), ("necessity", 1)] {
        let search = |file: &str, more: &[&str]| {
            let arguments =
                [&[command, file, "--faults", "1", "--kinds", "drop-ack"], more].concat();
            folder.onceproof(&arguments).ends(code)
        };
        let said = "without a fault it counts 3 records, 2 of them filtered out\n";
        let some = search("a.toml", &[]);
        assert!(some.stdout.contains(said), "{some:?}");
        let document = search("a.toml", &["--format", "json"]).document();
        assert_eq!(document["worth"]["reflected"], 1);
        let all = search("b.toml", &[]);
        assert!(!all.stdout.contains("without a fault it counts"), "{all:?}");
    }
}

/// The first record says that its source is at 1 h, so each of the 826 that follow and happened before the first
/// minute was over is late; the 173 after them are not.
#[test]
fn most_records_are_late() {
    let folder = Folder::new("worth-late");
    let record = |number: u32| {
        let event = if (1..=826).contains(&number) { "0s" } else { "1h" };
        format!("{{ key = \"ann\", at = \"{number}s\", event-time = \"{event}\" }}")
    };
    let records: Vec<String> = (0..1_000).map(record).collect();
    let input = format!("records = [ {} ]", records.join(", "));
    let worth = Green {
        folder: &folder,
        text: &|expect| green(expect, &input, "watermark = { bound = \"0s\" }", COUNT),
        stated: "{ holds = \"exactly-once\", late = { at-most = 826 } }",
        headline: "exactly-once for 174 of 1,000 records; 826 were late",
        swept: "exactly-once for 174 of 1,000 records in each of 3 runs, seeds 0..3",
        complaint: "826 late, and the file allows 0",
    }
    .check();
    assert_eq!((&worth["reflected"], &worth["late"]), (&json!(174), &json!(826)));
    // One less is too few.
    let few = "{ holds = \"exactly-once\", late = { at-most = 825 } }";
    folder.write("c.toml", green(few, &input, "watermark = { bound = \"0s\" }", COUNT));
    let run = folder.onceproof(&["run", "c.toml", "--strict"]).ends(1);
    assert!(run.stdout.contains("826 late, and the file allows 825"), "{run:?}");
    // What the file states holds for the same input under another design, too.
    let other = ["run", "b.toml", "--strict", "--mechanism", "bundle = 2"];
    folder.onceproof(&other).ends(0);
}

/// In a file that runs backwards each row comes before the one above it, so all but the first are left out.
#[test]
fn most_rows_are_left_out() {
    let folder = Folder::new("worth-skipped");
    let rows: String = (0..100).rev().map(|second| format!("{second},ann\n")).collect();
    folder.write("rows.csv", format!("t,user\n{rows}"));
    let input =
        "csv = { path = \"rows.csv\", key = \"user\", event-time = \"t\", on-bad-row = \"skip\" }";
    Green {
        folder: &folder,
        text: &|expect| green(expect, input, "", COUNT),
        stated: "{ holds = \"exactly-once\", rows-skipped = 99 }",
        headline: "99 rows of the data could not be used",
        swept: "99 rows of the data could not be used",
        complaint: "99 rows of the data left out, and the file allows 0",
    }
    .check();
    // A statement that is not so is a difference like any other.
    folder.write("c.toml", green("{ rows-skipped = 98 }", input, "", COUNT));
    let test = folder.onceproof(&["test", "c.toml"]).ends(1);
    assert!(test.stdout.contains("rows-skipped: expected 98, found 99"), "{test:?}");
}

#[test]
fn every_record_is_a_dead_letter() {
    let folder = Folder::new("worth-dead");
    let dead = "[[step]]\nname = \"parse\"\nkind = \"map\"\nfn = \"identity\"\npoison = { key = \"ann\" }\n\
                dead-letter = { after = 2 }\n";
    let steps = format!("{dead}{COUNT}");
    Green {
        folder: &folder,
        text: &|expect| green(expect, THREE, "", &steps),
        stated: "{ holds = \"exactly-once\", dead-lettered = 2 }",
        headline: "exactly-once for 1 of 3 records; 2 were dead letters",
        swept: "exactly-once for 1 of 3 records in each of 3 runs, seeds 0..3",
        complaint: "2 dead letters, and the file allows 0",
    }
    .check();
}

#[test]
fn a_green_of_all_records_is_one_strictly_and_what_is_violated_stays_so() {
    let folder = Folder::new("worth-all");
    folder.write("a.toml", scenario("whole", EXACTLY_ONCE, &[LOST_ACK]));
    let run = folder.onceproof(&["run", "a.toml", "--strict"]).ends(0);
    assert_eq!(run.stdout.lines().nth(3), Some("exactly-once for 3 records"), "{run:?}");
    folder.write("b.toml", scenario("violated", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    folder.onceproof(&["test", "b.toml", "--strict"]).ends(0);
}
