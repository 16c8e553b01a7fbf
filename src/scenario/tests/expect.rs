//! The ledger that a scenario states, and what becomes of it when the scenario is changed.

use super::*;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{SECOND, Time};
use onceproof_sim::outcome::Classes;

const SINK: &str = "[[step]]\nname = \"table\"\nkind = \"sink\"\n";
const ODDS: &str = "[faults]\ndrop-ack = \"1/9\"\n";
const LOST_ACK: &str = "[[fault]]\nat = { to = \"per-user\", record = \"events/0#0\", attempt = 1 }\ndo = \"drop-ack\"\n";

/// A source, a coin, a count and a sink with this expectation, and this at its end.
fn expecting(expect: &str, end: &str) -> String {
    with(&format!("{SINK}{end}")).replace("\"exactly-once\"", expect)
}

fn key(key: &str, start: Option<u64>) -> (String, Option<Time>) {
    (key.to_owned(), start.map(|start| Time((start * SECOND) as i64)))
}

#[test]
fn figures_and_results_are_read() {
    let all = "{ violates = [\"lost\", \"duplicated\"], exact = 2, lost = 1, duplicated = { at-most = 3 }, \
               excess = 4, divergent = 0, late = 5, dead-lettered = { at-most = 6 }, \
               results = { table = { ann = 2, \"bob@0s\" = 1 }, per-user = {} } }";
    let Scenario { expect, stated, .. } = read(&expecting(all, ""));
    assert_eq!(expect, Expect::Violates(vec![Class::Lost, Class::Duplicated]));
    let figures = [
        (Figure::Exact, Bound::Is(2)),
        (Figure::Duplicated, Bound::AtMost(3)),
        (Figure::Excess, Bound::Is(4)),
        (Figure::Lost, Bound::Is(1)),
        (Figure::Divergent, Bound::Is(0)),
        (Figure::Late, Bound::Is(5)),
        (Figure::DeadLettered, Bound::AtMost(6)),
    ];
    assert_eq!(stated.figures.into_iter().collect::<Vec<_>>(), figures);
    let table = Totals::from([(key("ann", None), 2), (key("bob", Some(0)), 1)]);
    let results = [(StepIndex(2), Totals::new()), (StepIndex(3), table)];
    assert_eq!(stated.results.into_iter().collect::<Vec<_>>(), results);

    for holds in ["{ exact = 2 }", "{ holds = \"exactly-once\", exact = 2, lost = 0 }"] {
        let scenario = read(&expecting(holds, ""));
        assert_eq!(scenario.expect, Expect::ExactlyOnce);
        assert_eq!(scenario.stated.figures[&Figure::Exact], Bound::Is(2));
    }
    let rows = read(&expecting("{ rows-skipped = { at-most = 7 } }", "")).stated.rows_skipped;
    assert_eq!(rows, Some(Bound::AtMost(7)));
    assert_eq!(read(&expecting("\"exactly-once\"", "")).stated, Stated::default());
    let tables = expecting("{}", "").replace("expect = {}\n", "")
        + "[expect]\nexact = 2\n[expect.results.table]\nann = 2\n";
    assert_eq!(read(&tables).stated.results.len(), 1);
}

#[test]
fn a_key_may_hold_an_at_and_only_what_reads_as_a_time_is_a_window() {
    let check = |written: &str, expected| {
        let expect = format!("{{ results = {{ per-user = {{ \"{written}\" = 1 }} }} }}");
        let scenario = read(&expecting(&expect, ""));
        let found: Vec<_> = scenario.stated.results[&StepIndex(2)].keys().cloned().collect();
        assert_eq!(found, [expected]);
    };
    check("ann@example.com", key("ann@example.com", None));
    check("ann@163.com", key("ann@163.com", None));
    check("ann@example.com@1m", key("ann@example.com", Some(60)));
    check("ann@", key("ann@", None));
    check("ann@0s@60s", key("ann@0s", Some(60)));
    // A sum may be larger than the numbers of a file.
    let large = "{ results = { per-user = { ann = \"18446744073709551614\" } } }";
    let scenario = read(&expecting(large, ""));
    assert_eq!(scenario.stated.results[&StepIndex(2)][&key("ann", None)], (1 << 64) - 2);
}

#[test]
fn figures_that_cannot_be_are_refused() {
    let check =
        |expect: &str, title, at, beside| refused(&expecting(expect, ""), title, at, beside);
    let holds = "{ holds = \"exactly-once\", lost = 1 }";
    check(holds, "what is lost is not exactly-once", "1 }", "0, or `violates = \"lost\"`");
    let title = "what is duplicated is not exactly-once";
    check("{ excess = { at-most = 2 } }", title, "{ at-most", "`violates = \"duplicated\"`");
    check(
        "{ violates = \"lost\", lost = 0 }",
        "nothing is lost, and `violates` says otherwise",
        "0 }",
        "at least 1",
    );
    let title = "nothing is duplicated, and `violates` says otherwise";
    check("{ violates = \"duplicated\", excess = 0 }", title, "0 }", "at least 1");
    let title = "a limit that leaves nothing open";
    check("{ late = { at-most = 0 } }", title, "0 } }", "such as `late = 0`");
    let form = "expected a number of records, or `{ at-most = … }`";
    check("{ late = \"5ms\" }", form, "\"5ms\"", "this is string \"5ms\"");
    check("{ late = 0.5 }", form, "0.5", "floating point");
    check("{ late = -1 }", "a negative number of records", "-1", "none is written as `0`");
    check("{ late = { most = 1 } }", "unknown key `most`", "most", "`at-most`?");
    check("{ losst = 1 }", "unknown key `losst`", "losst", "did you mean `lost`?");
    check("{ late = {} }", "`at-most` is missing", "{} }", "");
}

#[test]
fn results_that_cannot_be_are_refused() {
    let check = |results: &str, title, at, beside| {
        refused(&expecting(&format!("{{ results = {results} }}"), ""), title, at, beside);
    };
    check("{}", "`results` names no step", "{} }", "such as `{ per-user = { ann = 2 } }`");
    check("{ tabel = {} }", "there is no step `tabel`", "tabel", "did you mean `table`?");
    check("{ flip = {} }", "`flip` has no results", "flip =", "it is a map; a count, a sum or a");
    check("{ table = 5 }", "expected a table `{ … }`", "5", "this is integer `5`");
    check("{ table = { ann = \"2s\" } }", "`2s` is not a total", "\"2s\"", "a whole number");
    check("{ table = { ann = 0.5 } }", "a total is a whole number", "0.5", "");
    let unit = "unknown unit `sec`";
    check("{ table = { \"ann@5sec\" = 1 } }", unit, "\"ann@5sec\"", "did you mean `s`?");
    let start = "no window of 60s starts at 1s";
    check("{ per-user = { \"ann@1s\" = 1 } }", start, "\"ann@1s\"", "");
    check("{ table = { \"ann@1s\" = 1 } }", start, "\"ann@1s\"", "");
    let twice = "{ table = { \"ann@60s\" = 1, \"ann@1m\" = 1 } }";
    check(twice, "a window that is stated twice", "\"ann@1m\"", "");
    let raw = format!("{HEAD}{INPUT}{SOURCE}{SINK}")
        .replace("\"exactly-once\"", "{ results = { table = { \"ann@0s\" = 1 } } }");
    let nowhere = "its rows are made of source records";
    refused(&raw, "`table` has no windows", "\"ann@0s\"", nowhere);
    let global = COUNT.replace("\"count\"\nshards = 2", "\"count-globally\"");
    let global = format!("{HEAD}{INPUT}{SOURCE}{global}")
        .replace("\"exactly-once\"", "{ results = { per-user = { ann = 1 } } }");
    let only = "the only key of a `count-globally` is `*`";
    refused(&global, only, "ann = 1", "");
}

#[test]
fn where_seeds_draw_the_faults_only_what_is_so_under_each_is_stated() {
    let seeded = |expect: &str| read(&expecting(expect, ODDS).replace("claim", "seed = 7\nclaim"));
    let results = "{ exact = 2, results = { table = {} } }";
    refused(&expecting(results, ODDS), "results differ from seed to seed", "{ table", "a `seed`");
    assert_eq!(seeded(results).stated.results.len(), 1);
    let exact = "{ violates = \"lost\", exact = 1 }";
    let title = "`exact` differs from seed to seed";
    refused(&expecting(exact, ODDS), title, "1 }", "`{ at-most = … }`, or a `seed`");
    assert_eq!(seeded(exact).stated.figures.len(), 1);
    read(&expecting("{ violates = \"lost\", lost = { at-most = 1 } }", ODDS));
    let holds = read(&expecting("{ exact = 2, late = { at-most = 1 } }", ODDS));
    assert!(holds.is_swept() && holds.stated.figures.len() == 2);
}

#[test]
fn a_fault_may_not_fire_where_there_is_one() {
    let allowed = |end: &str| format!("unfired = \"allowed\"\n{}", with(end));
    assert!(read(&allowed(LOST_ACK)).unfired_is_allowed);
    assert!(!read(&with(LOST_ACK)).unfired_is_allowed);
    refused(&allowed(ODDS), "there is no exact fault", "unfired", "a `[[fault]]` may not fire");
    let other = with(LOST_ACK).replace("claim", "unfired = \"alowed\"\nclaim");
    refused(&other, "unknown name `alowed`", "\"alowed\"", "did you mean `allowed`?");
}

#[test]
fn a_scenario_that_was_changed_does_not_state_the_ledger_of_another() {
    let text = "unfired = \"allowed\"\n".to_owned()
        + &expecting(
            "{ violates = \"lost\", lost = 1, results = { table = { ann = 1 } } }",
            LOST_ACK,
        );
    let scenario = read(&text);
    assert_ne!(scenario.stated, Stated::default());
    let changed = [
        scenario.written_out(None),
        scenario.redesigned(&Changes::of_mechanism("bundle = 2")),
        scenario.in_weather(&Weather::default()),
        scenario.as_of(&scenario),
        parse(&scenario.saved_failure(None, &[], Classes::default(), Path::new("dir/b.toml"))),
    ];
    for changed in changed {
        let changed = changed.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(changed.stated, Stated::default(), "{}", changed.text());
    }
    for expect in ["{ exact = 2 }", "{ exact = 2, results = { table = { ann = 1 } } }"] {
        let again = read(&expecting(expect, "")).redesigned(&Changes::of_mechanism("bundle = 2"));
        assert_eq!(again.expect("a design").expect, Expect::ExactlyOnce);
    }
    let tables = expecting("{}", "").replace("expect = {}\n", "")
        + "[expect]\nexact = 2\n[expect.results.table]\nann = 2\n";
    let again = read(&tables).redesigned(&Changes::of_mechanism("bundle = 2")).expect("a design");
    assert_eq!(again.stated, Stated::default());
}

#[test]
fn each_demand_is_found_on_the_line_that_states_it() {
    let second = LOST_ACK.replace("attempt = 1", "attempt = 2");
    let table = "\n[expect]\nviolates = \"lost\"\nexact = 2\nrows-skipped = 0\n\n[expect.results]\nper-user = { ann = 1 }\n";
    let text = with(&format!("{SINK}{LOST_ACK}{second}{table}"))
        .replace("expect = \"exactly-once\"\n", "");
    let check = |scenario: &Scenario, demand, line: &str| {
        let at = scenario.text.lines().nth(scenario.line_of(demand) - 1).expect("a line");
        assert!(at.starts_with(line), "{demand:?}: {at}");
    };
    let scenario = read(&text);
    check(&scenario, Demand::Found, "violates");
    check(&scenario, Demand::Figure(Figure::Exact), "exact");
    check(&scenario, Demand::RowsSkipped, "rows-skipped");
    check(&scenario, Demand::Results(StepIndex(2)), "per-user");
    // What is not stated by itself stands at the whole.
    check(&scenario, Demand::Figure(Figure::Lost), "[expect]");
    let last = text.lines().take_while(|line| *line != "[expect]").count();
    let last = text.lines().take(last).collect::<Vec<_>>();
    let last = last.iter().rposition(|line| *line == "[[fault]]").expect("a fault") + 1;
    assert_eq!(scenario.line_of(Demand::Fires(1)), last);
    let plain = read(&with(SINK));
    check(&plain, Demand::Found, "expect = \"exactly-once\"");
    check(&plain, Demand::Figure(Figure::Lost), "expect = \"exactly-once\"");
}
