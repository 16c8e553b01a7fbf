//! The answers of a run that goes on where another one stands: what has fired there has fired, and one fault more may be to
//! come, at a question of the event that is next.

use super::possible::{Possible, Watched};
use super::question::Question;
use super::{Answers, Chance};
use crate::fault::Kind;
use crate::fault::kind::Asked;

impl Answers {
    /// Goes on where another run of the same plan and the same seed stands, with one fault more, if one is given, and with
    /// one watcher or none. No exact faults are placed in either: those of the other run have all been told as this one is.
    pub fn fork(
        &mut self,
        from: &Answers,
        next: Option<(Question, Kind)>,
        watched: Option<(&[Kind], Watched)>,
    ) {
        let Answers {
            drawn,
            exact,
            questions,
            // It follows from the rest.
            chances: _,
            can_move: _,
            can_leave: _,
            fired,
            strikes,
            twins,
            log,
            changes,
            possible,
            delays: _,
        } = from;
        debug_assert!(!exact.has_unfired() && !self.exact.has_unfired(), "a place has no number");
        self.drawn.copy(drawn);
        self.questions.clone_from(questions);
        if let Some((question, kind)) = next {
            self.questions.add(question, kind);
        }
        self.fired = *fired;
        self.strikes.clone_from(strikes);
        self.twins.clone_from(twins);
        self.changes = *changes;
        self.delays = None;
        self.log = None;
        self.possible = None;
        if let Some((kinds, watched)) = watched {
            self.log.clone_from(log);
            let (way, ways) = possible.as_ref().map_or((0, &[][..]), Possible::ways);
            self.possible = Some(Possible::after(kinds, watched, way, ways));
        }
        self.chances = [Chance::Any; Asked::ALL.len()];
        self.listen();
    }
}
