//! Where barriers cut a task. Aligned, a channel whose barrier has come waits for the others, so the state is that of all that
//! came before the barriers. Unaligned, the first barrier overtakes all that waits and is passed on at once; what it has
//! overtaken, and what still comes on other channels until their own barrier, is stored with the state.

use super::super::{Context, Hands};
use super::JobTask;
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::{self, ALIGNED, OVERTAKEN, STATE_SHARED, control};
use crate::snapshot::design::JobRole;
use crate::snapshot::message::{BlobId, Change, ChannelItem, Request};
use crate::snapshot::process::task::writer::WriterWait;
use crate::snapshot::settings::{
    AckWhen, Barriers, Base, Handles, Mode, Recording, Settings, SinkChannel, StateAt,
};
use crate::snapshot::state::{KeptState, TaskState};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::effect::Written;
use onceproof_kernel::env::Env;
use onceproof_kernel::sorted::SortedMap;

/// What a task knows of checkpoints.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    /// The one whose barriers it waits for, or waited for last.
    pub(super) current: u32,
    /// The last whose barriers have come on all channels.
    pub(super) last: u32,
    /// What is stored for the current one, while its barriers come.
    pub(super) recorded: Option<RecordedState>,
    /// How many states it has stored.
    pub(super) uploads: u32,
    /// Those on their way, by the numbers of their commits.
    pub uploading: SortedMap<u64, Uploading>,
    /// What was stored for checkpoints that are not known to be complete, and on what the next builds.
    pub(super) stored: SortedMap<u32, (BlobId, TaskState)>,
    pub(super) base: Option<(BlobId, TaskState)>,
}

/// A state whose channels are being recorded.
#[derive(Clone, Hash, Debug)]
pub(super) struct RecordedState {
    pub(super) checkpoint: u32,
    pub(super) state: TaskState,
    /// Whether a writer has handed its transaction on.
    pub(super) is_flushed: bool,
}

/// A state that is being stored.
#[derive(Clone, Copy, Debug)]
pub(in crate::snapshot::process) struct Uploading {
    pub(super) checkpoint: u32,
    pub(super) blob: BlobId,
    pub(super) state: KeptState,
    pub(super) is_ended: bool,
    pub(super) handles: u32,
}

impl Checkpoints {
    pub fn after(restored: u32) -> Checkpoints {
        Checkpoints {
            current: restored,
            last: restored,
            recorded: None,
            uploads: 0,
            uploading: SortedMap::new(),
            stored: SortedMap::new(),
            base: None,
        }
    }
}

impl JobTask {
    /// A source begins a checkpoint.
    pub fn is_triggered<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        if checkpoint > self.checkpoints.last {
            self.checkpoints.last = checkpoint;
            let state = self.state.clone();
            self.passes_barrier(checkpoint, state, hands, m);
        }
    }

    /// A barrier is taken in its turn.
    pub(super) fn takes_barrier<E: Env<Snapshot>>(
        &mut self,
        channel: usize,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        let Checkpoints { current, last, .. } = self.checkpoints;
        let is_newest = settings.barriers == Barriers::Newest;
        if checkpoint <= last || (checkpoint < current && is_newest) {
            return;
        }
        if checkpoint != current {
            if current > last && !is_newest {
                self.inputs[channel].is_blocked = true;
                return;
            }
            self.waits_for(checkpoint);
        }
        let input = &mut self.inputs[channel];
        input.has_barrier = true;
        input.is_blocked = settings.mode != Mode::AtLeastOnce;
        if !self.has_all_barriers() {
            m.env.reach(ALIGNED);
            return;
        }
        self.checkpoints.last = checkpoint;
        self.inputs.iter_mut().for_each(|input| input.is_blocked = false);
        match self.role {
            JobRole::Writer(_) => self.writer_is_cut(checkpoint, hands, m),
            _ => {
                let state = self.present(checkpoint, settings);
                self.passes_barrier(checkpoint, state, hands, m);
            }
        }
    }

    /// From here on the barriers of this checkpoint are waited for.
    fn waits_for(&mut self, checkpoint: u32) {
        self.checkpoints.current = checkpoint;
        for input in &mut self.inputs {
            (input.has_barrier, input.is_blocked) = (false, false);
        }
    }

    fn has_all_barriers(&self) -> bool {
        self.inputs.iter().all(|input| input.has_barrier)
    }

    /// The state as it is now.
    fn present(&self, checkpoint: u32, settings: &Settings) -> TaskState {
        let mut state = self.state.clone();
        if settings.handles == Handles::Newest {
            state.handles.retain(|handle| handle.checkpoint == checkpoint);
        }
        state
    }

    /// The barrier goes on, and the state is stored.
    fn passes_barrier<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        state: TaskState,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.sends_to_all(ChannelItem::Barrier(checkpoint), hands, m);
        self.uploads(checkpoint, state, hands, m);
    }

    /// The same for a writer, which has handed its transaction on.
    pub(super) fn writer_passes_barrier<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        if let Some(recorded) = &mut self.checkpoints.recorded
            && recorded.checkpoint == checkpoint
        {
            recorded.is_flushed = true;
            self.sends_to_all(ChannelItem::Barrier(checkpoint), hands, m);
            return self.stores_if_recorded(hands, m);
        }
        let state = self.present(checkpoint, &m.design.settings);
        self.passes_barrier(checkpoint, state, hands, m);
    }

    /// An item comes behind a barrier that has overtaken its channel: it is stored.
    pub(super) fn is_recorded(&mut self, channel: usize, item: &ChannelItem, settings: &Settings) {
        let is_committer = matches!(self.role, JobRole::Committer(_));
        if !settings.overtakes(is_committer) || !settings.stores_channels {
            return;
        }
        let current = self.checkpoints.current;
        let ends = |item: &ChannelItem| ends_recording(item, current, settings);
        let input = &self.inputs[channel];
        let is_over = input.has_barrier || input.queue.iter().any(ends);
        if let Some(recorded) = &mut self.checkpoints.recorded
            && !is_over
            && is_stored(item)
        {
            recorded.state.overtaken.push((channel, *item));
        }
    }

    /// Where barriers overtake: whether one is among what waits.
    pub(super) fn looks_for_barriers<E: Env<Snapshot>>(
        &mut self,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let is_committer = matches!(self.role, JobRole::Committer(_));
        if !m.design.settings.overtakes(is_committer) {
            return;
        }
        for channel in 0..self.inputs.len() {
            while self.writing.wait == WriterWait::Nothing {
                let barrier = |item: &ChannelItem| matches!(item, ChannelItem::Barrier(_));
                let Some(at) = self.inputs[channel].queue.iter().position(barrier) else { break };
                let Some(ChannelItem::Barrier(checkpoint)) = self.inputs[channel].queue.remove(at)
                else {
                    break;
                };
                self.is_taken(channel);
                self.is_overtaken(channel, at, checkpoint, hands, m);
            }
        }
    }

    /// A barrier has overtaken what stood before it on its channel.
    fn is_overtaken<E: Env<Snapshot>>(
        &mut self,
        channel: usize,
        at: usize,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let Checkpoints { current, last, .. } = self.checkpoints;
        if checkpoint <= last || checkpoint < current {
            return;
        }
        if checkpoint == current {
            self.inputs[channel].has_barrier = true;
            return self.stores_if_recorded(hands, m);
        }
        self.waits_for(checkpoint);
        let settings = &m.design.settings;
        let mut state = self.present(checkpoint, settings);
        if settings.stores_channels {
            for (other, input) in self.inputs.iter().enumerate() {
                let before = if other == channel { at } else { usize::MAX };
                let ends = |item: &&ChannelItem| !ends_recording(item, checkpoint, settings);
                let items = input.queue.iter().take(before).take_while(ends);
                let items = items.filter(|item| is_stored(item));
                state.overtaken.extend(items.map(|&item| (other, item)));
            }
        }
        if !state.overtaken.is_empty() {
            m.env.reach(OVERTAKEN);
        }
        let is_writer = matches!(self.role, JobRole::Writer(_));
        let recorded = RecordedState { checkpoint, state, is_flushed: !is_writer };
        self.checkpoints.recorded = Some(recorded);
        self.inputs[channel].has_barrier = true;
        if is_writer {
            return self.writer_is_cut(checkpoint, hands, m);
        }
        self.sends_to_all(ChannelItem::Barrier(checkpoint), hands, m);
        self.stores_if_recorded(hands, m);
    }

    /// All channels are recorded: the state is stored.
    fn stores_if_recorded<E: Env<Snapshot>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        let is_complete = self.has_all_barriers();
        let is_ready = |recorded: &mut RecordedState| recorded.is_flushed && is_complete;
        if let Some(RecordedState { checkpoint, state, .. }) =
            self.checkpoints.recorded.take_if(is_ready)
        {
            self.checkpoints.last = checkpoint;
            self.uploads(checkpoint, state, hands, m);
        }
    }

    /// A state is stored, and acked once it is.
    fn uploads<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        state: TaskState,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        self.checkpoints.uploads += 1;
        let (task, attempt, upload) = (self.shard, self.attempt, self.checkpoints.uploads);
        let blob = BlobId { task, attempt, checkpoint, upload };
        if settings.is_incremental {
            if let Some((base, of)) = &self.checkpoints.base
                && *of == state
            {
                m.env.reach(STATE_SHARED);
                let base = *base;
                return self.acks(checkpoint, base, &state, hands, m);
            }
            self.checkpoints.stored.insert(checkpoint, (blob, state.clone()));
        }
        if settings.ack == AckWhen::OnBarrier {
            self.acks(checkpoint, blob, &state, hands, m);
        }
        let (is_ended, handles) = (state.is_ended, handles_of(&state, settings));
        let state = m.env.shared_mut().keep(state);
        let subject = Subject::Control { word: control::CHECKPOINT, value: checkpoint.into() };
        let change = Change::Upload { blob, state };
        let number = hands.commit((alphabet::UPLOAD, subject), vec![change], m);
        let uploading = Uploading { checkpoint, blob, state, is_ended, handles };
        self.checkpoints.uploading.insert(number, uploading);
    }

    fn acks<E>(
        &mut self,
        checkpoint: u32,
        blob: BlobId,
        state: &TaskState,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let handles = handles_of(state, &m.design.settings);
        let (attempt, is_ended) = (self.attempt, state.is_ended);
        let ack = Request::Ack { attempt, checkpoint, blob, is_ended, handles };
        hands.send(m.design.coordinator(), ack, m);
    }

    /// What has become of an upload.
    pub fn is_uploaded<E: Env<Snapshot>>(
        &mut self,
        uploading: Uploading,
        written: Written,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        let Uploading { checkpoint, blob, state, mut is_ended, mut handles } = uploading;
        let attempt = self.attempt;
        if written != Written::Applied {
            let decline = Request::Decline { attempt, checkpoint };
            return hands.send(m.design.coordinator(), decline, m);
        }
        if settings.state == StateAt::Upload {
            let present = self.present(checkpoint, settings);
            (is_ended, handles) = (present.is_ended, handles_of(&present, settings));
            m.env.shared_mut().store_instead(state, present);
        }
        if settings.base == Base::Uploaded {
            self.builds_on(checkpoint);
        }
        if settings.ack == AckWhen::AfterUpload {
            let ack = Request::Ack { attempt, checkpoint, blob, is_ended, handles };
            hands.send(m.design.coordinator(), ack, m);
        }
    }

    /// The next state may name what was stored for a checkpoint.
    pub(super) fn builds_on(&mut self, checkpoint: u32) {
        if let Some(base) = self.checkpoints.stored.remove(&checkpoint) {
            self.checkpoints.base = Some(base);
        }
        self.checkpoints.stored.retain(|&stored, _| stored > checkpoint);
    }
}

/// How many handles a task says that it has.
fn handles_of(state: &TaskState, settings: &Settings) -> u32 {
    let on_the_way = match settings.sink_channel {
        SinkChannel::Counted => state.handles_on_the_way(),
        SinkChannel::Aligned | SinkChannel::Unaligned => 0,
    };
    state.handles.len() as u32 + on_the_way
}

/// Whether an item that a barrier overtakes is stored. A watermark and an end are not: whoever is restored says them again. An
/// end was stored once without the watermark before it, which had been taken already. After the restart it came first, so a
/// count had ended before its last windows fired, and the job was over without their rows.
fn is_stored(item: &ChannelItem) -> bool {
    match item {
        ChannelItem::Row(_) | ChannelItem::Handle(_) => true,
        ChannelItem::Watermark(_) | ChannelItem::Barrier(_) | ChannelItem::End => false,
    }
}

/// Whether an item ends the recording of its channel for a checkpoint.
fn ends_recording(item: &ChannelItem, checkpoint: u32, settings: &Settings) -> bool {
    match item {
        ChannelItem::Barrier(other) => {
            settings.recording == Recording::AnyBarrier || *other >= checkpoint
        }
        ChannelItem::Row(_)
        | ChannelItem::Watermark(_)
        | ChannelItem::Handle(_)
        | ChannelItem::End => false,
    }
}
