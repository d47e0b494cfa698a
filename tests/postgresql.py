"""`python -m tests.postgresql COMMAND…`: run a command with a PostgreSQL of its own, which ends with it.

DATABASE_URL names it. It needs PostgreSQL's programs (Debian: postgresql), listens on a free port of this machine alone
and does not wait for the disk. PostgreSQL refuses to run as root: then it runs as the user postgres.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.own_site import free_port

OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=60"


class OwnPostgreSQL:
    """A server with an empty database, at `url`, that can be stopped and started again at the same port."""

    def __init__(self) -> None:
        self.user = "postgres" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self.port = free_port()

    def __enter__(self) -> "OwnPostgreSQL":
        try:
            if self.user:
                shutil.chown(self.folder, self.user)
            self.run("initdb", "-D", "data", "-U", "digitsite", "--auth=trust", "--encoding=UTF8", "--no-sync")
            self.start()
            self.url = self.create("digitsite")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """End it, if it runs, and remove what it kept."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def create(self, name: str) -> str:
        """Create an empty database; return its DATABASE_URL."""
        self.run("createdb", "-h", str(self.folder), "-p", str(self.port), "-U", "digitsite", name)
        return f"postgres://digitsite@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it; return once it answers."""
        options = f"{OPTIONS} -c port={self.port} -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        """End it at once, as a power cut does."""
        self.run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def run(self, program: str, *words: str) -> None:
        command = [path_of(program), *words]
        subprocess.run(command, user=self.user, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def own_postgresql() -> Iterator[str]:
    """Start a server with an empty database and yield its DATABASE_URL; end it afterwards."""
    with OwnPostgreSQL() as server:
        yield server.url


def path_of(program: str) -> str:
    """Return where the program is; Debian keeps those of the server off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    path = shutil.which(program) or (str(found[-1]) if found else None)
    if path is None:
        raise SystemExit(f"{program} is not installed: install PostgreSQL (Debian: apt-get install postgresql).")
    return path


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to end, it takes the server with it
    with own_postgresql() as url:
        sys.exit(subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}).returncode)
