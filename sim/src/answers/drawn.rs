//! What the seed draws: how long messages take, what functions and services say first, and which faults fire
//! until the storm is over. A draw is a function of the seed and of a point; without a seed nothing is drawn.

use crate::draw::{Draws, Purpose, scale};
use crate::fault::kind::Asked;
use crate::fault::{Climate, Kind, Leg};
use crate::plan::{Network, Plan};
use hashbrown::HashMap;
use onceproof_kernel::mix::fold;
use onceproof_kernel::time::Nanos;
use rustc_hash::FxBuildHasher;

/// What the seed of a run draws.
#[derive(Debug)]
pub(super) struct Drawn {
    draws: Option<Draws>,
    /// Whether faults are still drawn.
    is_stormy: bool,
    network: Network,
    /// The kinds of faults that are drawn at each sort of moment.
    kinds: [Vec<DrawnKind>; Asked::ALL.len()],
    /// How often a point was met, for points that are met again after a crash.
    met: HashMap<u64, u32, FxBuildHasher>,
}

/// A kind of fault that the seed draws, with each parameter that it may have.
#[derive(Clone, Debug)]
struct DrawnKind {
    kinds: Vec<Kind>,
    bound: u128,
    purpose: u64,
}

impl Drawn {
    /// What any seed may draw in a plan.
    pub fn new(plan: &Plan) -> Drawn {
        Drawn {
            draws: None,
            is_stormy: false,
            network: plan.network,
            kinds: kinds(&plan.climate),
            met: HashMap::default(),
        }
    }

    /// Begins a run.
    pub fn reset(&mut self, seed: Option<u64>) {
        self.draws = seed.map(Draws::new);
        self.is_stormy = seed.is_some();
        self.met.clear();
    }

    /// Goes on as another one of the same plan and the same seed does.
    pub fn copy(&mut self, from: &Drawn) {
        let Drawn { draws, is_stormy, network: _, kinds: _, met } = from;
        self.draws = *draws;
        self.is_stormy = *is_stormy;
        self.met.clone_from(met);
    }

    /// Whether anything is drawn.
    pub fn has_seed(&self) -> bool {
        self.draws.is_some()
    }

    /// Faults are drawn no more; true if they were until now.
    pub fn calm(&mut self) -> bool {
        std::mem::take(&mut self.is_stormy)
    }

    /// Whether any fault may be drawn at this sort of moment.
    pub fn has(&self, asked: Asked) -> bool {
        self.is_stormy && !self.kinds[asked as usize].is_empty()
    }

    /// Whether any fault is drawn at this sort of moment before the storm is over.
    pub fn ever_has(&self, asked: Asked) -> bool {
        self.draws.is_some() && !self.kinds[asked as usize].is_empty()
    }

    /// The latency of a message.
    pub fn latency(&self, point: u64) -> Nanos {
        let Network { latency_min, latency_max } = self.network;
        match &self.draws {
            Some(draws) if latency_max > latency_min => {
                latency_min + draws.below(point, Purpose::Latency, latency_max - latency_min + 1)
            }
            _ => latency_min,
        }
    }

    /// How much longer than the least the latency of a message is.
    pub fn delay(&self, point: u64) -> Nanos {
        self.latency(point) - self.network.latency_min
    }

    /// The first answer of a function, or the first value of a service, less than `options`.
    pub fn first(&self, point: u64, purpose: Purpose, options: u32) -> u32 {
        match &self.draws {
            Some(draws) if options > 1 => draws.below(point, purpose, options.into()) as u32,
            _ => 0,
        }
    }

    /// The point of a moment that may come again after a crash: with how often it came.
    pub fn meet(&mut self, point: u64) -> u64 {
        // Only a draw asks for it.
        if !self.is_stormy {
            return point;
        }
        let met = self.met.entry(point).or_default();
        *met += 1;
        fold(point, u64::from(*met))
    }

    /// Whether the draw of any kind hits. Only [`Drawn::fault`] knows whether that kind may be.
    #[inline(always)]
    pub fn hits(&self, asked: Asked, point: u64) -> bool {
        let hits =
            |draws: &Draws| self.kinds[asked as usize].iter().any(|drawn| drawn.hits(draws, point));
        self.draws.as_ref().is_some_and(hits)
    }

    /// The first kind whose draw hits, of those that may be.
    pub fn fault(&self, asked: Asked, point: u64, may: impl Fn(&Kind) -> bool) -> Option<Kind> {
        if !self.is_stormy {
            return None;
        }
        let draws = self.draws.as_ref()?;
        self.kinds[asked as usize].iter().find_map(|drawn| {
            let kind = drawn.hits(draws, point).then(|| drawn.choose(draws, point))?;
            may(&kind).then_some(kind)
        })
    }
}

impl DrawnKind {
    fn hits(&self, draws: &Draws, point: u64) -> bool {
        u128::from(draws.word(point, self.purpose)) < self.bound
    }

    /// The kind with one of its parameters.
    fn choose(&self, draws: &Draws, point: u64) -> Kind {
        match *self.kinds {
            [only] => only,
            _ => {
                let purpose = self.purpose - Purpose::Fault as u64 + Purpose::Parameter as u64;
                let word = draws.word(fold(point, purpose), Purpose::Parameter as u64);
                self.kinds[scale(word, self.kinds.len() as u64) as usize]
            }
        }
    }
}

/// The drawn kinds by the sort of moment they are asked at, in a fixed order. Kinds with odds of 0 are
/// left out.
fn kinds(climate: &Climate) -> [Vec<DrawnKind>; Asked::ALL.len()] {
    let mut drawn: [Vec<DrawnKind>; Asked::ALL.len()] = Default::default();
    for &(kind, odds) in &climate.odds {
        let leg = match kind.leg() {
            Some(Leg::Ack) => 32,
            Some(Leg::Request) | None => 0,
        };
        let purpose = Purpose::Fault as u64 + kind.name() as u64 + leg;
        if odds.numerator > 0 {
            let bound = odds.bound();
            let kinds = climate.with_others(kind).collect();
            drawn[kind.asked_at() as usize].push(DrawnKind { kinds, bound, purpose });
        }
    }
    for kinds in &mut drawn {
        kinds.sort_by_key(|drawn| drawn.purpose);
    }
    drawn
}
