"""What a browser is told to fetch: which networks, where, and when none."""

import pytest
import streamlit as st
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from core.errors import DigitLabError
from dashboard import shared
from dashboard.parts import served


@pytest.fixture
def server(monkeypatch) -> MemoryMediaFileStorage:
    """As much of a running server as serves files."""
    storage = MemoryMediaFileStorage("/media")
    runtime = type("Runtime", (), {"media_file_mgr": MediaFileManager(storage)})()
    monkeypatch.setattr(st.runtime, "exists", lambda: True)
    monkeypatch.setattr(st.runtime, "get_instance", lambda: runtime)
    return storage


def test_a_light_network_comes_before_the_one_in_use(server):
    light, used = served.networks("default")
    assert (light["name"], used["name"]) == ("blog", "default")
    assert light["bytes"] < 320_000 < used["bytes"] and light["hash"] != used["hash"]
    assert light["geometry"]["shape"] == used["geometry"]["shape"] == [28, 28]
    for each in (light, used):
        content = server.get_file(each["url"].removeprefix("/media/")).content
        assert content == shared.packed(each["name"]).content and len(content) == each["bytes"]


def test_a_small_network_needs_none_before_it(server):
    (only,) = served.networks("small")
    assert only["name"] == "small" and only["geometry"]["cells"] == 4 and only["bytes"] < 12_000


def test_what_is_too_large_for_a_browser_is_left_to_the_server(server, monkeypatch):
    def refuse(name):
        raise DigitLabError("Too large.")

    monkeypatch.setattr(shared, "packed", refuse)
    assert served.networks("default") == []


def test_the_guard_comes_with_the_limits_that_the_server_judges_by(server):
    guard = served.guard()
    content = server.get_file(guard["url"].removeprefix("/media/")).content
    assert len(content) == guard["bytes"] < 720_000 and guard["geometry"]["shape"] == [28, 28]
    assert guard["limits"] == {"leastDigit": 0.75, "leastConfidence": 0.6}


def test_without_a_server_there_is_nothing_to_fetch():
    assert served.networks("default") == []
    assert served.guard() is None


def test_in_the_past_no_other_network_flashes_in_between(server, monkeypatch):
    monkeypatch.setattr(served, "HEAVY", 1)
    assert [each["name"] for each in served.networks("recording@0")] == ["recording@0"]
    assert [each["name"] for each in served.networks("recording")] == ["blog", "recording"]
