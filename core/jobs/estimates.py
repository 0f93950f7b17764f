"""How long trainings would take: each is tried once, in a process of its own, and what was found is kept for all visitors."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from core.config import AUTO, Config
from core.datasets import needs_mnist
from core.errors import DigitLabError
from core.jobs import allowance
from core.jobs.executor import ESTIMATE, Work
from core.jobs.limits import threads_of
from core.jobs.queue import Ticket
from core.jobs.trainings import NOT_HERE, megabytes_of
from core.messages import Message
from core.training.estimate import Estimate

USUAL = 3.0  # seconds
KEPT = 100  # configurations of which it is kept what was found, the latest ones


@dataclass(frozen=True, slots=True)
class Trial:
    """A training that is tried, or was.

    Attributes
    ----------
    live : whether it is still being tried, or waits for that.
    found : what it would take, the engine that would be chosen first; none as long as that is not known.
    busy : whether others used the machine meanwhile, so that it would be quicker alone.
    error : why it could not be found out.
    """

    live: bool
    found: tuple[Estimate, ...] = ()
    busy: bool = False
    error: Message | None = None


class Estimates:
    """What has been tried, and is being tried; safe to use from several threads."""

    def __init__(self, submit: Callable[[Work], Ticket]) -> None:
        self._submit = submit
        self._tickets: OrderedDict[str, Ticket] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, config: Config, owner: str = "") -> None:
        """Try it, if that is not known already, or what was found may be wrong; raises where too much waits."""
        with self._lock:
            known = self.of(config)
            if known and (known.live or known.found and not known.busy):
                return
            allowance.check(config)
            if needs_mnist(config.training.dataset):
                raise DigitLabError(NOT_HERE)
            self._tickets[_key(config)] = self._submit(
                Work(
                    kind=ESTIMATE,
                    argv=("core.training.trial", _key(config)),
                    owner=owner,
                    seconds=USUAL,
                    megabytes=megabytes_of(config),
                    threads=threads_of(),
                )
            )
            self._tickets.move_to_end(_key(config))
            while len(self._tickets) > KEPT:
                self._tickets.popitem(last=False)

    def of(self, config: Config) -> Trial | None:
        """What is known of a training; None where nobody asked."""
        ticket = self._tickets.get(_key(config))
        if ticket is None:
            return None
        told = next((event for event in list(ticket.events) if "estimates" in event), None)
        if told is None:
            return Trial(ticket.live, error=ticket.error)
        return Trial(False, tuple(Estimate(**fields) for fields in told["estimates"]), bool(told["busy"]))

    def settled(self, config: Config) -> Config:
        """The configuration with the quicker engine in the place of `auto`, where it has been found already."""
        trial = self.of(config) if config.training.engine == AUTO else None
        return config.with_training(engine=trial.found[0].engine) if trial and trial.found else config


def _key(config: Config) -> str:
    """The configuration without what makes no difference to time and memory."""
    return config.with_training(seed=0).to_json()
