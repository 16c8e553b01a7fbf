//! What is asked of commands that take long: to go on where they were, to end in time, and to do a part.

use super::values::duration;
use clap::Args;
use onceproof::search::shard::Shard;
use std::path::PathBuf;
use std::time::Duration;

/// How a command that takes long is made.
#[derive(Args, Clone, Default, Debug)]
pub struct PartArgs {
    /// Do only the i-th of n parts, such as 2/8, and write it as a document of which `merge` makes the report; with
    /// from-env as a Slurm array, an indexed job of Kubernetes, GitLab, CircleCI or Buildkite numbers its tasks.
    #[arg(long, value_name = "i/n|from-env", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Go on with what is done in this file, if there is one, and keep in it what is done, now and then and at
    /// the end.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    /// End after so long, such as 90s or 8h, with what was found so far.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub time: Option<Duration>,
}

/// The word for a part that the environment names.
const FROM_ENV: &str = "from-env";

/// Reads a part.
fn shard(text: &str) -> Result<Shard, String> {
    match text {
        FROM_ENV => from_env(&variable),
        _ => text.parse(),
    }
}

/// What a variable of the environment says.
#[expect(
    clippy::disallowed_methods,
    reason = "it says which runs are made, and nothing of how they end"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Which part a task is, by whoever started it.
struct Scheduler {
    /// The name of its number; where it is set, the task was started so.
    number: &'static str,
    /// The name of the first number, or the first number.
    first: Result<&'static str, u64>,
    /// The name of how many there are.
    of: &'static str,
    /// The name of the distance between two numbers, if it need not be 1.
    step: Option<&'static str>,
}

/// Whose tasks are numbered, and how.
const SCHEDULERS: [Scheduler; 5] = [
    Scheduler {
        number: "SLURM_ARRAY_TASK_ID",
        first: Ok("SLURM_ARRAY_TASK_MIN"),
        of: "SLURM_ARRAY_TASK_COUNT",
        step: Some("SLURM_ARRAY_TASK_STEP"),
    },
    // Kubernetes does not tell a task how many there are.
    Scheduler { number: "JOB_COMPLETION_INDEX", first: Err(0), of: "JOB_COMPLETIONS", step: None },
    Scheduler { number: "CI_NODE_INDEX", first: Err(1), of: "CI_NODE_TOTAL", step: None },
    Scheduler { number: "CIRCLE_NODE_INDEX", first: Err(0), of: "CIRCLE_NODE_TOTAL", step: None },
    Scheduler {
        number: "BUILDKITE_PARALLEL_JOB",
        first: Err(0),
        of: "BUILDKITE_PARALLEL_JOB_COUNT",
        step: None,
    },
];

/// The part that the environment names.
fn from_env(variable: &dyn Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let is_set = |scheduler: &&Scheduler| variable(scheduler.number).is_some();
    let set: Vec<&Scheduler> = SCHEDULERS.iter().filter(is_set).collect();
    let scheduler = match set[..] {
        [] => {
            let names = SCHEDULERS.map(|scheduler| scheduler.number).join(", ");
            return Err(format!("none of these is set in the environment: {names}"));
        }
        [scheduler] => scheduler,
        [one, other, ..] => {
            return Err(format!(
                "{} and {} are both set in the environment: name the part as i/n",
                one.number, other.number
            ));
        }
    };
    let read = |name: &str| match variable(name) {
        None => Err(format!("{} is set and {name} is not", scheduler.number)),
        Some(text) => text.parse::<u64>().map_err(|_| format!("{name} is {text:?} and no number")),
    };
    let (number, of) = (read(scheduler.number)?, read(scheduler.of)?);
    let first = scheduler.first.map_or_else(Ok, read)?;
    let step = match scheduler.step {
        Some(name) if variable(name).is_some() => read(name)?,
        Some(_) | None => 1,
    };
    let after = number.checked_sub(first).filter(|after| step > 0 && after % step == 0);
    let after = after.map(|after| after / step).ok_or_else(|| {
        format!(
            "{} is {number}: the tasks are numbered {first}, {}, …",
            scheduler.number,
            first + step
        )
    })?;
    Shard::new(after + 1, of).map_err(|why| format!("{} is {number}: {why}", scheduler.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(environment: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            let found = environment.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        from_env(&variable).map(|shard| shard.to_string())
    }

    #[test]
    fn a_part_is_numbered_as_whoever_starts_the_tasks_numbers_them() {
        let slurm = |id, min, count| {
            [
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", min),
                ("SLURM_ARRAY_TASK_COUNT", count),
            ]
        };
        assert_eq!(check(&slurm("0", "0", "8")), Ok("1/8".to_owned()));
        assert_eq!(check(&slurm("11", "4", "8")), Ok("8/8".to_owned()));
        let by_two = [&slurm("14", "4", "8")[..], &[("SLURM_ARRAY_TASK_STEP", "2")]].concat();
        assert_eq!(check(&by_two), Ok("6/8".to_owned()));
        let kubernetes = [("JOB_COMPLETION_INDEX", "0"), ("JOB_COMPLETIONS", "3")];
        assert_eq!(check(&kubernetes), Ok("1/3".to_owned()));
        let gitlab = [("CI_NODE_INDEX", "3"), ("CI_NODE_TOTAL", "3")];
        assert_eq!(check(&gitlab), Ok("3/3".to_owned()));
        let circle = [("CIRCLE_NODE_INDEX", "2"), ("CIRCLE_NODE_TOTAL", "3")];
        assert_eq!(check(&circle), Ok("3/3".to_owned()));
        let buildkite = [("BUILDKITE_PARALLEL_JOB", "1"), ("BUILDKITE_PARALLEL_JOB_COUNT", "3")];
        assert_eq!(check(&buildkite), Ok("2/3".to_owned()));
    }

    #[test]
    fn an_environment_that_names_no_part_is_told_what_is_missing() {
        let refused = |environment: &[(&str, &str)]| check(environment).expect_err("no part");
        assert!(refused(&[]).contains("none of these is set"));
        let uncounted = refused(&[("JOB_COMPLETION_INDEX", "0")]);
        assert_eq!(uncounted, "JOB_COMPLETION_INDEX is set and JOB_COMPLETIONS is not");
        let both = [("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "2"), ("CIRCLE_NODE_INDEX", "0")];
        assert!(refused(&both).contains("are both set"));
        // 1, 3 and 7 of an array are three tasks, and not numbered one by one.
        let gaps = [
            ("SLURM_ARRAY_TASK_ID", "7"),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_COUNT", "3"),
        ];
        assert!(refused(&gaps).contains("there is no part 7 of 3"));
        assert!(refused(&[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "2")]).contains("is 0"));
        assert!(refused(&[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "2")]).contains("no number"));
    }
}
