//! The hand-over sheet: what an heir or a successor needs to know, none of it secret.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Deserialize;

use super::sheet::{Words, escape};

/// Longest file in bytes.
pub const MAX_FILE: u64 = 64 << 10;

/// What a person wrote for whoever comes after her; the file `private/handover.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Handover {
    /// Where the name is registered.
    pub registrar: Option<String>,
    /// When the name is to be renewed.
    pub registrar_renewal: Option<String>,
    /// Where the site lies.
    pub host: Option<String>,
    /// When the hosting is to be renewed.
    pub host_renewal: Option<String>,
    /// Where the backup lies.
    pub backup: Option<String>,
    /// Where the master key sheet lies.
    pub master_sheet: Option<String>,
    /// Whom to call.
    pub contacts: Vec<Person>,
    /// Who keeps the envelopes.
    pub guardians: Vec<Person>,
}

/// Somebody who helps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name.
    pub name: String,
    /// A telephone number or an address.
    #[serde(default)]
    pub reach: String,
}

impl Handover {
    /// Reads the file.
    ///
    /// # Errors
    /// Says what cannot be understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            format!("line {line}: {}", error.message())
        })
    }
}

impl Handover {
    /// What is to be renewed by that day or before, or has no day that is understood though it was written: the name (`true`) or
    /// the hosting, and what was written.
    #[must_use]
    pub fn due(&self, by: Date) -> Vec<(bool, &str)> {
        let all = [(true, &self.registrar_renewal), (false, &self.host_renewal)];
        let is_due = |written: &str| written.trim().parse::<Date>().map_or(true, |day| day <= by);
        let written = all.into_iter().filter_map(|(is_name, day)| Some((is_name, day.as_deref()?)));
        written.filter(|(_, day)| is_due(day)).collect()
    }
}

/// What the sheet tells of a site, none of it secret.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The brand or association.
    pub name: &'a str,
    /// The address of its site.
    pub address: &'a str,
    /// Whom the charter names as successor.
    pub successor: Option<&'a str>,
    /// How many guardians have to come together, and how many there are; none if there are none.
    pub guardians: Option<(u64, usize)>,
    /// Lines more, such as fingerprints, each with its name.
    pub facts: &'a [(String, String)],
}

/// The sheet as a page.
#[must_use]
pub fn render(handover: &Handover, about: &About<'_>, language: &str) -> String {
    let About { name, address, successor, guardians, facts } = *about;
    let words = Words::of(language);
    let word = |name| words.word(name);
    let mut out = format!(
        "<p>{}</p>\n<section>\n<h2>{}</h2>\n<dl>\n<dt>{}</dt><dd><bdi>{}</bdi></dd>\n",
        words.about("handover_for", name),
        word("where"),
        word("address"),
        escape(address),
    );
    if let Some(successor) = successor {
        let _ = writeln!(
            out,
            "<dt>{}</dt><dd><bdi>{}</bdi></dd>",
            word("successor"),
            escape(successor)
        );
    }
    for (label, value) in [
        ("registrar", &handover.registrar),
        ("registrar_renewal", &handover.registrar_renewal),
        ("host", &handover.host),
        ("host_renewal", &handover.host_renewal),
        ("backup", &handover.backup),
        ("master_sheet", &handover.master_sheet),
    ] {
        let value = match value {
            Some(value) => format!("<bdi>{}</bdi>", escape(value)),
            None => "<span class=\"blank\"></span>".to_owned(),
        };
        let _ = writeln!(out, "<dt>{}</dt><dd>{value}</dd>", word(label));
    }
    out.push_str("</dl>\n</section>\n");
    let (threshold, of) = guardians.unwrap_or_default();
    let counted = |name: &str| {
        words
            .word(name)
            .replace("{threshold}", &threshold.to_string())
            .replace("{of}", &of.to_string())
    };
    for (title, note, people) in [
        ("guardians", guardians.map(|_| "guardians_note"), &handover.guardians),
        ("call", None, &handover.contacts),
    ] {
        // Who they are has to stand somewhere, and if it is written by hand.
        let blanks = if title == "guardians" && people.is_empty() { of } else { 0 };
        if people.is_empty() && blanks == 0 {
            continue;
        }
        let _ = write!(out, "<section>\n<h2>{}</h2>\n<ul>\n", word(title));
        for person in people {
            let name = escape(&person.name);
            let _ = match person.reach.as_str() {
                "" => writeln!(out, "<li><bdi>{name}</bdi></li>"),
                reach => writeln!(out, "<li><bdi>{name}</bdi> – <bdi>{}</bdi></li>", escape(reach)),
            };
        }
        for _ in 0..blanks {
            out.push_str("<li><span class=\"blank\"></span></li>\n");
        }
        out.push_str("</ul>\n");
        if let Some(note) = note {
            let _ = writeln!(out, "<p class=\"small\">{}</p>", counted(note));
        }
        out.push_str("</section>\n");
    }
    let _ = write!(out, "<section>\n<h2>{}</h2>\n<ol>\n", word("steps"));
    for step in [
        "step_backup",
        "step_published",
        "step_address",
        "step_keys",
        "step_guardians",
        "step_renew",
        "step_check",
        "step_custody",
    ] {
        if step != "step_guardians" || guardians.is_some() {
            let _ = writeln!(out, "<li>{}</li>", counted(step));
        }
    }
    out.push_str("</ol>\n</section>\n");
    if !facts.is_empty() {
        let _ = write!(out, "<section>\n<h2>{}</h2>\n<dl>\n", word("fingerprint"));
        for (label, value) in facts {
            let (label, value) = (escape(label), escape(value));
            let _ = writeln!(out, "<dt>{label}</dt><dd class=\"mono\"><bdi>{value}</bdi></dd>");
        }
        out.push_str("</dl>\n</section>\n");
    }
    let _ = writeln!(
        out,
        "<div class=\"sign\"><p>{}</p><p>{}</p></div>",
        word("date"),
        word("signature")
    );
    words.page(&word("handover_title"), name, &out).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_shown_and_what_was_not_has_a_line_to_write_on() {
        let text =
            "registrar = \"Names & Co\"\n[[guardians]]\nname = \"Ana\"\nreach = \"+51 900\"\n";
        let handover = Handover::parse(text).expect("a file");
        let facts = [("log".to_owned(), "SHA256:abc".to_owned())];
        let about = About {
            name: "Rivers",
            address: "https://rivers.example/",
            successor: Some("The <weirs>"),
            guardians: None,
            facts: &facts,
        };
        let page = render(&handover, &about, "es");
        for part in ["Names &amp; Co", "Ana", "+51 900", "Hoja de traspaso", "SHA256:abc", "blank"]
        {
            assert!(page.contains(part), "{part}");
        }
        assert!(page.contains("The &lt;weirs&gt;") && !page.contains("sobres"));
        assert!(Handover::parse("colour = 1").expect_err("unknown").starts_with("line 1"));
        // Guardians of whom nobody wrote who they are.
        let about = About { guardians: Some((2, 3)), ..about };
        for language in ["en", "es", "fr", "vi", "ar"] {
            let page = render(&Handover::default(), &about, language);
            assert!(!page.contains("{threshold}") && !page.contains("{of}"), "{language}");
            assert_eq!(page.matches("<li>").count(), 3 + 8, "{language}");
        }
    }

    #[test]
    fn what_is_to_be_renewed_soon_is_told() {
        let text = "registrar_renewal = \"2027-03-01\"\nhost_renewal = \"in spring\"\n";
        let handover = Handover::parse(text).expect("a file");
        let due = |day: &str| handover.due(day.parse().expect("a day"));
        assert_eq!(due("2027-02-28"), [(false, "in spring")]);
        assert_eq!(due("2027-03-01"), [(true, "2027-03-01"), (false, "in spring")]);
        assert_eq!(Handover::default().due("2027-03-01".parse().expect("a day")), []);
    }
}
