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

TITLES = {
    "cpu": "Processor",
    "cuda": "Graphics card (CUDA)",
    "vulkan": "Graphics card (Vulkan)",
    "metal": "Graphics card (Metal)",
}
# Drivers that only pretend to be a graphics card; with this variable set, tests compute on one all the same.
SOFTWARE_DRIVERS = ("llvmpipe", "lavapipe", "swiftshader")
ALLOW_SOFTWARE = "DIGITLAB_SOFTWARE_GPU"
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
    reason : a sentence that says why it cannot be used; empty when it can.
    """

    name: str
    title: str
    available: bool
    reason: str = ""


def candidates() -> tuple[str, ...]:
    """The devices worth trying on this system, the processor first."""
    return ("cpu", "metal") if sys.platform == "darwin" else ("cpu", "cuda", "vulkan")


def probe(timeout: float = 20.0) -> list[Device]:
    """Try every candidate, all at once, each for at most `timeout` seconds."""
    if importlib.util.find_spec("taichi") is None:
        return [_refused(name, "Taichi is not installed here.") for name in candidates()]
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
        return _refused(name, f"It gave no answer within {timeout:g} seconds.")
    if process.returncode < 0:
        return _refused(name, "Its driver crashed when it was tried.")
    if process.returncode:
        return _refused(name, "Taichi found none that it can compute on.")
    named = CARD.search(output)
    card = named[1].decode(errors="replace") if named else ""
    if any(driver in card.lower() for driver in SOFTWARE_DRIVERS) and not os.environ.get(ALLOW_SOFTWARE):
        return _refused(name, f"The driver found, {card}, only imitates a graphics card on the processor.")
    return Device(name, f"{TITLES[name]}: {card}" if card else TITLES[name], True)


def _refused(name: str, why: str) -> Device:
    what = "The processor" if name == "cpu" else "The graphics card"
    how = {"cpu": "by Taichi"}.get(name, f"through {TITLES[name].partition('(')[2][:-1]}")
    return Device(name, TITLES[name], False, f"{what} cannot be used {how}. {why}")
