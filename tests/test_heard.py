"""What is heard of a browser over its websocket: nothing by which one visitor empties what all share."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.web.heard import HeardOfPages, is_said_by_pages
from tests.browser.app import serve
from tests.coroutines import run
from tests.load.drawings import digits
from tests.load.tab import open_tab
from tests.visitors import visitors


def said(kind: str) -> bytes:
    """A message of this kind, with as much in it as makes it one."""
    message = BackMsg()
    value = getattr(message, kind)
    if isinstance(value, bool):
        setattr(message, kind, True)
    else:
        value.SetInParent()
    return message.SerializeToString()


KINDS = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]
OF_PAGES = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_pages_say_is_heard_and_nothing_else(kind):
    assert is_said_by_pages(said(kind)) == (kind in OF_PAGES)


def test_what_comes_last_counts_as_it_does_where_it_is_read():
    """Of two kinds in one message the last one is meant: nothing is hidden behind what may be said."""
    assert not is_said_by_pages(said("app_heartbeat") + said("clear_cache"))
    assert is_said_by_pages(said("clear_cache") + said("app_heartbeat"))
    assert is_said_by_pages(b"") and is_said_by_pages(b"\xff\xff\xff")  # Streamlit ends the connection


def test_a_websocket_is_sifted_and_nothing_else():
    messages = [{"type": "websocket.receive", "bytes": said("clear_cache")},
                {"type": "websocket.receive", "text": "letters"}, {"type": "websocket.disconnect"}]  # fmt: skip

    async def receive():
        return waiting.pop(0)

    async def listens(scope, receive, send):
        for _ in range(2):
            heard.append(await receive())

    for kind, expected in (("websocket", messages[1:]), ("http", messages[:2])):
        waiting, heard = list(messages), []
        run(HeardOfPages(listens)({"type": kind}, receive, None))
        assert heard == expected


def test_a_stranger_does_not_empty_what_all_share(tmp_path):
    """Another's drawing is known as before; and the session of who said so too."""
    (sheets,) = digits(1)

    async def go(address, stranger):
        async with open_tab(address) as tab:
            await tab.come()
            before = await tab.draw(sheets[-1])
            for kind in ("clear_cache", "load_git_info", "set_run_on_save"):
                stranger.send(said(kind))
            stranger.open("draw")
            assert sheets[-1].is_answered_by(await tab.draw(sheets[-1])) and sheets[-1].is_answered_by(before)
            assert tab.asked_twice == 0  # where the server knows nothing of a drawing, its session has to be told

    with serve(tmp_path / "runs", DIGITLAB_HOSTED="1") as address, visitors(address, 1) as (stranger,):
        run(go(address, stranger))
