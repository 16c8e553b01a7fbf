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

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;
    use std::panic::catch_unwind;

    #[derive(Serialize, Deserialize)]
    struct Whole {
        name: String,
        parts: Vec<Option<f64>>,
    }

    #[derive(Serialize, Deserialize)]
    struct Forgetful {
        #[serde(skip_deserializing)]
        count: u32,
    }

    #[derive(Serialize, Deserialize)]
    struct Unreadable {
        #[serde(rename(deserialize = "other"))]
        count: u32,
    }

    #[derive(Serialize, Deserialize)]
    struct Unwritable {
        by_pair: BTreeMap<(u32, u32), u32>,
    }

    #[track_caller]
    fn refused<T: Record + std::panic::RefUnwindSafe>(record: T, parts: &[&str]) {
        let refusal = catch_unwind(|| encoded(&record)).expect_err("it does not come back");
        let told = refusal.downcast_ref::<String>().expect("a text");
        parts.iter().for_each(|part| assert!(told.contains(part), "{told}"));
        assert!(told.contains(type_name::<T>()), "{told}");
    }

    #[test]
    fn a_record_comes_back_as_it_was_or_is_refused_with_its_type() {
        let parts = vec![Some(0.1), None, Some(-1e300), Some(std::f64::consts::PI)];
        let whole = Whole { name: "a \"quoted\"\nname".to_owned(), parts };
        let back: Whole = decoded(&encoded(&whole));
        assert_eq!((back.name, back.parts), (whole.name, whole.parts));
        let written = ["  record   {\"count\":5}\n"];
        refused(Forgetful { count: 5 }, &[written[0], "  back     {\"count\":0}"]);
        refused(Unreadable { count: 5 }, &[written[0], "missing field `other`"]);
        let by_pair = [((1, 2), 3)].into();
        refused(Unwritable { by_pair }, &["cannot be written as JSON: key must be a string"]);
    }

    #[test]
    fn a_key_that_is_a_text_has_no_quotes() {
        assert_eq!(text_of("ann"), "ann");
        assert_eq!(text_of(&'a'), "a");
        assert_eq!(text_of(&7_u64), "7");
        assert_eq!(text_of(&(1, "b")), "[1,\"b\"]");
        assert_eq!(text_of(&None::<u8>), "null");
    }
}
