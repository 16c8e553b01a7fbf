//! What systems tell of themselves as JSON, and its schema: both by the tables of their words.

use super::document::Object;
use onceproof_kernel::alphabet::Alphabet;
use onceproof_kernel::told::{Part, PartKind, PartWords, Told, ToldWords};
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
    [word].into_iter().chain(object(seen, &told.tale().parts())).collect()
}

/// Parts of what is told, by their names.
pub(super) fn object(seen: &Seen<'_>, parts: &[(&'static str, Part)]) -> Object {
    parts.iter().map(|&(name, part)| (name.to_owned(), value(seen, part))).collect()
}

fn value(seen: &Seen<'_>, part: Part) -> Value {
    match part {
        Part::Record(name) => json!(seen.name(name)),
        Part::Key(key) => json!(seen.key(key)),
        Part::Result(key, Some(start)) => json!(format!("{}@{start}", seen.key(key))),
        Part::Result(key, None) => json!(seen.key(key)),
        Part::Time(time) => json!(time.to_string()),
        Part::Nanos(nanos) => json!(nanos),
        Part::Number(number) => json!(number),
        Part::Signed(number) => json!(number),
        Part::Attempt(attempt) => json!(attempt),
        Part::Shard(shard) => json!(seen.shard(shard)),
        Part::Step(step) => json!(seen.step(step)),
        Part::Word(word) => json!(word),
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
        for part in ALPHABETS.iter().flat_map(|alphabet| alphabet.replies) {
            add(kind, part);
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
    for part in words.parts {
        add(&mut schema, part);
    }
    schema
}

/// Adds a property.
fn add(schema: &mut Value, part: &PartWords) {
    let mut property = match part.kind {
        PartKind::Text => json!({ "type": "string" }),
        PartKind::Number => json!({ "type": "integer", "minimum": 0 }),
        PartKind::Signed => json!({ "type": "integer" }),
        PartKind::Words(words) => {
            let word = |&(word, about): &(&str, &str)| json!({ "type": "string", "const": word, "description": about });
            json!({ "oneOf": words.iter().map(word).collect::<Vec<Value>>() })
        }
    };
    if !part.about.is_empty() {
        property["description"] = json!(part.about);
    }
    let object: &mut Map<String, Value> = schema.as_object_mut().expect("an object");
    object["properties"][part.name] = property;
    if let (false, Some(required)) = (part.is_optional, object["required"].as_array_mut()) {
        required.push(json!(part.name));
    }
}
