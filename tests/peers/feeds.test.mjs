// What the site tells programs, before other people's readers: Atom under a RELAX NG grammar (jing) and in feedparser and
// feedsmith, JSON Feed in feedsmith, the table for Google in feedparser, that for Meta in Python's csv, the map of the site under the
// protocol's schema (xmllint), structured data under Google's rules (Adobe's validator) for every page.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {execFileSync, spawnSync} from 'node:child_process';
import {copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {tmpdir} from 'node:os';
import Validator from '@adobe/structured-data-validator';
import WebAutoExtractor from '@marbec/web-auto-extractor';
import {parseAtomFeed, parseJsonFeed} from 'feedsmith';
import {AT, must} from './selvedge.mjs';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const sites = here('../../sites');
const examples = readdirSync(sites).filter(name => existsSync(join(sites, name, 'site.toml')));
const BASE = 'https://shop.example/x/';

let folder;
/** Name to built folder: a shop made for this, and the example sites. */
const built = {};

const FILES = {
  'site.toml': `name = { en = "Shop & <Co>", es = "Tienda & <Co>" }
base_url = "${BASE}"
languages = ["en", "es"]
currency = "EUR"
tagline = "Things"
lists = ["category", "colour"]
[order]
email = "a@shop.example"
[shipping]
from = "PE"
packing_g = 100
returns = { days = 14, paid_by = "shop" }
[[shipping.zones]]
name = "Near"
countries = ["DE", "AT"]
rates = [{ to_g = 500, price = "4.90" }, { to_g = 5000, price = "8.90" }]
free_from = "100.00"
days = [3, 6]
[[shipping.zones]]
name = "Elsewhere"
countries = ["*"]
price = "20.00"
`,
  'producers/ana.md': '+++\nname = "Ana & Eva"\n+++\n',
  'products/plain/index.md': `+++
name = "=cmd|' /C calc'!A0"
price = "12.00"
date = 2026-05-02
stock = 2
weight_g = 350
category = "Shawls & more"
colour = ["Red", "Blue"]
materials = ["wool", "madder"]
made_by = "ana"
photos = [{ file = "a.jpg", alt = "A <red> one" }]
+++
The *story* of it. See [Ana](../../producers/ana.md) & ]]> <b>others</b>.
`,
  'products/plain/index.es.md': '+++\nname = "Chal"\n+++\nLa historia.\n',
  'products/chosen/index.md': `+++
name = "Shirt"
description = "A shirt"
price = "30.00"
date = 2026-04-01
lead_time_days = 9
made_to_order = true
weight_g = 300
google_category = 212
[[options]]
name = "Size"
values = ["S", "M"]
[[options]]
name = "Colour"
values = ["Red", "Green"]
[[options]]
name = "Collar"
values = ["round"]
[[variants]]
of = ["S", "Red", "round"]
stock = 1
sku = "S-1"
gtin = "4006381333931"
[[variants]]
of = ["M", "Green", "round"]
price = "130.00"
photo = "b.jpg"
[[variants]]
of = ["M", "Red", "round"]
stock = 0
made_to_order = false
+++
`,
  'products/asked/index.md': '+++\nname = "Asked"\nprice = "on request"\n+++\n',
  'products/range/index.md': '+++\nname = "Range"\nprice = "20.00 - 35.00"\n+++\n',
  'products/bare.md': '+++\nname = "Bare"\nprice = "5.00"\n+++\n',
  'products/idea/index.md': '+++\nname = "Idea"\nprice = "5.00"\nstage = "idea"\n+++\n',
  'products/feather/index.md': `+++
name = "Feather"
price = "7.00"
stock = 0
materials = [{ name = "feather", flags = ["bird"], permits = [{ to = ["AT"] }] }]
+++
`,
};

function photos(root) {
  const found = readdirSync(root, {recursive: true}).filter(name => name.endsWith('.jpg'));
  return found.sort().map(name => join(root, name));
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selvedge-feeds-'));
  const shop = join(folder, 'shop');
  for(const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(shop, path)), {recursive: true});
    writeFileSync(join(shop, path), text);
  }
  const [a, b] = photos(join(sites, 'hazel-shore', 'products'));
  for(const id of ['plain', 'chosen', 'asked', 'range', 'idea', 'feather']) {
    copyFileSync(a, join(shop, 'products', id, 'a.jpg'));
  }
  copyFileSync(b, join(shop, 'products/chosen/b.jpg'));
  built.shop = join(folder, 'built');
  await must(['build', shop, '-o', built.shop, '--at', AT]);
  for(const name of examples) {
    built[name] = join(folder, name);
    const source = join(folder, `${name}-source`);
    cpSync(join(sites, name), source, {recursive: true});
    await must(['build', source, '-o', built[name], '--at', AT, '--skip-broken', '--quiet']);
  }
});

after(() => rmSync(folder, {recursive: true, force: true}));

const text = (site, path) => readFileSync(join(built[site], path), 'utf8');
const python = path => JSON.parse(execFileSync(here('../.work/venv/bin/python'), [here('feeds.py'), path], {maxBuffer: 1 << 28}));

/** Every file of a name in a built site, at any depth. */
const all = (site, name) => readdirSync(built[site], {recursive: true})
  .filter(path => path === name || path.endsWith(`/${name}`)).map(path => join(built[site], path)).sort();

/** What a program says of a file that it judges by its exit code. */
function judged(command, ...words) {
  const {status, stdout, stderr} = spawnSync(command, words, {encoding: 'utf8'});
  return status === 0 ? '' : `${stdout}${stderr}` || `exit ${status}`;
}

test('Atom has the shape of RFC 4287, in every language of every site', () => {
  for(const site of Object.keys(built)) {
    const feeds = all(site, 'atom.xml');
    assert.ok(feeds.length > 0, site);
    for(const feed of feeds) {
      assert.equal(judged('jing', '-c', here('schemas/atom.rnc'), feed), '', feed);
      const read = python(feed);
      assert.equal(read.version, 'atom10');
      assert.equal(read.bozo, false, `${feed}: ${read.why}`);
      assert.ok(read.entries.length > 0 && read.entries.length <= 50);
      assert.equal(new Set(read.entries.map(entry => entry.id)).size, read.entries.length);
      const again = parseAtomFeed(readFileSync(feed, 'utf8'));
      assert.deepEqual(again.entries.map(entry => entry.id), read.entries.map(entry => entry.id));
    }
  }
});

test('the grammar of Atom refuses what is no feed', () => {
  const feed = text('shop', 'atom.xml');
  for(const [what, wrong] of [
    ['no id', feed.replace(/<id>.*?<\/id>\n/, '')],
    ['two titles', feed.replace('<title>', '<title>x</title><title>')],
    ['a date that is none', feed.replace(/<updated>[^<]*/, '<updated>yesterday')],
    ['a relative address', feed.replace(/href="https:[^"]*"/, 'href="../"')],
  ]) {
    assert.notEqual(wrong, feed, what);
    const path = join(folder, 'wrong.xml');
    writeFileSync(path, wrong);
    assert.notEqual(judged('jing', '-c', here('schemas/atom.rnc'), path), '', what);
  }
});

test('what is new stands first, with its day, story and maker', () => {
  const {feed, entries} = python(join(built.shop, 'atom.xml'));
  assert.match(text('shop', 'atom.xml'), /<title>Shop &amp; &lt;Co&gt;<\/title>/);
  assert.equal(feed.updated, '2026-05-02T00:00:00Z');
  assert.equal(entries[0].link, `${BASE}products/plain/`);
  assert.equal(entries[0].published, '2026-05-02T00:00:00Z');
  assert.deepEqual(entries[0].authors, ['Ana & Eva']);
  assert.deepEqual(entries[0].tags, ['Shawls & more']);
  assert.match(entries[0].html, new RegExp(`href="${BASE}makers/ana/"`));
  assert.match(entries[0].html, /<em>story<\/em>/);
  // What has no day is as old as the oldest that has one, and says no day of publication.
  assert.equal(entries.at(-1).updated, '2026-04-01T00:00:00Z');
  assert.equal(entries.at(-1).published, undefined);
  const es = python(join(built.shop, 'es/atom.xml'));
  assert.equal(es.entries[0].title, 'Chal');
  assert.equal(es.entries[0].id, `${BASE}es/products/plain/`);
  assert.match(text('shop', 'es/atom.xml'), /<title xml:lang="en">Shirt<\/title>/);
});

test('JSON Feed holds the same things', () => {
  for(const site of Object.keys(built)) {
    for(const path of all(site, 'feed.json')) {
      const raw = JSON.parse(readFileSync(path, 'utf8'));
      assert.equal(raw.version, 'https://jsonfeed.org/version/1.1');
      const feed = parseJsonFeed(raw);
      const atom = parseAtomFeed(readFileSync(path.replace('feed.json', 'atom.xml'), 'utf8'));
      assert.deepEqual(feed.items.map(item => item.id), atom.entries.map(entry => entry.id), path);
      for(const item of raw.items) {
        assert.ok(item.content_html && item.url.startsWith('https://'), item.id);
        assert.ok(item.date_published === undefined || !Number.isNaN(Date.parse(item.date_published)));
      }
      assert.equal(feed.feed_url ?? raw.feed_url, raw.feed_url);
    }
  }
});

test('the table for Google holds what can be bought, in its spelling', () => {
  const {version, bozo, why, entries} = python(join(built.shop, 'google-merchant.xml'));
  assert.equal(version, 'rss20');
  assert.equal(bozo, false, why);
  // Without a price, a photograph, or before it is for sale, nothing can be shown there.
  const ids = entries.map(entry => entry.g_id).sort();
  assert.deepEqual(ids, ['chosen_m-green-round', 'chosen_m-red-round', 'chosen_s-red-round', 'feather', 'plain']);
  const by = Object.fromEntries(entries.map(entry => [entry.g_id, entry]));
  const {plain, feather} = by;
  const [ready, made, gone] = ['s-red', 'm-green', 'm-red'].map(name => by[`chosen_${name}-round`]);
  assert.equal(plain.g_price, '12.00 EUR');
  assert.equal(plain.g_identifier_exists, 'no');
  assert.equal(plain.g_shipping_weight, '350 g');
  assert.equal(plain.g_color, 'Red/Blue');
  assert.equal(plain.g_material, 'wool/madder');
  assert.equal(plain.g_product_type, 'Shawls & more');
  assert.equal(plain.g_condition, 'new');
  assert.equal(plain.g_item_group_id, undefined);
  assert.equal(plain.g_google_product_category, undefined);
  assert.equal(plain.g_ships_from_country, 'PE');
  assert.equal(ready.g_gtin, '4006381333931');
  assert.equal(ready.g_identifier_exists, undefined);
  assert.equal(ready.g_max_handling_time, undefined);
  assert.equal(made.g_max_handling_time, '9');
  assert.equal(made.g_google_product_category, '212');
  assert.equal(made.g_size, 'M');
  assert.equal(made.g_color, 'Green');
  assert.notEqual(made.g_image_link, ready.g_image_link);
  assert.deepEqual([ready, made, gone].map(entry => entry.g_availability), ['in_stock', 'in_stock', 'out_of_stock']);
  for(const entry of [ready, made, gone]) {
    assert.equal(entry.g_item_group_id, 'chosen');
  }
  assert.equal(new Set(entries.map(entry => entry.g_link)).size, entries.length);
  const whole = text('shop', 'google-merchant.xml');
  const item = id => whole.split('<item>').find(part => part.includes(`<g:id>${id}</g:id>`));
  const parcels = id => [...item(id).matchAll(/<g:country>(..)<\/g:country><g:price>([^<]*)/g)].map(([, c, p]) => `${c} ${p}`);
  assert.deepEqual(parcels('plain'), ['AT 4.90 EUR', 'DE 4.90 EUR']);
  assert.deepEqual(parcels('chosen_m-green-round'), ['AT 0.00 EUR', 'DE 0.00 EUR'], 'from 100 on for nothing');
  assert.deepEqual(parcels('feather'), [], 'its weight is not known');
  assert.match(item('feather'), /<g:shopping_ads_excluded_country>DE</);
  assert.equal(feather.g_availability, 'out_of_stock');
  for(const site of examples) {
    for(const path of all(site, 'google-merchant.xml')) {
      const read = python(path);
      assert.equal(read.bozo, false, `${path}: ${read.why}`);
      const rows = read.entries;
      assert.equal(new Set(rows.map(row => row.g_id)).size, rows.length, path);
      for(const row of rows) {
        assert.ok(row.g_id.length <= 50 && row.g_title.length <= 150, row.g_id);
        assert.match(row.g_price, /^\d+(\.\d+)? [A-Z]{3}$/);
        assert.match(row.g_image_link, /^https:\/\/.*\.jpg$/);
      }
    }
  }
});

test('the table for Meta has its columns and no formula', () => {
  const rows = python(join(built.shop, 'meta-catalogue.csv'));
  const by = Object.fromEntries(rows.map(row => [row.id, row]));
  assert.equal(by.plain.title, "'=cmd|' /C calc'!A0");
  assert.equal(by.plain.availability, 'in stock');
  assert.equal(by.plain.price, '12.00 EUR');
  assert.match(by.plain.description, /^The story of it\. See Ana & \]\]> <b>others<\/b>\.$/);
  assert.equal(by['chosen_m-green-round'].availability, 'available for order');
  assert.equal(by['chosen_m-red-round'].availability, 'out of stock');
  assert.equal(by['chosen_m-red-round'].item_group_id, 'chosen');
  for(const site of Object.keys(built)) {
    for(const path of all(site, 'meta-catalogue.csv')) {
      for(const row of python(path)) {
        for(const name of ['id', 'title', 'description', 'availability', 'condition', 'price', 'link', 'image_link', 'brand']) {
          assert.ok(row[name], `${path}: ${row.id} has no ${name}`);
        }
        for(const cell of Object.values(row)) {
          assert.doesNotMatch(cell ?? '', /^[\s]*[=+\-@]/);
        }
      }
    }
  }
});

test('products.json has all that is public, in all languages', () => {
  const {selvedge_products: version, products, makers, shop} = JSON.parse(text('shop', 'products.json'));
  assert.equal(version, 1);
  assert.deepEqual(products.map(product => product.id).sort(),
    ['asked', 'bare', 'chosen', 'feather', 'idea', 'plain', 'range']);
  const by = Object.fromEntries(products.map(product => [product.id, product]));
  assert.deepEqual(by.plain.name, {en: "=cmd|' /C calc'!A0", es: 'Chal'});
  assert.deepEqual(by.plain.url, {en: `${BASE}products/plain/`, es: `${BASE}es/products/plain/`});
  assert.match(by.plain.story_html.es, /La historia/);
  assert.deepEqual(by.plain.makers, ['ana']);
  assert.deepEqual(by.range.price, {from: '20.00', to: '35.00', currency: 'EUR'});
  assert.equal(by.asked.price, 'on request');
  assert.equal(by.chosen.variants[1].price.amount, '130.00');
  assert.deepEqual(by.chosen.variants[1].of, [1, 1, 0]);
  assert.equal(makers[0].name.en, 'Ana & Eva');
  assert.deepEqual(shop.shipping.zones[0].countries, ['AT', 'DE']);
  for(const site of examples) {
    assert.ok(JSON.parse(text(site, 'products.json')).products.length > 0);
  }
});

test('the map of the site follows the schema of the protocol', () => {
  for(const site of Object.keys(built)) {
    const path = join(built[site], 'sitemap.xml');
    assert.equal(judged('xmllint', '--noout', '--nonet', '--schema', here('schemas/sitemap.xsd'), path), '');
  }
  const map = text('shop', 'sitemap.xml');
  const page = map.split('<url>').find(part => part.startsWith(`<loc>${BASE}products/plain/</loc>`));
  assert.match(page, /<lastmod>2026-05-02<\/lastmod>/);
  assert.match(page, new RegExp(`hreflang="x-default" href="${BASE}products/plain/"`));
  assert.match(page, new RegExp(`hreflang="es" href="${BASE}es/products/plain/"`));
  assert.match(text('shop', 'robots.txt'), new RegExp(`^Sitemap: ${BASE}sitemap.xml$`, 'm'));
});

/** Errors of Google's rules on a page. Advice is no error: nobody has reviews on the first day. */
async function errors(html) {
  const data = new WebAutoExtractor({addLocation: true, embedSource: []}).parse(html);
  assert.deepEqual(data.errors ?? [], []);
  const found = await new Validator().validate(data);
  return {data, found: found.filter(issue => issue.severity === 'ERROR').map(issue => issue.issueMessage)};
}

test('structured data of every page of every site holds by the rules for merchants', async () => {
  const seen = {};
  for(const site of Object.keys(built)) {
    for(const path of all(site, 'index.html')) {
      const html = readFileSync(path, 'utf8');
      if(!html.includes('application/ld+json')) {
        continue;
      }
      const {data, found} = await errors(html);
      // A thing without a price has no offer, so it can be no merchant listing; it says so by having none.
      const things = [...(data.jsonld.Product ?? [])];
      const isUnpriced = things.length > 0 && things.every(thing => !thing.offers);
      const known = /"aggregateRating", "offers" or "review"|Required attribute "offers" is missing|Required attribute "image" is missing/;
      assert.deepEqual(found.filter(words => !(isUnpriced && known.test(words)) && !(site === 'shop' && path.includes('/bare/') && known.test(words))), [], path);
      for(const type of Object.keys(data.jsonld)) {
        seen[type] = (seen[type] ?? 0) + data.jsonld[type].length;
      }
    }
  }
  for(const type of ['Product', 'ProductGroup', 'BreadcrumbList', 'Organization']) {
    assert.ok(seen[type] > 0, `${type}: ${JSON.stringify(seen)}`);
  }
});

test('the validator sees what is wrong', async () => {
  const html = text('shop', 'products/plain/index.html');
  for(const [what, wrong] of [
    ['no price', html.replace(/"price":"12.00",?/, '')],
    ['no destination', html.replace(/"shippingDestination":\[.*?\]/, '"x":1')],
    ['no name in the trail', html.replace(/"name":"[^"]*","position":1/, '"position":1')],
  ]) {
    assert.notEqual(wrong, html, what);
    assert.notDeepEqual((await errors(wrong)).found, [], what);
  }
});

test('variants are a group in which each has its own offer', () => {
  const html = text('shop', 'products/chosen/index.html');
  const {jsonld} = new WebAutoExtractor({}).parse(html);
  const [group] = jsonld.ProductGroup;
  assert.equal(group.productGroupID, 'chosen');
  assert.deepEqual(group.variesBy, ['https://schema.org/color', 'https://schema.org/size']);
  assert.equal(group.offers, undefined);
  const [small, green, gone] = group.hasVariant;
  assert.equal(small.sku, 'S-1');
  assert.equal(green.sku, 'chosen_m-green-round');
  assert.equal(green.offers.price, '130.00');
  assert.equal(green.color, 'Green');
  assert.equal(green.additionalProperty.value, 'round');
  assert.equal(small.offers.hasMerchantReturnPolicy.merchantReturnDays, 14);
  assert.equal(gone.offers.availability, 'https://schema.org/SoldOut');
  assert.equal(small.offers.shippingDetails[0].shippingRate.value, '4.90');
  assert.equal(green.offers.shippingDetails[0].shippingRate.value, '0.00');
  assert.deepEqual(gone.offers.shippingDetails[0], {'@id': small.offers.shippingDetails[0]['@id']});
});

test('pages name their feeds and a picture that exists in the size that they say', () => {
  const html = text('shop', 'es/products/plain/index.html');
  const meta = name => html.match(new RegExp(`<meta property="og:image${name}" content="([^"]*)"`))?.[1];
  const path = meta('').replace(BASE, '');
  const file = join(built.shop, path);
  assert.ok(readFileSync(file).length < 250_000);
  const size = execFileSync(here('../.work/venv/bin/python'), ['-c',
    'import struct,sys\nb=open(sys.argv[1],"rb").read();i=2\nwhile b[i+1] not in(0xC0,0xC2): i+=2+struct.unpack(">H",b[i+2:i+4])[0]\nprint(*struct.unpack(">HH",b[i+5:i+9])[::-1])',
    file], {encoding: 'utf8'}).trim();
  assert.equal(size, `${meta(':width')} ${meta(':height')}`);
  assert.equal(size, '1200 630');
  assert.equal(meta(':alt'), 'A &lt;red&gt; one');
  for(const [mime, name] of [['application/atom+xml', 'atom.xml'], ['application/feed+json', 'feed.json']]) {
    assert.ok(html.includes(`<link rel="alternate" type="${mime}" title="Tienda &amp; &lt;Co&gt;" href="../../../es/${name}">`), name);
  }
});
