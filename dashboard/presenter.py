"""The big screen, `?stage=1`: the stage alone, in type that is read from the back of a room, and a code for people's phones."""

import html
import ipaddress
import socket
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from core.catalog import DEFAULT
from dashboard import visitor
from dashboard.parts.past import say_past
from dashboard.parts.refusals import told
from dashboard.say import say

PARAMETER, ON = "stage", "1"  # in the URL, so that it is still on after a reload
EVERYWHERE = ("", "0.0.0.0", "::")  # addresses that a server listens at for the whole network
ELSEWHERE = ("192.0.2.1", 9)  # an address that is nobody's (RFC 5737): asked for the way to it, nothing is sent
_STYLE = Path(__file__).parent / "look" / "presenter.css"


def is_on() -> bool:
    return st.query_params.get(PARAMETER) == ON


def enter_button() -> None:
    st.button(say("Big screen"), key="big-screen", icon=":material/fullscreen:", on_click=told(_enter),
              help=say("Only the stage, in large type, for a room full of people."))  # fmt: skip


def frame() -> None:
    """What stands around the stage on a big screen: how to leave it, and how to come to the page by phone."""
    st.html(_STYLE)
    visitor.chosen(visitor.MODEL, visitor.model_names(), DEFAULT)
    say_past()
    with st.container(key="presenter"):
        st.button(say("Leave the big screen"),
                  help=say("Back to the page with its menu. The Escape key does it too."),
                  key="leave-big-screen", icon=":material/fullscreen_exit:", shortcut="Esc",
                  on_click=told(_leave))  # fmt: skip
        address = reachable(st.context.url or "", st.get_option("server.address") or "")
        if address:
            st.html(_code(address))


def _enter() -> None:
    st.query_params[PARAMETER] = ON


def _leave() -> None:
    st.query_params.pop(PARAMETER, None)


def _code(address: str) -> str:
    """The QR code of an address, with its words."""
    carried = visitor.in_url()
    target = f"{address}?{urlencode(carried)}" if carried else address
    drawing = segno.make(target, error="m").svg_data_uri(border=3, dark="#1c2028", light="#fffefa")
    label = say("A code that opens this page on a phone")
    name = target.split("://", 1)[1].rstrip("/")
    picture = f'<img alt="{html.escape(label)}" src="{html.escape(drawing)}">'
    return f'<figure class="code">{picture}<figcaption>{html.escape(name)}</figcaption></figure>'


def reachable(url: str, listens_at: str, *, own_address: str | None = None) -> str | None:
    """Where a phone in the room finds this page; None if it cannot come here.

    Parameters
    ----------
    url : of the page as this browser calls it; on the computer that serves it, often "localhost", which is each one's own.
    listens_at : the address that the server listens at, "" for all.
    own_address : of this computer in its network; by default it is asked.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        return None
    if not _is_loopback(parts.hostname):
        return parts._replace(query="", fragment="").geturl()
    own = (own_address or _own_address()) if listens_at in EVERYWHERE else None
    if own is None:
        return None
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=own + port, query="", fragment="").geturl()


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_address() -> str | None:
    """This computer's address in its network, as the way out of it would use; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(ELSEWHERE)
        except OSError:
            return None
        return way.getsockname()[0]
