//! An explanation as text. Its last line says what to change.

use super::Explanation;
use super::cure::Cure;
use super::scene::{Course, Scene, Shape};
use super::slice::FIRST_EVENTS;
use super::words::moment;
use crate::figures::counted;
use crate::report::printable;
use crate::report::style::HEAD;
use crate::report::table::{JOINT, WIDTH, fitted, fitted_to};
use crate::report::trace_text::{TIMES, timed};
use crate::search::repair::Repair;
use onceproof_sim::trace::Fate;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most events that are told.
const MOST_EVENTS: usize = 16;

/// What is said of a bad run.
pub fn explanation_text(explanation: &Explanation<'_>) -> String {
    let has_fault = !explanation.faults.is_empty();
    let mut text = fitted(&format!("{}\n", explanation.headline()));
    if let Some(others) = explanation.other_sets() {
        text.push_str(&fitted(&format!("{others}\n")));
    }
    if let Some(reason) = explanation.fails.outcome.reason.as_ref().filter(|_| has_fault) {
        text.push_str(&fitted(&format!("{}.\n", printable(reason).trim_end_matches('.'))));
    }
    text.push_str(&format!("\n{HEAD}what happened{HEAD:#}\n"));
    text.push_str(&story(explanation));
    text.push_str(&beside(explanation));
    text.push_str(&format!("\n{HEAD}what should have caught it{HEAD:#}\n"));
    text.push_str(&fitted(&format!("{}\n", explanation.guarded())));
    text.push('\n');
    for line in explanation.change_lines() {
        text.push_str(&fitted(&format!("{}\n", explanation.unbroken(line))));
    }
    text
}

/// The events of the failing run, up to the one that is wrong, each with what was believed and what was true.
fn story(explanation: &Explanation<'_>) -> String {
    let end = explanation.end().unwrap_or(usize::MAX);
    let told = explanation.pairs.iter().filter_map(|pair| pair.0).filter(|&at| at <= end);
    let told: Vec<usize> = told.collect();
    let chosen = chosen(explanation, &told);
    let mut text = String::new();
    let mut left_out = 0;
    // Of what repeats itself for long not all is told.
    let is_long = told.len() > FIRST_EVENTS;
    let said = explanation.fails_told();
    for at in told {
        if !chosen.contains(&at) {
            left_out += 1;
            continue;
        }
        text.push_str(&left_out_line(&mut left_out, is_long));
        let scene = &explanation.fails.scenes[at];
        text.push_str(&line(scene));
        let note = said.note(at);
        for (word, words) in [("believed", note.believed), ("true", note.truth)] {
            if let Some(words) = words {
                text.push_str(&indented(&format!("{word}: {words}")));
            }
        }
    }
    text
}

/// The events that are told, of those that could be.
fn chosen(explanation: &Explanation<'_>, told: &[usize]) -> Vec<usize> {
    let differs = explanation.differs.and_then(|at| explanation.pairs[at].0);
    let rank = |at: usize| {
        let scene = &explanation.fails.scenes[at];
        let is_fault = scene.fault.is_some_and(|fault| explanation.faults.contains(&fault));
        let is_guilty = explanation.guilty.as_ref().is_some_and(|of| of.at == at);
        let is_wrong = explanation.wrong.first() == Some(&at) || explanation.end() == Some(at);
        let is_mark = is_wrong || is_guilty || differs == Some(at);
        if is_fault || is_mark { 0 } else { plainness(scene) }
    };
    let mut met: BTreeMap<(Shape, Option<u16>, String), u64> = BTreeMap::new();
    let mut ranked: Vec<(u8, Reverse<usize>, usize)> = Vec::new();
    for &at in told {
        let scene = &explanation.fails.scenes[at];
        let name = scene.topic.as_ref().map_or_else(String::new, |topic| topic.name.clone());
        let of_step = scene.shard.map(|shard| explanation.trial.layout().step_of(shard).0);
        let count = met.entry((scene.shape, of_step, name)).or_default();
        *count += 1;
        // What comes for the third time says nothing new.
        let rank = match (rank(at), *count) {
            (0, _) | (_, 0..3) => rank(at),
            _ => u8::MAX,
        };
        ranked.push((rank, Reverse(at), at));
    }
    ranked.sort_unstable();
    ranked.retain(|(rank, ..)| *rank < u8::MAX);
    let mut ranked: Vec<usize> = ranked.into_iter().map(|(.., at)| at).collect();
    ranked.truncate(MOST_EVENTS);
    ranked.sort_unstable();
    ranked
}

/// How much an event says, the least for what says most.
fn plainness(scene: &Scene) -> u8 {
    let has_trouble = scene.fate.is_some_and(|fate| fate != Fate::Arrives);
    match scene.shape {
        _ if has_trouble => 1,
        Shape::Known | Shape::Drop | Shape::Back | Shape::GoesOn | Shape::Move | Shape::Clock => 1,
        Shape::Apply | Shape::Serve if !scene.gains.is_empty() => 1,
        Shape::Apply if scene.is_vain => 1,
        Shape::Read | Shape::Call => 2,
        Shape::Send if !scene.is_aside && scene.is_again => 2,
        Shape::Note if scene.told.is_some() => 2,
        Shape::Send | Shape::Receive if !scene.is_aside => 3,
        Shape::Wait => 3,
        Shape::Ack | Shape::Apply => 4,
        _ => 5,
    }
}

/// The nearest run that holds, up to the first event that differs.
fn beside(explanation: &Explanation<'_>) -> String {
    let Some(holds) = &explanation.holds else {
        return String::new();
    };
    let mut text = format!("\n{HEAD}the nearest run that holds{HEAD:#}\n");
    text.push_str(&fitted(&format!("{}\n", explanation.holds_title())));
    let Some(at) = explanation.differs else {
        let same = "In what is told here it is the same.\n";
        text.push_str(same);
        return text;
    };
    let (first, second) = explanation.difference(at);
    let before = explanation.pairs[..at].iter().rev().find_map(|pair| pair.0);
    let same = match before {
        Some(last) => {
            let until = moment(explanation.fails.scenes[last].at);
            match at {
                1 => format!("The first event is the same, at {until}."),
                events => format!(
                    "The first {} are the same, up to {until}.",
                    counted(events as u64, "event")
                ),
            }
        }
        None => "It differs from the first event on.".to_owned(),
    };
    text.push_str(&fitted(&format!("{same}\n")));
    for (word, course, at) in
        [("it fails", &explanation.fails, first), ("it holds", &holds.course, second)]
    {
        match at {
            Some(at) => text.push_str(&labelled(word, course, at)),
            None => text.push_str(&indented(&format!("{word}: nothing of the kind happens"))),
        }
    }
    if let Some(caught) = explanation.caught() {
        text.push_str(&labelled("later", &holds.course, caught));
    }
    text
}

fn labelled(word: &str, course: &Course, at: usize) -> String {
    let scene = &course.scenes[at];
    timed(&moment(scene.at), &printable(&format!("{word}: {}", scene.sentence))) + "\n"
}

fn line(scene: &Scene) -> String {
    timed(&moment(scene.at), &printable(&scene.sentence)) + "\n"
}

/// A sentence below the one that it belongs to.
fn indented(words: &str) -> String {
    let indent = " ".repeat(TIMES + 2);
    let fitted = fitted_to(WIDTH - indent.len(), &printable(words));
    fitted.lines().map(|line| format!("{indent}{}\n", line.trim_end())).collect()
}

/// That events are left out, if any are.
fn left_out_line(count: &mut u64, is_long: bool) -> String {
    let left = std::mem::take(count);
    match left {
        0 => String::new(),
        left => {
            let at_least = if is_long { "at least " } else { "" };
            format!("{:>16}  ({at_least}{} between)\n", "", counted(left, "event"))
        }
    }
}

/// The longest setting that is not broken over lines.
const LONGEST: usize = 60;

impl Explanation<'_> {
    /// A line that is broken nowhere within a setting and its value.
    fn unbroken(&self, mut line: String) -> String {
        let settings =
            self.repairs().into_iter().flat_map(|repair| [repair.left(), repair.right()]);
        for setting in settings.filter(|setting| setting.len() <= LONGEST) {
            line = line.replace(&setting, &setting.replace(' ', &JOINT.to_string()));
        }
        line
    }

    /// The lines that say what to change, the last of all.
    pub(super) fn change_lines(&self) -> Vec<String> {
        match &self.cure {
            Cure::Settings { repairs, or, .. } => {
                let mut lines: Vec<String> = or
                    .iter()
                    .map(|repair| format!("enough alone, too: {}", repair.words()))
                    .collect();
                let all: Vec<String> = repairs.iter().map(Repair::words).collect();
                lines.push(format!("to change: {}", all.join("; and ")));
                lines
            }
            Cure::Outside { repair: None } => vec![format!("to change: {}", self.outside())],
            Cure::Outside { repair: Some((repair, _)) } => vec![format!(
                "to change: {}; what helps here is {}",
                self.outside(),
                repair.words()
            )],
            Cure::Own => vec![format!("to change: {}", self.own_change())],
            Cure::NotFound => {
                vec![format!("to change: no setting is wrong: {}", self.no_setting())]
            }
        }
    }
}
