// A shop made of hostile inputs, built by the real program and opened in a real Chromium: nothing runs,
// nothing calls out, harmless text stays, and one broken file does not take the others along.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audit, auditParsed, htmlFiles, summary } from "./audit.mjs";
import { makeHostileSite, marks, png, toml } from "./make-hostile-site.mjs";
import { data, jsonl, selvedge, temporary } from "./support.mjs";

const AT = ["--at", "2026-11-23T00:00:00Z"];

/** Bytes of every file below a folder. */
const filesOf = (folder) => {
  const found = new Map();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      found.set(path.slice(folder.length + 1), readFileSync(path));
    }
  }
  return found;
};

/** Builds a site, leaving out what is broken; the program must end by itself, with 0 or 1. */
const build = (site, output, ...more) => {
  const result = selvedge("build", site, "-o", output, "--skip-broken", "--quiet", ...AT, ...more);
  assert.ok(result.code === 0 || result.code === 1, `exit ${result.code}: ${result.err.slice(-2000)}`);
  assert.doesNotMatch(result.err, /panicked|RUST_BACKTRACE/);
  return result;
};

/** What `check` says, by file. */
const findings = (site) => {
  const { code, out, err } = selvedge("check", site, "--json");
  assert.ok(code === 0 || code === 1, `exit ${code}: ${err.slice(-2000)}`);
  return JSON.parse(out);
};

let output, offline, payloads;
before(() => {
  const work = temporary("hostile");
  const site = join(work, "site");
  [output, offline] = [join(work, "public"), join(work, "offline")];
  payloads = makeHostileSite(site);
  build(site, output);
  build(site, offline, "--offline");
});

test("every page of hostile texts, as the browser parses it, holds nothing that runs, asks or frames", async () => {
  const pages = htmlFiles(output);
  assert.ok(pages.length > 2000, `${pages.length} pages`);
  // The second language repeats the first, so a part of it will do.
  const parsed = pages.filter((path, i) => !path.startsWith("es/") || i % 10 === 0);
  const { problems, texts } = await auditParsed(output, parsed);
  assert.equal(problems.length, 0, `\n${summary(problems)}`);
  const unseen = payloads.filter(({ id }) => {
    const shown = texts[`products/${id}/index.html`] ?? "";
    const { before, after } = marks(id);
    return !shown.includes(before) || !shown.includes(after);
  });
  assert.deepEqual(unseen.map(({ id, text }) => `${id}: ${text.slice(0, 60)}`), [], "text around a payload stays visible");
});

test("the audit itself sees what it is for", async () => {
  const folder = temporary("audit");
  const page = (body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title>` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head><body>${body}</body></html>`;
  const bad = ["<script>x()</script>", "<p onclick=x()>", '<a href="java\nscript:x()">a</a>', "<form></form>",
    "<iframe></iframe>", '<meta http-equiv="Refresh" content="0">', "<style>p{}</style>", "<p style='top:0'>",
    '<img src="https://other.example/x.png" alt="">', '<base href="/x/">', "<svg><foreignObject/></svg>"];
  bad.forEach((body, i) => writeFileSync(join(folder, `${i}.html`), page(body)));
  writeFileSync(join(folder, "good.html"), page('<a href="x.html">a</a> <a href="mailto:a@b.example">b</a>'));
  const { problems } = await auditParsed(folder, htmlFiles(folder));
  assert.deepEqual([...new Set(problems.map((p) => p.page))].sort(), bad.map((b, i) => `${i}.html`).sort());
});

test("opened, served and from a file, they stay quiet and fit a phone", async () => {
  // Some of each kind; SELVEDGE_ALL=1 opens every one.
  const counts = {};
  const kindOf = (path) => path.split("/")[0] + (/^products\/([a-z])-/.exec(path)?.[1] ?? "");
  const most = { productsh: 40, productsm: 15, productsu: 12, productst: 12 };
  const chosen = htmlFiles(output).filter((path) => {
    const kind = kindOf(path);
    counts[kind] = (counts[kind] ?? 0) + 1;
    return process.env.SELVEDGE_ALL || (path.startsWith("g-") ? counts[kind] === 1 && path.startsWith("g-h-dompurify-1")
      : counts[kind] <= (most[kind] ?? 3));
  });
  const quick = { axe: null, validate: null, weight: null };
  const both = await audit(output, { ...quick, pages: chosen, where: ["http"] });
  const some = chosen.filter((path, i) => (process.env.SELVEDGE_ALL || i % 4 === 0) && !/(^|\/)404\.html$/.test(path));
  const once = await audit(offline, { ...quick, pages: some, where: ["file"] });
  // Five thousand quotations within each other are as wide as that; nothing else is.
  const problems = [...both.problems, ...once.problems]
    .filter(({ page, what }) => !(page === "products/m-s-26/index.html" && what.startsWith("wider")));
  assert.equal(problems.length, 0, `\n${summary(problems)}`);
  assert.ok(both.opened > 80 && once.opened > 20, `${both.opened} and ${once.opened} pages`);
});

test("a picture's text, a name, a description are shown as they were written", async () => {
  const harmless = readFileSync(join(output, "products/harmless/index.html"), "utf8");
  assert.match(harmless, /This text is visible on every build\./);
  assert.doesNotMatch(harmless, /<script>alert/);
});

test("paths in fields lead nowhere outside, and links are not followed", () => {
  const work = temporary("paths");
  const folder = join(work, "site");
  makeShop(folder);
  const secret = "the canary sang in 1843";
  writeFileSync(join(work, "canary.txt"), secret);
  writeFileSync(join(work, "canary.png"), png(600, 400, [1, 2, 3]));
  const names = [
    ...jsonl(data("hostile/path/names.jsonl")), ...jsonl(data("hostile/path/sync-leftovers.jsonl")),
    ...["../canary.png", "../../canary.png", "..\\canary.png", join(work, "canary.png"), `file://${work}/canary.png`,
      "%2e%2e/canary.png", "products/../../canary.png"].map((text, i) => ({ id: `canary-${i}`, text })),
  ].filter(({ text }) => typeof text === "string" && text.isWellFormed());
  names.forEach(({ text }, i) => {
    writeFileSync(join(folder, `products/n-${i}.md`), `+++
name = "Bowl ${i}"
price = "1.00 EUR"
photos = [${toml(text)}]
made_by = ${toml(text)}
design = ${toml(text)}
category = ${toml(text)}
related = [${toml(text)}]
+++

bowl number ${i}
`);
    writeFileSync(join(folder, `producers/n-${i}.md`), `+++\nname = "Maker ${i}"\nphoto = ${toml(text)}\n+++\n`);
    // The same names on disk, where this disk can have them.
    if (!/[\/\0]/.test(text) && !["", ".", ".."].includes(text) && Buffer.byteLength(text) < 200) {
      for (const path of [`products/${text}`, `products/${text}.md`, `producers/${text}.md`, `photos/${text}`, text]) {
        const file = join(folder, path);
        if (!existsSync(file)) writeFileSync(file, "+++\nname = \"Odd\"\n+++\n");
      }
    }
  });
  symlinkSync(join(work, "canary.txt"), join(folder, "products/link.md"));
  symlinkSync(join(work, "canary.png"), join(folder, "photos/link.png"));
  symlinkSync(work, join(folder, "products/up"));
  symlinkSync(folder, join(folder, "products/loop"));
  writeFileSync(join(folder, "products/linked.md"), '+++\nname = "Linked"\nphotos = ["photos/link.png", "up/canary.png"]\n+++\n');
  mkdirSync(join(folder, "private"), { recursive: true });
  writeFileSync(join(folder, "private/note.md"), secret);

  const public_ = join(work, "public");
  const { code } = build(folder, public_);
  assert.equal(code, 1, "what cannot be used is an error");
  assert.equal(readFileSync(join(work, "canary.txt"), "utf8"), secret);
  const built = filesOf(public_);
  for (const [path, bytes] of built) {
    assert.ok(!bytes.includes(secret), `${path} holds what lies outside`);
    assert.match(path, /^[A-Za-z0-9._\/-]+$/, "addresses are plain");
    assert.ok(!path.split("/").includes(".."));
  }
  const bowls = names.filter((n, i) => built.get(`products/n-${i}/index.html`)?.includes(`bowl number ${i}`));
  assert.equal(bowls.length, names.length, "each thing with one odd field is still there");
  assert.ok(!built.get("products/linked/index.html")?.includes("<img"), "no picture through a link");
  assert.deepEqual(readdirSync(work).sort(), ["canary.png", "canary.txt", "public", "site"], "nothing written beside");
  const said = findings(folder).map((d) => d.file ?? "");
  for (const path of ["products/link.md", "products/linked.md", "products/up"]) {
    assert.ok(said.some((file) => file.startsWith(path)), `${path} is named`);
  }
});

test("TOML that cannot be read is named, and the rest is built", () => {
  const work = temporary("toml");
  const folder = join(work, "site");
  makeShop(folder);
  const cases = ["toml-test", "own"].flatMap((name) => jsonl(data(`hostile/toml/${name}.jsonl`)))
    .map((c, i) => ({ ...c, file: `products/x-${i}.md` })).filter((c) => c.b64 !== undefined);
  for (const { b64, file } of cases) {
    writeFileSync(join(folder, file), Buffer.concat([Buffer.from("+++\n"), Buffer.from(b64, "base64"), Buffer.from("\n+++\n\ntext\n")]));
  }
  const public_ = join(work, "public");
  const whole = selvedge("build", folder, "-o", public_, "--quiet", ...AT);
  assert.equal(whole.code, 1);
  assert.ok(!existsSync(join(public_, "index.html")), "a site with errors is not built unless asked");
  const { code } = build(folder, public_);
  assert.equal(code, 1);
  assert.match(readFileSync(join(public_, "products/plain/index.html"), "utf8"), /a plain bowl/);
  const wrong = new Set(findings(folder).filter((d) => d.severity === "error").map((d) => d.file));
  // Some cases end the fields themselves, by a line of three plus signs: none does at present.
  assert.deepEqual(cases.filter((c) => c.expect === "reject" && !wrong.has(c.file)).map((c) => c.id), []);

  // The same as site.toml: nothing is built, and the file is named.
  for (const { id, b64 } of cases.filter((c) => c.expect === "reject").filter((c, i) => i % 40 === 0)) {
    writeFileSync(join(folder, "site.toml"), Buffer.from(b64, "base64"));
    const { code, err } = selvedge("build", folder, "-o", public_, "--quiet", ...AT);
    assert.equal(code, 1, id);
    assert.match(err, /site\.toml/, id);
    assert.match(readFileSync(join(public_, "products/plain/index.html"), "utf8"), /a plain bowl/, "the old output stays");
  }
});

test("records that cannot be read are named, and the rest is built", () => {
  const work = temporary("json");
  const folder = join(work, "site");
  makeShop(folder);
  mkdirSync(join(folder, "records"), { recursive: true });
  const cases = ["own", "jsontestsuite"].flatMap((name) => jsonl(data(`hostile/json/${name}.jsonl`)))
    .filter((c) => c.b64 !== undefined);
  cases.push(...jsonl(data("hostile/vc/tampered.jsonl")));
  const name = (i) => "A".repeat(28) + [...String(i).padStart(4, "0")].map((d) => "ABCDEFGHIJ"[d]).join("");
  cases.forEach(({ b64 }, i) => writeFileSync(join(folder, `records/${name(i)}.json`), Buffer.from(b64, "base64")));
  const public_ = join(work, "public");
  build(folder, public_);
  const built = filesOf(public_);
  assert.match(built.get("products/plain/index.html").toString(), /a plain bowl/);
  assert.deepEqual([...built.keys()].filter((path) => path.startsWith("V/")), [], "no page speaks of what was not verified");
  const said = findings(folder).map((d) => d.file ?? "");
  assert.deepEqual(cases.filter((c, i) => !said.includes(`records/${name(i)}.json`)).map((c) => c.id), []);
});

/** A shop of one thing, to which others are added. */
const makeShop = (folder) => {
  for (const name of ["products", "producers", "photos"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "site.toml"), 'name = "Shop"\nbase_url = "https://shop.example/"\ncurrency = "EUR"\n');
  writeFileSync(join(folder, "products/plain.md"), '+++\nname = "Plain"\nprice = "3.00"\n+++\n\na plain bowl\n');
};
