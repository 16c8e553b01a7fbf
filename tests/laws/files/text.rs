//! Writes a file as TOML, each value in one of several forms that mean the same. The units and the quotes of
//! this page are not those of the reader, so that a wrong unit there is noticed.

use super::file::{Call, File, Function, Generate, Input, Into, Kind, Queue, Row, Step, Value};
use onceproof_kernel::mix;
use std::fmt::Write as _;

/// The text of a file. `csv` gives the path of the csv file of each input.
pub fn text(file: &File, csv: &dyn Fn(usize) -> String) -> String {
    let mut writer = Writer { forms: Forms::new(file.form), text: String::new(), csv };
    writer.file(file);
    writer.text
}

/// The rows of a csv file.
pub fn csv_text(input: &Input) -> String {
    let Input::Csv { rows, bad_rows } = input else { return String::new() };
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let seconds = |nanos: i64| nanos / super::file::SECOND as i64;
    let mut text = String::from("number,who,\"happened, when\",when,what,name\n");
    for (number, row) in rows.iter().enumerate() {
        if (number as u64) < *bad_rows {
            text.push_str("x,\"a row\",of,no,good,\n");
        }
        let value = match &row.value {
            Value::Number(number) => number.to_string(),
            Value::Text(text) => quoted(text),
        };
        let (key, id) = (quoted(&row.key), row.id.as_deref().unwrap_or("none"));
        let (event_time, at) = (seconds(row.event_time), seconds(row.at));
        let _ = writeln!(text, "{number},{key},{event_time},{at},{value},{id}");
    }
    text
}

/// Which form each value is written in.
pub struct Forms {
    form: u64,
    written: u64,
}

impl Forms {
    pub fn new(form: u64) -> Forms {
        Forms { form, written: 0 }
    }

    /// One of so many forms; the first where all is plain.
    fn next(&mut self, forms: u64) -> u64 {
        self.written += 1;
        match self.form {
            0 => 0,
            form => mix::fold(form, self.written) % forms,
        }
    }

    /// A length of time.
    pub fn span(&mut self, nanos: u64) -> String {
        let text = match self.next(5) {
            1 => in_parts(nanos),
            2 => in_decimals(nanos, 1_000_000_000, "s"),
            3 => in_decimals(nanos, 1_000_000, "ms"),
            4 => format!("{nanos}ns"),
            _ => plainly(nanos),
        };
        format!("\"{text}\"")
    }

    fn moment(&mut self, nanos: i64) -> String {
        let span = self.span(nanos.unsigned_abs());
        match nanos < 0 {
            true => format!("\"-{}", &span[1..]),
            false => span,
        }
    }

    /// A text in quotes.
    pub fn string(&mut self, text: &str) -> String {
        let is_literal = !text.contains(['\'', '\n']) && !text.contains(char::is_control);
        if is_literal && self.next(3) == 1 {
            return format!("'{text}'");
        }
        let mut quoted = String::from("\"");
        for letter in text.chars() {
            match letter {
                '"' | '\\' => quoted.extend(['\\', letter]),
                '\n' => quoted.push_str("\\n"),
                control if control.is_control() => {
                    let _ = write!(quoted, "\\u{:04x}", u32::from(control));
                }
                letter => quoted.push(letter),
            }
        }
        quoted.push('"');
        quoted
    }

    /// Odds of one in so many.
    pub fn odds(&mut self, one_in: u32) -> String {
        match self.next(3) {
            1 => format!("\"{}/{}\"", 3, u64::from(one_in) * 3),
            2 if 1000 % one_in == 0 => format!("0.{:03}", 1000 / one_in),
            _ => format!("\"1/{one_in}\""),
        }
    }
}

/// With the largest unit that divides it.
fn plainly(nanos: u64) -> String {
    match nanos {
        n if n.is_multiple_of(1_000_000_000) => format!("{}s", n / 1_000_000_000),
        n if n.is_multiple_of(1_000_000) => format!("{}ms", n / 1_000_000),
        n if n.is_multiple_of(1_000) => format!("{}us", n / 1_000),
        n => format!("{n}ns"),
    }
}

/// As days, hours, minutes and so on, those that are 0 left out.
fn in_parts(nanos: u64) -> String {
    let of = |unit: u64, within: u64| nanos / unit % within;
    let parts = [
        (of(86_400_000_000_000, u64::MAX), "d"),
        (of(3_600_000_000_000, 24), "h"),
        (of(60_000_000_000, 60), "m"),
        (of(1_000_000_000, 60), "s"),
        (of(1_000_000, 1000), "ms"),
        (of(1_000, 1000), "us"),
        (of(1, 1000), "ns"),
    ];
    let text: String =
        parts.iter().filter(|part| part.0 > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if text.is_empty() { "0m".to_owned() } else { text }
}

/// As a decimal number of one unit.
fn in_decimals(nanos: u64, unit: u64, word: &str) -> String {
    let places = unit.ilog10() as usize;
    let text = format!("{}.{:0places$}", nanos / unit, nanos % unit);
    let text = text.trim_end_matches('0');
    format!("{}{word}", text.strip_suffix('.').unwrap_or(text))
}

struct Writer<'a> {
    forms: Forms,
    text: String,
    csv: &'a dyn Fn(usize) -> String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn file(&mut self, file: &File) {
        self.line("format = 1\nname   = \"a file\"\nclaim  = \"It holds.\"");
        match &file.side_effects {
            Some(demands) => {
                self.line(&format!("expect = {{ holds = \"exactly-once\", {demands} }}"));
            }
            None => self.line("expect = \"exactly-once\""),
        }
        if self.forms.next(4) == 1 {
            self.line("strategy = \"dataflow\"");
        }
        if let Some(seed) = file.seed {
            let is_small = seed <= i64::MAX as u64 && self.forms.next(2) == 1;
            self.line(&if is_small {
                format!("seed = {seed}")
            } else {
                format!("seed = \"{seed}\"")
            });
        }
        if file.is_first_input_shared {
            let input = self.input(&file.inputs[0], 0);
            self.line(&format!("\n[input]\n{input}"));
        }
        for (place, &at) in file.order.iter().enumerate() {
            let above = place.checked_sub(1).map(|above| file.order[above]);
            self.step(file, &file.steps[at], above);
        }
        let tables = [
            ("mechanism", &file.mechanism),
            ("cluster", &file.cluster),
            ("network", &file.network),
            ("until", &file.until),
            ("faults", &file.faults),
        ];
        for (name, lines) in tables.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            self.line(&format!("\n[{name}]"));
            lines.iter().for_each(|line| self.line(line));
        }
    }

    fn step(&mut self, file: &File, step: &Step, above: Option<usize>) {
        let name = self.forms.string(&step.name);
        let kind = match &step.kind {
            Kind::Source { .. } => "source",
            Kind::Map(_) => "map",
            Kind::Reshuffle => "reshuffle",
            Kind::Count(_) => "count",
            Kind::Sum(_) => "sum",
            Kind::CountGlobally(_) => "count-globally",
            Kind::Sink(_) => "sink",
        };
        self.line(&format!("\n[[step]]\nname = {name}\nkind = \"{kind}\""));
        let is_above = step.from.len() == 1 && above == step.from.first().copied();
        let is_told = !(is_above && self.forms.next(2) == 0);
        if !step.from.is_empty() && is_told {
            let names: Vec<String> =
                step.from.iter().map(|&from| self.forms.string(&file.steps[from].name)).collect();
            match &names[..] {
                [only] if self.forms.next(2) == 0 => self.line(&format!("from = {only}")),
                names => self.line(&format!("from = [{}]", names.join(", "))),
            }
        }
        if let Some(shards) = step.shards {
            self.line(&format!("shards = {shards}"));
        }
        match &step.kind {
            Kind::Source { bound, queue, input } => {
                self.source(*bound, *queue);
                if *input > 0 || !file.is_first_input_shared {
                    let input = self.input(&file.inputs[*input], *input);
                    self.line(&format!("input = {{ {input} }}"));
                }
            }
            Kind::Map(function) => self.map(step, function),
            Kind::Sink(Some(write)) => self.line(&format!("write = {write}")),
            Kind::Reshuffle | Kind::Sink(None) => {}
            Kind::Count(windows) | Kind::Sum(windows) | Kind::CountGlobally(windows) => {
                let length = self.forms.span(windows.length);
                self.line(&format!("window = {length}"));
                if let Some(lateness) = windows.lateness {
                    let lateness = self.forms.span(lateness);
                    self.line(&format!("lateness = {lateness}"));
                }
            }
        }
        match &step.mechanism[..] {
            [] => {}
            lines if self.forms.next(2) == 0 => {
                self.line(&format!("mechanism = {{ {} }}", lines.join(", ")));
            }
            lines => lines.iter().for_each(|line| self.line(&format!("mechanism.{line}"))),
        }
    }

    fn source(&mut self, bound: Option<u64>, queue: Option<Queue>) {
        match bound {
            Some(bound) => {
                let bound = self.forms.span(bound);
                self.line(&format!("watermark = {{ bound = {bound} }}"));
            }
            None if self.forms.next(3) == 1 => self.line("watermark = \"perfect\""),
            None => {}
        }
        let Some(Queue { deadline, extend, has_attributes }) = queue else { return };
        let mut keys: Vec<String> = Vec::new();
        keys.extend(deadline.map(|deadline| format!("deadline = {}", self.forms.span(deadline))));
        if !extend {
            keys.push("extend = false".to_owned());
        }
        if has_attributes {
            keys.push("ids = \"attribute\"".to_owned());
        } else if self.forms.next(3) == 1 {
            keys.push("ids = \"message\", ack = \"after-commit\"".to_owned());
        }
        self.line(&format!("queue = {{ {} }}", keys.join(", ")));
    }

    fn map(&mut self, step: &Step, function: &Function) {
        let text = |forms: &mut Forms, word: &str, key: &str, text: &str| {
            format!("{{ {word} = {{ {key} = {} }} }}", forms.string(text))
        };
        let forms = &mut self.forms;
        let into = |into: &Into| match into {
            Into::Key => "into = \"key\"",
            Into::Value => "into = \"value\"",
        };
        let function = match function {
            Function::Identity => "\"identity\"".to_owned(),
            Function::KeyByValue => "{ key-by = \"value\" }".to_owned(),
            Function::KeyByBefore(mark) => text(forms, "key-by", "before", mark),
            Function::KeyByFixed(key) => text(forms, "key-by", "fixed", key),
            Function::FilterKey(key) => text(forms, "filter", "key", key),
            Function::FilterNotKey(key) => text(forms, "filter", "not-key", key),
            Function::FilterValueAtLeast(least) => {
                format!("{{ filter = {{ value-at-least = {least} }} }}")
            }
            Function::Explode(copies) => format!("{{ explode = {{ copies = {copies} }} }}"),
            Function::Coin(sides, to) => {
                format!("{{ coin = {{ sides = {sides}, {} }} }}", into(to))
            }
            Function::Clock(every, to) => {
                format!("{{ clock = {{ every = {}, {} }} }}", forms.span(*every), into(to))
            }
            Function::Lookup(every, values, to) => {
                let every = forms.span(*every);
                let into = into(to);
                format!("{{ lookup = {{ changes-every = {every}, values = {values}, {into} }} }}")
            }
            Function::Order(to) => format!("{{ order = {{ {} }} }}", into(to)),
            Function::Call(call) => match call {
                Call::Append => "{ call = { write = \"append\" } }".to_owned(),
                Call::Put => "{ call = { write = \"put\" } }".to_owned(),
                Call::PutFenced => "{ call = { write = \"put-fenced\" } }".to_owned(),
                Call::Read => "{ call = \"read\" }".to_owned(),
                Call::Delete => "{ call = \"delete\" }".to_owned(),
            },
        };
        self.line(&format!("fn = {function}"));
        if step.stable_input {
            self.line("stable-input = true");
        }
        if let Some(poison) = &step.poison {
            let poison = self.forms.string(poison);
            self.line(&format!("poison = {{ key = {poison} }}"));
        }
        if let Some(after) = step.dead_letter {
            self.line(&format!("dead-letter = {{ after = {after} }}"));
        }
    }

    fn input(&mut self, input: &Input, number: usize) -> String {
        match input {
            Input::Records(rows) => {
                let rows: Vec<String> = rows.iter().map(|row| self.row(row)).collect();
                format!("records = [\n    {},\n]", rows.join(",\n    "))
            }
            Input::Csv { rows, bad_rows } => {
                let path = self.forms.string(&(self.csv)(number));
                let mut keys = format!(
                    "path = {path}, key = \"who\", event-time = \"happened, when\", value = \"what\""
                );
                if rows.iter().any(|row| row.at != row.event_time) {
                    keys.push_str(", arrival = \"when\"");
                }
                if rows.iter().any(|row| row.id.is_some()) {
                    keys.push_str(", id = [\"name\", \"who\"]");
                }
                if *bad_rows > 0 {
                    keys.push_str(", on-bad-row = \"skip\"");
                }
                format!("csv = {{ {keys} }}")
            }
            Input::Generate(Generate {
                records,
                users,
                skew_thousandths,
                every,
                out_of_order,
                values,
            }) => {
                let (every, out_of_order) =
                    (self.forms.span(*every), self.forms.span(*out_of_order));
                let skew = in_decimals(u64::from(*skew_thousandths), 1000, "");
                format!(
                    "generate = {{ records = {records}, users = {users}, skew = {skew}, every = {every}, \
                     out-of-order = {out_of_order}, values = {values} }}"
                )
            }
        }
    }

    fn row(&mut self, row: &Row) -> String {
        let mut text =
            format!("{{ key = {}, at = {}", self.forms.string(&row.key), self.forms.moment(row.at));
        if row.event_time != row.at {
            let _ = write!(text, ", event-time = {}", self.forms.moment(row.event_time));
        }
        match &row.value {
            Value::Number(1) => {}
            Value::Number(number) => {
                let _ = write!(text, ", value = {number}");
            }
            Value::Text(value) => {
                let _ = write!(text, ", value = {}", self.forms.string(value));
            }
        }
        if let Some(id) = &row.id {
            let _ = write!(text, ", id = {}", self.forms.string(id));
        }
        text.push_str(" }");
        text
    }
}
