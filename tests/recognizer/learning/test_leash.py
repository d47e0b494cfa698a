"""A command that ends when whoever started it ends."""

import subprocess
import sys

from recognizer.learning import leash
from tests.own_site import ROOT, is_alive, wait_for

SLEEP = "import time; time.sleep(600)"
WITH_A_CHILD = f"""
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", {SLEEP!r}]).pid, flush=True)
{SLEEP}
"""
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(0, flush=True); {SLEEP}"


def started(program: str, **options) -> subprocess.Popen:
    return leash.start([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)


def test_the_exit_code_is_the_commands():
    process = started("import sys; sys.exit(7)")

    assert process.wait(30) == 7
    leash.end(process)


def test_what_is_let_go_ends_with_all_it_started():
    process = started(WITH_A_CHILD)
    child = int(process.stdout.readline())
    assert is_alive(child)

    leash.end(process)

    assert process.poll() is not None
    wait_for(lambda: not is_alive(child))


def test_what_does_not_want_to_end_is_made_to():
    process = started(DEAF)
    process.stdout.readline()

    process.stdin.close()  # as when its holder was killed

    assert process.wait(30) != 0


def test_it_is_begun_again_until_it_is_let_go():
    process = started("print('begun', flush=True)", again=True, stderr=subprocess.DEVNULL)

    assert [process.stdout.readline() for _ in range(2)] == ["begun\n", "begun\n"]
    leash.end(process)


def test_it_kills_no_group_but_its_own():
    refused = subprocess.run([*leash.COMMAND, "true"], cwd=ROOT, capture_output=True, text=True, timeout=30)

    assert refused.returncode == 1
    assert "It must lead a process group of its own" in refused.stderr
