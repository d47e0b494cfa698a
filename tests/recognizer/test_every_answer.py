"""What the site says once something was done is translated as well, and no page is left out."""

from django.test import Client

from recognizer import urls
from recognizer.models import Batch, Glyph, ModelVersion, Picture, TrainingRun
from tests.recognizer.crawling import view_of
from tests.recognizer.test_every_text import BESIDE, VIEWS, found_on

NO_TEXT = {
    *("picture-image", "picture-thumbnail", "review-image", "review-thumbnail"),
    *("batch-results", "history-download", "history-download-selected", "model-download", "export"),
    *("batch-progress", "training-progress", "review-next", "healthz", "readyz", "metrics", "logout"),
}
"""Files, figures for scripts and monitors, and what leads elsewhere without a word."""


def forms_of(site: Client) -> list[tuple[str, dict]]:
    """Return what can be sent on the full site, in an order in which nothing is gone before its turn."""
    version = ModelVersion.objects.get(kind="cnn", state="candidate")
    own = Picture.objects.get(source="upload")
    other = Picture.objects.filter(source="draw", user=own.user).first()
    glyph = own.glyphs.first()
    batch, waiting = Batch.objects.filter(finished=None)
    labelled = Glyph.objects.filter(labelled_by=own.user)[:3]
    doubted = Glyph.objects.filter(label__isnull=False, labelled_by=None).first()
    queued = TrainingRun.objects.get(state="queued")
    picture, history = f"/p/{own.pk}/", {"picture": [str(own.pk), str(other.pk)]}
    item = {"glyph": glyph.pk, "read": glyph.answer.value}
    promotion = f"/promotions/{version.pk}/"
    return [
        (f"{picture}label/", {"glyph": glyph.pk, "label": "5"}),
        (f"{picture}label/", {"glyph": glyph.pk, "label": ""}),
        ("/review/answer/", item | {"answer": "3", "label": "", "is_usable": "1"}),
        ("/review/answer/", item | {"answer": "4", "label": "", "is_usable": "1"}),
        ("/review/answer/", item | {"answer": "unusable", "label": "3", "is_usable": "1"}),
        ("/review/answer/", item | {"answer": "skip"}),
        ("/review/answer/", item | {"answer": "seven"}),
        *[("/review/undo/", {})] * 4,
        ("/review/hide/", {"hides": "1"}),
        ("/review/unskip/", {}),
        (f"{picture}confirm/", {}),
        (f"{picture}consent/", {"may_train": "on"}),
        (f"{picture}consent/", {}),
        ("/history/training/", history | {"may_train": "yes"}),
        ("/history/training/", history),
        ("/history/delete/", {}),
        ("/history/delete/", history),
        (f"/batch/{batch.pk}/consent/", {"may_train": "on"}),
        (f"/batch/{batch.pk}/consent/", {}),
        (f"/batch/{batch.pk}/stop/", {}),
        (f"/batch/{waiting.pk}/delete/", {}),
        ("/trainings/", {"kind": "cnn", "start": "active", "epochs": "0"}),
        (f"/trainings/{queued.pk}/cancel/", {}),
        (f"/trainings/{queued.pk}/cancel/", {}),
        (f"/trainings/{queued.pk}/again/", {}),
        *[(f"/trainings/labels/{doubted.pk}/confirm/", {"label": doubted.label})] * 2,
        (f"/trainings/labels/{labelled[0].pk}/confirm/", {}),
        (f"/trainings/labels/{labelled[0].pk}/keep-out/", {}),
        (f"{promotion}compare/", {}),
        (promotion, {}),
        (promotion, {"reason": "1"}),
        ("/promotions/cnn/rollback/", {}),
        ("/promotions/mlp/rollback/", {}),
        ("/account/tokens/", {}),
        (f"/account/tokens/{site.get('/account/').context['tokens'][0].token_key}/revoke/", {}),
        (f"{picture}delete/", {}),
        ("/history/delete-all/", {}),
        ("/history/delete-all/?digit=x", {}),
        ("/account/delete/", {"password": "wrong"}),
        ("/account/delete/", {"password": "password"}),
    ]


def test_every_answer_to_a_form_is_translated(full_site, marked):
    pages, statuses = {}, set()
    for number, (address, data) in enumerate(forms_of(full_site)):
        answer = full_site.post(address, data, follow=True, headers={"Accept": "text/html"})
        pages[f"{number} {address}"] = answer.content.decode()
        statuses.add(answer.status_code)

    assert statuses == {200, 400}
    assert found_on(pages) == {}


def test_a_long_deletion_tells_how_far_it_is_in_the_language_of_who_asks(full_site, marked, monkeypatch):
    for view in ("whole_history", "account_deletion"):
        monkeypatch.setattr(f"recognizer.views.{view}.WITHIN_SECONDS", 0)

    pages = {
        "pictures": full_site.post("/history/delete-all/", {"confirmed": "on"}).content.decode(),
        "account": full_site.post("/account/delete/", {"password": "password"}).content.decode(),
    }

    assert all('name="deleted"' in page for page in pages.values())
    assert found_on(pages) == {}


def test_no_page_is_left_out(full_site):
    """A new page has to be named here, or in VIEWS, or among the forms above."""
    answered = {view_of(address) for address, _ in forms_of(full_site)}

    assert {pattern.name for pattern in urls.urlpatterns} == VIEWS | BESIDE | NO_TEXT | answered
