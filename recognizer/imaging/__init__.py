"""Pixels: from the bytes of a picture to the 28×28 glyphs that the networks read."""

PREPROCESSING_VERSION = 2
"""Raised whenever a change here alters the glyphs a model was fitted to; kept in every model's card."""
