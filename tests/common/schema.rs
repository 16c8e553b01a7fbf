//! The JSON Schemas that `onceproof schema` prints, for tests that look at documents.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
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
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let place = format!("{name}.json");
        compiler.add_resource(&place, schema.clone()).expect("a schema");
        let index = compiler.compile(&place, &mut schemas).expect("a sound schema");
        PrintedSchema { schemas, index, schema }
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
