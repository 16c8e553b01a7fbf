//! Steps, functions, inputs and mechanisms.

use super::*;
use onceproof_model::dataflow::mechanism::Dedup;
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
fn filters_have_defaults_and_what_is_given_lies_over_them() {
    use onceproof_model::dataflow::mechanism::dedup::{Bloom, BucketBy, Dedup, Rebuild, Shape};
    let check = |dedup: &str, expected: Dedup| {
        let scenario = read(&with(&format!("[mechanism]\ndedup = {dedup}")));
        for mechanism in scenario.trial.design.dataflow().expect("Dataflow").mechanisms() {
            assert_eq!(mechanism.dedup, expected, "{dedup}");
        }
    };
    // 10 minutes, 10 bits for each of 1,000 ids, 7 hashes.
    let shape = Shape { bucket: 600 * 1_000_000_000, bits_per_id: 10, hashes: 7, expect: 1000 };
    let (bucket_by, rebuild) = (BucketBy::Stamp, Rebuild::Scan);
    let default = Bloom { shape, bucket_by, rebuild };
    check("\"bloom\"", Dedup::Bloom(default));
    check("{ bloom = {} }", Dedup::Bloom(default));
    check("\"bloom-only\"", Dedup::BloomOnly(shape));
    let all = "{ bloom = { bucket = \"1s\", bits-per-id = 2, hashes = 3, expect = 4, \
        bucket-by = \"arrival\", rebuild = \"lazy\", threshold = 5 } }";
    let shape = Shape { bucket: 1_000_000_000, bits_per_id: 2, hashes: 3, expect: 4 };
    let rebuild = Rebuild::Lazy { threshold: 5 };
    check(all, Dedup::Bloom(Bloom { shape, bucket_by: BucketBy::Arrival, rebuild }));
    let lazy = Bloom { rebuild: Rebuild::Lazy { threshold: 100 }, ..default };
    check("{ bloom = { rebuild = \"lazy\" } }", Dedup::Bloom(lazy));
    check(
        "{ bloom = { rebuild = \"none\" } }",
        Dedup::Bloom(Bloom { rebuild: Rebuild::Nothing, ..default }),
    );
    check(
        "{ bloom-only = { expect = 4 } }",
        Dedup::BloomOnly(Shape { expect: 4, ..default.shape }),
    );
}

#[test]
fn filters_that_make_no_sense_are_refused() {
    let check = |dedup: &str, title, at, beside| {
        refused(&with(&format!("[mechanism]\ndedup = {dedup}")), title, at, beside);
    };
    let bloom = |keys: &str| format!("{{ bloom = {{ {keys} }} }}");
    check(&bloom("bucket = \"0s\""), "a bucket of no length", "\"0s\"", "no timestamp");
    check(&bloom("hashes = 0"), "`hashes` is out of range", "0 }", "from 1 to 32");
    check(&bloom("bits-per-id = 65"), "`bits-per-id` is out of range", "65", "from 1 to 64");
    check(&bloom("expect = 0"), "`expect` is out of range", "0 }", "from 1 to 10000000");
    check(&bloom("bits = 4"), "unknown key `bits`", "bits", "`bits-per-id`");
    check(&bloom("rebuild = \"scam\""), "unknown name `scam`", "\"scam", "`scan`?");
    let title = "a threshold that nothing waits for";
    check(&bloom("threshold = 4"), title, "threshold", "only `rebuild = \"lazy\"` has one");
    check(&bloom("rebuild = \"scan\", threshold = 4"), title, "threshold", "");
    let title = "`bloom-only` does not have this";
    check("{ bloom-only = { rebuild = \"scan\" } }", title, "rebuild", "only `bloom` has");
    check("{ bloom-only = { threshold = 4 } }", title, "threshold", "");
    check("{}", "a `dedup` of nothing", "{}", "");
    check("{ bloom = {}, bloom-only = {} }", "`dedup` is one design", "{ bloom =", "");
    check("\"blom\"", "unknown name `blom`", "\"blom", "`bloom`?");
}

#[test]
fn mechanisms_of_a_step_lie_over_those_of_the_file() {
    let text = format!(
        "{HEAD}{INPUT}{SOURCE}mechanism = {{ retry = {{ timeout = \"5ms\" }}, outputs = \"recompute\" }}\n\
        {COUNT}[mechanism]\nretry = {{ backoff = 3, give-up = 4 }}\ndedup = \"off\"\nre-ack = false\n\
        atomic = \"id-first\"\nbundle = 8\n"
    );
    let scenario = read(&text);
    let [source, count] = scenario.trial.design.dataflow().expect("Dataflow").mechanisms() else {
        panic!("two steps")
    };
    assert_eq!((source.retry.timeout, source.retry.backoff), (5_000_000, 3));
    assert_eq!(source.dedup, count.dedup);
    assert_ne!(source.outputs, count.outputs);
    assert_eq!(count.retry.timeout, 30_000_000);
    assert_eq!(count.give_up, onceproof_model::dataflow::mechanism::GiveUp::After(4));
    let check = |end: &str, title, at, beside| refused(&with(end), title, at, beside);
    let both = "[mechanism]\ngive-up = 3\nretry = { give-up = 4 }";
    check(both, "`give-up` is given twice", "give-up = 4", "");
    let short = "[mechanism]\nretry = { timeout = \"2s\", max = \"1s\" }";
    let title = "the longest wait of a retry is below its time-out";
    check(short, title, "\"1s\"", "`timeout` is 2s, `max` is 1s");
    let long = read(&with("[mechanism]\nretry = { timeout = \"5s\" }"));
    assert_eq!(
        long.trial.design.dataflow().expect("Dataflow").mechanisms()[0].retry.max,
        5_000_000_000
    );
    check("[mechanism]\nretry = { timeout = \"0s\" }", "a time-out of 0", "\"0s\"", "");
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

#[test]
fn where_outputs_are_computed_again_there_is_nothing_to_settle() {
    let file = |more: &str| format!("{HEAD}{INPUT}{SOURCE}{COUNT}{more}");
    let label = "with `outputs = \"recompute\"` no output is held until it is acked";
    let check = |more: &str| {
        refused(&file(more), "a `settle` that deletes nothing", "settle", label);
    };
    check("[mechanism]\nsettle = \"with-next\"\noutputs = \"recompute\"");
    check("mechanism = { outputs = \"recompute\", settle = \"with-next\" }");
    check("mechanism = { settle = \"with-next\" }\n[mechanism]\noutputs = \"recompute\"");
    // It is of use to the others where one step computes its outputs again.
    for right in [
        "mechanism = { outputs = \"recompute\" }\n[mechanism]\nsettle = \"with-next\"",
        "[mechanism]\nsettle = \"alone\"\noutputs = \"recompute\"",
    ] {
        assert!(parse(&file(right)).is_ok(), "{right}");
    }
}

#[test]
fn what_holds_for_no_step_is_refused() {
    // What stands at the source, at the count and in `[mechanism]`.
    let file = |source: &str, count: &str, all: &str| {
        let own = |own: &str| match own {
            "" => String::new(),
            own => format!("mechanism = {{ {own} }}\n"),
        };
        format!("{HEAD}{INPUT}{SOURCE}{}{COUNT}{}[mechanism]\n{all}\n", own(source), own(count))
    };
    let own = "each step sets its own";
    let of_checkpoint = "it is of use to steps with `outputs = \"checkpoint\"`";
    let of_ids = "it is of use to steps with `dedup = \"catalog\"`";
    let again = "outputs = \"recompute\"";
    let off = "dedup = \"off\"";
    let window = "dedup = { window = \"1s\" }";
    let next = "settle = \"with-next\"";
    let alone = "settle = \"alone\"";
    for (source, count, all, key, beside) in [
        // Each step computes its outputs again.
        (again, again, next, "settle", of_checkpoint),
        (again, alone, next, "settle", of_checkpoint),
        (alone, next, next, "settle", own),
        // No step keeps ids by which anything could be forgotten.
        (off, window, "gc = \"never\"", "gc", of_ids),
        (off, "gc = \"never\"", "gc = { ttl = \"1h\" }", "gc", of_ids),
        // Each sets its own, of any sort of mechanism.
        ("bundle = 1", "bundle = 2", "bundle = 3", "bundle", own),
        (off, window, "dedup = { bloom = { bucket = \"1s\" } }", "dedup", own),
        (
            "retry = { timeout = \"1ms\", backoff = 2 }",
            "retry.timeout = \"5ms\"",
            "retry = { backoff = 1, timeout = \"2ms\" }",
            "retry.timeout",
            own,
        ),
        ("give-up = 1", "retry.give-up = 2", "give-up = 3", "give-up", own),
    ] {
        let at = key.rsplit('.').next().unwrap_or(key);
        refused(&file(source, count, all), &format!("`{key}` holds for no step"), at, beside);
    }
    // One step is enough for it to hold.
    for (source, count, all) in [
        (again, "", next),
        (off, "", "gc = \"never\""),
        ("bundle = 1", "", "bundle = 3"),
        ("retry.timeout = \"1ms\"", "retry.backoff = 3", "retry.timeout = \"2ms\""),
        (again, again, alone),
    ] {
        assert!(parse(&file(source, count, all)).is_ok(), "{source}, {count}, {all}");
    }
    // What lies over `[mechanism]` is one thing with it.
    let title = "a `gc` that forgets nothing";
    refused(&file("", "gc = \"never\"", off), title, "gc", "there are no ids for it to forget");
}

#[test]
fn the_longest_wait_of_a_step_grows_with_its_own_timeout() {
    let own = "mechanism = { retry = { timeout = \"5ms\" } }\n";
    let all = "[mechanism]\nretry = { timeout = \"5s\" }\n";
    let scenario = read(&format!("{HEAD}{INPUT}{SOURCE}{own}{COUNT}{all}"));
    let waits = scenario.trial.design.dataflow().expect("Dataflow").mechanisms().iter();
    let waits: Vec<(u64, u64)> = waits.map(|own| (own.retry.timeout, own.retry.max)).collect();
    assert_eq!(waits, [(5_000_000, 1_000_000_000), (5_000_000_000, 5_000_000_000)]);
}

#[test]
fn without_ids_there_is_nothing_to_know_them_by_or_to_forget() {
    let strategy = "strategy = \"dataflow-at-least-once\"\n";
    let file = |more: &str| format!("{HEAD}{strategy}{INPUT}{SOURCE}{COUNT}{more}");
    let check = |more: &str, title, at| refused(&file(more), title, at, "it keeps no ids");
    let dedup = "`dataflow-at-least-once` has no `dedup`";
    check("[mechanism]\ndedup = \"catalog\"", dedup, "dedup");
    check("[mechanism]\ndedup = \"off\"", dedup, "dedup");
    check("mechanism = { dedup = \"off\" }", dedup, "dedup");
    check("[mechanism]\ngc = \"never\"", "`dataflow-at-least-once` has no `gc`", "gc");
    let scenario = parse(&file("[mechanism]\nbundle = 2")).expect("a scenario");
    let design = scenario.trial.design.dataflow().expect("Dataflow");
    assert!(design.mechanisms().iter().all(|mechanism| mechanism.dedup == Dedup::Off));
    assert!(design.mechanisms().iter().all(|mechanism| mechanism.bundle.records == 2));
    let wrong = file("").replace("at-least-once", "at-least-twice");
    let title = "unknown name `dataflow-at-least-twice`";
    refused(&wrong, title, "\"dataflow-at-least-twice\"", "`dataflow-at-least-once`?");
}
