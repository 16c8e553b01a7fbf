//! The tracks of a picture: a process for each worker, with a thread for each shard that it has at any time.

use super::form::{Ids, about};
use onceproof_kernel::layout::ShardIndex;
use onceproof_sim::trace::{Seen, TracedEvent, What};
use std::collections::BTreeMap;

/// Where something is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Track {
    /// What befalls a worker as a whole.
    Worker(u32),
    /// A shard on a worker.
    Shard { worker: u32, shard: ShardIndex },
    /// What befalls shards and links, which are on no one worker.
    Cluster,
    /// The store.
    Store,
    /// The services that functions call.
    Services,
}

impl Track {
    /// The track of an event, which may happen to a worker as a whole.
    pub fn of(event: &TracedEvent, worker: Option<u32>) -> Track {
        match (&event.what, event.actor, worker) {
            (What::Applies { .. }, ..) => Track::Store,
            (What::Serves { .. }, ..) => Track::Services,
            (_, Some(actor), _) => Track::Shard { worker: actor.worker, shard: actor.shard },
            (_, None, Some(worker)) => Track::Worker(worker),
            (_, None, None) => Track::Cluster,
        }
    }

    /// Its worker, unless it belongs to none.
    fn worker(self) -> Option<u32> {
        match self {
            Track::Worker(worker) | Track::Shard { worker, .. } => Some(worker),
            Track::Cluster | Track::Store | Track::Services => None,
        }
    }
}

/// The numbers and names of tracks. No two have one number, whether as a process or as a thread.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    last: u32,
    /// Processes by their workers.
    processes: BTreeMap<Option<u32>, u32>,
    threads: BTreeMap<Track, u32>,
    lines: Vec<String>,
}

impl Tracks {
    /// Those of so many workers.
    pub fn new(workers: usize) -> Tracks {
        let mut tracks = Tracks::default();
        for worker in 0..workers {
            tracks.process(Some(worker as u32));
        }
        tracks
    }

    /// Something happens on this track.
    pub fn meet(&mut self, track: Track, seen: &Seen<'_>) {
        let process = self.process(track.worker());
        if self.threads.contains_key(&track) {
            return;
        }
        let (thread, name) = match track {
            // It stands first, and has the number of its process.
            Track::Worker(_) | Track::Cluster => return,
            Track::Shard { shard, .. } => (self.next(), seen.shard(shard)),
            Track::Store => (self.next(), "store".to_owned()),
            Track::Services => (self.next(), "services".to_owned()),
        };
        self.threads.insert(track, thread);
        let ids = Ids { process, thread };
        self.lines.push(about(ids, "thread_name", "name", name.into()));
    }

    /// The numbers of a track that was met, or of a worker's own.
    pub fn ids(&self, track: Track) -> Ids {
        let process = self.processes[&track.worker()];
        Ids { process, thread: self.threads.get(&track).copied().unwrap_or(process) }
    }

    /// The lines that name them.
    pub fn lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    fn process(&mut self, worker: Option<u32>) -> u32 {
        if let Some(&process) = self.processes.get(&worker) {
            return process;
        }
        let process = self.next();
        self.processes.insert(worker, process);
        let (name, own) = match worker {
            Some(worker) => (format!("worker {worker}"), format!("worker {worker}")),
            None => ("beside the workers".to_owned(), "cluster".to_owned()),
        };
        let ids = Ids { process, thread: process };
        self.lines.push(about(ids, "process_name", "name", name.into()));
        let after_all = worker.unwrap_or(u32::MAX);
        self.lines.push(about(ids, "process_sort_index", "sort_index", after_all.into()));
        self.lines.push(about(ids, "thread_name", "name", own.into()));
        process
    }
}
