//! Mechanisms of all steps and of one, and what they leave one another to do.

use super::*;
use onceproof_model::dataflow::mechanism::Dedup;

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
    let of_checkpoint = "it is of use to steps whose outputs others take, with";
    let of_ids = "it is of use to steps that take outputs of others, with";
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
        ("", window, "gc = \"never\"", "gc", of_ids),
        ("", "gc = \"never\"", "gc = { ttl = \"1h\" }", "gc", of_ids),
        // Each sets its own, of any sort of mechanism.
        ("bundle = 1", "bundle = 2", "bundle = 3", "bundle", own),
        ("", window, "dedup = { bloom = { bucket = \"1s\" } }", "dedup", own),
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
        ("", "", "gc = \"never\""),
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
fn what_a_step_has_nothing_to_do_for_is_refused() {
    const RESHUFFLE: &str = "[[step]]\nname = \"spread\"\nkind = \"reshuffle\"\n";
    const SINK: &str = "[[step]]\nname = \"table\"\nkind = \"sink\"\n";
    const APPENDS: &str = "[[step]]\nname = \"table\"\nkind = \"sink\"\nwrite = \"append\"\n";
    const APART: &str = "[[step]]\nname = \"table\"\nkind = \"sink\"\nshards = 2\n";
    const MAP: &str = "[[step]]\nname = \"flip\"\nkind = \"map\"\nfn = { coin = { sides = 2 } }\n";
    let queue = format!("{SOURCE}queue = {{}}\n");
    let poison = format!("{MAP}poison = {{ key = \"ann\" }}\n");
    let dead_letter = format!("{MAP}dead-letter = {{ after = 2 }}\n");
    let stable = format!("{MAP}stable-input = true\n");
    let sharded = format!("{MAP}shards = 2\n");
    let mixed = RESHUFFLE.replace("spread", "mixed");
    let own = |step: &str, own: &str| {
        let own = format!("{step}mechanism = {{ {own} }}\n");
        // It may be a source, or the last one, or one that another must follow.
        let before = if step.contains("source") { "" } else { SOURCE };
        let behind = if step.contains("count") || step.contains("sink") { "" } else { COUNT };
        let spread = if step.contains("source") { "" } else { mixed.as_str() };
        format!("{HEAD}{INPUT}{before}{spread}{own}{behind}")
    };
    // What a source reads has no ids that anything was said to know or to forget, and is acked by no step.
    let of_receivers = [
        "dedup = \"off\"",
        "gc = \"never\"",
        "ack = \"on-receipt\"",
        "atomic = true",
        "re-ack = false",
    ];
    // Nobody takes the outputs of a sink.
    let of_senders = [
        "give-up = 2",
        "outputs = \"recompute\"",
        "ids = \"fresh\"",
        "stamps = \"fresh\"",
        "in-flight = 1",
        "settle = \"with-next\"",
    ];
    // A step waits so long, too, before it tries a record again whose call or function has failed.
    let of_all = [
        "retry = { timeout = \"5ms\" }",
        "commit-retry = { timeout = \"1ms\" }",
        "bundle = 4",
        "fencing = false",
    ];
    let (fuse, lift) = (["fuse = false"].as_slice(), ["lift = false"].as_slice());
    let map: &[&[&str]] = &[&of_receivers, &of_senders, &of_all, fuse];
    for (step, of_use) in [
        (SOURCE, [of_senders.as_slice(), &of_all].as_slice()),
        (&queue, &[&of_senders, &of_all]),
        (RESHUFFLE, &[&of_receivers, &of_senders, &of_all]),
        (COUNT, &[&of_receivers, &of_senders, &of_all, lift]),
        (MAP, map),
        // What keeps it apart is that already.
        (&poison, &map[..3]),
        (&dead_letter, &map[..3]),
        (&stable, &map[..3]),
        (&sharded, &map[..3]),
        // One that may be fused is so only beside what the step before it has.
        (SINK, map),
        (APPENDS, &[&of_receivers, &of_all]),
        (APART, &[&of_receivers, &of_all]),
    ] {
        for keys in [of_receivers.as_slice(), &of_senders, &of_all, fuse, lift] {
            for line in keys {
                let key = line.split(' ').next().expect("a key");
                match of_use.contains(&keys) {
                    true => assert!(parse(&own(step, line)).is_ok(), "{line} at {step}"),
                    false => {
                        let name = step.split('"').nth(1).expect("a name");
                        let title = format!("`{key}` does nothing at `{name}`");
                        refused(&own(step, line), &title, key, "it is of use to");
                        let label = match key {
                            "fuse" if step.contains("\"map\"") || step.contains("\"sink\"") => {
                                "something else keeps it a stage of its own"
                            }
                            "fuse" | "lift" => "has nothing to do for it",
                            _ if step.contains("\"source\"") => "it takes no outputs of others",
                            _ => "nobody takes its outputs",
                        };
                        refused(&own(step, line), &title, key, label);
                    }
                }
            }
        }
    }
    // Two at once keep it apart too.
    let both = own(SINK, "fuse = false, give-up = 2");
    refused(&both, "`give-up` does nothing at `table`", "give-up", "whose outputs others take");
    // What `[mechanism]` has is for steps of any kind.
    for (steps, line) in [(SINK, "lift = false"), (COUNT, "fuse = false"), (APART, "fuse = true")] {
        let text = format!("{HEAD}{INPUT}{SOURCE}{steps}[mechanism]\n{line}\n");
        assert!(parse(&text).is_ok(), "{line} for {steps}");
    }
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
