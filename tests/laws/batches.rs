//! What the batch leg of Lambda says is what its log comes to by its rules, worked out here record by record; and what was
//! served until then is off by what these records say. No fault is needed: all of it hangs on times alone.

use super::check;
use onceproof::scenario::Scenario;
use onceproof_kernel::time::{MILLISECOND, SECOND, Time};
use onceproof_sim::outcome::{Outcome, Verdict};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A record: whose it is, when it comes after the one before, and how long before that it happened, in half seconds.
#[derive(Clone, Copy, Debug)]
struct Record {
    key: &'static str,
    after: i64,
    behind: i64,
    id: Option<u32>,
}

/// What is set, in seconds.
#[derive(Clone, Copy, Debug)]
struct Rules {
    windows: [i64; 2],
    cut_off: i64,
    takes: i64,
    keep: Option<i64>,
    is_by_arrival: bool,
    is_distinct: bool,
    speed: &'static str,
}

/// What one step says: its results by key and start of the window, and the records that are late there.
#[derive(Default)]
struct Results {
    windows: BTreeMap<(String, Option<Time>), i128>,
    late: BTreeSet<usize>,
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let id = option::weighted(0.2, 0..3_u32);
    let record = (select(&["a", "b", "c"][..]), 1..30_i64, 0..60_i64, id);
    let record = record.prop_map(|(key, after, behind, id)| {
        // Most are in time.
        let behind = if behind < 40 { behind % 4 } else { behind };
        Record { key, after, behind, id }
    });
    vec(record, 1..12)
}

fn rules() -> impl Strategy<Value = Rules> {
    let windows = (select(&[2_i64, 5, 10][..]), select(&[5_i64, 10, 30][..]));
    let lengths = (0..12_i64, 0..6_i64, option::of(0..12_i64));
    let speed = select(&["at-least-once", "best-effort"][..]);
    (windows, lengths, any::<[bool; 2]>(), speed).prop_map(
        |((first, second), (cut_off, takes, keep), [is_by_arrival, is_distinct], speed)| Rules {
            windows: [first, second],
            cut_off,
            takes,
            keep,
            is_by_arrival,
            is_distinct,
            speed,
        },
    )
}

fn half_seconds(number: i64) -> String {
    format!("{}ms", number * 500)
}

fn scenario(records: &[Record], rules: &Rules) -> Scenario {
    let mut at = 0;
    let rows = records.iter().map(|record| {
        at += record.after;
        let event = half_seconds(at - record.behind);
        let id = record.id.map_or(String::new(), |id| format!(", id = \"{id}\""));
        let (key, at) = (record.key, half_seconds(at));
        format!("{{ key = \"{key}\", at = \"{at}\", event-time = \"{event}\"{id} }}")
    });
    let Rules { windows: [first, second], cut_off, takes, keep, is_by_arrival, is_distinct, speed } =
        *rules;
    let keep = keep.map_or("forever".to_owned(), |keep| format!("{keep}s"));
    let clock = if is_by_arrival { "arrival" } else { "event" };
    let text = format!(
        "format = 1\nname = \"a batch\"\nclaim = \"It holds.\"\nexpect = \"exactly-once\"\n\
         strategy = \"lambda\"\ninput = {{ records = [{}] }}\n\
         [lambda]\ncut-off = \"{cut_off}s\"\ntakes = \"{takes}s\"\nspeed.strategy = \"{speed}\"\n\
         batch = {{ keep = \"{keep}\", window-clock = \"{clock}\", distinct = {is_distinct} }}\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n\
         [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"{first}s\"\nshards = 2\n\
         [[step]]\nname = \"global\"\nkind = \"count-globally\"\nwindow = \"{second}s\"\n",
        rows.collect::<Vec<_>>().join(", ")
    );
    Scenario::parse(&text, Path::new("batch.toml"))
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// What the log comes to, by the rules: per user, and in all.
fn evaluate(records: &[Record], rules: &Rules) -> [Results; 2] {
    let second = SECOND as i64;
    let mut steps = [Results::default(), Results::default()];
    let (mut at, mut known) = (0, Vec::new());
    for (number, record) in records.iter().enumerate() {
        at += record.after;
        if rules.is_distinct && record.id.is_some() && known.contains(&record.id) {
            continue;
        }
        known.push(record.id);
        let [arrival, happened] = [at, at - record.behind].map(|half| half * second / 2);
        let mut time = if rules.is_by_arrival { arrival } else { happened };
        let mut is_left_out = false;
        let keys = [record.key, "*"];
        for ((step, length), key) in steps.iter_mut().zip(rules.windows).zip(keys) {
            let length = length * second;
            let start = time.div_euclid(length) * length;
            let end = start + length;
            is_left_out |= rules.keep.is_some_and(|keep| arrival > end + keep * second);
            if is_left_out || arrival > end + rules.cut_off * second {
                step.late.insert(number);
            } else {
                *step.windows.entry((key.to_owned(), Some(Time(start)))).or_default() += 1;
            }
            // What is counted goes on with the last time of its window.
            time = end - 1;
        }
    }
    steps
}

fn judge(found: &[Results; 2], rules: &Rules, outcome: &Outcome) -> Result<(), TestCaseError> {
    let brief = &outcome.brief;
    prop_assert_eq!(brief.verdict, Verdict::ExactlyOnce, "{:?}", outcome.reason);
    for (results, step) in found.iter().zip(&outcome.steps) {
        prop_assert_eq!(&step.windows, &results.windows);
        prop_assert_eq!(step.late, results.late.len() as u64);
    }
    let late: BTreeSet<&usize> = found.iter().flat_map(|results| &results.late).collect();
    prop_assert_eq!((brief.ledger.late, brief.ledger.lost), (late.len() as u64, 0));
    // Each window is certain when it is due; the commit takes 1 ms, and times have three digits.
    let served = outcome.served.as_ref().expect("a speed leg");
    prop_assert_eq!(served.certain.count(), served.windows);
    if let Some(certain) = served.certain.percentiles() {
        let due = (rules.cut_off + rules.takes) as u64 * SECOND;
        let is_due = |at: u64| at <= due + MILLISECOND && at + at / 500 + MILLISECOND >= due;
        prop_assert!(is_due(certain.p50) && is_due(certain.max), "{:?} {}", certain, due);
    }
    Ok(())
}

#[test]
fn a_batch_says_what_its_log_comes_to_by_its_rules() {
    check(400, (records(), rules()), |(records, rules)| {
        let outcome = scenario(&records, &rules).trial.simulator().detail(None);
        judge(&evaluate(&records, &rules), &rules, &outcome)
    });
}
