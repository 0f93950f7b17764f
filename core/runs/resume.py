"""To go on with a run that was stopped, died, or lost its machine: from its last checkpoint, to the very same weights."""

from core.errors import DigitLabError
from core.messages import Message
from core.runs.run import Run
from core.runs.status import Status
from core.training.commands import Resume


def refusal(run: Run) -> Message | None:
    """Why a run cannot go on; None when it can."""
    status = run.status()
    if status.active:
        return Message("This run is going on already.")
    if status.state == "finished":
        return Message("This run is finished: there is nothing left to do. Start a new one to train for longer.")
    return None


def make_ready(run: Run, *, by: str = "") -> None:
    """Make a run wait for a process that goes on with it; without a checkpoint that is from its start.

    What was asked of it before, a stop above all, is over. Raises `DigitLabError` when it cannot go on.
    """
    if reason := refusal(run):
        raise DigitLabError(reason)
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
