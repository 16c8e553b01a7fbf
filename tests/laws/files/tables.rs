//! Draws what changes the cost of a run and never its results: the right values of all mechanisms, workers,
//! links, the end of a run, and the faults. Waits are bounded by the constants below.

use super::file::{File, Function, Kind, MILLISECOND, SECOND, Step};
use super::idle;
use super::steps::Outputs;
use super::tape::Tape;
use super::text::Forms;

/// Time-outs of retries, what each further wait is multiplied by, and the longest, in milliseconds. Where a
/// time-out is below the round trip and does not grow, what is sent again leaves no time for anything else.
const RETRIES: [(u64, u64, u64); 8] = [
    (30, 2, 1000),
    (5, 2, 1000),
    (400, 1, 400),
    (30, 3, 500),
    (5, 3, 600),
    (2000, 5, 6000),
    (15 * MINUTES, 1, 15 * MINUTES),
    (60 * MINUTES, 2, 6000 * MINUTES),
];
/// Shorter than a commit takes, longer than anything, and in between.
const COMMIT_RETRIES: [&str; 4] = [
    "timeout = \"2ms\", backoff = 3, max = \"1m\"",
    "backoff = 1",
    "timeout = \"1h\", max = \"2h\"",
    "timeout = \"1ms\", max = \"50ms\"",
];
/// In milliseconds.
const MINUTES: u64 = 60_000;
/// Waits of a cluster, in milliseconds, the plainest first.
const ROUTING_LAGS: [u64; 5] = [20, 0, 100, 1000, 20_000];
const READS: [u64; 4] = [0, 1, 5, 20_000];
const LATENCIES: [u64; 5] = [1, 0, 10, 80, 5000];
/// How long faults last, in milliseconds.
const FAULT_SPANS: [u64; 10] = [100, 1, 31, 29, 300, 700, 1500, 3000, 15 * MINUTES, 60 * MINUTES];
/// How long after the last arrival drawn faults may end, and how long a run may take after that, in seconds.
const CALMS: [u64; 3] = [10, 1, 60];
const DRAINS: [u64; 2] = [3_600_000, 36_000_000];

/// How steps and ids are made durable in a file.
pub struct Designs {
    /// Whether ids are never forgotten within a run, so that a publisher may repeat itself late.
    pub remembers: bool,
    recomputes: bool,
}

impl Designs {
    pub fn draw(tape: &mut Tape<'_>) -> Designs {
        Designs { remembers: tape.once_in(6), recomputes: tape.once_in(3) }
    }
}

/// Which steps must make their outputs durable before they send them: where a function may answer otherwise, or
/// give up; where a window may fire with fewer records than a moment later; and before a stable input.
fn must_checkpoint(steps: &[Step], outputs: &[Outputs]) -> Vec<bool> {
    let mut must: Vec<bool> = steps
        .iter()
        .zip(outputs)
        .map(|(step, outputs)| match &step.kind {
            Kind::Map(function) => function.decides().is_some() || step.dead_letter.is_some(),
            kind => kind.windows().is_some() && outputs.is_imperfect,
        })
        .collect();
    for step in steps.iter().filter(|step| step.stable_input) {
        step.from.iter().for_each(|&from| must[from] = true);
    }
    must
}

/// Gives mechanisms to a file and its steps.
pub fn mechanisms(tape: &mut Tape<'_>, designs: &Designs, file: &mut File, outputs: &[Outputs]) {
    let must = must_checkpoint(&file.steps, outputs);
    let reads_queue = |step: &Step| matches!(step.kind, Kind::Source { queue: Some(_), .. });
    let has_queue = file.steps.iter().any(reads_queue);
    let mut forms = Forms::new(file.form);
    if designs.recomputes {
        file.mechanism.push("outputs = \"recompute\"".to_owned());
    }
    let mut all_checkpoint = true;
    for (at, step) in file.steps.iter_mut().enumerate() {
        let recomputes = !must[at] && (designs.recomputes || tape.once_in(8));
        let outputs = match (recomputes, designs.recomputes) {
            (true, false) => Some("recompute"),
            (false, true) => Some("checkpoint"),
            (false, false) => tape.once_in(16).then_some("checkpoint"),
            (true, true) => None,
        };
        step.mechanism.extend(outputs.map(|outputs| format!("outputs = \"{outputs}\"")));
        all_checkpoint &= !recomputes;
        if !recomputes && !reads_queue(step) && tape.once_in(12) {
            step.mechanism.push("ids = \"fresh\"".to_owned());
        }
        if !recomputes && tape.once_in(6) {
            step.mechanism.push(format!("settle = {}", tape.pick(&SETTLES)));
        }
        if tape.once_in(5) {
            step.mechanism.extend(cost(tape, &mut forms));
        }
        if !designs.remembers && tape.once_in(6) {
            step.mechanism.extend(memory(tape));
        }
        if tape.once_in(12) {
            step.mechanism.push(format!("fuse = {}", tape.pick(&["false", "true"])));
        }
    }
    for step in file.steps.iter_mut().filter(|step| step.kind.windows().is_some()) {
        step.mechanism.extend(lift(tape, all_checkpoint));
    }
    let table = &mut file.mechanism;
    if tape.once_in(2) {
        table.extend(cost(tape, &mut forms));
    }
    if designs.remembers {
        table.push(tape.pick(&LONG_MEMORIES).to_owned());
    } else if tape.once_in(2) {
        table.extend(memory(tape));
    }
    table.extend(lift(tape, all_checkpoint));
    if all_checkpoint && !has_queue && tape.once_in(8) {
        table.push("ids = \"fresh\"".to_owned());
    } else if tape.once_in(8) {
        let plain = "stamps = \"stable\"\natomic = true\nre-ack = true\nfencing = true\n\
                     ack = \"after-commit\"";
        table.extend(plain.lines().map(str::to_owned));
    }
    if !designs.recomputes && tape.once_in(3) {
        table.push(format!("settle = {}", tape.pick(&SETTLES)));
    }
    if tape.once_in(8) {
        table.push("fuse = false".to_owned());
    }
    idle::leave_out(file);
}

const SETTLES: [&str; 2] = ["\"with-next\"", "\"alone\""];

/// What changes the number of messages and commits.
fn cost(tape: &mut Tape<'_>, forms: &mut Forms) -> Vec<String> {
    let mut lines = Vec::new();
    if tape.once_in(2) {
        lines.push(format!("bundle = {}", tape.pick(&[2, 3, 8])));
    }
    if tape.once_in(2) {
        lines.push(format!("in-flight = {}", tape.pick(&[1, 2, 7])));
    }
    if tape.once_in(3) {
        let (timeout, backoff, max) = tape.pick(&RETRIES);
        let (timeout, max) = (forms.span(timeout * MILLISECOND), forms.span(max * MILLISECOND));
        lines.push(format!("retry = {{ timeout = {timeout}, backoff = {backoff}, max = {max} }}"));
    }
    if tape.once_in(6) {
        let line = tape.pick(&COMMIT_RETRIES);
        lines.push(format!("commit-retry = {{ {line} }}"));
    }
    lines
}

/// Longer than any run.
const LONG_MEMORIES: [&str; 5] = [
    "dedup = { window = \"20000h\" }",
    "dedup = { window = { length = \"20000h\", refresh-on-hit = true } }",
    "dedup = { window = { length = \"20000h\", unknown-old = \"drop\" } }",
    "gc = { ttl = \"20000h\" }",
    "gc = { ttl = \"20000h\", unknown-old = \"drop\" }",
];

/// How ids are known and forgotten.
fn memory(tape: &mut Tape<'_>) -> Option<String> {
    let line = match tape.below(9) {
        0 => "dedup = \"bloom\"",
        1 => "dedup = \"catalog\"",
        2 => "dedup = { bloom = { bucket = \"40ms\", expect = 2, bits-per-id = 3, hashes = 2 } }",
        3 => {
            "dedup = { bloom = { bucket = \"1s\", expect = 3, rebuild = \"lazy\", threshold = 3 } }"
        }
        4 => "dedup = { bloom = { bucket = \"1ms\", bucket-by = \"stamp\", rebuild = \"scan\" } }",
        5 => "gc = \"watermark\"",
        _ => tape.pick(&LONG_MEMORIES),
    };
    Some(line.to_owned())
}

fn lift(tape: &mut Tape<'_>, all_checkpoint: bool) -> Option<String> {
    if !tape.once_in(5) {
        return None;
    }
    let values: &[&str] =
        if all_checkpoint { &["false", "true", "\"force\""] } else { &["false", "true"] };
    Some(format!("lift = {}", tape.pick(values)))
}

/// Workers, links, and the end.
pub fn surroundings(tape: &mut Tape<'_>, file: &mut File, span: u64) {
    let mut forms = Forms::new(file.form);
    let mut ms = |number: u64| forms.span(number * MILLISECOND);
    if tape.once_in(2) {
        file.cluster.push(format!("workers = {}", tape.pick(&[2, 1, 3, 5, 40])));
    }
    if tape.once_in(3) {
        file.cluster.push(format!("commit = {}", ms(tape.pick(&[5, 0, 1, 20, 40]))));
    }
    if tape.once_in(3) {
        file.cluster.push(format!("read = {}", ms(tape.pick(&READS))));
    }
    if tape.once_in(3) {
        file.cluster.push(format!("lease = {}", ms(tape.pick(&[200, 0, 10, 1000]))));
    }
    if tape.once_in(3) {
        file.cluster.push(format!("routing-lag = {}", ms(tape.pick(&ROUTING_LAGS))));
    }
    if file.steps.iter().any(|step| step.kind.calls()) && tape.once_in(2) {
        file.cluster.push(format!("call = {}", ms(tape.pick(&[5, 0, 50]))));
    }
    if tape.once_in(2) {
        let (min, more) = (tape.pick(&LATENCIES), tape.pick(&[0, 5, 20]));
        file.network.push(format!("latency = {{ min = {}, max = {} }}", ms(min), ms(min + more)));
    }
    if tape.once_in(4) {
        let calm = span.div_ceil(MILLISECOND) + tape.pick(&CALMS) * 1000;
        file.until.push(format!("calm = {}", ms(calm)));
    }
    if tape.once_in(6) {
        file.until.push(format!("drain = {}", ms(tape.pick(&DRAINS) * 1000)));
    }
    if tape.once_in(6) {
        file.until.push("events = 100_000".to_owned());
    }
}

/// Odds of any kinds of faults that can do something here.
pub fn faults(tapes: &[Vec<u16>], file: &mut File) {
    let functions = file.steps.iter().filter_map(|step| match &step.kind {
        Kind::Map(function) => Some(function),
        _ => None,
    });
    let sides = functions.clone().find_map(|function| match function {
        Function::Coin(sides, _) => Some(*sides),
        _ => None,
    });
    let has_map = functions.count() > 0;
    let calls = file.steps.iter().any(|step| step.kind.calls());
    let reads_queue =
        file.steps.iter().any(|step| matches!(step.kind, Kind::Source { queue: Some(_), .. }));
    // What is behind a shuffle for sure.
    let is_apart = |step: &Step| {
        step.kind.windows().is_some()
            || step.kind.calls()
            || matches!(step.kind, Kind::Reshuffle)
            || step.from.len() > 1
            || (!step.from.is_empty() && step.shards.is_some())
    };
    let sends = file.steps.iter().any(is_apart);
    let workers = file.cluster.iter().find_map(|line| line.strip_prefix("workers = "));
    let moves = sends && workers != Some("1");
    let mut forms = Forms::new(file.form);
    let mut lines = Vec::new();
    for (kind, numbers) in tapes.iter().enumerate() {
        let tape = &mut Tape::new(numbers);
        if !tape.once_in(3) {
            continue;
        }
        let one_in = tape.pick(&[10, 4, 5, 8, 20, 30, 100]);
        let odds = forms.odds(one_in);
        let span = tape.pick(&FAULT_SPANS);
        let length = forms.span(span * MILLISECOND);
        let which = tape.below(4);
        let length = match which {
            // A seed draws one of them.
            3 => format!("[{length}, {}]", forms.span((span + 7) * MILLISECOND)),
            _ => length,
        };
        // These tear down all that a worker has in hand: at high odds nothing ever ends. A move takes no time.
        let rare = forms.odds(one_in * 30);
        let leg = ["", ", leg = \"request\"", ", leg = \"ack\"", ""][which];
        let line = match kind {
            0 if sends => format!("drop-request = {odds}"),
            1 if sends => format!("drop-ack = {odds}"),
            2 if sends => format!("duplicate = {{ odds = {odds}{leg} }}"),
            3 if sends => format!("delay = {{ odds = {odds}, by = {length}{leg} }}"),
            4 if sends => format!("error-applied = {{ odds = {odds} }}"),
            5 if sends => format!("error-not-applied = {odds}"),
            6 if sends => {
                let ways = [
                    "",
                    ", direction = \"both\"",
                    ", direction = \"forward\"",
                    ", direction = \"backward\"",
                ];
                let length = forms.span(tape.pick(&[100, 1, 31, 300]) * MILLISECOND);
                format!("partition = {{ odds = {rare}, for = {length}{} }}", ways[which])
            }
            7 => format!("crash = {{ odds = {rare}, restart = {length} }}"),
            8 => format!("commit-lost = {odds}"),
            9 => format!("commit-unknown = {odds}"),
            10 => format!("commit-delayed = {{ odds = {odds}, by = {length} }}"),
            11 if let Some(sides) = sides => {
                let answer = if which == 0 { 1 } else { sides + 1 };
                format!("user-differs = {{ odds = {odds}, answer = {answer} }}")
            }
            12 if has_map => format!("user-fails = {odds}"),
            13 => format!("pause = {{ odds = {rare}, for = {length} }}"),
            14 if moves => format!("move = {rare}"),
            15 => {
                let way = ["back", "ahead"][which % 2];
                format!("clock-step = {{ odds = {rare}, {way} = {length} }}")
            }
            16 if reads_queue => format!("redeliver = {odds}"),
            17 if calls => format!("call-unknown = {odds}"),
            _ => continue,
        };
        lines.push(line);
    }
    file.faults = lines;
}

/// From the first arrival to the last.
pub fn span(file: &File) -> u64 {
    let ends = file.inputs.iter().flat_map(|input| match input {
        super::file::Input::Generate(made) => {
            let last = made.every as i64 * i64::from(made.records);
            vec![0, last]
        }
        rows => rows.rows().iter().map(|row| row.at).collect(),
    });
    let ends: Vec<i64> = ends.collect();
    match (ends.iter().min(), ends.iter().max()) {
        (Some(first), Some(last)) => first.abs_diff(*last),
        _ => SECOND,
    }
}
