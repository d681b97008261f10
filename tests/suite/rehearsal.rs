//! The day on which it counts: the laptop is gone, and an association's brand comes up again on another host, with its
//! members, tags and complaints.
//!
//! Everything here is done by the command, with what people would have in their hands: a stick with the shop's texts and
//! photographs, the site as it is published, the master key sheet, and two of the three guardians.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use selvedge::write::FolderLock;
use serde_json::Value;

use crate::certify;
use crate::support::{House, said};

const OLD: &str = "https://grey-mill.net/";
const NEW: &str = "https://makers.host.net/grey-mill/";

impl House {
    /// The keys of an association: its sheets are printed, and typed back before keys are made.
    fn found(&self) {
        let words = ["keys", "new", "shop", "--profile", "association", "--sheets", "sheets"];
        let descriptors = ["--passphrase-fd", "3", "--typed-fd", "0"];
        let mut child = self.start("keys", &[&words[..], &descriptors].concat());
        let printed = ["master-key-sheet", "guardian-envelope-1", "guardian-envelope-2"];
        let since = Instant::now();
        while !fs::read_to_string(self.path("sheets/guardian-envelope-3.html"))
            .is_ok_and(|page| page.contains("</html>"))
        {
            assert!(since.elapsed() < Duration::from_secs(60), "no sheets were printed");
            thread::sleep(Duration::from_millis(20));
        }
        let typed = printed.map(|name| self.sheet("sheets", name)).join("\n\n");
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// Runs with the keys of one computer, and expects that all goes well.
#[track_caller]
fn go(house: &House, keys: &str, words: &[&str]) {
    let output = house.run(keys, &[words, &["--passphrase-fd", "3"]].concat(), "");
    assert!(output.status.success(), "{words:?}: {}", said(&output));
}

fn about<'r>(reports: &'r Value, badge: &str) -> &'r Value {
    let is_it = |report: &&Value| report["target"] == format!("{badge}.json");
    reports["records"].as_array().unwrap().iter().find(is_it).unwrap()
}

fn intact(reports: &Value) -> usize {
    let all = reports["records"].as_array().unwrap().iter();
    all.filter(|report| report["state"] == "record-intact").count()
}

#[test]
fn two_guardians_and_a_sheet_bring_the_brand_up_on_another_host_and_old_badges_answer() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    // The texts and photographs, on a stick.
    house.copy(house.path("shop"), "stick");
    house.found();
    // A guardian's envelope got wet, and is printed once more from what can still be read.
    let wet = house.sheet("sheets", "guardian-envelope-2");
    let words = ["keys", "sheet", "shop", "--sheets", "dry", "--typed-fd", "0"];
    let printed = house.run("keys", &words, &wet);
    assert!(printed.status.success(), "{}", said(&printed));
    assert_eq!(house.sheet("dry", "guardian-envelope-2"), wet);
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop", "--output", "published"]);
    house.trust("published/.well-known/did.jsonl");
    let (code, before) = house.verify("published");
    assert_eq!(code, Some(0), "{before}");
    // What the badge on her goods leads to: the page of the one design.
    let pages: Vec<_> = fs::read_dir(house.path("published/V")).unwrap().collect();
    let [page] = pages.as_slice() else { panic!("one design, one page: {pages:?}") };
    let badge = page.as_ref().unwrap().file_name().into_string().unwrap();
    assert_eq!(about(&before, &badge)["state"], "record-intact");

    // The laptop is gone. A thief has it, with its keys.
    fs::rename(house.path("shop"), house.path("stolen-shop")).unwrap();
    fs::rename(house.path("keys"), house.path("stolen-keys")).unwrap();

    // Another laptop, another host: the stick, and what the old host still shows or somebody kept.
    house.copy(house.path("stick"), "again");
    house.set_address("again", NEW);
    for part in [".well-known", "log", "records"] {
        house.copy(house.path("published").join(part), &format!("again/{part}"));
    }
    let [master, one, three] = ["master-key-sheet", "guardian-envelope-1", "guardian-envelope-3"]
        .map(|name| house.sheet("sheets", name));
    let recover = |typed: &[&str]| {
        let words = ["keys", "recover", "again", "--sheets", "sheets-again"];
        let descriptors = ["--passphrase-fd", "3", "--typed-fd", "0"];
        house.run("keys-again", &[&words[..], &descriptors].concat(), &typed.join("\n\n"))
    };
    let untouched = house.files("again");
    for too_few in [
        &[&*master][..],
        &[&master, &one],
        &[&master, &one, &one],
        &[&one, &three],
        &[&three, &one, &three],
    ] {
        let refused = recover(too_few);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        // The history of keys lies where it is signed, as it was published; nothing else changed.
        let mut now = house.files("again");
        for name in ["did.jsonl", "did-witness.json"] {
            let adopted = now.remove(&Path::new("identity").join(name));
            assert_eq!(adopted, untouched.get(&Path::new(".well-known").join(name)).cloned());
        }
        let all = now.keys().chain(untouched.keys());
        let changed: Vec<_> = all.filter(|path| now.get(*path) != untouched.get(*path)).collect();
        assert!(changed.is_empty(), "{changed:?}");
        assert!(!house.path("sheets-again/master-key-sheet.html").exists());
    }
    let recovered = recover(&[&master, &one, &three]);
    assert!(recovered.status.success(), "{}", said(&recovered));

    // She goes on: a record more, and the site at its new address.
    house.copy(house.path("again/designs/grey-check"), "again/designs/mill-race");
    go(&house, "keys-again", &["record", "new", "mill-race", "again", "--yes"]);
    go(&house, "keys-again", &["log", "due", "again"]);
    house.expect(0, &["build", "again", "--output", "published-again"]);

    // The old badge answers, for somebody who knows only the name of the first day.
    let (code, after) = house.verify("published-again");
    assert_eq!(code, Some(0), "{after}");
    assert_eq!(about(&after, &badge)["state"], "record-intact");
    assert!(intact(&after) > intact(&before), "the new records hold, too");
    let record = format!("records/{badge}.json");
    let signed = house.read(&format!("published-again/{record}"));
    assert_eq!(house.read(&format!("published/{record}")), signed);
    // Her phone checks the record and the whole history of keys, which are in the page.
    let page = house.text(&format!("published-again/V/{badge}/index.html"));
    for part in [signed, house.read("published-again/did.jsonl")] {
        assert!(page.contains(&BASE64.encode(&part)));
    }

    // The thief signs on in the old folder; beside the new history nobody believes it.
    house.copy(house.path("again/designs/mill-race"), "stolen-shop/designs/mill-race");
    go(&house, "stolen-keys", &["record", "new", "mill-race", "stolen-shop", "--yes"]);
    go(&house, "stolen-keys", &["log", "due", "stolen-shop"]);
    house.expect(0, &["build", "stolen-shop", "--output", "forged"]);
    let known = house.files("published/records");
    let mut theirs = house.files("forged/records");
    theirs.retain(|path, _| !known.contains_key(path));
    // Laid alone into the published site; and as a whole forged site, with the true history of keys.
    for (path, bytes) in &theirs {
        house.write(&format!("published-again/records/{}", path.display()), bytes);
    }
    for name in ["did.jsonl", "did-witness.json", "did.json"] {
        let history = house.read(&format!("published-again/{name}"));
        house.write(&format!("forged/.well-known/{name}"), history);
    }
    let forged: Vec<&str> =
        theirs.keys().filter_map(|path| path.to_str()?.strip_suffix(".json")).collect();
    assert!(!forged.is_empty());
    for site in ["published-again", "forged"] {
        let (code, reports) = house.verify(site);
        assert_eq!(code, Some(1), "{site}");
        for name in &forged {
            let state = &about(&reports, name)["state"];
            assert_ne!(*state, "record-intact", "{site}, {name}");
        }
    }
}

const WISH: &str = "The secretary of the Grey Mill, then the school of weaving";
const SAYS: &str = "The knot of seventeen came loose";

/// The short id in the JSON that a command printed.
#[track_caller]
fn short_id(said: &str) -> String {
    let rest = said.split("\"shortId\": \"").nth(1).unwrap_or_else(|| panic!("{said}"));
    rest[..32].to_owned()
}

/// Certifies all that a member makes.
fn certified(house: &House, keys: &str, site: &str, member: &str) -> String {
    let what = ["certify", member, "all", site, "--claims", "made-by", "--method", "peer visit"];
    let output = house.run(keys, &[&what[..], &["--yes", "--passphrase-fd", "3"]].concat(), "");
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

/// An association with guardians, Ana in its own folder, Berta in a folder of hers, and what both sell.
fn with_members() -> House {
    let house = certify::makers();
    let site = house.text("shop/site.toml").replace("kind = \"shop\"", "kind = \"association\"");
    assert!(site.contains("\"association\""), "{site}");
    house.write(
        "shop/site.toml",
        format!("{site}\n[brand]\ncode = \"LOOM\"\nscope = \"ZZ-NOR\"\nsecond_address = \"https://grey-mill.example/\"\n"),
    );
    house.write("shop/members.toml", "[[member]]\nfolder = \"members/berta\"\n");
    house.write(
        "shop/members/berta/site.toml",
        "name = \"Berta's caps\"\ncurrency = \"EUR\"\n[order]\nemail = \"berta@caps.example\"\n[maker]\nname = \"Berta of the weir\"\n",
    );
    house.write(
        "shop/members/berta/products/cap.md",
        "+++\nname = \"River cap\"\nprice = \"12.00\"\n+++\nWarm.\n",
    );
    house.found();
    certify::charter(&house, &format!("{}successor = \"{WISH}\"\n", certify::WITH_CRITERIA));
    house
}

/// Ana's tags: an edition of hers, ten tags with check codes of which two are lost. Gives edition, batch and the codes.
fn with_tags(house: &House) -> (String, String, Vec<String>) {
    let ana = format!("{{ id = \"{OLD}makers/ana/\", name = \"Ana of the mill\" }}");
    let sign = |verb: &str, text: &str| {
        house.write("it.toml", text);
        short_id(&house.sign(&["record", verb, "it.toml", "shop", "--yes", "--json"]))
    };
    sign(
        "accredit",
        &format!(
            "member = {ana}\nbasis = \"peers\"\nuntil = \"2126-12-31\"\ntag_quota = {{ count = 25, period = \"term\" }}\n"
        ),
    );
    let told = certified(house, "keys", "shop", "ana");
    assert!(told.contains("is a member already"), "{told}");
    certified(house, "keys", "shop", "berta");
    let edition = sign(
        "edition",
        &format!(
            "name = \"River shawls\"\nedition_kind = \"limited\"\nmaximum = 40\nmaker = [{{ party = {ana}, share = \"100 %\" }}]\n"
        ),
    );
    let issue = ["tags", "issue", &edition, "shop", "--yes", "--json", "--codes", "--count", "10"];
    let batch = short_id(&house.sign(&issue));
    house.sign(&["tags", "void", &batch, "shop", "--yes", "--reason", "lost", "--range", "3-4"]);
    house.expect(0, &["tags", "sheet", &batch, "shop", "--csv", "--to", "printer"]);
    let table = house.text("printer/tags-1-10.csv");
    let codes = table.lines().skip(1).map(|line| line.split(',').nth(3).unwrap().to_owned());
    (edition, batch, codes.collect())
}

/// What the sheet for an heir holds, and that no secret is among it.
fn expect_hand_over_sheet(house: &House, secrets: &[String]) {
    house.write(
        "shop/private/handover.toml",
        "registrar = \"Names & Co\"\nregistrar_renewal = \"2099-09-01\"\nhost = \"Mill Hosting\"\nhost_renewal = \"2100-05-01\"\n\
         backup = \"with Luz, in the blue box\"\nmaster_sheet = \"in the safe of the mill\"\n\
         [[guardians]]\nname = \"Ida\"\nreach = \"+44 20 7946 0011\"\n[[guardians]]\nname = \"Olu\"\n[[guardians]]\nname = \"Rut\"\n\
         [[contacts]]\nname = \"Luz\"\n",
    );
    let told = house.expect(0, &["handover", "heir", "shop", "--at", "2099-08-01T12:00:00Z"]);
    assert!(told.contains("the name of the site is to be renewed by 2099-09-01"), "{told}");
    assert!(!told.contains("hosting"), "{told}");
    let sheet = house.text("heir/hand-over-sheet.html");
    for part in [
        "Names &amp; Co",
        "2099-09-01",
        "Mill Hosting",
        "2100-05-01",
        "in the blue box",
        "safe of the mill",
        "Ida",
        "+44 20 7946 0011",
        "Olu",
        "Rut",
        "2 of them together",
        "2 of the 3 guardians",
        OLD,
        WISH,
        "SHA256:",
        "restore BACKUP FOLDER --without-keys",
        "keys recover FOLDER",
        "base_url",
        "selvedge audit FOLDER",
        "record transfer",
    ] {
        assert!(sheet.contains(part), "{part} in {sheet}");
    }
    for secret in secrets {
        assert!(!sheet.contains(secret.as_str()), "{secret}");
    }
}

#[test]
fn an_heir_carries_an_association_on_with_its_members_tags_and_complaints() {
    let house = with_members();
    let (edition, batch, codes) = with_tags(&house);
    let about = format!("{edition}/7");
    house.expect(0, &["complaint", "new", "shop", "--about", &about, "--says", SAYS]);
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop", "--output", "published"]);
    house.trust("published/.well-known/did.jsonl");
    let paper = ["master-key-sheet", "guardian-envelope-1", "guardian-envelope-3"];
    let paper = paper.map(|name| house.sheet("sheets", name));
    let lines = paper.iter().flat_map(|sheet| sheet.lines()).map(str::to_owned);
    let secrets: Vec<String> = lines.chain(codes.iter().cloned()).collect();
    expect_hand_over_sheet(&house, &secrets);
    fs::create_dir(house.path("box")).unwrap();
    house.sign(&["backup", "box/shop.age", "shop"]);
    // Signed after the backup: it is on the published site alone.
    let more = ["tags", "issue", &edition, "shop", "--yes", "--json", "--count", "5"];
    house.sign(&more);
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop", "--output", "published"]);
    let (code, before) = house.verify("published");
    assert_eq!(code, Some(0), "{before}");

    // The laptop is lost. The heir has the sheet, the box, the paper, and what the old host shows.
    fs::rename(house.path("shop"), house.path("lost-shop")).unwrap();
    fs::rename(house.path("keys"), house.path("lost-keys")).unwrap();
    let heir =
        |words: &[&str]| house.run("keys-heir", &[words, &["--passphrase-fd", "3"]].concat(), "");
    let go = |words: &[&str]| go(&house, "keys-heir", words);
    let back =
        heir(&["restore", "box/shop.age", "again", "--without-keys", "--published", "published"]);
    assert_eq!(back.status.code(), Some(1), "{}", said(&back));
    assert!(said(&back).contains("Its keys stayed in the backup"), "{}", said(&back));
    assert!(said(&back).contains("older than one that was seen since"), "{}", said(&back));
    for part in ["log", "records"] {
        house.copy(house.path("published").join(part), &format!("again/{part}"));
    }
    let early = heir(&["tags", "issue", &edition, "again", "--yes", "--count", "1"]);
    assert_eq!(early.status.code(), Some(2), "nobody signs without keys: {}", said(&early));
    house.set_address("again", NEW);
    let words = [
        "keys",
        "recover",
        "again",
        "--sheets",
        "sheets-again",
        "--passphrase-fd",
        "3",
        "--typed-fd",
        "0",
    ];
    let recovered = house.run("keys-heir", &words, &paper.join("\n\n"));
    assert!(recovered.status.success(), "{}", said(&recovered));
    // Fresh keys: no private half of before is anywhere on the heir's side.
    let lost = house.files("lost-keys");
    let is_key = |path: &Path| ["record", "log"].iter().any(|role| path == Path::new(role));
    assert_eq!(lost.keys().filter(|path| is_key(path)).count(), 2, "{:?}", lost.keys());
    for folder in ["keys-heir", "again"] {
        for (path, bytes) in house.files(folder) {
            let is_old = lost.iter().any(|(old, key)| is_key(old) && *key == bytes);
            assert!(!is_old, "{folder}/{}", path.display());
        }
    }
    for words in [&["log", "due", "again"][..], &["log", "check", "again"], &["audit", "again"]] {
        let output = match words[0] {
            "log" if words[1] == "due" => heir(words),
            _ => house.run("keys-heir", words, ""),
        };
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", said(&output));
    }
    house.expect(0, &["build", "again", "--output", "published-again"]);
    let (code, after) = house.verify("published-again");
    assert_eq!(code, Some(0), "{after}");
    // What was there before is there, byte for byte: the records to which old tags and badges lead.
    let records = |site: &str| {
        let mut files = house.files(&format!("{site}/records"));
        files.retain(|path, _| path.extension().is_some_and(|ending| ending == "json"));
        files
    };
    let now = records("published-again");
    for (path, bytes) in records("published") {
        assert_eq!(now.get(&path), Some(&bytes), "{}", path.display());
    }
    let page = format!("published-again/V/{edition}/index.html");
    for part in [
        "15 tags were issued: numbers 1–15.",
        "40 pieces were announced at most.",
        "2 tags count no more (lost): numbers 3–4.",
    ] {
        assert!(house.text(&page).contains(part), "{part}");
    }
    let shard = format!("V/{edition}/codes/{batch}-0.js");
    assert_eq!(
        house.text(&format!("published-again/{shard}")),
        house.text(&format!("published/{shard}"))
    );
    // Badges of before are judged as before; those of now are on the pages of both members, at their new address.
    let badges: Vec<_> = house.files("published/badges").into_keys().collect();
    assert!(!badges.is_empty());
    for path in badges.iter().filter(|path| path.ends_with("en-print.svg")) {
        let (code, report) = house.verify(&format!("published/badges/{}", path.display()));
        assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()), "{report}");
        assert!(house.path("published-again/badges").join(path).exists(), "{}", path.display());
    }
    let members =
        ["ana", "berta"].map(|member| format!("published-again/makers/{member}/index.html"));
    for member in &members {
        assert!(house.text(member).contains("badges/"), "{member}");
    }
    assert!(house.path("published-again/products/berta-cap/index.html").exists());

    // She goes on as whoever was before her would have.
    let issue = |count: &str| {
        heir(&["tags", "issue", &edition, "again", "--yes", "--json", "--count", count])
    };
    let refused = issue("11");
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(
        said(&refused).contains("may have 25 tags") && said(&refused).contains("had 15"),
        "{}",
        said(&refused)
    );
    let next = issue("5");
    assert!(next.status.success() && said(&next).contains("\"first\": 16"), "{}", said(&next));
    // An edition of now names Ana's page where it is now; her tags of before count for it.
    house.write(
        "it.toml",
        format!(
            "name = \"Winter shawls\"\nedition_kind = \"limited\"\nmaximum = 40\n\
             maker = [{{ party = {{ id = \"{NEW}makers/ana/\" }}, share = \"100 %\" }}]\n"
        ),
    );
    let winter = heir(&["record", "edition", "it.toml", "again", "--yes", "--json"]);
    let winter = short_id(&said(&winter));
    let refused = heir(&["tags", "issue", &winter, "again", "--yes", "--count", "6"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("had 20"), "{}", said(&refused));
    go(&["tags", "void", &batch, "again", "--yes", "--reason", "stolen", "--range", "9"]);
    // The codes of tags 3 and 4, which count no more, are not in the table.
    go(&["tags", "claimed", &batch, "5", "again", "--yes", "--code", &codes[2]]);
    assert!(certified(&house, "keys-heir", "again", "ana").contains("nothing left to sign"));
    let told = certified(&house, "keys-heir", "again", "berta");
    assert!(
        told.contains("is a member already") && told.contains("nothing left to sign"),
        "{told}"
    );
    expect_suspended_by_the_heir(&house, &go);
    // What people told in confidence came along, and is known again by its old address.
    let kept = house.text("again/private/complaints/1/complaint.toml");
    assert!(kept.contains(SAYS), "{kept}");
    let again = format!("{OLD}V/{edition}/#07X");
    let told = house.expect(
        0,
        &["complaint", "new", "again", "--about", &again, "--tag", "7", "--says", "Again"],
    );
    assert!(told.contains("reported before: complaint 1"), "{told}");
    for words in [&["audit", "again"][..], &["log", "check", "again"]] {
        house.expect(0, words);
    }
    let (_, report) = house.verify("published-again");
    let all = report["records"].as_array().unwrap().iter();
    let others: Vec<_> = all.map(|it| &it["state"]).filter(|it| **it != "record-intact").collect();
    assert_eq!(others, ["suspended"], "{report}");
    for (path, bytes) in house.files("published-again") {
        let text = String::from_utf8_lossy(&bytes);
        let told = secrets.iter().map(String::as_str).chain([SAYS]).find(|it| text.contains(*it));
        assert_eq!(told, None, "{}", path.display());
    }
}

/// Puts a certification on hold with the heir's key: the page of that member loses its badge, the other's keeps it.
fn expect_suspended_by_the_heir(house: &House, go: &dyn Fn(&[&str])) {
    let list = house.expect(0, &["record", "list", "again"]);
    let last = list.lines().rfind(|line| line.contains(" Certification ")).unwrap();
    let number = last.split_whitespace().nth(1).unwrap().to_owned();
    let path = format!("again/records/{number}.json");
    assert!(house.text(&path).contains("makers/berta/"), "the last was Berta's");
    go(&["record", "suspend", &number, "again", "--yes", "--set", "reason=We look into it."]);
    go(&["log", "due", "again"]);
    house.expect(0, &["build", "again", "--output", "published-again"]);
    let ana = house.text("published-again/makers/ana/index.html");
    let berta = house.text("published-again/makers/berta/index.html");
    let badge = format!("badges/{number}/");
    assert!(ana.contains("badges/") && !berta.contains(&badge), "{berta}");
    let page = house.text(&format!("published-again/V/{number}/index.html"));
    assert!(page.contains("We look into it."), "{page}");
}

/// Writes a design into the shop and signs its record.
fn held_by(house: &House, id: &str, holder_kind: &str) {
    let kind = match holder_kind {
        "" => String::new(),
        kind => format!("holder_kind = \"{kind}\"\n"),
    };
    house.write(
        &format!("shop/designs/{id}.md"),
        format!("+++\nname = \"The {id}\"\nholder = \"Those of the mill\"\n{kind}+++\nOurs.\n"),
    );
    house.sign(&["record", "new", id, "shop", "--yes"]);
}

#[test]
fn family_custody_passes_to_a_successor_and_a_communitys_only_with_its_consent() {
    let house = certify::association();
    held_by(&house, "eel", "family");
    held_by(&house, "heron", "community");
    held_by(&house, "reed", "clan");
    let write = |text: &str| house.write("it.toml", text);
    let pass = |about: &str, more: &str| {
        write(&format!(
            "about = \"designs/{about}\"\nparty = {{ name = \"Mara of the mill\" }}\n{more}"
        ));
        ["record", "transfer", "it.toml", "shop", "--yes", "--json"]
    };
    let succession = "transfer_kind = \"custodian succession\"\n";
    let refused = |words: [&str; 6]| {
        let before = house.files("shop");
        let told = house.expect(2, &[&words[..], &["--passphrase-fd", "3"]].concat());
        assert!(house.files("shop") == before, "{told}");
        told
    };
    let told = refused(pass("eel", "transfer_kind = \"item\"\n"));
    assert!(told.contains("not handed on as a piece is"), "{told}");
    let first = house.sign(&pass("eel", succession));
    assert!(
        house.text(&format!("shop/records/{}.json", short_id(&first))).contains("Mara of the mill")
    );
    // What more than one family holds is not one person's to give.
    for (id, kind) in [("heron", "community"), ("reed", "clan")] {
        let told = refused(pass(id, succession));
        assert!(
            told.contains(&format!("its holder is: {kind}")) && told.contains("have to agree"),
            "{told}"
        );
    }
    let consent = |about: &str| {
        write(&format!(
            "about = \"designs/{about}\"\nparty = {{ name = \"The meeting of the mill\" }}\nscope = \"Who cares for it\"\nconsent_method = \"meeting\"\n"
        ));
        short_id(&house.sign(&["record", "consent", "it.toml", "shop", "--yes", "--json"]))
    };
    let theirs = consent("heron");
    let with = |consent: &str| format!("{succession}consent = \"{consent}\"\n");
    let told = refused(pass("reed", &with(&theirs)));
    assert!(told.contains("is about something else"), "{told}");
    house.sign(&pass("heron", &with(&theirs)));
    // An agreement that was taken back carries nothing any more.
    let other = consent("reed");
    house.sign(&[
        "record",
        "revoke",
        &other,
        "shop",
        "--yes",
        "--set",
        "reason=The meeting thought again.",
    ]);
    let told = refused(pass("reed", &with(&other)));
    assert!(told.contains("is not in force"), "{told}");
    let page = |id: &str| {
        let list = house.expect(0, &["record", "list", "shop", "--json"]);
        let list: Value = serde_json::from_str(&list).unwrap();
        let of_it = list.as_array().unwrap().iter().find(|it| {
            let short = it["shortId"].as_str().unwrap();
            it["kind"] == "Design"
                && house
                    .text(&format!("shop/records/{short}.json"))
                    .contains(&format!("designs/{id}/"))
        });
        let short = of_it.unwrap()["shortId"].as_str().unwrap().to_owned();
        house.text(&format!("shop/public/V/{short}/index.html"))
    };
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop"]);
    let now = "Cared for now by";
    for id in ["eel", "heron"] {
        let page = page(id);
        assert!(page.contains(now) && page.contains("Mara of the mill"), "{page}");
        assert!(page.contains("Those of the mill"), "what was signed stays: {page}");
    }
    assert!(!page("reed").contains(now));
    // The next in the line of the family; and without the community's word it is as the record says.
    house.sign(&[
        "record",
        "revoke",
        &theirs,
        "shop",
        "--yes",
        "--set",
        "reason=The meeting thought again.",
    ]);
    write(&format!(
        "about = \"designs/eel\"\nparty = {{ name = \"Ulla of the mill\" }}\nformer_party = {{ name = \"Mara of the mill\" }}\n{succession}"
    ));
    house.sign(&["record", "transfer", "it.toml", "shop", "--yes"]);
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop"]);
    let eel = page("eel");
    let told = eel.split(now).nth(1).unwrap();
    assert!(told[..200.min(told.len())].contains("Ulla of the mill"), "{told}");
    assert!(!page("heron").contains(now));
}

/// Changes keys with the sheet of a folder; the new one comes to the other folder.
fn change_keys(house: &House, words: &[&str], from: &str, to: &str) -> std::process::Output {
    let typed = house.sheet(from, "master-key-sheet");
    let rest = ["--sheets", to, "--passphrase-fd", "3", "--typed-fd", "0"];
    house.run("keys", &[words, &rest].concat(), &typed)
}

#[test]
fn what_waits_is_entered_before_its_key_is_replaced() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.sign(&["record", "new", "mill-race", "shop", "--yes"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes", "--hold"]);
    let list = || house.expect(0, &["record", "list", "shop"]);
    assert_eq!(list().matches("in force").count(), 1);
    #[cfg(unix)]
    for held in fs::read_dir(house.path("shop/private/held")).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = held.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "what waits is for its owner alone");
    }

    // With a clock before the last record nothing is begun: the sheet is still good afterwards.
    let history = house.read("shop/identity/did.jsonl");
    let early = ["keys", "rotate", "shop", "--at", "2026-01-01T00:00:00Z"];
    let refused = change_keys(&house, &early, "sheets", "sheets-never");
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert_eq!(house.read("shop/identity/did.jsonl"), history);
    assert!(!house.path("sheets-never/master-key-sheet.html").exists());

    let done = change_keys(&house, &["keys", "rotate", "shop"], "sheets", "sheets-two");
    assert!(done.status.success(), "{}", said(&done));
    assert!(said(&done).contains("that waited are in the register now"), "{}", said(&done));
    let told = list();
    assert_eq!(told.matches("without effect").count(), 0, "{told}");
    assert_eq!(told.matches(" Design ").count(), 2, "{told}");

    // What waits with a key that may be stolen is not entered in its name.
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/third");
    house.sign(&["record", "new", "third", "shop", "--yes", "--hold"]);
    let stolen = ["keys", "compromised", "shop", "--since", "2026-01-01"];
    let refused = change_keys(&house, &stolen, "sheets-two", "sheets-three");
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("remove that folder"), "{}", said(&refused));
    fs::remove_dir_all(house.path("shop/private/held")).unwrap();
    let done = change_keys(&house, &stolen, "sheets-two", "sheets-three");
    assert!(done.status.success(), "{}", said(&done));
    // Nobody outside saw the register before: all that the old key signed is without effect, and is signed again.
    let told = list();
    assert!(told.contains("its time is unknown"), "{told}");
    let old = told.lines().find(|line| line.contains(" Design ")).unwrap();
    let number = old.split_whitespace().nth(1).unwrap();
    house.sign(&["record", "reissue", number, "shop", "--yes"]);
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop", "--output", "published"]);
    house.trust("published/.well-known/did.jsonl");
    let (_, reports) = house.verify("published");
    assert_eq!(about(&reports, number)["state"], "superseded", "{}", list());
    let again = list();
    let new = again.lines().rfind(|line| line.contains(" Design ")).unwrap();
    let new = new.split_whitespace().nth(1).unwrap();
    assert_eq!(about(&reports, new)["state"], "record-intact");
    let body = house.text(&format!("published/records/{new}.json"));
    assert!(body.contains("\"reissues\""), "{body}");
}

/// As after a crash between the history of keys and the record that announces it: keys, sheets and history are the new ones,
/// all else is as it was.
fn break_off_before_the_announcement(house: &House, setup: Option<&str>) {
    for part in ["records", "log"] {
        fs::remove_dir_all(house.path("shop").join(part)).unwrap();
        house.copy(house.path("before").join(part), &format!("shop/{part}"));
    }
    fs::remove_dir_all(house.path("keys/heads")).unwrap();
    house.copy(house.path("keys-before/heads"), "keys/heads");
    for (path, bytes) in house.files("keys-before") {
        if path.ends_with("setup.toml") {
            let text = String::from_utf8(bytes).unwrap() + setup.unwrap_or_default();
            house.write(&format!("keys/{}", path.display()), text);
        }
    }
}

/// The members of the one record of a kind in the shop.
fn said_by(house: &House, kind: &str) -> Vec<Value> {
    let records = house.files("shop/records").into_iter();
    records
        .filter(|(path, _)| path.extension().is_some_and(|it| it == "json"))
        .map(|(_, bytes)| serde_json::from_slice::<Value>(&bytes).unwrap())
        .filter(|record| record["type"].as_array().unwrap().contains(&kind.into()))
        .map(|record| record["credentialSubject"].clone())
        .collect()
}

#[test]
fn a_change_of_keys_that_broke_off_is_announced_by_the_next_run() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    let keep = || {
        for (from, to) in [("shop", "before"), ("keys", "keys-before")] {
            let _ = fs::remove_dir_all(house.path(to));
            house.copy(house.path(from), to);
        }
    };
    keep();
    let done = change_keys(&house, &["keys", "rotate", "shop"], "sheets", "sheets-two");
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(said_by(&house, "KeyRotation").len(), 2);
    break_off_before_the_announcement(&house, None);
    assert_eq!(said_by(&house, "KeyRotation").len(), 0);
    // Any command that signs completes it first, once.
    let told = house.sign(&["log", "due", "shop"]);
    assert!(told.contains("A change of keys that was interrupted is complete now"), "{told}");
    let mut roles: Vec<_> = said_by(&house, "KeyRotation");
    roles.sort_by_key(|said| said["keyRole"].to_string());
    assert_eq!(roles.iter().map(|it| &it["keyRole"]).collect::<Vec<_>>(), ["log", "record"]);
    let history = house.text("shop/identity/did.jsonl");
    let latest: Value = serde_json::from_str(history.lines().last().unwrap()).unwrap();
    for said in &roles {
        assert_eq!(said["versionId"], latest["versionId"]);
        assert_ne!(said["formerKey"], said["newKey"]);
    }
    let told = house.sign(&["log", "due", "shop"]);
    assert!(!told.contains("interrupted") && said_by(&house, "KeyRotation").len() == 2, "{told}");
    // The next change takes the sheet that came with this one, and so does the test of it.
    let typed = house.sheet("sheets-two", "master-key-sheet");
    let drill = ["keys", "drill", "shop", "--passphrase-fd", "3", "--typed-fd", "0"];
    let drilled = house.run("keys", &drill, &typed);
    assert!(drilled.status.success(), "{}", said(&drilled));

    keep();
    let stolen = ["keys", "compromised", "shop", "--since", "2026-01-01"];
    let done = change_keys(&house, &stolen, "sheets-two", "sheets-three");
    assert!(done.status.success(), "{}", said(&done));
    let cut_off = || {
        let mut said = said_by(&house, "KeyCompromise");
        said.sort_by_key(|said| said["formerKey"].to_string());
        said
    };
    let whole = cut_off();
    assert_eq!(whole.len(), 2, "the key of then and the one that replaced it");
    break_off_before_the_announcement(&house, Some("stolen_since = \"2026-01-01T00:00:00Z\"\n"));
    let told = house.sign(&["log", "due", "shop"]);
    assert!(told.contains("A change of keys that was interrupted is complete now"), "{told}");
    assert_eq!(cut_off(), whole);
    assert_eq!(whole[0]["compromisedFrom"], "2026-01-01T00:00:00Z");
    house.expect(0, &["build", "shop", "--output", "published"]);
    house.trust("published/.well-known/did.jsonl");
    let (_, reports) = house.verify("published");
    assert!(!reports.to_string().contains("\"verdict\":\"invalid\",\"check\":\"log"), "{reports}");
}

#[test]
fn what_waits_is_entered_where_its_key_is_lost_and_left_where_it_was_stolen() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.sign(&["record", "new", "mill-race", "shop", "--yes"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes", "--hold"]);
    house.copy(house.path("shop"), "stolen");
    // The keys are gone, and nothing else.
    fs::rename(house.path("keys"), house.path("keys-before")).unwrap();
    house.copy(house.path("keys-before/heads"), "keys/heads");
    let done = change_keys(&house, &["keys", "recover", "shop"], "sheets", "sheets-two");
    assert!(done.status.success(), "{}", said(&done));
    assert!(!house.path("shop/private/held").exists());
    let list = house.expect(0, &["record", "list", "shop"]);
    assert_eq!(list.matches("without effect").count(), 0, "{list}");
    assert_eq!(list.matches(" Design ").count(), 2, "{list}");

    // The same keys were stolen, and are not there to enter what waits.
    for part in ["keys", "shop"] {
        fs::remove_dir_all(house.path(part)).unwrap();
    }
    house.copy(house.path("stolen"), "shop");
    house.copy(house.path("keys-before/heads"), "keys/heads");
    let stolen = ["keys", "compromised", "shop", "--since", "2026-01-01"];
    let done = change_keys(&house, &stolen, "sheets", "sheets-three");
    assert!(done.status.success(), "{}", said(&done));
    assert!(
        said(&done).contains("waits in private/held, and its key was replaced"),
        "{}",
        said(&done)
    );
    // It is named each time, and holds nothing up.
    house.sign(&["record", "new", "grey-check", "shop", "--yes", "--hold"]);
    let told = house.sign(&["log", "due", "shop"]);
    assert!(told.contains("Sign it again, and remove it from that folder"), "{told}");
    let list = house.expect(0, &["record", "list", "shop"]);
    assert_eq!(
        list.lines().filter(|it| it.contains(" Design ") && it.contains("in force")).count(),
        1,
        "{list}"
    );
    let left = house.files("shop/private/held");
    assert_eq!(left.keys().filter(|it| it.extension().is_some_and(|it| it == "json")).count(), 1);
}

/// The old sheet would be spent on a history that goes with no register.
#[test]
fn keys_are_not_recovered_over_a_register_that_is_not_whole() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    house.copy(house.path("shop"), "older");
    house.sign(&["log", "due", "shop"]);
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.sign(&["record", "new", "mill-race", "shop", "--yes"]);
    house.copy(house.path("shop"), "whole");
    house.copy(house.path("keys/heads"), "heads");
    let tile = house.files("shop/log/tile/0").into_keys().max().unwrap();
    let tile = format!("shop/log/tile/0/{}", tile.display());
    let ways: [(&str, bool, &dyn Fn()); 5] = [
        ("is not there", false, &|| fs::remove_dir_all(house.path("shop/log")).unwrap()),
        ("is not there", true, &|| fs::remove_dir_all(house.path("shop/log")).unwrap()),
        ("log/tile", false, &|| house.write(&tile, b"")),
        ("is older than", true, &|| {
            fs::remove_dir_all(house.path("shop")).unwrap();
            house.copy(house.path("older"), "shop");
        }),
        ("not downloaded yet", true, &|| {
            let (from, to) = ("shop/log/checkpoint", "shop/log/.checkpoint.icloud");
            fs::rename(house.path(from), house.path(to)).unwrap();
        }),
    ];
    for (words, remembers, spoil) in ways {
        for part in ["shop", "keys"] {
            fs::remove_dir_all(house.path(part)).ok();
        }
        house.copy(house.path("whole"), "shop");
        if remembers {
            house.copy(house.path("heads"), "keys/heads");
        }
        spoil();
        let before = house.files("shop");
        let failed = change_keys(&house, &["keys", "recover", "shop"], "sheets", "sheets-two");
        assert_eq!(failed.status.code(), Some(2), "{words}: {}", said(&failed));
        assert!(said(&failed).contains(words), "{words}: {}", said(&failed));
        assert!(house.files("shop") == before, "{words}");
        assert!(!house.path("sheets-two").exists(), "{words}");
    }
    for part in ["shop", "keys"] {
        fs::remove_dir_all(house.path(part)).unwrap();
    }
    house.copy(house.path("whole"), "shop");
    house.copy(house.path("heads"), "keys/heads");
    let done = change_keys(&house, &["keys", "recover", "shop"], "sheets", "sheets-two");
    assert!(done.status.success(), "{}", said(&done));
}

#[test]
fn a_change_that_fails_says_which_sheet_counts() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.sign(&["log", "due", "shop"]);
    let history = house.read("shop/identity/did.jsonl");
    let recover = ["keys", "recover", "shop"];
    // Another run holds the folder: nothing was changed.
    let lock = FolderLock::take(&house.path("shop"), "signing in").unwrap();
    let failed = change_keys(&house, &recover, "sheets", "sheets-two");
    assert_eq!(failed.status.code(), Some(2), "{}", said(&failed));
    assert!(said(&failed).contains("the old master key sheet still counts"), "{}", said(&failed));
    assert_eq!(house.read("shop/identity/did.jsonl"), history);
    drop(lock);
    // The disk fails once the history is changed: the old sheet is used up.
    let signers = house.path("shop/identity/allowed_signers");
    fs::remove_file(&signers).unwrap();
    fs::create_dir(&signers).unwrap();
    fs::remove_dir_all(house.path("sheets-two")).unwrap();
    let failed = change_keys(&house, &recover, "sheets", "sheets-two");
    assert_eq!(failed.status.code(), Some(2), "{}", said(&failed));
    assert!(said(&failed).contains("the old master key sheet is used up"), "{}", said(&failed));
    assert!(!said(&failed).contains("U+000A"), "{}", said(&failed));
    assert_ne!(house.read("shop/identity/did.jsonl"), history);
    fs::remove_dir(&signers).unwrap();
    let told = house.sign(&["log", "due", "shop"]);
    assert!(told.contains("A change of keys that was interrupted is complete now"), "{told}");
    let again = change_keys(&house, &["keys", "rotate", "shop"], "sheets", "sheets-three");
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
    let again = change_keys(&house, &["keys", "rotate", "shop"], "sheets-two", "sheets-three");
    assert!(again.status.success(), "{}", said(&again));
}

#[test]
fn a_sheet_is_printed_again_from_one_that_still_counts() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    let again = |typed: &str, to: &str| {
        let words = ["keys", "sheet", "shop", "--sheets", to, "--typed-fd", "0"];
        house.run("keys", &words, typed)
    };
    assert!(said(&again("", "new")).contains("`selvedge keys new` makes them"));
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    let typed = house.sheet("sheets", "master-key-sheet");
    let printed = again(&typed.to_lowercase(), "new");
    assert!(printed.status.success(), "{}", said(&printed));
    let page = house.text("new/master-key-sheet.html");
    assert_eq!(page, house.text("sheets/master-key-sheet.html"));
    // Nothing of it lies in the site, and a folder in the site is refused.
    let inside = again(&typed, "shop/sheets");
    assert_eq!(inside.status.code(), Some(2), "{}", said(&inside));
    let secret = typed.lines().next().unwrap();
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(secret);
    assert!(!house.files("shop").values().any(|bytes| holds(bytes)));
    assert!(!said(&printed).contains(secret));
    // A slip is named by its line; a sheet that was replaced opens nothing.
    let slip = again(&typed.replacen(secret, &secret.chars().rev().collect::<String>(), 1), "slip");
    assert_eq!(slip.status.code(), Some(2), "{}", said(&slip));
    assert!(said(&slip).contains("line 1"), "{}", said(&slip));
    let done = change_keys(&house, &["keys", "rotate", "shop"], "sheets", "sheets-two");
    assert!(done.status.success(), "{}", said(&done));
    let old = again(&typed, "old");
    assert_eq!(old.status.code(), Some(2), "{}", said(&old));
    assert!(said(&old).contains("it opens nothing now"), "{}", said(&old));
    assert!(!house.path("old").exists());
    // Without a sheet to type, it says what can be done.
    let said = house.expect(2, &["keys", "sheet", "shop", "--sheets", "none"]);
    assert!(said.contains("From a lost sheet nobody can print another"), "{said}");
}

#[test]
fn a_theft_that_is_told_after_a_rotation_cuts_off_every_key_since() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", OLD);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets", "--at", "2026-01-01T00:00:00Z"]);
    let sign = ["record", "new", "grey-check", "shop", "--yes", "--at", "2026-01-02T00:00:00Z"];
    house.sign(&sign);
    // In a fright the keys are replaced first, and the theft is told afterwards.
    let rotate = ["keys", "rotate", "shop", "--at", "2026-02-01T00:00:00Z"];
    let rotated = change_keys(&house, &rotate, "sheets", "second");
    assert!(rotated.status.success(), "{}", said(&rotated));
    let tell = ["keys", "compromised", "shop", "--since", "2026-01-15", "--at"];
    let told =
        change_keys(&house, &[&tell[..], &["2026-02-02T00:00:00Z"]].concat(), "second", "third");
    assert!(told.status.success(), "{}", said(&told));
    let list = house.expect(0, &["record", "list", "shop"]);
    let design = list.lines().find(|line| line.contains("Design")).expect("a design");
    assert!(design.contains("reported stolen"), "{list}");
    assert_eq!(list.matches("KeyCompromise").count(), 2, "one for each key: {list}");
    house.sign(&[
        "record",
        "reissue",
        "designs/grey-check",
        "shop",
        "--yes",
        "--at",
        "2026-02-03T00:00:00Z",
    ]);
    let list = house.expect(0, &["record", "list", "shop"]);
    assert!(
        list.lines().any(|line| line.contains("Design") && line.contains(" in force")),
        "{list}"
    );
}
