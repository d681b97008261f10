//! The address under which a site is published.

use std::fmt;

/// The address of the site: `https://host[:port]/path/`, always with the closing slash.
///
/// Every address on the pages, and the identity of the issuer, hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    url: String,
    host_len: usize,
}

/// Why a text is no address for a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseUrlError {
    /// It does not start with `https://` (or `http://` for a loopback host).
    Scheme,
    /// The host has characters that a host cannot have; names in other scripts are written `xn--…`.
    Host,
    /// The path has characters other than letters, digits, `-`, `_`, `.`, `~`, or an empty or dot part.
    Path,
    /// It has a question mark, a `#` or a user name.
    Extra,
}

const HTTPS: &str = "https://";

impl BaseUrl {
    /// Reads an address; a missing closing slash is added.
    ///
    /// # Errors
    /// Says which part is not as it must be.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let rest = text.strip_prefix(HTTPS).ok_or(BaseUrlError::Scheme)?;
        if rest.contains(['?', '#', '@', '\\']) {
            return Err(BaseUrlError::Extra);
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (name, port) = host.split_once(':').map_or((host, None), |(n, p)| (n, Some(p)));
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_port = |p: &str| p.parse::<u16>().is_ok_and(|n| n > 0 && p == n.to_string());
        if name.len() > 253 || !name.split('.').all(label_ok) || !port.is_none_or(is_port) {
            return Err(BaseUrlError::Host);
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let part_ok = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
        };
        if !path.is_empty() && !path.split('/').all(part_ok) {
            return Err(BaseUrlError::Path);
        }
        let slash = if path.is_empty() { "" } else { "/" };
        Ok(Self { url: format!("{HTTPS}{host}/{path}{slash}"), host_len: host.len() })
    }

    /// The whole address with its closing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Host and port, if there is one.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.url[HTTPS.len()..HTTPS.len() + self.host_len]
    }

    /// The path with a slash at both ends; `/` for none.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.url[HTTPS.len() + self.host_len..]
    }

    /// The address of a site path (no leading slash).
    #[must_use]
    pub fn join(&self, site_path: &str) -> String {
        [&self.url, site_path].concat()
    }

    /// Tells whether the host is one that nobody can own (RFC 2606, RFC 6761).
    #[must_use]
    pub fn is_example(&self) -> bool {
        let name = self.host().split(':').next().unwrap_or_default();
        let last = name.rsplit('.').next().unwrap_or_default();
        matches!(last, "example" | "test" | "invalid" | "localhost")
            || ["example.com", "example.org", "example.net"]
                .iter()
                .any(|e| name == *e || name.ends_with(&format!(".{e}")))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_strictly() {
        let table = [
            ("https://shop.example", Ok(("shop.example", "/"))),
            ("https://shop.example/", Ok(("shop.example", "/"))),
            ("https://user.host.example/my-shop", Ok(("user.host.example", "/my-shop/"))),
            ("https://h.example:8443/a/b/", Ok(("h.example:8443", "/a/b/"))),
            ("http://shop.example", Err(BaseUrlError::Scheme)),
            ("shop.example", Err(BaseUrlError::Scheme)),
            ("https://Shop.example", Err(BaseUrlError::Host)),
            ("https://", Err(BaseUrlError::Host)),
            ("https://a..b", Err(BaseUrlError::Host)),
            ("https://a.example:080", Err(BaseUrlError::Host)),
            ("https://a.example/x/../y", Err(BaseUrlError::Path)),
            ("https://a.example/x y", Err(BaseUrlError::Path)),
            ("https://a.example/?x", Err(BaseUrlError::Extra)),
            ("https://u@a.example/", Err(BaseUrlError::Extra)),
        ];
        for (text, expected) in table {
            let parsed = BaseUrl::parse(text);
            let got = parsed.as_ref().map(|url| (url.host(), url.path())).map_err(|e| *e);
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn example_hosts_are_known() {
        for (text, expected) in [
            ("https://shop.example", true),
            ("https://www.example.org/x", true),
            ("https://myexample.org", false),
            ("https://loom.shop", false),
        ] {
            assert_eq!(BaseUrl::parse(text).map(|url| url.is_example()), Ok(expected), "{text}");
        }
    }
}
