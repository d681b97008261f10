// What an association signs in its everyday work, each kind once, before other people's verifiers: members,
// certification, editions, tags, pieces, licences, labels, notices, disputes. Each file is accepted as it was
// signed and refused with bytes altered. Every altered byte of a record stands in records.test.mjs.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {Folder} from './folder.mjs';
import {ask, everyByte} from './peers.mjs';
import {makeAssociation} from './selvedge.mjs';

const VC_PEERS = ['@digitalbazaar/vc', 'openvc-core', 'awr'];
const KINDS = ['Accreditation', 'Attestation', 'BenefitReport', 'BitstringStatusListCredential', 'Certification', 'Charter', 'Consent',
  'Correction', 'Delegation', 'Design', 'Dispute', 'DisputeOutcome', 'Edition', 'Item', 'Label', 'Licence', 'LicenceEnded', 'Notice', 'TagBatch',
  'TagClaimed', 'TagVoid', 'Transfer'];

let site, folder;
before(async () => {
  site = await makeAssociation();
  folder = new Folder(site.built);
});
after(() => site?.remove());

test('one record of each kind is there', () => {
  const kinds = folder.records().map(id => JSON.parse(folder.read(`records/${id}.json`)).type[1]);
  assert.deepEqual([...new Set(kinds)].sort(), KINDS);
});

for(const where of ['source', 'built']) {
  test(`every record of the ${where} is accepted by all, and its place in the log`, async () => {
    const cases = folder.records().map(id => ({name: id, only: [id]}));
    for(const peer of VC_PEERS) {
      // What was ended or withdrawn is for the status lists, of which real.test.mjs speaks.
      const verdicts = await ask(peer, site[where], cases.map(each => ({...each, status: false})), site.now);
      assert.deepEqual(verdicts.filter(({accept}) => !accept), [], peer);
    }
    assert.deepEqual((await ask('ssh-keygen', site[where], cases, site.now)).filter(({accept}) => !accept), []);
    const [log] = await ask('sumdb/tlog', site[where], [{name: 'log'}]);
    assert.deepEqual(log, {case: 'log', accept: true, why: ''});
  });
}

for(const peer of [...VC_PEERS, 'ssh-keygen']) {
  test(`${peer} refuses altered texts of each kind`, async () => {
    for(const id of folder.records()) {
      const path = `records/${id}.json`;
      const bytes = folder.read(path);
      // What the subject says, which no peer may overlook.
      const [from, to] = ['"credentialSubject":', '"id":"urn:uuid:'].map(text => bytes.indexOf(text));
      const isText = i => i > from + 20 && i < to - 2 && /[a-z]/.test(String.fromCharCode(bytes[i])) &&
        /[a-z]/.test(String.fromCharCode(bytes[i] ^ 1));
      const places = [...bytes.keys()].filter(isText);
      const chosen = new Set(places.filter((_, i) => i % Math.ceil(places.length / 4) === 0));
      const cases = everyByte(path, bytes, {ways: ['lowest bit flipped'], at: i => chosen.has(i)})
        .map(each => ({...each, only: [id], status: false}));
      assert.ok(cases.length >= 2, `${id}: ${cases.length} cases`);
      const verdicts = await ask(peer, site.built, cases, site.now);
      assert.deepEqual(verdicts.filter(({accept}) => accept).map(({case: name}) => name), []);
    }
  });
}
