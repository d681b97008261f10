//! The list of what Selvedge put at a place, kept there: `.selvedge-manifest`.
//!
//! ```text
//! selvedge manifest 2
//! <SHA-256 in hex> <bytes> <path>
//! ? <path>
//! ```
//!
//! A line with `?` is a file that was about to be sent or removed when the list was written: it is ours, and what bytes it
//! has must be looked at. The list says nothing that is not public at that place anyway, and is believed in so far only as
//! what is listed at the place fits to it; only files in it are ever removed. The list of a folder that `build` wrote
//! (version 1, without sizes) is understood as one whose files all have to be looked at.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use data_encoding::HEXLOWER;

use crate::write::SitePath;

/// What a file's bytes are known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) sha256: [u8; 32],
    pub(super) len_bytes: u64,
}

/// What the list says of a file of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// It was sent with these bytes.
    Sent(Facts),
    /// It is ours; look at it.
    Unsure,
}

pub(super) type Manifest = BTreeMap<SitePath, Listed>;

const HEAD: &str = "selvedge manifest 2";
const HEAD_OF_BUILD: &str = "selvedge manifest 1";

pub(super) fn write(manifest: &Manifest) -> String {
    let mut text = format!("{HEAD}\n");
    for (path, listed) in manifest {
        let _ = match listed {
            Listed::Sent(Facts { sha256, len_bytes }) => {
                writeln!(text, "{} {len_bytes} {path}", HEXLOWER.encode(sha256))
            }
            Listed::Unsure => writeln!(text, "? {path}"),
        };
    }
    text
}

/// Reads a list; `None` if it is none of ours. It comes from a host, so paths are admitted like any other.
pub(super) fn parse(bytes: &[u8]) -> Option<Manifest> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines();
    let head = lines.next()?;
    let line_of = match head {
        HEAD => parse_line,
        HEAD_OF_BUILD => |line: &str| {
            let (_, path) = line.split_once(' ')?;
            Some((SitePath::new(path).ok()?, Listed::Unsure))
        },
        _ => return None,
    };
    lines.map(line_of).collect()
}

fn parse_line(line: &str) -> Option<(SitePath, Listed)> {
    let (first, rest) = line.split_once(' ')?;
    if first == "?" {
        return Some((SitePath::new(rest).ok()?, Listed::Unsure));
    }
    let (len, path) = rest.split_once(' ')?;
    let sha256 = HEXLOWER.decode(first.as_bytes()).ok()?.try_into().ok()?;
    let facts = Facts { sha256, len_bytes: len.parse().ok()? };
    Some((SitePath::new(path).ok()?, Listed::Sent(facts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let path = |text| SitePath::new(text).unwrap();
        let facts = Facts { sha256: [7; 32], len_bytes: 12 };
        let manifest = Manifest::from([
            (path("index.html"), Listed::Sent(facts)),
            (path("photos/a b.jpg"), Listed::Unsure),
            (path(".well-known/did.json"), Listed::Sent(facts)),
        ]);
        let text = write(&manifest);
        assert!(text.starts_with("selvedge manifest 2\n"));
        assert_eq!(parse(text.as_bytes()), Some(manifest));
    }

    #[test]
    fn the_list_of_a_built_folder_says_what_is_ours() {
        let text = format!("selvedge manifest 1\n{} a/index.html\n", "0".repeat(64));
        let parsed = parse(text.as_bytes()).unwrap();
        assert_eq!(
            parsed.into_iter().collect::<Vec<_>>(),
            [(SitePath::new("a/index.html").unwrap(), Listed::Unsure)]
        );
    }

    #[test]
    fn what_is_no_list_of_ours_is_not_taken_for_one() {
        let hash = "0".repeat(64);
        for text in [
            String::new(),
            "<html>".to_owned(),
            "selvedge manifest 3\n".to_owned(),
            format!("selvedge manifest 2\n{hash} 5 ../x\n"),
            format!("selvedge manifest 2\n{hash} five x\n"),
            "selvedge manifest 2\n? /etc/passwd\n".to_owned(),
            "selvedge manifest 2\nhello\n".to_owned(),
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
