//! `inventory`: what is made where, how much, how ready; and who can deliver by a day.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::check::check_as;
use crate::diag::report::visible;
use crate::inventory::{By, Filter, Inventory, Key, Offers, Row, Span, Wanted};
use crate::model::{Date, ListKind};
use crate::read::{self, Changed, Memory};
use crate::write::{Mode, RealDisk, replace};

use super::{Ended, Failed, Outcome, audience_named, console, day, now, site_folder};

/// Tell what is made where, how much, how ready, and who can deliver by a day: as a table, CSV or JSON
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  selvedge inventory my-association
  selvedge inventory my-association --by maker,kind --where region=north
  selvedge inventory my-association --products -o inventory.csv
  selvedge inventory my-association --quantity 300 --by-date 2026-10-01

All of it is what makers state of themselves, and nothing in it is more than the public site shows. Customs codes are for
dealers: add --audience trade.

Exit code 0: told. 1: the site has errors, and what has them is not counted. 2: it could not be read.")]
pub(super) struct Args {
    /// The folder of a site; that of an association counts its members too [default: this folder]
    site: Option<PathBuf>,
    /// What the lines are for: region, kind, category, maker, material, theme or colour; several with commas between
    /// [default: region,kind; with --by-date the sums are by kind]
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = by)]
    by: Vec<Named>,
    /// Count only what fits, such as kind=textile; may be said again: one of the values for the same thing is enough
    #[arg(long = "where", value_name = "WHAT=NAME")]
    filters: Vec<String>,
    /// One line for each product
    #[arg(long, conflicts_with_all = ["by", "by_date"])]
    products: bool,
    /// Who can have --quantity pieces ready to send by this day, for example 2026-10-01
    #[arg(long, value_name = "DATE", requires = "quantity")]
    by_date: Option<String>,
    /// How many pieces are needed by --by-date
    #[arg(long, value_name = "N", requires = "by_date", value_parser = clap::value_parser!(u32).range(1..))]
    quantity: Option<u32>,
    /// Also count what only dealers (trade) or members see, and for dealers tell customs codes
    #[arg(long, value_name = "WHO", value_parser = ["public", "trade", "members"])]
    audience: Option<String>,
    /// Print it as CSV, for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    /// Write it to a new file instead; the ending .csv or .json says which form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Something to group by, as it is named on the command line.
#[derive(Clone, Copy, Debug)]
struct Named(By);

fn by(word: &str) -> Result<Named, String> {
    let known = ListKind::ALL.iter().find(|(_, name)| *name == word.trim());
    known.map(|(by, _)| Named(*by)).ok_or_else(|| {
        let all: Vec<&str> = ListKind::ALL.iter().map(|(_, name)| *name).collect();
        format!("write one of {}", all.join(", "))
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Words,
    Csv,
    Json,
}

/// How many years ahead anybody could say what she can make.
const YEARS_AHEAD: i16 = 10;

pub(super) fn run(args: &Args) -> Outcome {
    let today = day(now(args.at.as_deref())?);
    let wanted = match (&args.by_date, args.quantity) {
        (Some(until), Some(quantity)) => Some(wanted(today, until, quantity)?),
        _ => None,
    };
    let filters: Vec<Filter> =
        args.filters.iter().map(|text| Filter::parse(text)).collect::<Result<_, _>>()?;
    if let Some(output) = &args.output
        && output.exists()
    {
        return Err(Failed(format!(
            "{} is there already, and stays as it is; give another name",
            output.display()
        )));
    }
    let form = form(args);
    let root = site_folder(args.site.as_ref());
    let draft = read::load(&root, &mut Memory::default(), Changed::All)?;
    let outcome = check_as(draft, audience_named(args.audience.as_deref()), Some(today));
    console::errors(&outcome.diagnostics, &outcome.sources);
    let Some(site) = &outcome.site else { return Ok(Ended::Wrong) };
    let has_errors = outcome.diagnostics.has_errors();
    if has_errors {
        console::say("what has errors is counted without them, or not at all");
    }
    let mut inventory = Inventory::of(site);
    inventory.keep(&filters)?;
    let by = lines(args, &inventory)?;
    let text = match wanted {
        Some(wanted) => {
            let offers = inventory.offers(wanted, &by);
            match form {
                Form::Words => offers_in_words(&inventory, &by, &offers),
                Form::Csv => inventory.offers_table(&offers).csv(),
                Form::Json => format!("{:#}\n", inventory.offers_json(&by, &offers)),
            }
        }
        None if args.products => match form {
            Form::Words => products_in_words(&inventory),
            Form::Csv => inventory.products_table().csv(),
            Form::Json => format!("{:#}\n", inventory.products_json()),
        },
        None => {
            let rows = inventory.rows(&by);
            match form {
                Form::Words => rows_in_words(&inventory, &by, &rows),
                Form::Csv => inventory.rows_table(&by, &rows).csv(),
                Form::Json => format!("{:#}\n", inventory.rows_json(&by, &rows)),
            }
        }
    };
    match &args.output {
        Some(output) => write(output, &text)?,
        None => console::print(&text),
    }
    Ok(if has_errors { Ended::Wrong } else { Ended::Fine })
}

fn wanted(today: Date, until: &str, quantity: u32) -> Result<Wanted, Failed> {
    let until: Date =
        Some(until).filter(|text| text.len() == 10).and_then(|text| text.parse().ok()).ok_or_else(
            || Failed(format!("\"{until}\" is not a day; write for example --by-date 2026-10-01")),
        )?;
    if until < today {
        return Err(Failed(format!("{until} is over; today is {today}")));
    }
    if until.year() > today.year() + YEARS_AHEAD {
        return Err(Failed(format!(
            "{until} is more than {YEARS_AHEAD} years ahead; nobody can say what is made then"
        )));
    }
    Ok(Wanted { quantity, from: today, until })
}

fn form(args: &Args) -> Form {
    let ending = args.output.as_deref().and_then(Path::extension).and_then(|e| e.to_str());
    let ending = ending.map(str::to_ascii_lowercase);
    match (args.csv, args.json, ending.as_deref()) {
        (true, _, _) | (false, false, Some("csv")) => Form::Csv,
        (_, true, _) | (false, false, Some("json")) => Form::Json,
        _ => Form::Words,
    }
}

/// What the lines are for.
fn lines(args: &Args, inventory: &Inventory<'_>) -> Result<Vec<By>, Failed> {
    let mut by: Vec<By> = Vec::new();
    for Named(one) in &args.by {
        inventory.expect_list(*one)?;
        if !by.contains(one) {
            by.push(*one);
        }
    }
    if !by.is_empty() {
        return Ok(by);
    }
    if args.by_date.is_some() {
        return Ok(vec![ListKind::Kind]);
    }
    // A shop need not have a list of regions.
    Ok(match inventory.expect_list(ListKind::Region) {
        Ok(()) => vec![ListKind::Region, ListKind::Kind],
        Err(_) => vec![ListKind::Kind],
    })
}

fn write(output: &Path, text: &str) -> Result<(), Failed> {
    replace(&RealDisk, output, text.as_bytes(), Mode::Public)?;
    console::say(&format!("written: {}", output.display()));
    Ok(())
}

/// What an inventory is, said below each.
const STATED: &str = "All of it is what the makers state on their pages; nobody has counted it.";
/// The same of an answer about a day.
const NO_PROMISE: &str = "This is arithmetic on what the makers state, and no promise: ask them. \
A day is when it can be sent off; the way to the buyer comes on top.";

fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

fn span(span: Span) -> String {
    match (span.least, span.most) {
        (least, most) if least == most => most.to_string(),
        (least, most) => format!("{least} to {most}"),
    }
}

fn key(key: &Key) -> String {
    if key.id.is_empty() { "not said".to_owned() } else { visible(&key.name) }
}

/// Columns as wide as they need to be; the first so many are words, the others numbers.
struct Columns {
    words: usize,
    rows: Vec<(Vec<String>, Vec<String>)>,
}

impl Columns {
    fn new(words: usize, head: Vec<String>) -> Self {
        Self { words, rows: vec![(head, Vec::new())] }
    }

    /// A row, and what stands below it.
    fn row(&mut self, cells: Vec<String>, below: Vec<String>) {
        self.rows.push((cells, below));
    }

    fn text(&self) -> String {
        let cells = self.rows[0].0.len();
        let wide = |at: usize| self.rows.iter().map(|(row, _)| row[at].chars().count()).max();
        let wide: Vec<usize> = (0..cells).map(|at| wide(at).unwrap_or(0)).collect();
        let mut out = String::new();
        for (row, below) in &self.rows {
            let mut line = String::new();
            for (at, (cell, wide)) in row.iter().zip(&wide).enumerate() {
                let gap = if at == 0 { "" } else { "  " };
                let _ = match at < self.words {
                    true => write!(line, "{gap}{cell:<wide$}"),
                    false => write!(line, "{gap}{cell:>wide$}"),
                };
            }
            let _ = writeln!(out, "{}", line.trim_end());
            for line in below {
                let _ = writeln!(out, "    {line}");
            }
        }
        out
    }
}

fn head(by: &[By], more: &[&str]) -> Vec<String> {
    by.iter().map(|by| by.name().to_owned()).chain(more.iter().map(|s| (*s).to_owned())).collect()
}

/// Where the products of a row can be ordered to.
fn market(row: &Row<'_>) -> String {
    let zone = |(zone, count, is_whole): &(&crate::model::Zone, usize, bool)| {
        let name = visible(zone.name.original());
        let part = if *is_whole { "" } else { ", some to parts of it only" };
        match *count == row.for_sale {
            true if *is_whole => name,
            true => format!("{name} (some to parts of it only)"),
            false => format!("{name} ({count} of {}{part})", row.for_sale),
        }
    };
    let zones: Vec<String> = row.zones.iter().map(zone).collect();
    match zones.is_empty() {
        true => "nowhere yet".to_owned(),
        false => zones.join(", "),
    }
}

fn missing(row: &Row<'_>) -> Option<String> {
    let all = row.lacks.iter().map(|(lack, count)| format!("{} ({count})", lack.words()));
    let all: Vec<String> = all.collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn rows_in_words(inventory: &Inventory<'_>, by: &[By], rows: &[Row<'_>]) -> String {
    let total = inventory.total();
    if total.products == 0 {
        return "There is nothing to count.\n".to_owned();
    }
    let columns = ["makers", "products", "for sale", "complete", "ready pieces", "a month"];
    let mut table = Columns::new(by.len(), head(by, &columns));
    let numbers = |row: &Row<'_>| {
        let month = match (row.unstated, row.for_sale) {
            (0, 0) => "-".to_owned(),
            (unstated, for_sale) if unstated == for_sale => "not stated".to_owned(),
            (0, _) => span(row.per_month),
            _ => format!("{}*", span(row.per_month)),
        };
        vec![
            row.makers.len().to_string(),
            row.products.to_string(),
            row.for_sale.to_string(),
            row.complete.to_string(),
            row.ready.to_string(),
            month,
        ]
    };
    // What is true of all is said once.
    let sold: Vec<&Row<'_>> = rows.iter().filter(|row| row.for_sale > 0).collect();
    let common = sold.first().map(|row| market(row));
    let common = common.filter(|first| sold.iter().all(|row| market(row) == *first));
    for row in rows {
        let mut below = Vec::new();
        if row.for_sale > 0 && common.is_none() {
            below.push(format!("can be ordered to: {}", market(row)));
        }
        if !row.codes.is_empty() {
            let codes: Vec<&str> = row.codes.iter().copied().collect();
            below.push(format!("customs codes: {}", codes.join(", ")));
        }
        below.extend(missing(row).map(|words| format!("missing: {words}")));
        let cells = row.keys.iter().map(key).chain(numbers(row)).collect();
        table.row(cells, below);
    }
    let mut cells = vec![String::new(); by.len()];
    if let Some(first) = cells.first_mut() {
        "all".clone_into(first);
    }
    cells.extend(numbers(&total));
    table.row(cells, Vec::new());
    let mut out = table.text();
    out.push_str("\nComplete: for sale, and nothing that is looked at is missing.\n");
    if let Some(market) = common {
        let _ = writeln!(out, "What is for sale can be ordered to: {market}.");
    }
    let shared = rows.iter().map(|row| row.shared).max().unwrap_or(0);
    if shared > 0 {
        out.push_str("Some products stand in several lines; the last line counts each once.\n");
    }
    if total.unstated > 0 {
        let _ = writeln!(
            out,
            "* Of {}, {} no number a month.",
            count(total.for_sale, "product for sale", "products for sale"),
            count(total.unstated, "states", "state"),
        );
    }
    if total.per_month.least < total.per_month.most {
        out.push_str(
            "A month: the lower number counts each maker's hands once, for the product of which she can make most; \
             the higher one adds up what is stated for each product.\n",
        );
    }
    let idle = inventory.makers_without_products();
    if idle > 0 && total.products == inventory.site().products.len() {
        let _ = writeln!(out, "{} no product here.", count(idle, "maker has", "makers have"));
    }
    if !inventory.has_codes() {
        out.push_str("Customs codes are for dealers; --audience trade tells them.\n");
    }
    let _ = writeln!(out, "{STATED}");
    out
}

fn products_in_words(inventory: &Inventory<'_>) -> String {
    let head = ["product", "makers", "ready", "a month", "days"].map(str::to_owned).to_vec();
    let mut table = Columns::new(2, head);
    let said = |number: Option<String>| number.unwrap_or_else(|| "-".to_owned());
    for fact in inventory.facts() {
        let product = fact.product;
        let makers = inventory.keys(product, ListKind::Maker);
        let makers: Vec<String> = makers.iter().map(key).collect();
        let cells = vec![
            visible(product.name.original()),
            makers.join(", "),
            said(fact.ready.map(|count| count.to_string())),
            said(fact.per_month.map(|count| count.to_string())),
            said(product.lead_time_days.map(|days| days.to_string())),
        ];
        let mut below = Vec::new();
        if product.is_for_sale() {
            let zones = fact.market.zones.iter().map(|(zone, is_whole)| {
                let name = visible(zone.name.original());
                if *is_whole { name } else { format!("{name} (parts of it)") }
            });
            let zones: Vec<String> = zones.collect();
            let zones = if zones.is_empty() { "nowhere yet".to_owned() } else { zones.join(", ") };
            below.push(format!("can be ordered to: {zones}"));
        }
        if let Some(code) = product.trade.as_deref().and_then(|trade| trade.hs.as_deref()) {
            below.push(format!("customs code: {code}"));
        }
        if !fact.lacks.is_empty() {
            let lacks: Vec<&str> = fact.lacks.iter().map(|lack| lack.words()).collect();
            let flags: Vec<&str> = fact.flags.iter().map(|flag| flag.name()).collect();
            let flags = match flags.is_empty() {
                true => String::new(),
                false => format!(" ({})", flags.join(", ")),
            };
            below.push(format!("missing: {}{flags}", lacks.join(", ")));
        }
        table.row(cells, below);
    }
    format!("{}\nDays: from order to dispatch. {STATED}\n", table.text())
}

fn offers_in_words(inventory: &Inventory<'_>, by: &[By], offers: &Offers<'_, '_>) -> String {
    let Wanted { quantity, from, until } = offers.wanted;
    let pieces = count(quantity as usize, "piece", "pieces");
    let enough = offers.offers.iter().filter(|offer| offer.is_enough).count();
    let mut out = match enough {
        0 => format!("No product alone comes to {pieces} by {until}, ordered on {from}.\n\n"),
        enough => format!(
            "{} to {pieces} by {until}, ordered on {from}.\n\n",
            count(enough, "product comes", "products come")
        ),
    };
    let columns = ["", "product", "makers", "can be had", "ready", "months", "a month"];
    let mut table = Columns::new(3, columns.map(str::to_owned).to_vec());
    let (told, silent): (Vec<_>, Vec<_>) =
        offers.offers.iter().partition(|offer| offer.total() > 0);
    for offer in &told {
        let product = offer.fact.product;
        let makers: Vec<String> =
            inventory.keys(product, ListKind::Maker).iter().map(key).collect();
        let month = offer.fact.per_month.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let cells = vec![
            if offer.is_enough { "enough" } else { "" }.to_owned(),
            visible(product.name.original()),
            makers.join(", "),
            offer.total().to_string(),
            offer.ready.to_string(),
            offer.months.to_string(),
            month,
        ];
        let mut below = Vec::new();
        if offer.parts.len() > 1 {
            let part = |part: &crate::inventory::Part| {
                let name = inventory.site().producer(part.maker).name.original();
                format!("{} {}", visible(name), part.pieces)
            };
            let parts: Vec<String> = offer.parts.iter().map(part).collect();
            below.push(format!("of what is made: {}", parts.join(", ")));
        }
        if !offer.notes.is_empty() {
            let notes: Vec<String> = offer.notes.iter().map(|note| note.words()).collect();
            below.push(notes.join("; "));
        }
        table.row(cells, below);
    }
    if !told.is_empty() {
        let _ = writeln!(out, "{}", table.text());
    }
    if !offers.sums.is_empty() {
        let names: Vec<&str> = by.iter().map(|by| by.name()).collect();
        let _ = writeln!(out, "Together, by {}:\n", names.join(" and "));
        let mut columns = vec![String::new()];
        columns.extend(head(by, &["makers", "products", "can be had"]));
        let mut table = Columns::new(by.len() + 1, columns);
        let mut add = |keys: Vec<String>, sum: &crate::inventory::Sum| {
            let word = match sum.pieces {
                Span { least, .. } if least >= u64::from(quantity) => "enough",
                Span { most, .. } if most >= u64::from(quantity) => "perhaps",
                _ => "",
            };
            let mut cells = vec![word.to_owned()];
            cells.extend(keys);
            cells.extend([sum.makers.to_string(), sum.products.to_string(), span(sum.pieces)]);
            table.row(cells, Vec::new());
        };
        for sum in &offers.sums {
            add(sum.keys.iter().map(key).collect(), sum);
        }
        let mut all = vec![String::new(); by.len()];
        if let Some(first) = all.first_mut() {
            "all".clone_into(first);
        }
        add(all, &offers.total);
        let _ = writeln!(out, "{}", table.text());
    }
    if offers.total.pieces.least < offers.total.pieces.most {
        out.push_str(
            "Of two numbers the lower one counts each maker's hands once, for the product of which she can make most.\n",
        );
    }
    if !silent.is_empty() {
        let _ = writeln!(
            out,
            "{} nothing that could be counted.",
            count(silent.len(), "product for sale has", "products for sale have")
        );
    }
    if offers.not_for_sale > 0 {
        let _ = writeln!(
            out,
            "{} not for sale yet.",
            count(offers.not_for_sale, "product is", "products are")
        );
    }
    let _ = writeln!(out, "{NO_PROMISE}");
    out
}
