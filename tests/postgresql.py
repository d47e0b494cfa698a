"""`python -m tests.postgresql COMMAND…`: run a command with a PostgreSQL of its own, which ends with it.

DATABASE_URL names it. It needs PostgreSQL's programs (Debian: postgresql), listens on a free port of this machine alone
and does not wait for the disk. PostgreSQL refuses to run as root: then it runs as the user postgres.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=60"


@contextmanager
def own_postgresql() -> Iterator[str]:
    """Start a server with an empty database and yield its DATABASE_URL; end it afterwards."""
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if user:
        shutil.chown(folder, user)
    port = _free_port()

    def run(program: str, *words: str) -> None:
        subprocess.run([_path_of(program), *words], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    try:
        run("initdb", "-D", "data", "-U", "digitsite", "--auth=trust", "--encoding=UTF8", "--no-sync")
        start = f"{OPTIONS} -c port={port} -c unix_socket_directories={folder}"
        run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", start, "start")
        try:
            run("createdb", "-h", str(folder), "-p", str(port), "-U", "digitsite", "digitsite")
            yield f"postgres://digitsite@127.0.0.1:{port}/digitsite"
        finally:
            run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _path_of(program: str) -> str:
    """Return where the program is; Debian keeps those of the server off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    path = shutil.which(program) or (str(found[-1]) if found else None)
    if path is None:
        raise SystemExit(f"{program} is not installed: install PostgreSQL (Debian: apt-get install postgresql).")
    return path


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


if __name__ == "__main__":
    with own_postgresql() as url:
        sys.exit(subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}).returncode)
