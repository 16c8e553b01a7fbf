//! What a story needs of each event, taken from what the trace tells of it.

use super::{End, FOR_GOOD, Gain, Row, RowAct, Scene, SceneChange, Shape, Stands, Topic};
use onceproof_kernel::account::{Account, Ending};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::effect::Written;
use onceproof_kernel::key::Key;
use onceproof_kernel::mix;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::Output;
use onceproof_kernel::told::{Detail, Details, Told};
use onceproof_sim::trace::{Applied, Seen, Stroke, Undelivered, Waited, What};

/// An event that is being put down.
pub(super) struct Telling<'a> {
    pub seen: &'a Seen<'a>,
    pub account: &'static Account,
}

impl Telling<'_> {
    fn roots(&self, name: Name) -> Vec<u64> {
        self.seen.words.names.roots(name)
    }

    fn about(&self, subject: Subject, key: Option<Key>) -> (Option<Topic>, Vec<u64>) {
        let key = key.map_or_else(String::new, |key| self.seen.key(key).to_owned());
        let topic = Topic { name: self.seen.subject(subject), key };
        let roots = match subject {
            Subject::Record(name) => self.roots(name),
            Subject::Control { .. } => Vec::new(),
        };
        (Some(topic), roots)
    }

    /// The scene about a record.
    fn of_record(&self, record: Name, key: Option<Key>, scene: Scene) -> Scene {
        self.of_subject(Subject::Record(record), key, scene)
    }

    fn of_subject(&self, subject: Subject, key: Option<Key>, scene: Scene) -> Scene {
        let (topic, roots) = self.about(subject, key);
        Scene { topic, roots, ..scene }
    }

    /// The scene about what a worker was about to do.
    fn of_stroke(&self, struck: &Option<Stroke>, scene: Scene) -> Scene {
        match struck {
            Some(Stroke { shard, subject, .. }) => {
                Scene { shard: Some(*shard), ..self.of_subject(*subject, None, scene) }
            }
            None => scene,
        }
    }

    /// The scene with all that is told of the event.
    pub fn scene(&self, scene: Scene) -> Scene {
        match &self.seen.event.what {
            What::Own(told) => self.told(told, scene),
            What::Reads { record, key } => {
                Scene { shape: Shape::Read, ..self.of_record(*record, Some(*key), scene) }
            }
            What::Pulls { record, key, delivery, .. } => Scene {
                shape: Shape::Read,
                number: u64::from(*delivery),
                is_again: *delivery > 1,
                ..self.of_record(*record, Some(*key), scene)
            },
            What::AcksMessage(record) => {
                Scene { shape: Shape::Ack, ..self.of_record(*record, None, scene) }
            }
            What::Sends { to, message, subject, key, attempt, again, fate } => Scene {
                shape: Shape::Send,
                other: Some(*to),
                message: *message,
                number: u64::from(*attempt),
                is_again: *again,
                fate: Some(*fate),
                ..self.of_subject(*subject, *key, scene)
            },
            What::Receives { from, message, subject, key, attempt } => Scene {
                shape: Shape::Receive,
                other: Some(*from),
                message: *message,
                number: u64::from(*attempt),
                ..self.of_subject(*subject, *key, scene)
            },
            What::ReachesNobody { message, to, worker, subject, .. } => {
                let (other, attempt) = match *message {
                    Undelivered::Request { from, attempt }
                    | Undelivered::Ack { from, attempt }
                    | Undelivered::Error { from, attempt } => (Some(from), attempt),
                    Undelivered::Answer { .. } | Undelivered::CallAnswer => (None, 0),
                };
                let (topic, roots) = match subject {
                    Some(subject) => self.about(*subject, None),
                    None => (None, Vec::new()),
                };
                Scene {
                    shard: Some(*to),
                    worker: *worker,
                    other,
                    number: u64::from(attempt),
                    is_vain: true,
                    topic,
                    roots,
                    ..scene
                }
            }
            What::Waits { record, key } => self.of_record(*record, Some(*key), scene),
            What::Executes { record, execution, outputs, before, .. } => {
                let key = match outputs[..] {
                    [Output { key, .. }] => Some(key),
                    _ => None,
                };
                Scene {
                    shape: Shape::Call,
                    number: u64::from(*execution),
                    is_again: *execution > 1,
                    is_vain: before.is_some(),
                    ..self.of_record(*record, key, scene)
                }
            }
            What::Fails { record, execution, .. } => Scene {
                shape: Shape::Call,
                number: u64::from(*execution),
                is_again: *execution > 1,
                ..self.of_record(*record, None, scene)
            },
            What::GivesUp { record, .. } => {
                Scene { shape: Shape::Drop, ..self.of_record(*record, None, scene) }
            }
            What::Commits { commit, attempt, fate } => Scene {
                shape: Shape::Commit,
                number: u64::from(*attempt),
                is_again: *attempt > 1,
                fate: Some(*fate),
                ..self.of_subject(commit.subject, None, scene)
            },
            What::Applies { commit, applied, changes } => {
                let mut scene = Scene {
                    shape: Shape::Apply,
                    number: commit.number,
                    is_vain: *applied != Applied::Now,
                    ..self.of_subject(commit.subject, None, scene)
                };
                changes.iter().for_each(|change| self.change(change, &mut scene));
                scene
            }
            What::Hears(commit, written) => Scene {
                shape: Shape::Heard,
                is_vain: *written != Written::Applied,
                ..self.of_subject(commit.subject, None, scene)
            },
            What::Acks { to, subject, attempt, fate, .. } => Scene {
                shape: Shape::Ack,
                other: Some(*to),
                number: u64::from(*attempt),
                fate: Some(*fate),
                ..self.of_subject(*subject, None, scene)
            },
            What::Acked { from, subject, attempt, is_awaited, .. } => Scene {
                shape: Shape::Acked,
                other: Some(*from),
                number: u64::from(*attempt),
                is_vain: !is_awaited,
                ..self.of_subject(*subject, None, scene)
            },
            What::Errs { from, subject, attempt, is_awaited } => Scene {
                shape: Shape::Error,
                other: Some(*from),
                number: u64::from(*attempt),
                is_vain: !is_awaited,
                ..self.of_subject(*subject, None, scene)
            },
            What::Calls { record, attempt, fate, .. } => Scene {
                shape: Shape::Ask,
                number: u64::from(*attempt),
                is_again: *attempt > 1,
                fate: Some(*fate),
                ..self.of_record(*record, None, scene)
            },
            What::Serves { step, record, is_effect, .. } => {
                let mut scene =
                    Scene { shape: Shape::Serve, ..self.of_record(*record, None, scene) };
                if *is_effect {
                    let record = Some(self.seen.name(*record));
                    let (roots, cell) = (scene.roots.clone(), String::new());
                    scene.gains.push(Gain {
                        step: *step,
                        cell,
                        roots,
                        record,
                        total: None,
                        weight: 1,
                        value: 1,
                        stands: Stands::AtOnce,
                    });
                }
                scene
            }
            What::Answered { record, .. } => {
                Scene { shape: Shape::Answer, ..self.of_record(*record, None, scene) }
            }
            What::HasWaited(Waited::Ack(Some(subject)) | Waited::Service(Some(subject))) => {
                Scene { shape: Shape::Wait, ..self.of_subject(*subject, None, scene) }
            }
            What::HasWaited(Waited::Ack(None) | Waited::Service(None)) => {
                Scene { shape: Shape::Wait, ..scene }
            }
            What::HasWaited(_) => Scene { shape: Shape::Input, ..scene },
            What::Crashes { worker, restart, struck } => Scene {
                shape: Shape::Crash,
                worker: Some(*worker),
                number: restart.unwrap_or(FOR_GOOD),
                ..self.of_stroke(struck, scene)
            },
            What::IsBack(worker) => {
                Scene { shape: Shape::Back, shard: None, worker: Some(*worker), ..scene }
            }
            What::StandsStill { worker, lasts, struck } => Scene {
                shape: Shape::Pause,
                worker: Some(*worker),
                number: *lasts,
                ..self.of_stroke(struck, scene)
            },
            What::GoesOn(worker) => {
                Scene { shape: Shape::GoesOn, shard: None, worker: Some(*worker), ..scene }
            }
            What::ClockSteps { worker, struck, .. } => {
                let scene = self.of_stroke(struck, scene);
                Scene { shape: Shape::Clock, worker: Some(*worker), ..scene }
            }
            What::Cuts { from, lasts, .. } => Scene {
                shape: Shape::Cut,
                shard: None,
                worker: Some(*from),
                number: *lasts,
                ..scene
            },
            What::FindsItDown(worker) | What::LeaseEnds(worker) => {
                Scene { shard: None, worker: Some(*worker), ..scene }
            }
            What::IsToMove { shard, struck } => {
                Scene { shape: Shape::Move, shard: Some(*shard), ..self.of_stroke(struck, scene) }
            }
            What::Grants { shard, from, to } => Scene {
                shape: Shape::Move,
                shard: Some(*shard),
                worker: Some(*to),
                number: u64::from(*from),
                ..scene
            },
            What::IsNoMore { shard, worker } => {
                Scene { shard: Some(*shard), worker: Some(*worker), ..scene }
            }
            What::Announces { .. } | What::Ends => scene,
        }
    }

    /// What a system tells of itself.
    fn told(&self, told: &Told, scene: Scene) -> Scene {
        let details = told.tale().details();
        let word = told.tale().word();
        let record = details.iter().find_map(|&(_, detail)| match detail {
            Detail::Record(name) => Some(name),
            _ => None,
        });
        let words = details.iter().filter_map(|&(_, detail)| match detail {
            Detail::Word(word) => Some(word),
            _ => None,
        });
        let shape = if self.account.knows.contains(&word) {
            Shape::Known
        } else if self.account.ends.contains(&word) {
            Shape::Drop
        } else {
            Shape::Note
        };
        let told = Some((word, words.collect()));
        let mut scene = match record {
            Some(record) => self.of_record(record, None, scene),
            None => scene,
        };
        self.held(word, &details, &mut scene);
        Scene { shape, told, ..scene }
    }

    /// A record is added to what is held in memory, or all of it leaves.
    fn held(&self, word: &str, details: &Details, scene: &mut Scene) {
        let Some(held) = self.account.held else { return };
        let result = details.iter().find_map(|&(_, detail)| match detail {
            Detail::Result(key, Some(start)) => Some(format!("{}@{start}", self.seen.key(key))),
            _ => None,
        });
        let named = details.iter().find_map(|&(_, detail)| match detail {
            Detail::Step(step) => Some(step),
            _ => None,
        });
        let own = scene.shard.map(|shard| self.seen.layout.step_of(shard));
        let (Some(cell), Some(step)) = (result, named.or(own)) else { return };
        if word == held.takes {
            scene.takes = Some((step, cell));
        } else if word == held.leaves {
            let of = |&root: &u64| (step, cell.clone(), root);
            scene.leaves = scene.roots.iter().map(of).collect();
        }
    }

    /// What a change of a commit says.
    fn change(&self, change: &Told, scene: &mut Scene) {
        let (word, details) = (change.tale().word(), change.tale().details());
        let (mut record, mut step, mut cell, mut total) = (None, None, String::new(), None);
        let (mut weight, mut value) = (1, 1);
        let (mut part_of, mut says) = (None, Vec::new());
        let (mut table, mut id) = (None, None);
        let later = self.account.later;
        for (name, detail) in details {
            match (name, detail) {
                (name, Detail::Number(of)) if later.is_some_and(|it| it.of.contains(&name)) => {
                    part_of = Some(part_of.map_or(of, |before| mix::words([before, of])));
                }
                ("table", Detail::Word(word)) => table = Some(word),
                (_, Detail::Word(word)) => says.push(word),
                ("id", Detail::Number(number)) => id = Some(number),
                (_, Detail::Record(name)) => record = Some(name),
                (_, Detail::Step(of)) => step = Some(of),
                (_, Detail::Result(key, start)) => {
                    cell = self.seen.key(key).to_owned();
                    if let Some(start) = start {
                        cell.push_str(&format!("@{start}"));
                    }
                }
                (_, Detail::Key(key)) if cell.is_empty() => cell = self.seen.key(key).to_owned(),
                ("total" | "records", Detail::Signed(number)) => total = Some(number),
                ("weight", Detail::Signed(number)) => weight = number,
                ("value", Detail::Signed(number)) => value = number,
                _ => {}
            }
        }
        let roots = record.map_or_else(Vec::new, |record| self.roots(record));
        let named = record.map(|record| self.seen.name(record));
        scene.changes.push(SceneChange { word, record: named, roots: roots.clone() });
        let act = match word {
            "check" => Some(RowAct::Checks),
            "put" => Some(RowAct::Puts),
            "delete" => Some(RowAct::Deletes),
            _ => None,
        };
        if let (Some(act), Some(table), Some(id)) = (act, table, id) {
            scene.rows.push(Row { name: format!("{table} {id}"), act });
        }
        let ending = later.and_then(|later| later.ends.iter().find(|(end, _)| *end == word));
        if let (Some((_, ending)), Some(of)) = (ending, part_of) {
            let stands = match ending {
                Ending::Stands => true,
                Ending::Undone => false,
                Ending::Says(word) => says.contains(word),
            };
            scene.ends.push(End { of, stands });
        }
        let own = scene.shard.map(|shard| self.seen.layout.step_of(shard));
        let Some(step) = step.or(own) else { return };
        let account = self.account;
        if account.leaves.contains(&word) {
            let of = |&root: &u64| (step, cell.clone(), root);
            scene.leaves.extend(roots.iter().map(of));
        }
        let is_total = account.totals.contains(&word);
        if is_total || account.gains.contains(&word) {
            let record = record.map(|record| self.seen.name(record));
            let total = total.filter(|_| is_total);
            if let (Some(topic), false) = (&mut scene.topic, is_total)
                && topic.key.is_empty()
            {
                topic.key = cell.split('@').next().unwrap_or_default().to_owned();
            }
            let roots = roots.clone();
            let stands = part_of.map_or(Stands::AtOnce, Stands::Open);
            scene.gains.push(Gain { step, cell, roots, record, total, weight, value, stands });
        }
        scene.learns |= account.learns.contains(&word);
        scene.roots.extend(roots);
    }
}
