"""What this machine can compute on: each way is tried in a process of its own, which may crash or hang without harm.

Taichi is never imported here, because a driver that it wakes can end the process. The pages ask `probe`, the Taichi
engine asks `trial` before it wakes a graphics card.
"""

import contextlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass

from core.folders import PROJECT
from core.messages import N_, Message, message

TITLES = {
    "cpu": N_("Processor"),
    "cuda": N_("Graphics card (CUDA)"),
    "vulkan": N_("Graphics card (Vulkan)"),
    "metal": N_("Graphics card (Metal)"),
}
WITH_CARD = {
    "cuda": N_("Graphics card (CUDA): {card}"),
    "vulkan": N_("Graphics card (Vulkan): {card}"),
    "metal": N_("Graphics card (Metal): {card}"),
}
REFUSED = {
    "cpu": N_("The processor cannot be used by Taichi. {why}"),
    "cuda": N_("The graphics card cannot be used through CUDA. {why}"),
    "vulkan": N_("The graphics card cannot be used through Vulkan. {why}"),
    "metal": N_("The graphics card cannot be used through Metal. {why}"),
}
# Drivers that only pretend to be a graphics card; with this variable set, tests compute on one all the same.
SOFTWARE_DRIVERS = ("llvmpipe", "lavapipe", "swiftshader")
ALLOW_SOFTWARE = "DIGITLAB_SOFTWARE_GPU"
IMITATED = N_("The driver found, {card}, only imitates a graphics card on the processor.")
NICENESS = 10  # whoever waits for a page comes first
CARD = re.compile(rb'Vulkan Device "(.+?)" supports')  # in what Taichi prints of its start


@dataclass(frozen=True, slots=True)
class Device:
    """One way to compute.

    Attributes
    ----------
    name : as in `TrainingConfig.device`: cpu, cuda, vulkan, metal.
    title : its name for a person, with the card's own where the driver tells it.
    available : whether Taichi computed on it just now.
    reason : why it cannot be used; None when it can.
    """

    name: str
    title: Message
    available: bool
    reason: Message | None = None


def candidates() -> tuple[str, ...]:
    """The devices worth trying on this system, the processor first."""
    return ("cpu", "metal") if sys.platform == "darwin" else ("cpu", "cuda", "vulkan")


def probe(timeout: float = 20.0) -> list[Device]:
    """Try every candidate, all at once, each for at most `timeout` seconds."""
    if importlib.util.find_spec("taichi") is None:
        return [_refused(name, message("Taichi is not installed here.")) for name in candidates()]
    deadline = time.monotonic() + timeout
    processes = [(name, _launched(name)) for name in candidates()]
    return [_outcome(name, process, deadline, timeout) for name, process in processes]


def trial(name: str, timeout: float = 20.0) -> Device:
    """Try one device."""
    return _outcome(name, _launched(name), time.monotonic() + timeout, timeout)


def _launched(name: str) -> subprocess.Popen:
    environment = {key: value for key, value in os.environ.items() if key != "TI_ARCH"}
    process = subprocess.Popen(
        [sys.executable, "-m", "core.engines.taichi.trial", name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=PROJECT,
        env=environment,
    )
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):  # it may be over already
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    return process


def _outcome(name: str, process: subprocess.Popen, deadline: float, timeout: float) -> Device:
    try:
        output, _ = process.communicate(timeout=max(deadline - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return _refused(name, message("It gave no answer within {seconds:g} seconds.", seconds=timeout))
    if process.returncode < 0:
        return _refused(name, message("Its driver crashed when it was tried."))
    if process.returncode:
        return _refused(name, message("Taichi found none that it can compute on."))
    named = CARD.search(output)
    card = named[1].decode(errors="replace") if named else ""
    if any(driver in card.lower() for driver in SOFTWARE_DRIVERS) and not os.environ.get(ALLOW_SOFTWARE):
        return _refused(name, message(IMITATED, card=card))
    return Device(name, message(WITH_CARD[name], card=card) if card else message(TITLES[name]), True)


def _refused(name: str, why: Message) -> Device:
    return Device(name, message(TITLES[name]), False, message(REFUSED[name], why=why))
