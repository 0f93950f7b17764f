"""Starting Taichi: once per process, for exactly the device that was asked for, or not at all.

Taichi has one runtime per process, bound to the thread that started it, and a second start would break the first. Left
to itself it also takes another device than the one asked for without a word; here that is an error with a sentence.
"""

import contextlib
import functools
import io
import os
import threading
import time
from pathlib import Path
from typing import Any

from core.engines.devices import trial
from core.engines.taichi.abilities import MISSING
from core.errors import DigitLabError
from core.folders import PROJECT
from core.messages import N_, Message
from core.processors import processors

TITLES = {
    "cpu": N_("the processor"),
    "cuda": N_("the graphics card through CUDA"),
    "vulkan": N_("the graphics card through Vulkan"),
    "metal": N_("the graphics card through Metal"),
}
STALE_SECONDS = 60.0  # the cache's lock is held for milliseconds: an older one was left by a process that was killed

_started: tuple[str, int] | None = None  # device and thread


def cache_folder() -> Path:
    """Where compiled kernels are kept: `taichi` in `$DIGITLAB_CACHE`, or in `.cache` in the project."""
    return Path(os.environ.get("DIGITLAB_CACHE") or PROJECT / ".cache") / "taichi"


@functools.cache
def cores() -> int:
    """Processor cores to compute on: those that this process may use, or fewer where `TI_CPU_MAX_NUM_THREADS` says so.

    Workers wait for each other many times a step: where something else takes a core from one of them, two can be many
    times slower than one. The app therefore leaves one core to its pages.
    """
    usable = processors()
    wanted = os.environ.get("TI_CPU_MAX_NUM_THREADS", "")
    return max(1, min(usable, int(wanted))) if wanted.isdecimal() else usable


def start(device: str) -> None:
    """Start Taichi for `device`, or find it started for that device by this thread.

    Raises `DigitLabError` when Taichi is missing, when the device cannot be had, and when this process already
    computes on another device or another thread.
    """
    global _started
    here = device, threading.get_ident()
    if _started is None:
        taichi = _taichi()
        if device != "cpu" and not (found := trial(device)).available:  # a driver may crash the process that wakes it
            raise DigitLabError("{reason} Choose another device.", reason=found.reason)
        _start(taichi, device)
        _started = here
    elif _started[0] != device:
        raise DigitLabError(
            "This process already computes on {device}. To use {wanted}, start the run in a process of its own.",
            device=Message(TITLES[_started[0]]),
            wanted=Message(TITLES[device]),
        )
    elif _started != here:
        raise DigitLabError("Another thread of this process started Taichi, and only that thread can use it.")


def _taichi() -> Any:
    cores()
    for name in (
        "TI_ARCH",
        "TI_CPU_MAX_NUM_THREADS",
    ):  # one would overrule the device asked for, the other be warned of
        os.environ.pop(name, None)
    os.environ["ENABLE_TAICHI_HEADER_PRINT"] = "0"
    try:
        import taichi
    except ImportError as error:
        raise DigitLabError(MISSING) from error
    return taichi


def _start(ti: Any, device: str) -> None:
    wanted = getattr(ti, device)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Taichi greets, and a command's output is no place for it
            ti.init(
                arch=wanted,
                enable_fallback=False,
                log_level=ti.ERROR,
                cpu_max_num_threads=cores(),
                real_matrix_scalarize=device != "cpu",  # on a processor a strip's row stays one vector
                **_cache_options(),
            )
    except RuntimeError as error:
        raise _refusal(device) from error
    if ti.lang.impl.current_cfg().arch != wanted:
        raise _refusal(device)


def _refusal(device: str) -> DigitLabError:
    return DigitLabError(
        "Taichi cannot compute on {device} here. Choose another device.", device=Message(TITLES[device])
    )


def _cache_options() -> dict[str, Any]:
    """Where to keep compiled kernels, if that folder can be written. A stale lock would cost 0.8 s at each start."""
    folder = cache_folder()
    lock = folder / "ticache.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if lock.exists() and time.time() - lock.stat().st_mtime > STALE_SECONDS:
            lock.unlink(missing_ok=True)
    except OSError:
        return {"offline_cache": False}
    return {"offline_cache": True, "offline_cache_file_path": str(folder)}
