//! The order in which steps can be worked out.

use onceproof_kernel::layout::StepIndex;

/// How far a step has been gone through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gone {
    Not,
    Begun,
    Done,
}

/// All steps, each after those whose outputs it takes, given who takes the outputs of each.
///
/// # Errors
/// A step that takes what it makes, by way of others or at once.
pub(super) fn inputs_first(outputs: &[Vec<StepIndex>]) -> Result<Vec<StepIndex>, StepIndex> {
    let mut gone = vec![Gone::Not; outputs.len()];
    let mut done = Vec::with_capacity(outputs.len());
    let mut waiting = Vec::new();
    for first in (0..outputs.len()).map(|at| StepIndex(at as u16)) {
        waiting.push(first);
        while let Some(&step) = waiting.last() {
            match gone[step.at()] {
                Gone::Not => {
                    gone[step.at()] = Gone::Begun;
                    for &next in outputs[step.at()].iter().rev() {
                        match gone[next.at()] {
                            Gone::Not => waiting.push(next),
                            // That one leads to this one.
                            Gone::Begun => return Err(step),
                            Gone::Done => {}
                        }
                    }
                }
                state => {
                    waiting.pop();
                    if state == Gone::Begun {
                        gone[step.at()] = Gone::Done;
                        done.push(step);
                    }
                }
            }
        }
    }
    done.reverse();
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(outputs: &[&[u16]]) -> Result<Vec<u16>, u16> {
        let steps = |of: &&[u16]| of.iter().map(|&step| StepIndex(step)).collect();
        let outputs: Vec<Vec<StepIndex>> = outputs.iter().map(steps).collect();
        let order = inputs_first(&outputs).map_err(|step| step.0)?;
        Ok(order.into_iter().map(|step| step.0).collect())
    }

    #[test]
    fn each_step_comes_after_those_whose_outputs_it_takes() {
        assert_eq!(order(&[&[1], &[2], &[]]), Ok(vec![0, 1, 2]));
        // Written the other way round, and a branch that joins again.
        assert_eq!(order(&[&[], &[0], &[1]]), Ok(vec![2, 1, 0]));
        assert_eq!(order(&[&[1, 2], &[3], &[3], &[]]), Ok(vec![0, 2, 1, 3]));
        // Two sources of one step, and a step that stands alone.
        assert_eq!(order(&[&[2], &[2], &[], &[]]), Ok(vec![3, 1, 0, 2]));
    }

    #[test]
    fn a_step_that_takes_what_it_makes_is_named() {
        assert_eq!(order(&[&[1], &[1]]), Err(1));
        assert!(matches!(order(&[&[1], &[2], &[3], &[1]]), Err(1..=3)));
        assert_eq!(order(&[]), Ok(vec![]));
    }
}
