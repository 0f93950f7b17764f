"""A server of 690 MB lives with forty open tabs and thirty finished runs: the real server, and tabs as a browser opens them."""

import time
from pathlib import Path

import psutil
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from core.config import Config, NetworkConfig, TrainingConfig
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs.run import Run, create_run
from core.runs.status import Status
from core.runs.summary import write_summary
from tests.browser.app import serve
from tests.visitors import Visitor, visitors

RUNS, TABS = 30, 40
MOST_MEGABYTES = 400
PAGES = ("draw", "draw", "", "train", "back_query")


def finished_runs(root: Path, count: int, hidden: tuple[int, ...]) -> list[str]:
    """Runs that have ended with a model that nobody trained; all that matters here is that it is large."""
    network = NetworkConfig(inputs=784, hidden=hidden, outputs=10)
    config = Config(network, TrainingConfig(dataset="mnist", epochs=1))
    parameters = Parameters.initial(network, 0)
    names = []
    for number in range(count):
        run = create_run(config, root)
        run.save_model(
            Model(config, parameters, Provenance(f"Run {number}", None, 1.0, {"test": Score(10_000, 9_000)}))
        )
        run.set_status(Status("finished"))
        write_summary(run)
        names.append(run.id)
    return names


def server_at(address: str) -> psutil.Process:
    port = address.rsplit(":", 1)[1]
    return next(p for p in psutil.Process().children(recursive=True) if f"--server.port={port}" in p.cmdline())


def megabytes(process: psutil.Process) -> float:
    return process.memory_info().rss / 1e6


def test_a_tab_without_a_browser_gets_the_page(tmp_path):
    with serve(tmp_path) as address, visitors(address, 1) as (tab,):
        buttons = [part.delta.new_element.button.label for part in tab.open("draw")]
        assert "A test digit" in buttons


def test_what_is_announced_to_be_larger_than_any_message_is_not_waited_for(tmp_path):
    """200 MB were taken in before they were refused: two such messages filled a small machine."""
    with serve(tmp_path) as address, visitors(address, 1) as (tab,):
        assert closed_for(tab, bytes_announced=50_000_000) == 1009


def closed_for(tab: Visitor, *, bytes_announced: int) -> int:
    """The beginning of a message alone is sent; gives the code with which the server ends the connection."""
    tab._socket.socket.sendall(b"\x82\xff" + bytes_announced.to_bytes(8, "big"))
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            tab._socket.recv(timeout=20)
    return closed.value.rcvd.code


def session_of(address: str, before: str = "") -> str:
    """The session of a tab that comes, or comes back to one that it had, and goes again."""
    names = ["streamlit", "no-cookie-of-ours", before] if before else ["streamlit"]
    with connect(f"{address.replace('http', 'ws')}/_stcore/stream", subprotocols=names, open_timeout=60) as socket:
        tab = Visitor(socket)
        tab.open()
        return tab.session


def test_a_lost_connection_loses_nothing_and_a_closed_tab_is_let_go_of(tmp_path):
    """How long it is waited for is a setting (`tests/test_deploy.py`), here a second."""
    with serve(tmp_path, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="60") as address:
        tab = session_of(address)
        assert tab and session_of(address, tab) == session_of(address, tab) == tab
    with serve(tmp_path, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as address:
        tab = session_of(address)
        for away in (1.5, 4.0, 16.0):  # each look is a return, after which it is waited for anew
            time.sleep(away)
            if session_of(address, tab) != tab:
                return
    pytest.fail("its session is still there")


def title_of(root: Path, name: str) -> str:
    """What a list calls the network of a run that reads nine of ten."""
    return f"{Run(root / name).title()}, 90.0\N{NO-BREAK SPACE}%"


def network_in_use(sent: list[ForwardMsg]) -> str:
    """What the picker in the header shows."""
    boxes = [part.delta.new_element.selectbox for part in sent if part.delta.new_element.HasField("selectbox")]
    return next(box.raw_value for box in boxes if box.label == "Network in use")


@pytest.mark.slow
def test_forty_tabs_and_thirty_runs_take_less_than_400_megabytes(tmp_path):
    names = finished_runs(tmp_path, RUNS, (1500, 1000))  # 10.7 MB each
    with serve(tmp_path) as address, visitors(address, TABS) as tabs:
        server, peak = server_at(address), 0.0
        for turn in range(2):  # each tab comes to a page with a network of its own, and then to another page
            for number, tab in enumerate(tabs):
                sent = tab.open(PAGES[(number + turn) % len(PAGES)], f"model={names[number % RUNS]}")
                assert network_in_use(sent) == title_of(tmp_path, names[number % RUNS])
                peak = max(peak, megabytes(server))
        held = megabytes(server)
    print(f"\n{TABS} tabs, {RUNS} runs: {held:.0f} MB, {peak:.0f} MB at the peak")
    assert peak < MOST_MEGABYTES


@pytest.mark.slow
def test_of_the_largest_networks_only_the_one_in_use_is_opened_and_one_is_kept(tmp_path):
    names = finished_runs(tmp_path, 6, (5000, 6000))  # 136 MB each
    with serve(tmp_path) as address, visitors(address, 1 + len(names)) as (first, *others):
        server = server_at(address)
        before = sum(server.cpu_times()[:2])
        first.open("draw")
        assert sum(server.cpu_times()[:2]) - before < 4  # seconds of the processor, whoever else uses it
        assert megabytes(server) < 300
        peak = 0.0
        for tab, name in zip(others, names, strict=True):
            assert network_in_use(tab.open("draw", f"model={name}")) == title_of(tmp_path, name)
            peak = max(peak, megabytes(server))
        held = megabytes(server)
    print(f"\nSix networks of 136 MB: {held:.0f} MB, {peak:.0f} MB at the peak")
    assert peak < 550
