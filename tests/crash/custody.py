"""Keys and passphrases while they are at hand: in arguments, words, files, dumps and memory.

What is looked for is known here without the program: the seeds are read from key files that
ssh-keygen took the passphrase from, the master key from its sheet. Each is looked for raw, in
hexadecimal and base64, as the expanded key, by its halves, and the passphrase by a part of it.
"""

import base64
import collections
import gzip
import hashlib
import io
import os
import re
import resource
import shutil
import signal
import subprocess
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import calls
import judge
import run
import scenes
from calls import environment, unhex
from judge import Bad, expect

# What hands bytes or names to somebody else.
GIVES = """execve write pwrite64 writev pwritev sendto sendmsg sendmmsg openat open creat rename renameat renameat2 link linkat
symlink symlinkat mkdir mkdirat setxattr fsetxattr memfd_create""".split()
ORDER = 2**252 + 27742317777372353535851937790883648493
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def seed_of(path, work):
    """The seed in a key file, by ssh-keygen."""
    copy = os.path.join(work, "opened-key")
    shutil.copy(path, copy)
    done = subprocess.run(["ssh-keygen", "-q", "-p", "-P", scenes.PHRASE, "-N", "", "-f", copy], capture_output=True, text=True)
    expect(done.returncode == 0, f"ssh-keygen does not open {path}: {done.stderr.strip()}")
    with open(copy) as file:
        data = base64.b64decode("".join(line for line in file.read().splitlines() if not line.startswith("-----")))
    os.remove(copy)
    # The private half is stated as seed and public half, 64 bytes.
    mark = (64).to_bytes(4, "big")
    at = data.rindex(mark) + 4
    return data[at:at + 32]


def seed_of_sheet(text):
    """The seed of a sheet: four lines of 16 symbols, each 8 bytes and 2 of a check."""
    plain = re.sub(r"\s", "", text)
    expect(len(plain) == 64, f"a sheet of {len(plain)} signs")
    lines = [plain[at:at + 16] for at in range(0, 64, 16)]
    return b"".join(sum(CROCKFORD.index(c) << (5 * (15 - n)) for n, c in enumerate(line)).to_bytes(10, "big")[:8] for line in lines)


def in_base64(data):
    """The characters that some bytes give wherever they stand in a longer text."""
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).rstrip(b"=")
        first, last = -(-offset * 8 // 6), (offset + len(data)) * 8 // 6
        yield text[first:last]
        yield text[first:last].replace(b"+", b"-").replace(b"/", b"_")


def forms(name, seed):
    wide = hashlib.sha512(seed).digest()
    scalar = bytearray(wide[:32])
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    reduced = (int.from_bytes(scalar, "little") % ORDER).to_bytes(32, "little")
    found = {"seed": seed, "first half of the seed": seed[:16], "second half of the seed": seed[16:],
             "hexadecimal": seed.hex().encode(), "HEXADECIMAL": seed.hex().upper().encode(),
             "expanded key": bytes(scalar), "expanded key, reduced": reduced, "second half of the expanded key": wide[32:]}
    found.update({f"base64 {n}": text for n, text in enumerate(in_base64(seed))})
    return {f"{name}: {what}": data for what, data in found.items()}


def forms_of_phrase(phrase):
    data = phrase.encode()
    found = {"text": data, "a part of it": data[4:18], "hexadecimal": data.hex().encode(),
             "of UTF-16": phrase.encode("utf-16-le")}
    found.update({f"base64 {n}": text for n, text in enumerate(in_base64(data))})
    return {f"the passphrase: {what}": text for what, text in found.items()}


def forms_of_sheet(name, text):
    """The lines as they are printed, and in a row."""
    plain = re.sub(r"\s", "", text)
    lines = [plain[at:at + 16] for at in range(0, len(plain), 16)]
    found = {f"line {n + 1} of the sheet": " ".join(re.findall("....", line)).encode() for n, line in enumerate(lines)}
    found.update({f"line {n + 1} of the sheet, in a row": line.encode() for n, line in enumerate(lines)})
    return {f"{name}: {what}": data for what, data in found.items()}


class Secrets:
    """What a place keeps, in all forms; `sheets` of them may stand on sheets of paper."""

    def __init__(self, place, *folders_of_sheets, keys=("keys",)):
        self.forms = forms_of_phrase(scenes.PHRASE)
        for folder in keys:
            for name in judge.listed(place / folder):
                path = place / folder / name
                if name in ("record", "log", "update", "witness") and os.path.isfile(path):
                    self.forms.update(forms(f"{folder}/{name}", seed_of(path, place.root)))
        self.on_paper = {}
        for folder in folders_of_sheets:
            text = place.sheet(folder)
            if text:
                self.on_paper.update(forms_of_sheet(folder, text))
                self.forms.update(forms(folder, seed_of_sheet(text)))
        self.forms.update(self.on_paper)

    def inside(self, data, may_be_paper=False):
        """The names of what stands in some bytes, with how often."""
        return {name: data.count(form) for name, form in self.forms.items()
                if form in data and not (may_be_paper and name in self.on_paper)}


# What each run does: its words, its sheets, and folders of keys and sheets afterwards.
RUNS = {
    "keys new": (scenes.KeysNew, ("sheets",), ("keys",)),
    "record new": (scenes.RecordLater, ("sheets",), ("keys",)),
    "record revoke": (scenes.Revoke, ("sheets",), ("keys",)),
    "keys rotate": (scenes.KeysRotate, ("sheets", "sheets2"), ("keys", "old-keys")),
    "log due": (scenes.Due, ("sheets",), ("keys",)),
    "backup": (scenes.Backup, ("sheets",), ("keys",)),
    "restore": (scenes.Restore, ("sheets",), ("keys", "keys2")),
    "publish": (scenes.PublishChange, ("sheets",), ("keys",)),
}


class Bench:
    """A run with what stands before it, and copies."""

    def __init__(self, options, name):
        self.options, self.name = options, name
        scene, self.sheets, self.keys = RUNS[name]
        self.scene = scene()
        self.work = scenes.Path(os.path.join(options.work, "custody", name.replace(" ", "-")))
        os.makedirs(self.work)
        before = scenes.Place(options.binary, self.work / "before")
        if self.scene.base is scenes.base_register:
            shutil.copytree(scenes.register_to_copy(options).root, before.root, symlinks=True)
        else:
            os.makedirs(before.root)
            self.scene.base(before)
        self.scene.prepare(before)
        if name == "keys rotate":
            shutil.copytree(before / "keys", before / "old-keys")
        self.before = before

    def copy(self):
        place = scenes.Place(self.options.binary, self.work / "run")
        shutil.rmtree(place.root, ignore_errors=True)
        shutil.copytree(self.before.root, place.root, symlinks=True)
        return place

    def secrets(self, place):
        return Secrets(place, *self.sheets, keys=self.keys)

    def argv(self, place):
        return [place.selvedge, *self.scene.words(place)]


def sampled(process, seen, stop):
    """Looks at the arguments and surroundings of a run and its children, all the while."""
    while not stop.is_set():
        numbers = [process.pid]
        try:
            with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
                numbers += map(int, file.read().split())
        except (OSError, ValueError):
            pass
        for number in numbers:
            for what in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{number}/{what}", "rb") as file:
                        seen.add(file.read())
                except OSError:
                    pass
        stop.wait(0.01)


def with_extra(bench, place):
    """The descriptors that a run is given besides its input, and its arguments."""
    argv = bench.argv(place)
    if bench.scene.extra is None:
        return [], argv
    reading, writing = os.pipe()
    os.write(writing, bench.scene.extra.encode())
    os.close(writing)
    return [reading], [word.replace("{fd}", str(reading)) for word in argv]


def given_away(bench):
    """One whole run: its arguments, its words, every byte that it gave to the system, every file that it left."""
    place = bench.copy()
    log = bench.work / "trace"
    fds, argv = with_extra(bench, place)
    # Tracing makes each call known; -v gives the surroundings of each execve.
    traced = ["strace", "-f", "-y", "-v", "-xx", "-s", str(1 << 28), "-o", log,
              "-e", "trace=" + ",".join("?" + name for name in GIVES), "--", *argv]
    seen, stop = set(), threading.Event()
    with subprocess.Popen(traced, cwd=place.root, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, pass_fds=fds) as process:
        watcher = threading.Thread(target=sampled, args=(process, seen, stop))
        watcher.start()
        out, err = process.communicate(scenes.PHRASE.encode() + b"\n", timeout=300)
        stop.set()
        watcher.join()
    for fd in fds:
        os.close(fd)
    expect(process.returncode == 0, f"the run ended with {process.returncode}: {err.decode(errors='replace')[-300:]}")
    secrets = bench.secrets(place)
    found = [("arguments", secrets.inside(data)) for data in seen] + [("words", secrets.inside(out + err))]
    lines = 0
    with open(log, encoding="latin-1") as file:
        for line in file:
            lines += 1
            # Sheets are printed to be put on paper, and nowhere else.
            is_sheet = any(f"/{folder}/".encode() in unhex(line[:4000]) for folder in bench.sheets)
            found.append((line.split("(")[0], secrets.inside(unhex(line), is_sheet)))
    for path, data in judge.files(place.root).items():
        is_sheet = path.startswith(tuple(folder + "/" for folder in bench.sheets))
        found.append((path, secrets.inside(data, is_sheet)))
    bad = [f"{where}: {sorted(names)[:4]}" for where, names in found if names]
    expect(not bad, f"given away in {bad[:4]}")
    expect(lines > 5 and len(seen) > 0, "nothing was seen")
    return lines


def refusals(bench, count):
    """The same run with calls that fail: what it says holds no secret, and nothing that it leaves."""
    good = bench.copy()
    found, code, _, err = calls.trace(bench.argv(good), good.root, bench.work / "calls", stdin=scenes.PHRASE + "\n",
                                      extra=bench.scene.extra)
    expect(code == 0, f"the run ended with {code}: {err[-300:]}")
    changes = [call for call in calls.changes(found, good.root) if call.name not in calls.ENDS and call.thread == 0]
    chosen = run.sample(changes, count, bench.name)
    for number, call in enumerate(chosen):
        place = bench.copy()
        hit, code, out, err, _ = calls.disturb(bench.argv(place), place.root, bench.work / "log", call, calls.ERRORS[number % 4],
                                               stdin=scenes.PHRASE + "\n", extra=bench.scene.extra)
        secrets = bench.secrets(place)
        said = secrets.inside((out + err).encode())
        expect(not said, f"{call} failed, and the words hold {sorted(said)}")
        for path, data in judge.files(place.root).items():
            is_sheet = path.startswith(tuple(folder + "/" for folder in bench.sheets))
            inside = secrets.inside(data, is_sheet)
            expect(not inside, f"{call} failed, and {path} holds {sorted(inside)}")
    return len(chosen)


def held(bench, call, what):
    """A run held by strace as it makes a call; `what` is done with its number, then it is ended. None if it never came there."""
    place = bench.copy()
    fds, argv = with_extra(bench, place)
    name, nth = call
    traced = ["strace", "-q", "-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:delay_enter=60000000:when={nth}", "--", *argv]
    process = subprocess.Popen(traced, cwd=place.root, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, pass_fds=fds, preexec_fn=with_dumps)
    number = None
    try:
        process.stdin.write(scenes.PHRASE.encode() + b"\n")
        process.stdin.close()
        still = 0
        while process.poll() is None and still < 8:
            with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
                children = file.read().split()
            number = int(children[0]) if children else None
            try:
                with open(f"/proc/{number}/stat") as file:
                    still = still + 1 if file.read().rsplit(")", 1)[1].split()[0] == "t" else 0
            except OSError:
                still = 0
            time.sleep(0.02)
        if still < 8:
            return None
        return what(place, number)
    finally:
        # Killing the tracer alone would let the run go on.
        for each in (number, process.pid):
            try:
                if each:
                    os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()
        for fd in fds:
            os.close(fd)


def memory(number):
    """Everything that a process wrote: heap, stacks, what is mapped, as far as there are pages of it."""
    page, parts = resource.getpagesize(), []
    with open(f"/proc/{number}/maps") as maps, open(f"/proc/{number}/mem", "rb", 0) as mem, \
            open(f"/proc/{number}/pagemap", "rb", 0) as there:
        for line in maps:
            place, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            first, last = (int(end, 16) // page for end in place.split("-"))
            there.seek(first * 8)
            marks = there.read((last - first) * 8)
            # The highest two bits: in memory, or swapped out.
            present = [marks[at + 7] & 0xc0 for at in range(0, len(marks), 8)]
            at = 0
            while at < len(present):
                if not present[at]:
                    at += 1
                    continue
                end = at
                while end < len(present) and present[end]:
                    end += 1
                try:
                    mem.seek((first + at) * page)
                    parts.append(mem.read((end - at) * page))
                except (OSError, ValueError, OverflowError):
                    pass
                at = end
    return b"\n".join(parts)


def last_rename(bench):
    """The last rename of the main thread: keys are open, and all has been signed."""
    good = bench.copy()
    found, code, _, err = calls.trace(bench.argv(good), good.root, bench.work / "calls", stdin=scenes.PHRASE + "\n",
                                      extra=bench.scene.extra)
    expect(code == 0, f"the run ended with {code}: {err[-300:]}")
    call = [call for call in found if call.thread == 0 and call.name in calls.RENAMES][-1]
    return call.name, call.nth


def remembered(bench, moment):
    """What stands in the memory of a run at a moment, of what it had at hand. The place has its keys and sheets by then."""
    place, data = held(bench, moment, lambda place, number: (place, memory(number))) or (None, b"")
    expect(len(data) > 100_000, "the run was not held")
    secrets = bench.secrets(place)
    expect(len(secrets.forms) > 20, "no key is known")
    return secrets.inside(data), len(data)


def forgotten(bench):
    """At the end of a run nothing of what it had at hand is left in memory."""
    found, size = remembered(bench, ("exit_group", 1))
    expect(not found, f"at the end of the run its memory holds {sorted(found)[:6]}")
    return size


def dumps_of(folder):
    return [path for path in judge.files(folder) if os.path.basename(path).startswith("core")]


def with_dumps():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def crashed(argv, cwd, call, stdin=b""):
    """Runs a command that gets SIGABRT at a call, where the system dumps all that it may."""
    name, nth = call
    traced = ["strace", "-q", "-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:signal=SIGABRT:when={nth}", "--", *argv]
    done = subprocess.run(traced, cwd=cwd, env=environment(), input=stdin, capture_output=True, preexec_fn=with_dumps, timeout=300)
    expect(done.returncode in (-signal.SIGABRT, 128 + signal.SIGABRT), f"was not ended by the signal: {done.returncode}")
    return dumps_of(cwd)


def undumped(bench, moment):
    """A run that crashes while keys are open leaves no core dump; a program that does nothing about it does."""
    with open("/proc/sys/kernel/core_pattern") as file:
        pattern = file.read().strip()
    place = bench.copy()
    control = bench.work / "control"
    os.makedirs(control, exist_ok=True)
    can_be_seen = bool(crashed(["mkdir", control / "made"], control, ("mkdir", 1)))
    left = crashed(bench.argv(place), place.root, moment, scenes.PHRASE.encode() + b"\n")
    expect(not left, f"a core dump was left: {left}")

    def limits(_, number):
        with open(f"/proc/{number}/limits") as file:
            return next(line.split()[4:6] for line in file if line.startswith("Max core file size"))
    found = held(bench, moment, limits)
    expect(found == ["0", "0"], f"the run may leave core dumps of {found}")
    return f"none (limit 0; another program's dump by {pattern!r} {'is seen' if can_be_seen else 'cannot be seen here'})"


NOBODY = 65534


def closed_to_others(bench):
    """As a person without rights: the run works, and another program of hers cannot read its memory."""
    place = bench.copy()
    # Where the program lies may be closed to others.
    shutil.copy(place.selvedge, place / "selvedge")
    for folder, _, names in os.walk(place.root):
        for path in [folder, *(os.path.join(folder, name) for name in names)]:
            os.chown(path, NOBODY, NOBODY)
    above = place.root
    while above != "/":
        # The folders of the tests are closed to others.
        above = os.path.dirname(above)
        if os.stat(above).st_mode & 0o001 == 0:
            os.chmod(above, os.stat(above).st_mode | 0o011)
    reading, writing = os.pipe()
    # As if a shell of hers had made it.
    os.fchown(reading, NOBODY, NOBODY)
    words = [str(reading) if word == "0" else word for word in [place / "selvedge", *bench.argv(place)[1:]]]

    def as_nobody():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    with subprocess.Popen(words, cwd=place.root, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, pass_fds=[reading], preexec_fn=as_nobody) as process:
        os.close(reading)
        time.sleep(1)
        if process.poll() is not None:
            raise Bad(f"the run ended before it had its passphrase: {process.stderr.read().decode()[-300:]}")
        tried = subprocess.run(["python3", "-c", "import sys\nfor what in ('mem', 'environ', 'maps'):\n"
                                "    try:\n        open(f'/proc/{sys.argv[1]}/{what}', 'rb').read(1)\n        print(what)\n"
                                "    except PermissionError:\n        pass", str(process.pid)],
                               capture_output=True, text=True, preexec_fn=as_nobody)
        os.write(writing, scenes.PHRASE.encode() + b"\n")
        os.close(writing)
        _, err = process.communicate(timeout=300)
    expect(tried.returncode == 0, f"the other program failed: {tried.stderr[-200:]}")
    expect(process.returncode == 0, f"the run ended with {process.returncode}: {err.decode()[-300:]}")
    expect(tried.stdout == "", f"another program can read {tried.stdout.split()}")
    return "closed"


MISTAKES = {
    "another passphrase": "a passphrase that opens nothing\n",
    "an empty passphrase": "\n",
    "a passphrase that is no text": "\x00\x01 six plain words\n",
    "a passphrase without an end": "six plain words for the te" * 400,
}


def mistaken(bench):
    """What was given wrongly is not repeated in words."""
    for name, phrase in MISTAKES.items():
        place = bench.copy()
        code, out, err = place.run(*bench.scene.words(place), phrase=phrase)
        judge.expect_plain(code, out + err)
        expect(code != 0, f"{name} was taken")
        expect(phrase.strip("\n\x00\x01 ")[:20] not in out + err or not phrase.strip(), f"{name} is repeated in words")
    return len(MISTAKES)


def opened_key(path, work):
    """The text of a key file without its passphrase."""
    copy = os.path.join(work, "opened-key")
    shutil.copy(path, copy)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", scenes.PHRASE, "-N", "", "-f", copy], capture_output=True, check=True)
    with open(copy, "rb") as file:
        text = file.read()
    os.remove(copy)
    return text


def packed(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("notes.txt", "nothing here")
        file.writestr("key", data)
    return out.getvalue()


def png(data):
    """A picture of one point, with a text."""
    def chunk(kind, body):
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])) + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(data))
            + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""))


def plantings(place):
    """Keys of every kind in every way, by a name: what may stand in a text, what only in a file, and what is whole in the page
    alone that is made from a text."""
    texts, files, whole_in_pages = {}, {}, {}
    for role in ("record", "log", "update"):
        path = place / "keys" / role
        if not os.path.exists(path):
            continue
        seed = seed_of(path, place.root)
        texts[f"{role}, hexadecimal"] = seed.hex().encode()
        texts[f"{role}, base64"] = base64.b64encode(seed)
        digits = seed.hex()
        whole_in_pages[f"{role}, with character references"] = f"{digits[:20]}&#{ord(digits[20])};{digits[21:40]}&#x{ord(digits[40]):x};{digits[41:]}".encode()
        # Markdown takes the backslash away.
        whole_in_pages[f"{role}, with escapes"] = re.sub(rb"([+/])", rb"\\\1", base64.b64encode(seed)).replace(b"=", b"\\=") \
            if re.search(rb"[+/]", base64.b64encode(seed)) else f"{digits[:31]}&#{ord(digits[31])};{digits[32:]}".encode()
        texts[f"{role}, its file"] = open(path, "rb").read()
        texts[f"{role}, its file opened"] = opened_key(path, place.root)
        files[f"{role}, raw"] = seed
        files[f"{role}, raw in a ZIP"] = packed(seed)
        files[f"{role}, opened file in a ZIP"] = packed(opened_key(path, place.root))
        files[f"{role}, base64 in gzip"] = gzip.compress(b"key: " + base64.b64encode(seed) + b"\n")
        files[f"{role}, raw in a picture"] = png(seed)
        files[f"{role}, hexadecimal behind a picture"] = b"\xff\xd8\xff\xe0" + b"\x9d" * 2000 + b"\xff\xd9" + seed.hex().encode()
        files[f"{role}, hexadecimal in UTF-16"] = ("key " + seed.hex()).encode("utf-16")
        files[f"{role}, opened file in UTF-16"] = opened_key(path, place.root).decode().encode("utf-16-le")
    sheet = place.sheet("sheets")
    plain = re.sub(r"\s", "", sheet)
    lines = [" ".join(re.findall("....", plain[at:at + 16])) for at in range(0, 64, 16)]
    texts["the sheet's lines"] = "\n\n".join(lines).encode()
    texts["the sheet's seed, hexadecimal"] = seed_of_sheet(sheet).hex().encode()
    files["the sheet's page"] = open(place / "sheets/master-key-sheet.html", "rb").read()
    texts["a key of age"] = b"AGE-SECRET-KEY-1" + b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2
    return texts, files, whole_in_pages


def planted(options):
    """Keys in a page and in a file that git keeps: `build` and `publish` name the file, and leave all as it is."""
    place = scenes.Place(options.binary, scenes.Path(os.path.join(options.work, "planted")))
    shutil.copytree(scenes.register_to_copy(options).root, place.root, symlinks=True)
    texts, files, whole_in_pages = plantings(place)
    env = {**environment(), "SELVEDGE_KEYS": place / "keys"}
    place.must("build", place / "site", "-o", place / "out", "--at", scenes.at(40), env=env)
    old = judge.digest_tree(place / "out")
    about = place / "site/pages/about.md"
    page = open(about, "rb").read()
    notes = place / "site/notes.bin"

    def git(*words):
        subprocess.run(["git", "-C", place / "site", *words], check=True, capture_output=True)
    git("init", "-q")
    plain = list(texts)
    cases = [("a page", name, texts[name]) for name in plain] + [("a file of git", name, data) for name, data in {**texts, **files}.items()]
    in_pages = [("a page, made from", name, data) for name, data in whole_in_pages.items()]
    if options.bounded:
        cases = run.sample(cases, 4, "planted")
        in_pages = run.sample(in_pages, 2, "whole in pages")
    cases += in_pages
    for number, (where, name, data) in enumerate(cases):
        if where != "a file of git":
            with open(about, "wb") as file:
                file.write(page + b"\nOur key:\n\n" + data + b"\n")
        else:
            with open(notes, "wb") as file:
                file.write(data)
            git("add", "notes.bin")
        commands = [["build", place / "site", "-o", place / "out", "--at", scenes.at(40)],
                    ["build", place / "site", "-o", place / "new", "--at", scenes.at(40)],
                    ["publish", place / "site", "--to", place / "pub", "--skip-register", "--at", scenes.at(40)]]
        for words in commands if number == 0 else commands[number % 3:][:1]:
            code, out, err = place.run(*words, env=env)
            judge.expect_plain(code, out + err)
            expect(code == 1, f"{words[0]} with {name} in {where} ended with {code}: {err.strip()[-300:]}")
            page_named = "pages/about.md" if words[0] == "build" and where == "a page" else "about/index.html"
            expect((page_named if where != "a file of git" else "notes.bin") in err, f"{words[0]} with {name} in {where} does not name it: {err[-300:]}")
            expect(judge.digest_tree(place / "out") == old, f"{words[0]} with {name} in {where} changed the old pages")
            expect(not os.path.exists(place / "new") and not os.path.exists(place / "pub"), f"{words[0]} with {name} in {where} wrote something")
        with open(about, "wb") as file:
            file.write(page)
        if os.path.exists(notes):
            git("rm", "-q", "-f", "--cached", "notes.bin")
            os.remove(notes)
    # What somebody laid into the folder that is published goes wherever that goes.
    shutil.copy(place / "keys/record", place / "out/record")
    laid = judge.digest_tree(place / "out")
    code, out, err = place.run("build", place / "site", "-o", place / "out", "--at", scenes.at(40), env=env)
    expect(code == 1 and "out/record" in err, f"a key file in the output: {code}, {err.strip()[-300:]}")
    expect(judge.digest_tree(place / "out") == laid, "the refused build changed the pages")
    os.remove(place / "out/record")
    place.must("build", place / "site", "-o", place / "out", "--at", scenes.at(40), env=env)
    expect(judge.digest_tree(place / "out") == old, "without the keys the pages are others")
    return f"{len(cases) + 1} refused and named"


def watched(options, name, bad):
    """All that is looked at of one run; a line of figures."""
    began = time.time()
    bench = Bench(options, name)
    row = {}
    looks = [("calls looked through", lambda: given_away(bench)), ("bytes of memory at the end", lambda: forgotten(bench)),
             ("failed calls", lambda: refusals(bench, 2 if options.bounded else 4))]
    if name == "record new":
        moment = last_rename(bench)
        looks += [("core dump", lambda: undumped(bench, moment)), ("memory, to others", lambda: closed_to_others(bench))]
        if not options.bounded:
            looks += [("mistakes", lambda: mistaken(bench)), ("memory at the last rename", lambda: while_open(bench, moment))]
    for what, look in looks:
        try:
            row[what] = look()
        except Bad as why:
            row[what] = "BAD"
            bad.append(f"{name}, {what}: {why}")
    print(f"  {name}: " + "; ".join(f"{what}: {found}" for what, found in row.items()) + f" ({time.time() - began:.0f} s)", flush=True)


def while_open(bench, moment):
    """That something is found while keys are open shows that what is looked for is the right thing."""
    found, _ = remembered(bench, moment)
    expect(found.get("keys/record: seed"), "an open key was not found in memory")
    expect(not any("passphrase" in each for each in found), "the passphrase is in memory after the keys are open")
    expect(all(count == 1 for count in found.values()), f"keys are in memory more than once: {found}")
    return "each open key once, no passphrase"


def part(options):
    why = calls.missing() or (None if shutil.which("ssh-keygen") else "ssh-keygen is not installed")
    why = why or (None if os.geteuid() == 0 else "only root may read the memory of another program")
    if why:
        run.not_done(options, "custody", why)
        return 0
    bad = []
    scenes.register_to_copy(options)
    with ThreadPoolExecutor(options.jobs) as workers:
        list(workers.map(lambda name: watched(options, name, bad), ["record new"] if options.bounded else RUNS))
    began = time.time()
    try:
        print(f"  keys planted in a page or in a file of git: {planted(options)} ({time.time() - began:.0f} s)", flush=True)
    except Bad as why:
        bad.append(str(why))
    for line in bad:
        print("  BAD " + line)
    return len(bad)
