"""How log lines look: for people as text, for programs as one JSON object a line; each tells its request's id."""

from pythonjsonlogger.core import RESERVED_ATTRS

FORMATS = ("text", "json")
REQUESTS = "recognizer.operations.monitoring"
"""Logs a line of every request; only programs want to read all of them."""


def logging_in(log_format: str) -> dict:
    """Return Django's LOGGING, and gunicorn's logconfig_dict."""
    is_json = log_format == "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "django_guid.log_filters.CorrelationId", "correlation_id_field": "request_id"}
        },
        "formatters": {
            "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
                "reserved_attrs": [*RESERVED_ATTRS, "request"],  # Django puts the whole request there
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json" if is_json else "text",
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            REQUESTS: {"level": "INFO" if is_json else "WARNING"},
            "botocore": {"level": "WARNING"},
            "django_guid": {"level": "ERROR"},
            "gunicorn.error": {"level": "INFO", "propagate": True},
        },
    }
