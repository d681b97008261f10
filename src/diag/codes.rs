//! The codes of all diagnostics, with the long story that `explain` tells.

use std::fmt;

/// A stable name in words, such as `price-without-currency`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code(&'static str);

impl Code {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0
    }

    /// What `explain` says about it.
    #[must_use]
    pub fn story(self) -> &'static str {
        ALL.iter().find(|(code, _)| *code == self).map_or("", |(_, story)| story)
    }

    /// The code of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().map(|(code, _)| *code).find(|code| code.0 == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! codes {
    ($($constant:ident = $name:literal: $story:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: Code = Code($name);
        )*
        /// Every code with its story, in alphabetical order.
        pub const ALL: &[(Code, &str)] = &[$(($constant, $story),)*];
    };
}

codes! {
    BAD_ADDRESS = "bad-address":
"An address does not have the form that it needs.\n\n\
base_url is where the site will live, for example \"https://shop.example/\" or\n\
\"https://user.host/shop/\". It starts with https://, has no question mark and no #.\n\
Once designs are recorded it is bound into the records, so choose one that you can keep.";
    BAD_AUDIENCE = "bad-audience":
"A page, product or other thing says for whom it is in a way that is not understood, so nobody sees it.\n\n\
audience = \"trade\" is for dealers, who are sent the file that `selvedge build --audience trade` makes;\n\
audience = \"members\" is for the members of an association, likewise. Without the field everybody sees it.";
    BAD_BLACKOUT = "bad-blackout":
"A time in which nothing is made or sent is not understood.\n\n\
blackout = [7, 12]                        every July and December\n\
blackout = [\"2026-12\"]                    one month\n\
blackout = [\"2026-12-24..2027-01-06\"]     from one day to another, both included";
    BAD_COLOUR = "bad-colour":
"A colour is written as # and six digits or letters from a to f, for example \"#8a3b2a\".";
    BAD_CONTACT = "bad-contact":
"A way to reach you does not have the form that it needs.\n\n\
WhatsApp and phone numbers start with + and the code of the country: \"+51 900 000 000\".\n\
E-mail addresses look like \"name@shop.example\".";
    BAD_COUNTRY = "bad-country":
"A country is named by its two capital letters of ISO 3166: DE, PE, VN, GB. \"EU\" stands for the countries of\n\
the European Union, \"*\" for everywhere.";
    BAD_DATE = "bad-date":
"A date is written year-month-day, without quotes: date = 2026-05-01.";
    BAD_FIBRES = "bad-fibres":
"The fibres of a cloth add up to 100 percent:\n\n\
fibres = [{ name = \"wool\", percent = 80 }, { name = \"linen\", percent = 20 }]";
    BAD_FILE_NAME = "bad-file-name":
"A file or folder has a name that cannot become an address on every system.\n\n\
Use the letters a to z, digits and hyphens for products, makers, designs and pages: \"red-shawl.md\".\n\
Names that only differ in capital letters, and names that Windows keeps for itself (con, aux, nul),\n\
cannot be used. Links to places outside the site's folder are not followed.";
    BAD_FONT = "bad-font":
"A font cannot be used.\n\n\
Fonts of your own lie in the folder fonts, as WOFF2 files: fonts/brand.woff2, and if you have them\n\
fonts/brand-bold.woff2 and fonts/brand-italic.woff2. Then [look] may say headings = \"brand\". Makers of\n\
fonts sell or give them in this form for web sites; mind what the licence allows.";
    BAD_INCOTERM = "bad-incoterm":
"A trade term says who pays for the way, and up to where. It is three letters and a place:\n\
incoterm = \"FCA Lima\". Incoterms 2020 are EXW, FCA, CPT, CIP, DAP, DPU, DDP, FAS, FOB, CFR and CIF.\n\
Other letters, such as FIS, are shown as they are; say in `note` what you and the buyer mean.";
    BAD_ISBN = "bad-isbn":
"The number of a book has 10 or 13 digits, of which the last one follows from the others. Copy it from the\n\
back of the book, with or without hyphens.";
    BAD_LANGUAGE = "bad-language":
"A language is named by its BCP 47 tag: en, es, fr, vi, ar, pt-BR, sr-Latn.";
    BAD_MATERIAL = "bad-material":
"What a thing is made of is a list of texts, or of groups for what borders ask about:\n\n\
materials = [\"wool\", { name = \"cedar bark\", origin = \"the coast\", flags = [\"wild-plant\"] }]\n\n\
The flags are cites, marine-mammal, ivory, bird, hide, animal-part, wild-plant, plant-health, seed,\n\
animal-food and fossil.";
    BAD_OPTION = "bad-option":
"What a buyer chooses on a product is an option: a name and its values, the same values in every language.\n\n\
[[options]]\nname = \"Size\"\nvalues = [\"S\", \"M\", \"L\"]\n\n\
A product has at most three options, and at most 200 variants.";
    BAD_PAYMENT = "bad-payment":
"A way to pay stands below [order], one group each:\n\n\
[[order.pay]]\nkind = \"sepa\"\niban = \"DE75512108001245126199\"\nholder = \"Ana Pérez\"\n\n\
kind = \"vietqr\" has bank (six digits) and account or card; kind = \"pix\" has key, holder and city; kind = \"promptpay\"\n\
has phone or id; kind = \"link\" has url, which begins with https:// and may hold {amount}, {currency} and {reference}.";
    BAD_PHOTO = "bad-photo":
"A photograph cannot be used.\n\n\
Photographs are JPEG, PNG or WebP files. iPhones make HEIC files unless Settings, Camera, Formats says\n\
\"Most Compatible\". The site is built without the photograph that is named here.";
    BAD_PRICE = "bad-price":
"A price is written in quotes, with a point and the currency: price = \"240.00 EUR\".\n\n\
A range is \"20.00 - 35.00 EUR\"; \"on request\" shows no price. The number has as many digits after\n\
the point as the currency has: two for EUR, none for CLP or JPY, three for KWD.";
    BAD_RATE = "bad-rate":
"The prices of parcels by weight stand in order, the lightest first, each up to a weight in grams:\n\n\
rates = [{ to_g = 1000, price = \"4.90\" }, { to_g = 5000, price = \"8.90\" }]";
    BAD_SOUND = "bad-sound":
"A recording cannot be played on the pages: it is not there, larger than 10 megabytes, of another kind than MP3, M4A, OGG or OPUS,\n\
or it holds more than sound.\n\n\
Phones and programs write into a recording where and when it was made and who speaks. All of that is taken out, and a\n\
recording from which it cannot be taken out is not published. Ten megabytes are twenty minutes of a voice at 64 kbit/s.";
    BAD_TABLE = "bad-table":
"Something in the table of products, products.csv, is not understood.\n\n\
Its first line names the columns, which are the fields of a product; every line after it is a product:\n\n\
name,price,category,text\nRed shawl,34.00 EUR,Shawls,\"Woven on a backstrap loom, in two weeks.\"\n\n\
A cell in which a comma, a quotation mark or a line end stands is put into quotation marks; a spreadsheet does it by itself.\n\
Save it as \"CSV UTF-8\", so that no letter is lost. Names of columns are compared without capital letters; what a table\n\
has no room for, such as options and variants, stands in the file of a product, products/<id>.md.";
    BAD_THEME = "bad-theme":
"A file of the folder theme cannot be used, so nothing is built: a page would be missing, or wrong.\n\n\
Templates are written as docs/THEMES.md says, which also lists what each of them is given. A file that is\n\
taken out of the folder theme is replaced by the one that comes along, so a page can always be had back.";
    BAD_VALUE = "bad-value":
"A field holds another kind of value than it needs, for example a word where a number belongs.";
    BAD_VARIANT = "bad-variant":
"A variant is one combination of values of the options, in their order, each combination once:\n\n\
[[options]]\nname = \"Size\"\nvalues = [\"S\", \"M\"]\n\n[[variants]]\nof = [\"S\"]\nprice = \"30.00\"\nstock = 2\n\n\
What a variant does not say is as the product says. If none is listed, every combination exists.";
    BAD_WHOLESALE = "bad-wholesale":
"Prices for dealers stand in order, the smallest number first, and fall with the number:\n\n\
[wholesale]\nbreaks = [{ from = 10, price = \"18.00\" }, { from = 50, price = \"16.00\" }]\n\n\
They are never on the public pages: `selvedge build --audience trade` makes a file to send to dealers.";
    BAD_ZONE = "bad-zone":
"A zone of [shipping] has a name, countries that no other zone has, and a price:\n\n\
[[shipping.zones]]\nname = \"Germany and Austria\"\ncountries = [\"DE\", \"AT\"]\nprice = \"5.00\"\n\n\
or rates = [{ to_g = 1000, price = \"4.90\" }], or price = \"on request\". countries = [\"*\"] is everywhere else;\n\
pickup = true, without countries and price, is where the buyer comes and fetches it.";
    COMES_AND_GOES = "comes-and-goes":
"Something on the site is shown only at certain times, by its part [protocol]:\n\n\
[protocol]\nshown_from = 2026-12-01\nshown_until = 2027-02-28\nseason = [\"12-01 to 02-28\"]\nmourning_until = 2027-03-01\n\n\
A site is files: nothing comes or goes by itself. On the day that is named build and publish again.\n\
What is not shown is not in the output at all, and nothing there tells of it.";
    DOUBTFUL_HIDING = "doubtful-hiding":
"A field is not known, and is so near to one by which things are hidden that it may be meant for it: hiden,\n\
Hide, audiance, or shown_until outside of [protocol]. If it were passed over, what somebody wanted to hide\n\
would be on the site, so nothing is built until it is clear; where the rest is built all the same\n\
(--skip-broken), the whole thing is left out.";
    DUPLICATE = "duplicate":
"Two things have the same name where each needs its own.";
    FILE_UNREADABLE = "file-unreadable":
"A file could not be read, or is not UTF-8 text, or is far larger than any text that a person writes.\n\n\
In an editor choose \"save as\", encoding UTF-8. If the folder is kept in a cloud drive the file may not\n\
have been downloaded yet.";
    FRONT_MATTER = "front-matter":
"The fields of a page stand at the top of its file between two lines of three plus signs:\n\n\
+++\nname = \"Red shawl\"\nprice = \"40.00 EUR\"\n+++\n\nThen comes the text.";
    HEALTH_CLAIM = "health-claim":
"A text says of food, a soap or a cream that it heals, or helps with an illness.\n\n\
In most countries that makes it a medicine, and selling one without a licence is an offence, however long\n\
people have known that it helps. Say what it is, what is in it and how it is used.\n\
Food and cosmetics are looked through (kind = \"food\", kind = \"cosmetic\"), in English, Spanish, French,\n\
Vietnamese and Arabic; their warnings are not. It is a warning: where you may say so, write at the top of the\n\
file: accept = [\"health-claim\"]\n\
What a people knows of healing plants may be its own: ask whoever keeps that knowledge before it is told.";
    HIDDEN_NAME = "hidden-name":
"A name is hidden, by hide or mourning_until of its maker or by [[hidden_names]] in site.toml, and stood in a\n\
text. It was taken out of the pages; your file is as it was. If the maker says called = \"our aunt\", that is shown\n\
in its place. Other ways in which the name is written go into also_named = [\"…\"].\n\n\
A way to pay is left out if the name stands in it, as the holder of the account or in an address: banks pay nobody\n\
whose account is called otherwise.";
    KIND_STATEMENT = "kind-statement":
"A thing of this kind is expected to say more: food what is in it, which allergens, how much and how long it\n\
keeps; leather of which animal it is; a toy for which age. Buyers ask, and many countries want it on the label.\n\
Each hint shows a line to write.";
    LOOK_ALIKE = "look-alike":
"A name has letters that look like other letters (a Cyrillic а in a Latin word), or marks that\n\
cannot be seen or turn the direction of reading. Buyers could take it for another name.\n\
If a name mixes alphabets on purpose this is only a notice.";
    LOW_PRICE = "low-price":
"A product asks less than twice of what it costs you, as `cost` in its file says.\n\n\
cost = \"12.00\" is what one piece comes to: material, your hours times what an hour is paid where you live,\n\
packing, the way to the post office, fees. A shop that resells pays about half of what its buyers pay, so with\n\
less than twice the cost you would pay for selling to it. With several sizes the lowest price counts.\n\
Ask more, make it in fewer hours, or make something else. `cost` is published nowhere; take it out if the\n\
price is meant so, and this is silent.";
    MEMBER_FOLDER = "member-folder":
"Something about the folder of a member of the association is wrong.\n\n\
members.toml names each member and where her folder is, below members/ or beside the site's own:\n\n\
[[member]]\nid = \"ana\"\nfolder = \"members/ana\"\n\n\
What is wrong in a member's folder never stops the site: that part of it is left out, and she should be told.";
    MISSING_FIELD = "missing-field":
"A field that every such page needs is not there.";
    MISSING_PHOTO = "missing-photo":
"A photograph that is named in a file is not in the folder.";
    NO_ALT_TEXT = "no-alt-text":
"A photograph has no words for people who cannot see it.\n\n\
photos = [{ file = \"shawl.jpg\", alt = \"red shawl over the back of a chair\" }]";
    NO_ORDER_CHANNEL = "no-order-channel":
"Nobody can order, because the site names no way to reach you.\n\n\
In site.toml:\n\n[order]\nchannels = [\"whatsapp\", \"email\"]\nwhatsapp = \"+51 900 000 000\"\nemail = \"name@shop.example\"";
    NO_PHOTO = "no-photo":
"A product has no photograph. Buyers look first; one in daylight is enough.\n\
Put it into the product's folder.";
    NO_PRICE = "no-price":
"A product says no price. Write price = \"40.00 EUR\", or price = \"on request\" to keep it so.";
    NOT_TRANSLATED = "not-translated":
"Texts are missing in one of the site's languages. Pages show the first language there, marked\n\
\"not yet translated\".\n\n\
`selvedge check --untranslated` lists every text that is still to do, with its file and line and the file in\n\
which its translation can be written; with --json for a program. Give the list to whoever translates.";
    OVERDUE_REPLY = "overdue-reply":
"Somebody complained, and is owed an answer by a day that is over. `selvedge complaint list` shows all complaints; they lie in\n\
private/complaints and are in no page.\n\n\
selvedge complaint answer 3 --text \"We asked the maker.\"\n\n\
An association says in its charter how long an answer may take; without a word it is 14 days.";
    PLURAL_FORM = "plural-form":
"A word of the interface that counts has one text for each plural form of its language, in the site's file\n\
theme/words/<language>.toml:\n\n\
count_products = { one = \"{count} work\", other = \"{count} works\" }\n\n\
Languages differ in which forms they have. English and Spanish have one and other, Japanese only other, Polish one,\n\
few, many and other, Arabic zero, one, two, few, many and other. The notice names the form that is missing and a number\n\
that it is for. Until it is there, the text of `other` stands in.\n\n\
A word may also be one text for all numbers, if your language can say it so: count_products = \"Works: {count}\".";
    PRICE_WITHOUT_CURRENCY = "price-without-currency":
"A price needs its currency: price = \"240.00 EUR\". To use one currency everywhere, set\n\
currency = \"EUR\" in site.toml.";
    PRIVATE_FACT = "private-fact":
"A text tells something about a person that buyers do not need: a street, a phone number, a child, when nobody\n\
is at home. Once it is on the web, archives and others keep copies, and it cannot be called back.\n\n\
It is advice, and it may be wrong. If it is meant to be public, a line at the top of the file says so:\n\n\
accept = [\"street-address\"]\n\n\
The findings are street-address, phone-number, email-address, coordinates, children, absence, bank-details,\n\
identity-number.";
    RECORD_CHANGED = "record-changed":
"A design was changed after its record was signed. The page shows what was signed, and says that\n\
the design has changed since.";
    RECORD_FIELD = "record-field":
"A file that should be signed has a field that is missing, is not known, or holds something else than it can.\n\n\
`selvedge record fields KIND` prints a file with every field of a kind, to fill in. Records are named by the\n\
letters of their file, or as designs/<id>; documents and photographs by their path in the site's folder.";
    RECORD_PROBLEM = "record-problem":
"A signed record, its proof or the register does not hold. Pages state nothing from it.\n\
`selvedge verify` tells more. Restore the file from a copy; never edit signed files.";
    SITE_FILE = "site-file":
"A folder is a site when it holds a file site.toml. `selvedge new my-shop` makes one.";
    SMALLEST_ORDER = "smallest-order":
"The smallest order of a product (minimum_order) is more than the largest (maximum_order), or more than there are of it,\n\
all variants counted. So nobody could order it.\n\n\
minimum_order = 2\nmaximum_order = 20\nstock = 6\n\n\
While there are fewer than the smallest order the page offers to ask about the product, as if it were sold out. Write\n\
made_to_order = true if you make more when somebody orders them.";
    STILL_SHOWN = "still-shown":
"Something is hidden, and yet stands where the site cannot take it away by itself: in the name of a file, which\n\
becomes an address; in an e-mail address; in a signed record, which is published as it was signed. Rename the\n\
file, use another address, or take the record back: selvedge record withdraw.";
    TAKEN_ADDRESS = "taken-address":
"A page of yours stands at an address that is the full identifier of a design or an edition of your brand, such as\n\
es/d-1/ where [brand] says scope = \"ES\". One address leads to one page, and your page keeps it: whoever follows the\n\
identifier does not come to the record. Give the file of the page another name.";
    TOML_SYNTAX = "toml-syntax":
"The fields are written as name = \"value\", one to a line. Texts stand in straight quotes (\"), numbers\n\
without; lists in square brackets with commas between.";
    TOO_LARGE = "too-large":
"Something is far beyond what a shop needs (a text of megabytes, a thousand levels of nesting), and was\n\
left out before it could do harm.";
    TRANSLATION_WITHOUT_ORIGINAL = "translation-without-original":
"A file such as index.es.md translates index.md; the file it translates is not there.";
    UNKNOWN_FIELD = "unknown-field":
"A field has a name that is not known here, most often because of a typing mistake. It was not used.";
    UNKNOWN_FILE = "unknown-file":
"A file lies where no such file is expected, so it was not used.";
    UNKNOWN_NAME = "unknown-name":
"A file names a maker, product, design or other thing that is not in the folder.";
    UNRESOLVED_MATERIAL = "unresolved-material":
"A product has a material that borders ask about, and nobody said whether it may go to some of the places that the\n\
shop sends to. Until then it cannot be ordered to them.\n\n\
{ name = \"heron feather\", flags = [\"bird\"], permits = [{ to = [\"EU\"], says = \"an export certificate goes with it\" }] }\n\
{ name = \"heron feather\", flags = [\"bird\"], not_to = [\"US\"] }\n\n\
Ask the post office or the customs of the other country. Inside the country of `from` in [shipping] it may go.\n\
A shop that does not say where it sends to ([[shipping.zones]]) asks no buyer where she lives. There a product with such\n\
a material cannot be put on the list of an order, only asked for, until it may go everywhere: to = [\"*\"].";
    UNVOUCHED_CLAIM = "unvouched-claim":
"The words or the file name of a picture say that something is certified or authentic, and nothing in the\n\
register that is in force says so of this thing.\n\n\
Such a picture looks like a badge and proves nothing; whoever can copy a file can have one. What is certified\n\
shows its badge by itself: on the pages of the thing, the maker or the design that the certification names, as\n\
long as it is in force. In words for people who cannot see a picture, say what can be seen on it.\n\
If somebody else certified it, say who: \"wool, certified organic by the Hill Farmers\".";
    WEAK_PHOTO = "weak-photo":
"A photograph will not show the thing as it deserves: it is small, dark, blurred, or stored in colours\n\
for printing. Use the file that the camera made, not one that came through a chat program; take it\n\
by a window or in the shade outdoors.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_words_in_order_and_each_has_a_story() {
        for pair in ALL.windows(2) {
            assert!(
                pair[0].0.name().replace('-', "") <= pair[1].0.name().replace('-', ""),
                "{} before {}",
                pair[0].0,
                pair[1].0
            );
        }
        for (code, story) in ALL {
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
            assert!(story.len() > 40, "{code} has a story");
            assert_eq!(Code::named(code.name()), Some(*code));
        }
    }
}
