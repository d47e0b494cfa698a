"""How gunicorn serves the site: `gunicorn -c python:digitsite.gunicorn digitsite.wsgi`."""

import gc
import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
control_socket_disable = True
preload_app = False  # a network that was loaded before the fork hangs the child


def when_ready(server) -> None:
    """Print the address once the socket is open."""
    server.log.info("digitsite is served on http://%s/", bind)


def post_worker_init(worker) -> None:
    """Load and warm up the active models after the fork and before the first request."""
    from recognizer import registry

    registry.warm_up()
    gc.collect()
    gc.freeze()  # TensorFlow's million objects stay: looking through them again held a request up for 0.2 seconds
