// Browser and command agree: the script of the record page in Chromium, and the command's verdicts that
// tests/suite/page_verdicts.rs keeps in tests/vectors/page-verdicts.json. On signatures case by case; on
// credentials and on our records finding by finding, a record bent in every place and signed again
// included. Served and from a file, with the browser's cryptography and with the script's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { base58, checkPage, data, json, jsonl, launch, publish, text } from "./support.mjs";

const verdicts = json(data("vectors/page-verdicts.json"));
const NOW = Date.parse(verdicts.now);
const toHex = (text) => Buffer.from(text, "utf8").toString("hex");

/** `[key, message, signature]` of each case of a file, in its order. */
const signatureCases = (path) => {
  if (path.endsWith(".jsonl")) return jsonl(data(path)).map((c) => [c.pub, c.msg ?? toHex(c.msg_text), c.sig]);
  if (path.endsWith(".txt")) {
    return text(data(path)).split("\n").filter(Boolean).map((line) => line.split(":"))
      .map(([, key, message, signed]) => [key, message, signed.slice(0, 128)]);
  }
  const whole = json(data(path));
  if (Array.isArray(whole)) return whole.map((c) => [c.publicKey ?? c.pub_key, c.message, c.signature]);
  return whole.testGroups.flatMap((group) => group.tests.map((t) => [group.publicKey.pk, t.msg, t.sig]));
};

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const jcs = (value) =>
  Array.isArray(value) ? `[${value.map(jcs)}]`
  : value && typeof value === "object"
    ? `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`)}}`
    : JSON.stringify(value);

const secretOf = (byte) => createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, byte)]),
  format: "der", type: "pkcs8",
});
const recordKey = secretOf(1), logKey = secretOf(2);
const raw = (secret) => createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);

/** The document with one place bent, as tests/suite/page_verdicts.rs bends it. */
const bend = (document, place, how) => {
  const bent = structuredClone(document);
  const at = (steps) => steps.reduce((value, step) => value[step], bent);
  const [parent, last] = [place.slice(0, -1), place.at(-1)];
  if (how === "remove") {
    if (Array.isArray(at(parent))) at(parent).splice(last, 1); else delete at(parent)[last];
  } else if (how === "again") at(parent).push(at(parent)[last]);
  else if (how === "add") at(place).extra = "x";
  else {
    const value = how === "longer" ? `${at(place)}x`
      : { text: "x", empty: "", number: 7, float: 1.5, null: null, list: [], object: {} }[how];
    if (place.length === 0) return value;
    at(parent)[last] = value;
  }
  return bent;
};

const signed = (document) => {
  const did = "did:web:brand.example:shop";
  const proof = {
    type: "DataIntegrityProof", cryptosuite: "eddsa-jcs-2022", created: "2026-02-03T04:05:06Z",
    verificationMethod: `${did}#z${base58(Buffer.concat([Buffer.from([0xed, 1]), raw(recordKey)]))}`,
    proofPurpose: "assertionMethod", "@context": document["@context"] ?? null,
  };
  const signature = sign(null, Buffer.concat([sha256(jcs(proof)), sha256(jcs(document))]), recordKey);
  return Buffer.from(jcs({ ...document, proof: { ...proof, proofValue: `z${base58(signature)}` } }));
};

const ORIGIN = "brand.example/shop/log";
const proofOf = (record) => {
  const leaf = (bytes) => sha256([0], `selvedge.record/1 sha256:${sha256(bytes).toString("hex")}\n`);
  const [first, own, third] = [leaf("first"), leaf(record), leaf("third")];
  const root = sha256([1], sha256([1], first, own), third);
  const typed = Buffer.concat([Buffer.from([1]), raw(logKey)]);
  const keyId = sha256(`${ORIGIN}\n`, typed).subarray(0, 4);
  const head = `${ORIGIN}\n3\n${root.toString("base64")}\n`;
  const signature = Buffer.concat([keyId, sign(null, Buffer.from(head), logKey)]).toString("base64");
  return `c2sp.org/tlog-proof@v1\nindex 1\n${first.toString("base64")}\n${third.toString("base64")}\n\n` +
    `${head}\n\u2014 ${ORIGIN} ${signature}\n`;
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

const everywhere = (name, work) => {
  for (const where of ["http", "file"]) {
    for (const own of [true, false]) {
      test(`${name}, ${where}, ${own ? "the browser's own" : "the script's"} cryptography`, async () => {
        const page = await browser.newPage();
        await page.goto(site[where]("index.html"));
        if (!own) await page.evaluate(() => { globalThis.selvedge.engine.subtle = null; });
        await work(page);
        assert.equal(await page.evaluate(() => globalThis.selvedge.engine.native), own, "the path meant is the path taken");
        await page.close();
      });
    }
  }
};

everywhere("signatures", async (page) => {
  let total = 0;
  for (const [path, expected] of Object.entries(verdicts.signatures)) {
    const cases = signatureCases(path);
    const letters = await page.evaluate(async (cases) => {
      const { unhex, verifyStrict } = globalThis.selvedge;
      let letters = "";
      for (const c of cases) letters += await verifyStrict(...c.map(unhex)) ? "V" : "x";
      return letters;
    }, cases);
    assert.equal(letters, expected, path);
    total += cases.length;
  }
  assert.ok(total > 1500, `${total} cases`);
});

everywhere("credentials", async (page) => {
  const cases = jsonl(data("hostile/vc/tampered.jsonl"));
  const b64 = readFileSync(data("hostile/vc/eddsa-jcs-2022/signedJCS.json")).toString("base64");
  cases.push({ id: "eddsa-jcs-2022/signedJCS.json", b64 });
  const found = await page.evaluate(async ([cases, now]) => {
    const found = {};
    for (const { id, b64 } of cases) {
      const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
      found[id] = (await globalThis.selvedge.checkCredential(bytes, now)).map((f) => [f.check, f.verdict]);
    }
    return found;
  }, [cases, NOW]);
  assert.deepEqual(found, verdicts.credentials);
});

everywhere("records", async (page) => {
  const { document, record, proof, log, findings, bent, proofs } = verdicts.records;
  const whole = signed(document);
  assert.equal(whole.toString(), record, "both make the same record");
  assert.equal(proofOf(whole), proof, "both make the same proof");
  const cases = bent.map(([place, how, digest, refused]) => {
    const bytes = signed(bend(document, place, how));
    assert.equal(sha256(bytes).toString("hex").slice(0, 16), digest, `${place}: ${how}`);
    return { name: `${place.join("/")}: ${how}`, bytes, refused };
  });
  assert.ok(cases.length > 500, `${cases.length} cases`);
  const judge = (exhibits) => page.evaluate(async ([exhibits, now]) => {
    const all = [];
    for (const evidence of exhibits) {
      const location = new URL("https://brand.example/shop/");
      const { findings } = await globalThis.selvedge.selvedgeCheck(evidence, { now, location });
      all.push(findings.map((f) => [f.check, f.verdict]));
    }
    return all;
  }, [exhibits, NOW]);
  // The page's own checks come beside those of the command.
  const common = new Set(findings.map(([check]) => check));
  const shared = (found) => found.filter(([check]) => common.has(check));

  const [own] = await judge([{ record: whole.toString("base64"), proof, log }]);
  assert.deepEqual(shared(own), findings);
  const bentVerdicts = await judge(cases.map(({ bytes }) =>
    ({ record: bytes.toString("base64"), proof: proofOf(bytes), log })));
  const differing = cases.filter(({ refused }, i) =>
    String(shared(bentVerdicts[i]).filter(([, verdict]) => verdict === "invalid").map(([check]) => check)) !== String(refused));
  assert.deepEqual(differing.map((c) => c.name), []);
  const proofVerdicts = await judge(proofs.map(([spoiled]) => ({ record: whole.toString("base64"), proof: spoiled, log })));
  proofs.forEach(([spoiled, expected], i) => assert.deepEqual(shared(proofVerdicts[i]), expected, spoiled));
});
