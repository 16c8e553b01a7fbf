//! The scenario file: TOML in, a plan for the simulator out, or an error that shows where the file is
//! wrong and what would be right. Reading is strict, since a key that is silently ignored is a fault that
//! silently never happens.
//!
//! There is a room for each whom a file is read for: who says what is wrong, who reads the form, the system, the
//! input, the schedule of faults, what is demanded; and one for what is changed and written again.

mod wrong;
mod form;
mod files;
mod design;
mod rows;
mod schedule;
mod demand;
mod change;
mod saved;

#[cfg(test)]
mod tests;

pub use change::asked::mechanisms;
#[cfg(feature = "cli")]
pub use change::at_point::{Point, points};
#[cfg(feature = "cli")]
pub use change::edit::Remains;
#[cfg(feature = "cli")]
pub use change::redesign::Changes;
pub use change::rows::row_in_words;
#[cfg(feature = "cli")]
pub use change::spare::SpareKey;
pub use change::under::{LeftOut, Under};
pub use change::varied::Varied;
pub use change::vary::{Latitude, Weather, arrivals};
pub use change::write::{fault_on_a_line, fault_to_json, faults_as_toml, kind_to_json};
pub use demand::lines::{Demand, Unmet};
pub use demand::stated::{Bound, Figure, Stated, Totals};
pub use design::given::{given, written_sink};
pub use design::settings::{OtherValue, in_words as setting_in_words};
pub use design::strategy::{given_settings, other_values, word as settings_word};
pub use files::Readable;
pub use form::raw::Strategy;
pub(crate) use form::reading::said;
#[cfg(feature = "schema")]
pub use form::reference::reference;
#[cfg(feature = "schema")]
pub use form::schema::schema;
#[cfg(feature = "cli")]
pub(crate) use form::schema_parts::{fault_schema, kind_schema};
pub use form::seed::RunSeed;
pub use form::units::duration;
pub use saved::{FailureText, SavedFailure, failure_text};
pub use schedule::faults::{does_something, may_be_drawn};
pub use wrong::diagnostic::{Diagnostic, nearest};
pub use wrong::error::ScenarioError;

use crate::figures;
use form::raw::At;
use form::units::{Duration, LONGEST};
use onceproof_kernel::time::Nanos;
use onceproof_model::pipeline::Pipeline;
#[cfg(feature = "cli")]
use onceproof_sim::fault::About;
use onceproof_sim::fault::Climate;
use onceproof_sim::outcome::Class;
use onceproof_sim::patience::Patience;
use onceproof_sim::plan::{Cluster, Network, Plan, Until};
use onceproof_sim::property::Properties;
use onceproof_systems::Trial;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use wrong::diagnostic::Source;
use wrong::error::Errors;

/// A scenario that was read and found right.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Where its file is, or would be.
    pub path: PathBuf,
    /// What it is called, in one line.
    pub name: String,
    /// The sentence that it proves.
    pub claim: String,
    /// What must be found.
    pub expect: Expect,
    /// What it states of its ledger.
    pub stated: Stated,
    /// The seed that it fixes.
    pub seed: Option<u64>,
    /// Whether an exact fault may not fire.
    pub unfired_is_allowed: bool,
    /// The strategy that it states.
    pub strategy: Strategy,
    /// What is run.
    pub trial: Trial,
    /// The seeds that a sweep tries.
    pub sweep: Range<u64>,
    /// The keys of its file that are to be tuned, and their values.
    pub vary: Vec<Varied>,
    /// How many rows of csv files were left out because they could not be read.
    pub rows_skipped: u64,
    /// What is probably not meant, though it can be used.
    pub warnings: Vec<Diagnostic>,
    text: String,
    places: demand::lines::DemandPlaces,
    readable: Readable,
    /// The files that it names, without links.
    files: Vec<PathBuf>,
    own_folders: Vec<PathBuf>,
}

/// What a scenario expects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expect {
    /// Every record is reflected exactly once.
    ExactlyOnce,
    /// These classes are found; others may be too.
    Violates(Vec<Class>),
}

impl Scenario {
    /// The record of this name, if a run may have one: as a placed fault names it.
    ///
    /// # Errors
    /// No run has such a record.
    #[cfg(feature = "cli")]
    pub fn record(&self, name: &str) -> Result<About, ScenarioError> {
        Ok(change::asked_of_step::record(&self.trial, name)?)
    }

    /// Whether its seeds draw faults and it fixes none, so that it is as many runs as there are seeds.
    pub fn is_swept(&self) -> bool {
        self.seed.is_none() && !self.trial.plan.climate.drawn().is_empty()
    }

    /// Reads a scenario, and the files around it that it names.
    ///
    /// # Errors
    /// A file that cannot be read, or that is wrong.
    pub fn load(path: &Path) -> Result<Scenario, ScenarioError> {
        Scenario::load_with(path, &Readable::default())
    }

    /// Reads a scenario, and the files that it names, which may be others than those around it.
    ///
    /// # Errors
    /// A file that cannot be read, or that is wrong.
    pub fn load_with(path: &Path, readable: &Readable) -> Result<Scenario, ScenarioError> {
        Scenario::of_bytes(files::scenario(path)?, path, readable)
    }

    /// Reads a scenario from a stream, and the files that it names. The path is for messages, and for finding those
    /// files.
    ///
    /// # Errors
    /// A stream or a file that cannot be read, or that is wrong.
    pub fn read_with(
        from: &mut dyn Read,
        path: &Path,
        readable: &Readable,
    ) -> Result<Scenario, ScenarioError> {
        Scenario::of_bytes(files::bytes(from, path)?, path, readable)
    }

    fn of_bytes(
        bytes: Vec<u8>,
        path: &Path,
        readable: &Readable,
    ) -> Result<Scenario, ScenarioError> {
        match String::from_utf8(bytes) {
            Ok(text) => Scenario::parse_with(&text, path, readable),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                // Up to the first wrong byte, the text is as it was.
                let source = Source { path, text: &text };
                let error = source.error(at..at + '\u{fffd}'.len_utf8(), "not UTF-8");
                Err(error.label("a scenario is a text").into())
            }
        }
    }

    /// Reads a scenario from its text, and the files around it that it names. The path is for messages, and for
    /// finding those files.
    ///
    /// # Errors
    /// A text that is wrong, or a file that cannot be read.
    pub fn parse(text: &str, path: &Path) -> Result<Scenario, ScenarioError> {
        Scenario::parse_with(text, path, &Readable::default())
    }

    /// The same, and the files that it names may be others than those around it.
    ///
    /// # Errors
    /// A text that is wrong, or a file that cannot be read.
    pub fn parse_with(
        text: &str,
        path: &Path,
        readable: &Readable,
    ) -> Result<Scenario, ScenarioError> {
        let source = Source { path, text };
        let mut file = form::reading::file(&source).map_err(ScenarioError::Bad)?;
        readable.put_functions(&mut file);
        let mut errors = Errors::default();
        let name = errors.keep(one_line(&source, "name", &file.name));
        let claim = errors.keep(one_line(&source, "claim", &file.claim));
        let unfired_is_allowed = errors.keep(unfired(&source, &file));
        let (sweep, vary) =
            file.sweep.take().map_or((None, None), |sweep| (sweep.seeds, sweep.vary));
        let vary = errors.keep_all(change::varied::stated(&source, vary));
        let network = errors.keep(network(&source, file.network.as_ref()));
        let until = errors.keep(until(&source, file.until.as_ref()));
        let Some(design) = errors.keep_all(design::strategy::design(&source, &file)) else {
            return errors.end(None).map_err(ScenarioError::Bad);
        };
        let inputs =
            errors.keep_read(rows::input::inputs(&source, readable, &file, design.pipeline()))?;
        let cluster = errors.keep(cluster(&source, &file, design.pipeline()));
        let shards = u32::try_from(design.layout().shards()).unwrap_or(u32::MAX);
        let hosts = cluster.map(|cluster| cluster.workers.unwrap_or(shards));
        let climate = match (&file.faults, hosts) {
            (None, _) => Some(Climate::default()),
            (Some(_), None) => None,
            (Some(faults), Some(hosts)) => {
                errors.keep_all(schedule::faults::climate(&source, faults, &design, hosts))
            }
        };
        let expect = climate.as_ref().and_then(|climate| {
            let is_swept = file.seed.is_none() && !climate.drawn().is_empty();
            errors.keep(demand::expect::expect(&source, &file.expect, &design, is_swept))
        });
        let faults = inputs.as_ref().zip(hosts).and_then(|(inputs, hosts)| {
            errors.keep(design::flow::check(&source, &file, design.pipeline(), inputs));
            let places = schedule::place::Places {
                source: &source,
                design: &design,
                inputs,
                hosts,
                // A worker without a shard has nothing to lose.
                workers: hosts.min(shards),
            };
            errors.keep_all(schedule::faults::exact(&places, &file.fault))
        });
        let places = demand::lines::DemandPlaces::of(&file, &design);
        let parts = || {
            let (expect, stated, side_effects) = expect?;
            let inputs = inputs?;
            let plan = Plan {
                inputs: inputs.of,
                cluster: cluster?,
                network: network?,
                climate: climate?,
                faults: faults?,
                until: until?,
                side_effects,
                properties: Properties::default(),
            };
            let trial = Trial { design, plan };
            Some(Scenario {
                warnings: short_drain(&source, file.until.as_ref(), &trial).into_iter().collect(),
                path: path.to_owned(),
                name: name?,
                claim: claim?,
                expect,
                stated,
                unfired_is_allowed: unfired_is_allowed?,
                strategy: file.strategy,
                seed: file.seed.map(|seed| seed.0),
                sweep: sweep.map_or(0..1000, |seeds| seeds.0),
                vary: vary?,
                rows_skipped: inputs.rows_skipped,
                trial,
                text: text.to_owned(),
                places,
                readable: readable.clone(),
                own_folders: files::folders_to_allow(path, readable, &inputs.files),
                files: inputs.files,
            })
        };
        errors.end(parts()).map_err(ScenarioError::Bad)
    }
}

/// The format of scenario files.
pub const FORMAT: u32 = 1;

fn one_line(source: &Source<'_>, key: &str, text: &At<String>) -> Result<String, Diagnostic> {
    if text.value.trim().is_empty() {
        return Err(source.error(text.span.clone(), format!("`{key}` is empty")));
    }
    if key == "name" && text.value.contains(char::is_control) {
        return Err(source.error(text.span.clone(), format!("`{key}` is one line")));
    }
    Ok(text.value.clone())
}

/// Whether an exact fault may not fire.
fn unfired(source: &Source<'_>, file: &form::raw::File) -> Result<bool, Diagnostic> {
    let Some(At { value: form::raw::Unfired::Allowed, span }) = &file.unfired else {
        return Ok(false);
    };
    if file.fault.is_empty() {
        let error = source.error(source.key_of(span), "there is no exact fault");
        return Err(error.label("a `[[fault]]` may not fire"));
    }
    Ok(true)
}

fn cluster(
    source: &Source<'_>,
    file: &form::raw::File,
    pipeline: &Pipeline,
) -> Result<Cluster, Diagnostic> {
    let default = Cluster::default();
    let Some(given) = &file.cluster else {
        return Ok(default);
    };
    if let Some(call) = &given.call
        && !pipeline.steps().iter().any(|step| step.kind.calls())
    {
        let error = source.error(source.key_of(&call.span), "no step calls an external service");
        return Err(error.label("a map with `fn = { call = … }`, or a sink that writes by calls"));
    }
    let nanos = |given: Option<Duration>, default: Nanos| given.map_or(default, |given| given.0);
    Ok(Cluster {
        workers: match &given.workers {
            Some(workers) => {
                Some(design::mechanism::number(source, "workers", workers, 1..=65_536)?)
            }
            None => None,
        },
        commit: nanos(given.commit, default.commit),
        read: nanos(given.read, default.read),
        lease: nanos(given.lease, default.lease),
        routing_lag: nanos(given.routing_lag, default.routing_lag),
        call: given.call.as_ref().map_or(default.call, |call| call.value.0),
    })
}

fn network(
    source: &Source<'_>,
    network: Option<&form::raw::Network>,
) -> Result<Network, Diagnostic> {
    let Some(latency) = network.and_then(|network| network.latency.as_ref()) else {
        return Ok(Network::default());
    };
    let (min, max) = (&latency.min, &latency.max);
    if min.value > max.value {
        let error = source.error(max.span.clone(), "the greatest latency is below the least");
        return Err(error.label("`max` is at least `min`"));
    }
    Ok(Network { latency_min: min.value.0, latency_max: max.value.0 })
}

fn until(source: &Source<'_>, until: Option<&form::raw::Until>) -> Result<Until, Diagnostic> {
    let mut found = Until::default();
    let Some(given) = until else { return Ok(found) };
    if let Some(calm) = &given.calm {
        found.calm = Some(calm.value.0);
    }
    if let Some(drain) = &given.drain {
        found.drain = Some(drain.value.0);
    }
    let sum = found.calm.unwrap_or(0).saturating_add(found.drain.unwrap_or(Until::DRAIN));
    if sum > LONGEST
        && let Some(span) = form::raw::span(&given.drain).or(form::raw::span(&given.calm))
    {
        let error = source.error(span, "an end after more than 100 years");
        return Err(error.label("`calm` and `drain` together"));
    }
    if let Some(events) = &given.events {
        if events.value == 0 {
            return Err(source.error(events.span.clone(), "a run without events"));
        }
        found.events = events.value;
    }
    Ok(found)
}

/// That a given time to drain is shorter than something that the file itself waits for: a run in which that happens
/// late says nothing.
fn short_drain(
    source: &Source<'_>,
    until: Option<&form::raw::Until>,
    trial: &Trial,
) -> Option<Diagnostic> {
    let drain = until?.drain.as_ref()?;
    let longest = Patience::of(&trial.plan, trial.layout()).longest;
    let is_short = drain.value.0 < longest;
    is_short.then(|| {
        let title = "a time to drain that is shorter than a wait of this file";
        let label = format!("something here takes up to {}", figures::exact(longest));
        let help = "without `drain`, the time to drain follows from all waits of the file";
        source.error(drain.span.clone(), title).label(label).help(help).warning()
    })
}
