"""You against the network: twenty hard digits, one at a time, by keys or touch; both scores, and what both got wrong."""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from core.models.model import Score
from core.scores.evaluation import Evaluation, interval
from core.scores.hard import COUNT, draw_hard
from core.scores.labels import doubtful
from dashboard.look import images
from dashboard.look.images import digit_tag
from dashboard.look.numbers import a, share
from dashboard.mistakes import source
from dashboard.mistakes.labels import say_doubt
from dashboard.mistakes.quiz_end import both_scores, both_wrong
from dashboard.parts.in_view import in_view
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.visitor import Key

RULES = N_(
    "Here are {count} of the digits that this network finds hardest, some of which it reads wrong. Say what each is, by a key of "
    "your keyboard or a tap; nothing tells you how you do until the end. The network has answered already."
)
HARD_ONES = N_(
    "These digits were chosen because they are hard for the network, so it does worse here than it does on all."
)
WIDTH = 168  # pixels of the page of the digit that is asked for: the ten keys are in view with it on a phone


@dataclass
class Quiz:
    """A visitor's round: which digits of which network, and what was answered so far."""

    network: str = ""
    places: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return len(self.answers) >= len(self.places)


QUIZ: Key[Quiz] = Key("_quiz", Quiz)


def you_against_it(evaluation: Evaluation, name: str) -> None:
    """The digit that is asked for, or the end of the round."""
    quiz = QUIZ.get()
    if quiz.network != source.of(name):
        st.markdown(say(RULES, count=min(COUNT, len(evaluation.data))))
        _begin_button(say("Begin"), name)
        return
    in_view(f"{quiz.places} {quiz.over}", "quiz")
    if quiz.over:
        _end(evaluation, quiz, name)
    else:
        _ask(evaluation, quiz)


def _begin_button(label: str, name: str) -> None:
    st.button(label, type="primary", icon=":material/play_arrow:", key="quiz-begin", on_click=told(_begin, once=True),
              args=(name,), help=say("Twenty digits, drawn by lot among the hardest."))  # fmt: skip


def _begin(name: str) -> None:
    places = draw_hard(source.evaluation(name), np.random.default_rng())
    QUIZ.put(Quiz(source.of(name), [int(place) for place in places]))


def _ask(evaluation: Evaluation, quiz: Quiz) -> None:
    number = len(quiz.answers)
    with st.container(key="quiz", width=348):
        st.markdown(say("Digit **{number}** of {count}: what is it?", number=number + 1, count=len(quiz.places)))
        st.html(_tag(evaluation, quiz.places[number], WIDTH, say("The digit that is asked for")))
        for row in (range(5), range(5, 10)):
            with st.container(horizontal=True, gap="small"):
                for digit in row:
                    st.button(str(digit), key=f"quiz-{digit}", shortcut=str(digit), width=56, on_click=told(_answer),
                              args=(number, digit), help=say("Say that it is {digit}.", digit=digit))  # fmt: skip


def _answer(number: int, digit: int) -> None:
    """Take an answer to a digit, once: a second tap that comes late belongs to the digit before."""
    quiz = QUIZ.get()
    if number == len(quiz.answers) and not quiz.over:
        quiz.answers.append(digit)


def _tag(evaluation: Evaluation, place: int, width: int, alt: str) -> str:
    picture = evaluation.data.x([place]).reshape(evaluation.data.shape)
    return digit_tag(picture, scale=images.scale_for(picture.shape, width), alt=alt)


def _end(evaluation: Evaluation, quiz: Quiz, name: str) -> None:
    places, labels = np.array(quiz.places), evaluation.data.labels[quiz.places]
    yours = np.array(quiz.answers) == labels
    its = evaluation.answers[places] == labels
    st.markdown(result(yours, its))
    st.caption(say(HARD_ONES))
    both_scores(evaluation, places, np.array(quiz.answers))
    _begin_button(say("Another round"), name)
    both_wrong(evaluation, places, np.array(quiz.answers), name)
    st.markdown(say("**All digits of this round**"))
    cards = []
    doubts = doubtful(evaluation.data)
    for place, label, you, right in zip(quiz.places, labels, quiz.answers, yours, strict=True):
        lines = [
            say("It is {a_digit}.", a_digit=a(int(label))),
            say("You: {you}. The network: {it}.", you=you, it=int(evaluation.answers[place])),
        ]
        if place in doubts:
            lines.append(say_doubt(doubts[place]).replace("**", ""))
        picture = _tag(evaluation, place, 112, source.number_in_words(name, int(evaluation.data.numbers()[place])))
        colour = "inherit" if right else "var(--against)"
        cards.append(
            f'<figure style="width:9.5rem">{picture}<figcaption style="color:{colour}">{"<br>".join(lines)}</figcaption></figure>'
        )
    st.html(f'<div data-testid="quiz-end" style="display:flex;flex-wrap:wrap;gap:1rem">{"".join(cards)}</div>')


def result(yours: np.ndarray, its: np.ndarray) -> str:
    """Both scores with what they tell of more such digits, and how many both got wrong."""
    you, it = (Score(len(right), int(right.sum())) for right in (yours, its))
    return say(
        "**You** read {you} of {n} right: of many more such digits, {your_low} to {your_high}. **The network** read {it}: "
        "{its_low} to {its_high}. Both got {both} of them wrong.",
        you=you.correct,
        it=it.correct,
        n=you.n,
        your_low=share(interval(you)[0]),
        your_high=share(interval(you)[1]),
        its_low=share(interval(it)[0]),
        its_high=share(interval(it)[1]),
        both=int((~yours & ~its).sum()),
    )
