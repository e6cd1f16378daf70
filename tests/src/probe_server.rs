//! A service behind a health URL that can be told to fail.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// An HTTP server on the loopback interface that answers everything with one status.
#[derive(Debug)]
pub struct ProbeServer {
    address: SocketAddr,
    told: Arc<Told>,
}

#[derive(Debug)]
struct Told {
    status: AtomicU16,
    asked: AtomicUsize,
    last: Mutex<Vec<String>>,
}

impl ProbeServer {
    /// Starts a server that answers 200.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let told = Arc::new(Told { status: AtomicU16::new(200), asked: AtomicUsize::new(0), last: Mutex::default() });
        let shared = Arc::clone(&told);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || shared.answer(stream));
            }
        });
        Self { address, told }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}/health", self.address)
    }

    /// From now on it answers with this status.
    pub fn answer_with(&self, status: u16) {
        self.told.status.store(status, Ordering::SeqCst);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.told.asked.load(Ordering::SeqCst)
    }

    /// The request line and the headers of the last request.
    pub fn last_request(&self) -> Vec<String> {
        self.told.last.lock().unwrap().clone()
    }
}

impl Told {
    fn answer(&self, mut stream: TcpStream) {
        let reader = BufReader::new(stream.try_clone().unwrap());
        let head: Vec<String> = reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        if head.is_empty() {
            return;
        }
        *self.last.lock().unwrap() = head;
        self.asked.fetch_add(1, Ordering::SeqCst);
        let status = self.status.load(Ordering::SeqCst);
        // A client that has gone needs no answer.
        let _ = write!(stream, "HTTP/1.1 {status} Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
}
