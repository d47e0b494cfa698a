"""From MNIST to an artifact: data, augmentation, networks, fitting, calibration, evaluation. No Django."""
