"""Trained networks in the bucket: what one machine registers, another one without the folder reads with."""

import errno
import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from recognizer import registry, shared_artifacts
from recognizer.inference.artifacts import ArtifactError, ArtifactMissingError, read_artifact
from recognizer.learning.artifact_zip import artifact_zip
from recognizer.learning.promotion import PromotionError, promote
from recognizer.models import ModelVersion
from recognizer.operations import media
from tests.recognizer.artifacts import make_artifact
from tests.recognizer.rows import make_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bucket")]

AWAY = EndpointConnectionError(endpoint_url="http://bucket")


def register() -> str:
    """Run register_models; return what it warns of."""
    warned = io.StringIO()
    call_command("register_models", stdout=io.StringIO(), stderr=warned)
    return warned.getvalue()


@pytest.fixture(autouse=True)
def _no_released_models(settings, tmp_path):
    settings.RELEASED_MODEL_ROOT = tmp_path / "released"


@pytest.fixture
def version(settings) -> ModelVersion:
    """Register a trained version on a machine that then goes: its folders are not those of this one."""
    make_artifact(settings.MODEL_ROOT, "cnn", "ours")
    register()
    settings.MODEL_ROOT = settings.MODEL_ROOT.parent / "other-models"
    return ModelVersion.objects.get()


def place_of(version: ModelVersion) -> str:
    return f"models/{version.sha256}"


def test_another_machine_fetches_what_one_registered(version):
    artifact = registry.registered_artifact(version)

    assert artifact.sha256 == version.sha256
    assert read_artifact(artifact.folder).card["thresholds"] == version.card["thresholds"]


def test_what_was_fetched_is_not_fetched_again(version, bucket_away):
    fetched = registry.registered_artifact(version)

    bucket_away(AWAY)

    assert registry.registered_artifact(version) == fetched


def test_many_that_fetch_it_at_once_all_get_it_whole(version, monkeypatch):
    asked = []
    content_of = shared_artifacts._content
    monkeypatch.setattr(shared_artifacts, "_content", lambda name: asked.append(name) or content_of(name))

    with ThreadPoolExecutor(8) as threads:
        fetched = list(threads.map(shared_artifacts.fetch, [version] * 16))

    assert {artifact.sha256 for artifact in fetched} == {version.sha256}
    assert asked == [place_of(version)]


@pytest.mark.parametrize("file", ["model.keras", "card.json"])
def test_a_fetched_copy_that_is_damaged_is_fetched_anew(version, file):
    folder = registry.registered_artifact(version).folder
    (folder / file).write_bytes(b"damaged")

    assert read_artifact(registry.registered_artifact(version).folder).sha256 == version.sha256


def test_a_trained_folder_that_is_damaged_is_not_touched_and_the_bucket_s_is_read(version, settings):
    folder = settings.MODEL_ROOT / version.folder
    folder.mkdir(parents=True)
    (folder / "model.keras").write_bytes(b"damaged")

    assert registry.registered_artifact(version).sha256 == version.sha256
    assert (folder / "model.keras").read_bytes() == b"damaged"


def test_while_the_bucket_is_away_it_cannot_be_loaded_and_nothing_is_left_behind(version, bucket_away, settings):
    bucket_away(AWAY)

    with pytest.raises(ArtifactError, match="cannot be fetched"):
        registry.registered_artifact(version)
    assert list(settings.MODEL_ROOT.rglob("*.keras")) == []


def test_another_file_in_its_place_is_refused_and_not_kept(version, settings):
    default_storage.save(place_of(version), ContentFile(b"else"))

    with pytest.raises(ArtifactError, match="another file"):
        registry.registered_artifact(version)
    assert list(settings.MODEL_ROOT.rglob("*.keras")) == []


def test_what_the_bucket_does_not_have_is_missing(version):
    default_storage.delete(place_of(version))

    with pytest.raises(ArtifactMissingError):
        registry.registered_artifact(version)


def test_the_last_good_version_goes_on_while_the_new_one_cannot_be_fetched(version, monkeypatch, bucket, settings):
    good = make_artifact(settings.MODEL_ROOT, "cnn", "good")
    make_version("cnn", "good", sha256=read_artifact(good).sha256)
    monkeypatch.setattr(registry, "load_predictor", lambda artifact: artifact.version)
    assert registry.get_model().predictor == "good"
    with monkeypatch.context() as away:
        away.setattr(default_storage, "open", raise_away)
        version.activate()
        registry.refresh()
        assert registry.get_model().predictor == "good"

    monkeypatch.setattr(registry, "RETRY_SECONDS", 0.0)
    registry.refresh()
    assert registry.get_model().predictor == "ours"


def raise_away(*args, **kwargs):
    raise OSError(errno.EIO, "The bucket cannot be used")


def test_a_network_that_cannot_be_put_there_is_not_registered_and_told(settings, bucket_away):
    make_artifact(settings.MODEL_ROOT, "cnn", "ours")
    bucket_away(AWAY)

    warned = register()

    assert "Left out cnn-ours: cnn-ours cannot be put into the bucket: The bucket cannot be used" in warned
    assert not ModelVersion.objects.exists()


def test_one_that_does_not_come_there_whole_is_taken_away_again(settings, monkeypatch):
    artifact = read_artifact(make_artifact(settings.MODEL_ROOT, "cnn", "ours"))
    monkeypatch.setattr(shared_artifacts, "_content", lambda name: b"half")

    with pytest.raises(ArtifactError, match="as it is here"):
        shared_artifacts.share(artifact)
    assert not default_storage.exists(f"models/{artifact.sha256}")


def test_what_was_registered_before_there_was_a_bucket_is_put_there(settings):
    make_artifact(settings.MODEL_ROOT, "cnn", "ours")
    bucket, settings.MEDIA_BUCKET = settings.MEDIA_BUCKET, ""
    register()
    settings.MEDIA_BUCKET = bucket
    assert not shared_artifacts.is_shared(ModelVersion.objects.get())

    register()

    assert shared_artifacts.is_shared(ModelVersion.objects.get())


def test_a_machine_that_did_not_train_it_can_promote_it(version, admin_user):
    promote(version, admin_user, "a try")

    version.refresh_from_db()
    assert version.state == "active"


def test_what_the_bucket_has_lost_is_not_promoted(version, admin_user):
    default_storage.delete(place_of(version))

    with pytest.raises(PromotionError, match="cannot be loaded"):
        promote(version, admin_user, "a try")


def test_a_promotion_puts_it_there_or_says_why_it_cannot(settings, admin_user):
    make_artifact(settings.MODEL_ROOT, "cnn", "ours")
    bucket, settings.MEDIA_BUCKET = settings.MEDIA_BUCKET, ""
    register()
    settings.MEDIA_BUCKET = bucket
    version = ModelVersion.objects.get()
    with pytest.MonkeyPatch.context() as away:
        away.setattr(default_storage, "exists", raise_away)
        with pytest.raises(PromotionError, match="cannot be put into the bucket: The bucket cannot be used"):
            promote(version, admin_user, "a try")

    promote(version, admin_user, "a try")

    assert shared_artifacts.is_shared(version)


def test_released_networks_come_with_the_code(settings):
    make_artifact(settings.RELEASED_MODEL_ROOT, "cnn", "1")

    register()

    assert not shared_artifacts.is_shared(ModelVersion.objects.get())


def test_a_new_release_does_not_take_over_from_what_another_machine_trained(version, settings):
    version.activate()
    make_artifact(settings.RELEASED_MODEL_ROOT, "cnn", "2")

    register()

    version.refresh_from_db()
    assert version.state == "active"


def test_the_card_of_one_machine_does_not_undo_what_another_measured(settings):
    make_artifact(settings.MODEL_ROOT, "cnn", "ours")
    register()
    ModelVersion.objects.update(card={**ModelVersion.objects.get().card, "figures": {"pictures": {"n": 12}}})

    register()

    assert ModelVersion.objects.get().card["figures"] == {"pictures": {"n": 12}}


def test_it_is_no_orphan_among_the_pictures(version):
    out = io.StringIO()
    call_command("check_media", stdout=out)

    assert out.getvalue().strip() == "0 files: 0 missing, 0 wrong checksum, 0 orphan."
    assert list(media.stored_names()) == []


def test_it_can_be_taken_along_as_a_zip(version):
    file, name = artifact_zip(version)

    with file:
        assert name == "cnn-ours.zip"


@pytest.mark.django_db(transaction=True)
def test_it_is_backed_up_from_any_machine_and_put_back_for_all(version, settings, tmp_path):
    call_command("backup", str(tmp_path / "backup"), stdout=io.StringIO())
    default_storage.delete(place_of(version))
    settings.MODEL_ROOT = tmp_path / "third-models"

    call_command("restore", str(tmp_path / "backup"), "--force", stdout=io.StringIO())

    assert (settings.MODEL_ROOT / "cnn-ours" / "card.json").is_file()
    assert shared_artifacts.is_shared(version)


@pytest.mark.django_db(transaction=True)
def test_a_backup_tells_of_one_that_the_bucket_does_not_give(version, tmp_path):
    default_storage.save(place_of(version), ContentFile(b"else"))
    made, told = io.StringIO(), io.StringIO()

    call_command("backup", str(tmp_path / "backup"), stdout=made, stderr=told)

    assert "0 files, 0 trained networks; 0 deleted meanwhile." in made.getvalue()
    assert "Missing already: 1." in told.getvalue()


def test_without_a_bucket_there_is_none_to_ask(settings):
    settings.MEDIA_BUCKET = ""
    artifact = read_artifact(make_artifact(settings.MODEL_ROOT, "cnn", "ours"))
    shared_artifacts.share(artifact)
    version = make_version("cnn", "ours", sha256=artifact.sha256)
    shutil.rmtree(artifact.folder)

    assert list(Path(settings.MODEL_ROOT).iterdir()) == []
    assert not shared_artifacts.is_shared(version)
    with pytest.raises(ArtifactMissingError):
        registry.registered_artifact(version)
