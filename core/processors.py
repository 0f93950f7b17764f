"""What this process may use of the machine: what there is, what it was bound to, and what its container is granted.

A machine's own count says nothing of that: a container with half a processor on a machine of 64 sees all 64, and 64
threads that share half a processor wait for one another more than they compute.
"""

import math
import os
from pathlib import Path

import psutil

CGROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")
MEMORY_FILES = ("memory.max", "memory.limit_in_bytes")  # of their second version, and of their first


def processors() -> int:
    """Processors that this process may use, at least one.

    Those that it is bound to (`taskset`, a container's cpuset), and no more than the control group's quota pays for.
    A quota of one and a half counts as one: threads of a product wait for one another by spinning, and what they spin
    is taken from the quota too.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else installed()
    return max(1, int(min(bound, quota())))


def installed() -> int:
    """Processors that the machine has, whoever may use them."""
    return os.cpu_count() or 1


def memory() -> float:
    """Bytes of memory that this process may use, with all others of its container."""
    return min(psutil.virtual_memory().total, granted_memory())


def quota(mount: Path = CGROUPS, own_group: Path = OWN_GROUP) -> float:
    """Processors that this process's control groups grant it: the least along the way to the root, `inf` without a limit.

    Parameters
    ----------
    mount : where control groups are mounted: their second version itself, or a folder for each controller of their first.
    own_group : the file with the groups of this process, one hierarchy a line: `0::/user.slice` (the second version) or
        `4:cpu,cpuacct:/docker/1a2b` (the first).
    """
    return min((_quota_of(folder) for folder in _groups("cpu", mount, own_group)), default=math.inf)


def granted_memory(mount: Path = CGROUPS, own_group: Path = OWN_GROUP) -> float:
    """Bytes that its control groups grant it, found in the same way."""
    files = [folder / name for folder in _groups("memory", mount, own_group) for name in MEMORY_FILES]
    return min((int(text) for text in map(_text, files) if text.isdigit()), default=math.inf)


def _quota_of(folder: Path) -> float:
    """`cpu.max` is `max 100000` or `150000 100000`: microseconds of computing in a period of so many.

    The first version has the same in two files; a quota of -1 is none.
    """
    granted, _, period = _text(folder / "cpu.max").partition(" ")
    if not granted:
        granted, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
    return int(granted) / int(period) if granted.isdigit() and period.isdigit() and int(period) else math.inf


def _groups(controller: str, mount: Path, own_group: Path) -> list[Path]:
    """The folders of the groups that this process is in, of both versions, up to their roots."""
    folders: list[Path] = []
    for line in _text(own_group).splitlines():
        number, controllers, group = line.split(":", 2)
        if number == "0" and not controllers:
            folders += _up_to_the_root(mount, group)
        elif controller in controllers.split(","):
            for root in {mount / controllers, mount / controller}:
                folders += _up_to_the_root(root, group)
    return folders


def _up_to_the_root(root: Path, group: str) -> list[Path]:
    """The group's folder and those above it. A container sees its own group as the root, whatever it is called outside."""
    folder = root / group.strip("/")
    return [folder, *(above for above in folder.parents if above.is_relative_to(root))]


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
