"""What the network will be shown: ten digits as they are and as the settings change them, live with the settings."""

import html

import numpy as np
import streamlit as st

from core.config import Config
from core.datasets import Dataset
from core.datasets.hundred import first_of_each
from core.drawings.augment import AUGMENTATIONS
from core.errors import DigitLabError
from core.training.preview import previewed
from dashboard import shared
from dashboard.look import images
from dashboard.say import N_, say
from dashboard.train import settings
from dashboard.train.wall import digits_for

PART = "what-it-sees"
ACROSS = 5
SIDES = {
    "small": 56,
    "middle": 84,
    "large": 112,
}  # about so many pixels of the page, by whole multiples of the picture's
AS_THEY_ARE = N_("As they are")
CHANGED = N_("As it may see them")
OTHERWISE = N_("Each epoch changes all of them anew, so it never sees the same picture twice.")


def preview() -> None:
    """The grid, in a part of the form that is opened by whoever wants to see it."""
    part = st.expander(say("What it will see"), icon=":material/visibility:", key=PART, on_change="rerun")
    if not part.open:
        return
    with part:
        try:
            config = settings.configuration()
            digits = ten(config)
        except DigitLabError as error:
            st.caption(say(error.message))
            return
        if digits is None:
            st.caption(say("There are no digits to show for these settings."))
            return
        augmentation = AUGMENTATIONS[config.training.augmentation]
        st.html(grid(digits, previewed(config.training, digits)))
        chance = config.training.augmentation != "none" and augmentation.copies == 1
        st.caption(say(OTHERWISE) if chance else say(augmentation.help))


def ten(config: Config) -> Dataset | None:
    """One digit of each, of the kind that it learns from; none of those that it is trained on need be among them."""
    name = config.training.dataset
    known = digits_for(config)
    return shared.caches().test_digits.get(f"one of each of {name}", lambda: first_of_each(known, 1)) if known else None


def grid(digits: Dataset, changed: list[np.ndarray]) -> str:
    """The digits five across as HTML, in each row of five as they are and under that as they are changed."""
    side = digits.shape[1]
    sizes = "; ".join(f"--{name}: {max(width // side, 1) * side}px" for name, width in SIDES.items())
    rows = [(say(AS_THEY_ARE), digits.x()), *((say(CHANGED), pixels) for pixels in changed)]
    parts = []
    for first in range(0, len(digits), ACROSS):
        for number, (title, pixels) in enumerate(rows):
            if number < 2:
                parts.append(f"<b>{html.escape(title)}</b>")
            parts += [
                _picture(pixels[place].reshape(digits.shape), title, int(digits.labels[place]))
                for place in range(first, min(first + ACROSS, len(digits)))
            ]
    return f'<div class="preview"><div style="{sizes}">{"".join(parts)}</div></div>'


def _picture(ink: np.ndarray, title: str, digit: int) -> str:
    alt = html.escape(f"{digit}: {title}")
    return f'<img class="digit" src="{images.digit_url(ink)}" alt="{alt}" decoding="sync">'
