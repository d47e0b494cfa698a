"""The CNN that the site reads with unless asked otherwise.

Measured: 99.67% of the MNIST test set (9,967 of 10,000; 95% interval 99.54 to 99.77%), expected calibration error
0.0037; 99.48% of the validation digits, 97.37% of those on drawn pages; 74.5% of what is no digit recognised.
`python -m training cnn --seed 1`, 32 epochs, 65 minutes on two cores of an AMD EPYC (bfloat16) that did much other
work besides; an epoch takes under a minute when they do not, the pages four.
"""

from functools import partial

from training import cards
from training.examples import FINE_TUNING
from training.fitting import PRECISIONS, Recipe, load_network, train_network
from training.kinds import Kind
from training.networks import build_cnn

CNN = Kind(
    name="cnn",
    recipe=Recipe(),
    fine_tuning=Recipe(epochs=5, learning_rate=4e-4, warm_up_epochs=0.2, strength=0.6, mixture=FINE_TUNING),
    train=partial(train_network, build_cnn),
    load=partial(load_network, build_cnn),
    help="the convolutional network that the site ships (half an hour and more on two cores)",
    precisions=PRECISIONS,
    limits=(cards.HABITS_IMITATED,),
)
