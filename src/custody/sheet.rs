//! Sheets of paper, as pages of HTML to print: the master key sheet and the guardians' envelopes.
//!
//! One page each, on A4 and Letter, black on white, with no script and nothing from elsewhere. A
//! sheet holds a key in clear, so it is written only where the person says, never where it could
//! be published, and is wiped once it is printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::write::{self, Disk, Mode};

use super::{CustodyError, Seed, destroy, outside};
use crate::provenance::key::Signer as _;
use crate::provenance::sshsig;

/// What a secret sheet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The next update key.
    Master,
    /// The only key of a person who signs for the register of her association.
    Own,
    /// A guardian's key.
    Guardian {
        /// Which envelope, from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
}

impl Kind {
    /// The name of its file.
    #[must_use]
    pub fn file_name(self) -> String {
        match self {
            Self::Master => "master-key-sheet.html".to_owned(),
            Self::Own => "my-key-sheet.html".to_owned(),
            Self::Guardian { number, .. } => format!("guardian-envelope-{number}.html"),
        }
    }
}

/// What all sheets of a setup say.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The brand or association.
    pub name: &'a str,
    /// The address of its site.
    pub address: &'a str,
    /// When the keys were made, as a civil date.
    pub made: &'a str,
    /// Whom to call; a name with a number each. Lines to write on if there are none.
    pub contacts: &'a [String],
    /// The language, a BCP 47 tag; English where there are no words in it.
    pub language: &'a str,
}

/// The words of one language.
pub(super) struct Words {
    words: BTreeMap<String, String>,
    language: &'static str,
}

/// Languages with words, each with its file.
const LANGUAGES: [(&str, &str); 5] = [
    ("en", include_str!("sheets/en.toml")),
    ("es", include_str!("sheets/es.toml")),
    ("fr", include_str!("sheets/fr.toml")),
    ("vi", include_str!("sheets/vi.toml")),
    ("ar", include_str!("sheets/ar.toml")),
];
const STYLE: &str = include_str!("sheets/sheet.css");

impl Words {
    /// The words of a language, or of the first one.
    pub(super) fn of(language: &str) -> Self {
        let wanted = language.split('-').next().unwrap_or_default();
        let found = LANGUAGES.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
        let (language, text) = found.unwrap_or(&LANGUAGES[0]);
        Self { words: toml::from_str(text).expect("the words are sound"), language }
    }

    /// A word, escaped.
    pub(super) fn word(&self, name: &str) -> String {
        escape(&self.words[name])
    }

    /// A word about somebody: `{name}` is set apart, whatever its direction of writing.
    pub(super) fn about(&self, word: &str, name: &str) -> String {
        self.word(word).replace("{name}", &format!("<bdi>{}</bdi>", escape(name)))
    }

    /// A page around a body.
    pub(super) fn page(&self, title: &str, name: &str, body: &str) -> Zeroizing<String> {
        let direction = if self.language == "ar" { "rtl" } else { "ltr" };
        Zeroizing::new(format!(
            "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title} – {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
             <p class=\"who\"><bdi>{}</bdi></p>\n{body}</main>\n</body>\n</html>\n",
            self.language,
            escape(name),
            escape(name),
        ))
    }
}

/// Text for HTML, in elements and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => (),
            c => out.push(c),
        }
    }
    out
}

/// One secret sheet as a page.
#[must_use]
pub fn render(kind: Kind, seed: &Seed, about: &About<'_>) -> Zeroizing<String> {
    let words = Words::of(about.language);
    let word = |name| words.word(name);
    let (title, purpose, keep, day) = match kind {
        Kind::Master => (
            word("master_title"),
            words.about("master_for", about.name),
            ["keep_paper", "keep_place", "keep_copy"],
            ["day_master_1", "day_master_2", "day_master_3"],
        ),
        Kind::Own => (
            word("own_title"),
            words.about("own_for", about.name),
            ["keep_paper", "keep_place", "keep_hand"],
            ["day_own_1", "day_own_2", "day_own_3"],
        ),
        Kind::Guardian { number, of } => {
            let numbered = |text: String| {
                text.replace("{number}", &number.to_string()).replace("{of}", &of.to_string())
            };
            (
                numbered(word("guardian_title")),
                numbered(words.word("guardian_for"))
                    .replace("{name}", &format!("<bdi>{}</bdi>", escape(about.name))),
                ["keep_paper", "keep_place", "keep_sealed"],
                ["day_guardian_1", "day_guardian_2", "day_guardian_3"],
            )
        }
    };
    // The key goes into this text, which is wiped; it is large enough not to move while it grows.
    let mut body = Zeroizing::new(String::with_capacity(16 << 10));
    let out = &mut *body;
    let _ = writeln!(
        out,
        "<p>{purpose}</p>\n<section>\n<h2>{}</h2>\n<table class=\"key\">",
        word("key")
    );
    for (index, line) in seed.to_sheet_lines().iter().enumerate() {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", index + 1);
        for group in line.split(' ') {
            let _ = write!(out, "<td>{group}</td>");
        }
        out.push_str("</tr>\n");
    }
    let fingerprint = sshsig::fingerprint(&seed.to_key().verifier_key());
    let _ = write!(
        out,
        "</table>\n<p class=\"small\">{}</p>\n</section>\n<section>\n<h2>{}</h2>\n<ul>\n",
        word("how_to_read"),
        word("keep"),
    );
    for name in keep {
        let _ = writeln!(out, "<li>{}</li>", word(name));
    }
    let _ = write!(out, "</ul>\n</section>\n<section>\n<h2>{}</h2>\n<ol>\n", word("day"));
    for name in day {
        let _ = writeln!(out, "<li>{}</li>", words.about(name, about.name));
    }
    let _ = write!(out, "</ol>\n</section>\n<section>\n<h2>{}</h2>\n", word("call"));
    if about.contacts.is_empty() {
        out.push_str("<p><span class=\"blank\"></span><span class=\"blank\"></span></p>\n");
    } else {
        out.push_str("<ul>\n");
        for contact in about.contacts {
            let _ = writeln!(out, "<li><bdi>{}</bdi></li>", escape(contact));
        }
        out.push_str("</ul>\n");
    }
    let _ = write!(
        out,
        "</section>\n<section>\n<h2>{}</h2>\n<dl>\n<dt>SHA-256</dt><dd class=\"mono\"><bdi>{fingerprint}</bdi></dd>\n\
         <dt></dt><dd class=\"small\">{}</dd>\n<dt>{}</dt><dd><bdi>{}</bdi></dd>\n<dt>{}</dt><dd><bdi>{}</bdi></dd>\n</dl>\n</section>\n\
         <div class=\"sign\"><p>{}</p><p>{}</p></div>\n",
        word("fingerprint"),
        word("fingerprint_note"),
        word("address"),
        escape(about.address),
        word("made"),
        escape(about.made),
        word("date"),
        word("signature"),
    );
    words.page(&title, about.name, &body)
}

/// A folder for sheets.
#[derive(Clone, Debug)]
pub struct SheetFolder {
    path: PathBuf,
}

impl SheetFolder {
    /// Admits a folder for sheets.
    ///
    /// # Errors
    /// Refuses a folder inside the site or any git work tree: what lies there gets published.
    pub fn admit(path: &Path, site: &Path) -> Result<Self, CustodyError> {
        Ok(Self { path: outside("sheets", path, site)? })
    }

    /// Writes a sheet; one of that name is an error.
    ///
    /// # Errors
    /// If there is such a sheet already, or the disk fails.
    pub fn store(&self, disk: &dyn Disk, name: &str, page: &str) -> Result<PathBuf, CustodyError> {
        let path = self.path.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(CustodyError::SheetExists(path));
        }
        write::create_folders(disk, &self.path, Mode::Secret)?;
        write::replace(disk, &path, page.as_bytes(), Mode::Secret)?;
        Ok(path)
    }

    /// Overwrites and removes the secret sheets; gives those that were there.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn wipe(&self, disk: &dyn Disk) -> Result<Vec<PathBuf>, CustodyError> {
        let guardians = (1..=super::setup::GUARDIANS)
            .map(|number| Kind::Guardian { number, of: super::setup::GUARDIANS });
        let mut gone = Vec::new();
        for kind in [Kind::Master, Kind::Own].into_iter().chain(guardians) {
            let path = self.path.join(kind.file_name());
            if path.symlink_metadata().is_ok() {
                destroy(disk, &path)?;
                gone.push(path);
            }
        }
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::RealDisk;

    fn about(language: &str) -> About<'_> {
        About {
            name: "<Two> Rivers & \"Co\"",
            address: "https://rivers.example/",
            made: "2026-05-01",
            contacts: &[],
            language,
        }
    }

    #[test]
    fn every_language_has_every_word() {
        let english = Words::of("en").words;
        for (tag, _) in LANGUAGES {
            let words = Words::of(tag).words;
            assert!(words.keys().eq(english.keys()), "{tag}");
            for (name, text) in &words {
                for slot in ["{name}", "{number}", "{of}"] {
                    assert_eq!(text.contains(slot), english[name].contains(slot), "{tag} {name}");
                }
            }
        }
        assert_eq!(Words::of("pt").language, "en");
        assert_eq!(Words::of("es-PE").language, "es");
    }

    #[test]
    fn a_sheet_holds_the_key_and_escapes_what_people_wrote() {
        let seed = Seed::new(Zeroizing::new([7; 32]));
        for (tag, _) in LANGUAGES {
            for kind in [Kind::Master, Kind::Own, Kind::Guardian { number: 2, of: 3 }] {
                let page = render(kind, &seed, &about(tag));
                assert!(page.contains("&lt;Two&gt; Rivers &amp; &quot;Co&quot;"));
                assert!(!page.contains("<Two>") && !page.contains("{name}"));
                for line in seed.to_sheet_lines() {
                    for group in line.split(' ') {
                        assert!(page.contains(&format!("<td>{group}</td>")));
                    }
                }
            }
        }
    }

    #[test]
    fn sheets_lie_outside_the_site_and_are_wiped() {
        let home = tempfile::tempdir().expect("a folder");
        let site = home.path().join("site");
        assert!(SheetFolder::admit(&site.join("sheets"), &site).is_err());
        let folder = SheetFolder::admit(&home.path().join("sheets"), &site).expect("a place");
        let name = Kind::Master.file_name();
        let path = folder.store(&RealDisk, &name, "page").expect("a sheet");
        assert!(matches!(
            folder.store(&RealDisk, &name, "page"),
            Err(CustodyError::SheetExists(_))
        ));
        assert_eq!(folder.wipe(&RealDisk).expect("gone"), std::slice::from_ref(&path));
        assert!(!path.exists());
    }
}
