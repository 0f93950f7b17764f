"""The form in the URL: what a link says stands in the form, what cannot be used is told of, and what differs is sent."""

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.config import Config
from core.engines.devices import Device
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.messages import Message
from core.runs.run import create_run
from core.training.recipes import RECIPES
from dashboard.train import link, settings


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, runs_dir) -> list[Config]:
    begun: list[Config] = []
    monkeypatch.setattr(Jobs, "devices", lambda self: [Device("cpu", Message("Processor"), True)])
    monkeypatch.setattr(Jobs, "start", lambda self, config, owner: begun.append(config) or create_run(config))
    return begun


@pytest.fixture
def follow(begun) -> Callable[..., AppTest]:
    """The Train page as a link opens it."""

    def at(**link: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(link)
        app = app.switch_page("dashboard/pages/train.py").run()
        assert not app.exception
        return app

    return at


def warned(app: AppTest) -> list[str]:
    return [box.value for box in app.warning]


LINK = {
    "recipe": "course-d-numpy", "hidden": "50-20", "epochs": "3", "learning_rate": "0.25", "output": "softmax",
    "loss": "cross_entropy", "activation": "tanh", "bias": "on", "validation": "off", "seed": "42", "engine": "numpy",
}  # fmt: skip


def test_a_link_fills_in_the_form_and_that_is_what_is_trained(follow, begun) -> None:
    """Two settings that each alone do not go with the recipe are fine together."""
    app = follow(**LINK)
    assert warned(app) == [] and app.text_input(key="train_hidden").value == "50, 20"
    app.button(key="start").click().run()
    expected = RECIPES["course-d-numpy"].config.with_changes(
        network={"hidden": (50, 20), "output": "softmax", "activation": "tanh", "bias": True},
        training={"epochs": 3, "learning_rate": 0.25, "loss": "cross_entropy", "validation": False, "seed": 42},
    )
    assert begun == [expected]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("epochs", "many", "'many' is no number."),
        ("epochs", "0", "Epochs must be a whole number from 1 to 1000, not 0."),
        ("epochs", "nan", "Epochs must be a"),
        ("learning_rate", "1e9", "Learning rate must be a number from 0 to 100"),
        ("hidden", "abc", "Units per layer are whole numbers"),
        ("hidden", "9" * 5000, "is too long."),
        ("bias", "perhaps", "'perhaps' is neither on nor off."),
        ("activation", "magic", "There is no activation called 'magic'."),
        ("device", "toaster", "There is no device called 'toaster'."),
        ("dataset", "../../etc", "Choose the digits to learn from."),
        ("recipe", "<script>", "There is no recipe '<script>' here."),
    ],
)
def test_what_cannot_be_used_is_told_of_and_the_recipe_s_value_stands(follow, begun, name, text, sentence) -> None:
    app = follow(**({"recipe": "small"} | {name: text}))
    (told,) = warned(app)
    assert told.startswith("Something in the link cannot be used:") and sentence in told
    if name != "recipe":
        app.button(key="start").click().run()
        assert begun[0] == RECIPES["small"].config.with_training(engine="auto")


def test_what_was_told_is_not_told_on_the_next_visit(follow) -> None:
    app = follow(recipe="small", epochs="0")
    app = app.switch_page("dashboard/pages/draw.py").run()
    app = app.switch_page("dashboard/pages/train.py").run()
    assert warned(app) == [] and app.selectbox(key="train_recipe").value == "small"


def test_what_is_sent_is_what_differs(follow) -> None:
    """And it is read back as it was: nothing of the default recipe as it is, the recipe's name with anything else."""
    app = follow(**LINK)
    in_form = {name: app.session_state[settings.key(name)] for name in ("recipe", *link.FIELDS)}
    assert sent(in_form) == LINK
    assert sent(held("small")) == {"recipe": "small"}
    assert sent(held("small") | {"hidden": ""}) == {"recipe": "small", "hidden": "none"}
    assert sent(held("small") | {"epochs": 0.0, "l2": 0.5}) == {"recipe": "small", "l2": "0.5"}  # 0 epochs cannot be
    assert sent(held("small") | {"epochs": None}) == {"recipe": "small"}
    assert sent(held("small", default="small")) == {}
    assert sent(held("small", default="small") | {"patience": 2.0}) == {"recipe": "small", "patience": "2"}


DEFAULT: list[str] = ["good"]


def held(recipe: str, default: str = "good") -> dict:
    """What the form holds of a recipe, where that or another is the default one."""
    DEFAULT[0] = default
    config = RECIPES[recipe].config.with_training(validation=True, engine="auto")
    return {"recipe": recipe, **settings.in_form(config)}


def sent(form: dict) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", {settings.key(name): value for name, value in form.items()})
        patch.setattr(link, "_default", lambda: DEFAULT[0])
        return link.in_link()
