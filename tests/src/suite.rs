//! `terraform test`, with something else going on.

use std::time::Duration;

use crate::patience::until;
use crate::terraform::Workspace;

/// How long the tests of a story or a module may take.
const LIMIT: Duration = Duration::from_secs(180);

/// Runs tests of a configuration's own. They must pass, and leave nothing behind.
#[track_caller]
pub fn passes(workspace: &Workspace, arguments: &[&str], mut meanwhile: impl FnMut()) {
    let mut running = workspace.spawn(arguments);
    until(LIMIT, "end of the configuration's own tests", || {
        meanwhile();
        running.has_ended().then_some(())
    });
    let run = running.wait();
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}
