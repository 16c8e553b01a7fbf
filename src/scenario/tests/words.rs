//! All errors at once, and in words that say what would be right.

use super::*;
use onceproof_sim::fault::KindName;

/// On how many lines there is something before what a test adds.
fn lines_before() -> usize {
    with("").trim_end().lines().count()
}

#[test]
fn all_that_is_wrong_with_the_form_of_a_file_is_told_at_once() {
    let wrong = "\
shard = 2
lateness = 5
[faults]
drop-ack = { odd = \"1/2\" }
crash = { restart = \"1sec\" }
[[fault]]
at = { to = \"per-user\" }
do = { delay = \"5s\" }
[[fault]]
at = { too = \"per-user\" }
";
    let at = |line| lines_before() + line;
    let expected = [
        (at(1), "unknown key `shard`"),
        (at(2), "a duration needs a unit"),
        (at(4), "unknown key `odd`"),
        (at(5), "unknown unit `sec`"),
        (at(8), "`delay` takes a table of parameters"),
        (at(9), "`do` is missing"),
        (at(10), "unknown key `too`"),
    ];
    refused_for(&with(wrong.trim_end()), &expected);
}

#[test]
fn all_that_is_wrong_with_the_meaning_of_a_file_is_told_at_once() {
    let wrong = "\
[faults]
drop-ack = 3
call-unknown = \"1/2\"
[network]
latency = { min = \"2ms\", max = \"1ms\" }
[until]
events = 0
[[fault]]
at = { to = \"per-usr\" }
do = \"drop-ack\"
[[fault]]
at = { to = \"per-user\", attempt = 0 }
do = \"drop-ack\"
";
    let at = |line| lines_before() + line;
    let expected = [
        (at(2), "odds above 1"),
        (at(3), "`call-unknown` can do nothing here"),
        (at(5), "the greatest latency is below the least"),
        (at(7), "a run without events"),
        (at(9), "there is no step `per-usr`"),
        (at(12), "`attempt` 0"),
    ];
    refused_for(&with(wrong.trim_end()), &expected);
}

#[test]
fn what_is_wrong_with_each_step_is_told_at_once() {
    let text = with("").replace("shards = 2", "shards = 0");
    let line = |of: &str| {
        let at = text.find(of).expect("it is there");
        text[..at].matches('\n').count() + 1
    };
    let wrong = format!("{text}from = \"flop\"\n[mechanism]\nbundle = 0\n");
    let end = wrong.trim_end().lines().count();
    let expected = [
        (line("shards = 0"), "`shards` is out of range"),
        (end - 2, "there is no step `flop`"),
        (end, "`bundle` is out of range"),
    ];
    refused_for(&wrong, &expected);
}

#[test]
fn of_very_many_errors_some_are_told() {
    let faults = "[[fault]]\nat = { to = \"nobody\" }\ndo = \"drop-ack\"\n".repeat(30);
    let error = parse(&with(&faults)).expect_err("no such step").to_string();
    assert_eq!(error.matches("there is no step `nobody`").count(), 20);
    assert!(error.ends_with("and 10 more errors"), "{error}");
}

#[test]
fn a_key_of_the_whole_file_below_a_table_is_told_where_it_belongs() {
    let above = "`seed` belongs above the first table";
    refused(&with("seed = 5"), "unknown key `seed`", "seed = 5", above);
    refused(&with("[until]\nseed = 5"), "unknown key `seed`", "seed = 5", above);
    let above = "this is `until.format`: `format` belongs above the first table";
    let text = format!("[until]\n{}", with(""));
    refused(&text, "`format` is missing", "format", above);
    let text = with("").replacen("claim", "[cluster]\nclaim", 1);
    let above = "this is `cluster.claim`: `claim` belongs above the first table";
    refused(&text, "`claim` is missing", "claim", above);
}

#[test]
fn a_table_of_which_there_are_several_is_no_single_one_and_the_other_way_round() {
    let fault = "[fault]\nat = { to = \"per-user\" }\ndo = \"drop-ack\"";
    let title = "`[fault]` begins a table, not one of a list";
    refused(&with(fault), title, "[fault]", "write `[[fault]]`");
    let steps = with("").replace("[[step]]", "[step]");
    let title = "not TOML: duplicate key";
    let second = steps.match_indices("[step]").nth(1).expect("two steps").0;
    let line = steps[..second].matches('\n').count() + 1;
    let third = line + steps[second..].lines().position(|line| line.is_empty()).unwrap_or(0);
    let errors = match parse(&steps) {
        Err(ScenarioError::Bad(errors)) => errors,
        other => panic!("{other:?}"),
    };
    assert!(errors.iter().all(|error| error.title() == title), "{third}: {errors:?}");
    assert!(errors.iter().all(|error| error.to_string().contains("write `[[step]]` for each")));
    assert_eq!((errors.len(), errors[0].line()), (2, line));
    let cluster = "[[cluster]]\nworkers = 2";
    let title = "`[[cluster]]` begins one of a list";
    refused(&with(cluster), title, "[[cluster]]", "there is one such table: write `[cluster]`");
}

#[test]
fn odds_are_not_offered_to_an_exact_fault() {
    let place = "{ to = \"per-user\", attempt = 1 }";
    let check = |what: &str, at: &str, beside: &str| {
        let text = fault(place, what);
        refused(&text, &format!("unknown key `{at}`"), at, beside);
        let shown = parse(&text).expect_err("refused").to_string();
        assert!(!shown.contains("odds"), "{shown}");
    };
    check("{ delay = { odd = 1 } }", "odd", "there are `by` and `leg`");
    check("{ drop-ack = { odd = 1 } }", "odd", "this kind of fault has no parameters");
    let drawn = with("[faults]\ndelay = { odd = 1 }");
    refused(&drawn, "unknown key `odd`", "odd", "did you mean `odds`?");
}

#[test]
fn a_parameter_without_its_name_is_told_the_table_and_that_is_read() {
    for kind in KindName::ALL {
        let word = kind.word();
        let text = fault("{ to = \"per-user\" }", &format!("{{ {word} = \"5s\" }}"));
        let shown = parse(&text).expect_err(word).to_string();
        if shown.contains(&format!("`{word}` has no parameters")) {
            assert!(shown.contains(&format!("write `\"{word}\"` alone")), "{shown}");
            continue;
        }
        let such_as = shown.split("such as `").nth(1).and_then(|rest| rest.split('`').next());
        let such_as = such_as.unwrap_or_else(|| panic!("no example in {shown}"));
        assert!(such_as.starts_with(&format!("{word} = {{ ")), "{such_as}");
        let again = fault("{ to = \"per-user\" }", &format!("{{ {such_as} }}"));
        let Err(ScenarioError::Bad(errors)) = parse(&again) else { continue };
        // Its place may be wrong for it; its parameter is not.
        let of_parameter = |title: &str| title.contains("parameter") || title.contains("expected");
        assert!(errors.iter().all(|error| !of_parameter(error.title())), "{such_as}: {errors:?}");
    }
}

#[test]
fn a_date_is_no_time_since_zero() {
    let title = "a date, and not a time since zero";
    for date in ["\"2013-01-31T10:00:00Z\"", "2013-01-31T10:00:00Z", "2013-01-31"] {
        refused(&with(&format!("lateness = {date}")), title, date, "such as \"30s\"");
    }
}

#[test]
fn an_error_fits_80_columns_unless_the_line_does_not() {
    let long = format!("window = \"1m\" # {}", "x".repeat(60));
    for end in [
        "whatever = 3".to_owned(),
        "lateness = 2013-01-31T10:00:00Z".to_owned(),
        format!("lateness = {}2013-01-31T10:00:00Z", " ".repeat(30)),
        "[mechanism]\ndedup = \"off\"\ngc = \"never\"".to_owned(),
    ] {
        let shown = parse(&with(&end)).expect_err("refused").to_string();
        let wide = shown.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{shown}");
    }
    let shown = parse(&with("").replace("window = \"1m\"", &long).replace("1m", "1x"));
    let shown = shown.expect_err("no such unit").to_string();
    assert!(shown.contains(&"x".repeat(60)), "{shown}");
}
