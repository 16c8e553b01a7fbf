//! What must hold of that which is committed, as whoever tests says it: at the end of a run, or at every moment of it.
//! A run that breaks one is violated, as it is by what the ledger finds.

use onceproof_kernel::time::Time;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What must hold in a run.
#[derive(Clone, Default)]
pub struct Properties(Vec<Property>);

/// One thing that must hold.
#[derive(Clone)]
struct Property {
    name: String,
    when: When,
    holds: Arc<Holds>,
}

type Holds = dyn Fn(&Committed) -> Result<(), String> + Send + Sync;

/// When something must hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// Whenever results have changed, and where nothing is committed yet.
    Always,
    /// When the run has drained, or is stuck. Of a run that was stopped by a limit nothing is said.
    AtTheEnd,
}

impl Properties {
    /// Adds one: what it says is wrong with the results that it is shown, if anything is. It may not ask anything else,
    /// such as a clock: what it says must follow from the results.
    pub fn add(
        &mut self,
        name: &str,
        when: When,
        holds: impl Fn(&Committed) -> Result<(), String> + Send + Sync + 'static,
    ) {
        self.0.push(Property { name: name.to_owned(), when, holds: Arc::new(holds) });
    }

    /// The same with only the one of this name.
    pub fn only(&self, name: &str) -> Properties {
        Properties(self.0.iter().filter(|property| property.name == name).cloned().collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any must hold at such moments.
    pub fn any(&self, when: When) -> bool {
        self.0.iter().any(|property| property.when == when)
    }

    /// The first that these results break, at such a moment.
    pub fn broken(&self, when: When, committed: &Committed) -> Option<Broken> {
        let mut asked = self.0.iter().filter(|property| property.when == when);
        asked.find_map(|Property { name, holds, .. }| {
            let why = holds(committed).err()?;
            Some(Broken { name: name.clone(), why })
        })
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|property| (&property.name, property.when)))
            .finish()
    }
}

/// A property that a run breaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Its name.
    pub name: String,
    /// What it says is wrong.
    pub why: String,
}

/// The results that stand at a moment of a run: of each step that has results, a total for each key and window.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Committed {
    steps: Vec<(String, CommittedWindows)>,
}

/// The totals of a step by key and the start of the window; by none where a result is made of a single source record.
pub(crate) type CommittedWindows = BTreeMap<(String, Option<Time>), i128>;

impl Committed {
    pub(crate) fn of(steps: Vec<(String, CommittedWindows)>) -> Committed {
        Committed { steps }
    }

    /// The total of each key at a step, over all windows. A key that nothing is committed for is not there.
    ///
    /// # Panics
    /// No step of this name has results.
    pub fn totals(&self, step: &str) -> BTreeMap<&str, i128> {
        let mut totals = BTreeMap::new();
        for ((key, _), total) in self.windows(step) {
            *totals.entry(key.as_str()).or_default() += total;
        }
        totals
    }

    /// The total of one key at a step, over all windows; 0 where nothing is committed for it.
    ///
    /// # Panics
    /// No step of this name has results.
    pub fn total(&self, step: &str, key: &str) -> i128 {
        self.windows(step).iter().filter(|((of, _), _)| of == key).map(|(_, total)| total).sum()
    }

    /// The totals at a step by key and the start of the window.
    ///
    /// # Panics
    /// No step of this name has results.
    pub fn windows(&self, step: &str) -> &BTreeMap<(String, Option<Time>), i128> {
        match self.steps.iter().find(|(name, _)| name == step) {
            Some((_, windows)) => windows,
            None => {
                let names: Vec<&str> = self.steps.iter().map(|(name, _)| name.as_str()).collect();
                panic!("no step `{step}` has results; those that do: {}", names.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> Committed {
        let row = |key: &str, start, total| ((key.to_owned(), start), total);
        let windows =
            [row("ann", Some(Time(0)), 2), row("ann", Some(Time(9)), 3), row("bob", None, 1)];
        Committed::of(vec![("table".to_owned(), windows.into_iter().collect())])
    }

    #[test]
    fn totals_are_those_of_all_windows() {
        let committed = committed();
        assert_eq!(committed.totals("table"), BTreeMap::from([("ann", 5), ("bob", 1)]));
        let total = |key| committed.total("table", key);
        assert_eq!([total("ann"), total("bob"), total("eve")], [5, 1, 0]);
    }

    #[test]
    fn the_first_property_that_is_broken_is_told_at_its_moment() {
        let mut properties = Properties::default();
        properties.add("sound", When::AtTheEnd, |_| Ok(()));
        properties.add("few", When::AtTheEnd, |of| match of.total("table", "ann") {
            0..4 => Ok(()),
            many => Err(format!("ann has {many}")),
        });
        let broken = |when| properties.broken(when, &committed());
        let few = Broken { name: "few".to_owned(), why: "ann has 5".to_owned() };
        assert_eq!((broken(When::AtTheEnd), broken(When::Always)), (Some(few), None));
        assert!(properties.any(When::AtTheEnd) && !properties.any(When::Always));
        assert_eq!(format!("{:?}", properties.only("few")), "[(\"few\", AtTheEnd)]");
    }
}
