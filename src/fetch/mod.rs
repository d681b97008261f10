//! Asks addresses that a person named, and no others.
//!
//! - `https` anywhere; plain `http` on loopback only, for tests and for services of one's own.
//! - No redirect is followed: an address that moved is said, and the person names the new one.
//! - Answers are bounded in size and time. No cookies, no proxy out of the environment.
//! - Certificates of servers are judged by the roots that this program carries (Mozilla's), or by
//!   those of one file if the caller gives it, and then by those alone.
//!
//! Everything that comes back is a stranger's bytes; whoever asked judges them.

mod files;
mod site;
mod storage;

use std::fmt;
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

pub use files::WebFiles;
pub use site::PublishedSite;
pub use storage::StorageClient;

/// Longest time for one question and its answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Most bytes of an answer's head.
const MAX_HEAD: usize = 16 * 1024;

/// Longest address.
const MAX_ADDRESS: usize = 2000;

/// What a server answered, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status, for example 200.
    pub status: u16,
    /// The kind of content, as the server says.
    pub content_type: Option<String>,
    /// The content.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchError {
    /// The address that was asked.
    pub address: String,
    /// Why, in plain words.
    pub why: String,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} gave no answer: {}", self.address, self.why)
    }
}

impl std::error::Error for FetchError {}

/// Asks servers; tests put their own answers in its place.
pub trait Web: Sync {
    /// Gets what stands at an address, at most `limit` bytes.
    ///
    /// # Errors
    /// If the address may not be asked, or nothing within the bounds came back.
    fn get(&self, address: &str, limit: usize) -> Result<Answer, FetchError>;

    /// Posts to an address; the answer has at most `limit` bytes.
    ///
    /// # Errors
    /// As for [`Web::get`].
    fn post(
        &self,
        address: &str,
        content_type: &str,
        body: &[u8],
        limit: usize,
    ) -> Result<Answer, FetchError>;
}

/// The real web.
#[derive(Debug)]
pub struct RealWeb {
    agent: ureq::Agent,
}

impl RealWeb {
    /// A client that judges servers by the roots that this program carries, or by those of a PEM
    /// file, `tls_roots`.
    ///
    /// # Errors
    /// If the file holds no certificate; the text says so.
    pub fn new(tls_roots: Option<&[u8]>) -> Result<Self, &'static str> {
        let roots = match tls_roots {
            None => RootCerts::WebPki,
            Some(pem) => {
                let roots: Vec<Certificate<'static>> = parse_pem(pem)
                    .filter_map(|item| match item {
                        Ok(PemItem::Certificate(certificate)) => Some(certificate),
                        _ => None,
                    })
                    .collect();
                if roots.is_empty() {
                    return Err("the file of TLS roots holds no certificate in PEM");
                }
                RootCerts::new_with_certs(&roots)
            }
        };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("selvedge")
            .max_response_header_size(MAX_HEAD)
            .timeout_global(Some(TIMEOUT))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    fn read(
        address: &str,
        limit: usize,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, FetchError> {
        let error = |why: String| FetchError { address: address.to_owned(), why };
        let mut answer = answer.map_err(|cause| error(in_words(&cause)))?;
        let status = answer.status().as_u16();
        let header = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        if (300..400).contains(&status) && status != 304 {
            let moved = header("location").unwrap_or_else(|| "another address".to_owned());
            return Err(error(format!("it moved to {moved}; give that address if it is right")));
        }
        let content_type = header("content-type");
        let body = answer
            .body_mut()
            .with_config()
            .limit(limit as u64)
            .read_to_vec()
            .map_err(|cause| error(in_words(&cause)))?;
        Ok(Answer { status, content_type, body })
    }
}

impl Web for RealWeb {
    fn get(&self, address: &str, limit: usize) -> Result<Answer, FetchError> {
        admit(address)?;
        Self::read(address, limit, self.agent.get(address).call())
    }

    fn post(
        &self,
        address: &str,
        content_type: &str,
        body: &[u8],
        limit: usize,
    ) -> Result<Answer, FetchError> {
        admit(address)?;
        let request = self.agent.post(address).header("content-type", content_type);
        Self::read(address, limit, request.send(body))
    }
}

fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "it took too long".to_owned(),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::BodyExceedsLimit(limit) => {
            format!("what came back is longer than {limit} bytes")
        }
        other => other.to_string(),
    }
}

/// Host, with its port if one is written, of an address that may be asked.
///
/// # Errors
/// If the address is not `https`, or `http` on loopback, or has a form that hides where it leads.
pub fn admit(address: &str) -> Result<&str, FetchError> {
    let refuse = |why: &str| Err(FetchError { address: address.to_owned(), why: why.to_owned() });
    if address.len() > MAX_ADDRESS || address.bytes().any(|byte| !(0x21..=0x7e).contains(&byte)) {
        return refuse("this is not an address");
    }
    let (is_secure, rest) = if let Some(rest) = address.strip_prefix("https://") {
        (true, rest)
    } else if let Some(rest) = address.strip_prefix("http://") {
        (false, rest)
    } else {
        return refuse("an address starts with https://");
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    if authority.is_empty() || authority.contains(['@', '\\', '%']) {
        return refuse("this is not an address");
    }
    if !is_secure && !is_loopback(authority) {
        return refuse("plain http is for this machine only; use https://");
    }
    Ok(authority)
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_are_asked() {
        for (address, host) in [
            ("https://tsa.example/tsr", "tsa.example"),
            ("https://tsa.example:8443", "tsa.example:8443"),
            ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
            ("http://[::1]:8080/x", "[::1]:8080"),
            ("http://localhost/", "localhost"),
        ] {
            assert_eq!(admit(address).unwrap(), host);
        }
        for address in [
            "",
            "tsa.example",
            "http://tsa.example/",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "http://127.0.0.1@tsa.example/",
            "https://user@tsa.example/",
            "https:///x",
            "https://tsa.example/a b",
            "ftp://tsa.example/",
            "file:///etc/passwd",
        ] {
            assert!(admit(address).is_err(), "{address}");
        }
    }
}
