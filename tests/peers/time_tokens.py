"""Judges time-stamp answers: reads JSON cases from standard input, answers one verdict each.

A case is {response, message, roots, nonce?}: files, and the nonce of the query in decimal.
"""

import json
import sys

from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response


def judge(case):
    with open(case["response"], "rb") as file:
        response = decode_timestamp_response(file.read())
    with open(case["roots"], "rb") as file:
        roots = x509.load_pem_x509_certificates(file.read())
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    if "nonce" in case:
        builder = builder.nonce(int(case["nonce"]))
    with open(case["message"], "rb") as file:
        return builder.build().verify_message(response, file.read())


verdicts = []
for case in json.load(sys.stdin):
    try:
        verdicts.append({"accept": bool(judge(case)), "why": ""})
    except Exception as error:  # whatever a peer throws is a refusal
        verdicts.append({"accept": False, "why": f"{type(error).__name__}: {error}"})
json.dump(verdicts, sys.stdout)
