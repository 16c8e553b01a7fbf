//! A scenario in other weather: which kinds of faults there are and with what odds, how much input, how many
//! shards and workers, how long windows. The variation is made in the text of the file, so that what is run
//! can be written down, read again and pinned.
//!
//! Beside exact faults only odds vary, since those name shards and records. The ledger that a file states is
//! left out, since it was worked out for the file as it stood.

use super::vary::{Latitude, Weather, arrivals};
use super::write::{document, forget_ledger, step_tables};
use crate::scenario::{Scenario, ScenarioError};
use onceproof_kernel::time::Span;
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::KindName;
use onceproof_sim::plan::Until;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TableLike, value};

impl Scenario {
    /// What may vary.
    pub fn latitude(&self) -> Latitude {
        let steps = self.trial.design.pipeline().steps();
        let is_good = |weather: Weather| self.in_weather(&weather).is_ok();
        let only = |kind| Weather { faults: vec![(kind, 2)], ..Weather::default() };
        let kinds = KindName::ALL.into_iter().filter(|&kind| is_good(only(kind))).collect();
        let is_free = self.trial.plan.faults.is_empty();
        let in_four = |at: usize| {
            let mut shards = vec![None; steps.len()];
            shards[at] = Some(4);
            Weather { shards, ..Weather::default() }
        };
        Latitude {
            kinds,
            shards: (0..steps.len()).map(|at| is_free && is_good(in_four(at))).collect(),
            windows: steps
                .iter()
                .map(|step| match step.kind {
                    StepKind::Count(windows)
                    | StepKind::Sum(windows)
                    | StepKind::CountGlobally(windows) => is_free.then_some(windows.length),
                    StepKind::Source { .. }
                    | StepKind::Map(_)
                    | StepKind::Reshuffle
                    | StepKind::Sink(_) => None,
                })
                .collect(),
            workers: is_free,
            records: generated(&document(&self.text)).filter(|_| is_free),
        }
    }

    /// This scenario in a weather, without the ledger that it states for its own.
    ///
    /// # Errors
    /// It cannot have that weather.
    pub fn in_weather(&self, weather: &Weather) -> Result<Scenario, ScenarioError> {
        let mut document = document(&self.text);
        forget_ledger(&mut document);
        let mut steps = ArrayOfTables::new();
        for (at, mut step) in step_tables(&document).into_iter().enumerate() {
            if let Some(shards) = weather.shards.get(at).copied().flatten() {
                step.insert("shards", value(i64::from(shards)));
            }
            if let Some(length) = weather.windows.get(at).copied().flatten() {
                step.insert("window", value(Span(length).to_string()));
            }
            steps.push(step);
        }
        let root = document.as_table_mut();
        root.remove("step");
        root.insert("step", Item::ArrayOfTables(steps));
        let written = root.remove("faults");
        let mut faults = Table::new();
        for &(kind, denominator) in &weather.faults {
            let odds = format!("1/{denominator}");
            let written = written.as_ref().and_then(Item::as_table_like);
            let item = match written.and_then(|faults| faults.get(kind.word())) {
                // Its parameters stay.
                Some(item) if item.is_table_like() => {
                    let mut item = item.clone();
                    if let Some(table) = item.as_table_like_mut() {
                        table.insert("odds", value(odds));
                    }
                    item
                }
                _ => value(odds),
            };
            faults.insert(kind.word(), item);
        }
        root.insert("faults", Item::Table(faults));
        if let Some(workers) = weather.workers {
            let cluster = root.entry("cluster").or_insert(Item::Table(Table::new()));
            if let Some(cluster) = cluster.as_table_like_mut() {
                cluster.insert("workers", value(i64::from(workers)));
            }
        }
        // A storm in which the input is never read to its end would rage on until the time to drain is over.
        if self.trial.plan.until.calm.is_none() {
            let calm = arrivals(&self.trial).saturating_add(Until::CALM_AFTER_INPUT);
            let until = root.entry("until").or_insert(Item::Table(Table::new()));
            if let Some(until) = until.as_table_like_mut() {
                until.insert("calm", value(Span(calm).to_string()));
            }
        }
        if let (Some(records), Some(generate)) = (weather.records, generate(root)) {
            generate.insert("records", value(i64::try_from(records).unwrap_or(i64::MAX)));
        }
        self.reread(&document.to_string(), &self.path)
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn generate(root: &mut Table) -> Option<&mut dyn TableLike> {
    let input = root.get_mut("input")?.as_table_like_mut()?;
    input.get_mut("generate")?.as_table_like_mut()
}

fn generated(document: &DocumentMut) -> Option<u64> {
    let input = document.get("input")?.as_table_like()?;
    let generate = input.get("generate")?.as_table_like()?;
    generate.get("records")?.as_integer().and_then(|records| u64::try_from(records).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::time::SECOND;
    use std::path::Path;

    /// One source reads at 0 s and the other an hour later: faults end 10 s after that, and not after as long as
    /// either of them reads.
    #[test]
    fn in_a_weather_faults_end_after_the_last_record_of_all_sources() {
        let source = |name: &str, at: &str| {
            format!(
                "[[step]]\nname = \"{name}\"\nkind = \"source\"\n\
                 input = {{ records = [ {{ key = \"ann\", at = \"{at}\" }} ] }}\n"
            )
        };
        let text = format!(
            "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n{}{}\
             [[step]]\nname = \"per-user\"\nkind = \"count\"\nfrom = [\"a\", \"b\"]\nwindow = \"1m\"\n",
            source("a", "0s"),
            source("b", "1h"),
        );
        let scenario = Scenario::parse(&text, Path::new("a.toml")).expect("a scenario");
        let weather = scenario.in_weather(&Weather::default()).expect("a scenario");
        assert_eq!(weather.trial.plan.until.calm, Some(3610 * SECOND));
    }
}
