//! Records from a csv file, read row by row. Rows are not kept: a row becomes a record at once, keys are
//! shared, and an error reads its line again.

use super::ScenarioError;
use super::diagnostic::{Diagnostic, Source, quote};
use super::explain::no_such;
use super::raw::At;
use super::raw::input as raw;
use super::units::LONGEST;
use csv::{ByteRecord, Position, ReaderBuilder};
use onceproof_model::mix::{bytes, fold, scatter};
use onceproof_model::time::{SECOND, Time};
use onceproof_sim::input::{Row, RowValue};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the file of a csv input is: its path is seen from the scenario.
pub(super) fn path(scenario: &Path, csv: &str) -> PathBuf {
    scenario.parent().unwrap_or(Path::new("")).join(csv)
}

/// The rows of a file, and how many were left out.
pub(super) fn read(
    source: &Source<'_>,
    csv: &At<raw::Csv>,
) -> Result<(Vec<Row>, u64), ScenarioError> {
    let path = path(source.path, &csv.value.path.value);
    let io_error = |error: io::Error| {
        let scenario = source.path.display();
        let named = format!("{error} (it is the csv of {scenario})");
        ScenarioError::Io { path: path.clone(), source: io::Error::new(error.kind(), named) }
    };
    let file = File::open(&path).map_err(io_error)?;
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(BufReader::new(file));
    let header = match reader.byte_headers() {
        Ok(header) => header.clone(),
        Err(error) => return Err(not_a_row(&path, error)),
    };
    let columns = Columns::find(source, csv, &header)?;

    let mut rows: Vec<Row> = Vec::new();
    let mut skipped = 0;
    let mut keys: BTreeMap<Box<str>, Arc<str>> = BTreeMap::new();
    let mut record = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(not_a_row(&path, error)),
        }
        let previous = rows.last().map(|row| row.arrival);
        match columns.row(&record, header.len(), previous, &mut keys) {
            Ok(row) => rows.push(row),
            Err(_) if csv.value.on_bad_row == raw::OnBadRow::Skip => skipped += 1,
            Err(BadRow { wrong, help }) => {
                let start = Position::new();
                let position = record.position().unwrap_or(&start);
                let (line, above) = line_at(&path, position.byte()).unwrap_or_default();
                let number = usize::try_from(position.line()).unwrap_or(usize::MAX);
                let number = number.saturating_add(above);
                let error = Diagnostic::at_line(&path, number, Some(&line), &wrong);
                return Err(error.help(help).into());
            }
        }
    }
    if rows.is_empty() {
        let name = quote(&csv.value.path.value);
        let error = source.error(csv.value.path.span.clone(), format!("{name} has no rows"));
        let label = match skipped {
            0 => "nothing would be checked".to_owned(),
            skipped => format!("all {skipped} rows are bad"),
        };
        return Err(error.label(label).into());
    }
    Ok((rows, skipped))
}

fn not_a_row(path: &Path, error: csv::Error) -> ScenarioError {
    let line = error.position().map_or(1, |position| position.line());
    let message = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(source) => ScenarioError::Io { path: path.to_owned(), source },
        _ => {
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            Diagnostic::at_line(path, line, None, &message).into()
        }
    }
}

/// The first line with something on it from a byte of a file on, or the beginning of a very long one, and
/// how many lines come before it. A reader may stand at the end of the line above, or at empty lines.
fn line_at(path: &Path, byte: u64) -> io::Result<(String, usize)> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(byte))?;
    let mut bytes = Vec::new();
    file.take(1 << 14).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.trim_start_matches(['\r', '\n']);
    let above = text[..text.len() - line.len()].matches('\n').count();
    Ok((line.lines().next().unwrap_or_default().to_owned(), above))
}

/// What is wrong with a row, and what helps.
struct BadRow {
    wrong: String,
    help: &'static str,
}

impl From<String> for BadRow {
    fn from(wrong: String) -> BadRow {
        BadRow { wrong, help: "`on-bad-row = \"skip\"` leaves such rows out" }
    }
}

/// Which columns hold what.
struct Columns {
    key: usize,
    event_time: usize,
    arrival: usize,
    id: Option<Vec<usize>>,
    value: Option<usize>,
}

impl Columns {
    fn find(
        source: &Source<'_>,
        csv: &At<raw::Csv>,
        header: &ByteRecord,
    ) -> Result<Columns, Diagnostic> {
        let names: Vec<String> =
            header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let find = |column: &At<String>| {
            let mut places = (0..names.len()).filter(|&at| names[at] == column.value);
            match (places.next(), places.next()) {
                (Some(at), None) => Ok(at),
                (Some(_), Some(_)) => {
                    let title = format!("two columns are named {}", quote(&column.value));
                    Err(source.error(column.span.clone(), title))
                }
                (None, _) => {
                    let known: Vec<&str> = names.iter().map(String::as_str).collect();
                    let what = format!("column of line 1 of {}:", quote(&csv.value.path.value));
                    Err(no_such(source, column.span.clone(), &what, &column.value, &known))
                }
            }
        };
        let csv = &csv.value;
        let event_time = find(&csv.event_time)?;
        let id = match &csv.id {
            Some(id) if id.value.is_empty() => {
                let error = source.error(id.span.clone(), "an id of no columns");
                return Err(error.label("every record would have the same"));
            }
            Some(id) => Some(id.value.iter().map(find).collect::<Result<_, _>>()?),
            None => None,
        };
        Ok(Columns {
            key: find(&csv.key)?,
            event_time,
            arrival: csv.arrival.as_ref().map_or(Ok(event_time), find)?,
            id,
            value: csv.value.as_ref().map(find).transpose()?,
        })
    }

    /// A row as a record, or what is wrong with it.
    fn row(
        &self,
        record: &ByteRecord,
        columns: usize,
        previous: Option<Time>,
        keys: &mut BTreeMap<Box<str>, Arc<str>>,
    ) -> Result<Row, BadRow> {
        if record.len() != columns {
            return Err(format!("a row of {} fields under {columns} columns", record.len()).into());
        }
        let text = |at: usize| std::str::from_utf8(&record[at]).map_err(|_| "not UTF-8".to_owned());
        let arrival = time(text(self.arrival)?)?;
        if let Some(previous) = previous.filter(|&previous| arrival < previous) {
            let seconds = |time: Time| time.0 / SECOND as i64;
            // Of a file in another order nearly all rows would be left out.
            return Err(BadRow {
                wrong: format!(
                    "a row that arrives before its predecessor: {} is before {}",
                    seconds(arrival),
                    seconds(previous)
                ),
                help: "rows stand in order of arrival: sort the file; `event-time` may be any",
            });
        }
        let event_time = time(text(self.event_time)?)?;
        let value = match self.value {
            None => RowValue::Integer(1),
            Some(at) => match text(at)? {
                number if number.parse::<i64>().is_ok() => {
                    RowValue::Integer(number.parse().unwrap_or_default())
                }
                text => RowValue::Text(text.into()),
            },
        };
        let key = text(self.key)?;
        let key = match keys.get(key) {
            Some(key) => key.clone(),
            None => {
                let shared: Arc<str> = key.into();
                keys.insert(key.into(), shared.clone());
                shared
            }
        };
        let id = self.id.as_ref().map(|columns| id(columns.iter().map(|&at| &record[at])));
        Ok(Row { key, event_time, arrival, value, id })
    }
}

/// Whole unix seconds.
fn time(text: &str) -> Result<Time, String> {
    let seconds: i64 = text
        .trim()
        .parse()
        .map_err(|_| format!("{} is not a whole number of seconds", quote(text)))?;
    match seconds.checked_mul(SECOND as i64) {
        Some(nanos) if nanos.unsigned_abs() <= LONGEST => Ok(Time(nanos)),
        _ => Err(format!("{} is more than 100 years from 1970", quote(text))),
    }
}

/// The id that columns make. Each is hashed with its length, so that a letter cannot move between them.
fn id<'a>(columns: impl Iterator<Item = &'a [u8]>) -> u64 {
    columns.fold(0, |id, column| scatter(fold(id, bytes(column))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_does_not_move_between_the_columns_of_an_id() {
        let check = |columns: [&str; 2]| id(columns.iter().map(|column| column.as_bytes()));
        assert_ne!(check(["a", "bc"]), check(["ab", "c"]));
        assert_ne!(check(["", "a"]), check(["a", ""]));
        assert_eq!(check(["a", "bc"]), check(["a", "bc"]));
    }

    #[test]
    fn times_are_whole_seconds_within_a_century() {
        assert_eq!(time("1357035300"), Ok(Time(1_357_035_300_000_000_000)));
        assert_eq!(time("-1"), Ok(Time(-1_000_000_000)));
        assert!(time("1.5").is_err());
        assert!(time("9223372036854775807").is_err());
    }
}
