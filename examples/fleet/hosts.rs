//! Where processes run: all on this machine, or each in a network namespace of its own, which is a host with
//! an address, behind a bridge.

use std::net::{IpAddr, Ipv4Addr};
use std::process::{Command, Stdio};

use anyhow::ensure;

/// The bridge's address: a private network that nothing else is likely to use.
const BRIDGE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);

/// The hosts of a fleet; what was set up is taken down again in the end.
pub(crate) enum Hosts {
    This,
    Namespaces(Vec<String>),
}

impl Hosts {
    /// So many network namespaces. Needs Linux, `ip` and the right to use it.
    pub(crate) fn namespaces(count: usize) -> anyhow::Result<Self> {
        let mut hosts = Self::Namespaces(Vec::new());
        ip(&["link", "add", "scr-bridge", "type", "bridge"])?;
        ip(&["addr", "add", &format!("{BRIDGE}/24"), "dev", "scr-bridge"])?;
        ip(&["link", "set", "scr-bridge", "up"])?;
        for i in 0..count {
            let (name, link) = (format!("scr-{i}"), format!("scr-veth{i}"));
            ip(&["netns", "add", &name])?;
            if let Self::Namespaces(names) = &mut hosts {
                names.push(name.clone());
            }
            ip(&["link", "add", &link, "type", "veth", "peer", "name", "eth0", "netns", &name])?;
            ip(&["link", "set", &link, "master", "scr-bridge", "up"])?;
            let address = format!("10.77.0.{}/24", 10 + i);
            ip(&["-n", &name, "addr", "add", &address, "dev", "eth0"])?;
            ip(&["-n", &name, "link", "set", "eth0", "up"])?;
        }
        Ok(hosts)
    }

    /// Where servers listen so that every host reaches them.
    pub(crate) fn address(&self) -> IpAddr {
        match self {
            Self::This => Ipv4Addr::LOCALHOST.into(),
            Self::Namespaces(_) => BRIDGE.into(),
        }
    }

    /// A command on one of the hosts.
    pub(crate) fn command(&self, host: usize, program: &str) -> Command {
        match self {
            Self::This => Command::new(program),
            Self::Namespaces(names) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", &names[host], program]);
                command
            }
        }
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        if let Self::Namespaces(names) = self {
            for name in names {
                let _ = ip(&["netns", "del", name]);
            }
            let _ = ip(&["link", "del", "scr-bridge"]);
        }
    }
}

fn ip(words: &[&str]) -> anyhow::Result<()> {
    let status = Command::new("ip").args(words).stdout(Stdio::null()).status()?;
    ensure!(status.success(), "ip {} ended with {status}", words.join(" "));
    Ok(())
}
