"""What the probe says, with stand-ins for drivers that crash, hang, or are not there."""

import importlib.util
import subprocess
import sys
import time

import pytest

from core.engines import devices
from core.engines.devices import Device, probe, trial
from core.messages import Message

CARD = 'Vulkan Device "Radeon RX 7600" supports Vulkan 0 version 1.3'


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch):
    """`stand_in(code)` makes every trial run this Python code instead of Taichi."""

    def use(code: str) -> None:
        def launched(name: str) -> subprocess.Popen:
            command = [sys.executable, "-c", code]
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

        monkeypatch.setattr(devices, "_launched", launched)

    return use


def test_a_card_that_computes_is_offered_under_its_own_name(stand_in):
    stand_in(f"print({CARD!r})")
    assert trial("vulkan") == Device(
        "vulkan", Message("Graphics card (Vulkan): {card}", {"card": "Radeon RX 7600"}), True
    )


def test_a_card_whose_name_is_not_told_is_offered_all_the_same(stand_in):
    stand_in("")
    assert trial("cuda") == Device("cuda", Message("Graphics card (CUDA)"), True)


def test_a_missing_card_is_said_to_be_missing(stand_in):
    stand_in("raise SystemExit(1)")
    found = trial("cuda")
    assert not found.available and str(found.title) == "Graphics card (CUDA)"
    assert str(found.reason) == (
        "The graphics card cannot be used through CUDA. Taichi found none that it can compute on."
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to die of")
def test_a_driver_that_crashes_harms_nobody(stand_in):
    stand_in("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    found = trial("vulkan")
    assert not found.available
    assert str(found.reason) == "The graphics card cannot be used through Vulkan. Its driver crashed when it was tried."


def test_a_driver_that_hangs_is_given_up(stand_in):
    stand_in("import time; time.sleep(60)")
    started = time.monotonic()
    found = trial("cuda", timeout=0.5)
    assert time.monotonic() - started < 5.0
    assert str(found.reason).endswith("It gave no answer within 0.5 seconds.")


def test_the_candidates_share_one_time_limit(stand_in, monkeypatch):
    monkeypatch.setattr(devices, "candidates", lambda: ("cpu", "cuda", "vulkan"))
    stand_in("import time; time.sleep(60)")
    started = time.monotonic()
    assert not any(device.available for device in probe(timeout=1.0))
    assert time.monotonic() - started < 5.0


def test_a_driver_that_imitates_a_card_on_the_processor_is_no_card(stand_in, monkeypatch):
    monkeypatch.delenv(devices.ALLOW_SOFTWARE, raising=False)
    stand_in("print('Vulkan Device \"llvmpipe (LLVM 15.0.6, 256 bits)\" supports Vulkan')")
    found = trial("vulkan")
    assert not found.available
    assert "llvmpipe (LLVM 15.0.6, 256 bits), only imitates a graphics card on the processor" in str(found.reason)
    monkeypatch.setenv(devices.ALLOW_SOFTWARE, "1")
    assert trial("vulkan").available


def test_without_taichi_nothing_can_be_used_and_each_says_so(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = probe()
    assert [device.name for device in found] == list(devices.candidates())
    assert not any(device.available for device in found)
    assert str(found[0].reason) == "The processor cannot be used by Taichi. Taichi is not installed here."


def test_the_processor_is_always_first_and_opengl_is_never_tried(monkeypatch):
    for platform, names in {"linux": ("cpu", "cuda", "vulkan"), "darwin": ("cpu", "metal")}.items():
        monkeypatch.setattr(sys, "platform", platform)
        assert devices.candidates() == names


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("taichi") is None, reason="Taichi is not installed here")
def test_taichi_computes_on_this_processor(monkeypatch):
    monkeypatch.setenv("TI_ARCH", "cuda")
    assert trial("cpu") == Device("cpu", Message("Processor"), True)
    assert "taichi" not in sys.modules
