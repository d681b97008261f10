"""Judges records with PyPI openvc-core.

    python openvc_core.py FOLDER [--cases FILE] [--now TIME]

DIDs are resolved by openvc's own did:web and did:key code, which may read only
what the folder publishes, and status lists likewise; a record whose bit is set in
a list is refused. Its did:webvh code refuses every history that names witnesses,
so the document of a did:webvh is what PyPI did-webvh resolves. There is no network.
"""

import json
import sys

from openvc.did.base import DidResolutionError, DidResolverRegistry, parse_did_document
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.did.did_webvh import DidWebvhResolver
from openvc.verify import VerificationPolicy, verify_credential

from did_webvh_history import resolve
from folder import main


class ByHistory:
    """Openvc's own replay where there are no witnesses; did-webvh where there are."""

    def __init__(self, folder, now):
        self.folder, self.now = folder, now
        log = folder.published(".well-known/did.jsonl") or folder.published("did.jsonl") or b""
        self.own = DidWebvhResolver(lambda _url: log.decode("utf-8"))

    def supports(self, did):
        return self.own.supports(did)

    def resolve(self, did):
        try:
            return self.own.resolve(did)
        except DidResolutionError as error:
            if "witness policy" not in str(error):
                raise
        document, _ = resolve(self.folder, did, self.now)
        return parse_did_document(document)


def judge(folder, short_id, now, case):
    def fetched(url):
        found = folder.fetch(url)
        if found is None:
            raise DidResolutionError(f"not published here: {url}")
        return json.loads(found)

    resolver = DidResolverRegistry(
        [DidKeyResolver(), DidWebResolver(fetched), ByHistory(folder, now)]
    )

    def status_list(url):
        found = fetched(url)
        verify_credential(found, policy=VerificationPolicy(now=now), resolver=resolver)
        return found

    asked = case.get("status") is not False
    verify_credential(
        json.loads(folder.read(f"records/{short_id}.json")),
        policy=VerificationPolicy(now=now, require_status=asked),
        resolver=resolver,
        resolve_status_list=status_list if asked else None,
    )


if __name__ == "__main__":
    sys.exit(main(judge))
