"""Digit Lab's neural network: usable from a notebook, from the command line and from the app.

import core
model = core.load_model("default")
probabilities = model.predict(core.from_drawing(picture)[None])
"""

from core.catalog import load_model
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from core.models.model import Model

__version__ = "0.1.0"
__all__ = ["DigitLabError", "Model", "from_drawing", "load_model"]
