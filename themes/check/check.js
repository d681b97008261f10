// The check that runs inside a record page: reads the evidence embedded in the page and says what
// was checked just now. It asks nobody: no request, no storage, works from file://.
//
// It mirrors the command's judge (docs/RECORD-FORMAT.md): same rules, same order, same names of
// findings; the tests run both on the same cases. It has no trust list, so the most it ever says
// is "this page agrees with itself". Runs after vendor/noble.js, which it uses where the browser
// has no SHA-256 or Ed25519 of its own. How a page calls it: README.md beside this file.
(() => {
"use strict";

// ---- bytes ----

const encoder = new TextEncoder();
const bytesOf = (text) => encoder.encode(text);
// Throws on what is not UTF-8; keeps a byte order mark, so that it can be refused.
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
const concat = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
};

// Standard base64 with padding, one spelling only; null for anything else.
const base64 = (text) => {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (c) => c.charCodeAt(0)) : null;
  } catch { return null; }
};

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// "z" and base58btc, of at most 256 digits (it takes quadratic time); null for anything else.
const base58 = (text) => {
  if (typeof text !== "string" || text[0] !== "z" || text.length > 257) return null;
  let number = 0n;
  for (const digit of text.slice(1)) {
    const value = ALPHABET.indexOf(digit);
    if (value < 0) return null;
    number = number * 58n + BigInt(value);
  }
  const bytes = [];
  for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 255n));
  for (let i = 1; text[i] === "1"; i++) bytes.unshift(0);
  return Uint8Array.from(bytes);
};

// The 32 bytes of an Ed25519 multikey; null for keys of other kinds.
const multikey = (text) => {
  const bytes = base58(text);
  return bytes && bytes.length === 34 && bytes[0] === 0xed && bytes[1] === 1 ? bytes.slice(2) : null;
};

// ---- strict JSON (RFC 8259, I-JSON) and its canonical form (RFC 8785) ----

const MAX_DEPTH = 64;
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
const SURROGATE = /\p{Surrogate}/u;

// Reads one value. JSON.parse would do but for what two readers read two ways: a member named
// twice, half of a surrogate pair, integers that a float cannot hold. Objects have no prototype.
const parseJson = (bytes) => {
  const refuse = (why) => { throw new SyntaxError(why); };
  const text = textOf(bytes);
  if (text[0] === "\ufeff") refuse("a byte order mark stands before it");
  let at = 0;
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const eat = (character) => {
    take(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  const string = () => {
    take(SPACE);
    const found = take(STRING) || refuse("it is not JSON");
    const value = JSON.parse(found[0]);
    return SURROGATE.test(value) ? refuse("half of a character's \\u escape is missing") : value;
  };
  const value = (depth) => {
    take(SPACE);
    if (text[at] === '"') return string();
    if (eat("[")) {
      if (depth === 0) refuse("it is nested more than 64 deep");
      const items = [];
      if (eat("]")) return items;
      do items.push(value(depth - 1)); while (eat(","));
      return eat("]") ? items : refuse("it is not JSON");
    }
    if (eat("{")) {
      if (depth === 0) refuse("it is nested more than 64 deep");
      const members = Object.create(null);
      if (eat("}")) return members;
      do {
        const name = string();
        if (name in members) refuse("a member stands there twice");
        if (!eat(":")) refuse("it is not JSON");
        members[name] = value(depth - 1);
      } while (eat(","));
      return eat("}") ? members : refuse("it is not JSON");
    }
    for (const [word, meaning] of [["true", true], ["false", false], ["null", null]]) {
      if (text.startsWith(word, at)) { at += word.length; return meaning; }
    }
    const found = take(NUMBER) || refuse("it is not JSON");
    const number = Number(found[0]);
    const isInteger = !found[1] && !found[2];
    if (isInteger ? !Number.isSafeInteger(number) : !Number.isFinite(number)) {
      refuse("a number is too large to be kept exactly");
    }
    return number;
  };
  const whole = value(MAX_DEPTH);
  take(SPACE);
  return at === text.length ? whole : refuse("something stands behind the end");
};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
const namesOf = (object) => Object.keys(object).sort();

// Names sort by UTF-16 units, as JavaScript's own sort does.
const jcs = (value) => {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${namesOf(value).map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`).join(",")}}`;
};

// What records hold: no null, and no number but safe integers.
const inProfile = (value) => {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every(inProfile);
  return isObject(value) ? Object.values(value).every(inProfile) : value !== null;
};

// ---- SHA-256 and strict Ed25519 ----

// `subtle` is missing on plain http; tests set it to null to run the other path.
const engine = { subtle: (globalThis.crypto || {}).subtle || null };

const sha256 = async (bytes) =>
  engine.subtle ? new Uint8Array(await engine.subtle.digest("SHA-256", bytes)) : noble.sha256(bytes);

const P = (1n << 255n) - 19n;
const L = (1n << 252n) + 27742317777372353535851937790883648493n;
const littleEndian = (bytes) => BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);

// The y coordinates of the eight points of small order.
const SMALL_ORDER_Y = new Set([
  0n, 1n, P - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

// Says whether 32 bytes could be a canonical point of large order (whether it is on the curve is
// left to the verifier).
const isStrictPoint = (bytes) => {
  const y = littleEndian(bytes) & ((1n << 255n) - 1n);
  return y < P && !SMALL_ORDER_Y.has(y);
};

const importKey = (key) => engine.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);

// Asks the browser for a signature whose answer is known (RFC 8032, 7.1, test 1).
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
const nativeWorks = async () => {
  try {
    const key = await importKey(
      unhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    return await engine.subtle.verify("Ed25519", key, unhex(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701" +
      "cf9b46bd25bf5f0595bbe24655141438e7a100b"), new Uint8Array());
  } catch { return false; }
};

// S·B = R + k·A without cofactor, compared as bytes.
const verifyInScript = (key, message, signature) => {
  try {
    const { Point, sha512 } = noble;
    const r = signature.subarray(0, 32);
    const k = littleEndian(sha512(concat(r, key, message))) % L;
    const kA = Point.fromBytes(key).multiply(k, false);
    const sB = Point.BASE.multiply(littleEndian(signature.subarray(32)), false);
    return equal(sB.subtract(kA).toBytes(), r);
  } catch { return false; }
};

// Strict on every path: 64 bytes, S < L, A and R canonical and not of small order. Browsers'
// own verifiers are laxer, so these come first.
const verifyStrict = async (key, message, signature) => {
  if (key.length !== 32 || signature.length !== 64) return false;
  if (littleEndian(signature.subarray(32)) >= L) return false;
  if (!isStrictPoint(key) || !isStrictPoint(signature.subarray(0, 32))) return false;
  if (engine.native === undefined) engine.native = engine.subtle !== null && await nativeWorks();
  if (!engine.native) return verifyInScript(key, message, signature);
  try {
    return await engine.subtle.verify("Ed25519", await importKey(key), signature, message);
  } catch { return false; }
};

// ---- names and dates ----

const HOST_LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,255}$/;

// A did:web (with the address that it names) or a did:key (with its key); null for any other.
const parseDid = (did) => {
  if (did.startsWith("did:key:")) {
    const key = multikey(did.slice(8));
    return key && isStrictPoint(key) ? { did, key } : null;
  }
  if (!did.startsWith("did:web:")) return null;
  const [authority, ...path] = did.slice(8).split(":");
  const [host, port, more] = authority.split("%3A");
  const isPort = port === undefined ||
    (/^[1-9][0-9]{0,4}$/.test(port) && Number(port) < 65536 && port !== "443");
  const fits = host.length <= 253 && host.split(".").every((label) => HOST_LABEL.test(label)) &&
    isPort && more === undefined && path.every((segment) => SEGMENT.test(segment));
  if (!fits) return null;
  return { did, address: ["https:/", port ? `${host}:${port}` : host, ...path, ""].join("/") };
};

// The issuer and key that a verification method names; null if it is not of our form.
const parseMethod = (method) => {
  if (typeof method !== "string") return null;
  const [did, fragment, more] = method.split("#");
  const issuer = parseDid(did);
  const key = multikey(fragment);
  if (!issuer || more !== undefined || !key || !isStrictPoint(key)) return null;
  return issuer.key && !equal(issuer.key, key) ? null : { did, key, fragment };
};

// An instant in the one spelling of records, 2026-11-02T03:04:05Z; NaN for any other.
const instant = (text) => {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return NaN;
  const at = Date.parse(text);
  return Number.isNaN(at) || new Date(at).toISOString().replace(".000Z", "Z") !== text ? NaN : at;
};

// ---- findings ----

// A report grows one finding for each check made or not possible.
const report = () => {
  const findings = [];
  const add = (verdict) => (axis, check, reason, facts = {}) => {
    findings.push({ axis, check, verdict, reason, ...facts });
    return verdict === "valid";
  };
  return { findings, valid: add("valid"), invalid: add("invalid"), notChecked: add("not-checked") };
};

// ---- record: Data Integrity, eddsa-jcs-2022 ----

const PROOF_MEMBERS =
  ["@context", "created", "cryptosuite", "proofPurpose", "proofValue", "type", "verificationMethod"];

// Checks the proof of a parsed document; adds its findings and says whether it holds.
const checkProof = async (document, { valid, invalid }) => {
  if (!isObject(document)) return invalid("bytes", "form", "not-an-object");
  if (!has(document, "proof")) return invalid("bytes", "proof", "absent");
  const { proof, ...unsecured } = document;
  const unsigned = Object.assign(Object.create(null), unsecured);
  const bad = (reason) => invalid("bytes", "proof", reason);
  if (!isObject(proof)) return bad("not-one-proof");
  if (namesOf(proof).join() !== PROOF_MEMBERS.join()) return bad("members");
  if (proof.type !== "DataIntegrityProof") return bad("type");
  if (proof.cryptosuite !== "eddsa-jcs-2022") return bad("cryptosuite");
  if (proof.proofPurpose !== "assertionMethod") return bad("purpose");
  if (!has(unsigned, "@context") || jcs(proof["@context"]) !== jcs(unsigned["@context"])) {
    return bad("context");
  }
  if (Number.isNaN(instant(proof.created))) return bad("created");
  const method = parseMethod(proof.verificationMethod);
  if (!method) return bad("verification-method");
  if (unsigned.issuer !== method.did) return bad("issuer-is-not-signer");
  const signature = base58(proof.proofValue);
  if (!signature || signature.length !== 64) return bad("proof-value");

  const config = Object.assign(Object.create(null), proof);
  delete config.proofValue;
  const signed = concat(await sha256(bytesOf(jcs(config))), await sha256(bytesOf(jcs(unsigned))));
  if (!await verifyStrict(method.key, signed, signature)) {
    return invalid("bytes", "signature", "does-not-fit");
  }
  return valid("bytes", "signature", "fits", { key: method.fragment, signed: proof.created });
};

// Checks from when and until when a document holds, at the time `now` in milliseconds.
const checkTerm = (document, now, { valid, invalid }) => {
  const from = has(document, "validFrom") ? instant(document.validFrom) : -Infinity;
  const until = has(document, "validUntil") ? instant(document.validUntil) : Infinity;
  if (Number.isNaN(from) || Number.isNaN(until)) return invalid("bytes", "term", "not-a-date");
  const { validFrom, validUntil } = document;
  if (now < from) return invalid("status", "term", "not-yet", { from: validFrom });
  if (now >= until) return invalid("status", "term", "over", { until: validUntil });
  return validUntil
    ? valid("status", "term", "within", { until: validUntil })
    : valid("status", "term", "open", { from: validFrom });
};

// Any credential of this suite, also one that is not a record of ours (no profile, any spacing).
const checkCredential = async (bytes, now) => {
  const into = report();
  let document;
  try { document = parseJson(bytes); } catch (error) {
    into.invalid("bytes", "json", error.message);
    return into.findings;
  }
  if (await checkProof(document, into)) checkTerm(document, now, into);
  return into.findings;
};

// ---- log: C2SP signed-note, tlog-checkpoint, tlog-proof; RFC 6962 hashing ----

const B64_LINE = /^[A-Za-z0-9+\/]+={0,2}$/;
const hash32 = (line) => {
  const bytes = B64_LINE.test(line) ? base64(line) : null;
  return bytes && bytes.length === 32 ? bytes : null;
};
const count = (line) => /^(0|[1-9][0-9]{0,14})$/.test(line) ? Number(line) : null;

// `name+hex key id+base64(1, key)`; null unless all three agree.
const parseLogKey = async (text) => {
  const [, name, id, blob] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+\/]+=*)\n?$/.exec(text) || [];
  const typed = blob && base64(blob);
  if (!typed || typed.length !== 33 || typed[0] !== 1) return null;
  const digest = await sha256(concat(bytesOf(`${name}\n`), typed));
  return hex(digest.subarray(0, 4)) === id ? { name, id: unhex(id), key: typed.subarray(1) } : null;
};

// The text of a note and its signatures, still unchecked; null if it is no note.
const parseNote = (text) => {
  const split = text.lastIndexOf("\n\n");
  if (split < 0 || !text.endsWith("\n")) return null;
  const signatures = [];
  for (const line of text.slice(split + 2, -1).split("\n")) {
    const [, name, blob] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+\/]+=*)$/.exec(line) || [];
    const bytes = blob && base64(blob);
    if (!bytes || bytes.length < 5) return null;
    signatures.push({ name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) });
  }
  return { text: text.slice(0, split + 1), signatures };
};

const parseCheckpoint = (text) => {
  const [origin, size, root, end, more] = text.split("\n");
  const head = { origin, size: count(size || ""), root: hash32(root || "") };
  return origin && head.size !== null && head.root && end === "" && more === undefined ? head : null;
};

// A note that this key signed: its checkpoint, or null.
const openCheckpoint = async (text, logKey) => {
  const note = parseNote(text);
  const head = note && parseCheckpoint(note.text);
  if (!head || head.origin !== logKey.name) return null;
  const own = note.signatures.filter(({ name, id }) => name === logKey.name && equal(id, logKey.id));
  const fits = own.length === 1 && await verifyStrict(logKey.key, bytesOf(note.text), own[0].signature);
  return fits ? head : null;
};

const parseProof = (text) => {
  const split = text.indexOf("\n\n");
  const lines = text.slice(0, split).split("\n");
  if (split < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") return null;
  if ((lines[0] || "").startsWith("extra ") && base64(lines.shift().slice(6)) === null) return null;
  const [, number] = /^index (\d+)$/.exec(lines.shift() || "") || [];
  const index = count(number || "");
  const hashes = lines.map(hash32);
  if (index === null || hashes.includes(null) || hashes.length > 63) return null;
  return { index, hashes, checkpoint: text.slice(split + 2) };
};

const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);
const leafHash = (entry) => sha256(concat(LEAF, bytesOf(entry)));

// RFC 9162, 2.1.3.2: the root that a leaf and its proof lead to; null if the proof has no such shape.
const rootFrom = async (leaf, index, size, hashes) => {
  if (index >= size) return null;
  let position = BigInt(index), last = BigInt(size) - 1n, node = leaf;
  for (const hash of hashes) {
    if (last === 0n) return null;
    if (position & 1n || position === last) {
      node = await sha256(concat(NODE, hash, node));
      while (!(position & 1n) && position !== 0n) { position >>= 1n; last >>= 1n; }
    } else {
      node = await sha256(concat(NODE, node, hash));
    }
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? node : null;
};

// ---- the evidence of a page ----

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// The first 160 bits of a record id as 32 characters.
const shortId = (digest) => {
  let bits = 0n;
  for (const byte of digest.subarray(0, 20)) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: 32 }, (_, i) => BASE32[Number((bits >> BigInt(155 - 5 * i)) & 31n)]).join("");
};

const CONTEXT_V2 = "https://www.w3.org/ns/credentials/v2";

const checkForm = (record, text, { valid, invalid }) => {
  const bad = (reason) => invalid("bytes", "form", reason);
  if (!isObject(record)) return bad("not-an-object");
  if (!inProfile(record)) return bad("outside-profile");
  if (jcs(record) !== text) return bad("not-canonical");
  return valid("bytes", "form", "canonical");
};

// The published identity document must name the key for statements of this issuer.
const checkIdentity = (record, document, { valid, invalid, notChecked }) => {
  if (!document) return notChecked("signer", "identity", "absent");
  let did;
  try { did = parseJson(document); } catch { return invalid("signer", "identity", "not-readable"); }
  const { issuer, proof: { verificationMethod } } = record;
  if (!isObject(did) || did.id !== issuer) return invalid("signer", "identity", "other-issuer");
  const methods = Array.isArray(did.verificationMethod) ? did.verificationMethod : [];
  const named = methods.filter((method) => isObject(method) && method.id === verificationMethod);
  const states = named.length === 1 && named[0].type === "Multikey" && named[0].controller === issuer &&
    named[0].publicKeyMultibase === verificationMethod.split("#")[1];
  const asserts = Array.isArray(did.assertionMethod) && did.assertionMethod.includes(verificationMethod);
  return states && asserts
    ? valid("signer", "identity", "names-key", { issuer })
    : invalid("signer", "identity", "key-not-named", { issuer });
};

const checkLog = async (recordId, proofText, vkeyText, { valid, invalid, notChecked }) => {
  if (!proofText || !vkeyText) return notChecked("time", "log", "absent");
  const logKey = await parseLogKey(vkeyText);
  if (!logKey) return invalid("time", "log", "key-not-readable");
  const proof = parseProof(proofText);
  if (!proof) return invalid("time", "log", "proof-not-readable");
  const head = await openCheckpoint(proof.checkpoint, logKey);
  if (!head) return invalid("time", "log", "head-not-signed", { origin: logKey.name });
  const leaf = await leafHash(`selvedge.record/1 sha256:${recordId}\n`);
  const root = await rootFrom(leaf, proof.index, head.size, proof.hashes);
  return root && equal(root, head.root)
    ? valid("time", "log", "included", { origin: head.origin, number: proof.index + 1, size: head.size })
    : invalid("time", "log", "not-included", { origin: head.origin });
};

// Compares the address that the page was opened from with the one that the issuer names.
const checkAddress = (record, number, location, { valid, invalid, notChecked }) => {
  const issuer = parseDid(record.issuer);
  const named = issuer && issuer.address;
  const { protocol, hostname, href } = location;
  const here = href.split(/[?#]/)[0];
  const facts = { here, named, issuer: record.issuer };
  const short = /\/V\/([^\/]*)/i.exec(here);
  if (short && /^[A-Z2-7]{32}$/i.test(short[1]) && short[1].toUpperCase() !== number) {
    return invalid("signer", "address", "other-number", { ...facts, number });
  }
  if (protocol === "file:") return notChecked("signer", "address", "opened-from-a-file", facts);
  if (!named) return notChecked("signer", "address", "names-no-site", facts);
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    return notChecked("signer", "address", "preview", facts);
  }
  return here.startsWith(named)
    ? valid("signer", "address", "same-site", facts)
    : invalid("signer", "address", "wrong-site", facts);
};

// Checks all that the page holds. `evidence` holds base64 `record`, `identity`, texts `proof`, `log`.
const selvedgeCheck = async (evidence, { now, location }) => {
  const into = report();
  const { findings } = into;
  const done = (state, facts) => ({ state, findings, ...facts });
  let bytes, text, record;
  try {
    bytes = base64(evidence.record);
    text = textOf(bytes);
    record = parseJson(bytes);
  } catch (error) {
    into.invalid("bytes", "json", error.message);
    return done("altered");
  }
  const formed = checkForm(record, text, into);
  if (isObject(record) && !has(record, "proof")) {
    into.invalid("bytes", "proof", "absent");
    return done("not-signed");
  }
  if (!formed || !await checkProof(record, into)) return done("altered");

  const digest = await sha256(bytes);
  const facts = { recordId: hex(digest), number: shortId(digest) };
  const named = checkIdentity(record, evidence.identity && base64(evidence.identity), into);
  await checkLog(facts.recordId, evidence.proof, evidence.log, into);
  checkAddress(record, facts.number, location, into);
  const inForce = checkTerm(record, now, into);
  into.notChecked("signer", "trust", "no-trust-list", { issuer: record.issuer });
  into.notChecked("status", "revocation", "not-in-page");
  into.notChecked("time", "outside", "no-outside-evidence");

  const refused = (check) => findings.some((f) => f.check === check && f.verdict === "invalid");
  const kinds = Array.isArray(record.type) ? record.type : [];
  if (refused("log") || Number.isNaN(instant(record.validFrom))) return done("altered", facts);
  if (kinds.includes("PracticeRecord")) return done("practice", facts);
  if (!named && refused("identity")) return done("unknown-signer", facts);
  if (refused("address")) return done("wrong-site", facts);
  if (!inForce) {
    return done(findings.some((f) => f.reason === "over") ? "expired" : "not-yet-in-force", facts);
  }
  return done("agrees-with-itself", facts);
};

// ---- words on the page ----

// Fills one section with sentences; all words come from the page's own `strings`.
const show = (section, result, strings) => {
  const words = (key, facts = {}) =>
    (strings[key] || key).replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  section.replaceChildren(element("h2", words("title")));
  const state = element("p", words(`state.${result.state}`), "check-state");
  state.dataset.state = result.state;
  const list = element("ul", "", "check-findings");
  for (const finding of result.findings) {
    const item = element("li", "", `check-${finding.verdict}`);
    const mark = element("span", words(`mark.${finding.verdict}`), "check-mark");
    mark.setAttribute("aria-hidden", "true");
    const verdict = element("strong", words(`verdict.${finding.verdict}`));
    const key = `${finding.check}.${finding.reason}`;
    const sentence = strings[key] ? words(key, finding) : words(`${finding.check}.${finding.verdict}`, finding);
    item.append(mark, " ", verdict, " ", sentence);
    list.append(item);
  }
  section.append(state, list, element("p", words("limit"), "check-limit"));
  section.hidden = false;
};

const jsonElement = (id) => JSON.parse(document.getElementById(id).textContent);

const run = async (sections) => {
  const strings = jsonElement("selvedge-strings");
  const evidence = jsonElement("selvedge-evidence");
  let result;
  try {
    result = await selvedgeCheck(evidence, { now: Date.now(), location: window.location });
  } catch {
    result = { state: "cannot-check-now", findings: [] };
  }
  for (const section of sections) {
    const lang = (section.closest("[lang]") || document.documentElement).lang;
    show(section, result, strings[lang] || strings[lang.split("-")[0]] || strings.en);
    section.dataset.state = result.state;
  }
};

// On a record page it runs; anywhere else (a test page) it hands out its functions.
const sections = document.querySelectorAll("[data-selvedge-check]");
if (sections.length > 0) {
  run(sections);
} else {
  globalThis.selvedge = {
    base58, base64, checkCredential, engine, hex, inProfile, instant, jcs, leafHash, multikey,
    openCheckpoint, parseCheckpoint, parseDid, parseJson, parseLogKey, parseMethod, parseNote,
    parseProof, rootFrom, selvedgeCheck, sha256, shortId, unhex, verifyStrict,
  };
}
})();
