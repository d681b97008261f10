// The peers, and how to ask them. Each is a program of its own that was made
// from other people's verifiers; tests/run builds and installs what they need
// into tests/.work.

import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import {spawn} from 'node:child_process';
import {tmpdir} from 'node:os';

const here = path => fileURLToPath(new URL(path, import.meta.url));

/** Name to command line; the folder, `--cases` and `--now` are added to it. */
export const PEERS = {
  '@digitalbazaar/vc': [process.execPath, '--no-warnings', here('vc.mjs')],
  'openvc-core': [here('../.work/venv/bin/python'), here('openvc_core.py')],
  'awr': [here('../.work/venv/bin/python'), here('awr_proof.py')],
  'ssh-keygen': [process.execPath, here('sshsig.mjs')],
  'sumdb/tlog': [here('../.work/tlog')],
};

/** Those that judge cosigned heads alone, and take a case's `witnesses` and `quorum`. */
export const WITNESS_PEERS = {
  'aics-tlog': [here('../.work/venv/bin/python'), here('cosigned.py')],
  'sumdb/tlog': PEERS['sumdb/tlog'],
};

/** Those that judge histories of keys, and take the name that a case asks for as `did`. */
export const HISTORY_PEERS = {
  'didwebvh-ts': [process.execPath, '--no-warnings', here('webvh.mjs')],
  'did-webvh': [here('../.work/venv/bin/python'), here('did_webvh_history.py')],
};

/** Those that judge what dates the heads, and take a case's `roots` and `nonces`, or `blocks`. */
export const TIME_PEERS = {
  'openssl ts': [process.execPath, here('time_tokens_openssl.mjs')],
  'rfc3161-client': [here('../.work/venv/bin/python'), here('time_tokens_folder.py')],
  'opentimestamps-client': [here('../.work/venv/bin/python'), here('ots_proofs.py')],
};

/** Runs a command; resolves to its exit code and what it wrote. */
export function run(command, {input, env, cwd, stdio} = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), {
      cwd, env: env ?? process.env, stdio: stdio ?? ['pipe', 'pipe', 'pipe'],
    });
    const out = [];
    const err = [];
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => err.push(chunk));
    child.on('error', reject);
    child.on('close', code => resolve({
      code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(),
    }));
    child.stdin?.on('error', () => {}); // a program may end before it read all
    child.stdin?.end(input);
  });
}

/**
 * Asks a peer about cases laid over a folder; resolves to its verdicts, one for
 * each case and in their order. `now` is for the peers that read dates.
 */
export async function ask(peer, folder, cases, now) {
  const work = mkdtempSync(join(tmpdir(), 'selvedge-cases-'));
  try {
    const file = join(work, 'cases.jsonl');
    writeFileSync(file, cases.map(each => `${JSON.stringify(each)}\n`).join(''));
    const {code, out, err} = await run([
      ...(PEERS[peer] ?? WITNESS_PEERS[peer] ?? HISTORY_PEERS[peer] ?? TIME_PEERS[peer]), folder, '--cases', file,
      ...(Object.hasOwn(WITNESS_PEERS, peer) || !now ? [] : ['--now', now]),
    ]);
    const verdicts = out.split('\n').filter(Boolean).map(line => JSON.parse(line));
    if(code !== 0 || verdicts.length !== cases.length ||
      verdicts.some((verdict, i) => verdict.case !== cases[i].name)) {
      throw new Error(`${peer} gave ${verdicts.length} verdicts for ${cases.length} cases, ` +
        `exit ${code}: ${err.slice(0, 2000)}`);
    }
    return verdicts;
  } finally {
    rmSync(work, {recursive: true, force: true});
  }
}

/** A case: a name, and files to lay over the folder. */
export function alter(name, files) {
  return {
    name,
    files: Object.fromEntries(Object.entries(files).map(
      ([path, bytes]) => [path, Buffer.from(bytes).toString('base64')])),
  };
}

const WAYS = {
  'lowest bit flipped': (bytes, i) => splice(bytes, i, 1, [bytes[i] ^ 0x01]),
  'case bit flipped': (bytes, i) => splice(bytes, i, 1, [bytes[i] ^ 0x20]),
  'left out': (bytes, i) => splice(bytes, i, 1, []),
  'doubled': (bytes, i) => splice(bytes, i, 0, [bytes[i]]),
  'file cut off here': (bytes, i) => bytes.subarray(0, i),
};

function splice(bytes, at, gone, put) {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + gone)]);
}

/** Every byte of a file (or those that `at` picks) altered in every way (or those named). */
export function everyByte(path, bytes, {at = () => true, ways = Object.keys(WAYS)} = {}) {
  const cases = [];
  for(let i = 0; i < bytes.length; i++) {
    for(const way of at(i) ? ways : []) {
      cases.push(alter(`${path}: byte ${i} ${way}`, {[path]: WAYS[way](bytes, i)}));
    }
  }
  return cases;
}

/** Bytes of a file below tests/. */
export const fixture = path => readFileSync(here(`../${path}`));
