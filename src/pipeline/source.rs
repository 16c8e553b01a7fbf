//! The source of a pipeline: its rows, when they happened and when they arrive.

use super::Pipeline;
use super::draft::Draft;
use super::open::Open;
use super::record::{Record, text_of};
use super::words::milliseconds;
use onceproof_kernel::time::Nanos;
use serde::Serialize;

/// A row that is still a record.
pub(super) struct Row<T> {
    pub record: T,
    pub key: String,
    pub id: Option<String>,
    pub event_time: Option<Nanos>,
    pub arrival: Option<Nanos>,
    pub number: u64,
}

/// How long after the row before it a row arrives, where nothing is said.
const APART: Nanos = milliseconds(10);

impl<T> Row<T> {
    /// When it happened; when it arrives where nothing is said.
    pub fn happened(&self) -> Nanos {
        self.event_time.unwrap_or_else(|| self.arrives())
    }

    /// When it arrives; when it happened where nothing is said.
    pub fn arrives(&self) -> Nanos {
        self.arrival.or(self.event_time).unwrap_or(self.number * APART)
    }
}

impl<T: Record> Pipeline<T> {
    /// A source with these rows, 10 ms apart. Row number i goes to shard i mod shards.
    ///
    /// # Panics
    /// There is no row: nothing would be checked.
    pub fn source(name: &str, rows: impl IntoIterator<Item = T>) -> Pipeline<T> {
        let row = |(number, record): (u64, T)| Row {
            record,
            key: number.to_string(),
            id: None,
            event_time: None,
            arrival: None,
            number,
        };
        let rows: Vec<Row<T>> = (0..).zip(rows).map(row).collect();
        assert!(!rows.is_empty(), "the source `{name}` has no rows: nothing would be checked");
        let mut draft = Draft::default();
        draft.step(name, "source");
        Pipeline { draft, open: Open::Rows(rows) }
    }

    /// When each row happened, since the beginning: by this time it falls into a window. It arrives then, too, unless
    /// [`Pipeline::arrives`] says otherwise.
    ///
    /// # Panics
    /// The step above is not the source.
    pub fn at(self, time: impl Fn(&T) -> Nanos) -> Pipeline<T> {
        self.rows("at", |row| row.event_time = Some(time(&row.record)))
    }

    /// When each row arrives, since the beginning: from then on the source can read it.
    ///
    /// # Panics
    /// The step above is not the source.
    pub fn arrives(self, time: impl Fn(&T) -> Nanos) -> Pipeline<T> {
        self.rows("arrives", |row| row.arrival = Some(time(&row.record)))
    }

    /// The id of each row. Where nothing is said it is shard and offset, which is right where rows stand at offsets.
    ///
    /// # Panics
    /// The step above is not the source.
    pub fn id<K: Serialize>(self, id: impl Fn(&T) -> K) -> Pipeline<T> {
        self.rows("id", |row| row.id = Some(text_of(&id(&row.record))))
    }

    fn rows(mut self, word: &str, each: impl Fn(&mut Row<T>)) -> Pipeline<T> {
        match &mut self.open {
            Open::Rows(rows) if self.draft.steps.len() == 1 => rows.iter_mut().for_each(each),
            _ => panic!("`{word}` stands right behind the source, and is said of its rows"),
        }
        self
    }
}
