//! Signers who are believed because an umbrella body delegated them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use selvedge::evidence::{self, Disk, Evidence};
use selvedge::provenance::did::{Did, DidWebvh};
use selvedge::provenance::instant;
use selvedge::provenance::json::Value;
use selvedge::provenance::kind::{Kind, RecordRef};
use selvedge::provenance::record::Subject;
use selvedge::provenance::sshsig;
use selvedge::verify::{self, Finding, State, Trust, Verdict, delegation};

use super::identity::{Association, key, plain_design, statement};
use crate::support::{House, Server};

fn words(text: &str) -> Value {
    vec![Value::from([("@language", "en".into()), ("@value", text.into())])].into()
}

fn to(did: &Did, may: &[&str]) -> Subject {
    let delegate = Value::from([("id", did.to_string().into()), ("name", words("A member"))]);
    let may: Vec<Value> = may.iter().map(|kind| (*kind).into()).collect();
    statement(Kind::Delegation, [("delegate", delegate), ("may", may.into())])
}

fn notice(text: &str) -> Subject {
    let about = Value::from([("id", "https://brand.example/designs/river-path/".into())]);
    statement(Kind::Notice, [("about", about), ("text", words(text))])
}

struct Body {
    brand: Association,
    did: DidWebvh,
}

/// An association of its own keys; `at` tells them apart.
fn found(at: u8) -> Body {
    let place = format!("did:web:house-{at}.example");
    let (brand, did) = Association::begin_at(&place, 100 + at, 150 + at);
    Body { brand, did }
}

impl Body {
    fn name(&self) -> Did {
        Did::Webvh(self.did.clone())
    }

    fn delegate(&mut self, did: &Did, may: &[&str]) -> RecordRef {
        self.brand.sign(to(did, may)).expect("a record")
    }
}

/// A trust list: who, believed for what, and the name of their place, if any.
fn list(signers: &[(&Body, Option<&str>, &str)]) -> Trust {
    let mut text = String::new();
    for (house, kinds, address) in signers {
        text.push_str(&format!("[[signer]]\nname = \"The {address}\"\ndid = \"{}\"\n", house.did));
        text.push_str(&format!("address = \"{address}\"\n"));
        text.push_str(&kinds.map(|kinds| format!("kinds = {kinds}\n")).unwrap_or_default());
    }
    Trust::parse(&text).expect("a trust list")
}

/// Extends a list by what stands at the places of its addresses.
fn extended(trust: &Trust, places: &[(&str, PathBuf)], at: Timestamp) -> Trust {
    let places: BTreeMap<&str, Disk> =
        places.iter().map(|(name, site)| (*name, Disk::at(site))).collect();
    let mut trust = trust.clone();
    delegation::extend(&mut trust, Some(at), &|address, judge| {
        judge(places.get(address).ok_or("nobody answers there")?);
        Ok(())
    });
    trust
}

/// How a record stands for somebody with a trust list, and what is found of its signer.
fn judged(house: &Body, record: &RecordRef, trust: &Trust, at: Timestamp) -> (State, Finding) {
    let audit = verify::folder("site", &Disk::at(house.brand.site()), trust, None, Some(at));
    let name = format!("{}.json", record.id.short());
    let report = audit.report.records.into_iter().find(|it| it.target == name).expect("it");
    (report.state, report.finding("signer").expect("it").clone())
}

#[test]
fn whom_an_umbrella_delegated_is_believed_for_what_she_was_delegated() {
    let (mut umbrella, mut member) = (found(1), found(2));
    let early = member.brand.design("hill-line");
    umbrella.brand.now += SignedDuration::from_hours(5);
    let delegation = umbrella.delegate(&member.name(), &["Design"]);
    member.brand.now = umbrella.brand.now;
    let design = member.brand.design("river-path");
    let word = member.brand.sign(notice("Closed in June.")).expect("a record");
    let trust = list(&[(&umbrella, Some("[\"Delegation\"]"), "umbrella")]);
    let places = [("umbrella", umbrella.brand.site())];
    let at = member.brand.now + SignedDuration::from_hours(1);

    // By the list alone she is nobody's.
    assert_eq!(judged(&member, &design, &trust, at).0, State::UnknownSigner);
    let extended_now = extended(&trust, &places, at);
    let (state, signer) = judged(&member, &design, &extended_now, at);
    assert_eq!(state, State::RecordIntact, "{signer:?}");
    let until = instant::format(umbrella.brand.now + SignedDuration::from_hours(9000));
    let why = format!("A member: believed because The umbrella delegated it, until {until}");
    assert_eq!(signer.reason, why);
    // Not for other kinds, nor for what she signed before.
    for (record, why) in [(&word, "for other kinds"), (&early, "for what is signed from")] {
        let (state, signer) = judged(&member, record, &extended_now, at);
        assert_eq!(state, State::UnknownSigner);
        assert!(signer.reason.contains(why), "{signer:?}");
    }

    // It holds as long as the Delegation does.
    let judge = |umbrella: &Body, at: Timestamp| {
        let trust = extended(&trust, &[("umbrella", umbrella.brand.site())], at);
        judged(&member, &design, &trust, at)
    };
    let late = umbrella.brand.now + SignedDuration::from_hours(9001);
    let (state, signer) = judge(&umbrella, late);
    assert_eq!(state, State::UnknownSigner);
    assert!(signer.reason.contains("not in force here: expired"), "{signer:?}");
    umbrella.brand.status(&delegation, "suspended").expect("a record");
    let later = umbrella.brand.now + SignedDuration::from_hours(8);
    let (state, signer) = judge(&umbrella, later);
    assert_eq!(state, State::UnknownSigner);
    assert!(signer.reason.contains("not in force here: suspended"), "{signer:?}");
    umbrella.brand.status(&delegation, "reinstated").expect("a record");
    assert_eq!(judge(&umbrella, later).0, State::RecordIntact);
    umbrella.brand.status(&delegation, "revoked").expect("a record");
    let (state, signer) = judge(&umbrella, later);
    assert_eq!((state, signer.verdict), (State::UnknownSigner, Verdict::Invalid));
    let number = delegation.id.short();
    assert!(signer.reason.contains(&format!("records/{number}.json")), "{signer:?}");
    assert!(signer.reason.contains("not in force here: revoked"), "{signer:?}");
}

#[test]
fn the_delegates_at_hand_are_those_of_the_command_but_for_test_keys_and_have_a_day() {
    let (mut umbrella, member) = (found(1), found(2));
    umbrella.delegate(&member.name(), &["Design"]);
    let folder = umbrella.brand.site().display().to_string();
    let trust = list(&[(&umbrella, Some("[\"Delegation\"]"), &folder)]);
    let at = umbrella.brand.now + SignedDuration::from_hours(1);
    let by_command = extended(&trust, &[(&folder, umbrella.brand.site())], at);
    assert_eq!(
        by_command.signers().len(),
        2,
        "test keys are refused by who asks, not by the rules"
    );
    // The keys of these houses are for trying out, and a page never believes those.
    let site = member.brand.site();
    let evidence = Evidence::of(&Disk::at(&site), &trust, None);
    let evidence = evidence.beside(evidence::neighbours(&site, &trust));
    assert_eq!(evidence.neighbours().len(), 1);
    assert_eq!(evidence.neighbours()[0].as_of(), Some(umbrella.brand.now));
    assert_eq!(evidence::delegates(&site, &evidence, "Members", at), []);
}

#[test]
fn an_umbrella_that_cannot_be_read_delegates_nobody_and_that_is_said() {
    let (mut umbrella, mut member) = (found(1), found(2));
    umbrella.delegate(&member.name(), &["Design"]);
    member.brand.now = umbrella.brand.now;
    let design = member.brand.design("river-path");
    let other = umbrella.brand.design("two-waters");
    let at = umbrella.brand.now + SignedDuration::from_hours(1);
    let trust = list(&[(&umbrella, None, "umbrella")]);
    let judge = |trust: &Trust, places: &[(&str, PathBuf)]| {
        let (state, signer) = judged(&member, &design, &extended(trust, places, at), at);
        assert_eq!(state, State::UnknownSigner, "{signer:?}");
        signer
    };
    let site = umbrella.brand.site();
    let signer = judge(&trust, &[]);
    assert_eq!(signer.verdict, Verdict::NotChecked);
    let why = "whom The umbrella delegated is not known: nobody answers there";
    assert!(signer.reason.contains(why), "{signer:?}");
    // Somebody else answers there.
    let signer = judge(&trust, &[("umbrella", member.brand.site())]);
    assert!(signer.reason.contains("at umbrella is the site of"), "{signer:?}");
    // She is believed for other things, or has no address, or there is no time to judge at.
    let signer = judge(&list(&[(&umbrella, Some("[\"Design\"]"), "umbrella")]), &[]);
    assert_eq!(signer.verdict, Verdict::Invalid);
    let mut timeless = trust.clone();
    delegation::extend(&mut timeless, None, &|_, judge| {
        judge(&Disk::at(&site));
        Ok(())
    });
    assert_eq!(judged(&member, &design, &timeless, at).0, State::UnknownSigner);
    // What was read in part is not believed.
    let mut part = trust.clone();
    delegation::extend(&mut part, Some(at), &|_, judge| {
        judge(&Disk::at(&site));
        Err("the server answered 503".to_owned())
    });
    assert_eq!(judged(&member, &design, &part, at).0, State::UnknownSigner);
    // Its status cannot be told: one body of its register is missing.
    fs::remove_file(site.join(format!("records/{}.json", other.id.short()))).expect("it is there");
    let signer = judge(&trust, &[("umbrella", site.clone())]);
    assert!(signer.reason.contains("not in force here: cannot check now"), "{signer:?}");
}

#[test]
fn a_delegate_is_known_by_her_keys_and_not_by_an_address() {
    let (mut umbrella, mut house) = (found(1), found(2));
    // A did:key of hers, in the register of an association that the list names.
    let by_key = Did::Key(key(77));
    umbrella.delegate(&by_key, &["Attestation"]);
    umbrella.delegate(&Did::parse("did:web:house-2.example").expect("a name"), &["Design"]);
    umbrella.delegate(&house.name(), &["Design"]);
    house.brand.now = umbrella.brand.now;
    let design = house.brand.design("river-path");
    let seen = [("about", design.to_value()), ("relation", "saw".into())];
    let word = house.brand.admit(77, statement(Kind::Attestation, seen)).expect("a record");
    let at = house.brand.now + SignedDuration::from_hours(1);
    let places = [("umbrella", umbrella.brand.site()), ("house", house.brand.site())];
    let trust = list(&[(&umbrella, None, "umbrella"), (&house, Some("[\"Design\"]"), "house")]);
    assert_eq!(judged(&house, &word, &trust, at).0, State::UnknownSigner);
    let trust = extended(&trust, &places, at);
    assert_eq!(judged(&house, &word, &trust, at).0, State::RecordIntact);
    let web = trust.signers().iter().filter(|signer| matches!(signer.did, Did::Web(_)));
    assert_eq!(web.count(), 0);
    let note = trust.signers().iter().filter(|signer| signer.delegated.is_some()).count();
    assert_eq!(note, 2, "the did:key and the did:webvh");

    // Whoever wrote a key of hers into the list believes no other, whatever somebody delegates.
    let umbrella_only = list(&[(&umbrella, None, "umbrella")]);
    let pinned = |seed: u8| {
        let mut trust = umbrella_only.clone();
        trust.add(verify::trust::TrustedSigner {
            name: "Her".to_owned(),
            did: house.name(),
            fingerprint: Some(sshsig::fingerprint(&key(seed))),
            log: None,
            kinds: Some(Vec::new()),
            address: None,
            delegated: None,
        });
        judged(&house, &design, &extended(&trust, &places, at), at).0
    };
    assert_eq!(pinned(102), State::RecordIntact);
    assert_eq!(pinned(9), State::UnknownSigner);
}

#[test]
fn a_delegate_delegates_on_only_if_she_may_and_four_steps_at_most() {
    let mut houses: Vec<Body> = (1..=6).map(found).collect();
    let names: Vec<Did> = houses.iter().map(Body::name).collect();
    for at in 0..5 {
        let may = ["Delegation", "Design", "Notice"];
        houses[at].delegate(&names[at + 1], &may[..3 - usize::from(at == 1)]);
        // A loop ends.
        houses[at].delegate(&names[0], &["Delegation", "Design", "Notice"]);
    }
    let signed: Vec<(RecordRef, RecordRef)> = houses
        .iter_mut()
        .map(|house| {
            let word = house.brand.sign(notice("Closed in June.")).expect("a record");
            (house.brand.design("river-path"), word)
        })
        .collect();
    let at = houses[0].brand.now + SignedDuration::from_hours(9);
    let addresses = ["umbrella", "b", "c", "d", "e", "f"];
    let places: Vec<(&str, PathBuf)> =
        addresses.iter().zip(&houses).map(|(name, it)| (*name, it.brand.site())).collect();
    let believed = |trust: &Trust| -> Vec<(bool, bool)> {
        let trust = extended(trust, &places, at);
        let is_intact = |house: &Body, record: &RecordRef| {
            judged(house, record, &trust, at).0 == State::RecordIntact
        };
        let each = houses.iter().zip(&signed);
        each.map(|(it, (design, word))| (is_intact(it, design), is_intact(it, word))).collect()
    };
    // The list says where each publishes, and believes but the first.
    let entries: Vec<(&Body, Option<&str>, &str)> = houses
        .iter()
        .zip(addresses)
        .map(|(house, name)| {
            (house, Some(if name == "umbrella" { "[\"Delegation\"]" } else { "[]" }), name)
        })
        .collect();
    // The second gave Notice on no more; the sixth is five steps away; nobody comes to be believed by her own word, as the
    // first would over the others.
    let nobody = (false, false);
    assert_eq!(
        believed(&list(&entries)),
        [nobody, (true, true), (true, false), (true, false), (true, false), nobody]
    );
    // No address is taken from a record.
    assert_eq!(
        believed(&list(&entries[..1])),
        [nobody, (true, true), nobody, nobody, nobody, nobody]
    );
    // Without the right to delegate, an address leads nowhere.
    let mut plain = [found(11), found(12), found(13)];
    let (second, third) = (plain[1].name(), plain[2].name());
    plain[0].delegate(&second, &["Design"]);
    plain[1].delegate(&third, &["Design"]);
    let design = plain[2].brand.design("river-path");
    let entries = [(&plain[0], Some("[\"Delegation\"]"), "umbrella"), (&plain[1], Some("[]"), "b")];
    let places = [("umbrella", plain[0].brand.site()), ("b", plain[1].brand.site())];
    let trust = extended(&list(&entries), &places, at);
    assert_eq!(judged(&plain[2], &design, &trust, at).0, State::UnknownSigner);
}

#[test]
fn whom_a_delegate_admits_in_her_own_register_needs_the_right_as_well() {
    for (may, state) in
        [(&["Label"][..], State::UnknownSigner), (&["Label", "Delegation"], State::RecordIntact)]
    {
        let (mut umbrella, mut member) = (found(1), found(2));
        umbrella.delegate(&member.name(), may);
        member.brand.now = umbrella.brand.now;
        let hers = Did::Key(key(77));
        member.delegate(&hers, &["Label"]);
        let about = Value::from([("id", "https://house-2.example/designs/river-path/".into())]);
        let label = [
            ("about", about),
            ("appliedBy", Value::from([("id", hers.to_string().into())])),
            ("labelCode", "tk-a".into()),
        ];
        let label = member.brand.admit(77, statement(Kind::Label, label)).expect("a record");
        let at = member.brand.now + SignedDuration::from_hours(1);
        let trust = list(&[(&umbrella, None, "umbrella")]);
        let trust = extended(&trust, &[("umbrella", umbrella.brand.site())], at);
        let (found, signer) = judged(&member, &label, &trust, at);
        assert_eq!(found, state, "{signer:?}");
    }
}

#[test]
fn what_a_member_is_delegated_for_takes_nothing_from_what_she_is_admitted_for() {
    let mut umbrella = found(1);
    let hers = Did::Key(key(77));
    let member = Value::from([("id", hers.to_string().into())]);
    let admits = statement(Kind::Accreditation, [("member", member), ("basis", "peers".into())]);
    umbrella.brand.sign(admits).expect("a record");
    umbrella.delegate(&hers, &["Notice"]);
    let design = umbrella.brand.admit(77, plain_design("river-path")).expect("a record");
    let at = umbrella.brand.now + SignedDuration::from_hours(1);
    let trust = list(&[(&umbrella, None, "umbrella")]);
    let trust = extended(&trust, &[("umbrella", umbrella.brand.site())], at);
    let (found, signer) = judged(&umbrella, &design, &trust, at);
    assert_eq!(found, State::RecordIntact, "{signer:?}");
    assert!(signer.reason.contains("who admits her"), "{signer:?}");
    // What the list itself says of her is another matter.
    let mut strict = trust.clone();
    let entry = format!("[[signer]]\nname = \"She\"\ndid = \"{hers}\"\nkinds = [\"Notice\"]\n");
    strict.add(Trust::parse(&entry).expect("a list").signers()[0].clone());
    assert_eq!(judged(&umbrella, &design, &strict, at).0, State::UnknownSigner);
}

#[test]
fn the_command_reads_the_umbrella_from_a_folder_and_from_the_web() {
    let (mut umbrella, mut member) = (found(1), found(2));
    let delegation =
        umbrella.delegate(&member.name(), &["Design", "BitstringStatusListCredential"]);
    member.brand.now = umbrella.brand.now;
    member.brand.design("river-path");
    let house = House::new();
    house.copy(umbrella.brand.site(), "sites/umbrella");
    house.copy(member.brand.site(), "sites/member");
    let at = instant::format(member.brand.now + SignedDuration::from_hours(9));
    let verify = |address: &str, target: &str| {
        let text = format!(
            "[[signer]]\nname = \"The umbrella\"\ndid = \"{}\"\naddress = \"{address}\"\n",
            umbrella.did
        );
        house.write("lists/trust.toml", text);
        let words =
            ["verify", target, "--trust", "lists/trust.toml", "--at", &at, "--json", "--test"];
        let output = house.run("nobody", &words, "");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
        let signers = report["records"].as_array().expect("records").iter().map(|record| {
            let findings = record["findings"].as_array().expect("findings");
            let signer = findings.iter().find(|it| it["check"] == "signer").expect("it");
            signer["reason"].as_str().expect("words").to_owned()
        });
        (output.status.code(), signers.collect::<Vec<_>>().join("\n"))
    };
    let web = Server::of(house.path("sites/umbrella"), |_, bytes| bytes);
    let site = Server::of(house.path("sites/member"), |_, bytes| bytes);
    for (address, target) in [
        ("../sites/umbrella", "sites/member"),
        ("../sites/umbrella", &*site.address),
        (&*web.address, "sites/member"),
        (&*web.address, &*site.address),
    ] {
        let (code, why) = verify(address, target);
        assert_eq!(code, Some(0), "{address}: {why}");
        assert!(why.contains("believed because The umbrella delegated it, until 2027-"), "{why}");
    }
    // An umbrella that does not answer, or in part, is no reason to judge nothing, nor to believe.
    let busy = Server::answering(house.path("sites/umbrella"), move |path, bytes| match bytes {
        Some(bytes) if !path.contains("log-proof") => ("200 OK", bytes),
        Some(_) => ("503 Busy", Vec::new()),
        None => ("404 Not Found", Vec::new()),
    });
    for (address, words) in [
        (&*busy.address, "the server answered 503"),
        ("../sites/nobody", "there is no folder"),
        ("http://192.0.2.1/", "plain http is for this machine only"),
    ] {
        let (code, why) = verify(address, "sites/member");
        assert_eq!(code, Some(1), "{address}: {why}");
        assert!(
            why.contains("whom The umbrella delegated is not known") && why.contains(words),
            "{why}"
        );
    }
    umbrella.brand.status(&delegation, "revoked").expect("a record");
    house.copy(umbrella.brand.site(), "sites/umbrella");
    let (code, why) = verify(&web.address, "sites/member");
    assert_eq!(code, Some(1), "{why}");
    assert!(why.contains("not in force here: revoked"), "{why}");
}
