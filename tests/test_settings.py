"""What a server allows: the file, the environment, wrong entries, and that each limit holds where work is handed in."""

import gzip
import os
import struct
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.config import Config
from core.datasets.uploads import brought_by, described, is_here, keep, note_owner, uploads
from core.errors import DigitLabError
from core.jobs import allowance, pruning
from core.jobs.estimates import Estimates
from core.jobs.jobs import Jobs
from core.jobs.limits import Limits, is_hosted, limits_here
from core.models import given
from core.models.model import Model, Provenance
from core.models.parameters import Parameters
from core.runs.run import Run, create_run, list_runs
from core.runs.status import Status
from core.settings import NAMES, NONE, OWN_OR_STRANGERS, settings
from core.teach.copies import is_copy, keep_copy
from core.training.recipes import RECIPES
from dashboard.pads.fabric import PICTURE
from dashboard.pads.strokes import Drawing
from tests.waiting import until

SMALL = RECIPES["small"].config


@pytest.fixture
def write(tmp_path: Path, monkeypatch):
    def write(text: str) -> None:
        (tmp_path / "mine.toml").write_text(text)
        os.utime(tmp_path / "mine.toml", ns=(time.time_ns(), time.time_ns()))
        monkeypatch.setenv("DIGITLAB_SETTINGS", str(tmp_path / "mine.toml"))

    return write


def test_on_ones_own_machine_little_is_limited_and_for_strangers_all_is(monkeypatch):
    assert not is_hosted() and settings().epochs == settings().waiting == settings().run_seconds == NONE
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    assert is_hosted() and NONE not in {getattr(settings(), name) for name in NAMES if name != "hosted"}
    assert set(OWN_OR_STRANGERS) == set(NAMES) - {"hosted"}
    assert (limits_here().per_owner, limits_here().in_total) == (3, 40)


def test_the_environment_goes_before_the_file_and_the_file_before_what_is_usual(write, monkeypatch):
    write('hosted = true\nepochs = 7\nweights = "none"\n')
    assert (settings().hosted, settings().epochs, settings().weights, settings().units) == (True, 7, NONE, 2_000)
    monkeypatch.setenv("DIGITLAB_EPOCHS", "9")
    monkeypatch.setenv("DIGITLAB_HOSTED", "0")
    assert (settings().hosted, settings().epochs, settings().units) == (False, 9, NONE)


@pytest.mark.parametrize(
    ("text", "says"),
    [("epoch = 5", "there is no setting called 'epoch'"), ("epochs = 0", "epochs is to be a whole number from 1 on"),
     ("epochs = true", "not True"), ("epochs = 1.5", "not 1.5"), ("hosted = 3", "hosted is to be true or false"),
     ("epochs = [", "cannot be read: "), ("\x00", "cannot be read: "), ("epochs = " + 3000 * "[", "cannot be read: ")],
)  # fmt: skip
def test_a_wrong_entry_is_named_with_its_place(write, text, says):
    write(text)
    with pytest.raises(DigitLabError, match="mine.toml") as refused:
        settings()
    assert says in str(refused.value)


def test_a_wrong_variable_and_a_file_that_is_not_there_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_EPOCHS", "many")
    with pytest.raises(DigitLabError, match="DIGITLAB_EPOCHS: epochs is to be a whole number"):
        settings()
    monkeypatch.delenv("DIGITLAB_EPOCHS")
    monkeypatch.setenv("DIGITLAB_SETTINGS", str(tmp_path / "none.toml"))
    with pytest.raises(DigitLabError, match="there is no such file"):
        settings()
    with pytest.raises(SystemExit, match="2"):
        import streamlit_app  # noqa: F401 - as a server does at its start


def test_a_file_that_is_written_into_while_a_server_runs_holds_as_it_was_until_it_can_be_read(write, tmp_path, caplog):
    """For strangers above all: a moment without `hosted` would make all of them owners of everything."""
    write("hosted = true\nepochs = 7\n")
    assert (settings().hosted, settings().epochs) == (True, 7)
    for damage in (lambda: write("hosted = tr"), lambda: write("epoch = 9"), (tmp_path / "mine.toml").unlink):
        damage()
        assert [(settings().hosted, settings().epochs) for _ in range(3)] == 3 * [(True, 7)]
    assert len(caplog.messages) == 3 and "cannot be read" in caplog.messages[0]
    write("hosted = true\nepochs = 9\n")
    assert settings().epochs == 9


@pytest.mark.parametrize(
    ("config", "says"),
    [(SMALL.with_training(epochs=51), "at most 50 epochs, not 51"),
     (SMALL.with_network(hidden=(1500, 501)), "at most 2,000 units between picture and answers, not 2,001"),
     (SMALL.with_network(inputs=784, hidden=(2000, )).with_training(dataset="digits"), None),
     (SMALL.with_network(hidden=(1000, 1000), inputs=1024), "at most 2,000,000 weights")],
)  # fmt: skip
def test_a_training_that_is_more_than_a_stranger_may_have_is_refused_wherever_it_is_handed_in(
    runs_dir, monkeypatch, config: Config, says: str | None
):
    allowance.check(config)  # on one's own machine nothing is
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    if says is None:
        allowance.check(config)
        return
    jobs = Jobs(limits=Limits())
    for hand_in in (lambda: jobs.start(config, owner="a"), lambda: Estimates(jobs._submit).begin(config, "a")):
        with pytest.raises(DigitLabError, match=says):
            hand_in()
    run = create_run(config, owner="a")
    run.set_status(Status("stopped"))
    with pytest.raises(DigitLabError, match=says):
        jobs.resume(run, owner="a")
    assert len(list_runs()) == 1 and not jobs.queue.tickets


def test_a_run_that_lasts_too_long_is_stopped_and_says_why(runs_dir, noise, monkeypatch):
    jobs = Jobs(limits=Limits())
    run = jobs.start(SMALL.with_network(hidden=(500, 500)).with_training(dataset=noise, epochs=1000, batch_size=1))
    until(lambda: run.status().step > 0)
    monkeypatch.setenv("DIGITLAB_RUN_SECONDS", "1")
    until(lambda: not run.status().active)
    assert run.status().state == "stopped" and "as long as one training may be here" in run.status().detail
    jobs.close()


def test_who_keeps_enough_is_told_to_let_go_of_something(runs_dir, data_dir, make_data, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    monkeypatch.setenv("DIGITLAB_KEPT_RUNS", "2")
    runs = [create_run(SMALL, owner=owner) for owner in ("a", "a", "b", "local")]
    with pytest.raises(DigitLabError, match="You have 2 runs here"):
        allowance.check_room("a")
    allowance.check_room("b"), allowance.check_room("local")
    monkeypatch.setenv("DIGITLAB_RUN_MEGABYTES", "1")
    (runs[2].path / "log.txt").write_bytes(bytes(1_000_000))
    with pytest.raises(DigitLabError, match="Your runs take 1 MB here, and 1 may be kept"):
        allowance.check_room("b")
    name = keep({"train": make_data(60)}, "a.csv")
    note_owner(name, "a")
    assert allowance.room_for_uploads("a", 1000) == 100_000_000 - described(name).bytes
    with pytest.raises(DigitLabError, match="would take 100 MB, and 100 are kept"):
        allowance.room_for_uploads("a", 100_000_000)
    monkeypatch.setenv("DIGITLAB_UPLOADS", "1")
    with pytest.raises(DigitLabError, match="brought 1 sets of digits"):
        Jobs(limits=Limits()).take_in({"x.csv": b""}, owner="a")


def idx(count: int, ink: int) -> dict[str, bytes]:
    """Packed pictures that are all alike, and their labels."""
    pictures = struct.pack(">4I", 0x803, count, 28, 28) + bytes([ink]) * (784 * count)
    labels = struct.pack(">2I", 0x801, count) + bytes(number % 10 for number in range(count))
    return {"train-images.gz": gzip.compress(pictures), "train-labels.gz": gzip.compress(labels)}


def test_digits_count_as_they_are_kept_and_not_as_they_were_packed(data_dir, monkeypatch):
    """150 kB became 157 MB, and 512 were allowed of each of three: one stranger took what there is for all."""
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    monkeypatch.setenv("DIGITLAB_UPLOAD_MEGABYTES", "1")
    jobs = Jobs(limits=Limits())
    large = jobs.take_in(idx(2_000, 1), owner="a")
    until(lambda: not large.running)
    assert large.name is None and "take 1.6 MB when they are unpacked, and you have room for 1.0 MB" in str(large.error)
    assert not uploads()
    several = [jobs.take_in(idx(700, ink), owner="a") for ink in (1, 2, 3)]  # each of them has room
    until(lambda: not any(each.running for each in several))
    assert [each.name for each in several if each.name] == uploads() == brought_by("a") and len(uploads()) == 1
    assert {str(each.error).split(",")[0] for each in several if not each.name} <= {
        "With these", "The pictures in train-images.gz take 0.5 MB when they are unpacked"}  # fmt: skip
    jobs.close()


def test_a_drawing_of_more_than_a_stranger_s_bytes_is_refused(monkeypatch):
    monkeypatch.setenv("DIGITLAB_DRAWING_KILOBYTES", "1")
    drawing = Drawing()
    drawing.hear([{"x": "y" * 1_000}], PICTURE, whole=True)
    assert drawing.refused


def test_what_strangers_have_left_for_long_goes_and_nothing_that_is_used_or_the_house_s(runs_dir, data_dir, make_data):
    def old(path: Path, days: float) -> None:
        os.utime(path, (time.time() - 86_400 * days,) * 2)

    def a_run(owner: str, state: str = "finished", **about) -> Run:
        run = create_run(about.pop("config", SMALL), owner=owner, **about)
        run.set_status(Status(state))
        old(run.path, 20)
        time.sleep(0.002)
        return run

    digits = {who: keep({"train": make_data(60, seed=seed)}, "x.csv") for seed, who in enumerate(("a", "b", "local"))}
    for who, name in digits.items():
        note_owner(name, who)
        old(data_dir / "uploads" / f"{name}.safetensors", 20)
    model = Model(SMALL, Parameters.initial(SMALL.network, 0), Provenance("x"))
    copies = {who: keep_copy(model, "default", who) for who in ("a", "local")}
    networks = {who: given.keep(model, who) for who in ("a", "local")}
    for path in [*runs_dir.glob("taught/*/*"), *runs_dir.glob("models/*/*")]:
        old(path, 20)
    gone, mine, starred = a_run("a"), a_run("local"), a_run("local", starred=True)
    parent = a_run("a")
    learns = a_run("b", "running", config=SMALL.with_training(dataset=digits["b"]))
    learns.set_process(os.getpid())
    newest = a_run("a", parent=parent.id)

    def names(**how) -> set[str]:
        return {each.name for each in pruning.to_go(**how)}

    assert names(days=21) == set() == names(days=0.0) & {learns.id, newest.id, parent.id, digits["b"]}
    assert names(days=14) == {gone.id, digits["a"], copies["a"], networks["a"]}
    assert starred.id not in names(days=14, everyone=True) > {mine.id, digits["local"], copies["local"]}
    assert names(days=30, megabytes=0) == names(days=14)
    pruning.prune(pruning.to_go(days=14))
    assert not is_here(digits["a"]) and not is_copy(copies["a"]) and not given.is_given(networks["a"])
    assert {run.id for run in list_runs()} == {mine.id, starred.id, parent.id, learns.id, newest.id}
    told = CliRunner().invoke(main, ["prune", "--days", "14"])
    assert told.exit_code == 0 and mine.id in told.output and starred.id not in told.output and is_copy(copies["local"])
    assert CliRunner().invoke(main, ["prune", "--days", "14", "--yes"]).exit_code == 0 and not is_copy(copies["local"])


def test_after_the_date_has_jumped_nothing_goes_until_it_has_gone_evenly_for_a_day(monkeypatch):
    """A clock that is set a month ahead would call all that strangers have a month old."""
    now, date = [1_000.0], [1.8e9]
    monkeypatch.setattr(pruning, "uptime", lambda: now[0])
    monkeypatch.setattr(time, "time", lambda: date[0])

    def pass_(seconds: float) -> None:
        now[0], date[0] = now[0] + seconds, date[0] + seconds

    clock = pruning.EvenClock()
    assert clock.is_even()
    pass_(40 * 86_400.0)
    assert clock.is_even()
    for days in (30, -30):  # ahead, and set right again
        date[0] += days * 86_400.0
        assert not clock.is_even()
        pass_(80_000.0)
        assert not clock.is_even()
    pass_(7_000.0)
    assert clock.is_even()
    date[0] += 60.0  # as a server of time does
    assert clock.is_even()
