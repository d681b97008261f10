#!/usr/bin/env python3
"""Breaks each rule of deny.toml on purpose, and expects cargo-deny to refuse the program for it.

A checker that finds nothing may also be one that looks at nothing. Each case is deny.toml with one change, after which what
the program is built from is no longer allowed; the name of the rule has to be among what is said.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What is checked, the change, and what is said of it.
CASES = [
    ("licenses", ('    "Unicode-3.0",\n', ""), "rejected"),
    ("licenses", ('    { crate = "webpki-roots", allow = ["CDLA-Permissive-2.0"] },\n', ""), "rejected"),
    ("bans", ('    { crate = "openssl" },\n', '    { crate = "openssl" },\n    { crate = "rustls" },\n'), "banned"),
    ("bans", ('multiple-versions = "warn"', 'multiple-versions = "deny"'), "duplicate"),
    ("sources", ('allow-git = []', 'allow-git = []\nallow-registry = []'), "source-not-allowed"),
]


def main():
    good = (ROOT / "deny.toml").read_text()
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "deny.toml"
        for what, (old, new), said in CASES:
            if good.count(old) != 1:
                bad.append(f"{what}: deny.toml has no single {old!r} to change")
                continue
            config.write_text(good.replace(old, new))
            run = subprocess.run(
                ["cargo-deny", "--locked", "--format", "json", "--manifest-path", str(ROOT / "Cargo.toml"),
                 "--config", str(config), "check", "--hide-inclusion-graph", what],
                capture_output=True, text=True, cwd=ROOT)
            codes = set(re.findall(r'"code":"([a-z-]+)"', run.stderr + run.stdout))
            if run.returncode == 0 or said not in codes:
                bad.append(f"{what}: after {old.strip()!r} became {new.strip()!r} it ended with {run.returncode}: {sorted(codes)}")
    for line in bad:
        print(line, file=sys.stderr)
    print(f"broken.py: {len(CASES) - len(bad)} of {len(CASES)} broken rules were noticed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
