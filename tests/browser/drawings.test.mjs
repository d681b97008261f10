// Hostile drawings (SVG) as the pictures of a shop, built by the real program and opened in a real
// Chromium: within their page, and each published file by its own address, from a server and from disk.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { data, jsonl, launch, selvedge, serve, temporary } from "./support.mjs";

const AT = "2026-11-23T00:00:00Z";

/** The bytes of a case. */
const bytesOf = ({ text, b64, gen }) => {
  if (gen) return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">${"<g>".repeat(100_000)}`);
  return b64 ? Buffer.from(b64, "base64") : Buffer.from(text);
};

let work, output, cases, browser, named;
before(async () => {
  work = temporary("drawings");
  const site = join(work, "site");
  output = join(work, "public");
  cases = jsonl(data("hostile/svg/own.jsonl"));
  mkdirSync(site);
  writeFileSync(join(site, "site.toml"), 'name = "Shop"\nbase_url = "https://shop.example/"\ncurrency = "EUR"\n');
  for (const one of cases) {
    // Under the ending of a drawing and under that of a photograph: what counts is the content.
    for (const ending of ["svg", "png"]) {
      const folder = join(site, `products/${one.id}-${ending}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "index.md"), `+++\nname = "${one.id}"\nprice = "1.00"\n+++\n\n![the drawing](drawing.${ending})\n`);
      writeFileSync(join(folder, `drawing.${ending}`), bytesOf(one));
    }
  }
  const said = selvedge("build", site, "-o", output, "--at", AT);
  assert.equal(said.code, 0, said.err.slice(-2000));
  assert.doesNotMatch(said.err, /panicked/);
  // A build names the first findings of a kind, a check all.
  named = selvedge("check", site, "--at", AT).err;
  browser = await launch();
});
after(() => browser?.close());

/** Opens an address; answers what happened there besides reading the page. */
const visit = async (address, own, isTouched = true) => {
  const page = await browser.newPage();
  const happened = [];
  page.on("dialog", (dialog) => { happened.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => happened.push(`error ${error.message}`));
  await page.route("**", (route) => {
    const url = route.request().url();
    if (url.startsWith(own)) return route.continue();
    happened.push(`request ${url}`);
    return route.abort();
  });
  await page.goto(address, { waitUntil: "load" });
  // Everything that listens for the pointer is touched, and what begins by itself has begun.
  // Not on a page, whose links lead away.
  if (isTouched) for (const [x, y] of [[3, 3], [200, 200], [400, 300]]) { await page.mouse.move(x, y); await page.mouse.click(x, y); }
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const facts = await page.evaluate(async () => {
    // Cards further down wait until somebody scrolls to them.
    const images = [...document.images ?? []];
    images.forEach((image) => { image.loading = "eager"; });
    await Promise.all(images.map((image) => image.decode().catch(() => {})));
    return {
      scripts: [...document.querySelectorAll("*")].filter((e) => e.localName === "script" && !document.documentElement.matches("html")).length,
      handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
      words: document.documentElement.localName === "svg" ? document.documentElement.textContent.trim() : "",
      shown: images.map((image) => [image.currentSrc, image.naturalWidth]),
    };
  });
  await page.close();
  return { happened, ...facts };
};

test("the visit itself sees what it is for", async () => {
  const folder = temporary("drawings-raw");
  const seen = {};
  for (const one of cases.filter(({ id }) => ["s-script", "s-onload", "s-image-ext"].includes(id))) {
    writeFileSync(join(folder, `${one.id}.svg`), bytesOf(one));
    const { happened } = await visit(`file://${join(folder, one.id)}.svg`, "file://");
    seen[one.id] = happened.length;
  }
  assert.ok(Object.keys(seen).length === 3 && Object.values(seen).every((count) => count > 0), JSON.stringify(seen));
});

test("published drawings run nothing and fetch nothing, by their own address and in their page", async () => {
  const drawings = readdirSync(join(output, "photos")).filter((name) => name.endsWith(".svg"));
  assert.ok(drawings.length >= 2, `${drawings.length} drawings`);
  const server = await serve(output);
  for (const where of [server.url, `file://${output}/`]) {
    for (const name of drawings) {
      const { happened, scripts, handlers, words } = await visit(`${where}photos/${name}`, where);
      assert.deepEqual({ happened, scripts, handlers, words }, { happened: [], scripts: 0, handlers: 0, words: "" }, name);
    }
  }
  for (const { id } of cases) {
    for (const ending of ["svg", "png"]) {
      const { happened, shown } = await visit(`${server.url}products/${id}-${ending}/index.html`, server.url, false);
      assert.deepEqual(happened, [], id);
      for (const [address, width] of shown) assert.ok(width > 0, `${id}: ${address} shows nothing`);
    }
  }
  await server.close();
});

test("what is harmless still shows, and what cannot be shown is named", () => {
  const page = (id) => readFileSync(join(output, `products/${id}/index.html`), "utf8");
  for (const { id, expect } of cases) {
    for (const ending of ["svg", "png"]) {
      const name = `${id}-${ending}`;
      const isShown = /photos\/[0-9a-f]{20}\.svg/.test(page(name));
      if (expect === "keep") assert.ok(isShown, `${name} is shown`);
      assert.ok(isShown || named.includes(`products/${name}/drawing.${ending}`), `${name} is shown or named`);
      assert.doesNotMatch(page(name), /<svg[^>]*onload|<script>alert|javascript:alert/);
    }
  }
});
