"""Many files sent together, and the page of what came of them: `/upload/`, `/batch/<uuid>/`."""

import csv
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from recognizer import uploads
from recognizer.batches import intake, results
from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from recognizer.models import Batch, BatchItem, Picture
from tests.pictures import png_of
from tests.recognizer.batches.files import BAD, SEVEN, put_aside, send
from tests.recognizer.zips import bomb, symlink_to, zip_of

FILES = (("seven.png", SEVEN), ("notes.txt", BAD), ("again.png", SEVEN))


@pytest.fixture
def batch(client, network, visitor) -> Batch:
    """Store a batch of the client's visitor: a sure 7, a file that is no picture, a sure 7."""
    send(client, *FILES)
    return Batch.objects.get()


def page_of(client: Client, batch: Batch, query: str = "") -> str:
    answer = client.get(f"/batch/{batch.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def names_on(page: str) -> list[str]:
    return re.findall(r'<span class="batch-name">(.*?)</span>', page)


def assert_nothing_is_stored(settings):
    assert [model.objects.count() for model in (Batch, BatchItem, Picture)] == [0, 0, 0]
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


# Sending


def test_several_files_become_a_batch(client, network):
    answer = send(client, *FILES, may_train="on")

    batch = Batch.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/batch/{batch.pk}/")
    assert (batch.came_as, batch.total, batch.kind, batch.may_train) == ("files", 3, "cnn", True)
    assert "visitor" in client.cookies


def test_one_file_goes_to_its_picture_page(client, network):
    assert send(client, FILES[0]).url == f"/p/{Picture.objects.get().pk}/"
    assert not Batch.objects.exists()


@pytest.mark.parametrize(("name", "content_type"), [("all.zip", "text/plain"), ("all", "application/zip")])
def test_a_zip_becomes_a_batch_of_its_files(client, network, name, content_type):
    data = zip_of({"scans/": b"", "scans/seven.png": SEVEN, "scans/.DS_Store": b"x", "scans/inner.zip": zip_of({})})

    client.post("/upload/", {"image": SimpleUploadedFile(name, data, content_type)})

    batch = Batch.objects.get()
    assert (batch.came_as, batch.total) == ("zip", 2)
    assert list(batch.items.values_list("name", "state")) == [("seven.png", "read"), ("inner.zip", "failed")]


def test_files_and_zips_may_be_sent_together(client, network):
    send(client, FILES[0], ("two.zip", zip_of({"a.png": SEVEN, "b.png": SEVEN})), FILES[2])

    assert list(BatchItem.objects.values_list("name", flat=True)) == ["seven.png", "a.png", "b.png", "again.png"]


def test_a_picture_that_is_called_a_zip_is_a_picture(client, network):
    assert send(client, ("7.zip", SEVEN)).url.startswith("/p/")


def test_a_file_that_is_too_large_fails_alone(client, network):
    send(client, FILES[0], ("huge.png", SEVEN.ljust(MAX_UPLOAD_BYTES + 1, b"\0")), FILES[2])

    items = list(BatchItem.objects.values_list("name", "state", "problem"))
    assert items == [("seven.png", "read", ""), ("huge.png", "failed", "too_many_bytes"), ("again.png", "read", "")]


def test_a_script_is_told_the_address(client, network):
    answer = client.post(
        "/upload/",
        {"image": [SimpleUploadedFile(name, data) for name, data in FILES]},
        headers={"Accept": "application/json"},
    )

    assert (answer.status_code, answer.json()) == (201, {"url": f"/batch/{Batch.objects.get().pk}/"})


def test_a_script_is_told_what_is_wrong(client, network):
    form = {"image": SimpleUploadedFile("all.zip", zip_of({}))}

    answer = client.post("/upload/", form, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "empty_zip")


HOSTILE = {
    "bomb": (lambda: bomb(64), 413, "This zip unpacks to more than 400 MiB"),
    "2,001 files": (lambda: zip_of({f"{n}.png": b"7" for n in range(2001)}), 413, "There are more than 2,000 pictures"),
    "truncated": (lambda: zip_of({"7.png": SEVEN})[:-30], 400, "This zip cannot be opened"),
    "empty": (lambda: zip_of({}), 400, "There is no picture in this zip."),
}


@pytest.mark.parametrize(("make", "status", "sentence"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_zip_is_refused_and_nothing_stored(client, network, settings, make, status, sentence):
    answer = send(client, ("all.zip", make()))

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert_nothing_is_stored(settings)
    assert "visitor" not in client.cookies


def test_names_in_a_zip_are_labels_and_links_are_not_followed(client, network, settings):
    names = {"../../evil.png": SEVEN, "/etc/passwd": SEVEN, "<img src=x>.png": SEVEN, "a\\b\\c.png": SEVEN}

    send(client, ("all.zip", zip_of(names)), ("link.zip", symlink_to("/etc/passwd")))

    batch = Batch.objects.get()
    assert [item.name for item in batch.items.all()] == ["evil.png", "passwd", "<img src=x>.png", "c.png", "7.png"]
    assert batch.items.get(position=4).problem == "unsupported_format"
    files = [path for path in settings.MEDIA_ROOT.parent.rglob("*") if path.is_file()]
    assert sorted(path.stem for path in files) == sorted(picture.pk.hex for picture in Picture.objects.all())
    assert "<img src=x>" not in page_of(client, batch)


def test_more_than_is_kept_together_is_refused(client, network, settings, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_REQUEST_BYTES", 1000)

    answer = send(client, *FILES)

    assert answer.status_code == 413
    assert "These files are larger than 200 MiB together." in answer.content.decode()
    assert_nothing_is_stored(settings)


def test_more_files_than_a_batch_takes_are_refused(client, network, settings, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_FILES", 2)

    answer = send(client, *FILES)

    assert answer.status_code == 413
    assert "There are more than 2,000 pictures in this." in answer.content.decode()
    assert_nothing_is_stored(settings)


def test_a_script_is_told_that_there_are_too_many(client, network, settings):
    form = {"image": [SimpleUploadedFile(f"{number}.png", b"7") for number in range(2001)]}

    answer = client.post("/upload/", form, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_many_files")
    assert_nothing_is_stored(settings)


def test_a_script_is_told_in_its_own_way_that_the_form_is_not_ours(network, settings):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/upload/", {}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf")


def test_a_script_is_told_in_its_own_way_what_is_wrong_in_the_form(client, network, settings):
    form = {"image": SimpleUploadedFile("7.png", SEVEN), "source": "batch"}

    answer = client.post("/upload/", form, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_form")
    assert "batch" in answer.json()["error"]["message"]
    assert_nothing_is_stored(settings)


def test_who_has_many_batches_waiting_is_asked_to_wait(client, network, visitor, monkeypatch):
    monkeypatch.setattr(intake, "MOST_GOING_ON", 1)
    put_aside(visitor, SEVEN)
    monkeypatch.setattr(intake, "READ_AT_ONCE", 2)

    answer = send(client, *FILES)

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Several of your batches are still being read." in answer.content.decode()
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("address", ["/", "/api/v1/pictures/", "/api/v1/guess/", "/account/login/"])
def test_other_doors_take_no_more_files_than_before(client, network, settings, address):
    files = [SimpleUploadedFile("7.png", SEVEN) for _ in range(5)]

    assert client.post(address, {"image": files}).status_code == 400
    assert_nothing_is_stored(settings)


@pytest.mark.parametrize("address", ["/", "/api/v1/pictures/"])
def test_other_doors_keep_no_more_than_8_mib_of_what_is_called_a_zip(client, network, settings, address):
    huge = SimpleUploadedFile("7.zip", b"PK\x03\x04".ljust(MAX_UPLOAD_BYTES + 1, b"\0"), "application/zip")

    assert client.post(address, {"image": huge}).status_code == 413
    assert_nothing_is_stored(settings)


def test_it_wants_the_csrf_token(network, settings):
    assert send(Client(enforce_csrf_checks=True), *FILES).status_code == 403
    assert_nothing_is_stored(settings)


# How many


@pytest.fixture
def limited(settings, network, monkeypatch):
    settings.RATE_LIMIT = "20/min"
    monkeypatch.setattr(SimpleRateThrottle, "timer", staticmethod(lambda: 1_000_000.0))


def test_files_sent_together_count_a_tenth_each(client, limited):
    assert send(client, ("a.zip", zip_of({f"{n}.png": SEVEN for n in range(31)}))).status_code == 302

    left = [send(client, FILES[0]).status_code for _ in range(16)]  # 1 for the request and 4 for its files are gone

    assert left == [302] * 15 + [429]


def test_a_hundred_files_are_no_more_than_an_anonymous_visitor_may_send(client, settings, limited):
    settings.RATE_LIMIT = "60/min"

    assert send(client, ("a.zip", zip_of({f"{n}.png": b"7" for n in range(100)}))).status_code == 302


def test_batches_are_no_way_around_the_limit(client, limited, settings):
    large = ("a.zip", zip_of({f"{n}.png": b"7" for n in range(2000)}))

    answers = [send(client, large) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 429, 429]
    assert answers[1]["Retry-After"] == "60"
    assert Batch.objects.count() == 1


# Its page


def test_the_page_shows_each_file_and_what_came_of_it(client, batch):
    page = page_of(client, batch)

    assert names_on(page) == ["seven.png", "notes.txt", "again.png"]
    assert page.count("/thumbnail/") == 2
    assert "This file is not a PNG, JPEG, WebP, GIF or BMP picture." in page
    assert "Save the picture in one of these formats and send that." in page
    for picture in Picture.objects.all():
        assert f'href="/p/{picture.pk}/"' in page
    assert "batch-progress" not in page


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ("sure", ["sure.png"]),
        ("unsure", ["unsure.png"]),
        ("not_a_digit", ["scribble.png"]),
        ("failed", ["notes.txt"]),
        ("all", ["sure.png", "unsure.png", "scribble.png", "notes.txt"]),
        ("nonsense", ["sure.png", "unsure.png", "scribble.png", "notes.txt"]),
    ],
)
def test_it_is_narrowed_down_by_the_query_string(client, batch, wish, names):
    batch.items.all().delete()
    rows = [("sure.png", "digit"), ("unsure.png", "unsure"), ("scribble.png", "not_a_digit")]
    for position, (name, verdict) in enumerate(rows):
        BatchItem.objects.create(batch=batch, position=position, name=name, state="read", verdict=verdict)
    BatchItem.objects.create(batch=batch, position=3, name="notes.txt", state="failed", problem="no_ink")

    page = page_of(client, batch, f"?show={wish}")

    assert names_on(page) == names
    assert re.findall(r'batch-count">(\d+)', page) == ["3", "1", "1", "1", "1"]


def test_it_has_pages(client, batch, monkeypatch):
    monkeypatch.setattr(results, "PAGE_SIZE", 2)

    first = page_of(client, batch)
    second = page_of(client, batch, "?after=1")
    back = page_of(client, batch, "?before=2")

    assert [names_on(page) for page in (first, second, back)] == [
        ["seven.png", "notes.txt"], ["again.png"], ["seven.png", "notes.txt"],
    ]  # fmt: skip
    ways = [re.findall(r'href="([^"]*)" rel="(prev|next)"', page) for page in (first, second)]
    assert ways == [[("?after=1", "next")], [("?before=2", "prev")]]


@pytest.mark.parametrize("query", ["?after=99", "?before=0", "?after=-1", "?after=x", "?after=٣", "?after=" + "9" * 99])
def test_a_place_that_is_not_there_is_the_beginning(client, batch, query):
    assert names_on(page_of(client, batch, query)) == ["seven.png", "notes.txt", "again.png"]


def test_the_number_of_queries_does_not_grow_with_the_files(client, network, visitor, django_assert_max_num_queries):
    send(client, *[(f"{n}.png", png_of("7428", side=60)) for n in range(20)])

    with django_assert_max_num_queries(14):
        page_of(client, Batch.objects.get())


def test_a_picture_that_was_deleted_since_is_said_to_be(client, batch):
    Picture.objects.first().delete()

    assert "You have deleted this picture." in page_of(client, batch)


def test_a_correction_is_shown(client, batch):
    glyph = batch.items.get(position=0).picture.glyphs.get()
    client.post(f"/p/{glyph.picture_id}/label/", {"glyph": glyph.pk, "label": "3"})

    assert re.search(r'cell-reading"><a [^>]*>\s*3\s*<', page_of(client, batch))


def test_the_upload_page_lists_what_was_sent_together(client, batch):
    assert f'href="/batch/{batch.pk}/"' in client.get("/upload/").content.decode()


# While it is read


@pytest.fixture
def waiting(client, network, visitor) -> Batch:
    return put_aside(visitor, SEVEN, BAD)


def test_more_files_than_are_read_at_once_wait_for_a_worker(client, network, monkeypatch):
    monkeypatch.setattr(intake, "READ_AT_ONCE", 2)

    answer = send(client, *FILES)

    assert Batch.objects.get().is_going_on
    page = client.get(answer.url).content.decode()
    assert "<batch-progress" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert not Picture.objects.exists()


def test_its_progress_is_told(client, waiting):
    told = client.get(f"/batch/{waiting.pk}/progress/").json()

    assert told == {"done": 0, "total": 2, "failed": 0, "is_finished": False, "is_without_worker": False}


def test_its_progress_is_told_when_it_is_done(client, batch):
    told = client.get(f"/batch/{batch.pk}/progress/").json()

    assert told == {"done": 3, "total": 3, "failed": 1, "is_finished": True, "is_without_worker": False}


def test_it_is_stopped(client, waiting):
    answer = client.post(f"/batch/{waiting.pk}/stop/", follow=True)

    page = answer.content.decode()
    assert "The batch is stopped." in page
    assert page.count("This file was not read, because the batch was stopped.") == 2
    assert "0 were read. Then it was stopped: 2 files were left unread." in page
    assert "could not be read" not in page


# The table


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))


def test_all_results_are_a_table(client, batch):
    answer = client.get(f"/batch/{batch.pk}/results.csv")

    first, second, third = rows_of(answer)
    picture = batch.items.get(position=0).picture
    assert (first["number"], first["file"], first["state"], first["reading"]) == ("1", "seven.png", "read", "7")
    assert (first["verdict"], first["picture"]) == ("digit", f"http://testserver/p/{picture.pk}/")
    assert 0.9 < float(first["confidence"]) <= 1
    assert (second["state"], second["reading"], third["reading"]) == ("failed", "", "7")
    assert second["problem"].startswith("This file is not a PNG")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="batch-[\d-]+\.csv"', answer["Content-Disposition"])


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "=1+1|cmd", "＝1", 'a,b"c'])
def test_no_cell_of_the_table_is_a_formula(client, batch, name):
    batch.items.filter(position=0).update(name=name)

    cell = rows_of(client.get(f"/batch/{batch.pk}/results.csv"))[0]["file"]

    assert cell[0] not in "=+-@"
    assert cell.removeprefix("'") == name


def test_it_is_made_of_pieces_between_which_nothing_is_held(client, batch, monkeypatch):
    monkeypatch.setattr(results, "ROWS_AT_ONCE", 1)
    lines = results.csv_rows(batch, str)
    next(lines), next(lines)

    BatchItem.objects.filter(position=2).update(name="renamed meanwhile.png")

    assert [line.split(b",")[:2] for line in lines] == [[b"2", b"notes.txt"], [b"3", b"renamed meanwhile.png"]]


def test_its_head_is_told_without_the_table(client, batch):
    answer = client.head(f"/batch/{batch.pk}/results.csv")

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"")


# Consent and end


@pytest.mark.parametrize("may_train", [True, False])
def test_consent_is_given_and_taken_back_for_all(client, batch, may_train):
    Batch.objects.update(may_train=not may_train)
    Picture.objects.update(may_train=not may_train)

    client.post(f"/batch/{batch.pk}/consent/", {"may_train": "on"} if may_train else {})

    assert set(Picture.objects.values_list("may_train", flat=True)) == {may_train}
    assert Batch.objects.get().may_train is may_train


@pytest.mark.django_db(transaction=True)
def test_it_is_deleted_with_all_that_was_read(client, batch, settings):
    answer = client.post(f"/batch/{batch.pk}/delete/", follow=True)

    assert "The batch is deleted" in answer.content.decode()
    assert_nothing_is_stored(settings)


def test_it_follows_its_visitor_into_an_account(client, batch, django_user_model):
    django_user_model.objects.create_user("ada", password="lovelace-1843")

    client.post("/account/login/", {"username": "ada", "password": "lovelace-1843"})

    assert client.get(f"/batch/{batch.pk}/").status_code == 200


def test_what_is_stored_after_its_sender_has_logged_in_is_theirs(client, visitor, network, admin_user, monkeypatch):
    given_files = intake.given_files

    def log_in_meanwhile(uploads):
        client.post("/account/login/", {"username": "admin", "password": "password"})
        return given_files(uploads)

    monkeypatch.setattr(intake, "given_files", log_in_meanwhile)
    other_tab = Client()
    other_tab.cookies["visitor"] = client.cookies["visitor"].value

    answer = send(other_tab, *FILES)

    assert client.get(answer.url).status_code == 200
    assert {picture.user for picture in Picture.objects.all()} == {admin_user}


# Whose it is

PLACES = ("", "progress/", "results.csv")
ACTIONS = ("stop/", "consent/", "delete/")


@pytest.fixture(params=["anonymous", "user", "superuser"])
def stranger(request, batch, django_user_model) -> Client:
    client = Client()
    if request.param != "anonymous":
        is_staff = request.param == "superuser"
        client.force_login(django_user_model.objects.create_user("eve", is_staff=is_staff, is_superuser=is_staff))
    return client


def test_a_stranger_sees_nothing_of_it_and_changes_nothing(stranger, batch):
    seen = [stranger.get(f"/batch/{batch.pk}/{place}").status_code for place in PLACES]
    done = [stranger.post(f"/batch/{batch.pk}/{action}").status_code for action in ACTIONS]

    assert seen + done == [404] * 6
    assert Batch.objects.get().items.count() == 3
    assert str(batch.pk) not in stranger.get("/upload/").content.decode()


def test_a_batch_that_is_not_there_is_nobodys(client, visitor, db):
    assert client.get(f"/batch/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_only_a_form_of_ours_changes_it(client, batch, action):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    assert client.get(f"/batch/{batch.pk}/{action}").status_code == 405
    assert strict.post(f"/batch/{batch.pk}/{action}").status_code == 403
