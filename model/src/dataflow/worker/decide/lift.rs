//! Lift: within a unit, outputs for one key and window of one aggregate become one partial aggregate. They are
//! added up as they are made. When the unit has all it takes, the partial aggregate gets its name and its id. A
//! partial aggregate of one record is that record. The world is told what it stands for, since nothing else of
//! its members is ever written down.
//!
//! The name is made of all that is in it, since faults are placed on each of its records, and the ledger counts
//! each. A place that is written down gives the first of them. The id is one, made of the first record's and of
//! the size: a bundle that is cut otherwise the second time gives another id, and not the same one for other
//! records.

use crate::dataflow::Design;
use crate::dataflow::effect::{Context, Env};
use crate::dataflow::mechanism::{Outputs, Stamps};
use crate::dataflow::record::Record;
use crate::dataflow::worker::{Parent, Worker};
use crate::pipeline::StepKind;
use hashbrown::HashMap;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::record::{Output, RecordId, Value};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::Member;
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;

/// The partial aggregates of the units that still take records.
#[derive(Debug, Default)]
pub(in crate::dataflow::worker) struct Lifted {
    /// The outbox slot by unit, aggregate, key and start of the window.
    slots: HashMap<(u32, StepIndex, Key, Time), u32, FxBuildHasher>,
    /// What more than one output went into a slot.
    members: HashMap<u32, Vec<Member>, FxBuildHasher>,
}

copied_by_field!(Lifted { slots, members });

impl Lifted {
    /// While anything is being added up it cannot be told.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Lifted { slots, members } = self;
        state.requires(slots.is_empty() && members.is_empty());
    }

    pub fn clear(&mut self) {
        self.slots.clear();
        self.members.clear();
    }
}

/// Whether all that the stage with this head sends is added up in bundles.
pub(in crate::dataflow::worker) fn lifts_all(design: &Design, head: StepIndex) -> bool {
    // A message that comes again must meet the catalog under its own id.
    if let StepKind::Source { queue: Some(_), .. } = design.pipeline.step(head).kind {
        return false;
    }
    let lifts = |&to: &StepIndex| {
        let is_aggregate = design.pipeline.step(to).kind.windowing().is_some();
        is_aggregate && design.mechanism(to).lift.is_due(design.mechanism(head))
    };
    design.stages().receivers(head).iter().all(lifts)
}

impl Worker {
    /// Whether an output belongs to a partial aggregate that its unit has begun; then it is added to it.
    pub(in crate::dataflow::worker) fn lift<E: Env>(
        &mut self,
        unit: u32,
        (to, key): (StepIndex, Key),
        made: &Parent,
        output: &Output,
        m: &mut Context<'_, E>,
    ) -> bool {
        let design = m.design;
        let Worker { units, outbox, lifted, mechanism, reads_queue, .. } = self;
        let unit_slot = unit;
        let unit = units.get(unit);
        // The first output of a unit has nothing to be added to, and most units have one only.
        if unit.outputs.is_empty() || *reads_queue || !design.mechanism(to).lift.is_due(mechanism) {
            return false;
        }
        let Some(start) = start_at(design, to, made.event_time) else { return false };
        for &slot in &unit.outputs[unit.indexed..] {
            let entry = outbox.get(slot);
            let (to, record) = (design.layout.step_of(entry.to), &entry.record);
            if let Some(start) = start_at(design, to, record.event_time) {
                lifted.slots.entry((unit_slot, to, record.key, start)).or_insert(slot);
            }
        }
        unit.indexed = unit.outputs.len();
        let Some(&slot) = lifted.slots.get(&(unit_slot, to, key, start)) else { return false };
        let record = &outbox.get(slot).record;
        let members = lifted.members.entry(slot).or_insert_with(|| vec![member(record)]);
        let Parent { name, lineage, weight, event_time, .. } = *made;
        let value = output.value.integer();
        members.push(Member { name, lineage, weight, value });
        // Where stamps come from the inputs, these pin; else the first of its outputs has stamped it.
        let stamp = match (mechanism.outputs, mechanism.stamps) {
            (Outputs::Recompute, Stamps::Stable) => made.stamp,
            (Outputs::Recompute, Stamps::Fresh | Stamps::WallClock) | (Outputs::Checkpoint, _) => {
                record.stamp
            }
        };
        outbox.add(slot, weight, value, event_time, stamp);
        true
    }

    /// The unit has all it takes: its partial aggregates get their names.
    pub(in crate::dataflow::worker) fn close_partials<E: Env>(
        &mut self,
        unit: u32,
        m: &mut Context<'_, E>,
    ) {
        let Worker { units, outbox, lifted, .. } = self;
        if lifted.slots.is_empty() {
            return;
        }
        lifted.slots.retain(|&(of, ..), _| of != unit);
        for slot in &units.get(unit).outputs {
            let Some(members) = lifted.members.remove(slot) else { continue };
            let record = &mut outbox.get(*slot).record;
            let names = &mut m.env.vocabulary().names;
            record.name = names.partial(members.iter().map(|member| member.name));
            record.id = RecordId(fold(record.id.0, scatter(members.len() as u64)));
            record.lineage = m.env.combine(&members);
        }
    }
}

fn member(record: &Record) -> Member {
    let Record { name, lineage, weight, .. } = *record;
    Member { name, lineage, weight, value: record.value.integer() }
}

/// The start of the window of an aggregate that an event time falls into.
fn start_at(design: &Design, step: StepIndex, event_time: Time) -> Option<Time> {
    design.pipeline.step(step).kind.windowing().map(|windows| windows.start(event_time))
}

/// The value of a partial aggregate that another value is added to.
pub(in crate::dataflow::worker) fn sum(value: Value, other: i64) -> Value {
    Value::Integer(value.integer().wrapping_add(other))
}
