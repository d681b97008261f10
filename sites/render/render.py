"""Renders the pictures of the example sites.

    pip install bpy==5.0.1 pillow numpy          # Python 3.11; Blender as a module, with its denoiser
    python sites/render/render.py                # all of them, into sites/
    python sites/render/render.py --draft -o /tmp/drafts green_bowls palm_basket

Each name is a function of `scenes.py`. Nothing is fetched; the same version gives the same picture.
"""

import argparse
import inspect
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import scenes  # noqa: E402
import studio  # noqa: E402


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument('names', nargs='*', help='scenes; default: all')
    ask.add_argument('--draft', action='store_true', help='small and quick')
    ask.add_argument('-o', '--out', default=os.path.dirname(HERE), help='folder that stands for sites/')
    ask.add_argument('--only', default='', help='only pictures whose path contains one of these, with commas between')
    ask.add_argument('--threads', type=int, default=0)
    a = ask.parse_args()
    every = {n: f for n, f in vars(scenes).items() if inspect.isgeneratorfunction(f)}
    for name in a.names or every:
        begun = time.time()
        studio.empty()
        for shot in every[name]():
            path, settings = shot if isinstance(shot, tuple) else (shot, {})
            if a.only and not any(part in path for part in a.only.split(',')):
                continue
            width, height = settings.pop('size', (880, 1100))
            samples = settings.pop('samples', 10)
            if a.draft:
                width, height, samples = width // 4, height // 4, 6
            target = os.path.join(a.out, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            develop = {k: settings.pop(k) for k in ('warmth', 'grain') if k in settings}
            with tempfile.TemporaryDirectory() as folder:
                png = os.path.join(folder, 'render.png')
                studio.expose(png, width, height, samples, threads=a.threads, **settings)
                quality = studio.develop(png, target, **develop)
            print(f'{path}: {width} × {height}, quality {quality}, {os.path.getsize(target) // 1000} kB, {time.time() - begun:.0f} s', flush=True)
            begun = time.time()


main()
