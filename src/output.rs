//! The two ways out: results to standard output, through one buffer, and complaints to standard error. Whatever goes
//! out is escaped here where a terminal would obey it or not show it, wherever it came from.
//!
//! When the reader of the results goes away, as `head` does, nothing more is written and nothing is
//! said: the command ends early where it can, with the exit code of what it had found. When the results
//! cannot be written for any other reason, such as a full disk, the command ends with the code for that.

use crate::cli::Color;
use crate::ending::{Ending, Error};
use anstream::{AutoStream, ColorChoice};
use onceproof::printable::{printable_json, printable_lines, printable_styled};
use onceproof::report::table::fitted;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Where results go.
pub struct Printer {
    writer: BufWriter<AutoStream<StdoutLock<'static>>>,
    state: State,
}

/// How writing went so far.
enum State {
    Open,
    ReaderGone,
    Failed(io::Error),
}

impl Printer {
    /// Standard output, coloured or not.
    pub fn new(color: Color) -> Printer {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let choice = match choice {
            ColorChoice::Auto => AutoStream::choice(&io::stdout()),
            ColorChoice::Always | ColorChoice::AlwaysAnsi | ColorChoice::Never => choice,
        };
        let stream = AutoStream::new(io::stdout().lock(), choice);
        Printer { writer: BufWriter::new(stream), state: State::Open }
    }

    /// Writes a text.
    pub fn text(&mut self, text: &str) {
        self.attempt(|writer| writer.write_all(printable_styled(text).as_bytes()));
    }

    /// Writes a line.
    pub fn line(&mut self, line: &str) {
        self.text(line);
        self.attempt(|writer| writer.write_all(b"\n"));
    }

    /// Writes a document.
    pub fn document(&mut self, document: &serde_json::Value) {
        let document = printable_json(&format!("{document:#}"));
        self.attempt(|writer| writeln!(writer, "{document}"));
    }

    /// Writes a document on one line.
    pub fn document_on_a_line(&mut self, document: &serde_json::Value) {
        let document = printable_json(&document.to_string());
        self.attempt(|writer| writeln!(writer, "{document}"));
    }

    /// Lets the reader see what was written so far.
    pub fn flush(&mut self) {
        self.attempt(Write::flush);
    }

    /// Whether anyone still reads.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Ends a command: says why it could not go on, if so, and writes what is left.
    pub fn close(mut self, ended: Result<Ending, Error>) -> Ending {
        self.flush();
        let ending = ended.unwrap_or_else(|error| {
            match &error {
                // What is wrong with a scenario is laid out by itself.
                Error::Scenarios(_) => complain(&error.to_string()),
                _ => complain(fitted(&error.to_string()).trim_end()),
            }
            error.ending()
        });
        match self.state {
            State::Open | State::ReaderGone => ending,
            State::Failed(error) => {
                complain(&format!("error: standard output: {error}"));
                Ending::Io
            }
        }
    }

    fn attempt(
        &mut self,
        write: impl FnOnce(&mut BufWriter<AutoStream<StdoutLock<'static>>>) -> io::Result<()>,
    ) {
        if !self.is_open() {
            return;
        }
        match write(&mut self.writer) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.state = State::ReaderGone;
            }
            Err(error) => self.state = State::Failed(error),
        }
    }
}

/// Says something on standard error. If nobody listens there is no one left to tell.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{}", printable_lines(text));
}
