// Our status lists as a stranger's verifier reads them: npm
// @digitalbazaar/vc-bitstring-status-list, with @digitalbazaar/vc and its
// eddsa-jcs-2022 cryptosuite. The files are signed by a test of the Rust suite
// (`status::fixtures_are_what_we_sign`) with a TEST key.

import assert from 'node:assert/strict';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {readFileSync} from 'node:fs';
import {mock, test} from 'node:test';
import {verifyCredential} from '@digitalbazaar/vc';

const BASE = 'https://brand.example/';
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

const read = name => JSON.parse(
  readFileSync(new URL(`../vectors/own/status/${name}.json`, import.meta.url)));

function didKey(url) {
  const [did] = url.split('#');
  const key = did.slice('did:key:'.length);
  const method = {
    id: `${did}#${key}`, type: 'Multikey', controller: did, publicKeyMultibase: key,
  };
  return url.includes('#') ? {'@context': MULTIKEY, ...method} : {
    '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY],
    id: did, verificationMethod: [method], assertionMethod: [method.id],
  };
}

/** What is published, with lists that a case may have altered. */
function loader(lists) {
  return async url => {
    const document = url.startsWith('did:key:') ? didKey(url) : lists[url];
    if(!document) {
      throw new Error(`not published here: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}

function lists() {
  return Object.fromEntries(['revocation-0', 'suspension-0'].map(
    name => [`${BASE}status/${name}.json`, read(name)]));
}

/** Judges a credential; the library reads the list's dates by the machine's clock alone. */
async function judge(name, {published = lists(), now = '2026-11-03T00:00:00Z'} = {}) {
  mock.timers.enable({apis: ['Date'], now: new Date(now)});
  try {
    return await verifyCredential({
      credential: read(name),
      suite: new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()}),
      documentLoader: loader(published),
      checkStatus,
    });
  } finally {
    mock.timers.reset();
  }
}

const bits = result => result.statusResult.results.map(
  ({credentialStatus, status}) => [credentialStatus.statusPurpose, status]);

for(const [name, revoked, suspended] of [
  ['good', false, false], ['revoked', true, false], ['suspended', false, true],
]) {
  test(`vc-bitstring-status-list reads the bits of ${name}`, async () => {
    const result = await judge(name);
    assert.equal(result.verified, true, String(result.statusResult?.error ?? result.error));
    assert.deepEqual(bits(result), [['revocation', revoked], ['suspension', suspended]]);
  });
}

const REVOCATION = `${BASE}status/revocation-0.json`;
for(const [what, alter, why] of [
  ['altered', list => {
    list.credentialSubject.encodedList = lists()[`${BASE}status/suspension-0.json`]
      .credentialSubject.encodedList;
  }, /not verified/],
  ['of another purpose', list => {
    list.credentialSubject.statusPurpose = 'suspension';
  }, /purpose/],
  ['of another log head', list => {
    list.credentialSubject.log.size = 10;
  }, /not verified/],
]) {
  test(`vc-bitstring-status-list refuses a list that is ${what}`, async () => {
    const published = lists();
    alter(published[REVOCATION]);
    const result = await judge('revoked', {published});
    assert.equal(result.verified, false);
    assert.match(result.statusResult.error.message, why);
  });
}

test('vc-bitstring-status-list refuses a list that is missing', async () => {
  const published = lists();
  delete published[REVOCATION];
  const result = await judge('good', {published});
  assert.equal(result.verified, false);
  assert.match(result.statusResult.error.message, /Could not load/);
});

test('vc-bitstring-status-list refuses a list that has expired', async () => {
  const result = await judge('good', {now: '2027-01-01T00:00:00Z'});
  assert.equal(result.verified, false);
  assert.match(result.statusResult.error.message, /not verified/);
});
