// Pictures of every kind of page, for people to look at.
//
//   node tests/browser/shots.mjs public/ shots/ [--all] [--only products/]
//
// Takes one page of each kind (home, 404, and the first two below each top-level folder), or all,
// at 360, 768 and 1440 px, light and dark: shots/<page>-<width>-<light|dark>.png.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { htmlFiles } from "./audit.mjs";
import { launch, serve } from "./support.mjs";

const [folder, target, ...flags] = process.argv.slice(2);
if (!folder || !target) {
  console.error("usage: node tests/browser/shots.mjs BUILT-SITE FOLDER-FOR-PICTURES [--all] [--only PREFIX]");
  process.exit(2);
}
const only = flags.includes("--only") ? flags[flags.indexOf("--only") + 1] : "";

const kinds = new Map();
const pages = htmlFiles(folder).filter((path) => path.startsWith(only)).filter((path) => {
  const kind = path.includes("/") ? path.split("/").slice(0, -1).slice(0, 2)[0] + path.split("/").length : path;
  const seen = kinds.get(kind) ?? 0;
  kinds.set(kind, seen + 1);
  return flags.includes("--all") || seen < 2;
});

mkdirSync(target, { recursive: true });
const browser = await launch();
const server = await serve(folder);
for (const scheme of ["light", "dark"]) {
  for (const [width, height] of [[360, 740], [768, 1024], [1440, 900]]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(server.url + path, { waitUntil: "load" });
      // Pictures that load when they come into view are brought into view.
      await page.evaluate(async () => {
        for (const picture of document.images) picture.loading = "eager";
        await Promise.all([...document.images].map((picture) => picture.decode().catch(() => {})));
      });
      const name = path.replace(/(\/?)index\.html$/, "").replace(/\.html$/, "").replaceAll("/", "_") || "home";
      const { scrollHeight } = await page.evaluate(() => ({ scrollHeight: document.documentElement.scrollHeight }));
      await page.screenshot({
        path: join(target, `${name}-${width}-${scheme}.png`),
        clip: { x: 0, y: 0, width, height: Math.min(scrollHeight, 6000) },
        fullPage: true,
      });
    }
    await context.close();
  }
}
await browser.close();
await server.close();
console.log(`${pages.length} pages, ${pages.length * 6} pictures in ${target}`);
