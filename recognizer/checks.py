"""What `manage.py check` knows of this site."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from rest_framework.throttling import SimpleRateThrottle

from digitsite.logs import FORMATS
from recognizer.imaging import PREPROCESSING_VERSION
from recognizer.inference.artifacts import ArtifactError, read_artifact


@register
def check_rate_limit(app_configs, **kwargs) -> list[CheckMessage]:
    """RATE_LIMIT is “off” or a number by a period."""
    if settings.RATE_LIMIT.lower() == "off":
        return []
    try:
        SimpleRateThrottle.parse_rate(None, settings.RATE_LIMIT)
    except (ValueError, KeyError, IndexError):
        return [
            Error(
                f"RATE_LIMIT is {settings.RATE_LIMIT!r}.",
                hint="Write a number and a period, as 60/min, or off.",
                id="recognizer.E001",
            )
        ]
    return []


@register
def check_retention(app_configs, **kwargs) -> list[CheckMessage]:
    """RETENTION_DAYS is a number of days, if it is set: a negative one would delete every picture."""
    if settings.RETENTION_DAYS is None or settings.RETENTION_DAYS > 0:
        return []
    return [
        Error(
            f"RETENTION_DAYS is {settings.RETENTION_DAYS}.",
            hint="Write how many days pictures are kept, as 90, or leave it out to keep them.",
            id="recognizer.E002",
        )
    ]


@register
def check_log_format(app_configs, **kwargs) -> list[CheckMessage]:
    """LOG_FORMAT is one that there is."""
    if settings.LOG_FORMAT in FORMATS:
        return []
    hint = f"Write {' or '.join(FORMATS)}."
    return [Error(f"LOG_FORMAT is {settings.LOG_FORMAT!r}.", hint=hint, id="recognizer.E003")]


@register
def check_released_models(app_configs, **kwargs) -> list[CheckMessage]:
    """Every released artifact is whole and fits this site's imaging."""
    messages: list[CheckMessage] = []
    for folder in sorted(settings.RELEASED_MODEL_ROOT.glob("*/")):
        try:
            artifact = read_artifact(folder)
        except ArtifactError as error:
            messages.append(Warning(f"A released model is broken: {error}", id="recognizer.W001"))
            continue
        if artifact.card["preprocessing"] != PREPROCESSING_VERSION:
            messages.append(
                Warning(
                    f"{folder.name} was fitted to other glyphs than this site makes.",
                    hint="Train it again.",
                    id="recognizer.W002",
                )
            )
    return messages
