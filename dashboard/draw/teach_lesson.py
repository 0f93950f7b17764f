"""A lesson under way and what came of it: progress, before and after in plain words, keep or discard."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.jobs.teaching import Teaching
from core.models.model import Score
from core.teach.finetune import FineTuned
from core.teach.samples import Sample
from dashboard import shared, visitor, words
from dashboard.draw.teach_rows import before_and_after
from dashboard.parts.refusals import fragment, told, try_to

LESSON = "_lesson"
REFUSED = {False: "_lesson_refused", True: "_typed_lesson_refused"}  # why one could not begin
NOT_KEPT = "_lesson_not_kept"  # why a copy could not be kept
REFRESH_SECONDS = 0.4
SOURCES = {"mnist": "MNIST's", "digits": "the small digits'"}
WHY_IN_TURN = (
    "A drawing that it has learned proves nothing. So your drawings were also divided into five groups, and five more "
    "copies were each taught all but one group and then read that group: each of your drawings was read by a copy that had "
    "never seen it. A drawing that was learned in an earlier lesson is not counted there. The copy that you can keep was "
    "taught all of them. How far it was changed, and whether you may keep it, was settled on digits kept apart for that. The "
    "test digits were opened afterwards: they settle nothing."
)
ALL_KNOWN = (
    "This network had learned all of these drawings in an earlier lesson, so reading them again shows no gain. Draw some new "
    "ones to see whether it reads your hand better."
)
TYPED_NEXT = "Keep the copy, and “A whole number” reads the typed example with it."
KEEP = "It becomes the network in use, on every page. Undo is one click."
DISCARD = "The copy is deleted; the network in use stays as it is."


@dataclass(slots=True, eq=False)
class Lesson:
    """A visitor's lesson: the name of the model that learns, and whether it is the story of the typed 3."""

    teaching: Teaching
    name: str
    typed: bool


def under_way() -> bool:
    """Whether this visitor's lesson is still at work."""
    held: Lesson | None = st.session_state.get(LESSON)
    return bool(held and held.teaching.running)


def pending(*, typed: bool | None = None) -> bool:
    """Whether this visitor has a lesson, or one of this kind, under way or not yet kept or discarded."""
    held: Lesson | None = st.session_state.get(LESSON)
    return held is not None and typed in (None, held.typed)


def begin(name: str, samples: Sequence[Sample], *, typed: bool) -> None:
    """Begin a lesson; `show_refusal` says so when too much is waiting already."""

    def start() -> None:
        teaching = shared.jobs().teach(shared.model(name), samples, owner=visitor.owner())
        st.session_state[LESSON] = Lesson(teaching, name, typed)

    try_to(REFUSED[typed], start)


def show_refusal(*, typed: bool) -> None:
    """Say once why a lesson could not begin."""
    if why := st.session_state.pop(REFUSED[typed], None):
        st.warning(why, icon=":material/hourglass_top:")


def lesson(*, typed: bool) -> None:
    """Show this visitor's lesson, if there is one of this kind: its progress, and then what came of it."""
    held: Lesson | None = st.session_state.get(LESSON)
    if held is None or held.typed != typed:
        return
    if held.teaching.running:
        fragment(_progress, run_every=REFRESH_SECONDS)(held)
    elif held.teaching.tuned is None:
        st.error(held.teaching.error, icon=":material/error:")
        st.button("Close", key="lesson-close", on_click=told(_forget))
    else:
        _result(held, held.teaching.tuned)


def _progress(held: Lesson) -> None:
    if not held.teaching.running:
        st.rerun()
    if place := shared.jobs().queue.place(held.teaching.ticket):
        st.progress(0.0, words.in_line(place))
        return
    done, phase = held.teaching.progress
    st.progress(done, f"A copy is learning: {phase} …")


def _result(held: Lesson, tuned: FineTuned) -> None:
    """Before and after, and one click to keep or to discard."""
    with st.container(border=True, key="lesson"):
        st.markdown(f"**{verdict(tuned, typed=held.typed)}**")
        if held.typed:
            before_and_after(shared.model(held.name), tuned.model)
            st.caption(TYPED_NEXT)
        st.markdown(table(tuned, typed=held.typed))
        if tuned.known and tuned.after.own:
            st.caption(known_words(tuned.known))
        if tuned.refused:
            st.error(tuned.refusal, icon=":material/block:")
        if why := st.session_state.pop(NOT_KEPT, None):
            st.error(why)
        with st.container(horizontal=True):
            if not tuned.refused:
                st.button("Keep the copy", type="primary", icon=":material/check:", key="lesson-keep", help=KEEP,
                          on_click=told(_keep), args=(held, tuned))  # fmt: skip
            st.button("Discard it", icon=":material/close:", key="lesson-discard", on_click=told(_forget), help=DISCARD)
        with st.expander("How was this measured?"):
            st.markdown(WHY_IN_TURN)


def _keep(held: Lesson, tuned: FineTuned) -> None:
    def keep() -> None:
        visitor.keep_taught(tuned.model, held.name)
        _forget()
        st.toast("Kept. The copy is now the network in use.")

    try_to(NOT_KEPT, keep)


def _forget() -> None:
    st.session_state.pop(LESSON, None)


def verdict(tuned: FineTuned, *, typed: bool) -> str:
    """What came of it, in a sentence or two."""
    what = "typed digits" if typed else "your drawings"
    gained = tuned.after.own.correct - tuned.before.own.correct if tuned.after.own else 0
    own = (
        ALL_KNOWN
        if tuned.after.own is None
        else f"Of {what} that it was not taught, a copy reads {gained} more rightly."
        if gained > 0
        else f"On {what} that it was not taught, a copy is as good as before."
        if gained == 0
        else f"Of {what} that it was not taught, a copy reads {-gained} fewer rightly: it may not be worth keeping."
    )
    n = tuned.after.test.n
    others = (
        f"Of {n:,} test digits by other people it reads {-tuned.lost} more."
        if tuned.lost < 0
        else f"It has forgotten nothing that {n:,} test digits by other people could show."
        if tuned.lost == 0
        else f"Of {n:,} test digits by other people it reads {tuned.lost} fewer."
    )
    return f"{own} {others}"


def table(tuned: FineTuned, *, typed: bool) -> str:
    """Before and after as a table in Markdown.

    Drawings of earlier lessons are not in the first row; how the model before reads those is no figure of before teaching.
    """
    what = "The typed digits" if typed else "Your drawings"
    rows = [
        (f"{what}, each read by a copy that was **not** taught it", tuned.before.own, tuned.after.own),
        (f"{what}, read by the copy that was taught them", None if tuned.known else tuned.before.own, tuned.learned),
        ("Digits kept apart, which settle whether you may keep it", tuned.before.validation, tuned.after.validation),
        (f"Test digits by other people ({SOURCES[tuned.dataset]})", tuned.before.test, tuned.after.test),
    ]
    lines = [f"| {what} | {_of(before)} | {_of(after)} |" for what, before, after in rows if after]
    return "\n".join(["| read rightly | before | after |", "|:--|:--|:--|", *lines])


def known_words(known: int) -> str:
    """Why fewer drawings are counted than were taught."""
    was = "1 of them was" if known == 1 else f"{known} of them were"
    return f"{was} learned in an earlier lesson: a network that knows a drawing proves nothing by reading it."


def _of(score: Score | None) -> str:
    if score is None:
        return "–"
    share = f" ({100 * score.accuracy:.2f} %)" if score.n >= 1_000 else ""
    return f"{score.correct:,} of {score.n:,}{share}"
