import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from training.typefaces import CANVAS, LETTERS, LOOK_LIKE_DIGITS, MARGIN, FontsMissingError, draw_character, typefaces


def want(fonts: Path, *families: str) -> Path:
    """Write the package.json that asks for these families."""
    dependencies = {f"@fontsource/{family}": "^5" for family in families}
    (fonts / "package.json").write_text(json.dumps({"dependencies": dependencies}))
    return fonts


def install(fonts: Path, family: str, *scripts: str) -> None:
    """Install a family in these scripts, drawn as the font that Pillow carries."""
    folder = fonts / "node_modules" / "@fontsource" / family
    (folder / "files").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": "5.2.7", "license": "OFL-1.1"}))
    for script in scripts:
        (folder / "files" / f"{family}-{script}-400-normal.woff").write_bytes(ImageFont.load_default(20).font_bytes)


@pytest.fixture
def font(tmp_path) -> Path:
    file = tmp_path / "made-up.woff"
    file.write_bytes(ImageFont.load_default(20).font_bytes)
    return file


def test_missing_fonts_are_named_with_the_remedy_until_they_are_installed(tmp_path):
    fonts = want(tmp_path, "kalam", "caveat")
    install(fonts, "kalam", "latin")

    with pytest.raises(FontsMissingError, match=r"@fontsource/caveat.*`make fonts`"):
        typefaces(fonts)

    install(fonts, "caveat", "latin")
    assert [typeface.family for typeface in typefaces(fonts)] == ["Caveat", "Kalam"]


def test_a_handwriting_family_gives_digits_and_letters_of_each_script_it_has(tmp_path):
    fonts = want(tmp_path, "marck-script")
    install(fonts, "marck-script", "latin", "cyrillic", "vietnamese")

    (typeface,) = typefaces(fonts)

    assert typeface.as_card() == {"family": "Marck Script", "version": "5.2.7", "licence": "OFL-1.1"}
    assert typeface.digits.name == "marck-script-latin-400-normal.woff"
    assert typeface.digits.exists()
    (latin, letters), (cyrillic, others) = typeface.letters
    assert (latin, letters) == (typeface.digits, LETTERS)
    assert cyrillic.name == "marck-script-cyrillic-400-normal.woff"
    assert set("ДЖя") <= set(others)


def test_a_family_of_print_gives_letters_and_no_digits(tmp_path):
    fonts = want(tmp_path, "noto-sans-thai")
    install(fonts, "noto-sans-thai", "latin", "thai")

    (typeface,) = typefaces(fonts)

    assert typeface.digits is None
    ((file, letters),) = typeface.letters
    assert file.name == "noto-sans-thai-thai-400-normal.woff"
    assert "ก" in letters


def test_no_letter_looks_like_a_digit(tmp_path):
    fonts = want(tmp_path, "kalam")
    install(fonts, "kalam", "latin", "cyrillic")

    (typeface,) = typefaces(fonts)

    letters = "".join(letters for _, letters in typeface.letters)
    assert not set("0123456789OoIlSsZzBgq|/") & set(letters)
    assert not set(LOOK_LIKE_DIGITS) & set(letters)


@pytest.mark.parametrize("character", "0123456789AKWfpy?&")
def test_a_character_fills_the_middle_of_the_canvas(font, character):
    canvas = draw_character(font, character)

    assert canvas.shape == (CANVAS, CANVAS)
    assert canvas.dtype == np.uint8
    left, top, width, height = cv2.boundingRect(canvas)
    assert CANVAS / 2 <= max(width, height) <= CANVAS - 2 * MARGIN + 2
    assert min(left, top, CANVAS - left - width, CANVAS - top - height) > 4


@pytest.mark.parametrize("character", [" ", "\u200b", "\u0e01"])
def test_a_character_without_ink_is_black(font, character):
    canvas = draw_character(font, character)

    assert canvas.shape == (CANVAS, CANVAS)
    assert not canvas.any()
