"""How gunicorn serves the site: `gunicorn -c python:digitsite.gunicorn digitsite.wsgi`."""

import ctypes
import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

from digitsite.logs import logging_in

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
control_socket_disable = True
preload_app = False  # a network that was loaded before the fork hangs the child
if os.environ.get("LOG_FORMAT") == "json":
    logconfig_dict = logging_in("json")

FIGURES = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which all processes count, and so do the workers beside them."""

LARGE_BYTES = 4 * 1024 * 1024
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""As glibc's malloc.h numbers them."""

has_training_worker = os.environ.get("TRAINING_WORKER", "on").lower() != "off"
has_picture_worker = os.environ.get("PICTURE_WORKER", "on").lower() != "off"


def on_starting(server) -> None:
    """Name the folder for the figures before there is any process to count."""
    if FIGURES not in os.environ:
        os.environ[FIGURES] = server.figures_made_here = tempfile.mkdtemp(prefix="digitsite-figures-")
    Path(os.environ[FIGURES]).mkdir(parents=True, exist_ok=True)


def when_ready(server) -> None:
    """Print the address once the socket is open, and start the workers beside the server.

    A training takes up to an hour: large batches have a worker of their own.
    """
    server.log.info("digitsite is served on http://%s/", bind)
    wanted = {"default": has_training_worker, "pictures": has_picture_worker}
    queues = [queue for queue, is_wanted in wanted.items() if is_wanted]
    if queues:
        from recognizer.learning import leash

        root = Path(__file__).resolve().parent.parent
        commands = [[sys.executable, "manage.py", "db_worker", "--queue-name", queue] for queue in queues]
        server.workers_beside = [leash.start(command, again=True, cwd=root) for command in commands]


def on_exit(server) -> None:
    """End the workers with the server; were the server killed, they would end by themselves."""
    workers = getattr(server, "workers_beside", [])
    if workers:
        from recognizer.learning import leash

        for worker in workers:
            leash.end(worker)
    if hasattr(server, "figures_made_here"):
        shutil.rmtree(server.figures_made_here, ignore_errors=True)


def post_worker_init(worker) -> None:
    """Load and warm up the active models after the fork and before the first request, then watch for newer ones."""
    from recognizer import registry

    give_large_memory_back()
    registry.warm_up()
    gc.collect()
    gc.freeze()  # TensorFlow's million objects stay: looking through them again held a request up for 0.2 seconds
    gc.collect()  # or rubbish waits until there is a quarter as much of it as was frozen
    registry.watch()


def give_large_memory_back() -> None:
    """Let the memory of a large picture go once it is read; by itself glibc keeps as much for each thread.

    Source: mallopt(3): a threshold that is set no longer grows with what was asked for.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc alone has it
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        libc.mallopt(M_TRIM_THRESHOLD, 2 * LARGE_BYTES)
