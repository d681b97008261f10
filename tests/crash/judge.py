"""What must hold of a site's folder whatever happened to it, told without our code.

Only the formats are used: the tiles of a tlog, the hash tree of RFC 6962, SHA-256 of the
files. `selvedge verify` is asked as well, but never alone.
"""

import base64
import hashlib
import json
import os
import re

from calls import run_plain

SHORT = re.compile(r"^[A-Z2-7]{32}$")
STRAY = re.compile(r"\.selvedge-(tmp|new|staging)|\.part$|^\.import-|\.opening\.tmp")
# States of a record that is whole, though it may not hold any more.
WHOLE = {"record-intact", "revoked", "suspended", "withdrawn", "superseded", "expired", "proposed", "not-yet-in-force"}
SECRETS = (b"OPENSSH PRIVATE KEY", b"AGE-SECRET-KEY")


class Bad(Exception):
    """Something that must never be."""


def expect(holds, why):
    if not holds:
        raise Bad(why)


def files(root):
    """Every file below a folder, by its path, with its bytes."""
    found = {}
    for folder, folders, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, root)] = file.read()
    return found


def digest_tree(root):
    return {path: hashlib.sha256(data).hexdigest() for path, data in files(root).items()}


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def tree_root(leaves):
    """The root of RFC 6962."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + tree_root(leaves[:half]) + tree_root(leaves[half:])).digest()


def head(text):
    try:
        lines = text.decode().split("\n")
        return lines[0], int(lines[1]), base64.b64decode(lines[2])
    except (IndexError, ValueError):
        raise Bad(f"a head is cut or garbled: {text[:60]!r}") from None


def entries(site, size):
    """The entries of a small register (one bundle) of this size."""
    expect(size < 256, "a register of a test is small")
    if size == 0:
        return []
    path = os.path.join(site, f"log/tile/entries/000.p/{size}")
    expect(os.path.exists(path), f"the bundle of {size} entries is gone")
    with open(path, "rb") as file:
        data = file.read()
    found = []
    while data:
        length = int.from_bytes(data[:2], "big")
        expect(len(data) >= 2 + length, "an entry bundle is cut")
        found.append(data[2:2 + length])
        data = data[2 + length:]
    expect(len(found) == size, f"a bundle of {size} holds {len(found)} entries")
    return found


def register(site):
    """The entries of a site's register, which agree with its head; none if there is none."""
    path = os.path.join(site, "log/checkpoint")
    if not os.path.exists(path):
        return []
    with open(path, "rb") as file:
        _, size, root = head(file.read())
    found = entries(site, size)
    expect(tree_root([leaf(entry) for entry in found]) == root, "the entries do not make the head's root")
    return found


def record_ids(found):
    return [entry.decode().strip().split("sha256:")[1] for entry in found if entry.startswith(b"selvedge.record/1 ")]


def short(hexadecimal):
    return base64.b32encode(bytes.fromhex(hexadecimal)[:20]).decode()


def withdrawn(site):
    gone = set()
    for name in listed(os.path.join(site, "records")):
        if name.endswith(".json"):
            text = open(os.path.join(site, "records", name), "rb").read()
            try:
                body = json.loads(text)
            except ValueError:
                continue
            if "Withdrawal" in body.get("type", []):
                digest = body["credentialSubject"]["target"]["digestSRI"].removeprefix("sha256-")
                gone.add(base64.b64decode(digest).hex())
    return gone


def listed(folder):
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def expect_register(site, keys, before, fingerprints=None, selvedge=None):
    """All that must hold of a register after a run that ended well. `before` is what `snapshot` saw."""
    now = register(site)
    old = before["entries"]
    expect(now[:len(old)] == old, "entries that were in the register are gone or others")
    ids = record_ids(now)
    expect(len(set(ids)) == len(ids), "a record is entered twice")
    gone = withdrawn(site)
    for each in ids:
        path = os.path.join(site, "records", short(each))
        if each in gone:
            continue
        expect(os.path.exists(path + ".json"), f"an entry without its record {short(each)}")
        with open(path + ".json", "rb") as file:
            expect(hashlib.sha256(file.read()).hexdigest() == each, f"the record {short(each)} is altered")
        expect(os.path.exists(path + ".tlog-proof"), f"no proof beside {short(each)}")
    logged = {short(each) for each in ids}
    for name in listed(os.path.join(site, "records")):
        stem, _, ending = name.partition(".")
        if SHORT.match(stem):
            expect(stem in logged, f"records/{name} is in no register after the next run")
            # Proofs are written once; bodies and side signatures never change.
            was = before["files"].get(f"records/{name}")
            with open(os.path.join(site, "records", name), "rb") as file:
                expect(was is None or was == file.read(), f"records/{name} became another")
    for path in before["files"]:
        if path.startswith(("records/", "identity/")) and not path.endswith((".tlog-proof",)):
            stem = os.path.basename(path).split(".")[0]
            is_gone = any(short(each) == stem for each in gone)
            is_kept_apart = path.startswith("records/files/") and gone
            expect(os.path.exists(os.path.join(site, path)) or is_gone or is_kept_apart, f"{path} is gone")
    _, size, root = head(open(os.path.join(site, "log/checkpoint"), "rb").read()) if now else ("", 0, b"")
    for folder in listed(os.path.join(keys, "heads")):
        path = os.path.join(keys, "heads", folder, "checkpoint")
        if os.path.exists(path):
            _, seen, seen_root = head(open(path, "rb").read())
            is_of_old = folder not in before.get("heads", [folder])
            expect(seen <= size or is_of_old, "the remembered head is beyond the register after the next run")
            if seen == size and not is_of_old:
                expect(seen_root == root, "the remembered head is another")
    expect_no_strays(site)
    expect_no_strays(keys)
    if selvedge:
        expect_verified(site, fingerprints or [], selvedge)


def expect_verified(site, fingerprints, selvedge):
    words = [word for each in fingerprints for word in ("--fingerprint", each)]
    code, out, err = run_plain([selvedge, "verify", site, "--json", *words], site)
    try:
        said = json.loads(out)
    except ValueError:
        raise Bad(f"verify gives no report: {err.strip()[:300]}") from None
    for each in [said, *said["records"]]:
        wrong = [f"{found['check']}: {found['reason']}" for found in each["findings"] if found["verdict"] == "invalid"
                 and not found["check"].startswith(("not-", "valid-", "agreed", "in-effect"))]
        expect(each["state"] in WHOLE and not wrong,
               f"verify says {each['state']} of {os.path.basename(each['target'])}: {wrong[:2]}")


def expect_no_strays(folder):
    for root, folders, names in os.walk(folder):
        for name in folders + names:
            expect(not STRAY.search(name), f"{os.path.join(root, name)} was left behind")


def expect_no_secrets(root, allowed, phrase, has_modes=True):
    """No key and no passphrase outside of where they belong, and those closed to others."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, root)
            is_allowed = inside.startswith(tuple(allowed))
            if has_modes and is_allowed and not inside.endswith(".pub") and not inside.startswith("office"):
                expect(os.stat(path).st_mode & 0o077 == 0, f"{inside} can be read by others")
            if not is_allowed:
                data = open(path, "rb").read()
                expect(not any(secret in data for secret in (*SECRETS, phrase.encode())), f"{inside} holds a secret")


def snapshot(site, keys):
    """What must still be there later."""
    return {"entries": register(site), "files": files(site), "heads": listed(os.path.join(keys, "heads"))}


PLAIN = {"ENOSPC": "the disk is full", "EIO": "the disk reports a fault",
         "EROFS": "the disk can be read but not written to", "EDQUOT": "your share of the disk is used up"}


def expect_plain(code, said, error=None):
    """A refusal in words: no panic, no number of the system's, and what happened if it is known."""
    for word in ("panicked", "os error", "RUST_BACKTRACE", "called `"):
        expect(word not in said, f"not in plain words: {said.strip()[-300:]}")
    expect(code in (0, 1, 2), f"ended with {code}: {said.strip()[-300:]}")
    if code != 0:
        expect(said.strip() != "", "ended without a word")
        if error:
            expect(PLAIN[error] in said, f"does not say what happened ({error}): {said.strip()[-300:]}")
