// Takes out of files what a record can be judged by: the evidence that a kept page or a badge carries, a record by itself
// with what lies beside it, the files of an evidence pack. Nothing here judges anything, and nothing is run, loaded or
// drawn: pages and drawings are read by the browser's own readers, and stay outside of any window.
((own) => {
  "use strict";

  const NAME = "selvedge-evidence";
  const MAX_FILE = 32 << 20, MAX_RECORDS = 64;
  const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const SNAPSHOT = "BitstringStatusListCredential";
  const { base64, bytesOf, gunzip, hex, parseJson, sha256, shortId, textOf } = own;

  // What is wrong with a file: "none" and "none-page" (it carries nothing), "several", "not-readable", "too-large", "cannot-unpack".
  class Unread extends Error {}
  const refuse = (why) => { throw new Unread(why); };

  const toBase64 = (bytes) => {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(binary);
  };
  const begins = (bytes, signature) => signature.every((byte, at) => bytes[at] === byte);
  const only = (found) => found.length === 1 ? found[0] : refuse(found.length === 0 ? "none" : "several");
  const utf8 = (bytes) => {
    try { return textOf(bytes); } catch { return null; }
  };

  // The evidence in a PNG (third edition, 11.3.3.4): the text of its one chunk iTXt of our name. Its sums are not reckoned:
  // what is carried is judged by its signatures.
  const fromPng = async (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const found = [];
    let at = PNG.length, hasEnded = false;
    while (!hasEnded) {
      if (at + 12 > bytes.length) refuse("not-readable");
      const size = view.getUint32(at), type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
      if (at + 12 + size > bytes.length) refuse("not-readable");
      const data = bytes.subarray(at + 8, at + 8 + size);
      if (type === "iTXt" && String.fromCharCode(...data.subarray(0, NAME.length + 1)) === `${NAME}\0`) found.push(data);
      hasEnded = type === "IEND";
      at += 12 + size;
    }
    const data = only(found);
    const isPacked = data[NAME.length + 1] === 1;
    // Behind the two signs of packing: a language and the name in it, each with a zero behind it.
    const language = data.indexOf(0, NAME.length + 3), translated = data.indexOf(0, language + 1);
    if (language < 0 || translated < 0 || data[NAME.length + 2] !== 0) refuse("not-readable");
    const body = data.subarray(translated + 1);
    const text = isPacked ? await gunzip(body, "deflate", MAX_FILE) : body;
    if (text === undefined) refuse("cannot-unpack");
    return (text && utf8(text)) ?? refuse("not-readable");
  };

  const fromSvg = (text) => {
    // Words of its own could stand for anything.
    if (/<!DOCTYPE/i.test(text)) refuse("not-readable");
    const svg = new DOMParser().parseFromString(text.replace(/^\ufeff/, ""), "image/svg+xml");
    if (svg.getElementsByTagName("parsererror").length > 0) refuse("not-readable");
    const holders = [...svg.getElementsByTagNameNS("*", "metadata")].filter((one) => one.getAttribute("id") === NAME);
    const holder = only(holders);
    return [...holder.childNodes].every(({ nodeType }) => nodeType === 3) ? holder.textContent : refuse("not-readable");
  };

  // What stands in a template is not styled either, so that the policy of this page is not asked about the other's style.
  const fromHtml = (text) => {
    const page = document.createElement("template");
    page.innerHTML = text;
    const found = [...page.content.querySelectorAll("script")].filter((one) => one.id === NAME);
    if (found.length === 0) refuse("none-page");
    return only(found).textContent;
  };

  const parsed = (text) => {
    try { return parseJson(bytesOf(text)); } catch { return refuse("not-readable"); }
  };

  // Sorts of files, by their content first.
  const sortOf = ({ name, bytes }) => {
    if (begins(bytes, PNG)) return "png";
    const isPhotograph = begins(bytes, [0xff, 0xd8, 0xff]) || begins(bytes, [0x47, 0x49, 0x46, 0x38]) ||
      begins(bytes, [0x52, 0x49, 0x46, 0x46]) && begins(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]);
    if (isPhotograph) return "photograph";
    if (begins(bytes, [0x50, 0x4b, 0x03, 0x04])) return "zip";
    if (/^(did\.jsonl|did-witness\.json|did\.json|log\.vkey|checkpoint|SHA256SUMS)$/.test(name)) return name;
    const [, ending] = /\.(tlog-proof|sshsig|jsonld|tsr|ots|txt|pdf|person)$/.exec(name) || [];
    if (ending) return ending;
    const start = utf8(bytes.subarray(0, bytes.length > 4096 ? bytes.lastIndexOf(0x3e, 4096) + 1 || 4096 : bytes.length)) ??
      String.fromCharCode(...bytes.subarray(0, 64));
    if (/^\s*\{/.test(start)) return "json";
    const tags = start.replace(/^\ufeff/, "").replace(/<!--[^]*?-->|<\?[^]*?\?>/g, "");
    if (/^\s*(<!doctype svg[^>]*>\s*)?<([A-Za-z_][\w.-]*:)?svg[\s>\/]/i.test(tags)) return "svg";
    return /^\s*<(!doctype html|html|head|body|meta|[a-z])/i.test(tags) ? "html" : "other";
  };

  // The files of a list that SHA256SUMS names, held against it: { count, missing, altered }. Pages and instructions in it
  // are words, and prove nothing.
  const isWords = (path) => path.startsWith("README.") || /^V\/.*\/index\.html$/.test(path);
  const compareList = (text, byPath) => {
    const missing = [], altered = [];
    let count = 0;
    for (const line of text.split("\n").filter(Boolean)) {
      const [, digest, path] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) || [];
      if (!digest) return null;
      count += 1;
      const found = byPath.get(path);
      if (isWords(path) || found && found.digest === digest) continue;
      (found ? altered : missing).push(path);
    }
    return count > 0 ? { count, missing, altered } : null;
  };

  // What there is to judge in files: [{ name, path, bytes }] to
  //   { items: [{ name, evidence, hasIdentity }], faults: [{ name, why }], photographs, digests, list, isPack }
  // `evidence` is what selvedgeCheck takes; `digests` are those of all files; `list` is what SHA256SUMS says, if it is there.
  const gather = async (files) => {
    const items = [], faults = [], photographs = [], records = [], digests = new Set(), byPath = new Map();
    const shared = { heads: [], snapshots: [], headProofs: [] };
    const proofs = new Map(), sides = new Map();
    // A pack lies below a folder of its own, where a browser says so.
    const lists = files.filter(({ name }) => name === "SHA256SUMS");
    const top = lists.length === 1 ? lists[0].path.slice(0, -"SHA256SUMS".length) : "";
    const sorted = [];
    for (const file of files) {
      if (file.bytes.length > MAX_FILE) { faults.push({ name: file.name, why: "too-large" }); continue; }
      const digest = hex(await sha256(file.bytes));
      digests.add(digest);
      byPath.set(file.path.startsWith(top) ? file.path.slice(top.length) : file.path, { digest });
      sorted.push({ ...file, digest, sort: sortOf(file) });
    }
    const isPack = sorted.some(({ sort }) => sort === "SHA256SUMS");
    let list = null;
    for (const file of sorted) {
      const { name, path, bytes, sort } = file;
      const text = () => utf8(bytes) ?? refuse("not-readable");
      try {
        if (sort === "png") {
          try { items.push({ name, evidence: parsed(await fromPng(bytes)), hasIdentity: true }); } catch (error) {
            // Photographs of a record may be PNGs, and carry nothing.
            if (!(error instanceof Unread) || error.message !== "none") throw error;
            photographs.push(file);
          }
        } else if (sort === "svg") items.push({ name, evidence: parsed(fromSvg(text())), hasIdentity: true });
        else if (sort === "html") {
          if (!isPack) items.push({ name, evidence: parsed(fromHtml(text())), hasIdentity: true });
        } else if (sort === "json") {
          const said = parsed(text());
          const isEvidence = typeof said.record === "string" && said.credentialSubject === undefined;
          if (isEvidence) items.push({ name, evidence: said, hasIdentity: true });
          else records.push({ ...file, short: shortId(await sha256(bytes)), type: said.type });
        } else if (sort === "photograph") photographs.push(file);
        else if (sort === "tlog-proof") {
          const isOfHead = /(^|\/)log\/heads\/\d+\/[^/]*$/.test(path);
          if (isOfHead) shared.headProofs.push({ short: name.slice(0, 32), text: text() });
          else proofs.set(name.slice(0, -".tlog-proof".length), text());
        } else if (sort === "sshsig") sides.set(name.slice(0, -".sshsig".length), text());
        else if (sort === "checkpoint") shared.heads.push(text());
        else if (sort === "did.jsonl") shared.didLog = toBase64(bytes);
        else if (sort === "did-witness.json") shared.didWitness = toBase64(bytes);
        else if (sort === "did.json") shared.identity = toBase64(bytes);
        else if (sort === "log.vkey") shared.log = text();
        else if (sort === "SHA256SUMS") list = compareList(text(), byPath) ?? { count: 0, missing: [], altered: [path] };
        else if (sort === "zip") refuse("zip");
        // A pack has more files than are looked into here; its list was held against them.
        else if (sort === "other" && !isPack && name !== "allowed_signers") refuse("not-readable");
      } catch (error) {
        if (!(error instanceof Unread)) throw error;
        faults.push({ name, why: error.message });
      }
    }
    const isList = ({ type }) => Array.isArray(type) && type.includes(SNAPSHOT);
    shared.snapshots = records.filter(isList).map(({ bytes }) => toBase64(bytes));
    const asked = records.some((one) => !isList(one)) ? records.filter((one) => !isList(one)) : records;
    if (asked.length > MAX_RECORDS) faults.push({ name: asked[MAX_RECORDS].name, why: "too-many" });
    for (const { name, bytes, short } of asked.slice(0, MAX_RECORDS)) {
      // Whoever kept a record under another name gave its proof that name too, or there is one of each only.
      const stem = name.replace(/\.json$/, "");
      const beside = (map) => map.get(short) ?? map.get(stem) ?? (map.size === 1 && asked.length === 1 ? [...map.values()][0] : undefined);
      const { headProofs, ...rest } = shared;
      const evidence = {
        ...rest, record: toBase64(bytes), proof: beside(proofs), sideSignature: beside(sides),
        headProofs: headProofs.filter((one) => one.short === short).map(({ text }) => text),
      };
      items.push({ name, evidence, hasIdentity: Boolean(evidence.didLog || evidence.identity) });
    }
    // A photograph is told of only if no record speaks of it; whoever judges knows. A picture alone has a code to read.
    return { items, faults, photographs, digests, list, isPack };
  };

  Object.assign(own, { carried: { gather, fromPng, fromSvg, fromHtml, sortOf, toBase64, compareList } });
})(window.selvedge = window.selvedge || {});
