//! What messages and changes say, as numbers that a fingerprint folds in. Keys and names go in by their hashes, and
//! lineages not at all: they are there for whoever watches.

use super::message::{Branch, Change, Dispatch, Landed, Root, Shown, Wins};
use crate::stream::digest_of_standing;
use onceproof_kernel::mix::words;
use onceproof_kernel::name::{Name, Vocabulary};

/// What a message says.
pub(super) fn of_message(message: &Dispatch, known: &Vocabulary) -> [u64; 2] {
    let named = |name: Name| known.names.hash(name);
    match message {
        Dispatch::Tuple { record, branch, is_first } => {
            let branch = branch.as_ref().map_or(0, of_branch);
            [record.digest(known), words([1, branch, (*is_first).into()])]
        }
        Dispatch::Init { name, root, edges } => [named(*name), words([2, of_root(*root), *edges])],
        Dispatch::Ack { name, branch, edges } => {
            [named(*name), words([3, of_branch(branch), *edges])]
        }
        Dispatch::Complete { name, root } => [named(*name), words([4, of_root(*root)])],
        Dispatch::Show { name, shown, branch } => {
            let branch = branch.as_ref().map_or(0, of_branch);
            [named(*name), words([5, branch, of_shown(shown, known)])]
        }
    }
}

/// What a change says.
pub(super) fn of_change(change: &Change, known: &Vocabulary) -> u64 {
    match change {
        Change::Offset(offset) => words([1, *offset]),
        Change::Show(shown, wins) => {
            words([2, of_shown(shown, known), u64::from(*wins == Wins::Later)])
        }
        Change::Take(record) => words([3, record.digest(known)]),
        Change::Lands { end, since } => {
            words([4, end.0 as u64, since.map_or(0, |since| since.0 as u64)])
        }
        // What it is made of says no more than the result does.
        Change::Land(Landed { end, standing, sum: _ }) => {
            let [step, key, start, weight, value, total] = digest_of_standing(standing, known);
            words([5, end.0 as u64, step, key, start, weight, value, total])
        }
    }
}

fn of_root(root: Root) -> u64 {
    words([root.spout.0.into(), root.token.into(), root.number.into()])
}

fn of_branch(branch: &Branch) -> u64 {
    words([of_root(branch.root), branch.edge.0])
}

fn of_shown(shown: &Shown, known: &Vocabulary) -> u64 {
    match shown {
        Shown::Cell { standing, age } => {
            let [step, key, start, weight, value, total] = digest_of_standing(standing, known);
            words([step, key, start, weight, value, total, age.token, age.number])
        }
        Shown::Row { step, record } => words([step.0.into(), record.digest(known)]),
    }
}
