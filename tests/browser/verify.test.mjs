// The page where badges, records, packs and numbers are checked (`verify/`): what it answers, judged by the trust list of its
// site, served and from a folder, with keys that no program knows for trying out. The sites and records are made by the
// program; badges are made here, out of the evidence of their pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { audit, summary, validateWithVnu } from "./audit.mjs";
import { ROOT, itxt, launch, launchFirefox, png, program, serve, svg, temporary, text, verifyInNode } from "./support.mjs";

const { printIdentifier, printNumber } = verifyInNode();
const CLAY = { code: "CLAY", scope: "ZZ-NOR" };
const LOOM = { code: "LOOM", scope: "ZZ-NOR" };

// ---- the page, in a browser ----

const PASSPHRASE = "six plain words for the tests";
const NOW = "2026-11-20T00:00:00Z";
const at = (day, hour = 0) => `2026-11-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:04:05Z`;
const work = temporary("verify");

/** Runs the program, with the passphrase on its standard input. */
const run = (...args) => {
  const { status, stdout, stderr } = spawnSync(program(), args, {
    encoding: "utf8", input: `${PASSPHRASE}\n`, timeout: 300_000, env: { ...process.env, NO_COLOR: "1" },
  });
  assert.equal(status, 0, `selvedge ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
};
const signing = (name) => [join(work, name), "--passphrase-fd", "0", "--key-dir", join(work, `${name}-keys`)];
const makeSite = (name, more = "", files = {}) => {
  const folder = join(work, name);
  mkdirSync(join(folder, "designs"), { recursive: true });
  writeFileSync(join(folder, "site.toml"), `name = "${name} of the valley"\nkind = "association"\nbase_url = "https://${name}.selvedge.internal/"\n` +
    `languages = ["en", "es", "ar"]\ncurrency = "EUR"\n${more}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  run("keys", "new", ...signing(name), "--sheets", join(work, `${name}-sheets`), "--at", at(1));
};
const sign = (name, verb, what, when, ...more) => {
  const out = run("record", verb, what, ...signing(name), "--yes", "--json", "--at", when, ...more);
  return out.match(/records\/([A-Z2-7]{32})\.json/)[1];
};
const toml = (name, content) => {
  const path = join(work, `${name}.toml`);
  writeFileSync(path, content);
  return path;
};

const didOf = (name) => JSON.parse(text(join(work, `${name}/identity/did.jsonl`)).split("\n").filter(Boolean).at(-1)).state.id;

const ids = {};
let browser, server, built, stick, potters, pottersStick;

const evidenceIn = (site, id) => {
  const html = text(join(work, `${site}-public`, `V/${id}/index.html`));
  return html.match(/<script type="application\/json" id="selvedge-evidence">([^]*?)<\/script>/)[1];
};
const keep = (name, content) => {
  const path = join(work, name);
  writeFileSync(path, content);
  return path;
};

before(async () => {
  const design = (name) => `+++\nname = "${name}"\n+++\n`;
  makeSite("weavers", "", {
    "designs/river.md": design("River steps"), "designs/moon.md": design("Moon"), "designs/gone.md": design("Gone"),
    "designs/photo/index.md": `+++\nname = "Photographed"\nphotos = ["cloth.jpg"]\n+++\n`,
    "designs/photo/cloth.jpg": readFileSync(join(ROOT, "themes/starter/cloth.jpg")),
    "producers/ana.md": `+++\nname = "Ana del Valle"\n+++\n`, "producers/berta.md": `+++\nname = "Berta Muñoz"\n+++\n`,
  });
  // A brand, a charter, an edition with tags.
  makeSite("potters", `[brand]\ncode = "${CLAY.code}"\nscope = "${CLAY.scope}"\n`, { "designs/jug.md": design("Jug") });
  makeSite("strangers", "", { "designs/river.md": design("River steps") });
  ids.river = sign("weavers", "new", "river", at(2, 0));
  ids.moon = sign("weavers", "new", "moon", at(2, 1));
  ids.gone = sign("weavers", "new", "gone", at(2, 2));
  ids.photo = sign("weavers", "new", "photo", at(2, 3));
  ids.edition = sign("weavers", "edition", toml("edition", 'name = "Steps of the year"\ndesign = ["designs/river"]\nedition_kind = "limited"\nmaximum = 100\n'), at(2, 4));
  ids.certification = sign("weavers", "certify", toml("certification", `about = "designs/river"\nuntil = "2028-12-31"\n` +
    `[[claim]]\nclaim_type = "madeBy"\nvalue = "Woven by hand in the valley"\nmethod = "peer visit"\n`), at(2, 5));
  // Kept before it was taken back.
  run("log", "due", ...signing("weavers"), "--at", at(3));
  run("build", join(work, "weavers"), "-o", join(work, "weavers-before"), "--quiet", "--at", NOW);
  ids.revocation = sign("weavers", "revoke", ids.gone, at(4), "--set", "reason=An error.");
  for (const [name, what] of [["potters", "jug"], ["strangers", "river"]]) {
    ids[name] = sign(name, "new", what, at(2));
    if (name === "potters") {
      ids.charter = sign(name, "charter", toml("charter", 'name = "Potters of the coast"\nbrand_kind = "association"\n'), at(2, 1));
      ids.jugs = sign(name, "edition", toml("jugs", 'name = "Jugs"\ndesign = ["designs/jug"]\nedition_kind = "limited"\nmaximum = 200\n'), at(2, 2));
      ids.batch = sign(name, "tags", toml("tags", `edition = "${ids.jugs}"\nfirst = 1\nlast = 20\n`), at(2, 3));
      // Another charter changes nothing.
      sign(name, "charter", toml("charter", 'name = "Potters of both coasts"\nbrand_kind = "association"\n'), at(2, 4));
    }
    run("log", "due", ...signing(name), "--at", at(3));
    run("build", join(work, name), "-o", join(work, `${name}-public`), "--quiet", "--at", NOW);
  }
  run("log", "due", ...signing("weavers"), "--at", at(5));
  // A body that delegated smiths, and what they signed before that, within its dates, and after them.
  makeSite("union");
  makeSite("smiths", "", { "designs/nail.md": design("Nail"), "designs/early.md": design("Early"), "designs/late.md": design("Late") });
  ids.early = sign("smiths", "new", "early", at(2));
  ids.delegation = sign("union", "delegate", toml("delegate", `delegate = { id = "${didOf("smiths")}", name = "Smiths </script><b>of</b> the hill" }\n` +
    `may = ["Design"]\nuntil = "2026-11-25"\n`), at(3));
  ids.nail = sign("smiths", "new", "nail", at(4));
  run("log", "due", ...signing("union"), "--at", at(5));
  for (const [day, folder] of [[5, "smiths-public"], [26, "smiths-later"]]) {
    if (day > 25) ids.late = sign("smiths", "new", "late", at(26));
    run("log", "due", ...signing("smiths"), "--at", at(day, 1));
    run("build", join(work, "smiths"), "-o", join(work, folder), "--quiet", "--at", at(day, 2));
  }
  const did = didOf("potters");
  writeFileSync(join(work, "weavers/trust.toml"),
    `[[signer]]\nname = "Potters </script><b>of</b> the coast"\ndid = "${did}"\naddress = "/home/somebody/secret-place"\nkinds = ["Design"]\n` +
    `[[signer]]\nname = "Union of the valleys"\ndid = "${didOf("union")}"\nkinds = ["Delegation"]\naddress = "../union"\n`);
  built = join(work, "weavers-public");
  stick = join(work, "USB été 8 GB");
  run("build", join(work, "weavers"), "-o", built, "--quiet", "--at", NOW);
  run("build", join(work, "weavers"), "-o", stick, "--offline", "--quiet", "--at", NOW);
  for (const name of ["river", "photo"]) run("pack", ids[name], join(work, "weavers"), "--to", join(work, `pack-${name}`), "--at", NOW);
  pottersStick = join(work, "potters-stick");
  run("build", join(work, "potters"), "-o", pottersStick, "--offline", "--quiet", "--at", NOW);
  browser = await launch();
  server = await serve(built);
  potters = await serve(join(work, "potters-public"));
});
after(async () => {
  await browser?.close();
  await server?.close();
  await potters?.close();
});

const WHERE = { http: (path) => server.url + path, file: (path) => pathToFileURL(join(stick, path || ".", "index.html")).href };
// The site with a brand.
const POTTERS = { http: (path) => potters.url + path, file: (path) => pathToFileURL(join(pottersStick, path || ".", "index.html")).href };

/** Opens the page at the time at which all was built; notes whatever it does that it should not. */
const open = async (where, { path = "verify/", query = "", site = WHERE, now = NOW, ...options } = {}) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...options });
  const page = await context.newPage();
  const trouble = [];
  await page.addInitScript((now) => { Date.now = () => now; }, Date.parse(now));
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) trouble.push(message.text()); });
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("dialog", (dialog) => { trouble.push("a dialog"); dialog.dismiss(); });
  page.on("request", (request) => {
    const url = request.url(), home = where === "http" ? site.http("") : "file://";
    if (!url.startsWith(home) || request.method() !== "GET") trouble.push(`${request.method()} ${url}`);
  });
  await page.goto(site[where](path) + query);
  return { page, trouble, close: () => context.close() };
};

/** What the page answers to what was done: state, text and links of each answer. */
const answersOf = async (page, act) => {
  await page.evaluate(() => { document.querySelector("[data-answers]").replaceChildren(); });
  await act();
  await page.waitForSelector(".answer", { timeout: 30_000 });
  await page.waitForSelector("[data-verify]:not([aria-busy])");
  return page.$$eval(".answer", (all) => all.map((one) => ({
    state: one.dataset.state, text: one.textContent, title: one.querySelector("h2")?.textContent ?? "",
    links: [...one.querySelectorAll("a")].map((link) => link.href),
    first: one.querySelector(".first-line")?.textContent ?? "",
  })));
};
const give = (page, ...files) => answersOf(page, () => page.setInputFiles("[data-files]", files));
const ask = (page, typed) => answersOf(page, async () => {
  await page.fill("#number", typed);
  await page.press("#number", "Enter");
});

for (const where of Object.keys(WHERE)) {
  test(`badges, pages and records, ${where}`, { timeout: 300_000 }, async () => {
    const { page, trouble, close } = await open(where);
    const one = async (name, content) => {
      const answers = await give(page, keep(name, content));
      assert.equal(answers.length, 1, name);
      return answers[0];
    };
    const evidence = evidenceIn("weavers", ids.certification);
    const html = text(join(built, `V/${ids.certification}/index.html`));
    for (const [name, content] of [
      ["badge.svg", svg(evidence)], ["badge.png", png(itxt(evidence))], ["packed.png", png(itxt(evidence, { packed: true }))], ["kept.html", html],
    ]) {
      const { state, first, links, title } = await one(name, content);
      assert.equal(state, "record-intact", name);
      assert.match(first, /^weavers of the valley says: .*Woven by hand in the valley.*, until December 31, 2028\.$/);
      assert.ok(links.some((link) => link.includes(`V/${ids.certification}/`)), String(links));
      assert.equal(title, name);
    }
    // Somebody whom the trust list names; her name comes from there, and is text.
    const { state, first } = await one("jug.html", text(join(work, `potters-public/V/${ids.potters}/index.html`)));
    assert.equal(state, "record-intact");
    assert.match(first, /^Potters <\/script><b>of<\/b> the coast says: /);
    // The mathematics of a stranger is as good.
    const stranger = await one("stranger.html", text(join(work, `strangers-public/V/${ids.strangers}/index.html`)));
    assert.equal(stranger.state, "unknown-signer");
    assert.match(stranger.text, /does not name did:webvh:/);
    assert.match(stranger.first, /^Somebody who signed as strangers\.selvedge\.internal says: /);
    // One letter of what was signed is another.
    const said = JSON.parse(evidence);
    const bent = { ...said, record: Buffer.from(Buffer.from(said.record, "base64").toString("utf8").replace("Woven", "Waven")).toString("base64") };
    const altered = await one("altered.html", html.replace(evidence, JSON.stringify(bent)));
    assert.equal(altered.state, "altered");
    assert.equal(altered.first, "", "what was altered is not repeated");
    assert.equal((await one("bare.svg", svg("{}"))).state, "altered");
    for (const [name, content, expected] of [
      ["plain.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", /carries no record/], ["no.html", "<p>Hello</p>", /carries no record/],
      ["two.svg", svg(evidence).replace("<path", `<metadata id="selvedge-evidence">{}</metadata><path`), /twice/],
      ["laughs.svg", svg(evidence, '<!DOCTYPE svg [<!ENTITY a "ha">]>'), /no record, no page/], ["a.zip", "PK\u0003\u0004", /Unpack it first/],
      ["two.html", html + `<script id="selvedge-evidence">{}</script>`, /twice/], ["x.txt.bin", "hello", /no record, no page/],
    ]) {
      const answer = await one(name, content);
      assert.equal(answer.state, "not-readable", name);
      assert.match(answer.text, expected, name);
    }
    // A page that was kept before its record was taken back: the register of this site knows better.
    const gone = await one("gone.html", text(join(work, `weavers-before/V/${ids.gone}/index.html`)));
    assert.equal(gone.state, "revoked");
    // Several at once give several answers.
    const both = await give(page, keep("a.svg", svg(evidence)), keep("b.svg", svg(evidenceIn("strangers", ids.strangers))));
    assert.deepEqual(both.map((answer) => answer.state), ["record-intact", "unknown-signer"]);
    assert.deepEqual(trouble, []);
    await close();
  });

  test(`a record by itself gets what the site knows, ${where}`, { timeout: 120_000 }, async () => {
    const { page, trouble, close } = await open(where);
    const file = (name) => join(work, "weavers/records", name);
    const [alone] = await give(page, file(`${ids.river}.json`));
    if (where === "http") {
      assert.equal(alone.state, "record-intact", alone.text);
      assert.match(alone.text, /Judged with what this site itself publishes/);
    } else {
      assert.equal(alone.state, "cannot-check-now", alone.text);
      assert.match(alone.text, /no proof of that came along/);
      assert.match(alone.text, /choose that file here/);
    }
    assert.ok(alone.links.some((link) => link.includes(`V/${ids.river}/`)));
    // Whatever this site does not know stays open, and says why.
    const [other] = await give(page, join(work, `potters/records/${ids.potters}.json`));
    assert.equal(other.state, "unknown-signer");
    assert.match(other.text, /history of its keys did not come along/);
    // The photographs that were signed: on the site, or chosen together with the record's page.
    const kept = join(built, `V/${ids.photo}/index.html`);
    const [photographed] = await give(page, kept);
    assert.equal(photographed.state, where === "http" ? "record-intact" : "cannot-check-now", photographed.text);
    const master = readdirSync(join(built, "records/files")).map((name) => join(built, "records/files", name));
    const [together] = await give(page, kept, ...master);
    assert.equal(together.state, "record-intact", together.text);
    assert.deepEqual(trouble, []);
    await close();
  });

  test(`a pack, ${where}`, { timeout: 120_000 }, async () => {
    const { page, trouble, close } = await open(where);
    const folder = join(work, "pack-photo");
    const packed = await answersOf(page, () => page.setInputFiles("[data-folder]", folder));
    assert.deepEqual(packed.map(({ state }) => state), ["pack", "record-intact"], JSON.stringify(packed));
    assert.match(packed[0].text, /All \d+ files are here/);
    // Its files chosen one by one, without their folders.
    const inPack = readdirSync(join(work, "pack-river"), { recursive: true }).map((path) => join(work, "pack-river", path));
    const flat = inPack.filter((path) => /\/(records\/[^/]+\.(json|tlog-proof|sshsig)|did\.jsonl|did-witness\.json)$/.test(path));
    assert.ok(flat.some((path) => path.endsWith("did.jsonl")), flat.join("\n"));
    const [loose] = await give(page, ...flat);
    assert.equal(loose.state, "record-intact", loose.text);
    // One byte of a side signature.
    const bent = join(work, `bent-${where}`);
    spawnSync("cp", ["-r", join(work, "pack-river"), bent]);
    const side = join(bent, `records/${ids.river}.sshsig`);
    const lines = text(side).split("\n");
    lines[3] = (lines[3][5] === "A" ? lines[3].slice(0, 5) + "B" : lines[3].slice(0, 5) + "A") + lines[3].slice(6);
    writeFileSync(side, lines.join("\n"));
    const altered = await answersOf(page, () => page.setInputFiles("[data-folder]", bent));
    assert.deepEqual(altered.map(({ state }) => state), ["altered", "altered"], JSON.stringify(altered));
    assert.match(altered[0].text, new RegExp(`${ids.river}\\.sshsig`));
    assert.deepEqual(trouble, []);
    await close();
  });

  test(`numbers, addresses and names, ${where}`, { timeout: 240_000 }, async () => {
    const { page, trouble, close } = await open(where);
    const found = where === "http" ? "record-intact" : "in-force";
    const spaced = ids.river.toLowerCase().replace(/(.{4})/g, "$1 ");
    const sha256 = (await import("node:crypto")).createHash("sha256").update(readFileSync(join(work, `weavers/records/${ids.river}.json`))).digest("hex");
    for (const typed of [ids.river, spaced, sha256, `sha256 ${sha256.toUpperCase()}`, `HTTPS://WEAVERS.SELVEDGE.INTERNAL/V/${ids.river}`,
      `https://weavers.selvedge.internal/V/${ids.river}/#017U`, `weavers.selvedge.internal/v/${ids.river.toLowerCase()}/`]) {
      const [answer] = await ask(page, typed);
      assert.equal(answer.state, found, `${typed}: ${answer.text}`);
      assert.ok(answer.links.some((link) => link.includes(`V/${ids.river}/`)), typed);
      assert.doesNotMatch(answer.text, /another site/);
    }
    const [revoked] = await ask(page, ids.gone);
    assert.equal(revoked.state, "revoked", revoked.text);
    // The clone of the site on another address is named.
    const [clone] = await ask(page, `https://weavers-shop.example/V/${ids.river}/`);
    assert.match(clone.text, /of another site, weavers-shop\.example/);
    // Printed numbers: the first design, its first edition, one piece of it.
    const printed = (number) => printNumber({ brand: LOOM, design: 1, edition: null, serial: null, maximum: null, ...number });
    const [design] = await ask(page, printed({}));
    assert.equal(design.state, found, design.text);
    assert.ok(design.links.some((link) => link.includes(ids.river)));
    const [piece] = await ask(page, printed({ edition: 1, serial: 17, maximum: 100 }));
    assert.ok(piece.links.some((link) => link.endsWith(`V/${ids.edition}/${where === "http" ? "" : "index.html"}#017${printed({ edition: 1, serial: 17, maximum: 100 }).slice(-1)}`)), String(piece.links));
    for (const [typed, expected] of [
      [printed({ design: 40 }), /No such number: this register has no design 40/],
      [printed({ edition: 7 }), /design 1 of this register has no edition 7/],
      [printed({ edition: 1, serial: 101 }), /100 pieces at most/],
      [printed({ edition: 1, serial: 17, maximum: 200 }), /announced 100 pieces/],
      [printed({ edition: 1, serial: 17, maximum: 100 }).replace("D1", "D2"), /The last character does not fit the others: .*the design, after D/],
      [ids.river.replace(/.$/, ids.river.endsWith("A") ? "B" : "A"), /No such number/],
      [ids.river.slice(1), /32 letters and digits; this has 31/],
      [`1${ids.river.slice(1)}`, /has no 1/],
      ["Nobody Anywhere", /No such maker: nobody called “Nobody Anywhere”/],
      [printed({ edition: 1, serial: 17, maximum: 100 }).slice(0, -1), /The last character is missing, or one is wrong/],
      ["17/100", /only the end of a number/],
      ["<b>x", /carries no record/], ["   ", /Type a number first/],
    ]) {
      const [answer] = await ask(page, typed);
      assert.match(answer.text, expected, typed);
      assert.notEqual(answer.state, found, typed);
    }
    const [maker] = await ask(page, "  ana DEL valle ");
    assert.equal(maker.state, "maker");
    assert.ok(maker.links[0].includes("makers/ana/"));
    const [near] = await ask(page, "Berta Munos");
    assert.match(near.text, /Did you mean:Berta Muñoz/);
    assert.deepEqual(trouble, []);
    await close();
  });

  test(`full identifiers and aliases, ${where}`, { timeout: 240_000 }, async () => {
    const { page, trouble, close } = await open(where, { site: POTTERS });
    const found = where === "http" ? "record-intact" : "in-force", end = where === "http" ? "" : "index.html";
    const letters = ids.charter.slice(0, 16).toLowerCase(), groups = letters.match(/.{4}/g);
    const number = (of) => ({ brand: CLAY, design: 1, edition: null, serial: null, maximum: null, ...of });
    const printed = printNumber(number({ edition: 1, serial: 17, maximum: 200 }));
    const fragment = `#017${printed.slice(-1)}`;
    assert.equal(printIdentifier({ letters, number: number({}) }), `key:${groups.join("-")}/d-1`);
    const host = "potters.selvedge.internal";
    for (const [typed, record, behind] of [
      [`${host}/zz/nor/d-1/e1/017`, ids.jugs, fragment], [`https://${host}/zz/nor/d-1/e1/017/`, ids.jugs, fragment],
      [`HTTPS://${host.toUpperCase()}/ZZ/NOR/D0001/E1/17`, ids.jugs, fragment], [`${host}/zz/nor/d-1/e1/index.html`, ids.jugs, ""],
      [`${host}/zz/nor/d-1`, ids.potters, ""],
      [`key:${groups.join("-")}/d-1/e1/017`, ids.jugs, fragment], [`KEY: ${groups.join(" ").toUpperCase()}/d-1/e1/17`, ids.jugs, fragment],
      [`key:${letters}/d-1/`, ids.potters, ""], [printed, ids.jugs, fragment],
    ]) {
      const [answer] = await ask(page, typed);
      assert.equal(answer.state, found, `${typed}: ${answer.text}`);
      assert.ok(answer.links.some((link) => link.endsWith(`V/${record}/${end}${behind}`)), `${typed}: ${answer.links}`);
      assert.equal(answer.title, behind ? printed : printNumber(number({ edition: record === ids.jugs ? 1 : null })), typed);
    }
    for (const [typed, expected] of [
      [`clay.example/zz/nor/d-1`, /of another site, clay\.example/], [`https://clay.example/zz/nor/d-1/e1/`, /of another site, clay\.example/],
      [`${host}/zz/sud/d-1`, /of another brand/], [`${host}/shop/zz/nor/d-1`, /of another brand/],
      [`key:${"a".repeat(16)}/d-1`, /of another register/], [`key:${letters.slice(1)}/d-1`, /16 letters and digits; this has 15/],
      [`key:${letters.slice(1)}1/d-1`, /and no 1/], [`${host}/zz/nor/d-0`, /the design, after D, looks wrong/],
      [`${host}/zz/nor/d-9`, /this register has no design 9/], [`key:${letters}/d-1/e7`, /design 1 of this register has no edition 7/],
      [`key:${letters}/e1`, /no edition 1 without a design/], [`${host}/zz/nor/d-1/e1/201`, /200 pieces at most/],
    ]) {
      const [answer] = await ask(page, typed);
      assert.match(answer.text, expected, typed);
      assert.equal(answer.state, "unknown-number", typed);
    }
    // Of the site that is open, wherever it is a copy; on the page of another association neither means anything.
    if (where === "http") {
      const [copy] = await ask(page, `${potters.url}zz/nor/d-1/`);
      assert.equal(copy.state, found, copy.text);
    }
    assert.deepEqual(trouble, []);
    await close();
    const other = await open(where);
    for (const [typed, expected] of [[`${host}/zz/nor/d-1`, /of another site, potters\.selvedge\.internal/], [`key:${letters}/d-1`, /of another register/],
      ["weavers.selvedge.internal/zz/nor/d-1", /of another brand/]]) {
      const [answer] = await ask(other.page, typed);
      assert.match(answer.text, expected, typed);
    }
    await other.close();
  });

  test(`a full identifier is an address that leads to the record, ${where}`, { timeout: 120_000 }, async () => {
    for (const [path, record] of [["zz/nor/d-1/", ids.potters], ["zz/nor/d-1/e1/", ids.jugs]]) {
      for (const javaScriptEnabled of [true, false]) {
        const { page, trouble, close } = await open(where, { site: POTTERS, path, javaScriptEnabled });
        await page.waitForURL(new RegExp(`/V/${record}/(index\\.html)?$`));
        assert.match(await page.textContent("main"), new RegExp(`potters\\.selvedge\\.internal/${path.slice(0, -1)}`));
        assert.match(await page.textContent("main"), /key:[a-z2-7]{4}-/);
        if (javaScriptEnabled) assert.deepEqual(trouble, []);
        await close();
      }
    }
  });

  test(`what is pasted and dropped, and by the keyboard alone, ${where}`, { timeout: 120_000 }, async () => {
    const { page, trouble, close } = await open(where);
    const evidence = evidenceIn("weavers", ids.certification);
    const paste = (transfer) => page.evaluate((given) => {
      const clipboardData = new DataTransfer();
      if (given.text) clipboardData.setData("text/plain", given.text);
      if (given.file) clipboardData.items.add(new File([Uint8Array.from(given.file)], "image.png", { type: "image/png" }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, transfer);
    for (const given of [{ text: svg(evidence) }, { text: evidence }, { text: text(join(built, `V/${ids.certification}/index.html`)) },
      { file: [...png(itxt(evidence))] }]) {
      const [answer] = await answersOf(page, () => paste(given));
      assert.equal(answer.state, "record-intact", answer.text);
    }
    const [number] = await answersOf(page, () => paste({ text: ids.river }));
    assert.ok(number.links.some((link) => link.includes(ids.river)));
    const [dropped] = await answersOf(page, () => page.evaluate((given) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([given], "badge.svg"));
      // Beside the zone as well: a file that misses it must not take the place of the page.
      document.querySelector("footer").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, svg(evidence)));
    assert.equal(dropped.state, "record-intact");
    // The keyboard: to the field, the number, Enter; the answer has the focus.
    await page.reload();
    await page.focus("h1 >> xpath=..").catch(() => {});
    for (let steps = 0; steps < 40; steps++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement.id === "number")) break;
    }
    await page.keyboard.type(ids.river);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".answer");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".answer") !== null));
    assert.match(await page.textContent("[data-status]"), where === "http" ? /^Record intact/ : /in the register of this site/);
    for (const name of ["choose", "choose-folder"]) {
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.press(`[data-${name}]`, "Enter")]);
      assert.equal(await chooser.element().getAttribute(name === "choose" ? "data-files" : "data-folder"), "");
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
    assert.deepEqual(trouble, []);
    await close();
  });
}

test("whom somebody on the list delegated is believed within her dates, and the page says by whom and as of when", { timeout: 300_000 }, async () => {
  const kept = (folder, id) => join(work, folder, `V/${id}/index.html`);
  for (const where of Object.keys(WHERE)) {
    const { page, trouble, close } = await open(where);
    const [nail] = await give(page, kept("smiths-public", ids.nail));
    assert.equal(nail.state, "record-intact", nail.text);
    assert.match(nail.first, /^Smiths <\/script><b>of<\/b> the hill says: .*Nail/);
    // Beside the answer, not among the details: the register was added to last when its lists were signed.
    const why = await page.$eval(".answer > .delegated", (line) => line.textContent);
    assert.equal(why, "Union of the valleys, whom this site believes, delegated Smiths </script><b>of</b> the hill, until November 25, 2026. " +
      "This site knows that from the register of Union of the valleys as it stood on November 5, 2026; it may have been taken back since.");
    const [early] = await give(page, kept("smiths-public", ids.early));
    assert.equal(early.state, "unknown-signer", early.text);
    assert.match(early.text, /Union of the valleys delegated did:webvh:.* for what is signed from 2026-11-03T.* until 2026-11-25T.*as it stood on 2026-11-05/);
    assert.doesNotMatch(early.first, /^Smiths/);
    // What the body signs itself was not asked for.
    assert.match(await page.textContent("[aria-labelledby=believed]"), /Delegated by Union of the valleys, until November 25, 2026\. .* as it stood on November 5, 2026/);
    assert.deepEqual(trouble, []);
    await close();
    // The page of then, opened later.
    const later = await open(where, { now: at(27) });
    const [late] = await give(later.page, kept("smiths-later", ids.late));
    assert.equal(late.state, "unknown-signer", late.text);
    assert.match(late.text, /this was signed at another time/);
    assert.equal(await later.page.$(".answer > .delegated"), null);
    await later.close();
  }
  for (const [path, expected] of [["es/verify/", /Union of the valleys, en quien este sitio confía, delegó en .*hasta el 25 de noviembre de 2026/],
    ["ar/verify/", /كما كان في/]]) {
    const { page, trouble, close } = await open("http", { path });
    await give(page, kept("smiths-public", ids.nail));
    assert.match(await page.textContent(".answer > .delegated"), expected);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), path);
    assert.deepEqual(trouble, []);
    await close();
  }
  // The command, asked at the time at which the page was made, answers the same.
  const list = join(work, "weavers/trust.toml");
  assert.match(run("verify", kept("smiths-public", ids.nail), "--trust", list, "--at", NOW), /because Union of the valleys delegated it/);
  const { status } = spawnSync(program(), ["verify", kept("smiths-public", ids.early), "--trust", list, "--at", NOW]);
  assert.equal(status, 1);
});

test("Firefox answers the same, served and from a folder", { timeout: 180_000 }, async () => {
  const firefox = await launchFirefox();
  try {
    const page = await firefox.newPage();
    await page.evaluateOnNewDocument((now) => { Date.now = () => now; }, Date.parse(NOW));
    for (const where of Object.keys(WHERE)) {
      await page.goto(WHERE[where]("verify/"));
      const badge = keep("badge.png", png(itxt(evidenceIn("weavers", ids.certification), { packed: true })));
      const given = await page.$("[data-files]");
      await given.uploadFile(badge, join(work, `strangers-public/V/${ids.strangers}/index.html`));
      await page.waitForFunction(() => document.querySelectorAll(".answer").length === 2, { timeout: 60_000 });
      assert.deepEqual(await page.$$eval(".answer", (all) => all.map((one) => one.dataset.state)), ["record-intact", "unknown-signer"], where);
      await page.type("#number", ids.river);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelectorAll(".answer").length === 1, { timeout: 60_000 });
      assert.equal(await page.$eval(".answer", (one) => one.dataset.state), where === "http" ? "record-intact" : "in-force");
    }
  } finally { await firefox.close(); }
});

test("a link may bring the number along, in every language", async () => {
  for (const [path, expected] of [["verify/", /^Record intact/], ["es/verify/", /^Registro intacto/], ["ar/verify/", /^السجل سليم/]]) {
    const { page, trouble, close } = await open("http", { path, query: `?number=${ids.river}` });
    await page.waitForSelector(".answer");
    assert.match(await page.textContent(".check-state"), expected);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), path);
    assert.deepEqual(trouble, []);
    await close();
  }
});

/** A detector that finds this text, and a camera that counts how it is used; this Chromium has neither. */
const fakeCamera = (found) => {
  globalThis.asked = 0;
  globalThis.BarcodeDetector = class { async detect() { return globalThis.asked > 0 ? [{ rawValue: found }] : []; } };
  const canvas = () => Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    globalThis.asked += 1;
    globalThis.wanted = wanted;
    const drawn = canvas();
    drawn.getContext("2d").fillRect(0, 0, 8, 8);
    globalThis.stream = drawn.captureStream(5);
    return globalThis.stream;
  };
};

test("the camera is asked for only when its button is pressed, and let go at once after", async () => {
  const { page, trouble, close } = await open("http");
  assert.ok(await page.isHidden("[data-scan]"), "no button where the browser cannot");
  await page.addInitScript(fakeCamera, `HTTPS://WEAVERS.SELVEDGE.INTERNAL/V/${ids.certification}`);
  await page.reload();
  assert.ok(await page.isVisible("[data-scan]"));
  assert.equal(await page.evaluate(() => globalThis.asked), 0);
  const [answer] = await answersOf(page, () => page.click("[data-scan]"));
  assert.equal(answer.state, "record-intact");
  assert.deepEqual(await page.evaluate(() => [globalThis.asked, globalThis.wanted.audio, globalThis.stream.getTracks().map((track) => track.readyState)]), [1, false, ["ended"]]);
  assert.ok(await page.isHidden("[data-camera]"));
  assert.deepEqual(trouble, []);
  await close();
  const file = await open("file");
  await file.page.addInitScript(fakeCamera, "x");
  await file.page.reload();
  assert.ok(await file.page.isHidden("[data-scan]"), "never from a file");
  await file.close();
});

test("a camera that is refused is told in words", async () => {
  const { page, close } = await open("http");
  await page.addInitScript(() => {
    globalThis.BarcodeDetector = class {};
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "NotAllowedError"); };
  });
  await page.reload();
  await page.click("[data-scan]");
  await page.waitForFunction(() => document.querySelector("[data-status]").textContent !== "");
  assert.match(await page.textContent("[data-status]"), /camera could not be used/);
  assert.ok(await page.isVisible("[data-scan]"));
  await close();
});

test("without scripts the page tells in words how to check, and its form leads to the records", async () => {
  const { page, close } = await open("http", { javaScriptEnabled: false });
  assert.match(await page.textContent("noscript"), /needs scripts/);
  assert.ok(await page.isHidden("[data-drop]"));
  const ways = await page.$$eval(".verify-ways li", (all) => all.map((one) => one.textContent));
  assert.equal(ways.length, 3);
  assert.match(ways.join(), /selvedge verify .*ssh-keygen -Y verify/s);
  await page.fill("#number", ids.river);
  await page.press("#number", "Enter");
  await page.waitForURL(/\?number=.*#records$/);
  assert.ok((await page.$$eval("#records ~ ul a", (all) => all.map((one) => one.getAttribute("href")))).includes(`../V/${ids.river}/`));
  await close();
});

test("a printed tag holds its number and alias, and nothing runs over its edge", async () => {
  run("tags", "sheet", ids.batch, ...signing("potters").slice(0, 1), "--to", join(work, "sheets-of-tags"), "--at", NOW);
  const [sheet] = readdirSync(join(work, "sheets-of-tags"));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(work, "sheets-of-tags", sheet)).href);
  const tags = await page.$$eval(".tag", (all) => all.map((tag) => {
    const { bottom, right } = tag.getBoundingClientRect();
    const over = [...tag.querySelectorAll("p, svg")].map((one) => one.getBoundingClientRect())
      .filter((one) => one.bottom > bottom || one.right > right);
    return { over: over.length, keys: [...tag.querySelectorAll(".key")].map((one) => one.textContent) };
  }));
  assert.equal(tags.length, 20);
  const groups = ids.charter.slice(0, 16).toLowerCase().match(/.{4}/g).join("-");
  tags.forEach(({ over, keys }, at) => {
    assert.equal(over, 0, String(at));
    assert.equal(keys[0], `key:${groups}/d-1/e1/${String(at + 1).padStart(3, "0")}`);
  });
  await context.close();
});

test("the addresses that identifiers are are small, valid, and say in words where they lead", async () => {
  const pages = ["zz/nor/d-1/index.html", "zz/nor/d-1/e1/index.html"];
  const problems = await validateWithVnu(join(work, "potters-public"), pages);
  assert.deepEqual(problems, [], summary(problems));
  for (const path of pages) {
    const html = text(join(work, "potters-public", path));
    assert.ok(html.length < 3000 && !html.includes("<script"), `${path}: ${html.length}`);
    for (const language of ["en", "es", "ar"]) assert.match(html, new RegExp(`<p lang="${language}" dir="[a-z]{3}">[^<]+ <a href="`), path);
  }
  assert.ok(!text(join(work, "potters-public/sitemap.xml")).includes("zz/nor"));
});

test("nothing of the trust list but names and public keys is published", () => {
  for (const folder of [built, stick]) {
    const page = text(join(folder, "verify/index.html"));
    assert.ok(!page.includes("secret-place") && !page.includes("</script><b>"));
    assert.match(page, /Potters &lt;&#x2F;script&gt;|Potters &lt;\/script&gt;/);
    const [, embedded] = page.match(/id="verify-data">([^]*?)<\/script>/);
    const { list } = JSON.parse(embedded);
    assert.equal(list.signers[1].name, "Potters </script><b>of</b> the coast");
    assert.deepEqual(Object.keys(list.signers[1]).sort(), ["did", "kinds", "name"]);
  }
});

test("the pages are accessible, quiet and valid, empty and with answers", { timeout: 300_000 }, async () => {
  const pages = ["verify/index.html", "es/verify/index.html", "ar/verify/index.html"];
  const { problems } = await audit(built, { pages, where: ["http"], browser, isOurText: true });
  problems.push(...await validateWithVnu(built, pages));
  problems.push(...(await audit(stick, { pages, where: ["file"], browser, axe: null, validate: null })).problems);
  // In the other theme, and on a wide screen.
  const other = join(work, "hearth"), hearth = join(work, "hearth-public");
  cpSync(join(work, "weavers"), other, { recursive: true });
  writeFileSync(join(other, "site.toml"), `theme = "hearth"\n${text(join(other, "site.toml"))}`);
  run("build", other, "-o", hearth, "--quiet", "--at", NOW);
  problems.push(...(await audit(hearth, { pages, where: ["http"], browser, validate: null, isOurText: true })).problems);
  const wide = { viewport: { width: 1440, height: 900 }, scheme: "dark" };
  problems.push(...(await audit(hearth, { pages, where: ["http"], browser, validate: null, isOurText: true, ...wide })).problems);
  assert.deepEqual(problems, [], summary(problems));
  const { createRequire } = await import("node:module");
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open("http", { colorScheme });
    await give(page, join(work, `strangers-public/V/${ids.strangers}/index.html`), keep("x.bin", "x"));
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    await close();
  }
});
