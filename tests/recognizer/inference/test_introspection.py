"""Where a loaded network looked: tiny networks of which the answer is known."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from recognizer.inference import attribution, numpy_mlp
from recognizer.inference.artifacts import ArtifactError
from recognizer.inference.introspection import load_explainer


def artifact_of(path: Path) -> SimpleNamespace:
    return SimpleNamespace(model_path=path, folder=path.parent)


def saved(model, folder: Path) -> SimpleNamespace:
    path = folder / "model.keras"
    model.save(path)
    return artifact_of(path)


def sequential(*layers):
    import keras

    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


@pytest.fixture
def averaging_network():
    """Return a network that averages each channel over the glyph: there Grad-CAM is the class activation map."""
    from keras import layers

    return sequential(
        layers.Conv2D(3, 3, padding="same", activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(11)
    )


GLYPH = np.random.default_rng(1).integers(0, 256, (28, 28)).astype(np.uint8)


def test_grad_cam_is_the_class_activation_map_where_channels_are_averaged(averaging_network, tmp_path):
    """Selvaraju et al. 2017, section 3.1."""
    found = load_explainer(saved(averaging_network, tmp_path))(GLYPH)

    activations = averaging_network.layers[0](GLYPH[None, ..., None].astype(np.float32) / 255)[0].numpy()
    weights = averaging_network.layers[-1].kernel.numpy()  # (3, 11)
    assert found.method == "grad_cam"
    assert found.maps == pytest.approx((activations @ weights).transpose(2, 0, 1) / 28**2, abs=1e-6)


def test_the_first_layer_is_shown_as_it_is(averaging_network, tmp_path):
    found = load_explainer(saved(averaging_network, tmp_path))(GLYPH)

    convolution = averaging_network.layers[0]
    answers = convolution(GLYPH[None, ..., None].astype(np.float32) / 255)[0].numpy()
    assert np.array_equal(found.filters[2], convolution.kernel.numpy()[:, :, 0, 2])
    assert found.activations == pytest.approx(answers.transpose(2, 0, 1), abs=1e-6)


def test_what_a_convolution_answers_is_shown_after_its_normalization(tmp_path):
    from keras import layers

    block = (layers.Conv2D(4, 3, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU())
    model = sequential(*block, layers.MaxPooling2D(), layers.Flatten(), layers.Dense(11))

    found = load_explainer(saved(model, tmp_path))(GLYPH)

    assert found.activations.shape == (4, 28, 28)
    assert found.activations.min() == 0
    assert found.maps.shape == (11, 28, 28)


def test_keras_and_numpy_explain_equal_weights_alike(tmp_path):
    from keras import layers

    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    model = sequential(layers.Flatten(), *hidden, layers.Dense(11))
    dense = [*hidden, model.layers[-1]]
    numpy_mlp.write_layers(tmp_path / "model.npz", [(d.kernel.numpy(), d.bias.numpy()) for d in dense])

    by_keras = load_explainer(saved(model, tmp_path))(GLYPH)
    by_numpy = load_explainer(artifact_of(tmp_path / "model.npz"))(GLYPH)

    assert by_keras.method == by_numpy.method == "gradient_input"
    for name in ("maps", "filters", "activations"):
        assert getattr(by_keras, name) == pytest.approx(getattr(by_numpy, name), abs=1e-5)


def test_many_threads_are_told_the_same(averaging_network, tmp_path):
    explain = load_explainer(saved(averaging_network, tmp_path))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(explain, [GLYPH] * 16))

    assert all(np.array_equal(one.maps, found[0].maps) for one in found)


def test_a_network_that_is_no_chain_is_refused(tmp_path):
    import keras

    inputs = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.add([keras.layers.Dense(11)(flat), keras.layers.Dense(11)(flat)]))

    with pytest.raises(ArtifactError, match="no chain"):
        load_explainer(saved(model, tmp_path))


@pytest.mark.parametrize("name", ["model.keras", "model.npz", "model.txt"])
def test_what_is_no_network_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"no network")

    with pytest.raises(ArtifactError):
        load_explainer(artifact_of(tmp_path / name))


def test_the_released_networks_explain_themselves(settings):
    for kind, method in (("cnn", "grad_cam"), ("mlp", "gradient_input"), ("numpy_mlp", "gradient_input")):
        folder = next(settings.RELEASED_MODEL_ROOT.glob(f"{kind}-*"))
        found = load_explainer(artifact_of(next(folder.glob("model.*"))))(GLYPH)

        assert found.method == method
        assert found.maps.shape == (11, attribution.SIDE, attribution.SIDE)
        assert len(found.activations) == len(found.filters)


def test_a_network_without_any_weights_is_refused(tmp_path):
    from keras import layers

    with pytest.raises(ArtifactError):
        load_explainer(saved(sequential(layers.Flatten(), layers.Reshape((784,))), tmp_path))
