//! Host names, looked up once a minute instead of once a request.
//!
//! ureq resolves before it looks for an idle connection, and on a thread of its own when there is a timeout:
//! without a cache every request costs a thread and a look-up.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long addresses are reused.
const LIFETIME: Duration = Duration::from_mins(1);
/// How long a failure is: workers that waited for the same look-up need not repeat it one by one.
const LIFETIME_OF_FAILURE: Duration = Duration::from_millis(200);

/// ureq's own resolver with a cache for the last host.
#[derive(Debug, Default)]
pub(super) struct CachingResolver {
    resolver: DefaultResolver,
    last: Mutex<Option<ResolvedHost>>,
}

#[derive(Debug)]
struct ResolvedHost {
    host: Option<(String, Option<u16>)>,
    /// `None`: the look-up failed.
    addresses: Option<ResolvedSocketAddrs>,
    since: Instant,
}

impl ResolvedHost {
    fn is_fresh(&self) -> bool {
        let lifetime = if self.addresses.is_some() { LIFETIME } else { LIFETIME_OF_FAILURE };
        self.since.elapsed() < lifetime
    }
}

impl Resolver for CachingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().map(|host| (format!("{:?} {host}", uri.scheme()), uri.port_u16()));
        // Held during the look-up: of many workers that begin at once, one looks up and the others wait.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(resolved) = &*last
            && resolved.host == host
            && resolved.is_fresh()
        {
            return resolved.addresses.clone().ok_or(Error::HostNotFound);
        }
        let addresses = self.resolver.resolve(uri, config, timeout);
        let found = addresses.as_ref().ok().cloned();
        *last = Some(ResolvedHost { host, addresses: found, since: Instant::now() });
        addresses
    }
}
