"""Runs to the cluster, all else to this machine: a lesson, a check or a back-query takes seconds, and whoever began it waits
before the screen. A run that takes times of others (a race) stays here too: it is compared with one on the same machine.
"""

from core.jobs.cluster.carried import Carried
from core.jobs.cluster.connection import Connection
from core.jobs.executor import Executor, Handle, Work
from core.jobs.local import LocalExecutor

LAST_MOMENTS = 20.0  # seconds for runs to keep what they have learned


class ClusterExecutor:
    """Begins what is to be done elsewhere in a cluster, and all else on this machine.

    Parameters
    ----------
    address : of the cluster's scheduler. That it does not answer harms nobody: a run that would begin says so.
    """

    def __init__(self, address: str) -> None:
        self._here: Executor = LocalExecutor()
        self._connection = Connection(address)
        self._connection.begin()
        self._carried: list[Carried] = []

    def submit(self, work: Work, /) -> Handle:
        if not work.elsewhere:
            return self._here.submit(work)
        self._carried = [each for each in self._carried if not each.done()]
        self._carried.append(Carried(work, self._connection))
        return self._carried[-1]

    def runs_at_once(self) -> int:
        """How many runs the cluster takes: one for each thread of its workers."""
        return self._connection.runs_at_once()

    def workers(self) -> int | None:
        """How many workers it has; None where its scheduler does not answer."""
        return len(self._connection.workers()) if self._connection.wait(0.0) else None

    def shutdown(self) -> None:
        for each in self._carried:
            each.let_go()
        self._here.shutdown()
        for each in self._carried:
            each.wait(LAST_MOMENTS)
            each.kill()
        self._connection.close()
