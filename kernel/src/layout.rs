//! Layouts: the steps of a system by name, and the shards in which they run. It is all that faults, places, links
//! and reports know of a system's shape.

use crate::alphabet::{Alphabet, ControlValue, Point, attempt_parts};
use crate::call::Target;
use crate::mix;
use crate::retry::{CommitRetry, Retry};
use crate::source::Source;
use crate::time::{Nanos, Time};

/// The number of a step, in file order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StepIndex(pub u16);

impl StepIndex {
    /// As an index into the steps.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// The number of a shard over all steps, in file order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ShardIndex(pub u32);

impl ShardIndex {
    /// As an index into the shards.
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// A step as a layout is told of it: all that those know who know no system.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LaidStep {
    /// Its name, which no other step has.
    pub name: String,
    /// Whether it is a process beside the steps of the pipeline: an acker, a coordinator.
    pub is_beside: bool,
    /// The step in whose process it runs: itself, or one that is its own head.
    pub head: StepIndex,
    /// In how many shards it runs; in a layout, where another is its head, those of the head.
    pub shards: u32,
    /// The steps whose outputs it takes.
    pub from: Vec<StepIndex>,
    /// How many records it makes of each, at most.
    pub copies: u32,
    /// When its process repeats a request that is not answered.
    pub retry: Retry,
    /// When the world repeats a commit of its process that is not answered.
    pub commit_retry: CommitRetry,
    /// Whether it does. Else the process is told by then that nobody knows what became of the commit.
    pub repeats_commits: bool,
    /// Whether the store refuses commits of its process under an older token.
    pub is_fenced: bool,
    /// Whether its shards have one table of rows, that of the first.
    pub shares_rows: bool,
    /// Whether it is none of the workers, so that nothing befalls its process: a service of somebody else.
    pub is_outside: bool,
    /// The session of its process, if it has one.
    pub session: Option<Session>,
    /// After how long it forgets ids, if it does so by age.
    pub forgets_after: Option<Nanos>,
    /// For how long at most what comes again is looked up where it was added, if that depends on the time of its arrival.
    pub looked_up_for: Option<Nanos>,
    /// Whether its process may keep what is acked until something else in work is done, and then sends it again if it
    /// begins anew.
    pub keeps_acked: bool,
    /// What it reads, if it is a source.
    pub source: Option<Source>,
    /// How long its process may let pass by itself until it does something of what has come.
    pub longest_wait: Nanos,
    /// How often in a row what it tries may fail before it does something else, if it ever does. Each time may take its
    /// longest wait, and as long until it tries again.
    pub tries: u32,
    /// How long it may do the same again and again, where nothing comes of it, before it rightly goes on. If it is a
    /// heartbeat, which never does, the run is over then.
    pub longest_idle: Nanos,
    /// Whether its process may go on for ever, by heartbeats, looks or leases that are renewed: a run is over then when its
    /// time is.
    pub may_never_end: bool,
    /// What its results are, if it has some.
    pub results: Option<Results>,
    /// Whether all its results stand under one key.
    pub is_global: bool,
    /// What it calls, if it does.
    pub calls: Option<Target>,
    /// How its function fails.
    pub failing: Failing,
    /// Whether its function may answer otherwise when it is executed again.
    pub may_differ: bool,
    /// Steps of the protocol that have another word at the stage of this head: `commit` where rows are written is
    /// its `emit`.
    pub same: Vec<(Point, Point)>,
    /// Steps of the protocol that are told by another word at the stage of this head.
    pub told: Vec<(Point, Point)>,
}

/// That a process is a member of a group, whoever keeps the sessions of which. It is granted to no other worker; instead
/// its session ends, which it does not hear.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Session {
    /// How long nothing may be heard of it until its session ends; at least 1.
    pub length: Nanos,
    /// The step in whose one shard that is found.
    pub keeper: StepIndex,
}

/// What the results of a step are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Results {
    /// Panes of counted records.
    Counted,
    /// Panes of summed values.
    Summed,
    /// Rows.
    Written,
}

/// How the function of a step fails, and what becomes of a record on which it does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Failing {
    /// On records of this key it fails each time.
    pub poison: Option<String>,
    /// After so many failures, at least 1, in one life of its worker, a record goes to the dead letters; a
    /// crash begins to count again, since the count is memory. Without, it is tried for ever.
    pub dead_letter_after: Option<u32>,
}

impl LaidStep {
    /// A step that runs in a process of its own, and does nothing of note.
    pub fn plain(name: &str, index: StepIndex, shards: u32) -> LaidStep {
        LaidStep {
            name: name.to_owned(),
            is_beside: false,
            head: index,
            shards,
            from: Vec::new(),
            copies: 1,
            retry: Retry::default(),
            commit_retry: CommitRetry::default(),
            repeats_commits: true,
            is_fenced: true,
            shares_rows: false,
            is_outside: false,
            session: None,
            forgets_after: None,
            looked_up_for: None,
            keeps_acked: false,
            source: None,
            longest_wait: 0,
            tries: 0,
            longest_idle: 0,
            may_never_end: false,
            results: None,
            is_global: false,
            calls: None,
            failing: Failing::default(),
            may_differ: false,
            same: Vec::new(),
            told: Vec::new(),
        }
    }
}

/// What the store keeps to. A system that leaves one out on purpose is found wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoreRules {
    /// A commit is applied once per number.
    pub are_commits_numbered: bool,
    /// A commit that was applied before is answered again.
    pub are_repeats_answered: bool,
}

impl Default for StoreRules {
    fn default() -> StoreRules {
        StoreRules { are_commits_numbered: true, are_repeats_answered: true }
    }
}

/// The steps and shards of a system.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What the store keeps to.
    pub store: StoreRules,
    /// The words of its protocol.
    pub alphabet: &'static Alphabet,
    steps: Vec<LaidStep>,
    hashes: Vec<u64>,
    first_shard: Vec<u32>,
    shard_steps: Vec<StepIndex>,
    shard_hashes: Vec<u64>,
}

impl Layout {
    /// Numbers the shards of all heads, in order of the steps.
    ///
    /// # Panics
    ///
    /// If the head of a step is no step, or has another head.
    pub fn new(alphabet: &'static Alphabet, mut steps: Vec<LaidStep>) -> Layout {
        let heads: Vec<StepIndex> = steps.iter().map(|step| step.head).collect();
        assert!(heads.iter().all(|head| heads[head.at()] == *head), "a head has no other head");
        let mut first_shard = vec![0; steps.len()];
        let mut shard_steps = Vec::new();
        for (index, step) in numbered(&steps) {
            if step.head == index {
                first_shard[index.at()] = shard_steps.len() as u32;
                shard_steps.extend((0..step.shards).map(|_| index));
            }
        }
        for (at, head) in heads.iter().enumerate() {
            first_shard[at] = first_shard[head.at()];
            steps[at].shards = steps[head.at()].shards;
        }
        let hashes: Vec<u64> = steps.iter().map(|step| mix::text(&step.name)).collect();
        let shard_hashes = shard_steps.iter().map(|step: &StepIndex| hashes[step.at()]).collect();
        Layout {
            store: StoreRules::default(),
            alphabet,
            steps,
            hashes,
            first_shard,
            shard_steps,
            shard_hashes,
        }
    }

    /// What is known of a step.
    pub fn step(&self, step: StepIndex) -> &LaidStep {
        &self.steps[step.at()]
    }

    /// All steps in file order, with their numbers.
    pub fn all(&self) -> impl Iterator<Item = (StepIndex, &LaidStep)> {
        numbered(&self.steps)
    }

    /// How many steps there are.
    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    /// The name of a step.
    pub fn name(&self, step: StepIndex) -> &str {
        &self.steps[step.at()].name
    }

    /// The step of this name.
    pub fn find(&self, name: &str) -> Option<StepIndex> {
        self.steps.iter().position(|step| step.name == name).map(|at| StepIndex(at as u16))
    }

    /// The hash of a step's name, the same in every run.
    pub fn hash(&self, step: StepIndex) -> u64 {
        self.hashes[step.at()]
    }

    /// The step in whose process a step runs: itself, if it runs in no other's.
    pub fn head(&self, step: StepIndex) -> StepIndex {
        self.steps[step.at()].head
    }

    /// The same step of the protocol by the word of the stage with this head.
    pub fn point_at(&self, head: StepIndex, point: Point) -> Point {
        renamed(&self.step(head).same, point)
    }

    /// The step of the protocol by whose word one is told at the stage with this head.
    pub fn told_at(&self, head: StepIndex, point: Point) -> Point {
        renamed(&self.step(head).told, point)
    }

    /// What travels and is no record, as a scenario names it: `watermark@60s`, or any with `watermark`.
    pub fn control(&self, word: u8, value: Option<i64>) -> String {
        let control = self.alphabet.controls[usize::from(word)];
        match (value, control.value) {
            (None, _) => control.word.to_owned(),
            (Some(_), ControlValue::None) => control.word.to_owned(),
            (Some(at), ControlValue::Time) => format!("{}@{}", control.word, Time(at)),
            (Some(number), ControlValue::Number) => format!("{}#{number}", control.word),
            (Some(value), ControlValue::Attempt) => {
                let (number, shard, attempt) = attempt_parts(value);
                let name = self.name(self.step_of(shard));
                let of = self.number_of(shard);
                format!("{}#{number}.{name}/{of}.{attempt}", control.word)
            }
        }
    }

    /// Whether the step `other` is `head`, or takes what `head` makes, perhaps by way of other steps. Both are heads.
    pub fn leads_to(&self, head: StepIndex, other: StepIndex) -> bool {
        let stage = || self.all().filter(move |(_, step)| step.head == other);
        head == other
            || stage().flat_map(|(_, step)| &step.from).any(|&from| {
                let before = self.head(from);
                before != other && self.leads_to(head, before)
            })
    }

    /// How many shards there are in all.
    pub fn shards(&self) -> usize {
        self.shard_steps.len()
    }

    /// In how many shards a step runs.
    pub fn shards_of(&self, step: StepIndex) -> u32 {
        self.steps[step.at()].shards
    }

    /// The step of a shard: the head of those that run there.
    #[inline]
    pub fn step_of(&self, shard: ShardIndex) -> StepIndex {
        self.shard_steps[shard.at()]
    }

    /// The hash of the name of a shard's step.
    #[inline]
    pub fn hash_of(&self, shard: ShardIndex) -> u64 {
        self.shard_hashes[shard.at()]
    }

    /// Whether the process of a step is a member of a group.
    pub fn is_member(&self, step: StepIndex) -> bool {
        self.step(self.head(step)).session.is_some()
    }

    /// Whether there is a group of several members, so that others do the work of one that never comes back.
    pub fn has_members(&self) -> bool {
        let is_group = |(step, laid): (StepIndex, &LaidStep)| {
            laid.session.is_some() && self.shards_of(step) > 1
        };
        self.all().any(is_group)
    }

    /// The number of a shard within its step.
    #[inline]
    pub fn number_of(&self, shard: ShardIndex) -> u32 {
        shard.0 - self.first_shard[self.step_of(shard).at()]
    }

    /// Shard number `number` of a step.
    #[inline]
    pub fn shard(&self, step: StepIndex, number: u32) -> ShardIndex {
        ShardIndex(self.first_shard[step.at()] + number)
    }

    /// The shard of a step that owns the keys with this hash.
    #[inline]
    pub fn route(&self, step: StepIndex, key_hash: u64) -> ShardIndex {
        let shards = u128::from(self.shards_of(step));
        self.shard(step, ((u128::from(key_hash) * shards) >> 64) as u32)
    }
}

fn numbered(steps: &[LaidStep]) -> impl Iterator<Item = (StepIndex, &LaidStep)> {
    steps.iter().enumerate().map(|(at, step)| (StepIndex(at as u16), step))
}

fn renamed(names: &[(Point, Point)], point: Point) -> Point {
    names.iter().find(|(from, _)| *from == point).map_or(point, |&(_, to)| to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alphabet::WORDLESS;

    fn laid(name: &str, head: u16, shards: u32) -> LaidStep {
        LaidStep { head: StepIndex(head), ..LaidStep::plain(name, StepIndex(head), shards) }
    }

    #[test]
    fn every_key_has_one_shard_and_every_shard_gets_keys() {
        let layout = Layout::new(&WORDLESS, vec![laid("s", 0, 2), laid("c", 1, 4)]);
        let mut hit = [0; 4];
        for key in 0..1000 {
            let shard = layout.route(StepIndex(1), mix::scatter(key));
            hit[layout.number_of(shard) as usize] += 1;
        }
        assert!(hit.iter().all(|&n| n > 200), "{hit:?}");
        assert_eq!(layout.step_of(ShardIndex(1)), StepIndex(0));
        assert_eq!(layout.step_of(ShardIndex(2)), StepIndex(1));
    }

    #[test]
    fn a_step_leads_to_those_that_take_what_it_makes() {
        let after = |name: &str, index, head, from: &[u16]| {
            let from = from.iter().map(|&from| StepIndex(from)).collect();
            LaidStep { from, head: StepIndex(head), ..LaidStep::plain(name, StepIndex(index), 1) }
        };
        // The map runs in the process of the source; the sink takes what it makes, and nothing of the count.
        let steps = vec![
            after("source", 0, 0, &[]),
            after("map", 1, 0, &[0]),
            after("count", 2, 2, &[1]),
            after("below", 3, 3, &[2]),
            after("sink", 4, 4, &[1]),
        ];
        let layout = Layout::new(&WORDLESS, steps);
        let leads = |from, to| layout.leads_to(StepIndex(from), StepIndex(to));
        let from_source = [0, 2, 3, 4].map(|to| leads(0, to));
        assert_eq!(from_source, [true; 4]);
        assert_eq!([0, 2, 3, 4].map(|to| leads(2, to)), [false, true, true, false]);
    }

    #[test]
    fn a_step_that_runs_in_the_process_of_another_has_the_shards_of_that() {
        let layout =
            Layout::new(&WORDLESS, vec![laid("s", 0, 2), laid("m", 2, 7), laid("c", 2, 3)]);
        let [m, c] = [1, 2].map(StepIndex);
        assert_eq!((layout.shards(), layout.shards_of(m), layout.head(m)), (5, 3, c));
        assert_eq!(layout.shard(m, 1), layout.shard(c, 1));
        assert_eq!(layout.step_of(layout.shard(m, 1)), c);
        assert_eq!(layout.find("m"), Some(m));
    }
}
