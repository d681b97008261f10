//! The client that object storage is spoken to with: the requests of crate `object_store`, carried by the same client and
//! the same TLS as every other question of this program.
//!
//! A call blocks its thread. Whoever uses it gives each call a thread of its own and drives it there with `block_on`.
//! Nothing is followed, and plain `http` goes to loopback only, as everywhere in [`fetch`](super).

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
    HttpResponse, HttpResponseBody, HttpService,
};
use ureq::http::{self, Request};
use ureq::tls::{RootCerts, TlsConfig};

use super::{FetchError, admit};

/// Longest time until a host takes the connection.
const CONNECT: Duration = Duration::from_secs(20);
/// Longest time until a host begins to answer, once it has the whole request.
const ANSWER: Duration = Duration::from_secs(60);
/// The slowest line that is waited for while a file goes up, in bytes a second.
const SLOWEST: u64 = 4 << 10;
/// Longest answer in bytes: a list of a thousand names, or the list of all that was published.
const MAX_ANSWER: u64 = 256 << 20;

/// Makes the client; see the module.
#[derive(Clone, Debug)]
pub struct StorageClient {
    agent: ureq::Agent,
}

impl StorageClient {
    /// A client that judges servers by the roots that this program carries.
    #[must_use]
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("selvedge")
            .max_idle_connections_per_host(64)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::WebPki).build())
            .build();
        Self { agent: config.new_agent() }
    }
}

impl Default for StorageClient {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpConnector for StorageClient {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for StorageClient {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let address = parts.uri.to_string();
        admit(&address).map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let bytes = whole(body).await?;
        let time = CONNECT + Duration::from_secs(bytes.len() as u64 / SLOWEST);
        let answer = if bytes.is_empty() && !matches!(parts.method.as_str(), "PUT" | "POST") {
            self.send(Request::from_parts(parts, ()), time)
        } else {
            self.send(Request::from_parts(parts, bytes), time)
        };
        let mut answer = answer.map_err(|error| in_kind(error, &address))?;
        let read = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
        let read = read.map_err(|error| in_kind(error, &address))?;
        let (mut parts, _) = answer.into_parts();
        // It is here whole, whatever way it came.
        parts.headers.remove(http::header::TRANSFER_ENCODING);
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(read)))
    }
}

impl StorageClient {
    fn send<B: ureq::AsSendBody>(
        &self,
        request: Request<B>,
        time: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let request = self
            .agent
            .configure_request(request)
            .timeout_send_body(Some(time))
            .timeout_recv_body(Some(ANSWER * 4))
            .build();
        self.agent.run(request)
    }
}

/// All bytes of a request; files are in memory already.
async fn whole(body: HttpRequestBody) -> Result<Vec<u8>, HttpError> {
    match body.as_bytes() {
        Some(bytes) => Ok(bytes.to_vec()),
        None => Ok(HttpResponseBody::new(body).bytes().await?.to_vec()),
    }
}

/// Whether it is worth while to ask again: where the line broke it is.
fn in_kind(error: ureq::Error, address: &str) -> HttpError {
    let kind = match &error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => HttpErrorKind::Connect,
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => HttpErrorKind::Connect,
            io::ErrorKind::TimedOut => HttpErrorKind::Timeout,
            _ => HttpErrorKind::Interrupted,
        },
        ureq::Error::Protocol(_) => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    };
    let address = address.split('?').next().unwrap_or(address).to_owned();
    HttpError::new(kind, FetchError { address, why: super::in_words(&error) })
}
