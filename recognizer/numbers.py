"""Numbers as people read them, with the separators of their language."""

from django.utils.formats import number_format


class AtLeast(int):
    """A number of what there is more of than was counted; it reads “1,000+”."""

    def __str__(self) -> str:
        return f"{grouped(int(self))}+"


def grouped(number: int) -> str:
    """Return a whole number with its thousands apart: 162,939."""
    return number_format(number, force_grouping=True)


def decimal(number: float, decimals: int) -> str:
    """Return a number rounded to so many decimals: 0.030."""
    return number_format(f"{number:.{decimals}f}", decimals, force_grouping=True)


def shortest(number: float) -> str:
    """Return a number with as many decimals as it needs: 0.5."""
    return number_format(f"{number:g}")


def percentage(share: float, decimals: int = 1) -> str:
    """Return a share of 1 as a percentage: 97.3 %."""
    return f"{decimal(100 * share, decimals)} %"
