"""The Train page and the race as an app without a browser: what is shown is what is trained, and a damaged run says so."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.engines.devices import Device
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs.executor import MEASUREMENT
from core.jobs.jobs import Jobs
from core.jobs.racing import Race
from core.messages import Message
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs.run import RECORDING, Run, Status, create_run
from core.runs.status import DIVERGED, STOPPED
from core.training.divergence import DivergedError
from core.training.events import EpochEvent
from core.training.recipes import RECIPES
from dashboard import words
from dashboard.train import progress
from dashboard.train.watched import watched

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=4))


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> list:
    """What the pages have asked the server to begin; nothing is, and Taichi can be used on two devices."""
    asked: list = []
    devices = [Device("cpu", Message("Processor"), True), Device("vulkan", Message("Graphics card"), True)]
    monkeypatch.setattr(Jobs, "devices", lambda self: devices)
    monkeypatch.setattr(Jobs, "start", lambda self, config, owner: asked.append(config) or create_run(config))
    monkeypatch.setattr(Jobs, "start_race", lambda self, config, device, owner: asked.append((config, device)))
    monkeypatch.setattr(Jobs, "begin", lambda self, name, argv, owner: asked.append((name, argv)))
    return asked


@pytest.fixture
def open_page(begun: list) -> Callable[..., AppTest]:
    def open_at(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(query)
        return app.switch_page(f"dashboard/pages/{page}.py").run()

    return open_at


@pytest.fixture
def train(open_page: Callable[..., AppTest]) -> AppTest:
    """The Train page, with the settings of the small recipe in its form."""
    return open_page("train").selectbox(key="train_recipe").set_value("small").run()


def said(app: AppTest) -> list[str]:
    assert not app.exception
    return [box.value for box in (*app.error, *app.warning)]


def under(app: AppTest, sentence: str) -> bool:
    """Whether a sentence stands under a field."""
    return any(text.value == f":red[:material/error: {sentence}]" for text in app.markdown)


# -- what is shown is what is trained


def test_start_takes_what_the_form_holds_at_the_click(train: AppTest, begun: list):
    train.number_input(key="train_epochs").set_value(3.0)
    train.text_input(key="train_hidden").set_value("77")
    train.number_input(key="train_learning_rate").set_value(0.25)
    train.selectbox(key="train_activation").set_value("tanh")
    train.checkbox(key="train_bias").uncheck()
    train.button(key="start").click().run()  # all of it in one go
    config = begun[-1]
    assert (config.training.epochs, config.network.hidden, config.training.learning_rate) == (3, (77,), 0.25)
    assert (config.network.activation, config.network.bias) == ("tanh", False)
    assert said(train) == []


def test_digits_are_held_back_unless_that_is_switched_off(train: AppTest, begun: list):
    """On for every recipe, so that each shows a held-back figure; off as the tutorials did, and on again with the next."""
    for recipe in ("course-d-numpy", "small"):
        train.selectbox(key="train_recipe").set_value(recipe).run()
        assert train.checkbox(key="train_validation").value
        train.button(key="start").click().run()
        assert begun[-1].training.validation
        train.checkbox(key="train_validation").uncheck()
        train.button(key="start").click().run()
        assert not begun[-1].training.validation
    assert said(train) == []


def test_a_tutorial_s_form_trains_the_tutorial(train: AppTest, begun: list):
    """Its rule, its order and its start, although the form shows no order."""
    train.selectbox(key="train_recipe").set_value("course-d-numpy").run()
    train.button(key="start").click().run()
    assert begun[-1] == RECIPES["course-d-numpy"].config.with_training(validation=True, engine="auto")


def test_another_output_and_another_loss_are_chosen_one_after_the_other(train: AppTest, begun: list):
    """Rashid's rule is for sigmoid outputs: with softmax alone a sentence says so, with cross-entropy it is trained."""
    train.selectbox(key="train_recipe").set_value("course-d-numpy").run()
    train.selectbox(key="train_output").set_value("softmax").run()
    train.button(key="start").click().run()
    assert not begun and any("Rashid's rule is for sigmoid outputs only" in sentence for sentence in said(train))
    train.selectbox(key="train_loss").set_value("cross_entropy").run()
    train.button(key="start").click().run()
    assert (begun[-1].network.output, begun[-1].training.loss) == ("softmax", "cross_entropy")


def test_the_race_takes_what_the_form_holds_at_the_click(open_page: Callable[..., AppTest], begun: list):
    app = open_page("engines", part="race").selectbox(key="race_recipe").set_value("small").run()
    app.number_input(key="race_epochs").set_value(7.0)
    app.selectbox(key="race_device").set_value("vulkan")
    app.button(key="race-start").click().run()
    config, device = begun[-1]
    assert (config.training.epochs, device) == (7, "vulkan")


@pytest.mark.parametrize("epochs", [0.0, 51.0, 2.5, None])
def test_a_race_of_impossible_length_is_not_begun(open_page: Callable[..., AppTest], begun: list, epochs: float | None):
    app = open_page("engines", part="race").selectbox(key="race_recipe").set_value("small").run()
    app.number_input(key="race_epochs").set_value(epochs)
    app.button(key="race-start").click().run()
    (sentence,) = said(app)
    assert not begun and sentence.startswith("Epochs ") and under(app, sentence)


def test_the_measurement_takes_what_is_chosen_at_the_click(open_page: Callable[..., AppTest], begun: list):
    app = open_page("engines", part="measure")
    app.radio(key="measure_turns").set_value(1)
    app.selectbox(key="measure_device").set_value("vulkan")
    app.button(key="measure-start").click().run()
    name, argv = begun[-1]
    assert (
        name == MEASUREMENT
        and argv[argv.index("--repeats") + 1] == "1"
        and argv[argv.index("--device") + 1] == "vulkan"
    )


def test_the_twin_check_takes_the_device_that_is_chosen_at_the_click(open_page: Callable[..., AppTest], begun: list):
    app = open_page("engines", part="twins")
    app.selectbox(key="twin_device").set_value("vulkan")
    app.button(key="twin-start").click().run()
    assert begun[-1][1][-1] == "vulkan"


WRONG = [
    ("epochs", 0.0, "Epochs must be a whole number from 1 to 1000, not 0."),
    ("epochs", 3.5, "Epochs must be a whole number, not 3.5."),
    ("epochs", None, "Epochs is empty: write a number into it."),
    ("batch_size", -1.0, "Batch size must be a whole number from 1 to 65536, not -1."),
    ("learning_rate", 101.0, "Learning rate must be a number from 0 to 100, not 101."),
    ("seed", 1e15, "Seed is too large a number."),
    ("dropout", 1.0, "Dropout must be a number from 0 to 0.95, not 1."),
    ("l2", -0.5, "L2 must be a number from 0 to 10, not -0.5."),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_field_says_so_where_it_is_and_nothing_is_begun(train, begun, name, value, sentence):
    train.number_input(key=f"train_{name}").set_value(value)
    train.button(key="start").click().run()
    assert not begun
    assert said(train) == [f"Nothing was started. {sentence}"] and under(train, sentence)
    train.number_input(key=f"train_{name}").set_value(0.5 if name in ("learning_rate", "dropout", "l2") else 1.0).run()
    assert said(train) == [] and not under(train, sentence)
    train.button(key="start").click().run()
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("abc", "Units per layer are whole numbers"), ("0", "The size of a layer"), ("8000, 8000", "weights; at most")],
)  # fmt: skip
def test_hidden_layers_that_cannot_be_are_told_of_at_their_field(train: AppTest, begun: list, text: str, sentence: str):
    train.text_input(key="train_hidden").set_value(text).run()
    assert [text.value for text in train.markdown if sentence in text.value and text.value.startswith(":red")]
    train.button(key="start").click().run()
    assert not begun and sentence in said(train)[0]


def test_two_wrong_fields_are_both_named(train: AppTest, begun: list):
    train.number_input(key="train_epochs").set_value(0.0)
    train.number_input(key="train_seed").set_value(-1.0)
    train.button(key="start").click().run()
    (sentence,) = said(train)
    assert not begun and "Epochs must" in sentence and "Seed must" in sentence


def test_what_the_server_refuses_is_said_at_the_button(train: AppTest, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Jobs, config: Config, owner: str) -> Run:
        raise DigitLabError("Another run is training at the moment.")

    monkeypatch.setattr(Jobs, "start", refuse)
    assert said(train.button(key="start").click().run()) == ["Another run is training at the moment."]


# -- runs that are not as they should be


def a_run(
    *, config: Config = SMALL, correct: int = 170, title: str = "", state: str = "finished", owner: str = ""
) -> Run:
    """A run on 180 test digits that is over."""
    run = create_run(config, title=title, owner=owner)
    run.append(EpochEvent(400, 4, 1.5, 0.5, 0.9, 0.4, 0.96))
    provenance = Provenance(run.title(), "", 4, {"test": Score(180, correct)}, "1")
    model = Model(config, Parameters.initial(config.network, seed=1), provenance)
    run.save_model(model)
    run.set_status(Status(state))
    return run


DAMAGE = {
    "run.json": (b"\xff\xfe title", None),
    "config.json": (b"{", "This run cannot be shown. The configuration is not valid JSON"),
    "status.json": (b"\xff[", "The run's status cannot be read."),
    "metrics.jsonl": (b'{"event": "epoch", "step": \xff}\n', "The figures of this run cannot be read"),
    "model.safetensors": (b"nothing of the kind", "The network of this run cannot be used."),
}


@pytest.mark.parametrize("file", DAMAGE)
def test_a_damaged_run_says_what_is_wrong_and_the_page_works(open_page, runs_dir, begun, file):
    whole, damaged = a_run(title="whole"), a_run(title="damaged")
    content, sentence = DAMAGE[file]
    (damaged.path / file).write_bytes(content)
    app = open_page("train", run=damaged.id)
    assert app.session_state["run"] == damaged.id
    found = said(app)
    assert [text for text in found if sentence in text] if sentence else found == []
    assert len(found) <= 1
    app.selectbox(key="train_recipe").set_value("small").run()
    app.button(key="start").click().run()
    assert len(begun) == 1 and not app.exception
    app.selectbox(key="run").set_value(whole.id).run()
    assert said(app) == [] and "Finished." in app.success[0].value


def test_each_page_opens_beside_a_damaged_run(open_page, runs_dir):
    damaged = a_run()
    for file, (content, _) in DAMAGE.items():
        (damaged.path / file).write_bytes(content)
    for page in words.PAGES:
        app = open_page(page)
        assert not app.exception, page


def test_a_run_that_guesses_says_why_and_offers_the_cure(open_page, runs_dir, begun):
    run = a_run(config=SMALL.with_training(optimizer="adam", learning_rate=1.0), correct=18)
    app = open_page("train", run=run.id)
    assert not app.success
    (sentence,) = said(app)
    assert "It only guesses: 18 of 180 right (10.0\xa0%)" in sentence and "a learning rate of 1 is too much" in sentence
    assert "use-model" not in {button.key for button in app.button}
    assert app.button(key="cure").label == "Train again with a learning rate of 0.001"
    app.button(key="cure").click().run()
    assert begun == [run.config().with_training(learning_rate=0.001)]
    assert app.number_input(key="train_learning_rate").value == 0.001  # the form shows what was begun


def test_who_stopped_a_run_is_not_made_up(open_page, runs_dir):
    run = a_run(state="stopped")
    earlier = {"state": "stopped", "detail": "You stopped it. What it had learned up to then is kept."}
    (run.path / "status.json").write_text(json.dumps(earlier))  # as it was written last week
    app = open_page("train", run=run.id)
    assert app.info[0].value.startswith("It was stopped. What it had learned")


def test_who_stopped_a_run_is_said_to_whom_it_was(open_page, runs_dir, monkeypatch):
    """Where each visitor is an owner; on one's own computer a second tab is the same owner, and may be another person."""
    run, owner = a_run(state="stopped"), "0123456789abcdef"
    monkeypatch.setattr("dashboard.visitor.owner", lambda: owner)
    for by, told in (
        (owner, "You stopped it. What it had"),
        ("another", "It was stopped. What it had"),
        ("", "It was"),
    ):
        run.set_status(Status("stopped", reason=STOPPED, by=by))
        assert open_page("train", run=run.id).info[0].value.startswith(told)
    run.set_status(Status("stopped", reason=STOPPED, by="local"))
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    assert open_page("train", run=run.id).info[0].value.startswith("It was stopped.")


def test_a_run_that_goes_on_and_a_race_that_is_stopped_say_whose_doing_it_is(open_page, runs_dir, monkeypatch):
    asked = []
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "0123456789abcdef")
    monkeypatch.setattr(Jobs, "resume", lambda self, run, owner, rate: asked.append((run, owner, rate)))
    monkeypatch.setattr(Jobs, "stop_race", lambda self, by: asked.append(by))
    run = a_run(state="stopped", owner="0123456789abcdef")
    app = open_page("train", run=run.id)
    app.button(key="resume").click().run()
    race = Race((SMALL, SMALL), runs=[run])
    monkeypatch.setattr(Jobs, "race", race)
    open_page("engines", part="race").button(key="race-stop").click().run()
    assert asked == [(run, "0123456789abcdef", None), "0123456789abcdef"]


def test_another_s_run_is_not_gone_on_with(open_page, runs_dir, monkeypatch):
    run = a_run(state="stopped", owner="another")
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "0123456789abcdef")
    assert "resume" not in {button.key for button in open_page("train", run=run.id).button}


@pytest.mark.parametrize("kept", [True, False])
def test_a_run_that_went_astray_names_the_cause_and_goes_back(open_page, runs_dir, monkeypatch, kept):
    """To its last good moment, at a smaller rate; where it has none, to its start."""
    asked = []
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    monkeypatch.setattr(Jobs, "resume", lambda self, run, owner, rate: asked.append(rate))
    run = create_run(SMALL.with_training(optimizer="sgd", learning_rate=50.0))
    error = DivergedError(
        "The training went astray in epoch {epoch}. {cause}", epoch=2, cause="A rate of 50 is too high."
    )
    run.set_status(Status("failed", reason=error.message, cause=DIVERGED))
    if kept:
        run.save_checkpoint({"parameters": np.zeros(3)})
    app = open_page("train", run=run.id)
    assert said(app) == ["The training went astray in epoch 2. A rate of 50 is too high."]
    label = "Go back to its last good moment, and go on" if kept else "Begin it again"
    assert app.button(key="resume").label == f"{label} with a learning rate of 0.1"
    app.button(key="resume").click().run()
    assert asked == [0.1]


# -- the list of runs


def test_a_link_shows_its_run_however_many_came_after_it(open_page, runs_dir, monkeypatch):
    old = a_run(title="the old one")
    monkeypatch.setattr("dashboard.train.runs.MOST", 2)
    for _ in range(3):
        a_run()
    app = open_page("train", run=old.id)
    assert app.session_state["run"] == old.id and said(app) == []
    assert len(app.selectbox(key="run").options) == 4 and "the old one" in app.selectbox(key="run").options[-1]


@pytest.mark.parametrize("gone", ["20200101-000000-0000000", "../../etc"])
def test_a_link_to_a_run_that_is_gone_says_so(open_page, runs_dir, gone):
    a_run()
    app = open_page("train", run=gone)
    (sentence,) = said(app)
    assert "is not here any more" in sentence and app.session_state["run"] == RECORDING
    assert said(app.run()) == []


def test_the_list_says_when_a_turn_has_come(open_page, runs_dir, monkeypatch):
    run = a_run(title="Mine")
    states = ["queued"]  # for the list and for the panel; by the time that its parts are drawn its turn has come
    monkeypatch.setattr(Run, "status", lambda self: Status(states[-1], phase="training"))
    monkeypatch.setattr(progress, "watched", lambda *about: states.append("running") or watched(*about))
    app = open_page("train", run=run.id)
    assert app.selectbox(key="run").options[0] == "Mine: under way" and not app.exception


def test_runs_of_one_name_are_told_apart(open_page, runs_dir):
    for _ in range(3):
        a_run(title="Mine")
    options = open_page("train").selectbox(key="run").options[:3]
    assert options == ["Mine, 94.4\xa0% (3)", "Mine, 94.4\xa0% (2)", "Mine, 94.4\xa0%"]


def test_titles_stay_as_they_are_where_they_differ():
    titles = {"c": "Mine", "b": "Yours", "a": "Mine"}
    assert words.distinct(titles) == {"c": "Mine (2)", "b": "Yours", "a": "Mine"}


def test_a_time_fits_its_figure():
    assert [words.short_duration(seconds) for seconds in (0.04, 9.9, 34.2, 720)] == ["0.0 s", "9.9 s", "34 s", "12 min"]


def test_networks_of_one_name_are_told_apart_and_only_those_that_read_are_offered(open_page, runs_dir):
    read = [a_run(title="Mine") for _ in range(3)]
    a_run(title="Guesses", correct=20)
    a_run(title="Two answers", config=SMALL.with_network(outputs=2))
    (a_run(title="Damaged").path / "model.safetensors").write_bytes(b"nothing of the kind")
    options = open_page("draw").selectbox(key="model").options
    assert options[-3:] == ["Mine, 94.4\xa0% (3)", "Mine, 94.4\xa0% (2)", "Mine, 94.4\xa0%"]
    assert not [title for title in options if title.startswith(("Guesses", "Two answers", "Damaged"))]
    app = open_page("draw", model=read[0].id)
    assert app.selectbox(key="model").value == read[0].id
