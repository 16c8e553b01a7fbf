//! What stands of a cell, and what goes on of a record that was counted in one. Both legs do it alike.

use super::Context;
use crate::in_memory::InMemory;
use crate::in_memory::message::Record;
use crate::in_memory::rows::{CountedCell, Sum, Windowed};
use crate::pipeline::StepKind;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::{Vocabulary, output_hash};
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::tell::{Pane, Pile, Standing, Tag};

/// What stands of a cell with this content.
pub(super) fn standing<E: Env<InMemory>>(
    step: StepIndex,
    (key, start): CountedCell,
    Sum { pile, weight, value }: Sum,
    m: &mut Context<'_, E>,
) -> Standing {
    let hash = m.design.layout.hash(step);
    let Vocabulary { keys, names } = m.env.vocabulary();
    let name = names.pane(step.0, hash, key, start, 0, keys);
    let pane =
        Pane { tag: Tag { name, lineage: m.env.read_pile(pile) }, key, start, weight, value };
    Standing { step, pane, total: if is_sum(step, m) { value } else { weight } }
}

/// What goes on of a record that was counted in a cell: it stands for the record in the cell, as a pane would for all
/// of them. `alone` is the record, and nothing else.
pub(super) fn passed_on<E: Env<InMemory>>(
    step: StepIndex,
    (windows, cell): (&Windowed, CountedCell),
    of: &Record,
    alone: Pile,
    m: &mut Context<'_, E>,
) -> Record {
    let hash = m.design.layout.hash(step);
    let name = m.env.vocabulary().names.output(of.tag.name, step.0, hash, 0);
    let lineage = m.env.read_pile(alone);
    Record {
        tag: Tag { name, lineage },
        key: cell.0,
        id: RecordId(output_hash(of.id.0, hash, 0)),
        event_time: windows.end(cell).before(),
        weight: of.weight,
        value: Value::Integer(if is_sum(step, m) { of.value.integer() } else { of.weight }),
    }
}

fn is_sum<E>(step: StepIndex, m: &Context<'_, E>) -> bool {
    matches!(m.design.pipeline.step(step).kind, StepKind::Sum(_))
}
