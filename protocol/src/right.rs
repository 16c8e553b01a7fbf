//! What is right of a user's protocol: each record of the input once in each result, unless the protocol says otherwise.

use crate::design::{Design, record_of};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::right::{Expected, Right, Won, place};
use onceproof_kernel::source::SourceRow;
use onceproof_kernel::time::Time;

/// What is right of a design.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a>(pub &'a Design);

impl Right for Due<'_> {
    fn belongs(
        &self,
        _: StepIndex,
        row: SourceRow,
        _: Time,
        words: &mut Vocabulary,
        _: &dyn Won,
        each: &mut impl FnMut(Expected) -> bool,
    ) -> bool {
        let Due(design) = self;
        let record = record_of(&row, words);
        let key_hash = words.keys.hash(row.key);
        for &step in &design.results {
            let times = design.protocol.due(&record, design.layout.name(step));
            if times == 0 {
                continue;
            }
            each(Expected {
                step,
                leaf: words.names.output(row.name, step.0, design.layout.hash(step), 0),
                times,
                place: place(key_hash, Time(0)),
                key_hash,
                value: row.value.integer(),
                end: Time::MAX,
                is_late: false,
                is_dead: false,
            });
        }
        true
    }

    fn is_placed(&self) -> Vec<bool> {
        // What is overwritten stands under any key.
        self.0.layout.all().map(|(step, _)| !self.0.totals.contains(&step)).collect()
    }
}
