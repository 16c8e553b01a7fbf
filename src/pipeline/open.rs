//! The last step of a pipeline that is still being told. What it makes is not written down yet, since a count or a sum
//! below it wants other things of its records than a map does: the key and the number of each, and not the record.
//! These are taken in the same execution, so they are no step of their own in which anything could go wrong.

use super::draft::{Draft, DraftRow};
use super::execution::Execution;
use super::record::{Record, decoded};
use super::source::Row;
use onceproof_kernel::time::Span;
use onceproof_kernel::user::{Carries, Executed, Made};
use std::sync::Arc;

/// What the last step makes of a record, each output with its key.
type Makes<T> =
    Arc<dyn Fn(Executed<'_>, &mut Execution<'_>, &mut dyn FnMut(String, T)) + Send + Sync>;

/// The last step.
pub(super) enum Open<T> {
    /// The source, with its rows.
    Rows(Vec<Row<T>>),
    /// A map.
    Map { step: usize, makes: Makes<T> },
    /// A step that passes on what it takes, or that makes totals.
    Passed,
}

impl<T: Record> Open<T> {
    /// A map with a function, which is handed the key and the record and gives its outputs away.
    pub fn map<F: Record>(
        step: usize,
        function: impl Fn(&str, F, &mut Execution<'_>, &mut dyn FnMut(String, T))
        + Send
        + Sync
        + 'static,
    ) -> Open<T> {
        let makes =
            move |record: Executed<'_>, cx: &mut Execution<'_>, emit: &mut dyn FnMut(String, T)| {
                function(record.key, read(record), cx, emit);
            };
        Open::Map { step, makes: Arc::new(makes) }
    }

    /// The same with other keys.
    pub fn keyed(self, key: impl Fn(&T) -> String + Send + Sync + 'static) -> Open<T> {
        match self {
            Open::Rows(rows) => {
                let keyed = |row: Row<T>| Row { key: key(&row.record), ..row };
                Open::Rows(rows.into_iter().map(keyed).collect())
            }
            Open::Map { step, makes } => {
                let makes = move |record: Executed<'_>,
                                  cx: &mut Execution<'_>,
                                  emit: &mut dyn FnMut(String, T)| {
                    makes(record, cx, &mut |_, made| emit(key(&made), made));
                };
                Open::Map { step, makes: Arc::new(makes) }
            }
            Open::Passed => panic!("`key_by` stands behind a source or a map, and gives its key"),
        }
    }

    /// Writes down what the last step makes, as `part` says it of a key and a record. A step that passes records on makes
    /// nothing, so behind it this takes a step of its own in the name of the one that wants it.
    pub fn close(
        self,
        draft: &mut Draft,
        wanted_by: &str,
        part: impl Fn(String, T) -> (String, Carries<String>) + Send + Sync + 'static,
    ) {
        match self {
            Open::Rows(mut rows) => {
                rows.sort_by_key(|row| row.arrives());
                draft.rows = rows
                    .into_iter()
                    .map(|row| {
                        let times = [row.happened(), row.arrives()];
                        let [event_time, at] = times.map(|time| Span(time).to_string());
                        let (key, carries) = part(row.key, row.record);
                        DraftRow { key, event_time, at, carries, id: row.id }
                    })
                    .collect();
            }
            Open::Map { step, makes } => {
                draft.steps[step].function = Some(Arc::new(move |record, cx| {
                    let mut all = Vec::new();
                    makes(record, cx, &mut |key, made| {
                        let (key, carries) = part(key, made);
                        all.push(Made { key, carries });
                    });
                    all
                }));
            }
            Open::Passed => {
                draft.map(&format!("{wanted_by}-of"));
                draft.last().function = Some(Arc::new(move |record, _| {
                    let (key, carries) = part(record.key.to_owned(), read(record));
                    vec![Made { key, carries }]
                }));
            }
        }
    }
}

/// The record that a function is executed on.
fn read<T: Record>(record: Executed<'_>) -> T {
    match record.carries {
        Carries::Text(text) => decoded(text),
        Carries::Integer(number) => decoded(&number.to_string()),
    }
}
