//! A failure that explains itself: the story of one damaged record, with what those who acted believed and what was true;
//! beside it the nearest run that holds, up to the first event that differs; and what to change, found by running it.
//!
//! What a system says of its own steps stands in its [`Account`](onceproof_kernel::account::Account).

mod scene;
mod victim;
mod slice;
mod differ;
mod cure;
mod nearest;
mod wrong;
mod guilt;
mod order;
mod words;
mod sentences;
mod text;
#[cfg(feature = "cli")]
mod document;
#[cfg(feature = "cli")]
mod draw;

use crate::scenario::{Expect, Scenario};
use crate::search::blame::{Blamed, blame};
use crate::search::shrink::bench::Watch;
use cure::{Cure, Failure};
use differ::{Pair, aligned, first_difference};
use guilt::Guilty;
use nearest::{Nearest, nearest};
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Class, ClassTurn, Verdict};
use onceproof_systems::Trial;
use order::Order;
use scene::{Course, Scene};
use slice::{Lineage, slice};
use victim::Victim;
use words::Told;

#[cfg(feature = "cli")]
pub use document::{Origin, explanation_json, explanation_schema};
#[cfg(feature = "cli")]
pub use draw::{PICTURE, explanation_html, explanation_mermaid, explanation_svg};
pub use text::explanation_text;

/// Why there is nothing to explain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unexplained {
    /// The run holds.
    Holds,
    /// Its run hits a limit, and nothing was found until then.
    Inconclusive,
    /// It was to end before all was known.
    Interrupted,
    /// No record of this name is damaged; the names of some that are.
    NotDamaged(Vec<String>),
}

/// A bad run, and all that is said of it.
pub struct Explanation<'a> {
    trial: &'a Trial,
    #[cfg(feature = "cli")]
    seed: Option<u64>,
    fails: Course,
    victim: Victim,
    lineage: Lineage,
    /// The same in the run that holds.
    #[cfg(feature = "cli")]
    beside: Option<Lineage>,
    blamed: Blamed,
    /// The faults that are told of, by their numbers in the schedule: one set that was enough.
    faults: Vec<usize>,
    holds: Option<Nearest>,
    cure: Cure,
    wrong: Vec<usize>,
    /// The event at which what is wrong shows before that, if it does.
    guilty: Option<Guilty>,
    /// Of a protocol of a user's own: what it does in the wrong order, if that was found.
    order: Option<Order>,
    /// The events that are told, of the failing run and of the one that holds.
    pairs: Vec<Pair>,
    /// The first of these that is not the same in both.
    differs: Option<usize>,
}

impl<'a> Explanation<'a> {
    /// Explains a run of a trial under a seed: the record that is asked for, or else the plainest. What is known of a
    /// file is used, if there is one.
    ///
    /// # Errors
    /// There is nothing to explain.
    pub fn of(
        trial: &'a Trial,
        scenario: Option<&'a Scenario>,
        seed: Option<u64>,
        asked: Option<&str>,
        watch: Watch<'_>,
    ) -> Result<Explanation<'a>, Unexplained> {
        let fails = Course::of(trial, seed, watch.cancel).ok_or(Unexplained::Interrupted)?;
        match fails.outcome.brief.verdict {
            Verdict::Violated => {}
            Verdict::ExactlyOnce => return Err(Unexplained::Holds),
            Verdict::Inconclusive => return Err(Unexplained::Inconclusive),
        }
        let (victim, blamed) = chosen(trial, seed, &fails, asked, watch).ok_or_else(|| {
            let names = fails.outcome.damage.iter().map(|damage| damage.record.clone());
            Unexplained::NotDamaged(names.take(MOST_NAMES).collect())
        })?;
        let faults = match &blamed {
            Blamed::Faults { sets, .. } => sets.first().cloned().unwrap_or_default(),
            Blamed::NoFault => Vec::new(),
            Blamed::Unknown(_) => {
                victim.damage.as_ref().map(|(_, damage)| damage.touched.clone()).unwrap_or_default()
            }
        };
        let schedule = &fails.outcome.schedule;
        let class = victim.class;
        let failure = Failure { trial, scenario, seed, schedule, class, cancel: watch.cancel };
        let cure = Cure::of(failure);
        let holds = nearest(failure, &victim, &blamed, &cure);
        let mut lineage = Lineage::of(&fails, &victim, trial);
        let mut beside = holds.as_ref().map(|holds| Lineage::of(&holds.course, &victim, trial));
        if let Some(beside) = &mut beside {
            lineage.agree(beside);
        }
        let other = holds.as_ref().map(|holds| &holds.course);
        let wrong = wrong::wrong(&fails, &lineage, &victim, other.zip(beside.as_ref()), &faults);
        let order = match (&cure, wrong.first()) {
            (Cure::Own, Some(&at)) => {
                ordered(&fails, &lineage, &victim, at, other.zip(beside.as_ref()))
            }
            _ => None,
        };
        let guilty = match (order, wrong.first()) {
            (Some(order), _) => {
                let told = Told {
                    trial,
                    course: &fails,
                    lineage: &lineage,
                    victim: &victim,
                    wrong: &wrong,
                    guilty: None,
                };
                Some(Guilty { at: order.at(), believed: None, truth: order.truth(&told, other) })
            }
            (None, Some(&at)) => {
                guilt::guilty(&fails, &lineage, &cure, (class, at), (seed, watch.cancel))
            }
            (None, None) => None,
        };
        // What another record did to this one is told in both runs.
        if let Some(&at) = wrong.first()
            && !fails.scenes[at].is_of(&lineage.roots)
        {
            lineage.other.clone_from(&fails.scenes[at].roots);
            if let Some(beside) = &mut beside {
                beside.other.clone_from(&lineage.other);
            }
        }
        let must: Vec<usize> =
            wrong.iter().copied().chain(guilty.as_ref().map(|of| of.at)).collect();
        if watch.is_cancelled() {
            return Err(Unexplained::Interrupted);
        }
        let told = slice(&fails, &lineage, &victim, &faults, &must);
        let (pairs, differs) = match other.zip(beside.as_ref()) {
            None => (told.into_iter().map(|at| (Some(at), None)).collect(), None),
            Some((course, beside)) => {
                let kept = same_faults(&fails, &faults, course);
                let like = slice(
                    course,
                    beside,
                    &victim,
                    &kept,
                    &same_event(&fails, guilty.as_ref(), course),
                );
                let pairs = aligned((&fails.scenes, &told), (&course.scenes, &like));
                let differs = first_difference(&fails.scenes, &course.scenes, &pairs);
                (pairs, differs)
            }
        };
        Ok(Explanation {
            trial,
            #[cfg(feature = "cli")]
            seed,
            victim,
            lineage,
            #[cfg(feature = "cli")]
            beside,
            blamed,
            faults,
            holds,
            cure,
            wrong,
            guilty,
            order,
            pairs,
            differs,
            fails,
        })
    }
}

/// The event of another run that is the same as the one at which it shows what is wrong, if there is one.
fn same_event(fails: &Course, guilty: Option<&Guilty>, course: &Course) -> Vec<usize> {
    let Some(guilty) = guilty else { return Vec::new() };
    let scene = &fails.scenes[guilty.at];
    let is_same = |other: &Scene| other.at == scene.at && other.sentence == scene.sentence;
    course.scenes.iter().position(is_same).into_iter().collect()
}

/// What a protocol of a user's own does in the wrong order to a record that goes wrong at an event.
fn ordered(
    fails: &Course,
    lineage: &Lineage,
    victim: &Victim,
    wrong: usize,
    holds: Option<(&Course, &Lineage)>,
) -> Option<Order> {
    match victim.class.row().turn {
        ClassTurn::GivenUp => Order::of_lost(fails, lineage, holds?),
        ClassTurn::Repeated => {
            let mut before = fails.scenes[..wrong].iter();
            let puts = |scene: &Scene| {
                !scene.is_vain && scene.gains.iter().any(|gain| lineage.gains(gain, victim))
            };
            Order::of_repeated(fails, before.position(puts)?, wrong)
        }
        _ => None,
    }
}

/// Those of the faults of a failing run that fired in another one, by their numbers in the schedule of that.
fn same_faults(fails: &Course, faults: &[usize], course: &Course) -> Vec<usize> {
    let schedule = course.outcome.schedule.iter().enumerate();
    let is_one = |fault: &Fault| faults.iter().any(|&at| fails.outcome.schedule[at] == *fault);
    schedule.filter(|(_, fault)| is_one(fault)).map(|(at, _)| at).collect()
}

/// The seed of the run of a scenario that is explained where none is asked for: that of the file, or where it draws faults
/// and fixes none, the first of its seeds that goes wrong as it expects; the first of all where none does.
///
/// # Errors
/// It was to end before one was found: [`Unexplained::Interrupted`].
pub fn seed_to_explain(scenario: &Scenario, watch: Watch<'_>) -> Result<Option<u64>, Unexplained> {
    if !scenario.is_swept() {
        return Ok(scenario.seed);
    }
    let mut simulator = scenario.trial.simulator();
    for seed in scenario.sweep.clone() {
        let brief = simulator.brief_unless(Some(seed), watch.cancel);
        let brief = brief.ok_or(Unexplained::Interrupted)?;
        let is_expected = match &scenario.expect {
            Expect::ExactlyOnce => true,
            Expect::Violates(classes) => classes.iter().any(|&class| brief.classes.contains(class)),
        };
        if brief.verdict == Verdict::Violated && is_expected {
            return Ok(Some(seed));
        }
    }
    Ok(Some(scenario.sweep.start))
}

impl Explanation<'_> {
    /// The failing run, and the one that holds if there is one.
    #[cfg(feature = "cli")]
    fn courses(&self) -> Vec<&Course> {
        std::iter::once(&self.fails).chain(self.holds.as_ref().map(|holds| &holds.course)).collect()
    }

    /// The event at which the damage is done for good: the last that is wrong of a record that is lost, the one that ends
    /// the transaction of the first that is, or in a run without end the one from which on it is waited for in vain.
    fn end(&self) -> Option<usize> {
        let &first = self.wrong.first()?;
        let is_lost = self.victim.class.row().turn == ClassTurn::GivenUp;
        let last = if is_lost { *self.wrong.last()? } else { first };
        let gains = self.fails.scenes[last].gains.iter();
        let ends = gains.filter(|gain| self.lineage.gains(gain, &self.victim));
        // What has no end may be waited for in vain after the last thing that happens to a record.
        let is_endless = self.victim.class.row().turn == ClassTurn::Endless;
        let waits = self.guilty.as_ref().filter(|_| is_endless).map_or(last, |of| of.at);
        ends.filter_map(|gain| gain.since(last)).max().or(Some(last.max(waits)))
    }

    /// All that is wrong in the run, in the order of the classes.
    pub fn classes(&self) -> impl Iterator<Item = Class> + '_ {
        self.fails.outcome.brief.classes.iter()
    }
}

/// The most names of damaged records that are told where another one was asked for.
const MOST_NAMES: usize = 5;

/// What is told, and the faults that did it: of the damaged records, or those of the name that is asked for, the one for
/// which the fewest faults are enough, and the plainest.
fn chosen(
    trial: &Trial,
    seed: Option<u64>,
    fails: &Course,
    asked: Option<&str>,
    watch: Watch<'_>,
) -> Option<(Victim, Blamed)> {
    let which = Victim::candidates(fails, trial, asked);
    let mut blame = blame(trial, seed, &fails.outcome, &which, watch);
    let plainness = |at: usize| {
        let (rank, set) = match blame.damage[at].as_ref() {
            Some(Blamed::NoFault) => (0, &[][..]),
            Some(Blamed::Faults { sets, .. }) => (1, sets.first().map_or(&[][..], Vec::as_slice)),
            Some(Blamed::Unknown(_)) | None => (2, &[][..]),
        };
        let kinds = set.iter().map(|&fault| fails.outcome.schedule[fault].kind.name().plainness());
        (rank, set.len(), kinds.collect::<Vec<u8>>())
    };
    if let Some(at) = which.iter().copied().min_by_key(|&at| plainness(at)) {
        let blamed = blame.damage[at].take();
        return Some((Victim::damaged(fails, at)?, blamed.unwrap_or(Blamed::NoFault)));
    }
    let victim = Victim::of_class(fails, asked)?;
    let mut classes = blame.classes.into_iter();
    let blamed = classes.find(|(class, _)| *class == victim.class).map(|(_, blamed)| blamed);
    Some((victim, blamed.unwrap_or(Blamed::NoFault)))
}
