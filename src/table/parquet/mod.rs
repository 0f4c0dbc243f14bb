//! Parquet in, column by column, after it is known how much of it there is; and Parquet out.

mod file;
mod lengths;
mod values;
mod write;

pub use file::{BadParquet, MAGIC, ParquetFile};
pub use values::{Numbers, Texts, Values};
pub use write::{ColumnData, ColumnType, ParquetWriter, write_parquet};
