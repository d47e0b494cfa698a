"""Pictures that an older release stored beside this one's database: without traits."""

import pytest
from django.core.management import call_command

from recognizer.history import missing_traits
from recognizer.history.traits import LABELLED, READ_SURELY, holding
from recognizer.models import Picture
from tests.recognizer.rows import make_picture, make_version


@pytest.fixture
def _stored_by_an_older_release(db, visitor, monkeypatch):
    """Store three pictures, of which one is labelled, without traits; two go in a transaction."""
    monkeypatch.setattr(missing_traits, "AT_ONCE", 2)
    version = make_version()
    for digit in "774":
        make_picture(version, visitor, digit)
    Picture.objects.get(reading="4").glyphs.get().set_label(9, owner=visitor, where="page")
    Picture.objects.update(traits=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_stored_by_an_older_release")
def test_when_a_worker_starts_filters_find_them_again(client):
    assert client.get("/history/?digit=7").context["pictures"] == []

    call_command("db_worker", queue_name="pictures", batch=True, startup_delay=False, verbosity=0)

    assert len(client.get("/history/?digit=7").context["pictures"]) == 2
    assert Picture.objects.get(reading="4").traits == holding(9) | READ_SURELY | LABELLED


def test_others_are_left_as_they_are(db):
    picture = make_picture(make_version())
    Picture.objects.update(traits=READ_SURELY)

    missing_traits.write_missing_traits()

    picture.refresh_from_db()
    assert picture.traits == READ_SURELY
