//! `onceproof explain`: why a run goes wrong, in words.

use super::interrupt::cancelled_by_interrupt;
use super::made::Made;
use super::progress::RunsProgress;
use super::{allowing, redesigned, redesigned_command};
use crate::cli::{Common, ExplainArgs, Format};
use crate::ending::{Ending, Error};
use crate::output::{Printer, complain};
use onceproof::explain::{
    Explanation, Origin, PICTURE, Unexplained, explanation_html, explanation_json,
    explanation_mermaid, explanation_svg, explanation_text, seed_to_explain,
};
use onceproof::figures::counted;
use onceproof::page;
use onceproof::report::shell::run_command;
use onceproof::report::{class_list, printable};
use onceproof::search::shrink::bench::Watch;

/// Explains the failure of a scenario under a seed: the one that is given, else that of the file, else the first of its
/// seeds under which it goes wrong as it is expected to.
///
/// # Errors
/// The scenario cannot be used, it holds, or the record that is asked for is not damaged.
pub fn explain(args: &ExplainArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let scenario = redesigned(args.files.load(&args.file)?, &args.redesign)?;
    let page = Made::asked(&args.html, page::SIGN)?;
    let picture = Made::asked(&args.svg, PICTURE)?;
    let cancel = cancelled_by_interrupt();
    let progress = RunsProgress::new(&scenario.name, "looking for the faults that did it");
    let watch = Watch { cancel: &cancel, tell: &|runs| progress.tell(runs) };
    let record = args.record.as_deref();
    let found = match args.seed {
        None => seed_to_explain(&scenario, watch),
        asked => Ok(asked),
    };
    let seed = found.as_ref().ok().copied().flatten();
    let explanation = found
        .and_then(|seed| Explanation::of(&scenario.trial, Some(&scenario), seed, record, watch));
    progress.clear();
    let path = args.file.display();
    let explanation = match explanation {
        Ok(explanation) => explanation,
        Err(Unexplained::Interrupted) => {
            complain("interrupted: what is not known by now is not said");
            return Ok(Ending::Inconclusive);
        }
        Err(Unexplained::Holds) => {
            let run = match (args.seed, seed) {
                (None, Some(_)) if scenario.is_swept() => {
                    let seeds = scenario.sweep.end - scenario.sweep.start;
                    format!("under each of its {}", counted(seeds, "seed"))
                }
                (_, Some(seed)) => format!("under seed {seed}"),
                (_, None) => "in this run".to_owned(),
            };
            let help = "there is nothing to explain; onceproof sweep looks for a seed that fails";
            return Err(Error::NothingSelected(format!("{path} holds {run}; {help}")));
        }
        Err(Unexplained::Inconclusive) => {
            complain(&format!("error: {path}: a limit was hit, and nothing was found"));
            return Ok(Ending::Inconclusive);
        }
        Err(Unexplained::NotDamaged(names)) => {
            let asked = printable(record.unwrap_or_default());
            let names: Vec<String> = names.iter().map(|name| printable(name)).collect();
            let help = match names.is_empty() {
                true => "no single record is; leave --record out".to_owned(),
                false => format!("damaged are {}", names.join(", ")),
            };
            let message = format!("--record {asked}: it is not damaged in this run; {help}");
            return Err(Error::Usage(message));
        }
    };
    let command = allowing(run_command(&args.file, seed), &scenario, &args.file);
    let replay = redesigned_command(command, &args.redesign);
    let file = args.file.to_string_lossy();
    let (name, replay) = (scenario.name.as_str(), replay.as_str());
    let origin = Origin { name, file: &file, seed, replay };
    if let Some(page) = page {
        page.write(&explanation_html(&explanation_json(&explanation, origin)))?;
    }
    if let Some(picture) = picture {
        picture.write(&explanation_svg(&explanation))?;
    }
    match common.format {
        Format::Text if args.mermaid => output.text(&explanation_mermaid(&explanation)),
        Format::Text => {
            let classes = class_list(explanation.classes());
            output.line(&format!("{}: {classes}", printable(&scenario.name)));
            output.line(&format!("{replay}\n"));
            output.text(&explanation_text(&explanation));
        }
        Format::Json => {
            output.document(&explanation_json(&explanation, origin));
        }
    }
    Ok(Ending::AsExpected)
}
