// did:webvh in the page: five implementations' logs, the attacks of an audit, and our own. The page
// must accept and refuse what tests/suite/vectors/webvh.rs accepts and refuses, by the same checks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checkPage, data, inNode, json, launch, publish, text } from "./support.mjs";

const FOLDER = data("vectors/did-webvh"), OWN = data("vectors/own/did-webvh");
const NOW = Date.parse("2026-11-26T00:00:00Z");
const { issuerDocument, parseDid, readHistory, readIdentity } = inNode();
const read = (path) => (existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined);

/** The versions of a folder's log, or the check that refuses it. */
const resolve = async (folder) => {
  try {
    return await readHistory(read(join(folder, "did.jsonl")), read(join(folder, "did-witness.json")), NOW);
  } catch (error) {
    if (!error.check) throw error;
    return error.check;
  }
};

const good = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^negative-|^python-logs$/.test(entry.name))
  .flatMap(({ name }) => readdirSync(join(FOLDER, name), { withFileTypes: true })
    .filter((maker) => maker.isDirectory()).map((maker) => `${name}/${maker.name}`));

const ATTACKS = {
  "cross-did-witness-replay": "witness", "did-key-body-fragment-mismatch": "proof",
  "duplicate-witness-ids": "parameters", "portable-scid-swap": "did",
  "pre-rotation-omit-updatekeys": "parameters", "scid-mismatch-genesis": "did",
  "unknown-method-version": "parameters", "versiontime-future": "time",
  "versiontime-non-monotonic": "time", "wrong-cryptosuite": "proof", "zero-witness-threshold": "parameters",
};

test("logs of five implementations resolve", async () => {
  assert.ok(good.length >= 50, `${good.length} logs`);
  for (const name of good) {
    const found = await resolve(join(FOLDER, name));
    assert.ok(Array.isArray(found), `${name}: ${found}`);
    const { didDocument, didDocumentMetadata: metadata } = json(join(FOLDER, name, "resolutionResult.json"));
    const latest = found.at(-1);
    if (metadata?.versionId) assert.equal(latest.versionId, metadata.versionId, name);
    if (typeof metadata?.deactivated === "boolean") {
      assert.equal(latest.parameters.deactivated, metadata.deactivated, name);
    }
    if (didDocument?.id) assert.equal(latest.did, didDocument.id, name);
  }
});

test("attacks that broke others are refused, by the same check", async () => {
  for (const [name, check] of Object.entries(ATTACKS)) {
    assert.equal(await resolve(join(FOLDER, `negative-${name}`, "ts")), check, name);
  }
  let names = 0;
  for (const name of readdirSync(FOLDER).filter((name) => name.startsWith("negative-"))) {
    const script = text(join(FOLDER, name, "script.yaml"));
    for (const [, did] of script.matchAll(/^\s*did: "?(.*?)"?\s*$/gm)) {
      assert.equal(parseDid(did), null, did);
      names += 1;
    }
  }
  assert.ok(names >= 8, `${names} names`);
});

test("broken logs of the Python implementation", async () => {
  for (const [name, check] of Object.entries({
    "invalid-json": "form", "invalid-method": "scid", "invalid-scid": "scid",
    "missing-proof": "proof", "missing-witness": "witness",
  })) assert.equal(await resolve(join(FOLDER, "python-logs", name)), check, name);
});

test("our own log: keys, register, move; a thief's and an unwitnessed version are refused", async () => {
  const witness = read(join(OWN, "did-witness.json"));
  const own = await readIdentity(read(join(OWN, "did.jsonl")), witness, NOW);
  assert.equal(own.versions.size, 3);
  assert.equal(own.address, "https://user.example/shop/");
  assert.deepEqual([...own.versions.values()].map((keys) => keys.length), [1, 2, 2]);
  assert.equal(own.logKeys[0].name, "brand.example/log");
  for (const [name, check] of [["stolen", "parameters"], ["unwitnessed", "witness"]]) {
    await assert.rejects(readIdentity(read(join(OWN, `${name}.jsonl`)), witness, NOW), { check });
  }
  await assert.rejects(readIdentity(read(join(OWN, "did.jsonl")), undefined, NOW), { check: "witness" });
});

test("our document has one form", async () => {
  const history = await readHistory(read(join(OWN, "did.jsonl")), read(join(OWN, "did-witness.json")), NOW);
  const { document } = history.at(-1);
  assert.ok(await issuerDocument(document));
  const bend = (change) => { const bent = structuredClone(document); change(bent); return issuerDocument(bent); };
  const endpoint = (bent) => bent.service[0].serviceEndpoint;
  const root = Buffer.alloc(32, 7).toString("base64");
  assert.ok(await bend((bent) => { endpoint(bent).cuts = [{ key: document.verificationMethod[1].publicKeyMultibase, size: 12, root }]; }));
  for (const change of [
    (bent) => { bent.extra = "x"; },
    (bent) => { endpoint(bent).cuts = []; },
    (bent) => { endpoint(bent).origin = "another.example/log"; },
    (bent) => { endpoint(bent).cuts = [{ key: "z6Mk", size: 12, root }]; },
    (bent) => { bent.assertionMethod.pop(); },
    (bent) => { bent.service.push(bent.service[0]); },
    (bent) => { bent.alsoKnownAs[0] = "did:web:other.example"; },
    (bent) => { bent.verificationMethod = [null]; },
  ]) assert.equal(await bend(change), null, String(change));
});

test("any altered byte of a log is found", async () => {
  const log = read(join(OWN, "did.jsonl")), witness = read(join(OWN, "did-witness.json"));
  const same = JSON.stringify(await readHistory(log, witness, NOW), (name, value) => typeof value === "bigint" ? String(value) : value);
  let found = 0;
  for (let at = 0; at < log.length; at += 23) {
    const bent = log.slice();
    bent[at] ^= 1;
    try {
      const history = await readHistory(bent, witness, NOW);
      assert.equal(JSON.stringify(history, (name, value) => typeof value === "bigint" ? String(value) : value), same, `byte ${at}`);
    } catch (error) {
      if (!error.check) throw error;
      found += 1;
    }
  }
  assert.ok(found > 100, `${found} found`);
});

test("a sample in Chromium, with the browser's cryptography and with the script's", async () => {
  const browser = await launch();
  const site = await publish({ "index.html": checkPage() });
  const folders = [...good.filter((name) => /rust$/.test(name)).map((name) => [join(FOLDER, name), null]),
    ...Object.entries(ATTACKS).map(([name, check]) => [join(FOLDER, `negative-${name}`, "ts"), check]), [OWN, null]];
  const cases = folders.map(([folder]) => ["did.jsonl", "did-witness.json"].map((name) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name)).toString("base64") : null));
  const page = await browser.newPage();
  await page.goto(site.file("index.html"));
  for (const own of [true, false]) {
    const found = await page.evaluate(async ([cases, now, own]) => {
      const { base64, engine, readHistory } = globalThis.selvedge;
      if (!own) { engine.subtle = null; delete engine.native; }
      const all = [];
      for (const [log, witness] of cases) {
        all.push(await readHistory(base64(log), witness && base64(witness), now).then(() => null, (error) => error.check ?? String(error)));
      }
      return all;
    }, [cases, NOW, own]);
    assert.deepEqual(found, folders.map(([, check]) => check));
  }
  await browser.close();
  await site.close();
});
