//! A listener of an application load balancer: HTTP requests, each by the rules of its moment.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HOST, HeaderValue, SET_COOKIE};
use hyper::{Request, Response, StatusCode, Uri};
use tokio::net::TcpListener;

use super::asked::Asked;
use super::cookie;
use super::door::Door;
use super::routes::{FixedResponse, Redirect};
use super::table::{Act, Forward, Group};
use crate::lab::http_port;
use crate::lab::pause::at_most;

/// AWS: after this much silence of a target, the client gets a 504.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The headers that are about one connection, and go no further.
pub(in crate::lab) const OF_A_CONNECTION: [&str; 5] =
    ["connection", "keep-alive", "transfer-encoding", "te", "upgrade"];

type Answer = Response<Either<Incoming, Full<Bytes>>>;

/// Serves the listener's port.
pub(super) async fn serve(listener: TcpListener, door: Arc<Door>) {
    http_port::serve(listener, move |request| answer(Arc::clone(&door), request)).await;
}

async fn answer(door: Arc<Door>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    // The table of this moment: what changes from here on is for the requests that come later.
    let table = door.table();
    let host = host(&request);
    let asked = Asked {
        host: host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        method: request.method().as_str(),
        headers: request.headers(),
    };
    Ok(match table.act(&asked) {
        Some(Act::Forward(forward)) => pass_on(&door, forward, request).await,
        Some(Act::Redirect(to)) => redirect(to, &asked, door.port),
        Some(Act::Fixed(fixed)) => fixed_response(fixed),
        None => own(StatusCode::INTERNAL_SERVER_ERROR, "no action"),
    })
}

fn host(request: &Request<Incoming>) -> String {
    let header = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    header.or(request.uri().authority().map(|authority| authority.as_str())).unwrap_or_default().to_owned()
}

/// AWS: a client that brings a cookie stays with its target group, whatever the weights are; one that brings none, or
/// one that names no target group of this action, is given its turn.
async fn pass_on(door: &Door, forward: &Forward, mut request: Request<Incoming>) -> Answer {
    let kept = forward.stickiness.and_then(|_| cookie::read(request.headers(), door.watch));
    let Some(group) = kept.and_then(|arn| forward.named(&arn)).or_else(|| forward.next()) else {
        return own(StatusCode::SERVICE_UNAVAILABLE, "no target group has a weight");
    };
    let Some(target) = group.next(&door.health) else {
        return own(StatusCode::SERVICE_UNAVAILABLE, "the target group has no targets");
    };
    door.counted.request(&door.balancer, &group.arn);
    let path = request.uri().path_and_query().map_or("/", |whole| whole.as_str());
    *request.uri_mut() = format!("http://{}{path}", target.authority()).parse::<Uri>().unwrap();
    for name in OF_A_CONNECTION {
        request.headers_mut().remove(name);
    }
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));
    request.headers_mut().insert("x-forwarded-proto", HeaderValue::from_static("http"));
    request.headers_mut().insert("x-forwarded-port", door.port.into());
    match at_most(IDLE_TIMEOUT, door.client.request(request)).await {
        None => own(StatusCode::GATEWAY_TIMEOUT, "the target did not answer"),
        Some(Err(_)) => own(StatusCode::BAD_GATEWAY, "the target closed the connection or took none"),
        Some(Ok(answer)) => brought(door, forward, group, answer),
    }
}

fn brought(door: &Door, forward: &Forward, group: &Group, mut answer: Response<Incoming>) -> Answer {
    for name in OF_A_CONNECTION {
        answer.headers_mut().remove(name);
    }
    if let Some(lasts) = forward.stickiness {
        let value = cookie::header(&group.arn, door.watch, lasts);
        answer.headers_mut().append(SET_COOKIE, value.parse().unwrap());
    }
    answer.map(Either::Left)
}

fn redirect(to: &Redirect, asked: &Asked<'_>, port: u16) -> Answer {
    let port = port.to_string();
    let known = [("#{protocol}", "http"), ("#{host}", asked.host), ("#{port}", &port), ("#{query}", asked.query)];
    let filled = |part: &Option<String>, default: &str| {
        let text = part.as_deref().unwrap_or(default).to_owned();
        let text = known.iter().fold(text, |text, (name, value)| text.replace(name, value));
        // AWS: the path without its first slash.
        text.replace("#{path}", asked.path.trim_start_matches('/'))
    };
    let (protocol, host) = (filled(&to.protocol, "#{protocol}").to_lowercase(), filled(&to.host, "#{host}"));
    let (port, path) = (filled(&to.port, "#{port}"), filled(&to.path, "/#{path}"));
    let query = Some(filled(&to.query, "#{query}")).filter(|query| !query.is_empty());
    let location =
        format!("{protocol}://{host}:{port}{path}{}", query.map(|text| format!("?{text}")).unwrap_or_default());
    let status = if to.status_code == "HTTP_301" { StatusCode::MOVED_PERMANENTLY } else { StatusCode::FOUND };
    let mut answer = own(status, "");
    answer.headers_mut().insert("location", location.parse().unwrap());
    answer
}

fn fixed_response(fixed: &FixedResponse) -> Answer {
    let status = fixed.status_code.parse().unwrap_or(StatusCode::OK);
    let mut answer = own(status, fixed.message_body.as_deref().unwrap_or_default());
    if let Some(kind) = &fixed.content_type {
        answer.headers_mut().insert("content-type", kind.parse().unwrap());
    }
    answer
}

/// An answer of the load balancer's own.
fn own(status: StatusCode, body: &str) -> Answer {
    let body = Either::Right(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    Response::builder().status(status).header("server", "awselb/2.0").body(body).unwrap()
}
