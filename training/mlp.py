"""The Keras MLP: every pixel to every neuron, and no more. What the CNN is measured against.

Measured: 99.09% of the MNIST test set (9,909 of 10,000; 95% interval 98.88 to 99.26%), expected calibration error
0.0033; 98.94% of the validation digits, 97.39% of them mildly altered; 84.4% of drawn negatives recognised.
`python -m training mlp --seed 1`, best epoch 33 of 40, 14 minutes on two busy cores of an AMD EPYC (bfloat16).
"""

from functools import partial

from training import cards
from training.fitting import PRECISIONS, Recipe, train_network
from training.kinds import Kind
from training.networks import build_mlp

MLP = Kind(
    name="mlp",
    recipe=Recipe(epochs=40, label_smoothing=0.02, strength=0.5, last_strength=0.25),
    train=partial(train_network, build_mlp),
    help="the Keras MLP (some 6 minutes on two cores)",
    precisions=PRECISIONS,
    limits=(cards.HABITS_IMITATED,),
)
