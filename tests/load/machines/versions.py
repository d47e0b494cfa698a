"""What has to hold while the network that reads changes, or the database; each check yields what it found."""

import json
import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import psycopg

from tests.load.machines.code import copy_earlier_code, newest_migration
from tests.load.machines.findings import Finding, none_failed
from tests.load.machines.machine import Machine
from tests.load.machines.site import EARLIER, PASSWORD, STAFF, WEB, WORKERS, Site
from tests.load.machines.traffic import traffic
from tests.own_site import wait_for

NEW = "ours"
"""The version that is promoted."""
WITHIN_SECONDS = 5


def a_promotion_reaches_all(site: Site) -> Iterator[Finding]:
    """A version that one machine trained is read with by all others within 5 s, and no request fails."""
    trainer = site.machines[WORKERS[1]]
    folder = pretend_to_train(trainer)
    trainer.manage("register_models")
    with traffic(site.address, site.certificate) as meanwhile:
        seconds = promote(site)
    nowhere_else = not any((site.machines[name].folder / "models" / folder.name).exists() for name in WEB)
    says = f"promoted; without its folder both read with it after {seconds[0]:.1f} and {seconds[1]:.1f} s"
    yield Finding(nowhere_else and max(seconds) <= WITHIN_SECONDS, says)
    yield none_failed(meanwhile)


def pretend_to_train(machine: Machine) -> Path:
    """Let a machine have a new version: the released network under another name, in a file of its own."""
    released = max((machine.root / "recognizer" / "released").glob("cnn-*"))
    folder = machine.folder / "models" / f"cnn-{NEW}"
    shutil.copytree(released, folder)
    card = json.loads((folder / "card.json").read_text())
    model = folder / card["model"]["file"]
    with zipfile.ZipFile(model, "a") as archive:
        archive.comment = b"Another file."
    card["version"], card["model"]["sha256"] = NEW, sha256(model.read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def promote(site: Site) -> list[float]:
    """Promote the version by its page; return after how many seconds each machine that serves reads with it."""
    staff, people = site.person(), [site.person() for _ in WEB]
    base = site.addresses[WEB[0]]
    staff.log_in(base, STAFF, PASSWORD)
    page = staff.get(f"{base}/models/cnn/{NEW}/").text
    action = re.search(r"/promotions/\d+/(?=\")", page)[0]
    answer = staff.post(f"{base}{action}", data={"reason": "It is tried on many machines."})
    assert answer.status_code == 302, answer.text
    begun, seconds = time.monotonic(), {}

    def all_read_with_it() -> bool:
        for name, person in zip(WEB, people, strict=True):
            told = person.guess(site.addresses[name]).json()
            if name not in seconds and told["model"]["version"] == NEW:
                seconds[name] = time.monotonic() - begun
        return len(seconds) == len(WEB)

    wait_for(all_read_with_it, 30)
    return [seconds[name] for name in WEB]


def migrations_run_beside_earlier_code(site: Site) -> Iterator[Finding]:
    """The code before the newest migration serves from a database that is migrated meanwhile: no answer is a 5xx."""
    commit = copy_earlier_code(site.folder / "code-earlier")
    if commit is None:
        yield Finding(True, "migrations beside earlier code: not looked at, for this is no git checkout")
        return
    database = {"DATABASE_URL": _another_database(site.shared["DATABASE_URL"])}
    earlier = site.machine(EARLIER, code=site.folder / "code-earlier", **database)
    earlier.manage("migrate", "--verbosity", "0")
    earlier.manage("register_models")
    site.serve(EARLIER)
    earlier.wait_until_ready()
    migrating = site.machine("migrating", **database)
    with traffic(site.addresses[EARLIER], site.certificate) as meanwhile:
        told = migrating.manage("migrate", "--no-color")
    done = re.findall(r"Applying (\S+)\.\.\. OK", told)
    says = f"the code of {commit} served while {', '.join(done) or 'nothing'} was applied"
    yield Finding(any(name.endswith(newest_migration()) for name in done), says)
    yield none_failed(meanwhile)


def _another_database(url: str) -> str:
    """Make an empty database on the same server; return its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE earlier")
    return f"{url.rpartition('/')[0]}/earlier"
