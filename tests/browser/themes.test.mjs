// Both themes on every kind of page, light and dark, from phone to desk, in many scripts and on paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audit, deadLinks, htmlFiles, summary } from "./audit.mjs";
import { SCRIPTS, makeScriptsSite } from "./make-scripts-site.mjs";
import { ROOT, launch, selvedge, serve, temporary } from "./support.mjs";

const AT = ["--at", "2026-11-23T00:00:00Z"];
const THEMES = ["daylight", "hearth"];

/** A page of every kind, by the class of its body; records have none. */
const KINDS = ["home", "product", "listing", "terms", "producer", "design", "free", "my-list", "search", "missing"];

const work = temporary("themes");
const built = {};
let browser;

const build = (site, output) => {
  const { code, err } = selvedge("build", site, "-o", output, "--quiet", ...AT);
  assert.equal(code, 0, err);
  return output;
};

before(async () => {
  browser = await launch();
  for (const theme of THEMES) {
    // The example in English alone: the same kinds of page, a third of them.
    const site = join(work, `site-${theme}`);
    cpSync(join(ROOT, "sites/two-rivers"), site, {
      recursive: true, filter: (path) => !/\/(public|\.cache|theme)$|\.es\.md$/.test(path),
    });
    const toml = readFileSync(join(site, "site.toml"), "utf8").replace(/^languages = .*$/m, 'languages = ["en"]');
    writeFileSync(join(site, "site.toml"), `theme = "${theme}"\n${toml.replace(/^theme = .*$/m, "")}`
      .replace(/, es = "(?:[^"\\]|\\.)*"/g, "").replace(/^es = .*$/gm, ""));
    built[theme] = build(site, join(work, theme));
    const scripts = join(work, `scripts-site-${theme}`);
    makeScriptsSite(scripts, theme);
    built[`${theme} scripts`] = build(scripts, join(work, `scripts-${theme}`));
  }
}, { timeout: 600_000 });

after(() => browser.close());

/** The first page of each kind, and one with a collection's picture, one with a record. */
const pagesOfEachKind = (folder) => {
  const found = new Map();
  for (const path of htmlFiles(folder)) {
    const html = readFileSync(join(folder, path), "utf8");
    // The address that a printed identifier is leads on at once: nobody reads it.
    if (html.includes('<meta http-equiv="refresh"')) continue;
    const kind = /^V\//.test(path) ? "record" : html.match(/<body class="([a-z-]+)"/)?.[1];
    if (!found.has(kind)) found.set(kind, path);
    const more = kind === "listing" && path.startsWith("collections/") ? "collection"
      : kind === "design" && html.includes('class="record"') ? "design with a record"
        : kind === "terms" && path.startsWith("makers") ? "makers" : kind;
    if (!found.has(more)) found.set(more, path);
  }
  for (const kind of [...KINDS, "record", "collection", "makers"]) assert.ok(found.has(kind), `a page of the kind ${kind}`);
  return [...new Set(found.values())];
};

/** Runs in the page: names, labels, prices and buttons whose words are cut in two, and words at the very edge; commands scroll by themselves. */
const squeezed = () => {
  const odd = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("script, style, noscript, svg, .skip, pre")) continue;
    for (const { index, 0: word } of node.data.matchAll(/[^\s\u2066-\u2069-]+/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 1);
      if (boxes.length === 0) continue;
      const say = (what) => odd.push(`${what}: "${word}" in ${element.outerHTML.slice(0, 120)}`);
      if (boxes.some((box) => box.left < 8 || box.right > innerWidth - 8)) say("at the edge");
      const isName = element.closest("h1, h2, h3, dt, .button, [class$=name], [class$=price]");
      if (isName && new Set(boxes.map((box) => Math.round(box.top))).size > 1) say("cut in two");
    }
  }
  return odd;
};

for (const theme of THEMES) {
  test(`${theme}: on a phone no word is cut in two or stands at the edge`, { timeout: 300_000 }, async () => {
    const folder = built[theme];
    const server = await serve(folder);
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    const odd = [];
    for (const path of pagesOfEachKind(folder)) {
      await page.goto(server.url + path);
      odd.push(...(await page.evaluate(squeezed)).map((what) => `${path}: ${what}`));
    }
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of pagesOfEachKind(folder)) {
      await page.goto(server.url + path);
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) odd.push(`${path}: scrolls sideways at 320 px`);
    }
    await page.close();
    await server.close();
    assert.deepEqual(odd, []);
  });
}

for (const theme of THEMES) {
  test(`${theme}: every kind of page, on a phone and on a desk, light and dark`, { timeout: 600_000 }, async () => {
    const folder = built[theme];
    const pages = pagesOfEachKind(folder);
    const screens = [
      [{ width: 360, height: 740 }, "dark"],
      [{ width: 768, height: 1024 }, "light"],
      [{ width: 1440, height: 900 }, "light"],
      [{ width: 1440, height: 900 }, "dark"],
    ];
    const problems = deadLinks(folder, pages);
    for (const [at, [viewport, scheme]] of screens.entries()) {
      // The sources are the same on every screen.
      const once = at === 0 ? {} : { validate: null, weight: null };
      const seen = await audit(folder, { pages, browser, viewport, scheme, ...once });
      assert.equal(seen.opened, pages.length);
      problems.push(...seen.problems.map((p) => ({ ...p, where: `${viewport.width} px, ${scheme}` })));
    }
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
  });

  test(`${theme}: the menu opens and closes with the keyboard and without a script`, async () => {
    const server = await serve(built[theme]);
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(server.url);
    const link = page.locator("#menu a").first();
    assert.equal(await link.isVisible(), false);
    await page.keyboard.press("Tab");
    assert.ok(await page.locator(".skip").evaluate((skip) => skip === document.activeElement), "first the way past the menu");
    const button = page.locator(".menu-button").first(), close = page.locator("#menu .menu-button");
    await button.focus();
    await page.keyboard.press("Enter");
    assert.ok(await link.isVisible());
    await page.keyboard.press("Tab");
    assert.ok(await close.evaluate((close) => close === document.activeElement && close.textContent !== ""), "first the way out again");
    await page.keyboard.press("Escape");
    assert.equal(await link.isVisible(), false);
    await button.click();
    await close.click();
    assert.equal(await link.isVisible(), false);
    await page.setViewportSize({ width: 1440, height: 900 });
    assert.ok(await link.isVisible(), "where there is room the menu stands open");
    assert.equal(await button.isVisible() || await close.isVisible(), false);
    await context.close();
    await server.close();
  });

  test(`${theme}: nothing jumps while a page loads`, async () => {
    const server = await serve(built[theme]);
    for (const width of [360, 1024, 1440]) {
      const context = await browser.newContext({ viewport: { width, height: 800 } });
      const page = await context.newPage();
      await page.addInitScript(() => {
        globalThis.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) globalThis.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
      });
      for (const path of ["", "products/two-waters-shawl/", "products/"]) {
        await page.goto(server.url + path, { waitUntil: "load" });
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        assert.equal(await page.evaluate(() => globalThis.shift), 0, `${path} at ${width} px`);
      }
      // The number of what is on the list has its place before it is there.
      const places = () => page.$$eval(":is(.top, .brand, .list-link, .top .find, .top .menu-button, .menu)",
        (all) => all.map((each) => Object.values(each.getBoundingClientRect().toJSON()).map(Math.round).join(" ")));
      const before = await places();
      await page.evaluate(() => window.selvedge.list.put("two-waters-shawl", "", 12));
      assert.ok(await page.locator("[data-count]").isVisible());
      assert.deepEqual(await places(), before, `the head at ${width} px`);
      await context.close();
    }
    await server.close();
  });

  test(`${theme}: every script is set in its own way, from its own side`, { timeout: 300_000 }, async () => {
    const folder = built[`${theme} scripts`];
    const pages = SCRIPTS.flatMap(([tag], at) => [at === 0 ? "" : `${tag}/`].flatMap((dir) =>
      [`${dir}index.html`, `${dir}products/towel/index.html`]));
    for (const viewport of [{ width: 360, height: 740 }, { width: 1440, height: 900 }]) {
      const { problems } = await audit(folder, { pages, browser, viewport, axe: /towel/, validate: viewport.width === 360 ? /./ : null });
      assert.equal(problems.length, 0, `\n${summary(problems)}`);
    }
    const server = await serve(folder);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const styles = () => page.evaluate(() => {
      const of = (selector) => getComputedStyle(document.querySelector(selector));
      const h1 = of("h1"), p = of(".prose p"), em = of(".prose em");
      return {
        dir: document.documentElement.dir, spacing: h1.letterSpacing, slant: em.fontStyle,
        leading: parseFloat(p.lineHeight) / parseFloat(p.fontSize), faces: h1.fontFamily,
        photo: document.querySelector(".first-photo").getBoundingClientRect().left,
        buy: document.querySelector(".buy").getBoundingClientRect().left,
      };
    });
    const at = async (dir) => { await page.goto(`${server.url}${dir}products/towel/`); return styles(); };
    const arabic = await at(""), english = await at("en/"), hindi = await at("hi/"), cherokee = await at("chr/");
    assert.equal(arabic.dir, "rtl");
    assert.ok(arabic.photo > arabic.buy && english.photo < english.buy, "the page is turned round");
    for (const other of [arabic, hindi, cherokee]) {
      assert.deepEqual([other.slant, ["0px", "normal"].includes(other.spacing)], ["normal", true]);
      assert.ok(other.leading > english.leading, `${other.leading} > ${english.leading}`);
    }
    assert.equal(english.slant, "italic");
    assert.match(arabic.faces, /Noto Naskh Arabic/);
    assert.match(cherokee.faces, /selvedge-cherokee/);

    // The fonts that come along load under the page's policy, each for its own characters alone.
    const loaded = await page.evaluate(async () => {
      const load = async (family, text) => (await document.fonts.load(`16px ${family}`, text)).length;
      return [await load("selvedge-cherokee", "Ꭰ"), await load("selvedge-syllabics", "ᐁ"), await load("selvedge-cherokee", "a")];
    });
    assert.deepEqual(loaded, [1, 1, 0]);
    const fonts = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".woff2"));
    assert.equal(fonts.length, theme === "hearth" ? 5 : 2, "no font that no text of the site needs");
    const plain = readdirSync(join(built[theme], "assets")).filter((name) => name.endsWith(".woff2"));
    assert.equal(plain.length, theme === "hearth" ? 3 : 0);
    await page.close();
    await server.close();
  });

  test(`${theme}: on paper a page is black on white, without menus, nothing cut off`, async () => {
    const server = await serve(built[theme]);
    const page = await browser.newPage({ viewport: { width: 794, height: 1123 }, colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const path of ["products/two-waters-shawl/", "products/", "makers/ilde-marrowin/"]) {
      await page.goto(server.url + path);
      const seen = await page.evaluate(() => ({
        hidden: [".menu", ".menu-button", ".skip"].filter((s) => getComputedStyle(document.querySelector(s)).display !== "none"),
        ground: getComputedStyle(document.documentElement).backgroundColor,
        ink: getComputedStyle(document.querySelector("h1")).color,
        fits: document.documentElement.scrollWidth <= 794,
        address: document.querySelector(".order .on-paper")?.checkVisibility() ?? true,
      }));
      assert.deepEqual(seen, { hidden: [], ground: "rgb(255, 255, 255)", ink: "rgb(0, 0, 0)", fits: true, address: true }, path);
    }
    await page.close();
    await server.close();
  });
}

for (const theme of THEMES) {
  test(`${theme}: things with and without a photograph stand in line`, { timeout: 300_000 }, async () => {
    const site = join(work, `mixed-site-${theme}`);
    const put = (path, content) => {
      mkdirSync(join(site, path, ".."), { recursive: true });
      writeFileSync(join(site, path), content);
    };
    put("site.toml", `theme = "${theme}"\nname = "Shop"\ncurrency = "EUR"\nlists = ["category"]\n[order]\nemail = "a@shop.example"\n`);
    put("pages/about.md", "+++\nname = \"About us\"\nmenu = true\n+++\nText.\n");
    const photo = readFileSync(join(ROOT, "themes/starter/cloth.jpg"));
    for (const [id, photos] of [["bag", 2], ["cup", 0], ["jar", 1], ["pot", 0]]) {
      for (let at = 1; at <= photos; at++) put(`products/${id}/${at}.jpg`, photo);
      put(`products/${id}/index.md`, `+++\nname = "${id}"\nprice = "5"\ncategory = "Of ${id}"\n+++\nText.\n`);
    }
    const server = await serve(build(site, join(work, `mixed-${theme}`)));
    const box = (page, what) => page.locator(what).first().evaluate((element) => element.getBoundingClientRect().toJSON());
    for (const width of [360, 1440]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.goto(`${server.url}category/`);
      const rows = await page.$$eval(".tile-name", (names) => names.map((name) => Math.round(name.getBoundingClientRect().top)));
      assert.equal(rows[0], rows[1], `${width} px: the names of tiles`);
      await page.goto(`${server.url}products/`);
      const frames = await page.$$eval(".card .frame", (all) => all.map((frame) => Math.round(frame.getBoundingClientRect().height)));
      assert.equal(new Set(frames).size, 1, `${width} px: the frames of cards: ${frames}`);
      // A photograph that is left over has the whole row.
      await page.goto(`${server.url}products/bag/`);
      assert.equal((await box(page, ".photos > a")).width, (await box(page, ".photos")).width);
      // Without a photograph nothing stands before the name and what to do.
      await page.goto(`${server.url}products/cup/`);
      const [buy, about] = [await box(page, ".buy"), await box(page, ".about-it")];
      assert.ok(buy.top <= about.top && buy.left <= about.left + (theme === "hearth" ? width / 2 : 0), JSON.stringify([width, buy, about]));
      // Pages of text begin where the head of the page does.
      await page.goto(`${server.url}about/`);
      const [head, text] = await Promise.all([box(page, ".top > :first-child"), box(page, "article .heading h1")]);
      if (theme === "daylight") assert.equal(text.left, head.left, `${width} px: the text of a page`);
      await page.close();
    }
    await server.close();
  });
}

test("colours, letters and a designer's own template come from the site's folder", { timeout: 300_000 }, async () => {
  const site = join(work, "own");
  makeScriptsSite(site, "daylight");
  const toml = readFileSync(join(site, "site.toml"), "utf8").replace(/^theme.*\n/m, "");
  // Yellow on violet, which nobody could read without computation.
  writeFileSync(join(site, "site.toml"), toml.replace("[look]\n", `[look]
ground = "#fdf6a0"
second = "#7d6b9c"
headings = "brand"
text = "humanist"
`).replace(/^accent.*$/m, 'accent = "#ffe600"'));
  for (const folder of ["theme", "fonts"]) mkdirSync(join(site, folder));
  cpSync(join(ROOT, "themes/fonts/osage.woff2"), join(site, "fonts/brand.woff2"));
  writeFileSync(join(site, "theme/theme.toml"), 'base = "hearth"\n');
  writeFileSync(join(site, "theme/missing.html"),
    '{% extends "base.html" %}{% block main %}<h1 class="own">{{ w.missing_title }}</h1>{% endblock %}\n');
  writeFileSync(join(site, "theme/extra.css"), ".own { text-transform: uppercase }\n");
  const folder = build(site, join(work, "own-built"));
  assert.ok(existsSync(join(folder, "404.html")));
  const pages = ["en/index.html", "en/products/towel/index.html", "en/products/index.html", "404.html"];
  for (const scheme of ["light", "dark"]) {
    const { problems } = await audit(folder, { pages, browser, scheme, weight: null });
    assert.equal(problems.length, 0, `${scheme}\n${summary(problems)}`);
  }
  const server = await serve(folder);
  const page = await browser.newPage();
  const fonts = [];
  page.on("request", (request) => { if (request.url().endsWith(".woff2")) fonts.push(request.url()); });
  await page.goto(`${server.url}404.html`);
  const own = await page.evaluate(() => {
    const style = getComputedStyle(document.querySelector("h1.own"));
    return [style.textTransform, style.fontFamily.split(",")[0]];
  });
  assert.deepEqual(own, ["uppercase", "brand"]);
  assert.ok(fonts.length > 0, "the font of the site is asked for");
  await page.close();
  await server.close();
});
