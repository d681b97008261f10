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

globalThis.selvedge = { engine, unhex, hex, base58, multikey, parseJson, jcs, inProfile, sha256, verifyStrict };
})();
