//! The proxy of the environment: ureq uses the first one it can read and ignores the others in silence.

use ureq::Proxy;

/// In the order in which ureq looks for them.
const VARIABLES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// Checks the proxy that the environment names; `variable` reads a variable.
///
/// # Errors
/// A sentence that names the variable and its value, without a user name and password.
pub fn check_proxy(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    for name in VARIABLES {
        let Some(value) = variable(name).filter(|value| !value.is_empty()) else { continue };
        let proxy = Proxy::new(&value);
        return proxy
            .map(drop)
            .map_err(|_| format!("{name} is not a valid proxy: {:?}", redact(&value)));
    }
    Ok(())
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
