"""What a run asks of the disk, seen and disturbed from outside with strace.

`trace` lists the calls by which a run changes a disk, with all their bytes;
`disturb` makes the run again and kills it at one of them, or has one fail.
"""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field

CHANGES = """open openat creat write pwrite64 writev pwritev fsync fdatasync syncfs sync sync_file_range
rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat mknod mknodat
truncate ftruncate fallocate copy_file_range sendfile splice chmod fchmod fchmodat chown fchown fchownat
utimensat setxattr fsetxattr removexattr io_uring_enter msync""".split()
ENDS = ["exit_group"]
# Also seen, for what the others mean.
SEEN = ["lseek", "close", "dup", "dup2", "dup3", "fcntl"]
SYNCS = {"fsync", "fdatasync", "syncfs"}
RENAMES = {"rename", "renameat", "renameat2"}
ERRORS = ["ENOSPC", "EIO", "EROFS", "EDQUOT"]

WRITES = re.compile(r"O_(CREAT|TRUNC|WRONLY|RDWR)")


@dataclass
class Call:
    """One call that succeeded or failed; `paths` are absolute."""

    name: str
    thread: int          # 0 is the main one
    nth: int             # of this name in this thread, from 1
    args: list
    result: int
    paths: list = field(default_factory=list)
    fd: int = -1
    data: bytes = b""
    nth_here: int = 0    # of this name on this path, from 1

    @property
    def path(self):
        return self.paths[0] if self.paths else ""

    def __str__(self):
        return f"{self.name} {' -> '.join(self.paths)}"


class NotPermitted(Exception):
    """This machine does not let strace disturb a run."""


def missing():
    """Why no run can be traced here; None if one can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    probe = ["strace", "-o", "/dev/null", "-e", "inject=mkdir:error=ENOSPC", "-e", "trace=mkdir", "--", "mkdir", "/nonexistent-for-strace"]
    done = subprocess.run(probe, capture_output=True, text=True)
    return None if "No space left" in done.stderr else f"strace cannot trace here: {done.stderr.strip()[:200]}"


def unhex(text):
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


def split_args(text):
    """The arguments of a call: parted by commas outside brackets and strings."""
    parts, depth, start, quoted = [], 0, 0, False
    for at, c in enumerate(text):
        if c == '"':
            quoted = not quoted   # strings are hexadecimal: no quote inside
        elif quoted:
            continue
        elif c in "<[{(":
            depth += 1
        elif c in ">]})":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:].strip())
    return parts


def string(arg):
    return unhex(arg[arg.index('"') + 1:arg.rindex('"')])


def path_of_fd(arg):
    """What stands behind `3<...>`; None for what is no path."""
    if "<" not in arg:
        return None
    inner = unhex(arg[arg.index("<") + 1:arg.rindex(">")]).decode()
    return inner if inner.startswith("/") else None


def run_plain(argv, cwd, stdin="", extra=None, env=None, before=(), timeout=300):
    """Runs a command; `extra` is text for one more descriptor, whose number replaces {fd}."""
    fds = []
    if extra is not None:
        reading, writing = os.pipe()
        os.write(writing, extra.encode())
        os.close(writing)
        fds = [reading]
        argv = [word.replace("{fd}", str(reading)) for word in argv]
    try:
        done = subprocess.run([*before, *argv], cwd=cwd, input=stdin.encode(), capture_output=True,
                              pass_fds=fds, env=env or environment(), timeout=timeout)
    finally:
        for fd in fds:
            os.close(fd)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def environment():
    """One thread beside the main one, no home, no colours."""
    kept = {name: os.environ[name] for name in ("PATH", "SELVEDGE_TEST_ROUNDS") if name in os.environ}
    return {**kept, "RAYON_NUM_THREADS": "1", "HOME": "/nonexistent", "NO_COLOR": "1", "TZ": "UTC"}


def trace(argv, cwd, log, **how):
    """Runs a command and lists what it did; with its exit code and what it said."""
    before = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", str(1 << 28), "-o", log,
              "-e", "trace=" + ",".join("?" + name for name in CHANGES + ENDS + SEEN), "--"]
    code, out, err = run_plain(argv, cwd, before=before, **how)
    with open(log, encoding="latin-1") as file:
        calls = parse(file, cwd)
    if not calls:
        raise NotPermitted(err.strip() or f"strace saw nothing (exit {code})")
    return calls, code, out, err


def parse(lines, cwd):
    waiting, threads, counts, here, calls = {}, {}, {}, {}, []
    for line in lines:
        pid, _, text = line.rstrip("\n").partition(" ")
        text = text.strip()
        if text.startswith(("---", "+++")):
            continue
        if text.endswith("<unfinished ...>"):
            waiting[pid] = text[:-len("<unfinished ...>")]
            # The order is that of the beginnings; one thread works at a time.
            continue
        if text.startswith("<... "):
            text = waiting.pop(pid, "") + text[text.index("resumed>") + len("resumed>"):]
        found = re.match(r"(\w+)\((.*)\)\s+= (-?\d+|\?)", text)
        if not found:
            continue
        name, args, result = found[1], split_args(found[2]), found[3]
        thread = threads.setdefault(pid, len(threads))
        key = (thread, name)
        counts[key] = counts.get(key, 0) + 1
        call = Call(name, thread, counts[key], args, -1 if result == "?" else int(result))
        call = with_paths(call, cwd)
        key = (name, call.path)
        call.nth_here = here[key] = here.get(key, 0) + 1
        calls.append(call)
    return calls


def with_paths(call, cwd):
    name, args = call.name, call.args

    def at(folder, arg):
        base = path_of_fd(folder) if folder else cwd
        return os.path.normpath(os.path.join(base or cwd, string(arg).decode()))
    if name in ("openat", "mkdirat", "unlinkat", "fchmodat", "mknodat"):
        call.paths = [at(args[0], args[1])]
        if name == "openat":
            call.fd = call.result
    elif name in ("renameat", "renameat2", "linkat"):
        call.paths = [at(args[0], args[1]), at(args[2], args[3])]
    elif name in ("rename", "link"):
        call.paths = [at(None, args[0]), at(None, args[1])]
    elif name == "symlink":
        call.paths = [at(None, args[1])]
    elif name in ("open", "creat", "mkdir", "unlink", "rmdir", "truncate", "chmod", "chown", "mknod"):
        call.paths = [at(None, args[0])]
        if name in ("open", "creat"):
            call.fd = call.result
    elif args and "<" in args[0]:
        path = path_of_fd(args[0])
        call.fd = int(args[0].split("<")[0])
        call.paths = [path] if path else []
        if name in ("write", "pwrite64") and path:
            call.data = string(args[1])[:max(call.result, 0)]
    return call


def changes(calls, root):
    """Those of a trace that change the disk below `root`, the exit of the main thread last."""
    def below(path):
        return path == root or path.startswith(root + "/")
    kept = []
    for call in calls:
        if call.name in ENDS:
            if call.thread == 0:
                kept.append(call)
        elif call.name in SEEN or not call.paths or not any(map(below, call.paths)):
            continue
        elif call.name in ("open", "openat", "creat") and not WRITES.search(" ".join(call.args)):
            continue
        else:
            kept.append(call)
    return kept


def elsewhere(calls, root):
    """Changes of files outside of `root`: there should be none."""
    return [call for call in calls if call.name not in ENDS + SEEN and call.paths and call.result >= 0 and
            not any(path == root or path.startswith(root + "/") for path in call.paths) and
            not call.path.startswith(("/dev/", "/proc/")) and
            (call.name not in ("open", "openat") or WRITES.search(" ".join(call.args))) and
            not (call.name in ("write", "writev") and call.fd in (1, 2))]


HAS_CHANCE = re.compile(r"\.\d+-\d+\.part$")


def target(call, moved=lambda path: path):
    """The words by which strace finds a call again, or None if it cannot.

    A call of the main thread is counted there: without -f strace sees no other thread. One of
    another thread is found by its path; where the path holds the number of the process, by its
    place among the calls of that name, which only works where the main thread makes none before.
    """
    if call.thread == 0:
        return [], call.nth
    if not HAS_CHANCE.search(call.path):
        return ["-f", "-P", moved(call.path)], call.nth_here
    if call.name in ("write", "rename"):
        return ["-f"], call.nth
    return None


def disturb(argv, cwd, log, call, how, moved=lambda path: path, **more):
    """Runs a command with one call disturbed: `how` is "kill", "stop" or the name of an error.

    Gives whether it was, the exit code, what was said, and the changes that came after.
    """
    words, nth = target(call, moved)
    action = {"kill": "signal=SIGKILL", "stop": "signal=SIGSTOP", "nothing": "retval=0"}.get(how, f"error={how}")
    seen = "trace=" + ",".join("?" + name for name in CHANGES + ENDS)
    # Where strace stops by a filter of the kernel it cannot send a signal.
    before = ["strace", "--seccomp-bpf" if "-f" in words and how not in ("kill", "stop") else "-q", *words, "-y", "-xx", "-s", "0", "-o", log,
              "-e", seen, "-e", f"inject={call.name}:{action}:when={nth}", "--"]
    code, out, err = run_plain(argv, cwd, before=before, **more)
    with open(log, encoding="latin-1") as file:
        lines = file.read().splitlines()
    if how in ("kill", "stop"):
        hit = code in (-signal.SIGKILL, 128 + signal.SIGKILL)
        return hit, code, out, err, []
    at = next((n for n, line in enumerate(lines) if "(INJECTED)" in line), None)
    if at is None:
        return False, code, out, err, []
    # What the run did afterwards with what could not be synced: with that file, or in that folder's name.
    found = re.search(r"<([^>]*)>", lines[at])
    path = unhex(found[1]).decode() if found else None
    after = [unhex(line).decode(errors="replace") for line in lines[at + 1:]
             if re.match(r"(\d+ +)?(fsync|syncfs|fdatasync|rename\w*|pwrite64|write)\(", line)]
    after = [line for line in after if path and re.search(rf"[<\"]{re.escape(path)}[>\"]", line)]
    return True, code, out, err, after
