//! The proxy of the environment: ureq uses the first one it can read and ignores the others in silence.

use ureq::Proxy;

/// In the order in which ureq looks for them.
pub const PROXY_VARIABLES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// Checks the proxy that a variable names.
///
/// # Errors
/// A sentence that names the variable and its value, without a user name and password.
pub fn check_proxy(name: &str, value: &str) -> Result<(), String> {
    match Proxy::new(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("{name} is not a valid proxy: {:?}", redact(value))),
    }
}

fn redact(value: &str) -> String {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), value),
    };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}***@{host}"),
        None => value.into(),
    }
}
