"""The page before Streamlit has come: what the server answers, and what it leaves to Streamlit."""

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from streamlit.file_util import get_static_dir

from core.catalog import load_model
from core.models.packed import pack
from dashboard.draw.stage import first
from dashboard.draw.stage.first import FirstPage, first_page
from dashboard.parts.served import LIGHT
from tests.coroutines import run

INDEX = Path(get_static_dir()) / "index.html"
PASSED_ON = 299


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """Streamlit, which is known by its status."""
    await send({"type": "http.response.start", "status": PASSED_ON, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def answer(path: str, *, method: str = "GET", query: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asked = {"accept": "text/html,*/*"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(),
             "headers": [(name.encode(), value.encode()) for name, value in asked.items()]}  # fmt: skip
    run(FirstPage(behind)(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent)


def test_streamlits_scripts_wait_and_none_is_lost() -> None:
    page = first_page(INDEX, "en").decode()
    before, later = page.split('<template class="first-later">')
    later, after = later.split("</template>", 1)
    pattern = r'(?:src|href)="(\./static/[^"]+)"'
    assert set(re.findall(pattern, later)) == set(re.findall(pattern, INDEX.read_text()))
    assert not re.findall(pattern, before + after), "the stage's own come first"
    assert 'data-testid="pad"' in before and '<div id="root"></div>' in before


@pytest.mark.parametrize("path", ["/", "/draw", "/below/a/path/"])
def test_the_first_page_is_small_and_asked_for_anew_each_time(path: str) -> None:
    status, headers, body = answer(path, accept_encoding="gzip")
    assert status == 200 and headers["content-encoding"] == "gzip" and headers["cache-control"] == "no-cache"
    assert len(body) < 20_000, "it is what a slow link waits for"
    assert b"digit-lab-first" in gzip.decompress(body)
    assert b"digit-lab-first" in answer(path)[2], "to who takes nothing compressed, as it is"


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "/train"},
        {"path": "/_stcore/health"},
        {"path": "/", "accept": "application/json"},
        {"path": "/", "query": "stage=1"},
        {"path": "/", "method": "POST"},
        {"path": "/digit-lab/none.js"},
        {"path": "/digit-lab/../first.py"},
    ],
)
def test_all_else_is_left_to_streamlit(asked: dict[str, str]) -> None:
    assert answer(**asked)[0] == PASSED_ON


def test_a_page_of_streamlits_that_is_not_as_known_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "index.html"
    other.write_text(INDEX.read_text().replace('<div id="root"></div>', '<div id="app"></div>'))
    assert first_page(other, "en") is None
    other.write_text('<html><head></head><body><div id="root"></div></body></html>')
    assert first_page(other, "en") is None, "whose scripts are not found"


def test_its_files_are_kept_by_the_browser_under_names_of_their_content() -> None:
    page = first_page(INDEX, "en").decode()
    data = json.loads(re.search(r'class="first-data">(.*?)</script>', page, re.DOTALL)[1])
    (network,) = data["networks"]
    status, headers, body = answer(network["url"])
    assert status == 200 and "immutable" in headers["cache-control"]
    assert body == pack(load_model(LIGHT)) and network["bytes"] == len(body)
    assert network["hash"] == hashlib.sha256(body).hexdigest()[:32], "by which the real page finds it again"
    script = re.search(r'src="\.(/digit-lab/[^"]+)"', page)[1]
    status, headers, body = answer(script, accept_encoding="br, gzip")
    assert status == 200 and headers["content-type"].startswith("text/javascript")
    assert len(body) < 40_000 and b"class Stage" in gzip.decompress(body)


def test_the_language_is_the_best_of_those_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first, "languages", lambda: ["en", "de", "fr"])
    assert first._language("de-AT,de;q=0.9,en;q=0.8") == "de"
    assert first._language("pl, fr;q=0.5, en;q=0.3") == "fr"
    assert first._language("pl") == first._language("") == first._language("*") == "en"
