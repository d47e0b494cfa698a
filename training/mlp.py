"""The Keras MLP: every pixel to every neuron, and no more. What the CNN is measured against.

Measured: 99.24% of the MNIST test set (9,924 of 10,000; 95% interval 99.05 to 99.39%), expected calibration error
0.0060; 99.02% of the validation digits, 95.13% of those on drawn pages; 63.4% of what is no digit recognised.
`python -m training mlp --version 4 --teachers cnn-6 --seed 1`, 40 epochs, 19 minutes on two cores of an AMD EPYC
(bfloat16), the pages being drawn already.
"""

from dataclasses import replace
from functools import partial

from training import cards
from training.examples import FINE_TUNING
from training.fitting import PRECISIONS, Recipe, load_network, train_network
from training.kinds import Kind
from training.networks import build_mlp

RECIPE = Recipe(epochs=40, label_smoothing=0.02, strength=0.5, last_strength=0.25)

MLP = Kind(
    name="mlp",
    recipe=RECIPE,
    distillation=replace(RECIPE, teachers_share=0.75),
    fine_tuning=Recipe(
        epochs=6,
        learning_rate=4e-4,
        warm_up_epochs=0.2,
        label_smoothing=0.02,
        strength=0.3,
        last_strength=0.25,
        mixture=FINE_TUNING,
    ),
    train=partial(train_network, build_mlp),
    load=partial(load_network, build_mlp),
    help="the Keras MLP (some 8 minutes on two cores, 19 with teachers, and five to draw the pages)",
    precisions=PRECISIONS,
    limits=(cards.HABITS_IMITATED,),
)
