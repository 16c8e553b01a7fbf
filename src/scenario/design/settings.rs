//! The settings of a strategy: what its table says, over what it has where nothing is said.

use crate::scenario::form::raw::At;
use crate::scenario::form::raw::settings::{Given, Written, written};
use crate::scenario::form::units::duration;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, list};
use crate::scenario::wrong::explain::custom;
use onceproof_kernel::time::Span;
use onceproof_model::setting::{Free, HasTable, Setting, SettingValue, Worth, WrittenAs as Right};

/// Sets what a table says. `strategy` is the name of the strategy, and of the table.
///
/// # Errors
/// A key that the strategy does not have, or a value that the key cannot have.
pub(in crate::scenario) fn overlay<T: HasTable>(
    source: &Source<'_>,
    strategy: &str,
    given: &Given,
    settings: &mut T,
) -> Result<(), Vec<Diagnostic>> {
    let (mut wrong, table) = (Vec::new(), settings.rows());
    for (key, value) in &given.0 {
        let Some(setting) = table.iter().find(|setting| setting.key == key.value) else {
            let known: Vec<&str> = table.iter().map(|setting| setting.key).collect();
            let below = format!("{}.", key.value);
            // `speculation = false` is short for `speculation = { after = false }`.
            let is_short = |setting: &&&Setting<T>| {
                setting.key.starts_with(&below) && value.value == Written::Bool(false)
            };
            let short = table.iter().find(is_short).and_then(|setting| {
                let value = read(source, setting, value).ok()?;
                matches!(value, SettingValue::Choice(_)).then_some((setting, value))
            });
            if let Some((setting, value)) = short {
                (setting.set)(settings, value);
                continue;
            }
            if let Some(first) = known.iter().find_map(|known| known.strip_prefix(&below)) {
                let error = source.error(key.span.clone(), format!("`{}` is a table", key.value));
                let such_as = format!("such as `{} = {{ {first} = … }}`", key.value);
                wrong.push(error.label(such_as));
                continue;
            }
            let title = format!("`{strategy}` has no `{}`", key.value);
            let error = source.error(key.span.clone(), title);
            wrong.push(
                error.meant(&key.value, &known).help(format!("it has {}", list(&known, "and"))),
            );
            continue;
        };
        match read(source, setting, value) {
            Ok(value) => (setting.set)(settings, value),
            Err(error) => wrong.push(error),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn read<T>(
    source: &Source<'_>,
    setting: &Setting<T>,
    given: &At<Written>,
) -> Result<SettingValue, Diagnostic> {
    let is_meant = |right: Right| match (&given.value, right) {
        (Written::Text(text), Right::Text(word)) => text == word,
        (Written::Bool(is_so), Right::Bool(other)) => *is_so == other,
        (Written::Number(number), Right::Number(other)) => *number == i64::from(other),
        (Written::Text(_) | Written::Bool(_) | Written::Number(_), _) => false,
    };
    if let Some(at) = setting.choices.iter().position(|choice| is_meant(choice.written)) {
        return Ok(SettingValue::Choice(at));
    }
    let wrong = |what: &str| source.error(given.span.clone(), what);
    if let (Some(Free::Number { least, most, .. }), Written::Number(number)) =
        (setting.free, &given.value)
    {
        let number = u32::try_from(*number).ok().filter(|number| (least..=most).contains(number));
        return number.map(SettingValue::Number).ok_or_else(|| {
            let error = wrong(&format!("no value of `{}`", setting.key));
            error.label(format!("it is {}", in_a_row(&meant(setting))))
        });
    }
    if let (Some(Free::Length { zero, .. }), Written::Text(text)) = (setting.free, &given.value)
        && (setting.choices.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()))
    {
        let nanos =
            duration(text).map_err(|message| custom(source, given.span.clone(), &message))?;
        return match (nanos, zero) {
            (0, Some([title, beside])) => Err(wrong(title).label(beside)),
            (nanos, _) => Ok(SettingValue::Length(nanos)),
        };
    }
    let error = wrong(&format!("no value of `{}`", setting.key));
    let ways = meant(setting);
    Err(error.label(format!("it is {}", in_a_row(&ways))))
}

/// What a setting may be, in words.
fn meant<T>(setting: &Setting<T>) -> Vec<String> {
    let free = setting.free.map(|free| match free {
        Free::Length { .. } => "a time such as `\"5s\"`".to_owned(),
        Free::Number { least, most, .. } => format!("a number from {least} to {most}"),
    });
    setting.choices.iter().map(written).chain(free).collect()
}

/// `a`, `a or b`, `a, b or c`.
fn in_a_row(ways: &[String]) -> String {
    match ways {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The settings that are not those that the strategy begins with, each as `key = value`.
pub(in crate::scenario) fn given<T: HasTable>(settings: &T) -> Vec<String> {
    let (rows, first) = (settings.rows().into_iter(), settings.first());
    let own = rows.filter(|setting| (setting.get)(settings) != (setting.get)(&first));
    own.map(|setting| in_words(setting, (setting.get)(settings))).collect()
}

/// Another value of a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherValue {
    /// As a scenario writes it: `ack = "on-receipt"`.
    pub words: String,
    /// Whether it is there to be found wrong, or promises less than another one.
    pub is_wrong: bool,
    /// Other settings with which it matters, where it does not without them.
    pub under: Option<&'static str>,
}

/// Every value of every setting, but for those that it has.
pub(in crate::scenario) fn others<T: HasTable>(settings: &T) -> Vec<OtherValue> {
    let mut others = Vec::new();
    for setting in settings.rows() {
        for (at, choice) in setting.choices.iter().enumerate() {
            let value = SettingValue::Choice(at);
            if value != (setting.get)(settings) {
                let words = in_words(setting, value);
                others.push(OtherValue {
                    words,
                    is_wrong: settings.worth(setting, choice) != Worth::Right,
                    under: choice.under,
                });
            }
        }
    }
    others
}

/// A setting with a value, as a scenario writes it.
pub fn in_words<T>(setting: &Setting<T>, value: SettingValue) -> String {
    let key = setting.key;
    match value {
        SettingValue::Length(length) => format!("{key} = \"{}\"", Span(length)),
        SettingValue::Number(number) => format!("{key} = {number}"),
        SettingValue::Choice(at) => format!("{key} = {}", setting.choices[at].written),
        // Nothing is written then.
        SettingValue::Follows => String::new(),
    }
}
