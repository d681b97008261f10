//! Names of issuers: `did:key` and `did:web`.
//!
//! `did:key` (W3C CCG) holds the key itself. `did:web` names an https address; it is a
//! convenience for other people's verifiers, never our reason to trust (whoever owns the domain
//! tomorrow owns the name), and its document is never fetched here. Which key speaks for a name
//! is what trust lists say.

use std::fmt;

use super::key::VerifierKey;

/// A name of an issuer that this program understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// The name is the key.
    Key(VerifierKey),
    /// The name is an address.
    Web(DidWeb),
    /// The name is an address and the hash of the first entry of a history of keys.
    Webvh(DidWebvh),
}

impl Did {
    /// Reads a DID with no path, query or fragment.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(multikey) = text.strip_prefix("did:key:") {
            VerifierKey::from_multikey(multikey).map(Self::Key)
        } else if text.starts_with("did:webvh:") {
            DidWebvh::parse(text).map(Self::Webvh)
        } else {
            DidWeb::parse(text).map(Self::Web)
        }
    }

    /// The address in the name, if it is one.
    pub fn as_web(&self) -> Option<&DidWeb> {
        match self {
            Self::Web(web) => Some(web),
            Self::Webvh(webvh) => Some(&webvh.web),
            Self::Key(_) => None,
        }
    }

    /// Whether both name one issuer: a `did:webvh` name by its SCID alone, wherever it has moved.
    pub fn same_issuer(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Webvh(one), Self::Webvh(two)) => one.scid == two.scid,
            (one, two) => one == two,
        }
    }

    /// The verification method of a key of this issuer: the name, `#`, the multikey.
    pub fn verification_method(&self, key: &VerifierKey) -> String {
        format!("{self}#{key}")
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "did:key:{key}"),
            Self::Web(web) => web.fmt(f),
            Self::Webvh(webvh) => webvh.fmt(f),
        }
    }
}

/// Reads a verification method: a DID, `#`, and a fragment that is an Ed25519 multikey.
///
/// For `did:key` the fragment must repeat the key.
pub fn parse_verification_method(text: &str) -> Option<(Did, VerifierKey)> {
    let (did, fragment) = text.split_once('#')?;
    let did = Did::parse(did)?;
    let key = VerifierKey::from_multikey(fragment)?;
    match did {
        Did::Key(named) if named != key => None,
        did => Some((did, key)),
    }
}

/// A `did:webvh` name: the SCID, and the address under which its history is published.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DidWebvh {
    scid: String,
    web: DidWeb,
}

impl DidWebvh {
    /// Reads `did:webvh:<SCID>:host[%3Aport][:segment…]`.
    pub fn parse(text: &str) -> Option<Self> {
        let (scid, place) = text.strip_prefix("did:webvh:")?.split_once(':')?;
        Self::new(scid, DidWeb::parse(&format!("did:web:{place}"))?)
    }

    /// The name of an SCID at an address; the host must be a name, and no number of a machine.
    pub fn new(scid: &str, web: DidWeb) -> Option<Self> {
        let is_scid = scid.len() == 46
            && bs58::decode(scid)
                .into_vec()
                .is_ok_and(|bytes| bytes.len() == 34 && bytes[..2] == [0x12, 0x20]);
        // The URL Standard takes a host whose last label is a number for an IPv4 address.
        let last = web.host.rsplit('.').next().unwrap_or_default();
        let is_number = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
        (is_scid && !is_number).then(|| Self { scid: scid.to_owned(), web })
    }

    /// The self-certifying identifier.
    pub fn scid(&self) -> &str {
        &self.scid
    }

    /// The address that everything of it hangs on.
    pub fn web(&self) -> &DidWeb {
        &self.web
    }

    /// Where its history is published, as a path below [`DidWeb::base_url`].
    pub fn log_path(&self) -> &'static str {
        if self.web.path.is_empty() { ".well-known/did.jsonl" } else { "did.jsonl" }
    }

    /// Where the proofs of its witnesses are published, as a path below [`DidWeb::base_url`].
    pub fn witness_path(&self) -> &'static str {
        if self.web.path.is_empty() { ".well-known/did-witness.json" } else { "did-witness.json" }
    }
}

impl fmt::Display for DidWebvh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let web = self.web.to_string();
        write!(f, "did:webvh:{}:{}", self.scid, web.strip_prefix("did:web:").unwrap_or(&web))
    }
}

/// A `did:web` name: host (with port, if any) and path segments.
///
/// Kept in one spelling: the host in lower case, segments of plain letters, digits and `-._~`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DidWeb {
    host: String,
    port: Option<u16>,
    path: Vec<String>,
}

impl DidWeb {
    /// Reads `did:web:host[%3Aport][:segment…]`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("did:web:")?.split(':');
        let host = parts.next()?;
        let (host, port) = match host.split_once("%3A") {
            Some((host, port)) => (host, Some(parse_port(port)?)),
            None => (host, None),
        };
        Self::new(host, port, parts.map(str::to_owned).collect())
    }

    /// Makes the name of what is published under an `https://` address.
    ///
    /// The address may end in a slash; it has no query, fragment, user name or escapes.
    pub fn from_base_url(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("https://")?;
        let mut parts = rest.strip_suffix('/').unwrap_or(rest).split('/');
        let authority = parts.next()?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(parse_port(port)?)),
            None => (authority, None),
        };
        Self::new(&host.to_ascii_lowercase(), port, parts.map(str::to_owned).collect())
    }

    fn new(host: &str, port: Option<u16>, path: Vec<String>) -> Option<Self> {
        let is_host = host.len() <= 253
            && host.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        let are_segments = path.iter().all(|segment| {
            !matches!(segment.as_str(), "" | "." | "..")
                && segment.len() <= 255
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        });
        (is_host && are_segments).then(|| Self { host: host.to_owned(), port, path })
    }

    /// The host, in lower case, without a port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The path segments under which everything is published; empty for a whole host.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// Host, port and path joined by slashes: the address without its scheme, no slash at the end.
    pub fn authority_and_path(&self) -> String {
        let mut text = self.host.clone();
        if let Some(port) = self.port {
            text.push_str(&format!(":{port}"));
        }
        for segment in &self.path {
            text.push('/');
            text.push_str(segment);
        }
        text
    }

    /// The address that everything hangs on, with a slash at the end.
    pub fn base_url(&self) -> String {
        format!("https://{}/", self.authority_and_path())
    }

    /// Where the DID document stands, as a path below [`DidWeb::base_url`].
    pub fn document_path(&self) -> &'static str {
        if self.path.is_empty() { ".well-known/did.json" } else { "did.json" }
    }
}

impl fmt::Display for DidWeb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "did:web:{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, "%3A{port}")?;
        }
        self.path.iter().try_for_each(|segment| write!(f, ":{segment}"))
    }
}

/// A port in decimal, with one spelling, other than that of https itself.
fn parse_port(text: &str) -> Option<u16> {
    let port: u16 = text.parse().ok()?;
    (port.to_string() == text && port != 443 && port != 0).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::{Signer, TestSigner};

    #[test]
    fn web_names_and_addresses() {
        for (url, did, document) in [
            ("https://brand.example", "did:web:brand.example", ".well-known/did.json"),
            ("https://Brand.Example/", "did:web:brand.example", ".well-known/did.json"),
            ("https://user.example/a/b", "did:web:user.example:a:b", "did.json"),
            ("https://user.example:8443/a", "did:web:user.example%3A8443:a", "did.json"),
        ] {
            let web = DidWeb::from_base_url(url).unwrap();
            assert_eq!(web.to_string(), did);
            assert_eq!(DidWeb::parse(did), Some(web.clone()));
            assert_eq!(web.document_path(), document);
            assert_eq!(DidWeb::from_base_url(&web.base_url()), Some(web));
        }
    }

    #[test]
    fn odd_names_are_refused() {
        for did in [
            "did:web:",
            "did:web:Brand.example",
            "did:web:brand..example",
            "did:web:-brand.example",
            "did:web:brand.example:",
            "did:web:brand.example:..",
            "did:web:brand.example:a%2Fb",
            "did:web:brand.example%3A443",
            "did:web:brand.example%3a8443",
            "did:web:brand.example/a",
            "did:web:brand.example#key",
            "did:web:br\u{e4}nd.example",
            "did:key:z6Mk",
            "did:webvh:x:brand.example",
            "https://brand.example",
        ] {
            assert_eq!(Did::parse(did), None, "{did}");
        }
        for url in ["http://a.example", "https://u@a.example", "https://a.example/?q", "https://"] {
            assert_eq!(DidWeb::from_base_url(url), None, "{url}");
        }
    }

    #[test]
    fn verification_methods() {
        let key = TestSigner::from_seed([1; 32]).verifier_key();
        let other = TestSigner::from_seed([2; 32]).verifier_key();
        for did in [Did::Key(key), Did::parse("did:web:brand.example").unwrap()] {
            let method = did.verification_method(&key);
            assert_eq!(parse_verification_method(&method), Some((did, key)));
        }
        assert_eq!(parse_verification_method(&Did::Key(key).verification_method(&other)), None);
        assert_eq!(parse_verification_method(&format!("https://brand.example#{key}")), None);
        assert_eq!(parse_verification_method(&format!("did:key:{key}")), None);
    }
}
