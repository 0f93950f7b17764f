"""What a teacher sees: the way in for pupils, the board, and what can be done about what stands on it."""

import html
from urllib.parse import urlencode

import segno
import streamlit as st

from core.errors import DigitLabError
from core.messages import N_
from core.runs import classes, keys, links
from core.runs.classes import Class
from core.runs.run import open_run
from core.settings import settings
from dashboard import shared, visitor
from dashboard.classroom.board import board, show_board
from dashboard.parts.refusals import fragment, told
from dashboard.presenter import reachable
from dashboard.say import say, say_many

REFRESH_SECONDS = 2.0
CLASS = "class"  # in the URL of who joins
WHO, SHARED = "class-who", "class-shared"
WHAT_IT_IS = N_(
    "You open a class, and your pupils join it with their phones or computers, each with a name of their choice. Each trains "
    "networks of their own; you see all of them on one board, best first. The class ends after a day, and the names with it."
)
NOT_YOURS = N_("Only who opened this class can do that.")
NO_WAY = N_(
    "Nobody else can come to this page: the app listens to this computer alone. Start it with "
    "`--server.address=0.0.0.0`, and open a class again."
)
HELP = {
    "open": N_("Makes a link for your pupils, and a board for you."),
    "shared": N_("Lets the pupils see the board too. Off, they see only what is their own."),
    "end": N_("Ends the class at once. The names are gone; the trainings stay with those who began them."),
    "who": N_("Whose training to stop or look at, or whose name to hide."),
    "stop": N_("Stops all that this pupil trains at this moment. What has been learned is kept."),
    "hide": N_("Shows a number on the board in place of this name, or the name again."),
    "watch": N_("Opens this pupil's latest training to watch."),
}


def offer() -> None:
    """The way to a class of one's own."""
    st.markdown(say(WHAT_IT_IS))
    st.button(say("Open a class"), key="class-open", icon=":material/groups:", type="primary", help=say(HELP["open"]),
              on_click=told(_open, once=True))  # fmt: skip


def _open() -> None:
    classes.open_class(visitor.owner())


def show_class(room: Class) -> None:
    """The class of this teacher's."""
    way_in, about = st.columns([1, 2.2], gap="large")
    with way_in:
        _way_in(room)
    with about:
        st.toggle(say("The pupils see the board"), value=room.shared, key=SHARED, help=say(HELP["shared"]),
                  on_change=told(_share), args=(room.code,))  # fmt: skip
        fragment(_board, run_every=REFRESH_SECONDS)(room.code)
        st.button(say("End the class"), key="class-end", icon=":material/stop:", help=say(HELP["end"]),
                  on_click=told(_end, once=True), args=(room.code,))  # fmt: skip


def link_of(room: Class) -> str | None:
    """Where pupils join; None where nobody can come here."""
    address = reachable((st.context.url or "").partition("?")[0], st.get_option("server.address") or "")
    return f"{address}?{urlencode({CLASS: room.code})}" if address else None


def _way_in(room: Class) -> None:
    link = link_of(room)
    if link is None:
        st.warning(say(NO_WAY), icon=":material/link_off:")
        return
    drawing = segno.make(link, error="m").svg_data_uri(border=3, dark="#1c2028", light="#fffefa")
    label = html.escape(say("A code that opens the class on a phone"))
    st.html(f'<img class="way-in" alt="{label}" src="{html.escape(drawing)}">')
    st.code(link, language=None, wrap_lines=True)


def _board(code: str) -> None:
    """The board, and below it what can be done about a pupil; drawn anew by itself."""
    room = classes.find(code)
    pupils = {pupil.id: pupil for pupil in room.pupils()}
    st.markdown(
        say_many("**One pupil** has joined, of at most {most}.", "**{count} pupils** have joined, of at most {most}.",
                 len(pupils), most=settings().pupils)
    )  # fmt: skip
    show_board(room)
    if not pupils:
        return
    if st.session_state.get(WHO) not in pupils:
        st.session_state[WHO] = next(iter(pupils))
    with st.container(key="class-about", horizontal=True, vertical_alignment="bottom"):
        st.selectbox(say("Pupil"), list(pupils), format_func=lambda key: f"{pupils[key].number}. {pupils[key].name}", key=WHO,
                     help=say(HELP["who"]), persist_state="session", width=320)  # fmt: skip
        pupil = pupils[st.session_state[WHO]]
        theirs = [row for row in board().rows(room) if row.pupil.id == pupil.id]
        st.button(say("Stop"), key="class-stop", icon=":material/stop:", help=say(HELP["stop"]), args=(code, pupil.id),
                  disabled=not any(row.active for row in theirs), on_click=told(_stop))  # fmt: skip
        st.button(say("Show the name") if pupil.hidden else say("Hide the name"), key="class-hide", help=say(HELP["hide"]),
                  icon=":material/visibility:" if pupil.hidden else ":material/visibility_off:",
                  on_click=told(_hide), args=(code, pupil.id, not pupil.hidden))  # fmt: skip
        if theirs:
            latest = max(theirs, key=lambda row: row.run)
            proof = links.proof(keys.WATCH, latest.run, latest.record)
            seen = {visitor.RUN: latest.run, visitor.SEE: proof}
            st.page_link("dashboard/pages/train.py", label=say("Watch"), icon=":material/visibility:", help=say(HELP["watch"]),
                         query_params=seen)  # fmt: skip


def _mine(code: str) -> Class:
    """The class of this code. Raises `DigitLabError` where this visitor did not open it: a browser can send any click."""
    room = classes.find(code)
    if not visitor.is_me(room.owner):
        raise DigitLabError(NOT_YOURS)
    return room


def _stop(code: str, pupil_id: str) -> None:
    room = _mine(code)
    for row in board().rows(room):
        run = open_run(row.run)
        if row.pupil.id == pupil_id and run.record().room == code and run.status().active:
            shared.jobs().stop(run, by=visitor.owner())


def _hide(code: str, pupil_id: str, hidden: bool) -> None:
    _mine(code).hide(pupil_id, hidden=hidden)
    board().forget(code)


def _share(code: str) -> None:
    _mine(code).share(shared=bool(st.session_state[SHARED]))


def _end(code: str) -> None:
    _mine(code).end()
