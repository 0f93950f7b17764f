"""One file for a run, to keep or to send: a zip of its settings, curve, model and moments, and what it is said to read.

    manifest.json               format, version, seed, hashes of the digits, and the score to be counted again
    config.json run.json status.json metrics.jsonl
    model.safetensors           in half precision where the score was counted with it, else as it is
    snapshots/0007.safetensors  some of the networks on the way, evenly spread

What comes in is read as if a stranger had made it: only these names, each once and bounded, each parsed and written anew.
"""

import dataclasses
import io
import re
import tempfile
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from core import __version__
from core.config import Config
from core.datasets import available
from core.errors import DigitLabError
from core.files import DAMAGED, check_entry
from core.messages import N_
from core.models.files import SUFFIX, read_card, read_model, save_model
from core.models.model import Model
from core.models.parameters import Parameters
from core.runs import record, status
from core.runs.run import Run
from core.runs.snapshots import Snapshots, moment_of
from core.scores.evaluation import Evaluation, evaluate_on
from core.training import events
from core.training.events import BatchEvent, EpochEvent, Event
from core.training.moments import EARLY

FORMAT = 1
NAMES = re.compile(
    rf"(manifest|config|run|status)\.json|metrics\.jsonl|model\{SUFFIX}|snapshots/\d{{4}}(\.\d{{1,6}})?\{SUFFIX}",
    re.ASCII,
)
NEEDED = ("manifest.json", "config.json", "run.json", "status.json", "metrics.jsonl", f"model{SUFFIX}")
MOST_FILES = len(NEEDED) + record.SNAPSHOTS + 1 + len(EARLY)
MOST_BYTES = {".json": 1 << 20, ".jsonl": 32 << 20, SUFFIX: 170 << 20}  # of one file, unpacked
MOST_IN_ALL = 330 << 20
SNAPSHOT_BYTES = 1_300_000  # of all moments together, so that the default network's file keeps under 2 MB; two at least
MOST_BATCHES = 1e9  # of an epoch
MOST_EVENTS, MOST_EPOCHS = 150_000, 10_000  # lines of figures, and how many of them may be of epochs
TOO_MANY = "it holds more figures than a page can show"
NOT_OVER = N_("This run is at work, or has made no model yet. Wait for it, or stop it, and export it then.")
NO_FILE = N_("This is not the file of a run, or it is damaged: {why}.")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says of itself.

    Attributes
    ----------
    run : the id that the run had; version : of Digit Lab that wrote it; exported : when.
    seed : of all its random choices.
    data_sha256, test_sha256 : hashes of the digits that it learned from, and that it was tested on where that is known.
    score : (digits, right) that the model in the file reads of these.
    """

    format: int = FORMAT
    run: str = ""
    version: str = __version__
    exported: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))
    seed: int = 0
    data_sha256: str | None = None
    test_sha256: str | None = None
    score: tuple[int, int] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Contents:
    """A run as it was read from a file, all of it checked.

    Attributes
    ----------
    config, about, status, events : as in a run's folder.
    model : its network; snapshots : those on the way, by the moment in epochs.
    """

    manifest: Manifest
    config: Config
    about: record.Record
    status: status.Status
    events: list[Event]
    model: Model
    snapshots: dict[float, Model]


def pack(run: Run) -> bytes:
    """A run as the content of one file. Raises `DigitLabError` where it is at work, or has made no model."""
    now = run.status()
    if now.active or not run.model_path.is_file():
        raise DigitLabError(NOT_OVER)
    model, test = _light(run.model())
    score = model.provenance.scores.get("test")
    manifest = Manifest(
        run=run.id, seed=model.config.training.seed, data_sha256=model.provenance.data_sha256,
        test_sha256=test.data.sha256 if test else None, score=(score.n, score.correct) if score else None,
    )  # fmt: skip
    lines = "".join(f"{events.to_line(event)}\n" for event in run.events()[0])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", msgspec.json.format(msgspec.json.encode(manifest)))
        file.writestr("config.json", run.config().to_json())
        file.writestr("run.json", record.to_json(_to_go(run.record())))
        file.writestr("status.json", status.to_json(now))
        file.writestr("metrics.jsonl", lines)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"model{SUFFIX}"
            save_model(model, path, storage="float16" if test else None)
            file.write(path, path.name)
        for path in _some(Snapshots(run)):
            file.write(path, f"snapshots/{path.name}")
    return content.getvalue()


def _light(model: Model) -> tuple[Model, Evaluation | None]:
    """The model in half precision with its score counted anew, or as it is where that cannot be done here."""
    flat, name = model.parameters.flat, model.config.training.dataset
    if not available(name) or not model.parameters.fits_half:
        return model, None
    parameters = Parameters(model.network, flat.astype(np.float16).astype(flat.dtype))
    light = dataclasses.replace(model, parameters=parameters)
    test = evaluate_on(light, name)
    provenance = dataclasses.replace(model.provenance, scores={"test": test.score})
    return dataclasses.replace(light, provenance=provenance), test


def _some(snapshots: Snapshots) -> list[Path]:
    """As many snapshots as there is room for, evenly spread, the first and the last among them."""
    paths = [snapshots.path(number) for number in snapshots.moments()]
    if not paths:
        return []
    room = max(int(SNAPSHOT_BYTES / paths[0].stat().st_size), 2)
    chosen = np.linspace(0, len(paths) - 1, min(room, len(paths))).round().astype(int)
    return [paths[at] for at in sorted(set(chosen.tolist()))]


def _to_go(about: record.Record) -> record.Record:
    """What of a record goes along: not whose the run is, nor in which class, whose code opens that to who has the file."""
    return record.Record(title=about.title, kind=about.kind, note=about.note, created=about.created)


def unpack(content: bytes | Path, *, most: int = MOST_IN_ALL) -> Contents:
    """Read the file of a run, which may unpack to so many bytes.

    Raises `DigitLabError` where it is none, is damaged, or holds what it should not.
    """
    try:
        with _zip(io.BytesIO(content) if isinstance(content, bytes) else content) as file:
            return _read(_files(file, most))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, *DAMAGED) as error:
        raise DigitLabError(NO_FILE, why=error) from error


def _zip(source: io.BytesIO | Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except ValueError as error:  # a place before the beginning, to which no file can be wound back
        raise zipfile.BadZipFile("its list of contents lies outside of it") from error


def _files(file: zipfile.ZipFile, most_in_all: int) -> dict[str, bytes]:
    """The files within by name; read only as far as each may be large, whatever the zip says of it."""
    entries = file.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_FILES or len(set(names)) < len(names):
        raise zipfile.BadZipFile("it holds too many files")
    for entry in entries:
        if not NAMES.fullmatch(entry.filename) or entry.flag_bits & 1:
            raise zipfile.BadZipFile("it holds a file that does not belong there")
        check_entry(entry)
    if missing := sorted(set(NEEDED) - set(names)):
        raise zipfile.BadZipFile(f"{missing[0]} is missing")
    contents, room = {}, most_in_all
    for entry in entries:
        most = min(MOST_BYTES[Path(entry.filename).suffix], room)
        with file.open(entry) as part:
            contents[entry.filename] = part.read(most + 1)
        if len(contents[entry.filename]) > most:
            raise zipfile.BadZipFile("it is larger than any run")
        room -= len(contents[entry.filename])
    return contents


def _read(contents: dict[str, bytes]) -> Contents:
    manifest = msgspec.json.decode(contents["manifest.json"], type=Manifest)
    if manifest.format != FORMAT:
        raise DigitLabError("This file was written by a later version of Digit Lab, which alone can read it.")
    config = Config.from_json(contents["config.json"])
    ended = status.from_json(contents["status.json"])
    if ended.active:
        raise zipfile.BadZipFile("the run in it is not over")
    models: dict[str, Model] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(name for name in contents if name.endswith(SUFFIX)):
            path = Path(folder) / Path(name).name
            path.write_bytes(contents[name])
            if (
                read_card(path).config.network.sizes != config.network.sizes
            ):  # before memory is taken for its parameters
                raise zipfile.BadZipFile(f"{name} is of another network")
            models[name] = read_model(path)
    read = _events(contents["metrics.jsonl"], config)
    model = models.pop(f"model{SUFFIX}")
    about = record.from_json(contents["run.json"])
    moments = {name: moment_of(Path(name).stem) for name in models}
    snapshots = {moment: models[name] for name, moment in moments.items() if moment is not None}
    return Contents(manifest, config, about, ended, events.follow([], read), model, snapshots)


def _events(content: bytes, config: Config) -> list[Event]:
    """What a training reported; so many at most that a page can still draw them at once."""
    if content.count(b"\n") > MOST_EVENTS:
        raise zipfile.BadZipFile(TOO_MANY)
    read = [event for line in content.split(b"\n") if (event := events.from_line(line))]
    if sum(isinstance(event, EpochEvent) for event in read) > MOST_EPOCHS:
        raise zipfile.BadZipFile(TOO_MANY)
    if not all(_fits(event, config) for event in read):
        raise zipfile.BadZipFile("its figures are of another network")
    return read


def _fits(event: Event, config: Config) -> bool:
    """Whether a training of this configuration can have reported it: what is drawn of it has a place for each number."""
    if isinstance(event, BatchEvent | EpochEvent) and not 0 <= event.step <= MOST_BATCHES * event.epoch:
        return False
    if not isinstance(event, EpochEvent):
        return event.step >= 0
    fits = event.confusion is None or len(event.confusion) == config.network.outputs
    return fits and len(event.layers) in (0, len(config.network.sizes) - 1)
