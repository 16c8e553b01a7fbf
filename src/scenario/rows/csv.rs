//! Records from a csv file, read row by row. Rows are not kept: a row becomes a record at once, keys are
//! shared, and an error looks for its line again.

use crate::figures::grouped;
use crate::scenario::design::flow::MOST_RECORDS;
use crate::scenario::form::raw::At;
use crate::scenario::form::raw::input as raw;
use crate::scenario::form::units::stamp;
use crate::scenario::schedule::record::count;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
use crate::scenario::{ScenarioError, files};
use csv::{ByteRecord, Position, ReaderBuilder};
use onceproof_kernel::mix::{bytes, fold, scatter};
use onceproof_kernel::time::Time;
use onceproof_sim::input::{InputRow, RowValue};
use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the file of a csv input is: its path is seen from the scenario.
pub(in crate::scenario) fn path(scenario: &Path, csv: &str) -> PathBuf {
    scenario.parent().unwrap_or(Path::new("")).join(csv)
}

/// The rows of a file, and how many were left out.
pub(in crate::scenario) fn read(
    source: &Source<'_>,
    csv: &At<raw::Csv>,
    real: &Path,
) -> Result<(Vec<InputRow>, u64), ScenarioError> {
    let delimiter = delimiter(source, csv.value.delimiter.as_ref())?;
    let path = path(source.path, &csv.value.path.value);
    let file = files::open_named(real).map_err(|error| files::unread(source, &path, &error))?;
    let mut reader = ReaderBuilder::new();
    let reader = reader.flexible(true).delimiter(delimiter);
    let mut reader = reader.from_reader(BufReader::new(file));
    let header = match reader.byte_headers() {
        Ok(header) => header.clone(),
        Err(error) => return Err(not_a_row(&path, error)),
    };
    let columns = Columns::find(source, csv, &header)?;

    let mut rows: Vec<InputRow> = Vec::new();
    let mut skipped = 0;
    let mut keys: BTreeMap<Box<str>, Arc<str>> = BTreeMap::new();
    let mut record = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(not_a_row(&path, error)),
        }
        let number = rows.len() as u64 + skipped + 1;
        if rows.len() as u64 == u64::from(MOST_RECORDS) {
            let error = Diagnostic::at_line(&path, line_of(real, &record), "too many rows");
            let most = format!("a run has at most {} records", grouped(MOST_RECORDS.into()));
            return Err(error.help(most).into());
        }
        let row = columns.row(&record, number, header.len(), &mut keys);
        let previous = rows.last().filter(|_| !csv.value.sort).map(|row| row.arrival);
        match row.and_then(|row| in_order(row, number, previous)) {
            Ok(row) => rows.push(row),
            Err(_) if csv.value.on_bad_row == raw::OnBadRow::Skip => skipped += 1,
            Err(BadRow { wrong, help }) => {
                let error = Diagnostic::at_line(&path, line_of(real, &record), &wrong);
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
    if csv.value.sort {
        rows.sort_by_key(|row| row.arrival);
    }
    Ok((rows, skipped))
}

/// What parts the fields of a row.
fn delimiter(source: &Source<'_>, given: Option<&At<String>>) -> Result<u8, Diagnostic> {
    let Some(At { value, span }) = given else { return Ok(b',') };
    match value.as_bytes() {
        &[byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Ok(byte),
        _ => {
            let error = source.error(span.clone(), "`delimiter` is one ASCII character");
            Err(error.label("such as `;`, and neither a quote nor the end of a line"))
        }
    }
}

fn not_a_row(path: &Path, error: csv::Error) -> ScenarioError {
    let line = error.position().map_or(1, |position| position.line());
    let message = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(source) => ScenarioError::Io { path: path.to_owned(), source },
        _ => {
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            Diagnostic::at_line(path, line, &message).into()
        }
    }
}

/// The line that a row begins on. A reader may stand at the end of the line above, or at empty lines.
fn line_of(path: &Path, record: &ByteRecord) -> usize {
    let start = Position::new();
    let position = record.position().unwrap_or(&start);
    let line = usize::try_from(position.line()).unwrap_or(usize::MAX);
    let above = empty_lines(path, position.byte()).unwrap_or_default();
    line.saturating_add(above)
}

/// How many lines end before anything stands on one, from a byte of a file on.
fn empty_lines(path: &Path, byte: u64) -> io::Result<usize> {
    let mut file = files::open(path)?;
    file.seek(SeekFrom::Start(byte))?;
    let mut bytes = Vec::new();
    file.take(1 << 14).read_to_end(&mut bytes)?;
    let empty = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    Ok(empty.filter(|&&byte| byte == b'\n').count())
}

/// What is wrong with a row, in words that quote nothing of the file, and what helps.
struct BadRow {
    wrong: String,
    help: &'static str,
}

impl BadRow {
    fn new(wrong: String) -> BadRow {
        BadRow { wrong, help: "`on-bad-row = \"skip\"` leaves such rows out" }
    }
}

/// The row, if it does not arrive before the one above it.
fn in_order(row: InputRow, number: u64, previous: Option<Time>) -> Result<InputRow, BadRow> {
    match previous {
        // Of a file in another order nearly all rows would be left out.
        Some(previous) if row.arrival < previous => Err(BadRow {
            wrong: format!("row {number} arrives before row {}", number - 1),
            help: "`sort = true` puts rows in order of arrival; `event-time` may be any",
        }),
        Some(_) | None => Ok(row),
    }
}

/// A column, and where it stands in a row.
#[derive(Clone, Copy)]
struct Column<'a> {
    name: &'a str,
    at: usize,
}

/// Which columns hold what.
struct Columns<'a> {
    key: Column<'a>,
    event_time: Column<'a>,
    arrival: Column<'a>,
    id: Option<Vec<Column<'a>>>,
    value: Option<Column<'a>>,
    times: raw::TimeFormat,
}

impl<'a> Columns<'a> {
    fn find(
        source: &Source<'_>,
        csv: &'a At<raw::Csv>,
        header: &ByteRecord,
    ) -> Result<Columns<'a>, Diagnostic> {
        let names: Vec<_> = header.iter().map(|name| String::from_utf8_lossy(name)).collect();
        let csv = &csv.value;
        let find = |column: &'a At<String>| {
            let mut places = (0..names.len()).filter(|&at| names[at].trim() == column.value);
            let name = quote(&column.value);
            let error = |title: String| source.error(column.span.clone(), title);
            match (places.next(), places.next()) {
                (Some(at), None) => Ok(Column { name: &column.value, at }),
                (Some(_), Some(_)) => Err(error(format!("two columns are named {name}"))),
                (None, _) => {
                    let path = quote(&csv.path.value);
                    let label = match names.len() {
                        1 => "it has one column: perhaps another `delimiter` parts them".to_owned(),
                        names => format!("it is none of the {names} names on its first line"),
                    };
                    Err(error(format!("{path} has no column {name}")).label(label))
                }
            }
        };
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
            times: csv.time_format,
        })
    }

    /// A row as a record, or what is wrong with it.
    fn row(
        &self,
        record: &ByteRecord,
        number: u64,
        columns: usize,
        keys: &mut BTreeMap<Box<str>, Arc<str>>,
    ) -> Result<InputRow, BadRow> {
        if record.len() != columns {
            let fields = count(record.len() as u64, "field");
            let wrong = format!("row {number} has {fields} under {columns} columns");
            return Err(BadRow::new(wrong));
        }
        let wrong = |column: Column<'_>, why: &str| {
            BadRow::new(format!("row {number}: {} is {why}", quote(column.name)))
        };
        let text = |column: Column<'_>| {
            std::str::from_utf8(&record[column.at]).map_err(|_| wrong(column, "not UTF-8"))
        };
        let time = |column: Column<'_>| {
            stamp(text(column)?, self.times).map_err(|why| BadRow {
                help: "`time-format` is `s`, `ms` or `rfc3339`; `on-bad-row = \"skip\"` skips it",
                ..wrong(column, why)
            })
        };
        let value = match self.value {
            None => RowValue::Integer(1),
            Some(column) => value(text(column)?).map_err(|why| wrong(column, why))?,
        };
        let key = text(self.key)?;
        let (event_time, arrival) = (time(self.event_time)?, time(self.arrival)?);
        let key = match keys.get(key) {
            Some(key) => key.clone(),
            None => {
                let shared: Arc<str> = key.into();
                keys.insert(key.into(), shared.clone());
                shared
            }
        };
        let id = self.id.as_ref().map(|columns| id(columns.iter().map(|at| &record[at.at])));
        Ok(InputRow { key, event_time, arrival, value, id })
    }
}

/// A whole number, else a text.
///
/// # Errors
/// A whole number that does not fit is neither.
fn value(text: &str) -> Result<RowValue, &'static str> {
    if let Ok(number) = text.parse() {
        return Ok(RowValue::Integer(number));
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    match !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Err("a whole number beyond 64 bits"),
        false => Ok(RowValue::Text(text.into())),
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
}
