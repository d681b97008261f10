// The page of an edition: the tag whose number the address has, and comparing check codes; in Node on the vectors, and in Chromium
// served and opened from a file, with the browser's cryptography and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { webcrypto } from "node:crypto";
import { ROOT, json, launch, serve, temporary, text } from "./support.mjs";

const vectors = json(join(ROOT, "tests/vectors/own/check-codes.json"));
const WORDS = {
  tags_here_issued: "issued {serial} on {date}", tags_here_never: "never {serial}", tags_here_void: "void {serial} {reason} {date}",
  tags_here_slip: "slip", reason_lost: "lost", code_explain: "explained", code_serial: "Number", code_code: "Code",
  code_compare: "Compare", code_loading: "loading", code_fits: "fits {serial}, none before {date}", code_used: "used {serial} on {date}",
  code_unknown: "unknown {serial}", code_slip: "typo", code_length: "length", code_failed: "failed", code_altered: "altered",
};
const script = `(function(){const TAG_WORDS=${JSON.stringify({ en: WORDS })};${text(join(ROOT, "themes/script/vendor/pbkdf2.js"))}${text(join(ROOT, "themes/script/tags.js"))}})();`;

/** The functions of the script, with a cryptography of the browser or none. */
const inNode = (crypto) => {
  const module = { exports: {} };
  new Function("module", "crypto", script)(module, crypto);
  return module.exports;
};

const load = (shards) => async (batch, index) => {
  const found = shards.find((shard) => shard.batch === batch.id && shard.index === index);
  if (!found) throw new Error("not there");
  return found;
};

for (const [name, crypto] of [["the browser's", webcrypto], ["its own", undefined]]) {
  test(`each code gets its answer, with ${name} cryptography`, async () => {
    const { compare } = inNode(crypto);
    for (const { serial, typed, says, on } of vectors.cases) {
      const found = await compare(vectors.data, serial, typed, load(vectors.shards));
      assert.deepEqual(found, on ? { says, on } : { says }, `${serial} ${typed}`);
    }
  });
}

test("the number behind # is read, and a slip of the pen seen", () => {
  const { readFragment } = inNode();
  for (const { fragment, serial, fits } of vectors.fragments) {
    assert.deepEqual(readFragment(vectors.data, fragment), serial ? { serial, fits } : null, fragment);
  }
  assert.equal(readFragment(vectors.data, "#%E0%A4"), null);
});

test("files that were not signed are told, and none is no answer about the tag", async () => {
  const { compare } = inNode(webcrypto);
  const { serial, typed } = vectors.cases[0];
  const says = async (shards) => (await compare(vectors.data, serial, typed, load(shards))).says;
  const [first, second] = vectors.shards;
  const bend = (hashes) => (hashes[0] === "A" ? "B" : "A") + hashes.slice(1);
  assert.equal(await says([{ ...first, hashes: bend(first.hashes) }, second]), "code_altered");
  assert.equal(await says([{ ...first, path: [] }, second]), "code_altered");
  assert.equal(await says([{ ...first, path: [...first.path, ...first.path] }, second]), "code_altered");
  assert.equal(await says([{ ...second, index: 0 }]), "code_altered");
  assert.equal(await says([{ ...first, hashes: "?" }]), "code_altered");
  assert.equal(await says([]), "code_failed");
});

// ---- in a browser ----

let browser, site, folder;
before(async () => {
  browser = await launch();
  folder = temporary("tags");
  mkdirSync(join(folder, "codes"));
  writeFileSync(join(folder, "tags.js"), script);
  for (const shard of vectors.shards) {
    writeFileSync(join(folder, "codes", `${shard.batch}-${shard.index}.js`), `selvedgeCodes(${JSON.stringify(shard)});\n`);
  }
  writeFileSync(join(folder, "index.html"), `<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'">
<title>Edition</title></head><body><article lang="en" dir="ltr"><section data-selvedge-tags><div data-selvedge-code><p>ask</p></div></section></article>
<script type="application/json" id="selvedge-tags">${JSON.stringify(vectors.data)}</script><script src="tags.js" defer></script></body></html>`);
  mkdirSync(join(folder, "empty"));
  for (const name of ["index.html", "tags.js"]) cpSync(join(folder, name), join(folder, "empty", name));
  site = await serve(folder);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const places = () => [["http", `${site.url}index.html`], ["file", `file://${join(folder, "index.html")}`]];

test("a buyer compares a code, and nothing is loaded before she asks", async () => {
  for (const [where, address] of places()) {
    for (const own of [true, false]) {
      const page = await browser.newPage();
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      if (!own) await page.addInitScript(() => Object.defineProperty(crypto, "subtle", { value: undefined }));
      await page.goto(address + vectors.fragments[0].fragment);
      await page.waitForSelector("button");
      assert.equal(await page.textContent(".tag-here"), "issued 17 on March 1, 2026", where);
      assert.ok(!asked.some((url) => url.includes("/codes/")), "nothing is loaded yet");
      const [serial, code] = await page.$$("input");
      assert.equal(await serial.inputValue(), "17", "the number is there already");
      const answers = { code_used: "used 17 on May 1, 2026", code_slip: "typo" };
      for (const { serial: number, typed, says } of vectors.cases) {
        await serial.fill(String(number));
        await code.fill(typed);
        await page.click("button");
        await page.waitForSelector(`[role=status][data-says=${says}]`);
        const told = await page.textContent("[role=status]");
        if (answers[says]) assert.equal(told, answers[says]);
        if (number === 30) assert.match(told, /fits 30, none before July 1, 2026void 30 lost April 1, 2026/);
        await page.evaluate(() => delete document.querySelector("[role=status]").dataset.says);
      }
      assert.equal(asked.filter((url) => url.includes("/codes/")).length, 2, "each file once");
      assert.ok(asked.every((url) => !vectors.cases.some(({ typed }) => url.includes(typed))), "no code goes out");
      await page.close();
    }
  }
});

test("without the files nothing is compared, and it says so", async () => {
  const page = await browser.newPage();
  await page.goto(`${site.url}empty/index.html`);
  await page.waitForSelector("button");
  const [serial, code] = await page.$$("input");
  await serial.fill("1");
  await code.fill(vectors.cases[0].typed);
  await page.click("button");
  await page.waitForSelector("[role=status][data-says=code_failed]");
  await page.close();
});

test("without script the page says how to ask", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site.url}index.html`);
  assert.equal(await page.textContent("[data-selvedge-code]"), "ask");
  await context.close();
});
