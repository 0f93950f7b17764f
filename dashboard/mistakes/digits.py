"""The gallery of the digits that are chosen, and one of them in full."""

import numpy as np
import streamlit as st

from core.scores.evaluation import Evaluation
from core.scores.export import MOST, digits_zip
from core.scores.labels import doubtful
from dashboard import visitor, words
from dashboard.look import images
from dashboard.look.numbers import brief, capital_a, probability
from dashboard.mistakes import choice, source
from dashboard.mistakes.among import Among
from dashboard.mistakes.choice import DIGIT
from dashboard.mistakes.inside import look_inside, to_the_pad
from dashboard.mistakes.labels import doubt_about
from dashboard.mistakes.partly import say_elsewhere, say_not_here
from dashboard.mistakes.window import earlier_button, later_button, window
from dashboard.parts.gallery import Item, gallery
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

NONE = N_("There is none to show. Choose others.")
NONE_HERE = N_("No picture of these is here yet.")
IS = N_("{a_digit}, read as {answer} with {sure}")
LABELLED = N_("Doubtful label {true}, read as {answer} with {sure}")
CHOICE = "_digits_choice"  # what the gallery showed last: network, and what is chosen in the pickers


def show_digits(evaluation: Evaluation, name: str, among: Among, view: str) -> None:
    """The digits of the choice as a gallery, and the one that was clicked (at first the first) in full above it."""
    indices = choice.chosen_digits(evaluation, name, among)
    place = choose_digit(evaluation.data.numbers()[indices], (source.of(name), view, among.title, *choice.choice()))
    with st.container(key="how-many"):
        more = choice.elsewhere(evaluation, among)
        whole = among.title and among.places is not None and len(indices) + more == len(among.places)
        st.markdown(f"**{among.title if whole else _title(evaluation, indices, among)}**")
        if more:
            st.caption(say_not_here(more) if whole else say_elsewhere(more))
    choice.order_picker()
    say_if_gone(DIGIT)
    if not len(indices):
        st.info(say(NONE_HERE if more else NONE), icon=":material/download:" if more else ":material/check:")
        return
    key = f"digits-{source.of(name)}-{view}-{choice.choice()}"
    chosen = int(indices[place])
    show_digit(evaluation, chosen, name, beside=_what_the_other_says(evaluation, chosen, among))
    seen = window(len(indices), place, f"{key}-window")
    earlier_button(seen, f"{key}-window")
    doubted = doubtful(evaluation.data)
    on_page = [int(index) for index in indices[seen.start : seen.stop]]
    items = [
        _item(evaluation, index, doubted=index in doubted, other=_other(evaluation, index, among)) for index in on_page
    ]
    gallery(items, chosen=number_of(evaluation, chosen), label=say("Digits"), take=take_digit, key=key)
    if any(index in doubted for index in on_page):
        st.caption(say("A question mark: most of five people do not give the digit this label."))
    later_button(seen, f"{key}-window")


def _title(evaluation: Evaluation, indices: np.ndarray, among: Among) -> str:
    """What is shown and how many, where a view has no words of its own or the pickers leave out some of its digits."""
    cell = choice.cell() if among.places is None else None
    return words.what_is_shown(cell, len(indices), mistakes=_are_mistakes(evaluation, indices))


def _are_mistakes(evaluation: Evaluation, indices: np.ndarray) -> bool:
    return bool((evaluation.answers[indices] != evaluation.data.labels[indices]).all())


def choose_digit(numbers: np.ndarray, shown: tuple) -> int:
    """Where among these the digit stands that was clicked or that the URL names; 0, the first, where none is.

    Where others are shown than before, the digit that was chosen among those goes with them, and is not missed.
    """
    before = st.session_state.get(CHOICE)
    st.session_state[CHOICE] = shown
    if before not in (None, shown) and not visitor.went_back() and not visitor.is_wanted(DIGIT):
        visitor.forget(DIGIT)
        st.session_state[DIGIT] = None
        return 0
    chosen = visitor.chosen(DIGIT, [str(number) for number in numbers], None)
    return 0 if chosen is None else int(np.flatnonzero(numbers == int(chosen))[0])


def take_digit(number: int) -> None:
    visitor.want(DIGIT, str(number))


def _other(evaluation: Evaluation, index: int, among: Among) -> int | None:
    """What the network beside the one in use reads; None where there is none."""
    return None if among.answers is None else int(among.answers[evaluation.among_all[index]])


def _what_the_other_says(evaluation: Evaluation, index: int, among: Among) -> str:
    answer = _other(evaluation, index, among)
    return "" if answer is None else say("{title} says **{answer}**.", title=among.other, answer=answer)


def _item(evaluation: Evaluation, index: int, *, doubted: bool = False, other: int | None = None) -> Item:
    """A digit in the gallery; a label that people doubt has a question mark, and a digit that another misreads its answer."""
    picture = picture_of(evaluation, index)
    scale = images.scale_for(picture.shape, 112) if picture.shape[0] < 28 else 4
    true, answer = int(evaluation.data.labels[index]), int(evaluation.answers[index])
    sure = brief(evaluation.confidence[index])
    values: dict[str, str | int] = {"true": f"{true}?" if doubted else str(true), "answer": answer, "sure": sure}
    label = say(LABELLED, **values) if doubted else say(IS, a_digit=capital_a(true), **values)
    return Item(
        id=number_of(evaluation, index),
        image=images.digit_url(picture),
        width=images.width_of(picture, scale),
        caption=_caption(values, right=true == answer, other=other),
        label=label,
    )


def _caption(values: dict[str, str | int], *, right: bool, other: int | None) -> str:
    if not right:
        return say("{true} read as {answer}", **values)
    return say("{true}, {sure}", **values) if other is None else say("{true}, the other {other}", other=other, **values)


def number_of(evaluation: Evaluation, index: int) -> int:
    """The number by which a digit is known among all, those that are not here among them."""
    return int(evaluation.data.numbers()[index])


def picture_of(evaluation: Evaluation, index: int) -> np.ndarray:
    return evaluation.data.x([index]).reshape(evaluation.data.shape)


def show_digit(evaluation: Evaluation, index: int, name: str, beside: str = "") -> None:
    """One digit large, what people and the network say of it, and another beside it, and a look inside."""
    true, answer = int(evaluation.data.labels[index]), int(evaluation.answers[index])
    with st.container(border=True, key="digit"):
        picture = picture_of(evaluation, index)
        scale = images.scale_for(picture.shape, 140)
        with st.container(horizontal=True, gap="medium"):
            st.image(
                images.digit_image(picture, scale=scale), width=images.width_of(picture, scale), alt=capital_a(true)
            )
            with st.container(width="stretch"):
                doubt, sure = doubt_about(evaluation.data, index), probability(evaluation.confidence[index])
                st.markdown(" ".join([words.verdict_on(true, answer, sure, doubted=bool(doubt)), beside]).strip())
                with st.container(key="number"):
                    st.caption(source.number_in_words(name, number_of(evaluation, index)))
                if doubt:
                    st.markdown(doubt)
                to_the_pad(name, index)
        look_inside(evaluation, index, name)


HELP_SAVE = N_(
    "A table (CSV) of what they are and what the network reads, with their pictures, in a ZIP; {most:,} at most."
)


def save_button(name: str, evaluation: Evaluation, among: Among) -> None:
    """The digits that are chosen as a file; it is made when it is asked for."""
    indices = choice.chosen_digits(evaluation, name, among)
    if not len(indices):
        return
    st.download_button(say("Save these digits"), lambda: digits_zip(source.evaluation(name), indices), "digits.zip",
                       "application/zip", icon=":material/download:", key="save-digits", on_click="ignore",
                       help=say(HELP_SAVE, most=MOST))  # fmt: skip
