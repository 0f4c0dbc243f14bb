//! Many processes, one quota: what a fleet of screeners does together, measured.
//!
//! ```sh
//! cargo run --release --example fleet_replay                     # 1, 2, 4 and 8 processes, shared rate
//! cargo run --release --example fleet_replay -- --rate 100000 --workers 4    # workers, not the rate, decide
//! cargo run --release --example fleet_replay -- --processes 8 --namespaces   # each on a host of its own
//! cargo run --release --example fleet_replay -- --processes 4 --outage       # Redis stopped for two seconds
//! ```
//!
//! Each process takes its shard of the list (`--shard`) and all share one Redis, which is started here; then the
//! shards are merged and compared with what one process ranks by itself. It needs `redis-server` or `valkey-server`.

#[path = "fleet/hosts.rs"]
mod hosts;
#[path = "fleet/redis.rs"]
mod redis_server;
mod replay;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Parser;

use hosts::Hosts;
use redis_server::Redis;
use replay::{Options, Server};

/// Run processes that share a quota against the replay server
#[derive(Parser)]
struct Args {
    /// How many processes, one after the other
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8")]
    processes: Vec<usize>,
    /// Requests under way at once in each
    #[arg(long, default_value_t = 16)]
    workers: usize,
    /// Requests a second of all together
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// Requests at once after a rest, of all together
    #[arg(long, default_value_t = 16)]
    burst: u32,
    /// Time of a request, in milliseconds
    #[arg(long, default_value_t = 100)]
    latency: u64,
    /// The list
    #[arg(long, default_value = "sp500")]
    list: String,
    /// Give each process a network namespace (Linux, as root)
    #[arg(long)]
    namespaces: bool,
    /// Stop Redis after a second and start it again, empty, after three
    #[arg(long)]
    outage: bool,
    /// Fail where more was sent than the rate allows, less than 95 % of it was used, or the ranking is another
    #[arg(long)]
    check: bool,
}

/// Calls of the script so far.
fn script_calls(redis: &Redis) -> anyhow::Result<u64> {
    let text: String = redis::cmd("INFO").arg("commandstats").query(&mut redis.connection()?)?;
    let calls = text.lines().find_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
    Ok(calls.and_then(|line| line.split(',').next()).and_then(|n| n.parse().ok()).unwrap_or(0))
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let most = args.processes.iter().copied().max().unwrap_or(1);
    let hosts = if args.namespaces { Hosts::namespaces(most)? } else { Hosts::This };
    let folder = std::env::temp_dir().join(format!("screener-fleet-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = args.processes.iter().try_for_each(|n| measure(&args, *n, &hosts, &folder));
    std::fs::remove_dir_all(&folder)?;
    measured
}

/// One line: so many processes with a server and a Redis that nobody used before.
fn measure(args: &Args, processes: usize, hosts: &Hosts, folder: &Path) -> anyhow::Result<()> {
    let options = Options { latency: Duration::from_millis(args.latency), ..Options::default() };
    let server = Server::start_at(SocketAddr::new(hosts.address(), 0), options)?;
    let redis = Redis::start(hosts.address(), &[])?;
    let mut redis = redis.context("there is neither redis-server nor valkey-server")?;
    let program = screener()?;
    let url = server.url();
    let (workers, rate) = (args.workers.to_string(), args.rate.to_string());
    let (burst, shared) = (args.burst.to_string(), redis.url());

    let begun = Instant::now();
    let start = |index: usize| {
        hosts
            .command(index - 1, &program)
            .args(["top", &args.list, "--base-url", &url, "--no-cache", "--quiet"])
            .args(["--workers", &workers, "--rate", &rate, "--burst", &burst])
            .args(["--shared", &shared, "--shard", &format!("{index}/{processes}"), "-o"])
            .arg(folder.join(format!("shard-{index}.ndjson")))
            .stdin(Stdio::null())
            .spawn()
    };
    let children = (1..=processes).map(start).collect::<io::Result<Vec<Child>>>()?;
    if args.outage {
        thread::sleep(Duration::from_secs(1));
        redis.stop();
        thread::sleep(Duration::from_secs(2));
        redis.start_again()?;
    }
    for mut child in children {
        let status = child.wait()?;
        ensure!(status.success(), "a process ended with {status}");
    }
    let wall = begun.elapsed().as_secs_f64();
    let stats = server.stats();
    let calls = script_calls(&redis)?;

    let shards = (1..=processes).map(|index| folder.join(format!("shard-{index}.ndjson")));
    let merged = output(
        Command::new(&program).arg("merge").args(shards).args(["-n", "20", "-f", "csv", "-q"]),
    )?;
    let one = output(
        Command::new(&program)
            .args(["top", &args.list, "--no-prefilter", "-n", "20", "-f", "csv", "-q"])
            .args(["--base-url", &url, "--no-cache", "--rate", "100000", "--workers", "64"]),
    )?;
    let is_same = merged == one;

    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let requests = stats.requests as f64;
    let by_rate = (requests - f64::from(args.burst)).max(0.0) / f64::from(args.rate);
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let by_workers =
        (requests / (processes * args.workers) as f64).ceil() * args.latency as f64 / 1e3;
    let ideal = by_rate.max(by_workers);
    let same = if is_same { "the same" } else { "ANOTHER" };
    writeln!(
        io::stdout(),
        "{processes} processes: {requests} requests in {wall:.2} s (ideal {ideal:.2} s, {:.1} %), at most {} in a \
         second, {calls} calls of the script, ranking {same}",
        100.0 * ideal / wall,
        stats.peak_per_s,
    )?;
    if args.check {
        ensure!(is_same, "the merged ranking is not that of one run");
        // On a busy machine a turn may be used late, and so closer to those after it.
        let allowed = (args.rate + args.burst + args.rate / 25) as usize;
        ensure!(
            stats.peak_per_s <= allowed,
            "{} in a second, {allowed} are allowed",
            stats.peak_per_s
        );
        ensure!(args.outage || ideal / wall >= 0.95, "less than 95 % of the rate was used");
    }
    Ok(())
}

fn output(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

/// The program, which is built beside this example's folder.
fn screener() -> anyhow::Result<String> {
    let example = std::env::current_exe()?;
    let folder = example.parent().and_then(Path::parent).context("examples are in a folder")?;
    let program = folder.join(format!("screener{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.exists(), "{} is not built: cargo build --release", program.display());
    Ok(program.display().to_string())
}
