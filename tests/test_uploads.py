"""Uploads are bounded in number and bytes, of one visitor and of all, in the real server too."""

import uuid
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile, UploadedFileRec
from websockets.exceptions import ConnectionClosed

from core.errors import DigitLabError
from dashboard import uploads
from dashboard.uploads import MOST_BYTES, MOST_FILES, MOST_IN_ALL, BoundedUploads, still_here
from tests.browser.app import serve
from tests.test_server_memory import megabytes, server_at
from tests.visitors import visitors


@pytest.fixture
def manager():
    manager = MemoryUploadedFileManager("/upload")
    BoundedUploads(manager)
    return manager


def put(manager: MemoryUploadedFileManager, session: str, name: str, size: int = 1) -> None:
    manager.add_file(session, UploadedFileRec(name, "digit.png", "image/png", bytes(size)))


def kept(manager: MemoryUploadedFileManager, session: str, names: list[str]) -> list[str]:
    return [file.file_id for file in manager.get_files(session, names)]


def test_a_file_that_gave_way_is_asked_for_again():
    """Its field still holds something: the page of that visitor ended with an error."""
    file = UploadedFile(UploadedFileRec("one", "digit.png", "image/png", b"1"), FileURLs())
    assert still_here([None]) == [] and still_here([file]) == [file]
    with pytest.raises(DigitLabError, match="Give it again"):
        still_here([file, DeletedFile("two")])


def test_the_oldest_files_of_a_visitor_give_way_and_no_other_s(manager):
    names = [f"file {number}" for number in range(MOST_FILES + 2)]
    put(manager, "other", "first")
    for name in names:
        put(manager, "one", name)
    assert kept(manager, "one", names) == names[2:]
    assert kept(manager, "other", ["first"]) == ["first"]


def test_a_visitor_s_bytes_are_bounded(manager):
    for name in ("a", "b", "c"):
        put(manager, "one", name, MOST_BYTES // 2)
    assert kept(manager, "one", ["a", "b", "c"]) == ["b", "c"]


def test_all_visitors_bytes_are_bounded(manager):
    sessions = [f"session {number}" for number in range(10)]
    for session in sessions:
        put(manager, session, "file", MOST_BYTES)
    left = [session for session in sessions if kept(manager, session, ["file"])]
    assert left == sessions[-(MOST_IN_ALL // MOST_BYTES) :]


def test_what_a_closed_tab_had_counts_no_more(manager):
    put(manager, "gone", "file", MOST_BYTES)
    manager.remove_session_files("gone")
    for number in range(MOST_IN_ALL // MOST_BYTES):
        put(manager, f"session {number}", "file", MOST_BYTES)
    assert kept(manager, "session 0", ["file"]) == ["file"]


def test_a_file_that_comes_again_is_counted_once(manager):
    for _ in range(3):
        put(manager, "one", "file", MOST_BYTES)
    put(manager, "two", "file")
    assert kept(manager, "one", ["file"]) == ["file"]


def send(address: str, session: str, content: bytes, token: str) -> int:
    """Upload a file as a browser does, for an id that no page has asked for; returns the HTTP status."""
    edge = uuid.uuid4().hex
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="digit.png"\r\n'
        "Content-Type: image/png\r\n\r\n".encode()
        + content
        + f"\r\n--{edge}--\r\n".encode()
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Cookie": f"_streamlit_xsrf={token}",
               "X-Xsrftoken": token}  # fmt: skip
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request("PUT", f"/_stcore/upload_file/{session}/{uuid.uuid4()}", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def given(address: str) -> str:
    """The cookie without which no file is taken, as a browser is given it over HTTPS."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request("GET", "/_stcore/health", headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().headers["Set-Cookie"]
    finally:
        connection.close()


@pytest.mark.slow
def test_forty_unused_uploads_do_not_fill_the_server(tmp_path):
    """Nor those of who never looks at a page: the first look, at which it is still empty, is enough."""
    with serve(tmp_path, DIGITLAB_EMBED="https://school.example") as address, visitors(address, 2) as tabs:
        sessions = [tab.session for tab in tabs]
        assert all(sessions)
        cookie, content = given(address), bytes(7_900_000)
        assert cookie.endswith("; SameSite=None; Secure; Partitioned")  # else the frame could upload nothing
        token = cookie.split("_streamlit_xsrf=")[1].split(";")[0]
        server = server_at(address)
        before = megabytes(server)
        for session in sessions * 20:
            assert send(address, session, content, token) == 204
        assert send(address, sessions[0], bytes(9_000_000), token) == 413
        tabs[1].send(bytes(2_100_000))  # more than a page ever has to say at once
        with pytest.raises(ConnectionClosed, match="1009"):
            tabs[1].open("draw")
        assert megabytes(server) - before < 2 * uploads.MOST_BYTES / 1e6 + 40  # what is kept, and what was under way
