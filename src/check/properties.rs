//! What a team says of its results beyond exactly-once.

use super::Check;
use onceproof_sim::outcome::Class;
use onceproof_sim::property::{Committed, Properties, When};
use onceproof_systems::Trial;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What must be seen in at least one run.
#[derive(Clone)]
pub(super) struct Sight {
    name: String,
    shows: Arc<dyn Fn(&Committed) -> bool + Send + Sync>,
}

impl fmt::Debug for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sight").field(&self.name).finish()
    }
}

/// Which of the sights were seen in any run.
pub(super) struct Seen<'a>(Vec<(&'a str, Arc<AtomicBool>)>);

impl Seen<'_> {
    /// The first that was not seen.
    pub fn missing(&self) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|(_, seen)| !seen.load(Ordering::Relaxed)).map(|&(name, _)| name)
    }
}

/// What a run is expected to be wrong in: a class, or a property by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// This class.
    Class(Class),
    /// The property of this name does not hold.
    Property(String),
}

impl From<Class> for Expected {
    fn from(class: Class) -> Expected {
        Expected::Class(class)
    }
}

impl From<&str> for Expected {
    fn from(name: &str) -> Expected {
        Expected::Property(name.to_owned())
    }
}

impl Check {
    /// What must hold of the results of every run when it is over; else what is wrong with them. A run that breaks it is
    /// of the class [`Class::Broken`]. It must follow from the results alone.
    ///
    /// ```
    /// # use onceproof::check::Check;
    /// let two = |of: &str, count: i128| match count {
    ///     2 => Ok(()),
    ///     _ => Err(format!("{of} has {count}")),
    /// };
    /// Check::file("scenarios/dedup/lost-ack.toml")
    ///     .at_the_end("ann has two", move |committed| two("ann", committed.total("per-user", "ann")))
    ///     .exactly_once();
    /// ```
    pub fn at_the_end(
        mut self,
        name: &str,
        holds: impl Fn(&Committed) -> Result<(), String> + Send + Sync + 'static,
    ) -> Check {
        self.properties.add(name, When::AtTheEnd, holds);
        self
    }

    /// What must hold of the results at every moment of every run, from before the first is committed.
    pub fn always(
        mut self,
        name: &str,
        holds: impl Fn(&Committed) -> Result<(), String> + Send + Sync + 'static,
    ) -> Check {
        self.properties.add(name, When::Always, holds);
        self
    }

    /// What the results must show at the end of at least one run: that the search comes where it is meant to. Nobody
    /// asks for it where `ONCEPROOF_SEED` or `ONCEPROOF_SEEDS` choose other seeds.
    pub fn sometimes(
        mut self,
        name: &str,
        shows: impl Fn(&Committed) -> bool + Send + Sync + 'static,
    ) -> Check {
        self.sights.push(Sight { name: name.to_owned(), shows: Arc::new(shows) });
        self
    }

    /// A trial that must have the properties.
    pub(super) fn with_properties(&self, trial: &Trial) -> Trial {
        trial.with(|plan| plan.properties = self.properties.clone())
    }

    /// The trial of the check with its properties, and what is seen in its runs.
    pub(super) fn watched(&self) -> (Trial, Seen<'_>) {
        let mut properties: Properties = self.properties.clone();
        let mut seen = Vec::new();
        for Sight { name, shows } in &self.sights {
            let flag = Arc::new(AtomicBool::new(false));
            seen.push((name.as_str(), Arc::clone(&flag)));
            let shows = Arc::clone(shows);
            properties.add(name, When::AtTheEnd, move |committed| {
                if shows(committed) {
                    flag.store(true, Ordering::Relaxed);
                }
                Ok(())
            });
        }
        (self.trial.with(|plan| plan.properties = properties), Seen(seen))
    }

    /// The trial that must break what is expected, and the class that shows it.
    ///
    /// # Errors
    /// There is no such property.
    pub(super) fn breaking(&self, expected: &Expected) -> Result<(Trial, Class), String> {
        match expected {
            Expected::Class(class) => Ok((self.with_properties(&self.trial), *class)),
            Expected::Property(name) => {
                let only = self.properties.only(name);
                if only.is_empty() {
                    return Err(format!("there is no property `{name}`"));
                }
                Ok((self.trial.with(|plan| plan.properties = only), Class::Broken))
            }
        }
    }
}
