// What the search of a large shop costs a phone: bytes, and times in Chromium with its processor slowed down.
//
//   node benches/search.mjs [--products 10000] [--binary target/release/selvedge] [--work target/search-bench]
//
// The shop is made here: names and about 150 words of text for each product, drawn by Zipf's law from 20,000
// invented words, 500 makers, seven lists. Each card gets an address of a photograph of its own, as real
// shops have (one photograph is developed; its number is replaced in the cards), since addresses are most
// of what a card weighs. Served with gzip over an emulated line of 1.6 Mbit/s and 150 ms.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT, launch } from "../tests/browser/support.mjs";

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const COUNT = Number(option("products", 10_000));
const BINARY = option("binary", join(ROOT, "target/release/selvedge"));
const WORK = option("work", join(ROOT, "target/search-bench"));
const site = join(WORK, `site-${COUNT}`), output = join(WORK, `public-${COUNT}`);

// A small generator of the same numbers each time (mulberry32).
let seed = 7;
const random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const SYLLABLES = "ba be bi bo bu da de di do du fa fe fi ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi wa we wi ya yo za".split(" ");
const ENDS = ["", "", "n", "r", "s", "l", "t", "nd", "sh"];
const invent = (count) => {
  const made = new Set();
  while (made.size < count) {
    const length = 1 + Math.floor(random() * 3.2);
    made.add(Array.from({ length: length + 1 }, () => pick(SYLLABLES)).join("") + pick(ENDS));
  }
  return [...made];
};

const generate = () => {
  rmSync(site, { recursive: true, force: true });
  mkdirSync(join(site, "products"), { recursive: true });
  mkdirSync(join(site, "producers"));
  mkdirSync(join(site, "photos"));
  cpSync(join(ROOT, "sites/two-rivers/photos/ostrel-stream.jpg"), join(site, "photos/one.jpg"));
  const words = invent(20_000);
  // Zipf: the word of rank r stands with a weight of 1/r.
  const sums = [];
  words.reduce((sum, _, at) => (sums[at] = sum + 1 / (at + 1)), 0);
  const zipf = () => {
    const wanted = random() * sums[sums.length - 1];
    let low = 0, high = sums.length - 1;
    while (low < high) { const middle = (low + high) >> 1; if (sums[middle] < wanted) low = middle + 1; else high = middle; }
    return words[low];
  };
  const nouns = words.slice(200, 600), adjectives = words.slice(600, 900), names = words.slice(900, 2400);
  const makers = Array.from({ length: Math.max(2, COUNT / 20) }, (_, at) => `${pick(names)} ${pick(names)} ${at}`);
  makers.forEach((name, at) => writeFileSync(join(site, "producers", `m${at}.md`), `+++\nname = "${name}"\n+++\n`));
  writeFileSync(join(site, "site.toml"), `name = "Large shop"\nbase_url = "https://shop.example/"\ncurrency = "EUR"\n[order]\nemail = "a@shop.example"\n`);
  const some = (stem, count) => `${stem} ${1 + Math.floor(random() * count)}`;
  for (let at = 0; at < COUNT; at++) {
    const text = Array.from({ length: 150 }, zipf).join(" ");
    const supply = random() < .6 ? `stock = ${Math.floor(random() * 20)}` : "made_to_order = true";
    writeFileSync(join(site, "products", `p${at}.md`),
      `+++\nname = "${pick(adjectives)} ${pick(nouns)}${random() < .4 ? ` ${pick(nouns)}` : ""}"\nprice = "${(5 + Math.floor(random() * 600) / 2).toFixed(2)}"\n` +
      `photos = ["photos/one.jpg"]\nmade_by = "m${Math.floor(random() * makers.length)}"\ncategory = "${some("Category", 20)}"\nregion = "${some("Region", 10)}"\n` +
      `colour = ["${some("Colour", 12)}", "${some("Colour", 12)}"]\nmaterial = "${some("Material", 16)}"\nkind = "${pick(["textile", "ceramic", "basket", "food"])}"\n${supply}\n+++\n${text}\n`);
  }
};

const gzipped = (text) => gzipSync(text, { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

// The bytes as they are sent: cards with photographs of their own.
const sent = (path) => {
  const bytes = readFileSync(path);
  const cards = /\/search\/[^/]+\/c(\d+)\.js$/.exec(path);
  if (!cards) return bytes;
  let card = -1;
  const own = bytes.toString().replace(/<li class=|photos\/[0-9a-f]+/g, (found) => {
    if (found[0] === "<") { card += 1; return found; }
    const digest = createHash("sha256").update(`${cards[1]} ${card}`).digest("hex");
    return `photos/${digest.slice(0, found.length - 7)}`;
  });
  return Buffer.from(own);
};

if (!existsSync(site)) generate();
const began = process.hrtime.bigint();
execFileSync(BINARY, ["build", site, "-o", output, "--quiet", "--at", "2026-11-23T00:00:00Z"], { stdio: "inherit" });
console.log(`built in ${(Number(process.hrtime.bigint() - began) / 1e9).toFixed(1)} s`);

const folder = join(output, "search");
const files = readdirSync(join(folder, "en")).map((name) => join(folder, "en", name));
const group = (letter) => files.filter((path) => new RegExp(`/${letter}\\d+\\.js$`).test(path)).map((path) => gzipped(sent(path)));
const told = (name, sizes) => {
  const sum = sizes.reduce((a, b) => a + b, 0);
  console.log(`${name}: ${sizes.length} files, largest ${kb(Math.max(...sizes))}, mean ${kb(sum / sizes.length)}, all ${kb(sum)} gzip`);
};
const assets = readdirSync(join(output, "assets")).filter((name) => name.endsWith(".js"));
for (const name of assets) console.log(`script: ${kb(gzipped(readFileSync(join(output, "assets", name))))} gzip`);
for (const name of ["products.js", "en.js"]) {
  const bytes = readFileSync(join(folder, name));
  console.log(`search/${name}: ${kb(gzipped(bytes))} gzip, ${kb(bytes.length)} plain`);
}
told("words (w*.js)", group("w"));
told("cards (c*.js)", group("c"));

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".webp": "image/webp", ".jpg": "image/jpeg" };
const photo = join(output, "photos", readdirSync(join(output, "photos")).find((name) => name.endsWith("400.webp")));
let weight = 0, requests = 0;
const server = createServer((request, response) => {
  let path = join(output, decodeURIComponent(new URL(request.url, "http://x").pathname));
  if (/\/photos\//.test(path)) path = photo;
  if (existsSync(path) && statSync(path).isDirectory()) path = join(path, "index.html");
  if (!existsSync(path)) { response.writeHead(404).end(); return; }
  const body = gzipSync(sent(path), { level: 6 });
  if (/\/search\/.*\.js$/.test(path)) { weight += body.length; requests += 1; }
  response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream", "content-encoding": "gzip" });
  response.end(body);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${server.address().port}/`;

// A word of some names, two words of texts, the beginning of one.
const texts = readFileSync(join(site, "products/p17.md"), "utf8");
const name = /name = "(\S+)/.exec(texts)[1];
const rare = texts.split("+++\n")[2].split(" ").filter((word) => word.length > 6);
const queries = [name, `${rare[0]} ${rare[1]}`, rare[2].slice(0, 4), `${name.slice(0, -1)}x`];
const browser = await launch();
for (const slower of [1, 4, 6]) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
  await tools.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await page.goto(`${url}search/`, { waitUntil: "load" });
  const settled = async (act) => {
    [weight, requests] = [0, 0];
    const ms = await page.evaluate(async (act) => {
      const status = document.querySelector("[data-status]");
      const waiting = document.querySelector("[data-finder]").dataset.waiting;
      const now = performance.now();
      const done = new Promise((answered) => {
        const watcher = new MutationObserver(() => {
          if (status.textContent && status.textContent !== waiting) { watcher.disconnect(); requestAnimationFrame(() => setTimeout(() => answered(performance.now() - now))); }
        });
        watcher.observe(status, { childList: true, characterData: true, subtree: true });
      });
      const field = document.querySelector("main input[name=q]");
      if (act.query !== undefined) { field.value = act.query; field.form.requestSubmit(); }
      else document.querySelector(`input[name="${act.box}"]`).click();
      return done;
    }, act);
    return `${Math.round(ms)} ms (${requests} files, ${kb(weight)})`;
  };
  const line = [];
  for (const query of queries) line.push(`"${query}" ${await settled({ query })}`);
  line.push(`a colour chosen ${await settled({ box: "colour" })}`);
  // With everything at hand, what is left is the work itself.
  await page.evaluate(() => { document.querySelector("input[name=colour]:checked").click(); });
  await page.waitForTimeout(2_000);
  line.push(`the first again, all loaded ${await settled({ query: queries[0] })}`);
  console.log(`processor ${slower} times slower: ${line.join("; ")}`);
  const shown = await page.evaluate(() => document.querySelector("[data-status]").textContent);
  console.log(`  the page says: ${shown}`);
  await context.close();
}
await browser.close();
server.close();
