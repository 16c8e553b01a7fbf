//! The readable trace: one line per event, written only when someone asked for it.

use crate::answers::{AckVerdict, CallVerdict, CommitVerdict, RequestVerdict};
use crate::outside::{Outside, Pulled};
use crate::service::Handled;
use crate::store::Applied;
use onceproof_model::call::{Answer, Call};
use onceproof_model::commit::{Commit, CommitKind, Subject};
use onceproof_model::effect::{Ack, MessageAck, Request, Timer};
use onceproof_model::pipeline::ShardIndex;
use onceproof_model::time::{Nanos, Span, Time};

/// Lines that are waiting to be read, if anyone reads them.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// The lines; none if nobody reads.
    pub lines: Option<Vec<String>>,
}

impl Trace {
    #[inline(always)]
    fn write(&mut self, now: u64, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            push(lines, now, line);
        }
    }

    #[inline(always)]
    pub fn request_leaves(&mut self, r: &Request, verdict: RequestVerdict, o: &Outside, now: u64) {
        self.write(now, || {
            let fate = match verdict {
                RequestVerdict::Pass => String::new(),
                RequestVerdict::Lost => "  ! lost".to_owned(),
                RequestVerdict::Twice => "  ! sent twice".to_owned(),
                RequestVerdict::Late(by) => format!("  ! late by {}", Span(by)),
                RequestVerdict::Refused => "  ! refused with an error".to_owned(),
                RequestVerdict::Cut(_) => "  ! the link is cut".to_owned(),
            };
            let (from, to) = (shard(o, r.from), shard(o, r.to));
            let what = subject(o, r.subject());
            format!("{from} sends {what} to {to}, attempt {}{fate}", r.rpc.attempt)
        });
    }

    #[inline(always)]
    pub fn cut_off(&mut self, from: usize, to: usize, now: u64) {
        self.write(now, || {
            format!("  which is lost  ! the link from worker {from} to worker {to} is cut")
        });
    }

    #[inline(always)]
    pub fn request_arrives(&mut self, r: &Request, o: &Outside, now: u64) {
        self.write(now, || {
            let (from, to) = (shard(o, r.from), shard(o, r.to));
            format!("{to} receives {} from {from}", subject(o, r.subject()))
        });
    }

    #[inline(always)]
    pub fn ack_leaves(&mut self, ack: &Ack, verdict: AckVerdict, o: &Outside, now: u64) {
        self.write(now, || {
            let fate = match verdict {
                AckVerdict::Pass => String::new(),
                AckVerdict::Lost => "  ! lost".to_owned(),
                AckVerdict::Twice => "  ! sent twice".to_owned(),
                AckVerdict::Late(by) => format!("  ! late by {}", Span(by)),
                AckVerdict::Error => "  ! becomes an error".to_owned(),
            };
            let (from, to) = (shard(o, ack.from), shard(o, ack.to));
            format!("{from} acks {} to {to}{fate}", subject(o, ack.subject))
        });
    }

    #[inline(always)]
    pub fn reply_arrives(
        &mut self,
        to: ShardIndex,
        from: ShardIndex,
        watermark: Option<Time>,
        o: &Outside,
        now: u64,
    ) {
        self.write(now, || {
            let what = match watermark {
                Some(at) => format!("an ack, watermark {at} confirmed,"),
                None => "an error".to_owned(),
            };
            format!("{} receives {what} from {}", shard(o, to), shard(o, from))
        });
    }

    #[inline(always)]
    pub fn message_pulled(&mut self, pulled: &Pulled, o: &Outside, now: u64) {
        self.write(now, || {
            let Pulled { shard: at, name, delivery, is_doubled } = *pulled;
            let fate = if is_doubled { "  ! handed out again at once" } else { "" };
            let what = subject(o, Subject::Record(name));
            format!("{} is handed {what}, delivery {delivery}{fate}", shard(o, at))
        });
    }

    #[inline(always)]
    pub fn message_acked(&mut self, ack: &MessageAck, o: &Outside, now: u64) {
        self.write(now, || {
            format!(
                "{} acks {} to its queue",
                shard(o, ack.shard),
                subject(o, Subject::Record(ack.name))
            )
        });
    }

    #[inline(always)]
    pub fn commit_leaves(&mut self, c: &Commit, verdict: CommitVerdict, o: &Outside, now: u64) {
        self.write(now, || {
            let fate = match verdict {
                CommitVerdict::Pass => String::new(),
                CommitVerdict::Lost => "  ! lost".to_owned(),
                CommitVerdict::Unknown => "  ! its answer will be lost".to_owned(),
                CommitVerdict::Late(by) => format!("  ! late by {}", Span(by)),
            };
            let word = match c.kind {
                CommitKind::Commit => "commits",
                CommitKind::Settle => "settles",
                CommitKind::Emit => "emits",
                CommitKind::Watermark => "commits",
            };
            format!("{} {word} {}{fate}", shard(o, c.shard), subject(o, c.subject))
        });
    }

    #[inline(always)]
    pub fn commit_applied(&mut self, c: &Commit, applied: Applied, o: &Outside, now: u64) {
        self.write(now, || {
            let word = match applied {
                Applied::Now => "applies",
                Applied::Before => "has applied",
                Applied::Refused => "refuses",
            };
            let (who, what) = (shard(o, c.shard), subject(o, c.subject));
            format!("the store {word} commit {} of {who}, {what}", c.number)
        });
    }

    #[inline(always)]
    pub fn answer_arrives(&mut self, at: ShardIndex, what: Subject, o: &Outside, now: u64) {
        self.write(now, || {
            format!("{} hears that {} is committed", shard(o, at), subject(o, what))
        });
    }

    #[inline(always)]
    pub fn call_leaves(&mut self, c: &Call, attempt: u32, v: CallVerdict, o: &Outside, now: u64) {
        self.write(now, || {
            let fate = match v {
                CallVerdict::Pass => "",
                CallVerdict::Unknown => "  ! its answer will be lost",
            };
            let (who, what) = (shard(o, c.shard), subject(o, Subject::Record(c.name)));
            format!("{who} calls its service for {what}, attempt {attempt}{fate}")
        });
    }

    #[inline(always)]
    pub fn call_arrives(&mut self, c: &Call, handled: Handled, o: &Outside, now: u64) {
        self.write(now, || {
            let word = match handled {
                Handled { answer: Answer::Missing, .. } => "finds nothing",
                Handled { answer: Answer::AlreadyExists, .. } => "has a row already",
                Handled { answer: Answer::OutOfRange, .. } => "ends before the offset",
                Handled { answer: Answer::Fenced, .. } => "refuses the token",
                Handled { answer: Answer::Done, is_effect: true } => "does as it is told",
                Handled { answer: Answer::Done, is_effect: false } => "changes nothing",
            };
            let (who, what) = (shard(o, c.shard), subject(o, Subject::Record(c.name)));
            format!("the service of {who} {word} for {what}")
        });
    }

    #[inline(always)]
    pub fn call_answered(&mut self, at: ShardIndex, answer: Answer, o: &Outside, now: u64) {
        self.write(now, || {
            let what = match answer {
                Answer::Done => "it is done",
                Answer::Missing => "there is nothing",
                Answer::AlreadyExists => "there is a row already",
                Answer::OutOfRange => "the offset is out of range",
                Answer::Fenced => "it has lost its shard",
            };
            format!("{} hears from its service that {what}", shard(o, at))
        });
    }

    #[inline(always)]
    pub fn timer(&mut self, at: ShardIndex, timer: Timer, o: &Outside, now: u64) {
        self.write(now, || {
            let what = match timer {
                Timer::Retry { .. } => "has waited too long for an ack".to_owned(),
                Timer::RetryWatermark { .. } => {
                    "has waited too long for a watermark's ack".to_owned()
                }
                Timer::Recall { .. } => "has waited too long for a service".to_owned(),
                Timer::Arrival => "has new input".to_owned(),
                Timer::Close => "closes its bundle".to_owned(),
                Timer::Reread => "tries a failed record again".to_owned(),
                Timer::Reapply(key) => {
                    format!("tries a failed record of {} again", o.words.keys.text(key))
                }
            };
            format!("{} {what}", shard(o, at))
        });
    }

    #[inline(always)]
    pub fn no_such_shard(&mut self, r: &Request, host: u32, o: &Outside, now: u64) {
        self.write(now, || {
            let (from, to) = (shard(o, r.from), shard(o, r.to));
            let what = subject(o, r.subject());
            format!("worker {host} does not have {to}: {what} from {from} is lost")
        });
    }

    #[inline(always)]
    pub fn pauses(&mut self, host: u32, lasts: Nanos, now: u64) {
        self.write(now, || format!("worker {host} stands still  ! for {}", Span(lasts)));
    }

    #[inline(always)]
    pub fn resumes(&mut self, host: u32, now: u64) {
        self.write(now, || format!("worker {host} goes on"));
    }

    #[inline(always)]
    pub fn clock_steps(&mut self, host: u32, skew: i64, now: u64) {
        self.write(now, || {
            let way = if skew < 0 { "behind" } else { "ahead" };
            format!("the clock of worker {host} jumps  ! {} {way}", Span(skew.unsigned_abs()))
        });
    }

    #[inline(always)]
    pub fn granted(&mut self, at: ShardIndex, from: u32, to: u32, o: &Outside, now: u64) {
        self.write(now, || {
            format!("the store grants {} to worker {to}; worker {from} is not told", shard(o, at))
        });
    }

    #[inline(always)]
    pub fn zombie_ends(&mut self, at: ShardIndex, host: u32, o: &Outside, now: u64) {
        self.write(now, || format!("{} ends on worker {host}, which has lost it", shard(o, at)));
    }

    #[inline(always)]
    pub fn crashes(&mut self, host: u32, restart: Nanos, _: &Outside, now: u64) {
        self.write(now, || format!("worker {host} crashes  ! back in {}", Span(restart)));
    }

    #[inline(always)]
    pub fn restarts(&mut self, host: u32, _: &Outside, now: u64) {
        self.write(now, || format!("worker {host} is back"));
    }
}

#[cold]
#[inline(never)]
fn push(lines: &mut Vec<String>, now: u64, line: impl FnOnce() -> String) {
    let micros = now / 1000;
    let (millis, rest) = (micros / 1000, micros % 1000);
    lines.push(format!("{millis:>9}.{rest:03} ms  {}", line()));
}

fn shard(o: &Outside, shard: ShardIndex) -> String {
    let step = o.pipeline.step_of(shard);
    format!("{}/{}", o.pipeline.step(step).name, o.pipeline.number_of(shard))
}

fn subject(o: &Outside, subject: Subject) -> String {
    use onceproof_model::pipeline::StepIndex;
    match subject {
        Subject::Record(name) => {
            let step = |step| o.pipeline.step(StepIndex(step)).name.as_str();
            o.words.names.text(name, &o.words.keys, step)
        }
        Subject::Watermark(at) => format!("watermark {at}"),
    }
}
