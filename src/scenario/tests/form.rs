//! The form of a file: its keys, names and values.

use super::*;

#[test]
fn a_file_begins_with_its_format() {
    refused("", "an empty file", "", "a scenario begins with `format = 1`");
    refused("name = \"n\"", "`format` is missing", "name", "a scenario begins with");
    refused("format = 2\nnew = 1", "unknown format 2", "2", "this version reads format 1");
    refused("format = \"1\"", "unknown format \"1\"", "\"1\"", "this version reads format 1");
    refused("format = 1", "`name` is missing", "format", "");
    refused("format = 1\nname = \"n\"", "`claim` is missing", "format", "");
    let first = "begins with a `[[step]]` of kind `source`";
    refused(HEAD, "`step` is missing", "format", first);
    refused(&format!("{HEAD}step = []"), "there is no step", "format", first);
}

#[test]
fn what_is_not_toml_is_shown_where_it_is() {
    let error = parse("format = 1\nname = ann\n").expect_err("no quotes").to_string();
    assert!(error.starts_with("error: not TOML: ") && error.contains("a.toml:2:8"), "{error}");
    for text in ["\u{0}\u{1}\u{2}", "[[[", "format = 1\nformat = 1\n", "= 1", "format = 1]"] {
        let error = parse(text).expect_err(text).to_string();
        assert!(error.starts_with("error: not TOML: "), "{error}");
    }
}

#[test]
fn unknown_keys_are_shown_with_the_nearest_one() {
    let check = |end: &str, title, at, beside| refused(&with(end), title, at, beside);
    check("[untl]", "unknown key `untl`", "untl", "did you mean `until`?");
    check("shard = 2", "unknown key `shard`", "shard =", "did you mean `shards`?");
    check("[cluster]\nwrokers = 2", "unknown key `wrokers`", "wrokers", "did you mean `workers`?");
    check(
        "[mechanism]\nretry = { time = \"1s\" }",
        "unknown key `time`",
        "time =",
        "did you mean `timeout`?",
    );
    check(
        "[faults]\ncrash = { odds = 0.1, restrt = \"1s\" }",
        "unknown key `restrt`",
        "restrt",
        "did you mean `restart`?",
    );
    check("[faults]\ncrashes = 0.1", "unknown key `crashes`", "crashes", "did you mean `crash`?");
    check(
        "[mechanism]\nack = \"on-recipt\"",
        "unknown name `on-recipt`",
        "\"on-recipt",
        "`on-receipt`?",
    );
}

#[test]
fn what_is_not_built_yet_is_refused_by_name() {
    let check = |end: &str, title, at| refused(&with(end), title, at, "");
    let join = "[[step]]\nname = \"both\"\nkind = \"join\"";
    check(join, "`kind = \"join\"` is not built yet", "\"join\"");
}

#[test]
fn values_of_the_wrong_form_are_shown() {
    let check = |end: &str, title, at, beside| refused(&with(end), title, at, beside);
    check("lateness = 5", "a duration needs a unit", "5", "such as \"30ms\"");
    check("lateness = \"5\"", "a duration needs a unit", "\"5\"", "`ns`, `us`");
    check("lateness = \"5sec\"", "unknown unit `sec`", "\"5sec\"", "did you mean `s`?");
    check("lateness = \"-5s\"", "negative duration", "\"-5s\"", "");
    check("lateness = -5", "negative duration", "-5", "");
    check(
        "lateness = true",
        "expected a duration such as \"30ms\"",
        "true",
        "this is boolean `true`",
    );
    check("mechanism = 3", "expected a table", "3", "this is integer `3`");
    check("[mechanism]\nbundle = 0", "`bundle` is out of range", "0", "from 1 to 100000");
    check("[mechanism]\nbundle = -1", "expected a whole number that is not negative", "-1", "");
    check("[mechanism]\nbundle = 1.5", "expected a whole number that is not negative", "1.5", "");
    check("[mechanism]\nre-ack = 1", "expected `true` or `false`", "1", "");
    check(
        "[mechanism]\natomic = false",
        "expected true, \"state-first\" or \"id-first\"",
        "false",
        "",
    );
    check("[mechanism]\natomic = \"state\"", "unknown name `state`", "\"state\"", "`state-first`");
    check("[mechanism]\nack = { a = 1, b = 2 }", "this takes one key", "{ a", "");
    check("[sweep]\nseeds = \"9..9\"", "an empty range of seeds", "\"9..9\"", "");
    check("[sweep]\nseeds = 5", "a range of seeds is a text", "5", "\"0..1000\"");
    check("[until]\nevents = 0", "a run without events", "0", "");
    check("[until]\ncalm = \"36500d\"", "an end after more than 100 years", "\"36500d\"", "");
    let network = "[network]\nlatency = { min = \"2ms\", max = \"1ms\" }";
    check(network, "the greatest latency is below the least", "\"1ms\"", "");
    check("[network]\nlatency = { min = \"2ms\" }", "`max` is missing", "{ min", "");
    check("[cluster]\nworkers = 0", "`workers` is out of range", "0", "from 1 to 65536");
}

#[test]
fn seeds_fit_64_bits() {
    let seed = |seed: &str| format!("{HEAD}seed = {seed}\n{INPUT}{SOURCE}{COUNT}");
    assert_eq!(read(&seed("7")).seed, Some(7));
    assert_eq!(read(&seed("\"18446744073709551615\"")).seed, Some(u64::MAX));
    let at_most = "at most \"18446744073709551615\"";
    for large in ["18446744073709551616", "\"18446744073709551616\""] {
        refused(&seed(large), "a seed is less than 2^64", large, at_most);
    }
    let huge = "9".repeat(60);
    refused(&seed(&huge), "a number that is too large", &huge, "");
    refused(&seed("-1"), "a seed is not negative", "-1", "");
    refused(&seed("\"x\""), "`x` is not a seed", "\"x\"", "");
    refused(&seed("1.5"), "a seed is a whole number", "1.5", "");
}
