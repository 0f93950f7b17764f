"""What may be used of the machine: with folders as the system shows them, and really bound to one processor."""

import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core import processors as module
from core.folders import PROJECT
from core.processors import granted_memory, memory, processors, quota


def groups(root: Path, own: str, **files: str) -> float:
    """The quota seen with these control groups: paths with `__` for `/` and `_` for `.`, as in `a__cpu_max`."""
    for name, content in files.items():
        path = root / "groups" / name.replace("__", "/").replace("cpu_max", "cpu.max").replace("cpu_cfs", "cpu.cfs")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (root / "own").write_text(own)
    return quota(root / "groups", root / "own")


def test_the_second_version_of_control_groups(tmp_path):
    assert groups(tmp_path, "0::/\n", cpu_max="150000 100000\n") == 1.5
    assert groups(tmp_path, "0::/\n", cpu_max="max 100000\n") == math.inf


def test_the_least_along_the_way_to_the_root_counts(tmp_path):
    found = groups(
        tmp_path, "0::/a/b\n", cpu_max="400000 100000", a__cpu_max="200000 100000", a__b__cpu_max="max 100000"
    )
    assert found == 2.0


def test_a_container_that_sees_its_own_group_as_the_root(tmp_path):
    assert groups(tmp_path, "0::/docker/1a2b\n", cpu_max="50000 100000\n") == 0.5


@pytest.mark.parametrize("folder", ["cpu", "cpu,cpuacct"])
def test_the_first_version_of_control_groups(tmp_path, folder):
    own = "4:memory:/x\n3:cpu,cpuacct:/job\n1:name=systemd:/\n"
    limits = {f"{folder}__job__cpu_cfs_quota_us": "250000\n", f"{folder}__job__cpu_cfs_period_us": "100000\n"}
    assert groups(tmp_path, own, **limits) == 2.5
    assert groups(tmp_path, own, **limits | {f"{folder}__job__cpu_cfs_quota_us": "-1\n"}) == math.inf


def test_without_control_groups_there_is_no_limit(tmp_path):
    assert quota(tmp_path / "none", tmp_path / "nothing") == math.inf
    assert groups(tmp_path, "0::/\n", cpu_max="rubbish") == math.inf


def test_memory_is_what_the_container_is_granted(tmp_path):
    mount, own = tmp_path / "groups", tmp_path / "own"
    for path, content in {"memory.max": "max\n", "a/memory.max": "690000000\n"}.items():
        (mount / path).parent.mkdir(parents=True, exist_ok=True)
        (mount / path).write_text(content)
    own.write_text("0::/a\n")
    assert granted_memory(mount, own) == 690_000_000
    own.write_text("0::/b\n")
    assert granted_memory(mount, own) == math.inf
    (mount / "memory" / "job").mkdir(parents=True)
    (mount / "memory" / "job" / "memory.limit_in_bytes").write_text("500000000\n")
    own.write_text("7:cpu:/job\n4:memory:/job\n")
    assert granted_memory(mount, own) == 500_000_000
    assert 0 < memory() < math.inf


@pytest.mark.parametrize(("granted", "count"), [(math.inf, 4), (8.0, 4), (2.5, 2), (0.25, 1)])
def test_the_smaller_of_both_and_at_least_one(monkeypatch, granted, count):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(module, "quota", lambda: granted)
    assert processors() == count


@pytest.mark.skipif(not shutil.which("taskset"), reason="there is no taskset to bind a process with")
def test_a_process_that_is_really_bound_to_one_processor():
    code = "from core.processors import processors; from core.engines.taichi.runtime import cores; print(processors(), cores())"
    first = min(os.sched_getaffinity(0))
    told = subprocess.run(["taskset", "-c", str(first), sys.executable, "-c", code], cwd=PROJECT, capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert told.stdout.split() == ["1", "1"]


def test_nothing_else_counts_processors():
    """`os.cpu_count` is what the machine has, not what may be used."""
    files = [*(PROJECT / "core").rglob("*.py"), *(PROJECT / "dashboard").rglob("*.py")]
    places = {path.relative_to(PROJECT).as_posix() for path in files if "cpu_count" in path.read_text()}
    assert places == {"core/processors.py"}
