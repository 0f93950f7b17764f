"""To go on with a run that was stopped, died, or lost its machine: from its last checkpoint, to the very same weights.

One that went astray goes back to its last good moment, and goes on from there at a smaller rate.
"""

import json

from core.config import former_path
from core.datasets import take_in
from core.errors import DigitLabError
from core.files import write_atomically
from core.messages import N_, Message, message
from core.runs.run import UNCHANGED, Run
from core.runs.status import DIVERGED, Status
from core.training.commands import Command, Resume, SetRate
from core.training.divergence import smaller_rate

ASTRAY_AGAIN = N_("At the same learning rate it would go astray again. Give it a smaller one, for example {rate:g}.")


def refusal(run: Run, rate: float | None = None) -> Message | None:
    """Why a run cannot go on, at this learning rate or as it was; None when it can."""
    if run.is_recording:
        return Message(UNCHANGED)
    status = run.status()
    if status.active:
        return Message("This run is going on already.")
    if status.state == "finished":
        return Message("This run is finished: there is nothing left to do. Start a new one to train for longer.")
    if status.cause == DIVERGED and (rate is None or rate >= rate_of(run)):
        return message(ASTRAY_AGAIN, rate=rate_to_try(run))
    return None


def rate_of(run: Run) -> float:
    """The learning rate of a run: what a person set last, or what it began with."""
    rates = [command.value for command in run.commands()[0] if isinstance(command, SetRate)]
    return rates[-1] if rates else run.config().training.learning_rate


def rate_to_try(run: Run) -> float:
    """A smaller rate, for a run that went astray."""
    return smaller_rate(run.config(), rate_of(run))


def make_ready(run: Run, *, by: str = "", rate: float | None = None) -> None:
    """Make a run wait for a process that goes on with it; without a checkpoint that is from its start.

    What was asked of it before, a stop above all, is over. `rate` is the learning rate from there on, by default the one
    that it had. Raises `DigitLabError` when it cannot go on.
    """
    if reason := refusal(run, rate):
        raise DigitLabError(reason)
    commands: list[Command] = [Resume(by=by)]
    if rate is not None:
        commands.append(SetRate(rate, by=by))  # an impossible rate has its sentence
    run.config()  # a damaged one has its sentence
    _take_in(run)
    status = run.status()
    try:
        run.forget_process()
        for command in commands:
            run.send(command)
        run.set_status(Status("waiting", step=status.step, epoch=status.epoch))
    except OSError as error:
        raise DigitLabError(
            "The run cannot go on: {reason}. Make room and try again.", reason=error.strerror
        ) from error


def _take_in(run: Run) -> None:
    """What an older version knew by its path is taken in where it still lies, and has a name from now on."""
    path = run.path / "config.json"
    written = json.loads(path.read_bytes())
    if (data := former_path(written)) is not None:
        config = run.config().with_training(dataset=take_in(data))
        write_atomically(path, config.to_json().encode())
