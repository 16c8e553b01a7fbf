//! `run` and `replay`.

use super::folder::{
    DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NEVER, NO_DEDUP, on_input, scenario,
};
use serde_json::{Value, json};

#[test]
fn a_run_in_which_nothing_goes_wrong_ends_with_0() {
    let folder = Folder::new("run-good");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let run = folder.onceproof(&["run", "a.toml"]).ends(0);
    assert!(run.stdout.starts_with("a lost ack\nA claim.\n"), "{run:?}");
    assert!(run.stdout.contains("exactly-once"), "{run:?}");
    assert!(run.stdout.contains("ann 2, bob 1"), "{run:?}");
    assert!(run.stdout.contains("drop-ack 1"), "{run:?}");
    assert_eq!(run.stderr, "");
    assert_eq!(folder.onceproof(&["run", "a.toml"]).stdout, run.stdout);
}

#[test]
fn a_violated_run_ends_with_1_and_its_last_line_shows_it_again() {
    let folder = Folder::new("run-bad");
    folder.write("a b.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let run = folder.onceproof(&["run", "a b.toml", "--seed", "7"]).ends(1);
    assert!(run.stdout.contains("violated: duplicated, seed 7"), "{run:?}");
    let damage = "\n  duplicated: events/0#1 at per-user, reflected 2 times instead of 1\n      \
                  the ack of events/0#1";
    assert!(run.stdout.contains(damage), "{run:?}");
    assert_eq!(run.last_line(), "onceproof run 'a b.toml' --seed 7");
}

#[test]
fn a_bad_run_of_many_records_prints_three_of_them_and_lists_a_thousand() {
    let folder = Folder::new("run-many");
    // Nearly all requests come twice, and nobody knows them again.
    let twice = scenario("twice", DUPLICATED, &[NO_DEDUP, "[faults]\nduplicate = \"99/100\"\n"]);
    let many = "generate = { records = 1200, every = \"1ms\", users = 10 }";
    folder.write("a.toml", on_input(&twice, many));
    let run = folder.onceproof(&["run", "a.toml"]).ends(1);
    let told = run.stdout.matches("\n      the request of events/0#").count();
    assert_eq!(told, 3, "{run:?}");
    assert!(run.stdout.contains("\n  and at least 997 more records duplicated\n"), "{run:?}");
    let smaller =
        "\n# this makes it small, and this shows it again\nonceproof shrink a.toml --seed 0\n";
    assert!(run.stdout.contains(smaller), "{run:?}");
    assert!(run.stdout.lines().count() < 40, "{run:?}");
    let document = folder.onceproof(&["run", "a.toml", "--format", "json"]).ends(1).document();
    assert!(document["ledger"]["duplicated"].as_u64() > Some(1000), "{}", document["ledger"]);
    assert_eq!(document["damage"].as_array().map(Vec::len), Some(1000));
    let damage = document["damage"].as_array().expect("a list");
    let (known, unknown): (Vec<_>, Vec<_>) = damage.iter().partition(|of| of["blame"] == "faults");
    assert!(known.len() >= 3, "{known:?}");
    let length = |of: &Value, key: &str| of[key].as_array().map(Vec::len);
    assert!(known.iter().all(|of| length(of, "faults") == Some(1)), "{known:?}");
    // What would take too long says so, and which faults touched it.
    let is_open = |of: &&Value| of["blame"] == "unknown" && length(of, "touched") >= Some(1);
    assert!(unknown.iter().all(is_open), "{unknown:?}");
}

#[test]
fn the_oldest_copy_the_longest_retry_and_the_greatest_lag_are_figures_of_a_run() {
    let folder = Folder::new("run-extremes");
    let lag = "[[step]]\nname = \"other\"\nkind = \"source\"\nwatermark = { bound = \"0s\" }\n\
        input = { records = [ { key = \"a\", at = \"5s\" }, { key = \"b\", at = \"6s\", event-time = \"2s\" } ] }\n\
        [[step]]\nname = \"per-other\"\nkind = \"count\"\nfrom = \"other\"\nwindow = \"1m\"\n";
    // The acks of one record are cut off from 4 to 104 ms: by hand in the file.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("scenarios/dedup/cut-acks-no-dedup.toml");
    let text = std::fs::read_to_string(file).expect("a scenario");
    folder.write("a.toml", text.replace("\n[mechanism]", &format!("\n{lag}[mechanism]")));
    let document = folder.onceproof(&["run", "a.toml", "--format", "json"]).ends(1).document();
    let of = &document["extremes"];
    // Committed at 4 ms; the last copy comes at 213 ms.
    let oldest = json!({ "per-user": { "ns": 209_000_000, "record": "events/0#0" } });
    assert_eq!(of["oldest_copy"], oldest);
    // Sent at 2 ms, and for the last time at 212 ms.
    let longest = json!({ "events": { "ns": 210_000_000, "record": "events/0#0" } });
    assert_eq!(of["longest_retry"], longest);
    // The watermark is at 5 s, and an event of 2 s comes.
    let greatest = json!({ "other": { "ns": 3_000_000_000_u64, "record": "other/0#1" } });
    assert_eq!(of["greatest_lag"], greatest);
    let run = folder.onceproof(&["run", "a.toml"]).ends(1);
    for line in [
        "oldest copy    209 ms at per-user (events/0#0)\n",
        "longest retry  210 ms at events (events/0#0)\n",
        "greatest lag   3 s at other (other/0#1)\n",
    ] {
        assert!(run.stdout.contains(line), "{line:?} in {run:?}");
    }
}

#[test]
fn the_results_of_each_window_are_told_where_there_are_several() {
    let folder = Folder::new("run-windows");
    let rows = "records = [ { key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"61s\" }, { key = \"ann\", at = \"62s\" } ]";
    folder.write("a.toml", on_input(&scenario("two windows", EXACTLY_ONCE, &[]), rows));
    let run = folder.onceproof(&["run", "a.toml"]).ends(0);
    let table =
        "step      window  results\nper-user  0s      ann 1\nper-user  1m      ann 1, bob 1\n";
    assert!(run.stdout.contains(table), "{run:?}");
}

#[test]
fn the_document_of_a_run_is_as_promised() {
    let folder = Folder::new("run-json");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    let document = folder.onceproof(&["run", "a.toml", "--format", "json"]).ends(1).document();
    assert_eq!(document["schema"], "onceproof.run/1");
    assert_eq!(document["scenario"], "no dedup");
    assert_eq!(document["seed"], json!(null));
    assert_eq!(document["verdict"], "violated");
    assert_eq!(document["classes"], json!(["duplicated"]));
    assert_eq!(
        document["ledger"],
        json!({
            "expected": 3, "exact": 2, "duplicated": 1, "excess": 1, "lost": 0, "divergent": 0,
            "late": 0, "dead_lettered": 0,
        })
    );
    let step = &document["steps"]["per-user"];
    assert_eq!(step["expected"], 3);
    assert_eq!(step["applied"], 4);
    assert_eq!(step["results"], json!({ "ann": 2, "bob": 2 }));
    assert_eq!(document["faults"], json!({ "drop-ack": 1 }));
    assert_eq!(document["schedule"][0]["do"], "drop-ack");
    assert_eq!(document["schedule"][0]["at"]["record"], "events/0#1");
    for figure in ["events", "messages", "retries", "commits", "catalog_reads", "bloom_negatives"] {
        assert!(document["work"][figure].is_u64(), "{figure} in {document}");
    }
    for figure in ["user_calls", "side_effects", "ids_held_max", "ids_held_end"] {
        assert!(document["work"][figure].is_u64(), "{figure} in {document}");
    }
    for percentile in ["p50", "p99", "max"] {
        assert!(document["latency_ms"][percentile].is_number(), "{percentile} in {document}");
    }
    assert!(document["virtual_ms"].is_number());
    let fingerprint = document["fingerprint"].as_str().expect("a text");
    assert_eq!(fingerprint.len(), 32);
    assert!(fingerprint.chars().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(document["replay"], "onceproof run a.toml");
}

#[test]
fn a_seed_is_a_text_and_the_one_that_is_given_wins() {
    let folder = Folder::new("run-seed");
    let text = scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]);
    folder.write("a.toml", text.replacen("format = 1", "format = 1\nseed = \"5\"", 1));
    let seed = |arguments: &[&str]| folder.onceproof(arguments).ends(0).document()["seed"].clone();
    assert_eq!(seed(&["run", "a.toml", "--format", "json"]), "5");
    let greatest = "18446744073709551615";
    assert_eq!(seed(&["--format", "json", "run", "a.toml", "--seed", greatest]), greatest);
}

/// Every ack is lost until the calm, so every record is sent again after it was committed: without dedup each
/// is counted more than once, whatever the seed.
const NO_ACK: &str = "\n[faults]\ndrop-ack = \"1/1\"\ncrash = \"1/1000000000000\"\n";

#[test]
fn a_file_with_odds_and_no_seed_runs_under_seed_0_and_says_so() {
    let folder = Folder::new("run-odds");
    folder.write("a.toml", scenario("no dedup", DUPLICATED, &[NO_ACK, NO_DEDUP]));
    let run = folder.onceproof(&["run", "a.toml"]).ends(1);
    let said = "violated: duplicated, seed 0\nthe file has odds and no seed of its own\n";
    assert!(run.stdout.contains(said), "{run:?}");
    assert_eq!(run.last_line(), "onceproof run a.toml --seed 0");
    // What fired is named, and what has odds and did not fire.
    assert!(run.stdout.contains("\nfaults         drop-ack "), "{run:?}");
    assert!(run.stdout.contains("\nnever fired    crash\n"), "{run:?}");
    // It is the run that the seed gives, and only then nothing is said of where the seed comes from.
    let given = folder.onceproof(&["run", "a.toml", "--seed", "0"]).ends(1);
    assert_eq!(run.stdout.replace("the file has odds and no seed of its own\n", ""), given.stdout);
    let traced = folder.onceproof(&["run", "a.toml", "--trace"]).ends(1);
    assert!(traced.stdout.ends_with(&run.stdout), "{traced:?}");
    folder.onceproof(&["run", "a.toml", "--check-determinism"]).ends(1);
    let json = |more: &[&str]| {
        let arguments = [&["run", "a.toml", "--format", "json"], more].concat();
        folder.onceproof(&arguments).ends(1).document()
    };
    let (mut assumed, mut given) = (json(&[]), json(&["--seed", "0"]));
    assert_eq!((&assumed["seed"], &assumed["never_fired"]), (&json!("0"), &json!(["crash"])));
    assert_eq!((&assumed["seed_assumed"], &given["seed_assumed"]), (&json!(true), &json!(false)));
    assumed["seed_assumed"] = json!(null);
    given["seed_assumed"] = json!(null);
    assert_eq!(assumed, given);
}

#[test]
fn a_violation_that_the_file_expects_and_a_seed_does_not_show_is_told() {
    let folder = Folder::new("run-not-shown");
    // An ack of a million million is lost.
    let seldom = "\n[faults]\ndrop-ack = \"1/1000000000000\"\n\n[sweep]\nseeds = \"0..3\"\n";
    let expect = "{ violates = [\"duplicated\", \"lost\"] }";
    folder.write("odds.toml", scenario("seldom", expect, &[NO_DEDUP, seldom]));
    let told = |arguments: &[&str], code, said: &str| {
        let run = folder.onceproof(arguments).ends(code);
        // Lines are broken anywhere.
        let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(said), "{run:?}");
    };
    let sweep = "to look for them: onceproof sweep odds.toml";
    let expects = "the file expects duplicated, lost, and";
    let by = |who: &str| format!("{expects} {who} not show them; {sweep}");
    told(&["run", "odds.toml"], 0, &by("seed 0 does"));
    told(&["run", "odds.toml", "--seed", "7"], 0, &by("seed 7 does"));
    told(&["sweep", "odds.toml", "--seeds", "0..2"], 0, &by("these seeds do"));
    let none = format!("{expects} none of its seeds shows them faults none");
    told(&["sweep", "odds.toml"], 0, &none);
    // What is shown is not missed, and what is missed beside it is.
    folder.write("often.toml", scenario("often", expect, &[NO_DEDUP, NO_ACK]));
    let half = "the file expects lost, and seed 0 does not show it; to look for it: \
                onceproof sweep often.toml";
    told(&["run", "often.toml"], 1, half);
    // A file of one run speaks of that run.
    let one = scenario("one", DUPLICATED, &[NO_DEDUP, LOST_ACK]);
    folder.write("one.toml", one.replace(LOST_ACK, NEVER));
    let other = "the file expects duplicated, and seed 7 does not show it; to look for it: \
                 onceproof run one.toml";
    told(&["run", "one.toml", "--seed", "7"], 0, other);
    told(
        &["run", "one.toml"],
        0,
        "not as the file expects: expected duplicated, found exactly-once",
    );
    // Of another design the file expects nothing.
    for arguments in [&["run", "odds.toml", "--bare"][..], &["run", "one.toml"]] {
        let run = folder.onceproof(arguments).ends(0);
        assert!(!run.stdout.contains("the file expects duplicated"), "{run:?}");
    }
    let json = |arguments: &[&str], code| {
        let arguments = [arguments, &["--format", "json"]].concat();
        folder.onceproof(&arguments).ends(code).document()["not_shown"].clone()
    };
    let both = json!({ "classes": ["duplicated", "lost"], "command": "onceproof sweep odds.toml" });
    assert_eq!(json(&["run", "odds.toml"], 0), both);
    assert_eq!(json(&["sweep", "odds.toml", "--seeds", "0..2"], 0), both);
    assert_eq!(json(&["run", "odds.toml", "--bare"], 0), Value::Null);
    assert_eq!(json(&["run", "one.toml"], 0), Value::Null);
    // A search has its own faults. What it finds is saved, and from then on fails a sweep.
    let search = ["exhaust", "odds.toml", "--faults", "1", "--kinds", "drop-ack"];
    let half = "the file expects lost, and these schedules do not show it; to look for it: \
                onceproof sweep odds.toml";
    told(&search, 1, half);
}

#[test]
fn odds_of_nothing_and_ranges_of_latency_need_no_seed() {
    let folder = Folder::new("run-seedless");
    let never = "\n[faults]\ndrop-ack = 0\n";
    let slow = "\n[network]\nlatency = { min = \"1ms\", max = \"9ms\" }\n";
    folder.write("a.toml", scenario("seedless", EXACTLY_ONCE, &[never, slow]));
    let document = folder.onceproof(&["run", "a.toml", "--format", "json"]).ends(0).document();
    assert_eq!((&document["seed"], &document["seed_assumed"]), (&json!(null), &json!(false)));
    // Where the odds are left out, nothing is drawn any more.
    folder.write("b.toml", scenario("without", EXACTLY_ONCE, &[NO_ACK]));
    let run = ["run", "b.toml", "--without", "drop-ack,crash", "--format", "json"];
    assert_eq!(folder.onceproof(&run).ends(0).document()["seed"], json!(null));
}

#[test]
fn a_trace_comes_before_the_report() {
    let folder = Folder::new("run-trace");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    let plain = folder.onceproof(&["run", "a.toml"]).ends(0);
    let traced = folder.onceproof(&["run", "a.toml", "--trace"]).ends(0);
    assert!(traced.stdout.ends_with(&plain.stdout), "{traced:?}");
    assert!(traced.stdout.lines().count() > plain.stdout.lines().count() + 10, "{traced:?}");
}

#[test]
fn an_exact_fault_that_does_not_fire_is_told_and_strictly_a_failure() {
    let folder = Folder::new("run-strict");
    folder.write("a.toml", scenario("never", EXACTLY_ONCE, &[NEVER]));
    let run = folder.onceproof(&["run", "a.toml"]).ends(0);
    assert!(run.stdout.contains("warning: an exact fault did not fire"), "{run:?}");
    assert!(run.stdout.contains("attempt 99, was lost"), "{run:?}");
    let run = folder.onceproof(&["run", "a.toml", "--strict"]).ends(1);
    assert_eq!(run.last_line(), "onceproof run a.toml");
    // What the file allows is no warning, but strictly it is missed.
    let allowed = scenario("never", EXACTLY_ONCE, &[NEVER]);
    folder.write("b.toml", allowed.replacen("format = 1", "format = 1\nunfired = \"allowed\"", 1));
    let run = folder.onceproof(&["run", "b.toml"]).ends(0);
    let said = "\n\nan exact fault did not fire, as the file allows: the ack of events/0#1";
    assert!(run.stdout.contains(said), "{run:?}");
    let run = folder.onceproof(&["run", "b.toml", "--strict"]).ends(1);
    assert!(run.stdout.contains("\n\nerror: an exact fault did not fire"), "{run:?}");
    let document = folder.onceproof(&["run", "a.toml", "--format", "json"]).ends(0).document();
    assert_eq!(document["unfired"][0]["at"]["attempt"], 99);
}

#[test]
fn a_run_with_filters_tells_how_full_they_are() {
    let folder = Folder::new("filters");
    // One bit, which the first record of each shard sets. ann and bob are on two shards, or on one.
    let one_bit = "\n[mechanism]\n\
        dedup = { bloom = { bucket = \"1h\", expect = 1, bits-per-id = 1, hashes = 1 } }\n";
    folder.write("a.toml", scenario("one bit", EXACTLY_ONCE, &[one_bit]));
    let document = folder.onceproof(&["run", "a.toml", "--format", "json"]).ends(0).document();
    let filters = document["filters"].as_array().expect("a list");
    for filter in filters {
        let shard = &filter["shard"];
        assert_eq!(
            *filter,
            json!({
                "step": "per-user", "shard": shard, "from": "0s", "bits_set": 1, "bits": 1,
                "complete": true,
            })
        );
    }
    let shards = filters.len();
    assert!((1..=2).contains(&shards));
    // The first record of a shard is new; each other one is looked up in vain.
    let work = &document["work"];
    assert_eq!(work["bloom_negatives"], shards);
    assert_eq!(work["catalog_reads"], 3 - shards);
    assert_eq!(work["bloom_false_positives"], 3 - shards);
    let text = folder.onceproof(&["run", "a.toml"]).ends(0).stdout;
    assert!(text.contains("\nfilter"), "{text}");
    let line = text.lines().find(|line| line.starts_with("per-user/")).expect("a filter");
    assert_eq!(line.split_whitespace().skip(1).collect::<Vec<_>>(), ["0s", "1", "1"]);
}

#[test]
fn a_replay_is_strict() {
    let folder = Folder::new("replay");
    folder.write("good.toml", scenario("good", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("bad.toml", scenario("bad", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    folder.write("never.toml", scenario("never", EXACTLY_ONCE, &[NEVER]));
    folder.write("odds.toml", scenario("odds", EXACTLY_ONCE, &[LOSSY]));
    folder.onceproof(&["replay", "good.toml"]).ends(0);
    let bad = folder.onceproof(&["replay", "bad.toml"]).ends(1);
    assert_eq!(bad.last_line(), "onceproof replay bad.toml");
    let never = folder.onceproof(&["replay", "never.toml"]).ends(1);
    assert!(never.stderr.contains("1 exact fault did not fire"), "{never:?}");
    let odds = folder.onceproof(&["replay", "odds.toml"]).ends(2);
    assert!(odds.stderr.contains("odds.toml is no saved failure"), "{odds:?}");
    assert_eq!(odds.stdout, "");
}

#[test]
fn a_failure_that_is_not_there_any_more_is_told() {
    let folder = Folder::new("replay-gone");
    folder.write("a.toml", scenario("gone", DUPLICATED, &[LOST_ACK]));
    let replay = folder.onceproof(&["replay", "a.toml"]).ends(0);
    let differs = "warning: not as the file expects: expected duplicated, found exactly-once";
    assert!(replay.stdout.contains(differs), "{replay:?}");
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let folder = Folder::new("colour");
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    assert!(!folder.onceproof(&["run", "a.toml"]).ends(0).stdout.contains('\u{1b}'));
    let always = folder.onceproof(&["run", "a.toml", "--color", "always"]).ends(0);
    assert!(always.stdout.contains('\u{1b}'), "{always:?}");
    let json = ["run", "a.toml", "--color", "always", "--format", "json"];
    assert!(!folder.onceproof(&json).ends(0).stdout.contains('\u{1b}'));
}
