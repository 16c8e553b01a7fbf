//! The longer parts of sentences: what a commit changes, what was found and made, who does not hear of it.

use super::event::{CommitId, Nobody, Stroke, Undelivered, Waited};
use super::speaking::Speaking;
use super::text::Seen;
use crate::store::Applied;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::{Output, Value};
use onceproof_kernel::told::Told;

impl Seen<'_> {
    pub(super) fn applies(&self, commit: CommitId, applied: Applied, changes: &[Told]) -> String {
        let (does, why) = match applied {
            Applied::Now => ("applies", ""),
            Applied::Before => ("has applied", ": once is enough"),
            Applied::NotAdmitted => ("refuses", ": the rows are not as it says"),
            Applied::Refused => ("refuses", ": fenced"),
        };
        let (word, number) = (self.commit_word(commit), commit.number);
        let (who, subject) = (self.who(), self.subject(commit.subject));
        let speaker = Speaking { seen: self, about: Some(commit.subject) };
        let changes: Vec<String> =
            changes.iter().map(|change| change.tale().sentence(&speaker)).collect();
        let changes = match changes.is_empty() {
            true => why.to_owned(),
            false => format!(": {}", changes.join(", ")),
        };
        format!("the store {does} {word} {number} of {who}, {subject}{changes}")
    }

    pub(super) fn executes(&self, step: StepIndex, record: Name, execution: u32) -> String {
        let (step, record) = (self.step(step), self.name(record));
        format!("{} executes {step} on {record}, execution {execution}", self.who())
    }

    /// What a function made: keys, and values where they are not that of the input.
    pub(super) fn outputs(&self, input: Output, outputs: &[Output]) -> String {
        let output = |output: &Output| match (output.value == input.value, output.value) {
            (true, _) => self.key(output.key).to_owned(),
            (false, Value::Integer(value)) => format!("{} = {value}", self.key(output.key)),
            (false, Value::Text(text)) => format!("{} = {}", self.key(output.key), self.key(text)),
        };
        match outputs {
            [] => "nothing".to_owned(),
            [first, .., last] if outputs.len() > 4 => {
                format!("{} outputs, {} to {}", outputs.len(), output(first), output(last))
            }
            _ => outputs.iter().map(output).collect::<Vec<String>>().join(", "),
        }
    }

    pub(super) fn reply(
        &self,
        what: &str,
        from: ShardIndex,
        subject: Subject,
        attempt: u32,
        is_awaited: bool,
    ) -> String {
        let (subject, from) = (self.subject(subject), self.shard(from));
        let awaited = if is_awaited { "" } else { ", no longer awaited" };
        format!("{} receives {from}'s {what} {subject}, attempt {attempt}{awaited}", self.who())
    }

    pub(super) fn nobody(
        &self,
        message: Undelivered,
        to: ShardIndex,
        worker: Option<u32>,
        subject: Option<Subject>,
        why: Nobody,
    ) -> String {
        let subject =
            subject.map_or_else(|| "something".to_owned(), |subject| self.subject(subject));
        let to = self.shard(to);
        let what = match message {
            Undelivered::Request { from, attempt } => {
                format!("{subject} from {} to {to}, attempt {attempt},", self.shard(from))
            }
            Undelivered::Ack { from, attempt } => {
                format!(
                    "the ack of {subject} from {} to {to}, attempt {attempt},",
                    self.shard(from)
                )
            }
            Undelivered::Error { from, attempt } => {
                let from = self.shard(from);
                format!("the error for {subject} from {from} to {to}, attempt {attempt},")
            }
            Undelivered::Answer { .. } => format!("the store's answer to {to} on {subject}"),
            Undelivered::CallAnswer => format!("the service's answer to {to} for {subject}"),
        };
        let worker =
            worker.map_or_else(|| "its worker".to_owned(), |worker| format!("worker {worker}"));
        match why {
            Nobody::Down => format!("{what} reaches nobody: {worker} is down"),
            Nobody::NotThere => format!("{what} reaches nobody: {worker} does not have it"),
            Nobody::Died => format!("{what} reaches nobody: it waited, and {worker} died"),
            Nobody::Gone => format!("{what} reaches nobody: whoever waited is no more"),
            Nobody::Answered => format!("{what} says what is known"),
        }
    }

    pub(super) fn waited(&self, waited: Waited) -> String {
        let of = |subject: Option<Subject>| match subject {
            Some(subject) => self.subject(subject),
            None => "something".to_owned(),
        };
        match waited {
            Waited::Ack(subject) => format!("has waited too long for the ack of {}", of(subject)),
            Waited::Service(subject) => {
                format!("has waited too long for its service for {}", of(subject))
            }
            Waited::Input => "looks for new input".to_owned(),
            Waited::Due => "does what is due now".to_owned(),
            Waited::Close => "closes its bundle".to_owned(),
            Waited::Reread => "tries a failed record again".to_owned(),
            Waited::Reapply(key) => format!("tries a failed record of {} again", self.key(key)),
        }
    }

    pub(super) fn struck(&self, struck: &Option<Stroke>) -> String {
        let Some(Stroke { shard, before, subject }) = *struck else { return String::new() };
        let subject = self.subject(subject);
        let does = self.layout.alphabet.words(self.told(before, Some(shard))).verb;
        format!(" before it {does} {subject}")
    }
}
