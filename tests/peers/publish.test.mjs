// `publish` against hosts that other people wrote: moto's server speaks S3, and
// Azurite speaks Azure Blob Storage and looks at every signature. A proxy before
// the S3 server keeps a log of what came in which order, and can break the line.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, request as ask} from 'node:http';
import {createHmac} from 'node:crypto';
import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {join} from 'node:path';
import {createServer as listener} from 'node:net';
import {tmpdir} from 'node:os';
import {AT, must, selvedge} from './selvedge.mjs';

const project = fileURLToPath(new URL('../../', import.meta.url));
const python = join(project, 'tests/.work/venv/bin/python');
const azurite = join(project, 'tests/.work/azure/node_modules/azurite/dist/src/blob/main.js');
const SECRET = 'wJalrXUtnFEMI-K7MDENG-not-a-real-key';

/** A port of this machine that nobody listens on. */
const freePort = () => new Promise(resolve => {
  const server = listener().listen(0, '127.0.0.1', () => {
    const {port} = server.address();
    server.close(() => resolve(port));
  });
});

/** Starts a server and waits until it answers; resolves to a function that ends it. */
async function start(command, words, address, options = {}) {
  const child = spawn(command, words, {stdio: ['ignore', 'pipe', 'pipe'], ...options});
  const said = [];
  child.stdout.on('data', chunk => said.push(chunk));
  child.stderr.on('data', chunk => said.push(chunk));
  let over = false;
  child.on('close', () => { over = true; });
  const answers = () => new Promise(resolve => {
    const question = ask(address, answer => { answer.resume(); resolve(true); });
    question.on('error', () => resolve(false));
    question.end();
  });
  while(!await answers()) {
    if(over) {
      throw new Error(`${command} ended: ${Buffer.concat(said)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return () => new Promise(resolve => {
    child.on('close', resolve);
    child.kill();
  });
}

/** Before another server: keeps what was asked for, and breaks the line when told. */
function recorder(port) {
  const state = {log: [], breakAfterPuts: Infinity, puts: 0};
  const server = createServer((asked, answer) => {
    const path = decodeURIComponent(asked.url.split('?')[0]);
    if(asked.method === 'PUT' && ++state.puts > state.breakAfterPuts) {
      asked.socket.destroy();
      return;
    }
    const entry = {method: asked.method, path, query: asked.url.split('?')[1] ?? '', headers: asked.headers};
    const passed = ask({port, host: '127.0.0.1', method: asked.method, path: asked.url, headers: asked.headers}, from => {
      // In the order in which the host was done with them.
      state.log.push({...entry, status: from.statusCode});
      answer.writeHead(from.statusCode, from.headers);
      from.pipe(answer);
    });
    passed.on('error', () => asked.socket.destroy());
    asked.pipe(passed);
  });
  return {
    state,
    listen: () => new Promise(resolve => server.listen(0, '127.0.0.1', () => {
      state.address = `http://127.0.0.1:${server.address().port}`;
      resolve();
    })),
    close: () => { server.closeAllConnections(); server.close(); },
    /** What happened since the last time. */
    take: () => state.log.splice(0),
  };
}

let root, site;
const product = 'products/checked-cloth/index.md';
const edit = (file, from, to) => {
  const path = join(site, file);
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${file} has ${from}`);
  writeFileSync(path, text.replace(from, to));
};
/** A site as `new` makes it, with its photographs developed. */
function fresh() {
  site = mkdtempSync(join(root, 'site-'));
  cpSync(join(root, 'new'), site, {recursive: true});
}

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'selvedge-publish-'));
  await must(['new', join(root, 'new'), '--kind', 'shop']);
  await must(['build', join(root, 'new'), '-o', join(root, 'new-built'), '--at', AT]);
});
after(() => rmSync(root, {recursive: true, force: true}));

/** Runs `publish` with these variables and no others of the clouds. */
function publish(words, settings = {}) {
  const clean = Object.fromEntries(Object.entries(process.env)
    .filter(([name]) => !/^(AWS|GOOGLE|AZURE|SOURCE_DATE|SELVEDGE)/.test(name)));
  return selvedge(['publish', site, '--at', AT, ...words], {env: {...clean, ...settings}});
}
async function published(words, settings) {
  const {code, out, err} = await publish([...words, '--json'], settings);
  assert.equal(code, 0, out + err);
  return JSON.parse(out);
}
const paths = done => done.sent.map(sent => sent.path);

describe('object storage that speaks S3', () => {
  const keys = {AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET, AWS_REGION: 'us-east-1'};
  let stop, host, port;
  const s3 = (more = []) => published(['--to', 's3://shop/site', '--endpoint', host.state.address, ...more], keys);
  // The host looks at who asks, and not whether the signature is right.
  const authorization = 'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261102/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00';
  const question = (method, path, body) => new Promise((resolve, reject) => {
    ask(`http://127.0.0.1:${port}/shop${path}`, {method, headers: {authorization}}, answer => {
      const chunks = [];
      answer.on('data', chunk => chunks.push(chunk));
      answer.on('end', () => resolve({status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks)}));
    }).on('error', reject).end(body);
  });
  /** An object as the host gives it out. */
  const object = path => question('GET', path.startsWith('/') ? path : `/site/${path}`);
  /** What somebody else puts there. */
  const put = async path => {
    const {status, body} = await question('PUT', path, path && 'somebody else wrote this');
    assert.equal(status, 200, String(body));
  };
  /** What was written, in order, without the place in the bucket. */
  const writes = log => log.filter(({method}) => method === 'PUT' || method === 'DELETE')
    .map(({method, path}) => `${method} ${path.replace('/shop/site/', '')}`);

  before(async () => {
    port = await freePort();
    stop = await start(python, ['-c', `from moto.server import main; main(['-H', '127.0.0.1', '-p', '${port}'])`],
      `http://127.0.0.1:${port}/`, {env: {...process.env, ...keys}});
    host = recorder(port);
    await host.listen();
  });
  after(async () => { host.close(); await stop(); });

  test('a bucket that is not there is told in plain words', async () => {
    fresh();
    const {code, err} = await publish(['--to', 's3://shop/site', '--endpoint', host.state.address], keys);
    assert.equal(code, 2);
    assert.match(err, /there is no bucket of that name; make it at the host first/);
    await put('');
  });

  test('without a key nothing is asked, and the variables are named', async () => {
    host.take();
    const {code, err} = await publish(['--to', 's3://shop/site', '--endpoint', host.state.address]);
    assert.equal(code, 2);
    assert.match(err, /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
    assert.deepEqual(host.take(), []);
  });

  test('a trial sends nothing and says what it would send', async () => {
    const done = await s3(['--dry-run']);
    assert.ok(paths(done).includes('index.html'));
    assert.deepEqual(writes(host.take()), []);
  });

  test('everything goes up with its type and its time to be kept', async () => {
    const done = await s3();
    const log = host.take();
    assert.deepEqual(new Set(writes(log).map(line => line.slice(4))), new Set([...paths(done), '.selvedge-manifest']));
    const built = join(root, 'built');
    await must(['build', site, '-o', built, '--at', AT]);
    const all = readdirSync(built, {recursive: true, withFileTypes: true}).filter(file => file.isFile())
      .map(file => join(file.parentPath ?? file.path, file.name).slice(built.length + 1))
      .filter(path => !path.startsWith('.selvedge'));
    assert.deepEqual(new Set(paths(done)), new Set(all));
    for(const path of all) {
      const {status, headers, body} = await object(path);
      assert.equal(status, 200, path);
      assert.ok(body.equals(readFileSync(join(built, path))), `${path} has the bytes that build writes`);
      const named = /^(assets|photos)\//.test(path);
      assert.equal(headers['cache-control'], named ? 'public, max-age=31536000, immutable' : 'no-cache', path);
      const ending = path.split('.').pop();
      const type = {
        html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', xml: 'application/xml; charset=utf-8',
        txt: 'text/plain; charset=utf-8', svg: 'image/svg+xml', webp: 'image/webp', jpg: 'image/jpeg',
      }[ending];
      if(path.endsWith('atom.xml')) {
        assert.equal(headers['content-type'], 'application/atom+xml; charset=utf-8', path);
      } else if(type) {
        assert.equal(headers['content-type'], type, path);
      }
    }
    rmSync(built, {recursive: true});
  });

  test('a second run sends nothing and writes nothing', async () => {
    host.take();
    const done = await s3();
    assert.deepEqual(done.sent, []);
    const log = host.take();
    assert.deepEqual(writes(log), []);
    assert.ok(log.length <= 3, `few questions: ${log.map(({method, path, query}) => `${method} ${path} ${query}`)}`);
  });

  test('an edited product sends its pages only, and never one before its picture', async () => {
    cpSync(join(site, 'products/checked-cloth/cloth.jpg'), join(site, 'products/checked-cloth/other.jpg'));
    // Another picture, and another price.
    const bytes = readFileSync(join(site, 'designs/grey-check/cloth.jpg'));
    writeFileSync(join(site, 'products/checked-cloth/other.jpg'), Buffer.concat([bytes, Buffer.from('x')]));
    edit(product, 'file = "cloth.jpg"', 'file = "other.jpg"');
    edit(product, 'price = "48.00"', 'price = "49.50"');
    const done = await s3();
    const log = writes(host.take());
    assert.ok(done.unchanged > done.sent.length / 4);
    const at = path => log.indexOf(`PUT ${path}`);
    const page = String((await object('products/checked-cloth/index.html')).body);
    const pictures = [...new Set([...page.matchAll(/photos\/[0-9a-f]+-[0-9a-z]+\.(?:webp|jpg)/g)].map(([path]) => path))];
    const fresh = pictures.filter(path => at(path) >= 0);
    assert.ok(fresh.length > 0, 'the new picture was sent');
    for(const picture of fresh) {
      assert.ok(at(picture) < at('products/checked-cloth/index.html'), picture);
    }
    assert.ok(at('products/checked-cloth/index.html') < at('products/index.html'), 'the page before the list');
    assert.ok(at('products/index.html') < at('index.html'), 'the list before the home page');
    assert.equal(log[0], 'PUT .selvedge-manifest', 'first what is about to change');
    assert.equal(log.at(-1), 'PUT .selvedge-manifest', 'last what is there');
    const removals = log.map((line, place) => [line, place]).filter(([line]) => line.startsWith('DELETE'));
    for(const [line, place] of removals) {
      assert.ok(log.slice(place, -1).every(later => later.startsWith('DELETE')), `${line} after all that was sent`);
    }
  });
  test('a product that is new is there before the pages that lead to it', async () => {
    cpSync(join(site, 'products/checked-cloth'), join(site, 'products/second-cloth'), {recursive: true});
    await s3();
    const log = writes(host.take());
    const at = path => log.indexOf(`PUT ${path}`);
    assert.ok(at('products/second-cloth/index.html') >= 0);
    for(const other of ['products/checked-cloth/index.html', 'products/index.html', 'index.html', 'sitemap.xml']) {
      assert.ok(at(other) < 0 || at('products/second-cloth/index.html') < at(other), other);
    }
  });

  test('what is gone is removed, and what others put there stays', async () => {
    await put('/site/notes.txt');
    await put('/elsewhere.html');
    rmSync(join(site, 'products/second-cloth'), {recursive: true});
    host.take();
    const done = await s3();
    assert.ok(done.removed.includes('products/second-cloth/index.html'));
    assert.equal((await object('products/second-cloth/index.html')).status, 404);
    assert.equal((await object('notes.txt')).status, 200);
    assert.equal((await object('/elsewhere.html')).status, 200);
  });

  test('a file that somebody changed there is sent again', async () => {
    // The host tells times to the second.
    await new Promise(resolve => setTimeout(resolve, 1100));
    await put('/site/robots.txt');
    const done = await s3();
    assert.deepEqual(paths(done), ['robots.txt']);
    assert.doesNotMatch(String((await object('robots.txt')).body), /somebody else/);
  });

  test('a broken line leaves a site that works, and the next run sends the rest', async () => {
    fresh();
    await publish(['--to', 's3://shop/broken', '--endpoint', host.state.address, '--dry-run'], keys);
    host.take();
    host.state.puts = 0;
    host.state.breakAfterPuts = 6;
    const words = ['--to', 's3://shop/broken', '--endpoint', host.state.address];
    const {code, err} = await publish(words, keys);
    assert.equal(code, 2);
    assert.match(err, /\d+ of \d+ files had been sent; run the command again, and it sends the rest/);
    const first = host.take().filter(({method}) => method === 'PUT').map(({path}) => path);
    assert.ok(first.length >= 2, `${first}`);
    assert.ok(first.every(path => !path.endsWith('.html')), 'no page before its parts');
    host.state.breakAfterPuts = Infinity;
    const done = await published(words, keys);
    const second = host.take().filter(({method}) => method === 'PUT').map(({path}) => path);
    const again = second.filter(path => first.includes(path) && !path.endsWith('.selvedge-manifest'));
    assert.deepEqual(again, [], 'nothing is sent twice');
    assert.equal(done.unchanged, first.length - 1, 'all but the list were kept');
    assert.deepEqual((await published(words, keys)).sent, []);
  });

  test('files that a broken run sent are removed when the site has them no more', async () => {
    fresh();
    cpSync(join(site, 'products/checked-cloth'), join(site, 'products/second-cloth'), {recursive: true});
    const words = ['--to', 's3://shop/given-up', '--endpoint', host.state.address];
    // As many as the parts and pages of products, not all.
    const all = (await published([...words, '--dry-run'], keys)).sent.map(({path}) => path);
    host.take();
    host.state.puts = 0;
    host.state.breakAfterPuts = all.indexOf('products/second-cloth/index.html') + 3;
    assert.equal((await publish(words, keys)).code, 2);
    host.state.breakAfterPuts = Infinity;
    assert.ok(host.take().some(({method, path, status}) =>
      method === 'PUT' && status === 200 && path.endsWith('/products/second-cloth/index.html')));
    rmSync(join(site, 'products/second-cloth'), {recursive: true});
    const done = await published(words, keys);
    assert.ok(done.removed.includes('products/second-cloth/index.html'));
  });

  test('files of the same names that others put there are not overwritten unless that is said', async () => {
    fresh();
    await put('/taken/index.html');
    const words = ['--to', 's3://shop/taken', '--endpoint', host.state.address];
    host.take();
    const {code, err} = await publish(words, keys);
    assert.equal(code, 2);
    assert.match(err, /Selvedge did not put there.*index\.html.*--replace/s);
    assert.deepEqual(writes(host.take()), []);
    const done = await published([...words, '--replace'], keys);
    assert.ok(paths(done).includes('index.html'));
  });

  test('a site with errors or with a secret is not sent', async () => {
    fresh();
    const words = ['--to', 's3://shop/refused', '--endpoint', host.state.address];
    edit('producers/maker.md', 'Tell how', `The key is ${SECRET}.\n\nTell how`);
    host.take();
    const leaked = await publish(words, keys);
    assert.equal(leaked.code, 1);
    assert.match(leaked.err, /makers\/maker\/index\.html: AWS_SECRET_ACCESS_KEY/);
    assert.doesNotMatch(leaked.err + leaked.out, new RegExp(SECRET));
    edit('producers/maker.md', SECRET, '-----BEGIN OPENSSH PRIVATE KEY-----');
    assert.match((await publish(words, keys)).err, /a private key \(PEM\)/);
    edit('producers/maker.md', 'BEGIN OPENSSH PRIVATE KEY', 'nothing');
    edit(product, 'price = "48.00"', 'price = "forty"');
    const wrong = await publish([...words, '--json'], keys);
    assert.equal(wrong.code, 1);
    assert.equal(JSON.parse(wrong.out).refused, 'the site has errors');
    assert.deepEqual(host.take(), [], 'the host was asked nothing at all');
  });
});

describe('Azure Blob Storage', () => {
  // The account and key that Azurite is known by.
  const name = 'devstoreaccount1';
  const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
  const account = {AZURE_STORAGE_ACCOUNT_NAME: name, AZURE_STORAGE_ACCOUNT_KEY: key};
  let stop, port, words;
  /** A signed question (Shared Key, as Microsoft's documentation has it). */
  const question = (method, path, query = '') => new Promise((resolve, reject) => {
    const date = new Date().toUTCString();
    const version = '2021-08-06';
    const resource = `/${name}/${name}/shop${path}${query && `\n${query.replace('=', ':')}`}`;
    const text = `${method}${'\n'.repeat(12)}x-ms-date:${date}\nx-ms-version:${version}\n${resource}`;
    const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
    ask(`http://127.0.0.1:${port}/${name}/shop${path}${query && `?${query}`}`, {method, headers: {
      'x-ms-date': date, 'x-ms-version': version, authorization: `SharedKey ${name}:${signature}`,
    }}, answer => {
      const chunks = [];
      answer.on('data', chunk => chunks.push(chunk));
      answer.on('end', () => resolve({status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks)}));
    }).on('error', reject).end();
  });

  before(async () => {
    port = await freePort();
    stop = await start(process.execPath, [azurite, '--blobHost', '127.0.0.1', '--blobPort', String(port), '--silent',
      '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry'], `http://127.0.0.1:${port}/`);
    words = ['--to', 'az://shop/site', '--endpoint', `http://127.0.0.1:${port}/${name}`];
    fresh();
  });
  after(() => stop());

  test('what cannot be used is told in plain words', async () => {
    assert.match((await publish(words, account)).err, /there is no container of that name/);
    const {status} = await question('PUT', '', 'restype=container');
    assert.equal(status, 201);
    const wrong = await publish(words, {...account, AZURE_STORAGE_ACCOUNT_KEY: 'bm90IHRoZSBrZXk='});
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /the host refuses the account's key/);
  });

  test('everything goes up, then nothing, then what changed', async () => {
    const first = await published(words, account);
    assert.ok(paths(first).includes('index.html'));
    const {status, headers, body} = await question('GET', '/site/products/checked-cloth/index.html');
    assert.equal(status, 200);
    assert.match(String(body), /48\.00/);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache');
    const picture = paths(first).find(path => path.startsWith('photos/'));
    assert.equal((await question('GET', `/site/${picture}`)).headers['cache-control'],
      'public, max-age=31536000, immutable');
    assert.deepEqual((await published(words, account)).sent, []);
    edit(product, 'price = "48.00"', 'price = "47.00"');
    const second = await published(words, account);
    assert.ok(paths(second).includes('products/checked-cloth/index.html'));
    // The lists, feeds and search that tell of it, and no more.
    assert.ok(paths(second).length < paths(first).length / 2, `${paths(second)}`);
    assert.ok(!paths(second).some(path => /^(photos|assets|collections)\//.test(path)), `${paths(second)}`);
    rmSync(join(site, 'products/checked-cloth'), {recursive: true});
    assert.ok((await published(words, account)).removed.includes('products/checked-cloth/index.html'));
    assert.equal((await question('GET', '/site/products/checked-cloth/index.html')).status, 404);
  });
});
