//! The vendors that can be asked over HTTP: where each is, with which User-Agent, how fast, with which key.

use std::net::IpAddr;

use crate::cli::error::{CommandError, usage};
use crate::fetch::{Endpoint, Secret};
use crate::provider::{Alpaca, Provider, Yahoo};

/// Characters of a hash that name an account.
const ACCOUNT_DIGITS: usize = 16;

/// A vendor and its keys.
#[derive(Clone)]
pub(crate) enum Vendor {
    Yahoo,
    Alpaca(Alpaca),
}

impl Vendor {
    /// Alpaca with a key pair; `servers` are used instead of its own.
    pub(crate) fn alpaca(
        servers: &[String],
        key: Option<Secret>,
        secret: Option<Secret>,
    ) -> Result<Self, CommandError> {
        if let Some(url) = servers.iter().find(|url| !is_confidential(url)) {
            let error = usage(format!("{url} would receive the key unencrypted"));
            return Err(error.hinted("use https, or a server on this machine"));
        }
        let key = key.ok_or_else(|| missing_key("APCA_API_KEY_ID"))?;
        let secret = secret.ok_or_else(|| missing_key("APCA_API_SECRET_KEY"))?;
        Ok(Self::Alpaca(Alpaca::new(key, secret)))
    }

    pub(crate) fn provider(&self) -> Box<dyn Provider> {
        match self {
            Self::Yahoo => Box::new(Yahoo),
            Self::Alpaca(alpaca) => Box::new(alpaca.clone()),
        }
    }

    /// Whether a request carries keys.
    pub(crate) fn has_keys(&self) -> bool {
        matches!(self, Self::Alpaca(_))
    }

    /// The account whose quota a request is charged to: a name without the key in it.
    pub(crate) fn account(&self, origin: &str) -> String {
        let name = self.provider().name();
        let mut hash = sha1_smol::Sha1::from(format!("{name}\n{origin}\n"));
        if let Self::Alpaca(alpaca) = self {
            alpaca.key().feed(|bytes| hash.update(bytes));
        }
        format!("{name}:{}", &hash.digest().to_string()[..ACCOUNT_DIGITS])
    }

    /// Requests per second, unless the user sets another rate.
    pub(crate) fn rate(&self) -> f64 {
        match self {
            Self::Yahoo => Yahoo::RATE,
            Self::Alpaca(_) => Alpaca::RATE,
        }
    }

    /// Every host and every User-Agent once, the next of both at the same time.
    pub(crate) fn endpoints(
        &self,
        servers: Vec<String>,
        user_agent: Option<String>,
    ) -> Vec<Endpoint> {
        let origins = if servers.is_empty() { self.origins() } else { servers };
        let user_agents = user_agent.map_or_else(|| self.user_agents(), |name| vec![name]);
        let mut endpoints = Vec::new();
        for i in 0..origins.len().max(user_agents.len()) {
            endpoints.push(Endpoint {
                origin: origins[i % origins.len()].trim_end_matches('/').into(),
                user_agent: user_agents[i % user_agents.len()].clone(),
            });
        }
        endpoints
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

fn missing_key(name: &str) -> CommandError {
    usage(format!("--provider alpaca needs a key: {name} is not set"))
        .hinted("APCA_API_KEY_ID and APCA_API_SECRET_KEY are a pair")
}

/// Whether nobody else can read what is sent to a server.
fn is_confidential(url: &str) -> bool {
    let Some(host) = url.strip_prefix("http://") else { return true };
    let host = host.split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
