"""A really full disk, a megabyte of memory made into a file system: the run says so, and goes on when there is room again."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.datasets import uploads
from core.errors import DigitLabError
from core.models import given
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import classes, keeping, worker
from core.runs.resume import make_ready
from core.runs.run import Run, create_run, list_runs
from core.runs.status import Status
from core.sweep import sweep
from core.sweep.grid import Grid
from core.teach import copies

CONFIG = Config(NetworkConfig(inputs=64, hidden=(100,))).with_training(dataset="digits", epochs=2, batch_size=64)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip("a file system may not be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path, left: int) -> Path:
    """Fill the disk up to `left` kilobytes with a file."""
    free = os.statvfs(disk)
    with open(disk / "filler", "wb", buffering=0) as file:
        file.write(bytes(free.f_bavail * free.f_frsize - (left << 10)))
    return disk / "filler"


@pytest.mark.parametrize(
    ("left", "snapshots", "what"),
    [(0, 0, "nothing at all"), (8, 0, "the events"), (12, 60, "a snapshot"), (48, 0, "the checkpoint"), (124, 0, "the model")],
)  # fmt: skip
def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(disk, runs_dir, left, snapshots, what):
    run = create_run(CONFIG, disk, snapshots=snapshots)
    filler = fill(disk, left)
    with pytest.raises(DigitLabError, match="The disk is full"):
        worker.execute(run)
    assert run.status().state == "failed" and "The disk is full" in run.status().detail, what
    assert run.checkpoint_path.is_file() == (what == "the model")
    assert not run.model_path.exists()
    filler.unlink()
    make_ready(run)
    worker.execute(run)
    assert run.status().state == "finished"
    whole = create_run(CONFIG)
    worker.execute(whole)
    np.testing.assert_array_equal(run.model().parameters.flat, whole.model().parameters.flat)


def test_on_a_full_disk_no_run_begins(disk):
    fill(disk, 8)
    with pytest.raises(DigitLabError, match="No run can be kept.*No space left"):
        create_run(CONFIG, disk)
    assert os.listdir(disk) == ["filler"]


def network(seed: int) -> Model:
    """One of some 30 kB."""
    return Model(CONFIG, Parameters.initial(CONFIG.network, seed), Provenance("A", scores={"test": Score(10, 9)}))


def everything(run: Run) -> dict[str, object]:
    """What each reader finds: it reads all of it, so that half a file would not be passed over."""
    return {
        "digits": [(each, len(uploads.read(each, "train"))) for each in uploads.uploads()],
        "a network": [given.read_content(path.read_bytes(), "it").provenance for path in given.all_given()],
        "a taught copy": [copies.find_copy(each).stat().st_size for each in copies.all_copies()],
        "a class": [classes.opened_by(f"teacher{seed}") is None for seed in (0, 1)],
        "a sweep": [each.about().grid for each in sweep.list_sweeps()],
        "a name": run.record().title,
        "a note": run.record().note,
        "a star": run.record().starred,
        "a deletion": len(list_runs()),
    }


@pytest.mark.parametrize("what", ["digits", "a network", "a taught copy", "a class", "a sweep", "a name", "a note", "a star",
                                  "a deletion"])  # fmt: skip
def test_a_disk_that_is_full_at_any_block_refuses_in_words_and_keeps_nothing_by_half(
    disk, monkeypatch, make_data, what
):
    """A block more each time, from none, until there is room for all of it."""
    monkeypatch.setenv("DIGITLAB_RUNS", str(disk / "runs"))
    monkeypatch.setenv("DIGITLAB_DATA", str(disk / "data"))
    for act in kept(over(), over(), make_data, 0).values():
        act()
    run, other = over(), over()
    before, act = everything(run), kept(run, other, make_data, 1)[what]
    refused = 0
    for left in range(0, 400, 4):
        filler = fill(disk, left)
        here = files(disk)
        try:
            act()
        except DigitLabError as error:
            refused += 1
            assert "No space left" in str(error) or "disk is full" in str(error)
            assert everything(run) == before and files(disk) == here, f"with {left} kB left"
        else:
            break
        finally:
            filler.unlink()
    else:
        pytest.fail("refused though there was room")
    after = everything(run)
    assert {each for each in before if before[each] != after[each]} == {what}
    assert (refused == 0) == (what == "a deletion")  # which is how somebody makes room


def over() -> Run:
    """A run that came to nothing: its record and its events alone."""
    run = create_run(CONFIG)
    run.set_status(Status("stopped"))
    return run


def kept(run: Run, other: Run, make_data, seed: int) -> dict[str, Callable[[], object]]:
    """Each thing that can be kept, other than a run."""
    digits = make_data(40, side=8, seed=seed)
    return {
        "digits": lambda: uploads.keep({"train": digits}, "mine.csv"),
        "a network": lambda: given.keep(network(seed), "me"),
        "a taught copy": lambda: copies.keep_copy(network(seed), "default"),
        "a class": lambda: classes.open_class(f"teacher{seed}"),
        "a sweep": lambda: sweep.create(Grid({"": CONFIG}, seeds=(seed,))),
        "a name": lambda: keeping.rename(run, f"Name {seed}"),
        "a note": lambda: keeping.write_note(run, f"Note {seed}"),
        "a star": lambda: keeping.star(run, starred=True),
        "a deletion": lambda: keeping.delete(other),
    }


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
