// What the example sites hold, as it lies in this repository and as `build`
// publishes it, before other people's verifiers: all of it is found by walking
// the folder, each file is judged by every peer that reads its kind, and refused
// with bytes altered. What no peer reads is named in UNREAD, with the reason.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {createHash} from 'node:crypto';
import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {isDeepStrictEqual} from 'node:util';
import {join} from 'node:path';
import {copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync,
  writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {Folder} from './folder.mjs';
import {HISTORY_PEERS, PEERS, WITNESS_PEERS, alter, ask, everyByte} from './peers.mjs';
import {selvedge} from './selvedge.mjs';

const sites = fileURLToPath(new URL('../../sites', import.meta.url));
const names = readdirSync(sites, {withFileTypes: true})
  .filter(entry => entry.isDirectory()).map(({name}) => name)
  .filter(name => existsSync(join(sites, name, 'site.toml')));

const VC_PEERS = ['@digitalbazaar/vc', 'openvc-core', 'awr'];
const STATUS_PEERS = ['@digitalbazaar/vc', 'openvc-core'];
const TOKEN_PEERS = ['openssl ts', 'rfc3161-client'];

/** The kinds of file that a site's evidence has, by their paths in the site folder; who reads them. */
const KINDS = {
  record: /^records\/[A-Z2-7]{32}\.json$/, // VC_PEERS, ssh-keygen, sumdb/tlog
  side: /^records\/[A-Z2-7]{32}\.sshsig$/, // ssh-keygen
  proof: /^records\/[A-Z2-7]{32}\.tlog-proof$/, // sumdb/tlog
  master: /^records\/files\/[0-9a-f]{64}\.[a-z]+$/, // sha256sum
  person: /^records\/people\/[0-9a-f]{64}\.json$/, // sha256sum
  checkpoint: /^log\/checkpoint$/, // WITNESS_PEERS
  tile: /^log\/tile\/\d+\/[x\d/]+(\.p\/\d+)?$/, // WITNESS_PEERS
  entries: /^log\/tile\/entries\/[x\d/]+(\.p\/\d+)?$/, // WITNESS_PEERS
  head: /^log\/heads\/\d+\/checkpoint$/, // WITNESS_PEERS
  token: /^log\/heads\/\d+\/checkpoint\.[^/]+\.tsr$/, // TOKEN_PEERS
  query: /^log\/heads\/\d+\/checkpoint\.[^/]+\.tsq$/, // openssl
  chain: /^log\/heads\/\d+\/tsa\/[^/]+\.pem$/, // openssl
  revoked: /^log\/heads\/\d+\/tsa\/[^/]+\.crl$/, // openssl
  history: /^identity\/did\.jsonl$/, // HISTORY_PEERS
  guardians: /^identity\/did-witness\.json$/, // HISTORY_PEERS
  signers: /^identity\/allowed_signers$/, // ssh-keygen
  logKey: /^identity\/log\.vkey$/, // WITNESS_PEERS
  context: /^identity\/context-v1\.jsonld$/, // sha256sum
};

/** What no verifier of the table reads, and why. */
const UNREAD = {
  'identity/did.json': 'did:web, a convenience for others; keys come from the history alone',
};

const shortId = digest => [...digest.subarray(0, 20)]
  .map(byte => byte.toString(2).padStart(8, '0')).join('')
  .replace(/.{5}/g, bits => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(bits, 2)]);
const entry = digest => Buffer.from(`selvedge.record/1 sha256:${digest}\n`).toString('base64');

/** An example site: its folder, what `build` makes of it, its evidence by kind. */
class Example {
  constructor(name) {
    this.source = join(sites, name);
    this.built = mkdtempSync(join(tmpdir(), 'selvedge-example-'));
    this.folder = new Folder(this.source);
    this.files = Object.fromEntries(Object.keys(KINDS).map(kind => [kind, []]));
    this.unread = [];
    for(const top of ['identity', 'log', 'records', 'witness']) {
      const below = existsSync(join(this.source, top)) ?
        readdirSync(join(this.source, top), {recursive: true, withFileTypes: true}) : [];
      for(const entry of below.filter(each => each.isFile())) {
        const path = join(entry.parentPath ?? entry.path, entry.name).slice(this.source.length + 1);
        const kind = Object.keys(KINDS).find(each => KINDS[each].test(path));
        (kind ? this.files[kind] : this.unread).push(path);
      }
    }
    this.records = this.files.record.map(path => path.slice('records/'.length, -'.json'.length)).sort();
    const trust = existsSync(join(this.source, 'trust.toml')) ?
      readFileSync(join(this.source, 'trust.toml'), 'utf8') : '';
    this.witnesses = [...trust.matchAll(/\[\[witness\]\][^[]*?^key = "(.*)"$/gm)].map(([, key]) => key);
    this.roots = trust.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/)?.[0];
  }

  read(path) {
    return readFileSync(join(this.source, path));
  }

  record(id) {
    return JSON.parse(this.read(`records/${id}.json`));
  }

  /** Where a file of the site folder is published. */
  published(path) {
    const name = path.replace(/^identity\//, '');
    return name === path ? path : [name, `.well-known/${name}`, `.well-known/selvedge/${name}`]
      .find(each => existsSync(join(this.built, each)));
  }

  /** One second after the youngest of all that is dated here: what is judged does not depend on today. */
  youngest() {
    const dates = this.records.map(id => Date.parse(this.record(id).proof.created));
    for(const path of this.files.token) {
      const said = execFileSync('openssl', ['ts', '-reply', '-in', join(this.source, path), '-text'],
        {stdio: 'pipe'}).toString();
      dates.push(Date.parse(said.match(/^Time stamp: (.*)$/m)[1]));
    }
    for(const path of this.files.head) {
      for(const [, blob] of this.read(path).toString().matchAll(/^— \S+\/witness (\S+)$/gm)) {
        dates.push(Number(Buffer.from(blob, 'base64').readBigUInt64BE(4)) * 1000);
      }
    }
    return new Date(Math.max(...dates) + 1000).toISOString().replace('.000Z', '+00:00');
  }

  /** The case with all that the peers of heads and tokens are told. */
  asked(each) {
    return {...each, witnesses: this.witnesses, quorum: 2, roots: this.roots, nonces: this.nonces};
  }

  async make() {
    if(this.records.length === 0) {
      return;
    }
    this.now = this.youngest();
    const {code, err} = await selvedge(['build', this.source, '-o', this.built, '--at',
      this.now.replace('+00:00', 'Z')]);
    assert.equal(code, 0, err);
    this.nonces = Object.fromEntries(this.files.query.map(path => [path.split('/')[2],
      BigInt(execFileSync('openssl', ['ts', '-query', '-in', join(this.source, path), '-text'], {stdio: 'pipe'})
        .toString().match(/Nonce: (0x[0-9A-F]+)/)[1]).toString()]));
    // What was withdrawn is gone; the entry and its proof stay, and the withdrawal names the digest.
    this.withdrawn = this.records.map(id => this.record(id)).filter(({type}) => type[1] === 'Withdrawal')
      .map(({credentialSubject: {target}}) => {
        const digest = Buffer.from(target.digestSRI.slice('sha256-'.length), 'base64');
        const file = `records/${shortId(digest)}.tlog-proof`;
        return {file, leaf: entry(digest.toString('hex'))};
      });
    // What holds of each record: its newest Status.
    this.bits = {};
    const statuses = this.records.map(id => this.record(id)).filter(({type}) => type[1] === 'Status')
      .sort((a, b) => (a.proof.created < b.proof.created ? -1 : 1));
    for(const {credentialSubject: {target, newState}} of statuses) {
      const id = this.records.find(each => this.record(each).id === target.id);
      this.bits[id] = {revoked: 'revocation', suspended: 'suspension'}[newState];
    }
  }
}

const examples = names.map(name => new Example(name));
const signed = examples.filter(({records}) => records.length > 0);
before(() => Promise.all(examples.map(each => each.make())));
after(() => examples.forEach(({built}) => rmSync(built, {recursive: true, force: true})));

test('all that the example sites hold is of a known kind, and of each kind there is something', t => {
  assert.ok(names.length > 1);
  for(const {unread} of examples) {
    assert.deepEqual(unread.filter(path => !Object.hasOwn(UNREAD, path)), []);
  }
  const counts = Object.fromEntries(Object.keys(KINDS).map(kind =>
    [kind, examples.reduce((sum, {files}) => sum + files[kind].length, 0)]));
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(Object.keys(counts).filter(kind => counts[kind] === 0), []);
  const kinds = signed.flatMap(each => each.records.map(id => each.record(id).type[1]));
  for(const kind of ['Charter', 'Design', 'Certification', 'Dispute', 'SealedDesign', 'Correction',
    'Status', 'Withdrawal', 'BitstringStatusListCredential']) {
    assert.ok(kinds.includes(kind), kind);
  }
  assert.deepEqual(new Set(signed.flatMap(({bits}) => Object.values(bits))),
    new Set(['revocation', 'suspension']));
});

/** Cases by peer, counted over all tests. */
const judged = {};
const count = (peer, what, n) => {
  judged[peer] ??= {};
  judged[peer][what] = (judged[peer][what] ?? 0) + n;
};

/** Asks, and expects that all is accepted. */
async function accepts(peer, what, where, cases, now) {
  assert.ok(cases.length > 0, `${what} for ${peer}`);
  const verdicts = await ask(peer, where, cases, now);
  assert.deepEqual(verdicts.filter(({accept}) => !accept), [], `${peer}, ${what} of ${where}`);
  count(peer, what, cases.length);
}

for(const example of signed) {
  const name = example.source.slice(sites.length + 1);

  test(`${name}: every peer accepts every file of its kind`, {timeout: 300_000}, async t => {
    const {files, records, now} = example;
    assert.deepEqual(new Folder(example.built).records(), records);
    assert.equal(files.side.length, records.length);
    assert.equal(files.proof.length, records.length + example.withdrawn.length);
    const each = records.map(id => ({name: id, only: [id]}));
    for(const where of [example.source, example.built]) {
      for(const peer of VC_PEERS) {
        await accepts(peer, 'records', where, each.map(one => ({...one, status: false})), now);
      }
      await accepts('ssh-keygen', 'side signatures', where, each, now);
      await accepts('sumdb/tlog', 'whole logs with all proofs', where,
        [{name: 'log', proofs: where === example.source ? example.withdrawn : []}]);
      for(const peer of Object.keys(WITNESS_PEERS)) {
        await accepts(peer, 'cosigned heads, two neighbours each', where,
          [example.asked({name: 'heads'})]);
        const [third] = await ask(peer, where, [{...example.asked({name: 'three'}), quorum: 3}]);
        assert.equal(third.accept, false, `${peer} counts a third neighbour`);
        count(peer, 'cosigned heads, two neighbours each', files.head.length - 1);
      }
      for(const peer of TOKEN_PEERS) {
        const [verdict] = await ask(peer, where, [example.asked({name: 'tokens'})], now);
        assert.deepEqual([verdict.accept, verdict.why], [true, '']);
        // OpenSSL judges query, chain and list of revoked certificates too.
        assert.equal(verdict.judged, files.token.length * (peer === 'openssl ts' ? 4 : 1));
        count(peer, 'tokens and what lies beside them', verdict.judged);
      }
      const methods = records.map(id => example.record(id).proof.verificationMethod);
      for(const peer of Object.keys(HISTORY_PEERS)) {
        const did = example.record(records[0]).issuer;
        const [verdict] = await ask(peer, where, [{name: 'history', did}], now);
        assert.deepEqual([verdict.accept, verdict.why], [true, '']);
        assert.deepEqual(methods.filter(method => !verdict.keys.includes(method)), []);
        count(peer, 'histories', 1);
      }
    }
    t.diagnostic(JSON.stringify(judged));
  });

  test(`${name}: the lists of status say of every record what holds`, async t => {
    const asked = example.records.filter(id => example.record(id).credentialStatus);
    for(const where of [example.source, example.built]) {
      for(const peer of STATUS_PEERS) {
        const verdicts = await ask(peer, where, asked.map(id => ({name: id, only: [id]})), example.now);
        for(const {case: id, accept, why} of verdicts) {
          const bit = example.bits[id];
          assert.deepEqual([id, accept], [id, !bit], why);
          assert.match(why, bit ? new RegExp(bit.slice(0, 4), 'i') : /^$/);
        }
        t.diagnostic(`${peer}: ${verdicts.length} records, ${verdicts.filter(({accept}) => !accept).length} not in force`);
      }
    }
  });

  test(`${name}: earlier states of the log are as they were signed`, async t => {
    // Tiles and entries of a smaller log are judged by the checkpoint that a proof of that time carries.
    const root = mkdtempSync(join(tmpdir(), 'selvedge-earlier-'));
    t.after(() => rmSync(root, {recursive: true, force: true}));
    const seen = new Set();
    for(const path of example.files.proof) {
      const text = example.read(path).toString();
      const checkpoint = text.slice(text.indexOf('\n\n') + 2);
      const size = checkpoint.split('\n')[1];
      const [tile, entries] = [`log/tile/0/000.p/${size}`, `log/tile/entries/000.p/${size}`];
      const where = join(root, size);
      for(const file of [tile, entries]) {
        mkdirSync(join(where, file, '..'), {recursive: true});
        copyFileSync(join(example.source, file), join(where, file));
        seen.add(file);
      }
      copyFileSync(join(example.source, 'identity/log.vkey'), join(where, 'log.vkey'));
      writeFileSync(join(where, 'log/checkpoint'), checkpoint);
      writeFileSync(join(where, 'proof'), text);
      const body = path.replace('.tlog-proof', '.json');
      const leaf = example.withdrawn.find(({file}) => file === path)?.leaf ??
        entry(createHash('sha256').update(example.read(body)).digest('hex'));
      const proofs = [{file: 'proof', leaf}];
      await accepts('sumdb/tlog', 'earlier states of the log', where, [{name: size, proofs}]);
      const cases = [tile, entries].flatMap(file =>
        everyByte(file, readFileSync(join(where, file)), {ways: ['lowest bit flipped'], at: i => i % 5 === 0}));
      const verdicts = await ask('sumdb/tlog', where, cases.map(each => ({...each, proofs})));
      assert.deepEqual(verdicts.filter(({accept}) => accept), []);
      count('sumdb/tlog', 'alterations of earlier states refused', cases.length);
    }
    // Of an entry of the history there is no proof.
    const left = [...example.files.tile, ...example.files.entries].filter(path => !seen.has(path));
    t.diagnostic(`no checkpoint of these sizes is kept: ${left.join(' ')}`);
    assert.ok(left.length < seen.size);
  });

  test(`${name}: names and digests are what sha256sum gives`, () => {
    const digest = (path, encoding) => createHash('sha256').update(example.read(path)).digest(encoding);
    const bound = new Map(example.records.flatMap(id =>
      example.record(id).relatedResource.map(({id: url, digestSRI}) => [url.split('/').at(-1), digestSRI])));
    for(const path of [...example.files.master, ...example.files.context]) {
      const file = path.split('/').at(-1);
      assert.equal(bound.get(file), `sha256-${digest(path, 'base64')}`, path);
      assert.ok(path.endsWith('.jsonld') || file.startsWith(digest(path, 'hex')), path);
      assert.ok(example.read(path).equals(readFileSync(join(example.built, example.published(path)))), path);
    }
    // A name that is shown, as RECORD-FORMAT 2.8 says it: the record that it names commits to it.
    for(const path of example.files.person) {
      const digest = createHash('sha256').update('selvedge.person/1\n').update(example.read(path)).digest();
      assert.equal(path, `records/people/${digest.toString('hex')}.json`);
      const {issuer, record, name} = JSON.parse(example.read(path));
      const of = example.records.map(id => example.record(id)).find(each => each.id === record);
      assert.deepEqual([of.issuer, of.credentialSubject.party], [issuer, {commitment: digest.toString('base64')}]);
      // Nothing signed holds the name.
      const texts = example.records.map(id => example.read(`records/${id}.json`).toString());
      assert.deepEqual(texts.filter(text => text.includes(name[0]['@value'])), []);
      assert.ok(example.read(path).equals(readFileSync(join(example.built, path))), path);
    }
  });

  test(`${name}: every peer refuses every file of its kind with bytes altered`, {timeout: 900_000}, async t => {
    const {files, now} = example;
    const asked = (_, each) => example.asked(each);
    const id = path => path.match(/[A-Z2-7]{32}/)[0];
    const newest = paths => paths.filter(path => path.includes(`.p/${example.size}`) || !path.includes('.p/'));
    example.size = example.read('log/checkpoint').toString().split('\n')[1];
    const any = example.records.find(each => example.record(each).type[1] === 'Design');
    const lists = ['revocation', 'suspension'].map(purpose => `status/${purpose}-0.json`);
    // Peer, its files, and what its cases are asked for; every nth byte.
    const rounds = [
      ...VC_PEERS.map(peer => [peer, files.record, path => ({only: [id(path)], status: false}), 47]),
      ...VC_PEERS.map(peer => [peer, files.history, () => ({only: [any], status: false}), 29]),
      ...STATUS_PEERS.map(peer => [peer, lists, () => ({only: [any]}), 17]),
      ['ssh-keygen', files.record, path => ({only: [id(path)]}), 199],
      ['ssh-keygen', files.side, path => ({only: [id(path)]}), 23],
      ['ssh-keygen', files.signers, () => ({only: [any]}), 1],
      ['sumdb/tlog', files.record, () => ({}), 97],
      ['sumdb/tlog', files.proof, path => ({proofs: example.withdrawn.filter(({file}) => file === path)}), 7],
      ...Object.keys(WITNESS_PEERS).flatMap(peer => [
        [peer, files.checkpoint, asked, 1], [peer, files.logKey, asked, 1],
        [peer, files.head, asked, 1],
        [peer, newest(files.tile), asked, 5], [peer, newest(files.entries), asked, 5],
      ]),
      ...TOKEN_PEERS.map(peer => [peer, files.token, (_, each) => ({...example.asked(each), judge: 'token'}), 1]),
      ['openssl ts', files.query, (_, each) => ({...example.asked(each), judge: 'query'}), 1],
      ['openssl ts', files.chain, (_, each) => ({...example.asked(each), judge: 'chain'}), 1],
      ['openssl ts', files.revoked, (_, each) => ({...example.asked(each), judge: 'revoked'}), 1],
      ...Object.keys(HISTORY_PEERS).flatMap(peer => [...files.history, ...files.guardians].map(path =>
        [peer, [path], () => ({did: example.record(any).issuer}), 11])),
    ];
    const missed = [];
    const used = new Set();
    const refuse = async ([peer, paths, more, stride]) => {
      assert.ok(paths.length > 0, peer);
      for(const path of paths) {
        const at = example.published(path);
        // The proof of what was withdrawn stays with the issuer.
        const where = existsSync(join(example.built, at)) ? example.built : example.source;
        const was = readFileSync(join(where, at));
        const cases = everyByte(at, was, {
          ways: ['lowest bit flipped'], at: i => i % stride === 0 || i === was.length - 1,
        }).concat(everyByte(at, was, {ways: ['left out', 'file cut off here'], at: i => i % (stride * 7) === 0}))
          .map(each => ({...more(path, each), ...each}));
        const verdicts = await ask(peer, where, cases, now);
        const kind = Object.keys(KINDS).find(each => KINDS[each].test(path)) ?? 'status list';
        count(peer, `alterations of ${kind}`, cases.length);
        verdicts.forEach(({case: what, accept}, i) => {
          if(accept) {
            const is = Buffer.from(cases[i].files[at], 'base64');
            const line = BEYOND.find(each => each.peers.includes(peer) && each.kinds.includes(kind) &&
              each.when(was, is, example));
            used.add(line);
            count(peer, 'of these accepted, as BEYOND says', 1);
            if(!line) {
              missed.push(`${peer}: ${what}`);
            }
          }
        });
      }
    };
    await Promise.all([...new Set(rounds.map(([peer]) => peer))].map(async peer => {
      for(const round of rounds.filter(([each]) => each === peer)) {
        await refuse(round);
      }
    }));
    t.diagnostic(JSON.stringify(judged));
    assert.deepEqual(missed, []);
    assert.deepEqual(BEYOND.filter(line => !line.rare && !used.has(line)).map(({why}) => why), [],
      'lines of BEYOND without a case');
  });
}

const json = bytes => {
  try {
    return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch {
    return undefined;
  }
};
const decoded = bytes => bytes.toString('utf8').split(/[ \n]/)
  .map(word => (/^[A-Za-z0-9+/]+=*$/.test(word) ? Buffer.from(word, 'base64').toString('hex') : word));
const pem = bytes => bytes.toString('latin1').split('-----')
  .map((part, i) => (i % 4 === 2 ? Buffer.from(part, 'base64').toString('hex') : part.trim()));
const withoutContext = value => ({...value, proof: {...value.proof, '@context': 0}});

/** The first byte that differs, if the lengths do not. */
const flipped = (was, is) => (was.length === is.length ? was.findIndex((byte, i) => byte !== is[i]) : -1);

/** Parts of a DER file as openssl shows them: where they begin, depth, length of header, length, name. */
const parts = bytes => execFileSync('openssl', ['asn1parse', '-inform', 'DER'], {input: bytes, stdio: 'pipe'}).toString()
  .split('\n').filter(Boolean).map(line => {
    const [, at, depth, header, length, name] = line.match(/^ *(\d+):d=(\d+) +hl=(\d+) l= *(\d+) \S+: *(\S+)/);
    return {at: +at, depth: +depth, header: +header, length: +length, name};
  });

/** What a peer accepts beyond us: in files of which kinds, when, and why it may. */
const BEYOND = [
  {
    peers: ['openvc-core', 'awr'], kinds: ['record', 'status list'],
    when: (was, is) => Boolean(json(is)?.proof) &&
      isDeepStrictEqual(withoutContext(json(was)), withoutContext(json(is))),
    why: "they put the document's @context in the place of the proof's and never read that one",
  },
  {
    peers: ['@digitalbazaar/vc', 'didwebvh-ts'], kinds: ['history'],
    when: (was, is) => was.toString().trim() === is.toString().trim(),
    why: 'didwebvh-ts trims what is white space to JavaScript off the file',
  },
  {
    peers: ['@digitalbazaar/vc'], kinds: ['history'],
    when: (was, is) => json(is)?.versionId && isDeepStrictEqual(
      {...json(was), versionId: '1-'}, {...json(is), versionId: json(is).versionId.slice(0, 2)}),
    why: 'didwebvh-ts never compares the versionId of a first version; a second would bind it',
    rare: true, // where no guardian signs it
  },
  {
    peers: ['ssh-keygen'], kinds: ['side', 'signers'],
    when: (was, is) => was.toString('latin1').trim() === is.toString('latin1').trim(),
    why: 'it skips white space at the end',
  },
  {
    peers: ['ssh-keygen'], kinds: ['signers'],
    when: (was, is) => was.subarray(was.indexOf(' ')).equals(is.subarray(is.indexOf(' '))),
    why: 'the name before the key: sshsig.mjs asks for the one in the file; whoever checks has her own',
  },
  {
    peers: ['sumdb/tlog'], kinds: ['proof', 'checkpoint', 'head'],
    when: (was, is) => isDeepStrictEqual(decoded(was), decoded(is)),
    why: 'its base64 ignores the bits after the last byte; ours has one text for each value',
    rare: true, // a flipped bit seldom is one of those
  },
  {
    peers: ['aics-tlog', 'sumdb/tlog'], kinds: ['logKey'],
    when: (was, is) => was.toString('latin1').trim() === is.toString('latin1').trim(),
    why: 'white space at the end of the line',
  },
  {
    peers: ['aics-tlog'], kinds: ['checkpoint', 'head'],
    when: (was, is) => was.toString() === `${is}\n`,
    why: 'it takes a note that breaks off before its last newline',
    rare: true, // the cut is at each seventh byte
  },
  {
    peers: ['openssl ts', 'rfc3161-client'], kinds: ['token'],
    when: (was, is, {roots}) => {
      const root = Buffer.from(roots.replace(/-----.*-----/g, ''), 'base64');
      const at = flipped(was, is) - was.indexOf(root);
      return was.includes(root) && at >= 0 && at < root.length;
    },
    why: "the copy of the root that the authority put beside its signature: the verifier's own root counts",
  },
  {
    peers: ['openssl ts', 'rfc3161-client'], kinds: ['token'],
    when: (was, is) => {
      const at = flipped(was, is);
      const oid = Buffer.from('2a8648ce3d040302', 'hex'); // ecdsa-with-SHA256
      const algorithm = at - was.lastIndexOf(oid);
      return algorithm >= 0 && algorithm < oid.length ||
        parts(was).some(({at: start, depth, header, name}) =>
          name === 'INTEGER' && [2, 4, 6].includes(depth) && at === start + header ||
          name === 'NULL' && at === start);
    },
    why: "what the signature does not cover and they do not read: the answer's status (granted, or with " +
      'changes), versions, empty parameters, the name of the algorithm',
  },
  {
    peers: ['openssl ts'], kinds: ['query'],
    when: (was, is) => parts(was).filter(({name, at}) => name === 'BOOLEAN' || (name === 'INTEGER' && at < 4))
      .some(({at, header}) => flipped(was, is) === at + header),
    why: 'what a query asks besides digest and nonce: its version, and that certificates come along',
  },
  {
    peers: ['openssl ts'], kinds: ['chain', 'revoked'],
    when: (was, is) => isDeepStrictEqual(pem(was), pem(is)),
    why: 'white space in PEM, and the bits after the last byte of its base64',
  },
];
