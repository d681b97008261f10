"""Judges records with PyPI openvc-core.

    python openvc_core.py FOLDER [--cases FILE] [--now TIME]

DIDs are resolved by openvc's own did:web and did:key code, which may read only
what the folder publishes. There is no network. Cases and verdicts are the same
JSON lines as in folder.mjs.
"""

import argparse
import base64
import json
import pathlib
import sys
from datetime import datetime, timezone
from urllib.parse import unquote

from openvc.did.base import DidResolutionError, DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.verify import VerificationPolicy, verify_credential

IN_SITE_FOLDER = {
    ".well-known/did.json": "identity/did.json",
    "did.json": "identity/did.json",
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
        return found if found is not None else self.read(IN_SITE_FOLDER.get(path, path))

    def records(self):
        return sorted(path.stem for path in (self.root / "records").glob("*.json"))

    def base(self):
        document = self.published(".well-known/did.json") or self.published("did.json")
        did = json.loads(document)["id"]
        return "https://" + "/".join(map(unquote, did.split(":")[2:])) + "/"

    def fetch(self, url):
        base = self.base()
        found = self.published(url[len(base):]) if url.startswith(base) else None
        if found is None:
            raise DidResolutionError(f"not published here: {url}")
        return json.loads(found)


def main():
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
            ids = case.get("only") or folder.records()
            if not ids:
                raise ValueError("nothing to judge: no record")
            for short_id in ids:
                verify_credential(
                    json.loads(folder.read(f"records/{short_id}.json")),
                    # What is asked here is who signed; status.test.mjs asks of status.
                    policy=VerificationPolicy(now=options.now, require_status=False),
                    resolver=DidResolverRegistry([DidKeyResolver(), DidWebResolver(folder.fetch)]),
                )
        except Exception as error:  # whatever it is, the record was not accepted
            verdict["accept"] = False
            verdict["why"] = f"{type(error).__name__}: {error}".split("\n")[0][:300]
            refused = True
        print(json.dumps(verdict), flush=True)
    return 1 if refused and not options.cases else 0


if __name__ == "__main__":
    sys.exit(main())
