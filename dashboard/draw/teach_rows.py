"""The five typed digits in a row, each as a network gets it, with what the network reads."""

import html

import streamlit as st

from core.models.model import Model
from core.teach.typed import row_picture, typed_row
from dashboard.look import images
from dashboard.say import N_, say

TITLES = {  # of a row, by when it is read
    "now": N_("<b>Now</b>: {right} of 5 right"),
    "before": N_("<b>Before</b>: {right} of 5 right"),
    "after": N_("<b>After</b>: {right} of 5 right"),
}


def before_and_after(before: Model, after: Model) -> None:
    """What two networks read of the five."""
    show_row(before, "before")
    show_row(after, "after")


def show_row(model: Model, when: str) -> None:
    """One network's reading of the five; `when` is one of `TITLES`."""
    pictures = typed_row(model.shape)
    answers = model.predict(pictures).argmax(axis=1)
    scale = images.scale_for(model.shape, 56)
    alts = [html.escape(say("A typed {digit}, shrunk", digit=digit)) for digit in range(len(pictures))]
    figures = "".join(
        f'<figure style="margin:0"><img src="{images.data_url(images.digit_image(picture, scale=scale))}" '
        f'width="{picture.shape[1] * scale}" height="{picture.shape[0] * scale}" alt="{alts[digit]}" '
        f'style="image-rendering:pixelated;display:block"><figcaption>{said(digit, int(answer))}</figcaption></figure>'
        for digit, (picture, answer) in enumerate(zip(pictures, answers, strict=True))
    )
    right = sum(int(answer) == digit for digit, answer in enumerate(answers))
    st.html(
        f'<div data-testid="typed-{when}"><p style="margin:0 0 .4rem">{say(TITLES[when], right=right)}</p>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.5rem">{figures}</div></div>'
    )


def said(digit: int, answer: int) -> str:
    """What is written under a digit: never by colour alone."""
    return say("reads {answer} ✓", answer=answer) if digit == answer else say("<b>reads {answer} ✗</b>", answer=answer)


def show_picture() -> None:
    """The row as it was typed, with the four cuts."""
    sheet = images.digit_image(row_picture(), scale=1)
    width = sheet.shape[1]
    for number in range(1, 5):
        sheet[:, width * number // 5 - 1 : width * number // 5 + 1] = images.FRAME
    alt = html.escape(say("The typed digits 0 1 2 3 4, cut into five equal parts"))
    # not `st.image`, which has no height until it is loaded: what stands below it would jump
    st.html(f'<img src="{images.data_url(sheet)}" width="320" height="{320 * sheet.shape[0] // width}" alt="{alt}">')
