// The fold of the page and that of the command give the same answers: tests/suite/fold.rs makes the
// cases. All in this process, and once more in Chromium.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPage, data, inNode, json, launch, publish } from "./support.mjs";

const cases = json(data("vectors/own/fold.json"));

/** What the page's fold says of a case, written as the case expects it; runs in the page as well. */
const answer = async ({ owner, versions, cuts, entries, names }) => {
  const { foldLog, readRecord } = globalThis.selvedge;
  const items = [];
  for (const entry of entries) {
    if (entry.record === undefined) { items.push(entry); continue; }
    const record = await readRecord(new TextEncoder().encode(entry.record));
    if (!record) return "a record does not hold";
    items.push({ record });
  }
  const { standings, breaches, gap, snapshots, bitsAt } =
    foldLog({ issuer: owner, versions: new Map(Object.entries(versions)), cuts }, items);
  const told = {};
  for (const [id, s] of standings) {
    told[names[id]] = {
      condition: s.condition,
      ...(s.by ? { by: names[s.by] } : {}),
      ...(s.condition === "proposed" ? { have: s.have, need: s.need } : {}),
      ...(s.disputes.some(({ outcome }) => outcome === null) ? { disputed: true } : {}),
      ...(s.words.length ? { words: s.words.map((id) => names[id]) } : {}),
      ...(s.voidTags.length ? { voidTags: s.voidTags.map(([first, last]) => [first, last]) } : {}),
      ...(s.corrections.length ? { corrections: s.corrections.length } : {}),
      ...(s.disclosures.length ? { disclosures: s.disclosures.length } : {}),
    };
  }
  return {
    breaches: breaches.map(({ index, why }) => [index, why]),
    gap: gap && `entry ${gap.index + 1}`,
    revoked: bitsAt("revocation", 0, Infinity),
    suspended: bitsAt("suspension", 0, Infinity),
    snapshots: snapshots.map(({ index, purpose, list, size, contradictions }) => ({ index, purpose, list, size, contradictions })),
    standings: told,
  };
};

const check = (found, { name, expected }) => {
  const { gap, ...rest } = found;
  const { gap: expectedGap, ...expectedRest } = expected;
  assert.deepEqual(rest, expectedRest, name);
  // The command says why in words; the entry is what both must find.
  assert.equal(gap, expectedGap && expectedGap.match(/entry \d+/)[0], name);
};

inNode();
for (const one of cases) test(`fold: ${one.name}`, async () => check(await answer(one), one));

test("the fold in Chromium", async () => {
  const browser = await launch();
  const site = await publish({ "index.html": checkPage() });
  const page = await browser.newPage();
  await page.goto(site.file("index.html"));
  const found = await page.evaluate(async ([cases, source]) => {
    const answer = globalThis.eval(source);
    const all = [];
    for (const one of cases) all.push(await answer(one));
    return all;
  }, [cases, `(${answer})`]).catch((error) => error);
  await browser.close();
  await site.close();
  assert.ok(Array.isArray(found), String(found));
  cases.forEach((one, i) => check(found[i], one));
});
