"""A run that this server has in its queue: whether it hangs or is in others' way, and what is noted when it could not say its
end itself."""

import signal
from dataclasses import dataclass

from core.jobs.queue import Ticket
from core.messages import N_, message
from core.runs.run import Run
from core.runs.status import STOPPED, STOPPED_EARLY, Status

KILL_AFTER = 20.0  # seconds without a sign of life after which a run that was stopped is ended by force
HUNG_AFTER = 120.0  # the same for one that nobody stopped: a machine that swaps is slow, not dead
STUCK_AFTER = 180.0  # seconds in which a run that was stopped may beat and yet get nowhere
PAUSED_AT_MOST = 600.0  # seconds that a stranger's run may stay paused while others wait for its place
CRASHED = N_("The process that was training crashed ({how}). {kept} {advice}")
HUNG = N_("The process that was training gave no sign of life for two minutes and was ended. {kept} {advice}")
NEVER_ARRIVED = N_("The process that should train ended before it began. {advice}")
KEPT = {True: N_("Its last checkpoint is safe."), False: N_("It had not reached a checkpoint yet.")}
ADVICE = {
    "taichi": N_("Try once more, or choose the NumPy engine."),
    "numpy": N_("Try once more."),
    "auto": N_("Try once more."),
}
CRASHES = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE")  # what a faulty driver or compiler dies of


@dataclass(eq=False)
class Ward:
    """A run in the queue.

    Attributes
    ----------
    asked, moved : on the monotonic clock, when it was stopped, and when it last got on.
    by : who stopped it.
    mark : the phase and step that it was last seen at.
    hung : whether it was ended because it hung though nobody had stopped it.
    waited_for : since when it has been paused while others waited, and at which step; None where that is not so.
    since : on the same clock, when it was at work for the first time, or a machine of the cluster took it up last.
    """

    run: Run
    ticket: Ticket
    asked: float | None = None
    by: str = ""
    mark: tuple[str, int] = ("", -1)
    moved: float = float("-inf")
    hung: bool = False
    waited_for: tuple[float, int] | None = None
    since: float | None = None

    def hangs(self, status: Status, now: float) -> bool:
        """Whether it gives no sign of life any more. Silence counts, not the time since somebody asked: to test takes a while."""
        if (status.phase, status.step) != self.mark:
            self.mark, self.moved = (status.phase, status.step), now
        silence = min(status.silence, now - (self.ticket.begun or now))  # before it began, nobody wrote for it
        if self.asked is None:
            return silence > HUNG_AFTER
        return silence > KILL_AFTER or now - max(self.asked, self.moved) > STUCK_AFTER

    def at_work(self, now: float) -> float:
        """Seconds that it has been at work; to wait for a machine of the cluster, as long as there is none, is not to be."""
        if self.since is None or self.ticket.waiting:
            self.since = now
        return now - self.since

    def is_in_the_way(self, status: Status, now: float, *, others_wait: bool) -> bool:
        """Whether it has been paused for long, without a step, and others wait for their turn."""
        if status.state != "paused" or not others_wait:
            self.waited_for = None
        elif self.waited_for is None or self.waited_for[1] != status.step:
            self.waited_for = now, status.step
        return self.waited_for is not None and now - self.waited_for[0] > PAUSED_AT_MOST


def end_of(ward: Ward) -> Status | None:
    """What is to be written into a run that could not say it itself; None where nothing is."""
    run, handle, now = ward.run, ward.ticket.handle, ward.run.status()
    if handle is None:
        if ward.ticket.stopped:
            return _stopped(run, now, ward.by)
        return Status("failed", step=now.step, epoch=now.epoch, reason=ward.ticket.refused)
    advice = message(ADVICE[run.config().training.engine])
    words = {"kept": message(KEPT[run.checkpoint_path.is_file()]), "advice": advice}
    if ward.asked is None and now.state in ("died", "queued", "waiting"):
        crashes = {-getattr(signal, name): name for name in CRASHES if hasattr(signal, name)}
        if ward.hung:
            return Status("failed", step=now.step, epoch=now.epoch, reason=message(HUNG, **words))
        if (code := handle.exit_code) is not None and code in crashes:
            how = (signal.strsignal(-code) or crashes[code]).lower()
            return Status("failed", step=now.step, epoch=now.epoch, reason=message(CRASHED, how=how, **words))
        if now.state != "died":
            return Status("failed", reason=message(NEVER_ARRIVED, advice=advice))
    if ward.asked is not None and now.state in ("queued", "waiting"):
        return _stopped(run, now, ward.by)
    return None


def _stopped(run: Run, now: Status, by: str) -> Status:
    """A run that was stopped before a process was at work on it, for the first time or once more."""
    reason = STOPPED if run.checkpoint_path.is_file() else STOPPED_EARLY
    return Status("stopped", step=now.step, epoch=now.epoch, reason=reason, by=by)
