"""A cluster behind Dask's own TLS: a run goes through it, and who has no certificate of its own authority does not get in."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.jobs.cluster.address import NO_CERTIFICATE, NOT_ENCRYPTED, scheduler
from core.jobs.jobs import Jobs
from tests.cluster import Cluster
from tests.waiting import until

pytest.importorskip("distributed", reason="no cluster: install requirements-dev.txt")

import dask.config  # noqa: E402
from distributed import Client  # noqa: E402
from distributed.security import Security  # noqa: E402

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the cluster's tests are of other systems"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no certificates can be made: install openssl"),
]
SETTING = "DASK_DISTRIBUTED__COMM__TLS__"
ROLES = ("SCHEDULER", "WORKER", "CLIENT")


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def certificates(folder: Path) -> Path:
    """A folder with an authority of one's own (`ca.pem`) and a certificate by it, as DEPLOY.md makes them."""
    folder.mkdir()
    openssl(folder, *"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab -keyout ca-key.pem -out ca.pem".split())
    openssl(folder, *"req -newkey rsa:2048 -nodes -subj /CN=member -keyout key.pem -out asked.pem".split())
    openssl(
        folder, *"x509 -req -in asked.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out cert.pem".split()
    )
    return folder


def settings_of(folder: Path) -> dict[str, str]:
    """Dask's settings, as DEPLOY.md says."""
    own = {
        f"{SETTING}{role}__{part}": str(folder / f"{part.lower()}.pem") for role in ROLES for part in ("CERT", "KEY")
    }
    return own | {f"{SETTING}CA_FILE": str(folder / "ca.pem"), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Variables that Dask has read; they are read again when a test is over."""
    yield monkeypatch
    monkeypatch.undo()
    dask.config.refresh()


@pytest.mark.slow
def test_a_run_goes_through_a_cluster_behind_tls_and_strangers_do_not_get_in(
    tmp_path: Path, runs_dir: Path, noise: str, settle: pytest.MonkeyPatch
) -> None:
    settings = settings_of(certificates(tmp_path / "ours"))
    for name, value in settings.items():
        settle.setenv(name, value)
    dask.config.refresh()
    cluster = Cluster(tmp_path, "tls", **settings)
    try:
        assert cluster.address.startswith("tls://")
        cluster.add_worker()
        settle.setenv("DIGITLAB_SCHEDULER", cluster.address)
        jobs = Jobs()
        until(lambda: jobs.cluster and jobs.cluster.workers())
        network = NetworkConfig(inputs=64, hidden=(30,))
        run = jobs.start(Config(network, TrainingConfig(dataset=noise, epochs=1, engine="numpy")))
        until(lambda: not run.status().active and not jobs.queue.tickets)
        assert run.status().state == "finished" and run.model().provenance.epochs == 1.0
        jobs.close()

        theirs = certificates(tmp_path / "theirs")
        forged = Security(
            tls_ca_file=str(tmp_path / "ours" / "ca.pem"),
            tls_client_cert=str(theirs / "cert.pem"),
            tls_client_key=str(theirs / "key.pem"),
            require_encryption=True,
        )
        with pytest.raises(OSError):
            Client(cluster.address, security=forged, timeout=3, set_as_default=False)
        with pytest.raises(OSError):
            plain = cluster.address.replace("tls", "tcp")
            Client(plain, security=Security(require_encryption=False), timeout=3, set_as_default=False)
    finally:
        cluster.close()


def test_settings_that_do_not_fit_the_address_are_said(settle: pytest.MonkeyPatch) -> None:
    settle.setenv("DIGITLAB_SCHEDULER", "tls://10.0.0.5:8786")
    dask.config.refresh()
    with pytest.raises(DigitLabError) as refused:
        scheduler()
    assert refused.value.message.template == NO_CERTIFICATE
    settle.setenv("DIGITLAB_SCHEDULER", "tcp://10.0.0.5:8786")
    assert scheduler() == "tcp://10.0.0.5:8786"
    settle.setenv("DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION", "True")
    dask.config.refresh()
    with pytest.raises(DigitLabError) as refused:
        scheduler()
    assert refused.value.message.template == NOT_ENCRYPTED
