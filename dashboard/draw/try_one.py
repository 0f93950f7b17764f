"""No pen at hand: a digit of the test set, a hard one, or a photograph, put on the page as if it had been drawn."""

import io

import numpy as np
import streamlit as st
from PIL import Image

from core.catalog import SMALL
from core.datasets import available
from core.drawings.ink import INK_LEVEL, bounding_box, find_ink
from core.drawings.pictures import ENDINGS, read_picture
from core.errors import DigitLabError
from core.messages import Message, message
from core.models.model import Model
from core.scores.hard import hardest
from core.teach.samples import PHOTO as FROM_PHOTO
from dashboard import shared
from dashboard.pads import drawing, strokes
from dashboard.pads.given_digit import put_on_the_pad
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.uploads import still_here

LARGEST = 8  # megabytes of a file, as `.streamlit/config.toml` has it
ENOUGH = 1_200  # pixels along the longer side of a photograph: more tell nothing about one digit
DRAWN = 200  # pixels along the longer side of a digit that is put on the page
PHOTO = 140  # pixels along the longer side of the photograph as it is shown

HELP = {
    "test": N_("A digit that another person wrote, and that the network has not learned from."),
    "hard": N_("One that the network gets wrong, or only just right."),
    "photo": N_(
        "One digit, dark on light or light on dark. Shadow and grain do no harm; other writing beside it does."
    ),
}
INSTEAD = N_("MNIST is not on this computer, so this digit is one of the small ones that come with the program.")


def try_one(model: Model, name: str) -> None:
    """Three ways to a digit without drawing it; what was put on the page is told of."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="try"):
        st.button(say("A test digit"), icon=":material/casino:", key="try-test", help=say(HELP["test"]),
                  on_click=told(_test_digit), args=(name, False))  # fmt: skip
        st.button(say("A hard one"), icon=":material/psychology_alt:", key="try-hard", help=say(HELP["hard"]),
                  on_click=told(_test_digit), args=(name, True))  # fmt: skip
        with st.popover(
            say("A photo or scan"), icon=":material/photo_camera:", help=say(HELP["photo"]), key="try-photo"
        ):
            _photo()
    if error := st.session_state.get("try-error"):
        st.error(say(error), icon=":material/broken_image:")
    last = drawing.drawing().last
    if last is not None and last.told:
        st.caption(" ".join(say(sentence) for sentence in last.told))


def _test_digit(name: str, hard: bool) -> None:
    """Put a digit of the test set on the page, drawn by lot."""
    st.session_state.pop("try-error", None)
    told: list[Message] = []
    if not available(shared.card(name).config.training.dataset):
        name = SMALL
        told.append(message(INSTEAD))
    evaluation = shared.test_evaluation(name)
    among = hardest(evaluation) if hard else np.arange(len(evaluation.data))
    index = int(np.random.default_rng().choice(among))
    put_on_the_pad(evaluation.data, index, *told)


def _photo() -> None:
    st.file_uploader(say("A picture of one digit"), list(ENDINGS), key="photo", on_change=told(_take_photo), args=("photo",),
                     max_upload_size=LARGEST, help=say(HELP["photo"]))  # fmt: skip
    if st.toggle(
        say("Use the camera"),
        help=say("Ask your browser for the camera, to take a photograph of a digit on paper. Off, the camera is off."),
        key="use-camera",
    ):
        st.camera_input(
            say("One digit, large and alone"),
            help=say(
                "Write one digit on paper with a thick pen, and take its picture from above. It is read here and not kept."
            ),
            key="camera",
            on_change=told(_take_photo),
            args=("camera",),
        )


def _take_photo(key: str) -> None:
    """Put the digit of an uploaded picture on the page; what is wrong with the file is told of."""
    st.session_state.pop("try-error", None)
    try:
        file = next(iter(still_here([st.session_state[key]])), None)
        if file is None:
            return
        photo = read_picture(io.BytesIO(file.getvalue()), file.name)
        page = digit_of(photo)
    except DigitLabError as error:
        st.session_state["try-error"] = error.message
        return
    small = Image.fromarray(photo)
    small.thumbnail((2 * PHOTO, 2 * PHOTO))
    objects, png = strokes.image(page)
    found = (message("Found in {name}.", name=file.name),)
    drawing.drawing().put(objects, png, told=found, photo=np.asarray(small), source=FROM_PHOTO)


def digit_of(photo: np.ndarray) -> np.ndarray:
    """The ink of a photograph (h, w, 4) uint8, brought to the middle of the pad, as the picture of a drawing."""
    sheet = Image.fromarray(photo)
    sheet.thumbnail((ENOUGH, ENOUGH), Image.Resampling.BOX)
    ink = find_ink(np.asarray(sheet))
    ink = ink[bounding_box(ink > INK_LEVEL)]
    factor = DRAWN / max(ink.shape)
    size = tuple(max(1, round(side * factor)) for side in ink.shape[::-1])
    way = Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
    large = np.asarray(Image.fromarray(ink).resize(size, way))
    page = np.zeros((drawing.SIZE, drawing.SIZE), np.uint8)
    top, left = ((drawing.SIZE - side) // 2 for side in large.shape)
    page[top : top + large.shape[0], left : left + large.shape[1]] = np.round(np.clip(large, 0, 1) * 255)
    return strokes.inked(page)
