"""Labels as a sheet in the admin: exported, changed, previewed and imported, under the site's content policy."""

import csv
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from recognizer.models import Glyph, LabelEvent
from tests.recognizer.rows import make_picture


def save(rows: list[dict], path: Path) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def choose(page: Page, path: Path) -> None:
    page.locator("#id_import_file").set_input_files(path)
    page.get_by_role("button", name="Preview").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_sheet_is_exported_refused_mended_and_imported(open_page, real_network, transactional_db, tmp_path, theme):
    User.objects.create_superuser("ada", password="lovelace-1815")
    glyph = make_picture(real_network, digits="4").glyphs.get()
    page = open_page("/admin/recognizer/glyph/", color_scheme=theme)
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("lovelace-1815")
    page.get_by_role("button", name="Log in").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    download.value.save_as(tmp_path / "labels.csv")
    rows = list(csv.DictReader((tmp_path / "labels.csv").open(newline="")))
    assert [(row["id"], row["predicted"], row["label"]) for row in rows] == [(str(glyph.pk), "4", "")]

    page.get_by_role("link", name="Import").click()
    choose(page, save([rows[0] | {"label": "nine"}], tmp_path / "wrong.csv"))
    expect(page.get_by_text("“nine” is no label.")).to_be_visible()

    choose(page, save([rows[0] | {"label": "9"}], tmp_path / "right.csv"))
    expect(page.locator("table ins")).to_have_text("9")
    expect(page.locator("table ins")).to_have_css("text-decoration-line", "none")
    page.get_by_role("button", name="Import").click()

    expect(page.get_by_text("1 glyph changed by the sheet.")).to_be_visible()
    assert Glyph.objects.get().label == 9
    assert LabelEvent.objects.get().where == "import"
