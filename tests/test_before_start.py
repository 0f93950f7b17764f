"""What stands under the Start button: the time and memory that a training takes, tried out, and what will not work about it."""

import json
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.engines.devices import Device
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs import estimates
from core.jobs.estimates import Estimates, Trial
from core.jobs.executor import ESTIMATE, Work
from core.jobs.jobs import Jobs
from core.jobs.limits import Limits
from core.messages import Message
from core.runs.run import create_run
from core.training import trial
from core.training.estimate import Estimate
from tests.waiting import until

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=4))
NUMPY = Estimate("numpy", 0.2, 3.9, 40.2, 210.4)
TAICHI = Estimate("taichi", 5.0, 4.0, 45.0, 460.0)


# -- a process that tries it


@pytest.fixture
def jobs(runs_dir) -> Iterator[Jobs]:
    jobs = Jobs(limits=Limits())
    yield jobs
    jobs.close()


def test_a_process_tries_it_and_what_it_found_is_kept(jobs, noise) -> None:
    config = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset=noise, epochs=4, engine="auto"))
    assert jobs.estimates.of(config) is None and jobs.estimates.settled(config) == config
    jobs.estimates.begin(config, "me")
    assert jobs.estimates.of(config).live
    until(lambda: not jobs.estimates.of(config).live)
    found = jobs.estimates.of(config)
    assert [each.engine for each in found.found] == ["numpy"] and found.error is None
    assert 0 < found.found[0].epoch < found.found[0].seconds and 50 < found.found[0].megabytes < 500
    assert jobs.estimates.of(config.with_training(seed=9)) == found  # the seed makes no difference
    assert jobs.estimates.settled(config).training.engine == "numpy"
    assert jobs.estimates.of(config.with_training(epochs=5)) is None


def test_what_cannot_be_tried_says_why(jobs, noise) -> None:
    other = Config(NetworkConfig(inputs=784, hidden=(8,)), TrainingConfig(dataset=noise))
    jobs.estimates.begin(other)
    until(lambda: not jobs.estimates.of(other).live)
    assert "pixels" in str(jobs.estimates.of(other).error) and not jobs.estimates.of(other).found


class Handed:
    """Takes work in, and does none of it."""

    def __init__(self) -> None:
        self.work: list[Work] = []
        self.tickets: list[SimpleNamespace] = []

    def __call__(self, work: Work) -> SimpleNamespace:
        self.work.append(work)
        self.tickets.append(SimpleNamespace(live=True, events=[], error=None))
        return self.tickets[-1]


def test_a_configuration_is_tried_once_and_again_where_others_were_at_work() -> None:
    handed = Handed()
    kept = Estimates(handed)
    kept.begin(SMALL, "me")
    kept.begin(SMALL, "you")  # while it is being tried
    assert len(handed.work) == 1 and (handed.work[0].kind, handed.work[0].owner) == (ESTIMATE, "me")
    fields = {name: getattr(NUMPY, name) for name in Estimate.__dataclass_fields__}
    handed.tickets[0].live, handed.tickets[0].events = False, [{"estimates": [fields], "busy": True}]
    assert kept.of(SMALL) == Trial(False, (NUMPY,), busy=True)
    kept.begin(SMALL)
    assert len(handed.work) == 2
    handed.tickets[1].live, handed.tickets[1].events = False, [{"estimates": [fields], "busy": False}]
    kept.begin(SMALL)
    assert len(handed.work) == 2


def test_what_is_kept_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(estimates, "KEPT", 3)
    kept = Estimates(Handed())
    for epochs in range(1, 6):
        kept.begin(SMALL.with_training(epochs=epochs))
    assert [kept.of(SMALL.with_training(epochs=epochs)) is not None for epochs in range(1, 6)] == [False] * 2 + [
        True
    ] * 3


def test_without_mnist_nothing_is_tried(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    monkeypatch.setattr(estimates, "needs_mnist", lambda name: True)
    with pytest.raises(DigitLabError, match="not on this computer yet"):
        Estimates(Handed()).begin(SMALL)


@pytest.mark.parametrize(
    ("used", "own", "mine", "busy"),
    [(2.0, 1.9, 2, False), (2.0, 1.0, 2, True), (2.0, 1.0, 1, False)],  # of two seconds; where one has one of two, no
)
def test_others_at_work_are_noticed(monkeypatch, used, own, mine, busy) -> None:
    now = {"clock": 0.0, "used": 100.0, "own": 5.0}
    monkeypatch.setattr(trial, "perf_counter", lambda: now["clock"])
    monkeypatch.setattr(trial, "_used", lambda: now["used"])
    monkeypatch.setattr(trial, "_own", lambda: now["own"])
    monkeypatch.setattr(trial, "processors", lambda: mine)
    monkeypatch.setattr(trial.psutil, "cpu_count", lambda: 2)
    others = trial.Others()
    now |= {"clock": 2.0, "used": 100.0 + used, "own": 5.0 + own}
    assert others.are_at_work() is busy


def test_the_process_tells_its_errors_as_sentences(capsys, monkeypatch) -> None:
    assert trial.main(["{"]) == 1
    assert "not valid JSON" in json.loads(capsys.readouterr().out)["error"]["template"]
    monkeypatch.setattr(trial, "load_training", lambda *_, **__: (_ for _ in ()).throw(MemoryError))
    assert trial.main([SMALL.to_json()]) == 1 and "enough memory" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["trial", SMALL.to_json()])
    assert trial.main() == 1


# -- the page


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, runs_dir) -> Callable[[], AppTest]:
    monkeypatch.setattr(Jobs, "devices", lambda self: [Device("cpu", Message("Processor"), True)])
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")

    def open_page() -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app = app.switch_page("dashboard/pages/train.py").run()
        return app.selectbox(key="train_recipe").set_value("small").run()

    return open_page


def told(app: AppTest) -> str:
    """What stands there in small print, and as markdown."""
    assert not app.exception
    return "\n".join(text.value for text in (*app.caption, *app.markdown))


def test_a_setting_that_will_not_work_is_told_of_and_mended(page) -> None:
    app = page()
    assert "mend" not in {button.key for button in app.button}
    app.number_input(key="train_learning_rate").set_value(5.0).run()
    assert "A learning rate of 5 is too high for Adam" in told(app)
    assert not app.button(key="start").disabled  # it is a warning: who wants to see it go astray may
    app.button(key="mend").click().run()
    assert app.number_input(key="train_learning_rate").value == 0.001 and "is too high" not in told(app)


def test_what_is_mended_is_what_the_form_holds_at_the_click(page) -> None:
    app = page()
    app.number_input(key="train_learning_rate").set_value(5.0).run()
    app.number_input(key="train_epochs").set_value(7.0)
    app.button(key="mend").click().run()
    assert (app.number_input(key="train_epochs").value, app.number_input(key="train_learning_rate").value) == (
        7.0,
        0.001,
    )


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (Trial(True), "Trying it out"),
        (Trial(False, (NUMPY,)), "About 40 s and 210 MB of memory; NumPy is the quicker engine here."),
        (Trial(False, (NUMPY,), busy=True), "Other work went on meanwhile"),
        (Trial(False, (NUMPY, TAICHI)), "About 40 s and 210 MB of memory with NumPy; Taichi would take 45 s."),
        (Trial(False, (TAICHI, NUMPY)), "About 45 s and 460 MB of memory with Taichi; NumPy would take 40 s."),
        (Trial(False, error=Message("It could not be done.")), "It could not be done."),
    ],
)
def test_what_was_found_is_said(page, monkeypatch, found: Trial, sentence: str) -> None:
    asked: list[tuple[int, str]] = []
    monkeypatch.setattr(Estimates, "of", lambda self, config: found if asked else None)
    monkeypatch.setattr(Estimates, "begin", lambda self, config, owner: asked.append((config.training.epochs, owner)))
    app = page()
    app.number_input(key="train_epochs").set_value(6.0)
    app.button(key="estimate").click().run()
    assert asked == [(6, "local")] and sentence in told(app)


def test_an_engine_that_was_found_is_the_one_that_trains(page, monkeypatch) -> None:
    begun: list[Config] = []
    monkeypatch.setattr(Jobs, "start", lambda self, config, owner: begun.append(config) or create_run(config))
    app = page()
    app.button(key="start").click().run()
    monkeypatch.setattr(Estimates, "of", lambda self, config: Trial(False, (TAICHI, NUMPY)))
    app.button(key="start").click().run()
    app.selectbox(key="train_engine").set_value("numpy")
    app.button(key="start").click().run()
    assert [config.training.engine for config in begun] == ["auto", "taichi", "numpy"]


def test_patience_needs_digits_kept_apart(page) -> None:
    app = page()
    app.number_input(key="train_patience").set_value(3.0).run()
    assert "Training can end early only" not in told(app)
    app.checkbox(key="train_validation").uncheck().run()
    assert "Training can end early only" in told(app)
