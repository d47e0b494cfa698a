"""The settings of OwnSite: as everywhere, but a training only pretends, in the way that TRAINING_WAY names.

Static files have their own names, so that none need be collected.
"""

import os
import sys

from digitsite.settings import *  # noqa: F403

TRAINING_COMMAND = [sys.executable, "-m", "tests.recognizer.learning.fake_training", os.environ["TRAINING_WAY"]]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True  # as they are, whatever was collected before
