"""The big screen: where a phone in the room finds the page, and the code that leads there."""

import html

import pytest
import segno

from dashboard import presenter
from dashboard.presenter import reachable

OWN = "192.168.1.20"


@pytest.mark.parametrize(
    ("url", "listens_at", "expected"),
    [
        ("https://digits.example.org/", "", "https://digits.example.org/"),
        ("https://digits.example.org/draw?stage=1#top", "127.0.0.1", "https://digits.example.org/draw"),
        ("http://localhost:8501/", "", f"http://{OWN}:8501/"),
        ("http://localhost/", "0.0.0.0", f"http://{OWN}/"),
        ("http://127.0.0.1:8501/draw", "::", f"http://{OWN}:8501/draw"),
        ("http://[::1]:8501/", "", f"http://{OWN}:8501/"),
        ("http://digits.localhost:8501/", "", f"http://{OWN}:8501/"),
        ("http://localhost:8501/", "localhost", None),
        ("http://127.0.0.1:8501/", "127.0.0.1", None),
        ("http://10.0.0.7:8501/", "", "http://10.0.0.7:8501/"),
        ("", "", None),
    ],
)
def test_the_code_leads_to_where_a_phone_finds_the_page(url: str, listens_at: str, expected: str | None) -> None:
    assert reachable(url, listens_at, own_address=OWN) == expected


def test_the_code_keeps_the_network_in_use_and_what_it_says_is_written_under_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presenter.visitor, "in_url", lambda: {"model": "rashid"})
    shown = html.unescape(presenter._code("https://digits.example.org/draw"))
    code = segno.make("https://digits.example.org/draw?model=rashid", error="m")
    assert code.svg_data_uri(border=3, dark="#1c2028", light="#fffefa") in shown
    assert "<figcaption>digits.example.org/draw?model=rashid</figcaption>" in shown
