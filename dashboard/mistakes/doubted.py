"""Doubtful labels: whose opinion, the digits whose label it doubts, the most doubtful first, and all of them as a table."""

import csv
import io
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.datasets import Dataset, available
from core.scores.confident import DoubtfulLabel, doubted_by
from core.scores.evaluation import Evaluation, everything
from core.scores.labels import PEOPLE, doubtful
from dashboard import shared, visitor
from dashboard.look import images
from dashboard.look.images import digit_image, digit_url
from dashboard.look.numbers import capital_a, probability
from dashboard.mistakes import source
from dashboard.mistakes.digits import choose_digit, show_digit, take_digit
from dashboard.mistakes.looking import look_through
from dashboard.mistakes.window import earlier_button, later_button, window
from dashboard.parts.gallery import Item, gallery
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

BY = "by"  # key of whose opinion is shown, and its name in the URL
NETWORK, OTHERS, FIVE = "network", "folds", "people"
OPINIONS = {NETWORK: N_("This network"), OTHERS: N_("Five quick networks"), FIVE: N_("Five people")}
HELP = N_(
    "Who doubts the labels: the network in use, of digits that it has not learned from; five quick networks, each of digits "
    "that it has not learned from, so that all are looked at; or people, where some have been asked."
)
RULE = N_(
    "A label is doubtful where a network that has not learned from the digit finds another digit at least as likely as it "
    "usually finds that digit where it is the label. The further ahead the other digit is, the sooner it is shown."
)
UNSEEN = N_("Of {n:,} digits that **{title}** has not learned from, it doubts the label of {count:,}.")
ALL_OF_THEM = N_(
    "Of all {n:,} digits, five quick networks doubt the label of {count:,}; each has learned from the others only."
)
FEW = 100  # digits of which the rule finds little: of each kind there are ten to know what is usual by
FEW_DIGITS = N_(
    "These are few digits: what is usual for each kind is hardly known, and a doubtful label easily missed."
)
PEOPLE_SAY = N_("Of MNIST's 10,000 test digits, {people} people looked at some and doubted the label of these {count}.")
VERDICT = N_(
    "The label says **{label}**. A network that has not learned from this digit says **{suggested}** with {found}, and gives "
    "the {label} {given}."
)


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """Whose labels are doubted, and by whom.

    Attributes
    ----------
    digits : all that were looked at.
    found : the doubtful ones, the most doubtful first.
    sentence : what is said of them.
    """

    digits: Dataset
    found: list[DoubtfulLabel]
    sentence: str


def doubted_labels(evaluation: Evaluation, name: str) -> None:
    """The whole view."""
    by = _choose_opinion(evaluation, name)
    opinion = _opinion(by, evaluation, name)
    if opinion is None:
        return
    st.markdown(opinion.sentence)
    if by != FIVE and len(opinion.digits) < FEW:
        st.caption(say(FEW_DIGITS))
    if not opinion.found:
        st.info(say("No label is doubtful."), icon=":material/check:")
        return
    left, right = st.columns([1.15, 1], gap="large")
    numbers = opinion.digits.numbers()[[each.place for each in opinion.found]]
    place = choose_digit(numbers, (source.of(name), by))
    with left:
        _gallery(opinion, numbers, place, f"doubted-{source.of(name)}-{by}")
        _save(opinion)
    with right:
        say_if_gone("digit")
        if by == OTHERS:
            _show(opinion, opinion.found[place])
        else:
            show_digit(evaluation, opinion.found[place].place, name)


def _choose_opinion(evaluation: Evaluation, name: str) -> str:
    """Whose opinion is shown, of those that can be had."""
    offered = [NETWORK]
    if source.shown(name) != source.DRAWINGS and available(source.shown(name)):
        offered.append(OTHERS)
    if doubtful(evaluation.data):
        offered.append(FIVE)
    chosen = visitor.chosen(BY, offered, NETWORK) or NETWORK
    st.segmented_control(say("Who doubts"), offered, format_func=_whose, key=BY, required=True, help=say(HELP))
    say_if_gone(BY)
    if chosen != FIVE:
        st.caption(say(RULE))
    return chosen


def _whose(by: str) -> str:
    return say(OPINIONS[by])


def _opinion(by: str, evaluation: Evaluation, name: str) -> Opinion | None:
    """What is doubted; None as long as that is not known."""
    if by == NETWORK:
        found = doubted_by(evaluation)
        words = say(UNSEEN, n=evaluation.score.n, title=shared.model_name(name), count=len(found))
        return Opinion(evaluation.data, found, words)
    if by == FIVE:
        people = [_by_people(evaluation, place) for place in sorted(doubtful(evaluation.data))]
        return Opinion(evaluation.data, people, say(PEOPLE_SAY, people=PEOPLE, count=len(people)))
    dataset = source.shown(name)
    doubts = look_through(dataset)
    if doubts is None:
        return None
    digits = shared.caches().test_digits.get(("everything", dataset), lambda: everything(dataset))
    return Opinion(digits, list(doubts.first), say(ALL_OF_THEM, n=doubts.n, count=doubts.count))


def _by_people(evaluation: Evaluation, place: int) -> DoubtfulLabel:
    """What people doubt, beside what the network gives; -1 where they agree on no digit."""
    said, given = doubtful(evaluation.data)[place], evaluation.probabilities[place]
    suggested = -1 if said.people_say is None else said.people_say
    return DoubtfulLabel(
        place, said.given, suggested, float(given[said.given]), float(given[suggested]) if suggested >= 0 else 0.0
    )


def _gallery(opinion: Opinion, numbers: np.ndarray, place: int, key: str) -> None:
    seen = window(len(numbers), place, f"{key}-window")
    earlier_button(seen, f"{key}-window")
    shown = slice(seen.start, seen.stop)
    items = [
        _item(opinion.digits, each, int(number))
        for each, number in zip(opinion.found[shown], numbers[shown], strict=True)
    ]
    gallery(items, chosen=int(numbers[place]), label=say("Digits with a doubtful label"), take=take_digit, key=key)
    later_button(seen, f"{key}-window")


def _item(digits: Dataset, each: DoubtfulLabel, number: int) -> Item:
    picture = digits.x([each.place]).reshape(digits.shape)
    scale = images.scale_for(picture.shape, 112) if picture.shape[0] < 28 else 4
    rather = say("{label}, rather {other}", label=each.label, other=each.suggested if each.suggested >= 0 else "?")
    return Item(
        id=number, image=digit_url(picture), width=images.width_of(picture, scale), caption=rather,
        label=say("Labelled {label}, digit number {number}: {rather}", label=each.label, number=number, rather=rather),
    )  # fmt: skip


def _show(opinion: Opinion, each: DoubtfulLabel) -> None:
    """One digit large, with what its label and the network say."""
    picture = opinion.digits.x([each.place]).reshape(opinion.digits.shape)
    scale = images.scale_for(picture.shape, 196)
    with st.container(border=True, key="digit"):
        st.image(digit_image(picture, scale=scale), width=images.width_of(picture, scale), alt=capital_a(each.label))
        st.markdown(say(VERDICT, label=each.label, suggested=each.suggested, found=probability(each.found),
                        given=probability(each.given)))  # fmt: skip
        with st.container(key="number"):
            st.caption(say("Digit number {index}", index=int(opinion.digits.numbers()[each.place])))


def _save(opinion: Opinion) -> None:
    st.download_button(
        say("Save this list"), as_table(opinion.digits, opinion.found), "doubtful-labels.csv", "text/csv",
        icon=":material/download:", key="save-doubted", on_click="ignore",
        help=say("A table (CSV): the number of each digit, its label, the digit it may be, and how likely both are."),
    )  # fmt: skip


def as_table(digits: Dataset, found: list[DoubtfulLabel]) -> str:
    """The doubtful labels as CSV, the most doubtful first."""
    table, numbers = io.StringIO(), digits.numbers()
    lines = csv.writer(table, lineterminator="\n")
    lines.writerow(["index", "label", "suggested", "label_probability", "suggested_probability", "margin"])
    for each in found:
        suggested = each.suggested if each.suggested >= 0 else ""
        lines.writerow([int(numbers[each.place]), each.label, suggested, f"{each.given:.6f}", f"{each.found:.6f}",
                        f"{each.margin:.6f}"])  # fmt: skip
    return table.getvalue()
