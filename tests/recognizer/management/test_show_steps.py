"""`manage.py show_steps PICTURE`."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.pictures import encoded, png_of


def test_it_writes_the_sheet(tmp_path, capsys):
    (tmp_path / "mine.png").write_bytes(png_of("47"))

    call_command("show_steps", str(tmp_path / "mine.png"), out=tmp_path / "sheet.png")

    assert Image.open(tmp_path / "sheet.png").format == "PNG"
    assert capsys.readouterr().out.strip() == f"{tmp_path / 'sheet.png'}: 5 steps, 2 marks"


def test_it_writes_the_steps_up_to_a_refusal_and_says_why(tmp_path, capsys):
    (tmp_path / "blank.png").write_bytes(encoded(np.full((100, 100), 255, np.uint8)))

    call_command("show_steps", str(tmp_path / "blank.png"), out=tmp_path / "sheet.png")

    assert (tmp_path / "sheet.png").exists()
    assert "There is nothing written on this picture." in capsys.readouterr().out


def test_a_picture_that_cannot_be_decoded_is_told_so(tmp_path):
    (tmp_path / "notes.txt").write_text("seven")

    with pytest.raises(CommandError, match="not a PNG"):
        call_command("show_steps", str(tmp_path / "notes.txt"), out=tmp_path / "sheet.png")

    assert not (tmp_path / "sheet.png").exists()


def test_a_picture_that_is_not_there_is_told_so(tmp_path):
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("show_steps", str(tmp_path / "none.png"), out=tmp_path / "sheet.png")


def test_a_place_that_cannot_be_written_is_told_so(tmp_path):
    (tmp_path / "mine.png").write_bytes(png_of("7"))

    with pytest.raises(CommandError, match="cannot be written"):
        call_command("show_steps", str(tmp_path / "mine.png"), out=tmp_path / "nowhere" / "sheet.png")
