//! A listener of a network load balancer: TCP connections, each to the target group whose turn it is when it opens.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::door::Door;
use super::table::Act;

/// Serves the listener's port. AWS: weights that change are for new connections; those that are open stay where they
/// are.
pub(super) async fn serve(listener: TcpListener, door: Arc<Door>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => { connections.spawn(pass_on(Arc::clone(&door), stream)); }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn pass_on(door: Arc<Door>, mut client: TcpStream) {
    let table = door.table();
    let Some(Act::Forward(forward)) = table.default_act() else { return };
    let Some(target) = forward.next().and_then(|group| group.next(&door.health)) else { return };
    let Ok(mut server) = TcpStream::connect(target.authority()).await else { return };
    drop(table);
    let _flow = door.counted.flow(&door.balancer);
    let nodelay = client.set_nodelay(true).and(server.set_nodelay(true));
    if nodelay.is_ok() {
        // However it ends, both sides see it.
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}
