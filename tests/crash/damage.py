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
        if said == clean[1] and code == clean[0]:
            return path, what, "not noticed", ""
        changed = changed_lines(said, clean[1])
        return path, what, "named" if names(changed, path) else "noticed, not named", changed[:400]
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


def part(options):
    figures = run.Figures()
    for name in ["small"] if options.bounded else ["small", "built", "two-rivers"]:
        folder, words = site_of(options, name)
        clean = reports(options.binary, folder, words)
        tasks = []
        for path in sorted(scenes.judge.files(folder)):
            if name != "built" and not path.startswith(SIGNED):
                continue
            if name == "built" and not path.startswith(("records/", "log/", ".well-known/", "status/")) and "/" in path:
                continue
            with open(os.path.join(folder, path), "rb") as file:
                data = file.read()
            tasks.extend((options.binary, folder, path, what, made, clean, words) for what, made in damages(data) if made != data)
        table = collections.defaultdict(collections.Counter)
        with run.pool(options) as workers:
            for path, what, outcome, why in workers.map(judged, tasks, chunksize=8):
                top = path.split("/")[0]
                table[top][outcome] += 1
                if outcome != "named":
                    print(f"  {outcome}: {name}: {path}, {what} {why if options.verbose else ''}", flush=True)
                if outcome != "named":
                    figures.bad.append(f"{name}: {path}, {what}: {outcome} {why[:200]}")
        for top, counts in table.items():
            figures.add(f"{name}, {top}", counts)
    figures.print("Damages x whether verify notices and names them")
    return len(figures.bad)
