//! The group as the partition of positions: what clients send of theirs is pending until the marker of its transaction, and
//! a position is told only when no transaction may still move it.

use super::super::Context;
use super::super::caller::Caller;
use super::super::desk::{Asker, answer};
use super::super::partition::{FirstOf, MarkerFate, fate_of_marker, first_of, is_refused};
use super::{Group, Then};
use crate::transactions::Transactions;
use crate::transactions::alphabet::{APPEND, GENERATION_REFUSED, OVERLAPPED, POSITION_UNSTABLE};
use crate::transactions::message::{Change, Producer, Reply, Request};
use crate::transactions::settings::{Generation, GroupOffsets, OffsetsAt};
use onceproof_kernel::env::Env;
use onceproof_kernel::system::System;

impl Group {
    /// A client commits its positions.
    pub(super) fn takes<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        producer: Producer,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if is_outside(&asker, caller, m) {
            m.env.reach(GENERATION_REFUSED);
            return answer(&asker, Reply::Abort, caller, m);
        }
        let settings = m.design.settings;
        let rows = m.env.rows(caller.shard).group();
        let known = rows.known(producer.id, m.now).unwrap_or_default();
        if is_refused(&known, producer, &settings, m) {
            return answer(&asker, Reply::Fenced, caller, m);
        }
        if settings.offsets != OffsetsAt::Inside {
            return self.appends(asker, producer, caller, m);
        }
        match first_of(&known, producer, &settings) {
            FirstOf::Append => self.appends(asker, producer, caller, m),
            FirstOf::Ask => self.verifier.ask(asker, producer, caller, m),
            FirstOf::Again => {
                m.env.reach(OVERLAPPED);
                answer(&asker, Reply::Again, caller, m);
            }
        }
    }

    /// Positions are written. Whatever was checked when they came is checked again: they may have waited.
    pub(super) fn appends<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        producer: Producer,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let Request::Offsets { positions, unit, .. } = asker.body else { return };
        if is_outside(&asker, caller, m) {
            m.env.reach(GENERATION_REFUSED);
            return answer(&asker, Reply::Abort, caller, m);
        }
        let settings = m.design.settings;
        let rows = m.env.rows(caller.shard).group();
        let known = rows.known(producer.id, m.now).unwrap_or_default();
        if is_refused(&known, producer, &settings, m) {
            return answer(&asker, Reply::Fenced, caller, m);
        }
        self.verifier.forget(producer.id);
        let positions = m.env.shared().numbers(positions);
        let positions = positions.chunks(2).map(|pair| (pair[0] as u32, pair[1]));
        let id = producer.id;
        let changes = match settings.offsets {
            OffsetsAt::Inside => {
                let pending = positions.map(|(task, at)| Change::Pending { id, task, at });
                [Change::Pend { producer, unit }].into_iter().chain(pending).collect()
            }
            OffsetsAt::After | OffsetsAt::Before => {
                positions.map(|(task, at)| Change::Position { task, at }).collect()
            }
        };
        let at = (APPEND, Transactions::subject(&asker.body));
        self.desk.write(at, changes, [(asker, Reply::Done)], caller, m);
    }

    /// A marker comes.
    pub(super) fn ends<E: Env<Transactions>>(
        &mut self,
        asker: Asker,
        marker: (Producer, u64, bool),
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let (producer, coordinator, commits) = marker;
        let id = producer.id;
        let rows = m.env.rows(caller.shard).group();
        let known = rows.known(id, m.now).unwrap_or_default();
        match fate_of_marker(&known, marker, m) {
            MarkerFate::Answer(reply) => answer(&asker, reply, caller, m),
            MarkerFate::Write => {
                self.verifier.forget(id);
                if m.design.settings.group_offsets == GroupOffsets::AppliedLater {
                    self.then = Some(Then::Applied { id, commits });
                }
                let at = (APPEND, Transactions::subject(&asker.body));
                let change = Change::Marker { producer, coordinator, commits };
                self.desk.write(at, vec![change], [(asker, Reply::Done)], caller, m);
            }
        }
    }
}

/// Whether offsets come from a client that has no place in the present generation.
fn is_outside<E: Env<Transactions>>(asker: &Asker, caller: &Caller, m: &Context<'_, E>) -> bool {
    let Request::Offsets { member, generation, .. } = asker.body else { return false };
    let rows = m.env.rows(caller.shard).group();
    let is_member = rows.member(asker.from) == Some(member);
    match m.design.settings.generation {
        Generation::Checked => !is_member || rows.generation != generation,
        Generation::MemberOnly => !is_member,
        Generation::Unchecked => false,
    }
}

/// A client asks where a task goes on: it waits while a transaction may still move that.
pub(super) fn fetches<E: Env<Transactions>>(
    asker: Asker,
    task: u32,
    caller: &mut Caller,
    m: &mut Context<'_, E>,
) {
    let rows = m.env.rows(caller.shard).group();
    let (at, is_unstable) = (rows.position(task), rows.is_unstable(task));
    if m.design.settings.waits_for_offsets && is_unstable {
        m.env.reach(POSITION_UNSTABLE);
        return answer(&asker, Reply::Again, caller, m);
    }
    answer(&asker, Reply::At(at), caller, m);
}
