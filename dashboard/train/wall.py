"""The wall: a hundred digits that the network has never learned from, and what it takes each of them for at a moment."""

from pathlib import Path

import numpy as np
import streamlit as st

from core.config import Config
from core.datasets import Dataset
from core.datasets.hundred import EACH, SIDE, hundred
from core.scores.evaluation import first_test_digits
from dashboard import shared
from dashboard.look import images
from dashboard.say import say

ACROSS = EACH
_HERE = Path(__file__)
_PICTURES = (_HERE.parent / "wall_pictures.css").read_text(encoding="utf-8")
_component = st.components.v2.component(
    "digit_wall",
    html='<div class="wall" role="img"></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def digits_for(config: Config) -> Dataset | None:
    """The digits on the wall of a run, in rows 0 to 9: held out, none of those that it learns from.

    They are the shipped hundred, or of another kind of pictures the first of its own test digits. Nothing is chosen by them.
    None for a network that does not read the ten digits. Raises `DigitLabError` where its digits are not here.
    """
    name = config.training.dataset
    if config.network.outputs != 10:
        return None
    if config.network.shape == (SIDE, SIDE) and not name.startswith("upload-"):
        return shared.caches().test_digits.get("the hundred", hundred)
    return shared.caches().test_digits.get(f"wall of {name}", lambda: first_test_digits(name))


def answers(network: str, digits: Dataset) -> str:
    """What the network of this name takes each of the digits for, a character each."""

    def read() -> str:
        found = shared.model(network).outputs(digits.x()).argmax(axis=1)
        return "".join(map(str, found))

    return shared.of_network(shared.caches().walls, network, digits.sha256, read)


def wall(network: str, digits: Dataset) -> None:
    """Show the digits with what the network of this name takes each for."""
    taken = answers(network, digits)
    truth = "".join(map(str, digits.labels))
    right = sum(answer == true for answer, true in zip(taken, truth, strict=True))
    sentence = words_of(right, len(truth))
    with st.container(key="wall-says"):
        st.markdown(f"**{sentence}**")
    _component(data={"answers": taken, "truth": truth, "label": sentence, "side": digits.shape[0]}, key="wall")


def words_of(right: int, count: int) -> str:
    if count == EACH * 10:
        return say("{right} of the hundred are right now.", right=right)
    return say("{right} of these {count} are right now.", right=right, count=count)


def put_pictures(digits: Dataset) -> None:
    """Give the page the pictures, once: the wall takes them from its style sheet, and is sent only what changes.

    The room of the wall stands with them: a place with nothing but a style sheet in it is not laid out at all.
    """
    rule = _PICTURES.replace("PICTURES", images.data_url(sheet(digits)))
    st.html(f'<style>{rule}</style><div class="wall-room"></div>')


def sheet(digits: Dataset) -> np.ndarray:
    """All digits as one picture, ten across in their order: (rows * h, 10 * w, 3) uint8."""
    height, width = digits.shape
    rows = -(-len(digits) // ACROSS)
    ink = np.zeros((rows * ACROSS, height, width), dtype=np.float32)
    ink[: len(digits)] = digits.x().reshape(-1, height, width)
    across = ink.reshape(rows, ACROSS, height, width).swapaxes(1, 2).reshape(rows * height, ACROSS * width)
    return images.on_paper(across)
