//! A Redis or Valkey server of one's own, with nothing in it, which ends with its owner.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const NAMES: [&str; 2] = ["redis-server", "valkey-server"];
/// A server that does not listen after this time never will.
const MAX_START: Duration = Duration::from_secs(10);

pub(crate) struct Redis {
    pub(crate) address: SocketAddr,
    child: Child,
    options: Vec<String>,
    folder: TempDir,
}

impl Redis {
    /// Starts one on an address of this machine, with more options. `None`: there is no such program here.
    pub(crate) fn start(host: IpAddr, options: &[&str]) -> io::Result<Option<Self>> {
        let port = TcpListener::bind((host, 0))?.local_addr()?.port();
        let address = SocketAddr::new(host, port);
        let folder = TempDir::new()?;
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        let child = spawn(address, &options, &folder)?;
        Ok(child.map(|child| Self { address, child, options, folder }))
    }

    /// The first of its databases.
    pub(crate) fn url(&self) -> String {
        format!("redis://{}/0", self.address)
    }

    pub(crate) fn connection(&self) -> redis::RedisResult<redis::Connection> {
        redis::Client::open(self.url())?.get_connection()
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same address; what was in it is gone.
    pub(crate) fn start_again(&mut self) -> io::Result<()> {
        let child = spawn(self.address, &self.options, &self.folder)?;
        self.child = child.ok_or(io::ErrorKind::NotFound)?;
        Ok(())
    }

    #[allow(dead_code, reason = "for tests that send it signals")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(address: SocketAddr, options: &[String], folder: &TempDir) -> io::Result<Option<Child>> {
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    for name in NAMES {
        let spawned = Command::new(name)
            .args([
                "--port",
                &port,
                "--bind",
                &host,
                "--save",
                "",
                "--protected-mode",
                "no",
                "--dir",
            ])
            .arg(folder.path())
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = spawned else { continue };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            if start.elapsed() > MAX_START {
                return Err(io::Error::other(format!("{name} does not listen")));
            }
            thread::sleep(Duration::from_millis(10));
        }
        return Ok(Some(child));
    }
    Ok(None)
}
