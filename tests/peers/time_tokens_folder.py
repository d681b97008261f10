"""Judges the time-stamp tokens that a folder keeps beside its heads with PyPI
rfc3161-client: each against its head, by the root that a case names in `roots`
(PEM) and the nonce of its query in `nonces` (by the head's size).

    python time_tokens_folder.py FOLDER --cases FILE
"""

import sys

from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from folder import main


def whole(folder, case, _now):
    judged = 0
    for file in sorted((folder.root / "log/heads").glob("*/checkpoint.*.tsr")):
        beside = "log/heads/" + file.parent.name
        response = decode_timestamp_response(folder.read(f"{beside}/{file.name}"))
        builder = VerifierBuilder().nonce(int(case["nonces"][file.parent.name]))
        for root in x509.load_pem_x509_certificates(case["roots"].encode()):
            builder = builder.add_root_certificate(root)
        if not builder.build().verify_message(response, folder.read(f"{beside}/checkpoint")):
            raise ValueError(f"{file.name}: not verified")
        judged += 1
    if judged == 0:
        raise ValueError("nothing to judge: no token")
    return {"judged": judged}


if __name__ == "__main__":
    sys.exit(main(whole=whole))
