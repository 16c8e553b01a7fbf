//! What a sweep reached, as tables and as JSON: how often each kind of fault struck each step of the
//! protocol, and in how many runs each mark was reached under each kind.

use super::parts_json::{Named, counts};
use super::table::{Align, WIDTH, table};
use crate::figures::grouped;
use crate::search::marks::Reached;
use onceproof_kernel::alphabet::{Alphabet, Mark};
use onceproof_sim::fault::KindName;
use onceproof_sim::marks::Struck;
use schemars::JsonSchema;
use serde::Serialize;

/// Two tables.
pub fn reached_text(reached: &Reached, alphabet: &Alphabet) -> String {
    let mut text = String::from("\nfaults, by the step of the protocol that they struck\n");
    let mut head = vec![String::new()];
    head.extend(Struck::all(alphabet).map(|struck| struck.word(alphabet).to_owned()));
    let mut rows = vec![head];
    for kind in fired(reached) {
        let mut row = vec![kind.word().to_owned()];
        row.extend(Struck::all(alphabet).map(|struck| cell(reached.struck(kind, struck))));
        rows.push(row);
    }
    text.push_str(&numbers(&rows));

    text.push_str("\nmarks, by the runs that reached them in which a fault of a kind fired\n");
    let mut head = vec![String::new(), "times".to_owned(), "runs".to_owned()];
    head.extend(fired(reached).map(|kind| kind.word().to_owned()));
    let mut rows = vec![head];
    for &(mark, word) in alphabet.marks {
        let mut row = vec![word.to_owned()];
        row.extend([reached.times(mark), reached.runs(mark)].map(cell));
        row.extend(fired(reached).map(|kind| cell(reached.runs_with(mark, kind))));
        rows.push(row);
    }
    text.push_str(&numbers(&rows));
    text
}

/// How often a mark was reached.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ReachedPart {
    /// How often in all runs.
    times: u64,
    /// In how many runs.
    runs: u64,
    /// In how many of these a fault of each kind fired.
    runs_with: Named<u64>,
}

/// The marks that were reached.
pub(super) fn reached_parts(reached: &Reached, alphabet: &Alphabet) -> Named<ReachedPart> {
    let marks = alphabet.marks.iter().filter(|(mark, _)| reached.runs(*mark) > 0);
    let part = |&(mark, word): &(Mark, &'static str)| {
        let with = KindName::ALL.map(|kind| (kind.word(), reached.runs_with(mark, kind)));
        let runs_with = counts(with.into_iter().filter(|&(_, runs)| runs > 0));
        let (times, runs) = (reached.times(mark), reached.runs(mark));
        (word.to_owned(), ReachedPart { times, runs, runs_with })
    };
    marks.map(part).collect()
}

/// How often each kind of fault that fired struck each step of the protocol.
pub(super) fn struck_parts(reached: &Reached, alphabet: &Alphabet) -> Named<Named<u64>> {
    let part = |kind: KindName| {
        let struck = Struck::all(alphabet)
            .map(|struck| (struck.word(alphabet), reached.struck(kind, struck)));
        (kind.word().to_owned(), counts(struck.filter(|&(_, times)| times > 0)))
    };
    fired(reached).map(part).collect()
}

/// The kinds that fired at all.
fn fired(reached: &Reached) -> impl Iterator<Item = KindName> {
    KindName::ALL.into_iter().filter(|&kind| reached.has_struck(kind))
}

fn cell(count: u64) -> String {
    if count == 0 { "-".to_owned() } else { grouped(count) }
}

/// Tables with words in the first column and numbers in the others, of as many columns as fit.
fn numbers(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut used = WIDTH;
    for column in 1..rows[0].len() {
        used += 2 + width(column);
        if used > WIDTH {
            blocks.push(Vec::new());
            used = width(0) + 2 + width(column);
        }
        if let Some(block) = blocks.last_mut() {
            block.push(column);
        }
    }
    let block = |columns: &Vec<usize>| {
        let shown = |row: &Vec<String>| {
            std::iter::once(0).chain(columns.iter().copied()).map(|at| row[at].clone()).collect()
        };
        let mut aligned = vec![Align::Right; columns.len() + 1];
        aligned[0] = Align::Left;
        table(&aligned, &rows.iter().map(shown).collect::<Vec<_>>())
    };
    blocks.iter().map(block).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::parts_json::value;
    use onceproof_model::dataflow::point;
    use serde_json::json;

    #[test]
    fn a_fault_stands_where_it_struck_and_a_mark_beside_the_kinds_that_fired() {
        let reached = crate::search::marks::tests::lost_acks();
        let text = reached_text(&reached, &point::ALPHABET);
        // Two runs with one lost ack each; in one of them its retry was dropped.
        assert!(text.contains("drop-ack      -      -       -       -    2     -"), "{text}");
        assert!(
            text.contains("duplicate-dropped                    1     1         1\n"),
            "{text}"
        );
        assert_eq!(
            value(&struck_parts(&reached, &point::ALPHABET)),
            json!({ "drop-ack": { "ack": 2 } })
        );
        let one = json!({ "times": 1, "runs": 1, "runs_with": { "drop-ack": 1 } });
        assert_eq!(
            value(&reached_parts(&reached, &point::ALPHABET)),
            json!({ "duplicate-dropped": one })
        );
    }
}
