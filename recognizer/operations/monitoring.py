"""What an operator watches: how long requests and readings take, the verdicts, what waits, which versions read.

Under gunicorn every process counts into files that all of them share (PROMETHEUS_MULTIPROC_DIR), so that any of them
can answer for all.
"""

import ipaddress
import logging
import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from recognizer.inference.reading import Reading
from recognizer.models import Batch, BatchItem, ModelVersion, TrainingRun

logger = logging.getLogger(__name__)

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)

own_process = CollectorRegistry()
request_seconds = Histogram(
    "digitsite_request_seconds",
    "From a request to its answer.",
    ["method", "view", "status"],
    buckets=SECONDS,
    registry=own_process,
)
reading_seconds = Histogram(
    "digitsite_reading_seconds",
    "From the bytes of one picture, sent by itself, to what is written on it.",
    ["kind"],
    buckets=SECONDS,
    registry=own_process,
)
marks = Counter("digitsite_marks", "Marks that were read, guesses included.", ["kind", "verdict"], registry=own_process)


class MonitoringMiddleware:
    """Measures every request, and logs a line of it at the level INFO."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        method = request.method if request.method in METHODS else "other"
        view = request.resolver_match.view_name if request.resolver_match else "none"
        request_seconds.labels(method, view, response.status_code).observe(seconds)
        told = {"method": method, "path": request.path_info, "status": response.status_code}
        logger.info("request", extra=told | {"view": view, "ms": round(1000 * seconds, 1)})
        return response


def count_reading(reading: Reading, kind: str, seconds: float | None = None) -> None:
    """Count one picture that was read, and its time unless it was read together with others."""
    if seconds is not None:
        reading_seconds.labels(kind).observe(seconds)
    for glyph in reading.glyphs:
        marks.labels(kind, glyph.prediction.verdict).inc()


def may_see_metrics(request: HttpRequest) -> bool:
    """Say whether this is Prometheus: it has METRICS_TOKEN, or where none is set, asks on this machine, by no proxy."""
    if settings.METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    if {"X-Forwarded-For", "Forwarded", "X-Real-IP"} & request.headers.keys():
        return False
    try:
        return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except ValueError:  # a unix socket, behind which a proxy is
        return False


def exposition() -> bytes:
    """Return all figures as Prometheus reads them."""
    registry = own_process
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    stored = CollectorRegistry()
    stored.register(StoredState())
    return generate_latest(registry) + generate_latest(stored)


class StoredState:
    """What stands in the database, looked up when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("digitsite_database_up", "Whether the database can be asked.", value=1)
        try:
            yield from (_queue_lengths(), _active_versions())
        except DatabaseError:
            up = GaugeMetricFamily("digitsite_database_up", "Whether the database can be asked.", value=0)
        yield up


def _queue_lengths() -> Metric:
    queued = GaugeMetricFamily("digitsite_queue_length", "What waits for a worker.", labels=["queue"])
    going_on = Batch.objects.filter(finished=None)
    queued.add_metric(["pictures"], BatchItem.objects.filter(batch__in=going_on, state="waiting").count())
    queued.add_metric(["trainings"], TrainingRun.objects.filter(state="queued").count())
    return queued


def _active_versions() -> Metric:
    versions = GaugeMetricFamily("digitsite_model_info", "The versions that read.", labels=["kind", "version"])
    for kind, version in ModelVersion.objects.filter(state="active").values_list("kind", "version"):
        versions.add_metric([kind, version], 1)
    return versions
