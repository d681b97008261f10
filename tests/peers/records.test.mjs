// Records that our command made, before other people's verifiers: all of them
// accept what it wrote, and refuse it with any byte altered, as it does itself.
// Where one of them accepts more than we do, BEYOND (beyond.mjs) says what and why; nothing
// else may be accepted, and a line there that no longer happens is a failure.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {BEYOND, json, without} from './beyond.mjs';
import {PEERS, alter, ask, everyByte} from './peers.mjs';
import {Folder} from './folder.mjs';
import {AT, copies, makeSite, state} from './selvedge.mjs';

const NOW = '2026-11-03T00:00:00+00:00'; // the day after AT

let site; // at a host of its own
let below; // at an address with a path
let record, id, bytesOf;

before(async () => {
  [site, below] = await Promise.all([
    makeSite('https://weavers.example/'), makeSite('https://market.example/stalls/weavers/')]);
  const folder = new Folder(site.built);
  id = folder.records().find(each =>
    JSON.parse(folder.read(`records/${each}.json`)).type.includes('Design'));
  record = {
    json: `records/${id}.json`,
    sshsig: `records/${id}.sshsig`,
    proof: `records/${id}.tlog-proof`,
    tile: `log/tile/0/000.p/${site.size}`,
    entries: `log/tile/entries/000.p/${site.size}`,
    checkpoint: 'log/checkpoint',
  };
  bytesOf = Object.fromEntries(
    Object.values(record).map(path => [path, readFileSync(join(site.built, path))]));
});
after(() => [site, below].forEach(each => each?.remove()));

/** Which peers read which file. */
const READERS = {
  json: ['@digitalbazaar/vc', 'openvc-core', 'awr', 'ssh-keygen', 'sumdb/tlog'],
  sshsig: ['ssh-keygen'],
  proof: ['sumdb/tlog'],
  tile: ['sumdb/tlog'],
  entries: ['sumdb/tlog'],
  checkpoint: ['sumdb/tlog'],
};

/** The ways in which each peer's files are altered; undefined: all. */
const PEER_WAYS = {
  '@digitalbazaar/vc': undefined, // every way
  'openvc-core': undefined,
  'awr': undefined,
  'ssh-keygen': ['lowest bit flipped', 'left out', 'doubled'],
  'sumdb/tlog': undefined,
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The same text with an unused bit of its last base64 word set, which is a signature. */
const loose = text => text.replace(/([A-Za-z0-9+/])(=\n)$/, (_, last, end) =>
  ALPHABET[ALPHABET.indexOf(last) ^ 1] + end);

/** The last line, a signature, with its last whole word of base64 changed. */
const broken = text => text.trimEnd().split('\n').at(-1).replace(/....(....)$/, 'AAAA$1\n');

/** Alterations that keep a meaning, or that a careless reader could miss. */
function reworded(file) {
  const was = bytesOf[record[file]];
  const text = was.toString();
  const value = json(was);
  const ways = {
    json: () => ({
      'newline at the end': `${text}\n`,
      'space at the start': ` ${text}`,
      'byte order mark': `\ufeff${text}`,
      'indented': JSON.stringify(value, null, 2),
      'members in another order': JSON.stringify(
        Object.fromEntries(Object.entries(value).reverse())),
      'escape for a plain letter': text.replace('"VerifiableCredential"', '"\\u0056erifiableCredential"'),
      'a name twice': text.replace('{', '{"issuer":"did:web:other.example",'),
      'something behind': `${text}{}`,
      'proof as a list of one': JSON.stringify({...value, proof: [value.proof]}),
      'a second, broken proof': JSON.stringify({...value, proof: [
        value.proof, {...value.proof, proofValue: value.proof.proofValue.replace(/.$/, '2')}]}),
      'no proof': JSON.stringify(without(value, 'proof')),
      'proof without its context': JSON.stringify(
        {...value, proof: without(value.proof, '@context')}),
      'unknown member in the proof': JSON.stringify(
        {...value, proof: {...value.proof, domain: 'other.example'}}),
      'context appended to the document alone': JSON.stringify(
        {...value, '@context': [...value['@context'], 'https://other.example/v1']}),
      'contexts appended in both places': JSON.stringify({...value,
        '@context': [...value['@context'], 'https://other.example/v1'],
        proof: {...value.proof, '@context': [...value['@context'], 'https://other.example/v1']}}),
      'issuer as an object with a name': JSON.stringify(
        {...value, issuer: {id: value.issuer, name: 'Somebody else'}}),
      'type added': JSON.stringify({...value, type: [...value.type, 'Certification']}),
      'practice mark removed': JSON.stringify(
        {...value, type: value.type.filter(type => type !== 'PracticeRecord')}),
      'end of term added': JSON.stringify({...value, validUntil: '2099-01-01T00:00:00Z'}),
      'empty': '',
    }),
    sshsig: () => ({
      'words after it': `${text}and more\n`,
      'no newline at the end': text.trimEnd(),
      'carriage returns': text.replaceAll('\n', '\r\n'),
      'in one line': text.replace(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/g, ''),
      'empty': '',
    }),
    checkpoint: () => ({
      'loose base64 in the signature': loose(text),
      'without its signature': text.replace(/\n\n[^]*/, '\n\n'),
      'a second signature of its key, broken': text + broken(text),
      'larger by one': text.replace(/\n(\d+)\n/, (_, n) => `\n${Number(n) + 1}\n`),
      'newline at the end': `${text}\n`,
      'carriage returns': text.replaceAll('\n', '\r\n'),
      'empty': '',
    }),
    proof: () => ({
      'loose base64 in a signature': loose(text),
      'a second signature of the log key, broken': text + broken(text),
      'index with a leading zero': text.replace('index ', 'index 0'),
      'index with a sign': text.replace('index ', 'index +'),
      'another version': text.replace('@v1', '@v2'),
      'a hash more': text.replace('\n\n', `\n${'A'.repeat(43)}=\n\n`),
      'carriage returns': text.replaceAll('\n', '\r\n'),
      'empty': '',
    }),
    tile: () => ({'empty': '', 'a hash more': Buffer.concat([was, was.subarray(0, 32)])}),
    entries: () => ({'empty': '', 'an entry more': Buffer.concat([was, was])}),
  };
  return Object.entries(ways[file]()).map(
    ([name, is]) => alter(`${record[file]}: ${name}`, {[record[file]]: is}));
}

for(const peer of Object.keys(PEERS)) {
  for(const where of ['source', 'built']) {
    test(`${peer} accepts every record of the ${where === 'built' ? 'built site' : 'site folder'}`,
      async () => {
        for(const {[where]: folder, count} of [site, below]) {
          assert.equal(new Folder(folder).records().length, count);
          const [verdict] = await ask(peer, folder, [{name: 'as it stands'}], NOW);
          assert.deepEqual(verdict, {case: 'as it stands', accept: true, why: ''});
        }
      });
  }
}

test('names and digests in the record are what sha256sum gives', () => {
  for(const [folder, each] of [site, below].map(({built}) => new Folder(built))
    .flatMap(folder => folder.records().map(each => [folder, each]))) {
    const bytes = folder.read(`records/${each}.json`);
    const base32 = [...createHash('sha256').update(bytes).digest().subarray(0, 20)]
      .map(byte => byte.toString(2).padStart(8, '0')).join('')
      .replace(/.{5}/g, bits => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(bits, 2)]);
    assert.equal(each, base32);
    for(const {id: url, digestSRI} of json(bytes).relatedResource) {
      const [algorithm] = digestSRI.split('-');
      const file = folder.fetch(url);
      assert.ok(file, `${url} is published`);
      assert.equal(
        digestSRI, `${algorithm}-${createHash(algorithm).update(file).digest('base64')}`);
    }
  }
});

/** Splits verdicts into what no line of BEYOND explains, and the lines that were used. */
function unexplained(peer, file, cases, verdicts, used) {
  const path = record[file];
  return verdicts.filter(({accept}, i) => {
    if(!accept) {
      return false;
    }
    const is = Buffer.from(cases[i].files[path], 'base64');
    const line = BEYOND.find(each =>
      each.peer === peer && each.file === file && each.when(bytesOf[path], is));
    used.add(line);
    return !line;
  }).map(({case: name}) => name);
}

test('each peer refuses every file with any byte altered', {timeout: 600_000}, async t => {
  const used = new Set([undefined]);
  await Promise.all(Object.keys(PEER_WAYS).map(async peer => {
    for(const [file, readers] of Object.entries(READERS)) {
      if(!readers.includes(peer)) {
        continue;
      }
      const path = record[file];
      const bytes = bytesOf[path];
      // A record is long and ssh-keygen a process each time: there, every ninth byte.
      const sparse = peer === 'ssh-keygen' && file === 'json';
      const cases = [
        ...everyByte(path, bytes, {ways: PEER_WAYS[peer], at: i => !sparse || i % 9 === 0}),
        ...reworded(file),
      ].map(each => ({...each, only: [id]}))
        .filter(({files}) => !bytes.equals(Buffer.from(files[path], 'base64')));
      const verdicts = await ask(peer, site.built, cases, NOW);
      assert.deepEqual(unexplained(peer, file, cases, verdicts, used), [], `${peer}, ${path}`);
      t.diagnostic(`${peer}, ${file}: ${cases.length} alterations, ` +
        `${verdicts.filter(({accept}) => accept).length} accepted beyond us`);
    }
  }));
  assert.deepEqual(BEYOND.filter(line => !used.has(line)), [], 'lines of BEYOND without a case');
});

test('our own verify refuses all of it, and says "altered"', {timeout: 600_000}, async t => {
  assert.equal((await state(site.built)).state, 'practice');
  assert.equal((await state(site.source)).state, 'practice');
  const cases = Object.entries(record).flatMap(([file, path]) => [
    ...everyByte(path, bytesOf[path], {ways: ['lowest bit flipped']}),
    ...everyByte(path, bytesOf[path], {
      ways: ['case bit flipped', 'left out', 'doubled', 'file cut off here'], at: i => i % 17 === 0}),
    ...reworded(file),
  ]).filter(({files}) => Object.entries(files).every(
    ([path, bytes]) => !bytesOf[path].equals(Buffer.from(bytes, 'base64'))));
  // A record that has lost the name of its proof is one that nobody signed.
  const isUnsigned = text => {
    try {
      return !('proof' in JSON.parse(text));
    } catch {
      return false;
    }
  };
  const missed = [];
  await copies(site.built, cases, async (folder, {name, files}) => {
    const answer = await state(folder);
    const json = files[record.json];
    const unsigned = json !== undefined && isUnsigned(Buffer.from(json, 'base64').toString());
    if(answer.code !== 1 || answer.state !== (unsigned ? 'not-signed' : 'altered')) {
      missed.push(`${name}: exit ${answer.code}, ${answer.state}`);
    }
  });
  assert.deepEqual(missed, []);
  t.diagnostic(`${cases.length} alterations, at ${AT}`);
});
