"""The walls between the rooms: who may import whom, and no script or style outside its file."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
KERAS = ("keras", "tensorflow")
DJANGO = ("django", "rest_framework", "knox", "csp", "django_filters", "drf_spectacular")
PIXELS = ("numpy", "cv2", "PIL")
PAGES = ("recognizer.views", "recognizer.api", "recognizer.forms", "recognizer.urls")

FORBIDDEN = {
    "recognizer/imaging": (*DJANGO, *KERAS, "digitsite", "training", "recognizer"),
    "recognizer/inference": (*DJANGO, *KERAS, "cv2", "PIL", "digitsite", "training", "recognizer"),
    "recognizer/models": (*KERAS, *PIXELS, *PAGES, "recognizer.imaging", "recognizer.inference"),
    "recognizer/registry.py": (*KERAS, *PIXELS, *PAGES, "recognizer.imaging", "recognizer.recognition"),
    "recognizer/shared_artifacts.py": (*KERAS, *PIXELS, *PAGES, "recognizer.imaging", "recognizer.registry"),
    "recognizer/recognition.py": (*KERAS, *PIXELS, *PAGES, "recognizer.admin"),
    "recognizer/reading_rows.py": (*KERAS, *PIXELS, *PAGES, "recognizer.imaging", "recognizer.recognition"),
    "recognizer/batches": (*KERAS, *PIXELS, *PAGES, "recognizer.inference", "recognizer.admin"),
    "recognizer/history": (*KERAS, *PIXELS, *PAGES, "recognizer.imaging", "recognizer.inference", "recognizer.admin"),
    "recognizer/stores": (*KERAS, *PIXELS, "recognizer"),
    "recognizer/operations": (*KERAS, *PIXELS, *PAGES, "recognizer.imaging", "recognizer.recognition"),
    "recognizer/explanations.py": (*KERAS, *PIXELS, *PAGES, "recognizer.admin", "recognizer.recognition"),
    "recognizer/learning": (*KERAS, "cv2", "PIL", *PAGES, "recognizer.admin"),
    "recognizer/views": (*KERAS, *PIXELS, "recognizer.imaging", "recognizer.inference", "recognizer.api"),
    "recognizer/api": (*KERAS, *PIXELS, "recognizer.imaging", "recognizer.inference", "recognizer.views"),
    "recognizer/forms.py": (*KERAS, *PIXELS, "recognizer.imaging", "recognizer.inference"),
    "recognizer/admin": (*KERAS, *PIXELS, "recognizer.imaging", "recognizer.inference"),
    "recognizer": (*KERAS, "training", "tests"),
    "digitsite": (*KERAS, *PIXELS, "training", "tests"),
    "training": (*DJANGO, "digitsite", "recognizer", "tests"),
}
"""What a room does not import, the parts of packages included. A room's own modules are always allowed."""

ALLOWED = {
    "recognizer/inference": ("recognizer.imaging",),
    # the types of what recognition.guess and opinions.guess_by_others answer
    "recognizer/api": ("recognizer.inference.reading", "recognizer.inference.predictor"),
    "training": ("recognizer.imaging", "recognizer.inference"),
}
"""What is allowed though a shorter name is forbidden."""

LAZY = {"recognizer/inference/loading.py": KERAS, "recognizer/inference/introspection.py": KERAS}
"""What a module may import inside its functions, where it costs nothing until it is needed."""


def modules_of(room: str) -> list[Path]:
    path = ROOT / room
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def imports_of(path: Path, *, source: str | None = None) -> Iterator[tuple[str, bool]]:
    """Yield what a module imports, in full, and whether that is inside a function."""
    tree = ast.parse(source if source is not None else path.read_text())
    lazy = {
        id(inner)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
    }
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (above, node.module) if part)
            yield from ((f"{module}.{alias.name}", id(node) in lazy) for alias in node.names)


def longest_match(name: str, packages: tuple[str, ...]) -> int:
    """Return the length of the longest of the packages that the name is part of, 0 for none."""
    return max((len(p) for p in packages if name == p or name.startswith(f"{p}.")), default=0)


def trespasses(room: str, path: Path, *, source: str | None = None) -> list[str]:
    """Return what the module imports and may not. Of two rules the one with the longer name counts."""
    own = room.removesuffix(".py").replace("/", ".")
    lazily = LAZY.get(str(path.relative_to(ROOT)), ())
    return [
        name
        for name, is_lazy in imports_of(path, source=source)
        if longest_match(name, FORBIDDEN[room])
        > longest_match(name, (own, *ALLOWED.get(room, ()), *(lazily if is_lazy else ())))
    ]


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_only_what_it_may(room):
    paths = modules_of(room)

    assert paths
    assert {str(path): found for path in paths if (found := trespasses(room, path))} == {}


@pytest.mark.parametrize(
    ("room", "module", "source"),
    [
        ("recognizer/imaging", "recognizer/imaging/new.py", "import django.conf"),
        ("recognizer/imaging", "recognizer/imaging/new.py", "from recognizer import models"),
        ("recognizer/imaging", "recognizer/imaging/new.py", "from ..inference import loading"),
        ("recognizer/inference", "recognizer/inference/new.py", "def f():\n    import keras"),
        ("recognizer/inference", "recognizer/inference/loading.py", "import keras"),
        ("recognizer/inference", "recognizer/inference/new.py", "from recognizer.models import Glyph"),
        ("recognizer/views", "recognizer/views/new.py", "from recognizer.imaging.decoding import decode"),
        ("recognizer/views", "recognizer/views/new.py", "def f():\n    import numpy as np"),
        ("recognizer/api", "recognizer/api/new.py", "from recognizer.inference import loading"),
        ("recognizer", "recognizer/new.py", "from training.cnn import train"),
        ("training", "training/new.py", "from recognizer.models import Glyph"),
        ("training", "training/new.py", "from django.conf import settings"),
    ],
)
def test_a_trespass_is_seen(room, module, source):
    assert trespasses(room, ROOT / module, source=source)


@pytest.mark.parametrize(
    ("room", "module", "source"),
    [
        ("recognizer/imaging", "recognizer/imaging/new.py", "from recognizer.imaging.errors import NoInkError"),
        ("recognizer/imaging", "recognizer/imaging/new.py", "from .errors import NoInkError"),
        ("recognizer/inference", "recognizer/inference/loading.py", "def f():\n    import keras"),
        ("recognizer/inference", "recognizer/inference/new.py", "from recognizer.imaging.decoding import decode"),
        ("training", "training/new.py", "from recognizer.inference.artifacts import write_artifact"),
    ],
)
def test_a_door_is_open(room, module, source):
    assert trespasses(room, ROOT / module, source=source) == []


def test_the_site_starts_without_keras():
    """Only a loaded network costs seconds and half a gigabyte; a management command does not."""
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'digitsite.settings'; django.setup();"
        "import digitsite.urls, recognizer.recognition; print(*{'keras', 'tensorflow'} & set(sys.modules))"
    )

    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (result.returncode, result.stdout.strip()) == (0, "")


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_has_no_script_or_style_of_its_own(template):
    text = template.read_text()

    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"<[^>{%]*\sstyle\s*=", text) == []
    assert re.findall(r"<[^>]*\son[a-z]+\s*=", text) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag] == []
    assert re.findall(r"javascript:", text) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []
