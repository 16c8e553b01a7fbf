//! A trace as documents: each line is what the schema says, and what one says of another is so.

use super::onceproof;
use crate::common::schema::PrintedSchema;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The events of a run, and its report.
fn traced(arguments: &[&str]) -> (Vec<Value>, Value) {
    let printed = onceproof(&[&["run"], arguments, &["--trace", "--format", "json"]].concat());
    assert!(matches!(printed.code, Some(0 | 1 | 3)), "{arguments:?}: {}", printed.stderr);
    let read = |line: &str| serde_json::from_str::<Value>(line).expect("a document on each line");
    let mut lines: Vec<Value> = printed.stdout.lines().map(read).collect();
    let report = lines.pop().expect("a report");
    assert_eq!(report["schema"], "onceproof.run/1");
    (lines, report)
}

/// All scenarios, but for those whose traces take long.
fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut found = Vec::new();
    for kind in fs::read_dir(&folder).expect("the scenarios") {
        let kind = kind.expect("a folder").path();
        let is_long = ["chapter", "compare", "flights", "random", "studies", "data"]
            .iter()
            .any(|name| kind.ends_with(name));
        if kind.is_dir() && !is_long {
            let files = fs::read_dir(kind).expect("a folder of scenarios");
            found.extend(files.map(|file| file.expect("a scenario").path()));
        }
    }
    found.sort();
    found.retain(|path| path.extension().is_some_and(|ext| ext == "toml"));
    // A function that makes 65,536 outputs tells each of them; and what is stuck sends again until the time is over.
    let long = ["functions/explode-65536.toml", "at-least-once/stuck.toml"];
    found.retain(|path| !long.iter().any(|file| path.ends_with(file)));
    found
}

/// The schemas of what a traced run prints.
struct Schemas {
    /// Of each kind of event.
    lines: BTreeMap<String, PrintedSchema>,
    report: PrintedSchema,
}

/// The numbers of the exact faults that events name, and what is wrong with their causes.
fn check(path: &str, arguments: &[&str], schema: &Schemas, kinds: &mut BTreeMap<String, u64>) {
    let (events, report) = traced(&[&[path], arguments].concat());
    schema.report.check(&report, path);
    let mut struck = vec![false; report["schedule"].as_array().expect("a schedule").len()];
    let (mut after, mut kind_of) = (0, Vec::new());
    for (number, event) in events.iter().enumerate() {
        let kind = event["kind"].as_str().expect("a kind");
        let of_kind = schema.lines.get(kind);
        assert!(of_kind.is_some_and(|schema| schema.allows(event)), "{path}: {event}");
        assert_eq!(event["event"], json!(number), "{path}");
        let at = event["ns"].as_u64().expect("a time");
        assert!(at >= after, "{path}: {event} comes before the line above it");
        after = at;
        *kinds.entry(kind.to_owned()).or_default() += 1;
        let causes: Vec<&str> = event["causes"]
            .as_array()
            .expect("causes")
            .iter()
            .map(|cause| kind_of[cause.as_u64().expect("a number") as usize])
            .collect();
        kind_of.push(if event["fate"] == "forgotten" { "forgotten" } else { kind });
        // What arrives was sent, and what is sent again was not answered.
        let cause = causes.first().copied().unwrap_or_default();
        let is_right = match kind {
            "receive" => cause == "send",
            "acked" => cause == "ack",
            "error" => ["ack", "send"].contains(&cause),
            "apply" => cause == "commit",
            // No answer has come in time.
            "heard" if event["instead"] == "unknown" => cause == "commit",
            "heard" | "end" => ["apply", "answer", "forgotten"].contains(&cause),
            "serve" => cause == "call",
            "answer" => cause == "serve",
            // Whoever drops a record was brought it, at once or when its key was busy.
            "drop" | "ack" => causes.contains(&"receive"),
            "back" => cause == "crash",
            "resume" => cause == "pause",
            // Also what waited for a worker that died then.
            "unreceived" => ["send", "ack", "apply", "serve"].contains(&cause),
            _ => true,
        };
        assert!(is_right, "{path}: {event} is caused by {causes:?}");
        if let Some(fault) = event["fault"].as_u64() {
            struck[fault as usize] = true;
        }
    }
    check_figures(path, &events, &report["work"]);
    let missing: Vec<usize> = (0..struck.len()).filter(|&fault| !struck[fault]).collect();
    assert_eq!(missing, [0; 0], "{path}: faults that struck and that no event names");
}

/// The figures of the report are counts of what the trace tells.
fn check_figures(path: &str, events: &[Value], work: &Value) {
    let mut of_kind: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for event in events {
        of_kind.entry(event["kind"].as_str().expect("a kind")).or_default().push(event);
    }
    let count = |kind: &str, is_meant: &dyn Fn(&Value) -> bool| {
        of_kind.get(kind).map_or(0, |events| events.iter().filter(|event| is_meant(event)).count())
    };
    let drops = |why: &str| count("drop", &|event| event["why"] == why);
    let any = |_: &Value| true;
    let mut seen = 0;
    for (figure, told) in [
        ("messages", count("send", &any)),
        ("retries", count("send", &|event| event["again"] == true)),
        ("commits", count("apply", &|event| event["applied"] == "now")),
        ("catalog_reads", count("look-up", &|event| event["catalog"].is_string())),
        ("bloom_negatives", count("look-up", &|event| event["filter"] == "new")),
        ("duplicates_dropped", drops("known")),
        ("remnants_dropped", drops("remnant")),
        ("old_dropped", drops("old")),
        ("user_calls", count("execute", &any) + count("fail", &any)),
        ("side_effects", count("serve", &|event| event["effect"] == true)),
        ("records_replayed", count("replay", &any)),
        ("acks_known", count("ignore-ack", &any)),
    ] {
        // Whoever keeps no ids has no figures of them, and whoever has no acker none of it; and tells nothing of it.
        match &work[figure] {
            Value::Null => assert_eq!(told, 0, "{path}: {figure}"),
            of => assert_eq!(*of, json!(told), "{path}: {figure}"),
        }
        seen += u64::from(!work[figure].is_null());
    }
    assert!(seen >= 5, "{path}: {work}");
}

#[test]
fn every_event_of_every_scenario_is_as_the_schema_says_and_names_its_cause_and_its_fault() {
    let (lines, report) = (PrintedSchema::of("trace").kinds(), PrintedSchema::of("run"));
    let (schema, mut kinds) = (Schemas { lines, report }, BTreeMap::new());
    for path in scenarios() {
        let path = path.to_str().expect("a path of letters");
        check(path, &[], &schema, &mut kinds);
    }
    for file in ["branch-and-join", "leases", "services", "queue", "coin-and-late-panes"] {
        let path = format!("random/{file}.toml");
        check(&path, &["--seed", "3"], &schema, &mut kinds);
    }
    let crash = |at: &str| format!("at = {{ worker = 1, time = \"{at}\" }}, do = \"crash\"");
    let twice = ["--fault", &crash("1ms"), "--fault", &crash("2ms")];
    check("dedup/lost-ack.toml", &twice, &schema, &mut kinds);
    // Each kind that the schema has happens somewhere.
    let never = schema.lines.keys().filter(|&kind| !kinds.contains_key(kind));
    assert_eq!(never.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_schema_refuses_what_is_no_event() {
    let schema = PrintedSchema::of("trace");
    let (events, report) = traced(&["dedup/lost-ack.toml"]);
    let event = events.iter().find(|event| event["kind"] == "receive").expect("a request");
    let of_its_kind = &schema.kinds()["receive"];
    assert!(schema.allows(event) && of_its_kind.allows(event));
    let with = |key: &str, value: Value| {
        let mut other = event.clone();
        other[key] = value;
        other
    };
    for wrong in [
        with("kind", json!("rumour")),
        with("attempt", json!("1")),
        with("colour", json!("red")),
        with("causes", json!(null)),
        json!({ "event": 0, "ns": 0, "causes": [] }),
        report,
    ] {
        assert!(!schema.allows(&wrong) && !of_its_kind.allows(&wrong), "{wrong}");
    }
    assert!(!of_its_kind.allows(&with("kind", json!("send"))));
}

/// The one event of a run that has all of this.
#[track_caller]
fn the_one(events: &[Value], has: &Value) -> Value {
    let has_all = |event: &&Value| {
        has.as_object().expect("keys").iter().all(|(key, value)| event[key] == *value)
    };
    let found: Vec<&Value> = events.iter().filter(has_all).collect();
    assert_eq!(found.len(), 1, "{has}: {found:?}");
    found[0].clone()
}

#[test]
fn an_ack_says_what_it_acknowledges_and_a_request_that_arrives_which_attempt_it_is() {
    // By hand: the first copy arrives at 1003 ms, when the second is acked already.
    let (events, _) = traced(&["gc/remnant.toml"]);
    let ns = 1_003_000_000_u64;
    the_one(
        &events,
        &json!({ "kind": "receive", "ns": ns, "attempt": 1, "subject": "events/0#0" }),
    );
    the_one(
        &events,
        &json!({ "kind": "drop", "ns": ns, "why": "remnant", "process": "per-user/0" }),
    );
    let acked = json!({ "kind": "acked", "ns": 1_004_000_000_u64, "attempt": 1, "awaited": false });
    assert_eq!(the_one(&events, &acked)["subject"], "events/0#0");
    let sent = the_one(&events, &json!({ "kind": "send", "fate": "late" }));
    assert_eq!((&sent["fault"], &sent["late_ns"]), (&json!(0), &json!(1_000_000_000)));
}

#[test]
fn a_commit_says_what_it_changes_and_in_which_result() {
    let (events, _) = traced(&["dedup/lost-ack-no-dedup.toml"]);
    let counts = |event: &Value| -> Vec<(String, String)> {
        let changes = event["changes"].as_array().into_iter().flatten();
        let counts = changes.filter(|change| change["change"] == "count");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        counts.map(|change| (text(&change["record"]), text(&change["result"]))).collect()
    };
    let taken: Vec<(String, String)> = events.iter().flat_map(counts).collect();
    let expected = [("0", "ann"), ("1", "bob"), ("1", "bob"), ("2", "ann")];
    let expected = expected.map(|(at, key)| (format!("events/0#{at}"), format!("{key}@0s")));
    assert_eq!(taken, expected);
}

#[test]
fn a_lookup_says_key_filter_and_result() {
    let (events, _) = traced(&["bloom/restart-lazy.toml"]);
    let lookups: Vec<Value> =
        events.into_iter().filter(|event| event["kind"] == "look-up").collect();
    let said = |lookup: &Value| {
        let word = |key: &str| lookup[key].as_str().unwrap_or("-").to_owned();
        [word("key"), word("filter"), word("catalog")].join(" ")
    };
    // catalog reads 3, bloom negatives 2, as the comment says.
    assert_eq!(
        lookups.iter().map(said).collect::<Vec<String>>(),
        [
            "ann new -",
            "ann not-ready known",
            "bob not-ready unknown",
            "cid new -",
            "cid may-be-known known",
        ]
    );
}

#[test]
fn an_execution_says_its_number_its_answer_and_what_it_was_before() {
    let (events, _) = traced(&["functions/user-differs.toml"]);
    let first = the_one(&events, &json!({ "kind": "execute", "execution": 1 }));
    let second = the_one(&events, &json!({ "kind": "execute", "execution": 2 }));
    let made = |event: &Value, key: &str| event[key][0]["key"].clone();
    assert_eq!((made(&first, "outputs"), &first["before"]), (json!("ann/0"), &json!(null)));
    assert_eq!(made(&second, "outputs"), json!("ann/1"));
    assert_eq!((made(&second, "before"), &second["fault"]), (json!("ann/0"), &json!(1)));
}

#[test]
fn a_record_that_waited_for_its_key_was_brought_by_its_own_request() {
    // By hand: two copies arrive at 3; the second waits, and is known when the commit of the first is answered at 5.
    let (events, _) = traced(&["dedup/duplicate-request.toml"]);
    let received: Vec<u64> = events
        .iter()
        .filter(|event| event["kind"] == "receive" && event["subject"] == "events/0#0")
        .map(|event| event["event"].as_u64().expect("a number"))
        .collect();
    let answered =
        the_one(&events, &json!({ "kind": "heard", "process": "per-user/0", "number": 0 }));
    let dropped = the_one(&events, &json!({ "kind": "drop" }));
    assert_eq!(received.len(), 2);
    assert_eq!(dropped["causes"], json!([answered["event"], received[1]]));
    let first = json!({ "kind": "commit", "process": "per-user/0", "number": 0 });
    assert_eq!(the_one(&events, &first)["causes"], json!([received[0]]));
}
