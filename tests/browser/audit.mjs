// What any built page must be in a real Chromium, whatever stood in its sources: quiet (no dialog, no
// request to anybody else, no policy violation), inert (nothing from content that runs, asks or frames),
// readable on a small phone, and small.
//
//   node tests/browser/audit.mjs public/                       every page, served
//   node tests/browser/audit.mjs public/ --only products/      only pages whose path begins so
//   node tests/browser/audit.mjs public/ --file                a site built with --offline, from file://
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join, posix, relative, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { launch, serve } from "./support.mjs";

const require = createRequire(import.meta.url);

/** Paths of all HTML files below a folder, in order. */
export const htmlFiles = (folder) => {
  const found = [];
  const walk = (at) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (extname(entry.name) === ".html") found.push(relative(folder, path).split(sep).join("/"));
    }
  };
  walk(folder);
  return found.sort();
};

/** Runs in the page before anything of it: notes what its policy had to stop. */
const watchPolicy = () => {
  globalThis.stopped = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    globalThis.stopped.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
};

/**
 * Runs in the page: what stands in it that no content may bring. With `html` that text is parsed, by
 * the browser's own parser, and looked at in the place of the page.
 */
const inspect = async (html) => {
  const document = html === undefined ? globalThis.document : new DOMParser().parseFromString(html, "text/html");
  // Pages on file:// and on loopback are secure, so the browser can hash.
  const hashes = {};
  for (const { textContent } of document.querySelectorAll("script:not([src]), style")) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(textContent));
    hashes[textContent] = `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
  }
  const odd = [];
  const say = (what, element) => odd.push(`${what}: ${element.outerHTML.slice(0, 160)}`);
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.content ?? "";
  if (policy === "") odd.push("no policy: the page has no Content-Security-Policy");
  if (/unsafe-(inline|eval)/.test(policy)) odd.push(`weak policy: ${policy}`);

  // The forms are the page's own, of the search and of numbers; content can bring no class.
  const FORBIDDEN = "iframe, frame, frameset, object, embed, applet, base, form:not(header > .find[method=get], .verify-ask[method=get]), portal, fencedframe, " +
    'meta[http-equiv="refresh" i], link[rel~="import" i], link[rel~="prefetch" i], foreignObject, ' +
    "animate, set, marquee, math, template, dialog, video[autoplay], audio[autoplay]";
  for (const element of document.querySelectorAll(FORBIDDEN)) say("element", element);

  for (const script of document.querySelectorAll("script")) {
    const type = (script.getAttribute("type") ?? "").trim().toLowerCase();
    if (["application/json", "application/ld+json", "speculationrules"].includes(type)) {
      if (type === "application/ld+json") {
        try { JSON.parse(script.textContent); } catch { say("JSON-LD that is no JSON", script); }
      }
    } else if (script.src) {
      if (new URL(script.src).origin !== location.origin) say("foreign script", script);
    } else if (!policy.includes(hashes[script.textContent])) say("script without a hash", script);
  }
  for (const style of document.querySelectorAll("style")) {
    if (!policy.includes(hashes[style.textContent])) say("style without a hash", style);
  }

  const URLS = ["href", "src", "action", "formaction", "poster", "background", "data", "ping", "cite",
    "longdesc", "manifest", "xlink:href", "srcdoc"];
  const LINKS = ["http:", "https:", "mailto:", "tel:", "sms:", location.protocol];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      const lower = name.toLowerCase();
      if (lower.startsWith("on")) say("handler", element);
      if (lower === "style") say("style attribute", element);
      if (lower === "srcdoc" || lower === "ping" || lower === "formaction") say(lower, element);
      if (URLS.includes(lower)) {
        let url;
        try { url = new URL(value, location.href); } catch { say("address that is none", element); continue; }
        const isPicture = element.matches("img, source, image, link[rel~=icon]") && url.protocol === "data:";
        if (!LINKS.includes(url.protocol) && !isPicture) say(`scheme ${url.protocol}`, element);
        const loads = element.matches("img, source, image, script, link[rel~=stylesheet], link[rel~=icon], use, video, audio");
        const isOwn = url.protocol === "data:" || (location.protocol === "file:" ? url.protocol === "file:" : url.origin === location.origin);
        if (loads && !isOwn) say("foreign source", element);
      }
    }
  }
  const text = html === undefined ? document.body.innerText : document.body.textContent;
  return { odd, stopped: globalThis.stopped, width: document.documentElement.scrollWidth, text };
};

/** Whether an address is outside what the page may load from. */
const isOutside = (address, where, base, folder) => {
  if (address.startsWith("data:") || address.startsWith("about:")) return false;
  if (where === "http") return !address.startsWith(base);
  return !(address.startsWith("file://") && decodeURIComponent(new URL(address).pathname).startsWith(folder + sep));
};

/** Bytes that a page costs: its HTML and style sheets compressed, and its first picture. */
const weigh = async (page, folder, path) => {
  const { styles, picture } = await page.evaluate(() => ({
    styles: [...document.querySelectorAll("link[rel~=stylesheet]")].map((link) => link.href),
    picture: document.querySelector("main img, body img")?.currentSrc ?? null,
  }));
  const read = (address) => readFileSync(join(folder, decodeURIComponent(new URL(address).pathname)));
  const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const text = [readFileSync(join(folder, path)), ...styles.map(read)].reduce((sum, b) => sum + gzipped(b), 0);
  return { text, picture: picture && !picture.startsWith("data:") ? read(picture).length : 0 };
};

/** Bytes of the HTML of a page and its style sheets, each compressed; from its source. */
export const textBytes = (folder, path) => {
  const html = readFileSync(join(folder, path), "utf8");
  const sheets = [...html.matchAll(/<link rel="stylesheet" href="([^"]*)"/g)].map(([, href]) => href);
  const files = [path, ...sheets.map((href) => href.startsWith("/") ? href.slice(1) : posix.join(dirname(path), href))];
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0);
};

const KB = 1024;

/** WCAG 2.2 AA with all that came before it, and what axe calls best practice. */
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** What a page of a product may cost, in bytes as they go over the line. */
export const BUDGET = {
  /** HTML and style sheets. */
  text: 14 * KB,
  /** All of it with its first picture, on a phone: scripts and fonts as well. */
  phone: 100 * KB,
};

/**
 * Opens pages of a built site and answers `{ opened, problems, weights, texts }`; a problem is
 * `{ page, where, what }`.
 *
 * `pages`: paths below the folder (default all); `where`: ways of opening; `axe`, `validate`, `weight`:
 * patterns of the pages that these are asked about (null: none); `viewport` and `scheme`: on which screen;
 * `isOurText`: whether all that stands there was written here, so that the order of headings is asked about too.
 */
export const audit = async (folder, options = {}) => {
  const {
    pages = htmlFiles(folder), where: ways = ["http"], axe = /./, validate = /./,
    weight = /(^|\/)(products|p)\//, keepTexts = false, overflow = true, browser: given = null,
    viewport = { width: 360, height: 740 }, scheme = "light", isOurText = false,
  } = options;
  folder = resolve(folder);
  const browser = given ?? await launch();
  const server = await serve(folder);
  const problems = [], weights = {}, texts = {};
  let opened = 0;
  const axeSource = axe && readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const where of ways) {
    const context = await browser.newContext({ viewport, colorScheme: scheme, serviceWorkers: "block" });
    await context.addInitScript(watchPolicy);
    const page = await context.newPage();
    let current = "";
    const problem = (what) => problems.push({ page: current, where, what });
    context.on("page", (other) => {
      if (other !== page) { problem(`a window opened: ${other.url()}`); other.close(); }
    });
    page.on("dialog", (dialog) => { problem(`dialog: ${dialog.message()}`); dialog.dismiss().catch(() => {}); });
    page.on("pageerror", (error) => problem(`error: ${error}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problem(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (isOutside(request.url(), where, server.url, folder)) problem(`request to ${request.url().slice(0, 200)}`);
    });
    page.on("requestfailed", (request) => {
      // Aborted: the page was left while something still loaded.
      if (request.failure()?.errorText !== "net::ERR_ABORTED") problem(`not loaded: ${request.url().slice(0, 200)}`);
    });
    for (const path of pages) {
      current = path;
      const segments = path.split("/").map(encodeURIComponent).join("/");
      const address = where === "http" ? server.url + segments.replace(/(^|\/)index\.html$/, "$1")
        : `file://${folder}/${segments}`;
      try {
        await page.goto(address, { waitUntil: "load", timeout: 20_000 });
        // What waits (meta refresh, timers, slow handlers) gets its moment.
        await page.mouse.move(100, 100);
        await page.waitForTimeout(30);
        const { odd, stopped, width, text } = await page.evaluate(inspect);
        odd.forEach(problem);
        stopped.forEach((what) => problem(`policy: ${what}`));
        if (overflow && width > viewport.width) problem(`wider than the screen: ${width} px at ${viewport.width} px`);
        if (keepTexts && where === ways[0]) texts[path] = text;
        opened += 1;
        if (where === ways[0] && axe?.test(path)) {
          await page.evaluate(axeSource);
          const { violations, passes, inapplicable } = await page.evaluate((options) => globalThis.axe.run(options), {
            runOnly: { type: "tag", values: AXE_TAGS },
            // The highest heading of a maker's text stands right below the title; within her text the levels are hers.
            // The size of targets (WCAG 2.2, 2.5.8) is not asked for unless one says so.
            rules: { "heading-order": { enabled: isOurText }, "target-size": { enabled: true } },
          });
          for (const { id, nodes } of violations) problem(`axe ${id}: ${nodes[0].html.slice(0, 160)}`);
          // Whoever bumps axe should see at once if a rule that we count on has another name or tag.
          const asked = new Set([...violations, ...passes, ...inapplicable].map(({ id }) => id));
          if (!asked.has("target-size") || !asked.has("region")) problem("axe asked neither for WCAG 2.2 nor for best practice");
        }
        if (where === "http" && weight?.test(path)) {
          const { text: bytes, picture } = weights[path] = await weigh(page, folder, path);
          if (bytes > BUDGET.text) problem(`HTML and CSS are ${bytes} bytes compressed, more than 14 KB`);
          if (bytes + picture > BUDGET.phone) problem(`with its first picture ${bytes + picture} bytes, more than 100 KB`);
        }
      } catch (error) {
        problem(`not opened: ${error.message.split("\n")[0]}`);
      }
    }
    await context.close();
  }
  if (!given) await browser.close();
  await server.close();
  if (validate) {
    problems.push(...await validateHtml(folder, pages.filter((path) => validate.test(path)), { isOurText }));
  }
  return { opened, problems, weights, texts };
};

/**
 * Parses pages with the browser's parser without opening them, and looks for the same things as `audit`
 * does in the DOM: many times faster. Answers `{ problems, texts }`.
 */
export const auditParsed = async (folder, pages) => {
  const browser = await launch();
  const server = await serve(folder);
  const page = await browser.newPage();
  const problems = [], texts = {};
  await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(server.url);
  for (const path of pages) {
    const { odd, text } = await page.evaluate(inspect, readFileSync(join(folder, path), "utf8"));
    problems.push(...odd.map((what) => ({ page: path, where: "parsed", what })));
    texts[path] = text;
  }
  await browser.close();
  await server.close();
  return { problems, texts };
};

/** Asks html-validate about the sources of pages; answers `{ page, what }`. `isOurText` as for `audit`. */
export const validateHtml = async (folder, pages, { isOurText = false } = {}) => {
  const { HtmlValidate } = await import("html-validate");
  const presets = ["recommended", "standard", "a11y", "document"].map((name) => `html-validate:${name}`);
  // Matters of the maker's texts: how long her title is, what levels her headings have, what she wrote without words.
  const ofTexts = { "long-title": "off", "no-trailing-whitespace": "off", "tel-non-breaking": "off", "text-content": "off",
    "heading-level": "off", "no-inline-style": "off", "attr-quotes": "off", "void-style": "off", "require-sri": "off" };
  const validator = new HtmlValidate({
    extends: isOurText ? presets : ["html-validate:standard"],
    rules: {
      ...(isOurText ? {} : ofTexts),
      "doctype-style": ["error", { style: "lowercase" }],
      // A record says the same in several languages, each text whole, with a heading of its own.
      ...(isOurText ? { "heading-level": ["error", { allowMultipleH1: true }] } : {}),
    },
  });
  const found = [];
  for (const page of pages) {
    const html = readFileSync(join(folder, page), "utf8");
    const report = await validator.validateString(html, page);
    for (const { messages } of report.results) {
      for (const { ruleId, message, line, column } of messages) {
        // The rule is for numbers; a link to call may say so in words, which may break.
        const rest = html.split("\n")[line - 1].slice(column - 1);
        if (ruleId === "tel-non-breaking" && !/\d/.test(rest.slice(0, rest.indexOf("<")))) continue;
        found.push({ page, where: "source", what: `html ${ruleId} at ${line}:${column}: ${message}` });
      }
    }
  }
  return found;
};

/**
 * Asks vnu, the checker of the W3C, about pages as they come over the line (from files it takes nothing for the page's
 * own) and about the style sheets; answers `{ page, where, what }`. Warnings count.
 */
export const validateWithVnu = async (folder, pages) => {
  const server = await serve(folder);
  const sheets = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".css")).map((name) => `assets/${name}`);
  const run = (paths, ...options) => new Promise((done, failed) => {
    const child = spawn("java", ["-Xss8m", "-Dnu.validator.servlet.allow-forbidden-hosts=true", "-jar",
      require.resolve("vnu-jar/build/dist/vnu.jar"), "--format", "json", "--exit-zero-always", ...options,
      ...paths.map((path) => server.url + path)], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => { said += text; });
    child.on("error", failed);
    child.on("close", () => {
      try { done(JSON.parse(said).messages); } catch { failed(new Error(`vnu: ${said.slice(0, 500)}`)); }
    });
  });
  const messages = [...await run(pages), ...await run(sheets, "--css")];
  await server.close();
  const found = [];
  for (const { url, message, extract = "", hiliteStart = 0, hiliteLength = 0, lastLine } of messages) {
    const page = url.replace(server.url, "");
    const element = extract.slice(hiliteStart, hiliteStart + hiliteLength).trim();
    // It takes blocks of data for scripts, and does not find the hash of the long script of records in their policy.
    // Both run, or rest, in Chromium without a violation; hashes are compared by `inspect`.
    if (/^Inline script violates Content Security Policy/.test(message)
      && /^<script( type="application\/(ld\+)?json"[^>]*)?>$/.test(element)
      && (element !== "<script>" || /(^|\/)V\//.test(page))) continue;
    found.push({ page, where: "source", what: `vnu: ${message} ${element}${lastLine ? ` at line ${lastLine}` : ""}` });
  }
  return found;
};

/**
 * Follows every link, picture, style sheet and script of a served site from its home pages on, with linkinator, into
 * fragments too; answers `{ problems, reached }`, `reached` being paths of pages.
 */
export const followLinks = async (folder) => {
  const { LinkChecker } = await import("linkinator");
  const server = await serve(folder);
  const checked = await new LinkChecker().check({
    path: server.url, recurse: true, checkFragments: true, checkCss: true, concurrency: 8, timeout: 30_000,
    // Links to others, and the addresses of channels, are nobody's to ask in a test.
    linksToSkip: async (link) => !link.startsWith(server.url),
  });
  await server.close();
  const problems = checked.links.filter(({ state }) => state === "BROKEN")
    .map(({ url, parent, status }) => ({ page: (parent ?? "").replace(server.url, ""), where: "links",
      what: `${status} ${url.replace(server.url, "/")}` }));
  const reached = new Set(checked.links.filter(({ url, state }) => state === "OK" && url.startsWith(server.url))
    .map(({ url }) => decodeURIComponent(new URL(url).pathname.slice(1)).replace(/(^|\/)$/, "$1index.html")));
  return { problems, reached };
};

/** Local links and pictures of pages that lead nowhere. */
export const deadLinks = (folder, pages = htmlFiles(folder)) => {
  const dead = [];
  for (const page of pages) {
    const html = readFileSync(join(folder, page), "utf8");
    for (const [, quoted, bare] of html.matchAll(/\s(?:href|src)=(?:"([^"]*)"|([^\s"'>]+))/g)) {
      const link = (quoted ?? bare).replaceAll("&amp;", "&");
      if (/^([a-z][a-z0-9+.-]*:|\/\/|#|$)/i.test(link)) continue;
      const path = decodeURIComponent(link.split(/[?#]/)[0]);
      const at = path.startsWith("/") ? path.slice(1) : posix.join(dirname(page), path);
      const file = join(folder, at);
      try {
        if (statSync(file).isDirectory()) statSync(join(file, "index.html"));
      } catch { dead.push({ page, where: "source", what: `leads nowhere: ${link}` }); }
    }
  }
  return dead;
};

/** Problems as lines, the same thing once with how often it was met. */
export const summary = (problems, most = 60) => {
  const groups = new Map();
  for (const { page, where, what } of problems) {
    const group = groups.get(what) ?? { count: 0, example: `${page} (${where})` };
    group.count += 1;
    groups.set(what, group);
  }
  const lines = [...groups].map(([what, { count, example }]) => `${count} × ${what}\n      in ${example}`);
  return lines.slice(0, most).concat(lines.length > most ? [`and ${lines.length - most} more`] : []).join("\n");
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...flags] = process.argv.slice(2);
  const only = flags.includes("--only") ? flags[flags.indexOf("--only") + 1] : "";
  const where = flags.includes("--file") ? ["file"] : ["http"];
  // The page for what is missing may stand at any depth, so it only works where it is served.
  const pages = htmlFiles(folder).filter((path) => path.startsWith(only) && (where[0] === "http" || !/(^|\/)404\.html$/.test(path)));
  const { opened, problems, weights } = await audit(folder, { pages, where });
  problems.push(...deadLinks(folder, pages));
  const heaviest = Object.entries(weights).sort((a, b) => b[1].text - a[1].text)[0];
  console.log(`opened ${opened} pages; ${problems.length} problems`);
  if (heaviest) console.log(`heaviest: ${heaviest[0]} ${JSON.stringify(heaviest[1])}`);
  if (problems.length > 0) console.log(summary(problems));
  process.exitCode = problems.length > 0 ? 1 : 0;
}
