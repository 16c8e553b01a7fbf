//! What changes of durable rows say to whoever watches from outside. A change speaks when it is applied, and only
//! then, so that nothing can be claimed that is not committed.

use crate::key::Key;
use crate::layout::StepIndex;
use crate::name::Name;
use crate::record::RecordId;
use crate::time::Time;

/// Who a record is, and what was read to make it. A process carries it and decides nothing by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tag {
    /// Its name.
    pub name: Name,
    /// The mark of what was read to make it, 0 for nothing.
    pub lineage: u32,
}

/// What was added to a sum and not taken from it yet, as whoever watches keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Pile {
    /// The newest of what was added.
    pub head: u32,
    /// The newest of what was taken.
    pub floor: u32,
}

/// One of the outputs that a partial aggregate stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name.
    pub name: Name,
    /// What was read to make it.
    pub lineage: u32,
    /// The source records that it stands for.
    pub weight: i64,
    /// Its value.
    pub value: i64,
}

/// A result that stands beside all others of its step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pane {
    /// Its name, and what was read to make it.
    pub tag: Tag,
    /// Its key.
    pub key: Key,
    /// Where it stands under its key: the start of a window.
    pub start: Time,
    /// The sum of the weights of what was read, as the system has it.
    pub weight: i64,
    /// The sum of the values, its lower 64 bits.
    pub value: i64,
}

/// A result that may change: it stands over what stood before under its key and start at its step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Standing {
    /// The step whose result it is. At a sink it is a row, that stands for all of its pane.
    pub step: StepIndex,
    /// What stands there now.
    pub pane: Pane,
    /// What the result says: the weight of what is counted, the value of what is summed.
    pub total: i64,
}

/// A result that is shown for a while, until a certain one stands in its place. Nobody is promised that it is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Served {
    /// What is shown.
    pub standing: Standing,
    /// When all is over that belongs into it, by the times of the records.
    pub end: Time,
    /// From when on it is shown no more, if nothing certain is there by then; it is shown until then without.
    pub until: Option<Time>,
}

/// A result that stands over what stood in its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrittenRow {
    /// The step whose result it is.
    pub step: StepIndex,
    /// Which row.
    pub row: u64,
    /// The record that is written.
    pub tag: Tag,
    /// Its key.
    pub key: Key,
    /// The source records that it stands for.
    pub weight: i64,
    /// Its value.
    pub value: i64,
}

/// An id that is known no more, since all who could send its record again have passed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gone {
    /// The key under which it was known.
    pub key: Key,
    /// The id.
    pub id: RecordId,
    /// By when it was kept.
    pub of: Time,
    /// What they have passed.
    pub below: Time,
}

/// What belongs together: readers are to see all of its parts, or none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct WholeUnit(pub u64);

/// What watches changes of durable rows.
pub trait Tell {
    /// A part of a unit is seen from now on; the record that it is about, if it is about one.
    fn part(&mut self, unit: WholeUnit, name: Option<Name>);
    /// From now on so many parts of a unit are to be seen, whatever happens. `first` is where its first part goes that is
    /// about a record, and which.
    fn belongs_together(&mut self, unit: WholeUnit, parts: u32, first: Option<(StepIndex, Name)>) {
        let _ = (unit, parts, first);
    }
    /// An output is kept, under this key and with this weight and value. A later commit that says otherwise of the
    /// same name shows two executions that differ.
    fn mention(&mut self, tag: Tag, key: Key, weight: i64, value: i64);
    /// A commit mentions that a record came, and keeps neither its key nor its value: enough to tell which answer
    /// won, and too little to disagree with.
    fn hint(&mut self, name: Name, key: Key, value: i64);
    /// What a result or a sum was made of, under this lineage, is durable from now on: each of its parts is mentioned.
    fn mention_members(&mut self, lineage: u32) {
        let _ = lineage;
    }
    /// Readers see so many parts of a unit, while others are still to come. `first` is a record that they see.
    fn seen_alone(&mut self, first: Name, parts: u32, of: u32) {
        let _ = (first, parts, of);
    }
    /// A row that was to be replaced is there no more.
    fn erase(&mut self, step: StepIndex, row: u64) {
        let _ = (step, row);
    }
    /// The id of a record is known from now on.
    fn learn(&mut self, key: Key, id: RecordId, name: Name);
    /// An id is known no more.
    fn forget(&mut self, gone: Gone);
    /// A record is added to a durable sum.
    fn add(&mut self, pile: &mut Pile, tag: Tag, key: Key, weight: i64, value: i64);
    /// What was read under this lineage has left a durable sum.
    fn take(&mut self, pile: &mut Pile, lineage: u32);
    /// A result stands from now on.
    fn pane(&mut self, pane: &Pane);
    /// The same of another step than that of the shard that says so.
    fn pane_of(&mut self, step: StepIndex, pane: &Pane) {
        let _ = step;
        self.pane(pane);
    }
    /// A result stands that may change.
    fn stand(&mut self, standing: &Standing);
    /// A result is shown for a while. It is measured, and not judged.
    fn serve(&mut self, served: &Served);
    /// All results whose windows end at one time are certain since another one: where none stands, there is none, whatever
    /// was shown.
    fn certain(&mut self, end: Time, since: Time);
    /// A row is written that may yet be another one: what it says counts once the run is over.
    fn replace(&mut self, row: &WrittenRow);
    /// A row is written, and what it says was said for good.
    fn write(&mut self, row: &WrittenRow);
    /// A record on which a function failed too often is done with, and makes nothing.
    fn give_up(&mut self, tag: Tag, key: Key);
    /// Whether anybody asks what a shard has in hand.
    fn asks_who_has(&self) -> bool {
        false
    }
    /// The shard no longer has a record in hand, which it kept until it was sure to have arrived.
    fn let_go(&mut self, name: Name) {
        let _ = name;
    }
    /// A record is the last of its key that put an entry.
    fn put(&mut self, key: Key, name: Name);
}
