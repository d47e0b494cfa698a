"""`python -m recognizer.learning.leash [--again] COMMAND…`: run a command that ends when whoever started it ends.

Whoever starts it holds the other end of its standard input. When that end is closed, be it that its holder was killed,
the command and all that it started are asked to end, and then made to. It must lead a process group of its own.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

COMMAND = (sys.executable, "-m", "recognizer.learning.leash")
POLITE_SECONDS = (2.0, 4.0)
"""After being asked to end, how long until it is asked again, and then until it is made to."""
AGAIN_SECONDS = 2.0
NICENESS = 10
"""What runs on the leash gives way to what visitors wait for."""


def start(command: Sequence[str], *, again: bool = False, **options) -> subprocess.Popen:
    """Start the command on a leash that the caller holds; it does not get the terminal's Ctrl-C.

    again: begin it anew whenever it ends. options: as Popen's.
    """
    words = [*COMMAND, *(["--again"] if again else []), *command]
    return subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True, **options)


def end(process: subprocess.Popen) -> None:
    """Let go of the leash and return when the command has ended, with all that it started."""
    with contextlib.suppress(OSError):
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(sum(POLITE_SECONDS) + 4)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def main(words: list[str]) -> int:
    """Run the command and return its exit code."""
    again = words[:1] == ["--again"]
    if os.getpgid(0) != os.getpid():
        raise SystemExit("It must lead a process group of its own: start it by recognizer.learning.leash.start.")
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: None)  # it is for the command; an ignored signal would be inherited
    let_go = threading.Event()
    threading.Thread(target=_end_all_when_let_go, args=(let_go,), daemon=True).start()
    while True:
        code = subprocess.Popen(words[again:], stdin=subprocess.DEVNULL).wait()
        if let_go.is_set():
            os.killpg(0, signal.SIGKILL)
        if not again:
            return code
        print(f"{' '.join(words[again:])} ended with {code} and is begun again.", file=sys.stderr, flush=True)
        time.sleep(AGAIN_SECONDS)


def _end_all_when_let_go(let_go: threading.Event) -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written: this returns when the other end is closed
    let_go.set()
    for seconds in POLITE_SECONDS:
        os.killpg(0, signal.SIGTERM)
        time.sleep(seconds)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
