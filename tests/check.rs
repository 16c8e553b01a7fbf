//! Checks as a test of a user has them: what passes, what fails with which words, and what of a failure is kept.

use super::common::library::trial_of;
use onceproof::check::{Check, Committed, Faults};
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::{Class, Verdict};
use onceproof_systems::Trial;
use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

const FILE: &str = "dedup/lost-ack.toml";

/// Records that are counted, each known by its id.
fn right() -> Trial {
    trial_of(FILE, "", &[])
}

/// The same, and nobody knows an id.
fn wrong() -> Trial {
    trial_of(FILE, "dedup = \"off\"", &[])
}

/// A folder of its own, which is removed at the end of a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("onceproof-check-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        Folder(folder)
    }

    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.0) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
        files.sort_unstable();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a check that fails says.
fn message_of<T>(check: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(check()))).expect_err("it passes");
    said(panic.as_ref())
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned())).expect("a text")
}

fn check(name: &str, trial: Trial, folder: &Folder) -> Check {
    Check::of(name, trial).saved_in(&folder.0)
}

#[test]
fn what_is_right_holds_under_seeds_and_leaves_nothing_behind() {
    let folder = Folder::new("right");
    check("counts", right(), &folder).seeds(0..200).exactly_once();
    assert!(folder.files().is_empty());
}

/// A lost ack, a late one and a request that comes twice are each enough, so one fault is left. The file has three
/// records, of which one is enough.
#[test]
fn a_failing_seed_is_shrunk_told_and_saved() {
    let folder = Folder::new("fails");
    let only = Faults::only([KindName::DropAck, KindName::Crash]);
    let run = || check("counts", wrong(), &folder).faults(only.clone()).exactly_once();
    let message = message_of(run);
    let [file] = &folder.files()[..] else { panic!("{:?}", folder.files()) };
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(
        message.starts_with("counts: violated, duplicated\nOne fault is enough: "),
        "{message}"
    );
    let fault = "the ack of events/0#0 to per-user, attempt 1, was lost\n";
    assert!(message.contains(&format!("\nfaults\n  {fault}")), "{message}");
    let damage = "\n  duplicated: events/0#0 at per-user, reflected 2 times instead of 1\n";
    let did = "      the ack of events/0#0 from events to per-user, attempt 1, was lost\n";
    assert!(message.contains(&format!("{damage}{did}")), "{message}");
    assert!(message.contains(&name) && message.contains("ONCEPROOF_REPLAY="), "{message}");
    let long = |line: &&str| line.chars().count() > 80 && !line.contains("/onceproof-check-");
    assert_eq!(message.lines().find(long), None, "{message}");

    let text = fs::read_to_string(file).expect("a text");
    for part in [
        "check = \"counts\"\n",
        "class = \"duplicated\"\n",
        "source = \"events\"\n",
        "do = \"drop-ack\"\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("seed ="), "one lost ack needs none: {text}");
}

#[test]
fn a_saved_failure_is_run_again_first_and_kept_when_it_holds() {
    let folder = Folder::new("again");
    message_of(|| check("counts", wrong(), &folder).exactly_once());
    let files = folder.files();
    // Without a seed there is nothing left to find it by.
    let again = message_of(|| check("counts", wrong(), &folder).seeds(0..0).exactly_once());
    assert!(again.contains("It was saved by an earlier run, and fails again."), "{again}");
    check("counts", right(), &folder).seeds(0..0).exactly_once();
    // Another check of this test has none.
    check("others", wrong(), &folder).seeds(0..0).exactly_once();
    assert_eq!(folder.files(), files);
}

#[test]
fn a_saved_failure_whose_fault_finds_no_place_any_more_is_stale() {
    let folder = Folder::new("stale");
    let acks = Faults::only([KindName::DropAck]);
    message_of(|| check("counts", wrong(), &folder).faults(acks).exactly_once());
    let file = folder.files().remove(0);
    let text = fs::read_to_string(&file).expect("a text");
    let edit = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}\n{text}");
        fs::write(&file, text.replace(from, to)).expect("written");
        message_of(|| check("counts", right(), &folder).exactly_once())
    };
    let stale = edit("attempt = 1", "attempt = 9");
    assert!(stale.contains("its fault number 1 finds no place any more: the ack of"), "{stale}");
    let stale = edit("to = \"per-user\"", "to = \"per-item\"");
    assert!(stale.contains("is stale") && stale.contains("per-item"), "{stale}");
    let stale = edit("says = \"", "says = \"not ");
    assert!(stale.contains("row 0 is another one now"), "{stale}");
    let stale = edit("number = 0", "number = 99");
    assert!(stale.contains("there are 3 rows"), "{stale}");
    let wrong = edit("class = \"duplicated\"", "class = \"doubled\"");
    assert!(wrong.contains(".toml:") && wrong.contains("doubled"), "{wrong}");
}

#[test]
fn certified_and_told() {
    let folder = Folder::new("certified");
    let certificate =
        check("counts", right(), &folder).wrong("no dedup", wrong()).seeds(0..50).exhaust(1);
    println!("{certificate}");
    let text = certificate.to_string();
    let head = "counts\n\ncertified: no schedule of at most 1 of these faults breaks it\n";
    assert!(text.starts_with(head), "{text}");
    assert!(text.ends_with("the wrong design `no dedup` is broken by a schedule of 1 fault\n"));
    assert!(certificate.runs() > 100 && certificate.levels().len() == 2, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

/// Nothing of the first certificate depends on what the other design does without.
#[test]
fn a_wrong_design_that_nothing_breaks_fails_the_check() {
    let folder = Folder::new("not-wrong");
    let same = check("counts", right(), &folder).wrong("the same", right());
    let message = message_of(|| same.seeds(0..20).exhaust(1));
    assert!(message.starts_with("counts: the wrong design `the same`: no run breaks it."));
}

#[test]
fn a_search_fails_with_a_schedule_of_the_fewest_faults() {
    let folder = Folder::new("fewest");
    let message = message_of(|| check("counts", wrong(), &folder).exhaust(2));
    assert!(message.contains("Shrunk from a schedule of 1 fault from 1 fault and"), "{message}");
    // Seeds are run beside it: no schedule without a fault breaks it.
    let message = message_of(|| check("beside", wrong(), &folder).exhaust(0));
    assert!(message.contains("Shrunk from seed "), "{message}");
    check("alone", wrong(), &folder).seeds(0..0).exhaust(0);
}

#[test]
fn what_is_expected_is_found_in_its_smallest_form_or_the_check_fails() {
    let folder = Folder::new("expect");
    let acks = Faults::only([KindName::DropAck]);
    let witness = check("counts", wrong(), &folder).faults(acks).expect(Class::Duplicated);
    let (faults, records) = (witness.faults(), witness.records());
    assert_eq!((faults.len(), records), (1, 1), "{witness}");
    assert!(faults[0].starts_with("the ack of events/0#0 to per-user"), "{witness}");
    let lost = || check("counts", wrong(), &folder).seeds(0..30).expect(Class::Lost);
    let none = "no schedule of at most 1 fault and none of 30 seeds shows it";
    assert_eq!(message_of(lost), format!("counts: nothing is lost: {none}"));
    assert!(folder.files().is_empty());
}

#[test]
fn one_run_shows_its_ledger_results_and_trace() {
    let one = Check::of("counts", right()).faults(Faults::none()).one(3);
    assert_eq!((one.verdict(), one.ledger().exact), (Verdict::ExactlyOnce, 3));
    let results = one.results("per-user");
    assert_eq!(results.values().sum::<i128>(), 3, "{results:?}");
    assert!(one.trace().iter().any(|line| line.contains("events/0#0")), "{one}");
    assert_eq!(one.faults(), [""; 0]);
    let often = Check::of("counts", right()).faults(Faults::only([KindName::DropAck]).odds(1));
    assert!(!often.one(3).faults().is_empty());
    let message = message_of(|| one.results("per-item"));
    assert_eq!(message, "there is no step `per-item`");
}

#[test]
fn a_file_is_checked_as_it_states_and_what_is_wrong_with_it_is_told_with_its_line() {
    Check::file("scenarios/dedup/lost-ack.toml").as_stated();
    Check::file("scenarios/dedup/lost-ack-no-dedup.toml").as_stated();
    Check::file("scenarios/dedup/lost-ack-no-dedup.toml").expect(Class::Duplicated);
    let folder = Folder::new("file");
    fs::create_dir_all(&folder.0).expect("a folder");
    let path = folder.0.join("a.toml");
    let text = fs::read_to_string(Path::new("scenarios").join(FILE)).expect("a text");
    fs::write(&path, text.replace("\"count\"", "\"counts\"")).expect("written");
    let message = message_of(|| Check::file(&path));
    assert!(message.contains("a.toml:") && message.contains("counts"), "{message}");
    fs::write(
        &path,
        text.replace("{ holds = \"exactly-once\", exact = 3,", "{ violates = \"lost\","),
    )
    .expect("written");
    let message = message_of(|| Check::file(&path).as_stated());
    assert!(message.contains("expected lost, found "), "{message}");
    let message = message_of(|| Check::of("counts", right()).as_stated());
    assert!(message.contains("only a check of a file"), "{message}");
}

#[test]
fn a_check_that_says_nothing_fails() {
    let folder = Folder::new("nothing");
    let check = |faults| check("counts", right(), &folder).faults(faults);
    let calls = || check(Faults::only([KindName::CallUnknown])).exactly_once();
    let idle = "counts: `call-unknown` can do nothing here: no step calls an external service";
    assert_eq!(message_of(calls), idle);
    let rare = || check(Faults::only([KindName::Crash]).odds(1 << 60)).exactly_once();
    let until = "where faults end 10s after the last record";
    let told = format!("counts: no fault has happened in 1,000 runs, {until}");
    assert_eq!(message_of(rare), told);
    let cut_off = right().with(|plan| plan.until.events = 5);
    let message = message_of(|| drop(Check::of("counts", cut_off).exhaust(1)));
    let why = "it is not known whether this schedule holds: the limit of 5 events was hit";
    assert!(message.contains(why), "{message}");
}

/// The test of this file that passes, in a process of its own with these variables.
fn run_again(variables: &[(&str, &str)]) -> (bool, String) {
    run_test_again("check::certified_and_told", variables)
}

/// A test, in a process of its own with these variables.
fn run_test_again(test: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "--nocapture", test]);
    command.envs(variables.iter().copied());
    let output = command.output().expect("it runs");
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), text.concat())
}

#[test]
fn whoever_runs_a_test_chooses_the_seeds_and_the_failure() {
    let check = |variables: &[(&str, &str)], passes: bool, says: &str| {
        let (passed, text) = run_again(variables);
        assert!(passed == passes && text.contains(says), "{variables:?}\n{text}");
    };
    check(&[], true, "none of 50 seeds breaks it");
    check(
        &[("ONCEPROOF_SEEDS", "5..12"), ("ONCEPROOF_JOBS", "1")],
        true,
        "none of 7 seeds breaks it",
    );
    check(&[("ONCEPROOF_SEED", "5")], true, "none of 1 seed breaks it");
    check(&[("ONCEPROOF_SEED", "five")], false, "it is one seed, such as ONCEPROOF_SEED=17");

    let folder = Folder::new("replayed");
    let acks = Faults::only([KindName::DropAck]);
    message_of(|| check_of(&folder).faults(acks).exactly_once());
    let file = folder.files().remove(0);
    let text = fs::read_to_string(&file).expect("a text");
    let own = text.lines().find(|line| line.starts_with("test = ")).expect("the name of the test");
    fs::write(&file, text.replace(own, "test = \"check::certified_and_told\"")).expect("written");
    let path = file.to_string_lossy().into_owned();
    let replay = [("ONCEPROOF_REPLAY", path.as_str())];
    check(&replay, true, "the ack of events/0#0");
    check(&replay, true, "holds now");
    check(&[("ONCEPROOF_REPLAY", "nowhere.toml")], false, "nowhere.toml");
    check(
        &[("ONCEPROOF_REPLAY", "scenarios/dedup/lost-ack.toml")],
        false,
        "is no failure of a test",
    );
}

#[test]
fn found_and_told() {
    println!("{}", message_of(|| check_of(&Folder::new("again")).exactly_once()));
}

#[test]
fn a_failure_that_is_replayed_explains_itself() {
    let folder = Folder::new("explained");
    let acks = Faults::only([KindName::DropAck]);
    message_of(|| check_of(&folder).faults(acks).exactly_once());
    let file = folder.files().remove(0);
    let text = fs::read_to_string(&file).expect("a text");
    let own = text.lines().find(|line| line.starts_with("test = ")).expect("the name of the test");
    fs::write(&file, text.replace(own, "test = \"check::found_and_told\"")).expect("written");
    let path = file.to_string_lossy().into_owned();
    let replay = [("ONCEPROOF_REPLAY", path.as_str())];
    let (passed, text) = run_test_again("check::found_and_told", &replay);
    assert!(passed, "{text}");
    for said in [
        "believed: events/0 will hear of it, and send it no more",
        "the nearest run that holds\nIt is the same run without this: the ack of",
        "to change: dedup = \"off\" in [mechanism] becomes dedup = \"catalog\"",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

fn check_of(folder: &Folder) -> Check {
    check("counts", wrong(), folder)
}

#[test]
fn the_program_says_how_a_failure_of_a_test_is_run() {
    let folder = Folder::new("program");
    message_of(|| check_of(&folder).exactly_once());
    let file = folder.files().remove(0);
    for command in ["replay", "shrink", "run", "explain"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_onceproof"));
        let output = program.arg(command).arg(&file).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("a failure that a test saved, and no scenario"), "{text}");
        assert!(text.contains("`ONCEPROOF_REPLAY=") && text.contains("cargo test"), "{text}");
        assert!(!text.contains("\\n"), "{text}");
    }
    // Beside scenarios it is passed over.
    let mut program = Command::new(env!("CARGO_BIN_EXE_onceproof"));
    let scenario = Path::new("scenarios").join(FILE);
    program.arg("test").arg(scenario).arg("--regressions").arg(&folder.0);
    let output = program.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// bob has one record, and a second result of it makes two.
#[test]
fn a_property_that_a_run_breaks_is_told_by_its_name_and_what_it_says() {
    let folder = Folder::new("property");
    let few = |committed: &Committed| match committed.total("per-user", "bob") {
        0 | 1 => Ok(()),
        many => Err(format!("bob has {many}")),
    };
    let acks = Faults::only([KindName::DropAck]);
    let off = check("counts", wrong(), &folder).faults(acks);
    let off = off.at_the_end("others", |_| Ok(())).at_the_end("few", few);
    let witness = off.clone().expect("few");
    let head = "counts: violated, duplicated, broken\n\
                One fault is enough: `few` does not hold: bob has 2.\n";
    assert!(witness.to_string().starts_with(head), "{witness}");
    assert_eq!((witness.faults().len(), witness.records()), (1, 1), "{witness}");
    let message = message_of(|| off.expect("many"));
    assert_eq!(message, "counts: there is no property `many`");
    let certificate = check("counts", right(), &folder).seeds(0..20).at_the_end("few", few);
    certificate.wrong("off", wrong()).exhaust(1);
}

/// Nothing is committed before the first window is over, and then one result after the other.
#[test]
fn what_must_always_hold_is_asked_whenever_results_change() {
    let folder = Folder::new("always");
    let counts = || check("counts", right(), &folder).faults(Faults::none());
    let both = |committed: &Committed| match committed.totals("per-user").len() {
        1 => Err("one of two is there".to_owned()),
        _ => Ok(()),
    };
    counts().at_the_end("both or none", both).exactly_once();
    let message = message_of(|| counts().always("both or none", both).exactly_once());
    let claim = "No fault is needed: `both or none` does not hold: one of two is there.\n";
    assert!(message.contains(claim), "{message}");
    let message =
        message_of(|| counts().always("some", |_| Err("none yet".to_owned())).exactly_once());
    assert!(message.contains("`some` does not hold: none yet"), "{message}");
}

#[test]
fn what_must_sometimes_show_is_missed_where_no_run_shows_it() {
    let folder = Folder::new("sometimes");
    let counts = || check("counts", right(), &folder).seeds(0..20);
    let has = |bob| move |committed: &Committed| committed.total("per-user", "bob") == bob;
    counts().sometimes("bob is counted", has(1)).exactly_once();
    let message = message_of(|| counts().sometimes("bob is counted twice", has(2)).exactly_once());
    assert_eq!(message, "counts: `bob is counted twice` is shown at the end of no run");
}

#[test]
fn a_check_that_saves_nothing_runs_nothing_again() {
    let folder = Folder::new("unsaved");
    let message = message_of(|| check("counts", wrong(), &folder).unsaved().exactly_once());
    assert!(
        message.starts_with("counts: violated, ") && !message.contains("saved as"),
        "{message}"
    );
    assert!(folder.files().is_empty());
    message_of(|| check("counts", wrong(), &folder).exactly_once());
    check("counts", wrong(), &folder).unsaved().seeds(0..0).exactly_once();
}

/// What version 0.1 saved: the second record alone, and its first ack, which is lost.
#[test]
fn a_failure_that_an_earlier_version_saved_is_the_same_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saved");
    let counts = |trial| Check::of("counts", trial).saved_in(&folder).seeds(0..0).exactly_once();
    let message = message_of(|| counts(wrong()));
    assert!(message.contains("fails again.\n\nfaults\n  the ack of events/0#0 "), "{message}");
    assert!(message.contains("\ninput\n  events: bob at "), "{message}");
    assert!(message.contains("reflected 2 times instead of 1"), "{message}");
    counts(right());
}
