"""Trained again: the same to the last bit with the same seed, and said where it is not; what differs, and what is luck."""

from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.models.model import Score
from core.runs.repeat import is_repeat, parent_of, repeated
from core.runs.run import Run, create_run
from core.runs.series import further_seeds, join_series, runs_of
from core.runs.worker import execute
from core.scores.luck import spread
from core.training.events import BatchEvent, ChangeEvent, EpochEvent
from dashboard.look.overlay import curve, overlay
from dashboard.look.thinning import MOST_POINTS
from dashboard.train.differences import SENTENCES, SWITCHES, differences

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=3, batch_size=64))


def trained(config: Config = SMALL, **about) -> Run:
    run = create_run(config, **about)
    execute(run)
    return run


@pytest.fixture
def noisy(noise: str) -> Config:
    return SMALL.with_training(dataset=noise)


def test_the_same_seed_gives_the_same_curve_and_weights(runs_dir: Path, noisy: Config):
    first = trained(noisy)
    again = trained(first.config(), parent=first.id)
    assert parent_of(again) == first and is_repeat(first.config(), again.config())
    weights = noisy.network.parameter_count
    assert str(repeated(again, first)) == (
        f"Trained again from the same seed: the same curve to the last bit over 3 epochs, and the same {weights:,} weights."
    )


def test_where_it_differs_is_said(runs_dir: Path, noisy: Config):
    first, other = trained(noisy), trained(noisy.with_training(seed=1))
    assert not is_repeat(first.config(), other.config())
    told = str(repeated(other, first))
    assert "from epoch 1 on the curve is another one" in told and "Another version" in told
    longer = trained(noisy.with_training(epochs=5))
    assert "over the 3 epochs that both have" in str(repeated(longer, first))
    other.append(ChangeEvent(1, "learning_rate", 0.5))
    assert "changed by hand" in str(repeated(other, first))
    assert repeated(create_run(noisy), first) is None and parent_of(first) is None


def test_weights_are_compared_too(runs_dir: Path, noisy: Config):
    first, again = trained(noisy), trained(noisy)
    other = trained(noisy.with_training(seed=1))
    again.save_model(other.model())
    assert "but other weights at the end" in str(repeated(again, first))


def test_a_run_begins_a_series_and_the_next_seeds_are_new(runs_dir: Path):
    first = create_run(SMALL.with_training(seed=4))
    name = join_series(first)
    assert join_series(first) == name and [run.id for run in runs_of(name)] == [first.id]
    create_run(SMALL.with_training(seed=9), series=name)
    assert further_seeds(name, 2) == [10, 11]


def test_the_mean_of_seeds_has_an_interval_by_hand():
    """0.96, 0.97, 0.98: deviation 0.01, and t of 2 degrees is 4.303, so 0.97 +- 4.303 * 0.01 / sqrt(3)."""
    told = spread([Score(1000, right) for right in (960, 970, 980)])
    assert (told.low, told.high) == (pytest.approx(0.97 - 0.024843, abs=1e-5), pytest.approx(0.97 + 0.024843, abs=1e-5))
    assert "would lie between 94.5 % and 99.5 %" in str(told.message).replace("\xa0", " ")
    assert spread([Score(10, 10), Score(10, 9)]).high == 1.0


def test_what_differs_in_words():
    other = SMALL.with_network(hidden=(300,)).with_training(epochs=10, optimizer="adam", momentum=0.5)
    base = SMALL.with_training(optimizer="adam")
    assert differences("Blue Owl", other, "Red Fox", base) == [
        "Blue Owl has 300 units instead of 8.",
        "Blue Owl was to be trained for 10 epochs instead of 3.",
    ]  # Adam has no momentum
    assert differences("A", SMALL, "B", SMALL) == []
    unlike = differences("A", SMALL.with_network(bias=False).with_training(shuffle=False), "B", SMALL)
    assert unlike == ["A has no biases, unlike B.", "A saw the digits in the order of the file, unlike B."]


def test_every_setting_has_its_sentence():
    fields = {*SMALL.to_dict()["network"], *SMALL.to_dict()["training"]}
    assert fields - {*SENTENCES, *SWITCHES} == {"outputs", "mean", "std"}  # the last two are measured, not chosen


def test_a_curve_has_at_most_five_hundred_points_and_keeps_its_ends():
    events = [BatchEvent(n, n / 100, 0.0, 1 / n, 0.5, 0.1, 1.0) for n in range(1, 2_001)]
    events += [EpochEvent(100 * n, n, 0.0, 0.5, 0.5, 0.4, 0.9 + n / 1000) for n in range(1, 21)]
    found = curve(events)
    assert MOST_POINTS / 2 <= len(found.loss) <= MOST_POINTS and (found.loss_epochs[0], found.loss_epochs[-1]) == (
        0.01,
        20.0,
    )
    assert found.accuracy.tolist() == pytest.approx([0.9 + n / 1000 for n in range(1, 21)])
    assert overlay([("<b>Bold</b>", found)], "loss", "light").data[0].name == "&lt;b&gt;Bold&lt;/b&gt;"
    figure = overlay([("One", found), ("None", curve([])), ("Two", found)], "accuracy", "light")
    assert [trace.name for trace in figure.data] == ["One", "Two"]
    assert figure.data[0].line.dash != figure.data[1].line.dash and figure.layout.yaxis.range == (0.9, 1.0)
    assert overlay([("One", found)], "loss", "dark").layout.yaxis.range == (0.0, 1.0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """What the page has begun; nothing is trained."""
    begun: list[Run] = []

    def start(self, config: Config, **about: str) -> Run:
        begun.append(create_run(config, **about))
        return begun[-1]

    monkeypatch.setattr(Jobs, "start", start)
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    return begun


def open_train(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params.update(query)
    app = app.switch_page("dashboard/pages/train.py").run()
    assert not app.exception
    return app


def test_same_again_new_luck_and_several_seeds_from_the_page(runs_dir: Path, noisy: Config, asked: list[Run]):
    first = trained(noisy, owner="local")
    app = open_train(run=first.id)
    app.button(key="run-same").click().run()
    assert asked[-1].config() == first.config() and asked[-1].record().parent == first.id
    app = open_train(run=first.id)
    app.button(key="run-luck").click().run()
    assert asked[-1].config() == first.config().with_training(seed=1)
    app = open_train(run=first.id)
    app.slider(key="run_seeds").set_value(3)
    app.button(key="run-seeds-begin").click().run()
    assert not app.exception and not app.error
    assert [run.config().training.seed for run in asked[-3:]] == [1, 2, 3]
    assert {run.record().series for run in (first, *asked[-3:])} == {first.record().series} != {""}


def test_what_came_of_it_is_said(runs_dir: Path, noisy: Config, asked: list[Run]):
    first = trained(noisy, owner="local")
    name = join_series(first)
    again = trained(noisy, owner="local", parent=first.id, series=name)
    trained(noisy.with_training(seed=1), owner="local", parent=first.id, series=name)
    app = open_train(run=again.id)
    said = [text.value for text in app.markdown]
    assert any("the same curve to the last bit over 3 epochs" in text for text in said)
    assert any("right on average over 2 seeds" in text for text in said)
    first.model_path.write_bytes(b"damaged")
    app = open_train(run=again.id)
    assert any("is not a model file" in text.value for text in app.caption) and not app.error  # the other one is shown


def test_the_ticked_runs_are_compared_in_words(runs_dir: Path, noisy: Config, asked: list[Run]):
    small, large = noisy, noisy.with_network(hidden=(16,))
    series = {width: [trained(config.with_training(seed=seed), owner="local", series=f"series-{width}") for seed in (0, 1)]
              for width, config in ((8, small), (16, large))}  # fmt: skip
    one, other = series[8][0], series[16][0]
    app = open_train(run=one.id)
    app.session_state["_runs_compared"] = [one.id, other.id]
    app.run()
    said = "\n".join(text.value for text in app.markdown)
    assert f"- {other.title()} has 16 units instead of 8." in said
    assert f"The first is {one.title()}, the second is {other.title()}. " in said and "luck" in said
    app.session_state["_runs_compared"] = [one.id, series[8][1].id]
    app.run()
    assert any("what differs between them is luck" in text.value for text in app.markdown) and not app.exception
    one.set_record(msgspec.structs.replace(one.record(), series=""))
    app.session_state["_runs_compared"] = [one.id, other.id]
    app.run()
    assert any("Repeat both with other seeds" in text.value for text in app.caption)
    app.button(key="runs-untick").click().run()
    assert not app.exception and any("Tick up to four runs" in text.value for text in app.caption)
