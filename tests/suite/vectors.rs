//! Other people's vectors, and hostile cases, one table a topic.
//!
//! What is left out is left out by name, with its reason, where the table is run. Where each
//! file comes from stands in `tests/vectors/SOURCES.md` and `tests/hostile/SOURCES.md`.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::Value;

mod canonical;
mod credentials;
mod keys;
mod logs;
mod notes;
mod sshsig;
mod timestamps;
mod verdicts;
mod webvh;
mod witnesses;

/// A file or folder below `tests`.
fn path(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(below)
}

fn bytes(below: &str) -> Vec<u8> {
    fs::read(path(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
}

fn text(below: &str) -> String {
    String::from_utf8(bytes(below)).expect("a vector's text is UTF-8")
}

fn json(below: &str) -> Value {
    serde_json::from_slice(&bytes(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
}

/// A file of one JSON value a line.
fn jsonl(below: &str) -> Vec<Value> {
    text(below).lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn string<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} of {case:.80}"))
}

fn base64(text: &str) -> Vec<u8> {
    BASE64.decode(text.as_bytes()).expect("base64 in a vector")
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).expect("hex in a vector")
}

/// Names in a folder, sorted.
fn names(below: &str) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(path(below))
        .expect("a folder of vectors")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    names
}
