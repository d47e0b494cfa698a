"""The settings of OwnSite: as everywhere, but a training only pretends, in the way that TRAINING_WAY names."""

import os
import sys

from digitsite.settings import *  # noqa: F403

TRAINING_COMMAND = [sys.executable, "-m", "tests.recognizer.learning.fake_training", os.environ["TRAINING_WAY"]]
