// The worked example of docs/RECORD-FORMAT.md, as its reader has it: nothing but
// the blocks of text on the page, and other people's verifiers.

import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {tmpdir} from 'node:os';
import {PEERS, ask} from './peers.mjs';

const page = readFileSync(new URL('../../docs/RECORD-FORMAT.md', import.meta.url), 'utf8');

/** The block behind a line `Example: …`, with its final newline. */
function example(name) {
  const [, text] = page.split(`\nExample: ${name}\n\n\`\`\``)[1].match(/^\w*\n([^]*?\n)```/);
  return text;
}

let root;
before(() => {
  root = mkdtempSync(join(tmpdir(), 'selvedge-example-'));
  const [, id] = example('ids').match(/^short id +([A-Z2-7]{32})$/m);
  const entry = Buffer.from(example('entry'));
  const [, leaf] = example('checkpoint').match(/^1\n(.*)$/m); // a tree of one leaf is its hash
  const files = {
    [`records/${id}.json`]: example('record').replace(/\n$/, ''),
    [`records/${id}.sshsig`]: example('side signature'),
    [`records/${id}.tlog-proof`]: example('proof'),
    'log/checkpoint': example('checkpoint'),
    'log/tile/0/000.p/1': Buffer.from(leaf, 'base64'),
    'log/tile/entries/000.p/1': Buffer.concat([Buffer.from([0, entry.length]), entry]),
    '.well-known/did.json': example('did.json'),
    'allowed_signers': example('allowed_signers'),
    'log.vkey': example('log.vkey'),
  };
  for(const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    writeFileSync(join(root, path), bytes);
  }
});
after(() => rmSync(root, {recursive: true, force: true}));

for(const peer of Object.keys(PEERS)) {
  test(`${peer} accepts the worked example of the record format`, async () => {
    const verdicts = await ask(peer, root, [{name: 'example', status: false}], '2026-11-03T00:00:00+00:00');
    assert.deepEqual(verdicts, [{case: 'example', accept: true, why: ''}]);
  });
}
