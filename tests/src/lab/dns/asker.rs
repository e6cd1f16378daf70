//! Someone who asks for a name all the time, and counts the answers without an address.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

use super::NameServer;
use super::answer::Kind;
use super::resolver::resolve;
use crate::blocking::{beside, wait};

/// Asks for a name and a type, one question after the other, until it is stopped.
#[derive(Debug)]
pub struct Asker {
    stopped: Arc<AtomicBool>,
    asking: JoinHandle<Asked>,
}

/// What came of the questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// How many there were.
    pub questions: usize,
    /// How many were answered with no address: NODATA, NXDOMAIN, SERVFAIL, or not at all.
    pub gaps: usize,
}

impl Asker {
    /// Begins to ask.
    pub fn start(names: &NameServer, name: &str, kind: Kind) -> Self {
        let (server, name, stopped) = (names.address(), name.to_owned(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&stopped);
        let asking = beside(async move {
            let mut asked = Asked::default();
            while !told.load(Ordering::SeqCst) {
                let reply = resolve(server, &name, kind).await;
                asked.questions += 1;
                asked.gaps += usize::from(reply.map_or(true, |reply| reply.addresses().is_empty()));
            }
            asked
        });
        Self { stopped, asking }
    }

    /// Ends it.
    pub fn stop(self) -> Asked {
        self.stopped.store(true, Ordering::SeqCst);
        wait(self.asking).unwrap()
    }
}
