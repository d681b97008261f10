//! A new site's folder: one that builds and is pretty, with examples to replace.
//!
//! A pure function from a few answers to files; the caller writes them. Everything in the
//! examples says that it is one.

use crate::check::EXAMPLE_EMAIL;
use crate::model::{Currency, Locale, SiteKind, Slug};

/// What the person was asked.
#[derive(Clone, Debug)]
pub struct Answers {
    /// What the shop or association is called.
    pub name: String,
    /// Which sort of site it is.
    pub kind: SiteKind,
    /// The languages, the first one first.
    pub languages: Vec<Locale>,
    /// Three letters of ISO 4217.
    pub currency: String,
    /// A WhatsApp number, as written by the person; may be empty.
    pub whatsapp: String,
    /// An e-mail address; may be empty.
    pub email: String,
}

impl Answers {
    /// What is taken when nobody is asked.
    #[must_use]
    pub fn defaults(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: SiteKind::Shop,
            languages: vec!["en".parse().expect("a language")],
            currency: "EUR".to_owned(),
            whatsapp: String::new(),
            email: EXAMPLE_EMAIL.to_owned(),
        }
    }
}

/// One file of the new folder.
#[derive(Clone, Debug)]
pub struct StarterFile {
    /// Path below the folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

const CLOTH: &[u8] = include_bytes!("../../themes/starter/cloth.jpg");
const BOWL: &[u8] = include_bytes!("../../themes/starter/bowl.jpg");

/// The files of a new site.
#[must_use]
pub fn files(answers: &Answers) -> Vec<StarterFile> {
    let text =
        |path: &str, text: String| StarterFile { path: path.to_owned(), bytes: text.into_bytes() };
    let (maker_id, maker_name) = match answers.kind {
        SiteKind::Shop => ("maker", "The maker's name"),
        SiteKind::Association => ("first-member", "The first member's name"),
    };
    vec![
        text("site.toml", site_toml(answers)),
        text(
            &format!("producers/{maker_id}.md"),
            format!(
                "+++\nname = \"{maker_name}\"\ndescription = \"One sentence about who you are and what you make.\"\n\
                 # A region is enough. Never a street.\nplace = \"a village by the river\"\n+++\n\n\
                 Tell how you learnt it, what you use, and why you do it your way.\n"
            ),
        ),
        text(
            "products/checked-cloth/index.md",
            format!(
                "+++\nname = \"Checked cloth (an example)\"\n\
                 description = \"A cloth for the kitchen, woven in two greys.\"\n\
                 # Material, hours, packing and fees; and as much again, for a shop that resells pays half.\n\
                 price = \"{}\"\ncategory = \"Cloth\"\nmade_by = \"{maker_id}\"\ndesign = \"grey-check\"\n\
                 photos = [{{ file = \"cloth.jpg\", alt = \"A pile of folded cloths with a check of fine lines\" }}]\n\
                 materials = [\"linen\", \"wool\"]\nsize = \"40 × 160 cm\"\n\
                 made_to_order = true\nlead_time_days = 14\ncapacity_per_month = 6\n+++\n\n\
                 Replace this text, the photograph and the price by your own. Two or three short paragraphs are enough: \
                 what it is, how it is made, how it is used.\n",
                price(answers, 48)
            ),
        ),
        StarterFile { path: "products/checked-cloth/cloth.jpg".to_owned(), bytes: CLOTH.to_vec() },
        text(
            "products/small-bowl/index.md",
            format!(
                "+++\nname = \"Small bowl (an example)\"\n\
                 description = \"For salt, for berries, for keys.\"\n\
                 price = \"{}\"\ncategory = \"Clay\"\nmade_by = \"{maker_id}\"\n\
                 photos = [{{ file = \"bowl.jpg\", alt = \"Three glazed bowls, one in the other\" }}]\n\
                 stock = 3\n+++\n\nEvery bowl is a little different.\n",
                price(answers, 18)
            ),
        ),
        StarterFile { path: "products/small-bowl/bowl.jpg".to_owned(), bytes: BOWL.to_vec() },
        text(
            "designs/grey-check/index.md",
            "+++\nname = \"Grey check (an example)\"\ndescription = \"Thin dark lines that cross every hand's width.\"\n\
             holder = \"The maker\"\nholder_kind = \"individual\"\ntechnique = \"plain weave\"\n\
             photos = [{ file = \"cloth.jpg\", alt = \"A pile of folded cloths with a check of fine lines\" }]\n+++\n\n\
             Where the design comes from and what it means to you. Write only what everybody may know: what is \
             published is copied and cannot be taken back.\n"
                .to_owned(),
        ),
        StarterFile { path: "designs/grey-check/cloth.jpg".to_owned(), bytes: CLOTH.to_vec() },
        text(
            "pages/about.md",
            "+++\nname = \"About\"\nmenu = true\n+++\n\nWho you are, where you are, how people can visit or write.\n\n\
             ## Ordering\n\nChoose a thing and write to us. We answer within two days with the cost of sending, and \
             how to pay.\n"
                .to_owned(),
        ),
        text(".gitignore", "/public/\n/private/\n/.selvedge/\n".to_owned()),
        text(
            ".gitattributes",
            "# Signed bytes stay as they are, on every system.\nrecords/** -text\nlog/** -text\nidentity/** -text\nwitness/** -text\n".to_owned(),
        ),
    ]
}

/// An example of a price, with the digits that the currency has; where it has none, amounts are in thousands mostly.
fn price(answers: &Answers, major: u32) -> String {
    match Currency::from_code(&answers.currency).map_or(2, Currency::exponent) {
        0 => format!("{major}000"),
        digits => format!("{major}.{}", "0".repeat(digits.into())),
    }
}

fn site_toml(answers: &Answers) -> String {
    let string = |text: &str| toml_edit::Value::from(text).to_string();
    let languages: Vec<String> =
        answers.languages.iter().map(|locale| string(locale.tag())).collect();
    let mut channels = Vec::new();
    let mut contact = String::new();
    if !answers.whatsapp.is_empty() {
        channels.push(string("whatsapp"));
        contact.push_str(&format!("whatsapp = {}\n", string(&answers.whatsapp)));
    }
    if !answers.email.is_empty() {
        channels.push(string("email"));
        contact.push_str(&format!("email = {}\n", string(&answers.email)));
    }
    let kind = match answers.kind {
        SiteKind::Shop => "shop",
        SiteKind::Association => "association",
    };
    format!(
        "# Everything about this file: docs/SITE-FORMAT.md of Selvedge\n\
         name = {}\nkind = \"{kind}\"\ntagline = \"Made by hand, one at a time\"\n\
         description = \"What you make, for whom, and where.\"\n\
         # The address that the site will have. Choose one that you can keep.\n\
         base_url = \"https://{}.example/\"\n\
         languages = [{}]\ncurrency = {}\n\n\
         [order]\nchannels = [{}]\n{contact}note = \"We answer within two days.\"\n\n\
         [look]\naccent = \"#8a3b2a\"\nstripes = [\"#8a3b2a\", \"#d9c7a7\", \"#2f4a4d\"]\nweave = \"twill\"\n",
        string(&answers.name),
        Slug::from_name(&answers.name),
        languages.join(", "),
        string(&answers.currency),
        channels.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(answers: &Answers) -> crate::check::Outcome {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files(answers) {
            let path = folder.path().join(&file.path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, file.bytes).expect("a file");
        }
        crate::check::load(folder.path()).expect("a site")
    }

    #[test]
    fn a_new_site_has_nothing_to_mend_whatever_it_is_called() {
        for name in ["My shop", "Tienda \"La Ñ\" \\ 1", "متجر"] {
            for (kind, currency) in
                [(SiteKind::Shop, "EUR"), (SiteKind::Association, "VND"), (SiteKind::Shop, "TND")]
            {
                let outcome = made(&Answers {
                    kind,
                    currency: currency.to_owned(),
                    whatsapp: "+51 900 000 000".to_owned(),
                    email: "ana@shop.example".to_owned(),
                    ..Answers::defaults(name)
                });
                let found: Vec<_> = outcome.diagnostics.iter().collect();
                assert!(found.is_empty(), "{found:#?}");
                assert_eq!(outcome.site.expect("a site").name.original(), name);
            }
        }
    }

    #[test]
    fn the_address_that_nobody_reads_is_told_until_it_is_changed() {
        let outcome = made(&Answers::defaults("My shop"));
        let found: Vec<_> = outcome.diagnostics.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(found, ["this address is an example: orders to it reach nobody"]);
    }
}
