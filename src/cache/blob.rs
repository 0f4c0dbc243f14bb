//! A series of bars as bytes: a version, compressed columns, a checksum over both.

use chrono::NaiveDate;

use crate::bars::{Bar, Bars, Basis};

/// The version of the layout; blobs of another one are misses.
const VERSION: u8 = 1;
/// The most a blob may unfold to: two centuries of daily bars.
const MAX_BYTES: usize = 4 << 20;
/// Bytes of one bar: a date and five numbers.
const BAR: usize = 4 + 5 * 8;
/// Bytes before the bars: basis, whether the last is partial, bad rows.
const HEAD: usize = 1 + 1 + 4;

pub(super) fn encode(bars: &Bars) -> Vec<u8> {
    let mut plain = Vec::with_capacity(HEAD + bars.len() * BAR);
    plain.push(u8::from(bars.basis() == Basis::Adjusted));
    plain.push(u8::from(bars.is_partial()));
    plain.extend(u32::try_from(bars.bad_rows()).unwrap_or(u32::MAX).to_le_bytes());
    // Column by column: like beside like is smaller.
    let rows: Vec<Bar> = bars.rows().collect();
    for bar in &rows {
        plain.extend(bar.date.to_epoch_days().to_le_bytes());
    }
    for column in [
        |b: &Bar| b.high,
        |b: &Bar| b.low,
        |b: &Bar| b.close,
        |b: &Bar| b.adjusted,
        |b: &Bar| b.volume,
    ] {
        for bar in &rows {
            plain.extend(column(bar).to_le_bytes());
        }
    }
    let mut bytes = vec![VERSION];
    // Compressing into memory does not fail; an empty blob would be a miss.
    bytes.extend(zstd::bulk::compress(&plain, 1).unwrap_or_default());
    let checksum = crc32fast::hash(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// The bars of a blob; `None` for anything but what [`encode`] made.
pub(super) fn decode(bytes: &[u8]) -> Option<Bars> {
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let (&version, packed) = body.split_first()?;
    if version != VERSION {
        return None;
    }
    let plain = zstd::bulk::decompress(packed, MAX_BYTES).ok()?;
    let (head, columns) = plain.split_at_checked(HEAD)?;
    let bad_rows = u32::from_le_bytes(head[2..].try_into().ok()?);
    if !columns.len().is_multiple_of(BAR) {
        return None;
    }
    let n = columns.len() / BAR;
    let (days, numbers) = columns.split_at_checked(4 * n)?;
    let day = |i: usize| Some(i32::from_le_bytes(days[4 * i..][..4].try_into().ok()?));
    let number = |column: usize, i: usize| {
        Some(f64::from_le_bytes(numbers[8 * (column * n + i)..][..8].try_into().ok()?))
    };
    let rows: Option<Vec<Bar>> = (0..n)
        .map(|i| {
            Some(Bar {
                date: NaiveDate::from_epoch_days(day(i)?)?,
                high: number(0, i)?,
                low: number(1, i)?,
                close: number(2, i)?,
                adjusted: number(3, i)?,
                volume: number(4, i)?,
            })
        })
        .collect();
    let basis = if head[0] == 1 { Basis::Adjusted } else { Basis::Unadjusted };
    Some(Bars::new(rows?, basis, head[1] == 1).with_bad_rows(bad_rows as usize))
}
