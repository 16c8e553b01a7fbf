//! What two stretches of runs came to, as what both together come to. Sums do not mind how the runs were cut; of what is
//! first or least the earlier stretch has its say first, so the result is that of one sweep over both.

use super::marks::Reached;
use super::served::{Apart, Corrections, ServedTotals};
use super::strategies::{Comparison, PerRun};
use super::sweep::Stop;
use super::tally::{Amount, MOST_FAILING, RunsWith, Seeds, Spread, Sweep};
use super::worth::WorthOfAll;

/// What runs came to, which can be put together from parts.
pub trait Tallied: Clone {
    /// Adds what the runs after these came to.
    ///
    /// # Errors
    /// In words, that they do not follow these: some would be missing, or counted twice.
    fn append(&mut self, next: &Self) -> Result<(), String>;

    /// The verdicts of the runs, and which these are.
    fn sweep(&self) -> &Sweep;

    /// States which seeds were asked for.
    fn set_seeds(&mut self, seeds: Seeds);
}

/// Puts the parts of a sweep together, in their order, up to the run with which it ends. None of them has a run where what
/// is swept cannot be run at all.
///
/// # Errors
/// In words, where runs are missing between two parts, or after the last.
pub fn joined<T: Tallied>(
    parts: Vec<Vec<T>>,
    seeds: &Seeds,
    stop: Stop,
) -> Result<Option<T>, String> {
    let mut parts = parts.into_iter();
    let mut all: Option<T> = None;
    for prefixes in &mut parts {
        let mut longest = None;
        for prefix in prefixes {
            let so_far = match &all {
                None => prefix,
                Some(all) => {
                    let mut so_far = all.clone();
                    so_far.append(&prefix)?;
                    so_far
                }
            };
            let ends = so_far.sweep().has_enough(stop);
            longest = Some(so_far);
            if ends {
                break;
            }
        }
        all = longest.or(all);
        if all.as_ref().is_some_and(|all| all.sweep().has_enough(stop)) {
            break;
        }
    }
    let Some(mut all) = all else { return Ok(None) };
    let Sweep { seeds: covered, runs, .. } = all.sweep();
    if !all.sweep().has_enough(stop) && (covered != seeds || *runs != seeds.count()) {
        return Err(format!("{runs} of {} runs were made", seeds.count()));
    }
    all.set_seeds(seeds.clone());
    Ok(Some(all))
}

/// Adds numbers to others, one by one.
fn add_each(sums: &mut [u64], more: &[u64]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

impl Tallied for Sweep {
    fn append(&mut self, next: &Sweep) -> Result<(), String> {
        let (Seeds::Range(seeds), Seeds::Range(more)) = (&mut self.seeds, &next.seeds) else {
            return Err("one run cannot be put together from parts".to_owned());
        };
        if self.runs != seeds.end.saturating_sub(seeds.start) || seeds.end != more.start {
            return Err(format!(
                "after {} runs from seed {} on, the next is not that of seed {}",
                self.runs, seeds.start, more.start
            ));
        }
        seeds.end = more.end;
        if next.runs == 0 {
            return Ok(());
        }
        match self.runs {
            0 => self.unfired.clone_from(&next.unfired),
            _ => self.unfired.retain(|fault| next.unfired.contains(fault)),
        }
        self.runs += next.runs;
        self.violated += next.violated;
        self.inconclusive += next.inconclusive;
        add_each(&mut self.classes, &next.classes);
        add_each(&mut self.fired.0, &next.fired.0);
        for (with, RunsWith { runs, violated }) in self.with_kind.iter_mut().zip(&next.with_kind) {
            with.runs += runs;
            with.violated += violated;
        }
        self.reached.append(&next.reached);
        match (&mut self.figures, &next.figures) {
            (Some(figures), Some(more)) => {
                figures.iter_mut().zip(more).for_each(|(a, b)| a.append(b))
            }
            (figures, more) => *figures = figures.or(*more),
        }
        match (&mut self.worth, &next.worth) {
            (Some(worth), Some(more)) => worth.append(more),
            (worth, more) => *worth = worth.or(*more),
        }
        self.with_records.extend(&next.with_records);
        let room = MOST_FAILING.saturating_sub(self.failing.len());
        self.failing.extend(next.failing.iter().take(room));
        self.first_violated = self.first_violated.or(next.first_violated);
        self.first_inconclusive = self.first_inconclusive.or(next.first_inconclusive);
        self.events += next.events;
        match self.work.is_empty() {
            true => self.work.clone_from(&next.work),
            false => self.work.iter_mut().zip(&next.work).for_each(|(a, b)| a.append(b)),
        }
        match (&mut self.latency, &next.latency) {
            (Some(latency), Some(more)) => {
                latency.iter_mut().zip(more).for_each(|(a, b)| a.append(b))
            }
            (latency, more) => *latency = latency.or(*more),
        }
        self.digest = self.digest.wrapping_add(next.digest);
        if self.sampled == 0 {
            self.results.clone_from(&next.results);
        }
        self.sampled += next.sampled;
        if self.difference.is_none() {
            self.difference.clone_from(&next.difference);
        }
        Ok(())
    }

    fn sweep(&self) -> &Sweep {
        self
    }

    fn set_seeds(&mut self, seeds: Seeds) {
        self.seeds = seeds;
    }
}

impl Spread {
    fn append(&mut self, next: &Spread) {
        self.add(next.least.0, next.least.1);
        self.add(next.most.0, next.most.1);
    }
}

impl Amount {
    fn append(&mut self, next: &Amount) {
        self.sum += next.sum;
        self.spread.append(&next.spread);
    }
}

impl WorthOfAll {
    fn append(&mut self, next: &WorthOfAll) {
        self.add(next.least);
        self.is_of_each &= next.is_of_each;
    }
}

impl Reached {
    fn append(&mut self, next: &Reached) {
        let Reached { times, runs, runs_with, strikes } = next;
        add_each(&mut self.times, times);
        add_each(&mut self.runs, runs);
        self.runs_with.iter_mut().zip(runs_with).for_each(|(a, b)| add_each(a, b));
        self.strikes.iter_mut().zip(strikes).for_each(|(a, b)| add_each(a, b));
    }
}

impl Tallied for Comparison {
    fn append(&mut self, next: &Comparison) -> Result<(), String> {
        let Comparison {
            sweep,
            records,
            duplicated,
            lost,
            late,
            first_seen,
            last_changed,
            messages,
            answers,
            commits,
            reads,
            crashes,
            recoveries,
            served,
        } = next;
        self.sweep.append(sweep)?;
        self.records += records;
        self.duplicated.append(duplicated);
        self.lost.append(lost);
        self.late.append(late);
        self.first_seen.add_all(first_seen);
        self.last_changed.add_all(last_changed);
        self.messages += messages;
        self.answers += answers;
        self.commits += commits;
        self.reads += reads;
        self.crashes += crashes;
        self.recoveries.add_all(recoveries);
        match (&mut self.served, served) {
            (Some(totals), Some(more)) => totals.append(more),
            (totals, more) => *totals = totals.take().or_else(|| more.clone()),
        }
        Ok(())
    }

    fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    fn set_seeds(&mut self, seeds: Seeds) {
        self.sweep.seeds = seeds;
    }
}

impl PerRun {
    fn append(&mut self, next: &PerRun) {
        for (&number, &runs) in &next.runs {
            *self.runs.entry(number).or_default() += runs;
        }
        if next.worst.map(|(most, _)| most) > self.worst.map(|(most, _)| most) {
            self.worst = next.worst;
        }
    }
}

impl ServedTotals {
    fn append(&mut self, next: &ServedTotals) {
        let ServedTotals {
            runs,
            worst_net,
            worst_gross,
            total,
            without_faults,
            apart,
            phantom_cells,
            wrong_cells,
            corrections,
            sign_changes,
            neighbours,
            windows,
            first_served,
            right,
            never_right,
            certain,
            changes,
            unserved,
        } = next;
        self.runs += runs;
        self.worst_net.append(worst_net);
        self.worst_gross.append(worst_gross);
        self.total.append(total);
        self.without_faults.append(without_faults);
        self.apart.append(apart);
        self.phantom_cells += phantom_cells;
        self.wrong_cells += wrong_cells;
        self.corrections.append(corrections);
        self.sign_changes += sign_changes;
        self.neighbours += neighbours;
        self.windows += windows;
        self.first_served.add_all(first_served);
        self.right.add_all(right);
        self.never_right += never_right;
        self.certain.add_all(certain);
        self.changes += changes;
        self.unserved += unserved;
    }
}

impl Apart {
    fn append(&mut self, next: &Apart) {
        let Apart { records, of_records, cells, of_cells } = next;
        self.records += records;
        self.of_records += of_records;
        self.cells += cells;
        self.of_cells += of_cells;
    }
}

impl Corrections {
    fn append(&mut self, next: &Corrections) {
        let Corrections { up, down, none, sum, squares } = next;
        self.up += up;
        self.down += down;
        self.none += none;
        self.sum += sum;
        self.squares += squares;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fake::Fake;
    use crate::search::shard::Shard;
    use crate::search::stretch::Stretch;
    use crate::search::sweep::sweep_with;
    use crate::search::threads::so_many;
    use std::sync::atomic::AtomicBool;

    const SEEDS: Seeds = Seeds::Range(5..700);

    /// What was done of one part of the sweep of the fake.
    fn part(shard: Shard, stop: Stop) -> Vec<Sweep> {
        let cancel = AtomicBool::new(false);
        let mut stretch = Stretch { shard, ..Stretch::whole() };
        sweep_with(so_many(2), Fake::default, SEEDS, &mut stretch, stop, &cancel, &|_| {});
        stretch.done
    }

    /// The sweep of the fake, those runs of which are done.
    fn whole(done: Vec<Sweep>, stop: Stop) -> Sweep {
        let cancel = AtomicBool::new(false);
        let mut stretch = Stretch { done, ..Stretch::whole() };
        sweep_with(so_many(2), Fake::default, SEEDS, &mut stretch, stop, &cancel, &|_| {})
    }

    #[test]
    fn parts_come_to_the_whole_however_many_there_are_and_wherever_it_stops() {
        for stop in [1, 2, 7, 30, 60].map(Stop::AfterViolated).into_iter().chain([Stop::Never]) {
            let all = whole(Vec::new(), stop);
            for of in [1, 2, 3, 8, 40, 1_000] {
                let shards = (1..=of).map(|number| Shard::new(number, of).expect("a part"));
                let parts: Vec<Vec<Sweep>> = shards.map(|shard| part(shard, stop)).collect();
                // What one part alone is not told to keep, it does not.
                let joined = if of == 1 { None } else { joined(parts, &SEEDS, stop).expect("all") };
                assert_eq!(whole(joined.into_iter().collect(), stop), all, "{stop:?} of {of}");
            }
        }
    }

    /// Wherever it was ended it goes on, also from what was kept in between.
    #[test]
    fn a_sweep_that_goes_on_comes_to_the_whole() {
        for stop in [Stop::AfterViolated(30), Stop::Never] {
            let all = whole(Vec::new(), stop);
            for at in [0, 1, 64, 65, 200] {
                let seeds = Seeds::Range(5..5 + at);
                let cancel = AtomicBool::new(false);
                let whole_stretch = &mut Stretch::whole();
                let make = Fake::default;
                let begin =
                    sweep_with(so_many(2), make, seeds, whole_stretch, stop, &cancel, &|_| {});
                let kept =
                    Sweep { seeds: SEEDS, first_failure: None, results: Vec::new(), ..begin };
                assert_eq!(whole(vec![kept], stop), all, "{stop:?} from {at} on");
            }
        }
    }

    #[test]
    fn runs_that_are_missing_or_there_twice_are_no_whole() {
        let parts = |of: &[u64]| {
            let shards = of.iter().map(|&number| Shard::new(number, 3).expect("a part"));
            let parts = shards.map(|shard| part(shard, Stop::Never)).collect();
            joined(parts, &SEEDS, Stop::Never).map(|all| all.is_some())
        };
        assert_eq!(parts(&[1, 2, 3]), Ok(true));
        for bad in [&[1, 2][..], &[2, 3], &[1, 3], &[1, 1, 2, 3], &[1, 3, 2], &[1]] {
            assert!(parts(bad).is_err(), "{bad:?}");
        }
        assert_eq!(parts(&[]), Ok(false));
    }

    #[test]
    fn what_is_written_of_a_sweep_is_read_again() {
        let done = part(Shard::new(2, 3).expect("a part"), Stop::AfterViolated(5));
        let text = serde_json::to_string(&done).expect("a document");
        let read: Vec<Sweep> = serde_json::from_str(&text).expect("what was written");
        let without_results = done.into_iter().map(|sweep| Sweep { results: Vec::new(), ..sweep });
        assert_eq!(read, without_results.collect::<Vec<_>>());
        let bad = text.replacen("\"fired\":[[", "\"fired\":[[9", 1);
        assert!(serde_json::from_str::<Vec<Sweep>>(&bad).is_err(), "there is no such kind");
    }
}
