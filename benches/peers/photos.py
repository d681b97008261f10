#!/usr/bin/env python3
"""Makes the same derivatives of the same photographs with Selvedge and with Eleventy (libvips), and
prints what each took, how large the files are and how like the original they look.

    python3 benches/peers/photos.py --photos DIR --eleventy DIR [--webp 75 --method 2 --jpeg 75] [--runs 3]

--photos is a folder of JPEGs, --eleventy a folder in whose node_modules `@11ty/eleventy-img` is installed.
Needs numpy, pillow and scikit-image. Each run writes into a new folder. CPU is user and system time of the
process and its children, which says more than wall time on a machine with other work; the least of --runs is
printed, because other work only adds. Likeness is the mean structural similarity (SSIM, Gaussian window, luma)
of every output of --sample photographs to the original scaled by Pillow's Lanczos filter.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import numpy
from PIL import Image
from skimage.metrics import structural_similarity

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTHS = [400, 800, 1600]


def measure(command, cwd):
    started = time.monotonic()
    child = subprocess.Popen([str(word) for word in command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{command[0]} ended with {child.returncode}")
    return {"wall": time.monotonic() - started, "cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}


def ours():
    """The program of benches/develop.rs, built as released."""
    out = subprocess.run(["cargo", "bench", "--bench", "develop", "--no-run", "--message-format=json"], cwd=ROOT,
                         check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in out.splitlines():
        message = json.loads(line)
        if message.get("target", {}).get("name") == "develop" and message.get("executable"):
            return message["executable"]
    sys.exit("cargo names no program")


def likeness(photos, out, sample):
    """Mean SSIM and bytes, by format and width."""
    table = {}
    names = sorted(path.stem for path in photos.glob("*.jpg"))
    for ending in ["webp", "jpeg"]:
        for width in WIDTHS:
            files = [out / f"{name}-{width}.{ending}" for name in names]
            table[ending, width] = {"ssim": [], "bytes": sum(file.stat().st_size for file in files)}
    for name in names[:: max(1, len(names) // sample)][:sample]:
        original = Image.open(photos / f"{name}.jpg").convert("RGB")
        for width in WIDTHS:
            size = (width, round(original.height * width / original.width))
            wanted = numpy.asarray(original.resize(size, Image.Resampling.LANCZOS).convert("L"))
            for ending in ["webp", "jpeg"]:
                made = Image.open(out / f"{name}-{width}.{ending}").convert("L")
                made = numpy.asarray(made if made.size == size else made.resize(size))
                table[ending, width]["ssim"].append(
                    structural_similarity(wanted, made, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False))
    return {key: {"ssim": float(numpy.mean(cell["ssim"])), "bytes": cell["bytes"]} for key, cell in table.items()}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--photos", type=pathlib.Path, required=True)
    options.add_argument("--eleventy", type=pathlib.Path, required=True)
    for name in ["webp", "method", "jpeg"]:
        options.add_argument(f"--{name}", help="ours; what the program itself uses if left out")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--sample", type=int, default=12)
    args = options.parse_args()
    photos = args.photos.resolve()
    quality = [args.webp, args.method, args.jpeg]
    quality = quality if all(quality) else []
    script = pathlib.Path(__file__).with_name("photos.mjs")
    peers = {
        "selvedge": lambda out: ([ours(), photos, out, *quality], ROOT),
        "eleventy": lambda out: (["node", script, photos, out], args.eleventy.resolve()),
    }
    said = {}
    with tempfile.TemporaryDirectory() as work:
        for name, command in peers.items():
            runs = []
            for number in range(args.runs):
                out = pathlib.Path(work) / f"{name}-{number}"
                words, cwd = command(out)
                runs.append(measure(words, cwd))
                if number:
                    shutil.rmtree(out)
            said[name] = {key: min(run[key] for run in runs) for key in ["wall", "cpu"]}
            said[name]["mib"] = max(run["mib"] for run in runs)
            said[name]["table"] = likeness(photos, pathlib.Path(work) / f"{name}-0", args.sample)
    print(f"{'':10} {'wall s':>8} {'CPU s':>8} {'MiB':>6}")
    for name, row in said.items():
        print(f"{name:10} {row['wall']:8.1f} {row['cpu']:8.1f} {row['mib']:6.0f}")
    print(f"{'ratio':10} {said['eleventy']['wall'] / said['selvedge']['wall']:8.2f} "
          f"{said['eleventy']['cpu'] / said['selvedge']['cpu']:8.2f}")
    for key in said["selvedge"]["table"]:
        cells = [said[name]["table"][key] for name in peers]
        print(f"{key[0]:5} {key[1]:5}  " + "   ".join(
            f"{name} SSIM {cell['ssim']:.4f}, {cell['bytes'] / 1e6:6.2f} MB" for name, cell in zip(peers, cells)))


if __name__ == "__main__":
    main()
