#!/usr/bin/env python3
"""What holds of everything that this program is built from, without building it:

- no unsafe code is possible in a crate of ours;
- whatever is installed has a lock file in git, with exact versions and digests, from one registry each;
- no script fetches from anywhere else.

`deny.toml` says which licences, crates and sources the crates may have; cargo-deny checks that (tests/run supply).
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = subprocess.run(
    ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
).stdout.strip("\0").split("\0")
checks = []


def check(function):
    checks.append(function)
    return function


def named(*endings):
    return [name for name in FILES if name.endswith(endings)]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def manifests():
    for name in FILES:
        if Path(name).name == "Cargo.toml":
            yield name, tomllib.loads(text(name))


@check
def every_crate_of_ours_forbids_unsafe_code():
    for name, manifest in manifests():
        if manifest.get("lints", {}).get("rust", {}).get("unsafe_code") == "forbid":
            continue
        folder = Path(name).parent
        roots = [manifest.get("lib", {}).get("path", "src/lib.rs")]
        roots += [each.get("path", "src/main.rs") for each in manifest.get("bin", [])]
        for root in roots:
            path = str(folder / root)
            if path not in FILES:
                continue
            code = text(path)
            # The macro of libFuzzer makes an entry that C can call; a target is that one line.
            is_target = "#![no_main]" in code and len(code.splitlines()) <= 6 and "unsafe" not in code
            if "#![forbid(unsafe_code)]" not in code and not is_target:
                yield f"{path}: neither it nor {name} forbids unsafe code"


@check
def nothing_allows_unsafe_code():
    for name in named(".rs"):
        if re.search(r"allow\([^)]*unsafe_code|\bunsafe\s*(\{|fn\b|impl\b|extern\b)", text(name)):
            yield f"{name}: unsafe code"


@check
def every_manifest_has_a_lock_file_in_git():
    pairs = {"Cargo.toml": "Cargo.lock", "package.json": "package-lock.json"}
    for name in FILES:
        path = Path(name)
        if path.name in pairs and str(path.with_name(pairs[path.name])) not in FILES:
            yield f"{name}: {pairs[path.name]} is not beside it in git"


@check
def crates_are_of_one_registry_and_have_digests():
    for name in FILES:
        if Path(name).name != "Cargo.lock":
            continue
        ours = {manifest["package"]["name"] for _, manifest in manifests()}
        sources = set()
        for package in tomllib.loads(text(name))["package"]:
            source = package.get("source")
            if source is None:
                if package["name"] not in ours:
                    yield f"{name}: {package['name']} comes from a folder"
                continue
            sources.add(source)
            if not source.startswith("registry+") or not re.fullmatch("[0-9a-f]{64}", package.get("checksum", "")):
                yield f"{name}: {package['name']} comes from {source}, without a digest"
        if len(sources) > 1:
            yield f"{name}: several sources"


@check
def npm_packages_have_digests():
    for name in FILES:
        if Path(name).name != "package-lock.json":
            continue
        for path, package in json.loads(text(name))["packages"].items():
            if path and not package.get("link") and not package.get("integrity"):
                # What lies within another package came with it.
                if not package.get("inBundle"):
                    yield f"{name}: {path} has no digest"
            if str(package.get("resolved", "https:")).split(":")[0] not in ("https",):
                yield f"{name}: {path} comes from {package['resolved']}"


@check
def versions_in_package_files_are_exact():
    for name in FILES:
        if Path(name).name == "package.json":
            manifest = json.loads(text(name))
            for kind in ("dependencies", "devDependencies"):
                for package, version in manifest.get(kind, {}).items():
                    if not re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", version):
                        yield f"{name}: {package} {version}"


@check
def python_packages_have_exact_versions():
    for name in FILES:
        if not re.fullmatch(r"requirements.*\.txt", Path(name).name):
            continue
        for line in text(name).splitlines():
            line = line.split("#")[0].strip().rstrip("\\").strip()
            if line and not re.fullmatch(r"[\w.\[\]-]+==[\w.+!]+|--hash=sha256:[0-9a-f]{64}", line):
                yield f"{name}: {line}"


FETCHES = re.compile(
    r"\b(curl|wget|aria2c)\s+(-|\w+:|[\"'$])|\bgit\s+clone\s|git\+(https|ssh)|\bpip3?\s+install\b.*https?:"
    r"|\bnpx\s+[\w@-]|\bnpm\s+(install|i|ci)\b.*https?:|\bcargo\s+install\b.*--git|\burlretrieve\b|\bgo\s+(get|install)\s"
)


@check
def no_script_fetches_from_elsewhere():
    ours = [name for name in FILES if not name.startswith(("tests/vectors/", "tests/hostile/"))]
    scripts = [name for name in ours if name.endswith((".sh", ".py", ".mjs", ".js", "/run")) or Path(name).name == "build.rs"]
    for name in scripts:
        if name == "tests/supply/check.py" or "/vendor/" in name or name == "src/cli/build.rs":
            continue
        for number, line in enumerate(text(name).splitlines(), 1):
            if FETCHES.search(line) and not line.lstrip().startswith(("#", "//", "*")):
                yield f"{name}:{number}: {line.strip()[:100]}"


@check
def nothing_of_ours_runs_while_it_is_built():
    for name, manifest in manifests():
        folder = Path(name).parent
        if manifest["package"].get("build") or str(folder / "build.rs") in FILES:
            yield f"{name}: a build script"


def main():
    failed = 0
    for function in checks:
        found = list(function())
        print(f"{'ok    ' if not found else 'FAILED'} {function.__name__.replace('_', ' ')}")
        for line in found:
            print(f"         {line}")
        failed += bool(found)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
