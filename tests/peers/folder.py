"""What the Python peers share: a site folder or a built site, read as a stranger
who fetches it from its address would read it, with a case's altered files laid
over it. Nothing here judges anything. See folder.mjs.
"""

import argparse
import base64
import json
import pathlib
from datetime import datetime, timezone
from urllib.parse import unquote

IN_SITE_FOLDER = {
    ".well-known/did.json": "identity/did.json",
    "did.json": "identity/did.json",
    ".well-known/did.jsonl": "identity/did.jsonl",
    "did.jsonl": "identity/did.jsonl",
    ".well-known/did-witness.json": "identity/did-witness.json",
    "did-witness.json": "identity/did-witness.json",
}


class Folder:
    def __init__(self, root, files):
        self.root, self.files = pathlib.Path(root), files

    def read(self, path):
        if path in self.files:
            return base64.b64decode(self.files[path])
        file = self.root / path
        return file.read_bytes() if file.is_file() else None

    def published(self, path):
        found = self.read(path)
        if found is None and path in IN_SITE_FOLDER:
            found = self.read(IN_SITE_FOLDER[path])
        if found is None and path.startswith("status/"):
            found = self.list(path)
        return found

    def list(self, path):
        """The newest status list of a path: a site folder keeps them all, as records."""
        mark = f'"{self.base()}{path}#list"'.encode()
        records = [self.read(f"records/{short_id}.json") for short_id in self.records()]
        lists = [found for found in records if mark in found]
        return max(lists, key=lambda found: json.loads(found)["proof"]["created"], default=None)

    def records(self):
        return sorted(path.stem for path in (self.root / "records").glob("*.json"))

    def base(self):
        document = self.published(".well-known/did.json") or self.published("did.json")
        did = json.loads(document)["id"]
        return "https://" + "/".join(map(unquote, did.split(":")[2:])) + "/"

    def fetch(self, url):
        """Bytes at an address, if it lies under the folder's own."""
        base = self.base()
        return self.published(url[len(base):]) if url.startswith(base) else None

    def newest_name(self):
        """The name that the history itself says it has, for use by hand."""
        log = self.published(".well-known/did.jsonl") or self.published("did.jsonl")
        return json.loads(log.splitlines()[-1])["state"]["id"]


def main(judge=None, whole=None):
    """Runs a peer: `judge(folder, short_id, now, case)` raises what is wrong with one record,
    `whole(folder, case, now)`, in its place, what is wrong with a case, and gives what
    its verdict adds."""
    words = argparse.ArgumentParser()
    words.add_argument("folder")
    words.add_argument("--cases")
    words.add_argument("--now", type=datetime.fromisoformat, default=datetime.now(timezone.utc))
    options = words.parse_args()
    cases = [{"name": "as it stands"}]
    if options.cases:
        with open(options.cases, encoding="utf-8") as lines:
            cases = [json.loads(line) for line in lines if line.strip()]
    refused = False
    for case in cases:
        verdict = {"case": case["name"], "accept": True, "why": ""}
        try:
            folder = Folder(options.folder, case.get("files", {}))
            if whole:
                verdict.update(whole(folder, case, options.now))
            else:
                ids = case.get("only") or folder.records()
                if not ids:
                    raise ValueError("nothing to judge: no record")
                for short_id in ids:
                    judge(folder, short_id, options.now, case)
        except Exception as error:  # whatever it is, it was not accepted
            verdict["accept"] = False
            verdict["why"] = f"{type(error).__name__}: {error}".split("\n")[0][:300]
            refused = True
        print(json.dumps(verdict), flush=True)
    return 1 if refused and not options.cases else 0
