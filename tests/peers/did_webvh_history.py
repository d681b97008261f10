"""Judges a history of keys with PyPI did-webvh: the did.jsonl and
did-witness.json that a folder publishes, for the name that a case asks for.

    python did_webvh_history.py FOLDER [--cases FILE] [--now TIME]

A verdict adds the version that was resolved and the keys of its document. There
is no network.
"""

import asyncio
import sys
from unittest import mock

from did_webvh.core import date_utils, state
from did_webvh.core.file_utils import AsyncTextReadError, read_str
from did_webvh.core.resolver import DidResolver, HistoryResolver
from did_webvh.verify import WebvhVerifier

from folder import main


class Published(HistoryResolver):
    """What the folder publishes, in the place of the network."""

    def __init__(self, folder):
        self.folder = folder

    def text(self, name):
        found = self.folder.published(f".well-known/{name}") or self.folder.published(name)
        if not found:  # its reader of texts never ends at one that is empty
            raise AsyncTextReadError(f"not published here: {name}")
        return read_str(found.decode("utf-8"))

    def resolve_entry_log(self, _did):
        return self.text("did.jsonl")

    def resolve_witness_log(self, _did):
        return self.text("did-witness.json")


def resolve(folder, did, now):
    """The document and version of a name; raises why the package refuses it."""

    class Clock(state.datetime):
        @classmethod
        def now(cls, zone=None):
            return now.astimezone(zone)

    verifier = WebvhVerifier(enforce_future_skew=True)
    with mock.patch.object(state, "datetime", Clock), mock.patch.object(date_utils, "datetime", Clock):
        result = asyncio.run(DidResolver(verifier).resolve(did, Published(folder))).serialize()
    if not result["didDocument"]:
        problem = result["didResolutionMetadata"]
        raise ValueError(str(problem.get("problemDetails", problem)))
    return result["didDocument"], result["didDocumentMetadata"]["versionId"]


def whole(folder, case, now):
    document, version = resolve(folder, case.get("did") or folder.newest_name(), now)
    return {
        "version": version,
        "keys": [method["id"] for method in document.get("verificationMethod", [])],
    }


if __name__ == "__main__":
    sys.exit(main(whole=whole))
