"""No cell of a downloaded table is a formula, and no other text is changed."""

import pytest

from recognizer.tables import FORMULA_STARTS, safe_text


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_a_spreadsheet_would_calculate_is_told_as_text(start):
    assert safe_text(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("cell", ["", "7.png", "seven=7.png", "'=1", " =1", "é+1", 7, None])
def test_any_other_cell_stays_as_it_is(cell):
    assert safe_text(cell) == str(cell)
