//! Canaries of sums: a result that 64 bits do not hold is none that its members add up to.

use super::*;
use onceproof_kernel::tell;

const GREATEST: i64 = i64::MAX;

/// Windows of 10 s whose values are added up.
fn sum() -> StepKind {
    StepKind::Sum(Windowing { length: 10 * SECOND, lateness: 0 })
}

/// Two records of ann with these values in one pane, whose sum the system keeps in 64 bits.
fn of_two(kind: StepKind, values: [i64; 2]) -> Fed {
    let mut fed = Fed::new(Progress::Perfect, vec![kind], &[("ann", 0), ("ann", 1)]);
    fed.set_values(values);
    let taken = [0, 1].map(|number| (Name(number), 0, 1, values[number as usize]));
    let span = fed.take(FIRST, ("ann", 0), 0, &taken);
    fed.fire(FIRST, ("ann", 0, 0), span);
    fed
}

#[test]
fn a_sum_that_is_kept_in_too_few_bits_is_phantom() {
    assert_eq!(of_two(sum(), [GREATEST, 0]).classes(), []);
    assert_eq!(of_two(sum(), [GREATEST, i64::MIN]).classes(), []);
    assert_eq!(of_two(sum(), [GREATEST, 1]).classes(), [Class::Phantom]);
    assert_eq!(of_two(sum(), [i64::MIN, -1]).classes(), [Class::Phantom]);
}

#[test]
fn the_values_of_what_is_counted_may_add_up_to_anything() {
    assert_eq!(of_two(count(0), [GREATEST, GREATEST]).classes(), []);
}

#[test]
fn a_partial_aggregate_that_its_members_do_not_add_up_to_is_phantom() {
    let check = |kind: StepKind, values: [i64; 2], said: (i64, i64), classes: &[Class]| {
        let mut fed = Fed::new(Progress::Perfect, vec![kind], &[("ann", 0), ("ann", 1)]);
        fed.set_values(values);
        let member = |number: usize| {
            let (name, value) = (Name(number as u32), values[number]);
            tell::Member { name, lineage: 0, weight: 1, value }
        };
        let members = [member(0), member(1)];
        let lineage = fed.ledger.combine(&members);
        let name = fed.words.names.partial(members.iter().map(|member| member.name));
        let span = fed.take(FIRST, ("ann", 0), 0, &[(name, lineage, said.0, said.1)]);
        fed.fire(FIRST, ("ann", 0, 0), span);
        assert_eq!(fed.classes(), classes);
    };
    check(sum(), [3, 4], (2, 7), &[]);
    check(sum(), [3, 4], (2, 8), &[Class::Phantom]);
    check(sum(), [3, 4], (3, 7), &[Class::Phantom]);
    check(sum(), [GREATEST, 1], (2, i64::MIN), &[Class::Phantom]);
    check(count(0), [GREATEST, 1], (2, i64::MIN), &[]);
    check(count(0), [GREATEST, 1], (1, i64::MIN), &[Class::Phantom]);
}

#[test]
fn rows_of_any_values_come_and_go() {
    let mut fed = Fed::writing(&[("ann", 0), ("ann", 1)]);
    fed.ledger.reset(&fed.design.layout, true);
    let step = fed.design.layout.step_of(FIRST);
    let names = fed.words.names.clone();
    let total = |fed: &Fed| fed.ledger.totals(step, &names).map(|(.., total)| total).sum::<i128>();
    fed.write_value(7, "ann", Name(0), i64::MIN);
    fed.write_value(8, "ann", Name(1), i64::MIN);
    assert_eq!(total(&fed), 2 * i128::from(i64::MIN));
    fed.write_value(8, "ann", Name(1), GREATEST);
    assert_eq!(total(&fed), -1);
}
