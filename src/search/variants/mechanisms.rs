//! Every value of every mechanism but the first, which is what holds where a scenario says nothing: the wrong
//! ones, and those that are right too and only cost more or less. Which there are says the table of the model.
//!
//! Some values matter, or are right, only under another. Where outputs are recomputed, a function that answers
//! otherwise the second time is damage enough: it alone breaks a coin in nearly every seed. So `user-differs`
//! is left out there of the faults that are drawn, and what goes wrong is the value's own doing.
//! `ids = "fresh"` and `lift = "force"` are right under `checkpoint`, where an output is made once; `recompute`
//! is right where nothing but a fault makes an output differ.

use super::{Needs, Setting, Variant};
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::{MechanismRow, MechanismTry, TryNeeds};
use onceproof_model::setting::Worth;
use onceproof_sim::fault::KindName;

/// Every wrong value.
pub fn wrong() -> Vec<Variant> {
    tried(|tried| tried.worth != Worth::Right)
}

/// Every other value that is right, if at another cost.
pub fn right() -> Vec<Variant> {
    tried(|tried| tried.worth == Worth::Right)
}

fn tried(is_meant: impl Fn(&MechanismTry) -> bool) -> Vec<Variant> {
    let of_row = |row: &MechanismRow| {
        let meant = row.tries().into_iter().filter(&is_meant);
        meant.map(|tried| variant(row, tried)).collect::<Vec<_>>()
    };
    Mechanism::table().iter().flat_map(of_row).collect()
}

fn variant(row: &MechanismRow, tried: MechanismTry) -> Variant {
    let MechanismTry { value, worth: _, under, needs, answers_alike, is_rare } = tried;
    Variant {
        under,
        without: if answers_alike { &[KindName::UserDiffers] } else { &[] },
        needs: match needs {
            TryNeeds::Nothing => Needs::Nothing,
            TryNeeds::ClockSteps => Needs::Kind(KindName::ClockStep),
            TryNeeds::Offsets => Needs::Offsets,
            TryNeeds::Repeatable => Needs::Repeatable,
        },
        is_rare,
        ..Variant::of(Setting::Mechanism(format!("{} = {value}", row.key())))
    }
}
