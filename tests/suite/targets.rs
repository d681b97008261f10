//! What `verify` takes besides a folder: addresses, lists of numbers, times, fingerprints.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::anchor::{TlsServer, authority};
use super::kept_page::published;
use super::matrix::served;
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
    // It says of itself that it keeps no heads; where it does not, that is told.
    assert!(heads(&report).is_none(), "{report}");
    assert_eq!(house.read("out/log/heads/list"), b"");
    let old = Server::of(house.path("out"), |path, bytes| {
        bytes.filter(|_| !path.ends_with("heads/list"))
    });
    let (_, report) = house.verify(&old.address);
    assert_eq!(heads(&report).unwrap()["verdict"], "not-checked");
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
    let (code, report) = house.verify(&unknown);
    assert_eq!((code, &report["state"]), (Some(1), &"unknown-number".into()));
    let told = house.expect(1, &["verify", &unknown, "--trust", "trust.toml"]);
    assert!(told.contains(&format!("{}: unknown number", "A".repeat(32))), "{told}");
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

/// What takes the place of a file that a server has.
type Bend = fn(&str, Option<Vec<u8>>) -> Option<Vec<u8>>;

/// What is found of the kept heads.
fn heads(report: &Value) -> Option<&Value> {
    report["findings"].as_array().unwrap().iter().find(|it| it["check"] == "log-heads")
}

#[test]
fn kept_heads_date_and_accuse_over_the_web_as_in_a_folder() {
    let house = House::new();
    let matrix = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix");
    let judge = |case: &str, bend: Bend| {
        for (path, bytes) in served(case) {
            house.write(&format!("{case}/{path}"), bytes);
        }
        let server = Server::of(house.path(case), bend);
        let told: Value =
            serde_json::from_slice(&fs::read(matrix.join(case).join("case.json")).unwrap())
                .unwrap();
        let trust = matrix.join(case).join("trust.toml");
        let at = told["at"].as_str().unwrap();
        let trust = trust.to_str().unwrap();
        let words = ["verify", &server.address, "--trust", trust, "--at", at, "--json", "--test"];
        let output = house.run("nobody", &words, "");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let record = report["records"].as_array().unwrap().iter();
        let record = record.clone().find(|it| it["target"] == told["record"]).unwrap();
        let dated = record["findings"].as_array().unwrap().iter();
        let dated = dated.clone().find(|it| it["check"] == "existed-by").unwrap().clone();
        (heads(&report).cloned(), dated, report["state"].clone())
    };
    let verdict = |found: &Option<Value>| found.as_ref().map(|it| it["verdict"].clone());
    let as_it_is: Bend = |_: &str, bytes: Option<Vec<u8>>| bytes;
    let (seen, dated, state) = judge("seen-by-a-neighbour", as_it_is);
    assert_eq!(verdict(&seen), Some("valid".into()));
    assert_eq!((&dated["verdict"], &state), (&"valid".into(), &"record-intact".into()), "{dated}");
    let (fork, _, state) = judge("another-head-seen_fail", as_it_is);
    assert_eq!((verdict(&fork), &state), (Some("invalid".into()), &"altered".into()));

    // A list that names what is not there, or is none, tells of nothing.
    let nothing_kept: Bend = |path: &str, bytes: Option<Vec<u8>>| {
        bytes.filter(|_| !path.starts_with("log/heads/") || path.ends_with("/list"))
    };
    let no_list: Bend = |path: &str, bytes: Option<Vec<u8>>| match path.ends_with("/heads/list") {
        true => Some(b"<!DOCTYPE html>\n".to_vec()),
        false => bytes,
    };
    for case in ["seen-by-a-neighbour", "another-head-seen_fail"] {
        for (bend, why) in
            [(nothing_kept, "does not have it"), (no_list, "not a list of kept page seals")]
        {
            let (found, dated, _) = judge(case, bend);
            assert_eq!(verdict(&found), Some("not-checked".into()), "{case}: {found:?}");
            let reason = found.unwrap()["reason"].as_str().unwrap().to_owned();
            assert!(reason.contains(why), "{reason}");
            assert_eq!(dated["verdict"], "not-checked", "{dated}");
        }
    }
}

#[test]
fn what_a_register_amounts_to_is_told_to_programs_as_well() {
    let house = House::new();
    let matrix = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix");
    for case in ["seen-by-a-neighbour", "another-head-seen_fail"] {
        house.copy(matrix.join(case), case);
    }
    let check = |case: &str, more: &[&str]| {
        let (site, trust) = (format!("{case}/site"), format!("{case}/trust.toml"));
        let words = ["log", "check", &site, "--trust", &trust, "--at", "2027-01-01T00:00:00Z"];
        let output = house.run("nobody", &[&words[..], &["--json"], more].concat(), "");
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = house.run("nobody", &[&words[..], more].concat(), "");
        assert_eq!(told.status.code(), output.status.code());
        (output.status.code(), found, said(&told))
    };
    let seen = "seen-by-a-neighbour";
    let (code, found, told) = check(seen, &[]);
    assert_eq!(
        (code, &found["state"], &found["isRemembered"]),
        (Some(0), &"ok".into(), &false.into())
    );
    let output = house.run("nobody", &["verify", "seen-by-a-neighbour/site", "--json"], "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["statusAsOf"], report["statusAsOf"]);
    let checks: Vec<&str> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            assert!(report["findings"].as_array().unwrap().contains(finding), "{finding}");
            finding["check"].as_str().unwrap()
        })
        .collect();
    assert_eq!(checks, ["log-head", "log-tiles", "log-entries", "log-heads"]);
    let by = &found["seenBy"][0];
    assert_eq!((&found["quorum"], &by["name"]), (&1.into(), &"Neighbour".into()));
    let time = by["time"].as_str().unwrap();
    let words =
        format!("saw {} of {} entries, on {time}.", by["size"], found["statusAsOf"]["size"]);
    assert!(told.contains(&words) && told.contains("as many neighbours"), "{told}");

    // The same copy, and heads that are kept of two versions.
    let (code, found, told) = check(seen, &["--with", "seen-by-a-neighbour/site"]);
    assert_eq!((code, &found["with"]["onlyHere"]), (Some(0), &0.into()));
    assert!(told.contains("Both copies are the same."), "{told}");
    let head = house.read("another-head-seen_fail/site/log/heads/2/checkpoint");
    house.write("seen-by-a-neighbour/site/log/forks/2-x/checkpoint", &head);
    house.write("seen-by-a-neighbour/site/witness/x/fork/2-x/checkpoint", &head);
    let (code, found, told) = check(seen, &[]);
    assert_eq!(code, Some(0));
    assert_eq!(found["forks"][0]["file"], "log/forks/2-x/checkpoint");
    assert_eq!(found["neighbourForks"][0]["size"], 2);
    assert!(told.contains("is kept in log/forks/2-x.\n"), "{told}");

    let (code, found, told) = check("another-head-seen_fail", &[]);
    assert_eq!((code, &found["findings"][3]["verdict"]), (Some(1), &"invalid".into()), "{found}");
    assert!(told.contains("The kept page seals: there are two versions"), "{told}");
    fs::remove_dir_all(house.path("seen-by-a-neighbour/site/log/tile")).unwrap();
    let (code, found, told) = check(seen, &[]);
    assert_eq!((code, &found["state"]), (Some(1), &"damaged".into()));
    assert_eq!(found["statusAsOf"], Value::Null);
    assert!(told.contains("The register is damaged"), "{told}");
}

#[test]
fn an_address_that_does_not_answer_is_no_verdict_on_a_record() {
    let house = published();
    let (_, folder) = house.verify("out");
    let intact = numbers(&folder, "record-intact")[0].clone();
    let record = format!("records/{intact}.json");
    let proof = format!("records/{intact}.tlog-proof");
    let files = house.files("out");
    let inside = |start: &str| {
        let path = files.keys().map(|path| path.to_str().unwrap()).find(|it| it.starts_with(start));
        path.unwrap_or_else(|| panic!("{start}")).to_owned()
    };
    let (tile, entries) = (inside("log/tile/0/"), inside("log/tile/entries/"));
    let lists = numbers(&folder, "record-intact").into_iter().find(|number| {
        house.text(&format!("out/records/{number}.json")).contains("BitstringStatusListCredential")
    });
    let list = format!("records/{}.json", lists.expect("a status list"));
    for (path, status, words) in [
        ("log/checkpoint", "404 Not Found", "publishes no register"),
        ("log/checkpoint", "500 Broken", "the server answered 500"),
        (&*tile, "503 Busy", "the server answered 503"),
        (&*entries, "503 Busy", "the server answered 503"),
        (&*record, "500 Broken", "the server answered 500"),
        (&*record, "302 Found", "it moved to"),
        (&*proof, "429 Slow down", "the server answered 429"),
        ("did.jsonl", "500 Broken", "the server answered 500"),
        ("did-witness.json", "502 Bad Gateway", "the server answered 502"),
        (&*list, "504 Late", "the server answered 504"),
    ] {
        let bent = path.to_owned();
        let server = Server::answering(house.path("out"), move |path, bytes| match bytes {
            _ if path.ends_with(&bent) => (status, Vec::new()),
            Some(bytes) => ("200 OK", bytes),
            None => ("404 Not Found", Vec::new()),
        });
        for target in [server.address.clone(), format!("{}/V/{intact}/", server.address)] {
            let words_of = ["verify", &target, "--trust", "trust.toml", "--json"];
            let output = house.run("nobody", &words_of, "");
            let heard = said(&output);
            assert_eq!(output.status.code(), Some(2), "{path} {status}: {heard}");
            assert!(output.stdout.is_empty(), "{path}: no verdict: {heard}");
            assert!(heard.contains(words) && heard.contains(path), "{path}: {heard}");
            let address = server.address.as_str();
            assert!(heard.contains(address), "{path}: the address is named: {heard}");
        }
    }
    // Nobody listens there.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = house.run("nobody", &["verify", &format!("http://{gone}/")], "");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("gave no answer"), "{}", said(&output));
}

#[test]
fn a_page_that_stands_for_every_file_is_no_site() {
    let house = published();
    let page = b"<!DOCTYPE html><title>Not here</title>".to_vec();
    let server = Server::of(house.path("out"), move |_, _| Some(page.clone()));
    let number = "A".repeat(32);
    for target in [server.address.clone(), format!("{}/V/{number}/", server.address)] {
        let (code, report) = house.verify(&target);
        assert_eq!((code, &report["state"]), (Some(1), &"altered".into()), "{report}");
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
        (intact.clone(), Some("record-intact")),
        (format!("\"{spaced}\",a scarf"), Some("record-intact")),
        (hyphened, Some("record-intact")),
        (format!("HTTPS://MAKERS.HOST.NET/two-rivers/V/{intact}"), Some("record-intact")),
        (String::new(), None),
        (revoked.clone(), Some("revoked")),
        (digest.to_owned(), Some("revoked")),
        (design.clone(), Some("withdrawn")),
        ("XX".to_owned(), Some("unknown-number")),
        ("QQQQ-QQQQ".to_owned(), Some("unknown-number")),
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
    let at: Vec<u64> =
        rows.as_array().unwrap().iter().filter_map(|it| it["line"].as_u64()).collect();
    assert_eq!(at, [2, 3, 4, 5, 7, 8, 9, 10, 11]);
    // What is no number at all is named with its line; one that could be is not.
    let warned = String::from_utf8(output.stderr).unwrap();
    assert!(warned.contains("line 10 of numbers.csv: \"XX\" is no number of a record"), "{warned}");
    assert_eq!(warned.matches("is no number").count(), 1, "{warned}");
    let words = ["verify", "out", "--trust", "trust.toml", "--list", "numbers.csv"];
    let told = String::from_utf8(house.run("nobody", &words, "").stdout).unwrap();
    assert!(told.contains(&format!("{revoked},revoked\n")) && told.contains("XX,unknown number\n"));
    // Tables as other programs save them.
    let latin = [b"n\xfamero\n", intact.as_bytes(), b",Tel\xe9fono\n"].concat();
    let wide = format!("\u{feff}Number\t\u{bd}\n{intact}\tx\n");
    let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [latin, wide, format!("\u{feff}Number\r\n{intact}\r\n").into_bytes()] {
        house.write("saved.csv", &bytes);
        let output = list("saved.csv");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    house.write("screen.csv", "\u{1b}[2J\n");
    assert!(!said(&list("screen.csv")).contains('\u{1b}'));
    // One record is no register to look numbers up in, nor is one that cannot be read.
    for target in [format!("out/records/{intact}.json"), format!("out/records/{intact}.tlog-proof")]
    {
        let words = ["verify", &target, "--trust", "trust.toml", "--list", "numbers.csv"];
        let output = house.run("nobody", &words, "");
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("--list goes with a site's folder"));
    }
    house.copy(house.path("out"), "cut");
    fs::remove_dir_all(house.path("cut/log/tile")).unwrap();
    let words = ["verify", "cut", "--trust", "trust.toml", "--list", "numbers.csv"];
    assert_eq!(house.run("nobody", &words, "").status.code(), Some(2));
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
