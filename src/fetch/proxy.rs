//! The proxy of the environment: ureq uses the first one it can read and is silent about the others.

use ureq::Proxy;

/// In the order in which ureq looks for them.
const VARIABLES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// Whether the proxy that is to be used can be.
///
/// # Errors
/// A sentence that names the variable and its value, a user name and password in it apart.
pub fn check_proxy(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let Some((name, value)) = VARIABLES.into_iter().find_map(|name| Some((name, set(name)?)))
    else {
        return Ok(());
    };
    Proxy::new(&value).map(drop).map_err(|_| format!("{name} is no proxy: {:?}", redacted(&value)))
}

fn redacted(value: &str) -> String {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), value),
    };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}***@{host}"),
        None => value.into(),
    }
}
