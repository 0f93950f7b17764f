"""What parts of pages say, in a language that marks every text that went through `say`: ⟦like this⟧. Nothing is left unmarked."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from core import load_model
from core.models.model import Model, Score
from core.sentences import a, probability, share
from core.teach.finetune import PHASES
from core.teach.outcome import FineTuned, Scores
from dashboard import say as module
from dashboard.draw.teach_lesson import PHASES as SAID_OF_PHASES
from dashboard.draw.teach_lesson import known_words, table, verdict
from dashboard.look import numbers
from dashboard.look.bars import bars
from dashboard.look.charts import learning_curve
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
def test_all_of_an_answer_is_said(model: Model, monkeypatch: pytest.MonkeyPatch, empty: bool) -> None:
    page = np.zeros((280, 280, 4), np.uint8)
    page[60:220, 130:150, 3] = 255
    told: list[str] = []
    monkeypatch.setattr(reader.st, "html", told.append)
    reading = reader.read(model, None if empty else page)
    reader.show_answer(reading)
    seen = in_page(told[0])
    assert not unmarked(seen) and "What the network sees" in seen and seen.count("⟦") >= 4
    assert empty or (reading.kind == "sure" and reading.counted)


def test_bars_and_charts_are_said() -> None:
    assert not unmarked(in_page(bars(None))) and not unmarked(in_page(bars(np.full(10, 0.1))))
    chart = learning_curve([], [], total=3, what="loss", theme="light")
    assert not unmarked(" ".join([*(trace.name for trace in chart.data), chart.layout.xaxis.title.text]))


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
