//! What `verify` takes besides a folder: addresses, lists of numbers, times, fingerprints.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::anchor::{TlsServer, authority};
use super::kept_page::published;
use crate::support::{House, Server, said};

/// The numbers of a house's records that are in a state.
fn numbers(report: &Value, state: &str) -> Vec<String> {
    let records = report["records"].as_array().unwrap().iter();
    let names = records.filter(|it| it["state"] == state).map(|it| it["target"].as_str().unwrap());
    names.map(|name| name.strip_suffix(".json").unwrap().to_owned()).collect()
}

fn withdraw_the_design(house: &House) -> String {
    let list = house.expect(0, &["record", "list", "site"]);
    let design = list.lines().find(|line| line.contains(" Design ")).unwrap();
    let number = design.split_whitespace().nth(1).unwrap().to_owned();
    let product = house.path("site/products");
    for entry in std::fs::read_dir(product).unwrap() {
        let path = entry.unwrap().path().join("index.md");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let kept: Vec<&str> =
            text.lines().filter(|line| !line.starts_with("design = \"eel-knot\"")).collect();
        if kept.len() < text.lines().count() {
            std::fs::write(&path, kept.join("\n") + "\n").unwrap();
        }
    }
    house.sign(&["record", "withdraw", &number, "site", "--yes", "--set", "reason_code=safety"]);
    house.sign(&["log", "due", "site"]);
    house.expect(0, &["build", "site", "--output", "out"]);
    number
}

#[test]
fn a_published_site_and_its_records_are_judged_over_the_web() {
    let house = published();
    let (_, folder) = house.verify("out");
    let server = Server::of(house.path("out"), |_, bytes| bytes);
    let (code, report) = house.verify(&server.address);
    assert_eq!(code, Some(1), "one certificate is revoked");
    for state in ["record-intact", "revoked"] {
        assert_eq!(numbers(&report, state), numbers(&folder, state));
        assert!(!numbers(&report, state).is_empty());
    }
    // Whether heads are kept there cannot be listed, and that is said.
    let heads = report["findings"].as_array().unwrap().iter().find(|it| it["check"] == "log-heads");
    assert_eq!(heads.unwrap()["verdict"], "not-checked");
    let intact = &numbers(&folder, "record-intact")[0];
    for address in [
        format!("{}/V/{intact}/", server.address),
        format!("{}/records/{intact}.json", server.address),
        format!(
            "{}/v/{}/index.html?from=tag#3",
            server.address.replace("http", "HTTP"),
            intact.to_lowercase()
        ),
    ] {
        let (code, report) = house.verify(&address);
        assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()), "{address}");
    }
    let refused = |address: &str| {
        let words = ["verify", address, "--trust", "trust.toml", "--json"];
        let output = house.run("nobody", &words, "");
        assert_eq!(output.status.code(), Some(2), "{address}: {}", said(&output));
        said(&output)
    };
    let unknown = format!("{}/V/{}", server.address, "A".repeat(32));
    assert!(refused(&unknown).contains("an unknown number"));
    assert!(refused(&format!("{}/nowhere", server.address)).contains("publishes no register"));
    // No other machine is asked without encryption.
    assert!(refused("http://192.0.2.1/").contains("192.0.2.1"));

    // One byte of any of these is noticed, from outside as well.
    let design = numbers(&folder, "record-intact").into_iter().find(|number| {
        house.text(&format!("out/records/{number}.json")).contains("\"photograph\"")
    });
    let design = design.expect("the design");
    for (path, state) in [
        (format!("records/{design}.json"), "altered"),
        (format!("records/{design}.tlog-proof"), "altered"),
        ("log/checkpoint".to_owned(), "cannot-check-now"),
        ("did.jsonl".to_owned(), "unknown-signer"),
    ] {
        let bent = path.clone();
        let server = Server::of(house.path("out"), move |path, bytes| {
            let mut bytes = bytes?;
            if path.ends_with(&bent) {
                let at = bytes.len() / 2;
                bytes[at] ^= 1;
            }
            Some(bytes)
        });
        let words = format!("{}/V/{design}/", server.address);
        let output =
            house.run("nobody", &["verify", &words, "--trust", "trust.toml", "--json"], "");
        let code = output.status.code();
        assert!(matches!(code, Some(1 | 2)), "{path}: {}", said(&output));
        if code == Some(1) {
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_ne!(report["state"], "record-intact", "{path} {state}");
        }
    }
}

#[test]
fn a_hostile_site_is_not_asked_for_ever() {
    let house = published();
    let server = Server::of(house.path("out"), |path, bytes| {
        let text = String::from_utf8(bytes?).ok()?;
        let mut lines: Vec<&str> = text.split('\n').collect();
        if path == "log/checkpoint" {
            lines[1] = "1152921504606846976";
        }
        Some(lines.join("\n").into_bytes())
    });
    let output = house.run("nobody", &["verify", &server.address, "--trust", "trust.toml"], "");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("more records than are fetched"), "{}", said(&output));
    let asked = server.asked.load(Ordering::Relaxed);
    assert!(asked < 20, "{asked} questions");
}

#[test]
fn every_line_of_a_list_has_an_answer() {
    let house = published();
    let design = withdraw_the_design(&house);
    let (_, folder) = house.verify("out");
    let (intact, revoked) =
        (&numbers(&folder, "record-intact")[0], &numbers(&folder, "revoked")[0]);
    let in_groups = |number: &str| {
        let groups: Vec<&str> = (0..8).map(|at| &number[at * 4..at * 4 + 4]).collect();
        (groups.join(" "), groups.join("-").to_lowercase())
    };
    let (spaced, hyphened) = in_groups(intact);
    let digest =
        folder["records"].as_array().unwrap().iter().find(|it| it["state"] == "revoked").unwrap();
    let digest = digest["record"].as_str().unwrap();
    let lines = [
        ("Number;What".to_owned(), None),
        (intact.clone(), Some("record intact")),
        (format!("\"{spaced}\",a scarf"), Some("record intact")),
        (hyphened, Some("record intact")),
        (format!("HTTPS://MAKERS.HOST.NET/two-rivers/V/{intact}"), Some("record intact")),
        (String::new(), None),
        (revoked.clone(), Some("revoked")),
        (digest.to_owned(), Some("revoked")),
        (design.clone(), Some("withdrawn")),
        ("XX".to_owned(), Some("unknown number")),
        ("QQQQ-QQQQ".to_owned(), Some("unknown number")),
    ];
    let text: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
    house.write("numbers.csv", text.join("\r\n"));
    let list = |file: &str| {
        let words = ["verify", "out", "--trust", "trust.toml", "--list", file, "--json"];
        house.run("nobody", &words, "")
    };
    let output = list("numbers.csv");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told: Vec<&str> =
        rows.as_array().unwrap().iter().map(|it| it["state"].as_str().unwrap()).collect();
    let due: Vec<&str> = lines.iter().filter_map(|(_, state)| *state).collect();
    assert_eq!(told, due);
    // Nothing else is passed over, on the first line neither.
    house.write("first.csv", format!("QQQQQQQ\n{intact}\n"));
    assert_eq!(list("first.csv").status.code(), Some(1));
    house.write("good.csv", format!("{intact}\n"));
    assert_eq!(list("good.csv").status.code(), Some(0));
    for nothing in ["", "\n\n", "number\n"] {
        house.write("none.csv", nothing);
        let output = list("none.csv");
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("holds no number"), "{}", said(&output));
    }
    // A withdrawn number is told as such wherever it is asked for.
    for target in [format!("out/records/{design}.json"), format!("out/V/{design}/index.html")] {
        let (code, report) = house.verify(&target);
        assert_eq!((code, &report["state"]), (Some(1), &"withdrawn".into()), "{target}");
    }
}

#[test]
fn a_fingerprint_from_paper_is_enough_and_another_time_is_judged() {
    let house = published();
    let (_, folder) = house.verify("out");
    let record = format!("out/records/{}.json", numbers(&folder, "record-intact")[0]);
    let keys = house.expect(0, &["keys", "list", "site"]);
    let prints: Vec<&str> =
        keys.split_whitespace().filter(|word| word.starts_with("SHA256:")).collect();
    let mut states = Vec::new();
    for print in &prints {
        let output =
            house.run("nobody", &["verify", &record, "--fingerprint", print, "--json"], "");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        states.push((output.status.code(), report["state"].as_str().unwrap().to_owned()));
    }
    // The record key's, and none of the others.
    assert!(states.contains(&(Some(0), "record-intact".to_owned())), "{states:?}");
    assert_eq!(states.iter().filter(|(code, _)| *code == Some(0)).count(), 1, "{states:?}");
    let wrong = house.run("nobody", &["verify", &record, "--fingerprint", "SHA256:x"], "");
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));

    // Before its day it is not in force, and the history of keys is not called altered.
    let words =
        ["verify", &record, "--trust", "trust.toml", "--json", "--at", "2026-01-01T00:00:00Z"];
    let output = house.run("nobody", &words, "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["state"], "not-yet-in-force", "{report}");
    let words =
        ["verify", "out", "--trust", "trust.toml", "--json", "--at", "2026-01-01T00:00:00Z"];
    let output = house.run("nobody", &words, "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_ne!(report["state"], "altered", "{report}");
    let at = house.run("nobody", &["verify", "out", "--at", "yesterday"], "");
    assert_eq!(at.status.code(), Some(2), "{}", said(&at));
}

#[test]
fn a_server_is_believed_by_the_root_that_was_given_and_by_no_other() {
    let house = published();
    for folder in ["office", "other", "answers"] {
        fs::create_dir(house.path(folder)).unwrap();
    }
    authority(&house.path("office"));
    authority(&house.path("other"));
    // The server of openssl knows whole answers only: so those to all that will be asked.
    let asked = Arc::new(Mutex::new(BTreeSet::new()));
    let plain = Server::of(house.path("out"), {
        let asked = Arc::clone(&asked);
        move |path, bytes| {
            asked.lock().unwrap().insert(path.to_owned());
            bytes
        }
    });
    let (_, folder) = house.verify(&plain.address);
    let intact = &numbers(&folder, "record-intact")[0];
    for path in asked.lock().unwrap().iter() {
        let (status, body) = match fs::read(house.path("out").join(path)) {
            Ok(body) => ("200 OK", body),
            Err(_) => ("404 Not Found", Vec::new()),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        house.write(&format!("answers/{path}"), [head.as_bytes(), &body].concat());
    }
    let server = TlsServer::start(&house.path("office"), &house.path("answers"), "-HTTP");
    let address = format!("{}/V/{intact}/", server.address);
    let verify = |roots: &[&str]| {
        let words = ["verify", address.as_str(), "--trust", "trust.toml", "--json"];
        house.run("nobody", &[&words, roots].concat(), "")
    };
    let believed = verify(&["--tls-root", "office/ca.pem"]);
    assert_eq!(believed.status.code(), Some(0), "{}", said(&believed));
    for roots in [&[][..], &["--tls-root", "other/ca.pem"]] {
        let refused = verify(roots);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains("certificate"), "{}", said(&refused));
    }
    for (file, words) in [("trust.toml", "holds no certificate"), ("none.pem", "cannot read")] {
        let refused = verify(&["--tls-root", file]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains(words), "{}", said(&refused));
    }
}
