"""One machine: a copy of the code and folders of its own, and in its environment where the others meet."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import requests
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from tests.load.served_site import SERVE
from tests.own_site import OwnSite, wait_for


class Machine(OwnSite):
    """Serves the site or reads batches; another machine sees nothing of what is in its folder."""

    def __init__(self, folder: Path, code: Path, shared: dict[str, str]) -> None:
        folder.mkdir()
        shutil.copytree(code, folder / "code")
        super().__init__(folder, root=folder / "code")
        self.figures = folder / "figures"
        self.figures.mkdir()
        own = {"DJANGO_SETTINGS_MODULE": "digitsite.settings", "PROMETHEUS_MULTIPROC_DIR": str(self.figures)}
        self.environment |= own | shared

    def serve(self, port: int) -> None:
        """Start the server, with one process."""
        self.port = port
        beside = {"TRAINING_WORKER": "off", "PICTURE_WORKER": "off", "WEB_CONCURRENCY": "1"}
        self.server = self.start(*SERVE, BIND=f"127.0.0.1:{port}", start_new_session=True, **beside)

    def wait_until_ready(self) -> None:
        wait_for(self.is_ready, 180)

    def is_ready(self) -> bool:
        assert self.server.poll() is None, self.log()
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    def work(self) -> None:
        """Start a worker that reads batches."""
        self.worker = self.start("manage.py", "db_worker", "--queue-name", "pictures", start_new_session=True)

    def kill(self) -> None:
        """Let the machine go as when its power fails: everything that it runs, at once."""
        for process in self.processes:
            os.killpg(process.pid, 9)
            process.wait()

    def marks_read(self) -> int:
        """Return how many marks its processes have read; a picture of one digit has one."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self.figures))
        samples = (sample for metric in registry.collect() for sample in metric.samples)
        return int(sum(sample.value for sample in samples if sample.name == "digitsite_marks_total"))

    def check_media(self) -> str:
        """Return the last line of what check_media says, be all well or not."""
        command = [sys.executable, "manage.py", "check_media"]
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True)
        return (done.stderr or done.stdout).strip().splitlines()[-1]

    def stored_files(self) -> list[Path]:
        """Return the pictures on its own disk; there are to be none."""
        return [path for path in (self.folder / "media").rglob("*") if path.is_file()]
