"""Digit Lab: the frame of the app. It lists the pages, shows the header with the network in use, and runs the page.

`streamlit run` reads this file, finds `app` in it and imports it for its server's sake; each visitor's run of the page then
runs the same file as its main script.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard import visitor
from dashboard.compressed import Compressed
from dashboard.draw.stage.first import FirstPage
from dashboard.frame import header
from dashboard.look import images
from dashboard.parts import refusals
from dashboard.say import say
from dashboard.uploads import bound_uploads
from dashboard.words import PAGES


def show() -> None:
    st.set_page_config(page_title=say("Digit Lab"), page_icon=images.icon(), layout="wide")
    st.html(Path(__file__).parent / "dashboard" / "look" / "style.css")

    pages = {
        name: st.Page(
            f"dashboard/pages/{name}.py",
            title=say(text.title),
            icon=text.icon,
            help=say(text.sentence),
            default=name == "draw",
        )
        for name, text in PAGES.items()
    }
    page = st.navigation(list(pages.values()), position="top")
    here = next(name for name, known in pages.items() if known == page)
    visitor.enter(here)
    bound_uploads()
    with refusals.page():
        header(PAGES[here].heading, PAGES[here].sentence)
        page.run()


if __name__ == "__main__":
    show()
else:
    app = st.App(__file__, middleware=[Middleware(FirstPage), Middleware(Compressed)])
