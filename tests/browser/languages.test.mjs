// Numbers, plural forms, days and the order of names in a real browser, where scripts write them: they say what the
// program says on the pages that it makes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch, selvedge, serve, temporary } from "./support.mjs";

const COUNTS = [1, 2, 3, 11, 100];
const SAID = {
  en: ["1 work", "2 works", "3 works", "11 works", "100 works"],
  ar: ["قطعة واحدة", "قطعتان", "3 قطع", "11 قطعة", "100 قطعة"],
  vi: ["1 sản phẩm", "2 sản phẩm", "3 sản phẩm", "11 sản phẩm", "100 sản phẩm"],
};
const ON_LIST = {
  en: ["1 piece on the list", "2 pieces on the list", "3 pieces on the list", "11 pieces on the list", "100 pieces on the list"],
  ar: ["قطعة واحدة في القائمة", "قطعتان في القائمة", "3 قطع في القائمة", "11 قطعة في القائمة", "100 قطعة في القائمة"],
  vi: ["1 món trong danh sách", "2 món trong danh sách", "3 món trong danh sách", "11 món trong danh sách", "100 món trong danh sách"],
};

let browser, server, url;

before(async () => {
  const site = join(temporary("languages"), "shop");
  const put = (path, content) => {
    mkdirSync(join(site, path, ".."), { recursive: true });
    writeFileSync(join(site, path), content);
  };
  put("site.toml", `name = "Shop"
base_url = "https://shop.example/"
languages = ["en", "ar", "vi", "sv", "ja", "fa"]
currency = "EUR"
[order]
email = "a@shop.example"
[[shipping.zones]]
name = "Near"
countries = ["DE", "AT", "SE"]
price = "4.90"
days = [3, 3]
last_ship = [{ name = "Midwinter", date = 2099-12-10 }]
[terms.colour.n1]
name = { en = "Zinc", ar = "زنك", vi = "Đen", sv = "Zink" }
[terms.colour.n2]
name = { en = "Ochre", ar = "أحمر", vi = "Dừa", sv = "Ockra" }
[terms.colour.n3]
name = { en = "Orange", ar = "بني", vi = "Cam", sv = "Ängsgrön" }
[terms.colour.n11]
name = { en = "Ivory", ar = "عاجي", vi = "Ngà", sv = "Öppen" }
[terms.colour.n100]
name = { en = "Blue", ar = "أزرق", vi = "Xanh", sv = "Åskblå" }
`);
  let made = 0;
  for (const count of COUNTS) {
    for (let at = 0; at < count; at++) put(`products/p${made}.md`, `+++\nname = "Piece ${made++}"\nprice = "1234.50"\nweight_g = 5\nstock = 1200\ncolour = "n${count}"\n+++\nPlain.\n`);
  }
  const output = join(site, "../public");
  const { code, err } = selvedge("build", site, "-o", output, "--quiet", "--at", "2026-11-23T00:00:00Z");
  assert.equal(code, 0, err);
  browser = await launch();
  server = await serve(output);
  url = server.url;
});

after(async () => {
  await browser?.close();
  await server?.close();
});

const open = async (address) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error.stack)));
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
  await page.goto(address);
  return { page, close: async () => { await context.close(); assert.deepEqual(faults, []); } };
};
const root = (tag) => url + (tag === "en" ? "" : `${tag}/`);
const said = async (page) => {
  await page.waitForFunction(() => document.querySelector("[data-cards]:not([hidden]) li"));
  return page.textContent("[data-status]");
};

for (const tag of ["en", "ar", "vi"]) {
  test(`${tag}: the search says how many there are as the lists do`, async () => {
    for (const [at, count] of COUNTS.entries()) {
      const { page, close } = await open(`${root(tag)}search/?colour=n${count}`);
      assert.equal(await said(page), SAID[tag][at]);
      await page.goto(`${root(tag)}colour/n${count}/`);
      assert.ok((await page.innerText("main")).includes(SAID[tag][at]), `the list of ${count}`);
      await close();
    }
  });

  test(`${tag}: the list says how many pieces are on it`, async () => {
    const { page, close } = await open(root(tag));
    const key = `selvedge-list-${await page.getAttribute("[data-list]", "data-list")}`;
    for (const [at, count] of COUNTS.entries()) {
      await page.evaluate(([key, count]) => localStorage.setItem(key, JSON.stringify({ lines: [`p0*${count}`], to: "", note: "", reference: "", at: 1 })), [key, count]);
      await page.reload();
      const label = await page.getAttribute("[data-list]", "aria-label");
      assert.ok(label.endsWith(ON_LIST[tag][at]), label);
    }
    await close();
  });
}

test("a word that a language lacks is English, and counts as English does", async () => {
  for (const [at, count] of COUNTS.entries()) {
    const { page, close } = await open(`${root("ja")}search/?colour=n${count}`);
    assert.equal(await said(page), SAID.en[at]);
    await close();
  }
});

test("numbers are written with the digits and signs of the language, by scripts as by the program", async () => {
  for (const [tag, badge, amount] of [["en", "1,100", "€1,357,950"], ["vi", "1.100", "1.357.950\u00a0€"], ["ar", "1,100", null], ["fa", "۱٬۱۰۰", null]]) {
    const { page, close } = await open(root(tag));
    const key = `selvedge-list-${await page.getAttribute("[data-list]", "data-list")}`;
    await page.evaluate((key) => localStorage.setItem(key, JSON.stringify({ lines: ["p0*1100"], to: "DE", note: "", reference: "", at: 1 })), key);
    await page.goto(`${root(tag)}order/`);
    assert.equal(await page.textContent("[data-count]"), badge, tag);
    await page.waitForSelector(".line-price");
    if (amount) assert.equal(await page.evaluate(() => document.querySelector(".line-price").firstChild.textContent), amount, tag);
    await close();
  }
});

test("the last day for sending is written in the language and marked for programs, by scripts as by the program", async () => {
  for (const [tag, day] of [["en", "December 10, 2099"], ["ar", "10 ديسمبر 2099"], ["vi", "10 tháng 12 2099"], ["fa", "۱۰ دسامبر ۲۰۹۹"]]) {
    const { page, close } = await open(root(tag));
    const key = `selvedge-list-${await page.getAttribute("[data-list]", "data-list")}`;
    await page.evaluate((key) => localStorage.setItem(key, JSON.stringify({ lines: ["p0*1"], to: "DE", note: "", reference: "", at: 1 })), key);
    await page.goto(`${root(tag)}order/`);
    await page.waitForSelector(".notes time");
    const times = () => page.locator("time").evaluateAll((all) => all.map((time) => [time.dateTime, time.textContent]));
    assert.deepEqual(await times(), [["2099-12-10", day]], tag);
    await page.goto(`${root(tag)}products/p0/`);
    assert.deepEqual(await times(), [["2099-12-10", day]], tag);
    await close();
  }
});

test("what is chosen by stands in the order of each language, as links and as boxes; so do countries", async () => {
  for (const [tag, expected, countries] of [
    ["en", ["n100", "n11", "n2", "n3", "n1"], ["AT", "DE", "SE"]],
    // å, ä and ö come after z.
    ["sv", ["n2", "n1", "n100", "n3", "n11"], ["AT", "DE", "SE"]],
    // đ comes after all of d.
    ["vi", ["n3", "n2", "n1", "n11", "n100"], ["AT", "DE", "SE"]],
    ["ar", ["n2", "n100", "n3", "n1", "n11"], ["SE", "DE", "AT"]],
  ]) {
    const { page, close } = await open(`${root(tag)}search/`);
    const order = (selector, attribute) => page.locator(selector).evaluateAll((all, name) => all.map((each) => each.getAttribute(name)), attribute);
    assert.deepEqual(await order('a[data-facet="colour"]', "data-term"), expected, `${tag}, links`);
    await page.focus("main input[name=q]");
    await page.waitForSelector('input[name="colour"]');
    assert.deepEqual(await order('input[name="colour"]', "value"), expected, `${tag}, boxes`);
    await page.goto(`${root(tag)}colour/`);
    const index = await order(".tile-name", "href");
    assert.deepEqual(index.map((href) => href.replace(/^.*?(n\d+)\/.*$/, "$1")), expected, `${tag}, the index`);
    const key = `selvedge-list-${await page.getAttribute("[data-list]", "data-list")}`;
    await page.evaluate((key) => localStorage.setItem(key, JSON.stringify({ lines: ["p0*1"], to: "", note: "", reference: "", at: 1 })), key);
    await page.goto(`${root(tag)}order/`);
    await page.waitForSelector("#list-to option[value=DE]", { state: "attached" });
    const shown = (await order("#list-to option", "value")).filter((code) => code.length === 2);
    assert.deepEqual(shown, countries, `${tag}, countries`);
    await close();
  }
});
