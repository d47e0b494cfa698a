"""Sheets of labels: exported from the admin, and imported after a preview."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile

from recognizer.admin import sheets
from recognizer.labels import NOT_A_DIGIT
from recognizer.models import Glyph, LabelEvent, Picture
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

LIST = "/admin/recognizer/glyph/"
EXPORT, IMPORT, CONFIRM = f"{LIST}export/", f"{LIST}import/", f"{LIST}process_import/"
COLUMNS = [
    "id",
    "picture",
    "position",
    "predicted",
    "confidence",
    "label",
    "usable",
    "excluded",
    "label_before",
    "usable_before",
    "excluded_before",
]


@pytest.fixture
def glyphs(admin_user) -> list[Glyph]:
    """Store glyphs read as 4, 5, 6 and 7: without label, labelled 1, unusable, no digit and kept out of training."""
    version, owner = make_version(), Owner(user=admin_user)
    plain, labelled, unusable, excluded = (make_picture(version, digits=digit).glyphs.get() for digit in "4567")
    labelled.set_label(1, owner=owner, where="page")
    unusable.set_usable(False, owner=owner, where="page")
    excluded.set_label(NOT_A_DIGIT, owner=owner, where="page")
    excluded.set_excluded(True, owner=owner, where="page")
    LabelEvent.objects.all().delete()
    return [plain, labelled, unusable, excluded]


def exported(client, query: str = "") -> dict[int, dict[str, str]]:
    """Return the rows of the sheet, by the ids of the glyphs."""
    rows = csv.DictReader(io.StringIO(client.get(EXPORT + query).content.decode()))
    return {int(row["id"]): row for row in rows}


def sheet(rows: list[dict] | str | bytes) -> SimpleUploadedFile:
    """Return a sheet with these rows as a file."""
    if isinstance(rows, list):
        file = io.StringIO()
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        rows = file.getvalue()
    return SimpleUploadedFile("labels.csv", rows.encode() if isinstance(rows, str) else rows)


def preview(client, rows):
    return client.post(IMPORT, {"import_file": sheet(rows), "format": "0", "resource": "0"})


def confirm(client, previewed):
    return client.post(CONFIRM, previewed.context["confirm_form"].initial, follow=True)


def problems(answer) -> list[str]:
    """Return what is wrong with the rows."""
    assert answer.status_code == 200
    assert "confirm_form" not in answer.context
    return [
        text for row in answer.context["result"].invalid_rows for texts in row.error_dict.values() for text in texts
    ]


def stored() -> list[tuple]:
    return list(Glyph.objects.order_by("id").values_list("label", "is_usable", "is_excluded"))


def told(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_sheet_says_what_is_known_of_each_glyph(admin_client, glyphs):
    answer = admin_client.get(EXPORT)

    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert answer["Content-Type"] == "text/csv"
    assert 'filename="labels-' in answer["Content-Disposition"]
    assert rows[0] == COLUMNS
    ids = [[str(glyph.pk), str(glyph.picture_id), "0"] for glyph in reversed(glyphs)]
    assert [row[:3] for row in rows[1:]] == ids
    assert [row[3:] for row in rows[1:]] == [
        ["7", "0.991", "not_a_digit", "yes", "yes", "not_a_digit", "yes", "yes"],
        ["6", "0.991", "", "no", "no", "", "no", "no"],
        ["5", "0.991", "1", "yes", "no", "1", "yes", "no"],
        ["4", "0.991", "", "yes", "no", "", "yes", "no"],
    ]


def test_no_cell_is_a_formula(admin_client, glyphs):
    Picture.objects.update(name="=cmd|' /C calc'!A0")

    cells = [cell for row in exported(admin_client).values() for cell in row.values()]

    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


def test_what_is_listed_is_exported(admin_client, glyphs):
    assert list(exported(admin_client, "?digit=5")) == [glyphs[1].pk]


def test_what_is_selected_is_exported(admin_client, glyphs):
    form = {"action": "export_admin_action", "_selected_action": [glyphs[0].pk, glyphs[2].pk]}

    rows = list(csv.DictReader(io.StringIO(admin_client.post(LIST, form).content.decode())))

    assert [int(row["id"]) for row in rows] == [glyphs[2].pk, glyphs[0].pk]


def test_nonsense_in_the_query_leads_back_to_the_list(admin_client, glyphs):
    answer = admin_client.get(f"{EXPORT}?nothing=1")

    assert (answer.status_code, answer.url) == (302, LIST)


def test_a_longer_sheet_asks_the_database_no_more_often(admin_client, django_assert_max_num_queries):
    version = make_version()
    for _ in range(2):
        make_picture(version)
    with django_assert_max_num_queries(10) as few:
        exported(admin_client)

    for _ in range(18):
        make_picture(version)
    with django_assert_max_num_queries(len(few)):
        assert len(exported(admin_client)) == 20


def test_what_was_changed_in_the_sheet_is_shown_and_then_written(admin_client, admin_user, glyphs):
    plain, labelled, unusable, excluded = glyphs
    rows = exported(admin_client)
    rows[plain.pk]["label"] = "4"
    rows[labelled.pk] |= {"label": "", "usable": "no"}
    rows[unusable.pk] |= {"label": "not_a_digit", "usable": "yes"}
    rows[excluded.pk]["excluded"] = "no"
    before = stored()

    previewed = preview(admin_client, list(rows.values()))
    untouched, page = stored(), previewed.content.decode()
    answer = confirm(admin_client, previewed)

    assert untouched == before
    assert "4 glyphs will change as shown below. 0 rows change nothing." in " ".join(page.split())
    assert "<del>none</del> <ins>4</ins>" in page
    assert "<del>yes</del> <ins>no</ins>" in page
    assert told(answer) == ["4 glyphs changed by the sheet. 0 of its rows changed nothing."]
    assert stored() == [(4, True, False), (None, False, False), (NOT_A_DIGIT, True, False), (NOT_A_DIGIT, True, False)]
    assert Glyph.objects.get(pk=plain.pk).labelled_by == admin_user
    assert {event.where for event in LabelEvent.objects.all()} == {"import"}
    assert {event.user for event in LabelEvent.objects.all()} == {admin_user}
    assert sorted(LabelEvent.objects.values_list("glyph", "what", "old", "new"), key=lambda event: event[:2]) == [
        (plain.pk, "label", None, 4),
        (labelled.pk, "label", 1, None),
        (labelled.pk, "unusable", None, None),
        (unusable.pk, "label", None, NOT_A_DIGIT),
        (unusable.pk, "usable", None, None),
        (excluded.pk, "included", None, None),
    ]


def test_only_what_people_say_is_taken_from_a_sheet(admin_client, glyphs):
    other = Picture.objects.exclude(pk=glyphs[0].picture_id).first()
    before = Glyph.objects.values().get(pk=glyphs[0].pk)
    row = exported(admin_client)[glyphs[0].pk]
    row |= {"picture": str(other.pk), "position": "9", "predicted": "8", "confidence": "1", "excluded": "yes"}

    confirm(admin_client, preview(admin_client, [row | {"margin": "0.1", "is_sample": "yes"}]))

    assert Glyph.objects.values().get(pk=glyphs[0].pk) == before | {"is_excluded": True}
    assert glyphs[0].predictions.get().digit == 4


def test_a_sheet_that_changes_nothing_says_so(admin_client, glyphs):
    answer = preview(admin_client, list(exported(admin_client).values()))

    assert "This sheet changes nothing" in answer.content.decode()
    assert "process_import" not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"label": "seven"}, "“seven” is no label. Write a digit from 0 to 9, not_a_digit, or nothing."),
        ({"label": "11"}, "“11” is no label. Write a digit from 0 to 9, not_a_digit, or nothing."),
        ({"label": "-1"}, "“-1” is no label. Write a digit from 0 to 9, not_a_digit, or nothing."),
        ({"label_before": "x"}, "“x” is no label. Write a digit from 0 to 9, not_a_digit, or nothing."),
        ({"usable": "perhaps"}, "“perhaps” is neither yes nor no. Write one of these."),
        ({"excluded": ""}, "“” is neither yes nor no. Write one of these."),
        ({"label": "4", "usable": "no"}, "What has a label is usable. Write yes here, or take the label out."),
        ({"id": "999999"}, "There is no glyph “999999”: it was deleted, or the number is wrong. Leave this row out."),
        (
            {"id": "9" * 30},
            f"There is no glyph “{'9' * 30}”: it was deleted, or the number is wrong. Leave this row out.",
        ),
        ({"id": "²"}, "There is no glyph “²”: it was deleted, or the number is wrong. Leave this row out."),
        ({"id": ""}, "There is no glyph “”: it was deleted, or the number is wrong. Leave this row out."),
    ],
)
def test_a_row_that_is_wrong_is_shown_and_then_no_row_is_imported(admin_client, glyphs, change, problem):
    wrong, right = glyphs[0], glyphs[1]
    rows = exported(admin_client)
    rows[wrong.pk] |= change
    rows[right.pk]["label"] = "5"
    before = stored()

    answer = preview(admin_client, [rows[right.pk], rows[wrong.pk]])

    assert problems(answer) == [problem]
    assert answer.context["result"].invalid_rows[0].number == 2
    assert '<th scope="row">3</th>' in answer.content.decode()
    assert stored() == before
    assert not LabelEvent.objects.exists()


def test_everything_that_is_wrong_with_a_row_is_told_at_once(admin_client, glyphs):
    rows = exported(admin_client)
    rows[glyphs[0].pk] |= {"label": "x", "usable": "y", "excluded": "z"}

    assert len(problems(preview(admin_client, list(rows.values())))) == 3


@pytest.mark.parametrize(
    ("said_meanwhile", "by_now"),
    [
        (lambda glyph, **said: glyph.set_label(9, **said), "labelled 9"),
        (lambda glyph, **said: glyph.set_usable(False, **said), "marked unusable"),
    ],
)
def test_what_somebody_said_since_the_export_is_not_overwritten(admin_client, client, glyphs, said_meanwhile, by_now):
    glyph = glyphs[0]
    rows = exported(admin_client)
    said_meanwhile(glyph, owner=Owner(visitor=glyph.picture.visitor), where="page")
    rows[glyph.pk]["label"] = "4"
    before = stored()

    answer = preview(admin_client, list(rows.values()))

    assert problems(answer) == [
        f"This glyph is {by_now} by now; the sheet takes it to be without a label. "
        "Export it again and make your change there, or leave this row out."
    ]
    assert stored() == before


def test_what_somebody_else_changed_and_the_sheet_did_not_is_no_matter(admin_client, glyphs):
    changed, plain = glyphs[1], glyphs[0]
    rows = exported(admin_client)
    changed.set_label(9, owner=Owner(visitor=changed.picture.visitor), where="page")
    rows[plain.pk]["label"] = "4"

    confirm(admin_client, preview(admin_client, list(rows.values())))

    assert [Glyph.objects.get(pk=glyph.pk).label for glyph in (plain, changed)] == [4, 9]


def test_two_who_say_the_same_agree(admin_client, glyphs):
    rows = exported(admin_client)
    glyphs[0].set_label(4, owner=Owner(visitor=glyphs[0].picture.visitor), where="page")
    rows[glyphs[0].pk]["label"] = "4"

    assert "This sheet changes nothing" in preview(admin_client, list(rows.values())).content.decode()


def test_a_glyph_that_stands_twice_with_two_labels_is_a_conflict(admin_client, glyphs):
    row = exported(admin_client)[glyphs[0].pk]

    answer = preview(admin_client, [row | {"label": "4"}, row | {"label": "5"}])

    assert len(problems(answer)) == 1
    assert answer.context["result"].invalid_rows[0].number == 2


def test_a_sheet_made_by_hand_labels_what_has_no_label_and_overwrites_nothing(admin_client, glyphs):
    plain, labelled = glyphs[:2]

    refused = preview(admin_client, [{"id": plain.pk, "label": "4"}, {"id": labelled.pk, "label": "5"}])
    confirm(admin_client, preview(admin_client, [{"id": plain.pk, "label": "4"}, {"id": labelled.pk, "label": ""}]))

    assert "This glyph is labelled 1 by now" in problems(refused)[0]
    assert stored()[:2] == [(4, True, False), (1, True, False)]


@pytest.mark.parametrize("disturbance", ["label", "delete"])
def test_what_happens_between_preview_and_confirmation_stops_the_whole_sheet(admin_client, glyphs, disturbance):
    rows = exported(admin_client)
    rows[glyphs[0].pk]["label"] = "4"
    rows[glyphs[1].pk]["label"] = "5"
    previewed = preview(admin_client, list(rows.values()))
    if disturbance == "label":
        glyphs[0].set_label(9, owner=Owner(visitor=glyphs[0].picture.visitor), where="page")
    else:
        glyphs[0].picture.delete()
    before = stored()

    answer = confirm(admin_client, previewed)

    assert told(answer)[0].startswith("Nothing was imported: some of the glyphs were changed or deleted")
    assert stored() == before
    assert not LabelEvent.objects.filter(where="import").exists()


def test_a_sheet_is_imported_once(admin_client, glyphs):
    rows = exported(admin_client)
    rows[glyphs[0].pk]["label"] = "4"
    previewed = preview(admin_client, list(rows.values()))

    confirm(admin_client, previewed)
    answer = confirm(admin_client, previewed)

    assert told(answer) == ["This sheet was imported already, or its preview is too old. Upload it again."]
    assert LabelEvent.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"\xff\xfe\x00\xd8",
        b"\x89PNG\r\n\x1a\n\0\0",
        "id;label\n1;4\n",
        "glyph,label\n1,4\n",
        "id,name\n1,4\n",
        "id,label,label\n1,4,5\n",
        "id,label\n1,4,5,6\n",
        "id,label\n",
        b"id,label\n1,\xe9\n",
    ],
)
def test_what_is_no_sheet_is_refused_beside_its_field(admin_client, glyphs, data):
    answer = preview(admin_client, data)

    assert answer.status_code == 200
    assert len(answer.context["form"].errors["import_file"]) == 1
    assert "result" not in answer.context


def test_a_sheet_of_a_spreadsheet_program_is_read(admin_client, glyphs):
    rows = "\ufeff" + f"id,label\r\n {glyphs[0].pk} , 4 \r\n\r\n"

    confirm(admin_client, preview(admin_client, rows))

    assert Glyph.objects.get(pk=glyphs[0].pk).label == 4


def test_too_long_a_sheet_is_refused(admin_client, glyphs, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)

    answer = preview(admin_client, list(exported(admin_client).values()))

    assert "The sheet has 4 rows, and 3 are taken at once." in answer.content.decode()


def test_without_a_file_it_is_asked_for(admin_client, glyphs):
    answer = admin_client.post(IMPORT, {"format": "0", "resource": "0"})

    assert "Choose a CSV file" in answer.content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"import_file_name": "nothing", "original_file_name": "x", "format": "0"},
        {"import_file_name": "../../etc/passwd", "original_file_name": "x", "format": "0"},
        {"import_file_name": "x", "original_file_name": "x", "format": "7"},
        {"import_file_name": "x", "original_file_name": "x", "format": "0", "resource": "7"},
    ],
)
def test_a_confirmation_of_nothing_is_no_fault(admin_client, glyphs, form):
    answer = admin_client.post(CONFIRM, form)

    assert answer.status_code in (200, 302)
    assert not LabelEvent.objects.exists()


@pytest.mark.parametrize(
    ("codenames", "may_export", "may_import"),
    [
        (["view_glyph"], False, False),
        (["view_glyph", "export_labels"], False, False),
        (["view_glyph", "export_labels", "review_glyph"], True, False),
        (["view_glyph", "review_glyph"], False, False),
        (["view_glyph", "change_glyph"], False, False),
        (["view_glyph", "change_glyph", "review_glyph"], False, True),
    ],
)
def test_exporting_and_importing_are_rights_of_their_own(client, glyphs, codenames, may_export, may_import):
    user = User.objects.create_user("una", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(user)

    page = client.get(LIST).content.decode()

    assert [EXPORT in page, IMPORT in page] == [may_export, may_import]
    assert client.get(EXPORT).status_code == (200 if may_export else 403)
    assert client.get(IMPORT).status_code == (200 if may_import else 403)
    assert client.post(CONFIRM, {}).status_code == (200 if may_import else 403)


def test_its_pages_have_no_style_or_script_of_their_own(admin_client, glyphs):
    rows = exported(admin_client)
    rows[glyphs[0].pk]["label"] = "4"
    good = preview(admin_client, list(rows.values())).content.decode()
    rows[glyphs[0].pk]["label"] = "x"
    bad = preview(admin_client, list(rows.values())).content.decode()

    for page in (admin_client.get(IMPORT).content.decode(), good, bad):
        assert " style=" not in page
        assert "onchange=" not in page
