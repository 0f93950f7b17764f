"""The networks on the way: early in the first epoch, and after each one, in half precision, as model files."""

import re
from collections.abc import Callable
from pathlib import Path

from core.config import Config
from core.models.files import SUFFIX, save_model
from core.models.model import Model, Provenance
from core.models.parameters import Parameters
from core.runs.run import Run
from core.training.moments import EARLY

NAME = re.compile(r"\d+(\.\d+)?", re.ASCII)
MAX_BYTES = 64 << 20  # of all snapshots of a run: a large network keeps fewer of them


class Snapshots:
    """The snapshots of one run: the parameters after epoch 0 (the start), 1, 2, ... as `snapshots/0007.safetensors`.

    When there are too many, every other one goes, and from then on only every other epoch is kept: those that remain
    lie evenly, and a run that goes on from a checkpoint keeps the same ones as one that was never interrupted.

    Within the first epoch there are some besides (`core.training.moments`), `snapshots/0000.25.safetensors`. They all stay.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._folder = run.path / "snapshots"
        self._most = run.record().snapshots
        self._stride = next((number for number in self.numbers() if number), 1)

    def numbers(self) -> list[int]:
        """The whole epochs of which there is a snapshot, in order."""
        return [int(moment) for moment in self.moments() if moment.is_integer()]

    def moments(self) -> list[float]:
        """All moments, in epochs, of which there is a snapshot, in order."""
        found = (moment_of(path.name.removesuffix(SUFFIX)) for path in self._folder.glob(f"[0-9]*{SUFFIX}"))
        return sorted(moment for moment in found if moment is not None)

    def path(self, moment: float) -> Path:
        return self._folder / f"{name_of(moment)}{SUFFIX}"

    def keep(self, epoch: int, config: Config, parameters: Callable[[], Parameters]) -> bool:
        """Keep the network after an epoch, if it is its turn; says whether it did."""
        size = 2 * config.network.parameter_count
        early = sum(path.stat().st_size for path in map(self.path, EARLY) if path.is_file())
        most = min(self._most, max((MAX_BYTES - early) // size, 2))
        if not self._most or epoch % self._stride:
            return False
        self._thin()
        self._save(epoch, float(epoch), config, parameters())
        while len(self.numbers()) > most:
            self._stride *= 2
            self._thin()
        return True

    def keep_early(self, moment: float, epochs: float, config: Config, parameters: Callable[[], Parameters]) -> bool:
        """Keep the network at an early moment, when `epochs` are done in truth; says whether it did.

        None is kept of a network so large that they would take up most of the room, nor of one that goes astray.
        """
        if not self._most or len(EARLY) * 4 * config.network.parameter_count > MAX_BYTES:
            return False
        now = parameters()
        if now.fits_half:
            self._save(moment, epochs, config, now)
        return now.fits_half

    def _save(self, moment: float, epochs: float, config: Config, parameters: Parameters) -> None:
        title = f"{self._run.title()}, after epoch {moment:g}"
        model = Model(config, parameters, Provenance(title=title, epochs=epochs))
        save_model(model, self.path(moment), storage="float16", lasting=False)

    def _thin(self) -> None:
        """Take away what does not lie evenly, from the first on: a process killed meanwhile leaves the new distance to see."""
        for number in self.numbers():
            if number % self._stride:
                self.path(number).unlink(missing_ok=True)


def name_of(moment: float) -> str:
    """ "0007" for the moment after epoch 7, "0000.25" for a quarter of the first."""
    whole, _, part = f"{moment:.6f}".partition(".")
    return f"{int(whole):04d}.{part}".rstrip("0").rstrip(".") if int(part) else f"{int(whole):04d}"


def moment_of(name: str) -> float | None:
    """The moment that `name_of` gives this name; None where it is no such name."""
    return float(name) if NAME.fullmatch(name) else None
