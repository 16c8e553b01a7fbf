//! The schema of what systems tell of themselves, by the tables of their words.

use onceproof_kernel::alphabet::Alphabet;
use onceproof_kernel::told::{DetailKind, DetailWords, ToldWords};
use onceproof_systems::ALPHABETS;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

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
