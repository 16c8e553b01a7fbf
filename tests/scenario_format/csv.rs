//! Input from csv files: what is read, and what is wrong with a row without a word of what stands in it.

use super::Directory;
use onceproof::scenario::{Readable, Scenario, ScenarioError};
use onceproof_kernel::time::{MILLISECOND, SECOND};
use onceproof_sim::input::{InputRow, RowValue, SourceInput};
use onceproof_sim::outcome::Classes;

fn csv_scenario(more: &str) -> String {
    format!(
        "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n\
        [input]\ncsv = {{ path = \"rows.csv\", key = \"user\", event-time = \"t\"{more} }}\n\
        [[step]]\nname = \"events\"\nkind = \"source\"\n\
        [[step]]\nname = \"count\"\nkind = \"count\"\nwindow = \"1m\"\n"
    )
}

impl Directory {
    /// What comes of a csv file that is read with these keys.
    fn read(&self, csv: impl AsRef<[u8]>, more: &str) -> Result<Scenario, ScenarioError> {
        self.write("rows.csv", csv);
        Scenario::load(&self.write("a.toml", csv_scenario(more)))
    }

    /// The rows of a csv file.
    #[track_caller]
    fn rows(&self, csv: &str, more: &str) -> Vec<InputRow> {
        let scenario = self.read(csv, more).unwrap_or_else(|error| panic!("{error}"));
        let SourceInput::Rows(rows) = &scenario.trial.plan.inputs[0].1 else { panic!("rows") };
        rows.to_vec()
    }

    /// Why a csv file is refused.
    #[track_caller]
    fn error(&self, csv: impl AsRef<[u8]>, more: &str) -> String {
        self.read(csv, more).expect_err("a bad file").to_string()
    }
}

/// The keys of rows, and their arrivals in milliseconds.
fn arrivals(rows: &[InputRow]) -> Vec<(&str, i64)> {
    rows.iter().map(|row| (&*row.key, row.arrival.0 / MILLISECOND as i64)).collect()
}

#[test]
fn bad_rows_are_refused_by_row_and_column_or_counted() {
    let directory = Directory::new("bad_rows");
    let good = "t,user,n\n5,ann,1\n";
    let value = ", value = \"n\"";
    for (bad, message) in [
        ("6,secret,9,9\n", "row 2 has 4 fields under 3 columns"),
        ("6\n", "row 2 has 1 field under 3 columns"),
        ("secret,bob,1\n", "row 2: `t` is not a number of seconds"),
        ("4,secret,1\n", "row 2 arrives before row 1"),
        ("99999999999999,bob,1\n", "row 2: `t` is more than 100 years from 1970"),
        ("6.0000000001,bob,1\n", "row 2: `t` is finer than a nanosecond"),
        ("6,bob,9223372036854775808\n", "row 2: `n` is a whole number beyond 64 bits"),
        ("6,bob,-9223372036854775809\n", "row 2: `n` is a whole number beyond 64 bits"),
        ("6,bob,+99999999999999999999\n", "row 2: `n` is a whole number beyond 64 bits"),
    ] {
        let csv = format!("{good}{bad}7,ann,1\n");
        let error = directory.error(&csv, value);
        assert!(error.starts_with(&format!("error: {message}\n")), "{error}");
        assert!(error.contains("rows.csv:3\n"), "{error}");
        assert!(!error.contains("secret") && !error.contains("999"), "{error}");
        assert!(error.lines().skip(2).all(|line| line.chars().count() <= 80), "{error}");
        // What leaves out one bad row would leave out nearly all of a file in another order.
        let is_out_of_order = bad.starts_with('4');
        assert_eq!(error.contains("`sort = true`"), is_out_of_order, "{error}");
        assert_eq!(error.contains("on-bad-row"), !is_out_of_order, "{error}");
        let skip = format!("{value}, on-bad-row = \"skip\"");
        let scenario = directory.read(&csv, &skip).expect("bad rows are left out");
        assert_eq!(scenario.rows_skipped, 1, "{bad}");
        assert_eq!(directory.rows(&csv, &skip).len(), 2);
    }
    let error = directory.error("t,user\r\n5,ann\r\n\r\nx,bob\r\n", "");
    assert!(error.starts_with("error: row 2: ") && error.contains("rows.csv:4\n"), "{error}");
    let error = directory.error(b"t,user\n5,\xff\n", "");
    assert!(error.starts_with("error: row 1: `user` is not UTF-8\n"), "{error}");
}

#[test]
fn a_value_is_a_number_of_64_bits_or_a_text() {
    let directory = Directory::new("csv_values");
    let csv = "t,user,n\n1,a,9223372036854775807\n2,a,-9223372036854775808\n3,a,+7\n4,a,1e30\n\
        5,a,-\n6,a,\n7,a,99999999999999999999x\n";
    let rows = directory.rows(csv, ", value = \"n\"");
    let number = RowValue::Integer;
    let text = |text: &str| RowValue::Text(text.into());
    let expected = [
        number(i64::MAX),
        number(i64::MIN),
        number(7),
        text("1e30"),
        text("-"),
        text(""),
        text("99999999999999999999x"),
    ];
    assert_eq!(rows.iter().map(|row| row.value.clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn times_are_seconds_milliseconds_or_dates_with_an_offset() {
    let directory = Directory::new("csv_times");
    let check = |format: &str, time: &str, nanos: i64| {
        let more = format!(", time-format = \"{format}\"");
        let rows = directory.rows(&format!("t,user\n{time},ann\n"), &more);
        assert_eq!(rows[0].arrival.0, nanos, "{format} {time}");
    };
    let second = SECOND as i64;
    check("s", "1357035300", 1_357_035_300 * second);
    check("s", "-1", -second);
    check("s", " 1.5 ", 1_500_000_000);
    check("s", "-0.000000001", -1);
    check("s", "1.000000001", 1_000_000_001);
    check("ms", "1357035300250", 1_357_035_300_250_000_000);
    check("ms", "-0.5", -500_000);
    check("rfc3339", "1970-01-01T00:00:00Z", 0);
    check("rfc3339", "1969-12-31T23:59:59.5-01:00", 3_599_500_000_000);
    check("rfc3339", "2013-01-01 10:15:00.000000001z", 1_357_035_300_000_000_001);
    check("rfc3339", "2013-01-01t11:15:00+01:00", 1_357_035_300 * second);
    // The leap day of 2000, and a leap second, which is the first of the day that follows.
    check("rfc3339", "2000-02-29T00:00:00Z", 951_782_400 * second);
    check("rfc3339", "2000-02-29T23:59:60Z", 951_868_800 * second);

    let check = |format: &str, time: &str, why: &str| {
        let more = format!(", time-format = \"{format}\"");
        let error = directory.error(format!("t,user\n{time},ann\n"), &more);
        assert!(error.starts_with(&format!("error: row 1: `t` is {why}\n")), "{time}: {error}");
    };
    check("s", "1e400", "not a number of seconds");
    check("s", "--1", "not a number of seconds");
    check("s", "", "not a number of seconds");
    check("s", "2013-01-01T10:15:00Z", "not a number of seconds");
    check("ms", "0.0000001", "finer than a nanosecond");
    check("ms", "1s", "not a number of milliseconds");
    check("ms", "3153600000001", "more than 100 years from 1970");
    for no_date in
        ["1357035300", "2013-01-01", "2013-02-29T00:00:00Z", "2013-01-01T24:00:00Z", "10:15:00Z"]
    {
        check("rfc3339", no_date, "no date and time of RFC 3339");
    }
    check("rfc3339", "2013-01-01T10:15Z", "no date and time of RFC 3339");
    check("rfc3339", "2013-01-01T10:15:00", "without an offset, such as `Z`");
    check("rfc3339", "2013-01-01T10:15:00.0000000001Z", "finer than a nanosecond");
    check("rfc3339", "0001-01-01T00:00:00Z", "more than 100 years from 1970");
    check("rfc3339", "2100-01-01T00:00:00Z", "more than 100 years from 1970");
}

#[test]
fn fields_are_parted_by_one_character() {
    let directory = Directory::new("csv_delimiter");
    for (delimiter, csv) in [(";", "t;user\n5;a,b\n"), ("\\t", "t\tuser\n5\ta,b\n")] {
        let rows = directory.rows(csv, &format!(", delimiter = \"{delimiter}\""));
        assert_eq!(arrivals(&rows), [("a,b", 5_000)]);
    }
    for no_delimiter in ["", ";;", "é", "\\\"", "\\n", "\\r"] {
        let error = directory.error("", &format!(", delimiter = \"{no_delimiter}\""));
        assert!(error.starts_with("error: `delimiter` is one ASCII character"), "{error}");
        assert!(error.contains("a.toml:6:"), "{error}");
    }
}

#[test]
fn rows_are_sorted_by_arrival_if_that_is_asked_for_and_those_of_one_time_stay_as_they_are() {
    let directory = Directory::new("csv_sort");
    let csv = "at,user,t\n3,c,1\n1,a,9\n3,b,2\n2,d,0\n";
    let more = ", arrival = \"at\"";
    let error = directory.error(csv, more);
    assert!(error.starts_with("error: row 2 arrives before row 1\n"), "{error}");
    assert!(error.contains("help: `sort = true` "), "{error}");
    let rows = directory.rows(csv, &format!("{more}, sort = true"));
    assert_eq!(arrivals(&rows), [("a", 1_000), ("d", 2_000), ("c", 3_000), ("b", 3_000)]);
    // A row that is wrong goes by its number in the file.
    let error = directory.error(format!("{csv}x,e,0\n"), &format!("{more}, sort = true"));
    assert!(error.starts_with("error: row 5: `at` is not a number of seconds\n"), "{error}");
    assert!(error.contains("rows.csv:6\n"), "{error}");
}

#[test]
fn headers_stand_without_blanks_and_byte_order_mark() {
    let directory = Directory::new("csv_headers");
    for header in ["\u{feff}t,user", " t , user\t", "\u{feff}\"t\",\" user \""] {
        let rows = directory.rows(&format!("{header}\n5,ann\n"), "");
        assert_eq!(arrivals(&rows), [("ann", 5_000)]);
    }
    let error = directory.error("t,user, t\n5,ann,6\n", "");
    assert!(error.starts_with("error: two columns are named `t`\n"), "{error}");
}

#[test]
fn files_that_are_missing_or_have_no_such_column_are_named() {
    let directory = Directory::new("no_column");
    let file = directory.write("a.toml", csv_scenario(""));
    let error = Scenario::load(&file).expect_err("there is no csv");
    assert!(matches!(&error, ScenarioError::Io { path, .. } if path.ends_with("rows.csv")));
    let error = error.to_string();
    assert!(error.contains("rows.csv") && error.contains("a.toml"), "{error}");

    let error = directory.error("t,secret\n5,ann\n", "");
    assert!(error.starts_with("error: `rows.csv` has no column `user`\n"), "{error}");
    assert!(error.contains("none of the 2 names on its first line"), "{error}");
    assert!(!error.contains("secret"), "{error}");

    let error = directory.error("t,user\n", "");
    assert!(error.starts_with("error: `rows.csv` has no rows\n"), "{error}");
    assert!(directory.read("", "").is_err());

    let missing = Scenario::load(&directory.0.join("b.toml")).expect_err("there is no file");
    assert!(matches!(missing, ScenarioError::Io { .. }));
}

#[test]
fn a_saved_failure_finds_its_csv_from_where_it_is() {
    let directory = Directory::new("moved_csv");
    directory.write("rows.csv", "t,user\n5,ann\n");
    let file = directory.write("a.toml", csv_scenario(""));
    let scenario = Scenario::load(&file).expect("a good file");
    for (place, path) in [("deep/er/b.toml", "../../rows.csv"), ("b.toml", "rows.csv")] {
        let destination = directory.0.join(place);
        let saved = scenario.saved_failure(None, &[], Classes::default(), &destination);
        assert!(saved.contains(&format!("path = \"{path}\", key")), "{saved}");
        std::fs::write(&destination, saved).expect("it can be written");
        let readable = Readable::default().and_around(&file);
        Scenario::load_with(&destination, &readable).expect("the csv is found");
        // Of itself it reads what is below the parent of its folder.
        assert_eq!(Scenario::load(&destination).is_ok(), place == "b.toml");
    }
}
