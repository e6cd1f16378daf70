//! A server on this machine that answers as a test tells it to, and remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Aws, AwsConfig, Service, StaticCredentials};
use crate::clock::Clock;

/// What came in.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The request's first line and headers.
    pub(crate) head: String,
    /// The body, as far as it is text.
    pub(crate) body: String,
}

impl Call {
    /// The pairs of a form.
    fn form(&self) -> BTreeMap<String, String> {
        self.body
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect()
    }

    /// One value of a form.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.form().remove(name)
    }

    /// The values of a form's list.
    pub(crate) fn members(&self, name: &str) -> Vec<String> {
        (1..).map_while(|index| self.value(&format!("{name}.member.{index}"))).collect()
    }

    /// The AWS action.
    pub(crate) fn action(&self) -> String {
        self.value("Action").unwrap_or_default()
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// What goes out.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// An answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// Nothing, for ever.
    Silence,
    /// Nothing, and the connection is closed.
    HangUp,
}

impl Reply {
    /// An answer with no body.
    pub(crate) fn status(status: u16) -> Self {
        Reply::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    /// The result of an action of a service that speaks XML.
    pub(crate) fn result(action: &str, inner: &str) -> Self {
        let body = format!(
            "<{action}Response><{action}Result>{inner}</{action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>"
        );
        let headers = vec![("content-type", "text/xml".to_owned())];
        Reply::Answer { status: 200, headers, body: body.into_bytes() }
    }

    /// An error of a service that speaks XML.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"
        );
        let headers = vec![("content-type", "text/xml".to_owned()), ("x-amzn-requestid", "r-2".to_owned())];
        Reply::Answer { status, headers, body: body.into_bytes() }
    }

    /// The result of an action of a service that speaks CBOR.
    pub(crate) fn cbor(value: &Cbor) -> Self {
        let mut body = Vec::new();
        value.write(&mut body);
        let headers =
            vec![("content-type", "application/cbor".to_owned()), ("smithy-protocol", "rpc-v2-cbor".to_owned())];
        Reply::Answer { status: 200, headers, body }
    }
}

/// A value in RFC 8949's notation, as much of it as replies need.
pub(crate) enum Cbor {
    Text(&'static str),
    Number(f64),
    List(Vec<Cbor>),
    Map(Vec<(&'static str, Cbor)>),
}

impl Cbor {
    fn write(&self, out: &mut Vec<u8>) {
        let head = |out: &mut Vec<u8>, major: u8, length: usize| {
            out.push(major << 5 | 25);
            out.extend(u16::try_from(length).unwrap().to_be_bytes());
        };
        match self {
            Cbor::Text(text) => {
                head(out, 3, text.len());
                out.extend(text.as_bytes());
            }
            Cbor::Number(number) => {
                out.push(7 << 5 | 27);
                out.extend(number.to_be_bytes());
            }
            Cbor::List(items) => {
                head(out, 4, items.len());
                items.iter().for_each(|item| item.write(out));
            }
            Cbor::Map(pairs) => {
                head(out, 5, pairs.len());
                for (name, value) in pairs {
                    Cbor::Text(name).write(out);
                    value.write(out);
                }
            }
        }
    }
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Loopback {
    url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Loopback {
    /// A server that gives these answers.
    pub(crate) async fn serve(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (answer, seen) = (Arc::new(answer), Arc::clone(&calls));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(one(stream, Arc::clone(&answer), Arc::clone(&seen)));
            }
        });
        Self { url, calls, task }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it was asked so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// How often it was asked for this action.
    pub(crate) fn count(&self, action: &str) -> usize {
        self.calls().iter().filter(|call| call.action() == action).count()
    }

    /// The settings that lead here, for every service, with one attempt per call.
    pub(crate) fn config(&self) -> AwsConfig {
        AwsConfig {
            region: Some("eu-west-1".to_owned()),
            endpoints: Service::ALL.into_iter().map(|service| (service, self.url.clone())).collect(),
            max_attempts: 1,
            credentials: Some(StaticCredentials {
                access_key: "AKIATEST".to_owned(),
                secret_key: "SECRETKEY".to_owned(),
                token: None,
            }),
            ..AwsConfig::default()
        }
    }

    /// AWS, as it is found here.
    pub(crate) fn aws(&self, clock: Arc<dyn Clock>) -> Aws {
        Aws::new(self.config(), clock)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn one(stream: TcpStream, answer: Arc<impl Fn(&Call) -> Reply>, calls: Arc<Mutex<Vec<Call>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let call = Call { head, body: String::from_utf8_lossy(&body).into_owned() };
    let reply = answer(&call);
    calls.lock().unwrap().push(call);
    match reply {
        Reply::Silence => std::future::pending().await,
        Reply::HangUp => {}
        Reply::Answer { status, headers, body } => {
            let mut text = format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
            headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
            text.push_str("\r\n");
            stream.write_all(text.as_bytes()).await.unwrap();
            stream.write_all(&body).await.unwrap();
            stream.shutdown().await.ok();
        }
    }
}
