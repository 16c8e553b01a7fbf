//! Lines that repeat. What comes again, line by line, and is equal but for times and attempt numbers, is shown
//! twice; from then on it is counted. So nothing is left out that was not shown.

use std::collections::VecDeque;

/// The longest run of lines that is found to repeat.
const LONGEST: usize = 32;

/// What is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Folded<L> {
    /// A line.
    Line(L),
    /// The last so many lines came so many times more.
    Again {
        /// How many lines.
        lines: usize,
        /// How many times.
        times: u64,
        /// The last of them.
        last: L,
    },
}

/// Folds lines as they come.
#[derive(Debug)]
pub struct Fold<S, L> {
    /// What the last lines are but for times and attempt numbers.
    shapes: VecDeque<S>,
    /// How many lines repeat now, and how often they came again; 0 while none do.
    period: usize,
    times: u64,
    /// The last line of the last time that was whole, and the lines of one that is not.
    last: Option<L>,
    begun: Vec<L>,
}

impl<S, L> Default for Fold<S, L> {
    fn default() -> Fold<S, L> {
        let (shapes, begun) = (VecDeque::new(), Vec::new());
        Fold { shapes, period: 0, times: 0, last: None, begun }
    }
}

impl<S: PartialEq, L> Fold<S, L> {
    /// A line comes, and with it what it is but for times and attempt numbers.
    pub fn push(&mut self, shape: S, line: L, show: &mut impl FnMut(Folded<L>)) {
        if self.period > 0 {
            if self.shapes[self.shapes.len() - self.period] == shape {
                self.note(shape);
                self.begun.push(line);
                if self.begun.len() == self.period {
                    self.times += 1;
                    self.last = self.begun.pop();
                    self.begun.clear();
                }
                return;
            }
            self.end(show);
        }
        self.note(shape);
        show(Folded::Line(line));
        self.period = (1..=self.shapes.len() / 2).find(|&lines| self.repeats(lines)).unwrap_or(0);
    }

    /// No line comes any more, or one that does not repeat.
    pub fn end(&mut self, show: &mut impl FnMut(Folded<L>)) {
        if let Some(last) = self.last.take() {
            let (lines, times) = (self.period, self.times);
            if (lines, times) == (1, 1) {
                show(Folded::Line(last));
            } else {
                show(Folded::Again { lines, times, last });
                // What was counted is not counted again as a part of something longer.
                self.shapes.drain(..self.shapes.len() - self.begun.len());
            }
        }
        self.begun.drain(..).for_each(|line| show(Folded::Line(line)));
        (self.period, self.times) = (0, 0);
    }

    fn note(&mut self, shape: S) {
        self.shapes.push_back(shape);
        if self.shapes.len() > 2 * LONGEST {
            self.shapes.pop_front();
        }
    }

    /// Whether the last so many lines are those before them once more.
    fn repeats(&self, lines: usize) -> bool {
        let end = self.shapes.len();
        (end - lines..end).all(|at| self.shapes[at] == self.shapes[at - lines])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of lines of one letter each, with their numbers.
    fn shown(lines: &str) -> Vec<String> {
        let (mut fold, mut shown) = (Fold::default(), Vec::new());
        let mut show = |folded: Folded<String>| {
            shown.push(match folded {
                Folded::Line(line) => line,
                Folded::Again { lines, times, last } => {
                    format!("{times} more of {lines} to {last}")
                }
            });
        };
        for (at, letter) in lines.chars().enumerate() {
            fold.push(letter, format!("{letter}{at}"), &mut show);
        }
        fold.end(&mut show);
        shown
    }

    #[test]
    fn what_comes_a_third_time_is_counted() {
        assert_eq!(shown("abab"), ["a0", "b1", "a2", "b3"]);
        assert_eq!(shown("ababab"), ["a0", "b1", "a2", "b3", "1 more of 2 to b5"]);
        assert_eq!(shown("aabaabaab"), ["a0", "a1", "b2", "a3", "a4", "b5", "1 more of 3 to b8"]);
        assert_eq!(shown("aaaaab"), ["a0", "a1", "3 more of 1 to a4", "b5"]);
        assert_eq!(
            shown("xabcabcabcabcay"),
            ["x0", "a1", "b2", "c3", "a4", "b5", "c6", "2 more of 3 to c12", "a13", "y14"]
        );
    }

    #[test]
    fn one_line_is_no_longer_than_its_count() {
        assert_eq!(shown("aaa"), ["a0", "a1", "a2"]);
    }

    #[test]
    fn every_line_is_shown_or_counted_once() {
        // All texts of ten letters out of two.
        for number in 0..1 << 10 {
            let text: String =
                (0..10).map(|bit| if number >> bit & 1 == 1 { 'a' } else { 'b' }).collect();
            let count = |line: &String| match line.split_once(" more of ") {
                Some((times, rest)) => {
                    let lines = rest.split(' ').next().and_then(|lines| lines.parse().ok());
                    times.parse::<usize>().expect("a number") * lines.unwrap_or(0_usize)
                }
                None => 1,
            };
            assert_eq!(shown(&text).iter().map(count).sum::<usize>(), 10, "{text}");
        }
    }
}
