//! The hand-over sheet: what an heir or a successor needs to know, none of it secret.

use std::fmt::Write as _;

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

/// The sheet as a page. `facts` are public lines more, such as fingerprints, each with its name.
#[must_use]
pub fn render(
    handover: &Handover,
    name: &str,
    address: &str,
    facts: &[(String, String)],
    language: &str,
) -> String {
    let words = Words::of(language);
    let word = |name| words.word(name);
    let mut out = format!(
        "<p>{}</p>\n<section>\n<h2>{}</h2>\n<dl>\n<dt>{}</dt><dd><bdi>{}</bdi></dd>\n",
        words.about("handover_for", name),
        word("where"),
        word("address"),
        escape(address),
    );
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
    for (title, note, people) in [
        ("guardians", Some("guardians_note"), &handover.guardians),
        ("call", None, &handover.contacts),
    ] {
        if people.is_empty() {
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
        out.push_str("</ul>\n");
        if let Some(note) = note {
            let _ = writeln!(out, "<p class=\"small\">{}</p>", word(note));
        }
        out.push_str("</section>\n");
    }
    let _ = write!(out, "<section>\n<h2>{}</h2>\n<ol>\n", word("steps"));
    for step in ["step_1", "step_2", "step_3", "step_4"] {
        let _ = writeln!(out, "<li>{}</li>", word(step));
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
        let page = render(&handover, "Rivers", "https://rivers.example/", &facts, "es");
        for part in ["Names &amp; Co", "Ana", "+51 900", "Hoja de traspaso", "SHA256:abc", "blank"]
        {
            assert!(page.contains(part), "{part}");
        }
        assert!(Handover::parse("colour = 1").expect_err("unknown").starts_with("line 1"));
    }
}
