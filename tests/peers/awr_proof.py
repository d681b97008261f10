"""Judges the proofs of records with PyPI awr: its JSON reader, its canonical
form, its Ed25519, and its eddsa-jcs-2022 (awr.proof). The rest of that package is
about receipts of its own.

    python awr_proof.py FOLDER [--cases FILE] [--now TIME]

The keys are those of the issuer's document: what PyPI did-webvh resolves, the
published did.json of a did:web, or the did:key itself. There is no network.
"""

import json
import sys

from awr import loads
from awr.didkey import parse_did_key
from awr.proof import verify_document_signature

from did_webvh_history import resolve
from folder import main


def key_of(folder, method, issuer, now):
    did, _, fragment = method.partition("#")
    if did != issuer:
        raise ValueError("the proof names another issuer's key")
    if did.startswith("did:key:"):
        return parse_did_key(did)
    if did.startswith("did:webvh:"):
        document, _ = resolve(folder, did, now)
    else:
        document = json.loads(folder.published(".well-known/did.json") or folder.published("did.json"))
    if document["id"] != did or method not in document["assertionMethod"]:
        raise ValueError(f"{did} does not name this key")
    [found] = [each for each in document["verificationMethod"] if each["id"] == method]
    return parse_did_key("did:key:" + found["publicKeyMultibase"])


def judge(folder, short_id, now, _case):
    record = loads(folder.read(f"records/{short_id}.json"))
    proof = record["proof"]
    expected = ("DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod")
    if (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) != expected:
        raise ValueError("a proof of another sort")
    key = key_of(folder, proof["verificationMethod"], record["issuer"], now)
    if not verify_document_signature(record, proof, key):
        raise ValueError("the signature does not hold")


if __name__ == "__main__":
    sys.exit(main(judge))
