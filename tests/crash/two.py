"""Two runs at once on one machine, and two machines that sign in copies of one folder.

On one machine a lock keeps them apart: each signs, or says that another run is at work. Across
machines the sync tool brings the files together in its own way; nothing may be signed over
that, and `log repair` makes one register of both, with every entry and both heads.
"""

import collections
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import judge
import run
import scenes
from judge import Bad, expect

# What sync tools call the copy that lost.
CONFLICTS = ["checkpoint (Ana's conflicted copy 2026-11-02)", "checkpoint (1)", "checkpoint.sync-conflict-20261102-000020-ABCDEFG",
             "checkpoint-LAPTOP", "checkpoint 2", "checkpoint~HEAD"]


def at_once(options, figures, rounds):
    """Runs signings side by side on one folder."""
    place = scenes.Place(options.binary, scenes.Path(os.path.join(options.work, "at-once")))
    os.makedirs(place.root)
    scenes.base_register(place)
    before = judge.snapshot(place / "site", place / "keys")
    counts = collections.Counter()
    done = 0
    for number in range(rounds):
        words = ["record", "new", "two" if number % 2 else "plain", *place.signing(100 + number), "--yes"]
        with ThreadPoolExecutor(3) as runs:
            ended = list(runs.map(lambda _: place.run(*words), range(3)))
        for code, out, err in ended:
            judge.expect_plain(code, out + err)
            if code == 0:
                done += 1
                counts["signed"] += 1
            else:
                expect("another run of selvedge is signing in" in err, f"refused for another reason: {err[-300:]}")
                counts["told to wait"] += 1
        judge.expect_register(place / "site", place / "keys", before, place.fingerprints(), options.binary)
        now = judge.register(place / "site")
        expect(len(now) == len(before["entries"]) + done, "an entry is lost or there twice")
    figures.add(f"{rounds * 3} signings at once", counts)
    builds = collections.Counter()
    for _ in range(rounds):
        shutil.rmtree(place / "out", ignore_errors=True)
        with ThreadPoolExecutor(3) as runs:
            ended = list(runs.map(lambda _: place.run("build", place / "site", "-o", place / "out", "--at", scenes.at(40)), range(3)))
        for code, out, err in ended:
            judge.expect_plain(code, out + err)
            builds["built" if code == 0 else "told to wait"] += 1
        place.must("build", place / "site", "-o", place / "out", "--at", scenes.at(40))
        judge.expect_no_strays(place.root)
    figures.add(f"{rounds * 3} builds at once", builds)


def two_machines(options):
    """Copies of one folder on two machines that both signed: (place, entries of both, heads of both)."""
    place = scenes.Place(options.binary, scenes.Path(os.path.join(options.work, "machines")))
    shutil.rmtree(place.root, ignore_errors=True)
    os.makedirs(place.root)
    scenes.base_register(place)
    scenes.design(place, "three")
    for name in ("b-site", "b-keys"):
        shutil.copytree(place / name[2:], place / name)
    scenes.record(place, "two", 20)
    scenes.record(place, "three", 21, site="b-site", keys="b-keys")
    scenes.record(place, "plain", 22, site="b-site", keys="b-keys")
    entries = set(judge.register(place / "site")) | set(judge.register(place / "b-site"))
    heads = [open(place / f"{name}/log/checkpoint", "rb").read() for name in ("site", "b-site")]
    return place, entries, heads


def merges(place, ours, theirs):
    """The folder that each way of syncing leaves on a machine, by a name."""
    def fresh(name):
        shutil.rmtree(place / name, ignore_errors=True)
        shutil.copytree(place / ours, place / name)
        return place / name

    def bring(folder, paths):
        for path, data in judge.files(place / theirs).items():
            target = os.path.join(folder, path)
            if paths(path, os.path.exists(target)):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                open(target, "wb").write(data)
    for number, conflict in enumerate(CONFLICTS):
        folder = fresh("merged")
        bring(folder, lambda _, there: not there)
        shutil.copy(place / theirs / "log/checkpoint", os.path.join(folder, "log", conflict))
        yield f"a copy named {conflict!r}", folder
        folder = fresh("merged")
        os.rename(os.path.join(folder, "log/checkpoint"), os.path.join(folder, "log", conflict))
        bring(folder, lambda path, there: not there)
        yield f"their head, and ours as {conflict!r}", folder
    folder = fresh("merged")
    bring(folder, lambda *_: True)
    yield "the other machine's files win", folder
    folder = fresh("merged")
    bring(folder, lambda path, _: path.startswith("records/"))
    yield "the records come before the log", folder
    folder = fresh("merged")
    bring(folder, lambda path, _: path.startswith("log/"))
    yield "the log comes before the records", folder
    folder = fresh("merged")
    bring(folder, lambda path, _: path == "log/checkpoint")
    yield "the head comes before everything", folder
    folder = fresh("merged")
    bring(folder, lambda _, there: not there)
    sides = [open(place / name / "log/checkpoint").read() for name in (ours, theirs)]
    scenes.write(os.path.join(folder, "log/checkpoint"), f"<<<<<<< HEAD\n{sides[0]}=======\n{sides[1]}>>>>>>> other\n")
    yield "markers of a git merge", folder
    folder = fresh("merged")
    data = open(os.path.join(folder, "log/checkpoint"), "rb").read()
    open(os.path.join(folder, "log/checkpoint"), "wb").write(data.replace(b"\n", b"\r\n"))
    yield "line ends rewritten", folder


def refused(options, place, counts, side, keys, folders):
    """Nothing is signed on a machine over what a sync tool left there, and nothing of it is changed."""
    for what, folder in folders:
        before = {path: data for path, data in judge.files(folder).items() if path.startswith(("log/", "records/"))}
        place.run("keys", "list", folder, "--key-dir", place / keys)
        code, out, err = place.run("record", "new", "plain", folder, "--passphrase-fd", "0", "--key-dir", place / keys,
                                   "--at", scenes.at(40), "--yes")
        judge.expect_plain(code, out + err)
        expect(code != 0, f"{side}, {what}: something was signed over it")
        words = err.strip().split("\n")[-1]
        expect(any(word in words for word in ("log/", "records/", "two versions", "register")), f"{side}, {what}: names nothing: {words}")
        after = {path: data for path, data in judge.files(folder).items() if path.startswith(("log/", "records/"))}
        expect(all(after.get(path) == data for path, data in before.items()), f"{side}, {what}: a refused run changed files")
        counts["refused and named"] += 1
        if options.verbose:
            print(f"  {what}: {words[:250]}", flush=True)


def machines(options, figures):
    place, entries, heads = two_machines(options)
    counts = collections.Counter()
    sides = (("the shorter side", "site", "keys", "b-site"), ("the longer side", "b-site", "b-keys", "site"))
    for side, ours, keys, theirs in sides:
        refused(options, place, counts, side, keys, merges(place, ours, theirs))
    figures.add("two versions brought together by a sync tool", counts)
    repaired = collections.Counter()
    for ours, keys, other in (("site", "keys", "b-site"), ("b-site", "b-keys", "site")):
        shutil.rmtree(place / "mended", ignore_errors=True)
        shutil.copytree(place / ours, place / "mended")
        shutil.rmtree(place / "mended-keys", ignore_errors=True)
        shutil.copytree(place / keys, place / "mended-keys")
        place.must("log", "repair", place / "mended", "--passphrase-fd", "0", "--key-dir", place / "mended-keys",
                   "--at", scenes.at(41), "--with", place / other, "--yes")
        now = set(judge.register(place / "mended"))
        expect(entries <= now, f"{ours}: an entry of one version is lost")
        kept = [data for path, data in judge.files(place / "mended/log").items() if path.startswith("forks/") and path.endswith("checkpoint")]
        for text in heads:
            expect(any(data.startswith(text.split(b"\n\n")[0]) for data in kept), f"{ours}: a head is not kept as evidence")
        judge.expect_verified(place / "mended", place.fingerprints(), options.binary)
        repaired["one register, all entries, both heads"] += 1
    figures.add("log repair, from either side", repaired)


def part(options):
    figures = run.Figures()
    for each in (lambda: at_once(options, figures, 2 if options.bounded else 8), lambda: machines(options, figures)):
        try:
            each()
        except Bad as why:
            figures.bad.append(str(why))
    if figures.rows:
        figures.print("Two at once")
    for line in figures.bad if not figures.rows else []:
        print("  BAD " + line)
    return len(figures.bad)
