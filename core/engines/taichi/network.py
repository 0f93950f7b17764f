"""A network's arrays on the device, and the launches that work on them. NumPy arrays come in and go out."""

from typing import Any

import numpy as np
import taichi as ti

from core.config import NetworkConfig, TrainingConfig
from core.drawings.augment import AUGMENTATIONS
from core.engines.taichi import cpu, gpu
from core.engines.taichi.kernels import Choice, types_of
from core.engines.taichi.layout import ROWS, SETTINGS, STRIPS, Layout
from core.network.losses import LOSSES
from core.network.optimizers import OPTIMIZERS

Arrays = dict[str, Any]  # the device's arrays by the names that the kernels give them


class DeviceNetwork:
    """One network on the device: what a kernel is given, by name, and the kernels. It knows no data sets and no epochs.

    Attributes
    ----------
    made : whether the pixels that it trains on are reals and not bytes, as those of turned copies are.
    """

    def __init__(self, network: NetworkConfig, training: TrainingConfig) -> None:
        self.network = network
        self.training = training
        self.made = AUGMENTATIONS[training.augmentation].copies > 1
        self._on_gpu = training.device != "cpu"
        self.layout = Layout(network, training.dtype, self._on_gpu)
        self._types = types_of(training.dtype, self.layout.lanes)
        self._arrays: Arrays = {"layers": len(network.sizes) - 1, "biases": int(network.bias)}
        self.put("table", self.layout.table.ravel())
        self.put("gate", np.zeros(16, dtype=np.int32))
        self.put("coefficients", np.zeros(1, dtype=training.dtype))
        self.put("losses", np.zeros(1, dtype=training.dtype))
        self.put("right", np.zeros(1, dtype=np.int32))
        slots = len(OPTIMIZERS[training.optimizer].slots)
        for number, name in enumerate(("w", "first", "second")):
            self._arrays[name] = self._zeros(self._types.strip, self.layout.weights if number <= slots else 1)
        self._arrays["turned"] = self._zeros(self._types.strip, self.layout.turned)

    # -- memory

    def _zeros(self, element: Any, count: int) -> Any:
        array = ti.ndarray(element, max(count, 1))
        array.fill(0)
        return array

    def make_batch(self, samples: int) -> Arrays:
        """Room for the values and deltas of all layers for so many samples."""
        rows = -(-samples // ROWS) * ROWS
        deltas = self.layout.strips - int(self.layout.table[0, STRIPS])
        if not LOSSES[self.network.output, self.training.loss].has_gradient:
            deltas += int(self.layout.table[-1, STRIPS])  # for what the outputs hand down
        return {
            "rows": rows,
            "size": samples,
            "x": self._zeros(self._types.strip, self.layout.values(samples)),
            "delta": self._zeros(self._types.strip, rows * deltas),
        }

    def make_samples(self, pixels: np.ndarray, labels: np.ndarray, settings: np.ndarray) -> Arrays:
        """A data set (n, inputs), bytes or reals, on the device, a picture's strips side by side."""
        width = int(self.layout.table[0, STRIPS]) * self.layout.lanes
        if pixels.shape[1] < width:
            pixels = np.pad(pixels, ((0, 0), (0, width - pixels.shape[1])))
        element = self._types.byte_strip if pixels.dtype == np.uint8 else self._types.strip
        stored = ti.ndarray(element, pixels.size // self.layout.lanes)
        stored.from_numpy(np.ascontiguousarray(pixels).reshape(-1, self.layout.lanes))
        return {"pixels": stored, "labels": self._sent(labels.astype(np.int32)), "settings": self._sent(settings)}

    def _sent(self, values: np.ndarray) -> Any:
        element = {"i": ti.i32, "u": ti.u32}.get(values.dtype.kind, self._types.real)
        array = ti.ndarray(element, values.size)
        array.from_numpy(values)
        return array

    def put(self, name: str, values: np.ndarray) -> None:
        """Send a vector to the array of this name, which is made anew when it is too short."""
        room = self._arrays[name].shape[0] if name in self._arrays else 0
        if room < values.size:
            self._arrays[name] = self._sent(values)
        else:
            self._arrays[name].from_numpy(np.pad(values, (0, room - values.size)))

    def put_vector(self, name: str, flat: np.ndarray) -> None:
        """Send a vector (p,) in the order of `Parameters.flat`."""
        self._arrays[name].from_numpy(self.layout.pack(flat))
        if name == "w" and self.layout.turned:
            self._arrays["turned"].from_numpy(self.layout.pack_turned(flat))

    def get_vector(self, name: str) -> np.ndarray:
        """The vector (p,) that the layers' arrays `name` hold."""
        return self.layout.unpack(self._arrays[name].to_numpy())

    def results(self, count: int) -> tuple[np.ndarray, int]:
        """The losses (count,) of the last launch, and how many digits it read rightly."""
        right = self._arrays["right"].to_numpy()[:count]
        return self._arrays["losses"].to_numpy()[:count], int(right.sum())

    def close(self) -> None:
        self._arrays = {}

    # -- launches

    def _kernel(self, kind: str) -> Any:
        """What takes all steps of a call: one kernel on a processor, recorded launches on a graphics card."""
        network, training = self.network, self.training
        choice = Choice(
            kind,
            network.activation,
            network.output,
            training.loss,
            training.optimizer if kind == "train" else "sgd",
            kind != "look" and network.dropout > 0.0,
            training.l2 > 0.0,
            kind != "look" and self.made,
            training.dtype,
            self.layout.lanes,
        )
        if self._on_gpu:
            return gpu.steps_launches(choice, self._arrays["layers"]).run
        kernel = cpu.steps_kernel(choice)
        names = [argument.name for argument in kernel._primal.arguments]
        return lambda given: kernel(*(given[name] for name in names))

    def prepare(self, batch: Arrays) -> None:
        """Compile what training and evaluation need, or load it from the disk, by launches on nothing."""
        for name, dtype in (("order", np.int32), ("keys", np.uint32)):
            self.put(name, np.zeros(1, dtype=dtype))
        for kind, pixels in (("train", self.training.dtype if self.made else np.uint8), ("look", np.uint8)):
            nothing = self.make_samples(
                np.zeros((1, self.network.inputs), dtype=pixels),
                np.zeros(1),
                np.zeros(SETTINGS, dtype=self.training.dtype),
            )
            self.launch(kind, nothing, batch, 0)

    def launch(self, kind: str, samples: Arrays, batch: Arrays, count: int) -> None:
        """Take the steps over the first `count` samples of the array `order`; see `Choice` for kinds."""
        if self._arrays["losses"].shape[0] < count:
            self._arrays["losses"] = self._zeros(self._types.real, count)
            self._arrays["right"] = self._zeros(ti.i32, count)
        given = self._arrays | samples | batch | {"samples": count}
        if kind == "gradient":
            given["first"] = self._arrays["gradient"] = self._zeros(self._types.strip, self.layout.weights)
        self._kernel(kind)(given)
