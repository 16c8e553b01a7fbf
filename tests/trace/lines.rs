//! Which lines of a trace are told: those about a record, those of a span of time, and once what repeats.

use super::onceproof;
use serde_json::Value;

/// The lines of a trace, up to the report.
fn lines(arguments: &[&str]) -> Vec<String> {
    let printed = onceproof(&[&["run"], arguments, &["--trace"]].concat());
    assert!(matches!(printed.code, Some(0 | 1)), "{}", printed.stderr);
    printed.stdout.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn a_record_chooses_what_is_about_it_and_what_was_made_from_it() {
    let all = lines(&["functions/user-differs.toml"]);
    let chosen = lines(&["functions/user-differs.toml", "--record", "events/0#0"]);
    assert!(chosen.len() < all.len());
    assert!(chosen.iter().all(|line| all.contains(line)));
    // Its output, the crash before its commit, and not the worker that is back.
    for word in ["per-side/0 receives events/0#0.0", "crashes before it commits events/0#0"] {
        assert!(chosen.iter().any(|line| line.contains(word)), "{word}");
    }
    for word in ["is back", "starts on", "watermark infinity from events/0"] {
        assert!(!chosen.iter().any(|line| line.contains(word)), "{word}");
    }
    let output = lines(&["functions/user-differs.toml", "--record", "events/0#0.0"]);
    assert!(output.len() < chosen.len());
    assert!(output.iter().all(|line| chosen.contains(line)));
    // A record of a bundle that is not its first.
    let bundled = lines(&["bundle/crash-before-commit.toml", "--record", "events/0#1"]);
    assert!(bundled.iter().any(|line| line.contains("the store applies")), "{bundled:?}");
    let watermark = lines(&["gc/remnant.toml", "--record", "watermark@2s"]);
    // Sent, received, committed, applied, heard, acked, and the ack received.
    let begun = watermark.iter().filter(|line| line.contains(" ms  ")).count();
    assert_eq!(begun, 7, "{watermark:?}");
}

#[test]
fn a_span_of_time_is_chosen_with_its_ends() {
    let all = lines(&["gc/remnant.toml"]);
    let chosen = lines(&["gc/remnant.toml", "--from", "36ms", "--until", "38ms"]);
    let times: Vec<&str> = chosen.iter().map(|line| line[..16].trim()).collect();
    assert!(times.contains(&"36.000 ms") && times.contains(&"38.000 ms"), "{times:?}");
    assert!(chosen.len() < all.len() && chosen.iter().all(|line| all.contains(line)));
    // Nothing happens then, and that is no error.
    assert_eq!(lines(&["gc/remnant.toml", "--from", "500ms", "--until", "900ms"]).len(), 0);
}

#[test]
fn a_record_that_the_run_never_had_is_an_error_that_says_so() {
    let check = |record: &str, said: &str| {
        let printed = onceproof(&["run", "gc/remnant.toml", "--trace", "--record", record]);
        assert_eq!((printed.code, printed.stdout.as_str()), (Some(2), ""), "{record}");
        assert!(printed.stderr.contains(said), "{record}: {}", printed.stderr);
    };
    check("events/0#2", "shard 0 of `events` has 2 records, counted from 0");
    check("event/0#0", "events");
    check("ann", "a record is named by its step");
    // It could be, and is not.
    check("per-user/ann@0s#5", "this run has no such record");
    check("watermark@7s", "this run has no such record");
    // What is outside the chosen time is not unknown.
    let chosen = ["gc/remnant.toml", "--record", "events/0#1", "--until", "100ms"];
    assert_eq!(lines(&chosen).len(), 0);
}

#[test]
fn what_repeats_is_counted_and_each_event_is_shown_or_counted_once() {
    // A sender whose duplicates are not acked retries for ever.
    let file = "re-ack/off-lost-ack.toml";
    let lines = lines(&[file]);
    assert!(lines.len() < 60, "{}", lines.join("\n"));
    let printed = onceproof(&["run", file, "--trace", "--format", "json"]);
    let events = printed.stdout.lines().count() - 1;
    let shown: usize = lines
        .iter()
        .map(|line| match line.trim().strip_prefix("… and ") {
            Some(rest) => {
                let (times, rest) = rest.split_once(" more of ").expect("a count");
                let times: usize = times.replace(',', "").parse().expect("a number");
                let lines = rest.strip_prefix("the last ").and_then(|rest| rest.split(' ').next());
                times * lines.map_or(1, |lines| lines.parse().expect("a number"))
            }
            // A line that goes on has no time of its own.
            None => usize::from(line.contains(" ms  ")),
        })
        .sum();
    assert_eq!(shown, events);
    // The last time that is told is that of the last event.
    let last: Value = serde_json::from_str(printed.stdout.lines().rev().nth(1).expect("an event"))
        .expect("a document");
    let micros = last["ns"].as_u64().expect("a time") / 1000;
    let end = format!("{}.{:03} ms", micros / 1000, micros % 1000);
    assert!(lines.last().expect("a line").contains(&end), "{end}: {:?}", lines.last());
}
