//! The end of a file that grows: its new whole lines.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// How much is read at a time, in bytes.
const PIECE: u64 = 4 << 20;

/// Reads a file on from where it ended last.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    read: u64,
    /// The beginning of a line of which the end is not there yet.
    begun: Vec<u8>,
}

/// What is new in a file.
#[derive(Debug, PartialEq, Eq)]
pub enum New {
    /// There is no file yet.
    NoFile,
    /// It is shorter than it was: someone began it anew, and so it is read from its beginning.
    Shortened,
    /// The lines that were added since; none, perhaps.
    Lines(Vec<String>),
}

impl Tail {
    /// The file at a path, from its beginning. It need not be there yet.
    pub fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), read: 0, begun: Vec::new() }
    }

    /// What is new since the last call.
    ///
    /// # Errors
    ///
    /// Why the file cannot be read.
    pub fn read(&mut self) -> Result<New, String> {
        match self.look() {
            Ok(new) => Ok(new),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(New::NoFile),
            Err(error) => Err(format!("{} cannot be read: {error}.", self.path.display())),
        }
    }

    fn look(&mut self) -> std::io::Result<New> {
        // To open a pipe would wait for a writer, who may never come.
        let found = std::fs::metadata(&self.path)?;
        if !found.is_file() {
            return Err(std::io::Error::new(ErrorKind::InvalidInput, "it is no regular file"));
        }
        let mut file = File::open(&self.path)?;
        if file.metadata()?.len() < self.read {
            (self.read, self.begun) = (0, Vec::new());
            return Ok(New::Shortened);
        }
        file.seek(SeekFrom::Start(self.read))?;
        let mut piece = Vec::new();
        self.read += file.take(PIECE).read_to_end(&mut piece)? as u64;
        self.begun.append(&mut piece);
        let Some(end) = self.begun.iter().rposition(|byte| *byte == b'\n') else { return Ok(New::Lines(Vec::new())) };
        let rest = self.begun.split_off(end + 1);
        let whole = std::mem::replace(&mut self.begun, rest);
        Ok(New::Lines(String::from_utf8_lossy(&whole).lines().map(str::to_owned).collect()))
    }
}
