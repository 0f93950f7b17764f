"""When something was, so that its age is right although somebody sets the clock."""

import time

import msgspec

from core.runs.process import machine, uptime


class Moment(msgspec.Struct, frozen=True):
    """A moment; without arguments, now.

    Attributes
    ----------
    date : in seconds since 1970.
    uptime : on the clock of that machine that nobody sets.
    machine : which machine that is, and which start of it.
    """

    date: float = msgspec.field(default_factory=time.time)
    uptime: float = msgspec.field(default_factory=uptime)
    machine: str = msgspec.field(default_factory=machine)

    @property
    def ago(self) -> float:
        """Seconds since then: on the clock that nobody sets, and by the date on another machine or after another start."""
        same = self.machine == machine()
        return max(uptime() - self.uptime if same else time.time() - self.date, 0.0)
