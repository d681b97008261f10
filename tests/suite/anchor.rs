//! Outside time, end to end: a real time-stamp authority made with `openssl`, and a calendar, both
//! behind servers on loopback that this test runs.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use selvedge::attest::anchor::{self, AnchorError, Anchored, Authority, Nonce, Outcome};
use selvedge::evidence::Disk;
use selvedge::fetch::{RealWeb, Web as _};
use selvedge::provenance::key::{Signer as _, TestSigner};
use selvedge::provenance::log::{Checkpoint, Head};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::timestamp::ots::{
    Attestation, BitcoinEvidence, BlockHeader, Proof, Timestamp,
};
use selvedge::provenance::timestamp::rfc3161::{
    self, Asked, CERTIFICATE, Certificates, Fault, REVOCATION_LIST, Token, parse_pem,
};
use selvedge::verify::{HeadEvidence, TimeKind, Trust, Verdict, head_evidence};
use selvedge::write::RealDisk;

use crate::support::House;

type Answering = dyn Fn(&str, &str, &[u8]) -> (u16, Vec<u8>) + Send + Sync;

/// A server on loopback; it lives as long as the test.
fn serve(answering: Box<Answering>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            let (head, body) = loop {
                let read = stream.read(&mut chunk).unwrap_or(0);
                request.extend_from_slice(&chunk[..read]);
                let end = request.windows(4).position(|four| four == b"\r\n\r\n");
                if let Some(end) = end {
                    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
                    let len = head
                        .lines()
                        .find_map(|line| line.strip_prefix("content-length: "))
                        .map_or(0, |len| len.trim().parse().unwrap());
                    if request.len() >= end + 4 + len {
                        break (head, request[end + 4..].to_vec());
                    }
                }
                if read == 0 {
                    break (String::new(), Vec::new());
                }
            };
            let mut words = head.split(' ');
            let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let (status, body) = answering(method, path, &body);
            let location = if status == 302 { "location: file:///etc/passwd\r\n" } else { "" };
            let answer = format!(
                "HTTP/1.1 {status} X\r\n{location}content-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(&[answer.as_bytes(), &body].concat());
        }
    });
    address
}

fn openssl(folder: &Path, words: &str) {
    let done = Command::new("openssl")
        .args(words.split(' '))
        .current_dir(folder)
        .env("LC_ALL", "C")
        .output()
        .expect("openssl is installed (tests/run does it)");
    assert!(done.status.success(), "{words}: {}", String::from_utf8_lossy(&done.stderr));
}

const CONFIG: &str = "
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[tsa_cert]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[web_cert]
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
[ca]
default_ca = ca1
[ca1]
database = index
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_days = 30
policy = any
new_certs_dir = .
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
other_policies = 1.3.6.1.4.1.99999.2
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = sha256
";

/// A root, an authority below it, and lists of what was revoked: none, and the authority.
pub(super) fn authority(folder: &Path) {
    fs::write(folder.join("ts.cnf"), CONFIG).unwrap();
    fs::write(folder.join("index"), "").unwrap();
    fs::write(folder.join("serial"), "01\n").unwrap();
    for name in ["ca", "tsa"] {
        openssl(
            folder,
            &format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"),
        );
    }
    openssl(
        folder,
        "req -x509 -new -key ca.key -sha256 -days 3650 -subj /CN=Root -config ts.cnf -extensions root -out ca.pem",
    );
    openssl(folder, "req -new -key tsa.key -subj /CN=Office -config ts.cnf -out tsa.csr");
    openssl(
        folder,
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -sha256 -set_serial 7 -days 30 -extfile ts.cnf -extensions tsa_cert -out tsa.pem",
    );
    openssl(folder, "ca -gencrl -config ts.cnf -out none.crl");
    openssl(folder, "ca -revoke tsa.pem -config ts.cnf -crl_reason keyCompromise");
    openssl(folder, "ca -gencrl -config ts.cnf -out revoked.crl");
}

/// A server of `openssl` with a certificate below the root of an office.
pub(super) struct TlsServer {
    child: Child,
    pub(super) address: String,
}

impl TlsServer {
    /// Serves the files of a folder: as they are (`-WWW`), or as whole answers with their heads (`-HTTP`).
    pub(super) fn start(office: &Path, folder: &Path, how: &str) -> Self {
        openssl(
            office,
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -sha256 -set_serial 8 -days 30 -extfile ts.cnf -extensions web_cert -out web.pem",
        );
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", how])
            .arg("-cert")
            .arg(office.join("web.pem"))
            .arg("-key")
            .arg(office.join("tsa.key"))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines
            .find_map(|line| {
                Some(line.ok()?.strip_prefix("ACCEPT ")?.rsplit_once(':')?.1.to_owned())
            })
            .expect("openssl says where it listens");
        // What it says of each question has to go somewhere, or it stops.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: format!("https://127.0.0.1:{port}") }
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn reply(folder: &Path, query: &[u8]) -> Vec<u8> {
    fs::write(folder.join("q.tsq"), query).unwrap();
    openssl(folder, "ts -reply -config ts.cnf -queryfile q.tsq -out r.tsr");
    fs::read(folder.join("r.tsr")).unwrap()
}

fn certificates(folder: &Path, lists: &str) -> Certificates {
    let read = |name: &str, label| parse_pem(&fs::read(folder.join(name)).unwrap(), label).unwrap();
    let mut all = Certificates::default();
    all.add(read("ca.pem", CERTIFICATE));
    all.lists = read(lists, REVOCATION_LIST);
    all
}

fn log_signer() -> TestSigner {
    TestSigner::from_seed([2; 32])
}

fn log_key() -> NoteKey {
    NoteKey::new(KeyName::parse("brand.example/log").unwrap(), log_signer().verifier_key())
}

/// A site's folder with a checkpoint, which is all that is dated.
fn site(dir: &Path) -> PathBuf {
    let site = dir.join("site");
    for folder in ["identity", "log"] {
        fs::create_dir_all(site.join(folder)).unwrap();
    }
    fs::write(site.join("identity/log.vkey"), format!("{}\n", log_key())).unwrap();
    fs::write(site.join("log/checkpoint"), checkpoint().to_string()).unwrap();
    site
}

fn checkpoint() -> Checkpoint {
    let head = Head { size: 3, ..Head::empty() };
    Checkpoint::sign(log_key().name(), head, &log_signer())
}

fn evidence(site: &Path, trust: &str) -> HeadEvidence {
    let trust = Trust::parse(trust).unwrap();
    let all = head_evidence(&Disk::at(site), Some(&log_key()), trust.time()).unwrap();
    assert_eq!(all.len(), 1);
    all.into_iter().next().unwrap()
}

fn ask(site: &Path, authorities: &[Authority], ots: &[String]) -> Result<Anchored, AnchorError> {
    let web = RealWeb::new(None).unwrap();
    anchor::anchor(site, &RealDisk, &web, authorities, ots, &mut || Nonce([0x81; 16]))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_authority_dates_the_register_and_its_lies_are_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let office = dir.path().join("office");
    fs::create_dir(&office).unwrap();
    authority(&office);
    let site = site(dir.path());
    let head = site.join("log/heads/3");
    let honest = Arc::new(Mutex::new(false));
    let address = serve(Box::new({
        let (office, honest) = (office.clone(), Arc::clone(&honest));
        move |_, path, query| match path {
            "/tsr" => {
                let mut answer = reply(&office, query);
                if !*honest.lock().unwrap() {
                    let last = answer.len() - 1;
                    answer[last] ^= 1;
                }
                (200, answer)
            }
            "/moved" => (302, Vec::new()),
            "/long" => (200, vec![0; 300 * 1024]),
            _ => (404, Vec::new()),
        }
    }));
    let at = |path: &str, lists: &str| Authority {
        address: format!("{address}{path}"),
        certificates: certificates(&office, lists),
        policy: None,
    };
    // What does not hold is refused, and nothing but the head itself is kept.
    let refused = |asking: &Authority, why: &str| {
        let done = ask(&site, std::slice::from_ref(asking), &[]).unwrap();
        assert!(!done.is_complete());
        assert!(
            matches!(&done.asked[0].outcome, Outcome::Refused(said) if said.contains(why)),
            "{:?}",
            done.asked
        );
        assert_eq!(names(&head), ["checkpoint"]);
    };
    refused(&at("/tsr", "none.crl"), "signature");
    refused(&at("/moved", "none.crl"), "moved");
    refused(&at("/long", "none.crl"), "longer");
    refused(&at("/none", "none.crl"), "404");
    *honest.lock().unwrap() = true;
    refused(&at("/tsr", "revoked.crl"), "revoked");
    let mut stranger = at("/tsr", "none.crl");
    stranger.certificates.roots.clear();
    refused(&stranger, "trusted root");

    let done = ask(&site, &[at("/tsr", "none.crl")], &[]).unwrap();
    let Outcome::Stamped { at: stamped, renew_before } = done.asked[0].outcome else {
        panic!("{done:?}");
    };
    assert!(renew_before > stamped);
    let name = anchor::file_name(&at("/tsr", "none.crl").address);
    let kept = names(&head);
    assert_eq!(
        kept,
        [
            "checkpoint".to_owned(),
            format!("checkpoint.{name}.tsq"),
            format!("checkpoint.{name}.tsr"),
            "tsa".to_owned()
        ]
    );
    assert_eq!(
        fs::read(head.join("checkpoint")).unwrap(),
        fs::read(site.join("log/checkpoint")).unwrap()
    );
    let token_file = head.join(format!("checkpoint.{name}.tsr"));
    let stored = fs::read(&token_file).unwrap();
    let again = ask(&site, &[at("/tsr", "none.crl")], &[]).unwrap();
    assert_eq!(again.asked[0].outcome, Outcome::AlreadyThere);
    assert_eq!(fs::read(&token_file).unwrap(), stored);

    // Read back: believed if listed, else not judged; never believed once a byte differs.
    let root = fs::read_to_string(office.join("ca.pem")).unwrap();
    let list = |extra: &str| format!("[[tsa]]\nname = \"Office\"\nroot = '''{root}'''\n{extra}");
    let trusted = evidence(&site, &list(""));
    assert_eq!(trusted.evidence[0].finding.verdict, Verdict::Valid, "{trusted:?}");
    assert_eq!(trusted.no_later_than(), Some(stamped + jiff::SignedDuration::from_secs(1)));
    assert!(matches!(&trusted.evidence[0].kind, TimeKind::Tsa { name, policy: Some(policy), .. }
            if name == "Office" && policy.to_string() == "1.3.6.1.4.1.99999.1"));
    for trust in [String::new(), list("policy = \"1.2.3\"")] {
        let unlisted = evidence(&site, &trust);
        assert_eq!(unlisted.evidence[0].finding.verdict, Verdict::NotChecked, "{unlisted:?}");
        assert_eq!(unlisted.no_later_than(), None);
    }
    let full = certificates(&office, "none.crl");
    let bytes = checkpoint().to_string();
    let judge = |response: &[u8]| {
        Token::parse(response)?.verify(bytes.as_bytes(), &Asked::default(), &full)
    };
    assert!(judge(&stored).is_ok());
    for place in 0..stored.len() {
        let mut altered = stored.clone();
        altered[place] ^= 0x01;
        if let Ok(stamp) = judge(&altered) {
            // What is not signed may differ: the status, and certificates that nothing needs.
            assert_eq!(stamp.at, stamped, "{place}");
        }
        let _ = Token::parse(&stored[..place]);
    }
    let other = Token::parse(&stored).unwrap().verify(b"x", &Asked::default(), &full);
    assert_eq!(other.err(), Some(Fault::OtherBytes));
    // A cosignature that comes behind the dated lines changes nothing; another text does.
    let cosigned = format!("{bytes}— other.example AAAAAAAAAAA=\n");
    fs::write(head.join("checkpoint"), &cosigned).unwrap();
    assert_eq!(evidence(&site, &list("")).no_later_than(), trusted.no_later_than());
    let mut broken = stored.clone();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    fs::write(&token_file, &broken).unwrap();
    for trust in [String::new(), list("")] {
        assert_eq!(evidence(&site, &trust).evidence[0].finding.verdict, Verdict::Invalid);
    }
}

/// A calendar's pending answer.
fn pending(address: &str) -> Vec<u8> {
    let uri = address.as_bytes();
    let mut answer = vec![0x00, 0x83, 0xdf, 0xe3, 0x0d, 0x2e, 0xf9, 0x0c, 0x8e];
    answer.push(uri.len() as u8 + 1);
    answer.push(uri.len() as u8);
    answer.extend_from_slice(uri);
    answer
}

#[test]
fn a_calendar_promises_and_later_leads_to_a_block() {
    const HEIGHT: u64 = 900_000;
    let in_block: &[u8] = &[
        0xf0, 2, 0xab, 0xcd, 0x08, 0x00, 0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01, 3, 0xa0,
        0xf7, 0x36,
    ];
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let ready = Arc::new(Mutex::new(false));
    let own = Arc::new(Mutex::new(String::new()));
    let address = serve(Box::new({
        let (seen, ready, own) = (Arc::clone(&seen), Arc::clone(&ready), Arc::clone(&own));
        move |method, path, body| {
            if (method, path) == ("post", "/digest") {
                *seen.lock().unwrap() = body.to_vec();
                return (200, pending(&own.lock().unwrap()));
            }
            let hex = data_encoding::HEXLOWER.encode(&seen.lock().unwrap());
            match path.strip_prefix("/timestamp/") {
                Some(asked) if asked == hex && *ready.lock().unwrap() => (200, in_block.to_vec()),
                _ => (404, b"Pending".to_vec()),
            }
        }
    }));
    *own.lock().unwrap() = address.clone();
    let calendars = [address.clone()];
    let done = ask(&site, &[], &calendars).unwrap();
    assert_eq!(done.asked[0].outcome, Outcome::Promised, "{done:?}");
    assert_eq!(ask(&site, &[], &calendars).unwrap().asked[0].outcome, Outcome::AlreadyThere);
    let said = evidence(&site, "");
    assert_eq!(said.evidence[0].kind, TimeKind::Calendar { address: address.clone() });
    assert_eq!(said.evidence[0].finding.verdict, Verdict::NotChecked);

    let web = RealWeb::new(None).unwrap();
    let upgrade = |calendars: &[String], headers: &[(u64, BlockHeader)]| {
        let done = anchor::upgrade(&site, &RealDisk, &web, calendars, headers).unwrap();
        done.into_iter().next().unwrap().asked.into_iter().map(|asking| asking.outcome).collect()
    };
    let no: Vec<Outcome> = upgrade(&[], &[]);
    assert_eq!(no, [Outcome::NotAsked]);
    let no: Vec<Outcome> = upgrade(&calendars, &[]);
    assert_eq!(no, [Outcome::StillPending]);
    *ready.lock().unwrap() = true;
    let yes: Vec<Outcome> = upgrade(&calendars, &[]);
    assert_eq!(yes, [Outcome::InBlock { height: HEIGHT }]);

    let proof = Proof::parse(&fs::read(site.join("log/heads/3/checkpoint.ots")).unwrap()).unwrap();
    assert!(proof.is_of(checkpoint().to_string().as_bytes()));
    let block = Attestation::Bitcoin { height: HEIGHT };
    let root = proof.attestations().into_iter().find(|each| each.by == block).unwrap();
    let mut bytes = [1; 80];
    bytes[36..68].copy_from_slice(&root.message.unwrap());
    let header = BlockHeader::from_bytes(&bytes).unwrap();
    let other = BlockHeader::from_bytes(&[2; 80]).unwrap();
    let no: Vec<Outcome> = upgrade(&[], &[(HEIGHT, other)]);
    assert!(matches!(no[..], [Outcome::Refused(_)]), "{no:?}");
    let yes: Vec<Outcome> = upgrade(&[], &[(HEIGHT, header)]);
    assert_eq!(yes, [Outcome::HeaderStored { height: HEIGHT }]);

    let of_block = |trust: &str| {
        let said = evidence(&site, trust);
        let by = said.evidence.iter().find_map(|each| match each.kind {
            TimeKind::Bitcoin { state, .. } => Some((state, each.finding.verdict)),
            _ => None,
        });
        (by.unwrap(), said.no_later_than().is_some())
    };
    let (hash, time) = (header.hash(), header.time());
    assert_eq!(
        of_block(""),
        ((BitcoinEvidence::HeaderMatches { hash, time }, Verdict::NotChecked), false)
    );
    assert_eq!(
        of_block(&format!("[[bitcoin]]\nheight = {HEIGHT}\nhash = \"{hash}\"\n")),
        ((BitcoinEvidence::Trusted { hash, time }, Verdict::Valid), true)
    );
    let other = data_encoding::HEXLOWER.encode(other.as_bytes());
    assert_eq!(
        of_block(&format!("[[bitcoin]]\nheight = {HEIGHT}\nheader = \"{other}\"\n")),
        ((BitcoinEvidence::Contradicted, Verdict::Invalid), false)
    );
    // A calendar's answer about something else is not about this.
    assert!(Timestamp::parse(&[0xff], b"x").is_err());
    // An address that nobody may ask is not asked.
    assert!(web.get("http://calendar.example/", 100).is_err());
}

#[test]
fn a_certificate_that_had_ended_when_it_stamped_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let office = dir.path();
    authority(office);
    let judge = |crl: &str| {
        let query = rfc3161::query(b"x", &[1; 16], None);
        let asked = Asked { nonce: Some(&[1; 16]), policy: None };
        Token::parse(&reply(office, &query))?.verify(b"x", &asked, &certificates(office, crl))
    };
    assert_eq!(judge("none.crl").unwrap().looked_up, 1);
    assert_eq!(judge("revoked.crl").err(), Some(Fault::Revoked("CN=Office".to_owned())));
    // Ended long ago, and not begun yet.
    for dates in [
        "-startdate 20200101000000Z -enddate 20210101000000Z",
        "-startdate 21000101000000Z -days 9",
    ] {
        openssl(
            office,
            &format!(
                "ca -batch -notext -config ts.cnf -in tsa.csr -extensions tsa_cert {dates} -out tsa.pem"
            ),
        );
        assert_eq!(judge("none.crl").err(), Some(Fault::NotValidThen("CN=Office".to_owned())));
    }
}

#[test]
fn servers_are_judged_by_the_file_of_roots_alone_where_one_is_given() {
    let dir = tempfile::tempdir().unwrap();
    let office = dir.path();
    authority(office);
    let server = TlsServer::start(office, office, "-WWW");
    let address = format!("{}/serial", server.address);
    let root = fs::read(office.join("ca.pem")).unwrap();
    let own = RealWeb::new(Some(&root)).unwrap().get(&address, 1000);
    let others = RealWeb::new(None).unwrap().get(&address, 1000);
    assert_eq!(own.unwrap().body, b"01\n");
    assert!(others.unwrap_err().why.contains("certificate"));
    assert!(RealWeb::new(Some(b"nothing")).is_err());
}

#[test]
fn a_head_that_is_not_the_sites_is_not_dated() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let stranger = TestSigner::from_seed([9; 32]);
    let head = Head { size: 3, ..Head::empty() };
    let forged = Checkpoint::sign(log_key().name(), head, &stranger).to_string();
    fs::write(site.join("log/checkpoint"), forged).unwrap();
    assert!(matches!(ask(&site, &[], &[]), Err(AnchorError::NoHead(_))));
    assert!(!site.join("log/heads").exists());
    fs::remove_file(site.join("log/checkpoint")).unwrap();
    assert!(matches!(ask(&site, &[], &[]), Err(AnchorError::NoHead(_))));
}

/// `log due` runs every step: what is listed in trust.toml is asked, and asked once.
#[test]
fn log_due_has_the_register_dated_by_whom_the_trust_list_names() {
    let house = House::new();
    fs::create_dir(house.path("office")).unwrap();
    authority(&house.path("office"));
    let office = house.path("office");
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let address = serve(Box::new(move |_, path, body| {
        counter.fetch_add(1, Ordering::Relaxed);
        match path {
            "/tsr" => (200, reply(&office, body)),
            _ => (404, Vec::new()),
        }
    }));
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes", "--hold"]);
    let root = house.text("office/ca.pem");
    house.write(
        "shop/trust.toml",
        format!("[[tsa]]\nname = \"Office\"\naddress = \"{address}/tsr\"\nroot = '''\n{root}'''\n"),
    );
    let said = house.sign(&["log", "due", "shop"]);
    for part in ["that waited are in the register now", "were renewed", "existed no later than"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // What the office said dates the record, for whoever believes the office.
    house.expect(0, &["build", "shop", "--output", "out"]);
    house.trust("shop/identity/did.jsonl");
    let signer = house.text("trust.toml");
    house.write("trust.toml", signer + &house.text("shop/trust.toml"));
    let (code, report) = house.verify("out");
    assert_eq!(code, Some(0), "{report}");
    let design = report["records"].as_array().unwrap().iter().find(|it| {
        let path = format!("out/records/{}", it["target"].as_str().unwrap());
        house.text(&path).contains("grey-check")
    });
    let dated = design.unwrap()["findings"].as_array().unwrap().iter();
    let dated: Vec<_> = dated.filter(|it| it["check"] == "existed-by").collect();
    assert_eq!(dated[0]["verdict"], "valid", "{dated:?}");
    // A second run has nothing to do, and asks nobody.
    let before = house.files("shop");
    house.sign(&["log", "due", "shop"]);
    assert!(house.files("shop") == before);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // An office that is away is named, and the rest is done.
    house.write("shop/trust.toml", house.text("shop/trust.toml").replace("/tsr", "/away"));
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.sign(&["record", "new", "mill-race", "shop", "--yes", "--hold"]);
    let said = house.expect(1, &["log", "due", "shop", "--passphrase-fd", "3"]);
    assert!(said.contains("/away") && said.contains("that waited are in the register"), "{said}");
}
