// Turns the hostile inputs of tests/hostile into the folder of a shop: each payload stands in every
// place that a maker can write to. Nothing here judges; hostile.test.mjs builds and looks.
//
//   node tests/browser/make-hostile-site.mjs FOLDER
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync, crc32 as zlibCrc } from "node:zlib";
import { fileURLToPath } from "node:url";
import { data, jsonl } from "./support.mjs";

/** A TOML basic string that holds exactly this text. */
export const toml = (text) =>
  JSON.stringify(text).replaceAll("\x7f", "\\u007f");

const crc32 = zlibCrc ?? ((bytes) => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
});

/** A small PNG of one colour. */
export const png = (width = 640, height = 480, [r, g, b] = [170, 90, 60]) => {
  const chunk = (name, body) => {
    const all = Buffer.alloc(12 + body.length);
    all.writeUInt32BE(body.length, 0);
    all.write(name, 4, "latin1");
    body.copy(all, 8);
    all.writeUInt32BE(crc32(all.subarray(4, 8 + body.length)), 8 + body.length);
    return all;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array(width).fill([r, g, b]).flat())]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(Array(height).fill(row)))), chunk("IEND", Buffer.alloc(0)),
  ]);
};

/** All payloads: `{ id, kind, text }`. */
export const payloads = () => {
  const from = (kind, path, prefix) =>
    jsonl(data(path)).map((c) => ({ id: `${prefix}-${c.id.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}`, kind, text: c.text ?? c.fake ?? c.real }));
  const owasp = data("hostile/owasp-cc-by-sa/owasp-filter-evasion.jsonl") ?? data("hostile/html/owasp-filter-evasion.jsonl");
  const all = [
    ...from("html", "hostile/html/dompurify.jsonl", "h"),
    ...(owasp ? jsonl(owasp).map((c) => ({ id: `h-${c.id}`, kind: "html", text: c.text })) : []),
    ...from("markdown", "hostile/markdown/own.jsonl", "m"),
    ...from("url", "hostile/url/schemes.jsonl", "u"),
    ...from("text", "hostile/text/naughty-strings.jsonl", "t"),
    ...from("text", "hostile/text/bidi-invisible.jsonl", "b"),
    ...from("text", "hostile/text/confusables.jsonl", "c"),
  ];
  // TOML and UTF-8 files have no way to write half of a surrogate pair.
  return all.filter(({ text }) => typeof text === "string" && text.isWellFormed());
};

/** Places of an address in Markdown. */
const linked = (url) => [
  `[link](${url})`, `[link](<${url}>)`, `![picture](${url})`, `<${url}>`, `[text][ref]\n\n[ref]: ${url}`,
  `[text][angle]\n\n[angle]: <${url}> "title"`, `[![picture](${url})](${url})`, url,
].join("\n\n");

/** The words by which a test finds the page of a payload, before and after it. */
export const marks = (id) => ({ before: `seen before ${id}`, after: `seen after ${id}` });

/** Writes the shop; answers the payloads with the address of their page. */
export const makeHostileSite = (folder) => {
  const put = (path, content) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const all = payloads();
  const nasty = all.filter(({ kind }) => kind === "html");
  const pick = (i) => nasty[i % nasty.length].text;
  const attribute = `x" onmouseover="alert(1)" style="position:fixed" data-x='"><script>alert(2)</script>`;

  put("site.toml", `
name = ${toml(`Shop <script>alert("site")</script> & "sons"`)}
base_url = "https://hostile.example/"
currency = "EUR"
languages = ["en", "es"]
tagline = ${toml(attribute)}
description = ${toml(pick(0))}
notice = ${toml(pick(1))}
photo = "photos/home.png"
photo_alt = ${toml(attribute)}
lists = ["category", "maker", "region", "kind", "colour", "material", "theme"]

[order]
channels = ["whatsapp", "email", "phone"]
whatsapp = "+49 170 0000000"
email = "orders@hostile.example"
phone = "+49 170 0000000"
note = ${toml(pick(2))}

[terms.category.plain]
name = ${toml(attribute)}
description = ${toml(pick(3))}
`);
  put("photos/home.png", png());
  put("products/harmless.md", `+++
name = "Harmless bowl"
price = "12.00"
category = "plain"
+++

This text is visible on every build.
`);

  all.forEach(({ id, kind, text }, i) => {
    const { before, after } = marks(id);
    const letters = [...text];
    const field = letters.slice(0, 1500).join("");
    const short = (length) => letters.slice(0, length).join("");
    // Names may not hold what cannot be seen; without it the thing stays on the site, with its other fields.
    const name = field.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu, " ");
    const body = kind === "url" ? linked(text) : text;
    const hasPhoto = kind !== "text" && i % 12 === 0;
    put(`products/${id}/index.md`, `+++
name = ${toml(`${id} ${name}`)}
description = ${toml(`${field} .`)}
price = "10.00"
category = ${i % 3 === 0 ? toml(`c ${short(60)}`) : '"plain"'}
${i % 5 === 0 ? `material = [${toml(`w ${short(60)}`)}]` : ""}
technique = ${toml(field)}
size = ${toml(field)}
care = ${toml(field)}
ingredients = ${toml(field)}
allergens = ${toml(field)}
materials = [${toml(field)}, "wool"]
sku = ${toml(short(40))}
${i % 20 === 0 ? `made_by = "p-${id}"\n` : ""}${hasPhoto ? `photos = [{ file = "a.png", alt = ${toml(field)} }]\n` : ""}[name_unknown]
x = ${toml(field)}
+++

${before}

${body}

${after}
`);
    if (hasPhoto) put(`products/${id}/a.png`, png());
    if (i % 25 === 0) {
      put(`products/${id}/index.es.md`, `+++\nname = ${toml(`es ${name}`)}\ndescription = ${toml(field)}\n+++\n\n${body}\n`);
    }
    if (i % 20 === 0) {
      put(`producers/p-${id}.md`, `+++
name = ${toml(`maker ${id} ${name}`)}
description = ${toml(field)}
place = ${toml(`at ${field}`)}
people = ${toml(field)}
crafts = [${toml(field)}]
region = ${toml(`r ${short(60)}`)}
email = ${toml(field)}
phone = ${toml(field)}
whatsapp = ${toml(field)}
+++

${body}
`);
      put(`designs/d-${id}/index.md`, `+++
name = ${toml(`design ${id} ${name}`)}
holder = ${toml(field)}
designed_by = ${toml(field)}
technique = ${toml(field)}
motifs = [${toml(field)}]
said_to_date_from = ${toml(field)}
attribution = ${toml(field)}
not_claimed = ${toml(field)}
also_used_by = ${toml(field)}
+++

${body}
`);
      put(`collections/k-${id}.md`, `+++
name = ${toml(`collection ${name}`)}
description = ${toml(field)}
products = [${toml(id)}, "harmless"]
+++

${body}
`);
      put(`pages/g-${id}.md`, `+++
name = ${toml(`page ${name}`)}
description = ${toml(field)}
menu = ${i % 100 === 0}
+++

${body}
`);
    }
  });
  return all;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (!folder) {
    console.error("usage: node tests/browser/make-hostile-site.mjs FOLDER");
    process.exit(2);
  }
  console.log(`${makeHostileSite(folder).length} payloads in ${folder}`);
}
