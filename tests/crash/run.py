#!/usr/bin/env python3
"""Disturbs real runs of the program from outside, and judges what they leave.

    run.py calls     kills and fails each run at every call that changes the disk
    run.py cut       cuts the power in a model of a strict file system, after every call;
                     then takes out each sync and each rename in turn, which has to be noticed
    run.py image     cuts the power of a real ext4, by copies of its mounted image
    run.py disks     full, read-only and foreign disks
    run.py damage    flips, cuts and deletes each file of a signed site
    run.py two       two runs at once, and two machines
    run.py clock     a clock of 2001, of 2099, and one that is set while a run waits (faketime)
    run.py custody   keys and passphrases: in arguments, words, files, dumps and memory
    run.py all       all of it, in this order

strace is needed for the first three and for custody, root for what mounts, faketime for clock; what cannot be done here is said
loudly and counted. A run has one thread besides the main one (RAYON_NUM_THREADS=1, and
`--threads 1` for builds), so that it makes the same calls in the same order each time.

Options: --scene NAME (may be repeated), --bounded (what fits into minutes), --every-error
(each of the four errors at each call, instead of one in turn), --jobs N, --binary FILE.
Ends with 0 only if no state was bad.
"""

import argparse
import collections
import importlib
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls          # noqa: E402
import scenes         # noqa: E402
from judge import Bad  # noqa: E402
import judge          # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
PARTS = ["calls", "cut", "image", "disks", "damage", "two", "clock", "custody"]
# What is disturbed in minutes: one signing and one build.
BOUNDED = ["record", "build-change"]


class Bench:
    """A scene with its state before, a good run of it, and copies to disturb."""

    def __init__(self, scene, selvedge, work):
        self.scene, self.selvedge = scene, selvedge
        self.work = os.path.join(work, scene.name)
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.before = self.place("before")
        os.makedirs(self.before.root)
        scene.base(self.before)
        scene.prepare(self.before)
        good = self.copy("good")
        self.calls, code, out, err = calls.trace([selvedge, *scene.words(good)], good.root, os.path.join(self.work, "trace"),
                                                 stdin=scenes.PHRASE + "\n", extra=scene.extra)
        if code != 0:
            raise Bad(f"{scene.name}: the undisturbed run ended with {code}: {err.strip()[-500:]}")
        self.root = good.root
        self.changes = calls.changes(self.calls, good.root)
        outside = [str(call) for call in calls.elsewhere(self.calls, good.root)]
        if outside:
            raise Bad(f"{scene.name} changes what is outside of its folders: {outside[:3]}")
        shutil.copytree(good.root, os.path.join(self.work, "result"), symlinks=True)
        scene.learn(self.before, self.place("result"))

    def place(self, name):
        return scenes.Place(self.selvedge, scenes.Path(os.path.join(self.work, name)))

    def copy(self, name):
        place = self.place(name)
        shutil.rmtree(place.root, ignore_errors=True)
        shutil.copytree(self.before.root, place.root, symlinks=True)
        return place


BENCH = None   # that of the scene at work, for the processes that are made then


def judged(place, acknowledged=False):
    try:
        return BENCH.scene.judge(place, acknowledged), ""
    except Bad as why:
        return "BAD", str(why)
    except Exception:
        return "BAD", "the judge failed: " + traceback.format_exc(limit=4)


def disturbed(task):
    """One call of one run, killed or failed; gives (how, outcome, words)."""
    number, how = task
    bench = BENCH
    call = bench.changes[number]
    place = bench.copy(f"run-{os.getpid()}")

    def moved(path):
        return place.root + path[len(bench.root):] if path.startswith(bench.root) else path
    if calls.target(call, moved) is None:
        return task, "not reached", "strace cannot find it again"
    try:
        hit, code, out, err, after = calls.disturb(
            [bench.selvedge, *bench.scene.words(place)], place.root, os.path.join(bench.work, f"log-{os.getpid()}"), call, how,
            moved, stdin=scenes.PHRASE + "\n", extra=bench.scene.extra)
        if not hit:
            return task, "not reached", f"ended with {code}: {err.strip()[-200:]}"
        if how != "kill":
            judge.expect_plain(code, err, how if code else None)
            # An fsync that failed says nothing about what is on the disk: nothing may be built on it in this run.
            if call.name in calls.SYNCS:
                judge.expect(code != 0, f"{call.name} failed, and the run went on")
                judge.expect(not after, f"after a failed {call.name} came {after[:2]}")
    except Bad as why:
        return task, "BAD", str(why)
    outcome, why = judged(place)
    if outcome == "recovered" and how != "kill" and code == 0:
        outcome = "tolerated"
    return task, outcome, why or (getattr(bench.scene, "said", "") if outcome == "refused" else "")


class Figures:
    """Counts, and the lines to print."""

    def __init__(self):
        self.rows, self.bad = [], []

    def add(self, what, counts):
        self.rows.append((what, counts))

    def print(self, title):
        outcomes = sorted({each for _, counts in self.rows for each in counts})
        print(f"\n{title}")
        width = max(len(what) for what, _ in self.rows)
        print(f"  {'':{width}}  " + "  ".join(f"{each:>11}" for each in outcomes))
        total = collections.Counter()
        for what, counts in self.rows:
            total.update(counts)
            print(f"  {what:{width}}  " + "  ".join(f"{counts.get(each, 0):11}" for each in outcomes))
        print(f"  {'all':{width}}  " + "  ".join(f"{total.get(each, 0):11}" for each in outcomes), flush=True)
        for line in self.bad:
            print("  BAD " + line)


def not_done(options, what, why):
    """Says loudly that a part was left out: never in silence."""
    options.left_out.append(f"{what}: {why}")
    print(f"\n!!! NOT DONE: {what}: {why}\n", flush=True)


def pool(options):
    return ProcessPoolExecutor(options.jobs)


def part_calls(options):
    global BENCH
    figures = Figures()
    for scene in options.scenes:
        began = time.time()
        BENCH = Bench(scene, options.binary, options.work)
        errors = calls.ERRORS
        tasks = []
        for number, call in enumerate(BENCH.changes):
            tasks.append((number, "kill"))
            if call.name in calls.ENDS:
                continue
            chosen = errors if options.every_error else [errors[(number + len(scene.name)) % 4]]
            tasks.extend((number, error) for error in chosen)
        if options.bounded:
            tasks = sample(tasks, options.tasks, scene.name)
        table = collections.defaultdict(collections.Counter)
        refusals = collections.Counter()
        with pool(options) as workers:
            for (number, how), outcome, why in workers.map(disturbed, tasks):
                table["killed" if how == "kill" else how][outcome] += 1
                if outcome == "refused":
                    refusals[why.strip().split("\n")[-1][:160]] += 1
                if outcome == "BAD" or (outcome == "not reached" and options.verbose):
                    line = f"{scene.name}: {how} at call {number + 1} ({BENCH.changes[number]}): {why}"
                    print("  " + outcome + " " + line, flush=True)
                    if outcome == "BAD":
                        figures.bad.append(line)
        for how, counts in table.items():
            figures.add(f"{scene.name}, {len(BENCH.changes)} calls, {how}", counts)
        for words, count in refusals.items():
            print(f"  refused {count} times: {words}")
        print(f"  {scene.name}: {len(tasks)} disturbed runs in {time.time() - began:.0f} s", flush=True)
    figures.print("Calls x faults x outcomes")
    return len(figures.bad)


def sample(tasks, count, seed):
    if len(tasks) <= count:
        return tasks
    chosen = random.Random(seed).sample(range(len(tasks)), count)
    return [tasks[each] for each in sorted(chosen)]


def main():
    global BENCH
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=[*PARTS, "all"])
    parser.add_argument("--scene", action="append")
    parser.add_argument("--bounded", action="store_true")
    parser.add_argument("--tasks", type=int, default=12, help="disturbed runs of a scene, if bounded")
    parser.add_argument("--cuts", type=int, default=24, help="copies of an image for a scene")
    parser.add_argument("--taken-out", type=int, default=1, help="syncs, and renames, of a scene that are taken out, if bounded")
    parser.add_argument("--states", type=int, default=60, help="new states that are judged for one call that is taken out")
    parser.add_argument("--every-error", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--binary", default=os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(PROJECT, "target")),
                                                         "debug/selvedge"))
    options = parser.parse_args()
    options.binary = os.path.abspath(options.binary)
    options.left_out = []
    parts = PARTS if options.part == "all" else [options.part]
    why = calls.missing()
    if why:
        traced = [part for part in parts if part in ("calls", "cut", "image")]
        parts = [part for part in parts if part not in traced]
        for part in traced:
            not_done(options, part, f"{why}; the tests in the library still stop every step of what writes")
    known = {scene.name: scene for scene in scenes.ALL}
    wanted = options.scene or (BOUNDED if options.bounded else list(known))
    options.scenes = [known[name]() for name in wanted]
    options.work = tempfile.mkdtemp(prefix="selvedge-crash-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    bad = 0
    try:
        for part in parts:
            began = time.time()
            made = part_calls if part == "calls" else importlib.import_module(part).part
            bad += made(options)
            print(f"{part}: {time.time() - began:.0f} s", flush=True)
    except Bad as why:
        print(f"BAD before anything was disturbed: {why}")
        bad += 1
    finally:
        shutil.rmtree(options.work, ignore_errors=True)
    for line in options.left_out:
        print("NOT DONE: " + line)
    print(f"{bad} bad" + (f", {len(options.left_out)} parts not done" if options.left_out else ""))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    # The parts import this file by its name, and have to meet the same state.
    sys.modules["run"] = sys.modules["__main__"]
    main()
