//! A small HTTP server: requests in, what a handler says out.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Largest body of a request, in bytes.
const LARGEST: usize = 1 << 20;
/// Longest time for the head of a request, and for its body.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at a time.
const CONNECTIONS: usize = 256;

/// A request that was read whole.
#[derive(Debug)]
pub struct Asked {
    /// GET, POST …
    pub method: Method,
    /// The path without what is asked behind `?`.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// What is answered.
#[derive(Debug)]
pub struct Said {
    /// 200, 404 …
    pub status: StatusCode,
    /// As text.
    pub text: String,
}

impl Said {
    /// A status with a word.
    pub fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }
}

/// Answers requests.
pub type Handler = dyn Fn(Asked) -> BoxFuture<'static, Said> + Send + Sync;

/// Takes an address; `key` is the setting that names it.
pub async fn listen(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("`{key}`: nothing can listen at {address}: name a free address and port")
    })
}

/// Answers requests for as long as the runtime lives.
pub async fn serve(listener: TcpListener, handler: Arc<Handler>) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&free).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Usually no more files may be open: that passes.
                tracing::debug!("a connection was not taken: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let handler = Arc::clone(&handler);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &*handler));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended: {error}");
            }
            drop(place);
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    handler: &Handler,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let read = timeout(PATIENCE, Limited::new(body, LARGEST).collect()).await;
    let said = match read {
        Ok(Ok(body)) => {
            let (method, headers) = (head.method, head.headers);
            let path = head.uri.path().to_owned();
            handler(Asked { method, path, headers, body: body.to_bytes() }).await
        }
        Ok(Err(_)) => Said::new(StatusCode::PAYLOAD_TOO_LARGE, "the body cannot be read\n"),
        Err(_) => Said::new(StatusCode::REQUEST_TIMEOUT, "the body did not come\n"),
    };
    let mut response = Response::new(Full::new(Bytes::from(said.text)));
    *response.status_mut() = said.status;
    let plain = hyper::header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, plain);
    Ok(response)
}
