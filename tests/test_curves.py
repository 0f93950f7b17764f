"""The curves of a run, and what is said beside them: axes that stay, marks in their places, numbers worked by hand."""

import re

import numpy as np
import pytest

from core.config import Config
from core.training import remarks as rules
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, PauseEvent, ResumeEvent
from core.training.remarks import Remark
from dashboard.look.curves import Mark, View, learning_curve, loss_ceiling
from dashboard.look.small_lines import shares_right, ten_lines
from dashboard.look.thinning import MOST_POINTS
from dashboard.train import remarks as noticing
from dashboard.train.curves import deeds
from dashboard.train.remarks import IMPORTANCE, PLACES, Noticed, marks

VIEW = View(5.0, "run")


def batch(step: int, epoch: float, loss: float = 1.0, accuracy: float = 0.5) -> BatchEvent:
    return BatchEvent(step, epoch, 10.0 * epoch, loss, accuracy, 0.1, 1000.0)


def epoch(number: int, loss: float = 1.0, held_back: float | None = 0.6) -> EpochEvent:
    return EpochEvent(number * 10, number, 10.0 * number, loss, 0.5, loss, held_back)


def drawn(batches, epochs, what="accuracy", view=VIEW, **more) -> dict:
    return learning_curve(batches, epochs, what=what, view=view, **more)


def test_axes_are_fixed_before_the_first_point() -> None:
    for data in (drawn([], []), drawn([batch(1, 0.1)], [epoch(1)])):
        assert data["x"]["range"] == [0, 5] and data["y"]["range"] == [0, 100]
    for logarithmic in (False, True):
        view = View(5.0, logarithmic=logarithmic)
        before, after = (
            drawn([batch(at, at / 10, loss) for at, loss in enumerate(losses)], [], "loss", view)["y"]["range"]
            for losses in ((2.3, 1.9), (2.3, 1.9, 1.5, 0.4, 0.2))
        )
        assert before[1] == after[1] == 4.0
    assert before[0] == 1.0 and after[0] == pytest.approx(0.1)  # powers of ten, and at least one of them to see


def test_no_curve_sends_more_points_than_it_may() -> None:
    many = [batch(step, step / 1000, 1.0 + step % 7) for step in range(5_000)]
    epochs = [epoch(number) for number in range(1, 1_001)]
    for what in ("accuracy", "loss"):
        curves = [series["points"] for series in drawn(many, epochs, what)["series"]]
        assert [len(points) <= MOST_POINTS for points in curves] == [True, True]
        assert [points[-1][0] for points in curves] == [4.999, 1_000]


def test_where_epochs_are_finer_than_batches_they_are_the_line() -> None:
    assert drawn([batch(1, 0.5)], [epoch(1), epoch(2)])["series"][0]["points"] == [[1, 50], [2, 50]]


def test_smoothing_is_for_the_line_of_what_it_learns_from() -> None:
    batches = [batch(at, at / 10, accuracy=at % 2) for at in range(40)]
    rough, calm = (drawn(batches, [epoch(1), epoch(2)], view=View(5, smoothed=on))["series"] for on in (False, True))
    heights = [y for _, y in calm[0]["points"][20:]]
    assert {y for _, y in rough[0]["points"]} == {0, 100} and 35 < min(heights) <= max(heights) < 65
    assert calm[1]["points"] == rough[1]["points"] == [[1, 60], [2, 60]]


def test_what_a_hand_has_drawn_nearer_stays_until_the_view_changes() -> None:
    assert drawn([], [])["view"] == drawn([batch(1, 0.1)], [], view=View(5, "run", smoothed=True))["view"]
    assert drawn([], [])["view"] != drawn([], [], view=View(5, "another"))["view"]
    assert drawn([], [], "loss")["view"] != drawn([], [], "loss", View(5, "run", logarithmic=True))["view"]


def test_the_loss_axis_ends_at_a_power_of_two() -> None:
    assert loss_ceiling([batch(1, 0.1, 2.3)], [epoch(1, 0.4)]) == 4.0
    assert loss_ceiling([], [epoch(1, 0.4)]) == 0.5 and loss_ceiling([], []) == 2.5


def test_remarks_are_numbered_on_the_curve() -> None:
    """At the height of the digits held back, 60 %; without any, of those that it learns from."""
    placed = drawn([], [epoch(1), epoch(2, held_back=None)], marks=[Mark(1.0, 1), Mark(2.0, 2), Mark(1.0, 3)])["marks"]
    assert [(mark["x"], mark["y"], mark["number"]) for mark in placed] == [(1, 60, 1), (2, 50, 2), (1, 60, 3)]


def test_what_a_person_did_is_marked_where_it_was() -> None:
    """Twenty batches are an epoch."""
    events: list[Event] = [
        ResumeEvent(0), batch(10, 0.5), ChangeEvent(30, "learning_rate", 0.02), ChangeEvent(31, "something", 1.0),
        PauseEvent(40), ResumeEvent(50),
    ]  # fmt: skip
    found = deeds(events)
    assert [deed.epoch for deed in found] == [0.0, 1.5, 2.0, 2.5]
    assert found[1].sentence == "From epoch 1.50 on it learned at a rate of 0.02."
    assert found[2].sentence == "It was paused at epoch 2.00." and not deeds([PauseEvent(3)])
    assert [deed["x"] for deed in drawn([], [], deeds=found)["deeds"]] == [0.0, 1.5, 2.0, 2.5]


# -- each digit


def test_the_share_of_each_digit_that_is_right() -> None:
    """Of two digits: of 4 zeros 3 are right, then all; of the one 1 none, then it is; of no twos nothing is known."""
    confusions = np.array([[[3, 1, 0], [1, 0, 0], [0, 0, 0]], [[4, 0, 0], [0, 1, 0], [0, 0, 0]]])
    shares = shares_right(confusions)
    assert shares[:, :2].tolist() == [[0.75, 0.0], [1.0, 1.0]] and np.isnan(shares[:, 2]).all()
    page = ten_lines(np.array([1.0, 2.0]), shares, total=4)
    assert re.findall(r"<b>(\d)</b>", page) == ["0", "1", "2"] and re.findall(r"<span>(.*?)</span>", page)[2] == "–"
    # 6 % are the line's own: three quarters are at 3 + 94 / 4 from above, all at 3
    assert "polygon(25.0% 23.5%,50.0% 0.0%,50.0% 6.0%,25.0% 29.5%)" in page
    assert "polygon(21.0% 23.5%,25.0% 23.5%" in ten_lines(np.array([1.0]), shares[:1], total=4)
    assert 'aria-label="1: 100\xa0% right after epoch 2"' in page and 'aria-label="2: not counted yet"' in page


# -- remarks


def test_every_rule_has_its_importance() -> None:
    assert set(IMPORTANCE) == {rule.key for rule in rules.RULES}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[str]]:
    """What is found after so many epochs, by its rule."""
    made: dict[int, list[str]] = {}

    def remarks(config: Config, events: list[Event]) -> list[Remark]:
        return [Remark(key, rules.RULES[0].sentence, 0, len(events)) for key in made[len(events)]]

    monkeypatch.setattr(noticing, "remarks", remarks)
    return made


def look(noticed: Noticed, epochs: int, *, over: bool = False, run: str = "run") -> list[str]:
    events = [epoch(number + 1) for number in range(epochs)]
    noticed.look(run, epochs, lambda: noticing.remarks(Config(), events), over=over)
    return [remark.key for remark in noticed.shown]


def test_a_remark_stays_in_its_place_while_the_run_goes_on(found) -> None:
    found |= {1: ["fast_start"], 2: ["hardest_digit", "silent"], 3: ["silent", "plateau"], 4: []}
    noticed = Noticed()
    assert look(noticed, 1) == ["fast_start"]
    assert look(noticed, 2) == ["fast_start", "silent", "hardest_digit"]
    assert look(noticed, 3) == ["plateau", "silent", "hardest_digit"]  # in the place of the least important one
    assert [remark.key for remark in noticed.others] == ["fast_start"] and len(noticed.shown) == PLACES
    assert look(noticed, 4) == ["plateau", "silent", "hardest_digit"]  # found no more, and yet said after its epoch
    assert [(mark.number, mark.epoch) for mark in marks(noticed)] == [(1, 3.0), (2, 3.0), (3, 2.0)]


def test_when_it_is_over_only_what_holds_is_said(found) -> None:
    found |= {2: ["fast_start", "silent"], 3: ["silent"]}
    noticed = Noticed()
    look(noticed, 2)
    assert look(noticed, 3, over=True) == ["silent"] and noticed.others == []


def test_another_run_and_an_earlier_moment_begin_anew(found) -> None:
    found |= {1: ["silent"], 3: ["plateau"]}
    noticed = Noticed()
    look(noticed, 3)
    assert look(noticed, 1) == ["silent"] and look(noticed, 3, run="another") == ["plateau"]
