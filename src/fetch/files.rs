//! Published folders, read over the web.
//!
//! What fetches is given by the caller; here is only how a published site is read through it. An
//! address is known beforehand (from a trust list or a person), and nothing that is fetched is
//! believed: heads are signed, tiles lead to heads.

use super::Web;
use crate::provenance::files::{Files, ReadError};

/// Largest file that is fetched of a register, in bytes: above any bundle of 256 entries.
const MAX_BYTES: usize = 20 << 20;

/// A published folder.
pub struct WebFiles<'a> {
    web: &'a dyn Web,
    base: String,
}

impl<'a> WebFiles<'a> {
    /// The folder at this address, with or without a slash at its end.
    pub fn at(web: &'a dyn Web, address: &str) -> Self {
        Self { web, base: format!("{}/", address.trim_end_matches('/')) }
    }
}

/// Whether a path has nothing in it that an address would read otherwise; no other is asked for.
pub(super) fn is_plain(path: &str) -> bool {
    path.split('/').all(|part| {
        !matches!(part, "" | "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    })
}

impl Files for WebFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let error = |why: String| ReadError { path: path.to_owned(), why };
        if !is_plain(path) {
            return Err(error("it is not a plain path".to_owned()));
        }
        let url = format!("{}{path}", self.base);
        let answer = self.web.get(&url, MAX_BYTES).map_err(|e| error(e.to_string()))?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 | 410 => Ok(None),
            status => Err(error(format!("{url} gave no file: the server answered {status}"))),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let why = "a folder on the web cannot be listed".to_owned();
        Err(ReadError { path: folder.to_owned(), why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::{Answer, FetchError};

    struct One;

    impl Web for One {
        fn get(&self, url: &str, _: usize) -> Result<Answer, FetchError> {
            let status = match url {
                "https://a.example/b/log/checkpoint" => 200,
                "https://a.example/b/log/broken" => 500,
                _ => 404,
            };
            Ok(Answer { status, content_type: None, body: b"x".to_vec() })
        }

        fn post(&self, url: &str, _: &str, _: &[u8], _: usize) -> Result<Answer, FetchError> {
            Err(FetchError { address: url.to_owned(), why: "no".to_owned() })
        }
    }

    #[test]
    fn a_site_is_read_below_its_address() {
        for base in ["https://a.example/b", "https://a.example/b/"] {
            let files = WebFiles::at(&One, base);
            assert_eq!(files.read("log/checkpoint").unwrap(), Some(b"x".to_vec()));
            assert_eq!(files.read("log/none").unwrap(), None);
            for path in ["log/broken", "../x", "log//x", "log/x?y", "log/%2e", "", "a b"] {
                assert!(files.read(path).is_err(), "{path}");
            }
            assert!(files.list("log").is_err());
        }
    }
}
