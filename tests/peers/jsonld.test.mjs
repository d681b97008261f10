// What our records mean to a JSON-LD processor, npm jsonld: in safe mode, in which
// any member that no context defines is an error, with the W3C context and ours
// alone. Every kind of the table is expanded with every member that it may have.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import jsonld from 'jsonld';
import {fixture} from './peers.mjs';

const read = path => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url)));
const BASE = 'https://brand.example/';
const CONTEXT = `${BASE}.well-known/selvedge/context-v1.jsonld`;
const CONTEXTS = {
  'https://www.w3.org/ns/credentials/v2': JSON.parse(fixture('vectors/contexts/credentials-v2.jsonld')),
  [CONTEXT]: read('src/provenance/context-v1.jsonld'),
};
const KINDS = read('themes/check/kinds.json');

const documentLoader = async url => {
  assert.ok(Object.hasOwn(CONTEXTS, url), `another context is asked for: ${url}`);
  return {contextUrl: null, documentUrl: url, document: CONTEXTS[url]};
};
const expand = document => jsonld.expand(document, {safe: true, documentLoader});

const HASH = Buffer.alloc(32, 7).toString('base64');
const DIGEST = `sha256-${HASH}`;
const URN = 'urn:uuid:00000000-0000-4000-8000-000000000001';
const KEY = 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';
const TEXTS = [{'@language': 'en', '@value': 'words'}];
const PHOTOGRAPH = {id: `${BASE}records/files/${'07'.repeat(32)}.jpg`, orientation: 1, description: TEXTS};
const FORMS = {
  text: TEXTS, word: 'word', kind: 'Design', day: '2026-11-02', instant: '2026-11-02T03:04:05Z', flag: true,
  money: {amount: '12.50', currency: 'EUR'}, hash: HASH, bytes: HASH, statusList: `u${HASH.replace('=', '')}`,
  key: KEY, did: `did:key:${KEY}`, address: BASE,
  leaf: {
    index: 0, path: [HASH],
    opening: {
      v: 'selvedge.seal/1', issuer: `did:key:${KEY}`, record: URN, index: 0, n: 16, salt: HASH,
      kind: 'file', name: 'draft.txt', mediaType: 'text/plain', sha256: '07'.repeat(32),
    },
  },
  document: {digestSRI: DIGEST, mediaType: 'application/pdf', name: TEXTS},
  photograph: PHOTOGRAPH,
  thing: {id: URN, digestSRI: DIGEST, name: TEXTS},
  party: {id: `did:key:${KEY}`, name: TEXTS, commitment: HASH},
};

/** A value of a form of the table, with all that it may have. */
function sample(form) {
  if(typeof form === 'string') {
    assert.ok(Object.hasOwn(FORMS, form), `a form that is not known here: ${form}`);
    return FORMS[form];
  }
  const [[sort, of]] = Object.entries(form);
  return {
    choice: () => of[0],
    count: () => of[0],
    record: () => ({id: URN, digestSRI: DIGEST}),
    list: () => [sample(of)],
    object: () => members(of),
  }[sort]();
}
const members = fields => Object.fromEntries(fields.map(([name, form]) => [name, sample(form)]));

// The subject of a design is a type of its own, not rows of the table.
const DESIGN = {
  id: `${BASE}designs/stripes/`, designKind: 'textile', holderKind: 'community',
  ...Object.fromEntries(['name', 'description', 'heldBy', 'designedBy', 'technique', 'placeOfOrigin',
    'saidToDateFrom', 'attribution', 'notClaimed', 'alsoUsedBy', 'disclosureNote'].map(name => [name, TEXTS])),
  material: [{name: TEXTS}], motif: [{name: TEXTS}], photograph: [PHOTOGRAPH],
  story: [{inLanguage: 'en', mediaType: 'text/markdown', digestSRI: DIGEST}],
};

/** A whole record of a kind, signed by nobody. */
function record(kind) {
  const issuer = `did:webvh:QmWbUCGgpkNqeUmV4B3AjbixvcEEKZSbo37E5c7Q7Pbash:brand.example`;
  const context = Object.keys(CONTEXTS);
  return {
    '@context': context, id: URN, type: ['VerifiableCredential', kind, 'PracticeRecord'], issuer,
    validFrom: '2026-11-02T03:04:05Z', validUntil: '2027-11-02T03:04:05Z',
    reissues: {id: URN, digestSRI: DIGEST},
    credentialStatus: ['revocation', 'suspension'].map(statusPurpose => ({
      id: `${BASE}status/${statusPurpose}-0.json#3`, type: 'BitstringStatusListEntry', statusPurpose,
      statusListIndex: '3', statusListCredential: `${BASE}status/${statusPurpose}-0.json`,
    })),
    credentialSubject: kind === 'Design' ? DESIGN : members(KINDS[kind].fields),
    relatedResource: [{id: CONTEXT, mediaType: 'application/ld+json', digestSRI: DIGEST}],
    proof: {
      type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', created: '2026-11-02T03:04:05Z',
      verificationMethod: `${issuer}#${KEY}`, proofPurpose: 'assertionMethod',
      '@context': context, proofValue: `z${'2'.repeat(88)}`,
    },
  };
}

for(const kind of Object.keys(KINDS)) {
  test(`${kind} expands, with all that it may say`, async () => {
    const [expanded] = await expand(record(kind));
    // A list is one of the W3C's own types; all others are ours.
    const iri = kind === 'BitstringStatusListCredential' ?
      `https://www.w3.org/ns/credentials/status#${kind}` : `urn:selvedge:v1#${kind}`;
    assert.ok(expanded['@type'].includes(iri), String(expanded['@type']));
    // And a member that nobody defined is seen, so that the test above asks something.
    const bent = record(kind);
    bent.credentialSubject.notDefined = 'x';
    await assert.rejects(expand(bent), {name: 'jsonld.ValidationError'});
  });
}

test('the records of the worked examples, of the status lists and of the fold expand', async () => {
  const page = readFileSync(new URL('../../docs/RECORD-FORMAT.md', import.meta.url), 'utf8');
  const found = [...page.matchAll(/^\{"@context":\["https:\/\/www.w3.org\/ns\/credentials\/v2".*$/gm)]
    .map(([text]) => JSON.parse(text));
  assert.ok(found.length >= 4, `${found.length} examples`);
  for(const {entries} of JSON.parse(fixture('vectors/own/fold.json'))) {
    found.push(...entries.filter(entry => entry.record).map(entry => JSON.parse(entry.record)));
  }
  found.push(...['good', 'revocation-0'].map(name => JSON.parse(fixture(`vectors/own/status/${name}.json`))));
  const kinds = new Set();
  for(const each of found.filter(each => each['@context'][1] === CONTEXT)) {
    await expand(each);
    kinds.add(each.type[1]);
  }
  assert.ok(kinds.size > 10, [...kinds].join());
});
