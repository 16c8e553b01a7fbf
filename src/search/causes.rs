//! Causes: the smallest sets of faults that break a scenario. No part of a cause breaks it, and a schedule
//! that holds all of a cause is explained by it.

use onceproof_sim::fault::{Fault, KindName};
use onceproof_sim::outcome::Classes;

/// A smallest set of faults that breaks the scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cause {
    /// Which of the faults that could be placed each one is, given those before it.
    pub path: Vec<u32>,
    /// The faults, in the order in which they fire.
    pub faults: Vec<Fault>,
    /// What they break.
    pub classes: Classes,
    /// How many schedules hold all of them, itself among them.
    pub schedules: u64,
}

/// The number of the first cause that explains a schedule, given that none explains it without its last
/// fault.
pub fn explaining(causes: &[Cause], schedule: &[Fault]) -> Option<usize> {
    let last = schedule.last()?;
    causes.iter().position(|cause| {
        cause.faults.contains(last) && cause.faults.iter().all(|fault| schedule.contains(fault))
    })
}

/// Causes of the same kinds of faults that break the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The kinds, in order, each as often as it occurs.
    pub kinds: Vec<KindName>,
    /// What they break.
    pub classes: Classes,
    /// The number of the first of these causes.
    pub first: usize,
    /// How many these are.
    pub causes: u64,
    /// How many schedules they explain.
    pub schedules: u64,
}

impl Group {
    /// Whether it has all kinds of another group, and more, and breaks nothing else: the same cause, at a place
    /// that only another fault makes.
    pub fn varies(&self, other: &Group) -> bool {
        let mut left = other.kinds.iter().peekable();
        for kind in &self.kinds {
            left.next_if(|&next| next == kind);
        }
        self.kinds.len() > other.kinds.len()
            && left.peek().is_none()
            && self.classes.iter().all(|class| other.classes.contains(class))
    }
}

/// The causes by their kinds and by what they break, in the order of the first of each.
pub fn groups(causes: &[Cause]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (number, cause) in causes.iter().enumerate() {
        let mut kinds: Vec<KindName> = cause.faults.iter().map(|fault| fault.kind.name()).collect();
        kinds.sort_unstable();
        let same = |group: &&mut Group| group.kinds == kinds && group.classes == cause.classes;
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.causes += 1;
                group.schedules += cause.schedules;
            }
            None => groups.push(Group {
                kinds,
                classes: cause.classes,
                first: number,
                causes: 1,
                schedules: cause.schedules,
            }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_sim::fault::{Kind, Place};

    fn fault(attempt: u32, kind: Kind) -> Fault {
        Fault { at: Place { attempt: Some(attempt), ..Place::default() }, kind }
    }

    fn cause(faults: &[Fault]) -> Cause {
        let classes = Classes::default();
        Cause { path: Vec::new(), faults: faults.to_vec(), classes, schedules: 2 }
    }

    #[test]
    fn a_cause_explains_what_holds_all_of_it() {
        let [a, b, c] = [1, 2, 3].map(|attempt| fault(attempt, Kind::DropAck));
        let causes = [cause(&[a.clone(), c.clone()]), cause(std::slice::from_ref(&b))];
        let check = |schedule: &[&Fault], expected| {
            let schedule: Vec<Fault> = schedule.iter().map(|&fault| fault.clone()).collect();
            assert_eq!(explaining(&causes, &schedule), expected);
        };
        check(&[], None);
        check(&[&a], None);
        check(&[&b], Some(1));
        check(&[&a, &c], Some(0));
        check(&[&a, &fault(3, Kind::DropRequest)], None);
    }

    #[test]
    fn causes_are_grouped_by_kinds_whatever_their_order() {
        let (a, b) = (fault(1, Kind::DropAck), fault(2, Kind::DropRequest));
        let causes = [cause(&[a.clone(), b.clone()]), cause(&[b, a.clone()]), cause(&[a])];
        let groups = groups(&causes);
        let found: Vec<_> = groups.iter().map(|g| (g.first, g.causes, g.schedules)).collect();
        assert_eq!(found, [(0, 2, 4), (2, 1, 2)]);
        assert_eq!(groups[0].kinds, [KindName::DropRequest, KindName::DropAck]);
        assert!(groups[0].varies(&groups[1]) && !groups[1].varies(&groups[0]));
        assert!(!groups[0].varies(&groups[0]));
    }
}
