"""The German catalogue: whole, up to date, compiled, and true to the placeholders and tags of each message."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
FOLDER = "digitsite/locale/de/LC_MESSAGES"
GATHERED_FROM = ("digitsite", "recognizer", "templates", "manage.py")
NOT_GATHERED = shutil.ignore_patterns("__pycache__", "released", "*.npz", "static", "*.mo")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+")


def catalogue_in(root: Path) -> Catalog:
    with (root / FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="de")


def messages_of(catalogue: Catalog) -> dict[tuple, Message]:
    """Return the messages by context and id, both forms of a plural; without the header."""
    return {(message.context, message.id): message for message in catalogue if message.id}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return catalogue_in(ROOT)


@pytest.fixture(scope="module")
def gathered(tmp_path_factory) -> Catalog:
    """Return the catalogue as `make messages` would leave it. Without gettext the test skips, but fails in CI."""
    if shutil.which("xgettext") is None:
        reason = "No xgettext: GNU gettext is not installed."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    copy = tmp_path_factory.mktemp("sources")
    for name in GATHERED_FROM:
        source, target = ROOT / name, copy / name
        shutil.copytree(source, target, ignore=NOT_GATHERED) if source.is_dir() else shutil.copy(source, target)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "de", "--no-obsolete", "--no-wrap"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, text=True, timeout=300)
    return catalogue_in(copy)


def test_it_holds_every_message_of_the_sources_and_no_other(catalogue, gathered):
    known, found = messages_of(catalogue), messages_of(gathered)

    assert {
        "new": sorted(map(str, found.keys() - known.keys())),
        "gone": sorted(map(str, known.keys() - found.keys())),
    } == {
        "new": [],
        "gone": [],
    }, "Run `make messages`, and translate what is new."


def test_every_message_is_translated_and_none_is_doubtful(catalogue):
    forms = {
        key: message.string if message.pluralizable else (message.string,)
        for key, message in messages_of(catalogue).items()
    }

    assert [key for key, strings in forms.items() if not all(strings)] == []
    assert [key for key, message in messages_of(catalogue).items() if message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_what_is_compiled_is_what_is_written(catalogue):
    with (ROOT / FOLDER / "django.mo").open("rb") as file:
        compiled = messages_of(read_mo(file))

    written = {key: message.string for key, message in messages_of(catalogue).items()}
    assert {key: message.string for key, message in compiled.items()} == written, "Run `make messages`."


def test_placeholders_and_tags_are_those_of_the_message(catalogue):
    wrong = []
    for (_, id_), message in messages_of(catalogue).items():
        originals = id_ if message.pluralizable else (id_,)
        translated = message.string if message.pluralizable else (message.string,)
        for original, text in zip(originals, translated, strict=True):
            if sorted(PLACEHOLDER.findall(original)) != sorted(PLACEHOLDER.findall(text)):
                wrong.append((original, text))

    assert wrong == []


def test_a_translation_ends_as_its_message(catalogue):
    """A full stop that is lost is seen by nobody who only reads the page."""
    last = {key: (key[1], m.string) for key, m in messages_of(catalogue).items() if not m.pluralizable}

    assert [pair for pair in last.values() if (pair[0][-1] in ".!?:…") != (pair[1][-1:] in ".!?:…")] == []
