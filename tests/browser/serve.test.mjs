// A maker at work: `selvedge serve` runs on a copy of an example site, she edits files as editors do, and a real
// Chromium that nobody touches shows what she wrote.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, launch, program, temporary } from "./support.mjs";

const AT = ["--at", "2026-11-23T00:00:00Z"];
const LONG = { timeout: 40_000 };

let browser, site, preview;

/** Starts the preview; answers `{ url, said, close }` once it can be opened. */
const start = (folder, ...more) => new Promise((done, failed) => {
  const child = spawn(program(), ["serve", folder, "--port", "0", ...AT, ...more], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
  let said = "", isOver = false;
  const over = new Promise((ended) => child.on("exit", () => { isOver = true; ended(); }));
  const hear = (part) => {
    said += part;
    const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(said)?.[0];
    if (url) done({ url, said: () => said, isOver: () => isOver, close: async () => { child.kill(); await over; } });
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  over.then(() => failed(new Error(`the preview ended: ${said}`)));
});

const copyOf = (name) => {
  const folder = join(temporary("serve"), name);
  // Finished photographs of earlier builds are left behind.
  cpSync(join(ROOT, "sites", name), folder, { recursive: true, filter: (from) => !/\/(\.selvedge|public|private)(\/|$)/.test(from) });
  return folder;
};

before(async () => {
  site = copyOf("hazel-shore");
  preview = await start(site);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await preview?.close();
});

/** Opens a page once; whatever it shows later comes by itself. */
const open = async (path, from = preview) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addInitScript(() => {
    globalThis.stopped = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.stopped.push(event.effectiveDirective));
  });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(new URL(from.url).origin)) faults.push(request.url()); });
  await page.goto(from.url + path);
  const close = async () => {
    faults.push(...await page.evaluate(() => globalThis.stopped));
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, close };
};

/** Waits until the page, loaded anew as often as it likes, shows a text somewhere. */
const shows = async (page, selector, text) => {
  await page.locator(selector, { hasText: text }).first().waitFor(LONG);
};

const fileOf = (id) => join(site, `products/${id}/index.md`);
const edited = (id, from, to) => {
  const before = readFileSync(fileOf(id), "utf8");
  assert.ok(before.includes(from), `${id} has ${from}`);
  return before.replace(from, to);
};

/** How editors put a file on disk. */
const WAYS = {
  "in place": (file, text) => writeFileSync(file, text),
  "a new file that takes its name": (file, text) => {
    const beside = join(file, "../.index.md.tmp-4711");
    writeFileSync(beside, text);
    renameSync(beside, file);
  },
  "a new file, the old one kept": (file, text) => {
    renameSync(file, `${file}~`);
    writeFileSync(file, text);
  },
  "from another folder": (file, text) => {
    const elsewhere = join(mkdtempSync(join(site, "../editor-")), "index.md");
    writeFileSync(elsewhere, text);
    renameSync(elsewhere, file);
  },
  "the folder is replaced": (file, text) => {
    const [folder, copy] = [join(file, ".."), mkdtempSync(join(site, "../editor-"))];
    cpSync(folder, join(copy, "new"), { recursive: true });
    writeFileSync(join(copy, "new/index.md"), text);
    renameSync(folder, join(copy, "old"));
    renameSync(join(copy, "new"), folder);
  },
};

test("a price that is edited is on the page by itself, however the editor writes", async () => {
  const { page, close } = await open("products/kelp-soap/");
  let price = /price = "([0-9.]+)"/.exec(readFileSync(fileOf("kelp-soap"), "utf8"))[1];
  await shows(page, ".price", "£7");
  for (const [at, [how, write]] of Object.entries(WAYS).entries()) {
    const next = `${at + 3}1.4${at}`;
    write(fileOf("kelp-soap"), edited("kelp-soap", `price = "${price}"`, `price = "${next}"`));
    await shows(page, ".price", `£${next}`).catch(() => assert.fail(`${how}: £${next} is not shown, but ${preview.said()}`));
    price = next;
  }
  assert.equal(await page.locator("#selvedge-note[open]").count(), 0, "nothing is wrong");
  await close();
});

test("lists and the home page follow, too", async () => {
  const { page, close } = await open("");
  await shows(page, "main", "Beeswax candles");
  writeFileSync(fileOf("beeswax-candles"), edited("beeswax-candles", 'name = "Beeswax candles', 'name = "Golden candles'));
  await shows(page, "main", "Golden candles");
  await close();
});

test("a broken edit is explained above the page, and the page comes back when it is mended", async () => {
  const { page, close } = await open("products/soap-rest/");
  const good = readFileSync(fileOf("soap-rest"), "utf8");
  const price = /price = "[0-9.]+"/.exec(good)[0];
  const heading = await page.locator("h1").textContent();

  // A wrong value: the rest of the page stays.
  writeFileSync(fileOf("soap-rest"), good.replace(price, 'price = "twelve"'));
  await shows(page, "#selvedge-note[open] pre", 'price = "twelve"');
  const note = page.locator("#selvedge-note");
  assert.match(await note.textContent(), /error\[bad-price\].*products\/soap-rest\/index\.md:\d+/s);
  assert.equal(await page.locator("h1").textContent(), heading);
  // The browser keeps the place to which a page was scrolled, so the note has to stay in sight by itself.
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  assert.equal(await page.evaluate(() => document.elementFromPoint(innerWidth / 2, 8).closest("#selvedge-note") !== null), true, "it is in sight");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector("#selvedge-note")).backgroundColor), "rgba(0, 0, 0, 0)", "its style is allowed");

  // A file that is no TOML any more: at worst the page is gone, and the words for it are there.
  writeFileSync(fileOf("soap-rest"), good.replace('name = "', "name = "));
  await shows(page, "#selvedge-note[open] pre", "toml-syntax");
  writeFileSync(fileOf("soap-rest"), good);
  await shows(page, "h1", heading);
  await page.locator("#selvedge-note[open]").waitFor({ state: "detached", ...LONG });

  // Taken away and put back.
  renameSync(fileOf("soap-rest"), join(site, "../soap-rest.md"));
  await page.locator("h1", { hasText: heading }).waitFor({ state: "detached", ...LONG });
  renameSync(join(site, "../soap-rest.md"), fileOf("soap-rest"));
  await shows(page, "h1", heading);
  await close();
});

test("site.toml and templates are mended in the same way", async () => {
  const { page, close } = await open("products/soap-rest/");
  const heading = await page.locator("h1").textContent();
  const file = join(site, "site.toml");
  const good = readFileSync(file, "utf8");
  writeFileSync(file, `name = \n${good}`);
  await shows(page, "#selvedge-note[open] pre", "site.toml:1");
  writeFileSync(file, good);
  await shows(page, "h1", heading);

  mkdirSync(join(site, "theme"));
  writeFileSync(join(site, "theme/card.html"), "{% for %}");
  await shows(page, "#selvedge-note[open] pre", "card.html");
  rmSync(join(site, "theme"), { recursive: true });
  await shows(page, "h1", heading);
  await close();
});

test("a photograph that is added appears, and goes when it is taken away", async () => {
  const { page, close } = await open("products/slack-water-towel/");
  const pictures = () => page.evaluate(() => new Set([...document.querySelectorAll("main article img, main > img")].map((image) => image.src)).size);
  const file = fileOf("slack-water-towel");
  const good = readFileSync(file, "utf8");
  const photos = /^photos = \[(.*)\]$/m.exec(good);
  const before = await pictures();
  writeFileSync(file, good.replace(photos[0], `photos = [${photos[1]}, { file = "second.jpg", alt = "The towel over a rail, added while we watched" }]`));
  await shows(page, "#selvedge-note pre", "second.jpg");
  copyFileSync(join(site, "products/kelp-soap/kelp-soap.jpg"), join(file, "../second.jpg"));
  const added = page.locator('img[alt="The towel over a rail, added while we watched"]').first();
  await added.scrollIntoViewIfNeeded(LONG);
  await page.waitForFunction(() => {
    const image = document.querySelector('img[alt="The towel over a rail, added while we watched"]');
    return image?.complete && image.naturalWidth > 0;
  }, null, LONG);
  assert.ok(await pictures() > before, "there is one more");
  writeFileSync(file, good);
  await page.locator('img[alt="The towel over a rail, added while we watched"]').first().waitFor({ state: "detached", ...LONG });

  // A whole new product, folder and photograph at once.
  await close();
  const list = await open("products/");
  cpSync(join(site, "products/kelp-soap"), join(site, "products/new-soap"), { recursive: true });
  writeFileSync(fileOf("new-soap"), edited("new-soap", 'name = "', 'name = "Entirely new: '));
  await list.page.locator(".card", { hasText: "Entirely new: " }).locator("img").first().waitFor(LONG);
  await list.close();
});

test("through a link to the folder it follows as well", async () => {
  const linked = join(temporary("serve-link"), "my shop");
  symlinkSync(site, linked);
  const other = await start(linked);
  const { page, close } = await open("products/bath-salt/", other);
  await shows(page, ".price", "£11");
  WAYS["a new file that takes its name"](fileOf("bath-salt"), edited("bath-salt", 'price = "11.00"', 'price = "12.34"'));
  await shows(page, ".price", "£12.34");
  await close();
  await other.close();
});

test("what is for dealers is seen by the maker alone, and by nobody in the public preview", async () => {
  const file = fileOf("striped-napkins");
  const good = readFileSync(file, "utf8");
  writeFileSync(file, good.replace("+++\n", "+++\n# for dealers\n").replace(/\n\+\+\+\n/, '\n[wholesale]\nbreaks = [{ from = 10, price = "7.77" }]\nnote = "Ask for the pale ones."\n+++\n'));
  cpSync(join(site, "products/kelp-soap"), join(site, "products/dealers-soap"), { recursive: true });
  writeFileSync(fileOf("dealers-soap"), edited("dealers-soap", 'name = "', 'audience = "trade"\nname = "Dealers only: '));

  const trade = await start(site, "--audience", "trade");
  const seen = await open("products/striped-napkins/", trade);
  await shows(seen.page, ".trade", "£7.77");
  await shows(seen.page, ".audience", /./);
  // It follows changes as the public one does.
  writeFileSync(file, readFileSync(file, "utf8").replace("7.77", "6.66"));
  await shows(seen.page, ".trade", "£6.66");
  await seen.page.goto(`${trade.url}products/dealers-soap/`);
  await shows(seen.page, "h1", "Dealers only: ");
  await seen.close();

  const open_ = await open("products/striped-napkins/");
  await shows(open_.page, "h1", /apkins/);
  assert.equal(await open_.page.locator(".trade, .audience").count(), 0);
  assert.doesNotMatch(await open_.page.content(), /6\.66|7\.77|pale ones/);
  const gone = await open_.page.goto(`${preview.url}products/dealers-soap/`);
  assert.equal(gone.status(), 404);
  await open_.close();

  // Only this machine is answered.
  const { status } = await new Promise((done, failed) => {
    import("node:http").then(({ request }) => request(trade.url, { headers: { host: "shop.example" } }, (answer) => {
      answer.resume();
      done({ status: answer.statusCode });
    }).on("error", failed).end());
  });
  assert.equal(status, 403);
  await trade.close();
});
