//! Draws sources and what they read.

use super::file::{Generate, Input, Kind, MILLISECOND, Queue, Row, SECOND, Step, Value};
use super::tape::Tape;

/// Keys, the plainest first.
pub const KEYS: [&str; 14] = [
    "a",
    "b",
    "c/d",
    "ann",
    "",
    "*",
    "a/0",
    "x@y#1",
    "q\"uo'te",
    "é ü→",
    "new\nline",
    "back\\slash",
    "tab\t\u{1}",
    "watermark",
];
/// Keys that no answer of a function can make.
pub const FIXED_KEYS: [&str; 7] = ["a", "b", "c/d", "ann", "", "x@y#1", "é ü→"];

/// Whether records of two sources may have the same ids.
const IDS_ARE_THE_SOURCES_OWN: bool = false;

/// Deadlines of queues, in milliseconds; none stands for the default, which is 10 s.
const DEADLINES: [Option<u64>; 3] = [Some(200), Some(15), Some(1000)];

/// How a file's records are spread over time, and how far they are off.
#[derive(Clone, Copy)]
pub struct Times {
    start: i64,
    is_sparse: bool,
    in_seconds: bool,
}

impl Times {
    pub fn draw(tape: &mut Tape<'_>) -> Times {
        let seconds = tape.pick(&[0, 0, 0, 0, -5, 3_600_000, 1_700_000_000]);
        let is_sparse = tape.once_in(4);
        Times { start: seconds * SECOND as i64, is_sparse, in_seconds: tape.once_in(6) }
    }
}

/// The records of a file, in order of arrival.
pub fn records(tapes: &[Vec<u16>], times: Times) -> Vec<Row> {
    let mut at = times.start;
    let mut rows = Vec::new();
    for numbers in tapes {
        let tape = &mut Tape::new(numbers);
        let wait = match times.is_sparse {
            true => tape.pick(&[60, 61, 3600, 86_400]) * SECOND as i64,
            false => tape.pick(&[0, 0, 100, 1, 30, 500, 2000]) * MILLISECOND as i64,
        };
        at += wait;
        if times.in_seconds {
            at -= at.rem_euclid(SECOND as i64);
        }
        let behind = match tape.below(8) {
            0..=2 => 0,
            3 => tape.pick(&[1, 999, 1_000_000_001]),
            4 => -(tape.pick(&[1, 1500, 3_600_000]) * MILLISECOND as i64),
            5 => tape.pick(&[60, 86_400, 40_000_000]) * SECOND as i64,
            _ => tape.pick(&[100, 500, 900, 3000, 20_000]) * MILLISECOND as i64,
        };
        let mut event_time = at - behind;
        if times.in_seconds {
            event_time -= event_time.rem_euclid(SECOND as i64);
        }
        let key = match tape.once_in(4) {
            true => tape.pick(&KEYS),
            false => tape.pick(&KEYS[..4]),
        };
        let value = match tape.below(8) {
            0..=3 => Value::Number(1),
            7 => Value::Text(tape.pick(&["text", "", "é/\"", "5 ", "0x1", "-"]).to_owned()),
            _ => Value::Number(tape.pick(&[2, 3, 0, -1, -7, 1_000_000, -1_000_000_007])),
        };
        let key = key.to_owned();
        rows.push(Row { key, at, event_time, value, id: None });
    }
    rows
}

/// What a source reads, of the rows that are left for it.
pub fn input(
    tape: &mut Tape<'_>,
    mut rows: Vec<Row>,
    number: usize,
    times: Times,
    is_small: bool,
) -> Input {
    if rows.is_empty() || tape.once_in(6) {
        let most = if is_small { 3 } else { 12 };
        return Input::Generate(Generate {
            records: 1 + tape.below(most) as u32,
            users: tape.pick(&[1, 2, 3, 20]),
            skew_thousandths: tape.pick(&[0, 1000, 1234, 10_000]),
            every: tape.pick(&[0, 1, 10, 700, 60_000]) * MILLISECOND,
            out_of_order: tape.pick(&[0, 50, 1000, 90_000]) * MILLISECOND,
            values: tape.pick(&[1, 2, 9]),
        });
    }
    if tape.once_in(3) {
        let numbered = rows.iter_mut().enumerate();
        numbered.for_each(|(row, record)| record.id = Some(format!("id {number}.{row}")));
    }
    if times.in_seconds && tape.once_in(2) {
        return Input::Csv { rows, bad_rows: tape.pick(&[0, 0, 1]) };
    }
    Input::Records(rows)
}

/// Whether several sources may read an input.
pub fn may_be_shared(input: &Input) -> bool {
    IDS_ARE_THE_SOURCES_OWN || input.rows().iter().all(|row| row.id.is_none())
}

/// Publishes some records of a queue again, a little later.
pub fn publish_again(tape: &mut Tape<'_>, input: &mut Input) {
    let (Input::Records(rows) | Input::Csv { rows, .. }) = input else { return };
    let Some(last) = rows.last().map(|row| row.at) else { return };
    for _ in 0..tape.below(3) {
        let row = rows[tape.below(rows.len())].clone();
        if row.id.is_some() {
            rows.push(Row { at: last, ..row });
        }
    }
}

/// A source of an input.
pub fn source(tape: &mut Tape<'_>, name: String, input: usize, of: &Input) -> Step {
    let shards = tape.pick(&[None, Some(1), Some(2), Some(3)]);
    let bound = tape
        .once_in(3)
        .then(|| tape.pick(&[0, 7, 500_000_000, 2_000_000_000, 60_000_000_000, 3_600_000_000_000]));
    let queue = tape.once_in(4).then(|| {
        let has_ids = !of.rows().is_empty() && of.rows().iter().all(|row| row.id.is_some());
        Queue {
            deadline: tape.pick(&DEADLINES).map(|ms| ms * MILLISECOND),
            extend: !tape.once_in(3),
            has_attributes: has_ids && tape.once_in(2),
        }
    });
    let kind = Kind::Source { bound, queue, input };
    let (poison, dead_letter, stable_input) = (None, None, false);
    let (from, mechanism) = (Vec::new(), Vec::new());
    Step { name, kind, from, shards, poison, dead_letter, stable_input, mechanism }
}
