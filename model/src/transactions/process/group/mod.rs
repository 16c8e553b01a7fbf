//! The group: it gives the tasks to its members, keeps their positions, and is the partition of these. A rebalance has
//! every member join anew; then the generation rises by one. Offsets need the present generation and the present member:
//! a client that has lost its tasks and does not know it is refused.

mod offsets;

#[cfg(test)]
mod tests;

use super::caller::Caller;
use super::desk::{Asker, Desk, DeskWork, answer};
use super::verify::Verifier;
use super::{Broker, Context};
use crate::transactions::Transactions;
use crate::transactions::alphabet::{APPEND, EXPELLED, control};
use crate::transactions::message::{Change, Reply, Request, Timer};
use crate::transactions::settings::GroupOffsets;
use crate::transactions::told::Story;
use offsets::fetches;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::effect::Effect;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::time::{MILLISECOND, Nanos};

/// How much later offsets are applied that are not applied before their marker is acked.
const APPLIED_LATER: Nanos = 20 * MILLISECOND;

/// The memory of the group.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    desk: Desk,
    pub verifier: Verifier,
    /// Who has joined and waits for the others, each with all its requests.
    joined: SortedMap<ShardIndex, Vec<Asker>>,
    /// The rebalance that it waits for.
    waits_for: Option<u32>,
    /// What is done when the rows stand that are being written.
    then: Option<Then>,
}

/// What is done when rows stand.
#[derive(Clone, Copy, Hash, Debug)]
enum Then {
    /// A rebalance has begun, perhaps by the session of a client that has ended.
    Rebalanced { expelled: Option<ShardIndex> },
    /// A member was admitted.
    Admitted { client: ShardIndex, member: u64 },
    /// The tasks are given out.
    Given,
    /// The offsets of a transaction are applied some time from now.
    Applied { id: u32, commits: bool },
    /// More may be joined than before.
    Complete,
}

impl Broker for Group {
    fn desk(&mut self) -> &mut Desk {
        &mut self.desk
    }

    fn boot<E: Env<Transactions>>(&mut self, caller: &mut Caller, m: &mut Context<'_, E>) {
        let rows = m.env.rows(caller.shard).group();
        let members: Vec<_> = rows.members().collect();
        let rebalance = rows.is_rebalancing.then_some(rows.round);
        for (client, member) in members {
            m.env.begin_session(client, member);
        }
        if let Some(round) = rebalance {
            self.wait(round, m);
            self.tell_members(None, m);
        } else if caller.token() > 1 {
            self.tell_outsiders(caller, m);
        }
        if m.design.settings.group_offsets == GroupOffsets::Volatile && caller.token() > 1 {
            let at = (APPEND, Subject::Control { word: control::OFFSETS, value: 0 });
            self.desk.write(at, vec![Change::ForgetPending], None, caller, m);
        }
    }

    fn works<E: Env<Transactions>>(
        &mut self,
        work: DeskWork,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        match work {
            DeskWork::Asked(asker) => match asker.body {
                Request::Join { member } => self.joins(asker, member, caller, m),
                Request::Fetch { task } => fetches(asker, task, caller, m),
                Request::Offsets { producer, .. } => self.takes(asker, producer, caller, m),
                Request::Marker { producer, coordinator, commits } => {
                    self.ends(asker, (producer, coordinator, commits), caller, m);
                }
                _ => {}
            },
            DeskWork::Answered { number, reply, .. } => {
                self.desk.release(self.verifier.release(number, m), reply);
            }
            DeskWork::Released { asker, reply: Reply::Done } => {
                if let Request::Offsets { producer, .. } = asker.body {
                    self.appends(asker, producer, caller, m);
                }
            }
            DeskWork::Released { asker, reply } => answer(&asker, reply, caller, m),
            DeskWork::Woken(Timer::Rebalance { round }) => self.has_waited(round, caller, m),
            DeskWork::Woken(Timer::SessionEnds { client, member }) => {
                self.expels(client, member, caller, m);
            }
            DeskWork::Woken(Timer::Apply { id, commits }) => {
                let at = (APPEND, Subject::Control { word: control::MARKER, value: id.into() });
                self.desk.write(at, vec![Change::Apply { id, commits }], None, caller, m);
            }
            DeskWork::Woken(_) => {}
        }
    }

    /// Rows stand.
    fn stands<E: Env<Transactions>>(
        &mut self,
        number: u64,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if !self.desk.stands(number, caller, m) {
            return;
        }
        match self.then.take() {
            None => {}
            Some(Then::Rebalanced { expelled }) => {
                let round = m.env.rows(caller.shard).group().round;
                self.wait(round, m);
                self.tell_members(expelled, m);
                self.completes(false, caller, m);
            }
            Some(Then::Admitted { client, member }) => {
                m.env.begin_session(client, member);
                self.completes(false, caller, m);
            }
            Some(Then::Given) => self.gives_out(caller, m),
            Some(Then::Applied { id, commits }) => {
                let at = m.now.plus(APPLIED_LATER);
                m.effects.list.push(Effect::Wake { at, timer: Timer::Apply { id, commits } });
            }
            Some(Then::Complete) => self.completes(false, caller, m),
        }
    }
}

impl Group {
    /// Adds its state.
    pub fn tell_state(
        &self,
        caller: &Caller,
        of: ToldWorld<'_, Transactions>,
        state: &mut WorldState,
    ) {
        let Group { desk, verifier, joined, waits_for, then } = self;
        desk.tell_state(caller, of, state);
        verifier.tell_state(caller, of, state);
        for (client, askers) in joined {
            state.add((client, askers.len()));
            askers.iter().for_each(|asker| asker.tell_state(of, state));
        }
        state.add((joined.len(), waits_for, then));
    }

    /// Whether a rebalance is still waited for.
    pub fn waits_for(&self, round: u32) -> bool {
        self.waits_for == Some(round)
    }

    /// A client joins. An earlier life of it is a member no more; the join of one that comes late is ignored.
    fn joins<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        member: u64,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let client = asker.from;
        let rows = m.env.rows(caller.shard).group();
        let (known, is_rebalancing) = (rows.member(client), rows.is_rebalancing);
        if known.is_some_and(|known| known > member) {
            return;
        }
        if let (true, false, Some(tasks)) =
            (known == Some(member), is_rebalancing, rows.tasks_of(client))
        {
            let (tasks, generation) = (tasks.to_vec(), rows.generation);
            let tasks = m.env.shared_mut().keep_list(tasks);
            return answer(&asker, Reply::Assigned { generation, tasks }, caller, m);
        }
        let waiting = self.joined.or_default(client);
        waiting.retain(|other| other.rpc.serial != asker.rpc.serial);
        waiting.push(asker);
        let mut changes = Vec::new();
        if known != Some(member) {
            changes.push(Change::Admit { client, member });
        }
        if !is_rebalancing {
            changes.push(Change::Rebalance);
        }
        if changes.is_empty() {
            return self.completes(false, caller, m);
        }
        self.then = Some(match is_rebalancing {
            true => Then::Admitted { client, member },
            false => Then::Rebalanced { expelled: None },
        });
        if !is_rebalancing && known != Some(member) {
            m.env.begin_session(client, member);
        }
        self.desk.write(at_join(member), changes, None, caller, m);
    }

    /// A rebalance has waited long enough: who has not joined is a member no more.
    fn has_waited<E: Env<Transactions>>(
        &mut self,
        round: u32,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let rows = m.env.rows(caller.shard).group();
        if self.waits_for != Some(round) || !rows.is_rebalancing || rows.round != round {
            return;
        }
        let missing: Vec<ShardIndex> = rows
            .members()
            .map(|(client, _)| client)
            .filter(|client| !self.joined.contains_key(client))
            .collect();
        // It is told again, since who has heard nothing has not joined.
        self.wait(round, m);
        self.tell_members(None, m);
        if missing.is_empty() {
            return self.completes(true, caller, m);
        }
        for &client in &missing {
            caller.tell(Story::Expels(client), m);
        }
        let changes = missing.into_iter().map(|client| Change::Expel { client }).collect();
        self.then = Some(Then::Complete);
        self.desk.write(at_join(0), changes, None, caller, m);
    }

    /// The tasks are given out, if all members have joined. At the very first the others are waited for.
    fn completes<E: Env<Transactions>>(
        &mut self,
        has_waited: bool,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let rows = m.env.rows(caller.shard).group();
        let members: Vec<ShardIndex> = rows.members().map(|(client, _)| client).collect();
        let all = m.design.settings.clients as usize;
        let is_first = rows.generation == 0 && !has_waited && members.len() < all;
        let have_joined = members.iter().all(|client| self.joined.contains_key(client));
        if !rows.is_rebalancing || is_first || members.is_empty() || !have_joined {
            return;
        }
        self.waits_for = None;
        self.then = Some(Then::Given);
        self.desk.write(at_join(0), vec![Change::Generation], None, caller, m);
    }

    fn gives_out<E: Env<Transactions>>(&mut self, caller: &mut Caller, m: &mut Context<'_, E>) {
        let generation = m.env.rows(caller.shard).group().generation;
        let mut answers = Vec::new();
        for (client, askers) in std::mem::take(&mut self.joined) {
            let tasks = m.env.rows(caller.shard).group().tasks_of(client).map(<[u64]>::to_vec);
            if let Some(tasks) = tasks {
                let tasks = m.env.shared_mut().keep_list(tasks);
                let reply = Reply::Assigned { generation, tasks };
                answers.extend(askers.into_iter().map(|asker| (asker, reply)));
            }
        }
        caller.tell(Story::GivesTasks(generation), m);
        self.tell_outsiders(caller, m);
        for (asker, reply) in answers {
            answer(&asker, reply, caller, m);
        }
    }

    /// The session of a member is over.
    fn expels<E: Env<Transactions>>(
        &mut self,
        client: ShardIndex,
        member: u64,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let rows = m.env.rows(caller.shard).group();
        if rows.member(client) != Some(member) {
            return;
        }
        let is_rebalancing = rows.is_rebalancing;
        m.env.reach(EXPELLED);
        caller.tell(Story::Expels(client), m);
        self.joined.remove(&client);
        let mut changes = vec![Change::Expel { client }];
        if is_rebalancing {
            self.then = Some(Then::Complete);
            m.env.nudge(client, m.design.settings.expelled_hears, Timer::Heartbeat);
        } else {
            changes.push(Change::Rebalance);
            self.then = Some(Then::Rebalanced { expelled: Some(client) });
        }
        self.desk.write(at_join(member), changes, None, caller, m);
    }

    fn wait<E>(&mut self, round: u32, m: &mut Context<'_, E>) {
        self.waits_for = Some(round);
        let at = m.now.plus(m.design.settings.rebalance);
        m.effects.list.push(Effect::Wake { at, timer: Timer::Rebalance { round } });
    }

    /// Who is no member any more learns it by a heartbeat.
    fn tell_outsiders<E: Env<Transactions>>(&self, caller: &Caller, m: &mut Context<'_, E>) {
        let rows = m.env.rows(caller.shard).group();
        let outside: Vec<ShardIndex> =
            m.design.clients().filter(|client| rows.member(*client).is_none()).collect();
        for client in outside {
            m.env.nudge(client, m.design.settings.expelled_hears, Timer::Heartbeat);
        }
    }

    /// Every client hears of a rebalance, one whose session has ended later.
    fn tell_members<E: Env<Transactions>>(
        &self,
        expelled: Option<ShardIndex>,
        m: &mut Context<'_, E>,
    ) {
        let (design, settings) = (m.design, m.design.settings);
        for client in design.clients() {
            let after = match expelled == Some(client) {
                true => settings.expelled_hears,
                false => settings.heartbeat,
            };
            m.env.nudge(client, after, Timer::Heartbeat);
        }
    }
}

/// Where rows of members are written.
fn at_join(member: u64) -> (Point, Subject) {
    (APPEND, Subject::Control { word: control::JOIN, value: member as i64 })
}
