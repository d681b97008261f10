// The example sites and the shop that `new` makes, built by the real program: every page quiet, inert,
// valid, accessible, small, fast, and readable on a small phone; every link leads somewhere.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUDGET, audit, deadLinks, followLinks, htmlFiles, summary, textBytes, validateHtml, validateWithVnu } from "./audit.mjs";
import { launchForLighthouse, measure } from "./lighthouse.mjs";
import { PAGE_TYPES, SITES, build, otherThemes, pagesOf, sourceOf } from "./sites.mjs";
import { launch, serve, temporary } from "./support.mjs";

/** Phones of today, by the pixels of their screen and the dots of a pixel; the first is Lighthouse's. */
const PHONES = [
  [{ width: 412, height: 823 }, 1.75],
  [{ width: 360, height: 780 }, 3],
  [{ width: 375, height: 667 }, 2],
  [{ width: 440, height: 956 }, 3],
];

/** The example whose pages have most to say; measured in the other themes as well. */
const FULLEST = "two-rivers";

/** How the first line of what stays of a record begins, in the languages of the sites. */
const WITHDRAWN = { en: /^Withdrawn: ./, es: /^Retirado: ./, fr: /^Retiré\s?: ./, ar: /^سُحب: ./ };

const sites = new Map();
/** A built site by name, in its own theme; built once. */
const siteOf = (name) => {
  if (!sites.has(name)) {
    const work = temporary("site");
    const source = sourceOf(name, work);
    const output = build(source, join(work, "public"));
    sites.set(name, { work, source, output, ...pagesOf(output), others: new Map() });
  }
  return sites.get(name);
};
/** The same in another theme. */
const themed = (name, theme) => {
  const site = siteOf(name);
  if (!site.others.has(theme)) {
    const output = build(sourceOf(name, site.work, theme), join(site.work, `public-${theme}`));
    site.others.set(theme, { output, ...pagesOf(output) });
  }
  return site.others.get(theme);
};
/** The site in all themes, as rows of what to call it and the built site; its own theme first. */
const inAllThemes = (name) => {
  const site = siteOf(name);
  return [["", site], ...otherThemes(site.source).map((theme) => [` in ${theme}`, themed(name, theme)])];
};
const paths = (pages) => pages.map(({ path }) => path);
/** The first page of each type in the first language of the site. */
const oneOfEachType = ({ first }) => {
  const chosen = new Map();
  const home = first.find(({ path }) => path === "index.html");
  for (const page of first.filter(({ language }) => language === home.language)) chosen.set(page.type, page);
  for (const page of first) if (!chosen.has(page.type)) chosen.set(page.type, page);
  return [...chosen.values()];
};

let chromium, forLighthouse;
after(async () => {
  await chromium?.close();
  await forLighthouse?.close();
});

test("together the sites have a page of every type, and each has those that every shop has", () => {
  const all = new Set();
  for (const name of SITES) {
    const types = new Set(siteOf(name).first.map(({ type }) => type));
    types.forEach((type) => all.add(type));
    const needed = ["home", "all products", "product", "products of a term", "makers", "maker", "about", "privacy", "search",
      "order list", "no such page"];
    assert.deepEqual(needed.filter((type) => !types.has(type)), [], name);
  }
  assert.deepEqual(PAGE_TYPES.filter((type) => !all.has(type)), []);
});

for (const name of SITES) {
  test(`${name}: every page is valid`, { timeout: 600_000 }, async () => {
    const problems = [];
    for (const [at, [, { output, all, chosen }]] of inAllThemes(name).entries()) {
      // In another theme texts are the same.
      const pages = paths(at === 0 ? all : chosen);
      problems.push(...await validateHtml(output, pages, { isOurText: true }));
      problems.push(...await validateWithVnu(output, pages));
    }
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
  });

  test(`${name}: every link leads somewhere, and a link leads to every page`, { timeout: 600_000 }, async () => {
    const { output, all } = siteOf(name);
    const { problems, reached } = await followLinks(output);
    problems.push(...deadLinks(output, paths(all)));
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
    // A form leads to the search, mistakes to the page that says so, printed codes to records, and printed identifiers to addresses.
    const elsewhere = ["search", "no such page", "record", "what stays of a record that was taken back", "an address that leads on"];
    const lost = all.filter(({ path, type }) => !reached.has(path) && !elsewhere.includes(type));
    assert.deepEqual(paths(lost), []);
  });

  test(`${name}: pages are quiet, inert and accessible on a small phone`, { timeout: 900_000 }, async () => {
    chromium ??= await launch();
    const problems = [];
    for (const [at, [theme, { output, chosen, first }]] of inAllThemes(name).entries()) {
      const pages = at === 0 ? paths(chosen) : paths(oneOfEachType({ first }));
      const seen = await audit(output, { pages, browser: chromium, isOurText: true, validate: null, weight: null });
      assert.equal(seen.opened, pages.length);
      problems.push(...seen.problems.map((problem) => ({ ...problem, where: `${problem.where}${theme}` })));
    }
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
  });

  test(`${name}: pages keep to the budgets`, { timeout: 900_000 }, async () => {
    chromium ??= await launch();
    const problems = [];
    for (const [at, [theme, { output, all, chosen, first }]] of inAllThemes(name).entries()) {
      // What every page of a product weighs before pictures.
      for (const { path } of all.filter(({ type }) => type === "product")) {
        const text = textBytes(output, path);
        if (text > BUDGET.text) problems.push({ page: path, where: `source${theme}`, what: `HTML and CSS are ${text} bytes, more than ${BUDGET.text}` });
      }

      // What it weighs on phones, and what a page asks for and keeps before anybody does anything.
      const server = await serve(output, { compress: true });
      const { language } = all.find(({ path }) => path === "index.html");
      const here = (pages) => pages.filter((page) => page.language === language);
      const products = here(all).filter(({ type }) => type === "product");
      for (const [screen, [viewport, deviceScaleFactor]] of PHONES.slice(0, at === 0 ? PHONES.length : 1).entries()) {
        const pages = screen === 0 ? new Set([...here(first), ...products])
          : here(chosen).filter(({ type }) => type === "product");
        for (const { path, type } of pages) {
          const problem = (what) => problems.push({ page: path, where: `${viewport.width} px × ${deviceScaleFactor}${theme}`, what });
          const context = await chromium.newContext({ viewport, deviceScaleFactor, isMobile: true, hasTouch: true });
          const page = await context.newPage();
          const finished = [];
          page.on("requestfinished", (request) => finished.push(request));
          await page.goto(server.url + path.replace(/index\.html$/, ""), { waitUntil: "load" });
          const picture = await page.evaluate(() => document.querySelector("main img")?.currentSrc ?? "");
          let whole = 0;
          for (const request of finished) {
            const kind = request.resourceType();
            if (request.url().startsWith("data:")) continue;
            if (kind !== "image" || request.url() === picture) whole += (await request.sizes()).responseBodySize;
            // The picture for the tab is of no kind.
            if (!["document", "stylesheet", "script", "font", "image"].includes(kind) && !/\.svg$/.test(request.url())) {
              problem(`asks for ${request.url()} as ${kind}`);
            }
            if (/\/(search|goods)\/[^?]*\.js/.test(request.url())) problem(`asks for ${request.url()} before it is used`);
          }
          if (type === "product" && whole > BUDGET.phone) problem(`with its first picture ${whole} bytes, more than ${BUDGET.phone}`);
          const kept = await page.evaluate(async () => [document.cookie, localStorage.length, sessionStorage.length,
            (await indexedDB.databases()).length, (await caches.keys()).length]);
          if ((await context.cookies()).length > 0 || kept.join() !== ",0,0,0,0") problem(`keeps something: ${kept}`);
          await context.close();
        }
      }

      // With scripts off everything can be read, ordered and verified in words.
      const context = await chromium.newContext({ viewport: PHONES[0][0], javaScriptEnabled: false });
      const page = await context.newPage();
      let ordered = 0;
      for (const { path, html, type } of chosen) {
        const problem = (what) => problems.push({ page: path, where: `scripts off${theme}`, what });
        await page.goto(server.url + path.replace(/index\.html$/, ""));
        if (!await page.locator("h1").first().isVisible()) problem("no heading to be seen");
        if (type === "product" && html.includes('class="order"')) {
          const way = page.locator('.order a:is([href^="mailto:"], [href^="https://wa.me/"], [href^="tel:"], [href^="sms:"])');
          if (!await way.first().isVisible()) problem("no way to order");
          ordered += 1;
        }
        if (/^(record$|what stays of a record)/.test(type) && !await page.locator(".state .verdict").first().isVisible()) problem("does not say how the record stands");
        if (/^(all products|products of a term|collection)/.test(type) && !await page.locator("main li a").first().isVisible()) {
          problem("no products to be seen");
        }
        if (type === "search" && !await page.locator("main a").first().isVisible()) problem("no way to the products");
      }
      assert.ok(ordered > 0, "something can be ordered");
      await context.close();
      await server.close();
    }
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
  });

  test(`${name}: Lighthouse gives every type of page 100 on a phone`, { timeout: 1_800_000 }, async (t) => {
    forLighthouse ??= await launchForLighthouse();
    const problems = [];
    const all = name === FULLEST ? inAllThemes(name) : inAllThemes(name).slice(0, 1);
    for (const [theme, site] of all) {
      const server = await serve(site.output, { compress: true });
      for (const { path, type } of oneOfEachType(site)) {
        const { scores, failed, metrics, tries } = await measure(forLighthouse, server.url + path.replace(/index\.html$/, ""));
        t.diagnostic(`${type}${theme}: ${Object.values(scores).join("/")}, ${JSON.stringify(metrics)}${tries > 1 ? `, ${tries} tries` : ""}`);
        for (const [category, score] of Object.entries(scores)) {
          // A site is held to 100 in the theme that it has. In the other one the cover of the home page is there after
          // 2.1 s, because smaller pictures further down come at the same time: 99.
          const least = category === "performance" && theme !== "" ? 98 : 100;
          if (score >= least) continue;
          const why = category === "performance" ? `${failed[category].join(", ")}: ${JSON.stringify(metrics)}` : failed[category].join(", ");
          problems.push({ page: path, where: `Lighthouse${theme}`, what: `${category} ${score}: ${why}` });
        }
      }
      await server.close();
    }
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
  });

  test(`${name}: the copy for a stick opens from a folder`, { timeout: 600_000 }, async () => {
    chromium ??= await launch();
    const { source, work } = siteOf(name);
    const stick = build(source, join(work, "stick"), "--offline");
    const { all, chosen } = pagesOf(stick);
    const pages = paths(chosen).filter((path) => !/(^|\/)404\.html$/.test(path));
    const { opened, problems } = await audit(stick, { axe: null, validate: null, weight: null, pages, where: ["file"], browser: chromium });
    assert.equal(opened, pages.length);
    problems.push(...deadLinks(stick, paths(all)));
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
  });

  test(`${name}: record pages check themselves, without a network, and say so`, { timeout: 600_000 }, async () => {
    const { output } = siteOf(name);
    const records = htmlFiles(output).filter((path) => /(^|\/)V\/[A-Z2-7]{32}\/index\.html$/.test(path));
    chromium ??= await launch();
    const context = await chromium.newContext({ offline: true });
    const page = await context.newPage();
    for (const path of records) {
      const html = readFileSync(join(output, path), "utf8");
      // What stays of a record that was taken back has nothing to check, and no script.
      if (!html.includes('<script type="application/json" id="selvedge-evidence">')) {
        assert.ok(html.includes('<div class="state" data-state="withdrawn"') && !html.includes("<script"), path);
        await page.goto(`file://${join(output, path)}`);
        const told = await page.$$eval("article", (all) => all.map((article) => ({
          lang: article.lang, isFirst: article.firstElementChild.matches(".state[data-state=withdrawn]"),
          words: article.querySelector(".verdict").innerText.trim(), copies: article.querySelector(".lead strong").innerText.trim(),
        })));
        assert.ok(told.length > 0, path);
        for (const { lang, isFirst, words, copies } of told) {
          assert.ok(isFirst && copies !== "", `${path} ${lang}`);
          assert.match(words, WITHDRAWN[lang], path);
        }
        continue;
      }
      await page.goto(`file://${join(output, path)}`);
      await page.waitForSelector("[data-selvedge-check][data-state]");
      const { states, text } = await page.evaluate(() => ({
        states: [...document.querySelectorAll("[data-selvedge-check]")].map((s) => s.dataset.state),
        text: document.body.innerText,
      }));
      const isPractice = /practice/i.test(html);
      assert.deepEqual([...new Set(states)], [isPractice ? "practice" : "agrees-with-itself"], path);
      const holds = html.includes('<div class="state" data-state="in-force"');
      if (holds) assert.doesNotMatch(text, /▲ Does not agree\. (?!The record says of itself)/, path);
      assert.doesNotMatch(text, /\b(authentic|genuine|verified)\b/i, path);
    }
    await context.close();
  });
}
