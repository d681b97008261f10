//! The list of the files below `log/heads/`, for readers who cannot list a folder (RECORD-FORMAT §4.3).
//!
//! It is signed by nobody and believed in nothing: it tells which files may be asked for. What it leaves out is not
//! found, as where a folder lacks it; what it names and is not there is said.

use super::parse_decimal;

/// Where it is published, below the address of a site.
pub const PATH: &str = "log/heads/list";

/// Most files that a list names.
const MAX_LINES: usize = 65_536;

/// Largest list, in bytes.
const MAX_BYTES: usize = 4 << 20;

/// Longest part of a path, in bytes.
const MAX_PART: usize = 100;

/// Why a list cannot be used.
const MALFORMED: &str = "it is not a list of kept page seals: one file a line, for example \
                         5/checkpoint, in order, and nothing else";

/// Reads a list: the paths below `log/heads/`, in their order.
///
/// # Errors
/// If it is larger than the bounds, or has not the one form: `<size>/<path>` and a line feed for each file, sorted by its
/// bytes, none twice.
pub fn parse(bytes: &[u8]) -> Result<Vec<&str>, &'static str> {
    if bytes.len() > MAX_BYTES {
        return Err("it is larger than any list of kept page seals");
    }
    let text = std::str::from_utf8(bytes).map_err(|_| MALFORMED)?;
    let Some(text) = text.strip_suffix('\n') else {
        return if text.is_empty() { Ok(Vec::new()) } else { Err(MALFORMED) };
    };
    let paths: Vec<&str> = text.split('\n').take(MAX_LINES + 1).collect();
    if paths.len() > MAX_LINES {
        return Err("it names more files than any list of kept page seals");
    }
    let is_sorted = paths.windows(2).all(|pair| pair[0] < pair[1]);
    match is_sorted && paths.iter().all(|path| size_of(path).is_some()) {
        true => Ok(paths),
        false => Err(MALFORMED),
    }
}

/// Writes the list of these paths below `log/heads/`, in whatever order they come.
///
/// What no list can name is left out; beyond the bounds it is what belongs to the largest heads, since the smallest date
/// the most.
pub fn write<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let mut paths: Vec<(u64, &str)> =
        paths.filter_map(|path| Some((size_of(path)?, path))).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut bytes = 0;
    let mut named: Vec<&str> = paths
        .into_iter()
        .take(MAX_LINES)
        .map(|(_, path)| path)
        .take_while(|path| {
            bytes += path.len() + 1;
            bytes <= MAX_BYTES
        })
        .collect();
    named.sort_unstable();
    named.into_iter().flat_map(|path| [path, "\n"]).collect()
}

/// The size whose head a path belongs to, if a list can name it: a size, then one or two plain names.
fn size_of(path: &str) -> Option<u64> {
    let (size, rest) = path.split_once('/')?;
    let mut parts = rest.split('/');
    let is_plain = |part: &str| {
        (1..=MAX_PART).contains(&part.len())
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    let is_file = parts.clone().count() <= 2 && parts.all(is_plain);
    parse_decimal(size).filter(|_| is_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let paths =
            ["10/checkpoint", "2/tsa/office.pem", "2/checkpoint", "2/checkpoint.office.tsr"];
        let text =
            write(paths.into_iter().chain(["2/checkpoint", "list", "03/x", "4/.hidden", "5"]));
        let sorted =
            ["10/checkpoint", "2/checkpoint", "2/checkpoint.office.tsr", "2/tsa/office.pem"];
        assert_eq!(text, sorted.map(|path| format!("{path}\n")).concat());
        assert_eq!(parse(text.as_bytes()).unwrap(), sorted);
        assert_eq!(write(std::iter::empty()), "");
        assert_eq!(parse(b"").unwrap(), [""; 0]);
    }

    #[test]
    fn a_list_has_one_form() {
        let long = "a".repeat(MAX_PART + 1);
        for text in [
            "2/checkpoint",
            "\n",
            "2/checkpoint\n\n",
            "2/checkpoint\r\n",
            "2/checkpoint\n2/checkpoint\n",
            "3/checkpoint\n2/checkpoint\n",
            "02/checkpoint\n",
            "2/\n",
            "2//x\n",
            "2/../checkpoint\n",
            "2/a/b/c\n",
            "../checkpoint\n",
            "2/check point\n",
            "2/check%2e\n",
            "99999999999999999999/checkpoint\n",
            "<!DOCTYPE html>\n",
            "2/\u{e9}\n",
            &format!("2/{long}\n"),
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(parse(b"2/\xff\n").is_err());
    }

    #[test]
    fn a_list_has_bounds_and_the_smallest_heads_stay() {
        let many: Vec<String> =
            (0..MAX_LINES + 2).map(|size| format!("{size}/checkpoint")).collect();
        let text = write(many.iter().map(String::as_str));
        assert_eq!(parse(text.as_bytes()).unwrap().len(), MAX_LINES);
        assert!(text.contains("\n2/checkpoint\n"));
        assert!(!text.contains(&format!("\n{MAX_LINES}/checkpoint\n")));
        let mut more: Vec<&str> = many.iter().map(String::as_str).collect();
        more.sort_unstable();
        assert!(parse((more.join("\n") + "\n").as_bytes()).is_err());
        assert!(parse(&vec![b'a'; MAX_BYTES + 1]).is_err());
        let name = "x".repeat(MAX_PART);
        let long = (0..MAX_LINES as u64).map(|size| format!("{size}/{name}"));
        let long: Vec<String> = long.collect();
        let text = write(long.iter().map(String::as_str));
        assert!(text.len() <= MAX_BYTES && parse(text.as_bytes()).is_ok());
    }
}
