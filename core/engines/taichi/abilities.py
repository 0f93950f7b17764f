"""What the Taichi engine can compute, told without waking Taichi: its kernels have each formula written out again."""

import importlib.util

from core.config import NetworkConfig, TrainingConfig
from core.engines.memory import too_large
from core.engines.taichi.layout import Layout
from core.messages import N_, Message, message

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")
LOSSES = (
    ("softmax", "cross_entropy"), ("sigmoid", "cross_entropy"), ("softmax", "squared_error"), ("sigmoid", "squared_error"),
    ("sigmoid", "rashid"),
)  # fmt: skip
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")
NUMBERS = 2**31 - 1  # of one array: Taichi 1.7.4 counts them in 32 bits, and past that it writes anywhere
MISSING = N_(
    "Taichi is not installed here, so its engine cannot run. Choose the NumPy engine, "
    "or install Taichi (pip install taichi); it exists for Python up to 3.13."
)


def refuses(network: NetworkConfig, training: TrainingConfig) -> Message | None:
    """See `core.engines.Engine.refuses`."""
    if importlib.util.find_spec("taichi") is None:
        return message(MISSING)
    if training.dtype == "float64" and training.device in ("vulkan", "metal"):
        return message("Numbers of 16 digits (float64) need the processor or a CUDA card. Choose one, or float32.")
    pair = network.output, training.loss
    asked = ((network.activation, ACTIVATIONS), (pair, LOSSES), (training.optimizer, OPTIMIZERS))
    for name, known in asked:
        if name not in known:
            what = name if isinstance(name, str) else " + ".join(name)
            return message("The Taichi engine does not know {what}. Choose the NumPy engine.", what=what)
    layout = Layout(network, training.dtype, training.device != "cpu")
    largest = max(layout.values(training.batch_size), layout.weights, layout.turned) * layout.lanes
    if largest > NUMBERS:
        return message(
            "Batches of {batch:,} digits in this network are more numbers than Taichi can count. "
            "Choose smaller batches, smaller layers, or the NumPy engine.",
            batch=training.batch_size,
        )
    return too_large(network, training) if training.device == "cpu" else None  # a card has memory of its own
