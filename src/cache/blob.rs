//! A series of bars as bytes: a version, the number of bars, what the source states beside them, compressed columns.
//! The row that keeps them has the checksum.

use std::cell::RefCell;

use chrono::{Datelike, NaiveDate};
use zstd::bulk::Decompressor;

use super::stated::Stated;
use crate::bars::{Bar, Bars, PriceBasis, YEARS};

/// The version of the layout; blobs of another one are misses.
const VERSION: u8 = 3;
/// The most bars a blob may unfold to: three centuries.
const MAX_BARS: usize = 100_000;
/// Bytes of one bar: a date and six numbers.
const BAR: usize = 4 + 6 * 8;
/// Bytes before the bars: basis, whether the last is partial, bad rows.
const HEAD: usize = 1 + 1 + 4;

/// zstd without entropy coding: as small for noise, and several times faster to unfold.
const LEVEL: i32 = -5;

/// The numbers of a bar, in the order of the blob.
const COLUMNS: [fn(&Bar) -> f64; 6] = [
    |bar| bar.open,
    |bar| bar.high,
    |bar| bar.low,
    |bar| bar.close,
    |bar| bar.adjusted,
    |bar| bar.volume,
];

/// Appends the first bytes of all values, then the second ones, and so on.
fn shuffle<const N: usize>(out: &mut Vec<u8>, values: &[[u8; N]]) {
    for byte in 0..N {
        out.extend(values.iter().map(|value| value[byte]));
    }
}

/// The n values of 8 bytes that were shuffled: eight values at a time, whose bytes are a square to turn over.
fn unshuffled(planes: &[u8], n: usize) -> Vec<f64> {
    let mut values = Vec::with_capacity(n);
    let planes: [&[u8]; 8] = std::array::from_fn(|byte| &planes[byte * n..][..n]);
    let whole = n - n % 8;
    for at in (0..whole).step_by(8) {
        let rows = planes.map(|plane| word(&plane[at..at + 8]));
        values.extend(turned_over(rows).map(f64::from_bits));
    }
    for i in whole..n {
        values.push(f64::from_le_bytes(planes.map(|plane| plane[i])));
    }
    values
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Eight words whose n-th bytes are the bytes of the n-th word: blocks of 4, 2 and 1 bytes change places across the
/// diagonal.
fn turned_over(mut words: [u64; 8]) -> [u64; 8] {
    let steps =
        [(4, 0x0000_0000_ffff_ffff), (2, 0x0000_ffff_0000_ffff), (1, 0x00ff_00ff_00ff_00ff)];
    for (width, mask) in steps {
        for i in (0..8).filter(|i| i & width == 0) {
            let change = (words[i] >> (8 * width) ^ words[i + width]) & mask;
            words[i + width] ^= change;
            words[i] ^= change << (8 * width);
        }
    }
    words
}

/// The n days that were shuffled. `None`: one is beyond the calendar.
fn unshuffled_days(planes: &[u8], n: usize) -> Option<Vec<NaiveDate>> {
    let planes: [&[u8]; 4] = std::array::from_fn(|byte| &planes[byte * n..][..n]);
    let mut days = Vec::with_capacity(n);
    let mut last: Option<(i32, NaiveDate)> = None;
    for i in 0..n {
        let number = i32::from_le_bytes(planes.map(|plane| plane[i]));
        let date = match last {
            // The next day is had sooner than a day by its number.
            Some((before, date)) if (1..=4).contains(&number.wrapping_sub(before)) => {
                (before..number).try_fold(date, |date, _| date.succ_opt())?
            }
            _ => NaiveDate::from_epoch_days(number)?,
        };
        last = Some((number, date));
        days.push(date);
    }
    Some(days)
}

thread_local! {
    /// Making a decompressor costs as much as decompressing a series.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> =
        RefCell::new(Decompressor::new().ok());
}

fn decompress(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    DECOMPRESSOR
        .with_borrow_mut(|decompressor| decompressor.as_mut()?.decompress(packed, length).ok())
}

/// The bytes of a series.
#[must_use]
pub fn encode(bars: &Bars) -> Vec<u8> {
    let mut plain = Vec::with_capacity(HEAD + bars.len() * BAR);
    plain.push(u8::from(bars.basis() == PriceBasis::Adjusted));
    plain.push(u8::from(bars.is_partial()));
    plain.extend(u32::try_from(bars.bad_rows()).unwrap_or(u32::MAX).to_le_bytes());
    // Column by column and byte by byte: the first bytes of prices are much alike, the last are noise.
    let rows: Vec<Bar> = bars.rows().collect();
    let days: Vec<_> = rows.iter().map(|bar| bar.date.to_epoch_days().to_le_bytes()).collect();
    shuffle(&mut plain, &days);
    for column in COLUMNS {
        let numbers: Vec<_> = rows.iter().map(|bar| column(bar).to_le_bytes()).collect();
        shuffle(&mut plain, &numbers);
    }
    let mut bytes = vec![VERSION];
    bytes.extend(u32::try_from(bars.len()).unwrap_or(u32::MAX).to_le_bytes());
    Stated::of(bars).append_to(&mut bytes);
    // Compressing into memory does not fail; an empty blob would be a miss.
    bytes.extend(zstd::bulk::compress(&plain, LEVEL).unwrap_or_default());
    bytes
}

/// The bars of a blob; `None` for anything but what [`encode`] made.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Bars> {
    let (&version, body) = bytes.split_first()?;
    let (n, rest) = body.split_first_chunk::<4>()?;
    let n = u32::from_le_bytes(*n) as usize;
    if version != VERSION || n > MAX_BARS {
        return None;
    }
    let (stated, packed) = Stated::read(rest)?;
    let plain = decompress(packed, HEAD + n * BAR)?;
    let (head, columns) = plain.split_at_checked(HEAD)?;
    let bad_rows = u32::from_le_bytes(head[2..].try_into().ok()?);
    if columns.len() != n * BAR {
        return None;
    }
    let (days, numbers) = columns.split_at_checked(4 * n)?;
    let days = unshuffled_days(days, n)?;
    let mut ends = days.first().into_iter().chain(days.last());
    if !ends.all(|day| YEARS.contains(&day.year())) {
        return None;
    }
    let columns = std::array::from_fn(|i| unshuffled(&numbers[8 * i * n..], n));
    let basis = if head[0] == 1 { PriceBasis::Adjusted } else { PriceBasis::Unadjusted };
    let bars = Bars::of_checked(days, columns, basis, head[1] == 1)?;
    Some(stated.beside(bars).with_bad_rows(bad_rows as usize))
}
