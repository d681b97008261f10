// Open Badges 3.0: what `record certify` signs beside the record and `build` bakes, before PyPI
// openbadgeslib, which takes the issuer's key from what the site publishes.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {must, selvedge} from './selvedge.mjs';
import {run} from './peers.mjs';
import {tmpdir} from 'node:os';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const PYTHON = here('../.work/venv/bin/python');
const BASE = 'https://weavers.selvedge.internal/';
const passphrase = 'six plain words for the tests';

let root, source, built, number;

const signing = () => [source, '--passphrase-fd', '0', '--key-dir', join(root, 'keys')];
const build = () => must(['build', source, '-o', built]);

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'selvedge-badges-'));
  [source, built] = [join(root, 'site'), join(root, 'built')];
  await must(['new', source, '--kind', 'shop']);
  const settings = join(source, 'site.toml');
  writeFileSync(settings, readFileSync(settings, 'utf8')
    .replace(/^#? *base_url *=.*$/m, `base_url = "${BASE}"`));
  await must(['keys', 'new', ...signing(), '--sheets', join(root, 'sheets')], {passphrase});
  writeFileSync(join(root, 'one.toml'), `about = "${BASE}products/red/"
until = "2096-12-31"
[[claim]]
claim_type = "technique"
value = { en = "Woven by hand — ñandutí", ar = "منسوج باليد" }
method = "peer visit"
`);
  const out = await must(['record', 'certify', join(root, 'one.toml'), ...signing(), '--yes', '--json'], {passphrase});
  number = out.match(/records\/([A-Z2-7]{32})\.json/)[1];
  await must(['log', 'due', ...signing()], {passphrase});
  await build();
});
after(() => root && rmSync(root, {recursive: true, force: true}));

const picture = name => join(built, 'badges', number, name);

async function judged(pictures, ...options) {
  const {code, out, err} = await run([PYTHON, here('open_badge.py'), built, ...options, ...pictures]);
  assert.equal(code, 0, err);
  return out.trim().split('\n').map(line => JSON.parse(line));
}

test('openbadgeslib accepts every badge of the built site, with its status', async () => {
  const forms = ['light', 'dark', 'print'].flatMap(form => [`en-${form}.svg`, `en-${form}.png`]);
  for(const verdict of await judged(forms.map(picture), '--status')) {
    assert.equal(verdict.accept, true, `${verdict.picture}: ${verdict.why}`);
    assert.equal(verdict.subject, `${BASE}products/red/`);
    assert.equal(verdict.achievement, 'Woven by hand — ñandutí');
    assert.equal(verdict.evidence, `${BASE}V/${number}/`);
  }
});

test('openbadgeslib refuses altered badges', async () => {
  const token = readFileSync(join(built, 'records', `${number}.openbadge.jwt`), 'utf8');
  const [head, body, signature] = token.split('.');
  const said = JSON.parse(Buffer.from(body, 'base64url'));
  const other = change => [head, Buffer.from(JSON.stringify({...said, ...change})).toString('base64url'), signature].join('.');
  const bent = (part, at) => part.slice(0, at) + (part[at] === 'A' ? 'B' : 'A') + part.slice(at + 1);
  const cases = {
    'another claim': other({name: 'Made by a machine'}),
    'another end': other({validUntil: '2099-12-31T00:00:00Z', exp: 4102358400}),
    'another subject': other({sub: 'https://evil.example/', credentialSubject: {...said.credentialSubject, id: 'https://evil.example/'}}),
    'no signature': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`,
    'a byte of the signature': [head, body, bent(signature, 40)].join('.'),
    'a byte of the head': [bent(head, 20), body, signature].join('.'),
  };
  mkdirSync(join(root, 'bent'), {recursive: true});
  const svg = readFileSync(picture('en-light.svg'), 'utf8');
  const files = Object.entries(cases).map(([name, token_]) => {
    const file = join(root, 'bent', `${name}.svg`);
    writeFileSync(file, svg.replace(token, token_));
    return file;
  });
  for(const {picture: file, accept} of await judged(files)) {
    assert.equal(accept, false, file);
  }
});

test('openbadgeslib refuses the badge of what was revoked, by the list that it names', async () => {
  const before_ = [picture('en-light.svg'), picture('en-light.png')].map((file, at) => {
    const copy = join(root, `before-${at}${file.slice(-4)}`);
    writeFileSync(copy, readFileSync(file));
    return copy;
  });
  await must(['record', 'revoke', number, ...signing(), '--yes', '--set', 'reason=An error.'], {passphrase});
  await must(['log', 'due', ...signing()], {passphrase});
  await build();
  for(const {accept, why} of await judged(before_, '--status')) {
    assert.equal(accept, false);
    assert.match(why, /revocation/);
  }
  const again = await selvedge(['record', 'export-badge', number, ...signing(), '--yes'], {passphrase});
  assert.equal(again.code, 2, again.err);
});
