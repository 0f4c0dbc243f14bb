//! A screen of one's own in thirty lines: which companies trade above their 200-day average, on less volume
//! than usual? On the embedded prices, offline:
//!
//! ```sh
//! cargo run --release --example custom_screen
//! ```

use std::io::{self, Write};

use chrono::Days;
use screener::measure::indicators::{back, sma};
use screener::measure::series::Activity;
use screener::provider::sample;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let prices = sample()?;
    let today = prices.last_session().ok_or("the sample is empty")? + Days::new(1);
    let mut quiet: Vec<(&str, f64, f64)> = prices
        .symbols()
        .filter_map(|symbol| {
            let bars = prices.get(symbol)?.into_owned().window(today, 300, false);
            let trend = back(bars.adjusted(), 0)? / sma(bars.adjusted(), 200)? - 1.0;
            let volume = Activity::of(bars.volume()?, 20)?.ratio?;
            (trend > 0.0 && volume < 1.0).then_some((symbol.as_str(), trend, volume))
        })
        .collect();
    quiet.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (ticker, trend, volume) in quiet {
        let above = 100.0 * trend;
        writeln!(io::stdout(), "{ticker:<5} {above:>5.1} % above, {volume:.2} of usual volume")?;
    }
    Ok(())
}
