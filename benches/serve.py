#!/usr/bin/env python3
"""How long the preview takes until it answers an edited page.

    python3 benches/serve.py --binary target/release/selvedge SITE [SITE ...]

For each folder the preview is started on a free port, a line is added to a product's file, and its page is asked for until it
has that line: first from when the file was written (what a maker sees, with the 20 ms in which the preview waits for an editor
to finish), then once more for the page alone, which is ready by then. The median of --runs is printed with the spread.
"""

import argparse
import http.client
import pathlib
import re
import statistics
import subprocess
import threading
import time


def ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return body if response.status == 200 else b""


def measure(binary, site, runs, pause):
    # Not a translation, `shawl.es.md`.
    product = next(file for file in sorted((site / "products").rglob("*.md")) if "." not in file.stem)
    name = product.stem if product.stem != "index" else product.parent.name
    before = product.read_bytes()
    started = time.monotonic()
    child = subprocess.Popen([binary, "serve", site, "--port", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for line in child.stderr:
            found = re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)", line)
            if found:
                break
        # Whatever it says from here on is not read, and must not fill the pipe.
        threading.Thread(target=child.stderr.read, daemon=True).start()
        port, base = int(found[1]), found[2]
        path = f"{base}products/{name}/"
        if b"</html>" not in ask(port, path):
            raise SystemExit(f"{site}: there is no page {path}")
        began = time.monotonic() - started
        edits, pages = [], []
        for run in range(runs):
            word = f"Edited{run}x{time.time_ns()}".encode()
            product.write_bytes(before + b"\n" + word + b".\n")
            written = time.monotonic()
            while word not in ask(port, path):
                time.sleep(0.002)
            edits.append((time.monotonic() - written) * 1000)
            asked = time.monotonic()
            ask(port, path)
            pages.append((time.monotonic() - asked) * 1000)
            # Whoever edits looks at the page before the next change; meanwhile the whole folder is checked.
            time.sleep(pause)
    finally:
        product.write_bytes(before)
        child.kill()
        child.wait()
    told = lambda values: f"{statistics.median(values):.0f} ({min(values):.0f}–{max(values):.0f})"
    count = sum(1 for _ in (site / "products").rglob("*.md"))
    print(f"| {site.name} | {count:,} | {began:.2f} | {told(edits)} | {told(pages)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sites", type=pathlib.Path, nargs="+")
    parser.add_argument("--binary", type=pathlib.Path, default="target/release/selvedge")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--pause", type=float, default=2, help="seconds between one look at the page and the next change")
    args = parser.parse_args()
    print("| folder | products | first page s | edited page ms | page alone ms |\n| --- | ---: | ---: | ---: | ---: |")
    for site in args.sites:
        measure(args.binary.resolve(), site.resolve(), args.runs, args.pause)


if __name__ == "__main__":
    main()
