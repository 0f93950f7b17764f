"""A run for TensorBoard: `tensorboard --logdir DIR` shows its curves, its weights as histograms, and its graph with the sizes.

Folders and tags are those of Keras's callback: `train` and `validation`, with `epoch_loss` and `epoch_accuracy`.
"""

import io
import socket
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from core.config import NetworkConfig
from core.errors import DigitLabError
from core.models.files import read_model
from core.runs import tfevents
from core.runs.run import Run
from core.runs.snapshots import Snapshots
from core.training.events import BatchEvent, EpochEvent, Event, ResumeEvent, SnapshotEvent


class Writer:
    """Appends a run's events to event files as they come.

    Parameters
    ----------
    run : whose weights are read from its snapshots.
    folder : that TensorBoard is shown; the files of other runs may lie in folders beside it.
    """

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self._begun = run, run.created.timestamp()
        self._snapshots = Snapshots(run)
        name = f"events.out.tfevents.{int(self._begun)}.{socket.gethostname()}.{run.id}"
        self._paths = {part: folder / part / name for part in ("train", "validation")}
        try:
            for path in self._paths.values():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(tfevents.record(tfevents.version(self._begun)))
        except OSError as error:
            raise DigitLabError(
                "Nothing can be written to {folder}: {reason}.", folder=folder, reason=error.strerror
            ) from error
        self._put("train", tfevents.graph(self._begun, nodes(run.config().network)))

    def __call__(self, event: Event) -> None:
        """Take note of an event; what an earlier process had written past a checkpoint stays, as TensorBoard has it too."""
        match event:
            case BatchEvent():
                figures = {"batch_loss": event.loss, "batch_accuracy": event.accuracy, "learning_rate": event.learning_rate,
                           "samples_per_second": event.samples_per_second}  # fmt: skip
                self._put("train", tfevents.scalars(self._begun + event.seconds, event.step, figures))
            case EpochEvent():
                at = self._begun + event.seconds
                figures = {"epoch_loss": event.train_loss, "epoch_accuracy": event.train_accuracy}
                self._put("train", tfevents.scalars(at, event.epoch, figures))
                if event.validation_loss is not None and event.validation_accuracy is not None:
                    figures = {"epoch_loss": event.validation_loss, "epoch_accuracy": event.validation_accuracy}
                    self._put("validation", tfevents.scalars(at, event.epoch, figures))
            case SnapshotEvent(number=int(number)) if self._snapshots.path(
                number
            ).is_file():  # whole epochs, as its steps are
                arrays = read_model(self._snapshots.path(number)).parameters.arrays()
                values = {_tag(name): np.asarray(array) for name, array in arrays.items()}
                self._put("train", tfevents.histograms(self._begun + event.seconds, number, values))
            case ResumeEvent():
                pass

    def _put(self, part: str, event: bytes) -> None:
        with open(self._paths[part], "ab") as file:
            file.write(tfevents.record(event))


def export(run: Run, folder: Path) -> None:
    """Write all that there is of a run."""
    writer = Writer(run, folder)
    for event in run.events()[0]:
        writer(event)


def zipped(run: Run) -> bytes:
    """The same as the content of one file: a zip to be unpacked anywhere, for `tensorboard --logdir` there."""
    content = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        export(run, Path(folder) / run.id)
        for path in sorted(Path(folder).rglob("events.*")):
            file.write(path, path.relative_to(folder))
    return content.getvalue()


def _tag(name: str) -> str:
    """`W1` as layer_1/weights, `b1` as layer_1/biases."""
    return f"layer_{name[1:]}/{'weights' if name[0] == 'W' else 'biases'}"


def nodes(network: NetworkConfig) -> list[tuple[str, str, tuple[str, ...], tuple[int, ...]]]:
    """The graph: pixels, and for each layer its weights, the product with them, the biases, and what bends the sum."""
    found: list[tuple[str, str, tuple[str, ...], tuple[int, ...]]] = [
        ("pixels", "Placeholder", (), (-1, network.inputs))
    ]
    heard = "pixels"
    for number, (fan_in, fan_out) in enumerate(zip(network.sizes[:-1], network.sizes[1:], strict=True), start=1):
        layer, shape = f"layer_{number}", (-1, fan_out)
        found.append((f"{layer}/weights", "Variable", (), (fan_in, fan_out)))
        found.append((f"{layer}/product", "MatMul", (heard, f"{layer}/weights"), shape))
        heard = f"{layer}/product"
        if network.bias:
            found.append((f"{layer}/biases", "Variable", (), (fan_out,)))
            found.append((f"{layer}/sum", "BiasAdd", (heard, f"{layer}/biases"), shape))
            heard = f"{layer}/sum"
        last = number == len(network.sizes) - 1
        found.append((f"{layer}/{network.output if last else network.activation}", "Bend", (heard,), shape))
        heard = found[-1][0]
    return found
