// What some peers accept beyond us in the files of a record, and why they may: altered
// bytes that no line here explains must be refused.

import {isDeepStrictEqual} from 'node:util';

/** The value of JSON text; undefined for anything else. */
export const json = bytes => {
  try {
    return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch {
    return undefined;
  }
};
export const without = (value, name) => value && {...value, [name]: undefined};
const armour = bytes => bytes.toString('latin1')
  .replace(/\n-----END SSH SIGNATURE-----[^]*$/, '').replace(/[\s]/g, '');
const decoded = bytes => bytes.toString('utf8').split(/[ \n]/)
  .map(word => /^[A-Za-z0-9+/]+=*$/.test(word) ? Buffer.from(word, 'base64').toString('hex') : word);

/** What a peer accepts beyond us: in which file, when, and why it may. */
export const BEYOND = [
  {
    peer: '@digitalbazaar/vc', file: 'json',
    when: (was, is) => isDeepStrictEqual(json(was), json(is)),
    why: 'it judges the JSON value, not the file: white space, escapes, order of members, the ' +
      'form of a number and a repeated name (the last counts) are gone after parsing. ' +
      'Our record id is the hash of the bytes, so they have one form',
  },
  {
    peer: 'openvc-core', file: 'json',
    when: (was, is) => isDeepStrictEqual(json(was), json(is)),
    why: 'the same; it also skips a byte order mark',
  },
  {
    peer: 'openvc-core', file: 'json',
    when: (was, is) => json(is)?.proof && isDeepStrictEqual(
      {...json(was), proof: without(json(was).proof, '@context')},
      {...json(is), proof: without(json(is).proof, '@context')}),
    why: "it hashes the document's @context in the place of the proof's, and never reads that " +
      'one: the standard has them compared, as we do',
  },
  {
    peer: 'awr', file: 'json',
    when: (was, is) => isDeepStrictEqual(json(was), json(is)),
    why: 'the JSON value again; but it refuses a repeated name',
  },
  {
    peer: 'awr', file: 'json',
    when: (was, is) => json(is)?.proof && isDeepStrictEqual(
      {...json(was), proof: without(json(was).proof, '@context')},
      {...json(is), proof: without(json(is).proof, '@context')}),
    why: "it puts the document's @context in the place of the proof's, as the standard once had it",
  },
  {
    peer: '@digitalbazaar/vc', file: 'json',
    when: (was, is) => Array.isArray(json(is)?.['@context']) && isDeepStrictEqual(
      json(was)['@context'], json(is)['@context'].slice(0, json(was)['@context'].length)) &&
      isDeepStrictEqual(without(json(was), '@context'), without(json(is), '@context')),
    why: "the standard lets contexts be appended to the document's alone, and verifies as if " +
      'they were not there; we ask for equality',
  },
  {
    peer: '@digitalbazaar/vc', file: 'json',
    when: (was, is) => Array.isArray(json(is)?.proof) &&
      json(is).proof.some(proof => isDeepStrictEqual(proof, json(was).proof)),
    why: 'in a set of proofs one that holds is enough for it; our records have exactly one',
  },
  {
    peer: 'ssh-keygen', file: 'sshsig',
    when: (was, is) => armour(was) === armour(is),
    why: 'it skips white space inside the armour and all that follows the END marker',
  },
  {
    peer: 'sumdb/tlog', file: 'checkpoint',
    when: (was, is) => isDeepStrictEqual(decoded(was), decoded(is)),
    why: 'its base64 ignores the bits after the last byte; ours has one text for each value',
  },
  {
    peer: 'sumdb/tlog', file: 'proof',
    when: (was, is) => isDeepStrictEqual(decoded(was), decoded(is)),
    why: 'the same, in the hashes and the signature of a proof',
  },
  {
    peer: 'sumdb/tlog', file: 'checkpoint',
    when: (was, is) => is.toString().startsWith(was) && /^— [^\n]+\n$/.test(is.subarray(was.length)),
    why: 'it reads the first signature of a key and skips further ones, even broken; we ask ' +
      'that all that name the key hold',
  },
  {
    peer: 'sumdb/tlog', file: 'proof',
    when: (was, is) => is.toString().startsWith(was) && /^— [^\n]+\n$/.test(is.subarray(was.length)),
    why: 'the same, in the checkpoint that a proof carries',
  },
];
