"""What an epoch shows: which samples, in which order, and when the engine is handed them."""

import dataclasses

import numpy as np

from core.config import TrainingConfig
from core.datasets import Dataset
from core.drawings.augment import AUGMENTATIONS, augment
from core.engines import Engine
from core.errors import DigitLabError
from core.seeding import AUGMENT, SHUFFLE, generator
from core.training.ahead import Ahead
from core.training.turned import Turner


class Epochs:
    """The samples of a training, epoch by epoch, and the engine that holds them.

    Attributes
    ----------
    steps : batches in an epoch.
    """

    def __init__(self, train: Dataset, training: TrainingConfig, engine: Engine) -> None:
        self._train, self._training, self._engine = train, training, engine
        copies = AUGMENTATIONS[training.augmentation].copies
        self._turner = Turner(train, training, engine.stride) if copies > 1 else None
        self._ahead = Ahead(self._changed, training.epochs)
        self._window: tuple[int, int] | None = None  # which the engine holds: epoch, and number in it
        self._count = copies * len(train)
        whole, rest = divmod(self._count, training.batch_size)
        self.steps = whole + (rest > 0 and not training.drop_last)
        if not self.steps:
            raise DigitLabError(
                "{samples:,} digits do not fill one batch of {size:,}, and batches that are not full are left out. "
                "Choose smaller batches.",
                samples=self._count,
                size=training.batch_size,
            )

    def load(self, epoch: int) -> None:
        """Hand the engine the samples of an epoch, changed as the configuration asks; turned ones come with `shown`."""
        train, training = self._train, self._training
        if self._turner:
            return
        self._engine.load(self._ahead.get(epoch) if training.augmentation != "none" else train)

    def _changed(self, epoch: int) -> Dataset:
        """The digits of an epoch, changed anew; each epoch has a generator of its own, whoever asks for it and when."""
        train, name = self._train, self._training.augmentation
        rng = generator(self._training.seed, AUGMENT, epoch)
        pixels, labels = augment(name, train.pixels, train.labels, train.shape, rng=rng)
        return dataclasses.replace(train, pixels=pixels, labels=labels)

    def order(self, epoch: int) -> np.ndarray:
        """The samples of an epoch (m,) in the order that they are shown."""
        if self._training.shuffle:
            order = generator(self._training.seed, SHUFFLE, epoch).permutation(self._count)
        else:
            order = np.arange(self._count)
        return order[: self.steps * self._training.batch_size]

    def shown(self, epoch: int, order: np.ndarray, offset: int, count: int) -> tuple[np.ndarray, int]:
        """What the engine calls the samples of `count` batches from number `offset` of the epoch on, and how many these are.

        Where samples are made a window at a time the right one is loaded, and the count ends with it at the latest.
        """
        size = self._training.batch_size
        if not self._turner:
            return order[offset * size : (offset + count) * size], count
        number, inside = divmod(offset, self._turner.steps)
        if self._window != (epoch, number):
            self._engine.load(self._turner.window(order, number))
            self._window = epoch, number
        count = min(count, self._turner.steps - inside)
        end = min((offset + count) * size, len(order)) - (offset - inside) * size
        return np.arange(inside * size, end), count
