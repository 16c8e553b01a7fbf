//! Properties of a run, asked of the results that stand at its end or whenever they have changed.

use super::{Flush, Simulation};
use crate::outside::Outside;
use crate::property::{Broken, Committed, When};
use crate::world::{End, unwatched};
use onceproof_kernel::layout::{LaidStep, StepIndex};
use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::system::System;
use onceproof_kernel::time::Time;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

impl<'a, S: System> Simulation<'a, S> {
    /// Runs what was prepared to its end, and what of the plan's properties it breaks first.
    pub(super) fn run_with_properties(
        &mut self,
        stop: &AtomicBool,
        mut flush: Option<Flush<'_, 'a, S>>,
    ) -> Option<(End, Option<Broken>)> {
        let properties = &self.plan.properties;
        if !properties.any(When::Always) {
            let end = match flush {
                Some(flush) => self.world.run(stop, flush),
                None => self.world.run(stop, unwatched),
            }?;
            let broken = self.broken_at_the_end(&end);
            return Some((end, broken));
        }
        let mut broken = properties.broken(When::Always, &self.world.outside.committed());
        let mut last = self.world.outside.results_digest();
        let end = self.world.run(stop, |outside, fingerprint| {
            if broken.is_none() {
                let digest = outside.results_digest();
                if std::mem::replace(&mut last, digest) != digest {
                    broken = properties.broken(When::Always, &outside.committed());
                }
            }
            if let Some(flush) = &mut flush {
                flush(outside, fingerprint);
            }
        })?;
        let broken = broken.or_else(|| self.broken_at_the_end(&end));
        Some((end, broken))
    }

    fn broken_at_the_end(&self, end: &End) -> Option<Broken> {
        let properties = &self.plan.properties;
        let is_over = matches!(end, End::Drained | End::Over { .. } | End::Stuck(_));
        let asks = is_over && properties.any(When::AtTheEnd);
        asks.then(|| properties.broken(When::AtTheEnd, &self.world.outside.committed())).flatten()
    }
}

impl<S: System> Outside<'_, S> {
    /// For a run in detail: the results that stand.
    fn committed(&self) -> Committed {
        let steps = self.layout.all().filter(|(_, step)| step.results.is_some());
        let windows = |(step, laid): (StepIndex, &LaidStep)| {
            let mut windows = BTreeMap::new();
            for (key, start, total) in self.ledger.totals(step, &self.words.names) {
                *windows.entry((self.words.keys.text(key).to_owned(), start)).or_default() += total;
            }
            (laid.name.clone(), windows)
        };
        Committed::of(steps.map(windows).collect())
    }

    /// The same in one word, in which nearly all results differ.
    fn results_digest(&self) -> u64 {
        let mut digest = 0_u64;
        for (step, _) in self.layout.all().filter(|(_, step)| step.results.is_some()) {
            for (key, start, total) in self.ledger.totals(step, &self.words.names) {
                let start = start.map_or(u64::MAX, |Time(start)| start as u64);
                let place = fold(fold(step.0.into(), key.0.into()), start);
                let total = fold(total as u64, (total >> 64) as u64);
                // A sum, since they come in no order.
                digest = digest.wrapping_add(scatter(fold(place, total)));
            }
        }
        digest
    }
}
