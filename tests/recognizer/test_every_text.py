"""No page, in whatever state, holds a sentence that is not translated."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recognizer.models import Picture
from tests.marked_language import unmarked_texts
from tests.pictures import png_of
from tests.recognizer.bad_pictures import BAD_PICTURES
from tests.recognizer.crawling import crawled, view_of
from tests.recognizer.outages import lost_database

NAMES = {
    *("digitsite", "ada", "MNIST", "NumPy", "Keras", "MLP", "IDX", "PNG", "CSV", "API", "SHA", "cnn", "mlp", "numpy"),
    *("stub", "png", "curl"),
}
"""What is called the same in every language: the site, who looks, data sets, formats, kinds of network, keys."""
ADMIN_NAMES = {"True", "False", "ID", "Search", "Knox", "Auth", "tokens", "Tasks", "Database", "Backend"}
"""What Django's admin and the apps beside ours say in English alone."""
VIEWS = {
    *("draw", "upload", "batch", "history", "history-delete-all", "picture", "glyph-why", "models", "model"),
    *("about", "privacy", "account", "password_change", "account-delete", "review", "dashboard"),
    *("dashboard-confusion", "exports", "trainings", "training"),
}
"""What links lead a superuser to."""
PASSWORD = "a fine long one"
BESIDE = {"login", "signup", "password_change_done"}
"""Pages that no link leads a superuser to; they are asked for one by one."""


def found_on(pages: dict[str, str], more_names: set[str] = frozenset()) -> dict[str, str]:
    """Return every text that was never translated, with an address at which it stands."""
    names = NAMES | {"admin"} | more_names
    return {text: address for address, page in pages.items() for text in unmarked_texts(page, names)}


def test_every_page_is_translated(full_site, marked):
    pages = crawled(full_site, "/", leaving_out=("admin:index",))
    own = {address: page for address, page in pages.items() if not address.startswith("/admin/")}

    assert {view_of(address) for address in own} >= VIEWS
    assert found_on(own) == {}


def test_every_page_is_translated_where_there_is_nothing_yet(admin_client, client, marked):
    addresses = (
        "/",
        "/upload/",
        "/history/",
        "/models/",
        "/review/",
        "/dashboard/",
        "/exports/",
        "/trainings/",
        "/account/",
    )
    pages = {address: admin_client.get(address).content.decode() for address in addresses}
    for address in ("/", "/history/", "/account/login/", "/account/signup/", "/about/", "/nowhere/"):
        pages[f"visitor {address}"] = client.get(address).content.decode()
    done = {"old_password": "password", "new_password1": PASSWORD, "new_password2": PASSWORD}
    pages["a new password"] = admin_client.post("/account/password/", done, follow=True).content.decode()

    assert found_on(pages) == {}


@pytest.mark.parametrize("bad", BAD_PICTURES.values(), ids=BAD_PICTURES)
def test_every_refusal_of_a_picture_is_translated(client, network, marked, bad):
    page = client.post("/upload/", bad.form()).content.decode()
    told = client.post("/api/v1/pictures/", bad.form()).json()["error"]

    assert found_on({"/upload/": page}) == {}
    assert (told["code"], unmarked_texts(told["message"], NAMES)) == (bad.code, [])


def test_every_refusal_of_a_request_is_translated(client, network, picture, settings, marked):
    image = {"image": SimpleUploadedFile("7.png", png_of())}
    careful = Client(enforce_csrf_checks=True)
    answers = {
        "another's picture": client.get("/p/00000000-0000-0000-0000-000000000000/"),
        "a wrong method": client.get(f"/p/{picture.pk}/delete/"),
        "a form that expired": careful.post("/upload/", image),
        "a page of staff": Client().get("/dashboard/", follow=True),
        "a host that is not ours": client.get("/", headers={"Host": "elsewhere.example"}),
        "no label": client.post(f"/p/{picture.pk}/label/", {"glyph": "1", "label": "seven"}, follow=True),
        "a wrong password": client.post("/account/login/", {"username": "ada", "password": "1"}),
        "half a form": client.post("/account/signup/", {"username": "ada", "password1": "1", "password2": "2"}),
    }
    with lost_database():
        answers["no database"] = client.get("/history/")
    settings.RATE_LIMIT = "1/min"
    for _ in range(2):
        answers["too many"] = client.post("/upload/", {"image": SimpleUploadedFile("7.png", png_of())})

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "another's picture": 404,
        "a wrong method": 405,
        "a form that expired": 403,
        "a page of staff": 200,
        "a host that is not ours": 400,
        "no label": 200,
        "a wrong password": 200,
        "half a form": 400,
        "no database": 503,
        "too many": 429,
    }
    assert found_on({name: answer.content.decode() for name, answer in answers.items()}) == {}


def test_a_broken_site_says_so_in_the_language_of_who_asks(client, network, marked, monkeypatch):
    monkeypatch.setattr(Picture.objects, "owned_by", lambda owner: 1 / 0)
    client.raise_request_exception = False

    pages = {address: client.get(address) for address in ("/history/", "/p/00000000-0000-0000-0000-000000000000/")}

    assert {page.status_code for page in pages.values()} <= {500, 200}
    assert found_on({address: page.content.decode() for address, page in pages.items()}) == {}


def test_every_refusal_of_the_api_is_translated(client, network, picture, marked):
    glyph = picture.glyphs.get()
    answers = [
        client.get("/api/v1/pictures/00000000-0000-0000-0000-000000000000/"),
        client.post("/api/v1/guess/", {"image": SimpleUploadedFile("7.png", png_of()), "model": "oracle"}),
        client.put(f"/api/v1/glyphs/{glyph.pk}/label/", {"label": 11}, content_type="application/json"),
        client.get("/api/v1/pictures/", headers={"Authorization": "Token 1"}),
        client.delete("/api/v1/models/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 400, 400, 401, 405]
    told = " ".join(answer.json()["error"]["message"] for answer in answers)
    assert unmarked_texts(told, NAMES | {"label"}) == []


def test_every_page_of_the_admin_is_translated(full_site, marked):
    pages = crawled(full_site, "/admin/recognizer/", "/admin/recognizer/glyph/import/", leaving_out=tuple(VIEWS))
    own = {address: page for address, page in pages.items() if address.startswith("/admin/recognizer/")}

    assert len({view_of(address) for address in own}) >= 12
    assert found_on(own, ADMIN_NAMES) == {}
