// What a reader meets on a built site for each way in which a record or a tag can stand: on the record's own page, and on the page
// `verify/` where its number is typed; in English and in Arabic; and on a copy of the site at another address. What a page says of
// evidence that was bent stands in `page.test.mjs`, and the list there says that no state is left out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { ROOT, json, launch, program, serve, temporary, text, verifyInNode } from "./support.mjs";

const { printNumber } = verifyInNode();
const PASSPHRASE = "six plain words for the tests";
const BASE = "https://weavers.selvedge.internal/";
/** Another address of the same site, by its charter. */
const MIRROR = "https://weavers-mirror.selvedge.internal/";
const NOW = "2026-11-20T00:00:00Z";
const BRAND = { code: "LOOM", scope: "ZZ-NOR" };
/** Somebody who has to agree, and does not. */
const SIGNATORY = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";

const work = temporary("states"), site = join(work, "weavers"), built = join(work, "public");
const run = (...args) => {
  const { status, stdout, stderr } = spawnSync(program(), args, {
    encoding: "utf8", input: `${PASSPHRASE}\n`, timeout: 300_000, env: { ...process.env, NO_COLOR: "1" },
  });
  assert.equal(status, 0, `selvedge ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
};
const signing = [site, "--passphrase-fd", "0", "--key-dir", join(work, "keys")];
let minute = 0;
const at = (day) => `2026-11-${String(day).padStart(2, "0")}T03:${String(minute++).padStart(2, "0")}:05Z`;
/** Signs what a file says, or what is named; answers the short number. */
const sign = (verb, what, when, ...more) => {
  let named = what;
  if (/[=\n]/.test(what)) writeFileSync(named = join(work, `${verb}.toml`), what);
  return run("record", verb, named, ...signing, "--yes", "--json", "--at", when, ...more).match(/records\/([A-Z2-7]{32})\.json/)[1];
};
const build = (to) => run("build", site, "-o", to, "--quiet", "--at", NOW);

const ids = {};
let browser, server;
before(async () => {
  const designs = ["stands", "gone", "argued", "pieces"];
  mkdirSync(join(site, "designs"), { recursive: true });
  for (const id of designs) writeFileSync(join(site, "designs", `${id}.md`), `+++\nname = "Design ${id}"\n+++\n`);
  writeFileSync(join(site, "site.toml"), `name = "Weavers of the valley"\nkind = "association"\nbase_url = "${BASE}"\n` +
    `languages = ["en", "ar"]\ncurrency = "EUR"\n[brand]\ncode = "${BRAND.code}"\nscope = "${BRAND.scope}"\n`);
  run("keys", "new", ...signing, "--sheets", join(work, "sheets"), "--at", at(1));
  const notice = (words, ...more) => sign("notice", `about = "designs/stands"\ntext = "${words}"\n`, at(2), ...more);
  const certify = (until) => sign("certify", `about = "designs/stands"\nuntil = "${until}"\n` +
    `claim = [{ claim_type = "technique", value = "Woven by hand", method = "peer visit" }]\n`, at(2));
  for (const id of designs) ids[id] = sign("new", id, at(2));
  ids.practice = notice("For trying out.", "--practice");
  for (const id of ["revoked", "first", "second"]) ids[id] = notice(`The notice ${id}.`);
  ids.suspended = certify("2028-12-31");
  ids.expired = certify("2026-11-10");
  ids.edition = sign("edition", 'name = "Steps of the year"\ndesign = ["designs/pieces"]\nedition_kind = "limited"\nmaximum = 100\n', at(3));
  const batch = (first, last) => sign("tags", `edition = "${ids.edition}"\nfirst = ${first}\nlast = ${last}\n`, at(3));
  ids.tags = batch(1, 20);
  ids.held = batch(21, 30);
  // From now on a licence needs somebody's word besides.
  sign("charter", `name = "Weavers"\nbrand_kind = "association"\nsite = ["${BASE}", "${MIRROR}"]\nsignatory = [{ id = "${SIGNATORY}" }]\n` +
    'joint_act = [{ kind = "Licence", threshold = 1 }]\n', at(3));
  ids.proposed = sign("license", 'design = ["designs/stands"]\nlicensee = { name = "A mill" }\nuse = ["cushions"]\nuntil = "2028-12-31"\n', at(4));
  // Kept before anything was taken back.
  run("log", "due", ...signing, "--at", at(4));
  build(join(work, "before"));
  sign("revoke", ids.revoked, at(5), "--set", "reason=An error.");
  sign("suspend", ids.suspended, at(5), "--set", "reason=We look again.");
  sign("correct", `target = "${ids.first}"\nreason = "A letter too many."\nreplacement = "${ids.second}"\n`, at(5));
  sign("dispute", 'target = "designs/argued"\nground = "prior use"\nstatement = "Our village wove it before."\n', at(5));
  sign("withdraw", "designs/gone", at(6), "--set", "reason_code=holder's wish");
  sign("void-tags", `target = "${ids.tags}"\nrange = [{ first = 17, last = 17 }]\nreason_code = "lost"\n`, at(6));
  sign("suspend", ids.held, at(6), "--set", "reason=They lay open in the market.");
  run("log", "due", ...signing, "--at", at(7));
  build(built);
  browser = await launch();
  server = await serve(built);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const TYPES = { ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".woff2": "font/woff2", ".svg": "image/svg+xml" };
/** Opens a page of the site as that host serves it; nothing leaves this machine. */
const open = async (path, { base = BASE, now = NOW } = {}) => {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  const trouble = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) trouble.push(message.text()); });
  await page.addInitScript((now) => { Date.now = () => now; }, Date.parse(now));
  await page.route("**/*", (route) => {
    const url = new URL(route.request().url()), name = decodeURIComponent(url.pathname).replace(/\/$/, "/index.html");
    const file = join(built, name);
    if (url.origin !== new URL(base).origin || !existsSync(file)) return route.fulfill({ status: 404, body: "" });
    return route.fulfill({ contentType: TYPES[extname(file)] ?? "text/html; charset=utf-8", body: readFileSync(file) });
  });
  await page.goto(base + path);
  return { page, close: async () => { await page.close(); assert.deepEqual(trouble, [], path); } };
};
const typed = async (page, number) => {
  await page.evaluate(() => document.querySelector("[data-answers]").replaceChildren());
  await page.fill("#number", number);
  await page.press("#number", "Enter");
  await page.waitForSelector("[data-answers] .answer", { timeout: 30_000 });
  return page.$eval("[data-answers] .answer", (one) => ({ state: one.dataset.state, text: one.textContent }));
};

const ARABIC = { ...json(join(ROOT, "themes/check/strings.ar.json")), ...json(join(ROOT, "themes/check/verify.ar.json")) };
const isArabic = (words) => /[\u0600-\u06ff]/.test(words) && !/[a-z]{4,} [a-z]{2,}/i.test(words);

/** A record by how it stands: what its own page says first, in English; the state on `verify/` and how its sentence begins there. */
const RECORDS = [
  ["stands", "in-force", /^Only Weavers \(weavers\.selvedge\.internal\) says this\.$/, "record-intact", "Record intact: "],
  ["practice", null, /^This record was signed for practice\. It proves nothing\.$/, "practice", "Practice: "],
  ["revoked", "revoked", /^Taken back for ever: .* revoked it on November 5, 2026\.$/, "revoked", "Revoked: "],
  ["gone", "withdrawn", /^Withdrawn: .* took its content back on November 6, 2026\.$/, "withdrawn", "Withdrawn: "],
  ["first", "superseded", /^Replaced: .* put another record in its place on November 2, 2026\.$/, "superseded", "Superseded: "],
  ["suspended", "suspended", /^On hold: .* suspended it on November 5, 2026\.$/, "suspended", "Suspended: "],
  ["expired", "expired", /^Over: it held until November 10, 2026\.$/, "expired", "Expired: "],
  ["proposed", "proposed", /^Proposed: 0 of the 1 who must agree/, "proposed", "Proposed: "],
  ["argued", "disputed", /^Disputed: .* entered a dispute on November 5, 2026\. It is not settled\.$/, "record-intact", "Record intact: "],
];

for (const [name, key, first, state, begins] of RECORDS) {
  test(`${name}: its page says it before anything else, and \`verify/\` by its number`, async () => {
    const { page, close } = await open(`V/${ids[name]}/`);
    if (name !== "gone") await page.waitForSelector("[data-selvedge-check][data-state]");
    for (const lang of ["en", "ar"]) {
      const said = await page.$eval(`article[lang="${lang}"]`, (article, key) => {
        const box = article.querySelector(key === null ? ".practice" : `.state[data-state="${key}"]`);
        const words = key === null ? box : box?.querySelector(".verdict");
        return { words: words?.textContent, isFirst: box && box.offsetTop < article.querySelector("h1").offsetTop };
      }, key);
      assert.ok(said.isFirst, `${lang}: ${key} ${await page.textContent(`article[lang="${lang}"]`)}`);
      if (lang === "en") assert.match(said.words, first);
      else assert.ok(isArabic(said.words), said.words);
    }
    await close();
    for (const path of ["verify/", "ar/verify/"]) {
      const { page, close } = await open(path);
      const answer = await typed(page, ids[name]);
      assert.equal(answer.state, state, answer.text);
      if (path === "verify/") {
        assert.ok(answer.text.includes(begins), answer.text);
        assert.equal(answer.text.includes("Somebody disputes this record, and that is not settled."), name === "argued", answer.text);
      } else {
        const sentences = [ARABIC[`state.${state}`], ARABIC[`number.${state}`]].filter(Boolean);
        assert.ok(sentences.some((sentence) => answer.text.includes(sentence)), answer.text);
        assert.ok(name !== "argued" || answer.text.includes(ARABIC["undisputed.disputed"]), answer.text);
      }
      await close();
    }
  });
}

test("what is kept of a record that was taken back is told by the register", async () => {
  const { page, close } = await open("verify/");
  await page.setInputFiles("[data-files]", join(work, "before", `V/${ids.gone}/index.html`));
  await page.waitForSelector("[data-answers] .answer", { timeout: 30_000 });
  assert.equal(await page.$eval("[data-answers] .answer", (one) => one.dataset.state), "withdrawn");
  assert.match(await page.textContent("[data-answers] .check-state"), /^Withdrawn: its issuer removed its content\.$/);
  await close();
});

test("before its day, after its lists ran out, and by a number of nobody", async () => {
  for (const [now, number, state, sentence] of [
    ["2026-11-01T12:00:00Z", ids.stands, "not-yet-in-force", /^Not yet in force: what it says has not begun\.$/],
    ["2036-11-01T00:00:00Z", ids.stands, "cannot-check-now", /^Cannot check now: something that has to be checked could not be\./],
    [NOW, "A".repeat(32), "unknown-number", /^No such number: /],
  ]) {
    const { page, close } = await open("verify/", { now });
    const answer = await typed(page, number);
    assert.equal(answer.state, state, answer.text);
    assert.match(await page.textContent("[data-answers] .check-state"), sentence);
    await close();
  }
});

test("a copy of the site at another address says so before anything that it says of itself", async () => {
  const base = "https://weavers-shop.example/";
  for (const [path, box, own] of [
    [`V/${ids.stands}/`, 'article[lang="en"] .state', 'article[lang="en"] :is(h1, .over, .about, .state)'],
    [`V/${ids.stands}/`, 'article[lang="ar"] .state', 'article[lang="ar"] :is(h1, .over, .about, .state)'],
    [`V/${ids.suspended}/`, 'article[lang="en"] .state', 'article[lang="en"] :is(h1, .over, .about, .state)'],
    ["verify/", ".elsewhere", "main :is(h1, .lead, form, h2)"],
    ["ar/verify/", ".elsewhere", "main :is(h1, .lead, form, h2)"],
  ]) {
    const { page, close } = await open(path, { base });
    if (path.startsWith("V/")) await page.waitForSelector("[data-selvedge-check][data-state=wrong-site]");
    const told = await page.$eval(box, (one, own) => {
      const { bottom, height } = one.getBoundingClientRect();
      const others = [...document.querySelectorAll(own)].filter((other) => other !== one);
      return { words: one.textContent, height, state: one.dataset.state, after: others.every((other) => other.getBoundingClientRect().top >= bottom), count: others.length };
    }, own);
    assert.ok(told.height > 20 && told.count > 2, path);
    const sentence = /\bar\b/.test(path + box) ? /^موقع خاطئ: / : /^Wrong site: /;
    assert.match(told.words.trim(), sentence, path);
    assert.ok(told.words.includes("weavers-shop.example") && told.words.includes(BASE), told.words);
    assert.ok(told.after, `${path} ${box}: ${told.words} stands below other words`);
    await close();
  }
  // At its own address nothing of that kind is said.
  const { page, close } = await open("verify/");
  assert.equal(await page.$(".elsewhere"), null);
  await close();
});

test("by a status list what is proposed is not told to be on hold", async () => {
  for (const number of [ids.proposed, ids.suspended]) {
    const { page, close } = await open(`V/${number}/`);
    await page.waitForSelector("[data-selvedge-check][data-state=suspended]");
    for (const [lang, either] of [["en", /it is on hold, or not everybody agreed yet who has to/], ["ar", /فهو معلَّق، أو لم يوافق عليه/]]) {
      assert.match(await page.textContent(`article[lang="${lang}"] .check-state`), either);
    }
    assert.doesNotMatch(await page.textContent('article[lang="en"] [data-selvedge-check]'), /put this record on hold|that this record is on hold\./);
    await close();
  }
});

test("an address that the charter lists is none of a copy, and a page too small for the whole register says as of when", async () => {
  const [, evidence] = /id="selvedge-evidence">([^<]*)</.exec(text(join(built, `V/${ids.stands}/index.html`)));
  assert.equal(JSON.parse(evidence).entries, undefined, "this register fits into its pages");
  for (const [number, state] of [[ids.stands, "agrees-with-itself"], [ids.suspended, "suspended"], [ids.revoked, "revoked"]]) {
    const { page, close } = await open(`V/${number}/`, { base: MIRROR });
    await page.waitForSelector(`[data-selvedge-check][data-state=${state}]`);
    for (const lang of ["en", "ar"]) {
      const said = await page.textContent(`article[lang="${lang}"]`);
      assert.ok(said.includes(`${MIRROR}V/${number}/`) && said.includes("2026-11-0"), said);
      assert.ok(!said.includes(lang === "en" ? "Wrong site" : "موقع خاطئ"), said);
    }
    assert.match(await page.textContent('article[lang="en"]'), /signed rules of this register listed as an address of its own on 2026-11-\d\d\. What was signed after that/);
    await close();
  }
  const { page, close } = await open("verify/", { base: MIRROR });
  assert.equal(await page.$(".elsewhere"), null);
  await close();
});

test("a tag that counts no more, that nobody issued or that is on hold is told first, by its address and by its number", async () => {
  const number = (serial) => printNumber({ brand: BRAND, design: 4, edition: 1, serial, maximum: 100 });
  const padded = (serial) => String(serial).padStart(3, "0");
  const arabic = (name) => text(join(ROOT, "themes/words/ar.toml")).match(new RegExp(`^${name} = "(.*)"$`, "m"))[1];
  for (const [serial, key, english, word, state, sentence, verify] of [
    [17, "void", /^Tag 17 counts no more \(lost, November 6, 2026\)\./, "tags_here_void", "void", /^Tag 17 counts no more: /, "tag.void"],
    [50, "unknown", /^No tag with number 50 was ever issued for this edition\./, "tags_here_never", "unknown-number", /^No tag with number 50 was ever issued/, "tag.never"],
    [25, "void", /^Tag 25 counts no more \(put on hold, November \d+, 2026\)\./, "tags_here_void", "void", /^Tag 25 counts no more: .*on hold/, "tag.void"],
    [5, null, /^Number 5 was given to one tag only, on November 3, 2026\./, "tags_here_issued", "record-intact", /Number 5 was given to one tag only\./, "tag.issued"],
  ]) {
    const { page, close } = await open(`V/${ids.edition}/#${padded(serial)}${number(serial).slice(-1)}`);
    const box = key === null ? ".tag-here" : `.state[data-state=${key}]`;
    for (const lang of ["en", "ar"]) {
      const told = await page.waitForSelector(`article[lang="${lang}"] ${box}`);
      const words = (await told.textContent()).trim();
      if (lang === "en") assert.match(words, english);
      // Up to the number, and in digits that the language has.
      else assert.ok(isArabic(words) && words.startsWith(arabic(word).split("{")[0]), words);
      const top = async (selector) => (await (await page.$(`article[lang="${lang}"] ${selector}`)).boundingBox()).y;
      if (key !== null) assert.ok((await told.boundingBox()).y < await top("h1"), `${lang} ${serial}`);
    }
    // A number that was altered does not fit together.
    if (serial === 17) {
      const other = number(18).slice(-1) === number(17).slice(-1) ? "019" : "018";
      await page.evaluate((hash) => { location.hash = hash; }, `#${other}${number(17).slice(-1)}`);
      await page.waitForSelector('article[lang="en"] .state[data-state=unknown]');
      assert.match(await page.textContent('article[lang="en"] .state[data-state=unknown]'), /does not fit together/);
    }
    await close();
    for (const path of ["verify/", "ar/verify/"]) {
      const { page, close } = await open(path);
      const answer = await typed(page, number(serial));
      assert.equal(answer.state, state, answer.text);
      const said = await page.textContent(`[data-answers] .answer ${key === null ? ".tag" : ".check-state"}`);
      if (path === "verify/") assert.match(said, sentence);
      else assert.ok(isArabic(said) && said.startsWith(ARABIC[verify].split("{")[0]), said);
      await close();
    }
  }
});
