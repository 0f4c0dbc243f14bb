//! One HTTP exchange: timeouts, size limits, and transport errors turned into [`Fault`]s.
//!
//! Every answer, whatever its status, is a [`Response`]; nothing is retried and nothing waits here, but for one
//! case: an idle connection that the server closed at the moment it was used again says nothing about the
//! request, which is sent once more, on another.

use std::cell::Cell;
use std::io::{ErrorKind, Read};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use ureq::http::header::{CONTENT_ENCODING, USER_AGENT};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector};
use ureq::{Agent, Proxy};

use super::fault::{Fault, FaultKind};
use super::gzip::{self, GzipError};
use super::headers::{retry_after, server_time, until_reset};
use super::request::{Endpoint, Request, Response};
use super::resolver::CachingResolver;

/// The largest body read, in decompressed bytes: a century of daily bars is under 4 MiB.
const MAX_BODY_BYTES: usize = 6 << 20;
/// Time to connect, where the whole exchange has more.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections kept beyond the workers' own.
const SPARE_CONNECTIONS: usize = 8;

/// The answer of a call, before its body is read.
type Answer = ureq::http::Response<ureq::Body>;

/// The certificates that the system trusts.
pub(super) fn certificates() -> TlsConfig {
    TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build()
}

/// Connections to the provider, kept alive between exchanges.
pub(super) struct Http {
    agent: RwLock<Agent>,
    timeout: Duration,
    connections: usize,
    direct: bool,
}

impl Http {
    /// `timeout` bounds one whole exchange; `connections` are kept alive between exchanges; `direct` passes by
    /// the environment's proxy.
    pub(super) fn new(timeout: Duration, connections: usize, direct: bool) -> Self {
        let agent = RwLock::new(new_agent(timeout, connections, direct));
        Self { agent, timeout, connections, direct }
    }

    /// Leaves every open connection: what refuses one request may go on refusing all of its connection.
    pub(super) fn renew(&self) {
        let agent = new_agent(self.timeout, self.connections, self.direct);
        *self.agent.write().unwrap_or_else(PoisonError::into_inner) = agent;
    }

    fn agent(&self) -> Agent {
        self.agent.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends `request` to `endpoint`, where it must be answered within `timeout`.
    pub(super) fn send(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        timeout: Duration,
    ) -> Result<Response, Fault> {
        let start = Instant::now();
        let answer = match self.call(endpoint, request, timeout) {
            Err(error) if !CONNECTED.get() && is_hang_up(&error) => {
                self.call(endpoint, request, timeout.saturating_sub(start.elapsed()))
            }
            answer => answer,
        };
        let mut answer = answer.map_err(|error| unanswered(&error))?;
        let response = without_body(&answer);
        match read_body(&mut answer) {
            Ok(body) => Ok(Response { body, ..response }),
            Err(BodyError::TooLarge) => Err(Fault::answered(
                FaultKind::TooLarge,
                format!("the answer is larger than {} MiB", MAX_BODY_BYTES >> 20),
                &response,
            )),
            // The status of a refusal says enough without its body; a 404 may mean the symbol or the address.
            Err(BodyError::Broken(fault))
                if response.status == 404 || answer.status().is_success() =>
            {
                Err(fault)
            }
            Err(BodyError::Broken(_)) => Ok(response),
        }
    }

    fn call(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        timeout: Duration,
    ) -> Result<Answer, ureq::Error> {
        CONNECTED.set(false);
        let url = format!("{}{}", endpoint.origin, request.path);
        let mut call = self.agent().get(&url).header(USER_AGENT, &endpoint.user_agent);
        for (name, value) in &request.headers {
            call = call.header(*name, value.header_value());
        }
        if timeout == self.timeout {
            return call.call(); // ureq keeps its TLS roots only where a request has no settings of its own
        }
        call.config().timeout_global(Some(timeout)).build().call()
    }

    /// Closes every connection, those in use too, and opens no more.
    pub(super) fn hang_up(&self) {
        self.agent().shutdown();
    }
}

fn new_agent(timeout: Duration, connections: usize, direct: bool) -> Agent {
    let config = Agent::config_builder()
        .tls_config(certificates())
        .http_status_as_error(false) // else Retry-After is lost
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(if direct { None } else { Proxy::try_from_env() })
        .accept("application/json")
        .accept_encoding("gzip")
        .timeout_global(Some(timeout)) // ureq waits for ever by default
        .timeout_connect(Some(timeout.min(CONNECT_TIMEOUT)))
        .max_idle_connections(connections + SPARE_CONNECTIONS)
        .max_idle_connections_per_host(connections)
        .build();
    let connector = ConnectFlag.chain(DefaultConnector::new());
    Agent::with_parts(config, connector, CachingResolver::default())
}

thread_local! {
    /// Whether this thread's latest exchange opened a connection, or tried to.
    static CONNECTED: Cell<bool> = const { Cell::new(false) };
}

/// Remembers that a connection was opened: ureq's errors do not say whether the connection was used before.
/// A pooled one is taken without asking the connectors.
#[derive(Debug)]
struct ConnectFlag;

impl Connector for ConnectFlag {
    type Out = ();

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<()>, ureq::Error> {
        CONNECTED.set(true);
        Ok(None)
    }
}

/// Whether a connection ended before any answer came.
fn is_hang_up(error: &ureq::Error) -> bool {
    let ureq::Error::Io(error) = error else { return false };
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
    )
}

/// A header's text.
pub(super) fn header<'a, B>(answer: &'a ureq::http::Response<B>, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// Status and headers of an answer.
fn without_body(answer: &Answer) -> Response {
    let date = header(answer, "date");
    let left = header(answer, "x-ratelimit-remaining");
    let exhausted = match (left, header(answer, "x-ratelimit-reset")) {
        (Some(left), Some(reset)) if left.trim() == "0" => until_reset(reset, date),
        _ => None,
    };
    Response {
        status: answer.status().as_u16(),
        body: Vec::new(),
        retry_after: header(answer, "retry-after").and_then(|wait| retry_after(wait, date)),
        exhausted,
        date: date.and_then(server_time),
    }
}

/// Why a body cannot be had.
enum BodyError {
    TooLarge,
    Broken(Fault),
}

/// The whole body, decompressed.
fn read_body(answer: &mut Answer) -> Result<Vec<u8>, BodyError> {
    let coding = answer.headers().get(CONTENT_ENCODING);
    let is_packed = coding.is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"gzip"));
    let length = answer.body().content_length().and_then(|length| usize::try_from(length).ok());
    let mut bytes = Vec::with_capacity(length.unwrap_or(0).min(MAX_BODY_BYTES) + 1);
    let mut reader = answer.body_mut().as_reader().take(MAX_BODY_BYTES as u64 + 1);
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| BodyError::Broken(fault(&ureq::Error::from(error))))?;
    if bytes.len() > MAX_BODY_BYTES {
        return Err(BodyError::TooLarge);
    }
    if !is_packed || bytes.is_empty() {
        return Ok(bytes);
    }
    gzip::unpack(&bytes, MAX_BODY_BYTES).map_err(|error| match error {
        GzipError::TooLarge => BodyError::TooLarge,
        GzipError::Damaged => {
            BodyError::Broken(Fault::new(FaultKind::Network, "the answer is cut or damaged"))
        }
    })
}

/// Why there was no answer at all. rustls reports a bad certificate as invalid data.
fn unanswered(error: &ureq::Error) -> Fault {
    match error {
        ureq::Error::Io(e) if e.kind() == ErrorKind::InvalidData => {
            let text = e.to_string();
            let said = text.split('(').next().unwrap_or_default();
            Fault::new(FaultKind::Tls, format!("no secure connection: {said}"))
        }
        other => fault(other),
    }
}

/// The messages do not contain the URL: it may hold a key, and the symbol stands beside the message anyway.
fn fault(error: &ureq::Error) -> Fault {
    use ureq::Error as E;
    match error {
        E::Timeout(stage) => Fault::new(FaultKind::Timeout, format!("timed out ({stage})")),
        E::HostNotFound => Fault::new(FaultKind::Network, "the host name cannot be resolved"),
        E::ConnectionFailed => Fault::new(FaultKind::Network, "cannot connect"),
        E::Io(e) => Fault {
            is_unheard: e.kind() == ErrorKind::ConnectionRefused,
            ..Fault::new(FaultKind::Network, format!("the connection failed: {e}"))
        },
        E::Protocol(e) => Fault::new(FaultKind::Network, format!("the answer is not HTTP: {e}")),
        E::Tls(e) => Fault::new(FaultKind::Tls, format!("no secure connection: {e}")),
        E::Rustls(e) => Fault::new(FaultKind::Tls, format!("no secure connection: {e}")),
        E::LargeResponseHeader(..) => {
            Fault::new(FaultKind::TooLarge, "the answer's header is larger than 64 KiB")
        }
        E::ConnectProxyFailed(said) => {
            Fault::new(FaultKind::Network, format!("no way through the proxy: {said}"))
        }
        E::BadUri(_) => Fault::new(FaultKind::Rejected, "the address is not a valid URL"),
        other => Fault::new(FaultKind::Network, format!("the request failed: {other}")),
    }
}
