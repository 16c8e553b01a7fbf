//! Small random pipelines with their input, as scenario files. A case is a handful of small numbers, so
//! that shrinking one shrinks the pipeline: 0 is the plainest choice everywhere. It prints itself as the
//! file that it stands for, which is what a failing law shows.

use onceproof::scenario::Scenario;
use onceproof_systems::Trial;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::{self, Write as _};
use std::path::Path;

/// A pipeline, its input and the cluster that it runs on.
#[derive(Clone)]
pub struct Case {
    /// The shards of each source.
    pub sources: Vec<u32>,
    /// What comes between the sources and the last aggregate.
    pub middle: Vec<Middle>,
    pub last: Aggregate,
    pub has_sink: bool,
    pub records: Vec<Item>,
    /// How far each source's watermark lags, in half seconds; none is a perfect one.
    pub bound: Option<u32>,
    /// Whether the sources read queues, and which, of [`QUEUES`].
    pub queue: Option<usize>,
    pub bundle: u32,
    pub in_flight: u32,
    pub workers: Option<u32>,
    /// The greatest latency, the time of a commit each way and of a read, in milliseconds.
    pub latency: u32,
    pub commit: u32,
    pub read: u32,
    pub seed: u64,
    /// Lines of `[mechanism]` beside `bundle` and `in-flight`.
    pub mechanism: &'static str,
    /// Lines of `[faults]`.
    pub climate: String,
    /// How many events a run may take.
    pub events: u64,
}

/// One record: all times in units of 100 ms.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub key: u32,
    /// After the record before it.
    pub wait: u32,
    /// How long before its arrival it happened.
    pub behind: u32,
    pub value: u32,
}

/// A step between the sources and the last aggregate.
#[derive(Clone, Copy, Debug)]
pub struct Middle {
    /// What it is, of [`Middle::KINDS`].
    pub kind: usize,
    /// Which of the steps above it takes, counted upwards, and perhaps another.
    pub from: usize,
    pub and_from: usize,
    pub aggregate: Aggregate,
}

/// An aggregate: its windows in half seconds.
#[derive(Clone, Copy, Debug)]
pub struct Aggregate {
    pub kind: usize,
    pub shards: u32,
    pub window: u32,
    pub lateness: u32,
}

/// Queues that are read in different ways.
const QUEUES: [&str; 3] = [
    "queue = { deadline = \"200ms\" }",
    "queue = { deadline = \"15ms\", extend = false }",
    "queue = {}",
];

impl Middle {
    /// Kinds of steps, the plainest first. Those from [`Middle::MOVING`] on depend on time, on order, or on
    /// how often a function fails.
    const KINDS: [&'static str; 20] = [
        r#"fn = "identity""#,
        "reshuffle",
        r#"fn = { explode = { copies = 2 } }"#,
        r#"fn = { coin = { sides = 3, into = "key" } }"#,
        r#"fn = { coin = { sides = 3, into = "value" } }"#,
        r#"fn = { call = { write = "append" } }"#,
        r#"fn = { call = { write = "put-fenced" } }"#,
        "aggregate",
        "sink",
        r#"fn = { key-by = { before = "/" } }"#,
        r#"fn = { key-by = { fixed = "all" } }"#,
        r#"fn = { filter = { not-key = "a" } }"#,
        r#"fn = { filter = { value-at-least = 2 } }"#,
        r#"fn = { key-by = "value" }"#,
        r#"fn = { clock = { every = "70ms" } }"#,
        r#"fn = { clock = { every = "70ms", into = "value" } }"#,
        r#"fn = { lookup = { changes-every = "90ms", values = 3 } }"#,
        r#"fn = { order = {} }"#,
        r#"fn = { order = { into = "value" } }"#,
        "fn = \"identity\"\ndead-letter = { after = 1 }",
    ];
    const MOVING: usize = 14;

    /// Whether a kind of step is a function that answers otherwise when run again.
    fn tosses(kind: &str) -> bool {
        ["coin", "clock", "lookup", "order"].iter().any(|word| kind.contains(word))
    }
}

/// What a strategy may choose from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Functions that answer otherwise when run again.
    pub coins: bool,
    /// Sources that guess their watermark.
    pub bounds: bool,
    /// Functions that depend on time or order, maps that give records up, and queues.
    pub moving: bool,
}

/// Every kind of case whose right results can be told from the input and the seed.
pub const ANY: Choice = Choice { coins: true, bounds: true, moving: false };
/// Every kind of case.
pub const MOVING: Choice = Choice { moving: true, ..ANY };
/// Functions that answer alike every time, and sources that know their watermark.
pub const PLAIN: Choice = Choice { coins: false, bounds: false, moving: false };

/// Random cases.
pub fn cases(choice: Choice) -> impl Strategy<Value = Case> {
    let aggregate = || {
        (0..3_usize, 1..=3_u32, 1..=6_u32, 0..=4_u32).prop_map(
            |(kind, shards, window, lateness)| Aggregate { kind, shards, window, lateness },
        )
    };
    let kinds = if choice.moving { Middle::KINDS.len() } else { Middle::MOVING };
    let middle = (0..kinds, 0..3_usize, 0..3_usize, aggregate()).prop_map(
        move |(kind, from, and_from, aggregate)| {
            let is_coin = Middle::KINDS[kind].contains("coin");
            let kind = if is_coin && !choice.coins { 0 } else { kind };
            Middle { kind, from, and_from, aggregate }
        },
    );
    let item = (0..3_u32, 0..6_u32, 0..20_u32, 1..4_u32)
        .prop_map(|(key, wait, behind, value)| Item { key, wait, behind, value });
    let pipeline = (
        vec(1..=3_u32, 1..=2),
        vec(middle, 0..=4),
        aggregate(),
        any::<bool>(),
        vec(item, 3..=12),
        prop::option::of(0..=4_u32),
        prop::option::of(0..QUEUES.len()),
    );
    let cluster = (
        1..=8_u32,
        1..=8_u32,
        prop::option::of(1..=6_u32),
        prop::sample::select(vec![1, 5, 40_u32]),
        prop::sample::select(vec![1, 5, 20_u32]),
        prop::sample::select(vec![0, 1_u32]),
        0..1_000_000_u64,
    );
    (pipeline, cluster).prop_map(move |(pipeline, cluster)| {
        let (sources, middle, last, has_sink, records, bound, queue) = pipeline;
        let queue = queue.filter(|_| choice.moving);
        let bound = bound.filter(|_| choice.bounds);
        let (bundle, in_flight, workers, latency, commit, read, seed) = cluster;
        Case {
            sources,
            middle,
            last,
            has_sink,
            records,
            bound,
            queue,
            bundle,
            in_flight,
            workers,
            latency,
            commit,
            read,
            seed,
            mechanism: "",
            climate: String::new(),
            events: 1_000_000,
        }
    })
}

/// A step in the making, with what must be known of it to join others to it.
struct Written {
    name: String,
    lines: String,
    is_taken: bool,
    has_results: bool,
    is_sink: bool,
    aggregated: bool,
    /// A coin below an aggregate decided the key, or the value.
    tossed: bool,
}

impl Case {
    /// The steps, each with its name and its lines, `from` always given.
    pub fn steps(&self) -> Vec<(String, String)> {
        let mut steps: Vec<Written> = Vec::new();
        for (number, shards) in self.sources.iter().enumerate() {
            let watermark = match self.bound {
                None => String::new(),
                Some(bound) => format!("watermark = {{ bound = \"{}ms\" }}\n", bound * 500),
            };
            let queue = self.queue.map_or("", |queue| QUEUES[queue]);
            steps.push(Written {
                name: format!("s{number}"),
                lines: format!(
                    "kind = \"source\"\nshards = {shards}\n{watermark}{queue}\ninput = {{ records = [{}] }}\n",
                    self.rows(number)
                ),
                is_taken: false,
                has_results: false,
                is_sink: false,
                aggregated: false,
                tossed: false,
            });
        }
        for (number, middle) in self.middle.iter().enumerate() {
            let from = take(&mut steps, middle.from, middle.and_from);
            let step = self.middle_step(format!("m{number}"), middle, &from, &steps);
            steps.push(step);
        }
        let dangling = |step: &&mut Written| !step.is_taken && !step.has_results;
        let mut from: Vec<usize> = Vec::new();
        for (at, step) in steps.iter_mut().enumerate().filter(|(_, step)| dangling(step)) {
            step.is_taken = true;
            from.push(at);
        }
        if from.is_empty() {
            from = take(&mut steps, 0, 0);
        }
        steps.push(aggregate("last".to_owned(), self.last, &from, &steps));
        if self.has_sink {
            let from = [steps.len() - 1];
            steps.push(sink("table".to_owned(), self.last, &from, &steps));
        }
        steps.into_iter().map(|step| (step.name, step.lines)).collect()
    }

    fn middle_step(
        &self,
        name: String,
        middle: &Middle,
        from: &[usize],
        steps: &[Written],
    ) -> Written {
        let aggregated = from.iter().any(|&at| steps[at].aggregated);
        let mut tossed = from.iter().any(|&at| steps[at].tossed);
        let mut kind = Middle::KINDS[middle.kind];
        // Below an aggregate late records split panes, and a coin tosses for each: a function may not
        // look at what they decide.
        let tosses = Middle::tosses(kind);
        let keeps_some = kind.contains("filter") || kind.contains("dead-letter");
        if keeps_some && tossed || kind.contains("value") && !tosses && aggregated {
            kind = Middle::KINDS[0];
        }
        match kind {
            "aggregate" => return aggregate(name, middle.aggregate, from, steps),
            "sink" => return sink(name, middle.aggregate, from, steps),
            _ => {}
        }
        tossed |= Middle::tosses(kind) && aggregated;
        let lines = match kind {
            "reshuffle" => "kind = \"reshuffle\"\n".to_owned(),
            function => format!("kind = \"map\"\n{function}\n"),
        };
        // One that does not say how many shards it has may be fused into the step before it.
        let shards = match middle.aggregate.shards {
            1 => String::new(),
            shards => format!("shards = {shards}\n"),
        };
        let lines = format!("{lines}{shards}from = [{}]\n", names(from, steps));
        Written {
            name,
            lines,
            is_taken: false,
            has_results: false,
            is_sink: false,
            aggregated,
            tossed,
        }
    }

    /// The records of a source: the first takes those of even number, the second the others.
    fn rows(&self, source: usize) -> String {
        let mut at = 0;
        let mut rows = Vec::new();
        for (number, item) in self.records.iter().enumerate() {
            at += item.wait * 100;
            if number % self.sources.len() != source {
                continue;
            }
            let key = ["a", "b", "c/d"][item.key as usize];
            let event = i64::from(at) - i64::from(item.behind) * 100;
            rows.push(format!(
                "{{ key = \"{key}\", at = \"{at}ms\", event-time = \"{event}ms\", value = {} }}",
                item.value
            ));
        }
        rows.join(", ")
    }

    /// The file.
    pub fn text(&self) -> String {
        self.text_in_order(&self.steps())
    }

    /// The file with these steps.
    pub fn text_in_order(&self, steps: &[(String, String)]) -> String {
        let mut text = String::from(
            "format = 1\nname = \"a case\"\nclaim = \"A law holds.\"\nexpect = \"exactly-once\"\n",
        );
        let Case { bundle, in_flight, latency, commit, read, seed, .. } = self;
        let _ = write!(text, "seed = {seed}\n\n");
        for (name, lines) in steps {
            let _ = write!(text, "[[step]]\nname = \"{name}\"\n{lines}\n");
        }
        let _ = write!(
            text,
            "[mechanism]\nbundle = {bundle}\nin-flight = {in_flight}\n{}\n\n[until]\nevents = {}\n\n[cluster]\n",
            self.mechanism, self.events
        );
        if let Some(workers) = self.workers {
            let _ = writeln!(text, "workers = {workers}");
        }
        let _ = write!(
            text,
            "commit = \"{commit}ms\"\nread = \"{read}ms\"\n\n[network]\n\
             latency = {{ min = \"1ms\", max = \"{latency}ms\" }}\n\n[faults]\n{}",
            self.climate
        );
        text
    }

    /// The scenario.
    pub fn scenario(&self) -> Scenario {
        parse(&self.text())
    }

    /// What is run.
    pub fn trial(&self) -> Trial {
        self.scenario().trial
    }
}

/// Reads a text that must be a scenario.
pub fn parse(text: &str) -> Scenario {
    match Scenario::parse(text, Path::new("case.toml")) {
        Ok(scenario) => scenario,
        Err(error) => panic!("{error}\n{text}"),
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.text())
    }
}

/// Picks one or two steps to take the outputs of: the nearest above for 0, and no other.
fn take(steps: &mut [Written], from: usize, and_from: usize) -> Vec<usize> {
    let open: Vec<usize> = (0..steps.len()).rev().filter(|&at| !steps[at].is_sink).collect();
    let first = from % open.len();
    let mut taken = vec![open[first]];
    if and_from > 0 {
        let second = open[(first + and_from) % open.len()];
        if second != taken[0] {
            taken.push(second);
        }
    }
    for &at in &taken {
        steps[at].is_taken = true;
    }
    taken
}

fn names(from: &[usize], steps: &[Written]) -> String {
    let names: Vec<String> = from.iter().map(|&at| format!("\"{}\"", steps[at].name)).collect();
    names.join(", ")
}

fn aggregate(name: String, made: Aggregate, from: &[usize], steps: &[Written]) -> Written {
    let Aggregate { kind, shards, window, lateness } = made;
    let (kind, shards) = match kind {
        0 => ("count", shards),
        1 => ("sum", shards),
        _ => ("count-globally", 1),
    };
    let lines = format!(
        "kind = \"{kind}\"\nshards = {shards}\nfrom = [{}]\nwindow = \"{}ms\"\nlateness = \"{}ms\"\n",
        names(from, steps),
        window * 500,
        lateness * 500
    );
    let tossed = from.iter().any(|&at| steps[at].tossed);
    Written {
        name,
        lines,
        is_taken: false,
        has_results: true,
        is_sink: false,
        aggregated: true,
        tossed,
    }
}

/// How a sink may write without harm.
const WRITES: [&str; 5] = [
    r#""upsert""#,
    r#""rename""#,
    r#""offset""#,
    r#"{ two-phase = { timeout = "1000h" } }"#,
    r#"{ insert-id = { window = "1000h" } }"#,
];

/// A sink, which writes by what is drawn for an aggregate.
fn sink(name: String, drawn: Aggregate, from: &[usize], steps: &[Written]) -> Written {
    let write = WRITES[drawn.lateness as usize];
    Written {
        name,
        lines: format!("kind = \"sink\"\nwrite = {write}\nfrom = [{}]\n", names(from, steps)),
        is_taken: false,
        has_results: true,
        is_sink: true,
        aggregated: true,
        tossed: false,
    }
}
