"""Turned copies of digits, made a window at a time: as numbers they would take eight to sixteen times the room of bytes."""

from dataclasses import dataclass

import numpy as np

from core.config import TrainingConfig
from core.datasets import Dataset
from core.drawings.augment import AUGMENTATIONS, turned

WINDOW = 6_144  # samples: 19 MB in float32 at 28 x 28


@dataclass(frozen=True, slots=True, eq=False)
class TurnedSamples:
    """Samples for an engine: pixels (n, inputs) of float32 or float64 on the scale of `pixel_max`, labels (n,) int64."""

    pixels: np.ndarray
    labels: np.ndarray
    pixel_max: int

    def __len__(self) -> int:
        return len(self.labels)


class Turner:
    """The samples of a training with turned copies: each digit, then its copies, is `copies` samples one after another.

    Attributes
    ----------
    steps : how many batches a window holds, a multiple of the engine's stride.
    """

    def __init__(self, train: Dataset, training: TrainingConfig, stride: int) -> None:
        self._train, self._dtype = train, training.dtype
        self._angles = AUGMENTATIONS[training.augmentation].angles
        self._size = training.batch_size
        self.steps = max(1, WINDOW // (self._size * stride)) * stride

    def __len__(self) -> int:
        return len(self._train) * len(self._angles)

    def window(self, order: np.ndarray, number: int) -> TurnedSamples:
        """The samples of the epoch's window `number`, in their `order` (m,) through the epoch."""
        length = self.steps * self._size
        samples = order[number * length : (number + 1) * length]
        pixels = turned(self._angles, self._train.pixels, self._train.shape, samples, self._dtype)
        return TurnedSamples(pixels, self._train.labels[samples // len(self._angles)], self._train.pixel_max)
