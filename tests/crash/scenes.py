"""The runs that are disturbed: what stands before, the command, and what a person does after."""

import http.server
import json
import os
import re
import shutil
import subprocess
import threading

import judge
from calls import run_plain
from judge import Bad, expect

PHRASE = "six plain words for the tests"
ADDRESS = "https://weavers.selvedge.internal/"
DONE_BEFORE = ("is there already", "was not made anew")


def at(second):
    return f"2026-11-02T00:{second // 60:02}:{second % 60:02}Z"


class Place:
    """A folder with everything of one run: W/site, W/keys, W/sheets and what a scene adds."""

    def __init__(self, selvedge, root):
        self.selvedge, self.root = selvedge, root

    def __truediv__(self, path):
        return Path(os.path.join(self.root, path))

    def run(self, *words, extra=None, phrase=PHRASE + "\n", **how):
        return run_plain([self.selvedge, *words], self.root, stdin=phrase, extra=extra, **how)

    def must(self, *words, **how):
        code, out, err = self.run(*words, **how)
        if code != 0:
            raise Bad(f"selvedge {' '.join(words)} ended with {code}: {err.strip()[-400:]}")
        return out + err

    def signing(self, second, site="site", keys="keys"):
        return [self / site, "--passphrase-fd", "0", "--key-dir", self / keys, "--at", at(second)]

    def fingerprints(self):
        out = self.must("keys", "list", self / "site", "--key-dir", self / "keys")
        return re.findall(r"^record\s+(SHA256:\S+)", out, re.M)

    def sheet(self, folder):
        path = self / folder / "master-key-sheet.html"
        return " ".join(re.findall(r"<td>(.*?)</td>", open(path).read())) + "\n" if os.path.exists(path) else None


class Path(str):
    def __truediv__(self, other):
        return Path(os.path.join(self, other))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def design(place, name, site="site"):
    write(os.path.join(place.root, site, "designs", name, "index.md"), f'+++\nname = "{name}"\n+++\n')


def base_shop(place):
    """A shop with two products, two designs, and keys; nothing is signed yet."""
    place.must("new", place / "site", "--kind", "shop")
    settings = place / "site/site.toml"
    text = re.sub(r"^#? *base_url *=.*$", f'base_url = "{ADDRESS}"', open(settings).read(), flags=re.M)
    write(settings, text)
    design(place, "plain")
    design(place, "two")


def base_keys(place):
    base_shop(place)
    place.must("keys", "new", *place.signing(0), "--sheets", place / "sheets")


def record(place, name, second, *more, **where):
    out = place.must("record", "new", name, *place.signing(second, **where), "--yes", "--json", *more)
    return re.search(r"records/([A-Z2-7]{32})\.json", out)[1]


def base_register(place):
    base_keys(place)
    record(place, "plain", 10)
    place.must("log", "due", *place.signing(11))


def register_to_copy(options):
    """The small register, made once for the parts that work on copies of it."""
    place = Place(options.binary, Path(os.path.join(options.work, "register-to-copy")))
    if not os.path.exists(place.root):
        os.makedirs(place.root)
        base_register(place)
    return place


class Scene:
    """One command in its surroundings."""

    name = ""
    # Paths where secrets may lie.
    secret_places = ("keys", "sheets", "stick", "typed")
    base = staticmethod(base_register)
    extra = None
    # Whether a refusal of the same once more tells to do what is due, which completes it.
    is_completed_by_due = False
    # Whether the disk keeps who may read a file; exFAT does not.
    has_modes = True

    def prepare(self, place):
        """What this scene needs besides its base; once."""

    def words(self, place):
        raise NotImplementedError

    def learn(self, place, good):
        """Looks at the state before (`place`) and at that after a good run, for what is judged later."""
        self.before = judge.snapshot(place / "site", place / "keys")
        self.fingerprints = place.fingerprints()

    def now(self, place):
        """What must hold at once, before anything else is run."""

    def is_done(self, place):
        """Whether a person who looks finds that it was done."""
        return False

    def again(self, place):
        """What a person does next: the same once more. True if that worked."""
        code, out, err = place.run(*self.words(place), extra=self.extra)
        judge.expect_plain(code, out + err)
        self.said = err
        return code == 0

    def go_on(self, place):
        """What a person does next who knows that it was done: what is due."""
        code, out, err = place.run("log", "due", *place.signing(50))
        judge.expect_plain(code, out + err)
        expect(code == 0, f"what is due cannot be done: {err.strip()[-300:]}")
        return True

    def after(self, place, acknowledged):
        """What must hold after the next run."""
        judge.expect_register(place / "site", place / "keys", self.before, self.fingerprints, place.selvedge)

    def judge(self, place, acknowledged=False):
        """The verdict on a state: "recovered", or "refused" if the next run says what is wrong."""
        self.now(place)
        if acknowledged:
            self.acknowledged(place)
        is_done = acknowledged or self.is_done(place)
        went_on = self.go_on(place) if is_done else self.again(place)
        if not went_on and self.is_completed_by_due:
            went_on = self.go_on(place)
        self.after(place, acknowledged)
        judge.expect_no_secrets(place.root, self.secret_places, PHRASE, self.has_modes)
        return "recovered" if went_on else "refused"

    def acknowledged(self, place):
        """What must be there after the command said that it is done, whatever happens to the power."""


def names_of_records(place, whole=False):
    """The designs of the records that are there; `whole`: of those with their proof."""
    names = []
    there = judge.listed(place / "site/records")
    for name in there:
        if name.endswith(".json") and (not whole or name[:-5] + ".tlog-proof" in there):
            try:
                body = json.load(open(place / f"site/records/{name}"))
            except ValueError:
                continue
            if "Design" in body["type"]:
                names.append(body["credentialSubject"].get("slug") or json.dumps(body["credentialSubject"]))
    return names


class RecordFirst(Scene):
    """The first signing: the register begins."""

    name = "record-first"
    base = staticmethod(base_keys)
    design = "two"

    def words(self, place):
        return ["record", "new", self.design, *place.signing(20), "--yes"]

    def is_done(self, place):
        return any(self.design in name for name in names_of_records(place, whole=True))

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        found = [name for name in names_of_records(place) if self.design in name]
        expect(len(found) == 1, f"the design has {len(found)} records after the next run")

    def acknowledged(self, place):
        entries = judge.record_ids(judge.register(place / "site"))
        expect(len(entries) > len(judge.record_ids(self.before["entries"])), "what was said to be signed is not in the register")


class RecordLater(RecordFirst):
    """A signing in a register that has entries and status lists."""

    name = "record"
    base = staticmethod(base_register)


class Revoke(Scene):
    name = "record-revoke"

    def learn(self, place, good):
        super().learn(place, good)
        self.which = next(name[:-5] for name in judge.listed(place / "site/records") if name.endswith(".json")
                          and '"Design"' in open(place / f"site/records/{name}").read())

    def words(self, place):
        if not hasattr(self, "which"):
            self.learn_which(place)
        return ["record", "revoke", self.which, *place.signing(20), "--yes", "--set", "reason=An error."]

    def learn_which(self, place):
        self.which = next(name[:-5] for name in judge.listed(place / "site/records") if name.endswith(".json")
                          and '"Design"' in open(place / f"site/records/{name}").read())

    def acknowledged(self, place):
        expect(len(judge.register(place / "site")) > len(self.before["entries"]), "the revocation is not in the register")

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        out = place.must("record", "list", place / "site", "--key-dir", place / "keys", "--at", at(30))
        expect("revoked" in out, "the record is not revoked after the next run")


class Seal(Scene):
    """A design is sealed: it leaves the site, and what opens it is on a stick."""

    name = "record-seal"
    is_completed_by_due = True

    def prepare(self, place):
        os.makedirs(place / "stick")

    def words(self, place):
        return ["record", "seal", "two", *place.signing(20), "--yes", "--backup", place / "stick"]

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        text = b'name = "two"'
        held = [path for path, data in judge.files(place / "site").items() if text in data]
        expect(held, "the design is nowhere")
        expect(not any(path.startswith("designs/") for path in held), f"the sealed design is still on the site: {held}")
        expect(any(b"selvedge.seal/1" in data or data for data in judge.files(place / "stick").values()),
               "the stick holds nothing that opens the seal")


class Withdraw(Scene):
    """The content of a record is taken back."""

    name = "record-withdraw"

    def learn_which(self, place):
        Revoke.learn_which(self, place)

    def learn(self, place, good):
        super().learn(place, good)
        if not hasattr(self, "which"):
            self.learn_which(place)

    def words(self, place):
        if not hasattr(self, "which"):
            self.learn_which(place)
        return ["record", "withdraw", self.which, *place.signing(20), "--yes", "--set", "reason_code=holder's wish"]

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        expect(not os.path.exists(place / f"site/records/{self.which}.json"), "the withdrawn body is still there")
        held = [path for path, data in judge.files(place / "site").items() if b'name = "plain"' in data]
        expect(held, "the design is nowhere")


class Due(Scene):
    """`log due` enters what waits and renews the lists."""

    name = "log-due"
    base = staticmethod(base_register)

    def prepare(self, place):
        record_held = place.must("record", "new", "two", *place.signing(20), "--yes", "--hold")
        expect("waits" in record_held, "nothing waits")

    def words(self, place):
        return ["log", "due", *place.signing(30)]

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        expect(len([name for name in names_of_records(place) if "two" in name]) == 1, "what waited is lost, or entered twice")
        expect(not judge.listed(place / "site/private/held"), "something still waits")


class Anchor(Scene):
    """`log anchor` keeps a head with a time-stamp."""

    name = "log-anchor"

    def prepare(self, place):
        office = place / "office"
        os.makedirs(office)
        source = open(os.path.join(os.path.dirname(__file__), "../peers/tsa.mjs")).read()
        config = source[source.index("=> `") + 4:source.rindex("`")].replace("${crlDays}", "30")
        write(os.path.join(office, "ts.cnf"), config)
        write(os.path.join(office, "index"), "")
        write(os.path.join(office, "serial"), "01\n")

        def openssl(words):
            subprocess.run(["openssl", *words.split()], cwd=office, check=True, capture_output=True)
        for key in ("ca", "tsa"):
            openssl(f"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {key}.key")
        openssl("req -x509 -new -key ca.key -days 7300 -subj /CN=Root -config ts.cnf -extensions root -out ca.pem")
        openssl("req -new -key tsa.key -subj /CN=Office -config ts.cnf -out tsa.csr")
        openssl("x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 30 -extfile ts.cnf -extensions tsa_cert -out tsa.pem")
        self.office = office
        self.port = self.serve()

    def serve(self):
        office = self.office

        class Office(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["content-length"]))
                name = f"q{threading.get_ident()}"
                with open(os.path.join(office, name), "wb") as file:
                    file.write(query)
                with Anchor.lock:
                    subprocess.run(["openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", name, "-out", name + ".r"],
                                   cwd=office, check=True, capture_output=True)
                answer = open(os.path.join(office, name + ".r"), "rb").read()
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Office)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    lock = threading.Lock()
    secret_places = (*Scene.secret_places, "office")

    def words(self, place):
        return ["log", "anchor", place / "site", "--tsa", f"http://127.0.0.1:{self.port}/tsr",
                "--tsa-root", os.path.join(self.office, "ca.pem")]

    def acknowledged(self, place):
        size = len(self.before["entries"])
        kept = judge.listed(place / f"site/log/heads/{size}")
        expect("checkpoint" in kept and any(name.endswith(".tsr") for name in kept), f"the time-stamp is not kept: {kept}")

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        self.acknowledged(place)
        size = len(self.before["entries"])
        folder = place / f"site/log/heads/{size}"
        for name in judge.listed(folder):
            if name.endswith(".tsr"):
                done = subprocess.run(["openssl", "ts", "-verify", "-in", os.path.join(folder, name), "-data",
                                       os.path.join(folder, "checkpoint"), "-CAfile", os.path.join(self.office, "ca.pem")],
                                      capture_output=True)
                expect(done.returncode == 0, f"openssl refuses the kept time-stamp: {done.stderr.decode()[-200:]}")


class Repair(Scene):
    """Two machines signed; the register of both becomes one."""

    name = "log-repair"

    def prepare(self, place):
        design(place, "three")
        shutil.copytree(place / "site", place / "other")
        shutil.copytree(place / "keys", place / "keys-other")
        record(place, "two", 20)
        record(place, "three", 21, site="other", keys="keys-other")
        record(place, "plain", 22, site="other", keys="keys-other")

    secret_places = (*Scene.secret_places, "keys-other")

    def words(self, place):
        return ["log", "repair", *place.signing(30), "--with", place / "other", "--yes"]

    def learn(self, place, good):
        super().learn(place, good)
        # The longer version stays: what must be kept is every entry of both, in whichever order.
        self.all = set(self.before["entries"]) | set(judge.register(place / "other"))
        self.heads = [open(place / f"{name}/log/checkpoint", "rb").read() for name in ("site", "other")]
        common = [one for one, two in zip(self.before["entries"], judge.register(place / "other")) if one == two]
        self.before = {**self.before, "entries": common, "heads": []}
        proofs = [path for path in self.before["files"] if path.endswith(".tlog-proof")]
        for path in proofs:
            self.before["files"].pop(path)
        self.after(good, False)

    def again(self, place):
        went = super().again(place)
        if not went:
            # A crash may have left one version in place, and its records beside it.
            code, out, err = place.run("log", "due", *place.signing(31))
            judge.expect_plain(code, out + err)
            went = code == 0
        return went

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        now = set(judge.register(place / "site"))
        expect(self.all <= now, "an entry of one of the versions is lost")
        kept = [data for path, data in judge.files(place / "site/log").items() if path.startswith("forks/") and path.endswith("/checkpoint")]
        for text in self.heads:
            first = text.split(b"\n\n")[0]
            expect(any(data.startswith(first) for data in kept), "a head of one of the versions is not kept as evidence")


class KeysNew(Scene):
    """The keys, the sheet and the identity are made."""

    name = "keys-new"
    base = staticmethod(base_shop)

    def words(self, place):
        return ["keys", "new", *place.signing(0), "--sheets", place / "sheets"]

    def learn(self, place, good):
        pass

    def again(self, place):
        if super().again(place):
            return True
        if "has keys already" in self.said and os.path.exists(place / "site/identity/did.jsonl"):
            # All was made; only that was not said any more.
            return True
        expect("--sheets" in self.said, f"is refused and does not say what to do: {self.said[-300:]}")
        code, out, err = place.run(*self.words(place)[:-1], place / "sheets2")
        expect(code == 0, f"cannot be made with another folder either: {err[-300:]}")
        return True

    def after(self, place, acknowledged):
        # Of two sheets the newer counts.
        sheet = place.sheet("sheets2") or place.sheet("sheets")
        expect(sheet, "there is no master key sheet")
        code, out, err = place.run("keys", "drill", *place.signing(1)[:-2], "--typed-fd", "{fd}", extra=sheet)
        expect(code == 0, f"the keys or the sheet are not right: {(out + err).strip()[-300:]}")
        record(place, "two", 60)
        judge.expect_register(place / "site", place / "keys", {"entries": [], "files": {}}, place.fingerprints(), place.selvedge)
        for folder in ("sheets", "keys", "site/identity"):
            judge.expect_no_strays(place / folder)

    def acknowledged(self, place):
        expect(place.sheet("sheets"), "there is no master key sheet")
        expect(os.path.exists(place / "site/identity/did.jsonl"), "there is no history of keys")


class KeysRotate(Scene):
    """The working keys are replaced, with a new sheet."""

    name = "keys-rotate"

    def learn(self, place, good):
        super().learn(place, good)
        self.extra = place.sheet("sheets")

    def go_on(self, place):
        self.counting = "sheets2"
        return super().go_on(place)

    def words(self, place):
        if self.extra is None:
            self.extra = place.sheet("sheets")
        return ["keys", "rotate", *place.signing(20), "--typed-fd", "{fd}", "--sheets", place / "sheets2"]

    def again(self, place):
        self.counting = "sheets2"
        if super().again(place):
            return True
        if "--sheets" in self.said:
            self.counting = "sheets3"
            code, out, err = place.run(*self.words(place)[:-1], place / "sheets3", extra=self.extra)
            expect(code == 0, f"cannot be done with another folder either: {err[-300:]}")
            return True
        # The history of keys has changed already: the register takes that over.
        code, out, err = place.run("log", "due", *place.signing(21))
        judge.expect_plain(code, out + err)
        self.said += err
        return code == 0

    def after(self, place, acknowledged):
        versions = open(place / "site/identity/did.jsonl").read().strip().split("\n")
        expect(len(versions) == 2, f"the history has {len(versions)} versions after the next run")
        first = place.must("record", "new", "two", *place.signing(60), "--yes")
        judge.expect_register(place / "site", place / "keys", {**self.before, "heads": [], "files": {
            path: data for path, data in self.before["files"].items() if not path.startswith("identity/")}},
            [*self.fingerprints, *place.fingerprints()], place.selvedge)
        counts = [folder for folder in ("sheets", "sheets2", "sheets3") if self.opens(place, folder)]
        expect(counts == [getattr(self, "counting", "sheets2")], f"the sheets that count are {counts}: {first[-200:]}")
        judge.expect_no_strays(place / "sheets2")
        rest = [name for name in judge.listed(place / "keys") if ".new" in name]
        expect(not rest, f"{rest} were left behind")

    def opens(self, place, folder):
        sheet = place.sheet(folder)
        return bool(sheet) and place.run("keys", "drill", *place.signing(1)[:-2], "--typed-fd", "{fd}", extra=sheet)[0] == 0


class Backup(Scene):
    """Everything into one encrypted file."""

    name = "backup"

    def prepare(self, place):
        os.makedirs(place / "stick")

    def words(self, place):
        return ["backup", place / "stick/shop.age", *place.signing(20)]

    def now(self, place):
        self.was_there = os.path.exists(place / "stick/shop.age")

    def again(self, place):
        return super().again(place) or (self.was_there and "is there already" in self.said)

    def acknowledged(self, place):
        expect(os.path.exists(place / "stick/shop.age"), "the backup is gone")

    def after(self, place, acknowledged):
        super().after(place, acknowledged)
        place.must("restore", place / "stick/shop.age", "--check", "--passphrase-fd", "0")
        judge.expect_no_strays(place / "stick")


class Restore(Scene):
    """A site comes back from a backup."""

    name = "restore"

    def prepare(self, place):
        place.must("backup", place / "shop.age", *place.signing(20))

    def words(self, place):
        return ["restore", place / "shop.age", place / "back", "--passphrase-fd", "0", "--key-dir", place / "keys2"]

    secret_places = (*Scene.secret_places, "keys2")

    def again(self, place):
        # What stands there is whole, and nothing else is left.
        return super().again(place) or "is there already; a backup is restored to a new folder only" in self.said

    def after(self, place, acknowledged):
        expect(judge.digest_tree(place / "back") == judge.digest_tree(place / "site"), "the restored site is another")
        expect(judge.files(place / "keys2")["record"] == judge.files(place / "keys")["record"], "the restored key is another")
        strays = [name for name in judge.listed(place.root) if name.startswith(".")]
        expect(not strays, f"{strays} were left behind")
        code, out, err = place.run("record", "new", "two", *place.signing(30, site="back", keys="keys2"), "--yes")
        expect(code == 0, f"nothing can be signed in the restored site: {err.strip()[-300:]}")


class Build(Scene):
    """The pages, for the first time; the photographs are in the cache."""

    name = "build"
    out = "out"

    def prepare(self, place):
        place.must("build", place / "site", "-o", place / "warm", "--at", at(40))
        shutil.rmtree(place / "warm")

    def words(self, place):
        return ["build", place / "site", "-o", place / self.out, "--threads", "1", "--at", at(40)]

    def learn(self, place, good):
        super().learn(place, good)
        self.old = judge.digest_tree(place / self.out) if os.path.exists(place / self.out) else None
        self.new = judge.digest_tree(good / self.out)
        expect(len(self.new) > 20 and self.new != self.old, "the run changed nothing")

    def now(self, place):
        out = place / self.out
        if self.old is None:
            expect(not os.path.exists(out) or judge.digest_tree(out) == self.new, "the first build stands in part")
            return
        found = {path: digest for path, digest in judge.digest_tree(out).items() if not path.startswith(".selvedge-staging/")}
        has_journal = os.path.exists(os.path.join(out, ".selvedge-staging/journal"))
        expect(has_journal or found in (self.old, self.new), "the old pages are altered, and no journal tells of it")
        # Whoever reads the folder at this moment gets whole files.
        torn = [path for path, digest in found.items()
                if ".selvedge-tmp" not in path and digest not in (self.old.get(path), self.new.get(path))]
        expect(not torn, f"neither the old nor the new file: {sorted(torn)[:4]}")

    def go_on(self, place):
        return self.again(place)

    def acknowledged(self, place):
        found = judge.digest_tree(place / self.out) if os.path.exists(place / self.out) else {}
        expect(found == self.new, "the site that was said to be built is not there")

    def after(self, place, acknowledged):
        judge.expect_register(place / "site", place / "keys", self.before)
        found = judge.digest_tree(place / self.out)
        expect(found == self.new, f"not the new site: {sorted(set(found.items()) ^ set(self.new.items()))[:4]}")
        judge.expect_no_strays(place.root)


def change(place):
    """A text, a photograph's product and a design come, change and go."""
    page = place / "site/pages/about.md"
    write(page, open(page).read() + "\nAnd more of it.\n")
    shutil.rmtree(place / "site/products/small-bowl")
    design(place, "three")
    write(place / "site/pages/new-page.md", '+++\ntitle = "New"\n+++\nA new page.\n')


class BuildChange(Build):
    """The pages once more after changes; some go."""

    name = "build-change"

    def prepare(self, place):
        place.must("build", place / "site", "-o", place / "out", "--at", at(40))
        change(place)


class BuildPhotos(Build):
    """The pages for the first time, and no photograph in the cache."""

    name = "build-photos"

    def prepare(self, place):
        pass


class Publish(Build):
    """To a folder, for the first time."""

    name = "publish"
    out = "pub"

    def words(self, place):
        return ["publish", *place.signing(40), "--to", place / self.out, "-q"]


class PublishChange(Publish):
    """To a folder that has an older site."""

    name = "publish-change"

    def prepare(self, place):
        place.must("publish", *place.signing(39), "--to", place / "pub", "-q")
        change(place)


ALL = [RecordFirst, RecordLater, Revoke, Seal, Withdraw, Due, Anchor, Repair, KeysNew, KeysRotate, Backup, Restore,
       Build, BuildChange, BuildPhotos, Publish, PublishChange]
