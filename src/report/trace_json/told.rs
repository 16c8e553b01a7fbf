//! What systems tell of themselves as JSON, and its schema: both by the tables of their words.

use super::document::Object;
use onceproof_kernel::alphabet::Alphabet;
use onceproof_kernel::told::{Detail, DetailKind, DetailWords, Told, ToldWords};
use onceproof_sim::trace::Seen;
use onceproof_systems::ALPHABETS;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

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

/// The schema of the events of the kernel, with those of all systems, and with what their replies say.
pub(super) fn with_own(kernel: Schema) -> Schema {
    let mut schema = kernel.to_value();
    let kinds = schema["oneOf"].as_array_mut().expect("an enum");
    for words in tables(|alphabet| alphabet.told) {
        kinds.push(of_words("kind", words));
    }
    let replies = ["ack", "acked"];
    let is_reply = |kind: &&mut Value| replies.iter().any(|word| is_of(kind, word));
    for kind in kinds.iter_mut().filter(is_reply) {
        for detail in ALPHABETS.iter().flat_map(|alphabet| alphabet.replies) {
            add(kind, detail);
        }
    }
    Schema::try_from(schema).expect("an object")
}

fn is_of(kind: &Value, word: &str) -> bool {
    kind["properties"]["kind"]["const"] == word
}

/// The schema of what a commit changes.
pub(super) fn changes(_: &mut SchemaGenerator) -> Schema {
    let all: Vec<Value> =
        tables(|alphabet| alphabet.changes).map(|words| of_words("change", words)).collect();
    json_schema!({ "type": "array", "items": { "oneOf": all } })
}

/// The tables of all systems, one after the other.
fn tables(
    of: impl Fn(&Alphabet) -> &'static [ToldWords],
) -> impl Iterator<Item = &'static ToldWords> {
    ALPHABETS.iter().flat_map(move |alphabet| of(alphabet))
}

fn of_words(by: &str, words: &ToldWords) -> Value {
    let mut schema = json!({
        "type": "object",
        "properties": { by: { "type": "string", "const": words.word } },
        "required": [by],
        "description": words.about,
    });
    for detail in words.details {
        add(&mut schema, detail);
    }
    schema
}

/// Adds a property.
fn add(schema: &mut Value, detail: &DetailWords) {
    let mut property = match detail.kind {
        DetailKind::Text => json!({ "type": "string" }),
        DetailKind::Number => json!({ "type": "integer", "minimum": 0 }),
        DetailKind::Signed => json!({ "type": "integer" }),
        DetailKind::Words(words) => {
            let word = |&(word, about): &(&str, &str)| json!({ "type": "string", "const": word, "description": about });
            json!({ "oneOf": words.iter().map(word).collect::<Vec<Value>>() })
        }
    };
    if !detail.about.is_empty() {
        property["description"] = json!(detail.about);
    }
    let object: &mut Map<String, Value> = schema.as_object_mut().expect("an object");
    object["properties"][detail.name] = property;
    if let (false, Some(required)) = (detail.is_optional, object["required"].as_array_mut()) {
        required.push(json!(detail.name));
    }
}
