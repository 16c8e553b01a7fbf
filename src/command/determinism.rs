//! `--check-determinism`, and the command behind it: a fresh process runs the same again and says what
//! happened. What a process has of its own, its addresses, its hash seeds, its threads, must not matter.

use crate::cli::{CheckpointsArgs, Common, Files, Format};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::figures::{grouped, hex};
use onceproof::report::{Reported, printable};
use onceproof::search::determinism::{EVERY, Parting, Witness, first_seed, here, parting};
use onceproof::search::threads::Threads;
use onceproof_kernel::time::MILLISECOND;
use onceproof_sim::simulator::EventSeen;
use serde_json::{Value, json};
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the same in a fresh process, and compares.
///
/// # Errors
/// It is not the same, or there is no such process.
pub fn check_run(
    subject: &Reported,
    seed: Option<u64>,
    files: &Files,
    plant: Option<u64>,
    common: Common,
    output: &mut Printer,
) -> Result<(), Error> {
    let mut fresh = Fresh { path: subject.path, files, plant };
    match parting(&mut here(Threads::ONE, subject.trial, planted(plant)), &mut fresh, seed, EVERY)?
    {
        Some(parting) => Err(Error::NotDeterministic(in_words(&parting))),
        None => {
            say("\nthe same in a fresh process, event by event", common, output);
            Ok(())
        }
    }
}

/// Runs all of these seeds in a fresh process, and compares; says that they were the same.
///
/// # Errors
/// They are not the same, or there is no such process.
pub fn check_seeds(
    threads: Threads,
    subject: &Reported,
    files: &Files,
    seeds: Range<u64>,
) -> Result<String, Error> {
    let mut fresh = Fresh { path: subject.path, files, plant: None };
    let mut here = here(threads, subject.trial, None);
    let runs = grouped(seeds.end - seeds.start);
    let Some(seed) = first_seed(&mut here, &mut fresh, seeds)? else {
        return Ok(format!("\nthe same in a fresh process, all of {runs} runs"));
    };
    let why = match parting(&mut here, &mut fresh, Some(seed), EVERY)? {
        Some(parting) => in_words(&parting),
        None => format!("under seed {seed}, among others; not when it is run alone"),
    };
    Err(Error::NotDeterministic(why))
}

/// `onceproof checkpoints`: what a run, or several, did, for the process that asks.
///
/// # Errors
/// The scenario cannot be used.
pub fn checkpoints(args: &CheckpointsArgs, output: &mut Printer) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let seed = scenario.seed_of_run(args.seed).seed;
    let mut here = here(Threads::per_core(), &scenario.trial, planted(args.plant_nondeterminism));
    let all_hex = |words: Vec<u128>| Value::from_iter(words.into_iter().map(hex));
    let answer = match (&args.seeds, &args.events) {
        (Some(seeds), _) => here.fingerprints(seeds.clone()).map(all_hex),
        (None, Some(numbers)) => here.events(seed, numbers.clone()).map(|events| {
            events
                .into_iter()
                .map(|EventSeen { number, fingerprint, lines }| {
                    json!({ "number": number, "fingerprint": hex(fingerprint), "lines": lines })
                })
                .collect()
        }),
        (None, None) => here.checkpoints(seed, args.every).map(all_hex),
    };
    let Ok(document) = answer;
    output.document(&document);
    Ok(Ending::AsExpected)
}

/// The planted nondeterminism, by a hidden option: the number of the process decides how late an event comes,
/// so that a test sees this event named.
fn planted(after: Option<u64>) -> Option<(u64, u64)> {
    after.map(|after| (after, u64::from(std::process::id()) * MILLISECOND))
}

/// A process of its own, started anew for each question.
struct Fresh<'a> {
    path: &'a Path,
    files: &'a Files,
    plant: Option<u64>,
}

impl Fresh<'_> {
    fn ask(&self, question: &[String]) -> Result<Vec<Value>, Error> {
        let failed = |why: String| Error::System(format!("a fresh process: {why}"));
        let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
        let mut command = Command::new(program);
        command.arg("checkpoints").args(question);
        if let Some(after) = self.plant {
            command.arg(format!("--plant-nondeterminism={after}"));
        }
        for folder in &self.files.allow_read {
            command.arg("--allow-read").arg(folder);
        }
        command.arg("--").arg(self.path).stdin(Stdio::null()).stderr(Stdio::inherit());
        let answer = command.output().map_err(|error| failed(error.to_string()))?;
        if !answer.status.success() {
            return Err(failed(answer.status.to_string()));
        }
        serde_json::from_slice(&answer.stdout).map_err(|error| failed(error.to_string()))
    }

    fn ask_fingerprints(&self, question: &[String]) -> Result<Vec<u128>, Error> {
        self.ask(question)?.iter().map(fingerprint).collect()
    }
}

impl Witness for Fresh<'_> {
    type Error = Error;

    fn fingerprints(&mut self, seeds: Range<u64>) -> Result<Vec<u128>, Error> {
        self.ask_fingerprints(&[format!("--seeds={}..{}", seeds.start, seeds.end)])
    }

    fn checkpoints(&mut self, seed: Option<u64>, every: u64) -> Result<Vec<u128>, Error> {
        let mut question = vec![format!("--every={every}")];
        question.extend(seed.map(|seed| format!("--seed={seed}")));
        self.ask_fingerprints(&question)
    }

    fn events(&mut self, seed: Option<u64>, numbers: Range<u64>) -> Result<Vec<EventSeen>, Error> {
        let mut question = vec![format!("--events={}..{}", numbers.start, numbers.end)];
        question.extend(seed.map(|seed| format!("--seed={seed}")));
        let event = |value: &Value| -> Result<EventSeen, Error> {
            let number = value["number"].as_u64().ok_or_else(unreadable)?;
            let lines = value["lines"].as_array().ok_or_else(unreadable)?;
            let line = |line: &Value| line.as_str().map(str::to_owned).ok_or_else(unreadable);
            let lines = lines.iter().map(line).collect::<Result<_, _>>()?;
            Ok(EventSeen { number, fingerprint: fingerprint(&value["fingerprint"])?, lines })
        };
        self.ask(&question)?.iter().map(event).collect()
    }
}

fn fingerprint(value: &Value) -> Result<u128, Error> {
    let word = value.as_str().and_then(|text| u128::from_str_radix(text, 16).ok());
    word.ok_or_else(unreadable)
}

fn unreadable() -> Error {
    Error::System("a fresh process: its answer cannot be read".to_owned())
}

/// Says that it was the same.
pub fn say(line: &str, common: Common, output: &mut Printer) {
    // A document says it by the exit code, and so do test cases.
    if let (None, Format::Text) = (common.cases, common.format) {
        output.line(line);
    }
}

fn in_words(parting: &Parting) -> String {
    let Parting { seed, block, event } = parting;
    let seed =
        seed.map_or_else(|| "without a seed".to_owned(), |seed| format!("under seed {seed}"));
    let (first, last) = (grouped(block.start), grouped(block.end - 1));
    let mut text = format!("not deterministic {seed}, in events {first} to {last}");
    let Some(event) = event else {
        text.push_str("; not when they are looked at one by one");
        return text;
    };
    text = format!("not deterministic {seed}: event {} is the first that differs", event.number);
    let mut add = |title: &str, lines: &[String]| {
        text.push_str(&format!("\n{title}"));
        for line in lines {
            text.push_str(&format!("\n  {}", printable(line)));
        }
        if lines.is_empty() {
            text.push_str("\n  nothing that the trace tells");
        }
    };
    add("before it, in both", &event.before);
    add("in this process", &event.first);
    add("in a fresh one", &event.again);
    text
}
