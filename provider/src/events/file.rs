//! The file of events: appended to by any number of resources and processes, a write a line.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A file that lines are appended to. What cannot be written is noted, and nothing else comes of it.
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    /// Whether the last write ended in the middle of a line.
    torn: bool,
    /// What went wrong first, until it is asked for.
    complaint: Option<String>,
    has_complained: bool,
}

impl Appender {
    /// An appender to the file at a path. Nothing is opened yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, state: Mutex::default() }
    }

    /// Opens the file, so that what is wrong with it is known early.
    pub fn open(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = state.file(&self.path).map(drop);
        state.note(opened);
    }

    /// Appends a line, in one write, so that those of others do not mix with it.
    pub fn append(&self, line: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let written = state.append(&self.path, line);
        state.note(written);
    }

    /// What went wrong first, in a sentence; only once, and nothing if all went well.
    pub fn complaint(&self) -> Option<String> {
        let why = self.state.lock().unwrap_or_else(PoisonError::into_inner).complaint.take()?;
        Some(format!("{}: {why}", self.path.display()))
    }
}

impl State {
    fn file(&mut self, path: &Path) -> Result<&mut File, String> {
        if self.file.is_none() {
            // To open a pipe would wait for a reader, who may never come.
            if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
                return Err("it is there already, and is no regular file".to_owned());
            }
            let opened = OpenOptions::new().append(true).create(true).open(path);
            self.file = Some(opened.map_err(|error| error.to_string())?);
        }
        self.file.as_mut().ok_or_else(|| "it is not open".to_owned())
    }

    fn append(&mut self, path: &Path, line: &str) -> Result<(), String> {
        let text = if self.torn { format!("\n{line}") } else { line.to_owned() };
        let file = self.file(path)?;
        let written = loop {
            match file.write(text.as_bytes()) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                answer => break answer.map_err(|error| error.to_string())?,
            }
        };
        self.torn = written < text.len();
        if self.torn { Err("a line was written in part only".to_owned()) } else { Ok(()) }
    }

    fn note(&mut self, outcome: Result<(), String>) {
        if let Err(why) = outcome
            && !self.has_complained
        {
            tracing::warn!(why, "the file of events cannot be written");
            self.has_complained = true;
            self.complaint = Some(why);
        }
    }
}
