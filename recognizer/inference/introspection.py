"""From an artifact folder to a network that shows where it looked; slower and larger than one that only answers."""

from collections.abc import Callable
from functools import partial

import numpy as np

from recognizer.inference import attribution, numpy_mlp
from recognizer.inference.artifacts import CLASSES, Artifact, ArtifactError
from recognizer.inference.attribution import Attribution
from recognizer.inference.loading import keras_model

Explainer = Callable[[np.ndarray], Attribution]
"""(28, 28) uint8, bright foreground → what the network shows of itself on it. Safe to share between threads."""


def load_explainer(artifact: Artifact) -> Explainer:
    """Return what explains the artifact's network. Raises ArtifactError when the model file cannot be loaded."""
    try:
        match artifact.model_path.suffix:
            case ".keras":
                look = _keras_look(keras_model(artifact))
            case ".npz":
                look = partial(attribution.of_numpy_mlp, numpy_mlp.read_layers(artifact.model_path))
            case _:
                raise ArtifactError(f"{artifact.model_path} is neither .keras nor .npz. Train the model again.")
        look(np.zeros((28, 28), np.float32))  # what cannot be explained at all is told now, not to a visitor
    except ArtifactError:
        raise
    except Exception as error:  # Keras raises whatever zipfile, json, h5py and TensorFlow do
        raise ArtifactError(f"{artifact.model_path} cannot be loaded: {error}. Train the model again.") from error
    return lambda glyph: look(glyph.astype(np.float32) / 255)


def _keras_look(model) -> Callable[[np.ndarray], Attribution]:
    """Return how a chain of Keras layers looks at (28, 28) float32 in [0, 1]."""
    import keras

    if not isinstance(model, keras.Sequential):
        raise ArtifactError(f"{model.name} is no chain of layers: what goes on in it cannot be shown.")
    kinds = (keras.layers.Conv2D, keras.layers.BatchNormalization, keras.layers.ReLU, keras.layers.Activation)
    spatial = [layer for layer in model.layers if isinstance(layer, kinds) and len(layer.output.shape) == 4]
    return _convolutional_look(model, spatial) if spatial else _dense_look(model)


def _convolutional_look(model, spatial: list) -> Callable[[np.ndarray], Attribution]:
    """Return the look of a model with convolutions: Grad-CAM over the output of the last of them.

    spatial: the layers whose output still lies on the plane of the glyph, pooling apart.
    """
    kernel = spatial[0].kernel.value.numpy()  # (h, w, 1, U)
    first = [layer for layer in spatial if layer.output.shape == spatial[0].output.shape][-1]
    compute = _with_gradients(model, first, spatial[-1])

    def look(x: np.ndarray) -> Attribution:
        answered, deepest, gradients = compute(x)
        maps = attribution.enlarged(attribution.grad_cam(deepest, gradients))
        return Attribution("grad_cam", maps, kernel[:, :, 0].transpose(2, 0, 1), answered.transpose(2, 0, 1))

    return look


def _dense_look(model) -> Callable[[np.ndarray], Attribution]:
    """Return the look of a model without convolutions: gradient × input."""
    import keras

    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.Dense))
    filters = first.kernel.value.numpy().T.reshape(-1, attribution.SIDE, attribution.SIDE)
    compute = _with_gradients(model, first, None)

    def look(x: np.ndarray) -> Attribution:
        answered, _, gradients = compute(x)
        maps = attribution.gradient_times_input(x, gradients[..., 0])
        return Attribution("gradient_input", maps, filters, answered)

    return look


def _with_gradients(model, first, by) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return a function of x: what the first layer answers, what `by` answers, and each logit's gradient by the latter.

    by: a layer, or None for the input. The glyph is answered once for each class, so that one way back is enough.
    """
    import tensorflow as tf

    count = len(CLASSES)

    @tf.function(input_signature=[tf.TensorSpec((count, 28, 28, 1), tf.float32)])
    def graph(x):
        outputs = {None: x}
        with tf.GradientTape() as tape:
            tape.watch(x)
            for layer in model.layers:
                x = outputs[layer] = layer(x, training=False)
            own = tf.reduce_sum(x * tf.eye(count))
        return outputs[first][0], outputs[by][0], tape.gradient(own, outputs[by])

    def compute(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        told = graph(tf.constant(np.tile(x[..., np.newaxis], (count, 1, 1, 1))))
        return tuple(tensor.numpy() for tensor in told)

    return compute
