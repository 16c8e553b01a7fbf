//! Which events are told: those about a record, and those of a span of time.

use super::event::{Stroke, Waited};
use super::text::Seen;
use super::what::What;
use crate::fault::place::About;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::name::Name;
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::{Detail, Told};

/// Which events are told.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Choice {
    /// Those about this record, or what was made from it, as placed faults take it; all by default.
    pub record: Option<About>,
    /// Those from this time on, since the start of the run.
    pub from: Option<Nanos>,
    /// Those until this time, with those at it.
    pub until: Option<Nanos>,
}

impl Choice {
    /// Whether an event is about the record that is asked for, whenever it happens.
    pub fn is_about(&self, seen: &Seen<'_>) -> bool {
        let Some(record) = &self.record else { return true };
        let mut is_about = false;
        each_subject(&seen.event.what, |subject| is_about |= matches(record, subject, seen));
        is_about
    }

    /// Whether an event falls into the span of time that is asked for.
    pub fn is_in_time(&self, seen: &Seen<'_>) -> bool {
        let at = seen.event.at;
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}

fn matches(record: &About, subject: Subject, seen: &Seen<'_>) -> bool {
    match (record, subject) {
        (About::Record(pattern), Subject::Record(name)) => {
            pattern.matches(name, &seen.words.names, pattern.root(seen.layout))
        }
        (&About::Control { word: asked, value }, Subject::Control { word, value: at }) => {
            asked == word && value.is_none_or(|value| value == at)
        }
        (About::Record(_), Subject::Control { .. })
        | (About::Control { .. }, Subject::Record(_)) => false,
    }
}

/// All that an event is about.
fn each_subject(what: &What, mut each: impl FnMut(Subject)) {
    let mut name = |name: Name| each(Subject::Record(name));
    match what {
        What::AcksMessage(record)
        | What::Reads { record, .. }
        | What::Pulls { record, .. }
        | What::Waits { record, .. }
        | What::Executes { record, .. }
        | What::Fails { record, .. }
        | What::GivesUp { record, .. }
        | What::Calls { record, .. }
        | What::Serves { record, .. }
        | What::Answered { record, .. } => name(*record),
        What::Sends { subject, .. }
        | What::Receives { subject, .. }
        | What::ReachesNobody { subject: Some(subject), .. }
        | What::Acks { subject, .. }
        | What::Acked { subject, .. }
        | What::Errs { subject, .. }
        | What::HasWaited(Waited::Ack(Some(subject)) | Waited::Service(Some(subject)))
        | What::Crashes { struck: Some(Stroke { subject, .. }), .. }
        | What::StandsStill { struck: Some(Stroke { subject, .. }), .. }
        | What::ClockSteps { struck: Some(Stroke { subject, .. }), .. }
        | What::IsToMove { struck: Some(Stroke { subject, .. }), .. } => each(*subject),
        What::Commits { commit, .. } | What::Hears(commit, _) => each(commit.subject),
        What::Applies { commit, changes, .. } => {
            each(commit.subject);
            let records = changes.iter().flat_map(records_of);
            records.for_each(|name| each(Subject::Record(name)));
        }
        What::Own(told) => {
            records_of(told).into_iter().for_each(|name| each(Subject::Record(name)));
        }
        What::Announces { .. }
        | What::ReachesNobody { subject: None, .. }
        | What::Ends
        | What::HasWaited(_)
        | What::Crashes { struck: None, .. }
        | What::IsBack(_)
        | What::StandsStill { struck: None, .. }
        | What::GoesOn(_)
        | What::ClockSteps { struck: None, .. }
        | What::Cuts { .. }
        | What::FindsItDown(_)
        | What::LeaseEnds(_)
        | What::IsToMove { struck: None, .. }
        | What::Grants { .. }
        | What::IsNoMore { .. } => {}
    }
}

/// The records that something told is about.
fn records_of(told: &Told) -> Vec<Name> {
    let record = |(_, detail)| match detail {
        Detail::Record(name) => Some(name),
        _ => None,
    };
    told.tale().details().into_iter().filter_map(record).collect()
}
