//! `onceproof graph`: the pipeline of a scenario before and after optimization, without running it.

use crate::cli::{Common, Format, GraphArgs};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use onceproof::report::graph;

/// Reads a scenario and shows its stages.
///
/// # Errors
/// The scenario cannot be used.
pub fn graph(args: &GraphArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let scenario = args.files.load(&args.file)?;
    let design = &scenario.trial.design;
    match (args.picture, common.format) {
        (Some(picture), _) => output.text(&graph::picture(design, picture.into())),
        (None, Format::Text) => output.text(&graph::text(design)),
        (None, Format::Json) => output.document(&graph::json(design)),
    }
    Ok(Ending::AsExpected)
}
