//! Parquet, column by column, after it is known how much of it there is.
//!
//! Types are few here, however narrow or nested a file has them: numbers, texts, days and times. What a column unpacks
//! to is counted from its pages' headers before any page is unpacked.

use std::fmt;
use std::io::Cursor;

use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_buffer::Buffer;
use polars_parquet::parquet::compression::DecompressionContext;
use polars_parquet::parquet::encoding::Encoding;
use polars_parquet::parquet::error::ParquetResult;
use polars_parquet::parquet::page::{CompressedPage, Page, split_buffer};
use polars_parquet::parquet::read::{BasicDecompressor, PageReader, decompress, get_page_iterator};
use polars_parquet::read::{
    ColumnChunkMetadata, FileMetadata, PhysicalType, RowGroupMetadata, column_iter_to_arrays,
    infer_schema, read_metadata,
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::lengths;
use super::values::{NUMBER, TEXT_VIEW, Values, plain_type, plain_values};
use crate::guard::unless_it_panics;
use crate::table::limit::{ByteLimit, TooLarge};

/// What every Parquet file begins with.
pub const MAGIC: &[u8] = b"PAR1";

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadParquet {
    /// What the reader says of it.
    #[error("{0}")]
    Damaged(String),
    /// It has more in it than may be read.
    #[error("it is {0}")]
    TooLarge(TooLarge),
}

fn damaged(error: impl fmt::Display) -> BadParquet {
    BadParquet::Damaged(error.to_string())
}

/// What foreign code reads, which panics on some damaged files.
fn or_damaged<T>(read: impl FnOnce() -> Result<T, BadParquet>) -> Result<T, BadParquet> {
    unless_it_panics(read).unwrap_or_else(|| Err(damaged("it is damaged")))
}

/// A file whose footer was read.
pub struct ParquetFile {
    bytes: Buffer<u8>,
    metadata: FileMetadata,
    schema: ArrowSchema,
}

impl ParquetFile {
    /// Reads the footer.
    ///
    /// # Errors
    /// [`BadParquet::Damaged`].
    pub fn open(bytes: Vec<u8>) -> Result<Self, BadParquet> {
        or_damaged(move || {
            let bytes = Buffer::from(bytes);
            let metadata = read_metadata(&mut Cursor::new(&bytes[..])).map_err(damaged)?;
            let schema = infer_schema(&metadata).map_err(damaged)?;
            Ok(Self { bytes, metadata, schema })
        })
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.schema.iter_names().map(ToString::to_string).collect()
    }

    /// How many rows there are, as the footer says.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.metadata.row_groups.iter().map(RowGroupMetadata::num_rows).sum()
    }

    /// Whether a column holds plain values, and no lists or records.
    #[must_use]
    pub fn is_plain(&self, name: &str) -> bool {
        let kind = self.schema.get(name).map(|field| plain_type(&field.dtype));
        kind.flatten().is_some() && self.chunks(name).iter().all(|chunks| chunks.len() == 1)
    }

    /// What stands under a key of the footer.
    #[must_use]
    pub fn note(&self, key: &str) -> Option<&str> {
        let notes = self.metadata.key_value_metadata().as_ref()?;
        notes.iter().find(|note| note.key == key)?.value.as_deref()
    }

    /// Counts what some columns unpack to, in bytes, and unpacks nothing but lengths; `before` were unpacked before.
    ///
    /// # Errors
    /// [`BadParquet::TooLarge`] if that is more than `limit` allows, else that the file is damaged.
    pub fn check_size(
        &self,
        names: &[String],
        limit: ByteLimit,
        before: u64,
    ) -> Result<u64, BadParquet> {
        or_damaged(|| {
            let mut unpacked = 0_u64;
            for name in names {
                for chunk in self.chunks(name).into_iter().flatten() {
                    unpacked = unpacked.saturating_add(self.unpacked_size(chunk)?);
                    let packed = Some(self.bytes.len() as u64);
                    limit.check(packed, unpacked).map_err(BadParquet::TooLarge)?;
                    let all = before.saturating_add(unpacked);
                    limit.check(None, all).map_err(BadParquet::TooLarge)?;
                }
            }
            Ok(unpacked)
        })
    }

    /// The values of some columns, a list of them for each row group, in the order of the names.
    ///
    /// # Errors
    /// [`BadParquet`] when it is damaged, has no such column or one of another kind.
    pub fn read(&self, names: &[String]) -> Result<Vec<Vec<Values>>, BadParquet> {
        or_damaged(|| {
            let groups = self.metadata.row_groups.len();
            let places: Vec<(usize, &String)> =
                (0..groups).flat_map(|group| names.iter().map(move |name| (group, name))).collect();
            let values: Result<Vec<Values>, BadParquet> =
                places.into_par_iter().map(|(group, name)| self.values(group, name)).collect();
            let mut values = values?.into_iter();
            Ok((0..groups).map(|_| values.by_ref().take(names.len()).collect()).collect())
        })
    }

    /// The chunks of a column in each row group.
    fn chunks(&self, name: &str) -> Vec<Vec<&ColumnChunkMetadata>> {
        let groups = self.metadata.row_groups.iter();
        groups
            .map(|group| group.columns_under_root_iter(name).into_iter().flatten().collect())
            .collect()
    }

    fn pages(&self, chunk: &ColumnChunkMetadata) -> ParquetResult<PageReader> {
        get_page_iterator(chunk, Cursor::new(self.bytes.clone()), Vec::new(), usize::MAX)
    }

    fn unpacked_size(&self, chunk: &ColumnChunkMetadata) -> Result<u64, BadParquet> {
        let is_text = chunk.physical_type() == PhysicalType::ByteArray;
        let (mut bytes, mut values) = (0_u64, 0_u64);
        let mut pages = self.pages(chunk).map_err(damaged)?;
        if pages.read_dict().map_err(damaged)?.is_some() {
            let start = usize::try_from(chunk.byte_range().start).unwrap_or(usize::MAX);
            bytes = self.bytes.get(start..).and_then(lengths::unpacked_size).unwrap_or(u64::MAX);
        }
        for page in pages {
            let page = page.map_err(damaged)?;
            let CompressedPage::Data(data) = &page else { continue };
            bytes = bytes.saturating_add(data.uncompressed_size() as u64);
            values = values.saturating_add(data.num_values() as u64);
            if is_text && data.header().encoding() == Encoding::DeltaByteArray.into() {
                bytes = bytes.saturating_add(repeated_bytes(page).map_err(damaged)?);
            }
        }
        let made = values.saturating_mul(if is_text { TEXT_VIEW } else { NUMBER });
        Ok(if is_text { bytes.saturating_add(made) } else { bytes.max(made) })
    }

    fn values(&self, group: usize, name: &str) -> Result<Values, BadParquet> {
        let group = &self.metadata.row_groups[group];
        let chunks: Vec<_> = group.columns_under_root_iter(name).into_iter().flatten().collect();
        let field = self.schema.get(name);
        let kind = field.and_then(|field| plain_type(&field.dtype));
        let (&[chunk], Some(kind)) = (chunks.as_slice(), kind) else {
            return Err(damaged(format!("column {name} holds no plain values")));
        };
        let pages = BasicDecompressor::new(self.pages(chunk).map_err(damaged)?, Vec::new());
        let field = Field::new(name.into(), kind, true);
        let primitive = &chunk.descriptor().descriptor.primitive_type;
        let (arrays, _) =
            column_iter_to_arrays(vec![pages], vec![primitive], field, None).map_err(damaged)?;
        let [array] = arrays.as_slice() else {
            return Ok(Values::Nulls(group.num_rows()));
        };
        if array.len() != group.num_rows() {
            return Err(damaged(format!("column {name} has another number of rows")));
        }
        plain_values(array.as_ref())
            .ok_or_else(|| damaged(format!("column {name} holds no plain values")))
    }
}

/// Bytes that texts have in common with those before them, which a page of this encoding does not hold.
fn repeated_bytes(page: CompressedPage) -> ParquetResult<u64> {
    let Page::Data(page) = decompress(page, &mut Vec::new(), &mut DecompressionContext::Unset)?
    else {
        return Ok(0);
    };
    Ok(lengths::delta_sum(split_buffer(&page)?.values).unwrap_or_default())
}
