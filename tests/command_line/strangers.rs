//! Files of strangers: what a scenario may read, what is no file, and what a terminal is shown of a text.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Finished, Folder, LOST_ACK, NO_DEDUP, scenario};
use std::fs;

/// A scenario that fails, and reads its records from a csv file.
fn of_csv(path: &str) -> String {
    let text = scenario("of a csv", DUPLICATED, &[LOST_ACK, NO_DEDUP]);
    let records = text.lines().find(|line| line.starts_with("records")).expect("records");
    let csv = format!("csv = {{ path = \"{path}\", key = \"user\", event-time = \"t\" }}");
    text.replace(records, &csv)
}

const ROWS: &str = "t,user\n0,ann\n1,bob\n2,ann\n";

/// A folder `deep/scenarios` for a scenario, with rows below `deep`, which it may read, and above.
fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    for place in ["rows.csv", "deep/rows.csv", "deep/data/er/rows.csv", "deep/scenarios/rows.csv"] {
        folder.write(place, ROWS);
    }
    folder
}

#[test]
fn a_scenario_reads_what_is_below_the_folder_above_its_own_and_nothing_else() {
    let folder = folder("strangers-csv");
    let absolute = folder.path().join("deep/rows.csv").display().to_string();
    let file = "deep/scenarios/a.toml";
    for near in ["rows.csv", "../rows.csv", "../data/er/rows.csv", "../../deep/rows.csv", &absolute]
    {
        folder.write(file, of_csv(near));
        folder.onceproof(&["check", file]).ends(0);
    }
    for far in
        ["../../rows.csv", "../data/../../rows.csv", "/etc/passwd", "../../../../../etc/passwd"]
    {
        folder.write(file, of_csv(far));
        let refused = folder.onceproof(&["check", file]).ends(2);
        assert!(refused.stderr.starts_with(&format!("error: `{far}` is out of bounds\n")));
        assert!(refused.stderr.contains("a.toml:7:16\n"), "{refused:?}");
        assert!(refused.stderr.contains("`--allow-read DIR`"), "{refused:?}");
        assert!(!refused.stderr.contains("root"), "{refused:?}");
    }
    // A folder that begins with the same letters is another one.
    folder.write("deeper/rows.csv", ROWS);
    folder.write(file, of_csv("../../deeper/rows.csv"));
    folder.onceproof(&["check", file]).ends(2);
    // What is allowed is read, and has columns of its own; none of its lines is quoted.
    folder.write(file, of_csv("/etc/passwd"));
    let read = folder.onceproof(&["check", "--allow-read", "/etc", file]).ends(2);
    assert!(read.stderr.contains("has no column `t`"), "{read:?}");
    assert!(!read.stderr.contains("root"), "{read:?}");
    folder.onceproof(&["check", "--allow-read", "deeper", file]).ends(2);
    folder.onceproof(&["check", "--allow-read", "nowhere", file]).ends(6);
    folder.onceproof(&["check", "--allow-read", "rows.csv", file]).ends(6);
}

#[test]
#[cfg(unix)]
fn a_link_counts_as_what_it_leads_to() {
    use std::os::unix::fs::symlink;
    let folder = folder("strangers-link");
    let at = |name: &str| folder.path().join(name);
    symlink(at("rows.csv"), at("deep/scenarios/link.csv")).expect("a link");
    symlink(at("deep"), at("way")).expect("a link");
    folder.write("deep/scenarios/a.toml", of_csv("link.csv"));
    folder.onceproof(&["check", "deep/scenarios/a.toml"]).ends(2);
    folder.onceproof(&["check", "--allow-read", ".", "deep/scenarios/a.toml"]).ends(0);
    folder.write("deep/scenarios/a.toml", of_csv("../rows.csv"));
    folder.onceproof(&["check", "way/scenarios/a.toml"]).ends(0);
    // In a folder that is searched, a scenario is one of that folder.
    folder.write("other/b.toml", of_csv("rows.csv"));
    symlink(at("other/b.toml"), at("deep/b.toml")).expect("a link");
    let search = folder.onceproof(&["check", "deep"]).ends(2);
    assert!(search.stderr.contains("deep/b.toml leads out of deep"), "{search:?}");
}

#[test]
fn every_command_reads_what_it_is_allowed_to() {
    let folder = folder("strangers-commands");
    let file = "deep/scenarios/a.toml";
    folder.write(file, of_csv("../../rows.csv"));
    for (arguments, code) in [
        (&["run", file][..], 1),
        (&["run", file, "--check-determinism"], 1),
        (&["sweep", file, "--seeds", "0..2", "--check-determinism"], 1),
        (&["replay", file], 1),
        (&["exhaust", file, "--faults", "1", "--kinds", "drop-ack"], 1),
        (&["necessity", file, "--faults", "0"], 1),
        (&["shrink", file], 0),
        (&["test", file], 0),
        (&["check", file], 0),
        (&["graph", file], 0),
        (&["checkpoints", file], 0),
    ] {
        folder.onceproof(arguments).ends(2);
        folder.onceproof(&[arguments, &["--allow-read", "."]].concat()).ends(code);
    }
    // What is printed has it, too.
    let wrong = of_csv("../../rows.csv").replace(DUPLICATED, "\"exactly-once\"");
    folder.write(file, wrong);
    let test = folder.onceproof(&["test", file, "--allow-read", "."]).ends(1);
    let command = test.stdout.lines().find_map(|line| line.strip_prefix("     onceproof "));
    let arguments: Vec<&str> = command.expect("a command").split(' ').collect();
    folder.onceproof(&arguments).ends(1);
    folder.onceproof(&arguments[..2]).ends(2);
}

#[test]
fn a_saved_failure_is_replayed_by_the_command_that_is_printed() {
    let folder = folder("strangers-saved");
    let file = "deep/scenarios/a.toml";
    folder.write(file, of_csv("../rows.csv"));
    // Where failures are saved, `deep` is out of bounds.
    let saved = "--out=deep/scenarios/x/saved";
    for _ in 0..2 {
        let sweep = folder.onceproof(&["sweep", file, "--seeds", "0..1", saved]).ends(1);
        let command = sweep.last_line();
        assert!(command.contains(" --allow-read "), "{command}");
        let arguments: Vec<&str> = command.split(' ').skip(1).collect();
        folder.onceproof(&arguments).ends(1);
        folder.onceproof(&arguments[..2]).ends(2);
    }
    folder.onceproof(&["test", file, "--regressions", "deep/scenarios/x/saved"]).ends(0);
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_regular_file_is_refused_and_not_waited_for() {
    let folder = folder("strangers-pipe");
    let pipe = folder.path().join("pipe.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    fs::create_dir(folder.path().join("folder.toml")).expect("a folder");
    let commands =
        [&["run"][..], &["replay"], &["graph"], &["shrink"], &["exhaust", "--faults", "0"]];
    for (file, what) in [
        ("/dev/zero", "no regular file"),
        ("pipe.toml", "no regular file"),
        ("folder.toml", "a folder"),
    ] {
        for command in commands {
            let refused = folder.soon(&[command, &[file]].concat()).ends(6);
            assert!(refused.stderr.contains(&format!("{file}: it is {what}")), "{refused:?}");
        }
        folder.write("deep/a.toml", of_csv(&format!("../{file}").replace("..//", "/")));
        let refused = folder.soon(&["check", "deep/a.toml", "--allow-read", "/dev"]).ends(6);
        assert!(refused.stderr.contains(&format!("{file}: it is {what}")), "{refused:?}");
    }
    for command in [&["test"][..], &["check"], &["sweep", "--seeds", "0..1"]] {
        folder.soon(&[command, &["pipe.toml"]].concat()).ends(6);
    }
}

#[test]
fn a_scenario_has_a_sane_size_and_so_have_its_files() {
    let folder = Folder::new("strangers-large");
    let text = scenario("large", EXACTLY_ONCE, &[]);
    let comment = |length: usize| format!("{text}#{}", " ".repeat(length - text.len() - 1));
    folder.write("most.toml", comment(16 << 20));
    folder.write("more.toml", comment((16 << 20) + 1));
    folder.onceproof(&["check", "most.toml"]).ends(0);
    let refused = folder.onceproof(&["check", "more.toml"]).ends(2);
    assert!(refused.stderr.contains("error: a scenario of more than 16 MiB\n"), "{refused:?}");
    assert!(refused.stderr.contains("more.toml:1\n"), "{refused:?}");
    // A file of zeros is one row without an end.
    folder.write("a.toml", of_csv("rows.csv"));
    folder.write("rows.csv", ROWS);
    folder.onceproof(&["check", "a.toml"]).ends(0);
    let rows = fs::File::create(folder.path().join("rows.csv")).expect("a file");
    rows.set_len((1 << 30) + 1).expect("a large file");
    let refused = folder.onceproof(&["check", "a.toml"]).ends(6);
    assert!(refused.stderr.contains("rows.csv: it is larger than 1 GiB"), "{refused:?}");
}

/// What a terminal would obey, or would not show where it stands.
const HIDDEN: [char; 7] =
    ['\u{202e}', '\u{200b}', '\u{2066}', '\u{9b}', '\u{feff}', '\u{2028}', '\u{e0041}'];

#[track_caller]
fn shows_itself(finished: &Finished) {
    for text in [&finished.stdout, &finished.stderr] {
        let is_hidden = |c: char| HIDDEN.contains(&c) || (c.is_control() && c != '\n');
        assert!(!text.contains(is_hidden), "{finished:?}");
    }
}

#[test]
fn what_would_be_hidden_is_shown_escaped_wherever_it_is_printed() {
    let folder = Folder::new("strangers-hidden");
    for hidden in HIDDEN {
        let written = format!("\\U{:08x}", u32::from(hidden));
        let mark = |text: String, hidden: &str| {
            text.replace("a hidden", &format!("a {hidden}hidden"))
                .replace("A claim", &format!("A {hidden}claim"))
                .replace("\"bob\"", &format!("\"b{hidden}ob\""))
        };
        // A control character is refused in a name.
        let name = if hidden.is_control() { "a" } else { "a hidden" };
        let mut text = mark(scenario(name, DUPLICATED, &[LOST_ACK, NO_DEDUP]), &written);
        if !hidden.is_control() {
            let name = format!("per-{hidden}user");
            text = text.replace("per-user", &name);
            let raw = mark(scenario("a hidden", DUPLICATED, &[]), &hidden.to_string());
            folder.write("raw.toml", format!("# {hidden}\n{raw}\n[oops{hidden}]"));
            shows_itself(&folder.onceproof(&["check", "raw.toml"]).ends(2));
        }
        let file = "a.toml";
        folder.write(file, &text);
        for (arguments, code) in [
            (&["run", file][..], 1),
            (&["run", file, "--trace"], 1),
            (&["run", file, "--format", "json"], 1),
            (&["sweep", file, "--seeds", "0..1"], 1),
            (&["sweep", file, "--seeds", "0..1", "--format", "json"], 1),
            (&["exhaust", file, "--faults", "1", "--kinds", "drop-ack"], 1),
            (&["exhaust", file, "--faults", "1", "--kinds", "drop-ack", "--format", "json"], 1),
            (&["shrink", file], 0),
            (&["shrink", file, "--format", "json"], 0),
            (&["test", file], 0),
            (&["check", file], 0),
            (&["graph", file], 0),
        ] {
            shows_itself(&folder.onceproof(arguments).ends(code));
        }
        // What is printed as a scenario is one, and says the same.
        let shrunk = folder.onceproof(&["shrink", file]).ends(0).stdout;
        folder.write("b.toml", &shrunk);
        let again: toml::Table = shrunk.parse().expect("a scenario");
        let name = again["name"].as_str().expect("a name");
        assert_eq!(name.contains(hidden), !hidden.is_control(), "{shrunk}");
        folder.onceproof(&["replay", "b.toml"]).ends(1);
        // Nor is a path, or a name that does not exist.
        let path = format!("a{hidden}.toml");
        folder.write(&path, text.replace("to = \"per", "to = \"par"));
        shows_itself(&folder.onceproof(&["check", &path]).ends(2));
        shows_itself(&folder.onceproof(&["test", &path]).ends(2));
        shows_itself(&folder.onceproof(&["run", &format!("no{hidden}.toml")]).ends(6));
    }
}
