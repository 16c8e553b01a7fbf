//! What a protocol of a user's own does in the wrong order, or does twice: it has no settings that could be put right, but
//! its steps have an order, and the run that holds shows which step is missing.

use super::scene::{Course, Row, RowAct, Scene, Shape};
use super::slice::Lineage;
use super::words::moment;
use onceproof_sim::trace::Fate;

/// What comes too early, by the numbers of events in the failing run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    /// Somebody lets go of the record before what must be done for it, which is an event of the run that holds.
    LetsGo { early: usize, missing: usize },
    /// A row by which the record would have been known is deleted before it comes again.
    Forgets { deletes: usize, again: usize },
    /// The record is put into a result again, and no row is checked that was written with it the first time.
    Unchecked { first: usize, again: usize },
}

impl Order {
    /// The event of the failing run that comes too early, or that leaves nothing to check.
    pub fn at(self) -> usize {
        match self {
            Order::LetsGo { early, .. } => early,
            Order::Forgets { deletes, .. } => deletes,
            Order::Unchecked { first, .. } => first,
        }
    }

    /// Of a record that is lost: whoever lets go of it first, of those who did not do what they do where it holds.
    pub fn of_lost(fails: &Course, lineage: &Lineage, holds: (&Course, &Lineage)) -> Option<Order> {
        let ends = fails.outcome.brief.alphabet.account.ends;
        let lets_go = |scene: &Scene| {
            let deletes = || scene.changes.iter().any(|change| ends.contains(change));
            scene.is_of(&lineage.roots)
                && match scene.shape {
                    Shape::Ack => arrives(scene),
                    Shape::Apply => !scene.is_vain && deletes(),
                    _ => false,
                }
        };
        let scenes = fails.scenes.iter().enumerate();
        scenes.filter(|(_, scene)| lets_go(scene)).find_map(|(early, scene)| {
            let missing = missing_after(scene, fails, holds)?;
            Some(Order::LetsGo { early, missing })
        })
    }

    /// Of a record that is put into a result once more by a commit.
    pub fn of_repeated(fails: &Course, first: usize, again: usize) -> Option<Order> {
        let rows = |at: usize, act: RowAct| {
            let rows = fails.scenes[at].rows.iter().filter(move |row| row.act == act);
            rows.map(|row| &row.name)
        };
        let is_commit = |at: usize| fails.scenes[at].shape == Shape::Apply;
        if first >= again || !is_commit(first) || !is_commit(again) {
            return None;
        }
        let written: Vec<&String> = rows(first, RowAct::Puts).collect();
        let shard = fails.scenes[first].shard;
        let mut between = first + 1..again;
        let deletes = between.find(|&at| {
            let scene = &fails.scenes[at];
            let is_its = scene.shard == shard && scene.shape == Shape::Apply && !scene.is_vain;
            is_its && rows(at, RowAct::Deletes).any(|row| written.contains(&row))
        });
        if let Some(deletes) = deletes {
            return Some(Order::Forgets { deletes, again });
        }
        let is_checked = rows(again, RowAct::Checks).any(|row| written.contains(&row));
        (!is_checked).then_some(Order::Unchecked { first, again })
    }

    /// What to change, in the words of the protocol.
    pub fn change(self, fails: &Course, holds: Option<&Course>) -> String {
        let scene = &fails.scenes[self.at()];
        match self {
            Order::LetsGo { missing, .. } => {
                let first = holds.map_or_else(String::new, |holds| step(&holds.scenes[missing]));
                format!("{} comes too early: {first} must come first", doing(scene))
            }
            Order::Forgets { again, .. } => format!(
                "{} comes too early: it must come after the last time that {} can come, which is here at {}",
                doing(scene),
                name(&fails.scenes[again]),
                moment(fails.scenes[again].at)
            ),
            Order::Unchecked { again, .. } => format!(
                "{}, again at {}, must check a row that is written in the same commit, and be refused where it is there",
                doing(scene),
                moment(fails.scenes[again].at)
            ),
        }
    }

    /// What should have caught it: sentences.
    pub fn guarded(self, fails: &Course, holds: Option<&Course>) -> String {
        let scene = &fails.scenes[self.at()];
        match self {
            Order::LetsGo { missing, .. } => {
                let first = holds.map_or_else(String::new, |holds| step(&holds.scenes[missing]));
                format!(
                    "Whoever holds a record lets go of it once what it owes to it is done. Here {} comes before that: \
                     nobody brings {} again afterwards, and {first} is missing.",
                    doing(scene),
                    name(scene)
                )
            }
            Order::Forgets { .. } => format!(
                "A row that is kept for as long as {} may come again tells that it came. Here it is gone too early.",
                name(scene)
            ),
            Order::Unchecked { .. } => format!(
                "Only a row can tell that {} came before: one that is written in the commit that uses it, and that each \
                 commit checks. Here the second commit checks no row that the first one wrote.",
                name(scene)
            ),
        }
    }

    /// What is true at the event that comes too early.
    pub fn truth(self, fails: &Course, holds: Option<&Course>) -> String {
        match self {
            Order::LetsGo { missing, .. } => {
                let first = holds.map_or_else(String::new, |holds| step(&holds.scenes[missing]));
                format!("{first} has not come yet, and may never come")
            }
            Order::Forgets { again, .. } => {
                let again = &fails.scenes[again];
                format!("{} comes again, at {}", name(again), moment(again.at))
            }
            Order::Unchecked { .. } => "no row that a later commit checks says so".to_owned(),
        }
    }
}

/// Whether a message comes to where it is sent.
fn arrives(scene: &Scene) -> bool {
    !matches!(scene.fate, Some(Fate::Lost | Fate::Cut | Fate::Error))
}

/// What whoever lets go of a record does for it afterwards in the run that holds, and never does in the one that fails.
fn missing_after(
    lets_go: &Scene,
    fails: &Course,
    (holds, lineage): (&Course, &Lineage),
) -> Option<usize> {
    let is_same = |scene: &Scene, other: &Scene| {
        scene.shape == other.shape
            && scene.shard == other.shard
            && scene.other == other.other
            && scene.topic.as_ref().map(|topic| &topic.name)
                == other.topic.as_ref().map(|topic| &topic.name)
    };
    let is_done = |scene: &Scene| match scene.shape {
        Shape::Apply => !scene.is_vain,
        Shape::Send => arrives(scene),
        _ => false,
    };
    let from = holds.scenes.iter().position(|scene| is_same(scene, lets_go))?;
    let mut after = holds.scenes.iter().enumerate().skip(from + 1);
    let is_missing = |scene: &Scene| {
        scene.shard == lets_go.shard
            && scene.is_of(&lineage.roots)
            && is_done(scene)
            && !fails.scenes.iter().any(|other| is_done(other) && is_same(other, scene))
    };
    after.find(|(_, scene)| is_missing(scene)).map(|(at, _)| at)
}

/// The record that an event is about.
fn name(scene: &Scene) -> &str {
    scene.topic.as_ref().map_or("it", |topic| topic.name.as_str())
}

/// An event that comes too early, as a part of a sentence: `shop/0 acks shop/0#0 to its queue at 0.000 ms`.
fn doing(scene: &Scene) -> String {
    let what = match scene.shape {
        Shape::Apply => step(scene),
        _ => {
            let sentence = scene.sentence.split("  !").next().unwrap_or_default();
            format!("that {}", sentence.split(", attempt").next().unwrap_or_default())
        }
    };
    format!("{what}, at {},", moment(scene.at))
}

/// A step of a protocol as a part of a sentence: the commit of a record with its rows, or the request.
fn step(scene: &Scene) -> String {
    match scene.shape {
        Shape::Apply => {
            let rows: Vec<String> = scene.rows.iter().filter_map(Row::words).collect();
            let rows = match rows.split_last() {
                None => String::new(),
                Some((last, [])) => format!(", which {last},"),
                Some((last, others)) => format!(", which {} and {last},", others.join(", ")),
            };
            format!("the commit of {}{rows}", name(scene))
        }
        _ => {
            let sentence = scene.sentence.split("  !").next().unwrap_or_default();
            format!("that {}", sentence.split(", attempt").next().unwrap_or_default())
        }
    }
}
