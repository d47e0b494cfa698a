"""A language that puts every message between ⟦ and ⟧, in English: what stands outside was never translated."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.utils.translation import _trans, trans_real

OPEN, CLOSE = "⟦⟧"
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[^\W\d_]+ [^\W\d_]+.*[.!?…:]")
CODE = re.compile(r"\b(?=[a-f-]*\d)[\da-f-]{16,}\b")
"""A checksum, or the id of a row."""
SPLIT_BY_DJANGO = {"yes,no,maybe"}

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
NOT_FOR_PEOPLE = {"script", "style", "code", "pre", "kbd", "samp"}
READ_ALOUD = {"alt", "title", "placeholder", "label", "aria-label", "aria-description", "aria-valuetext"}
TOLD_OF_A_PAGE = {"description", "og:title", "og:description", "og:image:alt"}
"""The <meta> elements whose content people read elsewhere."""


def speak_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put every message that is translated from now on between marks."""
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        monkeypatch.setattr(_trans, name, _marked(getattr(trans_real, name)), raising=False)


def _marked(translate: Callable[..., str]) -> Callable[..., str]:
    def marked(*args: object) -> str:
        text = translate(*args)
        return text if not text.strip() or text in SPLIT_BY_DJANGO else type(text)(f"{OPEN}{text}{CLOSE}")

    return marked


def unmarked_texts(html: str, names: set[str]) -> list[str]:
    """Return what a person reads on the page, or hears, that no translation was asked for.

    What is marked as untranslatable or as of a language of its own is left out, as are numbers, code and these names.
    """
    page = _Page(names)
    page.feed(html)
    page.close()
    if page.depth:
        page.found.append("The marks are not balanced.")
    return page.found


class _Page(HTMLParser):
    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.names = names
        self.found: list[str] = []
        self.depth = 0
        self.open: list[tuple[str, bool]] = []
        """The elements around, and whether each is left out."""

    @property
    def is_left_out(self) -> bool:
        return any(left_out for _, left_out in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        left_out = tag in NOT_FOR_PEOPLE or attributes.get("translate") == "no"
        left_out |= tag != "html" and "lang" in attributes
        if not (left_out or self.is_left_out):
            for name, value in attributes.items():
                if self._is_read(tag, name, value, attributes):
                    self._look(value, 0)
        if tag not in VOID:
            self.open.append((tag, left_out))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(tag == name for name, _ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if self.is_left_out:
            self.depth += data.count(OPEN) - data.count(CLOSE)
        else:
            self.depth = self._look(data, self.depth)

    def _is_read(self, tag: str, name: str, value: str, attributes: dict[str, str]) -> bool:
        if tag == "meta":
            return name == "content" and attributes.get("name", attributes.get("property")) in TOLD_OF_A_PAGE
        if name == "value":
            return tag == "input" and attributes.get("type") in ("submit", "button", "reset")
        if name == "data-inline-formset":  # JSON for the admin's script
            return False
        return name in READ_ALOUD or (name.startswith("data-") and bool(SENTENCE.search(value)))

    def _look(self, text: str, depth: int) -> int:
        """Keep what stands outside of the marks, if it has words; return how deep in them the text ends."""
        outside = ""
        for piece in re.split(f"([{OPEN}{CLOSE}])", text):
            if piece == OPEN:
                depth += 1
            elif piece == CLOSE:
                depth -= 1
            elif depth == 0:
                outside += f"{piece} "
        if set(WORD.findall(CODE.sub("", outside))) - self.names:
            self.found.append(" ".join(text.split()))
        return depth
