//! Parquet out: named columns of one type each, row group by row group.

use std::io::{self, Write};
use std::sync::Arc;

use polars_arrow::array::{
    Array, Float64Array, Int32Array, Int64Array, UInt64Array, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field};
use polars_arrow::record_batch::RecordBatch;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, KeyValue, StatisticsOptions, Version, WriteOptions,
    get_dtype_encoding, row_group_iter, schema_to_metadata_key,
};

/// Rows of a row group, at the most.
const GROUP: usize = 512 * 512;

/// What a column holds; any value may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Texts.
    Text,
    /// Numbers.
    Number,
    /// Whole numbers.
    Integer,
    /// Whole numbers from 0.
    Count,
    /// Days since 1970.
    Day,
}

/// The values of a column.
#[derive(Clone, Debug)]
pub enum ColumnData {
    /// Texts.
    Texts(Vec<Option<String>>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Whole numbers.
    Integers(Vec<Option<i64>>),
    /// Whole numbers from 0.
    Counts(Vec<Option<u64>>),
    /// Days since 1970.
    Days(Vec<Option<i32>>),
}

/// A file that is being written.
pub struct ParquetWriter<W: Write> {
    writer: FileWriter<W>,
    schema: Arc<ArrowSchema>,
}

/// Writes a file of one piece.
///
/// # Errors
/// Those of `out`.
pub fn write_parquet(
    columns: Vec<(String, ColumnData)>,
    notes: Vec<(String, String)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let kinds: Vec<(String, ColumnType)> =
        columns.iter().map(|(name, column)| (name.clone(), column.kind())).collect();
    let mut writer = ParquetWriter::begin(&kinds, out)?;
    writer.write(columns.into_iter().map(|(_, column)| column).collect())?;
    writer.finish(notes)
}

impl<W: Write> ParquetWriter<W> {
    /// Begins a file of columns with these names.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(columns: &[(String, ColumnType)], out: W) -> io::Result<Self> {
        let fields =
            columns.iter().map(|(name, kind)| Field::new(name.as_str().into(), kind.arrow(), true));
        let schema: ArrowSchema = fields.collect();
        let options = WriteOptions {
            statistics: StatisticsOptions::default(),
            version: Version::V1,
            compression: CompressionOptions::Zstd(None),
            data_page_size: None,
        };
        let writer = FileWriter::try_new(out, schema.clone(), options).map_err(io::Error::other)?;
        Ok(Self { writer, schema: Arc::new(schema) })
    }

    /// Writes rows; the columns are those of the beginning, of the same length.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&mut self, columns: Vec<ColumnData>) -> io::Result<()> {
        let arrays: Vec<Box<dyn Array>> = columns.into_iter().map(ColumnData::into_array).collect();
        let rows = arrays.first().map_or(0, |array| array.len());
        let encodings: Vec<Vec<Encoding>> =
            self.schema.iter_values().map(|field| get_dtype_encoding(&field.dtype)).collect();
        for start in (0..rows).step_by(GROUP) {
            let length = GROUP.min(rows - start);
            let part = arrays.iter().map(|array| array.sliced(start, length)).collect();
            let batch = RecordBatch::try_new(length, Arc::clone(&self.schema), part)
                .map_err(io::Error::other)?;
            let fields = self.writer.parquet_schema().fields().to_vec();
            let group =
                row_group_iter(batch, encodings.clone().into(), fields, self.writer.options());
            self.writer.write(length as u64, group).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Ends the file, with notes in its footer.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(mut self, notes: Vec<(String, String)>) -> io::Result<()> {
        let mut metadata = vec![schema_to_metadata_key(self.writer.schema())];
        metadata.extend(notes.into_iter().map(|(key, value)| KeyValue { key, value: Some(value) }));
        self.writer.end(Some(metadata)).map(drop).map_err(io::Error::other)
    }
}

impl ColumnType {
    fn arrow(self) -> ArrowDataType {
        match self {
            Self::Text => ArrowDataType::Utf8View,
            Self::Number => ArrowDataType::Float64,
            Self::Integer => ArrowDataType::Int64,
            Self::Count => ArrowDataType::UInt64,
            Self::Day => ArrowDataType::Date32,
        }
    }
}

impl ColumnData {
    fn kind(&self) -> ColumnType {
        match self {
            Self::Texts(_) => ColumnType::Text,
            Self::Numbers(_) => ColumnType::Number,
            Self::Integers(_) => ColumnType::Integer,
            Self::Counts(_) => ColumnType::Count,
            Self::Days(_) => ColumnType::Day,
        }
    }

    fn into_array(self) -> Box<dyn Array> {
        match self {
            Self::Texts(texts) => Utf8ViewArray::from_slice(texts).boxed(),
            Self::Numbers(numbers) => Float64Array::from(numbers).boxed(),
            Self::Integers(numbers) => Int64Array::from(numbers).boxed(),
            Self::Counts(numbers) => UInt64Array::from(numbers).boxed(),
            Self::Days(days) => Int32Array::from(days).to(ArrowDataType::Date32).boxed(),
        }
    }
}
