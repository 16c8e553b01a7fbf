//! What is wrong with what services were told to do, and with what belongs together. That a unit is torn is wrong in itself; how often a side
//! effect may stand, and whose entry must, is for the scenario to demand.
//!
//! `at-most = n` counts the side effects that stand at the service, and not the calls: a `put` that is made
//! twice is one. More is the class `repeated`, a class like any other, so that every search can look for it.
//!
//! `newest = true` is judged once a run has drained: before that an entry may be ahead of its commit. The
//! newest record is the one that the store committed last, dead letters included. A token could not say which
//! that is, since one life has one token for all that it puts. All calls take the same time, so the calls of
//! one life arrive in the order in which they were made. A key of which no record was committed has no right
//! entry.

use super::{Service, Stale, Torn};
use crate::ledger::{Ledger, WrongUnit};
use crate::outcome::{Class, Damage};
use crate::plan::SideEffects;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};

/// What is wrong with the services of a run.
#[derive(Clone, Copy)]
pub(crate) struct Wrongs<'a> {
    pub service: &'a Service,
    pub ledger: &'a Ledger,
    /// What is demanded of side effects.
    pub demands: SideEffects,
    /// Whether the run drained; else an entry may be ahead of a commit that is still to come.
    pub has_drained: bool,
}

impl<'a> Wrongs<'a> {
    fn repeated(self) -> impl Iterator<Item = (StepIndex, Name, u32, u32)> + 'a {
        let most = self.demands.at_most.into_iter();
        let repeated = move |most| {
            let all = self.service.repeated(most);
            all.map(move |(step, name, standing)| (step, name, most, standing))
        };
        most.flat_map(repeated)
    }

    fn stale(self) -> impl Iterator<Item = Stale> + 'a {
        let is_demanded = self.demands.newest && self.has_drained;
        self.service.stale(self.ledger).filter(move |_| is_demanded)
    }

    /// The units that readers see in part. Before the run has drained the rest may be on its way.
    fn torn(self) -> impl Iterator<Item = WrongUnit> + 'a {
        self.ledger.units.torn().filter(move |_| self.has_drained)
    }

    /// The classes of what is wrong.
    pub fn classes(self) -> impl Iterator<Item = Class> {
        let found = [
            (Class::Torn, self.service.torn().next().is_some() || self.torn().next().is_some()),
            (Class::Phantom, self.ledger.units.unasked().next().is_some()),
            (Class::Repeated, self.repeated().next().is_some()),
            (Class::Stale, self.stale().next().is_some()),
        ];
        found.into_iter().filter(|&(_, is_found)| is_found).map(|(class, _)| class)
    }

    /// The damaged records, class by class, each with its name. By texts, as in every other list: neither
    /// steps nor names are numbered the same in every file.
    pub fn damage(self, layout: &Layout, words: &Vocabulary) -> Vec<(Name, Damage)> {
        let name_of = |step: u16| layout.name(StepIndex(step));
        let text = |record| words.names.text(record, &words.keys, name_of);
        let hurt =
            |class, step, record, (expected, reflected): (u32, u32), instead: Option<Name>| {
                let damage = Damage {
                    class,
                    step,
                    record: text(record),
                    expected: expected.into(),
                    reflected: reflected.into(),
                    instead: instead.map(text),
                    taken_for: None,
                    left: None,
                    given_up: None,
                    by_itself: None,
                    touched: Vec::new(),
                };
                (record, damage)
            };
        let torn = self.service.torn();
        let torn = torn
            .map(|Torn { step, name, seen, of }| hurt(Class::Torn, step, name, (of, seen), None));
        let unit = |class| {
            move |WrongUnit { step, name, seen, of }| hurt(class, step, name, (of, seen), None)
        };
        let units = self.torn().map(unit(Class::Torn));
        let units = units.chain(self.ledger.units.unasked().map(unit(Class::Phantom)));
        let repeated = self.repeated().map(|(step, name, most, standing)| {
            hurt(Class::Repeated, step, name, (most, standing), None)
        });
        let stale = self.stale().map(|Stale { step, stands, newest }| {
            hurt(Class::Stale, step, stands, (0, 1), Some(newest))
        });
        let mut damage: Vec<(Name, Damage)> =
            torn.chain(units).chain(repeated).chain(stale).collect();
        damage.sort_by_cached_key(|(_, of)| {
            let Damage { class, step, ref record, reflected, ref instead, .. } = *of;
            (class, record.clone(), name_of(step.0), reflected, instead.clone())
        });
        damage
    }
}
