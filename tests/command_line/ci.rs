//! The files of `docs/ci` do what they say: their commands run, and fail where a scenario fails.

use super::folder::{EXACTLY_ONCE, Finished, Folder, LOSSY, LOST_ACK, NO_DEDUP, scenario};
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The shell scripts of a file, each as many lines as a shell of the service runs at once: `run: …`, or what stands below
/// `run: |`, `script:` and `sh '…'`. What installs the program is left out.
fn scripts(text: &str) -> Vec<String> {
    let mut scripts: Vec<String> = Vec::new();
    let mut block = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim();
        if block.is_some_and(|of| indent <= of && !words.is_empty()) {
            block = None;
        }
        let key = words.trim_start_matches("- ");
        if let Some(inside) = words.strip_prefix("sh '") {
            scripts.push(inside.trim_end_matches('\'').to_owned());
        } else if block.is_some() {
            let script = scripts.last_mut().expect("a script is open");
            script.push_str(words.trim_start_matches("- "));
            script.push('\n');
        } else if key == "run: |" || key == "script:" {
            block = Some(indent);
            scripts.push(String::new());
        } else if let Some(command) = key.strip_prefix("run: ") {
            scripts.push(command.to_owned());
        }
    }
    scripts.retain(|script| !script.starts_with("cargo install"));
    scripts
}

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What came of a script, run as the service runs it.
fn run(folder: &Folder, script: &str) -> Finished {
    let program = Path::new(env!("CARGO_BIN_EXE_onceproof")).parent().expect("a folder");
    let path = env::join_paths(
        [program.to_owned()]
            .into_iter()
            .chain(env::split_paths(&env::var_os("PATH").expect("a path"))),
    );
    let mut command = Command::new("sh");
    command
        .args(["-e", "-c", script])
        .current_dir(folder.path())
        .env("PATH", path.expect("a path"));
    command.env("GITHUB_STEP_SUMMARY", "summary.md").env("GITHUB_RUN_NUMBER", "7");
    command.env("GITHUB_WORKSPACE", folder.path()).env("CI_PIPELINE_IID", "7");
    Finished::of(command.output().expect("a shell"))
}

#[test]
#[cfg(unix)]
fn the_commands_of_each_file_end_well_where_all_holds_and_fail_where_something_does_not() {
    for (name, scripts_in_it) in [("github.yml", 4), ("gitlab.yml", 2), ("Jenkinsfile", 1)] {
        let scripts = scripts(&document(name));
        assert_eq!(scripts.len(), scripts_in_it, "{name}: {scripts:#?}");
        assert!(scripts.iter().all(|script| script.contains("onceproof ")), "{name}: {scripts:#?}");
        let (good, bad) =
            (Folder::new(&format!("ci-good-{name}")), Folder::new(&format!("ci-bad-{name}")));
        for (folder, mechanism) in [(&good, ""), (&bad, NO_DEDUP)] {
            let lost_ack = scenario("a lost ack", EXACTLY_ONCE, &[LOST_ACK, mechanism]);
            folder.write("scenarios/lost-ack.toml", lost_ack);
            let lossy = scenario("lossy", EXACTLY_ONCE, &[LOSSY, mechanism]);
            folder.write("scenarios/random/lossy.toml", lossy);
        }
        for script in scripts {
            let finished = run(&good, &script).ends(0);
            assert_eq!(finished.stderr, "", "{script}");
            run(&bad, &script).ends(1);
            if script.contains("> onceproof.xml") {
                let junit = fs::read_to_string(bad.path().join("onceproof.xml")).expect("a file");
                super::cases::read_junit(&junit).unwrap_or_else(|error| panic!("{error}: {junit}"));
                assert!(junit.contains("<failure "), "{junit}");
            }
        }
        let has_summary = bad.path().join("summary.md").exists();
        assert_eq!(has_summary, name == "github.yml", "{name}");
        assert_eq!(bad.path().join("onceproof-regressions").exists(), name != "Jenkinsfile");
    }
}

#[test]
fn what_is_read_from_a_file_is_what_the_service_runs() {
    let text = "\
jobs:
  a:
    steps:
      - run: cargo install x
      - name: b
        run: onceproof test
      - run: |
          first=1
          onceproof sweep $first
      - uses: c
  d:
    script:
      - onceproof e
      - onceproof f
    artifacts:
        sh 'onceproof g'
";
    let expected = [
        "onceproof test",
        "first=1\nonceproof sweep $first\n",
        "onceproof e\nonceproof f\n",
        "onceproof g",
    ];
    assert_eq!(scripts(text), expected);
}
