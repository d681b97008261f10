// Judges records with npm @digitalbazaar/vc and its eddsa-jcs-2022 cryptosuite.
//
//   node vc.mjs FOLDER [--cases FILE] [--now TIME]
//
// The only documents that it may load are the W3C context as vendored under
// tests/vectors, what the folder itself publishes, and did:key documents,
// which are a function of the key. There is no network.

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {readFileSync} from 'node:fs';
import {verifyCredential} from '@digitalbazaar/vc';
import {didWebUrl, main} from './folder.mjs';

const W3C = 'https://www.w3.org/ns/credentials/v2';
const W3C_CONTEXT = JSON.parse(readFileSync(
  new URL('../vectors/contexts/credentials-v2.jsonld', import.meta.url)));
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function didDocument(folder, did) {
  if(did.startsWith('did:key:')) {
    const key = did.slice('did:key:'.length);
    const id = `${did}#${key}`;
    return {
      '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY],
      id: did,
      verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase: key}],
      assertionMethod: [id],
    };
  }
  const bytes = did.startsWith('did:web:') ? folder.fetch(didWebUrl(did)) : undefined;
  const document = bytes && JSON.parse(bytes);
  if(document?.id !== did) {
    throw new Error(`no document for ${did}`);
  }
  return document;
}

function loader(folder) {
  return async url => {
    const found = document => ({contextUrl: null, documentUrl: url, document});
    if(url === W3C) {
      return found(W3C_CONTEXT);
    }
    if(url.startsWith('did:')) {
      const [did, fragment] = url.split('#');
      const document = didDocument(folder, did);
      if(fragment === undefined) {
        return found(document);
      }
      const method = document.verificationMethod.find(({id}) => id === url);
      if(!method) {
        throw new Error(`no verification method ${url}`);
      }
      return found({'@context': MULTIKEY, ...method});
    }
    const bytes = folder.fetch(url);
    if(!bytes) {
      throw new Error(`not published here: ${url}`);
    }
    return found(JSON.parse(bytes));
  };
}

await main(async (folder, id, now) => {
  const bytes = folder.read(`records/${id}.json`);
  const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  const result = await verifyCredential({
    credential: JSON.parse(text),
    suite: new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()}),
    documentLoader: loader(folder),
    // What is asked here is who signed; status.test.mjs asks of status.
    checkStatus: async () => ({verified: true}),
    now,
  });
  if(!result.verified) {
    const error = result.error?.errors?.[0] ?? result.error;
    throw new Error(error?.message ?? 'not verified');
  }
});
