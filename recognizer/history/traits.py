"""What the history is narrowed by, as bits of one number on the picture, so that a single index answers every wish.

Bits 0 to 10 stand for the values that its marks are held to be, 10 for “not a digit”; the others are below.
"""

from collections.abc import Iterable

from recognizer.labels import NOT_A_DIGIT

READ_SURELY = 1 << 11
READ_UNSURELY = 1 << 12
READ_AS_NO_DIGIT = 1 << 13
LABELLED = 1 << 14
VERDICTS = {"digit": READ_SURELY, "unsure": READ_UNSURELY, "not_a_digit": READ_AS_NO_DIGIT}


def holding(value: int) -> int:
    """Return the bit of the pictures with a mark that is held to be this, 0–10: by its label, else as it was read."""
    return 1 << value


def traits_of(marks: Iterable[tuple[int | None, int, str]]) -> int:
    """Return the traits of a picture with these marks: the label, the digit read and the verdict of each."""
    traits = 0
    for label, digit, verdict in marks:
        read = NOT_A_DIGIT if verdict == "not_a_digit" else digit
        traits |= VERDICTS[verdict] | holding(read if label is None else label)
        if label is not None:
            traits |= LABELLED
    return traits
