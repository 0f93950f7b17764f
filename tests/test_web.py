"""What browsers are told with each answer, and how often one address may ask."""

import base64
import os
import re
import socket
import subprocess
import sys

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core.folders import PROJECT
from dashboard.cookie import Signed
from dashboard.draw.stage.asked import word_on
from dashboard.web import facts, rates
from dashboard.web.framed import Framed
from dashboard.web.headers import Headers, policy
from dashboard.web.rates import Buckets, Rate, Rates, household
from dashboard.web.status import Status
from dashboard.web.warm import answer_at_once
from tests.asgi import ask

PAGE, FILE = Headers(HTMLResponse("page")), Headers(PlainTextResponse("file"))


def test_a_page_runs_our_scripts_alone_and_stands_in_our_frames_alone(monkeypatch):
    monkeypatch.delenv("DIGITLAB_EMBED", raising=False)
    headers = ask(PAGE, "/", host="lab.example:8501").headers
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'self'" and "unsafe-inline" not in rules["script-src"]
    assert "'unsafe-eval'" not in rules["script-src"] and rules["script-src"].count("'sha256-") == 2
    assert rules["connect-src"] == "'self' ws://lab.example:8501 wss://lab.example:8501"
    assert rules["frame-ancestors"] == "'self'" and headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"


def test_a_file_has_no_policy_and_is_what_it_says_that_it_is():
    headers = ask(FILE, "/file").headers
    assert "content-security-policy" not in headers and headers["x-content-type-options"] == "nosniff"


def test_who_may_show_it_in_a_frame_is_a_setting_and_nonsense_in_it_is_left_out(monkeypatch):
    monkeypatch.setenv("DIGITLAB_EMBED", "https://school.example 'none'; https://*.lab.example:8443")
    headers = ask(PAGE, "/").headers
    assert (
        "frame-ancestors 'self' https://school.example https://*.lab.example:8443" in headers["content-security-policy"]
    )
    assert "x-frame-options" not in headers


def test_cookies_are_kept_in_an_allowed_frame_and_are_the_page_s_own_elsewhere(monkeypatch):
    def told(**headers: str) -> str:
        return ask(Framed(Signed(HTMLResponse("page"))), "/", **headers).headers["set-cookie"]

    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    monkeypatch.delenv("DIGITLAB_EMBED", raising=False)
    assert told(x_forwarded_proto="https").endswith("; HttpOnly; SameSite=Lax; Secure")
    monkeypatch.setenv("DIGITLAB_EMBED", "https://school.example")
    assert told(x_forwarded_proto="https").endswith("; HttpOnly; SameSite=None; Secure; Partitioned")
    assert told().endswith("; HttpOnly; SameSite=Lax")  # without HTTPS a browser would keep no other


def test_a_host_that_is_none_opens_nothing():
    assert "connect-src 'self';" in policy("")
    answer = ask(PAGE, "/", host="a b; script-src *")
    assert "script-src *" not in answer.headers["content-security-policy"]


def test_figures_of_the_server_are_not_public():
    assert ask(FILE, "/_stcore/metrics").status == 404


def test_an_address_has_what_it_saved_and_no_other_s():
    now = [0.0]
    buckets = Buckets(Rate(burst=3, second=0.5), clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b")
    now[0] = 2.0  # one more
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    now[0] = 1_000.0  # no more than three
    assert sum(buckets.take("a") for _ in range(9)) == 3


def test_the_table_of_addresses_is_bounded(monkeypatch):
    monkeypatch.setattr(rates, "MOST_ADDRESSES", 10)
    buckets = Buckets(Rate(burst=1, second=1))
    assert all(buckets.take(str(number)) for number in range(100))
    assert len(buckets) == 10


@pytest.mark.parametrize(("hosted", "statuses"), [("1", [200, 200, 429]), ("0", [200, 200, 200])])
def test_strangers_are_held_off_with_a_sentence_and_at_home_nobody_is(monkeypatch, hosted, statuses):
    monkeypatch.setenv("DIGITLAB_HOSTED", hosted)
    monkeypatch.setattr(rates, "FILES", Rate(burst=2, second=0.0))
    app = Rates(PlainTextResponse("file"), readings="/read")
    answers = [ask(app, "/file") for _ in range(3)]
    assert [answer.status for answer in answers] == statuses
    if hosted == "1":
        assert answers[-1].body.startswith(b"Too much was asked") and answers[-1].headers["retry-after"] == "30"


def test_what_listens_answers_at_once():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert answer_at_once() >= 1
        with socket.create_connection(server.getsockname()), server.accept()[0] as taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_all_addresses_of_one_connection_count_as_one():
    assert household("2001:db8:1:2:3:4:5:6") == household("2001:db8:1:2::9") != household("2001:db8:1:3::9")
    assert household("192.0.2.7") == household("::ffff:192.0.2.7") != household("192.0.2.8")
    assert household("elsewhere") == "elsewhere"


def test_the_server_asks_nobody_outside_for_its_address():
    """Streamlit would, for its start and for each websocket of another site, and stand still until somebody answers."""
    with socket.create_server(("127.0.0.1", 0)) as outside:
        outside.setblocking(False)
        way = "http://{}:{}".format(*outside.getsockname())
        code = (
            "import streamlit_app\nfrom streamlit import net_util\n"
            "from streamlit.web.server.server_util import is_url_from_allowed_origins as allowed\n"
            "print(net_util.get_external_ip(), allowed('http://elsewhere.test'), allowed('http://localhost'))"
        )
        told = subprocess.run(
            [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True,
            env=os.environ | {"http_proxy": way, "https_proxy": way, "no_proxy": ""},
        )  # fmt: skip
        assert told.stdout.split() == ["None", "False", "True"]
        with pytest.raises(BlockingIOError):
            outside.accept()


def owner(key: str) -> str:
    return "Basic " + base64.b64encode(f"anyone:{key}".encode()).decode()


LONG = "a key that nobody guesses"


def test_without_a_key_there_is_no_status_page(monkeypatch):
    for key in ("", "short"):
        monkeypatch.setenv("DIGITLAB_STATUS_KEY", key)
        assert ask(Status(Response(status_code=299), read=word_on), "/status", authorization=owner(key)).status == 299


def test_the_status_page_is_for_who_has_the_key(monkeypatch):
    monkeypatch.setenv("DIGITLAB_STATUS_KEY", LONG)
    for given in ("", "Basic ?", owner("another key of letters"), owner(LONG).replace("Basic", "Bearer"), "Basic 4pyT"):
        answer = ask(Status(Response(status_code=299), read=word_on), "/status", authorization=given)
        assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Basic")


def test_the_status_page_says_how_the_server_is_and_reads_a_digit(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_STATUS_KEY", LONG)
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path))
    page = ask(Status(Response(status_code=299), read=word_on), "/status", method="POST", authorization=owner(LONG))
    text = page.body.decode()
    assert page.status == 200 and page.headers["cache-control"] == "no-store"
    assert "refresh" not in page.headers  # what was tried stays
    for part in (
        "Memory",
        "Open tabs",
        "none yet",
        "0 at work, 0 waiting",
        "Network default",
        "can be written",
        "It says 7",
    ):
        assert part in text
    assert 'class="bad"' not in text


def test_the_status_page_says_what_is_wrong_with_the_server(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_STATUS_KEY", LONG)
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path / "file" / "runs"))
    monkeypatch.setattr(facts, "MODELS", tmp_path)
    (tmp_path / "file").touch()
    page = ask(Status(Response(status_code=299), read=word_on), "/status", authorization=owner(LONG))
    wrong = re.findall(r'row">([^<]*)</th><td class="bad">([^<]+)', page.body.decode())
    assert page.status == 200 and page.headers["refresh"] == "15"  # it looks again by itself
    assert {"The folder of the runs", "Network guard"} <= dict(wrong).keys() and "The bundled digits" not in dict(wrong)
    assert "cannot be written: Not a directory" in dict(wrong)["The folder of the runs"]
