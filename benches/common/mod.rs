//! The lossy shuffle, which the benches, the example and the test of allocations share: records of four
//! source shards are counted per key by four others, over links that lose requests and acks. It can be made
//! wider and longer. It is put together by hand and read from no scenario, so that the program whose instructions are counted is built
//! without all that reads and tells, in a quarter of the time.

use onceproof_kernel::layout::{Failing, StepIndex};
use onceproof_kernel::retry::Retry;
use onceproof_kernel::source::Progress;
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};
use onceproof_model::dataflow;
use onceproof_model::dataflow::mechanism::{Dedup, Gc, InFlight, Mechanism, Settle};
use onceproof_model::pipeline::{Step, StepKind};
use onceproof_model::window::Windowing;
use onceproof_sim::fault::{Climate, KindName, Odds};
use onceproof_sim::input::{Generate, SourceInput};
use onceproof_sim::outcome::{Brief, Class, Verdict};
use onceproof_sim::plan::{Cluster, Network, Plan, SideEffects, Until};
use onceproof_sim::property::Properties;
use onceproof_systems::{Design, Simulator, Trial};

/// What is measured, and the classes that each of its runs must find.
pub struct Benched {
    pub trial: Trial,
    pub expected: &'static [Class],
}

/// How a shard knows a duplicate, and when it forgets an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ids {
    pub dedup: Dedup,
    pub gc: Gc,
}

impl Ids {
    /// What the lossy shuffle has unless told otherwise.
    pub const EXACT: Ids = Ids { dedup: Dedup::Catalog, gc: Gc::Watermark };
}

/// How large a lossy shuffle is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shuffle {
    pub records: u32,
    pub keys: u32,
    /// Of each step.
    pub shards: u32,
    /// At least 2: the source, the count, and as many reshuffles between them as are left.
    pub steps: u32,
    /// The time between two arrivals.
    pub every: Nanos,
    pub ids: Ids,
    pub settle: Settle,
}

impl Shuffle {
    /// The lossy shuffle over so many records, as it is measured unless told otherwise.
    pub const fn of(records: u32) -> Shuffle {
        let (ids, settle) = (Ids::EXACT, Settle::Alone);
        Shuffle { records, keys: 1000, shards: 4, steps: 2, every: 0, ids, settle }
    }
}

/// Puts a lossy shuffle together.
pub fn lossy_shuffle(shuffle: Shuffle) -> Benched {
    let Shuffle { records, keys, shards, steps, every, ids, settle } = shuffle;
    let step = |name: String, kind, from: &[StepIndex]| Step {
        name,
        kind,
        from: from.to_vec(),
        shards,
        failing: Failing::default(),
    };
    let source = StepKind::Source { watermark: Progress::Perfect, queue: None };
    let count = StepKind::Count(Windowing { length: 3600 * SECOND, lateness: 0 });
    let last = (steps - 1) as u16;
    let before = |at: u16| [StepIndex(at - 1)];
    let hop = |at| step(format!("hop-{at}"), StepKind::Reshuffle, &before(at));
    let steps = std::iter::once(step("events".to_owned(), source, &[]))
        .chain((1..last).map(hop))
        .chain([step("per-key".to_owned(), count, &before(last))]);
    let Ids { dedup, gc } = ids;
    let mechanism = Mechanism {
        retry: Retry { timeout: 30 * MILLISECOND, backoff: 2, max: SECOND },
        dedup,
        gc,
        in_flight: InFlight { requests: 32 },
        settle,
        ..Mechanism::default()
    };
    let design = dataflow::Design::new(steps.map(|step| (step, mechanism)).collect());
    let input = Generate {
        records,
        users: keys,
        skew_thousandths: 0,
        every,
        out_of_order: 0,
        late: None,
        values: 1,
    };
    let one_tenth = Odds { numerator: 1, denominator: 10 };
    let lost = [KindName::DropRequest, KindName::DropAck];
    let plan = Plan {
        inputs: vec![(StepIndex(0), SourceInput::Generate(input))],
        cluster: Cluster::default(),
        network: Network { latency_min: MILLISECOND, latency_max: 10 * MILLISECOND },
        climate: Climate {
            odds: lost.map(|name| (name.with_defaults(), one_tenth)).to_vec(),
            others: Vec::new(),
        },
        faults: Vec::new(),
        until: Until::default(),
        side_effects: SideEffects::default(),
        properties: Properties::default(),
    };
    Benched {
        trial: Trial { design: Design::Dataflow(design.expect("a chain of steps")), plan },
        expected: match gc {
            Gc::Never => &[Class::Unbounded],
            Gc::Watermark | Gc::Ttl { .. } => &[],
        },
    }
}

/// One run, which must find what is expected of it and nothing else: a wrong run is not worth measuring.
pub fn run(benched: &Benched, simulator: &mut Simulator<'_>, seed: u64) -> Brief {
    let brief = simulator.brief(Some(seed));
    check(benched, seed, &brief);
    brief
}

/// What must be found is found.
pub fn check(benched: &Benched, seed: u64, brief: &Brief) {
    let is_as_expected = brief.classes.iter().eq(benched.expected.iter().copied());
    let is_over = brief.verdict != Verdict::Inconclusive;
    assert!(is_as_expected && is_over, "seed {seed}: {brief:?}");
}
