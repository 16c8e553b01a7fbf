//! Values of keys that vary, as they would stand in the file.

/// A value, or a range of values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::scenario) struct VariedValue(pub String);

/// A text is any value.
pub(super) fn varied_value(text: &str) -> Result<VariedValue, String> {
    Ok(VariedValue(text.to_owned()))
}

/// A number where a value is.
pub(super) fn varied_value_of_number(number: Option<i128>) -> Result<VariedValue, String> {
    let is_whole = number.map(|number| VariedValue(number.to_string()));
    is_whole.ok_or_else(|| "a value that is no whole number\nas a text, such as \"0.1\"".to_owned())
}
