"""To go on with a run that was stopped, died, or lost its machine: from its last checkpoint, to the very same weights."""

from core.errors import DigitLabError
from core.runs.run import Run
from core.runs.status import Status
from core.training.commands import Resume


def refusal(run: Run) -> str:
    """Why a run cannot go on, as a sentence; empty when it can."""
    status = run.status()
    if status.active:
        return "This run is going on already."
    if status.state == "finished":
        return "This run is finished: there is nothing left to do. Start a new one to train for longer."
    return ""


def make_ready(run: Run, *, by: str = "") -> None:
    """Make a run wait for a process that goes on with it; without a checkpoint that is from its start.

    What was asked of it before, a stop above all, is over. Raises `DigitLabError` when it cannot go on.
    """
    if sentence := refusal(run):
        raise DigitLabError(sentence)
    run.config()  # a damaged one has its sentence
    status = run.status()
    try:
        run.forget_process()
        run.send(Resume(by=by))
        run.set_status(Status("waiting", step=status.step, epoch=status.epoch))
    except OSError as error:
        raise DigitLabError(
            "The run cannot go on: {reason}. Make room and try again.", reason=error.strerror
        ) from error
