//! What a protocol of a user's own does in the wrong order, or does twice: it has no settings that could be put right, but
//! its steps have an order, and the run that holds shows which step is missing.

use super::scene::{Course, RowAct, Scene, Shape};
use super::slice::Lineage;
use super::words::{Told, moment};
use onceproof_kernel::layout::ShardIndex;
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
            let deletes = || scene.change_of(ends, &lineage.roots).is_some();
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
    pub fn change(self, told: &Told<'_>, holds: Option<&Course>) -> String {
        let scene = &told.course.scenes[self.at()];
        let (does, at) = (doing(told, scene), moment(scene.at));
        match self {
            Order::LetsGo { missing, .. } => {
                let first = first_of(told, holds, missing);
                format!("{does} too early, at {at}: that must come after {first}")
            }
            Order::Forgets { again, .. } => format!(
                "{does} too early, at {at}: that must come after the last time that {} can come, which is here at {}",
                name(&told.course.scenes[again]),
                moment(told.course.scenes[again].at)
            ),
            Order::Unchecked { again, .. } => format!(
                "{does} at {at}, and once more at {}: that must write a row, too, in the same commit, and be refused \
                 where the row is there",
                moment(told.course.scenes[again].at)
            ),
        }
    }

    /// What should have caught it: sentences.
    pub fn guarded(self, told: &Told<'_>, holds: Option<&Course>) -> String {
        let scene = &told.course.scenes[self.at()];
        let (does, name) = (doing(told, scene), name(scene));
        match self {
            Order::LetsGo { missing, .. } => format!(
                "Whoever has a record lets go of it once it has done all for it. Here {does} before {}: nobody brings \
                 {name} again after that.",
                first_of(told, holds, missing)
            ),
            Order::Forgets { .. } => format!(
                "A row tells that {name} came, and must be there for as long as it may come again. Here {does} sooner."
            ),
            Order::Unchecked { .. } => format!(
                "Only a row can tell that {name} came before: one that is written in the commit that uses it, and that \
                 each such commit checks. Here the second commit checks no row that the first one wrote."
            ),
        }
    }

    /// What is true at the event that comes too early.
    pub fn truth(self, told: &Told<'_>, holds: Option<&Course>) -> String {
        let name = name(&told.course.scenes[self.at()]);
        match self {
            Order::LetsGo { missing, .. } => {
                format!("this is still to come, and may never: {}", first_of(told, holds, missing))
            }
            Order::Forgets { again, .. } => {
                format!("{name} comes again, at {}", moment(told.course.scenes[again].at))
            }
            Order::Unchecked { .. } => {
                format!("it is, and no row says so that is checked when {name} comes again")
            }
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

/// An event that comes too early, without its time: `shop/0 acks shop/0#0 to its queue`.
fn doing(told: &Told<'_>, scene: &Scene) -> String {
    match scene.shape {
        Shape::Apply => {
            format!("{} commits {}{}", of(told, scene.shard), name(scene), rows(scene))
        }
        _ => {
            let sentence = scene.sentence.split("  !").next().unwrap_or_default();
            sentence.split(", attempt").next().unwrap_or_default().to_owned()
        }
    }
}

/// What must come first, as the run that holds has it: `the commit of shop/0#0 by shop/0, which writes outbox 0`.
fn first_of(told: &Told<'_>, holds: Option<&Course>, missing: usize) -> String {
    let Some(scene) = holds.map(|holds| &holds.scenes[missing]) else { return String::new() };
    let (name, who) = (name(scene), of(told, scene.shard));
    match scene.shape {
        Shape::Apply => format!("the commit of {name} by {who}{}", rows(scene)),
        _ => {
            let message = scene.message.unwrap_or("request");
            format!("the {message} of {name} from {who} to {}", of(told, scene.other))
        }
    }
}

fn of(told: &Told<'_>, shard: Option<ShardIndex>) -> String {
    shard.map_or_else(|| "the protocol".to_owned(), |shard| told.shard(shard))
}

/// What a commit does with rows: `, which writes orders 0 and outbox 0`.
fn rows(scene: &Scene) -> String {
    let of_act = |act: RowAct, verb: &str| {
        let rows = scene.rows.iter().filter(|row| row.act == act);
        let names: Vec<&str> = rows.map(|row| row.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("{verb} {}", names.join(" and ")))
    };
    let acts = [of_act(RowAct::Puts, "writes"), of_act(RowAct::Deletes, "deletes")];
    let acts: Vec<String> = acts.into_iter().flatten().collect();
    if acts.is_empty() { String::new() } else { format!(", which {}", acts.join(" and ")) }
}
