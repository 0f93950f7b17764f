"""What parts of pages say, in a language that marks every text that went through `say`: ⟦like this⟧. Nothing is left unmarked."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from core import load_model
from core.explain.check import Check
from core.explain.contributions import Explanation
from core.jobs.queue import Place
from core.models.calibration import Bin
from core.models.model import Model, Score
from core.sentences import a, probability, share
from core.teach.finetune import PHASES
from core.teach.outcome import FineTuned, Scores
from dashboard import say as module
from dashboard import words
from dashboard.draw import belief, compare, stages, why_words
from dashboard.draw.network_view import view_data
from dashboard.draw.stage.verdict import verdict_of
from dashboard.draw.teach_lesson import PHASES as SAID_OF_PHASES
from dashboard.draw.teach_lesson import known_words, table, verdict
from dashboard.draw.why_more import more
from dashboard.look import numbers
from dashboard.look.bars import bars
from dashboard.look.charts import COLOURS
from dashboard.look.curves import View, learning_curve
from dashboard.look.small_lines import ten_lines
from dashboard.mistakes import matrix
from dashboard.parts import reader

MARKED = re.compile(r"⟦[^⟦⟧]*⟧")


class Marking:
    """A language in which every sentence stands between brackets."""

    def gettext(self, words: str) -> str:
        return f"⟦{words}⟧"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


@pytest.fixture(autouse=True)
def marking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_catalogue", lambda spoken: Marking())


def unmarked(text: str) -> list[str]:
    """The words, two letters or more, that no bracket is around."""
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    return re.findall(r"[^\W\d_]{2,}", text)


def in_page(page: str) -> str:
    """What a person sees or hears of HTML: its text, and the words of its pictures and labels."""
    labels = re.findall(r"""(?:alt|aria-label)="([^"]*)\"""", page)
    return html.unescape(" ".join([re.sub(r"<[^>]*>", " ", page), *labels]))


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


def test_the_brackets_find_what_was_not_said() -> None:
    assert unmarked("⟦It is ⟦a 4⟧⟧, and nothing else") == ["and", "nothing", "else"] and not unmarked("⟦a ⟦b⟧ cc⟧ 3 ✓")


@pytest.mark.parametrize("value", [0.0, 0.0001, 0.05, 0.5, 0.9999, 1.0])
def test_shares_are_said(value: float) -> None:
    for said in (numbers.share(value), numbers.probability(value), numbers.brief(value), numbers.a(8), numbers.a(4),
                 numbers.capital_a(8), numbers.listed(["3", "4"])):  # fmt: skip
        assert said.startswith("⟦") and not unmarked(said)
    assert module.say("{x}, {y}, {z}", x=share(value), y=probability(value), z=a(3)).count("⟦") == 4


@pytest.mark.parametrize("empty", [True, False])
def test_all_of_an_answer_is_said(model: Model, empty: bool) -> None:
    page = np.zeros((280, 280, 4), np.uint8)
    page[60:220, 130:150, 3] = 255
    reading = reader.read(model, None if empty else page)
    told = verdict_of(reading, version=0, sequence=0)
    assert not unmarked(f"{told.sentence} {told.remark}") and told.sentence.startswith("⟦")
    assert empty or (reading.kind == "sure" and told.remark)


def test_bars_and_charts_are_said() -> None:
    assert not unmarked(in_page(bars(None))) and not unmarked(in_page(bars(np.full(10, 0.1))))
    for what in ("accuracy", "loss"):
        chart = learning_curve([], [], what=what, view=View(3))
        said = [text for series in chart["series"] for text in (series["name"], series["said"])]
        assert not unmarked(" ".join([*said, chart["label"], chart["x"]["title"], *chart["words"].values()]))
    shares = np.array([[0.5, np.nan]])
    assert not unmarked(in_page(ten_lines(np.array([1.0]), shares, total=3)))


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("right", [2, 3, 5])
@pytest.mark.parametrize("dataset", ["mnist", "digits"])
def test_all_of_a_lesson_s_outcome_is_said(typed: bool, right: int, dataset: str) -> None:
    before = Scores(Score(8, 3), Score(5_000, 4_900), Score(10_000, 9_900))
    after = Scores(Score(8, right), Score(5_000, 4_700), Score(10_000, 9_897 + right))
    tuned = FineTuned(None, dataset, before, after, Score(8, 8), 2)
    for said in (verdict(tuned, typed=typed), table(tuned, typed=typed), known_words(1), module.say(tuned.refusal)):
        assert "⟦" in said and not unmarked(said)
    assert not unmarked(verdict(replace(tuned, after=replace(after, own=None)), typed=typed))


def test_each_phase_of_a_lesson_has_its_sentence() -> None:
    assert set(SAID_OF_PHASES) == {"", *PHASES} and len(set(SAID_OF_PHASES.values())) == 6


TEXTS = ("label", "title", "note", "text", "given", "hint", "sentence", "picture_title", "picture_note", "rows", "sum", "after",
         "row_title", "row_labels", "column_title", "column_labels")  # fmt: skip


def texts(data: object, shown: bool = False) -> list[str]:
    """What a person reads or hears of a component's data: the strings under `TEXTS`."""
    if isinstance(data, dict):
        return [text for key, value in data.items() for text in texts(value, key in TEXTS)]
    if isinstance(data, list | tuple):
        return [text for value in data for text in texts(value, shown)]
    return [data] if shown and isinstance(data, str) else []


@pytest.fixture(scope="module", params=["small", "rashid"])
def explanation(request: pytest.FixtureRequest) -> Explanation:
    """Of a network with a softmax and of one with sigmoid outputs."""
    model = load_model(request.param)
    return Explanation(model, np.random.default_rng(0).random(model.shape))


def test_why_is_said(explanation: Explanation) -> None:
    marked, chance = np.arange(24), np.full(200, 9.8)
    holds, fails, one = (Check(*check, chance) for check in ((marked, 140, 10.94, 2.76), (marked, 140, 10.94, 9.9),
                                                             (marked[:1], 9, 2.0, 0.0)))  # fmt: skip
    credits = explanation.pixel_credits(4, 9)
    shares, offset = explanation.unit_shares(4, 9)
    said = [
        why_words.lead(1.0, 4, 9),
        why_words.pixels_alt(credits, 4, 9, explanation.network.shape),
        in_page(why_words.pixels(credits, explanation, 4, 9, COLOURS["light"])),
        why_words.units(shares, offset, np.arange(6), 4, 9),
        why_words.unit(0.5, 1.0, [4, 9], (4, 9)),
        in_page(more(explanation.network, 1.0, None) + more(explanation.network, 1.2, None)),
        *(why_words.nearest(np.array(labels), 4, 12_500) for labels in ([4] * 8, [9] * 8, [4, 9, 9], [4, 4, 9])),
        *(in_page(words_of(check, 4, 9)) for words_of in (why_words.pixels_check, why_words.units_check)
          for check in (holds, fails, one)),
        in_page(why_words.check_html(holds, "") + why_words.check_html(None, why_words.units_check(None, 4, 9))),
    ]  # fmt: skip
    assert [unmarked(text) for text in said] == [[]] * len(said)


def test_the_network_at_work_is_said(explanation: Explanation) -> None:
    data = view_data(explanation, 4, 9, np.full(10, 0.1), "light")
    shown = texts(data)
    assert len(shown) > 200 and not unmarked(" ".join(shown))


def test_the_matrix_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict] = []
    monkeypatch.setattr(matrix, "_component", lambda data, **others: given.append(data))
    matrix.matrix(np.arange(100).reshape(10, 10) % 3, "light", chosen=None, take=lambda: None, key="matrix")
    shown = texts(given[0])
    assert len(shown) > 120 and not unmarked(" ".join(shown))


def test_two_answers_beside_one_another_are_said() -> None:
    sevens, ones = np.eye(10)[7] * 0.9 + 0.01, np.eye(10)[1] * 0.8 + 0.02
    pairs = [(sevens, sevens), (sevens, ones), (sevens, np.eye(10)[7] * 0.5 + 0.05)]
    said = [tell(*pair) for tell in (compare.agreement, stages.comparison) for pair in pairs]
    assert len(set(said)) == 6 and not unmarked(" ".join(said))


def test_how_far_to_believe_it_is_said() -> None:
    chart = belief.reliability([Bin(0.9, 1.0, 100, 93, 0.95)], "light")
    (hover,) = chart.data[1].text
    axes = [chart.layout.xaxis.title.text, chart.layout.yaxis.title.text]
    assert not unmarked(" ".join([hover, *axes, belief.words_of(Score(10, 9))])) and "95.0" in hover


@pytest.mark.parametrize("seconds", [0.4, 40.0, 400.0, 6_000.0, 8_000.0])
def test_waiting_and_scores_are_said(seconds: float) -> None:
    said = [words.in_line(Place(number, 9, seconds)) for number in (1, 2, 5)]
    said += [words.duration(seconds), words.short_duration(seconds), words.right_of(Score(10, 9))]
    said += [words.what_is_shown(cell, count) for cell in (None, (4, 4), (4, 9)) for count in (0, 1, 5)]
    said += [words.verdict_on(4, answer, "", doubted=doubted) for answer in (4, 9) for doubted in (False, True)]
    assert not unmarked(" ".join(said))
