//! The report of a run as text: the verdict and the ledger first, then what was damaged and by which
//! faults, and last the command that runs it again.

use super::compare_text::figures_text;
use super::damage::damage_text;
use super::extremes::extremes_lines;
use super::heading::heading;
use super::not_shown::not_shown_text;
use super::results::{totals, windows};
use super::served::served_tables;
use super::style::{BAD, GOOD, WARNING, error, warning, warning_or_error};
use super::table::{Align, JOINT, fitted, labelled, table};
use super::times::time;
use super::words::fault_in_words;
use super::worth::{and_left_out, records, without_records_in_run, without_records_in_words};
use super::{Reported, RunReport, class_list, exact_faults, printable};
use crate::figures::{self, counted};
use crate::scenario::Strategy;
use crate::search::sweep::never_fired;
use crate::search::worth::Worth;
use onceproof_sim::outcome::{
    Brief, DeadLetter, FilterFill, Outcome, StepCalls, StepResult, Verdict,
};
use onceproof_systems::Trial;

/// The most damaged records, or faults of a schedule, that are told one by one.
const MOST_TOLD: usize = 20;
/// The most results of a step that are shown.
const MOST_RESULTS: usize = 10;

/// The report of a run.
pub fn run_text(report: &RunReport) -> String {
    let RunReport {
        subject,
        seed: _,
        seed_is_assumed,
        outcome,
        served,
        blame,
        differences,
        not_shown,
        replay,
        smaller,
        shortfalls,
        strict,
    } = *report;
    let brief = &outcome.brief;
    let mut text = heading(&subject);
    text.push_str(&format!("\n{}\n", headline(report)));
    if seed_is_assumed {
        text.push_str("the file has odds and no seed of its own\n");
    }
    text.push_str(&not_shown_text(not_shown));
    if let Some(reason) = &outcome.reason {
        text.push_str(&format!("{}\n", printable(reason)));
    }
    text.push_str(&format!(
        "\n{}\n{}\n",
        ledger(brief, subject.trial),
        steps(&outcome.steps, subject.trial)
    ));
    text.push_str(&windows(&outcome.steps, subject.trial));
    if !outcome.calls.is_empty() {
        text.push_str(&format!("{}\n", calls(&outcome.calls, subject.trial)));
    }
    text.push_str(&figure_lines(outcome, subject.trial));
    text.push_str(&filters(&outcome.filters, subject.trial));
    let served: Vec<_> =
        served.map(|served| (Strategy::Lambda.word(), served)).into_iter().collect();
    for figures in served_tables(&served) {
        text.push_str(&figures_text(&figures));
    }
    text.push_str(&dead_letters(outcome, subject.trial));
    let mut warnings = String::new();
    for fault in exact_faults(subject.trial, &outcome.unfired) {
        warnings.push_str(&unfired(&subject, &fault_in_words(fault, subject.trial), strict));
    }
    for difference in differences {
        warnings.push_str(&warning(&format!("not as the file expects: {}", printable(difference))));
    }
    if !warnings.is_empty() {
        text.push_str(&format!("\n{warnings}"));
    }
    if brief.verdict == Verdict::Violated {
        text.push_str(&format!("\n{}", damage_text(outcome, blame, subject.trial)));
    }
    for shortfall in shortfalls {
        text.push_str(&error(shortfall));
    }
    let fails_strictly = (strict && !outcome.unfired.is_empty()) || !shortfalls.is_empty();
    if brief.verdict != Verdict::ExactlyOnce || fails_strictly {
        let both = |smaller| format!("# this makes it small, and this shows it again\n{smaller}\n");
        text.push_str(&format!("\n{}{replay}\n", smaller.map(both).unwrap_or_default()));
    }
    fitted(&text)
}

/// That an exact fault, given in words, did not fire.
pub fn unfired(subject: &Reported, words: &str, strict: bool) -> String {
    if subject.unfired_is_allowed && !strict {
        return format!("an exact fault did not fire, as the file allows: {words}\n");
    }
    let text = format!("an exact fault did not fire, so this never happened: {words}");
    warning_or_error(&text, strict)
}

/// The records that were given up, since they are in no result.
fn dead_letters(outcome: &Outcome, trial: &Trial) -> String {
    let mut text = String::new();
    if outcome.dead_letters.is_empty() {
        return text;
    }
    text.push_str(&format!("\n{WARNING}dead letters{WARNING:#}\n"));
    for DeadLetter { step, record, records } in outcome.dead_letters.iter().take(MOST_TOLD) {
        let step = printable(trial.layout().name(*step));
        let of = match records {
            0 | 1 => String::new(),
            records => format!(", with {}", counted(*records, "record")),
        };
        text.push_str(&format!("  {} at {step}{of}\n", printable(record)));
    }
    let more = outcome.dead_letters.len().checked_sub(MOST_TOLD).filter(|&more| more > 0);
    if let Some(more) = more {
        let least =
            if outcome.dead_letters.len() >= Outcome::MOST_DAMAGE { "at least " } else { "" };
        text.push_str(&format!("  and {least}{} more\n", figures::grouped(more as u64)));
    }
    text
}

/// The verdict, under which seed, and what a green is worth.
fn headline(report: &RunReport) -> String {
    let RunReport { subject, seed, outcome, .. } = *report;
    let brief = &outcome.brief;
    let word = brief.verdict.word();
    let seed = seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
    match brief.verdict {
        Verdict::ExactlyOnce => {
            let worth = Worth::of(brief);
            let without = match worth.reflected {
                0 => Vec::new(),
                _ => without_records_in_run(subject.trial, outcome),
            };
            let without = without_records_in_words(&without);
            let without = without.map(|words| format!("; {words}")).unwrap_or_default();
            let (records, left_out) = (records(&worth), and_left_out(&worth));
            // Of nothing nothing is good.
            let style = if worth.reflected == 0 { WARNING } else { GOOD };
            format!("{style}{word}{style:#} for {records}{seed}{left_out}{without}")
        }
        Verdict::Violated => {
            format!("{BAD}{word}{BAD:#}: {}{seed}", class_list(brief.classes.iter()))
        }
        Verdict::Inconclusive => format!("{WARNING}{word}{WARNING:#}{seed}"),
    }
}

fn ledger(brief: &Brief, trial: &Trial) -> String {
    let (heads, counts): (Vec<String>, Vec<String>) = figures::ledger(&brief.ledger)
        .into_iter()
        .map(|(name, count)| (name.replace('_', " "), figures::grouped(count)))
        .unzip();
    let mut text = table(&[Align::Right; 8], &[heads, counts]);
    // Without these the others do not add up to all records, or are more than are reflected.
    let are = |count| if count == 1 { "is" } else { "are" };
    let Brief { filtered, unfinished, .. } = *brief;
    if filtered > 0 {
        let count = figures::grouped(filtered);
        let says = match trial.design.leaves_out_repeats() {
            true => "functions and ids say",
            false => "functions say",
        };
        text.push_str(&format!("{count} of these {} filtered out, as {says}\n", are(filtered)));
    }
    if unfinished > 0 {
        let records = counted(unfinished, "record");
        text.push_str(&format!(
            "{records} {} unfinished: in no result yet, and not lost\n",
            are(unfinished)
        ));
    }
    text
}

fn steps(steps: &[StepResult], trial: &Trial) -> String {
    use Align::{Left, Right};
    // What was given up is not expected any more, which is a riddle where nothing says so.
    let has_dead = steps.iter().any(|result| result.dead_lettered > 0);
    let dead = |cell: String| has_dead.then_some(cell);
    let row = |name, [expected, applied, late, of_dead]: [String; 4], results| {
        let cells = [Some(name), Some(expected), Some(applied), Some(late), dead(of_dead)];
        cells.into_iter().flatten().chain([results]).collect()
    };
    let heads = ["expected", "applied", "late", "dead lettered"].map(str::to_owned);
    let heads: Vec<String> = row("step".to_owned(), heads, "results".to_owned());
    let row_of = |result: &StepResult| {
        let StepResult { step, expected, applied, late, dead_lettered, ref results, .. } = *result;
        let name = printable(trial.layout().name(step));
        let counts = [expected, applied, late, dead_lettered].map(figures::grouped);
        let results = results.iter().map(|(key, &total)| (key.as_str(), total));
        row(name, counts, totals(results, MOST_RESULTS))
    };
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(steps.iter().map(row_of)).collect();
    match has_dead {
        true => table(&[Left, Right, Right, Right, Right, Left], &rows),
        false => table(&[Left, Right, Right, Right, Left], &rows),
    }
}

/// How often the steps that call external services did so for a record.
fn calls(calls: &[StepCalls], trial: &Trial) -> String {
    use Align::{Left, Right};
    let heads = ["step", "called for", "calls", "mean", "p99", "max", "garbage", "standing"]
        .map(str::to_owned)
        .to_vec();
    let row = |of: &StepCalls| {
        let StepCalls { step, records, calls, p99, max, garbage, standing } = *of;
        let standing = standing.map(figures::grouped).unwrap_or_default();
        let name = printable(trial.layout().name(step));
        let mean = figures::ratio(calls, records);
        let [records, calls, p99, max, garbage] =
            [records, calls, p99, max, garbage].map(figures::grouped);
        vec![name, records, calls, mean, p99, max, garbage, standing]
    };
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(calls.iter().map(row)).collect();
    table(&[Left, Right, Right, Right, Right, Right, Right, Right], &rows)
}

fn figure_lines(outcome: &Outcome, trial: &Trial) -> String {
    let brief = &outcome.brief;
    let latency = match outcome.latency {
        None => "none".to_owned(),
        Some(latency) => [("p50", latency.p50), ("p99", latency.p99), ("max", latency.max)]
            .map(|(name, nanos)| format!("{name}{JOINT}{}", joined(&figures::measured(nanos))))
            .join(", "),
    };
    let never_fired = never_fired(trial, &brief.fired);
    let mut lines = vec![("faults", counts(&figures::fired(&brief.fired)))];
    if !never_fired.is_empty() {
        let words: Vec<&str> = never_fired.iter().map(|kind| kind.word()).collect();
        lines.push(("never fired", words.join(", ")));
    }
    lines.extend([
        ("work", counts(&work_done(brief))),
        ("latency", latency),
        ("virtual time", figures::measured(brief.virtual_time)),
    ]);
    lines.extend(extremes_lines(outcome, trial));
    lines.push(("fingerprint", figures::hex(brief.fingerprint)));
    labelled(&lines)
}

/// What was done, without what has a line of its own.
fn work_done(brief: &Brief) -> Vec<(&'static str, u64)> {
    let work = not_zero(&figures::work(&brief.work, &brief.marks, brief.alphabet));
    work.into_iter().filter(|(name, _)| !name.starts_with("ids_held")).collect()
}

/// The figures that say something.
fn not_zero(counts: &[(&'static str, u64)]) -> Vec<(&'static str, u64)> {
    counts.iter().copied().filter(|&(_, count)| count > 0).collect()
}

/// A text that is not broken.
fn joined(text: &str) -> String {
    text.replace(' ', &JOINT.to_string())
}

/// How full each filter is: its bits that are set, of all.
fn filters(filters: &[FilterFill], trial: &Trial) -> String {
    use Align::{Left, Right};
    if filters.is_empty() {
        return String::new();
    }
    let row = |filter: &FilterFill| {
        let FilterFill { step, shard, fill } = *filter;
        vec![
            printable(&format!("{}/{shard}", trial.layout().name(step))),
            time(fill.first),
            figures::grouped(fill.bits_set),
            figures::grouped(fill.bits),
            if fill.is_complete { String::new() } else { "not read yet".to_owned() },
        ]
    };
    let heads = ["filter", "from", "set", "bits", ""].map(str::to_owned).to_vec();
    let shown = filters.iter().take(MOST_TOLD).map(row);
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(shown).collect();
    let mut text = format!("\n{}", table(&[Left, Right, Right, Right, Left], &rows));
    if let Some(more) = filters.len().checked_sub(MOST_TOLD).filter(|&more| more > 0) {
        text.push_str(&format!("and {} more\n", figures::grouped(more as u64)));
    }
    text
}

/// "drop-ack 1, crash 3", or "none". A pair is not broken: what this is put into makes blanks of its joints.
pub fn counts(counts: &[(&'static str, u64)]) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let parts = counts.iter();
    let parts = parts.map(|(name, count)| {
        joined(&format!("{name} {}", figures::grouped(*count)).replace('_', " "))
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::report::samples;

    #[test]
    fn a_violated_run_tells_what_when_and_how_to_see_it_again() {
        let text = samples::plain(&samples::with_lost_ack_report(super::run_text));
        let expected = "\
a coin
It is flipped once.

violated: duplicated, seed 7

expected  exact  duplicated  excess  lost  divergent  late  dead lettered
       3      2           1       1     0          0     0              0

step      expected  applied  late  results
per-side         3        4     0  ann 2, bob 2

faults        drop-ack 1
work          events 1,234, messages 9, retries 1, commits 12
latency       p50 3 ms, p99 34 ms, max 34 ms
virtual time  2.03 s
fingerprint   0000000000000000000000000000002a

damaged records, and the faults that did it
  duplicated: events/0#1 at per-side, reflected 2 times instead of 1
      the ack of events/0#1 to per-side, attempt 1, was lost

# this makes it small, and this shows it again
onceproof shrink flip.toml --seed 7
onceproof run flip.toml --seed 7
";
        assert_eq!(text, expected);
    }
}
