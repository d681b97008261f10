// How every record of a log stands: a pure fold over the entries in their order and the bodies
// behind them. It mirrors src/verify/fold.rs, rule by rule, and the tests hold both to the same
// cases (tests/vectors/own/fold.json). It knows no clock, no trust and no signatures: whoever calls
// gives it records that were checked. KINDS is the table of kinds (kinds.json).
//
// foldLog({ issuer, versions, cuts }, items) -> { standings, breaches, gap, snapshots, bitsAt }
//   versions: Map of versionId to its keys, the current one first; cuts: [{ key, size }]
//   item: { record } | { missing: id } | { did: versionId } | { unknown: true }, where a record is
//   { id, uuid, kind, issuer, created, from, until, position, reissues, isPractice, key, subject, places }
//   `places` holds the unpacked bytes of a status list, or null.
// A missing body that a Withdrawal of the log names is taken as its tombstone.
const foldLog = (() => {
"use strict";

const LIST_SIZE = 131072, SNAPSHOT = "BitstringStatusListCredential";
const FOR_MEMBERS = ["Design", "SealedDesign", "Consent", "Edition", "Item", "Licence", "Transfer", "BenefitReport"];
const CAN_BE_WITHDRAWN = ["Design", "Disclosure", "Item", "Label"];
const OPEN = ["in-force", "proposed", "suspended"];

// A did:webvh name is its SCID, wherever it has moved.
const sameIssuer = (one, two) => {
  const scid = (did) => did.startsWith("did:webvh:") ? did.split(":")[2] : did;
  return scid(one) === scid(two);
};

// The record that a reference names, its id in hex; null if it is none.
const reference = (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { id, digestSRI } = value;
  if (typeof id !== "string" || typeof digestSRI !== "string" || !id.startsWith("urn:uuid:")) return null;
  const digest = Array.from(atob(digestSRI.slice(7)), (c) => c.charCodeAt(0).toString(16).padStart(2, "0"));
  return { uuid: id, id: digest.join("") };
};

const bit = (places, place) =>
  place < places.length * 8 ? (places[Math.floor(place / 8)] >> (7 - place % 8) & 1) === 1 : undefined;

const FOR_PRACTICE = "it was signed for practice, and changes nothing that is meant";

// The name of a party; null if it has none.
const didOf = (party) => party && typeof party.id === "string" && party.id.startsWith("did:") ? party.id : null;

const tombstone = ({ kind, issuer, subject, isPractice }) => {
  const target = kind === "Withdrawal" && CAN_BE_WITHDRAWN.includes(subject.targetKind) && reference(subject.target);
  return target && {
    ...target, kind: subject.targetKind, issuer: didOf(subject.saidBy) || issuer, created: Date.parse(subject.targetSigned),
    position: subject.targetPosition ?? null, reissues: reference(subject.targetReissues), isPractice, key: null,
  };
};

const foldLog = (owner, items) => {
  const standings = new Map(), uuids = new Map(), pending = new Map(), seals = new Map();
  const missing = new Map(), disputeOf = new Map();
  const breaches = [], changes = [], snapshots = [], rights = [], members = [], tombstones = [];
  const charters = { meant: null, practice: null }, openers = new Map();
  // The names of members who lost a key and got another, one after the other, each but the first with the
  // Accreditation that gave it: the last of which that was not revoked is hers now.
  const renames = { meant: [], practice: [] };
  let currentKey = null, unknown = null;

  const isOwn = (issuer) => sameIssuer(owner.issuer, issuer);
  const isInForce = (id) => standings.get(id).condition === "in-force";
  const isOpen = (id) => standings.has(id) && OPEN.includes(standings.get(id).condition);
  const breach = (index, why) => { breaches.push({ index, why }); };

  // Notes the bits of a record as they are from an entry on.
  const mark = (id, index) => {
    const { position, condition, index: record } = standings.get(id);
    if (position === null) return;
    const holdsNot = ["suspended", "proposed"].includes(condition);
    changes.push({ index, record, position, purpose: "revocation", bit: !OPEN.includes(condition) });
    changes.push({ index, record, position, purpose: "suspension", bit: holdsNot });
  };
  const set = (id, index, condition, facts) => {
    const standing = standings.get(id);
    if (!standing) return;
    for (const name of ["by", "why", "have", "need"]) delete standing[name];
    Object.assign(standing, { condition }, facts);
    mark(id, index);
  };
  const on = (id, change) => { if (standings.has(id)) change(standings.get(id)); };
  // An entry that may not do what it says: it is void, and nothing else changes.
  const refuse = (index, id, why) => { breach(index, why); set(id, index, "void", { why }); };
  const finish = (index, id, condition, by) => { if (isOpen(id)) set(id, index, condition, { by }); };

  // Whether the key of whoever signs in this name is known: the owner's by her history, a did:key by the
  // name itself. Of other names no history is at hand, so that anybody could have signed in them.
  const vouches = (issuer) => issuer.startsWith("did:key:") || isOwn(issuer);
  const holds = ({ record, from, until, isPractice }, by) =>
    from <= by.created && by.created <= until && (by.isPractice || !isPractice) && isInForce(record);
  // The Delegation by which somebody signs for another, and the Accreditation that makes her a member.
  const right = (giver, by) => vouches(by.issuer) ? rights.find((right) =>
    sameIssuer(right.giver, giver) && sameIssuer(right.to, by.issuer) && right.kinds.includes(by.kind) && holds(right, by)) : undefined;
  const hasRight = (giver, by) => right(giver, by) !== undefined;
  const membership = (by) => FOR_MEMBERS.includes(by.kind) && vouches(by.issuer)
    ? members.find((one) => sameIssuer(one.member, by.issuer) && holds(one, by)) : undefined;
  const isMember = (by) => membership(by) !== undefined;
  // The record by which somebody else than the owner may sign this; undefined if she needs none, or has none.
  const admittedBy = (record) => KINDS[record.kind].by === "Issuer" && !isOwn(record.issuer)
    ? (membership(record) ?? right(owner.issuer, record) ?? {}).record : undefined;
  // Whether a record is the owner's own act, by herself or by somebody who may sign for her.
  const actsForOwner = (record) => isOwn(record.issuer) || !isMember(record) && hasRight(owner.issuer, record);
  const renamed = (isPractice) => isPractice ? [...renames.meant, ...renames.practice] : renames.meant;
  const hasName = (names, did) => names.some(({ name }) => name === did);
  const currentName = (names) => [...names].reverse()
    .find(({ by }) => by === null || standings.get(by).condition !== "revoked").name;
  // Whether a name is a member's of now who had another before, or one that she had.
  const follows = (former, name, isPractice) =>
    renamed(isPractice).some((names) => currentName(names) === name && hasName(names, former));
  const isLost = (name, isPractice) =>
    renamed(isPractice).some((names) => hasName(names, name) && currentName(names) !== name);
  // Whether a record was signed by whoever signed an earlier one.
  const isSameSigner = (old, { issuer, key }) => sameIssuer(old.issuer, issuer) &&
    (vouches(issuer) || key === null || old.key === key) || follows(old.issuer, issuer, old.isPractice);

  // Why the key of a record did not speak for the issuer at that entry; null if it did.
  const wrongKey = (index, { issuer, key, isPractice }) => {
    if (isLost(issuer, isPractice)) return "it was signed with a key that its owner had lost";
    if (!isOwn(issuer) || key === null) return null;
    const cut = owner.cuts.find((cut) => cut.key === key && index >= cut.size);
    if (cut) {
      const why = "it was signed with a key that was reported stolen";
      return cut.size > 0 ? why : `${why}, and nobody outside dated it before: its time is unknown`;
    }
    return currentKey !== null && currentKey !== key
      ? "it was signed with a key that was not the issuer's then" : null;
  };
  // Why a record is not its signer's to make; null if it is.
  const unfit = (record) => {
    const { issuer, kind } = record;
    const isAdmitted = KINDS[kind].by !== "Issuer" || isOwn(issuer) || isMember(record) || hasRight(owner.issuer, record);
    return isAdmitted ? null : `a record of the kind ${kind} is for the owner of this log to sign`;
  };

  // A record that says an earlier one again takes its place.
  const reissue = (index, record) => {
    if (!record.reissues) return;
    const { id, uuid } = record.reissues, old = standings.get(id);
    if (!old || old.index >= standings.get(record.id).index) return breach(index, "what it reissues is not in the log before it");
    if (record.isPractice && !old.isPractice) return set(record.id, index, "void", { why: FOR_PRACTICE });
    if (!isSameSigner(old, record) || old.kind !== record.kind) {
      return breach(index, "it reissues what somebody else signed");
    }
    if (old.uuid !== uuid) return breach(index, "what it reissues has another id");
    if (["revoked", "withdrawn"].includes(old.condition)) {
      return breach(index, "it reissues what was taken back");
    }
    set(id, index, "superseded", { by: record.id });
  };

  // Who has to agree: `need` of `who`.
  const circle = (who, need) => ({ who, need, agreed: [] });
  const have = ({ agreed, need }) => Math.min(agreed.length, need);
  const counts = (circles) => ({
    have: circles.reduce((sum, one) => sum + have(one), 0), need: circles.reduce((sum, one) => sum + one.need, 0),
  });
  const isAgreed = (circles) => circles.every((one) => have(one) === one.need);
  // To an act of the owner, as her charter says.
  const charterCircle = (record) => {
    const charter = record.isPractice && charters.practice || charters.meant;
    const need = charter && actsForOwner(record) ? charter.thresholds.get(record.kind) : undefined;
    return need === undefined ? null : circle(charter.signatories, need);
  };
  // Before a sealed design is opened, as its record says, whoever opens it; of nobody if this record may not anyway.
  const openingCircle = (record) => {
    const target = record.kind === "Disclosure" && reference(record.subject.target);
    if (!target || notEntitled(target, record) !== null) return null;
    const needed = openers.get(target.id);
    return needed && !(record.isPractice && !standings.get(target.id).isPractice) ? circle(needed.who, needed.need) : null;
  };

  // Enters a record; true if what it says takes effect now.
  const enter = (index, record, isWhole) => {
    const { id, uuid, kind, issuer, created, isPractice, key } = record;
    // What somebody else than the owner states could be the place of another's record; hers is that of her entry.
    const position = kind === SNAPSHOT ? null : (isOwn(issuer) ? record.position : null) ?? index;
    if (standings.has(id)) { breach(index, "it repeats an earlier entry"); return false; }
    if (uuids.has(uuid)) breach(index, `it signs the same id as entry ${uuids.get(uuid) + 1}`);
    uuids.set(uuid, index);
    let why = wrongKey(index, record);
    if (why === null) {
      why = unfit(record);
      if (why !== null) breach(index, why);
    }
    const admitting = admittedBy(record);
    standings.set(id, {
      index, id, uuid, kind, issuer, created, position, isPractice, key, admitting, condition: why === null ? "in-force" : "void",
      ...(why === null ? {} : { why }), disputes: [], corrections: [], disclosures: [], words: [], voidTags: [],
    });
    if (why !== null) { mark(id, index); return false; }
    const circles = [charterCircle(record), isWhole && openingCircle(record)].filter(Boolean);
    if (circles.length === 0) { reissue(index, record); return isInForce(id); }
    pending.set(id, { record, isWhole, circles });
    set(id, index, "proposed", counts(circles));
    return false;
  };

  // Why somebody may not change a record; null if she may.
  const notEntitled = (target, record) => {
    const { issuer, kind } = record;
    const old = standings.get(target.id);
    if (!old) return "the record that it changes is not in the log before it";
    if (old.uuid !== target.uuid) return "the record that it changes has another id";
    const [, form] = KINDS[kind].fields.find(([name]) => name === "target") || [];
    const kinds = form && form.record || [];
    if (kinds.length > 0 && !kinds.includes(old.kind)) {
      return `a ${kind} cannot change a record of the kind ${old.kind}`;
    }
    // Whoever runs the log answers for the members' records in it.
    const isEntitled = isSameSigner(old, record) || hasRight(old.issuer, record) ||
      isOwn(issuer) && old.issuer.startsWith("did:key:") && kind === "Status";
    return isEntitled ? null : "somebody else issued the record that it changes";
  };

  const changeStatus = (index, id, target, newState) => {
    const old = standings.get(target.id);
    if (!old) return;
    // Nobody's fault where another act came first; but nothing that anybody would sign.
    const late = (why) => set(id, index, "void", { why });
    if (["revoked", "withdrawn"].includes(old.condition)) return late("the record was taken back for good before");
    if (newState === "revoked") return set(target.id, index, "revoked", { by: id });
    if (!OPEN.includes(old.condition)) return late("the record held no more before");
    if (newState === "ended") return set(target.id, index, "ended", { by: id });
    if (newState === "reinstated") {
      return old.condition === "suspended" ? set(target.id, index, "in-force") : late("the record is not on hold");
    }
    if (old.condition === "in-force") return set(target.id, index, "suspended", { by: id });
    late(old.condition === "suspended" ? "the record is on hold already"
      : "the record waits for others to agree, and holds nothing yet; it can be revoked");
  };

  // Counts an agreement; the one that completes an act makes it take effect.
  const approve = (index, about, issuer) => {
    const act = pending.get(about);
    // An act that came to its end before waits for nobody any more.
    if (!act || !vouches(issuer) || standings.get(about).condition !== "proposed") return;
    const { circles, record, isWhole } = act, isIn = (list) => list.some((who) => sameIssuer(who, issuer));
    const counting = circles.filter((one) => isIn(one.who) && !isIn(one.agreed) && have(one) < one.need);
    // One agreement counts in each circle that its signer stands in.
    for (const one of counting) one.agreed.push(issuer);
    if (!isAgreed(circles)) {
      if (counting.length > 0) set(about, index, "proposed", counts(circles));
      return;
    }
    pending.delete(about);
    set(about, index, "in-force");
    reissue(index, record);
    if (isInForce(about) && isWhole && record.kind !== "Design") takeEffect(index, record);
  };

  // An issuer whose key was stolen says with the new one that an old entry is hers.
  const affirm = (index, about, issuer) => {
    const old = standings.get(about);
    const isCut = owner.cuts.some((cut) => cut.key === old.key && old.index >= cut.size);
    if (isOwn(issuer) && isCut && old.condition === "void") set(about, index, "in-force");
  };

  // Gives a member who lost her key the name of a new one; says why she cannot have it, null if she has it.
  const rename = (by, former, name, isPractice) => {
    const isMember = (did) => members.some((one) => (isPractice || !one.isPractice) && one.member === did);
    const lists = renames[isPractice ? "practice" : "meant"];
    const hers = lists.find((names) => currentName(names) === former), isNamed = (did) => lists.some((names) => hasName(names, did));
    const isKey = (did) => did.startsWith("did:key:");
    if (!isKey(former) || !isKey(name) || former === name) {
      return "it takes two different names that are keys to follow one by the other";
    }
    if (!isMember(former) || !hers && isNamed(former)) {
      return "the former name is that of no member";
    }
    const isTaken = isMember(name) || isNamed(name);
    if (isTaken && !(hers && hasName(hers, name))) return "the new name is another member's";
    if (hers) hers.push({ name, by }); else lists.push([{ name: former, by: null }, { name, by }]);
    return null;
  };
  // Why somebody cannot be a member by this name; null if she can.
  const notHerName = (by, former, name, isPractice) => {
    if (former !== undefined) {
      if (name === null || didOf(former) === null) return "it names no key that follows another";
      const why = rename(by, didOf(former), name, isPractice);
      if (why !== null) return why;
    }
    return name !== null && isLost(name, isPractice) ? "the key of this name was lost, and another follows it" : null;
  };

  const EFFECTS = {
    ChangesStatus: (index, { id, subject }, target) => target && changeStatus(index, id, target, subject.newState),
    Withdraws: (index, { id }, target) => target && set(target.id, index, "withdrawn", { by: id }),
    EndsLicence: (index, { id }, target) => target && finish(index, target.id, "ended", id),
    Corrects: (index, { id, subject }, target) => {
      const replacement = reference(subject.replacement);
      if (!replacement) on(target.id, (old) => old.corrections.push(id));
      else if (standings.has(replacement.id)) finish(index, target.id, "superseded", replacement.id);
      else refuse(index, id, "its replacement is not in the log");
    },
    Opens: (index, { id, leaves }, target) => {
      const seal = target && seals.get(target.id);
      for (const leaf of seal ? leaves || [] : []) {
        const isOfIt = leaf.issuer === seal.issuer && leaf.record === seal.record && leaf.n === seal.n;
        if (!isOfIt) return refuse(index, id, "it opens another record, not this one");
        if (leaf.root !== seal.root) return refuse(index, id, "it is not what was sealed");
      }
      if (target) on(target.id, (old) => old.disclosures.push(id));
    },
    VoidsTags: (index, { id, subject }, target) => on(target.id, (old) => {
      for (const { first, last } of subject.range || []) old.voidTags.push([first, last, id]);
    }),
    Disputes: (index, { id }, target) => {
      if (!target) return;
      if (!standings.has(target.id)) return refuse(index, id, "what it disputes is not in the log");
      disputeOf.set(id, target.id);
      on(target.id, (old) => old.disputes.push({ by: id, outcome: null }));
    },
    SettlesDispute: (index, { id }, target) => {
      if (!target) return;
      if (!disputeOf.has(target.id)) return refuse(index, id, "the dispute is not in the log");
      on(disputeOf.get(target.id), (old) => {
        for (const dispute of old.disputes) if (dispute.by === target.id) dispute.outcome ??= id;
      });
    },
    Attests: (index, { id, issuer, subject }) => {
      const about = reference(subject.about);
      if (!about || !standings.has(about.id)) return;
      on(about.id, (old) => old.words.push(id));
      if (subject.relation === "approves") approve(index, about.id, issuer);
      if (subject.relation === "affirms") affirm(index, about.id, issuer);
    },
    Delegates: (index, { id, issuer, subject, from, until, isPractice }) => {
      const to = didOf(subject.delegate);
      if (to === null || until === Infinity) return;
      rights.push({ record: id, isPractice, giver: issuer, to, kinds: subject.may || [], from, until });
    },
    Charters: (index, { issuer, subject, isPractice }) => {
      if (!isOwn(issuer)) return;
      charters[isPractice ? "practice" : "meant"] = {
        signatories: (subject.signatory || []).map(({ id }) => id),
        thresholds: new Map((subject.jointAct || []).map(({ kind, threshold }) => [kind, threshold])),
      };
    },
    Snapshots: (index, { id, base, subject, places }) => {
      const { statusPurpose: purpose, log: { size } } = subject;
      const [, list] = /-(0|[1-9]\d*)\.json#list$/.exec(subject.id) || [];
      if (!places || places.length * 8 < LIST_SIZE || subject.id !== `${base}status/${purpose}-${list}.json#list`) return refuse(index, id, "its status list cannot be read");
      if (size > index) return refuse(index, id, "it repeats more of the log than there was");
      snapshots.push({ id, index, purpose, list: Number(list), size, places });
    },
    States: (index, { id, uuid, kind, issuer, subject, from, until, isPractice }) => {
      if (kind === "SealedDesign") {
        const { leafCount: n, root } = subject;
        if (![16, 64, 256].includes(n)) return refuse(index, id, "its seal is of no known form");
        seals.set(id, { issuer, record: uuid, n, root });
        if (subject.openers) openers.set(id, { who: subject.openers.party, need: subject.openers.threshold });
      }
      if (kind !== "Accreditation") return;
      const member = didOf(subject.member), why = notHerName(id, subject.formerParty, member, isPractice);
      if (why !== null) return refuse(index, id, why);
      if (member !== null) members.push({ record: id, member, from, until, isPractice });
    },
  };

  const takeEffect = (index, record) => {
    const { by, effect } = KINDS[record.kind];
    const target = reference(record.subject.target);
    if (target && by === "IssuerOfTarget") {
      const why = notEntitled(target, record);
      if (why !== null) return refuse(index, record.id, why);
      const changed = standings.get(target.id);
      if (!isOwn(record.issuer)) {
        const admitting = isSameSigner(changed, record) ? changed.admitting : (right(changed.issuer, record) ?? {}).record;
        on(record.id, (standing) => { standing.admitting = admitting; });
      }
    }
    const about = effect === "Attests" ? reference(record.subject.about) : target;
    const old = about && standings.get(about.id);
    if (record.isPractice && old && !old.isPractice) return set(record.id, index, "void", { why: FOR_PRACTICE });
    if (EFFECTS[effect]) EFFECTS[effect](index, record, target);
  };

  const gone = new Map();
  for (const { record } of items) {
    const found = record && tombstone(record);
    if (found && !gone.has(found.id)) gone.set(found.id, found);
  }
  items.forEach((item, index) => {
    if (item.unknown) unknown ??= index;
    else if (item.did !== undefined) {
      const keys = owner.versions.get(item.did);
      if (!keys) breach(index, `version ${item.did.slice(0, 60)} is not in the DID log`);
      else currentKey = keys[0] ?? currentKey;
    } else if (item.missing !== undefined) {
      const found = gone.get(item.missing);
      if (!found) missing.set(item.missing, index);
      else { tombstones.push(found.id); enter(index, found, false); }
    } else if (enter(index, item.record, true) && item.record.kind !== "Design") {
      takeEffect(index, item.record);
    }
  });
  for (const id of tombstones) {
    const standing = standings.get(id);
    if (standing.condition !== "withdrawn") missing.set(id, standing.index);
  }
  changes.sort((a, b) => a.index - b.index);

  // The places whose bit is set in a status list at a size of the log, ascending.
  const bitsAt = (purpose, list, size) => {
    const bits = new Map();
    for (const change of changes) {
      const isIn = change.purpose === purpose && change.index < size &&
        Math.floor(change.position / LIST_SIZE) === list;
      // Two records that share a place, after two versions of a log became one, share its bit.
      if (isIn && change.record < size) {
        bits.set(change.record, { place: change.position % LIST_SIZE, bit: change.bit });
      }
    }
    const set = new Set([...bits.values()].filter(({ bit }) => bit).map(({ place }) => place));
    return [...set].sort((a, b) => a - b);
  };
  for (const snapshot of snapshots) {
    const set = new Set(bitsAt(snapshot.purpose, snapshot.list, snapshot.size));
    snapshot.contradictions = [];
    for (let place = 0; place < LIST_SIZE; place++) {
      if (bit(snapshot.places, place) !== set.has(place)) snapshot.contradictions.push(place);
    }
  }
  const first = [...missing].sort((a, b) => a[1] - b[1])[0];
  const gap = unknown !== null ? { index: unknown, why: "unknown" }
    : first ? { index: first[1], why: "missing", id: first[0] } : null;
  return { standings, breaches, gap, snapshots, bitsAt };
};

return Object.assign(foldLog, { bit, reference, sameIssuer });
})();
