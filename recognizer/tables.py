"""What stands in the cells of a table that is downloaded."""

FORMULA_STARTS = (*"=+-@＝＋－＠", "\t", "\r", "\n")
"""With what a text begins that a spreadsheet would calculate; the wide signs do so in East Asian ones."""


def safe_text(cell: object) -> str:
    """Return a cell's text, which no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
