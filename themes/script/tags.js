// The page of an edition: what is known of the tag whose number the address has behind #, and comparing check codes. The library
// before this has SHA-256 and PBKDF2 for browsers or pages without crypto.subtle; TAG_WORDS the words by language. Formats: RECORD-FORMAT §2.9 and §2.10.
(function (library) {
  "use strict";
  const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const SHARD = 1024;
  const HASH = 16;

  // ISO 7064 MOD 37,36.
  const checkCharacter = (text) => {
    let product = 36;
    for (const letter of text) product = (((product + LETTERS.indexOf(letter)) % 36 || 36) * 2) % 37;
    return LETTERS[(37 - product) % 36];
  };

  // Twelve characters of a typed code, or why there are none.
  const readCode = (typed) => {
    const text = typed.replace(/[\s\-–—]/g, "").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
    if (text.length !== 13) return { why: "code_length" };
    const code = text.slice(0, 12);
    const isOne = Array.from(text).every((letter) => CODE_LETTERS.includes(letter));
    return isOne && checkCharacter(code) === text[12] ? { code } : { why: "code_slip" };
  };

  const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
  const hash = (mark, ...parts) => {
    const all = [mark];
    for (const part of parts) for (const byte of part) all.push(byte);
    return library.sha256(Uint8Array.from(all));
  };
  const node = (left, right) => hash(1, left, right);

  // The root of a tree over leaves (RFC 6962).
  const rootOf = (leaves) => {
    if (leaves.length === 1) return leaves[0];
    let split = 1;
    while (split * 2 < leaves.length) split *= 2;
    return node(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
  };

  // Whether a leaf leads to a root (RFC 9162, 2.1.3.2).
  const leads = (index, of, leaf, path, root) => {
    let here = index;
    let last = of - 1;
    let found = leaf;
    for (const beside of path) {
      if (last === 0) return false;
      if (here % 2 === 1 || here === last) {
        found = node(beside, found);
        while (here % 2 === 0 && here !== 0) {
          here = Math.floor(here / 2);
          last = Math.floor(last / 2);
        }
      } else {
        found = node(found, beside);
      }
      here = Math.floor(here / 2);
      last = Math.floor(last / 2);
    }
    return last === 0 && same(found, root);
  };

  // Whether a shard is what was signed with its batch.
  const belongs = (batch, index, shard) => {
    const count = batch.last - batch.first + 1;
    const of = Math.ceil(count / SHARD);
    const hashes = bytesOf(shard.hashes);
    if (hashes.length !== HASH * Math.min(SHARD, count - index * SHARD)) return null;
    const leaves = [];
    for (let at = 0; at < hashes.length; at += HASH) leaves.push(hash(0, hashes.subarray(at, at + HASH)));
    const path = shard.path.map(bytesOf);
    return leads(index, of, rootOf(leaves), path, bytesOf(batch.codes)) ? hashes : null;
  };

  // What is published of a code.
  const fingerprint = async (code, issuer, edition, serial) => {
    const text = new TextEncoder();
    const password = text.encode(code);
    const salt = text.encode(issuer + "/" + edition + "/" + serial);
    const subtle = typeof crypto === "object" && crypto.subtle;
    if (subtle) {
      try {
        const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
        const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 1024 };
        return new Uint8Array(await subtle.deriveBits(how, key, HASH * 8));
      } catch (failed) {
        // The library does the same.
      }
    }
    return library.pbkdf2(library.sha256, password, salt, { c: 1024, dkLen: HASH });
  };

  const batchOf = (data, serial) => data.batches.find((batch) => batch.first <= serial && serial <= batch.last);
  const voidOf = (data, serial) => data.void.find((it) => it.first <= serial && serial <= it.last);

  // The number that an address has behind #: of a tag, if its check character fits.
  const readFragment = (data, fragment) => {
    let text = "";
    try {
      text = decodeURIComponent(fragment).toUpperCase();
    } catch (failed) {
      return null;
    }
    const found = /^#?([0-9]{1,12})([0-9A-Z])$/.exec(text);
    if (!found) return null;
    const serial = Number(found[1]);
    const digits = String(serial).padStart(data.maximum.length, "0");
    return { serial, fits: serial > 0 && checkCharacter(data.before + digits + data.maximum) === found[2] };
  };

  // What a code says of a tag: the name of a sentence, and the day of a report.
  const compare = async (data, serial, typed, load) => {
    const read = readCode(typed);
    if (read.why) return { says: read.why };
    const batch = batchOf(data, serial);
    if (!batch) return { says: "tags_here_never" };
    if (!batch.codes) return { says: "code_unknown" };
    const index = Math.floor((serial - batch.first) / SHARD);
    let shard = null;
    try {
      shard = await load(batch, index);
    } catch (failed) {
      return { says: "code_failed" };
    }
    let hashes = null;
    try {
      hashes = belongs(batch, index, shard);
    } catch (failed) {
      // What cannot be read is not what was signed.
    }
    if (!hashes) return { says: "code_altered" };
    const at = (serial - batch.first - index * SHARD) * HASH;
    const made = await fingerprint(read.code, batch.issuer, batch.edition, serial);
    if (!same(made, hashes.subarray(at, at + HASH))) return { says: "code_unknown" };
    const report = shard.reported.find((it) => it[0] === serial);
    return report ? { says: "code_used", on: report[1] } : { says: "code_fits" };
  };

  if (typeof module === "object" && module.exports) {
    module.exports = { checkCharacter, readCode, belongs, fingerprint, readFragment, compare };
    return;
  }

  const element = document.getElementById("selvedge-tags");
  if (!element) return;
  const data = JSON.parse(element.textContent);

  // Shards arrive as classic scripts, so that it works from a file, too.
  const arrived = new Map();
  const asked = new Map();
  window.selvedgeCodes = (shard) => arrived.set(shard.batch + "-" + shard.index, shard);
  const load = (batch, index) => {
    const name = batch.id + "-" + index;
    if (!asked.has(name)) {
      asked.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = batch.src + name + ".js" + (batch.version ? "?v=" + batch.version : "");
        script.onload = () => (arrived.has(name) ? done(arrived.get(name)) : failed(new Error(name)));
        script.onerror = () => {
          asked.delete(name);
          failed(new Error(name));
        };
        document.head.append(script);
      }));
    }
    return asked.get(name);
  };

  const fill = (text, values) => text.replace(/\{([a-z]+)\}/g, (whole, name) => (name in values ? values[name] : whole));

  for (const place of document.querySelectorAll("[data-selvedge-tags]")) {
    const language = place.closest("[lang]").lang;
    const words = TAG_WORDS[language] || Object.values(TAG_WORDS)[0];
    const isolate = place.closest("[dir]").dir === "rtl" ? (text) => "\u2068" + text + "\u2069" : (text) => text;
    const number = (value) => new Intl.NumberFormat(language).format(value);
    const day = (written) => {
      const date = new Date(written + "T00:00:00Z");
      if (Number.isNaN(date.getTime())) return isolate(written);
      return isolate(new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(date));
    };
    const say = (name, serial, on, reason) =>
      fill(words[name] || name, { serial: isolate(number(serial)), date: day(on || data.told), reason: reason || "" });
    const paragraph = (text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    };
    const told = (serial) => {
      const batch = batchOf(data, serial);
      if (!batch) return warn("unknown", say("tags_here_never", serial));
      const gone = voidOf(data, serial);
      const lines = gone ? warn("void", say("tags_here_void", serial, gone.on, words["reason_" + gone.reason]))
        : [paragraph(say("tags_here_issued", serial, batch.on))];
      const piece = data.items[serial];
      if (piece) {
        const line = document.createElement("p");
        const link = document.createElement("a");
        link.href = piece;
        link.textContent = words.tags_here_item;
        line.append(link);
        lines.push(line);
      }
      return lines;
    };
    const here = document.createElement("div");
    here.className = "tag-here";
    here.setAttribute("aria-live", "polite");
    const article = place.closest("article");
    const about = article.querySelector(".about");
    if (about) about.after(here);
    else place.prepend(here);
    // A tag that does not count is told before anything that is said of the edition.
    const first = document.createElement("div");
    first.setAttribute("aria-live", "polite");
    article.prepend(first);
    const warn = (state, text) => {
      const line = paragraph(text);
      line.className = "verdict";
      const mark = document.createElement("span");
      mark.className = "mark";
      mark.setAttribute("aria-hidden", "true");
      line.prepend(mark);
      first.className = "state";
      first.dataset.state = state;
      first.replaceChildren(line);
      return [];
    };
    let field = null;
    const show = () => {
      const read = readFragment(data, location.hash);
      here.replaceChildren();
      first.replaceChildren();
      first.className = "";
      if (!read) return;
      if (!read.fits) {
        warn("unknown", words.tags_here_slip);
        return;
      }
      here.replaceChildren(...told(read.serial));
      if (field) field.value = String(read.serial);
    };

    const ask = place.querySelector("[data-selvedge-code]");
    if (ask) {
      const input = (label, mode) => {
        const line = document.createElement("label");
        const typed = document.createElement("input");
        typed.type = "text";
        typed.autocomplete = "off";
        typed.autocapitalize = "characters";
        typed.spellcheck = false;
        typed.inputMode = mode;
        typed.dir = "ltr";
        line.append(label, typed);
        return [line, typed];
      };
      const [serialLine, serial] = input(words.code_serial, "numeric");
      const [codeLine, code] = input(words.code_code, "text");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words.code_compare;
      const answer = document.createElement("div");
      answer.setAttribute("role", "status");
      field = serial;
      const run = async () => {
        const digits = serial.value.trim().split("/")[0].replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (it) => String(it.charCodeAt(0) & 15));
        if (!/^0*[1-9][0-9]{0,11}$/.test(digits)) {
          answer.replaceChildren(paragraph(words.code_serial_needed));
          return;
        }
        const wanted = Number(digits);
        answer.replaceChildren(paragraph(words.code_loading));
        const found = await compare(data, wanted, code.value, load);
        const lines = [paragraph(say(found.says, wanted, found.on))];
        const gone = voidOf(data, wanted);
        if (gone && found.says.startsWith("code_")) lines.push(paragraph(say("tags_here_void", wanted, gone.on, words["reason_" + gone.reason])));
        answer.dataset.says = found.says;
        answer.replaceChildren(...lines);
      };
      button.addEventListener("click", run);
      code.addEventListener("keydown", (event) => {
        if (event.key === "Enter") run();
      });
      ask.replaceChildren(paragraph(words.code_explain), serialLine, codeLine, button, answer);
    }
    show();
    window.addEventListener("hashchange", show);
  }
})(nobleHashes);
