"""A race as it goes on: a thread waits for the first run's end and hands in the second."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.config import Config
from core.errors import DigitLabError
from core.jobs.queue import Ticket
from core.messages import Message
from core.runs.run import Run

LOOK_AGAIN = 0.1  # seconds between two looks at a run


@dataclass
class Race:
    """Two runs one after the other, with the same settings on two engines.

    Attributes
    ----------
    configs : what to run, in this order.
    runs : those handed in so far.
    prepared : for each run, the seconds it needed before its training began: reading data, compiling kernels.
    running : until the last of its runs has ended, a stopped one too.
    stopped : somebody asked for its end.
    error : why it could not go on, or None.
    axis : the end of its chart's axis in seconds, kept here so that it never moves back.
    """

    configs: tuple[Config, Config]
    runs: list[Run] = field(default_factory=list)
    prepared: list[float] = field(default_factory=list)
    running: bool = True
    stopped: bool = False
    error: Message | None = None
    axis: float = 1.0

    def go(self, start: Callable[[Config], Run], ticket_of: Callable[[str], Ticket | None]) -> None:
        """Hand in the second run when the first has finished; a race of which a run is stopped or fails is over.

        `start` hands in a run, `ticket_of` finds it in the queue: how long it waited for its turn is not counted.
        """
        try:
            if self._wait_for_end(ticket_of) == "finished" and not self.stopped:
                self.runs.append(start(self.configs[1]))
                self._wait_for_end(ticket_of)
        except DigitLabError as error:
            self.error = error.message
        finally:
            self.running = False

    def _wait_for_end(self, ticket_of: Callable[[str], Ticket | None]) -> str:
        run, begun, waits = self.runs[-1], time.monotonic(), len(self.prepared) < len(self.runs)
        ticket = ticket_of(run.id)
        while (status := run.status()).active:
            if ticket and ticket.waiting:
                begun = time.monotonic()
            elif waits and status.phase in ("training", "testing"):
                self.prepared.append(time.monotonic() - begun)
                waits = False
            time.sleep(LOOK_AGAIN)
        if waits and status.state == "finished":  # it trained between two looks
            last = run.events()[0][-1]
            self.prepared.append(max(time.monotonic() - begun - last.seconds, 0.0))
        return status.state
