// The copy for a USB stick, of a whole example site: opened from a folder with blanks and accents in its name, in
// Chromium and in Firefox, it finds, takes orders and checks its records, in both languages, and asks nobody for anything.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deadLinks, htmlFiles } from "./audit.mjs";
import { ROOT, launch, launchFirefox, selvedge, temporary } from "./support.mjs";

let stick, records;

before(() => {
  stick = join(temporary("stick"), "USB été 8 GB", "Two Rivers #1");
  mkdirSync(join(stick, ".."), { recursive: true });
  const { code, err } = selvedge("build", join(ROOT, "sites/two-rivers"), "-o", stick, "--offline", "--quiet", "--at", "2026-11-23T00:00:00Z");
  assert.equal(code, 0, err);
  records = readdirSync(join(stick, "V")).map((id) => ({ path: `V/${id}/index.html`, html: readFileSync(join(stick, `V/${id}/index.html`), "utf8") }));
});

const addressOf = (path) => pathToFileURL(join(stick, path)).href;

/** Asks the page again and again; it may be another page meanwhile. */
const until = async (page, ready, value) => {
  const end = Date.now() + 15_000;
  while (!(await page.evaluate(ready, value).catch(() => false))) {
    assert.ok(Date.now() < end, `never: ${ready} ${value ?? ""}`);
  }
};

const at = (page, path) => until(page, (end) => decodeURIComponent(location.pathname).endsWith(end) && document.readyState === "complete", path);

/** What a record page says of itself once it has looked. */
const verdict = async (page) => {
  await until(page, () => [...document.querySelectorAll("[data-selvedge-check]")].some((each) => each.dataset.state));
  return page.evaluate(() => [...new Set([...document.querySelectorAll("[data-selvedge-check]")].map((each) => each.dataset.state))]);
};

const BROWSERS = {
  Chromium: async () => {
    const browser = await launch();
    return { page: await (await browser.newContext({ offline: true })).newPage(), close: () => browser.close() };
  },
  Firefox: async () => {
    const browser = await launchFirefox();
    return { page: await browser.newPage(), close: () => browser.close() };
  },
};

test("every link of the copy leads to a file of it", () => {
  assert.deepEqual(deadLinks(stick, htmlFiles(stick)), []);
});

test("a theme with fonts of its own shows them, and Chromium complains of nothing", async () => {
  const folder = temporary("stick-hearth"), site = join(folder, "site"), copy = join(folder, "copy");
  cpSync(join(ROOT, "sites/two-rivers"), site, { recursive: true });
  const settings = readFileSync(join(site, "site.toml"), "utf8").replace(/^theme = .*\n/m, "");
  writeFileSync(join(site, "site.toml"), `theme = "hearth"\n${settings}`);
  const { code, err } = selvedge("build", site, "-o", copy, "--offline", "--quiet", "--at", "2026-11-23T00:00:00Z");
  assert.equal(code, 0, err);
  const { page, close } = await BROWSERS.Chromium();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(pathToFileURL(join(copy, "index.html")).href);
  const shown = await page.evaluate(() => document.fonts.ready.then((fonts) => [...fonts].map((font) => font.status)));
  assert.ok(shown.includes("loaded"), shown.join());
  await close();
  assert.deepEqual(said, []);
});

for (const [name, begin] of Object.entries(BROWSERS)) {
  let page, close;
  const faults = [];

  before(async () => {
    ({ page, close } = await begin());
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    page.on("request", (request) => {
      const url = request.url();
      if (!/^(data|about):/.test(url) && !url.startsWith(addressOf(""))) faults.push(`asked for ${url}`);
    });
  });
  after(() => close?.());
  const isQuiet = () => assert.deepEqual(faults.splice(0), [], name);

  test(`${name}: from the first page to a piece, and to the same in the other language`, async () => {
    await page.goto(addressOf("index.html"));
    await page.evaluate(() => document.querySelector("main .card a").click());
    await until(page, () => /\/products\/[a-z-]+\/index\.html$/.test(location.pathname) && document.readyState === "complete");
    await page.goto(addressOf("products/bread-basket/index.html"));
    assert.match(await page.evaluate(() => document.querySelector(".price").textContent), /42/);
    assert.ok(await page.evaluate(() => { const image = document.querySelector("main img"); return image.complete && image.naturalWidth > 0; }), "its photograph is shown");
    await page.evaluate(() => document.querySelector('a[hreflang="es"]').click());
    await at(page, "/es/products/bread-basket/index.html");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "es");
    isQuiet();
  });

  test(`${name}: search finds, and facets narrow it down`, async () => {
    for (const [start, query, among] of [["index.html", "basket", "Open bread basket"], ["es/index.html", "jarra", null]]) {
      await page.goto(addressOf(start));
      await page.focus("header input[name=q]");
      await page.keyboard.type(query);
      await page.keyboard.press("Enter");
      await at(page, "/search/index.html");
      await until(page, () => document.querySelectorAll("[data-cards]:not([hidden]) .card-name").length > 0);
      const found = await page.evaluate(() => [...document.querySelectorAll("[data-cards]:not([hidden]) .card-name")].map((card) => card.textContent.trim()));
      if (among) assert.ok(found.some((card) => card.includes(among)), found.join());
    }
    await page.goto(`${addressOf("search/index.html")}?q=basket`);
    await until(page, () => document.querySelectorAll('input[type=checkbox]').length > 0 && document.querySelectorAll("[data-cards]:not([hidden]) .card-name").length > 0);
    const before = await page.evaluate(() => document.querySelector("[data-status]").textContent);
    await page.evaluate(() => [...document.querySelectorAll("input[type=checkbox]")].find((box) => !box.closest("li")?.hidden && !box.checked).click());
    await until(page, (before) => document.querySelector("[data-status]").textContent !== before || location.search.includes("&"), before);
    await page.evaluate(() => document.querySelector("[data-cards]:not([hidden]) a").click());
    await until(page, () => /\/products\/[a-z-]+\/index\.html$/.test(location.pathname));
    isQuiet();
  });

  test(`${name}: the list takes a piece, reckons, and becomes a message`, async () => {
    await page.goto(addressOf("products/bread-basket/index.html"));
    await page.waitForSelector("[data-put]");
    await page.evaluate(() => document.querySelector("[data-put]").click());
    await until(page, () => document.querySelector("[data-count]").textContent === "1");
    await page.evaluate(() => document.querySelector("[data-list]").click());
    await at(page, "/order/index.html");
    await page.waitForSelector("[data-line]");
    assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("[data-line]")].map((line) => line.dataset.line)), ["bread-basket"]);
    await page.evaluate(() => {
      const to = document.querySelector("#list-to");
      to.value = "DE";
      to.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await until(page, () => /46\.50|48\.90|51\.50|56\.00/.test(document.querySelector("main").innerText));
    const message = decodeURIComponent(await page.evaluate(() => document.querySelector('[data-send="whatsapp"]').href));
    assert.match(message, /^https:\/\/wa\.me\/12025550143\?text=/);
    assert.match(message, /Open bread basket/);
    isQuiet();
  });

  test(`${name}: every record page checks itself, and a changed byte is noticed`, async () => {
    let checked = 0;
    for (const { path, html } of records) {
      await page.goto(addressOf(path));
      if (!html.includes('<script type="application/json" id="selvedge-evidence">')) {
        assert.ok(html.includes('<div class="state" data-state="withdrawn"'), path);
        continue;
      }
      assert.deepEqual(await verdict(page), ["practice"], path);
      checked += 1;
    }
    assert.ok(checked > 10, `${checked} records`);
    isQuiet();

    // Somebody changed the copy: one letter of what was signed.
    const { path, html } = records.find(({ html }) => html.includes('id="selvedge-evidence"') && html.includes("Design"));
    const forged = html.replace(/("record":")([A-Za-z0-9+/_-]{400})(.)/, (all, start, kept, letter) => start + kept + (letter === "A" ? "B" : "A"));
    assert.notEqual(forged, html, "a letter was changed");
    writeFileSync(join(stick, "forged.html"), forged);
    await page.goto(addressOf("forged.html"));
    assert.deepEqual(await verdict(page), ["altered"]);
    isQuiet();
  });
}
