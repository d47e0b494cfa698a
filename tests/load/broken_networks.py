"""Versions of the network whose files are broken, each in a way of its own, in the folder of a served site."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.served_site import ServedSite
from tests.own_site import wait_for

PREPARE = """
import json, keras, shutil
from django.conf import settings
from recognizer.inference.artifacts import file_sha256
good = ModelVersion.objects.get(kind="cnn", state="active")
for name in {names}:
    folder = settings.MODEL_ROOT / name
    shutil.copytree(settings.RELEASED_MODEL_ROOT / good.folder, folder)
    card = json.loads((folder / "card.json").read_text())
    if name == "wrong-shape":
        layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(7)]
        keras.Sequential(layers).save(folder / card["model"]["file"])
        card["model"]["sha256"] = file_sha256(folder / card["model"]["file"])
        (folder / "card.json").write_text(json.dumps(card))
    ModelVersion.objects.create(kind="cnn", version=name, folder=name, sha256=card["model"]["sha256"], card=card)
"""
MODEL_FILE = "model.keras"


def lose(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def leave(path: Path) -> None:
    """It was saved in another shape, and card and row tell its checksum."""


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


WAYS: dict[str, Callable[[Path], None]] = {
    "missing": lose, "truncated": truncate, "wrong-shape": leave, "wrong-checksum": flip_a_bit,
}  # fmt: skip


class BrokenNetworks:
    """One version for each of the WAYS, none of them active yet."""

    def __init__(self, site: ServedSite) -> None:
        self.site, self.root = site, Path(site.environment["MODEL_ROOT"])
        self.good = self.root / "good.keras"
        released = site.ask("str(settings.RELEASED_MODEL_ROOT / good.folder)", before=PREPARE.format(names=list(WAYS)))
        shutil.copy(Path(released) / MODEL_FILE, self.good)
        for name, break_file in WAYS.items():
            break_file(self.root / name / MODEL_FILE)

    @contextmanager
    def promoted(self, name: str) -> Iterator[None]:
        """Make it the one that is to read; every process of the server has tried to load it."""
        with self._tried(name):
            self.site.ask(f"ModelVersion.objects.get(version={name!r}).activate()")
        yield

    def forget_good_ones(self) -> None:
        """Kill every process, so that those that follow have no network but the broken one that is to read."""
        name = self.site.ask("ModelVersion.objects.get(kind='cnn', state='active').version")
        with self._tried(name):
            for pid in self.site.worker_pids():
                os.kill(pid, signal.SIGKILL)

    @contextmanager
    def mended(self, name: str) -> Iterator[None]:
        """Promote it, and put its file right at the end."""
        with self.promoted(name):
            yield
        shutil.copy(self.good, self.root / name / MODEL_FILE)

    @contextmanager
    def _tried(self, name: str) -> Iterator[None]:
        told = f"cnn {name} cannot be loaded"
        before = self.site.log().count(told)
        yield
        wait_for(lambda: self.site.log().count(told) >= before + self.site.workers, 60)
