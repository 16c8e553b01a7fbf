//! Micro-batches in the manner of Spark's Structured Streaming. A driver logs which offsets belong to a batch, cuts the
//! pipeline into stages at every shuffle, and has executors run a task for each partition; a stage reads the files of the
//! stages above it, which die with their executor. When the last stage is done its results are logged and shown, and a row
//! says that the batch is done with. States have versions, one for each batch and attempt.

pub mod alphabet;
mod account;
mod design;
mod digest;
mod kept;
pub mod message;
mod pending;
mod process;
pub mod rows;
pub mod settings;
pub mod told;

pub use design::{BatchRole, BatchStage, BatchStep, DRIVER, Design, EXECUTOR, OutputLevel, STORE};
pub use kept::{
    AcceptedStates, BatchState, Handle, Keepable, Kept, KeptBatchState, KeptFile, KeptFiles,
    KeptLogRow, KeptOrder, KeptRows, LogRow, TaskOrder,
};

use crate::pipeline::Truth;
use crate::stream::Repeats;
use alphabet::control;
use message::{Change, LogOf, Reply, Request, TaskName, Timer};
use onceproof_kernel::alphabet::{Moments, Point, Subject, attempt_value};
use onceproof_kernel::effect;
use onceproof_kernel::layout::{Layout, ShardIndex};
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Carried, Errand, Pending, System, ToldWorld, Wait};
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::Details;

/// Micro-batches as a system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MicroBatch;

impl Repeats for MicroBatch {
    fn request_timeout(design: &Design) -> Nanos {
        design.settings.request_timeout
    }

    fn retry(call: u32, waits: u32, word: Option<u8>) -> Timer {
        // No request is about a record.
        Timer::Retry { call, waits, word: word.unwrap_or(control::BATCH) }
    }
}

/// A step that is about a batch.
fn about_batch(shard: ShardIndex, batch: u32, attempt: Option<u32>) -> Errand {
    let subject = Subject::Control { word: control::BATCH, value: batch.into() };
    Errand { shard, subject, attempt }
}

impl System for MicroBatch {
    type Design = Design;
    type Process = process::BatchProcess;
    type Rows = rows::Rows;
    type Change = Change;
    type Request = Request;
    type Reply = Reply;
    type Timer = Timer;
    type Right<'a> = Truth<'a>;
    type Shared = Kept;

    const INPUT: Timer = Timer::Input;

    fn layout(design: &Design) -> &Layout {
        &design.layout
    }

    fn right(design: &Design) -> Truth<'_> {
        Truth { pipeline: &design.pipeline, layout: &design.layout, log: None }
    }

    fn wait(timer: Timer) -> Wait {
        match timer {
            Timer::Input => Wait::Input,
            Timer::Retry { word, .. } => Wait::ControlReply(word),
            Timer::Trigger { .. }
            | Timer::Restart { .. }
            | Timer::Orphaned { .. }
            | Timer::Slow { .. }
            | Timer::Overdue { .. } => Wait::Due,
        }
    }

    fn sent_at(request: &Request, _: &Moments) -> Point {
        match request {
            Request::Fresh { .. } => alphabet::FRESH,
            Request::Run { .. } => alphabet::LAUNCH,
            Request::Done { .. } => alphabet::REPORT,
            Request::May { .. } => alphabet::ASK,
            Request::Fetch { .. } => alphabet::FETCH,
            Request::PutState { .. } => alphabet::STATE,
            Request::PutRow { log: LogOf::Offsets, .. } => alphabet::OFFSETS,
            Request::PutRow { log: LogOf::Results, .. } => alphabet::PREPARE,
            Request::PutRow { log: LogOf::Commits, .. } => alphabet::COMMIT,
            Request::Publish { .. } => alphabet::PUBLISH,
            Request::Write { .. } => alphabet::WRITE,
            Request::Release { .. } => alphabet::RELEASE,
        }
    }

    fn replied_at(reply: &Reply, moments: &Moments) -> Point {
        match reply {
            Reply::Granted | Reply::Denied => alphabet::AUTHORIZE,
            Reply::Done
            | Reply::NotMeant
            | Reply::Life(_)
            | Reply::File(_)
            | Reply::NoFile(_)
            | Reply::Stands(_) => moments.reply,
        }
    }

    fn errand(request: &effect::Request<MicroBatch>) -> Option<Errand> {
        Some(match request.body {
            // The driver works for itself.
            Request::Fresh { batch, .. }
            | Request::PutRow { batch, .. }
            | Request::Publish { batch, .. }
            | Request::Release { batch, .. } => about_batch(request.from, batch, None),
            Request::Run { task, .. } => about_batch(request.from, task.batch, None),
            Request::Done { task, .. }
            | Request::May { task, .. }
            | Request::Fetch { task, .. }
            | Request::PutState { task, .. }
            | Request::Write { task, .. } => {
                about_batch(task.shard, task.batch, Some(task.attempt))
            }
        })
    }

    fn addressee(request: &Request) -> Option<u64> {
        match *request {
            Request::Run { life, .. } | Request::Fetch { life, .. } => Some(life.token),
            Request::Done { driver, .. } | Request::May { driver, .. } => Some(driver),
            Request::Fresh { .. }
            | Request::PutState { .. }
            | Request::PutRow { .. }
            | Request::Publish { .. }
            | Request::Write { .. }
            | Request::Release { .. } => None,
        }
    }

    fn subject(request: &Request) -> Subject {
        let number = |word, number: u32| Subject::Control { word, value: number.into() };
        let attempt = |word, TaskName { batch, shard, attempt }: TaskName| Subject::Control {
            word,
            value: attempt_value(batch, shard, attempt),
        };
        match *request {
            Request::Fresh { number: which, .. } => number(control::FRESH, which),
            Request::Run { task, .. } => attempt(control::RUN, task),
            Request::Done { task, .. } => attempt(control::DONE, task),
            Request::May { task, .. } => attempt(control::MAY, task),
            Request::Fetch { task, .. } => attempt(control::FETCH, task),
            Request::PutState { task, .. } => attempt(control::PUT_STATE, task),
            Request::PutRow { log: LogOf::Offsets, batch, .. } => {
                number(control::PUT_OFFSETS, batch)
            }
            Request::PutRow { log: LogOf::Results, batch, .. } => {
                number(control::PUT_RESULTS, batch)
            }
            Request::PutRow { log: LogOf::Commits, batch, .. } => {
                number(control::PUT_COMMIT, batch)
            }
            Request::Publish { batch, .. } => number(control::PUBLISH, batch),
            Request::Write { task, .. } => attempt(control::WRITE, task),
            Request::Release { batch, .. } => number(control::RELEASE, batch),
        }
    }

    fn carried(_: &Request) -> Option<Carried> {
        // Files and results go as a whole.
        None
    }

    fn parts_of_reply(reply: &Reply) -> Details {
        told::of_reply(reply)
    }

    fn add_pending(
        pending: Pending<'_, MicroBatch>,
        of: ToldWorld<'_, MicroBatch>,
        state: &mut WorldState,
    ) {
        pending::tell_state(pending, of, state);
    }

    fn digest_of_request(request: &Request, _: &Vocabulary) -> [u64; 2] {
        digest::of_request(request)
    }

    fn digest_of_reply(reply: &Reply) -> u64 {
        digest::of_reply(reply)
    }

    fn digest_of_change(change: &Change, words: &Vocabulary) -> u64 {
        digest::of_change(change, words)
    }
}
