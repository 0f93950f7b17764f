"""What a training will show its network, for a look before the start: some digits, changed as the settings say."""

import numpy as np

from core.config import TrainingConfig
from core.datasets.dataset import Dataset
from core.drawings.augment import AUGMENTATIONS, augment, turned
from core.seeding import AUGMENT, generator

CHANGED = 2  # times that each digit is changed, where chance changes it


def previewed(training: TrainingConfig, digits: Dataset) -> list[np.ndarray]:
    """The digits as the first epochs may show them, or turned by each angle: arrays (n, h * w) float32 in 0..1.

    None where they are shown as they are. In a training chance falls otherwise, for it has more digits to change.
    """
    name, n = training.augmentation, len(digits)
    angles = AUGMENTATIONS[name].angles
    if len(angles) > 1:
        copies = [copy for copy, angle in enumerate(angles) if angle]
        made = [
            turned(angles, digits.pixels, digits.shape, np.arange(n) * len(angles) + copy, "float32") for copy in copies
        ]
    elif name != "none":
        rngs = [generator(training.seed, AUGMENT, epoch) for epoch in range(CHANGED)]
        made = [augment(name, digits.pixels, digits.labels, digits.shape, rng=rng)[0] for rng in rngs]
    else:
        made = []
    return [np.clip(pixels.astype(np.float32) / digits.pixel_max, 0.0, 1.0) for pixels in made]
