"""Disks that are full (bytes, and inodes), that can only be read, and that know neither modes nor
links (exFAT by FUSE): a run works, or says in plain words why not and leaves what was there."""

import collections
import os
import shutil
import subprocess

import calls
import judge
import run
import scenes
from image import Mounted, empty_image, sh

PAGE = os.sysconf("SC_PAGE_SIZE")
ROOM = {"record": (0, 1, 3, 6, 10), "record-seal": (0, 4, 9), "log-due": (0, 5, 12), "keys-new": (0, 2, 5, 9),
        "keys-rotate": (0, 5, 12), "backup": (0, 3), "build": (0, 10, 40, 60), "build-change": (0, 1, 8, 25, 40),
        "publish-change": (0, 8, 30)}
BOUNDED = {"record": (0, 4), "build-change": (0, 12), "backup": (0,)}


def attempt(bench, place, cramp, free):
    """Runs a scene's command on a cramped disk; then with room. Gives the outcome."""
    cramp()
    code, out, err = place.run(*bench.scene.words(place), extra=bench.scene.extra)
    free()
    try:
        judge.expect_plain(code, out + err)
        said = err if code else ""
        outcome, why = bench.scene.judge(place, acknowledged=code == 0), ""
    except judge.Bad as bad:
        return "BAD", str(bad)
    return ("worked" if code == 0 else outcome), why or said


def used(folder, what):
    found = os.statvfs(folder)
    return found.f_files - found.f_ffree if what == "inodes" else (found.f_blocks - found.f_bfree) * found.f_frsize


def tmpfs(bench, mount, what, room):
    with Mounted("none", mount, "size=256m,nr_inodes=100000", "tmpfs"):
        place = bench.place("x")
        place.root = type(place.root)(os.path.join(mount, "w"))
        shutil.copytree(bench.before.root, place.root, symlinks=True)

        def remount(words):
            sh("mount", "-o", "remount," + words, mount)
        if what == "read-only":
            return attempt(bench, place, lambda: remount("ro"), lambda: remount("rw"))
        if what == "inodes":
            limit = f"nr_inodes={used(mount, 'inodes') + room}"
            return attempt(bench, place, lambda: remount(limit), lambda: remount("nr_inodes=100000"))
        limit = f"size={used(mount, 'bytes') + room * PAGE}"
        return attempt(bench, place, lambda: remount(limit), lambda: remount("size=256m"))


def exfat(options, scene, mount, room):
    """A scene from its beginning on exFAT, then with the disk filled up to so many clusters."""
    scene.has_modes = False
    image = os.path.join(options.work, "exfat.img")
    empty_image(image, "exfat", 32 << 20)
    with Mounted(image, mount, "", "exfat"):
        place = scenes.Place(options.binary, scenes.Path(os.path.join(mount, "w")))
        os.makedirs(place.root)
        try:
            scene.base(place)
            scene.prepare(place)
            good = os.path.join(mount, "good")
            shutil.copytree(place.root, good)
            results = scenes.Place(options.binary, scenes.Path(good))
            code, out, err = results.run(*scene.words(results), extra=scene.extra)
            judge.expect_plain(code, out + err)
            judge.expect(code == 0, f"does not work there: {err.strip()[-300:]}")
            scene.learn(place, results)
            shutil.rmtree(good)
        except judge.Bad as why:
            return "BAD", f"on exFAT: {why}"
        filler = os.path.join(mount, "filler")
        if room is not None:
            fill(filler, mount, room)
        code, out, err = place.run(*scene.words(place), extra=scene.extra)
        if room is not None:
            os.remove(filler)
        try:
            judge.expect_plain(code, out + err)
            outcome = scene.judge(place, acknowledged=code == 0)
        except judge.Bad as why:
            return "BAD", str(why)
        return ("worked" if code == 0 else outcome), err if code else ""


def fill(path, mount, room):
    with open(path, "wb") as file:
        free = os.statvfs(mount)
        left = free.f_bavail - room
        try:
            for _ in range(max(left, 0)):
                file.write(bytes(free.f_frsize))
        except OSError:
            pass


def part(options):
    figures = run.Figures()
    mount = os.path.join(options.work, "mount")
    os.makedirs(mount, exist_ok=True)
    try:
        with Mounted("none", mount, "size=1m", "tmpfs"):
            pass
    except calls.NotPermitted as why:
        run.not_done(options, "disks", f"nothing can be mounted here: {why}")
        return 0
    known = {scene.name: scene for scene in scenes.ALL}
    for name, rooms in (BOUNDED if options.bounded else ROOM).items():
        if options.scene and name not in options.scene:
            continue
        run.BENCH = bench = run.Bench(known[name](), options.binary, options.work)
        tasks = [("read-only", 0)] + [(what, room) for what in ("bytes", "inodes") for room in rooms]
        for what in ("read-only", "bytes", "inodes"):
            counts = collections.Counter()
            for room in [room for each, room in tasks if each == what]:
                outcome, said = tmpfs(bench, mount, what, room)
                counts[outcome] += 1
                tell(options, figures, f"{name}: tmpfs, {what}, room for {room}", outcome, said)
            figures.add(f"{name}, tmpfs {what}", counts)
    why = None
    if not shutil.which("mount.exfat-fuse") or not shutil.which("mkfs.exfat"):
        why = "exfat-fuse or exfatprogs is not installed"
    elif not os.path.exists("/dev/fuse"):
        why = "there is no /dev/fuse"
    if why:
        run.not_done(options, "exFAT", why)
    else:
        for name in ["record", "build-change"] if options.bounded else ["record", "record-seal", "keys-rotate", "backup", "build",
                                                                       "build-change", "publish-change"]:
            if options.scene and name not in options.scene:
                continue
            counts = collections.Counter()
            for room in [None] if options.bounded else [None, 0, 4, 12]:
                try:
                    outcome, said = exfat(options, known[name](), mount, room)
                except calls.NotPermitted as why:
                    run.not_done(options, "exFAT", str(why))
                    break
                counts[outcome] += 1
                tell(options, figures, f"{name}: exFAT, {'room' if room is None else f'{room} clusters left'}", outcome, said)
            figures.add(f"{name}, exFAT", counts)
    figures.print("Full, read-only and foreign disks x outcomes")
    return len(figures.bad)


def tell(options, figures, what, outcome, said):
    said = said.strip().split("\n")[-1][:300]
    if outcome == "BAD":
        figures.bad.append(f"{what}: {said}")
    if outcome == "BAD" or options.verbose:
        print(f"  {outcome}: {what}: {said}", flush=True)
