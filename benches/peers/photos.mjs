// Makes the derivatives of every photograph in a folder as an Eleventy site does, through
// @11ty/eleventy-img (sharp, libvips): the peer of benches/develop.rs.
//
//   node photos.mjs IN OUT [WEBP-QUALITY JPEG-QUALITY]      where @11ty/eleventy-img can be imported
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, parse } from "node:path";

const [from, to, webp = "75", jpeg = "75"] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "package.json"));
const loaded = await import(require.resolve("@11ty/eleventy-img"));
const Image = loaded.default?.default ?? loaded.default;

const started = performance.now();
const files = readdirSync(from).filter((name) => name.endsWith(".jpg")).sort();
await Promise.all(files.map((name) => Image(join(from, name), {
  widths: [400, 800, 1600],
  formats: ["webp", "jpeg"],
  outputDir: to,
  useCache: false,
  sharpWebpOptions: { quality: Number(webp) },
  sharpJpegOptions: { quality: Number(jpeg) },
  filenameFormat: (id, src, width, format) => `${parse(src).name}-${width}.${format}`,
})));
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, photos: files.length }));
