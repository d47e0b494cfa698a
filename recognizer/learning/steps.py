"""What a training is doing, in the language of who looks. The worker and the command that trains tell it in English."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

STEPS = {
    "Collecting the labels": gettext_lazy("Collecting the labels"),
    "Reading the labelled glyphs with both": gettext_lazy("Reading the labelled glyphs with both"),
    "Reading the regression set with both": gettext_lazy("Reading the regression set with both"),
    "drawing pages": gettext_lazy("Drawing pages"),
    "calibrating": gettext_lazy("Calibrating"),
    "Waiting for the storage": gettext_lazy("Waiting for the storage"),
    "writing": gettext_lazy("Writing the network down"),
    "finished": gettext_lazy("Finished"),
}
EPOCH = re.compile(r"epoch (?P<epoch>\d+) of (?P<epochs>\d+)")
LOADING = re.compile(r"Loading (?P<version>.+)")


def step_in_words(step: str) -> str:
    """Return the step that a run's row names as a person reads it; one that is not known as it is named."""
    if found := EPOCH.fullmatch(step):
        return _("Epoch %(epoch)s of %(epochs)s") % found.groupdict()
    if found := LOADING.fullmatch(step):
        return _("Loading %(version)s") % found.groupdict()
    return str(STEPS.get(step, step))
