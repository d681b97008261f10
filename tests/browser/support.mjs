// What the browser tests share: a Chromium, a server on loopback, the vectors, the script.
import { chromium } from "playwright-core";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { existsSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync, gzipSync } from "node:zlib";

export const ROOT = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** Starts the Chromium of this machine with nothing that calls home. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });

/** Starts the Firefox of this machine, through WebDriver BiDi (Playwright drives only a build of its own). */
export const launchFirefox = async () => {
  const { default: puppeteer } = await import("puppeteer-core");
  return puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr", headless: true });
};

/** The first of the places that holds this test data; null if none does (a fresh clone). */
export const data = (path) =>
  [join(ROOT, "tests", path), join(ROOT, "..", "shared", path)].find((file) => existsSync(file)) ?? null;

export const text = (path) => readFileSync(path, "utf8");
export const json = (path) => JSON.parse(text(path));
export const jsonl = (path) => text(path).split("\n").filter(Boolean).map((line) => JSON.parse(line));
export const temporary = (name) => mkdtempSync(join(tmpdir(), `selvedge-${name}-`));

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** Base58 of Bitcoin; a leading zero byte is a leading 1. */
export const base58 = (bytes) => {
  let number = BigInt(`0x${bytes.toString("hex")}`), digits = "";
  for (; number > 0n; number /= 58n) digits = ALPHABET[Number(number % 58n)] + digits;
  return "1".repeat(bytes.findIndex((byte) => byte !== 0)) + digits;
};

const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript",
  ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp",
  ".json": "application/json", ".xml": "application/xml", ".woff2": "font/woff2", ".mp3": "audio/mpeg", ".txt": "text/plain; charset=utf-8",
};

/**
 * Serves a folder on loopback as a plain static host would; answers `{ url, close }`. With `compress` texts go
 * out as gzip, as static hosts send them.
 */
export const serve = (folder, { compress = false } = {}) =>
  new Promise((done) => {
    const server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
      let file = normalize(join(folder, path));
      const inside = file === folder || file.startsWith(folder + sep);
      if (inside && existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
      if (!inside || !existsSync(file)) {
        response.writeHead(404, { "content-type": "text/plain" }).end("not found");
        return;
      }
      const headers = { "content-type": TYPES[extname(file)] ?? "application/octet-stream" };
      const isText = /^text\/|svg|json|xml/.test(headers["content-type"]);
      if (compress && isText && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
        response.writeHead(200, { ...headers, "content-encoding": "gzip", vary: "accept-encoding" });
        response.end(gzipSync(readFileSync(file)));
        return;
      }
      response.writeHead(200, headers);
      response.end(readFileSync(file));
    });
    // A test that fails before it closes the server must still end.
    server.unref();
    server.listen(0, "127.0.0.1", () =>
      done({
        url: `http://127.0.0.1:${server.address().port}/`,
        close: () => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }),
      }));
  });

/** The inline script of a record page as pages hold it: the vendored fallback, the table of kinds, the fold, the check. */
export const checkScript = () => {
  const lines = (name) => text(join(ROOT, "themes/check", name)).split("\n").map((line) => line.replace(/^ +/, ""));
  const part = (name) => lines(name).filter((line) => !line.startsWith("//")).join("\n");
  return `${part("vendor/noble.js")}const KINDS=${part("kinds.json")};\n${part("fold.js")}${part("check.js")}`;
};

/** The script's functions in this process, for cases that need no browser. */
export const inNode = () => {
  const page = { querySelectorAll: () => [] };
  return new Function("document", `${checkScript()};return globalThis.selvedge`)(page);
};

/** The last letters of the keys that are for trying out, as the page where things are checked has them. */
export const testKeys = () =>
  text(join(ROOT, "keys/test-keys.txt")).split("\n").filter(Boolean).map((line) => line.split(" ")[0].slice(-8));

/** What that page has besides: whom a site believes, and the reading of files and numbers; `before` is the verifier. */
export const verifyScript = (before = checkScript()) => {
  const part = (name) => text(join(ROOT, "themes", name));
  return `${before}const TEST_KEYS=${JSON.stringify(testKeys())};\n${part("check/trust.js")}${part("script/brand.js")}${part("script/carried.js")}`;
};

/** The same in this process. */
export const verifyInNode = () => {
  const page = { querySelectorAll: () => [] };
  globalThis.window = globalThis;
  return new Function("document", `${verifyScript()};return globalThis.selvedge`)(page);
};

/** A trust list as that page has it, of the entries in a trust.toml that it takes: signers with the whole of their names, witnesses. */
export const trustList = (toml, more = {}) => {
  const entries = toml.split(/^(?=\[\[)/m).map((part) => ({
    sort: part.match(/^\[\[(\w+)\]\]/)?.[1],
    ...Object.fromEntries([...part.matchAll(/^(\w+) = (".*"|\[.*\])$/gm)].map(([, name, value]) => [name, JSON.parse(value)])),
  }));
  const of = (sort) => entries.filter((entry) => entry.sort === sort);
  return {
    own: null, quorum: Number(toml.match(/^quorum = (\d+)$/m)?.[1] ?? 1),
    signers: of("signer").map(({ name, did, fingerprint, log, kinds }) => ({ name, did, fingerprint, log, kinds })),
    witnesses: of("witness").map(({ name, key }) => ({ name, vkey: key })), ...more,
  };
};

export const cspHash = (script) =>
  `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

/** A page around the script with the policy of record pages; `data` are JSON elements by id. */
export const checkPage = ({ data = {}, body = "", lang = "en" } = {}) => {
  const script = checkScript();
  const blocks = Object.entries(data).map(([id, value]) =>
    `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll("<", "\\u003c")}</script>`);
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${cspHash(script)}; img-src data: 'self'; base-uri 'none'; form-action 'none'">
<title>Check</title></head><body>${body}${blocks.join("")}<script>${script}</script></body></html>`;
};

/** Writes files into a new folder and serves it; answers addresses over http and as files. */
export const publish = async (files) => {
  const folder = temporary("page");
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const server = await serve(folder);
  return {
    folder,
    http: (name) => server.url + name,
    file: (name) => `file://${join(folder, name)}`,
    close: server.close,
  };
};

/** The program: `SELVEDGE`, else what cargo built last; null if there is none. */
export const program = () => {
  const built = ["release", "debug"].map((kind) => join(ROOT, "target", kind, "selvedge")).filter(existsSync);
  built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return process.env.SELVEDGE ?? built[0] ?? null;
};

/** Runs the program; answers `{ code, out, err }`; a signal or a time-out has no code. */
export const selvedge = (...args) => {
  const { status, stdout, stderr } = spawnSync(program(), args, {
    encoding: "utf8", timeout: 300_000, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status, out: stdout, err: stderr };
};

/** What a built page embeds of a folder for one of its records. */
export const evidenceOfFolder = (site, record) => {
  const bytes = (path) => existsSync(join(site, path)) ? readFileSync(join(site, path)) : null;
  const b64 = (path) => bytes(path)?.toString("base64");
  const text = (path) => bytes(path)?.toString("utf8");
  const bodies = new Map(readdirSync(join(site, "records")).filter((name) => name.endsWith(".json"))
    .map((name) => bytes(`records/${name}`))
    .map((body) => [createHash("sha256").update(body).digest("hex"), body.toString("base64")]));
  const checkpoint = text("log/checkpoint");
  const size = checkpoint.split("\n")[1];
  // An entry is two bytes of length and its text.
  const bundle = bytes(`log/tile/entries/000.p/${size}`);
  const entries = [];
  for (let at = 0; bundle && at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
    entries.push(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)).toString("utf8"));
  }
  const ids = entries.map((entry) => entry.match(/^selvedge\.record\/1 sha256:([0-9a-f]{64})\n$/)?.[1]).filter(Boolean);
  const lists = new Map();
  for (const body of ids.map((id) => bodies.get(id)).filter(Boolean)) {
    const { statusPurpose, encodedList } = JSON.parse(Buffer.from(body, "base64")).credentialSubject;
    if (encodedList) lists.set(statusPurpose, body);
  }
  const seen = join(site, "log/heads");
  const heads = existsSync(seen) ? readdirSync(seen).map((head) => text(`log/heads/${head}/checkpoint`)) : [];
  const evidence = {
    record: b64(`records/${record}`), identity: b64("identity/did.json"), didLog: b64("identity/did.jsonl"),
    didWitness: b64("identity/did-witness.json"), log: text("identity/log.vkey"),
    proof: text(`records/${record.replace(".json", ".tlog-proof")}`), heads: [...heads, checkpoint],
    ...(bundle ? { entries: entries.join(""), bodies: ids.map((id) => bodies.get(id) ?? null) } : {}),
    snapshots: [...lists.values()],
  };
  return Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined));
};

// ---- pictures that carry evidence, made here ----

/** A chunk of a PNG; its sum is left out. */
const chunk = (type, body) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(body), Buffer.alloc(4)]);
};
const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const HEADER = Buffer.from("00000001000000010800000000", "hex");
/** The chunk that holds evidence. */
export const itxt = (evidence, { packed = false, name = "selvedge-evidence", language = "" } = {}) => chunk("iTXt", Buffer.concat([
  Buffer.from(`${name}\0`), Buffer.from([packed ? 1 : 0, 0]), Buffer.from(`${language}\0\0`),
  packed ? deflateSync(Buffer.from(evidence)) : Buffer.from(evidence),
]));
/** A PNG of one point, with these chunks behind its header. */
export const png = (...chunks) =>
  Buffer.concat([SIGNATURE, chunk("IHDR", HEADER), ...chunks, chunk("IDAT", deflateSync(Buffer.from([0, 0]))), chunk("IEND", "")]);
/** An SVG with evidence. */
export const svg = (evidence, before = "") => `<?xml version="1.0"?>\n${before}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">` +
  `<title>a &amp; b</title><metadata id="selvedge-evidence">${evidence}</metadata><path d="M0 0"/></svg>\n`;
