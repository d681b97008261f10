// Records of issuers with a history of keys, in this process: the key by the did:webvh log, the log's
// key by its register, the status by folding all entries. The histories are made here, by
// test keys that everybody may have.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT, base58, inNode } from "./support.mjs";

const { jcs, rootOf, selvedgeCheck } = inNode();
const NOW = Date.parse("2026-11-26T00:00:00Z");
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const multihash = (text) => base58(Buffer.concat([Buffer.from([0x12, 0x20]), sha256(text)]));

/** A key pair from one byte, for tests only. */
const keyFrom = (byte) => {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, byte)]);
  const secret = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const raw = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
  return { raw, multikey: `z${base58(Buffer.concat([Buffer.from([0xed, 1]), raw]))}`, sign: (m) => sign(null, m, secret) };
};
const recordKey = keyFrom(1), logKey = keyFrom(2), newKey = keyFrom(3), updateKey = keyFrom(11);
const ORIGIN = "brand.example/log", HOST = "brand.example", BASE = `https://${HOST}/`;
const keyId = sha256(`${ORIGIN}\n`, [1], logKey.raw).subarray(0, 4);
const VKEY = `${ORIGIN}+${keyId.toString("hex")}+${Buffer.concat([Buffer.from([1]), logKey.raw]).toString("base64")}`;

const secured = (document, key, method, more = {}) => {
  const proof = {
    type: "DataIntegrityProof", cryptosuite: "eddsa-jcs-2022", created: "2026-03-01T00:00:00Z",
    verificationMethod: method, proofPurpose: "assertionMethod", ...more,
  };
  const signature = key.sign(Buffer.concat([sha256(jcs(proof)), sha256(jcs(document))]));
  return { ...proof, proofValue: `z${base58(signature)}` };
};
const state = (did, keys, cuts = []) => ({
  "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"], id: did,
  alsoKnownAs: [`did:web:${HOST}`],
  verificationMethod: keys.map((key) => ({ id: `${did}#${key}`, controller: did, type: "Multikey", publicKeyMultibase: key })),
  assertionMethod: keys.map((key) => `${did}#${key}`),
  service: [{ id: `${did}#register`, type: "SelvedgeRegister",
    serviceEndpoint: { origin: ORIGIN, vkey: VKEY, ...(cuts.length ? { cuts } : {}) } }],
});
const entry = (before, parameters, document, versionTime) => {
  const number = before ? Number(before.split("-")[0]) + 1 : 1;
  return (predecessor) => {
    const body = { versionTime, parameters, state: document };
    const versionId = `${number}-${multihash(jcs({ ...body, versionId: predecessor }))}`;
    const whole = { ...body, versionId };
    const proof = [secured(whole, updateKey, `did:key:${updateKey.multikey}#${updateKey.multikey}`)];
    return { versionId, line: `${jcs({ ...whole, proof })}\n` };
  };
};
const PARAMETERS = { method: "did:webvh:1.0", portable: true, updateKeys: [updateKey.multikey] };
const open = { versionId: "{SCID}", versionTime: "2026-01-01T00:00:00Z", parameters: { ...PARAMETERS, scid: "{SCID}" },
  state: state(`did:webvh:{SCID}:${HOST}`, [recordKey.multikey]) };
const SCID = multihash(jcs(open)), DID = `did:webvh:${SCID}:${HOST}`;
const first = entry(null, { ...PARAMETERS, scid: SCID }, state(DID, [recordKey.multikey]), "2026-01-01T00:00:00Z")(SCID);
/** The version that cuts the old key off from entry 3 on, where the log had this root. */
const stolen = (root) => entry(first.versionId, {},
  state(DID, [newKey.multikey], [{ key: recordKey.multikey, size: 2, root }]), "2026-04-01T00:00:00Z")(first.versionId);
const b64 = (bytes) => Buffer.from(bytes).toString("base64");

const CONTEXT_URL = `${BASE}.well-known/selvedge/context-v1.jsonld`;
const CONTEXT = ["https://www.w3.org/ns/credentials/v2", CONTEXT_URL];
const CONTEXT_SRI = `sha256-${sha256(readFileSync(join(ROOT, "src/provenance/context-v1.jsonld"))).toString("base64")}`;
const words = (text) => [{ "@language": "en", "@value": text }];
let made = 0;
const record = (kind, subject, { key = recordKey, issuer = DID, types = [], until, isList = false } = {}) => {
  const position = made++;
  const document = {
    "@context": CONTEXT, id: `urn:uuid:00000000-0000-4000-8000-${String(position).padStart(12, "0")}`,
    type: ["VerifiableCredential", kind, ...types], issuer, validFrom: "2026-03-01T00:00:00Z", ...(until ? { validUntil: until } : {}),
    ...(isList ? {} : { credentialStatus: ["revocation", "suspension"].map((statusPurpose) => {
      const url = `${BASE}status/${statusPurpose}-0.json`;
      return { id: `${url}#${position}`, type: "BitstringStatusListEntry", statusPurpose, statusListIndex: String(position), statusListCredential: url };
    }) }),
    credentialSubject: subject,
    relatedResource: [{ id: CONTEXT_URL, mediaType: "application/ld+json", digestSRI: CONTEXT_SRI }],
  };
  const proof = secured(document, key, `${issuer}#${key.multikey}`, { "@context": CONTEXT });
  const bytes = Buffer.from(jcs({ ...document, proof }));
  return { bytes, id: sha256(bytes).toString("hex"), reference: { id: document.id, digestSRI: `sha256-${sha256(bytes).toString("base64")}` } };
};
const design = (options) => record("Design", { id: `${BASE}designs/stripes/`, name: words("Stripes") }, options);
const status = ({ reference }, newState) =>
  record("Status", { target: reference, newState, reason: words("So it was decided.") });

/** The evidence of a page for the record at `at` of a log of these entries. */
const evidence = async (records, at, { didLog = first.line, later = [], ...more } = {}) => {
  const entries = [`selvedge.did/1 ${first.versionId}\n`, ...records.map(({ id }) => `selvedge.record/1 sha256:${id}\n`),
    ...later.map(({ versionId }) => `selvedge.did/1 ${versionId}\n`)];
  const leaves = entries.map((text) => new Uint8Array(sha256([0], text)));
  const head = `${ORIGIN}\n${entries.length}\n${b64(await rootOf(leaves))}\n`;
  const line = Buffer.concat([keyId, logKey.sign(Buffer.from(head))]).toString("base64");
  const checkpoint = `${head}\n\u2014 ${ORIGIN} ${line}\n`;
  // The path of RFC 6962, from the root down.
  const path = async (m, part) => {
    if (part.length === 1) return [];
    let k = 1;
    while (k * 2 < part.length) k *= 2;
    return m < k ? [...await path(m, part.slice(0, k)), await rootOf(part.slice(k))]
      : [...await path(m - k, part.slice(k)), await rootOf(part.slice(0, k))];
  };
  const hashes = (await path(at + 1, leaves)).map((hash) => `${b64(hash)}\n`).join("");
  return {
    record: b64(records[at].bytes), didLog: b64(didLog), entries: entries.join(""),
    bodies: records.map(({ bytes }) => b64(bytes)), heads: [checkpoint],
    proof: `c2sp.org/tlog-proof@v1\nindex ${at + 1}\n${hashes}\n${checkpoint}`, ...more,
  };
};
const check = (given) => selvedgeCheck(given, { now: NOW, location: new URL(BASE) });
const is = async (given, state, ...refused) => {
  const found = await check(given);
  const invalid = found.findings.filter((f) => f.verdict === "invalid").map((f) => f.check);
  assert.deepEqual([found.state, ...invalid], [state, ...refused], JSON.stringify(found.findings.filter((f) => f.verdict !== "valid")));
  return found;
};

test("a record in force, by the whole log", async () => {
  const found = await is(await evidence([design(), design()], 0), "agrees-with-itself");
  assert.equal(found.statusAsOf.size, 3);
});

test("revoked, suspended, disputed, withdrawn", async () => {
  const one = design();
  await is(await evidence([one, status(one, "revoked")], 0), "revoked", "not-revoked");
  await is(await evidence([one, status(one, "suspended")], 0), "suspended", "not-suspended");
  await is(await evidence([one, status(one, "suspended"), status(one, "reinstated")], 0), "agrees-with-itself");
  const dispute = record("Dispute", { target: one.reference, ground: "prior use", statement: words("It is ours.") });
  const found = await is(await evidence([one, dispute], 0), "agrees-with-itself", "undisputed");
  assert.ok(found.isDisputed);
  const withdrawal = record("Withdrawal", {
    target: one.reference, targetKind: "Design", targetSigned: "2026-03-01T00:00:00Z", targetPosition: 0, reasonCode: "error",
  });
  await is(await evidence([one, withdrawal], 0), "withdrawn", "not-withdrawn");
});

test("a fold that lacks something answers nothing", async () => {
  const one = design(), two = status(one, "revoked");
  const whole = await evidence([one, two], 0);
  await is({ ...whole, bodies: [whole.bodies[0], null] }, "cannot-check-now");
  await is({ ...whole, bodies: whole.bodies.slice(0, 1) }, "cannot-check-now");
  const short = whole.entries.split("\n").slice(0, 2).join("\n") + "\n";
  await is({ ...whole, entries: short }, "cannot-check-now");
  await is({ ...whole, entries: `${whole.entries}x\n` }, "cannot-check-now");
  await is({ ...whole, entries: undefined }, "cannot-check-now");
});

test("the key is judged by the history of keys", async () => {
  const one = design();
  await is({ ...await evidence([one], 0), didLog: undefined, log: VKEY }, "cannot-check-now");
  await is(await evidence([one], 0, { didLog: first.line.replace("2026-01-01", "2026-01-02") }), "unknown-signer", "identity");
  const byOther = design({ key: newKey });
  const found = await check(await evidence([byOther], 0));
  assert.equal(found.state, "revoked");
  assert.equal(found.findings.find((f) => f.check === "key-in-force").reason, "key-not-named");
  const another = `did:webvh:${SCID.slice(0, -1)}${SCID.endsWith("1") ? "2" : "1"}:${HOST}`;
  assert.equal((await check(await evidence([design({ issuer: another })], 0))).state, "unknown-signer");
});

test("a stolen key counts no more from the cut on", async () => {
  const before = design(), thief = design();
  const leaves = [`selvedge.did/1 ${first.versionId}\n`, `selvedge.record/1 sha256:${before.id}\n`]
    .map((text) => new Uint8Array(sha256([0], text)));
  const cut = stolen(b64(await rootOf(leaves))), didLog = first.line + cut.line, later = [cut];
  const found = await check(await evidence([before, thief], 1, { didLog, later }));
  assert.equal(found.state, "revoked");
  assert.equal(found.findings.find((f) => f.check === "in-effect").verdict, "invalid");
  const own = await check(await evidence([before, thief], 0, { didLog, later }));
  assert.equal(own.findings.find((f) => f.check === "key-in-force").verdict, "valid");
  assert.equal(own.state, "agrees-with-itself");
  // A register that does not have the newest version of its history: what else it lacks nobody knows.
  assert.equal((await check(await evidence([before, thief], 0, { didLog }))).state, "cannot-check-now");
  // A cut of another log: nothing is told.
  const other = first.line + stolen(Buffer.alloc(32, 7).toString("base64")).line;
  assert.equal((await check(await evidence([before, thief], 0, { didLog: other }))).state, "cannot-check-now");
});

test("an address that the owner's charter in force lists is right, and no other", async () => {
  const charter = (sites, options) =>
    record("Charter", { name: words("Weavers"), brandKind: "association", site: sites }, options);
  const MIRROR = "https://mirror.example/shop", OWN = `${MIRROR}/V/`;
  const one = design();
  const told = async (records, href, more = {}) => {
    const given = { ...await evidence([one, ...records], 0), ...more };
    const { state, findings } = await selvedgeCheck(given, { now: NOW, location: new URL(href) });
    return [state, findings.find(({ check }) => check === "address").reason];
  };
  const RIGHT = ["agrees-with-itself", "listed"], WRONG = ["wrong-site", "wrong-site"];
  assert.deepEqual(await told([charter([MIRROR])], OWN), RIGHT);
  assert.deepEqual(await told([charter([MIRROR])], BASE), ["agrees-with-itself", "same-site"]);
  // Nothing beside it, nothing that only begins like it, and not without encryption.
  for (const href of ["https://mirror.example/", "https://mirror.example/shop.evil.example/", OWN.replace("https", "http")]) {
    assert.deepEqual(await told([charter([MIRROR])], href), WRONG, href);
  }
  assert.deepEqual(await told([charter(["https://mirror.example"])], "https://mirror.example.evil.example/"), WRONG);
  assert.deepEqual(await told([], OWN), WRONG);
  // The last charter counts, and only while it holds.
  assert.deepEqual(await told([charter([MIRROR]), charter(["https://other.example/"])], OWN), WRONG);
  const revoked = charter([MIRROR]);
  assert.deepEqual(await told([revoked, status(revoked, "revoked")], OWN), WRONG);
  assert.deepEqual(await told([charter([MIRROR], { until: "2026-06-01T00:00:00Z" })], OWN), WRONG);
  assert.deepEqual(await told([charter([MIRROR], { types: ["PracticeRecord"] })], OWN), WRONG);
  // Anybody may have put her own charter into the page.
  const stranger = { key: newKey, issuer: `did:key:${newKey.multikey}` };
  assert.notEqual((await told([charter([MIRROR], stranger)], OWN))[1], "listed");
  // Without the whole log nobody can tell which charter is in force.
  assert.equal((await told([charter([MIRROR])], OWN, { entries: undefined }))[1], "wrong-site");
});

test("without the whole log an address is right by a charter that the page brings along, as of the day of its lists", async () => {
  const MIRROR = "https://mirror.example/shop", OWN = `${MIRROR}/V/`;
  const one = design();
  const charter = (sites, options) => record("Charter", { name: words("Weavers"), brandKind: "association", site: sites }, options);
  const bits = (...set) => {
    const bytes = Buffer.alloc(16384);
    for (const at of set) bytes[at >> 3] |= 128 >> (at & 7);
    return `u${gzipSync(bytes).toString("base64url")}`;
  };
  const list = (statusPurpose, set, { until = "2027-01-01T00:00:00Z", ...options } = {}) => record("BitstringStatusListCredential", {
    id: `${BASE}status/${statusPurpose}-0.json#list`, type: "BitstringStatusList", statusPurpose, encodedList: bits(...set),
    log: { origin: ORIGIN, size: 100, root: b64(Buffer.alloc(32)) },
  }, { until, isList: true, ...options });
  const told = async (brought, { revoked = [], suspended = [], href = OWN, options = {}, more = {} } = {}) => {
    const { record: bytes, proof } = await evidence([one, brought], 1);
    const lists = [list("revocation", revoked, options), list("suspension", suspended, options)];
    const whole = await evidence([one, brought], 0);
    const given = { ...whole, entries: undefined, bodies: undefined, charter: { record: bytes, proof }, snapshots: lists.map((it) => b64(it.bytes)), ...more };
    const { state, findings } = await selvedgeCheck(given, { now: NOW, location: new URL(href) });
    return { state, ...findings.find(({ check }) => check === "address") };
  };
  const right = await told(charter([MIRROR]));
  assert.deepEqual([right.state, right.reason, right.date], ["agrees-with-itself", "listed-then", "2026-03-01"]);
  const isWrong = async (brought, options) => {
    const { reason } = await told(brought, options);
    assert.equal(reason, "wrong-site", JSON.stringify(options));
  };
  const position = (it) => Number(JSON.parse(it.bytes).credentialStatus[0].statusListIndex);
  const taken = charter([MIRROR]);
  await isWrong(taken, { revoked: [position(taken)] });
  await isWrong(taken, { suspended: [position(taken)] });
  assert.equal((await told(taken, { revoked: [position(taken) + 1] })).reason, "listed-then");
  // Lists that are over, or none; a charter that is over, for practice, a stranger's, or of another kind.
  await isWrong(charter([MIRROR]), { options: { until: "2026-04-01T00:00:00Z" } });
  await isWrong(charter([MIRROR]), { more: { snapshots: [] } });
  await isWrong(charter([MIRROR], { until: "2026-06-01T00:00:00Z" }));
  await isWrong(charter([MIRROR], { types: ["PracticeRecord"] }));
  await isWrong(charter([MIRROR], { key: newKey, issuer: `did:key:${newKey.multikey}` }));
  await isWrong(charter([MIRROR], { key: newKey }));
  await isWrong(design());
  // One that is altered, stands in no log, or has another's proof; and addresses that it does not list.
  const other = await evidence([one, charter([MIRROR])], 1), fine = charter([MIRROR]), its = await evidence([one, fine], 1);
  await isWrong(fine, { more: { charter: { record: its.record, proof: other.proof } } });
  await isWrong(fine, { more: { charter: { record: b64(Buffer.concat([fine.bytes, Buffer.from(" ")])), proof: its.proof } } });
  await isWrong(fine, { more: { charter: { record: its.record, proof: "" } } });
  await isWrong(fine, { href: "https://mirror.example/" });
  await isWrong(charter(["https://other.example/"]));
  for (const odd of [null, "x", [], { record: 1, proof: 2 }, { record: its.record }]) await isWrong(fine, { more: { charter: odd } });
  // The day is that of the lists, never that of the charter.
  const english = JSON.parse(readFileSync(join(ROOT, "themes/check/strings.en.json")));
  assert.match(english["address.listed-then"], /\{date\}.*after that/);
});
