"""Cuts the power, in a model of a file system that promises as little as it may.

The calls of a good run are played, one by one, into the model. It keeps what was synced and
what was not: the bytes of a file until its fsync, each change of names until an fsync of every
folder that it touches; a syncfs makes all durable. After each call it tells which states a
power cut may leave: any of the unsynced changes of names may be lost or kept, each by itself
and in any order; bytes that were not synced may be the old ones, none, half, or zeros. These
states are laid down and judged like any other. ext4 is far kinder than this.

Then it takes out: each sync is played as if it did nothing, and each rename as if the file
were written in its place. Whatever states that adds are judged until one is bad, which proves
that the call is needed; a call that adds no bad state is named as such.
"""

import collections
import hashlib
import itertools
import os
import random
import shutil
import time

import calls
import run
import scenes
from judge import Bad

# Up to so many changes of names every subset is tried.
ALL_SUBSETS = 4


class Disk:
    """Nodes by number: a file is its bytes, durable and current; a folder its names, durable and current."""

    def __init__(self, root):
        self.root = root
        self.kind, self.durable, self.current, self.mode = {}, {}, {}, {}
        self.ops = []         # (needs: set of folders, [(folder, name, node or None)])
        self.settled = {}     # (folder, name) -> number of the change that was made durable last
        self.count = itertools.count()
        self.top = self.load(root)
        self.changes = 0

    def node(self, kind, content):
        number = next(self.count)
        self.kind[number], self.durable[number], self.current[number] = kind, content, content
        return number

    def load(self, path):
        if os.path.isdir(path):
            number = self.node("folder", None)
            names = {name: self.load(os.path.join(path, name)) for name in sorted(os.listdir(path))}
            self.durable[number], self.current[number] = dict(names), dict(names)
        else:
            number = self.node("file", open(path, "rb").read())
        self.mode[number] = os.stat(path).st_mode & 0o777
        return number

    def find(self, path):
        node = self.top
        inside = os.path.relpath(path, self.root)
        for part in [] if inside == "." else inside.split("/"):
            node = self.current[node].get(part)
            if node is None:
                return None
        return node

    def folder_of(self, path):
        return self.find(os.path.dirname(path)), os.path.basename(path)

    def change(self, *updates):
        """A change of names, all of it or nothing."""
        self.changes += 1
        for folder, name, node in updates:
            if node is None:
                self.current[folder].pop(name, None)
            else:
                self.current[folder][name] = node
        self.ops.append((self.changes, {folder for folder, _, _ in updates}, updates))

    def create(self, path, kind="file"):
        node = self.node(kind, b"" if kind == "file" else {})
        self.durable[node] = b"" if kind == "file" else {}
        self.mode[node] = 0o600
        folder, name = self.folder_of(path)
        self.change((folder, name, node))
        return node

    def write(self, node, at, data):
        old = self.current[node]
        self.current[node] = old[:at].ljust(at, b"\0") + data + old[at + len(data):]

    def sync(self, node):
        if self.kind[node] == "file":
            self.durable[node] = self.current[node]
            return
        left = []
        for number, needs, updates in self.ops:
            needs = needs - {node}
            if needs:
                left.append((number, needs, updates))
            else:
                self.settle(number, updates)
        self.ops = left

    def settle(self, number, updates):
        for folder, name, node in updates:
            if self.settled.get((folder, name), 0) < number:
                self.settled[folder, name] = number
                put(self.durable[folder], name, node)

    def sync_all(self):
        for number, _, updates in self.ops:
            self.settle(number, updates)
        self.ops = []
        for node, kind in self.kind.items():
            if kind == "file":
                self.durable[node] = self.current[node]

    def states(self, chance):
        """What may be there after the power came back: each as {path: (mode, bytes or None for a folder)}."""
        for kept in subsets(len(self.ops), chance):
            names = {}
            for at in kept:
                number, _, updates = self.ops[at]
                for folder, name, node in updates:
                    if self.settled.get((folder, name), 0) < number:
                        if folder not in names:
                            names[folder] = dict(self.durable[folder])
                        put(names[folder], name, node)
            reached = {}
            self.walk(self.top, "", names, reached)
            dirty = [path for path, node in reached.items() if self.kind[node] == "file"
                     and self.durable[node] != self.current[node]]
            for how in kinds_of_loss(dirty, chance):
                yield {path: (self.mode[node], None if self.kind[node] == "folder" else self.lost(node, how.get(path)))
                       for path, node in reached.items()}

    def lost(self, node, how):
        current = self.current[node]
        return {None: self.durable[node] if how is None else b"", "kept": current, "none": b"",
                "half": current[:len(current) // 2], "zeros": bytes(len(current))}[how]

    def walk(self, folder, path, names, into):
        for name, node in names.get(folder, self.durable[folder]).items():
            inside = f"{path}{name}"
            into[inside] = node
            if self.kind[node] == "folder":
                self.walk(node, inside + "/", names, into)


def put(names, name, node):
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def subsets(count, chance):
    """Which of so many changes are kept: all subsets of a few, of many none, all, each alone, all but each, beginnings."""
    if count <= ALL_SUBSETS:
        for size in range(count + 1):
            yield from itertools.combinations(range(count), size)
        return
    every = range(count)
    yield ()
    yield tuple(every)
    some = every if count <= 12 else sorted(chance.sample(every, 12))
    for one in some:
        yield (one,)
        yield tuple(each for each in every if each != one)
        yield tuple(range(one))
    for _ in range(6):
        yield tuple(each for each in every if chance.random() < 0.5)


def kinds_of_loss(dirty, chance):
    """What becomes of files whose bytes were not synced."""
    if not dirty:
        yield {}
        return
    yield dict.fromkeys(dirty, "kept")
    yield {}
    for how in ("none", "half", "zeros"):
        yield dict.fromkeys(dirty, how)
    for path in dirty if len(dirty) <= 4 else chance.sample(dirty, 4):
        yield {**dict.fromkeys(dirty, "kept"), path: "half"}
        yield {**dict.fromkeys(dirty, "kept"), path: "none"}


class Play:
    """Plays the calls of a run into a disk; `without` names one that is taken out, by its place among the changes."""

    def __init__(self, disk, root, without=None):
        self.disk, self.root, self.without = disk, root, without
        self.places = {}

    def inside(self, path):
        return path == self.root or path.startswith(self.root + "/")

    def play(self, call, number):
        """Yields after each thing that happened by itself."""
        if call.result < 0 or not call.paths or not self.inside(call.path):
            return
        disk, path = self.disk, call.path
        name = call.name
        if name in ("openat", "open", "creat"):
            node = disk.find(path)
            flags = " ".join(call.args)
            if node is None and ("O_CREAT" in flags or name == "creat"):
                node = disk.create(path)
                mode = call.args[-1]
                disk.mode[node] = int(mode, 8) & 0o755 if mode.startswith("0") else 0o644
            elif node is not None and "O_TRUNC" in flags:
                disk.current[node] = b""
            self.places[call.thread_fd] = 0
        elif name == "lseek":
            self.places[call.thread_fd] = call.result
        elif name == "write":
            at = self.places.get(call.thread_fd, 0)
            disk.write(disk.find(path), at, call.data)
            self.places[call.thread_fd] = at + len(call.data)
        elif name == "pwrite64":
            disk.write(disk.find(path), int(call.args[-1]), call.data)
        elif name in ("ftruncate", "truncate"):
            node = disk.find(path)
            disk.current[node] = disk.current[node][:int(call.args[-1])].ljust(int(call.args[-1]), b"\0")
        elif name == "mkdir":
            node = disk.create(path, "folder")
            disk.mode[node] = int(call.args[-1], 8) & 0o755
        elif name in ("fchmod", "chmod"):
            disk.mode[disk.find(path)] = int(call.args[-1], 8)
        elif name in calls.SYNCS:
            if number == self.without:
                return
            if name == "syncfs":
                disk.sync_all()
            else:
                disk.sync(disk.find(path))
        elif name in calls.RENAMES:
            (old, old_name), (new, new_name) = map(disk.folder_of, call.paths)
            node = disk.current[old][old_name]
            if number == self.without and disk.kind[node] == "file":
                yield from self.overwrite(call.paths[1], node)
                disk.change((old, old_name, None))
            else:
                disk.change((old, old_name, None), (new, new_name, node))
        elif name in ("unlink", "rmdir", "unlinkat"):
            disk.change((*disk.folder_of(path), None))
        elif name not in calls.SEEN and name not in calls.ENDS:
            raise Bad(f"the model does not know {name}")
        yield

    def overwrite(self, path, node):
        """In place of a rename: the file of that name is emptied, written in two halves, and synced."""
        disk, data = self.disk, self.disk.current[node]
        there = disk.find(path)
        if there is None:
            there = disk.create(path)
            disk.mode[there] = disk.mode[node]
        disk.current[there] = b""
        yield
        disk.current[there] = data[:len(data) // 2]
        yield
        disk.current[there] = data
        yield
        disk.sync(there)
        disk.sync(disk.folder_of(path)[0])
        yield


def states(bench, without=None, tries=1):
    """Every state that a power cut may leave, by its digest: (the state, whether all was done, after which call)."""
    disk = Disk(bench.before.root)
    player = Play(disk, bench.root, without)
    disk.root = bench.root
    found = {}
    place_of = {id(call): number for number, call in enumerate(bench.changes)}
    chance = random.Random(7)

    def look(done, number):
        for state in disk.states(chance):
            key = digest(state)
            if key not in found or (done and not found[key][1]):
                found[key] = (state, done, number)
    look(False, 0)
    for call in bench.calls:
        number = place_of.get(id(call))
        if call.name in calls.ENDS and call.thread == 0:
            break
        for _ in player.play(call, number):
            if number is not None:
                look(False, number)
    look(True, len(bench.changes))
    return found, disk


HASHES = {}


def hash_of(data):
    """The hash of a file's bytes. The states share them, so that each is hashed once."""
    found = HASHES.get(id(data))
    if found is None or found[0] is not data:
        found = HASHES[id(data)] = (data, hashlib.sha256(data).hexdigest())
    return found[1]


def digest(state):
    made = hashlib.sha256()
    for path in sorted(state):
        mode, data = state[path]
        made.update(f"{path}\0{mode}\0{'folder' if data is None else hash_of(data)}\n".encode())
    return made.digest()


def lay(state, place):
    shutil.rmtree(place.root, ignore_errors=True)
    os.makedirs(place.root)
    for path in sorted(state):
        mode, data = state[path]
        if data is None:
            os.makedirs(place / path, exist_ok=True)
        else:
            with open(place / path, "wb") as file:
                file.write(data)
            os.chmod(place / path, mode)


def judged(task):
    state, done = task
    place = run.BENCH.place(f"cut-{os.getpid()}")
    lay(state, place)
    outcome, why = run.judged(place, done)
    if outcome == "refused":
        # Everything that a run relies on was synced before: nothing may have to be refused.
        return "BAD", "the next run is refused: " + getattr(run.BENCH.scene, "said", "")[-300:]
    return outcome, why


def part(options):
    figures, needed = run.Figures(), run.Figures()
    unneeded = []
    for scene in options.scenes:
        began = time.time()
        run.BENCH = bench = run.Bench(scene, options.binary, options.work)
        threads = {}
        for call in bench.calls:
            call.thread_fd = threads.setdefault((call.fd, call.path), (call.fd, call.path))
        found, disk = states(bench)
        # The model at its end is what the run left, or it is no model.
        expect_same(bench, disk)
        tasks = list(found.values())
        total = len(tasks)
        if options.bounded:
            ends = [task for task in tasks if task[1]]
            tasks = ends + run.sample([task for task in tasks if not task[1]], options.tasks, scene.name)
        counts = collections.Counter()
        with run.pool(options) as workers:
            for (outcome, why), (_, _, number) in zip(workers.map(judged, [task[:2] for task in tasks]), tasks):
                counts[outcome] += 1
                if outcome == "BAD":
                    figures.bad.append(f"{scene.name}: power cut after call {number + 1} ({name_of(bench, number)}): {why}")
                    print("  BAD " + figures.bad[-1], flush=True)
        figures.add(f"{scene.name}, {len(bench.changes)} calls, {total} states", counts)
        print(f"  {scene.name}: {len(tasks)} states judged in {time.time() - began:.0f} s", flush=True)
        took_out(options, bench, found, needed, unneeded)
    figures.print("Power cuts x outcomes")
    needed.print("Calls taken out x whether it is noticed")
    for line in unneeded:
        print("  not noticed: " + line)
    return len(figures.bad) + len(needed.bad)


def took_out(options, bench, found, needed, unneeded):
    """Takes out each sync and each rename in turn."""
    began = time.time()
    candidates = [(number, call) for number, call in enumerate(bench.changes)
                  if call.result >= 0 and call.name in calls.SYNCS | calls.RENAMES]
    if options.bounded:
        syncs = [each for each in candidates if each[1].name in calls.SYNCS]
        renames = [each for each in candidates if each[1].name in calls.RENAMES]
        candidates = [each for kind in (syncs, renames) for each in run.sample(kind, options.taken_out, bench.scene.name)]
    counts = {"sync": collections.Counter(), "rename": collections.Counter()}
    with run.pool(options) as workers:
        for number, call in candidates:
            kind = "sync" if call.name in calls.SYNCS else "rename"
            # They keep the bytes of all states that they are of.
            HASHES.clear()
            more, _ = states(bench, without=number)
            new = [task for key, task in more.items() if key not in found or (task[1] and not found[key][1])]
            # The likeliest first: what was said to be done; then, if a sync is missing, in turn what came late and what came soon
            # after it, and while a file is written over, that moment.
            late = sorted(new, key=lambda task: (not task[1], -task[2]))
            soon = sorted(new, key=lambda task: (not task[1], task[2] < number, abs(task[2] - number)))
            turns = [task for pair in zip(late, soon) for task in pair] if kind == "sync" else soon
            new = list({id(task): task for task in turns}.values())[:options.states]
            # A few at once, until one is bad.
            noticed = None
            for at in range(0, len(new), options.jobs):
                for outcome, why in workers.map(judged, [task[:2] for task in new[at:at + options.jobs]]):
                    if outcome == "BAD" and noticed is None:
                        noticed = why
                if noticed:
                    break
            what = f"{bench.scene.name}, call {number + 1}: {name_of(bench, number)}"
            if noticed:
                counts[kind]["noticed"] += 1
                if options.verbose:
                    print(f"  noticed: {what}: {noticed[:200]}", flush=True)
            else:
                counts[kind]["not noticed"] += 1
                unneeded.append(what + f" ({len(new)} new states)")
    for kind, table in counts.items():
        needed.add(f"{bench.scene.name}, each {kind} in turn", table)
        if table and not table["noticed"]:
            needed.bad.append(f"{bench.scene.name}: no {kind} that is taken out is noticed")
    print(f"  {bench.scene.name}: {len(candidates)} calls taken out in {time.time() - began:.0f} s", flush=True)


def name_of(bench, number):
    if number >= len(bench.changes):
        return "its end"
    return str(bench.changes[number]).replace(bench.root + "/", "")


def expect_same(bench, disk):
    """Whether the model and the disk agree on what the run left."""
    disk.sync_all()
    reached = {}
    disk.walk(disk.top, "", {}, reached)
    modelled = {path: disk.durable[node] for path, node in reached.items() if disk.kind[node] == "file"}
    real = scenes.judge.files(os.path.join(bench.work, "result"))
    wrong = sorted(path for path in set(modelled) | set(real) if modelled.get(path) != real.get(path))
    if wrong:
        raise Bad(f"{bench.scene.name}: the model and the disk differ in {wrong[:4]}")
