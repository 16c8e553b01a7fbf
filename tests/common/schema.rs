//! The JSON Schemas that `onceproof schema` prints, for tests that look at documents.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

/// The schema of a document, as the command prints it.
pub struct PrintedSchema {
    schemas: Schemas,
    index: SchemaIndex,
    /// The document itself.
    pub schema: Value,
}

impl PrintedSchema {
    /// That of a document of this name.
    pub fn of(name: &str) -> PrintedSchema {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onceproof"));
        let printed = command.args(["schema", "--of", name]).output().expect("a start");
        assert!(printed.status.success(), "{name}: {printed:?}");
        let schema: Value = serde_json::from_slice(&printed.stdout).expect("a document");
        PrintedSchema::new(name, schema)
    }

    fn new(name: &str, schema: Value) -> PrintedSchema {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let place = format!("{name}.json");
        compiler.add_resource(&place, schema.clone()).expect("a schema");
        let index = compiler.compile(&place, &mut schemas).expect("a sound schema");
        PrintedSchema { schemas, index, schema }
    }

    /// A schema for each `kind` of document that this one has, by its word: this one with that kind alone, which a document
    /// is soon compared with. A document is as this schema says if it is as the one of its kind does, since each kind wants
    /// its own word.
    pub fn kinds(&self) -> BTreeMap<String, PrintedSchema> {
        let kinds = self.schema["oneOf"].as_array().expect("kinds");
        let of_kind = |kind: &Value| {
            let word = kind["properties"]["kind"]["const"].as_str().expect("a word").to_owned();
            assert!(kind["required"].as_array().expect("keys").contains(&json!("kind")), "{word}");
            let mut schema = self.schema.clone();
            schema["oneOf"] = json!([kind]);
            let schema = PrintedSchema::new(&word, schema);
            (word, schema)
        };
        let all: BTreeMap<String, PrintedSchema> = kinds.iter().map(of_kind).collect();
        assert_eq!(all.len(), kinds.len(), "two kinds have one word");
        all
    }

    /// Whether a document is as the schema says.
    pub fn allows(&self, document: &Value) -> bool {
        self.schemas.validate(document, self.index).is_ok()
    }

    /// That the document of this file or command is as the schema says.
    #[track_caller]
    pub fn check(&self, document: &Value, of: &str) {
        if let Err(error) = self.schemas.validate(document, self.index) {
            panic!("{of}: {error:#}");
        }
    }
}
