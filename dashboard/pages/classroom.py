"""A class: a teacher opens it, pupils join it by its link, and all their trainings stand on one board."""

import streamlit as st

from core.errors import DigitLabError
from core.runs import classes
from dashboard import visitor
from dashboard.classroom import pupil, teacher
from dashboard.say import say

me, asked = visitor.owner(), st.query_params.get(teacher.CLASS)
mine = classes.opened_by(me)
room = None
try:
    room = classes.find(asked) if asked and not mine else classes.joined_by(me)
except DigitLabError as error:
    st.warning(say(error.message), icon=":material/link_off:")
if mine:
    teacher.show_class(mine)
elif room is None:
    teacher.offer()
elif known := room.pupil(me):
    pupil.show_pupil(room, known)
else:
    pupil.join(room)
