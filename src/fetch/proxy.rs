//! The proxy of the environment: ureq uses the first one it can read and ignores the others in silence.

use std::net::IpAddr;

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

/// Whether a list of hosts, as in `NO_PROXY`, has a host: by name, by the end of its name, as `*`, or by a network such
/// as `127.0.0.0/8`.
#[must_use]
pub fn is_spared(host: &str, list: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    let mut entries = list.split(',').map(|entry| entry.trim().to_ascii_lowercase());
    entries.any(|entry| {
        let name = entry.trim_start_matches("*.").trim_start_matches('.');
        entry == "*"
            || (!name.is_empty() && (host == name || host.ends_with(&format!(".{name}"))))
            || is_in_network(&host, &entry)
    })
}

/// Whether an address is in a network: `10.0.0.0/8`.
fn is_in_network(host: &str, network: &str) -> bool {
    let Some((first, length)) = network.split_once('/') else { return false };
    let (Ok(host), Ok(first), Ok(length)) = (host.parse(), first.parse(), length.parse::<u32>())
    else {
        return false;
    };
    let ((host, width), (first, other_width)) = (bits(host), bits(first));
    let rest = 128_u32.saturating_sub(length);
    let is_alike = host.checked_shr(rest) == first.checked_shr(rest);
    width == other_width && length <= width && is_alike
}

/// The bits of an address from the left, and how many there are.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
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
