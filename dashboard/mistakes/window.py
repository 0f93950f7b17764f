"""A window on many digits: at most so many pictures stand on the page at once, however many there are to look through."""

from dataclasses import dataclass

import streamlit as st

from dashboard.parts.refusals import told
from dashboard.say import say

PAGE = 12  # more with each press
MOST = 96  # pictures at once: the page answers as quickly at the 9,000th digit as at the first


@dataclass(frozen=True, slots=True)
class Window:
    """The places from `start` to before `stop` of `total`; it was laid around `place`."""

    start: int
    stop: int
    total: int
    place: int

    def around(self, place: int) -> "Window":
        """The same where it has this place in it, or had been laid around it already; else one that has."""
        if place == self.place:
            return self
        if self.start <= place < self.stop:
            return Window(self.start, self.stop, self.total, place)
        return first(self.total, place)

    def later(self) -> "Window":
        stop = min(self.stop + PAGE, self.total)
        return Window(max(self.start, stop - MOST), stop, self.total, self.place)

    def earlier(self) -> "Window":
        start = max(self.start - PAGE, 0)
        return Window(start, min(self.stop, start + MOST), self.total, self.place)

    @property
    def before(self) -> int:
        """How many more `earlier` would show."""
        return min(PAGE, self.start)

    @property
    def after(self) -> int:
        return min(PAGE, self.total - self.stop)


def first(total: int, place: int = 0) -> Window:
    """The window to begin with: from the first digit on, if the place is not too far from it."""
    page = place // PAGE * PAGE
    return Window(page if page + PAGE > MOST else 0, min(page + PAGE, total), total, place)


def window(total: int, place: int, key: str) -> Window:
    """The window that the visitor looks through, with the chosen digit in it where that has just been chosen."""
    held: Window | None = st.session_state.get(key)
    found = held.around(place) if held and held.total == total else first(total, place)
    st.session_state[key] = found
    return found


def earlier_button(seen: Window, key: str) -> None:
    if seen.before:
        st.button(say("Show the {count} before", count=seen.before), help=say("Show those that come before these too."),
                  key=f"{key}-before", on_click=told(st.session_state.update), args=({key: seen.earlier()},))  # fmt: skip


def later_button(seen: Window, key: str) -> None:
    if seen.after:
        st.button(say("Show {count} more", count=seen.after), help=say("Show the next of these digits too."),
                  key=f"{key}-more", on_click=told(st.session_state.update), args=({key: seen.later()},))  # fmt: skip
