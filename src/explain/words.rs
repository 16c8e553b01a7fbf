//! What is said of the events of a story: what those who acted believed, and what was true.

use super::guilt::Guilty;
use super::scene::{Course, FOR_GOOD, Gain, Scene, Shape, Stands};
use super::slice::Lineage;
use super::victim::Victim;
use crate::figures::{counted, exact, milliseconds};
use crate::report::printable;
use onceproof_kernel::account::{Belief, BeliefAt};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::time::Nanos;
use onceproof_sim::outcome::ClassTurn;
use onceproof_sim::trace::Fate;
use onceproof_systems::Trial;

/// What was believed where something happened, and what was true.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Note {
    pub believed: Option<String>,
    pub truth: Option<String>,
}

/// A run of which a story is told.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub trial: &'a Trial,
    pub course: &'a Course,
    pub lineage: &'a Lineage,
    pub victim: &'a Victim,
    /// The events at which it goes wrong; none in a run that holds.
    pub wrong: &'a [usize],
    /// The event at which what is wrong shows before that.
    pub guilty: Option<&'a Guilty>,
}

/// A moment of a run: `54.000 ms`.
pub(super) fn moment(at: Nanos) -> String {
    format!("{} ms", milliseconds(at))
}

impl Told<'_> {
    /// What is said of an event.
    pub fn note(&self, at: usize) -> Note {
        let scene = &self.course.scenes[at];
        let beliefs = self.course.outcome.brief.alphabet.account.beliefs;
        let fits = |belief: &&Belief| match belief.at {
            BeliefAt::Told { word, why } => scene.told.as_ref().is_some_and(|(told, words)| {
                *told == word && (why.is_empty() || words.contains(&why))
            }),
            place => self.places(at).contains(&place),
        };
        let is_plain = scene.topic.is_some() && !scene.is_of(&self.lineage.roots);
        let is_wrong = self.wrong.contains(&at);
        let guilty = self.guilty.filter(|of| of.at == at && !is_wrong);
        if is_plain && !is_wrong && guilty.is_none() && scene.fault.is_none() {
            return Note::default();
        }
        let belief = beliefs.iter().find(fits);
        // What is done is the record that a change of the commit ends, whatever else the commit is about.
        let ends = self.course.outcome.brief.alphabet.account.ends;
        let ended = belief
            .filter(|belief| belief.at == BeliefAt::Ends)
            .and_then(|_| scene.change_of(ends, &self.lineage.roots)?.record.as_deref());
        let belief = belief.map(|belief| belief.believed);
        let belief = guilty.and_then(|guilty| guilty.believed).or(belief);
        let believed = belief.map(|believed| self.filled(believed, scene, ended));
        let truth = match (is_wrong, guilty, &believed) {
            (true, ..) => Some(self.truth_of_wrong(at)),
            (false, Some(guilty), _) => Some(guilty.truth.clone()),
            (false, None, Some(_)) => Some(self.truth(at)),
            (false, None, None) => None,
        };
        Note { believed, truth }
    }

    /// Where in the protocol an event is, as far as something is believed there.
    fn places(&self, at: usize) -> Vec<BeliefAt> {
        let scene = &self.course.scenes[at];
        let is_reply = scene.shape == Shape::Ack || scene.is_aside;
        let mut places = Vec::new();
        match scene.fate {
            Some(Fate::Lost | Fate::Cut | Fate::Late(_) | Fate::Error) if is_reply => {
                places.push(BeliefAt::Unanswered);
            }
            Some(Fate::Lost | Fate::Cut | Fate::Late(_) | Fate::Forgotten) => {
                places.push(BeliefAt::NotThere);
            }
            Some(Fate::Error | Fate::Unanswered) => places.push(BeliefAt::Unanswered),
            Some(Fate::Twice) => places.push(BeliefAt::Twice),
            Some(Fate::Arrives) | None => {}
        }
        let is_known = || self.standing(at).is_some();
        let is_wrong = self.wrong.contains(&at);
        let is_guilty = self.guilty.is_some_and(|of| of.at == at);
        let has_answer = scene.topic.as_ref().is_some_and(|topic| !topic.key.is_empty());
        let gains = scene.gains.iter().any(|gain| self.lineage.gains(gain, self.victim));
        let further = match scene.shape {
            Shape::Send | Shape::Ask if scene.is_again && !is_reply => Some(BeliefAt::SentAgain),
            Shape::Read if self.came_before(at) => Some(BeliefAt::ReadAgain),
            Shape::Call if scene.is_again && has_answer => Some(BeliefAt::RunAgain),
            Shape::Receive if !scene.is_aside && self.came_before(at) => Some(BeliefAt::ComesAgain),
            Shape::Apply if scene.is_vain => Some(BeliefAt::Refused),
            Shape::Apply | Shape::Serve if gains && (is_wrong || is_known()) => {
                Some(BeliefAt::Gains)
            }
            Shape::Apply if is_wrong && !scene.gains.is_empty() => Some(BeliefAt::Gains),
            Shape::Apply if is_wrong => Some(BeliefAt::Ends),
            Shape::Apply if is_guilty && !scene.gains.is_empty() => Some(BeliefAt::Gains),
            Shape::Apply | Shape::Ack if is_guilty => Some(BeliefAt::Ends),
            // What never comes back believes nothing of its next life.
            Shape::Crash if scene.number == FOR_GOOD => None,
            Shape::Crash => Some(BeliefAt::Falls),
            Shape::Back => Some(BeliefAt::IsBack),
            Shape::Pause => Some(BeliefAt::StandsStill),
            Shape::GoesOn => Some(BeliefAt::GoesOn),
            Shape::Move => Some(BeliefAt::Granted),
            Shape::Clock => Some(BeliefAt::ClockSteps),
            Shape::Wait => Some(BeliefAt::Waited),
            _ => None,
        };
        places.extend(further);
        places
    }

    /// Whether the same came to the same process before.
    fn came_before(&self, at: usize) -> bool {
        let scene = &self.course.scenes[at];
        let mut before = self.course.scenes[..at].iter();
        before.any(|other| {
            other.shape == scene.shape
                && (scene.shape == Shape::Read || other.shard == scene.shard)
                && other.message == scene.message
                && other.topic.as_ref().map(|topic| &topic.name)
                    == scene.topic.as_ref().map(|topic| &topic.name)
        })
    }

    /// What results gain before an event, each with the number of its event.
    fn gains(&self, before: usize) -> impl DoubleEndedIterator<Item = (usize, &Gain)> {
        let is_lost = self.victim.class.row().turn == ClassTurn::GivenUp;
        // What is written over the rows of a shard's owner is nothing that the owner knows of.
        let counts = move |scene: &Scene| !(scene.is_vain || is_lost && scene.is_old);
        let scenes = self.course.scenes[..before].iter().enumerate();
        let scenes = scenes.filter(move |(_, scene)| counts(scene));
        scenes.flat_map(|(at, scene)| scene.gains.iter().map(move |gain| (at, gain)))
    }

    /// What a result has of the record before an event, and since which one: at the step where it goes wrong, or else at
    /// any. What a result comes to is what it came to last; where it is only known that the record was put into it, the
    /// first time is meant.
    fn standing(&self, before: usize) -> Option<(usize, &Gain)> {
        let stands = |(at, gain): (usize, &'_ Gain)| gain.since(at).filter(|&since| since < before);
        let gains = || self.gains(before).filter_map(move |of| Some((stands(of)?, of.1)));
        let is_its = |gain: &Gain| self.lineage.gains(gain, self.victim);
        let total = gains().filter(|(_, gain)| gain.total.is_some() && is_its(gain));
        let is_of_it = |gain: &Gain| {
            gain.total.is_none() && gain.roots.iter().any(|root| self.lineage.roots.contains(root))
        };
        gains()
            .find(|(_, gain)| gain.total.is_none() && is_its(gain))
            .or_else(|| total.max_by_key(|&(since, _)| since))
            .or_else(|| gains().find(|(_, gain)| is_of_it(gain)))
    }

    /// What a result is to have of the record, and has not yet before an event.
    fn open(&self, before: usize) -> Option<(usize, &Gain)> {
        let is_its = |gain: &Gain| self.lineage.gains(gain, self.victim);
        self.gains(before).rev().find(|(_, gain)| gain.is_open(before) && is_its(gain))
    }

    /// What is true at an event that is not the one that is wrong.
    fn truth(&self, at: usize) -> String {
        let scene = &self.course.scenes[at];
        let fate = match scene.fate {
            Some(Fate::Lost | Fate::Cut) => Some("it never arrives".to_owned()),
            Some(Fate::Late(by)) => Some(format!("it arrives {} later than it would", exact(by))),
            Some(Fate::Twice) => Some("it arrives twice".to_owned()),
            Some(Fate::Error) => Some("the other end takes it for an error".to_owned()),
            Some(Fate::Unanswered) => Some("it is done, and the answer is lost".to_owned()),
            Some(Fate::Forgotten) => Some("it is answered, and forgotten".to_owned()),
            Some(Fate::Arrives) | None => None,
        };
        let known = self.known(at);
        match fate {
            Some(fate) => format!("{fate}; {known}"),
            None => known,
        }
    }

    /// Since when a result has the record, or that none has.
    fn known(&self, at: usize) -> String {
        let record = &self.victim.record;
        let when = |at: usize| moment(self.course.scenes[at].at);
        let stands = match self.standing(at) {
            Some((since, gain)) => match gain.total {
                Some(total) => format!("{} is {total} since {}", self.result(gain), when(since)),
                None => format!("{record} is in {} since {}", self.step(gain.step), when(since)),
            },
            None => format!("no result has {record} yet"),
        };
        match self.open(at) {
            Some((since, gain)) => {
                let of = match gain.total {
                    Some(total) => format!("that {} is {total}", self.result(gain)),
                    None => format!("what has it for {}", self.step(gain.step)),
                };
                format!(
                    "{stands}; {of} is part of a transaction that is open since {}",
                    when(since)
                )
            }
            None => stands,
        }
    }

    /// A result by its step and its key: `per-user ann@0s`.
    fn result(&self, gain: &Gain) -> String {
        let step = self.step(gain.step);
        if gain.cell.is_empty() { step } else { format!("{step} {}", gain.cell) }
    }

    /// From when on what an event puts into a result stands.
    fn from(&self, gain: &Gain) -> String {
        match gain.stands {
            Stands::AtOnce => "from here on".to_owned(),
            Stands::Since(end) => {
                let end = moment(self.course.scenes[end].at);
                format!("from {end} on, when its transaction is committed")
            }
            Stands::Open(_) => "once its transaction is committed".to_owned(),
            Stands::Undone(end) => {
                let end = moment(self.course.scenes[end].at);
                format!("until {end}, when its transaction is undone")
            }
        }
    }

    /// What is true at the event that is wrong.
    fn truth_of_wrong(&self, at: usize) -> String {
        let (scene, victim) = (&self.course.scenes[at], self.victim);
        let record = &victim.record;
        let damage = victim.damage.as_ref().map(|(_, damage)| damage);
        let total = scene.gains.iter().find_map(|gain| {
            let is_its = self.lineage.gains(gain, victim);
            gain.total.filter(|_| is_its).map(|total| (gain, total))
        });
        let known = self.known(at);
        match victim.class.row().turn {
            ClassTurn::Repeated => match total {
                Some((gain, total)) => {
                    let (of, from) = (self.result(gain), self.from(gain));
                    format!("{of} is {total} {from}, with {record} once too often")
                }
                None if scene.shape == Shape::Serve => match self.standing(at) {
                    Some((first, _)) => {
                        let first = moment(self.course.scenes[first].at);
                        format!("the side effect of {record} stands since {first}")
                    }
                    None => format!("the side effect of {record} stands already"),
                },
                None => format!("{known}: from here on it is there once too often"),
            },
            ClassTurn::GivenUp => {
                match (total, damage.and_then(|damage| damage.taken_for.as_ref())) {
                    (Some((gain, total)), _) => {
                        let (of, from) = (self.result(gain), self.from(gain));
                        format!("{of} is {total} {from}, without {record}")
                    }
                    (None, Some(other)) => {
                        format!("{known}, and the id that is known is that of {other}")
                    }
                    (None, None) if scene.is_old => {
                        let shard = scene.shard.map_or_else(String::new, |shard| self.shard(shard));
                        format!(
                            "{shard} is another worker's now, which knows nothing of this commit"
                        )
                    }
                    (None, None)
                        if !scene.gains.is_empty() && !scene.is_of(&self.lineage.roots) =>
                    {
                        format!("what stands from here on is made without {record}")
                    }
                    (None, None) => format!("{known}, and nothing will bring it there"),
                }
            }
            ClassTurn::Disagrees => match damage.and_then(|damage| damage.left.as_ref()) {
                Some([first, second]) => {
                    format!(
                        "one execution has left {first}, and from here on another leaves {second}"
                    )
                }
                None => format!("{known}, and from here on another execution says otherwise"),
            },
            ClassTurn::Endless => format!("nothing that comes of it brings {record} to an end"),
            ClassTurn::Kept => format!("nobody forgets {record} again, though nobody can send it"),
            ClassTurn::PutDown => {
                let instead = damage.and_then(|damage| damage.instead.as_ref());
                match (instead, &self.course.outcome.broken, damage) {
                    (Some(instead), ..) => {
                        format!("{instead} was committed last, and its entry is gone")
                    }
                    (None, Some(broken), None) => {
                        format!("`{}` does not hold: {}", broken.name, broken.why)
                    }
                    (None, _, Some(damage)) => {
                        let rows = counted(damage.reflected, "row");
                        format!("a reader sees {rows} of {}", damage.expected)
                    }
                    (None, None, None) => known,
                }
            }
        }
    }

    /// A sentence with what is known of an event in the place of its braces; the record is this one, or else the one that
    /// the event is about.
    fn filled(&self, sentence: &str, scene: &Scene, record: Option<&str>) -> String {
        let shard = |shard: Option<ShardIndex>| {
            shard.map_or_else(|| "it".to_owned(), |shard| self.shard(shard))
        };
        let topic = scene.topic.as_ref().map(|topic| topic.name.as_str());
        let record = record.or(topic).unwrap_or(&self.victim.record);
        let before = match scene.shape {
            Shape::Move => scene.number,
            _ => scene.number.saturating_sub(1),
        };
        sentence
            .replace("{who}", &shard(scene.shard))
            .replace("{other}", &shard(scene.other))
            .replace("{attempt}", &scene.number.to_string())
            .replace("{before}", &before.to_string())
            .replace("{record}", record)
    }

    /// The name of a step.
    pub fn step(&self, step: StepIndex) -> String {
        printable(self.trial.layout().name(step))
    }

    /// A shard: `per-user/0`.
    pub fn shard(&self, shard: ShardIndex) -> String {
        let layout = self.trial.layout();
        format!("{}/{}", self.step(layout.step_of(shard)), layout.number_of(shard))
    }
}
