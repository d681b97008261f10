// Search and facets in real browsers, on a shop built by the real program: what is typed and chosen, with the
// keyboard, from file:// in Chromium and Firefox, from right to left, and without scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, json, launch, launchFirefox, selvedge, serve, temporary } from "./support.mjs";

const require = createRequire(import.meta.url);
const AT = ["--at", "2026-11-23T00:00:00Z"];

// 30 products, so that the list has two pages and the results more than one, too.
const PRODUCTS = [
  ["red-shawl", `name = { en = "Red shawl", ar = "الشّال الأحمر", vi = "Khăn choàng đỏ" }\nprice = "40.00"\ncolour = "Red"\ncategory = "Shawls"\nmade_by = "dang"\nstock = 3`, "Warm wool of the coast."],
  ["blue-shawl", `name = { en = "Blue shawl", ar = "شال أزرق", vi = "Khăn choàng xanh" }\nprice = "60.00"\ncolour = "Blue"\ncategory = "Shawls"\nmade_by = "lodz"\nstock = 0`, "Warm wool of the hills."],
  ["green-shawl", `name = { en = "Green shawl", ar = "شال أخضر" }\nprice = "80.00"\ncolour = "Green"\ncategory = "Shawls"\nmade_by = "dang"\nmade_to_order = true\ncapacity_per_month = 4`, "Linen. Goes with the red bowl."],
  ["striped-shawl", `name = "Striped shawl"\nprice = "55.50"\ncolour = ["Red", "Blue"]\ncategory = "Shawls"\nmade_by = "lodz"\none_of_a_kind = true\nsku = "S-77"`, "Two threads."],
  ["red-bowl", `name = "Red bowl"\nprice = "20.00 - 30.00"\ncolour = "Red"\ncategory = "Bowls"\nmade_by = "dang"\nstock = 12\nmaterials = ["stoneware"]`, "A deep bowl; crème brûlée fits in. [Ananas&shy;](x.md)"],
  ["basket", `name = { en = "Bamboo basket", vi = "Giỏ tre" }\nprice = "on request"\ncategory = "Baskets"\nmade_by = "lodz"`, "Woven by night, ch’ullu beside it. 竹籠 and ผ้าไหม are words of its text."],
  ["secret", `name = "Sekretopamatos"\nprice = "1.00"\ncategory = "Bowls"\nhide = true`, "Verborgenwort."],
  ["odd", `name = '<b onclick="alert(1)">Odd</b> "one" </script>'\nprice = "900.00"\ncategory = '<img src=x onerror=alert(1)>'`, "Oddities."],
  ...Array.from({ length: 25 }, (_, at) => [`cup-${at}`, `name = "Cup ${at}"\nprice = "${5 + at}.00"\ncategory = "Cups"\nmade_by = "dang"\nstock = ${at}`, `A cup, number ${at}.`]),
];

let browser, server, output, stick, url;

before(() => {
  const site = join(temporary("search"), "shop");
  const put = (path, content) => {
    mkdirSync(join(site, path, ".."), { recursive: true });
    writeFileSync(join(site, path), content);
  };
  put("site.toml", 'name = { en = "Shop", ar = "متجر", vi = "Cửa hàng" }\nbase_url = "https://shop.example/"\nlanguages = ["en", "ar", "vi"]\ncurrency = "EUR"\n[order]\nemail = "a@shop.example"\n[terms.colour.red]\nname = { en = "Red", ar = "أحمر", vi = "Đỏ" }\n');
  put("producers/dang.md", '+++\nname = "Đặng Thị Lò"\nplace = "Upper valley"\n+++\n');
  put("producers/lodz.md", '+++\nname = "Łódź Workshop"\n+++\n');
  put("collections/feast.md", '+++\nname = "For a feast"\nproducts = ["red-bowl", "red-shawl"]\n+++\n');
  put("collections/winter.md", '+++\nname = "For winter"\nproducts = ["red-shawl", "blue-shawl"]\n+++\n');
  for (const [id, fields, text] of PRODUCTS) put(`products/${id}.md`, `+++\n${fields}\n+++\n${text}\n`);
  output = join(site, "../public");
  stick = join(site, "../stick");
  for (const args of [["-o", output], ["-o", stick, "--offline"]]) {
    const { code, err } = selvedge("build", site, ...args, "--quiet", ...AT);
    assert.equal(code, 0, err);
  }
});

before(async () => {
  browser = await launch();
  server = await serve(output);
  url = server.url;
});

after(async () => {
  await browser.close();
  await server.close();
});

/** A page that fails the test on any error, message of the console, or breach of its policy. */
const open = async (address, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [], requests = [];
  page.on("pageerror", (error) => faults.push(String(error.stack)));
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  page.on("request", (request) => requests.push(request.url()));
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      globalThis.stopped = [];
      document.addEventListener("securitypolicyviolation", (event) => globalThis.stopped.push(event.effectiveDirective));
    });
  }
  await page.goto(address);
  const close = async () => {
    if (options.javaScriptEnabled !== false) faults.push(...await page.evaluate(() => globalThis.stopped));
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, requests, close, data: () => requests.filter((each) => /\/search\/.*\.js(\?|$)/.test(each)) };
};

/** Waits until the live region says something that fits; works with either browser's driver. */
const says = (page, pattern) => page.evaluate((source) => new Promise((done, failed) => {
  const wanted = new RegExp(source);
  const region = document.querySelector("[data-status]");
  const look = () => { if (wanted.test(region.textContent)) { watcher.disconnect(); done(region.textContent); } };
  const watcher = new MutationObserver(look);
  watcher.observe(region, { childList: true, characterData: true, subtree: true });
  setTimeout(() => failed(new Error(`never said ${source}, but: ${region.textContent}`)), 15_000);
  look();
}), pattern.source);

const names = (page) => page.evaluate(() =>
  [...document.querySelectorAll("[data-cards]:not([hidden]) .card-name")].map((name) => name.firstChild.textContent.trim() || name.textContent.trim()));

const find = async (page, query) => {
  await page.evaluate((query) => {
    document.querySelector("[data-status]").textContent = "";
    const field = document.querySelector("main input[name=q]");
    field.value = query;
    field.form.requestSubmit();
  }, query);
  const said = await says(page, /^(\d+ work|Nothing|قطعة|قطعتان|.*\d|لا|Không|.*:)/);
  return { said, names: await names(page) };
};

const counts = (page, key) => page.evaluate((key) => Object.fromEntries(
  [...document.querySelectorAll(`input[name="${key}"]`)].filter((box) => !box.closest("li").hidden)
    .map((box) => [box.value, Number(box.closest("label").querySelector(".quiet").textContent)])), key);

test("folding and cutting in the script is that of the program", async () => {
  const vector = json(join(ROOT, "tests/vectors/own/search-words.json"));
  const files = readdirSync(join(output, "assets")).filter((file) => file.endsWith(".js"));
  const script = files.map((file) => readFileSync(join(output, "assets", file), "utf8")).find((text) => text.includes("folding="));
  const run = async ({ script, vector }) => {
    const window = {}, document = { querySelector: () => null };
    new Function("window", "document", script)(window, document);
    const { fold, words } = window.selvedge;
    const texts = vector.texts.map(({ text }) => ({ text, folded: fold(text), words: words(text, false) }));
    let characters = 0, all = "";
    for (const [low, high] of vector.blocks) {
      for (let code = low; code <= high; code++) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        const c = String.fromCodePoint(code);
        all += `${fold(c)}\n${words(`a${c}b`, false).join(" ")}\n`;
        characters += 1;
      }
    }
    return { texts, characters, all };
  };
  for (const [where, { texts, characters, all }] of [
    ["Node", await run({ script, vector })],
    // The policy of a page forbids making scripts of text, an empty page does not.
    ["Chromium", await browser.newPage().then((page) => page.evaluate(run, { script, vector }))],
  ]) {
    assert.deepEqual(texts, vector.texts, where);
    assert.equal(characters, vector.characters, where);
    assert.equal(createHash("sha256").update(all).digest("hex"), vector.sha256, where);
  }
});

test("nothing of the search is asked for before it is used", async () => {
  const counted = ["products/?fbclid=IwAR0abc&utm_source=letter", "products/?constructor=x", "search/?utm_campaign=feast", "products/#utm_source=letter"];
  for (const path of ["", "products/", "products/red-shawl/", "search/", ...counted]) {
    const { page, data, close } = await open(url + path);
    await page.waitForLoadState("networkidle");
    assert.deepEqual(data(), [], path);
    if (path.startsWith("products/")) assert.ok(await page.locator("[data-as-built] .card, main .card").first().isVisible(), path);
    assert.equal(await page.evaluate(() => document.cookie + localStorage.length + sessionStorage.length), "00", path);
    await close();
  }
  // Beside what is chosen the mark of a newsletter changes nothing.
  const chosen = await open(`${url}products/?utm_source=letter&category=baskets`);
  assert.equal(await says(chosen.page, /works?/), "1 work");
  assert.deepEqual(await names(chosen.page), ["Bamboo basket"]);
  await chosen.close();
  const { page, data, close } = await open(`${url}search/`);
  await page.focus("main input[name=q]");
  await page.waitForSelector("input[name=category]");
  assert.deepEqual(data().map((each) => each.replace(url, "")).sort(), ["search/en.js", "search/products.js"]);
  await close();
});

test("the field in the head of every page leads to the search", async () => {
  const { page, close } = await open(`${url}products/red-shawl/`);
  await page.fill("header input[name=q]", "shawl");
  await page.press("header input[name=q]", "Enter");
  await page.waitForURL("**/search/?q=shawl");
  assert.equal(await says(page, /works?/), "4 works");
  assert.equal(await page.inputValue("main input[name=q]"), "shawl");
  await close();
});

test("words are found by accents or none, by beginnings, by parts, and in the right order", async () => {
  const { page, close } = await open(`${url}search/`);
  const table = [
    ["shawl", ["Striped shawl", "Red shawl", "Green shawl", "Blue shawl"]],
    ["SHAWLS red", ["Red shawl", "Striped shawl", "Green shawl"]],
    ["red", ["Red shawl", "Red bowl", "Striped shawl", "Green shawl"]],
    ["sha", ["Red shawl", "Green shawl", "Striped shawl", "Blue shawl"]],
    ["bowl creme brulee", ["Red bowl"]],
    ["CRÈME", ["Red bowl"]],
    ["chullu", ["Bamboo basket"]],
    ["ch'ullu", ["Bamboo basket"]],
    ["s-77", ["Striped shawl"]],
    ["ston", ["Red bowl"]],
    ["竹籠", ["Bamboo basket"]],
    ["籠", ["Bamboo basket"]],
    ["ไหม", ["Bamboo basket"]],
    ["feast", ["Red shawl", "Red bowl"]],
    ["upper valley red", ["Red shawl", "Red bowl", "Green shawl"]],
    ["<img src=x onerror=alert()>", ['<b onclick="alert(1)">Odd</b> "one" </script>']],
    ["!?", []],
  ];
  for (const [query, expected] of table) {
    const found = await find(page, query);
    assert.deepEqual(found.names.slice().sort(), expected.slice().sort(), query);
    if (expected.length > 1 && query === "red") assert.deepEqual(found.names.slice(0, 2).sort(), ["Red bowl", "Red shawl"]);
  }
  for (const [query, count] of [["lodz", 3], ["Łódź", 3], ["dang thi lo", 28], ["cup", 25]]) {
    assert.equal((await find(page, query)).said, `${count} works`, query);
  }
  assert.equal((await find(page, "shwal")).said, "4 works Shown for “shawl”.");
  assert.equal((await find(page, "red qqqqzzzz")).said, "4 works “qqqqzzzz” is nowhere, so it was left out.");
  assert.equal((await find(page, "qqqqzzzz")).said, "Nothing found for “qqqqzzzz”.");
  // Nothing to choose among, and a way on.
  assert.equal(await page.locator("[data-finder]").isVisible(), false);
  assert.match(await page.getAttribute("[data-none] a", "href"), /products\/$/);
  assert.ok(await page.locator("[data-none] a").isVisible());
  await find(page, "cup");
  assert.ok(await page.locator("[data-finder]").isVisible());
  assert.equal(await page.locator("[data-none]").isVisible(), false);
  // No group of the choice stands there empty.
  assert.deepEqual(await page.$$eval("fieldset.facet:has(li):not([hidden])", (all) => all.filter((each) => !each.querySelector("li:not([hidden])")).map((each) => each.textContent)), []);
  assert.deepEqual((await find(page, "Sekretopamatos")).names, []);
  assert.deepEqual((await find(page, "odd onerror")).names, ['<b onclick="alert(1)">Odd</b> "one" </script>']);
  assert.equal(await page.evaluate(() => document.querySelectorAll("main b, main img, main [onclick], main [onerror]").length), 0);
  await close();
});

test("each language has its own words, and the first name is found in all", async () => {
  const { page, close } = await open(`${url}vi/search/`);
  for (const query of ["khan choang do", "Khăn choàng đỏ", "red shawl"]) {
    assert.ok((await find(page, query)).names.includes("Khăn choàng đỏ"), query);
  }
  await close();
});

test("what is hidden is in no file of the search", () => {
  const files = [];
  const walk = (folder) => readdirSync(folder, { withFileTypes: true }).forEach((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : files.push(readFileSync(join(folder, entry.name), "utf8")));
  walk(join(output, "search"));
  assert.ok(files.length > 8);
  assert.ok(files.some((text) => text.includes("Striped shawl")));
  for (const text of files) assert.doesNotMatch(text, /sekretopamatos|verborgen|amatos/i);
});

test("facets combine: and between them, or within, with counts, price, supply, and a way back", async () => {
  const { page, close } = await open(`${url}products/`);
  assert.equal(await page.locator("[data-as-built] .card").count(), 24);
  await page.click(".facets summary");
  await page.waitForSelector("input[name=category]");
  assert.deepEqual(await counts(page, "category"), { baskets: 1, bowls: 1, cups: 25, "img-src-x-onerror-alert-1": 1, shawls: 4 });
  assert.equal(await page.locator("[data-as-built] .card").count(), 24);

  await page.check("input[value=shawls]");
  assert.equal(await says(page, /works?/), "4 works");
  assert.ok(page.url().endsWith("?category=shawls"), page.url());
  assert.deepEqual(await counts(page, "colour"), { blue: 2, green: 1, red: 2 });
  assert.deepEqual(await counts(page, "category"), { baskets: 1, bowls: 1, cups: 25, "img-src-x-onerror-alert-1": 1, shawls: 4 });
  assert.deepEqual(await counts(page, "maker"), { dang: 2, lodz: 2 });
  await page.check("input[value=red]");
  assert.equal(await says(page, /^2 works/), "2 works");
  await page.check("input[value=blue]");
  assert.equal(await says(page, /^3 works/), "3 works");
  assert.deepEqual((await names(page)).sort(), ["Blue shawl", "Red shawl", "Striped shawl"]);
  await page.check("input[value=bowls]");
  assert.equal(await says(page, /^4 works/), "4 works");
  assert.deepEqual((await names(page)).sort(), ["Blue shawl", "Red bowl", "Red shawl", "Striped shawl"]);

  await page.getByLabel("Ready now").check();
  assert.equal(await says(page, /^3 works/), "3 works");
  await page.getByLabel("How many you need").fill("5");
  await page.press("input[type=number] >> nth=2", "Enter");
  await says(page, /^1 work$/);
  assert.deepEqual(await names(page), ["Red bowl"]);
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.waitForFunction(() => !document.querySelector("[data-as-built]").hidden);
  assert.ok(page.url().endsWith("/products/"), page.url());

  await page.getByLabel("From").fill("25");
  await page.getByLabel("To", { exact: true }).fill("40");
  await page.keyboard.press("Enter");
  await page.getByLabel("Sort by").selectOption("high");
  await says(page, /^7 works/);
  await page.waitForFunction(() => document.querySelector("[data-cards] .card-name").textContent.includes("Red shawl"));
  assert.deepEqual((await names(page)).slice(0, 3), ["Red shawl", "Red bowl", "Cup 24"]);

  await page.goBack();
  await page.goBack();
  await page.goBack();
  await page.goBack();
  assert.match(page.url(), /category=shawls/);
  await says(page, /^1 work$/);
  assert.ok(await page.isChecked("input[value=shawls]"));
  await page.reload();
  await says(page, /^1 work$/);
  assert.deepEqual(await names(page), ["Red bowl"]);
  await close();
});

test("more results are shown on demand, and after going to one the way back leads to them", async () => {
  const { page, close } = await open(`${url}search/?q=cup`);
  await says(page, /^25 works/);
  assert.equal(await page.locator("[data-cards] .card").count(), 24);
  await page.click("[data-more]");
  await page.waitForFunction(() => document.querySelectorAll("[data-cards] .card").length === 25);
  assert.equal(await page.evaluate(() => document.activeElement.closest(".card") === document.querySelector("[data-cards] .card:last-child")), true);
  assert.ok(await page.isHidden("[data-more]"));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/products/cup-*/");
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll("[data-cards] .card").length === 25);
  await close();
});

test("a list of several pages leads to the search with itself chosen", async () => {
  const { page, close } = await open(`${url}category/cups/`);
  await page.getByRole("link", { name: "Filter and sort" }).click();
  await says(page, /^25 works/);
  assert.ok(await page.isChecked("input[value=cups]"));
  await close();
});

test("what is typed while the data is still on its way stays in the field and is found", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  // The data comes when the words stand there, as on a slow line.
  let arrive;
  const typed = new Promise((done) => { arrive = done; });
  await page.route("**/search/products.js*", async (route) => {
    await typed;
    await route.continue();
  });
  await page.goto(`${url}search/`);
  const data = page.waitForResponse("**/search/products.js*");
  await page.focus("main input[name=q]");
  await page.evaluate(() => {
    // Letters that no event has told of yet.
    document.querySelector("main input[name=q]").value = "shawl";
  });
  arrive();
  await data;
  await page.waitForSelector("input[name=category]");
  assert.equal(await page.inputValue("main input[name=q]"), "shawl");
  await page.press("main input[name=q]", "Enter");
  assert.equal(await says(page, /^4 works/), "4 works");
  await context.close();
});

test("search and facets with the keyboard alone lose no focus", async () => {
  const { page, close } = await open(`${url}search/`);
  const focused = () => page.evaluate(() => {
    const at = document.activeElement;
    return at.name ? `${at.name}=${at.value}` : at.getAttribute("aria-label") || at.textContent.trim();
  });
  for (let presses = 0; !(await focused()).startsWith("q="); presses++) {
    assert.ok(presses < 30, "the field is reached by Tab");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.type("shawl");
  await says(page, /^4 works/);
  assert.equal(await focused(), "q=shawl");
  for (let presses = 0; (await focused()) !== "colour=red"; presses++) {
    assert.ok(presses < 60, "the colour is reached by Tab");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Space");
  await says(page, /^2 works/);
  assert.equal(await focused(), "colour=red");
  for (let presses = 0; (await focused()) !== "Take away: Red"; presses++) {
    assert.ok(presses < 60, "what is chosen is reached by Tab");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await says(page, /^4 works/);
  assert.equal(await focused(), "Filter");
  await close();
});

test("a link of a facet that is pressed before the data is there becomes its choice", async () => {
  const { page, data, close } = await open(`${url}search/`);
  assert.deepEqual(data(), []);
  await page.focus('a[data-term="red"]');
  await page.keyboard.press("Enter");
  await says(page, /^3 works/);
  assert.equal(await page.evaluate(() => document.activeElement.value), "red");
  assert.ok(await page.isChecked("input[value=red]"));
  await close();
});

test("without scripts the search says so, and lists lead to everything", async () => {
  const { page, close } = await open(`${url}search/?q=shawl`, { javaScriptEnabled: false });
  const text = await page.innerText("main");
  assert.match(text, /needs scripts/);
  await page.click("main >> text=Shawls");
  assert.match(page.url(), /category\/shawls\/$/);
  assert.equal(await page.locator(".card").count(), 4);
  await page.goto(`${url}products/`);
  await page.click(".facets summary");
  await page.click(".facets >> text=Red");
  assert.match(page.url(), /colour\/red\/$/);
  await close();
});

test("when the data cannot be loaded the page says so, and links go on working", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/search/*.js*", (route) => route.abort());
  await page.goto(`${url}search/?q=shawl`);
  assert.match(await says(page, /could not/), /The lists still lead/);
  await page.click('a[data-term="shawls"]');
  await page.waitForURL("**/category/shawls/");
  await context.close();
});

test("Arabic reads from right to left, finds words with and without article and signs, and fits a phone", async () => {
  const { page, close } = await open(`${url}ar/search/`, { viewport: { width: 360, height: 740 } });
  for (const query of ["شال", "الشال", "شال أحمر", "شـــال", "احمر"]) {
    assert.ok((await find(page, query)).names.includes("الشّال الأحمر"), query);
  }
  await find(page, "شال");
  await page.click(".facets summary");
  await page.check("input[value=red]");
  await says(page, /^قطعة واحدة$/);
  const { width, direction, boxes } = await page.evaluate(() => {
    const box = document.querySelector("input[value=red]").getBoundingClientRect();
    const name = document.querySelector("input[value=red]").closest("label").querySelector(".facet-name").getBoundingClientRect();
    return { width: document.documentElement.scrollWidth, direction: document.documentElement.dir, boxes: [box.left, name.left] };
  });
  assert.ok(width <= 360, `${width} px`);
  assert.equal(direction, "rtl");
  assert.ok(boxes[0] > boxes[1], "the box stands to the right of its name");
  await close();
});

test("axe finds nothing on the search in use, light and dark, and pages fit a phone", async () => {
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const [path, colorScheme, width] of [["search/?q=shawl&colour=red&now=1&from=1", "light", 1280], ["ar/search/?q=شال", "dark", 360], ["products/?category=shawls&colour=red", "light", 360], ["search/?q=qqqqzzzz", "light", 1280]]) {
    const { page, close } = await open(url + path, { colorScheme, viewport: { width, height: 900 } });
    await says(page, /./);
    await says(page, /\d|Nothing/);
    await page.evaluate(() => { document.querySelector(".facets").open = true; });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], path);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, path);
    await close();
  }
});

/** The whole way from file://, with what both drivers have. */
const fromStick = async (page) => {
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(`file://${stick}/products/red-bowl/index.html`);
  await page.focus("header input[name=q]");
  await page.keyboard.type("brulee");
  await page.keyboard.press("Enter");
  await until(page, () => location.pathname.endsWith("/search/index.html") && Boolean(document.querySelector("[data-status]")));
  assert.equal(await says(page, /works?/), "1 work");
  assert.deepEqual(await names(page), ["Red bowl"]);
  assert.match(await page.evaluate(() => location.href), /search\/index\.html\?q=brulee$/);

  assert.equal((await find(page, "shawl")).said, "4 works");
  await page.evaluate(() => document.querySelector("input[value=red]").click());
  assert.equal(await says(page, /^2 works/), "2 works");
  assert.match(await page.evaluate(() => location.href), /colour=red/);
  await page.evaluate(() => history.back());
  assert.equal(await says(page, /^4 works/), "4 works");
  await page.evaluate(() => document.querySelector("[data-cards] a").click());
  await until(page, () => /\/products\/[a-z]+-shawl\/index\.html$/.test(location.pathname));

  await page.goto(`file://${stick}/ar/search/index.html?q=${encodeURIComponent("الشال")}`);
  await says(page, /\d/);
  assert.ok((await names(page)).includes("الشّال الأحمر"));
  assert.deepEqual(faults, []);
};

/** Asks the page again and again; it may be another page meanwhile. */
const until = async (page, ready) => {
  const end = Date.now() + 15_000;
  while (!(await page.evaluate(ready).catch(() => false))) {
    assert.ok(Date.now() < end, `never: ${ready}`);
  }
};

test("from a USB stick: Chromium", async () => {
  const context = await browser.newContext({ offline: true });
  await fromStick(await context.newPage());
  await context.close();
});

test("from a USB stick: Firefox", async () => {
  const firefox = await launchFirefox();
  try {
    await fromStick(await firefox.newPage());
  } finally {
    await firefox.close();
  }
});
