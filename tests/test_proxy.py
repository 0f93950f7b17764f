"""The proxies' files that ship, in front of two real servers on one folder: who comes stays at one of them, is known by their own
address, and comes to the other server when theirs is gone."""

import contextlib
import getpass
import os
import re
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from core.folders import PROJECT
from tests.browser.app import free_port, serve
from tests.test_server_memory import server_at
from tests.visitors import Visitor
from tests.waiting import until

pytestmark = pytest.mark.slow

PAGE_COOKIES = re.compile(r"(digit_lab_server|digit-lab|_streamlit_xsrf)=([^;]*)")
TABS = 40  # that are asked for between two looks; an address may open two hundred, and four a second


def caddy(port: int, servers: list[str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """The command that begins Caddy with the file that ships, and its settings."""
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(PROJECT / "deploy" / "Caddyfile")]
    return command, {"SITE": f"http://lab.test:{port}", "SERVERS": " ".join(servers), "HOME": str(folder),
                     "CADDY_ADMIN": f"127.0.0.1:{free_port()}"}  # fmt: skip


def nginx(port: int, servers: list[str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """The same for nginx, whose file names ports."""
    import grp  # of Unix alone

    ours = (PROJECT / "deploy" / "nginx.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
    for shipped, server in zip(("127.0.0.1:8501", "127.0.0.1:8502"), servers, strict=True):
        ours = ours.replace(f"server {shipped} ", f"server {server} ")
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    lines = [
        "daemon off;",
        f"user {getpass.getuser()} {grp.getgrgid(os.getgid()).gr_name};",  # not nobody, who may not write here
        f"pid {folder}/nginx.pid;",
        "error_log stderr;",
        "events {}",
        "http {",
        "access_log off;",
        *(f"{name}_temp_path {folder}/{name};" for name in names),
        ours,
        "}",
    ]
    (folder / "nginx.conf").write_text("\n".join(lines))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], {}


PROXIES = {"caddy": caddy, "nginx": nginx}


@dataclass
class Browser:
    """As much of a browser as meets a proxy: cookies, from which address of this machine it comes, and what it says of that."""

    port: int
    address: str = "127.0.0.1"
    told: str = ""

    def __post_init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def ask(self, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """The status of an answer, and what it is."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(self.address, 0))
        with contextlib.closing(connection):
            connection.request(method, path, body, self._said() | {"Host": f"lab.test:{self.port}"} | headers)
            answer = connection.getresponse()
            for each in answer.headers.get_all("Set-Cookie") or ():
                self.cookies |= PAGE_COOKIES.findall(each)
            return answer.status, answer.read().decode(errors="replace")

    @contextlib.contextmanager
    def tab(self, origin: str = "") -> Iterator[Visitor]:
        """A tab that has come to the first page."""
        way = socket.create_connection(("127.0.0.1", self.port), source_address=(self.address, 0))
        with connect(
            f"ws://lab.test:{self.port}/_stcore/stream", sock=way, subprotocols=["streamlit"], max_size=None, open_timeout=30,
            origin=origin or f"http://lab.test:{self.port}", additional_headers=self._said(),
        ) as stream:  # fmt: skip
            visitor = Visitor(stream)
            visitor.open()
            yield visitor

    def upload(self, session: str, size: int) -> int:
        """Send a file for an open tab; the status of the answer."""
        self.ask("/_stcore/health")
        edge, token = uuid.uuid4().hex, self.cookies["_streamlit_xsrf"]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n'
        body = head.encode() + bytes(size) + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}", "X-Xsrftoken": token}
        return self.ask(f"/_stcore/upload_file/{session}/{uuid.uuid4()}", "PUT", body, **kind)[0]

    def _said(self) -> dict[str, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"X-Forwarded-For": self.told} if self.told else {}
        return ({"Cookie": kept} if kept else {}) | said


@dataclass
class Room:
    """A proxy, and the servers behind it."""

    port: int
    servers: list[str]


@pytest.fixture(params=PROXIES)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not here")
    hosted = {"DIGITLAB_HOSTED": "1", "DIGITLAB_DATA": str(tmp_path / "data"), "FORWARDED_ALLOW_IPS": "*"}
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(serve(tmp_path / "runs", **hosted)) for _ in range(2)]
        port = free_port()
        command, settings = PROXIES[request.param](port, [each.removeprefix("http://") for each in servers], tmp_path)
        log = stack.enter_context(open(tmp_path / "proxy.log", "wb"))
        proxy = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)
        stack.callback(proxy.wait, 20)
        stack.callback(proxy.terminate)
        until(lambda: _answers(port))
        yield Room(port, servers)


def _answers(port: int) -> bool:
    try:
        return Browser(port).ask("/_stcore/health")[0] == 200
    except OSError:
        return False


def _opens(browser: Browser) -> bool:
    try:
        with browser.tab():
            return True
    except WebSocketException:
        return False


def test_a_visitor_stays_at_a_server_until_it_is_gone(room: Room) -> None:
    first = Browser(room.port)
    assert first.ask()[0] == 200
    with first.tab() as tab:
        at = _server_of(tab, room)
        assert len(tab.open("draw")) > 10
        assert {first.upload(tab.session, 7_900_000) for _ in range(3)} == {204}
        assert first.upload(tab.session, 9_000_000) == 413
        assert first.ask("/_stcore/metrics")[0] == 404 == first.ask("/x/_stcore/metrics")[0]
        elsewhere = _find_who_is_not_at(at, tab, room)
        known = first.cookies["digit-lab"]
        server_at(at).kill()
    assert first.ask()[0] == 200 and first.cookies["digit-lab"] == known  # both servers have one secret
    with first.tab() as tab:
        assert tab.open("draw") and first.upload(tab.session, 1_000) == 204 and _server_of(tab, room) == elsewhere


def _find_who_is_not_at(at: str, tab: Visitor, room: Room) -> str:
    """Let others come until one is at the other server, which knows nothing of this tab: that server."""
    for _ in range(40):  # by lot, each at one of the two
        other = Browser(room.port)
        other.ask()
        with other.tab() as theirs:
            if (elsewhere := _server_of(theirs, room)) != at:
                assert other.upload(theirs.session, 1_000) == 204 != other.upload(tab.session, 1_000)
                return elsewhere
    pytest.fail("all came to one server")


def _server_of(tab: Visitor, room: Room) -> str:
    (at,) = [server for server in room.servers if _holds(server, tab.session)]
    return at


def _holds(server: str, session: str) -> bool:
    """Whether a tab's session lives in this server, which is asked past the proxy."""
    try:
        return Browser(int(server.rsplit(":", 1)[1])).upload(session, 1_000) == 204
    except OSError:  # it is gone
        return False


def _is_held_off(flood: Browser) -> bool:
    """Ask for some tabs more, as a page of another site would, none of which is opened; whether it has become too much."""
    for _ in range(TABS):
        with contextlib.suppress(InvalidStatus), flood.tab("http://elsewhere.test"):
            pytest.fail("a page of another site opened a tab")
    return not _opens(flood)


def test_how_often_one_may_ask_is_bounded_for_each_address_and_not_for_the_proxy(room: Room) -> None:
    flood = Browser(room.port, "127.0.0.2")
    flood.ask()
    until(lambda: _is_held_off(flood))
    flood.told = "192.0.2.7"  # a forged address is not believed: it would have two hundred of its own
    assert any(_is_held_off(flood) for _ in range(3))
    other = Browser(room.port, "127.0.0.3")
    other.cookies = dict(flood.cookies)  # at the same server
    assert _opens(other)
