//! The services that any go-plugin host expects of any plugin.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::plugin::grpc_broker_server::GrpcBroker;
use crate::proto::plugin::grpc_controller_server::GrpcController;
use crate::proto::plugin::grpc_stdio_server::GrpcStdio;
use crate::proto::plugin::{ConnInfo, Empty, StdioData};

/// Ends the process when the host says so.
pub(crate) struct Controller {
    pub(crate) end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.end.cancel();
        Ok(Response::new(Empty {}))
    }
}

/// The stream of what we print. The host opens it at once and holds it, so where it is torn off the host is gone.
pub(crate) struct Stdio {
    pub(crate) end: CancellationToken,
    /// Whether the process ends with its host.
    pub(crate) follows_host: bool,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(&self, _: Request<Empty>) -> Result<Response<BoxStream<StdioData>>, Status> {
        let guard = self.follows_host.then(|| self.end.clone().drop_guard());
        Ok(Response::new(Silence::until(&self.end, guard)))
    }
}

/// The stream of further connections, of which there are none.
pub(crate) struct Broker {
    pub(crate) end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(&self, _: Request<Streaming<ConnInfo>>) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        Ok(Response::new(Silence::until(&self.end, None)))
    }
}

/// A stream of nothing. It ends when the process does, for an open one would keep the connection.
struct Silence<T> {
    end: Pin<Box<WaitForCancellationFutureOwned>>,
    _guard: Option<DropGuard>,
    _item: PhantomData<fn() -> T>,
}

impl<T: 'static> Silence<T> {
    fn until(end: &CancellationToken, guard: Option<DropGuard>) -> BoxStream<T> {
        Box::pin(Silence { end: Box::pin(end.clone().cancelled_owned()), _guard: guard, _item: PhantomData })
    }
}

impl<T> Stream for Silence<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.end.as_mut().poll(cx).map(|()| None)
    }
}
