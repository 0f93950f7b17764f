"""Parts of the Mistakes page: choosing a cell of the matrix, the gallery of its digits, and one digit in full."""

import numpy as np
import streamlit as st

from core.scores.evaluation import DIGITS, Evaluation, class_scores
from core.scores.telling import most_telling
from dashboard import visitor, words
from dashboard.look import charts, images
from dashboard.look.numbers import brief, capital_a, probability, share
from dashboard.mistakes.labels import doubt_about
from dashboard.mistakes.matrix import COUNTS, HEIGHT, WAYS, Cell, matrix, tapped
from dashboard.parts.gallery import Item, gallery
from dashboard.parts.links import say_if_gone
from dashboard.parts.refusals import told
from dashboard.say import N_, say

TRUE, ANSWER = "true", "answer"  # keys of the two lists, and their names in the URL
WAY = "as"  # key of what the matrix's numbers are, and its name in the URL
DIGIT = "digit"  # key of the one that is shown in full, by its number in the test set, and its name in the URL
CHOICE = "_digits_choice"  # what the gallery showed last: network, and what is chosen in the two lists
ANY = "any"
DIGITS_OR_ANY = [ANY, *map(str, range(DIGITS))]
PAGE = 12
MATRIX = "matrix"
HELP_WAY = N_(
    "How many digits each cell has; or its share of all digits of that kind (a row), or of all times that the network gives "
    "that answer (a column)."
)


def choose_cell(evaluation: Evaluation) -> Cell | None:
    """The confusion matrix, and two lists for a whole row or column of it; returns (true, answer), or None for all."""
    for key in (TRUE, ANSWER):
        visitor.chosen(key, DIGITS_OR_ANY, ANY)
    row, column = _digit(TRUE), _digit(ANSWER)
    cell = None if row is None or column is None else (row, column)
    way = visitor.chosen(WAY, list(WAYS), COUNTS) or COUNTS
    st.segmented_control(say("Numbers"), list(WAYS), format_func=_way, key=WAY, required=True, help=say(HELP_WAY))
    with st.container(key="matrix-place", height=HEIGHT, border=False):  # kept until its script has come
        matrix(evaluation.confusion(), visitor.theme(), chosen=cell, take=_take_cell, key=MATRIX, way=way)
    st.caption(say("Tap a number to see its digits. The diagonal, in bold, is what it got right."))
    st.markdown(" ".join(say(sentence) for sentence in most_telling(evaluation.confusion())))
    first, second = st.columns(2)
    first.selectbox(say("It is a"), DIGITS_OR_ANY, format_func=_one_or_any, key=TRUE, help=say(words.HELP["true"]))
    second.selectbox(say("The network says"), DIGITS_OR_ANY, format_func=_one_or_any, key=ANSWER,
                     help=say(words.HELP["answer"]))  # fmt: skip
    for key in (WAY, TRUE, ANSWER):
        say_if_gone(key)
    st.button(say("Show all mistakes"), key="all-mistakes", on_click=told(_want), args=(ANY, ANY),
              disabled=row is None and column is None)  # fmt: skip
    return cell


def _way(way: str) -> str:
    return say(WAYS[way])


def _one_or_any(digit: str) -> str:
    return say("any digit") if digit == ANY else digit


def _digit(key: str) -> int | None:
    """The digit that is chosen in one of the two lists; None for any."""
    chosen = st.session_state.get(key, ANY)
    return None if chosen == ANY else int(chosen)


def _want(true: str, answer: str) -> None:
    visitor.want(TRUE, true)
    visitor.want(ANSWER, answer)


def _take_cell() -> None:
    if cell := tapped(MATRIX, DIGITS):
        _want(*map(str, cell))


def chosen_digits(evaluation: Evaluation, cell: Cell | None) -> np.ndarray:
    """Indices of the digits to show: those of a cell, or all mistakes; the most confident first."""
    row, column = _digit(TRUE), _digit(ANSWER)
    if cell:
        return evaluation.cell(*cell)
    indices = evaluation.mistakes()
    if row is not None:
        indices = indices[evaluation.data.labels[indices] == row]
    if column is not None:
        indices = indices[evaluation.answers[indices] == column]
    return indices


def show_digits(evaluation: Evaluation, cell: Cell | None, name: str) -> None:
    """The digits of the choice as a gallery, and the one that was clicked (at first the first) in full above it."""
    indices = chosen_digits(evaluation, cell)
    place = _choose_digit(indices, name)
    visitor.keep_all({WAY: COUNTS, TRUE: ANY, ANSWER: ANY, DIGIT: None})
    st.markdown(f"**{words.what_is_shown(cell, len(indices))}**")
    say_if_gone(DIGIT)
    if not len(indices):
        st.info(say("There is none to show. Choose another cell."), icon=":material/check:")
        return
    key = f"digits-{name}-{cell}"
    count = max(st.session_state.get(f"{key}-shown", PAGE), -(-(place + 1) // PAGE) * PAGE)
    shown = [int(index) for index in indices[:count]]
    show_digit(evaluation, shown[place])
    gallery([_item(evaluation, index) for index in shown], chosen=shown[place], label=say("Digits"), take=_take_digit,
            key=key)  # fmt: skip
    if count < len(indices):
        more = min(PAGE, len(indices) - count)
        st.button(say("Show {count} more", count=more), key=f"{key}-more", on_click=told(st.session_state.update),
                  args=({f"{key}-shown": count + PAGE},))  # fmt: skip


def _choose_digit(indices: np.ndarray, name: str) -> int:
    """Where among these the digit stands that was clicked or that the URL names; 0, the first, where none is.

    Where others are shown than before, the digit that was chosen among those goes with them, and is not missed.
    """
    choice = (name, st.session_state[TRUE], st.session_state[ANSWER])
    before = st.session_state.get(CHOICE)
    st.session_state[CHOICE] = choice
    if before not in (None, choice) and not visitor.went_back():
        visitor.forget(DIGIT)
        st.session_state[DIGIT] = None
        return 0
    chosen = visitor.chosen(DIGIT, [str(index) for index in indices], None)
    return 0 if chosen is None else int(np.flatnonzero(indices == int(chosen))[0])


def _take_digit(index: int) -> None:
    visitor.want(DIGIT, str(index))


def _item(evaluation: Evaluation, index: int) -> Item:
    picture = _picture(evaluation, index)
    scale = images.scale_for(picture.shape, 112) if picture.shape[0] < 28 else 4
    true, answer = int(evaluation.data.labels[index]), int(evaluation.answers[index])
    sure = brief(evaluation.confidence[index])
    return Item(
        id=int(index),
        image=images.data_url(images.digit_image(picture, scale=scale)),
        width=images.width_of(picture, scale),
        caption=say("{true} read as {answer}", true=true, answer=answer) if true != answer else f"{true}, {sure}",
        label=say("{a_digit}, read as {answer} with {sure}", a_digit=capital_a(true), answer=answer, sure=sure),
    )


def _picture(evaluation: Evaluation, index: int) -> np.ndarray:
    return evaluation.data.x([index]).reshape(evaluation.data.shape)


def show_digit(evaluation: Evaluation, index: int) -> None:
    """One digit large, with its ten probabilities."""
    true, answer = int(evaluation.data.labels[index]), int(evaluation.answers[index])
    with st.container(border=True, key="digit"):
        picture = _picture(evaluation, index)
        scale = images.scale_for(picture.shape, 140)
        with st.container(horizontal=True, gap="medium"):
            st.image(
                images.digit_image(picture, scale=scale), width=images.width_of(picture, scale), alt=capital_a(true)
            )
            with st.container(width=220):
                st.markdown(words.verdict_on(true, answer, probability(evaluation.confidence[index])))
                st.caption(say("Test digit number {index}", index=index))
                if doubt := doubt_about(evaluation.data, index):
                    st.markdown(doubt)
        with st.container(key="bars"):
            st.plotly_chart(charts.probabilities(evaluation.probabilities[index], visitor.theme()), config=charts.CONFIG,
                            key="digit-probabilities", alt=say("Its ten probabilities"))  # fmt: skip


def table_of_scores(evaluation: Evaluation) -> None:
    """Precision, recall and F1 of each digit, with what they mean."""
    scores = class_scores(evaluation.confusion())
    st.dataframe(
        {
            say("digit"): list(range(10)),
            say("how many"): scores.support.tolist(),
            say("found"): [share(value) for value in scores.recall],
            say("right when said"): [share(value) for value in scores.precision],
            say("both"): [share(value) for value in scores.f1],
        },
        hide_index=True,
    )
    st.caption(say(words.TABLE))
