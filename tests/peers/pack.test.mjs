// An evidence pack before other people's programs: the commands of its README.txt are run as they stand, in the
// pack's folder, and answer what it says. Our own command makes the pack and checks nothing here.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {execFileSync, spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {tmpdir} from 'node:os';
import {makeRealSite, makeSite, must} from './selvedge.mjs';
import {tsaConfig} from './tsa.mjs';

let root, office, server, practice, real;
const openssl = words => execFileSync('openssl', words.split(' '), {cwd: office, stdio: 'pipe'});

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'selvedge-pack-'));
  office = join(root, 'office');
  mkdirSync(office);
  for(const [file, text] of Object.entries({'ts.cnf': tsaConfig(30), index: '', serial: '01\n'})) {
    writeFileSync(join(office, file), text);
  }
  for(const key of ['ca', 'tsa']) {
    openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${key}.key`);
  }
  openssl('req -x509 -new -key ca.key -days 7300 -subj /CN=Root -config ts.cnf -extensions root -out ca.pem');
  openssl('req -new -key tsa.key -subj /CN=Office -config ts.cnf -out tsa.csr');
  openssl('x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 30 -extfile ts.cnf -extensions tsa_cert -out tsa.pem');
  openssl('ca -gencrl -config ts.cnf -out none.crl');
  server = createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      writeFileSync(join(office, 'q.tsq'), Buffer.concat(chunks));
      openssl('ts -reply -config ts.cnf -queryfile q.tsq -out r.tsr');
      response.end(readFileSync(join(office, 'r.tsr')));
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}/tsr`;
  practice = await makeSite('https://weavers.example/');
  real = await makeRealSite();
  for(const {source} of [practice, real]) {
    await must(['log', 'anchor', source, '--tsa', address, '--tsa-root', join(office, 'ca.pem'),
      '--tsa-crl', join(office, 'none.crl')]);
  }
  await must(['pack', 'designs/weft-of-stars', practice.source, '--to', join(root, 'practice')]);
  for(const name of ['plain', 'revoked', 'sealed', 'withdrawn']) {
    await must(['pack', real.ids[name], real.source, '--to', join(root, name)]);
  }
  // Another neighbour signs behind what the authority dated.
  const later = join(root, 'later-site');
  cpSync(real.source, later, {recursive: true});
  const heads = join(later, 'log/heads');
  const head = join(heads, readdirSync(heads)
    .find(size => readdirSync(join(heads, size)).some(file => file.endsWith('.tsr'))), 'checkpoint');
  const text = readFileSync(head, 'utf8');
  writeFileSync(head, text + text.trimEnd().split('\n').at(-1).replace(/^— \S+/, '— later.example/witness') + '\n');
  await must(['pack', real.ids.plain, later, '--to', join(root, 'later')]);
});
after(() => {
  server?.close();
  practice?.remove();
  real?.remove();
  if(root) { rmSync(root, {recursive: true, force: true}); }
});

/** The commands of the instructions, each with the answer that they promise: blocks that are set in by four spaces. */
function commands(text) {
  const blocks = text.split(/\n\n+/).filter(block => block.startsWith('    ')).map(block => block.trim());
  const asked = /^(sha256sum|ssh-keygen|openssl|head|ots|selvedge) /;
  return blocks.flatMap((block, i) => asked.test(block) ? [{command: block, answer: blocks[i + 1]}] : []);
}

/** Runs a command in a pack as a person types it. */
const type = (folder, command) => {
  const {status, stdout, stderr} = spawnSync('sh', ['-c', command], {cwd: folder, encoding: 'utf8', env: {...process.env, LC_ALL: 'C'}});
  return {status, said: stdout + stderr};
};

/** A copy of a pack, with the authority's root beside it as the instructions ask for. */
function copy(name) {
  const folder = mkdtempSync(join(root, 'copy-'));
  cpSync(join(root, name), folder, {recursive: true});
  cpSync(join(office, 'ca.pem'), join(folder, 'root.pem'));
  return folder;
}

const readme = folder => readFileSync(join(folder, 'README.txt'), 'utf8');
const others = folder => commands(readme(folder)).filter(({command}) => !command.startsWith('selvedge '));

test('the commands of the instructions answer what these say', () => {
  for(const name of ['practice', 'plain', 'revoked', 'sealed', 'withdrawn', 'later']) {
    const folder = copy(name);
    const programs = [];
    for(const {command, answer} of others(folder)) {
      const {status, said} = type(folder, command);
      assert.equal(status, 0, `${name}: ${command}\n${said}`);
      assert.ok(said.includes(answer), `${name}: ${command}\n${said}\nand not\n${answer}`);
      programs.push(command.match(/\b(sha256sum|ssh-keygen|openssl)\b/)[1]);
    }
    assert.deepEqual([...new Set(programs)].sort(), ['openssl', 'sha256sum', 'ssh-keygen'], name);
    assert.equal(programs.filter(program => program === 'sha256sum').length, 2, 'all files, and the record');
    assert.equal(/head -c \d+ .* \| openssl ts/.test(readme(folder)), name === 'later');
    assert.equal(readme(folder).startsWith('FOR PRACTICE: '), name === 'practice');
    // The page of instructions says the same.
    const html = readFileSync(join(folder, 'README.html'), 'utf8').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
    for(const {command, answer} of others(folder)) {
      assert.ok(html.includes(`<pre>${command}</pre>`) && html.includes(`<pre>${answer}</pre>`), command);
    }
  }
});

test('each command refuses the file that it is about, if one byte of it is another', () => {
  const bend = path => {
    const bytes = readFileSync(path);
    // The signature of a token stands at its end; certificates in it that no chain needs are not read.
    bytes[path.endsWith('.tsr') ? bytes.length - 1 : bytes.length >> 1] ^= 1;
    writeFileSync(path, bytes);
  };
  const record = folder => readdirSync(join(folder, 'V')).map(id => `records/${id}.json`)[0];
  const token = folder => others(folder).find(({command}) => command.includes('openssl')).command.match(/-in (\S+)/)[1];
  for(const [program, path] of [
    ['sha256sum', record], ['sha256sum', () => 'log.vkey'], ['ssh-keygen', record],
    ['ssh-keygen', folder => record(folder).replace('.json', '.sshsig')],
    ['openssl', token], ['openssl', folder => token(folder).replace(/checkpoint\..*/, 'checkpoint')],
  ]) {
    const folder = copy('plain');
    const own = others(folder).filter(({command}) => command.includes(program));
    assert.ok(own.length > 0);
    bend(join(folder, path(folder)));
    assert.ok(own.some(({command, answer}) => {
      const {status, said} = type(folder, command);
      return status !== 0 || !said.includes(answer);
    }), `${program} accepts another ${path(folder)}`);
  }
  // Nor is a token believed by another root.
  const folder = copy('plain');
  openssl('req -x509 -new -key tsa.key -days 7300 -subj /CN=Other -config ts.cnf -extensions root -out other.pem');
  cpSync(join(office, 'other.pem'), join(folder, 'root.pem'));
  const {command} = others(folder).find(({command}) => command.includes('openssl'));
  assert.notEqual(type(folder, command).status, 0);
});

test('nothing but what is published of the one record is in a pack', () => {
  const all = folder => readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const published = new Set(all(real.source).map(path => readFileSync(path, 'latin1')));
  for(const name of ['plain', 'revoked', 'sealed', 'withdrawn']) {
    const folder = join(root, name);
    const paths = all(folder).map(path => path.slice(folder.length + 1));
    assert.ok(paths.every(path => !/private|seed|opening|tile/.test(path)), paths.join('\n'));
    const made = /^(README\.|SHA256SUMS|V\/|log\/heads\/\d+\/[A-Z2-7]{32}\.tlog-proof$)/;
    for(const path of paths.filter(path => !made.test(path))) {
      assert.ok(published.has(readFileSync(join(folder, path), 'latin1')), path);
    }
    const bodies = paths.filter(path => /^records\/[A-Z2-7]{32}\.json$/.test(path));
    assert.equal(bodies.length, 3, 'the record and two lists');
    const id = name === 'withdrawn' ? real.ids.withdrawal : real.ids[name];
    assert.ok(bodies.includes(`records/${id}.json`));
    assert.equal(paths.some(path => path.startsWith(`records/${real.ids.withdrawn}`)), false);
  }
});
