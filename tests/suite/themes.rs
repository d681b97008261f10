//! `docs/THEMES.md` against the code: the views that it tells of are those of `src/theme/view.rs`, field by
//! field. `SELVEDGE_ACCEPT=1 cargo test --test suite themes` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use selvedge::theme::TEMPLATES;

const SOURCE: &str = include_str!("../../src/theme/view.rs");
const DOCUMENT: &str = include_str!("../../docs/THEMES.md");
const FROM: &str = "<!-- views -->\n";
const TO: &str = "<!-- end of views -->\n";

struct View {
    name: String,
    says: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    of: String,
    says: String,
}

/// The public structures of the module with what is said of them.
fn views() -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    let mut says: Vec<&str> = Vec::new();
    for line in SOURCE.lines() {
        let line = line.trim();
        if let Some(words) = line.strip_prefix("///") {
            says.push(words.trim());
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.trim_end_matches(" {").to_owned();
            views.push(View { name, says: says.join(" "), fields: Vec::new() });
            says.clear();
        } else if line.starts_with("pub fn ") {
            // What the program makes them with is nothing to a template.
            says.clear();
        } else if let Some((name, of)) =
            line.strip_prefix("pub ").and_then(|rest| rest.trim_end_matches(',').split_once(": "))
        {
            let view = views.last_mut().expect("a field stands in a structure");
            view.fields.push(Field { name: name.into(), of: of.into(), says: says.join(" ") });
            says.clear();
        } else if !line.starts_with("#[") {
            says.clear();
        }
    }
    views
}

/// A type in the words of somebody who writes templates.
fn in_words(of: &str) -> String {
    if let Some(inner) = of.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("{} or none", in_words(inner));
    }
    if let Some(inner) = of.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("list of {}", in_words(inner));
    }
    if let Some((inner, count)) = of
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|s| s.split_once("; "))
    {
        return format!("{count} × {}", in_words(inner));
    }
    match of {
        "String" | "&'static str" => "text".to_owned(),
        "bool" => "true or false".to_owned(),
        "u8" | "u32" | "u64" | "usize" | "i64" => "number".to_owned(),
        view => format!("[`{view}`](#{})", view.to_lowercase()),
    }
}

fn chapter() -> String {
    let mut out = String::new();
    for View { name, says, fields } in views() {
        let says = says.replace("[`", "`").replace("`]", "`");
        let _ = write!(out, "\n### {name}\n\n{says}\n\n| field | is | what |\n|---|---|---|\n");
        for Field { name, of, says } in fields {
            let says = says.replace("[`", "`").replace("`]", "`").replace('|', "\\|");
            let _ = writeln!(out, "| `{name}` | {} | {says} |", in_words(&of));
        }
    }
    out.push('\n');
    out
}

#[test]
fn themes_are_told_every_field_of_every_view() {
    let from = DOCUMENT.find(FROM).expect("where the views begin") + FROM.len();
    let to = DOCUMENT.find(TO).expect("where the views end");
    let made = chapter();
    if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/THEMES.md");
        let text = format!("{}{made}{}", &DOCUMENT[..from], &DOCUMENT[to..]);
        std::fs::write(path, text).expect("the document can be written");
        return;
    }
    for (told, is) in DOCUMENT[from..to].lines().zip(made.lines()) {
        assert_eq!(told, is, "SELVEDGE_ACCEPT=1 writes the views of docs/THEMES.md anew");
    }
    assert_eq!(DOCUMENT[from..to].lines().count(), made.lines().count());
}

#[test]
fn every_field_says_what_it_is_and_every_view_is_named_by_a_template_or_a_view() {
    let views = views();
    let mut named: BTreeSet<String> = BTreeSet::new();
    for view in &views {
        assert!(!view.says.is_empty() && !view.fields.is_empty(), "{}", view.name);
        for field in &view.fields {
            assert!(!field.says.is_empty(), "{}.{}", view.name, field.name);
            named.extend(
                views.iter().filter(|v| field.of.contains(&v.name)).map(|v| v.name.clone()),
            );
        }
    }
    assert!(views.len() > 20, "{}", views.len());
    let templates = &DOCUMENT[..DOCUMENT.find(FROM).expect("where the views begin")];
    for view in &views {
        let link = format!("[`{}`](#{})", view.name, view.name.to_lowercase());
        assert!(named.contains(&view.name) || templates.contains(&link), "{}", view.name);
    }
    for template in TEMPLATES {
        assert!(templates.contains(&format!("| `{template}` |")), "{template}");
    }
}

#[test]
fn themes_are_told_every_component_and_every_property() {
    let parts = include_str!("../../themes/shared/parts.html");
    for rest in parts.split("{%- component ").skip(1) {
        let name = rest.split('(').next().expect("a name");
        assert!(DOCUMENT.contains(&format!("`{name}`")), "the component {name}");
    }
    let sheets = [
        include_str!("../../themes/shared/common.css"),
        include_str!("../../themes/shared/record.css"),
    ];
    // What a sheet sets for itself needs no telling.
    let own = ["--gutter", "--focus", "--tone", "--stroke"];
    for sheet in sheets {
        for rest in sheet.split("var(").skip(1) {
            let name = rest.split([')', ',']).next().expect("a name");
            assert!(own.contains(&name) || DOCUMENT.contains(&format!("`{name}`")), "{name}");
        }
    }
}
