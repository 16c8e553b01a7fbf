//! The lines of a picture, on the disk: a run of fifty thousand records has millions, which come nearly in the order of
//! their times and are to stand in it. In memory is where each of them is.

use crate::write::Beside;
use onceproof_kernel::time::Nanos;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Lines that are written as they come, and read back in order.
#[derive(Debug)]
pub(super) struct Lines {
    file: BufWriter<Beside>,
    places: Vec<Place>,
    end: u64,
    failed: Option<io::Error>,
}

/// Where a line stands among the others, and where it is kept.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: Nanos,
    /// Of what begins at one time, what holds the others comes first, and what is tied to a slice after it.
    rank: u8,
    from: u64,
    bytes: u32,
}

impl Lines {
    /// None yet. They are kept beside a file, until it is there.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn beside(path: &Path) -> io::Result<Lines> {
        let file = BufWriter::new(Beside::of(path)?);
        Ok(Lines { file, places: Vec::new(), end: 0, failed: None })
    }

    /// One more. That it cannot be written is said at the end.
    pub fn push(&mut self, at: Nanos, rank: u8, line: &str) {
        let bytes = u32::try_from(line.len()).expect("a line of a picture is short");
        if self.failed.is_none() {
            self.failed = self.file.write_all(line.as_bytes()).err();
        }
        self.places.push(Place { at, rank, from: self.end, bytes });
        self.end += u64::from(bytes);
    }

    /// Writes them in their order, each after what separates it from the one before.
    ///
    /// # Errors
    /// They could not be kept, or cannot be read or written.
    pub fn write_to(mut self, out: &mut dyn Write, between: &str) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.places.sort_by_key(|place| (place.at, place.rank));
        let mut kept = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        kept.seek(SeekFrom::Start(0))?;
        let mut kept = BufReader::new(kept);
        let (mut at, mut line) = (0_i64, Vec::new());
        for Place { from, bytes, .. } in self.places {
            let from = i64::try_from(from).map_err(io::Error::other)?;
            kept.seek_relative(from - at)?;
            line.resize(bytes as usize, 0);
            kept.read_exact(&mut line)?;
            at = from + i64::from(bytes);
            out.write_all(between.as_bytes())?;
            out.write_all(&line)?;
        }
        Ok(())
    }
}
