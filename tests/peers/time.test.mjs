// Outside time before other people's verifiers: what `log anchor` keeps is
// accepted by openssl and rfc3161-client, also after the authority's certificate
// has ended, and read by the OpenTimestamps client; altered bytes are refused.

import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createHash} from 'node:crypto';
import {createServer} from 'node:http';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import {tmpdir} from 'node:os';
import {ask, everyByte} from './peers.mjs';
import {makeSite, selvedge} from './selvedge.mjs';
import {tsaConfig} from './tsa.mjs';

const venv = fileURLToPath(new URL('../.work/venv/bin/', import.meta.url));
const judge = fileURLToPath(new URL('time_tokens.py', import.meta.url));
const HEIGHT = 900000;


let root, office, site, server, head, name;
const openssl = words => execFileSync('openssl', words.split(' '), {cwd: office, stdio: 'pipe'});

/** A pending answer of the calendar at this address, and its later way to a block. */
function pending(address) {
  const uri = Buffer.from(address);
  return Buffer.concat([
    Buffer.from('0083dfe30d2ef90c8e', 'hex'), Buffer.from([uri.length + 1, uri.length]), uri]);
}
const IN_BLOCK = Buffer.from('f002abcd08000588960d73d7190103a0f736', 'hex');

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'selvedge-time-'));
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

  let address;
  server = createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      if(request.url === '/tsr') {
        writeFileSync(join(office, 'q.tsq'), Buffer.concat(chunks));
        openssl('ts -reply -config ts.cnf -queryfile q.tsq -out r.tsr');
        response.end(readFileSync(join(office, 'r.tsr')));
      } else if(request.url === '/digest') {
        response.end(pending(address));
      } else {
        response.end(IN_BLOCK);
      }
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${server.address().port}`;

  site = await makeSite('https://weavers.example/');
  const anchor = async words => {
    const {code, out, err} = await selvedge(['log', 'anchor', site.source, ...words]);
    assert.equal(code, 0, out + err);
  };
  await anchor(['--tsa', `${address}/tsr`, '--tsa-root', join(office, 'ca.pem'),
    '--tsa-crl', join(office, 'none.crl'), '--ots', address]);
  head = join(site.source, 'log/heads', `${site.size}`);
  await anchor(['--upgrade', '--ots', address]);
  const token = readdirSync(head).find(file => file.endsWith('.tsr'));
  name = token.slice('checkpoint.'.length, -'.tsr'.length);
});
after(() => {
  server?.close();
  if(root) { rmSync(root, {recursive: true, force: true}); }
  site?.remove?.();
});

const file = suffix => join(head, `checkpoint.${name}.${suffix}`);

/** Whether openssl accepts a token for a file, at a second since 1970. */
function accepts(token, data, second, extra = []) {
  const {status} = spawnSync('openssl', ['ts', '-verify', '-in', token, '-data', data,
    '-CAfile', join(office, 'ca.pem'), '-attime', `${second}`, ...extra]);
  return status === 0;
}

test('openssl accepts the kept token, and years later at the time that it states', () => {
  const now = Math.floor(Date.now() / 1000);
  const checkpoint = join(head, 'checkpoint');
  assert.ok(accepts(file('tsr'), checkpoint, now));
  // In ten years the authority's certificate has ended; what was kept beside the token is enough.
  assert.ok(!accepts(file('tsr'), checkpoint, now + 10 * 365 * 86400));
  const chain = join(head, 'tsa', `${name}.pem`);
  assert.ok(accepts(file('tsr'), checkpoint, now, ['-untrusted', chain]));
  const both = join(root, 'root-and-crl.pem');
  writeFileSync(both, readFileSync(join(office, 'ca.pem'), 'utf8')
    + readFileSync(join(head, 'tsa', `${name}.crl`), 'utf8'));
  const crl = spawnSync('openssl', ['verify', '-crl_check', '-purpose', 'timestampsign',
    '-attime', `${now}`, '-CAfile', both, join(office, 'tsa.pem')], {encoding: 'utf8'});
  assert.equal(crl.status, 0, crl.stderr);
  const byQuery = spawnSync('openssl', ['ts', '-verify', '-in', file('tsr'),
    '-queryfile', file('tsq'), '-CAfile', join(office, 'ca.pem')]);
  assert.equal(byQuery.status, 0);

  const other = join(root, 'altered');
  writeFileSync(other, readFileSync(checkpoint, 'utf8').replace('\n', 'x\n'));
  assert.ok(!accepts(file('tsr'), other, now));
  const broken = readFileSync(file('tsr'));
  broken[broken.length - 1] ^= 1;
  writeFileSync(join(root, 'broken.tsr'), broken);
  assert.ok(!accepts(join(root, 'broken.tsr'), checkpoint, now));
});

test('rfc3161-client accepts the kept token, and refuses altered bytes', () => {
  const checkpoint = join(head, 'checkpoint');
  const roots = join(office, 'ca.pem');
  const query = openssl(`ts -query -in ${file('tsq')} -text`).toString();
  const nonce = BigInt(query.match(/Nonce: (0x[0-9A-F]+)/)[1]).toString();
  const token = readFileSync(file('tsr'));
  const cases = [{response: file('tsr'), message: checkpoint, roots, nonce}];
  const other = join(root, 'altered');
  writeFileSync(other, readFileSync(checkpoint, 'utf8').replace('\n', 'x\n'));
  cases.push({response: file('tsr'), message: other, roots});
  cases.push({response: file('tsr'), message: checkpoint, roots, nonce: '1'});
  const broken = Buffer.from(token);
  broken[broken.length - 1] ^= 1;
  writeFileSync(join(root, 'broken.tsr'), broken);
  cases.push({response: join(root, 'broken.tsr'), message: checkpoint, roots});
  const out = execFileSync(join(venv, 'python'), [judge], {input: JSON.stringify(cases), encoding: 'utf8'});
  const verdicts = JSON.parse(out);
  assert.deepEqual(verdicts.map(({accept}) => accept), [true, false, false, false],
    JSON.stringify(verdicts));
});

test('opentimestamps-client reads the kept proof and names the root that the block must have', () => {
  const proof = join(head, 'checkpoint.ots');
  const ots = words => {
    const {stdout, stderr} = spawnSync(join(venv, 'ots'), words, {encoding: 'utf8'});
    return stdout + stderr;
  };
  const digest = createHash('sha256').update(readFileSync(join(head, 'checkpoint'))).digest('hex');
  const said = ots(['info', proof]);
  assert.match(said, new RegExp(`File sha256 hash: ${digest}`));
  assert.match(said, new RegExp(`verify BitcoinBlockHeaderAttestation\\(${HEIGHT}\\)`));
  const [, merkleRoot] = said.match(/# Bitcoin block merkle root ([0-9a-f]{64})/);
  const verified = ots(['--no-cache', '--no-bitcoin', 'verify', '-f', join(head, 'checkpoint'), proof]);
  assert.match(verified, new RegExp(`block ${HEIGHT} has merkleroot ${merkleRoot}`));
  const other = join(root, 'other');
  writeFileSync(other, 'other');
  assert.match(ots(['--no-cache', '--no-bitcoin', 'verify', '-f', other, proof]),
    /does not match|digest/i);
});

test('opentimestamps-client refuses the kept proof with any byte altered', async t => {
  const at = `log/heads/${site.size}`;
  const bytes = readFileSync(join(head, 'checkpoint.ots'));
  const {stdout} = spawnSync(join(venv, 'ots'), ['info', join(head, 'checkpoint.ots')], {encoding: 'utf8'});
  const blocks = {[HEIGHT]: stdout.match(/# Bitcoin block merkle root ([0-9a-f]{64})/)[1]};
  const cases = [{name: 'as it stands'}, ...everyByte(`${at}/checkpoint.ots`, bytes),
    ...everyByte(`${at}/checkpoint`, readFileSync(join(head, 'checkpoint')), {ways: ['lowest bit flipped']})]
    .filter(({files}) => !files?.[`${at}/checkpoint.ots`] ||
      !bytes.equals(Buffer.from(files[`${at}/checkpoint.ots`], 'base64')))
    .map(each => ({...each, blocks}));
  const verdicts = await ask('opentimestamps-client', site.source, cases);
  // The calendar's promise from before the block is no evidence, and nothing checks it.
  const from = bytes.indexOf(Buffer.from('83dfe30d2ef90c8e', 'hex'));
  const to = bytes.indexOf(IN_BLOCK);
  assert.ok(from > 0 && to > from);
  const isPromise = ({files}) => {
    const is = files?.[`${at}/checkpoint.ots`] && Buffer.from(files[`${at}/checkpoint.ots`], 'base64');
    return is && is.subarray(0, from).equals(bytes.subarray(0, from)) &&
      is.subarray(to - bytes.length).equals(bytes.subarray(to));
  };
  assert.deepEqual(verdicts.filter(({accept}, i) => accept && !isPromise(cases[i])).map(({case: name}) => name),
    ['as it stands']);
  t.diagnostic(`${cases.length - 1} alterations`);
});
