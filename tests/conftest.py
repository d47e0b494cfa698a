"""What every test stands on: an own folder for files, no rate limit, and a model, real or pretended."""

import uuid
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.core.management import call_command
from django.test import Client

from recognizer import registry
from recognizer.inference.artifacts import Artifact
from recognizer.inference.loading import load_predictor
from recognizer.inference.predictor import Predictor
from recognizer.models import ModelVersion, Picture
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.own_site import OwnSite
from tests.pictures import png_of


@pytest.fixture(autouse=True)
def _own_surroundings(settings, tmp_path):
    """Give each test a media folder, a cache and model folders of its own, and no rate limit."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MODEL_ROOT = tmp_path / "models"
    settings.RATE_LIMIT = "off"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }
    settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    registry.forget()
    yield
    registry.forget()


class StubNetwork:
    """Answers every glyph with the same logits, which a test may change."""

    def __init__(self) -> None:
        self.logits = np.zeros(11, np.float32)
        self.calls = 0
        self.says(7)

    def says(self, digit: int, *, logit: float = 12.0, runner_up: int | None = None) -> None:
        """Answer this class from now on, 10 for not a digit; sure of it unless there is a runner-up."""
        self.logits[:] = 0
        self.logits[digit] = logit
        if runner_up is not None:
            self.logits[runner_up] = logit - 0.3

    def __call__(self, glyphs: np.ndarray) -> np.ndarray:
        self.calls += 1
        return np.tile(self.logits, (len(glyphs), 1))


@pytest.fixture
def network(db, monkeypatch) -> StubNetwork:
    """Put a stub in the place of the active CNN; it reads every mark as a sure 7."""
    stub = StubNetwork()
    version = ModelVersion.objects.create(kind="cnn", version="stub", folder="stub", sha256="0" * 64, state="active")
    monkeypatch.setattr(registry, "load_predictor", lambda artifact: Predictor(stub, 1.0, 0.9, 0.5))
    monkeypatch.setattr(registry, "read_artifact", lambda folder: type("Artifact", (), {"sha256": version.sha256}))
    return stub


_released_networks: dict[Path, Predictor] = {}


def load_released_once(artifact: Artifact) -> Predictor:
    """Return the artifact's network; a released one is loaded once for all tests: most take less time than that."""
    if artifact.folder.parent != django_settings.RELEASED_MODEL_ROOT:
        return load_predictor(artifact)
    if artifact.folder not in _released_networks:
        _released_networks[artifact.folder] = load_predictor(artifact)
    return _released_networks[artifact.folder]


@pytest.fixture(scope="session")
def own_database(tmp_path_factory) -> Path:
    """Make the SQLite file of an OwnSite, migrated and with the released models registered, for tests to copy."""
    site = OwnSite(tmp_path_factory.mktemp("own"))
    prepare = "call_command('migrate', verbosity=0); call_command('register_models', verbosity=0)"
    site.ask("1", before=f"from django.core.management import call_command; {prepare}")
    return site.folder / "db.sqlite3"


@pytest.fixture
def real_network(db, monkeypatch) -> ModelVersion:
    """Register the released models as `make run` does; the network that answers is the real one."""
    monkeypatch.setattr(registry, "load_predictor", load_released_once)
    call_command("register_models", verbosity=0)
    return ModelVersion.objects.get(kind="cnn", state="active")


@pytest.fixture
def visitor(client: Client) -> Owner:
    """Make the test client a visitor who has a cookie."""
    number = uuid.uuid4()
    client.cookies["visitor"] = signing.get_cookie_signer(salt="visitor").sign(str(number))
    return Owner(visitor=number)


@pytest.fixture
def picture(network: StubNetwork, visitor: Owner) -> Picture:
    """Store a picture of the client's visitor, read as a sure 7."""
    return recognize(png_of("7"), owner=visitor, source="draw")


@pytest.fixture
def other_picture(network: StubNetwork) -> Picture:
    """Store a picture of somebody else."""
    return recognize(png_of("7"), owner=Owner(visitor=uuid.uuid4()), source="draw")


@pytest.fixture
def admin_picture(network: StubNetwork, admin_user) -> Picture:
    """Store a picture of the superuser whom admin_client is logged in as."""
    return recognize(png_of("7"), owner=Owner(user=admin_user), source="upload", name="seven.png")
