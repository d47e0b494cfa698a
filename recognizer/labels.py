"""What a label can be, and how it is written outside the database: 0–9, "not_a_digit", or nothing."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NOT_A_DIGIT = 10
"""The label of a mark that is no digit; the digits are labelled 0 to 9."""
NOT_A_DIGIT_NAME = "not_a_digit"
LABEL_CHOICES = [*((digit, str(digit)) for digit in range(10)), (NOT_A_DIGIT, _("not a digit"))]


def label_in_words(label: int | None) -> str:
    """Return the label as a person reads it."""
    return gettext("no label") if label is None else str(dict(LABEL_CHOICES)[label])


def label_to_json(label: int | None) -> int | str | None:
    """Return the label as the API writes it."""
    return NOT_A_DIGIT_NAME if label == NOT_A_DIGIT else label


def label_from_form(value: str) -> int | None:
    """Return the label that a form wrote: digits are text there, and nothing is an empty one. Raises ValueError."""
    if value == "":
        return None
    return label_from_json(int(value) if len(value) == 1 and value in "0123456789" else value)


def label_from_json(value: object) -> int | None:
    """Return the label that the API was sent. Raises ValueError for anything that is none."""
    if value is None:
        return None
    if value == NOT_A_DIGIT_NAME:
        return NOT_A_DIGIT
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9:
        return value
    told = {"value": repr(value), "name": NOT_A_DIGIT_NAME}
    raise ValueError(gettext("%(value)s is no label: a digit from 0 to 9, “%(name)s” or null is.") % told)
