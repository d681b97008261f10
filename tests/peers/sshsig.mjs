// Judges side signatures with OpenSSH: `ssh-keygen -Y verify` over the bytes of
// each record, with the published allowed_signers.
//
//   node sshsig.mjs FOLDER [--cases FILE] [--now TIME]

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {main} from './folder.mjs';
import {spawnSync} from 'node:child_process';
import {tmpdir} from 'node:os';

const work = mkdtempSync(join(tmpdir(), 'selvedge-sshsig-'));
process.on('exit', () => rmSync(work, {recursive: true, force: true}));

await main((folder, id, now) => {
  const signers = folder.published('allowed_signers');
  const signature = folder.read(`records/${id}.sshsig`);
  if(!signers || !signature) {
    throw new Error('no allowed_signers, or no side signature');
  }
  writeFileSync(join(work, 'signers'), signers);
  writeFileSync(join(work, 'signature'), signature);
  // Whoever checks a signature says whom she expects: the first one allowed.
  const principal = signers.toString().split('\n')
    .find(line => line && !line.startsWith('#')).split(' ')[0].split(',')[0];
  const at = now.toISOString().replace(/[-T:]/g, '').slice(0, 14) + 'Z';
  const run = spawnSync('ssh-keygen', [
    '-Y', 'verify',
    '-f', join(work, 'signers'),
    '-I', principal,
    '-n', `selvedge-record@${new URL(folder.base()).host}`,
    '-s', join(work, 'signature'),
    `-Overify-time=${at}`,
  ], {input: folder.read(`records/${id}.json`), encoding: 'utf8'});
  if(run.error) {
    throw run.error;
  }
  if(run.status !== 0) {
    throw new Error((run.stderr || run.stdout).trim() || `exit ${run.status}`);
  }
});
