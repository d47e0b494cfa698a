"""`python -m tests.load.reading_speed`: how fast the released networks answer, and Keras' own predict of the same.

For each kind the time from one glyph to its verdict, by the loaded predictor and by `model.predict` in turns, and how
many glyphs a second it reads in batches. The network written from scratch is built in Keras, with its weights, to have
something to compare with. Both answer within the same process, so both with the one thread that the site gives
TensorFlow; `model.predict` of one glyph is no faster with more.
"""

import argparse
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from recognizer.inference import numpy_mlp
from recognizer.inference.artifacts import Artifact, read_artifact
from recognizer.inference.loading import keras_model, load_predictor
from tests.own_site import ROOT

if TYPE_CHECKING:
    import keras

BATCHES = (8, 64, 256)
BATCH_TIMES = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40, help="in turns (default: 40)")
    parser.add_argument("--times", type=int, default=50, help="glyphs a round; Keras a tenth of them (default: 50)")
    arguments = parser.parse_args()
    artifacts = [read_artifact(card.parent) for card in sorted((ROOT / "recognizer/released").glob("*/card.json"))]
    print("one glyph, in ms" + 54 * " " + "in batches, glyphs a second")
    columns = ("network", "p50", "p99", "model.predict p50", "p99", "times faster", *(f"of {n}" for n in BATCHES))
    print("{:<14}{:>8}{:>8}{:>20}{:>8}{:>15}{:>10}{:>9}{:>9}".format(*columns))
    for artifact in artifacts:
        ours, theirs, batches = measure(artifact, arguments.rounds, arguments.times)
        (p50, p99), (keras_p50, keras_p99) = (np.percentile(times, (50, 99)) for times in (ours, theirs))
        one = f"{p50:>8.2f}{p99:>8.2f}{keras_p50:>20.1f}{keras_p99:>8.1f}{f'{keras_p50 / p50:.0f} ×':>15}"
        name = f"{artifact.kind} {artifact.version}"
        print(f"{name:<14}{one}{batches[0]:>10,.0f}{batches[1]:>9,.0f}{batches[2]:>9,.0f}", flush=True)


def measure(artifact: Artifact, rounds: int, times: int) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds of each glyph by our predictor and by Keras, and glyphs a second for each of BATCHES."""
    predictor, network = load_predictor(artifact), as_keras(artifact)
    glyphs = np.random.default_rng(1).integers(0, 256, (max(BATCHES), 28, 28), np.uint8)
    one, x = glyphs[:1], glyphs[:1, ..., np.newaxis].astype(np.float32) / 255

    def predict() -> np.ndarray:
        return network.predict(x, verbose=0)

    np.testing.assert_allclose(predictor.logits(x[..., 0]), predict(), rtol=1e-3, atol=1e-3)  # the same network
    ours, theirs = [], []
    for _ in range(rounds):
        ours += [timed_ms(lambda: predictor.predict(one)) for _ in range(times)]
        theirs += [timed_ms(predict) for _ in range(max(1, times // 10))]
    batches = []
    for size in BATCHES:
        took = [timed_ms(lambda size=size: predictor.predict(glyphs[:size])) for _ in range(BATCH_TIMES)]
        batches.append(1000 * size / np.median(took))
    return ours, theirs, batches


def as_keras(artifact: Artifact) -> "keras.Model":
    """Return the artifact's network as a Keras model."""
    if artifact.model_path.suffix == ".keras":
        return keras_model(artifact)
    import keras

    widths = numpy_mlp.SIZES[1:]
    dense = [keras.layers.Dense(width, activation="relu") for width in widths[:-1]] + [keras.layers.Dense(widths[-1])]
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), *dense])
    model.set_weights([array for layer in numpy_mlp.read_layers(artifact.model_path) for array in layer])
    return model


def timed_ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
