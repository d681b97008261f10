// The records that the example sites ship, as they lie in this repository and
// as `build` publishes them, before other people's verifiers.

import assert from 'node:assert/strict';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {test} from 'node:test';
import {tmpdir} from 'node:os';
import {Folder} from './folder.mjs';
import {PEERS, ask} from './peers.mjs';
import {selvedge} from './selvedge.mjs';

const sites = fileURLToPath(new URL('../../sites', import.meta.url));
const signed = readdirSync(sites, {withFileTypes: true})
  .filter(entry => entry.isDirectory())
  .map(({name}) => join(sites, name))
  .filter(site => new Folder(site).records().length > 0);

test('an example site holds records', () => assert.ok(signed.length > 0));

for(const site of signed) {
  test(`every peer accepts the records of ${site.slice(sites.length + 1)}`, async t => {
    const folder = new Folder(site);
    const built = mkdtempSync(join(tmpdir(), 'selvedge-example-'));
    t.after(() => rmSync(built, {recursive: true, force: true}));
    // One moment after the youngest record: what is judged does not depend on today.
    const created = folder.records()
      .map(id => JSON.parse(folder.read(`records/${id}.json`)).proof.created).sort().at(-1);
    const now = new Date(Date.parse(created) + 1000).toISOString();
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
