//! The command line as a user meets it: the real program, real files, exit codes and both streams.

#[path = "command_line/begin.rs"]
mod begin;
#[path = "command_line/columns.rs"]
mod columns;
#[path = "command_line/exhaust.rs"]
mod exhaust;
#[path = "command_line/folder.rs"]
mod folder;
#[path = "command_line/determinism.rs"]
mod determinism;
#[path = "command_line/files.rs"]
mod files;
#[path = "command_line/necessity.rs"]
mod necessity;
#[path = "command_line/run.rs"]
mod run;
#[path = "command_line/shrink.rs"]
mod shrink;
#[path = "command_line/sizes.rs"]
mod sizes;
#[path = "command_line/strangers.rs"]
mod strangers;
#[path = "command_line/sweep.rs"]
mod sweep;
#[path = "command_line/test.rs"]
mod test;
#[path = "command_line/told.rs"]
mod told;
#[path = "command_line/usage.rs"]
mod usage;
#[path = "command_line/words.rs"]
mod words;
#[path = "command_line/worth.rs"]
mod worth;
