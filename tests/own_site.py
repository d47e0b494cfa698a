"""A site of a test's own, in processes of their own: database, pictures and trained models in a folder of the test."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent


class OwnSite:
    """Runs commands of a site whose trainings pretend: see tests/own_site_settings.py."""

    def __init__(self, folder: Path, *, way: str = "succeeds", root: Path = ROOT) -> None:
        self.folder, self.root = folder, root
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.own_site_settings",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "MEDIA_ROOT": str(folder / "media"),
            "MODEL_ROOT": str(folder / "models"),
            "CACHE_URL": "locmemcache://",
            "RATE_LIMIT": "off",
            "TRAINING_WAY": way,
        }
        self.processes: list[subprocess.Popen] = []

    def manage(self, *words: str) -> str:
        """Run a management command to its end; return what it printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, expression: str, *, before: str = "") -> object:
        """Return what an expression over the site's rows is."""
        imports = (
            "import json; from django.contrib.auth.models import User; from recognizer.models import *;"
            "from recognizer.learning import training_jobs, promotion;"
        )
        program = f"{imports}{before}\nprint(json.dumps({expression}, default=str))"
        return json.loads(self.manage("shell", "--verbosity", "0", "-c", program).splitlines()[-1])

    def start(self, *words: str, start_new_session: bool = False, **environment: str) -> subprocess.Popen:
        """Start Python with these words beside the test."""
        log = (self.folder / "log.txt").open("ab")
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=self.root,
            env=self.environment | environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=start_new_session,
        )
        self.processes.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def end(self) -> None:
        """End what was started and has not ended."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def free_port() -> int:
    """Return a port of this machine where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def is_alive(pid: int) -> bool:
    """Say whether a process runs; what only waits for its parent to look at it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable, seconds: float = 60, *, every: float = 0.1):
    """Return what the condition says once that is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(every)
    return found
