// The check that runs inside a record page: reads the evidence embedded in the page and says what
// was checked just now. It asks nobody: no request, no storage, works from file://.
//
// It mirrors the command's judge (docs/RECORD-FORMAT.md): same rules, same order, same names of
// findings; the tests run both on the same cases. In a record page it has no trust list, so the most
// it ever says there is "this page agrees with itself"; on the page where things are checked (`verify/`)
// trust.js beside this file gives it the site's. Runs after vendor/noble.js, which it uses where the browser
// has no SHA-256 or Ed25519 of its own, the table KINDS (kinds.json) and fold.js. How a page calls
// it: README.md beside this file.
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

const toBase58 = (bytes) => {
  let number = BigInt(`0x${hex(bytes)}`), digits = "";
  for (; number > 0n; number /= 58n) digits = ALPHABET[Number(number % 58n)] + digits;
  return digits;
};

// Base64 for addresses, without padding, one spelling only; null for anything else.
const base64url = (text) => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return base64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "="));
};

// Unpacks gzip (or what zlib writes, "deflate"), at most 16 MB; null for anything else, `undefined` if this
// browser cannot.
const MAX_UNPACKED = 1 << 24;
const gunzip = async (bytes, format = "gzip", most = MAX_UNPACKED) => {
  if (!globalThis.DecompressionStream) return undefined;
  try {
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
    const parts = [];
    for (let size = 0; size <= most;) {
      const { done, value } = await reader.read();
      if (done) return concat(...parts);
      parts.push(value);
      size += value.length;
    }
    await reader.cancel();
  } catch { /* it is no gzip */ }
  return null;
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

const isString = (value) => typeof value === "string";
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

// A hash as did:webvh writes it: base58 of a SHA-256 multihash.
const isMultihash = (text) => {
  const bytes = isString(text) && text.length <= 64 && base58(`z${text}`);
  return bytes && bytes.length === 34 && bytes[0] === 0x12 && bytes[1] === 0x20;
};

// A did:web or did:webvh (with the address that it names) or a did:key (with its key); null for
// any other.
const parseDid = (did) => {
  if (!isString(did)) return null;
  if (did.startsWith("did:key:")) {
    const key = multikey(did.slice(8));
    return key && isStrictPoint(key) ? { did, key } : null;
  }
  if (did.startsWith("did:webvh:")) {
    const [scid, ...place] = did.slice(10).split(":");
    const web = parseDid(`did:web:${place.join(":")}`);
    // The URL Standard takes a host whose last label is a number for an IPv4 address.
    const isNumber = web && /^([0-9]*|0x.*)$/.test(place[0].split("%3A")[0].split(".").at(-1));
    return web && scid.length === 46 && isMultihash(scid) && !isNumber ? { ...web, did, scid } : null;
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
  return issuer.key && !equal(issuer.key, key) ? null : { ...issuer, key, fragment };
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
const CONTEXT_SRI = "sha256-/E8mseAh7bIhjFpo5JJmsOtTVESdzgyc4yfxCLM9/HE=";
const MEMBERS = ["@context", "credentialStatus", "credentialSubject", "id", "issuer", "reissues",
  "relatedResource", "type", "validFrom", "validUntil"];
const SNAPSHOT = "BitstringStatusListCredential";
const EXTENSIONS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };
const TEXTS = ["name", "description", "heldBy", "designedBy", "technique", "placeOfOrigin",
  "saidToDateFrom", "attribution", "notClaimed", "alsoUsedBy", "disclosureNote"];

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

// ---- the other kinds: one check for the whole table KINDS ----

const URN = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const isUrn = (value) => isString(value) && URN.test(value);
const isLine = (value) => isWord(value) && [...value].length <= 200 && !/\p{Cc}/u.test(value);
const isAddress = (value) => isString(value) && /^https:\/\/[\x21-\x7e]{1,2000}$/.test(value);
const isDid = (value) => parseDid(value) !== null;
const isHash = (value) => isString(value) && hash32(value) !== null;
const isDigest = (value) => sri(value) !== null;
const isReference = (value) => isShape(value, { id: isUrn, digestSRI: isDigest });
const isPhotograph = (value, base) =>
  isShape(value, {
    id: (id) => isString(id) && id.startsWith(`${base}records/files/`) &&
      /^[0-9a-f]{64}\.(jpg|png|webp)$/.test(id.slice(base.length + 14)),
    orientation: (n) => Number.isInteger(n) && n >= 1 && n <= 8, "description?": isTexts,
  });

// An opened leaf of a sealed design: what was hashed, and its way to the root.
const isOpening = (value) => {
  const short = (text) => isString(text) && bytesOf(text).length <= 255 && !/\p{Cc}/u.test(text);
  const isShaped = isShape(value, {
    v: (v) => v === "selvedge.seal/1", issuer: isString, record: isUrn,
    index: (index) => Number.isInteger(index) && index >= 0 && index < value.n,
    n: (n) => [16, 64, 256].includes(n), salt: isHash,
    kind: (kind) => ["statement", "photograph", "story", "file", "dummy"].includes(kind),
    name: short, mediaType: (type) => short(type) && type.includes("/"),
    sha256: (digest) => isString(digest) && /^[0-9a-f]{64}$/.test(digest),
  });
  if (!isShaped || value.kind !== "dummy") return isShaped && value.name !== "";
  return value.name === "" && value.mediaType === "application/octet-stream" && /^0+$/.test(value.sha256);
};
const isLeaf = (value) =>
  isShape(value, {
    index: (index) => Number.isInteger(index), opening: isOpening,
    path: (path) => Array.isArray(path) && path.every(isHash),
  }) && value.index === value.opening.index;

const FORMS = {
  text: isTexts,
  word: isLine,
  kind: (value) => isString(value) && has(KINDS, value),
  day: (value) => isString(value) && value.length === 10 && !Number.isNaN(instant(`${value}T00:00:00Z`)),
  instant: (value) => !Number.isNaN(instant(value)),
  flag: (value) => typeof value === "boolean",
  // Which currencies there are is for the command to know.
  money: (value) => isShape(value, {
    amount: (text) => isString(text) && /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$/.test(text),
    currency: (code) => isString(code) && /^[A-Z]{3}$/.test(code),
  }),
  hash: isHash,
  bytes: (value) => isWord(value) && base64(value) !== null,
  statusList: (value) => isString(value) && value.length > 1 && value[0] === "u" && base64url(value.slice(1)) !== null,
  leaf: isLeaf,
  key: (value) => isString(value) && parseDid(`did:key:${value}`) !== null,
  did: isDid,
  address: isAddress,
  document: (value) => isShape(value, { digestSRI: isDigest, "mediaType?": isLine, "name?": isTexts }),
  photograph: isPhotograph,
  thing: (value) => isShape(value, { id: isUrn, digestSRI: isDigest, "name?": isTexts }) ||
    isShape(value, { id: (id) => isAddress(id) || isDid(id), "name?": isTexts }),
  party: (value) => isShape(value, {
    "id?": (id) => isAddress(id) || isDid(id), "name?": isTexts, "commitment?": isHash,
  }) && Object.keys(value).length > 0,
};

// Says whether a value has a form of the table; `photographs` gathers those that it meets, in order.
const isForm = (form, value, base, photographs) => {
  if (form === "photograph") photographs.push(value);
  if (isString(form)) return FORMS[form](value, base);
  if (form.choice) return form.choice.includes(value);
  if (form.count) return Number.isSafeInteger(value) && value >= form.count[0] && value <= form.count[1];
  if (form.record) return isReference(value);
  if (form.list) return isList(value, (item) => isForm(form.list, item, base, photographs));
  return isObject(value) && hasFields(form.object, value, base, photographs);
};
const hasFields = (fields, value, base, photographs) =>
  Object.keys(value).every((name) => fields.some(([known]) => known === name)) &&
  fields.every(([name, form, isNeeded]) =>
    has(value, name) ? isForm(form, value[name], base, photographs) : !isNeeded);

// ---- status: places in the lists ----

const LIST_SIZE = 131072;
const PURPOSES = ["revocation", "suspension"];
const listAddress = (base, purpose, position) => `${base}status/${purpose}-${Math.floor(position / LIST_SIZE)}.json`;

const statusEntries = (base, position) => PURPOSES.map((statusPurpose) => {
  const url = listAddress(base, statusPurpose, position), index = position % LIST_SIZE;
  return {
    id: `${url}#${index}`, type: "BitstringStatusListEntry", statusPurpose,
    statusListIndex: String(index), statusListCredential: url,
  };
});

// The position that a member `credentialStatus` says; null if it is not written as records have it.
const positionOf = (status, base) => {
  const [first] = Array.isArray(status) ? status : [];
  if (!isObject(first) || !isString(first.statusListIndex) || !isString(first.statusListCredential)) return null;
  const [, list] = /-(\d+)\.json$/.exec(first.statusListCredential) || [];
  const position = Number(list) * LIST_SIZE + Number(first.statusListIndex);
  return Number.isSafeInteger(position) && position >= 0 &&
    jcs(status) === jcs(statusEntries(base, position)) ? position : null;
};

// The address that a record's context hangs on; null if it is not in its one spelling.
const baseOf = (context) => {
  const url = Array.isArray(context) && context.length === 2 && context[0] === W3C_CONTEXT && context[1];
  if (!isString(url) || !url.startsWith("https://") || !url.endsWith(`/${CONTEXT_PATH}`)) return null;
  const base = url.slice(0, -CONTEXT_PATH.length);
  const [authority, ...path] = base.slice(8, -1).split("/");
  const web = parseDid(["did:web", authority.replace(":", "%3A"), ...path].join(":"));
  return web && web.address === base ? base : null;
};

const recordChecks = (bytes, into) => [
  ...credentialChecks(bytes, into),
  ["profile", () => { if (!inProfile(into.whole)) refuse("outside-profile"); }],
  ["canonical", () => { if (jcs(into.whole) !== textOf(bytes)) refuse("other-bytes"); }],
  ["envelope", () => {
    const { document, method } = into;
    const base = into.base = baseOf(document["@context"]);
    const [credential, kind, practice, ...more] = Array.isArray(document.type) ? document.type : [];
    const context = { id: `${base}${CONTEXT_PATH}`, mediaType: "application/ld+json", digestSRI: CONTEXT_SRI };
    const isOwn = base && (method.address === undefined || method.address === base);
    const fits = isOwn && document.issuer === method.did && into.from !== -Infinity &&
      namesOf(document).every((name) => MEMBERS.includes(name)) &&
      credential === "VerifiableCredential" && isString(kind) && has(KINDS, kind) &&
      [undefined, "PracticeRecord"].includes(practice) && more.length === 0 &&
      isUrn(document.id) &&
      Array.isArray(document.relatedResource) && document.relatedResource.length > 0 &&
      jcs(document.relatedResource[0]) === jcs(context);
    if (!fits) refuse("other-envelope");
    const { term } = KINDS[kind];
    if (term !== "Possible" && (term === "Needed") !== has(document, "validUntil")) refuse("other-term");
    into.position = has(document, "credentialStatus") ? positionOf(document.credentialStatus, base) : undefined;
    const isReissue = has(document, "reissues");
    if (into.position === null || isReissue && !isReference(document.reissues)) refuse("other-envelope");
    if (kind === SNAPSHOT && (into.position !== undefined || isReissue)) refuse("other-envelope");
    Object.assign(into, { kind, isPractice: practice !== undefined });
  }],
  ["subject", () => {
    const { base, kind, document: { credentialSubject: subject, relatedResource } } = into;
    let photographs = [];
    const fits = kind === "Design" ? isDesign(subject, base)
      : isObject(subject) && hasFields(KINDS[kind].fields, subject, base, photographs);
    if (!fits) refuse("other-subject");
    if (kind === "Design") photographs = subject.photograph || [];
    const files = relatedResource.slice(1);
    const bound = files.length === photographs.length &&
      files.every((file, i) => isBound(file, photographs[i], base));
    if (!bound) refuse("other-files");
  }],
];

// Of which seal an opened leaf says to be, and the root that it leads to.
const leadsTo = async ({ opening, path }) => {
  const { issuer, record, index, n } = opening;
  const leaf = await sha256(concat(LEAF, bytesOf(jcs(opening))));
  const root = await rootFrom(leaf, index, n, path.map(hash32));
  return { issuer, record, n, root: root && btoa(String.fromCharCode(...root)) };
};

// A record read whole, as the fold takes it; null if one of its own checks does not hold.
const readRecord = async (bytes) => {
  const read = {};
  if (!bytes || !await inOrder(recordChecks(bytes, read), report())) return null;
  const { document, kind, method, created, from, until, base, isPractice } = read;
  const subject = document.credentialSubject;
  const packed = kind === SNAPSHOT ? base64url(subject.encodedList.slice(1)) : null;
  return {
    id: hex(await sha256(bytes)), uuid: document.id, kind, issuer: method.did, created, from, until, base,
    position: read.position ?? null, reissues: foldLog.reference(document.reissues), key: method.fragment,
    subject, isPractice, places: packed && await gunzip(packed),
    leaves: await Promise.all((kind === "Disclosure" ? subject.opened : []).map(leadsTo)),
  };
};

// ---- log: C2SP signed-note, tlog-checkpoint, tlog-proof; RFC 6962 hashing ----

const B64_LINE = /^[A-Za-z0-9+\/]+={0,2}$/;
const hash32 = (line) => {
  const bytes = B64_LINE.test(line) ? base64(line) : null;
  return bytes && bytes.length === 32 ? bytes : null;
};
const count = (line) => /^(0|[1-9][0-9]{0,14})$/.test(line) ? Number(line) : null;

// `name+hex key id+base64(type, key)`, type 1 for a log and 4 for a witness; null unless all three
// agree.
const parseLogKey = async (text, type = 1) => {
  if (!isString(text)) return null;
  const [, name, id, blob] = /^([^\s+\x00-\x1f\x7f-\x9f]+)\+([0-9a-f]{8})\+([A-Za-z0-9+\/]+=*)\n?$/.exec(text) || [];
  const typed = blob && base64(blob);
  if (!typed || typed.length !== 33 || typed[0] !== type) return null;
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

// When a witness saw this head by its own clock, in milliseconds: the earliest, if its key made
// several lines. NaN if one does not hold, `undefined` if it made none.
const cosignedAt = async (note, witness) => {
  let earliest;
  for (const { name, id, signature: bytes } of note.signatures) {
    if (name !== witness.name || !equal(id, witness.id)) continue;
    const seconds = bytes.length === 72 ? Number(BigInt(`0x${hex(bytes.subarray(0, 8))}`)) : 0;
    const message = bytesOf(`cosignature/v1\ntime ${seconds}\n${note.text}`);
    // The calendar of the dates that we show ends with the year 9999.
    const holds = seconds > 0 && seconds < 253402300800 &&
      await verifyStrict(witness.key, message, bytes.subarray(8));
    if (!holds) return NaN;
    earliest = Math.min(earliest ?? Infinity, seconds * 1000);
  }
  return earliest;
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

// ---- did:webvh: a history of keys, mirroring src/provenance/webvh ----

const MAX_VERSIONS = 10000;
const PARAMETERS = ["method", "scid", "updateKeys", "nextKeyHashes", "witness", "watchers", "portable", "deactivated", "ttl"];
const isKey = (text) => FORMS.key(text);

// What does not hold: one of `form`, `parameters`, `time`, `scid`, `hash`, `proof`, `did`,
// `witness`, `end`, with the version's number.
class Fault extends Error {
  constructor(check, entry = 0) { super(check); this.check = check; this.entry = entry; }
}
const need = (holds, check) => { if (!holds) throw new Fault(check); };

const multihash = async (bytes) => toBase58(concat([0x12, 0x20], await sha256(bytes)));

// A time in UTC as any implementation writes it, in nanoseconds; null for anything else.
const instantOfAny = (text) => {
  const [, second, fraction] = isString(text) && /^(.{19})(?:\.(\d{1,9}))?Z$/.exec(text) || [];
  const at = instant(`${second}Z`);
  return Number.isNaN(at) ? null : BigInt(at) * 1000000n + BigInt((fraction || "").padEnd(9, "0"));
};

// The key of a Data Integrity proof that holds over a document; null if it does not.
const proofKey = async (proof, document) => {
  const known = ["type", "cryptosuite", "verificationMethod", "created", "proofPurpose", "proofValue"];
  if (!isObject(proof) || namesOf(proof).some((name) => !known.includes(name))) return null;
  const { type, cryptosuite, verificationMethod: method, proofPurpose, proofValue } = proof;
  if (type !== "DataIntegrityProof" || cryptosuite !== "eddsa-jcs-2022" || proofPurpose !== "assertionMethod") return null;
  if (has(proof, "created") && instantOfAny(proof.created) === null) return null;
  const key = isString(method) && method.slice(method.indexOf("#") + 1);
  if (!isKey(key) || method !== `did:key:${key}#${key}`) return null;
  const signature = base58(proofValue);
  if (!signature) return null;
  const config = await sha256(bytesOf(jcs(without(proof, "proofValue"))));
  const signed = concat(config, await sha256(bytesOf(jcs(document))));
  return await verifyStrict(multikey(key), signed, signature) ? key : null;
};

const readWitnesses = (value) => {
  if (value === null || isObject(value) && namesOf(value).length === 0) return { threshold: 0, keys: [] };
  need(isObject(value), "parameters");
  const listed = Array.isArray(value.witnesses) ? value.witnesses : [];
  // One implementation leaves the method out.
  const keys = listed.map((witness) =>
    isObject(witness) && isString(witness.id) ? witness.id.replace(/^did:key:/, "") : null);
  const { threshold } = value;
  need(keys.every(isKey) && new Set(keys).size === keys.length, "parameters");
  need(Number.isSafeInteger(threshold) && threshold >= 1 && threshold <= keys.length, "parameters");
  return { threshold, keys };
};

const readParameters = async (given, before) => {
  need(namesOf(given).every((name) => PARAMETERS.includes(name)), "parameters");
  need(given.method === "did:webvh:1.0" || before && !has(given, "method"), "parameters");
  need(has(given, "scid") === !before, "parameters");
  const now = { updateKeys: [], nextKeyHashes: [], witness: readWitnesses(null), portable: false, deactivated: false, ...before };
  const announced = before && before.nextKeyHashes.length > 0 ? before.nextKeyHashes : null;
  if (has(given, "updateKeys")) {
    const keys = given.updateKeys ?? []; // `null` is the default, which is none
    need(Array.isArray(keys) && keys.every(isKey), "parameters");
    now.updateKeys = keys;
  } else {
    need(before && !announced, "parameters");
  }
  if (announced) {
    for (const key of now.updateKeys) need(announced.includes(await multihash(bytesOf(key))), "parameters");
    need(has(given, "nextKeyHashes"), "parameters");
  }
  if (has(given, "nextKeyHashes")) {
    const hashes = given.nextKeyHashes ?? [];
    need(Array.isArray(hashes) && hashes.every(isMultihash), "parameters");
    now.nextKeyHashes = hashes;
  }
  if (has(given, "witness")) now.witness = readWitnesses(given.witness);
  for (const name of ["portable", "deactivated"]) {
    if (!has(given, name)) continue;
    const value = given[name] ?? false;
    need(typeof value === "boolean" && (name !== "portable" || !value || !before), "parameters");
    now[name] = value;
  }
  const { ttl, watchers } = given;
  need((ttl ?? null) === null || Number.isSafeInteger(ttl) && ttl >= 0, "parameters");
  need((watchers ?? null) === null || Array.isArray(watchers) && watchers.every(isString), "parameters");
  need(now.updateKeys.length > 0 || now.deactivated, "parameters");
  return now;
};

const readVersion = async (line, number, before, now) => {
  let entry = null;
  try { entry = parseJson(bytesOf(line)); } catch { /* refused below */ }
  need(isObject(entry) && namesOf(entry).join() === "parameters,proof,state,versionId,versionTime", "form");
  need(!before || !before.parameters.deactivated, "end");
  const { proof, versionId, versionTime, parameters: given, state } = entry;
  const document = without(entry, "proof");
  const [, digits, hash] = isString(versionId) && /^([1-9][0-9]{0,9})-(.+)$/.exec(versionId) || [];
  need(Number(digits) === number && isMultihash(hash), "hash");
  const time = instantOfAny(versionTime);
  need(time !== null && (!before || time > before.time) && time <= BigInt(now) * 1000000n, "time");
  need(isObject(given), "parameters");
  const parameters = await readParameters(given, before && before.parameters);

  const name = parseDid(isObject(state) ? state.id : null);
  need(name && name.scid, "did");
  if (!before) need(given.scid === name.scid, "did");
  else if (name.did !== before.did) {
    need(name.scid === before.scid && before.parameters.portable, "did");
    need(Array.isArray(state.alsoKnownAs) && state.alsoKnownAs.includes(before.did), "did");
  }

  // The hashes: of the first entry with the placeholder, and of each in the chain.
  if (!before) {
    need(!line.includes("{SCID}"), "scid");
    const open = jcs({ ...document, versionId: "{SCID}" }).replaceAll(name.scid, "{SCID}");
    let scid = null;
    try { scid = await multihash(bytesOf(jcs(parseJson(bytesOf(open))))); } catch { /* two names became one */ }
    need(scid === name.scid, "scid");
  }
  const predecessor = before ? before.versionId : name.scid;
  need(hash === await multihash(bytesOf(jcs({ ...document, versionId: predecessor }))), "hash");

  const isHandedOver = before && before.parameters.nextKeyHashes.length === 0;
  const authorized = (isHandedOver ? before.parameters : parameters).updateKeys;
  need(Array.isArray(proof) && proof.length > 0, "proof");
  for (const one of proof) need(authorized.includes(await proofKey(one, document)), "proof");
  return { versionId, time, parameters, did: name.did, scid: name.scid, address: name.address, document: state };
};

// Who of the witnesses signed what: a proof stands for all versions before it too.
const checkWitnesses = async (versions, file) => {
  const signed = new Map();
  if (file) {
    let proofs = null;
    try { proofs = parseJson(file); } catch { /* refused below */ }
    need(Array.isArray(proofs), "witness");
    for (const entry of proofs) {
      need(isObject(entry) && isString(entry.versionId), "witness");
      // A version that is not in the log yet is not ours to judge.
      const at = versions.findIndex(({ versionId }) => versionId === entry.versionId);
      for (const proof of at >= 0 && Array.isArray(entry.proof) ? entry.proof : []) {
        const key = await proofKey(proof, { versionId: entry.versionId });
        need(key, "witness");
        signed.set(key, Math.max(at, signed.get(key) ?? -1));
      }
    }
  }
  versions.forEach((version, at) => {
    const none = { threshold: 0, keys: [] };
    const before = at > 0 ? versions[at - 1].parameters.witness : none;
    const own = version.parameters.witness;
    const signers = ({ keys }) => keys.filter((key) => (signed.get(key) ?? -1) >= at).length;
    // Those of the version before it: a thief could name her own. Where there were none yet, its own.
    const active = before.keys.length > 0 ? before : own;
    if (signers(active) < active.threshold) throw new Fault("witness", at + 1);
  });
};

// Verifies a did.jsonl with its did-witness.json; gives its versions, or throws a Fault.
const readHistory = async (log, file, now) => {
  need(log.length <= MAX_BYTES * 8, "form");
  let text = "";
  try { text = textOf(log); } catch { throw new Fault("form"); }
  const versions = [];
  for (const line of text.split("\n")) {
    if (/^[ \t\r]*$/.test(line)) continue;
    need(versions.length < MAX_VERSIONS, "form");
    try {
      versions.push(await readVersion(line, versions.length + 1, versions.at(-1), now));
    } catch (error) {
      throw error instanceof Fault ? new Fault(error.check, versions.length + 1) : error;
    }
  }
  need(versions.length > 0, "form");
  await checkWitnesses(versions, file);
  return versions;
};

// What our own issuers write into a version: keys of records, and the one register. Null for
// anything that could be written in another way.
const issuerDocument = async (document) => {
  const name = parseDid(document.id);
  const { alsoKnownAs: also, verificationMethod: methods, service } = document;
  if (!name || !name.scid || ![also, methods, service].every(Array.isArray) || service.length !== 1 || !methods.every(isObject)) return null;
  const former = also.slice(1), keys = methods.map((method) => method.publicKeyMultibase);
  const register = isObject(service[0]) && service[0].serviceEndpoint;
  if (!isObject(register) || keys.length === 0 || !keys.every(isKey)) return null;
  if (!former.every((did) => isString(did) && did.startsWith(`did:webvh:${name.scid}:`) && isDid(did))) return null;
  const { did } = name;
  const logKey = await parseLogKey(register.vkey);
  const { cuts = [], earlier = [] } = register;
  if (!logKey || !Array.isArray(cuts) || !Array.isArray(earlier)) return null;
  const isSize = (n) => Number.isSafeInteger(n) && n >= 0;
  if (!cuts.every((cut) => isShape(cut, { key: isKey, size: isSize, root: isHash }))) return null;
  const logKeys = [logKey];
  for (const one of earlier) {
    const key = isShape(one, { vkey: isString, size: isSize, root: isHash }) && await parseLogKey(one.vkey);
    if (!key) return null;
    logKeys.push({ ...key, most: one.size });
  }
  const written = {
    "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    id: did, alsoKnownAs: [did.replace(/^did:webvh:[^:]*/, "did:web"), ...former],
    verificationMethod: keys.map((key) => ({ id: `${did}#${key}`, controller: did, type: "Multikey", publicKeyMultibase: key })),
    assertionMethod: keys.map((key) => `${did}#${key}`),
    service: [{ id: `${did}#register`, type: "SelvedgeRegister", serviceEndpoint: {
      origin: logKey.name, vkey: register.vkey,
      ...(cuts.length > 0 ? { cuts } : {}), ...(earlier.length > 0 ? { earlier } : {}),
    } }],
  };
  // One key has one role, and one that was stolen has none.
  const roles = [...keys, ...cuts.map(({ key }) => key)];
  const isDistinct = new Set(roles).size === roles.length && !roles.some((key) => equal(multikey(key), logKey.key));
  return isDistinct && !register.vkey.endsWith("\n") && jcs(written) === jcs(document)
    ? { former, keys, logKeys, cuts } : null;
};

// The identity that a history gives: whose it is, its keys at each version, its log, its cuts.
const readIdentity = async (log, file, now) => {
  const history = await readHistory(log, file, now), versions = new Map();
  let latest;
  for (const version of history) {
    latest = await issuerDocument(version.document);
    need(latest, "form");
    versions.set(version.versionId, latest.keys);
  }
  const { did, scid, address, parameters } = history.at(-1);
  need(latest.former.every((name) => history.some((version) => version.did === name)), "did");
  need(!parameters.deactivated, "end");
  const addresses = history.map((version) => version.address);
  const updateKeys = history.flatMap((version) => version.parameters.updateKeys);
  return { did, scid, address, addresses, versions, updateKeys, logKeys: latest.logKeys, cuts: latest.cuts };
};

// ---- the evidence of a page ----

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const MAX_LIST = 64, MAX_BODIES = 10000;

// The first 160 bits of a record id as 32 characters.
const shortId = (digest) => {
  let bits = 0n;
  for (const byte of digest.subarray(0, 20)) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: 32 }, (_, i) => BASE32[Number((bits >> BigInt(155 - 5 * i)) & 31n)]).join("");
};

// The evidence with members of the right sorts only, so that nothing in it can throw later.
const sorted = (evidence) => {
  const given = isObject(evidence) ? evidence : {};
  const text = (name) => isString(given[name]) && given[name] !== "" ? given[name] : undefined;
  const list = (name, most, fits) => Array.isArray(given[name]) ? given[name].slice(0, most).filter(fits) : [];
  return {
    record: base64(text("record")) || new Uint8Array(),
    identity: text("identity") && (base64(text("identity")) || new Uint8Array()),
    proof: text("proof"), log: text("log"), sideSignature: text("sideSignature"),
    didLog: text("didLog") && (base64(text("didLog")) || new Uint8Array()),
    didWitness: text("didWitness") && (base64(text("didWitness")) || new Uint8Array()),
    heads: list("heads", MAX_LIST, isString),
    headProofs: list("headProofs", MAX_LIST, isString),
    witnesses: list("witnesses", MAX_LIST, (one) => isObject(one) && isWord(one.name) && isString(one.vkey)),
    snapshots: list("snapshots", 8, isString),
    people: list("people", MAX_LIST, isString),
    charter: isObject(given.charter) && isString(given.charter.record) && isString(given.charter.proof) ? given.charter : undefined,
    entries: text("entries"),
    bodies: list("bodies", MAX_BODIES, (one) => one === null || isString(one)),
  };
};

// The published identity document must name the key for statements of this issuer.
const namesKey = (bytes, did, fragment) => {
  const document = parseJson(bytes);
  const id = `${did}#${fragment}`;
  const listed = (list) => (isObject(document) && Array.isArray(document[list]) ? document[list] : []);
  const named = listed("verificationMethod").filter((entry) => isObject(entry) && entry.id === id);
  return document.id === did && listed("assertionMethod").includes(id) &&
    named.length === 1 && named[0].type === "Multikey" && named[0].controller === did &&
    named[0].publicKeyMultibase === fragment;
};

// Whose key it is: by the history of keys that the page holds, by an identity document, or by the
// name itself. Answers the identity that the history gives, if there is one that holds.
const checkIdentity = async ({ method }, evidence, now, { valid, invalid, notChecked }) => {
  const { did, scid, fragment, address } = method;
  const facts = { issuer: did };
  let identity = null;
  if (evidence.didLog) {
    try {
      identity = await readIdentity(evidence.didLog, evidence.didWitness, now);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      invalid("signer", "identity", "history-does-not-hold", { ...facts, fault: error.check, version: error.entry });
    }
  }
  const holds = evidence.didLog ? identity !== null : null;
  if (scid && holds && identity.scid !== scid) {
    invalid("signer", "identity", "history-of-another", facts);
  } else if (scid && holds) {
    valid("signer", "identity", "history-holds", { ...facts, versions: identity.versions.size });
  } else if (holds !== false && did.startsWith("did:key:")) {
    valid("signer", "identity", "name-is-key", facts);
  } else if (holds !== false && !scid && evidence.identity) {
    let names = false, reason = "key-not-named";
    try { names = namesKey(evidence.identity, did, fragment); } catch { reason = "not-readable"; }
    if (names) valid("signer", "identity", "names-key", facts);
    else invalid("signer", "identity", reason, facts);
  } else if (holds !== false) {
    notChecked("signer", "identity", "absent", facts);
  }
  const own = identity && identity.scid === scid ? identity : null;
  if (!scid) valid("signer", "key-in-force", address ? "no-history" : "name-is-key");
  else if (!own) notChecked("signer", "key-in-force", "no-history-at-hand");
  else {
    const isListed = [...own.versions.values()].some((keys) => keys.includes(fragment));
    if (!isListed) invalid("signer", "key-in-force", "key-not-named", facts);
    else valid("signer", "key-in-force", "named", facts);
  }
  return identity;
};

// The keys that may have signed heads of this log: those of the history, or else the one beside it.
const logKeysOf = async (evidence, identity) => {
  if (identity) return identity.logKeys;
  // What a history that does not hold names is nobody's, and nothing beside it takes its place.
  if (evidence.didLog) return [];
  const key = evidence.log && await parseLogKey(evidence.log);
  return key ? [key] : [];
};
const isHeadSigned = async (note, head, logKeys) => {
  // A key that was replaced signs no head that is larger than the log was then.
  const may = (key) => key.name === head.origin && !(head.size > key.most);
  for (const key of logKeys) if (may(key) && await isSignedBy(note, key)) return true;
  return false;
};

const leafOf = (entry) => sha256(concat(LEAF, bytesOf(entry)));
const entryOf = (recordId) => `selvedge.record/1 sha256:${recordId}\n`;
const isIncluded = async ({ head, index, hashes }, recordId) => {
  const root = await rootFrom(await leafOf(entryOf(recordId)), index, head.size, hashes);
  return root !== null && equal(root, head.root);
};

// Names that are kept apart from what is signed: each that the page holds must open what the record commits to.
const PERSON = "selvedge.person/1", MAX_PERSON = 16384;
const committed = (value) => !isObject(value) && !Array.isArray(value) ? [] :
  Object.entries(value).flatMap(([name, inner]) => name === "commitment" && isHash(inner) ? [inner] : committed(inner));
const isPerson = (value) => isShape(value, {
  v: (v) => v === PERSON, issuer: isString, record: isUrn, salt: isHash, name: isTexts, "detail?": isTexts,
});
const openPerson = async (text, { id, issuer }, commitments) => {
  const bytes = base64(text);
  if (!bytes || bytes.length > MAX_PERSON) return null;
  try {
    const opening = parseJson(bytes);
    if (!isPerson(opening) || jcs(opening) !== textOf(bytes) || opening.record !== id || opening.issuer !== issuer) return null;
    const commitment = btoa(String.fromCharCode(...await sha256(concat(bytesOf(`${PERSON}\n`), bytes))));
    return commitments.includes(commitment) ? { commitment, name: opening.name[0]["@value"] } : null;
  } catch { return null; }
};
const checkPeople = async ({ document }, { people }, { valid, invalid, notChecked }) => {
  const commitments = committed(document.credentialSubject), opened = new Set();
  for (const text of people) {
    const person = await openPerson(text, document, commitments);
    if (!person) invalid("signer", "people", "other");
    else if (!opened.has(person.commitment)) valid("signer", "people", "opens", { name: person.name });
    if (person) opened.add(person.commitment);
  }
  if (commitments.some((one) => !opened.has(one))) notChecked("signer", "people", "apart");
};

// The record stands in the log under the head that its proof carries; the log's key signed that.
// Answers the proof, if all of it holds.
const checkLog = async (recordId, proof, evidence, logKeys, { valid, invalid, notChecked }) => {
  if (!evidence.proof) {
    notChecked("bytes", "inclusion", "absent");
    notChecked("bytes", "checkpoint", "absent");
    return null;
  }
  if (!proof) {
    invalid("bytes", "inclusion", "not-readable");
    notChecked("bytes", "checkpoint", "stands-on-another");
    return null;
  }
  const { head, index } = proof;
  const facts = { origin: head.origin, number: index + 1, size: head.size };
  const holds = await isIncluded(proof, recordId);
  if (holds) valid("bytes", "inclusion", "included", facts);
  else invalid("bytes", "inclusion", "not-included", facts);
  if (logKeys.length === 0 && (evidence.didLog || !evidence.log)) {
    notChecked("bytes", "checkpoint", "absent", facts);
    return null;
  }
  const isSigned = await isHeadSigned(proof.note, head, logKeys);
  if (isSigned) valid("bytes", "checkpoint", "signed", facts);
  else invalid("bytes", "checkpoint", "not-signed", facts);
  return holds && isSigned ? proof : null;
};

// The addresses that the register's owner lists as its own, in its charter that is in force, each with how that is known. Which
// charter is the last only a whole log tells; whose it is, only a history of keys.
const SITE = /^https:\/\/[a-z0-9.-]+(:[0-9]+)?(\/[A-Za-z0-9._~-]+)*\/?$/;
const sitesOf = ({ subject }, known) => (subject.site || []).filter((site) => SITE.test(site))
  .map((site) => ({ site: site.replace(/\/?$/, "/"), ...known }));
const isOwnersCharter = ({ kind, issuer, from, until, isPractice }, { did }, now) =>
  kind === "Charter" && !isPractice && from <= now && now <= until && foldLog.sameIssuer(issuer, did);
const listedSites = (identity, { standings, gap, breaches, isBehind, charters }, now) => {
  if (!identity || !standings || gap || isBehind || breaches.length > 0) return [];
  const charter = charters.filter((one) => isOwnersCharter(one, identity, now) && standings.get(one.id).condition === "in-force").pop();
  return charter ? sitesOf(charter, { reason: "listed" }) : [];
};

// Those by the charter that a page without the whole log brings along: in the log, and in force by the owner's signed lists.
// Whether she signed another since, such a page cannot know, so it says as of which day.
const broughtSites = async (evidence, identity, folded, logKeys, now) => {
  if (!identity || !evidence.charter || evidence.entries || folded.isDisowned) return [];
  const read = {}, bytes = base64(evidence.charter.record), proof = parseProof(evidence.charter.proof);
  if (!bytes || !proof || !await inOrder(recordChecks(bytes, read), report())) return [];
  const charter = { ...read, issuer: read.method.did, subject: read.document.credentialSubject };
  const isKey = [...identity.versions.values()].some((keys) => keys.includes(read.method.fragment)) &&
    !identity.cuts.some(({ key }) => key === read.method.fragment);
  const isInLog = isKey && isOwnersCharter(charter, identity, now) &&
    await isIncluded(proof, hex(await sha256(bytes))) && await isHeadSigned(proof.note, proof.head, logKeys);
  if (!isInLog) return [];
  const { isCurrent, isRevoked, isSuspended, asOf } = await readLists(evidence, identity, folded, read, proof, now);
  return isCurrent && !isRevoked && !isSuspended ? sitesOf(charter, { reason: "listed-then", date: day(asOf.from) }) : [];
};

// Compares the address that the page was opened from with the one that the issuer names.
const checkAddress = ({ base: named, method }, identity, sites, number, location, { valid, invalid, notChecked }) => {
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
  // Who moved with her history of keys published her older records at another address.
  const isOwners = identity !== null && identity.addresses.includes(named);
  const isMoved = isOwners && identity.scid === method.scid;
  const listed = isOwners && sites.find(({ site }) => here.startsWith(site));
  if (listed) return valid("signer", "address", listed.reason, { ...facts, date: listed.date });
  return here.startsWith(isMoved ? identity.address : named)
    ? valid("signer", "address", "same-site", facts)
    : invalid("signer", "address", "wrong-site", facts);
};

// ---- status: what the whole log says, or the issuer's signed lists ----

// The root of a whole log (RFC 9162, 2.1.1).
const rootOf = async (leaves) => {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) {
    const next = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? await sha256(concat(NODE, level[i], level[i + 1])) : level[i]);
    }
    level = next;
  }
  return level[0];
};

// Folds the log that the page holds. Null if it holds none, or not one that a signed head fits;
// `reason` says why it cannot answer.
const foldPage = async ({ entries, bodies, heads, headProofs, proof }, identity, logKeys, read) => {
  if (!entries) return { reason: "not-in-page" };
  const lines = entries.split("\n");
  if (lines.pop() !== "" || lines.length > MAX_BODIES) return { reason: "log-not-readable" };
  const leaves = await Promise.all(lines.map((line) => leafOf(`${line}\n`)));
  const root = await rootOf(leaves);
  let isHeld = false;
  const notes = [...heads.map(parseNote), ...[proof, ...headProofs].map((text) => text && (parseProof(text) || {}).note)];
  for (const note of notes) {
    const head = note && parseCheckpoint(note.text);
    isHeld ||= Boolean(head) && head.size === lines.length && equal(head.root, root) &&
      await isHeadSigned(note, head, logKeys);
  }
  if (!isHeld) return { reason: "log-under-no-head" };
  // Heads that others saw are beginnings of this log; that of an earlier log stands under another name.
  for (const note of notes) {
    const head = note && parseCheckpoint(note.text);
    if (!head || head.origin !== logKeys[0].name) continue;
    // One that is larger was signed of a log that has been cut off since.
    const isOther = head.size > leaves.length || !equal(head.root, await rootOf(leaves.slice(0, head.size)));
    if (isOther && await isHeadSigned(note, head, logKeys)) return { reason: "log-has-forked", isDisowned: true };
  }
  // The head from which a stolen key counts no more is of this log, unless that went on under another name.
  const isOneLog = logKeys.every(({ name }) => name === logKeys[0].name);
  for (const cut of identity && isOneLog ? identity.cuts : []) {
    const root = cut.size <= leaves.length && await rootOf(leaves.slice(0, cut.size));
    if (!root || !equal(root, base64(cut.root))) return { reason: "other-cut", isDisowned: true };
  }
  const items = [];
  let next = 0;
  for (const line of lines) {
    const [, id] = /^selvedge\.record\/1 sha256:([0-9a-f]{64})$/.exec(line) || [];
    const [, did, number, hash] = /^selvedge\.did\/1 (([1-9][0-9]{0,9})-(\S+))$/.exec(line) || [];
    if (!id) { items.push(did && number < 2 ** 32 && isMultihash(hash) ? { did } : { unknown: true }); continue; }
    const body = bodies[next++];
    const record = isString(body) ? await readRecord(base64(body)) : null;
    items.push(record && record.id === id ? { record } : { missing: id });
  }
  // A log that knows another history of keys than the page tells nothing, and neither do the lists that go with it.
  const versions = items.map(({ did }) => did).filter((did) => did !== undefined);
  const known = identity ? [...identity.versions.keys()] : [];
  if (identity && jcs(versions) !== jcs(known.slice(0, versions.length))) {
    return { reason: "other-history", isDisowned: true };
  }
  const isBehind = known.length > versions.length;
  const uuids = items.filter(({ record }) => record).map(({ record }) => record.uuid);
  if (new Set(lines).size !== lines.length || new Set(uuids).size !== uuids.length) {
    return { reason: "log-not-readable", isDisowned: true };
  }
  const owner = identity
    ? { issuer: identity.did, versions: identity.versions, cuts: identity.cuts }
    : { issuer: read.method.did, versions: new Map(), cuts: [] };
  const charters = items.map(({ record }) => record).filter((record) => record && record.kind === "Charter");
  return { ...foldLog(owner, items), charters, isBehind, size: lines.length, origin: logKeys[0].name, root: btoa(String.fromCharCode(...root)) };
};

// Reads the signed status lists for this record: what they say, and whether they say it still.
const readLists = async ({ snapshots, didLog, identity: document }, identity, folded, read, held, now) => {
  // Whoever signs in another's log does not know her place; then its proof tells it.
  const stated = read.method.did.startsWith("did:key:") ? undefined : read.position;
  const position = read.kind === SNAPSHOT ? undefined : stated ?? (held ? held.index : undefined);
  if (position === undefined) return { reason: "no-place" };
  if (didLog && !identity) return { reason: "no-list-of-it" };
  const { method, base } = read;
  // Whoever speaks for the log of this record: the owner of the history, or the same issuer.
  const speaks = (snapshot) => {
    if (identity) {
      return foldLog.sameIssuer(snapshot.issuer, identity.did) && !identity.cuts.some(({ key }) => key === snapshot.key) &&
        [...identity.versions.values()].some((keys) => keys.includes(snapshot.key)) &&
        (method.scid === identity.scid || snapshot.base === base);
    }
    if (snapshot.issuer !== method.did) return false;
    if (snapshot.key === method.fragment) return true;
    try { return Boolean(document) && namesKey(document, method.did, snapshot.key); } catch { return false; }
  };
  // A list that hides what is left of a log with a gap tells nothing; what it says more may stand in the gap.
  const hides = ({ id }) => {
    const facts = folded.gap && folded.snapshots.find((snapshot) => snapshot.id === id);
    if (!facts) return false;
    const inLog = new Set(folded.bitsAt(facts.purpose, facts.list, facts.size));
    return facts.contradictions.some((place) => inLog.has(place));
  };
  const newest = {};
  let asOf = null, isRevoked = false, reason = snapshots.length > 0 ? "no-list-of-it" : "not-in-page";
  for (const text of snapshots) {
    const snapshot = await readRecord(base64(text));
    if (!snapshot || snapshot.kind !== SNAPSHOT || !speaks(snapshot) || hides(snapshot) || snapshot.isPractice && !read.isPractice) continue;
    const { statusPurpose: purpose, id, log } = snapshot.subject;
    if (id !== `${listAddress(snapshot.base, purpose, position)}#list`) continue;
    if (snapshot.places === undefined) { reason = "no-unpacking"; continue; }
    if (snapshot.places && snapshot.places.length * 8 < LIST_SIZE) continue;
    const bit = snapshot.places && foldLog.bit(snapshot.places, position % LIST_SIZE);
    // A list of a log that did not hold the record yet says nothing about it; after two versions of a log
    // became one, that is further on than its place in the lists.
    if (typeof bit !== "boolean" || log.size <= Math.max(position, held ? held.index : 0)) continue;
    // Revocation is final whichever list says it; suspension is what the newest says.
    isRevoked ||= purpose === "revocation" && bit;
    const isOver = now > snapshot.until || now < snapshot.from;
    if (!newest[purpose] || log.size >= newest[purpose].size) {
      newest[purpose] = { size: log.size, bit, isOver };
      if (!asOf || purpose === "revocation" || log.size >= asOf.size) {
        asOf = { origin: log.origin, size: log.size, root: log.root, from: snapshot.from };
      }
    }
  }
  if (!asOf) return { reason };
  const isCurrent = PURPOSES.every((purpose) => newest[purpose] && !newest[purpose].isOver);
  const isOver = PURPOSES.some((purpose) => newest[purpose] && newest[purpose].isOver);
  return { isRevoked, isSuspended: Boolean(newest.suspension && newest.suspension.bit), isCurrent, isOver, asOf };
};

const STATUS_CHECKS = ["status", "in-effect", "not-revoked", "not-withdrawn", "not-superseded", "not-suspended",
  "not-ended", "agreed"];
const DENIED_BY = { void: 1, revoked: 2, withdrawn: 3, superseded: 4, suspended: 5, ended: 6, proposed: 7 };

// The status axis. It cannot fail open: where nothing can be told, all are "not checked".
const checkStatus = (recordId, folded, lists, into) => {
  const { valid, invalid, notChecked } = into;
  const tell = (outcomes) => {
    STATUS_CHECKS.forEach((check, i) => {
      const [verdict, reason, facts] = outcomes[i];
      ({ valid, invalid, "not-checked": notChecked })[verdict]("status", check, reason, facts);
    });
  };
  const standing = folded.standings && !folded.gap ? folded.standings.get(recordId) : null;
  if (standing) {
    const { origin, size, root } = folded;
    const asOf = { origin, size, root }, facts = { origin, size };
    const outcomes = STATUS_CHECKS.map((check, i) => ["valid", i === 0 ? "whole-log" : "holds", facts]);
    const at = DENIED_BY[standing.condition];
    if (at) outcomes[at] = ["invalid", standing.condition, { ...facts, by: standing.by, why: standing.why, have: standing.have, need: standing.need }];
    // Whoever runs a register renews its lists: one whose newest are over may have been cut off long ago.
    if (lists.isOver) outcomes[0] = ["not-checked", "lists-over", facts];
    // Of a register in which something is wrong no record is told to be whole.
    const isWrong = folded.isBehind || folded.breaches.length > 0 || folded.snapshots.some(({ contradictions }) => contradictions.length > 0);
    if (isWrong) outcomes[0] = ["not-checked", "log-not-readable", facts];
    const isContradicted = lists.isRevoked && (!at || [5, 7].includes(at));
    if (isContradicted) outcomes[2] = ["invalid", "list-says-so", facts];
    tell(outcomes);
    if (isContradicted) invalid("status", "snapshot", "contradicts-log", facts);
    else if (lists.isOver) notChecked("status", "snapshot", "over", facts);
    else if (lists.asOf) valid("status", "snapshot", "agrees", { ...facts, size: lists.asOf.size });
    else notChecked("status", "snapshot", lists.reason);
    if (standing.disputes.some(({ outcome }) => outcome === null)) into.isDisputed = true;
    into.statusAsOf = asOf;
    return;
  }
  const reason = folded.gap ? "log-has-gaps" : folded.standings ? "not-in-that-log" : folded.reason;
  const { asOf, isRevoked, isSuspended } = lists, isCurrent = lists.isCurrent && !folded.isDisowned;
  const facts = asOf && { origin: asOf.origin, size: asOf.size };
  const outcomes = STATUS_CHECKS.map((check, i) =>
    isCurrent ? ["valid", i === 0 ? "lists" : "holds", facts] : ["not-checked", asOf ? "lists-over" : reason, facts]);
  if (isRevoked) outcomes[2] = ["invalid", "list-says-so", facts];
  if (isSuspended) outcomes[5] = ["invalid", "list-says-so", facts];
  tell(outcomes);
  if (!asOf) notChecked("status", "snapshot", lists.reason);
  else if (isCurrent) valid("status", "snapshot", "current", facts);
  else notChecked("status", "snapshot", "over", facts);
  if (asOf) { const { origin, size, root } = asOf; into.statusAsOf = { origin, size, root }; }
};

// ---- witnesses: who saw the register with this record in it, and when ----

const day = (at) => new Date(at).toISOString().slice(0, 10);

// The place that the name of a log or a witness stands for.
const placeOf = (name) => name.replace(/\/(log(\/\d+)?|witness)$/, "");

const checkWitnessed = async (recordId, evidence, logKeys, { valid, invalid, notChecked }) => {
  const keys = [];
  for (const { name, vkey } of evidence.witnesses) {
    const key = await parseLogKey(vkey, 4);
    // A key under two names counts once, and nobody is her own witness.
    const isKnown = key && ([...keys, ...logKeys].some((other) => equal(other.key, key.key)) ||
      logKeys.some((log) => placeOf(log.name) === placeOf(key.name)));
    if (key && !isKnown) keys.push({ ...key, witness: name });
  }
  const seen = new Map();
  let isTold = false;
  const heads = evidence.heads.map(parseNote).filter(Boolean);
  for (const proof of [...evidence.headProofs, evidence.proof].filter(Boolean).map(parseProof)) {
    if (!proof || !await isIncluded(proof, recordId) || !await isHeadSigned(proof.note, proof.head, logKeys)) continue;
    for (const note of [proof.note, ...heads.filter(({ text }) => text === proof.note.text)]) {
      for (const key of keys) {
        const at = await cosignedAt(note, key);
        if (at === undefined) continue;
        if (Number.isNaN(at)) {
          isTold ||= !invalid("time", "seen-by", "does-not-hold", { witness: key.witness, origin: proof.head.origin });
        } else if (!seen.has(key) || at < seen.get(key).at) {
          seen.set(key, { at, size: proof.head.size, origin: proof.head.origin });
        }
      }
    }
  }
  const earliest = [...seen].sort((a, b) => a[1].at - b[1].at);
  for (const [key, { at, size, origin }] of earliest) {
    valid("time", "seen-by", "seen", { witness: key.witness, date: day(at), size, origin });
  }
  if (earliest.length === 0 && !isTold) notChecked("time", "seen-by", keys.length > 0 ? "by-none" : "absent");
  return { keys: keys.length, seen: earliest.map(([{ witness }, { at }]) => ({ witness, at })) };
};

// Lets the browser draw and answer between two steps: on a slow phone none of them takes long enough to be felt.
const breathe = () => new Promise((done) => setTimeout(done));

// Checks all that the page holds; README.md says what `evidence` may hold. `trust` is a list of believed
// signers (trust.js), for a verifier that has one: then the page it runs in is not the record's own.
const selvedgeCheck = async (given, { now, location, trust }) => {
  const into = report(), read = {}, evidence = sorted(given);
  const { findings, valid, invalid, notChecked } = into;
  const facts = {};
  if (trust) evidence.witnesses = trust.witnesses;
  if (await inOrder(recordChecks(evidence.record, read), into)) {
    const digest = await sha256(evidence.record);
    Object.assign(facts, { recordId: hex(digest), number: shortId(digest) });
    if (trust) await trust.judgeBeside(read, evidence, into);
    const proof = evidence.proof ? parseProof(evidence.proof) : null;
    // Found before the log, whose key it names; told after it.
    const about = report();
    await breathe();
    const identity = await checkIdentity(read, evidence, now, about);
    let logKeys = await logKeysOf(evidence, identity);
    if (trust && logKeys.length === 0 && !evidence.didLog) logKeys = await trust.logKeysOf(read.method.did, proof);
    await breathe();
    const held = await checkLog(facts.recordId, proof, evidence, logKeys, into);
    if (read.isPractice) invalid("signer", "practice", "is-practice");
    else valid("signer", "practice", "is-meant");
    const isOfKey = ({ check }) => check === "key-in-force";
    findings.push(...about.findings.filter((found) => !isOfKey(found)));
    await breathe();
    const folded = await foldPage(evidence, identity, logKeys, read);
    if (trust) await trust.judgeSigner(read, { identity, proof, isUnread: Boolean(evidence.proof) && !proof, logKeys }, into);
    else {
      const sites = [...listedSites(identity, folded, now), ...await broughtSites(evidence, identity, folded, logKeys, now)];
      checkAddress(read, identity, sites, facts.number, location, into);
      notChecked("signer", "signer", "no-trust-list", { issuer: read.method.did });
    }
    findings.push(...about.findings.filter(isOfKey));
    await checkPeople(read, evidence, into);
    await breathe();
    checkStatus(facts.recordId, folded, await readLists(evidence, identity, folded, read, held, now), into);
    if (trust) await trust.settle(read, { ...facts, identity, folded }, into);
    if (into.isDisputed) invalid("status", "undisputed", "disputed");
    checkTerm(read, now, into);
    const seen = await checkWitnessed(facts.recordId, evidence, logKeys, into);
    if (trust) trust.date(seen, now, into);
    else notChecked("time", "existed-by", "no-outside-evidence");
  } else {
    if (trust) trust.notReached.forEach((one) => notReached(into, one));
    notReached(into, ["bytes", "inclusion"], ["bytes", "checkpoint"], ["signer", "practice"],
      ["signer", "signer"], ["signer", "key-in-force"], ...STATUS_CHECKS.map((check) => ["status", check]),
      ["status", "snapshot"], ["time", "valid-from"], ["time", "valid-until"],
      ["time", "seen-by"], ["time", "existed-by"]);
  }
  const { isDisputed = false, statusAsOf } = into;
  if (facts.recordId) facts.kind = read.kind;
  const said = facts.recordId && { document: read.document, kind: read.kind, base: read.base, created: read.proof.created };
  return { state: trust ? trust.stateOf(findings) : stateOf(findings), findings, isDisputed, statusAsOf, ...facts, ...(trust ? { said } : {}) };
};

// The first that applies. "Record intact" is not among them: a page has no trust list.
const stateOf = (findings) => {
  const checksOf = (verdict) => new Set(findings.filter((f) => f.verdict === verdict).map((f) => f.check));
  const refused = checksOf("invalid"), open = checksOf("not-checked");
  if (refused.has("proof-present")) return "not-signed";
  if (refused.has("seen-by") || refused.has("people") || findings.some((f) => f.verdict === "invalid" && f.axis === "bytes")) return "altered";
  const states = [
    ["practice", "practice"], ["identity", "unknown-signer"], ["address", "wrong-site"],
    ["key-in-force", "revoked"], ["in-effect", "revoked"], ["not-revoked", "revoked"],
    ["not-withdrawn", "withdrawn"], ["not-superseded", "superseded"], ["not-suspended", "suspended"],
    ["not-ended", "expired"], ["valid-until", "expired"], ["valid-from", "not-yet-in-force"], ["agreed", "proposed"],
  ];
  for (const [check, state] of states) if (refused.has(check)) return state;
  // A status that nobody could tell is never taken for a good one.
  const mustBeKnown = ["status", "key-in-force", "identity"];
  return refused.has("snapshot") || mustBeKnown.some((check) => open.has(check)) ? "cannot-check-now" : "agrees-with-itself";
};

// ---- words on the page ----

const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};

// Kinds that are about a design, an edition or a piece: of those alone it has to be said what is not shown.
const MAY_SEEM_FIRST = ["Attestation", "Certification", "Consent", "Design", "Disclosure", "Dispute", "Edition", "Item", "Licence",
  "SealedDesign", "TagBatch", "Transfer"];

// The state in words and the findings as a list. A finding without words goes without saying: it holds, or stands on
// one that does not.
const showFindings = (result, strings) => {
  const words = (key, facts = {}) =>
    (strings[key] || key).replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
  // A list of suspensions does not tell what is on hold from what is only proposed.
  const isByList = result.state === "suspended" && strings["state.suspended-by-list"] &&
    result.findings.some(({ check, reason }) => check === "not-suspended" && reason === "list-says-so");
  const state = element("p", words(isByList ? "state.suspended-by-list" : `state.${result.state}`), "check-state");
  state.dataset.state = result.state;
  const list = element("ul", "", "check-findings");
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
  const isSilent = result.kind && !MAY_SEEM_FIRST.includes(result.kind);
  return { state, list, limit: isSilent ? "" : element("p", words("limit"), "check-limit") };
};

// Fills one section with sentences; all words come from the page's own `strings`.
const show = (section, result, strings) => {
  const { state, list, limit } = showFindings(result, strings);
  section.replaceChildren(element("h2", strings.title || "title"), state, list, limit);
  section.hidden = false;
  const article = section.closest("article");
  if (article && TOLD_FIRST.includes(result.state)) article.prepend(notice(result, strings));
};

// What a reader must see before anything that the page says of itself.
const TOLD_FIRST = ["altered", "not-signed", "unknown-signer", "wrong-site"];
const notice = (result, strings) => {
  const box = element("div", "", "state"), verdict = element("p", "", "verdict"), mark = element("span", "", "mark");
  box.dataset.state = "void";
  mark.setAttribute("aria-hidden", "true");
  verdict.append(mark, strings[`state.${result.state}`]);
  box.append(verdict);
  const address = result.findings.find(({ check, verdict }) => check === "address" && verdict === "invalid");
  const says = address && strings[`address.${address.reason}`];
  if (says) box.append(element("p", says.replace(/\{(\w+)\}/g, (whole, name) => address[name] ?? whole)));
  return box;
};

const jsonElement = (id) => JSON.parse(document.getElementById(id).textContent);

const run = async (sections) => {
  await breathe();
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
  // The scripts of a shop have a name of their own there already.
  globalThis.selvedge = Object.assign(globalThis.selvedge || {}, {
    base64, bytesOf, checkCredential, concat, cosignedAt, engine, foldLog, gunzip, hex, instant, isSignedBy, issuerDocument,
    jcs, multikey, parseCheckpoint, parseDid, parseJson, parseLogKey, parseNote, parseProof, readHistory, readIdentity,
    readRecord, rootFrom, rootOf, selvedgeCheck, sha256, shortId, showFindings, textOf, unhex, verifyStrict,
  });
}
})();
