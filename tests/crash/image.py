"""Cuts the power of a real ext4: the image of a mounted file system is copied at a moment of a
run, and the copy is mounted, which replays its journal. What the kernel had not written yet is
not in the copy. Half of the copies are of a file system that writes data as late as it may and
does not guard renames (data=writeback, noauto_da_alloc)."""

import collections
import os
import shutil
import subprocess
import time

import calls
import run
from judge import Bad

OPTIONS = ["loop", "loop,data=writeback,noauto_da_alloc"]
SCENES = ["record", "record-first", "log-repair", "keys-rotate", "backup", "build", "build-change", "publish-change"]


def sh(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise calls.NotPermitted(f"{' '.join(words)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


class Mounted:
    def __init__(self, image, folder, options, kind=None):
        self.image, self.folder, self.options, self.kind = image, folder, options, kind

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        if self.kind == "exfat":
            self.loop = sh("losetup", "--find", "--show", self.image).strip()
            sh("mount.exfat-fuse", self.loop, self.folder)
        else:
            sh("mount", "-o", self.options, *(["-t", self.kind] if self.kind else []), self.image, self.folder)
        return self.folder

    def __exit__(self, *_):
        for _ in range(50):
            if subprocess.run(["umount", self.folder], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        else:
            subprocess.run(["umount", "-l", self.folder], capture_output=True)
        if self.kind == "exfat":
            subprocess.run(["losetup", "-d", self.loop], capture_output=True)


def empty_image(path, kind="ext4", size=64 << 20):
    with open(path, "wb") as file:
        file.truncate(size)
    sh(*(["mkfs.ext4", "-q", "-F", path] if kind == "ext4" else ["mkfs.exfat", path]))


def cut(bench, number, options, mount):
    """Kills a run at a call, copies the image there and then, and judges the copy."""
    call = bench.changes[number]
    base, live, after = (os.path.join(bench.work, name) for name in ("base.img", "live.img", "after.img"))
    copy = ["cp", "--sparse=always"]
    sh(*copy, base, live)
    with Mounted(live, mount, options):
        place = bench.place("x")
        place.root = type(place.root)(os.path.join(mount, "w"))

        def moved(path):
            return place.root + path[len(bench.root):] if path.startswith(bench.root) else path
        if calls.target(call, moved) is None:
            return "not reached", ""
        hit, code, _, err, _ = calls.disturb([bench.selvedge, *bench.scene.words(place)], place.root,
                                             os.path.join(bench.work, "log"), call, "kill", moved,
                                             stdin="six plain words for the tests\n", extra=bench.scene.extra)
        sh(*copy, live, after)
        if not hit:
            return "not reached", f"ended with {code}: {err[-200:]}"
    with Mounted(after, mount, "loop"):
        outcome, why = run.judged(place)
    if outcome == "refused":
        return "BAD", "the next run is refused: " + getattr(bench.scene, "said", "")[-300:]
    return outcome, why


def part(options):
    figures = run.Figures()
    mount = os.path.join(options.work, "mount")
    try:
        probe = os.path.join(options.work, "probe.img")
        empty_image(probe)
        with Mounted(probe, mount, "loop"):
            pass
    except (calls.NotPermitted, FileNotFoundError) as why:
        run.not_done(options, "image", f"no file system can be mounted here: {why}")
        return 0
    for scene in options.scenes:
        if scene.name not in SCENES:
            continue
        run.BENCH = bench = run.Bench(scene, options.binary, options.work)
        base = os.path.join(bench.work, "base.img")
        empty_image(base)
        with Mounted(base, mount, "loop"):
            shutil.copytree(bench.before.root, os.path.join(mount, "w"), symlinks=True)
        numbers = run.sample(list(range(len(bench.changes))), 3 if options.bounded else options.cuts, scene.name)
        counts = collections.Counter()
        for at, number in enumerate(numbers):
            outcome, why = cut(bench, number, OPTIONS[at % 2], mount)
            counts[outcome] += 1
            if outcome == "BAD":
                figures.bad.append(f"{scene.name}: image copied at call {number + 1} ({OPTIONS[at % 2]}): {why}")
                print("  BAD " + figures.bad[-1], flush=True)
        figures.add(f"{scene.name}, {len(numbers)} of {len(bench.changes)} calls", counts)
    if figures.rows:
        figures.print("Copies of a mounted ext4 x outcomes")
    return len(figures.bad)
