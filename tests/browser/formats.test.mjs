// JSON, canonical form, credentials and log proofs in Chromium, on other people's cases and ours,
// each served and opened from a file, with the browser's cryptography and with the script's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPage, data, json, jsonl, launch, publish, text } from "./support.mjs";

/** After the dates of the cases and before the end of their terms. */
const NOW = Date.parse("2026-11-23T00:00:00Z");

let browser, site;
before(async () => {
  browser = await launch();
  site = await publish({ "index.html": checkPage() });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Runs `work` in a page, in each of the four settings. */
const everywhere = (name, work) => {
  for (const where of ["http", "file"]) {
    for (const own of [true, false]) {
      test(`${name}, ${where}, ${own ? "the browser's own" : "the script's"} cryptography`, async () => {
        const page = await browser.newPage();
        await page.goto(site[where]("index.html"));
        if (!own) await page.evaluate(() => { globalThis.selvedge.engine.subtle = null; });
        await work(page);
        await page.close();
      });
    }
  }
};

/** What each JSON text becomes: its canonical form, or the words of the refusal. */
const canonical = (page, texts) =>
  page.evaluate((texts) => texts.map((b64) => {
    const { jcs, parseJson } = globalThis.selvedge;
    const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
    try { return { form: jcs(parseJson(bytes)) }; } catch (error) { return { refused: error.message }; }
  }), texts);

test("strict JSON", async () => {
  const page = await browser.newPage();
  await page.goto(site.file("index.html"));
  const suite = ["", ".more"].map((more) => json(data(`vectors/json-parsing/json-parsing${more}.json`)));
  const cases = [
    ...suite.flatMap((file) => file.must_accept.map((c) => ({ id: c.name, b64: c.base64, expect: "accept" }))),
    ...suite.flatMap((file) => file.must_reject.map((c) => ({ id: c.name, b64: c.base64, expect: "reject" }))),
    ...jsonl(data("hostile/json/jsontestsuite.jsonl")).filter((c) => c.b64 !== undefined),
    ...jsonl(data("hostile/json/own.jsonl")).filter((c) => c.b64 !== undefined),
  ];
  const verdicts = await canonical(page, cases.map((c) => c.b64));
  const wrong = cases.filter((c, i) => {
    const { form, refused } = verdicts[i];
    // We refuse more than RFC 8259 asks: a name twice.
    if (c.expect === "accept") return refused !== undefined && !/twice/.test(refused);
    if (c.expect.startsWith("reject")) return refused === undefined;
    if (c.expect.startsWith("canon:")) return form !== c.expect.slice(6);
    if (c.expect.startsWith("canon-key-order")) return !/^\{"\u{1f600}"/u.test(form);
    return false;
  });
  assert.deepEqual(wrong.map((c) => c.id), []);
  await page.close();
});

// What the program made of each: tests/suite/vectors/canonical.rs.
test("documents that were made up, and those on which readers may differ, are what they are in the program", async () => {
  const page = await browser.newPage();
  await page.goto(site.file("index.html"));
  const cases = jsonl(data("vectors/own/documents.jsonl"));
  assert.ok(cases.length > 400 && cases.some((c) => c.form === null) && cases.some((c) => c.form !== null));
  const forms = await canonical(page, cases.map((c) => c.b64));
  assert.deepEqual(cases.filter((c, i) => (forms[i].form ?? null) !== c.form).map((c) => c.id), []);
  await page.close();
});

test("canonical form", async () => {
  const page = await browser.newPage();
  await page.goto(site.file("index.html"));
  for (const folder of ["vectors/jcs", "hostile/json/jcs"]) {
    for (const name of readdirSync(join(data(folder), "input"))) {
      const input = readFileSync(join(data(folder), "input", name)).toString("base64");
      const [{ form }] = await canonical(page, [input]);
      assert.equal(form, text(join(data(folder), "output", name)).trimEnd(), name);
    }
  }
  await page.close();
});

everywhere("credentials", async (page) => {
  const cases = jsonl(data("hostile/vc/tampered.jsonl"));
  for (const folder of ["hostile/vc/eddsa-jcs-2022"]) {
    const b64 = readFileSync(join(data(folder), "signedJCS.json")).toString("base64");
    // Its issuer is an https address, which no key of a record speaks for.
    cases.push({ id: `${folder} (issuer is a web address)`, b64, expect: "reject", only: "issuer" });
  }
  const verdicts = await page.evaluate(async ([cases, now]) => {
    const all = [];
    for (const { b64 } of cases) {
      const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
      all.push(await globalThis.selvedge.checkCredential(bytes, now));
    }
    return all;
  }, [cases, NOW]);
  const wrong = cases.filter((c, i) => {
    const invalid = verdicts[i].filter((f) => f.verdict === "invalid");
    const word = invalid.length === 0 ? "accept" : invalid[0].check === "proof-present" ? "unsigned" : "reject";
    return word !== c.expect || (c.only && invalid[0].check !== c.only);
  });
  assert.deepEqual(wrong.map((c) => c.id), []);
  // Refused for the reason that is meant, not for another on the way.
  const refusedBy = Object.fromEntries(cases.map((c, i) =>
    [c.id, verdicts[i].find((f) => f.verdict === "invalid")?.check]));
  for (const [id, check] of Object.entries({
    "s1-dup-key-escaped": "json", "s1-bom": "json", "s1-deep": "json", "s1-no-proof": "proof-present",
    "s1-empty-proof": "proof-form", "s1-purpose-signed-wrong": "proof-form",
    "s1-context-mismatch": "proof-context", "s1-vm-url": "method", "s1-weak-key-identity": "method",
    "s1-issuer-not-signer": "issuer", "s1-date-nonsense": "dates", "s1-sig-s-plus-l": "signature",
    "s1-sig-zero": "signature", "s1-expired": "valid-until", "s1-not-yet": "valid-from",
  })) assert.equal(refusedBy[id], check, id);
});

everywhere("inclusion in a log", async (page) => {
  const cases = ["", ".more"].flatMap((more) => json(data(`vectors/merkle/inclusion${more}.json`)))
    .filter((c) => Number.isSafeInteger(c.leafIdx) && Number.isSafeInteger(c.treeSize));
  const holds = await page.evaluate(async (cases) => {
    const { base64, rootFrom } = globalThis.selvedge;
    const all = [];
    for (const c of cases) {
      const leaf = base64(c.leafHash), hashes = (c.proof ?? []).map(base64), root = base64(c.root);
      const shaped = [leaf, root, ...hashes].every((hash) => hash?.length === 32);
      const reached = shaped && await rootFrom(leaf, c.leafIdx, c.treeSize, hashes);
      all.push(Boolean(reached) && reached.join() === root.join());
    }
    return all;
  }, cases);
  assert.deepEqual(cases.filter((c, i) => holds[i] === c.wantErr).map((c) => c.name), []);
});

everywhere("proofs and signed heads", async (page) => {
  const folder = data("vectors/tlog-tiles/gen300");
  const cases = json(join(folder, "cases.json")).filter((c) => c.kind.startsWith("tlog-proof"))
    .map((c) => ({ why: "untouched", ...c, text: c.text ?? text(join(folder, c.file)) }));
  const answer = await page.evaluate(async ([cases, logKey, vkey, note, vkeys]) => {
    const {
      base64, isSignedBy, parseCheckpoint, parseLogKey, parseNote, parseProof, rootFrom, sha256,
    } = globalThis.selvedge;
    const log = await parseLogKey(logKey);
    const holds = async ({ text, leaf_base64 }) => {
      const proof = parseProof(text);
      if (!proof || proof.head.origin !== log.name || !await isSignedBy(proof.note, log)) return false;
      const { head } = proof;
      const leaf = await sha256(Uint8Array.of(0, ...base64(leaf_base64)));
      const root = await rootFrom(leaf, proof.index, head.size, proof.hashes);
      return root !== null && root.join() === head.root.join();
    };
    const key = await parseLogKey(vkey);
    return {
      held: await Promise.all(cases.map(holds)),
      keys: await Promise.all(vkeys.map(async (c) => (await parseLogKey(c.vkey)) !== null)),
      noted: await isSignedBy(parseNote(note), key),
      odd: [parseProof(""), parseNote("a\n"), parseCheckpoint("a\n01\n\n")],
    };
  }, [
    cases, text(join(folder, "log.vkey")), text(data("vectors/signed-note/example.vkey")),
    text(data("vectors/signed-note/example.note")), json(data("vectors/signed-note/gomod-vkeys.json")),
  ]);
  assert.ok(cases.length > 20);
  assert.deepEqual(cases.filter((c, i) => answer.held[i] !== c.valid).map((c) => `${c.file ?? c.text} ${c.why}`), []);
  assert.deepEqual(answer.keys, [true, false, false]);
  assert.ok(answer.noted);
  assert.deepEqual(answer.odd, [null, null, null]);
});
