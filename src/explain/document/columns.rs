//! The events of runs as columns of numbers, and the tables that these numbers mean something in.

use crate::explain::scene::{Course, FOR_GOOD, Gain, Scene, Shape, Stands, Topic};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::time::{MICROSECOND, MILLISECOND};
use onceproof_model::pipeline::StepKind;
use onceproof_sim::trace::Fate;
use onceproof_systems::Trial;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The words for what becomes of a message, the first where nothing does.
pub(super) const FATES: [&str; 9] =
    ["", "lost", "twice", "late", "error", "cut", "unanswered", "down", "forgotten"];

/// A message that reaches nobody.
const DOWN: u8 = 7;

/// Events, a column for each thing that is said of them. The columns have one length, but for those that are by event.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct Columns {
    /// How long after the event before, in microseconds.
    dt: Vec<u64>,
    /// A character an event: the number of its kind, in base 36.
    k: String,
    /// The lane where it happens; a whole worker w is -1 - w.
    l: Vec<i64>,
    /// What it is about, or -1.
    s: Vec<i64>,
    /// The lane at the other end of a message, or -1.
    o: Vec<i64>,
    /// How many events back its cause is; 0 for none.
    p: Vec<usize>,
    /// Which attempt, execution or commit it is; of a worker that is away, for how many milliseconds, the greatest
    /// number if it never comes back.
    n: Vec<u64>,
    /// By event, what becomes of it.
    x: BTreeMap<usize, u8>,
    /// By event, the fault that struck there.
    f: BTreeMap<usize, usize>,
    /// By event, the result that it adds to.
    c: BTreeMap<usize, usize>,
    /// By event, how much it adds, where that is not 1.
    v: BTreeMap<usize, i64>,
    /// By event, what the result comes to, where that is said in place of what is added.
    t: BTreeMap<usize, i64>,
    /// By event, how many events later what it adds stands, where that is not at once; 0 where it never does.
    w: BTreeMap<usize, usize>,
}

impl Columns {
    /// The numbers of the faults that struck at these events.
    pub fn faults(&self) -> impl Iterator<Item = usize> + '_ {
        self.f.values().copied()
    }
}

/// What the numbers in columns mean.
pub(super) struct Table<'a> {
    trial: &'a Trial,
    lanes: Vec<(ShardIndex, u32)>,
    places: BTreeMap<u32, usize>,
    /// The source records, in the order in which they are read.
    pub records: Vec<Topic>,
    numbers: BTreeMap<String, usize>,
    roots: BTreeMap<u64, BTreeSet<usize>>,
    /// What messages and commits are about, with the source records in it.
    pub subjects: Vec<(Topic, Vec<usize>)>,
    known: BTreeMap<Topic, usize>,
    /// The results.
    pub cells: Vec<(StepIndex, String)>,
    known_cells: BTreeMap<StepIndex, BTreeMap<String, usize>>,
}

impl<'a> Table<'a> {
    /// The tables for these runs, of each of which so many events are written. If these are all, all shards have a lane
    /// and all results are there, or else those that these events speak of.
    pub fn of<'b>(
        trial: &'a Trial,
        courses: impl Iterator<Item = (&'b Course, &'b [usize])>,
        is_all: bool,
    ) -> Table<'a> {
        let mut table = Table {
            trial,
            lanes: Vec::new(),
            places: BTreeMap::new(),
            records: Vec::new(),
            numbers: BTreeMap::new(),
            roots: BTreeMap::new(),
            subjects: Vec::new(),
            known: BTreeMap::new(),
            cells: Vec::new(),
            known_cells: BTreeMap::new(),
        };
        let layout = trial.layout();
        let mut workers: Vec<Option<u32>> = vec![None; layout.shards()];
        let mut used: Vec<bool> = vec![is_all; layout.shards()];
        for (course, kept) in courses {
            for scene in &course.scenes {
                if let (Some(shard), Some(worker)) = (scene.shard, scene.worker) {
                    workers[shard.at()].get_or_insert(worker);
                }
                table.learn(scene);
                if is_all {
                    for gain in &scene.gains {
                        table.cell(gain);
                    }
                }
            }
            for scene in kept.iter().map(|&at| &course.scenes[at]) {
                for shard in [scene.shard, scene.other].into_iter().flatten() {
                    used[shard.at()] = true;
                }
            }
        }
        for (number, worker) in (0..).zip(workers) {
            if used[number as usize] {
                table.places.insert(number, table.lanes.len());
                table.lanes.push((ShardIndex(number), worker.unwrap_or(number)));
            }
        }
        table
    }

    /// Which source records a scene is the first to read.
    fn learn(&mut self, scene: &Scene) {
        if let (Shape::Read, Some(topic)) = (scene.shape, &scene.topic) {
            let number = self.record(&topic.name).unwrap_or_else(|| {
                self.records.push(topic.clone());
                self.numbers.insert(topic.name.clone(), self.records.len() - 1);
                self.records.len() - 1
            });
            for &root in &scene.roots {
                self.roots.entry(root).or_default().insert(number);
            }
        }
    }

    /// The number of a source record.
    pub fn record(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// The shards that have a lane: name, step, what runs there too, and the worker.
    pub fn lanes(&self) -> impl Iterator<Item = (String, String, Vec<String>, u32)> + '_ {
        let layout = self.trial.layout();
        self.lanes.iter().map(move |&(shard, worker)| {
            let step = layout.step_of(shard);
            let name = layout.name(step).to_owned();
            let also =
                layout.all().filter(|&(other, _)| other != step && layout.head(other) == step);
            let also = also.map(|(other, _)| layout.name(other).to_owned()).collect();
            (format!("{name}/{}", layout.number_of(shard)), name, also, worker)
        })
    }

    fn lane(&self, shard: Option<ShardIndex>) -> i64 {
        let place = shard.and_then(|shard| self.places.get(&shard.0));
        place.map_or(-1, |&place| i64::try_from(place).unwrap_or(-1))
    }

    fn cell(&mut self, gain: &Gain) -> usize {
        let known = self.known_cells.entry(gain.step).or_default();
        if let Some(&number) = known.get(&gain.cell) {
            return number;
        }
        known.insert(gain.cell.clone(), self.cells.len());
        self.cells.push((gain.step, gain.cell.clone()));
        self.cells.len() - 1
    }

    fn subject(&mut self, topic: &Topic, roots: &[u64]) -> usize {
        if let Some(&known) = self.known.get(topic) {
            return known;
        }
        let of: BTreeSet<usize> =
            roots.iter().filter_map(|root| self.roots.get(root)).flatten().copied().collect();
        self.subjects.push((topic.clone(), of.into_iter().collect()));
        self.known.insert(topic.clone(), self.subjects.len() - 1);
        self.subjects.len() - 1
    }

    /// The events of a run with these numbers. `number` says which fault of the failing run one of this run is.
    pub fn columns(
        &mut self,
        course: &Course,
        kept: &[usize],
        number: impl Fn(usize) -> Option<usize>,
    ) -> Columns {
        self.name_panes(course);
        let down: BTreeSet<usize> = course
            .scenes
            .iter()
            .filter(|scene| scene.shape == Shape::Note && scene.is_vain)
            .filter_map(|scene| usize::try_from(*scene.causes.first()?).ok())
            .collect();
        let mut columns = Columns {
            dt: Vec::new(),
            k: String::new(),
            l: Vec::new(),
            s: Vec::new(),
            o: Vec::new(),
            p: Vec::new(),
            n: Vec::new(),
            x: BTreeMap::new(),
            f: BTreeMap::new(),
            c: BTreeMap::new(),
            v: BTreeMap::new(),
            t: BTreeMap::new(),
            w: BTreeMap::new(),
        };
        let (mut before, mut keys): (u64, BTreeMap<&str, String>) = (0, BTreeMap::new());
        for (at, &of) in kept.iter().enumerate() {
            let scene = &course.scenes[of];
            let micros = scene.at / MICROSECOND;
            columns.dt.push(micros.saturating_sub(before));
            before = micros;
            columns.k.push(letter(scene.shape));
            let is_of_worker = matches!(
                scene.shape,
                Shape::Crash
                    | Shape::Back
                    | Shape::Pause
                    | Shape::GoesOn
                    | Shape::Clock
                    | Shape::Cut
            ) || scene.shard.is_none();
            columns.l.push(match (is_of_worker, scene.worker) {
                (true, Some(worker)) => -1 - i64::from(worker),
                _ => self.lane(scene.shard),
            });
            columns.o.push(self.lane(scene.other));
            let subject = scene.topic.as_ref().map(|topic| {
                let mut topic = topic.clone();
                let key = keys.entry(topic_name(scene)).or_default();
                if topic.key.is_empty() {
                    topic.key.clone_from(key)
                } else {
                    key.clone_from(&topic.key)
                }
                self.subject(&topic, &scene.roots)
            });
            columns.s.push(subject.map_or(-1, |subject| i64::try_from(subject).unwrap_or(-1)));
            let cause = scene.causes.first().and_then(|&cause| usize::try_from(cause).ok());
            let cause = cause.and_then(|cause| kept.binary_search(&cause).ok());
            columns.p.push(cause.map_or(0, |cause| at.saturating_sub(cause)));
            columns.n.push(match scene.shape {
                Shape::Crash if scene.number == FOR_GOOD => FOR_GOOD,
                Shape::Crash | Shape::Pause | Shape::Cut => scene.number / MILLISECOND,
                _ => scene.number,
            });
            match fate(scene.fate) {
                0 if down.contains(&of) => drop(columns.x.insert(at, DOWN)),
                0 => {}
                fate => drop(columns.x.insert(at, fate)),
            }
            if let Some(fault) = scene.fault.and_then(&number) {
                columns.f.insert(at, fault);
            }
            self.add_gain(scene, at, kept, &mut columns);
        }
        columns
    }

    /// What an event adds to a result: of several the first.
    fn add_gain(&mut self, scene: &Scene, at: usize, kept: &[usize], columns: &mut Columns) {
        let Some(gain) = scene.gains.first().filter(|_| !scene.is_vain) else { return };
        let cell = self.cell(gain);
        columns.c.insert(at, cell);
        let steps = self.trial.design.pipeline().steps();
        let is_sum =
            steps.get(gain.step.at()).is_some_and(|step| matches!(step.kind, StepKind::Sum(_)));
        let adds = if is_sum { gain.value } else { gain.weight };
        match gain.total {
            Some(total) => drop(columns.t.insert(at, total)),
            None if adds != 1 => drop(columns.v.insert(at, adds)),
            None => {}
        }
        if gain.stands != Stands::AtOnce {
            let since = gain.since(kept[at]).map(|since| kept.partition_point(|&of| of < since));
            let later = since.filter(|&since| since < kept.len()).map(|since| since - at);
            columns.w.insert(at, later.unwrap_or_default());
        }
    }

    /// Which source records are in each pane.
    fn name_panes(&mut self, course: &Course) {
        let mut holding: BTreeMap<(u16, &str), BTreeSet<usize>> = BTreeMap::new();
        for scene in &course.scenes {
            for gain in &scene.gains {
                let held = holding.entry((gain.step.0, &gain.cell)).or_default();
                held.extend(gain.roots.iter().filter_map(|root| self.roots.get(root)).flatten());
            }
            for (step, cell, root) in &scene.leaves {
                if let Some(held) = holding.remove(&(step.0, cell.as_str())) {
                    self.roots.entry(*root).or_default().extend(held);
                }
            }
        }
    }
}

fn topic_name(scene: &Scene) -> &str {
    scene.topic.as_ref().map_or("", |topic| topic.name.as_str())
}

/// The number of a kind, in base 36.
fn letter(shape: Shape) -> char {
    let number = Shape::WORDS.iter().position(|(other, _)| *other == shape).unwrap_or_default();
    let number = u32::try_from(number).unwrap_or_default();
    char::from_digit(number, 36).expect("fewer kinds than digits")
}

fn fate(fate: Option<Fate>) -> u8 {
    match fate {
        None | Some(Fate::Arrives) => 0,
        Some(Fate::Lost) => 1,
        Some(Fate::Twice) => 2,
        Some(Fate::Late(_)) => 3,
        Some(Fate::Error) => 4,
        Some(Fate::Cut) => 5,
        Some(Fate::Unanswered) => 6,
        Some(Fate::Forgotten) => 8,
    }
}
