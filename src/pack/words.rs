//! The instructions of a pack: from whom it comes, what has to come from elsewhere, and commands with what they answer.
//!
//! Instructions are in English; what the record says stands there in the languages in which it was signed. The commands are run as
//! they stand by `tests/peers/pack.test.mjs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use data_encoding::{HEXLOWER, HEXUPPER};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Maker, Packed};
use crate::provenance::did::Did;
use crate::provenance::instant;
use crate::provenance::log::Checkpoint;
use crate::provenance::record::{LangText, Subject, Texts};
use crate::provenance::sshsig;
use crate::provenance::timestamp::ots::{self, Attestation};
use crate::provenance::timestamp::rfc3161;
use crate::verify::fold::{Condition, Standing};
use crate::verify::pack::{LIST, README};
use crate::verify::time::{TimeKind, TimeTrust, dated_forms, head_evidence};
use crate::verify::{HeadEvidence, Identity, Verdict, VerifiedRecord};

/// A part of the instructions.
enum Part {
    Title(String),
    Say(String),
    /// Lines to type.
    Run(String),
    /// What a command answers.
    Answer(String),
    /// Something that the record says: what it is, and the text in its languages (none where it is a date or a number).
    Fact(String, Texts),
    /// A photograph that was signed: its file, what the record says that it shows, its SHA-256 in hexadecimal.
    Picture(String, Texts, String),
}

/// A text, with the language that it is in.
fn in_language(text: &LangText) -> String {
    let said = one_line(&text.text);
    match text.language.as_str() {
        "" => said,
        language => format!("{said} ({})", one_line(language)),
    }
}

/// What the instructions are about.
pub(super) struct Instructions<'a> {
    pub(super) packed: &'a Packed<'a>,
    pub(super) identity: &'a Identity,
    pub(super) maker: Maker<'a>,
    /// How the register says that the record stands.
    pub(super) standing: Option<&'a Standing>,
    pub(super) lists: &'a [&'a VerifiedRecord],
    pub(super) files: &'a BTreeMap<String, Vec<u8>>,
}

impl Instructions<'_> {
    /// As text, in lines of any length.
    pub(super) fn plain(&self) -> String {
        let mut out = String::new();
        for part in self.parts() {
            let _ = match part {
                Part::Title(text) => {
                    writeln!(out, "\n{text}\n{}\n", "-".repeat(text.chars().count()))
                }
                Part::Say(text) => writeln!(out, "{text}\n"),
                Part::Run(text) => writeln!(out, "    {}\n", text.replace('\n', "\n    ")),
                Part::Answer(text) => {
                    writeln!(out, "It answers:\n\n    {}\n", text.replace('\n', "\n    "))
                }
                Part::Fact(label, texts) => {
                    let texts: Vec<String> = texts.iter().map(in_language).collect();
                    writeln!(out, "{label}: {}\n", texts.join("; "))
                }
                Part::Picture(path, texts, digest) => {
                    let texts: Vec<String> = texts.iter().map(in_language).collect();
                    writeln!(out, "Photograph: {path}\nsha256 {digest}\n{}\n", texts.join("; "))
                }
            };
        }
        out
    }

    /// As a page that needs no other file.
    pub(super) fn html(&self) -> String {
        let short = self.packed.id().short();
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self'; style-src 'unsafe-inline'\">\n\
             <title>Evidence of record {short}</title>\n<style>body{{font:1rem/1.5 sans-serif;max-width:45rem;margin:1rem auto;\
             padding:0 1rem}}h2{{font-size:1.25rem;margin:2rem 0 .5rem}}p,dd{{overflow-wrap:anywhere}}pre{{white-space:pre-wrap;\
             overflow-wrap:anywhere;background:#eee;padding:.5rem}}dl{{margin:0}}dl>div{{display:grid;grid-template-columns:11rem 1fr;\
             gap:1rem;padding:.3rem 0;border-top:1px solid #ccc}}dd{{margin:0}}span{{display:block}}figure{{margin:1rem 0}}\
             img{{max-width:100%;max-height:22rem}}figcaption{{font-size:.85rem;overflow-wrap:anywhere}}@media print{{body{{max-width:none;\
             margin:0;font-size:10.5pt}}h2{{break-after:avoid}}pre,figure,dl>div{{break-inside:avoid}}}}</style>\n"
        );
        let spans = |texts: &Texts| -> String {
            let span = |text: &LangText| match text.language.as_str() {
                "" => format!("<span>{}</span>", escape(&one_line(&text.text))),
                language => format!(
                    "<span lang=\"{}\" dir=\"auto\">{}</span>",
                    escape(&one_line(language)).replace('"', "&quot;"),
                    escape(&in_language(text))
                ),
            };
            texts.iter().map(span).collect()
        };
        let parts = self.parts();
        for (at, part) in parts.iter().enumerate() {
            let is_fact = |at: Option<usize>| {
                at.and_then(|at| parts.get(at)).is_some_and(|it| matches!(it, Part::Fact(..)))
            };
            let _ = match part {
                Part::Title(text) => writeln!(out, "<h2>{}</h2>", escape(text)),
                Part::Say(text) => writeln!(out, "<p>{}</p>", escape(text)),
                Part::Run(text) => writeln!(out, "<pre>{}</pre>", escape(text)),
                Part::Answer(text) => {
                    writeln!(out, "<p>It answers:</p>\n<pre>{}</pre>", escape(text))
                }
                Part::Fact(label, texts) => writeln!(
                    out,
                    "{}<div><dt>{}</dt><dd>{}</dd></div>{}",
                    if is_fact(at.checked_sub(1)) { "" } else { "<dl>" },
                    escape(label),
                    spans(texts),
                    if is_fact(Some(at + 1)) { "" } else { "</dl>" },
                ),
                Part::Picture(path, texts, digest) => writeln!(
                    out,
                    "<figure><img src=\"{path}\" alt=\"\"><figcaption>{}<span>{path}, sha256 {digest}</span></figcaption></figure>",
                    spans(texts),
                ),
            };
        }
        out.push_str("</html>\n");
        out
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts = self.opening();
        parts.extend(self.content());
        parts.extend(self.files_whole());
        parts.extend(self.signature());
        parts.extend(self.register());
        parts.extend(self.dates());
        parts.extend(self.standing());
        parts
    }

    /// From whom, and what no folder can show.
    fn opening(&self) -> Vec<Part> {
        let record = self.packed.record();
        let said = record.record();
        let short = self.packed.id().short();
        let base = self.identity.base.base_url();
        let mut parts = Vec::new();
        if said.practice {
            let practice =
                "FOR PRACTICE: this record was signed for trying out. It proves nothing.";
            parts.push(Part::Say(practice.to_owned()));
        }
        parts.push(Part::Say(format!(
            "This folder comes from {}, {base} ({}). It holds the evidence of record {short}.",
            one_line(self.maker.name),
            self.identity.issuer,
        )));
        parts.push(Part::Say(match self.seen_outside() {
            Some(seen) => format!(
                "In short: the record existed no later than {}, if whoever dates it in part 4 is believed. That says nothing of \
                 who could read it then.",
                seen.strftime("%Y-%m-%d")
            ),
            None => format!(
                "In short: it says of itself that it was signed on {}; nobody outside has dated it yet.",
                record.signed().created().strftime("%Y-%m-%d")
            ),
        }));
        parts.extend(self.objections());
        parts.push(Part::Say(format!(
            "It cannot show by itself who signed: whoever made this folder could have made everything in it. Have the fingerprint \
             of the signing key from elsewhere - on paper, by telephone, from an association that you know - and compare it with \
             {}",
            sshsig::fingerprint(record.signed().key())
        )));
        if let Packed::Gone { .. } = self.packed {
            let by = record.id().short();
            parts.push(Part::Say(format!(
                "The issuer took the content of this record back. Neither its words nor its photographs are here; the record \
                 {by}, which is, says so."
            )));
        }
        parts.push(Part::Say(format!(
            "If record and fingerprint hold, this is shown: the holder of that key signed these words, and the register that \
             names it has held them since the dates below. It does not show who made a design first. Nobody signed {README}, \
             README.html and the page in V/: read the record itself, it is text."
        )));
        parts.push(Part::Say(
            "The commands below are those of other people's programs, which exist for Linux, macOS and Windows. Type them in \
             this folder."
                .to_owned(),
        ));
        parts
    }

    /// What the register says against the record, for whoever reads no further.
    fn objections(&self) -> Option<Part> {
        let standing = self.standing?;
        let mut says = Vec::new();
        if !matches!(standing.condition, Condition::InForce | Condition::Withdrawn(_)) {
            says.push(format!("The register says that it is {}.", standing.condition.in_words()));
        }
        for (dispute, outcome) in &standing.disputes {
            let short = dispute.short();
            says.push(match outcome {
                None => format!("It is disputed, and that is not settled: record {short}."),
                Some(outcome) => format!(
                    "It was disputed (record {short}); how that ended, record {} says.",
                    outcome.short()
                ),
            });
        }
        if !standing.disputes.is_empty() {
            says.push("Both sides stand on the page in V/.".to_owned());
        }
        (!says.is_empty()).then(|| Part::Say(says.join(" ")))
    }

    /// What the record says, for whoever reads no commands: pictures, words, who holds it, and its dates, which are three.
    fn content(&self) -> Vec<Part> {
        let Packed::Stated(record) = self.packed else { return Vec::new() };
        let said = record.record();
        let plain = |text: String| vec![LangText { language: String::new(), text }];
        let mut parts = vec![Part::Title("What the record says".to_owned())];
        for photograph in said.photographs() {
            let digest = HEXLOWER.encode(&photograph.sha256.0);
            parts.push(Part::Picture(photograph.path(), photograph.description.clone(), digest));
        }
        let kind = said.subject.kind();
        match &said.subject {
            Subject::Design(design) => {
                let lines = design.lines().into_iter().filter(|(_, texts)| !texts.is_empty());
                parts.extend(
                    lines.map(|(label, texts)| Part::Fact(label.to_owned(), texts.clone())),
                );
            }
            Subject::Statement(statement) => {
                parts.push(Part::Fact("Kind".to_owned(), plain(kind.to_string())));
                let lines = statement.lines().into_iter();
                parts.extend(lines.map(|(label, texts)| Part::Fact(label, texts)));
            }
        }
        let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
        let signed = format!("{}, by the signer's own clock", day(record.signed().created()));
        parts.push(Part::Fact("Signed on".to_owned(), plain(signed)));
        let outside = match self.seen_outside() {
            None => "nobody outside has dated it yet".to_owned(),
            Some(seen) => format!("{}, as part 4 shows", day(seen)),
        };
        parts.push(Part::Fact("Existed no later than".to_owned(), plain(outside)));
        if let Some(until) = said.valid_until {
            parts.push(Part::Fact("Holds until".to_owned(), plain(day(until))));
        }
        parts.push(Part::Say(
            "No date shows who made a design first. What it is \"said to date from\" is the holder's word.".to_owned(),
        ));
        let page = format!("V/{}/index.html", self.packed.id().short());
        if self.files.contains_key(&page) {
            parts.push(Part::Say(format!(
                "The same, to read and to print, in the languages of the register's own site: {page}"
            )));
        }
        parts
    }

    fn files_whole(&self) -> Vec<Part> {
        let id = self.packed.record().id();
        let short = id.short();
        vec![
            Part::Title("1. Is everything here?".to_owned()),
            Part::Run(format!("sha256sum --quiet -c {LIST} && echo all files are here")),
            Part::Answer("all files are here".to_owned()),
            Part::Say("The record's full number is the SHA-256 of its file:".to_owned()),
            Part::Run(format!("sha256sum records/{short}.json")),
            Part::Answer(format!("{id}  records/{short}.json")),
        ]
    }

    fn signature(&self) -> Vec<Part> {
        let record = self.packed.record();
        let short = record.id().short();
        let mut parts = vec![Part::Title("2. Who signed it?".to_owned())];
        let is_listed = self.identity.keys.contains(record.signed().key());
        let has_side = self.files.contains_key(&format!("records/{short}.sshsig"));
        if !has_side || !is_listed || matches!(record.record().issuer, Did::Key(_)) {
            parts.push(Part::Say(
                "ssh-keygen cannot check this record: it has no side signature by a key that allowed_signers lists. Any program \
                 for W3C Verifiable Credentials with the suite eddsa-jcs-2022 checks the record itself."
                    .to_owned(),
            ));
            return parts;
        }
        let base = &record.record().base;
        let (principal, namespace) = (sshsig::principal(base), sshsig::namespace(base));
        parts.push(Part::Say(
            "OpenSSH checks it, as of the first date that is stated below, or else of the day on which it says that it was signed:".to_owned(),
        ));
        parts.push(Part::Run(format!(
            "ssh-keygen -Y verify -f allowed_signers -I {principal} -n {namespace} -Overify-time={} -s records/{short}.sshsig \
             < records/{short}.json",
            self.verify_time().strftime("%Y%m%d%H%M%SZ"),
        )));
        parts.push(Part::Answer(format!(
            "Good \"{namespace}\" signature for {principal} with ED25519 key {}",
            sshsig::fingerprint(record.signed().key())
        )));
        parts.push(Part::Say(
            "Compare that fingerprint with the one that you have from elsewhere, letter by letter. The record is also a W3C \
             Verifiable Credential with a proof of the suite eddsa-jcs-2022, which other programs check; the key stands in \
             did.jsonl, a did:webvh history."
                .to_owned(),
        ));
        parts
    }

    fn register(&self) -> Vec<Part> {
        let record = self.packed.record();
        let short = record.id().short();
        vec![
            Part::Title("3. Is it in the register?".to_owned()),
            Part::Say(format!(
                "records/{short}.tlog-proof leads from the record to a page seal of the register, signed by the key in log.vkey; \
                 below log/heads there is such a proof for each page seal that somebody else dated. They are C2SP tlog-proof \
                 files; Go's golang.org/x/mod/sumdb (note and tlog) reads them, and so does selvedge."
            )),
        ]
    }

    fn dates(&self) -> Vec<Part> {
        let mut parts = vec![Part::Title("4. Since when does it exist?".to_owned())];
        let heads = self.heads();
        if heads.is_empty() {
            parts.push(Part::Say(format!(
                "Nobody outside has dated it yet. It says of itself that it was signed on {}.",
                instant::format(self.packed.record().signed().created())
            )));
        }
        for head in &heads {
            self.date(head, &mut parts);
        }
        parts
    }

    /// What dates one kept head.
    fn date(&self, head: &HeadEvidence, parts: &mut Vec<Part>) {
        let folder = &head.folder;
        let Some(bytes) = self.files.get(&format!("{folder}/checkpoint")) else { return };
        let seen = head.checkpoint.iter().flat_map(Checkpoint::cosignatures);
        let seen: Vec<String> =
            seen.map(|seen| format!("{} on {}", seen.name, instant::format(seen.time))).collect();
        if !seen.is_empty() {
            parts.push(Part::Say(format!(
                "{folder}/checkpoint says that it was seen by {}. Needed from elsewhere: the key line of each, from its own \
                 site at witness/witness.vkey, to put into a trust list for selvedge.",
                seen.join(", ")
            )));
        }
        let forms = dated_forms(bytes);
        for evidence in &head.evidence {
            if let TimeKind::Tsa { stated: Some(stated), .. } = &evidence.kind {
                self.token(folder, &evidence.file, *stated, bytes, &forms, parts);
            }
        }
        self.block(folder, &forms, parts);
    }

    fn token(
        &self,
        folder: &str,
        file: &str,
        stated: Timestamp,
        whole: &[u8],
        forms: &[&[u8]],
        parts: &mut Vec<Part>,
    ) {
        let token = self.files.get(file).and_then(|bytes| rfc3161::Token::parse(bytes).ok());
        let Some(token) = token else { return };
        let asked = rfc3161::Asked { nonce: None, policy: None };
        let nobody = rfc3161::Certificates::default();
        let is_of = |form: &&&[u8]| {
            !matches!(token.verify(form, &asked, &nobody), Err(rfc3161::Fault::OtherBytes))
        };
        let Some(form) = forms.iter().find(is_of) else { return };
        let name = file.strip_prefix(&format!("{folder}/checkpoint.")).unwrap_or(file);
        let name = name.strip_suffix(".tsr").unwrap_or(name);
        let chain = format!("{folder}/tsa/{name}.pem");
        let root = self
            .files
            .get(&chain)
            .and_then(|pem| rfc3161::parse_pem(pem, rfc3161::CERTIFICATE))
            .and_then(|certificates| certificates.last().map(|der| shown_fingerprint(der)));
        let needed = match root {
            Some(root) => format!(
                "its root certificate, from the authority itself, saved here as root.pem. The chain in this folder ends in one with \
                 the SHA-256 fingerprint {root}; whether that is the authority's, only the authority can say"
            ),
            None => {
                "its root certificate, from the authority itself, saved here as root.pem".to_owned()
            }
        };
        parts.push(Part::Say(format!(
            "A time-stamp authority states that it saw the register at {folder}, and so this record, on {}. Needed from \
             elsewhere: {needed}.",
            instant::format(stated)
        )));
        let untrusted = match self.files.contains_key(&chain) {
            true => format!(" -untrusted {chain}"),
            false => String::new(),
        };
        // Others may have signed behind what was dated.
        let checkpoint = format!("{folder}/checkpoint");
        let (before, data) = match form.len() == whole.len() {
            true => (String::new(), checkpoint),
            false => (format!("head -c {} {checkpoint} | ", form.len()), "/dev/stdin".to_owned()),
        };
        parts.push(Part::Run(format!(
            "{before}openssl ts -verify -in {file} -data {data} -CAfile root.pem{untrusted} -attime {}",
            stated.as_second()
        )));
        parts.push(Part::Answer("Verification: OK".to_owned()));
    }

    fn block(&self, folder: &str, forms: &[&[u8]], parts: &mut Vec<Part>) {
        let path = format!("{folder}/checkpoint.ots");
        let proof = self.files.get(&path).and_then(|bytes| ots::Proof::parse(bytes).ok());
        let Some(proof) = proof else { return };
        let Some(form) = forms.iter().find(|form| proof.is_of(form)) else { return };
        let heights: Vec<String> = proof
            .attestations()
            .into_iter()
            .filter_map(|attested| match attested.by {
                Attestation::Bitcoin { height } => Some(height.to_string()),
                _ => None,
            })
            .collect();
        if heights.is_empty() {
            parts.push(Part::Say(format!(
                "{path} is only a promise yet: `ots upgrade {path}` asks for the block."
            )));
            return;
        }
        parts.push(Part::Say(format!(
            "{path} leads to block {} of the Bitcoin chain. Needed from elsewhere: a Bitcoin node of your own, or anybody's list \
             of blocks, for the Merkle root that `ots` names.",
            heights.join(", ")
        )));
        parts.push(Part::Run(format!(
            "ots verify -d {} {path}",
            HEXLOWER.encode(&Sha256::digest(form))
        )));
        parts.push(Part::Answer(format!(
            "Success! Bitcoin block {} attests existence as of (a day)",
            heights[0]
        )));
    }

    fn standing(&self) -> Vec<Part> {
        let record = self.packed.record();
        let mut parts = vec![Part::Title("5. Does the issuer still stand by it?".to_owned())];
        let files: Vec<String> =
            self.lists.iter().map(|list| format!("records/{}.json", list.id().short())).collect();
        let until = self.lists.iter().filter_map(|list| list.record().valid_until).min();
        parts.push(Part::Say(match (files.as_slice(), until) {
            ([], _) | (_, None) => {
                "No status list is packed, so this folder does not tell: ask at the address above.".to_owned()
            }
            (files, Some(until)) => format!(
                "{} are the issuer's status lists (W3C Bitstring Status List 1.0). They hold until {}; what was revoked since \
                 they were signed, this folder does not know: ask at the address above.",
                files.join(" and "),
                instant::format(until)
            ),
        }));
        parts.push(Part::Say(
            "All of this at once, with the fingerprint that you have from elsewhere in place of this one:".to_owned(),
        ));
        parts.push(Part::Run(format!(
            "selvedge verify . --fingerprint {}",
            sshsig::fingerprint(record.signed().key())
        )));
        parts
    }

    /// The packed heads with what dates them, nobody believed.
    fn heads(&self) -> Vec<HeadEvidence> {
        let judge = |key| head_evidence(self.files, Some(key), &TimeTrust::default());
        let all = self.identity.log_keys().flat_map(|key| judge(key).unwrap_or_default());
        all.filter(|head| head.finding.verdict == Verdict::Valid).collect()
    }

    /// The moment at which OpenSSH should judge: the earliest that somebody outside states, else that of signing.
    fn verify_time(&self) -> Timestamp {
        self.seen_outside().unwrap_or_else(|| self.packed.record().signed().created())
    }

    /// The earliest moment at which somebody outside states to have seen the register.
    fn seen_outside(&self) -> Option<Timestamp> {
        let heads = self.heads();
        let cosigned = heads
            .iter()
            .filter_map(|head| head.checkpoint.as_ref())
            .flat_map(Checkpoint::cosignatures)
            .map(|seen| seen.time);
        let stamped = heads.iter().flat_map(|head| &head.evidence).filter_map(|evidence| {
            match evidence.kind {
                TimeKind::Tsa { stated, .. } => stated,
                _ => None,
            }
        });
        cosigned.chain(stamped).min()
    }
}

/// A fingerprint as `openssl x509 -fingerprint -sha256` shows it.
fn shown_fingerprint(der: &[u8]) -> String {
    let digest = Sha256::digest(der);
    digest.iter().map(|byte| HEXUPPER.encode(&[*byte])).collect::<Vec<_>>().join(":")
}

/// A name that cannot begin a line of its own, nor turn the direction of what follows.
fn one_line(text: &str) -> String {
    crate::diag::report::visible_lines(&text.replace(['\n', '\r'], " ")).trim_end().to_owned()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
