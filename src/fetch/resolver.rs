//! Host names, looked up once a minute instead of once a request.
//!
//! ureq resolves before it looks for an idle connection, and on a thread of its own when there is a
//! timeout: without a memory every request costs a thread and a look-up.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long an answer is believed.
const LIFETIME: Duration = Duration::from_mins(1);

/// How long a failure is: those who waited for the same look-up need not wait for one each.
const LIFETIME_OF_FAILURE: Duration = Duration::from_millis(200);

/// ureq's own resolver with a memory for the last host.
#[derive(Debug, Default)]
pub(super) struct CachingResolver {
    resolver: DefaultResolver,
    last: Mutex<Option<ResolvedHost>>,
}

#[derive(Debug)]
struct ResolvedHost {
    host: Option<(String, Option<u16>)>,
    /// None where there were none to be had.
    addresses: Option<ResolvedSocketAddrs>,
    since: Instant,
}

impl ResolvedHost {
    fn lifetime(&self) -> Duration {
        if self.addresses.is_some() { LIFETIME } else { LIFETIME_OF_FAILURE }
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
        // Held during the look-up: of many workers that begin at once, one asks and the others wait.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = &*last
            && answer.host == host
            && answer.since.elapsed() < answer.lifetime()
        {
            return answer.addresses.clone().ok_or(Error::HostNotFound);
        }
        let addresses = self.resolver.resolve(uri, config, timeout);
        let found = addresses.as_ref().ok().cloned();
        *last = Some(ResolvedHost { host, addresses: found, since: Instant::now() });
        addresses
    }
}
