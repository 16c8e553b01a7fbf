//! What is said of usage that cannot be used, and of results that could be misread.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOST_ACK, NO_DEDUP, scenario};

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("a.toml", scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("b.toml", scenario("no dedup", DUPLICATED, &[LOST_ACK, NO_DEDUP]));
    folder
}

#[test]
fn a_value_that_cannot_be_used_is_told_one_that_can() {
    let folder = folder("words-values");
    let check = |arguments: &[&str], words: &str| {
        let finished = folder.onceproof(arguments).ends(2);
        // Lines are broken anywhere.
        let said = finished.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "{finished:?}");
        assert!(finished.stderr.lines().all(|line| line.chars().count() <= 80), "{finished:?}");
    };
    let seed = "a seed is a whole number from 0 to 18446744073709551615";
    check(&["run", "a.toml", "--seed", "abc"], seed);
    check(&["run", "a.toml", "--seed", "-1"], seed);
    check(&["shrink", "a.toml", "--seed", "1.5"], seed);
    let threads = "a number of threads from 1 on is meant";
    for command in ["sweep", "test"] {
        check(&[command, "a.toml", "--jobs", "0"], threads);
    }
    check(&["exhaust", "a.toml", "--faults", "1", "--jobs", "0"], threads);
    check(&["exhaust", "a.toml", "--faults", "1", "--runs", "0"], "a whole number from 1 to");
    check(&["sweep", "a.toml", "--max-fail", "none"], "a whole number from 1 to");
    check(&["sweep", "a.toml", "--seeds", "0..=10"], "did you mean 0..11?");
    check(&["sweep", "a.toml", "--seeds", "9..3"], "did you mean 3..9?");
    check(&["exhaust", "a.toml", "--faults", "10"], "a schedule has from 0 to 9 faults");
    check(&["exhaust", "a.toml", "--faults", "1", "--kinds", "drop_ack"], "did you mean drop-ack?");
    check(&["necessity", "a.toml"], "<--faults <K>|--seeds <a..b>>");
    check(&["run", "a.toml", "--mechanism", "dedup"], "`dedup` has no value");
}

#[test]
fn a_folder_in_the_place_of_a_scenario_is_told_which_commands_take_one() {
    let folder = folder("words-folder");
    let one = |arguments: &[&str]| {
        let finished = folder.onceproof(arguments).ends(6);
        let said =
            "error: cannot read .: it is a folder; `check`, `test` and `sweep` take folders\n";
        assert_eq!(finished.stderr, said);
    };
    one(&["run", "."]);
    one(&["replay", "."]);
    one(&["graph", "."]);
    one(&["shrink", "."]);
    one(&["exhaust", ".", "--faults", "1"]);
    for command in ["check", "test", "sweep"] {
        let finished = folder.onceproof(&[command, "."]);
        assert!(!finished.stderr.contains("folder"), "{finished:?}");
    }
}

#[test]
fn what_is_hidden_is_not_suggested() {
    let folder = folder("words-hidden");
    let check = |arguments: &[&str], hidden: &str| {
        let finished = folder.onceproof(arguments).ends(2);
        assert!(!finished.stderr.contains(hidden), "{finished:?}");
    };
    check(&["checkpoint", "a.toml"], "checkpoints'");
    check(&["run", "a.toml", "--plant-nondeterminis"], "--plant-nondeterminism");
    let shown = folder.onceproof(&["chek", "a.toml"]).ends(2).stderr;
    assert!(shown.contains("'check'"), "{shown}");
    let shown = folder.onceproof(&["run", "a.toml", "--strct"]).ends(2).stderr;
    assert!(shown.contains("a similar argument exists: '--strict'"), "{shown}");
}

#[test]
fn one_schedule_breaks_and_several_break() {
    let folder = folder("words-schedules");
    let exhaust = |faults: &str, kinds: &str, code| {
        let arguments = ["exhaust", "b.toml", "--faults", faults, "--kinds", kinds];
        folder.onceproof(&arguments).ends(code).stdout
    };
    let one = "a.toml";
    folder.write(
        one,
        scenario("one record", DUPLICATED, &[NO_DEDUP]).replace(
            "records = [ { key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"1s\" }, { key = \"ann\", at = \"2s\" } ]",
            "records = [ { key = \"ann\", at = \"0s\" } ]",
        ),
    );
    let arguments = ["exhaust", one, "--faults", "1", "--kinds", "drop-ack"];
    let text = folder.onceproof(&arguments).ends(1).stdout;
    let said = "violated: 1 smallest schedule breaks it, of 1 fault\n\
                schedules of at most 1 fault: complete\n";
    assert!(text.contains(said), "{text}");
    // One ack for each of three records.
    let text = exhaust("2", "drop-ack", 1);
    let said = "violated: 3 smallest schedules break it, the first of 1 fault\n\
                schedules of at most 2 faults: complete\n";
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_list_of_results_cannot_be_misread() {
    let folder = Folder::new("words-keys");
    let keys = [r#""""#, r#""ann""#, r#""ann 1, bob""#, r#"'say "hi"'"#];
    let records: Vec<String> =
        keys.iter().map(|key| format!("{{ key = {key}, at = \"0s\" }}")).collect();
    let records = format!("records = [ {} ]", records.join(", "));
    let text = scenario("keys", EXACTLY_ONCE, &[]);
    let from = text.find("records = [").expect("records");
    let to = from + text[from..].find('\n').expect("their end");
    folder.write("keys.toml", format!("{}{records}{}", &text[..from], &text[to..]));
    let text = folder.onceproof(&["run", "keys.toml"]).ends(0).stdout;
    let line = r#""" 1, ann 1, "ann 1, bob" 1, "say \"hi\"" 1"#;
    assert!(text.contains(line), "{text}");
}
