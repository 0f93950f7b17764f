"""How much memory a training takes, and whether this computer has it: what does not fit is refused before it is begun.

Without this a system that is asked for too much ends the process without a word, or pages until nothing moves.
"""

from pathlib import Path

import numpy as np
import psutil

from core.config import NetworkConfig, TrainingConfig
from core.messages import Message, message
from core.network.optimizers import OPTIMIZERS

LIMIT = Path("/sys/fs/cgroup/memory.max")  # what a container may use; "max" where that is all there is
GIGABYTE = 1e9


def needed(network: NetworkConfig, training: TrainingConfig) -> int:
    """Bytes for the parameters, their slopes and the optimiser's vectors, and for a batch's values and deltas."""
    vectors = 3 + len(OPTIMIZERS[training.optimizer].slots)  # of parameters: they, their slopes, and room to work in
    of_sample = 2 * sum(network.sizes) + sum(network.hidden) * (network.dropout > 0.0)
    return (vectors * network.parameter_count + of_sample * training.batch_size) * np.dtype(training.dtype).itemsize


def here() -> int:
    """Bytes of memory that this process may come to use."""
    installed = psutil.virtual_memory().total
    try:
        return min(installed, int(LIMIT.read_text()))
    except (OSError, ValueError):
        return installed


def too_large(network: NetworkConfig, training: TrainingConfig) -> Message | None:
    """Why a training cannot be done in this computer's memory, or None."""
    if needed(network, training) <= here():
        return None
    return message(
        "Batches of {batch:,} digits in this network take {needed:.1f} GB of memory, and this computer has {here:.1f} GB. "
        "Choose smaller batches or smaller layers.",
        batch=training.batch_size,
        needed=needed(network, training) / GIGABYTE,
        here=here() / GIGABYTE,
    )
