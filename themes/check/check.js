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
  const add = (verdict) => (axis, check, reason, facts) => {
    findings.push({ axis, check, verdict, reason, ...facts });
    return verdict === "valid";
  };
  return { findings, valid: add("valid"), invalid: add("invalid"), notChecked: add("not-checked") };
};

// Makes checks of the bytes in their order; each throws the reason why it does not hold. What
// stands behind the first that fails is not checked. Answers whether all hold.
class Refused extends Error {}
const refuse = (reason) => { throw new Refused(reason); };
const inOrder = async (checks, { valid, invalid, notChecked }) => {
  let holds = true;
  for (const [check, make] of checks) {
    if (!holds) { notChecked("bytes", check, "stands-on-another"); continue; }
    try { valid("bytes", check, "holds", await make()); } catch (error) {
      if (!(error instanceof Refused || error instanceof SyntaxError || error instanceof TypeError)) throw error;
      holds = invalid("bytes", check, error instanceof Refused ? error.message : "does-not-hold");
    }
  }
  return holds;
};

// Says of later checks that they stand on one that does not hold.
const notReached = ({ notChecked }, ...checks) => {
  for (const [axis, check] of checks) notChecked(axis, check, "stands-on-another");
};

// ---- credential: Data Integrity, eddsa-jcs-2022 ----

const MAX_BYTES = 1 << 20;
const PROOF_MEMBERS =
  ["@context", "created", "cryptosuite", "proofPurpose", "proofValue", "type", "verificationMethod"];

const without = (object, name) => {
  const rest = Object.assign(Object.create(null), object);
  delete rest[name];
  return rest;
};

// The checks of a credential; `into` gathers what later checks need: document, proof, method.
const credentialChecks = (bytes, into) => [
  ["json", () => {
    if (bytes.length > MAX_BYTES) refuse("too-long");
    into.whole = parseJson(bytes);
    if (!isObject(into.whole)) refuse("not-an-object");
  }],
  ["proof-present", () => {
    into.proof = into.whole.proof ?? refuse("absent");
    into.document = without(into.whole, "proof");
  }],
  ["proof-form", () => {
    const { proof } = into;
    const fits = isObject(proof) && namesOf(proof).join() === PROOF_MEMBERS.join() &&
      proof.type === "DataIntegrityProof" && proof.cryptosuite === "eddsa-jcs-2022" &&
      proof.proofPurpose === "assertionMethod" &&
      [proof.created, proof.verificationMethod, proof.proofValue].every(isString);
    if (!fits) refuse("other-form");
  }],
  ["proof-context", () => {
    const { document, proof } = into;
    const same = has(document, "@context") && jcs(proof["@context"]) === jcs(document["@context"]);
    if (!same) refuse("other-context");
  }],
  ["method", () => { into.method = parseMethod(into.proof.verificationMethod) || refuse("no-key-in-it"); }],
  ["issuer", () => {
    const { issuer } = into.document;
    if ((isObject(issuer) ? issuer.id : issuer) !== into.method.did) refuse("not-the-signer");
  }],
  ["dates", () => {
    const { document, proof } = into;
    into.created = instant(proof.created);
    into.from = has(document, "validFrom") ? instant(document.validFrom) : -Infinity;
    into.until = has(document, "validUntil") ? instant(document.validUntil) : Infinity;
    if ([into.created, into.from, into.until].some(Number.isNaN)) refuse("not-a-date");
  }],
  ["signature", async () => {
    const { document, proof, method } = into;
    const signature = base58(proof.proofValue);
    if (!signature || signature.length !== 64) refuse("not-64-bytes");
    const config = bytesOf(jcs(without(proof, "proofValue")));
    const signed = concat(await sha256(config), await sha256(bytesOf(jcs(document))));
    if (!await verifyStrict(method.key, signed, signature)) refuse("does-not-fit");
    return { key: method.fragment, signed: proof.created };
  }],
];

// Whether it is in force at the time `now` in milliseconds.
const checkTerm = ({ created, from, until, document, proof }, now, { valid, invalid }) => {
  const begins = Math.max(created, from);
  const facts = { from: created > from ? proof.created : document.validFrom, until: document.validUntil };
  if (now < begins) invalid("time", "valid-from", "not-yet", facts);
  else valid("time", "valid-from", "begun", facts);
  if (now > until) invalid("time", "valid-until", "over", facts);
  else valid("time", "valid-until", until === Infinity ? "open" : "within", facts);
};

// Any credential of this suite, also one that is not a record of ours.
const checkCredential = async (bytes, now) => {
  const into = report(), read = {};
  if (await inOrder(credentialChecks(bytes, read), into)) checkTerm(read, now, into);
  else notReached(into, ["time", "valid-from"], ["time", "valid-until"]);
  return into.findings;
};

// ---- record: what ours hold beyond that ----

const W3C_CONTEXT = "https://www.w3.org/ns/credentials/v2";
const CONTEXT_PATH = ".well-known/selvedge/context-v1.jsonld";
const CONTEXT_SRI = "sha256-YDFF+lUF79BW59cib52Ghv7Fog2Y0npf5KKKVY3omkM=";
const MEMBERS = ["@context", "credentialSubject", "id", "issuer", "relatedResource", "type", "validFrom", "validUntil"];
const KINDS = ["VerifiableCredential,Design", "VerifiableCredential,Design,PracticeRecord"];
const EXTENSIONS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };
const TEXTS = ["name", "description", "heldBy", "designedBy", "technique", "placeOfOrigin",
  "saidToDateFrom", "attribution", "notClaimed", "alsoUsedBy", "disclosureNote"];

const isString = (value) => typeof value === "string";
const isWord = (value) => isString(value) && value !== "";
const isLanguage = (value) => isString(value) && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(value);
const isList = (value, item) => Array.isArray(value) && value.length > 0 && value.every(item);
// An object with members of these kinds; a name that ends in "?" may be left out.
const isShape = (value, shape) => {
  if (!isObject(value)) return false;
  const names = Object.keys(shape).map((name) => name.replace("?", ""));
  return Object.keys(value).every((name) => names.includes(name)) &&
    Object.entries(shape).every(([name, fits]) =>
      name.endsWith("?") ? !has(value, name.slice(0, -1)) || fits(value[name.slice(0, -1)])
      : has(value, name) && fits(value[name]));
};
const isTexts = (value) => isList(value, (text) => isShape(text, { "@language": isLanguage, "@value": isWord }));
const isTerms = (value) => isList(value, (term) => isShape(term, { name: isTexts }));
// The digest in `sha256-<base64>`; null for any other.
const sri = (text) => isString(text) && text.startsWith("sha256-") ? hash32(text.slice(7)) : null;

const isDesign = (subject, base) => {
  const id = (text) => isString(text) && text.startsWith(`${base}designs/`) &&
    /^[a-z0-9-]+\/$/.test(text.slice(base.length + 8));
  const shape = { id, "holderKind?": isWord, "designKind?": isWord, "material?": isTerms, "motif?": isTerms };
  for (const name of TEXTS) shape[name === "name" ? name : `${name}?`] = isTexts;
  shape["story?"] = (stories) => isList(stories, (story) => isShape(story, {
    inLanguage: isLanguage, mediaType: (type) => type === "text/markdown", digestSRI: (text) => sri(text) !== null,
  }));
  shape["photograph?"] = (photographs) => isList(photographs, (photograph) => isShape(photograph, {
    id: isString, orientation: (n) => Number.isInteger(n) && n >= 1 && n <= 8, "description?": isTexts,
  }));
  return isShape(subject, shape);
};

// The file that a photograph of a record is bound to, by kind and digest.
const isBound = (resource, photograph, base) => {
  if (!isShape(resource, { id: isString, mediaType: isString, digestSRI: isString })) return false;
  const digest = sri(resource.digestSRI);
  const extension = has(EXTENSIONS, resource.mediaType) && EXTENSIONS[resource.mediaType];
  return digest && extension && resource.id === photograph.id &&
    resource.id === `${base}records/files/${hex(digest)}.${extension}`;
};

const recordChecks = (bytes, into) => [
  ...credentialChecks(bytes, into),
  ["profile", () => { if (!inProfile(into.whole)) refuse("outside-profile"); }],
  ["canonical", () => { if (jcs(into.whole) !== textOf(bytes)) refuse("other-bytes"); }],
  ["envelope", () => {
    const { document, method } = into;
    const base = into.base = parseDid(method.did).address;
    const context = { id: `${base}${CONTEXT_PATH}`, mediaType: "application/ld+json", digestSRI: CONTEXT_SRI };
    const fits = base && document.issuer === method.did && into.from !== -Infinity &&
      namesOf(document).every((name) => MEMBERS.includes(name)) &&
      jcs(document["@context"]) === jcs([W3C_CONTEXT, context.id]) &&
      Array.isArray(document.type) && document.type.every(isString) && KINDS.includes(document.type.join()) &&
      isString(document.id) &&
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(document.id) &&
      Array.isArray(document.relatedResource) && document.relatedResource.length > 0 &&
      jcs(document.relatedResource[0]) === jcs(context);
    if (!fits) refuse("other-envelope");
  }],
  ["subject", () => {
    const { credentialSubject: subject, relatedResource } = into.document;
    if (!isDesign(subject, into.base)) refuse("other-subject");
    const photographs = subject.photograph || [], files = relatedResource.slice(1);
    const bound = files.length === photographs.length &&
      files.every((file, i) => isBound(file, photographs[i], into.base));
    if (!bound) refuse("other-files");
  }],
];

// ---- log: C2SP signed-note, tlog-checkpoint, tlog-proof; RFC 6962 hashing ----

const B64_LINE = /^[A-Za-z0-9+\/]+={0,2}$/;
const hash32 = (line) => {
  const bytes = B64_LINE.test(line) ? base64(line) : null;
  return bytes && bytes.length === 32 ? bytes : null;
};
const count = (line) => /^(0|[1-9][0-9]{0,14})$/.test(line) ? Number(line) : null;

// `name+hex key id+base64(1, key)`; null unless all three agree.
const parseLogKey = async (text) => {
  const [, name, id, blob] = /^([^\s+\x00-\x1f\x7f-\x9f]+)\+([0-9a-f]{8})\+([A-Za-z0-9+\/]+=*)\n?$/.exec(text) || [];
  const typed = blob && base64(blob);
  if (!typed || typed.length !== 33 || typed[0] !== 1) return null;
  const digest = await sha256(concat(bytesOf(`${name}\n`), typed));
  return hex(digest.subarray(0, 4)) === id ? { name, id: unhex(id), key: typed.subarray(1) } : null;
};

// The text of a note and its signatures, still unchecked; null if it is no note.
const parseNote = (text) => {
  const split = text.lastIndexOf("\n\n");
  if (split < 0 || !text.endsWith("\n") || /[\x00-\x09\x0b-\x1f\x7f\ufeff]/.test(text)) return null;
  const signatures = [];
  for (const line of text.slice(split + 2, -1).split("\n")) {
    const [, name, blob] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+\/]+=*)$/.exec(line) || [];
    const bytes = blob && base64(blob);
    if (!bytes || bytes.length < 5) return null;
    signatures.push({ name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) });
  }
  return { text: text.slice(0, split + 1), signatures };
};

// Origin, size, root; lines behind them are extensions, which say nothing to us.
const parseCheckpoint = (text) => {
  const [origin, size, root, ...more] = text.split("\n");
  const head = { origin, size: count(size || ""), root: hash32(root || "") };
  const ends = more.pop() === "" && more.every((line) => line !== "");
  return origin && head.size !== null && head.root && ends ? head : null;
};

// Says whether this key signed a note; of several lines that name it all must be right.
const isSignedBy = async (note, logKey) => {
  const own = note.signatures.filter(({ name, id }) => name === logKey.name && equal(id, logKey.id));
  for (const { signature } of own) {
    if (!await verifyStrict(logKey.key, bytesOf(note.text), signature)) return false;
  }
  return own.length > 0;
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
  const note = parseNote(text.slice(split + 2));
  const head = note && parseCheckpoint(note.text);
  return head && { index, hashes, note, head };
};

const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);

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

// The published identity document must name the key for statements of this issuer.
const checkIdentity = ({ method }, bytes, { valid, invalid, notChecked }) => {
  if (!bytes) return notChecked("signer", "identity", "absent");
  let document;
  try { document = parseJson(bytes); } catch { return invalid("signer", "identity", "not-readable"); }
  const id = `${method.did}#${method.fragment}`;
  const listed = (list) => (isObject(document) && Array.isArray(document[list]) ? document[list] : []);
  const named = listed("verificationMethod").filter((entry) => isObject(entry) && entry.id === id);
  const states = document.id === method.did && listed("assertionMethod").includes(id) &&
    named.length === 1 && named[0].type === "Multikey" && named[0].controller === method.did &&
    named[0].publicKeyMultibase === method.fragment;
  return states
    ? valid("signer", "identity", "names-key", { issuer: method.did })
    : invalid("signer", "identity", "key-not-named", { issuer: method.did });
};

// The record stands in the log under the head that its proof carries; the log's key signed that.
const checkLog = async (recordId, proofText, vkeyText, { valid, invalid, notChecked }) => {
  if (!proofText) {
    notChecked("bytes", "inclusion", "absent");
    return notChecked("bytes", "checkpoint", "absent");
  }
  const proof = parseProof(proofText);
  if (!proof) {
    invalid("bytes", "inclusion", "not-readable");
    return notChecked("bytes", "checkpoint", "stands-on-another");
  }
  const { head, index } = proof;
  const facts = { origin: head.origin, number: index + 1, size: head.size };
  const leaf = await sha256(concat(LEAF, bytesOf(`selvedge.record/1 sha256:${recordId}\n`)));
  const root = await rootFrom(leaf, index, head.size, proof.hashes);
  if (root && equal(root, head.root)) valid("bytes", "inclusion", "included", facts);
  else invalid("bytes", "inclusion", "not-included", facts);
  if (!vkeyText) return notChecked("bytes", "checkpoint", "absent", facts);
  const logKey = await parseLogKey(vkeyText);
  return logKey && logKey.name === head.origin && await isSignedBy(proof.note, logKey)
    ? valid("bytes", "checkpoint", "signed", facts)
    : invalid("bytes", "checkpoint", "not-signed", facts);
};

// Compares the address that the page was opened from with the one that the issuer names.
const checkAddress = ({ base: named, method }, number, location, { valid, invalid, notChecked }) => {
  const { protocol, hostname, href } = location;
  const here = href.split(/[?#]/)[0];
  const facts = { here, named, issuer: method.did };
  const short = /\/V\/([^\/]*)/i.exec(here);
  if (short && /^[A-Z2-7]{32}$/i.test(short[1]) && short[1].toUpperCase() !== number) {
    return invalid("signer", "address", "other-number", { ...facts, number });
  }
  if (protocol === "file:") return notChecked("signer", "address", "opened-from-a-file", facts);
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    return notChecked("signer", "address", "preview", facts);
  }
  return here.startsWith(named)
    ? valid("signer", "address", "same-site", facts)
    : invalid("signer", "address", "wrong-site", facts);
};

// Checks all that the page holds. `evidence` holds base64 `record`, `identity`, texts `proof`, `log`.
const selvedgeCheck = async (evidence, { now, location }) => {
  const into = report(), read = {};
  const { findings, valid, invalid, notChecked } = into;
  const bytes = base64(evidence.record) || new Uint8Array();
  const facts = {};
  if (await inOrder(recordChecks(bytes, read), into)) {
    const digest = await sha256(bytes);
    Object.assign(facts, { recordId: hex(digest), number: shortId(digest) });
    await checkLog(facts.recordId, evidence.proof, evidence.log, into);
    if (read.document.type.includes("PracticeRecord")) invalid("signer", "practice", "is-practice");
    else valid("signer", "practice", "is-meant");
    checkIdentity(read, evidence.identity && base64(evidence.identity), into);
    checkAddress(read, facts.number, location, into);
    notChecked("signer", "signer", "no-trust-list", { issuer: read.method.did });
    notChecked("status", "status", "not-in-page");
    checkTerm(read, now, into);
    notChecked("time", "existed-by", "no-outside-evidence");
  } else {
    notReached(into, ["bytes", "inclusion"], ["bytes", "checkpoint"], ["signer", "practice"],
      ["signer", "signer"], ["status", "status"], ["time", "valid-from"], ["time", "valid-until"],
      ["time", "existed-by"]);
  }
  return { state: stateOf(findings), findings, ...facts };
};

// The first that applies. "Record intact" is not among them: a page has no trust list.
const stateOf = (findings) => {
  const refused = new Set(findings.filter((f) => f.verdict === "invalid").map((f) => f.check));
  if (refused.has("proof-present")) return "not-signed";
  if (findings.some((f) => f.verdict === "invalid" && f.axis === "bytes")) return "altered";
  if (refused.has("practice")) return "practice";
  if (refused.has("identity")) return "unknown-signer";
  if (refused.has("address")) return "wrong-site";
  if (refused.has("valid-until")) return "expired";
  if (refused.has("valid-from")) return "not-yet-in-force";
  return "agrees-with-itself";
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
  // A finding without words goes without saying: it holds, or stands on one that does not.
  for (const finding of result.findings) {
    const key = [finding.reason, finding.verdict].map((end) => `${finding.check}.${end}`)
      .find((key) => strings[key]);
    if (!key || finding.reason === "stands-on-another") continue;
    const item = element("li", "", `check-${finding.verdict}`);
    const mark = element("span", words(`mark.${finding.verdict}`), "check-mark");
    mark.setAttribute("aria-hidden", "true");
    const verdict = element("strong", words(`verdict.${finding.verdict}`));
    item.append(mark, " ", verdict, " ", words(key, finding));
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
    base64, checkCredential, engine, isSignedBy, jcs, parseCheckpoint, parseJson, parseLogKey, parseNote,
    parseProof, rootFrom, selvedgeCheck, sha256, unhex, verifyStrict,
  };
}
})();
