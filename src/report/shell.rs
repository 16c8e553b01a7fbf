//! Commands that can be pasted into a shell.

#[cfg(feature = "cli")]
use crate::scenario::{Changes, Point};
use crate::search::tally::Seeds;
use std::path::{Path, PathBuf};

/// The command that runs a scenario, under a seed if one is given.
pub fn run_command(path: &Path, seed: Option<u64>) -> String {
    match seed {
        Some(seed) => format!("onceproof run {} --seed {seed}", quoted(path)),
        None => format!("onceproof run {}", quoted(path)),
    }
}

/// The command that makes the failure of a scenario small, under a seed if one is given.
pub fn shrink_command(path: &Path, seed: Option<u64>) -> String {
    match seed {
        Some(seed) => format!("onceproof shrink {} --seed {seed}", quoted(path)),
        None => format!("onceproof shrink {}", quoted(path)),
    }
}

/// The command that replays a saved failure.
pub fn replay_command(path: &Path) -> String {
    format!("onceproof replay {}", quoted(path))
}

/// The command that replays a failure which a test saved, where the crate of the test is. Where the name of the test is
/// not known, all tests are run, and the one that saved it replays it.
pub fn replay_test_command(path: &Path, test: &str) -> String {
    let cargo = match test {
        "" => "cargo test".to_owned(),
        test => format!("cargo test {} -- --exact", word(test.to_owned())),
    };
    format!("ONCEPROOF_REPLAY={} {cargo}", quoted(path))
}

/// The command that runs a scenario under all of these seeds.
pub fn sweep_command(path: &Path, seeds: &Seeds) -> String {
    match seeds {
        Seeds::Range(range) => {
            format!("onceproof sweep {} --seeds {}..{}", quoted(path), range.start, range.end)
        }
        Seeds::One(seed) => run_command(path, *seed),
    }
}

/// The command that compares strategies under one seed.
pub fn compare_command(path: &Path, strategy: &str, seed: u64) -> String {
    let until = seed.saturating_add(1);
    format!("onceproof compare {} --strategies {strategy} --seeds {seed}..{until}", quoted(path))
}

/// The command that runs one variation of a scenario under one seed.
#[cfg(feature = "cli")]
pub fn tune_command(path: &Path, point: &Point, seed: u64) -> String {
    let vary =
        point.iter().map(|(key, value)| format!(" --vary {}", word(format!("{key}={value}"))));
    let until = seed.saturating_add(1);
    format!("onceproof tune {}{} --seeds {seed}..{until}", quoted(path), vary.collect::<String>())
}

/// The command that runs a scenario under all seeds that its file has.
pub fn own_sweep_command(path: &Path) -> String {
    format!("onceproof sweep {}", quoted(path))
}

/// The command that says what is wrong with a scenario.
pub fn check_command(path: &Path) -> String {
    format!("onceproof check {}", quoted(path))
}

/// A command about a scenario that is built otherwise than its file says.
#[cfg(feature = "cli")]
pub fn with_changes(mut command: String, changes: &Changes) -> String {
    let Changes { mechanism, steps, without, bare, faults } = changes;
    let mut add = |option: &str, value: &str| {
        command.push_str(&format!(" {option} {}", word(value.to_owned())));
    };
    mechanism.iter().for_each(|written| add("--mechanism", written));
    steps.iter().for_each(|written| add("--step", written));
    if !without.is_empty() {
        let kinds: Vec<&str> = without.iter().map(|kind| kind.word()).collect();
        add("--without", &kinds.join(","));
    }
    faults.iter().for_each(|written| add("--fault", written));
    if *bare {
        command.push_str(" --bare");
    }
    command
}

/// A command that lets a scenario read what is below these folders.
pub fn with_folders(mut command: String, folders: &[PathBuf]) -> String {
    for folder in folders {
        command.push_str(&format!(" --allow-read {}", quoted(folder)));
    }
    command
}

/// A path as one word of a shell. One that would be taken for an option is given from the current folder.
fn quoted(path: &Path) -> String {
    let mut text = path.to_string_lossy().into_owned();
    // That is standard input.
    if text.starts_with('-') && text != "-" {
        text.insert_str(0, "./");
    }
    word(text)
}

/// A text as one word of a shell, quoted only where it must be.
fn word(text: String) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_sim::fault::KindName;

    #[test]
    fn a_path_is_quoted_where_a_shell_would_split_or_expand_it() {
        let check = |path: &str, expected: &str| assert_eq!(quoted(Path::new(path)), expected);
        check("scenarios/lost-ack.toml", "scenarios/lost-ack.toml");
        check("my scenarios/a.toml", "'my scenarios/a.toml'");
        check("it's.toml", r"'it'\''s.toml'");
        check("$HOME/*.toml", "'$HOME/*.toml'");
        check("~/a.toml", "'~/a.toml'");
        check("-a.toml", "./-a.toml");
        check("größe.toml", "größe.toml");
        check("", "''");
    }

    #[test]
    fn each_change_is_one_word_of_a_shell() {
        let check = |changes: Changes, expected: &str| {
            assert_eq!(with_changes("run".to_owned(), &changes), expected);
        };
        check(Changes::default(), "run");
        check(Changes::of_mechanism("bundle = 4"), "run --mechanism 'bundle = 4'");
        let without = vec![KindName::UserDiffers, KindName::Pause];
        let expected = "run --mechanism 'dedup = \"off\"' --without user-differs,pause";
        check(Changes { without, ..Changes::of_mechanism("dedup = \"off\"") }, expected);
        let (steps, faults) = (vec!["it's: shards = 2".to_owned()], vec!["a = 1".to_owned()]);
        let expected = r"run --step 'it'\''s: shards = 2' --fault 'a = 1' --bare";
        check(Changes { steps, faults, bare: true, ..Changes::default() }, expected);
    }

    #[test]
    fn a_command_names_the_seed_where_there_is_one() {
        let path = Path::new("a.toml");
        assert_eq!(run_command(path, None), "onceproof run a.toml");
        assert_eq!(run_command(path, Some(7)), "onceproof run a.toml --seed 7");
        assert_eq!(replay_command(path), "onceproof replay a.toml");
        let of_test = "ONCEPROOF_REPLAY=a.toml cargo test a::b -- --exact";
        assert_eq!(replay_test_command(path, "a::b"), of_test);
        assert_eq!(replay_test_command(path, ""), "ONCEPROOF_REPLAY=a.toml cargo test");
        let seeds = Seeds::Range(3..9);
        assert_eq!(sweep_command(path, &seeds), "onceproof sweep a.toml --seeds 3..9");
        assert_eq!(sweep_command(path, &Seeds::One(None)), "onceproof run a.toml");
    }
}
