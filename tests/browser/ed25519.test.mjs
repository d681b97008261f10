// The browser's verdict on every signature case equals the strict verdict of the command: with the
// browser's own Ed25519 and with the fallback in the script, served and opened from a file.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkPage, data, json, jsonl, launch, launchFirefox, publish, text } from "./support.mjs";

const toHex = (text) => Buffer.from(text, "utf8").toString("hex");

/** `{ id, pub, msg, sig, expect }` of every case, `expect` being the strict verdict if known. */
const cases = () => {
  const all = [];
  const add = (id, pub, msg, sig, expect) => all.push({ id, pub, msg, sig, expect });
  for (const name of ["cctv-ed25519", "mutated", "speccheck", "wycheproof-ed25519"]) {
    for (const c of jsonl(data(`hostile/signature/${name}.jsonl`))) {
      add(c.id, c.pub, c.msg ?? toHex(c.msg_text), c.sig, c.expect_strict === "accept");
    }
  }
  for (const c of json(data("vectors/ed25519/rfc8032.json"))) add(c.name, c.publicKey, c.message, c.signature, true);
  for (const name of ["speccheck_cases", "speccheck_cases.more"]) {
    // Of the twelve cases only number 3 keeps to the strict rule.
    for (const c of json(data(`vectors/ed25519/${name}.json`))) {
      add(`${name} ${c.index}`, c.pub_key, c.message, c.signature, c.index === 3);
    }
  }
  for (const name of ["wycheproof_ed25519_test", "wycheproof_ed25519_test.more"]) {
    for (const group of json(data(`vectors/ed25519/${name}.json`)).testGroups) {
      for (const t of group.tests) {
        add(`${name} ${t.tcId}`, group.publicKey.pk, t.msg, t.sig, t.result === "valid");
      }
    }
  }
  for (const name of ["first400", "401-600"]) {
    text(data(`vectors/ed25519/sign.input.${name}.txt`)).split("\n").filter(Boolean).forEach((line, i) => {
      const [, pub, msg, signed] = line.split(":");
      const sig = signed.slice(0, 128);
      add(`sign.input ${name} ${i}`, pub, msg, sig, true);
      const bent = (parseInt(sig[40], 16) ^ 1).toString(16);
      add(`sign.input ${name} ${i} bent`, pub, msg, sig.slice(0, 40) + bent + sig.slice(41), false);
    });
  }
  return all;
};

let browser, site;
before(async () => {
  browser = await launch();
  site = await publish({ "index.html": checkPage() });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Judges every case in a page; `path` is whose cryptography is meant. */
const judged = async (page, where, path) => {
  await page.goto(site[where]("index.html"));
  const all = cases();
  assert.ok(all.length > 1000, "the cases are there");
  const { native, verdicts } = await page.evaluate(async ([all, path]) => {
    const { engine, unhex, verifyStrict } = globalThis.selvedge;
    if (path === "script") engine.subtle = null;
    const verdicts = [];
    for (const c of all) verdicts.push(await verifyStrict(unhex(c.pub), unhex(c.msg), unhex(c.sig)));
    return { native: engine.native, verdicts };
  }, [all, path]);
  assert.equal(native, path === "own", "the path meant is the path taken");
  assert.deepEqual(all.filter((c, i) => c.expect !== verdicts[i]).map((c) => c.id), []);
};

for (const where of ["http", "file"]) {
  for (const path of ["own", "script"]) {
    test(`Ed25519, ${where}, ${path === "own" ? "the browser's own" : "the script's"}`, async () => {
      const page = await browser.newPage();
      await judged(page, where, path);
      await page.close();
    });
  }
}

// Another browser's own cryptography is another program.
test("Ed25519 in Firefox, the browser's own, served and from a folder", { timeout: 180_000 }, async () => {
  const firefox = await launchFirefox();
  try {
    const page = await firefox.newPage();
    for (const where of ["http", "file"]) await judged(page, where, "own");
  } finally { await firefox.close(); }
});
