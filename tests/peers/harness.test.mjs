// The peers themselves, on material that was not made here: what their own
// projects signed they accept, and they refuse its tampered copies. A peer that
// said "accept" to everything would fail here.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {tmpdir} from 'node:os';
import {alter, ask, everyByte, fixture} from './peers.mjs';

function folder(t, files) {
  const root = mkdtempSync(join(tmpdir(), 'selvedge-harness-'));
  t.after(() => rmSync(root, {recursive: true, force: true}));
  for(const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    writeFileSync(join(root, path), text);
  }
  return root;
}

const DID = 'did:web:weavers.example';

function didDocument(publicKeyMultibase) {
  return JSON.stringify({
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: DID,
    verificationMethod: [
      {id: `${DID}#k1`, type: 'Multikey', controller: DID, publicKeyMultibase}],
    assertionMethod: [`${DID}#k1`],
  });
}

for(const peer of ['@digitalbazaar/vc', 'openvc-core']) {
  test(`${peer} judges the interop-jcs vectors`, async t => {
    const vectors = JSON.parse(fixture('vectors/interop-jcs/interop-jcs.json'));
    const root = folder(t, {'.well-known/did.json': didDocument(vectors[0].publicKeyMultibase)});
    const cases = vectors.map(({name, signed, publicKeyMultibase}) => ({
      ...alter(name, {
        'records/V.json': JSON.stringify(signed),
        '.well-known/did.json': didDocument(publicKeyMultibase),
      }),
      only: ['V'],
    }));
    const verdicts = await ask(peer, root, cases, '2027-01-01T00:00:00+00:00');
    assert.deepEqual(
      verdicts.map(({case: name, accept}) => [name, accept]),
      vectors.map(({name, expect}) => [name, expect === 'valid']));
  });
}

test('sumdb/tlog judges the gen300 log and its proofs', async t => {
  const root = folder(t, {});
  cpSync(new URL('../vectors/tlog-tiles/gen300', import.meta.url), root, {recursive: true});
  const vectors = JSON.parse(readFileSync(join(root, 'cases.json')))
    .filter(({kind}) => kind.startsWith('tlog-proof'));
  const cases = vectors.map((vector, i) => ({
    ...alter(`${i} ${vector.why ?? vector.file}`, vector.text ? {proof: vector.text} : {}),
    plain: true,
    proofs: [{file: vector.file ?? 'proof', leaf: vector.leaf_base64}],
  }));
  const verdicts = await ask('sumdb/tlog', root, cases);
  assert.deepEqual(
    verdicts.map(({case: name, accept}) => [name, accept]),
    vectors.map((vector, i) => [cases[i].name, vector.valid]));
});

test('sumdb/tlog refuses altered bytes of full and partial tiles and bundles', async t => {
  const root = folder(t, {});
  cpSync(new URL('../vectors/tlog-tiles/gen300', import.meta.url), root, {recursive: true});
  const [first] = JSON.parse(readFileSync(join(root, 'cases.json')));
  const proofs = [{file: first.file, leaf: first.leaf_base64}];
  const cases = ['0/000', '0/001.p/44', '1/000.p/1', 'entries/000', 'entries/001.p/44']
    .flatMap(tile => {
      const path = `log/tile/${tile}`;
      const bytes = readFileSync(join(root, path));
      // All of the first and last hash, and a sample of what lies between them.
      return everyByte(path, bytes, {
        at: i => i < 32 || i >= bytes.length - 32 || i % 37 === 0,
        ways: ['lowest bit flipped'],
      });
    }).map(each => ({...each, plain: true, proofs}));
  assert.ok(cases.length > 500);
  const verdicts = await ask('sumdb/tlog', root, cases);
  assert.deepEqual(verdicts.filter(({accept}) => accept), []);
});

test('ssh-keygen judges a signature that it made itself', async t => {
  const root = folder(t, {
    '.well-known/did.json': didDocument('z6MkggwC8XWURDy7oSr4amDxfvcoxEoh6PBjVeS3p9YHXykk'),
    'records/R.json': '{"a":"record"}',
  });
  const keygen = (...words) => execFileSync('ssh-keygen', words, {stdio: 'pipe'});
  keygen('-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(root, 'key'));
  keygen('-Y', 'sign', '-f', join(root, 'key'), '-n', 'selvedge-record@weavers.example',
    join(root, 'records/R.json'));
  const [type, key] = readFileSync(join(root, 'key.pub'), 'utf8').split(' ');
  const signers = (namespace, dates = '') =>
    `maker namespaces="${namespace}"${dates} ${type} ${key.trim()}\n`;
  const ours = signers('selvedge-record@weavers.example');
  const signature = readFileSync(join(root, 'records/R.json.sig'), 'utf8');
  const given = {'allowed_signers': ours, 'records/R.sshsig': signature};
  const cases = [
    [true, alter('as signed', given)],
    [false, alter('record altered', {...given, 'records/R.json': '{"a":"Record"}'})],
    [false, alter('record with a newline', {...given, 'records/R.json': '{"a":"record"}\n'})],
    [false, alter('another namespace allowed', {...given, 'allowed_signers': signers('file')})],
    [false, alter('signer not yet in force', {...given, 'allowed_signers': signers(
      'selvedge-record@weavers.example', ',valid-after="20300101"')})],
    [false, alter('signature cut', {...given, 'records/R.sshsig': signature.slice(0, 200)})],
  ];
  const verdicts = await ask(
    'ssh-keygen', root, cases.map(([, each]) => each), '2027-01-01T00:00:00+00:00');
  assert.deepEqual(
    verdicts.map(({case: name, accept}) => [name, accept]),
    cases.map(([accept, {name}]) => [name, accept]));
});
