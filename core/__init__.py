"""Digit Lab's neural network: usable from a notebook, from the command line and from the app.

import core
model = core.load_model("default")
probabilities = model.predict(core.from_drawing(picture)[None])
trained = core.train("small")

What stands in `__all__` is loaded when it is first asked for: `import core` itself costs next to nothing.
"""

import importlib
from typing import Any

__version__ = "0.1.0"
_PLACES = {
    "RECIPES": "core.training.recipes",
    "Config": "core.config",
    "DigitLabError": "core.errors",
    "Model": "core.models.model",
    "NetworkConfig": "core.config",
    "TrainingConfig": "core.config",
    "from_drawing": "core.drawings.preprocess",
    "load_model": "core.catalog",
    "new_model": "core.models.model",
    "take_in": "core.datasets.uploads",
    "train": "core.learning",
}
__all__ = [*_PLACES]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
