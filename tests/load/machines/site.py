"""The whole site: where its machines meet, two that serve behind nginx, two that read batches."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.load.machines.bucket import own_bucket
from tests.load.machines.code import copy_code
from tests.load.machines.machine import Machine
from tests.load.machines.nginx import CERTIFICATE, EVERYWHERE, own_nginx
from tests.load.machines.person import Person
from tests.own_site import free_port, wait_for
from tests.postgresql import own_postgresql
from tests.redis_server import own_redis

WEB = ("one", "two")
WORKERS = ("three", "four")
EARLIER = "earlier"
"""Serves code of before the newest migration, from a database of its own, while that is migrated."""
STAFF, PASSWORD = "ada", "correct horse battery"


class Site:
    """What the checks are given: machines by name, and the address of each through nginx."""

    def __init__(self, folder: Path, shared: dict[str, str]) -> None:
        self.folder, self.shared = folder, shared
        self.code = copy_code(folder / "code")
        self.machines: dict[str, Machine] = {}
        self.ports = {name: free_port() for name in (*WEB, EARLIER)}
        self.certificate = folder / "nginx" / CERTIFICATE
        self.addresses: dict[str, str] = {}

    @property
    def address(self) -> str:
        """Of all machines that serve."""
        return self.addresses[EVERYWHERE]

    def machine(self, name: str, *, code: Path | None = None, **settings: str) -> Machine:
        """Bring up a machine with empty folders, in the place of one of that name."""
        number = sum(path.name.startswith(f"{name}-") for path in self.folder.iterdir()) + 1
        made = Machine(self.folder / f"{name}-{number}", code or self.code, self.shared | settings)
        self.machines[name] = made
        return made

    def person(self) -> Person:
        return Person(self.certificate)

    def serve(self, name: str) -> None:
        self.machines[name].serve(self.ports[name])

    def end(self) -> None:
        for machine in self.machines.values():
            machine.end()


@contextmanager
def many_machines(folder: Path) -> Iterator[Site]:
    """Start everything, all in this folder, and end it afterwards."""
    with ExitStack() as ending:
        shared = {
            "DATABASE_URL": ending.enter_context(own_postgresql()),
            "CACHE_URL": ending.enter_context(own_redis()).url,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "HTTPS": "on",
            "TRUSTED_PROXIES": "1",
            "RATE_LIMIT": "60/min",
            "LOG_FORMAT": "json",
        } | ending.enter_context(own_bucket(folder))
        site = Site(folder, shared)
        ending.callback(site.end)
        web = {name: site.ports[name] for name in WEB}
        site.addresses = ending.enter_context(own_nginx(folder / "nginx", web, {EARLIER: site.ports[EARLIER]}))
        for name in (*WEB, *WORKERS):
            site.machine(name)
        _fill_database(site.machines[WEB[0]])
        for name in WEB:
            site.serve(name)
        for name in WORKERS:
            site.machines[name].work()
        for name in WEB:
            site.machines[name].wait_until_ready()
        for name in WORKERS:
            wait_for(lambda name=name: "Starting worker" in site.machines[name].log(), 120)
        yield site


def _fill_database(machine: Machine) -> None:
    machine.manage("migrate", "--verbosity", "0")
    machine.manage("register_models")
    machine.ask(f"User.objects.create_superuser({STAFF!r}, password={PASSWORD!r}).pk")
