//! The page that explains a failure.

use crate::made::{check, cost, folder, look, page};
use onceproof_pages::{Browser, DESK, Key, PHONE};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::PathBuf;

/// The page of a scenario.
fn explained(name: &str, arguments: &[&str]) -> PathBuf {
    page(name, "--html", &[&["explain"], arguments].concat())
}

fn coin(name: &str) -> PathBuf {
    explained(name, &["scenarios/outputs/coin-flipped-again.toml"])
}

/// What is said of the moment that is chosen.
fn said(browser: &mut Browser) -> String {
    let said = browser.run("return document.getElementById('side').innerText;");
    said.as_str().expect("a text").to_owned()
}

fn address(browser: &mut Browser) -> Value {
    browser.run("return location.hash;")
}

#[test]
fn a_click_on_a_fault_shows_its_sentence_and_one_on_a_record_its_story() {
    let mut browser = Browser::start();
    look(&mut browser, &coin("explain-coin"));
    let chip = browser.run("return document.querySelector('#chips .chip').title;");
    let before = said(&mut browser);
    browser.click("#chips .chip");
    let sentence = said(&mut browser);
    assert_ne!(before, sentence);
    // By hand, of the comment of the file.
    let chip = chip.as_str().expect("a sentence");
    assert!(chip.contains("the worker of events/0 crashed before settle of events/0#0"), "{chip}");
    assert!(sentence.contains(chip), "{sentence}");
    let rows = browser.run("return document.querySelectorAll('#ledger button').length;");
    assert!(rows.as_u64() >= Some(2), "{rows}");
    browser.click("#ledger tbody tr:nth-child(2) button");
    let current = browser.run(
        "return [...document.querySelectorAll('#ledger tbody tr')].findIndex((row) => row.getAttribute('aria-current') === 'true');",
    );
    assert_eq!(current, 1);
    check(&mut browser, "an explanation of another record", false);
}

#[test]
fn moments_are_gone_through_by_keys_and_an_address_leads_back_to_one() {
    let path = coin("explain-keys");
    let mut browser = Browser::start();
    browser.open(&path);
    let first = said(&mut browser);
    browser.press(Key::Left);
    let before = said(&mut browser);
    assert_ne!(before, first);
    browser.press(Key::Right);
    assert_eq!(said(&mut browser), first);
    let mut met = vec![first.clone()];
    for key in ['f', 'd', 'w', 't', 't'] {
        browser.press_character(key);
        met.push(said(&mut browser));
    }
    assert_ne!(met[1], met[2], "the fault is no difference");
    assert_eq!(met[3], first, "it opens where it goes wrong");
    browser.press_character('f');
    let (chosen, at) = (said(&mut browser), address(&mut browser));
    let mut again = Browser::start();
    again.open(&path);
    again.run(&format!("location.hash = {at};"));
    again.run_until(&format!(
        "return document.getElementById('side').innerText === {};",
        json!(chosen)
    ));
    browser.press_character('?');
    assert_eq!(browser.run("return document.querySelector('dialog').open;"), true);
    browser.press(Key::Escape);
    browser.press_character('/');
    assert_eq!(browser.run("return document.activeElement.id;"), "filter");
    assert_eq!(browser.console(), [""; 0]);
    assert_eq!(again.console(), [""; 0]);
}

#[test]
fn each_sort_of_failure_has_a_page_that_is_sound_wide_and_narrow_in_light_and_in_the_dark() {
    let mut browser = Browser::start();
    for (name, arguments) in [
        ("explain-many", &["scenarios/chapter/no-dedup.toml", "--seed", "0"][..]),
        ("explain-lost", &["scenarios/chapter/give-up.toml"]),
        ("explain-stuck", &["scenarios/re-ack/off-lost-ack.toml"]),
        ("explain-unbounded", &["scenarios/gc/never.toml"]),
        ("explain-torn", &["scenarios/sinks/in-place-pause.toml"]),
        ("explain-fencing", &["scenarios/fencing/pause-before-commit-unfenced.toml"]),
        ("explain-in-memory", &["scenarios/at-least-once/acks-sum.toml"]),
        ("explain-lambda", &["scenarios/lambda/lengths-and-answers.toml"]),
    ] {
        let path = explained(name, arguments);
        look(&mut browser, &path);
        // All of it, if it is not too long.
        for size in [DESK, PHONE] {
            browser.resize(size);
            browser.open(&path);
            browser.press_character('t');
            check(&mut browser, name, false);
        }
    }
}

#[test]
fn the_table_says_what_the_picture_shows() {
    let mut browser = Browser::start();
    browser.open(&coin("explain-twin"));
    browser.click("#twin summary");
    let rows = browser.run_until("return document.querySelectorAll('#table tbody tr').length;");
    browser.press(Key::Right);
    let current = "return document.querySelectorAll('#table tr[aria-current=true]').length;";
    assert_eq!(browser.run_until(current), 1);
    assert!(rows.as_u64() > Some(10), "{rows}");
    check(&mut browser, "an explanation with its table", false);
}

#[test]
fn what_a_page_costs_grows_as_its_events_do() {
    let short = fs::read_to_string(coin("explain-short")).expect("a page");
    let [half, whole] = [2_500, 5_000].map(|events| {
        let path = folder().join(format!("explain-{events}.html"));
        fs::write(&path, longer(&short, events)).expect("a page");
        let all = "document.getElementById('all').click();
             return JSON.parse(document.getElementById('data').textContent).runs.map((run) => run.events.dt.length);";
        let mut browser = Browser::start();
        browser.open(&path);
        let has = browser.run(all);
        let has_all = |all: &Vec<Value>| all.iter().all(|of| of.as_u64() >= Some(events as u64));
        assert!(has.as_array().is_some_and(has_all), "{has}");
        assert_eq!(browser.console(), [""; 0]);
        cost(&path, all)
    });
    // As it was measured: 956,537 steps and 5,653 elements, all events drawn in 0.6 seconds.
    assert!(whole.steps < 1_900_000 && whole.elements < 11_000, "{whole:?}");
    assert!(whole.steps * 10 < half.steps * 21, "{half:?}, {whole:?}");
}

/// Where the acks of three are lost, and so three are counted twice.
const FIFTY_THOUSAND: &str = r#"
format = 1
name   = "fifty thousand records, and three acks lost"
claim  = "The retries of three records are counted again."
expect = { violates = "duplicated" }

[input]
generate = { records = 50_000, users = 16, every = "100ms" }

[[step]]
name   = "events"
kind   = "source"
shards = 3

[[step]]
name   = "per-user"
kind   = "count"
shards = 4
window = "1h"

[mechanism]
dedup = "off"

[[fault]]
at = { to = "per-user", record = "events/0#80", attempt = 1 }
do = "drop-ack"

[[fault]]
at = { to = "per-user", record = "events/1#8000", attempt = 1 }
do = "drop-ack"

[[fault]]
at = { to = "per-user", record = "events/2#16000", attempt = 1 }
do = "drop-ack"
"#;

#[test]
fn a_run_of_fifty_thousand_records_has_a_page_that_is_as_small_as_that_of_a_few() {
    let scenario = folder().join("fifty-thousand.toml");
    fs::write(&scenario, FIFTY_THOUSAND).expect("a scenario is written");
    let path =
        explained("explain-fifty-thousand", &[scenario.to_str().expect("a path of letters")]);
    let bytes = fs::metadata(&path).expect("a page").len();
    let of = cost(&path, "");
    // As it was measured: 59,115 bytes, 3,197 steps and 323 elements, drawn in 0.2 seconds.
    assert!(bytes < 120_000 && of.steps < 6_400 && of.elements < 700, "{bytes} bytes, {of:?}");
    let mut browser = Browser::start();
    browser.open(&path);
    assert!(said(&mut browser).contains("What was true"));
    assert_eq!(browser.console(), [""; 0]);
}

/// A page whose runs go on as before until they have so many events: their events again and again.
fn longer(page: &str, events: usize) -> String {
    let (before, rest) = page.split_once("id=\"data\">").expect("a document");
    let (data, after) = rest.split_once("</script>").expect("its end");
    let mut document: Value = serde_json::from_str(data).expect("a document");
    for run in document["runs"].as_array_mut().expect("runs") {
        let columns = run["events"].as_object_mut().expect("columns");
        let length = columns["dt"].as_array().map_or(0, Vec::len);
        let times = events.div_ceil(length);
        columns.values_mut().for_each(|column| *column = repeated(column, length, times));
    }
    document["sliced"] = json!(false);
    let data = document.to_string().replace('<', "\\u003c");
    format!("{before}id=\"data\">{data}</script>{after}")
}

/// A column of so many events, so many times. Where it names few events it names them by their numbers.
fn repeated(column: &Value, length: usize, times: usize) -> Value {
    match column {
        Value::String(letters) => json!(letters.repeat(times)),
        Value::Array(values) => vec![values.clone(); times].concat().into(),
        Value::Object(values) => {
            let at = |key: &String| key.parse::<usize>().expect("a number of an event");
            let all = (0..times).flat_map(|time| {
                values
                    .iter()
                    .map(move |(key, value)| ((at(key) + time * length).to_string(), value.clone()))
            });
            Value::Object(all.collect::<Map<String, Value>>())
        }
        other => panic!("{other} is no column"),
    }
}
