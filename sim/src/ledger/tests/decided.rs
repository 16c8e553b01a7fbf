//! What an answer decides is taken from what was committed. What it does not decide is as it should be.

use super::*;
use onceproof_model::function::{Function, Into};

const COUNT: ShardIndex = ShardIndex(3);

/// A record of ann and 1 goes through a coin, and is counted under this key with this value.
fn classes(into: Into, key: &str, value: i64) -> Vec<Class> {
    let coin = StepKind::Map(Function::Coin { sides: 2, into });
    let mut fed = Fed::new(Progress::Perfect, vec![coin, count(0)], &[("ann", 0)]);
    let tossed = fed.outputs(FIRST, Name(0), 1)[0];
    let span = fed.take(SECOND_STEP, (key, 0), 0, &[(tossed, 0, 1, value)]);
    fed.fire(SECOND_STEP, (key, 0, 0), span);
    fed.classes()
}

#[test]
fn an_answer_that_decides_the_key_does_not_decide_the_value() {
    assert_eq!(classes(Into::Key, "ann/0", 1), []);
    assert_eq!(classes(Into::Key, "ann/1", 1), []);
    assert_eq!(classes(Into::Key, "ann/1", 2), [Class::Phantom]);
}

#[test]
fn an_answer_that_decides_the_value_does_not_decide_the_key() {
    assert_eq!(classes(Into::Value, "ann", 0), []);
    assert_eq!(classes(Into::Value, "ann", 1), []);
    assert_eq!(classes(Into::Value, "bob", 1), [Class::Phantom]);
}

#[test]
fn where_nothing_committed_tells_the_answer_every_place_is_right() {
    let check = |key: &str, hint: Option<&str>, expected: &[Class]| {
        let coin = StepKind::Map(Function::Coin { sides: 2, into: Into::Key });
        let kinds = vec![coin, StepKind::Map(Function::Identity), count(0)];
        let mut fed = Fed::new(Progress::Perfect, kinds, &[("ann", 0)]);
        let tossed = fed.outputs(FIRST, Name(0), 1)[0];
        if let Some(key) = hint {
            fed.hold(tossed, key, 1);
        }
        let passed = fed.outputs(SECOND_STEP, tossed, 1)[0];
        let span = fed.take(COUNT, (key, 0), 0, &[(passed, 0, 1, 1)]);
        fed.fire(COUNT, (key, 0, 0), span);
        assert_eq!(fed.classes(), expected);
    };
    check("ann/0", None, &[]);
    check("ann/1", None, &[]);
    check("ann/1", Some("ann/1"), &[]);
    check("ann/1", Some("ann/0"), &[Class::Phantom]);
}
