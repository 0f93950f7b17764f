"""A map of the test digits as the network sees them, laid out in one of two ways; a loop on it shows its digits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.explain.maps import MOST_DIGITS, fitted, inside
from core.explain.neighbours import FEWEST
from core.explain.regions import Region, Told
from core.scores.evaluation import Evaluation
from core.scores.orders import for_a_map
from dashboard import visitor
from dashboard.look.numbers import rounded_share
from dashboard.mistakes import kept
from dashboard.mistakes.among import Among
from dashboard.mistakes.choice import DIGIT
from dashboard.mistakes.digit_map.component import digit_map, sheet_of
from dashboard.mistakes.digit_map.loop import LOOP, corners_in
from dashboard.mistakes.digits import take_digit
from dashboard.mistakes.map_making import making, near_map
from dashboard.mistakes.partly import is_partly_here, no_map
from dashboard.parts.links import say_if_gone
from dashboard.parts.refusals import told
from dashboard.parts.served import url_of
from dashboard.say import N_, say, say_many

LAYOUT = "layout"  # key of how the digits are laid out, and its name in the URL
PLANE, NEAR = "plane", "near"
LAYOUTS = {PLANE: N_("As on a shadow"), NEAR: N_("Like beside like")}
HELP = N_(
    "A shadow: all digits as the network's last layer of units has them, cast onto the plane along which they differ most. Like "
    "beside like: each digit lies next to those that the network finds most like it; to find that takes a minute or so, once."
)
ON_A_SHADOW = N_(
    "Each digit stands where the network's last layer of units puts it, on the plane along which they differ most; it "
    "holds {share} of their differences."
)
BESIDE = N_(
    "Each digit lies next to those that the network's last layer of units makes most like it (t-SNE). How large a group is, and "
    "how far from another, tells nothing."
)
SOME = N_("Of {count:,} of these {n:,} digits the picture is here; those of the others come with MNIST.")
HOW_TO_USE = N_(
    "Orange: read wrong. Point at a digit to see its picture. Click to see it and those around it, or draw a loop around some. "
    "By keys: the arrows, Page Down to the next mistake, Enter to see it, + and − for more or fewer around it."
)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What the map shows: the places (n,) of digits among all, where they lie (n, 2) in 0..1, which (n,) are misread,
    and what that tells."""

    places: np.ndarray
    points: np.ndarray
    wrong: np.ndarray
    told: Told


def a_map(evaluation: Evaluation, name: str) -> Among:
    """The map; what is in the loop goes to the gallery, and all mistakes while there is none."""
    some = is_partly_here(evaluation)  # of which only a map that ships can tell where they lie among all
    layout = NEAR if some else _choose_layout(len(evaluation.data))
    loop = _loop()
    places = for_a_map(evaluation, MOST_DIGITS)
    near = near_map(evaluation, name, places) if layout == NEAR else None
    if near is None and some:
        st.info(no_map(evaluation), icon=":material/download:")
        return Among()
    if near is None and layout == NEAR:
        making(evaluation, name)
    points = near if near is not None else fitted(kept.plane(name, evaluation.data).points[places])
    drawn = _drawn(evaluation, name, layout if near is not None else PLANE, places, points)
    _show(evaluation, drawn, loop, f"map-{name}-{visitor.visit()}")
    if near is None:
        st.caption(say(ON_A_SHADOW, share=rounded_share(kept.plane(name, evaluation.data).kept)))
    else:
        st.caption(say(BESIDE))
        if some:
            st.caption(say(SOME, count=len(evaluation.data), n=len(places)))
    st.markdown(" ".join(say(sentence) for sentence in drawn.told.sentences))
    with st.expander(say("The same as a table"), icon=":material/table_chart:"):
        st.table(_table(drawn.told.regions))
    return _among(drawn, loop)


def _choose_layout(n: int) -> str:
    """How the digits are laid out; where they are too few for neighbours, there is nothing to choose."""
    layouts = list(LAYOUTS) if n >= FEWEST else [PLANE]
    layout = visitor.chosen(LAYOUT, layouts, PLANE) or PLANE
    if len(layouts) > 1:
        st.segmented_control(say("Laid out"), layouts, format_func=_layout, key=LAYOUT, required=True, help=say(HELP),
                             on_change=told(_take_loop), args=("", None))  # fmt: skip
    say_if_gone(LAYOUT)
    return layout


def _layout(layout: str) -> str:
    return say(LAYOUTS[layout])


def _loop() -> np.ndarray | None:
    """The corners of the loop that this visitor drew or the URL names."""
    asked = visitor.asked_for(LOOP)
    text = visitor.chosen(LOOP, [asked] if asked and corners_in(asked) is not None else [], None)
    say_if_gone(LOOP)
    return corners_in(text)


def _take_loop(text: str, digit: int | None) -> None:
    """A loop, or "" for none; and the number of the digit to show, where one was meant."""
    for key, value in ((LOOP, text or None), (DIGIT, None)):
        visitor.forget(key)
        st.session_state[key] = value
    if digit is not None:
        take_digit(digit)


def _drawn(evaluation: Evaluation, name: str, layout: str, places: np.ndarray, points: np.ndarray) -> Drawn:
    labels = evaluation.all_labels[places]
    wrong = evaluation.all_answers[places] != labels
    return Drawn(places, points, wrong, kept.told_by_map(name, evaluation.data, layout, points, labels, wrong))


def _show(evaluation: Evaluation, drawn: Drawn, loop: np.ndarray | None, key: str) -> None:
    here = evaluation.here(drawn.places)
    pictured = np.isin(drawn.places, evaluation.among_all)
    numbers = drawn.places if evaluation.whole is not None else evaluation.data.numbers()[drawn.places]
    sheet = sheet_of(url_of(kept.sheet(evaluation.data, here), "map-pictures"), evaluation.data.shape, pictured)
    with st.container(key="map-place"):
        digit_map(drawn.points, evaluation.all_labels[drawn.places], evaluation.all_answers[drawn.places], numbers,
                  drawn.told.regions, loop, sheet, take=_take_loop, key=key)  # fmt: skip
    st.caption(say(HOW_TO_USE))


def _table(groups: Sequence[Region]) -> dict[str, list[str]]:
    return {
        say("digit"): [str(group.digit) for group in groups],
        say("how many"): [say("{count:,}", count=group.n) for group in groups],
        say("misread"): [say("{count:,}", count=group.wrong) for group in groups],
        say("where"): [say(group.place) for group in groups],
        say("beside it, most often"): ["" if group.beside is None else str(group.beside) for group in groups],
    }


def _among(drawn: Drawn, loop: np.ndarray | None) -> Among:
    """The digits in the loop, and how many of them are misread."""
    if loop is None:
        return Among()
    held = inside(drawn.points, loop)
    count, wrong = int(held.sum()), int((held & drawn.wrong).sum())
    if not count:
        return Among(drawn.places[held], say("There is no digit in the loop"))
    title = say_many("One digit in the loop; misread: {wrong:,}", "{count:,} digits in the loop; misread: {wrong:,}", count,
                     wrong=wrong)  # fmt: skip
    return Among(drawn.places[held], title)
