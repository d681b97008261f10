"""Judges a log and the cosigned heads that it keeps with PyPI aics-tlog.

    python cosigned.py FOLDER [--cases FILE] [--witness VKEY]... [--quorum N]

Every head in log/heads has to be signed by the log, cosigned by the quorum, and
a beginning of the log; the log itself has to be whole. Names of files are those
of C2SP tlog-tiles; hashing, trees and signatures are the package's. Cases and
verdicts are the same JSON lines as in folder.mjs; a case may name its own
"witnesses" and "quorum".
"""

import argparse
import base64
import json
import pathlib
import sys

from aics_tlog import (
    WitnessPolicy,
    audit_tiles,
    consistency_proof_from_tiles,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    read_vkey_file,
    verify_checkpoint,
    verify_consistency,
)
from aics_tlog.tiles import entry_bundle_path, tile_path


class Folder:
    """A folder with a case laid over it; also what the package reads tiles from."""

    def __init__(self, root, files):
        self.root, self.files = pathlib.Path(root), files

    def read(self, *paths):
        for path in paths:
            if path in self.files:
                return base64.b64decode(self.files[path])
            if (self.root / path).is_file():
                return (self.root / path).read_bytes()
        return None

    def read_tile(self, level, index, width):
        return self.read("log/" + tile_path(level, index, width))

    def read_entry_bundle(self, index, width):
        return self.read("log/" + entry_bundle_path(index, width))

    def heads(self):
        return sorted(path.parent.name for path in (self.root / "log/heads").glob("*/checkpoint"))


def judge(folder, witnesses, quorum):
    log = read_vkey_file(folder.read("log.vkey", "identity/log.vkey").decode())
    policy = WitnessPolicy(quorum, tuple(parse_vkey(key) for key in witnesses))

    def opened(path, policy):
        note = parse_note(folder.read(path))
        result = verify_checkpoint(note, log, expected_origin=log.name, policy=policy)
        if not result.ok:
            raise ValueError(f"{path}: {result.error}")
        return parse_checkpoint(note.text)

    newest = opened("log/checkpoint", None)
    audit_tiles(folder, newest.size, newest.root)
    heads = folder.heads()
    if not heads:
        raise ValueError("nothing to judge: no kept head")
    for size in heads:
        head = opened(f"log/heads/{size}/checkpoint", policy)
        if str(head.size) != size:
            raise ValueError(f"the head in log/heads/{size} has size {head.size}")
        proof = consistency_proof_from_tiles(folder, head.size, newest.size)
        if not verify_consistency(head.size, newest.size, head.root, newest.root, proof):
            raise ValueError(f"the head in log/heads/{size} is of another history")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("folder")
    words.add_argument("--cases")
    words.add_argument("--witness", action="append", default=[])
    words.add_argument("--quorum", type=int, default=1)
    options = words.parse_args()
    cases = [{"name": "as it stands"}]
    if options.cases:
        with open(options.cases, encoding="utf-8") as lines:
            cases = [json.loads(line) for line in lines if line.strip()]
    refused = False
    for case in cases:
        verdict = {"case": case["name"], "accept": True, "why": ""}
        try:
            judge(
                Folder(options.folder, case.get("files", {})),
                case.get("witnesses", options.witness),
                case.get("quorum", options.quorum),
            )
        except Exception as error:  # whatever it is, it was not accepted
            verdict["accept"] = False
            verdict["why"] = f"{type(error).__name__}: {error}".split("\n")[0][:300]
            refused = True
        print(json.dumps(verdict), flush=True)
    return 1 if refused and not options.cases else 0


if __name__ == "__main__":
    sys.exit(main())
