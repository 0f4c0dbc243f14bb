//! The program's own release build, made first if need be.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// The release build beside this program's.
pub(crate) fn screener() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(3).context("target/release/examples")?;
    ensure!(cargo_build(target).status()?.success(), "the program does not build");
    Ok(target.join("release").join(format!("screener{}", std::env::consts::EXE_SUFFIX)))
}

/// `cargo build` of the program.
pub(crate) fn cargo_build(target: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--release", "--quiet", "--locked", "--bin", "screener"]);
    command.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    command.arg("--target-dir").arg(target);
    command
}
