"""How gunicorn serves the site: `gunicorn -c python:digitsite.gunicorn digitsite.wsgi`."""

import gc
import os
import sys
from pathlib import Path

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
control_socket_disable = True
preload_app = False  # a network that was loaded before the fork hangs the child


has_training_worker = os.environ.get("TRAINING_WORKER", "on").lower() != "off"


def when_ready(server) -> None:
    """Print the address once the socket is open, and start the worker that trains beside the server."""
    server.log.info("digitsite is served on http://%s/", bind)
    if has_training_worker:
        from recognizer.learning import leash

        root = Path(__file__).resolve().parent.parent
        server.training_worker = leash.start([sys.executable, "manage.py", "db_worker"], again=True, cwd=root)


def on_exit(server) -> None:
    """End the worker with the server; were the server killed, the worker would end by itself."""
    worker = getattr(server, "training_worker", None)
    if worker is not None:
        from recognizer.learning import leash

        leash.end(worker)


def post_worker_init(worker) -> None:
    """Load and warm up the active models after the fork and before the first request, then watch for newer ones."""
    from recognizer import registry

    registry.warm_up()
    gc.collect()
    gc.freeze()  # TensorFlow's million objects stay: looking through them again held a request up for 0.2 seconds
    registry.watch()
