"""What the Engines page makes of rows, runs and findings: tables, lines and commands, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bench.race import contestants, lap
from core.config import Config, NetworkConfig
from core.jobs.racing import Race
from core.messages import Message
from core.runs.run import Status, create_run
from core.training.events import EpochEvent
from dashboard.engines import charts as engine_charts
from dashboard.engines import measure as engines_measure
from dashboard.engines import race as engines_race
from dashboard.engines import twin as engines_twin


def row(engine: str, hidden: int, batch_size: int, seconds: float, **more) -> dict:
    usual = {"device": "cpu", "spread": 0.1, "samples": 60_000, "repeats": 3, "threads": 1, "data": "mnist"}
    return usual | {"engine": engine, "hidden": hidden, "batch_size": batch_size, "seconds_per_epoch": seconds} | more


ROWS = [row("numpy", 200, 1, 3.21), row("blog-taichi", 200, 1, 45.04), row("taichi", 100, 128, 0.354)]


def test_the_table_sets_theirs_beside_what_was_measured():
    lines = engines_measure.table(ROWS).splitlines()
    assert len(lines) == 2 + 11 and all(line.count("|") == 5 for line in lines)
    assert lines[3] == "| NumPy, one at a time | 14.2 | 47.5 | 68.0 |"
    assert lines[4] == "| Taichi, one at a time | 42.4 | 44.2 | 44.7 |"
    assert lines[7] == "| Taichi, one at a time | – | 45.0 | – |"
    assert lines[9] == "| NumPy, one at a time | – | 3.2 | – |"
    assert lines[12] == "| Taichi, batches of 128 | 0.35 | – | – |"


def test_the_charts_show_theirs_only_beside_one_at_a_time_and_their_axes_never_move():
    single, batches = (engines_measure.lines_of(ROWS, size) for size in (1, 128))
    assert [line[0] for line in single] == ["NumPy, theirs", "Taichi, theirs", "NumPy, here", "Taichi, here"]
    assert [line[3] for line in batches] == [{}, {100: 0.354}]
    empty = engine_charts.times(engines_measure.lines_of([], 1), "light")
    full = engine_charts.times(single, "dark")
    assert empty.layout.xaxis.range == full.layout.xaxis.range == (60, 340)
    assert empty.layout.yaxis.range == full.layout.yaxis.range
    assert list(full.data[2].y) == [3.21]


def test_what_the_child_is_told():
    told = engines_measure.command([100, 300], 3, "cuda")
    assert told[:2] == ["core", "bench"] and "--json-lines" in told and "--blog" in told
    assert [told[i + 1] for i, word in enumerate(told) if word == "--engine"] == ["numpy", "taichi"]
    assert [told[i + 1] for i, word in enumerate(told) if word == "--hidden"] == ["100", "300"]
    assert told[told.index("--device") + 1] == "cuda" and told[told.index("--repeats") + 1] == "3"
    assert "taichi" not in engines_measure.command([100], 1, None)
    assert engines_twin.command(None)[-1] == "--no-taichi" and engines_twin.command("cpu")[-2:] == ["--device", "cpu"]


def test_the_circumstances_are_told():
    said = engines_measure._circumstances([*ROWS, row("numpy", 300, 1, 4.0, data="noise", spread=0.6)])
    assert "An epoch is 60,000 digits. Everyone had one thread" in said and "noise of its size" in said
    assert "differed by up to 60\xa0%" in said
    assert "differed" not in engines_measure._circumstances(ROWS)


def test_before_anything_is_measured_it_says_whose_times_these_are():
    def script() -> None:
        from dashboard.engines.measure import _sentences

        _sentences([], live=False)

    (said,) = AppTest.from_function(script, default_timeout=60).run().markdown
    assert said.value == engines_measure.EMPTY and said.value.startswith("These are the earlier system's own times")


@pytest.mark.parametrize(("value", "text"), [(2.58e-10, "2.6 × 10⁻¹⁰"), (0.0, "0"), (0.25, "2.5 × 10⁻¹")])
def test_small_numbers_as_powers_of_ten(value, text):
    assert engines_twin.power_of_ten(value) == text


@pytest.mark.parametrize(("value", "end"), [(0.2, 1), (1.0, 1), (1.01, 2), (3.0, 5), (20.0, 20), (51.0, 100)])
def test_an_axis_ends_at_a_round_number(value, end):
    assert engine_charts.nice_ceiling(value) == end


@pytest.fixture
def race(runs_dir: Path) -> Race:
    """A race whose first run has ended its first epoch of four after a second and a half."""
    config = Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(dataset="digits", epochs=4)
    race = Race(contestants(config))
    race.runs.append(create_run(race.configs[0]))
    race.prepared.append(0.6)
    race.runs[0].append(EpochEvent(10, 1, 1.5, 0.5, 0.9, 0.4, 0.96))
    race.runs[0].set_status(Status("running", phase="training"))
    return race


def test_a_race_under_way(race):
    laps = engines_race.laps_of(race)
    assert engines_race.table(race, laps).splitlines()[2:] == [
        "| getting ready | 0.60 s | – |",
        "| to 95\xa0% right | 1.5 s | – |",
        "| to 97\xa0% right | – | – |",
        "| whole training | 1.5 s | – |",
    ]
    assert engines_race._until(race, laps) == 10  # four epochs of 1.5 s
    race.runs[0].set_status(Status("finished"))
    assert engines_race._now(race, laps) == "NumPy has finished; Taichi is next."


def test_the_axis_of_a_race_never_moves_back(race):
    slow, fast = lap("NumPy", race.runs[0].events()[0]), lap("NumPy", [EpochEvent(10, 1, 0.2, 0.5, 0.9, 0.4, 0.96)])
    assert [engines_race._until(race, [one]) for one in (fast, slow, fast)] == [1, 10, 10]


def test_what_is_said_of_a_race(race):
    assert engines_race._now(None, []) == engines_race.EMPTY
    assert engines_race.table(None, []).count("–") == 8
    race.runs[0].set_status(Status("running", phase="preparing"))
    assert engines_race._now(race, engines_race.laps_of(race)) == "NumPy: Preparing the network …"
    race.runs.append(create_run(race.configs[1]))
    race.runs[1].set_status(Status("running", phase="preparing"))
    assert "compiles the arithmetic for this machine" in engines_race._now(race, engines_race.laps_of(race))
    del race.runs[1]
    race.stopped = True
    assert engines_race._now(race, engines_race.laps_of(race)) == "NumPy stops after its present batch."
    race.running = False
    race.runs[0].set_status(Status("finished"))  # it was at its end when it was told to stop
    assert engines_race._now(race, engines_race.laps_of(race)) == "The race was stopped before Taichi began."
    race.runs[0].set_status(Status("failed", reason=Message("It crashed.")))
    assert engines_race._now(race, engines_race.laps_of(race)) == "The race ended early. NumPy: It crashed."
