"""What a pupil sees: a place for their name, the way to their training, and the board if the teacher shows it."""

import html

import streamlit as st

from core.messages import N_
from core.runs import classes
from core.runs.classes import LONGEST_NAME, Class, Pupil
from dashboard import visitor
from dashboard.classroom.board import apart, show_board
from dashboard.parts.refusals import fragment, told
from dashboard.say import say

NAME = "class-name"
REFRESH_SECONDS = 3.0
HELP = {
    "name": N_("What you are called on the board. All in the class may see it, so it need not be your real name."),
    "join": N_("Puts you on the board. What you train from now on stands there."),
    "leave": N_("Takes your name off the board. Your trainings stay yours."),
    "train": N_("Where you train a network."),
}
YOU_ARE = N_("You are in the class as {name}. What you train now stands on its board.")
NO_BOARD = N_("Your teacher can show the board here.")


def join(room: Class) -> None:
    """The way in: a name, and a button."""
    st.markdown(say("You are invited to a class. Choose a name, and join."))
    with st.container(horizontal=True, vertical_alignment="bottom", key="class-join-row"):
        st.text_input(say("Your name"), key=NAME, max_chars=LONGEST_NAME, help=say(HELP["name"]), autocomplete="off")
        st.button(say("Join"), key="class-join", type="primary", icon=":material/login:", help=say(HELP["join"]),
                  on_click=told(_join, once=True), args=(room.code,))  # fmt: skip


def _join(code: str) -> None:
    """Join under the name in the field; who is in another class leaves it."""
    room, me = classes.find(code), visitor.owner()
    before = classes.joined_by(me)
    room.join(me, st.session_state.get(NAME) or "")
    if before and before.code != code:
        before.leave(me)


def show_pupil(room: Class, pupil: Pupil) -> None:
    """Where this pupil stands, and what they can do."""
    st.html(f"<p>{html.escape(say(YOU_ARE, name=apart(pupil.name)))}</p>")  # a name is text, whatever is in it
    with st.container(horizontal=True, key="class-pupil"):
        st.page_link("dashboard/pages/train.py", label=say("Train a network"), icon=":material/model_training:",
                     help=say(HELP["train"]))  # fmt: skip
        st.button(say("Leave the class"), key="class-leave", icon=":material/logout:", help=say(HELP["leave"]),
                  on_click=told(_leave, once=True), args=(room.code,))  # fmt: skip
    fragment(_board, run_every=REFRESH_SECONDS)(room.code)


def _leave(code: str) -> None:
    classes.find(code).leave(visitor.owner())


def _board(code: str) -> None:
    room = classes.find(code)
    if room.shared:
        show_board(room)
    else:
        st.caption(say(NO_BOARD))
