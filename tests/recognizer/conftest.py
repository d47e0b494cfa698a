"""What these tests do without: static files, which WhiteNoise would look through for every test client."""

import pytest

from recognizer.models import Glyph, Picture


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def _no_static_files(settings, empty_folder):
    """Serve static files from an empty folder; more than half of the tests' time is saved by it."""
    settings.STATIC_ROOT = empty_folder


@pytest.fixture
def vanishing_pictures(monkeypatch):
    """Let every picture be deleted by somebody else just before a label is written."""
    set_label = Glyph.set_label

    def delete_and_set_label(glyph: Glyph, *args, **kwargs) -> bool:
        Picture.objects.filter(pk=glyph.picture_id).delete()
        return set_label(glyph, *args, **kwargs)

    monkeypatch.setattr(Glyph, "set_label", delete_and_set_label)
