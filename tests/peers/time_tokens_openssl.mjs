// Judges the time-stamp tokens that a folder keeps beside its heads with OpenSSL:
// the token against the head, by the root that a case names in `roots` (PEM), and
// against its query; the chain and the lists of revoked certificates beside it.
//
//   node time_tokens_openssl.mjs FOLDER --cases FILE
//
// A case with `judge` asks for one of these alone: `token`, `query`, `chain`, `revoked`.

import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {main} from './folder.mjs';
import {spawnSync} from 'node:child_process';
import {tmpdir} from 'node:os';

const work = mkdtempSync(join(tmpdir(), 'selvedge-tokens-'));
process.on('exit', () => rmSync(work, {recursive: true, force: true}));

function openssl(...words) {
  const {status, stdout, stderr, error} = spawnSync('openssl', words, {cwd: work, encoding: 'utf8'});
  if(error || status !== 0) {
    throw error ?? new Error((stderr || stdout).trim() || `exit ${status}`);
  }
  return stdout;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

const JUDGES = {
  token: second => openssl('ts', '-verify', '-in', 'tsr', '-data', 'head', '-CAfile', 'roots', '-attime', second),
  query: second => openssl('ts', '-verify', '-in', 'tsr', '-queryfile', 'tsq', '-CAfile', 'roots', '-attime', second),
  chain(second, {pem}) {
    const all = pem.toString('latin1').match(CERTIFICATE) ?? [];
    if(all.length < 2) {
      throw new Error(`${all.length} certificates`);
    }
    for(const each of all) {
      writeFileSync(join(work, 'each'), each);
      openssl('verify', '-CAfile', 'roots', '-attime', second, 'each');
    }
  },
  revoked(second, {roots, crl, own}) {
    writeFileSync(join(work, 'both'), `${roots}\n${crl.toString('latin1')}`);
    writeFileSync(join(work, 'own'), own);
    openssl('verify', '-crl_check', '-purpose', 'timestampsign', '-attime', second, '-CAfile', 'both', 'own');
  },
};

// What the folder holds with no case laid over it: the time that a token states, in
// seconds since 1970, and the certificate of who signed it.
const known = new Map();
function genuine(folder, beside, name) {
  if(!known.has(name)) {
    writeFileSync(join(work, 'genuine'), folder.read(`${beside}/checkpoint.${name}.tsr`));
    const [, stated] = openssl('ts', '-reply', '-in', 'genuine', '-text').match(/^Time stamp: (.*)$/m);
    const [own] = folder.read(`${beside}/tsa/${name}.pem`).toString().match(CERTIFICATE);
    known.set(name, [String(Date.parse(stated) / 1000), own]);
  }
  return known.get(name);
}

await main(undefined, (folder, {roots, judge}) => {
  writeFileSync(join(work, 'roots'), roots);
  let judged = 0;
  for(const size of readdirSync(join(folder.root, 'log/heads')).filter(name => /^\d+$/.test(name))) {
    const beside = `log/heads/${size}`;
    writeFileSync(join(work, 'head'), folder.read(`${beside}/checkpoint`));
    for(const name of readdirSync(join(folder.root, beside)).filter(file => file.endsWith('.tsr'))
      .map(file => file.slice('checkpoint.'.length, -'.tsr'.length))) {
      for(const kind of ['tsr', 'tsq']) {
        writeFileSync(join(work, kind), folder.read(`${beside}/checkpoint.${name}.${kind}`));
      }
      const pem = folder.read(`${beside}/tsa/${name}.pem`);
      const crl = folder.read(`${beside}/tsa/${name}.crl`);
      const [second, own] = genuine(folder.with(), beside, name);
      for(const [what, ask] of Object.entries(JUDGES)) {
        if((judge ?? what) === what) {
          ask(second, {roots, pem, crl, own});
          judged++;
        }
      }
    }
  }
  if(judged === 0) {
    throw new Error('nothing to judge: no token');
  }
  return {judged};
});
