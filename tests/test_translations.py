"""The German catalogue: whole, up to date, compiled, and true to the placeholders and tags of each message."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
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
    return {(context_of(message), forms_of(message.id)): message for message in catalogue if message.id}


def context_of(message: Message) -> str | None:
    """Return the context as text: of a compiled catalogue Babel reads bytes."""
    return message.context.decode() if isinstance(message.context, bytes) else message.context


def forms_of(text: str | Sequence[str]) -> tuple[str, ...]:
    """Return the one form of a message, or both of a plural."""
    return (text,) if isinstance(text, str) else tuple(text)


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

    assert found.keys() - known.keys() == set(), "Run `make messages`, and translate what is new."
    assert known.keys() - found.keys() == set(), "Run `make messages`."


def test_every_message_is_translated_and_none_is_doubtful(catalogue):
    messages = messages_of(catalogue)

    assert [key for key, message in messages.items() if not all(forms_of(message.string))] == []
    assert [key for key, message in messages.items() if message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_what_is_compiled_is_what_is_written(catalogue):
    with (ROOT / FOLDER / "django.mo").open("rb") as file:
        compiled = messages_of(read_mo(file))

    assert {key: forms_of(message.string) for key, message in compiled.items()} == {
        key: forms_of(message.string) for key, message in messages_of(catalogue).items()
    }, "Run `make messages`."


def test_placeholders_and_tags_are_those_of_the_message(catalogue):
    for (_, originals), message in messages_of(catalogue).items():
        for original, text in zip(originals, forms_of(message.string), strict=True):
            assert (original, sorted(PLACEHOLDER.findall(text))) == (original, sorted(PLACEHOLDER.findall(original)))


def test_a_translation_ends_as_its_message(catalogue):
    """A full stop that is lost is seen by nobody who only reads the page."""
    last = [(originals[-1], forms_of(message.string)[-1]) for (_, originals), message in messages_of(catalogue).items()]

    assert [pair for pair in last if len({text[-1:] in ".!?:…" for text in pair}) > 1] == []
