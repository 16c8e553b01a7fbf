//! Places that a fault cannot have.

use super::*;

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
    check("{ step = \"flip\" }", "drop-ack", "`drop-ack` is not placed by `step`", "step =", "");
    check(
        "{ nth = 2 }",
        "drop-ack",
        "no place for `drop-ack`",
        "{ nth",
        "it needs `to`, `from`, `message` or `record`",
    );
    check(
        "{}",
        "commit-lost",
        "no place for `commit-lost`",
        "{}",
        "it needs `before`, `step`, `process` or `record`",
    );
    let needs = "it needs `before`, or `step`, `shard` and `time`";
    check("{}", "move", "no place for `move`", "{}", needs);
    let needs = "it needs `step`, `shard` and `time`";
    check("{ time = \"1s\" }", "move", "no place for `move`", "{ time", needs);
    check("{}", "crash", "no place for `crash`", "{}", "it needs `before`, or `worker` and `time`");
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
    check("{ to = \"events\" }", "drop-ack", "nobody sends to `events`", "\"events\" }", "");
    check("{ from = \"per-user\" }", "drop-ack", "`per-user` sends nothing", "\"per-user\" }", "");
    let title = "`events` sends nothing to `per-user`";
    let edge = "{ from = \"events\", to = \"per-user\" }";
    check(edge, "drop-ack", title, "\"per-user\" }", "it takes the outputs of `flip`");
    let has = "`per-user` has 2 shards, counted from 0";
    check("{ to = \"per-user\", shard = 2 }", "drop-ack", "there is no shard 2", "2 }", has);
    check("{ to = \"flip\", attempt = 0 }", "drop-ack", "`attempt` 0", "0 }", "counted from 1");
    check("{ to = \"flip\", nth = 0 }", "drop-ack", "`nth` 0", "0 }", "counted from 1");
    let workers = "there are 4 workers, counted from 0";
    check("{ worker = 4, time = \"1s\" }", "crash", "there is no worker 4", "4,", workers);
    check(
        "{ step = \"events\" }",
        "user-fails",
        "there is never an execution at `events`",
        "\"events\" }",
        "",
    );
    let first = "the first execution cannot differ";
    check("{ step = \"flip\", attempt = 1 }", "user-differs", first, "1 }", "from 2");
    let text = fault("{ step = \"flip\" }", "{ user-differs = { answer = 2 } }");
    refused(&text, "`user-differs` can do nothing here", "{ user-differs", "answer 2 of 2");
    let record = "no function is executed on a watermark";
    check("{ record = \"watermark\" }", "user-fails", record, "\"watermark\"", "");
    let before =
        |before: &str, step: &str| format!("{{ before = \"{before}\", step = \"{step}\" }}");
    let never = "there is never `admit` at `events`";
    check(&before("admit", "events"), "crash", never, "\"admit\"", "a source takes nothing in");
    let never = "there is never `send` at `per-user`";
    check(&before("send", "per-user"), "crash", never, "\"send\"", "nobody takes its outputs");
    let never = "there is never `settle` at `per-user`";
    check(&before("settle", "per-user"), "crash", never, "\"settle\"", "no outputs to settle");
    let settle = format!("{SINK}[[fault]]\nat = {}\ndo = \"crash\"", before("settle", "table"));
    let never = "there is never `settle` at `table`";
    refused(&with(&settle), never, "\"settle\"", "it has no outputs to settle");
    read(&with(&settle.replace("\"sink\"", "\"sink\"\nwrite = \"rename\"")));
    let never = "there is never `emit` at `flip`";
    check(&before("emit", "flip"), "crash", never, "\"emit\"", "it fires no windows");
    let recompute =
        fault(&before("commit", "flip"), "\"crash\"") + "[mechanism]\noutputs = \"recompute\"";
    let never = "there is never `commit` at `flip`";
    refused(&recompute, never, "\"commit\"", "under `recompute` its only commit is `settle`");
    let text = fault("{ to = \"flip\" }", "{ drop-ack = { odds = 0.5 } }");
    refused(&text, "an exact fault has no odds", "0.5", "whenever its place comes");
    let text = fault("{ to = \"flip\" }", "{ drop-ack = {}, crash = {} }");
    refused(&text, "a fault does one thing", "{ drop-ack", "");
    refused(&fault("{ to = \"flip\" }", "{}"), "a fault that does nothing", "{}", "");
    check(
        "{ to = \"flip\" }",
        "drop-akc",
        "unknown name `drop-akc`",
        "\"drop-akc\"",
        "`drop-ack`?",
    );
    let twice = fault("{ to = \"flip\" }", "\"drop-ack\"")
        + "[[fault]]\nat = { to = \"flip\", nth = 1 }\ndo = \"error-applied\"";
    refused(&twice, "two faults at one point", "{ to", "the other is on line 21");
    read(&twice.replace("error-applied", "drop-request"));
}

/// A sink, which calls nobody.
const SINK: &str = "[[step]]\nname = \"table\"\nkind = \"sink\"\n";

#[test]
fn nothing_is_sent_to_a_step_that_is_fused() {
    let fused = |end: &str| {
        let flip = FLIP.replace("mechanism = { fuse = false }\n", "");
        format!("{HEAD}{INPUT}{SOURCE}{flip}{COUNT}[[fault]]\n{end}\n")
    };
    let title = "nobody sends to `flip`: it is fused into `events`";
    let beside = "`fuse = false` in its `mechanism` keeps it apart";
    let text = fused("at = { to = \"flip\" }\ndo = \"drop-ack\"");
    refused(&text, title, "\"flip\" }", beside);
    // All of a stage is at its head, but for what belongs to a function.
    let title = "there is never `admit` at `flip`";
    let text = fused("at = { step = \"flip\", before = \"admit\" }\ndo = \"crash\"");
    refused(&text, title, "\"admit\"", "a source takes nothing in");
    read(&fused("at = { step = \"flip\", before = \"apply\" }\ndo = \"crash\""));
    read(&fused("at = { from = \"flip\", to = \"per-user\" }\ndo = \"drop-ack\""));
    let twice = fused("at = { from = \"flip\", to = \"per-user\" }\ndo = \"drop-ack\"")
        + "[[fault]]\nat = { from = \"events\", to = \"per-user\" }\ndo = \"drop-ack\"\n";
    let twin = "the other is on line 20";
    refused(&twice, "two faults at one point", "{ from = \"events\"", twin);
    let row = "[[step]]\nname = \"table\"\nkind = \"sink\"\n[faults]\ndrop-ack = 0.1\n";
    let nothing = "`drop-ack` can do nothing here";
    refused(&format!("{HEAD}{INPUT}{SOURCE}{row}"), nothing, "drop-ack", "nothing is ever sent");
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
    check("evets/0#1", "there is no step `evets`", "did you mean `events`?");
    check("flip/0#1", &no("flip/0#1"), "a map gives its records no names");
    check("events/1#0", &no("events/1#0"), "`events` has 1 shard, counted from 0");
    check("events/0#2", &no("events/0#2"), "shard 0 of `events` has 2 records, counted from 0");
    check("events/0", &no("events/0"), "`#` and the offset are missing");
    check("events/0#x", &no("events/0#x"), "`x` is not a number");
    check("events/0#1.", &no("events/0#1."), "`` is not a number");
    check("per-user/ann", &no("per-user/ann"), "the start of the window");
    check("per-user/ann@60s", &no("per-user/ann@60s"), "the number of the pane");
    check("per-user/ann@61s#0", &no("per-user/ann@61s#0"), "no window of 60s starts at 61s");
    check("per-user/ann@6x#0", &no("per-user/ann@6x#0"), "unknown unit `x`");
    check("events/0#1.1", &no("events/0#1.1"), "no map makes output 1 of it");
    check("events/0#1.0.0", &no("events/0#1.0.0"), "1 map takes it");
    check("watermark@x", &no("watermark@x"), "a duration begins with a number");
    let below = with(
        "[[step]]\nname = \"table\"\nkind = \"sink\"\nmechanism = { fuse = false }\n[[fault]]\n\
        at = { to = \"table\", record = \"events/0#0\" }\ndo = \"drop-ack\"",
    );
    refused(
        &below,
        "`events/0#0` is never at `table`",
        "\"events/0#0\"",
        "an aggregate makes panes",
    );
}
