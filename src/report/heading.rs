//! What several reports begin with, or say in the same words.

use super::style::{HEAD, warning};
use super::{Reported, printable};
use crate::figures::counted;
use crate::search::compare::Difference;

/// The name and the claim of a scenario, and what of its data could not be used.
pub fn heading(subject: &Reported) -> String {
    let mut text = format!("{HEAD}{}{HEAD:#}\n", printable(subject.name));
    if !subject.claim.is_empty() {
        text.push_str(&format!("{}\n", printable(subject.claim)));
    }
    if subject.rows_skipped > 0 {
        let rows = counted(subject.rows_skipped, "row");
        text.push_str(&warning(&format!("{rows} of the data could not be used")));
    }
    text
}

/// In what a run was not the same when run again.
pub fn difference_in_words(difference: &Difference) -> String {
    let Difference { seed, field, first, again } = difference;
    format!("under seed {}, {field} was {first} and then {again}", seed_word(*seed))
}

/// A seed, or `none`.
pub fn seed_word(seed: Option<u64>) -> String {
    seed.map_or_else(|| "none".to_owned(), |seed| seed.to_string())
}
