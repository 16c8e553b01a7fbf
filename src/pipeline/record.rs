//! Records of the user's types as texts. A record travels as a text between steps, as it would over a network, so it has
//! to come back as it was.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::type_name;

/// What a pipeline carries: a type with the derive macros `Serialize` and `Deserialize` of serde. A record is written as
/// JSON where it leaves a step, and read again where it comes in, so what is written has to come back as it was.
pub trait Record: Serialize + DeserializeOwned + 'static {}

impl<T: Serialize + DeserializeOwned + 'static> Record for T {}

/// A record as a text.
///
/// # Panics
/// It cannot be written as JSON, or what is written does not come back as it was.
pub(super) fn encoded<T: Record>(record: &T) -> String {
    let name = type_name::<T>();
    let text = match serde_json::to_string(record) {
        Ok(text) => text,
        Err(error) => panic!("a record of type `{name}` cannot be written as JSON: {error}"),
    };
    let back: T = match serde_json::from_str(&text) {
        Ok(back) => back,
        Err(error) => panic!(
            "a record of type `{name}` does not come back from what serde makes of it\n  \
             record   {text}\n  error    {error}"
        ),
    };
    let again = serde_json::to_string(&back).unwrap_or_default();
    assert!(
        again == text,
        "a record of type `{name}` does not come back from serde as it was\n  \
         record   {text}\n  back     {again}"
    );
    text
}

/// The record that a text is.
///
/// # Panics
/// It is none: what the step before it made is of another type.
pub(super) fn decoded<T: Record>(text: &str) -> T {
    match serde_json::from_str(text) {
        Ok(record) => record,
        Err(error) => panic!("`{text}` is no record of type `{}`: {error}", type_name::<T>()),
    }
}

/// A key as a text: a text as it is, anything else as JSON.
///
/// # Panics
/// It cannot be written as JSON.
pub(super) fn text_of<K: Serialize + ?Sized>(key: &K) -> String {
    match serde_json::to_value(key) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(error) => {
            panic!("a key of type `{}` cannot be written as JSON: {error}", type_name::<K>())
        }
    }
}
