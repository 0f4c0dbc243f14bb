//! The vendors that can be asked over HTTP: where each is, with which User-Agent, how fast, with which key.

use std::net::IpAddr;

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use crate::cli::error::{CommandError, usage};
use crate::fetch::{Endpoint, Secret, UnstatedLimits};
use crate::provider::{Alpaca, Provider, Yahoo};

/// What this program calls itself.
const OWN_NAME: &str = concat!("screener/", env!("CARGO_PKG_VERSION"));
/// Bytes of a hash that name an account.
const ACCOUNT_BYTES: usize = 8;

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
        // It names an account and proves nothing.
        let mut hash = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
        hash.update(format!("{name}\n{origin}\n").as_bytes());
        if let Self::Alpaca(alpaca) = self {
            alpaca.key().feed(|bytes| hash.update(bytes));
        }
        let mut account = format!("{name}:");
        for byte in &hash.finish().as_ref()[..ACCOUNT_BYTES] {
            account += &format!("{byte:02x}");
        }
        account
    }

    /// Requests per second, unless the user sets another rate.
    pub(crate) fn rate(&self) -> f64 {
        match self {
            Self::Yahoo => Yahoo::RATE,
            Self::Alpaca(_) => Alpaca::RATE,
        }
    }

    /// Whom to ask, and under which name, in this order; each only once.
    pub(crate) fn endpoints(&self, servers: &[String], user_agent: Option<&str>) -> Vec<Endpoint> {
        let (origins, doors): (Vec<&str>, &[(usize, &str)]) = match self {
            Self::Yahoo => (Yahoo::ORIGINS.to_vec(), &Yahoo::DOORS),
            Self::Alpaca(_) => (vec![Alpaca::ORIGIN], &[(0, OWN_NAME)]),
        };
        let origins =
            if servers.is_empty() { origins } else { servers.iter().map(String::as_str).collect() };
        let mut endpoints = Vec::new();
        // Servers beyond those that the doors name are asked as the first is.
        let others = (doors.len()..).zip(origins.iter().skip(doors.len()).map(|_| doors[0].1));
        for (place, name) in doors.iter().copied().chain(others) {
            let endpoint = Endpoint {
                origin: origins[place % origins.len()].trim_end_matches('/').into(),
                user_agent: user_agent.unwrap_or(name).into(),
            };
            if !endpoints.contains(&endpoint) {
                endpoints.push(endpoint);
            }
        }
        endpoints
    }

    /// How it is treated, where it does not state its limits; with a slow start, unless a speed was asked for.
    pub(crate) fn unstated_limits(&self, slow_start: bool) -> Option<UnstatedLimits> {
        match self {
            Self::Yahoo => Some(UnstatedLimits { pause: Yahoo::BLOCK_PAUSE, slow_start }),
            Self::Alpaca(_) => None,
        }
    }
}

fn missing_key(name: &str) -> CommandError {
    usage(format!("--provider alpaca needs a key: {name} is not set")).hinted(
        "a free account at alpaca.markets gives a pair of keys; set APCA_API_KEY_ID and APCA_API_SECRET_KEY",
    )
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
