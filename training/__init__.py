"""From MNIST to an artifact: data, augmentation, networks, fitting, calibration, evaluation. No Django."""

import os

# Threads that wait for each other over matrices as small as the NumPy MLP's cost more than twenty times what they save
# on a busy machine. OpenBLAS reads this once, when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
