"""Runs are renamed, deleted with a way back, and pruned; what is at work or in use stays."""

import os
import time

import pytest

from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models.model import Model, Provenance
from core.models.parameters import Parameters
from core.runs import keeping
from core.runs.process import uptime
from core.runs.run import Run, create_run, list_runs, open_run
from core.runs.status import Status

CONFIG = Config(NetworkConfig(inputs=4, hidden=(2,))).with_training(dataset="digits")


@pytest.fixture
def make(runs_dir):
    def make(state: str = "finished", size: int = 0, **about) -> Run:
        run = create_run(CONFIG, **about)
        run.set_status(Status(state))
        (run.path / "log.txt").write_bytes(bytes(size))
        time.sleep(0.002)  # ids stand in the order of their milliseconds
        return run

    return make


def test_a_run_gets_another_name_and_keeps_the_rest(make):
    run = make(owner="me", series="rates")
    run.save_model(Model(CONFIG, Parameters.initial(CONFIG.network, 0), Provenance("As it was saved")))
    before = run.record()
    assert keeping.rename(run, "  My\nfirst  one ") == "My first one" == open_run(run.id).title()
    after = run.record()
    assert (after.owner, after.series, after.created) == ("me", "rates", before.created)
    assert run.model().provenance.title == "As it was saved"


@pytest.mark.parametrize("title", ["", "  \n", "x" * 81])
def test_a_name_that_is_none_is_refused(make, title):
    run = make()
    before = run.title()
    with pytest.raises(DigitLabError, match="name"):
        keeping.rename(run, title)
    assert run.title() == before


def test_deleted_and_brought_back(make, runs_dir):
    run = make()
    content = sorted(path.name for path in run.path.iterdir())
    keeping.delete(run)
    assert list_runs() == []
    with pytest.raises(DigitLabError, match="no such run"):
        open_run(run.id)
    assert keeping.undo(run.id) == run and [found.id for found in list_runs()] == [run.id]
    assert sorted(path.name for path in run.path.iterdir()) == content


def test_after_a_minute_it_is_gone(make, runs_dir, monkeypatch):
    run = make()
    keeping.delete(run)
    kept = runs_dir / ".trash" / run.id
    keeping.empty_trash()
    assert kept.is_dir()
    for day in (1.8e9, 0.0):  # somebody sets the clock
        monkeypatch.setattr(time, "time", lambda day=day: day)
        keeping.empty_trash()
        assert kept.is_dir()
    monkeypatch.setattr("core.runs.moment.uptime", lambda: uptime() + 61)
    with pytest.raises(DigitLabError, match="more than a minute ago"):
        keeping.undo(run.id)
    keeping.empty_trash()
    assert not kept.exists()


@pytest.mark.parametrize("run_id", ["", "..", "../runs", "20250101-000000-abcd", "x" * 5000, "a\0b"])
def test_only_a_deleted_run_is_brought_back(make, run_id):
    make()
    with pytest.raises(DigitLabError, match="cannot be brought back"):
        keeping.undo(run_id)


def test_a_run_at_work_is_not_deleted(make):
    run = make("running")
    run.set_process(os.getpid())
    with pytest.raises(DigitLabError, match="Stop it first"):
        keeping.delete(run)
    assert list_runs() == [run]


def test_pruned_by_number_from_the_oldest_on(make):
    made = [make() for _ in range(5)]
    assert keeping.prune(most=3) == made[:2]
    assert list_runs() == made[:1:-1]
    assert keeping.prune(most=3) == []


def test_pruned_by_bytes(make):
    made = [make(size=100_000) for _ in range(4)]
    assert keeping.to_prune(bytes=320_000) == made[:2]  # each has a reserve of 16 KiB besides
    assert keeping.to_prune(bytes=10_000_000) == []


def test_what_is_at_work_the_newest_in_use_or_gone_on_from_stays(make):
    working, used, parent, plain = make("running"), make(), make(), make()
    working.set_process(os.getpid())
    newest = make(parent=f"{parent.id}@7")
    assert keeping.prune(most=1, in_use=[used.id]) == [plain]
    assert set(list_runs()) == {working, used, parent, newest}


def test_a_run_that_was_never_finished_making_is_taken_away(runs_dir):
    half = runs_dir / ".new-20250101-000000-abcd"
    half.mkdir(parents=True)
    keeping.empty_trash()
    assert half.is_dir()
    os.utime(half, (0, 0))
    keeping.empty_trash()
    assert not half.exists()


def test_what_was_used_today_stays_and_where_nothing_else_may_go_there_is_no_room(make):
    made = [make(), make(), make()]
    for run in made[:2]:
        os.utime(run.path, (time.time() - 90_000,) * 2)
    limits = {"most": 2, "bytes": 1e9, "days": 1.0}
    assert keeping.to_prune(**limits) == made[:1] and keeping.has_room(**limits)  # of the two old ones
    os.utime(made[0].path)
    assert keeping.to_prune(**limits) == made[1:2] and not keeping.has_room(**limits)
    assert keeping.has_room(**limits | {"most": 3}) and not keeping.has_room(**limits | {"most": 3, "bytes": 1})
