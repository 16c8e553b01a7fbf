//! What systems tell of themselves as JSON, by the tables of their words.

use super::document::Object;
use onceproof_kernel::told::{Detail, Told};
use onceproof_sim::trace::Seen;
use serde_json::{Value, json};

/// What a system tells as an event.
pub(super) fn event(seen: &Seen<'_>, told: &Told) -> Object {
    named("kind", seen, told)
}

/// What a system tells as a change of a commit.
pub(super) fn change(seen: &Seen<'_>, told: &Told) -> Object {
    named("change", seen, told)
}

fn named(by: &str, seen: &Seen<'_>, told: &Told) -> Object {
    let word = (by.to_owned(), json!(told.tale().word()));
    [word].into_iter().chain(object(seen, &told.tale().details())).collect()
}

/// Parts of what is told, by their names.
pub(super) fn object(seen: &Seen<'_>, details: &[(&'static str, Detail)]) -> Object {
    details.iter().map(|&(name, detail)| (name.to_owned(), value(seen, detail))).collect()
}

fn value(seen: &Seen<'_>, detail: Detail) -> Value {
    match detail {
        Detail::Record(name) => json!(seen.name(name)),
        Detail::Key(key) => json!(seen.key(key)),
        Detail::Result(key, Some(start)) => json!(format!("{}@{start}", seen.key(key))),
        Detail::Result(key, None) => json!(seen.key(key)),
        Detail::Time(time) => json!(time.to_string()),
        Detail::Nanos(nanos) => json!(nanos),
        Detail::Number(number) => json!(number),
        Detail::Signed(number) => json!(number),
        Detail::Attempt(attempt) => json!(attempt),
        Detail::Shard(shard) => json!(seen.shard(shard)),
        Detail::Step(step) => json!(seen.step(step)),
        Detail::Word(word) => json!(word),
    }
}
