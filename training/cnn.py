"""The CNN that the site reads with unless asked otherwise.

Measured: 99.58% of the MNIST test set (9,958 of 10,000; 95% interval 99.43 to 99.69%), expected calibration error
0.0032; 99.62% of the validation digits, 97.59% of those on drawn pages; 82.6% of what is no digit recognised.
`python -m training cnn --seed 1`, 36 epochs, 44 minutes on two cores of an AMD EPYC (bfloat16) that did other work
besides, after the pages, which took six and more.
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
    distillation=Recipe(epochs=20, learning_rate=2e-3, warm_up_epochs=0.5, teachers_share=0.75),
    fine_tuning=Recipe(epochs=5, learning_rate=4e-4, warm_up_epochs=0.2, strength=0.6, mixture=FINE_TUNING),
    train=partial(train_network, build_cnn),
    load=partial(load_network, build_cnn),
    help="the convolutional network that the site ships (half an hour and more on two cores)",
    precisions=PRECISIONS,
    limits=(cards.HABITS_IMITATED,),
)
