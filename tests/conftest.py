"""What the tests share: where MNIST lies, folders of their own, small data, and an honest closing summary."""

import os
from collections.abc import Callable
from pathlib import Path

# Two test processes, and servers and workers besides: with more threads each they would wait for one another's.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import pytest  # noqa: E402

MARKERS = {
    "mnist": "needs the MNIST files",
    "slow": "takes more than about five seconds",
    "browser": "drives a real browser",
    "gpu": "needs a GPU",
}
LONG = [
    "test_plain",
    "test_taichi_engine",
    "test_draw",
    "test_hostile_pictures",
    "test_jobs",
    "test_worker",
    "test_resume",
]
NEEDS = ("MNIST", "legacy models", "pen digits", "browser", "Vulkan driver", "GPU")


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, and a second try for what drives a browser.

    Files are shared out among processes one by one: a long one at the end would keep the others waiting. On a busy machine
    a browser's doings cannot be repeated to the millisecond.
    """
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what was left out, and show what failed before it passed: a green line that hides either would be a lie."""
    tried = terminalreporter.stats.get("rerun", [])
    terminalreporter.section(f"tried a second time: {len(tried)}")
    for report in tried:
        terminalreporter.line(report.nodeid, yellow=True)
        terminalreporter.line(report.longreprtext)
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    counts = {need: sum(f"no {need}:" in reason for reason in reasons) for need in NEEDS}
    terminalreporter.section("skipped for lack of")
    terminalreporter.line(", ".join(f"{need}: {count}" for need, count in counts.items()), yellow=any(counts.values()))


def _missing(need: str, advice: str) -> None:
    """Skip the test loudly; in CI only a GPU and the pen digits, which are not part of the project, may be missing."""
    assert need in NEEDS
    reason = f"no {need}: {advice}"
    if os.environ.get("CI") in ("true", "1") and need not in ("GPU", "pen digits"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def missing() -> Callable[[str, str], None]:
    """`missing(need, advice)` ends a test for which something is not there; it is counted in the summary."""
    return _missing


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """The folder with the four MNIST files: `$MNIST_DIR`, else `data/mnist`."""
    from core.datasets import mnist_folder

    folder = mnist_folder()
    if folder is None:
        _missing("MNIST", "set MNIST_DIR to the folder with its four files, or put them into data/mnist")
    return folder


@pytest.fixture(scope="session")
def legacy_dir(mnist_dir: Path) -> Path:
    """The folder with the three model files of the earlier system, which lies beside MNIST's."""
    folder = mnist_dir.parent / "legacy_models"
    if not folder.is_dir():
        _missing("legacy models", f"put the three files of the earlier system into {folder}")
    return folder


@pytest.fixture
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty runs folder of the test's own, also for the processes that it starts."""
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for data of the test's own, also for the processes that it starts."""
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def noise(data_dir: Path, make_data: Callable) -> str:
    """400 digits of 8 x 8 that are noise, by name: they take a worker no scikit-learn, whose import is a second of work."""
    from core.datasets.uploads import keep

    digits = make_data(400, side=8)
    return keep({"train": digits.subset(slice(0, 334)), "test": digits.subset(slice(334, None))}, "noise.csv")


@pytest.fixture
def make_data() -> Callable:
    """`make_data(n, side=3, seed=0)`: a data set of n pictures of noise with every digit in turn as label."""
    from core.datasets import Dataset

    def make(n: int, side: int = 3, seed: int = 0) -> Dataset:
        pixels = np.random.default_rng(seed).integers(0, 256, (n, side * side), dtype=np.uint8)
        return Dataset("noise", pixels, np.arange(n, dtype=np.int64) % 10, (side, side))

    return make
