//! `report --events FILE --svg OUT`: what happened, for the post-mortem. Green's share over time, a lane for each run.

mod lane;
mod svg;

use std::path::Path;

use crate::events::Runs;

/// What came of a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// How many runs are in it.
    pub runs: usize,
    /// How many lines of the file could not be read, and are missing in it.
    pub unreadable: usize,
}

/// Draws the runs of a file of events into a file.
///
/// # Errors
///
/// The events cannot be read, there is none among them, or the drawing cannot be written.
pub fn draw(events: &Path, svg: &Path) -> Result<Drawn, String> {
    let text = std::fs::read(events).map_err(|error| format!("{} cannot be read: {error}.", events.display()))?;
    let mut runs = Runs::default();
    for line in String::from_utf8_lossy(&text).lines() {
        runs.take(line);
    }
    let drawing = svg::svg(&runs).ok_or_else(|| format!("{} tells of no run. Nothing was drawn.", events.display()))?;
    std::fs::write(svg, drawing).map_err(|error| format!("{} cannot be written: {error}.", svg.display()))?;
    Ok(Drawn { runs: runs.all().len(), unreadable: runs.unreadable })
}

#[cfg(test)]
mod tests;
