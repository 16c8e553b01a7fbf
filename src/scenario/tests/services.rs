//! Calls to external services, sinks that write by them, and what is demanded of side effects.

use super::*;
use onceproof_sim::plan::SideEffects;

fn map(function: &str) -> String {
    format!("[[step]]\nname = \"m\"\nkind = \"map\"\nfn = {function}\n")
}

/// A pipeline with such a map and this expectation.
fn charging(function: &str, expect: &str) -> String {
    let head = HEAD.replace("\"exactly-once\"", expect);
    format!("{head}{INPUT}{SOURCE}{}{COUNT}", map(function))
}

const APPEND: &str = "{ call = { write = \"append\" } }";
const APPEND_CALL: &str = "{ write = \"append\" }";
const PUT_FENCED: &str = "{ write = \"put-fenced\" }";
const TWO: SideEffects = SideEffects { at_most: Some(2), newest: false };

#[test]
fn calls_and_sinks_are_read() {
    for call in
        [APPEND_CALL, "{ write = \"put\" }", PUT_FENCED, "\"read\"", "\"delete\"", "\"take\""]
    {
        let scenario = read(&charging(&format!("{{ call = {call} }}"), "\"exactly-once\""));
        assert!(scenario.trial.design.pipeline().steps()[1].kind.calls());
    }
    let sink = |write: &str| {
        let sink = format!("[[step]]\nname = \"t\"\nkind = \"sink\"\nwrite = {write}\n");
        format!("{HEAD}{INPUT}{SOURCE}{sink}")
    };
    for write in [
        "\"append\"",
        "\"offset\"",
        "\"offset-in-memory\"",
        "\"offset-new-stream\"",
        "\"rename\"",
        "\"in-place\"",
        "{ two-phase = { timeout = \"1m\" } }",
        "{ insert-id = { window = \"1m\" } }",
    ] {
        let scenario = read(&sink(write));
        assert!(scenario.trial.design.pipeline().steps()[1].kind.calls());
    }
    let forgets = sink("{ insert-id = { window = \"0s\" } }");
    refused(&forgets, "a table that forgets at once", "\"0s\"", "`append` is a sink without");
    let aborted = sink("{ two-phase = { timeout = \"0s\" } }");
    refused(&aborted, "a transaction that is aborted at once", "\"0s\"", "a time-out of 0");
    refused(&sink("{ insert-id = {} }"), "`window` is missing", "{} }", "");
    let slow = format!("{}[cluster]\ncall = \"5ms\"\n", charging(APPEND, "\"exactly-once\""));
    assert_eq!(read(&slow).trial.plan.cluster.call, 5_000_000);
    let nobody = with("[cluster]\ncall = \"5ms\"");
    refused(&nobody, "no step calls an external service", "call =", "fn = { call = … }");
}

#[test]
fn faults_of_calls_need_a_step_that_calls() {
    let fault = |at: &str, what: &str| {
        let text = charging(APPEND, "\"exactly-once\"");
        format!("{text}[[fault]]\nat = {at}\ndo = \"{what}\"\n")
    };
    read(&fault("{ step = \"m\", attempt = 2 }", "call-unknown"));
    read(&fault("{ step = \"m\", before = \"call\" }", "crash"));
    let never = "there is never a call at `events`";
    let none = "it calls no external service";
    refused(&fault("{ step = \"events\" }", "call-unknown"), never, "\"events\" }", none);
    let watermark = fault("{ record = \"watermark\" }", "call-unknown");
    refused(&watermark, "no call is made for a watermark", "\"watermark\"", "");
    let before = fault("{ step = \"events\", before = \"call\" }", "crash");
    refused(&before, "there is never `call` at `events`", "\"call\"", none);
    let nothing = with("[faults]\ncall-unknown = \"1/10\"");
    let title = "`call-unknown` can do nothing here";
    refused(&nothing, title, "call-unknown", "no step calls an external service");
}

#[test]
fn side_effects_may_be_limited() {
    let limit = "side-effects = { at-most = 2 }";
    for (expect, violates) in [
        (format!("{{ {limit} }}"), false),
        (format!("{{ holds = \"exactly-once\", {limit} }}"), false),
        (format!("{{ violates = [\"lost\", \"repeated\"], {limit} }}"), true),
    ] {
        let scenario = read(&charging(APPEND, &expect));
        assert_eq!(scenario.trial.plan.side_effects, TWO);
        assert_eq!(scenario.expect != Expect::ExactlyOnce, violates);
    }
    assert_eq!(
        read(&charging(APPEND, "\"exactly-once\"")).trial.plan.side_effects,
        SideEffects::default()
    );
    let check =
        |expect: &str, title, at, beside| refused(&charging(APPEND, expect), title, at, beside);
    check("{}", "nothing is expected", "{}", "such as \"exactly-once\"");
    check("{ violates = [] }", "`violates` names no class", "[]", "");
    let both = "{ holds = \"exactly-once\", violates = \"lost\" }";
    check(both, "an expectation of both sorts", "violates =", "either `holds` or `violates`");
    let unlimited = "{ violates = \"repeated\" }";
    check(unlimited, "side effects may be repeated at will", "\"repeated\"", "at-most = 1");
    let zero = "{ side-effects = { at-most = 0 } }";
    check(zero, "`at-most` is out of range", "0 }", "from 1");
    let nothing = "nothing is demanded of side effects";
    check("{ side-effects = {} }", nothing, "{} }", "such as `at-most = 1` or `newest = true`");
    let reads = charging("{ call = \"read\" }", &format!("{{ {limit} }}"));
    refused(&reads, "nothing here has side effects", "side-effects", "");
    check("\"exactly-onc\"", "unknown name `exactly-onc`", "\"exactly-onc\"", "`exactly-once`?");
    let form = "expected \"exactly-once\", or a table such as `{ violates = \"lost\" }`";
    check("5", form, "5", "this is integer `5`");
}

#[test]
fn the_newest_entry_may_be_demanded_where_entries_are_put() {
    let newest = "side-effects = { newest = true }";
    let put = format!("{{ call = {PUT_FENCED} }}");
    let demands = |expect: &str| read(&charging(&put, expect)).trial.plan.side_effects;
    let wanted = SideEffects { at_most: None, newest: true };
    assert_eq!(demands(&format!("{{ {newest} }}")), wanted);
    let both = SideEffects { at_most: Some(2), newest: true };
    assert_eq!(demands("{ side-effects = { at-most = 2, newest = true } }"), both);
    assert_eq!(demands("{ side-effects = { newest = false } }"), SideEffects::default());

    let nowhere = charging(APPEND, &format!("{{ {newest} }}"));
    refused(&nowhere, "nothing here puts an entry", "newest =", "`write = \"put\"`");
    let stale = "{ violates = \"stale\" }";
    refused(&charging(&put, stale), "any entry may stand", "\"stale\"", "newest = true");
    let expected = read(&charging(&put, &format!("{{ violates = \"stale\", {newest} }}")));
    assert_eq!(expected.expect, Expect::Violates(vec![Class::Stale]));
    let mut classes = onceproof_sim::outcome::Classes::default();
    classes.insert(Class::Stale);
    let again = read(&expected.saved_failure(None, &[], classes, Path::new("dir/b.toml")));
    assert_eq!((again.expect, again.trial.plan.side_effects), (expected.expect, wanted));
}

#[test]
fn a_saved_failure_keeps_the_limit_on_side_effects() {
    let dotted = charging(APPEND, "\"exactly-once\"")
        .replace("expect = \"exactly-once\"", "expect.side-effects = { at-most = 2 }");
    let scenario = read(&dotted);
    assert_eq!((&scenario.expect, scenario.trial.plan.side_effects), (&Expect::ExactlyOnce, TWO));
    let mut classes = onceproof_sim::outcome::Classes::default();
    for expect in [Expect::ExactlyOnce, Expect::Violates(vec![Class::Repeated])] {
        let saved = scenario.saved_failure(None, &[], classes, Path::new("dir/b.toml"));
        let again = read(&saved);
        assert_eq!((again.expect, again.trial.plan.side_effects), (expect, TWO));
        classes.insert(Class::Repeated);
    }
}
