// Hostile files as a maker gets them from strangers: tables of other shops, texts, archives, pictures. The real program
// imports, checks and builds them; a real Chromium opens what came out. Nothing runs, nothing calls out, nothing is
// imitated, and what cannot be used is named. (Texts in Markdown and fields: hostile.test.mjs. Drawings: drawings.test.mjs.)
import assert from "node:assert/strict";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { audit, auditParsed, htmlFiles, summary } from "./audit.mjs";
import { payloads, png, toml } from "./make-hostile-site.mjs";
import { ROOT, data, jsonl, launch, program, selvedge, serve, temporary } from "./support.mjs";

const AT = ["--at", "2026-11-23T00:00:00Z"];
const QUICK = { axe: null, validate: null, weight: null };
const SITE = 'name = "Shop"\nbase_url = "https://shop.example/"\ncurrency = "EUR"\n[order]\nchannels = ["whatsapp", "email"]\nwhatsapp = "+49 170 0000000"\nemail = "a@shop.example"\n';

const shop = (name, site = SITE) => {
  const work = temporary(name);
  const folder = join(work, "site");
  const put = (path, content) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  put("site.toml", site);
  return { work, folder, put, output: join(work, "public") };
};

const filesOf = (folder) => readdirSync(folder, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/** Runs the program and answers how much memory it held at most, too. */
const measured = (...args) => {
  const watch = "import resource,subprocess,sys\nr=subprocess.run(sys.argv[1:])\nprint('peak',resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,file=sys.stderr)\nsys.exit(r.returncode)";
  const { status, stdout, stderr } = spawnSync("python3", ["-c", watch, program(), ...args], { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: "1" } });
  return { code: status, out: stdout, err: stderr, peakKb: Number(/peak (\d+)\s*$/.exec(stderr)[1]) };
};

const ended = ({ code, err }, codes = [0, 1]) => {
  assert.ok(codes.includes(code), `exit ${code}: ${err.slice(-2000)}`);
  assert.doesNotMatch(err, /panicked|RUST_BACKTRACE/);
};

const build = ({ folder, output }, ...more) => {
  const result = selvedge("build", folder, "-o", output, "--skip-broken", "--quiet", ...AT, ...more);
  ended(result);
  return result;
};

const inert = async (output, { most = 40, opened = 20 } = {}) => {
  const pages = htmlFiles(output);
  const { problems } = await auditParsed(output, pages);
  const step = Math.ceil(pages.length / most);
  const looked = await audit(output, { ...QUICK, pages: pages.filter((path, i) => i % step === 0) });
  problems.push(...looked.problems);
  assert.equal(problems.length, 0, `\n${summary(problems)}`);
  assert.ok(looked.opened >= opened, `${looked.opened} opened`);
  return pages;
};

/** Writes a table as other programs do. */
const table = (rows) => rows.map((row) => row.map((cell) => `"${String(cell ?? "").replaceAll('"', '""')}"`).join(",")).join("\r\n");

/** The cells of a table, as another program's reader has them. */
const cellsOf = (file) => {
  const read = "import csv,json,sys\nprint(json.dumps(list(csv.reader(open(sys.argv[1],newline='',encoding='utf-8')))))";
  const { status, stdout, stderr } = spawnSync("python3", ["-c", read, file], { encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

/** Cells that a table program would reckon. */
const formulas = (cells) => cells.flat().filter((cell) =>
  /^[\s\u00a0\u3000]*[=+\-@\t\r|%\uff1d\uff0b\uff0d\uff20]/.test(cell) && !/^[+-]?\d+(\.\d+)?$/.test(cell));

const HOSTILE_CELLS = [
  ...jsonl(data("hostile/csv/formula-cells.jsonl")).map(({ id, text }) => ({ id: `f-${id}`, text })),
  ...payloads().filter(({ kind }, i) => kind === "html" ? i % 6 === 0 : i % 15 === 0),
].map(({ id, text }) => ({ id: id.replace(/[^a-z0-9]+/g, "-"), text: text.slice(0, 1500) }));

test("hostile cells in tables of other shops become text, and no formula in ours", async () => {
  const nasty = HOSTILE_CELLS;
  assert.ok(nasty.length > 60, `${nasty.length} cells`);
  // What has no picture stands in no catalogue, so most get a real one beside.
  const image = (at, text) => at % 4 === 0 ? text : "https://cdn.shop.example/files/a.png";
  const shopify = [
    ["Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
      "Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Price", "Image Src", "Image Position",
      "Image Alt Text", "SEO Title", "SEO Description", "Status"],
    ...nasty.flatMap(({ id, text }, i) => ["One", text].map((value, at) => [
      id, at ? "" : text || "Nameless", at ? "" : text, at ? "" : text, at ? "" : text, at ? "" : text, at ? "" : text, "true", at ? "" : text,
      value || "Two", at ? text : "", "100", "shopify", "2", "5.00", at ? "" : image(i, text), "1", text, text, text, "active"])),
  ];
  const woocommerce = [
    ["ID", "Type", "SKU", "Name", "Published", "Short description", "Description", "Regular price", "Categories", "Tags", "Images", "Parent",
      "Attribute 1 name", "Attribute 1 value(s)", "Attribute 1 visible", "Button text", "External URL", "Purchase note"],
    ...nasty.map(({ text }, at) => [at + 1, "simple", text, text || "Nameless", "1", text, text, "5", text, text, image(at, text), "", text, text, "1", text, text, text]),
  ];
  const own = [["name", "price", "description", "maker", "category", "material", "sku", "photo", "text"],
    ...nasty.map(({ text }, at) => [text, "5", text, text, text, text, text, at % 4 ? "a.png" : text, text])];
  for (const [way, rows] of Object.entries({ shopify, woocommerce, csv: own })) {
    const made = shop(`table-${way}`);
    made.put("../secret.key", "the canary sang in 1843");
    writeFileSync(join(made.work, "table.csv"), table(rows));
    made.put("../pictures/a.png", png());
    const told = selvedge("import", way, join(made.work, "table.csv"), made.folder, "--images", join(made.work, "pictures"));
    ended(told);
    const products = readdirSync(join(made.folder, "products"));
    assert.ok(products.length > nasty.length / 3, `${way}: ${products.length} products; ${told.out.slice(-1500)}`);
    assert.deepEqual(readdirSync(made.work).sort(), ["pictures", "secret.key", "site", "table.csv"], "nothing is written beside the site");
    const checked = selvedge("check", made.folder, "--json");
    ended(checked);
    assert.deepEqual(JSON.parse(checked.out).filter((d) => d.severity === "error").map((d) => `${d.file}: ${d.code ?? ""} ${d.message ?? d.words ?? ""}`), [], `${way}: what was imported builds`);
    build(made);
    await inert(made.output);
    const cells = cellsOf(join(made.output, "meta-catalogue.csv"));
    assert.ok(cells.length > 10 && cells.every((row) => row.length === cells[0].length), `${way}: ${cells.length} rows`);
    assert.deepEqual(formulas(cells), [], way);
    assert.ok(cells.flat().some((cell) => /^'[=+@-]/.test(cell)), `${way}: what was one is there, guarded`);
    for (const file of filesOf(made.output)) assert.ok(!readFileSync(file).includes("the canary sang"), file);
  }
});

test("the search for formulas sees what it is for", () => {
  const file = join(temporary("formulas"), "t.csv");
  writeFileSync(file, table([["=1+1", " @SUM(1)", "-5", "+3.50", "\t=1", "'=1", "12.00 EUR", "a = b", "+33 1 23", "\uff1d1"]]));
  assert.deepEqual(formulas(cellsOf(file)), ["=1+1", " @SUM(1)", "\t=1", "+33 1 23", "\uff1d1"]);
});

test("broken tables are refused or read, with words, by every import", () => {
  for (const { id, b64 } of jsonl(data("hostile/csv/files.jsonl"))) {
    for (const way of ["csv", "shopify", "woocommerce"]) {
      const made = shop("broken-table");
      writeFileSync(join(made.work, "table.csv"), Buffer.from(b64, "base64"));
      const told = selvedge("import", way, join(made.work, "table.csv"), made.folder);
      ended(told, [0, 1, 2]);
      assert.ok(`${told.out}${told.err}`.trim().length > 0, `${way} ${id}: something is said`);
      assert.deepEqual(readdirSync(made.work).sort(), ["site", "table.csv"], id);
    }
  }
});

// What reorders a line, hides in it, or drives a terminal.
const UNSEEN = /[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u{e0000}-\u{e007f}]/u;

test("texts in options, variants, wholesale, zones, terms and ways to pay are text, and none turns a price around", async () => {
  const nasty = payloads().filter(({ kind }, i) => kind === "text" ? i % 4 === 0 || /bidi|^b-/.test(kind) : i % 12 === 0)
    .concat(jsonl(data("hostile/text/bidi-invisible.jsonl")).map(({ id, text }) => ({ id: `b-${id}`, text })))
    .map(({ id, text }) => ({ id: id.replace(/[^a-z0-9]+/g, "-"), text: [...text].slice(0, 300).join("") })).filter(({ text }) => text.trim());
  const some = (i) => toml(nasty[i % nasty.length].text);
  const made = shop("texts", `${SITE}note = ${some(3)}
[[order.pay]]
kind = "link"
name = ${some(5)}
url = "https://pay.example/?sum={amount}&for={reference}"
[shipping]
note = ${some(7)}
[[shipping.zones]]
name = ${some(11)}
countries = ["DE"]
price = "5.00"
last_ship = [{ name = ${some(13)}, date = 2099-12-10 }]
[terms.colour.red]
name = ${some(17)}
description = ${some(19)}
[wholesale]
note = ${some(23)}
`);
  const ids = [...new Set(nasty.map(({ id }) => id))];
  for (const id of ids) {
    const text = nasty.find((one) => one.id === id).text;
    made.put(`products/${id}.md`, `+++
name = "Piece ${id}"
description = ${toml(text)}
price = "12.34"
colour = "red"
made_by = "m-${id}"
supplied_by = [${toml(text)}]
payment_to_maker = ${toml(text)}
materials = [{ name = ${toml(text)}, origin = ${toml(text)} }]
[[options]]
name = ${toml(text)}
values = [${toml(text)}, "Plain"]
[[variants]]
of = [${toml(text)}]
sku = ${toml(text)}
price = "23.45"
[[variants]]
of = ["Plain"]
[wholesale]
breaks = [{ from = 10, price = "9.99" }]
note = ${toml(text)}
+++
`);
    made.put(`producers/m-${id}.md`, `+++\nname = ${toml(`Maker ${id} ${text}`)}\n+++\n`);
  }
  build(made);
  const pages = await inert(made.output);
  assert.ok(pages.length > ids.length, `${pages.length} pages`);

  // No sign that turns the line or hides in it stands in what the program wrote from fields.
  for (const file of filesOf(made.output).filter((path) => /\.(html|js|json|xml|csv|txt)$/.test(path))) {
    const found = UNSEEN.exec(readFileSync(file, "utf8"));
    assert.ok(!found, `${file} holds U+${found?.[0].codePointAt(0).toString(16)}`);
  }

  // The list, filled with all of them, in the browser; and the prices are where they belong.
  const browser = await launch();
  const server = await serve(made.output);
  const page = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const faults = [];
  page.on("dialog", (dialog) => { faults.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  page.on("request", (request) => { if (!request.url().startsWith(server.url)) faults.push(request.url()); });
  const listed = ids.slice(0, 30);
  for (const id of listed) {
    await page.goto(`${server.url}products/${id}/`);
    assert.match(await page.locator("h1").textContent(), new RegExp(`Piece ${id}`));
    assert.match(await page.locator(".price").first().textContent(), /12\.34|23\.45/, id);
    if (await page.locator("[data-option]").count() === 0) continue;
    await page.locator("[data-option]").first().selectOption({ index: 1 });
    await page.click("[data-put]");
  }
  await page.goto(`${server.url}order/`);
  await page.waitForSelector("[data-line]");
  assert.ok(await page.locator("[data-line]").count() > 20, `${await page.locator("[data-line]").count()} lines`);
  assert.equal(await page.locator("[data-line] script, main iframe, main img[onerror], [data-line] img[src=x]").count(), 0);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 360, "it fits a phone");
  await page.goto(`${server.url}search/?q=${encodeURIComponent("<img src=x onerror=alert(1)> piece")}`);
  await page.waitForFunction(() => document.querySelector("[data-status]").textContent.length > 0);
  assert.deepEqual(faults, []);
  await browser.close();
  await server.close();

  // The view for dealers holds the same texts once more.
  const zip = join(made.work, "dealers.zip");
  ended(selvedge("build", made.folder, "--audience", "trade", "-o", zip, "--skip-broken", "--quiet", ...AT));
  const dealers = join(made.work, "dealers");
  assert.equal(spawnSync("python3", ["-m", "zipfile", "-e", zip, dealers]).status, 0);
  const inside = readdirSync(dealers).includes("index.html") ? dealers : join(dealers, readdirSync(dealers)[0]);
  const { problems } = await auditParsed(inside, htmlFiles(inside).filter((path) => path.startsWith("products/")));
  assert.equal(problems.length, 0, `\n${summary(problems)}`);
});

test("names that look alike are told apart by check, and one script alone is no offence", () => {
  for (const { id, fake, real, expect } of jsonl(data("hostile/text/confusables.jsonl"))) {
    const made = shop("alike");
    if (real) made.put("producers/real.md", `+++\nname = ${toml(real)}\n+++\n`);
    if (fake) made.put("producers/other.md", `+++\nname = ${toml(fake)}\n+++\n`);
    const told = selvedge("check", made.folder, "--json");
    ended(told);
    const warned = JSON.parse(told.out).some((d) => JSON.stringify(d).includes("look-alike"));
    assert.equal(warned, expect === "warn" || expect === "same", `${id}: ${fake} beside ${real}`);
  }
});

test("archives given to every command that reads files are refused in words, unpacked by none", () => {
  const archives = readdirSync(data("hostile/archive")).filter((name) => name.endsWith(".zip"));
  assert.ok(archives.length >= 6, archives.join());
  for (const name of archives) {
    const made = shop("archive");
    made.put("products/plain.md", '+++\nname = "Plain"\nprice = "3.00"\n+++\n\na plain bowl\n');
    const file = join(made.work, name);
    copyFileSync(join(data("hostile/archive"), name), file);
    const before = filesOf(made.work).sort();
    const ways = [
      ...["csv", "shopify", "woocommerce", "json"].map((way) => ["import", way, file, made.folder]),
      ["restore", file, join(made.work, "back"), "--check"], ["verify", file, "--test"], ["inspect", file],
      ["record", "add", file, made.folder],
    ];
    for (const args of ways) {
      const told = measured(...args);
      ended(told, [0, 1, 2]);
      // An import ends well when it has said that it found nothing; nobody else takes an archive for anything.
      if (args[0] !== "import") assert.notEqual(told.code, 0, `${args[0]} ${name}`);
      assert.ok(`${told.out}${told.err.replace(/peak \d+\s*$/, "")}`.trim().length > 0, `${args.join(" ")}: something is said`);
      assert.ok(told.peakKb < 512_000, `${args.join(" ")}: ${told.peakKb} kB`);
    }
    assert.deepEqual(filesOf(made.work).sort(), before, `${name}: nothing was written`);

    // In the folder of the shop, as a photograph, as a text, and as itself.
    for (const path of ["products/plain.jpg", `products/${name}`, "products/odd.md", "producers/odd.md", `photos/${name}`, name, `records/${name}`, "trust.toml"]) {
      mkdirSync(join(made.folder, path, ".."), { recursive: true });
      copyFileSync(file, join(made.folder, path));
    }
    const told = measured("build", made.folder, "-o", made.output, "--skip-broken", ...AT);
    ended(told);
    assert.match(told.err, /products\/plain\.jpg|plain\.jpg/, "the false photograph is named");
    assert.match(told.err, /products\/odd\.md/, "the false text is named");
    assert.ok(told.peakKb < 512_000, `${name}: ${told.peakKb} kB`);
    assert.match(readFileSync(join(made.output, "products/plain/index.html"), "utf8"), /a plain bowl/);
    for (const out of filesOf(made.output)) assert.ok(!/evil|zeros|zip$/.test(out) && !readFileSync(out).includes("PK\x03\x04"), out);
    assert.deepEqual(readdirSync(made.work).sort(), [name, "public", "site"].sort(), "nothing is written beside");
  }
});

test("hostile pictures as photographs of pieces, makers, designs and the shop do nothing in the browser", async (t) => {
  const pictures = ["own", "image-rs"].flatMap((folder) => filesOf(data(`hostile/image/${folder}`)));
  const elsewhere = data("hostile/image/exif");
  if (elsewhere) pictures.push(...filesOf(elsewhere));
  else t.diagnostic("skipped: photographs of ianare/exif-samples, which only ../shared/hostile has");
  pictures.sort();
  const made = shop("pictures", `photo = "photos/home.png"\nphoto_alt = "home"\n${SITE}`);
  made.put("photos/home.png", readFileSync(data("hostile/image/own/html-as.jpg")));
  const cases = pictures.flatMap((path, i) => [basename(path), "as.jpg", "as.png"].map((name, at) => ({ path, name, id: `c-${i}-${at}` })));
  for (const { path, name, id } of cases) {
    made.put(`products/${id}/index.md`, `+++\nname = "Case ${id}"\nprice = "1.00"\nmade_by = "m-${id}"\n+++\n\n![in the text](${encodeURIComponent(name)})\n`);
    copyFileSync(path, join(made.folder, `products/${id}`, name));
    if (!id.endsWith("-1")) continue;
    made.put(`producers/m-${id}.md`, `+++\nname = "Maker of case ${id}"\nphoto = "m-${id}.jpg"\n+++\n`);
    copyFileSync(path, join(made.folder, `producers/m-${id}.jpg`));
    made.put(`designs/d-${id}/index.md`, `+++\nname = "Design ${id}"\nphotos = ["a.jpg"]\n+++\n`);
    copyFileSync(path, join(made.folder, `designs/d-${id}/a.jpg`));
  }
  const told = measured("build", made.folder, "-o", made.output, "--skip-broken", ...AT);
  ended(told);
  assert.ok(told.peakKb < 512_000, `${told.peakKb} kB`);
  // A build names the first findings of a kind, a check all.
  const named = measured("check", made.folder, ...AT).err;
  for (const bomb of ["bomb-30000x30000-1bit.png", "dims-max.png", "html-as.jpg", "empty.jpg", "zero-width.png"]) {
    assert.ok(named.includes(bomb), `${bomb} is named`);
  }
  const pages = await inert(made.output, { most: 60 });

  // Every page of a piece is there, and each picture on it is one.
  const browser = await launch();
  const server = await serve(made.output);
  const page = await browser.newPage();
  const faults = [];
  page.on("dialog", (dialog) => { faults.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!/^data:/.test(request.url()) && !request.url().startsWith(server.url)) faults.push(request.url()); });
  let shown = 0;
  for (const { id, name, path } of cases.filter(({ id }) => id.endsWith("-0"))) {
    assert.ok(pages.includes(`products/${id}/index.html`), `${name} has its page`);
    await page.goto(`${server.url}products/${id}/`, { waitUntil: "load" });
    const images = await page.evaluate(async () => {
      const all = [...document.querySelectorAll("main img")];
      all.forEach((image) => { image.loading = "eager"; });
      await Promise.all(all.map((image) => image.decode().catch(() => {})));
      return all.map((image) => [image.currentSrc, image.naturalWidth]);
    });
    for (const [address, width] of images) assert.ok(width > 0, `${basename(path)}: ${address} shows nothing`);
    shown += images.length > 0;
  }
  assert.ok(shown >= 8, `${shown} of them are pictures`);

  // By their own address they are pictures of the kind that their name says, and nothing else.
  const MAGIC = { ".jpg": "ffd8ff", ".png": "89504e47", ".webp": "52494646" };
  const published = filesOf(made.output).filter((path) => /\.(jpe?g|png|webp|gif|bmp|tga|ico|tiff?|svg)$/i.test(path));
  assert.ok(published.length > 20, `${published.length} pictures`);
  for (const file of published) {
    const bytes = readFileSync(file);
    const magic = MAGIC[extname(file)];
    if (extname(file) !== ".svg") assert.ok(magic && bytes.toString("hex").startsWith(magic), `${file} is no ${extname(file)}`);
    assert.doesNotMatch(bytes.toString("latin1"), /<script|<html|onload=/i, file);
  }
  assert.deepEqual(faults, []);
  await browser.close();
  await server.close();

  const leaks = jsonl(data("hostile/image/leaks.jsonl")).flatMap((one) => one.output_must_not_contain);
  assert.ok(leaks.length > 6);
  for (const file of filesOf(made.output)) {
    const bytes = readFileSync(file);
    for (const leak of [...leaks, "GPSLatitude", "Exif\0\0", "http://ns.adobe.com/xap"]) assert.ok(!bytes.includes(leak), `${leak} in ${file}`);
  }
});
