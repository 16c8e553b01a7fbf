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
    kinds.extend(all_words("kind", |alphabet| alphabet.told));
    let is_reply = |kind: &&mut Value| ["ack", "acked"].iter().any(|word| is_of(kind, word));
    for kind in kinds.iter_mut().filter(is_reply) {
        for details in ALPHABETS.map(|alphabet| alphabet.replies).iter().flat_map(|all| *all) {
            // What the replies of one system alone say is missing in those of the others.
            let is_optional = details.is_optional || ALPHABETS.len() > 1;
            add(kind, &DetailWords { is_optional, ..*details });
        }
    }
    Schema::try_from(schema).expect("an object")
}

fn is_of(kind: &Value, word: &str) -> bool {
    kind["properties"]["kind"]["const"] == word
}

/// The schema of what a commit changes.
pub(super) fn changes(_: &mut SchemaGenerator) -> Schema {
    let all = all_words("change", |alphabet| alphabet.changes);
    json_schema!({ "type": "array", "items": { "oneOf": all } })
}

/// What the tables of all systems say, each word once: two systems that have a word say the same by it.
fn all_words(by: &str, of: impl Fn(&Alphabet) -> &'static [ToldWords]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for words in ALPHABETS.iter().flat_map(|alphabet| of(alphabet)) {
        let schema = of_words(by, words);
        if !all.contains(&schema) {
            all.push(schema);
        }
    }
    all
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
        DetailKind::Text | DetailKind::AnyWord => json!({ "type": "string" }),
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
