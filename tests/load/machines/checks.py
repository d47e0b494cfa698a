"""What has to hold of a site with several machines that serve it; each check yields what it found."""

import time
from collections.abc import Iterator

from tests.load.machines.findings import Finding
from tests.load.machines.site import PASSWORD, STAFF, WEB, Site
from tests.load.machines.traffic import traffic


def given_here_seen_there(site: Site) -> Iterator[Finding]:
    """A picture that one machine took is shown by the other, and by nginx."""
    person, (one, two) = site.person(), WEB
    path = f"/p/{person.give(site.addresses[one]).json()['id']}/"
    bases = (site.addresses[two], site.address)
    pages = [person.get(f"{base}{path}") for base in bases]
    images = [person.get(f"{base}{path}image/") for base in bases]
    shown = sum(answer.status_code == 200 for answer in pages + images)
    is_same = images[0].content == images[1].content and images[0].content.startswith(b"\x89PNG")
    yield Finding(shown == 4 and is_same, f"given to one machine; seen at the other and by nginx: {shown} of 4")


def sessions_are_shared(site: Site) -> Iterator[Finding]:
    """Who logs in at one machine is known at the other, until they log out at either."""
    person, (one, two) = site.person(), [site.addresses[name] for name in WEB]
    person.log_in(one, STAFF, PASSWORD)
    inside = [person.get(f"{base}/account/").status_code for base in (one, two)]
    person.post(f"{two}/account/logout/")
    outside = [person.get(f"{base}/account/").status_code for base in (one, two)]
    says = f"logged in at one, the account at both: {inside}; logged out at the other: {outside}"
    yield Finding(inside == [200, 200] and outside == [302, 302], says)


def counts_are_shared(site: Site) -> Iterator[Finding]:
    """Pictures and passwords are counted together: 60 a minute, five wrong ones."""
    bases = [site.addresses[name] for name in WEB]
    person = site.person()
    given = [person.give(bases[number % 2]).status_code for number in range(62)]
    says = f"of 62 pictures given to both in turn, taken: {given.count(201)}, refused with 429: {given.count(429)}"
    yield Finding(given == [201] * 60 + [429] * 2, says)
    person = site.person()
    tries = [person.log_in(bases[number % 2], STAFF, "wrong").status_code for number in range(7)]
    says = f"of 7 wrong passwords given to both in turn, looked at: {tries.count(200)}, refused: {tries.count(429)}"
    yield Finding(tries == [200] * 5 + [429] * 2, says)


def a_machine_is_replaced(site: Site) -> Iterator[Finding]:
    """A machine that dies takes nothing along; a new one with empty folders reads at once."""
    person, name = site.person(), WEB[0]
    path = f"/p/{person.give(site.addresses[name]).json()['id']}/image/"
    with traffic(site.address, site.certificate) as meanwhile:
        begun = time.monotonic()
        site.machines[name].kill()
        replacement = site.machine(name)
        site.serve(name)
        replacement.wait_until_ready()
        ready = time.monotonic()
        answer = person.guess(site.addresses[name])
        first_ms = 1000 * (time.monotonic() - ready)
        kept = person.get(f"{site.addresses[name]}{path}")
    is_newest = answer.status_code == 200 and answer.json()["model"]["version"] == "ours"
    says = f"killed, and replaced by one with empty folders: ready after {ready - begun:.1f} s, first answer"
    yield Finding(is_newest and kept.status_code == 200, f"{says} in {first_ms:.0f} ms, by the promoted version")
    lost, broken_off = meanwhile.failed("GET"), meanwhile.failed("POST")
    says = f"  meanwhile {meanwhile.total()} requests, {lost} pages failed, {broken_off} POSTs broke off with it"
    yield Finding(lost == 0, says)


def nothing_lies_on_a_machine(site: Site) -> Iterator[Finding]:
    """No picture is on a machine's own disk, and the bucket has all that the rows name."""
    files = [path for machine in site.machines.values() for path in machine.stored_files()]
    yield Finding(files == [], f"pictures on the machines' own disks: {len(files)}")
    said = site.machines[WEB[1]].check_media()
    says = f"check_media: {said} (orphans are what the killed had begun to store)"
    yield Finding(" 0 missing, 0 wrong checksum, " in said, says)
