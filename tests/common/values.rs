//! Every value of every mechanism, in words, as the table of the mechanisms has them. What is missed there by a value
//! that is new does not compile.

use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::{MechanismRow, MechanismTakes};
use onceproof_model::setting::{Setting, SettingValue};

/// All values of all mechanisms; where a value is free, what begins a mechanism and any other.
pub fn all_values() -> Vec<String> {
    Mechanism::table().iter().flat_map(all_of_row).collect()
}

/// The values of one set of mechanisms.
pub fn values(mechanism: &Mechanism) -> Vec<String> {
    Mechanism::table().iter().flat_map(|row| of_row(row, mechanism)).collect()
}

fn all_of_row(row: &MechanismRow) -> Vec<String> {
    let of_free = |name: &str| vec![is(name, "default"), is(name, "given")];
    let of_choices = |name: &str, setting: &Setting<Mechanism>| -> Vec<String> {
        setting.choices.iter().map(|choice| is(name, &choice.written.to_string())).collect()
    };
    match &row.takes {
        MechanismTakes::Value(setting) if setting.choices.is_empty() => of_free(setting.key),
        MechanismTakes::Value(setting) => of_choices(setting.key, setting),
        MechanismTakes::Parts { key, .. } => of_free(key),
        MechanismTakes::Designs { setting, designs, .. } => {
            let mut all = of_choices(setting.key, setting);
            for design in *designs {
                let chosen = design.parts.iter().filter(|part| !part.choices.is_empty());
                all.extend(chosen.flat_map(|part| of_choices(&below(design.name, part), part)));
                // One that is needed has no default.
                let of_free = of_free(design.name).into_iter();
                all.extend(of_free.skip(usize::from(design.needs_first)));
            }
            all.sort();
            all.dedup();
            all
        }
    }
}

fn of_row(row: &MechanismRow, mechanism: &Mechanism) -> Vec<String> {
    let default = Mechanism::default();
    let differs = |setting: &Setting<Mechanism>, from: &Mechanism| {
        (setting.get)(mechanism) != (setting.get)(from)
    };
    let free = |name: &str, differs: bool| is(name, if differs { "given" } else { "default" });
    let value =
        |name: &str, setting: &Setting<Mechanism>, from: &Mechanism| match (setting.get)(mechanism)
        {
            SettingValue::Choice(at) => is(name, &setting.choices[at].written.to_string()),
            _ => free(name, differs(setting, from)),
        };
    match &row.takes {
        MechanismTakes::Value(setting) => vec![value(setting.key, setting, &default)],
        MechanismTakes::Parts { key, parts, .. } => {
            vec![free(key, parts.iter().any(|part| differs(part, &default)))]
        }
        MechanismTakes::Designs { setting, designs, .. } => {
            let own = (setting.get)(mechanism);
            let mut all = vec![value(setting.key, setting, &default)];
            let mut bare = default;
            (setting.set)(&mut bare, own);
            for design in designs.iter().filter(|of| SettingValue::Choice(of.choice) == own) {
                let (free_parts, chosen): (Vec<_>, Vec<_>) =
                    design.parts.iter().partition(|part| part.choices.is_empty());
                let chosen = chosen.into_iter();
                all.extend(chosen.map(|part| value(&below(design.name, part), part, &bare)));
                all.push(free(design.name, free_parts.iter().any(|part| differs(part, &bare))));
            }
            all
        }
    }
}

fn is(name: &str, value: &str) -> String {
    format!("{name}: {value}")
}

fn below(name: &str, part: &Setting<Mechanism>) -> String {
    format!("{name}.{}", part.key)
}
