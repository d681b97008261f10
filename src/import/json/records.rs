//! Records of the tables that a map names, and records with those of other tables put into them.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;
use serde_json_path::{NormalizedPath, PathElement};

use super::lines::{Lines, Step};
use super::map::{JsonMap, Query};

/// How deep tables are put into each other; a category may be its own grandmother.
const MAX_DEPTH: usize = 6;
/// The most records that are put into one.
const MAX_RECORDS: usize = 20_000;

/// A record where it stands in the file.
pub(super) struct Record<'d> {
    pub(super) value: &'d Value,
    pub(super) line: usize,
}

/// The records of all tables, and the ways between them.
pub(super) struct Records<'d> {
    map: &'d JsonMap,
    pub(super) tables: Vec<Vec<Record<'d>>>,
    /// Positions of records by what they say at the path of a link: by table and link.
    by_key: HashMap<(usize, usize), HashMap<String, Vec<usize>>>,
    /// Records that were put into others, by table.
    pub(super) used: Vec<BTreeSet<usize>>,
}

/// A record with those of other tables in it.
pub(super) struct Whole {
    pub(super) value: Value,
    /// Paths by which tables were joined; nothing else needs to be made of them.
    pub(super) keys: BTreeSet<String>,
    /// Whether there were more records than fit.
    pub(super) is_cut: bool,
}

impl<'d> Records<'d> {
    pub(super) fn of(document: &'d Value, map: &'d JsonMap, lines: &mut Lines<'_>) -> Self {
        let mut tables = Vec::new();
        for table in &map.tables {
            let mut records = Vec::new();
            for node in table.rows.path.query_located(document).iter() {
                let line = lines.line(&steps(node.location()));
                records.push(Record { value: node.node(), line });
            }
            tables.push(records);
        }
        let mut by_key = HashMap::new();
        for (at, table) in map.tables.iter().enumerate() {
            for (l, link) in table.links.iter().enumerate() {
                let Some(target) = map.table(&link.table.value) else { continue };
                let mut index: HashMap<String, Vec<usize>> = HashMap::new();
                for (r, record) in tables[target].iter().enumerate() {
                    for key in keys(record.value, &link.theirs) {
                        index.entry(key).or_default().push(r);
                    }
                }
                if let Some(order) = &link.order {
                    let place = |r: &usize| {
                        let first = order.path.query(tables[target][*r].value).first().cloned();
                        first.as_ref().and_then(Value::as_f64).unwrap_or(f64::MAX)
                    };
                    #[allow(clippy::iter_over_hash_type, reason = "each list is sorted by itself")]
                    for found in index.values_mut() {
                        found.sort_by(|a, b| place(a).total_cmp(&place(b)));
                    }
                }
                by_key.insert((at, l), index);
            }
        }
        let used = vec![BTreeSet::new(); tables.len()];
        Self { map, tables, by_key, used }
    }

    /// A record of a table with all that belongs to it.
    pub(super) fn whole(&mut self, table: usize, record: usize) -> Whole {
        let mut whole = Whole { value: Value::Null, keys: BTreeSet::new(), is_cut: false };
        let mut left = MAX_RECORDS;
        self.used[table].insert(record);
        whole.value = self.filled(table, record, "", 0, &mut left, &mut whole.keys);
        whole.is_cut = left == 0;
        whole
    }

    fn filled(
        &mut self,
        table: usize,
        record: usize,
        prefix: &str,
        depth: usize,
        left: &mut usize,
        used_keys: &mut BTreeSet<String>,
    ) -> Value {
        let mut value = self.tables[table][record].value.clone();
        if depth >= MAX_DEPTH || !value.is_object() {
            return value;
        }
        let map = self.map;
        for (l, link) in map.tables[table].links.iter().enumerate() {
            let Some(target) = map.table(&link.table.value) else { continue };
            let mut found = Vec::new();
            for key in keys(&value, &link.ours) {
                let index = self.by_key.get(&(table, l));
                found
                    .extend(index.and_then(|index| index.get(&key)).into_iter().flatten().copied());
            }
            used_keys.insert(format!("{prefix}{}", link.ours.written));
            let inside = format!("{prefix}{}[*].", link.name);
            used_keys.insert(format!("{inside}{}", link.theirs.written));
            used_keys.extend(link.order.as_ref().map(|order| format!("{inside}{}", order.written)));
            let mut rows = Vec::new();
            for r in found {
                if *left == 0 {
                    break;
                }
                *left -= 1;
                self.used[target].insert(r);
                rows.push(self.filled(target, r, &inside, depth + 1, left, used_keys));
            }
            if let Value::Object(fields) = &mut value {
                fields.insert(link.name.clone(), Value::Array(rows));
            }
        }
        value
    }
}

/// What a record says at a path, as texts that can be compared.
fn keys(record: &Value, query: &Query) -> Vec<String> {
    let nodes = query.path.query(record);
    nodes.iter().flat_map(|node| scalars(node)).collect()
}

fn scalars(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values.iter().flat_map(scalars).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn steps(path: &NormalizedPath<'_>) -> Vec<Step> {
    path.iter()
        .map(|element| match element {
            PathElement::Name(name) => Step::Name((*name).to_owned()),
            PathElement::Index(at) => Step::Index(*at),
        })
        .collect()
}

/// A path in words, with `[*]` for every place in an array.
pub(super) fn general(path: &NormalizedPath<'_>) -> String {
    path.iter().fold(String::new(), |mut out, element| {
        match element {
            PathElement::Name(name) => push_name(&mut out, name),
            PathElement::Index(_) => out.push_str("[*]"),
        }
        out
    })
}

pub(super) fn push_name(out: &mut String, name: &str) {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_plain {
        out.push_str(&format!("['{name}']"));
        return;
    }
    if !out.is_empty() {
        out.push('.');
    }
    out.push_str(name);
}

/// Values of records of which nothing was made: how many there are, and some of them.
#[derive(Default)]
pub(super) struct Leaf {
    pub(super) count: usize,
    pub(super) samples: Vec<String>,
}

/// Collects the values of a record that no path reached.
pub(super) fn unused(
    value: &Value,
    path: &mut String,
    used: &HashSet<String>,
    out: &mut std::collections::BTreeMap<String, Leaf>,
) {
    if used.contains(path.as_str()) {
        return;
    }
    let text = match value {
        Value::Null => return,
        Value::Array(values) => {
            let length = path.len();
            path.push_str("[*]");
            for value in values {
                unused(value, path, used, out);
            }
            path.truncate(length);
            return;
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let length = path.len();
                push_name(path, name);
                unused(value, path, used, out);
                path.truncate(length);
            }
            return;
        }
        Value::String(text) if text.is_empty() => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let leaf = out.entry(path.clone()).or_default();
    leaf.count += 1;
    if leaf.samples.len() < 4 && !leaf.samples.contains(&text) {
        leaf.samples.push(text);
    }
}

/// Values of a file that are in no table: what they are called, how many, and the first line.
pub(super) fn outside(
    document: &Value,
    records: &Records<'_>,
    lines: &mut Lines<'_>,
) -> Vec<(String, usize, usize)> {
    let rows: HashSet<*const Value> =
        records.tables.iter().flatten().map(|record| std::ptr::from_ref(record.value)).collect();
    let mut out = Vec::new();
    let mut steps = Vec::new();
    walk(document, &rows, &mut steps, "", lines, &mut out);
    out
}

fn has_rows(value: &Value, rows: &HashSet<*const Value>) -> bool {
    rows.contains(&std::ptr::from_ref(value))
        || match value {
            Value::Array(values) => values.iter().any(|value| has_rows(value, rows)),
            Value::Object(fields) => fields.values().any(|value| has_rows(value, rows)),
            _ => false,
        }
}

fn walk(
    value: &Value,
    rows: &HashSet<*const Value>,
    steps: &mut Vec<Step>,
    path: &str,
    lines: &mut Lines<'_>,
    out: &mut Vec<(String, usize, usize)>,
) {
    if rows.contains(&std::ptr::from_ref(value)) {
        return;
    }
    let is_empty = match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    if is_empty {
        return;
    }
    if !has_rows(value, rows) {
        let label = match kind(value) {
            Some(kind) => format!("{path} ({kind})"),
            None => path.to_owned(),
        };
        let count = value.as_array().map_or(1, Vec::len);
        match out.iter_mut().find(|(known, ..)| *known == label) {
            Some((_, known, _)) => *known += count,
            None => out.push((label, count, lines.line(steps))),
        }
        return;
    }
    match value {
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                steps.push(Step::Index(at));
                walk(value, rows, steps, &format!("{path}[*]"), lines, out);
                steps.pop();
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                steps.push(Step::Name(name.clone()));
                let mut path = path.to_owned();
                push_name(&mut path, name);
                walk(value, rows, steps, &path, lines, out);
                steps.pop();
            }
        }
        _ => {}
    }
}

/// What a record says it is, under the names that programs use for that.
fn kind(value: &Value) -> Option<String> {
    let names = ["model", "type", "kind", "__typename", "@type", "_type", "object"];
    let kind = names.iter().find_map(|name| value.get(name)?.as_str())?;
    Some(kind.chars().take(60).collect())
}
