// Judges a history of keys with npm didwebvh-ts: the did.jsonl and
// did-witness.json that a folder publishes, for the name that a case asks for.
//
//   node webvh.mjs FOLDER [--cases FILE] [--now TIME]
//
// A verdict adds the version that was resolved and the keys of its document. The
// package fetches by address; what it gets is what the folder publishes. There is
// no network.

import {createPublicKey, verify} from 'node:crypto';
import {fileURLToPath} from 'node:url';
import {mock} from 'node:test';
import {resolveDID} from 'didwebvh-ts';
import {main} from './folder.mjs';

// What stands before a raw Ed25519 key in its DER form (RFC 8410).
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const verifier = {
  verify: async (signature, message, publicKey) => verify(null, message, createPublicKey({
    key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki',
  }), signature),
};

/** The document (none at its end) and version of a name; throws why the package refuses it. */
export async function resolve(folder, did) {
  const asked = [];
  globalThis.fetch = async url => {
    asked.push(String(url));
    const name = String(url).split('/').at(-1);
    const bytes = ['did.jsonl', 'did-witness.json'].includes(name) ?
      folder.published(`.well-known/${name}`) ?? folder.published(name) : undefined;
    return bytes ? new Response(bytes) : new Response('', {status: 404, statusText: 'not found'});
  };
  const console = ['warn', 'error'].map(name => mock.method(globalThis.console, name, () => {}));
  try {
    const {doc, meta} = await resolveDID(did, {verifier});
    if(meta.error || (!doc && !meta.deactivated)) {
      throw new Error(meta.problemDetails?.detail ?? meta.error ?? 'no document');
    }
    return {document: doc, version: meta.versionId, asked};
  } finally {
    console.forEach(each => each.mock.restore());
  }
}

if(process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(undefined, async (folder, {did}, now) => {
    mock.timers.reset();
    mock.timers.enable({apis: ['Date'], now});
    const {document, version, asked} = await resolve(folder, did ?? folder.newestName());
    return {version, keys: (document?.verificationMethod ?? []).map(({id}) => id), asked};
  });
}
