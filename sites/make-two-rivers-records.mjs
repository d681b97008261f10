// Makes the records of `two-rivers` anew: identity, register, statements, lists of what holds,
// heads that invented neighbours cosigned, and a time-stamp of an invented authority.
//
//   cargo build && node sites/make-two-rivers-records.mjs
//
// It runs the `selvedge` command, ssh-keygen and openssl, and nothing else. All keys are made for it
// and thrown away with the folder in which it works; all that is said is invented. It replaces
// records, log, identity and trust.toml of the site, and leaves texts and pictures alone. OpenTimestamps has no part in it: only a real calendar could
// promise a block.

import {closeSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {execFileSync, spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import {tmpdir} from 'node:os';
import {tsaConfig} from '../tests/peers/tsa.mjs';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const command = process.env.SELVEDGE ??
  join(process.env.CARGO_TARGET_DIR ?? here('../target'), 'debug', 'selvedge');
const target = here('two-rivers');
const root = mkdtempSync(join(tmpdir(), 'selvedge-two-rivers-'));
process.on('exit', () => rmSync(root, {recursive: true, force: true}));

writeFileSync(join(root, 'passphrase'), 'six plain words thrown away\n');
const at = (day, time = '10:00') => `2026-11-${String(day).padStart(2, '0')}T${time}:00Z`;

/** Runs our command with the passphrase, and what is typed once `until` gives it. */
function selvedge(words, until) {
  const given = until ? ['--typed-fd', '0'] : [];
  const passphrase = openSync(join(root, 'passphrase'), 'r');
  return new Promise((resolve, reject) => {
    // Through cat: what Node itself passes is a socket, which cannot be opened by its number.
    const child = spawn('sh', ['-c', 'cat | "$0" "$@"', command, ...words, ...given],
      {stdio: ['pipe', 'pipe', 'pipe', passphrase]});
    closeSync(passphrase);
    const said = {out: '', err: ''};
    child.stdout.on('data', chunk => { said.out += chunk; });
    child.stderr.on('data', chunk => { said.err += chunk; });
    child.stdin.on('error', () => {}); // a command may end before it read all
    const waiting = setInterval(() => {
      const typed = until ? until() : '';
      if(typed !== undefined) {
        clearInterval(waiting);
        child.stdin.end(typed);
      }
    }, 50);
    child.on('error', reject);
    child.on('close', code => {
      clearInterval(waiting);
      if(code === 0) {
        resolve(said.out);
      } else {
        reject(new Error(`selvedge ${words.join(' ')}: exit ${code}\n${said.out}${said.err}`));
      }
    });
  });
}

const signing = ({site, keys}) => [site, '--passphrase-fd', '3', '--key-dir', keys];

/** What a person types who reads the four lines of a sheet. */
function sheet(page) {
  return page.split('<tr><th scope="row">').slice(1)
    .map(row => row.split('</tr>')[0].split('<td>').slice(1)
      .map(cell => cell.replace('</td>', '')).join(' ')).join('\n');
}

/** The keys of an association: its sheets are printed, and typed back. */
async function found(place, when) {
  const sheets = `${place.keys}-sheets`;
  const page = name => join(sheets, `${name}.html`);
  await selvedge(['keys', 'new', ...signing(place), '--profile', 'association', '--sheets', sheets,
    '--at', when], () => {
    const last = page('guardian-envelope-3');
    if(!existsSync(last) || !readFileSync(last, 'utf8').includes('</html>')) {
      return undefined;
    }
    return ['master-key-sheet', 'guardian-envelope-1', 'guardian-envelope-2']
      .map(name => sheet(readFileSync(page(name), 'utf8'))).join('\n\n');
  });
}

const rivers = {site: join(root, 'two-rivers'), keys: join(root, 'two-rivers-keys')};
cpSync(target, rivers.site, {recursive: true});
for(const made of ['records', 'log', 'identity', 'trust.toml', 'private']) {
  rmSync(join(rivers.site, made), {recursive: true, force: true});
}
await found(rivers, at(2, '09:00'));

/** Signs a statement, or a design by its name; resolves to its short number. */
async function record(verb, what, when, ...more) {
  let named = what;
  if(typeof what === 'object') {
    named = join(root, `${verb}.toml`);
    writeFileSync(named, what.text);
  }
  const out = await selvedge(['record', verb, named, ...signing(rivers), '--practice', '--yes', '--json',
    '--at', when, ...more]);
  return out.match(/records\/([A-Z2-7]{32})\.json/)[1];
}

/** A design that the site itself does not keep: made of a picture of one of its products. */
function passing(id, picture, text) {
  const folder = join(rivers.site, 'designs', id);
  mkdirSync(folder);
  cpSync(join(target, 'products', picture), join(folder, `${id}.jpg`));
  writeFileSync(join(folder, 'index.md'), text);
  return folder;
}

await record('charter', {text: `name = { en = "Two Rivers Makers", es = "Talleres Dos Ríos" }
brand_kind = "association"
brand_code = "RIVERS"
scope = { en = "Cloth, baskets, clay and honey from the valleys of the Ostrel and the Danvel", es = "Tejidos, cestas, barro y miel de los valles del Ostrel y del Danvel" }
site = ["https://two-rivers.example/"]
successor = { en = "The reading room of Lower Danvel", es = "La sala de lectura del Bajo Danvel" }
complaints = { en = "Write to the association; we answer within a month.", es = "Escriba a la asociación; contestamos en un mes." }
`}, at(2, '09:30'));
await record('new', 'eel-knot', at(2, '10:01'));
await record('new', 'two-waters', at(2, '10:02'));
await record('new', 'river-stones', at(2, '10:03'));
passing('walnut-diamond', 'walnut-diamond-cushion/walnut-diamond-cushion.jpg', `+++
name = { en = "Walnut diamond", es = "Rombo de nogal" }
description = { en = "Small diamonds in two browns.", es = "Rombos pequeños en dos tonos pardos." }
holder = { en = "Ilde Marrowin", es = "Ilde Marrowin" }
holder_kind = "individual"
kind = "textile"
photos = [{ file = "walnut-diamond.jpg", alt = { en = "A cushion with small brown diamonds", es = "Un cojín con rombos pequeños de color pardo" } }]
+++
`);
const withdrawn = await record('new', 'walnut-diamond', at(2, '10:04'));

const certify = (design, when, day, claims) => record('certify', {text: `about = "designs/${design}"
assessed_on = "${day}"
panel_size = 3
until = "2028-10-31"
${claims.map(({type, en, es}) => `[[claim]]
claim_type = "${type}"
method = "peer visit"
value = { en = "${en}", es = "${es}" }
`).join('')}`}, when);
await certify('eel-knot', at(3, '10:00'), '2026-10-28', [
  {type: 'technique', en: 'Three rods, the third locked by its own end; tied by hand',
    es: 'Tres varas, la tercera sujeta por su propio extremo; atado a mano'},
  {type: 'madeIn', en: 'Lower Danvel', es: 'Bajo Danvel'},
]);
const suspended = await certify('river-stones', at(3, '10:10'), '2026-10-29', [
  {type: 'technique', en: 'Twill check, woven by hand on a floor loom',
    es: 'Cuadros en sarga, tejidos a mano en telar de pedales'},
]);
const revoked = await certify('two-waters', at(3, '10:20'), '2026-10-29', [
  {type: 'madeIn', en: 'Upper Ostrel alone', es: 'Solo en el Alto Ostrel'},
]);
await record('dispute', {text: `target = "designs/two-waters"
ground = "wrong holder"
statement = { en = "The two streams were woven at the mill on the Danvel before the bridge was built. We ask that both valleys are named.", es = "Las dos corrientes se tejían en el molino del Danvel antes de que se construyera el puente. Pedimos que se nombre a los dos valles." }
party = [{ name = { en = "The mill families of the Danvel", es = "Las familias del molino del Danvel" } }]
answer = { en = "The Marrowin family will meet the mill families in spring, with the old shawl.", es = "La familia Marrowin se reunirá en primavera con las familias del molino, con el mantón antiguo." }
`}, at(4));
// Two people consent, each named apart; one of them lets her name be shown.
const consent = (name, design, when) => record('consent', {text: `about = "designs/${design}"
party = { name = "${name}", apart = true }
scope = { en = "To show this design in our shop and to sell what the members make of it", es = "Mostrar este diseño en nuestra tienda y vender lo que los miembros hagan con él" }
consent_method = "meeting"
revocable = true
`}, when);
await consent('Wenna Toll', 'eel-knot', at(4, '11:00'));
const shown = await consent('Oda Marrowin', 'two-waters', at(4, '11:10'));
await selvedge(['record', 'show-name', shown, rivers.site, '--yes']);
passing('winter-check', 'shearing-blanket/shearing-blanket.jpg', `+++
name = { en = "Winter check", es = "Cuadros de invierno" }
holder = { en = "Ilde Marrowin", es = "Ilde Marrowin" }
photos = [{ file = "winter-check.jpg", alt = { en = "A folded blanket", es = "Una manta doblada" } }]
+++
`);
mkdirSync(join(root, 'stick'));
await record('seal', 'winter-check', at(5), '--backup', join(root, 'stick'),
  '--set', 'title={ en = "A check for next winter", es = "Unos cuadros para el próximo invierno" }');
await selvedge(['log', 'due', ...signing(rivers), '--at', at(6)]);

// Two neighbours watch; what they publish is collected.
const neighbours = [];
for(const [id, name] of [['high-fells', 'High Fells Weavers (invented)'], ['salt-coast', 'Salt Coast Potters (invented)']]) {
  const place = {id, name, site: join(root, id), keys: join(root, `${id}-keys`)};
  await selvedge(['new', place.site, '--kind', 'association', '--yes']);
  const settings = join(place.site, 'site.toml');
  writeFileSync(settings, readFileSync(settings, 'utf8')
    .replace(/^#? *base_url *=.*$/m, `base_url = "https://${id}.example/"`));
  await found(place, at(5));
  const vkey = readFileSync(join(rivers.site, 'identity/log.vkey'), 'utf8').trim();
  writeFileSync(join(place.site, 'trust.toml'),
    `[[log]]\nname = "Two Rivers"\nkey = "${vkey}"\naddress = "../two-rivers"\n`);
  neighbours.push(place);
}
const trust = (address, authority = '') => `# The neighbour associations that watch this register, and the office that dated it. They are invented,
# like all of Two Rivers, and their keys were thrown away.
quorum = 2
${neighbours.map(each => `
[[witness]]
name = "${each.name}"
key = "${readFileSync(join(each.site, 'witness/witness.vkey'), 'utf8').trim()}"
${address(each)}`).join('')}${authority}`;
async function watched(day) {
  for(const each of neighbours) {
    await selvedge(['log', 'witness', ...signing(each), '--at', at(day)]);
  }
  writeFileSync(join(rivers.site, 'trust.toml'), trust(({id}) => `address = "../${id}"\n`));
  await selvedge(['log', 'collect', rivers.site, '--key-dir', rivers.keys]);
}
await watched(7);

await record('correct', {text: `target = "designs/river-stones"
reason = { en = "The year was written down wrongly.", es = "Se anotó mal el año." }
member = "saidToDateFrom"
former_text = { en = "spring 2024" }
text = { en = "spring 2023" }
`}, at(9, '10:00'));
await record('suspend', suspended, at(9, '10:10'), '--set',
  'reason={ en = "The panel has not yet seen the loom.", es = "La comisión todavía no ha visto el telar." }');
await record('revoke', revoked, at(9, '10:20'), '--set',
  'reason={ en = "It says of one valley alone what may be of both.", es = "Dice de un solo valle lo que quizá sea de los dos." }');
await record('withdraw', withdrawn, at(9, '10:30'), '--set', "reason_code=holder's wish");
await selvedge(['log', 'due', ...signing(rivers), '--at', at(10)]);
await watched(11);

// An authority of our own dates the head: its time is the time at which this runs.
const office = join(root, 'office');
mkdirSync(office);
for(const [file, text] of Object.entries({'ts.cnf': tsaConfig(3650), index: '', serial: '01\n'})) {
  writeFileSync(join(office, file), text);
}
const openssl = words => execFileSync('openssl', words, {cwd: office, stdio: 'pipe'});
for(const key of ['ca', 'tsa']) {
  openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${key}.key`.split(' '));
}
openssl(['req', '-x509', '-new', '-key', 'ca.key', '-days', '7300', '-subj', '/CN=Two Rivers example root (TEST)',
  '-config', 'ts.cnf', '-extensions', 'root', '-out', 'ca.pem']);
openssl(['req', '-new', '-key', 'tsa.key', '-subj', '/CN=Two Rivers example time-stamps (TEST)',
  '-config', 'ts.cnf', '-out', 'tsa.csr']);
openssl(('x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 7300 -extfile ts.cnf ' +
  '-extensions tsa_cert -out tsa.pem').split(' '));
openssl('ca -gencrl -config ts.cnf -out none.crl'.split(' '));
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    writeFileSync(join(office, 'q.tsq'), Buffer.concat(chunks));
    openssl('ts -reply -config ts.cnf -queryfile q.tsq -out r.tsr'.split(' '));
    response.end(readFileSync(join(office, 'r.tsr')));
  });
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
await selvedge(['log', 'anchor', rivers.site, '--tsa', `http://127.0.0.1:${server.address().port}/tsr`,
  '--tsa-root', join(office, 'ca.pem'), '--tsa-crl', join(office, 'none.crl')]);
server.close();

process.stdout.write(await selvedge(['record', 'list', rivers.site]));
for(const made of ['records', 'log', 'identity']) {
  rmSync(join(target, made), {recursive: true, force: true});
  cpSync(join(rivers.site, made), join(target, made), {recursive: true});
}
writeFileSync(join(target, 'trust.toml'), trust(() => '', `
[[tsa]]
name = "Office of time-stamps (invented)"
root = '''
${readFileSync(join(office, 'ca.pem'), 'utf8').trim()}
'''
`));
