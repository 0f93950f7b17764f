"""What shows a network learning: moments, the player's clock, the wall, one's own digit, units and layers."""

import base64
import io
import os
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.catalog import load_model
from core.config import Config, NetworkConfig
from core.datasets import load_training
from core.datasets.hundred import hundred
from core.errors import DigitLabError
from core.folders import PROJECT
from core.models.parameters import Parameters
from core.runs import present
from core.runs.run import RECORDING, Run, Status, create_run, open_run
from core.runs.snapshots import Snapshots
from core.training.events import BatchEvent, EpochEvent, LayerFigures, SnapshotEvent
from core.training.loop import Training
from dashboard import shared
from dashboard.look import images
from dashboard.parts.pace import Watchers, slowdown
from dashboard.parts.past import moments_of
from dashboard.train import layers, player, units, wall
from dashboard.train import remarks as noticing
from dashboard.train.clock import PLAY_SECONDS, Clock
from dashboard.train.remarks import Noticed
from dashboard.train.watched import Heard, Watched, latest_network, network_at, network_of, until


@pytest.fixture(autouse=True)
def caches_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    caches = shared.Caches()
    monkeypatch.setattr(shared, "caches", lambda: caches)


# -- moments


def test_what_had_been_reported_by_a_moment():
    early = [SnapshotEvent(0, 0), BatchEvent(5, 0.5, 1.0, 1.0, 0.5, 0.1, 10.0), SnapshotEvent(5, 0.5)]
    late = [EpochEvent(10, 1, 2.0, 1.0, 0.5), SnapshotEvent(10, 1), EpochEvent(20, 2, 4.0, 0.5, 0.75)]
    assert until([*early, *late], 0.7) == early
    assert until([*early, *late], 0.4) == early[:1]
    assert until([*early, *late], 1.0) == [*early, *late[:2]]
    assert until([], 3.0) == []


def test_each_moment_has_its_network(runs_dir):
    recording = open_run(RECORDING)
    assert moments_of(recording)[:3] == [0, 1 / 64, 1 / 32]
    assert network_at(recording, 0.3) == "recording@0.25" and network_at(recording, 13.0) == "recording@13"
    watched = Watched(recording, recording.config(), recording.status(), [])
    assert network_of(watched) == latest_network(watched) == RECORDING
    assert network_of(Watched(recording, watched.config, watched.status, [], 0.02)) == "recording@0.015625"
    with pytest.raises(ValueError, match="no network"):
        network_at(create_run(Config()), 1.0)


def test_a_run_that_goes_on_has_its_present_network(runs_dir):
    config = Config(NetworkConfig(inputs=64, hidden=(4,)))
    run = create_run(config)
    watched = Watched(run, config, Status("running"), [])
    assert latest_network(watched) == ""
    parameters = Parameters.initial(config.network, 0)
    Snapshots(run).keep(0, config, lambda: parameters)
    assert network_of(watched) == f"{run.id}@0"
    present.path_of(run).write_bytes(Snapshots(run).path(0).read_bytes())
    assert network_of(watched) == f"{run.id}@now"


def test_events_are_read_once_for_all_who_watch_and_from_the_start_where_the_file_is_another(runs_dir):
    run, heard = create_run(Config()), Heard()
    assert heard.read(run) == []
    first, second = (BatchEvent(step, step / 10, 1.0, 1.0, 0.5, 0.1, 10.0) for step in (1, 2))
    run.append(first)
    seen = heard.read(run)
    run.append(second)
    assert (seen, heard.read(run), heard.read(run)) == ([first], [first, second], [first, second])
    (run.path / "metrics.jsonl").write_bytes(b"nothing of the kind\n")
    assert heard.read(run) == []


def test_what_comes_of_an_epoch_is_worked_out_once_for_all_who_watch(runs_dir, monkeypatch):
    asked = []
    monkeypatch.setattr(noticing, "remarks", lambda config, events: asked.append(len(events)) or [])
    run = create_run(Config())
    for epochs in (1, 1, 2, 2):
        events = [EpochEvent(10 * epoch, epoch, float(epoch), 1.0, 0.5) for epoch in range(1, epochs + 1)]
        monkeypatch.setattr(noticing, "NOTICED", SimpleNamespace(get=Noticed))  # another visitor each time
        noticing.look(Watched(run, Config(), Status("running"), events))
    assert asked == [1, 2]


# -- the player


def test_the_clock_goes_through_the_moments_stops_and_begins_again():
    now = 100.0
    clock = Clock("run", (0.0, 0.25, 1.0, 2.0, 3.0), seconds=lambda: now)
    assert clock.now() == 0 and not clock.playing and clock.epochs == 0
    clock.play()
    now += PLAY_SECONDS * 3 / 8
    assert clock.playing and clock.now() == pytest.approx(1.5) and clock.epochs == pytest.approx(0.625)
    clock.stop_at(clock.now())
    now += 60
    assert clock.now() == pytest.approx(1.5) and not clock.playing
    clock.play()
    now += PLAY_SECONDS
    assert clock.at_end and not clock.playing and clock.epochs == 3.0
    clock.play()  # again, from the start
    assert clock.now() == 0 and clock.playing
    clock.stop_at(99)
    assert clock.now() == 4


def test_moments_are_said():
    assert player.moment_words(0) == "Before it has learned anything"
    assert player.moment_words(1 / 64) == "After 2\xa0% of the first epoch"
    assert player.moment_words(7) == "After epoch 7"


# -- the wall


def test_the_wall_shows_what_the_network_takes_each_digit_for():
    digits = hundred()
    for name in ("recording@0", "recording@0.25", RECORDING):
        told = wall.answers(name, digits)
        assert told == "".join(str(digit) for digit in load_model(name).predict(digits.x()).argmax(axis=1))
    assert sum(int(answer) == label for answer, label in zip(told, digits.labels, strict=True)) >= 94
    assert wall.words_of(84, 100) == "84 of the hundred are right now."
    assert wall.words_of(9, 40) == "9 of these 40 are right now."


def test_a_network_is_read_once_for_all_who_watch(monkeypatch):
    asked = []
    monkeypatch.setattr(shared, "load_model", lambda path: asked.append(path) or load_model(path))
    for _ in range(30):
        wall.answers("recording@5", hundred())
        shared.model("recording@5")
    assert len(asked) == 1


def test_the_wall_s_digits_are_held_out_and_of_the_network_s_kind(make_data, monkeypatch):
    assert wall.digits_for(Config()).sha256 == hundred().sha256
    monkeypatch.setattr("core.scores.evaluation.digits_of", lambda name: make_data(60, side=8))
    small = wall.digits_for(Config(NetworkConfig(inputs=64)).with_training(dataset="digits"))
    assert small.labels.tolist() == [digit for digit in range(10) for _ in range(6)]
    assert wall.digits_for(Config(NetworkConfig(outputs=2))) is None


def test_the_sheet_has_ten_across_in_their_order(make_data):
    digits = make_data(23, side=3)
    sheet = wall.sheet(digits)
    assert sheet.shape == (9, 30, 3)
    twelfth = images.on_paper(digits.x([11])[0].reshape(3, 3))
    np.testing.assert_array_equal(sheet[3:6, 3:6], twelfth)


# -- many who watch


def test_with_many_watchers_each_page_is_drawn_less_often():
    assert [slowdown(count) for count in (0, 1, 8, 12, 32)] == [1, 1, 1, 1.5, 4]
    watchers = Watchers()
    assert [watchers.count(session, 0.0) for session in ("a", "b", "a", "c")] == [1, 2, 2, 3]
    assert watchers.count("a", 15.0) == 3 and watchers.count("a", 25.0) == 1


def test_writing_the_present_network_takes_a_small_share_of_the_time(runs_dir, noise, monkeypatch):
    run = create_run(Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset=noise))
    training = Training(run.config(), load_training(noise))
    present.watch(run)
    now = [100.0]
    saved = []

    def save(*about, **how):
        saved.append(now[0])
        now[0] += 0.3  # as a network of some hundred megabytes takes

    monkeypatch.setattr(present, "save_model", save)
    monkeypatch.setattr(present.time, "monotonic", lambda: now[0])
    writer = present.Present(run)
    for _ in range(300):
        training.step += 1
        now[0] += 0.1
        writer.look(training)
    assert len(saved) >= 3 and min(np.diff(saved)) >= 0.3 / present.SHARE


# -- units and layers


def test_the_units_that_moved_farthest_are_shown_in_their_order():
    config = Config(NetworkConfig(inputs=4, hidden=(30,)))
    start = Parameters.initial(config.network, config.training.seed)
    later = Parameters(config.network, start.flat.copy())
    for unit in range(30):
        later.weights[0][:, unit] += 0.1 if unit in (0, 7, 11, 12, 20, 29) else 1.0
    assert units.changed_most(config, later) == [unit for unit in range(30) if unit not in (0, 7, 11, 12, 20, 29)]


def test_unit_pictures_have_one_scale():
    config = NetworkConfig(inputs=4, hidden=(3,))
    parameters = Parameters(config, np.zeros(config.parameter_count, dtype=np.float32))
    parameters.weights[0][:, 1] = [0.5, -1.0, 0.0, 0.25]
    parameters.weights[0][:, 2] = [0.0, 0.0, 2.0, 0.0]
    assert units.pictures_of(parameters, [1, 2]).tolist() == [[32, -64, 0, 16], [0, 0, 127, 0]]


def test_layers_are_said_in_sentences():
    assert layers.line(1, LayerFigures(32, 0, 0.1, 0.05), 2) == (
        "**Layer 1.** All 32 units have something to say. Its weights have hardly moved: by 5\xa0% of their size."
    )
    assert layers.line(2, LayerFigures(32, 3, 0.1, 0.5), 3) == (
        "**Layer 2.** 3 of 32 units are silent. Its weights have moved by 50\xa0% of their size."
    )
    assert layers.line(2, LayerFigures(10, 0, 0.1, 0.9), 2).startswith(
        "**The ten answers.** Its weights are mostly new"
    )
    assert layers.moved([np.zeros((2, 2))], [np.array([[3.0, 3.0], [3.0, 3.0]])]) == [3.0]


# -- the page


@pytest.fixture
def without_mnist(runs_dir, data_dir, monkeypatch) -> None:
    monkeypatch.setenv("MNIST_DIR", str(data_dir / "nowhere"))


def components(app: AppTest) -> dict[str, dict]:
    """What each component of our own is told, by its name."""
    import json

    found = app.get("bidi_component")
    return {each.proto.component_name.rpartition(".")[2]: json.loads(each.proto.json or "{}") for each in found}


def due(app: AppTest) -> list[float]:
    """After how many seconds parts of the page ask to be drawn anew."""
    import json

    asking = [each.proto for each in app.get("bidi_component") if each.proto.component_name == "redraw"]
    return sorted(json.loads(each.json)["seconds"] for each in asking)


def open_train(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params.update(query)
    return app.switch_page("dashboard/pages/train.py").run()


def test_the_page_opens_on_the_recording_and_every_view_shows(without_mnist):
    app = open_train()
    assert not app.exception and not app.error
    said = " ".join(text.value for text in app.markdown)
    assert "run" not in app.session_state and "**A recording**" in said and "of the hundred are right now" in said
    shown = components(app)
    assert shown["run_player"]["playing"] and len(shown["run_player"]["moments"]) == 20
    assert len(shown["digit_wall"]["answers"]) == 100
    assert len(base64.b64decode(shown["unit_pictures"]["pictures"])) == 24 * 784
    assert "It takes this one for" in "".join(str(each.proto.body) for each in app.get("html"))
    assert [name for name in shown if "curve" in name]


def test_a_run_that_is_over_stands_at_its_end_and_can_be_gone_back_in(without_mnist, noise):
    from core.runs import worker

    run = create_run(Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(dataset=noise, epochs=3))
    worker.execute(Run(run.path))
    app = open_train(run=run.id)
    assert not app.exception and not app.error
    shown = components(app)
    assert (
        not shown["run_player"]["playing"] and shown["run_player"]["place"] == len(shown["run_player"]["moments"]) - 1
    )
    at_end = shown["digit_wall"]["answers"]
    digits = wall.first_test_digits(noise)
    assert at_end == "".join(map(str, run.model().predict(digits.x()).argmax(axis=1)))
    shutil.copy(Snapshots(run).path(3), Snapshots(run).path(4))  # it went on meanwhile
    player_of_more = components(app.run())["run_player"]
    assert len(player_of_more["moments"]) == len(shown["run_player"]["moments"]) + 1 == player_of_more["place"] + 1


def test_what_is_live_is_one_part_of_the_page(without_mnist, noise, monkeypatch):
    """Each part that is drawn anew costs server and browser the same again, however little stands in it."""
    import streamlit as st

    every: dict[str, float | None] = {}
    drawn = st.fragment

    def noted(panel, run_every=None):
        every[panel.__qualname__] = run_every
        return drawn(panel, run_every=run_every)

    monkeypatch.setattr(st, "fragment", noted)
    run = create_run(Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(dataset=noise))
    Snapshots(run).keep(0, run.config(), lambda: Parameters.initial(run.config().network, 0))
    run.set_process(os.getpid())
    run.set_status(Status("running", phase="training"))
    app = open_train(run=run.id)
    assert not app.exception and not app.error
    every.pop("_taichi_remark")  # until it is known what Taichi can compute on
    assert not any(every.values()) and {"_live", "_table"} <= set(every)
    assert due(app) == [0.5, 5.0]
    assert {"digit_wall", "unit_pictures", "curve_chart"} <= set(components(app))


def test_a_network_that_goes_at_this_moment_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(shared, "find_model", lambda name: tmp_path / "present.safetensors")
    with pytest.raises(DigitLabError, match="cannot be read"):
        shared.model("20260101-000000-abcdef@now")


def test_the_page_s_own_picture_is_read_as_a_drawing(without_mnist):
    from dashboard.train import own

    three = own.ours(Config())
    assert int(load_model(RECORDING).predict(three[None])[0].argmax()) == 3
    eight = Config(NetworkConfig(inputs=64)).with_training(dataset="digits")
    assert int(load_model("small").predict(own.ours(eight)[None])[0].argmax()) == 3
    assert own.ours(Config(NetworkConfig(inputs=100, outputs=2))).shape == (10, 10)  # which has no wall
    ink = Image.open(io.BytesIO(base64.b64decode(images.digit_url(three).partition(",")[2])))
    assert ink.size == (28, 28)
