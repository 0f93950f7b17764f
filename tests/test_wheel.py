"""The wheel: a training is paused, stepped, given another rate, let go and stopped by whoever began it, and by nobody else."""

import os
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.engines.devices import Device
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs import wards
from core.jobs.jobs import Jobs
from core.jobs.limits import Limits
from core.messages import Message
from core.models.model import Change
from core.runs.resume import rate_to_try
from core.runs.run import Run, create_run
from core.runs.status import DIVERGED, WAITED_FOR, Status
from core.training.events import BatchEvent, ChangeEvent, EpochEvent
from tests.waiting import until

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=4))


@pytest.fixture
def endless(noise: str) -> Config:
    """Half an hour of training, at the least; 334 batches an epoch without digits held back."""
    return Config(
        NetworkConfig(inputs=64, hidden=(300, 300)),
        TrainingConfig(dataset=noise, epochs=1000, batch_size=1, validation=False),
    )


@pytest.fixture
def jobs(runs_dir) -> Iterator[Jobs]:
    jobs = Jobs(limits=Limits())
    yield jobs
    jobs.close()


def step_of(run: Run) -> int:
    """How far it says that it is."""
    return max((event.step for event in run.events()[0] if isinstance(event, BatchEvent | EpochEvent)), default=0)


def changes(run: Run) -> list[ChangeEvent]:
    return [event for event in run.events()[0] if isinstance(event, ChangeEvent)]


# -- a real process


def test_a_process_is_paused_stepped_given_a_rate_let_go_and_stopped(jobs, endless) -> None:
    run = jobs.start(endless, owner="me")
    until(lambda: step_of(run) > 0)
    jobs.pause(run, by="me")
    until(lambda: run.status().state == "paused")
    assert run.status().by == "me"
    at = step_of(run)
    jobs.step(run, by="me")
    until(lambda: step_of(run) == at + 1)
    jobs.step(run, to_epoch_end=True)
    until(lambda: run.status().state == "paused" and step_of(run) % 334 == 0)
    at = step_of(run)
    jobs.step(run, to_epoch_end=True)  # from an epoch's end to the next one's
    until(lambda: run.status().state == "paused" and step_of(run) == at + 334)
    jobs.set_rate(run, 0.002, by="me")
    until(lambda: changes(run))
    assert (changes(run)[0].step, changes(run)[0].value, changes(run)[0].by) == (at + 334, 0.002, "me")
    jobs.go(run, by="me")
    until(lambda: run.status().state == "running" and step_of(run) > at + 334)
    jobs.stop(run, by="me")
    until(lambda: run.status().state == "stopped")
    assert run.model().provenance.changes == (Change(at + 334, "learning_rate", 0.002),)


def test_what_cannot_be_asked_is_refused_with_a_sentence(jobs, runs_dir) -> None:
    over = create_run(SMALL)
    over.set_status(Status("finished"))
    for ask in (jobs.pause, jobs.go, jobs.step, lambda run: jobs.set_rate(run, 0.1)):
        with pytest.raises(DigitLabError, match="This training is over"):
            ask(over)
    with pytest.raises(DigitLabError, match="Learning rate must be a number from 0 to 100, not 101"):
        jobs.set_rate(over, 101.0)
    assert over.commands()[0] == []


def test_a_pause_does_not_hold_up_strangers_for_ever(jobs, monkeypatch, endless) -> None:
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    monkeypatch.setenv("DIGITLAB_EPOCHS", "1000")
    monkeypatch.setattr(wards, "PAUSED_AT_MOST", 0.5)
    run = jobs.start(endless, owner="me")
    until(lambda: step_of(run) > 0)
    jobs.pause(run)
    until(lambda: run.status().state == "paused")
    waiting = jobs.start(endless, owner="you")
    until(lambda: run.status().state == "stopped")
    assert run.status().reason == WAITED_FOR and run.checkpoint_path.is_file()
    until(lambda: waiting.status().state == "running")


def test_only_a_pause_without_a_step_counts_and_only_where_others_wait(runs_dir) -> None:
    of_it = wards.Ward(create_run(SMALL), ticket=None)
    late = wards.PAUSED_AT_MOST + 1.0

    def looks(*seen: tuple[str, int, float, bool]) -> list[bool]:
        of_it.waited_for = None
        return [of_it.is_in_the_way(Status(state, step=step), now, others_wait=wait) for state, step, now, wait in seen]

    assert looks(("paused", 5, 0.0, True), ("paused", 5, late, True)) == [False, True]
    assert looks(("paused", 5, 0.0, False), ("paused", 5, late, True)) == [False, False]
    assert looks(("paused", 5, 0.0, True), ("paused", 6, late, True)) == [False, False]
    assert looks(("paused", 5, 0.0, True), ("running", 5, 1.0, True), ("paused", 5, late, True)) == [False] * 3


# -- the page


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, runs_dir) -> list:
    """What the page has asked of the runs."""
    asked: list = []
    monkeypatch.setattr(Jobs, "devices", lambda self: [Device("cpu", Message("Processor"), True)])
    for name in ("pause", "go", "stop"):
        monkeypatch.setattr(Jobs, name, lambda self, run, by, name=name: asked.append(name))
    monkeypatch.setattr(Jobs, "step", lambda self, run, by, to_epoch_end=False: asked.append(("step", to_epoch_end)))
    monkeypatch.setattr(Jobs, "set_rate", lambda self, run, rate, by: asked.append(rate))
    monkeypatch.setattr("dashboard.train.wheel.OBEYED_WITHIN", 0.0)
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    return asked


@pytest.fixture
def look(asked: list) -> Callable[..., AppTest]:
    """The Train page on a run that stands so."""

    def at(status: Status, owner: str = "") -> AppTest:
        run = create_run(SMALL, owner=owner)
        run.set_process(os.getpid())
        run.set_status(status)
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params["run"] = run.id
        return app.switch_page("dashboard/pages/train.py").run()

    return at


def test_each_button_asks_what_it_says(look, asked) -> None:
    app = look(Status("running", "training"))
    for key in ("pause", "step-batch", "step-epoch", "stop"):
        app.button(key=key).click().run()
    assert asked == ["pause", ("step", False), ("step", True), "stop"] and not app.exception
    app = look(Status("paused", "training"))
    assert app.button(key="pause").label == "Go on"
    app.button(key="pause").click().run()
    assert asked[-1] == "go"


def test_a_rate_that_is_written_and_asked_for_in_one_go_is_the_one_that_is_set(look, asked) -> None:
    app = look(Status("running", "training"))
    assert app.number_input(key="wheel_rate").value == SMALL.training.learning_rate
    app.number_input(key="wheel_rate").set_value(0.25)
    app.button(key="set-rate").click().run()
    assert asked == [0.25]


@pytest.mark.parametrize(("value", "sentence"), [(-1.0, "Learning rate must be a number"), (None, "is empty")])
def test_an_impossible_rate_is_told_of_once_and_not_asked_for(look, asked, value, sentence) -> None:
    app = look(Status("running", "training"))
    app.number_input(key="wheel_rate").set_value(value)
    app.button(key="set-rate").click().run()
    assert asked == [] and sum(sentence in text.value for text in app.markdown) == 1 and not app.error


@pytest.mark.parametrize("status", [Status("queued"), Status("running", "preparing"), Status("running", "stopping")])
def test_before_and_after_it_learns_there_is_only_stop(look, status) -> None:
    app = look(status)
    able = [
        key for key in ("pause", "step-batch", "step-epoch", "set-rate", "stop") if not app.button(key=key).disabled
    ]
    assert able == ["stop"]


def test_to_others_the_wheel_says_why_there_is_none(look, asked, monkeypatch) -> None:
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "0123456789abcdef")
    monkeypatch.setattr("dashboard.visitor.may_see", lambda run_id, about: True)  # they were given its link
    mine = look(Status("running", "training"), owner="0123456789abcdef")
    assert mine.button(key="pause")
    for owner in ("another", ""):
        app = look(Status("running", "training"), owner=owner)
        assert not {button.key for button in app.button} & {"pause", "step-batch", "step-epoch", "set-rate", "stop"}
        assert any("Only whoever began it" in caption.value for caption in app.caption)


def test_a_click_that_a_browser_makes_up_is_not_obeyed(look, asked, monkeypatch) -> None:
    app = look(Status("running", "training"), owner="another")
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "0123456789abcdef")  # between drawing and click
    app.button(key="stop").click().run()
    assert asked == []


def test_where_it_is_paused_is_said(look) -> None:
    app = look(Status("paused", "training"))
    assert any("Paused before the first batch" in str(each.proto) for each in app.get("progress"))


@pytest.mark.filterwarnings("ignore")
def test_a_run_that_goes_astray_goes_back_and_ends_well(jobs, noise) -> None:
    """With a real process: it fails with its cause, and goes on at a smaller rate to its end."""
    config = Config(
        NetworkConfig(inputs=64, hidden=(16, 16, 16), activation="identity"),
        TrainingConfig(dataset=noise, epochs=2, optimizer="sgd", learning_rate=100.0),
    )
    run = jobs.start(config, owner="me")
    until(lambda: run.status().state == "failed")
    assert run.status().cause == DIVERGED and "A learning rate of 100 is too high" in run.status().detail
    jobs.resume(run, owner="me", rate=rate_to_try(run))
    until(lambda: not run.status().active)
    assert run.status().state == "finished" and run.model().provenance.changes[-1].value == 0.1
