//! Indicators: pure functions on slices, oldest value first, the last value being today's.
//!
//! Each gives `None` where it is undefined (too few values, no variance, nothing to divide by) and never NaN for
//! finite input. Conventions are TA-Lib's: Wilder's smoothing is seeded with a simple mean, so is the exponential
//! average. Which of them a row carries is decided in [`super::fields`], not here.

/// A standard deviation less than this share of the mean is rounding.
const MIN_SPREAD: f64 = 1e-9;

/// `x[t] / x[t − k] − 1`. Needs k + 1 values.
#[must_use]
pub fn change(x: &[f64], k: usize) -> Option<f64> {
    skipped_change(x, k, 0)
}

/// `x[t − skip] / x[t − lookback] − 1`. Needs lookback + 1 values.
#[must_use]
pub fn skipped_change(x: &[f64], lookback: usize, skip: usize) -> Option<f64> {
    let now = back(x, skip)?;
    Some(now / back(x, lookback)? - 1.0)
}

/// The value `k` places before the last.
#[must_use]
pub fn back(x: &[f64], k: usize) -> Option<f64> {
    Some(x[x.len().checked_sub(k + 1)?])
}

/// The last `n` values.
#[must_use]
pub fn tail(x: &[f64], n: usize) -> Option<&[f64]> {
    Some(&x[x.len().checked_sub(n)?..])
}

/// Mean; `None` for no values.
#[must_use]
pub fn mean(x: &[f64]) -> Option<f64> {
    (!x.is_empty()).then(|| x.iter().sum::<f64>() / count(x.len()))
}

/// Median, of an even number the mean of the middle two; `None` for no values.
#[must_use]
pub fn median(x: &[f64]) -> Option<f64> {
    let mut values = x.to_vec();
    let middle = values.len() / 2;
    if middle >= values.len() {
        return None;
    }
    let (lower, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if x.len() % 2 == 1 {
        return Some(*upper);
    }
    let below = lower.iter().copied().max_by(f64::total_cmp)?;
    Some(f64::midpoint(below, *upper))
}

/// Standard deviation with `n − free` in the denominator: `free` is 1 for a sample, 0 for a population.
#[must_use]
pub fn standard_deviation(x: &[f64], free: usize) -> Option<f64> {
    let degrees = x.len().checked_sub(free).filter(|n| *n > 0)?;
    let mean = mean(x)?;
    Some((x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count(degrees)).sqrt())
}

/// Simple moving average of the last `n` values.
#[must_use]
pub fn sma(x: &[f64], n: usize) -> Option<f64> {
    mean(tail(x, n)?)
}

/// Annualised volatility: sample standard deviation of the last year's changes of the log closes × √year. Needs
/// year + 1 values.
#[must_use]
pub fn volatility_1y(logs: &[f64], year: usize) -> Option<f64> {
    let logs = tail(logs, year + 1)?;
    let degrees = count(year.checked_sub(1).filter(|n| *n > 0)?);
    let mean = (logs[year] - logs[0]) / count(year);
    let squares = sum_in_lanes(&logs[1..], |i, after| (after - logs[i] - mean).powi(2));
    Some((squares / degrees).sqrt() * count(year).sqrt())
}

/// The last close against the highest of the last year's: 1 at a new high (George and Hwang 2004). A price that never
/// moved is at no high.
#[must_use]
pub fn high_52w_ratio(close: &[f64], year: usize) -> Option<f64> {
    let year = tail(close, year)?;
    let highest = year.iter().copied().fold(f64::MIN, f64::max);
    let has_moved = year.iter().any(|close| *close < highest);
    has_moved.then(|| year[year.len() - 1] / highest)
}

/// Information discreteness turned round: `sign(r12_1)` · (share of up days − share of down days) over the daily
/// changes from a year ago to a month ago, 231 of them with 252 and 21. Needs year + 1 values (Da, Gurun, Warachka
/// 2014).
#[must_use]
pub fn continuity(close: &[f64], year: usize, month: usize) -> Option<f64> {
    let r12_1 = skipped_change(close, year, month)?;
    let formation = &tail(close, year + 1)?[..=year - month];
    let mut balance = 0;
    for (before, after) in formation.iter().zip(&formation[1..]) {
        balance += i32::from(after > before) - i32::from(after < before);
    }
    let balance = f64::from(balance);
    let direction = if r12_1 == 0.0 { 0.0 } else { r12_1.signum() };
    Some(direction * balance / count(year - month))
}

/// Slope a day and R² of the least-squares line through the last `n` log closes. A flat series has slope 0 and R² 0.
#[must_use]
pub fn regression(logs: &[f64], n: usize) -> Option<(f64, f64)> {
    let y = tail(logs, n)?;
    let x_mean = (count(n) - 1.0) / 2.0;
    let y_mean = sum_in_lanes(y, |_, value| value) / count(n);
    let dx = |i| count(i) - x_mean;
    let xx = sum_in_lanes(y, |i, _| dx(i) * dx(i));
    let xy = sum_in_lanes(y, |i, value| dx(i) * (value - y_mean));
    let yy = sum_in_lanes(y, |_, value| (value - y_mean).powi(2));
    if xx == 0.0 {
        return None;
    }
    let r2 = if yy == 0.0 { 0.0 } else { xy * xy / (xx * yy) };
    Some((xy / xx, r2))
}

/// Clenow's momentum: `(e^(250 slope) − 1) · r2`, the slope a session made one of a year of so many, times its R².
#[must_use]
pub fn annualised(slope: f64, r2: f64, sessions: f64) -> f64 {
    (sessions * slope).exp_m1() * r2
}

/// Weighted ratios to the closes of 3, 6, 9 and 12 months ago, of which `months` says how many bars that is: `0.4
/// x/x[−63] + 0.2 x/x[−126] + 0.2 x/x[−189] + 0.2 x/x[−252]`. Needs one value more than the last of them.
#[must_use]
pub fn relative_strength(x: &[f64], months: [usize; 4]) -> Option<f64> {
    let mut sum = 0.0;
    for (weight, k) in [0.4, 0.2, 0.2, 0.2].into_iter().zip(months) {
        sum += weight * (change(x, k)? + 1.0);
    }
    Some(sum)
}

/// Relative strength index of Wilder over `n` changes, 0 to 100; `None` where nothing moved.
#[must_use]
pub fn rsi(close: &[f64], n: usize) -> Option<f64> {
    let changes = close.windows(2).map(|pair| pair[1] - pair[0]);
    let gain = wilder(changes.clone().map(|change| change.max(0.0)), n)?;
    let loss = wilder(changes.map(|change| (-change).max(0.0)), n)?;
    share(gain, loss)
}

/// Average true range of Wilder over `n` ranges, in price units. Needs n + 1 bars.
#[must_use]
pub fn atr(high: &[f64], low: &[f64], close: &[f64], n: usize) -> Option<f64> {
    wilder(true_ranges(high, low, close)?.into_iter(), n)
}

/// Average directional index of Wilder, 0 to 100, first defined at 2n bars; `None` where nothing moved.
///
/// As in TA-Lib the sums of directional movement and true range start from n − 1 values.
#[must_use]
pub fn adx(high: &[f64], low: &[f64], close: &[f64], n: usize) -> Option<f64> {
    let ranges = true_ranges(high, low, close)?;
    if ranges.len() < 2 * n - 1 {
        return None;
    }
    let (mut up, mut down, mut range) = (0.0, 0.0, 0.0);
    let mut first_dx = Vec::with_capacity(n);
    let mut adx = None;
    let mut dx = None;
    for i in 0..ranges.len() {
        let rise = high[i + 1] - high[i];
        let fall = low[i] - low[i + 1];
        if i + 1 >= n {
            for sum in [&mut up, &mut down, &mut range] {
                *sum -= *sum / count(n);
            }
        }
        up += if rise > fall && rise > 0.0 { rise } else { 0.0 };
        down += if fall > rise && fall > 0.0 { fall } else { 0.0 };
        range += ranges[i];
        if i + 1 < n {
            continue;
        }
        if up + down > 0.0 && range > 0.0 {
            dx = Some(100.0 * (up - down).abs() / (up + down));
        }
        let dx = dx?; // where nothing moved from the first
        if first_dx.len() < n {
            first_dx.push(dx);
            adx = mean(&first_dx);
        } else {
            adx = adx.map(|adx| (adx * (count(n) - 1.0) + dx) / count(n));
        }
    }
    finite(adx)
}

/// Moving average convergence divergence (12, 26, 9): line, signal, histogram, in price units. Needs 34
/// values. As in TA-Lib both averages start at the 26th value.
#[must_use]
pub fn macd(close: &[f64]) -> Option<[f64; 3]> {
    let fast = ema(close.get(14..)?, 12);
    let slow = ema(close, 26);
    let lines: Vec<f64> = fast.iter().zip(&slow).map(|(fast, slow)| fast - slow).collect();
    let signal = *ema(&lines, 9).last()?;
    let line = *lines.last()?;
    Some([line, signal, line - signal])
}

/// Money flow index over `n` changes of the typical price, 0 to 100; `None` where no money flowed.
#[must_use]
pub fn mfi(high: &[f64], low: &[f64], close: &[f64], volume: &[f64], n: usize) -> Option<f64> {
    let high = tail(high, n + 1)?;
    let low = tail(low, n + 1)?;
    let close = tail(close, n + 1)?;
    let typical: Vec<f64> = (0..=n).map(|i| (high[i] + low[i] + close[i]) / 3.0).collect();
    if !typical.iter().all(|price| price.is_finite()) {
        return None; // a missing high or low
    }
    let mut inflow = 0.0;
    let mut outflow = 0.0;
    for (pair, volume) in typical.windows(2).zip(tail(volume, n)?) {
        let flow = pair[1] * volume;
        if pair[1] > pair[0] {
            inflow += flow;
        } else if pair[1] < pair[0] {
            outflow += flow;
        }
    }
    share(inflow, outflow)
}

/// Bollinger bands: upper, middle, lower = SMA ± `width` population standard deviations.
#[must_use]
pub fn bollinger(close: &[f64], n: usize, width: f64) -> Option<[f64; 3]> {
    let middle = sma(close, n)?;
    let reach = width * standard_deviation(tail(close, n)?, 0)?;
    Some([middle + reach, middle, middle - reach])
}

/// Exponential averages (α = 2/(n + 1)) of all values from the n-th on, seeded with the mean of the first
/// n.
#[must_use]
pub fn ema(x: &[f64], n: usize) -> Vec<f64> {
    let Some(seed) = x.get(..n).and_then(mean) else {
        return Vec::new();
    };
    let alpha = 2.0 / (count(n) + 1.0);
    let mut averages = Vec::with_capacity(x.len() - n + 1);
    averages.push(seed);
    let mut average = seed;
    for value in &x[n..] {
        average += alpha * (value - average);
        averages.push(average);
    }
    averages
}

/// Wilder's smoothing of the whole series, seeded with the mean of the first n.
fn wilder(mut x: impl Iterator<Item = f64>, n: usize) -> Option<f64> {
    let first: Vec<f64> = x.by_ref().take(n).collect();
    let seed = mean(&first).filter(|_| first.len() == n)?;
    let (kept, added) = ((count(n) - 1.0) / count(n), 1.0 / count(n));
    finite(Some(x.fold(seed, |average, v| average * kept + v * added)))
}

/// True ranges from the second bar on; `None` when a high or low is missing.
fn true_ranges(high: &[f64], low: &[f64], close: &[f64]) -> Option<Vec<f64>> {
    (1..close.len())
        .map(|i| {
            let range = finite(Some(high[i] - low[i]))?;
            Some(range.max((high[i] - close[i - 1]).abs()).max((low[i] - close[i - 1]).abs()))
        })
        .collect()
}

/// 100 · part / (part + rest).
fn share(part: f64, rest: f64) -> Option<f64> {
    finite((part + rest > 0.0).then(|| 100.0 * part / (part + rest)))
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

/// The sum of a function of each value and its place: four sums side by side, because each addition waits for the one
/// before it.
fn sum_in_lanes(x: &[f64], of: impl Fn(usize, f64) -> f64) -> f64 {
    let mut sums = [0.0; 4];
    let (chunks, rest) = x.as_chunks::<4>();
    for (chunk, first) in chunks.iter().zip((0..).step_by(4)) {
        for lane in 0..4 {
            sums[lane] += of(first + lane, chunk[lane]);
        }
    }
    let first = x.len() - rest.len();
    for (lane, value) in rest.iter().enumerate() {
        sums[lane] += of(first + lane, *value);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "no series is longer than 2^53")]
fn count(n: usize) -> f64 {
    n as f64
}

/// ln `value` against mean and sample standard deviation of the logarithms of `baseline`, all above 0; `None` where
/// the baseline does not vary, which rounding may hide.
#[must_use]
pub fn log_zscore(value: f64, baseline: &[f64]) -> Option<f64> {
    let logs: Vec<f64> = baseline.iter().map(|v| v.ln()).collect();
    let usual = mean(&logs)?;
    let varies = baseline.windows(2).any(|pair| pair[0].to_bits() != pair[1].to_bits());
    let spread =
        standard_deviation(&logs, 1).filter(|spread| *spread > MIN_SPREAD * usual.abs())?;
    finite(varies.then(|| (value.ln() - usual) / spread))
}
