"""Which digits are looked at, and in which order: by what they are, what was read, how sure and what kind; all in the URL."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.scores.evaluation import DIGITS, Evaluation
from core.scores.orders import ORDERS, SUREST, ordered
from dashboard import visitor, words
from dashboard.mistakes import kept
from dashboard.mistakes.among import Among
from dashboard.mistakes.matrix import Cell
from dashboard.parts.links import say_if_gone
from dashboard.parts.refusals import told
from dashboard.say import N_, say

# Keys of the pickers, and their names in the URL.
TRUE, ANSWER, WHICH, SURE, KIND, ORDER = "true", "answer", "which", "sure", "kind", "order"
DIGIT = "digit"  # the one that is shown in full, by its number in the test set
ANY = "any"
WRONG, ALL = "wrong", "all"
WHICHES = {WRONG: N_("Only mistakes"), ALL: N_("All digits")}
SURES = {  # how sure the network is of its answer: from, and less than
    ANY: (0.0, np.inf, N_("however sure")),
    "0-50": (0.0, 0.5, N_("below 50 % sure")),
    "50-90": (0.5, 0.9, N_("50 to 90 % sure")),
    "90-99": (0.9, 0.99, N_("90 to 99 % sure")),
    "99-100": (0.99, np.inf, N_("99 % sure and more")),
}
DEFAULTS: dict[str, str | None] = {TRUE: ANY, ANSWER: ANY, WHICH: WRONG, SURE: ANY, KIND: ANY, ORDER: SUREST}
DIGITS_OR_ANY = [ANY, *map(str, range(DIGITS))]
HELP = {
    WHICH: N_("Only the digits that it reads wrong, or those that it reads right as well."),
    SURE: N_("How sure the network is of the answer that it gives, right or wrong."),
    KIND: N_("Only digits that are written in this way. To measure all of them takes some seconds, the first time."),
    ORDER: N_(
        "A close second guess is one nearly as likely as the first. How unusual a digit is: how far what the network's last "
        "layer of units makes of it lies from the mean of all digits with its label."
    ),
}


def take_over() -> None:
    """What a button, this visitor or the URL has chosen becomes the pickers' values, before any is drawn."""
    for key, options in _options().items():
        visitor.chosen(key, options, DEFAULTS[key])


def _options() -> dict[str, list[str]]:
    return {TRUE: DIGITS_OR_ANY, ANSWER: DIGITS_OR_ANY, WHICH: list(WHICHES), SURE: list(SURES),
            KIND: [ANY, *kept.kind_names()], ORDER: list(ORDERS)}  # fmt: skip


def choice() -> tuple[str | None, ...]:
    """All that is chosen, to tell whether it has changed."""
    return tuple(st.session_state.get(key) for key in DEFAULTS)


def cell() -> Cell | None:
    """The cell of the matrix whose digits are shown: (true, answer), or None for several."""
    true, answer = _digit(TRUE), _digit(ANSWER)
    return None if true is None or answer is None else (true, answer)


def elsewhere(evaluation: Evaluation, among: Among) -> int:
    """How many of those `among` which the pickers choose are not here."""
    chosen = np.flatnonzero(_chosen(evaluation, among))
    return len(chosen) - len(evaluation.here(chosen))


def _digit(key: str) -> int | None:
    """The digit that is chosen in one of the two lists; None for any."""
    chosen = st.session_state.get(key, ANY)
    return None if chosen == ANY else int(chosen)


def want_cell(true: str, answer: str) -> None:
    visitor.want(TRUE, true)
    visitor.want(ANSWER, answer)


def _want_everything() -> None:
    for key, default in DEFAULTS.items():
        if default is not None and key != ORDER:
            visitor.want(key, default)


def filters(*, mistakes_only: bool) -> None:
    """The pickers that say which digits are shown; whether only mistakes are, where a view has not chosen already."""
    first, second = st.columns(2)
    _picker(first, TRUE, say("It is a"), DIGITS_OR_ANY, _one_or_any, say(words.HELP["true"]))
    _picker(second, ANSWER, say("The network says"), DIGITS_OR_ANY, _one_or_any, say(words.HELP["answer"]))
    first, second = st.columns(2)
    _picker(first, SURE, say("It is"), list(SURES), _how_sure, say(HELP[SURE]))
    _picker(second, KIND, say("Written"), [ANY, *kept.kind_names()], _kind, say(HELP[KIND]))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if mistakes_only:
            st.segmented_control(
                say("Show"), list(WHICHES), format_func=_which, key=WHICH, required=True, help=say(HELP[WHICH])
            )
        chosen = any(st.session_state.get(key) != default for key, default in DEFAULTS.items() if key != ORDER)
        st.button(
            say("Show all mistakes"),
            help=say("Show the mistakes of all digits, and not of a part of the table alone."),
            key="all-mistakes",
            on_click=told(_want_everything),
            disabled=not chosen,
        )
    for key in DEFAULTS:
        say_if_gone(key)


def _picker(
    place: st.delta_generator.DeltaGenerator,
    key: str,
    label: str,
    options: list[str],
    form: Callable[[str], str],
    why: str,
) -> None:
    place.selectbox(label, options, format_func=form, key=key, help=why)


def order_picker() -> None:
    _picker(st.container(), ORDER, say("In order"), list(ORDERS), _order, say(HELP[ORDER]))


def _one_or_any(digit: str) -> str:
    return say("any digit") if digit == ANY else digit


def _which(which: str) -> str:
    return say(WHICHES[which])


def _how_sure(key: str) -> str:
    return say(SURES[key][2])


def _kind(key: str) -> str:
    return say("in any way") if key == ANY else kept.kind_title(key)


def _order(order: str) -> str:
    return say(ORDERS[order])


def chosen_digits(evaluation: Evaluation, name: str, among: Among) -> np.ndarray:
    """The places (n,) of the digits to show, in their order; of those `among` which the pickers choose."""
    places = evaluation.here(np.flatnonzero(_chosen(evaluation, among)))
    return ordered(evaluation, places, st.session_state[ORDER], lambda: kept.unusual(name, evaluation))


def _chosen(evaluation: Evaluation, among: Among) -> np.ndarray:
    """Which of all digits (total,) `among` which the pickers choose are chosen, those that are not here among them."""
    labels, answers = evaluation.all_labels, evaluation.all_answers
    true, answer = _digit(TRUE), _digit(ANSWER)
    shown = np.ones(len(labels), dtype=bool)
    if among.places is not None:
        shown[:] = False
        shown[among.places] = True
    elif st.session_state[WHICH] == WRONG and (true is None or true != answer):
        shown &= answers != labels
    if true is not None:
        shown &= labels == true
    if answer is not None:
        shown &= (answers == answer) | ((answers if among.answers is None else among.answers) == answer)
    low, high, _ = SURES[st.session_state[SURE]]
    confidence = evaluation.all_confidence
    shown &= (confidence >= low) & (confidence < high)
    if (kind := st.session_state[KIND]) != ANY:
        shown &= kept.of_kind(evaluation.data, kind)
    return shown
