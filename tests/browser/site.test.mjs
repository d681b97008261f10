// The example sites and the shop that `new` makes, built by the real program: every page quiet, inert,
// valid, accessible, small, and readable on a small phone; every link leads somewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { audit, deadLinks, htmlFiles, summary } from "./audit.mjs";
import { ROOT, launch, selvedge, temporary } from "./support.mjs";

const AT = ["--at", "2026-11-23T00:00:00Z"];

const examples = () => {
  const folder = join(ROOT, "sites");
  return existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "site.toml"))).sort() : [];
};

/** Of many pages of one kind a few say as much as all. */
const sample = (pages, most) => {
  const seen = new Map();
  return pages.filter((path) => {
    const kind = `${path.split("/").length} ${path.split("/").slice(0, 2).filter((p) => /^[a-z]{2}$|s$|^V$/.test(p)).join()}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    return seen.get(kind) <= most;
  });
};

const look = (name, make) =>
  test(name, { timeout: 900_000 }, async () => {
    const work = temporary("site");
    const output = join(work, "public");
    const site = make(work);
    const { code, err } = selvedge("build", site, "-o", output, "--quiet", ...AT);
    assert.equal(code, 0, err);
    const all = htmlFiles(output);
    const pages = sample(all, 2);
    const { opened, problems, weights } = await audit(output, { pages });
    problems.push(...deadLinks(output, all));
    assert.equal(opened, pages.length);

    const stick = join(work, "stick");
    assert.equal(selvedge("build", site, "-o", stick, "--offline", "--quiet", ...AT).code, 0);
    const copies = sample(all, 1).filter((path) => path !== "404.html");
    const quick = { axe: null, validate: null, weight: null };
    const fromFiles = await audit(stick, { ...quick, pages: copies, where: ["file"] });
    assert.equal(fromFiles.opened, copies.length);
    problems.push(...fromFiles.problems, ...deadLinks(stick, htmlFiles(stick)));
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
    assert.ok(Object.keys(weights).length > 0, "product pages were weighed");

    // Record pages check themselves, without a network, and say so.
    const records = all.filter((path) => /(^|\/)V\/[A-Z2-7]{32}\/index\.html$/.test(path));
    if (records.length > 0) {
      const browser = await launch();
      const page = await (await browser.newContext({ offline: true })).newPage();
      for (const path of records) {
        const html = readFileSync(join(output, path), "utf8");
        // What stays of a record that was taken back has nothing to check, and no script.
        if (!html.includes('<script type="application/json" id="selvedge-evidence">')) {
          assert.ok(html.includes('<div class="state" data-state="withdrawn"') && !html.includes("<script"), path);
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
      await browser.close();
    }
  });

for (const name of examples()) {
  // Built where it stands: its photographs are cached there, in a folder that git ignores.
  look(`sites/${name}`, () => join(ROOT, "sites", name));
}

look("the shop that `new` makes", (work) => {
  const site = join(work, "my-shop");
  const { code, err } = selvedge("new", site);
  assert.equal(code, 0, err);
  return site;
});
