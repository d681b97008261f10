//! A published site as a folder to judge.
//!
//! Nothing can be listed over the web, but a register says itself which records there are: the names in `records` are
//! those of its entries that the site still holds. Which heads others vouch for stands in a list that the site publishes
//! ([`head_list`]); without it, nothing is known of them. What is fetched is kept for the run, so that each file is asked for once.
//!
//! "There is no such file" is an answer; a server's error, or none in time, is not. After the first such failure nothing
//! more is asked, and [`PublishedSite::failure`] tells it: what was judged until then is no verdict on the site.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use super::files::is_plain;
use super::{Web, WebFiles};
use crate::provenance::files::{Files, ReadError};
use crate::provenance::log::{Bundle, Checkpoint, Entry, head_list};

/// Most records that are fetched of one site.
const MAX_RECORDS: usize = 20_000;

/// Largest register that is fetched: the size stands in a head that the site itself signed.
const MAX_ENTRIES: u64 = 1_000_000;

/// Most bytes that are kept of one site.
const MAX_TOTAL: usize = 512 << 20;

/// A published site.
pub struct PublishedSite<'a> {
    files: WebFiles<'a>,
    seen: Mutex<Seen>,
    heads: OnceLock<Result<Vec<String>, ReadError>>,
}

/// What was fetched, how much that is, and why no more can be.
#[derive(Default)]
struct Seen {
    files: BTreeMap<String, Option<Vec<u8>>>,
    bytes: usize,
    failure: Option<ReadError>,
}

impl<'a> PublishedSite<'a> {
    /// The site at an address. Nothing is asked yet.
    pub fn at(web: &'a dyn Web, address: &str) -> Self {
        Self { files: WebFiles::at(web, address), seen: Mutex::default(), heads: OnceLock::new() }
    }

    /// Why some file could not be had, if that was so: then whatever was judged of this site is no verdict on it.
    pub fn failure(&self) -> Option<ReadError> {
        self.seen.lock().ok()?.failure.clone()
    }

    /// The files below `log/heads/` that the site lists, in the order of their bytes.
    fn heads(&self) -> Result<&[String], ReadError> {
        let listed = self.heads.get_or_init(|| {
            let path = head_list::PATH;
            let error = |why: &str| ReadError { path: path.to_owned(), why: why.to_owned() };
            let bytes = self.ask(path)?;
            let bytes = bytes.ok_or_else(|| {
                error("the site does not list its kept page seals; build it anew, or judge a copy of it")
            })?;
            let paths = head_list::parse(&bytes).map_err(error)?;
            Ok(paths.into_iter().map(str::to_owned).collect())
        });
        listed.as_deref().map_err(Clone::clone)
    }

    /// Names in a folder below `log/heads`, `inside` being its path there.
    fn names_of_heads(&self, inside: &str) -> Result<Vec<String>, ReadError> {
        let prefix = if inside.is_empty() { String::new() } else { format!("{inside}/") };
        let heads = self.heads()?;
        let from = heads.partition_point(|path| *path < prefix);
        let below = heads[from..].iter().map_while(|path| path.strip_prefix(&prefix));
        let mut names: Vec<String> =
            below.map(|rest| rest.split('/').next().unwrap_or(rest).to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// The records that the register names, by name.
    fn records(&self) -> Result<Vec<String>, ReadError> {
        let Some(bytes) = self.read("log/checkpoint")? else { return Ok(Vec::new()) };
        let Ok(checkpoint) = Checkpoint::parse(&bytes) else { return Ok(Vec::new()) };
        let size = checkpoint.head().size;
        let too_large = || ReadError {
            path: "records".to_owned(),
            why: "it has more records than are fetched; judge a copy of the site".to_owned(),
        };
        if size > MAX_ENTRIES {
            return Err(too_large());
        }
        let mut names = Vec::new();
        let bundles = (0..).map_while(|index| Bundle::in_log(size, index));
        for bundle in bundles {
            // Without this one the register cannot be read, whatever the others hold.
            let Some(bytes) = self.read(&format!("log/{}", bundle.path()))? else { break };
            for entry in bundle.decode(&bytes).unwrap_or_default() {
                let Some(Entry::Record(id)) = Entry::parse(entry) else { continue };
                let name = format!("{}.json", id.short());
                if names.len() >= MAX_RECORDS {
                    return Err(too_large());
                }
                if self.read(&format!("records/{name}"))?.is_some() {
                    names.push(name);
                }
            }
        }
        names.sort();
        Ok(names)
    }
}

impl PublishedSite<'_> {
    /// What the server has at a path, asked once.
    fn ask(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        if let Ok(seen) = self.seen.lock() {
            if let Some(found) = seen.files.get(path) {
                return Ok(found.clone());
            }
            // A path that no address can have says nothing of the server, and is refused below.
            if let Some(failure) = seen.failure.as_ref().filter(|_| is_plain(path)) {
                return Err(failure.clone());
            }
        }
        let answered = self.files.read(path);
        if let Ok(mut seen) = self.seen.lock() {
            match &answered {
                Ok(found) => {
                    seen.bytes += found.as_ref().map_or(0, Vec::len);
                    if seen.bytes > MAX_TOTAL {
                        let why = "the site is larger than what is fetched; judge a copy of it"
                            .to_owned();
                        let failure = ReadError { path: path.to_owned(), why };
                        seen.failure.get_or_insert(failure.clone());
                        return Err(failure);
                    }
                    seen.files.insert(path.to_owned(), found.clone());
                }
                Err(failure) if is_plain(path) => {
                    seen.failure.get_or_insert(failure.clone());
                }
                Err(_) => {}
            }
        }
        answered
    }
}

impl Files for PublishedSite<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let found = self.ask(path)?;
        let inside = path.strip_prefix("log/heads/").filter(|inside| *inside != "list");
        // What is named and not there may be the head that tells of another version.
        if let (None, Some(inside), Some(Ok(heads))) = (&found, inside, self.heads.get())
            && heads.binary_search_by(|named| named.as_str().cmp(inside)).is_ok()
        {
            let why = format!("{} names it, and the site does not have it", head_list::PATH);
            return Err(ReadError { path: path.to_owned(), why });
        }
        Ok(found)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        match folder.strip_prefix("log/heads") {
            Some("") => self.names_of_heads(""),
            Some(inside) if inside.starts_with('/') => self.names_of_heads(&inside[1..]),
            _ if folder == "records" => self.records(),
            _ => self.files.list(folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::{Answer, FetchError};

    /// A site of these files; one that is empty is a server's error.
    struct Server(BTreeMap<String, Vec<u8>>, Mutex<Vec<String>>);

    impl Web for Server {
        fn get(&self, url: &str, _: usize) -> Result<Answer, FetchError> {
            let path = url.strip_prefix("https://a.example/").unwrap();
            self.1.lock().unwrap().push(path.to_owned());
            let (status, body) = match self.0.get(path) {
                Some(body) if body == b"broken" => (503, Vec::new()),
                Some(body) => (200, body.clone()),
                None => (404, Vec::new()),
            };
            Ok(Answer { status, content_type: None, body })
        }

        fn post(&self, url: &str, _: &str, _: &[u8], _: usize) -> Result<Answer, FetchError> {
            Err(FetchError { address: url.to_owned(), why: "no".to_owned() })
        }
    }

    fn server(files: &[(&str, &str)]) -> Server {
        let files = files.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec()));
        Server(files.collect(), Mutex::default())
    }

    #[test]
    fn after_a_servers_error_nothing_more_is_asked_and_it_is_told() {
        let server = server(&[("a", "x"), ("b", "broken"), ("c", "x")]);
        let site = PublishedSite::at(&server, "https://a.example");
        assert_eq!(site.read("a").unwrap(), Some(b"x".to_vec()));
        assert_eq!(site.read("none").unwrap(), None);
        // What no address can be says nothing of the server.
        assert!(site.read("a b").is_err());
        assert_eq!(site.failure(), None);
        let failure = site.read("b").unwrap_err();
        assert!(failure.why.contains("https://a.example/b"), "{failure}");
        assert_eq!(site.read("c").unwrap_err(), failure);
        assert_eq!(site.read("a").unwrap(), Some(b"x".to_vec()));
        assert_eq!(site.failure(), Some(failure));
        assert_eq!(*server.1.lock().unwrap(), ["a", "none", "b"]);
    }

    #[test]
    fn kept_heads_are_those_of_the_published_list() {
        let list = "10/checkpoint\n2/checkpoint\n2/checkpoint.office.tsr\n2/tsa/office.pem\n";
        let server = server(&[("log/heads/list", list), ("log/heads/2/checkpoint", "x")]);
        let site = PublishedSite::at(&server, "https://a.example");
        assert_eq!(site.list("log/heads").unwrap(), ["10", "2"]);
        assert_eq!(
            site.list("log/heads/2").unwrap(),
            ["checkpoint", "checkpoint.office.tsr", "tsa"]
        );
        assert_eq!(site.list("log/heads/2/tsa").unwrap(), ["office.pem"]);
        assert_eq!(site.list("log/heads/1").unwrap(), [""; 0]);
        assert_eq!(site.read("log/heads/2/checkpoint").unwrap(), Some(b"x".to_vec()));
        // What it names and the site has not is said; what it does not name is not there.
        let missing = site.read("log/heads/10/checkpoint").unwrap_err();
        assert!(missing.why.contains("does not have it"), "{missing}");
        assert_eq!(site.read("log/heads/3/checkpoint").unwrap(), None);
        assert_eq!(site.failure(), None);
        assert!(site.list("log/forks").is_err());
    }

    #[test]
    fn without_a_list_that_can_be_read_kept_heads_are_not_known() {
        for files in [&[][..], &[("log/heads/list", "<!DOCTYPE html>\n")]] {
            let server = server(files);
            let site = PublishedSite::at(&server, "https://a.example");
            let error = site.list("log/heads").unwrap_err();
            assert_eq!(error.path, "log/heads/list");
            assert_eq!(site.list("log/heads/2").unwrap_err(), error);
            assert_eq!(site.failure(), None, "it is no error of the server");
        }
    }
}
