//! One line of a file in Chrome's trace format.

use crate::printable::printable_json;
use crate::report::run_json::decimal;
use onceproof_kernel::time::Nanos;
use serde_json::{Value, json};

/// The process and the thread of a track.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    pub process: u32,
    pub thread: u32,
}

/// What a line is. Lengths are in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Phase {
    /// A length of time that holds what happens in it.
    Whole { lasts: Nanos },
    /// What happens.
    Slice { lasts: Nanos },
    /// Begins what may overlap others of its track.
    Begin { id: u64 },
    /// Ends that.
    End { id: u64 },
    /// An arrow leaves the slice that is there.
    FlowStart { id: u64 },
    /// It comes to the slice that is there.
    FlowEnd { id: u64 },
    /// A mark.
    Instant,
}

impl Phase {
    pub fn rank(self) -> u8 {
        match self {
            Phase::Whole { .. } => 0,
            Phase::Slice { .. } | Phase::Begin { .. } | Phase::End { .. } => 1,
            Phase::FlowStart { .. } | Phase::Instant => 2,
            Phase::FlowEnd { .. } => 3,
        }
    }

    /// The letter of the format, and the keys that it has beside those of all.
    fn parts(self) -> (&'static str, Vec<(&'static str, Value)>) {
        match self {
            Phase::Whole { lasts } | Phase::Slice { lasts } => {
                ("X", vec![("dur", microseconds(lasts))])
            }
            Phase::Begin { id } => ("b", vec![("id", id.into())]),
            Phase::End { id } => ("e", vec![("id", id.into())]),
            Phase::FlowStart { id } => ("s", vec![("id", id.into())]),
            Phase::FlowEnd { id } => ("f", vec![("id", id.into()), ("bp", "e".into())]),
            Phase::Instant => ("i", vec![("s", "t".into())]),
        }
    }
}

/// A line that draws something.
pub(super) fn line(
    ids: Ids,
    at: Nanos,
    phase: Phase,
    name: &str,
    category: &str,
    args: Option<Value>,
) -> String {
    let (letter, own) = phase.parts();
    let mut line = vec![
        ("ph", letter.into()),
        ("name", name.into()),
        ("cat", category.into()),
        ("ts", microseconds(at)),
    ];
    line.extend(own);
    line.extend([("pid", ids.process.into()), ("tid", ids.thread.into())]);
    line.extend(args.map(|args| ("args", args)));
    let line = line.into_iter().map(|(key, value)| (key.to_owned(), value));
    printable_json(&Value::Object(line.collect()).to_string())
}

/// A line that says something of a process or a thread.
pub(super) fn about(ids: Ids, name: &str, key: &str, value: Value) -> String {
    let args = json!({ key: value });
    let line =
        json!({ "ph": "M", "name": name, "pid": ids.process, "tid": ids.thread, "args": args });
    printable_json(&line.to_string())
}

/// Nanoseconds as microseconds, with three decimals.
fn microseconds(nanos: Nanos) -> Value {
    decimal(&format!("{}.{:03}", nanos / 1000, nanos % 1000))
}
