//! A score of one's own in thirty lines, judged as `screener evaluate` judges the models: did it pay to buy what had
//! fallen most in a week? On the embedded prices, or on a file or folder of one's own:
//!
//! ```sh
//! cargo run --release --example custom_score prices.parquet
//! ```

use std::io::{self, Write};
use std::path::Path;

use chrono::{Days, Utc};
use screener::bars::Bars;
use screener::evaluate::{Evaluation, Panel, Score, Settings};
use screener::measure::indicators::back;
use screener::provider::{FilesOptions, files, sample};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (all, today) = (Days::new(100_000), Utc::now().date_naive());
    let prices = match std::env::args().nth(1) {
        Some(path) => files(Path::new(&path), None, all, today, &FilesOptions::default())?,
        None => sample()?,
    };
    let bars = |symbol| Some((Clone::clone(symbol), prices.get(symbol)?.into_owned()));
    let panel = Panel::new(prices.symbols().filter_map(bars));
    let reversal = Score::own("reversal", |bars: &Bars| {
        Some(1.0 - back(bars.adjusted(), 0)? / back(bars.adjusted(), 5)?)
    });
    let settings = Settings { horizons: vec![5], quantiles: 3, ..Settings::default() };
    for summary in Evaluation::of(&panel, &[reversal], &settings).summaries {
        let (ic, t) = (summary.ic.mean.unwrap_or(f64::NAN), summary.ic.t.unwrap_or(f64::NAN));
        let top = 1e4 * summary.top.mean.unwrap_or(f64::NAN);
        let dates = summary.dates;
        writeln!(io::stdout(), "{dates} dates: rank IC {ic:+.4} (t {t:+.2}), top {top:+.1} bp")?;
    }
    Ok(())
}
