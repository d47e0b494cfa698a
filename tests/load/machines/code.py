"""The code as it is brought to a machine: the one at hand, or the one before the newest migration."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.own_site import ROOT

SERVED = ("manage.py", "digitsite", "recognizer", "templates", "static")


def copy_code(target: Path) -> Path:
    """Copy what a machine serves, with its static files collected, as an image of it is built once."""
    target.mkdir()
    for name in SERVED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    return _with_static_files(target)


def copy_earlier_code(target: Path) -> str | None:
    """Copy what was served before the newest migration; return its commit, None where there is no history to ask."""
    newest = max((ROOT / "recognizer" / "migrations").glob("[0-9]*.py"))
    try:
        added = _git("log", "--format=%H", "--diff-filter=A", "--", str(newest.relative_to(ROOT))).decode().split()
        commit = _git("rev-parse", "--short", f"{added[-1]}^" if added else "HEAD").decode().strip()
        archive = _git("archive", commit, *SERVED)
    except (OSError, subprocess.CalledProcessError):
        return None
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(target, filter="data")
    _with_static_files(target)
    return commit


def newest_migration() -> str:
    """Return the name of the newest migration."""
    return max(path.stem for path in (ROOT / "recognizer" / "migrations").glob("[0-9]*.py"))


def _with_static_files(target: Path) -> Path:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    environment = os.environ | {"SECRET_KEY": "collecting", "DJANGO_SETTINGS_MODULE": "digitsite.settings"}
    subprocess.run(command, cwd=target, env=environment, check=True, capture_output=True)
    return target


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout
