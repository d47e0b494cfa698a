"""Weights: trained artifacts and what they say of glyphs. No Django here; Keras only inside the loader."""
