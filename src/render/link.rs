//! Links inside the site: relative, so that the same output works at a domain, under a path and
//! from a folder.

use crate::model::BaseUrl;

/// How links to pages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStyle {
    /// `products/red-shawl/`: for a server.
    Pretty,
    /// `products/red-shawl/index.html`: for a folder on a disk or stick.
    Files,
}

/// A path in the site's output, without a leading slash, such as `products/red-shawl/index.html`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SitePath(Box<str>);

impl SitePath {
    /// The path of a file, given from the root of the site.
    pub(super) fn file(path: impl Into<Box<str>>) -> Self {
        Self(path.into())
    }

    /// The path of the page whose address is `dir` (empty, or with a closing slash).
    pub(super) fn page(dir: &str) -> Self {
        Self(format!("{dir}index.html").into())
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Writes the links of one page.
#[derive(Clone, Debug)]
pub(super) struct Linker {
    /// From the page to the root of the site.
    up: String,
    style: LinkStyle,
}

impl Linker {
    /// For the page whose address is `dir` (empty, or with a closing slash).
    pub(super) fn new(dir: &str, style: LinkStyle) -> Self {
        let depth = dir.matches('/').count();
        let up = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
        Self { up, style }
    }

    /// For a page that is shown at any address: links begin at the root of the host.
    pub(super) fn absolute(base_url: Option<&BaseUrl>, style: LinkStyle) -> Self {
        Self { up: base_url.map_or("/", BaseUrl::path).to_owned(), style }
    }

    /// For a fragment that is put into many pages: `mark` stands for the way to the root.
    pub(super) fn marked(mark: &str, style: LinkStyle) -> Self {
        Self { up: mark.to_owned(), style }
    }

    /// From the page to the root of the site.
    pub(super) fn up(&self) -> &str {
        &self.up
    }

    /// How its links to pages are written.
    pub(super) fn style(&self) -> LinkStyle {
        self.style
    }

    /// A link to the page whose address is `dir`.
    pub(super) fn page(&self, dir: &str) -> String {
        match self.style {
            LinkStyle::Pretty => [&self.up, dir].concat(),
            LinkStyle::Files => [&self.up, dir, "index.html"].concat(),
        }
    }

    /// A link to a file.
    pub(super) fn file(&self, path: &str) -> String {
        [&self.up, path].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_any_depth_to_the_root() {
        let table = [
            ("", LinkStyle::Pretty, "", "./"),
            ("", LinkStyle::Files, "", "./index.html"),
            ("", LinkStyle::Pretty, "products/a/", "./products/a/"),
            ("products/a/", LinkStyle::Pretty, "", "../../"),
            ("products/a/", LinkStyle::Files, "es/", "../../es/index.html"),
            ("es/products/page/2/", LinkStyle::Pretty, "about/", "../../../../about/"),
        ];
        for (from, style, to, expected) in table {
            assert_eq!(Linker::new(from, style).page(to), expected, "{from} to {to}");
        }
        let base = BaseUrl::parse("https://host.example/shop").expect("an address");
        let linker = Linker::absolute(Some(&base), LinkStyle::Pretty);
        assert_eq!(linker.page("about/"), "/shop/about/");
        assert_eq!(linker.file("assets/a.css"), "/shop/assets/a.css");
    }
}
