//! The pages of sweeps, of what is needed, and of comparisons.

use crate::made::{check, cost, folder, look, page, page_again, picture, problems};
use onceproof_pages::{Browser, Key, PHONE};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Clicks, and what is then open, as text.
fn opened(browser: &mut Browser, selector: &str) -> String {
    browser.click(selector);
    let text =
        browser.run("return document.querySelector('.detail:not([hidden])')?.innerText ?? '';");
    text.as_str().expect("a text").to_owned()
}

/// How many numbers the list has that says the same as the first picture, and how many cells the picture has.
fn twin(browser: &mut Browser) -> (Value, Value) {
    browser.click("details.twin summary");
    // What the list holds is made when it is opened.
    let listed = "return document.querySelectorAll('details.twin[open] tbody tr').length;";
    let listed = browser.run_until(listed);
    let cells = "return document.querySelector('table.heat').querySelectorAll('tbody td:not(.none, .rest, .detail > td)').length;";
    (listed, browser.run(cells))
}

fn sweep_page(name: &str) -> PathBuf {
    page(name, "--html", &["sweep", "scenarios/chapter/no-dedup.toml", "--seeds", "0..60"])
}

#[test]
fn a_sweep_shows_its_failures_by_cause_and_a_click_on_one_its_sentence() {
    let path = sweep_page("sweep");
    let mut browser = Browser::start();
    look(&mut browser, &path);
    let headline = browser.run("return document.querySelector('h1').textContent;");
    assert_eq!(headline, "60 of 60 runs go wrong: duplicated.");
    let told = opened(&mut browser, "#cause-0");
    assert!(told.contains("was lost") && told.contains("onceproof run"), "{told}");
    let address = browser.run("return location.hash;");
    assert_eq!(address, "#cause-0");
    check(&mut browser, "a sweep with a cause open", false);
    picture(&mut browser, "sweep-open");
    // A kind of fault, and one of its cells.
    let told = opened(&mut browser, "#cause-0");
    assert_eq!(told, "");
    let told = opened(&mut browser, "#kind-drop-ack");
    assert!(told.contains("It fired"), "{told}");
    let told = opened(&mut browser, "tr:has(#kind-drop-ack) td.count button");
    assert!(told.contains("go wrong: ") && told.contains("(95 %: "), "{told}");
    let (listed, cells) = twin(&mut browser);
    assert_eq!(listed, cells);
}

#[test]
fn what_is_wrong_with_a_page_is_noticed() {
    let good = fs::read_to_string(sweep_page("sound")).expect("a page");
    let mut browser = Browser::start();
    let mut problems_with = |name: &str, what: &str, instead: &str| {
        assert!(good.contains(what), "{what}");
        let path = folder().join(format!("{name}.html"));
        fs::write(&path, good.replacen(what, instead, 1)).expect("a page");
        browser.set_dark(true);
        browser.open(&path);
        problems(&mut browser, true)
    };
    assert_eq!(problems_with("sound-too", "<div", "<div"), [""; 0]);
    for (name, what, instead, noticed) in [
        ("throws", "\"use strict\";", "undefined.x;", "console: "),
        ("wide", "<div", "<p style='width: 3000px'>wide</p><div", "it scrolls sideways"),
        ("faint", "<div", "<p style='color: #555'>faint</p><div", "a text is hard to read"),
        ("nameless", "<div", "<button></button><div", "something has no name"),
        ("light", "--paper: #15171a;", "--paper: #fdfcfa;", "its paper is"),
        ("loads", "<div", "<img src='nowhere.png' alt='no'><div", "console: "),
    ] {
        let found = problems_with(name, what, instead);
        assert!(found.iter().any(|problem| problem.starts_with(noticed)), "{name}: {found:?}");
    }
}

#[test]
fn rows_are_gone_through_and_opened_by_keys_and_an_address_opens_its_row() {
    let path = sweep_page("keys");
    let mut browser = Browser::start();
    browser.open(&path);
    let at = |browser: &mut Browser| browser.run("return document.activeElement.id;");
    let open = |browser: &mut Browser| {
        browser.run("return document.querySelectorAll('.detail:not([hidden])').length;")
    };
    let rows =
        browser.run("return [...document.querySelectorAll('button.name')].map((row) => row.id);");
    browser.press(Key::Down);
    assert_eq!(at(&mut browser), rows[0]);
    browser.press(Key::Down);
    browser.press(Key::Down);
    assert_eq!(at(&mut browser), rows[2]);
    browser.press(Key::Up);
    assert_eq!(at(&mut browser), rows[1]);
    browser.press(Key::Enter);
    assert_eq!(open(&mut browser), 1);
    browser.press(Key::Escape);
    assert_eq!(open(&mut browser), 0);
    browser.press_character('?');
    assert_eq!(browser.run("return document.querySelector('dialog').open;"), true);
    browser.press(Key::Escape);
    assert_eq!(browser.run("return document.querySelector('dialog').open;"), false);
    browser.run("location.hash = 'kind-crash';");
    let crash =
        browser.run("return document.getElementById('kind-crash').getAttribute('aria-expanded');");
    assert_eq!(crash, "true");
    assert_eq!(browser.console(), [""; 0]);
}

#[test]
fn a_saved_failure_that_fails_again_is_told_before_all_else() {
    let arguments = ["sweep", "scenarios/chapter/no-dedup.toml", "--seeds", "0..1"];
    page("saved", "--html", &arguments);
    let path = page_again("saved", "--html", &arguments);
    let mut browser = Browser::start();
    browser.open(&path);
    let warning = browser.run("return document.querySelector('header .bad').textContent;");
    let told =
        "the regression onceproof-regressions/no-dedup-duplicated-seed-0.toml fails: duplicated";
    assert_eq!(warning, told);
    check(&mut browser, "a sweep with a saved failure", false);
}

#[test]
fn what_is_copied_is_the_command_or_it_is_selected() {
    let path = sweep_page("copies");
    let mut browser = Browser::start();
    browser.open(&path);
    browser.click("#cause-0");
    browser.click(".detail .command .tool");
    let selected = browser.run("return getSelection().toString();");
    let shown = browser.run("return document.querySelector('.detail .command code').textContent;");
    assert_eq!(selected, shown);
    assert_eq!(browser.console(), [""; 0]);
}

#[test]
fn several_sweeps_have_a_row_each_and_each_of_them_all_that_one_shows() {
    let arguments = [
        "sweep",
        "scenarios/random",
        "scenarios/chapter/no-dedup.toml",
        "--seeds",
        "0..20",
        "--swarm",
    ];
    let path = page("sweeps", "--html", &arguments);
    let mut browser = Browser::start();
    look(&mut browser, &path);
    let headline = browser.run("return document.querySelector('h1').textContent;");
    assert_eq!(headline, "1 of 10 scenarios goes wrong.");
    browser.press_character('x');
    let bad = browser.run("return document.activeElement.textContent;");
    assert_eq!(bad, "the chapter's pipeline without dedup");
    browser.press(Key::Enter);
    let parts = browser.run("return [...document.querySelectorAll('.detail:not([hidden]) h2')].map((one) => one.textContent);");
    assert!(
        parts.as_array().is_some_and(|all| all.contains(&json!("Failures, by what did it"))),
        "{parts}"
    );
    check(&mut browser, "several sweeps with one open", false);
    browser.resize(PHONE);
    check(&mut browser, "the same on a telephone", false);
}

#[test]
fn what_is_needed_shows_which_kinds_break_each_wrong_value_and_its_plainest_witness() {
    let path = page(
        "necessity",
        "--html",
        &["necessity", "scenarios/outputs/coin-checkpointed.toml", "--faults", "1"],
    );
    let mut browser = Browser::start();
    look(&mut browser, &path);
    let headline = browser.run("return document.querySelector('h1').textContent;");
    assert!(headline.as_str().is_some_and(|said| said.contains("wrong value")), "{headline}");
    // By hand: without retries a lost request is a lost record.
    let told = opened(&mut browser, "#value-0");
    assert!(told.contains("lost") && told.contains("--fault 'at = {"), "{told}");
    let (listed, cells) = twin(&mut browser);
    assert_eq!(listed, cells);
}

#[test]
fn values_under_seeds_have_a_share_with_its_interval_for_each_kind_of_fault() {
    let path = page(
        "seeds",
        "--html",
        &["necessity", "scenarios/random/mechanisms.toml", "--seeds", "0..60"],
    );
    let mut browser = Browser::start();
    look(&mut browser, &path);
    let groups = browser.run(
        "return [...document.querySelectorAll('.heat .group')].map((one) => one.textContent);",
    );
    assert_eq!(groups, json!(["Wrong values: each must be found", "Right values: each must hold"]));
    let marks = browser.run("return document.querySelectorAll('.heat td.count svg').length;");
    assert!(marks.as_u64() > Some(100), "{marks}");
    let told = opened(&mut browser, "#wrong-0");
    browser.resize(PHONE);
    check(&mut browser, "a value that is open on a telephone", false);
    picture(&mut browser, "seeds-phone-open");
    assert!(told.contains("--mechanism"), "{told}");
}

#[test]
fn the_largest_pages_cost_little_until_they_are_drawn() {
    // As it was measured: 8,013 and 117,313 steps, 650 and 7,475 elements, drawn in 0.2 and 0.35 seconds.
    for (arguments, most_steps, most_elements) in [
        (["sweep", "scenarios/chapter/no-dedup.toml", "--seeds", "0..60"], 16_000, 1_300),
        (["necessity", "scenarios/random/mechanisms.toml", "--seeds", "0..60"], 235_000, 15_000),
    ] {
        let of = cost(&page(&format!("cost-{}", arguments[0]), "--html", &arguments), "");
        assert!(of.steps < most_steps && of.elements < most_elements, "{arguments:?}: {of:?}");
    }
}

#[test]
fn work_that_a_page_does_for_nothing_is_counted() {
    let path = sweep_page("idle");
    let good = fs::read_to_string(&path).expect("a page");
    let works = "\"use strict\"; for (let at = 0; at < 20_000; at++) {}";
    fs::write(&path, good.replacen("\"use strict\";", works, 1)).expect("a page");
    let of = cost(&path, "");
    assert!(of.steps > 20_000, "{of:?}");
    fs::write(&path, &good).expect("a page");
    let before = cost(&path, "");
    assert!(before.steps < 16_000, "{before:?}");
    assert_eq!(before, cost(&path, ""), "it is the same each time");
}

#[test]
fn strategies_are_compared_by_kind_of_fault_by_class_and_by_cost() {
    let path = page(
        "compare",
        "--html",
        &[
            "compare",
            "scenarios/compare/chapter5.toml",
            "--seeds",
            "0..40",
            "--strategies",
            "dataflow,at-least-once,best-effort,lambda",
        ],
    );
    let mut browser = Browser::start();
    look(&mut browser, &path);
    let parts = browser.run("return [...document.querySelectorAll('main > section > h2')].map((one) => one.textContent);");
    let expected = [
        "Strategies, by kind of fault",
        "What goes wrong",
        "Latency",
        "Cost",
        "What is served before it is certain",
        "What fired, and what never did",
    ];
    assert_eq!(parts, json!(expected));
    let told = opened(&mut browser, "#strategy-best-effort");
    assert!(told.contains("lost") && told.contains("onceproof compare"), "{told}");
}
