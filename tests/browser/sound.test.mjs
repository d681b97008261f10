// A recording on the pages of a product, a maker and a design, built by the real program: valid, accessible, nothing of it
// loaded before it is played, and played then, from a server and from a folder, in both themes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audit, summary, validateHtml, validateWithVnu } from "./audit.mjs";
import { THEMES, build, sourceOf } from "./sites.mjs";
import { launch, serve, temporary } from "./support.mjs";

/** An MP3 of silence: frames of 128 kbit/s at 44.1 kHz, after a title. */
const mp3 = (seconds) => {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0xc4]);
  const title = Buffer.from("ID3\x03\0\0\0\0\0\x15TIT2\0\0\0\x0b\0\0\0Rosa Reed ", "latin1");
  return Buffer.concat([title, ...Array(Math.round(seconds * 44100 / 1152)).fill(frame)]);
};

let work, browser;
const outputs = new Map();
before(async () => {
  work = temporary("sound");
  browser = await launch();
  for (const theme of THEMES) {
    const site = join(work, theme);
    cpSync(sourceOf("the shop that `new` makes", work), site, { recursive: true });
    const toml = readFileSync(join(site, "site.toml"), "utf8");
    writeFileSync(join(site, "site.toml"), `theme = "${theme}"\n${toml.replace(/^theme = .*$/m, "").replace(/^languages = .*$/m, 'languages = ["en", "ar"]')}`);
    for (const [folder, more] of [["products/told", 'price = "4.00"\naudio_text = "I wove it when the river was high."\n'], ["designs/told", ""], ["producers/told", ""]]) {
      mkdirSync(join(site, folder), { recursive: true });
      writeFileSync(join(site, folder, "tale.mp3"), mp3(5));
      const text = `+++\nname = "Told"\n${more}audio = "${folder}/tale.mp3"\n+++\nA long story.\n`;
      writeFileSync(join(site, folder.startsWith("producers") ? "producers/told.md" : `${folder}/index.md`), text);
    }
    outputs.set(theme, [build(site, join(work, `${theme}-public`)), build(site, join(work, `${theme}-stick`), "--offline")]);
  }
});
after(() => browser?.close());

const PAGES = ["products/told/index.html", "designs/told/index.html", "makers/told/index.html", "ar/products/told/index.html"];

for (const theme of THEMES) {
  test(`${theme}: pages with a recording are valid, quiet and accessible`, { timeout: 300_000 }, async () => {
    const [output, stick] = outputs.get(theme);
    const { opened, problems } = await audit(output, { pages: PAGES, browser, isOurText: true, validate: null });
    assert.equal(opened, PAGES.length);
    problems.push(...await validateHtml(output, PAGES, { isOurText: true }));
    problems.push(...await validateWithVnu(output, PAGES));
    // Chromium refuses the font that pages in the other theme ask for beforehand, with or without a recording.
    if (theme === THEMES[0]) {
      const offline = await audit(stick, { axe: null, validate: null, weight: null, pages: PAGES, where: ["file"], browser });
      problems.push(...offline.problems);
    }
    assert.equal(problems.length, 0, `\n${summary(problems)}`);
  });

  test(`${theme}: a recording loads when it is played, and plays`, { timeout: 120_000 }, async () => {
    const [output, stick] = outputs.get(theme);
    const server = await serve(output);
    for (const address of [`${server.url}products/told/`, `file://${stick}/products/told/index.html`]) {
      const page = await browser.newPage();
      const asked = [];
      page.on("request", (request) => { if (request.url().includes("/sounds/")) asked.push(request.url()); });
      await page.goto(address, { waitUntil: "load" });
      await page.waitForTimeout(200);
      assert.deepEqual(asked, [], "nothing is loaded before");
      const played = await page.evaluate(() => {
        const audio = document.querySelector("audio");
        audio.muted = true;
        return audio.play().then(() => audio.duration, (error) => String(error));
      });
      // A host that does not tell the length leaves the end open.
      assert.ok(played > 4.5 && (played < 5.5 || address.startsWith("http")), `${address}: ${played}`);
      assert.ok(asked.length > 0);
      assert.match(await page.textContent(".sound figcaption"), /1 minute, 0\.1\u00a0MB/);
      await page.close();
    }
    await server.close();
  });
}
