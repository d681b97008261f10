// Backups and sheets with others' tools: the age command opens a backup, tar unpacks it,
// ssh-keygen reads the keys in it, and html-validate finds the sheets sound.

import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {AT, selvedge} from './selvedge.mjs';

const PHRASE = 'seven quiet looms by the door';
const home = mkdtempSync(join(tmpdir(), 'custody-'));
const at = name => join(home, name);
const backup = at('shop.age');

async function must(words, passphrase) {
  const {code, out, err} = await selvedge(words, {passphrase});
  assert.equal(code, 0, `${words.join(' ')}\n${out}${err}`);
  return out + err;
}

// age asks for a passphrase on a terminal only; script (util-linux) gives it one.
function age(passphrase, to) {
  const command = `age -d -o ${to} ${backup}`;
  return spawnSync('script', ['-qec', command, '/dev/null'], {input: `${passphrase}\n`, timeout: 60_000});
}

before(async() => {
  await must(['new', at('shop')]);
  mkdirSync(at('shop/private'));
  writeFileSync(at('shop/private/note'), 'kept');
  await must(['keys', 'new', at('shop'), '--key-dir', at('keys'), '--sheets', at('sheets'),
    '--passphrase-fd', '0', '--at', AT], PHRASE);
  await must(['backup', backup, at('shop'), '--key-dir', at('keys'), '--passphrase-fd', '0', '--at', AT], PHRASE);
});
after(() => rmSync(home, {recursive: true, force: true}));

test('age and tar open a backup, and ssh-keygen the keys in it', () => {
  const done = age(PHRASE, at('backup.tar'));
  assert.equal(done.status, 0, String(done.stdout));
  mkdirSync(at('opened'));
  execFileSync('tar', ['-xf', at('backup.tar'), '-C', at('opened')]);
  assert.equal(readFileSync(at('opened/site/private/note'), 'utf8'), 'kept');
  assert.deepEqual(
    readdirSync(at('opened/keys')).sort(),
    ['log', 'log.pub', 'record', 'record.pub', 'setup.toml', 'update', 'update.pub']);
  for(const role of ['record', 'log', 'update']) {
    const file = at(`opened/keys/${role}`);
    const line = execFileSync('ssh-keygen', ['-y', '-P', PHRASE, '-f', file], {encoding: 'utf8'});
    assert.ok(readFileSync(`${file}.pub`, 'utf8').startsWith(line.trim().split(' ').slice(0, 2).join(' ')));
  }
});

test('age refuses another passphrase and an altered byte', () => {
  assert.notEqual(age('another passphrase', at('wrong.tar')).status, 0);
  const bytes = readFileSync(backup);
  bytes[bytes.length - 100] ^= 1;
  writeFileSync(backup, bytes);
  assert.notEqual(age(PHRASE, at('altered.tar')).status, 0);
  bytes[bytes.length - 100] ^= 1;
  writeFileSync(backup, bytes);
});

test('the key on the sheet is nowhere else', () => {
  const sheet = readFileSync(at('sheets/master-key-sheet.html'), 'utf8');
  const groups = [...sheet.matchAll(/<td>(.*?)<\/td>/g)].map(([, group]) => group);
  assert.equal(groups.length, 16);
  execFileSync('grep', ['-rq', groups[0], at('sheets')]);
  for(const place of ['shop', 'keys']) {
    assert.equal(spawnSync('grep', ['-raq', `${groups[0]}.\\?${groups[1]}`, at(place)]).status, 1);
  }
});

test('html-validate finds nothing in the sheets', async() => {
  await must(['handover', at('sheets'), at('shop'), '--key-dir', at('keys')]);
  const {HtmlValidate} = await import('html-validate');
  const judge = new HtmlValidate({
    extends: ['html-validate:standard'],
    // Whole pages, with their style in them, for paper.
    rules: {'no-inline-style': 'off'},
  });
  for(const file of readdirSync(at('sheets'))) {
    const report = await judge.validateString(readFileSync(join(at('sheets'), file), 'utf8'));
    const found = report.results.flatMap(result => result.messages.map(m => `${file}:${m.line} ${m.message}`));
    assert.deepEqual(found, []);
  }
});

test('what is wiped is gone', async() => {
  await must(['keys', 'wipe', at('sheets'), at('shop')]);
  assert.equal(existsSync(at('sheets/master-key-sheet.html')), false);
});
