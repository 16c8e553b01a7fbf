//! Which faults may happen in a check, and how often.

use crate::scenario::{does_something, may_be_drawn};
use crate::search::weathers::climate;
use onceproof_sim::fault::{Climate, Kind, KindName};
use onceproof_sim::simulator::legs;
use onceproof_systems::Trial;

/// Which kinds of faults may happen, with their parameters, and how often. What a kind does is said at [`Kind`].
///
/// [`Check::exhaust`](super::Check::exhaust) places each of them wherever it can happen. Seeds draw them. As long as
/// [`Faults::odds`] says nothing else, each seed has a weather of its own: some kinds are off, and the odds of the
/// others lie between one in 8 and one in 16,384, those of what strikes a whole worker or link from one in 64. A storm
/// of everything would drown what needs a calm.
///
/// ```
/// use onceproof::check::Faults;
/// use onceproof_sim::fault::{Kind, KindName};
///
/// let plain = Faults::only([KindName::DropAck, KindName::Crash]);
/// let longer = Faults::all().without(KindName::Move).with(Kind::Pause { lasts: 2_000_000_000 });
/// # let _ = (plain, longer);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Faults {
    /// None for all that can do something.
    only: Option<Vec<Kind>>,
    without: Vec<KindName>,
    with: Vec<Kind>,
    /// One in so many.
    odds: Option<u64>,
}

/// A kind with its usual parameters, of a request and of an ack where it strikes either; or with these.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OneKind(Vec<Kind>);

impl From<KindName> for OneKind {
    fn from(name: KindName) -> OneKind {
        OneKind(legs(name.with_defaults()))
    }
}

impl From<Kind> for OneKind {
    fn from(kind: Kind) -> OneKind {
        OneKind(vec![kind])
    }
}

impl Faults {
    /// All kinds that can do something in what is checked, with their usual parameters.
    pub fn all() -> Faults {
        Faults { only: None, without: Vec::new(), with: Vec::new(), odds: None }
    }

    /// No fault at all.
    pub fn none() -> Faults {
        Faults { only: Some(Vec::new()), ..Faults::all() }
    }

    /// These kinds: a [`KindName`] with its usual parameters, or a [`Kind`] with others. A check panics where one of
    /// them can do nothing.
    pub fn only<K: Into<OneKind>>(kinds: impl IntoIterator<Item = K>) -> Faults {
        let only = kinds.into_iter().flat_map(|kind| kind.into().0).collect();
        Faults { only: Some(only), ..Faults::all() }
    }

    /// The same without a kind.
    #[must_use]
    pub fn without(mut self, kind: KindName) -> Faults {
        self.without.push(kind);
        self
    }

    /// The same with a kind that has these parameters, in place of the same kind with its usual ones.
    #[must_use]
    pub fn with(mut self, kind: Kind) -> Faults {
        self.with.push(kind);
        self
    }

    /// Every seed draws each kind once in so many of its moments. At least 1, which is each time.
    #[must_use]
    pub fn odds(mut self, one_in: u64) -> Faults {
        self.odds = Some(one_in);
        self
    }

    /// What it comes to in a trial.
    ///
    /// # Errors
    /// A kind can do nothing in it, or the odds are none.
    pub(super) fn in_trial(&self, trial: &Trial) -> Result<Drawn, String> {
        let mut kinds = self.only.clone().unwrap_or_else(|| all_kinds(trial));
        let is_given = |kind: &Kind| {
            let same =
                |with: &Kind| with.name() == kind.name() && with.asked_at() == kind.asked_at();
            self.with.iter().any(same)
        };
        kinds.retain(|kind| !is_given(kind));
        kinds.extend(&self.with);
        kinds.retain(|kind| !self.without.contains(&kind.name()));
        kinds.sort_unstable();
        kinds.dedup();
        for kind in &kinds {
            may_be_drawn(kind).map_err(|why| why.replacen('\n', ": ", 1))?;
            does_something(kind, &trial.design, hosts(trial))
                .map_err(|why| why.replacen('\n', ": ", 1))?;
        }
        let draws = match self.odds {
            None => Draws::Weathers,
            Some(0) => {
                return Err("odds of one in 0 are none; `odds(20)` is once in 20".to_owned());
            }
            Some(one_in) => {
                let odds: Vec<(KindName, u64)> =
                    kinds.iter().map(|kind| (kind.name(), one_in)).collect();
                Draws::Climate(climate(&kinds, &odds))
            }
        };
        Ok(Drawn { kinds, draws })
    }
}

/// All kinds that can do something in a trial, with their usual parameters.
fn all_kinds(trial: &Trial) -> Vec<Kind> {
    let all = KindName::searched().flat_map(|name| legs(name.with_defaults()));
    all.filter(|kind| does_something(kind, &trial.design, hosts(trial)).is_ok()).collect()
}

fn hosts(trial: &Trial) -> u32 {
    u32::try_from(trial.hosts()).unwrap_or(u32::MAX)
}

/// The faults of a trial.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Drawn {
    /// The kinds, with their parameters, in order.
    pub kinds: Vec<Kind>,
    /// What a seed draws of them.
    pub draws: Draws,
}

/// What a seed draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Draws {
    /// A weather of its own.
    Weathers,
    /// Each kind with the same odds under every seed.
    Climate(Climate),
}

impl Drawn {
    /// The faults of a trial's own plan. All kinds may be placed where it has none.
    pub fn own(trial: &Trial) -> Drawn {
        let climate = trial.plan.climate.clone();
        let mut kinds: Vec<Kind> = climate.kinds().collect();
        if kinds.is_empty() {
            kinds = all_kinds(trial);
        }
        Drawn { kinds, draws: Draws::Climate(climate) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use KindName::{CallUnknown, Crash, Delay, DropAck, Pause};
    use onceproof_kernel::time::SECOND;
    use onceproof_sim::fault::{Leg, Odds};

    fn drawn(faults: &Faults) -> Result<Drawn, String> {
        faults.in_trial(&samples::flip_plan())
    }

    fn words(faults: &Faults) -> Vec<&'static str> {
        let mut words: Vec<&str> =
            drawn(faults).expect("kinds").kinds.iter().map(|kind| kind.name().word()).collect();
        words.dedup();
        words
    }

    /// The sample has a coin, no call and no queue, and more than one worker; its clocks are read.
    #[test]
    fn all_kinds_are_those_that_can_do_something() {
        let idle = ["redeliver", "call-unknown", "gone", "commit-forgotten", "disconnect"];
        let all: Vec<&str> =
            KindName::WORDS.into_iter().filter(|word| !idle.contains(word)).collect();
        assert_eq!(words(&Faults::all()), all);
        assert_eq!(words(&Faults::none()), [""; 0]);
        let two = Faults::all().without(Crash);
        assert_eq!(words(&two).len(), all.len() - 1);
    }

    #[test]
    fn a_kind_that_can_do_nothing_is_refused_and_told_why() {
        let wrong = drawn(&Faults::only([DropAck, CallUnknown])).expect_err("a call");
        assert_eq!(wrong, "`call-unknown` can do nothing here: no step calls an external service");
        let wrong = drawn(&Faults::all().odds(0)).expect_err("no odds");
        assert_eq!(wrong, "odds of one in 0 are none; `odds(20)` is once in 20");
    }

    #[test]
    fn a_kind_by_its_name_has_both_legs_and_one_with_parameters_has_its_own() {
        let kinds = |faults: Faults| drawn(&faults).expect("kinds").kinds;
        let delay = |by, leg| Kind::Delay { by, leg };
        let both = [delay(SECOND, Leg::Request), delay(SECOND, Leg::Ack)];
        assert_eq!(kinds(Faults::only([Delay])), both);
        assert_eq!(kinds(Faults::only([delay(5, Leg::Ack)])), [delay(5, Leg::Ack)]);
        let longer = Faults::only([Delay]).with(delay(7, Leg::Ack)).with(delay(9, Leg::Ack));
        let expected = [delay(7, Leg::Ack), delay(9, Leg::Ack), delay(SECOND, Leg::Request)];
        assert_eq!(kinds(longer), expected);
    }

    #[test]
    fn odds_are_those_of_every_seed_and_without_each_has_its_own() {
        let drawn = |faults: Faults| drawn(&faults).expect("kinds").draws;
        assert_eq!(drawn(Faults::only([Crash])), Draws::Weathers);
        let odds = Odds { numerator: 1, denominator: 20 };
        let (crash, pause) = (Crash.with_defaults(), Pause.with_defaults());
        let other = Kind::Pause { lasts: 900 * SECOND };
        let faults = Faults::only([crash, pause, other]).odds(20);
        let climate = Climate { odds: vec![(crash, odds), (pause, odds)], others: vec![other] };
        assert_eq!(drawn(faults), Draws::Climate(climate));
    }
}
