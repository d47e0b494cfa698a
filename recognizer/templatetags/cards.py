"""How a model's card is shown: figures in words, tables and lines. What the card does not tell is left blank."""

import base64
import binascii
from datetime import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.models import ModelKind
from recognizer.numbers import decimal, grouped, percentage, shortest

register = template.Library()

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
WORDS = {
    "batch_size": gettext_lazy("batch size"),
    "claims": gettext_lazy("false claims"),
    "correction_repeats": gettext_lazy("most times that a correction comes in an epoch"),
    "corrections_share": gettext_lazy("share of corrections"),
    "digits": gettext_lazy("share of MNIST’s digits in an epoch"),
    "dtype": gettext_lazy("number format"),
    "epochs": gettext_lazy("epochs"),
    "fonts": gettext_lazy("fonts"),
    "hands": gettext_lazy("hands"),
    "label_smoothing": gettext_lazy("label smoothing"),
    "last_epochs_share": gettext_lazy("share of epochs in the last stage"),
    "last_strength": gettext_lazy("augmentation in the last stage"),
    "learning_rate": gettext_lazy("learning rate"),
    "mixture": gettext_lazy("mixture"),
    "mnist_test": gettext_lazy("MNIST’s test set"),
    "momentum": gettext_lazy("momentum"),
    "multi": gettext_lazy("several digits"),
    "negatives": gettext_lazy("marks that are no digit"),
    "negatives_share": gettext_lazy("share of marks that are no digit"),
    "not_a_digit": gettext_lazy("not a digit"),
    "numbers": gettext_lazy("numbers right"),
    "optimizer": gettext_lazy("optimizer"),
    "page_digits": gettext_lazy("digits from pages"),
    "page_glyphs": gettext_lazy("marks from drawn pages"),
    "page_negatives": gettext_lazy("share of those from pages"),
    "page_strength": gettext_lazy("augmentation of digits from pages"),
    "pages": gettext_lazy("drawn pages"),
    "schedule": gettext_lazy("schedule"),
    "single": gettext_lazy("single digits right"),
    "split_seed": gettext_lazy("seed of the split"),
    "strength": gettext_lazy("augmentation, 1 is full strength"),
    "teachers_share": gettext_lazy("share of what other networks say"),
    "test": gettext_lazy("test"),
    "train": gettext_lazy("training"),
    "validation": gettext_lazy("validation"),
    "warm_up_epochs": gettext_lazy("epochs of warm-up"),
    "weight_decay": gettext_lazy("weight decay"),
}
"""What the shorter names in a card mean."""
HEAT_FROM = (0.003, 0.01, 0.03, 0.1)
"""The share of a row from which a mistake is shaded one step darker."""


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@register.filter
def share(value: object, decimals: int = 1) -> str:
    """Return a share of 1 as a percentage: 99.65 %."""
    return percentage(value, decimals) if is_number(value) else ""


@register.filter
def share_of(part: object, whole: object) -> str:
    """Return part / whole as a percentage."""
    return share(part / whole) if is_number(part) and is_number(whole) and whole else ""


@register.filter
def interval(bounds: object, decimals: int = 1) -> str:
    """Return two shares of 1 as the percentages that they lie between: 99.51–99.75 %."""
    if not isinstance(bounds, list | tuple) or len(bounds) != 2 or not all(map(is_number, bounds)):
        return ""
    low, high = (decimal(100 * bound, decimals) for bound in bounds)
    return f"{low}–{high} %"


@register.filter
def count(value: object) -> str:
    """Return a whole number with its thousands apart: 162,939."""
    return grouped(value) if is_number(value) else ""


@register.filter
def figure(value: object) -> str:
    """Return a number as a table wants it: a share of 1 as a percentage, a count as it is."""
    return share(value) if isinstance(value, float) and 0 <= value <= 1 else count(value)


@register.filter
def duration(seconds: object) -> str:
    """Return a time in seconds in the two units that matter: 27 min 34 s."""
    if not is_number(seconds):
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)s s") % {"seconds": rest}


@register.filter
def moment(iso: object) -> datetime | None:
    """Return the time that a card gives in ISO 8601, None where it gives none."""
    try:
        return datetime.fromisoformat(iso)
    except (TypeError, ValueError):
        return None


@register.filter
def words(name: object) -> str:
    """Return a name that the card uses in words that say what it means: not_a_digit, not a digit."""
    return str(WORDS.get(str(name), str(name).replace("_", " ")))


@register.filter
def networks(told: object) -> str:
    """Return the networks that a card names by kind and version: Keras MLP 3, NumPy MLP 3."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        return ""
    labels = dict(ModelKind.choices)
    return ", ".join(f"{labels.get(str(one.get('kind')), '')} {one.get('version', '')}".strip() for one in told)


@register.filter
def facts(told: object, without: str = "") -> list[tuple[str, str]]:
    """Return a part of the card as names and values in words, without the keys named, with commas between."""
    if not isinstance(told, dict):
        return []
    lines = []
    for key, value in told.items():
        if key in without.split(","):
            continue
        if isinstance(value, dict):
            lines += [(f"{words(key)}: {words(inner)}", _line(held)) for inner, held in value.items()]
        else:
            lines.append((words(key), _line(value)))
    return [(name[:1].upper() + name[1:], line) for name, line in lines]


def _line(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{words(key)}: {_line(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_line, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return grouped(value)
    return shortest(value) if isinstance(value, float) else str(value)


@register.filter
def png_source(encoded: object) -> str:
    """Return a PNG in base64 as an address that an <img> can show, nothing for what is no PNG."""
    try:
        data = base64.b64decode(encoded, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return ""
    return f"data:image/png;base64,{encoded}" if data.startswith(PNG_SIGNATURE) else ""


@register.filter
def classes_seen(scores: object) -> list[dict]:
    """Return a line for each digit of a scored set: how many there were, how many were read right and wrong.

    scores: a card's figures with `per_class` and, where counts are wanted, `confusion`.
    """
    per_class = scores.get("per_class") if isinstance(scores, dict) else None
    if not isinstance(per_class, list) or not all(map(is_number, per_class)):
        return []
    rows = confusion_rows(scores.get("confusion"))
    worst = max((1 - accuracy for accuracy in per_class), default=0)
    return [
        {
            "digit": digit,
            "accuracy": accuracy,
            "error": max(1 - accuracy, 0),
            "worst": worst or 1,
            "n": rows[digit]["n"] if digit < len(rows) else None,
            "wrong": rows[digit]["wrong"] if digit < len(rows) else None,
        }
        for digit, accuracy in enumerate(per_class)
    ]


@register.filter
def confusion_rows(matrix: object) -> list[dict]:
    """Return the rows of a confusion matrix, each with its digit, how many it had, how many of those
    were read wrong, and its cells (count, CSS class).

    matrix: counts by true digit and answer; the diagonal is right. Nothing for what is no such matrix.
    """
    if not isinstance(matrix, list) or not all(isinstance(row, list) and all(map(is_number, row)) for row in matrix):
        return []
    if any(len(row) < len(matrix) or len(row) != len(matrix[0]) for row in matrix):
        return []
    return [
        {
            "digit": digit,
            "n": sum(row),
            "wrong": sum(row) - row[digit],
            "cells": [(n, "hit" if digit == answer else _heat(n, sum(row))) for answer, n in enumerate(row)],
        }
        for digit, row in enumerate(matrix)
    ]


def _heat(mistakes: float, seen: float) -> str:
    """Return the CSS class of so many mistakes among what was seen."""
    if mistakes <= 0:
        return "none"
    return f"heat-{1 + sum(mistakes / seen >= start for start in HEAT_FROM)}"


@register.filter
def correction_rows(corrections: object) -> list[dict]:
    """Return for each label how many corrections were learnt from and how many kept aside.

    corrections: that part of a card. Nothing where it does not tell.
    """
    told = corrections if isinstance(corrections, dict) else {}
    learnt, held_out = told.get("learnt_by_label"), told.get("held_out_by_label")
    if not isinstance(learnt, dict) or not isinstance(held_out, dict):
        return []
    return [{"label": label, "learnt": n, "held_out": held_out.get(label)} for label, n in learnt.items()]
