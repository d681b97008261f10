//! Strict JSON and its canonical form.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use selvedge::provenance::{jcs, json};
use serde_json::Value;

use super::{array, base64, bytes, hex, json as read_json, jsonl, names, string, text};

#[test]
fn canonical_form_of_others_documents() {
    for folder in ["vectors/jcs", "hostile/json/jcs"] {
        for name in names(&format!("{folder}/input")) {
            let value = json::parse(&bytes(&format!("{folder}/input/{name}"))).expect(&name);
            let canonical = jcs::encode(&value);
            let stem = name.trim_end_matches(".json");
            let outhex = text(&format!("{folder}/outhex/{stem}.txt"));
            let expected = hex(&outhex.split_whitespace().collect::<String>());
            assert_eq!(canonical, expected, "{name}");
            let output = text(&format!("{folder}/output/{name}"));
            assert_eq!(String::from_utf8(canonical).unwrap(), output.trim_end(), "{name}");
        }
    }
}

#[test]
fn numbers_are_written_as_ecmascript_does() {
    let table = text("vectors/jcs/es6-numbers.txt");
    let appendix = read_json("vectors/jcs/rfc8785-appendix-b.json");
    let rows = table.lines().map(|line| line.split_once(',').expect("two columns"));
    let appendix = array(&appendix);
    let rows = rows.chain(
        appendix
            .iter()
            .map(|row| (string(row, "ieee754"), row["json"].as_str().unwrap_or_default())),
    );
    let mut count = 0;
    for (bits, expected) in rows {
        let number = f64::from_bits(u64::from_str_radix(bits, 16).expect("hex"));
        // NaN and infinities stand in the appendix as what has no canonical form; a value of ours
        // cannot hold them.
        if number.is_finite() {
            let written = jcs::encode(&json::Value::Number(number));
            assert_eq!(String::from_utf8(written).unwrap(), expected, "{bits}");
            count += 1;
        }
    }
    assert!(count > 10_000);
}

#[test]
fn strictness_on_the_json_test_suite() {
    // We refuse more than RFC 8259 asks (I-JSON): one name twice in an object.
    let twice = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];
    let accepts = |bytes: &[u8]| json::parse(bytes).is_ok();
    let mut count = 0;
    for name in ["json-parsing", "json-parsing.more"] {
        let file = read_json(&format!("vectors/json-parsing/{name}.json"));
        for (list, expected) in [("must_accept", true), ("must_reject", false)] {
            for case in array(&file[list]) {
                let id = string(case, "name");
                let expected = expected && !twice.contains(&id);
                assert_eq!(accepts(&base64(string(case, "base64"))), expected, "{id}");
                count += 1;
            }
        }
        // What RFC 8259 leaves open, we refuse wherever two readers could differ: bytes that are
        // no UTF-8, lone surrogates, a byte order mark, integers that floats lose, overflow,
        // deep nesting. What is left are numbers so small that every reader takes them for zero.
        for case in array(&file["implementation_defined"]) {
            let id = string(case, "name");
            let is_underflow =
                matches!(id, "i_number_double_huge_neg_exp.json" | "i_number_real_underflow.json");
            assert_eq!(accepts(&base64(string(case, "base64"))), is_underflow, "{id}");
            count += 1;
        }
    }
    for case in jsonl("hostile/json/jsontestsuite.jsonl") {
        // Cases with `gen` in place of bytes are large nestings, built below.
        let Some(b64) = case["b64"].as_str() else { continue };
        let id = string(&case, "id");
        match string(&case, "expect") {
            "accept" => assert_eq!(accepts(&base64(b64)), !twice.contains(&id), "{id}"),
            "reject" => assert!(!accepts(&base64(b64)), "{id}"),
            _ => drop(json::parse(&base64(b64))),
        }
        count += 1;
    }
    assert!(count > 400, "{count}");
    for deep in ["[", "{\"a\":", "[{\"\":"] {
        assert!(!accepts(deep.repeat(100_000).as_bytes()));
    }
}

#[test]
fn hostile_documents() {
    for case in jsonl("hostile/json/own.jsonl") {
        let id = string(&case, "id");
        let parsed = json::parse(&base64(string(&case, "b64")));
        match string(&case, "expect") {
            "reject" | "reject-or-lossless" => assert!(parsed.is_err(), "{id}"),
            "canon-key-order: emoji first" => {
                let canonical = String::from_utf8(jcs::encode(&parsed.unwrap())).unwrap();
                assert!(canonical.starts_with("{\"\u{1f600}\""), "{id}");
            }
            other => {
                let expected = other.strip_prefix("canon:").expect("a verdict");
                assert_eq!(jcs::encode(&parsed.unwrap()), expected.as_bytes(), "{id}");
            }
        }
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Documents that were made up, and those on which readers may differ, with what becomes of them: the browser's script is held
/// to the same. `SELVEDGE_ACCEPT=1 cargo test --test suite -- one_canonical_form` writes them anew.
#[test]
fn documents_have_one_canonical_form_everywhere() {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut runner = TestRunner::deterministic();
    let documents = documents();
    while texts.len() < 400 {
        let document = documents.new_tree(&mut runner).expect("a document").current();
        let text = serde_json::to_vec(&document).expect("JSON");
        if (20..400).contains(&text.len()) {
            texts.push((format!("made up {}", texts.len()), text));
        }
    }
    for depth in [63, 64, 65, 66] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let innermost = if open == "[" { "" } else { "1" };
            let text = [&*open.repeat(depth), innermost, &close.repeat(depth)].concat();
            texts.push((format!("{depth} times {open}"), text.into_bytes()));
        }
    }
    for name in ["json-parsing", "json-parsing.more"] {
        let file = read_json(&format!("vectors/json-parsing/{name}.json"));
        for case in array(&file["implementation_defined"]) {
            texts.push((string(case, "name").to_owned(), base64(string(case, "base64"))));
        }
    }
    for case in jsonl("hostile/json/jsontestsuite.jsonl") {
        if string(&case, "expect") == "either"
            && let Some(b64) = case["b64"].as_str()
        {
            texts.push((string(&case, "id").to_owned(), base64(b64)));
        }
    }
    let mut made = String::new();
    for (id, text) in texts {
        let form = json::parse(&text).ok().map(|value| jcs::encode(&value));
        let form = form.map(|form| String::from_utf8(form).expect("UTF-8"));
        let b64 = data_encoding::BASE64.encode(&text);
        made.push_str(&serde_json::json!({ "b64": b64, "form": form, "id": id }).to_string());
        made.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/own/documents.jsonl");
    if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
        std::fs::write(path, &made).expect("the documents are written");
        return;
    }
    let kept = std::fs::read_to_string(path).expect("the documents");
    assert!(made == kept, "the answers changed; read the diff after SELVEDGE_ACCEPT=1");
}

proptest! {
    /// What is canonical stays as it is, and reading loses nothing.
    #[test]
    fn the_canonical_form_is_a_fixed_point(document in documents()) {
        // Written by another writer, so that order, escapes and numbers are not ours already.
        let written = serde_json::to_vec(&document).unwrap();
        let Ok(value) = json::parse(&written) else {
            // A float without fraction beyond 2^53 is written as an integer by nobody else, but
            // may be by this writer; then it is refused, not changed.
            return Ok(());
        };
        let canonical = jcs::encode(&value);
        prop_assert_eq!(&canonical, &serde_json_canonicalizer::to_vec(&document).unwrap());
        // Numbers above 10^21 have exponents; those between are written as integers by RFC 8785
        // and would be refused as such: records hold none.
        if json::profile(&value).is_ok() {
            prop_assert_eq!(jcs::encode(&json::parse(&canonical).unwrap()), canonical);
        } else if let Ok(again) = json::parse(&canonical) {
            prop_assert_eq!(jcs::encode(&again), canonical);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_fail(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::parse(&noise);
    }
}
