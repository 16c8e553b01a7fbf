//! What befalls workers, links and shards, as it is told.

use crate::fault::Direction;
use crate::network::Cut;
use crate::trace::{Stroke, What};
use crate::world::World;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;

impl<S: System> World<'_, S> {
    /// What befalls a worker now: before which step, and by which fault.
    fn struck(&mut self) -> (Option<Stroke>, Option<usize>) {
        let noted = self.outside.trace.recorder().and_then(|recorder| recorder.struck.take());
        match noted {
            Some((struck, fault)) => (Some(struck), fault),
            None => (None, self.fault()),
        }
    }

    #[cold]
    pub(in crate::world) fn tell_crash(&mut self, worker: u32, restart: Option<Nanos>) -> u64 {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::Crashes { worker, restart, struck }, fault)
    }

    #[cold]
    pub(in crate::world) fn tell_pause(&mut self, worker: u32, lasts: Nanos) {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::StandsStill { worker, lasts, struck }, fault);
    }

    #[cold]
    pub(in crate::world) fn tell_clock_step(&mut self, worker: u32, ahead: i64) {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::ClockSteps { worker, ahead, struck }, fault);
    }

    #[cold]
    pub(in crate::world) fn tell_move(&mut self, shard: ShardIndex) {
        let (struck, fault) = self.struck();
        self.tell_of_all(What::IsToMove { shard, struck }, fault);
    }

    /// A fault at a time finds its worker down.
    #[cold]
    pub(in crate::world) fn tell_down_already(&mut self, worker: u32) {
        let (_, fault) = self.struck();
        self.tell_of_all(What::FindsItDown(worker), fault);
    }

    /// Links are cut by a fault at a time, each once.
    #[cold]
    pub(in crate::world) fn tell_cuts(&mut self, cuts: &[Cut], lasts: Nanos) {
        let (_, fault) = self.struck();
        let mut told: Vec<(usize, usize, Direction)> = Vec::new();
        for &Cut { from, to, direction, .. } in cuts {
            if told.contains(&(from, to, direction)) {
                continue;
            }
            told.push((from, to, direction));
            let (from, to) = (from as u32, to as u32);
            self.tell_of_all(What::Cuts { from, to, direction, lasts }, fault);
        }
    }

    /// A worker goes on or is back, its lease ends, a shard is granted, an old owner is no more.
    #[cold]
    pub(in crate::world) fn tell_plain(&mut self, what: What) -> u64 {
        self.tell_of_all(what, None)
    }
}
