// Whom a site believes: the trust list of the page where things are checked (`verify/`). It gives check.js what a
// record page cannot bring along, mirrors the command's rules (src/verify: trust, record, page, pack) and, as
// that does, says "record intact" of nothing but what a believed signer signed. It asks nobody.
// Runs after check.js, whose functions it uses, and TEST_KEYS: the last eight characters of each key that is
// for trying out.
(() => {
"use strict";

const own = globalThis.selvedge;
const { base64, bytesOf, concat, foldLog, instant, parseLogKey, sha256, verifyStrict } = own;
const { sameIssuer } = foldLog;

const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

// ---- what OpenSSH writes: strings with their length before them ----

const sized = (bytes) => {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concat(length, bytes);
};
const keyBlob = (key) => concat(sized(bytesOf("ssh-ed25519")), sized(key));

// The fingerprint of a key as `ssh-keygen -l` shows it.
const fingerprintOf = async (key) => `SHA256:${toBase64(await sha256(keyBlob(key))).replace(/=+$/, "")}`;

const sha512 = async (bytes) =>
  own.engine.subtle ? new Uint8Array(await own.engine.subtle.digest("SHA-512", bytes)) : noble.sha512(bytes);

// Whether a side signature (OpenSSH's PROTOCOL.sshsig) is this key's, in this namespace, over this message. Each has
// one spelling, so that the whole file is made again but for the 64 bytes of the signature, and compared.
const isSideSignature = async (text, message, namespace, key) => {
  const [, body] = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+\/=\n]{1,4000})\n-----END SSH SIGNATURE-----\n$/.exec(text) || [];
  const blob = body && base64(body.replaceAll("\n", ""));
  if (!blob || body !== toBase64(blob).replace(/(.{70})(?=.)/g, "$1\n")) return false;
  const hash = ["sha512", "sha256"].find((name) => holdsText(blob, name));
  if (!hash) return false;
  const about = concat(sized(bytesOf(namespace)), sized(new Uint8Array()), sized(bytesOf(hash)));
  const before = concat(bytesOf("SSHSIG"), Uint8Array.of(0, 0, 0, 1), sized(keyBlob(key)), about);
  const signature = blob.subarray(blob.length - 64);
  const whole = concat(before, sized(concat(sized(bytesOf("ssh-ed25519")), sized(signature))));
  if (!equal(whole, blob)) return false;
  const digest = hash === "sha512" ? await sha512(message) : await sha256(message);
  return verifyStrict(key, concat(bytesOf("SSHSIG"), about, sized(digest)), signature);
};
const holdsText = (blob, name) => {
  const sought = sized(bytesOf(name));
  return blob.some((_, at) => at + sought.length <= blob.length && equal(blob.subarray(at, at + sought.length), sought));
};

// ---- the list ----

const FOR_MEMBERS = ["Design", "SealedDesign", "Consent", "Edition", "Item", "Licence", "Transfer", "BenefitReport"];

// Whether an Accreditation or Delegation, by its words alone, lets the signer of a record sign it.
const admits = (by, said) => {
  const { credentialSubject: subject, validFrom, validUntil } = by.document;
  const named = (party) => party && party.id === said.document.issuer;
  const isNamed = by.kind === "Accreditation" ? named(subject.member) && FOR_MEMBERS.includes(said.kind)
    : by.kind === "Delegation" && named(subject.delegate) && (subject.may || []).includes(said.kind);
  const at = instant(said.created), isPractice = ({ document }) => document.type.length > 2;
  return Boolean(isNamed) && said.document.issuer.startsWith("did:key:") && (isPractice(said) || !isPractice(by)) &&
    instant(validFrom) <= at && (validUntil === undefined || at <= instant(validUntil));
};

const DENIED = { void: "in-effect", revoked: "not-revoked", withdrawn: "not-withdrawn", superseded: "not-superseded",
  suspended: "not-suspended", ended: "not-ended", proposed: "agreed" };
// Of how a record may stand, the check by which lists alone tell it.
const TOLD_BY_LISTS = { "in-effect": "not-revoked", "not-withdrawn": "not-revoked", "not-superseded": "not-revoked",
  "not-ended": "not-revoked", agreed: "not-suspended" };
// What a list may say of a signer whom it does not believe for this.
const NOT_BELIEVED = ["unknown", "other-kind", "delegated-for-other", "other-time"];
// Most steps from a signer of the list to a delegate.
const MAX_DEPTH = 4;
const MAY_BE_MISSING = ["file-name", "side-signature", "site", "snapshot", "existed-by", "seen-by", "identity", "people"];

// A list of believed signers for selvedgeCheck.
//   list: { signers: [{ name, did, fingerprint?, log?, kinds?, delegated? }], witnesses: [{ name, vkey }], quorum,
//           own: the name of the site itself, or null, believeTests: for tests only }
//           delegated: { by: [names], from, until, asOf } of whom the list itself does not name: whose Delegations lead to
//           her, the first by somebody on the list, for records created from when until when, and as of when that is known
//   files: the SHA-256, in hex, of whatever files are at hand, as a Set
//   know: (number, id) -> what the register of the site says of a record:
//         { condition, isAdmitted }, null if it has none such, undefined if it could not be asked
const trusting = (list, { files = new Set(), know = async () => undefined } = {}) => {
  const { signers } = list;
  const named = (did) => signers.filter((signer) => sameIssuer(signer.did, did));
  const isFor = ({ kinds }, kind) => !kinds || kinds.includes(kind);
  const isAt = ({ delegated }, created) => !delegated || instant(delegated.from) <= created && created <= instant(delegated.until);
  const isListed = ({ delegated }) => !delegated;
  // An owner who was delegated herself does not give that on, unless she was delegated for this too.
  const givesOn = (signer, admitting, created) => isListed(signer) ||
    Boolean(admitting) && isFor(signer, admitting) && signer.delegated.by.length < MAX_DEPTH && isAt(signer, created);
  // That somebody was delegated for something else takes nothing from her that an owner admits her for.
  const mayBeAdmitted = (did, standing) => NOT_BELIEVED.includes(standing) && !named(did).some(isListed);
  const isTestKey = (key) => !list.believeTests && TEST_KEYS.includes(key.slice(-8));
  const isTest = (identity) => {
    const keys = [...identity.updateKeys, ...[...identity.versions.values()].flat()];
    return keys.some(isTestKey);
  };

  // What the list says of whoever signed.
  const standing = async ({ method, kind, created }, identity) => {
    if (signers.length === 0) return { is: "no-list" };
    const own = identity && identity.scid === method.scid ? identity : null;
    if (isTestKey(method.fragment) || own && isTest(own)) return { is: "test-key" };
    const fingerprint = await fingerprintOf(method.key);
    const isOwnKey = method.did.startsWith("did:key:") ? true
      : own ? [...own.versions.values()].some((keys) => keys.includes(method.fragment)) : undefined;
    const all = named(method.did), listed = all.filter(isListed);
    // Where the list itself says which keys of an issuer count, no Delegation makes others count.
    const isOther = listed.length > 0 && listed.every((signer) => signer.fingerprint && signer.fingerprint !== fingerprint);
    const withKey = all.filter((signer) => signer.fingerprint ? signer.fingerprint === fingerprint
      : isOwnKey === true && (isListed(signer) || !isOther));
    const forKind = withKey.filter((signer) => isFor(signer, kind));
    const signer = forKind.find((signer) => isAt(signer, created));
    if (signer) return { is: isListed(signer) ? "listed" : "delegated", signer };
    if (forKind.length > 0) return { is: "other-time", signer: forKind[0] };
    if (withKey.some(isListed)) return { is: "other-kind" };
    if (withKey.length > 0) return { is: "delegated-for-other", signer: withKey[0] };
    const open = isOwnKey === undefined ? all.filter((signer) => !signer.fingerprint) : [];
    if (open.some(isListed)) return { is: "keys-unknown" };
    if (open.length > 0) return { is: "delegated-keys-unknown", signer: open[0] };
    return { is: all.length > 0 ? "other-key" : "unknown" };
  };

  const logsOf = (did) => named(did).map(({ log }) => log).filter(Boolean);

  // The check `log-signer`.
  const judgeLog = async ({ method }, { identity, proof, isUnread, logKeys }, { valid, invalid, notChecked }) => {
    const issuer = method.did;
    if (isUnread) return notChecked("signer", "log-signer", "stands-on-another");
    if (logKeys.length === 0) return notChecked("signer", "log-signer", "no-key");
    const isNamed = identity && named(identity.did).length > 0 && !isTest(identity);
    if (isNamed) return valid("signer", "log-signer", "of-history");
    const listed = logsOf(issuer);
    if (listed.length === 0) return notChecked("signer", "log-signer", "no-log-listed");
    const origin = proof && proof.head.origin;
    const used = logKeys.filter(({ name }) => !origin || name === origin);
    for (const log of listed) {
      const key = await parseLogKey(log);
      if (key && used.some((one) => one.name === key.name && equal(one.key, key.key))) return valid("signer", "log-signer", "listed");
    }
    return invalid("signer", "log-signer", "other-log");
  };

  // By whose Delegation somebody is believed, for the words: days as the calendar has them.
  const told = (signer) => {
    if (!signer || isListed(signer)) return {};
    const { by, from, until, asOf } = signer.delegated;
    return { by: by[by.length - 1], from, until, asOf: asOf.slice(0, 10), delegated: signer.delegated };
  };

  const change = (findings, check, verdict, reason, facts) => {
    const found = findings.find((finding) => finding.check === check);
    if (found) Object.assign(found, { verdict, reason }, facts);
  };

  return {
    witnesses: list.witnesses,
    // The checks of this list, for bytes that are no record.
    notReached: [["bytes", "masters"], ["bytes", "side-signature"], ["signer", "log-signer"]],

    // The keys of logs that the list names for an issuer, that of the proof's log first.
    async logKeysOf(did, proof) {
      const keys = (await Promise.all(logsOf(did).map((log) => parseLogKey(log)))).filter(Boolean);
      const fits = keys.filter(({ name }) => proof && name === proof.head.origin);
      return fits.length > 0 ? fits : keys.slice(0, 1);
    },

    // What lies beside a record: the photographs that it speaks of, and its signature for OpenSSH.
    async judgeBeside({ document, base, method }, { record, sideSignature }, { valid, invalid, notChecked }) {
      const photographs = document.relatedResource.slice(1).map(({ id }) => id.split("/").pop());
      const missing = photographs.filter((name) => !files.has(name.slice(0, 64)));
      if (missing.length > 0) notChecked("bytes", "masters", "missing", { files: missing.join(", "), missing });
      else valid("bytes", "masters", photographs.length > 0 ? "here" : "none");
      if (!sideSignature) { notChecked("bytes", "side-signature", "absent"); return; }
      const namespace = `selvedge-record@${new URL(base).host}`;
      const holds = await isSideSignature(sideSignature, record, namespace, method.key);
      if (holds) valid("bytes", "side-signature", "holds");
      else invalid("bytes", "side-signature", "does-not-hold");
    },

    async judgeSigner(read, about, into) {
      const { valid, invalid, notChecked } = into, issuer = read.method.did;
      const { is, signer } = await standing(read, about.identity);
      into.standing = is;
      const facts = { issuer, ...told(signer) };
      if (is === "listed" || is === "delegated") valid("signer", "signer", is, { ...facts, name: signer.name });
      else if (["no-list", "keys-unknown", "delegated-keys-unknown"].includes(is)) notChecked("signer", "signer", is, facts);
      else invalid("signer", "signer", is, facts);
      await judgeLog(read, about, into);
      notChecked("signer", "site", "met-alone");
    },

    // What the whole log, or the site's own register, knows beyond the evidence: who was admitted by whom, and what
    // became of the record since. It never makes a record better than its evidence, but for whose word it is.
    async settle(read, { recordId, number, identity, folded }, into) {
      const known = into.known = await know(number, recordId);
      if (known && known.isDisputed) into.isDisputed = true;
      const { kind } = read, owner = identity && !isTest(identity) ? identity.did : null;
      const admit = (did, admitting) => {
        const signer = did && named(did).find((signer) => isFor(signer, kind) && givesOn(signer, admitting, read.created));
        if (signer) change(into.findings, "signer", "valid", "admitted", { ...told(signer), name: signer.name });
      };
      if (mayBeAdmitted(read.method.did, into.standing)) {
        const inFold = folded.standings && !folded.gap ? folded.standings.get(recordId) : undefined;
        if (inFold && inFold.admitting) admit(owner, (folded.standings.get(inFold.admitting) || {}).kind);
        else if (known && known.isAdmitted) admit(list.own);
      }
      const check = known && DENIED[known.condition];
      // Lists know two sorts of no (RECORD-FORMAT §6); which of those that they stand for it is, the register tells.
      const bit = into.findings.find((finding) => finding.check === TOLD_BY_LISTS[check] && finding.reason === "list-says-so");
      if (bit) Object.assign(bit, { verdict: "valid", reason: "holds" });
      const isTold = check && into.findings.some((finding) => finding.check === check && finding.verdict === "invalid");
      if (check && !isTold) change(into.findings, check, "invalid", "register-says");
    },

    // Since when the record is known to have existed, by the neighbours of the list.
    date({ keys, seen }, now, { valid, notChecked }) {
      const before = seen.filter(({ at }) => at <= now);
      const last = before[list.quorum - 1];
      if (keys === 0) notChecked("time", "existed-by", "no-witness");
      else if (!last) notChecked("time", "existed-by", "too-few", { have: before.length, need: list.quorum });
      else {
        const who = before.map(({ witness }) => witness).join(", ");
        valid("time", "existed-by", "seen", { date: new Date(last.at).toISOString().slice(0, 10), who });
      }
    },

    // Believes a record whose signer is admitted by another that came with it and is intact itself, signed by the owner
    // of the log. Answers whether that changed anything.
    admitBy(result, identityDid, others) {
      const signer = result.findings.find(({ check }) => check === "signer");
      if (!result.said || !signer || !mayBeAdmitted(result.said.document.issuer, signer.reason)) return false;
      const by = others.find((other) => other.state === "record-intact" &&
        sameIssuer(other.said.document.issuer, identityDid) && admits(other.said, result.said));
      const listed = by && named(identityDid).find((signer) => isFor(signer, result.said.kind) &&
        givesOn(signer, by.said.kind, instant(result.said.created)));
      if (!listed) return false;
      Object.assign(signer, { ...told(listed), verdict: "valid", reason: "admitted", name: listed.name });
      result.state = this.stateOf(result.findings);
      return true;
    },

    // The first that applies (src/verify/report.rs).
    stateOf(findings) {
      const verdict = (check) => (findings.find((finding) => finding.check === check) || {}).verdict;
      const refused = (check) => findings.some((finding) => finding.check === check && finding.verdict === "invalid");
      if (refused("proof-present")) return "not-signed";
      if (refused("seen-by") || refused("people") || findings.some(({ axis, verdict }) => axis === "bytes" && verdict === "invalid")) return "altered";
      if (refused("practice")) return "practice";
      if (verdict("signer") !== "valid" || refused("log-signer") || refused("identity")) return "unknown-signer";
      const states = [["key-in-force", "revoked"], ["in-effect", "revoked"], ["not-revoked", "revoked"],
        ["not-withdrawn", "withdrawn"], ["not-superseded", "superseded"], ["not-suspended", "suspended"],
        ["not-ended", "expired"], ["valid-until", "expired"], ["valid-from", "not-yet-in-force"], ["agreed", "proposed"]];
      for (const [check, state] of states) if (refused(check)) return state;
      const isMissing = findings.some(({ check, verdict }) => verdict === "not-checked" && !MAY_BE_MISSING.includes(check));
      return isMissing || refused("snapshot") ? "cannot-check-now" : "record-intact";
    },
  };
};

Object.assign(own, { fingerprintOf, isSideSignature, trusting });
})();
