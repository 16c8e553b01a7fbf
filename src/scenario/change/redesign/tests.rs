use super::*;
use onceproof_model::dataflow::mechanism::{Gc, GiveUp};
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::Kind;
use std::path::Path;

const TEXT: &str = r#"
    format = 1
    name   = "two steps"
    claim  = "It holds."
    expect = "exactly-once"
    [input]
    records = [ { key = "ann", at = "0s" } ]
    [[step]]
    name = "events"
    kind = "source"
    mechanism = { outputs = "checkpoint", bundle = 2 }
    [[step]]
    name = "per-user"
    kind = "count"
    window = "1s"
    [mechanism]
    retry = { timeout = "40ms", give-up = 9 }
    gc    = "never"
    [faults]
    drop-ack = "1/2"
    crash    = "1/9"
"#;

fn changed(changes: &Changes) -> Result<Scenario, ScenarioError> {
    let scenario = Scenario::parse(TEXT, Path::new("a.toml")).expect("a scenario");
    scenario.redesigned(changes)
}

fn redesigned(mechanisms: &str, without: &[KindName]) -> Result<Scenario, ScenarioError> {
    let (mechanism, without) = (Some(mechanisms.to_owned()), without.to_vec());
    changed(&Changes { mechanism, without, ..Changes::default() })
}

#[test]
fn what_is_asked_for_stands_at_every_step_and_the_rest_stays() {
    let scenario = redesigned(r#"outputs = "recompute", give-up = 3"#, &[]).expect("a design");
    assert!(scenario.text().contains("\noutputs = \"recompute\"\n"), "{}", scenario.text());
    for (mechanism, bundle) in
        scenario.trial.design.dataflow().expect("Dataflow").mechanisms().iter().zip([2, 1])
    {
        let Mechanism { outputs, give_up, retry, gc, bundle: found, .. } = *mechanism;
        assert_eq!((outputs, give_up, gc), (Outputs::Recompute, GiveUp::After(3), Gc::Never));
        assert_eq!((retry.timeout, found.records), (40_000_000, bundle));
    }
}

#[test]
fn without_ids_nothing_is_left_for_gc_to_forget() {
    let scenario = redesigned(r#"dedup = "off""#, &[]).expect("a design");
    assert!(
        scenario
            .trial
            .design
            .dataflow()
            .expect("Dataflow")
            .mechanisms()
            .iter()
            .all(|mechanism| { (mechanism.dedup, mechanism.gc) == (Dedup::Off, Gc::Watermark) })
    );
    assert!(redesigned(r#"dedup = "off", gc = "never""#, &[]).is_err());
}

#[test]
fn where_outputs_are_computed_again_none_is_left_to_settle() {
    let held = "outputs = \"checkpoint\", settle = \"with-next\"";
    let of = |scenario: &Scenario, mechanisms: &str| {
        scenario.redesigned(&Changes::of_mechanism(mechanisms))
    };
    let scenario = redesigned(held, &[]).expect("a design");
    let again = of(&scenario, "outputs = \"recompute\"").expect("a design");
    assert!(!again.text().contains("settle"), "{}", again.text());
    assert!(of(&scenario, "outputs = \"recompute\", settle = \"with-next\"").is_err());
}

/// What nobody asked for goes; what was asked for is told.
#[test]
fn what_holds_for_no_step_by_a_change_goes_with_it() {
    let text = TEXT.replace("gc    = ", "bundle = 3\n gc    = ");
    let scenario = Scenario::parse(&text, Path::new("a.toml")).expect("a scenario");
    let of = |mechanism: Option<&str>, step: &str| {
        scenario.redesigned(&Changes {
            mechanism: mechanism.map(str::to_owned),
            steps: vec![step.to_owned()],
            ..Changes::default()
        })
    };
    let own = of(None, "per-user: mechanism.bundle = 4").expect("a design");
    assert!(!own.text().contains("bundle = 3"), "{}", own.text());
    let own = of(None, "per-user: mechanism.dedup = \"off\"").expect("a design");
    assert!(!own.text().contains("\"never\""), "{}", own.text());
    // `[mechanism]` has it for the source.
    let own = of(Some("bundle = 5"), "per-user: mechanism.bundle = 4").expect("a design");
    assert!(own.text().contains("bundle = 5"), "{}", own.text());
    let steps = ["events", "per-user"].map(|step| format!("{step}: mechanism.bundle = 4"));
    let (mechanism, steps) = (Some("bundle = 5".to_owned()), steps.to_vec());
    let both = scenario.redesigned(&Changes { mechanism, steps, ..Changes::default() });
    let error = both.expect_err("it holds for no step").to_string();
    assert!(error.contains("holds for no step\n --> --mechanism:1:1\n"), "{error}");
    // Of what is asked for every step, no step has anything to forget.
    let off = scenario.redesigned(&Changes::of_mechanism("dedup = \"off\"")).expect("a design");
    assert!(!off.text().contains("gc"), "{}", off.text());
}

#[test]
fn the_odds_of_some_kinds_of_faults_are_left_out() {
    let scenario = redesigned("", &[KindName::Crash, KindName::Pause]).expect("a design");
    let odds = &scenario.trial.plan.climate.odds;
    let kinds: Vec<KindName> = odds.iter().map(|(kind, _)| kind.name()).collect();
    assert_eq!(kinds, [KindName::DropAck]);
}

#[test]
fn what_is_no_mechanism_is_shown() {
    let shown = |mechanisms: &str| match redesigned(mechanisms, &[]) {
        Ok(_) => panic!("{mechanisms} is read"),
        Err(error) => error.to_string(),
    };
    assert!(shown("dedupe = \"off\"").contains("--mechanism:1:1\n"));
    assert!(shown("dedup = \"of\"").contains("off"));
    shown("bundle = 0");
    shown("dedup");
    shown("bundle = 1 }\nformat = { a = 1");
}

#[test]
fn what_is_wrong_is_shown_as_it_was_typed() {
    let shown = |changes: Changes| match changed(&changes) {
        Ok(_) => panic!("{changes:?} is read"),
        Err(error) => error.to_string(),
    };
    let mechanism = |written: &str| shown(Changes::of_mechanism(written));
    assert_eq!(
        mechanism("bundle = 4, dedup"),
        "error: `dedup` has no value\n --> --mechanism:1:13\n  |\n\
         1 | bundle = 4, dedup\n  |             ^^^^^ such as `dedup = \"off\"`"
    );
    assert_eq!(
        mechanism("ids = \"fresh\", bundle = 0"),
        "error: `bundle` is out of range\n --> --mechanism:1:25\n  |\n\
         1 | ids = \"fresh\", bundle = 0\n  |                         ^ from 1 to 100000"
    );
    // What only the whole file shows to be wrong is shown as it was typed, too.
    let fault = "at = { to = \"nobody\" }, do = \"drop-ack\"".to_owned();
    assert_eq!(
        shown(Changes { faults: vec![fault], ..Changes::default() }),
        "error: there is no step `nobody`\n --> --fault:1:13\n  |\n\
         1 | at = { to = \"nobody\" }, do = \"drop-ack\"\n  |             ^^^^^^^^\n  |\n  \
         = help: there are `events` and `per-user`"
    );
    // Both are told, and each in its own words.
    let both = shown(Changes {
        mechanism: Some("bundle = 0".to_owned()),
        steps: vec!["events: shard = 3".to_owned(), "nobody: shards = 3".to_owned()],
        ..Changes::default()
    });
    assert!(both.contains("1 | bundle = 0\n") && both.contains("1 | nobody: shards"), "{both}");
    let both = shown(Changes {
        steps: vec!["events: shard = 3".to_owned(), "per-user: shards = 0".to_owned()],
        ..Changes::default()
    });
    assert!(both.contains("--step:1:9\n  |\n1 | events: shard = 3\n"), "{both}");
}

#[test]
fn a_key_of_one_step_is_changed_and_one_with_dots_leaves_the_rest_of_its_table() {
    let of_steps = |steps: &[&str]| {
        let steps = steps.iter().map(|&written| written.to_owned()).collect();
        changed(&Changes { steps, ..Changes::default() })
    };
    let scenario = of_steps(&[
        "events: mechanism.bundle = 7, shards = 3",
        "per-user : window = \"2s\", mechanism.outputs = \"recompute\"",
    ]);
    let scenario = scenario.expect("a design");
    let steps = scenario.trial.design.dataflow().expect("Dataflow").parts();
    let [(events, of_events), (per_user, of_user)] = &steps[..] else { panic!("two steps") };
    assert_eq!((of_events.bundle.records, events.shards), (7, 3));
    assert_eq!(of_events.outputs, Outputs::Checkpoint);
    assert_eq!(of_user.outputs, Outputs::Recompute);
    assert!(matches!(per_user.kind, StepKind::Count(windows) if windows.length == 2_000_000_000));
    let shown = |written: &str| match of_steps(&[written]) {
        Ok(_) => panic!("{written} is read"),
        Err(error) => error.to_string(),
    };
    assert!(shown("evens: shards = 3").contains("did you mean `events`?"));
    assert!(shown("shards = 3").contains("--step:1:1"));
    assert!(shown("events: shards 3").contains("--step:1:"));
    assert!(shown("events: shard = 3").contains("did you mean `shards`?"));
    assert!(shown("events: window = \"1s\"").contains(":1:9\n  |\n1 | events: window"));
    shown("events:");
    shown("events: shards = 1 }\nformat = { a = 1");
}

#[test]
fn exact_faults_are_added_to_those_of_the_file_or_stand_in_their_place() {
    let of_faults = |bare, faults: &[&str]| {
        let faults = faults.iter().map(|&written| written.to_owned()).collect();
        changed(&Changes { bare, faults, ..Changes::default() })
    };
    let crash = "at = { worker = 0, time = \"1s\" }, do = { crash = { restart = \"9ms\" } }";
    let lost = "at = { to = \"per-user\", attempt = 1 }, do = \"drop-ack\"";
    for bare in [false, true] {
        let scenario = of_faults(bare, &[crash, lost]).expect("a scenario");
        let kinds: Vec<Kind> = scenario.trial.plan.faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [Kind::Crash { restart: 9_000_000 }, Kind::DropAck]);
        assert_eq!(scenario.trial.plan.climate.odds.is_empty(), bare);
    }
    let shown = |written: &str| match of_faults(true, &[written]) {
        Ok(_) => panic!("{written} is read"),
        Err(error) => error.to_string(),
    };
    assert!(shown("at = { to = \"per-user\" }, do = \"crush\"").contains("--fault:1:"));
    assert!(shown("at = { to = \"nobody\" }, do = \"drop-ack\"").contains("nobody"));
    shown(&format!("{lost} }}, {{ {lost}"));
    shown("");
}
