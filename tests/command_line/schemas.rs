//! `schema`: each JSON document is as its schema says, and there is a schema for each.

use super::folder::{DUPLICATED, EXACTLY_ONCE, Folder, LOSSY, LOST_ACK, NEVER, NO_DEDUP, scenario};
use crate::common::rust_text::{before_tests, rust_files};
use crate::common::schema::PrintedSchema;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Commands that print a document, by the name of its schema, and what each ends with. All but scenario and trace, which
/// are looked at elsewhere. A path that begins with `library/` is one of the scenarios that come with the program.
const COMMANDS: [(&str, &[(&str, i32)]); 13] = [
    (
        "run",
        &[
            ("run good.toml", 0),
            ("run bad.toml", 1),
            ("run never.toml --strict", 1),
            ("run drawn.toml --seed 3", 1),
            ("run bad.toml --mechanism bundle=4", 1),
            ("replay bad.toml", 1),
            ("run library/side-effects/put-zombie.toml", 1),
            ("run library/lambda/append.toml", 1),
            ("run library/bloom/false-positive.toml", 0),
        ],
    ),
    (
        "sweep",
        &[
            ("sweep good.toml --seeds 0..3", 0),
            ("sweep drawn.toml --seeds 0..9 --out saved", 1),
            ("sweep drawn.toml --seeds 0..9 --out saved", 1),
            ("sweep drawn.toml --seeds 0..9 --out swarm --swarm --reached", 1),
            ("sweep drawn.toml --seeds 0..9 --out saved --html page.html", 1),
            ("sweep never.toml --seeds 0..2 --strict", 1),
            ("sweep drawn.toml --seeds 0..9 --out saved --max-fail 1", 1),
        ],
    ),
    ("sweeps", &[("sweep good.toml drawn.toml --seeds 0..9 --out saved", 1)]),
    (
        "exhaust",
        &[
            ("exhaust good.toml --faults 1 --kinds drop-ack,pause", 0),
            ("exhaust bad.toml --faults 1 --kinds drop-ack --out saved", 1),
            ("exhaust bad.toml --faults 2 --kinds drop-ack,crash --out saved", 1),
            ("exhaust good.toml --faults 2 --runs 9", 3),
        ],
    ),
    (
        "necessity",
        &[
            ("necessity good.toml --faults 1 --kinds drop-ack", 1),
            ("necessity bad.toml --faults 0", 1),
        ],
    ),
    ("necessity-seeds", &[("necessity drawn.toml --seeds 0..9", 1)]),
    (
        "tune",
        &[
            ("tune good.toml --vary cluster.workers=1,2 --seeds 0..2", 0),
            ("tune drawn.toml --vary mechanism.dedup=off,catalog --vary cluster.workers=1..2", 0),
        ],
    ),
    (
        "compare",
        &[
            ("compare good.toml --seeds 0..2", 0),
            ("compare drawn.toml --strategies lambda --seeds 0..2", 0),
        ],
    ),
    (
        "shrink",
        &[
            ("shrink bad.toml", 0),
            ("shrink drawn.toml --seed 3 --all --runs 90", 0),
            ("shrink bad.toml --out small.toml", 0),
        ],
    ),
    ("explain", &[("explain bad.toml", 0)]),
    ("test", &[("test good.toml bad.toml broken.toml", 2), ("test drawn.toml", 0)]),
    ("check", &[("check good.toml broken.toml short.toml", 2)]),
    (
        "graph",
        &[
            ("graph good.toml", 0),
            ("graph library/lift/partial-aggregates.toml", 0),
            ("graph library/snapshot/aligned.toml", 0),
        ],
    ),
];

fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    folder.write("good.toml", scenario("good", EXACTLY_ONCE, &[LOST_ACK]));
    folder.write("bad.toml", scenario("bad", EXACTLY_ONCE, &[LOST_ACK, NO_DEDUP]));
    folder.write("drawn.toml", scenario("drawn", DUPLICATED, &[LOSSY, NO_DEDUP]));
    folder.write("never.toml", scenario("never", EXACTLY_ONCE, &[NEVER]));
    let slow =
        "\n[mechanism]\nretry = { timeout = \"15m\", max = \"15m\" }\n\n[until]\ndrain = \"1m\"\n";
    folder.write("short.toml", scenario("short", EXACTLY_ONCE, &[slow]));
    folder.write("broken.toml", "format = 1\n");
    folder
}

/// The document that a command prints.
fn document(folder: &Folder, command: &str, code: i32) -> Value {
    let word = |word: &str| match word.strip_prefix("library/") {
        Some(path) => format!("{}/scenarios/{path}", env!("CARGO_MANIFEST_DIR")),
        None => word.to_owned(),
    };
    let mut words: Vec<String> = command.split(' ').map(word).collect();
    words.extend(["--format".to_owned(), "json".to_owned()]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    folder.onceproof(&words).ends(code).document()
}

#[test]
fn every_document_is_as_the_schema_of_its_name_says() {
    let folder = folder("schemas");
    for (name, commands) in COMMANDS {
        let schema = PrintedSchema::of(name);
        for (command, code) in commands {
            let document = document(&folder, command, *code);
            schema.check(&document, command);
            assert_eq!(document["schema"], format!("onceproof.{name}/1"), "{command}");
            assert_eq!(document["schema"], schema.schema["title"], "{command}");
        }
    }
}

#[test]
fn a_schema_is_strict_down_to_the_last_part_and_says_what_each_key_is() {
    let folder = folder("schemas-strict");
    for (name, commands) in COMMANDS {
        let schema = PrintedSchema::of(name);
        let (command, code) = commands[commands.len().min(2) - 1];
        let document = document(&folder, command, code);
        schema.check(&document, command);
        let refused = |change: &dyn Fn(&mut Value)| {
            let mut other = document.clone();
            change(&mut other);
            assert_ne!(other, document, "{command}");
            assert!(!schema.allows(&other), "{command}: {other:#}");
        };
        refused(&|of| of["colour"] = json!("red"));
        for key in document.as_object().expect("an object").keys() {
            refused(&|of| _ = of.as_object_mut().expect("an object").remove(key));
            refused(&|of| of[key] = json!([[[7]]]));
            let about = &schema.schema["properties"][key]["description"];
            assert!(about.is_string(), "{name}: {key} is not described");
        }
    }
    // And in the parts.
    let schema = PrintedSchema::of("run");
    let run = document(&folder, "run bad.toml", 1);
    schema.check(&run, "run");
    for place in
        ["/damage/0", "/steps/per-user", "/schedule/0/at", "/extremes", "/worth", "/latency_ms"]
    {
        let mut other = run.clone();
        other.pointer_mut(place).unwrap_or_else(|| panic!("{place}"))["colour"] = json!("red");
        assert!(!schema.allows(&other), "{place}");
    }
}

#[test]
fn every_schema_that_there_is_has_a_name_and_an_unknown_name_is_told_them() {
    let folder = Folder::new("schemas-names");
    let refused = folder.onceproof(&["schema", "--of", "rum"]).ends(2);
    let said = refused.stderr.replace("\n  ", " ");
    let (_, names) = said.split_once("[possible values: ").expect("the names");
    let (names, _) = names.split_once(']').expect("the names");
    let mut known: Vec<&str> = names.split(", ").collect();
    known.sort_unstable();
    let mut walked: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    walked.extend(["scenario", "trace"]);
    walked.sort_unstable();
    assert_eq!(known, walked);
    let whole = folder.onceproof(&["schema", "--help"]).ends(0).stdout;
    for name in known {
        assert!(whole.contains(&format!("- {name}:")), "{whole}");
        assert!(folder.onceproof(&["schema", "--of", name]).ends(0).document().is_object());
    }
}

/// What files are known by that keep what a command has done, for the same build of the program alone.
const KEPT: [&str; 1] = ["part"];

#[test]
fn every_document_that_a_source_names_has_a_schema() {
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut named: BTreeSet<String> = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a text");
        let names = before_tests(&text).split("\"onceproof.").skip(1);
        let names = names.filter_map(|rest| rest.split_once("/1\""));
        let is_word = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        named.extend(names.map(|(name, _)| name).filter(|name| is_word(name)).map(str::to_owned));
    }
    let known = COMMANDS.iter().map(|(name, _)| *name).chain(["trace"]).chain(KEPT);
    assert_eq!(named, known.map(str::to_owned).collect());
}
