// The records that the example sites ship, as they lie in this repository and
// as `build` publishes them, before other people's verifiers: every record, the log,
// the history of keys and the status lists are accepted, and refused with altered bytes.

import assert from 'node:assert/strict';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {test} from 'node:test';
import {tmpdir} from 'node:os';
import {Folder} from './folder.mjs';
import {BEYOND, sameHistory} from './beyond.mjs';
import {HISTORY_PEERS, PEERS, ask, everyByte} from './peers.mjs';
import {selvedge} from './selvedge.mjs';

const sites = fileURLToPath(new URL('../../sites', import.meta.url));
const signed = readdirSync(sites, {withFileTypes: true})
  .filter(entry => entry.isDirectory())
  .map(({name}) => join(sites, name))
  .filter(site => new Folder(site).records().length > 0);

/** One moment after the youngest record: what is judged does not depend on today. */
const moment = folder => {
  const created = folder.records()
    .map(id => JSON.parse(folder.read(`records/${id}.json`)).proof.created).sort().at(-1);
  return new Date(Date.parse(created) + 1000).toISOString();
};

/** Which peers read which file of a record. */
const READERS = {
  json: ['@digitalbazaar/vc', 'openvc-core', 'awr', 'ssh-keygen', 'sumdb/tlog'],
  sshsig: ['ssh-keygen'],
  'tlog-proof': ['sumdb/tlog'],
};

test('an example site holds records', () => assert.ok(signed.length > 0));

for(const site of signed) {
  const name = site.slice(sites.length + 1);
  const folder = new Folder(site);
  const now = moment(folder);

  for(const peer of Object.keys(HISTORY_PEERS)) {
    test(`${peer} resolves the history of keys of ${name}, names the key of each record, and refuses altered bytes`, async () => {
      const did = folder.newestName();
      const history = folder.published('.well-known/did.jsonl') ?? folder.published('did.jsonl');
      const path = folder.read('identity/did.jsonl') ? 'identity/did.jsonl' : '.well-known/did.jsonl';
      const [verdict] = await ask(peer, site, [{name: 'as it stands', did}], now);
      assert.deepEqual([verdict.accept, verdict.why], [true, '']);
      for(const id of folder.records()) {
        const {proof, type} = JSON.parse(folder.read(`records/${id}.json`));
        const key = proof.verificationMethod.split('#')[1];
        assert.ok(verdict.keys.some(each => each.endsWith(`#${key}`)), `${id} ${type}`);
      }
      const cases = everyByte(path, history, {ways: ['lowest bit flipped'], at: i => i % 23 === 0})
        .map(each => ({...each, did}));
      const verdicts = await ask(peer, site, cases, now);
      const missed = verdicts.filter(({accept}, i) =>
        accept && !sameHistory(history, Buffer.from(cases[i].files[path], 'base64')));
      assert.deepEqual(missed.map(({case: each}) => each), []);
      assert.ok(cases.length > 20);
    });
  }

  for(const peer of Object.keys(PEERS)) {
    test(`${peer} refuses altered bytes of each record of ${name}`, {timeout: 600_000}, async t => {
      let count = 0;
      for(const id of folder.records()) {
        for(const [ending, readers] of Object.entries(READERS)) {
          const path = `records/${id}.${ending}`, was = folder.read(path);
          if(!readers.includes(peer) || !was) {
            continue;
          }
          // A sample: records.test.mjs alters every byte of one. ssh-keygen is a process each time.
          const step = peer === 'ssh-keygen' ? 211 : 31;
          const cases = everyByte(path, was, {ways: ['lowest bit flipped'], at: i => i % step === 0})
            .map(each => ({...each, only: [id]}));
          const verdicts = await ask(peer, site, cases, now);
          const file = {'tlog-proof': 'proof'}[ending] ?? ending;
          const missed = verdicts.filter(({accept}, i) => {
            const is = Buffer.from(cases[i].files[path], 'base64');
            return accept && !BEYOND.some(line => line.peer === peer && line.file === file && line.when(was, is));
          });
          assert.deepEqual(missed.map(({case: each}) => each), []);
          count += cases.length;
        }
      }
      t.diagnostic(`${folder.records().length} records, ${count} alterations`);
      assert.ok(count > 20);
    });
  }

  test(`every peer accepts the records of ${site.slice(sites.length + 1)}`, async t => {
    const built = mkdtempSync(join(tmpdir(), 'selvedge-example-'));
    t.after(() => rmSync(built, {recursive: true, force: true}));
    const {code, err} = await selvedge(['build', site, '-o', built, '--at', now]);
    assert.equal(code, 0, err);
    assert.deepEqual(new Folder(built).records(), folder.records());
    for(const where of [site, built]) {
      for(const peer of Object.keys(PEERS)) {
        const verdicts = await ask(peer, where, [{name: 'as it stands'}], now);
        assert.deepEqual([peer, where, ...verdicts],
          [peer, where, {case: 'as it stands', accept: true, why: ''}]);
      }
    }
  });
}
