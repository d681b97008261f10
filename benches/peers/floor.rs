//! The least that the storefront of the comparison can cost: its files read, front matter and Markdown
//! parsed, plain pages made by string concatenation and written, and no more. No check, search, feed of
//! the products, price format, private fact, sync or careful replacement; one page shape that
//! nobody can change. What a generator takes beyond this is what it does for its users, so the
//! comparison with others runs it beside them.
//!
//! `cargo run --release --example floor -- SITE OUT`, where SITE holds `products/*.md` of the
//! generator's plain form.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program that measures"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Options, Parser, html};
use pulldown_cmark_escape::escape_html;
use rayon::prelude::*;
use serde::Deserialize;

/// Memory is handed out as in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Cards on one page of a list, as the others have.
const ON_A_PAGE: usize = 24;

/// The front matter of a product.
#[derive(Deserialize)]
struct Product {
    title: String,
    date: toml::value::Datetime,
    description: String,
    category: Vec<String>,
    theme: Vec<String>,
    region: Vec<String>,
    producer: Vec<String>,
    colour: Vec<String>,
    sku: String,
    price: String,
    currency: String,
    materials: Vec<String>,
    lead_time_days: u32,
    capacity_per_month: u32,
    #[serde(skip)]
    slug: String,
    #[serde(skip)]
    body: String,
    #[serde(skip)]
    card: String,
}

impl Product {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a readable product");
        let (front, body) = text
            .strip_prefix("+++\n")
            .and_then(|rest| rest.split_once("+++\n"))
            .expect("front matter");
        let mut product: Self = toml::from_str(front).expect("front matter in TOML");
        product.slug = path.file_stem().expect("a name").to_string_lossy().into_owned();
        product.body = body.to_owned();
        product.card = format!(
            "<li class=\"card\"><a href=\"/products/{}/\"><h3>{}</h3></a><p class=\"price\">{} {}</p><p>{}</p><p>{}</p></li>",
            product.slug,
            escaped(&product.title),
            product.price,
            product.currency,
            escaped(&product.description),
            escaped(&product.producer[0]),
        );
        product
    }

    fn terms(&self) -> [(&'static str, &[String]); 5] {
        [
            ("category", &self.category),
            ("theme", &self.theme),
            ("region", &self.region),
            ("producer", &self.producer),
            ("colour", &self.colour),
        ]
    }

    fn page(&self, related: &[&Self]) -> String {
        let mut out = String::with_capacity(8 * 1024);
        head(&mut out, &self.title, &self.description, &format!("products/{}/", self.slug));
        let data = serde_json::json!({
            "@context": "https://schema.org", "@type": "Product", "name": self.title, "description": self.description,
            "sku": self.sku, "category": self.category[0], "color": self.colour, "material": self.materials,
            "url": format!("https://shop.example/products/{}/", self.slug),
            "brand": { "@type": "Brand", "name": self.producer[0] },
            "offers": { "@type": "Offer", "price": self.price, "priceCurrency": self.currency, "availability": "https://schema.org/InStock" },
        });
        let _ = write!(out, "<script type=\"application/ld+json\">{data}</script>");
        body(&mut out);
        let _ = write!(
            out,
            "<article><h1>{}</h1><p class=\"price\">{} {}</p><dl>",
            escaped(&self.title),
            self.price,
            self.currency
        );
        for (list, terms) in self.terms() {
            let _ = write!(out, "<dt>{list}</dt><dd>");
            for term in terms {
                let _ = write!(out, "<a href=\"/{list}/{}/\">{}</a> ", slug(term), escaped(term));
            }
            out.push_str("</dd>");
        }
        let _ = write!(
            out,
            "<dt>Materials</dt><dd>{}</dd><dt>Lead time</dt><dd>{} days</dd><dt>Capacity</dt><dd>{} a month</dd></dl>",
            escaped(&self.materials.join(", ")),
            self.lead_time_days,
            self.capacity_per_month,
        );
        html::push_html(&mut out, Parser::new_ext(&self.body, Options::ENABLE_TABLES));
        out.push_str("</article><aside><h2>Related</h2><ul class=\"grid\">");
        for other in related {
            out.push_str(&other.card);
        }
        out.push_str("</ul></aside>");
        foot(&mut out);
        out
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let _ = escape_html(&mut out, text);
    out
}

/// A term in an address, as the generator's own links have it.
fn slug(term: &str) -> String {
    term.chars()
        .map(|letter| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
        .collect()
}

fn head(out: &mut String, title: &str, description: &str, address: &str) {
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>{} | Bench</title>\n<meta name=\"description\" content=\"{}\">\n\
         <link rel=\"canonical\" href=\"https://shop.example/{address}\">\n<link rel=\"stylesheet\" href=\"/site.css\">\n",
        escaped(title),
        escaped(description),
    );
}

fn body(out: &mut String) {
    out.push_str("</head>\n<body><header><a href=\"/\">Bench</a><nav><ul><li><a href=\"/products/\">Products</a></li></ul></nav></header>\n<main>");
}

fn foot(out: &mut String) {
    out.push_str("</main>\n<footer>Bench</footer></body></html>\n");
}

/// Writes a list in pages of 24.
fn list(out: &Path, address: &str, title: &str, products: &[&Product]) {
    let pages = products.chunks(ON_A_PAGE);
    let count = pages.len();
    for (number, chunk) in pages.enumerate() {
        let mut page = String::with_capacity(16 * 1024);
        head(&mut page, title, title, address);
        body(&mut page);
        let _ = write!(page, "<h1>{}</h1><ul class=\"grid\">", escaped(title));
        for product in chunk {
            page.push_str(&product.card);
        }
        let _ = write!(page, "</ul><nav class=\"pager\">{}/{count}</nav>", number + 1);
        foot(&mut page);
        let place =
            if number == 0 { address.to_owned() } else { format!("{address}page/{}/", number + 1) };
        put(out, &format!("{place}index.html"), &page);
    }
}

fn put(out: &Path, name: &str, bytes: &str) {
    let path = out.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder made");
    fs::write(path, bytes).expect("a file written");
}

fn main() {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(site), Some(out)) = (words.next(), words.next()) else {
        eprintln!("usage: floor SITE OUT");
        std::process::exit(2);
    };
    let mut files: Vec<PathBuf> = fs::read_dir(site.join("products"))
        .expect("a folder of products")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let products: Vec<Product> = files.par_iter().map(|path| Product::read(path)).collect();

    let mut terms: BTreeMap<(&str, &str), Vec<&Product>> = BTreeMap::new();
    for product in &products {
        for (kind, names) in product.terms() {
            for name in names {
                terms.entry((kind, name)).or_default().push(product);
            }
        }
    }
    fs::create_dir_all(out.join("products")).expect("a folder made");
    products.par_iter().for_each(|product| {
        let related: Vec<&Product> = terms[&("category", product.category[0].as_str())]
            .iter()
            .filter(|other| other.slug != product.slug)
            .take(4)
            .copied()
            .collect();
        let folder = out.join("products").join(&product.slug);
        fs::create_dir(&folder).expect("a folder made");
        fs::write(folder.join("index.html"), product.page(&related)).expect("a file written");
    });
    let all: Vec<&Product> = products.iter().collect();
    let lists: Vec<(String, String, &[&Product])> = terms
        .iter()
        .map(|((kind, name), of)| {
            (format!("{kind}/{}/", slug(name)), (*name).to_owned(), of.as_slice())
        })
        .collect();
    lists.par_iter().for_each(|(address, name, of)| list(&out, address, name, of));
    list(&out, "products/", "Products", &all);
    let mut kinds: BTreeMap<&str, String> = BTreeMap::new();
    for ((kind, name), of) in &terms {
        let _ = write!(
            kinds.entry(kind).or_default(),
            "<li><a href=\"/{kind}/{}/\">{}</a> ({})</li>",
            slug(name),
            escaped(name),
            of.len()
        );
    }
    for (kind, entries) in &kinds {
        let mut page = String::new();
        head(&mut page, kind, kind, &format!("{kind}/"));
        body(&mut page);
        let _ = write!(page, "<h1>{kind}</h1><ul>{entries}</ul>");
        foot(&mut page);
        put(&out, &format!("{kind}/index.html"), &page);
    }
    let mut map = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">",
    );
    for product in &products {
        let _ = write!(
            map,
            "<url><loc>https://shop.example/products/{}/</loc><lastmod>{}</lastmod></url>",
            product.slug, product.date
        );
    }
    map.push_str("</urlset>");
    put(&out, "sitemap.xml", &map);
    let mut home = String::new();
    head(&mut home, "Bench", "Bench", "");
    body(&mut home);
    for product in all.iter().take(ON_A_PAGE) {
        home.push_str(&product.card);
    }
    foot(&mut home);
    put(&out, "index.html", &home);
    // As the program does: nothing is taken apart at the end.
    std::process::exit(0);
}
