"""Reads feeds with other people's parsers and prints what they found, as JSON: PyPI feedparser for Atom and RSS, Python's
csv for tables. One argument: a file; its ending tells which."""

import csv
import json
import sys

import feedparser


def main(path):
    if path.endswith(".csv"):
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))
    with open(path, "rb") as file:
        found = feedparser.parse(file.read())
    return {
        "version": found.version,
        "bozo": bool(found.bozo),
        "why": str(found.get("bozo_exception", "")),
        "feed": {name: found.feed.get(name) for name in ("id", "title", "updated", "link", "language")},
        "entries": [
            {name: value for name, value in entry.items() if isinstance(value, str)}
            | {"html": entry.content[0].value if "content" in entry else None,
               "tags": [tag.term for tag in entry.get("tags", [])],
               "authors": [author.get("name") for author in entry.get("authors", [])]}
            for entry in found.entries
        ],
    }


json.dump(main(sys.argv[1]), sys.stdout)
