//! A run in Chrome's trace format: what is drawn is what the trace tells, each arrow comes where it was sent to or is
//! said to be lost, and each slice lies in the one that holds it.

use super::onceproof;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::{env, fs, process};

/// A file of this test's own, which is gone after the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        Scratch(env::temp_dir().join(format!("onceproof-{name}-{}.json", process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a path of letters")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A test that failed may have made none.
        let _ = fs::remove_file(&self.0);
    }
}

/// A run as it is drawn.
struct Picture {
    document: Value,
    report: Value,
}

impl Picture {
    fn of(arguments: &[&str]) -> Picture {
        let scratch = Scratch::new(&arguments.join("-").replace('/', "-"));
        let own = ["--perfetto", scratch.path(), "--format", "json"];
        let printed = onceproof(&[&["run"], arguments, &own].concat());
        assert!(matches!(printed.code, Some(0 | 1 | 3)), "{arguments:?}: {}", printed.stderr);
        let text = fs::read_to_string(scratch.path()).expect("a picture");
        Picture {
            document: serde_json::from_str(&text).expect("a document"),
            report: serde_json::from_str(&printed.stdout).expect("a report"),
        }
    }

    fn all(&self, phases: &[&str]) -> Vec<&Value> {
        let all = self.document["traceEvents"].as_array().expect("events").iter();
        all.filter(|drawn| phases.contains(&text(&drawn["ph"]))).collect()
    }

    /// What is known of processes and threads by the same name in the format.
    fn names(&self, of: &str) -> BTreeMap<u64, &str> {
        let about = self.all(&["M"]).into_iter().filter(|about| about["name"] == of);
        let id = if of == "process_name" { "pid" } else { "tid" };
        about.map(|about| (whole(&about[id]), text(&about["args"]["name"]))).collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

/// Nanoseconds, of a number of microseconds with at most three decimals.
fn nanos(value: &Value) -> u64 {
    let micros = value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    (micros * 1000.0).round() as u64
}

/// The events that the trace of the same run has as documents.
fn traced(arguments: &[&str]) -> Vec<Value> {
    let printed = onceproof(&[&["run"], arguments, &["--trace", "--format", "json"]].concat());
    let read = |line: &str| serde_json::from_str::<Value>(line).expect("a document on each line");
    printed.stdout.lines().map(read).filter(|line| line["event"].is_u64()).collect()
}

/// That a picture is sound, whatever it is of, and tells what the trace tells.
fn check(arguments: &[&str]) -> Picture {
    let picture = Picture::of(arguments);
    let drawn = picture.all(&["X", "b", "e", "s", "f", "i"]);
    let times: Vec<u64> = drawn.iter().map(|drawn| nanos(&drawn["ts"])).collect();
    assert!(times.is_sorted(), "{arguments:?}: times go back");
    let (processes, threads) = (picture.names("process_name"), picture.names("thread_name"));
    for drawn in &drawn {
        let is_named = processes.contains_key(&whole(&drawn["pid"]))
            && threads.contains_key(&whole(&drawn["tid"]));
        assert!(is_named && !text(&drawn["name"]).is_empty(), "{arguments:?}: {drawn}");
    }
    check_slices(arguments, &picture, &traced(arguments));
    check_arrows(arguments, &picture);
    let struck: BTreeSet<u64> =
        picture.all(&["i"]).into_iter().map(|mark| whole(&mark["args"]["fault"])).collect();
    let schedule = picture.report["schedule"].as_array().expect("a schedule").len() as u64;
    assert!(struck.into_iter().eq(0..schedule), "{arguments:?}: a fault has no mark");
    picture
}

/// Each event of the trace is one slice, when it happens or less than a microsecond later, in what holds it.
fn check_slices(arguments: &[&str], picture: &Picture, events: &[Value]) {
    let mut open: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let mut slices = BTreeMap::new();
    for slice in picture.all(&["X"]) {
        let (start, lasts) = (nanos(&slice["ts"]), nanos(&slice["dur"]));
        let on_track = open.entry(whole(&slice["tid"])).or_default();
        while on_track.last().is_some_and(|&end| end <= start) {
            on_track.pop();
        }
        let is_within = on_track.last().is_none_or(|&end| start + lasts <= end);
        assert!(is_within, "{arguments:?}: {slice} ends after what holds it");
        on_track.push(start + lasts);
        if let Some(event) = slice["args"]["event"].as_u64() {
            let late = start - whole(&slice["args"]["ns"]);
            assert!(late < 1000 && lasts > 0, "{arguments:?}: {slice}");
            assert!(slices.insert(event, slice).is_none(), "{arguments:?}: {slice} comes twice");
        }
    }
    assert_eq!(slices.len(), events.len(), "{arguments:?}");
    let threads = picture.names("thread_name");
    for event in events {
        let slice = slices[&whole(&event["event"])];
        let same = |key: &str| slice["args"][key] == event[key];
        assert!(same("kind") && same("ns") && same("causes"), "{event} is drawn as {slice}");
        let track = threads[&whole(&slice["tid"])];
        let own = match text(&event["kind"]) {
            "apply" => "store",
            "serve" => "services",
            _ => event["process"].as_str().unwrap_or(track),
        };
        assert_eq!(track, own, "{event} is drawn as {slice}");
    }
}

/// What leaves arrives, or is said to be lost, and where it does there is a slice.
fn check_arrows(arguments: &[&str], picture: &Picture) {
    let by_id = |phase: &str| -> BTreeMap<u64, &Value> {
        let all = picture.all(&[phase]);
        let count = all.len();
        let by_id: BTreeMap<u64, &Value> =
            all.into_iter().map(|arrow| (whole(&arrow["id"]), arrow)).collect();
        assert_eq!(by_id.len(), count, "{arguments:?}: two have one id");
        by_id
    };
    let (starts, ends) = (by_id("s"), by_id("f"));
    let place = |drawn: &Value| (whole(&drawn["tid"]), nanos(&drawn["ts"]));
    let slices: BTreeSet<(u64, u64)> = picture.all(&["X"]).into_iter().map(place).collect();
    for arrow in starts.values().chain(ends.values()) {
        assert!(slices.contains(&place(arrow)), "{arguments:?}: {arrow} is tied to nothing");
    }
    let begins: Vec<&u64> = ends.keys().filter(|id| !starts.contains_key(id)).collect();
    assert!(begins.is_empty(), "{arguments:?}: {begins:?} come from nowhere");
    let over = picture.all(&["X"]).iter().map(|slice| nanos(&slice["ts"])).max().unwrap_or(0);
    for (id, start) in starts {
        let why = start["args"]["lost"].as_str();
        match (ends.get(&id), why) {
            (Some(end), None) => {
                assert!(nanos(&end["ts"]) >= nanos(&start["ts"]), "{arguments:?}: {start}");
            }
            // By the greatest latency of these scenarios.
            (None, Some("on its way when the run ends")) => {
                assert!(over - nanos(&start["ts"]) < 100_000_000, "{arguments:?}: {start}");
            }
            (None, Some(_)) => {}
            (end, why) => panic!("{arguments:?}: {start} ends as {end:?}, lost as {why:?}"),
        }
    }
}

#[test]
fn what_is_drawn_is_what_the_trace_tells_under_each_system_and_each_sort_of_fault() {
    for arguments in [
        &["dedup/lost-ack-no-dedup.toml"][..],
        &["crash/before-ack.toml"],
        &["leases/pause-past-the-lease.toml"],
        &["at-least-once/queue.toml"],
        &["lambda/batch-dies.toml"],
        &["random/leases.toml", "--seed", "3"],
        &["random/services.toml", "--seed", "3"],
        &["random/branch-and-join.toml", "--seed", "3"],
    ] {
        check(arguments);
    }
}

#[test]
fn a_lost_ack_is_an_arrow_without_an_end_and_a_mark_with_its_sentence() {
    // By hand, of the comment of the file: the ack leaves at 1005 ms, and the request is sent again 30 ms after 1002 ms.
    let picture = check(&["dedup/lost-ack-no-dedup.toml"]);
    let marks = picture.all(&["i"]);
    assert_eq!(marks.len(), 1, "{marks:?}");
    assert_eq!(
        marks[0]["name"],
        "the ack of events/0#1 from events to per-user, attempt 1, was lost"
    );
    assert_eq!((nanos(&marks[0]["ts"]) / 1_000_000, &marks[0]["cat"]), (1005, &json!("fault")));
    let lost = picture.all(&["s"]).into_iter().filter(|start| start["args"].is_object());
    let lost: Vec<(&str, &str)> =
        lost.map(|start| (text(&start["name"]), text(&start["args"]["lost"]))).collect();
    assert_eq!(lost, [("ack", "lost")]);
    let names: Vec<&str> = picture.names("process_name").into_values().collect();
    assert_eq!(names, ["worker 0", "worker 1", "worker 2", "beside the workers"]);
}

#[test]
fn the_time_in_which_a_worker_is_down_is_a_slice_that_holds_what_reaches_nobody() {
    let picture = check(&["crash/before-ack.toml"]);
    let is_down = |slice: &&Value| slice["name"] == "down";
    let down: Vec<&Value> = picture.all(&["X"]).into_iter().filter(is_down).collect();
    assert_eq!(down.len(), 1, "{down:?}");
    let crash = picture.report["schedule"][0]["do"]["crash"]["restart"].as_str();
    assert_eq!(crash, Some("50ms"), "{}", picture.report["schedule"]);
    // Within an instant the order is drawn, by less than a microsecond.
    assert_eq!(nanos(&down[0]["dur"]).div_ceil(1000), 50_000);
    assert_eq!(picture.names("thread_name")[&whole(&down[0]["tid"])], "worker 1");
}

#[test]
fn a_picture_is_made_again_and_nothing_else_is_written_over() {
    let scratch = Scratch::new("perfetto-again");
    let run = ["run", "dedup/lost-ack.toml", "--perfetto", scratch.path()];
    let first = (onceproof(&run).code, fs::read(scratch.path()).expect("a picture"));
    let again = (onceproof(&run).code, fs::read(scratch.path()).expect("a picture"));
    assert_eq!((first.0, &first), (Some(0), &again));
    fs::write(scratch.path(), "{\"mine\":true}").expect("a file");
    let refused = onceproof(&run);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{}", refused.stderr);
    assert!(refused.stderr.contains("is there already"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(scratch.path()).ok().as_deref(), Some("{\"mine\":true}"));
    let nowhere = format!("{}/picture.json", scratch.path());
    let refused = onceproof(&["run", "dedup/lost-ack.toml", "--perfetto", &nowhere]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(6), ""), "{}", refused.stderr);
}

#[test]
fn a_picture_has_the_whole_run_whatever_of_the_trace_is_printed() {
    let scratch = Scratch::new("perfetto-trace");
    let run = ["run", "dedup/lost-ack.toml", "--trace", "--record", "events/0#1", "--perfetto"];
    let printed = onceproof(&[&run[..], &[scratch.path()]].concat());
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert!(!printed.stdout.contains("events/0#0 "), "{}", printed.stdout);
    let text = fs::read_to_string(scratch.path()).expect("a picture");
    assert!(text.contains("events/0 reads events/0#0"), "{text}");
}
