//! Sizes: what is too much is refused at once with the number that is possible, and what is not too much takes no
//! longer than it must.

use super::folder::{EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, scenario};
use std::fmt::Write;

/// A scenario of these steps, after a source that reads one record.
fn of(steps: &str) -> String {
    let text = scenario("large", EXACTLY_ONCE, &[]);
    let count = text.find("[[step]]\nname   = \"per-user\"").expect("a count");
    format!("{}{steps}\n{}", &text[..count], &text[count..])
}

fn map(name: &str, function: &str, from: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\nkind = \"map\"\nfn = {function}\n{from}\n")
}

/// Ways that part and join again so many times.
fn diamonds(number: usize) -> String {
    let mut steps = String::new();
    for at in 0..number {
        let from = match at.checked_sub(1) {
            None => "from = \"events\"".to_owned(),
            Some(above) => format!("from = [\"left-{above}\", \"right-{above}\"]"),
        };
        for side in ["left", "right"] {
            steps.push_str(&map(&format!("{side}-{at}"), "\"identity\"", &from));
        }
    }
    let last = number - 1;
    steps + &map("join", "\"identity\"", &format!("from = [\"left-{last}\", \"right-{last}\"]"))
}

#[test]
#[cfg(target_os = "linux")]
fn what_no_run_bears_is_refused_at_once_with_what_is_possible() {
    let folder = Folder::new("sizes");
    let explode = |at: usize| map(&format!("more-{at}"), "{ explode = { copies = 1000 } }", "");
    let count =
        |at: usize| format!("[[step]]\nname = \"count-{at}\"\nkind = \"count\"\nwindow = \"1m\"\n");
    let generated = |generate: &str| {
        let text = scenario("large", EXACTLY_ONCE, &[]);
        let records = text.lines().find(|line| line.starts_with("records")).expect("records");
        text.replace(records, &format!("generate = {{ {generate} }}"))
    };
    let many: String = (0..60_000).map(|at| map(&format!("s{at}"), "\"identity\"", "")).collect();
    let shards: String = (0..60)
        .map(|at| format!("[[step]]\nname = \"r{at}\"\nkind = \"reshuffle\"\nshards = 1024\n"))
        .collect();
    let copies: String = (0..3).map(explode).collect();
    let counted: String = (0..3).map(|at| explode(at) + &count(at)).collect();
    for (text, possible) in [
        (generated("records = 4000000000"), "from 1 to 10000000"),
        (generated("records = 10, users = 4294967295"), "from 1 to 1000000"),
        (of(&many), "at most 1,000, and there are 60,002"),
        (of(&shards), "all have at most 1,048,576"),
        (of(&copies), "all steps together make at most 10,000,000 records"),
        (of(&counted), "all steps together make at most 10,000,000 records"),
        (of(&diamonds(30)), "all steps together make at most 10,000,000 records"),
    ] {
        folder.write("a.toml", text);
        for command in ["check", "run"] {
            let refused = folder.soon(&[command, "a.toml"]).ends(2);
            // Lines are broken anywhere.
            let said = refused.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(said.contains(possible), "{refused:?}");
            assert!(refused.stderr.contains(" a.toml:"), "{refused:?}");
        }
    }
    folder.write("a.toml", generated("records = 3000000, users = 1000000"));
    folder.soon(&["check", "a.toml"]).ends(0);
}

#[test]
#[cfg(target_os = "linux")]
fn twenty_thousand_exact_faults_take_no_longer_than_they_must() {
    let folder = Folder::new("sizes-faults");
    let text = scenario("large", EXACTLY_ONCE, &[]);
    let records = text.lines().find(|line| line.starts_with("records")).expect("records");
    let text = text.replace(records, "generate = { records = 20000, every = \"1ms\" }");
    let faults = |place: &dyn Fn(usize) -> String| {
        let mut text = text.clone();
        for at in 0..20_000 {
            let place = place(at);
            write!(text, "[[fault]]\nat = {{ {place} }}\ndo = \"drop-ack\"\n").expect("a text");
        }
        text
    };
    folder.write("a.toml", faults(&|at| format!("to = \"per-user\", record = \"events/0#{at}\"")));
    folder.write("b.toml", faults(&|at| format!("to = \"per-user\", nth = {}", at + 1)));
    for file in ["a.toml", "b.toml"] {
        folder.soon(&["test", file]).ends(0);
    }
}

/// The program where there is room for some hundred threads, and not for thousands.
#[cfg(target_os = "linux")]
fn in_little_room(folder: &Folder, arguments: &[&str], code: i32) {
    let limited = "ulimit -v 4000000; exec \"$0\" \"$@\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_onceproof")]).args(arguments);
    let command = command.args(["--jobs", "9999"]).current_dir(folder.path());
    super::folder::Finished::of(command.output().expect("a start")).ends(code);
}

#[test]
#[cfg(target_os = "linux")]
fn jobs_are_no_more_than_runs() {
    let folder = Folder::new("sizes-jobs");
    folder.write("a.toml", scenario("few", EXACTLY_ONCE, &[LOST_ACK]));
    let lossy = scenario("few", EXACTLY_ONCE, &[LOSSY, "[sweep]\nseeds = \"0..4\"\n"]);
    folder.write("b.toml", lossy);
    let failing = "{ violates = \"duplicated\" }";
    let off = "\n[mechanism]\ndedup = \"off\"\n";
    folder.write("c.toml", scenario("few", failing, &[LOST_ACK, off]));
    let check = |arguments: &[&str], code| in_little_room(&folder, arguments, code);
    check(&["sweep", "b.toml", "--seeds", "0..4"], 0);
    check(&["test", "a.toml", "b.toml"], 0);
    check(&["exhaust", "a.toml", "--faults", "1"], 0);
    check(&["exhaust", "a.toml", "--faults", "0"], 0);
    check(&["necessity", "a.toml", "--faults", "0"], 1);
    check(&["necessity", "b.toml", "--seeds", "0..4"], 1);
    check(&["shrink", "c.toml", "--all"], 0);
    check(&["shrink", "c.toml", "--all", "--runs", "3"], 3);
}
