//! Each mechanism is needed: with a wrong value there is a schedule that breaks the small pipeline.

use super::{plan_of, so_many};
use onceproof::scenario::Scenario;
use onceproof::search::necessity::{Finding, Standing, searched};
use onceproof::search::space::Space;
use onceproof::search::variants::{Variant, wrong_mechanisms};
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Verdict;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// What comes of each wrong value in the coin that is checkpointed.
fn findings(kinds: &[KindName], most: u32) -> Vec<Finding> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let file = folder.join("outputs/coin-checkpointed.toml");
    let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
    let space = Space::new(&scenario.trial, kinds, most);
    let cancel = AtomicBool::new(false);
    let search = |wrong: &Variant| wrong.search(so_many(2), &scenario, &space, &cancel, &|_| {});
    searched(&scenario).iter().map(search).collect()
}

#[test]
fn every_wrong_value_has_a_witness() {
    for finding in findings(&KindName::ALL, 2) {
        let lacks = finding.lacks.is_some();
        let expected = if lacks { Standing::NotSearched } else { Standing::Witnessed };
        assert_eq!(finding.standing(), expected, "{}", finding.design.words());
    }
}

#[test]
fn what_breaks_without_the_wrong_value_is_no_witness_of_it() {
    // Under recompute a crash and another answer break the coin, with stamps as they should be.
    let findings = findings(&KindName::ALL, 2);
    let finding = findings
        .iter()
        .find(|finding| finding.design.words().starts_with("stamps = \"fresh\""))
        .expect("a finding");
    assert_eq!(finding.count(KindName::UserDiffers), 0);
    assert!(finding.count(KindName::Crash) > 0 && finding.count(KindName::Partition) > 0);
}

#[test]
fn where_the_full_design_breaks_its_own_value_is_no_witness() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let file = folder.join("dedup/lost-ack-no-dedup.toml");
    let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
    let space = Space::new(&scenario.trial, &[KindName::DropAck], 1);
    let is_off = |design: &Variant| design.words() == "dedup = \"off\"";
    let off = searched(&scenario).into_iter().find(is_off).expect("a value");
    let cancel = AtomicBool::new(false);
    let finding = off.search(so_many(2), &scenario, &space, &cancel, &|_| {});
    assert_eq!(finding.found.expect("a search").causes, []);
}

#[test]
fn without_the_faults_that_it_guards_against_a_mechanism_has_no_witness() {
    // A lost ack makes a retry, and no more: what is known by its id is dropped and acked again.
    let findings = findings(&[KindName::DropAck], 1);
    let witnessed = |words: &str| {
        let finding =
            findings.iter().find(|finding| finding.design.words() == words).expect("a finding");
        finding.standing() == Standing::Witnessed
    };
    assert!(witnessed("dedup = \"off\"") && witnessed("re-ack = false"));
    assert!(!witnessed("ack = \"on-receipt\"") && !witnessed("atomic = \"id-first\""));
    let lacking = findings.iter().filter(|finding| finding.standing() == Standing::NotSearched);
    assert_eq!(lacking.map(|finding| finding.lacks).collect::<Vec<_>>(), [Some("clock-step")]);
}

#[test]
fn the_chapter_in_small_holds_without_a_fault() {
    let trial = plan_of("chapter/small.toml", "");
    let brief = trial.simulator().brief(None);
    assert_eq!(brief.verdict, Verdict::ExactlyOnce);
}

/// What stands for a finding: the faults of its witness, or how it stands without one.
fn standing(finding: &Finding) -> String {
    match (finding.lacks, finding.witness()) {
        (Some(lacks), _) => format!("needs {lacks}"),
        (None, None) => format!("{:?}", finding.standing()),
        (None, Some(cause)) => format!("{} faults", cause.faults.len()),
    }
}

/// Checks how the values of steps, and those that follow from the file's own, stand in a scenario that says `to`
/// where its file says `from`.
#[track_caller]
fn check_with(
    file: &str,
    (from, to): (&str, &str),
    kinds: &[KindName],
    most: u32,
    expected: &[(&str, &str)],
) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let text = std::fs::read_to_string(&path).expect("a scenario");
    assert!(text.contains(from), "{file} does not say {from}");
    let scenario = Scenario::parse(&text.replace(from, to), &path);
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    let space = Space::new(&scenario.trial, kinds, most);
    let cancel = AtomicBool::new(false);
    let mut own = searched(&scenario);
    let of_all = wrong_mechanisms();
    own.retain(|design| !of_all.contains(design));
    let search = |design: &Variant| design.search(so_many(2), &scenario, &space, &cancel, &|_| {});
    let found: Vec<Finding> = own.iter().map(search).collect();
    let found: Vec<(String, String)> =
        found.iter().map(|finding| (finding.design.words(), standing(finding))).collect();
    let found: Vec<(&str, &str)> =
        found.iter().map(|(words, standing)| (words.as_str(), standing.as_str())).collect();
    assert_eq!(found, expected, "{file}");
}

#[track_caller]
fn check(file: &str, expected: &[(&str, &str)]) {
    check_with(file, ("", ""), &KindName::ALL, 1, expected);
}

#[test]
fn each_wrong_way_to_write_has_a_witness_of_one_fault() {
    // Two rows, the second of which arrives while the worker of the first one is still waited for.
    let wrong = |words| (words, "1 faults");
    let of_any = [
        wrong("step table: write = \"append\""),
        wrong("step table: write = { insert-id = { window = \"10ms\" } }"),
        wrong("step table: write = { insert-id = { window = \"1h\", random = true } }"),
        wrong("step table: write = \"offset-in-memory\""),
        wrong("step table: write = \"offset-new-stream\""),
        wrong("step table: write = \"in-place\""),
        wrong("step table: write = { two-phase = { timeout = \"10ms\" } }"),
    ];
    check("sinks/offset-durable.toml", &of_any);
    for own in ["rename", "upsert"] {
        let write = ("write = \"offset\"", &*format!("write = \"{own}\""));
        check_with("sinks/offset-durable.toml", write, &KindName::ALL, 1, &of_any);
    }
}

#[test]
fn half_of_the_time_that_a_table_remembers_is_wrong_and_so_is_a_retry_that_outlives_it() {
    let of_any = |own: [(&'static str, &'static str); 2]| {
        [
            ("step table: write = \"append\"", "1 faults"),
            ("step table: write = { insert-id = { window = \"10ms\" } }", "1 faults"),
            ("step table: write = { insert-id = { window = \"1h\", random = true } }", "1 faults"),
            ("step table: write = \"offset-in-memory\"", "needs two rows of the sink"),
            ("step table: write = \"offset-new-stream\"", "1 faults"),
            ("step table: write = \"in-place\"", "1 faults"),
            ("step table: write = { two-phase = { timeout = \"10ms\" } }", "1 faults"),
            own[0],
            own[1],
        ]
    };
    let half = ("step table: write = { insert-id = { window = \"20ms\" } }", "1 faults");
    let retry = ("step table: mechanism.retry = { timeout = \"80ms\" }", "1 faults");
    check("sinks/insert-id-long-enough.toml", &of_any([half, retry]));
    let half = ("step table: write = { two-phase = { timeout = \"40ms\" } }", "1 faults");
    check("sinks/two-phase-long-enough.toml", &of_any([half, half])[..8]);
    // Half a minute is more than any of these faults takes.
    let half = ("step table: write = { two-phase = { timeout = \"30s\" } }", "Unwitnessed");
    check("sinks/two-phase-crash.toml", &of_any([half, half])[..8]);
}

#[test]
fn each_wrong_ack_and_id_of_a_queue_has_a_witness() {
    let of_queue = |content, none| {
        [
            ("step events: queue.ack = \"on-receipt\"", "1 faults"),
            ("step events: queue.ids = \"content\"", content),
            ("step events: queue.ids = \"none\"", none),
        ]
    };
    check("sources/queue-equal-messages.toml", &of_queue("0 faults", "1 faults"));
    let lacking = of_queue("needs two equal messages", "1 faults");
    check("sources/queue-acked-after-commit.toml", &lacking);
    // A record that is published twice is two messages, and no early ack loses both.
    let published_twice = [
        ("step events: queue.ack = \"on-receipt\"", "Unwitnessed"),
        ("step events: queue.ids = \"message\"", "0 faults"),
        ("step events: queue.ids = \"content\"", "needs two equal messages"),
        ("step events: queue.ids = \"none\"", "0 faults"),
        ("dedup = { window = \"300s\" }", "Unwitnessed"),
        // What comes again after the 10 minutes of the window is new.
        ("retry = { timeout = \"1200s\" }", "1 faults"),
        ("step events: queue.deadline = \"1200s\"", "1 faults"),
    ];
    check("sources/queue-published-late-window.toml", &published_twice);
}

#[test]
fn each_wrong_call_has_a_witness_where_the_scenario_demands_what_it_breaks() {
    let (append, put) =
        ("step charge: fn.call.write = \"append\"", "step charge: fn.call.write = \"put\"");
    check("side-effects/put-answer-lost-limited.toml", &[(append, "1 faults")]);
    let lacking = [(append, "needs a limit of side effects"), (put, "1 faults")];
    check("side-effects/put-fenced-zombie.toml", &lacking);
    // Both demands; what appends is not asked for the newest entry.
    let both = ("newest = true", "newest = true, at-most = 1");
    let found = [(append, "1 faults"), (put, "1 faults")];
    check_with("side-effects/put-fenced-zombie.toml", both, &KindName::ALL, 1, &found);
    let take = |step| (step, "1 faults");
    let found = [take("step fetch: fn.call = \"take\""), take("step clean: fn.call = \"take\"")];
    check("side-effects/read-then-delete.toml", &found);
}

#[test]
fn what_shortens_the_window_of_the_file_is_wrong_and_so_is_a_retry_that_outlives_it() {
    let kinds = [KindName::DropAck, KindName::Delay];
    let found = [
        // Its ack is lost, and the first copy comes last.
        ("dedup = { window = \"500ms\" }", "2 faults"),
        ("dedup = { window = { length = \"250ms\", refresh-on-hit = true } }", "1 faults"),
        ("retry = { timeout = \"1s\" }", "1 faults"),
    ];
    check_with("dedup/window-refreshed.toml", ("", ""), &kinds, 2, &found);
    // A copy that is 1 s late comes after half of the window, and within all of it.
    let window = ("window = \"2s\"", "window = \"1500ms\"");
    let found = [
        ("dedup = { window = \"750ms\" }", "1 faults"),
        ("retry = { timeout = \"3s\" }", "1 faults"),
    ];
    check_with("dedup/window-long-enough.toml", window, &kinds, 1, &found);
    // Where one of two steps forgets by time, it is that step whose ids are forgotten sooner.
    let again = "[[step]]\nname = \"again\"\nkind = \"count\"\nwindow = \"1m\"\n";
    let gc = format!("mechanism = {{ gc = {{ ttl = \"1500ms\" }} }}\n\n{again}");
    let window = ("[mechanism]\ndedup = { window = \"2s\" }", gc.as_str());
    let found = [
        ("step per-user: mechanism.gc = { ttl = \"750ms\" }", "1 faults"),
        ("retry = { timeout = \"3s\" }", "1 faults"),
    ];
    check_with("dedup/window-long-enough.toml", window, &kinds, 1, &found);
}
