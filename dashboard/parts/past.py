"""The time machine: each page with a network as it was earlier in its training, and the slider that chooses when.

The network in use is then called `RUN@7`, in the URL too, and stands in the header of every page with its slider until the
visitor goes back to now.
"""

import bisect

import streamlit as st

from core.catalog import DEFAULT, moment_in
from core.errors import DigitLabError
from core.runs.run import RECORDING, Run, open_run
from core.runs.snapshots import Snapshots
from dashboard import shared, visitor
from dashboard.look.numbers import rounded_share
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.visitor import Key

SLIDER = "past-moment"
BEFORE: Key[str] = Key("_before_the_past", lambda: DEFAULT)  # the network in use before the visitor went into the past
ENTER = N_("Use this network as it was earlier")
ENTER_HELP = N_(
    "Draw, Backwards and Mistakes then use it as it was before it had learned all that it knows. A slider on top of every "
    "page chooses when, from its first random weights on."
)


def moments_of(run: Run) -> list[float]:
    """The moments that can be gone back to, in epochs."""
    return Snapshots(run).moments()


def has_past(run: Run) -> bool:
    """Whether a run has a past to show, or will have while it goes on: that of a network that reads digits."""
    try:
        network = run.config().network
    except DigitLabError:
        return False
    reads = network.is_square and network.outputs == 10
    return reads and (can_go_back(run) or (run.status().active and run.record().snapshots > 0))


def can_go_back(run: Run) -> bool:
    """Whether there is something to slide over."""
    return len(moments_of(run)) > 1


def enter_button(run: Run, key: str, moment: float = 0.0) -> None:
    """A button that leads into a run's past, to a moment of it."""
    there = moment_in(visitor.model_in_use())
    st.button(say(ENTER), key=key, icon=":material/history:", on_click=told(_enter), args=(run.id, moment), help=say(ENTER_HELP),
              disabled=not can_go_back(run) or (there is not None and there[0] == run.id))  # fmt: skip


def _enter(run_id: str, moment: float) -> None:
    """Go to the moment of a run that was kept up to then."""
    if moment_in(visitor.model_in_use()) is None:
        BEFORE.put(visitor.model_in_use())
    moments = moments_of(open_run(run_id))
    visitor.use_model(name_at(run_id, moments[max(bisect.bisect_right(moments, moment) - 1, 0)]))


def name_at(run_id: str, moment: float) -> str:
    """The name of a run's network at a moment."""
    return f"{run_id}@{moment:.6f}".rstrip("0").rstrip(".")


def show_past() -> None:
    """While the network in use is one of the past: that it is, the slider, and the way back."""
    found = moment_in(visitor.model_in_use())
    if found is None:
        return
    run_id, moment = found
    moments = moments_of(open_run(run_id))
    if st.session_state.get(SLIDER) != moment:  # chosen by a link or a button; what the hand holds is left alone
        st.session_state[SLIDER] = moment
    with st.container(key="past", horizontal=True, vertical_alignment="center"):
        st.markdown(when(run_id, moment), width="content")
        if len(moments) > 1 and moment in moments:
            st.select_slider(say("Moment of its training"), moments, key=SLIDER, format_func=_brief, on_change=told(_go),
                             args=(run_id,), label_visibility="collapsed",
                             help=say("Which moment of its training you see on every page."))  # fmt: skip
        st.button(say("Back to now"), key="past-leave", icon=":material/update:", on_click=told(_leave), args=(run_id,),
                  help=say("Use the network as it is when its training is done."))  # fmt: skip


def say_past() -> None:
    """The same in a sentence alone, where there is no room for more."""
    if found := moment_in(visitor.model_in_use()):
        st.caption(when(*found))


def when(run_id: str, moment: float) -> str:
    """Which network this is, and of what moment."""
    title, total = open_run(run_id).title(), shared.card(name_at(run_id, moment)).config.training.epochs
    if not moment:
        return say("This is **{title}** before it learned anything.", title=title)
    if moment < 1:
        return say("This is **{title}** after {share} of its first epoch.", title=title, share=rounded_share(moment))
    return say("This is **{title}** after epoch {epoch:g} of {total}.", title=title, epoch=moment, total=total)


def moment_words(moment: float) -> str:
    """A moment as a person says it: the start, a part of the first epoch, or after how many epochs."""
    if moment == 0:
        return say("Before it has learned anything")
    if moment < 1:
        return say("After {percent:.0f} % of the first epoch", percent=max(100 * moment, 1))
    return say("After epoch {epoch:g}", epoch=moment)


def _brief(moment: float) -> str:
    if not moment:
        return say("start")
    return rounded_share(moment) if moment < 1 else say("{epoch:g}", epoch=moment)


def _go(run_id: str) -> None:
    visitor.use_model(name_at(run_id, st.session_state[SLIDER]))


def _leave(run_id: str) -> None:
    """Back to what the run has become; of one that has made nothing yet, to the network that was in use before."""
    visitor.use_model(run_id if run_id == RECORDING or run_id in visitor.model_names() else BEFORE.get())
