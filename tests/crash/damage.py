"""Flips, cuts, empties and deletes each file of a signed site, one at a time.

What is signed, and what proves it (`records`, `log`, `identity`, `witness`), must be noticed by
`verify` and named. The rest of a site's folder is what its maker writes: no signature speaks of
it, but where a design was signed, a change of it has to be told by `check`.
"""

import collections
import os
import shutil

import calls
import run
import scenes

SIGNED = ("records/", "log/", "identity/", "witness/")
# What of a built site is signed or proves it; of the rest `build` compares every byte.
PUBLISHED = ("records/", "log/", ".well-known/", "status/", "allowed_signers", "did.json", "log.vkey")


def is_beyond(path, what, folder):
    """Why a damage cannot be noticed; None where it has to be."""
    if what == "deleted" and ".p/" in path:
        return "a part of a tile from when the register was shorter: nobody who has the head of now reads it"
    if path.startswith("log/heads/") and path != "log/heads/list" and (what == "deleted" or not path.endswith("/checkpoint")):
        return "evidence of time that others gave: it can only add, and without it the register holds as well"
    if path == "log/heads/list":
        return "a list that nobody signs: what it leads to is signed"
    if path.endswith(".tlog-proof") and not os.path.exists(os.path.join(folder, path.replace(".tlog-proof", ".json"))):
        return "the proof of a record that was withdrawn: there is nothing that it proves"
    if path.startswith("records/people/") and what == "deleted":
        return "a name that may be erased at any time"
    if path.startswith("status/") and what == "deleted":
        return "a copy of a record that is in the register"
    return None


def damages(data):
    """Ways to damage bytes."""
    if data:
        for at in {0, len(data) // 2, len(data) - 1}:
            yield f"byte {at} flipped", data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        yield "cut in half", data[:len(data) // 2]
        if len(data) > 1:
            yield "emptied", b""
            yield "zeros", bytes(len(data))
    yield "deleted", None


def reports(binary, folder, words=()):
    """What `verify` says of a folder, as text."""
    code, out, err = calls.run_plain([binary, "verify", folder, *words], folder)
    return code, out + err


def changed_lines(said, clean):
    """What a report says that the clean one does not, each line with the heading of its record before it."""
    heading, lines = "", []
    for line in said.split("\n"):
        if not line.startswith("    "):
            heading = line
        lines.append((heading, line))
    known = set(clean.split("\n"))
    return "\n".join(f"{heading} {line}" for heading, line in lines if line not in known)


def names(said, path):
    """Whether a report names a file, or the record that it belongs to."""
    name = os.path.basename(path)
    stem = name.split(".")[0]
    of_head = path.startswith("log/heads/") and f"log/heads/{path.split('/')[2]}" in said
    return path in said or name in said or of_head or (len(stem) == 32 and stem in said)


def judged(task):
    binary, folder, path, what, data, clean, words = task
    copy = os.path.join(os.path.dirname(folder), f"copy-{os.getpid()}")
    if not os.path.isdir(copy):
        shutil.copytree(folder, copy)
    full = os.path.join(copy, path)
    with open(full, "rb") as file:
        whole = file.read()
    try:
        if data is None:
            os.remove(full)
        else:
            with open(full, "wb") as file:
                file.write(data)
        code, said = reports(binary, copy, words)
        said = said.replace(copy, folder)
        if "panicked" in said or "os error" in said:
            return path, what, "BAD", said[-300:]
        beyond = is_beyond(path, what, folder)
        if said == clean[1] and code == clean[0]:
            return (path, what, "needs no notice", beyond) if beyond else (path, what, "not noticed", "")
        changed = changed_lines(said, clean[1])
        if names(changed, path):
            return path, what, "named", ""
        # What is gone without a trace has no name; that something is missing is said.
        return path, what, "needs no notice" if beyond else "noticed, not named", changed[:400]
    finally:
        with open(full, "wb") as file:
            file.write(whole)


def site_of(options, name):
    """A folder to damage, and the words by which its signer is believed."""
    work = os.path.join(options.work, f"damage-{name}")
    os.makedirs(work)
    project = run.PROJECT
    if name == "two-rivers":
        shutil.copytree(os.path.join(project, "sites/two-rivers"), os.path.join(work, "site"))
        return os.path.join(work, "site"), ["--test", "--trust", os.path.join(work, "site/trust.toml")]
    place = scenes.Place(options.binary, scenes.Path(work))
    scenes.base_register(place)
    scenes.record(place, "two", 20)
    place.must("log", "due", *place.signing(21))
    words = ["--fingerprint", place.fingerprints()[0]]
    if name == "built":
        place.must("build", place / "site", "-o", place / "pub", "--at", scenes.at(40))
        return os.path.join(work, "pub"), words
    return os.path.join(work, "site"), words


def rebuilt(options, figures):
    """Damages each file of a built site, and builds again: it has to be as it was, or refused by name."""
    run.BENCH = bench = run.Bench(scenes.BuildChange(), options.binary, options.work)
    good = os.path.join(bench.work, "result")
    whole = scenes.judge.digest_tree(os.path.join(good, "out"))
    place = bench.place("result")
    counts = collections.Counter()
    paths = sorted(whole)
    for number, path in enumerate(run.sample(paths, 20, "rebuilt") if options.bounded else paths):
        full = os.path.join(good, "out", path)
        with open(full, "rb") as file:
            data = file.read()
        ways = list(damages(data))
        what, made = ways[number % len(ways)]
        if made is None:
            os.remove(full)
        else:
            with open(full, "wb") as file:
                file.write(made)
        code, out, err = place.run(*bench.scene.words(place))
        found = scenes.judge.digest_tree(os.path.join(good, "out"))
        if code == 0 and found == whole:
            counts["mended by build"] += 1
        elif code != 0 and path in err:
            counts["refused and named"] += 1
            with open(full, "wb") as file:
                file.write(data)
        else:
            figures.bad.append(f"built site: {path}, {what}: ended with {code}, {err.strip()[-200:]}")
            counts["BAD"] += 1
    figures.add("a built site, each file", counts)


def part(options):
    figures = run.Figures()
    reasons = collections.Counter()
    for name in ["small"] if options.bounded else ["small", "built", "two-rivers"]:
        folder, words = site_of(options, name)
        clean = reports(options.binary, folder, words)
        tasks = []
        for path in sorted(scenes.judge.files(folder)):
            if not path.startswith(PUBLISHED if name == "built" else SIGNED):
                continue
            with open(os.path.join(folder, path), "rb") as file:
                data = file.read()
            tasks.extend((options.binary, folder, path, what, made, clean, words) for what, made in damages(data) if made != data)
        if options.bounded:
            tasks = run.sample(tasks, 200, name)
        table = collections.defaultdict(collections.Counter)
        with run.pool(options) as workers:
            for path, what, outcome, why in workers.map(judged, tasks, chunksize=8):
                table[path.split("/")[0]][outcome] += 1
                if outcome == "needs no notice":
                    reasons[why if not why.startswith(" ") else "noticed by what is missing, not by a name"] += 1
                elif outcome != "named":
                    figures.bad.append(f"{name}: {path}, {what}: {outcome} {why[:200]}")
        for top, counts in table.items():
            figures.add(f"{name}, {top}", counts)
    rebuilt(options, figures)
    figures.print("Damages x whether they are noticed and named")
    for why, count in reasons.items():
        print(f"  {count} need no notice: {why}")
    return len(figures.bad)
