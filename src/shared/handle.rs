//! One connection, held by a thread of its own, so that nobody ever waits for it longer than he wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use redis::{Client, Connection, ConnectionInfo, RedisError, RedisResult};

use super::{SERVER_TIMEOUT, WarnFn};

/// How long after a failure to connect it is tried again.
const RECONNECT_DELAY: Duration = Duration::from_millis(500);

/// Something to be done with the connection; done again on a new one if the old one turns out to be dead.
type Work = Box<dyn FnMut(&mut Connection) -> RedisResult<()> + Send>;

struct Job {
    work: Work,
    /// When nobody will wait for it any more, if anybody does.
    deadline: Option<Instant>,
}

/// Says what is wrong, and only once.
pub(super) struct WarnOnce {
    tell: WarnFn,
    said: AtomicBool,
    /// A line that is more important: what is wrong with both is for it to say.
    other: Option<Arc<State>>,
    failures: AtomicUsize,
}

impl WarnOnce {
    pub(super) fn new(tell: WarnFn, other: Option<&RedisHandle>) -> Self {
        let other = other.map(|line| Arc::clone(&line.state));
        Self { tell, said: AtomicBool::new(false), other, failures: AtomicUsize::new(0) }
    }

    fn away(&self, why: &str) {
        tracing::info!("the shared server is away: {why}");
        if let Some(other) = &self.other {
            // The other one may be about to find out the same.
            let is_first = self.failures.fetch_add(1, Ordering::Relaxed) == 0;
            if is_first || other.is_away.load(Ordering::Relaxed) {
                return;
            }
        }
        if !self.said.swap(true, Ordering::Relaxed) {
            (self.tell)(why);
        }
    }
}

/// Finds out whether a new connection is good for what it is wanted for.
pub(super) type Probe = fn(&mut Connection) -> RedisResult<()>;

/// A line to the server.
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
    fn away(&self, why: &str) {
        self.is_away.store(true, Ordering::Relaxed);
        self.warning.away(why);
    }

    fn back(&self) {
        if self.is_away.swap(false, Ordering::Relaxed) {
            tracing::info!("the shared server is back");
        }
    }
}

impl RedisHandle {
    pub(super) fn open(to: ConnectionInfo, probe: Probe, warning: WarnOnce) -> Self {
        let (jobs, queue) = mpsc::channel();
        let state = Arc::new(State { is_away: AtomicBool::new(false), warning });
        let held = Arc::clone(&state);
        let spawned = thread::Builder::new()
            .name("shared-server".into())
            .spawn(move || RedisThread { to, probe, state: held, connection: None }.hold(&queue));
        if spawned.is_err() {
            state.away("there is no thread for it");
        }
        Self { jobs, probe, state }
    }

    /// Whether there is nobody to ask just now.
    pub(super) fn is_away(&self) -> bool {
        self.state.is_away.load(Ordering::Relaxed)
    }

    /// Asks, and waits no longer than [`SERVER_TIMEOUT`]; none when there is no answer.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        mut criteria: impl FnMut(&mut Connection) -> RedisResult<T> + Send + 'static,
    ) -> Option<T> {
        if self.is_away() {
            return None;
        }
        let (reply, answer) = mpsc::channel();
        let work = Box::new(move |connection: &mut Connection| {
            let _ = reply.send(criteria(connection)?); // who asked may have given up
            Ok(())
        });
        self.send(Job { work, deadline: Some(Instant::now() + SERVER_TIMEOUT) });
        match answer.recv_timeout(SERVER_TIMEOUT) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => {
                self.state.away(&format!("no answer within {} ms", SERVER_TIMEOUT.as_millis()));
                self.tell(self.probe); // nobody asks while it is away: this finds out when it is not
                None
            }
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Waits no longer than [`SERVER_TIMEOUT`] until what was told is done; not being done is nobody's fault.
    pub(super) fn settle(&self) {
        let (reply, done) = mpsc::channel::<()>();
        self.tell(move |_| {
            let _ = reply.send(());
            Ok(())
        });
        let _ = done.recv_timeout(SERVER_TIMEOUT);
    }

    /// Has something done for which nobody waits; it is not done while the server is away.
    pub(super) fn tell(
        &self,
        work: impl FnMut(&mut Connection) -> RedisResult<()> + Send + 'static,
    ) {
        self.send(Job { work: Box::new(work), deadline: None });
    }

    fn send(&self, job: Job) {
        let _ = self.jobs.send(job); // without the thread the line is away
    }
}

/// The thread's side of a line.
struct RedisThread {
    to: ConnectionInfo,
    probe: Probe,
    state: Arc<State>,
    connection: Option<Connection>,
}

impl RedisThread {
    /// Does what comes, until nobody can send any more. Nobody is connected to before there is something to do.
    fn hold(&mut self, queue: &Receiver<Job>) {
        let mut next = None;
        loop {
            if next.is_none() && !self.state.is_away.load(Ordering::Relaxed) {
                next = queue.recv().ok();
                if next.is_none() {
                    return;
                }
            }
            if self.connection.is_none() {
                match self.connect() {
                    Ok(connection) => {
                        self.connection = Some(connection);
                        self.state.back();
                    }
                    Err(error) => {
                        self.state.away(&reason(&error));
                        next = None; // whoever asked hears at once that there is nobody
                        if is_over(queue, RECONNECT_DELAY) {
                            return;
                        }
                        continue;
                    }
                }
            }
            let Some(job) = next.take().or_else(|| queue.recv().ok()) else { return };
            if job.deadline.is_none_or(|deadline| Instant::now() < deadline)
                && let Err(error) = self.work(job.work)
            {
                self.connection = None;
                self.state.away(&reason(&error));
                if is_over(queue, RECONNECT_DELAY) {
                    return;
                }
            }
        }
    }

    /// Works on the connection there is. One that broke while nobody looked is no news: a new one is tried at
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
            self.state.back();
        }
        done
    }

    fn connect(&self) -> RedisResult<Connection> {
        let client = Client::open(self.to.clone())?;
        let mut connection = client.get_connection_with_timeout(SERVER_TIMEOUT)?;
        connection.set_read_timeout(Some(SERVER_TIMEOUT))?;
        connection.set_write_timeout(Some(SERVER_TIMEOUT))?;
        (self.probe)(&mut connection)?;
        Ok(connection)
    }
}

/// Waits for a while, in which nothing is done: whoever asks hears at once that there is nobody. Says whether
/// there is nobody left to ask, either.
fn is_over(queue: &Receiver<Job>, length: Duration) -> bool {
    let end = Instant::now() + length;
    loop {
        match queue.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(job) => drop(job),
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => return true,
        }
    }
}

/// What went wrong, without anything that could be a password.
fn reason(error: &RedisError) -> String {
    match error.code() {
        Some(code) => {
            let more: String = error.detail().unwrap_or_default().chars().take(80).collect();
            format!("it answers {code} {more}").trim_end().into()
        }
        None if error.is_timeout() => "it does not answer".into(),
        None if error.is_io_error() => format!("the connection failed: {error}"),
        None => error.category().into(),
    }
}
