"""nginx before the web machines, with the site's own configuration: one address for all, and one for each alone."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.own_site import ROOT, free_port

CONFIGURATION = ROOT / "digitsite" / "nginx.conf"
CERTIFICATE, KEY = "certificate.pem", "key.pem"
EVERYWHERE = "everywhere"
"""The name of the address of all machines."""


def nginx_path() -> str | None:
    """Return where nginx is; Debian keeps it off the path of who is not root."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def own_nginx(folder: Path, machines: dict[str, int], apart: dict[str, int]) -> Iterator[dict[str, str]]:
    """Serve the machines, named with the ports where they listen; yield the address of each, and of EVERYWHERE.

    apart: machines that have an address and are not among those of EVERYWHERE.
    """
    folder.mkdir()
    make_certificate(folder)
    served = {EVERYWHERE: [*machines.values()]} | {name: [port] for name, port in (machines | apart).items()}
    with ExitStack() as ending:
        ports = {name: ending.enter_context(_nginx_of(folder, name, ports)) for name, ports in served.items()}
        yield {name: f"https://127.0.0.1:{port}" for name, port in ports.items()}


@contextmanager
def _nginx_of(folder: Path, name: str, machines: list[int]) -> Iterator[int]:
    """Serve the machines at these ports; yield the port of all."""
    port, own = free_port(), folder / name
    own.mkdir()
    (own / "nginx.conf").write_text(configuration(folder, own, port, machines))
    with (own / "log.txt").open("wb") as log:
        process = subprocess.Popen([nginx_path(), "-p", own, "-c", "nginx.conf", "-e", "stderr"], stderr=log)
    try:
        time.sleep(0.5)
        assert process.poll() is None, (own / "log.txt").read_text()
        yield port
    finally:
        process.terminate()
        process.wait()


def configuration(folder: Path, own: Path, port: int, machines: list[int]) -> str:
    """Return the site's configuration with other folders, by TLS, and with machines in the place of Docker's names."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    upstream = " ".join(f"server 127.0.0.1:{machine};" for machine in machines)
    tls = f"ssl_certificate {folder / CERTIFICATE}; ssl_certificate_key {folder / KEY};"
    for here, there in (
        (" /tmp/", f" {own}/"),  # before another path begins so
        ("listen 8080;", f"listen 127.0.0.1:{port} ssl; {tls}"),
        ("set $web web:8000;", "set $web machines;"),
        ("resolver 127.0.0.11", f"upstream machines {{ {upstream} }}\n    resolver 127.0.0.1"),
        ("worker_processes auto;", "worker_processes 1; daemon off;"),
    ):
        assert here in text, f"{CONFIGURATION} has no {here!r}."
        text = text.replace(here, there)
    return ("user root;\n" if os.geteuid() == 0 else "") + text  # who else could not look into the folder


def make_certificate(folder: Path) -> None:
    """Write a certificate of our own for this machine."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", folder / KEY]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-days", "2", *key, *names, "-out", folder / CERTIFICATE]
    subprocess.run(command, check=True, capture_output=True)
