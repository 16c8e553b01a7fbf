//! Tests as data: a piece of a scenario in, the error out, through one helper.

use super::*;

/// What every scenario needs, on three lines.
const HEAD: &str = "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n";
const INPUT: &str =
    "[input]\nrecords = [{ key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"1s\" }]\n";
const SOURCE: &str = "[[step]]\nname = \"events\"\nkind = \"source\"\n";
const FLIP: &str = "[[step]]\nname = \"flip\"\nkind = \"map\"\nfn = { coin = { sides = 2 } }\n";
const COUNT: &str =
    "[[step]]\nname = \"per-user\"\nkind = \"count\"\nshards = 2\nwindow = \"1m\"\n";

fn parse(text: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse(text, Path::new("dir/a.toml"))
}

/// Checks that a text is refused with this title, at this place, with this beside or below it. The place
/// is the text that the caret is under; its column is worked out from where it stands.
#[track_caller]
fn refused(text: &str, title: &str, at: &str, beside: &str) {
    let error = match parse(text) {
        Err(ScenarioError::Bad(error)) => error,
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("it was read:\n{text}"),
    };
    let shown = error.to_string();
    assert_eq!(error.title(), title, "\n{shown}");
    assert!(shown.contains(beside), "{beside:?} is not in\n{shown}");
    let place = text.rfind(at).expect("the place is in the text");
    let line = text[..place].matches('\n').count() + 1;
    let column = place - text[..place].rfind('\n').map_or(0, |at| at + 1) + 1;
    assert_eq!(
        (error.line(), error.column()),
        (line, Some(column)),
        "\n{shown}"
    );
}

/// A scenario of a source, a coin and a count with this at its end.
fn with(end: &str) -> String {
    format!("{HEAD}{INPUT}{SOURCE}{FLIP}{COUNT}{end}\n")
}

/// The same with an exact fault.
fn fault(at: &str, what: &str) -> String {
    with(&format!("[[fault]]\nat = {at}\ndo = {what}"))
}

#[track_caller]
fn read(text: &str) -> Scenario {
    parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_file_begins_with_its_format() {
    refused(
        "",
        "an empty file",
        "",
        "a scenario begins with `format = 1`",
    );
    refused(
        "name = \"n\"",
        "`format` is missing",
        "name",
        "a scenario begins with",
    );
    refused(
        "format = 2\nnew = 1",
        "unknown format 2",
        "2",
        "this version reads format 1",
    );
    refused(
        "format = \"1\"",
        "unknown format \"1\"",
        "\"1\"",
        "this version reads format 1",
    );
    refused("format = 1", "`name` is missing", "format", "");
    refused(
        "format = 1\nname = \"n\"",
        "`claim` is missing",
        "format",
        "",
    );
    let first = "begins with a `[[step]]` of kind `source`";
    refused(HEAD, "`step` is missing", "format", first);
    refused(
        &format!("{HEAD}step = []"),
        "there is no step",
        "format",
        first,
    );
}

#[test]
fn what_is_not_toml_is_shown_where_it_is() {
    let error = parse("format = 1\nname = ann\n")
        .expect_err("no quotes")
        .to_string();
    assert!(
        error.starts_with("error: not TOML: ") && error.contains("a.toml:2:8"),
        "{error}"
    );
    for text in [
        "\u{0}\u{1}\u{2}",
        "[[[",
        "format = 1\nformat = 1\n",
        "= 1",
        "format = 1]",
    ] {
        let error = parse(text).expect_err(text).to_string();
        assert!(error.starts_with("error: not TOML: "), "{error}");
    }
}

#[test]
fn unknown_keys_are_shown_with_the_nearest_one() {
    let check = |end: &str, title, at, beside| refused(&with(end), title, at, beside);
    check(
        "[untl]",
        "unknown key `untl`",
        "untl",
        "did you mean `until`?",
    );
    check(
        "shard = 2",
        "unknown key `shard`",
        "shard =",
        "did you mean `shards`?",
    );
    check(
        "[cluster]\nwrokers = 2",
        "unknown key `wrokers`",
        "wrokers",
        "did you mean `workers`?",
    );
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
    check(
        "[faults]\ncrashes = 0.1",
        "unknown key `crashes`",
        "crashes",
        "did you mean `crash`?",
    );
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
    refused(
        &with("[mechanism]\ndedup = \"bloom\""),
        "`dedup = \"bloom\"` is not built yet",
        "\"bloom\"",
        "`catalog` is exact too",
    );
    check(
        "[mechanism]\ndedup = { window = \"10m\" }",
        "`window` is not built yet",
        "window =",
    );
    check(
        "[mechanism]\ngc = \"watermark\"",
        "`gc` is not built yet",
        "gc",
    );
    check(
        "[mechanism]\nstamps = \"fresh\"",
        "`stamps` is not built yet",
        "stamps",
    );
    check(
        "[mechanism]\nfencing = false",
        "`fencing` is not built yet",
        "fencing",
    );
    check(
        "[mechanism]\nfuse = false",
        "`fuse` is not built yet",
        "fuse",
    );
    check(
        "[mechanism]\nlift = \"force\"",
        "`lift` is not built yet",
        "lift",
    );
    check(
        "[cluster]\nlease = \"200ms\"",
        "`lease` is not built yet",
        "lease",
    );
    check(
        "[cluster]\nrouting-lag = \"20ms\"",
        "`routing-lag` is not built yet",
        "routing-lag",
    );
    check("[sweep]\nvary = {}", "`vary` is not built yet", "vary");
    check(
        "[faults]\npause = \"1/10\"",
        "`pause` is not built yet",
        "pause",
    );
    for kind in ["pause", "move", "clock-step", "call-unknown", "redeliver"] {
        let quoted = format!("\"{kind}\"");
        let text = fault("{ to = \"flip\" }", &quoted);
        refused(
            &text,
            &format!("`do = \"{kind}\"` is not built yet"),
            &quoted,
            "",
        );
    }
    let text = fault("{ to = \"flip\" }", "{ move = {} }");
    refused(&text, "`move` is not built yet", "move", "");
    let sink = "[[step]]\nname = \"t\"\nkind = \"sink\"\nwrite = \"append\"";
    check(sink, "`write = \"append\"` is not built yet", "\"append\"");
    for function in ["clock", "lookup", "order", "call"] {
        let map = format!("[[step]]\nname = \"m\"\nkind = \"map\"\nfn = {{ {function} = {{}} }}");
        let title = format!("`{function}` is not built yet");
        refused(&with(&map), &title, &format!("{function} ="), "");
    }
    let torn = HEAD.replace("\"exactly-once\"", "{ violates = [\"lost\", \"torn\"] }");
    refused(&torn, "`torn` is not built yet", "\"torn\"", "");
    let before = fault("{ before = \"call\" }", "\"crash\"");
    refused(
        &before,
        "`before = \"call\"` is not built yet",
        "\"call\"",
        "",
    );
}

#[test]
fn values_of_the_wrong_form_are_shown() {
    let check = |end: &str, title, at, beside| refused(&with(end), title, at, beside);
    check(
        "lateness = 5",
        "a duration needs a unit",
        "5",
        "such as \"30ms\"",
    );
    check(
        "lateness = \"5\"",
        "a duration needs a unit",
        "\"5\"",
        "`ns`, `us`",
    );
    check(
        "lateness = \"5sec\"",
        "unknown unit `sec`",
        "\"5sec\"",
        "did you mean `s`?",
    );
    check("lateness = \"-5s\"", "negative duration", "\"-5s\"", "");
    check("lateness = -5", "negative duration", "-5", "");
    check(
        "lateness = true",
        "expected a duration such as \"30ms\"",
        "true",
        "this is boolean `true`",
    );
    check(
        "mechanism = 3",
        "expected a table",
        "3",
        "this is integer `3`",
    );
    check(
        "[mechanism]\nbundle = 0",
        "`bundle` is out of range",
        "0",
        "from 1 to 100000",
    );
    check(
        "[mechanism]\nbundle = -1",
        "expected a whole number that is not negative",
        "-1",
        "",
    );
    check(
        "[mechanism]\nbundle = 1.5",
        "expected a whole number that is not negative",
        "1.5",
        "",
    );
    check(
        "[mechanism]\nre-ack = 1",
        "expected `true` or `false`",
        "1",
        "",
    );
    check(
        "[mechanism]\natomic = false",
        "expected true, \"state-first\" or \"id-first\"",
        "false",
        "",
    );
    check(
        "[mechanism]\natomic = \"state\"",
        "unknown name `state`",
        "\"state\"",
        "`state-first`",
    );
    check(
        "[mechanism]\nack = { a = 1, b = 2 }",
        "this takes one key",
        "{ a",
        "",
    );
    check(
        "[sweep]\nseeds = \"9..9\"",
        "an empty range of seeds",
        "\"9..9\"",
        "",
    );
    check(
        "[sweep]\nseeds = 5",
        "a range of seeds is a text",
        "5",
        "\"0..1000\"",
    );
    check("[until]\nevents = 0", "a run without events", "0", "");
    check(
        "[until]\ncalm = \"36500d\"",
        "an end after more than 100 years",
        "\"36500d\"",
        "",
    );
    let network = "[network]\nlatency = { min = \"2ms\", max = \"1ms\" }";
    check(
        network,
        "the greatest latency is below the least",
        "\"1ms\"",
        "",
    );
    check(
        "[network]\nlatency = { min = \"2ms\" }",
        "`max` is missing",
        "{ min",
        "",
    );
    check(
        "[cluster]\nworkers = 0",
        "`workers` is out of range",
        "0",
        "from 1 to 65536",
    );
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

#[test]
fn odds_are_read_from_their_letters() {
    let odds = |odds: &str| {
        let scenario = read(&with(&format!("[faults]\ndrop-ack = {odds}")));
        let odds = scenario.plan.climate.odds[0].1;
        (odds.numerator, odds.denominator)
    };
    assert_eq!(odds("\"1/20\""), (1, 20));
    assert_eq!(odds("0.1"), (1, 10));
    assert_eq!(odds("0.000_1"), (1, 10_000));
    assert_eq!(
        odds("0.3000000000000000001e0".replace("1e0", "").as_str()),
        (3, 10)
    );
    assert_eq!(
        odds("0.123456789012345678"),
        (61_728_394_506_172_839, 500_000_000_000_000_000)
    );
    assert_eq!(odds("0"), (0, 1));
    assert_eq!(odds("1"), (1, 1));
    assert_eq!(odds("{ odds = 1e-3 }"), (1, 1000));
    let check = |value: &str, title, beside| {
        refused(
            &with(&format!("[faults]\ndrop-ack = {value}")),
            title,
            value,
            beside,
        );
    };
    check("\"1.5\"", "odds above 1", "\"1/20\"");
    check("2", "odds above 1", "");
    check("-0.5", "negative odds", "");
    check(
        "\"often\"",
        "`often` is not a number",
        "odds are a fraction",
    );
    check("nan", "`nan` is not a number", "");
    let by = with("[faults]\ndrop-ack = { by = \"1s\" }");
    refused(&by, "unknown key `by`", "by =", "there is only `odds`");
}

impl Scenario {
    fn kinds(&self) -> Vec<onceproof_sim::fault::Kind> {
        self.plan
            .climate
            .odds
            .iter()
            .map(|(kind, _)| *kind)
            .collect()
    }
}

#[test]
fn drawn_faults_take_parameters_and_do_something() {
    use onceproof_sim::fault::{Direction, Kind, Leg};
    let faults = "[faults]\nduplicate = { odds = 0.5, leg = \"ack\" }\n\
        delay = { odds = \"1/2\", by = \"3ms\" }\n\
        partition = { odds = 1, for = \"2s\", direction = \"forward\" }\n\
        crash = { odds = 0.1, restart = \"0s\" }\ncommit-delayed = 0.1\n\
        user-differs = { odds = 0.1, answer = 3 }\nuser-fails = 0.1";
    assert_eq!(
        read(&with(faults)).kinds(),
        [
            Kind::Duplicate { leg: Leg::Ack },
            Kind::Delay {
                by: 3_000_000,
                leg: Leg::Request
            },
            Kind::Partition {
                lasts: 2_000_000_000,
                direction: Direction::Forward
            },
            Kind::Crash { restart: 0 },
            Kind::CommitDelayed { by: 100_000_000 },
            Kind::UserDiffers { answer: 3 },
            Kind::UserFails,
        ]
    );
    let check = |text: &str, title, at, beside| refused(&with(text), title, at, beside);
    let nothing = "a delay by nothing does nothing";
    check(
        "[faults]\ndelay = { odds = 0.1, by = \"0s\" }",
        nothing,
        "\"0s\"",
        "",
    );
    check(
        "[faults]\ncommit-delayed = { odds = 0.1, by = \"0s\" }",
        nothing,
        "\"0s\"",
        "",
    );
    let nothing = "a partition for no time does nothing";
    check(
        "[faults]\npartition = { odds = 0.1, for = \"0s\" }",
        nothing,
        "\"0s\"",
        "",
    );
    check(
        "[faults]\ncrash = { restart = \"1s\" }",
        "`crash` has no odds",
        "{ restart",
        "",
    );
    let nothing = "the first answer again is no other answer";
    check(
        "[faults]\nuser-differs = { odds = 0.1, answer = 0 }",
        nothing,
        "0 }",
        "",
    );
    let nothing = "`user-differs` can do nothing here";
    let beside = "answer 4 of 2 is the first one again";
    check(
        "[faults]\nuser-differs = { odds = 0.1, answer = 4 }",
        nothing,
        "user-differs",
        beside,
    );
    let plain = format!("{HEAD}{INPUT}{SOURCE}{COUNT}[faults]\n");
    let beside = "every function here answers alike each time";
    refused(
        &format!("{plain}user-differs = 0.1"),
        nothing,
        "user-differs",
        beside,
    );
    let nothing = "`user-fails` can do nothing here";
    refused(
        &format!("{plain}user-fails = 0.1"),
        nothing,
        "user-fails",
        "there is no map",
    );
}

#[test]
fn steps_have_names_kinds_and_inputs() {
    let steps = |steps: &str| format!("{HEAD}{INPUT}{SOURCE}{steps}\n");
    let check = |text: &str, title, at, beside| refused(&steps(text), title, at, beside);
    let count = "kind = \"count\"\nwindow = \"1m\"\n";
    let named = |name: &str| format!("[[step]]\nname = \"{name}\"\n{count}");
    check(
        &named("events"),
        "two steps are named `events`",
        "\"events\"",
        "the first is on line 8",
    );
    check(
        &named("a/b"),
        "`a/b` cannot name a step",
        "\"a/b\"",
        "no `/`",
    );
    check(&named(""), "a step needs a name", "\"\"", "");
    check(
        &named("watermark"),
        "`watermark` cannot name a step: faults are placed by it",
        "\"water",
        "",
    );
    let from = |from: &str| format!("{}from = {from}\n", named("c"));
    check(
        &from("\"evnts\""),
        "there is no step `evnts`",
        "\"evnts\"",
        "did you mean `events`?",
    );
    check(
        &from("[\"events\", \"x\"]"),
        "there is no step `x`",
        "\"x\"",
        "there is only `events`",
    );
    check(&from("[]"), "`from` names no step", "[]", "");
    check(
        &from("[\"events\", \"events\"]"),
        "`events` is named twice",
        "[\"events\"",
        "",
    );
    check(
        &from("\"c\""),
        "the steps form a cycle",
        "\"c\"",
        "`c` -> `c`",
    );
    let shards = |n: &str| format!("{}shards = {n}\n", named("c"));
    check(
        &shards("0"),
        "`shards` is out of range",
        "0\n",
        "from 1 to 1024",
    );
    check(
        &shards("1025"),
        "`shards` is out of range",
        "1025",
        "from 1 to 1024",
    );
    let kind =
        |kind: &str, more: &str| format!("[[step]]\nname = \"c\"\nkind = \"{kind}\"\n{more}\n");
    check(
        &kind("cuont", ""),
        "unknown name `cuont`",
        "\"cuont\"",
        "did you mean `count`?",
    );
    check(
        &kind("count", ""),
        "a `count` needs a `window`",
        "\"count\"",
        "window = \"1m\"",
    );
    check(
        &kind("count", "window = \"0s\""),
        "a window of 0",
        "\"0s\"",
        "at least 1ns",
    );
    check(
        &kind("map", ""),
        "a map needs a function",
        "\"map\"",
        "`fn = …`",
    );
    let belongs = "`window` belongs to `count`, `sum` and `count-globally`";
    check(
        &kind("sink", "window = \"1s\""),
        "a `sink` has no `window`",
        "window",
        belongs,
    );
    let belongs = "`fn` belongs to `map`";
    check(
        &kind("reshuffle", "fn = \"identity\""),
        "a `reshuffle` has no `fn`",
        "fn",
        belongs,
    );
    let globally = "shards = 2\nwindow = \"1s\"";
    check(
        &kind("count-globally", globally),
        "`count-globally` has one shard",
        "2\nw",
        "",
    );
    check(
        &kind("reshuffle", ""),
        "nobody takes the outputs of `c`",
        "\"c\"",
        "",
    );
    check(
        &kind("source", "from = \"events\""),
        "a source takes no outputs of a step",
        "from",
        "",
    );
    let sink = format!("{}{}", kind("sink", ""), named("d"));
    check(
        &sink,
        "`c` is a sink, and has no outputs",
        "\"d\"",
        "`from` names what `d` takes",
    );
    let first = format!("{HEAD}{INPUT}{COUNT}");
    refused(&first, "the first step is no source", "\"count\"", "");
    let cycle = "[[step]]\nname = \"a\"\nkind = \"map\"\nfn = \"identity\"\nfrom = [\"events\", \"b\"]\n\
        [[step]]\nname = \"b\"\nkind = \"map\"\nfn = \"identity\"\n";
    let error = parse(&steps(&format!("{cycle}{}", named("c"))))
        .expect_err("a cycle")
        .to_string();
    assert!(
        error.starts_with("error: the steps form a cycle\n"),
        "{error}"
    );
    assert!(
        error.contains("`a` -> `b` -> `a`") || error.contains("`b` -> `a` -> `b`"),
        "{error}"
    );
    let no_source = format!(
        "{HEAD}{INPUT}[[step]]\nname = \"a\"\nkind = \"map\"\nfn = \"identity\"\nfrom = \"b\"\n\
        [[step]]\nname = \"b\"\nkind = \"map\"\nfn = \"identity\"\n"
    );
    let error = parse(&no_source).expect_err("no source").to_string();
    assert!(
        error.starts_with("error: the steps form a cycle\n"),
        "{error}"
    );
}

#[test]
fn functions_are_read() {
    let map = |function: &str| {
        let map = format!("[[step]]\nname = \"m\"\nkind = \"map\"\nfn = {function}\n");
        format!("{HEAD}{INPUT}{SOURCE}{map}{COUNT}")
    };
    for function in [
        "\"identity\"",
        "{ key-by = \"value\" }",
        "{ key-by = { before = \"/\" } }",
        "{ key-by = { fixed = \"all\" } }",
        "{ filter = { key = \"ann\" } }",
        "{ filter = { not-key = \"ann\" } }",
        "{ filter = { value-at-least = 3 } }",
        "{ explode = { copies = 3 } }",
        "{ coin = { sides = 3, into = \"value\" } }",
    ] {
        read(&map(function));
    }
    let check = |function: &str, title, at, beside| refused(&map(function), title, at, beside);
    check(
        "{ coin = { sides = 1 } }",
        "`sides` is out of range",
        "1 }",
        "from 2",
    );
    check("{ coin = {} }", "`sides` is missing", "{} }", "");
    check(
        "{ explode = { copies = 0 } }",
        "`copies` is out of range",
        "0 }",
        "from 1",
    );
    check("\"coin\"", "expected a table `{ … }`", "\"coin\"", "");
    check(
        "{ key-by = { befor = \"/\" } }",
        "unknown name `befor`",
        "befor",
        "`before`?",
    );
    check(
        "{ key-by = { before = \"\" } }",
        "the empty text comes before everything",
        "{ key-by",
        "",
    );
}

#[test]
fn inputs_belong_to_sources() {
    let check = |input: &str, title, at, beside| {
        refused(
            &format!("{HEAD}{input}\n{SOURCE}{COUNT}"),
            title,
            at,
            beside,
        );
    };
    check(
        "",
        "`events` reads nothing",
        "\"events\"",
        "add an `[input]`",
    );
    check(
        "[input]",
        "an input without records",
        "[input]",
        "one of `generate`",
    );
    check(
        "[input]\nrecords = []",
        "an input without records",
        "[]",
        "nothing would be checked",
    );
    let both = "input = { records = [], generate = { records = 1 } }";
    check(
        both,
        "an input of several sorts",
        "{ records = []",
        "exactly one of",
    );
    let unsorted =
        "[input]\nrecords = [{ key = \"a\", at = \"2s\" }, { key = \"b\", at = \"1s\" }]";
    check(
        unsorted,
        "record 1 arrives before the one above it",
        "\"1s\"",
        "1s is before 2s",
    );
    let generate = |more: &str| format!("[input]\ngenerate = {{ records = 5, {more} }}");
    check(
        &generate("skew = 1.2345"),
        "`1.2345` is not possible here",
        "1.2345",
        "at most 3 places",
    );
    check(
        &generate("users = 0"),
        "`users` is out of range",
        "0",
        "from 1",
    );
    check(
        &generate("every = \"36500d\""),
        "an input of more than 100 years",
        "\"36500d\"",
        "",
    );
    let csv = |more: &str| format!("[input]\ncsv = {{ path = \"x.csv\", key = \"k\"{more} }}");
    check(&csv(""), "`event-time` is missing", "{ path", "");
    let own = SOURCE.replace("events", "other")
        + "input = { records = [{ key = \"a\", at = \"0s\", value = \"x\" }] }\n";
    let unused = format!("{HEAD}{INPUT}{own}{COUNT}");
    refused(&unused, "nobody reads this input", "[input]", "");
    let sum = format!("{HEAD}{own}{COUNT}").replace("\"count\"", "\"sum\"");
    refused(
        &sum,
        "`per-user` adds up texts",
        "\"per-user\"",
        "the value of `other/0#0` is a text",
    );
    let records = "[input]\nrecords = [{ key = \"a\", at = \"-1s\", event-time = \"-5s\", value = 7, \
        id = \"x\" }, { key = \"a\", at = \"0s\" }]";
    let scenario = read(&format!("{HEAD}{records}\n{SOURCE}{COUNT}"));
    let onceproof_sim::input::Input::Rows(rows) = &scenario.plan.inputs[0].1 else {
        panic!("records are rows")
    };
    assert_eq!(rows[0].event_time.to_string(), "-5s");
    assert_eq!(rows[0].value.integer(), 7);
    assert!(rows[0].id.is_some() && rows[1].id.is_none());
    assert!(std::sync::Arc::ptr_eq(&rows[0].key, &rows[1].key));
}

#[test]
fn mechanisms_of_a_step_lie_over_those_of_the_file() {
    let text = format!(
        "{HEAD}{INPUT}{SOURCE}mechanism = {{ retry = {{ timeout = \"5ms\" }}, outputs = \"recompute\" }}\n\
        {COUNT}[mechanism]\nretry = {{ backoff = 3, give-up = 4 }}\ndedup = \"off\"\nre-ack = false\n\
        atomic = \"id-first\"\nbundle = 8\n"
    );
    let scenario = read(&text);
    let [source, count] = scenario.plan.pipeline.steps() else {
        panic!("two steps")
    };
    assert_eq!(
        (
            source.mechanism.retry.timeout,
            source.mechanism.retry.backoff
        ),
        (5_000_000, 3)
    );
    assert_eq!(source.mechanism.dedup, count.mechanism.dedup);
    assert_ne!(source.mechanism.outputs, count.mechanism.outputs);
    assert_eq!(count.mechanism.retry.timeout, 30_000_000);
    assert_eq!(
        count.mechanism.give_up,
        onceproof_model::mechanism::GiveUp::After(4)
    );
    let check = |end: &str, title, at, beside| refused(&with(end), title, at, beside);
    let both = "[mechanism]\ngive-up = 3\nretry = { give-up = 4 }";
    check(both, "`give-up` is given twice", "give-up = 4", "");
    let short = "[mechanism]\nretry = { timeout = \"2s\", max = \"1s\" }";
    let title = "the longest wait of a retry is below its time-out";
    check(short, title, "\"1s\"", "`timeout` is 2s, `max` is 1s");
    let long = read(&with("[mechanism]\nretry = { timeout = \"5s\" }"));
    assert_eq!(
        long.plan.pipeline.steps()[0].mechanism.retry.max,
        5_000_000_000
    );
    check(
        "[mechanism]\nretry = { timeout = \"0s\" }",
        "a time-out of 0",
        "\"0s\"",
        "",
    );
}

#[test]
fn exact_faults_have_places_that_they_can_have() {
    for (at, what) in [
        (
            "{ to = \"per-user\", record = \"events/0#1\", attempt = 1 }",
            "\"drop-ack\"",
        ),
        (
            "{ from = \"flip\", shard = 1, nth = 2 }",
            "{ delay = { by = \"1s\", leg = \"ack\" } }",
        ),
        ("{ record = \"events/0#1.0\" }", "\"duplicate\""),
        (
            "{ to = \"per-user\", record = \"watermark@60s\" }",
            "\"drop-request\"",
        ),
        ("{ record = \"watermark@infinity\" }", "\"drop-request\""),
        (
            "{ from = \"flip\", to = \"per-user\", time = \"1s\" }",
            "{ partition = { for = \"1s\" } }",
        ),
        ("{ from = \"flip\", to = \"per-user\" }", "\"partition\""),
        (
            "{ step = \"per-user\", record = \"watermark\" }",
            "\"commit-lost\"",
        ),
        (
            "{ step = \"flip\", record = \"events/0#1\", attempt = 2 }",
            "\"user-differs\"",
        ),
        ("{ step = \"flip\" }", "\"user-fails\""),
        (
            "{ worker = 3, time = \"1s\" }",
            "{ crash = { restart = \"1s\" } }",
        ),
        ("{ before = \"settle\", step = \"flip\" }", "\"crash\""),
        (
            "{ before = \"emit\", record = \"per-user/a@b#c/d@60s#0\" }",
            "\"crash\"",
        ),
        (
            "{ before = \"emit\", record = \"per-user/ann@-60s#1\" }",
            "\"crash\"",
        ),
    ] {
        let scenario = read(&fault(at, what));
        assert_eq!(scenario.plan.faults.len(), 1);
        let written = scenario.fault_to_toml(&scenario.plan.faults[0]);
        let again = read(&fault(&written.at, &written.what));
        assert_eq!(again.plan.faults, scenario.plan.faults, "{at}");
    }
}

#[test]
fn places_that_a_fault_cannot_have_are_refused() {
    let check = |at: &str, what: &str, title, place, beside| {
        refused(&fault(at, &format!("\"{what}\"")), title, place, beside);
    };
    let not_by = "it is placed by `from`, `to`";
    check(
        "{ before = \"ack\" }",
        "drop-ack",
        "`drop-ack` is not placed by `before`",
        "before",
        not_by,
    );
    check(
        "{ step = \"flip\" }",
        "drop-ack",
        "`drop-ack` is not placed by `step`",
        "step =",
        "",
    );
    check(
        "{ nth = 2 }",
        "drop-ack",
        "no place for `drop-ack`",
        "{ nth",
        "it needs `to`, `from` or `record`",
    );
    check(
        "{}",
        "commit-lost",
        "no place for `commit-lost`",
        "{}",
        "it needs `step` or `record`",
    );
    check(
        "{}",
        "crash",
        "no place for `crash`",
        "{}",
        "it needs `before`, or `worker` and `time`",
    );
    check(
        "{ worker = 0 }",
        "crash",
        "no place for `crash`",
        "{ worker",
        "it needs `worker` and `time`",
    );
    check(
        "{ time = \"1s\", to = \"flip\" }",
        "partition",
        "no place for `partition`",
        "{ time",
        "`from`",
    );
    check(
        "{ to = \"per-usr\" }",
        "drop-ack",
        "there is no step `per-usr`",
        "\"per-usr\"",
        "`per-user`?",
    );
    check(
        "{ to = \"events\" }",
        "drop-ack",
        "nobody sends to `events`",
        "\"events\" }",
        "",
    );
    check(
        "{ from = \"per-user\" }",
        "drop-ack",
        "`per-user` sends nothing",
        "\"per-user\" }",
        "",
    );
    let title = "`events` sends nothing to `per-user`";
    let edge = "{ from = \"events\", to = \"per-user\" }";
    check(
        edge,
        "drop-ack",
        title,
        "\"per-user\" }",
        "it takes the outputs of `flip`",
    );
    let has = "`per-user` has 2 shards, counted from 0";
    check(
        "{ to = \"per-user\", shard = 2 }",
        "drop-ack",
        "there is no shard 2",
        "2 }",
        has,
    );
    check(
        "{ to = \"flip\", attempt = 0 }",
        "drop-ack",
        "`attempt` 0",
        "0 }",
        "counted from 1",
    );
    check(
        "{ to = \"flip\", nth = 0 }",
        "drop-ack",
        "`nth` 0",
        "0 }",
        "counted from 1",
    );
    let workers = "there are 4 workers, counted from 0";
    check(
        "{ worker = 4, time = \"1s\" }",
        "crash",
        "there is no worker 4",
        "4,",
        workers,
    );
    check(
        "{ step = \"events\" }",
        "user-fails",
        "there is never an execution at `events`",
        "\"events\" }",
        "",
    );
    let first = "the first execution cannot differ";
    check(
        "{ step = \"flip\", attempt = 1 }",
        "user-differs",
        first,
        "1 }",
        "from 2",
    );
    let text = fault("{ step = \"flip\" }", "{ user-differs = { answer = 2 } }");
    refused(
        &text,
        "`user-differs` can do nothing here",
        "{ user-differs",
        "answer 2 of 2",
    );
    let record = "no function is executed on a watermark";
    check(
        "{ record = \"watermark\" }",
        "user-fails",
        record,
        "\"watermark\"",
        "",
    );
    let before =
        |before: &str, step: &str| format!("{{ before = \"{before}\", step = \"{step}\" }}");
    let never = "there is never `admit` at `events`";
    check(
        &before("admit", "events"),
        "crash",
        never,
        "\"admit\"",
        "a source takes nothing in",
    );
    let never = "there is never `send` at `per-user`";
    check(
        &before("send", "per-user"),
        "crash",
        never,
        "\"send\"",
        "nobody takes its outputs",
    );
    let never = "there is never `settle` at `per-user`";
    check(
        &before("settle", "per-user"),
        "crash",
        never,
        "\"settle\"",
        "no outputs to settle",
    );
    let never = "there is never `emit` at `flip`";
    check(
        &before("emit", "flip"),
        "crash",
        never,
        "\"emit\"",
        "it fires no windows",
    );
    let recompute =
        fault(&before("commit", "flip"), "\"crash\"") + "[mechanism]\noutputs = \"recompute\"";
    let never = "there is never `commit` at `flip`";
    refused(
        &recompute,
        never,
        "\"commit\"",
        "under `recompute` its only commit is `settle`",
    );
    let text = fault("{ to = \"flip\" }", "{ drop-ack = { odds = 0.5 } }");
    refused(
        &text,
        "an exact fault has no odds",
        "0.5",
        "whenever its place comes",
    );
    let text = fault("{ to = \"flip\" }", "{ drop-ack = {}, crash = {} }");
    refused(&text, "a fault does one thing", "{ drop-ack", "");
    refused(
        &fault("{ to = \"flip\" }", "{}"),
        "a fault that does nothing",
        "{}",
        "",
    );
    check(
        "{ to = \"flip\" }",
        "drop-akc",
        "unknown name `drop-akc`",
        "\"drop-akc\"",
        "`drop-ack`?",
    );
    let twice = fault("{ to = \"flip\" }", "\"drop-ack\"")
        + "[[fault]]\nat = { to = \"flip\", nth = 1 }\ndo = \"error-applied\"";
    refused(
        &twice,
        "two faults at one point",
        "{ to",
        "the other is on line 20",
    );
    read(&twice.replace("error-applied", "drop-request"));
}

#[test]
fn records_in_places_exist() {
    let check = |record: &str, title: &str, beside| {
        let record = format!("\"{record}\"");
        refused(
            &fault(&format!("{{ record = {record} }}"), "\"commit-lost\""),
            title,
            &record,
            beside,
        );
    };
    let no = |record: &str| format!("`{record}` is no record");
    check("ann", &no("ann"), "a record is named by its step");
    check(
        "evets/0#1",
        "there is no step `evets`",
        "did you mean `events`?",
    );
    check(
        "flip/0#1",
        &no("flip/0#1"),
        "a map gives its records no names",
    );
    check(
        "events/1#0",
        &no("events/1#0"),
        "`events` has 1 shard, counted from 0",
    );
    check(
        "events/0#2",
        &no("events/0#2"),
        "shard 0 of `events` has 2 records, counted from 0",
    );
    check(
        "events/0",
        &no("events/0"),
        "`#` and the offset are missing",
    );
    check("events/0#x", &no("events/0#x"), "`x` is not a number");
    check("events/0#1.", &no("events/0#1."), "`` is not a number");
    check(
        "per-user/ann",
        &no("per-user/ann"),
        "the start of the window",
    );
    check(
        "per-user/ann@60s",
        &no("per-user/ann@60s"),
        "the number of the pane",
    );
    check(
        "per-user/ann@61s#0",
        &no("per-user/ann@61s#0"),
        "no window of 60s starts at 61s",
    );
    check(
        "per-user/ann@6x#0",
        &no("per-user/ann@6x#0"),
        "unknown unit `x`",
    );
    check(
        "events/0#1.1",
        &no("events/0#1.1"),
        "no map makes output 1 of it",
    );
    check("events/0#1.0.0", &no("events/0#1.0.0"), "1 map takes it");
    check(
        "watermark@x",
        &no("watermark@x"),
        "a duration begins with a number",
    );
    let below = with(
        "[[step]]\nname = \"table\"\nkind = \"sink\"\n[[fault]]\n\
        at = { to = \"table\", record = \"events/0#0\" }\ndo = \"drop-ack\"",
    );
    refused(
        &below,
        "`events/0#0` is never at `table`",
        "\"events/0#0\"",
        "an aggregate makes panes",
    );
}

#[test]
fn a_huge_line_makes_a_small_message() {
    let huge = "x".repeat(10_000_000);
    for text in [
        format!("{huge} = 1"),
        format!("format = 1\nname = \"{huge}\" oops"),
        format!("{HEAD}\"{huge}\" = 1"),
        format!("{HEAD}strategy = \"{huge}\""),
        format!("{HEAD}seed = \"{huge}\""),
        format!("{HEAD}step = \"{huge}\""),
        huge.clone(),
    ] {
        let error = parse(&text).expect_err("it is wrong").to_string();
        assert!(
            error.len() < 900,
            "{} letters: {}",
            error.len(),
            &error[..900]
        );
    }
}

#[test]
fn the_schema_is_strict_and_describes_every_key() {
    let schema = schema();
    let top = &schema["properties"];
    for key in [
        "format",
        "name",
        "claim",
        "expect",
        "seed",
        "input",
        "step",
        "mechanism",
        "fault",
    ] {
        assert!(top[key].is_object(), "{key}");
        assert!(top[key]["description"].is_string(), "{key}: {}", top[key]);
    }
    assert_eq!(schema["additionalProperties"], false);
    let step = &schema["$defs"]["Step"];
    assert_eq!(step["additionalProperties"], false);
    assert!(step["properties"]["fn"].is_object());
}
