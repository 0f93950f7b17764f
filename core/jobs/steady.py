"""What is looked after again and again goes on, whatever one look comes upon: a wrong setting, a damaged run, a full disk."""

import logging
from collections.abc import Callable

from core.errors import DigitLabError

log = logging.getLogger(__name__)


class Steady:
    """Does one thing after the other. What fails is told, once until it succeeds or fails otherwise, and holds nothing up."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def do(self, **deeds: Callable[[], object]) -> None:
        """Do them, in their order; their names stand in the log."""
        for name, deed in deeds.items():
            try:
                deed()
            except (DigitLabError, OSError) as error:
                if self._told.get(name) != str(error):
                    log.warning("It will be tried again to %s: %s", name.replace("_", " "), error)
                self._told[name] = str(error)
            else:
                self._told.pop(name, None)
