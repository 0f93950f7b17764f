"""Which runs a visitor has ticked to see them beside one another."""

from core.errors import DigitLabError
from core.messages import N_
from dashboard.visitor import Key

MOST = 4  # curves that can be told apart in one chart
FULL = N_("Four runs fit beside one another. Take a tick away first.")
COMPARED: Key[list[str]] = Key("_runs_compared", list)


def compare(run_id: str) -> None:
    """Tick a run, or take its tick away."""
    ticked = COMPARED.get()
    if run_id in ticked:
        ticked.remove(run_id)
        return
    if len(ticked) >= MOST:
        raise DigitLabError(FULL)
    ticked.append(run_id)


def keep_only(known: set[str]) -> list[str]:
    """The ticked runs that are still there."""
    ticked = COMPARED.get()
    ticked[:] = [run_id for run_id in ticked if run_id in known]
    return ticked


def clear() -> None:
    """Take all ticks away."""
    COMPARED.get().clear()
