//! The values of a column, of few types however many a file may have: numbers, texts, days and times.

use std::ops::Deref;

use chrono::{DateTime, NaiveDate, NaiveTime};
use half::f16;
use polars_arrow::array::{
    Array, BooleanArray, FixedSizeBinaryArray, Float64Array, Int32Array, Int64Array,
    PrimitiveArray, Utf8ViewArray,
};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::types::NativeType;

use crate::table::number::Decimal;

/// Bytes that a text takes in a column, beside its own.
pub(super) const TEXT_VIEW: u64 = 16;
/// Bytes that a number, a day or a time takes, at the most that is made of it.
pub(super) const NUMBER: u64 = 8;

/// Bytes of a text that a view holds itself.
const INLINE: usize = 12;

/// A column's numbers: shared with the file's, or copied where some are null or of another type.
pub type Numbers = Box<dyn Deref<Target = [f64]> + Send + Sync>;

/// A column's texts.
#[derive(Clone)]
pub struct Texts(Utf8ViewArray);

/// The values of a column in one row group.
#[derive(Clone)]
pub enum Values {
    /// Fractions, and decimals.
    Numbers(Float64Array),
    /// Whole numbers of any width.
    Integers(Int64Array),
    /// Texts.
    Texts(Utf8ViewArray),
    /// Days since 1970.
    Days(Int32Array),
    /// Times since 1970.
    Times {
        /// In parts of a second.
        stamps: Int64Array,
        /// How many parts make a second.
        per_second: i64,
        /// The zone that the file names.
        zone: Option<String>,
    },
    /// Nothing but nulls, so many.
    Nulls(usize),
}

impl Values {
    /// How many there are, nulls included.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Integers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
            Self::Days(days) => days.len(),
            Self::Times { stamps, .. } => stamps.len(),
            Self::Nulls(count) => *count,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each value as a number, NaN where it is none; texts are read with a decimal mark.
    #[must_use]
    pub fn numbers(&self, decimal: Decimal) -> Numbers {
        match self {
            Self::Numbers(numbers) if numbers.null_count() == 0 => {
                Box::new(numbers.values().clone())
            }
            Self::Numbers(numbers) => {
                Box::new(or_nan(numbers.values().as_slice().to_vec(), numbers.validity()))
            }
            Self::Integers(numbers) => {
                #[expect(clippy::cast_precision_loss, reason = "no price has so many digits")]
                let values = numbers.values().iter().map(|number| *number as f64).collect();
                Box::new(or_nan(values, numbers.validity()))
            }
            Self::Texts(texts) => {
                let numbers = texts.iter().map(|text| decimal.number(text?));
                Box::new(numbers.map(|number| number.unwrap_or(f64::NAN)).collect::<Vec<f64>>())
            }
            Self::Days(_) | Self::Times { .. } | Self::Nulls(_) => {
                Box::new(vec![f64::NAN; self.len()])
            }
        }
    }

    /// The column as texts.
    #[must_use]
    pub fn as_texts(&self) -> Texts {
        match self {
            Self::Texts(texts) => Texts(texts.clone()),
            other => Texts(Utf8ViewArray::from_slice(other.texts())),
        }
    }

    /// Bytes of all texts, as if each stood by itself.
    #[must_use]
    pub fn text_bytes(&self) -> u64 {
        match self {
            Self::Texts(texts) => texts.total_bytes_len() as u64,
            other => other.len() as u64 * NUMBER,
        }
    }

    /// Each value as a text; days and times at midnight as `2026-11-20`.
    #[must_use]
    pub fn texts(&self) -> Vec<Option<String>> {
        match self {
            Self::Numbers(numbers) => {
                numbers.iter().map(|number| number.map(|number| format!("{number:?}"))).collect()
            }
            Self::Integers(numbers) => {
                numbers.iter().map(|number| number.map(ToString::to_string)).collect()
            }
            Self::Texts(texts) => texts.iter().map(|text| text.map(String::from)).collect(),
            Self::Days(days) => days
                .iter()
                .map(|day| Some(NaiveDate::from_epoch_days(*day?)?.to_string()))
                .collect(),
            Self::Times { stamps, per_second, .. } => {
                stamps.iter().map(|stamp| time_text(*stamp?, *per_second)).collect()
            }
            Self::Nulls(count) => vec![None; *count],
        }
    }
}

impl Texts {
    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.0.get(row)
    }

    /// Whether other rows have the same text as one.
    pub fn equal_to(&self, row: usize) -> Box<dyn Fn(usize) -> bool + '_> {
        let texts = &self.0;
        let wanted = texts.get(row).unwrap_or_default();
        if wanted.len() <= INLINE && texts.null_count() == 0 {
            // Short texts stand in their views: two of them are the same when those are.
            let views = texts.views();
            let wanted = views[row].as_u128();
            return Box::new(move |other| views[other].as_u128() == wanted);
        }
        Box::new(move |other| texts.get(other).unwrap_or_default() == wanted)
    }
}

fn time_text(stamp: i64, per_second: i64) -> Option<String> {
    let nanoseconds = stamp.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let nanoseconds = u32::try_from(nanoseconds).ok()?;
    let time = DateTime::from_timestamp(stamp.div_euclid(per_second), nanoseconds)?.naive_utc();
    let is_midnight = time.time() == NaiveTime::MIN;
    Some(if is_midnight { time.date().to_string() } else { time.to_string() })
}

/// The type that a column is read as. `None`: it holds no plain values.
pub(super) fn plain_type(kind: &ArrowDataType) -> Option<ArrowDataType> {
    use ArrowDataType as T;
    Some(match kind {
        T::Dictionary(_, values, _) => return plain_type(values),
        T::Float16 => T::FixedSizeBinary(2), // half-precision numbers are no type of these arrays
        T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Binary | T::LargeBinary | T::BinaryView => {
            T::Utf8View
        }
        T::Null
        | T::Boolean
        | T::Int8
        | T::Int16
        | T::Int32
        | T::Int64
        | T::UInt8
        | T::UInt16
        | T::UInt32
        | T::UInt64
        | T::Float32
        | T::Float64
        | T::Decimal(..)
        | T::Decimal32(..)
        | T::Decimal64(..)
        | T::Date32
        | T::Date64
        | T::Timestamp(..) => kind.clone(),
        _ => return None,
    })
}

pub(super) fn plain_values(array: &dyn Array) -> Option<Values> {
    use ArrowDataType as T;
    Some(match array.dtype() {
        T::Null => Values::Nulls(array.len()),
        T::Boolean => {
            let flags = array.as_any().downcast_ref::<BooleanArray>()?;
            Values::Integers(flags.iter().map(|flag| flag.map(i64::from)).collect())
        }
        T::Int8 => integers::<i8>(array)?,
        T::Int16 => integers::<i16>(array)?,
        T::Int32 => integers::<i32>(array)?,
        T::Int64 => Values::Integers(primitive::<i64>(array)?.clone()),
        T::UInt8 => integers::<u8>(array)?,
        T::UInt16 => integers::<u16>(array)?,
        T::UInt32 => integers::<u32>(array)?,
        T::UInt64 => {
            let numbers = primitive::<u64>(array)?.iter();
            Values::Integers(numbers.map(|number| i64::try_from(*number?).ok()).collect())
        }
        T::FixedSizeBinary(2) => {
            let halves = array.as_any().downcast_ref::<FixedSizeBinaryArray>()?.iter();
            Values::Numbers(halves.map(|bytes| half_precision(bytes?)).collect())
        }
        T::Float32 => numbers::<f32>(array, f64::from)?,
        T::Float64 => Values::Numbers(primitive::<f64>(array)?.clone()),
        T::Decimal(_, scale) => {
            let unit = 10_f64.powi(i32::try_from(*scale).ok()?);
            #[expect(clippy::cast_precision_loss, reason = "prices have fewer digits")]
            numbers::<i128>(array, |number| number as f64 / unit)?
        }
        T::Date32 => Values::Days(primitive::<i32>(array)?.clone()),
        T::Date64 => times(array, 1_000, None)?,
        T::Timestamp(unit, zone) => {
            let per_second = match unit {
                TimeUnit::Second => 1,
                TimeUnit::Millisecond => 1_000,
                TimeUnit::Microsecond => 1_000_000,
                TimeUnit::Nanosecond => 1_000_000_000,
            };
            times(array, per_second, zone.as_ref().map(ToString::to_string))?
        }
        T::Utf8View => Values::Texts(array.as_any().downcast_ref::<Utf8ViewArray>()?.clone()),
        _ => return None,
    })
}

fn half_precision(bytes: &[u8]) -> Option<f64> {
    Some(f64::from(f16::from_le_bytes(bytes.try_into().ok()?)))
}

fn primitive<T: NativeType>(array: &dyn Array) -> Option<&PrimitiveArray<T>> {
    array.as_any().downcast_ref()
}

/// Whole numbers of another width, nulls where they are.
fn integers<T: NativeType>(array: &dyn Array) -> Option<Values>
where
    i64: From<T>,
{
    let numbers = primitive::<T>(array)?;
    let values = numbers.values().iter().map(|number| i64::from(*number)).collect();
    Some(Values::Integers(Int64Array::from_vec(values).with_validity(numbers.validity().cloned())))
}

/// Numbers of another kind, nulls where they are.
fn numbers<T: NativeType>(array: &dyn Array, number: impl Fn(T) -> f64) -> Option<Values> {
    let numbers = primitive::<T>(array)?;
    let values = numbers.values().iter().map(|value| number(*value)).collect();
    Some(Values::Numbers(Float64Array::from_vec(values).with_validity(numbers.validity().cloned())))
}

/// NaN wherever a value is null.
fn or_nan(mut values: Vec<f64>, validity: Option<&Bitmap>) -> Vec<f64> {
    if let Some(validity) = validity.filter(|validity| validity.unset_bits() > 0) {
        for (value, is_there) in values.iter_mut().zip(validity) {
            if !is_there {
                *value = f64::NAN;
            }
        }
    }
    values
}

fn times(array: &dyn Array, per_second: i64, zone: Option<String>) -> Option<Values> {
    let stamps = primitive::<i64>(array)?.clone();
    Some(Values::Times { stamps, per_second, zone })
}
