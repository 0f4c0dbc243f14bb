//! Kilobytes that unpack to gigabytes, settings that cannot be read, servers that are not there: each is refused by name,
//! at once, in little memory.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Ran, command, screener};
use flate2::Compression;
use flate2::write::GzEncoder;
use polars_arrow::array::{Array, Float64Array, Int32Array, MutableBinaryViewArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field};
use polars_arrow::record_batch::RecordBatch;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, StatisticsOptions, Version, WriteOptions,
    row_group_iter,
};

/// Bytes of memory that no bomb takes.
const MAX_MEMORY: u64 = 200_000_000;
/// Far more than any takes.
const MAX_TIME: Duration = Duration::from_secs(5);

/// Runs a command that has to refuse a file by its name.
fn assert_refused(words: &[&str], file: &Path) {
    let start = Instant::now();
    let mut child =
        command(words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut peak = 0;
    while child.try_wait().expect("it runs").is_none() {
        peak = peak.max(peak_memory(child.id()).unwrap_or_default());
        thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().expect("it ended");
    let said = String::from_utf8_lossy(&output.stderr).replace("\n  ", " ");
    let name = file.file_name().and_then(OsStr::to_str).expect("a name");
    assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
    assert!(said.contains(name) && said.contains("larger than"), "{words:?}: {said}");
    assert!(peak < MAX_MEMORY, "{words:?}: {peak} bytes");
    assert!(start.elapsed() < MAX_TIME, "{words:?}: {:?}", start.elapsed());
}

/// The most memory that a process had so far, in bytes. `None`: the system does not tell.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1_024)
}

/// Writes lines again and again, packed, as many bytes as are asked for.
fn packed(file: PathBuf, head: &str, line: &str, bytes: usize) -> PathBuf {
    let out = File::create(&file).expect("created");
    let lines = line.repeat(1_000_000 / line.len());
    let write = |out: &mut dyn Write| {
        out.write_all(head.as_bytes())?;
        (0..bytes / lines.len()).try_for_each(|_| out.write_all(lines.as_bytes()))
    };
    if file.extension() == Some(OsStr::new("gz")) {
        let mut out = GzEncoder::new(out, Compression::fast());
        write(&mut out).expect("written");
        out.finish().expect("finished");
    } else {
        let mut out = zstd::Encoder::new(out, 1).expect("an encoder");
        write(&mut out).expect("written");
        out.finish().expect("finished");
    }
    file
}

/// Some equal rows as Parquet: a text, a day and a price.
fn equal_rows(file: PathBuf, text: &str, rows: usize) -> PathBuf {
    let mut texts = MutableBinaryViewArray::<str>::new();
    texts.extend_constant(rows, Some(text));
    let texts: Utf8ViewArray = texts.into();
    let days = Int32Array::from_vec(vec![18_000; rows]).to(ArrowDataType::Date32);
    let closes = Float64Array::from_vec(vec![1.5; rows]);
    let arrays: Vec<Box<dyn Array>> = vec![texts.boxed(), days.boxed(), closes.boxed()];
    let names = ["symbol", "date", "close"];
    let fields = names.iter().zip(&arrays);
    let schema: ArrowSchema = fields
        .map(|(name, array)| Field::new((*name).into(), array.dtype().clone(), true))
        .collect();
    let options = WriteOptions {
        statistics: StatisticsOptions::empty(),
        version: Version::V2,
        compression: CompressionOptions::Zstd(None),
        data_page_size: None,
    };
    let out = File::create(&file).expect("created");
    let mut writer = FileWriter::try_new(out, schema.clone(), options).expect("a writer");
    let batch = RecordBatch::try_new(rows, schema.into(), arrays).expect("a batch");
    let encodings = vec![vec![Encoding::RleDictionary]; 3];
    let fields = writer.parquet_schema().fields().to_vec();
    let group = row_group_iter(batch, encodings.into(), fields, options);
    writer.write(rows as u64, group).expect("written");
    writer.end(None).expect("finished");
    file
}

#[test]
fn packed_texts_are_refused_in_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let large = 400_000_000;
    for ending in ["gz", "zst"] {
        let list = packed(path(&format!("list.{ending}")), "", "AAPL\n", large);
        let text = list.to_str().expect("UTF-8");
        assert_refused(&["top", text, "--provider", "sample"], &list);
        let head = "ticker,shares\n";
        let holdings = packed(path(&format!("held.csv.{ending}")), head, "AAPL,1\n", large);
        let text = holdings.to_str().expect("UTF-8");
        assert_refused(&["portfolio", text, "--provider", "sample"], &holdings);
        let join = packed(path(&format!("join.csv.{ending}")), "ticker,x\n", "AAPL,1\n", large);
        let text = join.to_str().expect("UTF-8");
        assert_refused(&["top", "--provider", "sample", "--join", text], &join);
        let members = packed(
            path(&format!("members.csv.{ending}")),
            "symbol,from,to\n",
            "AAPL,2010-01-01,\n",
            large,
        );
        let text = members.to_str().expect("UTF-8");
        assert_refused(&["evaluate", "--provider", "sample", "--members", text], &members);
        let head = "symbol,date,close\n";
        let prices =
            packed(path(&format!("prices.csv.{ending}")), head, "AAPL,2020-01-02,1.5\n", large);
        let text = prices.to_str().expect("UTF-8");
        assert_refused(&["top", "--provider", "files", "--data", text], &prices);
        // As much as was stated, and not a byte more.
        for (size, bytes) in [("300MB", "300000000 bytes"), ("300MiB", "300 MiB")] {
            let stated = ["top", "--provider", "files", "--data", text, "--max-bytes", size];
            let ran = screener(&stated);
            assert!(ran.code == Some(2) && ran.unfolded().contains(bytes), "{ran:#?}");
        }
    }
}

#[test]
fn parquet_is_counted_before_it_is_unpacked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let many = equal_rows(path("many.parquet"), "AAPL", 8_000_000);
    let text = many.to_str().expect("UTF-8");
    assert_refused(&["top", "--provider", "files", "--data", text], &many);
    let long = equal_rows(path("long.parquet"), &"A".repeat(5_000), 900_000);
    let text = long.to_str().expect("UTF-8");
    assert_refused(&["top", "--provider", "sample", "--join", text], &long);
    let bytes = std::fs::metadata(&long).expect("it is there").len();
    assert!(bytes < 100_000, "{bytes}");
}

/// What never ends, and what is one byte too long.
#[cfg(unix)]
#[test]
fn nothing_is_read_for_ever_and_nothing_is_cut() {
    for words in [
        &["top", "/dev/zero", "--provider", "sample"][..],
        &["portfolio", "/dev/zero", "--provider", "sample"],
        &["top", "--provider", "sample", "--join", "/dev/zero"],
        &["top", "--provider", "files", "--data", "/dev/zero"],
        &["merge", "/dev/zero"],
    ] {
        let start = Instant::now();
        let ran = screener(words);
        assert!(matches!(ran.code, Some(1 | 2)), "{words:?}: {ran:#?}");
        assert!(ran.stderr.contains("/dev/zero"), "{words:?}: {ran:#?}");
        assert!(start.elapsed() < MAX_TIME, "{words:?}: {:?}", start.elapsed());
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("list.txt");
    let text = file.to_str().expect("UTF-8");
    for (more, code) in [(0, 0), (1, 2)] {
        let mut list = "AAPL\n".to_owned();
        list.extend(std::iter::repeat_n('\n', (8 << 20) - list.len() + more));
        std::fs::write(&file, list).expect("written");
        let ran = screener(&["top", text, "--provider", "sample", "-q"]);
        assert_eq!(ran.code, Some(code), "{ran:#?}");
    }
}

/// A variable that cannot be read is not one that is not set.
#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStrExt;

    let bad = OsStr::from_bytes(b"caf\xff");
    for name in ["SCREENER_SHARED_KEY", "SCREENER_WORKERS", "SCREENER_FORMAT", "HTTPS_PROXY"] {
        let words = ["momentum", "-t", "A", "--base-url", "http://127.0.0.1:1", "--retries", "0"];
        let ran = Ran::of(command(&words).env(name, bad).output());
        let said = format!("the environment variable {name} is not UTF-8");
        assert!(ran.code == Some(2) && ran.stderr.contains(&said), "{ran:#?}");
    }
}

#[test]
fn a_short_shared_key_is_refused() {
    for key in ["", "short", "fifteen-bytes-x"] {
        let words = ["top", "-t", "A", "--provider", "sample"];
        let ran = Ran::of(command(&words).env("SCREENER_SHARED_KEY", key).output());
        let said = ran.unfolded();
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        assert!(said.contains("SCREENER_SHARED_KEY") && said.contains("16"), "{said}");
        assert!(key.is_empty() || !said.contains(key), "{said}");
    }
}

/// Nobody listens: that is known in a moment, however slowly requests may be sent.
#[test]
fn a_refused_connection_is_known_soon() {
    for more in [&[][..], &["--rate", "1", "--burst", "1"], &["--retries", "100"]] {
        let words = ["top", "sp500", "--base-url", "http://127.0.0.1:9"];
        let start = Instant::now();
        let ran = screener(&[&words[..], more].concat());
        assert!(start.elapsed() < Duration::from_secs(3), "{more:?}: {:?}", start.elapsed());
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        assert!(ran.stderr.contains("requests in a row failed"), "{ran:#?}");
    }
}
