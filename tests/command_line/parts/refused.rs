//! What is no part of a whole is not put together with it, and a part that is missing is missed.

use super::{falsified, folder, merged, parts, timeless, with};
use std::fs;

const SWEEP: [&str; 4] = ["sweep", "a.toml", "--seeds", "0..100"];

/// Three parts of a sweep of `a.toml`.
fn three(test: &str) -> (super::Folder, Vec<String>) {
    let folder = folder(test);
    let scenario = super::scenario("lossy", "\"exactly-once\"", &[super::LOSSY]);
    folder.write("a.toml", scenario);
    let files = parts(&folder, &SWEEP, 3);
    (folder, files)
}

#[test]
fn a_part_that_is_there_twice_counts_once() {
    let (folder, files) = three("twice");
    let whole = merged(&folder, &files, &[]).ends(0);
    let twice = [&files[..], &files[1..2], &files[..1]].concat();
    assert_eq!(timeless(&merged(&folder, &twice, &[]).ends(0).stdout), timeless(&whole.stdout));
    // The same part from another machine, with another time.
    let text = fs::read_to_string(folder.path().join(&files[1])).expect("a part");
    let (head, tail) = text.split_once("\"nanos\":{").expect("a time");
    let (_, tail) = tail.split_once('}').expect("its end");
    folder.write("slow.json", format!("{head}\"nanos\":{{\"a.toml\":7000000000}}{tail}"));
    let again = [&files[..], &["slow.json".to_owned()]].concat();
    merged(&folder, &again, &[]).ends(0);
}

#[test]
fn a_part_that_is_there_twice_and_differs_is_not_deterministic() {
    let (folder, mut files) = three("differs");
    let text = fs::read_to_string(folder.path().join(&files[1])).expect("a part");
    folder.write("other.json", text);
    falsified(&folder, "other.json", "\"events\":", "\"events\":1");
    files.push("other.json".to_owned());
    let why = merged(&folder, &files, &[]).ends(5);
    assert_eq!(why.stdout, "");
    assert!(why.stderr.contains("part-2-of-3.json and other.json are both part 2/3"), "{why:?}");
}

#[test]
fn a_part_that_is_missing_is_named() {
    let (folder, files) = three("missing");
    let why = merged(&folder, &files[..2], &[]).ends(6);
    assert_eq!(why.stdout, "");
    assert!(why.stderr.contains("there is no part 3/3"), "{why:?}");
    let why = merged(&folder, &files[1..2], &[]).ends(6).stderr;
    assert!(why.contains("there is no part 1/3, no part 3/3"), "{why}");
    // One that was ended before its end is missing, too.
    let text = fs::read_to_string(folder.path().join(&files[2])).expect("a part");
    folder.write("ended.json", text);
    falsified(&folder, "ended.json", "\"complete\":true", "\"complete\":false");
    let with_ended = [&files[..2], &["ended.json".to_owned()]].concat();
    let why = merged(&folder, &with_ended, &[]).ends(6).stderr;
    assert!(why.contains("part 3/3, which ended.json did not end"), "{why}");
    // Where it was done again it is there.
    let again = [&with_ended[..], &files[2..]].concat();
    merged(&folder, &again, &[]).ends(0);
    merged(&folder, &["nowhere.json".to_owned()], &[]).ends(6);
    // A shell has made the file for one that was killed.
    folder.write("empty.json", "");
    let with_empty = [&files[..2], &["empty.json".to_owned()]].concat();
    let why = merged(&folder, &with_empty, &[]).ends(6).stderr;
    assert!(why.contains("empty.json is empty"), "{why}");
}

/// A part that says that it is whole, and is not, is not believed.
#[test]
fn runs_that_a_part_forgot_are_missed() {
    let (folder, files) = three("forgot");
    falsified(&folder, &files[1], "\"start\":33,\"end\":66", "\"start\":34,\"end\":66");
    let why = merged(&folder, &files, &[]).ends(6).stderr.replace('\n', " ");
    assert!(why.contains("after 33 runs from seed 0 on, the next is not that of seed 34"), "{why}");
    let (folder, files) = three("forgot-the-last");
    falsified(&folder, &files[2], "\"end\":100", "\"end\":99");
    let why = merged(&folder, &files, &[]).ends(6).stderr;
    assert!(why.contains("100 runs were made") && why.contains("a.toml"), "{why}");
}

#[test]
fn parts_of_something_else_are_refused() {
    let (folder, files) = three("else");
    let refused = |files: &[String], words: &str| {
        let why = merged(&folder, files, &[]).ends(2);
        assert_eq!(why.stdout, "");
        let stderr = why.stderr.replace('\n', " ");
        assert!(stderr.contains(words), "{why:?}");
    };
    let replace = |file: &str, command: &[&str], shard: &str| {
        let made = folder.onceproof(&with(command, &["--shard", shard])).ends(0);
        folder.write(file, made.stdout);
        [&files[..2], &[file.to_owned()]].concat()
    };
    let seeds = replace("seeds.json", &["sweep", "a.toml", "--seeds", "0..99"], "3/3");
    refused(&seeds, "sweep --seeds=0..100 -- a.toml, and here sweep --seeds=0..99 -- a.toml");
    let count = replace("count.json", &SWEEP, "3/4");
    refused(&count, "the part is 1/3, and here 3/4");
    let text = fs::read_to_string(folder.path().join(&files[2])).expect("a part");
    folder.write("build.json", text.replace("(sources ", "(sources 0"));
    refused(&["build.json".to_owned()], "it was written by onceproof");
    folder.write("damaged.json", text.replace("\"violated\":0", "\"violated\":1"));
    refused(&["damaged.json".to_owned()], "it is damaged");
    folder.write("none.json", "{}");
    refused(&["none.json".to_owned()], "it holds nothing");
    // The file says something else than it said, also where what is run is the same.
    let scenario = fs::read_to_string(folder.path().join("a.toml")).expect("a scenario");
    folder.write("a.toml", scenario.replace("A claim.", "Another claim."));
    let changed = replace("changed.json", &SWEEP, "3/3");
    refused(&changed, "a.toml, or a file that it reads, says something else");
    refused(&files, "a.toml, or a file that it reads, says something else");
}

/// Two machines have the scenario in different folders.
#[test]
fn a_scenario_is_what_it_says_wherever_it_is() {
    let folder = folder("folders");
    let text = |claim: &str, more: &[&str]| {
        let text = super::scenario("lossy", "\"exactly-once\"", &[&[super::LOSSY], more].concat());
        text.replace("A claim.", claim)
    };
    for at in ["one", "two/of/it", "other"] {
        fs::create_dir_all(folder.path().join(at)).expect("a folder");
    }
    folder.write("one/a.toml", text("A claim.", &[]));
    folder.write("two/of/it/b.toml", text("A claim.", &[]));
    folder.write("other/a.toml", text("Another claim.", &[]));
    let part = |path: &str, shard: &str| {
        let command = ["sweep", path, "--seeds", "0..100", "--shard", shard];
        let made = folder.onceproof(&command).ends(0);
        let file = format!("{}-{}.json", path.replace('/', "-"), shard.replace('/', "-"));
        folder.write(&file, made.stdout);
        file
    };
    let whole = folder.onceproof(&["sweep", "one/a.toml", "--seeds", "0..100"]).ends(0);
    let parts = [
        part("one/a.toml", "1/3"),
        part("two/of/it/b.toml", "2/3"),
        part("one/a.toml", "3/3"),
        // One that is there twice, from both machines.
        part("two/of/it/b.toml", "1/3"),
    ];
    assert_eq!(timeless(&merged(&folder, &parts, &[]).ends(0).stdout), timeless(&whole.stdout));
    // The first part may be of a machine whose folders are not here.
    fs::rename(folder.path().join("two"), folder.path().join("gone")).expect("a move");
    let there_first = [&parts[1..], &parts[..1]].concat();
    let moved = merged(&folder, &there_first, &[]).ends(0);
    assert_eq!(timeless(&moved.stdout), timeless(&whole.stdout));
    let other = [&parts[..1], &[part("other/a.toml", "2/3")], &parts[2..]].concat();
    let why = merged(&folder, &other, &[]).ends(2);
    let words = "one/a.toml and other/a.toml, or files that they read, say different things";
    assert!(why.stderr.replace('\n', " ").contains(words), "{why:?}");
}

#[test]
fn a_part_that_asks_for_a_command_without_parts_is_refused() {
    let (folder, _) = three("command");
    let one = parts(&folder, &["sweep", "a.toml"], 1);
    falsified(&folder, &one[0], "[\"sweep\",\"--\"", "[\"check\",\"--\"");
    let why = merged(&folder, &one, &[]).ends(2).stderr.replace('\n', " ");
    assert!(why.contains("check is made in no parts"), "{why}");
}

#[test]
fn what_a_part_cannot_do_is_refused() {
    let (folder, _) = three("cannot");
    let shard = ["--shard", "1/2"];
    for more in [
        &["--html", "a.html"][..],
        &["--out", "there"],
        &["--check-determinism"],
        &["--shard", "2/2"],
        &["--format", "junit"],
    ] {
        folder.onceproof(&[&SWEEP[..], &shard, more].concat()).ends(2);
    }
    for bad in ["0/2", "3/2", "2", "1/0", "a/b", ""] {
        folder.onceproof(&with(&SWEEP, &["--shard", bad])).ends(2);
    }
    // What is read once cannot be read by who puts the parts together.
    let command = with(&["exhaust", "-", "--faults", "1"], &shard);
    let mut command = folder.command(&command);
    let scenario = fs::File::open(folder.path().join("a.toml")).expect("a scenario");
    let why =
        super::Finished::of(command.stdin(scenario).output().expect("a start")).ends(2).stderr;
    assert!(why.replace('\n', " ").contains("standard input is read once"), "{why}");
}
