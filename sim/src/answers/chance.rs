//! What can happen at each sort of moments. Most messages are only drawn for, and most draws hit nothing: that is found
//! out in line, before anything else is made of the moment.

use super::Answers;
use crate::fault::kind::Asked;

/// What can happen at a sort of moments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Chance {
    /// Nothing, and nobody watches.
    None,
    /// What the seed draws, and nobody watches.
    Drawn,
    /// Anything; or each moment is written down.
    Any,
}

impl Answers {
    /// Whether nothing can happen at this sort of moments.
    pub(super) fn is_quiet(&self, asked: Asked) -> bool {
        self.chances[asked as usize] == Chance::None
    }

    /// Whether anything can happen at a moment.
    #[inline(always)]
    pub(super) fn may_happen(&self, asked: Asked, point: u64) -> bool {
        match self.chances[asked as usize] {
            Chance::None => false,
            Chance::Drawn => self.drawn.hits(asked, point),
            Chance::Any => true,
        }
    }

    /// Whether the fates of these moments are kept, since one of two copies has that of the other. Where they are drawn, both
    /// are drawn alike.
    fn knows_twins(&self, asked: Asked) -> bool {
        !self.twins.is_empty() && asked == Asked::Ack && !self.drawn.ever_has(asked)
    }

    /// Works out what can happen at each sort of moments.
    pub(super) fn listen(&mut self) {
        for asked in Asked::ALL {
            let is_drawn = self.drawn.has(asked);
            let is_looked_at = self.exact.has(asked)
                || self.questions.has(asked)
                || self.watches(asked)
                || self.knows_twins(asked);
            self.chances[asked as usize] = match (is_drawn, is_looked_at) {
                (false, false) => Chance::None,
                // A run in detail writes down each moment at which anything can happen.
                (true, false) if self.log.is_none() => Chance::Drawn,
                (true, false) | (_, true) => Chance::Any,
            };
        }
    }
}
