//! The sentences of an explanation: what is wrong and because of what, which mechanism should have caught it, and what
//! to change.

use super::Explanation;
use super::cure::Cure;
use super::differ::is_different;
use super::scene::{Course, Scene, Shape};
use super::words::{Told, moment};
use crate::figures::counted;
use crate::report::damage_line::{by_itself, filled};
use crate::report::printable;
use crate::report::words::fault_in_words;
use crate::search::blame::Blamed;
use crate::search::repair::{Repair, RepairPlace};
use onceproof_kernel::account::Guard;
use onceproof_sim::outcome::{ByItself, Class};

/// The most faults that are named in one sentence.
const MOST_FAULTS: usize = 3;

impl Explanation<'_> {
    /// The failing run, to be told of.
    pub(super) fn fails_told(&self) -> Told<'_> {
        Told {
            trial: self.trial,
            course: &self.fails,
            lineage: &self.lineage,
            victim: &self.victim,
            wrong: &self.wrong,
            guilty: self.guilty.as_ref(),
        }
    }

    /// What is wrong, and because of what: a sentence.
    pub(super) fn headline(&self) -> String {
        let misses = self.misses().map_or_else(String::new, |misses| format!(" {misses}."));
        format!("{}{misses}", self.headline_alone())
    }

    /// Why what should have caught it could not.
    fn misses(&self) -> Option<String> {
        let (repair, guard) = self.guard()?;
        Some(match guard.misses.contains('`') {
            true => guard.misses.to_owned(),
            false => format!("With `{}`: {}", repair.left(), lower(guard.misses)),
        })
    }

    /// The same without why nothing caught it.
    pub(super) fn headline_alone(&self) -> String {
        format!("{}, because {}.", self.wrong_words(), self.because())
    }

    /// The run that holds, to be told of.
    #[cfg(feature = "cli")]
    pub(super) fn holds_told(&self) -> Option<Told<'_>> {
        let (holds, lineage) = (self.holds.as_ref()?, self.beside.as_ref()?);
        Some(Told {
            trial: self.trial,
            course: &holds.course,
            lineage,
            victim: &self.victim,
            wrong: &[],
            guilty: None,
        })
    }

    /// The first difference between the runs: a sentence.
    #[cfg(feature = "cli")]
    pub(super) fn difference_words(&self) -> Option<String> {
        let holds = self.holds.as_ref()?;
        let (first, second) = self.difference(self.differs?);
        let said = |course: &Course, at: Option<usize>| match at {
            Some(at) => {
                let scene = &course.scenes[at];
                format!("at {}, {}", moment(scene.at), scene.sentence.replace("  !", ";"))
            }
            None => "nothing of the kind happens".to_owned(),
        };
        Some(format!(
            "In the run that fails, {}. In the run that holds, {}.",
            said(&self.fails, first),
            said(&holds.course, second)
        ))
    }

    /// What the change does.
    #[cfg(feature = "cli")]
    pub(super) fn change_why(&self) -> Option<String> {
        Some(format!("{}.", self.guard()?.1.change))
    }

    /// What is wrong.
    pub(super) fn wrong_words(&self) -> String {
        let victim = &self.victim;
        let Some((_, damage)) = &victim.damage else {
            let about = victim.class.row().about.trim_end_matches('.');
            let about = match self
                .fails
                .outcome
                .broken
                .as_ref()
                .filter(|_| victim.class == Class::Broken)
            {
                Some(broken) => format!("`{}` does not hold ({})", broken.name, broken.why),
                None => about.to_owned(),
            };
            return match victim.record.is_empty() {
                true => about,
                false => format!("{about}, as {} shows", printable(&victim.named())),
            };
        };
        let step = printable(self.trial.layout().name(damage.step));
        let named = printable(&victim.named());
        match victim.class {
            Class::Duplicated | Class::Lost | Class::Phantom => format!(
                "{named} is in {step} {} instead of {}",
                counted(damage.reflected, "time"),
                damage.expected
            ),
            _ => filled(victim.class.row().claim, damage, self.trial, printable).replacen(
                &printable(&victim.record),
                &named,
                1,
            ),
        }
    }

    /// Because of what.
    pub(super) fn because(&self) -> String {
        let faults: Vec<String> = self
            .faults
            .iter()
            .take(MOST_FAULTS)
            .map(|&at| fault_in_words(&self.fails.outcome.schedule[at], self.trial))
            .collect();
        let more = self.faults.len().saturating_sub(MOST_FAULTS);
        let mut parts = faults;
        if more > 0 {
            parts.push(counted(more as u64, "more fault"));
        }
        match parts.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{}, and {last}", others.join(", ")),
            None => self.by_itself().unwrap_or_else(|| self.without_fault()),
        }
    }

    /// That other faults are enough, too, if some are.
    pub(super) fn other_sets(&self) -> Option<String> {
        let Blamed::Faults { sets, is_all, .. } = &self.blamed else { return None };
        let others = sets.len().checked_sub(1).filter(|&others| others > 0)?;
        let at_least = if *is_all { "" } else { "At least " };
        Some(match others {
            1 => format!("{at_least}1 other set of faults is enough for it, too."),
            others => {
                format!("{at_least}{others} other sets of faults are enough, too, each alone.")
            }
        })
    }

    /// What is known to have done it without a fault.
    fn by_itself(&self) -> Option<String> {
        let (_, damage) = self.victim.damage.as_ref()?;
        let words = by_itself(damage, self.trial)?;
        Some(match damage.by_itself {
            Some(ByItself::Published(_)) => format!("it was {words}"),
            Some(ByItself::TakenForKnown | ByItself::SentAgain(..)) | None => words,
        })
    }

    /// What did it without a fault, as its event says, or why the run is stuck or unbounded.
    fn without_fault(&self) -> String {
        let is_unknown = matches!(self.blamed, Blamed::Unknown(_));
        let at = self.wrong.first().map(|&at| &self.fails.scenes[at]);
        if let (Some(reason), false) = (&self.fails.outcome.reason, is_unknown) {
            let reason = printable(reason.trim_end_matches('.'));
            return format!("with no fault at all {reason}");
        }
        match at {
            Some(scene) if !is_unknown => {
                let sentence = printable(scene.sentence.split("  !").next().unwrap_or_default());
                format!("at {}, with no fault at all, {sentence}", moment(scene.at))
            }
            _ => "the faults of this run came together".to_owned(),
        }
    }

    /// The first setting that is to be changed, and what is said of it.
    fn guard(&self) -> Option<(&Repair, &'static Guard)> {
        let repair = match &self.cure {
            Cure::Settings { repairs, .. } => repairs.first()?,
            Cure::Outside { repair: Some((repair, _)) } => repair,
            Cure::Outside { repair: None } | Cure::Own | Cure::NotFound => return None,
        };
        let account = self.fails.outcome.brief.alphabet.account;
        Some((repair, account.guard(repair.key, &repair.was)?))
    }

    /// Which mechanism should have caught it, and why it could not: sentences.
    pub(super) fn guarded(&self) -> String {
        match self.guard().zip(self.misses()) {
            Some(((_, guard), misses)) => {
                format!("{}. {misses}. {}.", guard.catches, guard.change)
            }
            None if matches!(self.cure, Cure::Own) => match self.order {
                Some(order) => order.guarded(&self.fails_told(), self.other()),
                None => "The protocol is the user's own: only its code says what should have. What its steps believed \
                         stands above."
                    .to_owned(),
            },
            None => format!("No setting of this design is there for it: {}.", self.no_setting()),
        }
    }

    /// What is meant by the run that holds.
    pub(super) fn holds_title(&self) -> String {
        let Some(holds) = &self.holds else { return String::new() };
        if holds.is_cured {
            let repairs: Vec<String> = self.repairs().iter().map(|repair| repair.right()).collect();
            return format!("It has the same input and faults, and {}.", repairs.join(" and "));
        }
        let faults = holds.without.iter().take(MOST_FAULTS);
        let faults: Vec<String> = faults
            .map(|&at| fault_in_words(&self.fails.outcome.schedule[at], self.trial))
            .collect();
        let but = match holds.is_whole {
            true => String::new(),
            false => {
                format!(" There {} goes wrong too, and otherwise.", printable(&self.victim.record))
            }
        };
        format!("It is the same run without this: {}.{but}", faults.join("; "))
    }

    /// What stands above the run that holds in a picture.
    #[cfg(feature = "cli")]
    pub(super) fn holds_heading(&self) -> String {
        let of = match &self.holds {
            Some(holds) if holds.is_cured => {
                let repairs: Vec<String> = self.repairs().into_iter().map(Repair::right).collect();
                format!(": with {}", repairs.join(", "))
            }
            Some(holds) => {
                let numbers = holds.without.iter().take(MOST_FAULTS).map(|at| (at + 1).to_string());
                format!(": without fault {}", numbers.collect::<Vec<_>>().join(", "))
            }
            None => String::new(),
        };
        format!("The nearest run that holds{of}")
    }

    /// What is to be changed.
    pub(super) fn repairs(&self) -> Vec<&Repair> {
        match &self.cure {
            Cure::Settings { repairs, .. } => repairs.iter().collect(),
            Cure::Outside { repair: Some((repair, _)) } => vec![repair],
            Cure::Outside { repair: None } | Cure::Own | Cure::NotFound => Vec::new(),
        }
    }

    /// The events of both runs at a pair that differs: where one has none, the next one that the other run has.
    pub(super) fn difference(&self, at: usize) -> (Option<usize>, Option<usize>) {
        let (first, second) = self.pairs[at];
        let mut rest = self.pairs[at..].iter();
        let second = second.or_else(|| rest.find_map(|pair| pair.1));
        let mut rest = self.pairs[at..].iter();
        (first.or_else(|| rest.find_map(|pair| pair.0)), second)
    }

    /// Where the run that holds knows a copy, or does what the failing one does not, after the first difference.
    pub(super) fn caught(&self) -> Option<usize> {
        let (holds, at) = (self.holds.as_ref()?, self.differs?);
        let of_it = self.pairs[at + 1..].iter().filter_map(|pair| match *pair {
            (None, Some(at)) => Some(at),
            (Some(here), Some(at)) => {
                let (here, there) = (&self.fails.scenes[here], &holds.course.scenes[at]);
                is_different(here, there).then_some(at)
            }
            (_, None) => None,
        });
        let says = |scene: &Scene| {
            matches!(scene.shape, Shape::Known | Shape::Drop) || !scene.gains.is_empty()
        };
        let (_, second) = self.difference(at);
        of_it.filter(|&at| Some(at) != second).find(|&at| says(&holds.course.scenes[at]))
    }

    /// That nothing in the pipeline is wrong.
    pub(super) fn outside(&self) -> &'static str {
        match self.victim.class {
            Class::Stale => {
                "no setting is wrong: no pipeline promises whose call comes last to a service"
            }
            _ => "no setting is wrong: no pipeline promises how often a side effect happens",
        }
    }

    /// Why no setting helps.
    pub(super) fn no_setting(&self) -> String {
        let damage = self.victim.damage.as_ref().map(|(_, damage)| damage);
        let record = printable(&self.victim.record);
        match damage {
            Some(damage) if damage.taken_for.is_some() => {
                let other = damage.taken_for.as_deref().map(printable).unwrap_or_default();
                format!("the input gives {record} the id of {other}")
            }
            Some(_) => match self.by_itself() {
                Some(words) => format!("{record}: {words}"),
                None => format!("none that this design has makes {record} come out right"),
            },
            None => "none that this design has makes this run hold".to_owned(),
        }
    }

    /// The run that holds.
    fn other(&self) -> Option<&Course> {
        self.holds.as_ref().map(|holds| &holds.course)
    }

    /// What is to be changed in the code of a user's own protocol: the step that comes too early, or else what happens
    /// where it goes wrong, and after what.
    pub(super) fn own_change(&self) -> String {
        if let Some(order) = self.order {
            return order.change(&self.fails_told(), self.other());
        }
        let said = |at: usize| {
            let scene = &self.fails.scenes[at];
            let sentence = scene.sentence.split("  !").next().unwrap_or_default();
            format!("that {}, at {},", printable(sentence), moment(scene.at))
        };
        let wrong = self.wrong.first().copied();
        let after = self.differs.and_then(|at| self.pairs[at].0).filter(|&at| Some(at) != wrong);
        match (wrong, after) {
            (Some(wrong), Some(after)) => {
                format!(
                    "{} must come out right after {}",
                    said(wrong),
                    said(after).trim_end_matches(',')
                )
            }
            (Some(at), None) | (None, Some(at)) => format!("{} must come out right", said(at)),
            (None, None) => {
                "the protocol, in none of whose steps anything is wrong by itself".to_owned()
            }
        }
    }
}

impl Repair {
    /// What it is and what it should be: `outputs = "recompute" in [mechanism] becomes outputs = "checkpoint"`.
    pub(super) fn words(&self) -> String {
        let place = match &self.place {
            RepairPlace::Top => String::new(),
            place => format!(" in {place}"),
        };
        let default = if self.is_default { ", the default," } else { "" };
        match (self.was.is_empty(), self.to.is_empty()) {
            (true, _) => format!("{} is not set{place}; it becomes {}", self.key, self.right()),
            (false, true) => format!("{}{place} is left out", self.left()),
            (false, false) => format!("{}{default}{place} becomes {}", self.left(), self.right()),
        }
    }

    /// What it is: `outputs = "recompute"`.
    pub(super) fn left(&self) -> String {
        format!("{} = {}", self.key, self.was)
    }

    /// What it should be.
    pub(super) fn right(&self) -> String {
        match self.to.is_empty() {
            true => format!("no {}", self.key),
            false => format!("{} = {}", self.key, self.to),
        }
    }
}

/// A sentence as a part of another one.
pub(super) fn lower(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
