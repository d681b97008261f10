// Our side of the comparison: a site with records, made by our command as a
// maker would make it, and our own judgement of a folder.

import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawn} from 'node:child_process';
import {run} from './peers.mjs';

const project = fileURLToPath(new URL('../../', import.meta.url));
const command = join(process.env.CARGO_TARGET_DIR ?? join(project, 'target'), 'debug', 'selvedge');

/** The moment at which everything here is signed and built. */
export const AT = '2026-11-02T03:04:05Z';

/** Runs our command; a passphrase goes in by standard input. Resolves to code, out, err. */
export function selvedge(words, {passphrase, env} = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd: project,
      env: env ?? process.env,
      stdio: [passphrase === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const out = [];
    const err = [];
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => err.push(chunk));
    child.stdin?.on('error', () => {}); // a command may end before it read it
    child.stdin?.end(`${passphrase}\n`);
    child.on('error', reject);
    child.on('close', code => resolve({
      code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(),
    }));
  });
}

/** The same, for what has to succeed; resolves to what it printed. */
export async function must(words, options) {
  const {code, out, err} = await selvedge(words, options);
  if(code !== 0) {
    throw new Error(`selvedge ${words.join(' ')}: exit ${code}\n${out}${err}`);
  }
  return out;
}

// One that `new` makes, with a photo; the others hold what has parted implementations before.
const EXAMPLE = 'grey-check';
const DESIGNS = {
  'nanduti-sun': {
    name: 'Ñandutí — sol',
    description: 'e\u0301 and \u00e9 stay two texts; so do “quotes”, "these" and \\ the backslash.',
  },
  'weft-of-stars': {
    name: '星の緯糸 \u{1F9F6} \u{10330}',
    description: 'Beyond sixteen bits, where the order of names by code unit is another: \u{1F9F6}.',
  },
};

/**
 * A site with one practice record for each of these designs and both lists of their
 * status, as its folder and as the built site. `address` is its base_url.
 */
export async function makeSite(address) {
  const root = mkdtempSync(join(tmpdir(), 'selvedge-peers-'));
  const source = join(root, 'site');
  const built = join(root, 'built');
  const keys = join(root, 'keys');
  const passphrase = 'six plain words for the tests';
  await must(['new', source, '--kind', 'shop']);
  const settings = join(source, 'site.toml');
  writeFileSync(settings, readFileSync(settings, 'utf8')
    .replace(/^#? *base_url *=.*$/m, `base_url = "${address}"`));
  for(const [id, fields] of Object.entries(DESIGNS)) {
    const file = join(source, 'designs', id, 'index.md');
    mkdirSync(dirname(file), {recursive: true});
    const lines = Object.entries(fields).map(([name, text]) => `${name} = ${JSON.stringify(text)}\n`);
    writeFileSync(file, `+++\n${lines.join('')}+++\n`);
  }
  await must(['keys', 'new', source, '--passphrase-fd', '0', '--key-dir', keys,
    '--sheets', `${keys}-sheets`, '--at', AT], {passphrase});
  const ids = [EXAMPLE, ...Object.keys(DESIGNS)];
  for(const id of ids) {
    await must(['record', 'new', id, source, '--practice', '--yes', '--at', AT,
      '--passphrase-fd', '0', '--key-dir', keys], {passphrase});
  }
  // The records name the lists of their status, which follow in the register.
  await must(['log', 'due', source, '--passphrase-fd', '0', '--key-dir', keys, '--at', AT], {passphrase});
  await must(['build', source, '-o', built, '--at', AT]);
  return {
    source, built, count: ids.length + 2,
    size: Number(readFileSync(join(built, 'log/checkpoint'), 'utf8').split('\n')[1]),
    remove: () => rmSync(root, {recursive: true, force: true}),
  };
}

/**
 * A site with an identity of its own: designs of which one is revoked, one suspended, one sealed and
 * opened, one withdrawn, with both status lists, and heads that two neighbours cosigned. `ids` names
 * the records. Its address is one that no program takes for an example's.
 */
export async function makeRealSite() {
  const root = mkdtempSync(join(tmpdir(), 'selvedge-real-'));
  const passphrase = 'six plain words for the tests';
  const at = (day, hour = 0) => `2026-11-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:04:05Z`;
  const place = name => ({source: join(root, name), keys: join(root, `${name}-keys`)});
  const signing = ({source, keys}) => [source, '--passphrase-fd', '0', '--key-dir', keys];
  const make = async (name, address) => {
    const {source, keys} = place(name);
    await must(['new', source, '--kind', 'shop']);
    const settings = join(source, 'site.toml');
    writeFileSync(settings, readFileSync(settings, 'utf8')
      .replace(/^#? *base_url *=.*$/m, `base_url = "${address}"`));
    await must(['keys', 'new', ...signing(place(name)), '--sheets', `${keys}-sheets`, '--at', at(1)],
      {passphrase});
    return place(name);
  };
  const weavers = await make('weavers', 'https://weavers.selvedge.internal/');
  const {source, keys} = weavers;
  const names = ['plain', 'revoked', 'suspended', 'sealed', 'withdrawn'];
  for(const name of names) {
    mkdirSync(join(source, 'designs', name), {recursive: true});
    writeFileSync(join(source, 'designs', name, 'index.md'), `+++\nname = "${name}"\n+++\n`);
  }
  mkdirSync(join(root, 'stick'));
  let hour = 0;
  const record = async (verb, what, ...more) => {
    const out = await must(['record', verb, what, ...signing(weavers), '--yes', '--json',
      '--at', at(2, hour++), ...more], {passphrase});
    return out.match(/records\/([A-Z2-7]{32})\.json/)[1];
  };
  const ids = {};
  for(const name of names) {
    ids[name] = name === 'sealed' ? await record('seal', name, '--backup', join(root, 'stick')) :
      await record('new', name);
  }
  ids.revocation = await record('revoke', ids.revoked, '--set', 'reason=An error.');
  ids.suspension = await record('suspend', ids.suspended, '--set', 'reason=A question.');
  const listed = await must(['record', 'disclose', ids.sealed, ...signing(weavers), '--at', at(2, hour)], {passphrase});
  ids.disclosure = await record('disclose', ids.sealed, '--leaf', listed.match(/^ *(\d+) /m)[1]);
  ids.withdrawal = await record('withdraw', ids.withdrawn, '--set', "reason_code=holder's wish");
  const due = day => must(['log', 'due', ...signing(weavers), '--at', at(day)], {passphrase});
  await due(3);

  const neighbours = [];
  for(const name of ['potters', 'dyers']) {
    const neighbour = await make(name, `https://${name}.example/`);
    const made = await run(['ssh-keygen', '-q', '-t', 'ed25519', '-a', '100', '-Z', 'aes256-ctr',
      '-N', passphrase, '-C', 'witness', '-f', join(neighbour.keys, 'witness')]);
    if(made.code !== 0) {
      throw new Error(made.err);
    }
    const vkey = readFileSync(join(source, 'identity/log.vkey'), 'utf8').trim();
    writeFileSync(join(neighbour.source, 'trust.toml'),
      `[[log]]\nname = "Weavers"\nkey = "${vkey}"\naddress = "../weavers"\n`);
    await must(['log', 'witness', '--at', at(4), ...signing(neighbour)], {passphrase});
    const key = readFileSync(join(neighbour.source, 'witness/witness.vkey'), 'utf8').trim();
    neighbours.push({name, key});
  }
  writeFileSync(join(source, 'trust.toml'), `quorum = 2\n${neighbours.map(({name, key}) =>
    `[[witness]]\nname = "${name}"\nkey = "${key}"\naddress = "../${name}"\n`).join('')}`);
  await must(['log', 'collect', source, '--key-dir', keys]);
  const built = join(root, 'built');
  await must(['build', source, '-o', built, '--at', at(5)]);
  return {
    source, built, ids, witnesses: neighbours.map(({key}) => key), now: at(6).replace('Z', '+00:00'),
    did: JSON.parse(readFileSync(join(source, 'identity/did.jsonl'), 'utf8').split('\n')[0]).state.id,
    remove: () => rmSync(root, {recursive: true, force: true}),
  };
}

/** What an association says, besides designs: a file for each verb of `record`, by what was signed before. */
const STATEMENTS = [
  ['charter', () => 'name = "The weavers"\nbrand_kind = "people"\ncomplaints = "The house by the ford"\n' +
    'site = ["https://weavers.selvedge.internal/"]\nsuccessor = "The museum"\n'],
  ['accredit', () => 'member = { name = "Ana" }\nbasis = "peers"\nuntil = "2028-12-31"\n' +
    'tag_quota = { count = 10, period = "year" }\n'],
  ['consent', () => 'about = "designs/plain"\nparty = { name = "The meeting" }\nscope = "Badges"\nconsent_method = "meeting"\n'],
  ['edition', () => 'name = "Shawls"\nabout = "products/checked-cloth"\ndesign = ["designs/plain"]\n' +
    'edition_kind = "limited"\nmaximum = 10\nmaker = [{ party = { name = "Ana" }, share = "1/1" }]\n'],
  ['certify', ({edition}) => `about = "${edition}"\nuntil = "2028-12-31"\n` +
    'claim = [{ claim_type = "madeBy", value = { en = "Ana", es = "Ana" }, method = "peer visit" }]\n'],
  ['license', () => 'design = ["designs/plain"]\nlicensee = { name = "A mill" }\nuse = ["cushions"]\nuntil = "2028-12-31"\n'],
  ['report-benefit', ({license}) => `licence = "${license}"\nperiod_from = "2026-01-01"\nperiod_to = "2026-06-30"\n` +
    'amount = ["12.50 EUR"]\nstatement = "Half of it went to the weavers."\n'],
  ['delegate', () => 'delegate = { name = "The secretary", id = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp" }\n' +
    'may = ["Notice"]\nscope = "Notices of the market"\nuntil = "2028-12-31"\n'],
  ['correct', () => 'target = "designs/plain"\nreason = "A letter too many."\nmember = "name"\nformer_text = "plainn"\ntext = "plain"\n'],
  ['end-license', ({license}) => `target = "${license}"\nreason = "It was agreed"\n`],
  ['label', () => 'about = "designs/plain"\nlabel_code = "tka"\napplied_by = { name = "The weavers" }\n'],
  ['notice', () => 'about = "designs/plain"\ntext = "Copies were seen at the coast."\n'],
  ['attest', () => 'about = "designs/plain"\nrelation = "saw"\nstatement = "Our grandmothers wove it."\n'],
  ['dispute', () => 'target = "designs/plain"\nground = "wrong holder"\nstatement = "It is ours, too."\n' +
    'answer = "We look."\nparty = [{ name = "The dyers" }]\n'],
  ['settle', ({dispute}) => `target = "${dispute}"\noutcome = "settled"\ntext = "Both hold it."\nminority_statement = "One does not agree."\n`],
];

/**
 * An association with one record of each kind that it signs in its everyday work, an edition with tags among
 * them. `ids` names them by the verb that signed them.
 */
export async function makeAssociation() {
  const root = mkdtempSync(join(tmpdir(), 'selvedge-association-'));
  const [source, keys, built] = ['site', 'keys', 'built'].map(name => join(root, name));
  const passphrase = 'six plain words for the tests';
  let minute = 0;
  const at = () => `2026-11-02T03:${String(minute++).padStart(2, '0')}:05Z`;
  const signing = ['--passphrase-fd', '0', '--key-dir', keys];
  await must(['new', source, '--kind', 'association']);
  const settings = join(source, 'site.toml');
  writeFileSync(settings, readFileSync(settings, 'utf8')
    .replace(/^#? *base_url *=.*$/m, 'base_url = "https://weavers.selvedge.internal/"'));
  mkdirSync(join(source, 'designs', 'plain'), {recursive: true});
  writeFileSync(join(source, 'designs', 'plain', 'index.md'), '+++\nname = "plain"\n+++\n');
  await must(['keys', 'new', source, ...signing, '--sheets', `${keys}-sheets`, '--at', at()], {passphrase});
  const ids = {};
  const sign = async (name, words) => {
    const out = await must([...words, ...signing, '--yes', '--json', '--at', at()], {passphrase});
    ids[name] = out.match(/[A-Z2-7]{32}/)[0];
  };
  await sign('design', ['record', 'new', 'plain', source]);
  for(const [verb, text] of STATEMENTS) {
    const file = join(root, `${verb}.toml`);
    writeFileSync(file, text(ids));
    await sign(verb, ['record', verb, file, source]);
  }
  await sign('tags', ['tags', 'issue', ids.edition, source, '--count', '5', '--codes']);
  await sign('void', ['tags', 'void', ids.tags, source, '--range', '5', '--reason', 'lost']);
  await sign('claimed', ['tags', 'claimed', ids.tags, '1', source]);
  const item = join(root, 'item.toml');
  writeFileSync(item, `name = "A shawl"\nedition = "${ids.edition}"\nserial = 2\n`);
  await sign('item', ['record', 'item', item, source]);
  const transfer = join(root, 'transfer.toml');
  writeFileSync(transfer, `about = "${ids.item}"\ntransfer_kind = "item"\nparty = { name = "A buyer" }\n`);
  await sign('transfer', ['record', 'transfer', transfer, source]);
  await must(['log', 'due', source, ...signing, '--at', at()], {passphrase});
  const now = at();
  await must(['build', source, '-o', built, '--at', now]);
  return {source, built, ids, now: now.replace('Z', '+00:00'), remove: () => rmSync(root, {recursive: true, force: true})};
}

/** What `selvedge verify --json` says of a folder: its exit code and the state. */
export async function state(folder) {
  const {code, out, err} = await selvedge(['verify', folder, '--json']);
  try {
    return {code, state: JSON.parse(out).state};
  } catch {
    return {code, state: `no report: ${err}`};
  }
}

/** Lays each case over a copy of a folder in turn, several copies at a time. */
export async function copies(folder, cases, judge) {
  const root = mkdtempSync(join(tmpdir(), 'selvedge-copies-'));
  const waiting = cases.values();
  try {
    await Promise.all(Array.from({length: availableParallelism()}, async (_, n) => {
      const copy = join(root, String(n));
      cpSync(folder, copy, {recursive: true});
      for(const each of waiting) {
        for(const [path, bytes] of Object.entries(each.files)) {
          writeFileSync(join(copy, path), Buffer.from(bytes, 'base64'));
        }
        await judge(copy, each);
        for(const path of Object.keys(each.files)) {
          if(existsSync(join(folder, path))) {
            cpSync(join(folder, path), join(copy, path));
          } else {
            rmSync(join(copy, path));
          }
        }
      }
    }));
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
}
