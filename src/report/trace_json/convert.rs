//! From what a run has told to its form as JSON.

use super::document::{Before, Commit, Document, Fated, Happens, Kind, Output, OutputValue};
use super::told;
use super::words::{Answer, Applied, Fate, Instead, Message, Nobody, Owner, Timer};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call;
use onceproof_kernel::effect::Written;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::record::{self, Value};
use onceproof_sim::fault::Direction;
use onceproof_sim::trace::{self, CommitId, Ownership, Seen, Stroke, Waited, What};

impl Document {
    /// The document of an event.
    pub fn of(seen: &Seen<'_>) -> Document {
        let event = seen.event;
        let actor = event.actor;
        Document {
            event: event.number,
            ns: event.at,
            causes: event.causes.clone(),
            process: actor.map(|actor| seen.shard(actor.shard)),
            worker: actor.map(|actor| actor.worker).or(worker_of(&event.what)),
            owner: actor.and_then(|actor| match actor.ownership {
                Ownership::Only => None,
                Ownership::New => Some(Owner::New),
                Ownership::Old => Some(Owner::Old),
                Ownership::Gone => Some(Owner::Gone),
            }),
            fault: event.fault,
            happens: happens(seen),
        }
    }
}

/// The worker that something happens to as a whole.
fn worker_of(what: &What) -> Option<u32> {
    match *what {
        What::Crashes { worker, .. }
        | What::IsBack(worker)
        | What::StandsStill { worker, .. }
        | What::GoesOn(worker)
        | What::ClockSteps { worker, .. }
        | What::FindsItDown(worker)
        | What::LeaseEnds(worker)
        | What::IsNoMore { worker, .. } => Some(worker),
        What::ReachesNobody { worker, .. } => worker,
        _ => None,
    }
}

fn happens(seen: &Seen<'_>) -> Happens {
    match &seen.event.what {
        What::Own(told) => Happens::Own(told::event(seen, told)),
        what => Happens::Kernel(kind(seen, what)),
    }
}

fn kind(seen: &Seen<'_>, what: &What) -> Kind {
    let name = |record| seen.name(record);
    let key = |key: Key| seen.key(key).to_owned();
    let shard = |at: ShardIndex| seen.shard(at);
    let step = |at: StepIndex| seen.step(at).to_owned();
    let subject = |about: Subject| subject(seen, about);
    let commit = |id: CommitId| commit(seen, id);
    let outputs = |made: &[record::Output]| made.iter().map(|made| output(seen, made)).collect();
    match what {
        What::Own(_) => unreachable!("told by its system"),
        &What::Announces { token } => Kind::Announce { token },
        &What::Reads { record, key: of } => Kind::Read { subject: name(record), key: key(of) },
        &What::Pulls { record, key: of, delivery, again } => {
            Kind::Pull { subject: name(record), key: key(of), delivery, again }
        }
        &What::AcksMessage(record) => Kind::MessageAck { subject: name(record) },
        &What::Sends { to, message, subject: about, key: of, attempt, again, fate } => Kind::Send {
            to: shard(to),
            message: message.map(str::to_owned),
            subject: subject(about),
            key: of.map(key),
            attempt,
            again,
            fate: fated(fate),
        },
        &What::Receives { from, message, subject: about, key: of, attempt } => Kind::Receive {
            from: shard(from),
            message: message.map(str::to_owned),
            subject: subject(about),
            key: of.map(key),
            attempt,
        },
        &What::ReachesNobody { message, to, subject: about, why, .. } => {
            unreceived(seen, message, to, about.map(subject), why)
        }
        &What::Waits { record, key: of } => Kind::KeyBusy { subject: name(record), key: key(of) },
        What::Executes { step: at, record, execution, outputs: made, before, .. } => {
            Kind::Execute {
                step: step(*at),
                subject: name(*record),
                execution: *execution,
                outputs: outputs(made),
                before: before.as_ref().map(|made| outputs(made)),
            }
        }
        &What::Fails { step: at, record, execution } => {
            Kind::Fail { step: step(at), subject: name(record), execution }
        }
        &What::GivesUp { record, failures } => Kind::GiveUp { subject: name(record), failures },
        &What::Commits { commit: id, attempt, fate } => {
            Kind::Commit { commit: commit(id), attempt, fate: fated(fate) }
        }
        What::Applies { commit: id, applied, changes } => Kind::Apply {
            commit: commit(*id),
            applied: match applied {
                trace::Applied::Now => Applied::Now,
                trace::Applied::Before => Applied::Before,
                trace::Applied::NotAdmitted => Applied::NotAdmitted,
                trace::Applied::Refused => Applied::Refused,
            },
            changes: changes.iter().map(|changed| told::change(seen, changed)).collect(),
        },
        &What::Hears(id, written) => Kind::Heard {
            commit: commit(id),
            instead: match written {
                Written::Applied => None,
                Written::Refused => Some(Instead::Refused),
                Written::Unknown => Some(Instead::Unknown),
            },
        },
        What::Ends => Kind::End,
        What::Acks { to, subject: about, attempt, says, fate } => Kind::Ack {
            to: shard(*to),
            subject: subject(*about),
            attempt: *attempt,
            says: told::object(seen, says),
            fate: fated(*fate),
        },
        What::Acked { from, subject: about, attempt, says, is_awaited } => Kind::Acked {
            from: shard(*from),
            subject: subject(*about),
            attempt: *attempt,
            says: told::object(seen, says),
            awaited: *is_awaited,
        },
        &What::Errs { from, subject: about, attempt, is_awaited } => {
            Kind::Error { from: shard(from), subject: subject(about), attempt, awaited: is_awaited }
        }
        &What::Calls { step: at, record, attempt, fate } => {
            Kind::Call { step: step(at), subject: name(record), attempt, fate: fated(fate) }
        }
        &What::Serves { step: at, record, answer: said, is_effect } => Kind::Serve {
            step: step(at),
            subject: name(record),
            answer: answer(said),
            effect: is_effect,
        },
        &What::Answered { record, answer: said } => {
            Kind::Answer { subject: name(record), answer: answer(said) }
        }
        &What::HasWaited(waited) => timer(seen, waited),
        What::Crashes { restart, struck, .. } => {
            Kind::Crash { down_ns: *restart, before: before(seen, struck) }
        }
        What::IsBack(_) => Kind::Back,
        What::StandsStill { lasts, struck, .. } => {
            Kind::Pause { still_ns: *lasts, before: before(seen, struck) }
        }
        What::GoesOn(_) => Kind::Resume,
        What::ClockSteps { ahead, struck, .. } => {
            Kind::ClockStep { ahead_ns: *ahead, before: before(seen, struck) }
        }
        &What::Cuts { from, to, direction, lasts } => {
            let (from_worker, to_worker) = match direction {
                Direction::Both | Direction::Forward => (from, to),
                Direction::Backward => (to, from),
            };
            let both = direction == Direction::Both;
            Kind::Cut { from_worker, to_worker, both, cut_ns: lasts }
        }
        What::FindsItDown(_) => Kind::AlreadyDown,
        What::LeaseEnds(_) => Kind::LeaseEnd,
        What::IsToMove { shard: at, struck } => {
            Kind::Move { shard: shard(*at), before: before(seen, struck) }
        }
        &What::Grants { shard: at, from, to } => {
            Kind::Grant { shard: shard(at), from_worker: from, to_worker: to }
        }
        &What::IsNoMore { shard: at, .. } => Kind::NoMore { shard: shard(at) },
    }
}

/// A record, or a watermark, as a placed fault names it.
fn subject(seen: &Seen<'_>, about: Subject) -> String {
    match about {
        Subject::Record(name) => seen.name(name),
        Subject::Control { word, value } => seen.layout.control(word, Some(value)),
    }
}

fn commit(seen: &Seen<'_>, id: CommitId) -> Commit {
    Commit {
        commit: seen.commit_word(id).to_owned(),
        before: seen.layout.alphabet.word(id.point).to_owned(),
        number: id.number,
        subject: subject(seen, id.subject),
    }
}

fn unreceived(
    seen: &Seen<'_>,
    message: trace::Undelivered,
    to: ShardIndex,
    subject: Option<String>,
    why: trace::Nobody,
) -> Kind {
    let (message, from, attempt, number) = match message {
        trace::Undelivered::Request { from, attempt } => {
            (Message::Request, Some(from), Some(attempt), None)
        }
        trace::Undelivered::Ack { from, attempt } => {
            (Message::Ack, Some(from), Some(attempt), None)
        }
        trace::Undelivered::Error { from, attempt } => {
            (Message::Error, Some(from), Some(attempt), None)
        }
        trace::Undelivered::Answer { number } => (Message::Answer, None, None, Some(number)),
        trace::Undelivered::CallAnswer => (Message::CallAnswer, None, None, None),
    };
    let why = match why {
        trace::Nobody::Down => Nobody::Down,
        trace::Nobody::NotThere => Nobody::NotThere,
        trace::Nobody::Died => Nobody::Died,
        trace::Nobody::Gone => Nobody::Gone,
        trace::Nobody::Answered => Nobody::Answered,
    };
    let (from, to) = (from.map(|from| seen.shard(from)), seen.shard(to));
    Kind::Unreceived { message, from, to, subject, attempt, number, why }
}

fn output(seen: &Seen<'_>, made: &record::Output) -> Output {
    let value = match made.value {
        Value::Integer(value) => OutputValue::Integer(value),
        Value::Text(text) | Value::Made { text, .. } => {
            OutputValue::Text(seen.key(text).to_owned())
        }
    };
    Output { key: seen.key(made.key).to_owned(), value }
}

fn fated(fate: trace::Fate) -> Fated {
    let (fate, late_ns) = match fate {
        trace::Fate::Arrives => return Fated::default(),
        trace::Fate::Lost => (Fate::Lost, None),
        trace::Fate::Twice => (Fate::Twice, None),
        trace::Fate::Late(by) => (Fate::Late, Some(by)),
        trace::Fate::Error => (Fate::Error, None),
        trace::Fate::Unanswered => (Fate::Unanswered, None),
        trace::Fate::Forgotten => (Fate::Forgotten, None),
        trace::Fate::Cut => (Fate::Cut, None),
    };
    Fated { fate: Some(fate), late_ns }
}

fn answer(said: call::Answer) -> Answer {
    match said {
        call::Answer::Done => Answer::Done,
        call::Answer::Missing => Answer::Missing,
        call::Answer::AlreadyExists => Answer::AlreadyExists,
        call::Answer::OutOfRange => Answer::OutOfRange,
        call::Answer::Fenced => Answer::Fenced,
    }
}

fn timer(seen: &Seen<'_>, waited: Waited) -> Kind {
    let about = |about: Option<Subject>| about.map(|about| subject(seen, about));
    let (waited, subject, key) = match waited {
        Waited::Ack(of) => (Timer::Ack, about(of), None),
        Waited::Service(of) => (Timer::Service, about(of), None),
        Waited::Input => (Timer::Input, None, None),
        Waited::Due => (Timer::Due, None, None),
        Waited::Close => (Timer::Close, None, None),
        Waited::Reread => (Timer::Retry, None, None),
        Waited::Reapply(key) => (Timer::Retry, None, Some(seen.key(key).to_owned())),
    };
    Kind::Timer { waited, subject, key }
}

fn before(seen: &Seen<'_>, struck: &Option<Stroke>) -> Before {
    match struck {
        None => Before::default(),
        Some(Stroke { shard, before, subject: about }) => Before {
            at: Some(seen.shard(*shard)),
            before: Some(seen.layout.alphabet.word(*before).to_owned()),
            subject: Some(subject(seen, *about)),
        },
    }
}
