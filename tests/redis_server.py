"""A Redis of a test's own, on a free port of this machine alone; it keeps nothing on the disk.

It needs Redis's program (Debian: redis-server).
"""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.own_site import free_port, wait_for


def redis_path() -> str | None:
    """Return where the machine's Redis is, None without one."""
    return shutil.which("redis-server")


class OwnRedis:
    """A server that can be stopped, frozen and started again at the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty; return once it answers."""
        where = ["--bind", "127.0.0.1", "--port", str(self.port)]
        command = [redis_path(), *where, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.is_there, 20)

    def is_there(self) -> bool:
        assert self.process.poll() is None, "redis-server has ended."
        try:
            return redis.Redis(port=self.port, socket_timeout=1, retry=Retry(NoBackoff(), 0)).ping()
        except redis.RedisError:
            return False

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def own_redis() -> Iterator[OwnRedis]:
    """Start a Redis and end it afterwards."""
    server = OwnRedis()
    try:
        server.start()
        yield server
    finally:
        server.stop()
