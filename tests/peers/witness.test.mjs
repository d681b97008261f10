// Cosigned heads that our command collected, before other people's verifiers:
// they accept them with the quorum, and refuse them with any byte altered.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {tmpdir} from 'node:os';
import {WITNESS_PEERS, alter, ask, everyByte, fixture} from './peers.mjs';
import {must, selvedge} from './selvedge.mjs';

const PASSPHRASE = 'six plain words for the tests';
const DAY = n => `2026-11-0${n}T03:04:05Z`;

let root; // three associations, each a site with its keys
let site; // the first of them, which the others watch
let witnesses; // the keys of the others

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'selvedge-witness-'));
  const at = name => ({source: join(root, name), keys: join(root, `${name}-keys`)});
  const signing = ({source, keys}) => [source, '--passphrase-fd', '0', '--key-dir', keys];
  const passphrase = PASSPHRASE;
  for(const name of ['weavers', 'potters', 'dyers']) {
    const {source, keys} = at(name);
    await must(['new', source, '--kind', 'shop']);
    const settings = join(source, 'site.toml');
    writeFileSync(settings, readFileSync(settings, 'utf8')
      .replace(/^#? *base_url *=.*$/m, `base_url = "https://${name}.example/"`));
    await must(['keys', 'new', ...signing(at(name)), '--sheets', `${keys}-sheets`, '--at', DAY(1)], {passphrase});
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '100', '-Z', 'aes256-ctr',
      '-N', PASSPHRASE, '-C', 'witness', '-f', join(keys, 'witness')], {stdio: 'pipe'});
  }
  const {source, keys} = at('weavers');
  const record = (id, day) => must(['record', 'new', id, '--practice', '--yes', '--at', DAY(day),
    ...signing(at('weavers'))], {passphrase});
  mkdirSync(join(source, 'designs/second'), {recursive: true});
  writeFileSync(join(source, 'designs/second/index.md'), '+++\nname = "Second"\n+++\n');

  // Two rounds: a record, both watch, collect; another record, both watch, collect.
  for(const [id, day] of [['grey-check', 2], ['second', 4]]) {
    await record(id, day);
    const listed = [];
    for(const name of ['potters', 'dyers']) {
      const vkey = readFileSync(join(source, 'identity/log.vkey'), 'utf8').trim();
      writeFileSync(join(at(name).source, 'trust.toml'),
        `[[log]]\nname = "Weavers"\nkey = "${vkey}"\naddress = "../weavers"\n`);
      await must(['log', 'witness', '--at', DAY(day + 1), ...signing(at(name))], {passphrase});
      listed.push(readFileSync(join(at(name).source, 'witness/witness.vkey'), 'utf8').trim());
    }
    witnesses = listed;
    writeFileSync(join(source, 'trust.toml'), `quorum = 2\n${['potters', 'dyers'].map((name, i) =>
      `[[witness]]\nname = "${name}"\nkey = "${witnesses[i]}"\naddress = "../${name}"\n`).join('')}`);
    await must(['log', 'collect', source, '--key-dir', keys]);
  }
  site = {source, built: join(root, 'built'), keys};
  await must(['build', source, '-o', site.built, '--at', DAY(6)]);
});
after(() => rmSync(root, {recursive: true, force: true}));

const HEADS = [2, 3].map(size => `log/heads/${size}/checkpoint`);
const decoded = text => text.split(/[ \n]/).map(word => /^[A-Za-z0-9+/]+=*$/.test(word) ?
  Buffer.from(word, 'base64').toString('hex') : word).join(' ');

/** What a peer accepts beyond us. */
const BEYOND = {
  // It takes a note that breaks off before its last newline.
  'aics-tlog': (was, is) => was === `${is}\n`,
  // Its base64 ignores the bits after the last byte; ours has one text for each value.
  'sumdb/tlog': (was, is) => decoded(was) === decoded(is) && is.endsWith('\n'),
};

const asked = (cases, quorum = 2) => cases.map(each => ({witnesses, quorum, ...each}));

test('our own command says when a kept head or a cosignature was altered', async t => {
  const copy = mkdtempSync(join(tmpdir(), 'selvedge-heads-'));
  t.after(() => rmSync(copy, {recursive: true, force: true}));
  cpSync(site.source, copy, {recursive: true});
  const check = () => selvedge(['log', 'check', copy, '--key-dir', site.keys, '--at', DAY(6)]);
  const fine = await check();
  assert.equal(fine.code, 0, fine.out);
  assert.match(fine.out, /potters saw 3 of 3 entries/);
  const [path] = HEADS;
  const bytes = readFileSync(join(site.source, path));
  for(const {name, files} of everyByte(path, bytes, {at: i => i % 29 === 0})) {
    const altered = Buffer.from(files[path], 'base64');
    if(!altered.equals(bytes)) {
      writeFileSync(join(copy, path), altered);
      const {code, out} = await check();
      // A line that names another witness or key, or is gone, claims nothing any more.
      const claims = bytes.toString().match(/— (potters|dyers)\.example\/witness .{6}/g)
        .every(line => altered.toString().includes(line));
      assert.equal(code, claims ? 1 : code, `${name}: ${out}`);
    }
  }
});

for(const peer of Object.keys(WITNESS_PEERS)) {
  test(`${peer} accepts the cosigned heads with a quorum of two`, async () => {
    // The built site also says which heads it has, for readers who cannot list a folder.
    for(const [folder, list] of [[site.source, []], [site.built, ['list']]]) {
      assert.deepEqual(readdirSync(join(folder, 'log/heads')).sort(), ['2', '3', ...list]);
      const verdicts = await ask(peer, folder, asked([{name: 'as it stands'}]));
      assert.deepEqual(verdicts, [{case: 'as it stands', accept: true, why: ''}]);
    }
  });

  test(`${peer} refuses a quorum that is not there`, async () => {
    const first = readFileSync(join(site.built, HEADS[0]), 'utf8');
    const lines = first.trimEnd().split('\n');
    const cosigned = lines.slice(-2);
    const without = line => first.replace(`${line}\n`, '');
    const cases = asked([
      ...cosigned.map((line, i) => alter(`without witness ${i}`, {[HEADS[0]]: without(line)})),
      alter('without the log', {[HEADS[0]]: without(lines.at(-3))}),
      alter('one witness twice', {[HEADS[0]]: first.replace(cosigned[1], cosigned[0])}),
      alter('the head of another size', {[HEADS[0]]: readFileSync(join(site.built, HEADS[1]))}),
      {...alter('a third that did not see it', {}), quorum: 3,
        witnesses: [...witnesses, fixture('vectors/tlog-tiles/gen300/witness.vkeys').toString().split('\n')[0]]},
      {...alter('only strangers', {}), quorum: 1,
        witnesses: [fixture('vectors/tlog-tiles/gen300/witness.vkeys').toString().split('\n')[0]]},
    ]);
    const verdicts = await ask(peer, site.built, cases);
    assert.deepEqual(verdicts.filter(({accept}) => accept), []);
    const [one] = await ask(peer, site.built,
      asked([alter('one is enough', {[HEADS[0]]: without(cosigned[0])})], 1));
    assert.deepEqual(one, {case: 'one is enough', accept: true, why: ''});
  });

  test(`${peer} refuses cosigned heads with any byte altered`, {timeout: 300_000}, async t => {
    for(const path of HEADS) {
      const bytes = readFileSync(join(site.built, path));
      const cases = asked(everyByte(path, bytes)
        .filter(({files}) => !bytes.equals(Buffer.from(files[path], 'base64'))));
      const verdicts = await ask(peer, site.built, cases);
      const accepted = verdicts.filter(({accept}, i) => accept &&
        !BEYOND[peer](bytes.toString(), Buffer.from(cases[i].files[path], 'base64').toString()));
      assert.deepEqual(accepted, []);
      t.diagnostic(`${path}: ${cases.length} alterations`);
    }
  });

  test(`${peer} judges the gen300 log and its cosignatures`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'selvedge-gen300-'));
    t.after(() => rmSync(folder, {recursive: true, force: true}));
    cpSync(new URL('../vectors/tlog-tiles/gen300', import.meta.url), folder, {recursive: true});
    mkdirSync(join(folder, 'log/heads/300'), {recursive: true});
    cpSync(join(folder, 'log/checkpoint'), join(folder, 'log/heads/300/checkpoint'));
    const theirs = readFileSync(join(folder, 'witness.vkeys'), 'utf8').trim().split('\n');
    const [first] = JSON.parse(readFileSync(join(folder, 'cases.json')));
    const proofs = [{file: first.file, leaf: first.leaf_base64}];
    const each = {plain: true, proofs, witnesses: theirs};
    const verdicts = await ask(peer, folder,
      [{name: 'both', quorum: 2, ...each}, {name: 'ours', quorum: 1, ...each, witnesses}]);
    assert.deepEqual(verdicts.map(({accept}) => accept), [true, false]);
  });
}
