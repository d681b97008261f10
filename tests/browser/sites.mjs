// What the tests of whole sites share: the example sites and the shop that `new` makes, built in either
// theme, and which of their pages say as much as all.
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { htmlFiles } from "./audit.mjs";
import { ROOT, selvedge } from "./support.mjs";

export const THEMES = ["daylight", "hearth"];

/** The time of all builds: that of the photographs and records of the examples. */
export const AT = ["--at", "2026-11-23T00:00:00Z"];

const STARTER = "the shop that `new` makes";

/** Names of the example sites, and of the shop that `new` makes. */
export const SITES = [
  ...readdirSync(join(ROOT, "sites")).filter((name) => existsSync(join(ROOT, "sites", name, "site.toml"))).sort(),
  STARTER,
];

/**
 * Every type of page, with how its address looks below the folder of a language. A page whose address
 * fits none, or two, is an error: it would be of a new type, and nobody would look at it.
 */
const TYPES = {
  "home": /^$/,
  "all products": /^products\/$/,
  "all products, a later page": /^products\/page\/\d+\/$/,
  "product": /^products\/(?!page\/)[^/]+\/$/,
  "index of a list": /^(category|colour|material|kind|region)\/$/,
  "products of a term": /^(category|colour|material|kind|region)\/[^/]+\/$/,
  "makers": /^makers\/$/,
  "maker": /^makers\/[^/]+\/$/,
  "designs": /^designs\/$/,
  "design": /^designs\/[^/]+\/$/,
  "collections": /^collections\/$/,
  "collection": /^collections\/[^/]+\/$/,
  "about": /^about\/$/,
  "charter": /^charter\/$/,
  "shipping": /^shipping\/$/,
  "privacy": /^privacy\/$/,
  "a page of the maker's own": /^(?!(products|category|colour|material|kind|region|makers|designs|collections|about|charter|shipping|privacy|search|order|verify|V)\/)[^/]+\/$/,
  "search": /^search\/$/,
  "order list": /^order\/$/,
  "where records are checked": /^verify\/$/,
  "record": /^V\/[A-Z2-7]{32}\/$/,
  "what stays of a record that was taken back": /^V\/[A-Z2-7]{32}\/$/,
  "no such page": /^404\.html$/,
};

export const PAGE_TYPES = Object.keys(TYPES);

/** Addresses that lead on at once: nobody reads them, and no site of `SITES` has a brand. `verify.test.mjs` looks at them. */
const LEADS_ON = "an address that leads on";

/** The type of a page by its path below the output and its language folders. */
export const pageType = (path, html, languages) => {
  if (html.includes('<meta http-equiv="refresh"')) return LEADS_ON;
  const inner = path.replace(/(^|\/)index\.html$/, "$1").replace(new RegExp(`^(?:${languages.join("|")})/`), "");
  const isGone = html.includes('<div class="state" data-state="withdrawn"') && !html.includes("<script");
  const found = PAGE_TYPES.filter((type) => TYPES[type].test(inner)
    && (!inner.startsWith("V/") || (type === "record") !== isGone));
  assert.equal(found.length, 1, `${path} is of one type: ${found.join(", ") || "none"}`);
  return found[0];
};

/** What a page is built of: its elements, classes, and the attributes that scripts and aids read. */
const features = (html) => {
  const found = new Set();
  for (const [, name, attributes] of html.matchAll(/<([a-z][a-z0-9-]*)((?:\s+[^\s"'>=]+(?:=(?:"[^"]*"|[^\s"'>]+))?)*)\s*\/?>/g)) {
    found.add(name);
    for (const [, key, quoted, bare] of attributes.matchAll(/([^\s"'>=]+)(?:=(?:"([^"]*)"|([^\s"'>]+)))?/g)) {
      if (key === "class") for (const one of (quoted ?? bare ?? "").split(/\s+/)) found.add(`${name}.${one}`);
      // The state of a record is told in shapes and colours.
      else if (key === "data-state" || key === "data-channel" || key === "type") found.add(`${name}[${key}=${quoted ?? bare}]`);
      else found.add(`${name}[${key}]`);
    }
  }
  return found;
};

/**
 * Pages of a built site: all of them with type and language, the first of each type in each language,
 * and a choice that holds these and whatever else has an element, class or attribute that the others lack.
 */
export const pagesOf = (folder) => {
  const paths = htmlFiles(folder);
  const languages = paths.map((path) => path.match(/^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\/index\.html$/)?.[1])
    .filter((name) => name && name !== "V" && existsSync(join(folder, name, "products")));
  const all = paths.map((path) => {
    const html = readFileSync(join(folder, path), "utf8");
    return { path, html, type: pageType(path, html, [...languages, "-"]), language: html.match(/<html lang="([^"]*)"/)[1] };
  });
  const first = new Map(), seen = new Set(), chosen = [];
  for (const page of all.filter(({ type }) => type !== LEADS_ON)) {
    const key = `${page.type} ${page.language}`;
    const isFirst = !first.has(key);
    if (isFirst) first.set(key, page);
    const news = [...features(page.html)].filter((one) => !seen.has(`${page.language} ${one}`));
    if (!isFirst && news.length === 0) continue;
    for (const one of news) seen.add(`${page.language} ${one}`);
    chosen.push(page);
  }
  return { all, first: [...first.values()], chosen };
};

const themeOf = (toml) => toml.match(/^theme = "(.*)"$/m)?.[1] ?? THEMES[0];

/**
 * The folder of a site of `SITES` in a theme (its own if none is said). An example in its own theme is built where
 * it stands: its photographs are cached there, in a folder that git ignores. The others are copies below `work`.
 */
export const sourceOf = (name, work, theme = null) => {
  const own = name === STARTER ? join(work, "new") : join(ROOT, "sites", name);
  if (!existsSync(own)) {
    const { code, err } = selvedge("new", own);
    assert.equal(code, 0, err);
  }
  const toml = readFileSync(join(own, "site.toml"), "utf8");
  if ([null, themeOf(toml)].includes(theme)) return own;
  const site = join(work, theme);
  cpSync(own, site, { recursive: true, filter: (path) => !/\/public$/.test(path) });
  writeFileSync(join(site, "site.toml"), `theme = "${theme}"\n${toml.replace(/^theme = .*$/m, "")}`);
  return site;
};

/** The themes that a site does not have itself. */
export const otherThemes = (site) => {
  const own = themeOf(readFileSync(join(site, "site.toml"), "utf8"));
  return THEMES.filter((theme) => theme !== own);
};

/** Builds a site folder; answers the output. */
export const build = (site, output, ...options) => {
  const { code, err } = selvedge("build", site, "-o", output, "--quiet", ...AT, ...options);
  assert.equal(code, 0, err);
  return output;
};
