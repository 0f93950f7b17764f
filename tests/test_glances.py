"""Thousands of runs at a glance: from their small files alone, in time, and never an old look."""

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.config import Config, NetworkConfig
from core.models.files import read_card
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import keeping
from core.runs.glances import Glances
from core.runs.run import Run, create_run
from core.runs.status import Status
from core.runs.summary import write_summary

CONFIG = Config(NetworkConfig(inputs=4, hidden=(2,))).with_training(dataset="digits")


def finished(**about) -> Run:
    run = create_run(CONFIG, **about)
    scores = {"test": Score(180, 162)}
    run.save_model(Model(CONFIG, Parameters.initial(CONFIG.network, 0), Provenance(run.title(), scores=scores)))
    run.set_status(Status("finished"))
    write_summary(run)
    return run


def test_two_thousand_runs_are_listed_in_a_fifth_of_a_second(runs_dir: Path):
    """In the first look, of a process that knows none; in time of this process, which a busy machine does not lengthen."""
    one = finished()
    for number in range(1_999):
        when = datetime(2026, 1, 1) + timedelta(seconds=number)
        shutil.copytree(one.path, runs_dir / f"{when:%Y%m%d-%H%M%S}-000abc")
    seconds = []
    for _ in range(3):
        began = time.process_time()
        assert len(Glances().of_all()) == 2_000
        seconds.append(time.process_time() - began)
    assert min(seconds) < 0.2, seconds


def test_a_glance_says_what_the_files_say_and_opens_no_model(runs_dir: Path, monkeypatch: pytest.MonkeyPatch):
    old, new = finished(title="Old", owner="me"), finished(title="New")
    monkeypatch.setattr("core.runs.summary.read_card", read_card.__class__)  # whoever opens a model fails
    first, second = Glances().of_all()
    assert (first.id, first.title, second.id, second.title) == (new.id, "New", old.id, "Old")
    assert (second.record.owner, second.status.state, second.summary.test) == ("me", "finished", Score(180, 162))


def test_what_has_changed_is_seen_at_the_next_look(runs_dir: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.runs.glances.SETTLED_SECONDS", -1.0)  # whatever is seen is remembered
    run, glances = finished(), Glances()
    assert not glances.of_all()[0].record.starred
    time.sleep(0.02)  # a file system counts time in hundredths of a second
    keeping.star(run, starred=True)
    assert glances.of_all()[0].record.starred
    time.sleep(0.02)
    run.set_status(Status("failed"))
    assert glances.of_all()[0].status.state == "failed"
    keeping.delete(run)
    assert glances.of_all() == []


def test_a_run_just_written_and_one_that_goes_on_are_not_remembered(runs_dir: Path):
    run, glances = finished(), Glances()
    assert glances.of_all()[0] is not glances.of_all()[0]
    run.set_process(1)
    run.set_status(Status("running"))
    assert glances.of_all()[0].status.active


def test_folders_that_are_no_runs_are_left_out(runs_dir: Path):
    assert Glances().of_all() == []
    (runs_dir / "20260101-000000-abcdef").mkdir(parents=True)
    (runs_dir / "notes").mkdir()
    assert Glances().of_all() == []


def test_a_run_that_goes_at_this_moment_takes_no_other_along(runs_dir: Path):
    """Between the look at the list and the look at the folder; a link that leads nowhere is like that for good."""
    kept = finished()
    (runs_dir / "20260101-000000-abcdef").symlink_to(runs_dir / "gone")
    assert [glance.id for glance in Glances().of_all()] == [kept.id]
