//! The lines of a trace as text.

use super::printable;
use super::table::WIDTH;
use crate::figures::grouped;
use onceproof_sim::outcome::Outcome;
use onceproof_sim::trace::{Fold, Folded, Seen};
use onceproof_systems::Simulator;

/// How wide the column of times is, with what comes behind it.
pub(crate) const TIMES: usize = 18;

/// Stands for a space where no line ends. Nothing that is shown has such a character.
const NO_BREAK: &str = "\u{1}";

/// A line of a trace.
pub struct Line {
    time: String,
    sentence: String,
}

impl Line {
    /// What is said of an event.
    pub fn of(seen: &Seen<'_>) -> Line {
        Line { time: seen.time(), sentence: seen.sentence() }
    }
}

/// A line, or that some came again, as it is shown.
pub fn shown(folded: Folded<Line>) -> String {
    match folded {
        Folded::Line(Line { time, sentence }) => timed(&time, &printable(&sentence)),
        Folded::Again { lines, times, last } => again(lines, times, &last.time),
    }
}

/// A run, and all lines of its trace.
pub fn traced(simulator: &mut Simulator<'_>, seed: Option<u64>) -> (Outcome, Vec<String>) {
    let (mut fold, mut lines) = (Fold::default(), Vec::new());
    let mut show = |folded| lines.push(shown(folded));
    let outcome = simulator.trace(seed, &mut |seen| {
        fold.push(seen.event.shape(), Line::of(seen), &mut show);
    });
    fold.end(&mut show);
    (outcome, lines)
}

/// A sentence behind its time, on as many lines as it needs. What struck stays together.
pub(crate) fn timed(time: &str, sentence: &str) -> String {
    let options = textwrap::Options::new(WIDTH - TIMES)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let sentence = match sentence.rsplit_once("  ! ") {
        Some((happens, struck)) => {
            format!("{happens}  !{NO_BREAK}{}", struck.replace(' ', NO_BREAK))
        }
        None => sentence.to_owned(),
    };
    let lines = textwrap::wrap(&sentence, options);
    let lines: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(number, line)| {
            let time = if number == 0 { time } else { "" };
            format!("{time:>16}  {}", line.replace(NO_BREAK, " "))
        })
        .collect();
    lines.join("\n")
}

/// That the last lines came again, so many times until then.
fn again(lines: usize, times: u64, until: &str) -> String {
    let these = if lines == 1 { "these".to_owned() } else { format!("the last {lines} lines") };
    format!("{:TIMES$}… and {} more of {these} until {until}", "", grouped(times))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_goes_on_below_itself() {
        let sentence =
            "per-user/0 drops events/0#0, a remnant: its stamp is below the watermark  ! lost";
        assert_eq!(
            timed("1003.000 ms", sentence),
            "     1003.000 ms  per-user/0 drops events/0#0, a remnant: its stamp is below the\n                  \
             watermark  ! lost"
        );
    }

    #[test]
    fn what_struck_stays_together() {
        let sentence = "events/0 sends events/0#0 to per-user/0, attempt 1  ! the link is cut";
        assert_eq!(
            timed("2.000 ms", sentence),
            "        2.000 ms  events/0 sends events/0#0 to per-user/0, attempt 1\n                  \
             ! the link is cut"
        );
    }

    #[test]
    fn what_repeats_is_counted_exactly() {
        assert_eq!(
            again(1, 37, "12.000 ms"),
            "                  … and 37 more of these until 12.000 ms"
        );
        assert_eq!(
            again(6, 1_200, "12.000 ms"),
            "                  … and 1,200 more of the last 6 lines until 12.000 ms"
        );
    }
}
