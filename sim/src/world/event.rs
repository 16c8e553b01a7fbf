//! What happens at a time.

use onceproof_model::call::Answer;
use onceproof_model::effect::Timer;
use onceproof_model::pipeline::ShardIndex;
use onceproof_model::time::Time;

/// What happens at a time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Request {
        flight: u32,
    },
    Reply {
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: u64,
        watermark: Time,
    },
    Error {
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: u64,
    },
    Commit {
        wire: u32,
        is_answered: bool,
    },
    Answer {
        wire: u32,
    },
    Repeat {
        wire: u32,
    },
    Call {
        out: u32,
    },
    Called {
        shard: ShardIndex,
        life: u32,
        slot: u32,
        serial: u64,
        answer: Answer,
    },
    Wake {
        shard: ShardIndex,
        life: u32,
        timer: Timer,
    },
    Restart {
        host: u32,
    },
    /// An exact fault that is placed at a time.
    Fault {
        number: u32,
    },
}

/// Whether an event is more than the repetition of a request.
pub(super) fn is_substantial(event: &Event) -> bool {
    match event {
        Event::Request { .. } | Event::Reply { .. } | Event::Error { .. } => false,
        Event::Wake { timer, .. } => match timer {
            Timer::Retry { .. } | Timer::RetryWatermark { .. } => false,
            Timer::Recall { .. } | Timer::Arrival | Timer::Close | Timer::Reapply(_) => true,
        },
        Event::Commit { .. }
        | Event::Answer { .. }
        | Event::Call { .. }
        | Event::Called { .. }
        | Event::Repeat { .. }
        | Event::Restart { .. }
        | Event::Fault { .. } => true,
    }
}
