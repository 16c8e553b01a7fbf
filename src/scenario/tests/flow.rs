//! What would be more than a run bears, or need more than 64 bits to be added up, is refused; what just fits is read.

use super::*;

const GREATEST: i64 = i64::MAX;
const LEAST: i64 = i64::MIN;

/// Records of ann with these values, and these steps below their source.
fn of(values: &[i64], steps: &str) -> String {
    let record = |value| format!("{{ key = \"ann\", at = \"0s\", value = {value} }}");
    let records: Vec<String> = values.iter().map(record).collect();
    format!("{HEAD}[input]\nrecords = [{}]\n{SOURCE}{steps}", records.join(", "))
}

fn step(name: &str, kind: &str, more: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\nkind = \"{kind}\"\n{more}\n")
}

fn sum() -> String {
    step("total", "sum", "window = \"1m\"")
}

fn map(name: &str, function: &str) -> String {
    step(name, "map", &format!("fn = {function}"))
}

/// Checks that the sums of `total` are refused, with this beside.
#[track_caller]
fn no_sum(text: &str, beside: &str) {
    refused(text, "the sums of `total` may not fit 64 bits", "\"total\"", beside);
}

#[test]
fn a_sum_that_may_not_fit_is_refused_by_the_name_of_the_record_and_of_the_step() {
    no_sum(&of(&[1, GREATEST], &sum()), "what comes here adds up to 9223372036854775808");
    no_sum(&of(&[1, GREATEST], &sum()), "9223372036854775807, of `events/0#1`");
    no_sum(&of(&[LEAST, -1], &sum()), "the least value is -9223372036854775808, of `events/0#0`");
    no_sum(&of(&[GREATEST], &(map("more", "{ explode = { copies = 2 } }") + &sum())), "551614");
    read(&of(&[1, GREATEST - 1], &sum()));
    read(&of(&[LEAST, GREATEST], &sum()));
    read(&of(&[LEAST + 1, -1], &sum()));
}

#[test]
fn only_sums_add_up_values() {
    let big = [GREATEST, GREATEST, LEAST, LEAST];
    read(&of(&big, COUNT));
    read(&of(&big, &step("table", "sink", "")));
    read(&of(&big, &(COUNT.to_owned() + &sum())));
    let keyed = map("by-value", "{ key-by = \"value\" }");
    read(&of(&big, &(keyed + COUNT)));
}

#[test]
fn what_a_function_decides_is_added_up_as_well() {
    let check = |function: &str, records: usize, beside: Option<&str>| {
        let text = of(&vec![GREATEST; records], &(map("decide", function) + &sum()));
        match beside {
            Some(beside) => no_sum(&text, beside),
            None => drop(read(&text)),
        }
    };
    check("{ coin = { sides = 1000000, into = \"value\" } }", 2, None);
    check("{ lookup = { values = 1000000, changes-every = \"1s\", into = \"value\" } }", 2, None);
    check("{ order = { into = \"value\" } }", 2, None);
    // The key is another, and the value is still that of the record.
    check("{ coin = { sides = 2, into = \"key\" } }", 2, Some("events/0#0"));
    // A year has 31,536,000 s.
    let clock = "{ clock = { every = \"1ns\", into = \"value\" } }";
    check(clock, 292, None);
    check(clock, 293, Some("the greatest value is 31536000000000000, of `decide`"));
}

#[test]
fn generated_records_are_counted_where_they_are_made_and_where_they_are_added_up() {
    let text = |records: u64, more: &str| {
        let generate = format!("generate = {{ records = {records}, values = 4294967295{more} }}");
        format!("{HEAD}[input]\n{generate}\n{SOURCE}{}", sum())
    };
    read(&text(3_000_000, ", users = 1000000"));
    read(&text(5_000_000, ""));
    let title = "too many records at `total`";
    refused(&text(5_000_001, ""), title, "\"total\"", "all steps make 10000002");
    let title = "`records` is out of range";
    refused(&text(10_000_001, ""), title, "10000001", "from 1 to 10000000");
    refused(&text(4_000_000_000, ""), title, "4000000000", "from 1 to 10000000");
    let title = "`users` is out of range";
    refused(&text(1, ", users = 1000001"), title, "1000001", "from 1 to 1000000");
    refused(&text(1, ", users = 4294967295"), title, "4294967295 }", "from 1 to 1000000");
}

#[test]
fn more_records_than_a_run_bears_are_refused() {
    let thousand =
        |number: usize| map(&format!("more-{number}"), "{ explode = { copies = 1000 } }");
    let all = |steps: &dyn Fn(usize) -> String, number| {
        let steps: String = (1..=number).map(steps).collect();
        of(&[1], &(steps + &step("table", "sink", "")))
    };
    let title = "too many records at `more-3`";
    // 1 + 1,000 + 1,000,000 records.
    read(&all(&thousand, 2));
    refused(&all(&thousand, 3), title, "\"more-3\"", "at most 10,000,000 records");

    // Counts in between make few panes, in which one record is reflected as often.
    let counted = |number: usize| thousand(number) + &COUNT.replace("user", &number.to_string());
    read(&all(&counted, 2));
    refused(&all(&counted, 3), title, "\"more-3\"", "up to 1000000000 leave it");
}

#[test]
fn ways_that_part_and_join_again_and_again_are_refused() {
    let both = |number: usize| match number {
        0 => "from = \"events\"".to_owned(),
        _ => format!("from = [\"left-{number}\", \"right-{number}\"]"),
    };
    let diamond = |number: usize| {
        let more = format!("fn = \"identity\"\n{}", both(number - 1));
        ["left", "right"].map(|side| step(&format!("{side}-{number}"), "map", &more)).concat()
    };
    let ways = |diamonds: usize| {
        let steps: String = (1..=diamonds).map(diamond).collect();
        of(&[1], &(steps + &step("table", "sink", &both(diamonds))))
    };
    // After 22 diamonds 2^23 - 1 records are made, with that of the source; 2^24 - 1 are too many.
    read(&ways(22));
    for diamonds in [23, 30, 400] {
        let error = parse(&ways(diamonds)).expect_err("2^23 ways").to_string();
        assert!(error.contains("too many records at"), "{error}");
        assert!(error.contains("-23`"), "{error}");
    }
}

#[test]
fn steps_and_links_between_their_shards_are_counted() {
    let steps = |number: usize| -> String {
        let between = (2..number).map(|at| step(&format!("s{at}"), "reshuffle", ""));
        of(&[1], &(between.collect::<String>() + COUNT))
    };
    read(&steps(1_000));
    refused(&steps(1_001), "too many steps", "\"per-user", "at most 1,000, and there are 1,001");
    refused(&steps(60_000), "too many steps", "\"s1001\"", "there are 60,000");

    let chain = |shards: [u32; 3]| {
        let source = format!("{}shards = {}\n", of(&[1], ""), shards[0]);
        let middle = step("middle", "reshuffle", &format!("shards = {}", shards[1]));
        let last = format!("window = \"1m\"\nshards = {}", shards[2]);
        source + &middle + &step("last", "count", &last)
    };
    // 1,024 * 512 + 512 * 1,024 links.
    read(&chain([1_024, 512, 1_024]));
    let title = "too many links between shards at `last`";
    refused(&chain([1_024, 513, 1_024]), title, "1024", "above, 1,050,624");
    refused(&chain([1_024, 1_024, 7]), title, "7", "above, 1,055,744");
}
