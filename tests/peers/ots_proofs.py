"""Judges the OpenTimestamps proofs that a folder keeps beside its heads with the
library of PyPI opentimestamps-client: the proof has to be of the head's bytes,
and each Bitcoin attestation of it has to meet the root that a case names in
`blocks` (height to merkle root, as block lists show it).

    python ots_proofs.py FOLDER --cases FILE
"""

import io
import sys
from types import SimpleNamespace

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation
from opentimestamps.core.serialize import StreamDeserializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile

from folder import main


def whole(folder, case, _now):
    judged = 0
    for file in sorted((folder.root / "log/heads").glob("*/*.ots")):
        beside = "log/heads/" + file.parent.name
        stream = StreamDeserializationContext(io.BytesIO(folder.read(f"{beside}/{file.name}")))
        proof = DetachedTimestampFile.deserialize(stream)
        stream.assert_eof()
        head = io.BytesIO(folder.read(f"{beside}/checkpoint"))
        if proof.file_hash_op.hash_fd(head) != proof.file_digest:
            raise ValueError(f"{file.name}: of another file")
        blocks = [
            (message, each)
            for message, each in proof.timestamp.all_attestations()
            if isinstance(each, BitcoinBlockHeaderAttestation)
        ]
        if not blocks:
            raise ValueError(f"{file.name}: in no block")
        for message, each in blocks:
            root = bytes.fromhex(case["blocks"][str(each.height)])[::-1]
            each.verify_against_blockheader(message, SimpleNamespace(hashMerkleRoot=root, nTime=0))
        judged += 1
    if judged == 0:
        raise ValueError("nothing to judge: no proof")
    return {"judged": judged}


if __name__ == "__main__":
    sys.exit(main(whole=whole))
