"""From an artifact folder to a predictor that has answered once."""

import contextlib
import os
from collections.abc import Callable
from functools import partial

import numpy as np

from recognizer.imaging import PREPROCESSING_VERSION
from recognizer.inference import numpy_mlp
from recognizer.inference.artifacts import CLASSES, Artifact, ArtifactError
from recognizer.inference.predictor import Predictor

GLYPH_SHAPE = (28, 28, 1)
BATCH_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""Of glyphs that are computed together. TensorFlow keeps what it prepares for a size, anew in each thread, and gives
none of it back: sixty sizes take 57 MB a thread, and these 16."""


class WrongShapeError(ArtifactError):
    """The network's input or output is not what glyphs and classes need."""


def load_predictor(artifact: Artifact) -> Predictor:
    """Return the artifact's network, ready to answer at its full speed.

    Raises ArtifactError when the model file cannot be loaded, is of the wrong shape, or was made for glyphs or
    classes that are not this program's.
    """
    if artifact.preprocessing != PREPROCESSING_VERSION or artifact.classes != CLASSES:
        raise ArtifactError(f"{artifact.folder} was made for other glyphs or classes. Train the model again.")
    try:
        logits = _logits_of(artifact)
        logits(np.zeros((1, 28, 28), np.float32))  # Keras's first call is a hundred times slower than the next
    except ArtifactError:
        raise
    except Exception as error:  # Keras raises whatever zipfile, json, h5py and TensorFlow do
        raise ArtifactError(f"{artifact.model_path} cannot be loaded: {error}. Train the model again.") from error
    return Predictor(logits, artifact.temperature, artifact.sure_threshold, artifact.not_a_digit_threshold)


def _logits_of(artifact: Artifact) -> Callable[[np.ndarray], np.ndarray]:
    """Return the artifact's network as a function (N, 28, 28) float32 → (N, 11) float32."""
    match artifact.model_path.suffix:
        case ".keras":
            return in_few_sizes(_concrete_function(keras_model(artifact)))
        case ".npz":
            return partial(numpy_mlp.logits_of, numpy_mlp.read_layers(artifact.model_path))
    raise ArtifactError(f"{artifact.model_path} is neither .keras nor .npz. Train the model again.")


def keras_model(artifact: Artifact):
    """Return the Keras model in the artifact. Keras is imported here: it takes seconds and half a gigabyte."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):  # too late once anything was computed: then it was set before
        # One glyph is too little work to share: one thread reads it faster than several.
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    model = keras.saving.load_model(artifact.model_path, compile=False)
    if model.input_shape != (None, *GLYPH_SHAPE) or model.output_shape != (None, len(CLASSES)):
        raise WrongShapeError(
            f"{artifact.model_path} maps {model.input_shape} to {model.output_shape}; "
            f"(None, 28, 28, 1) to (None, {len(CLASSES)}) is needed. Train the model again."
        )
    return model


def in_few_sizes(logits: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function as one that is asked for BATCH_SIZES only: for more in parts, for others filled up."""

    def of_any_size(glyphs: np.ndarray) -> np.ndarray:
        parts = (glyphs[start : start + BATCH_SIZES[-1]] for start in range(0, len(glyphs), BATCH_SIZES[-1]))
        return np.concatenate([logits(_filled_up(part))[: len(part)] for part in parts])

    return of_any_size


def _filled_up(glyphs: np.ndarray) -> np.ndarray:
    """Return the glyphs and as many blank ones as the next of the BATCH_SIZES asks for."""
    size = next(size for size in BATCH_SIZES if size >= len(glyphs))
    return np.pad(glyphs, ((0, size - len(glyphs)), (0, 0), (0, 0))) if size > len(glyphs) else glyphs


def _concrete_function(model) -> Callable[[np.ndarray], np.ndarray]:
    """Return the model as one traced graph: (N, 28, 28) float32 → (N, 11) float32."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, *GLYPH_SHAPE), tf.float32)]
    graph = tf.function(lambda x: model(x, training=False), input_signature=signature).get_concrete_function()

    def logits(glyphs: np.ndarray) -> np.ndarray:
        return graph(tf.constant(glyphs[..., np.newaxis])).numpy()

    return logits
