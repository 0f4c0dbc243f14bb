//! The replay server in a process of its own, so that its work is not counted as the client's.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::replay::{Options, Server};

/// Milliseconds that the hidden option of this program takes, with which it is the server.
pub(crate) const OPTION: &str = "--serve";

/// The server's process; it ends with this one.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) url: String,
}

impl ServerProcess {
    /// Starts this same program as a server of so many milliseconds' latency.
    pub(crate) fn start(latency: u64) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([OPTION, &latency.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        let stdout = child.stdout.take().context("it was piped")?;
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().into() })
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prints the address and serves until killed.
pub(crate) fn serve(latency: u64) -> anyhow::Result<()> {
    let latency = Duration::from_millis(latency);
    let server = Server::start(0, Options { latency, ..Options::default() })?;
    writeln!(io::stdout(), "{}", server.url())?;
    loop {
        thread::park();
    }
}
