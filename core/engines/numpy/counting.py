"""How samples were read, from the output layer's sums: their loss, and how many were read rightly."""

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.engines import Totals
from core.network.losses import LOSSES, OUTPUT_FUNCTIONS

ROWS_COUNTED = 2_048  # samples whose losses are worked out together, in arrays that stay in the processor's cache


def totals_of(
    network: NetworkConfig, training: TrainingConfig, sums: np.ndarray, targets: np.ndarray, labels: np.ndarray
) -> Totals:
    """Totals from the last sums and the targets, both (n, outputs), and the labels (n,)."""
    totals = Totals()
    for start in range(0, len(labels), ROWS_COUNTED):
        part = slice(start, start + ROWS_COUNTED)
        totals += _part(network, training, sums[part], targets[part], labels[part])
    return totals


def _part(
    network: NetworkConfig, training: TrainingConfig, sums: np.ndarray, targets: np.ndarray, labels: np.ndarray
) -> Totals:
    sums, targets = np.asfortranarray(sums), np.asfortranarray(targets)  # for the reason given in `Batch`
    highest = sums == sums.max(axis=1, keepdims=True)
    if np.count_nonzero(highest) == len(labels):
        correct = np.count_nonzero(highest[np.arange(len(labels)), labels])
    else:  # of equal sums the first counts, as in a prediction; this is five times as slow
        correct = np.count_nonzero(sums.argmax(axis=1) == labels)
    outputs = sums
    if training.loss != "cross_entropy":  # which is worked out from the sums alone
        outputs = sums.copy(order="F")
        OUTPUT_FUNCTIONS[network.output](outputs)
    loss = LOSSES[network.output, training.loss].value(sums, outputs, targets).sum(dtype=np.float64)
    return Totals(len(labels), float(loss), int(correct))
