//! A window of a key, what is counted in it, what stands of it, and what goes on of a record that was counted there.

use super::{Flow, Record};
use crate::pipeline::StepKind;
use crate::window::Windowing;
use onceproof_kernel::env::Env;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::{Vocabulary, output_hash};
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::system::System;
use onceproof_kernel::tell::{Pane, Pile, Standing, Tag};
use onceproof_kernel::time::Time;

/// A window of a key.
pub type CountedCell = (Key, Time);

/// Under which key and in which window a bolt counts a record.
#[derive(Clone, Copy, Debug)]
pub struct Windowed {
    length: Windowing,
    is_global: bool,
}

impl Windowed {
    /// Those of a step, if it counts.
    pub fn of(kind: &StepKind) -> Option<Windowed> {
        let is_global = matches!(kind, StepKind::CountGlobally(_));
        Some(Windowed { length: *kind.windowing()?, is_global })
    }

    /// The cell of a record.
    pub fn cell(&self, key: Key, event_time: Time) -> CountedCell {
        (if self.is_global { Key::GLOBAL } else { key }, self.length.start(event_time))
    }

    /// When the window of a cell ends.
    pub fn end(&self, (_, start): CountedCell) -> Time {
        self.length.end(start)
    }
}

/// What is counted in a cell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Sum {
    /// Of what it is made, for whoever watches.
    pub pile: Pile,
    /// The sum of the weights.
    pub weight: i64,
    /// The sum of the values, its lower 64 bits.
    pub value: i64,
}

impl Sum {
    /// Adds a record, which whoever watches knows already.
    pub fn add(&mut self, record: &Record) {
        self.weight = self.weight.wrapping_add(record.weight);
        self.value = self.value.wrapping_add(record.value.integer());
    }
}

impl Flow<'_> {
    /// What stands of a cell with this content.
    pub fn standing<S: System, E: Env<S>>(
        &self,
        step: StepIndex,
        (key, start): CountedCell,
        Sum { pile, weight, value }: Sum,
        env: &mut E,
    ) -> Standing {
        let hash = self.layout.hash(step);
        let Vocabulary { keys, names } = env.vocabulary();
        let name = names.pane(step.0, hash, key, start, 0, keys);
        let pane =
            Pane { tag: Tag { name, lineage: env.read_pile(pile) }, key, start, weight, value };
        Standing { step, pane, total: if self.is_sum(step) { value } else { weight } }
    }

    /// What goes on of a record that was counted in a cell: it stands for the record in the cell, as a pane would for all
    /// of them. `alone` is the record, and nothing else.
    pub fn passed_on<S: System, E: Env<S>>(
        &self,
        step: StepIndex,
        (windows, cell): (&Windowed, CountedCell),
        of: &Record,
        alone: Pile,
        env: &mut E,
    ) -> Record {
        let hash = self.layout.hash(step);
        let name = env.vocabulary().names.output(of.tag.name, step.0, hash, 0);
        let lineage = env.read_pile(alone);
        Record {
            tag: Tag { name, lineage },
            key: cell.0,
            id: RecordId(output_hash(of.id.0, hash, 0)),
            event_time: windows.end(cell).before(),
            weight: of.weight,
            value: Value::Integer(if self.is_sum(step) { of.value.integer() } else { of.weight }),
        }
    }

    fn is_sum(&self, step: StepIndex) -> bool {
        matches!(self.pipeline.step(step).kind, StepKind::Sum(_))
    }
}

/// What a result says, as numbers; without its lineage.
pub fn digest_of_standing(standing: &Standing, known: &Vocabulary) -> [u64; 6] {
    let Standing { step, pane, total } = standing;
    let [start, weight, value, total] = [pane.start.0, pane.weight, pane.value, *total];
    let key = known.keys.hash(pane.key);
    [step.0.into(), key, start as u64, weight as u64, value as u64, total as u64]
}
