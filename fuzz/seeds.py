#!/usr/bin/env python3
"""Lays out what the targets start from, below fuzz/seeds/TARGET: links to vectors and hostile files of the repository,
and what stands inside their tables, one file a case. Nothing of it is kept in git."""

import base64
import io
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "fuzz" / "seeds"
NEXT_FILE = b"\n=====\n"
MOST = 150
counts = {}


def put(target, data, name=None):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    at = counts[target] = counts.get(target, 0) + 1
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    (folder / f"{at:04}").write_bytes(data)


def found(*globs, most=MOST):
    """Files by their globs, each content once."""
    known = set()
    for glob in globs:
        for path in sorted(ROOT.glob(glob)):
            parts = path.relative_to(ROOT).parts
            if not path.is_file() or "node_modules" in parts or ".work" in parts:
                continue
            data = path.read_bytes()
            if data not in known and len(known) < most:
                known.add(data)
                yield path, data


def link(target, *globs, most=MOST):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    for path, _ in found(*globs, most=most):
        at = counts[target] = counts.get(target, 0) + 1
        (folder / f"{at:04}").symlink_to(path)


def cases(*globs):
    """What stands in the lines of tables: bytes in base64, or texts."""
    for path, data in found(*globs):
        for line in data.decode("utf-8").splitlines():
            case = json.loads(line)
            if "b64" in case:
                yield base64.b64decode(case["b64"])
            for name in ("text", "name", "path", "url", "s", "value"):
                if isinstance(case.get(name), str):
                    yield case[name]
            for inner in (case.get("files") or {}).values() if isinstance(case.get("files"), dict) else ():
                yield base64.b64decode(inner)


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def put_all(target, items, most=400):
    for item in list(dict.fromkeys(items))[:most]:
        put(target, item)


def main():
    shutil.rmtree(SEEDS, ignore_errors=True)
    records = ["tests/matrix/*/site/records/*.json", "sites/*/records/*.json"]

    put_all("json", cases("tests/hostile/json/*.jsonl"))
    link("json", "tests/hostile/json/jcs/*/*.json", records[0], "tests/vectors/jcs/*/*", most=60)
    link("note", "tests/vectors/signed-note/*", "tests/matrix/*/site/log/checkpoint", "tests/**/*.vkey", most=60)
    link("checkpoint", "tests/**/checkpoint", "sites/**/checkpoint")
    put_all("checkpoint", (case for case in cases("tests/hostile/log/states.jsonl")), 60)
    witness = json.loads((ROOT / "tests/vectors/tlog-witness/litewitness-add-checkpoint.json").read_text())
    for text in set(texts_in(witness)):
        if len(text) > 40:
            put("witness", text)
            put("checkpoint", text)
    link("witness", "tests/**/log/heads/list", "tests/**/*policy*")
    put("witness", "5/checkpoint\n5/x.ots\n")
    link("proof", "tests/matrix/*/site/records/*.tlog-proof", "sites/*/records/*.tlog-proof", most=60)
    for path, data in found("tests/**/tile/entries/**/*", "tests/**/tile/0/**/*", most=60):
        width = int(path.name) if path.parent.name.endswith(".p") else 256
        size = width if path.parent.name.startswith("000") else 256 + width
        for index in (0, 1, size - 1):
            put("tiles", size.to_bytes(8, "big") + index.to_bytes(8, "big") + data)
    for path, data in found(*records, "tests/matrix/*/site/identity/*.json*", "tests/**/*.vkey", most=60):
        lines = data.decode("utf-8", "replace").splitlines()
        try:
            lines = [text for line in lines for text in texts_in(json.loads(line))]
        except ValueError:
            pass
        for line in lines[:40]:
            put("names", line)
    for word in ("did:web:brand.example:a:b", "did:web:brand.example%3A8443", "https://brand.example/a/b/", "2026-01-01T00:00:00Z"):
        put("names", word)
    brand = json.loads((ROOT / "tests/vectors/own/brand.json").read_text())
    identifier = json.loads((ROOT / "tests/vectors/own/identifier.json").read_text())
    for case in brand["numbers"] + brand["wrong"] + identifier["written"] + identifier["none"]:
        typed = case.get("typed", [])
        for word in [case.get("printed"), case.get("identifier")] + (typed if isinstance(typed, list) else [typed]):
            if word:
                put("identifier", word)
    for path, data in found("sites/**/*.openbadge.jwt", "tests/**/*.openbadge.jwt", most=20):
        put("open_badge", data)
        body = data.split(b".")[1]
        put("open_badge", base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    link("record", *records, "tests/hostile/vc/**/*.json", "tests/vectors/vc-di-eddsa/**/*.json")
    put_all("record", cases("tests/hostile/vc/tampered.jsonl"), 60)
    for path, data in found("tests/**/did.jsonl", "sites/**/did.jsonl", "tests/vectors/did-webvh/**/*.jsonl"):
        put("did_log", data)
        beside = path.with_name("did-witness.json")
        if beside.is_file():
            put("did_log", data + NEXT_FILE + beside.read_bytes())
    link("documents", "tests/**/did.json", "tests/**/records/people/*.json", "sites/**/records/people/*.json", *records, most=120)
    for _, data in found(*records, "tests/vectors/bitstring-status-list/*.json", most=400):
        for text in texts_in(json.loads(data)):
            if text.startswith("u") and len(text) > 20 and " " not in text:
                put("status_list", text)
    link("side_signature", "tests/**/*.sshsig", "tests/vectors/sshsig/**/*", most=60)
    link("badge", "tests/hostile/image/**/*.png", "sites/**/*.svg", "themes/**/*.svg", most=60)
    put_all("badge", cases("tests/hostile/svg/own.jsonl"), 60)
    link("tsa", "tests/vectors/rfc3161/**/*", "tests/**/*.tsr", "sites/**/*.tsr")
    link("ots", "tests/vectors/ots/**/*.ots", "tests/**/*.ots", "sites/**/*.ots")

    site = ROOT / "tests/matrix/agreed/site"
    names = sorted(str(path.relative_to(site)) for path in site.rglob("*") if path.is_file())
    for number, name in enumerate(names):
        data = (site / name).read_bytes()
        put("folder", f"{number}\n".encode() + data)
        put("pack", f"{number}\n".encode() + data)
    for path, data in found("tests/matrix/*/site/**/*", most=120):
        name = str(path.relative_to(path.parents[[p.name for p in path.parents].index("site")]))
        put("folder", f"{name}\n".encode() + data)
        put("pack", f"{name}\n".encode() + data)
    put("pack", "SHA256SUMS\n" + "0" * 64 + "  records/x.json\n")
    evidence = {
        "v": "selvedge.evidence/1",
        "record": next(found(records[0]))[1].decode(),
        "identity": (site / "identity/did.jsonl").read_text(),
        "checkpoint": (site / "log/checkpoint").read_text(),
    }
    put("page", json.dumps(evidence))
    for path, data in found("tests/vectors/own/**/*.json", "tests/vectors/page-verdicts.json", "tests/**/*.html", most=20):
        if len(data) < 60_000:
            put("page", data)
    put("page", "<script type=\"application/json\" id=\"selvedge-evidence\">{}</script>")
    link("trust", "tests/**/trust.toml", "sites/**/trust.toml")

    keys = SEEDS / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    if shutil.which("ssh-keygen"):
        for number, more in enumerate((["-N", ""], ["-N", "correct horse battery", "-a", "2"], ["-t", "rsa", "-N", ""], ["-t", "ecdsa", "-N", ""])):
            kind = [] if "-t" in more else ["-t", "ed25519"]
            path = keys / str(number)
            subprocess.run(["ssh-keygen", "-q", *kind, *more, "-C", "test", "-f", path], check=True)
            put("key_file", path.read_bytes())
            put("leak", path.read_bytes())
    else:
        print("fuzz/seeds.py: no ssh-keygen here: the key files start from nothing", file=sys.stderr)
    shutil.rmtree(keys)
    put("sheet", "0000 0000 0000 0000\n" * 4)
    put("sheet", bytes(range(32)))
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        about = b'version = 1\naddress = "reed.example"\nmade = "2026-01-01T00:00:00Z"\n'
        for name, data in (("about.toml", about), ("site/site.toml", b"name = 1\n"), ("site/" + "x" * 120, b"x")):
            facts = tarfile.TarInfo(name)
            facts.size = len(data)
            tar.addfile(facts, io.BytesIO(data))
    put("backup", archive.getvalue())
    put("backup", b"about.toml\nversion = 1\n")
    for path, data in found("tests/suite/**/*handover*", most=5):
        put("backup", data)
    put("leak", b'{"kty":"OKP","crv":"Ed25519","d":"AAAA","x":"BBBB"}')

    shop = (ROOT / "sites/hazel-shore/site.toml").read_bytes()
    for path, data in found("sites/*/products/**/*.md", most=40):
        put("front_matter", NEXT_FILE + data)
        put("front_matter", shop + NEXT_FILE + data)
    for folder in sorted((ROOT / "tests/diagnostics").iterdir()):
        if folder.is_dir():
            parts = [b""] * 5
            for number, glob in enumerate(("site.toml", "products/**/*.md", "producers/**/*.toml", "designs/**/*.md", "collections/**/*.md")):
                for path in sorted(folder.rglob(glob))[:1]:
                    parts[number] = path.read_bytes()
            put("front_matter", NEXT_FILE.join(parts))
    for case in cases("tests/hostile/toml/*.jsonl"):
        data = case.encode() if isinstance(case, str) else case
        if len(data) < 4000:
            put("front_matter", NEXT_FILE + b"+++\n" + data + b"\n+++\n")
    put_all("markdown", cases("tests/hostile/markdown/*.jsonl", "tests/hostile/html/*.jsonl", "tests/hostile/owasp-cc-by-sa/*.jsonl"))
    link("markdown", "sites/*/pages/**/*.md", "docs/SITE-FORMAT.md", most=30)
    link("csv", "tests/import/*.csv")
    put_all("csv", cases("tests/hostile/csv/files.jsonl"))
    for cell in list(cases("tests/hostile/csv/formula-cells.jsonl"))[:40]:
        cell = cell if isinstance(cell, str) else cell.decode("utf-8", "replace")
        put("csv", 'name,price,description\n"' + cell.replace('"', '""') + '",12,x\n')
    maps = ROOT / "tests/import"
    for table in ("own-columns.csv", "shopify.csv", "usual-names.csv"):
        put("csv_map", (maps / "own-columns.toml").read_bytes() + NEXT_FILE + (maps / table).read_bytes())
    for name in ("pottery", "saleor", "magento-gear"):
        put("json_map", (maps / f"{name}.toml").read_bytes() + NEXT_FILE + (maps / "pottery.json").read_bytes())
    link("json_table", "tests/import/*.json")
    put_all("fields", cases("tests/hostile/text/*.jsonl", "tests/hostile/path/*.jsonl", "tests/hostile/url/*.jsonl"))
    for word in ("12.50", "1,250.00", "EUR", "DE", "EU", "pt-BR", "978-3-16-148410-0", "folder:../public", "s3://bucket/path", "https://reed.example/a/"):
        put("fields", word)
    for target in ("headers", "photograph"):
        link(target, "tests/hostile/image/own/*", "tests/hostile/image/image-rs/*", "sites/**/*.png", "sites/**/*.webp")
    link("drawing", "sites/**/*.svg", "themes/**/*.svg")
    put_all("drawing", cases("tests/hostile/svg/own.jsonl"))
    for beginning in (bytes.fromhex("fffb9064") + bytes(413), b"ID3\x04\0\0\0\0\0\x04TIT2" + (bytes.fromhex("fffb9064") + bytes(413)) * 4):
        put("sound", beginning * 4)
    print(" ".join(f"{target} {count}" for target, count in sorted(counts.items())))


main()
