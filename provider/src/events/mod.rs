//! `EKSMIG_EVENTS`: what happens in the runs, written to a file as it happens, for `watch` and for the post-mortem.

mod file;
mod line;
mod runs;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use eksmig_core::clock::{Clock, stamp};
use eksmig_core::engine::observer::{Happening, Observer};
use tfplugin::Diagnostics;

pub use line::Line;
pub use runs::{Run, Runs};

use file::Appender;
use line::Whose;

use crate::notices;

/// The variable of the environment that names the file.
pub const VARIABLE: &str = "EKSMIG_EVENTS";

/// Where events go; nowhere, as a rule. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Events {
    clock: Arc<dyn Clock>,
    file: Option<Arc<Appender>>,
    /// The runs of this process so far.
    runs: Arc<AtomicU64>,
}

impl Events {
    /// Where the environment wants them.
    pub fn from_environment(clock: Arc<dyn Clock>) -> Self {
        Self::to(std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from), clock)
    }

    fn to(path: Option<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self { clock, file: path.map(|path| Arc::new(Appender::new(path))), runs: Arc::default() }
    }

    /// Opens the file, if there is to be one, and says what is wrong with it.
    pub fn open(&self) -> Diagnostics {
        if let Some(file) = &self.file {
            file.open();
        }
        self.complaint()
    }

    /// Who writes what happens in one run of a resource of this type and `id`.
    pub fn observer(&self, kind: &str, id: &str) -> Option<Arc<dyn Observer>> {
        let file = self.file.clone()?;
        let nth = self.runs.fetch_add(1, Ordering::Relaxed);
        let run = format!("{}/{}/{nth}", stamp(self.clock.wall()), std::process::id());
        let whose = Whose { run, kind: kind.to_owned(), id: id.to_owned() };
        Some(Arc::new(Scribe { clock: self.clock.clone(), file, whose }))
    }

    /// A warning of what went wrong with the file, the first time that it is asked for after it did.
    pub fn complaint(&self) -> Diagnostics {
        let complaint = self.file.as_ref().and_then(|file| file.complaint());
        let warn = |why| {
            let detail = format!(
                "{why}. {VARIABLE} names it. Traffic moves all the same; what happens is missing there, in whole or in part, \
                 and a watch or a chart of it shows less than there is."
            );
            notices::THE_FILE_OF_EVENTS_CANNOT_BE_WRITTEN.says(detail)
        };
        complaint.map(warn).into_iter().collect()
    }
}

/// Writes what happens in one run.
#[derive(Debug)]
struct Scribe {
    clock: Arc<dyn Clock>,
    file: Arc<Appender>,
    whose: Whose,
}

impl Observer for Scribe {
    fn tell(&self, happening: &Happening<'_>) {
        self.file.append(&Line::of(&self.whose, self.clock.wall(), happening).text());
    }
}

#[cfg(test)]
mod tests;
