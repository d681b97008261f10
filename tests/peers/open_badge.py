"""Judges the Open Badges in pictures with PyPI openbadgeslib.

    python open_badge.py FOLDER [--status] PICTURE...

FOLDER is a built site. The issuer's name is resolved by the library's own did:web
code, which may read only what the folder publishes; with --status the status lists
that the badge names are read too. One line of JSON for each picture. The library
looks at the machine's clock.
"""

import json
import pathlib
import sys

from openbadgeslib.verify import verify_badge

from folder import Folder


def judge(folder, picture, status):
    def fetched(url):
        found = folder.fetch(url)
        if found is None:
            raise OSError(f"not published here: {url}")
        return found

    data = pathlib.Path(picture).read_bytes()
    # The lists are secured by a Data Integrity proof, which openvc-core checks; here their bits are read.
    result = verify_badge(data, resolve_did=True, download=fetched, check_status=status, verify_status_list=False)
    said = result.credential
    return {
        "picture": picture,
        "accept": bool(result.valid and result.trusted),
        "why": result.reason or "",
        "issuer": said.issuer.name if said else None,
        "subject": said.recipient_id if said else None,
        "achievement": said.achievement.name if said else None,
        "evidence": said.evidence_url if said else None,
    }


def main():
    words = [word for word in sys.argv[1:] if word != "--status"]
    folder = Folder(words[0], {})
    for picture in words[1:]:
        print(json.dumps(judge(folder, picture, "--status" in sys.argv)))


main()
