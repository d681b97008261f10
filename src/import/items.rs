//! Rows to products: each cell read for what its field needs, variants taken together.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::model::{Currency, Money, ProductKind};

use super::cells::{self, Habit, Price, PriceProblem, PriceStyle, Stock};
use super::html;
use super::map::{self, Field, Shape, Source, Writing};
use super::report::{Finding, Kind, Report, counted};
use super::table::{Cell, Row, Table};
use super::variants::{self, Axis, Variant};

/// Longest line that `check` takes, in characters.
const MAX_LINE: usize = 2_000;

/// A product as the tables say it, before it has an id.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) lines: BTreeMap<Field, String>,
    pub(super) numbers: BTreeMap<Field, u64>,
    pub(super) flags: BTreeSet<Field>,
    pub(super) lists: BTreeMap<Field, Vec<String>>,
    pub(super) price: Option<ItemPrice>,
    /// Whether it states a price that was not understood.
    pub(super) is_price_unread: bool,
    pub(super) text: String,
    pub(super) facts: Vec<(String, Vec<String>)>,
    pub(super) photos: Vec<Wish>,
    /// All that its first row says, for the report.
    pub(super) said: String,
    /// What was not understood, for a remark in the file.
    pub(super) remarks: Vec<String>,
    /// The id that it should have; made from its name if none is wished.
    pub(super) id: Option<String>,
    /// Its cells in the columns of the choices, where rows are taken together.
    pub(super) chosen: Vec<String>,
    /// What other rows call it, for `related`.
    pub(super) keys: Vec<String>,
    /// Keys of products to show beside it.
    pub(super) related: Vec<String>,
    /// What a buyer chooses.
    pub(super) options: Vec<Axis>,
    /// The combinations that exist.
    pub(super) variants: Vec<Variant>,
    /// Its texts in other languages of the site, by their tags.
    pub(super) translations: Vec<(String, Item)>,
}

impl Item {
    /// What it says as one variant of a product.
    pub(super) fn as_variant(&self) -> Self {
        let kept = |field: &Field| variants::may_differ(*field);
        Self {
            file: self.file.clone(),
            line: self.line,
            name: self.name.clone(),
            lines: self
                .lines
                .iter()
                .filter(|(f, _)| kept(f))
                .map(|(f, v)| (*f, v.clone()))
                .collect(),
            numbers: self.numbers.iter().filter(|(f, _)| kept(f)).map(|(f, v)| (*f, *v)).collect(),
            flags: self.flags.iter().filter(|f| kept(f)).copied().collect(),
            price: self.price.clone(),
            is_price_unread: self.is_price_unread,
            photos: self.photos.first().cloned().into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A price, perhaps without its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ItemPrice {
    Known(Price),
    /// As `price` takes it, for a site that will say the currency.
    Bare(String),
}

impl ItemPrice {
    /// As a product's file says it.
    pub(super) fn to_field(&self) -> String {
        match self {
            Self::Bare(text) => text.clone(),
            Self::Known(Price::OnRequest) => "on request".to_owned(),
            Self::Known(Price::Amount(money)) => {
                format!("{} {}", money.to_major(), money.currency.code())
            }
            Self::Known(Price::Range(low, high)) => {
                format!("{} - {} {}", low.to_major(), high.to_major(), low.currency.code())
            }
        }
    }
}

/// A photograph that a cell names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) written: String,
    pub(super) alt: Option<String>,
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) column: String,
}

/// What the columns of one table are: positions with the way to read them.
#[derive(Clone, Debug)]
pub(super) struct Columns<'m> {
    pub(super) fields: Vec<(Field, Vec<(usize, &'m Source)>)>,
    pub(super) facts: Vec<(&'m str, usize, &'m Source)>,
    pub(super) style: PriceStyle,
}

impl<'m> Columns<'m> {
    pub(super) fn of(
        table: &Table,
        fields: &'m [(Field, Vec<Source>)],
        facts: &'m [(String, Source)],
        style: PriceStyle,
    ) -> Self {
        let at = |source: &'m Source| table.column(&source.column.value).map(|at| (at, source));
        let fields: Vec<(Field, Vec<_>)> = fields
            .iter()
            .map(|(field, sources)| (*field, sources.iter().filter_map(at).collect()))
            .collect();
        let facts = facts
            .iter()
            .filter_map(|(label, source)| {
                at(source).map(|(at, source)| (label.as_str(), at, source))
            })
            .collect();
        let mut columns = Self { fields, facts, style };
        if style.decimal.is_none() {
            let prices =
                columns.of_field(Field::Price).iter().map(|(at, _)| *at).collect::<Vec<_>>();
            let cells =
                table.rows.iter().flat_map(|row| prices.iter().filter_map(|at| row.cell(*at)));
            columns.style.decimal = cells::decimal_of(cells.map(|cell| cell.text.as_str()));
        }
        columns
    }

    pub(super) fn of_field(&self, field: Field) -> &[(usize, &'m Source)] {
        let found = self.fields.iter().find(|(known, _)| *known == field);
        found.map_or(&[], |(_, columns)| columns.as_slice())
    }

    /// Positions of all columns that are used.
    pub(super) fn positions(&self) -> impl Iterator<Item = usize> {
        let fields = self.fields.iter().flat_map(|(_, columns)| columns.iter().map(|(at, _)| *at));
        fields.chain(self.facts.iter().map(|(_, at, _)| *at))
    }

    /// The first cell of a field that says anything, as it is written.
    pub(super) fn first<'t>(&self, field: Field, row: &'t Row) -> Option<&'t str> {
        let mut cells = self.of_field(field).iter().filter_map(|(at, _)| row.cell(*at));
        cells.next().map(|cell| cell.text.as_str())
    }
}

/// Reads the cells of one row.
pub(super) struct RowReader<'a> {
    table: &'a Table,
    row: &'a Row,
    columns: &'a Columns<'a>,
    report: &'a mut Report,
    /// Entries of list cells that some field took, or the map leaves out, by column.
    taken: BTreeSet<(usize, String)>,
    /// Entries that a field with `only` did not take, by column.
    passed_on: BTreeSet<(usize, String)>,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(
        table: &'a Table,
        row: &'a Row,
        columns: &'a Columns<'a>,
        report: &'a mut Report,
    ) -> Self {
        let (taken, passed_on) = (BTreeSet::new(), BTreeSet::new());
        Self { table, row, columns, report, taken, passed_on }
    }

    /// The product that this row is.
    pub(super) fn item(&mut self) -> Item {
        let mut item =
            Item { file: self.table.file.clone(), line: self.row.line, ..Item::default() };
        for (field, _) in &self.columns.fields {
            let field = *field;
            match field.shape() {
                Shape::Line => {
                    if let Some(text) = self.line(field, &mut item.remarks) {
                        if field == Field::Name {
                            item.name = text;
                        } else {
                            item.lines.insert(field, text);
                        }
                    }
                }
                Shape::Number => self.number(field, &mut item),
                Shape::YesNo => {
                    let Some((at, cell)) = self.first_cell(field) else { continue };
                    let columns = self.columns.of_field(field);
                    let is_opposite =
                        columns.iter().any(|(known, source)| *known == at && source.is_opposite);
                    match cells::yes_no(&cell.text).map(|is_so| is_so != is_opposite) {
                        Some(true) => {
                            item.flags.insert(field);
                        }
                        Some(false) => {}
                        None => {
                            let words = match field {
                                // What may be meant to be hidden is.
                                Field::Hide => {
                                    item.flags.insert(field);
                                    "this is neither yes nor no, so the product is hidden"
                                }
                                _ => "this is neither yes nor no",
                            };
                            self.odd(at, &cell, words, &mut item.remarks);
                        }
                    }
                }
                Shape::Price | Shape::Text | Shape::List => {}
            }
        }
        self.price(&mut item);
        self.add_to(&mut item);
        item
    }

    /// Adds what a joined row has for a product, or what the row of a product has beside its lines.
    pub(super) fn add_to(&mut self, item: &mut Item) {
        let mut paragraphs = Vec::new();
        if !item.text.is_empty() {
            paragraphs.push(std::mem::take(&mut item.text));
        }
        for (field, columns) in &self.columns.fields {
            for (at, source) in columns {
                let Some(cell) = self.row.cell(*at) else { continue };
                match (field.shape(), *field) {
                    (Shape::Text, _) => paragraphs.push(self.text(*at, cell, source.writing)),
                    (Shape::List, Field::Photos | Field::PhotoAlt) => {}
                    (Shape::List, field) => {
                        let habit = match field {
                            Field::Category => Habit::Paths,
                            Field::MadeBy | Field::Collection => Habit::Sentences,
                            _ => Habit::Words,
                        };
                        let entries = self.entries(*at, cell, source, habit, &mut item.remarks);
                        let list = item.lists.entry(field).or_default();
                        for entry in entries {
                            if !list.contains(&entry) {
                                list.push(entry);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        self.photos(item);
        for (label, at, source) in &self.columns.facts {
            let Some(cell) = self.row.cell(*at) else { continue };
            let entries = self.entries(*at, cell, source, Habit::Sentences, &mut item.remarks);
            let fact = match item.facts.iter_mut().position(|(known, _)| known == label) {
                Some(at) => &mut item.facts[at].1,
                None => {
                    item.facts.push(((*label).to_owned(), Vec::new()));
                    &mut item.facts.last_mut().expect("just pushed").1
                }
            };
            for entry in entries {
                if !fact.contains(&entry) {
                    fact.push(entry);
                }
            }
        }
        for (at, entry) in &self.passed_on {
            if self.taken.contains(&(*at, entry.clone())) {
                continue;
            }
            let Some(cell) = self.row.cell(*at) else { continue };
            let words = "the map names other entries of this column, and not this one";
            let finding = self.finding(Kind::ValueNotUnderstood, *at, cell, words);
            self.report.push(finding.value(entry.clone()));
        }
        item.facts.retain(|(_, entries)| !entries.is_empty());
        item.lists.retain(|_, entries| !entries.is_empty());
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        item.text = paragraphs.join("\n\n");
    }

    pub(super) fn finding(
        &self,
        kind: Kind,
        at: usize,
        cell: &Cell,
        words: impl Into<String>,
    ) -> Finding {
        Finding::new(kind, self.table.file.clone(), words)
            .line(cell.line)
            .column(self.table.column_name(at))
            .value(cell.text.clone())
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.report.push(finding);
    }

    /// Reports a cell that was not understood, and remarks it in the product's file.
    pub(super) fn odd(&mut self, at: usize, cell: &Cell, words: &str, remarks: &mut Vec<String>) {
        let finding = self.finding(Kind::ValueNotUnderstood, at, cell, words);
        self.report.push(finding);
        remarks.push(remark(&self.table.column_name(at), &cell.text));
    }

    /// The first cell of a field that says anything; what the others say is reported.
    fn first_cell(&mut self, field: Field) -> Option<(usize, Cell)> {
        let mut cells = self
            .columns
            .of_field(field)
            .iter()
            .filter_map(|(at, _)| self.row.cell(*at).map(|cell| (*at, cell)));
        let (at, cell) = cells.next()?;
        let others: Vec<Finding> = cells
            .filter(|(_, other)| other.text != cell.text)
            .map(|(at, other)| {
                let words = format!("another column had already said the {}", field.name());
                self.finding(Kind::TextDiffers, at, other, words)
            })
            .collect();
        self.report.findings.extend(others);
        Some((at, cell.clone()))
    }

    fn line(&mut self, field: Field, remarks: &mut Vec<String>) -> Option<String> {
        let (at, cell) = self.first_cell(field)?;
        let text = self.words(at, &cell, field);
        let problem = match field {
            _ if text.chars().count() > MAX_LINE => Some(
                "this is too long for one line; a text for the page is `text` in the map"
                    .to_owned(),
            ),
            Field::Currency => Currency::from_code(&text.to_uppercase())
                .is_none()
                .then(|| "this is not the code of a currency".to_owned()),
            Field::Kind => {
                let is_known =
                    ProductKind::ALL.iter().any(|(_, word)| *word == text.to_lowercase());
                let words: Vec<&str> = ProductKind::ALL.iter().map(|(_, word)| *word).collect();
                (!is_known).then(|| format!("this is none of {}", words.join(", ")))
            }
            Field::Date => cells::date(&text)
                .is_none()
                .then(|| "this is not a day such as 2026-05-01".to_owned()),
            Field::Gtin => (!is_digits(&text, &[8, 12, 13, 14]))
                .then(|| "this is not a number of 8, 12, 13 or 14 digits".to_owned()),
            Field::Hs => {
                (!is_digits(&text, &[6])).then(|| "this is not a number of 6 digits".to_owned())
            }
            _ => None,
        };
        if let Some(words) = problem {
            self.odd(at, &cell, &words, remarks);
            return None;
        }
        let text = match field {
            Field::Currency => text.to_uppercase(),
            Field::Kind => text.to_lowercase(),
            Field::Date => cells::date(&text)?,
            _ => text,
        };
        (!text.is_empty()).then_some(text)
    }

    /// The words of a cell on one line.
    pub(super) fn words(&mut self, at: usize, cell: &Cell, field: Field) -> String {
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if field == Field::Sku {
            return folded(&cell.text);
        }
        if !html::is_html(&cell.text) {
            if html::has_entity(&cell.text) {
                return html::decode_entities(&cell.text);
            }
            return folded(&cell.text);
        }
        let converted = html::to_line(&cell.text);
        if field == Field::Name && !converted.removed.is_empty() {
            let words = "there are tags in this name; they are shown as they are written";
            let finding = self.finding(Kind::ValueNotUnderstood, at, cell, words);
            self.report.push(finding);
            return folded(&cell.text);
        }
        self.removed(at, cell, converted.removed);
        converted.text
    }

    fn removed(&mut self, at: usize, cell: &Cell, removed: BTreeSet<String>) {
        for what in removed {
            let finding =
                Finding::new(Kind::MarkupRemoved, self.table.file.clone(), "taken out of the text");
            self.report
                .push(finding.line(cell.line).column(self.table.column_name(at)).value(what));
        }
    }

    fn number(&mut self, field: Field, item: &mut Item) {
        let Some((at, cell)) = self.first_cell(field) else { return };
        let source = self.columns.of_field(field).iter().find(|(known, _)| *known == at);
        if let Some(per_unit) = source.and_then(|(_, source)| source.grams) {
            match cells::grams(&cell.text, per_unit) {
                // Shops write 0 for a weight that they do not know.
                Some(0) => {}
                Some(grams) => {
                    item.numbers.insert(field, grams);
                }
                None => self.odd(at, &cell, "this is not a weight", &mut item.remarks),
            }
            return;
        }
        if field == Field::Stock {
            match cells::stock(&cell.text) {
                Some(Stock::Count(count)) => {
                    item.numbers.insert(field, count);
                }
                Some(Stock::MadeToOrder) => {
                    item.flags.insert(Field::MadeToOrder);
                }
                None => self.odd(at, &cell, "this is not a number of things", &mut item.remarks),
            }
            return;
        }
        let (low, high) = match field {
            Field::LeadTimeDays => (0, 3650),
            Field::ShelfLifeDays => (1, 36_500),
            Field::CapacityPerMonth => (0, 10_000_000),
            _ => (1, 10_000_000),
        };
        match cells::number(&cell.text).filter(|number| (low..=high).contains(number)) {
            Some(number) => {
                item.numbers.insert(field, number);
            }
            None => {
                let words = format!("this is not a whole number from {low} to {high}");
                self.odd(at, &cell, &words, &mut item.remarks);
            }
        }
    }

    fn price(&mut self, item: &mut Item) {
        let Some((at, cell)) = self.first_cell(Field::Price) else { return };
        let own = item.lines.remove(&Field::Currency).and_then(|code| Currency::from_code(&code));
        let style =
            PriceStyle { currency: own.or(self.columns.style.currency), ..self.columns.style };
        match cells::price(&cell.text, style) {
            Ok(price) => item.price = Some(ItemPrice::Known(price)),
            Err(PriceProblem::NoCurrency) => self.bare_price(at, &cell, style, item),
            Err(problem) => {
                item.is_price_unread = true;
                self.odd(at, &cell, problem.words(), &mut item.remarks);
            }
        }
    }

    /// A price that only lacks its currency: the number is kept, the site can say the rest.
    fn bare_price(&mut self, at: usize, cell: &Cell, style: PriceStyle, item: &mut Item) {
        if let Some(currency) = style.currency {
            // The site would take it for its own.
            let words = format!(
                "several lands have a currency that is written $, and {} is none of them, so this price was left out",
                currency.code()
            );
            let finding = self.finding(Kind::NoCurrency, at, cell, &words);
            self.report.push(finding.hint(
                "write for example currency = \"USD\" in the map and import again, or the price with its code into the product",
            ));
            item.is_price_unread = true;
            item.remarks.push(remark(&self.table.column_name(at), &cell.text));
            return;
        }
        let stand_in = PriceStyle { currency: Currency::from_code("USD"), ..style };
        let number = match cells::price(&cell.text, stand_in) {
            Ok(Price::Amount(money)) => money.to_major(),
            Ok(Price::Range(low, high)) => format!("{} - {}", low.to_major(), high.to_major()),
            Ok(Price::OnRequest) | Err(_) => {
                item.is_price_unread = true;
                return self.odd(at, cell, PriceProblem::NoCurrency.words(), &mut item.remarks);
            }
        };
        item.price = Some(ItemPrice::Bare(number));
        let words = if cells::has_bare_dollar(&cell.text) {
            "several lands have a currency that is written $"
        } else {
            "this price has no currency"
        };
        let finding = self.finding(Kind::NoCurrency, at, cell, words);
        self.report.push(finding.hint(
            "write for example currency = \"USD\" in the map and import again, or in site.toml",
        ));
    }

    pub(super) fn text(&mut self, at: usize, cell: &Cell, writing: Writing) -> String {
        let is_html = html::is_html(&cell.text);
        let writing = match writing {
            Writing::Guess if is_html => Writing::Html,
            Writing::Guess if looks_like_markdown(&cell.text) => Writing::Markdown,
            Writing::Guess => Writing::Plain,
            said => said,
        };
        let text = match writing {
            Writing::Html => {
                let converted = html::to_markdown(&cell.text);
                self.removed(at, cell, converted.removed);
                converted.text
            }
            Writing::Plain if html::has_entity(&cell.text) => {
                let lines: Vec<String> = cell.text.lines().map(html::decode_entities).collect();
                html::plain_to_markdown(&lines.join("\n"))
            }
            Writing::Plain => html::plain_to_markdown(&cell.text),
            Writing::Markdown | Writing::Guess => {
                let lines =
                    cell.text.lines().map(|line| match line.trim_start().strip_prefix('•') {
                        Some(rest) => format!("- {}", rest.trim()),
                        None => line.trim_end().to_owned(),
                    });
                lines.collect::<Vec<_>>().join("\n")
            }
        };
        if html::is_html(&text) {
            let words = "there are tags in this text that are shown as they are written";
            let finding = self.finding(Kind::ValueNotUnderstood, at, cell, words);
            self.report.push(finding);
        }
        text
    }

    pub(super) fn entries(
        &mut self,
        at: usize,
        cell: &Cell,
        source: &Source,
        habit: Habit,
        remarks: &mut Vec<String>,
    ) -> Vec<String> {
        if let Some(yes) = &source.yes {
            return match cells::yes_no(&cell.text) {
                Some(true) => vec![yes.clone()],
                Some(false) => Vec::new(),
                None => {
                    self.odd(at, cell, "this is neither yes nor no", remarks);
                    Vec::new()
                }
            };
        }
        let mut plain = cell.text.clone();
        if html::is_html(&plain) {
            let converted = html::to_line(&plain);
            self.removed(at, cell, converted.removed);
            plain = converted.text;
        } else if html::has_entity(&plain) {
            plain = plain.lines().map(html::decode_entities).collect::<Vec<_>>().join("\n");
        }
        let entries = cells::list(&plain, source, habit);
        let took = entries.kept.iter().map(|entry| &entry.written).chain(&entries.ignored);
        self.taken.extend(took.map(|entry| (at, entry.clone())));
        self.passed_on.extend(entries.others.into_iter().map(|entry| (at, entry)));
        for ignored in entries.ignored {
            let words = "left out, as the map says";
            let finding = self.finding(Kind::TermLeftOut, at, cell, words).value(ignored);
            self.report.push(finding);
        }
        let mut kept = Vec::new();
        for entry in entries.kept {
            if !entry.above.is_empty() {
                let words = "only one level of a path becomes an entry of the list";
                let finding = self
                    .finding(Kind::PathShortened, at, cell, words)
                    .value(entry.above.join(" / "));
                self.report.push(finding);
            }
            if entry.text.chars().count() > MAX_LINE {
                self.odd(at, cell, "this is too long for an entry of a list", remarks);
                continue;
            }
            kept.push(entry.text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        kept
    }

    /// Photographs with the words beside them, in order.
    fn photos(&mut self, item: &mut Item) {
        let mut words: Vec<(usize, Cell, String)> = Vec::new();
        for (at, source) in self.columns.of_field(Field::PhotoAlt) {
            let Some(cell) = self.row.cell(*at) else { continue };
            if source.is_exact {
                let lines = cell.text.split('\n');
                words.extend(lines.map(|line| (*at, cell.clone(), line.trim().to_owned())));
                continue;
            }
            let entries = cells::list(&cell.text, source, Habit::Sentences);
            words.extend(entries.kept.into_iter().map(|entry| (*at, cell.clone(), entry.text)));
        }
        let mut words = words.into_iter();
        for (at, source) in self.columns.of_field(Field::Photos) {
            let Some(cell) = self.row.cell(*at) else { continue };
            // A comma may be part of an address.
            let habit = if cell.text.contains("://") { Habit::Sentences } else { Habit::Files };
            let written: Vec<String> = if source.is_exact {
                cell.text.lines().map(str::to_owned).collect()
            } else if habit == Habit::Sentences && source.separators.is_none() {
                addresses(&cell.text)
            } else {
                let entries = cells::list(&cell.text, source, habit);
                entries.kept.into_iter().map(|entry| entry.text).collect()
            };
            for written in written {
                let renamed =
                    source.files.iter().find_map(|(from, to)| map::renamed(from, to, &written));
                item.photos.push(Wish {
                    written: renamed.unwrap_or(written),
                    alt: words.next().map(|(_, _, text)| text).filter(|text| !text.is_empty()),
                    file: self.table.file.clone(),
                    line: cell.line,
                    column: self.table.column_name(*at),
                });
            }
        }
        for (at, cell, text) in words.filter(|(.., text)| !text.is_empty()) {
            let message = "there is no photograph that these words belong to";
            let finding = self.finding(Kind::ValueNotUnderstood, at, &cell, message).value(text);
            self.report.push(finding);
        }
    }
}

/// Splits a list of addresses: at white space, `|` and `;`, and at commas before another one.
fn addresses(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in text.split(['\n', '|', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        for (at, piece) in part.split(",http").enumerate() {
            out.push(if at == 0 { piece.to_owned() } else { format!("http{piece}") });
        }
    }
    out.iter().map(|one| one.trim_matches(',').to_owned()).filter(|one| !one.is_empty()).collect()
}

fn is_digits(text: &str, lengths: &[usize]) -> bool {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    lengths.contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_digit())
}

fn looks_like_markdown(text: &str) -> bool {
    text.contains("**")
        || text.contains("](")
        || text.lines().map(str::trim_start).any(|line| {
            ["# ", "## ", "### ", "- ", "* ", "• ", "> ", "1. "].iter().any(|m| line.starts_with(m))
        })
}

/// One line for a comment in the product's file.
fn remark(column: &str, value: &str) -> String {
    let line = |text: &str| {
        let plain: String = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect::<String>()
    };
    format!("the table says {} \"{}\", which was not understood", line(column), line(value))
}

/// One product of rows that belong together; `by` names it if its rows have several names.
///
/// `axes` are what they differ in, with a cell for each row in `chosen`; their columns may fill
/// `choice_fields`, which then are no fields of the whole.
pub(super) fn merge(
    rows: Vec<Item>,
    by: &str,
    axes: &[String],
    choice_fields: &BTreeSet<Field>,
    report: &mut Report,
) -> Item {
    let variants: Vec<Variant> = if axes.is_empty() {
        Vec::new()
    } else {
        rows.iter().map(|row| Variant { of: row.chosen.clone(), said: row.as_variant() }).collect()
    };
    let mut rows = rows.into_iter();
    let Some(mut whole) = rows.next() else { return Item::default() };
    let rows: Vec<Item> = rows.collect();
    let is_whole = |field: &Field| axes.is_empty() || !variants::may_differ(*field);
    if rows.is_empty() {
        return whole;
    }
    let mut lines = vec![(whole.file.clone(), whole.line)];
    let mut stock_rows = usize::from(whole.numbers.contains_key(&Field::Stock));
    for row in rows {
        lines.push((row.file.clone(), row.line));
        let differs = |what: &str, value: &str| {
            let words =
                format!("the first row of this product says another {what}, which was used");
            Finding::new(Kind::TextDiffers, row.file.clone(), words)
                .line(row.line)
                .value(value.to_owned())
        };
        if whole.name.is_empty() {
            whole.name.clone_from(&row.name);
        } else if !row.name.is_empty() && row.name != whole.name {
            whole.name = by.to_owned();
        }
        for (field, value) in &row.lines {
            match whole.lines.get(field) {
                None => {
                    whole.lines.insert(*field, value.clone());
                }
                Some(known) if known == value => {}
                Some(_) if choice_fields.contains(field) || !is_whole(field) => {}
                Some(_) => report.push(differs(field.name(), value)),
            }
        }
        for (field, value) in &row.numbers {
            if *field == Field::Stock {
                stock_rows += 1;
                *whole.numbers.entry(*field).or_default() += value;
                continue;
            }
            match whole.numbers.get(field) {
                None => {
                    whole.numbers.insert(*field, *value);
                }
                Some(known) if known == value => {}
                Some(_) if !is_whole(field) => {}
                Some(_) => report.push(differs(field.name(), &value.to_string())),
            }
        }
        whole.flags.extend(&row.flags);
        for (field, entries) in &row.lists {
            let list = whole.lists.entry(*field).or_default();
            for entry in entries {
                if !list.contains(entry) {
                    list.push(entry.clone());
                }
            }
        }
        for (label, entries) in &row.facts {
            match whole.facts.iter_mut().find(|(known, _)| known == label) {
                None => whole.facts.push((label.clone(), entries.clone())),
                Some((_, known)) => {
                    for entry in entries {
                        if !known.contains(entry) {
                            known.push(entry.clone());
                        }
                    }
                }
            }
        }
        if let Some(price) = &row.price {
            whole.price = match whole.price.take() {
                None => Some(price.clone()),
                Some(known) => Some(widen(&known, price).unwrap_or_else(|| {
                    report.push(differs("price", &price.to_field()));
                    known
                })),
            };
        }
        if whole.text.is_empty() {
            whole.text.clone_from(&row.text);
        } else if !row.text.is_empty() && row.text != whole.text {
            // What both say need not be told.
            let known: BTreeSet<&str> = whole.text.lines().collect();
            let new: Vec<&str> = row.text.lines().filter(|line| !known.contains(line)).collect();
            report.push(differs("text", &new.join("\n")));
        }
        whole.photos.extend(row.photos);
        whole.remarks.extend(row.remarks);
    }
    if !axes.is_empty() {
        // What a buyer chooses is no field of the whole; a facet is.
        for field in choice_fields.iter().filter(|field| field.shape() != Shape::List) {
            whole.lines.remove(field);
            whole.numbers.remove(field);
        }
        let axes =
            axes.iter().map(|name| Axis { name: name.clone(), values: Vec::new() }).collect();
        // What the rows state is the price of each of them, and none of the whole.
        let of_rows = whole.price.take();
        variants::give(&mut whole, axes, variants, report);
        whole.price = whole.price.take().or(of_rows);
    }
    let stocks = if stock_rows > 1 && axes.is_empty() { "; their stock was added up" } else { "" };
    for (file, line) in lines {
        let words = format!("these rows became one product{stocks}");
        report.push(
            Finding::new(Kind::RowsTogether, file, words).line(line).value(whole.name.clone()),
        );
    }
    whole
}

/// The range of two prices, if they have a range.
pub(super) fn widen(a: &ItemPrice, b: &ItemPrice) -> Option<ItemPrice> {
    if a == b {
        return Some(a.clone());
    }
    match (a, b) {
        (ItemPrice::Known(a), ItemPrice::Known(b)) => {
            let ((a_low, a_high), (b_low, b_high)) = (ends(a)?, ends(b)?);
            if a_low.currency != b_low.currency {
                return None;
            }
            let low = if b_low.minor < a_low.minor { b_low } else { a_low };
            let high = if b_high.minor > a_high.minor { b_high } else { a_high };
            Some(ItemPrice::Known(Price::Range(low, high)))
        }
        (ItemPrice::Bare(a), ItemPrice::Bare(b)) => {
            let parts = a.split(" - ").chain(b.split(" - "));
            let mut parts: Vec<(f64, &str)> =
                parts.map(|part| part.parse().map(|n| (n, part))).collect::<Result<_, _>>().ok()?;
            parts.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (low, high) = (parts.first()?.1, parts.last()?.1);
            Some(ItemPrice::Bare(format!("{low} - {high}")))
        }
        _ => None,
    }
}

fn ends(price: &Price) -> Option<(Money, Money)> {
    match price {
        Price::Amount(money) => Some((*money, *money)),
        Price::Range(low, high) => Some((*low, *high)),
        Price::OnRequest => None,
    }
}

/// The text of a product's page: what the table says, and its facts.
pub(super) fn body(item: &Item, text: &str, facts_heading: Option<&str>) -> String {
    let mut parts = Vec::new();
    if !text.is_empty() {
        parts.push(text.to_owned());
    }
    if !item.facts.is_empty() {
        let facts: Vec<String> = item
            .facts
            .iter()
            .map(|(label, entries)| {
                format!("- **{}:** {}", inline(label), inline(&entries.join(", ")))
            })
            .collect();
        if let Some(heading) = facts_heading {
            parts.push(format!("## {}", inline(heading)));
        }
        parts.push(facts.join("\n"));
    }
    parts.join("\n\n")
}

/// Words as Markdown that shows just them, on one line.
fn inline(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    html::plain_to_markdown(&line).replace('\n', " ")
}

/// The first sentence or two of a text, at most 160 characters, if it begins with such.
pub(super) fn first_sentence(markdown: &str) -> Option<String> {
    const MOST: usize = 160;
    let mut words = String::new();
    let mut is_inside = false;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Paragraph) => is_inside = true,
            Event::End(TagEnd::Paragraph) => break,
            Event::Text(text) | Event::Code(text) if is_inside => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak if is_inside => words.push(' '),
            _ => {}
        }
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut end = 0;
    for (at, mark) in
        words.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '。' | '।'))
    {
        let after = at + mark.len_utf8();
        let rest = &words[after..];
        let is_end = rest.is_empty()
            || (rest.starts_with(' ') && !rest.trim_start().starts_with(char::is_lowercase));
        if !is_end {
            continue;
        }
        if end > 0 && words[..after].chars().count() > MOST {
            break;
        }
        end = after;
        if words[..end].chars().count() >= MOST / 2 {
            break;
        }
    }
    let sentence = if end == 0 { words.as_str() } else { &words[..end] };
    if sentence.chars().count() <= 2 * MOST {
        return (!sentence.is_empty()).then(|| sentence.to_owned());
    }
    // A sentence that never ends is cut between words.
    let cut: String = sentence.chars().take(MOST).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    Some(format!("{}…", cut.trim_end_matches([',', ';', ':'])))
}

/// What comes after these words at the beginning of a text, if nothing around them is cut in two.
pub(super) fn after<'t>(markdown: &'t str, words: &str) -> Option<&'t str> {
    let mut rest = markdown.trim_start();
    // Stars make words bold, and a backslash makes a sign a sign.
    for (at, word) in words.split_whitespace().enumerate() {
        if at > 0 {
            let gap = rest.trim_start_matches(['*', '\\']);
            rest = gap.trim_start();
            if rest.len() == gap.len() {
                return None;
            }
        }
        for letter in word.chars() {
            let plain = rest.trim_start_matches(['*', '\\']);
            let escaped = || rest.strip_prefix('\\').unwrap_or(rest).strip_prefix(letter);
            rest = plain.strip_prefix(letter).or_else(escaped)?;
        }
    }
    let left = rest.trim_start_matches('*');
    for rest in [left, rest] {
        let cut = &markdown[..markdown.len() - rest.len()];
        let stars = cut.matches('*').count() - cut.matches("\\*").count();
        let is_whole = stars.is_multiple_of(2)
            && cut.matches("**").count().is_multiple_of(2)
            && !cut.contains(['[', '`', '!'])
            && rest.chars().next().is_none_or(char::is_whitespace);
        if is_whole {
            return Some(rest.trim_start());
        }
    }
    None
}

/// Says that a column holds nothing that was used.
pub(super) fn column_words(table: &Table, column: usize) -> String {
    let mut samples: Vec<&str> = Vec::new();
    let mut count = 0;
    for cell in table.rows.iter().filter_map(|row| row.cell(column)) {
        count += 1;
        if !samples.contains(&cell.text.as_str()) && samples.len() < 4 {
            samples.push(&cell.text);
        }
    }
    if count == 0 {
        return "all its cells are empty".to_owned();
    }
    let samples: Vec<String> = samples
        .iter()
        .map(|sample| {
            let line = sample.split_whitespace().collect::<Vec<_>>().join(" ");
            let cut: String = line.chars().take(40).collect();
            if cut.len() < line.len() { format!("\"{cut}…\"") } else { format!("\"{cut}\"") }
        })
        .collect();
    format!("{}: {}", counted(count, "cell", "cells"), samples.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_makes_a_description() {
        for (text, expected) in [
            (
                "Soft. Warm and **red**, made for long winters in the high valleys by the lake of many reeds. More.",
                "Soft. Warm and red, made for long winters in the high valleys by the lake of many reeds.",
            ),
            ("## Heading\n\nThe first.", "The first."),
            (
                "It weighs 2.5 kg and is 3 in. high. More.",
                "It weighs 2.5 kg and is 3 in. high. More.",
            ),
            ("no end", "no end"),
        ] {
            assert_eq!(first_sentence(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(first_sentence("- a list"), None);
        let long = "word ".repeat(200);
        assert!(
            first_sentence(&long)
                .is_some_and(|text| text.chars().count() <= 161 && text.ends_with('…'))
        );
    }

    #[test]
    fn what_the_description_says_is_not_said_again() {
        for (text, words, expected) in [
            ("Soft. Warm.", "Soft.", Some("Warm.")),
            ("**Soft** wool. Warm.", "Soft wool.", Some("Warm.")),
            ("**Soft wool.** Warm.", "Soft wool.", Some("Warm.")),
            ("Soft **wool**", "Soft wool", Some("")),
            ("**Soft wool. Warm.** Red.", "Soft wool.", None),
            ("5 \\* 3. Warm.", "5 * 3.", Some("Warm.")),
            ("[Soft](https://example.org/) wool.", "Soft wool.", None),
            ("Soft-ish", "Soft", None),
            ("Hard.", "Soft.", None),
        ] {
            assert_eq!(after(text, words), expected, "{text}");
        }
    }

    #[test]
    fn addresses_are_told_apart() {
        assert_eq!(
            addresses("https://a.example/1.jpg, https://a.example/2,3.jpg|https://a.example/4.jpg"),
            ["https://a.example/1.jpg", "https://a.example/2,3.jpg", "https://a.example/4.jpg"]
        );
        assert_eq!(addresses("https://a.example/1.jpg,https://a.example/2.jpg").len(), 2);
    }
}
