//! Where we listen: a socket that only this user can reach.

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::transport::server::Connected;

/// What Unix allows a socket's path to be long, on the strictest system, without its final zero.
#[cfg(unix)]
const MAX_SOCKET_PATH: usize = 103;

/// Why we cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SocketError {
    #[error("make a directory for the socket in {}: {source}", dir.display())]
    Directory { dir: PathBuf, source: io::Error },
    #[error("listen on {address}: {source}")]
    Listen { address: String, source: io::Error },
    #[error("find a place for the socket: each of {tried:?} is too long. Set PLUGIN_UNIX_SOCKET_DIR to a shorter one")]
    TooLong { tried: Vec<PathBuf> },
}

/// A socket in a private directory.
#[cfg(unix)]
pub(crate) struct Socket {
    listener: tokio::net::UnixListener,
    address: String,
}

/// What is removed with the process: the socket's private directory. It is apart from the socket, since tasks that
/// hold that may outlive the last line of the process that still runs.
#[cfg(unix)]
pub(crate) type Leftover = tempfile::TempDir;
#[cfg(not(unix))]
pub(crate) type Leftover = ();

#[cfg(unix)]
impl Socket {
    pub(crate) const NETWORK: &str = "unix";

    /// Listens in a fresh directory, in the first of the wished-for place, the system's and `/tmp` that is short
    /// enough. Needs a runtime.
    pub(crate) fn bind(wished: Option<&Path>, _ports: &RangeInclusive<u16>) -> Result<(Socket, Leftover), SocketError> {
        use std::os::unix::fs::PermissionsExt;
        let places = [wished.map(Path::to_path_buf), Some(std::env::temp_dir()), Some(PathBuf::from("/tmp"))];
        let places: Vec<PathBuf> = places.into_iter().flatten().collect();
        // The name of a directory in it, and that of the socket.
        let longest = MAX_SOCKET_PATH - "/plugin012345/s".len();
        let Some(place) = places.iter().find(|place| place.as_os_str().len() <= longest) else {
            return Err(SocketError::TooLong { tried: places });
        };
        let dir = tempfile::Builder::new()
            .prefix("plugin")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir_in(place)
            .map_err(|source| SocketError::Directory { dir: place.clone(), source })?;
        let path = dir.path().join("s");
        let address = path.to_string_lossy().into_owned();
        match tokio::net::UnixListener::bind(&path) {
            Ok(listener) => Ok((Socket { listener, address }, dir)),
            Err(source) => Err(SocketError::Listen { address, source }),
        }
    }

    /// The path.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) async fn accept(&self) -> io::Result<Connection> {
        let (stream, _) = self.listener.accept().await?;
        Ok(Connection::new(stream))
    }
}

/// A port on this machine, where there are no sockets.
#[cfg(not(unix))]
pub(crate) struct Socket {
    listener: tokio::net::TcpListener,
    address: String,
}

#[cfg(not(unix))]
impl Socket {
    pub(crate) const NETWORK: &str = "tcp";

    /// Listens on the first free port. Needs a runtime.
    pub(crate) fn bind(_wished: Option<&Path>, ports: &RangeInclusive<u16>) -> Result<(Socket, Leftover), SocketError> {
        let listen = |source| SocketError::Listen {
            address: format!("127.0.0.1, ports {} to {}", ports.start(), ports.end()),
            source,
        };
        let mut last = io::ErrorKind::AddrInUse.into();
        for port in ports.clone() {
            let bound = std::net::TcpListener::bind(("127.0.0.1", port)).and_then(|listener| {
                listener.set_nonblocking(true)?;
                tokio::net::TcpListener::from_std(listener)
            });
            match bound {
                Ok(listener) => {
                    return Ok((Socket { listener, address: format!("127.0.0.1:{port}") }, ()));
                }
                Err(source) => last = source,
            }
        }
        Err(listen(last))
    }

    /// The address and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) async fn accept(&self) -> io::Result<Connection> {
        let (stream, _) = self.listener.accept().await?;
        Ok(Connection::new(stream))
    }
}

trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// A host's connection, with TLS or without.
pub(crate) struct Connection(Pin<Box<dyn Stream>>);

impl Connection {
    pub(crate) fn new(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> Connection {
        Connection(Box::pin(stream))
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write_vectored(cx, bufs)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn the_directory_is_private_and_goes_with_what_is_left_over() {
        let place = tempfile::tempdir().unwrap();
        let (socket, leftover) = Socket::bind(Some(place.path()), &(1..=2)).unwrap();
        let path = PathBuf::from(socket.address());
        assert!(path.starts_with(place.path()) && path.exists());
        let mode = std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(leftover);
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_place_that_is_too_long_is_passed_over() {
        let place = tempfile::tempdir().unwrap();
        let long = place.path().join("x".repeat(100));
        std::fs::create_dir(&long).unwrap();
        let (socket, _leftover) = Socket::bind(Some(&long), &(1..=2)).unwrap();
        assert!(socket.address().len() <= MAX_SOCKET_PATH);
    }
}
