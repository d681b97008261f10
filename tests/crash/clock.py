"""A wrong clock: 2001, 2099, an hour back between runs and in mid-run, with libfaketime.

Nothing may be signed earlier than the entry before; a clock that is far ahead is asked about, and
where nobody can be asked nothing is signed; a correction of the clock leads back from one that was
believed, and then everything is signed at the right time. The times of the entries are read here
from the records themselves, in the order of the register.
"""

import collections
import json
import os
import pty
import select
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import judge
import run
import scenes
from calls import environment
from judge import Bad, expect

# The runs happen on this day; libfaketime takes it without "T" and "Z", and TZ is UTC.
DAY = "2026-11-02"
NOON = f"{DAY} 12:00:00"
BEHIND = "before the last entry of the register"
UNASKED = "Nobody can be asked whether that is right, so nothing was signed"
ASKED = "Is the clock right? (yes or no)"


def missing():
    """Why no clock can be set here; None if one can."""
    if not shutil.which("faketime"):
        return "faketime is not installed"
    said = subprocess.run(["faketime", "-f", "@2001-02-03 04:05:06", "date", "-u", "+%Y"], capture_output=True, text=True)
    return None if said.stdout.strip() == "2001" else f"faketime sets no clock here: {said.stderr.strip()[:200]}"


def library():
    """What has to be preloaded, as the program faketime says."""
    said = subprocess.run(["faketime", "-f", "+0", "env"], capture_output=True, text=True).stdout
    return next(line.split("=", 1)[1] for line in said.splitlines() if line.startswith("LD_PRELOAD="))


class Clock:
    """The surroundings of a run that sees another time; `turn` sets it while the run is at work."""

    def __init__(self, place, when):
        self.file = place / "clock"
        self.turn(when)
        self.env = {**environment(), "LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    def turn(self, when):
        with open(self.file + ".new", "w") as file:
            file.write("@" + when + "\n")
        os.rename(self.file + ".new", self.file)


def signing(place):
    """As in the other scenes, but by the clock of the machine."""
    return [place / "site", "--passphrase-fd", "0", "--key-dir", place / "keys"]


def designs(place):
    """The records of designs that are in the register, in its order."""
    bodies = [body for body in bodies_of(place) if "Design" in body["type"]]
    return [judge.short(body["hash"]) for body in bodies]


def words_for(place):
    """Every command that signs or dates something, by a name."""
    return {
        "record new": ["record", "new", "two", *signing(place), "--yes"],
        "record revoke": ["record", "revoke", designs(place)[0], *signing(place), "--yes", "--set", "reason=An error."],
        "log due": ["log", "due", *signing(place)],
        "keys rotate": ["keys", "rotate", *signing(place), "--typed-fd", "{fd}", "--sheets", place / "sheets2"],
        "build": ["build", place / "site", "-o", place / "out"],
    }


def bodies_of(place):
    """The bodies of the register's records, in the order of its entries."""
    found = []
    for each in judge.record_ids(judge.register(place / "site")):
        with open(place / f"site/records/{judge.short(each)}.json", "rb") as file:
            found.append({**json.load(file), "hash": each})
    return found


def expect_in_order(place):
    """No entry is earlier than the one before it, except a correction of the clock."""
    before = ""
    for body in bodies_of(place):
        now = body["proof"]["created"]
        is_correction = any("ClockCorrection" in each for each in body["type"])
        expect(is_correction or now >= before, f"an entry of {now} stands behind one of {before}")
        before = now
    return before


def state(place):
    return {name: judge.digest_tree(place / name) for name in ("site", "keys")}


def attempt(place, what, when, phrase=None):
    """Runs one command by a clock; gives its exit code and words."""
    clock = Clock(place, when)
    extra = place.sheet("sheets") if what == "keys rotate" else None
    phrase = scenes.PHRASE + "\n" if phrase is None else phrase
    code, out, err = place.run(*words_for(place)[what], env=clock.env, extra=extra, phrase=phrase)
    judge.expect_plain(code, out + err)
    return code, out + err


def refused(place, what, when, words):
    """A run that has to end without having written anything."""
    before = state(place)
    code, said = attempt(place, what, when)
    if what == "log due" and code == 0 and words == BEHIND:
        # Nothing was due at that time, so nothing was signed.
        expect("current" in said, f"{what} in {when[:4]} says {said.strip()[-300:]}")
    else:
        expect(code != 0 and words in said, f"{what} at {when} was not refused: {code}: {said.strip()[-300:]}")
    expect(state(place) == before, f"{what} at {when} was refused and changed files")
    return "refused in words" if code else "nothing due"


def built(place, when):
    """Pages are made by any clock, and the register stays as it is."""
    before = state(place)["keys"], judge.files(place / "site/log"), judge.files(place / "site/records")
    code, said = attempt(place, "build", when)
    expect(code == 0, f"build at {when}: {said.strip()[-300:]}")
    expect(before == (state(place)["keys"], judge.files(place / "site/log"), judge.files(place / "site/records")),
           f"build at {when} changed what is signed")
    return "built"


def wait_for_reading(process):
    """Until a run waits for its passphrase: asleep, ten times in a row."""
    asleep = 0
    for _ in range(2000):
        with open(f"/proc/{process.pid}/stat") as file:
            asleep = asleep + 1 if file.read().rsplit(")", 1)[1].split()[0] == "S" else 0
        if asleep == 10:
            return
        expect(process.poll() is None, "the run ended before it asked for its passphrase")
        time.sleep(0.02)
    raise Bad("the run never waited for its passphrase")


def turned(place, what, when, then, meanwhile=lambda: None):
    """A run whose clock is set while it waits for the passphrase."""
    clock = Clock(place, when)
    with subprocess.Popen([place.selvedge, *words_for(place)[what]], cwd=place.root, env=clock.env, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for_reading(process)
        clock.turn(then)
        meanwhile()
        out, err = process.communicate(scenes.PHRASE + "\n", timeout=300)
    judge.expect_plain(process.returncode, out + err)
    return process.returncode, out + err


def at_terminal(place, what, when, answer):
    """A run with somebody at the keyboard, who answers the question about the clock."""
    clock = Clock(place, when)
    ours, theirs = pty.openpty()
    reading, writing = os.pipe()
    os.write(writing, scenes.PHRASE.encode() + b"\n")
    os.close(writing)
    words = [str(reading) if word == "0" else word for word in words_for(place)[what]]
    process = subprocess.Popen([place.selvedge, *words], cwd=place.root, env=clock.env, stdin=theirs, stdout=subprocess.PIPE,
                               stderr=theirs, pass_fds=[reading], start_new_session=True)
    os.close(theirs)
    os.close(reading)
    said, is_answered, until = b"", False, time.time() + 120
    while time.time() < until:
        if not select.select([ours], [], [], 1)[0]:
            continue
        try:
            more = os.read(ours, 4096)
        except OSError:   # the other side is closed
            more = b""
        if not more:
            break
        said += more
        if not is_answered and ASKED.encode() in said:
            is_answered = True
            os.write(ours, answer.encode() + b"\n")
    process.communicate(timeout=60)
    os.close(ours)
    expect(is_answered, f"{what} at {when} did not ask: {said.decode(errors='replace')[-300:]}")
    return process.returncode, said.decode(errors="replace")


class Cases:
    """Figures by case, and copies of the base to work on."""

    def __init__(self, options, base):
        self.options, self.base, self.number = options, base, 0
        self.counts = collections.defaultdict(collections.Counter)
        self.bad = []

    def copy(self):
        self.number += 1
        place = scenes.Place(self.options.binary, scenes.Path(os.path.join(self.options.work, f"clock-{self.number}")))
        shutil.copytree(self.base.root, place.root, symlinks=True)
        return place

    def do(self, case, act):
        try:
            self.counts[case][act()] += 1
        except Bad as why:
            self.counts[case]["BAD"] += 1
            self.bad.append(f"{case}: {why}")
            print(f"  BAD {case}: {why}", flush=True)

    def all(self, tasks):
        with ThreadPoolExecutor(self.options.jobs) as workers:
            list(workers.map(lambda task: self.do(*task), tasks))


def led_back(cases, commands):
    """A clock of 2099 was believed; the way back, and everything after it at the right time."""
    place = cases.copy()
    signers = place.fingerprints()
    first_wrong = len(judge.register(place / "site"))
    code, said = at_terminal(place, "record new", "2099-01-01 00:00:00", "yes")
    expect(code == 0, f"what was said to be right was not signed: {said[-300:]}")
    wrong = expect_in_order(place)
    expect(wrong.startswith("2099-01-01"), f"signed at {wrong}")
    # At the right time nothing can be signed before it is said that the clock was wrong.
    refused(place, "record new", NOON, BEHIND)
    scenes.write(place / "clock.toml", f'first_wrong = {first_wrong}\nwrong_time = "{wrong}"\nreason = {{ en = "An empty battery." }}\n')
    clock = Clock(place, NOON)
    place.must("record", "clock", place / "clock.toml", *signing(place), "--yes", env=clock.env)
    expect(expect_in_order(place).startswith(DAY), "the correction is not of the right time")
    for what in commands:
        code, said = attempt(place, what, f"{DAY} 12:30:00")
        expect(code == 0, f"after the correction {what} is refused: {said.strip()[-300:]}")
    expect(expect_in_order(place).startswith(DAY), "what came after the correction is not of the right time")
    refused(place, "record new", f"{DAY} 11:30:00", BEHIND)
    refused(place, "record new", "2099-01-01 00:00:00", UNASKED)
    judge.expect_verified(place / "site", sorted({*signers, *place.fingerprints()}), place.selvedge)
    return "led back"


def in_mid_run(cases, what):
    """The clock goes an hour back while a run waits: it keeps the time at which it began."""
    place = cases.copy()
    if what == "log due":
        # So that lists are to be renewed.
        code, said = attempt(place, "record revoke", f"{DAY} 10:00:00")
        expect(code == 0, f"record revoke: {said.strip()[-300:]}")
    code, said = turned(place, what, NOON, f"{DAY} 11:00:00")
    expect(code == 0, f"{what}: {said.strip()[-300:]}")
    last = expect_in_order(place)
    expect(last.startswith(f"{DAY}T12:00"), f"signed at {last}")
    judge.expect_verified(place / "site", place.fingerprints(), place.selvedge)
    refused(place, "record new", f"{DAY} 11:00:30", BEHIND)
    return "signed in order"


def overtaken(cases):
    """While a run waits the clock goes an hour ahead, and another run signs."""
    place = cases.copy()

    def another():
        other = Clock(scenes.Place(place.selvedge, place / "sheets"), f"{DAY} 13:00:00")
        place.must("record", "new", "plain", *signing(place), "--yes", env=other.env)
        os.remove(other.file)
    code, said = turned(place, "record new", NOON, f"{DAY} 13:00:00", another)
    expect(code != 0 and BEHIND in said, f"not refused: {said.strip()[-300:]}")
    expect(expect_in_order(place).startswith(f"{DAY}T13:00"), "something else was signed")
    return "refused in words"


def answered_no(cases, what):
    place = cases.copy()
    before = state(place)
    code, said = at_terminal(place, what, "2099-01-01 00:00:00", "no")
    expect(code != 0 and "set the clock first" in said, f"not refused: {said[-300:]}")
    expect(state(place) == before, "refused, and files changed")
    return "refused in words"


def build_in_mid_run(cases):
    """The clock goes back while pages are made: they are those of one time."""
    place = cases.copy()
    place.must("build", place / "site", "-o", place / "still", "--at", f"{DAY}T12:00:00Z")
    clock = Clock(place, NOON)
    with subprocess.Popen([place.selvedge, *words_for(place)["build"]], cwd=place.root, env=clock.env, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as process:
        time.sleep(0.15)
        clock.turn("2001-01-01 00:00:00")
        _, err = process.communicate(timeout=300)
    expect(process.returncode == 0, f"build: {err[-300:]}")
    expect(judge.digest_tree(place / "out") == judge.digest_tree(place / "still"), "the pages are of two times")
    return "built"


def part(options):
    why = missing()
    if why:
        run.not_done(options, "clock", why)
        return 0
    base = scenes.register_to_copy(options)
    cases = Cases(options, base)
    every = ["record new", "record revoke", "log due", "keys rotate"]
    some = ["record new", "log due"] if options.bounded else every
    tasks = []
    for what in some:
        tasks.append((f"{what}, in 2001", lambda what=what: refused(cases.copy(), what, "2001-01-01 00:00:00", BEHIND)))
        if what == "log due" and options.bounded:
            continue
        tasks.append((f"{what}, an hour back", lambda what=what: refused(cases.copy(), what, "2026-11-01 23:00:00", BEHIND)))
        tasks.append((f"{what}, in 2099, nobody to ask", lambda what=what: refused(cases.copy(), what, "2099-01-01 00:00:00", UNASKED)))
    for what in [] if options.bounded else every[:3]:
        tasks.append((f"{what}, in 2099, asked: no", lambda what=what: answered_no(cases, what)))
        tasks.append((f"{what}, an hour back in mid-run", lambda what=what: in_mid_run(cases, what)))
    if options.bounded:
        tasks.append(("record new, an hour back in mid-run", lambda: in_mid_run(cases, "record new")))
    else:
        tasks.append(("record new, another signs meanwhile", lambda: overtaken(cases)))
        tasks.append(("build, back to 2001 in mid-run", lambda: build_in_mid_run(cases)))
        for when in ("2001-01-01 00:00:00", "2099-01-01 00:00:00"):
            tasks.append((f"build, in {when[:4]}", lambda when=when: built(cases.copy(), when)))
    tasks.append(("2099 believed, then corrected", lambda: led_back(cases, ["record new"] if options.bounded else every)))
    cases.all(tasks)
    figures = run.Figures()
    for case, counts in cases.counts.items():
        figures.add(case, counts)
    figures.bad = cases.bad
    figures.print("A wrong clock")
    return len(cases.bad)
