"""The networks on the way: after each epoch the parameters, in half precision, as model files; at most so many of a run."""

from collections.abc import Callable
from pathlib import Path

from core.config import Config
from core.models.files import SUFFIX, save_model
from core.models.model import Model, Provenance
from core.models.parameters import Parameters
from core.runs.run import Run

MAX_BYTES = 64 << 20  # of all snapshots of a run: a large network keeps fewer of them


class Snapshots:
    """The snapshots of one run: the parameters after epoch 0 (the start), 1, 2, ... as `snapshots/0007.safetensors`.

    When there are too many, every other one goes, and from then on only every other epoch is kept: those that remain
    lie evenly, and a run that goes on from a checkpoint keeps the same ones as one that was never interrupted.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._folder = run.path / "snapshots"
        self._most = run.record().snapshots
        self._stride = next((number for number in self.numbers() if number), 1)

    def numbers(self) -> list[int]:
        """The epochs of which there is a snapshot, in order."""
        return sorted(int(path.stem) for path in self._folder.glob(f"[0-9]*{SUFFIX}") if path.stem.isdecimal())

    def path(self, number: int) -> Path:
        return self._folder / f"{number:04d}{SUFFIX}"

    def keep(self, epoch: int, config: Config, parameters: Callable[[], Parameters]) -> bool:
        """Keep the network after an epoch, if it is its turn; says whether it did."""
        size = 2 * config.network.parameter_count
        most = min(self._most, max(MAX_BYTES // size, 2))
        if not self._most or epoch % self._stride:
            return False
        self._thin()
        title = f"{self._run.title()}, after epoch {epoch}"
        model = Model(config, parameters(), Provenance(title=title, epochs=float(epoch)))
        save_model(model, self.path(epoch), storage="float16")
        while len(self.numbers()) > most:
            self._stride *= 2
            self._thin()
        return True

    def _thin(self) -> None:
        """Take away what does not lie evenly, from the first on: a process killed meanwhile leaves the new distance to see."""
        for number in self.numbers():
            if number % self._stride:
                self.path(number).unlink(missing_ok=True)
