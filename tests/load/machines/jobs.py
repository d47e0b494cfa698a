"""What has to hold of batches that several workers read; each check yields what it found."""

import time
from collections.abc import Callable, Iterator

from tests.load.machines.findings import Finding
from tests.load.machines.site import WEB, WORKERS, Site
from tests.own_site import wait_for

JOB_SECONDS = 150


def a_job_is_split(site: Site, count: int) -> Iterator[Finding]:
    """Both workers read of one batch."""
    workers = [site.machines[name] for name in WORKERS]
    before = [worker.marks_read() for worker in workers]
    job = Job(site, count)
    job.wait()
    read = [worker.marks_read() - then for worker, then in zip(workers, before, strict=True)]
    says = f"{count} pictures split over both workers: {read[0]} and {read[1]}, in {job.seconds:.1f} s"
    yield Finding(min(read) > 0 and sum(read) == count, says)
    yield job.stored_once()


def a_worker_is_killed(site: Site, count: int) -> Iterator[Finding]:
    """The other worker ends the job of one that is killed, half a minute later, and no picture is stored twice."""
    worker = site.machines[WORKERS[0]]
    before, killed_at = worker.marks_read(), []

    def kill_in_the_middle(done: int) -> None:
        if not killed_at and done >= count // 4 and worker.marks_read() > before:
            worker.kill()
            killed_at.append(done)

    job = Job(site, count)
    job.wait(kill_in_the_middle)
    done = killed_at[0] if killed_at else count
    says = f"a worker killed when {done} of {count} pictures were read; the other ended the job, in {job.seconds:.1f} s"
    yield Finding(done < count, says)
    yield job.stored_once()


class Job:
    """A batch that one visitor gave."""

    def __init__(self, site: Site, count: int) -> None:
        self.site, self.count, self.person = site, count, site.person()
        self.begun = time.monotonic()
        self.path = self.person.give_batch(site.address, count)

    def wait(self, meanwhile: Callable[[int], None] = lambda done: None) -> None:
        """Return when it is read. meanwhile: is told again and again how many pictures are."""

        def is_finished() -> bool:
            told = self.person.get(f"{self.site.address}{self.path}progress/").json()
            meanwhile(told["done"])
            return told["is_finished"]

        wait_for(is_finished, JOB_SECONDS)
        self.seconds = time.monotonic() - self.begun

    def stored_once(self) -> Finding:
        """Say whether each of its files became one picture."""
        batch = repr(self.path.split("/")[2])
        of_items = f"BatchItem.objects.filter(batch={batch}, picture__isnull=False)"
        asked = f"[{of_items}.values('picture').distinct().count(), Picture.objects.filter(batch={batch}).count()]"
        found = self.site.machines[WEB[1]].ask(asked)
        says = f"  of its {self.count} files, {found[0]} became a picture; pictures stored: {found[1]}"
        return Finding(found == [self.count] * 2, says)
