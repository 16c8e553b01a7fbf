//! The command line as a user meets it: the real program, real files, exit codes and both streams.

mod begin;
mod cases;
mod ci;
mod columns;
mod compare;
mod tune;
mod exhaust;
mod explain;
mod folder;
mod determinism;
mod files;
mod necessity;
mod pages;
mod parts;
mod run;
mod schemas;
mod shrink;
mod sizes;
mod strangers;
mod strategies;
mod sweep;
mod test;
mod told;
mod usage;
mod words;
mod worth;
