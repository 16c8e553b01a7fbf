//! Whether each mechanism is needed: it is switched to each wrong value, one at a time, and the smallest
//! schedules that then break the scenario are searched for. A mechanism without such a witness is one that
//! the scenario, the faults or the oracle do not put to the test.

use super::certificate::Exhaustion;
use super::exhaust::{Space, Told, exhaust};
use super::resume::Done;
use onceproof_model::mechanism::dedup::{Bloom, BucketBy, Rebuild, Shape};
use onceproof_model::mechanism::{
    Ack, Atomic, Dedup, DedupWindow, Fencing, Gc, GiveUp, Ids, Lift, Mechanism, Outputs, ReAck,
    Stamps, UnknownOld, UpdatedAt,
};
use onceproof_model::pipeline::{Pipeline, Step};
use onceproof_model::time::{MILLISECOND, Nanos, SECOND, Span};
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::Verdict;
use onceproof_sim::plan::Plan;
use onceproof_sim::simulator::Simulator;
use std::sync::atomic::AtomicBool;

/// A mechanism with a wrong value.
#[derive(Clone, Copy, Debug)]
pub struct Wrong {
    /// What else must be so for it to matter, if anything.
    under: Option<fn(&mut Mechanism)>,
    /// The word of the kind of fault without which it does no harm, if there is one such kind.
    pub needs: Option<&'static str>,
    /// Puts it into a set of mechanisms that is right.
    change: fn(&mut Mechanism),
}

/// Shorter than any retry takes.
const TOO_SHORT: Nanos = 10 * MILLISECOND;
/// A filter that the first record fills.
const ONE_BIT: Shape = Shape { bucket: LONG, bits_per_id: 1, hashes: 1, expect: 1 };
/// Longer than any retry takes.
const LONG: Nanos = 3600 * SECOND;

/// Every wrong value of every mechanism, in the order of [`Mechanism`], but for `lift = "force"`: its bundles
/// must be cut otherwise after a crash, for which a scenario of a few records is too small. A field or a value that is new does
/// not compile in [`wrong_in`]; if it is wrong, it belongs here too.
pub const ALL: &[Wrong] = &[
    plain(|all| all.give_up = GiveUp::After(1)),
    plain(|all| all.ack = Ack::OnReceipt),
    plain(|all| all.dedup = Dedup::Off),
    plain(|all| all.dedup = window(TOO_SHORT, UnknownOld::Accept, UpdatedAt::Commit)),
    plain(|all| all.dedup = window(TOO_SHORT, UnknownOld::Drop, UpdatedAt::Commit)),
    plain(|all| all.dedup = window(LONG, UnknownOld::Accept, UpdatedAt::Receive)),
    plain(|all| all.dedup = Dedup::BloomOnly(ONE_BIT)),
    plain(|all| {
        let shape = Shape { bucket: TOO_SHORT, ..Shape::default() };
        let bucket_by = BucketBy::Arrival;
        all.dedup = Dedup::Bloom(Bloom { shape, bucket_by, ..Bloom::default() });
    }),
    plain(|all| {
        all.dedup = Dedup::Bloom(Bloom { rebuild: Rebuild::Nothing, ..Bloom::default() });
    }),
    plain(|all| all.gc = Gc::Never),
    plain(|all| all.gc = Gc::Ttl { ttl: TOO_SHORT, unknown_old: UnknownOld::Accept }),
    plain(|all| all.gc = Gc::Ttl { ttl: TOO_SHORT, unknown_old: UnknownOld::Drop }),
    plain(recompute),
    // Under checkpoint an output is made once, whatever its id.
    Wrong { under: Some(recompute), ..plain(|all| all.ids = Ids::Fresh) },
    // Under checkpoint a stamp is given anew only when an output is resent after a crash.
    Wrong { under: Some(recompute), ..plain(|all| all.stamps = Stamps::Fresh) },
    Wrong { needs: Some("clock-step"), ..plain(|all| all.stamps = Stamps::WallClock) },
    plain(|all| all.atomic = Atomic::StateFirst),
    plain(|all| all.atomic = Atomic::IdFirst),
    plain(|all| all.re_ack = ReAck::Never),
    plain(|all| all.fencing = Fencing::Off),
];

const fn plain(change: fn(&mut Mechanism)) -> Wrong {
    Wrong { under: None, needs: None, change }
}

fn recompute(all: &mut Mechanism) {
    all.outputs = Outputs::Recompute;
}

fn window(length: Nanos, unknown_old: UnknownOld, updated_at: UpdatedAt) -> Dedup {
    Dedup::Window(DedupWindow { length, refresh_on_hit: false, unknown_old, updated_at })
}

/// The mechanisms that have a wrong value, with that value, as a scenario file names them.
pub fn wrong_in(mechanism: &Mechanism) -> Vec<(&'static str, String)> {
    let Mechanism {
        // When a request is sent again, how many records share a commit and how many requests are unacked
        // is a matter of cost.
        retry: _,
        bundle: _,
        in_flight: _,
        // So is which steps run together.
        fuse: _,
        give_up,
        ack,
        dedup,
        gc,
        outputs,
        ids,
        stamps,
        atomic,
        re_ack,
        fencing,
        lift,
    } = mechanism;
    let word = |word: &str| Some(word.to_owned());
    let unknown_old = |unknown_old: &UnknownOld| match unknown_old {
        UnknownOld::Accept => "accept",
        UnknownOld::Drop => "drop",
    };
    [
        (
            "give-up",
            match give_up {
                GiveUp::Never => None,
                GiveUp::After(sends) => Some(sends.to_string()),
            },
        ),
        (
            "ack",
            match ack {
                Ack::AfterCommit => None,
                Ack::OnReceipt => word("on-receipt"),
            },
        ),
        (
            "dedup",
            match dedup {
                Dedup::Catalog => None,
                Dedup::Window(window) => Some(match window.updated_at {
                    UpdatedAt::Receive => "window, updated at receive".to_owned(),
                    UpdatedAt::Commit => {
                        let length = Span(window.length);
                        format!("window {length}, unknown-old {}", unknown_old(&window.unknown_old))
                    }
                }),
                Dedup::Bloom(bloom) => match (bloom.bucket_by, bloom.rebuild) {
                    (BucketBy::Arrival, _) => word("bloom, bucket-by arrival"),
                    (BucketBy::Stamp, Rebuild::Nothing) => word("bloom, rebuild none"),
                    (BucketBy::Stamp, Rebuild::Scan | Rebuild::Lazy { .. }) => None,
                },
                Dedup::BloomOnly(_) => word("bloom-only"),
                Dedup::Off => word("off"),
            },
        ),
        (
            "gc",
            match gc {
                Gc::Watermark => None,
                Gc::Never => word("never"),
                Gc::Ttl { ttl, unknown_old: old } => {
                    Some(format!("ttl {}, unknown-old {}", Span(*ttl), unknown_old(old)))
                }
            },
        ),
        (
            "outputs",
            match outputs {
                Outputs::Checkpoint => None,
                Outputs::Recompute => word("recompute"),
            },
        ),
        (
            "ids",
            match ids {
                Ids::Derived => None,
                Ids::Fresh => word("fresh"),
            },
        ),
        (
            "stamps",
            match stamps {
                Stamps::Stable => None,
                Stamps::Fresh => word("fresh"),
                Stamps::WallClock => word("wall-clock"),
            },
        ),
        (
            "atomic",
            match atomic {
                Atomic::Together => None,
                Atomic::StateFirst => word("state-first"),
                Atomic::IdFirst => word("id-first"),
            },
        ),
        (
            "re-ack",
            match re_ack {
                ReAck::Always => None,
                ReAck::Never => word("false"),
            },
        ),
        (
            "fencing",
            match fencing {
                Fencing::Token => None,
                Fencing::Off => word("false"),
            },
        ),
        (
            "lift",
            match lift {
                Lift::Sure | Lift::Never => None,
                Lift::Force => word("force"),
            },
        ),
    ]
    .into_iter()
    .filter_map(|(field, value)| value.map(|value| (field, value)))
    .collect()
}

impl Wrong {
    /// The mechanism and its wrong value: `ids = fresh`; with what else must be so: `under outputs =
    /// recompute`.
    pub fn words(&self) -> String {
        let text = |pairs: &[(&str, String)]| {
            let all: Vec<_> =
                pairs.iter().map(|(field, value)| format!("{field} = {value}")).collect();
            all.join(", ")
        };
        let mut base = Mechanism::default();
        (self.change)(&mut base);
        let own = text(&wrong_in(&base));
        match self.under {
            None => own,
            Some(under) => {
                let mut base = Mechanism::default();
                under(&mut base);
                format!("{own} (under {})", text(&wrong_in(&base)))
            }
        }
    }

    /// What comes of this value at every step of a plan: the smallest schedules of a space that break it. What
    /// it stands under may break things alone; such a schedule is no witness.
    pub fn search(
        &self,
        plan: &Plan,
        seed: Option<u64>,
        space: &Space,
        cancel: &AtomicBool,
        tell: &(dyn Fn(Told<'_>) + Sync),
    ) -> Row {
        let (words, lacks) = (self.words(), self.lacks(&space.kinds));
        if lacks.is_some() {
            return Row { words, lacks, found: None };
        }
        let base = with(plan, &self.under.map_or(vec![], |under| vec![under]));
        let wrong = with(&base, &[self.change]);
        let mut found = None;
        for stops_at_cause in [true, false] {
            let space = Space { stops_at_cause, ..space.clone() };
            let mut result = exhaust(&wrong, seed, &space, &mut Done::default(), cancel, tell);
            if self.under.is_some() {
                let mut simulator = Simulator::new(&base);
                result.causes.retain(|cause| {
                    simulator.place(&cause.faults);
                    simulator.brief(seed).verdict == Verdict::ExactlyOnce
                });
                let smallest = result.causes.first().map(|cause| cause.faults.len());
                result.causes.retain(|cause| Some(cause.faults.len()) == smallest);
            }
            // Where all that it stopped at breaks without it too, something larger may be its own.
            let is_over = !(result.stopped && result.causes.is_empty());
            found = Some(result);
            if is_over {
                break;
            }
        }
        Row { words, lacks, found }
    }

    /// Whether a kind of fault that it needs is not among these.
    pub fn lacks(&self, kinds: &[Kind]) -> Option<&'static str> {
        self.needs.filter(|needs| !kinds.iter().any(|kind| kind.name().word() == *needs))
    }
}

/// The plan with these changes at every step.
fn with(plan: &Plan, changes: &[fn(&mut Mechanism)]) -> Plan {
    let steps = plan.pipeline.steps().iter().map(|step| {
        let mut mechanism = step.mechanism;
        changes.iter().for_each(|change| change(&mut mechanism));
        Step { mechanism, ..step.clone() }
    });
    let pipeline = Pipeline::new(steps.collect()).expect("the graph is the same");
    Plan { pipeline, ..plan.clone() }
}

/// What came of one wrong value.
#[derive(Clone, Debug)]
pub struct Row {
    /// The mechanism and its value.
    pub words: String,
    /// What it needs and does not have, if so; then it was not searched.
    pub lacks: Option<&'static str>,
    /// What was found, up to the smallest number of faults that breaks the scenario.
    pub found: Option<Exhaustion>,
}

impl Row {
    /// How many of the smallest schedules have a fault of this kind.
    pub fn count(&self, kind: KindName) -> u64 {
        let has = |fault: &Fault| fault.kind.name() == kind;
        let causes = self.found.iter().flat_map(|found| &found.causes);
        causes.filter(|cause| cause.faults.iter().any(has)).count() as u64
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        match &self.found {
            None => Standing::NotSearched,
            Some(found) if !found.causes.is_empty() => Standing::Witnessed,
            Some(found) if found.is_complete() => Standing::Unwitnessed,
            Some(_) => Standing::Incomplete,
        }
    }
}

/// How a wrong value stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// A schedule was found that breaks it.
    Witnessed,
    /// There is none.
    Unwitnessed,
    /// The search did not come to its end.
    Incomplete,
    /// It was not searched, since a kind of fault is not among those asked for.
    NotSearched,
}

/// What is needed in a scenario.
#[derive(Clone, Debug)]
pub struct Necessity {
    /// The search with the mechanisms of the file.
    pub full: Exhaustion,
    /// Each wrong value.
    pub rows: Vec<Row>,
}

impl Necessity {
    /// How many rows stand so.
    pub fn count(&self, standing: Standing) -> u64 {
        self.rows.iter().filter(|row| row.standing() == standing).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_has_nothing_wrong_and_each_change_is_one_thing() {
        assert_eq!(wrong_in(&Mechanism::default()), []);
        let mut all: Vec<String> = ALL.iter().map(Wrong::words).collect();
        for wrong in ALL {
            let mut mechanism = Mechanism::default();
            (wrong.change)(&mut mechanism);
            assert_eq!(wrong_in(&mechanism).len(), 1, "{}", wrong.words());
        }
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), ALL.len());
    }
}
