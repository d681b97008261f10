// Histories of keys before other people's did:webvh resolvers: ours, with
// pre-rotation, guardians, a changed key and a move; what a thief would add; every
// altered byte; and the logs of five implementations. Where one of them accepts
// more or less than we do, BEYOND and APART say what and why.

import assert from 'node:assert/strict';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {isDeepStrictEqual} from 'node:util';
import {join} from 'node:path';
import {test} from 'node:test';
import {HISTORY_PEERS, alter, ask, everyByte, fixture} from './peers.mjs';

const vectors = fileURLToPath(new URL('../vectors/', import.meta.url));
const OWN = join(vectors, 'own/did-webvh');
const NOW = '2026-11-26T00:00:00+00:00';

const log = fixture('vectors/own/did-webvh/did.jsonl');
const witness = fixture('vectors/own/did-webvh/did-witness.json');
const lines = bytes => bytes.toString().trimEnd().split('\n').map(line => JSON.parse(line));
const versions = lines(log);
const {scid} = versions[0].parameters;
const NEW = `did:webvh:${scid}:user.example:shop`; // the name since the move
const OLD = `did:webvh:${scid}:brand.example`;

const judge = (peer, cases, folder = OWN) =>
  ask(peer, folder, cases.map(each => ({did: NEW, ...each})), NOW);
const keys = verdict => verdict.keys?.map(id => id.split('#')[1]);

test('our history has what the peers are to read', () => {
  assert.equal(versions.length, 3);
  assert.ok(versions.every(({parameters}) => parameters.nextKeyHashes.length > 0), 'pre-rotation');
  const {threshold, witnesses} = versions[0].parameters.witness;
  assert.deepEqual([threshold, witnesses.length], [2, 3], 'guardians, two of three');
  assert.deepEqual([versions[1].state.id, versions[2].state.id], [OLD, NEW], 'a move');
});

for(const peer of Object.keys(HISTORY_PEERS)) {
  test(`${peer} resolves our history: its version, its keys, its new name`, async () => {
    const [verdict] = await judge(peer, [{name: 'as it stands'}]);
    const {case: name, accept, why, version, asked} = verdict;
    assert.deepEqual([name, accept, why], ['as it stands', true, '']);
    assert.equal(version, versions[2].versionId);
    assert.deepEqual(keys(verdict),
      versions[2].state.verificationMethod.map(({publicKeyMultibase}) => publicKeyMultibase));
    if(asked) { // what it fetched is where we publish
      assert.deepEqual(asked,
        ['did.jsonl', 'did-witness.json'].map(file => `https://user.example/shop/${file}`));
    }
  });

  test(`${peer} resolves our history as it was before each change`, async () => {
    const cases = [1, 2].map(n => ({...alter(`${n}`, {
      'did.jsonl': `${log.toString().split('\n').slice(0, n).join('\n')}\n`}), did: OLD}));
    const verdicts = await judge(peer, cases);
    assert.deepEqual(verdicts.map(({accept, version}) => [accept, version]),
      [0, 1].map(at => [true, versions[at].versionId]));
    assert.deepEqual(verdicts.map(keys),
      [0, 1].map(at => versions[at].state.verificationMethod.map(({publicKeyMultibase: key}) => key)));
  });

  test(`${peer} refuses a thief's version, and one that no guardian signed`, async () => {
    const names = ['stolen', 'unwitnessed'];
    const cases = names.map(name => alter(name, {'did.jsonl': fixture(`vectors/own/did-webvh/${name}.jsonl`)}));
    // Nor without the file of the guardians, with one of them alone, or under a name that is not in it.
    const one = JSON.parse(witness).map(({proof, ...rest}) => ({...rest, proof: proof.slice(0, 1)}));
    cases.push(alter('no guardian', {'did-witness.json': '[]'}),
      alter('one guardian', {'did-witness.json': JSON.stringify(one)}),
      {name: 'another name', did: `did:webvh:${scid}:other.example`},
      {name: 'another SCID', did: NEW.replace(scid, `${scid.slice(0, -1)}1`)});
    const verdicts = await judge(peer, cases);
    assert.deepEqual(verdicts.map(({case: name, accept}) => [name, accept]),
      cases.map(({name}) => [name, false]));
    assert.match(verdicts[0].why, /nextKeyHashes/);
    assert.match(verdicts[1].why, /[Ww]itness/);
  });
}

const json = bytes => {
  try {
    return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch {
    return undefined;
  }
};

/** What a peer accepts beyond us: in which file, when, and why it may. */
const BEYOND = [
  {
    peers: ['didwebvh-ts', 'did-webvh'], file: 'did-witness.json',
    when: (was, is) => isDeepStrictEqual(json(was).at(-1), json(is)?.at(-1)),
    why: "a guardian's proof of a version stands for those before it, so that the proofs of the " +
      'newest are enough; they skip a proof that does not hold. We refuse a file with such a proof',
  },
  {
    peers: ['didwebvh-ts'], file: 'did.jsonl',
    when: (was, is) => isDeepStrictEqual(values(was), values(Buffer.from(is.toString().trim()))),
    why: 'it trims what is white space to JavaScript off the file; to JSON that is less',
  },
  {
    peers: ['did-webvh'], file: 'did.jsonl',
    when: (was, is) => Array.isArray(values(is)) && isDeepStrictEqual(values(was),
      values(is).map(each => ({...each, versionTime: `${each.versionTime}`.replace(/[Zz]?$/, 'Z')}))),
    why: 'it writes versionTime anew, in UTC, before it hashes, so that one without its Z is the same to it',
  },
];

for(const peer of Object.keys(HISTORY_PEERS)) {
  test(`${peer} refuses our history with any byte altered`, {timeout: 600_000}, async t => {
    const used = new Set([undefined]);
    for(const [file, bytes] of [['did.jsonl', log], ['did-witness.json', witness]]) {
      // A sample: each case is a whole history, with all its signatures.
      const cases = [
        ...everyByte(file, bytes, {ways: ['lowest bit flipped'], at: i => i % 7 === 0 || i >= bytes.length - 3}),
        ...everyByte(file, bytes, {ways: ['left out', 'doubled', 'case bit flipped'], at: i => i % 61 === 0}),
        ...everyByte(file, bytes, {ways: ['file cut off here'], at: i => i % 97 === 0}),
      ].filter(({files}) => !isDeepStrictEqual(
        values(bytes), values(Buffer.from(files[file], 'base64'))));
      const verdicts = await judge(peer, cases);
      const missed = verdicts.filter(({accept, version}, i) => {
        // A log that is cut off between two versions is one of its earlier states.
        if(!accept || version !== versions[2].versionId) {
          return accept && !/cut off/.test(cases[i].name);
        }
        const is = Buffer.from(cases[i].files[file], 'base64');
        const line = BEYOND.find(each =>
          each.peers.includes(peer) && each.file === file && each.when(bytes, is));
        used.add(line);
        return !line;
      }).map(({case: name}) => name);
      assert.deepEqual(missed, [], file);
      t.diagnostic(`${file}: ${cases.length} alterations, ` +
        `${verdicts.filter(({accept}) => accept).length} accepted beyond us`);
    }
    assert.deepEqual(BEYOND.filter(line => line.peers.includes(peer) && !used.has(line)), [],
      'lines of BEYOND without a case');
  });
}

/** The values in a file of JSON lines, or of one JSON text; undefined if it is neither. */
function values(bytes) {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes).split('\n')
      .filter(line => line.trim()).map(line => JSON.parse(line));
  } catch {
    return bytes;
  }
}

/** Whether there is a log; some cases of the suite are descriptions of names instead. */
const isLog = file => existsSync(file) && readFileSync(file, 'utf8').startsWith('{');

/** Logs of the method's own test suite that a peer judges otherwise than we do, and why. */
const BARE = /must be did:key|Insufficient witness proofs/;
const APART = {
  // Its makers wrote the keys of witnesses without `did:key:` before them; we read both.
  'witness-threshold/rust': BARE,
  'witness-update/rust': BARE,
};

/** The logs that we refuse: version 2 changes the witnesses, and not enough of those before it signed. */
const REFUSED = ['java', 'java-eecc', 'python', 'ts'].map(maker => `witness-update/${maker}`);

for(const peer of Object.keys(HISTORY_PEERS)) {
  test(`${peer} judges the logs of five implementations as we do`, async () => {
    const suite = join(vectors, 'did-webvh');
    const folders = readdirSync(suite, {withFileTypes: true})
      .filter(entry => entry.isDirectory() && entry.name !== 'python-logs')
      .flatMap(({name}) => readdirSync(join(suite, name), {withFileTypes: true})
        .filter(maker => maker.isDirectory() && isLog(join(suite, name, maker.name, 'did.jsonl')))
        .map(maker => `${name}/${maker.name}`));
    const cases = folders.map(name => {
      const files = Object.fromEntries(['did.jsonl', 'did-witness.json']
        .filter(file => existsSync(join(suite, name, file)))
        .map(file => [file, readFileSync(join(suite, name, file))]));
      return {...alter(name, files), did: lines(files['did.jsonl']).at(-1).state.id};
    });
    const verdicts = await judge(peer, cases, suite);
    const otherwise = verdicts.filter(({case: name, accept}) =>
      accept === (REFUSED.includes(name) || name.startsWith('negative-')));
    assert.ok(cases.length > 70, `${cases.length} logs`);
    assert.deepEqual(otherwise.map(({case: name}) => name), Object.keys(APART));
    otherwise.forEach(({case: name, accept, why}) => {
      assert.equal(accept, false);
      assert.match(why, APART[name]);
    });
  });
}
