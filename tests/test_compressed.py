"""Streamlit's scripts travel compressed, and everything else as before."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from dashboard import compressed
from dashboard.compressed import Compressed
from tests.coroutines import run

SCRIPT = b"const long = 'a script that repeats itself';\n" * 200
PASSED_ON = 299


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """The app that the middleware stands before: its answer is known by its status."""
    await send({"type": "http.response.start", "status": PASSED_ON, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "static"
    (inside / "js").mkdir(parents=True)
    (inside / "js" / "index.abc.js").write_bytes(SCRIPT)
    (inside / "js" / "font.woff2").write_bytes(SCRIPT)
    (tmp_path / "secret.js").write_bytes(SCRIPT)
    return inside


def answer(
    app: Compressed, path: str, accept: str = "gzip, deflate, br", **more: Any
) -> tuple[int, dict[str, str], bytes]:
    """What the middleware sends: the status, the headers and the body."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    headers = [(b"accept-encoding", accept.encode()), *more.pop("headers", [])]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, **more}
    run(app(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("path", ["/static/js/index.abc.js", "/below/a/path/static/js/index.abc.js"])
def test_a_script_is_sent_compressed_and_kept_by_the_browser(folder: Path, path: str) -> None:
    status, headers, body = answer(Compressed(behind, folder), path)
    assert status == 200 and gzip.decompress(body) == SCRIPT and len(body) < len(SCRIPT) / 10
    assert headers["content-encoding"] == "gzip" and headers["vary"] == "Accept-Encoding"
    assert headers["content-type"].startswith("text/javascript")
    assert "immutable" in headers["cache-control"] and int(headers["content-length"]) == len(body)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/static/js/index.abc.js", "identity"),
        ("/static/js/index.abc.js", "br, gzip;q=0"),
        ("/static/js/none.js", "gzip"),
        ("/static/js/font.woff2", "gzip"),
        ("/static/../secret.js", "gzip"),
        ("/static//etc/hosts.js", "gzip"),
        ("/static/js/\0.js", "gzip"),
        ("/_stcore/health", "gzip"),
        ("/", "gzip"),
    ],
)
def test_all_else_is_left_to_streamlit(folder: Path, path: str, accept: str) -> None:
    assert answer(Compressed(behind, folder), path, accept)[0] == PASSED_ON


def test_a_part_of_a_script_and_what_is_sent_are_left_to_streamlit(folder: Path) -> None:
    app, path = Compressed(behind, folder), "/static/js/index.abc.js"
    assert answer(app, path, headers=[(b"range", b"bytes=0-9")])[0] == PASSED_ON
    assert answer(app, path, method="POST")[0] == PASSED_ON


def test_a_script_is_compressed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, done = Compressed(behind, folder), []
    compress = compressed.gzip.compress
    monkeypatch.setattr(compressed.gzip, "compress", lambda *given: done.append(1) or compress(*given))
    bodies = {answer(app, "/static/js/index.abc.js")[2] for _ in range(3)}
    assert len(bodies) == 1 and len(done) == 1


def test_streamlits_own_folder_is_served_from() -> None:
    """Where Streamlit moves its files, this fails and not only a visitor's patience."""
    folder = Path(compressed.get_static_dir()) / "static"
    script = next(folder.glob("js/index.*.js"))
    status, _, body = answer(Compressed(behind), f"/static/js/{script.name}")
    assert status == 200 and len(body) < script.stat().st_size / 2
