//! A scenario file as plain data: what it says, and nothing of what the reader makes of it. It is written by
//! [`super::text`], and worked out by [`super::evaluate`].

/// One second in nanoseconds, which all times are in.
pub const SECOND: u64 = 1_000_000_000;
/// One millisecond in nanoseconds.
pub const MILLISECOND: u64 = 1_000_000;

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    pub seed: Option<u64>,
    /// What sources read; the first may stand for several in `[input]`.
    pub inputs: Vec<Input>,
    pub is_first_input_shared: bool,
    /// Each stands after all that it takes outputs of.
    pub steps: Vec<Step>,
    /// The numbers of the steps, as they stand in the file.
    pub order: Vec<usize>,
    /// What calls may leave, as the value of `side-effects`.
    pub side_effects: Option<String>,
    /// Lines of tables that change no result.
    pub mechanism: Vec<String>,
    pub cluster: Vec<String>,
    pub network: Vec<String>,
    pub until: Vec<String>,
    pub faults: Vec<String>,
    /// Which of several forms each value is written in; 0 for the plainest.
    pub form: u64,
}

/// What a source reads.
#[derive(Clone, Debug)]
pub enum Input {
    Records(Vec<Row>),
    Csv { rows: Vec<Row>, bad_rows: u64 },
    Generate(Generate),
}

/// A record.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: String,
    pub at: i64,
    pub event_time: i64,
    pub value: Value,
    pub id: Option<String>,
}

/// What a record carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    Number(i64),
    Text(String),
}

/// Records that the seed draws.
#[derive(Clone, Copy, Debug)]
pub struct Generate {
    pub records: u32,
    pub users: u32,
    pub skew_thousandths: u32,
    pub every: u64,
    pub out_of_order: u64,
    pub values: u32,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub kind: Kind,
    pub from: Vec<usize>,
    pub shards: Option<u32>,
    /// The key on whose records its function fails.
    pub poison: Option<String>,
    pub dead_letter: Option<u32>,
    pub stable_input: bool,
    /// Lines of its own mechanisms.
    pub mechanism: Vec<String>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Kind {
    Source {
        bound: Option<u64>,
        queue: Option<Queue>,
        input: usize,
    },
    Map(Function),
    Reshuffle,
    Count(Windows),
    Sum(Windows),
    CountGlobally(Windows),
    /// How it writes; nothing where the file says nothing.
    Sink(Option<String>),
}

/// A queue.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    pub deadline: Option<u64>,
    pub extend: bool,
    /// Whether ids are those of the publisher.
    pub has_attributes: bool,
}

/// Windows of an aggregate.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    pub length: u64,
    pub lateness: Option<u64>,
}

/// A function of a map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Function {
    Identity,
    KeyByValue,
    KeyByBefore(String),
    KeyByFixed(String),
    FilterKey(String),
    FilterNotKey(String),
    FilterValueAtLeast(i64),
    Explode(u32),
    Coin(u32, Into),
    Clock(u64, Into),
    Lookup(u64, u32, Into),
    Order(Into),
    Call(Call),
}

/// Where an answer goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Into {
    Key,
    Value,
}

/// A call to an external service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    Append,
    Put,
    PutFenced,
    Read,
    Delete,
}

impl Kind {
    /// The windows of an aggregate.
    pub fn windows(&self) -> Option<Windows> {
        match self {
            Kind::Count(windows) | Kind::Sum(windows) | Kind::CountGlobally(windows) => {
                Some(*windows)
            }
            Kind::Source { .. } | Kind::Map(_) | Kind::Reshuffle | Kind::Sink(_) => None,
        }
    }

    /// Whether a step of this kind has results.
    pub fn has_results(&self) -> bool {
        self.windows().is_some() || matches!(self, Kind::Sink(_))
    }

    /// Whether it calls an external service.
    pub fn calls(&self) -> bool {
        match self {
            Kind::Map(function) => matches!(function, Function::Call(_)),
            Kind::Sink(write) => write.as_ref().is_some_and(|write| !write.contains("upsert")),
            _ => false,
        }
    }
}

impl Function {
    /// Where the answer goes, of a function that may answer otherwise when it runs again.
    pub fn decides(&self) -> Option<Into> {
        match self {
            Function::Coin(_, into)
            | Function::Clock(_, into)
            | Function::Lookup(_, _, into)
            | Function::Order(into) => Some(*into),
            _ => None,
        }
    }
}

impl Input {
    /// The rows that are written out.
    pub fn rows(&self) -> &[Row] {
        match self {
            Input::Records(rows) | Input::Csv { rows, .. } => rows,
            Input::Generate(_) => &[],
        }
    }
}
