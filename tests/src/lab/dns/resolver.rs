//! A client's way to ask a name server.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::answer::Kind;
use super::message::{ROOM, Reply, question, replied};
use crate::lab::pause::at_most;

/// How long one try waits. A resolver's usual 5 seconds would be more than a request of the load's has in all.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many tries there are.
const TRIES: u16 = 3;

/// Asks for a name, over a port of its own.
///
/// # Errors
///
/// What is wrong with the name, or that no reply came.
pub async fn resolve(server: SocketAddr, name: &str, kind: Kind) -> Result<Reply, String> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    socket.connect(server).await.map_err(|error| error.to_string())?;
    for id in 1..=TRIES {
        let question = question(id, name, kind)?;
        socket.send(&question).await.map_err(|error| error.to_string())?;
        if let Some(reply) = at_most(PATIENCE, reply(&socket, id)).await {
            return reply.map_err(|error| format!("{name} did not resolve: {error}"));
        }
    }
    Err(format!("{name} did not resolve: no reply in {TRIES} tries of {PATIENCE:?}"))
}

async fn reply(socket: &UdpSocket, id: u16) -> std::io::Result<Reply> {
    let mut room = [0; ROOM as usize];
    loop {
        let length = socket.recv(&mut room).await?;
        if let Some(reply) = replied(id, &room[..length]) {
            return Ok(reply);
        }
    }
}
