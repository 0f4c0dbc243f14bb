//! The `screener` program: see the library for everything it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    screener::cli::main(std::env::args_os())
}
