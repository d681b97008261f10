// What the Node peers share: a site folder or a built site, read as a stranger
// who fetches it from its address would read it, with a case's altered files
// laid over it. Nothing here judges anything.
//
// A case is {"name", "files": {path: base64}, "only": [short ids]} (and "did", a
// name to resolve); a verdict is {"case", "accept", "why"} and what a peer has to
// add. A case with "status": false asks who signed, and not for the lists of status.
// Both travel as JSON lines, the same for every peer.

import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

// A site folder keeps in identity/ what the built site has at its root.
const IN_SITE_FOLDER = {
  '.well-known/did.json': 'identity/did.json',
  'did.json': 'identity/did.json',
  '.well-known/did.jsonl': 'identity/did.jsonl',
  'did.jsonl': 'identity/did.jsonl',
  '.well-known/did-witness.json': 'identity/did-witness.json',
  'did-witness.json': 'identity/did-witness.json',
  '.well-known/selvedge/context-v1.jsonld': 'identity/context-v1.jsonld',
  'allowed_signers': 'identity/allowed_signers',
  'log.vkey': 'identity/log.vkey',
};

export class Folder {
  constructor(root, files = {}) {
    this.root = root;
    this.files = files;
  }

  /** The same folder with a case's files laid over it. */
  with(files = {}) {
    return new Folder(this.root, files);
  }

  /** Bytes of a path, or undefined where there is no such file. */
  read(path) {
    if(Object.hasOwn(this.files, path)) {
      return Buffer.from(this.files[path], 'base64');
    }
    const file = join(this.root, path);
    return existsSync(file) ? readFileSync(file) : undefined;
  }

  /** Bytes of what is published at a path. */
  published(path) {
    return this.read(path) ?? (
      Object.hasOwn(IN_SITE_FOLDER, path) ? this.read(IN_SITE_FOLDER[path]) : this.list(path));
  }

  /** The newest status list of a path: a site folder keeps them all, as records. */
  list(path) {
    if(!/^status\/[a-z]+-\d+\.json$/.test(path)) {
      return undefined;
    }
    const lists = this.records().map(id => this.read(`records/${id}.json`))
      .filter(bytes => bytes.includes(`"${this.base()}${path}#list"`))
      .map(bytes => ({bytes, at: JSON.parse(bytes).proof.created}));
    return lists.sort((a, b) => (a.at < b.at ? -1 : 1)).at(-1)?.bytes;
  }

  /** Short ids of all records, in order. */
  records() {
    const folder = join(this.root, 'records');
    if(!existsSync(folder)) {
      return [];
    }
    return readdirSync(folder).filter(name => name.endsWith('.json'))
      .map(name => name.slice(0, -'.json'.length)).sort();
  }

  /** The issuer's DID as the folder's owner knows it, not as a record names it. */
  did() {
    const bytes = this.published('.well-known/did.json') ?? this.published('did.json');
    if(!bytes) {
      throw new Error('no did.json');
    }
    return JSON.parse(bytes).id;
  }

  /** The name that the history of keys itself says it has, for use by hand. */
  newestName() {
    const log = this.published('.well-known/did.jsonl') ?? this.published('did.jsonl');
    return JSON.parse(log.toString().trimEnd().split('\n').at(-1)).state.id;
  }

  /** Address under which the folder is published, ending in a slash. */
  base() {
    const [host, ...path] = this.did().slice('did:web:'.length).split(':').map(decodeURIComponent);
    return `https://${[host, ...path].join('/')}/`;
  }

  /** Bytes at an address, if it lies under the folder's own. */
  fetch(url) {
    const base = this.base();
    return url.startsWith(base) ? this.published(url.slice(base.length)) : undefined;
  }
}

/** Address of a did:web document. */
export function didWebUrl(did) {
  const [host, ...path] = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  return path.length ?
    `https://${host}/${path.join('/')}/did.json` : `https://${host}/.well-known/did.json`;
}

/**
 * Runs a peer from its command line: FOLDER [--cases FILE] [--now TIME].
 * `judge(folder, id, now, case)` throws what is wrong with one record; `whole(folder, each, now)`,
 * in its place, what is wrong with a case, and gives what its verdict adds.
 */
export async function main(judge, whole) {
  const [root, ...rest] = process.argv.slice(2);
  const options = new Map();
  for(let i = 0; i < rest.length; i += 2) {
    options.set(rest[i], rest[i + 1]);
  }
  if(!root || [...options].some(([name, value]) =>
    !['--cases', '--now'].includes(name) || value === undefined)) {
    console.error('usage: FOLDER [--cases FILE] [--now TIME]');
    process.exit(2);
  }
  const now = options.has('--now') ? new Date(options.get('--now')) : new Date();
  const cases = options.has('--cases') ?
    readFileSync(options.get('--cases'), 'utf8').split('\n').filter(Boolean)
      .map(line => JSON.parse(line)) :
    [{name: 'as it stands'}];
  const folder = new Folder(root);
  let refused = false;
  for(const each of cases) {
    const {name, files, only} = each;
    const verdict = {case: name, accept: true, why: ''};
    try {
      if(whole) {
        Object.assign(verdict, await whole(folder.with(files), each, now));
        continue;
      }
      const ids = only ?? folder.records();
      if(ids.length === 0) {
        throw new Error('nothing to judge: no record');
      }
      for(const id of ids) {
        await judge(folder.with(files), id, now, each);
      }
    } catch(error) {
      verdict.accept = false;
      verdict.why = String(error.message).split('\n')[0].slice(0, 300);
      refused = true;
    } finally {
      process.stdout.write(`${JSON.stringify(verdict)}\n`);
    }
  }
  if(refused && !options.has('--cases')) {
    process.exitCode = 1;
  }
}
