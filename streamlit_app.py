"""Digit Lab: the frame of the app. It lists the pages, shows the header with the network in use, and runs the page.

`streamlit run` reads this file, finds `app` in it and imports it for its server's sake; each visitor's run of the page then
runs the same file as its main script.
"""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from core.engines.numpy.blas import use_threads
from core.errors import DigitLabError
from core.jobs.cluster.address import scheduler
from core.settings import settings
from dashboard import frame, presenter, sharing, visitor
from dashboard.compressed import Compressed
from dashboard.cookie import Plain, Signed
from dashboard.draw.stage.asked import PATH, AskedByStage, word_on
from dashboard.draw.stage.first import FirstPage, files
from dashboard.look import images
from dashboard.pads.drawing import hear_before_it_goes
from dashboard.parts import refusals
from dashboard.parts.lost_line import say_if_lost
from dashboard.say import say
from dashboard.uploads import bound_uploads
from dashboard.web.facts import tried
from dashboard.web.framed import Framed
from dashboard.web.headers import Headers
from dashboard.web.heard import HeardOfPages
from dashboard.web.outside import ask_nobody
from dashboard.web.rates import Rates
from dashboard.web.status import Status
from dashboard.web.warm import warmed
from dashboard.words import PAGES

FIRST = "draw"


def page_of(name: str, path: str | None, *, hidden: bool) -> st.Page:
    """A page at its place in the URL. The first one stands at the root; the name of its file stays free for old links."""
    text, first = PAGES[name], name == FIRST and path is None
    return st.Page(
        f"dashboard/pages/{name}.py",
        title=say(text.title),
        icon=text.icon,
        help=say(text.sentence),
        url_path="first" if first else path,
        default=first,
        visibility="hidden" if hidden else "visible",
    )


def _check_settings() -> None:
    """End the server at its start, with a sentence, where something in its settings cannot be."""
    try:
        settings()
        scheduler()
    except DigitLabError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def show() -> None:
    st.set_page_config(page_title=say("Digit Lab"), page_icon=images.icon(), layout="wide")
    st.html(Path(__file__).parent / "dashboard" / "look" / "style.css")

    names = {text.path or name: name for name, text in PAGES.items()}
    earlier = {path: name for name, text in PAGES.items() for path in text.earlier}
    listed = [page_of(name, text.path, hidden=text.curious) for name, text in PAGES.items()]
    page = st.navigation(
        [*listed, *(page_of(name, path, hidden=True) for path, name in earlier.items())],
        position="hidden" if presenter.is_on() else "top",
    )
    here = (names | earlier).get(page.url_path, FIRST)
    hear_before_it_goes()
    bound_uploads()
    frame.let_it_take_its_form()
    visitor.enter(here)
    say_if_lost()  # before the page, which may end early
    with refusals.page():
        sharing.accept()
        if here == FIRST and presenter.is_on():
            presenter.frame()
        else:
            frame.header(PAGES[here].heading, PAGES[here].sentence)
        page.run()
        frame.foot()


if __name__ == "__main__":
    show()
else:
    _check_settings()
    ask_nobody()
    use_threads(1)  # what visitors draw is read in small products, many at a time, beside whatever trains
    around = [
        Middleware(Plain),
        Middleware(Headers),
        Middleware(Rates, readings=PATH),
        Middleware(Status, read=word_on),
        Middleware(Framed),
        Middleware(HeardOfPages),
        Middleware(Signed),
        Middleware(AskedByStage),
        Middleware(FirstPage),
        Middleware(Compressed),
    ]
    app = st.App(__file__, middleware=around, lifespan=lambda _: warmed(files, lambda: tried(word_on)))
