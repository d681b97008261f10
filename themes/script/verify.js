// The page where records, badges and numbers are checked: what is dropped, chosen, pasted, typed or seen by the camera
// is judged here, by this site's own trust list. Nothing of it leaves the device: the page asks for files of this site
// alone, and from a folder for data scripts only.
((own) => {
  "use strict";

  const root = document.querySelector("[data-verify]");
  if (!root) return;
  const data = JSON.parse(document.getElementById("verify-data").textContent);
  const at = (name) => root.querySelector(`[data-${name}]`);
  const form = at("ask"), field = form.elements.number, status = at("status"), answers = at("answers");
  // Where the site is and was, and what else its signed charter lists.
  const addresses = [...data.bases, ...(data.sites || [])];
  const isServed = /^https?:$/.test(location.protocol);
  // A copy for a stick asks for nothing but scripts, wherever it is opened.
  const mayAsk = isServed && data.file === "";
  const MAX_FILES = 2000, MAX_BYTES = 256 << 20, MAX_PHOTOGRAPHS = 16;

  // ---- words ----

  const isolate = (value) => data.dir === "rtl" ? `\u2068${value}\u2069` : value;
  const say = (key, facts = {}) =>
    (data.strings[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => facts[name] === undefined ? whole : isolate(facts[name]));
  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const link = (href, text) => Object.assign(make("a", text), { href });
  const dateOf = (instant) => {
    try {
      return new Intl.DateTimeFormat(data.lang, { dateStyle: "long", timeZone: "UTC" }).format(new Date(instant));
    } catch { return String(instant).slice(0, 10); }
  };

  // ---- what this site knows, in classic scripts that are asked for once ----

  const loaded = new Map(), loading = new Map();
  own.register = (name, value) => loaded.set(name, value);
  const load = (name) => {
    if (!loading.has(name)) {
      loading.set(name, new Promise((done) => {
        const script = document.createElement("script");
        const end = () => {
          script.remove();
          // Asked again next time, if it could not be had.
          if (!loaded.has(name)) loading.delete(name);
          done(loaded.get(name));
        };
        script.onload = end;
        script.onerror = end;
        script.src = `${data.up}verify/${name}.js?v=${data.version}`;
        document.head.append(script);
      }));
    }
    return loading.get(name);
  };

  const CONDITIONS = { i: "in-force", d: "in-force", u: "unknown", v: "void", r: "revoked", w: "withdrawn", s: "superseded", h: "suspended",
    e: "ended", p: "proposed" };
  // What the register of this site says of a short id: null if it has none such, undefined if that cannot be known now.
  const know = async (number) => {
    const begins = number.slice(0, data.depth).toLowerCase();
    const ids = await load(`ids/${begins || "all"}`);
    if (ids === undefined) return undefined;
    for (let place = 0; place < ids.length; place += 33) {
      if (!ids.startsWith(number, place)) continue;
      const letter = ids[place + 32], small = letter.toLowerCase();
      return { condition: CONDITIONS[small], isDisputed: small === "d", isAdmitted: letter !== small };
    }
    return null;
  };
  const pageOf = (number) => `${data.up}V/${number}/${data.file}`;

  // A file of this site, where pages may ask for any.
  const fetched = async (path) => {
    if (!mayAsk) return null;
    try {
      const response = await fetch(data.up + path, { credentials: "omit" });
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
    } catch { return null; }
  };
  // What the site's own page of a record carries.
  const publishedEvidence = async (number) => {
    const bytes = await fetched(`V/${number}/${data.file}`);
    try { return bytes && JSON.parse(own.carried.fromHtml(own.textOf(bytes))); } catch { return null; }
  };

  // ---- judging ----

  const judgeBy = async (evidence, digests) => {
    let known;
    const trust = own.trusting(data.list, { files: digests, know: async (number) => (known = await know(number)) });
    const result = await own.selvedgeCheck(evidence, { now: Date.now(), trust });
    return { ...result, known, trust };
  };
  const findingOf = (result, check) => result.findings.find((finding) => finding.check === check);
  const isOfThisSite = ({ said }) => Boolean(said) && data.bases.includes(said.base);

  // Judges; where the record is of this site's register, by what the site publishes of it too.
  const judge = async (evidence, digests, hasIdentity = true) => {
    let result = await judgeBy(evidence, digests);
    const isOpen = ["cannot-check-now", "unknown-signer"].includes(result.state);
    const isBare = !hasIdentity && isOfThisSite(result);
    if (!result.said || !isOpen || !(result.known || isBare)) return result;
    const published = result.known && await publishedEvidence(result.number);
    let best = null;
    if (published && published.record === evidence.record) {
      best = { ...published, sideSignature: published.sideSignature ?? evidence.sideSignature };
      result = { ...await judgeBy(best, digests), isByOwn: true };
    } else if (isBare) {
      const site = await load("site");
      best = { ...(site || {}).evidence, ...Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined)) };
      result = await judgeBy(best, digests);
    }
    // The photographs that were signed lie on the site as well.
    const masters = findingOf(result, "masters");
    if (result.known && masters && masters.missing && mayAsk) {
      for (const name of masters.missing.slice(0, MAX_PHOTOGRAPHS)) {
        const bytes = await fetched(`records/files/${name}`);
        if (bytes) digests.add(own.hex(await own.sha256(bytes)));
      }
      result = { ...await judgeBy(best ?? evidence, digests), isByOwn: result.isByOwn };
    }
    return result;
  };

  // ---- answers ----

  // The text of a record in the language of the page, or what there is.
  const textIn = (texts) => {
    if (!Array.isArray(texts)) return null;
    const near = (text) => String(text["@language"]).split("-")[0] === data.lang.split("-")[0];
    const found = texts.find(near) ?? texts[0];
    return found && typeof found["@value"] === "string" ? found["@value"] : null;
  };
  // A claim, with what sort it is where its text alone does not tell.
  const claimed = ({ claimType, value }) => {
    const text = textIn(value), label = data.claims[claimType];
    const isTold = !label || text && text.toLowerCase().startsWith(label.replace(/[:\s]+$/, "").toLowerCase());
    return text && !isTold ? `${label} ${text}` : text;
  };
  // The record's own first line: who says what, until when.
  const firstLine = (result) => {
    const { document: said, kind, base, created } = result.said;
    const subject = said.credentialSubject;
    const claims = (Array.isArray(subject.claim) ? subject.claim : []).map(claimed).filter(Boolean).join("; ");
    const name = claims || textIn(subject.name) || textIn(subject.title);
    const what = name ? say("what", { kind: data.kinds[kind] ?? kind, name }) : data.kinds[kind] ?? kind;
    const signer = findingOf(result, "signer");
    if (!signer || signer.verdict !== "valid") return say("first.unknown", { signer: new URL(base).host, what });
    return said.validUntil ? say("first.until", { signer: signer.name, what, until: dateOf(said.validUntil) })
      : say("first.open", { signer: signer.name, what, signed: dateOf(created) });
  };
  // By whose delegation the site believes whoever stands behind it, until when, and as of which day the site knows that.
  const delegation = (result) => {
    const { verdict, name, delegated } = findingOf(result, "signer") || {};
    if (verdict !== "valid" || !delegated) return null;
    const { by, until, asOf } = delegated, chain = [...by, name].join(say("delegated.then"));
    const facts = { name, by: by[by.length - 1], chain, until: dateOf(until), asOf: dateOf(asOf) };
    return say(by.length > 1 ? "delegated.chain" : "delegated", facts);
  };
  const isReadable = ({ state }) => !["altered", "not-signed"].includes(state);

  const box = (title, state) => {
    const section = make("section", "", "answer");
    section.dataset.state = state;
    if (title) section.append(Object.assign(make("h2", title), { tabIndex: -1, dir: "auto" }));
    return section;
  };
  const paragraph = (section, text, className) => {
    section.append(make("p", text, className));
    return section;
  };
  const linked = (section, href, text) => {
    const line = make("p");
    line.append(link(href, text));
    section.append(line);
    return section;
  };
  // Like a state of a record, but of what was asked.
  const told = (title, state, sentence) => {
    const section = box(title, state);
    section.append(make("p", sentence, "check-state"));
    return section;
  };

  const shownResult = (title, result, { fragment = "", tag = null } = {}) => {
    const section = box(title, result.state);
    const { state, list, limit } = own.showFindings(result, data.strings);
    section.append(state);
    if (result.said && isReadable(result)) paragraph(section, firstLine(result), "first-line");
    const why = delegation(result);
    if (why && isReadable(result)) paragraph(section, why, "delegated");
    if (tag) paragraph(section, tag, "tag");
    if (result.isDisputed) paragraph(section, say("undisputed.disputed"), "disputed");
    if (result.known) linked(section, pageOf(result.number) + fragment, say("page"));
    if (result.isByOwn) paragraph(section, say("own-evidence"), "quiet");
    else if (result.known && result.state === "cannot-check-now") paragraph(section, say("own-offline"));
    if (result.said && !result.known && isReadable(result)) {
      const line = make("p", `${say("page.elsewhere")} `, "quiet");
      const address = make("span", `${result.said.base}V/${result.number}/`);
      address.dir = "ltr";
      line.append(address);
      section.append(line);
    }
    // Whatever does not hold is seen at once, and what is missing where nothing is wrong.
    const ofClass = (name) => [...list.children].filter((item) => item.className === name);
    const wrong = ofClass("check-invalid");
    const shown = result.state === "record-intact" ? [] : wrong.length > 0 ? wrong : ofClass("check-not-checked");
    if (shown.length > 0) {
      const reasons = make("ul", "", "check-findings");
      reasons.append(...shown.map((item) => item.cloneNode(true)));
      section.append(reasons);
    }
    if (list.children.length > 0) {
      const details = make("details");
      details.append(make("summary", say("details")), list);
      section.append(details);
    }
    section.append(limit);
    return section;
  };

  let turn = 0;
  const show = (sections) => {
    answers.replaceChildren(...sections);
    const words = sections.map((section) => (section.querySelector(".check-state") || section).textContent);
    status.textContent = words.length === 1 ? words[0] : say("answers", { count: words.length });
    const heading = answers.querySelector("h2");
    if (heading) heading.focus();
    answers.scrollIntoView({ block: "nearest" });
  };
  // Runs what answers; a later question takes its place.
  const answering = async (work) => {
    const mine = ++turn;
    status.textContent = say("busy");
    root.setAttribute("aria-busy", "true");
    let sections;
    try { sections = await work(); } catch { sections = [told("", "cannot-check-now", say("failed"))]; }
    if (mine !== turn) return;
    root.removeAttribute("aria-busy");
    show(sections);
  };

  // ---- files ----

  const codeIn = async (file) => {
    if (!("BarcodeDetector" in window)) return null;
    try {
      const picture = await createImageBitmap(new Blob([file.bytes]));
      const [found] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(picture);
      return found ? found.rawValue : null;
    } catch { return null; }
  };

  const answerFiles = async (files) => {
    const { items, faults, photographs, digests, list, isPack } = await own.carried.gather(files);
    const sections = [], results = [];
    for (const item of items) {
      const result = await judge(item.evidence, digests, item.hasIdentity);
      results.push({ item, result });
    }
    // A member's record that came with what admits her, as in a pack.
    for (const { item, result } of results) {
      const about = item.evidence.didLog && findingOf(result, "identity");
      if (!about || result.state !== "unknown-signer") continue;
      const owner = await own.readIdentity(own.base64(item.evidence.didLog), own.base64(item.evidence.didWitness || ""), Date.now())
        .catch(() => null);
      if (owner) result.trust.admitBy(result, owner.did, results.map((one) => one.result));
    }
    if (isPack && list) {
      const wrong = list.altered.length > 0;
      const section = told(say("pack"), wrong ? "altered" : list.missing.length > 0 ? "cannot-check-now" : "pack",
        wrong ? say("pack.altered", { files: list.altered.slice(0, 8).join(", ") })
        : list.missing.length > 0 ? say("pack.missing", { files: list.missing.slice(0, 8).join(", ") })
        : say("pack.whole", { count: list.count }));
      sections.push(section);
    }
    for (const { item, result } of results) sections.push(shownResult(item.name, result));
    for (const { name, why } of faults) sections.push(told(name, "not-readable", say(`file.${why}`)));
    // A picture that belongs to a record is told with it; another may show a code.
    const spoken = new Set(results.flatMap(({ result }) => result.said
      ? result.said.document.relatedResource.slice(1).map(({ id }) => id.split("/").pop().slice(0, 64)) : []));
    for (const picture of photographs) {
      if (spoken.has(picture.digest) || isPack) continue;
      const code = await codeIn(picture);
      sections.push(...(code ? await answerText(code) : [told(picture.name, "not-signed", say("file.none"))]));
    }
    if (sections.length === 0) sections.push(told("", "not-readable", say(files.length > 0 ? "file.not-readable" : "file.nothing")));
    return sections;
  };

  const readAll = async (given) => {
    const files = [];
    let size = 0;
    for (const { file, path } of given.slice(0, MAX_FILES)) {
      size += file.size;
      if (size > MAX_BYTES) break;
      files.push({ name: file.name, path: path || file.webkitRelativePath || file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    }
    return files;
  };
  const take = (given) => answering(async () => answerFiles(await readAll(given)));
  const textFile = (text) => [{ name: say("pasted"), path: "", bytes: own.bytesOf(text) }];

  // Every file below what was dropped, folders too where the browser says what is in them.
  const dropped = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    if (entries.length === 0) return [...transfer.files].map((file) => ({ file }));
    const found = [];
    const walk = async (entry, path) => {
      if (found.length >= MAX_FILES) return;
      if (entry.isFile) {
        found.push({ file: await new Promise((done, failed) => entry.file(done, failed)), path: path + entry.name });
        return;
      }
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, failed) => reader.readEntries(done, failed));
        if (some.length === 0) return;
        for (const inner of some) await walk(inner, `${path}${entry.name}/`);
      }
    };
    for (const entry of entries) await walk(entry, "");
    return found;
  };

  // ---- numbers and names ----

  const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const shortOfHex = (hex) => own.shortId(own.unhex(hex));

  // Where the register is and was, its mirrors, and where this page is: host and path, as identifiers begin.
  const places = () => {
    const all = addresses.map((base) => base.replace(/^https:\/\//, "").replace(/\/$/, ""));
    if (isServed) {
      const { host, pathname } = new URL(data.up, location.href);
      all.push(`${host}${pathname}`.replace(/\/$/, ""));
    }
    return all.map((place) => place.toLowerCase());
  };

  // Of an identifier or alias that can be read: { number } if it is of this register, else { wrong }.
  const ofThisRegister = ({ address, letters, number }) => {
    const found = { number: { ...number, brand: data.brand }, isIdentifier: true };
    if (letters !== undefined) return letters === data.charter ? found : { wrong: say("typo.other-register") };
    const all = places();
    if (data.brand && all.some((place) => address === own.placeOf(place, data.brand))) return found;
    const isHere = all.some((place) => address.startsWith(`${place}/`));
    return { wrong: isHere ? say("typo.other-brand") : say("typo.other-site", { host: address.split("/")[0] }) };
  };

  // What somebody typed: { short } of a record, { number } or { fault } of a printed number or an identifier, { wrong } in words, { name },
  // { content }, or nothing.
  const readTyped = (typed) => {
    const text = typed.trim();
    if (text === "") return {};
    if (/^[{<\ufeff]/.test(text)) return { content: text };
    const address = /^(?:([a-z]+:)?\/\/)?([^\s\/]*\/(?:[^\s?]*\/)?)?v\/([a-z2-7]{32})(?:\/(?:index\.html)?)?(?:\?[^#\s]*)?(?:#(\S*))?$/i.exec(text);
    if (address) return { short: address[3].toUpperCase(), address: text, base: address[2], fragment: address[4] };
    const lean = text.replace(/[\s\-\u2010-\u2014.:_]/g, "");
    const [, hex] = /^(?:sha256)?([0-9a-f]{64})$/i.exec(lean) || [];
    if (hex) return { short: shortOfHex(hex.toLowerCase()) };
    if (/^[a-z2-7]{32}$/i.test(lean)) return { short: lean.toUpperCase() };
    const identifier = own.parseIdentifier(text);
    if (identifier.number) return ofThisRegister(identifier);
    const { fault } = identifier;
    if (fault.strange) return { wrong: say("typo.alias-letters", { characters: fault.strange }) };
    if (fault !== "form" && fault.length !== undefined) return { wrong: say("typo.alias-length", { count: fault.length }) };
    if (fault !== "form") return { fault };
    const read = own.parseNumber(text, data.brand);
    if (read.number) return read;
    // A name has no digits, or blanks between its words.
    const isLong = /^[a-z0-9]{24,44}$/i.test(lean) && (/\d/.test(lean) || !/\s/.test(text));
    if (isLong && (read.fault === "form" || read.fault.strange)) {
      const strange = [...new Set(lean.toUpperCase().replace(/[A-Z2-7]/g, ""))].join(" ");
      return { wrong: strange ? say("typo.letters", { characters: strange }) : say("typo.length", { count: lean.length }) };
    }
    const isNumber = read.fault !== "form" && !read.fault.strange && (/\d/.test(text) || read.fault === "otherBrand");
    return isNumber ? { fault: read.fault } : { name: text };
  };

  const wordsOfFault = (fault, typed) => {
    const part = (name) => say(`typo.part.${name}`);
    if (fault === "beyond") return say("typo.beyond");
    if (fault === "otherBrand") return say("typo.other-brand");
    if (fault.value) return say("typo.value", { part: part(fault.value) });
    if (fault.lookAlike) return say("typo.look-alike", { character: fault.lookAlike });
    // Without its last character a number still reads as one.
    if (/\/\s*\p{Nd}+\s*$/u.test(typed)) return say("typo.cut");
    if (fault.check.join() === "check") return say("typo.some");
    return say("typo.check", { parts: fault.check.map(part).join(say("typo.or")) });
  };

  const unknown = (title, sentence, more, near = []) => {
    const section = told(title, "unknown-number", sentence);
    paragraph(section, more);
    for (const [names, href] of near) linked(section, data.up + href, names[0]);
    return linked(section, "#records", say("all-records"));
  };

  const answerShort = async (title, short, { fragment = "", otherSite = null, tag = null } = {}) => {
    const known = await know(short);
    const notes = (section) => otherSite ? paragraph(section, say("number.other-site", { host: otherSite }), "other-site") : section;
    if (known === null) return [notes(unknown(title, say("unknown.number", { number: short }), say("unknown.look")))];
    if (known === undefined) return [linked(told(title, "cannot-check-now", say("failed")), pageOf(short), say("page"))];
    const published = await publishedEvidence(short);
    if (published) {
      const digests = new Set();
      const result = await judge(published, digests);
      if (result.number === short) return [notes(shownResult(title, { ...result, isByOwn: true }, { fragment, tag }))];
    }
    const section = told(title, known.condition, say(`number.${known.condition}`));
    if (tag) paragraph(section, tag, "tag");
    if (known.isDisputed) paragraph(section, say("undisputed.disputed"), "disputed");
    paragraph(section, say("number.page"), "quiet");
    return [notes(linked(section, pageOf(short) + fragment, say("page")))];
  };

  const answerNumber = async (typed, number, isIdentifier) => {
    let title = isIdentifier ? typed.trim().slice(0, 120) : own.printNumber(number);
    const site = await load("site");
    if (!site) return [told(title, "cannot-check-now", say("failed"))];
    const { design, edition, serial, maximum } = number;
    const from = design === null ? { editions: site.loose } : site.designs[design - 1];
    const no = (key) => [unknown(title, say(key, { design, edition, maximum: "" }), say("unknown.look"))];
    if (!from) return no("unknown.design");
    const found = edition === null ? from : from.editions[edition - 1];
    if (!found) return no(design === null ? "unknown.loose-edition" : "unknown.edition");
    const most = found.maximum ?? null;
    if (serial !== null && most !== null && serial > most) return [unknown(title, say("unknown.serial", { maximum: most }), say("unknown.look"))];
    if (maximum !== null && most !== null && maximum !== most) return [unknown(title, say("unknown.maximum", { maximum: most }), say("unknown.look"))];
    // An identifier does not say the maximum, which the number on the tag has.
    const width = String((isIdentifier ? most : maximum) ?? "").length;
    if (isIdentifier) title = own.printNumber({ ...number, maximum: serial === null ? null : most });
    // Behind # the number of the piece never reaches a server.
    const digits = serial === null ? "" : String(serial).padStart(width, "0");
    const fragment = digits && `#${digits}${title.slice(-1)}`;
    if (serial === null) return answerShort(title, found.id, { fragment });
    // That the edition stands says nothing of a tag that was lost, or that nobody issued: the tag is told first.
    const { tags = [], void: gone = [] } = found;
    const isIn = (ranges) => ranges.some(([first, last]) => first <= serial && serial <= last);
    const standing = isIn(gone) ? "void" : isIn(tags) ? "issued" : tags.length > 0 ? "never" : "none";
    const sentence = say(`tag.${standing}`, { serial });
    if (standing === "issued" || standing === "none") return answerShort(title, found.id, { fragment, tag: sentence });
    const section = told(title, standing === "void" ? "void" : "unknown-number", sentence);
    paragraph(section, say("tag.tell"));
    return [linked(section, pageOf(found.id) + fragment, say("page"))];
  };

  const plainName = (name) => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  // How many letters apart two names are (Levenshtein), at most `most`.
  const apart = (one, two, most) => {
    if (Math.abs(one.length - two.length) > most) return most + 1;
    let row = Array.from({ length: two.length + 1 }, (_, at) => at);
    for (let i = 1; i <= one.length; i++) {
      const next = [i];
      for (let j = 1; j <= two.length; j++) {
        next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === two[j - 1] ? 0 : 1)));
      }
      row = next;
    }
    return row[two.length];
  };
  const answerName = async (typed) => {
    const makers = await load(`makers/${root.dataset.locale}`);
    if (!makers) return [told(typed, "cannot-check-now", say("failed"))];
    const sought = plainName(typed).slice(0, 80);
    const toPage = (section, [names, href]) => linked(section, data.up + href, names[0]);
    const found = makers.filter(([names]) => sought !== "" && names.some((name) => plainName(name) === sought));
    if (found.length > 0) {
      return found.map((maker) => toPage(told(maker[0][0], "maker", say("maker.found")), maker));
    }
    const near = makers.map((maker) => {
      const ranks = maker[0].map(plainName).map((name) =>
        sought.length > 2 && (name.includes(sought) || sought.includes(name)) ? 0 : apart(name.slice(0, 80), sought, Math.ceil(sought.length / 3)));
      return { maker, rank: Math.min(...ranks) };
    }).filter(({ rank }) => rank <= Math.ceil(sought.length / 3)).sort((a, b) => a.rank - b.rank).slice(0, 5);
    const shown = typed.trim().slice(0, 120), makersNear = near.map(({ maker }) => maker);
    return [unknown(shown, say("unknown.maker", { name: shown }), say(near.length > 0 ? "near" : "unknown.form"), makersNear)];
  };

  const hostIn = (base) => (base || "").split("/")[0].toLowerCase();
  const answerText = async (typed) => {
    const read = readTyped(typed);
    if (read.content) return answerFiles(textFile(read.content));
    if (read.short) {
      const host = hostIn(read.base);
      const isOwn = !host || addresses.some((base) => new URL(base).host === host) || isServed && host === location.host;
      const fragment = read.fragment && /^[0-9A-Za-z]{2,20}$/.test(read.fragment) ? `#${read.fragment}` : "";
      return answerShort(read.short.replace(/(.{4})(?=.)/g, "$1 "), read.short, { fragment, otherSite: isOwn ? null : host });
    }
    if (read.number) return answerNumber(typed, read.number, read.isIdentifier);
    if (read.fault || read.wrong) {
      return [unknown(typed.trim().slice(0, 120), read.wrong || wordsOfFault(read.fault, typed), say("unknown.look"))];
    }
    // The number of a piece alone, as somebody reads it out.
    if (/^[\p{Nd}\s/]*\p{Nd}[\p{Nd}\s/]*$/u.test(typed)) return [unknown(typed.trim().slice(0, 120), say("typo.end-only"), say("unknown.form"))];
    return read.name ? answerName(read.name.slice(0, 200)) : [told("", "unknown-number", say("ask.empty"))];
  };

  // ---- the page ----

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answering(() => answerText(field.value));
  });

  const zone = at("drop");
  const choosing = [["choose", at("files")], ["choose-folder", at("folder")]];
  for (const [name, input] of choosing) {
    const button = at(name);
    // No standard of HTML has it, and all browsers but those of phones do.
    if (name === "choose-folder") {
      button.hidden = !("webkitdirectory" in input);
      input.webkitdirectory = true;
    }
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const given = [...input.files].map((file) => ({ file }));
      input.value = "";
      if (given.length > 0) take(given);
    });
  }

  // A file that misses the zone must not take the place of the page.
  let inside = 0;
  const mark = (change) => { inside = Math.max(0, inside + change); zone.classList.toggle("is-over", inside > 0); };
  const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].some((type) => type === "Files" || type === "text/plain");
  document.addEventListener("dragenter", (event) => { if (hasFiles(event)) mark(1); });
  document.addEventListener("dragleave", (event) => { if (hasFiles(event)) mark(-1); });
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event) || event.target === field) return;
    event.preventDefault();
    mark(-inside);
    const text = event.dataTransfer.getData("text/plain");
    if (event.dataTransfer.files.length === 0) { answering(() => answerText(text)); return; }
    // What was dropped is gone once this has returned, but for the entries that were asked for.
    const found = dropped(event.dataTransfer);
    answering(async () => answerFiles(await readAll(await found)));
  });
  document.addEventListener("paste", (event) => {
    const { files } = event.clipboardData, text = event.clipboardData.getData("text/plain");
    if (files.length > 0) {
      event.preventDefault();
      take([...files].map((file) => ({ file })));
    } else if (/^\s*[{<]/.test(text) || event.target !== field && text.trim() !== "" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      answering(() => answerText(text));
    }
  });

  // ---- the camera: asked for only when its button is pressed, and let go at once after ----

  const scan = at("scan"), camera = at("camera"), video = camera.querySelector("video"), stop = at("scan-stop");
  const canScan = isServed && window.isSecureContext && "BarcodeDetector" in window && navigator.mediaDevices &&
    navigator.mediaDevices.getUserMedia;
  let stream = null;
  const letGo = () => {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.srcObject = null;
    camera.hidden = true;
    scan.hidden = false;
  };
  const look = async () => {
    let detector;
    try {
      detector = new BarcodeDetector({ formats: ["qr_code"] });
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch {
      letGo();
      status.textContent = say("camera.denied");
      return;
    }
    const mine = stream;
    scan.hidden = true;
    camera.hidden = false;
    stop.focus();
    video.srcObject = stream;
    try {
      await video.play();
      while (stream === mine) {
        const [found] = await detector.detect(video);
        if (stream !== mine) return;
        if (found) {
          letGo();
          field.value = found.rawValue.slice(0, 400);
          answering(() => answerText(found.rawValue));
          return;
        }
        await new Promise((done) => setTimeout(done, 150));
      }
    } catch {
      if (stream !== mine) return;
      letGo();
      status.textContent = say("camera.denied");
    }
  };
  if (canScan) {
    scan.hidden = false;
    scan.addEventListener("click", look);
    stop.addEventListener("click", () => { letGo(); scan.focus(); });
    window.addEventListener("pagehide", letGo);
    document.addEventListener("visibilitychange", () => { if (document.hidden) letGo(); });
  }

  // A copy of the site at another address says where the site is, before anything that it says of itself.
  const isPreview = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname);
  const isElsewhere = isServed && !isPreview && data.bases.length > 0 && !addresses.some((base) => location.href.startsWith(base));
  if (isElsewhere) {
    const section = told("", "wrong-site", say("wrong-site", { here: location.host, named: data.bases[0] }));
    section.classList.add("elsewhere");
    (root.closest("main") || root).prepend(section);
  }

  // A link may bring the number along.
  const brought = new URLSearchParams(location.search).get("number");
  if (brought) {
    field.value = brought.slice(0, 400);
    answering(() => answerText(brought));
  }
  own.verifyPage = { readTyped };
})(window.selvedge);
