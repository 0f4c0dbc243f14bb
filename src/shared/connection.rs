//! A connection on which no answer is longer, in bytes, parts or time, than it may be: the server is not trusted.
//!
//! The library that packs commands and reads values would read on for as long as the server sends. Here each answer is
//! received whole, within bounds, before the library sees it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::{
    ConnectionAddr, ConnectionInfo, ConnectionLike, ErrorKind, RedisError, RedisResult, Value,
};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Bytes of the longest answer: twice as many as eight histories of sixty years have.
const MAX_BYTES: usize = 12 << 20;
/// Bytes of the longest line: a status, an error or a length.
const MAX_LINE: usize = 4 << 10;
/// Values in one answer, those within others included.
const MAX_VALUES: usize = 1_024;

/// An open connection.
pub(super) struct Connection {
    stream: BufReader<Box<dyn Stream>>,
    deadline: Deadline,
    timeout: Duration,
    database: i64,
}

/// When what is under way has to be done.
#[derive(Clone)]
struct Deadline(Arc<Mutex<Instant>>);

impl Deadline {
    fn set(&self, timeout: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + timeout;
    }

    /// What is left until then.
    fn left(&self) -> io::Result<Duration> {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

/// A socket of which no use lasts beyond the deadline, however many reads and writes TLS makes of it.
struct Socket {
    socket: TcpStream,
    deadline: Deadline,
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.deadline.left()?))?;
        self.socket.read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.deadline.left()?))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl Connection {
    /// Connects, and says who asks. `timeout` is of connecting, of each write and of each whole answer.
    pub(super) fn open(info: &ConnectionInfo, timeout: Duration) -> RedisResult<Self> {
        let (host, port, is_tls) = match info.addr() {
            ConnectionAddr::Tcp(host, port) => (host, *port, false),
            ConnectionAddr::TcpTls { host, port, .. } => (host, *port, true),
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        };
        let deadline = Deadline(Arc::new(Mutex::new(Instant::now())));
        let socket = dial(host, port, timeout)?;
        deadline.set(timeout);
        socket.set_nodelay(true)?;
        let socket = Socket { socket, deadline: deadline.clone() };
        let stream: Box<dyn Stream> =
            if is_tls { Box::new(encrypted(host, socket)?) } else { Box::new(socket) };
        let stream = BufReader::new(stream);
        let settings = info.redis_settings();
        let mut connection = Self { stream, deadline, timeout, database: settings.db() };
        if let Some(password) = settings.password() {
            let mut command = redis::cmd("AUTH");
            command.arg(settings.username()).arg(password);
            command.query::<()>(&mut connection)?;
        }
        if settings.db() != 0 {
            redis::cmd("SELECT").arg(settings.db()).query::<()>(&mut connection)?;
        }
        Ok(connection)
    }

    fn send(&mut self, bytes: &[u8]) -> RedisResult<()> {
        self.deadline.set(self.timeout);
        let stream = self.stream.get_mut();
        stream.write_all(bytes)?;
        Ok(stream.flush()?)
    }

    /// The next answer; an error of the server is one of the values.
    fn receive(&mut self) -> RedisResult<Value> {
        self.deadline.set(self.timeout);
        let mut answer = Answer { bytes: Vec::new(), stream: &mut self.stream };
        answer.receive()?;
        redis::parse_redis_value(&answer.bytes)
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command(&mut self, command: &[u8]) -> RedisResult<Value> {
        self.send(command)?;
        self.receive()?.extract_error()
    }

    fn req_packed_commands(
        &mut self,
        commands: &[u8],
        offset: usize,
        count: usize,
    ) -> RedisResult<Vec<Value>> {
        self.send(commands)?;
        for _ in 0..offset {
            self.receive()?;
        }
        (0..count).map(|_| self.receive()).collect()
    }

    fn get_db(&self) -> i64 {
        self.database
    }

    fn check_connection(&mut self) -> bool {
        redis::cmd("PING").query::<Value>(self).is_ok()
    }

    fn is_open(&self) -> bool {
        true // found out by the next command
    }
}

/// One answer while it is received.
struct Answer<'a> {
    bytes: Vec<u8>,
    stream: &'a mut BufReader<Box<dyn Stream>>,
}

impl Answer<'_> {
    /// Receives a value and those within it.
    fn receive(&mut self) -> io::Result<()> {
        let (mut missing, mut received) = (1, 0);
        while missing > 0 {
            received += 1;
            missing -= 1;
            let start = self.bytes.len();
            self.receive_line()?;
            let line = &self.bytes[start..];
            let length = || -> io::Result<usize> {
                let text = str::from_utf8(&line[1..]).map_err(io::Error::other)?.trim();
                let length: i64 = text.parse().map_err(io::Error::other)?;
                Ok(usize::try_from(length).unwrap_or_default()) // −1: there is none
            };
            match line.first() {
                Some(b'$') if !line.starts_with(b"$-") => {
                    let length = length()?;
                    self.receive_bytes(length.saturating_add(2))?;
                }
                Some(b'*') => missing += length()?,
                Some(b'$' | b'+' | b'-' | b':') => {}
                _ => return Err(io::Error::other("it does not speak as Redis does")),
            }
            if received + missing > MAX_VALUES {
                return Err(too_long());
            }
        }
        Ok(())
    }

    fn receive_line(&mut self) -> io::Result<()> {
        let start = self.bytes.len();
        loop {
            let available = self.fill()?;
            let end = available.iter().position(|byte| *byte == b'\n').map(|place| place + 1);
            let taken = end.unwrap_or(available.len());
            self.take(taken)?;
            if self.bytes.len() - start > MAX_LINE {
                return Err(too_long());
            }
            if end.is_some() {
                return Ok(());
            }
        }
    }

    fn receive_bytes(&mut self, count: usize) -> io::Result<()> {
        if count > MAX_BYTES {
            return Err(too_long());
        }
        let mut missing = count;
        while missing > 0 {
            let taken = self.fill()?.len().min(missing);
            self.take(taken)?;
            missing -= taken;
        }
        Ok(())
    }

    /// What has come and is not taken yet; waits for it until the deadline.
    fn fill(&mut self) -> io::Result<&[u8]> {
        let available = self.stream.fill_buf()?;
        if available.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(available) }
    }

    fn take(&mut self, count: usize) -> io::Result<()> {
        if self.bytes.len() + count > MAX_BYTES {
            return Err(too_long());
        }
        self.bytes.extend_from_slice(&self.stream.buffer()[..count]);
        self.stream.consume(count);
        Ok(())
    }
}

fn too_long() -> io::Error {
    io::Error::other("its answer is too long")
}

fn dial(host: &str, port: u16, timeout: Duration) -> io::Result<TcpStream> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(socket) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// TLS with the authorities of the system, or of `SSL_CERT_FILE`.
fn encrypted(host: &str, mut socket: Socket) -> RedisResult<StreamOwned<ClientConnection, Socket>> {
    let mut authorities = RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        let _ = authorities.add(certificate); // one of no use is trusted for nothing
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(authorities)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let mut session = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    while session.is_handshaking() {
        session.complete_io(&mut socket).map_err(|error| match error.kind() {
            // What rustls makes of a certificate that it does not trust.
            io::ErrorKind::InvalidData => RedisError::from((
                ErrorKind::InvalidClientConfig,
                "no secure connection",
                error.to_string(),
            )),
            _ => RedisError::from(error),
        })?;
    }
    Ok(StreamOwned::new(session, socket))
}
