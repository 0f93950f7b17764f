"""Sweeps: the grid, what of the best one is luck, how runs are handed in and gone on with, and the command."""

import json
import math
import re
import signal
from collections.abc import Callable

import numpy as np
import pytest
from click.testing import CliRunner, Result

from core.commands import sweep as command
from core.commands.main import main
from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import load_training
from core.errors import DigitLabError
from core.jobs.feeding import MOST_TRIES, Feeding
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs.run import Run, create_run, list_runs, open_run
from core.runs.status import PARENT_GONE, Status
from core.sweep import sweep as sweeps
from core.sweep.finding import finding
from core.sweep.grid import Cell, Grid, Written
from core.sweep.looks import WAITS, Looked, looks
from core.sweep.luck import luck_of, luckiest_of, no_worse
from core.sweep.presets import preset, tiny
from core.sweep.sweep import Sweep, place_of
from core.sweep.table import as_csv, as_text, row
from core.training.events import EpochEvent
from core.training.loop import Training

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=1, batch_size=64))


# -- the grid


def test_each_size_with_each_rate_and_each_number_of_epochs():
    grid = Grid({"": SMALL}, hidden=((8,), (16, 8)), rates=(0.1, 0.01, 0.001), epochs=(3, 5), seeds=(7, 8))
    cells = grid.cells()
    assert len(cells) == 12 and grid.varying == ["hidden", "learning_rate", "epochs"]
    assert [cell.values["epochs"] for cell in cells[:3]] == [3, 5, 3]
    assert cells[-1].config == SMALL.with_network(hidden=(16, 8)).with_training(learning_rate=0.001, epochs=5, seed=7)
    assert Written.of(grid).grid() == grid


def test_epochs_alone_share_a_run_where_that_changes_nothing():
    grid = Grid({"": SMALL}, hidden=((8,), (16,)), epochs=(3, 5), seeds=(0, 1))
    assert [(cell.training, cell.epoch) for cell in grid.cells()] == [(0, 3), (0, None), (1, 3), (1, None)]
    assert [config.training.epochs for config in grid.trainings()] == [5, 5]
    assert list(grid.slots()) == [(0, 0), (1, 0), (0, 1), (1, 1)]
    for changes in ({"schedule": "cosine"}, {"validation": False}, {"patience": 2}):
        own = Grid({"": SMALL.with_training(**changes)}, epochs=(3, 5))
        assert [(cell.training, cell.epoch) for cell in own.cells()] == [(0, None), (1, None)]


def test_a_longer_run_was_on_its_way_what_the_shorter_one_is_at_its_end(noise):
    data = load_training(noise, validation=True)

    def read(epochs: int) -> list[float]:
        config = SMALL.with_network(dropout=0.2).with_training(dataset=noise, epochs=epochs, augmentation="affine")
        return [event.validation_loss for event in Training(config, data) if isinstance(event, EpochEvent)]

    assert read(4)[:2] == read(2) != read(4)[2:]


def test_what_cannot_be_tried_is_refused_with_a_sentence():
    with pytest.raises(DigitLabError, match="would be 210 trainings, and a sweep has at most 200"):
        Grid({"": SMALL}, rates=tuple(np.arange(1, 71) / 100), seeds=(0, 1, 2))
    with pytest.raises(DigitLabError, match=r"Rate has the value 0\.1 twice"):
        Grid({"": SMALL}, rates=(0.1, 0.1))
    with pytest.raises(DigitLabError, match="Learning rate must be a number from 0 to 100"):
        Grid({"": SMALL}, rates=(0.1, 1000.0))
    with pytest.raises(DigitLabError, match="something to start from"):
        Grid({})


def test_the_blog_s_table_is_one_and_its_numbers_stand_beside_ours():
    grid = preset("blog", seeds=(0, 1))
    values = [(cell.values["hidden"], cell.values["learning_rate"], cell.values["epochs"]) for cell in grid.cells()]
    assert values == [((100,), 0.1, 1), ((200,), 0.05, 2), ((200,), 0.05, 4), ((200,), 0.03, 7)]
    found = [Looked(cell, test={0: Score(1000, 950), 1: Score(1000, 951)}) for cell in grid.cells()]
    assert [looked.reported for looked in found] == [0.952, 0.958, 0.973, 0.974]
    assert [str(part) for part in row(found, found[0])[-2:]] == ["95.05 % ± 0.07", "95.20 %, as here give or take luck"]
    assert "97.40 %, here less" in as_text(found)
    assert not any(Looked(cell).reported for cell in tiny(grid).cells())  # other digits than the blog's


# -- luck


def test_the_luckiest_of_some_by_hand():
    """The mean of the larger of two is 1 over the root of pi, of three half as much again."""
    assert luckiest_of(1) == pytest.approx(0.0, abs=1e-9)
    assert luckiest_of(2) == pytest.approx(1 / math.sqrt(math.pi), abs=1e-6)
    assert luckiest_of(3) == pytest.approx(1.5 / math.sqrt(math.pi), abs=1e-6)


def test_luck_is_what_rows_and_columns_leave():
    """Rows 0 and 2, columns 0 and 1 add up to the table but for +1 and -1, which leave 1 degree of freedom and a sum of 4."""
    table = np.array([[0.0, 1.0], [2.0, 3.0]]) + [[1.0, -1.0], [-1.0, 1.0]]
    assert luck_of(table) == pytest.approx(2.0)


def test_the_more_are_tried_the_more_a_lead_has_to_be():
    noise = np.random.default_rng(0).normal(0.0, 1.0, (12, 4))
    table = noise + np.r_[4.0, np.zeros(11)][:, None]
    assert no_worse(table, 0) == []
    assert no_worse(noise, int(noise.mean(axis=1).argmax()))  # nothing but luck: nobody is alone at the top


def cells(held_back: list[list[float]], test: list[list[int]], pending: tuple[int, ...] = ()) -> list[Looked]:
    found = []
    for number, (shares, right) in enumerate(zip(held_back, test, strict=True)):
        hidden = (8 * (number + 1),)
        cell = Cell({"recipe": "", "hidden": hidden, "learning_rate": 0.1, "epochs": 1}, SMALL, number)
        states = {seed: "finished" for seed in range(len(shares or right))} | {
            len(shares): WAITS for n in pending if n == number
        }
        scores = {seed: Score(1000, count) for seed, count in enumerate(right)}
        found.append(Looked(cell, states=states, held_back=dict(enumerate(shares)), test=scores))
    return found


def test_the_digits_held_back_choose_and_the_test_digits_say_what_it_is_worth():
    found = finding(cells([[0.90, 0.91], [0.95, 0.96], [0.80, 0.81]], [[900, 910], [930, 940], [950, 960]]))
    assert (found.tried, found.best, found.held_back) == (3, 1, True) and found.close == ()
    said = " ".join(map(str, found.sentences))
    assert said.startswith("Best of the 3 combinations tried: 16 units, with 95.50 % of the digits kept apart")
    assert "ahead of all the others" in said and "which have chosen nothing, say 93.50 %" in said
    assert found.gain == pytest.approx(0.0, abs=1e-9)  # the seeds do the same to each: nothing is left to luck


def test_the_best_of_many_by_luck_is_not_called_a_finding():
    luck = np.random.default_rng(1).normal(0.95, 0.01, (12, 3)).tolist()
    found = finding(cells(luck, 12 * [[950, 950, 950]]))
    assert found.gain == pytest.approx(luckiest_of(12) * luck_of(np.array(luck)) / math.sqrt(3))
    said = " ".join(map(str, found.sentences))
    assert len(found.close) > 8 and f"From {len(found.close)} of the others it cannot be told" in said
    assert re.search(r"luck alone would put the first [01]\.\d\d points above their mean", said)


def test_without_digits_held_back_the_test_digits_choose_and_that_is_said():
    found = finding(cells([[], []], [[900], [950]]))
    said = " ".join(map(str, found.sentences))
    assert not found.held_back and "95.00 % of the test digits" in said
    assert "expect it to read somewhat fewer" in said and "Take three seeds or more" in said


def test_while_it_fills_only_seeds_that_all_have_are_compared():
    found = finding(cells([[0.90, 0.99], [0.95]], [[900, 990], [950]], pending=(1,)))
    assert found.best == 1 and found.chosen.n == 1
    assert finding([Looked(each.cell) for each in cells([[0.9]], [[900]])]) is None


# -- handing in


class Begins:
    """Begins runs as a server does, without processes."""

    def __init__(self) -> None:
        self.resumed: list[str] = []

    def start(self, config: Config, *, owner: str = "", series: str = "", parent: str = "", room: str = "") -> Run:
        run = create_run(config, owner=owner, series=series, room=room)
        run.set_status(Status("running"))
        return run

    def resume(self, run: Run, *, owner: str = "", rate: float | None = None) -> None:
        self.resumed.append(run.id)
        run.set_status(Status("running"))

    def stop(self, run: Run, *, by: str = "") -> None:
        run.set_status(Status("stopped", by=by))


@pytest.fixture
def feeding(runs_dir) -> Feeding:
    return Feeding(Begins(), lambda: 1)


@pytest.fixture
def sweep(feeding) -> Sweep:
    return feeding.begin(Grid({"": SMALL}, hidden=((4,), (8,)), seeds=(0, 1)), owner="a" * 16)


def end(run: Run, state: str = "finished", right: int = 150) -> None:
    if state == "finished":
        config = run.config()
        scores = {"validation": Score(100, right // 2), "test": Score(180, right)}
        run.save_model(Model(config, Parameters.initial(config.network, 0), Provenance("x", scores=scores)))
    run.set_status(Status(state))


def handed_in(sweep: Sweep) -> list[str]:
    return list(sweep.about().runs)


def run_at(sweep: Sweep, place: str) -> Run:
    return open_run(sweep.about().runs[place])


def test_another_run_goes_in_as_one_ends_until_all_are_over(feeding, sweep):
    assert handed_in(sweep) == ["0.0", "1.0"]  # one at work, and one behind it
    feeding.look(at_once=True)
    assert len(list_runs()) == 2
    for place, then in (("0.0", "0.1"), ("1.0", "1.1")):
        end(run_at(sweep, place))
        feeding.look(at_once=True)
        assert handed_in(sweep)[-1] == then
    first = run_at(sweep, "0.1")
    assert first.record().series == sweep.series(0) and first.record().owner == "a" * 16
    assert first.config() == SMALL.with_network(hidden=(4,)).with_training(seed=1)
    assert sweep.about().open
    for place in ("0.1", "1.1"):
        end(run_at(sweep, place))
    feeding.look(at_once=True)
    assert not sweep.about().open and len(list_runs()) == 4


def test_another_server_goes_on_with_it_and_nothing_is_trained_twice(feeding, sweep):
    for place in handed_in(sweep):
        end(run_at(sweep, place))
    begun = Begins().start(SMALL.with_network(hidden=(4,)).with_training(seed=1), series=sweep.series(0))
    later = Feeding(Begins(), lambda: 1)  # the first server went after it had begun that run, and before it was noted
    later.look(at_once=True)
    assert sweep.about().runs[place_of(0, 1)] == begun.id and len(list_runs()) == 4


@pytest.mark.parametrize("status", [Status("died"), Status("stopped", reason=PARENT_GONE)])
def test_what_ended_with_its_server_goes_on_but_not_for_ever(feeding, sweep, status):
    run = run_at(sweep, "0.0")
    for _ in range(MOST_TRIES + 1):
        run.set_status(status)
        feeding.look(at_once=True)
    assert feeding._runner.resumed == MOST_TRIES * [run.id]


def test_a_sweep_is_stopped_and_goes_on_and_what_was_deleted_is_trained_anew(feeding, sweep):
    gone = run_at(sweep, "0.0")
    end(gone)
    feeding.stop(sweep, by="a" * 16)
    assert run_at(sweep, "1.0").status().state == "stopped" and handed_in(sweep) == ["0.0", "1.0"]
    feeding.look(at_once=True)
    assert handed_in(sweep) == ["0.0", "1.0"] and not sweep.going()
    sweeps.keeping.delete(gone)
    stopped = run_at(sweep, "1.0")
    feeding.go_on(sweep)
    assert feeding._runner.resumed == [stopped.id]
    assert run_at(sweep, "0.0").id != gone.id and len(sweep.going()) == 2


def test_a_refused_run_is_told_and_tried_again(feeding, sweep, monkeypatch):
    end(run_at(sweep, "0.0"))

    def refuse(*args: object, **about: object) -> Run:
        raise DigitLabError("3 of your tasks are waiting already.")

    with monkeypatch.context() as patched:
        patched.setattr(feeding._runner, "start", refuse)
        feeding.look(at_once=True)
        assert "3 of your tasks" in str(feeding.refused(sweep.id))
    feeding.look(at_once=True)
    assert feeding.refused(sweep.id) is None and "0.1" in handed_in(sweep)


def test_a_stranger_s_sweep_is_refused_where_there_is_no_room_for_all_of_it(feeding, monkeypatch):
    for name, value in {"HOSTED": 1, "KEPT_RUNS": 5, "SWEEPS": 1, "EPOCHS": 10}.items():
        monkeypatch.setenv(f"DIGITLAB_{name}", str(value))
    with pytest.raises(DigitLabError, match="would be 6 trainings, and there is room for 5 more runs"):
        feeding.begin(Grid({"": SMALL}, rates=(0.1, 0.2), seeds=(0, 1, 2)), owner="b" * 16)
    with pytest.raises(DigitLabError, match="at most 10 epochs, not 11"):
        feeding.begin(Grid({"": SMALL}, epochs=(5, 11)), owner="b" * 16)
    assert list_runs() == [] == sweeps.list_sweeps()
    feeding.begin(Grid({"": SMALL}), owner="b" * 16)
    with pytest.raises(DigitLabError, match="1 sweeps here"):
        feeding.begin(Grid({"": SMALL}), owner="b" * 16)
    monkeypatch.setenv("DIGITLAB_SWEEPS_IN_ALL", "1")
    with pytest.raises(DigitLabError, match="keeps 1 sweeps of its visitors, and no more"):
        feeding.begin(Grid({"": SMALL}), owner="c" * 16)  # whoever comes without a cookie is another visitor each time
    assert len(sweeps.list_sweeps()) == 1


def test_a_sweep_is_deleted_with_its_runs_and_has_a_way_back(feeding, sweep):
    with pytest.raises(DigitLabError, match="Stop it first"):
        sweeps.delete(sweep)
    feeding.stop(sweep)
    sweeps.delete(sweep)
    assert list_runs() == [] == sweeps.list_sweeps()
    assert sweeps.undo(sweep.id) == sweep and len(list_runs()) == 2
    with pytest.raises(DigitLabError, match="cannot be brought back"):
        sweeps.undo(sweep.id)
    for wrong in ("../x", "sweep-20261130-161147-0000"):
        with pytest.raises(DigitLabError, match="not here any more"):
            sweeps.find(wrong)


def test_a_damaged_sweep_holds_nobody_up(feeding, sweep):
    other = feeding.begin(Grid({"": SMALL}), owner="")
    (sweep.path / "sweep.json").write_text('{"grid": {}}')
    with pytest.raises(DigitLabError):
        sweep.about()
    end(run_at(other, "0.0"))
    feeding.look(at_once=True)
    assert not other.about().open


def test_a_look_tells_what_is_over_and_how_far_the_rest_is(feeding, sweep):
    end(run_at(sweep, "0.0"), right=162)
    run_at(sweep, "1.0").set_status(Status("running", epoch=0.5))
    about = sweep.about()
    first, second = looks(sweep, about, about.grid.grid())
    assert first.test == {0: Score(180, 162)} and first.held_back == {0: 0.81} and first.states[1] == WAITS
    assert second.done == pytest.approx(0.25) and not second.test
    assert [str(part) for part in row([first, second], second)] == ["8", "0.001", "1", "25 % done", "25 % done"]
    assert as_csv([first, second]).splitlines()[1].startswith(",4,0.001,1,0,2")


# -- the command


@pytest.fixture
def call(runs_dir) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(main, ["sweep", *map(str, words)])


def test_the_command_is_stopped_by_ctrl_c_goes_on_and_tells_all(call, noise, tmp_path, monkeypatch):
    tells = command._tell_news

    def interrupt(*about: object) -> None:
        monkeypatch.setattr(command, "_tell_news", tells)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(command, "_tell_news", interrupt)
    stopped = call(
        "--dataset", noise, "--hidden", 4, "--hidden", 8, "--seeds", 1, "--epochs", 3, "--with", "batch_size=64"
    )
    found = re.search(r"--resume (sweep-\S+)", stopped.output)
    assert stopped.exit_code == 130 and found
    assert not sweeps.find(found[1]).going()
    whole = call("--resume", found[1], "--json", "--out", tmp_path / "runs.csv")
    assert whole.exit_code == 0, whole.output
    fields = json.loads(whole.stdout.splitlines()[-1])
    assert [each["hidden"] for each in fields["combinations"]] == [[4], [8]] and fields["finding"]["tried"] == 2
    assert {each["state"] for each in fields["runs"]} == {"finished"} and all(each["n"] for each in fields["runs"])
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == 3


def test_the_command_refuses_what_does_not_go_together(call):
    assert "has its own settings" in call("blog", "--rate", 0.1).output
    assert "at most 200" in call("--dataset", "digits", *(f"--rate={n / 100}" for n in range(1, 80))).output
