//! When a worker is at rest. Each part says so of itself, so that none leans on another.

use super::*;
use crate::dataflow::change::CommitKind;
use crate::dataflow::mechanism::Ids;
use crate::dataflow::point;
use crate::dataflow::worker::arrive::gate::Gate;
use crate::dataflow::worker::held::unit::Units;
use onceproof_kernel::key::Key;
use onceproof_kernel::rest::Rest;
use onceproof_kernel::system::Process;

fn is_at_rest(fill: impl FnOnce(&mut Rest)) -> bool {
    let mut rest = Rest::default();
    fill(&mut rest);
    rest.is_at_rest()
}

#[test]
fn a_key_that_is_busy_is_no_rest() {
    let mut gate = Gate::default();
    assert!(is_at_rest(|rest| gate.rest(rest)));
    gate.queue_window(Key::GLOBAL, Time(0));
    assert!(!is_at_rest(|rest| gate.rest(rest)));
}

#[test]
fn a_unit_that_is_open_is_no_rest() {
    for kind in [CommitKind::Commit, CommitKind::Settle] {
        let mut units = Units::default();
        assert!(is_at_rest(|rest| units.rest(rest)));
        let slot = units.open(kind, point::watermark(Time(0)));
        assert!(!is_at_rest(|rest| units.rest(rest)));
        units.close(slot);
        assert!(is_at_rest(|rest| units.rest(rest)));
    }
}

#[test]
fn ids_that_are_new_in_each_execution_never_rest() {
    let is_at_rest = |ids| {
        let mut stage = Stage::map(Mechanism { ids, ..Mechanism::default() });
        stage.takes(Input::Boot, &["take token 1", "scan"]);
        is_at_rest(|rest| stage.worker.rest(rest))
    };
    assert!(is_at_rest(Ids::Derived));
    assert!(!is_at_rest(Ids::Fresh));
}
