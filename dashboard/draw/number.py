"""A whole number: draw, photograph or typeset it; it is cut into digits, each is read, and boxes show how it was cut."""

import io

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont

from core.drawings.pictures import ENDINGS, read_picture
from core.errors import DigitLabError
from core.models.model import Model
from core.numbers.reading import MOST_PARTS, Cutting, NumberReading, read_number
from dashboard import visitor, words
from dashboard.look import charts, images
from dashboard.look.numbers import brief
from dashboard.pads import drawing
from dashboard.pads.strokes import is_full
from dashboard.say import N_, say, say_many

KEY = "number"
WIDE, NARROW, HEIGHT = 440, 340, 180  # pixels of the pad, on a desk and on a phone
SHOWN = 1400  # pixels along a picture with its boxes, at most
FROM = {"draw": N_("Draw it"), "photo": N_("A photo or scan"), "typed": N_("The typed example")}
CUTS: dict[Cutting, str] = {"found": N_("Cut where the gaps are"), "equal": N_("Cut into equal parts")}
WHY_EQUAL_FAILS = N_(
    "Equal parts fit only digits that are equally wide and equally far apart: any other digit is cut through, or a part "
    "holds two halves."
)
WAITING = N_("Write a number in the box, a few digits side by side.")
HELP = {
    "from": N_("Where the number comes from."),
    "cut": N_(
        "Gaps: each digit is cut out where it begins and ends. Equal parts: the picture's width is divided evenly."
    ),
    "count": N_("Into how many parts the picture's width is divided. More parts are narrower."),
    "photo": N_("A number on one line, dark on light or light on dark. Ruled lines and shadow do no harm."),
}


def whole_number(model: Model, name: str) -> None:
    """Choose a source, choose how to cut, and see the number read."""
    source = st.segmented_control(say("The number"), FROM, format_func=lambda source: say(FROM[source]), default="draw",
                                  required=True, key=f"{KEY}-from", help=say(HELP["from"]))  # fmt: skip
    picture = _picture(source)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        cutting = st.radio(say("How it is cut"), CUTS, format_func=lambda cutting: say(CUTS[cutting]), horizontal=True,
                           key=f"{KEY}-cut", help=say(HELP["cut"]))  # fmt: skip
        count = None
        if cutting == "equal":
            count = st.number_input(
                say("Parts"), 1, MOST_PARTS, 5, key=f"{KEY}-count", help=say(HELP["count"]), width=140
            )
    if cutting == "equal":
        st.caption(say(WHY_EQUAL_FAILS))
    if picture is None:
        return
    if source == "draw" and is_full(picture):
        st.info(say(words.FULL_OF_INK))
        return
    try:
        reading = read_number(model, picture, cutting=cutting, count=count, drawn=source == "draw")
    except DigitLabError as error:
        st.info(say(error.message))
        return
    _show(picture, reading)


def _picture(source: str) -> np.ndarray | None:
    if source == "typed":
        return example()
    if source == "draw":
        phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
        picture = drawing.pad(KEY, width=NARROW if phone else WIDE, height=HEIGHT)
        if picture is None:
            st.info(say(WAITING), icon=":material/draw:")
        return picture
    file = st.file_uploader(say("A picture of a number"), list(ENDINGS), key=f"{KEY}-file",
                            help=say(HELP["photo"]))  # fmt: skip
    if file is None:
        return None
    try:
        return read_picture(io.BytesIO(file.getvalue()), file.name)
    except DigitLabError as error:
        st.error(say(error.message), icon=":material/broken_image:")
        return None


def example(text: str = "01234") -> np.ndarray:
    """The course's picture, typeset, each digit in the middle of an equal part: (150, 100 n) uint8, black on white."""
    sheet = Image.new("L", (100 * len(text), 150), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(96)
    for number, digit in enumerate(text):
        pen.text((100 * number + 50, 75), digit, fill=0, font=font, anchor="mm")
    return np.asarray(sheet)


def _show(picture: np.ndarray, reading: NumberReading) -> None:
    alt = say("The picture with a box around each of {count} digits", count=len(reading.digits))
    st.image(
        boxed(picture, reading, visitor.theme()), width="stretch" if picture.shape[1] > WIDE else "content", alt=alt
    )
    said = reading.text.replace("\n", " ")
    st.html(
        f'<p class="verdict" role="status" data-testid="number" style="font-size:2.6rem;line-height:1.3;'
        f'letter-spacing:0.08em;font-family:Georgia,serif">{said}</p>'
    )
    if left_out := len(reading.left_out):
        st.caption(
            say_many("{count} small mark was left out as dirt.", "{count} small marks were left out as dirt.", left_out)
        )
    scale = images.scale_for(reading.digits[0].seen.shape, 112)
    with st.container(horizontal=True, gap="small"):
        for number, digit in enumerate(reading.digits, 1):
            told = (
                say("no ink")
                if digit.digit is None
                else say("{digit}, {sure}", digit=digit.digit, sure=brief(digit.confidence))
            )
            st.image(
                images.digit_image(digit.seen, scale=scale),
                width=images.width_of(digit.seen, scale),
                caption=told,
                alt=say("What the network sees of digit {number}: {told}", number=number, told=told),
            )


def boxed(picture: np.ndarray, reading: NumberReading, theme: str) -> np.ndarray:
    """The picture (H, W, 3) uint8, at most `SHOWN` wide, with a box around each digit and the digit above it."""
    sheet = Image.fromarray(picture).convert("RGBA")
    factor = max(1, -(-sheet.width // SHOWN))
    sheet = sheet.reduce(factor)
    margin = max(26, sheet.height // 6)
    paper = Image.new("RGBA", (sheet.width, sheet.height + margin), "white")
    paper.alpha_composite(sheet, (0, margin))
    pen, colour = ImageDraw.Draw(paper), charts.COLOURS["light"]["for"]
    font = ImageFont.load_default(0.8 * margin)
    thick = max(2, sheet.height // 90)
    for digit in reading.digits:
        box = digit.box
        left, right = box.left // factor - thick, box.right // factor + thick
        top = box.top // factor + margin
        pen.rectangle((left, top - thick, right, box.bottom // factor + margin + thick), outline=colour, width=thick)
        shown = "?" if digit.digit is None else str(digit.digit)
        pen.text(((left + right) / 2, top - 2 * thick), shown, fill=colour, font=font, anchor="mb")
    return np.asarray(paper.convert("RGB"))
