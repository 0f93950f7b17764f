"""How many processors this process may use: what the machine has, what it was bound to, and what its container is granted.

A machine's own count says nothing of that: a container with half a processor on a machine of 64 sees all 64, and 64
threads that share half a processor wait for one another more than they compute.
"""

import math
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")


def processors() -> int:
    """Processors that this process may use, at least one.

    Those that it is bound to (`taskset`, a container's cpuset), and no more than the control group's quota pays for.
    A quota of one and a half counts as one: threads of a product wait for one another by spinning, and what they spin
    is taken from the quota too.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(min(bound, quota())))


def quota(mount: Path = CGROUPS, own_group: Path = OWN_GROUP) -> float:
    """Processors that this process's control groups grant it: the least along the way to the root, `inf` without a limit.

    Parameters
    ----------
    mount : where control groups are mounted: their second version itself, or a folder `cpu` of their first.
    own_group : the file with the groups of this process, one hierarchy a line: `0::/user.slice` (the second version) or
        `4:cpu,cpuacct:/docker/1a2b` (the first).
    """
    limits = [math.inf]
    for line in _text(own_group).splitlines():
        number, controllers, group = line.split(":", 2)
        if number == "0" and not controllers:
            limits += [_second_version(folder) for folder in _up_to_the_root(mount, group)]
        elif "cpu" in controllers.split(","):
            for root in {mount / controllers, mount / "cpu"}:
                limits += [_first_version(folder) for folder in _up_to_the_root(root, group)]
    return min(limits)


def _up_to_the_root(root: Path, group: str) -> list[Path]:
    """The group's folder and those above it. A container sees its own group as the root, whatever it is called outside."""
    folder = root / group.strip("/")
    return [folder, *(above for above in folder.parents if above.is_relative_to(root))]


def _second_version(folder: Path) -> float:
    """`cpu.max` is `max 100000` or `150000 100000`: microseconds of computing in a period of so many."""
    granted, _, period = _text(folder / "cpu.max").strip().partition(" ")
    return int(granted) / int(period) if granted.isdigit() and period.isdigit() and int(period) else math.inf


def _first_version(folder: Path) -> float:
    """The same in two files; a quota of -1 is none."""
    granted, period = (_text(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period"))
    return int(granted) / int(period) if granted.isdigit() and period.isdigit() and int(period) else math.inf


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
