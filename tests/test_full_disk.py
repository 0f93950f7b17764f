"""A really full disk, a megabyte of memory made into a file system: the run says so, and goes on when there is room again."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.runs import worker
from core.runs.resume import make_ready
from core.runs.run import create_run

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
