//! Every fault that could be placed in a run: at each moment that came, each kind that is asked there, with
//! its default parameter. What an exhaustive search goes through.

use crate::fault::kind::Asked;
use crate::fault::{Fault, Kind, KindName, Leg, Place};

/// The faults, in the order in which their places came.
#[derive(Debug, Default)]
pub(super) struct Possible {
    pub faults: Vec<Fault>,
}

impl Possible {
    /// A moment has come, with this place: each kind that may be placed here.
    pub fn note(&mut self, asked: Asked, place: &Place, may: impl Fn(&Kind) -> bool) {
        let kinds = KindName::ALL.into_iter().flat_map(with_defaults);
        for kind in kinds.filter(|kind| kind.asked_at() == asked && may(kind)) {
            self.faults.push(Fault { at: place.clone(), kind });
        }
    }
}

/// A kind with its default parameter, once for each leg that it may hit.
fn with_defaults(name: KindName) -> Vec<Kind> {
    match name.with_defaults() {
        Kind::Duplicate { .. } => {
            [Leg::Request, Leg::Ack].map(|leg| Kind::Duplicate { leg }).to_vec()
        }
        Kind::Delay { by, .. } => {
            [Leg::Request, Leg::Ack].map(|leg| Kind::Delay { by, leg }).to_vec()
        }
        kind => vec![kind],
    }
}
