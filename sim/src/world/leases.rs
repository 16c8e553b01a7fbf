//! Who owns a shard. The store is the authority: it grants a shard to another worker when it is moved, or when
//! its worker was away for longer than its lease. The old owner is not told. It goes on as a zombie, under a
//! token that the store refuses, until a refused commit ends it; or until its own machine is granted the shard
//! again, since one machine does not run a shard twice. A move with nobody to move to waits until another
//! worker is up.
//!
//! A shard has one owner and any number of zombies, at most one on each worker. Each is an instance with a life
//! of its own, which its timers and commits carry: known by its shard alone, the timer of one would wake
//! another. A reply goes to the worker that had the token in the request's serial.

use super::{Event, World};
use crate::fingerprint::Code;
use crate::queue::{Lane, Turn};
use crate::trace::What;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::{Process, System};

/// One shard on one machine, from a start to its end. No two instances of a shard have one life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Instance {
    pub shard: ShardIndex,
    pub life: u32,
}

/// Who owns a shard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    pub host: u32,
    pub life: u32,
    /// Whether it has booted, and is not dead.
    pub is_running: bool,
}

/// An instance that owns its shard no more, and does not know.
#[derive(Debug)]
pub(super) struct Zombie<S: System> {
    pub who: Instance,
    pub host: u32,
    pub worker: S::Process,
}

copied_by_field!([S: System<Process: Clone>] Zombie<S> { who, host, worker });

impl<S: System> World<'_, S> {
    /// The owner of a shard as an instance.
    pub(super) fn owner(&self, shard: ShardIndex) -> Instance {
        Instance { shard, life: self.owners[shard.at()].life }
    }

    /// Which instance of a shard runs on a host, if any.
    pub(super) fn find(&self, host: u32, shard: ShardIndex) -> Option<Instance> {
        let owner = &self.owners[shard.at()];
        if owner.host == host {
            return owner.is_running.then_some(Instance { shard, life: owner.life });
        }
        let is_here = |zombie: &&Zombie<S>| zombie.host == host && zombie.who.shard == shard;
        self.zombies.iter().find(is_here).map(|zombie| zombie.who)
    }

    /// The host of an instance, unless it has ended.
    pub(super) fn host_of(&self, who: Instance) -> Option<u32> {
        let owner = &self.owners[who.shard.at()];
        if owner.life == who.life {
            return Some(owner.host);
        }
        self.zombies.iter().find(|zombie| zombie.who == who).map(|zombie| zombie.host)
    }

    /// Whether an instance has booted and has not ended.
    pub(super) fn is_running(&self, who: Instance) -> bool {
        let owner = &self.owners[who.shard.at()];
        match owner.life == who.life {
            true => owner.is_running,
            false => self.zombies.iter().any(|zombie| zombie.who == who),
        }
    }

    /// The worker of an instance, to look at, if it has booted and has not ended.
    #[inline(always)]
    pub(super) fn running_if_any(&self, who: Instance) -> Option<&S::Process> {
        let owner = &self.owners[who.shard.at()];
        if owner.life == who.life {
            return owner.is_running.then(|| &self.workers[who.shard.at()]);
        }
        let zombie = self.zombies.iter().find(|zombie| zombie.who == who);
        zombie.map(|zombie| &zombie.worker)
    }

    /// The worker of an instance that runs, to look at.
    pub(super) fn running(&self, who: Instance) -> &S::Process {
        self.running_if_any(who).expect("an instance that runs")
    }

    /// The worker of an instance that runs.
    pub(super) fn worker(&mut self, who: Instance) -> &mut S::Process {
        running::<S>(&mut self.workers, &self.owners, &mut self.zombies, who).1
    }

    /// A shard is to be granted to another worker than its owner's.
    pub(super) fn move_shard(&mut self, shard: ShardIndex) {
        let fault = self.outside.answers.last_fired();
        self.outside.ledger.struck(shard, fault);
        if self.outside.trace.is_on() {
            self.tell_move(shard);
        }
        if self.keeper_of(shard).is_some() {
            return self.expel(shard);
        }
        if !self.moving.contains(&shard) {
            self.moving.push(shard);
        }
        self.grant_what_waits();
    }

    /// Grants every shard that is to be moved or whose owner's lease is over, if there is a worker that can
    /// take it. Else it waits until there is one.
    pub(super) fn grant_what_waits(&mut self) {
        if self.moving.is_empty() && !self.hosts.iter().any(|host| host.is_expired) {
            return;
        }
        for shard in (0..self.owners.len() as u32).map(ShardIndex) {
            let host = self.owners[shard.at()].host;
            let moves = self.moving.iter().position(|&moving| moving == shard);
            if self.keeper_of(shard).is_some() {
                continue;
            }
            if (moves.is_some() || self.hosts[host as usize].is_expired)
                && let Some(to) = self.next_host(host)
            {
                if let Some(at) = moves {
                    self.moving.remove(at);
                }
                self.grant(shard, to);
            }
        }
    }

    /// The next worker after this one that can take a shard.
    fn next_host(&self, after: u32) -> Option<u32> {
        let hosts = self.hosts.len();
        let next = |by| (after as usize + by) % hosts;
        let found = (1..hosts).map(next).find(|&host| self.hosts[host].is_ready())?;
        Some(found as u32)
    }

    /// Grants a shard to a worker: it takes a token, scans, and resends. The old owner is not told.
    fn grant(&mut self, shard: ShardIndex, to: u32) {
        self.is_back();
        let ended = self.find(to, shard);
        if let Some(zombie) = ended {
            if self.outside.trace.is_on() {
                self.tell_plain(What::IsNoMore { shard, worker: to });
            }
            self.end(zombie);
        }
        let owner = self.owner(shard);
        let was = self.owners[shard.at()];
        if was.is_running {
            let fresh = S::Process::new(self.design, shard);
            let worker = std::mem::replace(&mut self.workers[shard.at()], fresh);
            self.zombies.push(Zombie { who: owner, host: was.host, worker });
        } else {
            self.workers[shard.at()].reset();
        }
        let life = was.life + 1;
        self.owners[shard.at()] = Owner { host: to, life, is_running: false };
        let token = self.outside.store.token(shard) + 1;
        self.directory.grant(shard, to, token, self.now);
        self.count(Code::Grant, shard, to.into());
        if self.outside.trace.is_on() {
            self.tell_plain(What::Grants { shard, from: was.host, to });
        }
        self.schedule(self.now, Turn::Normal, Lane::Heap, Event::Boot { shard, life });
    }

    /// Ends a zombie, with its memory, its timers and the rest of what it was about to do.
    pub(super) fn end(&mut self, who: Instance) {
        if let Some(at) = self.zombies.iter().position(|zombie| zombie.who == who) {
            self.zombies.remove(at);
            self.outside.lapse(who.shard);
            self.after_pulls();
        }
    }

    pub(super) fn end_zombies_of(&mut self, host: u32) {
        let World { zombies, outside, .. } = self;
        zombies.retain(|zombie| {
            let stays = zombie.host != host;
            if !stays {
                outside.lapse(zombie.who.shard);
            }
            stays
        });
        self.after_pulls();
    }
}

/// The host and the worker of an instance that runs: its shard's owner, or a zombie.
#[inline(always)]
pub(super) fn running<'w, S: System>(
    workers: &'w mut [S::Process],
    owners: &[Owner],
    zombies: &'w mut [Zombie<S>],
    who: Instance,
) -> (u32, &'w mut S::Process) {
    let owner = &owners[who.shard.at()];
    if owner.life == who.life {
        return (owner.host, &mut workers[who.shard.at()]);
    }
    let zombie = zombies.iter_mut().find(|zombie| zombie.who == who);
    let Zombie { host, worker, .. } = zombie.expect("an instance that runs");
    (*host, worker)
}
