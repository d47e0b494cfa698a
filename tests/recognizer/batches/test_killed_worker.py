"""A batch and the processes that read it: one is killed, another goes on, and each picture is read once."""

import os
import shutil
import signal

import pytest

from tests.own_site import OwnSite, wait_for

FILES = 300
PUT_ASIDE = f"""
import uuid
from tests.recognizer.batches.files import SEVEN, put_aside
from recognizer.owners import Owner
batch = put_aside(Owner(visitor=uuid.uuid4()), *[SEVEN] * {FILES}, kind="numpy_mlp")
"""
WORKER = ("manage.py", "db_worker", "--queue-name", "pictures", "--no-startup-delay")


@pytest.fixture
def site(own_database, tmp_path):
    shutil.copy(own_database, tmp_path)
    site = OwnSite(tmp_path)
    yield site
    site.end()


def test_what_a_killed_worker_leaves_another_reads_once(site):
    site.ask("1", before=PUT_ASIDE)
    worker = site.start(*WORKER)
    read = "BatchItem.objects.filter(state='read').count()"
    wait_for(lambda: site.ask(read) > 0)

    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    already = site.ask(read)
    assert already < FILES, "It was too quick to be killed."
    waiting = site.ask("BatchItem.objects.filter(state='waiting').update(claimed=None)")  # as if half a minute had gone
    site.manage(*WORKER[1:], "--batch")

    assert already + waiting == FILES
    assert site.ask("[Picture.objects.count(), BatchItem.objects.filter(state='read').count()]") == [FILES, FILES]
    assert site.ask("Batch.objects.get().is_going_on") is False
    pictures = [path.name for path in (site.folder / "media").rglob("*") if path.is_file()]
    named = site.ask("[p.image.name.rsplit('/', 1)[1] for p in Picture.objects.all()]")
    assert set(named) <= set(pictures)
    assert len(pictures) - len(named) <= 16  # of what was under way the files alone were there; check_media sweeps them
    assert not (site.folder / "media" / "batches").exists() or not any((site.folder / "media" / "batches").iterdir())
