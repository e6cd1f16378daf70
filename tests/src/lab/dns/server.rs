//! The zone's name servers: one UDP port that answers with what the control plane has spread by now.

use std::net::SocketAddr;
use std::sync::Arc;

use fastrand::Rng;
use serde_json::Value;
use tokio::net::UdpSocket;

use super::answer::{Nothing, Sources};
use super::balancers::Balancers;
use super::looks::{Look, Looks};
use super::message::{ROOM, asked, reply};
use super::zone::Zone;
use crate::emulator::Emulator;
use crate::lab::journal::{Journal, Kind};
use crate::lab::tally::GREEN;

/// What lots are drawn from: the same questions in the same order have the same answers.
const SEED: u64 = 53;

/// What a name server needs.
#[derive(Debug)]
pub(super) struct Server {
    pub emulator: &'static Emulator,
    /// The zone's id.
    pub zone: String,
    pub balancers: Balancers,
    pub journal: Arc<Journal>,
    pub looks: Arc<Looks>,
}

impl Server {
    /// Answers. Every look at the control plane is younger than the questions that are answered by it: what is INSYNC is
    /// served from that moment on, and what is PENDING is not. Questions that come together share a look.
    pub async fn serve(self, socket: UdpSocket) {
        let mut rng = Rng::with_seed(SEED);
        loop {
            let questions = questions(&socket).await;
            let zone = self.look().await;
            self.note(&zone);
            let sources = Sources { zone: &zone, balancers: &self.balancers };
            for (datagram, from) in questions {
                if let Some(datagram) = self.answer(&sources, &datagram, &mut rng) {
                    // A client that has gone away needs no answer.
                    let _ = socket.send_to(&datagram, from).await;
                }
            }
        }
    }

    async fn look(&self) -> Zone {
        let zone = self.emulator.asked("GET", &format!("dns?zone={}", self.zone), &Value::Null).await;
        serde_json::from_value(zone).unwrap()
    }

    fn answer(&self, sources: &Sources<'_>, datagram: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
        let asked = asked(datagram)?;
        let answer = match asked.kind {
            Some(kind) => sources.answer(&asked.name, kind, rng),
            None => Err(Nothing::NoData),
        };
        if let Err(Nothing::Unknown(why)) = &answer {
            self.journal.note(Kind::Deed, format!("no answer for {}: {why}", asked.name));
        }
        reply(&asked, &answer, &sources.zone.name, sources.zone.negative_ttl()).ok()
    }

    /// Notes the weights that are served, whenever they are others; and the percent of the one that is called green.
    fn note(&self, zone: &Zone) {
        let look = Look { at: self.journal.now(), weights: zone.weights() };
        let Some(last) = self.looks.add(look.clone()) else { return };
        for (group, now) in &look.weights {
            if last.weights.get(group) == Some(now) {
                continue;
            }
            let told: Vec<String> = now.iter().map(|(identifier, weight)| format!("{identifier} {weight}")).collect();
            self.journal.note(Kind::Deed, format!("{group}: {}", told.join(", ")));
            let total: u32 = now.values().sum();
            if let (Some(green), 1..) = (now.get(GREEN), total) {
                let percent = f64::from(*green) * 100.0 / f64::from(total);
                self.journal.note(Kind::Asked(percent), format!("green {percent:.0} %"));
            }
        }
    }
}

/// The questions that are there, of which there is one at least.
async fn questions(socket: &UdpSocket) -> Vec<(Vec<u8>, SocketAddr)> {
    let mut room = [0; ROOM as usize];
    let mut found = Vec::new();
    // What is told of one datagram that went wrong is no reason to take no more.
    if let Ok((length, from)) = socket.recv_from(&mut room).await {
        found.push((room[..length].to_vec(), from));
    }
    while let Ok((length, from)) = socket.try_recv_from(&mut room) {
        found.push((room[..length].to_vec(), from));
    }
    found
}
