"""What was asked of a run whose machine was lost, and holds for the machine that goes on with it: a process reads all that was
asked since the last resumption, and would else do over again what has been done."""

from collections.abc import Sequence

from safetensors import SafetensorError, safe_open

from core.runs.run import Run
from core.training.commands import Command, Go, Pause, Resume, SetRate, Step, Stop


def carry_over(run: Run) -> None:
    """Put behind the commands of a run what of them still holds. Raises `OSError` where that cannot be written."""
    asked = run.asked()
    for command in (Resume(), *still_to_do(asked, kept_rate(run))):
        run.send(command)


def still_to_do(asked: Sequence[Command], kept: float | None) -> list[Command]:
    """Of what was asked what still holds, where `kept` is the rate that its checkpoint has from a person, if any.

    A stop stays one; a rate that no checkpoint has kept is set again; who was paused, or took single steps, waits.
    """
    stops = [command for command in asked if isinstance(command, Stop)]
    rates = [command for command in asked if isinstance(command, SetRate)][-1:]
    steering = [command for command in asked if isinstance(command, Pause | Go | Step)]
    if stops:
        return [stops[0]]
    waits = [Pause(by=command.by) for command in steering[-1:] if not isinstance(command, Go)]
    return [*(rate for rate in rates if rate.value != kept), *waits]


def kept_rate(run: Run) -> float | None:
    """The learning rate that a person set last, as far as the checkpoint knows; None where nobody did, or there is none."""
    try:
        with safe_open(run.checkpoint_path, framework="numpy") as file:
            return float(file.get_tensor("rates")[-1][1]) if "rates" in file.keys() else None  # noqa: SIM118
    except (OSError, SafetensorError):
        return None
