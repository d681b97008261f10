// The matrix (tests/matrix/README.md): the script of the record page, in Chromium, served and from a file,
// finds in every case what the command finds there, and names the finding for which a case fails.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, checkPage, evidenceOfFolder, json, launch, publish, text, trustList, verifyInNode } from "./support.mjs";

const MATRIX = join(ROOT, "tests/matrix");
const names = readdirSync(MATRIX, { withFileTypes: true }).filter((one) => one.isDirectory()).map(({ name }) => name);

/** Checks that the page makes as the command does; it has no trust list, and reads no tiles. */
const SHARED = [
  "json", "proof-present", "proof-form", "proof-context", "method", "issuer", "dates", "signature", "profile",
  "canonical", "envelope", "subject", "inclusion", "checkpoint", "practice", "key-in-force", "status", "in-effect",
  "not-revoked", "not-withdrawn", "not-superseded", "not-suspended", "not-ended", "agreed", "snapshot",
  "valid-from", "valid-until",
];

/** Told apart, and rightly: the record's own proof carries a head that holds, which is all that a page needs. */
const TOLD_BY_THE_PROOF = "head-changed_fail";

let browser, site;
before(async () => {
  browser = await launch();
  site = await publish({ "index.html": checkPage() });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

for (const where of ["http", "file"]) {
  test(`the page answers as the matrix says, ${where}`, async () => {
    const page = await browser.newPage();
    await page.goto(site[where]("index.html"));
    const told = [];
    for (const name of names) {
      const folder = join(MATRIX, name), { base_url: place, record, at, state, fails, findings } = json(join(folder, "case.json"));
      const result = await page.evaluate(async ([evidence, now, place]) => {
        const { selvedgeCheck } = globalThis.selvedge;
        return selvedgeCheck(evidence, { now, location: new URL(place) });
      }, [evidenceOfFolder(join(folder, "site"), record), Date.parse(at), place]);
      told.push({ name, state, fails, findings, result });
    }
    await page.close();
    assert.ok(told.length > 30, `${told.length} cases`);
    for (const { name, state, fails, findings, result } of told) {
      const expected = new Map(findings), found = new Map(result.findings.map((f) => [f.check, f.verdict]));
      // How an altered record stands is no question; the page may tell it of the rest of the log.
      const isLeftOpen = state === "altered" || name === TOLD_BY_THE_PROOF;
      const compared = isLeftOpen ? SHARED.slice(0, SHARED.indexOf("status")) : SHARED;
      const apart = compared.filter((check) => found.get(check) !== expected.get(check));
      assert.deepEqual(apart.map((check) => [check, found.get(check), expected.get(check)]), [], name);
      // Everything holds that the page can know, or it says what does not.
      if (state === "record-intact") assert.equal(result.state, "agrees-with-itself", name);
      if (SHARED.includes(fails)) assert.notEqual(result.state, "agrees-with-itself", name);
    }
  });
}

/** Checks that need a trust list, which the page where things are checked has. */
const BY_TRUST = ["masters", "side-signature", "signer", "log-signer"];
/** The record is intact, and the folder around it is not; what is given to the page has no folder around it. */
const OF_THE_FOLDER = ["body-missing_fail", "record-beside-the-log_fail"];

test("with the trust list of a case, the page that checks answers as the command does", async () => {
  const { selvedgeCheck, trusting } = verifyInNode();
  for (const name of names) {
    const folder = join(MATRIX, name), { record, at, state, findings } = json(join(folder, "case.json"));
    const read = (path) => existsSync(join(folder, "site", path)) ? readFileSync(join(folder, "site", path)) : null;
    const evidence = evidenceOfFolder(join(folder, "site"), record);
    evidence.sideSignature = read(`records/${record.replace(".json", ".sshsig")}`)?.toString("utf8");
    const seen = join(folder, "site/log/heads");
    evidence.headProofs = (existsSync(seen) ? readdirSync(seen) : [])
      .map((head) => read(`log/heads/${head}/${record.replace(".json", ".tlog-proof")}`)?.toString("utf8")).filter(Boolean);
    const trust = trusting(trustList(text(join(folder, "trust.toml")), { believeTests: true }));
    const result = await selvedgeCheck(evidence, { now: Date.parse(at), trust });
    if (name === TOLD_BY_THE_PROOF) continue;
    assert.equal(result.state, OF_THE_FOLDER.includes(name) ? "record-intact" : state, `${name}: ${JSON.stringify(result.findings.filter(({ verdict }) => verdict !== "valid"))}`);
    const expected = new Map(findings), found = new Map(result.findings.map((f) => [f.check, f.verdict]));
    const apart = BY_TRUST.filter((check) => found.get(check) !== expected.get(check));
    assert.deepEqual(apart.map((check) => [check, found.get(check), expected.get(check)]), [], name);
    // Nobody who was not asked for tests believes a test key, whatever the list says.
    const strict = await selvedgeCheck(evidence, { now: Date.parse(at), trust: trusting(trustList(text(join(folder, "trust.toml")))) });
    assert.notEqual(strict.state, "record-intact", name);
  }
});

test("a list by which somebody is believed for her Delegation alone is bound to its kinds, dates and keys, as the command is", async () => {
  const { selvedgeCheck, trusting, fingerprintOf } = verifyInNode();
  const folder = join(MATRIX, "in-force"), { record, at } = json(join(folder, "case.json"));
  const evidence = evidenceOfFolder(join(folder, "site"), record);
  const list = trustList(text(join(folder, "trust.toml")), { believeTests: true });
  const [{ did }] = list.signers, created = json(join(folder, "site/records", record)).proof.created;
  const later = (seconds) => new Date(Date.parse(created) + seconds * 1000).toISOString().replace(".000Z", "Z");
  const delegated = { by: ["Union"], from: later(0), until: later(0), asOf: created };
  const judge = async (...signers) => {
    const { state, findings } = await selvedgeCheck(evidence, { now: Date.parse(at), trust: trusting({ ...list, signers }) });
    return [state, findings.find(({ check }) => check === "signer").reason];
  };
  const delegate = { name: "Smiths", did, kinds: ["Design"], delegated };
  assert.deepEqual(await judge(delegate), ["record-intact", "delegated"]);
  const not = async (reason, ...signers) => assert.deepEqual(await judge(...signers), ["unknown-signer", reason]);
  await not("other-time", { ...delegate, delegated: { ...delegated, from: later(1), until: later(9) } });
  await not("other-time", { ...delegate, delegated: { ...delegated, from: later(-9), until: later(-1) } });
  await not("delegated-for-other", { ...delegate, kinds: ["Notice"] });
  await not("unknown", { ...delegate, did: did.replace(/:brand/, ":brand2").replace(/Qm./, "Qmx") });
  // Whoever wrote a key of hers into the list believes no other, whatever somebody delegates.
  const pinned = { name: "Smiths", did, fingerprint: await fingerprintOf(new Uint8Array(32)) };
  await not("other-key", pinned, delegate);
  // The list's own word comes first, and a Delegation adds to it.
  assert.deepEqual(await judge({ name: "Smiths", did }, delegate), ["record-intact", "listed"]);
  assert.deepEqual(await judge({ name: "Smiths", did, kinds: ["Notice"] }, delegate), ["record-intact", "delegated"]);
  assert.deepEqual(await judge({ ...delegate, kinds: ["Notice"] }, delegate), ["record-intact", "delegated"]);
});

test("an owner who was delegated herself admits others only if she was delegated for that too, in less than four steps", async () => {
  const { selvedgeCheck, trusting } = verifyInNode();
  const folder = join(MATRIX, "by-a-member"), { record, at } = json(join(folder, "case.json"));
  const evidence = evidenceOfFolder(join(folder, "site"), record), { kind } = { kind: json(join(folder, "site/records", record)).type[1] };
  const list = trustList(text(join(folder, "trust.toml")), { believeTests: true });
  const [{ did }] = list.signers, member = json(join(folder, "site/records", record)).issuer;
  const state = async (kinds, steps, more = []) => {
    const delegated = { by: Array(steps).fill("Union"), from: "2020-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z", asOf: at };
    const signers = [{ name: "Owner", did, kinds, delegated }, ...more.map((one) => ({ ...one, delegated }))];
    return (await selvedgeCheck(evidence, { now: Date.parse(at), trust: trusting({ ...list, signers }) })).state;
  };
  assert.equal(await state([kind, "Accreditation"], 3), "record-intact");
  assert.equal(await state([kind, "Accreditation"], 4), "unknown-signer");
  assert.equal(await state([kind], 1), "unknown-signer");
  assert.equal(await state(["Accreditation"], 1), "unknown-signer");
  // What a member was delegated for besides takes nothing from her.
  assert.equal(await state([kind, "Accreditation"], 1, [{ name: "Member", did: member, kinds: ["Notice"] }]), "record-intact");
});

test("what the site's own register knows admits a member's record that came alone, and can only deny besides", async () => {
  const { selvedgeCheck, trusting } = verifyInNode();
  const folder = join(MATRIX, "by-a-member"), { record, at } = json(join(folder, "case.json"));
  const { entries, bodies, ...alone } = evidenceOfFolder(join(folder, "site"), record);
  assert.ok(entries && bodies);
  const list = trustList(text(join(folder, "trust.toml")), { believeTests: true });
  const own = list.signers[0].did;
  const state = async (known, more = {}) => {
    const trust = trusting({ ...list, own, ...more }, { know: async () => known });
    return (await selvedgeCheck(alone, { now: Date.parse(at), trust })).state;
  };
  assert.equal(await state(null), "unknown-signer");
  assert.equal(await state(undefined), "unknown-signer");
  assert.equal(await state({ condition: "in-force", isAdmitted: false }), "unknown-signer");
  assert.equal(await state({ condition: "in-force", isAdmitted: true }), "record-intact");
  assert.equal(await state({ condition: "revoked", isAdmitted: true }), "revoked");
  assert.equal(await state({ condition: "suspended", isAdmitted: true }), "suspended");
  assert.equal(await state({ condition: "proposed", isAdmitted: true }), "proposed");
  // Nobody is admitted by somebody who is not believed for that kind herself.
  const kinds = list.signers.map((signer) => ({ ...signer, kinds: ["Notice"] }));
  assert.equal(await state({ condition: "in-force", isAdmitted: true }, { signers: kinds }), "unknown-signer");
  assert.equal(await state({ condition: "in-force", isAdmitted: true }, { own: null }), "unknown-signer");
});
