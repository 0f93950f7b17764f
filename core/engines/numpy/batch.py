"""The NumPy engine's working memory."""

import numpy as np

from core.config import NetworkConfig


class Batch:
    """The arrays of a step on n samples.

    Attributes
    ----------
    pixels, inputs : (n, width) pixels of the kind they are `kept` in, bytes as a rule, and the same as numbers; the width
        is that of the pixels that are read.
    hidden : the sums and then the values of each hidden layer, (n, units).
    masks : dropout's factors for them.
    deltas : the derivatives of the loss by the sums of each layer, the outputs last, (n, units).
    ones : (n,), a product with which is a sum over samples.
    """

    def __init__(self, n: int, width: int, network: NetworkConfig, dtype: str, kept: np.dtype) -> None:
        self.pixels = np.empty((n, width), kept)
        self.inputs = np.empty((n, width), dtype)
        self.hidden = [np.empty((n, units), dtype) for units in network.hidden]
        self.masks: list[np.ndarray | None] = [None] * len(self.hidden)
        # The outputs lie digit by digit: softmax and loss then go along ten rows of n, not n rows of ten.
        self.deltas = [*map(np.empty_like, self.hidden), np.empty((n, network.outputs), dtype, order="F")]
        self.ones = np.ones(n, dtype)
