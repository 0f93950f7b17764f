"""Digits of one's own: files are taken in, seen digit by digit, and then learned from like any other."""

import re
from pathlib import Path

import streamlit as st

from core.datasets import offered
from core.datasets.classes import Classes
from core.datasets.uploads import Upload, classes_of, described, let_go, remove
from core.errors import DigitLabError
from core.jobs.taking_in import TakingIn
from core.messages import N_
from dashboard import shared, visitor, words
from dashboard.look.images import digit_tag
from dashboard.parts.own_digits import TAKEN_IN, own_datasets
from dashboard.parts.refusals import fragment, told
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import say, say_many
from dashboard.train.settings import key
from dashboard.uploads import still_here
from dashboard.visitor import Key

MOST_MEGABYTES = 15  # of each file
MOST_FILES = 4  # images and labels, for training and for testing
TOO_MANY = N_(
    "At most {most} files belong together; these are {count}. Pictures of digits come in one zip, in folders 0 to 9."
)
WHAT = N_(
    "A table (CSV: the digit, then its pixels), Keras's NPZ, the IDX files of MNIST (images with their labels), or a zip of "
    "pictures in folders 0 to 9. Files of more than {most} MB are taken in by: python -m core data FILE"
)
HELP = {
    "open": N_("Let the network learn from pictures that you bring."),
    "files": N_("One file, or those that belong together: images and labels, for training and for testing."),
    "which": N_("Which of your own digits to look at."),
    "use": N_("Chooses these digits in the form, under “Digits to learn from”."),
    "remove": N_("Takes these digits away from this computer. Networks that learned from them stay."),
}
GOING: Key[list[TakingIn]] = Key("_own_data_going", list)
TURN: Key[int] = Key("_own_data_turn", int)


def learn_from_your_own() -> None:
    """A place to bring digits, and to see those that were brought.

    What is pressed here concerns the form, so it is drawn with the whole page; only while files are read it looks by itself.
    """
    with st.popover(
        say("Learn from your own digits"), icon=":material/upload_file:", key="own-data", help=say(HELP["open"])
    ):
        if going := GOING.get():
            fragment(_wait_for_it, run_every=REFRESH_SECONDS if going[0].running else None)(
                was_running=going[0].running
            )
        else:
            _own_data()


def _own_data() -> None:
    if names := own_datasets():
        _show(names)
    st.markdown(say(WHAT, most=MOST_MEGABYTES))
    files = st.file_uploader(say("Files with digits"), accept_multiple_files=True, key=f"own-files-{TURN.get()}",
                             max_upload_size=MOST_MEGABYTES, help=say(HELP["files"]))  # fmt: skip
    if files:
        st.button(say("Take them in"), key="own-take", icon=":material/check:", type="primary", help=say(HELP["files"]),
                  on_click=told(_take_in, once=True))  # fmt: skip


def _take_in() -> None:
    given = still_here(st.session_state[f"own-files-{TURN.get()}"] or [])
    if len(given) > MOST_FILES:
        raise DigitLabError(TOO_MANY, most=MOST_FILES, count=len(given))
    GOING.put([shared.jobs().take_in({_plain(file.name): file.getvalue() for file in given}, owner=visitor.owner())])


def _plain(name: str) -> str:
    """A name that is safe in any folder, and says as much of the file as the browser's did."""
    return re.sub(r"[^\w .()+-]", "_", Path(name).name)[-100:].strip(" .") or "file"


def _wait_for_it(*, was_running: bool) -> None:
    """How far it is; what came of it is drawn with the whole page."""
    if not GOING.get():
        st.rerun()  # another file is to be given
    taking = GOING.get()[0]
    if taking.running:
        place = shared.jobs().queue.place(taking.ticket)
        st.progress(
            0.0 if place else 0.5, words.in_line(place) if place else say("Reading and checking the pictures …")
        )
        return
    if taking.name:
        TAKEN_IN.put([taking.name, *(name for name in TAKEN_IN.get() if name != taking.name)])
        st.session_state.pop("own_which", None)  # the latest is shown
        _done()
    if taking.name or was_running:
        st.rerun()
    st.error(say(taking.error or ""), icon=":material/error:")
    st.button(
        say("Try another file"), key="own-again", icon=":material/undo:", help=say(HELP["files"]), on_click=told(_done)
    )


def _done() -> None:
    GOING.put([])
    TURN.put(TURN.get() + 1)


def _show(names: list[str]) -> None:
    """One of them, digit by digit, and what can be done with it."""
    if st.session_state.get("own_which") not in names:
        st.session_state["own_which"] = names[0]
    name = st.selectbox(say("Your digits"), names, format_func=words.dataset_title, key="own_which", help=say(HELP["which"]),
                        persist_state="session")  # fmt: skip
    with st.container(horizontal=True):
        st.button(say("Learn from these"), key="own-use", icon=":material/school:", help=say(HELP["use"]), on_click=told(_use),
                  args=(name,))  # fmt: skip
        st.button(say("Remove"), key="own-remove", icon=":material/delete:", help=say(HELP["remove"]),
                  on_click=told(_remove), args=(name,))  # fmt: skip
    try:
        _digit_by_digit(described(name), classes_of(name))
    except DigitLabError as error:
        st.error(say(error.message), icon=":material/broken_image:")


def _digit_by_digit(about: Upload, seen: Classes) -> None:
    st.markdown(
        say("{train:,} pictures to learn from and {test:,} to test on, {height} × {width} pixels each.",
            train=int(seen.train.sum()), test=int(seen.test.sum()), height=about.shape[0], width=about.shape[1])
    )  # fmt: skip
    if missing := [str(digit) for digit in range(10) if not seen.train[digit]]:
        st.warning(say("There is no picture of: {digits}. The network cannot learn these.", digits=", ".join(missing)))
    scale = _scale(about.shape[1])
    pictures = [digit_tag(mean / 255, scale=scale, alt=_alt(digit)) for digit, mean in enumerate(seen.means)]
    st.html(_sheet(seen.train.tolist(), pictures))


def _scale(width: int) -> int:
    """Whole multiples of a pixel that make a mean digit about 56 pixels wide."""
    return max(1, round(56 / width))


def _alt(digit: int) -> str:
    return say("The mean of all your {digit}s", digit=digit)


def _sheet(counts: list[int], pictures: list[str]) -> str:
    figures = (
        f"<figure>{picture}<figcaption><b>{digit}</b> {_times(count)}</figcaption></figure>"
        for digit, (count, picture) in enumerate(zip(counts, pictures, strict=True))
    )
    return f'<div class="classes">{"".join(figures)}</div>'


def _times(count: int) -> str:
    return say_many("{count:,} time", "{count:,} times", count)


def _use(name: str) -> None:
    st.session_state[key("dataset")] = name


def _remove(name: str) -> None:
    if name not in own_datasets():  # a browser can send any click
        raise DigitLabError("These digits are not here any more.")
    if visitor.owner() == visitor.LOCAL:
        remove(name)
    else:
        let_go(name, visitor.owner())
        TAKEN_IN.put([each for each in TAKEN_IN.get() if each != name])
    if st.session_state.get(key("dataset")) == name:
        st.session_state[key("dataset")] = offered()[0]
