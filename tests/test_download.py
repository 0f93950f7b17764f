"""The download of MNIST, against a local server that is down, slow, cut off, wrong or hostile."""

import gzip
import hashlib
import os
import re
import socket
import threading
import time
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from core.datasets import transfer
from core.datasets.download import MIRRORS, download_mnist
from core.datasets.mnist import FILES, MnistFile
from core.errors import DigitLabError

# Noise, which gzip cannot shrink: so a cut or a trickle meets the middle of the file, not its end.
SIZES = {"file-0-idx": 90_000, "file-1-idx": 400}
CONTENT = {name: b"\0" + np.random.default_rng(size).bytes(size) for name, size in SIZES.items()}
SMALL = {
    name: MnistFile(name, hashlib.sha256(content).hexdigest(), len(content), len(content) + 50)
    for name, content in CONTENT.items()
}
TOTAL = sum(file.packed_size for file in SMALL.values())


class Mirrors:
    """One server; the first part of a path says how it behaves, the last part is the file asked for."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.closing = threading.Event()
        self.meeting = threading.Barrier(2)
        mirrors = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirrors.requests.append(self.path)
                _, behaviour, name = self.path.split("/")
                try:
                    getattr(mirrors, behaviour)(self, gzip.compress(CONTENT[name.removesuffix(".gz")]), name)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client has given up, as it should

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{behaviour}/"

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def send(handler: BaseHTTPRequestHandler, body: bytes, length: int | None = None) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    def good(self, handler, body, name) -> None:
        self.send(handler, body)

    def together(self, handler, body, name) -> None:
        self.meeting.wait(10)  # both downloads are at this file
        self.send(handler, body)

    def unpacked(self, handler, body, name) -> None:
        self.send(handler, gzip.decompress(body))

    def missing(self, handler, body, name) -> None:
        handler.send_error(404)

    def second_missing(self, handler, body, name) -> None:
        handler.send_error(404) if name == "file-1-idx.gz" else self.send(handler, body)

    def truncated(self, handler, body, name) -> None:
        self.send(handler, body[: len(body) // 2], len(body))

    def cut(self, handler, body, name) -> None:
        self.send(handler, body[:-4])

    def cut_unpacked(self, handler, body, name) -> None:
        self.send(handler, gzip.decompress(body)[:-4])

    def empty(self, handler, body, name) -> None:
        self.send(handler, b"")

    def other(self, handler, body, name) -> None:
        content = gzip.decompress(body)
        self.send(handler, gzip.compress(content[:-1] + bytes([content[-1] ^ 1])))

    def damaged(self, handler, body, name) -> None:
        self.send(handler, body[:50] + bytes(100) + body[150:])

    def page(self, handler, body, name) -> None:
        self.send(handler, b"<!doctype html><title>Sign in to this network</title>")

    def long_page(self, handler, body, name) -> None:
        self.send(handler, b"<!doctype html>" + b" " * 300_000)

    def bomb(self, handler, body, name) -> None:
        self.send(handler, gzip.compress(bytes(50 << 20), compresslevel=1))

    def tail(self, handler, body, name) -> None:
        self.send(handler, body + b"and more")

    def endless(self, handler, body, name) -> None:
        """Compressed bytes for ever, of which no content comes."""
        packer = zlib.compressobj(wbits=31)
        self.send(handler, packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH), 1 << 40)
        while not self.closing.is_set():
            handler.wfile.write(packer.flush(zlib.Z_FULL_FLUSH) or b"\0\0\0\xff\xff" * 1000)

    def silent(self, handler, body, name) -> None:
        self.send(handler, body[:30_000], len(body))
        self.closing.wait()

    def trickle(self, handler, body, name) -> None:
        self.send(handler, body[:3_000], len(body))
        for byte in body[3_000:]:
            if self.closing.wait(0.02):
                return
            handler.wfile.write(bytes([byte]))

    def trickled_header(self, handler, body, name) -> None:
        while not self.closing.wait(0.02):
            handler.wfile.write(b"H")


@pytest.fixture
def mirrors(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(transfer, "POLL", 0.02)
    server = Mirrors()
    yield server
    server.close()


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


def fetch(folder: Path, *urls: str, **more) -> Path:
    return download_mnist(folder, mirrors=urls, files=SMALL, **more)


def assert_complete(folder: Path, end: str = ".gz") -> None:
    assert sorted(path.name for path in folder.iterdir()) == [f"{name}{end}" for name in CONTENT]
    for name, content in CONTENT.items():
        stored = (folder / f"{name}{end}").read_bytes()
        assert (gzip.decompress(stored) if end else stored) == content


# A mirror that works


def test_files_arrive_whole_and_progress_only_grows(mirrors, tmp_path):
    calls = []
    folder = fetch(tmp_path / "mnist", mirrors.url("good"), progress=lambda *call: calls.append(call))
    assert folder == tmp_path / "mnist"
    assert_complete(folder)
    done = [call[0] for call in calls]
    assert done == sorted(set(done))
    assert len(done) > 2
    assert calls[-1] == (TOTAL, TOTAL)
    assert {call[1] for call in calls} == {TOTAL}
    assert (folder / "file-0-idx.gz").stat().st_mode & 0o777 == 0o644


def test_a_file_unpacked_on_the_way_is_stored_under_its_plain_name(mirrors, tmp_path):
    assert_complete(fetch(tmp_path, mirrors.url("unpacked")), end="")
    mirrors.requests.clear()
    fetch(tmp_path, mirrors.url("unpacked"))
    assert mirrors.requests == []


def test_no_part_of_a_file_is_ever_under_its_final_name(mirrors, tmp_path):
    seen = []

    def look(done: int, total: int) -> None:
        for path in tmp_path.glob("file-*"):
            seen.append(gzip.decompress(path.read_bytes()) == CONTENT[path.stem])

    fetch(tmp_path, mirrors.url("silent"), mirrors.url("good"), progress=look, timeout=0.8)
    assert seen
    assert all(seen)


# Mirrors that do not

FAULTS = {
    "missing": "answered with error 404",
    "truncated": "broke off before the end of the file",
    "cut": "broke off before the end of the file",
    "cut_unpacked": "broke off before the end of the file",
    "empty": "broke off before the end of the file",
    "other": "sent a file with other content",
    "damaged": "sent a damaged file|sent a file with other content",
    "page": "sent a web page instead of the file",
    "long_page": "sent a web page instead of the file",
    "bomb": "sent more than the file holds",
    "tail": "sent more than the file holds",
    "endless": "sent more than the file holds|sent a damaged file",
    "silent": "sent nothing for 0.8 s",
    "trickle": "was too slow",
    "trickled_header": "sent nothing for 0.8 s",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mirror_at_fault_leaves_nothing_and_the_next_one_is_asked(mirrors, tmp_path, monkeypatch, fault):
    # Short patience only where a mirror is waited for: a busy machine must not make a good one look slow.
    patience = 0.8 if fault in ("silent", "trickle", "trickled_header") else 10
    monkeypatch.setattr(transfer, "SLOW_FOR", patience)
    with pytest.raises(DigitLabError, match=FAULTS[fault]):
        fetch(tmp_path, mirrors.url(fault), timeout=patience)
    assert list(tmp_path.iterdir()) == []
    calls = []
    urls = mirrors.url(fault), mirrors.url("good")
    fetch(tmp_path, *urls, timeout=patience, progress=lambda *call: calls.append(call))
    assert_complete(tmp_path)
    assert calls == sorted(set(calls))
    assert calls[-1] == (TOTAL, TOTAL)


def test_a_mirror_that_is_down_falls_to_the_next(mirrors, tmp_path):
    assert_complete(fetch(tmp_path, closed_port(), mirrors.url("good")))


def test_each_file_falls_back_by_itself_and_the_mirror_that_worked_goes_first(mirrors, tmp_path):
    assert_complete(fetch(tmp_path, mirrors.url("second_missing"), mirrors.url("good")))
    assert mirrors.requests == [
        "/second_missing/file-0-idx.gz",
        "/second_missing/file-1-idx.gz",
        "/good/file-1-idx.gz",
    ]
    mirrors.requests.clear()
    fetch(tmp_path / "again", mirrors.url("page"), mirrors.url("good"))
    assert mirrors.requests == ["/page/file-0-idx.gz", "/good/file-0-idx.gz", "/good/file-1-idx.gz"]


def test_when_all_are_down_one_sentence_says_what_happened_and_what_to_do(mirrors, tmp_path):
    down = closed_port()
    with pytest.raises(DigitLabError) as caught:
        fetch(tmp_path, down, mirrors.url("missing"))
    sentence = str(caught.value)
    first, second = (re.escape(url.split("/")[2]) for url in (down, mirrors.url("missing")))
    assert re.search(rf"{first} could not be reached \(Connection refused\); ", sentence)
    assert re.search(rf"; {second} answered with error 404 ", sentence)
    assert f"put the four files into {tmp_path}" in sentence
    assert "use the bundled digits" in sentence
    assert "\n" not in sentence


def test_no_mirror_at_all(tmp_path):
    with pytest.raises(DigitLabError, match="no mirror was given"):
        fetch(tmp_path)


# What is already there


def test_files_that_are_there_and_right_are_not_fetched_again(mirrors, tmp_path):
    (tmp_path / "file-0-idx").write_bytes(CONTENT["file-0-idx"])
    calls = []
    fetch(tmp_path, mirrors.url("good"), progress=lambda *call: calls.append(call))
    assert mirrors.requests == ["/good/file-1-idx.gz"]
    assert calls[0] == (SMALL["file-0-idx"].packed_size, TOTAL)
    assert calls[-1] == (TOTAL, TOTAL)


def test_a_wrong_file_is_replaced_only_by_a_right_one(mirrors, tmp_path):
    wrong = tmp_path / "file-0-idx.gz"
    wrong.write_bytes(b"half a fi")
    with pytest.raises(DigitLabError):
        fetch(tmp_path, mirrors.url("cut"))
    assert wrong.read_bytes() == b"half a fi"
    assert_complete(fetch(tmp_path, mirrors.url("good")))


def test_a_bomb_is_unpacked_no_further_than_the_size_of_the_file(mirrors, tmp_path):
    (tmp_path / "file-0-idx.gz").write_bytes(gzip.compress(bytes(50 << 20), compresslevel=1))
    tracemalloc.start()
    try:
        assert_complete(fetch(tmp_path, mirrors.url("good")))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_what_a_killed_download_left_goes_and_what_another_one_writes_stays(mirrors, tmp_path):
    old, new = tmp_path / ".file-0-idx.old.part", tmp_path / ".file-0-idx.new.part"
    old.touch()
    new.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    fetch(tmp_path, mirrors.url("good"))
    assert not old.exists()
    assert new.exists()


def test_two_downloads_at_once_do_not_hurt_each_other(mirrors, tmp_path):
    folders = []
    threads = [
        threading.Thread(target=lambda: folders.append(fetch(tmp_path, mirrors.url("together")))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(mirrors.requests) == 4
    assert folders == [tmp_path, tmp_path]
    assert_complete(tmp_path)


# Places that cannot be written


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DigitLabError, match="file/mnist cannot be used: Not a directory"):
        fetch(tmp_path / "file" / "mnist", closed_port())


def test_the_real_addresses_are_two_and_encrypted():
    hosts = {mirror.split("/")[2] for mirror in MIRRORS}
    assert len(hosts) == len(MIRRORS) == 2
    assert all(mirror.startswith("https://") for mirror in MIRRORS)
    assert {file.name for file in FILES.values()} == {
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    }
