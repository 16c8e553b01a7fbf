//! The story of a failing run as a sequence diagram in the language of Mermaid, up to where it goes wrong.

use crate::explain::Explanation;
use crate::explain::scene::{Scene, Shape};
use crate::explain::words::moment;
use crate::report::printable;
use onceproof_kernel::layout::ShardIndex;
use onceproof_sim::trace::Fate;
use std::collections::BTreeSet;

/// The sequence diagram of an explanation.
pub fn explanation_mermaid(explanation: &Explanation<'_>) -> String {
    let fails = &explanation.fails;
    let end = explanation.wrong.first().copied().unwrap_or(usize::MAX);
    let story: Vec<usize> =
        explanation.pairs.iter().filter_map(|pair| pair.0).filter(|&at| at <= end).collect();
    let scenes = || story.iter().map(|&at| (at, &fails.scenes[at]));
    let used: BTreeSet<u32> = scenes()
        .flat_map(|(_, scene)| [scene.shard, scene.other])
        .flatten()
        .map(|shard| shard.0)
        .collect();
    let mut text = "sequenceDiagram\n".to_owned();
    text.push_str(&format!("    %% {}\n", printable(&explanation.headline_alone())));
    for &shard in &used {
        let name = explanation.fails_told().shard(ShardIndex(shard));
        text.push_str(&format!("    participant s{shard} as {}\n", escaped(&name)));
    }
    let received = |at: usize| {
        let is_of = |scene: &Scene| scene.causes.first().is_some_and(|&cause| cause == at as u64);
        let mut after = fails.scenes[at..].iter();
        after.any(|scene| matches!(scene.shape, Shape::Receive | Shape::Acked) && is_of(scene))
    };
    let differs = explanation.differs.and_then(|at| explanation.pairs[at].0);
    for (at, scene) in scenes() {
        if differs == Some(at)
            && let (Some(words), Some(first), Some(last)) =
                (explanation.difference_words(), used.first(), used.last())
        {
            let words = escaped(&format!("the first difference. {words}"));
            text.push_str(&format!("    Note over s{first},s{last}: {words}\n"));
        }
        let is_wrong = explanation.wrong.contains(&at);
        if let Some(line) = line(explanation, scene, is_wrong, &used, received(at)) {
            text.push_str(&format!("    {line}\n"));
        }
        if is_wrong
            && let (Some(of), Some(truth)) =
                (place(explanation, scene, &used), explanation.fails_told().note(at).truth)
        {
            text.push_str(&format!(
                "    Note over {of}: {}\n",
                escaped(&format!("wrong: {truth}"))
            ));
        }
    }
    for line in explanation.change_lines() {
        text.push_str(&format!("    %% {}\n", printable(&line)));
    }
    text
}

/// One event. What arrives is drawn where it arrives, and what does not where it was sent.
fn line(
    explanation: &Explanation<'_>,
    scene: &Scene,
    is_wrong: bool,
    used: &BTreeSet<u32>,
    is_received: bool,
) -> Option<String> {
    let (from, to) = (scene.shard.map(|shard| shard.0), scene.other.map(|shard| shard.0));
    let name = scene.topic.as_ref().map_or("", |topic| topic.name.as_str());
    let attempt =
        if scene.number > 1 { format!(", attempt {}", scene.number) } else { String::new() };
    let at = moment(scene.at);
    let says = |words: String| Some(escaped(&format!("{at} {words}")));
    let arrow = |from: u32, arrow: &str, to: u32, words: String| {
        says(words).map(|words| format!("s{from}{arrow}s{to}: {words}"))
    };
    let gone = matches!(scene.fate, Some(Fate::Lost | Fate::Cut)) || !is_received;
    match (scene.shape, from, to) {
        (Shape::Send, Some(from), Some(to)) if gone => {
            arrow(from, "-x", to, format!("{name}{attempt}, does not arrive"))
        }
        (Shape::Ack, Some(from), Some(to)) if gone => {
            arrow(from, "--x", to, format!("ack of {name}, does not arrive"))
        }
        (Shape::Receive, Some(to), Some(from)) => {
            arrow(from, "->>", to, format!("{name}{attempt}"))
        }
        (Shape::Acked, Some(to), Some(from)) => arrow(from, "-->>", to, format!("ack of {name}")),
        (Shape::Error, Some(to), Some(from)) => {
            arrow(from, "-->>", to, format!("error for {name}"))
        }
        (
            Shape::Send | Shape::Ack | Shape::Heard | Shape::Input | Shape::Commit | Shape::Acked,
            ..,
        ) if !is_wrong => None,
        _ => {
            let of = place(explanation, scene, used)?;
            says(scene.sentence.clone()).map(|words| format!("Note over {of}: {words}"))
        }
    }
}

/// The lane that an event is noted at: that of its shard, or of the first shard of its worker.
fn place(explanation: &Explanation<'_>, scene: &Scene, used: &BTreeSet<u32>) -> Option<String> {
    let of_worker = || {
        let is_of_it = |other: &&Scene| {
            other.worker == scene.worker && other.shard.is_some_and(|shard| used.contains(&shard.0))
        };
        explanation.fails.scenes.iter().find(is_of_it).and_then(|other| other.shard)
    };
    scene.shard.or_else(of_worker).map(|shard| format!("s{}", shard.0))
}

/// A text within a diagram: what has a meaning there is written by its number.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '#' | ';' | '<' | '>' | '%' | '"' => {
                escaped.push_str(&format!("#{};", u32::from(character)))
            }
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_diagram_is_written_by_its_number() {
        assert_eq!(escaped("events/0#0; <b>\n"), "events/0#35;0#59; #60;b#62; ");
    }
}
