//! How rows of a table of settings are written that most tables have: a setting whose choices are the values of a list, a
//! time, a number, yes or no.

use crate::setting::{SettingChoice, WrittenAs};

/// Both, yes first.
pub(crate) const BOTH: [bool; 2] = [true, false];
/// Both, no first.
pub(crate) const NO_FIRST: [bool; 2] = [false, true];

/// A setting whose choices are the values of a list, in their order.
macro_rules! one_of {
    ($key:literal, $about:literal, $field:ident in $all:expr, [$($choice:expr),+ $(,)?]) => {
        $crate::setting::Setting {
            key: $key,
            about: $about,
            choices: &[$($choice),+],
            free: None,
            get: |settings| $crate::setting::number_of(&$all, settings.$field),
            set: |settings, value| settings.$field = $all[value.choice()],
        }
    };
}

/// A time. `zero` says whether it may be 0.
macro_rules! length {
    ($key:literal, $about:literal, $field:ident, $does:literal, may_break: $may_break:literal) => {
        $crate::setting_rows::length!(
            $key,
            $about,
            $field,
            $does,
            zero: Some([concat!("`", $key, "` is 0"), "it is at least 1ns"]),
            may_break: $may_break
        )
    };
    ($key:literal, $about:literal, $field:ident, $does:literal, zero: $zero:expr, may_break: $may_break:literal) => {
        $crate::setting::Setting {
            key: $key,
            about: $about,
            choices: &[],
            free: Some($crate::setting::Free::Length {
                about: $does,
                zero: $zero,
                may_break: $may_break,
            }),
            get: |settings| $crate::setting::SettingValue::Length(settings.$field),
            set: |settings, value| settings.$field = value.length().unwrap_or(settings.$field),
        }
    };
}

/// A number within bounds.
macro_rules! number {
    ($key:literal, $about:literal, $field:ident, $does:literal, $least:literal..=$most:literal) => {
        $crate::setting::Setting {
            key: $key,
            about: $about,
            choices: &[],
            free: Some($crate::setting::Free::Number {
                about: $does,
                least: $least,
                most: $most,
                may_break: false,
            }),
            get: |settings| $crate::setting::SettingValue::Number(settings.$field),
            set: |settings, value| settings.$field = value.number().unwrap_or(settings.$field),
        }
    };
}

pub(crate) use {length, number, one_of};

pub(crate) const fn right(word: &'static str, about: &'static str) -> SettingChoice {
    SettingChoice::right(word, about)
}

pub(crate) const fn wrong(word: &'static str, about: &'static str) -> SettingChoice {
    SettingChoice::wrong(word, about)
}

pub(crate) const fn yes(about: &'static str) -> SettingChoice {
    SettingChoice::right("", about).written(WrittenAs::Bool(true))
}

pub(crate) const fn no(about: &'static str) -> SettingChoice {
    SettingChoice::wrong("", about).written(WrittenAs::Bool(false))
}
