//! Who can be asked over HTTP: where each vendor is, as whom it is asked, how fast, with which key.

use std::net::IpAddr;

use crate::cli::CommandError;
use crate::fetch::{Endpoint, Secret};
use crate::provider::{Alpaca, Provider, Yahoo};

/// A vendor and what it has to be told.
#[derive(Clone)]
pub(in crate::cli) enum Vendor {
    Yahoo,
    Alpaca(Alpaca),
}

impl Vendor {
    /// Alpaca with a key pair; `servers` are asked instead of its own.
    pub(in crate::cli) fn alpaca(
        servers: &[String],
        key: Option<Secret>,
        secret: Option<Secret>,
    ) -> anyhow::Result<Self> {
        if let Some(open) = servers.iter().find(|url| !keeps_secrets(url)) {
            let error = CommandError::new(format!("{open} would get the key in the clear"));
            return Err(error.hint("use https, or a server on this machine").into());
        }
        let needed = |name: &str| {
            CommandError::new(format!("--provider alpaca needs a key: {name} is not set"))
                .hint("APCA_API_KEY_ID and APCA_API_SECRET_KEY are a pair")
        };
        let key = key.ok_or_else(|| needed("APCA_API_KEY_ID"))?;
        let secret = secret.ok_or_else(|| needed("APCA_API_SECRET_KEY"))?;
        Ok(Self::Alpaca(Alpaca::new(key, secret)))
    }

    pub(in crate::cli) fn provider(&self) -> Box<dyn Provider> {
        match self {
            Self::Yahoo => Box::new(Yahoo),
            Self::Alpaca(alpaca) => Box::new(alpaca.clone()),
        }
    }

    /// Whether a request carries keys.
    pub(in crate::cli) fn has_keys(&self) -> bool {
        matches!(self, Self::Alpaca(_))
    }

    /// Whose quota a request is charged to: a name without the key in it.
    pub(in crate::cli) fn account(&self, origin: &str) -> String {
        let key = match self {
            Self::Yahoo => None,
            Self::Alpaca(alpaca) => Some(alpaca.key()),
        };
        let mut hash = sha1_smol::Sha1::from(format!("{}\n{origin}\n", self.provider().name()));
        if let Some(key) = key {
            key.feed(|bytes| hash.update(bytes));
        }
        format!("{}:{}", self.provider().name(), &hash.digest().to_string()[..16])
    }

    /// Requests a second, unless the user says another rate.
    pub(in crate::cli) fn rate(&self) -> f64 {
        match self {
            Self::Yahoo => Yahoo::RATE,
            Self::Alpaca(_) => Alpaca::RATE,
        }
    }

    /// Every host and every User-Agent once, the next of both at the same time.
    pub(in crate::cli) fn endpoints(
        &self,
        servers: Vec<String>,
        user_agent: Option<String>,
    ) -> Vec<Endpoint> {
        let origins = if servers.is_empty() { self.origins() } else { servers };
        let user_agents = user_agent.map_or_else(|| self.user_agents(), |name| vec![name]);
        let pairs = origins.iter().cycle().zip(user_agents.iter().cycle());
        pairs
            .take(origins.len().max(user_agents.len()))
            .map(|(origin, user_agent)| Endpoint {
                origin: origin.trim_end_matches('/').into(),
                user_agent: user_agent.clone(),
            })
            .collect()
    }

    fn origins(&self) -> Vec<String> {
        match self {
            Self::Yahoo => Yahoo::ORIGINS.map(String::from).to_vec(),
            Self::Alpaca(_) => vec![Alpaca::ORIGIN.into()],
        }
    }

    fn user_agents(&self) -> Vec<String> {
        match self {
            Self::Yahoo => Yahoo::USER_AGENTS.map(String::from).to_vec(),
            Self::Alpaca(_) => vec![concat!("screener/", env!("CARGO_PKG_VERSION")).into()],
        }
    }
}

/// Whether what is sent there can be read by nobody else.
fn keeps_secrets(url: &str) -> bool {
    let Some(host) = url.strip_prefix("http://") else { return true };
    let host = host.split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
