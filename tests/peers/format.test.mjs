// The worked examples of docs/RECORD-FORMAT.md, as its reader has it: nothing but
// the blocks of text on the page, and other people's verifiers.

import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {tmpdir} from 'node:os';
import {createHash} from 'node:crypto';
import {HISTORY_PEERS, PEERS, WITNESS_PEERS, ask} from './peers.mjs';

const page = readFileSync(new URL('../../docs/RECORD-FORMAT.md', import.meta.url), 'utf8');

/** The block behind a line `Example: …`, with its final newline. */
function example(name) {
  const [, text] = page.split(`\nExample: ${name}\n\n\`\`\``)[1].match(/^\w*\n([^]*?\n)```/);
  return text;
}

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts.map(part => Buffer.from(part)))).digest();

/** The name of a record's files. */
const shortId = bytes => [...sha256(bytes).subarray(0, 20)]
  .map(byte => byte.toString(2).padStart(8, '0')).join('')
  .replace(/.{5}/g, bits => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(bits, 2)]);

/** The files of a log of these entries, less its checkpoint. */
function log(entries) {
  const width = entries.length;
  return {
    [`log/tile/0/000.p/${width}`]: Buffer.concat(entries.map(entry => sha256([0], entry))),
    [`log/tile/entries/000.p/${width}`]: Buffer.concat(
      entries.flatMap(entry => [Buffer.from([0, entry.length]), Buffer.from(entry)])),
  };
}

const folders = [];
function write(files) {
  const root = mkdtempSync(join(tmpdir(), 'selvedge-example-'));
  folders.push(root);
  for(const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    writeFileSync(join(root, path), bytes);
  }
  return root;
}
after(() => folders.forEach(root => rmSync(root, {recursive: true, force: true})));

let practice, real, ids;
before(() => {
  const [, id] = example('ids').match(/^short id +([A-Z2-7]{32})$/m);
  const record = example('record').replace(/\n$/, '');
  assert.equal(shortId(record), id);
  practice = write({
    [`records/${id}.json`]: record,
    [`records/${id}.sshsig`]: example('side signature'),
    [`records/${id}.tlog-proof`]: example('proof'),
    ...log([example('entry')]),
    'log/checkpoint': example('checkpoint'),
    '.well-known/did.json': example('did.json'),
    'allowed_signers': example('allowed_signers'),
    'log.vkey': example('log.vkey'),
  });

  const shown = {
    design: ['real record', 'real proof'],
    status: ['real status record', 'real proof of the status record'],
    revocations: ['real list of revocations', 'real proof of the list of revocations'],
    suspensions: ['real list of suspensions', 'real proof of the list of suspensions'],
  };
  const files = {};
  ids = {};
  for(const [name, [body, proof]] of Object.entries(shown)) {
    const bytes = example(body).replace(/\n$/, '');
    ids[name] = shortId(bytes);
    files[`records/${ids[name]}.json`] = bytes;
    files[`records/${ids[name]}.tlog-proof`] = example(proof);
  }
  const entries = example('real entries').split(/(?<=\n)/);
  real = write({
    ...files, ...log(entries),
    '.well-known/did.jsonl': example('real did.jsonl'),
    '.well-known/did-witness.json': example('real did-witness.json'),
    '.well-known/did.json': example('did.json'), // for the address
    'log/checkpoint': example('real checkpoint, cosigned'),
    [`log/heads/${entries.length}/checkpoint`]: example('real checkpoint, cosigned'),
    'log.vkey': example('log.vkey'),
  });
});

for(const peer of Object.keys(PEERS)) {
  test(`${peer} accepts the worked example of the record format`, async () => {
    // The lists of its status are not shown.
    const verdicts = await ask(peer, practice, [{name: 'example', status: false}], '2026-11-03T00:00:00+00:00');
    assert.deepEqual(verdicts, [{case: 'example', accept: true, why: ''}]);
  });
}

const NOW = '2026-12-01T00:00:00+00:00';

for(const peer of ['@digitalbazaar/vc', 'openvc-core', 'awr']) {
  test(`${peer} judges the real example: the design is suspended, the rest holds`, async () => {
    const cases = Object.entries(ids).map(([name, id]) => ({name, only: [id]}));
    const verdicts = await ask(peer, real, cases, NOW);
    for(const {case: name, accept, why} of verdicts) {
      const isSuspended = name === 'design' && peer !== 'awr';
      assert.deepEqual([name, accept], [name, !isSuspended], why);
      assert.match(why, isSuspended ? /suspen/i : /^$/);
    }
  });
}

for(const peer of Object.keys(HISTORY_PEERS)) {
  test(`${peer} resolves the history of the real example, with its guardians`, async () => {
    const {proof, issuer} = JSON.parse(example('real record'));
    const [verdict] = await ask(peer, real, [{name: 'history', did: issuer}], NOW);
    assert.deepEqual([verdict.accept, verdict.keys], [true, [proof.verificationMethod]], verdict.why);
  });
}

for(const peer of Object.keys(WITNESS_PEERS)) {
  test(`${peer} accepts the log of the real example, and its witness`, async () => {
    const witnesses = [example('witness.vkey').trim()];
    const cases = [1, 2].map(quorum => ({name: `${quorum}`, witnesses, quorum}));
    const verdicts = await ask(peer, real, cases);
    assert.deepEqual(verdicts.map(({accept}) => accept), [true, false], verdicts[0].why);
  });
}
