//! A run of one system: a design, a plan and a seed in, an outcome out.

use crate::answers::Watched;
use crate::fault::{Fault, Kind};
use crate::fingerprint::Fingerprint;
use crate::ledger::{Expectations, Judgement, Sightings, greatest_lags};
use crate::measure::{Measure, Measured};
use crate::outcome::{Brief, Class, Classes, DeadLetter, Outcome, StepResult, Verdict};
use crate::outside::Outside;
use crate::plan::Plan;
use crate::served::ServedFigures;
use crate::service::Wrongs;
use crate::simulator::{EventSeen, Extensions, NEVER, Runs, UNSTOPPED};
use crate::trace::{Recorder, Seen};
use crate::world::{End, World, unwatched};
use forks::Branches;
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// A world that runs one plan with one design, again and again.
pub struct Simulation<'a, S: System> {
    design: &'a S::Design,
    plan: &'a Plan,
    world: World<'a, S>,
    expectations: Expectations,
    branches: Branches<'a, S>,
}

impl<'a, S: System> Simulation<'a, S> {
    /// Prepares a plan with a design.
    pub fn new(design: &'a S::Design, plan: &'a Plan) -> Simulation<'a, S> {
        let world = World::new(design, plan);
        let (expectations, branches) = (Expectations::default(), Branches::default());
        Simulation { design, plan, world, expectations, branches }
    }

    /// Runs what was prepared to its end.
    fn run(&mut self, flush: Flush<'_, 'a, S>) -> End {
        self.world.run(&NEVER, flush).expect(UNSTOPPED)
    }

    /// Runs to the end from where the world stands, and judges it.
    fn ended(
        &mut self,
        stop: &AtomicBool,
        flush: impl FnMut(&mut Outside<'a, S>, &Fingerprint),
    ) -> Option<Brief> {
        let end = self.world.run(stop, flush)?;
        let judgement = self.judge(&end);
        Some(self.summary(&end, &judgement))
    }

    fn watched(
        &mut self,
        seed: Option<u64>,
        kinds: &[Kind],
        watched: Watched,
        stop: &AtomicBool,
    ) -> Option<Extensions> {
        self.world.outside.answers.watch(kinds, watched);
        let brief = self.brief_unless(seed, stop);
        let (possible, states, ways) = self.world.outside.answers.take_possible();
        Some(Extensions { brief: brief?, possible, states, ways })
    }

    fn in_detail(
        &mut self,
        seed: Option<u64>,
        stop: &AtomicBool,
        flush: Option<Flush<'_, 'a, S>>,
    ) -> Option<Outcome> {
        self.world.reset(seed, true);
        self.watch_served();
        let (end, broken) = self.run_with_properties(stop, flush)?;
        let mut judgement = self.judge(&end);
        let mut brief = self.summary(&end, &judgement);
        if broken.is_some() {
            brief.classes.insert(Class::Broken);
            brief.verdict = Verdict::Violated;
        }
        let served = self.served();
        self.add_wrongs(&mut judgement, &end);
        let outside = &mut self.world.outside;
        let layout = outside.layout;
        let schedule = outside.answers.take_schedule();
        let Judgement { damage, names, .. } = &mut judgement;
        outside.ledger.touched(damage, names, &schedule, layout, &outside.words);
        let mut steps = Vec::new();
        for (step, _) in layout.all().filter(|(_, step)| step.results.is_some()) {
            let (expected, late) = judgement.steps[step.at()];
            let applied = outside.ledger.applied(step);
            let (mut results, mut windows) = (BTreeMap::new(), BTreeMap::new());
            for (key, start, total) in outside.ledger.totals(step, &outside.words.names) {
                let key = outside.words.keys.text(key).to_owned();
                *results.entry(key.clone()).or_default() += total;
                *windows.entry((key, start)).or_default() += total;
            }
            let dead_lettered = self.expectations.dead_lettered(step);
            steps.push(StepResult {
                step,
                expected,
                applied,
                late,
                dead_lettered,
                results,
                windows,
            });
        }
        let name = |step| layout.name(StepIndex(step));
        let words = &outside.words;
        let letter = |(step, record, records)| DeadLetter {
            step,
            record: words.names.text(record, &words.keys, name),
            records,
        };
        let dead_letters = outside.ledger.dead_letters(words).take(Outcome::MOST_DAMAGE);
        let dead_letters = dead_letters.map(letter).collect();
        let calls = outside.service.calls(layout);
        let classes = brief.classes;
        let is_unbounded = classes.contains(Class::Unbounded);
        Some(Outcome {
            brief,
            steps,
            damage: judgement.damage,
            dead_letters,
            schedule,
            unfired: outside.answers.unfired(),
            latency: outside.ledger.latency(),
            oldest_copies: outside.ledger.oldest_copies(layout, words),
            longest_retries: outside.ledger.longest_retries(layout, words),
            greatest_lags: greatest_lags(&outside.sources, layout, words),
            filters: self.world.filters().collect(),
            calls,
            served,
            broken,
            never_ends: match end {
                End::Over { after, .. } => Some(after),
                _ => None,
            },
            reason: match end {
                End::Drained if is_unbounded => self.world.holds_in_vain(),
                End::Drained => None,
                End::Over { reason, .. } => Some(reason).filter(|_| classes.contains(Class::Lost)),
                End::Stuck(reason) | End::OutOfTime(reason) => Some(reason),
                End::OutOfEvents => {
                    Some(format!("the limit of {} events was hit", self.plan.until.events))
                }
            },
        })
    }

    /// Writes down what the run that begins serves before it is certain, if its system does that.
    fn watch_served(&mut self) {
        if S::right_in_the_end(self.design).is_some() {
            self.world.outside.ledger.watch_served();
        }
    }

    /// How what was served in the run differs from what was certain, and from what is right of all the input.
    fn served(&mut self) -> Option<ServedFigures> {
        let right = S::right_in_the_end(self.design)?;
        let Outside { ledger, layout, sources, words, .. } = &mut self.world.outside;
        ledger.served_figures(&right, layout, sources, words)
    }

    fn judge(&mut self, end: &End) -> Judgement {
        let outside = &mut self.world.outside;
        let has_drained = end.is_final();
        outside.ledger.settle(&outside.words);
        outside.ledger.judge(
            &S::right(self.design),
            outside.layout,
            &outside.sources,
            &mut outside.words,
            &mut self.expectations,
            has_drained,
        )
    }

    /// What is wrong with the services of a run that ended so.
    fn wrongs(&self, end: &End) -> Wrongs<'_> {
        let Outside { service, ledger, .. } = &self.world.outside;
        let demands = self.plan.side_effects;
        Wrongs { service, ledger, demands, has_drained: end.is_final() }
    }

    /// Writes down the records with whose calls something is wrong.
    fn add_wrongs(&mut self, judgement: &mut Judgement, end: &End) {
        let damage = self.wrongs(end).damage(self.world.outside.layout, &self.world.outside.words);
        let most = Outcome::MOST_DAMAGE - judgement.damage.len();
        for (name, damage) in damage.into_iter().take(most) {
            judgement.names.push(name);
            judgement.damage.push(damage);
        }
    }

    fn summary(&mut self, end: &End, judgement: &Judgement) -> Brief {
        let outside = &mut self.world.outside;
        let mut classes: Classes = judgement.classes;
        match end {
            End::Stuck(_) => classes.insert(Class::Stuck),
            End::Drained | End::Over { .. } => {
                // An output that no one will move any more is lost, if what it carries is reflected nowhere.
                let is_lost = classes.contains(Class::Lost);
                if outside.store.holds_ids() || (!is_lost && outside.store.holds_outputs()) {
                    classes.insert(Class::Unbounded);
                }
            }
            End::OutOfTime(_) | End::OutOfEvents => {}
        }
        self.wrongs(end).classes().for_each(|class| classes.insert(class));
        let verdict = match (classes.is_empty(), end) {
            (false, _) => Verdict::Violated,
            (true, End::OutOfTime(_) | End::OutOfEvents) => Verdict::Inconclusive,
            (true, End::Drained | End::Over { .. } | End::Stuck(_)) => Verdict::ExactlyOnce,
        };
        let outside = &mut self.world.outside;
        let mut work = outside.work;
        (work.ids_held_end, work.ids_held_max) = outside.store.ids_held(outside.now);
        let mut marks = outside.marks;
        marks.0[Mark::RECORD_LATE.at()] = judgement.totals.late;
        Brief {
            alphabet: outside.layout.alphabet,
            verdict,
            classes,
            ledger: judgement.totals,
            filtered: judgement.filtered,
            unfinished: judgement.unfinished,
            fired: outside.answers.fired(),
            strikes: outside.answers.strikes().clone(),
            marks,
            work,
            virtual_time: self.world.now,
            fingerprint: self.world.fingerprint.value(),
        }
    }
}

impl<S: System> Runs for Simulation<'_, S> {
    fn brief_unless(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<Brief> {
        // What properties are asked of is known in detail only.
        if !self.plan.properties.is_empty() {
            return Some(self.in_detail(seed, stop, None)?.brief);
        }
        self.world.reset(seed, false);
        self.ended(stop, unwatched)
    }

    fn measured_unless(
        &mut self,
        seed: Option<u64>,
        ends: &[StepIndex],
        stop: &AtomicBool,
    ) -> Option<Measured> {
        self.world.reset(seed, false);
        let outside = &mut self.world.outside;
        outside.measure = Some(Measure::default());
        outside.ledger.measure(Sightings::at(ends, outside.layout.steps()));
        self.watch_served();
        let end = self.world.run(stop, |outside, _| outside.look())?;
        let judgement = self.judge(&end);
        let brief = self.summary(&end, &judgement);
        let served = self.served();
        Some(Measured { served, ..self.world.outside.measured(brief) })
    }

    fn unfired(&self) -> Vec<usize> {
        self.world.outside.answers.unfired()
    }

    fn checkpoints(&mut self, seed: Option<u64>, every: u64) -> Vec<u128> {
        let (mut checkpoints, mut events) = (Vec::new(), 0);
        self.world.reset(seed, false);
        self.run(&mut |_, fingerprint| {
            events += 1;
            if events % every == 0 {
                checkpoints.push(fingerprint.value());
            }
        });
        checkpoints.push(self.world.fingerprint.value());
        checkpoints
    }

    fn events(&mut self, seed: Option<u64>, numbers: Range<u64>) -> Vec<EventSeen> {
        let (mut seen, mut number) = (Vec::new(), 0);
        self.world.outside.trace.set(true);
        self.world.reset(seed, true);
        self.run(&mut |outside, fingerprint| {
            let mut lines = Vec::new();
            hand_on(outside, &mut |seen| {
                if numbers.contains(&number) {
                    lines.push(seen.line());
                }
            });
            if numbers.contains(&number) {
                let fingerprint = fingerprint.value();
                seen.push(EventSeen { number, fingerprint, lines });
            }
            number += 1;
        });
        self.world.outside.trace.set(false);
        seen
    }

    fn plant_late_event(&mut self, after: u64, by: Nanos) {
        self.world.planted = Some((after, by));
    }

    fn place(&mut self, faults: &[Fault]) {
        self.world.place(faults);
    }

    fn explore(&mut self, seed: Option<u64>, kinds: &[Kind]) -> (Brief, Vec<Fault>) {
        let Extensions { brief, possible, .. } =
            self.watched(seed, kinds, Watched::Everything, &NEVER).expect(UNSTOPPED);
        (brief, possible.into_iter().map(|possibility| possibility.fault).collect())
    }

    fn extensions_unless(
        &mut self,
        seed: Option<u64>,
        kinds: &[Kind],
        with_states: bool,
        stop: &AtomicBool,
    ) -> Option<Extensions> {
        let watched = if with_states { Watched::AfterAllWithStates } else { Watched::AfterAll };
        self.watched(seed, kinds, watched, stop)
    }

    fn delays(&mut self, seed: Option<u64>) -> (Brief, Vec<Fault>) {
        self.world.outside.answers.time();
        let brief = self.brief(seed);
        (brief, self.world.outside.answers.take_delays())
    }

    fn detail_unless(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<Outcome> {
        self.in_detail(seed, stop, None)
    }

    fn trace_unless(
        &mut self,
        seed: Option<u64>,
        see: &mut dyn FnMut(&Seen<'_>),
        stop: &AtomicBool,
    ) -> Option<Outcome> {
        self.world.outside.trace.set(true);
        let outcome = self.in_detail(seed, stop, Some(&mut |outside, _| hand_on(outside, see)));
        self.world.outside.trace.set(false);
        outcome
    }
}

mod forks;
mod properties;

#[cfg(test)]
mod tests;

/// Whoever reads trace or fingerprint after each event. The loop is compiled for each type of reader and each system:
/// those that read every event have one type.
type Flush<'f, 'a, S> = &'f mut dyn FnMut(&mut Outside<'a, S>, &Fingerprint);

/// Hands on the events that were written down since it last did.
fn hand_on<S: System>(outside: &mut Outside<'_, S>, see: &mut dyn FnMut(&Seen<'_>)) {
    let events = outside.trace.recorder().map(Recorder::take).unwrap_or_default();
    let (layout, words) = (outside.layout, &outside.words);
    for event in &events {
        see(&Seen { event, layout, words });
    }
}
