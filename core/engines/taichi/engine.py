"""The Taichi engine: the whole network on the device, and all steps of a call in one launch.

Parameters, the optimiser's state, the data set as bytes and the order of the samples stay on the device. `train` sends
the order, the learning rates and the dropout keys once, and reads the losses once; within a step nothing crosses. The
kernels fit networks of any size, so that they are compiled once for a choice of activation, loss and optimiser, and kept
on disk. What runs on a processor is in `core.engines.taichi.cpu`, on a graphics card in `core.engines.taichi.gpu`.
"""

from typing import Any

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Samples, Totals, batches, check_samples
from core.engines.taichi.abilities import refuses
from core.engines.taichi.layout import COEFFICIENTS, DECAY, EPSILON, KEPT_1, KEPT_2, NEW_1, NEW_2, RATE
from core.engines.taichi.runtime import start
from core.models.parameters import Parameters
from core.network import dropout
from core.network.optimizers import ADAM_BETAS, ADAM_EPSILON, OPTIMIZERS, RMSPROP_DECAY, RMSPROP_EPSILON
from core.network.scaling import gain_and_offset

EVALUATION_ROWS = 510
SLOT_ARRAYS = ("first", "second")


class TaichiEngine:
    """Training on the processor or a graphics card with Taichi. See `core.engines.Engine` for the methods.

    It must be used on the thread that made the process's first one, and all of a process use the same device.
    """

    stride = 1
    refuses = staticmethod(refuses)

    def __init__(self, network: NetworkConfig, training: TrainingConfig, parameters: Parameters) -> None:
        start(training.device)
        from core.engines.taichi.network import DeviceNetwork  # only now, because it imports Taichi

        self.network = network
        self.training = training
        self._slots = dict(zip(SLOT_ARRAYS, OPTIMIZERS[training.optimizer].slots, strict=False))
        self._steps = 0
        self._device = DeviceNetwork(network, training)
        self._batch = self._device.make_batch(training.batch_size)
        self._device.prepare(self._batch)
        self._device.put_vector("w", parameters.flat)
        self._look_batch = self._device.make_batch(EVALUATION_ROWS)
        self._samples: dict[str, Any] = {}
        self._looked_at: tuple[Dataset, dict[str, Any]] | None = None

    def _upload(self, data: Samples, pixels: np.ndarray) -> dict[str, Any]:
        """A data set on the device, its pixels of the kind that the kernel reads, and how they are to be scaled."""
        check_samples(self.network, data)
        gain, offset = gain_and_offset(self.network.scaling, self.network.mean, self.network.std)
        keep = 1.0 - self.network.dropout
        settings = [gain / data.pixel_max, offset, *self.training.targets, 1.0 / keep, keep, self.training.l2]
        return self._device.make_samples(pixels, data.labels, np.array(settings, dtype=self.training.dtype))

    def load(self, data: Samples) -> None:
        self._samples = self._upload(
            data, data.pixels.astype(self.training.dtype) if self._device.made else data.pixels
        )

    def train(self, order: np.ndarray, rates: np.ndarray) -> Totals:
        batches(order, rates, self.training.batch_size)
        self._device.put("coefficients", self._coefficients(rates))
        totals = self._launch("train", self._samples, self._batch, order)
        self._steps += len(rates)
        return totals

    def _launch(self, kind: str, samples: dict[str, Any], batch: dict[str, Any], order: np.ndarray) -> Totals:
        """Take the steps over the samples `order`, in batches of the size that `batch` is made for."""
        self._device.put("order", order.astype(np.int32))
        self._device.put("keys", self._keys(-(-len(order) // batch["size"]) if kind != "look" else 0))
        self._device.launch(kind, samples, batch, len(order))
        losses, correct = self._device.results(len(order))
        return Totals(len(order), float(losses.sum(dtype=np.float64)), correct)

    def _keys(self, steps: int) -> np.ndarray:
        """What the kernels need to work out the dropout masks: the threshold, and for each step a key per hidden layer."""
        keys = [dropout.threshold(self.network.dropout)]
        if self.network.dropout:
            for step in range(self._steps, self._steps + steps):
                keys += [dropout.key(self.training.seed, step, layer) for layer in range(len(self.network.hidden))]
        return np.array([*keys, 0], dtype=np.uint32)  # the output layer looks at a key as well, and leaves it

    def _coefficients(self, rates: np.ndarray) -> np.ndarray:
        """The numbers of each step's optimiser (n * 8,), in the order that `core.engines.taichi.layout` names.

        Adam's corrections of its running means are drawn together as in `core.network.optimizers`.
        """
        rows = np.zeros((len(rates), COEFFICIENTS), dtype=np.float64)
        rows[:, RATE] = rates
        optimizer, momentum = self.training.optimizer, self.training.momentum
        if optimizer in ("momentum", "nesterov"):
            rows[:, KEPT_1] = momentum
        elif optimizer == "rmsprop":
            rows[:, [KEPT_1, NEW_1, EPSILON]] = RMSPROP_DECAY, 1.0 - RMSPROP_DECAY, RMSPROP_EPSILON
        elif optimizer in ("adam", "adamw"):
            (beta1, beta2), taken = ADAM_BETAS, np.arange(1, len(rates) + 1) + self._steps
            root = np.sqrt(1.0 - beta2**taken)
            rows[:, [KEPT_1, NEW_1, KEPT_2, NEW_2]] = beta1, 1.0 - beta1, beta2, 1.0 - beta2
            rows[:, RATE] *= root / (1.0 - beta1**taken)
            rows[:, EPSILON] = ADAM_EPSILON * root
            rows[:, DECAY] = 1.0 - rates * self.training.weight_decay
        return rows.ravel().astype(self.training.dtype)

    def gradient(self, order: np.ndarray) -> tuple[float, np.ndarray]:
        loss = self._launch("gradient", self._samples, self._device.make_batch(len(order)), order).mean_loss
        squares = sum(float(np.square(weights).sum()) for weights in self.parameters().weights)
        return loss + 0.5 * self.training.l2 * squares, self._device.get_vector("gradient")

    def evaluate(self, data: Dataset) -> Totals:
        if self._looked_at is None or self._looked_at[0] is not data:
            self._looked_at = data, self._upload(data, data.pixels)
        return self._launch("look", self._looked_at[1], self._look_batch, np.arange(len(data)))

    def parameters(self) -> Parameters:
        return Parameters(self.network, self._device.get_vector("w"))

    def state(self) -> dict[str, np.ndarray]:
        slots = {slot: self._device.get_vector(name) for name, slot in self._slots.items()}
        return slots | {"parameters": self._device.get_vector("w"), "steps": np.array(self._steps)}

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        self._device.put_vector("w", state["parameters"])
        for name, slot in self._slots.items():
            self._device.put_vector(name, state[slot])
        self._steps = int(state["steps"])

    def close(self) -> None:
        self._samples, self._batch, self._looked_at = {}, {}, None
        self._device.close()


ENGINE = TaichiEngine
