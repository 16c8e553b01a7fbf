//! Steps, functions and inputs.

use super::*;
use onceproof_model::pipeline::{Ack, MessageIds, QueueRules, StepKind};
use onceproof_sim::input::RowValue;

#[test]
fn steps_have_names_kinds_and_inputs() {
    let steps = |steps: &str| format!("{HEAD}{INPUT}{SOURCE}{steps}\n");
    let check = |text: &str, title, at, beside| refused(&steps(text), title, at, beside);
    let count = "kind = \"count\"\nwindow = \"1m\"\n";
    let named = |name: &str| format!("[[step]]\nname = \"{name}\"\n{count}");
    check(&named("events"), "two steps are named `events`", "\"events\"", "the first is on line 8");
    check(&named("a/b"), "`a/b` cannot name a step", "\"a/b\"", "no `/`");
    check(&named(""), "a step needs a name", "\"\"", "");
    check(
        &named("watermark"),
        "`watermark` cannot name a step: faults are placed by it",
        "\"water",
        "",
    );
    let from = |from: &str| format!("{}from = {from}\n", named("c"));
    check(&from("\"evnts\""), "there is no step `evnts`", "\"evnts\"", "did you mean `events`?");
    check(&from("[\"events\", \"x\"]"), "there is no step `x`", "\"x\"", "there is only `events`");
    check(&from("[]"), "`from` names no step", "[]", "");
    check(&from("[\"events\", \"events\"]"), "`events` is named twice", "[\"events\"", "");
    check(&from("\"c\""), "the steps form a cycle", "\"c\"", "`c` -> `c`");
    let shards = |n: &str| format!("{}shards = {n}\n", named("c"));
    check(&shards("0"), "`shards` is out of range", "0\n", "from 1 to 1024");
    check(&shards("1025"), "`shards` is out of range", "1025", "from 1 to 1024");
    let kind =
        |kind: &str, more: &str| format!("[[step]]\nname = \"c\"\nkind = \"{kind}\"\n{more}\n");
    check(&kind("cuont", ""), "unknown name `cuont`", "\"cuont\"", "did you mean `count`?");
    check(&kind("count", ""), "a `count` needs a `window`", "\"count\"", "window = \"1m\"");
    check(&kind("count", "window = \"0s\""), "a window of 0", "\"0s\"", "at least 1ns");
    check(&kind("map", ""), "a map needs a function", "\"map\"", "`fn = …`");
    let belongs = "`window` belongs to `count`, `sum` and `count-globally`";
    check(&kind("sink", "window = \"1s\""), "a `sink` has no `window`", "window", belongs);
    let belongs = "`fn` belongs to `map`";
    check(&kind("reshuffle", "fn = \"identity\""), "a `reshuffle` has no `fn`", "fn", belongs);
    let belongs = "`poison` belongs to `map`";
    check(&kind("sink", "poison = { key = \"a\" }"), "a `sink` has no `poison`", "poison", belongs);
    let globally = "shards = 2\nwindow = \"1s\"";
    check(&kind("count-globally", globally), "`count-globally` has one shard", "2\nw", "");
    check(&kind("reshuffle", ""), "nobody takes the outputs of `c`", "\"c\"", "");
    check(&kind("source", "from = \"events\""), "a source takes no outputs of a step", "from", "");
    let sink = format!("{}{}", kind("sink", ""), named("d"));
    check(&sink, "`c` is a sink, and has no outputs", "\"d\"", "`from` names what `d` takes");
    let first = format!("{HEAD}{INPUT}{COUNT}");
    refused(&first, "the first step is no source", "\"count\"", "");
    let cycle = "[[step]]\nname = \"a\"\nkind = \"map\"\nfn = \"identity\"\nfrom = [\"events\", \"b\"]\n\
        [[step]]\nname = \"b\"\nkind = \"map\"\nfn = \"identity\"\n";
    let error = parse(&steps(&format!("{cycle}{}", named("c")))).expect_err("a cycle").to_string();
    assert!(error.starts_with("error: the steps form a cycle\n"), "{error}");
    assert!(error.contains("`a` -> `b` -> `a`") || error.contains("`b` -> `a` -> `b`"), "{error}");
    let no_source = format!(
        "{HEAD}{INPUT}[[step]]\nname = \"a\"\nkind = \"map\"\nfn = \"identity\"\nfrom = \"b\"\n\
        [[step]]\nname = \"b\"\nkind = \"map\"\nfn = \"identity\"\n"
    );
    let error = parse(&no_source).expect_err("no source").to_string();
    assert!(error.starts_with("error: the steps form a cycle\n"), "{error}");
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
        "{ clock = { every = \"100ms\" } }",
        "{ lookup = { changes-every = \"1s\", values = 2, into = \"value\" } }",
        "{ order = {} }",
        "\"identity\"\npoison = { key = \"bob\" }\ndead-letter = { after = 3 }",
    ] {
        read(&map(function));
    }
    let check = |function: &str, title, at, beside| refused(&map(function), title, at, beside);
    check("{ coin = { sides = 1 } }", "`sides` is out of range", "1 }", "from 2");
    check("{ coin = {} }", "`sides` is missing", "{} }", "");
    check("{ clock = { every = \"0s\" } }", "a step of 0", "\"0s\"", "at least 1ns");
    let lookup = "{ lookup = { changes-every = \"1s\", values = 1 } }";
    check(lookup, "`values` is out of range", "1 } }", "from 2");
    let never = "\"identity\"\ndead-letter = { after = 0 }";
    check(never, "`after` is out of range", "0 }", "from 1");
    check("{ explode = { copies = 0 } }", "`copies` is out of range", "0 }", "from 1");
    check("\"coin\"", "expected a table `{ … }`", "\"coin\"", "");
    check("{ key-by = { befor = \"/\" } }", "unknown name `befor`", "befor", "`before`?");
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
        refused(&format!("{HEAD}{input}\n{SOURCE}{COUNT}"), title, at, beside);
    };
    check("", "`events` reads nothing", "\"events\"", "add an `[input]`");
    check("[input]", "an input without records", "[input]", "one of `generate`");
    check("[input]\nrecords = []", "an input without records", "[]", "nothing would be checked");
    let both = "input = { records = [], generate = { records = 1 } }";
    check(both, "an input of several sorts", "{ records = []", "exactly one of");
    let unsorted =
        "[input]\nrecords = [{ key = \"a\", at = \"2s\" }, { key = \"b\", at = \"1s\" }]";
    check(unsorted, "record 1 arrives before the one above it", "\"1s\"", "1s is before 2s");
    let generate = |more: &str| format!("[input]\ngenerate = {{ records = 5, {more} }}");
    check(
        &generate("skew = 1.2345"),
        "`1.2345` is not possible here",
        "1.2345",
        "at most 3 places",
    );
    check(&generate("users = 0"), "`users` is out of range", "0", "from 1");
    check(&generate("every = \"36500d\""), "an input of more than 100 years", "\"36500d\"", "");
    let csv = |more: &str| format!("[input]\ncsv = {{ path = \"x.csv\", key = \"k\"{more} }}");
    check(&csv(""), "`event-time` is missing", "{ path", "");
    let own = SOURCE.replace("events", "other")
        + "input = { records = [{ key = \"a\", at = \"0s\", value = \"x\" }] }\n";
    let unused = format!("{HEAD}{INPUT}{own}{COUNT}");
    refused(&unused, "nobody reads this input", "[input]", "");
    let sum = format!("{HEAD}{own}{COUNT}").replace("\"count\"", "\"sum\"");
    refused(&sum, "`per-user` adds up texts", "\"per-user\"", "the value of `other/0#0` is a text");
    let records = "[input]\nrecords = [{ key = \"a\", at = \"-1s\", event-time = \"-5s\", value = 7, \
        id = \"x\" }, { key = \"a\", at = \"0s\" }]";
    let scenario = read(&format!("{HEAD}{records}\n{SOURCE}{COUNT}"));
    let onceproof_sim::input::SourceInput::Rows(rows) = &scenario.trial.plan.inputs[0].1 else {
        panic!("records are rows")
    };
    assert_eq!(rows[0].event_time.to_string(), "-5s");
    assert_eq!(rows[0].value, RowValue::Integer(7));
    assert!(rows[0].id.is_some() && rows[1].id.is_none());
    assert!(std::sync::Arc::ptr_eq(&rows[0].key, &rows[1].key));
}

#[test]
fn a_stable_input_is_one_that_is_committed_before_it_is_sent() {
    let text = with("[mechanism]\noutputs = \"recompute\"")
        .replace("mechanism = { fuse = false }", "stable-input = true");
    let beside = "`events` sends before it commits: `recompute`";
    refused(&text, "the input of `flip` is not stable", "stable-input", beside);
    let sure = text.replace(
        "kind = \"source\"\n",
        "kind = \"source\"\nmechanism = { outputs = \"checkpoint\" }\n",
    );
    read(&sure);
    let count = format!("{HEAD}{INPUT}{SOURCE}{COUNT}stable-input = true\n");
    refused(&count, "a `count` has no `stable-input`", "stable-input", "belongs to `map`");
}

#[test]
fn queues_are_read() {
    let queue = |queue: &str, records: &str| {
        let input = format!("[input]\nrecords = [{records}]\n");
        format!("{HEAD}{input}{SOURCE}queue = {queue}\n{COUNT}")
    };
    let plain = "{ key = \"a\", at = \"0s\" }";
    let named = "{ key = \"a\", at = \"0s\", id = \"x\" }";
    let of = |text: &str| match read(text).trial.design.pipeline().steps()[0].kind {
        StepKind::Source { queue, .. } => queue,
        _ => panic!("a source"),
    };
    let right = QueueRules {
        deadline: 10_000_000_000,
        extend: true,
        ack: Ack::AfterCommit,
        ids: MessageIds::Message,
    };
    assert_eq!(of(&queue("{}", plain)), Some(right));
    let other = "{ deadline = \"1s\", extend = false, ack = \"on-receipt\", ids = \"attribute\" }";
    let given = QueueRules {
        deadline: 1_000_000_000,
        extend: false,
        ack: Ack::OnReceipt,
        ids: MessageIds::Attribute,
    };
    assert_eq!(of(&queue(other, named)), Some(given));
    let check = |text: &str, title, at, beside| refused(text, title, at, beside);
    check(&queue("{ deadline = \"0s\" }", plain), "a deadline of 0", "\"0s\"", "");
    let attribute = queue("{ ids = \"attribute\" }", plain);
    let title = "there is no attribute to take ids from";
    check(&attribute, title, "\"attribute\"", "record 0 has no `id`");
    let again = "{ key = \"a\", at = \"1s\", id = \"x\" }";
    let title = "two records of a queue have one `id`";
    check(&queue("{}", &format!("{named}, {again}")), title, "{}", "records 0 and 1");
    let again = again.replace(", id", ", event-time = \"0s\", id");
    let twice = queue("{}", &format!("{named}, {again}"));
    read(&twice);
    let place =
        "[[fault]]\nat = { step = \"events\", record = \"events/0#1\" }\ndo = \"redeliver\"";
    let title = "`events/0#1` is no record";
    check(
        &format!("{twice}{place}"),
        title,
        "\"events/0#1\"",
        "it is `events/0#0`, published again",
    );
    check(
        &queue("{ idss = \"none\" }", plain),
        "unknown key `idss`",
        "idss",
        "did you mean `ids`?",
    );
    let ack = "[[fault]]\nat = { step = \"events\", before = \"ack\" }\ndo = \"crash\"";
    read(&format!("{}{ack}", queue("{}", plain)));
    let ack = format!("{HEAD}{INPUT}{SOURCE}{COUNT}{ack}");
    check(&ack, "there is never `ack` at `events`", "\"ack\"", "a source takes nothing in");
    let again = "[[fault]]\nat = { step = \"per-user\" }\ndo = \"redeliver\"";
    let again = format!("{}{again}", queue("{}", plain));
    check(
        &again,
        "there is never a second delivery at `per-user`",
        "\"per-user\"",
        "it reads no `queue`",
    );
}
