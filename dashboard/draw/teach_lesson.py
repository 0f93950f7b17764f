"""A lesson under way and what came of it: progress, before and after in plain words, keep or discard."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.jobs.teaching import Teaching
from core.models.model import Score
from core.teach import finetune
from core.teach.finetune import FineTuned
from core.teach.samples import Sample
from dashboard import shared, visitor, words
from dashboard.draw.teach_rows import before_and_after
from dashboard.parts.refusals import fragment, told, try_to
from dashboard.parts.told_later import tell_later
from dashboard.say import N_, say, say_many

LESSON = "_lesson"
REFUSED = {False: "_lesson_refused", True: "_typed_lesson_refused"}  # why one could not begin
NOT_KEPT = "_lesson_not_kept"  # why a copy could not be kept
REFRESH_SECONDS = 0.4
PHASES = {
    "": N_("A copy is learning: starting …"),
    finetune.READING: N_("A copy is learning: reading the digits it must not forget …"),
    finetune.TEACHING: N_("A copy is learning: teaching …"),
    finetune.STEPPING_BACK: N_("A copy is learning: seeing how far it may go …"),
    finetune.HOLDING_OUT: N_("A copy is learning: teaching without one group, to test on it …"),
    finetune.TESTING: N_("A copy is learning: reading the test digits …"),
}
# What a lesson with the visitor's drawings says (False), and the one with typed digits (True).
MORE = {
    False: N_("Of your drawings that it was not taught, a copy gets {count:,} more right."),
    True: N_("Of typed digits that it was not taught, a copy gets {count:,} more right."),
}
AS_GOOD = {
    False: N_("On your drawings that it was not taught, a copy is as good as before."),
    True: N_("On typed digits that it was not taught, a copy is as good as before."),
}
FEWER = {
    False: N_(
        "Of your drawings that it was not taught, a copy gets {count:,} fewer right: it may not be worth keeping."
    ),
    True: N_("Of typed digits that it was not taught, a copy gets {count:,} fewer right: it may not be worth keeping."),
}
UNTAUGHT = {
    False: N_("Your drawings, each read by a copy that was **not** taught it"),
    True: N_("The typed digits, each read by a copy that was **not** taught it"),
}
TAUGHT = {
    False: N_("Your drawings, read by the copy that was taught them"),
    True: N_("The typed digits, read by the copy that was taught them"),
}
KEPT_APART = N_("Digits kept apart, which settle whether you may keep it")
OTHERS = {  # by the data set that the network learned from
    "mnist": N_("Test digits by other people (MNIST's)"),
    "digits": N_("Test digits by other people (the small digits')"),
}
WHY_IN_TURN = N_(
    "A drawing that it has learned proves nothing. So your drawings were also divided into five groups, and five more "
    "copies were each taught all but one group and then read that group: each of your drawings was read by a copy that had "
    "never seen it. A drawing that was learned in an earlier lesson is not counted there. The copy that you can keep was "
    "taught all of them. How far it was changed, and whether you may keep it, was settled on digits kept apart for that. The "
    "test digits were opened afterwards: they settle nothing."
)
ALL_KNOWN = N_(
    "This network had learned all of these drawings in an earlier lesson, so reading them again shows no gain. Draw some new "
    "ones to see whether it reads your hand better."
)
TYPED_NEXT = N_("Keep the copy, and “A number” reads the typed example with it.")
KEEP = N_("It becomes the network in use, on every page. Undo is one click.")
DISCARD = N_("The copy is deleted; the network in use stays as it is.")


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
        st.warning(say(why), icon=":material/hourglass_top:")


def lesson(*, typed: bool) -> None:
    """Show this visitor's lesson, if there is one of this kind: its progress, and then what came of it."""
    held: Lesson | None = st.session_state.get(LESSON)
    if held is None or held.typed != typed:
        return
    if held.teaching.running:
        fragment(_progress, run_every=REFRESH_SECONDS)(held)
    elif error := held.teaching.error:
        st.error(say(error), icon=":material/error:")
        st.button(
            say("Close"), help=say("Put what came of the lesson away."), key="lesson-close", on_click=told(_forget)
        )
    elif tuned := held.teaching.tuned:
        _result(held, tuned)


def _progress(held: Lesson) -> None:
    if not held.teaching.running:
        st.rerun()
    if place := shared.jobs().queue.place(held.teaching.ticket):
        st.progress(0.0, words.in_line(place))
        return
    done, phase = held.teaching.progress
    st.progress(done, say(PHASES[phase]))


def _result(held: Lesson, tuned: FineTuned) -> None:
    """Before and after, and one click to keep or to discard."""
    with st.container(border=True, key="lesson"):
        st.markdown(f"**{verdict(tuned, typed=held.typed)}**")
        if held.typed:
            before_and_after(shared.model(held.name), tuned.model)
            st.caption(say(TYPED_NEXT))
        st.markdown(table(tuned, typed=held.typed))
        if tuned.known and tuned.after.own:
            st.caption(known_words(tuned.known))
        if refusal := tuned.refusal:
            st.error(say(refusal), icon=":material/block:")
        if why := st.session_state.pop(NOT_KEPT, None):
            st.error(say(why))
        with st.container(horizontal=True):
            if not tuned.refused:
                st.button(say("Keep the copy"), type="primary", icon=":material/check:", key="lesson-keep", help=say(KEEP),
                          on_click=told(_keep, once=True), args=(held, tuned))  # fmt: skip
            st.button(
                say("Discard it"),
                icon=":material/close:",
                key="lesson-discard",
                on_click=told(_forget),
                help=say(DISCARD),
            )
        with st.expander(say("How was this measured?")):
            st.markdown(say(WHY_IN_TURN))


def _keep(held: Lesson, tuned: FineTuned) -> None:
    def keep() -> None:
        visitor.keep_taught(tuned.model, held.name)
        _forget()
        tell_later(say("Kept. The copy is now the network in use."))

    try_to(NOT_KEPT, keep)


def _forget() -> None:
    st.session_state.pop(LESSON, None)


def verdict(tuned: FineTuned, *, typed: bool) -> str:
    """What came of it, in a sentence or two."""
    return f"{_own_drawings(tuned, typed=typed)} {_other_people(tuned)}"


def _own_drawings(tuned: FineTuned, *, typed: bool) -> str:
    before, after = tuned.before.own, tuned.after.own
    if before is None or after is None:
        return say(ALL_KNOWN)
    gained = after.correct - before.correct
    return say((MORE if gained > 0 else FEWER if gained < 0 else AS_GOOD)[typed], count=abs(gained))


def _other_people(tuned: FineTuned) -> str:
    n = tuned.after.test.n
    if tuned.lost < 0:
        return say("Of {n:,} test digits by other people it reads {count} more.", n=n, count=-tuned.lost)
    if tuned.lost > 0:
        return say("Of {n:,} test digits by other people it reads {count} fewer.", n=n, count=tuned.lost)
    return say("It has forgotten nothing that {n:,} test digits by other people could show.", n=n)


def table(tuned: FineTuned, *, typed: bool) -> str:
    """Before and after as a table in Markdown.

    Drawings of earlier lessons are not in the first row; how the model before reads those is no figure of before teaching.
    """
    rows = [
        (UNTAUGHT[typed], tuned.before.own, tuned.after.own),
        (TAUGHT[typed], None if tuned.known else tuned.before.own, tuned.learned),
        (KEPT_APART, tuned.before.validation, tuned.after.validation),
        (OTHERS[tuned.dataset], tuned.before.test, tuned.after.test),
    ]
    head = " | ".join(["", say("read right"), say("before"), say("after"), ""]).strip()
    lines = [f"| {say(what)} | {_of(before)} | {_of(after)} |" for what, before, after in rows if after]
    return "\n".join([head, "|:--|:--|:--|", *lines])


def known_words(known: int) -> str:
    """Why fewer drawings are counted than were taught."""
    return say_many(
        "{count} of them was learned in an earlier lesson: a network that knows a drawing proves nothing by reading it.",
        "{count} of them were learned in an earlier lesson: a network that knows a drawing proves nothing by reading it.",
        known,
    )


def _of(score: Score | None) -> str:
    if score is None:
        return "–"
    if score.n < 1_000:
        return say("{correct:,} of {n:,}", correct=score.correct, n=score.n)
    percent = 100 * score.accuracy
    return say("{correct:,} of {n:,} ({percent:.2f} %)", correct=score.correct, n=score.n, percent=percent)
