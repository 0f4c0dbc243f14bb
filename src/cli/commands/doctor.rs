//! `doctor`: whether everything that a run needs is in order, and the way out where it is not.

use std::path::Path;

use chrono::{Days, Utc};
use clap::Args;
use serde::Serialize;

use super::config::show;
use crate::cache;
use crate::cli::args::fetch::{FetchArgs, ProviderName};
use crate::cli::context::{CommandResult, Context};
use crate::cli::error::Exit;
use crate::cli::settings::folders::cache_folder;
use crate::cli::settings::remote::Probed;
use crate::cli::settings::source::SourceSettings;
use crate::cli::terminal::destination::Destination;
use crate::fetch::{Fault, FaultKind};
use crate::private::make_folder;
use crate::shared::{SharedServer, Trouble};
use crate::table::plural;

const EXAMPLES: &str = "\
Examples:
  screener doctor                                one request to the provider
  screener doctor --offline                      only what is on this machine
  screener doctor --json | jq '.checks[] | select(.status != \"ok\")'";

/// A clock that is wrong by more seconds than this mistakes open sessions for finished ones.
const MAX_CLOCK_ERROR: i64 = 60;

/// Check settings, cache, clock, keys and providers, and say how to fix what is wrong
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DoctorArgs {
    /// Print a JSON document
    #[arg(long, help_heading = "Output")]
    json: bool,

    #[command(flatten)]
    fetch: FetchArgs,
}

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warning,
    Failed,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    detail: String,
    /// What to do about it.
    hint: Option<String>,
}

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    ok: bool,
    checks: Vec<Check>,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, status: Status::Ok, detail: detail.into(), hint: None }
    }

    fn of(name: &'static str, status: Status, detail: String, hint: impl Into<String>) -> Self {
        Self { name, status, detail, hint: Some(hint.into()) }
    }
}

pub(super) fn doctor(args: DoctorArgs, context: &Context) -> CommandResult {
    let DoctorArgs { json, fetch } = args;
    let mut checks = vec![
        Check::ok("version", concat!("screener ", env!("CARGO_PKG_VERSION"))),
        config(context),
        cache(&fetch),
        keys(&fetch),
        shared(&fetch),
    ];
    checks.extend(providers(&fetch, context));
    let ok = checks.iter().all(|check| check.status != Status::Failed);
    let text = if json {
        let document = Document { schema_version: 1, ok, checks };
        format!("{}\n", serde_json::to_string_pretty(&document).map_err(anyhow::Error::from)?)
    } else {
        checks.iter().map(lines).collect()
    };
    Destination::print(&text)?;
    Ok(if ok { Exit::Reported } else { Exit::Failed })
}

fn lines(check: &Check) -> String {
    let status = match check.status {
        Status::Ok => "ok",
        Status::Warning => "warning",
        Status::Failed => "failed",
    };
    let mut text = format!("{status:<8} {:<8} {}\n", check.name, check.detail);
    if let Some(hint) = &check.hint {
        text += &format!("{:<8} {:<8} → {hint}\n", "", "");
    }
    text
}

fn config(context: &Context) -> Check {
    if let Err(error) = show(context) {
        let hint = error.hint.unwrap_or_else(|| "screener guide settings".into());
        return Check::of("config", Status::Failed, error.message, hint);
    }
    match context.layers.in_file() {
        None => Check::ok("config", "no file"),
        Some((file, names)) if names.is_empty() => {
            Check::ok("config", format!("{file}, sets nothing"))
        }
        Some((file, names)) => Check::ok("config", format!("{file}, sets {}", names.join(", "))),
    }
}

fn cache(fetch: &FetchArgs) -> Check {
    const NAME: &str = "cache";
    const CLEAR: &str = "screener cache clear deletes it; it is filled again";
    if fetch.no_cache {
        return Check::ok(NAME, "not used");
    }
    let folder = match cache_folder() {
        Ok(folder) => folder,
        Err(why) => {
            return Check::of(NAME, Status::Warning, why, "SCREENER_CACHE_DIR names a folder");
        }
    };
    if let Err(why) = make_folder(&folder).and_then(|()| try_to_write(&folder)) {
        let detail = format!("cannot write to {}: {why}", folder.display());
        return Check::of(NAME, Status::Warning, detail, "SCREENER_CACHE_DIR names a folder");
    }
    let place = folder.display();
    match cache::stats(&folder, Utc::now()).and_then(|stats| Ok((stats, cache::is_sound(&folder)?)))
    {
        Err(why) => Check::of(NAME, Status::Failed, why, CLEAR),
        Ok((_, false)) => Check::of(NAME, Status::Failed, format!("{place} is damaged"), CLEAR),
        Ok((None, _)) => Check::ok(NAME, format!("{place}, empty")),
        Ok((Some(stats), true)) => {
            #[expect(clippy::cast_precision_loss, reason = "a size")]
            let megabytes = stats.bytes as f64 / 1e6;
            let tickers = plural(stats.entries, "ticker");
            let newest = stats.newest_session.map_or_else(String::new, |day| format!(", to {day}"));
            Check::ok(NAME, format!("{place}, {tickers}{newest}, {megabytes:.1} MB, sound"))
        }
    }
}

/// Writes and removes a file.
fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!("doctor-{}", std::process::id()));
    std::fs::write(&file, b"")?;
    std::fs::remove_file(&file)
}

fn keys(fetch: &FetchArgs) -> Check {
    const NAME: &str = "keys";
    match (&fetch.apca_api_key_id, &fetch.apca_api_secret_key) {
        (Some(_), Some(_)) => Check::ok(NAME, "Alpaca key set"),
        (None, None) if fetch.provider == ProviderName::Alpaca => Check::of(
            NAME,
            Status::Failed,
            "no Alpaca key".to_owned(),
            "set APCA_API_KEY_ID and APCA_API_SECRET_KEY; a key is free",
        ),
        (None, None) => Check::ok(NAME, "none; only --provider alpaca needs a free key"),
        (key, _) => {
            let missing = if key.is_some() { "APCA_API_SECRET_KEY" } else { "APCA_API_KEY_ID" };
            let detail = "Alpaca key incomplete".to_owned();
            Check::of(NAME, Status::Failed, detail, format!("set {missing}, too"))
        }
    }
}

fn shared(fetch: &FetchArgs) -> Check {
    const NAME: &str = "shared";
    let Some(address) = &fetch.shared else { return Check::ok(NAME, "not used") };
    if fetch.offline {
        return Check::ok(NAME, format!("{address}, skipped: --offline"));
    }
    match SharedServer::ping(address) {
        Ok(()) if fetch.shared_key.is_some() => Check::ok(NAME, format!("{address} answers")),
        Ok(()) => Check::of(
            NAME,
            Status::Warning,
            format!("{address} answers; whoever can write to it decides which prices are seen"),
            "SCREENER_SHARED_KEY, the same for all processes, trusts their entries only",
        ),
        Err(Trouble { why, is_refusal }) => {
            let hint = if is_refusal {
                "check the user and the password in the URL, and the server's settings"
            } else {
                "start the server, or check the URL; without it each process uses a sixteenth of the rate"
            };
            Check::of(NAME, Status::Failed, format!("{address}: {why}"), hint)
        }
    }
}

/// The provider that is set, then alpaca where there is a key for it; the clock by the first answer.
fn providers(fetch: &FetchArgs, context: &Context) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut clock = None;
    let has_keys = fetch.apca_api_key_id.is_some() && fetch.apca_api_secret_key.is_some();
    let is_other = has_keys && fetch.provider != ProviderName::Alpaca && fetch.base_url.is_empty();
    let more = is_other.then(|| FetchArgs { provider: ProviderName::Alpaca, ..fetch.clone() });
    for fetch in [fetch].into_iter().chain(&more) {
        let name = fetch.provider.name();
        if fetch.offline && !fetch.provider.is_local() {
            checks.push(Check::ok(name, "skipped: --offline"));
            continue;
        }
        let today = Utc::now().date_naive();
        let decided =
            SourceSettings::decide(fetch.clone(), None, Days::new(400), today, &context.typed);
        match decided {
            Err(error) => {
                let hint = error.hint.unwrap_or_else(|| "see screener guide providers".into());
                checks.push(Check::of(name, Status::Failed, error.message, hint));
            }
            Ok(SourceSettings::Remote(remote)) => {
                let probed = remote.probe();
                clock = clock.or_else(|| clock_of(&probed));
                checks.push(provider(probed));
            }
            Ok(local) => checks.push(Check::ok(name, local.notice().unwrap_or_default())),
        }
    }
    checks.extend(clock);
    checks
}

fn provider(probed: Probed) -> Check {
    let Probed { provider, endpoint, latency, answer, .. } = probed;
    let asked = format!("{}, User-Agent {}", endpoint.origin, endpoint.user_agent);
    match answer {
        Ok(()) => Check::ok(provider, format!("answers: {asked}, {} ms", latency.as_millis())),
        Err(fault) => {
            let what = format!("{asked}: {}", fault.message);
            Check::of(provider, Status::Failed, what, hint(&fault, provider))
        }
    }
}

fn hint(fault: &Fault, provider: &str) -> &'static str {
    match fault.kind {
        FaultKind::Tls => {
            "a proxy or the clock may be in the way; SSL_CERT_FILE names authorities to trust"
        }
        FaultKind::Network | FaultKind::Timeout => {
            "check the connection and HTTPS_PROXY; offline there are --provider files and sample"
        }
        FaultKind::Throttled | FaultKind::Blocked if provider == "yahoo" => {
            "Yahoo refuses this address, like most clouds and VPNs; use --provider alpaca with a free key, or files"
        }
        FaultKind::Blocked => "check APCA_API_KEY_ID and APCA_API_SECRET_KEY",
        FaultKind::Throttled => "wait, or lower --rate",
        _ => "try again later; --provider files works with prices of your own",
    }
}

/// Our clock against the server's. `None`: it did not state its own.
fn clock_of(probed: &Probed) -> Option<Check> {
    const NAME: &str = "clock";
    let off = (probed.now - probed.date?).num_seconds();
    if off.abs() <= MAX_CLOCK_ERROR {
        return Some(Check::ok(
            NAME,
            format!("within {MAX_CLOCK_ERROR} s of {}", probed.endpoint.origin),
        ));
    }
    let (ahead, off) = (if off > 0 { "ahead of" } else { "behind" }, off.abs());
    let detail = format!("{off} s {ahead} {}", probed.endpoint.origin);
    let hint = "set the clock: it decides which session is finished";
    Some(Check::of(NAME, Status::Warning, detail, hint))
}
