//! A stage's HTTP requests, each by what the stage serves at its moment.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde_json::json;
use tokio::net::TcpListener;

use super::aim::{Aim, Asked, Fault, Via};
use super::door::Door;
use super::told::Kind;
use crate::lab::http_port;
use crate::lab::pause::at_most;
use crate::lab::plane::OF_A_CONNECTION;

type Answer = Response<Either<Incoming, Full<Bytes>>>;

/// Why a request got no answer from a backend.
enum Failure {
    /// The integration is at fault, or what is behind the listener closed the connection.
    Configuration(String),
    /// Nobody answered.
    Silence,
    /// The lab does not play this.
    NotPlayed(String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Configuration(why) => Self::Configuration(why),
            Fault::NotPlayed(what) => Self::NotPlayed(what),
        }
    }
}

/// Serves the stage's port.
pub(super) async fn serve(listener: TcpListener, door: Arc<Door>) {
    http_port::serve(listener, move |request| answer(Arc::clone(&door), request)).await;
}

async fn answer(door: Arc<Door>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    // What is served at this moment: what changes from here on is for the requests that come later.
    let Some(served) = door.served() else {
        return Ok(own(StatusCode::FORBIDDEN, "Forbidden", "no such stage"));
    };
    let path = request.uri().path().to_owned();
    let Some(found) = served.table(&door.lots).find(request.method().as_str(), &path) else {
        return Ok(unknown(served.kind));
    };
    let asked = Asked {
        kind: served.kind,
        stage: &door.name.stage,
        path: &path,
        query: request.uri().query(),
        headers: request.headers(),
        captures: &found.captures,
    };
    let method = found.integration.method.as_deref().filter(|method| *method != "ANY").map(str::to_owned);
    let answer = match Aim::of(found.integration, &served.links, &asked) {
        Ok(aim) => pass_on(&door, aim, method, request).await,
        Err(fault) => Err(fault.into()),
    };
    Ok(answer.unwrap_or_else(|failure| failed(served.kind, failure)))
}

async fn pass_on(
    door: &Door,
    aim: Aim,
    method: Option<String>,
    mut request: Request<Incoming>,
) -> Result<Answer, Failure> {
    let address = match &aim.via {
        Via::Listener(arn) => door.listeners.address(arn),
        Via::Port(balancer, port) => door.listeners.at(balancer, *port).map(|(_, address)| address),
    };
    // Where nobody listens, AWS gives up after the whole timeout. Waiting would not say more.
    let address = address.ok_or(Failure::Silence)?;
    let odd = |what: &str| Failure::Configuration(format!("{what} cannot be sent"));
    *request.uri_mut() = format!("http://{address}{}", aim.path).parse::<Uri>().map_err(|_| odd(&aim.path))?;
    if let Some(method) = method {
        *request.method_mut() = method.parse::<Method>().map_err(|_| odd(&method))?;
    }
    for name in OF_A_CONNECTION {
        request.headers_mut().remove(name);
    }
    let host = aim.host.map(|host| ("host".to_owned(), host));
    for (name, value) in host.into_iter().chain(aim.headers) {
        let (parsed, text) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value));
        let (Ok(name), Ok(value)) = (parsed, text) else { return Err(odd(&name)) };
        request.headers_mut().insert(name, value);
    }
    match at_most(aim.timeout, door.client.request(request)).await {
        None => Err(Failure::Silence),
        Some(Err(error)) => Err(Failure::Configuration(error.to_string())),
        Some(Ok(mut answer)) => {
            for name in OF_A_CONNECTION {
                answer.headers_mut().remove(name);
            }
            Ok(answer.map(Either::Left))
        }
    }
}

/// AWS: a REST API takes a request for nothing of its own for one without a signature.
fn unknown(kind: Kind) -> Answer {
    match kind {
        Kind::Rest => own(StatusCode::FORBIDDEN, "Missing Authentication Token", "no such method and resource"),
        Kind::Http => own(StatusCode::NOT_FOUND, "Not Found", "no such route"),
    }
}

/// AWS: a REST API answers 504 where nothing came in time, and 500 where its configuration is at fault or a VPC link's
/// target is unhealthy or not listening. An HTTP API answers 503 whatever the reason.
fn failed(kind: Kind, failure: Failure) -> Answer {
    match (failure, kind) {
        (Failure::NotPlayed(what), _) => own(StatusCode::NOT_IMPLEMENTED, "the lab does not play this", &what),
        (Failure::Silence, Kind::Rest) => {
            own(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out", "nobody answered")
        }
        (Failure::Configuration(why), Kind::Rest) => {
            own(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", &why)
        }
        (Failure::Silence, Kind::Http) => {
            own(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", "nobody answered")
        }
        (Failure::Configuration(why), Kind::Http) => own(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", &why),
    }
}

/// An answer of API Gateway's own. Why stands in a header, where AWS has its execution log.
fn own(status: StatusCode, message: &str, why: &str) -> Answer {
    let body = Either::Right(Full::new(Bytes::from(json!({ "message": message }).to_string())));
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    let why = HeaderValue::from_str(why).unwrap_or_else(|_| HeaderValue::from_static("unprintable"));
    answer.headers_mut().insert("x-why", why);
    answer
}
