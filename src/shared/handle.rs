//! One connection, held by a thread of its own, so that no caller ever waits for it longer than it wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use redis::{ConnectionInfo, ErrorKind, RedisError, RedisResult};

use super::address::RedisAddress;
use super::connection::Connection;

/// The longest that a caller waits for the server in one call.
pub const SERVER_TIMEOUT: Duration = Duration::from_millis(250);
/// How long after a failure the thread connects again.
const RECONNECT_DELAY: Duration = Duration::from_millis(500);
/// Characters of a server's error that are shown.
const MAX_DETAIL: usize = 80;

/// What the server's errors begin with that end by themselves; any other ends by a change of its settings, or of ours.
const PASSING: [&str; 6] =
    ["LOADING", "BUSY", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "NOREPLICAS"];

/// What is wrong with the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence without its period and without anything that could be a password.
    pub why: String,
    /// Whether waiting does not help.
    pub is_refusal: bool,
}

/// Called with what went wrong.
pub type WarnFn = Box<dyn Fn(&Trouble) + Send + Sync>;

/// Finds out whether a new connection can do what it is wanted for.
pub(super) type Probe = fn(&mut Connection) -> RedisResult<()>;

/// Work for the connection; done again on a new one if the old one turns out to be dead.
type Work = Box<dyn FnMut(&mut Connection) -> RedisResult<()> + Send>;

struct Job {
    work: Work,
    /// When no caller waits for it any more. `None`: no caller waits.
    deadline: Option<Instant>,
}

/// Warns, and only once.
pub(super) struct WarnOnce {
    warn: WarnFn,
    has_warned: AtomicBool,
    /// A more important handle: what is wrong with both is for its warning.
    other: Option<Arc<State>>,
    failures: AtomicUsize,
}

impl WarnOnce {
    pub(super) fn new(warn: WarnFn, other: Option<&RedisHandle>) -> Self {
        let other = other.map(|handle| Arc::clone(&handle.state));
        Self { warn, has_warned: AtomicBool::new(false), other, failures: AtomicUsize::new(0) }
    }

    pub(super) fn report(&self, trouble: &Trouble) {
        tracing::info!("the shared server: {}", trouble.why);
        if let Some(other) = &self.other {
            // The other handle may be about to find out the same.
            let is_first = self.failures.fetch_add(1, Ordering::Relaxed) == 0;
            if is_first || other.is_away.load(Ordering::Relaxed) {
                return;
            }
        }
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            (self.warn)(trouble);
        }
    }
}

/// The callers' side of a connection.
pub(super) struct RedisHandle {
    jobs: Sender<Job>,
    probe: Probe,
    state: Arc<State>,
}

pub(super) struct State {
    is_away: AtomicBool,
    warning: WarnOnce,
}

impl State {
    fn went_away(&self, trouble: &Trouble) {
        self.is_away.store(true, Ordering::Relaxed);
        self.warning.report(trouble);
    }

    fn came_back(&self) {
        if self.is_away.swap(false, Ordering::Relaxed) {
            tracing::info!("the shared server is back");
        }
    }
}

impl RedisHandle {
    pub(super) fn open(address: &RedisAddress, probe: Probe, warning: WarnOnce) -> Self {
        let (jobs, queue) = mpsc::channel();
        let state = Arc::new(State { is_away: AtomicBool::new(false), warning });
        let mut thread = RedisThread {
            address: address.connection_info().clone(),
            probe,
            state: Arc::clone(&state),
            connection: None,
        };
        let spawned =
            thread::Builder::new().name("shared-server".into()).spawn(move || thread.run(&queue));
        if spawned.is_err() {
            state.went_away(&Trouble::passing("there is no thread for it"));
        }
        Self { jobs, probe, state }
    }

    /// Whether the server does not answer just now.
    pub(super) fn is_away(&self) -> bool {
        self.state.is_away.load(Ordering::Relaxed)
    }

    /// Asks, and waits no longer than [`SERVER_TIMEOUT`]. `None`: there was no answer.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        mut question: impl FnMut(&mut Connection) -> RedisResult<T> + Send + 'static,
    ) -> Option<T> {
        if self.is_away() {
            return None;
        }
        let (reply, answer) = mpsc::channel();
        let work = Box::new(move |connection: &mut Connection| {
            let _ = reply.send(question(connection)?); // the caller may have given up
            Ok(())
        });
        self.send(Job { work, deadline: Some(Instant::now() + SERVER_TIMEOUT) });
        match answer.recv_timeout(SERVER_TIMEOUT) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => {
                let limit = SERVER_TIMEOUT.as_millis();
                self.state.went_away(&Trouble::passing(format!("no answer within {limit} ms")));
                // While the server is away no caller asks: the probe finds out when it is back.
                self.submit(self.probe);
                None
            }
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Reports a server that answers, and whose answers are of no use.
    pub(super) fn report_stall(&self, waited: Duration) {
        let waited = waited.as_secs_f64();
        let why = format!("it lent no turn for {waited:.0} s (--max-wait)");
        self.state.warning.report(&Trouble::passing(why));
    }

    /// Waits no longer than [`SERVER_TIMEOUT`] until everything that was submitted is done.
    pub(super) fn settle(&self) {
        let (reply, done) = mpsc::channel::<()>();
        self.submit(move |_| {
            let _ = reply.send(());
            Ok(())
        });
        let _ = done.recv_timeout(SERVER_TIMEOUT);
    }

    /// Submits work for which no caller waits; it is not done while the server is away.
    pub(super) fn submit(
        &self,
        work: impl FnMut(&mut Connection) -> RedisResult<()> + Send + 'static,
    ) {
        self.send(Job { work: Box::new(work), deadline: None });
    }

    fn send(&self, job: Job) {
        let _ = self.jobs.send(job); // without its thread the handle is away
    }
}

/// The thread that holds the connection.
struct RedisThread {
    address: ConnectionInfo,
    probe: Probe,
    state: Arc<State>,
    connection: Option<Connection>,
}

impl RedisThread {
    /// Does the jobs of a queue until its senders are gone. It connects only when there is something to do.
    fn run(&mut self, queue: &Receiver<Job>) {
        let mut next = None;
        loop {
            if next.is_none() && !self.state.is_away.load(Ordering::Relaxed) {
                next = queue.recv().ok();
                if next.is_none() {
                    return;
                }
            }
            if let Err(error) = self.ensure_connected() {
                next = None; // its caller learns at once that the server is away
                if self.rest_after(&error, queue) {
                    return;
                }
                continue;
            }
            let Some(job) = next.take().or_else(|| queue.recv().ok()) else { return };
            let is_wanted = job.deadline.is_none_or(|deadline| Instant::now() < deadline);
            if is_wanted && let Err(error) = self.work(job.work) {
                self.connection = None;
                if self.rest_after(&error, queue) {
                    return;
                }
            }
        }
    }

    fn ensure_connected(&mut self) -> RedisResult<()> {
        if self.connection.is_none() {
            self.connection = Some(self.connect()?);
            self.state.came_back();
        }
        Ok(())
    }

    /// Reports that the server is away and drops jobs for a while. Returns whether the senders are gone.
    fn rest_after(&self, error: &RedisError, queue: &Receiver<Job>) -> bool {
        self.state.went_away(&Trouble::of(error));
        let end = Instant::now() + RECONNECT_DELAY;
        loop {
            match queue.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(job) => drop(job),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
        }
    }

    /// Works on the connection there is. One that broke while it was idle is no news: a new one is tried at
    /// once.
    fn work(&mut self, mut work: Work) -> RedisResult<()> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let done = match work(connection) {
            Err(error) if error.is_connection_dropped() => {
                let mut connection = self.connect()?;
                let done = work(&mut connection);
                self.connection = Some(connection);
                done
            }
            done => done,
        };
        if done.is_ok() {
            self.state.came_back();
        }
        done
    }

    fn connect(&self) -> RedisResult<Connection> {
        let mut connection = Connection::open(&self.address, SERVER_TIMEOUT)?;
        (self.probe)(&mut connection)?;
        Ok(connection)
    }
}

impl Trouble {
    /// One that may end by itself.
    pub(super) fn passing(why: impl Into<String>) -> Self {
        Self { why: why.into(), is_refusal: false }
    }

    /// What an error says.
    pub(super) fn of(error: &RedisError) -> Self {
        if let Some(code) = error.code() {
            let detail = error.detail().unwrap_or_default();
            return Self::answered(code, detail);
        }
        if error.kind() == ErrorKind::AuthenticationFailed {
            let why = format!("it refuses this user or password ({})", error.category());
            return Self { why, is_refusal: true };
        }
        if error.is_timeout() {
            return Self::passing("it does not answer");
        }
        if error.is_io_error() {
            return Self::passing(format!("the connection failed: {error}"));
        }
        if error.kind() == ErrorKind::InvalidClientConfig {
            let detail = error.detail().unwrap_or("its certificate is not trusted");
            return Self { why: format!("no secure connection: {detail}"), is_refusal: true };
        }
        Self::passing(error.category())
    }

    /// What an error of the server means, by the word that it begins with.
    fn answered(code: &str, detail: &str) -> Self {
        let detail: String = detail.chars().take(MAX_DETAIL).collect();
        let said = format!("{code} {detail}");
        let said = said.trim_end();
        let is_of_user = matches!(code, "WRONGPASS" | "NOAUTH" | "NOPERM");
        if is_of_user || said.contains("unauthenticated") {
            let why = format!("it refuses this user or password ({said})");
            return Self { why, is_refusal: true };
        }
        let is_refusal = !PASSING.contains(&code);
        let verb = if is_refusal { "it refuses what is asked of it" } else { "it answers" };
        Self { why: format!("{verb} ({said})"), is_refusal }
    }
}
