// The record page itself: what it says for each state, from which address, in which language, with
// no request and no violation of its policy. The records are made here with Node's cryptography, so
// that this test needs neither the command nor its word for what a record is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { ROOT, base58, checkPage, evidenceOfFolder, json, launch, publish, text } from "./support.mjs";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const jcs = (value) =>
  Array.isArray(value) ? `[${value.map(jcs)}]`
  : value && typeof value === "object"
    ? `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`)}}`
    : JSON.stringify(value);


/** A key pair from one byte, for tests only. */
const keyFrom = (byte) => {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, byte)]);
  const secret = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const raw = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
  return { raw, multikey: `z${base58(Buffer.concat([Buffer.from([0xed, 1]), raw]))}`, sign: (m) => sign(null, m, secret) };
};

const recordKey = keyFrom(1), logKey = keyFrom(2), otherKey = keyFrom(3);
const ISSUER = "did:web:brand.example";
const BASE = "https://brand.example/";
const CONTEXT_URL = `${BASE}.well-known/selvedge/context-v1.jsonld`;
const CONTEXT = ["https://www.w3.org/ns/credentials/v2", CONTEXT_URL];
const sri = (bytes) => `sha256-${sha256(bytes).toString("base64")}`;
const CONTEXT_FILE = readFileSync(join(ROOT, "src/provenance/context-v1.jsonld"));
const PHOTO = sha256("a photograph");

/** The two entries of the first place of the first lists. */
const STATUS = ["revocation", "suspension"].map((statusPurpose) => {
  const url = `${BASE}status/${statusPurpose}-0.json`;
  return { id: `${url}#0`, type: "BitstringStatusListEntry", statusPurpose, statusListIndex: "0", statusListCredential: url };
});

/** A practice-free Design record; `changes` replace members before it is signed. */
const makeRecord = (changes = {}, proofChanges = {}, subject = {}) => {
  const words = (text) => [{ "@language": "en", "@value": text }];
  const photo = `${BASE}records/files/${PHOTO.toString("hex")}.jpg`;
  const all = {
    "@context": CONTEXT, id: "urn:uuid:7d9b1d6e-94a5-4b9d-9c0e-5d2f64a4d0a1",
    type: ["VerifiableCredential", "Design"], issuer: ISSUER, validFrom: "2026-01-01T00:00:00Z",
    credentialStatus: STATUS,
    credentialSubject: {
      id: `${BASE}designs/five-stripes/`, name: words("Five stripes <script>alert(1)</script>"),
      notClaimed: words("Written for a test; nobody’s motif."), designKind: "woven",
      material: [{ name: words("cotton") }],
      story: [{ inLanguage: "en", mediaType: "text/markdown", digestSRI: sri("a story") }],
      photograph: [{ id: photo, orientation: 1, description: words("Stripes") }],
      ...subject,
    },
    relatedResource: [
      { id: CONTEXT_URL, mediaType: "application/ld+json", digestSRI: sri(CONTEXT_FILE) },
      { id: photo, mediaType: "image/jpeg", digestSRI: sri("a photograph") },
    ],
    ...changes,
  };
  // A change to null leaves the member out, unless it is one that records never have.
  const document = Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== null || name === "n"));
  const proof = {
    "@context": document["@context"], type: "DataIntegrityProof", cryptosuite: "eddsa-jcs-2022",
    created: "2026-02-03T04:05:06Z", verificationMethod: `${ISSUER}#${recordKey.multikey}`,
    proofPurpose: "assertionMethod", ...proofChanges,
  };
  const signature = recordKey.sign(Buffer.concat([sha256(jcs(proof)), sha256(jcs(document))]));
  return Buffer.from(jcs({ ...document, proof: { ...proof, proofValue: `z${base58(signature)}` } }));
};

const IDENTITY = {
  "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"], id: ISSUER,
  verificationMethod: [{
    id: `${ISSUER}#${recordKey.multikey}`, type: "Multikey", controller: ISSUER,
    publicKeyMultibase: recordKey.multikey,
  }],
  assertionMethod: [`${ISSUER}#${recordKey.multikey}`],
};

const ORIGIN = "brand.example/log";
const typed = Buffer.concat([Buffer.from([1]), logKey.raw]);
const keyId = sha256(`${ORIGIN}\n`, typed).subarray(0, 4);
const VKEY = `${ORIGIN}+${keyId.toString("hex")}+${typed.toString("base64")}\n`;

/** A list of three entries, the record being the second, and the proof that it is. */
const makeProof = (record) => {
  const leaf = (entry) => sha256([0], entry);
  const own = leaf(`selvedge.record/1 sha256:${sha256(record).toString("hex")}\n`);
  const first = leaf("selvedge.record/1 sha256:00\n"), third = leaf("selvedge.record/1 sha256:02\n");
  const root = sha256([1], sha256([1], first, own), third);
  const head = `${ORIGIN}\n3\n${root.toString("base64")}\n`;
  const signature = Buffer.concat([keyId, logKey.sign(Buffer.from(head))]).toString("base64");
  return `c2sp.org/tlog-proof@v1\nindex 1\n${first.toString("base64")}\n${third.toString("base64")}\n\n` +
    `${head}\n\u2014 ${ORIGIN} ${signature}\n`;
};

/** A status list of this issuer with these places set, signed. */
const snapshot = (statusPurpose, places = [], { until = "2126-01-01T00:00:00Z", size = 3, bytes = 16384, changes = {}, proofChanges = {} } = {}) => {
  const bits = Buffer.alloc(bytes);
  for (const place of places) bits[place >> 3] |= 0x80 >> (place & 7);
  return makeRecord({
    type: ["VerifiableCredential", "BitstringStatusListCredential"], validUntil: until, credentialStatus: null,
    credentialSubject: {
      id: `${BASE}status/${statusPurpose}-0.json#list`, type: "BitstringStatusList", statusPurpose,
      encodedList: `u${gzipSync(bits).toString("base64url")}`,
      log: { origin: ORIGIN, size, root: Buffer.alloc(32).toString("base64") },
    },
    relatedResource: [{ id: CONTEXT_URL, mediaType: "application/ld+json", digestSRI: sri(CONTEXT_FILE) }],
    ...changes,
  }, proofChanges).toString("base64");
};
const LISTS = () => [snapshot("revocation"), snapshot("suspension")];

const evidenceOf = (record, changes = {}) => ({
  record: record.toString("base64"),
  identity: Buffer.from(JSON.stringify(IDENTITY)).toString("base64"),
  proof: makeProof(record),
  log: VKEY,
  snapshots: LISTS(),
  ...changes,
});

const WITNESS = keyFrom(7), WITNESS_NAME = "tara.example/witness";
const witnessId = (key, name) => sha256(`${name}\n`, [4], key.raw).subarray(0, 4);
const witnessKey = (key, name = WITNESS_NAME) =>
  `${name}+${witnessId(key, name).toString("hex")}+${Buffer.concat([Buffer.from([4]), key.raw]).toString("base64")}`;
/** The proof's head with a line more: a witness saw it at that second. */
const cosign = (proof, seconds, key = WITNESS, signer = key, name = WITNESS_NAME) => {
  const head = proof.slice(proof.indexOf("\n\n") + 2), body = head.slice(0, head.indexOf("\n\n") + 1);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const line = Buffer.concat([witnessId(key, name), time, signer.sign(Buffer.from(`cosignature/v1\ntime ${seconds}\n${body}`))]);
  return `${head}\u2014 ${name} ${line.toString("base64")}\n`;
};
const SEEN = 1_780_000_000;
const seen = (record, head, changes = {}) => evidenceOf(record, {
  heads: [head], headProofs: [makeProof(record)],
  witnesses: [{ name: "Tara weavers", vkey: witnessKey(WITNESS) }], ...changes,
});

const words = (text) => [{ "@language": "en", "@value": text }];
/** The opening of a name that the consent below keeps apart (RECORD-FORMAT 2.8). */
const person = (changes = {}) => ({
  v: "selvedge.person/1", issuer: ISSUER, record: "urn:uuid:7d9b1d6e-94a5-4b9d-9c0e-5d2f64a4d0a1",
  salt: Buffer.alloc(32, 5).toString("base64"), name: words("Ana <b>Torres</b>"), ...changes,
});
const coded = (opening) => Buffer.from(jcs(opening)).toString("base64");
const consent = makeRecord({
  type: ["VerifiableCredential", "Consent"],
  credentialSubject: {
    about: { id: `${BASE}designs/five-stripes/` }, scope: words("to show it"), consentMethod: "spoken",
    party: { commitment: sha256("selvedge.person/1\n", jcs(person())).toString("base64") },
  },
  relatedResource: [{ id: CONTEXT_URL, mediaType: "application/ld+json", digestSRI: sri(CONTEXT_FILE) }],
});

const strings = Object.fromEntries(["en", "es", "fr", "vi", "ar"].map((lang) =>
  [lang, json(join(ROOT, `themes/check/strings.${lang}.json`))]));

const shortId = (record) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...sha256(record).subarray(0, 20)].map((b) => b.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{5}/g).map((five) => alphabet[parseInt(five, 2)]).join("");
};

const BODY = `<main><h1>A record</h1>
<section lang="en" data-selvedge-check><p>waiting</p></section>
<section lang="es-PE" data-selvedge-check></section><section lang="fr" data-selvedge-check></section>
<section lang="qu" data-selvedge-check></section><section lang="ar" dir="rtl" data-selvedge-check></section></main>`;

const pageOf = (evidence) =>
  checkPage({ body: BODY, data: { "selvedge-evidence": evidence, "selvedge-strings": strings } });

let browser, served;
before(async () => {
  browser = await launch();
  // One page for all cases that differ in their evidence only; nothing of them leaves this machine.
  served = { page: await browser.newPage(), html: "", trouble: [] };
  watch(served.page, served.trouble);
  await served.page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: served.html }));
});
after(async () => { await browser?.close(); });

/** Notes whatever a page does that it should not. */
const watch = (page, trouble) => {
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("dialog", (dialog) => { trouble.push("a dialog"); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.isNavigationRequest()) trouble.push(request.url()); });
};

/**
 * Opens a page; answers what it shows. With `html` it is that page at that address, whatever the
 * host; without, what lies there. `now` is the time by the visitor's clock, if it matters.
 */
const open = async (html, address, { own = true, now = null } = {}) => {
  const shared = html && own && now === null;
  const page = shared ? served.page : await browser.newPage();
  const trouble = shared ? served.trouble : [];
  trouble.length = 0;
  if (!shared) watch(page, trouble);
  if (shared) served.html = html;
  else if (html) await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: html }));
  if (!own) await page.addInitScript(() => Object.defineProperty(crypto, "subtle", { value: undefined }));
  if (now !== null) await page.addInitScript((now) => { Date.now = () => now; }, Date.parse(now));
  await page.goto(address);
  await page.waitForSelector("[data-selvedge-check][data-state]", { timeout: 30_000 });
  const shown = await page.evaluate(() => [...document.querySelectorAll("[data-selvedge-check]")].map((section) => ({
    state: section.dataset.state,
    text: section.innerText,
    html: section.innerHTML,
    findings: Object.fromEntries([...section.querySelectorAll("li")].map((li) => [li.innerText, li.className])),
    leaked: typeof globalThis.selvedge,
  })));
  if (!shared) await page.close();
  return { shown, trouble: [...trouble], english: shown[0] };
};

const good = makeRecord();
const HERE = `https://brand.example/V/${shortId(good)}/`;
const CONSENT_AT = `https://brand.example/V/${shortId(consent)}/`;

test("a good record agrees with itself, in every language, by both cryptographies", async () => {
  for (const own of [true, false]) {
    const { shown, trouble } = await open(pageOf(evidenceOf(good)), HERE, { own });
    assert.deepEqual(trouble, []);
    assert.deepEqual(shown.map((s) => s.state), Array(5).fill("agrees-with-itself"));
    assert.match(shown[0].text, /This page agrees with itself/);
    assert.match(shown[1].text, /concuerda consigo misma/);
    assert.match(shown[2].text, /cohérente avec elle-même/);
    assert.match(shown[3].text, /This page agrees with itself/);
    assert.match(shown[0].text, /entry 2 of 3 in the list brand\.example\/log/);
    assert.match(shown[0].text, /below the address that the issuer names: https:\/\/brand\.example\//);
    assert.match(shown[0].text, new RegExp(`with the key ${recordKey.multikey}`));
    for (const { text, html, leaked } of shown) {
      assert.equal(leaked, "undefined");
      assert.doesNotMatch(text, /[{}]|undefined|record intact|genuine|authentic|✓|✔|✅/i);
      assert.doesNotMatch(html, /<script/);
    }
    assert.equal(Object.values(shown[0].findings).filter((c) => c === "check-invalid").length, 0);
  }
});

test("opened from a file it says so and checks the same", async () => {
  const site = await publish({ "record.html": pageOf(evidenceOf(good)) });
  // No page given: these two are loaded from where they lie.
  const { english, trouble } = await open(null, site.file("record.html"));
  assert.deepEqual(trouble, []);
  assert.equal(english.state, "agrees-with-itself");
  assert.match(english.text, /opened from a file\. The issuer named in the record: did:web:brand\.example/);
  const served = await open(null, site.http("record.html"));
  assert.match(served.english.text, /as a preview; the issuer names https:\/\/brand\.example\//);
  await site.close();
});

const bend = (bytes, at) => { const bent = Buffer.from(bytes); bent[at] ^= 1; return bent; };
const changed = (from, to) => Buffer.from(good.toString().replace(from, to));
const practice = makeRecord({ type: ["VerifiableCredential", "Design", "PracticeRecord"] });
const late = makeRecord({ validUntil: "2026-03-01T00:00:00Z" });
const noPlace = makeRecord({ credentialStatus: null });
const addressOf = (record) => `https://brand.example/V/${shortId(record)}/`;
const early = makeRecord({ validFrom: "2126-03-01T00:00:00Z" });
const withIdentity = (change) => {
  const identity = structuredClone(IDENTITY);
  change(identity);
  return evidenceOf(good, { identity: Buffer.from(JSON.stringify(identity)).toString("base64") });
};
const proofOf = (change) => evidenceOf(good, { proof: change(makeProof(good)) });
const foreignHead = makeProof(good).replace(/[^ ]*\n$/, () => {
  const head = makeProof(good).split("\n\n")[1] + "\n";
  return Buffer.concat([keyId, otherKey.sign(Buffer.from(head))]).toString("base64") + "\n";
});

for (const [name, state, evidence, address, sentence] of [
  ["a word changed", "altered", evidenceOf(changed("Five", "Nine")), HERE, /signature does not fit/],
  ["a space added", "altered", evidenceOf(changed(":", ": ")), HERE, /not written in the one|not written in the form/],
  ["a member twice", "altered", evidenceOf(changed('"id":', '"id":"x","\\u0069d":')), HERE, /read in two ways/],
  ["a member added", "altered", evidenceOf(changed('"id":', '"extra":true,"id":')), HERE, /signature does not fit/],
  ["a float", "altered", evidenceOf(makeRecord({ n: 1.5 })), HERE, /what records never hold/],
  ["a null", "altered", evidenceOf(makeRecord({ n: null })), HERE, /what records never hold/],
  ["a signed member more", "altered", evidenceOf(makeRecord({ extra: "x" })), HERE, /members that records have/],
  ["an id that is no UUID", "altered", evidenceOf(makeRecord({ id: "urn:uuid:x" })), HERE, /members that records have/],
  ["another type", "altered", evidenceOf(makeRecord({ type: ["VerifiableCredential"] })), HERE, /members that records have/],
  ["no date", "altered", evidenceOf(makeRecord({ validFrom: null })), HERE, /members that records have/],
  ["other words of the context", "altered",
    evidenceOf(makeRecord({ relatedResource: [{ id: CONTEXT_URL, mediaType: "application/ld+json", digestSRI: sri("x") }] })),
    HERE, /members that records have/],
  ["a design with no name", "altered", evidenceOf(makeRecord({}, {}, { name: [] })), HERE, /form that its kind has/],
  ["a design with a member more", "altered", evidenceOf(makeRecord({}, {}, { certified: "yes" })), HERE, /form that its kind has/],
  ["a photograph that is not bound", "altered", evidenceOf(makeRecord({}, {}, { photograph: [] })), HERE, /form that its kind has/],
  ["an orientation that is none", "altered",
    evidenceOf(makeRecord({}, {}, { photograph: [{ id: "x", orientation: 9 }] })), HERE, /form that its kind has/],
  ["dates that are none", "altered", evidenceOf(makeRecord({ validFrom: "2026-02-30T00:00:00Z" })), HERE, /dates are not dates/],
  ["not text", "altered", evidenceOf(Buffer.from([0xff])), HERE, /cannot be read/],
  ["not base64", "altered", evidenceOf(good, { record: "%" }), HERE, /cannot be read/],
  ["no proof", "not-signed", evidenceOf(Buffer.from('{"id":"x"}')), HERE, /carries no signature/],
  ["a member of the proof more", "altered", evidenceOf(makeRecord({}, { domain: "x" })), HERE, /proof in the record is not/],
  ["another purpose", "altered", evidenceOf(makeRecord({}, { proofPurpose: "authentication" })), HERE, /proof in the record is not/],
  ["another context", "altered", evidenceOf(makeRecord({}, { "@context": CONTEXT.slice(0, 1) })), HERE, /other meanings/],
  ["signed in another name", "altered", evidenceOf(makeRecord({ issuer: "did:web:other.example" })), HERE, /another name than its issuer/],
  ["practice", "practice", evidenceOf(practice), `https://brand.example/V/${shortId(practice)}/`, /It proves nothing/],
  ["key not in did.json", "unknown-signer", withIdentity((d) => { d.verificationMethod = []; }), HERE, /does not name that key/],
  ["key not for statements", "unknown-signer", withIdentity((d) => { d.assertionMethod = []; }), HERE, /does not name that key/],
  ["did.json of another", "unknown-signer", withIdentity((d) => { d.id = "did:web:other.example"; }), HERE, /does not name that key/],
  ["no did.json", "cannot-check-now", evidenceOf(good, { identity: undefined }), HERE, /no identity document/],
  ["no proof of the list", "agrees-with-itself", evidenceOf(good, { proof: undefined }), HERE, /no proof that the record stands in a list/],
  ["another index", "altered", proofOf((p) => p.replace("index 1", "index 0")), HERE, /does not hold/],
  ["a hash less", "altered", proofOf((p) => p.replace(/index 1\n.*\n/, "index 1\n")), HERE, /does not hold/],
  ["a larger list", "altered", proofOf((p) => p.replace("log\n3\n", "log\n4\n")), HERE, /not signed by the list/],
  ["a head signed by another", "altered", evidenceOf(good, { proof: foreignHead }), HERE, /not signed by the list/],
  ["the proof of another record", "altered", evidenceOf(good, { proof: makeProof(practice) }), HERE, /does not hold/],
  ["a log key with a wrong id", "altered", evidenceOf(good, { log: VKEY.replace(/\+../, "+00") }), HERE, /not signed by the list/],
  ["another site", "wrong-site", evidenceOf(good), "https://brand.example.evil.example/V/x/", /but the issuer names https:\/\/brand\.example\/ Look there/],
  ["plain http", "wrong-site", evidenceOf(good), HERE.replace("https", "http"), /but the issuer names/],
  ["another record's address", "wrong-site", evidenceOf(good), `https://brand.example/V/${shortId(practice)}/`, /another number/],
  ["run out", "expired", evidenceOf(late), `https://brand.example/V/${shortId(late)}/`, /It held until 2026-03-01/],
  ["no status list", "cannot-check-now", evidenceOf(good, { snapshots: undefined }), HERE, /asked nobody/],
  ["one status list of two", "cannot-check-now", evidenceOf(good, { snapshots: LISTS().slice(0, 1) }), HERE, /one is missing/],
  ["status lists that ran out", "cannot-check-now",
    evidenceOf(good, { snapshots: [snapshot("revocation", [], { until: "2026-03-01T00:00:00Z" }), snapshot("suspension")] }),
    HERE, /have run out/],
  // Whoever signs in another's register does not know her place in the lists: it is that of the entry, as the proof tells.
  ["a place that the proof tells", "agrees-with-itself", evidenceOf(noPlace), addressOf(noPlace), /entry 3 of brand/],
  ["a place that the proof tells, revoked", "revoked",
    evidenceOf(noPlace, { snapshots: [snapshot("revocation", [1]), snapshot("suspension")] }), addressOf(noPlace), /no more, for good/],
  ["no place in a list and no proof", "cannot-check-now", evidenceOf(noPlace, { proof: undefined }), addressOf(noPlace), /asked nobody/],
  ["revoked", "revoked", evidenceOf(good, { snapshots: [snapshot("revocation", [0]), ...LISTS()] }), HERE, /no more, for good/],
  ["revoked by a list that ran out", "revoked",
    evidenceOf(good, { snapshots: [...LISTS(), snapshot("revocation", [0], { until: "2026-03-01T00:00:00Z" })] }), HERE, /no more, for good/],
  ["on hold", "suspended", evidenceOf(good, { snapshots: [snapshot("revocation"), snapshot("suspension", [0])] }), HERE, /on hold/],
  ["no more on hold", "agrees-with-itself",
    evidenceOf(good, { snapshots: [...LISTS(), snapshot("suspension", [0], { size: 2 })] }), HERE, /entry 3 of brand/],
  ["another place is revoked", "agrees-with-itself",
    evidenceOf(good, { snapshots: [snapshot("revocation", [1, 7, 8]), snapshot("suspension", [9])] }), HERE, /cannot know/],
  ["a status list with a bit changed", "cannot-check-now",
    evidenceOf(good, { snapshots: LISTS().map((b64) => bend(Buffer.from(b64, "base64"), 700).toString("base64")) }), HERE, /asked nobody/],
  ["a status list of somebody else", "cannot-check-now",
    evidenceOf(good, { snapshots: ["revocation", "suspension"].map((purpose) => snapshot(purpose, [], {
      changes: { issuer: `did:key:${recordKey.multikey}` },
      proofChanges: { verificationMethod: `did:key:${recordKey.multikey}#${recordKey.multikey}` },
    })) }), HERE, /asked nobody/],
  ["the list of suspensions alone", "cannot-check-now",
    evidenceOf(good, { snapshots: [snapshot("suspension")] }), HERE, /one is missing/],
  ["seen by a neighbour", "agrees-with-itself", seen(good, cosign(makeProof(good), SEEN)), HERE,
    /Tara weavers saw the list brand\.example\/log, with this record in it, on 2026-05-28/],
  ["seen by the issuer's own witness, under another's name", "agrees-with-itself",
    seen(good, cosign(makeProof(good), SEEN, WITNESS, WITNESS, "brand.example/witness"),
      { witnesses: [{ name: "Independent weavers", vkey: witnessKey(WITNESS, "brand.example/witness") }] }), HERE, /no signature that says so/],
  ["status lists that are too short to hide anybody in", "cannot-check-now",
    evidenceOf(good, { snapshots: ["revocation", "suspension"].map((purpose) => snapshot(purpose, [], { bytes: 1 })) }), HERE, /asked nobody/],
  ["seen by nobody known", "agrees-with-itself", seen(good, cosign(makeProof(good), SEEN), { witnesses: [] }), HERE, /no signature that says so/],
  ["seen, says a line that does not hold", "altered", seen(good, cosign(makeProof(good), SEEN, WITNESS, otherKey)), HERE, /it does not hold/],
  ["seen, with another record in it", "agrees-with-itself",
    seen(good, cosign(makeProof(practice), SEEN), { headProofs: [makeProof(practice)] }), HERE, /no signature that says so/],
  ["somebody named apart and not shown", "agrees-with-itself", evidenceOf(consent), CONSENT_AT, /holds nothing that tells it/],
  ["a name kept apart that is shown", "agrees-with-itself", evidenceOf(consent, { people: [coded(person())] }), CONSENT_AT,
    /The name Ana <b>Torres<\/b> is kept apart/],
  ["a name kept apart that was changed", "altered",
    evidenceOf(consent, { people: [coded(person({ name: words("Eva Torres") }))] }), CONSENT_AT, /is not the one that was kept apart/],
  ["a name kept apart in another record", "altered", evidenceOf(good, { people: [coded(person())] }), HERE, /is not the one that was kept apart/],
  ["a name kept apart, said to be of another issuer", "altered",
    evidenceOf(consent, { people: [coded(person({ issuer: "did:web:other.example" }))] }), CONSENT_AT, /is not the one/],
  ["a name kept apart, in other bytes", "altered",
    evidenceOf(consent, { people: [Buffer.from(`${jcs(person())}\n`).toString("base64")] }), CONSENT_AT, /is not the one/],
  ["not yet", "not-yet-in-force", evidenceOf(early), `https://brand.example/V/${shortId(early)}/`, /from 2126-03-01/],
]) {
  test(`${state}: ${name}`, async () => {
    const { english, trouble } = await open(pageOf(evidence), address);
    assert.deepEqual(trouble, []);
    assert.equal(english.state, state, english.text);
    assert.match(english.text, sentence);
    assert.doesNotMatch(english.text, /[{}]|undefined/);
  });
}

/** A page around a record of the matrix, at the time at which its case is judged: what `open` takes. */
const ofMatrix = (name) => {
  const folder = join(ROOT, "tests/matrix", name), { record, at, base_url: base } = json(join(folder, "case.json"));
  const html = pageOf(evidenceOfFolder(join(folder, "site"), record));
  return [html, `${base}V/${record.replace(".json", "")}/`, { now: at }];
};
/** A page around evidence that is made here. */
const made = (evidence, address = HERE) => [pageOf(evidence), address];

/**
 * Each state that RECORD-FORMAT §8 knows, under its name there, and a dispute, which stands beside the state: the state as programs read
 * it, a page on which it is shown, and what a reader reads. What a page cannot say of itself is null, and stands in `states.test.mjs`.
 */
const STATES = {
  "altered": ["altered", () => made(evidenceOf(changed("Five", "Nine"))), "Something in this page does not fit together: its text was changed, or its evidence is damaged."],
  "not signed": ["not-signed", () => made(evidenceOf(Buffer.from('{"id":"x"}'))), "The text embedded in this page is not signed."],
  "practice": ["practice", () => made(evidenceOf(practice), addressOf(practice)), "A practice record. It proves nothing."],
  "unknown signer": ["unknown-signer", () => made(withIdentity((d) => { d.verificationMethod = []; })), "The issuer’s own document does not name the key that signed this."],
  "wrong site": ["wrong-site", () => made(evidenceOf(good), "https://brand.example.evil.example/V/x/"), "Wrong site: this page was not opened from the address that its issuer names."],
  "revoked": ["revoked", () => ofMatrix("revoked_fail"), "The issuer took this record back for ever."],
  "withdrawn": ["withdrawn", () => ofMatrix("withdrawn_fail"), "The issuer removed the content of this record."],
  "superseded": ["superseded", () => ofMatrix("superseded_fail"), "A later record stands in the place of this one."],
  "suspended": ["suspended", () => ofMatrix("suspended_fail"), "The issuer put this record on hold."],
  "expired": ["expired", () => ofMatrix("expired_fail"), "What this record says has run out."],
  "not yet in force": ["not-yet-in-force", () => made(evidenceOf(early), addressOf(early)), "What this record says is not yet in force."],
  "proposed": ["proposed", () => ofMatrix("proposed_fail"), "Others who have to agree to this have not all agreed yet."],
  "cannot check now": ["cannot-check-now", () => ofMatrix("lists-over_fail"), "Something that has to be checked could not be checked now."],
  "record intact": null,
  "disputed": ["agrees-with-itself", () => ofMatrix("disputed"), "Somebody disputes this record, and that is not settled."],
};

test("every state of the record format is shown in words, in English and in Arabic", async () => {
  const format = text(join(ROOT, "docs/RECORD-FORMAT.md"));
  const [, listed] = /\*\*States\*\*, the first that applies: ([^]*?)\. Beside the state/.exec(format);
  const names = [...listed.matchAll(/\*([a-z ]+)\*/g)].map(([, name]) => name);
  assert.ok(names.length > 12, listed);
  assert.deepEqual(Object.keys(STATES), [...names, "disputed"]);
  const inArabic = (sentence) => strings.ar[Object.keys(strings.en).find((key) => strings.en[key] === sentence)];
  for (const [name, row] of Object.entries(STATES)) {
    if (!row) continue;
    const [state, page, sentence] = row;
    const { shown, trouble } = await open(...page());
    assert.deepEqual(trouble, [], name);
    assert.deepEqual(shown.map((section) => section.state), Array(5).fill(state), `${name}: ${shown[0].text}`);
    assert.ok(shown[0].text.includes(sentence), `${name}: ${shown[0].text}`);
    const arabic = inArabic(sentence);
    assert.match(arabic, /^[\u0600-\u06ff\s.,:،؛]+$/, name);
    assert.ok(shown[4].text.includes(arabic) && !shown[4].text.includes(sentence), `${name}: ${shown[4].text}`);
    assert.doesNotMatch(shown[0].text + shown[4].text, /[{}]|undefined/, name);
  }
});

test("no byte of record, list proof or log key can change unseen", async () => {
  const site = await publish({ "index.html": checkPage() });
  const page = await browser.newPage();
  await page.goto(site.file("index.html"));
  const cases = [];
  const proof = Buffer.from(makeProof(good)), vkey = Buffer.from(VKEY);
  for (let at = 0; at < good.length; at++) cases.push({ record: bend(good, at).toString("base64") });
  for (let at = 0; at < proof.length - 1; at++) cases.push({ proof: bend(proof, at).toString("utf8") });
  for (let at = 0; at < vkey.length - 1; at++) cases.push({ log: bend(vkey, at).toString("utf8") });
  const states = await page.evaluate(async ([whole, cases, href]) => {
    const location = new URL(href);
    const states = [];
    for (const change of [{}, ...cases]) {
      const { state } = await globalThis.selvedge.selvedgeCheck({ ...whole, ...change }, { now: Date.now(), location });
      states.push(state);
    }
    return states;
  }, [evidenceOf(good), cases, HERE]);
  assert.equal(states[0], "agrees-with-itself");
  // A bent record is altered in every case, or speaks of another signer.
  assert.deepEqual(cases.filter((c, i) => states[i + 1] === "agrees-with-itself"), []);
  await page.close();
  await site.close();
});

test("every finding has its sentence, in every language, with the same gaps", () => {
  const script = text(join(ROOT, "themes/check/check.js"));
  for (const lang of ["es", "fr", "vi", "ar"]) {
    assert.deepEqual(Object.keys(strings[lang]), Object.keys(strings.en));
    for (const [name, words] of Object.entries(strings[lang])) {
      const gaps = (words) => (words.match(/\{\w+\}/g) ?? []).sort();
      assert.deepEqual(gaps(words), gaps(strings.en[name]), name);
    }
  }
  // What does not hold or was not checked is always said.
  const findings = [
    ...[...script.matchAll(/\b(invalid|notChecked)\("\w+", "([\w-]+)", "([\w-]+)"/g)].map((m) => m.slice(1)),
    ...[...script.matchAll(/^  \["([a-z-]+)", (?:async )?\(\) =>/gm)].map(([, check]) => ["invalid", check, ""]),
  ];
  assert.ok(findings.length > 25);
  for (const [verdict, check, reason] of findings) {
    if (reason === "stands-on-another") continue;
    const names = [`${check}.${reason}`, `${check}.${verdict === "notChecked" ? "not-checked" : verdict}`];
    assert.ok(names.some((name) => strings.en[name]), names.join(" or "));
  }
  const states = script.slice(script.indexOf("const stateOf"), script.indexOf("// ---- words"));
  const named = [...states.matchAll(/return "([\w-]+)"|\["[\w-]+", "([\w-]+)"\]|\? "([\w-]+)" : "([\w-]+)"/g)]
    .flatMap((found) => found.slice(1)).filter(Boolean);
  assert.ok(named.length > 15);
  for (const state of named) assert.ok(strings.en[`state.${state}`], state);
});

test("nothing in the evidence makes the check throw", async () => {
  const site = await publish({ "index.html": checkPage() });
  const page = await browser.newPage();
  await page.goto(site.file("index.html"));
  const whole = seen(good, cosign(makeProof(good), SEEN), {
    didLog: "e30=", didWitness: "W10=", entries: "x\n", bodies: [null, "x"], people: [coded(person())],
  });
  const odd = [null, true, 0, -1, 1.5, "", "x", "\u0000", "\ud800", [], [null], [[]], [0], ["x"], ["", "%"], {}, { length: 3 },
    [{}], [{ name: 1, vkey: 2 }], [{ name: "x", vkey: "x+00000000+AA==" }], "e30=", "W10=", "bnVsbA==", "////"];
  const cases = [...odd, ...Object.keys(whole).flatMap((name) => odd.map((value) => ({ ...whole, [name]: value })))];
  const wrong = await page.evaluate(async ([cases, href]) => {
    const wrong = [];
    for (const evidence of cases) {
      try {
        const { state } = await globalThis.selvedge.selvedgeCheck(evidence, { now: Date.now(), location: new URL(href) });
        if (typeof state !== "string") wrong.push([evidence, state]);
      } catch (error) { wrong.push([evidence, String(error)]); }
    }
    return wrong;
  }, [cases, HERE]);
  assert.deepEqual(wrong, []);
  await page.close();
  await site.close();
});

test("the page is small, and axe finds nothing", async () => {
  const html = pageOf(evidenceOf(good));
  assert.ok(gzipSync(html).length < 60_000, `${gzipSync(html).length} bytes`);
  const page = await browser.newPage();
  await page.setContent(html.replace(/<meta http-equiv[^>]*>/, ""));
  await page.waitForSelector("[data-state]");
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((v) => v.id), []);
  await page.close();
});
