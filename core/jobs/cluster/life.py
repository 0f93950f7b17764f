"""One life of a run on a machine of the cluster: it is met, given all that it needs, and followed to its end."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.jobs.cluster.connection import Lost
from core.jobs.cluster.mirror import Mirror
from core.jobs.cluster.parcels import GIVEN, Outlet, names_in
from core.jobs.cluster.supplies import given
from core.jobs.cluster.task import Gone, Task
from core.runs.run import Run
from core.runs.status import State
from core.training.commands import Stop

LOOK_AGAIN = 0.15  # seconds between two looks at what is new
SILENT_SECONDS = 20.0  # without an answer, after which a machine counts as lost


class Orders:
    """What is wanted of a run that is carried: `killed` by force, or `let_go` as by the end of this server."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.killed = self.let_go = False

    def stop(self) -> Stop | None:
        """Who has asked it to stop: of a run that a machine has, its process looks after that."""
        return next((command for command in self._run.asked() if isinstance(command, Stop)), None)

    def are_to_end(self) -> bool:
        """Whether no machine is to take it up any more."""
        return self.killed or self.let_go or self.stop() is not None


class Life:
    """One life of a run.

    Parameters
    ----------
    beat : told again and again how it stands, as long as no process says how far the run is.

    Attributes
    ----------
    worker : the address of the worker that has it.
    begun : whether its process may have begun.
    checkpoints : how many came from it.
    """

    def __init__(self, run: Run, task: Task, orders: Orders, beat: Callable[[State], None]) -> None:
        self._run, self._task, self._orders, self._beat = run, task, orders, beat
        self.worker: str | None = None
        self.begun, self.checkpoints = False, 0
        self._life = ""
        self._answered = time.monotonic()

    def live(self) -> int:
        """Its process's exit code, once all that it made is here.

        Raises `Gone` where the machine is lost, `DigitLabError` where it cannot do it, and `OSError` where something cannot
        be read or kept here.
        """
        lacks = self._meet()
        commands = self._give(lacks)
        self.begun = True
        return self._follow(Mirror(self._run, self._ask("begin"), commands))

    def _meet(self) -> list[str]:
        """Wait until a machine has taken it up; gives the digits that it lacks."""
        while True:
            self._look()
            self._beat("queued")
            try:
                self.worker = self._task.worker()
                met = self._task.call(self.worker, "", "meet") if self.worker else None
            except Lost:
                met = None
                if self.worker and time.monotonic() - self._answered > SILENT_SECONDS:
                    raise Gone from None
            else:
                self._answered = time.monotonic()
            if met:
                self._life, lacks = met
                return list(lacks)
            time.sleep(LOOK_AGAIN)

    def _give(self, lacks: list[str]) -> int:
        """Give it the folder and what it lacks; returns how many bytes of what was asked of the run it has been given."""
        commands = 0
        own = {name: self._run.path / name for name in names_in(self._run.path, GIVEN)}
        for name, size in self._give_files(own):
            commands = size if name == "commands.jsonl" else commands
        for each in lacks:
            self._give_files(dict(given(each)))
        return commands

    def _give_files(self, files: Mapping[str, Path]) -> list[tuple[str, int]]:
        """Give these files, each under its name; returns their sizes."""
        outlet, sizes = Outlet(lambda name: files[name]), []
        try:
            for name in files:
                for part in outlet.each(name):
                    self._ask("take", part)
                    self._beat("waiting")
                sizes.append((name, part.position + len(part.content)))
        finally:
            outlet.close()
        return sizes

    def _follow(self, mirror: Mirror) -> int:
        """Keep its folder as its process writes it, until that has ended."""
        told_to_go = False
        try:
            while True:
                ask = mirror.ask()
                news = self._ask("news", ask)
                self.checkpoints += mirror.take(ask, news)
                if news.exit_code is not None:
                    self._ask("leave")
                    return int(news.exit_code)
                if self._orders.killed or (self._orders.let_go and not told_to_go):
                    told_to_go = True
                    self._ask("end", self._orders.killed)
                if all(part.whole for part in news.parts):
                    time.sleep(LOOK_AGAIN)
        finally:
            mirror.close()

    def _ask(self, name: str, *arguments: Any) -> Any:
        """Ask until it answers. Raises `Gone` where another has the run now, or it has been silent for too long."""
        assert self.worker is not None  # it has been met
        while True:
            try:
                answer = self._task.call(self.worker, self._life, name, *arguments)
                if answer is None:
                    raise Gone
                self._answered = time.monotonic()
                return answer
            except Lost:
                self._look()
                if self._elsewhere() or time.monotonic() - self._answered > SILENT_SECONDS:
                    raise Gone from None
            time.sleep(LOOK_AGAIN)

    def _look(self) -> None:
        if self._orders.killed or (not self._life and self._orders.are_to_end()):
            raise Gone
        self._task.look()

    def _elsewhere(self) -> bool:
        """Whether the scheduler has given the task to another machine."""
        try:
            return self._task.worker() != self.worker
        except Lost:
            return False
